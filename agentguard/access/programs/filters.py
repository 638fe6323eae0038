"""What filters of text write: lines that come in are chosen, cut or changed. Manual pages of section 1.

Exact text gives exact text. Of lines of which only some things are known (`ls`, `find`) those that may be chosen stay as
they are: a filter that cannot be followed drops none of them. What cannot be computed is unknown.
"""

from __future__ import annotations

from agentguard.access.model import ANY, STAR, UNKNOWN, Pattern
from agentguard.access.shell.flow import Feed
from agentguard.access.shell.limits import MAX_FIELDS, MAX_VALUE
from agentguard.access.shell.values import concat, parts_of, plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from agentguard.access.model import Value
    from agentguard.access.programs.walk import Work
    from agentguard.access.shell.command import Call

_NOTHING = Feed(UNKNOWN)
_SPECIAL = frozenset("\\.*[]^$+?(){}|")


def given(call: Call, operands: list[Value]) -> Feed:
    """Return what a filter reads: standard input, or a file that this text has made."""
    if not operands or operands == ["-"]:
        return call.stdin or _NOTHING
    found = [call.written(operand) for operand in operands]
    if len(found) == 1 and found[0] is not None:
        return found[0]
    if found and all(feed is not None and isinstance(feed.value, str) for feed in found):
        return Feed(concat([part for feed in found if feed is not None for part in parts_of(feed.value)]))
    return _NOTHING


def _exact(feed: Feed) -> list[str] | None:
    """Return the lines of exact text in their order, None where it is not exact."""
    if feed.items is not None or not isinstance(feed.value, str):
        return None
    text = feed.value.removesuffix("\n")
    return text.split("\n") if feed.value else []


def _told(lines: list[str]) -> Feed:
    return Feed("".join(line + "\n" for line in lines))


def several(lines: list[Value]) -> Feed:
    """Return a feed of lines of which some may be missing, in no known order."""
    if not lines or len(lines) > MAX_FIELDS:
        return _NOTHING
    return Feed(concat([part for line in lines for part in (*parts_of(line), "\n")]), items=lines)


def one_of(lines: list[Value]) -> Feed:
    """Return a feed of one of these lines."""
    if len(lines) == 1:
        return several(lines)
    ends = {str(parts_of(line)[-1]).rpartition("/")[2] for line in lines}
    if len(ends) == 1 and "" not in ends and all(isinstance(parts_of(line)[-1], str) for line in lines):
        starts = {str(parts_of(line)[0]).rpartition("/")[0] for line in lines if isinstance(parts_of(line)[0], str)}
        if len(starts) == 1 and (start := starts.pop()):  # `./.env` and `./…/.env`
            return Feed(concat([start + "/", ANY, *ends, "\n"]), items=lines or None)
    plainly = all(isinstance(line, str) and "/" not in line and line[:1] != "." for line in lines)
    return Feed(Pattern((STAR if plainly else ANY, "\n")), items=lines or None)


def _some(feed: Feed) -> Feed:
    """Return what a filter lets through that drops or reorders lines in a way that is not followed."""
    if feed.items is None and not isinstance(feed.value, (str, Pattern)):
        return _NOTHING
    return several(list(feed.lines()))


# -- choosing lines


def ends(call: Call, work: Work) -> Feed:
    """`head` and `tail`: so many lines or bytes of one end."""
    feed = given(call, [word for word in work.line.operands if not _count(word)])
    last = call.name in ("tail", "gtail")
    lines = plain(work.line.value("--lines") or "") or next(filter(None, map(_count, call.words)), "10")
    signed, number = lines[:1], lines.lstrip("+-")
    if work.line.has("--bytes"):
        return _bytes(feed, plain(work.line.value("--bytes") or "") or "", last=last)
    if not number.isascii() or not number.isdigit() or len(number) > 6:
        return _some(feed)
    count, exact = int(number), _exact(feed)
    if exact is None:
        if feed.items is None and not isinstance(feed.value, (str, Pattern)):
            return _NOTHING
        return one_of(list(feed.lines())) if count == 1 and signed not in "+-" else _some(feed)
    if last:
        return _told(
            exact[count - 1 if count else 0 :] if signed == "+" else exact[len(exact) - min(count, len(exact)) :]
        )
    return _told(exact[: len(exact) - count] if signed == "-" and work.line.has("--lines") else exact[:count])


