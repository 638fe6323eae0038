"""Reads lines of a spool as `agentguard.audit.lines` does, in less time; what it is not sure of goes there.

orjson is laxer than we are (keys twice, numbers out of range, spaces). So a line counts only if writing its values again
gives the very same bytes: then it is in the one form in which the spool writes, and both readers see the same.
"""

from __future__ import annotations

import orjson

from agentguard import jsontext
from agentguard.audit import lines
from agentguard.audit.lines import Line
from agentguard.audit.spool import LINE_LIMIT

_KEYS = ["b", "t", "s", "h"]


def parse(raw: bytes) -> Line:
    """Return the line in `raw` (no newline), exactly as `lines.parse` does. Never raises."""
    line = _parsed(raw) if raw.isascii() and len(raw) < LINE_LIMIT else None
    return line or lines.parse(raw)


def _parsed(raw: bytes) -> Line | None:
    try:
        value = orjson.loads(raw)
        if type(value) is not dict or list(value) != _KEYS:
            return None
        line = Line(raw)
        line.body, line.texts, line.salt, line.h = value.values()
        if b"\\u" in raw:
            body, texts = jsontext.dumps(line.body), jsontext.dumps(line.texts)
        else:
            body, texts = orjson.dumps(line.body).decode("ascii"), orjson.dumps(line.texts).decode("ascii")
        if f'{{"b":{body},"t":{texts},"s":"{line.salt}","h":"{line.h}"}}'.encode("ascii") != raw:
            return None
    except (ValueError, TypeError, RecursionError):
        return None
    line.body_raw, line.texts_raw = body, texts
    return line if lines.is_whole(line) else None
