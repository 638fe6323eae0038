"""git: what its commands show, change and throw away, and which commands they start.

git(1) and the manual page of each subcommand; gitrevisions(7) for `rev:path`. Settings and aliases are in gitconfig,
what is sent and fetched in gitremote.
"""

from __future__ import annotations

from agentguard.access.model import ANY, DELETE, EXECUTE, POSSIBLE, READ, TREE, UNKNOWN, WRITE
from agentguard.access.programs import gitconfig, walk
from agentguard.access.shell.flow import Feed
from agentguard.access.shell.values import concat, parts_of, plain, unglobbed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.model import Value
    from agentguard.access.programs.walk import Work
    from agentguard.access.shell.command import Call


_SKIPPERS = {"HUSKY": "0", "HUSKY_SKIP_HOOKS": "1", "LEFTHOOK": "0", "OVERCOMMIT_DISABLE": "1", "PRE_COMMIT": "0"}


def first(call: Call, work: Work) -> bool:
    """Before anything else: settings in variables, and aliases. Return whether the subcommand was one."""
    if gitconfig.expanded(call, work):
        return True
    if call.name != "git":  # hub is git with more commands
        work.command = ("git", *work.command[1:])
    call.begin(work.command, (), (), frozenset())
    _variables(call)
    held = gitconfig.given(call, work)
    if any(name is None for name, _ in held):
        call.opaque("a setting of git is not known")
    work.line.traits |= gitconfig.traits_of(call, work)
    for name, value in gitconfig.environment(call, work):
        if name is not None:
            gitconfig.act(call, name, value)
    if work.command[1:2] and work.command[1] in _FILLS:
        _filled(call, work)
    return False


# What brings files of other commits into the working tree.
_FILLS = frozenset({"pull", "checkout", "switch", "restore", "merge", "rebase", "reset", "cherry-pick", "read-tree",
                    "checkout-index"})  # fmt: skip


def _filled(call: Call, work: Work) -> None:
    """Make the row of a working tree beneath the project, or elsewhere than where people keep projects.

    What commits bring into the project's own folder is ordinary work. Of a folder in it nothing says whether it is a
    working tree of its own, unless an option names it.
    """
    from agentguard.access import paths  # noqa: PLC0415 - few commands do this

    tree = work.line.value("--work-tree") or call.variable("GIT_WORK_TREE")
    where = gitconfig.where(call, work) if tree is None else tree
    if not isinstance(where, str) or not isinstance(call.cwd, str) or paths.fault(where):
        return
    whole = paths.absolute(where, call.cwd, call.world.platform)
    for own in (call.world.project, call.world.home):
        if own and (own + "/").startswith(whole.rstrip("/") + "/"):
            return
    call.path(WRITE, whole, "what is brought into the working tree", TREE, POSSIBLE)


# Variables that name a file to write to, where they hold an absolute path (git(1), GIT_TRACE).
_TRACES = (
    "GIT_TRACE", "GIT_TRACE2", "GIT_TRACE2_EVENT", "GIT_TRACE2_PERF", "GIT_TRACE_CURL", "GIT_TRACE_FSMONITOR",
    "GIT_TRACE_PACKET", "GIT_TRACE_PACKFILE", "GIT_TRACE_PACK_ACCESS", "GIT_TRACE_PERFORMANCE", "GIT_TRACE_REFS",
    "GIT_TRACE_SETUP", "GIT_TRACE_SHALLOW",
)  # fmt: skip


def _variables(call: Call) -> None:
    """Make the rows of variables: files that git writes to, folders from which it takes its programs."""
    for name in _TRACES:
        value = call.variable(name)
        if value is not None and str(parts_of(value)[0])[:1] == "/":
            call.path(WRITE, value, name)
    programs = call.variable("GIT_EXEC_PATH")
    if programs is not None:
        call.path(EXECUTE, programs, "GIT_EXEC_PATH")


def hooked(call: Call, work: Work) -> None:
    """Make the rows of a subcommand that runs hooks: variables can switch them off."""
    skips_hooks(call, work)
    _standard(call, work, work.entry.get("operands", "text*"))


def commit(call: Call, work: Work) -> None:
    """`git commit PATH…` puts these files into the commit, added or not."""
    hooked(call, work)
    _pathspecs(call, READ, [value for value in work.line.operands if value != "--"], "what is committed")


