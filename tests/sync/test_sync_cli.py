"""`agentguard enroll`, `sync` and `status`, as a person calls them."""

import json
import os
import re
import shutil
from pathlib import Path

import pytest
import warm

GOLDEN = Path(__file__).parent.parent / "golden" / "sync"


def run(*arguments):
    """Run the command in a process of its own: (exit code, standard output, standard error)."""
    done = warm.run(*arguments)
    return done.returncode, done.stdout, done.stderr


def neutral(text, tmp_path):
    """Return a screen without what differs from run to run."""
    text = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "TIME", text.replace(str(tmp_path), "TMP"))
    text = re.sub(r"\b[0-9a-f]{64}\b", "SHA256", text)
    return re.sub(r"\b\d+ s ago", "N s ago", re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:PORT", text))


def golden(name, text):
    assert (GOLDEN / name).read_text() == text


@pytest.fixture
def home(tmp_path):
    return tmp_path / "home"


@pytest.fixture
def enrolled(acme, home):
    code, out, _err = run("enroll", acme.repo, "--root-sha256", acme.sha256, "--home", home)
    assert (0, "tiny 1 of acme is in force\n") == (code, out)
    return home


def test_status_before_enrolling(home, tmp_path):
    """Nothing is set up: the screen says so, and the answer is no."""
    code, out, err = run("status", "--home", home)
    assert 3 == code
    golden("status-not-enrolled.txt", neutral(out + err, tmp_path))


def test_status_after_enrolling(enrolled, tmp_path):
    """One screen of grouped facts."""
    code, out, err = run("status", "--home", enrolled)
    assert (0, "") == (code, err)
    golden("status-fresh.txt", neutral(out, tmp_path))


def test_status_of_a_damaged_seal(enrolled, tmp_path):
    """A seal that does not verify is a no, with the reason."""
    path = next(enrolled.rglob("active.seal"))
    path.write_bytes(path.read_bytes().replace(b'"_type":"targets"', b'"_type":"Targets"'))
    code, out, err = run("status", "--home", enrolled)
    assert 3 == code
    golden("status-invalid.txt", neutral(out + err, tmp_path))
    code, out, _err = run("status", "--home", enrolled, "--json")
    found = json.loads(out)
    assert (3, "invalid", "fallback") == (code, found["policy"]["state"], found["policy"]["name"])
    assert {"policy", "person", "trust", "sync", "audit", "hook"} == set(found)


def test_sync_says_what_came(acme, enrolled):
    """A new revision is named, an old one too, a failure goes to standard error with exit 1."""
    acme.release(1)
    assert (0, "bundle: tiny 2 activated\n", "") == run("sync", "--home", enrolled)
    assert (0, "bundle: tiny 2 is the newest\n", "") == run("sync", "--home", enrolled)
    assert (0, "", "") == run("sync", "--home", enrolled, "--background")
    shutil.rmtree(acme.repo)
    code, out, err = run("sync", "--home", enrolled)
    assert (1, "") == (code, out)
    assert "bundle-transport" in err
    code, out, _err = run("sync", "--home", enrolled, "--json")
    assert (1, "bundle-transport") == (code, json.loads(out)["bundle"]["code"])


def test_sync_without_an_enrolment_says_what_to_do(home):
    """The next command stands in the error."""
    code, _out, err = run("sync", "--home", home)
    assert 1 == code
    assert "agentguard enroll URL --root-sha256 HEX" in err


def test_wrong_fingerprint_ends_in_a_sentence(acme, home):
    """No traceback, nothing written."""
    code, _out, err = run("enroll", acme.repo, "--root-sha256", "0" * 64, "--home", home)
    assert 1 == code
    assert acme.sha256 in err
    assert "Traceback" not in err
    assert not os.path.exists(home)


def test_enrolling_over_http_and_staying_offline(acme, home, serve):
    """The server may go away: the policy stays in force."""
    url, stop = serve(acme.repo)
    code, out, _err = run("enroll", url, "--root-sha256", acme.sha256, "--home", home, "--json")
    assert (0, "acme") == (code, json.loads(out)["org"])
    stop()
    assert 1 == run("sync", "--home", home)[0]
    assert 0 == run("status", "--home", home)[0]
