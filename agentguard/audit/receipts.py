"""Receipts: what a collector signs when it has records for good.

A receipt says: of this chain I have the records `first` to `last`, the last of which has this hash. It is signed with
Ed25519 (RFC 8032) over its canonical JSON (ASCII, sorted keys, no spaces). Which keys may sign stands in the signed
policy, so neither the network nor the collector's host name has to be trusted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from agentguard.audit.lines import is_hex
from agentguard.errors import UploadError
from agentguard.jsontext import JsonError, canonical, loads

if TYPE_CHECKING:
    from collections.abc import Sequence

_FIELDS = ("chain", "first", "last", "head", "received")
_NUMBERS = ("first", "last")


class Receipt:
    """One receipt. `received` is the collector's time, as records write times."""

    __slots__ = ("chain", "first", "head", "key", "last", "received", "signature")

    def __init__(self, fields: dict[str, Any], key: str, signature: str) -> None:
        self.chain: str = fields["chain"]
        self.first: int = fields["first"]
        self.last: int = fields["last"]
        self.head: str = fields["head"]
        self.received: str = fields["received"]
        self.key = key
        self.signature = signature

    def fields(self) -> dict[str, Any]:
        """Return what is signed."""
        return {name: getattr(self, name) for name in _FIELDS}

    def as_json(self) -> dict[str, Any]:
        """Return the receipt as it is sent and kept."""
        return {"receipt": self.fields(), "key": self.key, "signature": self.signature}


def message(fields: dict[str, Any]) -> bytes:
    """Return the bytes that a receipt's signature covers."""
    return canonical(fields)


def check(value: Any, keys: Sequence[str]) -> Receipt:
    """Return the receipt in a decoded JSON value if one of `keys` (hex) has signed it. Raises `UploadError`."""
    try:
        fields, key, signature = value["receipt"], value["key"], value["signature"]
        receipt = Receipt(fields, key, signature)
        sound = (
            set(fields) == set(_FIELDS)
            and is_hex(receipt.chain, 32)
            and is_hex(receipt.head, 64)
            and all(type(fields[name]) is int for name in _NUMBERS)
            and isinstance(receipt.received, str)
        )
    except (KeyError, TypeError):
        sound = False
    if not sound:
        raise UploadError("the collector's answer is no receipt")
    if key not in keys:
        raise UploadError(
            "the receipt is signed with a key that the policy does not name",
            hint="compare `agentguard collector key` with the collector's keys in the published policy",
        )
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(bytes.fromhex(signature), message(fields))
    except (InvalidSignature, ValueError, TypeError):
        raise UploadError("the receipt's signature is wrong") from None
    return receipt


def parse(data: bytes, keys: Sequence[str]) -> tuple[list[Receipt], list[tuple[int, str]]]:
    """Return the receipts in a file, one a line, that one of `keys` has signed, and (line, why) of all else."""
    found, refused = [], []
    for number, row in enumerate(data.splitlines(), 1):
        try:
            found.append(check(loads(row), keys))
        except JsonError:
            refused.append((number, "this is no receipt"))
        except UploadError as error:
            refused.append((number, error.message))
    return found, refused


def check_for(value: Any, keys: Sequence[str], chain: str, first: int, hashes: dict[int, str]) -> Receipt:
    """Return the receipt if it is the one for the records just sent. Raises `UploadError`.

    `hashes` maps the numbers that were sent to their hashes; `first` is the lowest of them.
    """
    receipt = check(value, keys)
    if receipt.chain != chain:
        raise UploadError("the receipt is for another chain")
    if receipt.first != first or receipt.last not in hashes:
        raise UploadError(f"the receipt is for records {receipt.first} to {receipt.last}, which were not sent")
    if receipt.head != hashes[receipt.last]:
        raise UploadError(f"the receipt is for another record {receipt.last} than the one that was sent")
    return receipt
