"""Exceptions from end to end: denied, asked for, granted, taken up, in force offline, over; and what lifts nothing."""

import json
import os
import time

import pytest
from click.testing import CliRunner
from tuf.api.metadata import Targets

from agentguard import config, jsontext, places
from agentguard.access.world import MemoryDisk
from agentguard.audit import ask, redact, show, spool
from agentguard.bundle import documents, exceptions, files, grants, keys, publish, publisher, seal
from agentguard.cli.main import cli
from agentguard.errors import AgentguardError, ConfigError, Refused, UsageError
from agentguard.hook import decide
from agentguard.hook.state import State
from agentguard.policy import stored, wire
from agentguard.policy.compile import compile_folder
from agentguard.sync import granted, identity, stages
from agentguard.sync.enroll import enroll

POLICY = """
schema = 1
name = "strict"
[exceptions]
max_days = 3
[[rule]]
id = "write/ops"
effect = "deny"
action = "write"
path = ["**/ops/**"]
reason = "no"
[[rule]]
id = "git/push"
effect = "ask"
command = "git push"
unattended = "deny"
[[rule]]
id = "write/never"
effect = "deny"
action = "write"
path = ["**/never/**"]
severity = "critical"
[[rule]]
id = "write/also"
effect = "ask"
action = "write"
path = ["**/ops/also"]
"""
TARGET = "/w/ops/a[1].txt"


@pytest.fixture(scope="module")
def policy(tmp_path_factory):
    folder = tmp_path_factory.mktemp("strict")
    (folder / "bundle.toml").write_text(POLICY)
    return wire.pack(jsontext.loads(compile_folder(str(folder))))


@pytest.fixture
def here(acme, laptop, unmanaged, policy):
    """A laptop under a policy with rules to lift."""
    publish.release(publisher.read(acme.folder), policy, allow_weakening=True)
    enroll(laptop, acme.repo, acme.sha256, system=unmanaged)
    return laptop


def run(*words, given=None):
    """Run a command in this process; return (exit code or the error that ended it, standard output)."""
    done = CliRunner().invoke(cli, ["exception", *map(str, words)], input=given)
    error = done.exception if isinstance(done.exception, AgentguardError) else done.exit_code
    assert isinstance(error, AgentguardError) or done.exception is None or isinstance(done.exception, SystemExit)
    return error, done.stdout


def call(here, **how):
    """Ask the hook about a call as it would now; return (effect, body, texts)."""
    outcome = hook(here, **how)
    return outcome.effect, outcome.body, outcome.texts


def hook(here, tool="Write", now=None, user=None, session_mode="default", **arguments):
    now = time.time() if now is None else now
    active = seal.load_active(here, now)
    account = user or places.account_name()
    told = State(
        places=here, active=active, disk=MemoryDisk({"/w": None, "/w/ops": None, "/w/never": None}), home="/w/home",
        user=account, spool=here.spool(os.getuid()), now=now,
    )  # fmt: skip
    arguments = arguments or {"file_path": TARGET, "content": "x"}
    payload = {
        "hook_event_name": "PreToolUse", "session_id": "s", "cwd": "/w", "permission_mode": session_mode,
        "tool_name": tool, "tool_input": arguments,
    }  # fmt: skip
    return decide.decide(json.dumps(payload).encode(), told, redact.Redactor(b"key"))


def test_whoever_is_denied_is_sent_to_ask_only_where_somebody_may_grant_it(acme, here, policy):
    """Not for a rule that allows no exception, under a policy that allows none, or where nobody has a key for it."""
    asks, quotes = "exception: agentguard exception request", "no exception lifts it; quote"

    def told(**arguments):
        return json.loads(hook(here, **arguments).answer.stdout)["systemMessage"]

    assert asks in told()
    assert quotes in told(file_path="/w/never/a", content="x")
    gone = {**stored.read(policy), "exceptions": {"max_days": 0}}
    publish.release(publisher.read(acme.folder), wire.pack(gone), allow_weakening=True)
    assert stages.run(here)["ok"]
    assert quotes in told()
    folder = publisher.read(acme.folder)
    del folder.roles["exceptions"]
    publisher.write(folder)
    publish.release(folder, policy, allow_weakening=True)
    assert stages.run(here)["ok"]
    assert quotes in told()


