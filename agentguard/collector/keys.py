"""The collector's own keys and secrets, in its data folder, readable by nobody else.

receipt.key      Ed25519 private key (PKCS #8, PEM): signs receipts; its public half belongs into the signed policy
enrol.secret     what a new device must say to get a token
devices.ndjson   tokens of devices, as hashes (see `tokens`)
readers.ndjson   tokens of people, as hashes
"""

from __future__ import annotations

import hmac
import os
import secrets
import time
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from agentguard.audit.receipts import message
from agentguard.audit.record import stamp
from agentguard.bundle import files
from agentguard.collector.tokens import ADMIN, Tokens
from agentguard.errors import ConfigError

RECEIPT_KEY, ENROL_SECRET, DEVICES, READERS = "receipt.key", "enrol.secret", "devices.ndjson", "readers.ndjson"
_FILE_LIMIT = 64 * 1024


class Keys:
    """What a data folder holds. `admin_token` is "" unless it was made just now: then it is the first one, said once."""

    def __init__(self, folder: str) -> None:
        try:
            os.makedirs(folder, mode=0o700, exist_ok=True)
            status = os.stat(folder)
            if status.st_uid == os.geteuid() and status.st_mode & 0o077:
                os.chmod(folder, 0o700)
            self.folder = folder
            self._receipt = _private_key(_kept(folder, RECEIPT_KEY, _new_key))
            _kept(folder, ENROL_SECRET, _new_secret).decode("ascii")
            self.devices = Tokens(self.path(DEVICES))
            self.readers = Tokens(self.path(READERS))
            self.admin_token = "" if self.readers.all() else self.readers.give(ADMIN, ADMIN, stamp(time.time()))
        except OSError as error:
            raise ConfigError(f"{folder} cannot be used for the collector's data: {error.strerror}") from None
        except UnicodeDecodeError:
            raise ConfigError(f"a secret in {folder} is not ASCII") from None

    @property
    def receipt_key(self) -> str:
        """The public key that receipts are checked with, as hex: it belongs into the signed policy."""
        return self._receipt.public_key().public_bytes_raw().hex()

    @property
    def enrol_secret(self) -> str:
        """What a new device must say, as it stands in its file now."""
        return _kept(self.folder, ENROL_SECRET, _new_secret).decode("ascii").strip()

    def path(self, name: str) -> str:
        """Return the path of a file of the data folder."""
        return os.path.join(self.folder, name)

    def sign(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Return a signed receipt."""
        return {"receipt": fields, "key": self.receipt_key, "signature": self._receipt.sign(message(fields)).hex()}

    def may_enrol(self, secret: str) -> bool:
        """Whether this is the enrol secret."""
        return hmac.compare_digest(secret.encode("utf-8", "replace"), self.enrol_secret.encode("ascii"))

    def new_enrol_secret(self) -> str:
        """Replace the enrol secret: devices that are enrolled stay so, others need the new one."""
        files.replace(self.path(ENROL_SECRET), _new_secret(), 0o600)
        return self.enrol_secret


def _kept(folder: str, name: str, make: Any) -> bytes:
    """Return a file of the data folder; the first time it is made, whole or not at all."""
    path = os.path.join(folder, name)
    if not os.path.exists(path):
        files.replace(path, make(), 0o600)
    with open(path, "rb") as file:
        return file.read(_FILE_LIMIT)


def _new_key() -> bytes:
    return Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _new_secret() -> bytes:
    return secrets.token_urlsafe(24).encode("ascii") + b"\n"


def _private_key(data: bytes) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(data, None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise ConfigError(f"{RECEIPT_KEY} is not a private key in PEM") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise ConfigError(f"{RECEIPT_KEY} is not an Ed25519 key")
    return key
