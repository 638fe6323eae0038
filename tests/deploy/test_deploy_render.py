"""Artefacts for a fleet: exactly what ships, in forms that the systems read, and nothing that people could change."""

from __future__ import annotations

import configparser
import json
import os
import plistlib
import re
import stat
import subprocess
from pathlib import Path

import pytest
import task_schema
from click.testing import CliRunner

from agentguard import config
from agentguard.bundle import publish
from agentguard.cli.deploy import deploy
from agentguard.deploy import events, managed, plan, render, safepath, targets
from agentguard.deploy.choices import CHOICES
from agentguard.deploy.plan import Plan
from agentguard.deploy.render import kit, powershell, profiles, systemd
from agentguard.errors import ConfigError, DeployFileError

GOLDEN = Path(__file__).parent.parent / "golden" / "deploy"
ROOT = str(GOLDEN / "root.json")
ARGVS = {name: [target.python, "-I", "-S", target.stub] for name, target in targets.TARGETS.items()}
PLAIN = Plan("Acme", "com.acme.agentguard", ROOT, "", events.OUTCOMES, {}, (), ARGVS)
EVERYTHING = PLAIN._replace(
    records=events.ALL,
    local={"sync_url": "https://policy.acme.example/bundle", "collector_url": "https://audit.acme.example"},
    chosen=tuple(CHOICES),
    argvs={
        **ARGVS,
        "linux": ["/usr/bin/python3.11", "-I", "-S", "/usr/lib/agentguard/hook.py"],
        "macos": ["/usr/bin/python3.11", "-I", "-S", "/usr/lib/agentguard/hook.py"],
    },
)
CASES = [(name, target, phase, said) for target in targets.NAMES for name, phase, said in (
    (f"{target}-observe", "observe", PLAIN), (f"{target}-enforce-everything", "enforce", EVERYTHING)
)]  # fmt: skip
PACKAGED = PLAIN._replace(argvs={**ARGVS, "linux": [targets.TARGETS[targets.LINUX].launcher]})
REVIEWED = [*CASES, ("linux-package-observe", "linux", "observe", PACKAGED)]


def golden(name, file):
    return (GOLDEN / name / file).read_bytes()


def settings_of(target, phase, said):
    return managed.settings(
        said.argvs.get(target, said.argvs["linux"]),
        phase=phase,
        chosen=said.chosen,
        records=said.records,
        null="NUL" if target == "windows" else "/dev/null",
    )


@pytest.fixture(scope="module")
def publisher(tmp_path_factory):
    """Make a publisher with one published bundle."""
    folder = tmp_path_factory.mktemp("publisher")
    policy = folder / "policy"
    (policy / "rules").mkdir(parents=True)
    (policy / "bundle.toml").write_text('schema = 1\nname = "acme"\nmode = "enforce"\n', encoding="utf-8")
    publish.init(str(folder / "made"), "acme", solo=True)
    publish.publish(str(policy), str(folder / "made"))
    return folder / "made"


@pytest.mark.parametrize(("name", "target", "phase", "said"), REVIEWED, ids=[case[0] for case in REVIEWED])
def test_artefacts_are_as_reviewed(tmp_path, name, target, phase, said):
    """Every byte of every artefact is the reviewed one, and each is for everybody to read."""
    written = render.render(said, target, phase, str(tmp_path / "out"))
    reviewed = sorted(path.name for path in (GOLDEN / name).iterdir())
    assert reviewed == sorted(file for file in written if file != "root.json")
    for file in reviewed:
        assert golden(name, file) == (tmp_path / "out" / file).read_bytes(), file
        assert stat.S_IMODE((tmp_path / "out" / file).stat().st_mode) == 0o644


def test_enforcing_blocks_what_the_hook_cannot_answer():
    """Only tool calls carry onFailure, and only when enforcing."""
    for phase, expected in (("enforce", {"PreToolUse": "block"}), ("observe", {})):
        hooks = managed.settings(["/p", "-I", "-S", "/s"], phase=phase)["hooks"]
        found = {event: groups[0]["hooks"][0].get("onFailure") for event, groups in hooks.items()}
        assert {event: value for event, value in found.items() if value} == expected


