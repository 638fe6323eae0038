"""Repositories that lie, and servers on loopback."""

import functools
import http.server
import ssl
import threading

import pytest
from liar import Repo, tuf_accepts


@pytest.fixture(params=["ed25519", "p256"])
def repo(request):
    """Give a good repository, once with each type of key."""
    return Repo(request.param)


@pytest.fixture(scope="session")
def accepted():
    return tuf_accepts


@pytest.fixture(scope="session")
def make_repo():
    return Repo


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_args):
        pass


class _Server(http.server.ThreadingHTTPServer):
    def handle_error(self, *_args):
        """Say nothing: clients of these tests hang up whenever they like."""


@pytest.fixture
def serve():
    """Return a function that serves a folder, or a handler class, on loopback and returns its URL.

    `certificate`: the file of a certificate with its key, for https.
    """
    servers = []

    def start(what, certificate=None):
        handler = what if isinstance(what, type) else functools.partial(_Quiet, directory=str(what))
        server = _Server(("127.0.0.1", 0), handler)
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        servers.append((server, thread))
        return f"{'https' if certificate else 'http'}://127.0.0.1:{server.server_port}"

    yield start
    for server, thread in servers:
        server.shutdown()
        server.server_close()
        thread.join()
