"""The files and MCP resources that a prompt mentions: `@path`, `@"path with spaces"`, `@server:uri`.

The client reads a mentioned file into the conversation without any tool call. As measured, a mention is a word that
starts with `@` at the start of the text, after white space, or after one of four CJK marks. The client cuts the word
behind its last ASCII letter, digit or underscore, drops `#L10-20`, expands `~/`, and shows of a folder only the names.
Other spellings (punctuation kept, a parenthesis before the `@`) count as well where such a file exists, so that a
client that reads them differently is not missed. A word that names nothing on the disk (`@scope/package`, a person) is
no mention, unless it is spelled as nothing but a path.
"""

from __future__ import annotations

from agentguard.access import limits, paths
from agentguard.access.model import CERTAIN, MCP, OPAQUE, POSSIBLE, READ, Row

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.world import World

_OPENERS = "\u3002\u3001\uff1f\uff01"  # ideographic full stop, comma, question mark, exclamation mark
_CLOSERS = ".,;:!?)]}>'\"*_`\u2026\u3002\u3001\uff1f\uff01"
_WORD = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")
_NAME = _WORD | frozenset(".-")
_PLAIN = ("/", "./", "../", "~/", ".")  # how nothing but a path starts


class _Mention:
    """One `@`: the spellings it may be read in, likeliest first, and whether the client takes it for a mention."""

    __slots__ = ("quoted", "sure", "texts")

    def __init__(self, texts: tuple[str, ...], *, quoted: bool, sure: bool) -> None:
        self.texts = texts
        self.quoted = quoted
        self.sure = sure


def rows(prompt: str, cwd: str, world: World) -> tuple[list[Row], bool]:
    """Return a `read` row for each mentioned file and an `mcp` row for each resource, and whether that is all of them.

    Past the limit an opaque row stands for the rest. Malformed paths give rows with that trait.
    """
    found: dict[str, Row] = {}
    seen: set[tuple[str, bool]] = set()
    mentions, complete = _mentions(prompt)
    for mention in mentions:
        named = False
        for number, text in enumerate(mention.texts):
            likely = mention.sure and not number
            if (text, likely) in seen:
                continue
            seen.add((text, likely))
            row = _row(text, cwd, world, likely=likely, plain=mention.quoted or text.startswith(_PLAIN))
            if row is not None:
                named = True
                if likely or str(row.path) not in found:
                    found[str(row.path)] = row
        server = "" if named else _server(mention)
        if server:
            found[f"{server}:"] = Row(MCP, POSSIBLE, server=server, why="mentioned in the prompt")
    if not complete:
        found[""] = Row(READ, OPAQUE, why="the prompt mentions more files than are looked at")
    return list(found.values()), complete


def _row(text: str, cwd: str, world: World, *, likely: bool, plain: bool) -> Row | None:
    """Return the row for one spelling of a mention, None where it names nothing."""
    why = paths.fault(text)
    if why:
        counts = likely and plain and why != "it is too long"
        return paths.malformed(READ, "", f"a mentioned path is malformed: {why}") if counts else None
    text = world.home + text[1:] if text == "~" or text.startswith("~/") else text
    path = paths.exact(paths.absolute(text, cwd, world.platform), cwd, world)
    exists = bool(world.disk.kind(str(path.resolved)))
    if paths.silent(path.text) or not (exists or (likely and plain)):
        return None
    return Row(READ, CERTAIN if likely else POSSIBLE, path=path, why="mentioned in the prompt")


def _mentions(prompt: str) -> tuple[list[_Mention], bool]:
    """Return the mentions in a prompt, and whether all that the client takes for one are among them."""
    found: list[_Mention] = []
    room = {True: limits.MAX_MENTIONS, False: limits.MAX_MENTIONS}
    at = prompt.find("@")
    for _ in range(limits.MAX_MENTION_SIGNS):
        if at < 0:
            return found, True
        opens = at == 0 or _blank(prompt[at - 1]) or prompt[at - 1] in _OPENERS
        if room[opens]:
            mention = _read(prompt, at + 1, sure=opens)
            if mention is not None:
                found.append(mention)
            room[opens] -= mention is not None or not opens  # a lone sign is no mention, and costs nothing
        elif opens:
            return found, False
        at = prompt.find("@", at + 1)
    return found, at < 0


def _read(prompt: str, start: int, *, sure: bool) -> _Mention | None:
    """Return the mention whose `@` stands before `start`, None where nothing follows."""
    if prompt[start : start + 1] == '"':
        end = prompt.find('"', start + 1, start + 1 + limits.MAX_PATH_BYTES)
        text = prompt[start + 1 : end] if end > 0 else ""
        if not text or text.endswith(" (agent)"):
            return None
        return _Mention(_spellings([text]), quoted=True, sure=sure)
    end = start
    stop = min(len(prompt), start + limits.MAX_PATH_BYTES + 1)
    while end < stop and not _blank(prompt[end]):
        end += 1
    word = prompt[start:end]
    cut = len(word)
    while cut and word[cut - 1] not in _WORD:
        cut -= 1
    texts = _spellings([word[:cut], word.rstrip(_CLOSERS), word])
    return _Mention(texts, quoted=False, sure=sure) if cut else None


def _blank(char: str) -> bool:
    """Return whether a character is white space in JavaScript, where the separators of ASCII are none."""
    return char == "\ufeff" or (char.isspace() and char not in "\x1c\x1d\x1e\x1f\x85")


def _spellings(texts: list[str]) -> tuple[str, ...]:
    """Return texts without their `#…` first, then as they are, trimmed as the client trims a path, none twice."""
    both = [spelling for text in texts for spelling in (text.partition("#")[0], text)]
    return tuple(dict.fromkeys(spelling.strip() for spelling in both if spelling.strip()))


def _server(mention: _Mention) -> str:
    """Return the server of `server:uri`, "" where a mention is no such thing."""
    if not (mention.sure and mention.texts):
        return ""
    server, colon, uri = mention.texts[0].partition(":")
    fine = _NAME | {" "} if mention.quoted else _NAME
    # one letter is the drive of a Windows path, a number behind the colon is a line
    good = colon and uri and not uri.isdigit() and 1 < len(server) <= limits.MAX_NAME_CHARS and fine.issuperset(server)
    return server if good else ""
