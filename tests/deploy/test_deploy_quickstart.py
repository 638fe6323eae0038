"""From nothing to a hook that observes, to one that enforces, and back: real commands, real hooks, one home each."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import warm

from agentguard import places
from agentguard.bundle import publish
from agentguard.deploy import closure, install, quickstart, settings, solo, uninstall
from agentguard.errors import ConfigError, Refused
from agentguard.policy.model import ENFORCE, OBSERVE
from agentguard.sync.enroll import enroll

ROOT = Path(__file__).parent.parent.parent
CLEAN = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
BEFORE = b'{\n    "theme": "dark",\n    "hooks": {"Stop": []}\n}'


def agentguard(*words, argv=None, cwd=ROOT, code=0):
    """Run a command without a terminal, `argv` if it is another program's; return what it printed."""
    if argv is None:
        done = warm.run(*words, cwd=cwd, env=CLEAN)
    else:
        done = subprocess.run(
            [*argv, *map(str, words)],
            capture_output=True,
            text=True,
            cwd=cwd,
            env=CLEAN,
            stdin=subprocess.DEVNULL,
            check=False,
        )
    assert code == done.returncode, done.stdout + done.stderr
    return done.stdout if code == 0 else done.stderr


def call(argv, home, command, session="work", env=CLEAN):
    """Send one Bash call to the hook; return its exit code and what it printed."""
    payload = {
        "session_id": session,
        "transcript_path": "/dev/null",
        "cwd": home.home,
        "permission_mode": "default",
        "hook_event_name": "PreToolUse",
        "tool_name": "Bash",
        "tool_input": {"command": command},
        "tool_use_id": f"{session}-1",
    }
    done = subprocess.run(
        argv, input=json.dumps(payload).encode(), capture_output=True, cwd="/", env=env, timeout=60, check=False
    )
    return done.returncode, done.stdout


def settings_bytes(home):
    with open(settings.path_of(home), "rb") as file:
        return file.read()


@pytest.fixture(scope="module")
def observing(tmp_path_factory):
    """A home in which quickstart has run once: its places, and what quickstart said as JSON."""
    folder = tmp_path_factory.mktemp("observing")
    (folder / ".claude").mkdir()
    (folder / ".claude" / "settings.json").write_bytes(BEFORE)
    return places.personal(str(folder)), json.loads(agentguard("quickstart", "--home", folder, "--json"))


@pytest.fixture
def fresh(observing, tmp_path):
    """Make a home in which nothing is set up; only the copy of the code, named by its contents, lies there already."""
    folder = tmp_path / "home"
    home = places.personal(str(folder))
    shutil.copytree(
        os.path.join(observing[0].code, "versions"), os.path.join(home.code, "versions"), copy_function=os.link
    )
    return home


def test_quickstart_observes_and_shows_it(observing):
    """One harmless call passes, one hostile call is only recorded, and our own files are guarded all the same."""
    home, said = observing
    assert (said["mode"], said["own"], said["encrypted"], said["healthy"]) == (OBSERVE, True, False, True)
    checks = [(check["name"], check["verdict"], check["would"]) for check in said["checks"]]
    assert checks == [("harmless", "allow", "allow"), ("hostile", "allow", "deny"), ("own files", "deny", "deny")]
    assert said["checks"][2]["rule"].startswith("agentguard/")
    assert said["settings"] == settings.path_of(home)
    days = (dt.datetime.fromisoformat(said["expires"]) - dt.datetime.now(dt.UTC)).days
    assert days in (88, 89)


def test_quickstart_adds_the_hook_and_keeps_the_rest(observing):
    """The settings start the very command that `hook-command` prints; what was there before is still there."""
    home, said = observing
    value = json.loads(settings_bytes(home))
    entry = value["hooks"]["PreToolUse"][0]["hooks"][0]
    assert (
        [entry["command"], *entry["args"]]
        == json.loads(agentguard("hook-command", "--home", home.home))
        == said["hook"]
    )
    assert "onFailure" not in entry
    assert (value["theme"], value["hooks"]["Stop"]) == ("dark", [])


def test_the_report_shows_the_work_and_not_the_trial(observing):
    """A call of a session counts, the three calls of quickstart do not; by the installed command, from anywhere."""
    home, said = observing
    assert call(said["hook"], home, "cat ~/.ssh/id_ed25519") == (0, b"")
    assert call(said["hook"], home, "echo hello") == (0, b"")
    found = json.loads(agentguard("report", "--json", "--home", home.home, argv=said["cli"], cwd="/"))
    assert (found["calls"], found["would_deny"], found["denied"], found["selftest"]) == (2, 1, 0, 3)
    assert found["rules"][0]["examples"] == ["Bash: cat ~/.ssh/id_ed25519"]
    text = agentguard("report", "--home", home.home)
    assert found["rules"][0]["rule"] in text
    assert "2 tool calls" in text


