"""Two owners on two machines: what is staged, signed apart, put together and published, and what is refused on the way."""

import datetime as dt
import functools
import json
import os
import shutil
import time

import pytest
from owners import Owners, write_policy

from agentguard.bundle import (
    files,
    inspect,
    keys,
    publish,
    release,
    repository,
    roots,
    stage,
    stagetext,
)
from agentguard.bundle.keyring import Keyring
from agentguard.bundle.verify import verify
from agentguard.errors import ConfigError, WeakeningError


@pytest.fixture
def policy(tmp_path):
    """Give the function that writes a policy with these rules, and returns its folder."""
    return functools.partial(write_policy, tmp_path / "policy")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return Owners(tmp_path_factory.mktemp("owners")).folder


@pytest.fixture
def owners(made, tmp_path):
    """Give the three of them before the first revision; the keys are made once."""
    return Owners.copied(made, tmp_path / "owners")


def refused(code, words, function, *arguments, **options):
    with pytest.raises(ConfigError, match=words) as caught:
        function(*arguments, **options)
    assert (code, True) == (caught.value.code, bool(caught.value.hint))


def test_two_owners_sign_apart_and_a_third_machine_publishes(owners, policy):
    """No machine has both policy keys, and the laptops' verifier takes what comes of it."""
    path = owners.stage("ann", policy("a"))
    chain = owners.publish(owners.sign("ann", path), owners.sign("bob", path))
    assert ("tiny", 1) == (chain.name, chain.revision)
    assert "fresh" == inspect.inspect(str(owners.folder / "server"))["state"]
    assert not (owners.folder / "server/keys/policy-1.pem").exists()


def test_one_file_can_go_round(owners, policy):
    """Signed by one after the other, in any order; who is missing is named on the way."""
    path = owners.sign("bob", owners.stage("ann", policy("a")))
    refused("signatures-missing", "1 of 2 .*signed by policy-2, not yet by policy-1", owners.publish, path)
    assert 1 == owners.publish(owners.sign("ann", path)).revision


def test_a_bad_signature_keeps_no_good_one_out(owners, policy):
    """Somebody put rubbish into Ann's copy where Bob's signature belongs: his own copy has the good one."""
    path = owners.stage("ann", policy("a"))
    ann, bob = owners.sign("ann", path), owners.sign("bob", path)
    value = json.loads(files.read(ann, 1 << 20))
    value["targets"]["signatures"].append({"keyid": owners.ring("bob").public("policy-2").keyid, "sig": "00"})
    files.replace(ann, json.dumps(value).encode(), 0o600)
    assert 1 == owners.publish(ann, bob).revision


def test_a_key_counts_once(owners, policy):
    """Whoever has signed is told so, and a copy adds nothing."""
    path = owners.sign("ann", owners.stage("ann", policy("a")))
    refused("nothing-to-sign", "policy-1 signed already, and counts once", owners.sign, "ann", path)
    refused("signatures-missing", "1 of 2", owners.publish, path, path)
    refused("config", "there is no key policy-2", owners.sign, "ann", path, ["policy-2"])
    shutil.copy(owners.folder / "ann/keys/policy-1.pub", owners.folder / "ann/keys/policy-2.pub")
    refused("config", "policy-2.pem is not the private half|there is no key", owners.sign, "ann", path, ["policy-2"])


def test_two_names_for_one_key_are_no_two_keys(owners, tmp_path):
    """A folder in which one person holds both halves of a threshold is not made."""
    handed = tmp_path / "handed"
    handed.mkdir()
    for name in ("policy-1", "policy-2"):
        shutil.copy(owners.folder / "handed/policy-1.pub", handed / f"{name}.pub")
    refused(
        "config", "stands twice among the keys for targets", publish.init, str(tmp_path / "x"), "x", handed=str(handed)
    )


def test_owners_who_stage_different_things_are_told(owners, policy):
    """Copies that say different things are never put together."""
    one, other = owners.stage("ann", policy("a"), "a.stage"), owners.stage("bob", policy("b"), "b.stage")
    refused(
        "stage-differs",
        "are not copies of one stage",
        owners.publish,
        owners.sign("ann", one),
        owners.sign("bob", other),
    )


@pytest.mark.slow
def test_a_stage_on_an_older_revision_is_refused(owners, policy):
    """To sign as to publish, so nobody publishes over what they have not seen."""
    old = owners.stage("ann", policy("a"), "old.stage")
    new = owners.stage("bob", policy("a", "b"), "new.stage")
    signed = owners.sign("ann", old)
    owners.publish(owners.sign("ann", new), owners.sign("bob", new))
    refused("stage-conflict", "when targets 0 was current, and here it is targets 1", owners.sign, "bob", old)
    refused("stage-conflict", "when targets 0 was current", owners.publish, signed)


