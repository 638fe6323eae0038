"""A laptop that trusts a repository that can lie, reached over http."""

import hashlib
import http.server
import time

import pytest
from liar import Repo
from loopback import servers

from agentguard import places
from agentguard.bundle import seal
from agentguard.policy.compile import compile_folder
from agentguard.sync import stages
from agentguard.sync.enroll import enroll


@pytest.fixture(scope="session")
def policies(tmp_path_factory):
    """Give the compiled policies of an honest publisher, "first" and "second", and the attacker's, "empty"."""
    found = {}
    for name, mode in (("first", "enforce"), ("second", "enforce"), ("empty", "observe")):
        folder = tmp_path_factory.mktemp(name)
        (folder / "bundle.toml").write_text(f'schema = 1\nname = "baseline"\nmode = "{mode}"\n')
        (folder / "rules").mkdir()
        (folder / "rules/one.toml").write_text(
            f'[[rule]]\nid = "a/{name}"\neffect = "deny"\nreason = "r"\naction = "read"\npath = "/x"\n'
        )
        found[name] = compile_folder(str(folder))
    return found


@pytest.fixture
def serving():
    """Return a function that serves, on loopback, whatever the files of a `Repo` are at the moment: its URL."""
    with servers() as start:

        def serve(world):
            class Handler(http.server.BaseHTTPRequestHandler):
                def log_message(self, *_args):
                    pass

                def do_GET(self):
                    data = world.repo.files.get(self.path.lstrip("/"))
                    self.send_response(404 if data is None else 200)
                    self.end_headers()
                    self.wfile.write(data or b"")

            return start(Handler)[0]

        yield serve


class Fleet:
    """A publisher and one of its laptops. `repo` is what the server serves; replace it and the server lies."""

    def __init__(self, folder, policies, serving):
        self.policies = policies
        self.repo = Repo()
        del self.repo.custom["collector"]  # nothing is uploaded here
        self.release("first")
        self.places = places.personal(str(folder / "home"))
        self.system = places.Places(places.MANAGED, str(folder / "m"), str(folder / "m"), str(folder / "m"))
        digest = hashlib.sha256(self.repo.anchor).hexdigest()
        enroll(self.places, serving(self), digest, system=self.system)

    def release(self, name, **signers):
        """Publish a policy; `…_by` are other signers than the roles' own."""
        self.repo.policy = self.policies[name]
        self.repo.publish(**signers)

    def sync(self):
        """Let the laptop sync; return "" or the code of what went wrong."""
        report = stages.run(self.places)["bundle"]
        return "" if report["ok"] else report["code"]

    def active(self, days=0.0):
        """Return what the hook takes as in force, some days from now."""
        return seal.load_active(self.places, time.time() + days * 86400)

    @property
    def policy(self):
        """The name of the policy that is in force here, as `policies` has it."""
        data = self.active().policy
        return next((name for name, policy in self.policies.items() if policy == data), None)


@pytest.fixture
def fleet(tmp_path, policies, serving):
    return Fleet(tmp_path, policies, serving)
