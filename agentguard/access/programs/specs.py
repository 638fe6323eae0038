"""What install commands take: the name of a package, a folder or an archive here, an address."""

from __future__ import annotations

from agentguard.access.model import EXACT, EXECUTE, READ, TREE
from agentguard.access.programs import walk
from agentguard.access.shell.values import parts_of, plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.model import Value
    from agentguard.access.shell.command import Call


def local(call: Call, value: Value) -> bool:
    """Return whether a package is a folder or an archive here."""
    text = plain(value)
    if text is None or "://" in text:
        return False
    host, slash, _ = text.partition("/")
    if slash and "." in host.strip(".") and host.rpartition(".")[2].isalpha() and not walk.kind_of(call, host):
        return bool(walk.kind_of(call, text))  # `example.com/x.tgz`
    return text[:1] in (".", "/", "~") or text.endswith(_ARCHIVES) or bool(walk.kind_of(call, text))


_ARCHIVES = (
    ".deb",
    ".rpm",
    ".whl",
    ".tgz",
    ".tar.gz",
    ".gem",
    ".zip",
    ".apk",
    ".tar.bz2",
    ".tar.xz",
    ".vsix",
    ".nupkg",
    ".jar",
    ".crate",
)
_OF_SYSTEMS = (".deb", ".rpm", ".apk", ".flatpak", ".snap", ".pkg.tar.zst", ".pkg.tar.xz")
_FOREIGN = ("git@", "git+", "github:", "gitlab:", "bitbucket:", "gist:", "http:", "https:", "file:")


def foreign(call: Call, value: Value, *, listed: bool = False) -> bool:
    """Return whether a package, or the list of some, comes from elsewhere than the registry: a URL, a repository."""
    text = plain(value)
    if listed:
        return "://" in str(parts_of(value)[0])
    if text is not None and text.endswith(_OF_SYSTEMS) and "://" not in text:
        return True  # it comes from no repository that anybody signs, and its scripts run with all rights
    if text is None or local(call, value):
        first = parts_of(value)[0]
        return text is None and isinstance(first, str) and ("://" in first or first.startswith(_FOREIGN))
    text = text.lower()
    shorthand = text.count("/") == 1 and text[0] != "@" and ":" not in text  # `owner/repository` of npm
    return "://" in text or text.startswith(_FOREIGN) or shorthand


def from_elsewhere(call: Call, folder: Value) -> None:
    """What an install or a build runs that lies in a folder which this text has fetched comes from there."""
    if call.machine.made is None:
        return
    from agentguard.access.programs import packages  # noqa: PLC0415 - few texts fetch folders
    from agentguard.access.shell import places  # noqa: PLC0415 - few texts make files

    host = places.origin(call, folder)
    if isinstance(host, str) and host not in packages.FORGES:
        before = call.origin
        call.begin(before.command, before.flags, before.args, before.traits | {"foreign-package"})
        call.row(EXECUTE, why=f"what it runs comes from {host}")
        call.origin = before


def act(call: Call, value: Value, why: str) -> None:
    """Make the rows of a package that is installed."""
    from agentguard.access.programs import net  # noqa: PLC0415 - few commands connect

    text = plain(value)
    if text is not None and "://" not in text:
        from_elsewhere(call, value)
    if local(call, value):  # what is in a folder ends up in what is installed; the model sees nothing of it
        call.path(READ, value, why)
        if (feed := call.written(value)) is not None and feed.fetched:
            call.fetched_or_opaque("what is in the package is not known", fetched=True)
    elif text is not None and "://" in text:
        net.url(call, text.removeprefix("git+"), why)
    elif net.looks_like_address(value):
        net.perhaps(call, value, why)


def field(call: Call, value: Value, why: str) -> None:
    """`NAME=@PATH`: the value is read from a file."""
    text = plain(value)
    if text is None:
        walk.guess(call, value, why)
    elif "=@" in text:
        call.path(READ, text.partition("=@")[2], why)


def keyed(call: Call, value: Value, why: str) -> None:
    """`[NAME=]PATH`."""
    text = plain(value)
    path = value if text is None else text.rpartition("=")[2]
    call.path(READ, path, why, TREE if walk.kind_of(call, path) == "dir" else EXACT)
