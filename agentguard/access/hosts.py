"""Hosts in one spelling: lower-case, international names in ASCII, every way to write an IP address as its usual text.

Strict, because a policy judges what it read and another parser connects to what that one read. What two common parsers
(RFC 3986, the WHATWG URL Standard, curl) could read differently is malformed: control characters, white space,
backslashes, more than one `@`, a special scheme without exactly two slashes, a number that is not an address.
"""

from __future__ import annotations

from agentguard.access.limits import MAX_HOST_CHARS, MAX_LABEL_CHARS, MAX_URL_CHARS
from agentguard.access.model import UNKNOWN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.model import Unknown

# The port that a scheme means (IANA Service Name and Port Number Registry).
PORTS = {
    "http": 80, "https": 443, "ws": 80, "wss": 443, "ftp": 21, "ftps": 990, "sftp": 22, "ssh": 22, "scp": 22,
    "git": 9418, "git+ssh": 22, "ssh+git": 22, "git+https": 443, "git+http": 80, "svn": 3690, "svn+ssh": 22,
    "rsync": 873, "telnet": 23, "gopher": 70, "dict": 2628, "tftp": 69, "ldap": 389, "ldaps": 636, "smtp": 25,
    "smtps": 465, "imap": 143, "imaps": 993, "pop3": 110, "pop3s": 995, "smb": 445, "mqtt": 1883, "mqtts": 8883,
    "rtsp": 554, "socks4": 1080, "socks4a": 1080, "socks5": 1080, "socks5h": 1080, "redis": 6379, "rediss": 6379,
    "postgres": 5432, "postgresql": 5432, "mysql": 3306, "mongodb": 27017, "amqp": 5672, "amqps": 5671, "nats": 4222,
}  # fmt: skip

# Schemes of which browsers accept other numbers of slashes (WHATWG URL, "special scheme").
_SPECIAL = ("http", "https", "ws", "wss", "ftp")
_LABEL = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-_")
_DIGITS = frozenset("0123456789")
_HEX = frozenset("0123456789abcdef")
_SCHEME = _LABEL | frozenset("+.")


class BadUrl(ValueError):  # noqa: N818 - a verdict about text from outside
    """A URL or a host is malformed. The message says why, and quotes nothing of it."""


def fault(url: str) -> str:
    """Return why `url` is malformed ("it holds a backslash"), "" where it is not."""
    try:
        parts(url)
    except BadUrl as bad:
        return str(bad)
    return ""


def url_host(url: str, default: str = "") -> tuple[str, int | None] | None:
    """Return host and port of a URL; None where it is malformed or names no host (`file:///x`).

    The port is the one written there or that of the scheme, None where neither is known. `default` is the scheme of a
    URL without one (curl takes `example.com/x` for http).
    """
    try:
        _, host, port = parts(url, default)
    except BadUrl:
        return None
    return (host, port) if host else None


def normal(host: str) -> str | Unknown:
    """Return a host in its one spelling, UNKNOWN where it cannot be read. Idempotent.

    IPv6 addresses come with or without brackets and go without; a zone is dropped; one that leads to an IPv4 address
    becomes that (see `_embedded`), and so does a name that says which address it has (`127.0.0.1.nip.io`).
    """
    try:
        return _host(host)
    except BadUrl:
        return UNKNOWN


def parts(url: str, default: str = "") -> tuple[str, str, int | None]:
    """Return scheme, host ("" where the URL names none) and port (None where it is not known). Raises `BadUrl`."""
    _check(url)
    scheme = scheme_of(url)
    rest = url[len(scheme) + 1 :] if scheme else url
    if default and (not scheme or rest[:2] != "//"):  # `localhost:3000` has no scheme, whatever it looks like
        scheme, rest = default, "//" + url.removeprefix("//")
    if not scheme:
        raise BadUrl("it has no scheme")
    if rest[:2] != "//":
        if scheme in _SPECIAL:
            raise BadUrl("two slashes must follow its scheme")
        return scheme, "", None
    end = min((at for at in (rest.find(mark, 2) for mark in "/?#") if at >= 0), default=len(rest))
    authority, behind = rest[2:end], rest[end:]
    if behind[:1] in ("?", "#") and "@" in behind.partition("/")[0]:
        raise BadUrl("what stands before its @ may or may not be a host")
    userinfo, at, place = authority.rpartition("@")
    if "@" in userinfo or "[" in userinfo:
        raise BadUrl("it holds more than one @" if "@" in userinfo else "it holds a bracket before the @")
    name, port = _port(place)
    if ":" in name and name[0] != "[":
        raise BadUrl("its host is an address without brackets")
    if not name:
        if scheme in _SPECIAL or at or port is not None:
            raise BadUrl("it has no host")
        return scheme, "", None
    return scheme, _host(name), PORTS.get(scheme) if port is None else port


