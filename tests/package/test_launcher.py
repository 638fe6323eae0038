"""The launcher of a package: what reaches the hook, and that every end but the hook's own 0 and 2 is a block."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from agentguard.hook.adapters import claude_code

ROOT = Path(__file__).parent.parent.parent
sys.path.append(str(ROOT / "scripts"))

import _launcher  # noqa: E402 - it lies beside the scripts


@pytest.fixture(scope="module")
def top(tmp_path_factory):
    """A folder with two launchers that look for versions in it: one that waits a long time, one that waits a second."""
    folder = tmp_path_factory.mktemp("code")
    for name, seconds in (("hook", 60), ("hasty", 1)):
        _launcher.build(str(folder / name), "mend it", ROOT=f'"{folder}"', SECONDS=seconds)
    return folder


@pytest.fixture
def install(top):
    """Make a version whose hook is a text of Python the one in force; return how to start the launcher."""

    def made(text, *, name="v1", python=sys.executable):
        folder = top / name
        (folder / "bin").mkdir(parents=True, exist_ok=True)
        link = folder / "bin" / "python3"
        link.unlink(missing_ok=True)
        link.symlink_to(python)
        (folder / "hook.py").write_text(text, encoding="utf-8")
        current = top / "current"
        current.unlink(missing_ok=True)
        current.symlink_to(name)
        return start

    def start(*arguments, launcher="hook", **options):
        argv = [str(top / launcher), *arguments]
        return subprocess.run(argv, capture_output=True, text=True, check=False, timeout=60, **options)

    return made


@pytest.mark.parametrize("code", [0, 2])
def test_the_hooks_own_answer_is_handed_on(install, code):
    """Standard streams are the hook's, and so are 0 and 2, byte for byte."""
    done = install(f"import sys; print(sys.stdin.read().upper()); print('why', file=sys.stderr); sys.exit({code})")(
        input="call"
    )
    assert (code, "CALL\n", "why\n") == (done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("raise SystemExit(1)", "exit code 1"),
        ("raise SystemExit(3)", "exit code 3"),
        ("raise SystemExit(127)", "exit code 127"),
        ("import os; os.kill(os.getpid(), 9)", "signal 9"),
        ("import os; os.kill(os.getpid(), 11)", "signal 11"),
    ],
)
def test_any_other_end_is_a_block(install, text, what):
    """One sentence says what happened and what mends it; where nothing is enforced it holds nothing up."""
    start = install(text)
    done = start()
    sentence = (
        f"agentguard: its hook ended in an unforeseen way: {what}, so this is blocked. Whoever manages this machine"
    )
    assert (2, "", f"{sentence}: mend it\n") == (done.returncode, done.stdout, done.stderr)
    observed = start("observe")
    assert 0 == observed.returncode
    assert "so nothing was judged" in observed.stderr


def test_without_an_interpreter_it_blocks(install, top):
    """Whether it is gone or may not be started."""
    for python in ("/nonexistent/python3", str(top)):
        start = install("", python=python)
        done = start()
        assert 2 == done.returncode
        assert f"agentguard: its Python interpreter cannot be started: {top}/v1/bin/python3" in done.stderr
        assert "blocked" in done.stderr
        assert 0 == start("observe").returncode


def test_without_a_version_it_blocks(install, top):
    """A link that is gone, and one that leads to another folder."""
    start = install("raise SystemExit(0)")
    (top / "current").unlink()
    assert (2, True) == ((done := start()).returncode, "its program is missing" in done.stderr)
    (top / "current").symlink_to(top / "v1")
    assert (2, True) == ((done := start()).returncode, "its program is damaged" in done.stderr)


def test_the_environment_is_made_anew(install, top):
    """Whatever is set: the hook gets what it reads, what is fixed, and nothing that loads code or finds other files."""
    hostile = {
        "LD_PRELOAD": "", "LD_AUDIT": "/x.so", "LD_LIBRARY_PATH": "/x", "PYTHONPATH": "/x", "PYTHONHOME": "/x",
        "OPENSSL_CONF": "/x", "PATH": "/x", "HOME": "/x", "SECRET_TOKEN": "x", "GLIBC_TUNABLES": "glibc.malloc.check=3",
        "AI_AGENT": "claude-code_2-1-330_x", "CLAUDE_CODE_SESSION_ATTENDED": "0", "CLAUDE_CODE_ENTRYPOINT": "x" * 5000,
    }  # fmt: skip
    done = install("import json, os, sys; print(json.dumps([dict(os.environ), sys.flags.isolated, sys.argv]))")(
        env=hostile
    )
    environment, isolated, argv = json.loads(done.stdout)
    environment.pop("LC_CTYPE", None)  # set by Python itself (PEP 538)
    wanted = {
        "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "OPENSSL_CONF": "/dev/null", "AI_AGENT": "claude-code_2-1-330_x",
        "CLAUDE_CODE_SESSION_ATTENDED": "0",
    }  # fmt: skip
    assert (wanted, 1, [f"{top}/v1/hook.py"]) == (environment, isolated, argv)


