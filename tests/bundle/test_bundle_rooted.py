"""Who could have written a file: signatures are skipped only where nobody but root could. Needs root."""

import ctypes
import json
import os
import shutil
import sys
import tempfile
import time

import pytest

from agentguard import bundle, jsontext
from agentguard.bundle import rooted, seal
from agentguard.bundle.verify import floor_of, verify
from agentguard.places import MANAGED, PERSONAL, Places

pytestmark = [
    pytest.mark.namespace,
    pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning"),  # threads of a test runner are not ours
]

NOBODY = 65534
CLONE_NEWUSER = 0x10000000  # unshare(2)
SIGNATURES = "agentguard.bundle.signatures"  # loaded by whoever checks signatures
LOCAL = {"device": "d1", "stage": "observe"}


@pytest.fixture
def base():
    """Give a folder that, with all above it, only root can write. Temporary folders are not: others may write there."""
    folder = tempfile.mkdtemp(prefix="agentguard-test-", dir="/opt")
    os.chmod(folder, 0o755)
    os.mkdir(f"{folder}/base")
    yield f"{folder}/base"
    shutil.rmtree(folder)


@pytest.fixture
def managed(base, make_repo):
    """Return the places of a managed install in which nobody has signed the timestamp: only a skip lets it pass."""
    return install(base, unsigned(make_repo()))


def unsigned(repo):
    repo.publish(timestamp_by=[])
    return repo


def install(base, repo, kind=MANAGED, local=LOCAL):
    where = Places(kind, f"{base}/code", f"{base}/etc/agentguard", f"{base}/var/agentguard")
    for folder in (where.config, where.state):
        os.makedirs(folder)
    chain = verify(repo.anchor, repo.records(), signatures=False)
    for path, data in (
        (where.anchor, repo.anchor),
        (where.settings, b"# settings\n"),
        (where.seal, seal.build({**repo.records(), "config": jsontext.canonical(local)})),
        (where.floor, jsontext.canonical(floor_of(chain))),
    ):
        with open(path, "wb") as file:
            file.write(data)
        os.chmod(path, 0o644)
    return where


def load(where, uid=NOBODY, namespace=False):
    """Return what a hook of this uid makes of the installation: state, verified, local, problem, loaded signatures."""
    answer_in, answer_out = os.pipe()
    ready_in, ready_out = os.pipe()
    mapped_in, mapped_out = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            if namespace:
                ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWUSER)
                os.write(ready_out, b"x")
                os.read(mapped_in, 1)
            os.setgroups([])
            os.setgid(uid)
            os.setuid(uid)
            sys.modules.pop(SIGNATURES, None)
            vars(bundle).pop("signatures", None)
            active = seal.load_active(where, time.time())
            result = [active.state, active.verified, active.local, active.problem, SIGNATURES in sys.modules]
        except BaseException as error:  # noqa: BLE001 - the parent says what went wrong in the child
            result = repr(error)
        os.write(answer_out, json.dumps(result).encode())
        os._exit(0)
    if namespace:
        os.read(ready_in, 1)
        for name in ("uid_map", "gid_map"):
            with open(f"/proc/{child}/{name}", "w") as file:
                file.write("0 0 65535\n")  # everybody is who they were, and yet it is not the machine's own map
        os.write(mapped_out, b"x")
    os.waitpid(child, 0)
    answer = os.read(answer_in, 65536)
    for fd in (answer_in, answer_out, ready_in, ready_out, mapped_in, mapped_out):
        os.close(fd)
    return json.loads(answer)


def test_signatures_are_skipped_where_only_root_can_write(managed):
    """An ordinary user's hook takes root's files as they are, and does not load what checks signatures."""
    assert ["fresh", "root-owned", LOCAL, "", False] == load(managed)


def test_hashes_are_never_skipped(managed):
    """Root's own damaged disk is noticed."""
    with open(managed.seal, "r+b") as file:
        data = file.read()
        file.seek(0)
        file.write(data.replace(b'"name":"baseline"', b'"name":"Baseline"'))
    assert ["invalid", ""] == load(managed)[:2]


