"""agentguard as a package of the operating system lays it out. `scripts/package-deb` makes the package.

    <code>/hook         the launcher, which managed settings start (package/launcher.c)
    <code>/current      a link to the version in force, replaced in one step
    <code>/<version>/   lib/ (the packages, compiled), bin/python3, hook.py, cli.py; never changed once it is there
    <code>/package/     what the package manager keeps; a version's folder is made of it, by hard links
    /usr/bin/agentguard

A package manager takes the old version's files away before the new one is complete. So nothing is started from the files
that it keeps, and a version's folder goes when no hook of it runs any more: the launcher holds a lock on it.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from agentguard.deploy import packed, stub

if TYPE_CHECKING:
    from agentguard.places import Places

LAUNCHER, CURRENT, KEPT, LIBRARY = "hook", "current", "package", "lib"
COMMAND = "/usr/bin/agentguard"
OBSERVE = "observe"  # the launcher's argument where nothing is enforced: a hook that fails holds nothing up
NAME = "agentguard"  # the package's


def folder(places: Places) -> str:
    """Return the folder of the version in force, "" where agentguard is not installed by a package."""
    link = os.path.join(places.code, CURRENT)
    return os.path.realpath(link) if os.path.islink(link) else ""


def launcher(places: Places) -> str:
    """Return the path of the launcher."""
    return os.path.join(places.code, LAUNCHER)


def finish(version: str, places: Places, repair: str) -> None:
    """Compile what lies in `version`/lib and write the two scripts beside it. `repair`: what mends a damaged package.

    Runs in the interpreter that the package is for. The scripts find the library beside them, so a version works
    under whatever name its folder gets.
    """
    packed.compile_tree(os.path.join(version, LIBRARY), os.path.join(places.code, KEPT, LIBRARY))
    beside = f"os.path.join(os.path.dirname(__file__), {LIBRARY!a})"
    for name, text in (
        ("hook.py", stub.hook_text(places, beside, [], repair)),
        ("cli.py", stub.cli_text(beside, repair)),
    ):
        with open(os.path.join(version, name), "w", encoding="ascii") as file:
            file.write(text)
