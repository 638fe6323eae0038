"""sed scripts: `w FILE`, `r FILE`, `e COMMAND` and the flags `w` and `e` of `s` (GNU sed manual, sed scripts)."""

from __future__ import annotations

from agentguard.access.model import READ, UNKNOWN, WRITE
from agentguard.access.programs import walk
from agentguard.access.shell.values import parts_of, unglobbed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.model import Value
    from agentguard.access.programs.walk import Work
    from agentguard.access.shell.command import Call

_FLAGS_OF_S = frozenset("gpiImMe0123456789")


def run(call: Call, work: Work) -> None:
    """Make the rows of the files and of the scripts."""
    line = work.line
    scripts: list[Value] = line.values("--expression")
    operands = "read*"
    if line.has("--in-place"):
        operands = "read*"
        if line.value("--in-place") is None and line.operands[:1] == [""]:  # macOS: `sed -i '' s/a/b/ file`
            line.operands = line.operands[1:]
    if not line.has("--expression --file"):
        scripts = line.operands[:1]
        operands = "text " + operands
    work.entry = {**work.entry, "operands": operands, "traits": "" if line.has("--in-place") else "read-only"}
    walk.standard(call, work)
    for path in line.values("--file"):
        if (feed := call.written(path)) is not None:
            scripts.append(feed.value)
    done: list[str] = []
    for script in [] if line.has("--sandbox") else scripts:
        text = unglobbed(script)
        if text is UNKNOWN:
            call.fetched_or_opaque("the script of sed is not known")
        else:  # a letter stands for what is not known of it
            exact = "".join(part if isinstance(part, str) else "x" for part in parts_of(text))
            _script(call, exact)
            done.append(exact)
    if line.has("--in-place"):
        files = line.operands if line.has("--expression --file") else line.operands[1:]
        for value in files:
            call.path(WRITE, value, "edited in place")
        in_place(call, files, done, quiet=line.has("--quiet --silent -n"))


def in_place(call: Call, files: list[Value], editing: list[str], *, quiet: bool = False, only: str = "") -> None:
    """Note what scripts do to files that they change in place. `only`: the one command that they may hold, as in Perl."""
    if call.machine.reading:
        return
    from agentguard.access.code import filled  # noqa: PLC0415 - few commands edit in place
    from agentguard.access.programs import filters  # noqa: PLC0415 - as above

    new: list[str] | None = []
    for script in editing:
        follows = not only or all(
            piece[:1] == only and not _after_s(piece).strip("gimsx") for piece in _commands(script)
        )
        new = [*new, *_inserted(script)] if follows and new is not None else None

    def work(text: str) -> str | None:
        ends = text.endswith("\n")
        lines: list[str] | None = text.removesuffix("\n").split("\n")
        for script in editing:
            lines = None if lines is None else filters.edit(lines, script, quiet=quiet, numbered=True)
        return None if lines is None else "\n".join(lines) + "\n" * ends

    for value in files:
        filled.change(call, value, work, new)


def _inserted(text: str) -> list[str]:
    """Return the lines that `a`, `i`, `c` and `s` put into a file."""
    found: list[str] = []
    for piece in _commands(text):
        if piece[:1] in ("a", "i", "c"):
            found.append(piece[1:].lstrip("\\\n ").replace("\\\n", "\n"))
        elif piece[:1] == "s":
            mark = piece[1:2]
            start = _closing(piece, 2, mark)
            found.append(
                piece[start : _closing(piece, start, mark) - 1].replace("\\" + mark, mark).replace("\\n", "\n")
            )
    return found


def _script(call: Call, text: str) -> None:
    for piece in _commands(text):
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
                _executed(call, piece)
            if target.strip():
                call.path(WRITE, target.strip(), "w of sed")


def _executed(call: Call, piece: str) -> None:
    """`s/.*/TEXT/e` runs TEXT; what any other pattern leaves of a line is not known."""
    mark = piece[1:2]
    start = _closing(piece, 2, mark)
    new = piece[start : _closing(piece, start, mark) - 1]
    if piece[2 : start - 1].strip("^$") in (".*", ".+") and "&" not in new and "\\" not in new:
        call.shell(new, "sed s///e")
    else:
        call.fetched_or_opaque("sed runs what its pattern space holds")


def _commands(text: str) -> list[str]:
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
