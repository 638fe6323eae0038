"""What is rendered for one kind of machine: plain values, which `render` writes and `readme` describes."""

from __future__ import annotations

from typing import NamedTuple


class Artefact(NamedTuple):
    """One file. `what`: one line about it; `place`: where it goes on a machine, "" where it goes nowhere."""

    name: str
    data: bytes
    what: str
    place: str = ""


class Kit(NamedTuple):
    """Everything for one kind of machine.

    `language`: of the steps (sh, powershell). `install` and `remove` are lines of it, in their order.
    `argv`: what the agent starts. `before` and `warnings` are paragraphs of the page, before the steps and after them.
    """

    title: str
    artefacts: tuple[Artefact, ...]
    language: str
    install: tuple[str, ...]
    remove: tuple[str, ...]
    argv: list[str]
    before: str = ""
    warnings: tuple[str, ...] = ()
