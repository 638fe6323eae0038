"""What git sends and fetches: which branches go where, and where a remote is.

git-push(1), git-fetch(1), git-clone(1), git-remote(1); gitremote-helpers(7) for `ext::`; git-config(1) for push.default,
`remote.*.push`, `remote.*.pushurl` and `url.*.insteadOf`.
"""

from __future__ import annotations

from agentguard.access.model import READ, TREE, UNKNOWN, WRITE
from agentguard.access.programs import folders, gitconfig, net, walk
from agentguard.access.shell.flow import Feed
from agentguard.access.shell.values import concat, parts_of, plain, unglobbed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.model import Value
    from agentguard.access.programs.walk import Work
    from agentguard.access.shell.command import Call

    Settings = list[tuple[str | None, Value]]


def _standard(call: Call, work: Work, *traits: str) -> None:
    work.line.traits.update(traits, gitconfig.traits_of(call, work))
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)


def push(call: Call, work: Work) -> None:
    """`git push [REMOTE [REFSPEC…]]`: one execute row for each branch it would change."""
    from agentguard.access.programs import git  # noqa: PLC0415 - they name one another

    line = work.line
    operands = [unglobbed(value) for value in line.operands]
    remote = operands[0] if operands else line.value("--repo")
    found = gitconfig.settings(call, work)
    branch = gitconfig.head(call, work)
    specs = operands[1:]
    if not specs and not line.has("--tags --mirror --all --branches"):
        specs = _configured(found, _name(call, found, remote, branch), branch)
    refs, forced = _pushed(specs, branch)
    if line.has("--mirror --all --branches"):
        refs = [gitconfig.star("*")]
    elif not specs:
        refs = [*_bare(found, branch), *([gitconfig.star("refs/tags/*")] if line.has("--tags") else [])]
    if forced:
        line.traits.add("force")
    urls = addresses(call, work, found, remote, pushes=True)
    away = any(not _is_here(url) for url in urls) or not urls
    if line.has("--dry-run --help"):
        line.traits -= {"force"}
    elif away:
        line.traits.add("publishes")
    if urls and away:
        line.traits.add("sends")
    if any(net.computed(call, one) for one in urls):
        line.traits.add("computed-address")
    git.skips_hooks(call, work)
    work.refs = refs
    work.remote = remote
    _standard(call, work)
    for url in urls:
        connect(call, url, writes=not line.has("--dry-run --help"))


def _value(found: Settings, name: str) -> Value | None:
    held = None
    for other, value in found:
        if other == name:
            held = value
    return held


def _name(call: Call, found: Settings, remote: Value | None, branch: Value) -> Value:
    """Return the name of the remote that `git push` takes without one."""
    if remote is not None:
        return remote
    current = plain(branch)
    for name in (*((f"branch.{current}.pushremote",) if current else ()), "remote.pushdefault",
                 *((f"branch.{current}.remote",) if current else ())):  # fmt: skip
        held = _value(found, name.lower())
        if held is not None:
            return held
    remotes = call.world.remotes
    return "origin" if "origin" in remotes or not remotes else next(iter(remotes))


def _configured(found: Settings, remote: Value, branch: Value) -> list[Value]:
    """Return the refspecs of `remote.NAME.push`."""
    name = plain(remote)
    return [value for other, value in found if name is not None and other == f"remote.{name}.push".lower()]


def _bare(found: Settings, branch: Value) -> list[Value]:
    """Return what a push without a refspec changes: push.default."""
    kind = (plain(_value(found, "push.default") or "") or "").lower()
    if kind == "matching":
        return [gitconfig.star("*")]
    current = plain(branch)
    if kind in ("upstream", "tracking") and current:
        merges = plain(_value(found, f"branch.{current}.merge".lower()) or "")
        if merges:
            return [merges.removeprefix("refs/heads/")]
    return [branch]


