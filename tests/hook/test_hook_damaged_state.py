"""Whatever is done to the files of an installation, the hook never lets a call through by accident."""

import json
import os
import shutil
import stat
import subprocess

import pytest

FALLBACK_RULE = "secrets/file"


@pytest.fixture
def seal(laptop):
    """The seal of the shared laptop, mended afterwards."""
    kept = laptop.seal.read_bytes()
    yield laptop.seal
    if laptop.seal.is_dir() and not laptop.seal.is_symlink():
        laptop.seal.rmdir()
    elif os.path.lexists(laptop.seal):
        laptop.seal.unlink()
    laptop.seal.write_bytes(kept)


def flip(seal):
    data = bytearray(seal.read_bytes())
    data[len(data) // 2] ^= 1
    seal.write_bytes(bytes(data))


def replace_by_folder(seal):
    seal.unlink()
    seal.mkdir()


def replace_by_fifo(seal):
    seal.unlink()
    os.mkfifo(seal)


def replace_by_link(seal):
    copy = seal.with_name("copy")
    copy.write_bytes(seal.read_bytes())
    seal.unlink()
    seal.symlink_to(copy)


def make_sparse(seal):
    with seal.open("r+b") as file:
        file.truncate(10 << 30)


DAMAGE = {
    "one bit": flip,
    "empty": lambda seal: seal.write_bytes(b""),
    "cut": lambda seal: seal.write_bytes(seal.read_bytes()[:-10]),
    "something follows": lambda seal: seal.write_bytes(seal.read_bytes() + b"x"),
    "a folder": replace_by_folder,
    "a FIFO": replace_by_fifo,
    "a link": replace_by_link,
    "ten gigabytes": make_sparse,
}


@pytest.mark.parametrize("name", DAMAGE)
def test_damaged_seal_denies_what_changes_things(laptop, seal, name):
    """A seal that does not verify: rows that write, delete, execute or connect are denied, and reading goes on."""
    DAMAGE[name](seal)
    write = laptop.call("Write", {"file_path": str(laptop.home / "project/a.txt"), "content": "x"})
    assert (2, "deny") == (write.code, write.decision)
    command = laptop.call("Bash", {"command": "ls"})
    assert (2, "deny") == (command.code, command.decision)
    read = laptop.call("Read", {"file_path": str(laptop.home / "project/a.txt")})
    assert (0, None) == (read.code, read.reply)
    secret = laptop.call("Read", {"file_path": str(laptop.home / "project/.env")})
    assert (2, "deny") == (secret.code, secret.decision)
    assert FALLBACK_RULE in secret.reason


def test_missing_seal_asks_about_what_changes_things(laptop, seal):
    """No seal at all is the fallback policy: the shipped baseline, and rows that change things are asked about."""
    seal.unlink()
    write = laptop.call("Write", {"file_path": str(laptop.home / "project/a.txt"), "content": "x"})
    assert (0, "ask") == (write.code, write.decision)
    secret = laptop.call("Read", {"file_path": str(laptop.home / "project/.env")})
    assert (2, "deny") == (secret.code, secret.decision)


def test_missing_anchor_is_nothing_valid(laptop):
    """A seal without its anchor proves nothing."""
    anchor = laptop.home / ".config/agentguard/root.json"
    kept = anchor.read_bytes()
    anchor.unlink()
    try:
        result = laptop.call("Write", {"file_path": str(laptop.home / "project/a.txt"), "content": "x"})
        assert (2, "deny") == (result.code, result.decision)
    finally:
        anchor.write_bytes(kept)


def test_code_that_is_gone_is_a_denial(laptop, tmp_path):
    """A stub whose code was removed ends in exit 2 with a sentence, not in Python's exit 1."""
    home = tmp_path / "home"
    shutil.copytree(laptop.home, home, symlinks=True)
    stub = home / ".local/share/agentguard/hook.py"
    stub.write_text(stub.read_text().replace(str(laptop.home), str(home)))
    shutil.rmtree(home / ".local/share/agentguard/versions")
    done = subprocess.run([*laptop.argv[:-1], stub], input=b"{}", capture_output=True, check=False)
    assert 2 == done.returncode
    assert b"agentguard" in done.stderr
    assert b"Traceback" not in done.stderr


def test_stub_that_is_gone_is_a_denial(laptop, tmp_path):
    """CPython itself exits 2 when its script is missing."""
    done = subprocess.run([*laptop.argv[:-1], tmp_path / "none.py"], input=b"{}", capture_output=True, check=False)
    assert 2 == done.returncode


def test_full_disk_never_lets_a_change_through_unseen(laptop, tmp_path):
    """Where the record cannot be written, what changes things is asked about, and everything else goes on."""
    spool = laptop.spool
    aside = spool.with_name("aside")
    spool.rename(aside)
    spool.mkdir(mode=0o700)
    try:
        before = _mounted(f"mount -t tmpfs -o size=4k,mode=0700 none {spool} && (cat /dev/zero > {spool}/full; true)")
        write = _call(laptop, before, "Write", {"file_path": str(laptop.home / "project/a.txt"), "content": "x"})
        assert (0, "ask") == (write.code, write.decision)
        assert "record" in write.reason
        read = _call(laptop, before, "Read", {"file_path": str(laptop.home / "project/a.txt")})
        assert (0, None) == (read.code, read.reply)
        secret = _call(laptop, before, "Read", {"file_path": str(laptop.home / "project/.env")})
        assert (2, "deny") == (secret.code, secret.decision)
    finally:
        spool.rmdir()
        aside.rename(spool)


def test_read_only_state_never_lets_a_change_through_unseen(laptop):
    """A state folder on a read-only file system: the same."""
    state = laptop.state
    before = _mounted(f"mount --bind {state} {state} && mount -o remount,bind,ro {state}")
    write = _call(laptop, before, "Write", {"file_path": str(laptop.home / "project/a.txt"), "content": "x"})
    assert (0, "ask") == (write.code, write.decision)
    secret = _call(laptop, before, "Read", {"file_path": str(laptop.home / "project/.env")})
    assert (2, "deny") == (secret.code, secret.decision)


def test_spool_that_others_may_write_is_not_used(laptop):
    """A spool folder whose mode was loosened is mended or refused, never silently used."""
    mode = stat.S_IMODE(laptop.spool.stat().st_mode)
    assert 0o700 == mode


def _mounted(script):
    user = [] if os.getuid() == 0 else ["-U", "-r"]
    return ["unshare", *user, "-m", "--propagation", "private", "sh", "-c", f'{script} && exec "$0" "$@"']


def _call(laptop, before, tool, arguments):
    payload = {"session_id": "s", "cwd": str(laptop.home / "project"), "hook_event_name": "PreToolUse"}
    data = json.dumps({**payload, "tool_name": tool, "tool_input": arguments}).encode()
    return laptop.raw(data, before=before)
