"""What commands write, where that follows from their command line and standard input alone.

Only what is exact, or a pattern that every line of the output matches.
"""

from __future__ import annotations

from agentguard.access.model import ANY, STAR, UNKNOWN, Pattern
from agentguard.access.programs import index
from agentguard.access.shell.ansi import decode
from agentguard.access.shell.flow import Feed
from agentguard.access.shell.limits import MAX_VALUE
from agentguard.access.shell.values import Globbed, concat, folder, parts_of, plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from agentguard.access.model import Value, Wildcard
    from agentguard.access.programs.walk import Work
    from agentguard.access.shell.command import Call


def _stdin(call: Call) -> Value:
    return call.stdin.value if call.stdin is not None else UNKNOWN


def _print(call: Call, work: Work) -> Value:
    """`print` of zsh: its words, in a row or with `-l` one a line."""
    if work.line.has("-z -s -S -u -v -f -P -o -O -C -c"):
        return UNKNOWN
    words = named_files(call, work.line.operands)
    between = "\n" if work.line.has("-l") else " "
    parts = [part for number, word in enumerate(words) for part in (between if number else "", *parts_of(word))]
    value = concat([*parts, "" if work.line.has("-n") else "\n"])
    return value if isinstance(value, str) and ("\\" not in value or work.line.has("-r")) else UNKNOWN


def _echo(call: Call, _work: Work) -> Value:
    """`echo`: that of bash reads escapes with `-e`, those of zsh and dash without (POSIX echo leaves it open)."""
    words = named_files(call, call.words)
    machine = call.machine
    newline, escapes = "\n", machine.escapes
    while (
        words and isinstance(flag := words[0], str) and len(flag) > 1 and flag[0] == "-" and not flag[1:].strip("neE")
    ):
        newline = "" if "n" in flag else newline
        escapes = ("e" in flag or escapes) and "E" not in flag
        words.pop(0)
    parts = [part for number, word in enumerate(words) for part in ((" ",) if number else ()) + parts_of(word)]
    if any("\\" in part for part in parts if isinstance(part, str)):
        read = [decode(part, zero=True) if isinstance(part, str) else part for part in parts]
        machine.echoed += not escapes and read != parts
        parts = read if escapes else parts
    return concat([*parts, newline])


def named_files(call: Call, words: list[Value]) -> list[Value]:
    """Return words with the files that globs stand for; past a limit such a word is not known."""
    found: list[Value] = []
    for word in words:
        if isinstance(word, Globbed):
            names = word.names(call.cwd, call.world.disk) if isinstance(call.cwd, str) else None
            none: list[Value] = [] if "nullglob" in call.state.options else [word.literal]
            found += [UNKNOWN] if names is None else names or none
        else:
            found.append(word)
    return found


_NUMBERS = {"d": "d", "i": "d", "u": "d", "o": "o", "x": "x", "X": "X"}  # as Python writes them


def _number(text: str) -> int | None:
    """Return a number as printf reads it: decimal, 0x hexadecimal, 0 octal, or the code of the character behind a quote."""
    if len(text) == 2 and text[0] in "'\"":
        return ord(text[1])
    sign, digits = (-1, text[1:]) if text[:1] == "-" else (1, text)
    base = 16 if digits[:2].lower() == "0x" else 8 if digits[:1] == "0" and len(digits) > 1 else 10
    digits = digits[2:] if base == 16 else digits
    if not digits or len(digits) > 18 or not digits.isascii() or not digits.isalnum():
        return None
    try:
        return sign * int(digits, base)
    except ValueError:
        return None


