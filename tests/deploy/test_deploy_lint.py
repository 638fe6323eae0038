"""deploy lint: each known way to switch a guard off is found in each form, and what we render is clean."""

from __future__ import annotations

import codecs
import copy
import json
import plistlib
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from agentguard.cli.deploy import deploy
from agentguard.deploy import managed, targets
from agentguard.deploy.lint import lint
from agentguard.deploy.lint.codes import CODES, ERROR
from agentguard.deploy.render import powershell, profiles, registry
from agentguard.errors import Refused

GOLDEN = Path(__file__).parent.parent / "golden" / "deploy"
ARGV = ["/usr/lib/agentguard/python3", "-I", "-S", "/usr/lib/agentguard/hook.py"]
GOOD = managed.settings(ARGV, phase="enforce")
FOREIGN = {"matcher": "Bash", "hooks": [{"type": "command", "command": "notify", "async": True}]}


def entry(**changes):
    """Return settings whose guard is changed; None takes a field away."""
    value = copy.deepcopy(GOOD)
    guard = value["hooks"]["PreToolUse"][0]["hooks"][0]
    guard.update(changes)
    for name in [name for name, one in guard.items() if one is None]:
        del guard[name]
    return value


def group(**changes):
    value = copy.deepcopy(GOOD)
    value["hooks"]["PreToolUse"][0].update(changes)
    return value


def top(**changes):
    return {**GOOD, **changes}


def hooks(**changes):
    value = {**GOOD, "hooks": {**GOOD["hooks"], **changes}}
    return {**value, "hooks": {event: groups for event, groups in value["hooks"].items() if groups is not None}}


def env(**changes):
    value = {**GOOD["env"], **changes}
    return {**GOOD, "env": {name: text for name, text in value.items() if text is not None}}


