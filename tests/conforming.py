"""What the public conformance suite has: a repository that can lie, on a server, and `scripts/tuf-client` before it.

The suite is theupdateframework/tuf-conformance; the command line of a client is described in its CLIENT-CLI.md.
"""

import http.server
import json
import runpy
import sys
from pathlib import Path

SCRIPTS = Path(__file__).parent.parent / "scripts"
CLIENT = SCRIPTS / "tuf-client"


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
            protocol_version = "HTTP/1.1"  # one connection a command
            wbufsize = -1  # one packet an answer

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

    def argv(self, command, *targets):
        found = ["--metadata-dir", str(self.metadata)]
        if command != "init":
            found += ["--metadata-url", f"{self.url}/metadata/"]
        if command == "download":
            found += [part for name in targets for part in ("--target-name", name)]
            found += ["--target-dir", str(self.targets), "--target-base-url", f"{self.url}/targets/"]
        return [*found, command, *([str(self.root)] if command == "init" else [])]

    def __call__(self, command, *targets):
        """Run a command; return its exit code. `requests` holds what it asked for."""
        self.requests.clear()
        if command == "init":
            self.root.write_bytes(self.repo.anchor)
        return self._main(self.argv(command, *targets))

    @property
    def trusted(self):
        """The verified metadata: {role: version}."""
        files = [path for path in self.metadata.iterdir() if path.suffix == ".json"]
        return {path.stem: json.loads(path.read_bytes())["signed"]["version"] for path in files}

    def downloaded(self):
        return sorted(path.read_bytes() for path in self.targets.rglob("*") if path.is_file())


def client_main():
    """Return the script's main, which takes the arguments and returns the exit code, in this process."""
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
