"""The doctor: each thing that can be wrong is found by its name, and a machine on which nothing is wrong is healthy."""

from __future__ import annotations

import json
import os
import plistlib
import shutil
import tempfile
import time
from pathlib import Path

import pytest
from ailing import GOLDEN, ROOT, WRONG, Lab, linked_code, live_findings
from click.testing import CliRunner

from agentguard import places
from agentguard.audit import record
from agentguard.cli.doctor import _screen
from agentguard.cli.doctor import doctor as command_line
from agentguard.deploy import doctor, install, managed, packaged, proof, selftest, settings, targets
from agentguard.deploy.doctor import (
    client,
    fix,
    records,
    sources,
    trust,
)
from agentguard.deploy.doctor import machine as machines
from agentguard.deploy.doctor import managed as managed_checks
from agentguard.deploy.doctor.machine import Machine
from agentguard.deploy.doctor.table import KNOWN
from agentguard.deploy.plan import Plan
from agentguard.digest import sha256_hex
from agentguard.errors import Refused
from agentguard.sync.status import stamp


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Make the lab once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(install, "install_code", linked_code)
        return Lab(tmp_path_factory.mktemp("doctor"))


@pytest.fixture
def lab(made):
    """Return the lab as it was made."""
    made.reset()
    return made


def names(findings) -> set[str]:
    return {finding.name for finding in findings}


# Every name of the table: what is done to the lab, and the check that must find it.
def test_every_name_of_the_table_is_shown_here():
    """A finding that nothing can bring about does not stand in the table."""
    assert set(KNOWN) == set(WRONG)


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_found_and_told_how_to_mend(lab, monkeypatch, name):
    """The finding has its name, says what was seen and why it matters, and its next step is complete."""
    monkeypatch.setattr(client, "may_start", lambda _path: True)
    found = {finding.name: finding for finding in WRONG[name](lab)}
    assert name in found
    finding = found[name]
    assert all((finding.what, finding.why, finding.mend))
    assert "{" not in finding.mend.replace("{...}", "")


def test_a_personal_install_is_healthy(lab, monkeypatch):
    """After quickstart nothing is found but that there is no client, and looking changes neither settings nor policy."""
    monkeypatch.setattr(client, "may_start", lambda _path: True)
    before = {path: path.read_bytes() for path in (Path(lab.own.seal), Path(settings.path_of(lab.own)))}
    report = doctor.examine(Machine(lab.own, root=str(lab.system), environ={}))
    assert {"client/missing"} == names(report.findings)
    assert report.healthy
    assert before == {path: path.read_bytes() for path in before}
    assert [] == list(live_findings(lab, "guarded"))


def test_health_is_what_the_doctor_says_and_sends_no_call(lab, monkeypatch):
    """A heartbeat names what is wrong and which settings win; for it nothing is sent through the hook or recorded."""
    monkeypatch.setattr(client, "may_start", lambda _path: True)
    monkeypatch.setattr(selftest, "run", lambda *_words, **_more: pytest.fail("a call was sent"))
    lab.rolled_out()
    settings.remove(lab.own)
    health = doctor.health(lab.own)
    assert ("personal", False, False) == (health["install"], health["enforces"], health["doctor"]["healthy"])
    assert "person/no-hook" in health["doctor"]["findings"]
    assert health["doctor"]["errors"] >= 1
    machine = Machine(lab.managed, root=str(lab.system), environ={})
    monkeypatch.setattr(doctor, "Machine", lambda _where: machine)
    health = doctor.health(lab.managed)
    assert ("managed", "file") == (health["install"], health["source"])
    assert len(json.dumps(health)) < record.HEALTH_LIMIT


def test_a_canary_that_a_live_client_wrote_is_taken_away(lab, monkeypatch):
    """Where the client let the write run, the file does not stay."""
    monkeypatch.setattr(client, "may_start", lambda _path: True)
    list(live_findings(lab, "open"))
    assert not os.path.lexists(os.path.join(lab.own.config, "doctor-canary.json"))


