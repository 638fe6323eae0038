"""An organisation that publishes, and a laptop that enrols."""

import pytest
from loopback import servers

from agentguard import places
from agentguard.bundle import publish, publisher
from agentguard.policy.compile import compile_folder


@pytest.fixture(scope="session")
def policies(tmp_path_factory):
    """Give two compiled policies that differ."""
    found = []
    for mode in ("enforce", "observe"):
        folder = tmp_path_factory.mktemp("policy")
        (folder / "bundle.toml").write_text(f'schema = 1\nname = "tiny"\nmode = "{mode}"\n')
        found.append(compile_folder(str(folder)))
    return found


class Organisation:
    """A publisher's folder with its root's SHA-256; `release` publishes one of two policies."""

    def __init__(self, folder, name, policies, **more):
        self.folder = str(folder)
        self.name = name
        self.policies = policies
        self.sha256 = publish.init(self.folder, name, solo=True, **more)
        self.repo = f"{self.folder}/repo"

    def release(self, number=0):
        return publish.release(publisher.read(self.folder), self.policies[number], allow_weakening=True)


@pytest.fixture
def organisation(tmp_path, policies):
    """Return a function that makes an organisation with one revision."""

    def make(name="acme", **more):
        made = Organisation(tmp_path / f"org-{name}", name, policies, **more)
        made.release()
        return made

    return make


@pytest.fixture
def acme(organisation):
    return organisation()


@pytest.fixture
def laptop(tmp_path):
    """Give the places of a personal install on which nothing is there yet."""
    return places.personal(str(tmp_path / "home"))


@pytest.fixture
def unmanaged(tmp_path):
    """Give the places of a managed install that is not there."""
    return places.Places(places.MANAGED, str(tmp_path / "m"), str(tmp_path / "m"), str(tmp_path / "m"))


@pytest.fixture
def serve():
    """Return a function that serves a folder on loopback: (its URL, a function that stops it)."""
    with servers() as start:
        yield start
