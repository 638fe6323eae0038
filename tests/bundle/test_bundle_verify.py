"""The hook's own verifier against a repository that lies, and against python-tuf's opinion of the same state."""

import datetime as dt
import hashlib
import json
import time

import pytest

from agentguard import jsontext
from agentguard.bundle.verify import floor_of, freshness, read_floor, verify
from agentguard.errors import BundleError, PublisherError, RollbackError, SealError, SignatureError
from agentguard.policy.model import FRESH, GRACE, STALE

DAY = 86400
PAST = dt.datetime.now(dt.UTC).replace(microsecond=0) - dt.timedelta(days=1)


def fresh(repo, records=None):
    """Return whether our verifier takes the records, and what they hold is fresh."""
    try:
        chain = verify(repo.anchor, repo.records() if records is None else records)
    except BundleError:
        return False
    return freshness(chain, time.time())[0] == FRESH


def changed(repo, name, change, signers):
    repo.resign(name, change, signers)
    return repo.records()


# What a repository or somebody on the way can do. Each: (what happens, change → records or None, is it refused?).
def nothing(repo):
    """Nothing wrong."""


def newer(repo):
    repo.publish()


def rotated(repo):
    repo.signers["targets"] = [repo.key("new"), *repo.signers["targets"][:2]]
    repo.rotate()
    repo.publish()


def root_keys_rotated(repo):
    before = repo.signers["root"]
    repo.signers["root"] = [repo.key("n1"), repo.key("n2")]
    repo.rotate(signed_by=before)
    repo.publish()


def root_not_signed_by_predecessor(repo):
    repo.signers["root"] = [repo.key("n1"), repo.key("n2")]
    repo.rotate()
    repo.publish()


def root_not_signed_by_itself(repo):
    before = repo.signers["root"]
    repo.signers["root"] = [repo.key("n1"), repo.key("n2"), repo.key("n3")]
    repo.rotate(signed_by=before)
    document = json.loads(repo.files["2.root.json"])
    ids = {signer.public_key.keyid for signer in before}
    document["signatures"] = [sig for sig in document["signatures"] if sig["keyid"] in ids]
    repo.files["2.root.json"] = json.dumps(document).encode()


def anchor_signed_by_too_few(repo):
    document = json.loads(repo.anchor)
    document["signatures"] = document["signatures"][:1]
    repo.files["1.root.json"] = json.dumps(document).encode()


def root_skips_a_version(repo):
    repo.rotate(steps=2)


def root_of_another_version(repo):
    repo.rotate()
    records = repo.records()
    records["root/3"] = records["root/2"]
    return records


def last_root_expired(repo):
    repo.expires["root"] = PAST
    repo.rotate()
    repo.publish()


def targets_signed_by_too_few(repo):
    repo.publish(targets_by=repo.signers["targets"][:1])


def targets_signed_by_keys_of_other_roles(repo):
    repo.publish(targets_by=[*repo.signers["targets"][:1], *repo.signers["snapshot"], *repo.signers["root"]])


def timestamp_signed_by_policy_keys(repo):
    repo.publish(timestamp_by=repo.signers["targets"])


def root_signed_by_keys_of_other_roles(repo):
    repo.rotate(by=[*repo.signers["root"][:1], *repo.signers["targets"], *repo.signers["snapshot"]])


def targets_signed_by_retired_keys(repo):
    before = repo.signers["targets"]
    repo.signers["targets"] = [repo.key("n1"), repo.key("n2"), repo.key("n3")]
    repo.rotate()
    repo.publish(targets_by=before)


def snapshot_signed_by_nobody(repo):
    repo.publish(snapshot_by=[])


def timestamp_signed_by_stranger(repo):
    repo.publish(timestamp_by=[repo.key("stranger")])


def timestamp_expired(repo):
    repo.expires["timestamp"] = PAST
    repo.publish()


def snapshot_expired(repo):
    repo.expires["snapshot"] = PAST
    repo.publish()


def targets_expired(repo):
    repo.expires["targets"] = PAST
    repo.publish()


def old_snapshot_with_new_timestamp(repo):
    old = repo.records()
    repo.publish()
    return {**repo.records(), "snapshot": old["snapshot"]}


