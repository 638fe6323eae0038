"""What code and editors put into files, so that a file which then runs is judged by it.

Code says what it writes where that is exact (see sinks, the kinds `fill`, `text`, `more`); everything else that it puts
into a file is not known, and a file of unknown text that runs is opaque. Whether code comes to a place is never asked: a
text that it puts into a file is one more possibility, what it adds stands behind the last one.

A file of the disk that is changed in place stays one of the project: its new text is worked out where the change is plain
(`made.edited`), else the texts that are put into it stand behind the old one (`made.inserted`).
"""

from __future__ import annotations

from agentguard.access import limits
from agentguard.access.code import reach
from agentguard.access.code.held import FETCHED, Contents, Edited, text
from agentguard.access.model import UNKNOWN
from agentguard.access.shell.flow import Feed
from agentguard.access.shell.limits import MAX_ALTERNATIVES
from agentguard.access.shell.made import FILE, Thing
from agentguard.access.shell.values import concat, parts_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from agentguard.access.model import Value
    from agentguard.access.shell.command import Call

    Change = Callable[[str], str | None]


def fill(call: Call, path: Value, content: Any, *, appends: bool) -> None:
    """Note what code puts into a file: a text, what another file holds, or what it holds with changes."""
    if call.machine.reading or (place := call.place(path)) is None:
        return
    made = call.machine.changes()
    place = made.follow(place)
    if isinstance(content, Edited) and not appends:
        if call.place(content.path) == call.place(path):
            edits = content.edits
            change(call, path, lambda old: _replaced(old, edits), [new for _, new, _ in edits])
            return
        content = UNKNOWN
    if isinstance(content, Contents) and not appends:
        from agentguard.access.shell import places  # noqa: PLC0415 - rare

        places.copy(call, content.path, path, moved=False)
        return
    before, texts = made.fills.setdefault(place, (made.places.get(place, ()), []))
    new = text(content)
    if appends and texts:
        texts[-1] = concat([*parts_of(texts[-1]), *parts_of(new)])
    elif texts[-1:] == [""]:
        texts[-1] = new
    else:
        texts.append(new)
    if len(texts) > MAX_ALTERNATIVES:
        texts[:] = [UNKNOWN]
    made.put(place, Thing(FILE, Feed(texts[-1])))
    made.places[place] = (*before, *(Thing(FILE, Feed(one, fetched=content is FETCHED)) for one in texts))


def _replaced(old: str, edits: tuple[tuple[str | None, str, int], ...]) -> str | None:
    for before, after, count in edits:
        if before is None:
            return None
        old = old.replace(before, after, count)
        if len(old) > limits.MAX_SCRIPT_BYTES:
            return None
    return old


def change(call: Call, path: Value, work: Change, new: list[str] | None) -> None:
    """Note that a file is changed in place. `work` gives its new text, None where it cannot; `new` are the texts put in.

    Where neither is known (`new` is None), nobody knows what the file holds.
    """
    machine = call.machine
    if machine.reading or (place := call.place(path)) is None:
        return
    made = machine.changes()
    place = made.follow(place)
    if place in made.places:
        things = []
        for one in made.places[place]:
            old = one.feed.value if one.feed is not None else None
            after = work(old) if isinstance(old, str) else None
            things.append(
                Thing(FILE, Feed(UNKNOWN if after is None else after, one.feed is not None and one.feed.fetched))
            )
        made.places[place] = tuple(things)
        return
    where = reach.locate(call, path)
    if where is None:
        return
    old = made.edited.get(where) or reach.on_disk(call, where)
    after = work(old) if old is not None and where not in made.inserted else None
    if after is not None:
        made.edited[where] = after
    elif new is not None:
        reach.inserted(call, path, new)
    else:
        made.put(place, Thing(FILE, Feed(UNKNOWN)))
