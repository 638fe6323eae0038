"""What `scripts/bench-collector` and `scripts/e2e-collector` send: chains of made-up decisions in the form of real ones."""

import gzip
import hashlib
import json
import os
import random
import subprocess
import sys
import time

import httpx

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from agentguard.collector.keys import Keys

TAG = b"agentguard record 1\n"
BATCH = 500  # records of a request
USERS, DEVICES, PROJECTS = 200, 250, 40

DENIED = ((1, "Bash", "deny", "secrets/file", "cat .env.%d"),)
# (share, tool, effect, rule, command): what agents do, most often first.
CALLS = (
    (30, "Bash", "allow", "", "git status && npm test 2>&1 | tail -20"),
    (20, "Read", "allow", "", "src/app-%d.py"),
    (15, "Edit", "allow", "", "src/module-%d/views.py"),
    (10, "Bash", "allow", "", "grep -rn handler_%d src | head -50"),
    (8, "Bash", "allow", "default:execute", "python -m pytest -x tests/test_%d.py"),
    (6, "WebFetch", "allow", "", "https://docs.example/page/%d"),
    (4, "Bash", "allow", "", "docker compose logs --tail 100 web-%d"),
    (3, "Bash", "ask", "git/push", "git push origin feature-%d"),
    (2, "Bash", "ask", "packages/install", "npm install left-pad@%d"),
    (1, "Bash", "deny", "secrets/file", "cat .env.%d"),
    (0.6, "Bash", "deny", "git/force-push", "git push --force origin main # %d"),
    (0.4, "Read", "deny", "secrets/file", "/home/dev/.aws/credentials-%d"),
)  # fmt: skip


class Device:
    """A laptop that writes one chain. `lines` returns its next lines, as its spool would have them.

    `name` is the one under which it has enrolled.
    """

    def __init__(self, number, seed=0, name=""):
        self.chance = random.Random(f"{seed}-{number}")
        self.name = name or f"laptop-{number:04d}"
        self.user = f"user{number % USERS:03d}"
        self.chain = f"{self.chance.getrandbits(128):032x}"
        self.seq = -1
        self.head = "0" * 64
        self._calls = [self._call(*call[1:]) for call in CALLS]
        self._session = "0"

    def lines(self, count, time, calls=CALLS, **more):
        """Return so many lines, joined. `calls`: of these; `more` goes into the body of every one of them."""
        found = [self._genesis(time)] if self.seq < 0 else []
        extra = json.dumps(more)[1:-1] + "," if more else ""
        chosen = self._calls if calls is CALLS else [self._call(*call[1:]) for call in calls]
        for body, texts in self.chance.choices(chosen, [call[0] for call in calls], k=count - len(found)):
            number = self.chance.randrange(100_000)
            if number < 2000:
                self._session = f"{self.chance.getrandbits(64):016x}"
            ids = f'"id":"{self.chance.getrandbits(64):016x}","time":"{time}","session":"{self._session}",{extra}'
            found.append(self._written(ids + body, texts.replace("%d", str(number))))
        return b"".join(found)

    def _call(self, tool, effect, rule, command):
        project = f"/home/dev/work/project-{self.chance.randrange(PROJECTS)}"
        rows = [{"action": "use", "tool": tool, "effect": "allow"}, {"action": "read", "tool": tool, "origin": 0}]
        body = {
            "kind": "decision", "device": self.name, "hostname": self.name, "os": "linux",
            "user": self.user, "known": "os", "roles": ["developer"],
            "bundle": {"name": "baseline", "revision": 7, "digest": "438e6fb190e8fff2af5dd1e2604288dfb2dc190cf92415af5866ee6b",
                       "age": 3400, "state": "fresh", "verified": "owner"},
            "agent": "claude-code", "agent_version": "2.1.0", "subagent": "", "subagent_id": "",
            "tool_use_id": "toolu_01ABCDEFGHIJKLMNOPQRSTUV", "event": "PreToolUse", "permission_mode": "default",
            "tool": tool, "tool_known": True, "rows": [*rows, {**rows[1], "effect": effect, "rules": [rule] if rule else []}],
            "rows_complete": True, "origins": [{"traits": ["read-only"]}], "effect": effect, "would": effect,
            "mode": "enforce", "rule": rule, "would_rule": rule, "rules": [rule] if rule else [], "severity": "",
            "exception": "", "latency_us": 26067, "work": {"characters": 38, "commands": 3, "words": 12},
        }  # fmt: skip
        texts = {
            "cwd": project, "project": project, "repo": "https://git.example/acme/shop", "branch": "feature/checkout",
            "reason": f"{rule} says no" if effect == "deny" else "", "remedy": "",
            "rows": [{}, {"path": f"{project}/{command.split()[-1]}", "why": "operand"}, {"why": "the command"}],
            "origins": [{"command": command.split()[:2], "args": command.split()[2:]}], "command": command,
        }  # fmt: skip
        return json.dumps(body, separators=(",", ":"))[1:-1], json.dumps(texts, separators=(",", ":"))

    def _genesis(self, time):
        facts = {"kind": "genesis", "time": time, "user": self.user, "reason": "new", "previous": {}}
        return self._written(json.dumps(facts, separators=(",", ":"))[1:-1], "{}")

    def _written(self, body, texts):
        self.seq += 1
        salt = f"{self.chance.getrandbits(128):032x}"
        commitment = hashlib.sha256((salt + texts).encode()).hexdigest()
        prev = f'"prev":"{self.head}",' if self.seq == 0 else ""
        b = f'{{"chain":"{self.chain}","seq":{self.seq},{prev}{body},"texts":"{commitment}"}}'
        self.head = hashlib.sha256(TAG + (self.head + b).encode()).hexdigest()
        return f'{{"b":{b},"t":{texts},"s":"{salt}","h":"{self.head}"}}\n'.encode()


