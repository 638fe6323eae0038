"""Text that is read once more: as zsh reads it, or with an `echo` that reads escapes as that of zsh and of dash does."""

from __future__ import annotations

from agentguard.access.model import UNKNOWN
from agentguard.access.shell import tree
from agentguard.access.shell.flow import Feed
from agentguard.access.shell.interpret import either, meet
from agentguard.access.shell.pieces import TooMuch, Twofold, Unreadable
from agentguard.access.shell.scan import scan

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.shell.flow import Frame
    from agentguard.access.shell.interpret import Machine
    from agentguard.access.shell.state import State


def afresh(machine: Machine) -> None:
    """Start a second run of the same text, with an `echo` that reads escapes. Rows stay."""
    machine.escapes, machine.twice = True, False
    machine.processes, machine.sinks, machine.sought = {}, {}, []
    if machine.made is not None:
        machine.world, machine.made = machine.world.over(machine.made.disk), None
        machine.world.folders = {}
    machine.fetched, machine.elsewhere, machine.unsplit = False, None, False
    machine.work = {"characters": machine.work["characters"], "commands": 0, "words": 0}
    machine.processed = 0


def in_zsh(machine: Machine, frame: Frame, state: State, stdin: Feed | None, reason: Unreadable) -> Feed:
    """Run text that bash does not take as zsh reads it; opaque where zsh does not either."""
    feeds: list[Feed] = []
    states: list[State] = []
    zsh = state.dialect != "bash" and not isinstance(reason, TooMuch)
    try:
        if isinstance(reason, Twofold):
            frame.scanned = scan(frame.text, settled=True)
            root = tree.build(frame.scanned)
            states.append(state.copy() if zsh else state)
            feeds.append(machine.node(root, states[0], stdin, frame))
    except Unreadable as other:
        reason = other
        zsh = zsh and not isinstance(reason, TooMuch)
    try:
        if zsh:
            from agentguard.access.shell import zshgrammar  # noqa: PLC0415 - few texts are zsh's alone

            frame.scanned, root = zshgrammar.read(frame.text)
            feeds.append(machine.node(root, state, stdin, frame))
    except Unreadable as other:
        if isinstance(other, TooMuch) or not isinstance(reason, Twofold):
            machine.unreadable(frame, frame.where, other if isinstance(other, TooMuch) else reason)
    if not feeds:
        machine.unreadable(frame, frame.where, reason)
        if isinstance(reason, TooMuch) and not machine.reading:
            from agentguard.access.shell import part  # noqa: PLC0415 - few texts come so far

            part.run(machine, frame, state)
        return Feed(UNKNOWN)
    meet(state, [one for one in states if one is not state])
    return either(feeds)
