"""A courier who changes a stage on its way to its owners: what they sign is what they were shown, or they sign nothing.

The courier has no key of theirs. Whatever is changed, one of three holds: it is refused with a code that begins with `stage-`,
what is shown differs, or what would be signed is the same.
"""

import base64
import copy
import hashlib
import json
import re
import shutil

import pytest
from owners import Owners, write_policy
from securesystemslib.signer import CryptoSigner

from agentguard import jsontext
from agentguard.bundle import keys, metadata, publish, repository, review, roots, stage, stagetext
from agentguard.errors import ConfigError, WeakeningError
from agentguard.policy import stored, wire

STRANGER = CryptoSigner.generate_ed25519().public_key
RICH = """
[defaults]
possible = "ask"
[defaults.write]
unknown = "ask"
[audit]
mask = ["cwd"]
on_failure = "deny"
[exceptions]
max_days = 9
[roles.ops]
users = ["ann"]
[[rule]]
id = "srv/rich"
effect = "deny"
action = ["write"]
path = ["/srv/rich/**"]
not.roles = ["ops"]
possible = "ask"
severity = "high"
reason = "it is rich"
remedy = "ask for less"
owner = "ops"
tags = ["x"]
rollout = 50
cohort = "one"
[[rule.unless]]
path = ["/srv/rich/poor/**"]
"""


class Courier:
    """Who carries stages to Bob and changes them. `stages`: {name: JSON}; `at`: {name: Bob's folder when it comes}."""

    def __init__(self, folder):
        (folder / "owners").mkdir()
        self.owners = owners = Owners(folder / "owners")
        rich, self.path = folder / "rich", str(folder / "carried.stage")
        rich.mkdir()
        (rich / "bundle.toml").write_text(f'schema = 1\nname = "tiny"\nmode = "enforce"\n{RICH}')
        nothing = Owners.copied(owners.folder, folder / "nothing")
        shutil.rmtree(folder / "nothing/bob/repo")
        self.stages, self.at, self.honest = {}, {}, {}
        self.take("first root", nothing, str(owners.folder / "server" / publish.FIRST))
        self.take("first policy", Owners.copied(owners.folder, folder / "before"), owners.stage("ann", str(rich)))
        owners.first(write_policy(folder / "policy", "a"))
        roots.make_key(str(owners.folder / "server/keys/policy-3"), "ed25519", None)
        owners.spread()
        self.take("policy", owners, owners.stage("ann", str(rich), allow_weakening=True))
        self.take("renewal", owners, owners.change("server", roots.renew))
        self.take("rotation", owners, owners.change("server", roots.rotate, [("policy-1", "policy-3")]))

    def take(self, name, owners, path):
        with open(path, "rb") as file:
            self.stages[name] = json.load(file)
        self.at[name] = owners.at("bob"), owners.ring("bob")
        self.honest[name] = self.shown(name, self.stages[name])

    def shown(self, name, value, *, allow_weakening=True):
        """Return (what Bob is shown, without the digest; what he would sign). Raises what refuses it."""
        with open(self.path, "w") as file:
            json.dump(value, file)
        publishing, ring = self.at[name]
        staged = stage.load(self.path)
        change = review.review(publishing, staged, self.path, allow_weakening=allow_weakening)
        lines = [line for line in stagetext.lines(publishing, staged, ring) if not line.startswith("sha256")]
        signed = [metadata.canonical(metadata.read(role, data).signed) for role, data in staged.documents.items()]
        return [*lines, stagetext.policy(staged, change)], signed

    def answer(self, name, value):
        """Return the code of what refuses a stage, which has to be one of a stage's own, else "" and what `shown` returns."""
        try:
            return "", *self.shown(name, value)
        except ConfigError as error:
            if not error.code.startswith(("stage-", "clock")):
                raise
            return error.code, None, None


@pytest.fixture(scope="module")
def courier(tmp_path_factory):
    return Courier(tmp_path_factory.mktemp("courier"))


def swapped(role, keyid=None):
    """Put a stranger's key under the id of one of a role's, or under another id."""

    def change(value):
        if role == "exceptions":
            of = value["targets"]["signed"]["delegations"]
            found = of["roles"][0]["keyids"][0]
        else:
            of = value["root"]["signed"]
            found = of["roles"][role]["keyids"][0]
        of["keys"][found]["keyval"] = STRANGER.keyval if keyid is None else keyid(of["keys"][found]["keyval"])

    return change


def respelled(value):
    """Write a key in another way, under the id that follows from that."""
    root = value["root"]["signed"]
    old = root["roles"]["root"]["keyids"][0]
    key = root["keys"].pop(old)
    key["keyval"]["public"] = key["keyval"]["public"].upper()
    new = hashlib.sha256(metadata.canonical(key)).hexdigest()
    root["keys"][new] = key
    root["roles"]["root"]["keyids"][0] = new


