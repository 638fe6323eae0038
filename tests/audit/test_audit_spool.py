"""The spool: format, chain, segments, and what its folder must be."""

import hashlib
import json
import os
import stat

import pytest

from agentguard.audit import lines, mend, reader, spool, verify
from agentguard.errors import SpoolError


def test_first_append_starts_a_chain(folder):
    """The first record follows a genesis record that says whose chain it is and why it starts."""
    seq, h = spool.append(folder, {"kind": "event", "device": "d1", "user": "alice"}, {"cwd": "/x"})
    genesis, record = spool.read(folder)
    assert (1, h) == (seq, record.h)
    assert ("genesis", "new", "d1", "alice", {}) == tuple(
        genesis.body[name] for name in ("kind", "reason", "device", "user", "previous")
    )
    assert genesis.starts_chain
    assert {"cwd": "/x"} == record.texts


def test_line_hashes_are_what_the_format_says(fill, current):
    """Hash and commitment can be worked out with nothing but the line and a SHA-256."""
    fill(2)
    previous = "0" * 64
    for raw in current():
        text = raw.decode("ascii")
        body = text[5 : text.index(',"t":')]
        texts = text[text.index(',"t":') + 5 : text.index(',"s":"')]
        line = json.loads(text)
        assert ["b", "t", "s", "h"] == list(line)
        digest = hashlib.sha256(b"agentguard record 1\n" + previous.encode() + body.encode()).hexdigest()
        assert digest == line["h"]
        assert hashlib.sha256(line["s"].encode() + texts.encode()).hexdigest() == line["b"]["texts"]
        previous = line["h"]


def test_numbers_go_up_by_one(folder, fill):
    """Every record has the next number of the same chain."""
    fill(5)
    found = list(spool.read(folder))
    assert [0, 1, 2, 3, 4, 5] == [line.seq for line in found]
    assert 1 == len({line.chain for line in found})
    assert verify.verify(folder).holds


def test_full_file_becomes_a_segment_named_by_its_records(folder, fill):
    """No file grows beyond a segment; the next file goes on with the chain and repeats the hash before it."""
    fill(400, command="x" * 4000)
    names = sorted(name for name in os.listdir(folder) if name.startswith("seg-"))
    found = list(spool.read(folder))
    assert len(names) >= 1
    assert list(range(401)) == [line.seq for line in found]
    assert all(os.path.getsize(os.path.join(folder, name)) <= spool.SEGMENT_BYTES for name in names)
    for name in names:
        own = [line.seq for line in found if line.file == name]
        assert mend.segment_name(own[0], own[-1]) == name
    firsts = [line for line in found if line.number == 1]
    assert [spool.NO_HEAD, *(found[line.seq - 1].h for line in firsts[1:])] == [line.body["prev"] for line in firsts]
    assert verify.verify(folder).holds


def test_chain_goes_on_when_a_hook_was_killed_between_rename_and_write(folder, fill):
    """A spool whose newest file is a closed segment continues its chain."""
    fill(3)
    os.rename(os.path.join(folder, spool.CURRENT), os.path.join(folder, mend.segment_name(0, 3)))
    fill(1)
    assert [0, 1, 2, 3, 4] == [line.seq for line in spool.read(folder)]
    assert verify.verify(folder).holds


def test_sync_returns_the_same_as_without(folder):
    """Asking for the record to be on the disk changes nothing else."""
    assert 1 == spool.append(folder, {"kind": "event"}, {}, sync=True)[0]
    assert 2 == spool.append(folder, {"kind": "event"}, {})[0]


def test_record_that_is_too_long_is_cut_and_says_so(folder, current):
    """A line has at most 64 KiB; texts are cut first, and the record does not claim to be complete."""
    body = {"kind": "decision", "rows_complete": True, "rows": [{"action": "read"}] * 256}
    spool.append(folder, body, {"command": "x" * 200_000, "rows": [{"path": "/é" * 2000}] * 256})
    line = list(spool.read(folder))[-1]
    assert all(len(raw) < spool.LINE_LIMIT for raw in current())
    assert (True, False) == (line.body["cut"], line.body["rows_complete"])
    assert line.texts["command"].endswith("…")
    assert len(line.body["rows"]) == len(line.texts["rows"])
    assert verify.verify(folder).holds


def test_record_that_is_too_long_even_without_its_texts_is_refused(folder):
    """Facts are not cut away until nothing is left of a record."""
    with pytest.raises(SpoolError, match="too long"):
        spool.append(folder, {f"field{number}": "é" * 64 for number in range(1000)}, {})


def test_value_that_is_no_json_is_refused_and_counted(folder, fill):
    """What cannot be written as JSON is an error of ours, and the next record counts it."""
    fill(1)
    with pytest.raises(SpoolError):
        spool.append(folder, {"kind": {1, 2}}, {})
    fill(1)
    assert 1 == list(spool.read(folder))[-1].body["lost"]


def test_folder_and_files_are_private(folder, fill):
    """Nobody else can read a spool, and a lax mode is tightened."""
    fill(1)
    os.chmod(folder, 0o777)
    fill(1)
    assert 0o700 == stat.S_IMODE(os.stat(folder).st_mode)
    modes = {stat.S_IMODE(os.stat(os.path.join(folder, name)).st_mode) for name in os.listdir(folder)}
    assert {0o600} == modes


