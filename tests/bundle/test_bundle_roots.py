"""Which keys sign, changed step by step: added, rotated, revoked, from one to a team, and how far laptops follow."""

import os

import pytest

from agentguard import places
from agentguard.bundle import (
    exceptions,
    grants,
    inspect,
    keys,
    metadata,
    publish,
    publisher,
    release,
    repository,
    roots,
)
from agentguard.bundle.keyring import Keyring
from agentguard.bundle.verify import MAX_ROOTS, floor_of, not_below, verify
from agentguard.digest import sha256_hex
from agentguard.errors import ConfigError, PublisherError, RollbackError, SignatureError
from agentguard.policy import wire
from agentguard.sync.enroll import enroll

pytestmark = pytest.mark.slow
POLICY = 'schema = 1\nname = "tiny"\nmode = "enforce"\n[[rule]]\nid = "a/b"\neffect = "deny"\npath = ["/srv/**"]\n'


@pytest.fixture(scope="module")
def policy(tmp_path_factory):
    folder = tmp_path_factory.mktemp("policy")
    (folder / "bundle.toml").write_text(POLICY)
    return publish.build(str(folder))


@pytest.fixture
def acme(tmp_path, policy):
    """Give a team's folder with one revision, all keys in it."""
    publish.init(str(tmp_path / "acme"), "acme")
    publish.release(publisher.read(str(tmp_path / "acme")), policy)
    return str(tmp_path / "acme")


@pytest.fixture
def solo(tmp_path, policy):
    publish.init(str(tmp_path / "mine"), "me", solo=True)
    publish.release(publisher.read(str(tmp_path / "mine")), policy)
    return str(tmp_path / "mine")


def change(folder, make, *arguments, new=()):
    """Make new keys, change who signs, publish; return what laptops see then."""
    publishing = publisher.read(folder)
    for name in new:
        roots.make_key(os.path.join(publishing.keys, name), "ed25519", None)
    ring = Keyring(publishing, lambda: b"")
    release.sign_and_put(publishing, make(publishing, ring, *arguments), ring)
    return verify(*repository.records(publishing.repo, publishing.anchor))


def names(folder, chain, role):
    ring = Keyring(publisher.read(folder), lambda: b"")
    return [ring.name(keyid) for keyid in metadata.role_of(chain.root, role).keys]


def refused(words, function, *arguments, kind=ConfigError, **options):
    with pytest.raises(kind, match=words) as caught:
        function(*arguments, **options)
    assert caught.value.hint


def test_a_rotation_changes_one_key_and_nothing_else(acme):
    """The policy stays as it is where the keys that signed it still suffice; publisher.toml follows, comments and all."""
    path = os.path.join(acme, publisher.FILE)
    with open(path, "a", encoding="utf-8") as file:
        file.write("\n# ours\n")
    chain = change(acme, roots.rotate, [("policy-3", "policy-4")], new=["policy-4"])
    assert (2, 1, ["policy-1", "policy-2", "policy-4"]) == (
        chain.root.version,
        chain.revision,
        names(acme, chain, "targets"),
    )
    assert ["policy-1", "policy-2", "policy-4"] == publisher.read(acme).roles["targets"]["keys"]
    with open(path, encoding="utf-8") as file:
        text = file.read()
    assert text.endswith("\n# ours\n")
    assert "# What `agentguard bundle publish` signs." in text


def test_a_policy_whose_signatures_no_longer_count_is_signed_again(acme, policy):
    """As the next revision, because a laptop must be able to tell the two apart."""
    chain = change(acme, roots.revoke, "policy-1")
    assert (2, 2, policy) == (chain.root.version, chain.revision, chain.policy)
    assert ["policy-2", "policy-3"] == names(acme, chain, "targets")
    chain = change(acme, roots.add, "policy-4", ("targets",), new=["policy-4"])
    assert (3, 2, 3) == (chain.root.version, chain.revision, len(names(acme, chain, "targets")))
    with open(os.path.join(acme, "CHANGES.md"), encoding="utf-8") as file:
        text = file.read()
    assert [1, 1, 1] == [text.count(head) for head in ("## tiny 2, ", "## root 2, ", "## root 3, ")]
    assert f"\nsha256 {chain.digest}\nprevious {chain.digest}\n" in text


def test_a_renewed_root_has_the_same_keys_for_longer(acme):
    """Laptops that have the old one see nothing else change."""
    before = verify(*repository.records(publisher.read(acme).repo))
    chain = change(acme, roots.renew)
    assert (2, before.keys, 1) == (chain.root.version, chain.keys, chain.revision)


