"""One process of `scripts/bench-spool`: appends the record in a file so many times, and writes the same line bare.

Prints a JSON list of [append, bare write], each the nanoseconds of (processor time of this thread, time on the wall).
Run as the hook runs: isolated, without site, and with the collector's threshold that importing the hook sets.
"""

import sys

sys.path.insert(0, sys.argv[1])

import gc
import os
import time

from agentguard.audit import spool
from agentguard.jsontext import dumps, loads

gc.set_threshold(100_000, 20, 20)


def measured(job, *arguments):
    """Run a job; return (processor time, time) in nanoseconds."""
    used, began = time.thread_time_ns(), time.perf_counter_ns()
    job(*arguments)
    return time.thread_time_ns() - used, time.perf_counter_ns() - began


_root, folder, record, count = sys.argv[1:]
with open(record, "rb") as file:
    body, texts = loads(file.read())
bare = os.open(f"{folder}.bare", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
line = b"x" * (len(dumps(body)) + len(dumps(texts)) + 300)
print(dumps([[measured(spool.append, folder, body, texts), measured(os.write, bare, line)] for _ in range(int(count))]))
