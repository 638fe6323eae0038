"""`agentguard bundle`, as a person calls it."""

import json
import os
import shutil
import subprocess
import sys
import time

import pytest
import warm
from click.testing import CliRunner

from agentguard.bundle import grants, publish, publisher
from agentguard.cli.bundle import bundle as command
from agentguard.errors import AgentguardError

CASE = 'schema = 1\nname = "tiny"\nmode = "enforce"\n'


def run(*arguments):
    """Run the command in a process of its own: (exit code, standard output, standard error)."""
    done = warm.run("bundle", *arguments)
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def policy(tmp_path):
    (tmp_path / "policy").mkdir()
    (tmp_path / "policy/bundle.toml").write_text(CASE)
    return tmp_path / "policy"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Give a publisher's folder with one revision, its root's SHA-256 and the policy's folder: made by two commands."""
    base = tmp_path_factory.mktemp("made")
    (base / "policy").mkdir()
    (base / "policy/bundle.toml").write_text(CASE)
    (base / "passphrase").write_text("secret\nsecond line\n")
    folder = base / "acme"
    code, out, _err = run("init", folder, "--org", "acme", "--passphrase-file", base / "passphrase", "--json")
    assert 0 == code
    code, _out, err = run("publish", base / "policy", "--to", folder, "--passphrase-file", base / "passphrase")
    told = f"{base}/policy has no tests (tests/*.toml), so nothing shows that it does what it is meant to\n"
    assert (0, f"{told}published in {folder}/repo: serve that folder over https\n") == (code, err)
    return folder, json.loads(out)["root_sha256"]


@pytest.fixture
def acme(made, tmp_path):
    """Give a copy of a publisher's folder with one revision, and its root's SHA-256."""
    shutil.copytree(made[0], tmp_path / "acme")
    return tmp_path / "acme", made[1]


def test_from_nothing_to_a_verified_bundle(acme, tmp_path):
    """init, publish, show and verify, with data on standard output."""
    folder, digest = acme
    code, out, _err = run("verify", folder, "--json")
    found = json.loads(out)
    assert (0, True, "tiny", 1, "fresh", digest) == (
        code, found["ok"], found["name"], found["revision"], found["state"], found["anchor_sha256"],
    )  # fmt: skip
    code, out, err = run("show", folder)
    assert (0, "") == (code, err)
    assert "tiny 1 of acme, fresh" in out
    assert "2 of 3" in out
    assert out.splitlines()[-1].startswith("exceptions  0 hold   1 of 1 ")


def test_damaged_bundle_is_a_no(acme):
    """A bundle that does not verify: exit 3, with the reason as text and as JSON."""
    folder, _digest = acme
    path = folder / "repo/timestamp.json"
    path.write_bytes(path.read_bytes().replace(b'"version":1', b'"version":2'))
    code, out, err = run("verify", folder, "--json")
    assert (3, False, "bundle-signature") == (code, json.loads(out)["ok"], json.loads(out)["code"])
    assert "does not verify" in err


def test_seal_needs_a_root_to_trust(acme, tmp_path):
    """Nothing is taken on trust: a seal is verified with a root that somebody names."""
    (tmp_path / "seal").write_bytes(b"agentguard seal 1\n")
    code, _out, err = run("verify", tmp_path / "seal", "--root", acme[0] / "repo/1.root.json")
    assert (3, True) == (code, "the seal has no timestamp" in err)
    code, _out, err = run("verify", "https://policy.example.com")
    assert (2, True) == (code, "--root" in err)


def test_build_writes_what_publish_signs(acme, policy, tmp_path):
    """`build` prints the digest that `show` prints."""
    code, out, _err = run("build", policy, "-o", tmp_path / "policy.json")
    assert 0 == code
    assert out.strip() == json.loads(run("show", acme[0], "--json")[1])["digest"]


