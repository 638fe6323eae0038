"""The dependency direction of the packages, the size of files, and what the repository may say."""

import ast
import functools
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "agentguard"

# Who may import whom. Modules at the top level of the package are named by themselves.
BASE = {"errors", "_env", "child", "digest", "jsontext", "places", "plainfile", "tls", "__init__"}
MAY_IMPORT = {
    "access": {"access"},
    "policy": {"policy", "access"},
    "bundle": {"bundle", "policy", "access"},
    "audit": {"audit", "policy", "access"},
    "config": set(),
    "sync": {"sync", "bundle", "audit", "policy", "access", "config"},
    "deploy": {"deploy", "sync", "bundle", "audit", "policy", "access", "config"},
    "collector": {"collector", "bundle", "audit", "policy", "access", "config"},
    "cli": {"cli", "deploy", "sync", "collector", "bundle", "audit", "policy", "access", "config"},
    "hook": {"hook", "access", "policy", "bundle", "audit"},
    "_entry": {"hook", "cli"},
    "__main__": {"_entry"},
}
# Of these packages the hook may reach only what decides, verifies and records.
HOOK_MAY_IMPORT = {
    "policy": {"engine", "exceptions", "model", "roles"},
    "bundle": {"exceptions", "person", "seal", "verify"},
    "audit": {"record", "redact", "spool"},
}
MODULES = sorted(PACKAGE.rglob("*.py"))


@functools.cache
def imports(path: Path) -> frozenset[str]:
    """Return every agentguard module that a file imports, at any depth of it: {"policy.engine", …}."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return frozenset(name.removeprefix("agentguard.") for name in found if name.startswith("agentguard."))


def layer(path: Path) -> str:
    first = path.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


@pytest.mark.parametrize("of", sorted({layer(path) for path in MODULES}))
def test_modules_import_only_what_their_layer_may(of):
    """Imports go one way: cli, then deploy, sync and collector, then bundle, audit and policy, then access."""
    allowed = MAY_IMPORT.get(of, set()) | BASE | {"__version__"}
    of_layer = [path for path in MODULES if layer(path) == of]
    wrong = {(str(path), name) for path in of_layer for name in imports(path) if name.split(".")[0] not in allowed}
    assert set() == wrong


def test_every_package_has_a_place_in_the_order():
    """A new package must be given its place in the table above."""
    found = {layer(path) for path in MODULES}
    assert set() == found - set(MAY_IMPORT) - BASE


def test_hook_reaches_only_what_decides_verifies_and_records():
    """The hook never reaches authoring, publishing, fetching or uploading."""
    wrong = set()
    for path in (PACKAGE / "hook").rglob("*.py"):
        for name in imports(path):
            package, _, rest = name.partition(".")
            if package in HOOK_MAY_IMPORT and rest.split(".")[0] not in HOOK_MAY_IMPORT[package]:
                wrong.add((path.name, name))
    assert set() == wrong


def test_nothing_imports_the_hook_or_the_command_line():
    """Only the entry point knows the two ends."""
    users = {layer(path) for path in MODULES for name in imports(path) if name.split(".")[0] in {"hook", "cli"}}
    assert users <= {"hook", "cli", "_entry"}


def test_files_stay_small():
    """Half of the files have fewer than 200 lines, none has more than 600."""
    sizes = sorted((len(path.read_text().splitlines()), str(path)) for path in MODULES if path.name != "__init__.py")
    assert sizes[-1][0] <= 600, sizes[-1]
    assert sizes[len(sizes) // 2][0] < 200


def test_repository_stands_alone():
    """Nothing refers to folders outside the repository or tells anybody to install from an index."""
    git = ["git", "ls-files"]
    listed = subprocess.run(git, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
    outside = r"\.\./" + r"shared|/work/" + r"shared"
    from_index = r"|pipx? (install|run) (-\S+ )*agent" + r"guard\b|uvx? (tool install )?agent" + r"guard\b"
    pattern = re.compile(outside + from_index)
    wrong = []
    for name in filter(None, listed):
        path = ROOT / name
        if name.startswith("tests/policy/builtin/"):
            continue  # what agents type there is judged, and nobody is told to
        if path.suffix in {".py", ".md", ".toml", ".json", ".txt", ""} and path.is_file():
            text = path.read_text(errors="replace")
            wrong += [(name, found.group()) for found in pattern.finditer(text)]
    assert [] == wrong
