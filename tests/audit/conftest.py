"""What the tests of the audit log share: spools, records, and a way to run Python as the hook does."""

import gzip
import json
import os
import subprocess
import sys
import textwrap
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from agentguard import places
from agentguard.audit import lines, receipts, spool, upload

ROOT = Path(__file__).parent.parent.parent
UID = os.geteuid()


class Lying:
    """A collector that keeps what it gets and answers as a test tells it."""

    def __init__(self):
        self.key = Ed25519PrivateKey.generate()
        self.public = self.key.public_key().public_bytes_raw().hex()
        self.requests = []  # (path, token, lines)
        self.taken = []  # those of them that were answered with 200
        self.enrolments = []
        self.enrol_answer = None  # (status, value, headers), in place of a token
        self.answers = []  # functions of the lines, used up one a request; then `answer`
        self.answer = self.honest  # None from such a function drops the connection
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                if self.path == "/v1/enroll":
                    outer.enrolments.append(json.loads(body))
                    reply = outer.enrol_answer or (200, {"token": f"token-{len(outer.enrolments)}"}, {})
                else:
                    found = [lines.parse(raw) for raw in gzip.decompress(body).splitlines()]
                    outer.requests.append((self.path, self.headers["authorization"], found))
                    make = outer.answers.pop(0) if outer.answers else outer.answer
                    reply = make(found)
                    if reply is None:
                        self.close_connection = True
                        return
                    if reply[0] == 200:
                        outer.taken.append(outer.requests[-1])
                status, value, headers = reply
                data = value if isinstance(value, bytes) else json.dumps(value).encode()
                self.send_response_only(status)
                for name, text in {**headers, "content-length": str(len(data))}.items():
                    self.send_header(name, text)
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_arguments):
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def other_key(self):
        return Ed25519PrivateKey.generate()

    def sign(self, fields, key=None):
        key = key or self.key
        public = key.public_key().public_bytes_raw().hex()
        return {"receipt": fields, "key": public, "signature": key.sign(receipts.message(fields)).hex()}

    def fields(self, found):
        last = found[-1]
        return {
            "chain": last.chain, "first": found[0].seq, "last": last.seq, "head": last.h,
            "received": "2026-05-01T00:00:00.000Z",
        }  # fmt: skip

    def honest(self, found):
        return 200, self.sign(self.fields(found)), {}


@pytest.fixture
def collector():
    """A collector on loopback that tells the truth until a test makes it lie."""
    server = Lying()
    yield server
    server.server.shutdown()
    server.server.server_close()


@pytest.fixture
def home(tmp_path):
    """A personal install with five records, that has been told the enrol secret."""
    found = places.personal(str(tmp_path))
    for number in range(5):
        spool.append(found.spool(UID), {"kind": "event", "id": str(number), "user": "alice"}, {"cwd": "/x"})
    os.makedirs(found.sync)
    with open(os.path.join(found.sync, "enrol_secret"), "w") as file:
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
