"""What the tests of the audit log share: spools, records, and a way to run Python as the hook does."""

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from lying import Lying

from agentguard import places
from agentguard.audit import receipts, spool, upload

ROOT = Path(__file__).parent.parent.parent
UID = os.geteuid()


@pytest.fixture
def collector():
    """A collector on loopback that tells the truth until a test makes it lie."""
    server = Lying()
    yield server
    server.close()


@pytest.fixture
def home(tmp_path):
    """A personal install with five records, that has been told the enrol secret."""
    found = places.personal(str(tmp_path))
    for number in range(5):
        spool.append(found.spool(UID), {"kind": "event", "id": str(number), "user": "alice"}, {"cwd": "/x"})
    os.makedirs(found.sync)
    os.makedirs(found.config)
    with open(found.enrol_secret, "w") as file:
        file.write("sesame\n")
    return found


@pytest.fixture
def send(collector, home):
    """A function that runs the stage."""

    def run(**more):
        custom = {"collector": {"url": collector.url, "receipt_keys": [collector.public]}}
        return upload.run(home, {"collector_url": "", "device": "d1"}, custom, **more)

    return run


@pytest.fixture
def folder(tmp_path):
    """The path of a spool that does not exist yet."""
    return str(tmp_path / "state" / "spool" / "1000")


@pytest.fixture
def fill(folder):
    """A function that appends so many small records to the spool."""

    def appended(count, **texts):
        for number in range(count):
            spool.append(folder, {"kind": "event", "id": f"{number:016x}"}, {"cwd": "/home/alice", **texts})

    return appended


@pytest.fixture
def bare():
    """A function that runs code in a new interpreter, isolated and without site, as the hook runs."""

    def run(code, *arguments, check=True):
        head = f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
        argv = [sys.executable, "-I", "-S", "-c", head + textwrap.dedent(code), *arguments]
        return subprocess.run(argv, capture_output=True, text=True, check=check, timeout=60, cwd="/")

    return run


@pytest.fixture
def started():
    """A function that starts code as `bare` runs it and does not wait; whatever still runs is ended."""
    processes = []

    def start(code, *arguments):
        head = f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
        argv = [sys.executable, "-I", "-S", "-c", head + textwrap.dedent(code), *arguments]
        process = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd="/")
        processes.append(process)
        return process

    yield start
    for process in processes:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.fixture
def current(folder):
    """A function that returns the raw lines of the file that is appended to."""

    def lines():
        with open(os.path.join(folder, spool.CURRENT), "rb") as file:
            return file.read().splitlines()

    return lines


@pytest.fixture
def signed():
    """A function that returns a receipt as a collector would sign it."""
    key = Ed25519PrivateKey.generate()

    def make(chain, first, last, head):
        fields = {"chain": chain, "first": first, "last": last, "head": head, "received": "2026-05-01T00:00:00.000Z"}
        public = key.public_key().public_bytes_raw().hex()
        value = {"receipt": fields, "key": public, "signature": key.sign(receipts.message(fields)).hex()}
        return receipts.check(json.loads(json.dumps(value)), [public])

    return make