def printf(words: list[Value]) -> Value:
    """Return what `printf` writes: `%s`, `%b`, `%q`, `%d`, `%c` and `%%`; anything else is not known."""
    if not words or not isinstance(form := words[0], str):
        return UNKNOWN
    values = list(words[1:])
    done: list[str | Wildcard] = []
    size = 0
    while True:
        used = False
        at = 0
        while at < len(form):
            mark = form.find("%", at)
            if mark < 0:
                done.append(decode(form[at:], ends=False))
                break
            done.append(decode(form[at:mark], ends=False))
            width = mark + 1
            while form[width : width + 1].isdigit():
                width += 1
            kind = form[width : width + 1]
            at = width + 1
            if form[mark + 1 : width] and kind not in _NUMBERS:
                return concat([*done, ANY])
            if kind == "%":
                done.append("%")
                continue
            if kind not in ("s", "b", "c") and kind not in _NUMBERS:
                return concat([*done, ANY])
            value: Value = values.pop(0) if values else ("" if kind in ("s", "b", "c") else "0")
            used = True
            if kind == "b":
                done.extend(decode(part, zero=True) if isinstance(part, str) else part for part in parts_of(value))
            elif kind == "c":
                done.append(value[:1] if isinstance(value, str) else ANY)
            elif kind in _NUMBERS:
                number = _number(value) if isinstance(value, str) else None
                done.append(STAR if number is None else f"{number:{form[mark + 1 : width]}{_NUMBERS[kind]}}")
            else:
                done.extend(parts_of(value))
        size += len(form)
        if not (values and used) or size > MAX_VALUE:
            return concat(done)


def _printf(call: Call, _work: Work) -> Value:
    words = named_files(call, call.words)
    if words[:1] == ["-v"]:
        return UNKNOWN
    return printf(words[1:] if words[:1] == ["--"] else words)


def _cat(call: Call, work: Work) -> Value | Feed:
    """Standard input as it is; a file that this text wrote before gives what was written."""
    from agentguard.access.programs import filters  # noqa: PLC0415 - it needs us

    if work.line.has("--number --number-nonblank"):
        return UNKNOWN
    feed = filters.given(call, work.line.operands)
    if (
        call.machine.captured
        and len(work.line.operands) == 1
        and feed.value is UNKNOWN
        and not call.contents(work.line.operands[0])
    ):
        return Feed(UNKNOWN, script=held(call, work.line.operands[0]))
    return feed


def held(call: Call, path: Value) -> str | None:
    """Return the text of a file, for those who run what it is put into: one that this text has made, or one of the disk."""
    from agentguard.access.code import reach  # noqa: PLC0415 - few commands put one file into another

    feeds = call.contents(path)
    if feeds:
        text = feeds[0].value if isinstance(feeds[0].value, str) else feeds[0].script
        return text if len(feeds) == 1 and not feeds[0].fetched else None
    place = reach.locate(call, path)
    text = None if place is None else reach.on_disk(call, place)
    call.machine.spend(len(text or ""))
    return text


def _through(call: Call, _work: Work) -> Value | Feed:
    return call.stdin or UNKNOWN


def _pwd(call: Call, _work: Work) -> Value:
    return concat([*parts_of(call.cwd), "\n"])


def _dirname(_call: Call, work: Work) -> Value:
    operands = work.line.operands
    if len(operands) == 1 and isinstance(only := operands[0], Pattern):
        return concat([*folder(only), "\n"])
    return _each(
        work.line.operands, lambda text: text.rstrip("/").rpartition("/")[0] or ("/" if text[:1] == "/" else ".")
    )


def _last(path: Pattern) -> tuple[str | Wildcard, ...]:
    """Return what is known of the last name of a path."""
    done: list[str | Wildcard] = []
    for part in reversed(path.parts):
        if part is ANY:
            return (ANY, *done)
        if isinstance(part, str) and "/" in part:
            return (part.rpartition("/")[2], *done)
        done.insert(0, part)
    return tuple(done)


