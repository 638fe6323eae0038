"""The seal: its format, and what the hook takes up from what lies on the disk."""

import hashlib
import os
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentguard import jsontext, places
from agentguard.bundle import seal
from agentguard.bundle.verify import floor_of, verify
from agentguard.errors import BundleError, SealError
from agentguard.policy.model import FALLBACK, FRESH, GRACE, INVALID, STALE

DAY = 86400
LOCAL = {
    "device": "d1",
    "verify": "auto",
    "stage": "observe",
    "device_kind": "ci",
    "grace_days": 30,
    "background": True,
}


@pytest.fixture
def installed(tmp_path, make_repo):
    """Return a function that puts a repository's state into a personal install and returns its places."""

    def install(repo, records=None, local=LOCAL):
        where = places.personal(str(tmp_path))
        os.makedirs(where.config, exist_ok=True)
        os.makedirs(where.state, exist_ok=True)
        records = {**(records or repo.records()), "config": jsontext.canonical(local)}
        for path, data in (
            (where.anchor, repo.anchor),
            (where.settings, b""),
            (where.seal, seal.build(records)),
            (where.floor, jsontext.canonical(floor_of(verify(repo.anchor, repo.records(), signatures=False)))),
        ):
            with open(path, "wb") as file:
                file.write(data)
        return where

    return install


def load(where, days=0.0):
    return seal.load_active(where, time.time() + days * DAY)


def test_good_seal_is_in_force(repo, installed):
    """The policy, its name, revision, digest, organisation and signed custom part come out."""
    active = load(installed(repo))
    assert (FRESH, "", "signature") == (active.state, active.problem, active.verified)
    assert (repo.policy, "baseline", 1, "acme") == (active.policy, active.name, active.revision, active.org)
    assert repo.custom == active.custom
    assert 0 <= active.age < 120


def test_settings_that_only_root_may_say_do_not_count_on_a_personal_install(repo, installed):
    """A seal that its owner can write cannot switch enforcement off."""
    local = load(installed(repo)).local
    assert {"device": "d1", "verify": "auto", "grace_days": 30, "background": True} == local


def test_states_follow_the_clock(make_repo, installed):
    """Fresh, then grace for the signed number of days, then stale; a clock that was put back is stale too."""
    where = installed(make_repo())
    assert [FRESH, GRACE, GRACE, STALE, STALE] == [load(where, days).state for days in (0, 366, 378, 380, -2)]
    assert "expired" in load(where, 366).problem
    assert "clock" in load(where, -2).problem
    assert b"" != load(where, 380).policy


def test_grace_is_capped_by_the_local_configuration(make_repo, installed):
    """The local configuration can shorten the grace."""
    where = installed(make_repo(), local={"grace_days": 2})
    assert [GRACE, STALE] == [load(where, days).state for days in (366, 368)]


def test_without_a_seal_the_fallback_policy_is_in_force(tmp_path, make_repo, installed):
    """No state at all, or no seal in it, is the fallback policy and not an error."""
    where = places.personal(str(tmp_path))
    assert (FALLBACK, b"") == (load(where).state, load(where).policy)
    where = installed(make_repo())
    os.unlink(where.seal)
    assert (FALLBACK, "there is a floor but no seal: the bundle of this installation was deleted") == (
        load(where).state,
        load(where).problem,
    )


def test_seal_without_a_floor_is_said(make_repo, installed):
    """A personal install whose floor was deleted goes on, and says so."""
    where = installed(make_repo())
    os.unlink(where.floor)
    assert (FRESH, "there is a seal but no floor: part of the state was deleted or put back") == (
        load(where).state,
        load(where).problem,
    )


def test_seal_below_the_floor_is_invalid(make_repo, installed):
    """An older seal that is put back does not count."""
    repo = make_repo()
    old = repo.records()
    repo.publish()
    active = load(installed(repo, old))
    assert (INVALID, b"", "timestamp 1 is older than 2, which was trusted before") == (
        active.state,
        active.policy,
        active.problem,
    )


def replaced(path, how):
    if how == "empty":
        open(path, "wb").close()
    elif how == "unreadable":
        os.chmod(path, 0)
    elif how == "sparse":
        os.truncate(path, 10 * 1024**3)
    else:
        os.rename(path, path + ".old")
        if how == "folder":
            os.mkdir(path)
        elif how == "fifo":
            os.mkfifo(path)
        elif how == "link":
            os.symlink(path + ".old", path)
        elif how == "dangling":
            os.symlink("/nonexistent", path)


@pytest.mark.parametrize("how", ["empty", "sparse", "folder", "fifo", "link", "dangling"])
@pytest.mark.parametrize("what", ["seal", "anchor", "floor"])
def test_what_is_no_plain_file_is_invalid(make_repo, installed, what, how):
    """A folder, a FIFO, a link or ten gigabytes in place of a file: nothing valid, at once."""
    where = installed(make_repo())
    replaced(getattr(where, what), how)
    assert (INVALID, b"") == (load(where).state, load(where).policy)


def test_settings_file_may_be_a_link_on_a_personal_install(make_repo, installed, tmp_path):
    """People keep their settings elsewhere and link to them; what counts of them came with the seal."""
    where = installed(make_repo())
    os.rename(where.settings, tmp_path / "dotfiles.toml")
    os.symlink(tmp_path / "dotfiles.toml", where.settings)
    assert (FRESH, "signature") == (load(where).state, load(where).verified)


def test_seal_without_an_anchor_is_invalid(make_repo, installed):
    """Nothing to check a seal with means nothing valid."""
    where = installed(make_repo())
    os.unlink(where.anchor)
    assert (INVALID, "there is a seal but no anchor to check it with") == (load(where).state, load(where).problem)