def entry(value):
    return value["targets"]["signed"]["targets"]["policy.json"]


def other_policy(value, policy=None, *, keep=False):
    """Have another policy signed; `keep`: and carry it along."""
    policy = policy or publish.build("observe", mode="observe")
    entry(value).update(length=len(policy), hashes={"sha256": hashlib.sha256(policy).hexdigest()})
    value.pop("policy", None)
    value.pop("because", None)
    if keep:
        value["policy"] = base64.b64encode(policy).decode()


def of_data(change, *, by_hand=False):
    """Change the compiled policy as JSON, and have it signed: stored as it should be, or as the compiler writes it."""

    def changed(value):
        data = stored.read(base64.b64decode(value["policy"]))
        change(data)
        other_policy(value, jsontext.canonical(data) if by_hand else wire.pack(data), keep=True)

    return changed


def unlisted(value):
    """Empty the index of the stored policy: all rules are there, and a hook would never find them."""
    head, _, rest = base64.b64decode(value["policy"]).partition(b"\n")[2].partition(b"\n")
    length = json.loads(head)["index"]
    index = re.sub(rb"(?m)^\d+(,\d+)*$", lambda found: b"1" * len(found[0]), rest[:length])
    assert index != rest[:length]
    other_policy(value, b"\n".join((stored.MAGIC, head, index + rest[length:])), keep=True)


def signed_by(role, **fields):
    return lambda value: value["root"]["signed"]["roles"][role].update(fields)


def dated(role, when):
    return lambda value: value[role]["signed"].update(expires=when)


def custom(**fields):
    return lambda value: entry(value)["custom"].update(fields)


KEY = "which is not the id of that key"
ATTACKS = [
    ("first root", "a root key under the id of an owner's", swapped("root"), KEY),
    ("renewal", "a policy key under the id of an owner's", swapped("targets"), KEY),
    ("renewal", "the online key under its id", swapped("timestamp"), KEY),
    ("rotation", "the key of exceptions under its id", swapped("exceptions"), KEY),
    ("renewal", "more than a key under an id", swapped("root", lambda val: {**val, "more": 1}), KEY),
    ("renewal", "one key in two spellings", respelled, KEY),
    ("policy", "another policy, not sent along", other_policy, "is not the published policy, and holds no other"),
    ("rotation", "another policy in a rotation", other_policy, "is not the published policy, and holds no other"),
    ("rotation", "another length", lambda value: entry(value).update(length=1), "is not the published policy"),
    ("first policy", "no policy at all", lambda value: value.pop("policy") and value.pop("because"), "published policy"),
    ("policy", "another policy sent along", lambda value: entry(value).update(length=1), "is not the policy in it"),
    ("renewal", "a policy for nobody", lambda value: value.update(policy="eA=="), "a policy that nobody is to sign"),
    ("policy", "the policy under another name", custom(bundle="other"), "another name than the policy itself"),
    ("rotation", "the policy under another name", custom(bundle="other"), "another name than the policy itself"),
    ("policy", "issued in the future", custom(issued="2031-01-01T00:00:00Z"), "says that it was issued at 2031"),
    ("policy", "issued long ago", custom(issued="2020-01-01T00:00:00Z"), "says that it was issued at 2020"),
    ("policy", "expired before it begins", dated("targets", "2026-01-01T00:00:00Z"), "has expired already"),
    ("renewal", "expired before it begins", dated("root", "2026-01-01T00:00:00Z"), "has expired already"),
    ("first root", "expired before it begins", dated("root", "2026-01-01T00:00:00Z"), "has expired already"),
    ("policy", "grace for ever", custom(grace_days=10**9), "days of grace are not 0 to 30"),
    ("policy", "records sent elsewhere in the clear", custom(collector={"url": "http://x", "receipt_keys": []}), "https"),
    ("policy", "a collector of more", custom(collector={"url": "", "receipt_keys": [], "x": 1}), "is not a url and"),
    ("renewal", "more signers than keys", signed_by("timestamp", threshold=3), "3 keys sign timestamp and names 1"),
    ("policy", "exceptions that nobody can grant", lambda value: value["targets"]["signed"]["delegations"]["roles"][0]
     .update(threshold=2), "2 keys sign exceptions and names 1"),
    ("rotation", "the policy left with its old owners", lambda value: value.pop("targets"), "does not have them sign"),
    ("policy", "an index that hides rules", unlisted, "not what the compiler writes for its rules"),
    ("policy", "a rule that counts for no action", of_data(lambda data: data["by_action"].update(write=[])),
     "not what the compiler writes for its rules"),
    ("policy", "the same, as JSON", of_data(lambda data: data["by_action"].update(write=[]), by_hand=True),
     "not what the compiler writes for its rules"),
    ("policy", "for laptops that do not know it", of_data(lambda data: data.update(min_client="0.0.1")),
     "not what the compiler writes for its rules"),
    ("policy", "a field more around it", lambda value: value["targets"].update(x=1), "says more or other"),
    ("policy", "a field more in the file", lambda value: value.update(x=1), "'x' has no place in it"),
    ("policy", "reasons of another form", lambda value: value.update(because=5), "because is not a list of"),
    ("policy", "no delegations", lambda value: value["targets"]["signed"].update(delegations=None), "delegations"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "what", "change", "words"), ATTACKS, ids=lambda one: one if isinstance(one, str) else ""
)
def test_what_is_not_shown_is_not_signed(courier, name, what, change, words):
    """Each of these was meant to be signed by owners who see nothing of it."""
    value = copy.deepcopy(courier.stages[name])
    change(value)
    with pytest.raises(ConfigError, match=re.escape(words)) as caught:
        courier.shown(name, value)
    assert caught.value.code.startswith("stage-")
    assert caught.value.hint


