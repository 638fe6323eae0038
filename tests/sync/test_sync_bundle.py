"""The bundle stage and what it leaves behind, whatever goes wrong."""

import json
import os
import shutil
import stat
import subprocess
import sys
import time

import pytest
from click.testing import CliRunner

from agentguard import config
from agentguard.bundle import files, publish, publisher, seal
from agentguard.cli.main import cli
from agentguard.errors import ConfigError, PolicyError, RollbackError
from agentguard.places import MANAGED, Places
from agentguard.policy import exact, stored, wire
from agentguard.policy.model import FALLBACK, FRESH, INVALID
from agentguard.sync import bundle, facts, stages, status
from agentguard.sync.enroll import enroll


@pytest.fixture
def enrolled(acme, laptop, unmanaged):
    enroll(laptop, acme.repo, acme.sha256, system=unmanaged)
    return laptop


def active(where):
    return seal.load_active(where, time.time())


def read(path):
    with open(path, "rb") as file:
        return file.read()


def test_new_revision_is_activated(acme, enrolled):
    """A sync brings what was published since, and says whether that was anything."""
    acme.release(1)
    report = stages.run(enrolled)
    assert (True, True, 2, None) == (
        report["ok"], report["bundle"]["changed"], report["bundle"]["revision"], report["upload"],
    )  # fmt: skip
    assert (FRESH, 2, acme.policies[1]) == (active(enrolled).state, active(enrolled).revision, active(enrolled).policy)
    assert not stages.run(enrolled)["bundle"]["changed"]


def test_status_object_says_what_happened(acme, enrolled, serve):
    """Active revision, last request, success and activation, and the last error with its code."""
    first = status.read(enrolled)
    assert {"name": "tiny", "revision": 1, "digest": active(enrolled).digest} == first["active"]
    assert None is first["last_error"]
    shutil.move(acme.repo, acme.repo + ".away")
    report = stages.run(enrolled)
    assert (False, "bundle-transport") == (report["ok"], report["bundle"]["code"])
    found = status.read(enrolled)
    assert ("bundle-transport", 1) == (found["last_error"]["code"], found["failures"])
    assert first["active"] == found["active"]
    assert first["last_success"] == found["last_success"]
    shutil.move(acme.repo + ".away", acme.repo)
    assert stages.run(enrolled)["ok"]
    assert (None, 0) == (status.read(enrolled)["last_error"], status.read(enrolled)["failures"])


def test_failures_put_the_next_try_off(acme, enrolled):
    """After a success there is nothing to do until the bundle is due; after failures the next try is 1 s to 15 min away."""
    due = os.path.join(enrolled.sync, status.NEXT_TRY)
    stages.run(enrolled)
    assert status.stamp(os.stat(due).st_mtime) == status.read(enrolled)["next_bundle"]
    shutil.rmtree(acme.repo)
    for _ in range(12):
        before = time.time()
        stages.run(enrolled)
        assert before + 1 <= os.stat(due).st_mtime <= time.time() + status.LONGEST + 1


def test_background_sync_fetches_only_when_due(acme, enrolled):
    """A hook may start a sync every minute; the bundle is asked for every quarter of an hour."""
    acme.release(1)
    assert None is stages.run(enrolled, background=True)["bundle"]
    value = status.read(enrolled)
    for due in (status.stamp(time.time() - 1), "", None, 7):
        acme.release()
        files.replace(
            os.path.join(enrolled.sync, status.FILE), json.dumps({**value, "next_bundle": due}).encode(), 0o600
        )
        assert stages.run(enrolled, background=True)["bundle"]["changed"] or not due
    ahead = status.read(enrolled)["next_bundle"]
    assert status.stamp(time.time() + 0.79 * status.EVERY) <= ahead <= status.stamp(time.time() + 1.21 * status.EVERY)


def test_only_one_sync_at_a_time(enrolled):
    """In the background a second sync gives way at once."""
    with files.locked(os.path.join(enrolled.sync, stages.LOCK)):
        assert {"ok": True, "busy": True, "bundle": None, "upload": None} == stages.run(enrolled, background=True)


