"""Operands that name other files.

words       a path that is read; `@PATH` is a file of more words
listed      a file that holds the names of files that are read; `-` is standard input
lists       a file of packages that are installed, or its URL (see specs)
"""

from __future__ import annotations

from agentguard.access.model import READ
from agentguard.access.programs import walk
from agentguard.access.shell.limits import MAX_OPERANDS
from agentguard.access.shell.values import concat, parts_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.model import Value
    from agentguard.access.programs.walk import Work
    from agentguard.access.shell.command import Call


def words(call: Call, value: Value, why: str, work: Work) -> None:
    """A path, or `@PATH` with more words in it (gcc(1), Overall Options): what they are not, a message shows."""
    first = parts_of(value)[0]
    if isinstance(first, str) and first[:1] == "@" and value != "@":
        value = concat([first[1:], *parts_of(value)[1:]])
    call.path(READ, value, why, work.extent)


def listed(call: Call, value: Value, why: str, work: Work) -> None:
    """A file of names, `-` for standard input: each of them is read, too, or counted by `wc`."""
    kind = "look" if call.name in ("wc", "gwc") else "read"
    stdin = value in ("-", "/dev/stdin")
    feed = call.stdin if stdin else call.written(value)
    if not stdin:
        call.path(READ, value, why)
    if feed is None or (feed.source is not None and feed.items is None):
        return
    text = feed.value
    names = list(text.replace("\0", "\n").split("\n")) if isinstance(text, str) else feed.lines()
    for name in names[:MAX_OPERANDS]:
        walk.act(call, kind, name, f"a name in {why}", work)