def cpu_of(server):
    """Return the seconds of processor time so far: of the server and its processes that check, and of the indexer."""
    with open(f"/proc/{server}/task/{server}/children", encoding="ascii") as file:
        *checkers, indexer = sorted(map(int, file.read().split()))  # the indexer is started last
    return sum(map(_pid_cpu, (server, *checkers))), _pid_cpu(indexer)


def _pid_cpu(pid):
    """Return the seconds of processor time that a process has used so far (proc(5), fields 14 and 15)."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


# agentguard with a clock that is off by the seconds in a file.
SHIFTED = """
import sys, time
offset, real = sys.argv.pop(1), time.time
time.time = lambda: real() + float(open(offset).read())
from agentguard._entry import main
sys.exit(main())
"""


class Server:
    """A collector process on loopback, with a data folder of its own; as a context it ends with it.

    `shifted`: its clock can be shifted while it runs.
    """

    def __init__(self, data, *, shifted=False):
        self.data = data
        self.keys = Keys(data)
        self.ready = data + ".ready"
        self.offset = data + ".offset" if shifted else ""
        self.reader = self.keys.readers.give(f"bench-{os.getpid()}", "search", "")
        self.process = None
        self.port = 0

    def __enter__(self):
        return self.start()

    def __exit__(self, *_error):
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(60)
        self.client.close()

    def start(self):
        """Start it, and wait until it answers."""
        program = ["-c", SHIFTED, self.offset] if self.offset else ["-m", "agentguard"]
        if self.offset and not os.path.exists(self.offset):
            self.shift(0)
        argv = [sys.executable, *program, "collector", "serve", "--data", self.data]
        argv += ["--port", str(self.port), "--ready-file", self.ready]
        environ = {**os.environ, "PYTHONPATH": os.path.dirname(os.path.dirname(os.path.abspath(__file__)))}
        self.process = subprocess.Popen(argv, env=environ, stderr=subprocess.DEVNULL)
        while not os.path.exists(self.ready):
            if self.process.poll() is not None:
                sys.exit(f"the collector ended with {self.process.returncode}")
            time.sleep(0.02)
        with open(self.ready, encoding="utf-8") as file:
            self.url = json.load(file)["url"]
        self.port = int(self.url.rpartition(":")[2])
        self.client = httpx.Client(base_url=self.url, timeout=60)
        return self

    def shift(self, seconds):
        """Set by how much its clock is off."""
        with open(self.offset + ".new", "w", encoding="ascii") as file:
            file.write(str(seconds))
        os.replace(self.offset + ".new", self.offset)

    def kill(self):
        """End it as a power cut would."""
        self.process.kill()
        self.process.wait()
        self.client.close()
        if os.path.exists(self.ready):
            os.unlink(self.ready)

    def enrol(self, name):
        """Return a token for a device."""
        reply = self.client.post("/v1/enroll", json={"secret": self.keys.enrol_secret, "device": name})
        return reply.json()["token"]

    def post(self, token, data, gone=False):
        """Send lines; return the reply."""
        headers = {"authorization": f"Bearer {token}", "content-encoding": "gzip"}
        return self.client.post(f"/v1/records?gone={int(gone)}", content=gzip.compress(data, 1), headers=headers)

    def get(self, path, **parameters):
        """Return the answer to a reader."""
        reply = self.client.get(path, params=parameters, headers={"authorization": f"Bearer {self.reader}"})
        reply.raise_for_status()
        return reply.json()

    def search(self, query, limit=1000):
        """Return what a query finds."""
        return self.get("/v1/search", q=query, limit=limit)["records"]

    def behind(self):
        """Return the bytes that are not indexed yet."""
        return self.get("/v1/search", q="", limit=1)["behind"]


CLIENT = """
import sys, time; sys.path.insert(0, sys.argv[1])
import _collector
_collector.send_all(*sys.argv[2:])
"""
DEVICES_A_CLIENT = 8


def flood(server, count, clients, tell):
    """Send so many records from client processes; return how fast they were taken."""
    batches = max(1, count // BATCH // clients)
    argv = [sys.executable, "-c", CLIENT, os.path.dirname(os.path.abspath(__file__)), server.url]
    processes = []
    for number in range(clients):
        tokens = [server.enrol(f"flood-{number}-{device}") for device in range(DEVICES_A_CLIENT)]
        words = [*argv, str(number), str(batches), ",".join(tokens)]
        processes.append(subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True))
    for process in processes:
        process.stdout.readline()  # it has made its batches
    before, start = cpu_of(server.process.pid), time.perf_counter()
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    acknowledged = 0
    for process in processes:
        for line in process.stdout:
            acknowledged += int(line)
            tell(acknowledged)
        process.wait()
    wall = time.perf_counter() - start
    cpu, indexer = (now - then for now, then in zip(cpu_of(server.process.pid), before, strict=True))
    return {
        "records": acknowledged, "clients": clients, "batch": BATCH, "seconds": round(wall, 2),
        "per_second": round(acknowledged / wall), "server_cpu_us": round(cpu / acknowledged * 1e6, 1),
        "per_server_cpu_second": round(acknowledged / cpu), "indexer_cpu_s": round(indexer, 2),
    }  # fmt: skip


def send_all(url, number, batches, tokens):
    """One client: make batches, wait for the word, send them over one connection."""
    tokens = tokens.split(",")
    time_ = "2026-05-01T12:00:00.000Z"
    devices = [Device(int(number) * 100 + one, 2, f"flood-{number}-{one}") for one in range(len(tokens))]
    bodies = []
    for batch in range(int(batches)):
        device = batch % len(devices)
        bodies.append((tokens[device], gzip.compress(devices[device].lines(BATCH, time_), 1)))
    print("ready", flush=True)
    sys.stdin.readline()
    with httpx.Client(timeout=60) as client:
        for token, body in bodies:
            headers = {"authorization": f"Bearer {token}", "content-encoding": "gzip"}
            while (reply := client.post(f"{url}/v1/records", content=body, headers=headers)).status_code == 429:
                time.sleep(float(reply.headers["retry-after"]))
            reply.raise_for_status()
            print(BATCH, flush=True)
