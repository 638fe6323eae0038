"""Brace expansion (bash(1), Brace Expansion): purely textual, before everything else, on a raw word."""

from __future__ import annotations

from agentguard.access.shell.limits import MAX_FIELDS, MAX_NESTING, MAX_VALUE
from agentguard.access.shell.pieces import TooMuch
from agentguard.access.shell.skip import Skipper

# A raw word cut into what braces can see: "{", ",", "}" as they stand unquoted, and everything else in pieces.
_MARKS = frozenset("{,}")


def expand(raw: str) -> list[str]:
    """Return the raw words that a raw word stands for, in order. Raises `Unreadable` where there are too many."""
    atoms = _atoms(raw)
    if "{" not in atoms:
        return [raw]
    if len(atoms) > MAX_FIELDS:
        raise TooMuch("it holds too many braces")
    return _product(atoms, 0)


def _atoms(raw: str) -> list[str]:
    skip = Skipper(raw)
    atoms: list[str] = []
    at = mark = 0
    while at < len(raw):
        char = raw[at]
        if char == "$" and raw[at + 1 : at + 2] == "{":  # braces inside it are counted, not read
            at = max(_balanced(raw, at + 1, skip), skip.piece(at))
        elif char in "\\'\"`$":
            at = skip.piece(at)
        elif char in "<>" and raw[at + 1 : at + 2] == "(":
            at = skip.substitution(at)
        elif char in _MARKS:
            if mark < at:
                atoms.append(raw[mark:at])
            atoms.append(char)
            at += 1
            mark = at
        else:
            at += 1
    if mark < at:
        atoms.append(raw[mark:at])
    return atoms


def _balanced(raw: str, at: int, skip: Skipper) -> int:
    """Return the end of the braces that open at `at`, 0 where they never close."""
    depth = 0
    while at < len(raw):
        char = raw[at]
        if char in "\\'\"`" or (char == "$" and raw[at + 1 : at + 2] != "{"):
            at = skip.piece(at)
            continue
        depth += (char == "{") - (char == "}")
        at += 1
        if not depth:
            return at
    return 0


def _product(atoms: list[str], depth: int) -> list[str]:
    """Return every combination of the alternatives in `atoms`."""
    if depth > MAX_NESTING:
        raise TooMuch("its braces are nested too deeply")
    done = [""]
    at = 0
    while at < len(atoms):
        options = [atoms[at]]
        if atoms[at] == "{":
            end, commas = _close(atoms, at)
            found = _alternatives(atoms, at, end, commas, depth) if end else None
            if found is not None:
                options = found
                at = end
        if len(done) * len(options) > MAX_FIELDS:
            raise TooMuch("its braces stand for too many words")
        if sum(map(len, options)) * len(done) + sum(map(len, done)) * len(options) > 16 * MAX_VALUE:
            raise TooMuch("its braces stand for too much text")
        done = [before + option for before in done for option in options]
        at += 1
    return done


def _close(atoms: list[str], at: int) -> tuple[int, list[int]]:
    """Return the place of the `}` that closes the `{` at `at` (0 for none), and the commas that belong to it."""
    depth = 0
    commas: list[int] = []
    for place in range(at, len(atoms)):
        atom = atoms[place]
        if atom == "{":
            depth += 1
        elif atom == "}":
            depth -= 1
            if not depth:
                return place, commas
        elif atom == "," and depth == 1:
            commas.append(place)
    return 0, []


def _alternatives(atoms: list[str], at: int, end: int, commas: list[int], depth: int) -> list[str] | None:
    """Return what one pair of braces stands for; None where it stands for itself."""
    if not commas:
        return _sequence("".join(atoms[at + 1 : end])) if end == at + 2 else None
    found: list[str] = []
    start = at + 1
    for comma in [*commas, end]:
        found += _product(atoms[start:comma], depth + 1)
        start = comma + 1
        if len(found) > MAX_FIELDS:
            raise TooMuch("its braces stand for too many words")
    return found


def _sequence(text: str) -> list[str] | None:
    """Return the words of `x..y` and `x..y..step`, numbers or single letters; None for anything else."""
    ends = text.split("..")
    if len(ends) not in (2, 3) or (len(ends) == 3 and not _is_number(ends[2])):
        return None
    step = abs(int(ends[2])) or 1 if len(ends) == 3 else 1
    first, last = ends[0], ends[1]
    if _is_number(first) and _is_number(last):
        low, high = int(first), int(last)
        padded = any(len(end.lstrip("-")) > 1 and end.lstrip("-")[0] == "0" for end in (first, last))
        width = max(len(first), len(last)) if padded else 0
        if abs(high - low) // step >= MAX_FIELDS:
            raise TooMuch("its braces stand for too many words")
        numbers = range(low, high + 1, step) if low <= high else range(low, high - 1, -step)
        return [f"{number:0{width}d}" for number in numbers]
    if len(first) == len(last) == 1 and first.isascii() and last.isascii() and first.isalpha() and last.isalpha():
        low, high = ord(first), ord(last)
        codes = range(low, high + 1, step) if low <= high else range(low, high - 1, -step)
        # Between `Z` and `a` lie a backslash, which quotes what follows in bash, and a backquote, which quotes nothing.
        return [{"\\": "''", "`": "\\`"}.get(chr(code), chr(code)) for code in codes]
    return None


def _is_number(text: str) -> bool:
    digits = text[1:] if text[:1] in ("-", "+") else text
    return digits.isascii() and digits.isdigit() and len(digits) < 19
