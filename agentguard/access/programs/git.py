"""git and what stands beside it: which branch goes where, what is thrown away, which commands its options start.

git(1) and the manual page of each subcommand; gitrevisions(7) for `rev:path`; git-config(1) for values that are commands.
"""

from __future__ import annotations

from agentguard.access.model import ANY, READ, STAR, TREE, UNKNOWN, WRITE, Pattern
from agentguard.access.programs import net, walk
from agentguard.access.shell.values import concat, parts_of, plain, unglobbed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.model import Value
    from agentguard.access.programs.walk import Work
    from agentguard.access.shell.command import Call


# Settings that are commands, or say where commands are found.
_COMMANDS = (
    "core.sshcommand", "core.pager", "core.editor", "core.fsmonitor", "core.askpass", "core.gitproxy", "sequence.editor",
    "diff.external", "gpg.program", "gpg.ssh.program", "credential.helper", "uploadpack.packobjectshook",
    "interactive.difffilter", "sendemail.sendmailcmd", "trailer.command", "man.cmd", "browser.cmd",
)  # fmt: skip
_COMMAND_ENDS = (
    ".textconv",
    ".command",
    ".clean",
    ".smudge",
    ".process",
    ".cmd",
    ".driver",
    ".helper",
    ".path",
    ".program",
    ".command",
    ".receivepack",
    ".uploadpack",
    ".pager",
)
_RISKY = (
    "core.hookspath",
    "include.path",
    "init.templatedir",
    "core.worktree",
    "core.attributesfile",
    "commit.template",
)
_RISKY_STARTS = ("alias.", "includeif.", "url.", "filter.", "pager.", "difftool.", "mergetool.", "protocol.")
_SKIPPERS = {"HUSKY": "0", "HUSKY_SKIP_HOOKS": "1", "LEFTHOOK": "0", "OVERCOMMIT_DISABLE": "1", "PRE_COMMIT": "0"}
_HOOKED = frozenset({"commit", "push", "merge", "rebase", "am", "cherry-pick", "pull"})


def hooked(call: Call, work: Work) -> None:
    """Make the rows of a subcommand that runs hooks: variables can switch them off."""
    _standard(call, work, work.entry.get("operands", "text*"))


def setting_traits(value: Value) -> set[str]:
    """Return what `-c NAME=VALUE` means for the command."""
    text = plain(value)
    skips = text is not None and text.lower().startswith(("core.hookspath=", "commit.gpgsign=false"))
    return {"skips-checks"} if skips else set()


def setting(call: Call, value: Value) -> None:
    """Run the command that `-c NAME=COMMAND` sets."""
    first, *others = parts_of(value)
    if not isinstance(first, str):
        call.opaque("a setting of git is not known")
        return
    name, equals, text = first.partition("=")
    name = name.lower()
    command = concat([text, *others])
    if not equals or command in ("", "true", "false", "cat", "less"):
        return
    if name.startswith("alias."):
        if text[:1] == "!":
            call.shell(concat([text[1:], *others]), f"git -c {name}")
    elif name in _COMMANDS or name.endswith(_COMMAND_ENDS):
        call.shell(concat([text.removeprefix("!"), *others]), f"git -c {name}")


def _standard(call: Call, work: Work, operands: str, *traits: str) -> None:
    work.line.traits.update(traits)
    if work.command[1:2] and work.command[1] in _HOOKED:
        off = any(call.variable(name) == value for name, value in _SKIPPERS.items())
        if off or call.variable("SKIP") not in (None, "", UNKNOWN):
            work.line.traits.add("skips-checks")
    work.entry = {**work.entry, "operands": operands}
    walk.standard(call, work)


def _behind(call: Call) -> list[Value] | None:
    """Return the words behind `--`, None where there is no such."""
    return call.words[call.words.index("--") + 1 :] if "--" in call.words else None


# -- remotes


def push(call: Call, work: Work) -> None:
    """`git push [REMOTE [REFSPEC…]]`: one execute row for each branch it would change."""
    line = work.line
    operands = [unglobbed(value) for value in line.operands]
    remote = operands[0] if operands else line.value("--repo")
    refs, forced = _pushed(operands[1:], call.world.branch)
    if line.has("--mirror --all --branches"):
        refs = [Pattern((STAR,))]
    elif not refs:
        refs = [call.world.branch or UNKNOWN]
        if line.has("--tags"):
            refs.append(Pattern(("refs/tags/", STAR)))
    if forced:
        line.traits.add("force")
    if line.has("--dry-run"):
        line.traits -= {"force"}
    else:
        line.traits.add("publishes")
    work.refs = refs
    work.remote = remote
    url = _url(call, remote)
    _standard(call, work, "text*", *(["sends"] if url is not None else []))
    _connect(call, url)