def test_every_event_of_the_client_has_its_place():
    """33 events; each word of `events` holds the ones before it; what only records is never waited for, or must be."""
    assert 33 == len(set(events.KNOWN))
    counts = [len(events.groups(["/p"], enforce=True, records=word)) for word in events.RECORDS]
    assert counts == sorted(counts)
    assert [4, 10, 29] == counts
    waited = {name for name, event in events.EVENTS.items() if not event.nobody_waits and not event.decides}
    assert {"SessionStart", "SessionEnd"} == waited


def test_choices_that_touch_the_same_table_are_united():
    """A blanked LD_LIBRARY_PATH joins the variables that are blanked anyway."""
    env = managed.settings(["/p"], phase="enforce", chosen=tuple(CHOICES))["env"]
    assert {"CLAUDE_CODE_SHELL_PREFIX", "LD_PRELOAD", "LD_AUDIT", "OPENSSL_CONF", "LD_LIBRARY_PATH"} == set(env)
    assert "LD_LIBRARY_PATH" not in managed.settings(["/p"], phase="enforce")["env"]


def test_what_a_package_starts_holds_nothing_up_while_observing(tmp_path):
    """The launcher is told so in the settings; where it enforces, it blocks whatever goes wrong."""
    for phase, arguments in (("observe", ["observe"]), ("enforce", [])):
        render.render(PACKAGED, "linux", phase, str(tmp_path))
        settings = json.loads((tmp_path / targets.DROP_IN).read_bytes())
        entry = settings["hooks"]["PreToolUse"][0]["hooks"][0]
        assert ("/opt/agentguard/hook", arguments) == (entry["command"], entry["args"])


@pytest.mark.parametrize("phase", ["observe", "enforce"])
def test_the_configuration_is_one_that_agentguard_reads(tmp_path, phase):
    """What is rendered passes the same check as what is read on the machine, and the phase is root's stage."""
    render.render(EVERYTHING, "macos", phase, str(tmp_path))
    found = config.read(str(tmp_path / "agentguard.toml"))
    assert (found["stage"], found["sync_url"]) == (phase, "https://policy.acme.example/bundle")


def test_anchor_and_first_bundle_are_taken_along(tmp_path, publisher):
    """The anchor is copied as it is, and the whole published folder once it has been verified."""
    anchor = publisher / "repo" / "1.root.json"
    said = PLAIN._replace(anchor=str(anchor), bundle=str(publisher))
    written = render.render(said, "linux", "observe", str(tmp_path))
    assert (tmp_path / "root.json").read_bytes() == anchor.read_bytes()
    for path in (publisher / "repo").rglob("*"):
        if path.is_file():
            assert (tmp_path / "bundle" / path.relative_to(publisher / "repo")).read_bytes() == path.read_bytes()
    assert "bundle/timestamp.json" in written
    assert "sync --from bundle" in (tmp_path / "README.md").read_text(encoding="utf-8")


def test_rendering_again_leaves_no_bundle_and_no_secret_of_before(tmp_path, publisher):
    """A package carries what lies in the folder: what deploy.toml no longer names must not be there."""
    secret = tmp_path / "secret"
    secret.write_text("sesame\n", encoding="utf-8")
    output = tmp_path / "out"
    anchor = str(publisher / "repo" / "1.root.json")
    said = PLAIN._replace(anchor=anchor, bundle=str(publisher), enrol_secret=str(secret))
    render.render(said, "linux", "observe", str(output))
    (output / "notes.txt").write_text("an administrator's own", encoding="utf-8")
    written = render.render(PLAIN._replace(anchor=anchor), "linux", "observe", str(output))
    found = {str(path.relative_to(output)) for path in output.rglob("*") if path.is_file()}
    assert {*written, "notes.txt"} == found


def test_a_bundle_that_would_not_be_accepted_is_refused(tmp_path, publisher):
    """A bundle of somebody else's is a mistake of the file, told with its place."""
    publish.init(str(tmp_path / "other"), "acme", solo=True)
    text = (GOLDEN / "deploy.toml").read_text(encoding="utf-8").replace("publisher/repo", "other/repo")
    said = tmp_path / "deploy.toml"
    said.write_text(text.replace('# bundle = "publisher"', f'bundle = "{publisher}"'), encoding="utf-8")
    with pytest.raises(DeployFileError) as caught:
        plan.read(str(said))
    says = "deploy.toml:17:10: AD006 machines would not accept this bundle: timestamp was signed by 0/1 keys"
    assert says in caught.value.diagnostics()


