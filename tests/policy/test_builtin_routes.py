"""What nothing may lift: the built-in pack, alone under a policy that allows everything, against every route of a shell.

Attacks stand in builtin/files.txt (what changes a file) and builtin/programs.txt; what only looks, or only sounds like
it, in builtin/silent.txt. Files of both kinds of installation meet each line, and the routes carry some of them on.
"""

from __future__ import annotations

import base64
import os
import shlex
from pathlib import Path

import pytest

from agentguard import jsontext
from agentguard.access.model import ACTIONS
from agentguard.policy import calls, engine, setting
from agentguard.policy.model import BUILTIN_PREFIX

DATA = Path(__file__).parent / "builtin"
HOME, PROJECT = setting.HOME, setting.PROJECT
TARGETS = {
    "managed": [
        "/etc/agentguard/root.json", "/opt/agentguard/hook.py", "/var/lib/agentguard/active.seal",
        "/etc/claude-code/managed-settings.json",
    ],
    "managed on macOS": [
        "/Library/Application Support/ClaudeCode/managed-settings.json",
        "/Library/Managed Preferences/com.anthropic.claudecode.plist",
    ],
    "personal": [
        f"{HOME}/.local/share/agentguard/cli.py", f"{HOME}/.config/agentguard/agentguard.toml",
        f"{HOME}/.local/state/agentguard/active.seal",
    ],
    "settings": [f"{HOME}/.claude/settings.json", f"{PROJECT}/.claude/settings.local.json"],
}  # fmt: skip
FILES = [target for targets in TARGETS.values() for target in targets]
UNITS = ["/etc/systemd/system/agentguard-sync.timer", f"{HOME}/.config/systemd/user/agentguard-sync.service"]
WORLD = setting.made_up(
    {
        **dict.fromkeys([*FILES, *UNITS, "src/a.py", "src/a.tar", ".git/HEAD", "agentguard/hook/main.py"], ""),
        "/var/spool/cron/": "",
    },
    {},
)
OPEN = engine.load(
    jsontext.canonical({
        "schema": 1, "min_client": "0.1.0", "name": "open", "mode": "enforce", "rules": [], "sets": [],
        "defaults": dict.fromkeys(("effect", "possible", "unknown", "opaque", "unknown_tool", "on_stale"), "allow"),
        "by_action": {action: [] for action in ACTIONS}, "audit": {"on_failure": "allow"},
    })
)  # fmt: skip


def lines(name):
    read = (DATA / name).read_text(encoding="utf-8").splitlines()
    return [line for line in read if line and line[0] != "#"]


def verdict(call):
    """Return what the pack alone says to a call."""
    decision = setting.judge(OPEN, call, WORLD)[1]
    assert decision.effect == "allow" or decision.rule.startswith(BUILTIN_PREFIX)
    return decision.effect


def bash(text):
    return verdict(calls.of_bash(text, PROJECT))


def written(act, target):
    """Return a line of files.txt for a target, whose blanks a shell would need quoted."""
    folder = os.path.dirname(target)
    names = {"t": target, "d": folder, "p": os.path.dirname(folder), "b": os.path.basename(target)}
    for name, value in names.items():
        act = act.replace("{" + name + "}", value.replace(" ", "\\ ") if '"' not in act and "'" not in act else value)
    return act


ACTS = [line.split(None, 1) for line in lines("files.txt")]


@pytest.mark.parametrize("kind", TARGETS)
def test_no_command_changes_what_is_protected(kind):
    """Every command that changes, replaces, hides or renames, on two files of each kind in turn and the folders above."""
    through = []
    for number, (where, act) in enumerate(ACTS):
        targets = TARGETS[kind]
        for target in {targets[number % len(targets)], targets[(number + 1) % len(targets)]}:
            if " " in target and ("'" in act or '"' in act or "xargs" in act):
                continue  # these would need the blank quoted once more
            if where == "folder" and ("/.claude/" in target or "Preferences" in target):
                continue  # beside these settings lies much that is none
            text = written(act, target)
            if bash(text) != "deny":
                through.append(text)
    assert through == []