GUARD = "hooks.PreToolUse[0].hooks[0]"
# What is wrong, the only finding there must be, and where it must point to.
CASES = [
    ("AL201", entry(type="cmd"), f"{GUARD}.type"),
    ("AL202", entry(onFailure="deny"), f"{GUARD}.onFailure"),
    ("AL203", entry(timeout="10"), f"{GUARD}.timeout"),
    ("AL203", entry(timeout=0), f"{GUARD}.timeout"),
    ("AL203", entry(command=None), GUARD),
    ("AL203", entry(args=["-I", "-S", 3]), f"{GUARD}.args"),
    ("AL203", hooks(PermissionRequest={}), "hooks.PermissionRequest"),
    ("AL203", hooks(PermissionRequest=[{"matcher": "*"}]), "hooks.PermissionRequest[0]"),
    ("AL203", group(matcher=["*"]), "hooks.PreToolUse[0].matcher"),
    ("AL312", hooks(Stop={}), "hooks.Stop"),
    ("AL312", hooks(Stop=[{"matcher": "*"}]), "hooks.Stop[0]"),
    ("AL312", hooks(Stop=[{"matcher": ["*"], "hooks": []}]), "hooks.Stop[0].matcher"),
    ("AL312", hooks(Stop=[{"hooks": ["x"]}]), "hooks.Stop[0].hooks[0]"),
    ("AL312", hooks(Stop=[{"hooks": [{"type": "cmd"}]}]), "hooks.Stop[0].hooks[0].type"),
    ("AL204", top(requiredMaximumVersion="2.1.200"), "requiredMaximumVersion"),
    ("AL204", top(requiredMinimumVersion="2.2.0", requiredMaximumVersion="2.1.300"), "requiredMaximumVersion"),
    ("AL205", top(requiredMaximumVersion="2.1.330"), "requiredMaximumVersion"),
    ("AL206", top(forceRemoteSettingsRefresh=True), "forceRemoteSettingsRefresh"),
    ("AL207", top(policyHelper={"path": "/bin/true"}), "policyHelper"),
    ("AL301", top(disableAllHooks=True), "disableAllHooks"),
    ("AL302", hooks(PreToolUse=None), "hooks"),
    ("AL302", hooks(PreToolUse=[]), "hooks"),
    ("AL302", {"env": {"EDITOR": "vi"}}, ""),
    ("AL302", {"managedSourcesBehavior": "first-wins"}, ""),
    ("AL303", group(matcher="Bash"), "hooks.PreToolUse[0].matcher"),
    ("AL303", group(matcher="(Bash"), "hooks.PreToolUse[0].matcher"),
    ("AL303", group(matcher=".*"), "hooks.PreToolUse[0].matcher"),
    ("AL304", entry(**{"async": True}), f"{GUARD}.async"),
    ("AL304", entry(asyncRewake=True), f"{GUARD}.asyncRewake"),
    ("AL305", entry(**{"if": "Read(*)"}), f"{GUARD}.if"),
    ("AL306", hooks(preToolUse=[FOREIGN]), "hooks.preToolUse"),
    ("AL307", hooks(UserPromptSubmit=None), "hooks"),
    ("AL308", entry(type="http", url="https://guard.example"), f"{GUARD}.type"),
    ("AL309", top(disableAllHook=True), "disableAllHook"),
    ("AL309", entry(onfailure="block"), f"{GUARD}.onfailure"),
    ("AL310", top(wslInheritsWindowsSettings=True), "wslInheritsWindowsSettings"),
    ("AL311", top(allowManagedHooksOnly=False), "allowManagedHooksOnly"),
    ("AL401", entry(onFailure="continue"), f"{GUARD}.onFailure"),
    ("AL401", entry(onFailure=None), GUARD),
    ("AL402", {key: one for key, one in GOOD.items() if key != "requiredMinimumVersion"}, ""),
    ("AL402", top(requiredMinimumVersion="2.1.294"), "requiredMinimumVersion"),
    ("AL402", top(requiredMinimumVersion="newest"), "requiredMinimumVersion"),
    ("AL403", entry(timeout=None), GUARD),
    ("AL403", entry(timeout=600), f"{GUARD}.timeout"),
    ("AL403", entry(timeout=2), f"{GUARD}.timeout"),
    ("AL501", entry(command="/usr/lib/agentguard/python3 -I -S hook.py", args=None), f"{GUARD}.command"),
    ("AL502", entry(command="python3"), f"{GUARD}.command"),
    ("AL502", entry(args=["-I", "-S", "/home/ada/agentguard/hook.py"]), f"{GUARD}.args[2]"),
    ("AL502", entry(command="/usr/lib/.pyenv/shims/python3"), f"{GUARD}.command"),
    ("AL503", entry(args=["-S", "/usr/lib/agentguard/hook.py"]), f"{GUARD}.args"),
    ("AL504", env(LD_PRELOAD="/tmp/x.so"), "env.LD_PRELOAD"),
    ("AL504", env(OPENSSL_CONF=""), "env.OPENSSL_CONF"),
    ("AL504", env(DYLD_INSERT_LIBRARIES="/x.dylib"), "env.DYLD_INSERT_LIBRARIES"),
    ("AL505", env(LD_AUDIT=None), "env"),
]
# What looks like it and is right.
HARMLESS = [
    GOOD,
    group(matcher=""),
    hooks(PreToolUse=[FOREIGN, *GOOD["hooks"]["PreToolUse"]]),  # somebody else's hook is theirs
    top(disableAllHooks=False, wslInheritsWindowsSettings=False, allowManagedHooksOnly=True),
    top(requiredMinimumVersion="3.0.0"),
    entry(args=["-IS", "/usr/lib/agentguard/hook.py"]),
    entry(command="/usr/lib/agentguard/launcher", args=[]),
    env(LD_LIBRARY_PATH="", EDITOR="vi"),
    {"managedSourcesBehavior": "merge"},
    top(model="opus", permissions={"deny": ["Read(.env)"]}, statusLine={"type": "command", "command": "x"}),
]


def as_json(value):
    return "managed-settings.json", json.dumps(value, indent=2).encode()


def as_profile(value):
    return "x.mobileconfig", profiles.settings("Acme", "com.acme", value)


def as_plist(value):
    return "com.anthropic.claudecode.plist", plistlib.dumps(value)


def as_reg(value):
    return "x.reg", registry.file(value)


def as_script(value):
    return "x.ps1", powershell.script("it's a title", [powershell.written("C:\\x", json.dumps(value, indent=2))])


FORMS = [as_json, as_profile, as_plist, as_reg, as_script]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("code", "value", "where"), CASES)
def test_each_way_is_found_in_each_form(form, code, value, where):
    """One change, one finding, at its place, whatever the settings are written in."""
    findings = lint(*form(value))[1]
    assert [(code, where)] == [(finding.code, finding.where) for finding in findings]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("value", HARMLESS)
