"""The campaigns of `scripts/soak` on the spool: writers that are killed, and a disk that is really full.

As a script it is the inside of `spool_full`: it runs in a private mount namespace, `_soak_spool.py SEED SCALE`.
"""

import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, ROOT)

from agentguard.audit import reader, spool, unsent, verify  # noqa: E402 - needs the line above where this is the script

WRITERS = 8
SMALL, LARGE = "200", "60000"  # bytes of a record's text
KILLS = 1_000
ROUNDS_FULL = 40
ROOM = 4  # MiB of the tiny file system
MOST_FOUND = 20

# Appends for ever and says what was acknowledged; `-` is an append that failed. It ends after three in a row.
WRITER = """
import sys; sys.path.insert(0, sys.argv[1])
from agentguard.audit import spool
from agentguard.errors import SpoolError
number = failed = 0
while failed < 3:
    name = sys.argv[3] + "-" + str(number)
    try:
        seq, h = spool.append(sys.argv[2], {"kind": "event", "id": name}, {"command": "x" * int(sys.argv[4])})
    except SpoolError:
        failed += 1
        print("-", flush=True)
        continue
    failed = 0
    print(seq, h, name, flush=True)
    number += 1
"""


class Spool:
    """A spool that is tried: what its writers said, and what is found wrong with it."""

    def __init__(self, folder, chance):
        self.folder = folder
        self.acknowledged = self.failed = self.kills = 0
        self.found = []
        self._said = {}  # what was acknowledged since the last check
        self._last = -1  # the last number at that time
        self._chance = chance

    def round(self, *, kill):
        """Start eight writers; kill them one by one at random moments, or let them run until the disk is full."""
        argv = [sys.executable, "-I", "-S", "-c", WRITER, ROOT, self.folder]
        writers = []
        for number in range(WRITERS):
            words = [*argv, f"k{self.acknowledged}w{number}", self._chance.choice((SMALL, LARGE))]
            writers.append(subprocess.Popen(words, stdout=subprocess.PIPE, text=True))
        first = [writer.stdout.readline() for writer in writers]  # all of them are at it now
        for writer in writers if kill else ():
            time.sleep(0.02 * self._chance.random())
            writer.kill()
            self.kills += 1
        for start, writer in zip(first, writers, strict=True):
            for line in (start + writer.communicate()[0]).split("\n")[:-1]:
                if line == "-":
                    self.failed += 1
                else:
                    seq, h, name = line.split()
                    self._said[int(seq)] = (h, name)
                    self.acknowledged += 1

    def check(self):
        """Look for all that was acknowledged, and for what is wrong; then let go what an upload would have taken."""
        there, last = {}, None
        for line in spool.read(self.folder):
            if line.problem not in ("", reader.CUT_OFF):
                self.found.append(f"a torn line is served: {line.problem}")
            elif not line.problem:
                there[line.seq], last = (line.h, line.body.get("id")), line
        self.found += [f"record {seq} is lost" for seq, record in self._said.items() if there.get(seq) != record]
        self.found += [str(finding) for finding in verify.verify(self.folder).findings if finding.broken]
        if self._said and min(self._said) <= self._last:
            self.found.append(f"numbers start again at {min(self._said)}, after {self._last}")
        self._said, self._last = {}, last.seq
        list(unsent.free(self.folder, {last.chain: last.seq}))

    def close(self):
        """Append one record more, after which nothing may be unfinished, and return what came of it all."""
        spool.append(self.folder, {"kind": "event", "id": "last"}, {})
        *_, last = spool.read(self.folder)
        self.check()
        self.found += ["the last line is cut off"] if last.problem else []
        counted = {name: last.body.get(name, 0) for name in ("lost", "torn", "full")}
        if counted["lost"] < self.failed:
            self.found.append(f"{self.failed} appends failed, and {counted['lost']} are counted")
        return {
            "acknowledged": self.acknowledged,
            "records": last.seq + 1,
            "kills": self.kills,
            "failed": self.failed,
            "counted": counted,
            "found": self.found[:MOST_FOUND],
        }


def spool_kills(seed, scale):
    """SIGKILL at random moments among eight writers: no acknowledged record lost, no torn line served."""
    base = tempfile.mkdtemp(prefix="agentguard-soak-")
    tried = Spool(os.path.join(base, "spool"), random.Random(seed))
    try:
        while tried.kills < KILLS * scale:
            tried.round(kill=True)
            tried.check()
        return tried.close()
    finally:
        shutil.rmtree(base)


def spool_full(seed, scale):
    """Fill a tiny file system again and again, with kills between: what failed is counted, nothing else is lost."""
    argv = ["unshare", "--mount", "--propagation", "private", sys.executable, os.path.abspath(__file__)]
    return json.loads(subprocess.run([*argv, str(seed), str(scale)], capture_output=True, check=True).stdout)


def _inside(seed, scale):
    base = tempfile.mkdtemp(prefix="agentguard-soak-")
    try:
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={ROOM}m", "none", base], check=True)
        tried = Spool(os.path.join(base, "spool"), random.Random(seed))
        for _ in range(int(ROUNDS_FULL * scale)):
            tried.round(kill=False)  # until no writer gets anything in
            tried.round(kill=True)  # kills on the full disk
            tried.check()  # which makes room
            tried.round(kill=True)  # and while there is some
        return tried.close()
    finally:
        subprocess.run(["umount", base], check=False)
        os.rmdir(base)


if __name__ == "__main__":
    print(json.dumps(_inside(int(sys.argv[1]), float(sys.argv[2]))))
