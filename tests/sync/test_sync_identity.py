"""Groups are looked up by the sync, travel in the seal, and the hook takes them from there."""

import os
import sys
import time
import types

import pytest

from agentguard import child, config, jsontext, places
from agentguard.access.world import MemoryDisk
from agentguard.audit import redact
from agentguard.audit.memory import Memory
from agentguard.bundle import files, publish, publisher, seal
from agentguard.bundle.person import person
from agentguard.hook import decide
from agentguard.hook import state as hook_state
from agentguard.policy import wire
from agentguard.policy.compile import compile_folder
from agentguard.sync import facts, identity, stages
from agentguard.sync.enroll import enroll

POLICY = """
schema = 1
name = "people"
[roles.engineer]
groups = ["eng"]
assurance = "{assurance}"
[[rule]]
id = "write/engineers"
effect = "deny"
action = "write"
path = ["**/src/**"]
not.roles = ["engineer"]
"""
ACCOUNTS = {"ada": (1001, 50), "bob": (1002, 50), "eve": (1003, 60)}
GROUPS = {"eng": (50, ["eve"]), "staff": (60, ["ada"])}


def compiled(folder, text):
    folder.mkdir()
    (folder / "bundle.toml").write_text(text)
    return compile_folder(str(folder))


@pytest.fixture
def policy(tmp_path):
    return compiled(tmp_path / "people", POLICY.format(assurance="os"))


@pytest.fixture
def directory(tmp_path, monkeypatch):  # tmp_path first: pytest asks for the account, too
    """A group database and a password database of our own; `asked` says what was asked of the first."""
    asked = []

    def getgrnam(name):
        asked.append(name)
        gid, members = GROUPS[name]
        return types.SimpleNamespace(gr_gid=gid, gr_mem=members)

    def getpwnam(name):
        return types.SimpleNamespace(pw_name=name, pw_gid=ACCOUNTS[name][1])

    def getpwuid(uid):
        return next(
            types.SimpleNamespace(pw_name=name, pw_uid=number, pw_gid=gid, pw_dir=f"/home/{name}")
            for name, (number, gid) in ACCOUNTS.items()
            if number == uid
        )

    def getgrouplist(name, gid):
        return [gid, *(number for number, members in GROUPS.values() if name in members)]

    monkeypatch.setattr(child, "run", lambda job, *_limit, **_seconds: list(job()))
    monkeypatch.setitem(sys.modules, "grp", types.SimpleNamespace(getgrnam=getgrnam))
    monkeypatch.setattr("pwd.getpwnam", getpwnam)
    monkeypatch.setattr("pwd.getpwuid", lambda uid: getpwuid(1001 if uid == os.getuid() else uid))
    monkeypatch.setattr("os.getgrouplist", getgrouplist)
    return asked


def managed(tmp_path):
    return places.Places(places.MANAGED, *(str(tmp_path / name) for name in ("code", "etc", "var")))


@pytest.mark.namespace
def test_a_managed_sync_looks_up_everybody_here(directory, policy, tmp_path):
    """Whoever has a spool and whoever the group lists; by the primary group too, and only groups that roles name."""
    where = managed(tmp_path)
    for name in ("1001", "1002", "1003", "rubbish", "7" * 30):
        os.makedirs(os.path.join(where.spools, name))
    for uid in (1001, 1002):
        os.chown(where.spool(uid), uid, uid)
    found = identity.local(where, {"device": ""}, {"policy": policy})
    assert {"ada": ["eng"], "bob": ["eng"], "eve": ["eng"]} == found["members"]
    assert ["eng"] == directory
    accounts = {"1001": ["ada", "/home/ada"], "1002": ["bob", "/home/bob"]}
    assert accounts == found["accounts"]
    assert accounts == identity.local(where, {"device": ""}, {"policy": b"{}"})["accounts"]
    assert os.uname().nodename == found["device"]
    os.makedirs(where.sync)
    Memory(where.sync).keep_token("https://audit.example", "token", "its-first-name")
    named = [identity.local(where, {"device": device}, {"policy": b"{}"})["device"] for device in ("", "given")]
    assert ["its-first-name", "given"] == named


def test_a_personal_sync_looks_up_its_own_account(directory, policy, laptop):
    """What a person's own sync says of others would prove nothing."""
    assert {"device": "d", "members": {"ada": ["eng"]}} == identity.local(laptop, {"device": "d"}, {"policy": policy})


def test_a_policy_without_groups_asks_for_none(directory, policies, laptop):
    """Nobody pays for what the policy does not use; nor does a policy that is not understood ask anything."""
    for data in (policies[0], b"{}"):
        assert {"device": "d"} == identity.local(laptop, {"device": "d"}, {"policy": data})
    assert [] == directory