def test_every_variable_that_the_hook_reads_is_kept():
    """And no other: who adds one there adds it here."""
    kept = re.search(r"KEPT\[\] = \{(.*?)\}", Path(_launcher.SOURCE).read_text(encoding="utf-8"))[1]
    assert sorted({"AI_AGENT", *claude_code._UNATTENDED}) == sorted(re.findall(r'"(\w+)"', kept))


def test_every_descriptor_but_the_streams_is_closed(install):
    """What somebody has left open does not reach the hook."""
    text = "import os; print(sorted(int(fd) for fd in os.listdir('/proc/self/fd'))[:4])"
    with open(os.devnull, "rb") as file:
        os.dup2(file.fileno(), 50, inheritable=True)
        done = install(text)(pass_fds=(50, file.fileno()))
    os.close(50)
    assert "[0, 1, 2, 3]\n" == done.stdout  # 3 is the folder that it lists
    assert 0 == done.returncode


def test_signals_that_were_ignored_or_blocked_change_nothing(install):
    """A parent that ignores SIGCHLD cannot make the answer be lost."""

    def ignore():
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 32))

    text = """import signal, sys
blocked = signal.pthread_sigmask(signal.SIG_BLOCK, ())
sys.exit(2 if not blocked and signal.getsignal(signal.SIGTERM) == signal.SIG_DFL else 0)"""
    assert 2 == install(text)(preexec_fn=ignore).returncode


def test_nobody_has_to_read_the_sentence(install, top):
    """A standard error that is closed, or a pipe whose other end is, changes nothing about the answer."""
    install("raise SystemExit(1)")
    reading, writing = os.pipe()
    os.close(reading)
    assert 2 == subprocess.run([str(top / "hook")], stderr=writing, check=False).returncode
    os.close(writing)
    assert 2 == subprocess.run(["sh", "-c", f"exec {top / 'hook'} 2>&-"], check=False).returncode


def test_a_hook_that_does_not_answer_is_ended(install):
    """The launcher's own limit turns it into a block, because older clients let the call run after theirs."""
    done = install("import signal\nwhile True: signal.pause()")(launcher="hasty")
    assert 2 == done.returncode
    assert "its hook did not answer in time, so this is blocked" in done.stderr


def test_who_is_told_to_end_tells_the_hook(install, top):
    """The hook's answer to the signal is the answer."""
    install("""import os, signal, sys
signal.signal(signal.SIGTERM, lambda *_: os._exit(2))
print(os.getpid(), flush=True)
while True: signal.pause()""")
    with subprocess.Popen([str(top / "hook")], stdout=subprocess.PIPE, text=True) as process:
        hook = int(process.stdout.readline())
        process.terminate()
        assert 2 == process.wait(60)
    with pytest.raises(ProcessLookupError):
        os.kill(hook, 0)


def test_the_hook_ends_with_its_launcher(install, top):
    """A launcher that is killed leaves nothing behind that goes on writing."""
    install("import os, signal\nprint(os.getpid(), flush=True)\nwhile True: signal.pause()")
    with subprocess.Popen([str(top / "hook")], stdout=subprocess.PIPE, text=True) as process:
        process.stdout.readline()
        process.kill()
        assert "" == process.stdout.read()  # the hook held its end of the pipe


def test_the_version_is_locked_while_its_hook_runs(install, top):
    """Who takes old versions away asks for the lock and does not get it; a lock of somebody else's stops no hook."""
    text = f"""import fcntl, os, sys
try: fcntl.flock(os.open({str(top / "v1")!r}, os.O_RDONLY), fcntl.LOCK_EX | fcntl.LOCK_NB)
except BlockingIOError: sys.exit(2)"""
    start = install(text)
    assert 2 == start().returncode
    held = ["flock", "--exclusive", str(top / "v1"), str(top / "hook")]
    assert 2 == subprocess.run(held, check=False).returncode


def test_a_new_version_is_used_at_once(install):
    """Interpreter and script are always those of one version."""
    answer = "import sys; print(sys.argv[0].split('/')[-2])"
    assert "v1\n" == install(answer)().stdout
    assert "v2\n" == install(answer, name="v2")().stdout