def old_targets_with_new_snapshot(repo):
    old = repo.records()
    repo.publish()
    return {**repo.records(), "targets": old["targets"]}


def old_policy_with_new_targets(repo):
    old = repo.records()
    repo.policy = jsontext.canonical({"schema": 1, "name": "baseline", "rules": []})
    repo.publish()
    return {**repo.records(), "policy": old["policy"]}


def snapshot_hash_differs(repo):
    repo.claims["snapshot"] = {"hashes": {"sha256": "0" * 64}}
    repo.publish()


def snapshot_length_differs(repo):
    repo.claims["snapshot"] = {"length": 3}
    repo.publish()


def snapshot_version_differs(repo):
    repo.claims["snapshot"] = {"version": 9}
    repo.publish()


def targets_hash_differs(repo):
    repo.claims["targets"] = {"hashes": {"sha256": "0" * 64}}
    repo.publish()


def targets_version_differs(repo):
    repo.claims["targets"] = {"version": 9}
    repo.publish()


def policy_hash_differs(repo):
    repo.claims["policy"] = {"hashes": {"sha256": "0" * 64}}
    repo.publish()


def policy_length_differs(repo):
    repo.claims["policy"] = {"length": 3}
    repo.publish()


def policy_cut_off(repo):
    return {**repo.records(), "policy": repo.policy[:-1]}


def timestamp_cut_off(repo):
    return {**repo.records(), "timestamp": repo.files["timestamp.json"][:-1]}


def timestamp_in_place_of_snapshot(repo):
    return {**repo.records(), "snapshot": repo.files["timestamp.json"]}


def no_policy(repo):
    def drop(signed):
        signed["targets"]["other.json"] = signed["targets"].pop("policy.json")

    name = f"{repo.versions['targets']}.targets.json"
    repo.resign(name, drop, repo.signers["targets"])
    data = repo.files[name]
    repo.publish()
    repo.files[f"{repo.versions['targets']}.targets.json"] = data


def version_zero(repo):
    return changed(repo, "timestamp.json", lambda signed: signed.update(version=0), repo.signers["timestamp"])


def version_as_text(repo):
    return changed(repo, "timestamp.json", lambda signed: signed.update(version="1"), repo.signers["timestamp"])


def spec_version_two(repo):
    return changed(repo, "timestamp.json", lambda signed: signed.update(spec_version="2.0"), repo.signers["timestamp"])


def date_without_zone(repo):
    return changed(
        repo, "timestamp.json", lambda signed: signed.update(expires="2099-01-01T00:00:00"), repo.signers["timestamp"]
    )


def date_that_does_not_exist(repo):
    return changed(
        repo, "timestamp.json", lambda signed: signed.update(expires="2099-02-30T00:00:00Z"), repo.signers["timestamp"]
    )


def unknown_field(repo):
    return changed(
        repo, "timestamp.json", lambda signed: signed.update(later={"a": ["é", 1, None]}), repo.signers["timestamp"]
    )


def another_file_in_the_timestamp(repo):
    def add(signed):
        signed["meta"]["other.json"] = signed["meta"]["snapshot.json"]

    return changed(repo, "timestamp.json", add, repo.signers["timestamp"])


def signature_twice(repo):
    document = json.loads(repo.files["timestamp.json"])
    document["signatures"] *= 2
    return {**repo.records(), "timestamp": json.dumps(document).encode()}


def signature_not_hex(repo):
    document = json.loads(repo.files["timestamp.json"])
    document["signatures"][0]["sig"] = "zz"
    return {**repo.records(), "timestamp": json.dumps(document).encode()}


def threshold_zero(repo):
    repo.rotate()

    def lower(signed):
        signed["roles"]["targets"]["threshold"] = 0

    return changed(repo, "2.root.json", lower, repo.signers["root"])


def role_names_one_key_twice(repo):
    repo.rotate()

    def double(signed):
        signed["roles"]["targets"]["keyids"] += signed["roles"]["targets"]["keyids"][:1]

    return changed(repo, "2.root.json", double, repo.signers["root"])


def fifth_role(repo):
    repo.rotate()
    return changed(
        repo,
        "2.root.json",
        lambda signed: signed["roles"].update(x={"keyids": [], "threshold": 1}),
        repo.signers["root"],
    )