def denied(here, **arguments):
    """Have a call denied and recorded; return the record's id."""
    effect, body, texts = call(here, **arguments)
    assert effect in ("deny", "ask"), body["rule"]
    spool.append(here.spool(os.getuid()), body, texts)
    return body["id"]


def asked(here, **arguments):
    code, out = run("request", denied(here, **arguments), "--home", here.home)
    assert code == 0, code
    return out


def grant(acme, text, *words, name="e.json"):
    path = os.path.join(os.path.dirname(acme.folder), name)
    code, out = run("grant", "-", "--to", acme.folder, "-o", path, "--json", *words, given=text)
    if isinstance(code, AgentguardError):
        raise code
    return path, json.loads(out)


def test_from_the_denial_to_the_call_that_passes(acme, here):
    """The exact call passes until the exception is over, and its record says what would have happened without."""
    text = asked(here)
    assert "rule     write/ops (strict 2)" in text
    assert TARGET.replace("[", "[[]") in text
    path, entry = grant(acme, text, "--days", "2", "--ticket", "SEC-1", "--approver", "grace")
    assert ("grace", "SEC-1", [], "write/ops") == tuple(entry[key] for key in ("approver", "ticket", "wide", "rule"))
    assert "deny" == call(here)[0]
    code, out = run("install", path, "--home", here.home)
    assert (0, f"{entry['id']} lifts write/ops until {entry['expires']}\n") == (code, out)
    os.rename(acme.repo, acme.repo + ".away")  # offline from here on
    effect, body, texts = call(here)
    assert ("allow", "allow", entry["id"], "deny") == (effect, body["would"], body["exception"], body["without"])
    assert f"exception {entry['id']}" == show.row(show.Seen(body, texts))[4]
    spool.append(here.spool(os.getuid()), body, texts)
    said = CliRunner().invoke(cli, ["policy", "explain", "--record", body["id"], "--home", here.home]).stdout
    assert f"  then    allow by exception {entry['id']} (without it deny)  (bundle strict, revision 2" in said
    start, end = exceptions.times([entry])[entry["id"]]
    assert 2 * 86400 == end - start
    effects = {moment: call(here, now=moment)[0] for moment in (end - 1, end, start - 1)}
    assert {end - 1: "allow", end: "deny", start - 1: "deny"} == effects
    assert "holds" in run("list", "--home", here.home)[1]
    assert 0 == run("revoke", entry["id"], "--home", here.home)[0]
    assert "deny" == call(here)[0]
    assert isinstance(run("revoke", entry["id"], "--home", here.home)[0], Refused)


def test_only_that_call_passes(acme, here):
    """Another file, another person, another rule, another organisation's paper: nothing."""
    grant_path, _entry = grant(acme, asked(here))
    assert granted.install(here, files.read(grant_path, 9999))
    assert ["allow", "deny", "deny", "deny", "deny"] == [
        call(here)[0],
        call(here, file_path="/w/ops/a1.txt", content="x")[0],
        call(here, file_path="/w/ops/b", content="x")[0],
        call(here, file_path="/w/never/b", content="x")[0],
        call(here, user="mallory")[0],
    ]
    _effect, body, _ = call(here, file_path="/w/ops/b", content="x")
    assert ("", True) == (body["exception"], "without" not in body)


def test_many_files_of_one_command_are_not_let_through_with_one(acme, here):
    """What one row is spared tells nothing about those that stand beside it."""
    grant_path, _ = grant(acme, asked(here, tool="Bash", command="touch ops/f0"), "--wide", "args")
    granted.install(here, files.read(grant_path, 9999))
    assert "allow" == call(here, tool="Bash", command="touch ops/f0")[0]
    many = " ".join(f"ops/f{number}" for number in range(60))
    effect, body, _ = call(here, tool="Bash", command=f"touch {many}")
    assert "deny" == effect
    assert {"deny"} == {row["effect"] for row in body["rows"] if row["action"] == "write"} - {"allow"}
    assert 59 == sum(row.get("effect") == "deny" for row in body["rows"])