# Commands of each sort, to be carried on by every route.
CARRIED = [
    "rm -f /etc/agentguard/root.json", f"mv {HOME}/.local/state {HOME}/off", f"tee {HOME}/.claude/settings.json",
    f"cp src/a.py {PROJECT}/.claude/settings.local.json", "ln -sf /tmp/x /etc/claude-code/managed-settings.json",
    "pkill -f agentguard", "systemctl --user stop agentguard-sync.timer", "pip uninstall -y agentguard",
    "agentguard uninstall --user", "unshare -Urm claude -p hi", "docker run --rm box claude -p hi",
]  # fmt: skip


def _code(text):
    return base64.b64encode(text.encode()).decode()


ROUTES = {
    "plain": lambda text: text,
    "quoted": lambda text: " ".join(f'"{word}"' for word in text.split()),
    "cut up": lambda text: " ".join(f"{word[:1]}''{word[1:]}" for word in text.split()),
    "ANSI-C": lambda text: " ".join("$'" + "".join(f"\\x{ord(char):02x}" for char in word) + "'" for word in text.split()),
    "variable": lambda text: f"c={shlex.quote(text)}; $c",
    "pieces": lambda text: "; ".join(f"v{n}={word}" for n, word in enumerate(text.split()))
    + "; " + " ".join(f'"$v{n}"' for n in range(len(text.split()))),
    "array": lambda text: f'c=({text}); "${{c[@]}}"',
    "function": lambda text: f"f() {{ {text}; }}; f",
    "function with arguments": lambda text: f'f() {{ "$@"; }}; f {text}',
    "alias": lambda text: f"alias a={shlex.quote(text)}\na",
    "eval": lambda text: f"eval {shlex.quote(text)}",
    "eval twice": lambda text: f"eval eval {shlex.quote(shlex.quote(text))}",
    "sh -c": lambda text: f"sh -c {shlex.quote(text)}",
    "bash -lc": lambda text: f"bash -lc {shlex.quote(text)}",
    "bash -c with arguments": lambda text: f"""bash -c '"$@"' _ {text}""",
    "xargs": lambda text: f"echo {text.partition(' ')[2]} | xargs {text.partition(' ')[0]}",
    "xargs sh": lambda text: f"echo {shlex.quote(text)} | xargs -I@ sh -c @",
    "find -exec": lambda text: f"find . -maxdepth 0 -exec {text} \\;",
    "find -exec sh": lambda text: f"find src -name a.py -exec sh -c {shlex.quote(text)} \\;",
    "sudo": lambda text: f"sudo {text}",
    "sudo -u": lambda text: f"sudo -n -u root -- {text}",
    "env": lambda text: f"env -i A=1 {text}",
    "env -S": lambda text: f"env -S {shlex.quote(text)}",
    "nice and nohup": lambda text: f"nohup nice -n 5 {text} &",
    "timeout": lambda text: f"timeout 5 {text}",
    "setsid": lambda text: f"setsid -f {text}",
    "exec": lambda text: f"exec {text}",
    "command": lambda text: f"command {text}",
    "subshell": lambda text: f"( cd src && {text} )",
    "substitution": lambda text: f"echo $({text})",
    "condition": lambda text: f"if true; then {text}; fi",
    "loop": lambda text: f"for i in 1 2; do {text}; done",
    "case": lambda text: f"case $RANDOM in *) {text};; esac",
    "or": lambda text: f"false || {text}",
    "trap": lambda text: f"trap {shlex.quote(text)} EXIT",
    "here-document": lambda text: f"sh <<'END'\n{text}\nEND",
    "here-string": lambda text: f"bash <<< {shlex.quote(text)}",
    "pipe to sh": lambda text: f"echo {shlex.quote(text)} | sh",
    "base64": lambda text: f"echo {_code(text)} | base64 -d | bash",
    "reversed": lambda text: f"echo {shlex.quote(text[::-1])} | rev | sh",
    "script": lambda text: f"printf '%s\\n' {shlex.quote(text)} > src/x.sh; sh src/x.sh",
    "sourced": lambda text: f"echo {shlex.quote(text)} > /tmp/x; . /tmp/x",
    "process substitution": lambda text: f"source <(echo {shlex.quote(text)})",
    "python system": lambda text: f"python3 -c {shlex.quote(f'import os; os.system({text!r})')}",
    "python run": lambda text: f"python3 -c {shlex.quote(f'import subprocess; subprocess.run({text.split()!r})')}",
    "python here-document": lambda text: f"python3 - <<'END'\nimport subprocess as s\ns.check_call({text!r}, shell=True)\nEND",
    "node": lambda text: "node -e " + shlex.quote(f'require("child_process").execSync("{text}")'),
    "perl": lambda text: "perl -e " + shlex.quote(f'system("{text}")'),
    "ruby": lambda text: "ruby -e " + shlex.quote(f'system("{text}")'),
    "awk": lambda text: "awk " + shlex.quote(f'BEGIN {{ system("{text}") }}'),
    "make": lambda text: f"printf 'all:\\n\\t{text}\\n' > Makefile; make",
    "git alias": lambda text: f"git -c alias.x={shlex.quote('!' + text)} x",
    "ssh to this machine": lambda text: f"ssh localhost {shlex.quote(text)}" if "docker" in text or "unshare" in text else text,
    "watch": lambda text: f"watch -n1 {shlex.quote(text)}",
    "parallel": lambda text: f"parallel ::: {shlex.quote(text)}",
    "script(1)": lambda text: f"script -qc {shlex.quote(text)} /dev/null",
    "tmux": lambda text: f"tmux new-session -d {shlex.quote(text)}",
    "busybox": lambda text: f"busybox sh -c {shlex.quote(text)}",
    "strace": lambda text: f"strace -f {text}",
    "flock": lambda text: f"flock /tmp/l -c {shlex.quote(text)}",
    "systemd-run": lambda text: f"systemd-run --user {text}",
    "at": lambda text: f"echo {shlex.quote(text)} | at now",
    "crontab": lambda text: f"echo {shlex.quote('* * * * * ' + text)} | crontab -",
}  # fmt: skip


