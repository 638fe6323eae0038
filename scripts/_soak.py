"""The campaigns of `scripts/soak`. Each takes a seed and a scale and returns counts and what it found."""

import json
import os
import random
import shutil
import subprocess
import sys
import tempfile

from _soak_bundle import bundle_changes, seal_bits
from _soak_laptop import MOST_FOUND, PLAIN, ROOT, laptop
from _soak_spool import spool_full, spool_kills

from agentguard.access import tools
from agentguard.access.model import ToolCall
from agentguard.access.world import MemoryDisk, World

WORDS = r"""
cat rm -rf git push echo sudo env sh -c bash xargs find -exec curl | sh > >> < << <<< && || ; & ( ) { } $( ` ' " \
$HOME ${x:-y} $((1+1)) ~ * ? [a-z] {a,b} .env /etc/passwd -- = x=1 if then fi for in do done while case esac function
f() [[ ]] eval exec source . trap alias cd /tmp - 2>&1 <( >( $'\x41' # ! time coproc EOF é
""".split()  # noqa: SIM905 - one text is easier to read than a hundred quotes
WORDS += ["\n", "\t", "\0", "\ud800", "0" * 40]


def hook_bytes(seed, scale):
    """Damaged payloads through the real hook process: exit 0 or 2, one JSON line or nothing, never a traceback."""
    chance = random.Random(seed)
    found, codes = [], {0: 0, 2: 0}
    folder = tempfile.mkdtemp(prefix="agentguard-soak-")
    try:
        where, argv = laptop(folder)
        payloads = os.path.join(ROOT, "tests", "hook", "payloads")
        good = []
        for name in sorted(os.listdir(payloads)):
            with open(os.path.join(payloads, name), "rb") as file:
                good.append(file.read())
        runs = int(1500 * scale)
        for number in range(runs):
            data = bytearray(chance.choice(good))
            for _ in range(chance.choice((1, 1, 2, 8, 64))):
                at = chance.randrange(len(data))
                data[at : at + chance.choice((0, 1, 1, 5))] = bytes([chance.randrange(256)])
            done = subprocess.run(argv, input=bytes(data), capture_output=True, env=PLAIN, check=False, cwd=where.home)
            ok = done.returncode in (0, 2) and b"Traceback" not in done.stderr
            if ok and done.stdout:
                ok = done.stdout.endswith(b"\n") and isinstance(json.loads(done.stdout), dict)
            codes[done.returncode] = codes.get(done.returncode, 0) + 1
            if not ok and len(found) < MOST_FOUND:
                found.append({"number": number, "code": done.returncode, "stderr": done.stderr.decode()[-300:]})
    finally:
        shutil.rmtree(folder)
    return {"runs": runs, "codes": {str(code): count for code, count in codes.items()}, "found": found}


def shell_text(seed, scale):
    """Random shell text through the interpreter: it always ends in rows, and never raises."""
    chance = random.Random(seed)
    world = World(home="/home/dev", project="/home/dev/project", disk=MemoryDisk({"/home/dev/project/.env": b"x"}))
    runs, found, rows = int(40_000 * scale), [], 0
    for _ in range(runs):
        words = [chance.choice(WORDS) for _ in range(chance.randrange(1, 14))]
        text = "".join(word + chance.choice((" ", " ", "")) for word in words)
        try:
            access = tools.access(ToolCall("PreToolUse", "Bash", {"command": text}, cwd="/home/dev/project"), world)
            rows += len(access.rows)
            error = None if access.rows else "no rows"
        except Exception as raised:  # noqa: BLE001 - that is what is looked for
            error = f"{type(raised).__name__}: {raised}"
        if error and len(found) < MOST_FOUND:
            found.append({"text": text, "error": error})
    return {"runs": runs, "rows": rows, "found": found}


FUZZED = {"shell": 20_000, "tables": 20_000, "addresses": 50_000, "code": 20_000}  # runs of each target


def access_fuzz(seed, scale):
    """Bytes that reach new code of the access layer, found by atheris: no target raises."""
    try:
        import atheris  # noqa: F401, PLC0415 - installed by the first campaign
    except ImportError:
        subprocess.run([sys.executable, "-m", "pip", "--quiet", "install", "atheris"], check=True)
    found, runs = [], {}
    folder = tempfile.mkdtemp(prefix="agentguard-soak-")
    try:
        for name, count in FUZZED.items():
            runs[name] = int(count * scale)
            argv = [
                sys.executable,
                os.path.join(ROOT, "scripts", "_fuzz.py"),
                name,
                f"-runs={runs[name]}",
                f"-seed={seed}",
            ]
            argv += ["-max_len=400", "-verbosity=0", f"-artifact_prefix={folder}/"]
            done = subprocess.run(argv, capture_output=True, check=False, env={**PLAIN, "PYTHONPATH": ROOT})
            if done.returncode != 0:
                crash = next((open(os.path.join(folder, one), "rb").read() for one in os.listdir(folder)), b"")  # noqa: SIM115
                found.append(
                    {"target": name, "bytes": repr(crash), "stderr": done.stderr.decode("utf-8", "replace")[-600:]}
                )
                for one in os.listdir(folder):
                    os.remove(os.path.join(folder, one))
    finally:
        shutil.rmtree(folder)
    return {"runs": runs, "found": found}


CAMPAIGNS = {
    "access-fuzz": access_fuzz,
    "bundle-changes": bundle_changes,
    "hook-bytes": hook_bytes,
    "shell-text": shell_text,
    "spool-full": spool_full,
    "spool-kills": spool_kills,
    "seal-bits": seal_bits,
}
