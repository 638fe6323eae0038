"""One piece of TUF metadata, from bytes to a checked value. Knows no chain and no signature.

Source: The Update Framework specification 1.0.31, section 4 (document formats). Read strictly: what the specification
leaves open and agentguard's own publisher always writes is required (`length` and `sha256` of every file that is named,
zero-padded UTC dates), so that there is one way to read a file and a second reader cannot come to another result.
"""

from __future__ import annotations

from agentguard import jsontext
from agentguard.errors import PublisherError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

ROOT, TIMESTAMP, SNAPSHOT, TARGETS = "root", "timestamp", "snapshot", "targets"
ROLES = (ROOT, TIMESTAMP, SNAPSHOT, TARGETS)

_MONTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)  # days
_DATE = "dddd-dd-ddTdd:dd:ddZ"  # d: a digit


class Metadata:
    """A role's metadata: `signed` as JSON values, `signatures` as {key id: hex}; not yet verified.

    `version` is at least 1; `expires` is in seconds since 1970, UTC.
    """

    __slots__ = ("expires", "role", "signatures", "signed", "version")

    def __init__(self, role: str, signed: dict[str, Any], signatures: dict[str, str]) -> None:
        self.role = role
        self.signed = signed
        self.signatures = signatures
        self.version = number(signed.get("version"), f"{role}: version", 1)
        self.expires = epoch(signed.get("expires"), f"{role}: expires")


class Role:
    """Which keys sign a role's metadata: {key id: the key's JSON object}, and how many of them must."""

    __slots__ = ("keys", "threshold")

    def __init__(self, keys: dict[str, dict[str, Any]], threshold: int) -> None:
        self.keys = keys
        self.threshold = threshold


def read(role: str, data: bytes) -> Metadata:
    """Return the metadata of `role` in `data`. Raises `PublisherError`."""
    try:
        document = jsontext.loads(data)
    except jsontext.JsonError as error:
        raise PublisherError(f"{role} metadata is not readable: {error}") from None
    outer = mapping(document, role)
    signed = mapping(outer.get("signed"), f"{role}: signed")
    if signed.get("_type") != role:
        _wrong(f"{role}: _type", f'"{role}"')
    _spec_version(signed.get("spec_version"), role)
    metadata = Metadata(role, signed, _signatures(outer.get("signatures"), role))
    _CHECKS[role](signed)
    return metadata


def role_of(root: Metadata, role: str) -> Role:
    """Return the keys and the threshold that a checked root names for `role`."""
    entry = root.signed["roles"][role]
    keys = root.signed["keys"]
    return Role({keyid: keys[keyid] for keyid in entry["keyids"] if keyid in keys}, entry["threshold"])


def file_entry(entry: Any, where: str, *, versioned: bool) -> dict[str, Any]:
    """Return what metadata says of another file: `length`, `hashes` with a sha256, and `version` of metadata files."""
    found = mapping(entry, where)
    number(found.get("length"), f"{where}: length", 0)
    if versioned:
        number(found.get("version"), f"{where}: version", 1)
    hashes = mapping(found.get("hashes"), f"{where}: hashes")
    if list(hashes) != ["sha256"]:
        _wrong(f"{where}: hashes", "a sha256 and nothing else")
    text(hashes["sha256"], f"{where}: sha256")
    return found


def mapping(value: Any, where: str) -> dict[str, Any]:
    """Return `value` if it is a JSON object."""
    if type(value) is not dict:
        _wrong(where, "an object")
    return value


def number(value: Any, where: str, least: int) -> int:
    """Return `value` if it is a whole number and not below `least`."""
    if type(value) is not int or value < least:
        _wrong(where, f"a whole number of at least {least}")
    return value


def text(value: Any, where: str) -> str:
    """Return `value` if it is a text that is not empty."""
    if type(value) is not str or not value:
        _wrong(where, "a text")
    return value


def epoch(value: Any, where: str) -> int:
    """Return the seconds since 1970 of a UTC date like 2030-01-31T12:00:00Z."""
    date = text(value, where)
    shape = "".join("d" if character in "0123456789" else character for character in date)
    if shape != _DATE:
        _wrong(where, "a date like 2030-01-31T12:00:00Z")
    year, month, day = int(date[:4]), int(date[5:7]), int(date[8:10])
    hour, minute, second = int(date[11:13]), int(date[14:16]), int(date[17:19])
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    if not (year and 1 <= month <= 12 and hour < 24 and minute < 60 and second < 60):
        _wrong(where, "a date that exists")
    if not 1 <= day <= _MONTHS[month - 1] + (leap and month == 2):
        _wrong(where, "a date that exists")
    past = year - 1
    days = past * 365 + past // 4 - past // 100 + past // 400 - 719162  # from 1970-01-01 to the start of the year
    days += sum(_MONTHS[: month - 1]) + (leap and month > 2) + day - 1
    return days * 86400 + hour * 3600 + minute * 60 + second