def test_a_command_passes_with_its_words_and_no_others(acme, here):
    """Another flag, another operand or a carrier makes it another call."""
    grant_path, _ = grant(acme, asked(here, tool="Bash", command="git push origin topic"))
    granted.install(here, files.read(grant_path, 9999))
    commands = ["git push origin topic", "git push --force origin topic", "git push origin main", "git push"]
    found = [call(here, tool="Bash", command=command)[0] for command in (*commands, "sudo git push origin topic")]
    assert ["allow", "ask", "ask", "ask", "ask"] == found
    body = call(here, tool="Bash", command="git push origin topic", session_mode="dontAsk")[1]
    assert ("allow", "deny") == (body["effect"], body["without"])


def test_wider_only_on_purpose(acme, here):
    """`--wide` leaves a condition out; what is not known exactly has to be left out so."""
    text = asked(here)
    grant_path, entry = grant(acme, text, "--wide", "path")
    assert ["path"] == entry["wide"]
    granted.install(here, files.read(grant_path, 9999))
    assert ["allow", "deny"] == [call(here, file_path=f"/w/{folder}/z", content="x")[0] for folder in ("ops", "never")]
    for key in ("action", "host", "moon"):
        with pytest.raises(Refused, match="no condition"):
            grant(acme, text, "--wide", key)
    unknown = asked(here, tool="Bash", command='touch "ops/$(date).txt"')
    assert "can only be granted with --wide" in unknown
    with pytest.raises(Refused, match="is not known exactly"):
        grant(acme, unknown)


def test_another_rule_still_stops(acme, here):
    """An exception lifts its own rule only; the record names it all the same."""
    where = {"file_path": "/w/ops/also", "content": "x"}
    grant_path, entry = grant(acme, asked(here, **where))
    granted.install(here, files.read(grant_path, 9999))
    effect, body, _ = call(here, **where)
    assert ("ask", "write/also", entry["id"], "deny") == (effect, body["rule"], body["exception"], body["without"])


def test_what_the_policy_refuses(acme, here, policy):
    """Critical rules, too many days, rules that are gone, the built-in pack, defaults."""
    text = asked(here)
    with pytest.raises(Refused, match="at most 3 days"):
        grant(acme, text, "--days", "4")
    closed = denied(here, file_path="/w/never/a", content="x")
    error = run("request", closed, "--home", here.home)[0]
    assert ("rule write/never lets no exception lift it", f"quote {closed} to whoever publishes the policy") == (
        error.message, error.hint
    )  # fmt: skip
    closed = ask.text({**ask.parse(text), "rule": "write/never"})
    with pytest.raises(Refused, match="lets no exception lift it"):
        grant(acme, closed)
    own = denied(here, file_path="/etc/agentguard/agentguard.toml", content="x")
    assert "nothing lifts it" in run("request", own, "--home", here.home)[0].message
    opaque = denied(here, tool="Bash", command="eval $X")
    assert "exceptions are made to rules" in run("request", opaque, "--home", here.home)[0].message
    assert isinstance(run("request", "0" * 16, "--home", here.home)[0], Refused)
    gone = {**stored.read(policy), "exceptions": {"max_days": 0}}
    publish.release(publisher.read(acme.folder), wire.pack(gone), allow_weakening=True)
    with pytest.raises(Refused, match="at most 0 days"):
        grant(acme, text)
    assert stages.run(here)["ok"]
    assert "the policy allows no exceptions" == run("request", denied(here), "--home", here.home)[0].message


def test_limits_of_the_policy_hold_on_the_laptop(acme, here, policy):
    """A policy that allows less than when an exception was granted, wins."""
    grant_path, _entry = grant(acme, asked(here), "--days", "3")
    granted.install(here, files.read(grant_path, 9999))
    assert "allow" == call(here)[0]
    data = stored.read(policy)
    closed = [{**rule, "exceptions": False} for rule in data["rules"]]
    for change in ({"exceptions": {"max_days": 2}}, {"rules": closed}):
        publish.release(publisher.read(acme.folder), wire.pack({**data, **change}), allow_weakening=True)
        assert stages.run(here)["ok"]
        assert "deny" == call(here)[0]
        assert granted.listed(here)[0]["problem"]


