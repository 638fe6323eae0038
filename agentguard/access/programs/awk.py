"""awk programs: they read and write files, start commands and, as gawk, connect (gawk manual, chapter Input and Output).

`system(…)`, `print > file`, `print | command`, `command | getline` and `getline < file`. What stands there is put together
from strings and from the variables that `-v` and operands set; anything else in it is not known.
"""

from __future__ import annotations

from agentguard.access.model import ANY, READ, STAR, UNKNOWN, WRITE
from agentguard.access.programs import walk
from agentguard.access.shell import telling
from agentguard.access.shell.flow import Feed
from agentguard.access.shell.values import concat, parts_of, plain, unglobbed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.model import Value, Wildcard
    from agentguard.access.programs.walk import Work
    from agentguard.access.shell.command import Call


def run(call: Call, work: Work) -> None:
    """Make the rows of an awk program and of its input files."""
    line = work.line
    given = line.has("--file --source --exec")
    in_place = any(plain(value) == "inplace" for value in line.values("--include"))
    line.flags = [
        (flag, value) for flag, value in line.flags if not (flag == "--include" and plain(value or "") == "inplace")
    ]
    work.entry = {**work.entry, "operands": ("" if given else "text ") + "text*", "traits": ""}
    walk.standard(call, work)
    programs = [*line.values("--source"), *([] if given else line.operands[:1])]
    for path in [*line.values("--file"), *line.values("--exec")]:
        feed = call.written(path)
        if feed is not None:
            programs.append(feed.value)
    variables: dict[str, Value] = {}
    for value in line.values("--assign"):
        _assign(variables, value)
    for operand in line.operands if given else line.operands[1:]:
        if _assign(variables, operand) or operand == "-":
            continue
        call.path(READ, operand, "operand")
        if in_place:
            call.path(WRITE, operand, "operand, in place")
    for program in programs:
        text = unglobbed(program)
        if text is UNKNOWN:
            call.fetched_or_opaque("the program of awk is not known")
        else:
            _program(call, _filled(text), variables, sandbox=line.has("--sandbox"))


def _environment(call: Call, text: str) -> str:
    """Return a program with the variables of the environment that are known in place of `ENVIRON["NAME"]`."""
    pieces = text.split('ENVIRON["')
    done = pieces[0]
    for piece in pieces[1:]:
        name, _, rest = piece.partition('"]')
        held = call.world.home if name == "HOME" else call.variable(name)
        if held is None and telling.key(name) and "print" in pieces[0]:
            call.row(READ, variable=name, why="the program shows its value")
        done += f'"{held if isinstance(held, str) else "__unknown"}"{rest}'
    return done


def _filled(value: Value) -> str:
    """Return a program with a name in place of what is not known of it."""
    return "".join(part if isinstance(part, str) else "__unknown" for part in parts_of(value))


def _assign(variables: dict[str, Value], value: Value) -> bool:
    first, *others = parts_of(value)
    name, equals, text = str(first).partition("=") if isinstance(first, str) else ("", "", "")
    if not equals or not name.isidentifier():
        return False
    variables[name] = concat([text, *others])
    return True


def _program(call: Call, text: str, variables: dict[str, Value], *, sandbox: bool) -> None:
    """Look through a program for what it reads, writes and runs."""
    if sandbox:
        return
    bare, strings = _bare(_environment(call, text))
    if call.stdin is not None and "print" in bare:  # `ps | awk '/NAME/{print $2}'`: numbers that may be signalled
        named = [piece for piece in text.split("/")[1::2] if piece and len(piece) < 64 and " " not in piece]
        call.machine.sought += [piece.replace("[", "").replace("]", "") for piece in named]
    for place, operand in strings.items():  # `ARGV[1] = ".env"`: an operand more
        before = bare[max(place - 24, 0) : place].replace(" ", "")
        if before.endswith("]=") and "ARGV[" in before:
            call.path(READ, _unescaped(operand), "an operand that the program sets")
    if " in ENVIRON)" in bare:  # a loop over all of them
        origin = call.origin
        call.begin(origin.command, origin.flags, origin.args, origin.traits | {"prints-environment"})
        call.row("execute", why="it goes through the environment")
        call.origin = origin
    at = bare.find("system(")
    while at >= 0:
        value = _expression(bare, strings, at + 7, variables)
        if value != "":
            _shell(call, value)
        at = bare.find("system(", at + 7)
    for place, char in enumerate(bare):
        if char == ">" and bare[place - 1 : place] != ">" and _prints(bare, place):
            _file(call, WRITE, _expression(bare, strings, _skip(bare, place + 1, " >"), variables), "print of awk")
        elif char == "<" and "getline" in bare[max(place - 80, 0) : place].rpartition(";")[2]:
            _file(call, READ, _expression(bare, strings, _skip(bare, place + 1, " "), variables), "getline of awk")
        elif char == "|" and bare[place - 1 : place] != "|" and bare[place + 1 : place + 2] != "|":
            follows = _skip(bare, place + 1, " &")
            if bare[follows:].startswith("getline"):
                value = _before(bare, strings, place, variables)
                if isinstance(value, str) and value.startswith("/inet"):
                    _file(call, READ, value, "a connection of awk")
                else:
                    _shell(call, value)
            else:
                value = _expression(bare, strings, follows, variables)
                if isinstance(value, str) and value.startswith("/inet"):
                    _file(call, WRITE, value, "a connection of awk")
                else:
                    _shell(call, value, _printed(call, bare, strings, place, variables))
    for mark in ("@include", "@load"):
        at = bare.find(mark)
        if at >= 0 and (name := _expression(bare, strings, _skip(bare, at + len(mark), " "), variables)) != "":
            call.path(READ, name, f"{mark} of awk")
            call.path("execute", name, f"{mark} of awk")