def stash(call: Call, work: Work) -> None:
    """`git stash push PATH…` puts what has changed in these files aside."""
    _standard(call, work, "text*")
    if work.command[-1] == "show" or work.line.has("--patch"):
        _shows(call, work)
    if work.command[-1] == "push":
        for action in (READ, WRITE):
            _pathspecs(call, action, [value for value in work.line.operands if value != "--"], "what is put aside")


def _pathspecs(call: Call, action: str, values: list[Value], why: str) -> None:
    """Make the rows of pathspecs (gitglossary(7)): `:/x` is from the top, `:(…)x` has magic."""
    for value in values:
        text = plain(value)
        if text is not None and text[:1] == ":":
            value = text.rpartition(")")[2] if text[:2] == ":(" else text.lstrip(":/!^")  # noqa: PLW2901 - as it is meant
        if plain(value) not in ("", ".", "./", "..", "*"):
            call.path(action, value, why, "exact" if walk.is_file(call, value) else TREE)


def _shows(call: Call, work: Work) -> None:
    """Make the read rows of the paths that a command shows: `git reset -p PATH` shows each change before it asks."""
    from agentguard.access.programs import gitshows  # noqa: PLC0415 - few commands that change something show it

    gitshows.named(call, work)


def status(call: Call, work: Work) -> None:
    """`git status -v PATH` shows the change as well."""
    _standard(call, work, "text*")
    if work.line.has("--verbose"):
        _shows(call, work)


def _elsewhere(call: Call, work: Work, action: str) -> None:
    """Make the row of a working tree that is not the project's: all of it is at stake."""
    from agentguard.access import paths  # noqa: PLC0415 - few commands throw work away

    tree = work.line.value("--work-tree") or call.variable("GIT_WORK_TREE")
    where = gitconfig.where(call, work) if tree is None else tree
    project = call.world.project
    if isinstance(where, str) and isinstance(call.cwd, str) and not paths.fault(where):
        whole = paths.absolute(where, call.cwd, call.world.platform)
        if not (project and (whole + "/").startswith(project + "/")):
            call.path(action, whole, "the working tree", TREE)


def skips_hooks(call: Call, work: Work) -> None:
    """Say where variables switch the hooks off that a subcommand would run."""
    off = any(call.variable(name) == value for name, value in _SKIPPERS.items())
    if off or call.variable("SKIP") not in (None, "", UNKNOWN):
        work.line.traits.add("skips-checks")


def setting(call: Call, value: Value) -> None:
    """Run the command that `-c NAME=COMMAND` sets."""
    name, held = gitconfig.pair(value)
    if name is not None:
        gitconfig.act(call, name, held)


def _standard(call: Call, work: Work, operands: str, *traits: str) -> None:
    work.line.traits.update(traits)
    work.entry = {**work.entry, "operands": operands}
    walk.standard(call, work)


def _behind(call: Call) -> list[Value] | None:
    """Return the words behind `--`, None where there is no such."""
    return call.words[call.words.index("--") + 1 :] if "--" in call.words else None


def daemon(call: Call, work: Work) -> None:
    """`git daemon` serves repositories."""
    _standard(call, work, "text*")
    number = plain(work.line.value("--port") or "") or "9418"
    host = work.line.value("--listen") or "0.0.0.0"  # noqa: S104 - its default
    if not work.line.has("--inetd"):
        call.connect(host, int(number) if number.isdigit() and len(number) < 6 else None, "it serves", action="listen")


# -- the working tree


def add(call: Call, work: Work) -> None:
    """`git add PATH…`: what is added can be pushed; git leaves ignored files out unless forced."""
    line = work.line
    operands = [value for value in line.operands if value != "--"]
    _standard(call, work, "text*")
    if not operands and line.has("--all"):
        operands = ["."]
    for value in operands:
        text = plain(value)
        if text is not None and text[:1] == ":":
            added: Value = "." if text[:2] in (":/", ":(") else text[1:]
        else:
            added = value
        single = isinstance(added, str) and walk.kind_of(call, added) in (
            "file",
            "",
        )  # git adds nothing that is not there
        call.path(READ, added, "what is added", "exact" if single else TREE)