def test_without_a_terminal_keys_need_a_word_on_their_passphrase(tmp_path):
    """Nobody to ask: the error says which two options there are."""
    code, _out, err = run("init", tmp_path / "x", "--org", "x")
    assert 2 == code
    assert "--passphrase-file" in err
    assert "--no-passphrase" in err
    assert not (tmp_path / "x").exists()
    assert 0 == run("init", tmp_path / "x", "--org", "x", "--solo", "--no-passphrase", "--key-type", "p256")[0]


def test_nothing_in_force_is_a_no(tmp_path):
    """`show` without a name speaks of this installation."""
    code, _out, err = run("show", "--home", tmp_path)
    assert (3, True) == (code, "no bundle is in force here" in err)


@pytest.mark.parametrize(
    "arguments", [("publish", "policy", "--to", "nowhere"), ("verify", "nowhere"), ("build", "nowhere")]
)
def test_mistakes_end_in_a_sentence(tmp_path, arguments, monkeypatch, policy):
    """No traceback, whatever is missing."""
    monkeypatch.chdir(tmp_path)
    code, _out, err = run(*arguments)
    assert code in (1, 2)
    assert "Traceback" not in err


def typed(*arguments):
    """Run the command in this process: (exit code, standard output, standard error)."""
    done = CliRunner().invoke(command, [*map(str, arguments)])
    error = done.exception
    if isinstance(error, AgentguardError):
        return error.exit_code, done.stdout, f"{done.stderr}{error.diagnostics()}\n"
    assert error is None or isinstance(error, SystemExit), error
    return done.exit_code, done.stdout, done.stderr


@pytest.fixture
def open_acme(tmp_path, policy):
    """Give a team's folder with one revision and keys that have no passphrase."""
    folder = tmp_path / "acme"
    publish.init(str(folder), "acme")
    publish.publish(str(policy), str(folder))
    return folder


def test_a_policy_goes_round_as_a_file(open_acme, policy, tmp_path):
    """stage, sign with one key at a time, publish: what each prints, as JSON too."""
    path = tmp_path / "new.stage"
    code, out, err = typed("stage", policy, "--to", open_acme, "-o", path, "--json")
    assert (0, 1, str(path)) == (code, len(json.loads(out)["missing"]), json.loads(out)["stage"])
    code, _out, err = typed("publish", path, "--to", open_acme)
    assert (1, True) == (code, "targets has 0 of 2 signatures" in err)
    code, out, _err = typed("sign", path, "--to", open_acme, "--key", "policy-1", "--json")
    assert (0, ["targets by policy-1"]) == (code, json.loads(out)["signed"])
    code, _out, err = typed("sign", path, "--to", open_acme, "--key", "policy-1")
    assert (1, True) == (code, "policy-1 signed already, and counts once" in err)
    (policy / "bundle.toml").write_text(f'{CASE}[[rule]]\nid = "a/b"\neffect = "deny"\npath = ["/x"]\n')
    code, _out, err = typed("sign", path, "--to", open_acme, "--key", "policy-3", "--source", policy)
    assert (1, True) == (code, "does not give the policy in the stage" in err)
    assert 0 == typed("sign", path, "--to", open_acme, "--key", "policy-3")[0]
    code, out, _err = typed("publish", path, "--to", open_acme, "--json")
    assert (0, 2, 1) == (code, json.loads(out)["revision"], json.loads(out)["root"])
    assert "one policy at a time" in typed("publish", policy, policy, "--to", open_acme)[2]


