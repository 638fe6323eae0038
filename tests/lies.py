"""What a publisher or somebody on the way to a laptop can do to a repository, each as a function of it.

A function changes the repository (`liar.Repo`); it returns the records of a seal where they are not simply those of its
new state.
"""

import datetime as dt
import hashlib
import json

from liar import now

from agentguard import jsontext

PAST = now() - dt.timedelta(days=1)


def changed(repo, name, change, signers):
    repo.resign(name, change, signers)
    return repo.records()


def nothing(repo):
    """Nothing wrong."""


def newer(repo):
    repo.publish()


def rotated(repo):
    repo.signers["targets"] = [repo.key("new"), *repo.signers["targets"][:2]]
    repo.rotate()
    repo.publish()


def root_keys_rotated(repo):
    before = repo.signers["root"]
    repo.signers["root"] = [repo.key("n1"), repo.key("n2")]
    repo.rotate(signed_by=before)
    repo.publish()


def root_not_signed_by_predecessor(repo):
    repo.signers["root"] = [repo.key("n1"), repo.key("n2")]
    repo.rotate()
    repo.publish()


def root_not_signed_by_itself(repo):
    before = repo.signers["root"]
    repo.signers["root"] = [repo.key("n1"), repo.key("n2"), repo.key("n3")]
    repo.rotate(signed_by=before)
    document = json.loads(repo.files["2.root.json"])
    ids = {signer.public_key.keyid for signer in before}
    document["signatures"] = [sig for sig in document["signatures"] if sig["keyid"] in ids]
    repo.files["2.root.json"] = json.dumps(document).encode()


def anchor_signed_by_too_few(repo):
    document = json.loads(repo.anchor)
    document["signatures"] = document["signatures"][:1]
    repo.files["1.root.json"] = json.dumps(document).encode()


def root_skips_a_version(repo):
    repo.rotate(steps=2)


def root_of_another_version(repo):
    repo.rotate()
    records = repo.records()
    records["root/3"] = records["root/2"]
    return records


def last_root_expired(repo):
    repo.expires["root"] = PAST
    repo.rotate()
    repo.publish()


def targets_signed_by_too_few(repo):
    repo.publish(targets_by=repo.signers["targets"][:1])


def targets_signed_by_keys_of_other_roles(repo):
    repo.publish(targets_by=[*repo.signers["targets"][:1], *repo.signers["snapshot"], *repo.signers["root"]])


def timestamp_signed_by_policy_keys(repo):
    repo.publish(timestamp_by=repo.signers["targets"])


def root_signed_by_keys_of_other_roles(repo):
    repo.rotate(by=[*repo.signers["root"][:1], *repo.signers["targets"], *repo.signers["snapshot"]])


def targets_signed_by_retired_keys(repo):
    before = repo.signers["targets"]
    repo.signers["targets"] = [repo.key("n1"), repo.key("n2"), repo.key("n3")]
    repo.rotate()
    repo.publish(targets_by=before)


def snapshot_signed_by_nobody(repo):
    repo.publish(snapshot_by=[])


def timestamp_signed_by_stranger(repo):
    repo.publish(timestamp_by=[repo.key("stranger")])


def timestamp_expired(repo):
    repo.expires["timestamp"] = PAST
    repo.publish()


def snapshot_expired(repo):
    repo.expires["snapshot"] = PAST
    repo.publish()


def targets_expired(repo):
    repo.expires["targets"] = PAST
    repo.publish()


def old_snapshot_with_new_timestamp(repo):
    old = repo.records()
    repo.publish()
    return {**repo.records(), "snapshot": old["snapshot"]}


def old_targets_with_new_snapshot(repo):
    old = repo.records()
    repo.publish()
    return {**repo.records(), "targets": old["targets"]}


def old_policy_with_new_targets(repo):
    old = repo.records()
    repo.policy = jsontext.canonical({"schema": 1, "name": "baseline", "rules": []})
    repo.publish()
    return {**repo.records(), "policy": old["policy"]}


def snapshot_hash_differs(repo):
    repo.claims["snapshot"] = {"hashes": {"sha256": "0" * 64}}
    repo.publish()


def snapshot_length_differs(repo):
    repo.claims["snapshot"] = {"length": 3}
    repo.publish()


def snapshot_version_differs(repo):
    repo.claims["snapshot"] = {"version": 9}
    repo.publish()


