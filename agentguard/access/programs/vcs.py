"""Mercurial, Subversion and Jujutsu, as far as they differ from git: hg(1), the Subversion book, jj's manual."""

from __future__ import annotations

from agentguard.access.model import DELETE, LISTEN, TREE, UNKNOWN, WRITE
from agentguard.access.programs import folders, net, walk
from agentguard.access.shell.values import plain, unglobbed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.model import Value
    from agentguard.access.programs.walk import Work
    from agentguard.access.shell.command import Call


def _standard(call: Call, work: Work) -> list[Value]:
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
    return [unglobbed(value) for value in work.line.operands]


def _is_address(value: Value) -> bool:
    text = plain(value)
    return "://" in str(value) if text is None else "://" in text or net.split(value) is not None


def _reach(call: Call, value: Value) -> None:
    if "://" in str(value):
        net.url(call, value, "the repository")
    else:
        net.place(call, value, "the repository", WRITE)


_MERCURIAL = ("hooks.", "ui.ssh", "ui.editor", "ui.merge", "ui.askusername", "pager.pager", "extdiff.cmd.", "merge-tools.",
              "fix.", "email.method", "diff-tools.", "auth.")  # fmt: skip


def settings(call: Call, work: Work) -> bool:
    """`hg --config SECTION.NAME=VALUE`: hooks, aliases with `!`, tools and extensions run (hgrc(5))."""
    call.begin(work.command, (), (), frozenset())
    for value in work.line.values("--config"):
        text = plain(value)
        if text is None:
            call.opaque("a setting of hg is not known")
            continue
        name, _, held = text.partition("=")
        if name.startswith("extensions.") and held.strip() not in ("", "!"):
            call.path("execute", held.strip(), f"the setting {name}")
        elif name.startswith("alias."):
            if held.strip()[:1] == "!":
                call.shell(held.strip()[1:], f"hg --config {name}")
        elif name.startswith(_MERCURIAL) and held.strip():
            call.shell(held.strip(), f"hg --config {name}")
    return False


def remote(call: Call, work: Work) -> None:
    """`hg push [URL]`, `svn checkout URL [FOLDER]`: a connection where an address is named."""
    named = [value for value in work.line.operands if _is_address(value)]
    if work.command[-1] == "push" and named:
        work.line.traits.add("sends")
    if any(net.computed(call, one) for one in named):
        work.line.traits.add("computed-address")
    operands = _standard(call, work)
    for value in named:
        _reach(call, value)
    if work.command[-1] in ("clone", "checkout", "co", "export") and operands:
        last = (plain(operands[0]) or "").rstrip("/").rpartition("/")[2]
        folder = operands[1] if len(operands) > 1 else last
        folders.pours(call, folder, "the new folder")
        if named and folder:
            from agentguard.access.shell import places  # noqa: PLC0415 - few texts make files

            places.fetched(call, folder, net.address(named[0])[0])


def changes(call: Call, work: Work) -> None:
    """`svn delete URL` changes the repository at once, `svn delete PATH` the working copy."""
    urls = [value for value in work.line.operands if _is_address(value)]
    if urls:
        work.line.traits |= {"publishes", "sends"}
    operands = _standard(call, work)
    for value in urls:
        _reach(call, value)
    if not urls and work.command[-1] in ("delete", "del", "remove", "rm"):
        for value in operands:
            call.path(DELETE, value, "operand", TREE)


def serves(call: Call, work: Work) -> None:
    """`hg serve` listens on every address unless told otherwise."""
    _standard(call, work)
    number = plain(work.line.value("--port") or "") or "8000"
    host = work.line.value("--address") or "0.0.0.0"  # noqa: S104 - its default
    call.connect(host, int(number) if number.isdigit() and len(number) < 6 else None, "it serves", action=LISTEN)


def template(call: Call, work: Work) -> None:
    """`degit OWNER/NAME [FOLDER]`: the files of a repository without its history, into the folder at hand or another."""
    operands = _standard(call, work)
    words = operands[1:] if operands[:1] == ["clone"] else operands
    if not words:
        return
    source = plain(words[0]) or ""
    forge, colon, _ = source.partition(":")
    host: Value = _FORGES.get(forge, UNKNOWN) if colon else "github.com"
    if "://" in source or "@" in source:
        away = net.split(words[0]) if "://" not in source else None
        host = net.address(words[0])[0] or UNKNOWN if away is None else net.without_user(away[0])
    call.connect(host, 443, "the repository")
    folders.pours(call, words[1] if len(words) > 1 else ".", "what is brought here")


_FORGES = {"gh": "github.com", "github": "github.com", "gitlab": "gitlab.com", "bitbucket": "bitbucket.org"}
