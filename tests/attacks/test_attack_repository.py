"""A server, or somebody on the way, that lies about truly signed files: the laptop keeps what it has and says why."""

import hashlib
import json

import pytest
from tuf.api.metadata import Metadata

from agentguard.errors import ExpiredError, PublisherError, RollbackError, SignatureError, TransportError
from agentguard.policy.model import FRESH, GRACE, STALE


def named(repo, name):
    """Return the full name of the newest file of a role, or of the policy."""
    if name == "policy":
        return f"targets/{hashlib.sha256(repo.policy).hexdigest()}.policy.json"
    return "timestamp.json" if name == "timestamp" else f"{repo.versions[name]}.{name}.json"


def arbitrary(repo, name):
    repo.files[named(repo, name)] = b'{"signed":{},"signatures":[]}'


def truncated(repo, name):
    repo.files[named(repo, name)] = repo.files[named(repo, name)][:-9]


def padded(repo, name):
    repo.files[named(repo, name)] += b" " * 9


def bit_flipped(repo, name):
    data = repo.files[named(repo, name)]
    repo.files[named(repo, name)] = (
        data[: len(data) // 2] + bytes([data[len(data) // 2] ^ 1]) + data[len(data) // 2 + 1 :]
    )


def missing(repo, name):
    del repo.files[named(repo, name)]


def huge(repo, name):
    repo.files[named(repo, name)] = b" " * 9_000_000


def deep(repo, name):
    repo.files[named(repo, name)] = b'{"signed":' + b"[" * 20_000


def not_utf8(repo, name):
    repo.files[named(repo, name)] = b"\xff\xfe" + repo.files[named(repo, name)]


@pytest.mark.parametrize("lie", [arbitrary, truncated, padded, bit_flipped, missing, huge, deep, not_utf8])
def test_spoilt_file_changes_nothing(fleet, lie):
    """Whatever stands in place of a file, the last good policy stays in force and the next honest sync mends all."""
    before, after = "first", "second"
    for name in ("timestamp", "snapshot", "targets", "policy"):
        fleet.release(after)
        honest = dict(fleet.repo.files)
        lie(fleet.repo, name)
        code = fleet.sync()
        if (
            lie is padded and name == "timestamp"
        ):  # JSON may end in spaces, and nothing else names the timestamp's bytes
            assert ("", after) == (code, fleet.policy)
        else:
            expected = [TransportError.code] if lie is missing else [PublisherError.code, SignatureError.code]
            assert (True, before) == (code in expected, fleet.policy), (name, code)
        fleet.repo.files = honest
        assert ("", after) == (fleet.sync(), fleet.policy), name
        before, after = after, before


@pytest.mark.parametrize(
    ("newer", "older"), [("timestamp", "snapshot"), ("snapshot", "targets"), ("targets", "policy")]
)
def test_mixed_and_matched_files_are_refused(fleet, newer, older):
    """Files that were all truly signed, but not together, are no bundle."""
    before = fleet.repo.copy()
    fleet.release("second")
    fleet.repo.files[named(fleet.repo, older)] = before.files[named(before, older)]
    assert PublisherError.code == fleet.sync(), newer
    assert "first" == fleet.policy


def test_rolled_back_repository_is_refused(fleet):
    """What was there before comes back as a whole, truly signed: refused, as long as anything remembers."""
    old = fleet.repo.copy()
    fleet.release("second")
    fleet.sync()
    fleet.repo = old
    assert (RollbackError.code, "second") == (fleet.sync(), fleet.policy)


def test_frozen_repository_runs_out(fleet):
    """Who holds news back wins at most the timestamp's life and the signed grace; then the hook tightens."""
    assert [FRESH, GRACE, GRACE, STALE] == [fleet.active(days).state for days in (364, 366, 378, 380)]
    fleet.repo.expires["timestamp"] = fleet.repo.expires["timestamp"].replace(year=2020)
    fleet.release("second")
    assert (ExpiredError.code, "first") == (fleet.sync(), fleet.policy)


def test_clock_that_was_put_back_does_not_refresh_a_stale_policy(fleet):
    """To make an old policy look young the clock must go behind its signing, which counts as stale."""
    assert [STALE] * 3 == [fleet.active(-behind - 0.01).state for behind in (1, 365, 9_000)]


def test_keys_that_share_an_id_do_not_count_for_each_other(fleet):
    """The id of a key is a name that the root gives it: a stranger's key under an owner's id signs nothing."""
    stranger = fleet.repo.key("stranger")
    owner = fleet.repo.signers["targets"][0]
    fleet.repo.policy = fleet.policies["empty"]
    fleet.repo.publish(targets_by=[stranger, stranger])
    name = named(fleet.repo, "targets")
    document = json.loads(fleet.repo.files[name])
    for signature, signer in zip(document["signatures"], fleet.repo.signers["targets"], strict=False):
        signature["keyid"] = signer.public_key.keyid
    assert owner.public_key.keyid == document["signatures"][0]["keyid"]
    fleet.repo.files[name] = json.dumps(document).encode()
    _announce(fleet.repo, name)
    assert (SignatureError.code, "first") == (fleet.sync(), fleet.policy)


NUMBERS = (b"1" + b"0" * 5000, b"1e400", b"-1", b"1.5", b"NaN", b"true", b'"7"', b"0")


def test_numbers_that_are_none_are_refused(fleet):
    """A version with five thousand digits, an infinity, a fraction: an error of the publisher, at once."""
    fleet.release("second")
    honest = dict(fleet.repo.files)
    for name, number in [(name, number) for name in ("timestamp", "snapshot") for number in NUMBERS]:
        fleet.repo.files = dict(honest)
        file = named(fleet.repo, name)
        head, version, tail = honest[file].rpartition(b'"version":%d' % fleet.repo.versions[name])
        assert version
        fleet.repo.files[file] = head + b'"version":' + number + tail
        if name == "snapshot":
            _announce(fleet.repo, file)
        code = fleet.sync()
        assert code in (PublisherError.code, SignatureError.code, RollbackError.code), (name, number)
        assert "first" == fleet.policy


def test_name_that_comes_twice_is_refused_by_the_laptop(fleet):
    """Readers differ on which of two equal names counts; python-tuf takes the last, the hook's verifier none."""
    fleet.release("second")
    head, version, tail = fleet.repo.files["timestamp.json"].rpartition(b'"version":')
    fleet.repo.files["timestamp.json"] = head + b'"version":7,' + version + tail
    assert PublisherError.code == fleet.sync()
    assert "first" == fleet.policy


def test_bundle_of_another_organisation_is_refused(fleet):
    """The same keys, but signed for somebody else."""
    fleet.repo.custom["org"] = "other"
    fleet.release("empty")
    assert (PublisherError.code, "first") == (fleet.sync(), fleet.policy)


def test_anchor_of_the_attacker_changes_nothing_that_is_signed(fleet):
    """Who can only replace 1.root.json on the server reaches nobody who has enrolled."""
    twin = fleet.repo.copy()
    twin.signers = {role: [twin.key(f"x-{role}-{n}") for n in range(2)] for role in twin.signers}
    twin.versions = dict.fromkeys(twin.versions, 0)
    twin.rotate()
    twin.versions.update(timestamp=50, snapshot=50, targets=50)
    twin.policy = fleet.policies["empty"]
    twin.publish()
    fleet.repo = twin
    assert (SignatureError.code, "first") == (fleet.sync(), fleet.policy)


def _announce(repo, name):
    """Have snapshot and timestamp name the present bytes of a file, truly signed."""
    snapshot = named(repo, "snapshot")
    if name != snapshot:
        _point(repo, snapshot, f"{name.partition('.')[2]}", repo.files[name], repo.signers["snapshot"])
    _point(repo, "timestamp.json", "snapshot.json", repo.files[snapshot], repo.signers["timestamp"])


def _point(repo, name, what, data, signers):
    metadata = Metadata.from_bytes(repo.files[name])
    entry = metadata.signed.snapshot_meta if name == "timestamp.json" else metadata.signed.meta[what]
    entry.length, entry.hashes = len(data), {"sha256": hashlib.sha256(data).hexdigest()}
    repo.files[name] = repo.sign(metadata.signed, signers)
