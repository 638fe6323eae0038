"""SHA-256 without hashlib, which would load OpenSSL into every hook. Also HMAC-SHA-256 (RFC 2104)."""

from __future__ import annotations

try:
    from _sha2 import sha256  # CPython >= 3.12
except ImportError:
    try:
        from _sha256 import sha256  # CPython 3.11
    except ImportError:  # an interpreter built without its own hashes
        from hashlib import sha256

_BLOCK = 64
_OUTER = bytes(x ^ 0x5C for x in range(256))
_INNER = bytes(x ^ 0x36 for x in range(256))


def use_openssl() -> None:
    """Take OpenSSL's SHA-256 from now on, three times as fast for long data: for programs that load it anyway."""
    global sha256  # noqa: PLW0603
    from hashlib import sha256 as faster  # noqa: PLC0415

    sha256 = faster


def sha256_bytes(data: bytes) -> bytes:
    """Return the 32-byte SHA-256 digest of `data`."""
    return sha256(data).digest()  # type: ignore[no-any-return]


def sha256_hex(data: bytes) -> str:
    """Return the SHA-256 digest of `data` as 64 lower-case hex digits."""
    return sha256(data).hexdigest()  # type: ignore[no-any-return]


def hmac_hex(key: bytes, data: bytes) -> str:
    """Return HMAC-SHA-256 of `data` under `key` as 64 lower-case hex digits."""
    if len(key) > _BLOCK:
        key = sha256_bytes(key)
    key = key.ljust(_BLOCK, b"\0")
    return sha256_hex(key.translate(_OUTER) + sha256_bytes(key.translate(_INNER) + data))
