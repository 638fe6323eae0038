"""The folder that a publisher works in, and its `publisher.toml`.

    DIR/publisher.toml   organisation, roles, expiries, grace, collector: for people to edit
    DIR/keys/*.pem       private keys, encrypted; of each owner only their own
    DIR/keys/*.pub       the public halves of all keys
    DIR/CHANGES.md       what each revision changed, written by publish
    DIR/repo/            what is published: a plain TUF repository, to be served by any web server

Everything but the private keys is for every owner to have, in a version control system or as a copy. Which keys and
thresholds count is said by the signed documents; `publisher.toml` says it again, for people, once something is published.
"""

from __future__ import annotations

import os
import re
import tomllib
import urllib.parse
from typing import TYPE_CHECKING, Any

import tomli_w

from agentguard.bundle import files
from agentguard.bundle.exceptions import ROLE as EXCEPTIONS
from agentguard.bundle.metadata import ROLES, ROOT, SNAPSHOT, TARGETS, TIMESTAMP
from agentguard.bundle.verify import MAX_GRACE
from agentguard.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Sequence

FILE = "publisher.toml"
_ORG_LENGTH = 64  # characters
_KEY_DIGITS = 64  # of an Ed25519 public key as hex
_LOOPBACK = {("http", "localhost"), ("http", "127.0.0.1"), ("http", "::1")}
_LIMIT = 65_536
_MOST_KEYS, _MOST_DAYS = 20, 3650
IGNORED = "# Private keys stay where they are.\n/keys/*.pem\n/.lock\n"  # of a publisher's folder, by git
_COMMENT = """\
# What `agentguard bundle publish` signs. Keys and thresholds are fixed by the signed root; here it says which key file
# is whose. The number of days, grace_days and collector may be edited: they count from the next publish on. So may
# anchor: the version of the root that laptops trust, from which they follow at most 64 others.

"""

# Who signs what, with how many keys, for how many days (a snapshot and a timestamp say "this is still the newest").
TEAM: dict[str, dict[str, Any]] = {
    ROOT: {"keys": ["root-1", "root-2", "root-3"], "threshold": 2, "days": 400},
    TARGETS: {"keys": ["policy-1", "policy-2", "policy-3"], "threshold": 2, "days": 180},
    SNAPSHOT: {"keys": ["online"], "threshold": 1, "days": 14},
    TIMESTAMP: {"keys": ["online"], "threshold": 1, "days": 14},
    EXCEPTIONS: {"keys": ["exceptions"], "threshold": 1, "days": 400},
}
SOLO: dict[str, dict[str, Any]] = {
    ROOT: {"keys": ["solo"], "threshold": 1, "days": 730},
    TARGETS: {"keys": ["solo"], "threshold": 1, "days": 400},
    SNAPSHOT: {"keys": ["solo"], "threshold": 1, "days": 90},
    TIMESTAMP: {"keys": ["solo"], "threshold": 1, "days": 90},
    EXCEPTIONS: {"keys": ["solo"], "threshold": 1, "days": 400},
}
TEAM_GRACE, SOLO_GRACE = 14, 30  # days
_ALIASES = {"policy": (TARGETS,), "online": (SNAPSHOT, TIMESTAMP)}


class Publisher:
    """A publisher's folder and settings.

    `roles`: {role: {"keys": names, "threshold", "days"}} of all four roles, and perhaps of `exceptions`, which the root
    does not name. `anchor` is the version of the root that laptops trust.
    """

    __slots__ = ("anchor", "collector", "folder", "grace_days", "org", "roles")

    def __init__(
        self,
        folder: str,
        org: str,
        roles: dict[str, dict[str, Any]],
        grace_days: int,
        collector: dict[str, Any],
        *,
        anchor: int = 1,
    ) -> None:
        self.anchor = anchor
        self.folder = folder
        self.org = org
        self.roles = roles
        self.grace_days = grace_days
        self.collector = collector

    @property
    def repo(self) -> str:
        """The TUF repository."""
        return os.path.join(self.folder, "repo")

    @property
    def keys(self) -> str:
        """The folder of the key files."""
        return os.path.join(self.folder, "keys")

    def key(self, name: str) -> str:
        """Return the file of a key."""
        return os.path.join(self.keys, f"{name}.pem")

    def key_names(self) -> list[str]:
        """Return the names of all keys, each once, in the order of the roles."""
        return list(dict.fromkeys(name for role in self.all_roles() for name in self.roles[role]["keys"]))

    def all_roles(self) -> list[str]:
        """Return the roles that this publisher has keys for."""
        return [role for role in (*ROLES, EXCEPTIONS) if role in self.roles]

    def public(self, name: str) -> str:
        """Return the file of the public half of a key."""
        return os.path.join(self.keys, f"{name}.pub")