def test_root_starts_no_client_that_people_could_change(lab):
    """A program in somebody's folder is not started by root, neither for its version nor for a live call."""
    assert (os.geteuid() != 0) == client.may_start(str(lab.system / "bin" / "claude"))


def test_a_hook_that_fails_open_is_an_error_only_while_enforcing(lab):
    """Without onFailure an observing machine is as it must be, an enforcing one is not."""
    value = managed.settings(lab.argv(), phase="observe")
    lab.write("/etc/claude-code/managed-settings.json", value)
    for enforces in (False, True):
        exam = lab.exam(managed=True)
        exam.__dict__["enforces"] = enforces
        found = [one for one in managed_checks.check(exam) if "AL401" in one.what]
        assert (["error"] if enforces else []) == [one.level for one in found]


HOOK = managed.settings(["/opt/agentguard/bin/python3", "-I", "-S", "/opt/agentguard/hook.py"], phase="enforce")


def winner(machine):
    (who,) = machine.people()
    found = sources.effective(sources.of_machine(machine, who))
    return found and (found.winner.kind, found.merged, bool(found.value.get("hooks")))


def test_the_winner_on_macos(lab):
    """A property list for the device wins over the file, one for the person over both, the console over all."""
    machine = Machine(lab.own, platform="darwin", root=str(lab.system), environ={})
    assert winner(machine) is None
    lab.write("/Library/Application Support/ClaudeCode/managed-settings.json", {"model": "a"})
    assert ("file", False, False) == winner(machine)
    lab.write("/Library/Managed Preferences/com.anthropic.claudecode.plist", plistlib.dumps(HOOK))
    assert ("MDM", False, True) == winner(machine)
    name = machine.people()[0].name
    lab.write(f"/Library/Managed Preferences/{name}/com.anthropic.claudecode.plist", plistlib.dumps({"model": "b"}))
    assert ("MDM", False, False) == winner(machine)
    Path(lab.own.home, ".claude", "remote-settings.json").write_text('{"managedSourcesBehavior": "merge"}')
    assert ("console", True, False) == winner(machine)


def test_the_console_is_skipped_where_the_client_asks_another_server(lab):
    """By a variable of the environment or of managed settings; the key from the console then shadows nothing."""
    Path(lab.own.home, ".claude", "remote-settings.json").write_text('{"model": "a"}')
    lab.write("/etc/claude-code/managed-settings.json", HOOK)
    options = {"root": str(lab.system), "platform": "linux"}
    assert ("console", False, False) == winner(Machine(lab.own, environ={}, **options))
    assert ("file", False, True) == winner(Machine(lab.own, environ={"ANTHROPIC_BASE_URL": "http://x"}, **options))
    env = {**HOOK["env"], "CLAUDE_CODE_USE_BEDROCK": "1"}
    lab.write("/etc/claude-code/managed-settings.json", {**HOOK, "env": env})
    assert ("file", False, True) == winner(Machine(lab.own, environ={}, **options))


def test_the_winner_on_windows(lab):
    """HKLM wins over the file; HKCU, which people can write to, counts last."""
    registry = {"HKCU": json.dumps(HOOK)}
    machine = Machine(lab.own, platform="win32", root=str(lab.system), environ={}, registry=registry.get)
    assert ("HKCU", False, True) == winner(machine)
    file = str(lab.system) + targets.TARGETS["windows"].settings
    Path(file).write_text("{}")
    assert ("HKCU", False, True) == winner(machine)
    Path(file).write_text('{"model": "a"}')
    assert ("file", False, False) == winner(machine)
    os.unlink(file)
    registry["HKLM"] = json.dumps({"model": "b"})
    assert ("MDM", False, False) == winner(machine)