def branch(call: Call, work: Work) -> None:
    """`git branch -d -f` is `git branch -D`; with -f, -M and -C a branch that is there loses its commits."""
    line = work.line
    named = [plain(value) for value in line.operands]
    last = named[-1] if named and line.has("-M --copy-force") else named[0] if named else None
    over = line.has("--force -M --copy-force") and not line.has("--delete")
    moves = line.has("--force") or last is None or gitconfig.has_branch(call, work, last)
    lost = over and moves and bool(named)
    throws = lost or (line.has("--delete") and line.has("--force"))
    _standard(call, work, "text*", *(["discards-work"] if throws else []))


def checkout(call: Call, work: Work) -> None:
    """`git checkout -- PATH` and `git checkout PATH` throw away what has changed there; a branch's name does not."""
    line = work.line
    behind = _behind(call)
    operands = line.operands
    paths = bool(behind) or any(
        value in (".", ":/", ":")
        or (isinstance(value, str) and value != "/" and walk.kind_of(call, value) in ("file", "link"))
        for value in operands
    )
    paths = paths or any(isinstance(unglobbed(value), str) and value is not unglobbed(value) for value in operands)
    made = line.value("-b") or line.value("-B") or line.value("--orphan")
    several = operands[1:] if behind is None and made is None and not line.has("--detach --track") else []
    paths = paths or bool(several)
    throws = paths and not line.has("--ours --theirs -b -B --orphan --patch")
    throws = throws or line.has("--pathspec-from-file") or _resets(call, work, line.value("-B"))
    _standard(call, work, "text*", *(["discards-work"] if throws else []))
    if paths:
        named = behind if behind is not None else several or [v for v in operands if walk.kind_of(call, v)]
        _pathspecs(call, WRITE, named, "what is brought back")
    if line.has("--patch"):
        _shows(call, work)
    if line.has("--force") or throws:
        _elsewhere(call, work, WRITE)
    if not paths:
        _moves_to(call, work, made if made is not None else operands[0] if operands else None)


def switch(call: Call, work: Work) -> None:
    """`git switch BRANCH`, `git switch -C BRANCH`."""
    line = work.line
    made = line.value("--create") or line.value("--force-create") or line.value("--orphan")
    throws = _resets(call, work, line.value("--force-create"))
    _standard(call, work, "text*", *(["discards-work"] if throws else []))
    _moves_to(call, work, made if made is not None else line.operands[0] if line.operands else None)


def _resets(call: Call, work: Work, name: Value | None) -> bool:
    """Return whether a branch that is there gets other commits."""
    text = plain(name) if name is not None else None
    return text is not None and gitconfig.has_branch(call, work, text)


def _moves_to(call: Call, work: Work, branch: Value | None) -> None:
    if branch is not None:
        gitconfig.checked_out(call, work, UNKNOWN if branch == "-" else unglobbed(branch))


def collects(call: Call, work: Work) -> None:
    """`git gc --prune=now` and `git prune` take away what no branch keeps: commits that a reset left behind."""
    line = work.line
    asked = plain(line.value("--prune") or line.value("--expire") or "")
    now = asked in ("now", "all") or (work.command[-1] == "prune" and not asked and not line.has("--dry-run"))
    _standard(call, work, "text*", *(["discards-work"] if now else []))


def updates(call: Call, work: Work) -> None:
    """`git update-ref REF NEW [OLD]` makes a branch or moves one that is there; `--stdin`: one command a line."""
    stdin = call.stdin
    text = stdin.value if stdin is not None and work.line.has("--stdin") else ""
    throws = not isinstance(text, str)
    changes = [work.line.operands]
    for line in text.replace("\0", " ").split("\n") if isinstance(text, str) else ():
        words: list[Value] = [*line.split()]
        throws = throws or words[:1] == ["delete"]
        changes.append(words[1:] if words[:1] == ["update"] else [])
    throws = throws or any(_moves(call, work, words) for words in changes)
    _standard(call, work, "text*", *(["discards-work"] if throws else []))


def _moves(call: Call, work: Work, words: list[Value]) -> bool:
    """Return whether `REF NEW [OLD]` moves a branch: a name that is not known may be that of one, a new one has no past."""
    if len(words) < 2 or (len(words) > 2 and (plain(words[2]) or "").strip("0") == "" and plain(words[2]) is not None):
        return False
    head, *rest = parts_of(words[0])
    if not isinstance(head, str) or not head.startswith(_BRANCHES):
        return not isinstance(head, str)
    return head == _BRANCHES if rest else gitconfig.has_branch(call, work, head.removeprefix(_BRANCHES))


