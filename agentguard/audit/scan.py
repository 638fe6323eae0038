"""Finds secrets in a text by the tables of `shapes`. Each search goes forward only, so time is linear in the text.

The hook reaches this module, and only for texts that may hold a secret. A span is (start, end, type, strong); strong
means that nobody can guess it, so that its HMAC may be shown.
"""

from __future__ import annotations

from agentguard.audit import commands, shapes
from agentguard.audit.look import (
    ENDS,
    NEAR,
    NONE,
    QUOTES,
    SINGLE,
    SPACE,
    WHITE,
    Look,
    closing,
    edge,
    find,
    plain,
    reference,
    run,
    skip,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TypeAlias

    Span: TypeAlias = tuple[int, int, str, bool]

_SEPARATORS = ":=>"
_ENCODED = ("%3d", "%3a")  # two of them in a URL
_URL_ENDS = frozenset(" \t\r\n\"'<>`/?#\\")
_USERINFO_LIMIT = 1024
_GUESSABLE = 20  # characters; shorter credentials can be guessed


def secrets(text: str) -> list[Span]:
    """Return the spans of all secrets in `text`, in order, none overlapping another."""
    look = Look(text)
    spans: list[Span] = []
    for search in _SEARCHES:
        spans += search(look)
    return merged([span for span in spans if 0 in look.covered[span[0] : span[1]]])


def words_with(text: str, start: int, end: int, mark: str) -> Iterator[tuple[str, str]]:
    """Yield (plain text, redacted text) of a secret and of the shell word that it ends: `-phunter2`."""
    secret = plain(text[start:end])
    if not secret:
        return
    yield secret, mark
    head = text[max(0, start - NEAR) : start]
    cut = max(head.rfind(white) for white in WHITE) + 1
    head = plain(head[cut:])
    if head:
        yield head + secret, head + mark


def _tokens(look: Look) -> Iterator[Span]:
    text = look.text
    for kind, prefix, chars, least, dots in shapes.TOKENS:
        start = text.find(prefix)
        while start >= 0:
            after = start + len(prefix)
            if not edge(text, start, shapes.ALNUM):
                start = text.find(prefix, start + 1)
                continue
            end = run(text, after, chars)
            if end - after >= least and text.count(".", after, end) >= dots:
                end = run(text, end, shapes.TOKEN)
                yield start, end, kind, True
            start = text.find(prefix, end)


def _addresses(look: Look) -> Iterator[Span]:
    text = look.text
    for kind, prefix, chars, least in shapes.ADDRESSES:
        start = text.find(prefix)
        while start >= 0:
            start += len(prefix)
            end = run(text, start, chars)
            if end - start >= least:
                yield start, end, kind, True
            start = text.find(prefix, end)


def _infixes(look: Look) -> Iterator[Span]:
    """Tokens that a piece in their middle gives away."""
    text = look.text
    for kind, chars, least, infix, following, least_following in shapes.INFIXES:
        middle = text.find(infix)
        while middle >= 0:
            after = middle + len(infix)
            head = text[max(0, middle - NEAR) : middle]
            start = middle - (len(head) - len(head.rstrip(chars)))
            end = run(text, after, following)
            if middle - start >= least and end - after >= least_following:
                yield start, end, kind, True
                after = end
            middle = text.find(infix, after)


def _key_blocks(look: Look) -> Iterator[Span]:
    text = look.text
    start = text.find("-----BEGIN ")
    while start >= 0:
        label = text.find("-----", start + 11, start + 11 + NEAR)
        end = start + 11
        if label >= 0 and "PRIVATE KEY" in text[start:label]:
            close = text.find("-----END ", label)
            close = text.find("-----", close + 9) if close >= 0 else -1
            end = close + 5 if close >= 0 else len(text)
            yield start, end, "private-key", True
        start = text.find("-----BEGIN ", end)
    start = text.find("Private-Lines:")  # PuTTY's
    while start >= 0:
        start += 14
        end = text.find("Private-MAC:", start)
        end = end if end >= 0 else len(text)
        yield start, end, "private-key", True
        start = text.find("Private-Lines:", end)


def _urls(look: Look) -> Iterator[Span]:
    """Passwords in URLs: scheme://user:password@host (RFC 3986, section 3.2.1). A path that holds one has one slash."""
    text = look.text
    start = text.find(":/")
    while start >= 0:
        start = end = start + (3 if text.startswith("/", start + 2) else 2)
        limit = min(len(text), start + _USERINFO_LIMIT)
        while end < limit and text[end] not in _URL_ENDS:
            end += 1
        at = text.rfind("@", start, end)
        colon = find(look, ":", start, at) if at >= 0 else -1
        if 0 <= colon < at - 1 and not reference(look, colon + 1):
            yield colon + 1, at, "url-password", False
        start = text.find(":/", end)


def _authorizations(look: Look) -> Iterator[Span]:
    """Credentials after `Authorization:` and after a bare `Bearer`."""
    text, low = look.text, look.low
    for word in ("authorization", "bearer"):
        pos = low.find(word)
        while pos >= 0:
            end = pos + len(word)
            start = _after_separator(look, end, dashed=False) if word == "authorization" else skip(text, end, SPACE)
            if start > end and not look.covered[pos]:
                if text[start : start + 1] in QUOTES:
                    start += 1
                scheme_end = run(text, start, shapes.TOKEN)
                scheme = low[start:scheme_end]
                credentials = skip(text, scheme_end, SPACE)
                if scheme in shapes.LONG_SCHEMES and credentials > scheme_end:
                    start, end = credentials, _line_end(look, credentials)
                elif scheme in shapes.SCHEMES and credentials > scheme_end:
                    start, end = credentials, _plain_end(look, credentials)
                else:
                    end = _plain_end(look, start)
                long = end - start >= _GUESSABLE
                if end > start and (long or word == "authorization") and not reference(look, start):
                    yield start, end, "authorization", long and scheme != "basic"
            pos = low.find(word, max(end, pos + 1))


def _assignments(look: Look) -> Iterator[Span]:
    text, low = look.text, look.low
    for kind, word, alone in shapes.ASSIGNMENTS:
        pos = low.find(word)
        while pos >= 0:
            end = pos + len(word)
            if not look.covered[pos] and not (alone and not edge(text, pos, shapes.ALNUM)):
                start = _after_separator(look, end, dashed=_dashed(text, pos))
                if start > end and not reference(look, start):
                    encoded = low[start - 3 : start] in _ENCODED
                    start, end = _line(look, start) if kind == "cookie" else _value(look, start)
                    if encoded and (next_field := text.find("%26", start, end)) >= 0:
                        end = next_field
                    if low[start:end] not in shapes.CONSTANTS:
                        yield start, end, kind, False
            pos = low.find(word, end)


def _quoted(look: Look) -> Iterator[Span]:
    """Find what stands in quotes after a word: `IDENTIFIED BY 'hunter2'`."""
    text, low = look.text, look.low
    for kind, word in shapes.QUOTED:
        pos = low.find(word)
        while pos >= 0:
            end = pos + len(word)
            start = skip(text, end, SPACE + "(")
            apart = start > end
            start += text[start : start + 1] == "\\"
            quote = text[start : start + 1]
            if apart and quote and quote in QUOTES and not look.covered[pos] and edge(text, pos, shapes.WORD):
                close = text.find(quote, start + 1)
                close = close if close >= 0 else len(text)
                close -= text[close - 1] == "\\"
                if close > start + 1 and not reference(look, start + 1):
                    yield start + 1, close, kind, False
                    end = close
            pos = low.find(word, end)


def _after_separator(look: Look, pos: int, *, dashed: bool) -> int:
    """Return where the value of a name that ends at `pos` starts, `pos` where there is none.

    Between them stands `=`, `:` or the like, or (for an option: `dashed`) nothing but space.
    """
    text = look.text
    end = skip(text, pos, shapes.DIGITS)
    if text[end : end + 1] == "\\":
        end += 1
    if text[end : end + 1] in QUOTES:
        end += 1
    if text[end : end + 1] == "]":
        end += 1
    separator = skip(text, end, SPACE)
    value = skip(text, separator, _SEPARATORS)
    if separator > end and not text[separator:value].strip(">"):  # `jq .token > file`: that is a redirection
        value = separator
    if value > separator:
        value = skip(text, value, SPACE)
    elif look.low[separator : separator + 3] in _ENCODED:
        value = separator + 3
    elif not dashed or separator == end or text[separator : separator + 1] == "-":
        return pos
    return value if value < len(text) and text[value] not in WHITE else pos


def _value(look: Look, start: int) -> tuple[int, int]:
    """Return where a value starts and ends: what its own quotes hold, else up to what ends a word."""
    text = look.text
    outer = look.quotes[start]
    if text[start : start + 2] in ('\\"', "\\'"):
        close = text.find(text[start : start + 2], start + 2)
        return start + 2, close if close >= 0 else len(text)
    quote = text[start]
    if quote in QUOTES and QUOTES[quote] != outer:
        close = closing(text, start)
        if outer == NONE and close + 1 < len(text) and text[close + 1] not in ENDS + ":":
            return start, _plain_end(look, start)  # 'a'b: quoted and unquoted parts of one word
        return start + 1, close
    return start, _plain_end(look, start)


def _line(look: Look, start: int) -> tuple[int, int]:
    """Return where a value starts and ends that goes on to the end of its line or its quotes."""
    if look.text[start] in QUOTES and not look.quotes[start]:
        return start + 1, closing(look.text, start)
    return start, _line_end(look, start)


def _line_end(look: Look, start: int) -> int:
    text, outer = look.text, look.quotes[start] if start < len(look.text) else NONE
    newline = text.find("\n", start)
    end = newline if newline >= 0 else len(text)
    if outer:
        close = text.find("'" if outer == SINGLE else '"', start, end)
        end = close if close >= 0 else end
    return end


def _plain_end(look: Look, start: int) -> int:
    """Return where an unquoted value (or one inside other quotes) ends."""
    text = look.text
    pos = start
    while pos < len(text):
        char = text[pos]
        if char in ENDS:
            break
        outer = look.quotes[start]
        if char == "\\" and outer != SINGLE:
            if outer and text[pos + 1 : pos + 2] in QUOTES:
                break
            pos += 1
        elif char in QUOTES:
            if outer:
                break
            pos = closing(text, pos)
        pos += 1
    return min(pos, len(text))


def _dashed(text: str, pos: int) -> bool:
    """Whether the name that `pos` stands in starts with a dash: an option."""
    start = pos
    while start and pos - start < NEAR and text[start - 1] in shapes.TOKEN:
        start -= 1
    return text[start] == "-"


def merged(spans: list[Span]) -> list[Span]:
    """Return spans in order, those that overlap as one. Of two on the same place the stronger type is kept."""
    found: list[Span] = []
    for span in sorted(spans, key=lambda span: (span[0], -span[1], not span[3])):
        if not found or span[0] >= found[-1][1]:
            found.append(span)
        elif span[1] > found[-1][1]:
            start, _end, kind, _strong = found[-1]
            found[-1] = (start, span[1], kind, False)
    return found


_SEARCHES = (
    _tokens,
    _infixes,
    _addresses,
    _key_blocks,
    _urls,
    _authorizations,
    _assignments,
    _quoted,
    commands.secrets,
)
