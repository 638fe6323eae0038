"""Root's sync works in a person's spool with that person's rights only. Needs root."""

import json
import os
import shutil
import tempfile
import time

import pytest

from agentguard import places
from agentguard.audit import person, spool, unsent
from agentguard.errors import SpoolError

pytestmark = pytest.mark.namespace
UID = 4242


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


def as_user(job, uid=UID):
    return person.work(uid, job, 1 << 20)


def test_work_is_done_without_roots_rights():
    """The child has the person's uid and gid, no other group, and cannot get back."""

    def job():
        try:
            os.setuid(0)
            back = True
        except PermissionError:
            back = False
        yield json.dumps([os.getresuid(), os.getresgid(), os.getgroups(), back]).encode()

    assert [[UID] * 3, [UID] * 3, [], False] == json.loads(as_user(job)[0])


def test_records_of_a_person_come_over_the_pipe(managed):
    """A hook writes as the person, root's sync reads as the person."""
    folder = managed.spool(UID)

    def write():
        spool.append(folder, {"kind": "event"}, {"command": "x" * 5000})
        yield from ()

    as_user(write)
    assert [(UID, folder)] == person.spools(managed)
    lines = as_user(lambda: unsent.batch_bytes(folder, {}))
    assert 2 == len(lines)
    with pytest.raises(SpoolError, match="belongs to user"):
        list(spool.read(folder))


def test_link_to_a_file_of_root_gives_nothing(managed):
    """A person who puts a link into the spool does not get root to read it."""
    folder = managed.spool(UID)
    secret = os.path.join(managed.state, "secret")
    with open(secret, "w") as file:
        file.write('{"b":\n')
    os.chmod(secret, 0o600)

    def prepare():
        os.mkdir(folder, 0o700)
        os.symlink(secret, os.path.join(folder, spool.CURRENT))
        yield from ()

    as_user(prepare)
    with pytest.raises(SpoolError):
        as_user(lambda: unsent.batch_bytes(folder, {}))


def test_only_numbers_are_spools(managed):
    """Other names in the folder of spools are nobody's."""
    for name in ("1000", "01000", "kick.1000", "x", "99999999999"):
        os.mkdir(os.path.join(managed.spools, name))
    assert [(1000, managed.spool(1000))] == person.spools(managed)


def test_child_that_gives_too_much_or_too_long_is_ended(monkeypatch):
    """Root bounds what it takes and how long it waits, and leaves no child behind."""

    def much():
        for _ in range(100):
            yield b"x" * 100_000

    def forever():
        time.sleep(60)
        yield b""

    started, fork = [], os.fork
    monkeypatch.setattr(os, "fork", lambda: started.append(fork()) or started[-1])
    with pytest.raises(SpoolError, match="more than"):
        as_user(much)
    monkeypatch.setattr(person, "_SECONDS", 0.2)
    with pytest.raises(SpoolError, match="longer than"):
        as_user(forever)
    assert len(started) == 2
    for child in started:
        with pytest.raises(ChildProcessError):
            os.waitpid(child, os.WNOHANG)


def test_child_that_fails_is_an_error():
    """An exception in the child ends in an error here, with nothing on the way."""

    def fails():
        yield b"x"
        raise ValueError

    with pytest.raises(SpoolError, match="user 4242"):
        as_user(fails)
