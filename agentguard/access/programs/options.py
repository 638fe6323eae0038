"""Command lines as programs read them: options with and without values, bundled letters, abbreviations, `--`.

POSIX 12.2 (Utility Syntax Guidelines) and the GNU rules of getopt_long(3). A program's options are one string, each
item of it one option with all its spellings:

    -r,--recursive              takes no value
    -o,--output=write           takes a value; what the value is (see walk) stands behind the `=`
    --color=text?               may take a value, only in the same word
    --bind=read+text            takes two values, of these kinds, each a word of its own
    -l=digits                   may take digits, in the same word, and other options stand behind them (perlrun(1))
    -e=rest                     takes a value, and whatever stands behind that is an operand
    -e,--eval=code              takes code; options of this kind may stand together (`-pe CODE`, `-p -e CODE`)
    -f,--force!force            gives the command that trait
    -n,--dry-run!read-only      the command only tries: what it would do is not done

An option that the table does not know and that is called `--env-file` or alike hands variables to what the program does
(docker, node, uv): that file is not shown.

Rows carry the first long spelling, the last one where none is long. Options that are not listed take no value, so only
those that take one, mean something or have a long spelling need to be there.
"""

from __future__ import annotations

from agentguard.access.model import Pattern
from agentguard.access.shell.values import concat, parts_of, unglobbed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.model import Value


class Option:
    """One option: its spelling in rows, what its value is ("" for none), whether that may be absent, its trait.

    `more` are the kinds of the values behind the first one.
    """

    __slots__ = ("kind", "more", "name", "optional", "trait")

    def __init__(self, item: str) -> None:
        spec, _, self.trait = item.partition("!")
        spellings, _, kind = spec.partition("=")
        names = spellings.split(",")
        self.name = next((name for name in names if name[:2] == "--"), names[-1])
        self.optional = kind.endswith("?")
        self.kind, *self.more = kind.removesuffix("?").split("+")


class Line:
    """A command line as it was read.

    `flags`: (spelling in rows, value or None) in order; `kinds` says what those values are, `traits` collects what the
    flags mean; `unknown` are values of options that the table does not know, `more` those behind the first value of an
    option, with what they are. `doubt`: how many words stand behind a word at which reading stopped and that may as
    well be the value of an option which the table does not know; None where there is no such word.
    """

    __slots__ = ("doubt", "flags", "kinds", "more", "operands", "traits", "unknown")

    def __init__(self) -> None:
        self.flags: list[tuple[str, Value | None]] = []
        self.kinds: dict[str, str] = {}
        self.operands: list[Value] = []
        self.traits: set[str] = set()
        self.unknown: list[Value] = []
        self.more: list[tuple[str, Value, str]] = []  # option, value, kind
        self.doubt: int | None = None

    def has(self, names: str) -> bool:
        """Return whether one of some options (spellings of rows, between blanks) was given."""
        if not self.flags:
            return False
        wanted = names.split()
        return any(name in wanted for name, _ in self.flags)

    def value(self, name: str) -> Value | None:
        """Return the last value of an option, None where it was not given."""
        found = None
        for flag, value in self.flags:
            if flag == name and value is not None:
                found = value
        return found

    def values(self, name: str) -> list[Value]:
        """Return every value of an option."""
        return [value for flag, value in self.flags if flag == name and value is not None]


_tables: dict[tuple[str, ...], dict[str, Option]] = {}

# Options that are called like this hand a file of variables on, whatever the program.
_OF_VARIABLES = frozenset(
    {"--env-file", "--env-files", "--env-file-if-exists", "--envfile", "--dotenv", "--dotenv-path"}
)


def table(*specs: str) -> dict[str, Option]:
    """Return the options of some specifications of the tables, by every spelling. Kept, so nobody changes it."""
    kept = _tables.get(specs)
    if kept is not None:
        return kept
    found = _tables[specs] = {}
    for item in " ".join(specs).split():
        option = Option(item)
        for spelling in item.partition("!")[0].partition("=")[0].split(","):
            found[spelling] = option
    return found


def read(
    known: dict[str, Option],
    words: list[Value],
    *,
    stop: bool = False,
    single: bool = False,
    subs: dict[str, object] | None = None,
    other: bool = False,
) -> Line:
    """Read a command line.

    `stop`: options end at the first operand. `single`: one dash starts a whole name (`-out`). `subs`: the subcommands of
    which the first operand is one; `other`: it may be another word, too.
    """
    line = Line()
    at = 0
    asks = -1  # where the word stands that may be the value of an option which the table does not know
    operands = line.operands
    apart = subs is None and not stop  # no operand decides how the words behind it are read
    while at < len(words):
        word = words[at]
        at += 1
        if apart and isinstance(word, str) and word[:1] != "-":
            operands.append(word)
            continue
        lead = parts_of(word)[0]
        text = lead if isinstance(lead, str) else ""
        if word == "--":
            line.operands += words[at:]
            break
        if len(text) < 2 or text[0] != "-" or (text[1] == "=" and not single):
            if subs is not None and _no_sub(text, word, words[at:], subs, valued=asks == at, other=other):
                if asks == at:
                    line.flags[-1] = (line.flags[-1][0], word)
                    line.unknown.append(word)
                else:
                    line.flags.append((text, None))
                continue
            if stop:
                line.operands = words[at - 1 :]
                line.doubt = len(words) - at if asks == at and at < len(words) else None
                break
            line.operands.append(word)
        elif text.startswith("--") or (single and (text.partition("=")[0] in known or len(text) > 2)):
            at += _long(line, known, unglobbed(word), words[at:], single=single)
        elif len(name := text.partition("=")[0]) > 2 and name in known:  # `-TT COMMAND` of zip stands in its table
            at += _long(line, known, unglobbed(word), words[at:], single=True)
        else:
            at += _short(line, known, unglobbed(word), words[at:])
        if line.flags:
            name, value = line.flags[-1]
            if value is not None and line.kinds.get(name) == "rest":
                line.operands = words[at:]
                break
            if value is None and name not in line.kinds:
                asks = at + 1
    return line