def test_published_with_the_bundle_and_taken_back(acme, here):
    """The next sync brings it, a later policy keeps it, and revoking takes it from files, too."""
    text = asked(here)
    grant_path, entry = grant(acme, text, "--publish")
    assert "deny" == call(here)[0]
    assert stages.run(here)["ok"]
    assert ("allow", 2) == (call(here)[0], seal.load_active(here, time.time()).revision)
    granted.install(here, files.read(grant_path, 9999))
    publish.release(publisher.read(acme.folder), seal.load_active(here, time.time()).policy)
    assert stages.run(here)["ok"]
    assert ("allow", 3) == (call(here)[0], seal.load_active(here, time.time()).revision)
    assert entry["id"] in run("list", "--to", acme.folder)[1]
    with pytest.MonkeyPatch.context() as later:
        later.setattr("time.gmtime", lambda *_: (2100, 1, 1, 0, 0, 0, 4, 1, 0))
        assert run("list", "--to", acme.folder)[1].rstrip().endswith("expired")
    assert 0 == run("revoke", entry["id"], "--to", acme.folder)[0]
    assert "allow" == call(here)[0]
    assert stages.run(here)["ok"]
    assert "deny" == call(here)[0]
    error, out = run("install", grant_path, "--home", here.home)
    assert (f"this exception does not hold here: {entry['id']} was taken back", "") == (error.message, out)
    assert "deny" == call(here)[0]
    error = run("revoke", entry["id"][:-1], "--to", acme.folder)[0]  # nobody believes that something was taken back
    assert f"{entry['id'][:-1]} is no id of an exception: 16 digits and letters from a to f" == error.message
    done = CliRunner().invoke(cli, ["exception", "revoke", "0" * 16, "--to", acme.folder])
    assert (0, True) == (done.exit_code, "not among those that are published" in done.stderr)
    assert "0 exceptions" not in run("list", "--to", acme.folder)[1]


def test_a_clock_that_is_behind_proves_nothing(acme, here):
    """Behind the last sync or behind the policy's signing, no exception holds."""
    grant_path, _ = grant(acme, asked(here))
    granted.install(here, files.read(grant_path, 9999))
    seen = seal.load_active(here, time.time()).local["seen"]
    later = seen + 3600
    records = seal.parse(files.read(here.seal, seal.LIMIT))
    local = {**seal.read_config(records["config"]), "seen": later}
    files.replace(here.seal, seal.build({**records, "config": jsontext.canonical(local)}), 0o600)
    assert ["deny", "allow"] == [call(here, now=later + moment)[0] for moment in (-1, 1)]
    identity.refresh(here, config.read(here.settings))
    assert later == seal.load_active(here, time.time()).local["seen"]


def test_nobody_pays_where_there_is_none(here):
    """Without an exception the seal says nothing about any, and no module for them is loaded."""
    active = seal.load_active(here, time.time())
    assert ([], False) == (active.chain.exceptions, "seen" in active.local)
    assert not any(name.startswith("exception") for name in seal.parse(files.read(here.seal, seal.LIMIT)))


def _signed(publishing, entries, key="solo", **more):
    """Return a document signed with one of the publisher's keys."""
    whole = Targets(1, targets={}, unrecognized_fields={"exceptions": entries, "revoked": [], **more})
    return documents.signed(whole, {key: keys.load(publishing.key(key), lambda: b"")})


