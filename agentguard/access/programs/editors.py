"""Small languages inside options: sed, awk and vim can write files and start commands."""

from __future__ import annotations

from agentguard.access.model import READ, UNKNOWN, WRITE
from agentguard.access.programs import walk
from agentguard.access.shell.values import plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.model import Value
    from agentguard.access.programs.walk import Work
    from agentguard.access.shell.command import Call

_FLAGS_OF_S = frozenset("gpiImMe0123456789")


def sed(call: Call, work: Work) -> None:
    """Scripts may hold `w FILE`, `r FILE`, `e COMMAND` (GNU sed manual, Commands)."""
    line = work.line
    scripts: list[Value] = line.values("--expression")
    operands = "read*"
    if line.has("--in-place"):
        operands = "edit*"
        if line.value("--in-place") is None and line.operands[:1] == [""]:  # macOS: `sed -i '' s/a/b/ file`
            line.operands = line.operands[1:]
    if not line.has("--expression --file"):
        scripts = line.operands[:1]
        operands = "text " + operands
    work.entry = {**work.entry, "operands": operands, "traits": "" if line.has("--in-place") else "read-only"}
    walk.standard(call, work)
    for script in scripts:
        text = plain(script)
        if text is None:
            if script is UNKNOWN:
                call.opaque("the script of sed is not known")
            continue
        _sed_script(call, text)


def _sed_script(call: Call, text: str) -> None:
    for piece in _sed_commands(text):
        name, rest = piece[:1], piece[1:].strip()
        if name in ("w", "W") and rest:
            call.path(WRITE, rest, "w of sed")
        elif name in ("r", "R") and rest:
            call.path(READ, rest, "r of sed")
        elif name == "e":
            call.shell(rest or UNKNOWN, "sed e")
        elif name == "s":
            flags, _, target = _after_s(piece).partition("w")
            if "e" in flags:
                call.fetched_or_opaque("sed runs what its pattern space holds")
            if target.strip():
                call.path(WRITE, target.strip(), "w of sed")


def _sed_commands(text: str) -> list[str]:
    """Return the commands of a script without their addresses; `s` and `y` with everything that belongs to them."""
    found: list[str] = []
    at = 0
    while at < len(text):
        char = text[at]
        if char in " \t\n;{}!,$+~" or char.isdigit():
            at += 1
        elif char in "/\\":
            mark = char if char == "/" else text[at + 1 : at + 2]
            at = _closing(text, at + (1 if char == "/" else 2), mark)
            while at < len(text) and text[at] in "IM":
                at += 1
        elif char in "sy":
            mark = text[at + 1 : at + 2]
            end = _closing(text, _closing(text, at + 2, mark), mark)
            flags = end
            while flags < len(text) and text[flags] in _FLAGS_OF_S:
                flags += 1
            if text[flags : flags + 1] == "w":
                line = text.find("\n", flags)
                flags = len(text) if line < 0 else line
            found.append(text[at:flags])
            at = flags
        else:
            stop = text.find("\n", at)
            end = len(text) if stop < 0 else stop
            if char not in "wWrReaic":
                semicolon = text.find(";", at, end)
                end = semicolon if semicolon >= 0 else end
            found.append(text[at:end])
            at = max(end, at + 1)
    return found


def _closing(text: str, at: int, mark: str) -> int:
    """Return the place behind the next unescaped `mark`; brackets shield it."""
    inside = False
    while at < len(text):
        char = text[at]
        if char == "\\":
            at += 2
            continue
        if char == "[" and not inside:
            inside = "]" in text[at + 2 :]
        elif char == "]":
            inside = False
        elif char == mark and not inside:
            return at + 1
        at += 1
    return len(text)


def _after_s(piece: str) -> str:
    mark = piece[1:2]
    return piece[_closing(piece, _closing(piece, 2, mark), mark) :]


def awk(call: Call, work: Work) -> None:
    """Programs may hold `system(…)`, `print > file`, `| command` and `getline < file` (gawk manual, I/O)."""
    line = work.line
    given = line.has("--file --source --exec")
    work.entry = {**work.entry, "operands": ("" if given else "text ") + "text*", "traits": ""}
    walk.standard(call, work)
    programs = line.values("--source") + ([] if given else line.operands[:1])
    for operand in line.operands if given else line.operands[1:]:
        text = plain(operand)
        if text is not None and "=" in text and text.partition("=")[0].isidentifier():
            continue
        if operand != "-":
            call.path(READ, operand, "operand")
    for program in programs:
        text = plain(program)
        if text is None:
            if program is UNKNOWN:
                call.opaque("the program of awk is not known")
            continue
        awk_program(call, text)


def awk_program(call: Call, text: str) -> None:
    """Look through an awk program for what it reads, writes and runs."""
    bare, strings = _bare(text)
    at = bare.find("system(")
    while at >= 0:
        _runs(call, strings, at + 7, bare)
        at = bare.find("system(", at + 7)
    for place, char in enumerate(bare):
        follows = place + 1
        while bare[follows : follows + 1] in (" ", "&", ">") and follows < len(bare):
            follows += 1
        if char == ">" and follows in strings and bare[place - 1 : place] != ">":
            call.path(WRITE, strings[follows], "print of awk")
        elif char == "<" and follows in strings and "getline" in bare[max(place - 80, 0) : place]:
            call.path(READ, strings[follows], "getline of awk")
        elif char == "|" and bare[place - 1 : place] != "|" and bare[place + 1 : place + 2] != "|":
            if follows in strings:
                _runs(call, strings, follows, bare)
            elif bare[follows:].startswith("getline"):
                before = max((start for start in strings if start < place), default=-1)
                _runs(call, strings, before, bare)
            else:
                call.opaque("what awk pipes into is not known")


def _runs(call: Call, strings: dict[int, str], at: int, bare: str) -> None:
    """Run the string at a place of an awk program; one that is put together there is not known."""
    text = strings.get(at)
    if text is None:
        call.opaque("what awk runs is not known")
        return
    rest = bare[at + len(text) + 2 :].lstrip()
    if bare[:at].endswith("system(") and rest[:1] != ")":
        call.opaque("what awk runs is not known")
    call.shell(text, "awk")


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
            done[at:end] = "_" * (min(end, len(text)) - at)
        elif char == "#":
            stop = text.find("\n", at)
            end = len(text) if stop < 0 else stop
            done[at:end] = " " * (end - at)
        if char not in " \t":
            last = char
        at = end
    return "".join(done), strings


def vim(call: Call, work: Work) -> None:
    """`vim FILE`; commands with `!` start a shell."""
    line = work.line
    work.entry = {**work.entry, "operands": "read*" if line.has("-R") or call.name == "view" else "edit*"}
    commands = [plain(value) for flag, value in line.flags if flag in ("-c", "--cmd") and value is not None]
    commands += [plain(word) for word in call.words if isinstance(word, str) and word[:1] == "+"]
    line.operands = [word for word in line.operands if not (isinstance(word, str) and word[:1] == "+")]
    walk.standard(call, work)
    for command in commands:
        text = "" if command is None else command.lstrip("+:% ")
        if command is None:
            call.opaque("what vim runs is not known")
        elif text[:1] == "!" or text.startswith(("r !", "r!", "w !", "w!")):
            call.shell(text.partition("!")[2], "vim")
        elif text.startswith(("py", "lua", "ruby", "perl", "call system", "exe", "source", "so ")):
            call.opaque("what vim runs is not known")
        elif text.startswith(("w ", "saveas ", "r ", "e ")):
            call.path(READ if text[0] in "re" else WRITE, text.partition(" ")[2].strip(), "command of vim")