def _count(word: Value) -> str:
    """Return N of `-N`, "" for any other word."""
    return word[1:] if isinstance(word, str) and word[:1] == "-" and word[1:].isdigit() else ""


def _bytes(feed: Feed, number: str, *, last: bool) -> Feed:
    text = feed.value
    if not isinstance(text, str) or feed.items is not None or not number.isdigit() or len(number) > 6:
        return _NOTHING
    data = text.encode("utf-8", "surrogateescape")
    count = int(number)
    cut = data[len(data) - min(count, len(data)) :] if last else data[:count]
    return Feed(cut.decode("utf-8", "surrogateescape"))


def order(call: Call, work: Work) -> Feed:
    """`sort`, `shuf`: the same lines; in which order depends on the locale."""
    feed = given(call, work.line.operands)
    exact = _exact(feed)
    if exact is None:
        return _some(feed)
    lines: list[Value] = list(dict.fromkeys(exact) if work.line.has("--unique") else exact)
    return _told(exact) if len(lines) < 2 else several(lines)


def unique(call: Call, work: Work) -> Feed:
    """`uniq`: a line that equals the one before it goes."""
    feed = given(call, work.line.operands[:1])
    exact = _exact(feed)
    if work.line.has("--count -d -D"):
        return _NOTHING
    if exact is None or work.line.flags:
        return _some(feed)
    return _told([line for number, line in enumerate(exact) if not number or exact[number - 1] != line])


def backwards(call: Call, work: Work) -> Feed:
    """`tac`: the lines from the last to the first."""
    feed = given(call, work.line.operands)
    exact = _exact(feed)
    return _some(feed) if exact is None or work.line.flags else _told(exact[::-1])


def matching(call: Call, work: Work) -> Feed:
    """`grep TEXT`: lines that hold it. A pattern that is not plain text lets all of them through."""
    line = work.line
    operands = list(line.operands)
    pattern = line.value("--regexp")
    if pattern is None and not line.has("--file") and operands:
        pattern = operands.pop(0)
    feed = given(call, operands)
    if line.has(
        "--only-matching --count --files-with-matches --files-without-match --quiet --line-number -o -c -l -L -q -n"
    ):
        return _NOTHING
    text = plain(pattern) if pattern is not None else None
    literal = text is not None and (call.name == "fgrep" or line.has("--fixed-strings -F") or _SPECIAL.isdisjoint(text))
    exact = _exact(feed)
    if text is None or not literal or exact is None or line.has("--word-regexp --line-regexp -w -x --file -f"):
        return _some(feed)
    folded = line.has("--ignore-case -i")
    wanted = text.lower() if folded else text
    drops = line.has("--invert-match -v")
    return _told([one for one in exact if (wanted in (one.lower() if folded else one)) != drops])


# -- changing lines


def columns(call: Call, work: Work) -> Feed:
    """`cut -d MARK -f LIST`, `cut -c LIST`."""
    line = work.line
    exact = _exact(feed := given(call, line.operands)) or (
        [one for one in feed.items if isinstance(one, str)] if feed.items else None
    )
    mark = plain(line.value("--delimiter") or "\t")
    fields = plain(line.value("--fields") or "")
    places = _places(fields or plain(line.value("--characters") or line.value("--bytes") or "") or "")
    if exact is None or not mark or places is None or line.has("--complement -z"):
        return _NOTHING
    done: list[str] = []
    joint = plain(line.value("--output-delimiter") or (mark if fields else "")) or ""
    for one in exact:
        if fields and mark not in one:
            done += [] if line.has("--only-delimited") else [one]
            continue
        pieces = one.split(mark) if fields else list(one)
        done.append(joint.join(piece for place, piece in enumerate(pieces, 1) if _inside(place, places)))
    return _told(done) if feed.items is None else several(list(done))


