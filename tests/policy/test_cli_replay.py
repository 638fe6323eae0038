"""`agentguard policy explain --record` and `replay` on a spool of real records, in this process."""

import json
import os

import pytest
from click.testing import CliRunner

from agentguard import places
from agentguard.audit import record, redact, spool
from agentguard.cli.main import cli
from agentguard.cli.policy import policy
from agentguard.errors import AgentguardError, Refused, UsageError
from agentguard.policy import calls, engine, setting
from agentguard.policy.compile import compile_folder

THEN = 'schema = 1\nname = "acme"\n[[rule]]\nid = "read/any"\neffect = "ask"\naction = "read"\npath = ["/**"]\n'
NOW = 'schema = 1\nname = "acme"\n[[rule]]\nid = "secrets/file"\neffect = "deny"\npath = ["**/.env"]\n'
BUNDLE = {"name": "acme", "revision": 7, "digest": "ab12", "age": 1, "state": "fresh"}


def run(*args, stdin=None):
    """Run a command; return (exit code or the error that ended it, standard output, standard error)."""
    found = CliRunner().invoke(policy, args, input=stdin)
    error = found.exception if isinstance(found.exception, AgentguardError) else found.exit_code
    assert isinstance(error, AgentguardError) or isinstance(found.exception, SystemExit | None)
    return error, found.stdout, found.stderr


@pytest.fixture
def home(tmp_path):
    """A home with a spool of three records, decided by the policy of then, and the policy of now beside it."""
    bundles = {}
    for name, text in (("then", THEN), ("now", NOW)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "bundle.toml").write_text(text)
        bundles[name] = str(tmp_path / name)
    home = str(tmp_path / "home")
    folder = places.personal(home).spool(os.getuid())
    loaded = engine.load(compile_folder(bundles["then"]))
    secret = "ghp_" + "a1B2" * 9
    for user, text in (("ada", "cat .env"), ("ben", "cat README.md"), ("ben", f"cat {secret}")):
        call = calls.of_bash(text, setting.PROJECT)
        world = setting.made_up({".env": "", "README.md": ""}, {})
        access, decision = setting.judge(loaded, call, world)
        spool.append(
            folder,
            *record.of_decision(
                call,
                access,
                decision,
                world=world,
                principal={"user": user, "known": "os", "roles": [], "device": "d1"},
                bundle=BUNDLE,
                latency_us=1,
                redactor=redact.Redactor(spool.device_key(folder)),
            ),
        )
    return home, bundles["now"], [line for line in spool.read(folder) if line.body["kind"] == "decision"]


def test_a_record_is_explained_as_then_and_as_now(home) -> None:
    """The revision that decided, what it decided, and what another policy decides about the same rows."""
    folder, now, lines = home
    code, out, err = run("explain", "--record", lines[0].body["id"], "--home", folder, "--bundle", now)
    assert (0, "") == (code, err)
    first, second, *_ = out.splitlines()
    assert "deny by secrets/file  (bundle acme, mode enforce)" == first
    assert f"  then    ask by read/any  (bundle acme, revision 7, fresh, {lines[0].body['time']})" == second
    assert "read /home/dev/project/.env" in out
    assert "    cat .env\n" in out
    code, out, _ = run("explain", "--record", lines[0].body["id"], "--home", folder, "--bundle", now, "--json")
    found = json.loads(out)
    assert (0, "deny", "ask", "7", "ab12", False) == (
        code, found["effect"], *(found["record"][key] for key in ("effect", "revision", "digest", "undecidable"))
    )  # fmt: skip


def test_a_record_is_explained_by_the_policy_in_force_if_none_is_named(home) -> None:
    """Here nothing was published, which is said."""
    folder, _now, lines = home
    code, out, err = run("explain", "--record", lines[0].body["id"], "--home", folder)
    assert (0, True) == (code, out.startswith("deny by secrets/file  (bundle baseline"))
    assert "so the fallback policy decides" in err