_BRANCHES = "refs/heads/"


def restore(call: Call, work: Work) -> None:
    """`git restore PATH` throws away what has changed; with --staged alone it only takes it out of the index."""
    line = work.line
    throws = line.has("--worktree") or not line.has("--staged")
    _standard(call, work, "text*", *(["discards-work"] if throws and not line.has("--patch") else []))
    if line.has("--patch"):
        _shows(call, work)
    if throws:
        _pathspecs(call, WRITE, [value for value in line.operands if value != "--"], "what is brought back")
        _elsewhere(call, work, WRITE)


def adds_worktree(call: Call, work: Work) -> None:
    """`git worktree add FOLDER` makes a folder, with what is in the branch."""
    walk.standard(call, work)
    from agentguard.access.programs import folders  # noqa: PLC0415 - few commands fill folders
    from agentguard.access.shell import places  # noqa: PLC0415 - few texts make files

    for value in work.line.operands[:1]:
        folders.pours(call, value, "the new folder")
        places.folder(call, value)


def removes_worktree(call: Call, work: Work) -> None:
    """`git worktree remove --force FOLDER` throws away what has changed there, unless this text itself has made it."""
    place = call.place(work.line.operands[0]) if work.line.operands else None
    made = call.machine.made
    own = made is not None and place in made.places and ANY not in parts_of(place)
    own = own and made is not None and not (isinstance(place, str) and made.disk.kind(place))
    if work.line.has("--force") and not own:
        work.line.traits.add("discards-work")
    walk.standard(call, work)


def reset(call: Call, work: Work) -> None:
    """`git reset --hard` throws away what has changed."""
    _standard(call, work, "text*")
    if work.line.has("--patch"):
        _shows(call, work)
    if work.line.has("--hard --merge"):
        _elsewhere(call, work, WRITE)


def clean(call: Call, work: Work) -> None:
    """`git clean -f` deletes what git does not know."""
    line = work.line
    free = [value for name, value in gitconfig.given(call, work) if name == "clean.requireforce"]
    forced = line.has("--force") or (bool(free) and plain(free[-1]) == "false")
    throws = forced and not line.has("--dry-run")
    _standard(call, work, "text*", *(["discards-work"] if throws else []))
    if throws:
        _pathspecs(call, DELETE, [value for value in line.operands if value != "--"], "what git does not know")
        _elsewhere(call, work, DELETE)


# -- what it shows


def grep(call: Call, work: Work) -> None:
    """`git grep PATTERN [PATH…]` searches what git knows."""
    line = work.line
    operands = line.operands if line.has("-e -f") else line.operands[1:]
    _standard(call, work, "text*")
    behind = _behind(call)
    paths = behind or [value for value in operands if walk.kind_of(call, value)]
    for value in paths or ["."]:
        call.path(READ, value, "what is searched", "exact" if walk.is_file(call, value) else TREE)


_VERBS = frozenset(
    {"set", "get", "list", "unset", "edit", "rename-section", "remove-section", "get-color", "get-urlmatch"}
)


def config(call: Call, work: Work) -> None:
    """`git config NAME VALUE`: most settings are harmless; some make git run commands, or find its hooks elsewhere."""
    line = work.line
    operands = [unglobbed(value) for value in line.operands]
    verb = plain(operands[0]) if operands else ""
    if verb in _VERBS:
        del operands[0]
    else:
        verb = ""
    sets = verb == "set" or (not verb and (len(operands) > 1 or line.has("--add --replace-all")))
    name = plain(operands[0]) if operands else ""
    lower = None if name is None else gitconfig.small(name)
    value: Value = operands[1] if len(operands) > 1 else ""
    if line.has("--unset --unset-all --get --get-all --get-regexp --get-urlmatch --list --edit"):
        sets = False
    traits = gitconfig.traits(call, lower, value) if sets and lower else set[str]()
    file = line.value("--file")
    unset = line.value("--unset") or line.value("--unset-all") or (name if verb == "unset" else "")
    if (plain(unset or "") or "").lower() == "core.hookspath":  # the hooks of the project's own folder are off
        _standard(call, work, "text*", "skips-checks")
        call.path(WRITE, file or ".git/config", "the setting core.hooksPath")
        return
    _standard(call, work, "text*", *traits)
    if not sets:
        if file is not None and file != "-":
            call.path(READ, file, "option --file")
        return
    if file is not None:
        call.path(WRITE, file, f"the setting {name}")
    elif gitconfig.lasting(call, lower, value) or traits:
        where = f"{call.world.home}/.gitconfig" if line.has("--global") else ".git/config"
        call.path(WRITE, "/etc/gitconfig" if line.has("--system") else where, f"the setting {name}")
    if lower is None:
        return
    if lower.startswith("alias.") and isinstance(value, str) and value[:1] == "!":
        call.shell(value[1:], f"git config {name}")
    elif gitconfig.runs(lower) and value != "":
        gitconfig.act(call, lower, value)
    home = f"{call.world.home}/.gitconfig" if line.has("--global") else None
    gitconfig.remember(call, work, lower, value, file if file is not None else home)