def test_what_is_right_is_left_alone(form, value):
    """Nothing is found in settings that start the guard, nor in a near miss."""
    assert [] == lint(*form(value))[1]


def test_places_are_those_of_an_editor():
    """Line and column point at the value, in JSON and in a script that carries JSON."""
    (finding,) = lint(*as_json(group(matcher="Bash")))[1]
    lines = as_json(group(matcher="Bash"))[1].decode().splitlines()
    assert '"Bash"' == lines[finding.line - 1][finding.column - 1 :].rstrip(",")
    (finding,) = lint(*as_script(group(matcher="Bash")))[1]
    lines = as_script(group(matcher="Bash"))[1].decode().splitlines()
    assert '"Bash"' == lines[finding.line - 1][finding.column - 1 :].rstrip(",")


REG = registry.file(GOOD).decode("utf-16")
SCRIPT = as_script(GOOD)[1].decode()
WRITES = SCRIPT[: SCRIPT.index("Write-Whole 'C")].count("\n") + 1
FILES = [
    ("AL101", "a.json", b"{,}", (1, 2)),
    ("AL101", "a.json", b"// why\n{}", (1, 1)),
    ("AL101", "a.json", b'{\n "env": nope}', (2, 9)),
    ("AL101", "a.json", b"[]", (1, 1)),
    ("AL101", "a.json", b'{"a": NaN}', (1, 1)),
    ("AL101", "a.json", b"\xff", (0, 0)),
    ("AL101", "a.json", b"[" * 100_000, (1, 1)),
    ("AL102", "a.json", codecs.BOM_UTF8 + json.dumps(GOOD).encode(), (1, 1)),
    ("AL102", "a.json", json.dumps(GOOD).encode("utf-16"), (1, 1)),
    (
        "AL103",
        "a.json",
        json.dumps(GOOD).encode()[:-1] + b',\n "hooks": ' + json.dumps(GOOD["hooks"]).encode() + b"}",
        (2, 2),
    ),
    (
        "AL104",
        "a.mobileconfig",
        as_profile(GOOD)[1].replace(b"com.anthropic.claudecode", b"com.anthropic.claude"),
        (0, 0),
    ),
    ("AL104", "a.mobileconfig", b"<plist><dict>", (1, 0)),
    ("AL104", "a.plist", plistlib.dumps(["x"]), (0, 0)),
    ("AL104", "a.plist", b"<plist><dict><key>a</key><date>never</date></dict></plist>", (0, 0)),
    ("AL105", "a.reg", REG.replace("LOCAL_MACHINE", "CURRENT_USER").encode(), (4, 1)),
    ("AL105", "a.reg", REG.replace('"Settings"', '"Setting"').encode(), (4, 1)),
    ("AL105", "a.reg", REG.partition('"Settings"')[0].encode() + b'"Settings"=dword:1\r\n', (4, 1)),
    ("AL105", "a.reg", REG.replace("Version 5.00", "4").encode(), (1, 1)),
    ("AL106", "a.ps1", SCRIPT.replace("C:\\x", "C:\\ProgramData\\ClaudeCode\\x").encode(), (0, 0)),
    ("AL106", "a.ps1", SCRIPT.replace("Is64BitProcess", "HasShutdownStarted").encode(), (0, 0)),
    ("AL106", "a.ps1", SCRIPT.replace("Write-Whole 'C", "Set-Content 'C").encode(), (WRITES, 1)),
    ("AL107", "a.reg", b"Windows Registry Editor Version 5.00\r\n", (0, 0)),
    ("AL107", "a.ps1", b"Write-Output 'hello'\r\n", (0, 0)),
    ("AL107", "a.plist", plistlib.dumps({"x": 1}), (0, 0)),
    ("AL108", "managed-settings.d/.50.json", json.dumps(GOOD).encode(), (1, 1)),
    ("AL108", "managed-settings.d/50-agentguard.conf", json.dumps(GOOD).encode(), (1, 1)),
]


@pytest.mark.parametrize(("code", "name", "data", "place"), FILES)
def test_faults_of_the_file_itself(code, name, data, place):
    """What the client could not read, or would not look at, is one finding with its line where the form has lines."""
    (finding,) = lint(name, data)[1]
    assert (code, *place) == (finding.code, finding.line, finding.column)


