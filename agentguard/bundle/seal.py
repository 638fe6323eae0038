"""The seal: one local file that holds the verified bundle with all its signatures, and how the hook takes it up.

    agentguard seal 1
    NAME LENGTH
    LENGTH bytes
    NAME LENGTH
    …

NAME is `root/N` (the roots after the anchor), `timestamp`, `snapshot`, `targets`, `policy` (the unmodified files as
they were published), `exceptions` (the document of exceptions that was published), `exception/N` (those that were handed
over) or `config` (the local configuration that the hook needs, as JSON). The last one is `check`: the SHA-256, as hex, of
everything before it but the bytes of the policy, which is by far the largest and whose own SHA-256 stands in `targets`. It
shows damage, also in the one record that nobody has signed; it is no proof against an attacker, the signatures are. A
record that comes twice, an unknown name, a length beyond its bound and anything after the last record are refused.

The signatures of a seal are checked on every call, except where all of this holds: anchor, configuration, seal and
floor and every folder above them can be written by root only, this process is not root and not in a user namespace, and
the local configuration does not say `verify = "always"`. Everything else is checked always.
"""

from __future__ import annotations

import os

from agentguard import jsontext
from agentguard.bundle import rooted
from agentguard.bundle.verify import MAX_GRACE, freshness, read_floor, verify
from agentguard.digest import sha256_hex
from agentguard.errors import BundleError, SealError
from agentguard.policy.model import FALLBACK, INVALID

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentguard.bundle.verify import Chain
    from agentguard.places import Places

_HEAD = b"agentguard seal 1\n"
LIMIT = 16 * 1024 * 1024  # bytes, of the whole file
POLICY_LIMIT = 8 * 1024 * 1024
ROOT_LIMIT = 512_000
CONFIG_LIMIT = 65_536
EXCEPTIONS_LIMIT, EXCEPTION_LIMIT = 262_144, 16_384
# Bytes, by record. Those of the metadata are the ones that fetching keeps to.
LIMITS = {
    "timestamp": 16_384,
    "snapshot": 2_000_000,
    "targets": 5_000_000,
    "policy": POLICY_LIMIT,
    "config": CONFIG_LIMIT,
    "check": 64,
    "exceptions": EXCEPTIONS_LIMIT,
}
# Settings that can make verdicts laxer, or say who somebody is, count on a managed install only.
ROOT_ONLY = ("stage", "device_kind", "user", "groups", "accounts")
_NO_SEAL = "there is a floor but no seal: the bundle of this installation was deleted"
_NO_FLOOR = "there is a seal but no floor: part of the state was deleted or put back"
_CHECK = "check"
_REQUIRED = ("timestamp", "snapshot", "targets", "policy", "config")


class Active:
    """What is in force on this machine now.

    `state` is FRESH, GRACE, STALE, FALLBACK or INVALID. `policy` are the compiled policy's bytes, b"" for the last two.
    `revision` is the version of the targets metadata, `digest` the policy's SHA-256 as hex, `age` the seconds since it
    was signed. `verified` is "root-owned", "signature" or "". `problem` says in one line why the state is not fresh, or
    what else is worth a record; "" if all is well. `custom` is the signed part that says whose bundle this is (org,
    bundle, grace_days, issued, collector). `local` is the local configuration as far as it can be trusted. `chain` is
    the verified bundle.
    """

    __slots__ = (
        "age", "chain", "custom", "digest", "local", "name", "org", "policy", "problem", "revision", "state",
        "verified",
    )  # fmt: skip

    def __init__(self, state: str, problem: str = "") -> None:
        self.state = state
        self.problem = problem
        self.policy = b""
        self.name = ""
        self.revision = 0
        self.digest = ""
        self.org = ""
        self.age = 0
        self.verified = ""
        self.custom: dict[str, Any] = {}
        self.local: dict[str, Any] = {}
        self.chain: Chain | None = None

    def facts(self) -> dict[str, Any]:
        """Return what records say of it: name, revision, digest, age, state, verified, problem."""
        fallback = self.state in (FALLBACK, INVALID)
        return {
            "name": "fallback" if fallback else self.name,
            "revision": 0 if fallback else self.revision,
            "digest": "" if fallback else self.digest,
            "age": self.age,
            "state": self.state,
            "verified": self.verified,
            "problem": self.problem,
        }