def test_directory_that_is_down_is_not_waited_for(acme, laptop, unmanaged, policy, monkeypatch):
    """A lookup that never comes back ends with its child, the sync goes on, and what was known of people stays."""
    release(acme, policy)
    enroll(laptop, acme.repo, acme.sha256, system=unmanaged)
    before = seal.load_active(laptop, time.time()).local["members"]
    assert 1 == len(before)
    monkeypatch.setattr(identity, "_SECONDS", 0.2)
    monkeypatch.setattr("grp.getgrnam", lambda _name: time.sleep(600))
    started, fork = [], os.fork
    monkeypatch.setattr(os, "fork", lambda: started.append(fork()) or started[-1])
    assert stages.run(laptop)["ok"]
    assert before == seal.load_active(laptop, time.time()).local["members"]
    assert started
    for pid in started:
        with pytest.raises(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)


def test_groups_that_are_gone_are_passed_over(monkeypatch, policy, laptop, directory):
    """A policy may name groups that this machine has not."""
    monkeypatch.delitem(GROUPS, "eng")
    assert {"ada": []} == identity.local(laptop, {}, {"policy": policy})["members"]


def release(acme, data):
    publish.release(publisher.read(acme.folder), data, allow_weakening=True)


def test_groups_reach_the_seal_and_follow_every_sync(acme, laptop, unmanaged, policy, directory, monkeypatch):
    """A change in the directory is in force after the next sync, also one that fetches nothing."""
    release(acme, policy)
    enroll(laptop, acme.repo, acme.sha256, system=unmanaged)
    active = seal.load_active(laptop, time.time())
    assert ("fresh", {"ada": ["eng"]}) == (active.state, active.local["members"])
    monkeypatch.setitem(ACCOUNTS, "ada", (1001, 70))
    report = stages.run(laptop, background=True)
    assert (None, True) == (report["bundle"], report["ok"])
    active = seal.load_active(laptop, time.time())
    assert ("fresh", {"ada": []}) == (active.state, active.local["members"])
    assert not identity.refresh(laptop, config.read(laptop.settings))


def test_a_seal_that_does_not_verify_is_left_alone(acme, laptop, unmanaged, policy, directory):
    """Otherwise root's sync would put its name to what somebody else wrote."""
    release(acme, policy)
    enroll(laptop, acme.repo, acme.sha256, system=unmanaged)
    records = seal.parse(files.read(laptop.seal, seal.LIMIT))
    forged = seal.build({**records, "policy": records["policy"].replace(b"deny", b"ask_"), "config": b"{}"})
    files.replace(laptop.seal, forged, 0o600)
    assert not identity.refresh(laptop, config.read(laptop.settings))
    assert forged == files.read(laptop.seal, seal.LIMIT)


PERSONAL = places.personal("/home/ada", "linux")
ROOTED = places.Places(places.MANAGED, "/c", "/e", "/v")


@pytest.mark.parametrize(
    ("where", "local", "known", "expected"),
    [
        (PERSONAL, {}, "os", ("ada", "os", None)),
        (PERSONAL, {"members": {"ada": ["eng"]}, "user": "root", "groups": ["wheel"]}, "os", ("ada", "os", ["eng"])),
        (PERSONAL, {"members": ["ada"], "device": "d"}, "os", ("ada", "os", None)),
        (PERSONAL, {"members": {"ada": "eng"}}, "os", ("ada", "os", None)),
        (ROOTED, {"device": "d", "members": {"bob": ["eng"]}}, "os", ("ada", "managed", None)),
        (ROOTED, {"members": {"ada": ["eng"]}, "groups": ["ops"]}, "os", ("ada", "managed", ["eng", "ops"])),
        (ROOTED, {"user": "ada@acme.example", "groups": ["ops"]}, "os", ("ada@acme.example", "managed", ["ops"])),
        (ROOTED, {}, "os", ("ada", "os", None)),
        (ROOTED, {"user": "root", "members": {"ada": ["eng"]}}, "none", ("ada", "none", None)),
    ],
)
def test_who_it_is(where, local, known, expected):
    """The account, and on a managed install whom root's configuration names; an account that is none is nobody."""
    found = person(where, local, "ada", known)
    assert expected == (found.user, found.known, found.groups)


def write(policy, local, *, known="os", where=PERSONAL, event="PreToolUse", cwd="/home/ada/project"):
    """Tell the hook of one write, in this process; return the effect and the record."""
    active = seal.Active("fresh")
    active.policy, active.local = policy, local
    disk = MemoryDisk({"/home/ada/project": None})
    told = hook_state.State(
        places=where, active=active, disk=disk, home="/home/ada", user="ada", spool="/s", known=known
    )
    call = {
        "hook_event_name": event, "session_id": "s", "cwd": cwd, "tool_name": "Write",
        "tool_input": {"file_path": "/home/ada/project/src/a", "content": ""},
    }  # fmt: skip
    outcome = decide.decide(jsontext.dumps(call).encode(), told, redact.Redactor(b"key"))
    return outcome.effect, outcome.body