def scheme_of(url: str) -> str:
    """Return the scheme in lower case, "" where there is none (RFC 3986 section 3.1)."""
    scheme, colon, _ = url.partition(":")
    scheme = scheme.lower()
    return scheme if colon and scheme[:1].isalpha() and _SCHEME.issuperset(scheme) else ""


def scp_like(text: str) -> tuple[str, str] | None:
    """Return host and path of `[user@]host:path` as ssh, scp and git take it; None for anything else.

    git-fetch(1): only without a slash before the first colon.
    """
    bracket = text.find("]:") + 1  # an IPv6 address brings colons of its own
    colon = bracket or text.find(":")
    place, path = text[:colon], text[colon + 1 :]
    if colon < 1 or "/" in place or path.startswith("//"):
        return None
    user, at, name = place.rpartition("@")
    host = normal(name)
    if not isinstance(host, str) or "@" in user or (at and not user):
        return None
    return host, path


def _check(url: str) -> None:
    """Refuse what no URL may hold."""
    if not url:
        raise BadUrl("it is empty")
    if len(url) > MAX_URL_CHARS:
        raise BadUrl("it is too long")
    if "\\" in url:
        raise BadUrl("it holds a backslash")
    for char in url if not url.isprintable() else " " if " " in url else "":
        if char.isspace():
            raise BadUrl("it holds white space")
        if char < " " or "\x7f" <= char <= "\x9f":
            raise BadUrl("it holds a NUL character" if char == "\0" else "it holds a control character")
        if "\ud800" <= char <= "\udfff":
            raise BadUrl("it holds half a surrogate pair")


def _port(place: str) -> tuple[str, int | None]:
    """Return host and port of `host[:port]`; an empty port is none (RFC 3986 section 3.2.3)."""
    name, colon, port = place.rpartition(":")
    if not colon or place.endswith("]"):
        return place, None
    if not port:
        return name, None
    if not _DIGITS.issuperset(port) or len(port) > 5 or int(port) > 65535:
        raise BadUrl("its port is no number from 0 to 65535")
    return name, int(port)


def _host(text: str) -> str:
    if text[:1] == "[" and text[-1:] == "]":
        return _ipv6(text[1:-1])
    if ":" in text:
        return _ipv6(text)
    if "%" in text:
        text = unescaped(text)
    if not text.isascii():
        text = _international(text)
    text = text.lower().removesuffix(".")
    if len(text) > MAX_HOST_CHARS:
        raise BadUrl("its host is too long")
    labels = text.split(".")
    for label in labels:
        if not label or len(label) > MAX_LABEL_CHARS or not _LABEL.issuperset(label):
            raise BadUrl("its host is no name and no address")
    last = labels[-1]
    if _DIGITS.issuperset(last) or (last[:2] == "0x" and _HEX.issuperset(last[2:])):
        return _ipv4(labels)
    return _spelled(text) if text.endswith(_SPELLING) else text


# Under these names every address has a name that spells it: with dots, with dashes or as eight hexadecimal digits.
_SPELLING = (".nip.io", ".sslip.io")


def _spelled(text: str) -> str:
    """Return the address that a name of these services spells, the name itself where it spells none."""
    labels = text.split(".")[:-2]
    for place in range(len(labels) - 4, -1, -1):
        four = labels[place : place + 4]
        if all(map(_is_byte, four)):
            return ".".join(str(int(label)) for label in four)
    for label in reversed(labels):
        words = label.split("-")
        for place in range(len(words) - 4, -1, -1):
            four = words[place : place + 4]
            if all(map(_is_byte, four)):
                return ".".join(str(int(word)) for word in four)
        last = words[-1]
        if len(last) == 8 and _HEX.issuperset(last):
            return _dotted(int(last, 16))
        if "--" in label:  # sslip.io: dashes for colons
            try:
                return _ipv6(label.replace("-", ":"))
            except BadUrl:
                continue
    return text


def _is_byte(text: str) -> bool:
    return 0 < len(text) <= 3 and _DIGITS.issuperset(text) and int(text) < 256


def unescaped(text: str) -> str:
    """Return `text` with %XX read as UTF-8 (RFC 3986 section 2.1). Raises `BadUrl`."""
    head, *pieces = text.split("%")
    data = bytearray(head.encode("utf-8", "surrogatepass"))
    for piece in pieces:
        code = piece[:2].lower()
        if len(code) < 2 or not _HEX.issuperset(code):
            raise BadUrl("it holds a stray percent sign")
        data.append(int(code, 16))
        data += piece[2:].encode("utf-8", "surrogatepass")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise BadUrl("what its percent signs stand for is not UTF-8") from None