def _places(text: str) -> list[tuple[int, int]] | None:
    """Return the ranges of a list such as `1,3-5,7-`, None where it is none."""
    found: list[tuple[int, int]] = []
    for item in text.split(","):
        first, dash, last = item.partition("-")
        if not all(part == "" or (part.isascii() and part.isdigit() and len(part) < 6) for part in (first, last)):
            return None
        if not (first or last):
            return None
        found.append((int(first or 1), int(last or (MAX_VALUE if dash else first))))
    return found


def _inside(place: int, ranges: list[tuple[int, int]]) -> bool:
    return any(first <= place <= last for first, last in ranges)


def edited(call: Call, work: Work) -> Feed:
    """`sed`: `s` with plain text, and `Np`, `N,Mp`, `Nd`, `N,Md`, `Nq` by the numbers of lines."""
    line = work.line
    operands = list(line.operands)
    scripts = [plain(value) for value in line.values("--expression")]
    if not scripts and not line.has("--file") and operands:
        scripts = [plain(operands.pop(0))]
    feed = given(call, operands)
    if line.has("--in-place -i -I --file") or not scripts or None in scripts:
        return _NOTHING
    exact = _exact(feed)
    known = exact is not None
    lines = exact if exact is not None else [one for one in feed.items or [] if isinstance(one, str)]
    if not known and (not lines or len(lines) != len(feed.items or [])):
        return _NOTHING
    quiet = line.has("--quiet --silent -n")
    for script in scripts:
        changed = edit(lines, str(script), quiet=quiet, numbered=known)
        if changed is None:
            return _NOTHING if known else _some(feed) if str(script)[-1:] in ("p", "d", "q") else _NOTHING
        lines = changed
    return _told(lines) if known else several(list(lines))


def edit(lines: list[str], script: str, *, quiet: bool, numbered: bool) -> list[str] | None:
    """Return lines as one command of sed leaves them, None for one that is not followed."""
    script = script.strip()
    if script[:1] == "s" and len(script) > 3 and not quiet:
        pieces = script[1:].split(script[1])
        if len(pieces) != 4 or ("\\" in script and pieces[1].strip("^$") != ".*"):
            return None
        return _substituted(lines, pieces[1], pieces[2], pieces[3])
    command, place = script[-1:], script[:-1].replace("$", str(len(lines)))
    first, comma, last = place.partition(",")
    if not numbered or command not in ("p", "d", "q") or not first.isdigit() or not (last.isdigit() or not comma):
        return None
    if len(first) > 6 or len(last) > 6 or (command == "p") != quiet:
        return None
    low, high = int(first), int(last or first)
    if command == "q":
        return lines[:low]
    return [one for number, one in enumerate(lines, 1) if (low <= number <= high) == (command == "p")]


def _every(lines: list[str], new: str) -> list[str] | None:
    r"""`s/.*/new/`: each line in place of `&`, in the case that `\L` and `\U` of GNU's sed ask for."""
    done: list[str] = []
    for line in lines:
        text, change, at = "", "", 0
        while at < len(new):
            char, follows = new[at], new[at + 1 : at + 2]
            at += 1
            if char == "\\" and follows in ("L", "U", "E"):
                change, at = {"L": "tolower", "U": "toupper", "E": ""}[follows], at + 1
            elif char == "\\":
                return None
            else:
                text += _CASES[change](line if char == "&" else char)
        done.append(text)
    return done


