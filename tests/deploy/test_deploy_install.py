"""Copying the code: what is installed stands on its own, and replacing it never leaves a gap."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys

import pytest

from agentguard import places
from agentguard.deploy import closure, install, interpreter, safepath, stub
from agentguard.errors import ConfigError

# A stand-in for the hook: says with which configuration and from which version it was started.
FAKE = """
import os
from agentguard.version import NUMBER
def run(config):
    os.write(1, (NUMBER + " " + config["home"]).encode("utf-8", "surrogateescape"))
    os._exit(0)
"""


@pytest.fixture
def sources(tmp_path, monkeypatch):
    """Make a tiny agentguard to install; returns a function that changes its version."""
    folder = tmp_path / "source"

    def of_version(number, hook=FAKE):
        texts = {
            "agentguard/__init__.py": "",
            "agentguard/version.py": f"NUMBER = {number!r}",
            "agentguard/hook/__init__.py": "",
            "agentguard/hook/main.py": hook,
        }
        for name, text in texts.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return {name: str(folder / name) for name in texts}

    wanted = of_version("one")
    monkeypatch.setattr(closure, "runtime", lambda: wanted)
    return of_version


def start(argv, **options):
    return subprocess.run(argv, input=b"{}", capture_output=True, cwd="/", env={}, timeout=60, check=False, **options)


def versions(where):
    return sorted(os.listdir(os.path.join(where.code, "versions")))


def test_the_hook_gets_its_places_from_the_stub(home, sources):
    """The installed command starts our code with the places of this installation, whatever the environment says."""
    argv = install.install_code(home)
    assert [os.path.join(home.code, "bin", "python3"), "-I", "-S", home.stub] == argv
    assert os.path.realpath(argv[0]) == interpreter.base()
    assert argv == install.hook_command(home)
    answer = start(argv)
    assert (0, f"one {home.home}".encode()) == (answer.returncode, answer.stdout)


def test_a_home_with_any_name_works(tmp_path, sources):
    """Quotes, braces, spaces and letters beyond ASCII in a home's name are no trouble."""
    where = places.personal(str(tmp_path / "a 'b' \"c\" {d} \\ é ☃"))
    answer = start(install.install_code(where))
    assert (0, f"one {where.home}") == (answer.returncode, answer.stdout.decode())


def test_installing_again_copies_nothing(home, sources):
    """The same code is the same folder; it is not written again."""
    install.install_code(home)
    path = os.path.join(home.code, "versions", versions(home)[0], "agentguard", "version.py")
    before = os.stat(path)
    install.install_code(home)
    assert before.st_ino == os.stat(path).st_ino
    assert len(versions(home)) == 1


def test_a_damaged_copy_is_made_anew(home, sources):
    """A file that is missing or changed in the installed copy is put right by installing again."""
    argv = install.install_code(home)
    folder = os.path.join(home.code, "versions", versions(home)[0])
    shutil.rmtree(os.path.join(folder, "agentguard", "hook"))
    assert start(argv).returncode == 2
    install.install_code(home)
    assert start(argv).returncode == 0


def test_an_upgrade_never_leaves_a_gap(home, sources):
    """Hooks that start before, during and after an upgrade all get an answer from one version or the other."""
    argv = install.install_code(home)
    for number in ("two", "three", "four", "five"):
        running = [subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={}) for _ in range(2)]
        sources(number)
        assert argv == install.install_code(home)
        for process in running:
            answer, _ = process.communicate(b"{}", timeout=60)
            assert process.returncode == 0, answer
        assert start(argv).stdout.startswith(number.encode())


def test_one_older_version_stays(home, sources):
    """The version before is kept for the hooks that are running, older ones are not."""
    seen = []
    for number in ("one", "two", "three"):
        sources(number)
        install.install_code(home)
        seen += [name for name in versions(home) if name not in seen]
    assert sorted(seen[1:]) == versions(home)
    install.install_code(home)
    assert sorted(seen[1:]) == versions(home)


@pytest.mark.parametrize(
    "text", ["raise SystemExit(1)", "raise KeyboardInterrupt", "import nowhere", "this is no Python", "def run(c): 1/0"]
)
def test_whatever_goes_wrong_at_the_start_blocks(home, sources, text):
    """Code that cannot be started ends in exit 2 and one sentence, never in exit 1, which the agent would let pass."""
    sources("one", hook=text)
    answer = start(install.install_code(home))
    assert (2, b"") == (answer.returncode, answer.stdout)
    assert answer.stderr.startswith(b"agentguard: the hook could not start (")
    assert answer.stderr.count(b"\n") == 1


def test_missing_code_and_closed_streams_still_block(home, sources):
    """Without its code, and without a stream to say so, the hook still ends in exit 2."""
    argv = install.install_code(home)
    shutil.rmtree(os.path.join(home.code, "versions"))
    assert start(argv).returncode == 2
    closed = 'exec "$@" 0<&- 1>&- 2>&-'
    assert subprocess.run(["/bin/sh", "-c", closed, "sh", *argv], check=False, env={}).returncode == 2