def write(publisher: Publisher) -> None:
    """Write `publisher.toml`. Raises `ConfigError`."""
    document = {
        "org": publisher.org,
        "grace_days": publisher.grace_days,
        "anchor": publisher.anchor,
        "collector": publisher.collector,
        "roles": {role: publisher.roles[role] for role in publisher.all_roles()},
    }
    text = _COMMENT + tomli_w.dumps(document)
    files.replace(os.path.join(publisher.folder, FILE), text.encode(), 0o644)


def update(publisher: Publisher) -> None:
    """Bring grace and roles in `publisher.toml` up to date, beside all that people have written there. Raises `ConfigError`."""
    path = os.path.join(publisher.folder, FILE)
    text = _set(files.read(path, _LIMIT).decode(), "", {"grace_days": publisher.grace_days})
    for role, entry in publisher.roles.items():
        text = _set(text, f"roles.{role}", entry)
    try:
        found = tomllib.loads(text)
        same = (found["grace_days"], found["roles"]) == (publisher.grace_days, publisher.roles)
    except (tomllib.TOMLDecodeError, KeyError):
        same = False
    if same:
        files.replace(path, text.encode(), 0o644)
    else:  # it is written in a way that cannot be edited line by line
        write(publisher)


def _set(text: str, table: str, values: dict[str, Any]) -> str:
    """Return TOML with other values of keys that are there, in a table that begins on a line of its own."""
    start = text.find(f"[{table}]\n") if table else 0
    if start < 0:
        return text
    end = text.find("\n[", start + 1) + 1 or len(text)
    part = text[start:end]
    for key, value in values.items():
        before, found, behind = _parts(rf"(?m)^{key} *= *(?:\[[^\]]*\]|\d+)\n", part)
        part = before + (tomli_w.dumps({key: value}) if found else "") + behind
    return text[:start] + part + text[end:]


def _parts(pattern: str, text: str) -> tuple[str, str, str]:
    """Return what stands before a pattern, what fits it, and what stands behind."""
    found = re.search(pattern, text)
    return (text[: found.start()], found[0], text[found.end() :]) if found else (text, "", "")


def add_role(publisher: Publisher, role: str, entry: dict[str, Any]) -> None:
    """Add a role to `publisher.toml`, behind all that people have written there. Raises `ConfigError`."""
    path = os.path.join(publisher.folder, FILE)
    before = files.read(path, _LIMIT).decode()
    text = before.rstrip("\n") + "\n\n" + tomli_w.dumps({"roles": {role: entry}})
    try:
        same = tomllib.loads(text)["roles"].pop(role) == entry
    except tomllib.TOMLDecodeError:  # the roles stand in a way that nothing can be added to from outside
        same = False
    if not same:
        raise ConfigError(
            f"{path}: nothing can be added to its roles", hint=f"add it by hand: {role} = {_inline(entry)}"
        )
    files.replace(path, text.encode(), 0o644)
    publisher.roles[role] = entry


def _inline(entry: dict[str, Any]) -> str:
    named = ", ".join(f'"{name}"' for name in entry["keys"])
    return f"{{ keys = [{named}], threshold = {entry['threshold']}, days = {entry['days']} }}"


