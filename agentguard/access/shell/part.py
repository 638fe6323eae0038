"""What is left to do where a limit is reached: the commands that have been seen by then still count.

They are run in a row, each pipeline as it stands and without the branches and loops round it. Whoever asks says beside
that what runs here cannot be known; so nothing that stands before the rest, or round it, hides them.
"""

from __future__ import annotations

from agentguard.access.shell import tree
from agentguard.access.shell.flow import Frame
from agentguard.access.shell.limits import MAX_TEXT
from agentguard.access.shell.pieces import Scan, Simple, Unreadable
from agentguard.access.shell.scan import Pass
from agentguard.access.shell.skip import Skipper

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.model import Value
    from agentguard.access.shell.interpret import Machine
    from agentguard.access.shell.state import State


def run(machine: Machine, frame: Frame, state: State) -> None:
    """Run the commands of a text that are seen before it is too much."""
    text = frame.text[: MAX_TEXT // 4]
    frame.scanned = found = Scan(text)
    try:
        Pass(text, found, Skipper(text)).commands(0, nested=False)
    except Unreadable:  # as was to be expected
        found.compound = True
    pipe: list[tree.Node] = []
    for token in [*found.flat, "\n"]:
        if isinstance(token, Simple):
            pipe.append((tree.SIMPLE, token))
        elif token not in ("|", "|&") and pipe:
            machine.node((tree.PIPE, pipe) if len(pipe) > 1 else pipe[0], state, None, frame)
            state.dead = False
            pipe = []


def innermost(words: list[Value], via: tuple[str, ...]) -> list[Value]:
    """Return the words of a command without the carriers before it that are round it already."""
    names = {label.split(None, 1)[0] for label in via if label}
    at = 0
    while at < len(words) and (words[at] in names or str(words[at])[:1] == "-"):
        at += 1
    return words[at:]
