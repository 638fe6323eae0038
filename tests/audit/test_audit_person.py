"""Root's sync works in people's spools with their rights only, and nobody waits for anybody else. Needs root.

Each attack is made by a real process of another user. What root has read shows in what its children hand over, and what
it has touched in a canary: a file of root's that only root can read, with its times, its links and its content.
"""

import contextlib
import fcntl
import json
import os
import shutil
import signal
import stat
import tempfile
import time
from functools import partial

import pytest

from agentguard import child, places
from agentguard.audit import person, spool, unsent
from agentguard.audit.person import Spool
from agentguard.errors import SpoolError

pytestmark = pytest.mark.namespace
EVE, ALICE = 4242, 4343  # neither is in the password database: root asks nobody who they are


@pytest.fixture
def managed():
    """A managed install in a folder that everybody can pass through."""
    folder = tempfile.mkdtemp()
    os.chmod(folder, 0o711)
    found = places.Places(places.MANAGED, f"{folder}/code", f"{folder}/etc", f"{folder}/state")
    os.makedirs(found.spools)
    os.chmod(found.spools, 0o1733)
    yield found
    shutil.rmtree(folder)


@pytest.fixture
def canary(managed):
    """A function that returns everything that touching a file of root's would change."""
    path = os.path.join(managed.state, "secret")
    with open(path, "w") as file:
        file.write('{"b":\n' * 100)
    os.chmod(path, 0o600)
    os.utime(path, ns=(1, 1))  # a read would set the first (relatime: it is older than the second is now)

    def facts():
        found = os.stat(path)
        return found.st_atime_ns, found.st_mtime_ns, found.st_nlink, found.st_mode, found.st_size, found.st_uid

    facts.path = path
    return facts


def does(uid, action, *arguments):
    """Have a user do something, in a process of its own."""

    def job():
        action(*arguments)
        yield from ()

    assert [] == child.run(job, 0, ids=(uid, uid))


def records(managed, uid, count=3):
    """Have a user's hook record something; return the spool."""
    folder = managed.spool(uid)
    for number in range(count):
        does(uid, spool.append, folder, {"kind": "event", "id": f"{uid}-{number}"}, {"command": "x"})
    return Spool(uid, uid, folder)


def batch(of):
    return person.work(of, partial(unsent.batch_bytes, of.folder, {}))


def test_work_is_done_without_roots_rights():
    """The child has the person's uid and gid, no other group and no descriptor of ours, and cannot get back."""

    def job():
        try:
            os.setuid(0)
            back = True
        except PermissionError:
            back = False
        try:
            os.fstat(ours)
            kept = True
        except OSError:
            kept = False
        with open("/proc/self/status") as status:
            capabilities = next(line.split()[1] for line in status if line.startswith("CapEff"))
        yield json.dumps([os.getresuid(), os.getresgid(), os.getgroups(), back, kept, int(capabilities, 16)]).encode()

    ours = os.open("/", os.O_RDONLY)
    [answer] = child.run(job, 1000, ids=(EVE, ALICE))
    os.close(ours)
    assert [[EVE] * 3, [ALICE] * 3, [], False, False, 0] == json.loads(answer)


def test_nobody_can_look_into_a_child_of_roots():
    """Whose rights it has can stop and end it, and read nothing of what root knew."""

    def job():
        yield b"%d" % os.getpid()
        time.sleep(60)

    def look():
        open(f"/proc/{running._pid}/mem", "rb").close()
        yield b"seen"

    running = child.Child(job, 1000, ids=(EVE, EVE))
    with pytest.raises(child.ChildError, match="permission denied"):
        child.run(look, 1000, ids=(EVE, EVE))
    running.end()


def test_records_of_a_person_come_over_the_pipe(managed):
    """A hook writes as the person, root's sync reads as the person, and no directory of accounts is asked."""
    of = records(managed, EVE, 2)
    assert [of] == person.spools(managed)
    assert 3 == len(batch(of))
    with pytest.raises(SpoolError, match="belongs to user"):
        list(spool.read(of.folder))


def _nothing(folder, target):
    del folder, target


def _segment(folder, target):
    os.symlink(target, os.path.join(folder, "seg-0000000000-0000000009.ndjson"))


def _current(folder, target):
    os.unlink(os.path.join(folder, spool.CURRENT))
    os.symlink(target, os.path.join(folder, spool.CURRENT))


def _lock(folder, target):
    os.unlink(os.path.join(folder, spool.LOCK))
    os.symlink(target, os.path.join(folder, spool.LOCK))


def _fifo(folder, target):
    del target
    os.mkfifo(os.path.join(folder, "seg-0000000000-0000000009.ndjson"))
    os.unlink(os.path.join(folder, spool.LOCK))
    os.mkfifo(os.path.join(folder, spool.LOCK))


def _sparse(folder, target):
    del target
    with open(os.path.join(folder, "seg-0000000000-0000000009.ndjson"), "wb") as file:
        file.truncate(10 * 1024**3)


def _endless(folder, target):
    del target
    with open(os.path.join(folder, "seg-0000000000-0000000009.ndjson"), "wb") as file:
        file.write(b'{"b":{"chain":"' + b"a" * 3_000_000)


def _newlines(folder, target):
    del target
    with open(os.path.join(folder, "seg-0000000000-0000000009.ndjson"), "wb") as file:
        file.write(b"\n" * 3_000_000)


def _hard_link(folder, target):
    del target
    current = os.path.join(folder, spool.CURRENT)
    os.link(current, os.path.join(folder, "seg-0000000000-0000000009.ndjson"))


def _receipts(folder, target):
    for name in (f"receipts.{EVE}.ndjson", f"refused.{EVE}.ndjson", "upload.json", "collector.token"):
        os.symlink(target, os.path.join(folder, name))