def test_one_person_becomes_a_team_by_one_root(solo):
    """Grace and days are a team's, a laptop that trusts the first root follows, and the old key signs nothing."""
    anchor = repository.root(publisher.read(solo).repo, 1)
    made = roots.team_names()
    chain = change(solo, roots.team, new=made)
    assert (2, 2, 14) == (chain.root.version, chain.revision, chain.custom["grace_days"])
    os.unlink(os.path.join(solo, "keys", "solo.pem"))
    settings = publisher.read(solo)
    assert (set(made), publisher.TEAM, 14) == (set(settings.key_names()), settings.roles, settings.grace_days)
    assert 3 == publish.release(settings, chain.policy).revision
    assert inspect.chain(solo)[1] == anchor
    refused("has the keys of a team already", change, solo, roots.team)


@pytest.mark.parametrize(("make", "arguments", "words"), [
    (roots.revoke, ("online",), "without online there would be 0 keys for snapshot|for timestamp"),
    (roots.revoke, ("stray",), "stray signs nothing"),
    (roots.rotate, ([("policy-1", "policy-2")],), "policy-2 signs targets already"),
    (roots.rotate, ([("stray", "policy-2")],), "stray signs nothing"),
    (roots.rotate, ([("policy-1", "nobody")],), "nobody.pub"),
    (roots.add, ("policy-1", ("targets",)), "stands twice among the keys for targets"),
    (roots.make_key, ("ed25519", None), "is there already"),
])  # fmt: skip
def test_what_would_leave_a_role_without_keys_is_refused(acme, make, arguments, words):
    """Nothing is written, and each says what to do instead."""
    publishing = publisher.read(acme)
    roots.make_key(os.path.join(publishing.keys, "stray"), "ed25519", None)
    if make is roots.make_key:
        refused(words, make, os.path.join(publishing.keys, "stray"), *arguments)
    elif "nobody" in words:
        with pytest.raises(ConfigError, match=words):
            make(publishing, Keyring(publishing, lambda: b""), *arguments)
    else:
        refused(words, make, publishing, Keyring(publishing, lambda: b""), *arguments)


def test_exceptions_that_are_published_are_signed_by_the_key_that_may_now(acme, tmp_path):
    """Also a revocation must not be forgotten by a rotation."""
    publishing = publisher.read(acme)
    grants.republish(publishing, lambda: b"", revoke=["0123"])
    chain = change(acme, roots.rotate, [("exceptions", "exceptions-2")], new=["exceptions-2"])
    assert (1, 2) == (chain.root.version, chain.revision)
    role = exceptions.delegation(chain.targets)
    _anchor, records = repository.records(publishing.repo)
    document = exceptions.document(records["exceptions"], role)
    assert (frozenset({"0123"}), 2) == (document.revoked, document.version)
    assert ["exceptions-2"] == publisher.read(acme).roles["exceptions"]["keys"]
    os.unlink(os.path.join(acme, "keys", "exceptions.pem"))
    assert 2 == grants.republish(publisher.read(acme), lambda: b"", revoke=["4567"]).revision


def test_without_the_old_online_key_the_root_comes_just_before_the_timestamp(acme, monkeypatch):
    """There is no order that holds throughout; what is interrupted is finished by the same command."""
    publishing = publisher.read(acme)
    roots.make_key(os.path.join(publishing.keys, "online-2"), "ed25519", None)
    ring = Keyring(publishing, lambda: b"")
    staged = roots.rotate(publishing, ring, [("online", "online-2")])
    os.unlink(publishing.key("online"))
    write, order = repository.write, []

    def stopped(repo, new):
        order.extend(new)
        write(repo, dict(list(new.items())[:-1]))
        raise KeyboardInterrupt

    monkeypatch.setattr(repository, "write", stopped)
    with pytest.raises(KeyboardInterrupt):
        release.sign_and_put(publishing, staged, ring)
    monkeypatch.undo()
    assert ["2.root.json", "timestamp.json"] == order[-2:]
    release.sign_and_put(publisher.read(acme), staged, ring)
    assert 2 == verify(*repository.records(publishing.repo)).root.version


def test_leaked_keys_lock_nobody_out(acme):
    """A version of nine billion that lost keys have signed is forgotten with them."""
    chain = verify(*repository.records(publisher.read(acme).repo))
    floor = floor_of(chain)
    for role in ("timestamp", "snapshot", "targets"):
        floor[role]["version"] = 9_000_000_000
    pairs = [("online", "online-2"), ("policy-1", "policy-4")]
    not_below(change(acme, roots.rotate, pairs, new=["online-2", "policy-4"]), floor)