def _basename(_call: Call, work: Work) -> Value:
    operands = work.line.operands
    if operands and len(operands) < 3 and isinstance(path := operands[0], Pattern):
        parts = _last(path)
        tail = parts[-1] if parts else ""
        ending = operands[1] if len(operands) == 2 else ""
        if parts and (not isinstance(tail, str) or not isinstance(ending, str)):
            parts = (*parts[:-1], ANY) if ending else parts
        elif isinstance(tail, str) and path.parts[-1] == "/":
            return UNKNOWN
        elif isinstance(tail, str) and isinstance(ending, str):
            parts = (*parts[:-1], tail.removesuffix(ending))
        return concat([*parts, "\n"])
    if len(operands) == 2 and isinstance(ending := operands[1], str) and isinstance(operands[0], str):
        name = operands[0].rstrip("/").rpartition("/")[2]
        return (name.removesuffix(ending) if name != ending else name) + "\n"
    return _each(operands[:1], lambda text: text.rstrip("/").rpartition("/")[2] or "/")


def _each(values: list[Value], change: Callable[[str], str]) -> Value:
    if not values or not all(isinstance(value, str) for value in values):
        return UNKNOWN
    return "".join(change(str(value)) + "\n" for value in values)


def _realpath(call: Call, work: Work) -> Value:
    from agentguard.access import paths  # noqa: PLC0415 - few commands need it

    operands = work.line.operands
    if len(operands) != 1 or not isinstance(operands[0], str) or not isinstance(call.cwd, str):
        return UNKNOWN
    path = paths.exact(operands[0], call.cwd, call.world).resolved
    return concat([*parts_of(path), "\n"])


def _base64(call: Call, work: Work) -> Value:
    """`base64 -d` of literal text: the usual way to hide a command."""
    text = _stdin(call) if not work.line.operands else UNKNOWN
    if not isinstance(text, str) or len(text) > MAX_VALUE:
        return _tells(call, work)
    import binascii  # noqa: PLC0415 - C, and only here

    try:
        if work.line.has("--decode"):
            return binascii.a2b_base64(text.encode("ascii")).decode("utf-8", "surrogateescape")
        return binascii.b2a_base64(text.encode("utf-8", "surrogateescape")).decode("ascii")
    except (ValueError, UnicodeError):
        return UNKNOWN


def _xxd(call: Call, work: Work) -> Value:
    text = _stdin(call)
    if not isinstance(text, str) or not (work.line.has("-r") and work.line.has("-plain")):
        return _tells(call, work)
    try:
        return bytes.fromhex("".join(text.split())).decode("utf-8", "surrogateescape")
    except ValueError:
        return UNKNOWN


def _rev(call: Call, work: Work) -> Value:
    text = _stdin(call)
    if work.line.operands or not isinstance(text, str):
        return UNKNOWN
    return "\n".join(line[::-1] for line in text.split("\n"))


def _tr(call: Call, work: Work) -> Value:
    """`tr` between two sets of the same plain characters, and `tr -d`."""
    text = _stdin(call)
    sets = [plain(operand) for operand in work.line.operands]
    if isinstance(text, Pattern) and all(isinstance(one, str) for one in sets):
        return _tr_partly(text, [str(one) for one in sets], work)
    if not isinstance(text, str) or not all(isinstance(one, str) for one in sets):
        return UNKNOWN
    ranges = [_range(decode(str(one))) for one in sets]
    if work.line.has("--complement --squeeze-repeats --truncate-set1") or any(one is None for one in ranges):
        return UNKNOWN
    if work.line.has("--delete"):
        return text.translate({ord(char): None for char in ranges[0] or ""}) if len(ranges) == 1 else UNKNOWN
    if len(ranges) != 2 or not ranges[1] or ranges[0] is None:
        return UNKNOWN
    second = ranges[1] + ranges[1][-1] * max(len(ranges[0]) - len(ranges[1]), 0)
    return text.translate({ord(one): other for one, other in zip(ranges[0], second, strict=False)})