def test_what_is_weaker_is_signed_by_who_says_so(open_acme, policy, tmp_path):
    """Exit code 3 without --allow-weakening; with it, what is shown before it is signed is what `diff` prints."""
    path = tmp_path / "new.stage"
    rule = '[[rule]]\nid = "a/b"\neffect = "deny"\npath = ["/x"]\nreason = "mine"\n'
    (policy / "bundle.toml").write_text(f"{CASE.replace('enforce', 'observe')}{rule}")
    assert 0 == typed("stage", policy, "--to", open_acme, "-o", path, "--allow-weakening")[0]
    code, out, err = typed("sign", path, "--to", open_acme, "--key", "policy-1", "--json")
    assert (3, "mode", True) == (code, json.loads(out)["weakenings"][0]["key"], "add --allow-weakening" in err)
    shown = typed("diff", open_acme, path)[1]
    arguments = ("sign", path, "--to", open_acme, "--key", "policy-1", "--allow-weakening")
    code, out, err = typed(*arguments, "--source", policy)
    assert (0, True) == (code, err.startswith(shown.replace("\n\n", "\n", 1))), (shown, err)
    assert '  + a/b  deny  { path = ["/x"] }; reason = "mine"\n' in shown
    assert f"{policy} gives the policy in the stage; 0 tests of it pass\n" in err


@pytest.mark.slow
def test_the_source_is_compared_where_the_published_policy_stays(open_acme, policy, tmp_path):
    """A revocation signs the same policy again: an owner who has its source can say so, and who has another is stopped."""
    path = tmp_path / "revocation.stage"
    assert 0 == typed("revoke-key", "policy-3", "--to", open_acme, "-o", path)[0]
    arguments = ("sign", path, "--to", open_acme, "--key", "root-1", "--source", policy)
    assert f"{policy} gives the published policy; 0 tests of it pass\n" in typed(*arguments)[2]
    (policy / "bundle.toml").write_text(CASE.replace("enforce", "observe"))
    assert f"{policy} does not give the published policy" in typed(*arguments[:5], "root-2", *arguments[6:])[2]


# (what lives 40 days where all else lives for 400, the roles that says, the command that signs them anew)
SHORT = (
    ("root", ["root"], "agentguard bundle renew-root --to {folder}"),
    ("policy", ["targets"], "agentguard bundle publish POLICY --to {folder}"),
    ("online", ["timestamp", "snapshot"], "agentguard bundle refresh --to {folder}"),
    ("exceptions", ["exceptions"], "agentguard exception grant or revoke, with --publish or --to"),
)


@pytest.mark.parametrize(("named", "roles", "command"), SHORT, ids=[row[0] for row in SHORT])
def test_what_expires_soon_is_an_answer_for_a_build_server(policy, tmp_path, monkeypatch, named, roles, command):
    """Half its life before the end, or 30 days if that is less: exit code 3, and the command that signs it anew."""
    folder, days = tmp_path / "acme", {"root": 400, "policy": 400, "online": 400, "exceptions": 400}
    lives = [part for role, number in {**days, named: 40}.items() for part in ("--days", f"{role}={number}")]
    assert 0 == typed("init", folder, "--org", "acme", "--no-passphrase", *lives)[0]
    publish.publish(str(policy), str(folder))
    grants.republish(publisher.read(str(folder)), lambda: b"", revoke=["0123"])
    assert 0 == typed("refresh", "--to", folder)[0]
    real = time.time()
    for day, told in ((19, ""), (21, "expires in 19 days"), (41, "has expired")):
        monkeypatch.setattr(time, "time", lambda day=day: real + day * 86400)
        code, out, err = typed("refresh", "--to", folder, "--check", "--json")
        soon = [one["role"] for one in json.loads(out)["roles"] if one["soon"]]
        assert (3 if told else 0, roles if told else []) == (code, soon)
        said = f"{'; '.join(f'{role} {told}' for role in roles)}\n  {command.format(folder=folder)}\n"
        assert (said if told else "") == err
    monkeypatch.setattr(time, "time", lambda: real + 371 * 86400)
    code, _out, err = typed("refresh", "--to", folder, "--check")
    assert (3, True) == (code, "expires in 29 days" in err)