def test_the_collectors_secret_is_taken_along_for_root_alone(tmp_path):
    """It is closed in the folder and on the machine, on every kind; without one nothing speaks of it."""
    secret = tmp_path / "secret"
    secret.write_text("sesame\n", encoding="utf-8")
    for name, step in {
        "linux": "install -D -m 600 enrol.secret /etc/agentguard/enrol.secret\n",
        "macos": "install -m 600 enrol.secret '/Library/Application Support/agentguard/enrol.secret'\n",
        "windows": "& icacls.exe 'C:\\ProgramData\\agentguard\\enrol.secret' /inheritance:r /grant:r ",
    }.items():
        render.render(PLAIN._replace(enrol_secret=str(secret)), name, "observe", str(tmp_path / name))
        found = tmp_path / name / "enrol.secret"
        assert "sesame\n" == found.read_text(encoding="utf-8")
        assert 0o600 == stat.S_IMODE(found.stat().st_mode)
        script = "Install-AgentguardSettings.ps1" if name == "windows" else "install.sh"
        assert step in (tmp_path / name / script).read_text(encoding="utf-8").replace("\r", "")
        assert all("enrol.secret" not in one.data.decode("utf-16" if one.name.endswith(("reg", "xml")) else "utf-8")
                   for one in render.KITS[name](PLAIN, "observe").artefacts)  # fmt: skip


def test_the_profile_carries_the_settings_for_the_agents_domain():
    """A property list reads as one; the payload is the settings and nothing else, at device level, not to be removed."""
    profile = plistlib.loads(golden("macos-enforce-everything", "claude-code.mobileconfig"))
    (payload,) = profile["PayloadContent"]
    assert "com.anthropic.claudecode" == payload["PayloadType"]
    own = {key: value for key, value in payload.items() if not key.startswith("Payload")}
    assert settings_of("macos", "enforce", EVERYTHING) == own
    assert ("Configuration", "System", True) == (
        profile["PayloadType"],
        profile["PayloadScope"],
        profile["PayloadRemovalDisallowed"],
    )
    assert profile["PayloadUUID"] != payload["PayloadUUID"]


def test_the_sync_daemon_is_allowed_by_the_name_that_it_has():
    """The Service Management rule names the LaunchDaemon's label, and its file is called by it."""
    profile = plistlib.loads(golden("macos-observe", "sync-daemon.mobileconfig"))
    (payload,) = profile["PayloadContent"]
    daemon = plistlib.loads(golden("macos-observe", "com.acme.agentguard.sync.plist"))
    assert "com.apple.servicemanagement" == payload["PayloadType"]
    assert [("Label", daemon["Label"])] == [(rule["RuleType"], rule["RuleValue"]) for rule in payload["Rules"]]
    assert [*ARGVS["macos"][:3], "/opt/agentguard/cli.py", "sync", "--background"] == daemon["ProgramArguments"]
    assert 180 == daemon["StartInterval"]


def test_the_registry_file_sets_the_one_value_that_the_client_reads():
    """UTF-16 with its mark, CRLF, one key, one value; unescaped it is the settings on one line."""
    data = golden("windows-enforce-everything", "claude-code.reg")
    assert data.startswith(b"\xff\xfe")
    text = data.decode("utf-16")
    assert text.count("\n") == text.count("\r\n")
    head, blank, key, value, *rest = text.split("\r\n")
    assert ("Windows Registry Editor Version 5.00", "") == (head, blank)
    assert r"[HKEY_LOCAL_MACHINE\SOFTWARE\Policies\ClaudeCode]" == key
    assert ["", ""] == rest
    name, _, quoted = value.partition("=")
    assert '"Settings"' == name
    plain = quoted[1:-1].replace('\\"', '"').replace("\\\\", "\\")
    assert settings_of("windows", "enforce", EVERYTHING) == json.loads(plain)


