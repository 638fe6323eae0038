"""git and what stands beside it: which branch goes where, what is thrown away, which commands its options start.

git(1) and the manual page of each subcommand; gitrevisions(7) for `rev:path`; git-config(1) for values that are commands.
"""

from __future__ import annotations

from agentguard.access.model import ANY, READ, STAR, TREE, UNKNOWN, WRITE, Pattern
from agentguard.access.programs import net, walk
from agentguard.access.shell.values import concat, parts_of, plain, unglobbed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentguard.access.model import Value
    from agentguard.access.programs.walk import Work
    from agentguard.access.shell.command import Call

_TEXT: dict[str, Any] = {"operands": "text*"}
_LOOKS: dict[str, Any] = {"operands": "text*", "traits": "read-only", "run": "git.looks"}
_DIFF = "-U,--unified=text --output=write -S=text -G=text -O=read --stat=text? --word-diff=text? --diff-filter=text -n,--max-count=text " \
        "--format=text --pretty=text? --since=text --until=text --after=text --before=text --author=text --committer=text --grep=text " \
        "-L=text --date=text --color=text? --cached --staged --no-index -p,-u,--patch --decorate=text? --ext-diff --textconv --skip=text " \
        "--glob=text --exclude=text --branches=text? --tags=text? --remotes=text? -C,--find-copies=text? -M,--find-renames=text?"

# Settings that are commands, or say where commands are found.
_COMMANDS = (
    "core.sshcommand", "core.pager", "core.editor", "core.fsmonitor", "core.askpass", "core.gitproxy", "sequence.editor",
    "diff.external", "gpg.program", "gpg.ssh.program", "credential.helper", "uploadpack.packobjectshook", "interactive.difffilter",
    "sendemail.sendmailcmd", "trailer.command", "man.cmd", "browser.cmd",
)  # fmt: skip
_COMMAND_ENDS = (".textconv", ".command", ".clean", ".smudge", ".process", ".cmd", ".driver", ".helper", ".path", ".program",
                 ".command", ".receivepack", ".uploadpack", ".pager")
_RISKY = ("core.hookspath", "include.path", "init.templatedir", "core.worktree", "core.attributesfile", "commit.template")
_RISKY_STARTS = ("alias.", "includeif.", "url.", "filter.", "pager.", "difftool.", "mergetool.", "protocol.")
_SKIPPERS = {"HUSKY": "0", "HUSKY_SKIP_HOOKS": "1", "LEFTHOOK": "0", "OVERCOMMIT_DISABLE": "1", "PRE_COMMIT": "0"}
_HOOKED = frozenset({"commit", "push", "merge", "rebase", "am", "cherry-pick", "pull"})

