"""The scenarios of `scripts/e2e-collector`. Each takes a folder of its own and a seed, and returns what it found wrong."""

import contextlib
import os
import random
import shutil
import socket
import subprocess
import threading
import time
from collections import Counter

import httpx
from _collector import Device, Server

from agentguard import places
from agentguard.audit import spool, upload
from agentguard.audit.record import stamp

UPLOADS, KILLS = 100, 12
FULL_MIB = 12
DEVICES = 200
BODIES, TOKENS = 2000, 40
SLOW, SLOW_SECONDS = 60, 60
INDEX_SECONDS = 60
DAY = 86_400


class Laptop:
    """A device with a spool of its own beneath a folder, that sends as the sync does."""

    def __init__(self, folder, name, server):
        self.places = places.personal(folder)
        self.folder = self.places.spool(os.geteuid())
        self.name = name
        self.server = server

    def record(self, count):
        """Append so many records."""
        for _ in range(count):
            body = {
                "kind": "decision",
                "id": os.urandom(8).hex(),
                "user": "alice",
                "device": self.name,
                "effect": "deny",
            }
            spool.append(self.folder, body, {"command": "cat .env"})
        return self

    def send(self):
        """Send what is unsent; return what the collector said."""
        key, secret = self.server.keys.receipt_key, self.server.keys.enrol_secret
        where = {"url": self.server.url, "device": self.name, "receipt_keys": [key], "enrol_secret": secret}
        return upload.send(self.places, **where)


def numbers(server, query=""):
    """Return how often each (chain, seq) is found, page by page, once all is indexed."""
    until = time.monotonic() + INDEX_SECONDS
    while server.behind() and time.monotonic() < until:
        pass
    found, before = Counter(), {}
    while True:
        page = server.get("/v1/search", q=query, limit=1000, **before)
        found.update((one["body"]["chain"], one["body"]["seq"]) for one in page["records"])
        if page["next"] is None:
            return found
        before = {"before": page["next"]}


def alerts(server):
    """Return how often each alert was raised."""
    return Counter(one["alert"] for one in server.get("/v1/chains")["alerts"])


def compared(server, signed):
    """Return what is wrong with the records that are found, if these (chain, seq) were signed for."""
    found = numbers(server)
    wrong = []
    if lost := [one for one in signed if one not in found]:
        wrong.append(f"{len(lost)} records that were signed for are not found, {lost[0]} first")
    if doubled := [one for one, count in found.items() if count > 1]:
        wrong.append(f"{len(doubled)} records are found twice, {doubled[0]} first")
    return wrong


def accepted(server, token, data, signed, until):
    """Send lines until they are signed for; note them in `signed`."""
    while time.monotonic() < until:
        with contextlib.suppress(
            httpx.HTTPError, RuntimeError
        ):  # the latter: its connection was closed with the server
            reply = server.post(token, data)
            if reply.status_code == httpx.codes.OK:
                receipt = reply.json()["receipt"]
                signed |= {(receipt["chain"], seq) for seq in range(receipt["first"], receipt["last"] + 1)}
                return True
        time.sleep(0.02)
    return False