def test_drop_ins_are_united_as_the_client_does(lab):
    """Alphabetical; the last word counts, lists are united, hooks appended; hidden and other files are not read."""
    folder = "/etc/claude-code/managed-settings.d"
    lab.write(
        "/etc/claude-code/managed-settings.json", {"model": "a", "permissions": {"deny": ["x"]}, "hooks": {"Stop": [1]}}
    )
    lab.write(f"{folder}/20.json", {"model": "c", "permissions": {"deny": ["x", "y"]}})
    lab.write(f"{folder}/10.json", {"model": "b", "hooks": {"Stop": [2], "Setup": [3]}})
    lab.write(f"{folder}/.30.json", {"model": "hidden"})
    lab.write(f"{folder}/30.json.bak", {"model": "other"})
    machine = Machine(lab.own, root=str(lab.system), environ={}, platform="linux")
    value = sources.effective(sources.of_machine(machine, machine.people()[0])).value
    assert {"model": "c", "permissions": {"deny": ["x", "y"]}, "hooks": {"Stop": [1, 2], "Setup": [3]}} == value


def test_merged_sources_keep_the_stricter_switch():
    """A switch that restricts stays on whoever says so; any other value is the higher source's."""
    below = {"allowManagedHooksOnly": True, "model": "a", "hooks": {"Stop": [1]}}
    above = {"allowManagedHooksOnly": False, "model": "b", "managedSourcesBehavior": "merge", "hooks": {"Stop": [2]}}
    found = sources.effective([sources.Source("console", "c", above), sources.Source("file", "f", below)])
    assert (True, "b", [1, 2]) == (
        found.value["allowManagedHooksOnly"],
        found.value["model"],
        found.value["hooks"]["Stop"],
    )


def test_what_people_put_in_place_of_a_file_is_not_waited_for(lab):
    """A FIFO, a link, or a folder where the console's settings are kept is a finding, not a hang."""
    folder = lab.system / "config"
    for make in (os.mkfifo, lambda path: os.symlink("/dev/zero", path), os.mkdir):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        make(folder / "remote-settings.json")
        exam = lab.exam(environ={"CLAUDE_CONFIG_DIR": str(folder)})
        assert {"managed/unreadable"} == names(managed_checks.check(exam))


NOBODY = (65534, 65534)


@pytest.mark.namespace
def test_root_reads_a_home_with_its_owners_rights(monkeypatch):
    """What the person may not read root does not read for them; a home that does not answer is not waited for."""
    with tempfile.TemporaryDirectory() as folder:  # pytest's own folders are closed to others
        os.chmod(folder, 0o755)
        _reads_as_owner(Path(folder), monkeypatch)


def _reads_as_owner(home, monkeypatch):
    theirs, others = home / "settings.json", home / "secret"
    theirs.write_bytes(b"x" * 200_000)
    others.write_text("secret", encoding="ascii")
    others.chmod(0o600)
    who = machines.Person("nobody", str(home), NOBODY)
    assert theirs.read_bytes() == machines.read_of(who, str(theirs))
    assert machines.read_of(who, str(home / "none")) is None
    with pytest.raises(OSError, match="permission denied"):
        machines.read_of(who, str(others))
    monkeypatch.setattr(machines, "_SECONDS", 0.2)
    monkeypatch.setattr(machines, "read", lambda _path: time.sleep(60))
    with pytest.raises(OSError, match="took longer than"):
        machines.read_of(who, str(theirs))


@pytest.mark.parametrize(
    ("platform", "files"),
    [
        (
            "linux",
            {
                "/run/systemd/system/x": "",
                "/etc/systemd/system/agentguard-sync.timer": "",
                "/etc/systemd/system/timers.target.wants/agentguard-sync.timer": "",
            },
        ),
        ("darwin", {"/Library/LaunchDaemons/com.acme.sync.plist": None}),
    ],
)
def test_a_timer_that_runs_the_sync_is_seen(lab, platform, files):
    """An enabled unit, or a daemon that names the installed command, is one; nothing less is."""
    shutil.copy(lab.own.anchor, lab.managed.anchor)
    for path, text in files.items():
        assert "sync/no-timer" in names(records.check(lab.exam(managed=True, platform=platform)))
        daemon = {"ProgramArguments": ["python3", os.path.join(lab.managed.code, "cli.py"), "sync"]}
        lab.write(path, plistlib.dumps(daemon) if text is None else text)
    assert "sync/no-timer" not in names(records.check(lab.exam(managed=True, platform=platform)))


