"""Runs `agentguard policy replay` in the made world. Started by `score.py` in a mount namespace of its own.

/home and /tmp are empty there but for what the fixture makes, so that `/home/dev` is a home like any other and the
machine's own files decide nothing. Trees that Python needs stay where they are. Source: unshare(1), mount(8).
"""

import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
from corpus import fixture  # noqa: E402 - needs the line above

COVERED = ("/home", "/tmp")
STASH = "/mnt"  # there on every Linux (hier(7)); covered while trees are moved


def _mount(*arguments):
    subprocess.run(["mount", *arguments], check=True)


def cover(trees):
    """Make the covered folders empty, and put the trees that lie beneath them back at their paths."""
    beneath = tuple(f"{folder}/" for folder in COVERED)
    kept = sorted({path for path in map(os.path.realpath, trees) if path.startswith(beneath)})
    _mount("-t", "tmpfs", "stash", STASH)
    for number, tree in enumerate(kept):
        os.mkdir(f"{STASH}/{number}")
        _mount("--bind", tree, f"{STASH}/{number}")
    for folder in COVERED:
        _mount("-t", "tmpfs", "-o", "mode=1777" if folder == "/tmp" else "mode=755", "corpus", folder)
    for number, tree in enumerate(kept):
        os.makedirs(tree, exist_ok=True)
        _mount("--move", f"{STASH}/{number}", tree)
    _mount_off(STASH)


def _mount_off(folder):
    subprocess.run(["umount", folder], check=True)


def main():
    """Make the world, and go on as agentguard."""
    here = os.path.dirname(os.path.dirname(HERE))
    cover([here, sys.prefix, sys.base_prefix])
    made = fixture.make()
    os.chdir(made.project)
    start = [
        sys.executable,
        "-m",
        "agentguard",
        "policy",
        "replay",
        "--json",
        "--home",
        made.home,
        "--cwd",
        made.project,
    ]
    os.execv(sys.executable, [*start, *sys.argv[1:]])


main()
