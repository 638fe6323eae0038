"""Every command that the README shows is run, as a reader would run it, on a copy of this tree."""

import hashlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
# Compiled modules lie where this run keeps its own, so that each is compiled once.
SHELL = {
    "PATH": os.environ["PATH"],
    "LANG": "C.UTF-8",
    "PYTHONPYCACHEPREFIX": os.environ.get("PYTHONPYCACHEPREFIX", ""),
}


def commands():
    """Return every command line of the README's sh blocks and of the lines after a `$` in its console blocks."""
    found = []
    for kind, text in re.findall(r"```(sh|console)\n(.*?)```", README, re.DOTALL):
        lines = text.splitlines()
        found += lines if kind == "sh" else [line[2:] for line in lines if line.startswith("$ ")]
    return found


def run(line, folder, **options):
    done = subprocess.run(
        ["bash", "-c", line],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={**SHELL, "HOME": str(folder)},
        **options,
    )
    assert 0 == done.returncode, (line, done.stdout, done.stderr)
    return done.stdout


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    """A copy of what git knows of this tree, with an environment that borrows this one's dependencies."""
    folder = tmp_path_factory.mktemp("clone") / "agentguard"
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for name in listed.stdout.splitlines():
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    return folder


# Lines that another test runs, or that show an agent and not us.
ELSEWHERE = {
    'claude -p "why does the login fail? look at .env"': "scripts/e2e-claude drives the real client",
    "scripts/demo": "test_demo.py",
    "scripts/test": "this very run",
}
SETUP = ["python3 -m venv .venv", ".venv/bin/pip install ."]
PERSONAL = [
    ".venv/bin/agentguard quickstart",
    ".venv/bin/agentguard report",
    ".venv/bin/agentguard enforce",
    ".venv/bin/agentguard uninstall --user",
]
EXPLAIN = [".venv/bin/agentguard policy explain --bash 'cat .env'"]
# fmt: off
TEAM = [
    "agentguard collector init --data collector",
    "agentguard bundle init publisher --org acme --collector-url https://audit.acme.example --receipt-key KEY",
    "agentguard bundle publish bundles/baseline --to publisher",
    "agentguard collector token create --data collector alice > reader.token",
    "agentguard collector serve --data collector --bundle-dir publisher/repo",
    "agentguard enroll https://audit.acme.example/bundle --root-sha256 HEX --enrol-secret-file secret.txt",
    "agentguard quickstart",
    "agentguard status",
    "agentguard doctor",
    "agentguard audit search 'effect:deny rule:secrets/*' --collector https://audit.acme.example --token-file reader.token",
    "agentguard deploy init",
    "agentguard deploy render --target linux --config deploy.toml --output managed",
]
# fmt: on


def test_every_command_has_a_test():
    """A command that is added to the README must be added here too."""
    assert sorted([*ELSEWHERE, *SETUP, *PERSONAL, *EXPLAIN, *TEAM]) == sorted(commands())


def test_setup_and_personal_commands_work_in_the_order_of_the_page(clone, tmp_path):
    """From a copy of the tree: make the environment, install from it, and go the whole way of one person.

    The one thing that differs from the page is `--home`, so that nobody's own settings are touched.
    """
    home = tmp_path / "home"
    (home / ".claude").mkdir(parents=True)
    before = b'{"theme": "dark"}\n'
    (home / ".claude/settings.json").write_bytes(before)
    run(SETUP[0].replace("python3", sys.executable), clone)
    site = next((clone / ".venv/lib").glob("python3*/site-packages"))
    borrowed = Path(pytest.__file__).parent.parent
    (site / "borrowed.pth").write_text(f"{borrowed}\n")  # instead of downloading the dependencies again
    run(f"{SETUP[1]} --quiet --no-deps", clone)
    for line in PERSONAL[:3]:
        run(f"{line} --home {home}", clone)
    assert b"hooks" in (home / ".claude/settings.json").read_bytes()
    run(f"{PERSONAL[3]} --home {home}", clone)
    assert before == (home / ".claude/settings.json").read_bytes()
    assert "secrets/file" in run(EXPLAIN[0], clone)


def wait_for(path, process):
    while not path.exists():
        assert process.poll() is None, process.stderr.read()
        time.sleep(0.05)


def test_team_commands_work_together(tmp_path):
    """Collector, publisher, laptop, managed settings: in the order of the page.

    What differs: the page's address is a loopback one here, KEY and HEX are filled in, the files that a person would
    copy from one machine to the other are linked, and `--home` keeps this machine's own settings out of it.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    (tmp_path / "bundles").symlink_to(ROOT / "bundles")
    (tmp_path / "secret.txt").symlink_to(tmp_path / "collector/enrol.secret")
    (tmp_path / "root.json").symlink_to(tmp_path / "publisher/repo/1.root.json")
    collector, init, publish, token, serve, enroll, quickstart, status, doctor, search, init_deploy, render = TEAM
    command = f"{sys.executable} -m agentguard"

    def as_here(line, **values):
        for name, value in {"https://audit.acme.example": url, **values}.items():
            line = line.replace(name, value)
        return line.replace("agentguard", command, 1)

    key = json.loads(run(f"{as_here(collector)} --json", tmp_path))["receipt_key"]
    run(f"{as_here(init, KEY=key)} --no-passphrase", tmp_path)
    run(as_here(publish), tmp_path)
    run(as_here(token), tmp_path)
    argv = f"exec {as_here(serve)} --port {url.rpartition(':')[2]} --ready-file ready"
    null, pipe = subprocess.DEVNULL, subprocess.PIPE
    server = subprocess.Popen(
        ["bash", "-c", argv], cwd=tmp_path, env={**SHELL, "HOME": str(tmp_path)}, stderr=pipe, stdout=null
    )
    try:
        wait_for(tmp_path / "ready", server)
        digest = hashlib.sha256((tmp_path / "publisher/repo/1.root.json").read_bytes()).hexdigest()
        home = f"--home {tmp_path}/home"
        run(f"{as_here(enroll, HEX=digest)} {home}", tmp_path)
        run(f"{as_here(quickstart)} {home}", tmp_path)
        assert "of acme" not in run(f"{as_here(status)} {home}", tmp_path)
        run(f"{as_here(doctor)} {home}", tmp_path)
        run(f"{command} sync {home}", tmp_path)
        run(as_here(search), tmp_path)
        run(as_here(init_deploy), tmp_path)
        run(as_here(render), tmp_path)
        assert (tmp_path / "managed/root.json").read_bytes() == (tmp_path / "publisher/repo/1.root.json").read_bytes()
    finally:
        server.terminate()
        ended = server.wait()
        server.stderr.close()
    assert 0 == ended