def test_what_mends_a_missing_timer_can_be_typed_on_that_machine(lab):
    """A unit where systemd runs; where it does not, as in a container, something else of root's has to."""
    (without,) = (one for one in WRONG["sync/no-timer"](lab) if one.name == "sync/no-timer")
    assert "sync --background` every 3 minutes" in without.mend
    lab.write("/run/systemd/system/x", "")
    (beneath,) = (one for one in WRONG["sync/no-timer"](lab) if one.name == "sync/no-timer")
    assert beneath.mend.startswith("sudo systemctl enable --now agentguard-sync.timer")


def test_fix_mends_what_is_safe(lab):
    """The hook comes back into one's own settings, a deleted seal comes back by a sync, and then all is well."""
    settings.remove(lab.own)
    os.unlink(lab.own.seal)
    machine = Machine(lab.own, root=str(lab.system), environ={})
    report = doctor.examine(machine)
    assert not report.healthy
    assert {"sync", "settings"} == {line.partition(":")[0] for line in fix.mend(report.exam, report.findings)}
    assert doctor.examine(machine).healthy


def test_what_mends_a_program_is_what_brought_it(lab, tmp_path):
    """A package refuses an installation beside it, so it is installed again itself."""
    exam = lab.exam(managed=True)
    exam.where = places.Places(places.MANAGED, str(tmp_path), lab.managed.config, lab.managed.state)
    assert exam.finding("command/missing", "").mend.startswith("sudo agentguard install --system ")
    (tmp_path / packaged.CURRENT).symlink_to("0.1.0-1")
    assert exam.finding("command/missing", "").mend.startswith("sudo dpkg --install agentguard.deb ")


def test_what_is_closed_for_two_files_is_said_once(lab):
    """The folder above anchor and configuration is one place to mend."""
    shutil.copy(lab.own.anchor, lab.managed.anchor)
    Path(lab.managed.settings).write_text("", encoding="utf-8")
    os.chmod(lab.managed.anchor, 0o644)
    os.chmod(lab.managed.config, 0o700)
    found = [one.what for one in trust.check(lab.exam(managed=True)) if one.name == "trust/closed"]
    os.chmod(lab.managed.config, 0o755)
    assert [f"others than root cannot read {lab.managed.config}"] == found


def test_spool_that_was_not_handed_over_is_found(lab):
    """The upload as a whole was well; whose spool was not is said."""
    lab.status(upload={"ok": True, "records": 3, "problems": "the spool of user 1001 could not be worked in"})
    (found,) = (one for one in records.check(lab.exam()) if one.name == "records/upload")
    assert "user 1001" in found.what


def test_fix_gives_the_spool_its_mode(lab):
    """The folder of spools is made, for everybody to write to and nobody to list."""
    exam = lab.exam(managed=True)
    assert [f"spool: {lab.managed.spools} has mode 1733"] == fix.mend(exam, list(records.check(exam)))
    assert 0o1733 == os.stat(lab.managed.spools).st_mode & 0o7777


def test_what_cannot_be_mended_is_said(lab):
    """A fix that fails is a line, not an end."""
    shutil.copy(lab.own.anchor, lab.managed.anchor)
    exam = lab.exam(managed=True)
    said = fix.mend(exam, [exam.finding("sync/never", "x", fix="sync")])
    assert said[0].startswith("sync: ")