def _tr_partly(text: Pattern, sets: list[str], work: Work) -> Value:
    """Return what `tr` makes of a text with unknown parts, none of which gets a slash."""
    ranges = [_range(decode(one)) for one in sets]
    deletes = work.line.has("--delete")
    if work.line.has("--complement --squeeze-repeats --truncate-set1") or None in ranges:
        return UNKNOWN
    if len(ranges) != (1 if deletes else 2) or "/" in "".join(map(str, ranges[1:])):
        return UNKNOWN
    first, second = str(ranges[0]), "" if deletes else str(ranges[1])
    second += second[-1:] * max(len(first) - len(second), 0)
    table = {ord(one): None for one in first} if deletes else dict(zip(map(ord, first), second, strict=False))
    return concat([part.translate(table) if isinstance(part, str) else ANY if part is ANY else STAR
                   for part in text.parts])  # fmt: skip


_CLASSES = {"upper": "A-Z", "lower": "a-z", "digit": "0-9", "alpha": "A-Za-z", "alnum": "0-9A-Za-z", "space": " \t\n\r\v\f",
            "blank": " \t"}  # fmt: skip


def _range(text: str) -> str | None:
    """Return the characters of a set of `tr`; None for classes that are not plain ASCII ranges."""
    for name, letters in _CLASSES.items():
        text = text.replace(f"[:{name}:]", letters)
    if "[" in text:
        return None
    done = ""
    at = 0
    while at < len(text):
        if text[at + 1 : at + 2] == "-" and at + 2 < len(text):
            low, high = ord(text[at]), ord(text[at + 2])
            if not 0 <= high - low < 256:
                return None
            done += "".join(map(chr, range(low, high + 1)))
            at += 3
        else:
            done += text[at]
            at += 1
    return done


def _seq(_call: Call, work: Work) -> Value:
    form = plain(work.line.value("--format") or "%g") or ""
    mark = plain(work.line.value("--separator") or "") or ""
    numbers = [plain(operand) for operand in work.line.operands]
    if not numbers or len(numbers) > 3 or not all(n is not None and n.lstrip("-").isdigit() for n in numbers):
        return Pattern((STAR,))
    given = [int(str(number)) for number in numbers]
    first = given[0] if len(given) > 1 else 1
    step = given[1] if len(given) == 3 else 1
    last = given[-1]
    if (
        not step
        or abs(last - first) // abs(step) > 500
        or form.count("%") != form.count("%g")
        or mark
        or work.line.has("-w")
    ):
        return Pattern((STAR,)) if form == "%g" else UNKNOWN
    return "".join(
        form.replace("%g", str(number)) + "\n" for number in range(first, last + (1 if step > 0 else -1), step)
    )


def _tells(call: Call, _work: Work) -> Value:
    """What nobody outside should learn, or text made fit for an address."""
    call.machine.told += 1
    return UNKNOWN


def _word(_call: Call, _work: Work) -> Value:
    """A word without slashes: a date, a count, a name."""
    return Pattern((STAR, "\n"))


def _named(call: Call, work: Work) -> Value:
    """`which NAME`: where programs usually lie, else a path that ends in the name; as a command either is that."""
    done: list[str | Wildcard] = []
    for operand in work.line.operands:
        if isinstance(operand, str) and "/" not in operand and operand:
            places = [f"{folder}/{operand}" for folder in (*_PROGRAMS, f"{call.world.home}/.local/bin")]
            found = next((place for place in places if call.world.disk.kind(place)), "")
            done += [found] if found else [ANY, "/", operand]
        else:
            done += parts_of(operand)
        done.append("\n")
    return concat(done) if done else UNKNOWN


_PROGRAMS = ("/usr/local/bin", "/opt/homebrew/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin")  # hier(7)


def _command(call: Call, work: Work) -> Value:
    return _named(call, work) if work.line.has("-v") else UNKNOWN


