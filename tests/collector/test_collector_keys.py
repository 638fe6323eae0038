"""The collector's data folder and commands, without a server."""

import os
import subprocess
import sys

import pytest
import warm

from agentguard.collector.keys import Keys
from agentguard.errors import ConfigError


def run(*arguments, env=None):
    return warm.run("collector", *arguments, env=env)


def test_init_makes_everything_once(tmp_path):
    """The second time nothing changes, and both print what others need."""
    data = str(tmp_path / "data")
    first, second = run("init", "--data", data), run("key", "--data", data)
    assert 0 == first.returncode, first.stderr
    *kept, admin = first.stdout.splitlines()
    assert kept == second.stdout.splitlines()
    assert ["receipt_key", "enrol_secret", "admin_token"] == [line.split()[0] for line in [*kept, admin]]
    keys = Keys(data)
    assert ("admin", "admin") == keys.readers.find(admin.split()[1])[:2]
    assert admin.split()[1] not in (tmp_path / "data/readers.ndjson").read_text()


def test_key_of_no_collector_says_what_to_do(tmp_path):
    """Asking for a key makes no collector."""
    done = run("key", "--data", str(tmp_path / "none"))
    assert (1, True) == (done.returncode, "collector init" in done.stderr)
    assert [] == os.listdir(tmp_path)


@pytest.mark.parametrize(
    ("name", "content"), [("receipt.key", b"x"), ("enrol.secret", b"\xff"), ("devices.ndjson", b"x\n")]
)
def test_damaged_folder_is_an_error_of_ours(tmp_path, name, content):
    """A file that is not as it must be is named."""
    Keys(str(tmp_path))
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ConfigError):
        Keys(str(tmp_path))


def test_half_written_token_was_never_given_out(tmp_path):
    """A last line that was cut off is left out; the tokens before it are good."""
    keys = Keys(str(tmp_path))
    token = keys.devices.give("d1", "device", "2026-05-01T00:00:00.000Z")
    with open(tmp_path / "devices.ndjson", "ab") as file:
        file.write(b'{"token":')
    again = Keys(str(tmp_path)).devices
    assert "d1" == again.find(token).name
    assert "d2" == keys.devices.find(again.give("d2", "device", "2026-05-01T00:00:00.000Z")).name


def test_absent_extra_is_one_friendly_line(tmp_path):
    """Without the web server's packages the command says how to get them."""
    code = (
        "import sys; sys.modules['uvicorn'] = None; from agentguard.cli.main import main;"
        f"sys.argv = ['agentguard', 'collector', 'serve', '--data', {str(tmp_path)!r}]; main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert 1 == done.returncode
    assert "the collector needs uvicorn" in done.stderr
    assert "'.[collector]'" in done.stderr
    assert "Traceback" not in done.stderr