def test_the_command_line_says_all_of_it(lab):
    """Exit 0 or 3; text names each finding with its next step, JSON has the same and the facts of an inventory."""
    home = ["--home", lab.own.home]
    done = CliRunner().invoke(command_line, [*home, "--json"], standalone_mode=False)
    value = json.loads(done.stdout)
    assert (0, True) == (done.return_value, value["healthy"])
    assert list(doctor.INVENTORY) == list(value)
    settings.remove(lab.own)
    done = CliRunner().invoke(command_line, home, standalone_mode=False)
    assert 3 == done.return_value
    assert "error person/no-hook: " in done.stdout
    assert "\n  mend  " in done.stdout
    assert "unhealthy: " in done.stdout


def test_a_machine_is_managed_as_soon_as_a_part_of_it_is_there(tmp_path, monkeypatch):
    """An anchor that was deleted does not make a managed machine a personal one; a home that is named is a home."""
    where = places.Places(places.MANAGED, *(str(tmp_path / name) for name in ("code", "etc", "var")))
    monkeypatch.setattr(places, "managed", lambda: where)
    assert not machines.installation().managed
    (tmp_path / "code").mkdir()
    Path(where.stub).touch()
    assert where is machines.installation()
    assert str(tmp_path) == machines.installation(str(tmp_path)).home


def test_the_screen_reads_as_reviewed(lab, monkeypatch):
    """Facts, then each finding with why and mend, then the verdict."""
    settings.remove(lab.own)
    monkeypatch.setattr(places, "account_name", lambda: "ada")
    machine = Machine(lab.own, root=str(lab.system), environ={})
    screen = _screen(doctor.examine(machine)).replace(str(lab.base), "/BASE")
    assert (GOLDEN / "doctor-unhealthy.txt").read_text(encoding="utf-8") == screen + "\n"


ANCHOR = sha256_hex(ROOT.read_bytes())
GOOD = {
    "healthy": True, "install": "managed", "target": "linux", "anchor_sha256": ANCHOR, "time": stamp(4e9), "findings": [],
}  # fmt: skip
PLAN = Plan("Acme", "com.acme", str(ROOT), "", "outcomes", {}, (), {})


@pytest.mark.parametrize(
    ("changes", "target", "says"),
    [
        ({}, "linux", ""),
        ({}, "console", ""),
        ({"findings": [{"name": "sync/old", "level": "warning"}]}, "linux", ""),
        ({}, "macos", "is a machine with linux, not macos"),
        ({"healthy": False}, "linux", "is not healthy"),
        ({"findings": [{"name": "managed/none", "level": "error"}]}, "linux", "managed/none"),
        ({"anchor_sha256": "0"}, "linux", "trusts another anchor"),
        ({"time": "2020-01-01T00:00:00Z"}, "linux", "over 30 days ago"),
        ({"install": "personal"}, "linux", "no managed installation"),
        ({"findings": None}, "linux", "is not what `agentguard doctor --json` prints"),
    ],
)
def test_enforcing_needs_a_proof(tmp_path, changes, target, says):
    """A healthy report of a machine of that kind, with that anchor, and not old; anything else is refused."""
    path = tmp_path / "proof.json"
    path.write_text(json.dumps({**GOOD, **changes}))
    if not says:
        proof.require(PLAN, target, [str(path)])
        return
    with pytest.raises(Refused, match=r"enforcing is refused|is not what") as caught:
        proof.require(PLAN, target, [str(path)])
    assert says in caught.value.message


def test_without_a_proof_this_machine_must_be_managed(monkeypatch, tmp_path):
    """On an administrator's own laptop enforcing is refused, and the way to a proof is said."""
    monkeypatch.setattr(proof, "installation", lambda: places.personal(str(tmp_path)))
    with pytest.raises(Refused, match="no managed machine with windows") as caught:
        proof.require(PLAN, "windows", [])
    assert "--proof proof.json" in caught.value.hint
