"""The collector's own keys and secrets, in its data folder, readable by nobody else.

receipt.key      Ed25519 private key (PKCS #8, PEM): signs receipts; its public half belongs into the signed policy
enrol.secret     what a new device must say to get a token
reader.token     what a person must say to search
devices.ndjson   one line a token: SHA-256 of the token, device, when
"""

from __future__ import annotations

import hmac
import os
import secrets
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from agentguard import jsontext
from agentguard.audit.receipts import message
from agentguard.bundle import files
from agentguard.digest import sha256_hex
from agentguard.errors import ConfigError

RECEIPT_KEY, ENROL_SECRET, READER_TOKEN, DEVICES = "receipt.key", "enrol.secret", "reader.token", "devices.ndjson"
_FILE_LIMIT = 64 * 1024


class Keys:
    """What a data folder holds. `made` is true when it was made just now."""

    def __init__(self, folder: str) -> None:
        try:
            os.makedirs(folder, mode=0o700, exist_ok=True)
            status = os.stat(folder)
            if status.st_uid == os.geteuid() and status.st_mode & 0o077:
                os.chmod(folder, 0o700)
            self.folder = folder
            self.made = not os.path.exists(os.path.join(folder, RECEIPT_KEY))
            self._receipt = _private_key(_kept(folder, RECEIPT_KEY, _new_key))
            self.enrol_secret = _kept(folder, ENROL_SECRET, _new_secret).decode("ascii").strip()
            self._reader_token = _kept(folder, READER_TOKEN, _new_secret).decode("ascii").strip()
            self._devices = _devices(os.path.join(folder, DEVICES))
        except OSError as error:
            raise ConfigError(f"{folder} cannot be used for the collector's data: {error.strerror}") from None
        except UnicodeDecodeError:
            raise ConfigError(f"a secret in {folder} is not ASCII") from None

    @property
    def receipt_key(self) -> str:
        """The public key that receipts are checked with, as hex: it belongs into the signed policy."""
        return self._receipt.public_key().public_bytes_raw().hex()

    def path(self, name: str) -> str:
        """Return the path of a file of the data folder."""
        return os.path.join(self.folder, name)

    def sign(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Return a signed receipt."""
        return {"receipt": fields, "key": self.receipt_key, "signature": self._receipt.sign(message(fields)).hex()}

    def may_read(self, token: str) -> bool:
        """Whether this is the reader's token."""
        return hmac.compare_digest(token.encode("utf-8", "replace"), self._reader_token.encode("ascii"))

    def may_enrol(self, secret: str) -> bool:
        """Whether this is the enrol secret."""
        return hmac.compare_digest(secret.encode("utf-8", "replace"), self.enrol_secret.encode("ascii"))

    def enrol(self, device: str, at: str) -> str:
        """Return a new token for a device. It is kept (as its hash) before it is handed out."""
        token = secrets.token_urlsafe(32)
        line = jsontext.canonical({"token": sha256_hex(token.encode("ascii")), "device": device, "at": at}) + b"\n"
        fd = os.open(self.path(DEVICES), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(fd, line)
            os.fsync(fd)
        finally:
            os.close(fd)
        self._devices[sha256_hex(token.encode("ascii"))] = device
        return token

    def device(self, token: str) -> str | None:
        """Return the device that a token was given to, None for any other text."""
        return self._devices.get(sha256_hex(token.encode("utf-8", "replace")))


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


def _devices(path: str) -> dict[str, str]:
    """Return {SHA-256 of a token: device}. A last line that was cut off belongs to a token that nobody ever got."""
    try:
        with open(path, "rb") as file:
            rows = file.read().split(b"\n")[:-1]
    except FileNotFoundError:
        return {}
    try:
        values = [jsontext.loads(row) for row in rows]
        return {str(value["token"]): str(value["device"]) for value in values}
    except (jsontext.JsonError, KeyError, TypeError):
        raise ConfigError(f"{path} is damaged") from None
