"""`scripts/tuf-client`: what the public conformance suite asks of a client, over real processes and a server that lies.

The suite is theupdateframework/tuf-conformance; its command line is described in its CLIENT-CLI.md. Most cases run in
this process, because a client's start costs more than its work; each command runs as a process of its own once.
"""

import http.server
import json
import os
import runpy
import subprocess
import sys
import urllib.parse
from pathlib import Path

import pytest
from tuf.api.metadata import DelegatedRole, Delegations, Metadata, MetaFile, TargetFile, Targets

SCRIPTS = Path(__file__).parent.parent.parent / "scripts"
CLIENT = SCRIPTS / "tuf-client"
TOP = ("root", "snapshot", "targets", "timestamp")


class World:
    """A repository on a server, the requests that reached it, and a client's two folders."""

    def __init__(self, repo, serve, folder, main):
        self.repo, self.requests, self._main = repo, [], main
        self.metadata, self.targets = folder / "metadata", folder / "targets"
        self.metadata.mkdir()
        self.targets.mkdir()
        self.root = folder / "initial_root.json"
        world = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *_args):
                pass

            def do_GET(self):
                folder, _, name = self.path.lstrip("/").partition("/")
                world.requests.append(name)
                data = world.repo.files.get(name if folder == "metadata" else f"targets/{name}")
                self.send_response(404 if data is None else 200)
                self.send_header("Content-Length", str(len(data or b"")))
                self.end_headers()
                self.wfile.write(data or b"")

        self.url = serve(Handler)

    def argv(self, command, target=""):
        found = ["--metadata-dir", str(self.metadata)]
        if command != "init":
            found += ["--metadata-url", f"{self.url}/metadata/"]
        if command == "download":
            found += ["--target-name", target, "--target-dir", str(self.targets)]
            found += ["--target-base-url", f"{self.url}/targets/"]
        return [*found, command, *([str(self.root)] if command == "init" else [])]

    def __call__(self, command, target=""):
        """Run a command; return its exit code. `requests` holds what it asked for."""
        self.requests.clear()
        if command == "init":
            self.root.write_bytes(self.repo.anchor)
        return self._main(self.argv(command, target))

    @property
    def trusted(self):
        """The verified metadata: {role: version}."""
        files = [path for path in self.metadata.iterdir() if path.suffix == ".json"]
        return {path.stem: json.loads(path.read_bytes())["signed"]["version"] for path in files}

    def downloaded(self):
        return sorted(path.read_bytes() for path in self.targets.rglob("*") if path.is_file())


@pytest.fixture(scope="module")
def main():
    """Return the script's main, which reads the arguments it is given."""
    sys.path.insert(0, str(SCRIPTS))
    try:
        import _venv  # noqa: PLC0415 - a script's neighbour

        ensure, _venv.ensure = _venv.ensure, lambda _extras: None
        names = runpy.run_path(str(CLIENT), run_name="client")
        _venv.ensure = ensure
    finally:
        sys.path.remove(str(SCRIPTS))

    def run(argv):
        before, sys.argv = sys.argv, [str(CLIENT), *argv]
        try:
            return names["main"]()
        except SystemExit as error:
            return error.code
        finally:
            sys.argv = before

    return run


@pytest.fixture
def world(make_repo, serve, tmp_path, main):
    return World(make_repo(), serve, tmp_path, main)


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
    assert dict.fromkeys(TOP, 1) == world.trusted
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
def test_wrong_command_line_ends_with_1(main, tmp_path, argv, capsys):
    """There is no other exit code, and one line says why."""
    assert 1 == main([part.format(d=tmp_path) for part in argv])
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


@pytest.mark.parametrize(
    ("role", "kept"),
    [("timestamp", ["root"]), ("snapshot", ["root", "timestamp"]), ("targets", ["root", "snapshot", "timestamp"])],
)
def test_trust_ends_where_a_signature_is_missing(world, role, kept):
    """What came before stays verified; what comes behind is not fetched."""
    world.repo.publish(**{f"{role}_by": []})
    assert 0 == world("init")
    assert 1 == world("refresh")
    assert kept == sorted(world.trusted)


def test_every_run_starts_from_the_anchor(world):
    """A root that somebody put into the folder is not trusted for lying there."""
    world("init")
    stranger = world.repo.copy()
    stranger.signers["root"] = [stranger.key("x1"), stranger.key("x2")]
    stranger.rotate()
    (world.metadata / "root.json").write_bytes(stranger.files["2.root.json"])
    assert 0 == world("refresh")
    assert 1 == world.trusted["root"]


@pytest.mark.parametrize(("signed_by_old", "code"), [(True, 0), (False, 1)])
def test_rotated_root_needs_the_keys_before_it(world, signed_by_old, code):
    """All keys of the root may change, if enough of those before sign."""
    world("init")
    before = world.repo.signers["root"]
    world.repo.signers["root"] = [world.repo.key("n1"), world.repo.key("n2")]
    world.repo.rotate(signed_by=before[:2] if signed_by_old else ())
    world.repo.rotate()
    world.repo.publish()
    assert code == world("refresh")
    assert (3 if signed_by_old else 1) == world.trusted["root"]


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


def test_older_metadata_is_refused(world):
    """A rollback ends with 1 and what was trusted stays."""
    world("init")
    old = world.repo.files["timestamp.json"]
    world.repo.publish()
    assert 0 == world("refresh")
    world.repo.files["timestamp.json"] = old
    assert 1 == world("refresh")
    assert 2 == world.trusted["timestamp"]


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


@pytest.mark.parametrize("role", ["?", "#", "/delegated", "../delegated", "a b"])
def test_delegated_role_of_any_name_is_asked_for_and_kept_safely(world, role):
    """The name is quoted, in the request and as a file."""
    repo, signer = world.repo, world.repo.key("d")
    quoted = urllib.parse.quote(role, "")
    inner = Targets(1, expires=repo.expires["targets"], targets={"a/b.txt": TargetFile.from_data("a/b.txt", b"inner")})
    repo.files[f"1.{quoted}.json"] = repo.sign(inner, [signer])
    outer = Metadata.from_bytes(repo.files["1.targets.json"])
    keyid = signer.public_key.keyid
    outer.signed.delegations = Delegations(
        {keyid: signer.public_key}, {role: DelegatedRole(role, [keyid], 1, terminating=False, paths=["*/*"])}
    )
    repo.files["1.targets.json"] = repo.sign(outer.signed, repo.signers["targets"])
    meta = {
        "targets.json": MetaFile.from_data(1, repo.files["1.targets.json"], ["sha256"]),
        f"{role}.json": MetaFile(1),
    }
    snapshot = Metadata.from_bytes(repo.files["1.snapshot.json"]).signed
    snapshot.meta = meta
    repo.files["1.snapshot.json"] = repo.sign(snapshot, repo.signers["snapshot"])
    timestamp = Metadata.from_bytes(repo.files["timestamp.json"]).signed
    timestamp.snapshot_meta = MetaFile.from_data(1, repo.files["1.snapshot.json"], ["sha256"])
    repo.files["timestamp.json"] = repo.sign(timestamp, repo.signers["timestamp"])
    digest = inner.targets["a/b.txt"].hashes["sha256"]
    repo.files[f"targets/a/{digest}.b.txt"] = b"inner"
    world("init")
    assert 0 == world("download", "a/b.txt")
    assert f"1.{quoted}.json" in world.requests
    assert [b"inner"] == world.downloaded()
    assert 5 == len(world.trusted)
    assert sorted(os.listdir(world.metadata.parent)) == ["initial_root.json", "metadata", "targets"]
