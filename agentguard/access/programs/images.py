"""ImageMagick: images that are named `FORMAT:PATH`, and texts that are drawn from `@PATH` (imagemagick.org, Filenames)."""

from __future__ import annotations

from agentguard.access.model import READ, WRITE
from agentguard.access.programs import walk
from agentguard.access.shell.values import plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.model import Value
    from agentguard.access.programs.walk import Work
    from agentguard.access.shell.command import Call

# Formats that are drawn from the word itself.
_DRAWN = frozenset(
    {"xc", "canvas", "gradient", "radial-gradient", "pattern", "plasma", "fractal", "null", "logo", "rose"}
)
_TEXTS = frozenset({"caption", "label", "pango"})  # the word is the text, unless it is `@PATH`


def looks(call: Call, work: Work) -> None:
    """`identify IMAGE…`."""
    work.line.traits.add("read-only")
    _rows(call, work, target="")


def draws(call: Call, work: Work) -> None:
    """`convert IMAGE… TARGET`; `mogrify` changes images where they are, `display` shows them."""
    target = {"mogrify": "all", "display": "", "animate": "", "conjure": ""}.get(call.name, "last")
    first = plain(call.words[0]) if call.words else ""
    if call.name in ("magick", "gm") and first in ("identify", "display", "mogrify"):
        target = "all" if first == "mogrify" else ""
    _rows(call, work, target)


def _rows(call: Call, work: Work, target: str) -> None:
    walk.standard(call, work)
    words = list(call.words)
    for number, word in enumerate(words):
        path = _path(word)
        last = number == len(words) - 1
        if path is None:
            continue
        if target == "all" or not (last and target == "last"):
            call.path(READ, path, "an image")
        if target == "all" or (last and target == "last"):
            call.path(WRITE, path, "an image")


def _path(word: Value) -> Value | None:
    """Return the path that a word names, None for one that names none."""
    text = plain(word)
    if text is None:
        return word
    if text[:1] == "@":
        return text[1:] or None
    form, colon, rest = text.partition(":")
    if colon and form.replace("-", "").isalnum() and "/" not in form and len(form) > 1:
        if form.lower() in _DRAWN:
            return None
        if form.lower() in _TEXTS:
            return rest[1:] or None if rest[:1] == "@" else None
        text = rest
    if text[:1] in ("-", "+", "#", "") or "%" in text or text in ("(", ")"):
        return None
    text = text.partition("[")[0] or text
    return text if walk.looks_like_path(text) else None