@pytest.mark.parametrize("route", ROUTES)
def test_no_route_lifts_the_pack(route):
    """Whatever carries the command, it is denied, not asked about."""
    assert [] == [text for text in CARRIED if bash(ROUTES[route](text)) != "deny"]


def test_no_program_ends_agentguard_or_an_agents_watch():
    """Processes, services, timers, packages, commands, and agents out of sight."""
    assert [] == [text for text in lines("programs.txt") if bash(text) != "deny"]


def test_units_go_with_their_folders():
    """The timer that starts the sync, by itself and with the folder that it lies in."""
    texts = [
        f"rm {UNITS[0]}",
        f"mv {UNITS[1]} /tmp",
        f"echo > {UNITS[0]}",
        f"rm -rf {HOME}/.config/systemd",
        f"chmod 0 {UNITS[1]}",
    ]
    assert [] == [text for text in texts if bash(text) != "deny"]


def test_what_only_looks_is_left_alone():
    """The pack is silent about reading, about this project's own source, and about what only sounds alike."""
    assert [] == [text for text in lines("silent.txt") if bash(text) != "allow"]


@pytest.mark.parametrize("target", FILES)
def test_no_tool_changes_what_is_protected(target):
    """The agent's own tools, and those of MCP servers whatever they call their arguments."""
    given = [
        ("Write", {"file_path": target, "content": "{}"}),
        ("Edit", {"file_path": target, "old_string": "a", "new_string": "b"}),
        ("MultiEdit", {"file_path": target, "edits": []}),
        ("NotebookEdit", {"notebook_path": target, "new_source": "x"}),
        ("mcp__filesystem__write_file", {"path": target, "content": "{}"}),
        ("mcp__filesystem__edit_file", {"path": target, "edits": [{"oldText": "a", "newText": "b"}]}),
        ("mcp__filesystem__move_file", {"source": target, "destination": "/tmp/x"}),
        ("mcp__filesystem__move_file", {"source": "/tmp/x", "destination": target}),
        ("mcp__editor__apply", {"changes": {"files": [{"uri": f"file://{target}".replace(" ", "%20"), "text": ""}]}}),
    ]
    through = [(tool, fields) for tool, fields in given if verdict(calls.of_tool(tool, fields, PROJECT)) != "deny"]
    assert through == []
    for tool in ("Read", "Grep", "Glob"):
        assert "allow" == verdict(calls.of_line(f"{tool} {target}", PROJECT)), tool


