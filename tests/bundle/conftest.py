"""Repositories that lie, and servers on loopback."""

import pytest
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
