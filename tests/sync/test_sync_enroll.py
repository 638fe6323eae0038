"""Enrolling: a person trusts an organisation, wholly or not at all."""

import os
import stat
import time

import pytest

from agentguard import config
from agentguard.bundle import seal
from agentguard.errors import BundleError, ConfigError, PublisherError, SignatureError, TransportError, UsageError
from agentguard.policy.model import FRESH
from agentguard.sync import stages
from agentguard.sync.enroll import enroll


def state(where):
    """Return every file of an installation with its bytes."""
    found = {}
    for folder in (where.config, where.state):
        for path, _folders, names in os.walk(folder):
            for name in names:
                with open(os.path.join(path, name), "rb") as file:
                    found[os.path.join(path, name)] = file.read()
    return found


@pytest.mark.parametrize("how", ["folder", "http"])
def test_enrolled_laptop_has_a_policy_at_once(acme, laptop, unmanaged, serve, how):
    """One command, and the organisation's policy is in force."""
    source = acme.repo if how == "folder" else serve(acme.repo)[0]
    found = enroll(laptop, source, acme.sha256, system=unmanaged)
    active = seal.load_active(laptop, time.time())
    assert (FRESH, "", "acme", 1) == (active.state, active.problem, active.org, active.revision)
    settings = config.read(laptop.settings)
    assert (source, found["device"], 32) == (settings["sync_url"], settings["device"], len(settings["device"]))
    assert active.local["device"] == found["device"]


def test_wrong_fingerprint_says_both(acme, laptop, unmanaged):
    """A root that is not the expected one is refused; the error shows what was found and what was expected."""
    with pytest.raises(SignatureError) as caught:
        enroll(laptop, acme.repo, "0" * 64, system=unmanaged)
    assert acme.sha256 in caught.value.message
    assert "0" * 64 in caught.value.message
    assert {} == state(laptop)


@pytest.mark.parametrize("sha256", ["", "abc", "g" * 64, "0" * 63, "0" * 65])
def test_what_is_no_fingerprint_is_a_usage_error(acme, laptop, unmanaged, sha256):
    """64 hex digits, whatever their case."""
    with pytest.raises(UsageError, match="root-sha256"):
        enroll(laptop, acme.repo, sha256, system=unmanaged)
    assert "acme" == enroll(laptop, acme.repo, f" sha256:{acme.sha256.upper()}", system=unmanaged)["org"]


def test_organisation_without_a_policy_changes_nothing(organisation, laptop, unmanaged, tmp_path, policies):
    """As long as nothing is published there is nothing to enrol in."""
    acme = organisation()
    os.unlink(f"{acme.repo}/timestamp.json")
    with pytest.raises(TransportError):
        enroll(laptop, acme.repo, acme.sha256, system=unmanaged)
    assert {} == state(laptop)


def test_failed_enrolment_leaves_the_old_one(organisation, laptop, unmanaged):
    """Whoever is enrolled stays so until a new enrolment has worked."""
    acme, other = organisation("acme"), organisation("other")
    enroll(laptop, acme.repo, acme.sha256, system=unmanaged)
    before = state(laptop)
    with open(f"{other.repo}/timestamp.json", "w") as file:
        file.write("{}")
    with pytest.raises(PublisherError):
        enroll(laptop, other.repo, other.sha256, system=unmanaged)
    assert before == state(laptop)


def test_enrolling_elsewhere_starts_anew(organisation, laptop, unmanaged):
    """Another organisation's revisions may be lower; the device keeps its id."""
    acme, other = organisation("acme"), organisation("other")
    acme.release()
    device = enroll(laptop, acme.repo, acme.sha256, system=unmanaged)["device"]
    assert device == enroll(laptop, other.repo, other.sha256, system=unmanaged)["device"]
    active = seal.load_active(laptop, time.time())
    assert (FRESH, "other", 1) == (active.state, active.org, active.revision)
    assert stages.run(laptop)["ok"]


def test_first_bundle_can_come_from_elsewhere(acme, laptop, unmanaged):
    """A laptop that has never been online gets its first policy from a folder and remembers the URL."""
    enroll(laptop, "https://policy.example.com", acme.sha256, first=acme.repo, system=unmanaged)
    assert FRESH == seal.load_active(laptop, time.time()).state
    assert "https://policy.example.com" == config.read(laptop.settings)["sync_url"]


def test_managed_machine_leaves_no_choice(acme, laptop, unmanaged):
    """Where an anchor came from MDM, a person cannot name another."""
    os.makedirs(unmanaged.config)
    os.symlink("/nonexistent", unmanaged.anchor)
    with pytest.raises(ConfigError, match="this machine is managed"):
        enroll(laptop, acme.repo, acme.sha256, system=unmanaged)
    with pytest.raises(ConfigError, match="this machine is managed"):
        enroll(unmanaged, acme.repo, acme.sha256, system=laptop)
    assert {} == state(laptop)


def test_files_are_for_their_owner_only(acme, laptop, unmanaged):
    """Anchor, settings, seal and the collector's secret are nobody else's business, whatever the umask."""
    before = os.umask(0)
    try:
        enroll(
            laptop, acme.repo, acme.sha256, collector_url="https://c.example.com", enrol_secret="s3", system=unmanaged
        )
    finally:
        os.umask(before)
    files = state(laptop)
    assert b"s3" == files[laptop.enrol_secret]
    assert {0o600} == {stat.S_IMODE(os.stat(path).st_mode) for path in files}
    assert {0o700} == {stat.S_IMODE(os.stat(path).st_mode) for path in (laptop.config, laptop.state, laptop.sync)}
    assert "https://c.example.com" == config.read(laptop.settings)["collector_url"]


def test_error_tree_is_ours(laptop, unmanaged, tmp_path):
    """A source that is not there ends in an error of ours."""
    with pytest.raises(BundleError):
        enroll(laptop, str(tmp_path / "nothing"), "0" * 64, system=unmanaged)