def targets_hash_differs(repo):
    repo.claims["targets"] = {"hashes": {"sha256": "0" * 64}}
    repo.publish()


def targets_version_differs(repo):
    repo.claims["targets"] = {"version": 9}
    repo.publish()


def policy_hash_differs(repo):
    repo.claims["policy"] = {"hashes": {"sha256": "0" * 64}}
    repo.publish()


def policy_length_differs(repo):
    repo.claims["policy"] = {"length": 3}
    repo.publish()


def policy_cut_off(repo):
    return {**repo.records(), "policy": repo.policy[:-1]}


def timestamp_cut_off(repo):
    return {**repo.records(), "timestamp": repo.files["timestamp.json"][:-1]}


def timestamp_in_place_of_snapshot(repo):
    return {**repo.records(), "snapshot": repo.files["timestamp.json"]}


def no_policy(repo):
    def drop(signed):
        signed["targets"]["other.json"] = signed["targets"].pop("policy.json")

    name = f"{repo.versions['targets']}.targets.json"
    repo.resign(name, drop, repo.signers["targets"])
    data = repo.files[name]
    repo.publish()
    repo.files[f"{repo.versions['targets']}.targets.json"] = data


def version_zero(repo):
    return changed(repo, "timestamp.json", lambda signed: signed.update(version=0), repo.signers["timestamp"])


def version_as_text(repo):
    return changed(repo, "timestamp.json", lambda signed: signed.update(version="1"), repo.signers["timestamp"])


def spec_version_two(repo):
    return changed(repo, "timestamp.json", lambda signed: signed.update(spec_version="2.0"), repo.signers["timestamp"])


def date_without_zone(repo):
    return changed(
        repo, "timestamp.json", lambda signed: signed.update(expires="2099-01-01T00:00:00"), repo.signers["timestamp"]
    )


def date_that_does_not_exist(repo):
    return changed(
        repo, "timestamp.json", lambda signed: signed.update(expires="2099-02-30T00:00:00Z"), repo.signers["timestamp"]
    )


def unknown_field(repo):
    return changed(
        repo, "timestamp.json", lambda signed: signed.update(later={"a": ["é", 1, None]}), repo.signers["timestamp"]
    )


def another_file_in_the_timestamp(repo):
    def add(signed):
        signed["meta"]["other.json"] = signed["meta"]["snapshot.json"]

    return changed(repo, "timestamp.json", add, repo.signers["timestamp"])


def signature_twice(repo):
    document = json.loads(repo.files["timestamp.json"])
    document["signatures"] *= 2
    return {**repo.records(), "timestamp": json.dumps(document).encode()}


def signature_not_hex(repo):
    document = json.loads(repo.files["timestamp.json"])
    document["signatures"][0]["sig"] = "zz"
    return {**repo.records(), "timestamp": json.dumps(document).encode()}


def threshold_zero(repo):
    repo.rotate()

    def lower(signed):
        signed["roles"]["targets"]["threshold"] = 0

    return changed(repo, "2.root.json", lower, repo.signers["root"])


def role_names_one_key_twice(repo):
    repo.rotate()

    def double(signed):
        signed["roles"]["targets"]["keyids"] += signed["roles"]["targets"]["keyids"][:1]

    return changed(repo, "2.root.json", double, repo.signers["root"])


def fifth_role(repo):
    repo.rotate()
    return changed(
        repo,
        "2.root.json",
        lambda signed: signed["roles"].update(x={"keyids": [], "threshold": 1}),
        repo.signers["root"],
    )


def key_of_unknown_type(repo):
    repo.rotate()

    def replace(signed):
        key = next(iter(signed["keys"].values()))
        key["keytype"] = key["scheme"] = "rot13"

    return changed(repo, "2.root.json", replace, repo.signers["root"])


def key_of_another_scheme(repo):
    """An Ed25519 key that says it signs by ECDSA, or the other way round."""
    repo.rotate()

    def replace(signed):
        schemes = ["ed25519", "ecdsa-sha2-nistp256"]
        key = signed["keys"][signed["roles"]["targets"]["keyids"][0]]
        key["scheme"] = schemes[key["scheme"] == schemes[0]]

    return changed(repo, "2.root.json", replace, repo.signers["root"])


def _keyid(repo, role):
    return repo.signers[role][0].public_key.keyid.encode()