def canonical(value: Any) -> bytes:
    """Return the OLPC canonical JSON of `value`: what TUF signs. Raises `PublisherError` for what it cannot hold.

    Keys in the order of their code points, no space, only `"` and backslash escaped, no fractions
    (http://wiki.laptop.org/go/Canonical_JSON; securesystemslib.formats.encode_canonical).
    """
    parts: list[str] = []
    try:
        _canonical(value, parts.append)
        return "".join(parts).encode("utf-8")
    except (RecursionError, ValueError):  # nested too deeply; half a surrogate pair; an integer of thousands of digits
        raise PublisherError("metadata holds what canonical JSON cannot") from None


def _canonical(value: Any, out: Any) -> None:
    if type(value) is str:
        out('"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"')
    elif type(value) is dict:
        out("{")
        for count, key in enumerate(sorted(value)):
            if count:
                out(",")
            _canonical(key, out)
            out(":")
            _canonical(value[key], out)
        out("}")
    elif type(value) is list:
        out("[")
        for count, item in enumerate(value):
            if count:
                out(",")
            _canonical(item, out)
        out("]")
    elif value is None or value is True or value is False:
        out({None: "null", True: "true", False: "false"}[value])
    elif type(value) is int:
        out(str(value))
    else:
        raise PublisherError("metadata holds what canonical JSON cannot: a fraction")


def _signatures(value: Any, role: str) -> dict[str, str]:
    if type(value) is not list:
        _wrong(f"{role}: signatures", "a list")
    found: dict[str, str] = {}
    for item in value:
        entry = mapping(item, f"{role}: signature")
        keyid = text(entry.get("keyid"), f"{role}: keyid of a signature")
        if keyid in found:
            raise PublisherError(f"{role}: two signatures by key {keyid[:16]!a}")
        sig = entry.get("sig")
        if type(sig) is not str:  # empty is a place kept for a signature that is still to come
            _wrong(f"{role}: sig", "a text")
        found[keyid] = sig
    return found


def _spec_version(value: Any, role: str) -> None:
    parts = text(value, f"{role}: spec_version").split(".")
    if parts[0] != "1" or len(parts) not in (2, 3) or not all(part.isdecimal() and part.isascii() for part in parts):
        _wrong(f"{role}: spec_version", "1.x")


def _root(signed: dict[str, Any]) -> None:
    if type(signed.get("consistent_snapshot", True)) is not bool:
        _wrong("root: consistent_snapshot", "true or false")
    for keyid, key in mapping(signed.get("keys"), "root: keys").items():
        where = f"root: key {keyid[:16]!a}"
        text(mapping(key, where).get("keytype"), where)
        text(key.get("scheme"), where)
        text(mapping(key.get("keyval"), where).get("public"), where)
        if (key["keytype"], key["scheme"]) not in KEY_TYPES:
            raise PublisherError(f"{where} is of a type that agentguard does not know")
    roles = mapping(signed.get("roles"), "root: roles")
    if sorted(roles) != sorted(ROLES):
        _wrong("root: roles", "root, timestamp, snapshot and targets")
    for name, role in roles.items():
        where = f"root: role {name[:16]!a}"
        number(mapping(role, where).get("threshold"), f"{where}: threshold", 1)
        keyids = role.get("keyids")
        if type(keyids) is not list or not all(type(keyid) is str for keyid in keyids):
            _wrong(f"{where}: keyids", "a list of texts")
        if len(set(keyids)) != len(keyids):
            raise PublisherError(f"{where} names one key twice")


def _timestamp(signed: dict[str, Any]) -> None:
    meta = mapping(signed.get("meta"), "timestamp: meta")
    if list(meta) != ["snapshot.json"]:
        _wrong("timestamp: meta", "snapshot.json and nothing else")
    file_entry(meta["snapshot.json"], "timestamp: snapshot.json", versioned=True)


def _snapshot(signed: dict[str, Any]) -> None:
    for name, entry in mapping(signed.get("meta"), "snapshot: meta").items():
        file_entry(entry, f"snapshot: {name[:64]!a}", versioned=True)


def _targets(signed: dict[str, Any]) -> None:
    for name, entry in mapping(signed.get("targets"), "targets: targets").items():
        file_entry(entry, f"targets: {name[:64]!a}", versioned=False)
    if type(signed.get("delegations", {})) is not dict:
        _wrong("targets: delegations", "an object")


def _wrong(where: str, wanted: str) -> NoReturn:
    raise PublisherError(f"{where} is not {wanted}")


KEY_TYPES = (("ed25519", "ed25519"), ("ecdsa", "ecdsa-sha2-nistp256"))
_CHECKS = {ROOT: _root, TIMESTAMP: _timestamp, SNAPSHOT: _snapshot, TARGETS: _targets}
