"""The hook starts a sync when one is due, waits for nothing, and starts nothing before its time."""

import os
import time

from agentguard import places
from agentguard.hook import kick

NOTE = "import sys; open(sys.argv[1], 'a').write('x')"


def started(path, *, wait=10.0):
    """Return how many syncs have left their mark, waiting for the first one."""
    end = time.monotonic() + wait
    while not path.exists() and time.monotonic() < end:
        time.sleep(0.02)
    time.sleep(0.1)
    return len(path.read_text()) if path.exists() else 0


def installation(tmp_path):
    where = places.personal(str(tmp_path / "home"))
    os.makedirs(where.sync)
    mark = tmp_path / "mark"
    return where, {"sync": [os.path.realpath("/proc/self/exe"), "-I", "-S", "-c", NOTE, str(mark)]}, mark


def test_sync_is_started_once_and_not_again_within_the_minute(tmp_path):
    """Fifty calls in a row start one sync."""
    where, config, mark = installation(tmp_path)
    for _ in range(50):
        kick.maybe(where, config, {"background": True}, urgent=False)
    assert 1 == started(mark)


def test_nothing_is_started_before_next_try(tmp_path):
    """After a failure the sync says when to try again, and even a denial waits for that."""
    where, config, mark = installation(tmp_path)
    due = os.path.join(where.sync, "next_try")
    with open(due, "w"):
        os.utime(due, (time.time() + 600, time.time() + 600))
    kick.maybe(where, config, {"background": True}, urgent=True)
    assert 0 == started(mark, wait=0.3)


def test_denial_does_not_wait_for_the_minute(tmp_path):
    """A deny or an ask is sent at once, when nothing else holds it back."""
    where, config, mark = installation(tmp_path)
    due = os.path.join(where.sync, "next_try")
    with open(due, "w"):
        os.utime(due, (time.time() - 5, time.time() - 5))
    kick.maybe(where, config, {"background": True}, urgent=False)
    assert 0 == started(mark, wait=0.3)
    kick.maybe(where, config, {"background": True}, urgent=True)
    assert 1 == started(mark)


def test_nothing_is_started_unless_the_configuration_says_so(tmp_path):
    """No setting, no process."""
    where, config, mark = installation(tmp_path)
    kick.maybe(where, config, {}, urgent=True)
    kick.maybe(where, {}, {"background": True}, urgent=True)
    kick.maybe(where, {"sync": "not a list"}, {"background": True}, urgent=True)
    assert 0 == started(mark, wait=0.3)


def test_managed_hook_only_touches_a_file(tmp_path):
    """On a managed install a system service watches the file; the hook starts nothing."""
    where = places.Places(places.MANAGED, str(tmp_path / "code"), str(tmp_path / "config"), str(tmp_path / "state"))
    os.makedirs(where.spools)
    mark = tmp_path / "mark"
    for urgent, name in ((False, "kick"), (True, "now")):
        kick.maybe(where, {"sync": ["/bin/touch", str(mark)]}, {"background": True}, urgent=urgent)
        assert f"{name}.{os.getuid()}" in os.listdir(where.spools)
    assert 2 == len(os.listdir(where.spools))
    assert not mark.exists()


def test_managed_hook_asks_once_a_minute_and_at_once_after_a_denial(tmp_path):
    """A sync that was started waits for what follows; a file of the future was touched under another clock."""
    where = places.Places(places.MANAGED, str(tmp_path / "code"), str(tmp_path / "config"), str(tmp_path / "state"))
    os.makedirs(where.spools)
    now = time.time()
    for urgent, age, touched in ((False, 5, False), (False, 61, True), (False, -9999, True), (True, 5, True)):
        path = os.path.join(where.spools, f"{'now' if urgent else 'kick'}.{os.getuid()}")
        with open(path, "w"):
            os.utime(path, (now - age, now - age))
        kick.maybe(where, {}, {}, urgent=urgent)
        assert touched == (abs(os.stat(path).st_mtime - (now - age)) > 1)


def test_sync_that_waits_is_told_of_a_denial(tmp_path):
    """Before `next_try` no process is started; one that waits sees the file."""
    where, config, mark = installation(tmp_path)
    os.makedirs(where.spools)
    due = os.path.join(where.sync, "next_try")
    with open(due, "w"):
        os.utime(due, (time.time() + 60, time.time() + 60))
    kick.maybe(where, config, {"background": True}, urgent=False)
    assert [] == os.listdir(where.spools)
    kick.maybe(where, config, {"background": True}, urgent=True)
    assert [f"now.{os.getuid()}"] == os.listdir(where.spools)
    assert not mark.exists()


def test_next_try_of_another_clock_holds_nothing_up(tmp_path):
    """A time that no sync of ours would have set, because the clock was years ahead, does not count."""
    where, config, mark = installation(tmp_path)
    due = os.path.join(where.sync, "next_try")
    with open(due, "w"):
        os.utime(due, (4e9, 4e9))
    kick.maybe(where, config, {"background": True}, urgent=False)
    assert 1 == started(mark)


def test_link_in_place_of_the_file_is_not_followed(tmp_path):
    """Whoever plants a link there gets nothing touched."""
    where, config, mark = installation(tmp_path)
    target = tmp_path / "target"
    target.write_text("")
    os.utime(target, (1, 1))
    os.symlink(target, os.path.join(where.sync, "next_try"))
    kick.maybe(where, config, {"background": True}, urgent=True)
    assert 1 == target.stat().st_mtime
    assert 0 == started(mark, wait=0.3)
