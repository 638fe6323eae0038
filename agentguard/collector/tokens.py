"""Tokens: who may do what at the collector. Only their SHA-256 is kept; whoever is given one sees it once.

    devices.ndjson     what devices send with; given out for the enrol secret
    readers.ndjson     what people read with

A file has one line for each thing that happened, and is only ever appended to, so that it also says who could do what
when. Every process sees a change by another one at the next request.

    {"token":"sha256","name":"…","scope":"…","at":"…"}      given out
    {"revoked":"…","at":"…"}                                all tokens of this name are worth nothing from here on
    {"let_in":"…","at":"…"}                                 the name may have tokens again
"""

from __future__ import annotations

import errno
import fcntl
import os
import secrets
import threading
from typing import NamedTuple

from agentguard import jsontext
from agentguard.digest import sha256_hex
from agentguard.errors import ConfigError

DEVICE = "device"
# What a reader's scope allows.
ADMIN, SEARCH, FLEET = "admin", "search", "fleet"
SCOPES = {
    ADMIN: "all that the others may, and to give out and revoke tokens",
    SEARCH: "to search and read records, and to see devices and alerts",
    FLEET: "to see devices, alerts and counts by facts, and no record",
}


class Token(NamedTuple):
    """A token that was given out. `revoked`: when it was revoked, "" if it was not."""

    name: str
    scope: str
    at: str
    revoked: str = ""


class Tokens:
    """The tokens in a file. Any thread may ask."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._seen: tuple[int, int, int] | None = None
        self._by_hash: dict[str, Token] = {}
        self._barred: set[str] = set()
        self.all()

    def give(self, name: str, scope: str, at: str) -> str:
        """Return a new token. It is kept (as its hash) before it is handed out."""
        token = secrets.token_urlsafe(32)
        self._append({"token": sha256_hex(token.encode("ascii")), "name": name, "scope": scope, "at": at})
        return token

    def revoke(self, name: str, at: str) -> int:
        """Make all tokens of a name worthless; return how many that were."""
        count = sum(token.name == name and not token.revoked for token in self.all())
        if count:
            self._append({"revoked": name, "at": at})
        return count

    def find(self, token: str) -> Token | None:
        """Return what a token is for; None for any text that is no token, and for a revoked one."""
        found = self._current().get(sha256_hex(token.encode("utf-8", "replace")))
        return found if found and not found.revoked else None

    def all(self) -> list[Token]:
        """Return every token that was given out, oldest first."""
        return list(self._current().values())

    def has(self, name: str) -> bool:
        """Whether a token was ever given out under a name."""
        return any(token.name == name for token in self._current().values())

    def is_barred(self, name: str) -> bool:
        """Whether a name was revoked and not let in again."""
        self._current()
        return name in self._barred

    def let_in(self, name: str, at: str) -> bool:
        """Let a revoked name have tokens again; return whether it had been revoked."""
        barred = self.is_barred(name)
        if barred:
            self._append({"let_in": name, "at": at})
        return barred

    def _append(self, value: dict[str, str]) -> None:
        fd = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX)
            size = os.fstat(fd).st_size
            whole = os.pread(fd, size, 0).rfind(b"\n") + 1
            if whole != size:  # a line that was cut off
                os.ftruncate(fd, whole)
            line = jsontext.canonical(value) + b"\n"
            if os.write(fd, line) != len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fsync(fd)
        finally:
            os.close(fd)

    def _current(self) -> dict[str, Token]:
        with self._lock:
            try:
                status = os.stat(self._path)
            except FileNotFoundError:
                return {}
            seen = (status.st_ino, status.st_size, status.st_mtime_ns)
            if seen != self._seen:
                self._by_hash, self._barred = _read(self._path)
                self._seen = seen
            return self._by_hash


def _read(path: str) -> tuple[dict[str, Token], set[str]]:
    """Return {SHA-256 of a token: what it is}, and the names that are revoked.

    A last line that was cut off belongs to a token that nobody ever got.
    """
    with open(path, "rb") as file:
        rows = file.read().split(b"\n")[:-1]
    found: dict[str, Token] = {}
    barred = set()
    try:
        for value in map(jsontext.loads, rows):
            if "revoked" in value:
                of_name = {key: token for key, token in found.items() if token.name == value["revoked"]}
                found |= {key: token._replace(revoked=token.revoked or value["at"]) for key, token in of_name.items()}
                barred.add(value["revoked"])
            elif "let_in" in value:
                barred.discard(value["let_in"])
            else:
                found[value["token"]] = Token(value["name"], value["scope"], value["at"])
    except (jsontext.JsonError, KeyError, TypeError):
        raise ConfigError(f"{path} is damaged", hint="take it from a backup") from None
    return found, barred
