"""Signing keys in files: PKCS8 PEM, encrypted with a passphrase unless somebody says otherwise, readable by one person.

Ed25519 or ECDSA P-256. Signing itself is securesystemslib's `CryptoSigner`, so the same code can later sign with what a
hardware module or a key service holds.
"""

from __future__ import annotations

import json
import os
import stat
import sys
from typing import TYPE_CHECKING

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from securesystemslib.signer import CryptoSigner, Key

from agentguard.bundle import files
from agentguard.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable

    from cryptography.hazmat.primitives.serialization import KeySerializationEncryption

KEY_TYPES = {"ed25519": CryptoSigner.generate_ed25519, "p256": CryptoSigner.generate_ecdsa}
_LIMIT = 65_536


def generate(key_type: str) -> CryptoSigner:
    """Return a new key of a type in KEY_TYPES."""
    return KEY_TYPES[key_type]()


def save(path: str, signer: CryptoSigner, passphrase: bytes | None) -> None:
    """Write a private key, readable by its owner only. `passphrase` None: not encrypted. Raises `ConfigError`."""
    private = load_pem_private_key(signer.private_bytes, None)
    how: KeySerializationEncryption = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
    files.replace(path, private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, how), 0o600)


def save_public(path: str, signer: CryptoSigner) -> None:
    """Write the public half of a key, for whoever signs that it may be used. Raises `ConfigError`."""
    key = signer.public_key
    files.replace(path, json.dumps({"keyid": key.keyid, **key.to_dict()}, indent=2).encode() + b"\n", 0o600)


def load_public(path: str) -> Key:
    """Return the public key in a file. Raises `ConfigError`."""
    try:
        value = json.loads(files.read(path, _LIMIT))
        return Key.from_dict(value.pop("keyid"), value)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise ConfigError(f"{path} is no public key of ours") from None


def is_encrypted(path: str) -> bool:
    """Return whether a key file needs a passphrase. Raises `ConfigError`."""
    return b"ENCRYPTED" in files.read(path, _LIMIT)


def load(path: str, passphrase: Callable[[], bytes]) -> CryptoSigner:
    """Return the key in a file; `passphrase` is asked only if the file is encrypted. Raises `ConfigError`."""
    data = files.read(path, _LIMIT)
    if sys.platform != "win32" and os.stat(path).st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise ConfigError(f"the key {path} can be read by others", hint=f"chmod 600 {path}")
    try:
        private = load_pem_private_key(data, passphrase() if b"ENCRYPTED" in data else None)
        return CryptoSigner(private)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise ConfigError(f"the key {path} cannot be opened: wrong passphrase, or not a key of ours") from None
