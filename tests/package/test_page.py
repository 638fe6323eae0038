"""The page on packages: options that there are, and the files and words that the package has."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs" / "packages.md").read_text(encoding="utf-8")


def test_the_package_is_made_with_options_that_there_are():
    """scripts/e2e-package makes packages by the same code."""
    known = set(re.findall(r'"(--[a-z]+)"', (ROOT / "scripts" / "package-deb").read_text(encoding="utf-8")))
    lines = [line for line in PAGE.splitlines() if line.startswith("scripts/package-deb")]
    assert 2 == len(lines)
    assert {word for line in lines for word in shlex.split(line) if word.startswith("--")} <= known


def test_what_is_said_when_something_does_not_work_is_explained():
    """The table quotes the scripts that dpkg runs and the launcher, word for word."""
    sources = [*(ROOT / "package" / "debian").iterdir(), ROOT / "package" / "launcher.c"]
    text = "\n".join(path.read_text(encoding="utf-8") for path in sources).replace("\\`", "`")
    said = re.findall(r'(?m)^\| "(.*?)" \|', PAGE)
    assert 5 == len(said)
    assert [] == [one for one in said if one not in text]