def test_the_script_writes_what_lies_beside_it_and_the_settings_last():
    """ASCII with CRLF; each here-string is the file of that name to the byte; nothing is replaced in any text."""
    data = golden("windows-enforce-everything", "Install-AgentguardSettings.ps1")
    text = data.decode("ascii")
    assert text.count("\n") == text.count("\r\n")
    steps = re.findall(r"^Write-Whole '([^']*)' @'\r\n(.*?)\r\n'@\r$", text, re.DOTALL | re.MULTILINE)
    written = {path: body.replace("\r\n", "\n") for path, body in steps}
    folder = "windows-enforce-everything"
    target = targets.TARGETS["windows"]
    assert [target.config, target.anchor, target.settings] == [path for path, _body in steps]
    assert golden(folder, "agentguard.toml").decode() == written[target.config]
    assert Path(ROOT).read_text(encoding="ascii") == written[target.anchor]
    assert settings_of("windows", "enforce", EVERYTHING) == json.loads(written[target.settings])
    code = re.sub(r"@'\r\n.*?\r\n'@|'[^'\r\n]*'|#[^\r\n]*", "", text, flags=re.DOTALL)
    assert {"$Path.new", "icacls could not close $Path", "`n", "`r`n"} == set(re.findall(r'"([^"]*)"', code))
    for opening, closing in ("{}", "()", "[]"):
        assert code.count(opening) == code.count(closing)
    assert code.rstrip().endswith("Write-Whole")


def test_a_profile_that_is_rendered_again_replaces_the_one_before():
    """UUIDs come from the identifier, not from chance, and differ between organisations."""
    uuids = [plistlib.loads(profiles.settings("x", name, {}))["PayloadUUID"] for name in ("a.b", "a.b", "a.c")]
    assert uuids[0] == uuids[1] != uuids[2]


def test_the_scheduled_task_is_as_the_schema_says():
    """Every element and value is one that the Task Scheduler takes; it runs our sync as SYSTEM."""
    data = golden("windows-enforce-everything", "agentguard-sync.xml")
    assert data.startswith(b"\xff\xfe")
    task = task_schema.check(data)
    found = {element.tag.removeprefix(task_schema.NAMESPACE): element.text for element in task.iter()}
    assert r"C:\Program Files\agentguard\bin\python.exe" == found["Command"]
    assert r'-I -S "C:\Program Files\agentguard\cli.py" sync --background' == found["Arguments"]
    assert ("S-1-5-18", "PT3M") == (found["UserId"], found["Interval"])


@pytest.mark.parametrize(
    ("before", "after"), [("<Enabled>true", "<Enabled>yes"), ("BootTrigger>", "BotTrigger>"), ("PT15M", "15M")]
)
def test_the_schema_finds_what_is_wrong(before, after):
    """A task with a wrong word, element or duration is not taken."""
    text = golden("windows-observe", "agentguard-sync.xml").decode("utf-16").replace(before, after)
    with pytest.raises((AssertionError, KeyError)):
        task_schema.check(text.encode("utf-16"))


def test_the_units_are_units_that_start_each_other():
    """Timer and path start the service; the service runs the sync with few rights and writes to the state alone."""
    units = systemd.units(["/opt/a b/python3", "-I", "/x$y%z"], "/var/lib/agentguard")
    parsed = {}
    for name, (text, _what) in units.items():
        parsed[name] = configparser.ConfigParser(interpolation=None, strict=True)
        parsed[name].optionxform = str
        parsed[name].read_string(text)
    service = parsed[systemd.SERVICE]["Service"]
    assert "'/opt/a b/python3' -I '/x$$y%%z' sync --background" == service["ExecStart"]
    assert "/var/lib/agentguard" == service["ReadWritePaths"]
    assert systemd.SERVICE == parsed[systemd.TIMER]["Timer"]["Unit"] == parsed[systemd.PATH]["Path"]["Unit"]
    assert "/var/lib/agentguard/spool" == parsed[systemd.PATH]["Path"]["PathChanged"]


def test_the_steps_on_linux_are_shell_and_the_settings_come_last_and_go_first():
    """`sh -n` takes both blocks; nothing but the doctor comes after the drop-in."""
    page = golden("linux-enforce-everything", "README.md").decode()
    blocks = [part.split("```")[0] for part in page.split("```sh\n")[1:]]
    for block in blocks:
        subprocess.run(["sh", "-n", "-c", block], check=True)
    install, remove = (block.splitlines() for block in blocks)
    for name, steps in (("install.sh", install), ("remove.sh", remove)):
        script = golden("linux-enforce-everything", name).decode().splitlines()
        assert ["#!/bin/sh", "set -eu", "umask 022", 'cd "$(dirname "$0")"', *steps] == [script[0], *script[2:]]
    assert targets.DROP_IN in install[-2]
    assert install[-1].endswith(" doctor")
    assert targets.DROP_IN in remove[0]


