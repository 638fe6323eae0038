"""The hook's own verifier against a repository that lies, and against python-tuf's opinion of the same state."""

import datetime as dt
import time

import lies
import pytest
from lies import PAST

from agentguard import jsontext
from agentguard.bundle.verify import floor_of, freshness, read_floor, verify
from agentguard.errors import BundleError, PublisherError, RollbackError, SealError, SignatureError
from agentguard.policy.model import FRESH, GRACE, STALE

DAY = 86400


def fresh(repo, records=None):
    """Return whether our verifier takes the records, and what they hold is fresh."""
    try:
        chain = verify(repo.anchor, repo.records() if records is None else records)
    except BundleError:
        return False
    return freshness(chain, time.time())[0] == FRESH


@pytest.mark.parametrize(
    ("scenario", "good"),
    [(scenario, good) for good, scenarios in lies.AGREED.items() for scenario in scenarios],
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


@pytest.mark.parametrize("scenario", lies.STRICTER)
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


@pytest.mark.parametrize("scenario", lies.SIGNATURES_ASIDE)
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


def test_64_roots_after_the_anchor_are_walked_and_no_more(repo, accepted):
    """The sixty-fifth root after the anchor is an alarm."""
    for _ in range(64):
        repo.rotate()
    assert (65, True) == (verify(repo.anchor, repo.records()).versions["root"], accepted(repo))
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
