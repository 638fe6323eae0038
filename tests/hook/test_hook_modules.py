"""What real hook runs import, against allow-lists: every module is paid for at every tool call.

The lists stand in modules/MINOR.toml, one array a kind of run. `AGENTGUARD_WRITE_MODULES=1 scripts/test tests/hook`
writes the lists of the running interpreter anew; the difference is for a reviewer to read.

All of it comes from one packed file of compiled modules, and nothing depends on that file.
"""

import json
import marshal
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

MINOR = f"{sys.version_info.major}.{sys.version_info.minor}"
LISTS = Path(__file__).parent / "modules" / f"{MINOR}.toml"

# Too dear for the hook, or able to load code that nobody checked.
NEVER = {
    "click", "httpx", "platformdirs", "tuf", "securesystemslib", "tomllib", "pathlib", "dataclasses", "logging",
    "subprocess", "importlib.metadata", "urllib.request", "ssl", "argparse", "grp", "hashlib", "socket", "asyncio", "json",
    "site",
}  # fmt: skip
# What shell text may bring beside that (tree-sitter's module needs re), and what inline Python may.
ONLY_FOR_SHELL = {"re", "enum", "collections", "functools", "tree_sitter._binding", "tree_sitter_bash._binding"}

CALLS = {
    "read": ("Read", {"file_path": "src/app.py"}),
    "bash": ("Bash", {"command": "git status && npm test 2>&1 | tail -20"}),
    "python": ("Bash", {"command": "python3 -c 'print(open(\"a.txt\").read())'"}),
}


def imported(laptop, tool, arguments):
    """Return every module that one hook run imported, by the interpreter's own account of its imports."""
    argv = [*laptop.argv[:-1], "-X", "importtime", laptop.argv[-1]]
    payload = {"session_id": "s", "cwd": str(laptop.home / "project"), "hook_event_name": "PreToolUse"}
    data = json.dumps({**payload, "tool_name": tool, "tool_input": arguments})
    done = subprocess.run(argv, input=data, capture_output=True, text=True, env={"PATH": "/usr/bin:/bin"}, check=True)
    lines = [line for line in done.stderr.splitlines() if line.startswith("import time:")]
    return {line.rpartition("|")[2].strip() for line in lines[1:]}


@pytest.mark.parametrize("kind", CALLS)
def test_hook_imports_only_what_is_listed(laptop, kind):
    """A new import on the hook's path must be added to the list, where a reviewer sees it."""
    found = imported(laptop, *CALLS[kind])
    if os.environ.get("AGENTGUARD_WRITE_MODULES"):
        lists = tomllib.loads(LISTS.read_text()) if LISTS.exists() else {}
        lists[kind] = sorted(found)
        LISTS.parent.mkdir(exist_ok=True)
        LISTS.write_text("\n".join(f"{name} = {json.dumps(lists[name], indent=2)}" for name in sorted(lists)) + "\n")
    assert LISTS.exists(), f"no list for Python {MINOR}: write it with AGENTGUARD_WRITE_MODULES=1"
    assert set() == found - set(tomllib.loads(LISTS.read_text())[kind])


@pytest.mark.parametrize("kind", CALLS)
def test_hook_never_imports_what_is_too_dear(laptop, kind):
    """Some modules are never worth their price, whatever a list says."""
    assert set() == imported(laptop, *CALLS[kind]) & NEVER


def test_read_is_judged_without_regular_expressions_or_a_shell_parser(laptop):
    """A call that is no shell text does not pay for one."""
    assert set() == imported(laptop, *CALLS["read"]) & ONLY_FOR_SHELL


@pytest.fixture
def packed(laptop):
    """Return the packed file of the installed copy; it is put back afterwards."""
    (found,) = Path(laptop.home, ".local/share/agentguard/versions").glob("*/agentguard/hook/packed.*")
    data = found.read_bytes()
    yield found
    found.write_bytes(data)


def index(path):
    data = path.read_bytes()
    return marshal.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])


def test_every_module_of_a_hook_is_in_the_packed_file(laptop, packed):
    """Else a hook would pay for looking for it in a folder; two come before the finder is there."""
    names = {name for kind in CALLS for name in imported(laptop, *CALLS[kind]) if name.startswith("agentguard")}
    assert len(names) > 60
    assert names - set(index(packed)) == {"agentguard", "agentguard.hook"}


def test_the_hook_really_takes_its_modules_from_there(laptop, packed):
    """With the folders of modules gone, the same call is judged all the same."""
    before = laptop.call("Bash", {"command": "cat .env"})
    policy = packed.parent.parent / "policy"
    hidden = policy.with_name("hidden")
    policy.rename(hidden)
    try:
        after = laptop.call("Bash", {"command": "cat .env"})
    finally:
        hidden.rename(policy)
    assert (after.code, after.decision) == (before.code, before.decision) == (2, "deny")


def test_another_version_of_python_does_not_read_it(packed):
    """Compiled code is good for one version of the interpreter; its file says for which."""
    assert packed.suffix == f".{sys.implementation.cache_tag}"


def test_without_it_the_modules_are_looked_for_as_usual(laptop, packed):
    """It is a shortcut and nothing else."""
    packed.unlink()
    result = laptop.call("Bash", {"command": "cat .env"})
    assert (result.code, result.decision) == (2, "deny")


@pytest.mark.parametrize("length", [0, 4, 3_000, -1_000])
def test_a_damaged_one_blocks(laptop, packed, length):
    """A hook that cannot load its own code must not let a call pass."""
    packed.write_bytes(packed.read_bytes()[:length])
    result = laptop.call("Bash", {"command": "cat .env"})
    assert result.code == 2