def test_forged_and_foreign_documents_lift_nothing(acme, organisation, here, tmp_path):
    """Another key, another organisation, a changed byte, a policy as exception: refused when installed and when read."""
    grant_path, entry = grant(acme, asked(here))
    data = files.read(grant_path, 9999)
    other = publisher.read(organisation("evil").folder)
    bad = [
        _signed(other, [entry]),
        data.replace(b"write/ops", b"write/xxx"),
        b"{}",
        b"",
        _signed(publisher.read(acme.folder), [{**entry, "person": "mallory"}]),
        _signed(publisher.read(acme.folder), [{**entry, "device": "other"}]),
        _signed(publisher.read(acme.folder), [{**entry, "org": "evil"}]),
        _signed(publisher.read(acme.folder), [{**entry, "more": 1}]),
        _signed(publisher.read(acme.folder), []),
    ]
    for one in bad:
        with pytest.raises(Refused):
            granted.install(here, one)
        records = seal.parse(files.read(here.seal, seal.LIMIT))
        files.replace(here.seal, seal.build({**records, "exception/1": one}), 0o600)  # past the front door
        assert ("fresh", "deny") == (seal.load_active(here, time.time()).state, call(here)[0])
    records["exception/1"] = data
    files.replace(here.seal, seal.build(records), 0o600)
    assert "allow" == call(here)[0]


def test_a_request_is_told_from_an_exception(acme, here):
    """Two files of a few lines each go back and forth: whoever installs the wrong one is told which it is."""
    with pytest.raises(Refused, match="this is a request, and no exception") as caught:
        granted.install(here, asked(here).encode())
    assert caught.value.hint.startswith("agentguard exception grant FILE --to DIR")
    with pytest.raises(Refused, match="this is no exception that holds here") as caught:
        granted.install(here, b"hello")
    assert "install the file that agentguard exception grant -o FILE wrote, as it is" == caught.value.hint


def test_a_published_document_that_is_withheld_takes_all_others_with_it(acme, here):
    """It might have revoked any of them."""
    grant_path, _ = grant(acme, asked(here), "--publish")
    granted.install(here, files.read(grant_path, 9999))
    assert stages.run(here)["ok"]
    records = seal.parse(files.read(here.seal, seal.LIMIT))
    assert {"exceptions", "exception/1"} <= set(records)
    for change in (None, records["exceptions"].replace(b"write/ops", b"write/xxx")):
        changed = {name: data for name, data in records.items() if name != "exceptions"}
        if change:
            changed["exceptions"] = change
        files.replace(here.seal, seal.build(changed), 0o600)
        assert ("fresh", "deny") == (seal.load_active(here, time.time()).state, call(here)[0])
        with pytest.raises(Refused, match="could have taken it back"):
            granted.install(here, files.read(grant_path, 9999))


@pytest.mark.parametrize(
    "change",
    [
        {"rows": []}, {"rows": [[]]}, {"rows": [[["moon", 0, ["x"], []]]]}, {"rows": [[["path", 2, ["x"], []]]]},
        {"rows": [[["path", 0, [], []]]]}, {"rows": [[["path", 0, [1], []]]]}, {"rows": [[["path", 0, ["x"]]]]},
        {"known": "well"}, {"person": ""}, {"person": 1}, {"expires": "never"}, {"expires": "2001-01-01T00:00:00Z"},
        {"wide": "path"}, {"id": None},
    ],
)  # fmt: skip
def test_an_entry_that_is_not_understood_is_none(change):
    """Half of it could lift too much."""
    entry = {
        "id": "a", "org": "o", "person": "p", "known": "os", "device": "d", "rule": "r", "repo": "", "rows":
        [[["path", 0, ["/x"], []]]], "wide": [], "not_before": "2026-01-01T00:00:00Z", "expires": "2026-01-02T00:00:00Z",
        "approver": "x", "ticket": "", "record": "",
    }  # fmt: skip
    assert exceptions.good(entry)
    assert not exceptions.good({**entry, **change})
    assert not exceptions.good({key: value for key, value in entry.items() if key != "repo"})


@pytest.mark.parametrize("text", ["", "hello", "AGX1.", "AGX1.abc", "AGX1.%%%", "AGX1.eJyrVkrLz1eyUkpKLFKqBQAdegQ0"])
def test_a_request_that_is_damaged_is_refused(text):
    """Whatever was pasted ends in one error of ours."""
    with pytest.raises(UsageError):
        ask.parse(text)


