"""The stage and the narrator of `scripts/demo`: temporary folders, one server process, the real commands and hook."""

import contextlib
import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

# What a hook is given of the environment. The agent's own variables would say that nobody is there to answer.
PLAIN = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}


def asked_for_json(words):
    """Return whether `--json` was given; anything else that makes no sense ends the demo with a line of usage."""
    if words not in ([], ["--json"]):
        print("usage: scripts/demo [--json]", file=sys.stderr)
        sys.exit(2)
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # `scripts/demo | head` is fine
    return words == ["--json"]


class Stage:
    """A publisher, a server, and a laptop, beneath one temporary folder that goes away with it."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="agentguard-demo-")
        self.publisher = os.path.join(self.folder, "publisher")
        self.collector_data = os.path.join(self.folder, "collector")
        self.home = os.path.join(self.folder, "home")
        self.reader_token = os.path.join(self.folder, "reader.token")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.server = None

    def __enter__(self):
        os.makedirs(self.project("src"))
        for name, text in (("src/app.py", "print('hello')\n"), (".env", "TOKEN=not-a-real-one\n")):
            with open(self.project(name), "w", encoding="utf-8") as file:
                file.write(text)
        return self

    def __exit__(self, *_error):
        if self.server:
            self.stop_server()
        shutil.rmtree(self.folder)

    def keep_token(self, token):
        """Keep what was said once in a file."""
        with open(self.reader_token, "w", encoding="ascii") as file:
            file.write(token)

    def project(self, name):
        """Return a path inside the laptop's project."""
        return os.path.join(self.home, "project", name)

    def agentguard(self, *words):
        """Run one agentguard command; return its JSON, when it was asked for."""
        argv = [sys.executable, "-m", "agentguard", *words]
        done = subprocess.run(argv, capture_output=True, text=True, check=False, cwd=self.folder)
        if done.returncode != 0:
            sys.exit(f"$ agentguard {' '.join(words)}\n{done.stdout}{done.stderr}")
        return json.loads(done.stdout) if "--json" in words else None

    def root_sha256(self):
        """Return what an administrator would tell every laptop: the SHA-256 of the first root."""
        with open(os.path.join(self.publisher, "repo", "1.root.json"), "rb") as root:
            return hashlib.sha256(root.read()).hexdigest()

    def start_server(self):
        """Start the collector, which serves the bundle folder as well, and wait until it answers."""
        ready = os.path.join(self.folder, "ready")
        argv = [sys.executable, "-m", "agentguard", "collector", "serve", "--data", self.collector_data]
        argv += ["--port", str(self.port), "--bundle-dir", os.path.join(self.publisher, "repo"), "--ready-file", ready]
        self.server = subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        while not os.path.exists(ready):
            if self.server.poll() is not None:
                sys.exit(self.server.stderr.read().decode())
            time.sleep(0.05)
        os.unlink(ready)

    def stop_server(self):
        """Stop the server; return whether its port is really closed."""
        self.server.terminate()
        self.server.wait()
        self.server.stderr.close()
        self.server = None
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) != 0

    def hook(self, tool, arguments):
        """Feed one payload to the hook process that this laptop's settings would start."""
        argv = self.agentguard("hook-command", "--json", "--home", self.home)
        payload = {"session_id": "demo", "transcript_path": "", "cwd": self.project(""), "permission_mode": "default",
                   "hook_event_name": "PreToolUse", "tool_name": tool, "tool_input": arguments,
                   "tool_use_id": "toolu_demo"}  # fmt: skip
        return subprocess.run(argv, input=json.dumps(payload), capture_output=True, text=True, check=False, env=PLAIN)

    @contextlib.contextmanager
    def one_bit_of_the_seal_changed(self):
        """Change one bit in the middle of the seal for a while."""
        path = os.path.join(self.home, ".local", "state", "agentguard", "active.seal")
        with open(path, "rb") as seal:
            good = seal.read()
        bad = bytearray(good)
        bad[len(bad) // 2] ^= 1
        for data, last in ((bytes(bad), False), (good, True)):
            with open(path, "wb") as seal:
                seal.write(data)
            if not last:
                yield


class Show:
    """Tells the story as text, or collects it as JSON."""

    def __init__(self, *, as_json):
        self.as_json = as_json
        self.steps = []

    @property
    def calls(self):
        """The steps that were tool calls."""
        return [step for step in self.steps if "exit" in step]

    def tell(self, text):
        """Say what happens next."""
        if not self.as_json:
            print(f"\n{text}")

    def step(self, name, **facts):
        """Note one fact."""
        self.steps.append({"step": name, **facts})
        if not self.as_json:
            print(f"  {name}: {', '.join(f'{key} {value}' for key, value in facts.items())}")

    def call(self, name, done):
        """Note what the hook answered to one call."""
        reply = json.loads(done.stdout) if done.stdout else {}
        told = reply.get("hookSpecificOutput", {})
        reason = told.get("permissionDecisionReason", "")
        effect = told.get("permissionDecision", "silence")
        rule = reply.get("systemMessage", "").partition(": ")[2].partition(" (")[0]
        self.steps.append({"step": name, "exit": done.returncode, "effect": effect, "rule": rule, "reason": reason})
        if not self.as_json:
            print(f"  the agent {name}\n    exit {done.returncode}, {effect}{': ' + reason if reason else ''}")

    def found(self, records):
        """Note what the search found."""
        bodies = [record["body"] for record in records]
        self.steps.append({"step": "search", "found": len(bodies), "records": [body["id"] for body in bodies]})
        for body in bodies if not self.as_json else ():
            print(f"  {body['time']} {body['user']} {body['effect']} {body['rule']} ({body['tool']})")

    def end(self):
        """Print the collected steps."""
        if self.as_json:
            stopped = any(step.get("server_stopped") for step in self.steps)
            exits, rules = [step["exit"] for step in self.calls], [step["rule"] for step in self.calls]
            story = {"server_stopped": stopped, "exits": exits, "rules": rules, "steps": self.steps}
            print(json.dumps(story, indent=2))
