"""Addresses in command lines: URLs, hosts, `user@host:path`."""

from __future__ import annotations

from agentguard.access import hosts
from agentguard.access.model import ANY, CERTAIN, EXACT, LISTEN, POSSIBLE, READ, UNCERTAIN, UNKNOWN, Pattern
from agentguard.access.shell.flow import Feed
from agentguard.access.shell.values import concat, parts_of, plain, unglobbed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentguard.access.model import Value
    from agentguard.access.shell.command import Call

EVERYWHERE = "0.0.0.0"  # noqa: S104 - what servers listen on unless told otherwise
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1", "0.0.0.0"})  # noqa: S104 - names to compare with
_DELIMITERS = "/?#"


def url(
    call: Call,
    value: Value,
    why: str,
    certainty: str = CERTAIN,
    *,
    scheme: str = "http",
    seen: bool = True,
    **more: Any,
) -> None:
    """Add the row of a URL; one without a scheme has the one given, as curl takes it. `file:` reads a file.

    `seen`: what is answered is shown or kept.
    """
    value = unglobbed(value)
    if isinstance(value, str) and value[:5].lower() == "file:":
        call.path(READ, _file(value), why, certainty=certainty)
        return
    if isinstance(value, Pattern) and isinstance(first := value.parts[0], str) and first[:5].lower() == "file:":
        call.path(READ, concat(["/" + first[5:].lstrip("/"), *value.parts[1:]]), why, certainty=certainty)
        return
    host, port = address(value, scheme)
    if host is None:
        return
    if host is UNKNOWN and certainty == POSSIBLE:
        certainty = UNCERTAIN
    call.connect(host, port, why, certainty, **more)
    if seen and more.get("method") == "GET":
        served(call, value)


# Names of files in a path that a server should hand to nobody; folders that start with a dot are others.
_KEPT = (".key", ".tfstate", ".tfvars", ".p12", ".pfx", ".kdbx", ".jks")
_KEPT_NAMES = frozenset({"credentials", "id_rsa", "id_ed25519", "id_ecdsa", "secrets.yml", "environ", "shadow"})


def served(call: Call, value: Value) -> None:
    """A server of files on this machine hands out what lies at the path: `curl localhost:8000/.env`.

    Sure is that only where this text has started one; Vite has whole paths behind `/@fs`.
    """
    host, _ = address(value)
    if not isinstance(host, str) or not (host in _LOOPBACK or host.startswith("127.")):
        return
    text = "".join(part if isinstance(part, str) else "\0" for part in parts_of(value))
    rest = text.partition("://")[2] or text
    path = "/" + rest.partition("/")[2].partition("?")[0].partition("#")[0]
    try:
        path = hosts.unescaped(path) if "%" in path else path
    except hosts.BadUrl:
        return
    hidden = any(word[:1] == "." and word != ".well-known" for word in path.split("/"))
    name = path.rpartition("/")[2]
    whole = path.startswith("/@fs/")
    if "\0" in path or not (hidden or whole or name in _KEPT_NAMES or name.endswith(_KEPT)):
        return
    known = any(row.action == LISTEN for row in call.machine.rows)
    place = path[len("/@fs") :] if whole else path[1:]
    call.path(READ, place, "a server of this machine hands it out", certainty=CERTAIN if known else POSSIBLE)


def fetched(call: Call) -> None:
    """What a command writes that gets something over the network came over the network too."""
    from agentguard.access.programs import walk  # noqa: PLC0415 - that module needs this one

    for value in call.wrote:
        if walk.kind_of(call, value) == "dir":
            from agentguard.access.shell import places  # noqa: PLC0415 - few texts make files

            places.fetched(call, value)
        elif call.written(value) is None or not call.contents(value)[0].fetched:
            call.remember(value, Feed(UNKNOWN, fetched=True))


def _file(url: str) -> str:
    """Return the path of a `file:` URL (RFC 8089): a host in it is this machine, escapes stand for characters."""
    rest = url[5:]
    if rest[:2] == "//" and rest[2:3] != "/":
        rest = rest[2:].partition("/")[2]
    path = "/" + rest.lstrip("/").partition("?")[0].partition("#")[0]
    try:
        return hosts.unescaped(path) if "%" in path else path
    except hosts.BadUrl:
        return path