def _pushed(specs: list[Value], branch: Value) -> tuple[list[Value], bool]:
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
                value = last.rpartition(":")[2].removeprefix("refs/heads/")
            elif isinstance(first, str) and ":" in first:
                value = concat([first.partition(":")[2].removeprefix("refs/heads/"), *others])
            refs.append(value)
            continue
        if text[:1] == "^":  # what is left out
            continue
        source, colon, target = text.partition(":")
        if colon and not source and target:
            forced = True  # deletes it there
        name: Value = target if colon else source
        if name in ("HEAD", "@"):
            name = branch
        elif colon and not target:  # `:` alone is every branch that is there on both sides
            name = gitconfig.star("*") if not source else UNKNOWN
        if isinstance(name, str):
            name = name.removeprefix("refs/heads/")
            name = gitconfig.star(name) if "*" in name else ("refs/tags/" + name if tag else name) or UNKNOWN
        refs.append(name)
        tag = False
    return refs, forced


def addresses(call: Call, work: Work, found: Settings, remote: Value | None, *, pushes: bool = False) -> list[Value]:
    """Return the addresses of a remote: by name, or as it was written. Empty where none is known."""
    remote = _name(call, found, remote, gitconfig.head(call, work) if remote is None else UNKNOWN)
    text = plain(remote)
    if text is None:
        return [remote]
    here = call.world.project and gitconfig.folder(call, work).startswith(call.world.project + "/")
    urls: list[Value] = [value for name, value in found if name == f"remote.{text}.url".lower()]
    if not urls and text in call.world.remotes and here:
        urls = [call.world.remotes[text]]
    if pushes:
        urls = [value for name, value in found if name == f"remote.{text}.pushurl".lower()] or urls
    if not urls and ("://" in text or "::" in text or net.split(text) is not None or text[:1] in ("/", ".", "~")):
        urls = [text]
    if not urls and any(name is None for name, _ in found):
        return [UNKNOWN]
    if not urls and not here and text in call.world.remotes:
        urls = [call.world.remotes[text]]
    return list(dict.fromkeys(gitconfig.rewritten(found, url, pushes=pushes) for url in urls))


def _is_here(url: Value) -> bool:
    """Return whether a remote is a folder of this machine."""
    text = plain(url)
    return (
        text is not None
        and "::" not in text
        and (text.startswith("file:") or ("://" not in text and net.split(text) is None))
    )


def connect(call: Call, url: Value, why: str = "the remote", *, writes: bool = False) -> None:
    """Make the rows of an address: a connection, a folder here, or the command of `ext::`."""
    text = plain(url)
    if text is not None and "::" in text and "://" not in text.partition("::")[0]:
        kind, _, command = text.partition("::")
        if kind == "ext":
            call.shell(_plainly(command), "git ext::")
            return
        url = text = command
    if text is not None and "://" not in text:
        place = net.split(text)
        if place is not None:
            call.connect(place[0], 22, why)
        elif walk.looks_like_path(text):
            inner = f"{text.rstrip('/')}/.git"  # what git reads of a folder with a working tree
            bare = writes or not walk.kind_of(call, inner)
            call.path(WRITE if writes else READ, text if bare else inner, why, TREE)
        return
    net.url(call, url, why)


def _plainly(text: str) -> str:
    """Return the command of `ext::` (git-remote-ext(1)): `% ` is a blank, `%s` and `%S` the service; `%20` as in URLs."""
    done: list[str] = []
    at = 0
    while at < len(text):
        mark = text[at : at + 3]
        if mark[:1] == "%" and len(mark) == 3 and all(char in "0123456789abcdefABCDEF" for char in mark[1:]):
            done.append(chr(int(mark[1:], 16)))
            at += 3
        elif mark[:1] == "%":
            done.append(mark[1:2] if mark[1:2] not in ("s", "S", "G", "V") else "")
            at += 2
        else:
            done.append(text[at])
            at += 1
    return "".join(done)


def fetch(call: Call, work: Work) -> None:
    """`git fetch`, `git pull`, `git ls-remote`: a connection to the remote."""
    from agentguard.access.programs import git  # noqa: PLC0415 - they name one another

    operands = work.line.operands
    named = operands[0] if operands and work.command[1:2] not in (("remote",), ("submodule",), ("lfs",)) else None
    urls = addresses(call, work, gitconfig.settings(call, work), None if named is None else unglobbed(named))
    git.skips_hooks(call, work)
    _standard(call, work, *(["computed-address"] if any(net.computed(call, one) for one in urls) else []))
    for url in urls:
        connect(call, url)


