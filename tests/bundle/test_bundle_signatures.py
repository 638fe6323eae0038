"""Counting good signatures."""

import sys

import pytest

from agentguard.bundle import signatures
from agentguard.bundle.metadata import Role

# RFC 8032, section 7.1, test 3
PUBLIC = "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025"
SIGNATURE = (
    "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
    "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
)
PAYLOAD = bytes.fromhex("af82")


def role(*keys, threshold=2):
    return Role({name: {"keytype": kind, "keyval": {"public": public}} for name, kind, public in keys}, threshold)


def test_good_signature_of_the_standard_counts():
    """The vector of RFC 8032 verifies, and not over another text."""
    one = role(("a", "ed25519", PUBLIC))
    assert 1 == signatures.count(one, PAYLOAD, {"a": SIGNATURE})
    assert 0 == signatures.count(one, PAYLOAD + b"x", {"a": SIGNATURE})


def test_another_cryptography_gives_the_same_answer(monkeypatch):
    """Where the inner function is not there, the public class is used."""
    monkeypatch.setitem(sys.modules, "cryptography.hazmat.bindings._rust", None)
    one = role(("a", "ed25519", PUBLIC))
    assert 1 == signatures.count(one, PAYLOAD, {"a": SIGNATURE})
    assert 0 == signatures.count(one, PAYLOAD, {"a": SIGNATURE[:-2] + "0b"})


@pytest.mark.parametrize("public", ["", "zz", PUBLIC[:-2], PUBLIC + "00", "ff" * 32, "é"])
@pytest.mark.parametrize("kind", ["ed25519", "ecdsa"])
def test_key_that_cannot_be_read_does_not_count(kind, public):
    """A broken key is no error: enough others may be good."""
    assert 0 == signatures.count(role(("a", kind, public)), PAYLOAD, {"a": SIGNATURE})


@pytest.mark.parametrize("signature", ["", "zz", SIGNATURE[:-2], SIGNATURE + "00", "é"])
def test_signature_that_cannot_be_read_does_not_count(make_repo, signature):
    """A broken signature is no error either."""
    for kind in ("ed25519", "p256"):
        public = make_repo(kind).signers["root"][0].public_key
        one = role(("a", public.keytype, public.keyval["public"]))
        assert 0 == signatures.count(one, PAYLOAD, {"a": signature})


def test_key_counts_once_however_it_is_written(make_repo):
    """The same key in capitals, with spaces or line breaks is the same key."""
    same = role(
        ("a", "ed25519", PUBLIC), ("b", "ed25519", PUBLIC.upper()), ("c", "ed25519", f"{PUBLIC[:8]} {PUBLIC[8:]}")
    )
    assert 1 == signatures.count(same, PAYLOAD, dict.fromkeys("abc", SIGNATURE))
    signer = make_repo("p256").signers["root"][0]
    pem = signer.public_key.keyval["public"]
    same = role(("a", "ecdsa", pem), ("b", "ecdsa", pem + "\n"), ("c", "ecdsa", pem.replace("\n", "\r\n")))
    assert 1 == signatures.count(same, PAYLOAD, dict.fromkeys("abc", signer.sign(PAYLOAD).signature))


def test_key_of_another_curve_does_not_count(make_repo):
    """Only P-256, and only as a plain public key."""
    pem = make_repo("p256").signers["root"][0].public_key.keyval["public"]
    signature = make_repo("p256").signers["root"][0].sign(PAYLOAD).signature
    assert 1 == signatures.count(role(("a", "ecdsa", pem)), PAYLOAD, {"a": signature})
    for broken in (pem.replace("PUBLIC", "PRIVATE"), pem.replace("MFkw", "MFow"), pem.split("\n", 1)[1]):
        assert 0 == signatures.count(role(("a", "ecdsa", broken)), PAYLOAD, {"a": signature})


def test_signature_by_a_key_of_no_role_does_not_count(make_repo):
    """Only the keys that the role names are looked at."""
    signer = make_repo().key("stranger")
    assert 0 == signatures.count(role(("a", "ed25519", PUBLIC)), PAYLOAD, {"b": signer.sign(PAYLOAD).signature})