def test_broken_bundle_leaves_the_last_good_one(acme, enrolled):
    """What does not verify is not activated."""
    before = read(enrolled.seal), read(enrolled.floor)
    acme.release(1)
    name = f"{acme.repo}/timestamp.json"
    files.replace(name, read(name).replace(b'"version":2', b'"version":9'), 0o644)
    assert "bundle-signature" == stages.run(enrolled)["bundle"]["code"]
    assert before == (read(enrolled.seal), read(enrolled.floor))
    assert FRESH == active(enrolled).state


@pytest.mark.parametrize(
    ("change", "why"), [({"schema": 99}, "its schema is not 1"), ({"min_client": "7.0.0"}, "it needs agentguard 7.0.0")]
)
def test_policy_that_this_version_does_not_understand_is_not_activated(acme, enrolled, monkeypatch, change, why):
    """A laptop with an older program keeps the policy that it understands, and `status` says why."""
    newer = wire.pack({**stored.read(acme.policies[0]), **change})
    publishing = publisher.read(acme.folder)
    with pytest.raises(PolicyError, match="does not understand"):
        publish.release(publishing, newer)
    with monkeypatch.context() as patch:  # a publisher with a later version
        patch.setattr(exact, "checked", lambda _data: {"name": "tiny"})
        publish.release(publishing, newer, allow_weakening=True)
    before = read(enrolled.seal)
    report = stages.run(enrolled)["bundle"]
    assert (False, "bundle-publisher") == (report["ok"], report["code"])
    assert report["text"].startswith("tiny 2 needs another agentguard: ")
    assert why in report["text"]
    assert before == read(enrolled.seal)
    assert (FRESH, 1) == (active(enrolled).state, active(enrolled).revision)
    told = CliRunner().invoke(cli, ["status", "--home", enrolled.home])
    assert "in force      tiny 1 (enforce)" in told.output
    assert report["text"] in told.output
    acme.release(1)  # the next one that it understands is taken
    assert (True, 3) == (stages.run(enrolled)["ok"], active(enrolled).revision)


def older(acme, tmp_path):
    """Return a copy of the repository as it is now."""
    return shutil.copytree(acme.repo, tmp_path / "older")


@pytest.mark.parametrize("lost", ["nothing", "cache", "cache and floor", "cache and seal", "status"])
def test_older_bundle_never_follows_a_newer_one(acme, enrolled, tmp_path, lost):
    """A rollback is refused as long as cache, floor or seal remembers what was there."""
    old = older(acme, tmp_path)
    acme.release(1)
    stages.run(enrolled)
    if "cache" in lost:
        shutil.rmtree(os.path.join(enrolled.sync, bundle.CACHE))
    for name in ("floor", "seal"):
        if name in lost:
            os.unlink(getattr(enrolled, name))
    if lost == "status":
        os.unlink(os.path.join(enrolled.sync, status.FILE))
    report = stages.run(enrolled, source=str(old))["bundle"]
    assert (False, RollbackError.code) == (report["ok"], report["code"])


def test_deleted_state_is_made_again(acme, enrolled):
    """Seal, floor and cache come back with the next sync."""
    shutil.rmtree(enrolled.state)
    assert FALLBACK == active(enrolled).state
    assert stages.run(enrolled)["ok"]
    assert (FRESH, "") == (active(enrolled).state, active(enrolled).problem)


@pytest.mark.parametrize("what", ["seal", "floor"])
@pytest.mark.parametrize("data", [b"", b"rubbish", b"{}"])
def test_damaged_state_is_mended(enrolled, what, data):
    """What somebody has broken is refused by the hook and mended by the next sync."""
    files.replace(getattr(enrolled, what), data, 0o600)
    assert INVALID == active(enrolled).state
    assert stages.run(enrolled)["ok"]
    assert (FRESH, "") == (active(enrolled).state, active(enrolled).problem)


