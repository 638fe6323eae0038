"""Signing keys: a private half in a file or in hardware or a key service, a public half in a file beside it.

    NAME.pem   PKCS8, encrypted with a passphrase unless somebody says otherwise, readable by one person
    NAME.pub   JSON: keyid and public key as TUF has them; for a key that is in no file, `uri` says where it is

A key has one spelling and one id, the digest of that (`is_genuine`), so that whoever compares ids compares keys.

Ed25519 or ECDSA P-256. Signing itself is securesystemslib's: `CryptoSigner` for files, and what its key URIs name for
the rest (PKCS#11 modules, AWS, Google and Azure key services), which takes P-256.
"""

from __future__ import annotations

import json
import os
import stat
import sys
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from securesystemslib.exceptions import UnsupportedLibraryError
from securesystemslib.signer import CryptoSigner, Key, Signer, SSlibKey
from tuf.api.exceptions import UnsignedMetadataError

from agentguard.bundle import files
from agentguard.bundle.metadata import KEY_TYPES as KNOWN
from agentguard.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable

    from cryptography.hazmat.primitives.serialization import KeySerializationEncryption
    from tuf.api.metadata import Metadata

KEY_TYPES = {"ed25519": CryptoSigner.generate_ed25519, "p256": CryptoSigner.generate_ecdsa}
# Where a key can be that is in no file: securesystemslib's scheme, and its extra that brings the library.
URI_SCHEMES = {"hsm": "hsm", "awskms": "awskms", "gcpkms": "gcpkms", "azurekms": "azurekms"}
_LIMIT = 65_536


def generate(key_type: str) -> CryptoSigner:
    """Return a new key of a type in KEY_TYPES."""
    return KEY_TYPES[key_type]()


def save(path: str, signer: CryptoSigner, passphrase: bytes | None) -> None:
    """Write a private key, readable by its owner only. `passphrase` None: not encrypted. Raises `ConfigError`."""
    private = load_pem_private_key(signer.private_bytes, None)
    how: KeySerializationEncryption = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
    files.replace(path, private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, how), 0o600)


def save_public(path: str, key: Key, uri: str = "") -> None:
    """Write the public half of a key, and where its private half is if it is in no file. Raises `ConfigError`."""
    value = {"keyid": key.keyid, **key.to_dict(), **({"uri": uri} if uri else {})}
    files.replace(path, json.dumps(value, indent=2).encode() + b"\n", 0o600)


def load_public(path: str) -> tuple[Key, str]:
    """Return the public key in a file and its URI, "" for none. Raises `ConfigError`."""
    try:
        value: dict[str, Any] = json.loads(files.read(path, _LIMIT))
        uri = value.pop("uri", "")
        key = Key.from_dict(value.pop("keyid"), value)
        good = (key.keytype, key.scheme) in KNOWN and type(uri) is str and not key.unrecognized_fields
    except (ValueError, KeyError, TypeError, AttributeError):
        good = False
    if not good:
        raise ConfigError(
            f"{path} is no public key of ours",
            hint="agentguard bundle key NAME makes one, with the private half beside it",
        )
    if not is_genuine(key):
        raise ConfigError(
            f"{path} says that its key is {key.keyid[:16]!a}, and it holds another",
            hint="have its owner hand it over again, and compare the id with the one that they read to you",
            code="key-exchanged",
        )
    return key, uri


def is_genuine(key: Key) -> bool:
    """Return whether a key is spelled as securesystemslib spells it, with nothing beside, and its id is the digest of that.

    TUF lets ids be any text (TAP 12). Here each is made so, in files, in hardware and in key services alike.
    """
    public: Any = key.keyval.get("public")
    try:
        if key.keytype == "ed25519":
            made = SSlibKey.from_crypto(Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)))
        else:
            made = SSlibKey.from_crypto(load_pem_public_key(public.encode()))
    except (ValueError, TypeError, AttributeError, UnsupportedAlgorithm):
        return False
    return bool(made == key)


def public_of_pem(path: str) -> Key:
    """Return the P-256 key in a file as `openssl` and the key services write it. Raises `ConfigError`."""
    try:
        public = load_pem_public_key(files.read(path, _LIMIT))
    except (ValueError, UnsupportedAlgorithm):
        raise ConfigError(
            f"{path} is not a public key in PEM", hint="it begins with -----BEGIN PUBLIC KEY-----"
        ) from None
    if not isinstance(public, EllipticCurvePublicKey) or not isinstance(public.curve, SECP256R1):
        raise ConfigError(f"the key {path} is not an ECDSA key on P-256, and no other kind works by URI")
    return SSlibKey.from_crypto(public)


def check_uri(uri: str, where: str) -> None:
    """Raise `ConfigError` unless a key URI is of a kind in URI_SCHEMES."""
    if uri.partition(":")[0] not in URI_SCHEMES:
        raise ConfigError(
            f"{where}: {uri!r} is no key URI that agentguard knows",
            hint=f"it begins with {', '.join(f'{scheme}:' for scheme in URI_SCHEMES)}",
        )


def is_encrypted(path: str) -> bool:
    """Return whether a key file needs a passphrase. Raises `ConfigError`."""
    return b"ENCRYPTED" in files.read(path, _LIMIT)


def load(path: str, passphrase: Callable[[], bytes], key: Key | None = None) -> CryptoSigner:
    """Return the key in a file; `passphrase` is asked only if the file is encrypted. Raises `ConfigError`.

    `key` is the public half that it must belong to.
    """
    data = files.read(path, _LIMIT)
    if sys.platform != "win32" and os.stat(path).st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise ConfigError(f"the key {path} can be read by others", hint=f"chmod 600 {path}")
    encrypted = b"ENCRYPTED" in data
    try:
        signer = CryptoSigner(load_pem_private_key(data, passphrase() if encrypted else None))
    except (ValueError, TypeError, UnsupportedAlgorithm):
        why = "wrong passphrase, or a damaged file" if encrypted else "it is not a private key of ours"
        raise ConfigError(
            f"the key {path} cannot be opened: {why}",
            hint="openssl pkey -in FILE -noout asks for the passphrase too, and says whether the file is sound",
        ) from None
    if key is not None and signer.public_key.keyval != key.keyval:
        raise ConfigError(
            f"{path} is not the private half of {path.removesuffix('.pem')}.pub",
            hint="one of them was swapped: put back the file that was made with the other",
        )
    return signer


def remote(uri: str, key: Key, secret: Callable[[], bytes]) -> Signer:
    """Return what signs with a key that a URI names; `secret` gives the PIN where one is needed. Raises `ConfigError`."""
    check_uri(uri, "the key")
    try:
        return Signer.from_priv_key_uri(uri, key, lambda _what: secret().decode())
    except UnsupportedLibraryError as error:
        raise ConfigError(str(error), hint=_install(uri)) from None
    except Exception as error:  # noqa: BLE001 - theirs differ from service to service, and none is documented
        raise ConfigError(f"the key {uri} cannot be used: {_words(error)}") from None


def sign(document: Metadata[Any], signer: Signer, name: str) -> None:
    """Add a signature to a document. Raises `ConfigError`."""
    try:
        document.sign(signer, append=True)
    except UnsignedMetadataError as error:
        raise ConfigError(f"the key {name} did not sign: {_words(error.__cause__ or error)}") from None


def _install(uri: str) -> str:
    return f"pip install 'securesystemslib[{URI_SCHEMES[uri.partition(':')[0]]}]' beside agentguard"


def _words(error: BaseException) -> str:
    return str(error) or type(error).__name__