def _pushed(specs: list[Value], branch: str) -> tuple[list[Value], bool]:
    """Return the names on the other side that refspecs stand for, and whether one of them forces."""
    refs: list[Value] = []
    forced = False
    tag = False
    for spec in specs:
        if spec == "tag":
            tag = True
            continue
        first, *others = parts_of(spec)
        if isinstance(first, str) and first[:1] == "+":
            forced = True
            first = first[1:]
        value = concat([first, *others])
        text = plain(value)
        if text is None:
            last = parts_of(value)[-1]
            if isinstance(last, str) and ":" in last:
                value = last.rpartition(":")[2]
            elif isinstance(first, str) and ":" in first:
                value = concat([first.partition(":")[2], *others])
            refs.append(value)
            continue
        source, colon, target = text.partition(":")
        if colon and not source:
            forced = True  # deletes it there
        name = target if colon else source
        if name in ("HEAD", "@") or (colon and not name):
            name = branch if name in ("HEAD", "@") else ""
        name = name.removeprefix("refs/heads/")
        if "*" in name:
            refs.append(
                Pattern(
                    tuple(
                        part
                        for n, piece in enumerate(name.split("*"))
                        for part in ((STAR,) if n else ()) + (piece,)
                        if part
                    )
                )
            )
        else:
            refs.append(("refs/tags/" + name if tag else name) or UNKNOWN)
        tag = False
    return refs, forced


def _url(call: Call, remote: Value | None) -> Value | None:
    """Return the address of a remote: by name, or as it was written. None where it is not known."""
    remotes = call.world.remotes
    if remote is None:
        remote = "origin" if "origin" in remotes or not remotes else next(iter(remotes))
    text = plain(remote)
    if text is None:
        return remote
    if text in remotes:
        return remotes[text]
    return text if "://" in text or "::" in text or net.split(text) is not None else None


def _connect(call: Call, url: Value | None, why: str = "the remote") -> None:
    if url is None:
        return
    text = plain(url)
    if text is not None and "::" in text and "://" not in text.partition("::")[0]:
        kind, _, command = text.partition("::")
        if kind == "ext":
            call.shell(command.replace("%S", "").replace("%s", ""), "git ext::")
            return
        url = text = command
    if text is not None and "://" not in text:
        place = net.split(text)
        if place is not None:
            call.connect(place[0], 22, why)
        elif walk.looks_like_path(text):
            call.path(READ, text, why, TREE)
        return
    net.url(call, url, why)


def fetch(call: Call, work: Work) -> None:
    """`git fetch`, `git pull`, `git ls-remote`: a connection to the remote."""
    operands = work.line.operands
    _standard(call, work, "text*")
    _connect(call, _url(call, operands[0] if operands and work.command[1:2] != ("remote",) else None))


def clone(call: Call, work: Work) -> None:
    """`git clone URL [FOLDER]`."""
    operands = work.line.operands
    _standard(call, work, "text*", *(["computed-address"] if operands and net.computed(operands[0]) else []))
    if not operands:
        return
    _connect(call, unglobbed(operands[0]), "what is cloned")
    text = plain(operands[0])
    name = (text or "").rstrip("/").removesuffix(".git").rpartition("/")[2].rpartition(":")[2]
    folder = operands[1] if len(operands) > 1 else name or UNKNOWN
    call.path(WRITE, folder, "the new folder")
    if text is None or "://" in text or ":" in text.partition("/")[0]:
        from agentguard.access.shell import places  # noqa: PLC0415 - few texts make files

        places.fetched(call, folder)


def daemon(call: Call, work: Work) -> None:
    """`git daemon` serves repositories."""
    _standard(call, work, "text*")
    call.connect("0.0.0.0", 9418, "it serves", action="listen")  # noqa: S104 - its default


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
        call.path(READ, added, "what is added", "exact" if walk.is_file(call, added) else TREE)


def branch(call: Call, work: Work) -> None:
    """`git branch -d -f` is `git branch -D`."""
    line = work.line
    _standard(call, work, "text*", *(["discards-work"] if line.has("--delete") and line.has("--force") else []))


def checkout(call: Call, work: Work) -> None:
    """`git checkout -- PATH` and `git checkout PATH` throw away what has changed there; a branch's name does not."""
    line = work.line
    behind = _behind(call)
    operands = line.operands
    paths = bool(behind) or any(
        value == "." or (isinstance(value, str) and walk.kind_of(call, value) in ("file", "link")) for value in operands
    )
    paths = paths or any(isinstance(unglobbed(value), str) and value is not unglobbed(value) for value in operands)
    throws = paths and not line.has("--ours --theirs -b -B --orphan --patch")
    _standard(call, work, "text*", *(["discards-work"] if throws else []))