def key_under_any_id(repo):
    """TUF lets an id be any text (TAP 12): laptops count keys, and that an id is a digest is for who signs a root to see."""
    repo.rotate()

    def rename(signed):
        role = signed["roles"]["timestamp"]
        signed["keys"]["any text"] = signed["keys"][role["keyids"][0]]
        role["keyids"] = ["any text"]

    records = changed(repo, "2.root.json", rename, repo.signers["root"])
    return {**records, "timestamp": repo.files["timestamp.json"].replace(_keyid(repo, "timestamp"), b"any text")}


# What both verifiers accept (True) and refuse (False).
AGREED = {
    True: (nothing, newer, rotated, root_keys_rotated, unknown_field, key_under_any_id),
    False: (
        root_not_signed_by_predecessor, root_not_signed_by_itself, anchor_signed_by_too_few, root_skips_a_version,
        root_of_another_version, last_root_expired, targets_signed_by_too_few, targets_signed_by_keys_of_other_roles,
        timestamp_signed_by_policy_keys, root_signed_by_keys_of_other_roles, targets_signed_by_retired_keys,
        snapshot_signed_by_nobody, timestamp_signed_by_stranger, timestamp_expired, snapshot_expired, targets_expired,
        old_snapshot_with_new_timestamp, old_targets_with_new_snapshot, old_policy_with_new_targets,
        snapshot_hash_differs, snapshot_length_differs, snapshot_version_differs, targets_hash_differs,
        targets_version_differs, policy_hash_differs, policy_length_differs, policy_cut_off, timestamp_cut_off,
        timestamp_in_place_of_snapshot, no_policy, version_zero, version_as_text, spec_version_two, date_without_zone,
        date_that_does_not_exist, signature_twice, signature_not_hex, threshold_zero, role_names_one_key_twice,
        fifth_role, key_of_unknown_type, key_of_another_scheme, another_file_in_the_timestamp,
    ),
}  # fmt: skip


# Where the hook's verifier is stricter than python-tuf.
def one_key_by_two_names(repo):
    """Let one public key stand in the root under two key ids, and sign with both."""

    def double(signed):
        keyid = signed["roles"]["targets"]["keyids"][0]
        signed["keys"]["other-name"] = signed["keys"][keyid]
        signed["roles"]["targets"]["keyids"] = [keyid, "other-name"]

    repo.rotate()
    repo.resign("2.root.json", double, repo.signers["root"])
    repo.publish(targets_by=repo.signers["targets"][:1])
    document = json.loads(repo.files["2.targets.json"])
    document["signatures"].append({**document["signatures"][0], "keyid": "other-name"})
    repo.files["2.targets.json"] = json.dumps(document).encode()
    data = repo.files["2.targets.json"]
    renamed(repo, "2.snapshot.json", "targets.json", data, repo.signers["snapshot"])
    renamed(repo, "timestamp.json", "snapshot.json", repo.files["2.snapshot.json"], repo.signers["timestamp"])


def renamed(repo, name, what, data, signers):
    """Sign a file again that names the length and hash of another one."""

    def change(signed):
        signed["meta"][what].update(length=len(data), hashes={"sha256": hashlib.sha256(data).hexdigest()})

    repo.resign(name, change, signers)


def two_meanings(repo):
    """One key comes twice in the JSON: readers differ on which counts."""
    data = repo.files["timestamp.json"].replace(b'"version":1', b'"version":7,"version":1')
    return {**repo.records(), "timestamp": data}


def no_length(repo):
    repo.claims["snapshot"] = {"length": None}
    repo.publish()


def no_hash(repo):
    repo.claims["targets"] = {"hashes": None}
    repo.publish()


def two_hashes(repo):
    """Both are right."""
    repo.claims["policy"] = {
        "hashes": {name: hashlib.new(name, repo.policy).hexdigest() for name in ("sha256", "sha512")}
    }
    repo.publish()


STRICTER = (one_key_by_two_names, two_meanings, no_length, no_hash, two_hashes)
SIGNATURES_ASIDE = (
    root_skips_a_version, root_of_another_version, old_snapshot_with_new_timestamp, old_targets_with_new_snapshot,
    old_policy_with_new_targets, snapshot_length_differs, snapshot_version_differs, targets_hash_differs, policy_cut_off,
    key_of_unknown_type, threshold_zero, no_policy,
)  # fmt: skip
