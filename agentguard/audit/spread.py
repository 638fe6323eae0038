"""Where secrets that are known stand in other texts: as an option in its normal form, in a path, in a reason.

A secret of `LONG` characters is found anywhere. A shorter one would hit what has nothing to do with it (`app:app`, and then
every path with `app` in it), so it counts only as a value or a word by itself, and the shortest only after one of `JOINTS`:
`--user=a:pw`. What is a key word itself (`PASSWORD=secret`) or a digit or two tells nobody anything and is left alone.

Time stays bounded: of one call so many secrets are looked for, and a text that is full of them is hidden whole.

The hook reaches this module, and only for texts that may hold a secret.
"""

# ruff: noqa: RUF001 - marks are made of these characters
from __future__ import annotations

from agentguard.audit import shapes
from agentguard.audit.look import QUOTES, WHITE, marks, plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.audit.scan import Span

LONG = 6
SHORT = 3
JOINTS = "=:@%"
_BEFORE = JOINTS + WHITE + "".join(QUOTES) + "("
_GOES_ON = shapes.TOKEN + "/"
_LIMIT = 128  # secrets of one call; of what is beyond, only whole shell words are known
_MOST = 2048  # places in one text
_COMMON = shapes.CONSTANTS | shapes.TYPES | {word for _kind, word, _alone in shapes.ASSIGNMENTS}


def learn(secret: str, kind: tuple[str, bool], known: dict[str, tuple[str, bool]]) -> None:
    """Add a secret that was found to those that are known, as it stands there and without its quotes."""
    for form in (secret, plain(secret)):
        common = form.lower() in _COMMON or (len(form) < SHORT and form.isdigit())
        if form.strip() and "‹" not in form and not common and len(known) < _LIMIT:
            known.setdefault(form, kind)


def spans(text: str, known: dict[str, tuple[str, bool]]) -> list[Span]:
    """Return where secrets that are known stand in `text`, in no order; marks are left alone."""
    found: list[Span] = []
    covered = marks(text)
    for secret, (kind, strong) in known.items():
        start = text.find(secret)
        while start >= 0:
            end = start + len(secret)
            if (len(secret) >= LONG or _alone(text, start, end)) and 1 not in covered[start:end]:
                found.append((start, end, kind, strong))
                if len(found) > _MOST:
                    return [(0, len(text), kind, False)]
            start = text.find(secret, end)
    return found


def _alone(text: str, start: int, end: int) -> bool:
    """Whether a value or a word by itself stands there, and no part of a path or a name; the shortest must be a value."""
    before, after = text[max(0, start - 1) : start], text[end : end + 2]
    if after and (after[0] in _GOES_ON or (after[0] == "." and after[1:] and after[1] in shapes.ALNUM)):
        return False
    if end - start < SHORT:
        return bool(before) and before in JOINTS
    return not before or before in _BEFORE
