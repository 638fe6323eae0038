"""What happens to a spool when processes die, disks fill up and files are damaged. Real processes, real files."""

import fcntl
import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from agentguard.audit import mend, spool, unsent, verify
from agentguard.errors import SpoolError

ROOT = Path(__file__).parent.parent.parent

# Appends records until it has done `count`, and says each one that was acknowledged.
WRITER = """
from agentguard.audit import spool
folder, name, count, size = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
for number in range(count):
    seq, h = spool.append(folder, {"kind": "event", "id": name + "-" + str(number)}, {"command": "x" * size})
    print(seq, h, name + "-" + str(number), flush=True)
"""


def acknowledged(output):
    """Return {number: (hash, id)} of what a writer said, leaving out a line that it could not finish."""
    rows = [row.split() for row in output.split("\n")[:-1]]
    return {int(row[0]): (row[1], row[2]) for row in rows}


def there(folder):
    return {line.seq: (line.h, line.body.get("id")) for line in spool.read(folder) if not line.problem}


def test_eight_processes_append_at_once(folder, started):
    """All records of all processes are there, each number once, and the chain holds."""
    writers = [started(WRITER, folder, f"w{number}", "60", "300") for number in range(8)]
    said = {}
    for writer in writers:
        output, errors = writer.communicate(timeout=50)
        assert "" == errors
        said |= acknowledged(output)
    found = there(folder)
    assert 480 == len(said)
    assert said == {seq: found[seq] for seq in said}
    assert list(range(481)) == sorted(found)
    assert verify.verify(folder).holds


@pytest.mark.parametrize("size", [200, 60_000])
def test_killed_writers_lose_nothing_that_was_acknowledged(folder, started, size):
    """SIGKILL at random moments: every acknowledged record is there, no torn line is served, the chain holds."""
    chance = random.Random(size)
    said = {}
    for round_number in range(6):
        writers = [started(WRITER, folder, f"r{round_number}w{number}", "100000", str(size)) for number in range(3)]
        first = [writer.stdout.readline() for writer in writers]  # all of them are writing now
        for writer in writers:
            time.sleep(0.01 * chance.random())
            writer.kill()
        for line, writer in zip(first, writers, strict=True):
            with writer:  # what `readline` has in its buffer `communicate` would not see
                said |= acknowledged(line + writer.stdout.read())
    spool.append(folder, {"kind": "event", "id": "last"}, {})
    found = there(folder)
    assert said == {seq: found[seq] for seq in said}
    assert list(range(max(found) + 1)) == sorted(found)
    report = verify.verify(folder)
    assert [] == [str(finding) for finding in report.findings if finding.broken]
    assert len(said) >= 18


def test_line_torn_at_any_byte_is_set_aside_and_said(folder, fill):
    """Whatever part of a line was written: the next record follows what was whole, and counts what was torn."""
    fill(2)
    path = os.path.join(folder, spool.CURRENT)
    whole = Path(path).read_bytes()
    start = whole.rindex(b"\n", 0, -1) + 1
    for end in range(start + 1, len(whole), 7):
        Path(path).write_bytes(whole[:end])
        for name in [name for name in os.listdir(folder) if name.startswith("torn-")]:
            os.unlink(os.path.join(folder, name))
        Path(folder, spool.LOCK).write_bytes(b"")
        fill(1)
        *_, last = spool.read(folder)
        assert (2, 1) == (last.seq, last.body["torn"])
        torn = [name for name in os.listdir(folder) if name.startswith("torn-")]
        assert [whole[start:end]] == [Path(folder, name).read_bytes() for name in torn]
        report = verify.verify(folder)
        assert report.holds
        assert torn == report.aside


def test_first_line_torn_starts_the_chain_anew(folder, fill):
    """A spool whose only line is torn has a new first record."""
    fill(0)
    os.makedirs(folder)
    Path(folder, spool.CURRENT).write_bytes(b'{"b":{"chain":"')
    fill(1)
    genesis, record = spool.read(folder)
    assert (0, "new", 1, 1) == (genesis.seq, genesis.body["reason"], record.seq, record.body["torn"])


def test_zeros_after_a_power_cut_are_set_aside(folder, fill):
    """Blocks that the file system lost are no record."""
    fill(2)
    with open(os.path.join(folder, spool.CURRENT), "ab") as file:
        file.write(b"\0" * 4096)
    fill(1)
    assert [0, 1, 2, 3] == [line.seq for line in spool.read(folder)]
    assert verify.verify(folder).holds


def test_damaged_file_is_set_aside_and_a_new_chain_says_so(folder, fill):
    """A last line that is no record ends the chain; numbers go on, and nothing is thrown away."""
    fill(3)
    path = os.path.join(folder, spool.CURRENT)
    data = Path(path).read_bytes()
    Path(path).write_bytes(data + b"something else\n")
    fill(1)
    genesis, record = spool.read(folder)
    assert ("damaged", 4, 3) == (genesis.body["reason"], genesis.seq, genesis.body["previous"]["seq"])
    assert 5 == record.seq
    report = verify.verify(folder)
    assert [data + b"something else\n"] == [Path(folder, name).read_bytes() for name in report.aside]