def address(value: Value, scheme: str = "http") -> tuple[Value | None, int | None]:
    """Return host and port of a URL; the host None where it names none, UNKNOWN where it cannot be read."""
    if isinstance(value, str):
        found = hosts.url_host(value, scheme)
        if found is not None:
            return found
        return (None, None) if value and not hosts.fault(value) else (UNKNOWN, None)
    if not isinstance(value, Pattern):
        return UNKNOWN, None
    parts = list(value.parts)
    lead = parts[0] if isinstance(parts[0], str) else ""
    _, slashes, rest = lead.partition("://")
    if not slashes:
        rest = lead
    cut = _first(rest)
    if cut >= 0:  # the host stands before anything unknown
        found = hosts.url_host(lead[: len(lead) - len(rest) + cut], scheme)
        return found if found is not None else (UNKNOWN, None)
    name, colon, _ = rest.rpartition("@")[2].partition(":")
    if colon and name and name[0] != "[":  # only the port is unknown
        host = hosts.normal(name)
        return host, None
    known: list[Any] = [rest.rpartition("@")[2]]
    for part in parts[1:] if isinstance(parts[0], str) else parts:
        if isinstance(part, str) and ((cut := _first(part)) >= 0 or ":" in part):
            known.append((part[:cut] if cut >= 0 else part).partition(":")[0].lower())
            break
        known.append(part if not isinstance(part, str) else part.lower())
    return concat(known), None


def _first(text: str) -> int:
    return min((at for at in (text.find(mark) for mark in _DELIMITERS) if at >= 0), default=-1)


def computed(call: Call, value: Value) -> bool:
    """Return whether data could leave in an address: part of it comes from what was read (see telling).

    Where nothing of the host stands in the command, nobody has chosen who would get it. Towards this machine that does
    not count either: nothing leaves it.
    """
    if not call.told:
        return False
    if isinstance(value, str):
        if not any(value is word for word in call.told):
            return False
        if "://" not in value and value.partition("@")[0] == call.world.user:  # `ssh $(whoami)@HOST`
            return False
    elif not isinstance(value := unglobbed(value), Pattern) or ANY not in value.parts:
        return False
    host, _ = address(value)
    if isinstance(host, Pattern):
        return any(isinstance(part, str) and part.strip(".:") for part in host.parts)
    return isinstance(host, str) and not (host in _LOOPBACK or host.startswith("127."))


def traits(call: Call, value: Value, kind: str) -> set[str]:
    """Return what an address operand means for its command."""
    if kind in ("place-read", "place-write"):
        remote = split(value)
        if remote is None:
            return set()
        found = {"sends"} if kind == "place-write" else set()
        return found | ({"computed-address"} if computed(call, remote[0]) else set())
    return {"computed-address"} if computed(call, value) else set()


def split(value: Value) -> tuple[Value, Value] | None:
    """Return host and path of `[user@]host:path`, `host::module` or `rsync://…`; None for a path of this machine."""
    text = plain(value)
    if text is not None:
        if text.startswith(("rsync://", "ssh://", "scp://", "sftp://")):
            found = hosts.url_host(text)
            return (found[0], "") if found else (UNKNOWN, "")
        host, double, path = text.partition("::")
        if double and "/" not in host:
            return hosts.normal(host.rpartition("@")[2]), path
        return hosts.scp_like(text)
    if not isinstance(value, Pattern):
        return None
    before: list[Any] = []
    for number, part in enumerate(value.parts):
        if isinstance(part, str):
            name, colon, path = part.partition(":")
            if "/" in name:
                return None
            before.append(name)
            if colon:
                return concat(before), concat([path, *value.parts[number + 1 :]])
        else:
            before.append(part)
    return None


def place(call: Call, value: Value, why: str, action: str, extent: str = EXACT) -> None:
    """Add the row of a path here or on another machine."""
    remote = split(value)
    if remote is None:
        call.path(action, value, why, extent)
        return
    call.connect(without_user(remote[0]), 22, why)


def without_user(host: Value) -> Value:
    """Return the host of `user@host`."""
    first, *others = parts_of(host)
    return concat([first.rpartition("@")[2] if isinstance(first, str) else first, *others])


def number(value: Value | None) -> int | None:
    """Return a port, None where it is none."""
    text = plain(value) if value is not None else None
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 6 else None


def perhaps(call: Call, value: Value, why: str) -> None:
    """Add the possible row of a word that looks like an address."""
    remote = split(value) if "://" not in str(value) and "@" in str(value) else None
    if remote is not None:
        call.connect(remote[0], 22, why, POSSIBLE)
    else:
        url(call, value, why, POSSIBLE)


def looks_like_address(value: Value) -> bool:
    """Return whether a word names another machine: a scheme, `user@host:`, an IP address or `host:port`."""
    text = plain(value)
    if text is None:
        first = parts_of(value)[0]
        return isinstance(first, str) and "://" in first and bool(hosts.scheme_of(first))
    if not text or len(text) > 2000 or "\n" in text or " " in text:
        return False
    scheme, slashes, _ = text.partition("://")
    if slashes:
        return scheme.replace("+", "").replace("-", "").isalnum()
    name, colon, rest = text.partition(":")
    if colon and "@" in name and "/" not in name:
        return hosts.scp_like(text) is not None
    if colon and rest.partition("/")[0].isdigit():
        return name == "localhost" or _is_address(name) or (name.count(".") > 0 and name.rpartition(".")[2].isalpha())
    return _is_address(text)


def _is_address(text: str) -> bool:
    labels = text.split(".")
    return len(labels) == 4 and all(label.isascii() and label.isdigit() and len(label) < 4 for label in labels)
