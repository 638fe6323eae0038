"""The laptop on which the scenarios happen: real files and a real git repository, at the paths that the calls speak of."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from agentguard.access.world import RealDisk
from agentguard.policy import setting

FILES = [
    ".env", ".env.example", "terraform.tfvars", "README.md", "package.json", "requirements.txt", "Makefile", "a.txt", "b.txt",
    "src/app.py", "src/a.py", "tests/test_a.py", "docs/index.md", "migrations/001.sql", "dist/app.js", "build/x.o",
    "node_modules/x/index.js", "scripts/run.sh", ".github/workflows/release.yml", ".claude/settings.json",
]  # fmt: skip
HOME_FILES = [
    ".ssh/id_ed25519", ".aws/credentials", ".bashrc", ".claude/settings.json", ".claude/output-styles/a.md",
    "other-repo/src/a.py", ".local/state/agentguard/active.seal",
]  # fmt: skip
TEXTS = {
    ".gitignore": ".env\nterraform.tfvars\nnode_modules/\ndist/\nbuild/\n",
    "package.json": '{"scripts": {"test": "vitest run", "build": "tsc"}}\n',
    "Makefile": "build:\n\tcc -o app src/app.c\n\ntest: build\n\t./app --test\n",
    "scripts/run.sh": "#!/bin/sh\nexec python3 src/app.py\n",
    "requirements.txt": "requests==2.32\n",
    "a.txt": "one\ntwo\n",
}


class Rooted(RealDisk):
    """The real disk beneath a folder, as a chroot shows it. `links` are laid over it."""

    def __init__(self, root: str, links: dict[str, str]) -> None:
        self.root = root
        self.links = {f"{setting.PROJECT}/{place}": target for place, target in links.items()}

    def kind(self, path: str) -> str:
        return "link" if path in self.links else super().kind(self.root + path)

    def readlink(self, path: str) -> str:
        return self.links.get(path) or super().readlink(self.root + path)

    def listdir(self, path: str, limit: int) -> list[str] | None:
        names = super().listdir(self.root + path, limit)
        more = [place.rpartition("/")[2] for place in self.links if place.rpartition("/")[0] == path]
        return names if names is None else [*names, *more]

    def read(self, path: str, limit: int) -> bytes | None:
        return super().read(self.root + path, limit)


@pytest.fixture(scope="session")
def laptop(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Return a function that gives the world of the fixture, with some links laid over it."""
    root = str(tmp_path_factory.mktemp("laptop"))
    for folder, names in ((setting.PROJECT, [*FILES, *TEXTS]), (setting.HOME, HOME_FILES)):
        for name in names:
            path = Path(f"{root}{folder}/{name}")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(TEXTS.get(name, "x\n") if folder == setting.PROJECT else "x\n", encoding="utf-8")
    os.makedirs(root + "/tmp")
    clean = {"PATH": os.environ["PATH"], "HOME": root, "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null"}
    for command in (
        ["init", "-q", "-b", "main"],
        ["remote", "add", "origin", setting.REMOTES["origin"]],
        ["add", "README.md", ".gitignore", "src", "a.txt"],
        ["-c", "user.name=dev", "-c", "user.email=dev@acme.example", "commit", "-qm", "first"],
        ["checkout", "-q", "-b", setting.BRANCH],
    ):
        subprocess.run(["git", "-C", root + setting.PROJECT, *command], check=True, env=clean)

    def made(links: dict[str, str]) -> Any:
        return setting.this_machine(setting.PROJECT, setting.HOME, Rooted(root, links))

    return made