def test_damaged_code_is_said_by_the_command_line_too(home, sources):
    """The installed command line says that its code is damaged and what to do, without a traceback."""
    install.install_code(home)
    answer = start(install.cli_command(home))
    assert answer.returncode == 1
    assert b"agentguard: its installed code is damaged" in answer.stderr
    assert b"Traceback" not in answer.stderr


def test_who_may_read_what(home, tmp_path, sources):
    """A personal install is its owner's alone; a managed one is for everybody to read and for root to write."""
    parts = [str(tmp_path / name) for name in ("code", "config", "state")]
    for where, folder, file in (
        (home, 0o700, 0o600),
        (places.Places(places.MANAGED, *parts), 0o755, 0o644),
    ):
        install.install_code(where)
        for path, folders, files in os.walk(where.code):
            assert {folder} >= {stat.S_IMODE(os.stat(os.path.join(path, name)).st_mode) for name in folders}
            modes = {name: stat.S_IMODE(os.stat(os.path.join(path, name)).st_mode) for name in files}
            for name in ("install.lock", "python3"):  # the lock is its owner's alone, a link has no mode
                modes.pop(name, None)
            assert set(modes.values()) <= {file}, modes


def test_a_managed_hook_starts_no_sync_of_its_own(tmp_path, sources):
    """A system service syncs a managed laptop, so its stub names no command; a personal one does."""
    managed = places.Places(places.MANAGED, *(str(tmp_path / name) for name in ("code", "config", "state")))
    personal = places.personal(str(tmp_path / "home"))
    install.install_code(managed)
    install.install_code(personal)
    with open(managed.stub, encoding="ascii") as one, open(personal.stub, encoding="ascii") as other:
        assert "'sync': []" in one.read()
        words = ", ".join(
            repr(word) for word in (*install.cli_command(personal), "sync", "--background", "--home", personal.home)
        )
        assert f"'sync': [{words}" in other.read()


def test_installing_for_everybody(tmp_path, sources, monkeypatch):
    """Root installs with an interpreter and a folder that only root can change, and makes the folder of spools."""
    where = places.Places(places.MANAGED, *(str(tmp_path / name) for name in ("code", "config", "state")))
    looked_at = []
    monkeypatch.setattr(install, "managed", lambda: where)
    monkeypatch.setattr(safepath, "require", looked_at.append)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(ConfigError, match="only root can install"):
        install.install_system()
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert start(install.install_system()).returncode == 0
    assert looked_at == [interpreter.base(), where.stub]
    assert stat.S_IMODE(os.stat(where.spools).st_mode) == 0o1733


def test_removing_takes_only_what_was_installed(home, sources):
    """What else lies in the code folder stays."""
    install.install_code(home)
    os.mkdir(os.path.join(home.code, "publisher"))
    install.remove_code(home)
    install.remove_code(home)
    assert os.listdir(home.code) == ["publisher"]
    with pytest.raises(ConfigError, match="is not installed"):
        install.hook_command(home)


def test_a_folder_that_cannot_be_written_is_named(tmp_path, sources):
    """A file where the code should go is a clear error."""
    (tmp_path / ".local").write_text("in the way", encoding="ascii")
    with pytest.raises(ConfigError, match=r"cannot be copied to .*not a directory"):
        install.install_code(places.personal(str(tmp_path)))


def test_a_damaged_record_is_not_believed(home, sources):
    """A record that makes no sense counts as none, and installing again mends it."""
    path = os.path.join(home.code, "install.json")
    install.install_code(home)
    for text in ("{", '{"folder": 1}', "[]"):
        with open(path, "w", encoding="ascii") as file:
            file.write(text)
        install.install_code(home)
        with open(path, encoding="ascii") as file:
            assert json.load(file)["folder"] == versions(home)[0]


def test_another_python_is_taken_up_without_new_settings(home, sources, monkeypatch):
    """The command stays the same when the interpreter behind it changes."""
    argv = install.install_code(home)
    other = shutil.which("true")
    monkeypatch.setattr(interpreter, "base", lambda: other)
    assert argv == install.install_code(home)
    assert os.readlink(argv[0]) == other


# -- the interpreter


def test_the_interpreter_outlives_the_environment():
    """The interpreter lies in no virtual environment and is no link."""
    path = interpreter.base()
    assert os.path.realpath(path) == path
    assert not os.path.exists(os.path.join(os.path.dirname(os.path.dirname(path)), "pyvenv.cfg"))


def _shim(folder):
    path = folder / "python3"
    path.write_text("#!/bin/sh\nexec python3\n", encoding="ascii")
    path.chmod(0o755)
    return path


def _in_environment(folder):
    (folder / "venv" / "bin").mkdir(parents=True)
    (folder / "venv" / "pyvenv.cfg").touch()
    shutil.copy("/bin/true", folder / "venv" / "bin" / "python3")
    return folder / "venv" / "bin" / "python3"


def _in_checkout(folder):
    (folder / "agentguard").mkdir()
    (folder / "agentguard" / "__init__.py").touch()
    (folder / "pyproject.toml").touch()
    shutil.copy("/bin/true", folder / "python3")
    return folder / "python3"