def restore(call: Call, work: Work) -> None:
    """`git restore PATH` throws away what has changed; with --staged alone it only takes it out of the index."""
    line = work.line
    throws = line.has("--worktree") or not line.has("--staged")
    _standard(call, work, "text*", *(["discards-work"] if throws and not line.has("--patch") else []))


def clean(call: Call, work: Work) -> None:
    """`git clean -f` deletes what git does not know."""
    line = work.line
    forced = line.has("--force") or any(
        plain(value or "") and str(plain(value)).lower() == "clean.requireforce=false" for value in line.values("-c")
    )
    throws = forced and not line.has("--dry-run")
    _standard(call, work, "text*", *(["discards-work"] if throws else []))


# -- what it shows


def looks(call: Call, work: Work) -> None:
    """`git show REV:PATH`, `git log -p -- PATH`: the content of a path, from any time."""
    line = work.line
    walk.standard(call, work)
    behind = _behind(call)
    for value in line.operands:
        text = plain(value)
        if text is None:
            if value is not UNKNOWN and ANY in parts_of(value):
                last = parts_of(value)[-1]
                if isinstance(last, str) and ":" in last:
                    call.path(READ, last.partition(":")[2], "a file of another time")
            continue
        revision, colon, path = text.partition(":")
        if colon and path and revision not in ("", "https", "http") and "\n" not in path and work.command[1] != "log":
            call.path(READ, path, "a file of another time")
        elif walk.is_file(call, text) and (work.command[1] in ("blame", "annotate") or line.has("--patch")):
            call.path(READ, text, "its history")
    if (behind and line.has("--patch")) or (behind and work.command[1] in ("show", "blame", "annotate")):
        for value in behind:
            if not walk.is_file(call, value):
                call.path(READ, value, "its history")


def diff(call: Call, work: Work) -> None:
    """`git diff PATH` shows what has changed in a file; with --no-index any two files."""
    line = work.line
    outside = line.has("--no-index")
    _standard(call, work, "text*")
    if line.has("--stat --name-only --name-status --shortstat --numstat --dirstat --summary --quiet") and not outside:
        return
    for value in line.operands:
        text = plain(value)
        if outside:
            call.path(READ, value, "operand", TREE if walk.kind_of(call, value) == "dir" else "exact")
        elif text is not None and ":" in text and not text.startswith(":"):
            call.path(READ, text.partition(":")[2], "a file of another time")
        elif walk.is_file(call, value):
            call.path(READ, value, "operand")


def grep(call: Call, work: Work) -> None:
    """`git grep PATTERN [PATH…]` searches what git knows."""
    line = work.line
    operands = line.operands if line.has("-e -f") else line.operands[1:]
    _standard(call, work, "text*")
    behind = _behind(call)
    paths = behind or [value for value in operands if walk.kind_of(call, value)]
    for value in paths or ["."]:
        call.path(READ, value, "what is searched", "exact" if walk.is_file(call, value) else TREE)


def config(call: Call, work: Work) -> None:
    """`git config NAME VALUE`: most settings are harmless; some make git run commands, or find its hooks elsewhere."""
    line = work.line
    operands = [value for value in line.operands if plain(value) not in ("set", "get", "list", "unset")]
    verb = plain(line.operands[0]) if line.operands else ""
    sets = (len(operands) > 1 or line.has("--add --replace-all")) and verb not in ("get", "list")
    name = plain(operands[0]) if operands else ""
    lower = (name or "").lower()
    risky = (
        name is None or lower in _COMMANDS + _RISKY or lower.startswith(_RISKY_STARTS) or lower.endswith(_COMMAND_ENDS)
    )
    _standard(call, work, "text*", *(["skips-checks"] if sets and lower == "core.hookspath" else []))
    if line.has("--edit --unset --unset-all --rename-section --remove-section"):
        return
    if sets and risky:
        where = line.value("--file")
        if where is None:
            where = f"{call.world.home}/.gitconfig" if line.has("--global") else ".git/config"
            where = "/etc/gitconfig" if line.has("--system") else where
        call.path(WRITE, where, f"the setting {name}")
        value = operands[1] if len(operands) > 1 else ""
        if lower.startswith("alias.") and isinstance(value, str) and value[:1] == "!":
            call.shell(value[1:], f"git config {name}")
        elif lower in _COMMANDS and isinstance(value, str) and value:
            call.shell(value.removeprefix("!"), f"git config {name}")