def test_a_stage_holds_for_two_weeks_and_no_clock_is_wrong(owners, policy, monkeypatch):
    """Too old, made by a clock that is ahead, or published by one that is behind: each has its sentence."""
    path = owners.stage("ann", policy("a"))
    real = time.time()
    for offset, code, words in (
        (15 * 86400, "stage-expired", "a stage holds for 14 days"),
        (-2 * 3600, "clock", "one of the two is wrong"),
    ):
        monkeypatch.setattr(time, "time", lambda offset=offset: real + offset)
        refused(code, words, owners.sign, "ann", path)
        monkeypatch.undo()
    owners.publish(owners.sign("ann", path), owners.sign("bob", path))
    monkeypatch.setattr(time, "time", lambda: real - 7200)
    refused("clock", "what is published was signed at", owners.stage, "ann", policy("a"))
    refused("clock", "what is published was signed at", release.refresh, owners.at("server"), lambda: b"")


@pytest.mark.slow
def test_a_weakening_is_agreed_to_by_each(owners, policy):
    """Whoever stages, signs or publishes it says so; what the stage's reasons say is shown and no proof."""
    owners.first(policy("a"))
    with pytest.raises(WeakeningError):
        owners.stage("ann", policy("b"))
    path = owners.stage("ann", policy("b"), allow_weakening=True)
    with pytest.raises(WeakeningError, match="srv/a"):
        owners.sign("bob", path)
    signed = [owners.sign(who, path, allow_weakening=True) for who in ("ann", "bob")]
    with pytest.raises(WeakeningError):
        owners.publish(*signed)
    assert 2 == owners.publish(*signed, allow_weakening=True).revision


def test_what_is_signed_is_what_is_published(owners, policy):
    """A stage whose policy was exchanged is not signed."""
    path = owners.sign("ann", owners.stage("ann", policy("a")))
    other = stage.load(owners.stage("ann", policy("a", "b"), "other.stage"))
    stage.save(path, stage.load(path)._replace(policy=other.policy))
    refused("stage-foreign", "what its owners would sign is not the policy in it", owners.sign, "bob", path)


def test_nothing_is_signed_that_is_not_shown(owners, policy):
    """A hand-made stage that says more than agentguard writes is refused, however well it is hidden."""
    path = owners.stage("ann", policy("a"))

    def touched(change):
        document = json.loads(stage.load(path).documents["targets"])
        change(document["signed"])
        return stage.load(path)._replace(documents={"targets": json.dumps(document).encode()})

    def role(signed, **more):
        signed["delegations"]["roles"].append({**signed["delegations"]["roles"][0], "name": "other", **more})

    for change in (
        lambda signed: signed["targets"]["policy.json"]["custom"].update(org="evil"),
        lambda signed: signed["targets"]["policy.json"]["custom"].update(more=1),
        lambda signed: signed["targets"].update(other=dict(signed["targets"]["policy.json"])),
        lambda signed: signed.update(more=1),
        lambda signed: signed["delegations"]["roles"][0].update(paths=["*"]),
        lambda signed: signed["delegations"]["roles"][0].update(terminating=False),
        lambda signed: role(signed, paths=["*"]),
    ):
        stage.save(path + "x", touched(change))
        refused("stage-foreign", "says more or other than agentguard writes for acme", owners.sign, "bob", path + "x")
    rotation = stage.load(owners.change("server", roots.renew))
    document = json.loads(rotation.documents["root"])
    document["signed"]["consistent_snapshot"] = False
    stage.save(path + "x", rotation._replace(documents={"root": json.dumps(document).encode()}))
    refused("stage-foreign", "its root says more or other", owners.sign, "bob", path + "x")
    document["signed"].update(consistent_snapshot=True, version=5)
    stage.save(path + "x", rotation._replace(documents={"root": json.dumps(document).encode()}))
    refused("stage-foreign", "does not hold the root that follows root 1", owners.sign, "bob", path + "x")


@pytest.mark.parametrize("data", [
    b"", b"{}", b"\xff", b'{"agentguard": "stage 2"}', b'{"agentguard": "stage 1", "agentguard": "stage 1"}',
    b'{"agentguard": "stage 1", "base": {"root": 1, "targets": 0}, "issued": "2026-01-01T00:00:00Z"}',
    b'{"agentguard": "stage 1", "base": {"root": 1, "targets": 0}, "issued": "now", "root": {}}',
    b'{"agentguard": "stage 1", "base": {"root": -1, "targets": 0}, "issued": "now", "targets": {"signed": 1}}',
    b'{"agentguard": "stage 1", "base": [], "policy": "*"}', b"[" * 100_000,
])  # fmt: skip
def test_what_is_no_stage_ends_in_a_sentence(tmp_path, data):
    """Whatever somebody sends."""
    (tmp_path / "x.stage").write_bytes(data)
    refused("stage-unreadable", "is not a stage that can be read", stage.load, str(tmp_path / "x.stage"))


