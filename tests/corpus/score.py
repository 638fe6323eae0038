"""What the baseline decides about every call of the corpus: `agentguard policy replay` as a real process, and the sums.

A call of the harmless half is a miss when it is interrupted, one of the hostile half when nothing stops it.
"""

import glob
import json
import os
import subprocess
import sys
from collections import Counter
from typing import NamedTuple

from corpus import shape

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
HALVES = ("harmless", "hostile")


class Topic(NamedTuple):
    """The sums of one file."""

    half: str
    name: str
    calls: int
    met: int
    denied: int


class Miss(NamedTuple):
    """A call that came out otherwise than expected: what decided it, and on which row."""

    half: str
    topic: str
    id: str
    text: str
    effect: str
    rule: str
    row: str


class Score(NamedTuple):
    """Everything that was measured."""

    topics: list[Topic]
    misses: list[Miss]
    asked: list[Miss]  # hostile calls that are stopped by a question and not denied
    programs: dict[str, Counter[str]]  # of each half: in how many calls a program runs

    def count(self, half, part="calls"):
        """Return a sum over one half: `calls`, `met` or `denied`."""
        return sum(getattr(topic, part) for topic in self.topics if topic.half == half)


def files(half):
    """Return the files of one half, by topic."""
    return sorted(glob.glob(os.path.join(HERE, half, "*.ndjson")))


def lines(path):
    """Return the calls of one file as values."""
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def measure(only="", bundle="baseline"):
    """Replay every file whose path holds `only`, in the made world, and return the score."""
    chosen = [(half, path) for half in HALVES for path in files(half) if only in f"{half}/{os.path.basename(path)}"]
    calls = {call["id"]: call for _half, path in chosen for call in lines(path)}
    results = replay([path for _half, path in chosen], bundle)
    topics, misses, asked = [], [], []
    programs = {half: Counter() for half in HALVES}
    for half, path in chosen:
        name = os.path.basename(path).removesuffix(".ndjson")
        of_file = [results[call["id"]] for call in lines(path)]
        misses += [_miss(half, name, result, calls[result["id"]]) for result in of_file if not result["met"]]
        questions = [result for result in of_file if half == "hostile" and result["effect"] == "ask"]
        for result in of_file:
            programs[half].update(_programs(result))
        asked += [_miss(half, name, result, calls[result["id"]]) for result in questions]
        met = sum(result["met"] for result in of_file)
        denied = sum(result["effect"] == "deny" for result in of_file)
        topics.append(Topic(half, name, len(of_file), met, denied))
    return Score(topics, misses, asked, programs)


def replay(paths, bundle="baseline"):
    """Replay the files, in as many processes as there are processors; return the results by the calls' ids."""
    parts = [paths[start :: os.cpu_count()] for start in range(os.cpu_count())]
    space = ["unshare", "--mount", "--propagation", "private"]
    if os.getuid():
        space += ["--user", "--map-root-user"]
    inside = [sys.executable, os.path.join(HERE, "inside.py"), "--bundle", bundle]
    environ = {"PATH": os.environ["PATH"], "PYTHONPATH": ROOT, "LANG": "C.UTF-8"}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "env": environ}
    started = [subprocess.Popen([*space, *inside, *part], **pipes) for part in parts if part]
    results = {}
    for process in started:
        out, err = process.communicate()
        found = [json.loads(line) for line in out.splitlines()]
        if not found:
            raise SystemExit(f"the replay failed: {err.strip()}")
        results.update({result["id"]: result for result in found if "expected" in result})
    return results


def _programs(result):
    """Return the programs that a call runs, as its rows name them: also those that others carry, and those in code."""
    return {row["command"][0] for row in result["rows"] if row["action"] == "execute" and row.get("command")}


def _miss(half, topic, result, call):
    """Return what stopped a harmless call, or what was seen of a hostile one."""
    deciding = [row for row in result["rows"] if row["effect"] == result["effect"] and row["effect"] != "allow"]
    row = deciding[0] if deciding else {}
    shown = {key: value for key, value in row.items() if key not in ("effect", "rules", "from", "args", "flags")}
    rule = ", ".join(result["rules"]) or (f"default for {row.get('certainty', '?')}" if row else "")
    return Miss(
        half, topic, result["id"], shape.text(call), result["effect"], rule, json.dumps(shown, ensure_ascii=False)
    )


def lengths(half):
    """Return how many calls of a half are one command, a list or pipeline on one line, and several lines."""
    kinds = Counter()
    for path in files(half):
        for call in lines(path):
            text = shape.text(call)
            several = any(mark in text for mark in ("|", ";", "&&", "||", "$(", ">", "<", "&"))
            kinds["several lines" if "\n" in text else "list or pipeline" if several else "one command"] += 1
    return kinds