# -- patches, history, mail


_MAX_PATCH = 512 * 1024


def patches(call: Call, work: Work) -> None:
    """`git apply PATCH`, `git am PATCH`: which files a patch changes stands in its head lines."""
    line = work.line
    skips_hooks(call, work)
    looks_only = line.has("--check --stat --numstat --summary") and not line.has("--apply")
    _standard(call, work, "read*")
    if looks_only or line.has("--abort --quit --skip --continue --cached"):
        return
    folder = line.value("--directory")
    feeds = [call.written(path) or _on_disk(call, path) for path in line.operands] or [call.stdin]
    for feed in feeds:
        if feed is None:
            continue
        if isinstance(feed.value, str):
            patched(call, feed.value, folder)
        elif feed.fetched:
            call.fetched_or_opaque("what the patch changes is not known", fetched=True)


def _on_disk(call: Call, path: Value) -> Feed | None:
    from agentguard.access import paths  # noqa: PLC0415 - only patches

    if not isinstance(path, str) or not isinstance(call.cwd, str) or paths.fault(path):
        return None
    where = paths.resolve(paths.absolute(path, call.cwd, call.world.platform), call.world.disk)
    data = call.world.disk.read(where, _MAX_PATCH)
    return None if data is None else Feed(data.decode("utf-8", "replace"))


def patched(call: Call, text: str, folder: Value | None = None, strip: int = 1) -> None:
    """Make the rows of a patch: `+++ b/PATH` is written, `--- a/PATH` before `+++ /dev/null` is deleted."""
    before = ""
    for line in text.split("\n"):
        if line.startswith("--- "):
            before = line[4:].partition("\t")[0].strip()
        elif line.startswith(("+++ ", "rename to ", "copy to ", "rename from ")):
            renames = line[0] in "rc"
            name = line.partition(" to " if " to " in line else " from ")[2] if renames else line[4:]
            name = name.partition("\t")[0].strip()
            gone = name == "/dev/null" or line.startswith("rename from ")
            name = before if name == "/dev/null" else name
            inside = name if renames else "/".join(name.split("/")[strip:])
            if inside:
                whole = inside if folder is None else concat([*parts_of(folder), "/", inside])
                call.path(DELETE if gone else WRITE, whole, "what the patch changes")


def rewrites(call: Call, work: Work) -> None:
    """`git filter-repo`: callbacks are Python (git-filter-repo(1), CALLBACKS)."""
    from agentguard.access.programs import coded  # noqa: PLC0415 - rare

    line = work.line
    looks_only = line.has("--analyze --dry-run --help --version")
    _standard(call, work, "text*", *([] if looks_only else ["discards-work"]))
    for flag, value in line.flags:
        if flag.endswith("-callback") and value is not None:
            coded.read_code(call, "python", value)


def mail(call: Call, work: Work) -> None:
    """`git send-email --smtp-server=HOST`, or a program by its absolute path."""
    _standard(call, work, "read*")
    for value in work.line.values("--smtp-server"):
        text = plain(value)
        if text is not None and text[:1] == "/":
            call.shell(text, "git send-email")
        else:
            call.connect(value, None, "option --smtp-server")


def instaweb(call: Call, work: Work) -> None:
    """`git instaweb` serves the repository, on this machine and beyond unless told `--local`."""
    _standard(call, work, "text*")
    number = plain(work.line.value("--port") or "") or "1234"
    if not work.line.has("--stop"):
        everywhere = "0.0.0.0"  # noqa: S104 - its default
        host = "localhost" if work.line.has("--local") else everywhere
        call.connect(host, int(number) if number.isdigit() and len(number) < 6 else None, "it serves", action="listen")