def _substituted(lines: list[str], old: str, new: str, flags: str) -> list[str] | None:
    """`s/old/new/flags` where both are plain text; `^` and `$` hold it at an end."""
    start, end = old[:1] == "^", old[-1:] == "$"
    if old.strip("^$") == ".*" and (changed := _every(lines, new)) is not None:
        return changed
    text = old.removeprefix("^").removesuffix("$")
    if not _SPECIAL.isdisjoint(text) or "&" in new or flags not in ("", "g") or not (text or start or end):
        return None
    done: list[str] = []
    for line in lines:
        if start and end:
            done.append(new if line == text else line)
        elif start:
            done.append(new + line[len(text) :] if line.startswith(text) else line)
        elif end:
            done.append(line[: len(line) - len(text)] + new if line.endswith(text) else line)
        else:
            done.append(line.replace(text, new, -1 if flags else 1))
        if len(done[-1]) > MAX_VALUE:
            return None
    return done


def printed(call: Call, work: Work) -> Feed:
    """`awk '{print $2, "x" $1}'`: fields and texts of every line."""
    line = work.line
    operands = list(line.operands)
    program = plain(operands.pop(0)) if operands else None
    if program is None or line.has("-f -v"):
        return _NOTHING
    pattern, brace, body = program.strip().partition("{")
    if pattern.strip() == "BEGIN":  # it reads nothing
        feed, pattern = Feed("\n"), ""
    else:
        feed = given(call, operands)
    exact = _exact(feed)
    lines = exact if exact is not None else [one for one in feed.items or [] if isinstance(one, str)]
    if not lines or (exact is None and len(lines) != len(feed.items or [])):
        return _NOTHING
    if brace and pattern.strip()[:1] == "/":
        wanted = pattern.strip().strip("/")
        start = wanted[:1] == "^"
        if not _SPECIAL.isdisjoint(wanted.removeprefix("^")):
            return _NOTHING
        lines = [one for one in lines if (one.startswith(wanted[1:]) if start else wanted in one)]
        pattern = ""
    parts = _print((pattern + brace + body).strip())
    mark = plain(line.value("--field-separator") or line.value("-F") or "")
    if parts is None or mark is None or (len(mark) > 1 and not _SPECIAL.isdisjoint(mark)):
        return _NOTHING
    done: list[str] = []
    for one in lines:
        fields = [one, *(one.split(mark) if mark.strip() else one.split())]
        texts: list[str] = []
        for part in parts:
            if isinstance(part, str):
                texts.append(part)
            else:
                place, change = part
                place = len(fields) - 1 if place < 0 else place
                texts.append(_CASES[change](fields[place] if place < len(fields) else ""))
        done.append("".join(texts))
    return _told(done) if exact is not None else several(list(done))


_CASES: dict[str, Callable[[str], str]] = {"": str, "tolower": str.lower, "toupper": str.upper}


def _print(program: str) -> list[str | tuple[int, str]] | None:
    """Return what `{print …}` joins, None for any other program: texts, and fields with what changes their case.

    A field is its number, -1 the last one.
    """
    if program in ("1", "{print}", "{ print }"):
        return [(0, "")]
    if program[:1] != "{" or program[-1:] != "}":
        return None
    rest = program[1:-1].strip().removesuffix(";")
    if rest.startswith("printf"):
        text = _printf(rest[6:].strip())
        return None if text is None else [text]
    if not rest.startswith("print"):
        return None
    rest = rest[5:].strip()
    found: list[str | tuple[int, str]] = []
    change = ""
    while rest:
        before, bracket, behind = rest.partition("(")
        if bracket and not change and before.strip() in _CASES and ")" in behind:
            change, rest = before.strip(), behind.lstrip()
            continue
        if change and rest[0] == ")":
            change, rest = "", rest[1:].lstrip()
            continue
        if rest[0] == ",":
            found.append(" ")
            rest = rest[1:].lstrip()
        elif rest[0] == '"':
            end = rest.find('"', 1)
            if end < 0 or "\\" in rest[:end]:
                return None
            found.append(rest[1:end])
            rest = rest[end + 1 :].lstrip()
        elif rest[0] == "$" and rest[1:2].isdigit():
            end = 1
            while rest[end : end + 1].isdigit():
                end += 1
            if end > 5:
                return None
            found.append((int(rest[1:end]), change))
            rest = rest[end:].lstrip()
        elif rest[:3] == "$NF" and not rest[3:4].isalnum():
            found.append((-1, change))
            rest = rest[3:].lstrip()
        else:
            return None
    return found or [(0, "")]


