"""Commands made of words: joined for a shell, or with values in place of marks.

`find -exec`, `xargs -I` and `parallel` put what they find in place of a mark; `watch` and `ssh` join their words.
"""

from __future__ import annotations

from agentguard.access.shell.values import concat, parts_of, plain, unglobbed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.model import Value, Wildcard
    from agentguard.access.shell.command import Call


def joined(words: list[Value]) -> Value:
    """Return words joined by blanks; globs as they were written."""
    return concat(
        [part for number, word in enumerate(words) for part in ((" ",) if number else ()) + parts_of(unglobbed(word))]
    )


def carry(call: Call, words: list[Value], found: list[Value], label: str, *, behind: bool = True) -> None:
    """Run a command once for each of the values that it gets in place of `{}`, or (`behind`) behind its words."""
    if not words:
        return
    marked = any("{}" in part for word in words for part in parts_of(word) if isinstance(part, str))
    if not marked and not behind:
        call.run(words, label)
        return
    for value in found:
        call.run(replaced(call, words, "{}", value) if marked else [*words, value], label)


_SHELLS = frozenset({"sh", "bash", "zsh", "dash", "ksh", "eval"})
FOUND = "__found"  # the variable that stands for a name which only the running command knows


def replaced(call: Call, words: list[Value], mark: str, value: Value) -> list[Value]:
    """Return words with a mark replaced by a value.

    In the text of a shell a value that is not exact becomes a variable, so that the text around it still counts; what
    stands behind that text is a parameter and stays what it is.
    """
    at = _text(words) if not isinstance(value, str) else 0
    if not at:
        return [filled(word, mark, value) for word in words]
    call.assigned[FOUND] = value
    return [filled(word, mark, value if number > at else f"${FOUND}") for number, word in enumerate(words)]


def _text(words: list[Value]) -> int:
    """Return the place of the text that a shell gets in these words, 0 for none: what follows are its parameters."""
    shell = next((n for n, word in enumerate(words) if (plain(word) or "").rpartition("/")[2] in _SHELLS), None)
    if shell is None:
        return 0
    if words[shell] == "eval":
        return len(words)
    for number, word in enumerate(words[shell + 1 :], shell + 1):
        text = plain(word) or ""
        if text[:1] == "-" and text[-1:] == "c" and text[1:2] != "-":
            return number + 1
    return 0


def filled(word: Value, mark: str, value: Value) -> Value:
    """Return a word with a mark replaced by a value."""
    if word == mark:
        return value
    done: list[str | Wildcard] = []
    for part in parts_of(word):
        if not isinstance(part, str):
            done.append(part)
            continue
        for number, text in enumerate(part.split(mark)):
            if number:
                done.extend(parts_of(value))
            done.append(text)
    return concat(done)
