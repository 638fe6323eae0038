"""`scripts/tuf-client`: what the public conformance suite asks of a client, over real processes and a server that lies.

Most cases run in this process; each command runs as a process of its own once. What concerns keys stands in
test_bundle_rotations.py, what concerns delegated roles in test_bundle_delegations.py.
"""

import datetime as dt
import hashlib
import json
import subprocess
import sys

import pytest
from conforming import CLIENT, SCRIPTS, World
from liar import now
from tuf.api.metadata import TargetFile

PAST = now() - dt.timedelta(days=1)
ROLES = ("root", "timestamp", "snapshot", "targets")


def test_each_command_is_a_process_of_its_own(make_repo, serve, tmp_path):
    """Init, refresh and download end with 0; a target that is not there ends with 1 and says so."""
    code = f"import sys; sys.path.insert(0, {str(SCRIPTS)!r}); import _venv; _venv.ensure = lambda extras: None\n"
    code += f"import runpy; sys.argv[0] = {str(CLIENT)!r}; runpy.run_path(sys.argv[0], run_name='__main__')"

    def process(argv):
        done = subprocess.run([sys.executable, "-c", code, *argv], capture_output=True, text=True, check=False)
        assert "Traceback" not in done.stderr
        return done.returncode, done.stderr

    world = World(make_repo(), serve, tmp_path, process)
    assert (0, "") == world("init")
    assert [] == world.requests
    assert (0, "") == world("refresh")
    assert ["2.root.json", "timestamp.json", "1.snapshot.json", "1.targets.json"] == world.requests
    assert dict.fromkeys(ROLES, 1) == world.trusted
    assert (0, "") == world("download", "policy.json")
    assert [world.repo.policy] == world.downloaded()
    code_, said = world("download", "nothing")
    assert (1, "download: the bundle holds no nothing\n") == (code_, said)


@pytest.mark.parametrize(
    "argv",
    [
        [],
        ["refresh"],
        ["--metadata-dir", "{d}", "refresh"],
        ["--metadata-dir", "{d}", "init"],
        ["--metadata-dir", "{d}", "init", "{d}/none"],
    ],
)
def test_wrong_command_line_ends_with_1(tuf_client, tmp_path, argv, capsys):
    """There is no other exit code, and one line says why."""
    assert 1 == tuf_client([part.format(d=tmp_path) for part in argv])
    assert capsys.readouterr().err


@pytest.mark.parametrize("spoil", [lambda root: root["signed"].pop("version"), lambda root: root["signatures"].clear()])
def test_anchor_that_is_none_is_refused_before_anything_is_asked(world, spoil):
    """Without a start of trust there is nothing to ask."""
    root = json.loads(world.repo.anchor)
    spoil(root)
    world.repo.files["1.root.json"] = json.dumps(root).encode()
    world("init")
    assert 1 == world("refresh")
    assert [] == world.requests


def test_every_run_starts_from_the_anchor(world):
    """A root that somebody put into the folder is not trusted for lying there."""
    world("init")
    stranger = world.repo.copy()
    stranger.signers["root"] = [stranger.key("x1"), stranger.key("x2")]
    stranger.rotate()
    (world.metadata / "root.json").write_bytes(stranger.files["2.root.json"])
    assert 0 == world("refresh")
    assert 1 == world.trusted["root"]


def test_what_is_current_is_not_fetched_again(world):
    """A second run asks for a newer root and the timestamp; a timestamp of the same version changes nothing."""
    world("init")
    world("download", "policy.json")
    assert 0 == world("download", "policy.json")
    assert ["2.root.json", "timestamp.json"] == world.requests
    first = (world.metadata / "timestamp.json").read_bytes()
    twin = world.repo.copy()
    twin.versions["timestamp"] -= 1
    twin.publish()
    world.repo.files["timestamp.json"] = twin.files["timestamp.json"]
    assert 0 == world("refresh")
    assert ["2.root.json", "timestamp.json"] == world.requests
    assert first == (world.metadata / "timestamp.json").read_bytes()


def test_replaced_target_is_not_kept(world):
    """Other bytes under a name that is announced are not stored, and what is there stays."""
    world("init")
    name = next(name for name in world.repo.files if name.startswith("targets/"))
    good = world.repo.files[name]
    world.repo.files[name] = b"x" * len(good)
    assert 1 == world("download", "policy.json")
    assert [] == world.downloaded()
    world.repo.files[name] = good
    assert 0 == world("download", "policy.json")
    world.repo.files[name] = b"x" * len(good)
    assert 0 == world("download", "policy.json")
    assert [good] == world.downloaded()


# What becomes of one repository, step by step, after a first refresh. Each step: (what is done to it, the exit code of the
# refresh after it, what is trusted then: the versions of root, timestamp, snapshot and targets).
def newer(repo):
    repo.publish()