def test_a_wrong_passphrase_and_an_open_file_are_told(owners, policy):
    """The key stays closed; each says what to do."""
    path = owners.stage("ann", policy("a"))
    staged, root = stage.load(path), repository.latest_root(owners.at("ann").repo)
    refused("config", r"policy-1\.pem cannot be opened: wrong passphrase", stage.add, staged, root,
            Keyring(owners.at("ann"), lambda: b"no"))  # fmt: skip
    os.chmod(owners.folder / "ann/keys/policy-1.pem", 0o640)
    refused("config", "can be read by others", owners.sign, "ann", path)


def test_the_build_server_needs_no_key_but_its_own(owners, policy):
    """Refreshing moves both expiries and nothing else; without that key it says which one."""
    owners.first(policy("a"))
    server = owners.at("server")
    before = repository.versions(server.repo)
    after = release.refresh(server, lambda: b"").versions
    assert (before["targets"], before["snapshot"] + 1, before["timestamp"] + 1) == (
        after["targets"], after["snapshot"], after["timestamp"],
    )  # fmt: skip
    refused("config", "0 keys for snapshot .* 1 of online", release.refresh, owners.at("ann"), lambda: b"")


def test_what_is_to_be_signed_is_told_in_words(owners, policy):
    """Who looks at a stage sees revision, digest, and each setting that changes."""
    staged = stage.load(owners.stage("ann", policy("a")))
    told = stagetext.lines(owners.at("bob"), staged, owners.ring("bob"))
    assert told[0].startswith("revision 1: tiny of acme, issued ")
    assert f"sha256 {publish.sha256_hex(staged.policy)}" == told[1]
    assert "  + exceptions: 1 of exceptions" in told


def sequence(owners, paths, monkeypatch):
    """Publish once for every file that is written, killed before that one; yield after each kill."""
    replace, count = files.replace, 0
    while True:
        left = [count]

        def crash(path, data, mode, left=left):
            if not left[0] and os.sep + "repo" + os.sep in path:
                raise KeyboardInterrupt
            left[0] -= os.sep + "repo" + os.sep in path
            replace(path, data, mode)

        monkeypatch.setattr(files, "replace", crash)
        try:
            owners.publish(*paths)
        except KeyboardInterrupt:
            monkeypatch.undo()
            yield count
            count += 1
        else:
            monkeypatch.undo()
            return


@pytest.mark.slow
def test_a_publish_that_is_killed_anywhere_leaves_what_holds(owners, policy, monkeypatch):
    """Laptops see the old revision until `timestamp.json` is there; the same command finishes it."""
    owners.first(policy("a"))
    path = owners.stage("ann", policy("a", "b"))
    signed = [owners.sign(who, path) for who in ("ann", "bob")]
    kills = 0
    for _ in sequence(owners, signed, monkeypatch):
        kills += 1
        assert 1 == inspect.inspect(str(owners.folder / "server"))["revision"]
    assert (4, 2) == (kills, inspect.inspect(str(owners.folder / "server"))["revision"])
    assert 2 == (owners.folder / "server/CHANGES.md").read_text().count("## tiny")


@pytest.mark.slow
def test_a_rotation_that_is_killed_anywhere_leaves_what_holds(owners, policy, monkeypatch):
    """Every file but the root holds under both roots, and the root comes last."""
    owners.first(policy("a"))
    server = owners.at("server")
    roots.make_key(os.path.join(server.keys, "online-2"), "ed25519", None)
    path = owners.change("server", roots.rotate, [("online", "online-2")])
    signed = [owners.sign(who, path) for who in ("ann", "bob")]
    seen = []
    for _ in sequence(owners, signed, monkeypatch):
        chain = verify(*repository.records(server.repo))
        assert "fresh" == inspect.inspect(str(owners.folder / "server"))["state"]
        seen.append(chain.root.version)
    assert {1} == set(seen)
    assert 2 == verify(*repository.records(server.repo)).root.version
    assert ["online-2"] == owners.at("server").roles["timestamp"]["keys"]
    os.unlink(owners.at("server").key("online"))
    assert 1 == release.refresh(owners.at("server"), lambda: b"").revision


def test_dates_are_those_of_the_settings(owners, policy):
    """The policy of a team holds for 180 days from when it was staged."""
    targets = stage.load(owners.stage("ann", policy("a"))).read("targets")
    days = (targets.expires - time.time()) / 86400
    assert 179.9 < days < 180.1
    assert dt.timedelta(days=180).days == owners.at("ann").roles["targets"]["days"]


def test_the_public_half_of_another_kind_is_no_key(tmp_path):
    """Whatever is handed over as NAME.pub."""
    for data in (
        b"",
        b"{}",
        b"[]",
        b'{"keyid": 1}',
        b'{"keyid": "a", "keytype": "rsa", "scheme": "x", "keyval": {"public": ""}}',
    ):
        (tmp_path / "x.pub").write_bytes(data)
        refused("config", "is no public key of ours", keys.load_public, str(tmp_path / "x.pub"))