def test_the_installed_code_uses_nothing_else(observing):
    """Every module that the installed hook and the installed command line load lies in the copy or the interpreter."""
    home, said = observing
    show = (
        "import os, sys\n"
        "def end(code):\n"
        "    files = [getattr(module, '__file__', None) for module in sys.modules.values()]\n"
        "    os.write(2, '\\n'.join(file for file in files if file).encode())\n"
        "    leave(code)\n"
        "leave, os._exit = os._exit, end\n"
    )
    with open(home.stub, encoding="ascii") as file:
        hook = show + file.read()
    with open(said["cli"][-1], encoding="ascii") as file:
        commands = f"{show}sys.argv = ['agentguard', 'status', '--home', {home.home!r}]\n{file.read()}"
    commands = commands.replace("\nmain()", "\ntry:\n    main()\nfinally:\n    end(0)")
    python = os.path.dirname(os.path.dirname(os.path.realpath(said["hook"][0])))
    env = {**CLEAN, "PYTHONPATH": str(ROOT), "PYTHONHOME": "/nowhere"}
    for script in (hook, commands):
        done = subprocess.run(
            [said["hook"][0], "-I", "-S", "-c", script], input=b"{}", capture_output=True, cwd="/", env=env, check=False
        )
        files = [line for line in done.stderr.decode().splitlines() if line.startswith("/")]
        assert any("/agentguard/" in file for file in files), done.stderr
        versions = os.path.join(home.code, "versions")
        outside = [file for file in files if not file.startswith((versions + os.sep, python + os.sep))]
        assert outside == []


@pytest.fixture
def small(fresh, tmp_path, monkeypatch):
    """A fresh home, and in this process a policy of one rule instead of the shipped one with all its tests."""
    policy = tmp_path / "policy"
    (policy / "rules").mkdir(parents=True)
    (policy / "bundle.toml").write_text('schema = 1\nname = "small"\nmode = "enforce"\n', encoding="utf-8")
    rule = (
        '[[rule]]\nid = "secrets/file"\neffect = "deny"\naction = ["read"]\npath = ["~/.ssh/**"]\nreason = "A key."\n'
    )
    (policy / "rules" / "secrets.toml").write_text(rule, encoding="utf-8")
    monkeypatch.setattr(solo, "source", lambda _bundle: str(policy))
    return fresh


@pytest.mark.slow
def test_the_whole_way_and_back(fresh, tmp_path):
    """Quickstart twice, enforce, quickstart again, uninstall: enforcing stays, and the settings end as they began."""
    home = fresh
    os.mkdir(os.path.dirname(settings.path_of(home)))
    with open(settings.path_of(home), "wb") as file:
        file.write(BEFORE)
    secret = tmp_path / "secret"
    secret.write_text("correct horse\n", encoding="ascii")
    where = ("--home", home.home, "--json")
    signing = (*where, "--passphrase-file", secret)
    assert json.loads(agentguard("quickstart", *signing))["encrypted"]
    once = settings_bytes(home)
    again = json.loads(agentguard("quickstart", *signing))
    assert (again["policy"], again["settings_changed"], once) == ("baseline revision 2", False, settings_bytes(home))

    assert "--passphrase-file" in agentguard("enforce", *where, code=2)
    assert once == settings_bytes(home)
    enforced = json.loads(agentguard("enforce", *signing))
    assert (enforced["mode"], enforced["healthy"]) == (ENFORCE, True)
    code, out = call(enforced["hook"], home, "cat ~/.ssh/id_ed25519")
    assert (code, json.loads(out)["hookSpecificOutput"]["permissionDecision"]) == (2, "deny")
    assert call(enforced["hook"], home, "echo hello") == (0, b"")
    assert settings.hook_entry(home, "PreToolUse")["onFailure"] == "block"

    assert "say which install" in agentguard("uninstall", "--home", home.home, code=2)
    gone = json.loads(agentguard("uninstall", "--user", *where, argv=enforced["cli"], cwd="/"))
    assert (gone["settings"], settings_bytes(home)) == ("restored", BEFORE)
    assert not os.path.exists(home.stub)
    assert os.path.isdir(home.spools)
    gone = json.loads(agentguard("uninstall", "--user", "--purge", *where))
    assert (gone, settings_bytes(home)) == ({"settings": "absent", "kept": []}, BEFORE)


def test_quickstart_never_weakens(small):
    """Who enforces goes on enforcing; after uninstalling, quickstart observes again, with the same key."""
    quickstart.quickstart(small, bytes, bytes)
    quickstart.enforce(small, bytes)
    again = quickstart.quickstart(small, bytes, bytes)
    assert (again.mode, again.policy, again.healthy) == (ENFORCE, "small revision 3", True)
    uninstall.uninstall(small)
    again = quickstart.quickstart(small, bytes, bytes)
    assert (again.mode, again.policy, again.healthy) == (OBSERVE, "small revision 4", True)


