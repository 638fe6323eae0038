"""The notation in which the tables say what programs do, and how an entry is read from it.

A table is one text. Entries are separated by empty lines; each starts with the names of its programs, then come keys,
then subcommands, `>` for each level (`> *` is any other subcommand):

    git hub
      options  -C=enter -c=text
      run      git.any_other
      > rm
        options  -f,--force --cached
        operands delete*
        instead  --cached text*
      > stash
        >> drop clear
          traits   discards-work

A line that is indented further goes on with the key above it, and names go on behind a backslash. The keys:

    options     see options
    before      options that count only in front of a subcommand
    operands    what the operands are, in order: kinds (see kinds) between blanks. One of them may end in `*` (any
                number), one with `^--a,--b` is not there if one of these options was given. Without this key they mean
                nothing
    instead     OPTION KINDS: operands that count if this option was given; the first one that was counts
    traits      what the command means, whatever its options; one with `^--a,--b` is not meant with one of these
    tree        options that make paths stand for everything beneath them; `always`
    like        PROGRAM [SUBCOMMAND]: as there, but for what is said here; options are added to those
    may         traits that its own function gives on some command lines
    run         MODULE.FUNCTION that makes the rows itself
    first       MODULE.FUNCTION that is called before; the rows are made if it returns True
    output      what it writes (see outputs); known only with the option behind it, if there is one
    language    of the code that it runs
    stop        options end at the first operand
    again       and are read once more behind it
    single      one dash starts a whole option name
    fetches     its output comes from the network

A subcommand inherits the options, `traits`, `single`, `fetches`, `first` and `run` of what it belongs to.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    Entry = dict[str, Any]

_GOES_ON = " \\\n"
_FLAGS = frozenset({"again", "fetches", "single", "stop"})


def entry(text: str, name: str) -> Entry | None:
    """Return the entry of a program in a table, None where it has none.

    {key: text, …}, flags as True, "instead" as {option: kinds}, "sub" as {name: entry}, "other" as an entry.
    """
    for paragraph in text.strip("\n").split("\n\n"):
        if name in paragraph and name in _names(paragraph):
            return _read(paragraph)
    return None


def entries(text: str) -> dict[str, Entry]:
    """Return the entries of all programs in a table, by name."""
    found: dict[str, Entry] = {}
    for paragraph in text.strip("\n").split("\n\n"):
        one = _read(paragraph)
        found.update(dict.fromkeys(_names(paragraph), one))
    return found


def names(text: str) -> Iterator[str]:
    """Return the names of all programs in a table."""
    for paragraph in text.strip("\n").split("\n\n"):
        yield from _names(paragraph)


def _names(paragraph: str) -> list[str]:
    """Return the names at the top of an entry."""
    return paragraph.replace(_GOES_ON, " ").partition("\n")[0].split()


def _read(paragraph: str) -> Entry:
    top: Entry = {}
    path = [top]  # the entry at hand of each level
    key = ""
    for line in paragraph.replace(_GOES_ON, " ").split("\n")[1:]:
        body = line.strip()
        depth = len(body) - len(body.lstrip(">"))
        if depth:
            del path[depth:]
            path.append({})
            for name in body[depth:].split():
                if name == "*":
                    path[depth - 1]["other"] = path[depth]
                else:
                    path[depth - 1].setdefault("sub", {})[name] = path[depth]
            continue
        if len(line) - len(body) > 2 * len(path):
            path[-1][key] += " " + body
            continue
        key, _, value = body.partition(" ")
        value = value.lstrip()
        if key in _FLAGS:
            path[-1][key] = True
        elif key == "instead":
            option, _, kinds = value.partition(" ")
            path[-1].setdefault(key, {})[option] = kinds
        else:
            path[-1][key] = value
    return top