def test_a_record_that_hides_something_is_said_to(home) -> None:
    """What redaction took may be just what a rule asks for."""
    folder, now, lines = home
    _, out, _ = run("explain", "--record", lines[2].body["id"], "--home", folder, "--bundle", now)
    assert "the record has hidden or left out something that a rule asks for, so it may be otherwise" in out


def test_what_is_no_record_of_a_call_is_refused(home) -> None:
    """With the command to type next."""
    folder, now, _lines = home
    error, out, _ = run("explain", "--record", "0" * 16, "--home", folder)
    assert isinstance(error, Refused)
    assert ("", "agentguard audit tail shows the newest ones") == (out, error.hint)
    genesis = next(line for line in spool.read(places.personal(folder).spool(os.getuid())) if line.seq == 0)
    error, _, _ = run("explain", "--record", genesis.body["id"], "--home", folder)
    assert isinstance(error, Refused)
    assert error.message.endswith("is no decision about a call (genesis)")
    for args in (("--record", "x", "--bash", "ls"), ("--active", "--bash", "ls", "--bundle", now)):
        assert isinstance(run("explain", *args)[0], UsageError)


def test_records_and_payloads_are_replayed_together(home, tmp_path) -> None:
    """Sums by rule, person and repository; what is lifted is told by the rule that stopped it."""
    folder, now, lines = home
    payload = {
        "hook_event_name": "PreToolUse",
        "tool_name": "Read",
        "tool_input": {"file_path": "/p/.env"},
        "cwd": "/p",
    }
    data = b"\n".join([*(line.raw for line in lines), json.dumps(payload).encode(), b"[", b""])
    code, out, err = run("replay", "-", "--bundle", now, "--home", folder, stdin=data)
    assert (1, "-:5: a JSON value is missing or cut off\n1 line could not be read\n") == (code, err)
    assert (
        """\
             count  rules
calls        4
deny         2
ask          0
allow        2
new-deny     2      secrets/file 2
new-ask      0
lifted       1      read/any 1
undecidable  1      default 1

person  lifted  new-deny  undecidable
ben     1       0         1
ada     0       1         0
home    0       1         0

repository           lifted  new-deny  undecidable
github.com/acme/app  1       1         1
(none)               0       1         0
"""
        == out
    )
    code, out, _ = run("replay", "-", "--bundle", now, "--home", folder, "--summary", "--json", stdin=data)
    found = json.loads(out)
    assert (1, 4, {"read/any": 1}) == (code, found["calls"], found["by_rule"]["lifted"])
    error, _, _ = run("replay", "-", "--bundle", now, "--home", folder, "--max-undecidable", "20", stdin=data)
    assert isinstance(error, Refused)
    assert "25.0 % undecidable, 20 % allowed" == error.message


def test_what_a_search_finds_can_be_replayed(home) -> None:
    """With --raw it gives records as a spool holds them."""
    folder, now, _lines = home
    found = CliRunner().invoke(cli, ["audit", "search", "user:ben", "--raw", "--home", folder])
    code, out, err = run("replay", "-", "--bundle", now, "--home", folder, "--summary", "--json", stdin=found.stdout)
    assert (0, "", 2, {"lifted": 1, "undecidable": 1}) == (
        code, err.partition("  ")[0].strip(), json.loads(out)["calls"],
        {kind: count for kind, count in json.loads(out)["changed"].items() if count},
    )  # fmt: skip


def test_a_table_of_many_people_is_cut_and_says_so(home) -> None:
    """The most concerned come first."""
    folder, now, lines = home
    data = b""
    for number in range(25):
        value = json.loads(lines[0].raw)
        value["b"]["user"] = f"u{number:02}\x1b[1m"
        data += json.dumps(value).encode() + b"\n"
    _, out, _ = run("replay", "-", "--bundle", now, "--home", folder, stdin=data)
    assert "u19 [1m  1\nand 5 more: --summary --json has all\n" in out
    assert "\x1b" not in out
