"""A hook that does what a scenario tells it: stay silent, answer, fail, die or hang. Stands in for agentguard's stub.

It takes no arguments, because it is put in the place of the real stub and started by the real managed settings. What to
do stands in the file `<this file>.json`:

    {"calls": FOLDER, "out": TEXT, "exit": NUMBER, "signal": NUMBER, "sleep": SECONDS}

First it writes its standard input into the folder `calls`, so that a scenario can tell a hook that was never started
from one that was and failed. It obeys only before a tool call; at every other event it stays silent.
"""

import json
import os
import sys
import time


def main() -> int:
    """Note the call, then behave as told. Return the exit code."""
    with open(__file__ + ".json", encoding="utf-8") as stream:
        orders = json.load(stream)
    call = sys.stdin.buffer.read()
    name = f"{time.time_ns()}-{os.getpid()}.json"
    with open(os.path.join(orders["calls"], name), "wb") as stream:
        stream.write(call)
    if json.loads(call)["hook_event_name"] != "PreToolUse":
        return 0
    time.sleep(orders.get("sleep", 0))
    sys.stdout.write(orders.get("out", ""))
    sys.stdout.flush()
    if "signal" in orders:
        os.kill(os.getpid(), orders["signal"])
    return int(orders.get("exit", 0))


if __name__ == "__main__":
    sys.exit(main())