def test_seal_of_another_anchor_is_invalid(make_repo, installed):
    """A seal counts under the anchor that is there now."""
    repo = make_repo()
    where = installed(repo)
    repo.signers["root"] = [repo.key("s1"), repo.key("s2")]
    repo.versions["root"] = 0
    repo.signers["targets"] = [repo.key("s3"), repo.key("s4")]
    repo.rotate()
    with open(where.anchor, "wb") as file:
        file.write(repo.anchor)
    assert INVALID == load(where).state


@pytest.mark.parametrize("config", [b"", b"[]", b'{"a":1,"a":2}', b"\xff"])
def test_local_configuration_that_is_no_object_is_invalid(make_repo, installed, config):
    """The hook's own settings must be readable."""
    repo = make_repo()
    where = installed(repo)
    with open(where.seal, "wb") as file:
        file.write(seal.build({**repo.records(), "config": config}))
    assert INVALID == load(where).state


@pytest.mark.parametrize(
    "local", [{"org": 7}, {"grace_days": "x"}, {"grace_days": None}, {"verify": 1}, {"org": "other"}]
)
def test_local_settings_of_a_wrong_type_do_no_harm(make_repo, installed, local):
    """Whatever somebody writes into the seal's settings, the signed policy is judged the same."""
    assert FRESH == load(installed(make_repo(), local=local)).state


def test_every_flipped_byte_is_noticed_or_harmless(make_repo):
    """Any byte of a seal changed: refused, or the very same policy."""
    repo = make_repo()
    repo.signers = {
        role: signers[:1] for role, signers in repo.signers.items()
    }  # a small one, for there are many bytes
    repo.thresholds = dict.fromkeys(repo.thresholds, 1)
    repo.versions["root"] = 0
    repo.rotate()
    repo.rotate()
    repo.publish()
    good = seal.build(repo.records())
    assert repo.policy == verify(repo.anchor, seal.parse(good)).policy
    for at in range(len(good)):
        data = bytearray(good)
        data[at] ^= 1 << at % 8
        try:
            policy = verify(repo.anchor, seal.parse(bytes(data))).policy
        except BundleError:
            continue
        assert repo.policy == policy, at


def test_every_cut_is_noticed(make_repo):
    """A seal that ends early is refused, wherever it ends."""
    good = seal.build(make_repo().records())
    for end in range(len(good)):
        with pytest.raises(SealError):
            seal.parse(good[:end])


@given(st.binary(max_size=300))
def test_any_bytes_are_a_seal_or_an_error(data):
    """Nothing that is read as a seal ends in anything but our own error."""
    for hostile in (data, b"agentguard seal 1\n" + data):
        with pytest.raises(SealError):
            seal.parse(hostile)


NAMES = ("timestamp", "snapshot", "targets", "policy", "config")


@given(
    st.fixed_dictionaries({name: st.binary(max_size=50) for name in NAMES}),
    st.dictionaries(st.integers(0, 99).map(lambda number: f"root/{number}"), st.binary(max_size=50), max_size=3),
)
def test_what_is_built_is_read_back(records, roots):
    """A seal holds its records byte by byte, line breaks and all."""
    assert {**records, **roots} == seal.parse(seal.build({**records, **roots}))


def checked(data):
    """Return a seal's bytes with the check that belongs behind them."""
    rest = data.replace(b"policy 1\np\n", b"policy 1\n\n")
    return data + b"check 64\n" + hashlib.sha256(rest).hexdigest().encode() + b"\n"


GOOD = b"agentguard seal 1\ntimestamp 1\nt\nsnapshot 1\ns\ntargets 1\na\npolicy 1\np\nconfig 1\nc\n"


@pytest.mark.parametrize(
    "data",
    [
        GOOD + b"\n",
        GOOD + b"timestamp 1\nt\n",
        GOOD + b"other 1\nx\n",
        GOOD + b"root/01 1\nx\n",
        GOOD + b"root/ 1\nx\n",
        GOOD + b"root/-1 1\nx\n",
        GOOD + b"root/1 600000\n" + b"x" * 600000 + b"\n",
        GOOD.replace(b"timestamp 1", b"timestamp 01"),
        GOOD.replace(b"timestamp 1", b"timestamp +1"),
        GOOD.replace(b"timestamp 1", b"timestamp -1"),
        GOOD.replace(b"timestamp 1", b"timestamp  1"),
        GOOD.replace(b"timestamp 1", b"timestamp 999999999"),
        GOOD.replace(b"timestamp 1", b"timestamp " + b"9" * 5000),
        GOOD.replace(b"config 1\nc\n", b""),
        GOOD.replace(b"seal 1", b"seal 2"),
        GOOD[1:],
    ],
)
def test_seal_of_another_form_is_refused(data):
    """There is one way to write a seal."""
    assert 5 == len(seal.parse(checked(GOOD)))
    with pytest.raises(SealError):
        seal.parse(checked(data))


def test_seal_with_any_byte_changed_is_refused():
    """The check covers every record but the policy, also the local configuration, which nobody has signed."""
    data = checked(GOOD)
    policy = data.index(b"p\nconfig")  # the hash of these bytes stands in `targets`
    for at in set(range(len(data))) - {policy}:
        with pytest.raises(SealError):
            seal.parse(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
    with pytest.raises(SealError):
        seal.parse(GOOD)


def test_bundle_that_is_too_large_is_not_sealed():
    """What the hook would refuse to read is not written."""
    with pytest.raises(SealError):
        seal.build({**dict.fromkeys(NAMES, b"x"), **{f"root/{n}": b"x" * 400_000 for n in range(45)}})