def _host_of(call: Call, url: Value) -> Value | None:
    remote = net.split(url)
    return net.without_user(remote[0]) if remote is not None else net.address(url)[0]


def clone(call: Call, work: Work) -> None:
    """`git clone URL [FOLDER]`."""
    operands = work.line.operands
    url = unglobbed(operands[0]) if operands else ""
    url = gitconfig.rewritten(gitconfig.settings(call, work), url, pushes=False)
    _standard(call, work, *(["computed-address"] if operands and net.computed(call, url) else []))
    if not operands:
        return
    connect(call, url, "what is cloned")
    text = plain(operands[0])
    name = (text or "").rstrip("/").removesuffix(".git").rpartition("/")[2].rpartition(":")[2]
    folder = operands[1] if len(operands) > 1 else name or UNKNOWN
    folders.pours(call, folder, "the new folder")
    if text is None or "://" in text or ":" in text.partition("/")[0]:
        from agentguard.access.shell import places  # noqa: PLC0415 - few texts make files

        places.fetched(call, folder, _host_of(call, url))


def remotes(call: Call, work: Work) -> None:
    """`git remote add NAME URL`, `git remote set-url NAME URL`: later commands of this text go there."""
    line = work.line
    operands = [unglobbed(value) for value in line.operands]
    _standard(call, work)
    name = plain(operands[0]) if operands else None
    if len(operands) < 2 or line.has("--delete"):
        return
    text = plain(operands[1])
    if text is not None and text.startswith("ext::"):
        connect(call, text)
    key = "pushurl" if line.has("--push") else "url"
    if name is None:
        name = "origin"
    gitconfig.remember(call, work, f"remote.{name}.{key}", operands[1])
    if line.has("-f"):
        connect(call, operands[1])


def submodule(call: Call, work: Work) -> None:
    """`git submodule add URL [FOLDER]`."""
    operands = [unglobbed(value) for value in work.line.operands]
    _standard(call, work, *(["computed-address"] if operands and net.computed(call, operands[0]) else []))
    if operands:
        connect(call, operands[0], "the submodule")
        text = plain(operands[0]) or ""
        name = text.rstrip("/").removesuffix(".git").rpartition("/")[2]
        folder = operands[1] if len(operands) > 1 else name or UNKNOWN
        folders.pours(call, folder, "the new folder")
        if not _is_here(operands[0]):
            from agentguard.access.shell import places  # noqa: PLC0415 - few texts make files

            places.fetched(call, folder)


def subtree(call: Call, work: Work) -> None:
    """`git subtree push --prefix=FOLDER URL BRANCH`, `git subtree pull`."""
    line = work.line
    pushes = work.command[-1] == "push"
    operands = [unglobbed(value) for value in line.operands]
    found = gitconfig.settings(call, work)
    urls = addresses(call, work, found, operands[0], pushes=pushes) if operands else []
    if pushes:
        work.refs, forced = _pushed(operands[1:2], gitconfig.head(call, work))
        work.remote = operands[0] if operands else None
        line.traits |= {"publishes", "sends"} | ({"force"} if forced else set())
    _standard(call, work)
    for url in urls:
        connect(call, url, writes=pushes)
    if work.command[-1] in ("add", "pull", "merge"):
        for folder in line.values("--prefix"):
            folders.pours(call, folder, "what is brought here")


def archive(call: Call, work: Work) -> None:
    """`git archive --remote=URL`."""
    _standard(call, work)
    for value in work.line.operands[1:] if not work.line.has("--remote") else ():
        call.path(READ, value, "what goes in", TREE)
    for value in work.line.values("--remote"):
        for url in addresses(call, work, gitconfig.settings(call, work), value):
            connect(call, url)
            work.feed = Feed(UNKNOWN, fetched=True)


def publishes(call: Call, work: Work) -> None:
    """`git lfs push REMOTE`, `git svn dcommit`: what it sends goes to the remote."""
    operands = [unglobbed(value) for value in work.line.operands]
    urls = addresses(call, work, gitconfig.settings(call, work), operands[0] if operands else None, pushes=True)
    _standard(call, work, "publishes", *(["sends"] if urls else []))
    for url in urls:
        connect(call, url)
