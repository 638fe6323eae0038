"""Repositories that lie, and servers on loopback."""

import pytest
from conforming import World, client_main
from liar import Repo, tuf_accepts
from loopback import servers


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


@pytest.fixture
def serve():
    """Return a function that serves a folder, or a handler class, and returns its URL; see `loopback.servers`."""
    with servers() as start:
        yield lambda what, certificate=None: start(what, certificate)[0]


@pytest.fixture(scope="session")
def tuf_client():
    """Return the main of `scripts/tuf-client`, in this process: a client's start costs more than its work."""
    return client_main()


@pytest.fixture
def world(serve, tmp_path, tuf_client):
    """Give a good repository on a server, with the client of the public conformance suite."""
    return World(Repo(), serve, tmp_path, tuf_client)
