"""`agentguard bundle`, as a person calls it."""

import json

import pytest
import warm

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


@pytest.fixture
def acme(tmp_path, policy):
    """Give a publisher's folder with one revision, and its root's SHA-256."""
    (tmp_path / "passphrase").write_text("secret\nsecond line\n")
    folder = tmp_path / "acme"
    code, out, _err = run("init", folder, "--org", "acme", "--passphrase-file", tmp_path / "passphrase", "--json")
    assert 0 == code
    code, _out, err = run("publish", policy, "--to", folder, "--passphrase-file", tmp_path / "passphrase")
    told = f"{policy} has no tests (tests/*.toml), so nothing shows that it does what it is meant to\n"
    assert (0, f"{told}published in {folder}/repo: serve that folder over https\n") == (code, err)
    return folder, json.loads(out)["root_sha256"]


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
