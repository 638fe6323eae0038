"""Who signed: counts the good signatures of a role's keys over a text. Loads cryptography only when one is checked.

A key counts once, however many key ids name it: keys are told apart by their public value. A key or a signature that
cannot be read does not count, and is no error: what decides is whether enough others are good.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentguard.bundle.metadata import Role


def count(role: Role, payload: bytes, signatures: dict[str, str]) -> int:
    """Return how many different keys of `role` have a good signature over `payload` among {key id: hex}.

    Stops at the threshold: more would change nothing.
    """
    good: set[Any] = set()
    for keyid, key in role.keys.items():
        if keyid in signatures and len(good) < role.threshold:
            signer = _VERIFIERS[key["keytype"]](key["keyval"]["public"], signatures[keyid], payload)
            if signer:
                good.add(signer)
    return len(good)


def _ed25519(public: str, signature: str, payload: bytes) -> Any:
    """RFC 8032. `public` is the raw key as hex."""
    try:
        value = bytes.fromhex(public)
        _ed25519_key(value).verify(bytes.fromhex(signature), payload)
    except Exception:  # noqa: BLE001 - InvalidSignature, or whatever a broken key ends in: it does not count
        return None
    return value


def _ed25519_key(value: bytes) -> Any:
    """Return the public key object for 32 bytes.

    The public class does nothing but call the function that is called here, and importing that class costs as much as
    starting the interpreter twice over (it brings typing, enum and re).
    """
    try:
        from cryptography.hazmat.bindings._rust import openssl  # noqa: PLC0415 - only when signatures are checked

        make = openssl.ed25519.from_public_bytes
    except (ImportError, AttributeError):  # another cryptography than we know
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: PLC0415

        make = Ed25519PublicKey.from_public_bytes
    return make(value)


def _p256(public: str, signature: str, payload: bytes) -> Any:
    """ECDSA with SHA-256 on P-256 (FIPS 186-5). `public` is a PEM SubjectPublicKeyInfo, the signature DER as hex.

    The only form of key that counts is the usual one, an uncompressed point (RFC 5480, section 2): it is 91 bytes long
    and all but the last 65 are fixed, so no parser for keys has to be loaded.
    """
    import binascii  # noqa: PLC0415 - as below

    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - only when signatures are checked
    from cryptography.hazmat.primitives.asymmetric.ec import (  # noqa: PLC0415
        ECDSA,
        SECP256R1,
        EllipticCurvePublicKey,
    )
    from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415

    try:
        head, *lines, foot = public.strip().splitlines()
        info = binascii.a2b_base64("".join(lines))
        point = info.removeprefix(_P256_INFO)
        if (head, foot, len(info), len(point)) != (_PEM_HEAD, _PEM_FOOT, 91, 65):
            return None
        key = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), point)
        key.verify(bytes.fromhex(signature), payload, ECDSA(SHA256()))
    except (InvalidSignature, ValueError):
        return None
    return point


_PEM_HEAD, _PEM_FOOT = "-----BEGIN PUBLIC KEY-----", "-----END PUBLIC KEY-----"
_P256_INFO = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200")
_VERIFIERS = {"ed25519": _ed25519, "ecdsa": _p256}
