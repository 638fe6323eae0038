"""What an attacker who is the same user does to a personal install's files. A verdict may get stricter, never laxer."""

import contextlib
import json
import os
import shutil
import signal
import time

import pytest

from agentguard.bundle import seal
from agentguard.errors import ConfigError, SignatureError
from agentguard.policy.model import FALLBACK, FRESH, INVALID
from agentguard.sync import facts


def backup(fleet, folder):
    """Keep a copy of all state: seal, floor, what python-tuf has verified."""
    shutil.copytree(fleet.places.state, folder, symlinks=True)
    return folder


def restore(fleet, folder):
    shutil.rmtree(fleet.places.state)
    shutil.copytree(folder, fleet.places.state, symlinks=True)


def test_old_seal_that_is_put_back_is_nothing_valid(fleet, tmp_path):
    """The floor remembers what the seal does not."""
    old = backup(fleet, tmp_path / "old")
    fleet.release("second")
    fleet.sync()
    shutil.copy(old / os.path.basename(fleet.places.seal), fleet.places.seal)
    assert INVALID == fleet.active().state
    assert ("", "second") == (fleet.sync(), fleet.policy)


def test_whole_state_from_an_old_backup_lasts_until_the_next_sync(fleet, tmp_path):
    """On a personal install everything local can be put back: it is a true old policy, and its revision is recorded."""
    old = backup(fleet, tmp_path / "old")
    fleet.release("second")
    fleet.sync()
    newer = fleet.active().revision
    restore(fleet, old)
    assert (FRESH, "first") == (fleet.active().state, fleet.policy)
    assert fleet.active().revision < newer  # what every record says
    assert ("", "second") == (fleet.sync(), fleet.policy)


def test_deleted_state_is_the_fallback_policy_until_the_next_sync(fleet):
    """Without any state the program's own policy decides; who deletes only a part is told apart."""
    shutil.rmtree(fleet.places.state)
    assert FALLBACK == fleet.active().state
    assert ("", "first") == (fleet.sync(), fleet.policy)
    os.unlink(fleet.places.seal)
    assert (FALLBACK, True) == (fleet.active().state, "deleted" in fleet.active().problem)
    fleet.sync()
    os.unlink(fleet.places.floor)
    assert (FRESH, True) == (fleet.active().state, "deleted" in fleet.active().problem)


def test_seal_under_the_attackers_own_anchor_is_nothing_valid(fleet):
    """A seal of other keys, however well it is signed, does not follow from the anchor that is here."""
    thief = fleet.repo.copy()
    thief.signers = {role: [thief.key(f"y-{role}-{n}") for n in range(2)] for role in thief.signers}
    thief.versions = dict.fromkeys(thief.versions, 0)
    thief.rotate()
    thief.versions.update(dict.fromkeys(("timestamp", "snapshot", "targets"), 50))
    thief.policy = fleet.policies["empty"]
    thief.publish()
    with open(fleet.places.seal, "wb") as file:
        file.write(seal.build(thief.records()))
    assert INVALID == fleet.active().state
    assert ("", "first") == (fleet.sync(), fleet.policy)


def test_hard_link_to_the_seal_is_a_way_to_write_it_and_no_more(fleet, tmp_path):
    """Bytes that change under another name are checked as any others."""
    os.link(fleet.places.seal, tmp_path / "another-name")
    assert (FRESH, "first") == (fleet.active().state, fleet.policy)
    with open(tmp_path / "another-name", "r+b") as file:
        file.seek(-200, os.SEEK_END)
        file.write(b"x")
    assert INVALID == fleet.active().state
    fleet.release("second")
    assert ("", "second") == (fleet.sync(), fleet.policy)


def test_metadata_that_somebody_put_into_the_cache_is_not_trusted(fleet):
    """The next fetch starts from the anchor, whatever lies where it keeps what it has verified."""
    thief = fleet.repo.copy()
    thief.signers = {role: [thief.key(f"z-{role}-{n}") for n in range(2)] for role in thief.signers}
    thief.rotate()
    thief.policy = fleet.policies["empty"]
    thief.publish()
    fleet.sync()
    cache = os.path.join(fleet.places.sync, "metadata")
    for role in ("timestamp", "snapshot", "targets"):
        name = "timestamp.json" if role == "timestamp" else f"{thief.versions[role]}.{role}.json"
        with open(os.path.join(cache, f"{role}.json"), "wb") as file:
            file.write(thief.files[name])
    with open(os.path.join(cache, "root_history", f"{thief.versions['root']}.root.json"), "wb") as file:
        file.write(thief.files[f"{thief.versions['root']}.root.json"])
    fleet.release("second")
    assert ("", "second") == (fleet.sync(), fleet.policy)
    honest, fleet.repo = fleet.repo, thief
    assert (SignatureError.code, "second") == (fleet.sync(), fleet.policy)
    fleet.repo = honest


def test_links_in_the_state_lead_nobody_elsewhere(fleet, tmp_path):
    """Seal and floor as links: nothing valid, and the next sync puts files in their place without following them."""
    for path in (fleet.places.seal, fleet.places.floor):
        aside = tmp_path / os.path.basename(path)
        os.rename(path, aside)
        os.symlink(aside, path)
        before = aside.read_bytes()
        assert INVALID == fleet.active().state
        fleet.release("second" if fleet.repo.policy == fleet.policies["first"] else "first")
        assert "" == fleet.sync()
        assert (FRESH, False, before) == (fleet.active().state, os.path.islink(path), aside.read_bytes())


def test_link_to_the_very_seal_is_mended_by_the_next_sync(fleet, tmp_path):
    """Also when nothing newer is published: the hook does not follow the link."""
    for path in (fleet.places.seal, fleet.places.floor):
        aside = tmp_path / os.path.basename(path)
        os.rename(path, aside)
        os.symlink(aside, path)
        assert INVALID == fleet.active().state
        assert ("", "first") == (fleet.sync(), fleet.policy)
        assert (FRESH, False) == (fleet.active().state, os.path.islink(path))


IN_STATE = ("active.seal", "floor.json", "sync/status.json", "sync/upload.json", "sync/metadata/timestamp.json",
            "sync/metadata/root_history/1.root.json")  # fmt: skip


@pytest.mark.parametrize("name", [*IN_STATE, "anchor", "settings"])
def test_pipe_in_the_place_of_a_file_keeps_nobody_waiting(fleet, name):
    """Sync, status and hook go on: what is made again is made again, and the rest is named."""
    fleet.sync()
    path = getattr(fleet.places, name, "") or os.path.join(fleet.places.state, name)
    if os.path.lexists(path):
        os.unlink(path)
    os.mkfifo(path)
    fleet.release("second")
    with limited():
        try:
            error = fleet.sync()
        except ConfigError as problem:
            error = str(problem)
        found = json.dumps(facts.facts(fleet.places, time.time()))
        state = fleet.active().state
    if name in IN_STATE:
        assert ("", "second", FRESH) == (error, fleet.policy, state)
    else:
        assert error
        assert os.path.basename(path) in found
        assert ("first" if name == "settings" else None) == fleet.policy


@contextlib.contextmanager
def limited():
    """Have whoever waits for ever fail."""

    def late(*_signal):
        raise AssertionError("it waits")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(60)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
