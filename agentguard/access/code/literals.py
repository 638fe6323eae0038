"""Literals of code in JavaScript, Ruby, Perl, PHP and Lua: what its texts name, and whether it makes other code.

Not a parse: strings and backquotes are found by their quotes. A string that looks like a path or an address may be
read, written or connected to; what a call of a shell gets is read as shell text; whatever builds code is opaque.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_MAX_STRINGS = 500
# Calls whose first string is shell text. What stands behind the name may be a parenthesis, a blank or the quote itself.
_SHELLS = (
    "execSync", "exec", "system", "spawnSync", "spawn", "execFileSync", "execFile", "popen", "shell_exec", "passthru",
    "proc_open", "os.execute", "io.popen", "Open3.capture2", "IO.popen", "Deno.run", "qx", "%x",
)  # fmt: skip
_MAKES_CODE = ("eval", "Function", "instance_eval", "class_eval", "loadstring", "create_function", "vm.runIn", "assert")
_WORD = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_$.")
_ENVIRONMENT = {
    "javascript": ("process.env",), "ruby": ("ENV.",), "perl": ("%ENV",), "php": ("getenv()", "$_ENV"), "lua": (),
}  # fmt: skip


def read(text: str, language: str) -> list[tuple[str, Any]]:
    """Return findings as code.python does."""
    found: list[tuple[str, Any]] = []
    strings = _strings(text, language)
    if len(strings) > _MAX_STRINGS:
        return [("opaque", "the code holds too many texts")]
    for start, quote, literal in strings:
        before = _before(text, start)
        if quote == "`" and language in ("ruby", "perl", "php"):
            found.append(("shell", literal))
        elif before in _SHELLS or before.rpartition(".")[2] in _SHELLS:
            found.append(("shell", _with_arguments(text, start, literal, strings)))
        elif "\n" not in literal:
            found.append(("guess", literal))
    bare = _without(text, strings)
    names = _names(bare)
    found += [("opaque", f"the code runs other code ({name})") for name in _MAKES_CODE if name in names]
    for name in _SHELLS:
        if name in names and name not in ("exec", "qx", "%x") and not any(kind == "shell" for kind, _ in found):
            found.append(("opaque", f"what the code starts is not known ({name})"))
            break
    for name in _ENVIRONMENT[language]:
        place = bare.find(name)
        while place >= 0:
            if bare[place + len(name) : place + len(name) + 1] not in (".", "["):
                found.append(("environment", None))
                break
            place = bare.find(name, place + 1)
    return found


def _strings(text: str, language: str) -> list[tuple[int, str, str]]:
    """Return place, quote and text of every string."""
    quotes = "'\"`" if language != "lua" else "'\""
    found: list[tuple[int, str, str]] = []
    at = 0
    while at < len(text):
        char = text[at]
        if char in quotes:
            end = at + 1
            while end < len(text) and text[end] != char:
                end += 2 if text[end] == "\\" else 1
            found.append((at, char, text[at + 1 : end].replace("\\" + char, char)))
            at = end + 1
        elif text.startswith("//", at) and language in ("javascript", "php") and text[at - 1 : at] != ":":
            stop = text.find("\n", at)
            at = len(text) if stop < 0 else stop
        elif text.startswith(("%x", "%w", "qx", "q("), at) and language in ("ruby", "perl") and _opens(text, at):
            mark = text[at + 2 : at + 3] if text[at + 1] != "(" else "("
            close = {"(": ")", "{": "}", "[": "]", "<": ">"}.get(mark, mark)
            start = at + 3 if text[at + 1] != "(" else at + 2
            end = text.find(close, start)
            if end < 0:
                break
            found.append((at, "`" if text[at : at + 2] in ("%x", "qx") else "'", text[start:end]))
            at = end + 1
        else:
            at += 1
    return found


def _opens(text: str, at: int) -> bool:
    mark = text[at + 2 : at + 3] if text[at + 1] != "(" else "("
    return bool(mark) and not mark.isalnum() and not mark.isspace() and text[at - 1 : at] not in _WORD


def _before(text: str, at: int) -> str:
    """Return the name that a string is the first argument of."""
    end = at
    while end and text[end - 1] in " (":
        end -= 1
    start = end
    while start and text[start - 1] in _WORD:
        start -= 1
    return text[start:end]


def _with_arguments(text: str, start: int, literal: str, strings: list[tuple[int, str, str]]) -> str:
    """Return a command with the strings of the list behind it: `spawn("rm", ["-rf", "x"])`."""
    words = [literal]
    end = text.find(")", start)
    if " " not in literal:
        words += [other for place, _, other in strings if start < place < (end if end > 0 else len(text))]
    return " ".join(words)


def _without(text: str, strings: list[tuple[int, str, str]]) -> str:
    done = text
    for start, _, literal in reversed(strings):
        done = done[: start + 1] + " " * len(literal) + done[start + 1 + len(literal) :]
    return done


def _names(text: str) -> set[str]:
    found: set[str] = set()
    name = ""
    for char in text + " ":
        if char in _WORD:
            name += char
        elif name:
            found.add(name)
            found.add(name.rpartition(".")[2])
            name = ""
    return found