def test_changed_settings_reach_the_seal(enrolled):
    """What the hook needs of the settings travels with the next sync, without a new revision."""
    settings = {**config.read(enrolled.settings), "verify": "always"}
    files.replace(enrolled.settings, config.text(settings).encode(), 0o600)
    assert stages.run(enrolled)["bundle"]["changed"]
    assert ("always", 1) == (active(enrolled).local["verify"], active(enrolled).revision)


def test_installation_that_trusts_nobody_says_so(laptop):
    """Without an enrolment there is nothing to sync."""
    with pytest.raises(ConfigError) as caught:
        stages.run(laptop)
    assert "not-enrolled" == caught.value.code
    assert "agentguard enroll" in caught.value.hint


def test_bundle_can_come_from_a_stick(acme, enrolled, tmp_path):
    """`source` serves once; the settings stay."""
    shutil.move(acme.repo, tmp_path / "stick")
    assert stages.run(enrolled, source=str(tmp_path / "stick"))["ok"]
    assert acme.repo == config.read(enrolled.settings)["sync_url"]


def test_managed_state_can_be_read_by_every_hook(acme, tmp_path):
    """Root's sync writes a seal that everybody may read, and keeps its own folder to itself."""
    where = Places(MANAGED, str(tmp_path / "code"), str(tmp_path / "etc"), str(tmp_path / "var"))
    os.makedirs(where.config)
    shutil.copy(f"{acme.repo}/1.root.json", where.anchor)
    files.replace(where.settings, config.text({"sync_url": acme.repo}).encode(), 0o644)
    before = os.umask(0o077)
    try:
        assert stages.run(where)["ok"]
    finally:
        os.umask(before)
    modes = [stat.S_IMODE(os.stat(path).st_mode) for path in (where.state, where.seal, where.floor, where.sync)]
    assert [0o755, 0o644, 0o644, 0o700] == modes


def test_hooks_never_see_a_torn_state(acme, enrolled):
    """While revisions come and go, every reader finds a bundle that verifies."""
    reader = (
        "import json, sys, time\n"
        "from agentguard.bundle import seal\n"
        "from agentguard.places import Places\n"
        "where = Places(*json.loads(sys.argv[1]))\n"
        "seen = set()\n"
        "print('ready', flush=True)\n"
        "while not sys.stdin.closed:\n"
        "    active = seal.load_active(where, time.time())\n"
        "    seen.add((active.state, active.problem))\n"
        "    if active.revision >= 9: break\n"
        "print(json.dumps(sorted(seen)))\n"
    )
    arguments = json.dumps([enrolled.kind, enrolled.code, enrolled.config, enrolled.state, enrolled.home])
    with subprocess.Popen(
        [sys.executable, "-c", reader, arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
    ) as child:
        try:
            assert "ready\n" == child.stdout.readline()
            for number in range(8):
                acme.release(number % 2)
                assert stages.run(enrolled)["ok"]
            assert [["fresh", ""]] == json.loads(child.communicate(timeout=60)[0])
        finally:
            child.kill()  # it looks on for ever where a revision did not come


def test_facts_work_before_and_after_enrolling(acme, laptop, unmanaged):
    """The facts behind `status` never fail, whatever is or is not there."""
    found = facts.facts(laptop, time.time())
    assert ("fallback", FALLBACK, False) == (
        found["policy"]["name"], found["policy"]["state"], found["trust"]["enrolled"],
    )  # fmt: skip
    enroll(laptop, acme.repo, acme.sha256, system=unmanaged)
    found = facts.facts(laptop, time.time())
    assert ("tiny", 1, "enforce") == tuple(found["policy"][name] for name in ("name", "revision", "mode"))
    assert ("acme", acme.sha256, acme.repo) == tuple(
        found["trust"][name] for name in ("org", "anchor_sha256", "source")
    )
    files.replace(laptop.seal, b"rubbish", 0o600)
    files.replace(laptop.settings, b"rubbish", 0o600)
    files.replace(os.path.join(laptop.sync, status.FILE), b"[]", 0o600)
    found = facts.facts(laptop, time.time())
    assert ("fallback", INVALID) == (found["policy"]["name"], found["policy"]["state"])
    assert "is not TOML" in found["trust"]["problem"]