def _shell(call: Call, value: Value, stdin: Value | None = None) -> None:
    if not isinstance(value, str) and (
        not isinstance(parts_of(value)[0], str) or str(parts_of(value)[0]).strip() == ""
    ):
        call.opaque("what awk runs is not known")
        return
    if not isinstance(value, str):  # the command is known, its arguments are not all
        call.assigned["__awk"] = UNKNOWN
        value = "".join(part if isinstance(part, str) else "$__awk" for part in parts_of(value))
    call.shell(value, "awk", stdin=None if stdin is None else Feed(stdin))


def _file(call: Call, action: str, value: Value, why: str) -> None:
    text = plain(value)
    if text is not None and text.startswith(("/inet/", "/inet4/", "/inet6/")):
        pieces = text.split("/")
        port = pieces[5] if len(pieces) > 5 else ""
        call.connect(
            pieces[4] if len(pieces) > 4 else UNKNOWN, int(port) if port.isdigit() and len(port) < 6 else None, why
        )
    elif value != "-":  # a field of the input is taken for a name without a folder
        call.path(action, concat([STAR if part is ANY else part for part in parts_of(value)]), why)


def _skip(bare: str, at: int, blanks: str) -> int:
    while at < len(bare) and bare[at] in blanks:
        at += 1
    return at


def _prints(bare: str, place: int) -> bool:
    """Return whether a `>` belongs to print or printf, and compares nothing."""
    start = max(bare.rfind(mark, 0, place) for mark in ("{", ";", "\n", "}"))
    statement = bare[start + 1 : place].lstrip()
    return statement.startswith("print") and statement.count("(") == statement.count(")")


def _printed(call: Call, bare: str, strings: dict[int, str], place: int, variables: dict[str, Value]) -> Value:
    """Return what is printed into a pipe, as far as it is known."""
    start = max(bare.rfind(mark, 0, place) for mark in ("{", ";", "\n", "}")) + 1
    start = _skip(bare, start, " ")
    formats = bare.startswith("printf", start)
    if not bare.startswith("print", start):
        return UNKNOWN
    at = _skip(bare, start + 5 + formats, " (")
    if not formats and (at == place or bare[at:place].strip(" )") == "$0"):  # every record, as it was read
        return call.stdin.value if call.stdin is not None and bare[:start].strip() == "{" else UNKNOWN
    value = _expression(bare, strings, at, variables)
    if value == "" or (formats and not (isinstance(value, str) and "%" not in value)):
        return UNKNOWN
    return value if formats else concat([*parts_of(value), "\n"])


def _expression(bare: str, strings: dict[int, str], at: int, variables: dict[str, Value]) -> Value:
    """Return the value of strings and variables that stand behind each other."""
    done: list[str | Wildcard] = []
    while at < len(bare):
        char = bare[at]
        if at in strings:
            for number, piece in enumerate(_unescaped(strings[at]).split("__unknown")):
                done += [ANY, piece] if number else [piece]
            at += len(strings[at]) + 2
        elif char == " " or (char == "(" and not done):
            at += 1
        elif char.isalpha() or char in "_$":
            end = at + 1
            while end < len(bare) and (bare[end].isalnum() or bare[end] == "_"):
                end += 1
            name = bare[at:end]
            if name == "__unknown" or char == "$" or bare[end : end + 1] in ("(", "["):
                done.append(ANY)
                closing = {"(": ")", "[": "]"}.get(bare[end : end + 1])
                end = bare.find(closing, end) + 1 or len(bare) if closing else end
            else:
                done += parts_of(variables.get(name, UNKNOWN))
            at = end
        elif char.isdigit():
            done.append(char)
            at += 1
        else:
            break
    return concat(done)


def _before(bare: str, strings: dict[int, str], place: int, variables: dict[str, Value]) -> Value:
    """Return the value that stands before `| getline`."""
    start = max(bare.rfind(mark, 0, place) for mark in ("{", ";", "\n", "(", "}", "!", "&")) + 1
    return _expression(bare, strings, _skip(bare, start, " "), variables)


def _unescaped(text: str) -> str:
    if "\\" not in text:
        return text
    from agentguard.access.shell.ansi import decode  # noqa: PLC0415 - few programs have escapes

    return decode(text)


def _bare(text: str) -> tuple[str, dict[int, str]]:
    """Return a program with its strings, patterns and comments blanked, and its strings by place."""
    done = list(text)
    strings: dict[int, str] = {}
    at = 0
    last = ""
    while at < len(text):
        char = text[at]
        end = at + 1
        if char == '"' or (char == "/" and last in ("", "(", ",", "~", "!", "{", ";", "&", "|", "\n", "}")):
            while end < len(text) and text[end] != char:
                end += 2 if text[end] == "\\" else 1
            end += 1
            if char == '"':
                strings[at] = text[at + 1 : end - 1]
            done[at:end] = "\1" * (min(end, len(text)) - at)
        elif char == "#":
            stop = text.find("\n", at)
            end = len(text) if stop < 0 else stop
            done[at:end] = " " * (end - at)
        if char not in " \t":
            last = char
        at = end
    return "".join(done), strings