_SUBS: dict[str, Any] = {
    "add": {"options": "-A,--all -f,--force -i,--interactive -n,--dry-run -N,--intent-to-add -p,--patch -u,--update -v,--verbose "
            "--chmod=text --pathspec-from-file=read", "run": "git.add"},
    "stage": "add",
    "am": {"options": "-n,--no-verify!skips-checks --patch-format=text -s -3 -q -k -b --directory=text --exclude=text",
           "operands": "read*"},
    "apply": {"options": "-p=text -C=text --directory=text --exclude=text --include=text --check --index -R,--reverse -3",
              "operands": "read*"},
    "archive": {"options": "-o,--output=write --format=text --prefix=text --remote=text --exec=shell --add-file=read",
                "operands": "text*"},
    "bisect": {"sub": {"run": {"stop": True, "operands": "command"}}, "operands": "text*"},
    "blame": _LOOKS, "annotate": _LOOKS,
    "branch": {
        "options": "-d,--delete -D,--delete-force!discards-work -f,--force -m,--move -M -c,--copy -C -r,--remotes -a,--all "
        "-u,--set-upstream-to=text -t,--track=text? --list --show-current -v,--verbose --sort=text --format=text --contains=text? "
        "--no-contains=text? --merged=text? --no-merged=text? --points-at=text --unset-upstream --color=text? --column=text?",
        "run": "git.branch", "output": "branch",
    },
    "bundle": {"sub": {"create": {"operands": "write text*"}}, "operands": "text*"},
    "cat-file": _LOOKS,
    "checkout": {"options": "-b=text -B=text -f,--force!discards-work -q,--quiet -t,--track -m,--merge -p,--patch --orphan=text "
                 "--ours --theirs --conflict=text -d,--detach --pathspec-from-file=read", "run": "git.checkout"},
    "cherry-pick": {"options": "-n,--no-commit -e,--edit -x -s -m,--mainline=text --strategy=text -X=text", "operands": "text*"},
    "clean": {"options": "-d -f,--force -i,--interactive -n,--dry-run -q,--quiet -e,--exclude=text -x -X", "run": "git.clean"},
    "clone": {
        "options": "-b,--branch=text -c,--config=text --depth=text -j,--jobs=text -l -n,--no-checkout -o,--origin=text -q,--quiet "
        "--recurse-submodules=text? --recursive=text? --reference=read --separate-git-dir=write -u,--upload-pack=shell "
        "--template=read --filter=text --mirror --bare --single-branch --shallow-since=text --server-option=text",
        "run": "git.clone", "fetches": True,
    },
    "commit": {
        "options": "-a,--all -n,--no-verify!skips-checks -m,--message=text -F,--file=read -C,--reuse-message=text "
        "-c,--reedit-message=text -t,--template=read --amend --author=text --date=text --cleanup=text --fixup=text --squash=text "
        "-S,--gpg-sign=text? --trailer=text -s,--signoff -e,--edit -p,--patch -q,--quiet -v,--verbose -u=text? -o,--only "
        "-i,--include --allow-empty --no-edit --pathspec-from-file=read --no-gpg-sign!skips-checks",
        "operands": "text*",
    },
    "config": {
        "options": "--global --system --local --worktree -f,--file=text --blob=text --get=text --get-all=text --get-regexp=text "
        "--unset=text --unset-all=text --add --replace-all -l,--list -e,--edit --type=text --default=text --bool --int --path -z "
        "--name-only --show-origin --show-scope --rename-section --remove-section",
        "run": "git.config",
    },
    "credential": {"sub": {"fill": {"traits": "prints-environment"}}, "operands": "text*"},
    "describe": {"options": "--match=text --exclude=text --abbrev=text", "operands": "text*", "traits": "read-only"},
    "diff": {"options": _DIFF, "run": "git.diff", "traits": "read-only"},
    "difftool": {"options": _DIFF + " -x,--extcmd=shell -t,--tool=text -y", "operands": "text*"},
    "mergetool": {"options": "-t,--tool=text -y", "operands": "text*"},
    "fetch": {"options": "--all -a --depth=text -f,--force -j,--jobs=text -k -n -p,--prune -q,--quiet -t,--tags -u --upload-pack=shell "
              "--deepen=text --shallow-since=text --refmap=text -o=text --recurse-submodules=text?", "run": "git.fetch", "fetches": True},
    "pull": {"options": "-r,--rebase=text? --ff-only --no-ff --ff --no-rebase -q -v -n,--no-verify!skips-checks -s,--strategy=text "
             "-X=text --depth=text -p,--prune -t,--tags -f,--force -a,--all --autostash --upload-pack=shell", "run": "git.fetch",
             "fetches": True},
    "ls-remote": {"options": "-h,--heads -t,--tags --upload-pack=shell --exec=shell -q --refs --symref --sort=text -o=text",
                  "run": "git.fetch"},
    "filter-branch": {"options": "--tree-filter=shell --index-filter=shell --env-filter=shell --msg-filter=shell --commit-filter=shell "
                      "--parent-filter=shell --tag-name-filter=shell --subdirectory-filter=text -d=text --original=text -f,--force",
                      "operands": "text*", "traits": "discards-work"},
    "filter-repo": {"options": "--path=text --invert-paths -f,--force", "operands": "text*", "traits": "discards-work"},
    "for-each-ref": {"options": "--shell --format=text --sort=text --count=text --points-at=text --contains=text? --merged=text?",
                     "operands": "text*", "traits": "read-only"},
    "format-patch": {"options": "-o,--output-directory=write -n -s --stdout --subject-prefix=text --to=text --cc=text", "operands": "text*"},
    "gc": {"options": "--aggressive --auto --prune=text? --force", "operands": "text*"},
    "grep": {"options": "-e=text -f=read -O,--open-files-in-pager=shell? -A=text -B=text -C=text -m=text --max-depth=text --threads=text "
             "-i -l -n -w -v -c -E -F -G -P -q -h -H -o --untracked --no-index --no-exclude-standard --cached -p -W", "run": "git.grep"},
    "help": _TEXT, "hook": {"operands": "text*"},
    "init": {"options": "-q --bare --template=read --separate-git-dir=write -b,--initial-branch=text --shared=text? --object-format=text",
             "operands": "write"},
    "log": {"options": _DIFF, **_LOOKS}, "shortlog": {"options": _DIFF, **_LOOKS}, "whatchanged": {"options": _DIFF, **_LOOKS},
    "reflog": {"sub": {"expire": {"operands": "text*", "traits": "discards-work"}, "delete": {"operands": "text*",
                                                                                             "traits": "discards-work"}},
               "operands": "text*"},
    "ls-files": {"options": "-x=text -X=read --exclude-per-directory=text -c -d -m -o -i -s -z", "operands": "text*", "traits": "read-only"},
    "ls-tree": {"operands": "text*", "traits": "read-only"}, "merge-base": {"operands": "text*", "traits": "read-only"},
    "rev-list": {"options": _DIFF, "operands": "text*", "traits": "read-only"},
    "rev-parse": {"options": "--show-toplevel --abbrev-ref=text? --short=text? --git-dir --verify --is-inside-work-tree "
                  "--symbolic-full-name --default=text --prefix=text", "operands": "text*", "traits": "read-only", "output": "rev-parse"},
    "symbolic-ref": {"options": "-d,--delete -m=text -q --short", "operands": "text*"},
    "merge": {"options": "-m=text -F,--file=read --no-verify!skips-checks --no-commit --squash --ff-only --no-ff --abort --continue --quit "
              "-s,--strategy=text -X=text -S,--gpg-sign=text? --into-name=text --no-edit -e", "operands": "text*"},
    "mv": {"options": "-f,--force -k -n,--dry-run -v", "operands": "move* target"},
    "notes": _TEXT,
    "push": {
        "options": "--all --branches -d,--delete!force -f,--force!force --force-with-lease=text?!force --force-if-includes --follow-tags "
        "--mirror!force -n,--dry-run --no-verify!skips-checks -o,--push-option=text --porcelain --progress --prune!force -q,--quiet "
        "--receive-pack=shell --exec=shell --repo=text --set-upstream,-u --signed=text? --tags --thin -v,--verbose --atomic "
        "--recurse-submodules=text?",
        "run": "git.push",
    },
    "rebase": {"options": "-x,--exec=shell -i,--interactive --onto=text --no-verify!skips-checks -s,--strategy=text -X=text -q "
               "--autostash --abort --continue --skip --quit -S=text? --root -m -r,--rebase-merges=text? --keep-base -f,--force-rebase "
               "--autosquash", "operands": "text*"},
    "remote": {"sub": {
        "add": {"options": "-t=text -m=text -f --mirror=text?", "operands": "text text"}, "set-url": {"operands": "text*"},
        "update": {"operands": "text*", "run": "git.fetch"}, "show": {"operands": "text*", "traits": "read-only"},
        "remove": _TEXT, "rm": _TEXT, "rename": _TEXT, "prune": _TEXT, "get-url": {"operands": "text*", "traits": "read-only"},
    }, "options": "-v,--verbose", "operands": "text*"},
    "reset": {"options": "--hard!discards-work --soft --mixed --merge!discards-work --keep -q,--quiet -p,--patch -N --pathspec-from-file=read",
              "operands": "text*"},
    "restore": {"options": "-s,--source=text -S,--staged -W,--worktree -p,--patch -q,--quiet --ours --theirs -m,--merge "
                "--pathspec-from-file=read --conflict=text", "run": "git.restore"},
    "revert": {"options": "-e -n,--no-commit -m,--mainline=text -S=text? --no-edit --abort --continue", "operands": "text*"},
    "rm": {"options": "-f,--force -r,--recursive --cached -n,--dry-run -q,--quiet --ignore-unmatch --pathspec-from-file=read",
           "operands": "delete*", "instead": {"--cached": "text*", "--dry-run": "text*"}, "tree": "--recursive"},
    "send-email": {"options": "--to=text --cc=text --smtp-server=host --smtp-pass=text --sendmail-cmd=shell", "operands": "read*",
                   "traits": "sends publishes"},
    "show": {"options": _DIFF, **_LOOKS}, "status": {"operands": "text*", "traits": "read-only"},
    "sparse-checkout": _TEXT,
    "stash": {"sub": {
        "drop": {"operands": "text*", "traits": "discards-work"}, "clear": {"operands": "text*", "traits": "discards-work"},
        "push": {"options": "-m,--message=text -u,--include-untracked -k -p -a --pathspec-from-file=read -S -q", "operands": "text*"},
        "save": _TEXT, "pop": _TEXT, "apply": _TEXT, "branch": _TEXT, "list": {"operands": "text*", "traits": "read-only"},
        "show": {"operands": "text*", "traits": "read-only"},
    }, "operands": "text*"},
    "submodule": {"sub": {
        "foreach": {"options": "--recursive -q", "stop": True, "run": "carriers.joined"},
        "add": {"options": "-b=text --name=text -f --depth=text --reference=read", "operands": "url write"},
        "update": _TEXT, "init": _TEXT, "status": {"operands": "text*", "traits": "read-only"},
        "deinit": {"options": "-f,--force!discards-work --all", "operands": "text*"},
    }, "operands": "text*"},
    "switch": {"options": "-c,--create=text -C,--force-create=text -f,--force,--discard-changes!discards-work -d,--detach --orphan=text "
               "-t,--track -m,--merge -q --guess --conflict=text", "operands": "text*"},
    "tag": {"options": "-a,--annotate -d,--delete -f,--force -l,--list -m,--message=text -F,--file=read -n=text? -s,--sign -u=text -v "
            "--sort=text --format=text --contains=text? --merged=text? --points-at=text --cleanup=text", "operands": "text*"},
    "update-index": _TEXT, "update-ref": {"options": "-d!discards-work -m=text --stdin", "operands": "text*"},
    "worktree": {"sub": {
        "add": {"options": "-b=text -B=text -f,--force --detach --lock --reason=text --orphan", "operands": "write text*"},
        "remove": {"options": "-f,--force!discards-work", "operands": "delete", "tree": "always"},
        "list": {"operands": "text*", "traits": "read-only"}, "prune": _TEXT, "move": {"operands": "move write"},
    }, "operands": "text*"},
    "version": {"traits": "read-only"}, "svn": _TEXT, "lfs": _TEXT, "flow": _TEXT, "daemon": {"operands": "text*", "run": "git.daemon"},
    "instaweb": {"operands": "text*"}, "fsck": _TEXT, "count-objects": _TEXT, "check-ignore": _TEXT, "check-attr": _TEXT,
    "hash-object": {"operands": "read*"}, "maintenance": _TEXT, "prune": _TEXT, "repack": _TEXT, "read-tree": _TEXT, "write-tree": _TEXT,
    "name-rev": _TEXT, "var": _TEXT, "range-diff": _TEXT, "cherry": _TEXT, "replace": _TEXT, "rerere": _TEXT, "checkout-index": _TEXT,
    "show-ref": _TEXT, "show-branch": _TEXT, "verify-commit": _TEXT, "verify-tag": _TEXT, "commit-tree": _TEXT, "mktree": _TEXT,
}  # fmt: skip