def _other(folder):
    shutil.copy("/bin/true", folder / "python3")
    return folder / "python3"


def _missing(folder):
    return folder / "python3"


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (_shim, "is a script that starts Python"),
        (_in_environment, "would go away with it"),
        (_in_checkout, "would go away with it"),
        (_other, "is not the Python that agentguard runs on"),
        (_missing, "is not there"),
    ],
)
def test_an_interpreter_that_would_not_last_is_refused(tmp_path, make, says):
    """A shim, an environment's own copy, another program or nothing at all is a clear error with a next step."""
    with pytest.raises(ConfigError, match=says) as error:
        interpreter.checked(str(make(tmp_path)))
    assert "install Python" in error.value.hint


# -- what belongs to it


def _package(folder, name, requires=(), files=()):
    info = folder / f"{name}-1.dist-info"
    info.mkdir(parents=True)
    lines = [f"Name: {name}", "Version: 1", *(f"Requires-Dist: {text}" for text in requires)]
    (info / "METADATA").write_text("Metadata-Version: 2.1\n" + "\n".join(lines) + "\n", encoding="utf-8")
    for file in files:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).touch()
    if files is not None:
        record = [*files, f"{info.name}/METADATA", f"{info.name}/RECORD", "../../bin/tool", "a/__pycache__/a.pyc"]
        (info / "RECORD").write_text("".join(f"{file},,\n" for file in record), encoding="utf-8")


def test_requirements_are_walked_to_the_end(tmp_path, monkeypatch):
    """Extras are followed where they are asked for and left out where not; what a marker rules out may be missing."""
    _package(tmp_path, "agentguard", ['Aa_Bb[Fast]>=1 ; python_version > "3"', 'not-here; python_version < "3"', "c"])
    _package(tmp_path, "aa.bb", ["d; extra == 'fast'", 'e; extra == "slow"'], ["aabb.py"])
    _package(tmp_path, "c", ["aa-bb"], ["c/__init__.py"])
    _package(tmp_path, "d", ["c>1,<2"], ["d.py"])
    monkeypatch.syspath_prepend(str(tmp_path))
    found = {name for name in closure.runtime() if not name.startswith("agentguard/") and "dist-info" not in name}
    assert found == {"aabb.py", "c/__init__.py", "d.py"}


def test_a_requirement_that_is_missing_is_named(tmp_path, monkeypatch):
    """A package that is required without condition and not there is a clear error."""
    _package(tmp_path, "agentguard", ["not-here>=2"])
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(ConfigError, match="the Python package not-here is not installed"):
        closure.runtime()


def test_a_package_without_a_list_of_files_is_refused(tmp_path, monkeypatch):
    """A distribution that does not say which files are its own cannot be copied."""
    _package(tmp_path, "agentguard", ["bare"])
    _package(tmp_path, "bare", files=None or ())
    os.unlink(tmp_path / "bare-1.dist-info" / "RECORD")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(ConfigError, match="bare does not say which files"):
        closure.runtime()


def test_the_closure_of_this_agentguard_is_whole():
    """All that the hook and the commands need is in it, the policies that ship too, and nothing of the tests."""
    found = closure.runtime()
    for name in ("agentguard/_entry.py", "agentguard/py.typed", "click/__init__.py", "tuf/__init__.py"):
        assert os.path.isfile(found[name])
    assert any(name.startswith("agentguard/bundles/baseline/") for name in found)
    assert not [name for name in found if name.startswith(("..", "/", "tests/", "pytest")) or name.endswith(".pyc")]


@pytest.mark.slow
def test_compiled_files_lie_beside_their_sources_whatever_the_environment_says(tmp_path):
    """PYTHONPYCACHEPREFIX redirects compiled files; the hook ignores it and would compile everything on each call."""
    home = tmp_path / "home"
    argv = [sys.executable, "-m", "agentguard", "install", "--user", "--home", home]
    environ = {"PATH": os.environ["PATH"], "PYTHONPYCACHEPREFIX": str(tmp_path / "elsewhere")}
    subprocess.run(argv, env=environ, check=True, capture_output=True, cwd=tmp_path)
    assert list(home.rglob("agentguard/hook/__pycache__/main.*.pyc"))


def test_another_python_is_told_and_blocked(tmp_path, monkeypatch):
    """Code that is compiled for one version is not tried on another: one sentence that says so, and exit 2."""
    with monkeypatch.context() as patch:
        patch.setattr(sys.implementation, "cache_tag", "cpython-399")
        text = stub.hook_text(places.personal(str(tmp_path)), ascii(str(tmp_path)), [], "run `mend it`")
    (tmp_path / "hook.py").write_text(text, encoding="ascii")
    done = subprocess.run(
        [sys.executable, "-I", "-S", tmp_path / "hook.py"], capture_output=True, text=True, check=False
    )
    assert (2, "") == (done.returncode, done.stdout)
    assert "agentguard: the hook could not start (this Python is not cpython-399), so this is blocked." in done.stderr
    assert "run `mend it`." in done.stderr