def load_active(places: Places, now: float) -> Active:
    """Return what is in force at `now` (seconds since 1970). Never raises: any doubt is the state INVALID."""
    active = Active(INVALID)
    try:
        _load(active, places, now)
    except BundleError as error:
        active.state, active.problem = INVALID, error.message
    except Exception as error:  # noqa: BLE001 - what nobody thought of must not let a call pass
        active.state, active.problem = INVALID, f"the seal could not be read: {type(error).__name__}"
    return active


def parse(data: bytes) -> dict[str, bytes]:
    """Return the records of a seal by name. Raises `SealError`."""
    if not data.startswith(_HEAD):
        raise SealError("this is not a seal that this version of agentguard can read")
    records: dict[str, bytes] = {}
    start = at = len(_HEAD)
    policy = (at, at)
    while at < len(data):
        start = at
        end = data.find(b"\n", at, at + 64)
        name, space, digits = data[at : max(end, at)].partition(b" ")
        label = name.decode("ascii", "replace")
        if end < 0 or not space or not digits.isdigit() or digits != b"%d" % int(digits):
            raise SealError(f"the seal is damaged at byte {at}")
        length = int(digits)
        if label in records or length > _limit(label):
            raise SealError(f"the seal has a record that must not be there at byte {at}")
        at = end + 1 + length + 1
        if at > len(data) or data[at - 1] != 0x0A:
            raise SealError(f"the seal is cut off in {label}")
        records[label] = data[end + 1 : at - 1]
        if label == "policy":
            policy = (end + 1, at - 1)
    missing = [name for name in _REQUIRED if name not in records]
    if missing:
        raise SealError(f"the seal has no {missing[0]}")
    if records.pop(_CHECK, b"") != _check(data[: policy[0]], data[policy[1] : start]):
        raise SealError("the seal is damaged: its check does not fit")
    return records


def build(records: dict[str, bytes]) -> bytes:
    """Return the seal that holds these records. Raises `SealError` if it could not be read back."""
    more = [name for name in records if name not in _REQUIRED]
    roots = sorted(
        more, key=lambda name: (name.rstrip("0123456789"), int(name.rpartition("/")[2] if "/" in name else 0))
    )
    parts = [_HEAD]
    for name in (*roots, *_REQUIRED):
        if name == "policy":
            before = len(parts) + 1
        parts += (b"%s %d\n" % (name.encode("ascii"), len(records[name])), records[name], b"\n")
    check = _check(b"".join(parts[:before]), b"".join(parts[before + 1 :]))
    data = b"".join((*parts, b"%s %d\n%s\n" % (_CHECK.encode("ascii"), len(check), check)))
    if len(data) > LIMIT or parse(data) != records:
        raise SealError("the bundle does not fit into a seal")
    return data


def _check(before: bytes, behind: bytes) -> bytes:
    """Return the check of a seal, from what stands before and behind the bytes of the policy."""
    return sha256_hex(before + behind).encode("ascii")


def read_config(data: bytes) -> dict[str, Any]:
    """Return what a seal's "config" record says. Raises `SealError`."""
    try:
        value = jsontext.loads(data)
    except jsontext.JsonError as error:
        raise SealError(f"the seal's local configuration is not readable: {error}") from None
    if type(value) is not dict:
        raise SealError("the seal's local configuration is not a JSON object")
    return value


