"""The keys of a publisher's folder by name: whose public halves are known, which can sign here, each opened once.

Which keys count is said by the signed root, by key id. A name is the name of a file in `keys/`, so all that a rotation has to
bring along is `NAME.pub`.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from agentguard.bundle import keys
from agentguard.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from securesystemslib.signer import Key, Signer

    from agentguard.bundle.publisher import Publisher

_SHOWN = 12  # digits of a key id that has no name here


class Keyring:
    """The keys in a publisher's folder. `passphrase` is asked once, and only if a key needs it.

    `only`: the names of the keys that may sign; None for all that are here.
    """

    def __init__(
        self, publishing: Publisher, passphrase: Callable[[], bytes], only: Iterable[str] | None = None
    ) -> None:
        self._publishing = publishing
        self._asked: list[bytes] = []
        self._ask = passphrase
        self._only = None if only is None else frozenset(only)
        self._public: dict[str, tuple[Key, str]] = {}
        self._signers: dict[str, Signer] = {}
        for name in sorted(self._only or ()):
            if not self.is_here(name):
                raise ConfigError(
                    f"there is no key {name} in {publishing.keys}", hint=f"here are {', '.join(self.here()) or 'none'}"
                )

    def known(self) -> list[str]:
        """Return the names of all keys whose public half is here."""
        found = os.listdir(self._publishing.keys) if os.path.isdir(self._publishing.keys) else []
        return sorted({name.rpartition(".")[0] for name in found if name.endswith((".pub", ".pem"))})

    def here(self) -> list[str]:
        """Return the names of the keys that can sign here."""
        return [name for name in self.known() if self.is_here(name)]

    def is_here(self, name: str) -> bool:
        """Return whether a key can sign here: its file is here, or its public half says where the key is."""
        if os.path.exists(self._publishing.key(name)):
            return True
        return os.path.exists(self._publishing.public(name)) and bool(self._load(name)[1])

    def public(self, name: str) -> Key:
        """Return a public key by name. Raises `ConfigError`."""
        return self._load(name)[0]

    def signer(self, name: str) -> Signer:
        """Return what signs with a key. Raises `ConfigError`."""
        if name not in self._signers:
            key, uri = self._load(name)
            path = self._publishing.key(name)
            opened = keys.load(path, self._secret, key) if os.path.exists(path) else keys.remote(uri, key, self._secret)
            self._signers[name] = opened
        return self._signers[name]

    def name(self, keyid: str) -> str:
        """Return the name of a key; the beginning of its id where nothing here knows it."""
        return self._names().get(keyid, f"key {keyid[:_SHOWN]}")

    def by_id(self, keyids: Iterable[str]) -> list[tuple[str, str]]:
        """Return (key id, name) of those of these keys that can sign here and may, in the order of their names."""
        names = self._names()
        found = [(names[keyid], keyid) for keyid in keyids if keyid in names]
        return [
            (keyid, name)
            for name, keyid in sorted(found)
            if self.is_here(name) and (self._only is None or name in self._only)
        ]

    def _names(self) -> dict[str, str]:
        return {self.public(name).keyid: name for name in reversed(self.known())}

    def _load(self, name: str) -> tuple[Key, str]:
        """Return a public key and its URI; from the private half in a folder from before there were public ones."""
        if name not in self._public:
            path = self._publishing.public(name)
            if os.path.exists(path) or not os.path.exists(self._publishing.key(name)):
                self._public[name] = keys.load_public(path)
            else:
                self._signers[name] = opened = keys.load(self._publishing.key(name), self._secret)
                self._public[name] = opened.public_key, ""
        return self._public[name]

    def _secret(self) -> bytes:
        if not self._asked:
            self._asked.append(self._ask())
        return self._asked[0]