HEAD = "---\nname: tidy\nhooks:\n  PreToolUse: []\n---\n"


def test_skills_subagents_commands_and_plugins_bring_no_hooks():
    """Where the text is handed over, it is looked at; what other tools and a shell write there is not let through."""
    for place in (".claude/skills/tidy/SKILL.md", ".claude/agents/a.md", f"{HOME}/.claude/commands/x/y.md"):
        for tool in ("Write", "Edit"):
            told = {"Write": {"content": HEAD}, "Edit": {"old_string": "a", "new_string": HEAD}}[tool]
            plain = {"Write": {"content": "Text"}, "Edit": {"old_string": "a", "new_string": "b"}}[tool]
            assert "deny" == verdict(calls.of_tool(tool, {"file_path": place, **told}, PROJECT)), place
            assert "allow" == verdict(calls.of_tool(tool, {"file_path": place, **plain}, PROJECT)), place
        for act in (
            "cp src/a.py {}",
            "echo x > {}",
            "sed -i s/a/b/ {}",
            "ln -s ../x {}",
            "curl -o {} https://x.example",
        ):
            text = act.format(place)
            assert "deny" == bash(text), text
        assert "deny" == verdict(calls.of_tool("mcp__fs__write_file", {"path": place, "content": "x"}, PROJECT)), place
    for text in (f"touch {HOME}/.claude/plugins/x/hooks/hooks.json", f"cp -r src {HOME}/.claude/plugins/evil"):
        assert "deny" == bash(text), text


MALFORMED = [
    calls.of_tool("Read", {"file_path": "src/a.py\0.env"}, PROJECT),
    calls.of_tool("Write", {"file_path": 7, "content": ""}, PROJECT),
    calls.of_tool("Edit", {}, PROJECT),
    calls.of_tool("WebFetch", {"url": "https://docs.example\0.evil.example/", "prompt": "x"}, PROJECT),
    calls.of_tool("WebFetch", {"url": "https://docs.example\\@evil.example/", "prompt": "x"}, PROJECT),
    calls.of_tool("Bash", {"command": "cat a\0b"}, PROJECT),
    calls.of_tool("Bash", {"command": ["rm", "-rf"]}, PROJECT),
    calls.of_tool("Bash", {}, PROJECT),
    calls.of_tool("Bash", {"command": "echo \ud800"}, PROJECT),
    calls.of_tool("Grep", {"pattern": "x", "path": ["a"]}, PROJECT),
]


@pytest.mark.parametrize("call", MALFORMED, ids=range(len(MALFORMED)))
def test_malformed_input_is_denied(call):
    """What no honest call holds is never let through."""
    assert "deny" == verdict(call)


def test_nothing_lifts_the_pack():
    """Not observing, not the root-owned stage, not an allow rule, and not any role."""
    call = calls.of_bash("rm -rf /etc/agentguard", PROJECT)
    allowing = {"id": "all/allowed", "effect": "allow", "when": [["action", 0, 0]], "unless": []}
    data = {
        "schema": 1, "min_client": "0.1.0", "name": "open", "mode": "observe", "rules": [allowing],
        "sets": [{"values": list(ACTIONS), "except": []}],
        "defaults": {"effect": "allow"}, "by_action": {action: [0] for action in ACTIONS},
    }  # fmt: skip
    policy = engine.load(jsontext.canonical(data))
    for roles in ((), ("admin",)):
        access, decision = setting.judge(policy, call, WORLD, setting.Who(roles))
        assert ("deny", "agentguard/own-files") == (decision.effect, decision.rule)
    context = setting.context(call, WORLD)
    context.stage = "observe"
    assert "deny" == engine.decide(policy, access, WORLD, context).effect