def unsigned(role):
    return lambda repo: repo.publish(**{f"{role}_by": []})


def expired(*roles):
    """Let these roles expire, and publish; those that expired before are renewed."""

    def change(repo):
        repo.expires = {role: PAST if role in roles else now() + dt.timedelta(days=9) for role in repo.expires}
        if "root" in roles:
            repo.rotate()
        else:
            repo.publish()

    return change


def renewed(repo):
    repo.expires["root"] = now() + dt.timedelta(days=9)
    repo.rotate()


def claimed(role, **claims):
    """Publish with an announcement of the role's file that is not true."""

    def change(repo):
        repo.claims = {role: claims}
        repo.publish()

    return change


def missing(name):
    def change(repo):
        repo.publish()
        del repo.files[name]

    return change


def misnamed(role):
    """Serve a file of version 3 where 2 is announced; its length and hash are as announced."""

    def change(repo):
        repo.versions[role] += 1
        repo.claims = {role: {"version": 2}}
        if role == "root":
            repo.rotate()
        else:
            repo.publish()
        repo.files[f"2.{role}.json"] = repo.files.pop(f"3.{role}.json")

    return change


def rolled_back(role, keys=()):
    """Publish with the role's first version again; the roles in `keys` get a new key before that."""

    def change(repo):
        for name in keys:
            repo.signers[name] = [repo.key(f"new-{name}")]
        if keys:
            repo.rotate()
        repo.versions[role] = 0
        repo.publish()

    return change


def fast_forwarded(role):
    def change(repo):
        repo.versions[role] = 99
        repo.publish()

    return change


def snapshot_as_timestamp(repo):
    """Sign it with the key of both: all that is wrong is its type."""
    meta = {"snapshot.json": {"version": 1}}
    repo.resign("1.snapshot.json", lambda signed: signed.update(version=2, meta=meta), repo.signers["timestamp"])
    repo.files["timestamp.json"] = repo.files["1.snapshot.json"]


def unknown_fields(repo):
    """The root, a key and a role have fields that nobody knows, one of them from before the specification."""

    def add(signed):
        signed["later"] = {"a": ["é", 1, None]}
        next(iter(signed["keys"].values())).update(keyid_hash_algorithms=["md5"], later={"b": 2})
        signed["roles"]["root"]["later"] = "value"

    repo.rotate()
    repo.resign("2.root.json", add, repo.signers["root"])
    repo.publish()


def signature_twice(repo):
    repo.publish()
    document = json.loads(repo.files["timestamp.json"])
    document["signatures"] *= 2
    repo.files["timestamp.json"] = json.dumps(document).encode()


STORIES = {
    "nothing new": [(lambda _repo: None, 0, (1, 1, 1, 1))],
    "everything new": [(newer, 0, (1, 2, 2, 2)), (newer, 0, (1, 3, 3, 3))],
    "unknown fields": [(unknown_fields, 0, (2, 2, 2, 2))],
    "timestamp unsigned": [(unsigned("timestamp"), 1, (1, 1, 1, 1))],
    "snapshot unsigned": [(unsigned("snapshot"), 1, (1, 2, 1, 1))],
    "targets unsigned": [(unsigned("targets"), 1, (1, 2, 2, 1)), (newer, 0, (1, 3, 3, 3))],
    "one signature twice": [(signature_twice, 1, (1, 1, 1, 1))],
    "root expired, then renewed": [(expired("root"), 1, (2, 1, 1, 1)), (renewed, 0, (3, 1, 1, 1))],
    "timestamp expired, then renewed": [(expired("timestamp"), 1, (1, 1, 1, 1)), (expired(), 0, (1, 3, 3, 3))],
    "snapshot expired, then renewed": [(expired("snapshot"), 1, (1, 2, 1, 1)), (expired(), 0, (1, 3, 3, 3))],
    "targets expired, then renewed": [(expired("targets"), 1, (1, 2, 2, 1)), (expired(), 0, (1, 3, 3, 3))],
    "timestamp missing": [(missing("timestamp.json"), 1, (1, 1, 1, 1))],
    "snapshot missing": [(missing("2.snapshot.json"), 1, (1, 2, 1, 1))],
    "targets missing": [(missing("2.targets.json"), 1, (1, 2, 2, 1))],
    "root of another version": [(misnamed("root"), 1, (1, 1, 1, 1))],
    "snapshot of another version": [(misnamed("snapshot"), 1, (1, 2, 1, 1))],
    "targets of another version": [(misnamed("targets"), 1, (1, 2, 2, 1))],
    "snapshot of another hash": [(claimed("snapshot", hashes={"sha256": "0" * 64}), 1, (1, 2, 1, 1))],
    "targets of another hash": [(claimed("targets", hashes={"sha256": "0" * 64}), 1, (1, 2, 2, 1))],
    "snapshot longer than announced": [(claimed("snapshot", length=9), 1, (1, 2, 1, 1))],
    "without lengths and hashes": [(claimed("snapshot", length=None, hashes=None), 0, (1, 2, 2, 2))],
    "snapshot in place of the timestamp": [(snapshot_as_timestamp, 1, (1, 1, 1, 1))],
    "timestamp rolled back": [(newer, 0, (1, 2, 2, 2)), (rolled_back("timestamp"), 1, (1, 2, 2, 2))],
    "snapshot rolled back": [(newer, 0, (1, 2, 2, 2)), (rolled_back("snapshot"), 1, (1, 2, 2, 2))],
    "targets rolled back": [(newer, 0, (1, 2, 2, 2)), (rolled_back("targets"), 1, (1, 3, 2, 2))],
    "timestamp fast-forwarded, then its key rotated": [
        (fast_forwarded("timestamp"), 0, (1, 100, 2, 2)),
        (rolled_back("timestamp", ["timestamp"]), 0, (2, 1, 3, 3)),
    ],
    "snapshot fast-forwarded, then both keys rotated": [
        (fast_forwarded("snapshot"), 0, (1, 2, 100, 2)),
        (rolled_back("snapshot", ["snapshot", "timestamp"]), 0, (2, 3, 1, 3)),
    ],
    "targets fast-forwarded, then the snapshot's key rotated": [
        (fast_forwarded("targets"), 0, (1, 2, 2, 100)),
        (rolled_back("targets", ["snapshot"]), 0, (2, 3, 3, 1)),
    ],
}