def _load(active: Active, places: Places, now: float) -> None:
    found, floor = _state(places)
    if found is None:
        active.state, active.problem = FALLBACK, _NO_SEAL if floor else "this installation has no bundle yet"
        return
    anchor, unsafe = _configuration(places)
    data, unsafe_seal = found
    records = parse(data)
    active.local = _local(records["config"], places, unsafe_seal)
    if floor is None and places.managed:
        raise SealError(_NO_FLOOR)
    unsafe = unsafe or unsafe_seal or (floor[1] if floor else "there is no floor")
    fast = not unsafe and active.local.get("verify") != "always" and os.geteuid() != 0 and rooted.first_namespace()
    org = active.local.get("org")
    chain = verify(
        anchor,
        records,
        org=org if type(org) is str else "",
        floor=read_floor(floor[0]) if floor else None,
        signatures=not fast,
    )
    cap = active.local.get("grace_days")
    active.state, active.problem = freshness(chain, now, cap if type(cap) is int else MAX_GRACE)
    if not active.problem and floor is None:
        active.problem = _NO_FLOOR
    active.verified = "root-owned" if fast else "signature"
    active.chain = chain
    active.policy = chain.policy
    active.name = chain.name
    active.revision = chain.revision
    active.digest = chain.digest
    active.org = chain.org
    active.custom = chain.custom
    active.age = max(0, int(now) - chain.issued)


def _state(places: Places) -> tuple[tuple[bytes, str] | None, tuple[bytes, str] | None]:
    """Return seal and floor, as `rooted.Folder.read` does.

    The sync writes the seal before the floor, so the floor is read first: a floor is never newer than the seal then.
    """
    try:
        folder = rooted.Folder(places.state)
    except FileNotFoundError:
        return None, None
    except OSError as error:
        raise SealError(f"cannot open {places.state}: {(error.strerror or '').lower()}") from None
    try:
        floor_name = os.path.basename(places.floor)
        floor = folder.read(floor_name, CONFIG_LIMIT)
        found = folder.read(os.path.basename(places.seal), LIMIT)
        if found and floor is None:  # the first bundle may have come between the two
            floor = folder.read(floor_name, CONFIG_LIMIT)
    finally:
        folder.close()
    return found, floor


def _configuration(places: Places) -> tuple[bytes, str]:
    """Return the anchor, and why anchor or configuration could have been written by others than root.

    On a managed install both must be root's: an anchor that anybody can place is none.
    """
    try:
        config = rooted.Folder(places.config)
    except OSError:
        raise SealError("there is a seal but no anchor to check it with") from None
    try:
        anchor = config.read(os.path.basename(places.anchor), ROOT_LIMIT)
        if anchor is None:
            raise SealError("there is a seal but no anchor to check it with")
        unsafe = anchor[1] or _unsafe_settings(config, places.settings)
    finally:
        config.close()
    if places.managed and unsafe:
        raise SealError(f"anchor and configuration must be root's: {unsafe}")
    return anchor[0], unsafe


def _unsafe_settings(config: rooted.Folder, path: str) -> str:
    """Return why others than root could have written the settings; their content came with the seal."""
    try:
        settings = config.read(os.path.basename(path), CONFIG_LIMIT)
    except SealError as error:
        return error.message
    return settings[1] if settings else f"{path} is missing"


def _local(data: bytes, places: Places, unsafe: str) -> dict[str, Any]:
    """Return the local configuration that a seal carries, without what only root may say where root did not say it."""
    local = read_config(data)
    if places.managed:
        return {} if unsafe else local
    return {key: value for key, value in local.items() if key not in ROOT_ONLY}


def _limit(name: str) -> int:
    """Return the bound in bytes of a record of this name; -1 for an unknown one."""
    if name in LIMITS:
        return LIMITS[name]
    kind, _, number = name.partition("/")
    good = number.isascii() and number.isdigit() and number == str(int(number))
    return {"root": ROOT_LIMIT, "exception": EXCEPTION_LIMIT}.get(kind, -1) if good else -1
