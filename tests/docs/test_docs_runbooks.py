"""Every runbook is done as it stands: several machines, each a folder, with their own keys, commands and version control."""

import contextlib
import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pages
import pytest

from agentguard.bundle import documents, inspect, metadata, publisher, repository
from agentguard.bundle.keyring import Keyring
from agentguard.cli import passphrase

pytestmark = pytest.mark.slow
RUNBOOKS = Path(__file__).parent.parent.parent / "docs" / "runbooks"
CEREMONY = "key-ceremony"
BLOCK = re.compile(r"```(toml|console)(?: (\S+))?\n(.*?)```", re.DOTALL)
PROMPT = re.compile(r"(?m)^(\w+)\$ ")
SECRETS = {"online.secret": "the server's\n", "new.secret": "the server's new one\n"}
GIT = {
    "GIT_TEMPLATE_DIR": "",
    **{f"GIT_{who}_{what}": "x@acme.example" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
}


class Machines:
    """What a page does, in folders beneath one that has the same path for every page."""

    def __init__(self, folder):
        self.folder = folder
        self.names = {}

    def do(self, page):
        """Do all that a page says."""
        whole = (RUNBOOKS / f"{page}.md").read_text(encoding="utf-8")
        blocks = BLOCK.findall(whole)
        assert 2 * len(blocks) == whole.count("```"), "a block of a kind that is not done"
        for kind, name, text in blocks:
            if kind == "toml":
                pages.write(self.folder / name, "", text)
                continue
            parts = PROMPT.split(text)
            assert not parts[0].strip(), parts[0]
            for who, part in zip(parts[1::2], parts[2::2], strict=True):
                line, _, shown = part.partition("\n")
                printed = self.type(who, line)
                for unknown in re.findall(r"(?m)^([A-Z]{3})$", shown):
                    self.names[unknown] = re.search(r"(?m)^([0-9a-f]{64})$", printed)[1]
                assert pages.matches(self.known(shown), printed), (line, shown, printed)

    def type(self, who, line):
        """Return what a line prints on a machine."""
        here = self.folder / who
        here.mkdir(exist_ok=True)
        if who == "server":
            for name, text in SECRETS.items():
                (here / name).write_text(text)
        printed = ""
        with contextlib.chdir(here):
            for command in self.known(line).split(" && "):
                words = shlex.split(command)
                if words[0] == "agentguard":
                    words += ["--home", str(here)] if who == "laptop" else []
                    printed += pages.typed(words[1:], f"{who}'s own\n" * 6)[0]
                else:
                    done = subprocess.run(
                        ["bash", "-c", command], capture_output=True, text=True, check=False,
                        env={"PATH": os.environ["PATH"], "HOME": str(self.folder), **GIT},
                    )  # fmt: skip
                    assert 0 == done.returncode, (command, done.stderr)
                    printed += done.stdout
        return printed

    def known(self, text):
        for name, value in self.names.items():
            text = text.replace(name, value)
        return text


@pytest.fixture(scope="module")
def ceremony(tmp_path_factory):
    """Give the folder in which the key ceremony has left its folders, and what it called things."""
    base = tmp_path_factory.mktemp("runbooks")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passphrase, "on_terminal", lambda: True)
        machines = Machines(base / "now")
        machines.folder.mkdir()
        machines.do(CEREMONY)
    os.rename(base / "now", base / "saved")
    return base, machines.names


@pytest.fixture
def machines(ceremony, monkeypatch):
    """Give the machines where the key ceremony ended."""
    base, names = ceremony
    monkeypatch.setattr(passphrase, "on_terminal", lambda: True)
    found = Machines(base / "now")
    shutil.copytree(base / "saved", found.folder)
    found.names = dict(names)
    yield found
    shutil.rmtree(base / "now")


def fifteen_days_later(machines):
    """Have snapshot and timestamp be those of a job that last ran fifteen days ago."""
    publishing = publisher.read(str(machines.folder / "server/acme"))
    publishing.roles["snapshot"]["days"] = publishing.roles["timestamp"]["days"] = -1
    ring = Keyring(publishing, SECRETS["online.secret"].strip().encode)
    role = metadata.role_of(repository.latest_root(publishing.repo), "timestamp")
    signers = {
        name: {key: ring.signer(key) for _keyid, key in ring.by_id(role.keys)} for name in ("snapshot", "timestamp")
    }
    _anchor, records = repository.records(publishing.repo)
    meta = {"targets.json": documents.MetaFile.from_data(1, records["targets"], ["sha256"])}
    repository.write(publishing.repo, documents.closing(publishing, signers, meta))


def nothing_yet(machines):
    """Begin in empty folders."""
    shutil.rmtree(machines.folder)
    machines.folder.mkdir()


# What has happened when a page begins; where nothing stands, it begins where the key ceremony ended.
BEFORE = {"expired-timestamp": fifteen_days_later, "solo-to-team": nothing_yet}


def test_the_key_ceremony_leaves_no_key_on_two_machines(ceremony):
    """Each private key is where it was made."""
    saved = ceremony[0] / "saved"
    held = [f"{path.relative_to(saved).parts[0]}:{path.stem}" for path in saved.rglob("*.pem")]
    owners = [f"{who}:{role}-{n}" for n, who in enumerate(("ann", "bob", "cleo"), 1) for role in ("policy", "root")]
    assert sorted([*owners, "server:online", "server:exceptions"]) == sorted(held)


@pytest.mark.parametrize("page", sorted({path.stem for path in RUNBOOKS.glob("*.md")} - {CEREMONY}))
def test_a_runbook_does_what_it_says(machines, page):
    """Every command, in order, with what it prints; what is published at the end holds."""
    BEFORE.get(page, lambda _machines: None)(machines)
    machines.do(page)
    for folder in machines.folder.glob("server/*/repo"):
        assert "fresh" == inspect.inspect(str(folder))["state"]