def test_nothing_is_cut_from_what_is_shown_and_nothing_drawn_into_it(courier):
    """All entries that a rule gains, however many, and whole texts; what would move the cursor or begin a line is escaped."""
    publishing, _ring = courier.at["policy"]
    data = stored.read(repository.published(publishing.repo)[0])
    more = [*(f"/srv/{number}/**" for number in range(20)), "/x\x1b[2K\n  + srv/z  deny"]
    data["sets"][0]["values"] += more
    data["rules"][0]["reason"] = reason = "because " * 20
    value = copy.deepcopy(courier.stages["policy"])
    other_policy(value, wire.pack(data), keep=True)
    (line,) = [one for one in courier.shown("policy", value)[0][-1].split("\n") if one.startswith("  ~ srv/a")]
    assert all(f'"{one}"' in line for one in more[:-1])
    assert reason in line
    assert r'"/x\x1b[2K\n  + srv/z  deny"' in line


def test_fewer_signatures_have_to_be_allowed(courier):
    """A root that one owner alone could follow up is a weakening, and named as one."""
    value = copy.deepcopy(courier.stages["renewal"])
    signed_by("root", threshold=1)(value)
    with pytest.raises(WeakeningError, match="root: 1 of 2 instead of 2") as caught:
        courier.shown("renewal", value, allow_weakening=False)
    assert "root" == caught.value.weakenings[0]["key"]
    assert "  + root: 1 of 2: root-1, root-2" in courier.shown("renewal", value)[0]


def test_keys_that_come_and_go_are_shown_by_their_ids(courier):
    """Also under a name that an owner knows: what is compared is the id."""
    publishing, ring = courier.at["rotation"]
    told = courier.honest["rotation"][0]
    for sign, name in (("-", "policy-1"), ("+", "policy-3")):
        assert f"  {sign} key {name}: ed25519 {ring.public(name).keyid}" in told
    assert 7 == sum(line.startswith("  + key ") for line in courier.honest["first root"][0]) + 2
    keys.save_public(publishing.public("policy-9"), STRANGER)
    value = json.loads(json.dumps(courier.stages["rotation"]).replace(ring.public("policy-3").keyid, STRANGER.keyid))
    value["root"]["signed"]["keys"][STRANGER.keyid] = STRANGER.to_dict()
    assert any(STRANGER.keyid in line for line in courier.shown("rotation", value)[0])


def test_whose_root_it_is_is_shown(courier, tmp_path):
    """The courier carries publisher.toml, too: an organisation that is another in both is one that owners read."""
    assert "  + org: acme" in courier.honest["first root"][0]
    owners, value = Owners.copied(courier.owners.folder, tmp_path / "owners"), copy.deepcopy(courier.stages["renewal"])
    settings = tmp_path / "owners/bob/publisher.toml"
    settings.write_text(settings.read_text().replace('org = "acme"', 'org = "evil"'))
    courier.at["elsewhere"] = owners.at("bob"), owners.ring("bob")
    value["root"]["signed"]["org"] = "evil"
    assert {"  - org: acme", "  + org: evil"} <= set(courier.shown("elsewhere", value)[0])


