"""A real collector: a server process on loopback, its data folder, and devices that send to it."""

import contextlib
import gzip
import json
import os
import signal
import time

import httpx
import pytest
import warm

from agentguard import places
from agentguard.audit import spool, upload
from agentguard.collector import landing
from agentguard.collector.ingest import Ingest
from agentguard.collector.keys import Keys
from agentguard.collector.ledger import Ledger
from agentguard.collector.sqlite import SqliteStore

UID = os.geteuid()


class Server:
    """A collector process. `start` and `kill` can be called again and again."""

    def __init__(self, data, folder):
        self.data = str(data)
        self.ready = os.path.join(folder, "ready.json")
        self.port = 0
        self.process = None
        self.keys = Keys(self.data)
        self.reader_token = self.keys.readers.give("test", "search", "2026-05-01T12:00:00.000Z")
        self.token_file = os.path.join(folder, "reader.token")
        with open(self.token_file, "w") as file:
            file.write(self.reader_token)
        self.more = []

    def start(self):
        where = ["--data", self.data, "--port", self.port, "--ready-file", self.ready]
        self.process = warm.start("collector", "serve", *where, *self.more)
        for _ in range(3000):
            if os.path.exists(self.ready):
                break
            if self.process.poll() is not None:
                pytest.fail(self.process.communicate()[1])
            time.sleep(0.01)
        with open(self.ready) as file:
            self.url = json.load(file)["url"]
        self.port = int(self.url.rpartition(":")[2])
        self.client = httpx.Client(base_url=self.url, timeout=30)
        return self

    def kill(self):
        """End it as a power cut would."""
        self.client.close()
        self.process.kill()
        self.process.communicate()
        os.unlink(self.ready)

    def stop(self, number=signal.SIGTERM):
        """End it in order; return its exit code and what it said."""
        self.client.close()
        os.kill(self.process.pid, number)
        said = self.process.communicate(timeout=30)[1]
        return self.process.returncode, said

    def enrol(self, device):
        reply = self.client.post("/v1/enroll", json={"secret": self.keys.enrol_secret, "device": device})
        return reply.json()["token"]

    def post(self, token, data, *, gone=False, encoding="gzip"):
        headers = {"authorization": f"Bearer {token}", "content-encoding": encoding}
        body = gzip.compress(data) if encoding == "gzip" else data
        return self.client.post("/v1/records" + ("?gone=1" if gone else ""), content=body, headers=headers)

    def get(self, path, **parameters):
        headers = {"authorization": f"Bearer {self.reader_token}"}
        reply = self.client.get(path, params=parameters, headers=headers)
        assert reply.status_code < 500, reply.text
        return reply.json()


class Device:
    """A laptop with a spool that sends to a collector."""

    def __init__(self, name, folder, server):
        self.name = name
        self.places = places.personal(str(folder))
        self.folder = self.places.spool(UID)
        self.server = server

    def record(self, count=1, **facts):
        for _ in range(count):
            body = {"kind": "decision", "id": os.urandom(8).hex(), "user": "alice", "device": self.name, **facts}
            spool.append(self.folder, body, {"command": f"cat {self.name}"})
        return self

    def send(self):
        return upload.send(
            self.places,
            url=self.server.url,
            device=self.name,
            receipt_keys=[self.server.keys.receipt_key],
            enrol_secret=self.server.keys.enrol_secret,
        )

    def lines(self):
        return list(spool.read(self.folder))

    def raw(self, first=0, last=10**9):
        return b"".join(line.raw + b"\n" for line in self.lines() if first <= line.seq <= last)


@contextlib.contextmanager
def running(folder):
    """A collector with its data in a folder."""
    found = Server(folder / "collector", str(folder)).start()
    yield found
    if found.process.returncode is None and found.process.poll() is None:
        found.client.close()
        found.process.kill()
        found.process.communicate()


@pytest.fixture
def server(tmp_path):
    """A running collector."""
    with running(tmp_path) as found:
        yield found


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """A running collector for all tests of a file, and a function that returns a device of it by name."""
    folder = tmp_path_factory.mktemp("shared")
    with running(folder) as found:
        yield found, lambda name: Device(name, folder / name, found)


@pytest.fixture
def device(tmp_path, server):
    """A function that returns a device by name."""
    return lambda name: Device(name, tmp_path / name, server)


@pytest.fixture(scope="module")
def opener():
    """A function that returns a function that opens a collector's data folder, again and again."""

    def of(folder):
        things = []

        def close():
            while things:
                things.pop().close()

        def open_again():
            close()
            log = landing.Landing(os.path.join(folder, "landing"))
            things.append(log)
            ledger = Ledger(os.path.join(folder, "ledger.sqlite"), log)
            things.append(ledger)
            store = SqliteStore(os.path.join(folder, "index"), ledger, log)
            things.append(store)
            return Ingest(log, ledger, Keys(folder)), ledger, store, log

        open_again.close = close
        return open_again

    return of


@pytest.fixture
def opened(tmp_path, opener):
    """A function that opens the data folder `data`, again and again."""
    found = opener(str(tmp_path / "data"))
    yield found
    found.close()