def _printf(rest: str) -> str | None:
    """Return what `printf "FORMAT", NUMBER, "TEXT"` of awk writes; None where one of them is something else."""
    pieces = rest.strip("() ").split('"')
    if len(pieces) < 3 or pieces[0].strip() or "\\" in rest:
        return None
    form, values = pieces[1], [one.strip() for one in '"'.join(pieces[2:]).split(",")[1:]]
    done = ""
    for number, piece in enumerate(form.split("%")):
        if not number:
            done = piece
            continue
        value = values.pop(0) if values else ""
        if value[:1] == value[-1:] == '"' and len(value) > 1:
            value = value[1:-1]
        elif not value.isdigit() or len(value) > 6:
            return None
        elif piece[:1] == "c":
            value = chr(int(value))
        if piece[:1] not in ("c", "s", "d"):
            return None
        done += value + piece[1:]
    return done


def repeated(call: Call, _work: Work) -> Feed:
    """`yes TEXT`: the same line for ever; two of them stand for all."""
    words = call.words or ["y"]
    text = concat([part for number, word in enumerate(words) for part in ((" ",) if number else ()) + parts_of(word)])
    return Feed(f"{text}\n{text}\n") if isinstance(text, str) else _NOTHING


# -- packed text


def unpacked(call: Call, work: Work) -> Feed:
    """`gunzip`, `zcat`, `xz -d` and their kin on text that is exact."""
    unpacks = (
        work.line.has("--decompress") or call.name.startswith("un") or call.name in ("gunzip", "zcat", "bzcat", "xzcat")
    )
    text = given(call, work.line.operands).value
    if not unpacks or not isinstance(text, str):
        return _NOTHING
    data = text.encode("utf-8", "surrogateescape")
    try:
        return Feed(_opener(call.name)(data).decode("utf-8", "surrogateescape"))
    except (ValueError, OSError, EOFError, ArithmeticError, _errors()):
        return _NOTHING


def _errors() -> type[Exception]:
    import zlib  # noqa: PLC0415 - C, and only here

    return zlib.error


def _opener(name: str) -> Callable[[bytes], bytes]:
    """Return what unpacks the format of a program, bounded."""
    if "bz" in name:
        from _bz2 import BZ2Decompressor  # noqa: PLC0415 - C, and only here

        return lambda data: _whole(BZ2Decompressor(), data)
    import zlib  # noqa: PLC0415 - C, and only here

    return lambda data: _whole(zlib.decompressobj(47), data)


def _whole(opener: Any, data: bytes) -> bytes:
    """Return what data holds; raises where that is too long or cut off."""
    done: bytes = opener.decompress(data, MAX_VALUE)
    if not opener.eof:
        raise ValueError("it does not end")
    return done


def deciphered(call: Call, _work: Work) -> Feed:
    """`openssl base64 -d`, `openssl enc -base64 -d`; what a key hides nobody can read here."""
    words = [word for word in call.words if isinstance(word, str)]
    only = {"base64", "enc", "-base64", "-a", "-d", "-A"}
    text = call.stdin.value if call.stdin is not None else UNKNOWN
    if not only.issuperset(words) or "-d" not in words or not ({"base64", "-base64", "-a"} & set(words)):
        return _NOTHING
    if not isinstance(text, str):
        return _NOTHING
    import binascii  # noqa: PLC0415 - C, and only here

    try:
        return Feed(binascii.a2b_base64(text.encode("ascii")).decode("utf-8", "surrogateescape"))
    except (ValueError, UnicodeError):
        return _NOTHING
