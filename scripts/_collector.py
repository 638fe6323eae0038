"""What `scripts/bench-collector` and `scripts/e2e-collector` send: chains of made-up decisions in the form of real ones."""

import hashlib
import json
import os
import random

TAG = b"agentguard record 1\n"
BATCH = 500  # records of a request
USERS, DEVICES, PROJECTS = 200, 250, 40

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
    """A laptop that writes one chain. `lines` returns its next lines, as its spool would have them."""

    def __init__(self, number, seed=0):
        self.chance = random.Random(f"{seed}-{number}")
        self.name = f"laptop-{number:04d}"
        self.user = f"user{number % USERS:03d}"
        self.chain = f"{self.chance.getrandbits(128):032x}"
        self.seq = -1
        self.head = "0" * 64
        self._calls = [self._call(*call[1:]) for call in CALLS]
        self._weights = [call[0] for call in CALLS]
        self._session = "0"

    def lines(self, count, time, **more):
        """Return so many lines, joined. `more` goes into the body of every one of them."""
        found = [self._genesis(time)] if self.seq < 0 else []
        extra = json.dumps(more)[1:-1] + "," if more else ""
        for body, texts in self.chance.choices(self._calls, self._weights, k=count - len(found)):
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
            "kind": "decision", "device": "e90b995448ac871568e976092d81ccb3", "hostname": self.name, "os": "linux",
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


def pid_cpu(pid):
    """Return the seconds of processor time that a process has used so far (proc(5), fields 14 and 15)."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
