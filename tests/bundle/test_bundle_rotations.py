"""Whose signatures `scripts/tuf-client` takes: thresholds, rotations of every role, and keys that count once or not at all.

A version of a role is written "KEYS by THRESHOLD, signed by KEYS": "abc 2 ab" has the keys a, b and c, of which two must
sign, and a and b did.
"""

import itertools
import json

import pytest
from liar import key

# A row: (the versions of the root, is the last one taken?). All before the last are good.
ROOTS = {
    "one key by another": (("a 1 a", "b 1 ab", "b 1 b"), True),
    "signatures of strangers beside": (("a 1 cad", "b 1 cbad", "b 1 cbd"), True),
    "any three of five": (("abcde 3 ace", "abcde 3 aeb", "abcde 3 abd", "abcde 3 abd"), True),
    "one of five by another": (("abcde 3 ace", "abdef 3 aeb"), True),
    "one of five by another, who signs next": (("abcde 3 ace", "abdef 3 acef", "abdef 3 aef"), True),
    "all of five by others": (("abcde 3 ace", "fghij 3 acefgh", "fghij 3 fgh"), True),
    "threshold from one to two": (("abc 1 a", "abc 2 ab"), True),
    "threshold from two to one": (("abc 2 ab", "abc 1 ab", "abc 1 a"), True),
    "threshold from one of one to two of two": (("a 1 a", "ab 2 ab"), True),
    "not signed by the key before": (("a 1 a", "b 1 bcd"), False),
    "not signed by the new key": (("a 1 a", "b 1 acd"), False),
    "too few of the new keys": (("abcde 3 ace", "abdef 3 ace"), False),
    "too few of the keys before": (("abcde 3 ace", "abdef 3 aef"), False),
    "new threshold not reached": (("abc 1 a", "abc 2 b"), False),
    "threshold before not reached": (("abc 2 ab", "abc 1 a"), False),
}
# The next version of a role that another key signed before, and whether it is taken: three of each, one for each role.
OTHERS = (
    ("b 1 b", True),
    ("a 1 cad", True),  # and strangers
    ("abcde 3 cde", True),
    ("b 1 acd", False),
    ("abdef 3 ace", False),
    ("ab 3 ab", False),
)


def keys(repo, names):
    return [repo.key(f"rotation-{name}") for name in names]


def set_to(repo, role, text):
    """Give a role the keys and the threshold of `text`; return who signs."""
    having, threshold, signing = text.split()
    repo.signers[role], repo.thresholds[role] = keys(repo, having), int(threshold)
    return keys(repo, signing)


@pytest.mark.parametrize(("versions", "good"), ROOTS.values(), ids=ROOTS)
def test_root_needs_the_threshold_before_it_and_its_own(world, versions, good):
    """As far as the last root that has both; the rest of the metadata is fetched only with the last one."""
    world.repo.versions["root"] = 0
    for text in versions:
        by = set_to(world.repo, "root", text)
        world.repo.rotate(by=by)
    world("init")
    assert (0 if good else 1) == world("refresh")
    assert (len(versions) - (not good), good) == (world.trusted["root"], "timestamp" in world.trusted)


@pytest.mark.parametrize(
    ("role", "text", "good"),
    [(role, *row) for role, row in zip(itertools.cycle(("targets", "snapshot", "timestamp")), OTHERS, strict=False)],
)
def test_role_needs_the_threshold_of_the_last_root(world, role, text, good):
    """Whoever signed before."""
    world("init")
    assert 0 == world("refresh")
    by = set_to(world.repo, role, text)
    world.repo.rotate()
    world.repo.publish(**{f"{role}_by": by})
    assert (0 if good else 1, 2 if good else 1) == (world("refresh"), world.trusted[role])
    assert 2 == world.trusted["root"]


def test_threshold_that_was_reached_must_be_reached_again(world):
    """The next version of the same role, by one key less."""
    by = set_to(world.repo, "snapshot", "abc 3 abc")
    world.repo.rotate()
    world.repo.publish(snapshot_by=by)
    world("init")
    assert 0 == world("refresh")
    world.repo.publish(snapshot_by=by[:2])
    assert (1, 2) == (world("refresh"), world.trusted["snapshot"])


def test_one_key_named_twice_reaches_no_threshold(world):
    """Nor does its signature that is there twice."""
    world("init")
    by = set_to(world.repo, "timestamp", "a 2 a")
    world.repo.rotate()
    world.repo.resign(
        "2.root.json", lambda signed: signed["roles"]["timestamp"]["keyids"].append(by[0].public_key.keyid),
        world.repo.signers["root"],
    )  # fmt: skip
    world.repo.publish(timestamp_by=by)
    document = json.loads(world.repo.files["timestamp.json"])
    document["signatures"] *= 2
    world.repo.files["timestamp.json"] = json.dumps(document).encode()
    assert 1 == world("refresh")
    assert "timestamp" not in world.trusted


@pytest.mark.parametrize("sig", ["", "00" * 64, "zz"])
def test_bad_signature_beside_a_good_one_is_no_harm(world, sig):
    """Empty is a place that is kept for somebody who is still to sign."""
    world("init")
    set_to(world.repo, "timestamp", "ab 1 ab")
    world.repo.rotate()
    world.repo.publish()
    document = json.loads(world.repo.files["timestamp.json"])
    document["signatures"][0]["sig"] = sig
    world.repo.files["timestamp.json"] = json.dumps(document).encode()
    assert (0, 2) == (world("refresh"), world.trusted["timestamp"])


@pytest.mark.parametrize("kind", ["ed25519", "p256"])
def test_keys_of_both_types_sign_side_by_side(world, kind):
    """A root that needs one key more, of this type; and a signature of its form that is not over these bytes is none."""
    world("init")
    repo = world.repo
    repo.signers["root"], repo.thresholds["root"] = [*repo.signers["root"], key(kind, "beside")], 4
    repo.rotate()
    assert (0, 2) == (world("refresh"), world.trusted["root"])
    before = json.loads(repo.files["2.root.json"])["signatures"][-1]
    repo.rotate()
    document = json.loads(repo.files["3.root.json"])
    assert before["keyid"] == document["signatures"][-1]["keyid"]
    document["signatures"][-1] = before
    repo.files["3.root.json"] = json.dumps(document).encode()
    assert (1, 2) == (world("refresh"), world.trusted["root"])


def test_key_of_a_type_that_the_hook_does_not_know_is_refused(world, capsys):
    """Even if it need not sign: the client takes no root that the hook would refuse."""

    def add(signed):
        signed["keys"]["other"] = {"keytype": "rsa", "scheme": "rsassa-pss-sha256", "keyval": {"public": "PEM"}}
        signed["roles"]["root"]["keyids"].append("other")

    world("init")
    world.repo.rotate()
    world.repo.resign("2.root.json", add, world.repo.signers["root"])
    assert 1 == world("refresh")
    assert "key 'other' is of a type that agentguard does not know" in capsys.readouterr().err
