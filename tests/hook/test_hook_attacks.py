"""An attacker who is the same user and prepares the ground on which the hook starts: the verdict stays what it was.

Each case runs the real hook process twice, on a call that must be denied and on one that must pass in silence.
"""

import json
import subprocess
import sys

import pytest

HOSTILE = {"file_path": "{home}/project/.env"}
HARMLESS = {"file_path": "{home}/project/a.txt"}
EVIL = "import os\nos.write(2, b'EVIL')\nos._exit(0)\n"


def verdicts(laptop, **options):
    """Return (exit code of the hostile call, exit code of the harmless one); neither ran what the attacker put there."""
    codes = []
    for arguments in (HOSTILE, HARMLESS):
        payload = {
            "session_id": "s",
            "cwd": str(laptop.home / "project"),
            "hook_event_name": "PreToolUse",
            "tool_name": "Read",
            "tool_input": {name: value.format(home=laptop.home) for name, value in arguments.items()},
        }
        done = subprocess.run(
            [*options.get("before", ()), *laptop.argv],
            input=json.dumps(payload).encode(),
            capture_output=True,
            env={"PATH": "/usr/bin:/bin", **options.get("env", {})},
            cwd=options.get("cwd", laptop.home),
            umask=options.get("umask", -1),
            check=False,
        )
        assert b"EVIL" not in done.stderr
        assert b"Traceback" not in done.stderr
        assert done.returncode != 0 or done.stdout == b""
        codes.append(done.returncode)
    return tuple(codes)


@pytest.fixture
def evil(tmp_path):
    """Give a folder with modules that shadow everybody's, a configuration of OpenSSL that loads code, and a home."""
    for name in ("sitecustomize", "usercustomize", "json", "re", "os", "fcntl", "agentguard", "cryptography", "pwd"):
        (tmp_path / f"{name}.py").write_text(EVIL)
    (tmp_path / "evil.pth").write_text(f"import os; os._exit(0)\n{tmp_path}\n")
    (tmp_path / "openssl.cnf").write_text(
        "openssl_conf = one\n[one]\nengines = two\n[two]\nevil = three\n[three]\n"
        f"engine_id = evil\ndynamic_path = {tmp_path}/evil.so\ninit = 1\n"
    )
    (tmp_path / ".config" / "agentguard").mkdir(parents=True)
    (tmp_path / ".config" / "agentguard" / "agentguard.toml").write_text('stage = "observe"\n')
    for minor in range(11, 16):
        site = tmp_path / ".local" / "lib" / f"python3.{minor}" / "site-packages"
        site.mkdir(parents=True)
        (site / "evil.pth").write_text("import os; os._exit(0)\n")
        (site / "usercustomize.py").write_text(EVIL)
    return tmp_path


def test_environment_of_the_attacker(laptop, evil):
    """Variables of Python, OpenSSL, the person's folders and the locale, one by one and all at once."""
    one = {
        "python": {"PYTHONPATH": evil, "PYTHONHOME": evil, "PYTHONUSERBASE": f"{evil}/.local", "PYTHONSTARTUP": f"{evil}/os.py",
                   "PYTHONINSPECT": "1", "PYTHONBREAKPOINT": "os._exit", "PYTHONPLATLIBDIR": "x", "PYTHONWARNINGS": "error",
                   "PYTHONOPTIMIZE": "2", "PYTHONPYCACHEPREFIX": evil, "PYTHONCASEOK": "1", "PYTHONIOENCODING": "utf-16",
                   "PYTHONHASHSEED": "x", "PYTHONMALLOC": "nonsense", "PYTHONEXECUTABLE": "/bin/true"},
        "openssl": {"OPENSSL_CONF": f"{evil}/openssl.cnf", "OPENSSL_MODULES": evil, "OPENSSL_ENGINES": evil,
                    "SSL_CERT_FILE": f"{evil}/openssl.cnf", "SSL_CERT_DIR": evil},
        "folders": {"HOME": evil, "XDG_CONFIG_HOME": f"{evil}/.config", "XDG_STATE_HOME": evil, "XDG_DATA_HOME": evil,
                    "XDG_CACHE_HOME": evil, "TMPDIR": "/nonexistent", "TEMP": "/nonexistent", "PWD": "/", "USER": "nobody"},
        "locale": {"LC_ALL": "tr_TR.UTF-8", "LANG": "xx_XX.ISO-8859-5", "LANGUAGE": "zz", "PYTHONUTF8": "0",
                   "PYTHONCOERCECLOCALE": "0"},
        "empty": dict.fromkeys(("PATH", "HOME", "LANG", "OPENSSL_CONF", "PYTHONPATH"), ""),
    }  # fmt: skip
    one["all"] = {name: value for environ in list(one.values()) for name, value in environ.items()}
    for name, environ in one.items():
        assert (2, 0) == verdicts(laptop, env={key: str(value) for key, value in environ.items()}), name


def test_folder_of_the_attacker(laptop, evil):
    """Modules beside which the agent works are not imported, and a folder that is gone matters to nobody."""
    assert (2, 0) == verdicts(laptop, cwd=evil)
    gone = ["sh", "-c", 'mkdir "$0" && cd "$0" && rmdir "$0" && exec "$@"', str(evil / "gone")]
    assert (2, 0) == verdicts(laptop, before=gone)


def test_open_umask_opens_nothing(laptop):
    """Under umask 000 what the hook writes is still its owner's alone."""
    kept = laptop.spool.with_name("kept")
    laptop.spool.rename(kept)
    try:
        assert (2, 0) == verdicts(laptop, umask=0)
        found = [laptop.spool, *laptop.spool.rglob("*")]
        assert len(found) > 1
        assert [] == [str(path) for path in found if path.stat().st_mode & 0o077]
    finally:
        subprocess.run(["rm", "-rf", "--", str(laptop.spool)], check=True)
        kept.rename(laptop.spool)


LIMITS = [  # prlimit(1)
    ["--nofile=3"], ["--nofile=4"], ["--nofile=8"], ["--fsize=0"], ["--fsize=100"], ["--stack=65536"], ["--core=0"],
    ["--as=30000000"], ["--as=60000000"], ["--data=4000000"], ["--memlock=0"], ["--nproc=1"], ["--sigpending=0"],
]  # fmt: skip


def test_tiny_limits_never_let_a_call_pass(laptop):
    """Too few descriptors, bytes or pages: the hostile call is never answered by 0, and no traceback is the reason."""
    for limit in LIMITS:
        hostile, _harmless = verdicts(laptop, before=["prlimit", *limit, "--"])
        assert hostile != 0, limit


def test_ignored_and_blocked_signals_change_nothing(laptop):
    """Signals that the parent ignores or blocks are inherited; the watchdog and the answer work all the same."""
    ignore = ["sh", "-c", "trap '' PIPE ALRM TERM CHLD; exec \"$@\"", "sh"]
    assert (2, 0) == verdicts(laptop, before=ignore)
    block = "import os, signal, sys; signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65)); "
    block += "os.execv(sys.argv[1], sys.argv[1:])"
    assert (2, 0) == verdicts(laptop, before=[sys.executable, "-c", block])