def test_damaged_segment_starts_a_new_chain(folder, fill):
    """Without a readable end of the newest segment there is nothing to go on from."""
    fill(1)
    Path(folder, spool.CURRENT).unlink()
    Path(folder, mend.segment_name(0, 41)).write_bytes(b"nothing\n")
    fill(1)
    *_, genesis, record = spool.read(folder)
    assert ("damaged", 42, 43) == (genesis.body["reason"], genesis.seq, record.seq)


def test_lock_that_is_never_given_back_ends_in_an_error_that_is_counted(folder, fill):
    """Waiting is bounded; the record that was not written is said by the next one."""
    fill(1)
    with open(os.path.join(folder, spool.LOCK), "rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(SpoolError, match="lock was held too long"):
            fill(1)
    fill(1)
    assert 1 == list(spool.read(folder))[-1].body["lost"]
    assert ["could not be written"] == [finding.text.partition(": 1 ")[2] for finding in verify.verify(folder).findings]


def test_file_size_limit_loses_no_record_in_silence(folder, fill, bare):
    """A process that may not write so much fails with our error; the file has whole lines only."""
    fill(1)
    code = """
    import resource
    from agentguard.audit import spool
    from agentguard.errors import SpoolError
    resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000))
    done = 0
    try:
        while True:
            spool.append(sys.argv[1], {"kind": "event"}, {"command": "x" * 100})
            done += 1
    except SpoolError as error:
        print(done, error)
    """
    done, _, error = bare(code, folder).stdout.partition(" ")
    assert "no record could be written" in error
    fill(1)
    found = list(spool.read(folder))
    assert ["", ""] == [found[0].problem, found[-1].problem]
    assert 3 + int(done) == len(found)
    assert 1 == found[-1].body["lost"]
    assert verify.verify(folder).holds


FULL = """
import json, os, subprocess
from agentguard.audit import spool, verify
from agentguard.errors import SpoolError
disk = sys.argv[1]
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk], check=True)
folder = os.path.join(disk, "spool")
said, errors = {}, []
while len(errors) < 3:
    try:
        seq, h = spool.append(folder, {"kind": "event"}, {"command": "x" * 3000})
        said[seq] = h
    except SpoolError as error:
        errors.append(str(error))
names = os.listdir(folder)
kept = {line.seq: line.h for line in spool.read(folder)}
subprocess.run(["mount", "-o", "remount,size=2m", disk], check=True)
seq, h = spool.append(folder, {"kind": "event"}, {})
*_, last = spool.read(folder)
report = verify.verify(folder)
print(json.dumps({
    "said": len(said), "kept": all(kept.get(seq) == h for seq, h in said.items()), "errors": errors,
    "ballast": "ballast" in names, "lost": last.body.get("lost"), "full": last.body.get("full"),
    "problems": [line.problem for line in spool.read(folder) if line.problem], "holds": report.holds, "seq": seq,
}))
"""


@pytest.mark.namespace
def test_full_disk_gives_the_ballast_back_and_counts_what_was_lost(tmp_path):
    """On a real full disk: every acknowledged record is kept, the ballast buys time, then errors, then the truth."""
    head = f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
    argv = ["unshare", "-m", sys.executable, "-I", "-S", "-c", head + FULL, str(tmp_path)]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=60, check=True)
    found = json.loads(done.stdout)
    assert (True, True, [], False) == (found["kept"], found["holds"], found["problems"], found["ballast"])
    assert (3, 1) == (found["lost"], found["full"])
    assert all("No space left" in error or "could be written" in error for error in found["errors"])
    assert found["said"] + 1 == found["seq"]
    assert [] == os.listdir(tmp_path)


@pytest.mark.parametrize("torn", [b"", b'{"b":{"chain":"'])
def test_chain_goes_on_where_a_hook_died_before_the_first_line_of_a_file(folder, fill, torn):
    """All is acknowledged and may go, but for the segment that the next record follows from."""
    fill(3)
    folder_fd = spool.open_folder(folder)
    fd, size = spool.open_file(folder_fd, spool.CURRENT, os.O_RDONLY)
    head = spool.tail(fd, size)
    mend.close_segment(folder_fd, fd, head)
    os.close(fd)
    os.close(folder_fd)
    with open(os.path.join(folder, spool.CURRENT), "wb") as file:
        file.write(torn)
    assert [] == list(unsent.free(folder, {head[0]: head[1]}))
    assert 4 == spool.append(folder, {"kind": "event"}, {})[0]
    assert [head[0]] == [chain.chain for chain in verify.verify(folder).chains]
    assert 1 == len(list(unsent.free(folder, {head[0]: head[1]})))
