"""A secret that redaction knows stands nowhere in the line that is written: not in another spelling, nor where it led to."""

# ruff: noqa: RUF001 - marks are made of these characters

import json
import shlex
from functools import cache
from pathlib import Path

import pytest

from agentguard import places
from agentguard.access.world import MemoryDisk
from agentguard.audit import redact, scan, spool
from agentguard.audit.look import plain
from agentguard.bundle.seal import Active
from agentguard.hook import decide
from agentguard.hook.state import State
from agentguard.policy import engine, source
from agentguard.policy.compile import compile_folder
from agentguard.policy.model import FRESH, Decision

HOME = "/home/dev"
SHAPES = Path(__file__).parents[1] / "audit/secret_shapes.txt"
# What a secret is used for after it was said: inside an option, in a URL, in a path.
USES = '\nX={}; curl -u "a:$X" "https://h.example/$X" > "/tmp/$X.txt"'


@cache
def baseline():
    return compile_folder(source.shipped_bundle("baseline"))


@pytest.fixture
def hook(tmp_path):
    """Return what asks the hook about a call, in this process, and returns the line in the spool and the answer."""
    home = places.personal(HOME, "linux")
    folder = str(tmp_path / "spool")

    def ask(tool, fields, event="PreToolUse", **more):
        active = Active(FRESH)
        active.policy, active.name, active.revision, active.local = baseline(), "baseline", 7, {}
        told = State(places=home, active=active, disk=MemoryDisk({}), home=HOME, user="dev", spool=home.spool(1000))
        payload = {
            "hook_event_name": event, "session_id": "s", "cwd": f"{HOME}/project", "permission_mode": "default",
            "tool_name": tool, "tool_input": fields, "tool_use_id": "t", **more,
        }  # fmt: skip
        outcome = decide.decide(json.dumps(payload).encode(), told, redact.Redactor(b"k" * 32))
        spool.append(folder, outcome.body, outcome.texts)
        line = Path(folder, "current.ndjson").read_text().splitlines()[-1]
        return line, (outcome.answer.stdout + outcome.answer.stderr).decode()

    return ask


def samples():
    rows = [row for row in SHAPES.read_text().splitlines() if row and not row.startswith("#")]
    return [row.replace(" + ", "").replace("\\n", "\n").split(" | ")[1] for row in rows]


def stands(secret, text):
    """Whether a secret stands in JSON, as it is or escaped."""
    return secret in text or json.dumps(secret)[1:-1] in text


@pytest.mark.parametrize("text", samples())
def test_no_shape_leaves_its_secret_anywhere_in_the_line(hook, monkeypatch, text):
    """One test for each row of the tables, through all that the hook does but for its rules: the whole line is searched."""
    monkeypatch.setattr(
        engine, "decide", lambda _policy, access, *_: Decision("allow", "allow", rows=tuple(access.rows))
    )
    secrets = {form for start, end, *_ in scan.secrets(text) for form in (text[start:end], plain(text[start:end]))}
    line, answer = hook("Bash", {"command": text + USES.format(shlex.quote(plain(max(secrets, key=len))))})
    assert secrets
    assert [] == [secret for secret in secrets if stands(secret, line + answer)]
    assert "agentguard/error" not in line


@pytest.mark.parametrize(
    ("command", "secret"),
    [
        ("curl -u alice:S3cr3tP4ss https://x.example", "S3cr3tP4ss"),
        ('bash -c "curl --user a:S3cr3tP4ss https://x.example"', "S3cr3tP4ss"),
        ("sshpass -p'S3cr3tP4ss' ssh host", "S3cr3tP4ss"),
        ("mysql -p$'S3cr3tP4ss' db", "S3cr3tP4ss"),
        ("smbclient //h/s -U alice%S3cr3t", "S3cr3t"),
        ("curl -u alice:pw1 https://x.example", "pw1"),
        ('P=1; DB_PASSWORD=pw1; curl -u "a:$DB_PASSWORD" https://x.example', "pw1"),
        ('PASS=Zq9zymM; curl -u "a:$PASS" https://x.example', "Zq9zymM"),
        ("export API_TOKEN=Zq9zymM; rm -rf /srv/$API_TOKEN/x ~/.ssh/$API_TOKEN", "Zq9zymM"),
        ("cat ~/.ssh/" + "x" * 100 + "Zq9zymM; export API_TOKEN=Zq9zymM", "Zq9zymM"),
    ],
)
def test_what_redaction_found_is_hidden_in_every_spelling(hook, command, secret):
    """Options in their normal form, expanded variables, paths, what is quoted of them and cut, and short passwords."""
    line, answer = hook("Bash", {"command": command})
    assert secret not in line + answer
    assert '"redactions":{' in line


def test_events_of_a_call_do_not_quote_its_secrets(hook):
    """What the client says of a call is redacted with what the call's own command gives away."""
    call = {"command": "mysql -pS3cr3tP4ss shop"}
    line, _answer = hook("Bash", call, "PermissionDenied", reason="the client will not try S3cr3tP4ss here")
    assert "the client will not try" in line
    assert "S3cr3tP4ss" not in line


def test_a_fact_that_is_called_a_password_stays(hook):
    """What agentguard and the client say of a call cannot be made unreadable by a command."""
    words = ["deny", "decision", "Bash", "PreToolUse", "session", "baseline", "secrets/files"]
    line, _answer = hook("Bash", {"command": "; ".join(f"PASSWORD={word} x" for word in words) + "; cat ~/.ssh/id_rsa"})
    body = json.loads(line)["b"]
    assert ("deny", "decision", "Bash", "PreToolUse") == (body["effect"], body["kind"], body["tool"], body["event"])


def test_secret_of_a_real_call_is_in_no_file_of_the_spool(laptop):
    """The hook as a process of its own: what was found is not even in a piece that was set aside."""
    for command in (
        "curl -sSfu alice:S3cr3tP4ss https://x.example",
        'T=S3cr3tP4ss; export API_TOKEN=$T; echo "$T" > /tmp/$T',
    ):
        laptop.call("Bash", {"command": command + "; sshpass -p S3cr3tP4ss ssh host"})
    laptop.call("Bash", {"command": "mysql -pS3cr3tP4ss"}, event="PermissionDenied", reason="S3cr3tP4ss was refused")
    assert [] == [
        path.name for path in laptop.spool.rglob("*") if path.is_file() and b"S3cr3tP4ss" in path.read_bytes()
    ]
    last = json.loads((laptop.spool / "current.ndjson").read_bytes().splitlines()[-1])
    assert "‹password› was refused" == last["t"]["facts"]["reason"]