def test_folder_that_is_a_link_is_refused(tmp_path, folder):
    """Nobody makes the hook write into another folder."""
    os.makedirs(os.path.dirname(folder))
    (tmp_path / "elsewhere").mkdir()
    os.symlink(tmp_path / "elsewhere", folder)
    with pytest.raises(SpoolError):
        spool.append(folder, {"kind": "event"}, {})
    assert [] == os.listdir(tmp_path / "elsewhere")
    assert b"" == spool.device_key(folder)


@pytest.mark.namespace
def test_folder_of_somebody_else_is_refused(folder):
    """A folder that another user put there is not written to."""
    os.makedirs(folder)
    os.chown(folder, 4242, 4242)
    with pytest.raises(SpoolError, match="belongs to user 4242"):
        spool.append(folder, {"kind": "event"}, {})
    with pytest.raises(SpoolError):
        list(spool.read(folder))
    assert [] == os.listdir(folder)


@pytest.mark.parametrize("name", [spool.CURRENT, spool.LOCK])
@pytest.mark.parametrize("kind", ["fifo", "link", "hard link", "folder"])
def test_file_that_is_no_file_of_its_own_is_refused(tmp_path, folder, name, kind):
    """Links, FIFOs and folders in place of the spool's files end in a clear error, at once."""
    os.makedirs(folder)
    path = os.path.join(folder, name)
    other = tmp_path / "other"
    other.write_bytes(b"")
    make = {
        "fifo": lambda: os.mkfifo(path),
        "link": lambda: os.symlink(other, path),
        "hard link": lambda: os.link(other, path),
        "folder": lambda: os.mkdir(path),
    }
    make[kind]()
    with pytest.raises(SpoolError):
        spool.append(folder, {"kind": "event"}, {})
    assert b"" == other.read_bytes()


def test_unwritable_parent_is_an_error_of_ours(tmp_path):
    """A path that cannot be made is said with its name."""
    (tmp_path / "file").write_text("")
    with pytest.raises(SpoolError, match="file/spool"):
        spool.append(str(tmp_path / "file" / "spool" / "0"), {"kind": "event"}, {})


def test_key_is_made_once(folder):
    """The key for redaction has 32 bytes and stays."""
    key = spool.device_key(folder)
    assert 32 == len(key)
    assert key == spool.device_key(folder)


def test_key_is_one_for_hooks_that_start_together(folder, started):
    """Of several hooks that make the key at once, one wins and all use it."""
    code = "from agentguard.audit import spool; print(spool.device_key(sys.argv[1]).hex())"
    found = {process.communicate()[0] for process in [started(code, folder) for _ in range(6)]}
    assert 1 == len(found)
    assert 65 == len(found.pop())
    assert {"key"} == {name for name in os.listdir(folder) if name.startswith("key")}


def test_key_that_is_no_key_gives_none(folder):
    """A FIFO or a short file in place of the key means redaction without correlation, not a hook that hangs."""
    os.makedirs(folder)
    os.mkfifo(os.path.join(folder, spool.KEY))
    assert b"" == spool.device_key(folder)


def test_reader_sees_files_in_order_and_ignores_other_names(folder, fill):
    """What else stands in the folder is no record."""
    fill(2)
    os.mkdir(os.path.join(folder, "sessions"))
    with open(os.path.join(folder, "seg-x.ndjson"), "w") as file:
        file.write("no record\n")
    assert [0, 1, 2] == [line.seq for line in spool.read(folder)]


def test_newest_returns_the_last_records_in_order(folder, fill):
    """Reading the end of a spool crosses files."""
    fill(400, command="x" * 4000)
    assert [399, 400] == [line.seq for line in reader.newest(folder, 2)]
    assert list(range(401)) == [line.seq for line in reader.newest(folder, 1000)]
    assert [] == reader.newest(folder, 0)


def test_spool_that_is_not_there_has_no_records(folder):
    """No spool is no error."""
    assert [] == list(spool.read(folder))
    assert verify.verify(folder).holds


def test_new_chain_starts_only_if_the_old_one_still_goes_on(folder, fill):
    """Leaving a chain closes its file, goes on counting, and happens once."""
    fill(2)
    old = list(spool.read(folder))[-1]
    for _ in range(2):
        mend.new_chain(folder, mend.FORK, leaving=old.chain, device="d1", user="alice")
    fill(1)
    found = list(spool.read(folder))
    assert [0, 1, 2, 3, 4] == [line.seq for line in found]
    assert ("genesis", "fork") == (found[3].body["kind"], found[3].body["reason"])
    assert {"chain": old.chain, "seq": 2, "h": old.h} == found[3].body["previous"]
    assert found[3].chain == found[4].chain != old.chain
    assert verify.verify(folder).holds


def test_line_that_is_not_exactly_a_record_has_a_problem(fill, current):
    """Any other bytes give a problem and no exception."""
    fill(1)
    good = current()[-1]
    bad = [
        b"",
        b"{}",
        b"\xff" + good,
        good[:-1],
        good + b" ",
        good.replace(b'"kind":"event"', b'"kind":NaN'),
        good.replace(b'"kind":"event"', b'"kind":1e999'),
        good.replace(b'"kind":"event"', b'"kind":1,"kind":2'),
        good.replace(b'"seq":1', b'"seq":-1'),
        good.replace(b'"seq":1', b'"seq":true'),
        good.replace(b'"seq":1', b'"seq":' + b"9" * 5000),
        b'{"b":' + b"[" * 30000 + good,
        good[:5] + b" " + good[5:],
        b"x" * spool.LINE_LIMIT,
    ]
    assert "" == lines.parse(good).problem
    assert [] == [raw[:40] for raw in bad if not lines.parse(raw).problem]
