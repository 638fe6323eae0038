"""Whether a compiled policy is what the compiler writes for its rules: asked before anybody signs it."""

import json
import zlib

import pytest

from agentguard.bundle import publish
from agentguard.errors import PolicyError
from agentguard.policy import exact, source, stored, wire


@pytest.fixture
def deflated(monkeypatch):
    """Give the function that stores the strict policy as large ones are, deflated at a level, and what it says."""
    data = stored.read(publish.build("strict"))
    compress = zlib.compress
    monkeypatch.setattr(wire, "_SMALL", 0)

    def pack(level):
        monkeypatch.setattr(zlib, "compress", lambda part, _level: compress(part, level))
        try:
            return wire.pack(data)
        finally:
            monkeypatch.setattr(zlib, "compress", compress)

    return pack, data


@pytest.mark.parametrize("name", source.shipped_names())
def test_what_ships_is_exact(name):
    """As the compiler wrote it and as it is stored."""
    packed = publish.build(name)
    data = stored.read(packed)
    assert data == exact.checked(packed) == exact.checked(json.dumps(data).encode())


def test_another_zlib_makes_no_other_policy(deflated):
    """The same lines deflated otherwise are the same policy; a byte more behind them is not."""
    pack, data = deflated
    assert pack(1) != pack(9)
    assert data == exact.checked(pack(1)) == exact.checked(pack(9))
    with pytest.raises(PolicyError, match="not what the compiler writes"):
        exact.checked(pack(9) + b"x")


@pytest.mark.parametrize("deflate", [True, False])
def test_every_byte_counts(deflated, deflate):
    """A stored policy with one byte changed is refused, or says something else that everybody is shown."""
    pack, data = deflated
    packed = pack(9) if deflate else publish.build("observe")
    data = stored.read(packed)
    for place in range(0, len(packed), len(packed) // 150):
        other = bytearray(packed)
        other[place] ^= 1
        try:
            found = exact.checked(bytes(other))
        except PolicyError:
            continue
        assert found != data, place
