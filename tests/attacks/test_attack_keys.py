"""Keys that leak: what a thief can do with them, what not, and how one new root ends it without anybody touching a laptop."""

import pytest

from agentguard.errors import PublisherError, RollbackError, SignatureError

FAR = 9_000_000_000  # a version that no honest publisher reaches


def rotated(fleet, **signers):
    """Let the owners of the root replace roles' keys: {role: names of the new ones}; they publish on top of it."""
    for role, names in signers.items():
        fleet.repo.signers[role] = [fleet.repo.key(name) for name in names]
    fleet.repo.rotate()


def test_one_leaked_policy_key_is_not_enough(fleet):
    """Two owners must sign; with one of their keys a thief publishes nothing, even where a job signs what comes with it."""
    thief = fleet.repo.signers["targets"][0]
    fleet.release("empty", targets_by=[thief])
    assert SignatureError.code == fleet.sync()
    assert "first" == fleet.policy
    rotated(fleet, targets=["n1", "n2", "n3"])
    fleet.release("second")
    assert ("", "second") == (fleet.sync(), fleet.policy)
    fleet.release("empty", targets_by=[thief, thief])
    assert SignatureError.code == fleet.sync()


def test_leaked_online_key_cannot_change_the_policy(fleet):
    """Who has the key of snapshot and timestamp can hold news back and repeat what was signed: no policy of their own."""
    stranger = fleet.repo.key("stranger")
    fleet.release("empty", targets_by=[stranger, stranger])
    assert SignatureError.code == fleet.sync()
    assert "first" == fleet.policy


def test_leaked_online_key_cannot_bring_an_old_policy_back(fleet):
    """An old, truly signed policy under a new snapshot and timestamp is still older than what was trusted."""
    old = fleet.repo.copy()
    fleet.release("second")
    assert ("", "second") == (fleet.sync(), fleet.policy)
    old.versions.update(snapshot=10, timestamp=10, targets=old.versions["targets"] - 1)
    old.publish()
    fleet.repo = old
    assert RollbackError.code == fleet.sync()
    assert "second" == fleet.policy


def test_leaked_online_key_fast_forwards_and_a_rotation_recovers(fleet):
    """Versions of nine billion lock nobody out: after a rotation the floor of these roles starts anew."""
    honest = fleet.repo.copy()
    fleet.repo.versions.update(snapshot=FAR, timestamp=FAR)
    fleet.repo.versions["targets"] -= 1  # the same signed policy, announced by versions of nine billion
    fleet.repo.publish()
    assert ("", "first") == (fleet.sync(), fleet.policy)
    fleet.repo = honest
    fleet.release("second")
    assert RollbackError.code == fleet.sync()
    rotated(fleet, snapshot=["fresh"], timestamp=["fresh"])
    fleet.release("second")
    assert ("", "second") == (fleet.sync(), fleet.policy)


def test_all_leaked_keys_below_the_root_are_ended_by_one_rotation(fleet):
    """With a threshold of policy keys and the online key a thief rules, until the root's owners say otherwise."""
    honest, stolen = fleet.repo.copy(), dict(fleet.repo.signers)
    fleet.repo.versions.update(snapshot=FAR, timestamp=FAR, targets=FAR)
    fleet.release("empty")
    assert ("", "empty") == (fleet.sync(), fleet.policy)
    fleet.repo = honest
    rotated(fleet, targets=["n1", "n2", "n3"], snapshot=["fresh"], timestamp=["fresh"])
    fleet.release("second")
    assert ("", "second") == (fleet.sync(), fleet.policy)
    fleet.release("empty", **{f"{role}_by": stolen[role] for role in ("targets", "snapshot", "timestamp")})
    assert SignatureError.code == fleet.sync()
    assert "second" == fleet.policy


def test_stolen_keys_cannot_undo_the_rotation(fleet):
    """A laptop that has seen the new root never follows the branch that the thief goes on with."""
    thief = fleet.repo.copy()
    rotated(fleet, targets=["n1", "n2", "n3"], snapshot=["fresh"], timestamp=["fresh"])
    fleet.release("second")
    assert "" == fleet.sync()
    thief.versions.update(snapshot=FAR, timestamp=FAR, targets=FAR)
    thief.policy = fleet.policies["empty"]
    thief.publish()
    fleet.repo = thief
    assert SignatureError.code == fleet.sync()
    assert "second" == fleet.policy


def test_one_root_key_alone_rotates_nothing(fleet):
    """A root that one of three owners signed is none, whatever keys it names."""
    owner = fleet.repo.signers["root"][0]
    fleet.repo.signers["root"] = [owner]
    fleet.repo.thresholds["root"] = 1
    rotated(fleet, targets=["n1", "n2", "n3"])
    fleet.release("empty")
    assert SignatureError.code == fleet.sync()
    assert "first" == fleet.policy


@pytest.mark.parametrize("after", [65, 300])
def test_revocation_behind_the_cap_is_an_alarm_and_not_a_silent_end(fleet, after):
    """A chain of roots that is too long says so, and the thief's policy behind it is not taken either way."""
    for _ in range(after):
        fleet.repo.rotate()
    rotated(fleet, targets=["n1", "n2", "n3"])
    fleet.release("second")
    assert PublisherError.code == fleet.sync()
    assert "first" == fleet.policy