def test_a_script_takes_no_text_that_could_end_a_string():
    """Quotes are doubled; a line that would end a here-string, or a character outside ASCII, is refused."""
    assert "'it''s $x `n'" == powershell.quoted("it's $x `n")
    with pytest.raises(ConfigError, match="cannot stand in a PowerShell script"):
        powershell.here("a\n'@ | Remove-Item\n")
    with pytest.raises(ConfigError, match="ASCII"):
        powershell.script("x", [powershell.written("C:\\x", "ä")])


def test_the_scripts_on_macos_are_shell():
    """`sh -n` takes both; with the word profile the file is left to the MDM."""
    for name in ("install.sh", "remove.sh"):
        text = golden("macos-enforce-everything", name).decode()
        subprocess.run(["sh", "-n", "-c", text], check=True)
        assert ('[ "${1:-}" = profile ] || {' in text) == (name == "install.sh")


def test_the_first_bundle_lies_beside_the_script_on_windows(publisher):
    """The sync takes it from there if it is there, and from the network if the script came alone."""
    said = PLAIN._replace(anchor=str(publisher / "repo" / "1.root.json"), bundle=str(publisher))
    found = {one.name: one.data for one in render.KITS["windows"](said, "observe").artefacts}
    text = found["Install-AgentguardSettings.ps1"].decode()
    assert "$folder = Join-Path $PSScriptRoot 'bundle'" in text
    assert "'sync' '--from' $folder } else { & " in text
    assert b"timestamp" in found["bundle/timestamp.json"]


def test_a_name_with_markup_stays_text():
    """What the administrator calls the organisation is escaped in XML and in property lists."""
    said = PLAIN._replace(organisation="A & <B>")
    for target in ("macos", "windows"):
        found = {one.name: one for one in render.KITS[target](said, "observe").artefacts}
        assert all(isinstance(one, kit.Artefact) for one in found.values())
        if target == "windows":
            task_schema.check(found["agentguard-sync.xml"].data)
        else:
            assert "A & <B>" == plistlib.loads(found["claude-code.mobileconfig"].data)["PayloadOrganization"]


def test_the_console_takes_no_paths_that_differ_between_machines(tmp_path):
    """One text is for all machines."""
    said = PLAIN._replace(argvs={**ARGVS, "macos": EVERYTHING.argvs["macos"]})
    with pytest.raises(DeployFileError, match="name different paths"):
        render.render(said, "console", "observe", str(tmp_path))


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("hook.py", "not a plain absolute path"),
        ("/opt/../tmp/hook.py", "not a plain absolute path"),
        ("/opt/agentguard/hook\n.py", "not a plain absolute path"),
        ("/home/ada/hook.py", "ordinary people can write in /home"),
        ("/tmp/hook.py", "ordinary people can write in /tmp"),
    ],
)
def test_unsafe_paths_are_refused_by_name(path, says):
    """A path that people can change must not stand in managed settings."""
    assert says in safepath.fault(path)


def test_unsafe_paths_are_refused_by_what_is_there(tmp_path, monkeypatch):
    """Folders that others can write to are found, through links too; what does not exist is judged by its name."""
    monkeypatch.setattr(safepath, "_OPEN", ())
    tmp_path.chmod(0o755)
    (tmp_path / "open").mkdir(mode=0o777)
    (tmp_path / "open").chmod(0o777)
    os.symlink(tmp_path / "open", tmp_path / "link")
    for name in ("open", "link"):
        assert str(tmp_path / "open") in safepath.fault(str(tmp_path / name / "hook.py"))
    assert safepath.fault("/usr/not-there/hook.py") == ""


def test_the_command_line_lists_what_it_wrote(tmp_path, monkeypatch):
    """The names go to stdout, as text and as JSON; a relative folder is made here."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "root.json").write_bytes(Path(ROOT).read_bytes())
    text = plan.template().replace("publisher/repo/1.root.json", "root.json")
    (tmp_path / "deploy.toml").write_text(text, encoding="utf-8")
    command = ["render", "--target", "linux", "--config", "deploy.toml", "--output", "out"]
    units = systemd.units([], "")
    names = ["50-agentguard.json", *units, "agentguard.toml", "root.json", "install.sh", "remove.sh", "README.md"]
    assert [f"out/{name}" for name in names] == CliRunner().invoke(deploy, command).stdout.split()
    value = json.loads(CliRunner().invoke(deploy, [*command, "--json"]).stdout)
    assert {"output": str(tmp_path / "out"), "files": names} == value
    assert sorted(names) == sorted(os.listdir(tmp_path / "out"))