@pytest.mark.parametrize(
    "attack", [_nothing, _segment, _current, _lock, _fifo, _sparse, _endless, _newlines, _hard_link, _receipts]
)
def test_what_a_person_puts_into_the_spool_reaches_nothing(managed, canary, attack):
    """Whatever lies there: what comes over the pipe are that person's own records, or nothing."""
    of = records(managed, EVE)
    own = batch(of)
    before = canary()
    does(EVE, attack, of.folder, canary.path)
    try:
        found = batch(of)
    except SpoolError:
        found = []
    with contextlib.suppress(SpoolError):
        person.work(of, partial(unsent.free, of.folder, {}))
    assert found == own[: len(found)]
    assert before == canary()


def test_spool_that_is_a_link_is_nobodys(managed):
    """A folder elsewhere, even one of the person's own, is not opened because a link names it."""
    of = records(managed, EVE)
    elsewhere = tempfile.mkdtemp()
    os.chown(elsewhere, EVE, EVE)
    moved = os.path.join(elsewhere, "spool")
    does(EVE, shutil.copytree, of.folder, moved)
    does(EVE, shutil.rmtree, of.folder)
    does(EVE, os.symlink, moved, of.folder)
    os.utime(moved, ns=(1, 1))
    assert [] == person.spools(managed)
    with pytest.raises(SpoolError):
        batch(of)
    assert 1 == os.stat(moved).st_atime_ns
    shutil.rmtree(elsewhere)


@pytest.mark.parametrize("make", [os.mkdir, os.mkfifo, lambda path: os.symlink("/root", path)])
def test_squatted_name_is_given_back(managed, make):
    """Who takes somebody else's name gets no work done there, and the person can record again after the next sync."""
    does(EVE, make, managed.spool(ALICE))
    assert [] == person.spools(managed)
    assert 1 == person.evict(managed)
    assert 0 == person.evict(managed)
    assert [records(managed, ALICE)] == person.spools(managed)


def test_only_numbers_are_spools(managed):
    """Other names in the folder of spools are nobody's, and neither is a number whose user it does not belong to."""
    for name in ("1000", "01000", "kick.1000", "x", "99999999999", "0"):
        os.mkdir(os.path.join(managed.spools, name))
    os.chown(managed.spool(1000), 1000, 0)
    assert [0, 1000] == [one.uid for one in person.spools(managed)]
    assert person.spools(managed)[1].gid != 0


def test_what_is_no_folder_holds_no_spools(managed):
    """The doctor says so; neither it nor the sync falls over it."""
    os.rmdir(managed.spools)
    os.mknod(managed.spools)
    assert [] == person.spools(managed)


def stops_itself():
    """A job whose process is stopped, as its owner can do it."""
    os.kill(os.getpid(), signal.SIGSTOP)
    yield b""


def gives_too_much():
    for _ in range(100):
        yield b"x" * 100_000


@pytest.mark.parametrize(
    ("job", "said"),
    [(stops_itself, "took longer than"), (gives_too_much, "gave more than"), (lambda: 1 / 0, "division")],
)
def test_nobody_waits_for_somebody_elses_spool(managed, monkeypatch, job, said):
    """One person's child hangs or floods: everybody else's work is done first, and no child is left behind."""
    monkeypatch.setattr(child.Child.__init__, "__kwdefaults__", {"ids": None, "seconds": 0.5})
    alice = records(managed, ALICE)
    happened = []

    def talk(name, jobs):
        try:
            for one in jobs:  # noqa: UP028 - what is sent back is of no interest
                yield one
        except SpoolError as error:
            happened.append(str(error))
            raise
        happened.append(name)

    good = [partial(unsent.batch_bytes, alice.folder, {})] * 5
    eve = Spool(EVE, EVE, managed.spool(EVE))
    started, fork = [], os.fork
    monkeypatch.setattr(os, "fork", lambda: started.append(fork()) or started[-1])
    [problem] = person.together([(eve, talk("eve", [job])), (alice, talk("alice", good))])
    assert said in problem.message
    assert {"alice", problem.message} == set(happened)
    assert len(started) == 6
    assert "alice" == happened[0] or job is not stops_itself
    for pid in started:
        with pytest.raises(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)


def test_lock_that_is_held_holds_up_its_owner_only(managed):
    """Whoever holds the lock of a spool keeps their own records back, and only for so many tries."""
    eve, alice = records(managed, EVE), records(managed, ALICE)
    with open(os.path.join(eve.folder, spool.LOCK)) as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(SpoolError, match="held too long"):
            batch(eve)
        assert 4 == len(batch(alice))
    assert 4 == len(batch(eve))


@pytest.mark.parametrize("cut", [0, 3, 4, 6, 9])
def test_what_ends_in_the_middle_is_nothing(cut):
    """A child that somebody ends has handed nothing over, however much had come."""

    def job():
        data = (5).to_bytes(4, "big") + b"12345"
        [pipe] = [int(name) for name in os.listdir("/proc/self/fd") if int(name) > 2 and _is_pipe(int(name))]
        os.write(pipe, data[:cut])
        os.kill(os.getpid(), signal.SIGKILL)
        yield b""

    with pytest.raises(child.ChildError, match="ended before"):
        child.run(job, 1000)


def _is_pipe(descriptor):
    try:
        return stat.S_ISFIFO(os.fstat(descriptor).st_mode)
    except OSError:
        return False


def test_words_of_a_child_can_be_shown():
    """What a child says of its failure is text, and not too much of it."""

    def fails():
        raise ValueError("\x1b[31m" + "é" * 1000)
        yield b""

    with pytest.raises(child.ChildError) as caught:
        child.run(fails, 0)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) <= 500