def test_every_code_has_a_case():
    """The table and the cases hold the same codes, and each code says what, why and what mends it."""
    assert set(CODES) == {code for code, *_rest in (*CASES, *FILES)}
    assert all(code.what and code.why and code.mend for code in CODES.values())


def test_apostrophes_in_comments_and_texts_do_not_hide_settings():
    """A script is taken apart as PowerShell does: comments and double-quoted texts may hold quotes."""
    script = f"# don't\n<# it's\n #>\n$x = \"isn't\"\n{SCRIPT}".replace('"matcher": "*"', '"matcher": "Bash"', 1)
    assert ["AL303"] == [finding.code for finding in lint("a.ps1", script.encode())[1]]


def test_the_older_form_of_preferences_is_read():
    """A com.apple.ManagedClient.preferences payload carries the same settings a level deeper."""
    forced = {targets.DOMAIN: {"Forced": [{"mcx_preference_settings": top(disableAllHooks=True)}]}}
    payload = {"PayloadType": "com.apple.ManagedClient.preferences", "PayloadContent": forced}
    data = plistlib.dumps({"PayloadType": "Configuration", "PayloadContent": [payload]})
    assert ["AL301"] == [finding.code for finding in lint("a.mobileconfig", data)[1]]


@pytest.mark.parametrize(
    "path",
    [
        path
        for path in sorted(GOLDEN.glob("*/*"))
        if path.suffix in {".json", ".reg", ".ps1"} or path.name == "claude-code.mobileconfig"
    ],
    ids=lambda path: f"{path.parent.name}/{path.name}",
)
def test_what_we_render_is_clean(path):
    """Enforcing artefacts have no finding; observing ones only say that a failing hook lets the call run."""
    found = {finding.code for finding in lint(str(path), path.read_bytes())[1]}
    observing = "observe" in path.parent.name and path.name != "console-merge.json"
    assert ({"AL401"} if observing else set()) == found


@settings(max_examples=30)
@given(st.binary(max_size=300), st.sampled_from(["a.json", "a.plist", "a.reg", "a.ps1", "a"]))
def test_any_bytes_end_in_findings(data, name):
    """No file makes the lint fail."""
    lint(name, data)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["hooks", "PreToolUse", "matcher", "type", "command", "args", "timeout", "env", "LD_AUDIT"]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=15,
)


@settings(max_examples=40)
@given(_JSON)
def test_any_settings_end_in_findings(value):
    """No shape of settings makes the lint fail, and every finding points into the text."""
    text = json.dumps(value, indent=1)
    for finding in lint("a.json", text.encode())[1]:
        assert finding.line <= text.count("\n") + 1


def test_what_it_says_reads_as_reviewed(tmp_path, monkeypatch):
    """Place, code, level, what; then why, then what mends it."""
    monkeypatch.chdir(tmp_path)
    Path("managed-settings.json").write_bytes(
        as_json(top(disableAllHooks=True, hooks=group(matcher="Bash")["hooks"]))[1]
    )
    said = CliRunner().invoke(deploy, ["lint", "managed-settings.json"]).stdout
    assert (GOLDEN / "lint.txt").read_text(encoding="utf-8") == said


def test_the_command_line_says_what_why_and_how_to_mend(tmp_path):
    """Exit 3 with errors, 0 with warnings alone; JSON holds the same."""
    run = CliRunner().invoke
    bad = tmp_path / "bad.json"
    bad.write_bytes(as_json(top(disableAllHooks=True))[1])
    done = run(deploy, ["lint", str(bad)])
    assert isinstance(done.exception, Refused)
    code = CODES["AL301"]
    assert (
        f"AL301 error: {code.what} (disableAllHooks, true)\n    why: {code.why}\n    mend: {code.mend}" in done.stdout
    )
    value = json.loads(run(deploy, ["lint", "--json", str(bad)]).stdout)
    assert [("AL301", ERROR, code.why)] == [(one["code"], one["level"], one["why"]) for one in value["findings"]]
    bad.write_bytes(as_json(entry(onFailure=None))[1])
    assert 0 == run(deploy, ["lint", str(bad)]).exit_code
