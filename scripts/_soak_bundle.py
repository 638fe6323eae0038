"""The campaigns of `scripts/soak` on bundles: every byte of a seal, and many hooks while the policy changes."""

import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time

from _soak_laptop import MOST_FOUND, PLAIN, agentguard, laptop

from agentguard.audit import lines
from agentguard.bundle import publish, seal


def seal_bits(seed, scale):
    """Every byte of a seal changed in turn: it is refused, or the policy is the same to the byte."""
    chance = random.Random(seed)
    folder = tempfile.mkdtemp(prefix="agentguard-soak-")
    found, refused, tried = [], 0, 0
    try:
        where, _argv = laptop(folder)
        now = time.time()
        policy = seal.load_active(where, now).policy
        with open(where.seal, "rb") as file:
            good = file.read()
        step = max(1, int(3 / scale))
        for at in range(0, len(good), step):
            bad = bytearray(good)
            bad[at] ^= 1 << chance.randrange(8)
            with open(where.seal, "wb") as file:
                file.write(bad)
            active = seal.load_active(where, now)
            tried += 1
            refused += active.state == "invalid"
            if active.state != "invalid" and active.policy != policy and len(found) < MOST_FOUND:
                found.append({"byte": at, "state": active.state})
    finally:
        shutil.rmtree(folder)
    return {"changed": tried, "refused": refused, "found": found}


HOOKS, SYNCS, CHANGES = 50, 2, 100
TURNS = ("even", "odd")


def bundle_changes(_seed, scale):
    """Fifty hooks and two syncs at once at each of a hundred changes: every verdict is that of a verified policy.

    Two policies take turns; both deny one file, and each one file more. What hooks answer must follow from one of the
    two, and every record must name a revision that was published, fresh, with that revision's digest.
    """
    folder = tempfile.mkdtemp(prefix="agentguard-soak-")
    found, codes, changes = [], {0: 0, 2: 0}, max(1, int(CHANGES * scale))
    try:
        digests = [_policy(folder, name) for name in TURNS]
        where, argv = laptop(folder, policy=os.path.join(folder, TURNS[0]))
        calls = [_call(where, name) for name in ("both", *TURNS)]
        sync = [sys.executable, "-m", "agentguard", "sync", "--json", "--home", where.home]
        for number in range(1, changes + 1):
            agentguard("bundle", "publish", os.path.join(folder, TURNS[number % 2]), "--to",
                       os.path.join(folder, "publisher"), "--allow-weakening")  # fmt: skip
            syncs = [_started(sync) for _ in range(SYNCS)]
            hooks = [(at % 3, _started(argv, calls[at % 3], where.home)) for at in range(HOOKS)]
            for process in syncs:
                out, err = process.communicate()
                if process.returncode:
                    found.append({"sync": (out + err).decode()[-300:]})
            for call, process in hooks:
                out, err = process.communicate()
                codes[process.returncode] = codes.get(process.returncode, 0) + 1
                allowed = (2,) if call == 0 else (0, 2)
                if process.returncode not in allowed or b"agentguard/" in out:
                    found.append({"change": number, "code": process.returncode, "stderr": err.decode()[-300:]})
        records = _records(where)
        for body in records:
            bundle = body.get("bundle") or {}
            good = bundle.get("state") == "fresh" and bundle.get("digest") == digests[(bundle["revision"] - 1) % 2]
            if body["kind"] == "decision" and not good:
                found.append({"record": body})
    finally:
        shutil.rmtree(folder)
    counts = {"changes": changes, "hooks": changes * HOOKS, "syncs": changes * SYNCS, "records": len(records)}
    return {**counts, "codes": {str(code): count for code, count in codes.items()}, "found": found[:MOST_FOUND]}


def _call(where, name):
    """Return the payload of reading a file of the project."""
    path = os.path.join(where.home, "project", name)
    call = {"session_id": "s", "cwd": where.home, "hook_event_name": "PreToolUse", "tool_name": "Read"}
    return json.dumps({**call, "tool_input": {"file_path": path}}).encode()


def _started(argv, data=b"", folder=None):
    """Start a process and give it its input, without waiting for it."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    process = subprocess.Popen(argv, env=PLAIN if folder else None, cwd=folder, **pipes)
    process.stdin.write(data)
    process.stdin.close()
    process.stdin = None
    return process


def _policy(folder, name):
    """Write a policy that denies reading the files "both" and `name`; return the SHA-256 of what is published of it."""
    source = os.path.join(folder, name)
    os.makedirs(os.path.join(source, "rules"))
    with open(os.path.join(source, "bundle.toml"), "w", encoding="utf-8") as file:
        file.write('schema = 1\nname = "turns"\nmode = "enforce"\n')
    with open(os.path.join(source, "rules", "turns.toml"), "w", encoding="utf-8") as file:
        file.write(f'[[rule]]\nid = "turns/{name}"\neffect = "deny"\naction = "read"\n')
        file.write(f'path = ["**/both", "**/{name}"]\nreason = "It is {name}\'s turn."\n')
    return hashlib.sha256(publish.build(source)).hexdigest()


def _records(where):
    """Return the bodies of all records of a laptop's spool."""
    bodies = []
    for folder, _folders, names in os.walk(where.spools):
        for name in names:
            if name.endswith(".ndjson"):
                with open(os.path.join(folder, name), "rb") as file:
                    bodies += [lines.parse(raw).body for raw in file.read().splitlines()]
    return bodies