def key_of_unknown_type(repo):
    repo.rotate()

    def replace(signed):
        key = next(iter(signed["keys"].values()))
        key["keytype"] = key["scheme"] = "rot13"

    return changed(repo, "2.root.json", replace, repo.signers["root"])


def key_of_another_scheme(repo):
    """An Ed25519 key that says it signs by ECDSA, or the other way round."""
    repo.rotate()

    def replace(signed):
        schemes = ["ed25519", "ecdsa-sha2-nistp256"]
        key = signed["keys"][signed["roles"]["targets"]["keyids"][0]]
        key["scheme"] = schemes[key["scheme"] == schemes[0]]

    return changed(repo, "2.root.json", replace, repo.signers["root"])


AGREED = {
    True: (nothing, newer, rotated, root_keys_rotated, unknown_field),
    False: (
        root_not_signed_by_predecessor, root_not_signed_by_itself, anchor_signed_by_too_few, root_skips_a_version,
        root_of_another_version, last_root_expired, targets_signed_by_too_few, targets_signed_by_keys_of_other_roles,
        timestamp_signed_by_policy_keys, root_signed_by_keys_of_other_roles, targets_signed_by_retired_keys,
        snapshot_signed_by_nobody, timestamp_signed_by_stranger, timestamp_expired, snapshot_expired, targets_expired,
        old_snapshot_with_new_timestamp, old_targets_with_new_snapshot, old_policy_with_new_targets,
        snapshot_hash_differs, snapshot_length_differs, snapshot_version_differs, targets_hash_differs,
        targets_version_differs, policy_hash_differs, policy_length_differs, policy_cut_off, timestamp_cut_off,
        timestamp_in_place_of_snapshot, no_policy, version_zero, version_as_text, spec_version_two, date_without_zone,
        date_that_does_not_exist, signature_twice, signature_not_hex, threshold_zero, role_names_one_key_twice,
        fifth_role, key_of_unknown_type, key_of_another_scheme, another_file_in_the_timestamp,
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("scenario", "good"),
    [(scenario, good) for good, scenarios in AGREED.items() for scenario in scenarios],
    ids=lambda value: getattr(value, "__name__", None) or ("accepted" if value else "refused"),
)
def test_verdict_is_python_tufs_verdict(repo, accepted, scenario, good):
    """The hook's verifier accepts and refuses what python-tuf accepts and refuses."""
    records = scenario(repo)
    assert (good, good) == (fresh(repo, records), accepted(repo, records))


def test_old_root_may_have_expired(repo, accepted):
    """A root that is only a step on the way may be past its date."""
    repo.expires["root"] = PAST
    repo.rotate()
    repo.expires["root"] = PAST + dt.timedelta(days=100)
    repo.rotate()
    repo.publish()
    assert (True, True) == (fresh(repo), accepted(repo))


# Where the hook's verifier is stricter than python-tuf.
def one_key_by_two_names(repo):
    """Let one public key stand in the root under two key ids, and sign with both."""

    def double(signed):
        keyid = signed["roles"]["targets"]["keyids"][0]
        signed["keys"]["other-name"] = signed["keys"][keyid]
        signed["roles"]["targets"]["keyids"] = [keyid, "other-name"]

    repo.rotate()
    repo.resign("2.root.json", double, repo.signers["root"])
    repo.publish(targets_by=repo.signers["targets"][:1])
    document = json.loads(repo.files["2.targets.json"])
    document["signatures"].append({**document["signatures"][0], "keyid": "other-name"})
    repo.files["2.targets.json"] = json.dumps(document).encode()
    data = repo.files["2.targets.json"]
    renamed(repo, "2.snapshot.json", "targets.json", data, repo.signers["snapshot"])
    renamed(repo, "timestamp.json", "snapshot.json", repo.files["2.snapshot.json"], repo.signers["timestamp"])


def renamed(repo, name, what, data, signers):
    """Sign a file again that names the length and hash of another one."""

    def change(signed):
        signed["meta"][what].update(length=len(data), hashes={"sha256": hashlib.sha256(data).hexdigest()})

    repo.resign(name, change, signers)


def two_meanings(repo):
    """One key comes twice in the JSON: readers differ on which counts."""
    data = repo.files["timestamp.json"].replace(b'"version":1', b'"version":7,"version":1')
    return {**repo.records(), "timestamp": data}


def no_length(repo):
    repo.claims["snapshot"] = {"length": None}
    repo.publish()


def no_hash(repo):
    repo.claims["targets"] = {"hashes": None}
    repo.publish()


def two_hashes(repo):
    """Both are right."""
    repo.claims["policy"] = {
        "hashes": {name: hashlib.new(name, repo.policy).hexdigest() for name in ("sha256", "sha512")}
    }
    repo.publish()


@pytest.mark.parametrize("scenario", [one_key_by_two_names, two_meanings, no_length, no_hash, two_hashes])
def test_stricter_than_python_tuf(repo, accepted, scenario):
    """What python-tuf lets pass and the hook's verifier does not."""
    records = scenario(repo)
    assert (False, True) == (fresh(repo, records), accepted(repo, records))


def test_verified_bundle_says_what_it_is(repo):
    """The result names the policy, its revision and digest, and the signed custom part."""
    repo.publish()
    chain = verify(repo.anchor, repo.records())
    assert ("acme", "baseline", 2, repo.policy) == (chain.org, chain.name, chain.revision, chain.policy)
    assert repo.custom == chain.custom
    assert {"root": 1, "timestamp": 2, "snapshot": 2, "targets": 2} == chain.versions


def test_a_stranger_passes_where_signatures_are_skipped(repo):
    """For files that only root can write."""
    repo.publish(timestamp_by=[repo.key("stranger")])
    assert 2 == verify(repo.anchor, repo.records(), signatures=False).revision


@pytest.mark.parametrize(
    "scenario",
    [
        root_skips_a_version, root_of_another_version, old_snapshot_with_new_timestamp, old_targets_with_new_snapshot,
        old_policy_with_new_targets, snapshot_length_differs, snapshot_version_differs, targets_hash_differs, policy_cut_off,
        key_of_unknown_type, threshold_zero, no_policy,
    ],
)  # fmt: skip
def test_signatures_are_all_that_can_be_skipped(make_repo, scenario):
    """Whatever else is wrong is refused as before."""
    repo = make_repo()
    records = scenario(repo) or repo.records()
    with pytest.raises(PublisherError):
        verify(repo.anchor, records, signatures=False)


def test_too_few_signatures_are_counted(repo):
    """The error says how many good signatures there were, and how many it takes."""
    repo.publish(targets_by=repo.signers["targets"][:1])
    with pytest.raises(SignatureError, match=r"targets 2 has 1 good signatures of 2"):
        verify(repo.anchor, repo.records())


def test_64_roots_after_the_anchor_are_walked_and_no_more(make_repo):
    """The sixty-fifth root after the anchor is an alarm."""
    repo = make_repo()
    for _ in range(64):
        repo.rotate()
    assert 65 == verify(repo.anchor, repo.records()).versions["root"]
    repo.rotate()
    with pytest.raises(PublisherError, match="65 root versions follow the anchor"):
        verify(repo.anchor, repo.records())


def test_roots_up_to_a_newer_anchor_are_passed_over(make_repo):
    """An anchor that MDM has renewed stands for all roots before it."""
    repo = make_repo()
    repo.rotate()
    repo.rotate()
    assert 3 == verify(repo.files["2.root.json"], repo.records()).versions["root"]


@pytest.mark.parametrize(
    ("in_root", "configured", "good"),
    [
        ("acme", "", True), ("acme", "other", True), ("", "acme", True),
        ("other", "acme", False), ("", "other", False), ("", "", False),
    ],
)  # fmt: skip
def test_bundle_of_another_organisation_is_refused(make_repo, in_root, configured, good):
    """The anchor's organisation decides, and the configured one where the anchor names none."""
    repo = make_repo()
    repo.root_fields = {"org": in_root}
    repo.versions["root"] = 0
    repo.rotate()
    try:
        verify(repo.anchor, repo.records(), org=configured)
    except PublisherError:
        assert not good
    else:
        assert good


@pytest.mark.parametrize(
    "broken",
    [
        {"org": 7}, {"bundle": ""}, {"issued": "yesterday"}, {"grace_days": -1}, {"grace_days": "14"},
        {"collector": []}, {"collector": {"url": 1}}, {"collector": {"receipt_keys": [1]}},
    ],
    ids=str,
)  # fmt: skip
def test_custom_of_the_wrong_shape_is_refused(make_repo, broken):
    """What the hook reads of the signed custom part has its types."""
    repo = make_repo()
    repo.custom.update(broken)
    repo.publish()
    with pytest.raises(PublisherError, match="custom"):
        verify(repo.anchor, repo.records())


def test_older_revision_is_refused(make_repo):
    """No role may be older than the floor that the last good bundle set."""
    repo = make_repo()
    old = repo.copy()
    repo.publish()
    floor = floor_of(verify(repo.anchor, repo.records()))
    with pytest.raises(RollbackError, match="timestamp 1 is older than 2"):
        verify(repo.anchor, old.records(), floor=floor)
    assert 2 == verify(repo.anchor, repo.records(), floor=floor).revision


def test_older_root_is_refused_whatever_its_keys(make_repo):
    """Going back to a root before a rotation would bring retired keys back."""
    repo = make_repo()
    old = repo.copy()
    before = repo.signers["root"]
    repo.signers["root"] = [repo.key("n1"), repo.key("n2")]
    repo.rotate(signed_by=before)
    floor = floor_of(verify(repo.anchor, repo.records()))
    with pytest.raises(RollbackError, match="root 1 is older than 2"):
        verify(repo.anchor, old.records(), floor=floor)


def test_floor_starts_anew_when_the_keys_of_a_role_change(make_repo):
    """A leaked key that signed version 900 locks nobody out once it is replaced."""
    repo = make_repo()
    repo.versions["timestamp"] = repo.versions["snapshot"] = 899
    repo.publish()
    floor = floor_of(verify(repo.anchor, repo.records()))
    repo.signers["timestamp"] = repo.signers["snapshot"] = [repo.key("new-online")]
    repo.rotate()
    repo.versions["timestamp"] = repo.versions["snapshot"] = 1
    repo.publish()
    assert {"timestamp": 2, "snapshot": 2, "root": 2, "targets": 3} == verify(
        repo.anchor, repo.records(), floor=floor
    ).versions


def test_floor_survives_its_file(make_repo):
    """What is written is read back the same."""
    floor = floor_of(verify(make_repo().anchor, make_repo().records()))
    assert floor == read_floor(jsontext.canonical(floor))


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"org":"acme","root":{"version":"1","keys":"x"}}', b"\xff"])
def test_damaged_floor_is_refused(data):
    """A floor that cannot be read is not the same as none."""
    with pytest.raises(SealError, match="floor"):
        read_floor(data)