def _mktemp(call: Call, work: Work) -> Value:
    """The name of a new file: nobody knows it, so one that no other file has stands for it."""
    operand = work.line.operands[0] if work.line.operands else None
    call.machine.work["temporary"] = number = call.machine.work.get("temporary", 0) + 1
    form = operand if isinstance(operand, str) and not work.line.has("-t --tmpdir") else None
    if operand is not None and form is None and not isinstance(operand, str):
        return concat([call.world.tmpdir, "/", STAR, "\n"])
    if form is None:
        form = f"{call.world.tmpdir}/{operand or 'tmp.XXXXXXXXXX'}"
    end = len(form.rstrip("X"))
    return form[:end] + str(number).rjust(max(len(form) - end, 1), "X") + "\n"


def _user(call: Call, _work: Work) -> Value:
    call.machine.told += 1
    return concat([call.world.user or STAR, "\n"])


def _hostname(call: Call, _work: Work) -> Value:
    call.machine.told += 1
    return concat([call.world.hostname or STAR, "\n"])


def _top(call: Call, _work: Work) -> Value:
    """`git rev-parse --show-toplevel`."""
    if not isinstance(call.cwd, str):
        return UNKNOWN
    from agentguard.access import repo  # noqa: PLC0415 - rare

    found = repo.read(call.cwd, call.world.disk)
    return (found.top if found is not None else call.world.project or call.cwd) + "\n"


def _rev_parse(call: Call, work: Work) -> Value:
    if work.line.has("--show-toplevel"):
        return _top(call, work)
    if work.line.has("--abbrev-ref") and call.world.branch:
        return call.world.branch + "\n"
    return Pattern((STAR, "\n"))


def _branch(call: Call, work: Work) -> Value:
    if work.line.has("--show-current"):
        return call.world.branch + "\n" if call.world.branch else UNKNOWN
    return UNKNOWN


def _processes(call: Call, work: Work) -> Value:
    """Numbers of processes: which ones nobody knows, but whoever signals numbers may mean those that were looked for."""
    for value in work.line.operands:
        text = plain(value)
        call.machine.sought += [text.replace("[", "").replace("]", "")] if text else []
    if work.line.has("-u") and not work.line.operands and not work.line.has("-P"):
        call.machine.work["processes"] = 1  # all of a user's
    return UNKNOWN


def sets_up(call: Call) -> bool:
    """Return whether what a command writes is meant for the shell to take over: `source <(kubectl completion bash)`.

    That is a program's own text and no more foreign to whoever runs it than the program itself. What others are made
    of, what a text or a project decides, is not: programs that print, build or run something.
    """
    return not call.program and index.family(call.name) in _SETTING_UP


_SETTING_UP = frozenset({
    "", "clouds", "clusters", "containers", "forges", "hosting", "packages", "pypi", "remotes", "runners", "secrets", "systems",
})  # fmt: skip


def _printenv(call: Call, work: Work) -> Value:
    """`printenv NAME`: what this text knows of a variable."""
    name = plain(work.line.operands[0]) if len(work.line.operands) == 1 else None
    value = call.variable(name) if name is not None else None
    if value is None and name == "HOME":
        value = call.world.home
    return UNKNOWN if value is None else concat([*parts_of(value), "\n"])


WRITERS: dict[str, Callable[[Call, Work], Value | Feed]] = {
    "base64": _base64, "basename": _basename, "branch": _branch, "cat": _cat, "command": _command,
    "dirname": _dirname, "echo": _echo, "print": _print, "hostname": _hostname, "mktemp": _mktemp, "named": _named,
    "nothing": lambda _call, _work: "", "printf": _printf, "pwd": _pwd, "realpath": _realpath, "rev": _rev,
    "processes": _processes, "printenv": _printenv,
    "rev-parse": _rev_parse, "seq": _seq, "tells": _tells, "through": _through, "tr": _tr, "user": _user,
    "word": _word, "xxd": _xxd,
}  # fmt: skip
