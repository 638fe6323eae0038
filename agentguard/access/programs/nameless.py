"""Commands that show of lines `NAME=VALUE` the names, or how many there are, and no value.

`cut -d= -f1`, `sed 's/=.*//'`, `awk -F= '{print $1}'`, `grep -c '^NAME='`, `wc -l`: so one asks which variables are set
without seeing what they hold. Only these forms count: a pattern that could meet a value tells something about it.
"""

from __future__ import annotations

from agentguard.access.programs import walk
from agentguard.access.shell.values import plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.model import Value
    from agentguard.access.programs.options import Line
    from agentguard.access.programs.walk import Work
    from agentguard.access.shell.command import Call

_COUNTS = ("-l", "-w", "-c", "-m", "-L", "--lines", "--words", "--bytes", "--chars")
_PRINTS = "{print $1}"


def piped(text: str) -> bool:
    """Return whether a command, as its raw text, shows no value of what it gets on standard input."""
    if "\\" in text or ('"' in text and "$" in text):  # in double quotes the shell puts something else for `$1`
        return False
    words = _split(text)
    name = words[0] if words else ""
    if name == "wc":
        return all(word in _COUNTS for word in words[1:])
    if name in ("grep", "egrep", "ggrep", "rg"):
        patterns = [word for word in words[1:] if word[:1] != "-"]
        flags = {letter for word in words[1:] if word[:1] == "-" for letter in word[1:]}
        return len(patterns) == 1 and bool(flags & set("cq")) and flags <= set("cqEi") and _of_name(patterns[0])
    if name == "cut":
        return sorted("".join(words[1:]).replace("-d=", "-d= ").replace("-f1", "-f1 ").split()) in (
            ["-d=", "-f1"], ["-d=", "-f1", "-s"],
        )  # fmt: skip
    if name in ("awk", "gawk", "mawk"):
        return words[1:] in (["-F=", _PRINTS], ["-F", "=", _PRINTS])
    return (
        name in ("sed", "gsed")
        and len([word for word in words[1:] if word not in ("-E", "-e")]) == 1
        and _cuts(words[-1])
    )


def _split(text: str) -> list[str]:
    """Return the words of a command without substitutions, quotes taken away; none where it is more than one command."""
    words: list[str] = []
    quote = ""
    word: str | None = None
    for char in text.strip():
        if quote:
            quote, word = ("", word) if char == quote else (quote, (word or "") + char)
        elif char in "'\"":
            quote, word = char, word or ""
        elif char in "|&;<>()`$\n":
            return []
        elif char == " ":
            words += [word] if word is not None else []
            word = None
        else:
            word = (word or "") + char
    return [] if quote else words + ([word] if word is not None else [])


def _of_name(pattern: str) -> bool:
    """Return whether a pattern meets any line, or a name and nothing of a value."""
    name = pattern.removeprefix("^").removesuffix("=")
    whole = pattern[:1] == "^" or pattern[-1:] == "="
    return pattern == "." or (whole and name.replace("_", "").isalnum() and name.isascii())


def _cuts(script: str) -> bool:
    """Return whether a script of sed replaces all behind the first `=` by something else: `s/=.*/=…/`."""
    pieces = script.split("/")
    return pieces[:2] in (["s", "=.*"], ["s", "=.*$"]) and len(pieces) == 4 and not pieces[3] and "&" not in pieces[2]


def first(call: Call, work: Work) -> bool:
    """Make the rows of such a command on files of variables, which are not read for anybody; else leave them to others."""
    line = work.line
    files = line.operands if call.name in ("cut", "gcut") else line.operands[1:]
    if not files or not all(_of_variables(value) for value in files) or not _shows_names(call.name, line, len(files)):
        return False
    work.entry = {"operands": "look*", "traits": "read-only"}
    line.operands = list(files)
    walk.standard(call, work)
    call.machine.told += 1  # the names are nobody else's business all the same
    return True


def _of_variables(value: Value) -> bool:
    """Return whether a file holds variables by its name, one a line: `.env`, `.env.local`, `prod.env`."""
    name = (plain(value) or "").rpartition("/")[2]
    return name.startswith(".env") or name.endswith(".env")


def _shows_names(name: str, line: Line, files: int) -> bool:
    given = {flag for flag, _ in line.flags}
    if name in ("cut", "gcut"):
        return given <= {"--delimiter", "--fields", "--only-delimited"} and (
            line.value("--delimiter") == "=" and line.value("--fields") == "1"
        )
    text = plain(line.operands[0]) or ""
    if name in ("awk", "gawk", "mawk", "nawk"):
        return given == {"--field-separator"} and line.value("--field-separator") == "=" and text == _PRINTS
    if name in ("sed", "gsed"):
        return given <= {"-E", "-r", "--regexp-extended"} and _cuts(text)
    quiet = {"--count", "--quiet", "--silent"} & given
    return (
        bool(quiet)
        and given <= {"--count", "--quiet", "-E", "--extended-regexp", "-i", "--ignore-case"}
        and _of_name(text)
    )