@pytest.mark.parametrize(
    ("days", "grace_days", "cap", "expected"),
    [
        (-1, 14, 30, FRESH), (0.5, 14, 30, GRACE), (13.5, 14, 30, GRACE), (14.5, 14, 30, STALE),
        (0.5, 0, 30, STALE), (3, 14, 2, STALE), (29, 900, 30, GRACE), (31, 900, 900, STALE),
    ],
)  # fmt: skip
def test_grace_counts_from_the_earliest_expiry(make_repo, days, grace_days, cap, expected):
    """Fresh until a role expires, then grace, then stale; signed, capped here, and never more than 30 days."""
    repo = make_repo()
    repo.custom["grace_days"] = grace_days
    repo.expires["snapshot"] = PAST + dt.timedelta(days=100)
    repo.publish()
    chain = verify(repo.anchor, repo.records())
    at = repo.expires["snapshot"].timestamp() + days * DAY
    state, why = freshness(chain, at, cap)
    assert expected == state
    assert (expected == FRESH) == (why == "")


@pytest.mark.parametrize(("behind", "expected"), [(0.9 * DAY, FRESH), (1.1 * DAY, STALE)])
def test_clock_before_the_signing_counts_as_stale(make_repo, behind, expected):
    """A clock more than a day behind the time of signing cannot tell how old a bundle is."""
    repo = make_repo()
    chain = verify(repo.anchor, repo.records())
    assert expected == freshness(chain, chain.issued - behind)[0]