def test_the_hook_takes_roles_from_the_seal(policy, tmp_path):
    """They are in conditions and in the record; less assurance than the role asks for is no role."""
    member = {"members": {"ada": ["eng"]}}
    effect, body = write(policy, member)
    assert ("allow", "ada", "os", ["engineer"]) == (effect, body["user"], body["known"], body["roles"])
    assert ["deny", "deny", "deny"] == [
        write(policy, local, known=known)[0] for local, known in (({}, "os"), (member, "none"), ({"members": 1}, "os"))
    ]
    strict = compiled(tmp_path / "strict", POLICY.format(assurance="managed"))
    assert ("deny", []) == (write(strict, member)[0], write(strict, member)[1]["roles"])
    effect, body = write(strict, member, where=ROOTED)
    assert ("allow", "managed", ["engineer"]) == (effect, body["known"], body["roles"])


def test_every_record_says_the_roles(policy):
    """Also that of an event that nothing is decided about, and of a call that cannot be judged; a broken policy gives none."""
    member = {"members": {"ada": ["eng"]}}
    stored = wire.pack(jsontext.loads(policy))
    found = [
        write(data, member, **how)[1]
        for how in ({"event": "PostToolUse"}, {"event": "SessionStart"}, {"cwd": 1})
        for data in (policy, stored, b"{}", stored[:40])
    ]
    assert ["event"] * 8 + ["error"] * 4 == [body["kind"] for body in found]
    assert [["engineer"], ["engineer"], [], []] * 3 == [body["roles"] for body in found]


@pytest.mark.parametrize(
    ("accounts", "told"),
    [
        ({"7": ["ada", "/home/ada"]}, ("ada", "/home/ada", "os")),
        ({"8": ["ada", "/home/ada"]}, None),
        ({"7": ["ada"]}, None),
        ({"7": ["ada", 1]}, None),
        ({"7": "ada"}, None),
        (["7"], None),
        (None, None),
    ],
)
def test_hook_asks_nobody_where_the_sync_has_left_the_account(tmp_path, monkeypatch, accounts, told):
    """A directory that hangs holds no tool call up; what makes no sense is as if it were not there."""
    active = seal.Active("fresh")
    active.local = {"accounts": accounts}
    monkeypatch.setattr(seal, "load_active", lambda *_: active)
    monkeypatch.setattr(os, "getuid", lambda: 7)
    answer = None if told else types.SimpleNamespace(pw_name="asked", pw_dir="/asked")
    monkeypatch.setattr("pwd.getpwuid", lambda _uid: answer or pytest.fail("somebody was asked"))
    found = hook_state.gather(managed(tmp_path), 0)
    assert (told or ("asked", "/asked", "os")) == (found.user, found.home, found.known)


def test_the_hook_asks_the_password_database_once_and_the_group_database_never(
    directory, policy, monkeypatch, tmp_path
):
    """The group database may be on the network."""
    asked = []
    lookup = sys.modules["pwd"].getpwuid
    monkeypatch.setattr("pwd.getpwuid", lambda uid: asked.append(uid) or lookup(uid))
    for name in ("getgrouplist", "getgroups", "initgroups"):
        monkeypatch.setattr(os, name, lambda *_: pytest.fail("the group database was asked"))
    told = hook_state.gather(managed(tmp_path), 0)
    assert (("ada", "os", "/home/ada"), [os.getuid()]) == ((told.user, told.known, told.home), asked)
    monkeypatch.setattr("pwd.getpwuid", lambda uid: {}[uid])
    told = hook_state.gather(managed(tmp_path), 0)
    assert (str(os.getuid()), "none") == (told.user, told.known)
    assert "allow" == write(policy, {"members": {"ada": ["eng"]}})[0]
    assert [] == directory


def test_status_shows_the_roles(acme, laptop, unmanaged, policy, directory, monkeypatch):
    """The facts behind `status` work out roles as the hook does."""
    release(acme, policy)
    enroll(laptop, acme.repo, acme.sha256, system=unmanaged)
    found = facts.facts(laptop, time.time())["person"]
    assert {"user": "ada", "known": "os", "groups": ["eng"], "roles": ["engineer"], "roles_not_proved": []} == found


@pytest.mark.parametrize("change", [{"schema": 2}, {"min_client": "7.0.0"}, {"extends": "x"}])
def test_a_sealed_policy_that_the_hook_does_not_understand_is_no_policy(policy, change):
    """None of it is applied: the fallback policy decides, and what changes things is denied."""
    effect, body = write(jsontext.canonical({**jsontext.loads(policy), **change}), {"members": {"ada": ["eng"]}})
    assert ("deny", "default:invalid", [], "invalid") == (effect, body["rule"], body["roles"], body["bundle"]["state"])
