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
SHELL = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}


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
TEAM = [
    "agentguard bundle init publisher --org acme --collector-url https://audit.acme.example",
    "agentguard bundle publish bundles/baseline --to publisher",
    "agentguard enroll https://policy.acme.example/bundle --root-sha256 HEX",
    "agentguard deploy render --target linux --output managed/",
    "agentguard collector serve --data /var/lib/collector",
    "agentguard audit search 'effect:deny rule:secrets/* since:24h' --server https://audit.acme.example",
]


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
    run(f"{SETUP[1]} --quiet --no-deps --no-build-isolation", clone)
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
    """Publisher, server, laptop, managed settings, search: the README's addresses stand for loopback ones here."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    init, publish, enroll, render, serve, search = TEAM
    folder = tmp_path
    shutil.copytree(ROOT / "bundles", folder / "bundles")
    command = f"{sys.executable} -m agentguard"
    key = json.loads(run(f"{command} collector init --data {folder}/collector --json", folder))

    def as_here(line):
        line = line.replace("agentguard", command, 1).replace("https://policy.acme.example", url)
        return line.replace("https://audit.acme.example", url).replace("/var/lib/collector", f"{folder}/collector")

    run(f"{as_here(init)} --receipt-key {key['receipt_key']} --no-passphrase", folder)
    run(as_here(publish), folder)
    argv = f"exec {as_here(serve)} --port {url.rpartition(':')[2]} --bundle-dir publisher/repo --ready-file ready"
    null, pipe = subprocess.DEVNULL, subprocess.PIPE
    server = subprocess.Popen(
        ["bash", "-c", argv], cwd=folder, env={**SHELL, "HOME": str(folder)}, stderr=pipe, stdout=null
    )
    try:
        wait_for(folder / "ready", server)
        digest = hashlib.sha256((folder / "publisher/repo/1.root.json").read_bytes()).hexdigest()
        secret = key["enrol_secret"]
        run(f"{as_here(enroll).replace('HEX', digest)} --home {folder}/home --enrol-secret {secret}", folder)
        run(as_here(render), folder)
        assert list((folder / "managed").iterdir())
        run(f"{as_here(search)} --token-file {folder}/collector/reader.token", folder)
    finally:
        server.terminate()
        server.wait()
        server.stderr.close()