TABLE: dict[str, Any] = {
    "git": {
        "options": "-C=enter -c=text --config-env=text --exec-path=text? --git-dir=text --work-tree=enter --namespace=text -p,--paginate "
        "-P,--no-pager --bare --no-replace-objects --literal-pathspecs --attr-source=text -v,--version -h,--help",
        "sub": _SUBS,
        "operands": "text*",
        "run": "git.any_other",
    },
    "hub": "git",
    "gitk": {"operands": "text*"}, "tig": {"operands": "text*", "traits": "read-only"}, "lazygit": {"operands": "text*"},
    "pre-commit": {"operands": "text*"}, "husky": {"operands": "text*"}, "lefthook": {"operands": "text*"},
}  # fmt: skip


def any_other(call: Call, work: Work) -> None:
    """Every subcommand: settings on the command line count, and so do variables that switch hooks off."""
    settings(call, work)
    walk.standard(call, work)
    runs(call, work)


def settings(call: Call, work: Work) -> None:
    """Add the traits of `-c NAME=VALUE` and of variables. Before the rows are made."""
    line = work.line
    sub = work.command[1] if len(work.command) > 1 else ""
    for value in line.values("-c"):
        text = plain(value)
        if text is not None and text.lower().startswith(("core.hookspath=", "commit.gpgsign=false")):
            line.traits.add("skips-checks")
    if sub in _HOOKED:
        for name, off in _SKIPPERS.items():
            if call.variable(name) == off:
                line.traits.add("skips-checks")
        if call.variable("SKIP") not in (None, "", UNKNOWN):
            line.traits.add("skips-checks")


