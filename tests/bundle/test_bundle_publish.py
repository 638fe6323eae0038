"""Making keys, publishing, and what a publisher is kept from doing."""

import copy
import itertools
import os
import shutil
import stat
import subprocess
import time
import tomllib

import pytest

from agentguard.bundle import fetch, files, inspect, keys, publish, publisher, repository
from agentguard.digest import sha256_hex
from agentguard.errors import BundleError, ConfigError, ExpiredError, PolicyError

RULE = """
[[rule]]
id = "secrets/file"
effect = "deny"
action = ["read"]
path = ["**/.env"]
reason = "a secret"
"""
CASE = """
[[case]]
name = "a secret"
tool = "Read"
input = {{ file_path = ".env" }}
expect = "{}"
"""


@pytest.fixture
def policy(tmp_path):
    """Give a policy source with one rule and one test of it."""
    folder = tmp_path / "policy"
    for name, text in (
        ("bundle.toml", 'schema = 1\nname = "tiny"\nmode = "enforce"\n'),
        ("rules/secrets.toml", RULE),
        ("tests/secrets.toml", CASE.format("deny")),
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


@pytest.fixture(params=["ed25519", "p256"])
def acme(request, tmp_path):
    """Give a publisher's folder for a team, once with each type of key."""
    publish.init(str(tmp_path / "acme"), "acme", key_type=request.param)
    return tmp_path / "acme"


def snapshot(folder):
    """Return every file of a folder with its bytes."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_team_gets_two_of_three(acme):
    """Root and policy take two of three keys, the online roles one; the first root is signed by all its keys."""
    made = publisher.read(str(acme))
    assert {"exceptions", "online", *(f"{role}-{n}" for role in ("root", "policy") for n in (1, 2, 3))} == set(
        made.key_names()
    )
    root = repository.latest_root(made.repo)
    thresholds = {name: (role["threshold"], len(role["keyids"])) for name, role in root.signed["roles"].items()}
    assert {"root": (2, 3), "targets": (2, 3), "snapshot": (1, 1), "timestamp": (1, 1)} == thresholds
    assert 3 == len(root.signatures)
    assert "acme" == root.signed["org"]


def test_one_person_gets_one_key(tmp_path):
    """`--solo` makes a single key for every role."""
    publish.init(str(tmp_path / "mine"), "me", solo=True)
    assert ["solo"] == publisher.read(str(tmp_path / "mine")).key_names()


def test_published_bundle_verifies(acme, policy):
    """What was published is what a laptop gets."""
    chain = publish.publish(str(policy), str(acme))
    assert ("acme", "tiny", 1) == (chain.org, chain.name, chain.revision)
    found = inspect.inspect(str(acme))
    assert ("tiny", 1, "fresh", chain.digest) == (found["name"], found["revision"], found["state"], found["digest"])


def test_each_publish_is_a_new_revision(acme, policy):
    """Revisions count up, old files stay for laptops that are in the middle of a fetch."""
    first = publish.publish(str(policy), str(acme), mode="observe")
    second = publish.publish(str(policy), str(acme))
    assert [1, 2] == [first.revision, second.revision]
    assert first.digest != second.digest
    names = {path.name for path in (acme / "repo").iterdir()}
    assert {
        "1.root.json",
        "timestamp.json",
        "1.targets.json",
        "2.targets.json",
        "1.snapshot.json",
        "2.snapshot.json",
        "targets",
    } == names


def test_same_source_gives_the_same_policy(acme, policy):
    """The policy's bytes depend on its source and on nothing else."""
    assert publish.publish(str(policy), str(acme)).digest == publish.publish(str(policy), str(acme)).digest


def test_settings_of_the_publisher_are_signed(acme, policy):
    """Grace and collector stand in the signed custom part."""
    made = publisher.read(str(acme))
    made.grace_days = 3
    made.collector = {"url": "https://audit.example.com", "receipt_keys": ["ab" * 32]}
    publisher.write(made)
    custom = publish.publish(str(policy), str(acme)).custom
    assert (3, made.collector) == (custom["grace_days"], custom["collector"])


def test_failing_test_stops_publishing(acme, policy):
    """A policy whose own test fails is not published, and nothing changes."""
    (policy / "tests/secrets.toml").write_text(CASE.format("allow"))
    before = snapshot(acme)
    with pytest.raises(PolicyError, match="1 of 1 tests"):
        publish.publish(str(policy), str(acme))
    assert before == snapshot(acme)


def test_broken_policy_stops_publishing(acme, policy):
    """A policy that does not compile is not published."""
    (policy / "rules/secrets.toml").write_text(RULE.replace("effect", "efect"))
    with pytest.raises(PolicyError):
        publish.publish(str(policy), str(acme))
    assert ["1.root.json"] == os.listdir(acme / "repo")


def test_bundle_that_laptops_would_refuse_is_not_published(acme, policy):
    """What is out of date when it is signed never becomes current."""
    publish.publish(str(policy), str(acme))
    before = snapshot(acme)
    made = publisher.read(str(acme))
    made.roles = copy.deepcopy(made.roles)
    made.roles["timestamp"]["days"] = -1
    with pytest.raises(ExpiredError):
        publish.release(made, publish.build(str(policy)))
    made.roles["timestamp"]["days"] = 1
    made.org = "other"
    with pytest.raises(BundleError, match="another organisation"):
        publish.release(made, publish.build(str(policy)))
    assert before == snapshot(acme)


def test_too_few_keys_stop_publishing(acme, policy):
    """With one of two policy keys at hand nothing is published, and the error says whose signature is wanted."""
    for name in ("policy-1", "policy-3"):
        os.unlink(acme / "keys" / f"{name}.pem")
    wanted = "targets has 1 of 2 signatures, as root 1 asks: signed by policy-2, not yet by policy-1, policy-3"
    with pytest.raises(ConfigError, match=wanted) as caught:
        publish.publish(str(policy), str(acme))
    assert ("signatures-missing", True) == (caught.value.code, "bundle stage" in caught.value.hint)


def test_two_of_three_keys_suffice(acme, policy):
    """One key may be elsewhere."""
    os.unlink(acme / "keys" / "policy-1.pem")
    assert 1 == publish.publish(str(policy), str(acme)).revision


def test_key_that_the_root_does_not_name_signs_nothing(acme, policy):
    """A key file that was swapped is not used; nor is one that comes with a public half of its own."""
    for name in ("policy-1", "policy-2"):
        other = keys.generate("ed25519")
        keys.save(str(acme / "keys" / f"{name}.pem"), other, None)
        with pytest.raises(ConfigError, match=rf"{name}\.pem is not the private half of .*{name}\.pub"):
            publish.publish(str(policy), str(acme))
        keys.save_public(str(acme / "keys" / f"{name}.pub"), other.public_key)
    with pytest.raises(ConfigError, match="targets has 1 of 2 signatures"):
        publish.publish(str(policy), str(acme))


def test_crash_in_the_middle_leaves_the_old_bundle(acme, policy, monkeypatch):
    """Whatever was written before `timestamp.json`, laptops see the old bundle or the new one."""
    publish.publish(str(policy), str(acme))
    replace = files.replace

    def crash(path, data, mode):
        if path.endswith("timestamp.json"):
            raise KeyboardInterrupt
        replace(path, data, mode)

    monkeypatch.setattr(files, "replace", crash)
    with pytest.raises(KeyboardInterrupt):
        publish.publish(str(policy), str(acme))
    monkeypatch.undo()
    assert 1 == inspect.inspect(str(acme))["revision"]
    assert 2 == publish.publish(str(policy), str(acme)).revision


def test_two_who_publish_at_once_do_not_mix(acme, policy):
    """While somebody publishes, another is told so."""
    with files.locked(str(acme / ".lock")), pytest.raises(ConfigError, match="somebody else is publishing"):
        publish.publish(str(policy), str(acme))


def test_keys_are_for_their_owner_only(acme):
    """Key files are readable by one person, whatever the umask."""
    for path in (acme / "keys").iterdir():
        assert 0o600 == stat.S_IMODE(path.stat().st_mode)
    assert 0o700 == stat.S_IMODE((acme / "keys").stat().st_mode)


def test_key_that_others_can_read_is_not_used(acme, policy):
    """A key that was left open says so."""
    os.chmod(acme / "keys/online.pem", 0o644)
    with pytest.raises(ConfigError, match="can be read by others") as caught:
        publish.publish(str(policy), str(acme))
    assert f"chmod 600 {acme}/keys/online.pem" == caught.value.hint


def test_passphrase_is_asked_once_and_needed(tmp_path, policy):
    """Encrypted keys open with their passphrase, asked for once, and with no other."""
    folder = str(tmp_path / "acme")
    publish.init(folder, "acme", passphrase=b"correct horse")
    assert keys.is_encrypted(publisher.read(folder).key("online"))
    asked = []

    def ask():
        asked.append(1)
        return b"correct horse"

    assert 1 == publish.publish(str(policy), folder, passphrase=ask).revision
    assert [1] == asked
    with pytest.raises(ConfigError, match="wrong passphrase"):
        publish.publish(str(policy), folder, passphrase=lambda: b"wrong")
    with pytest.raises(ConfigError, match="wrong passphrase"):
        publish.publish(str(policy), folder)


@pytest.mark.parametrize(
    "data", [b"", b"-----BEGIN PRIVATE KEY-----\n", b"\xff", b"-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n"]
)
def test_file_that_is_no_key_is_an_error(acme, policy, data):
    """A damaged key file ends in a sentence."""
    (acme / "keys/online.pem").write_bytes(data)
    with pytest.raises(ConfigError, match=r"online\.pem cannot be opened"):
        publish.publish(str(policy), str(acme))


def test_keys_open_with_openssl(acme):
    """Key files are plain PKCS8, so other tools can use them."""
    done = subprocess.run(
        ["openssl", "pkey", "-in", acme / "keys/root-1.pem", "-noout", "-text"], capture_output=True, check=True
    )
    assert b"rivate" in done.stdout


def test_folder_that_is_there_is_not_touched(tmp_path):
    """Keys are never overwritten."""
    (tmp_path / "acme").mkdir()
    (tmp_path / "acme/file").write_text("mine")
    with pytest.raises(ConfigError, match="is there already"):
        publish.init(str(tmp_path / "acme"), "acme")
    assert {"file": b"mine"} == snapshot(tmp_path / "acme")


def test_an_init_that_was_killed_says_what_to_do(tmp_path, monkeypatch):
    """Wherever it was: the settings are written last of all, and without them every command says the same."""
    folder, replace = str(tmp_path / "acme"), files.replace
    for left in range(19):
        writes = itertools.count()

        def crash(path, data, mode, writes=writes, left=left):
            if next(writes) == left:
                raise KeyboardInterrupt
            replace(path, data, mode)

        monkeypatch.setattr(files, "replace", crash)
        with pytest.raises(KeyboardInterrupt):
            publish.init(folder, "acme")
        monkeypatch.undo()
        for function, arguments in ((publish.init, (folder, "acme")), (publisher.read, (folder,))):
            with pytest.raises(ConfigError, match=r"has keys and no publisher\.toml") as caught:
                function(*arguments)
            assert f"rm -r {folder}, and begin again" in caught.value.hint
        shutil.rmtree(folder)
    publish.init(folder, "acme")
    publisher.read(folder)


def test_what_killed_writes_left_is_swept_by_the_next_publish(acme, policy):
    """A file that was being replaced leaves another beside it; one that is in use now is young."""
    for name, age in (("keys/root-1.pub.0123abcd.new", 7200), ("repo/targets/x.89abcdef.new", 7200),
                      ("repo/y.89abcdef.new", 0), ("keys/mine.new", 7200)):  # fmt: skip
        (acme / name).parent.mkdir(exist_ok=True)
        (acme / name).write_bytes(b"")
        os.utime(acme / name, (time.time() - age,) * 2)
    publish.publish(str(policy), str(acme))
    assert ["mine.new", "y.89abcdef.new"] == sorted(path.name for path in acme.rglob("*.new"))


def test_settings_file_is_read_back(acme):
    """`publisher.toml` says what `init` decided, and survives being written again."""
    made = publisher.read(str(acme))
    before = (acme / "publisher.toml").read_bytes()
    publisher.write(made)
    assert before == (acme / "publisher.toml").read_bytes()
    assert "acme" == tomllib.loads(before.decode())["org"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('org = "acme"', "org = 7", "org is not a text"),
        ('org = "acme"', 'org = ""', "org must be letters"),
        ('org = "acme"', 'org = "acme"\ncolour = 1', "unknown key colour"),
        ("grace_days = 14", "grace_days = 31", "grace_days must be 0 to 30"),
        ("grace_days = 14", "grace_days = true", "grace_days is not a whole number"),
        ("receipt_keys = []", "receipt_keys = [1]", "a receipt key is 64 hex digits"),
        ("[roles.root]", "[roles.boss]", "roles must be root"),
        ("threshold = 2", "threshold = 4", "threshold must be 1 to 3"),
        ("days = 400", "days = 0", "days must be 1 to 3650"),
        ('"root-1"', '"../root-1"', "keys is not a list of names"),
        ('org = "acme"', "org = ", "is not TOML"),
    ],
)
def test_settings_file_with_a_mistake_is_an_error(acme, old, new, message):
    """Every mistake in `publisher.toml` ends in a sentence that names it."""
    path = acme / "publisher.toml"
    path.write_text(path.read_text().replace(old, new, 1))
    with pytest.raises(ConfigError, match=message):
        publisher.read(str(acme))


def test_first_root_is_what_enrolling_compares(tmp_path):
    """The digest that `init` returns is that of the first root's bytes."""
    digest = publish.init(str(tmp_path / "acme"), "acme")
    with fetch.opened(str(tmp_path / "acme/repo")) as fetcher:
        assert [digest] == [sha256_hex(one) for one in fetch.roots(fetcher)]