def killed(folder, seed):
    """SIGKILL at random moments of 100 uploads: nothing that was signed for is lost, nothing is there twice."""
    chance = random.Random(seed)
    signed, sent = set(), threading.Semaphore(0)
    with Server(os.path.join(folder, "data")) as server:
        tokens = [server.enrol(f"killed-{number}") for number in range(4)]
        devices = [Device(number, seed, f"killed-{number}") for number in range(4)]
        batches = [(tokens[n % 4], devices[n % 4].lines(40, stamp(time.time()))) for n in range(UPLOADS)]
        left = []

        def send():
            for token, data in batches:
                left.append(not accepted(server, token, data, signed, time.monotonic() + 100))
                sent.release()

        thread = threading.Thread(target=send)
        thread.start()
        for _ in range(KILLS):  # spread over the uploads, however fast the machine is; the next one is on its way
            for _ in range(UPLOADS // KILLS - 1):
                sent.acquire()
            time.sleep(0.02 * chance.random())
            server.kill()
            server.start()
        thread.join()
        wrong = compared(server, signed)
        if any(left) or len(signed) != UPLOADS * 40:
            wrong.append(f"{sum(left)} uploads were never signed for")
        if alerts(server):
            wrong.append(f"alerts: {dict(alerts(server))}")
    return wrong


def full_disk(folder, seed):
    """Fill the disk: uploads are refused, not lost; with room again they are taken, and searches find all of it."""
    data = os.path.join(folder, "data")
    os.mkdir(data)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={FULL_MIB}m", "none", data], check=True)
    signed, wrong = set(), []
    try:
        with Server(data) as server:
            token, device = server.enrol("full"), Device(0, seed, "full")
            refused = None
            for _ in range(200):
                batch = device.lines(100, stamp(time.time()))
                reply = server.post(token, batch)
                if reply.status_code != httpx.codes.OK:
                    refused = reply
                    break
                receipt = reply.json()["receipt"]
                signed |= {(receipt["chain"], seq) for seq in range(receipt["first"], receipt["last"] + 1)}
            if refused is None or refused.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                return [f"a full disk was answered with {refused}"]
            if "retry-after" not in refused.headers:
                wrong.append("nobody was told when to try again")
            subprocess.run(["mount", "-o", "remount,size=200m", data], check=True)
            if not accepted(server, token, batch, signed, time.monotonic() + 30):
                wrong.append("with room again the records are not taken")
            wrong += compared(server, signed)
            server.kill()
            server.start()
            wrong += compared(server, signed)
    finally:
        subprocess.run(["umount", "-l", data], check=True)
    return wrong


def clock_jumps(folder, seed):
    """Shift the collector's clock ten days forward and back again: nothing is lost, and it is said."""
    signed, wrong = set(), []
    with Server(os.path.join(folder, "data"), shifted=True) as server:
        token, device = server.enrol("clock"), Device(0, seed, "clock")
        for shift in (0, 10 * DAY, 0, -3600, 0):
            server.shift(shift)
            if not accepted(server, token, device.lines(20, stamp(time.time() + shift)), signed, time.monotonic() + 20):
                wrong.append(f"with the clock {shift} s off nothing is taken")
        wrong += compared(server, signed)
        if alerts(server) != {"clock": 2}:
            wrong.append(f"alerts: {dict(alerts(server))}")
        soon = stamp(time.time() + 9 * DAY)
        for query, count in ((f"since:{soon}", 20), (f"since:2h until:{soon}", 80)):
            if (found := len(server.search(query))) != count:
                wrong.append(f"{query} finds {found} records of {count}")
    return wrong


def spools(folder, _seed):
    """Clone a device, delete a spool, restore one from a backup: they are told apart, and no record is lost."""
    wrong = []
    with Server(os.path.join(folder, "data")) as server:
        laptops = {}
        for name in ("cloned", "deleted", "restored"):
            laptops[name] = Laptop(os.path.join(folder, name), name, server).record(3)
            laptops[name].send()
            shutil.copytree(laptops[name].places.home, os.path.join(folder, name + "-copy"), symlinks=True)
            laptops[name].record(2).send()
        twin = Laptop(os.path.join(folder, "cloned-copy"), "cloned", server)
        for _ in range(3):
            twin.record(2).send()
            laptops["cloned"].record(2).send()
        shutil.rmtree(laptops["deleted"].folder)
        laptops["deleted"].record(2).send()
        shutil.rmtree(laptops["restored"].places.home)
        shutil.copytree(os.path.join(folder, "restored-copy"), laptops["restored"].places.home, symlinks=True)
        laptops["restored"].record(2).send()
        laptops["restored"].record(2).send()
        expected = {"cloned": {"fork", "clone"}, "deleted": {"reset"}, "restored": {"fork"}}
        devices = {one["device"]: one for one in server.get("/v1/devices")["devices"]}
        for name, kinds in expected.items():
            if set(devices[name]["alerts"]) != kinds:
                wrong.append(f"{name}: alerts are {devices[name]['alerts']}, not {sorted(kinds)}")
        counts = {"cloned": 17, "deleted": 7, "restored": 9}
        for name, count in counts.items():
            if (found := len(server.search(f"device:{name} verdict:deny"))) != count:
                wrong.append(f"{name}: {found} records are found, not {count}")
    return wrong


def many_devices(folder, seed):
    """200 devices at once: each enrols and sends, and every record is there."""
    signed, failed = set(), []
    with Server(os.path.join(folder, "data")) as server:

        def work(number):
            try:
                token, device = server.enrol(f"many-{number:03d}"), Device(number, seed, f"many-{number:03d}")
                until = time.monotonic() + 100
                sent = [accepted(server, token, device.lines(20, stamp(time.time())), signed, until) for _ in range(2)]
                failed.extend([f"many-{number:03d} could not send"] * (not all(sent)))
            except (httpx.HTTPError, KeyError) as error:
                failed.append(f"many-{number:03d}: {error!r}")

        threads = [threading.Thread(target=work, args=(number,)) for number in range(DEVICES)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        wrong = failed + compared(server, signed)
        if alerts(server) or len(server.get("/v1/devices")["devices"]) != DEVICES:
            wrong.append(f"{len(server.get('/v1/devices')['devices'])} devices, alerts {dict(alerts(server))}")
    return wrong


def malformed(folder, seed):
    """2,000 damaged bodies: each is answered, none with a 500, and nothing that was refused is stored."""
    chance = random.Random(seed)
    with Server(os.path.join(folder, "data")) as server:
        tokens = [server.enrol(f"bad-{number}") for number in range(TOKENS)]
        good = Device(0, seed).lines(3, stamp(time.time()))
        statuses = Counter()
        for number in range(BODIES):
            data = bytearray(good)
            for _ in range(chance.choice((1, 1, 2, 30))):
                at = chance.randrange(len(data))
                data[at : at + chance.choice((0, 1, 1, 200))] = bytes(
                    chance.randrange(256) for _ in range(chance.choice((1, 8)))
                )
            headers = {"authorization": f"Bearer {tokens[number % TOKENS]}"}
            if chance.random() < 0.3:
                headers["content-encoding"] = chance.choice(("gzip", "zstd"))
            statuses[server.client.post("/v1/records", content=bytes(data), headers=headers).status_code] += 1
        wrong = [f"{count} answers {status}" for status, count in statuses.items() if status not in (200, 400, 409)]
        if statuses[400] < BODIES // 2:
            wrong.append(f"only {statuses[400]} were refused")
        if server.client.get("/healthz").status_code != httpx.codes.OK:
            wrong.append("it is not well afterwards")
        server.search("")
    return wrong


def slow_clients(folder, seed):
    """60 clients that never finish what they say: the others are served at once, and the slow ones are let go."""
    with Server(os.path.join(folder, "data")) as server:
        token, device, signed = server.enrol("quick"), Device(0, seed, "quick"), set()
        head = f"POST /v1/records HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\ncontent-length: 1000\r\n"
        slow = []
        for number in range(SLOW):
            connection = socket.create_connection(("127.0.0.1", server.port))
            connection.sendall(head.encode() if number % 2 else head.encode() + b"\r\n" + b"{")
            slow.append(connection)
        start = time.monotonic()
        until = start + SLOW_SECONDS
        sent = [accepted(server, token, device.lines(20, stamp(time.time())), signed, until) for _ in range(20)]
        wrong = [] if all(sent) else ["the others are held up"]
        if time.monotonic() - start > SLOW_SECONDS / 2:
            wrong.append("the others were served late")
        for connection in slow:
            connection.settimeout(max(0.1, until - time.monotonic()))
            try:
                while connection.recv(4096):
                    pass
            except TimeoutError:
                wrong.append("a slow client was not let go")
                break
            except ConnectionError:
                pass
        for connection in slow:
            connection.close()
        return wrong + compared(server, signed)


SCENARIOS = {
    "killed": killed,
    "full-disk": full_disk,
    "clock-jumps": clock_jumps,
    "spools": spools,
    "many-devices": many_devices,
    "malformed": malformed,
    "slow-clients": slow_clients,
}
