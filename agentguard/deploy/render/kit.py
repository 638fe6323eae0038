"""What is rendered for one kind of machine: plain values, which `render` writes and `readme` describes."""

from __future__ import annotations

from typing import NamedTuple

INSTALL, REMOVE = "install.sh", "remove.sh"


class Artefact(NamedTuple):
    """One file. `what`: one line about it; `place`: where it goes on a machine, "" where it goes nowhere by itself."""

    name: str
    data: bytes
    what: str
    place: str = ""
    mode: int = 0o644


def script(title: str, steps: tuple[str, ...]) -> bytes:
    """Return steps as a shell script that stops at the first one that fails, wherever it is started from.

    Folders that it makes are for everybody to read, whatever root's umask is: the client runs as the person.
    """
    head = f'#!/bin/sh\n# {" ".join(title.split())}\nset -eu\numask 022\ncd "$(dirname "$0")"\n'
    return (head + "\n".join(steps) + "\n").encode()


class Kit(NamedTuple):
    """Everything for one kind of machine.

    `language`: of the steps (sh, powershell). `install` and `remove` are lines of it, in their order.
    `argv`: what the agent starts. `before` and `warnings` are paragraphs of the page, before the steps and after them.
    `closed`: names of choices whose gap is closed here without them.
    """

    title: str
    artefacts: tuple[Artefact, ...]
    language: str
    install: tuple[str, ...]
    remove: tuple[str, ...]
    argv: list[str]
    before: str = ""
    warnings: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()