def test_which_bundle_is_remembered(small, tmp_path, monkeypatch):
    """Another bundle is taken up at once and kept by enforce; `observe` ends the enforcing, and enforced it is the baseline."""
    folders = {}
    for name in solo.BUNDLES:
        folders[name] = str(tmp_path / name)
        shutil.copytree(tmp_path / "policy", folders[name])
        text = (tmp_path / "policy/bundle.toml").read_text().replace("small", name)
        (tmp_path / name / "bundle.toml").write_text(text)
    monkeypatch.setattr(solo, "source", folders.__getitem__)
    monkeypatch.setattr(quickstart.selftest, "run", lambda *_arguments, **_options: [])  # other tests send the calls

    def now(done):
        return done.policy.partition(" ")[0], done.mode, done.healthy

    assert ("strict", OBSERVE, True) == now(quickstart.quickstart(small, bytes, bytes, "strict"))
    assert ("strict", ENFORCE, True) == now(quickstart.enforce(small, bytes))
    assert ("observe", OBSERVE, True) == now(quickstart.quickstart(small, bytes, bytes, "observe"))
    assert ("baseline", ENFORCE, True) == now(quickstart.enforce(small, bytes))


def test_nothing_is_signed_without_the_passphrase(small):
    """A wrong passphrase changes nothing; a new key's passphrase is asked once."""
    assert quickstart.quickstart(small, lambda: b"correct horse", lambda: b"not asked").encrypted
    before = settings_bytes(small)
    with pytest.raises(ConfigError, match="wrong passphrase"):
        quickstart.enforce(small, lambda: b"battery staple")
    assert (before, solo.mode_of(solo.active(small))) == (settings_bytes(small), OBSERVE)


def test_without_a_passphrase_it_says_what_that_means(fresh):
    """Without a terminal there is no passphrase, and the output says so, the three calls, and what to type next."""
    done = subprocess.run(
        [sys.executable, "-m", "agentguard", "quickstart", "--home", fresh.home],
        capture_output=True, text=True, cwd=ROOT, env={**CLEAN, "CLAUDE_CONFIG_DIR": "/elsewhere"},
        stdin=subprocess.DEVNULL, check=False,
    )  # fmt: skip
    assert done.returncode == 0
    assert "The signing key has no passphrase: a program that runs as you, the agent included, could" in done.stderr
    assert "warning: CLAUDE_CONFIG_DIR is set" in done.stderr
    cli = " ".join(install.cli_command(fresh))
    for command in ("report", "enforce", "uninstall --user"):
        assert f"{cli} {command} --home {fresh.home}" in done.stdout
    assert "not blocked; recorded: would deny" in done.stdout


def test_somebody_elses_policy_is_kept(small, tmp_path):
    """On a laptop that is enrolled already, quickstart brings the hook and leaves the policy alone."""
    acme = str(tmp_path / "acme")
    root = publish.init(acme, "acme", solo=True)
    publish.publish(solo.source("baseline"), acme, mode=OBSERVE)
    enroll(small, acme, root)
    done = quickstart.quickstart(small, bytes, bytes)
    assert (done.own, done.mode, done.healthy) == (False, OBSERVE, True)
    assert not os.path.exists(solo.folder(small))
    with pytest.raises(ConfigError, match="strict is not yours to choose"):
        quickstart.quickstart(small, bytes, bytes, "strict")
    with pytest.raises(ConfigError, match="not signed by a key of yours"):
        quickstart.enforce(small, bytes)


def test_a_lost_key_is_replaced(small):
    """If the folder with the key is gone, quickstart starts anew."""
    quickstart.quickstart(small, bytes, bytes)
    shutil.rmtree(solo.folder(small))
    again = quickstart.quickstart(small, bytes, bytes)
    assert (again.policy, again.healthy) == ("small revision 1", True)


def test_settings_that_cannot_be_edited_stop_it_at_once(tmp_path):
    """With broken settings nothing at all is made."""
    (tmp_path / ".claude").mkdir()
    (tmp_path / ".claude" / "settings.json").write_bytes(b"{oops")
    assert "nothing was changed" in agentguard("quickstart", "--home", tmp_path, code=1)
    assert os.listdir(tmp_path) == [".claude"]


def test_a_home_that_is_not_there_is_an_error(tmp_path):
    """A mistyped home is not made."""
    assert "there is no home" in agentguard("quickstart", "--home", tmp_path / "typo", code=1)
    assert os.listdir(tmp_path) == []