def test_a_request_survives_a_chat(acme, here):
    """Quoted, wrapped and with words before it, it is still the same."""
    text = asked(here)
    quoted = "\n".join(f"> {line}" for line in text.splitlines()).replace("> AGX1", "AGX1").replace("\n> ", "\n ")
    assert ask.parse(text) == ask.parse(f"please:\n{quoted}")


def test_a_publisher_without_keys_for_it_says_so(acme, here, monkeypatch):
    """An organisation that never made such keys has no exceptions, and its bundles are as ever."""
    text = asked(here)
    folder = publisher.read(acme.folder)
    del folder.roles["exceptions"]
    publisher.write(folder)
    with pytest.raises(ConfigError, match="no key yet that signs exceptions") as caught:
        grant(acme, text)
    assert f"agentguard exception init --to {acme.folder}" == caught.value.hint
    publish.release(publisher.read(acme.folder), seal.load_active(here, time.time()).policy)
    assert stages.run(here)["ok"]
    assert exceptions.delegation(seal.load_active(here, time.time()).chain.targets) is None
    with pytest.raises(Refused, match="names nobody"):
        granted.install(here, b"{}")
    assert "names nobody" in run("request", denied(here), "--home", here.home)[0].message
    with pytest.raises(ConfigError, match="no key yet") as caught:
        grants.republish(folder, lambda: b"")
    assert f"agentguard exception init --to {acme.folder}" == caught.value.hint


def test_an_older_publisher_gets_a_key_for_it(acme, here):
    """What people wrote into publisher.toml stays; from the next publish on, laptops accept what the key signs."""
    text = asked(here)
    active = seal.load_active(here, time.time()).policy
    file = os.path.join(acme.folder, publisher.FILE)
    folder = publisher.read(acme.folder)
    del folder.roles["exceptions"]
    publisher.write(folder)
    with open(file, encoding="utf-8") as stream:
        before = "# ours\n" + stream.read()
    files.replace(file, before.encode(), 0o644)
    publish.release(publisher.read(acme.folder), active)
    assert (0, os.path.join(acme.folder, "keys", "solo.pem") + "\n") == run("init", "--to", acme.folder)
    with open(file, encoding="utf-8") as stream:
        assert stream.read().startswith(before)
    with pytest.raises(ConfigError, match="does not say yet") as caught:
        grant(acme, text)
    assert f"agentguard bundle publish POLICY --to {acme.folder}" == caught.value.hint
    publish.release(publisher.read(acme.folder), active)
    assert stages.run(here)["ok"]
    path, _entry = grant(acme, text)
    assert 0 == run("install", path, "--home", here.home)[0]
    assert "allow" == call(here)[0]
    again, _out = run("init", "--to", acme.folder)
    assert "has a key that signs exceptions: solo" in again.message


def test_a_team_gets_a_key_of_its_own_for_it(tmp_path):
    """It is protected like the others; where nobody can be asked, somebody must say how. Roles in one line are left alone."""
    folder = str(tmp_path / "team")
    publish.init(folder, "team")
    made = publisher.read(folder)
    os.unlink(made.key("exceptions"))
    del made.roles["exceptions"]
    publisher.write(made)
    assert "there is no terminal" in run("init", "--to", folder)[0].message
    assert (0, made.key("exceptions") + "\n") == run("init", "--to", folder, "--no-passphrase")
    assert ["exceptions"] == publisher.read(folder).roles["exceptions"]["keys"]
    roles = ", ".join(f"{name} = {publisher._inline(made.roles[name])}" for name in made.roles)
    text = f'org = "team"\ngrace_days = 1\nroles = {{ {roles} }}\ncollector = {{ url = "", receipt_keys = [] }}\n'
    files.replace(os.path.join(folder, publisher.FILE), text.encode(), 0o644)
    error = run("init", "--to", folder, "--no-passphrase")[0]
    assert "nothing can be added to its roles" in error.message
    assert 'exceptions = { keys = ["exceptions"], threshold = 1, days = 400 }' in error.hint


def test_a_managed_install_takes_exceptions_from_root_only(tmp_path, monkeypatch):
    """The seal is root's."""
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(ConfigError, match="only root"):
        granted.remove(places.Places(places.MANAGED, *[str(tmp_path)] * 3), "abc")
