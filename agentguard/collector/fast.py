"""Reads lines of a spool as `agentguard.audit.lines` does, in less time; what it is not sure of goes there.

orjson is laxer than we are (keys twice, numbers out of range, spaces). So a line counts only if writing its values again
gives the very same bytes: then it is in the one form in which the spool writes, and both readers see the same.
"""

from __future__ import annotations

import orjson

from agentguard import digest, jsontext
from agentguard.audit import lines
from agentguard.audit.lines import Line
from agentguard.audit.spool import LINE_LIMIT

_DIGITS = bytes(48 if 48 <= code <= 57 else 32 for code in range(256))  # every digit a 0, anything else a space
_LONG = b"0" * 20  # a number that has more bits than orjson's
digest.use_openssl()  # the collector signs and serves HTTPS, so it is loaded in any case
_KEYS = ["b", "t", "s", "h"]


def parse(raw: bytes) -> Line:
    """Return the line in `raw` (no newline), exactly as `lines.parse` does. Never raises."""
    line = _parsed(raw) if raw.isascii() and len(raw) < LINE_LIMIT else None
    return line or lines.parse(raw)


def parsed_before(raw: bytes) -> Line:
    """Return a line that `parse` has found good when it came; it has a problem if it is damaged since then.

    Only exact parts of it (`body_raw`, `texts_raw`) are missing.
    """
    if _LONG not in raw.translate(_DIGITS):  # orjson would take it for a float
        try:
            line = _framed(raw)
        except ValueError:
            line = None
        if line and lines.is_whole(line):
            return line
    return lines.parse(raw)


def _framed(raw: bytes) -> Line | None:
    value = orjson.loads(raw)
    if type(value) is not dict or list(value) != _KEYS:
        return None
    line = Line(raw)
    line.body, line.texts, line.salt, line.h = value.values()
    return line


def _parsed(raw: bytes) -> Line | None:
    try:
        line = _framed(raw)
        if not line:
            return None
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