def test_root_itself_checks_signatures(managed, base, make_repo):
    """A hook that runs as root could have written everything itself."""
    assert ["invalid", ""] == load(managed, uid=0)[:2]
    shutil.rmtree(f"{base}/etc")
    shutil.rmtree(f"{base}/var")
    assert ["fresh", "signature", LOCAL] == load(install(base, make_repo()), uid=0)[:3]


def test_signatures_are_checked_when_the_configuration_asks(base, make_repo):
    """`verify = "always"` has the last word."""
    always = {**LOCAL, "verify": "always"}
    assert ["fresh", "signature", always, "", True] == load(install(base, make_repo(), local=always))


def own(path):
    os.chown(path, NOBODY, NOBODY)


def group_writable(path):
    os.chmod(path, os.stat(path).st_mode | 0o020)


def world_writable(path):
    os.chmod(path, os.stat(path).st_mode | 0o002)


def sticky(path):
    os.chmod(path, 0o1777)


def by_link(path):
    os.rename(path, path + ".real")
    os.symlink(path + ".real", path)


@pytest.mark.parametrize("change", [own, group_writable, world_writable])
@pytest.mark.parametrize("what", ["anchor", "settings"])
def test_anchor_or_configuration_that_others_can_write_is_none(managed, what, change):
    """What should be root's and is not makes nothing valid, whatever is signed."""
    change(getattr(managed, what))
    state, _verified, _local, problem, _loaded = load(managed)
    assert "invalid" == state
    assert "must be root's" in problem


@pytest.mark.parametrize("change", [own, group_writable, world_writable, sticky, by_link])
@pytest.mark.parametrize("above", ["", "/..", "/../.."])
def test_every_folder_above_counts(managed, above, change):
    """A folder above the anchor that others can write, or that is a link, makes the anchor worthless."""
    change(os.path.normpath(managed.config + above))
    assert "invalid" == load(managed)[0]


@pytest.mark.parametrize("change", [own, group_writable, world_writable])
@pytest.mark.parametrize("what", ["seal", "floor", "state"])
def test_seal_that_others_can_write_must_be_signed(base, make_repo, what, change):
    """A seal or floor that somebody else could have written is checked with every signature."""
    where = install(base, make_repo())
    change(getattr(where, what))
    state, verified, local, _problem, loaded = load(where)
    assert ("fresh", "signature", True) == (state, verified, loaded)
    assert (LOCAL if what == "floor" else {}) == local


@pytest.mark.parametrize("what", ["seal", "floor", "state"])
def test_unsigned_seal_that_others_can_write_is_invalid(managed, what):
    """The skip ends where root's ownership does."""
    own(getattr(managed, what))
    assert "invalid" == load(managed)[0]


def test_seal_by_a_link_is_invalid(managed):
    """A link in place of the seal is not followed, not even root's."""
    by_link(managed.seal)
    assert "invalid" == load(managed)[0]


def test_managed_seal_without_a_floor_is_invalid(managed):
    """On a managed install a floor that is gone means that somebody put the state back."""
    os.unlink(managed.floor)
    assert "invalid" == load(managed)[0]


def test_managed_install_without_configuration_is_invalid(managed):
    """An installation that is half there is not trusted."""
    os.unlink(managed.settings)
    assert "invalid" == load(managed)[0]


def test_nothing_below_a_temporary_folder_is_roots(make_repo):
    """A folder in which everybody may make files is no place for an anchor, sticky or not."""
    with tempfile.TemporaryDirectory(dir="/tmp") as base:
        os.chmod(base, 0o755)
        assert "/tmp can be written by others than root" in load(install(base, make_repo()))[3]


def test_personal_install_in_roots_folder_gets_no_root_settings(base, make_repo):
    """`stage` counts on managed installs only, whoever owns a personal one."""
    state, verified, local, *_ = load(install(base, make_repo(), kind=PERSONAL))
    assert ("fresh", "root-owned", {"device": "d1"}) == (state, verified, local)


def test_user_namespace_gets_no_skip(managed):
    """Who is root in a namespace of somebody's own proves nothing."""
    assert rooted.first_namespace()
    assert ["fresh", "root-owned"] == load(managed)[:2]
    assert ["invalid", ""] == load(managed, namespace=True)[:2]