@pytest.mark.parametrize("steps", STORIES.values(), ids=STORIES)
def test_trust_goes_as_far_as_what_is_good(world, steps):
    """What came before a fault is kept, what comes behind it is not trusted, and a good state after it is taken."""
    world("init")
    assert 0 == world("refresh")
    for change, code, versions in steps:
        change(world.repo)
        assert (code, versions) == (world("refresh"), tuple(world.trusted[role] for role in ROLES))


def test_what_is_served_is_what_is_kept(world):
    """Byte for byte: nothing is written anew, or hashes would no longer fit. A download brings the metadata too."""
    world.repo.files["timestamp.json"] += b" "
    world("init")
    assert 1 == world("download", "nothing")
    served = {role: world.repo.files["timestamp.json" if role == "timestamp" else f"1.{role}.json"] for role in ROLES}
    assert served == {path.stem: path.read_bytes() for path in world.metadata.glob("*.json")}


def test_timestamp_that_has_expired_meanwhile_still_counts(world):
    """A newer one is taken, an older one is not."""
    world("init")
    assert 0 == world("refresh")
    world.repo.versions["timestamp"] = 8
    twin = world.repo.copy()
    twin.expires["timestamp"] = PAST
    twin.publish()
    kept = world.metadata / "timestamp.json"
    kept.write_bytes(twin.files["timestamp.json"])
    assert 1 == world("refresh")
    assert 9 == world.trusted["timestamp"]
    world.repo.versions["timestamp"] = 9
    world.repo.publish()
    assert 0 == world("refresh")
    assert 10 == world.trusted["timestamp"]


@pytest.mark.parametrize(
    ("hashes", "code"), [(["sha256"], 0), (["sha512"], 0), (["sha256", "sha512"], 0), (["unknown"], 1)], ids=str
)
def test_target_is_known_by_its_hashes(world, hashes, code):
    """In a folder of its own; a hash of a kind that nobody knows is none."""
    known = {name: hashlib.new(name, b"inner").hexdigest() for name in hashes if name != "unknown"}
    target = TargetFile(5, known or {"unknown": hashlib.sha512(b"inner").hexdigest()}, "a/b/c.txt")
    world.repo.publish(change=lambda targets: targets.targets.update({target.path: target}))
    for value in target.hashes.values():
        world.repo.files[f"targets/a/b/{value}.c.txt"] = b"inner"
    world("init")
    assert (code, [] if code else [b"inner"]) == (world("download", target.path), world.downloaded())


def test_target_that_changes_takes_the_place_of_the_one_before(world):
    """One file for each name, with what the newest metadata says of it."""
    world("init")
    for number in range(3):
        world.repo.policy = b"%d" % number
        world.repo.publish()
        assert 0 == world("download", "policy.json")
        assert [world.repo.policy] == world.downloaded()


def test_targets_come_in_order_up_to_the_first_that_is_refused(world):
    """One client for all that are named."""
    world("init")
    assert 1 == world("download", "policy.json", "nothing", "policy.json")
    assert [world.repo.policy] == world.downloaded()
    assert 0 == world("download", "policy.json", "policy.json")
    assert ["2.root.json", "timestamp.json"] == world.requests