def numbers(signers: Sequence[str], days: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return other numbers than TEAM's: {role: {"keys", "threshold", "days"}} from "ROLE=K/N" and "ROLE=DAYS".

    ROLE is one of ROLES, `exceptions`, `policy` for targets, or `online` for snapshot and timestamp. Raises `ConfigError`.
    """
    found: dict[str, dict[str, Any]] = {}
    for text in signers:
        roles, number = _named(text, "--signers")
        threshold, _, many = number.partition("/")
        if not (threshold.isdecimal() and many.isdecimal() and 1 <= int(threshold) <= int(many) <= _MOST_KEYS):
            raise ConfigError(f"--signers {text}: {number!r} is not K/N, K of N keys", hint="--signers policy=2/3")
        for role in roles:
            stem = TEAM[role]["keys"][0].removesuffix("-1")
            names = [stem] if many == "1" else [f"{stem}-{count}" for count in range(1, int(many) + 1)]
            found.setdefault(role, {}).update(keys=names, threshold=int(threshold))
    for text in days:
        roles, number = _named(text, "--days")
        if not (number.isdecimal() and 1 <= int(number) <= _MOST_DAYS):
            raise ConfigError(f"--days {text}: {number!r} is not 1 to {_MOST_DAYS}", hint="--days root=400")
        for role in roles:
            found.setdefault(role, {})["days"] = int(number)
    return found


def roles_of(name: str, where: str) -> tuple[str, ...]:
    """Return the roles that a person means by a name. Raises `ConfigError`."""
    roles = _ALIASES.get(name, (name,))
    if not set(roles) <= set(TEAM):
        known = ", ".join([ROOT, *_ALIASES, EXCEPTIONS])
        raise ConfigError(f"{where}: there is no role {name!r}", hint=f"roles: {known}")
    return roles


def _named(text: str, option: str) -> tuple[tuple[str, ...], str]:
    name, _, value = text.partition("=")
    return roles_of(name, f"{option} {text}"), value


def check(org: str, url: str, receipt_keys: Sequence[Any], where: str) -> None:
    """Refuse what no laptop would accept. `where` names the file or the command. Raises `ConfigError`."""
    plain = org.replace("-", "").replace(".", "").replace("_", "")
    if not (plain.isascii() and plain.isalnum() and len(org) <= _ORG_LENGTH):
        raise ConfigError(f"{where}: org must be letters, digits, dots and dashes, not {org!r}")
    parts = urllib.parse.urlsplit(url)
    if url and not (parts.hostname and (parts.scheme == "https" or (parts.scheme, parts.hostname) in _LOOPBACK)):
        raise ConfigError(f"{where}: the collector's address must start with https://, and {url!r} does not")
    for key in receipt_keys:
        if not (isinstance(key, str) and len(key) == _KEY_DIGITS and not set(key) - set("0123456789abcdef")):
            raise ConfigError(
                f"{where}: a receipt key is {_KEY_DIGITS} hex digits, and {key!r} is not",
                hint="`agentguard collector key` prints it",
            )


def read(folder: str) -> Publisher:
    """Return the publisher of a folder. Raises `ConfigError`."""
    path = os.path.join(os.path.abspath(folder), FILE)
    if not os.path.isfile(path):
        not_half_made(folder)
        raise ConfigError(
            f"{folder} is not a publisher's folder: it has no {FILE}",
            hint=f"agentguard bundle init {folder} --org NAME",
        )
    try:
        document = tomllib.loads(files.read(path, _LIMIT).decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not TOML: {error}") from None
    _only(document, {"org", "grace_days", "anchor", "collector", "roles"}, path)
    collector = _typed(document, "collector", dict, path)
    _only(collector, {"url", "receipt_keys"}, f"{path}: collector")
    _typed(collector, "url", str, path)
    check(_typed(document, "org", str, path), collector["url"], _typed(collector, "receipt_keys", list, path), path)
    roles = _typed(document, "roles", dict, path)
    if set(roles) - {EXCEPTIONS} != set(ROLES):
        raise ConfigError(f"{path}: roles must be {', '.join(ROLES)} and perhaps {EXCEPTIONS}")
    for name, role in roles.items():
        _role(role, f"{path}: roles.{name}")
    grace = _typed(document, "grace_days", int, path)
    if not 0 <= grace <= MAX_GRACE:
        raise ConfigError(f"{path}: grace_days must be 0 to {MAX_GRACE}")
    org = _typed(document, "org", str, path)
    if not org:
        raise ConfigError(f"{path}: org is empty")
    anchor = _typed(document, "anchor", int, path) if "anchor" in document else 1  # folders from before there was one
    if anchor < 1:
        raise ConfigError(f"{path}: anchor must be the version of a root, 1 or more")
    return Publisher(os.path.dirname(path), org, roles, grace, collector, anchor=anchor)


def not_half_made(folder: str) -> None:
    """Raise `ConfigError` for a folder that looks as if `init` had begun it and not finished."""
    if os.path.isdir(os.path.join(folder, "keys")) and not os.path.lexists(os.path.join(folder, FILE)):
        raise ConfigError(
            f"{folder} has keys and no {FILE}",
            hint=f"if `bundle init` was killed here, nothing trusts its keys yet: rm -r {folder}, and begin again; else put "
            f"{FILE} back from a copy",
        )


def _role(role: Any, where: str) -> None:
    if not isinstance(role, dict):
        raise ConfigError(f"{where} is not a table")
    _only(role, {"keys", "threshold", "days"}, where)
    keys = _typed(role, "keys", list, where)
    if not keys or not all(isinstance(key, str) and key == os.path.basename(key) for key in keys):
        raise ConfigError(f"{where}: keys is not a list of names of files in keys/")
    if not 1 <= _typed(role, "threshold", int, where) <= len(keys):
        raise ConfigError(f"{where}: threshold must be 1 to {len(keys)}")
    if not 1 <= _typed(role, "days", int, where) <= _MOST_DAYS:
        raise ConfigError(f"{where}: days must be 1 to {_MOST_DAYS}")


def _typed(table: dict[str, Any], key: str, kind: type, where: str) -> Any:
    if type(table.get(key)) is not kind:
        names = {str: "a text", int: "a whole number", list: "a list", dict: "a table"}
        raise ConfigError(f"{where}: {key} is not {names[kind]}")
    return table[key]


def _only(table: dict[str, Any], known: set[str], where: str) -> None:
    unknown = sorted(set(table) - known)
    if unknown:
        raise ConfigError(f"{where}: unknown key {unknown[0]}", hint=f"known: {', '.join(sorted(known))}")