def runs(call: Call, work: Work) -> None:
    """Run the commands that `-c NAME=COMMAND` sets."""
    for value in work.line.values("-c"):
        first, *others = parts_of(value)
        if not isinstance(first, str):
            call.opaque("a setting of git is not known")
            continue
        name, equals, text = first.partition("=")
        name = name.lower()
        command = concat([text, *others])
        if not equals or command == "":
            continue
        if name.startswith("alias."):
            if text[:1] == "!":
                call.shell(concat([text[1:], *others]), f"git -c {name}")
        elif name in _COMMANDS or name.endswith(_COMMAND_ENDS):
            if command in ("true", "false", "cat", "less"):
                continue
            call.shell(concat([text.removeprefix("!"), *others]), f"git -c {name}")


def _standard(call: Call, work: Work, operands: str, *traits: str) -> None:
    settings(call, work)
    work.line.traits.update(traits)
    work.entry = {**work.entry, "operands": operands}
    walk.standard(call, work)
    runs(call, work)


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
            refs.append(Pattern(tuple(part for n, piece in enumerate(name.split("*")) for part in ((STAR,) if n else ()) + (piece,) if part)))
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
    call.path(WRITE, operands[1] if len(operands) > 1 else name or UNKNOWN, "the new folder")


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
            text = "." if text[:2] in (":/", ":(") else text[1:]
            value = text
        call.path(READ, value, "what is added", "exact" if walk.is_file(call, value) else TREE)


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
    forced = line.has("--force") or any(plain(value or "") and str(plain(value)).lower() == "clean.requireforce=false"
                                        for value in line.values("-c"))
    throws = forced and not line.has("--dry-run")
    _standard(call, work, "text*", *(["discards-work"] if throws else []))


# -- what it shows


def looks(call: Call, work: Work) -> None:
    """`git show REV:PATH`, `git log -p -- PATH`: the content of a path, from any time."""
    line = work.line
    settings(call, work)
    walk.standard(call, work)
    runs(call, work)
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
    if behind and line.has("--patch") or (behind and work.command[1] in ("show", "blame", "annotate")):
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
    paths = behind if behind else [value for value in operands if walk.kind_of(call, value)]
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
    risky = name is None or lower in _COMMANDS + _RISKY or lower.startswith(_RISKY_STARTS) or lower.endswith(_COMMAND_ENDS)
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


