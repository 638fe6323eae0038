"""One target of the access layer under atheris: `_fuzz.py TARGET -runs=N -seed=N`. A target that raises ends with a trace.

Bytes become text as far as they can, so that the fuzzer finds quotes, brackets and operators by itself.
"""

import contextlib
import sys

import atheris

with atheris.instrument_imports(include=["agentguard"]):
    from agentguard.access import hosts, tools
    from agentguard.access.code import literals
    from agentguard.access.code import python as python_code
    from agentguard.access.model import CERTAINTIES, ToolCall
    from agentguard.access.programs import index, options, walk
    from agentguard.access.world import MemoryDisk, World

PROJECT = "/home/dev/project"
WORLD = World(home="/home/dev", project=PROJECT, disk=MemoryDisk({f"{PROJECT}/.env": b"x", f"{PROJECT}/src/a.py": b""}))
NAMES = sorted(name for names in index.families().values() for name in names)


def shell(text):
    """Shell text always ends in rows."""
    access = tools.access(ToolCall("PreToolUse", "Bash", {"command": text}, cwd=PROJECT), WORLD)
    assert access.rows
    assert all(row.certainty in CERTAINTIES for row in access.rows)


def tables(text):
    """Any words are read by the entry of any program."""
    first, *words = text.split(" ") or [""]
    name = NAMES[sum(map(ord, first)) % len(NAMES)]
    walk.read(index.entry(name), name, words)
    options.read(options.table("-a -b,--bee=text --see=text?"), words)


def addresses(text):
    """Hosts and URLs are read or refused."""
    hosts.normal(text)
    with contextlib.suppress(hosts.BadUrl):
        hosts.parts(text)


def code(text):
    """Code in every language that is read."""
    python_code.read(text, "/home/dev")
    for language in ("javascript", "ruby", "perl", "php", "lua"):
        literals.read(text, language)


TARGETS = {"shell": shell, "tables": tables, "addresses": addresses, "code": code}

if __name__ == "__main__":
    target = TARGETS[sys.argv.pop(1)]
    atheris.Setup(sys.argv, lambda data: target(data.decode("utf-8", "ignore")))
    atheris.Fuzz()