def test_what_a_stage_is_compared_with_is_signed_from_the_first_root_on(courier, tmp_path):
    """The courier carries Bob's copy of that, too, and could put keys and a policy there beforehand: they would be no news."""
    owners, value = Owners.copied(courier.owners.folder, tmp_path / "owners"), courier.stages["renewal"]
    path, (publishing, _ring) = tmp_path / "owners/bob/repo/1.root.json", courier.at["renewal"]
    courier.at["doctored"] = owners.at("bob"), owners.ring("bob")
    genuine = path.read_bytes()
    document = json.loads(genuine)
    document["signed"]["keys"][STRANGER.keyid] = STRANGER.to_dict()
    document["signed"]["roles"]["targets"]["keyids"][0] = STRANGER.keyid
    for doctored, words in (
        (document, "root 1 is not signed by its owners"),
        ({**document, "signatures": []}, "root 1"),
    ):
        path.write_text(json.dumps(doctored))
        with pytest.raises(ConfigError, match=words) as caught:
            courier.shown("doctored", value)
        assert "folder-foreign" == caught.value.code
    path.write_bytes(genuine)
    (policy,) = (tmp_path / "owners/bob/repo").glob("1.targets.json")
    policy.write_bytes(policy.read_bytes().replace(b'"grace_days":14', b'"grace_days":30'))
    with pytest.raises(ConfigError, match="its policy is not signed by its owners"):
        courier.shown("doctored", value)
    digest = hashlib.sha256(genuine).hexdigest()
    assert digest in stagetext.against(publishing)[0]
    review.published(publishing, digest)
    with pytest.raises(ConfigError, match=f"its root 1 has the SHA-256 {digest}"):
        review.published(publishing, "0" * 64)
    with pytest.raises(ConfigError, match="it has no root 1"):
        review.published(courier.at["first root"][0], digest)


@pytest.mark.parametrize("key_type", ["ed25519", "p256"])
def test_a_public_half_under_the_id_of_another_is_no_key(tmp_path, key_type):
    """The check that the ceremony asks for, by id, is one of the key."""
    mine, theirs = (keys.generate(key_type).public_key for _ in range(2))
    path = tmp_path / "cleo.pub"
    keys.save_public(str(path), mine)
    assert (mine, "") == keys.load_public(str(path))
    path.write_text(json.dumps({**json.loads(path.read_text()), "keyid": theirs.keyid}))
    with pytest.raises(ConfigError, match="and it holds another") as caught:
        keys.load_public(str(path))
    assert ("key-exchanged", True) == (caught.value.code, bool(caught.value.hint))


def places(value, path=()):
    """Yield the way to each value, the first of those that only differ in a key id or in where they stand in a list."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        yield (*path, key)
        yield from places(one, (*path, key))


def once(value):
    kinds = {}
    for path in places(value):
        kinds.setdefault(tuple(re.sub(r"^([0-9a-f]{64}|\d+)$", "#", str(key)) for key in path), path)
    return kinds.values()


def otherwise(old):
    """Yield values that could stand in the place of another: of each kind, and near ones."""
    yield from (None, 3, True, "x", [], [1], {}, {"x": 1})
    if isinstance(old, str):
        yield from (f"{old}x", old.swapcase(), re.sub(r"\d(?=\D*$)", lambda digit: str((int(digit[0]) + 1) % 10), old))
    elif isinstance(old, bool):
        yield not old
    elif isinstance(old, int):
        yield from (old + 1, -old, old + 0.5, 10**30)
    elif isinstance(old, list):
        yield from (old[1:], [*old, *old[:1]], [*old, None])
    elif isinstance(old, dict):
        yield from ({**old, "x": 1}, dict(list(old.items())[1:]))


def changed(value, path):
    """Yield a value with something else in one place, or nothing."""
    *way, last = path
    for new in [*otherwise(at(value, path)), ...]:
        twin = copy.deepcopy(value)
        holder = at(twin, way)
        if new is ...:
            del holder[last]
        else:
            holder[last] = new
        yield twin


def at(value, path):
    for key in path:
        value = value[key]
    return value


@pytest.mark.slow
@pytest.mark.parametrize("name", ["policy", "rotation"])
def test_whatever_is_changed_in_a_stage_is_refused_or_shown(courier, name):
    """Every value of the file in turn, in place of it null, a number, a list, nothing, something near."""
    told, signed = courier.honest[name]
    for path in once(courier.stages[name]):
        for value in changed(courier.stages[name], path):
            code, *found = courier.answer(name, value)
            assert code or found[0] != told or found[1] == signed, (path, at(value, path[:-1]))


@pytest.mark.slow
def test_whatever_is_changed_in_a_policy_is_refused_or_shown(courier):
    """Every value of the compiled policy in turn, though the courier has made all digests fit."""
    data = stored.read(base64.b64decode(courier.stages["policy"]["policy"]))
    for path in once(data):
        for twin in changed(data, path):
            value = copy.deepcopy(courier.stages["policy"])
            other_policy(value, json.dumps(twin).encode(), keep=True)
            code, told, _signed = courier.answer("policy", value)
            assert code or told != courier.honest["policy"][0], (path, at(twin, path[:-1]))