@pytest.mark.slow
@pytest.mark.parametrize("key_type", ["ed25519", "p256"])
def test_openssl_accepts_what_is_exported(tmp_path, policy, key_type):
    """Each signature with `openssl pkeyutl -verify`, each file with sha256sum; and it refuses a bit that is changed."""
    folder, out = tmp_path / "acme", tmp_path / "evidence"
    publish.init(str(folder), "acme", key_type=key_type)
    publish.publish(str(policy), str(folder))
    assert 0 == typed("renew-root", "--to", folder)[0]
    assert 0 == typed("export", folder, "-o", out)[0]
    done = subprocess.run(["sh", out / "raw/verify.sh"], capture_output=True, text=True, check=False)
    assert (0, 3 + 3 + 1 + 1 + 2 - 1) == (done.returncode, done.stdout.count("Signature Verified Successfully")), (
        done.stderr
    )
    assert 3 == done.stdout.count(": OK")
    assert 0 == typed("verify", out / "repo")[0]
    assert "is there already" in typed("export", folder, "-o", out)[2]
    path = out / "raw/1.targets.signed"
    path.write_bytes(path.read_bytes().replace(b"acme", b"acmf"))
    assert 0 != subprocess.run(["sh", out / "raw/verify.sh"], capture_output=True, check=False).returncode


@pytest.mark.slow
def test_two_bundles_are_compared_keys_first(open_acme, policy, tmp_path):
    """Between two folders, and of a stage against what it would change."""
    shutil.copytree(open_acme, tmp_path / "before")
    assert "trust: no difference" in typed("diff", tmp_path / "before", open_acme)[1]
    stage_file = tmp_path / "rotation.stage"
    arguments = ("rotate-key", "policy-1", "policy-4", "--to", open_acme, "--no-passphrase")
    assert 0 == typed(*arguments, "-o", stage_file)[0]
    assert "  + targets: 2 of 3: policy-4, policy-2, policy-3\n" in typed("diff", open_acme, stage_file)[1]
    assert 0 == typed(*arguments)[0]
    code, out, _err = typed("diff", tmp_path / "before", open_acme, "--json")
    told = json.loads(out)
    assert (0, True) == (code, any(line.startswith("targets signers: 2 of 3: ") for line in told["trust"]))
    assert [] == told["policy"]["weakenings"]
    assert "root version: 1 → 2" in told["trust"]


def test_numbers_of_keys_and_days_are_those_that_were_asked_for(tmp_path):
    """--signers and --days; nonsense ends in a sentence."""
    arguments = ("init", tmp_path / "x", "--org", "x", "--no-passphrase")
    for more, words in (
        (("--signers", "policy=3/2"), "is not K/N"),
        (("--signers", "boss=1/2"), "there is no role 'boss'"),
        (("--days", "root=0"), "is not 1 to 3650"),
        (("--solo", "--signers", "root=1/2"), "goes with neither"),
        (("--keys", tmp_path), "holds none of root-1.pub"),
    ):
        code, _out, err = typed(*arguments, *more)
        assert (True, True) == (code in (1, 2), words in err), err
    assert 0 == typed(*arguments, "--signers", "policy=1/2", "--signers", "online=1/2", "--days", "policy=90")[0]
    roles = publisher.read(str(tmp_path / "x")).roles
    assert (["policy-1", "policy-2"], 1, 90) == tuple(roles["targets"].values())
    assert roles["snapshot"]["keys"] == roles["timestamp"]["keys"] == ["online-1", "online-2"]


@pytest.mark.slow
def test_verifying_asks_nothing_of_the_machine(open_acme, tmp_path):
    """No network, no home, nothing but the folder: in a network namespace of its own, as nobody's home."""
    command_line = [sys.executable, "-m", "agentguard", "bundle", "verify", str(open_acme), "--json"]
    done = subprocess.run(
        ["unshare", "-n", *command_line], capture_output=True, text=True, check=False, cwd="/",
        env={"PATH": os.environ["PATH"], "HOME": "/nonexistent", "PYTHONPATH": warm.ROOT, "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip
    assert (0, True) == (done.returncode, json.loads(done.stdout)["ok"]), done.stderr
