"""The scripts start on any Python 3: a new one goes on, an old one gets one friendly line."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parent.parent / "scripts"
STARTED_BY_PEOPLE = (
    "demo", "test", "test-slow", "lint", "bench", "bench-replay", "bench-spool", "corpus", "soak", "e2e-claude", "e2e-package",
    "e2e-sync",
    "package-deb", "tuf-client", "bench-collector", "e2e-collector", "e2e-page",
)  # fmt: skip


def test_an_old_python_gets_one_friendly_line():
    """No traceback: what is needed, what this is, and where it lies."""
    code = (
        f"import sys; sys.path.insert(0, {str(SCRIPTS)!r}); sys.version_info = (3, 9, 2, 'final', 0); "
        "import _venv; _venv.VENV = '/nonexistent'; _venv.ensure('collector')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env={"PATH": ""}, check=False)
    assert 1 == done.returncode
    assert [f"agentguard needs Python 3.11 or newer; this is Python 3.9 ({sys.executable})"] == done.stderr.splitlines()


@pytest.mark.parametrize("ours", [True, False])
def test_compiled_modules_are_kept_in_the_environment_and_nowhere_else(ours, tmp_path):
    """A second start compiles nothing again; without that folder, nothing is left beside the sources."""
    code = (
        f"import sys; sys.path.insert(0, {str(SCRIPTS)!r}); import _venv; _venv.VENV = sys.prefix; "
        f"_venv._fresh = lambda extras: True; _venv.PYCACHE = {str(tmp_path)!r}; _venv.ensure('dev'); "
        "print(sys.dont_write_bytecode)"
    )
    environ = {"PYTHONPYCACHEPREFIX": str(tmp_path)} if ours else {}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environ, check=False)
    assert (f"{not ours}\n", "") == (done.stdout, done.stderr)


@pytest.mark.parametrize("name", STARTED_BY_PEOPLE)
def test_script_can_be_read_by_an_old_python_up_to_the_friendly_line(name):
    """A syntax error would come before the line; imports that an old Python lacks stand behind it."""
    text = (SCRIPTS / name).read_text()
    assert text.startswith("#!/usr/bin/env python3\n")
    assert text.index("_venv.ensure(") < text.index("\n", text.index("import _venv")) + 200
    ast.parse((SCRIPTS / "_venv.py").read_text(), feature_version=(3, 6))
    ast.parse(text.partition("_venv.ensure(")[0] + "_venv", feature_version=(3, 6))


@pytest.mark.parametrize("name", STARTED_BY_PEOPLE)
def test_script_can_be_run(name):
    """Scripts that people start are executable."""
    assert (SCRIPTS / name).stat().st_mode & 0o111


@pytest.mark.parametrize("name", [*STARTED_BY_PEOPLE, "generate-packs"])
def test_script_says_what_it_does_and_makes_nothing_for_that(name):
    """`--help` comes before anything is installed or written; any Python will do."""
    done = subprocess.run([sys.executable, "-S", SCRIPTS / name, "--help"], capture_output=True, text=True, check=False)
    said = ast.get_docstring(ast.parse((SCRIPTS / name).read_text()))
    assert (0, f"{said}\n", "") == (done.returncode, done.stdout, done.stderr)