def _no_sub(text: str, word: Value, behind: list[Value], subs: dict[str, object], *, valued: bool, other: bool) -> bool:
    """Return whether a word in front of a subcommand is none itself.

    That is `+nightly` of `cargo`, and the value of an option that the table does not know: one that cannot name a
    command, or one that is no subcommand where a word behind it is one.
    """
    if text[:1] == "+":
        return True
    if not valued or other or (isinstance(word, str) and word in subs):
        return False
    if isinstance(word, str) and not word.replace("-", "").replace("_", "").replace(":", "").isalpha():
        return True
    return any(isinstance(later, str) and later in subs for later in behind)


def _long(line: Line, known: dict[str, Option], word: Value, behind: list[Value], *, single: bool) -> int:
    """Take a long option; return how many of the next words were its value."""
    lead = str(parts_of(word)[0])
    name, equals, first = lead.partition("=")
    option = known.get(name)
    if option is None and not single:
        matches = {id(other): other for spelling, other in known.items() if spelling.startswith(name)}
        option = next(iter(matches.values())) if len(matches) == 1 else None
    value = concat([first, *parts_of(word)[1:]]) if equals else None
    if option is None and single and not name.startswith("--"):
        option = known.get("-" + name)
    if option is None and name in _OF_VARIABLES:
        follows = behind[0] if value is None and behind and isinstance(behind[0], str) else ""
        base = follows.rpartition("/")[2]
        line.flags.append((name, follows if base.startswith(".env") or base.endswith(".env") else value))
        line.kinds[name] = "text"
        return int(line.flags[-1][1] is not value)
    if option is None:
        line.flags.append((name, value))
        if value is not None:
            line.unknown.append(value)
        elif isinstance(word, Pattern):
            line.unknown.append(word)
        return 0
    taken = 0
    if value is None and option.kind and not option.optional and behind and not _codes(known, option, behind[0]):
        value = behind[0]
        taken = 1
    _add(line, option, value)
    return taken + _more(line, option, behind[taken:])


def _codes(known: dict[str, Option], option: Option, word: Value) -> bool:
    """Return whether a word behind an option that takes code is another such option, which takes it."""
    if option.kind != "code" or not isinstance(word, str) or word[:1] != "-" or len(word) < 2:
        return False
    if word[:2] == "--":
        return word in known and known[word].kind == "code"
    return all("-" + letter in known and known["-" + letter].kind == "code" for letter in word[1:])


def _more(line: Line, option: Option, behind: list[Value]) -> int:
    """Take the values behind the first one; return how many."""
    taken = list(zip(option.more, behind, strict=False))
    line.more += [(option.name, value, kind) for kind, value in taken]
    return len(taken)


def _short(line: Line, known: dict[str, Option], word: Value, behind: list[Value]) -> int:
    """Take a bundle of one-letter options; return how many of the next words were a value."""
    parts = parts_of(word)
    letters = str(parts[0])
    place = 0
    while (place := place + 1) < len(letters):
        option = known.get("-" + letters[place])
        if option is None:
            line.flags.append(("-" + letters[place], None))
        elif not option.kind:
            _add(line, option, None)
        elif option.kind == "digits":
            start = place + 1
            place = _digits(letters, place)
            _add(line, option, letters[start : place + 1] or None)
        elif len(parts) == 1 and place + 1 < len(letters) and _codes(known, option, "-" + letters[place + 1 :]):
            _add(line, option, None)
        else:
            rest = concat([letters[place + 1 :], *parts[1:]])
            taken = 0
            if rest != "":
                _add(line, option, rest)
            elif option.optional or not behind or _codes(known, option, behind[0]):
                _add(line, option, None)
            else:
                _add(line, option, behind[0])
                taken = 1
            return taken + _more(line, option, behind[taken:])
    if len(parts) > 1:
        line.unknown.append(concat(parts[1:]))
    return 0


def _digits(letters: str, place: int) -> int:
    """Return the place of the last digit behind a letter: `0777`, `0xFF`; its own where there is none."""
    digits = "0123456789"
    if letters[place : place + 2] in ("0x", "0X"):
        place, digits = place + 1, "0123456789abcdefABCDEF"
    while letters[place + 1 : place + 2] and letters[place + 1] in digits:
        place += 1
    return place


def _add(line: Line, option: Option, value: Value | None) -> None:
    line.flags.append((option.name, value))
    line.kinds[option.name] = option.kind
    if option.trait:
        line.traits.add(option.trait)