def test_enforce_before_quickstart_says_what_to_do(tmp_path):
    """Nothing is there to enforce yet."""
    assert "agentguard quickstart" in agentguard("enforce", "--home", tmp_path, code=1)
    assert "agentguard quickstart" in agentguard("hook-command", "--home", tmp_path, code=1)


def test_the_code_alone_can_be_installed(fresh):
    """Install copies the code and touches neither settings nor policy; it must be told for whom."""
    said = json.loads(agentguard("install", "--user", "--home", fresh.home, "--json"))
    assert said == {"hook": install.hook_command(fresh), "cli": install.cli_command(fresh)}
    assert os.listdir(fresh.home) == [".local"]
    assert os.listdir(os.path.join(fresh.home, ".local")) == ["share"]
    for words in ([], ["--user", "--system"], ["--system", "--home", fresh.home]):
        assert "say for whom" in agentguard("install", *words, code=2)


def test_a_managed_machine_is_left_to_its_administrator():
    """Where the machine is managed there is nothing for a person to set up."""
    with pytest.raises(Refused, match="managed"):
        quickstart.quickstart(places.managed(), bytes, bytes)


def test_a_hook_that_does_not_work_does_not_stay(observing, monkeypatch):
    """If the calls do not come out as they must, the settings are as before; enforcing goes back to observing."""
    home, _said = observing
    before = settings_bytes(home)

    def broken(*_arguments, **_options):
        return [quickstart.selftest.Check("harmless", "Bash: echo hello", "deny", "", "", False)]

    monkeypatch.setattr(quickstart.selftest, "run", broken)
    with pytest.raises(Refused, match="nothing was changed: Bash: echo hello came out as deny, record missing"):
        quickstart.enforce(home, bytes)
    assert before == settings_bytes(home)
    answers = iter([[], broken()])
    monkeypatch.setattr(quickstart.selftest, "run", lambda *_arguments, **_options: next(answers))
    with pytest.raises(Refused, match="agentguard observes again"):
        quickstart.enforce(home, bytes)
    assert before == settings_bytes(home)
    assert solo.mode_of(solo.active(home)) == OBSERVE


def test_a_first_hook_that_does_not_work_is_taken_out(home, monkeypatch, tmp_path):
    """A hook that lets everything pass unseen never stays in the settings."""
    fake = tmp_path / "main.py"
    fake.write_text("import os\ndef run(config):\n    os._exit(0)\n", encoding="ascii")
    empty = tmp_path / "empty.py"
    empty.touch()
    sources = {f"agentguard/{name}": str(empty) for name in ("__init__.py", "hook/__init__.py")}
    monkeypatch.setattr(closure, "runtime", lambda: {**sources, "agentguard/hook/main.py": str(fake)})
    with pytest.raises(Refused, match=r"taken out of the settings again: .* came out as allow, record missing"):
        quickstart.quickstart(home, bytes, bytes)
    assert not os.path.exists(settings.path_of(home))


@pytest.mark.slow
def test_it_outlives_the_checkout(tmp_path):
    """A copy of the tree, an environment of its own, quickstart; both deleted; calls still get their verdict."""
    clone, folder = tmp_path / "clone", tmp_path / "home"
    for name in ("agentguard", "bundles"):
        shutil.copytree(ROOT / name, clone / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", clone)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", clone / ".venv"], check=True, env=CLEAN)
    site = next((clone / ".venv" / "lib").glob("python3*/site-packages"))
    borrowed = Path(pytest.__file__).parent.parent
    (site / "here.pth").write_text(f"{clone}\n{borrowed}\n", encoding="utf-8")
    folder.mkdir()
    python = clone / ".venv" / "bin" / "python"
    said = json.loads(
        agentguard("quickstart", "--home", folder, "--json", argv=(python, "-m", "agentguard"), cwd=clone)
    )
    shutil.rmtree(clone)

    home = places.personal(str(folder))
    assert said["healthy"]
    assert call(said["hook"], home, "echo hello", env={}) == (0, b"")
    assert call(said["hook"], home, f"rm -rf {home.code}", env={})[0] == 2
    assert json.loads(agentguard("enforce", "--home", folder, "--json", argv=said["cli"], cwd="/"))["mode"] == ENFORCE
    assert call(said["hook"], home, "cat ~/.ssh/id_ed25519", env={})[0] == 2
    agentguard("uninstall", "--user", "--purge", "--home", folder, argv=said["cli"], cwd="/")
    assert not os.path.exists(home.code)


def test_a_code_folder_in_the_way_is_named(tmp_path):
    """An error from below arrives as one sentence."""
    (tmp_path / ".local").write_text("in the way", encoding="ascii")
    with pytest.raises(ConfigError, match="cannot be copied"):
        quickstart.quickstart(places.personal(str(tmp_path)), bytes, bytes)