def _international(text: str) -> str:
    """Return a name with other than ASCII characters as ASCII (UTS #46 without transitional mapping; RFC 3492).

    Invisible characters are refused, because some parsers drop them and some do not.
    """
    import unicodedata  # noqa: PLC0415 - a large table, and rarely needed

    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).lower()).replace("\u3002", ".")
    labels = []
    for label in text.split("."):
        if label.isascii():
            labels.append(label)
            continue
        if len(label) > MAX_LABEL_CHARS or any(unicodedata.category(char)[0] in "CZ" for char in label):
            raise BadUrl("its host holds a character that no name has")
        labels.append("xn--" + label.encode("punycode").decode("ascii"))
    return ".".join(labels)


def _ipv4(labels: list[str]) -> str:
    """Return the address that one to four numbers stand for: decimal, 0x hexadecimal, 0 octal (inet_aton(3))."""
    if len(labels) > 4:
        raise BadUrl("its host is no address")
    numbers = [_number(label) for label in labels]
    value = numbers.pop()
    if value >= 256 ** (4 - len(numbers)) or any(number > 255 for number in numbers):
        raise BadUrl("its host is no address")
    for place, number in enumerate(numbers):
        value += number << (8 * (3 - place))
    return _dotted(value)


def _number(text: str) -> int:
    base = 16 if text[:2] == "0x" else 8 if text[:1] == "0" and len(text) > 1 else 10
    digits = text[2:] if base == 16 else text
    known = _HEX if base == 16 else _DIGITS - {"8", "9"} if base == 8 else _DIGITS
    if not digits or len(digits) > 16 or not known.issuperset(digits):
        raise BadUrl("its host is no address")
    return int(digits, base)


def _dotted(value: int) -> str:
    return f"{value >> 24}.{value >> 16 & 255}.{value >> 8 & 255}.{value & 255}"


def _ipv6(text: str) -> str:
    """Return an IPv6 address as RFC 5952 writes it, one that leads to IPv4 as that; the zone (RFC 6874) is dropped."""
    text, percent, zone = text.lower().partition("%")
    if percent and not (zone and _SCHEME.issuperset(zone.replace("%", ""))):
        raise BadUrl("its host is no address")
    head, double, tail = text.partition("::")
    before, behind = _groups(head, last=not double), _groups(tail, last=True)
    missing = 8 - len(before) - len(behind)
    if "::" in tail or (missing < 1 if double else missing != 0):
        raise BadUrl("its host is no address")
    groups = before + [0] * missing + behind
    embedded = _embedded(groups)
    if embedded is not None:
        return _dotted(embedded)
    best = start = run = 0
    for place, group in enumerate([*groups, 1]):
        if not group:
            run += 1
            continue
        if run > best:
            best, start = run, place - run
        run = 0
    written = [f"{group:x}" for group in groups]
    if best < 2:
        return ":".join(written)
    return ":".join(written[:start]) + "::" + ":".join(written[start + best :])


def _embedded(groups: list[int]) -> int | None:
    """Return the IPv4 address to which an IPv6 one leads, None where it leads to none.

    IPv4-mapped and IPv4-compatible (RFC 4291 section 2.5.5), IPv4-translated (RFC 2765 section 2.1), the two well-known
    prefixes of NAT64 (RFC 6052, RFC 8215), 6to4 (RFC 3056), ISATAP (RFC 5214 section 6.1).
    """
    last = groups[6] << 16 | groups[7]
    if groups[:6] in ([0, 0, 0, 0, 0, 0xFFFF], [0, 0, 0, 0, 0xFFFF, 0], [0x64, 0xFF9B, 0, 0, 0, 0]):
        return last
    if groups[:6] == [0] * 6 and last > 1:  # `::` and `::1` are addresses of their own
        return last
    if groups[:3] == [0x64, 0xFF9B, 1] or (groups[4] in (0, 0x200) and groups[5] == 0x5EFE):
        return last
    if groups[0] == 0x2002:
        return groups[1] << 16 | groups[2]
    return None


def _groups(text: str, *, last: bool) -> list[int]:
    """Return the numbers of the groups in `text`; the last of an address may be an IPv4 address of two groups' size."""
    if not text:
        return []
    found: list[int] = []
    names = text.split(":")
    for place, name in enumerate(names):
        if last and place == len(names) - 1 and "." in name:
            found += _tail(name)
        elif 0 < len(name) <= 4 and _HEX.issuperset(name):
            found.append(int(name, 16))
        else:
            raise BadUrl("its host is no address")
    return found


def _tail(text: str) -> list[int]:
    """Return the two groups of a dotted decimal address; nothing else is allowed inside an IPv6 one (RFC 4291)."""
    numbers = []
    for name in text.split("."):
        if not (0 < len(name) <= 3 and _DIGITS.issuperset(name)) or int(name) > 255 or name != str(int(name)):
            raise BadUrl("its host is no address")
        numbers.append(int(name))
    if len(numbers) != 4:
        raise BadUrl("its host is no address")
    return [numbers[0] << 8 | numbers[1], numbers[2] << 8 | numbers[3]]