def test_at_most_64_roots_follow_the_anchor(solo, policy):
    """From the 48th on there is a warning; one beyond the last is not published; a newer anchor begins anew."""
    publishing = publisher.read(solo)
    ring = Keyring(publishing, lambda: b"")
    key = ring.signer("solo")
    for version in range(2, MAX_ROOTS + 2):
        document = release.documents.Metadata.from_bytes(repository.root(publishing.repo, 1))
        document.signed.version = version
        keys.sign(document, key, "solo")
        repository.write(publishing.repo, {f"{version}.root.json": document.to_bytes()})
    assert ["", "hand out 49.root.json as the anchor"] == [
        words if (said := roots.warning(version, 1)) and words in said else said
        for version, words in ((48, "?"), (49, "hand out 49.root.json as the anchor"))
    ]
    assert 2 == publish.release(publishing, policy).revision
    refused("would be number 65 after the anchor", change, solo, roots.renew, kind=PublisherError)
    publishing.anchor = 65
    publisher.write(publishing)
    chain = change(solo, roots.renew)
    assert (66, 2) == (chain.root.version, chain.revision)
    assert 66 == inspect.chain(solo)[0].root.version
    publishing.anchor = 70
    refused("has no root 70", repository.check, publishing.repo, {}, 70)


def test_a_folder_from_before_there_were_public_halves_works(acme, policy):
    """Names come from the private halves then."""
    publishing = publisher.read(acme)
    for name in publishing.key_names():
        if name != "exceptions":
            os.unlink(publishing.public(name))
    assert 2 == publish.release(publishing, policy).revision
    assert 2 == change(acme, roots.rotate, [("policy-3", "policy-4")], new=["policy-4"]).root.version


def test_equal_policies_give_equal_bytes(policy, tmp_path):
    """In another folder, by another process order, with other times of the files."""
    (tmp_path / "bundle.toml").write_text(POLICY)
    os.utime(tmp_path / "bundle.toml", (0, 0))
    assert policy == publish.build(str(tmp_path))
    assert policy.startswith(wire.MAGIC)


def test_one_person_changes_the_one_key(solo, policy):
    """All roles at once, exceptions too."""
    chain = change(solo, roots.rotate, [("solo", "solo-2")], new=["solo-2"])
    os.unlink(os.path.join(solo, "keys", "solo.pem"))
    assert (2, 2, ["solo-2"]) == (chain.root.version, chain.revision, publisher.read(solo).key_names())
    assert 3 == publish.release(publisher.read(solo), policy).revision


def test_who_enrols_may_trust_a_later_root(acme, tmp_path):
    """The one that is handed out as the anchor by now; no other."""
    change(acme, roots.renew)
    repo = publisher.read(acme).repo
    nowhere = places.Places(places.MANAGED, *[str(tmp_path / "none")] * 3)
    found = enroll(places.personal(str(tmp_path)), repo, sha256_hex(repository.root(repo, 2)), system=nowhere)
    assert ("acme", 1) == (found["org"], found["revision"])
    with pytest.raises(SignatureError, match=sha256_hex(repository.root(repo, 1))):
        enroll(places.personal(str(tmp_path)), repo, "0" * 64, system=nowhere)


def test_nothing_older_than_what_is_published_is_published(acme, policy):
    """Also where both verifiers would take it from a laptop that has seen nothing yet."""
    repo = publisher.read(acme).repo
    with open(os.path.join(repo, "timestamp.json"), "rb") as file:
        before = file.read()
    publish.release(publisher.read(acme), policy)
    with pytest.raises(RollbackError):
        repository.check(repo, {"timestamp.json": before})


def test_exceptions_that_their_key_has_not_signed_anew_are_told(acme):
    """Where the new key is elsewhere, the document goes along, lifts nothing, and the command says so."""
    publishing = publisher.read(acme)
    grants.republish(publishing, lambda: b"", revoke=["0123"])
    assert release.exceptions_hold(publishing)
    path = os.path.join(acme, "keys", "exceptions-2")
    roots.make_key(path, "ed25519", None)
    os.rename(f"{path}.pem", os.path.join(acme, "elsewhere"))
    change(acme, roots.rotate, [("exceptions", "exceptions-2")])
    assert not release.exceptions_hold(publishing)
    with pytest.raises(ConfigError, match=r"0 keys for exceptions .* exceptions-2"):
        grants.republish(publisher.read(acme), lambda: b"", revoke=["4567"])
    os.rename(os.path.join(acme, "elsewhere"), f"{path}.pem")
    grants.republish(publisher.read(acme), lambda: b"", revoke=["4567"])
    assert release.exceptions_hold(publishing)
    assert {"0123", "4567"} == set(grants.published(publishing).revoked)
