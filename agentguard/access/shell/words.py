"""From the raw text of a word to the values that a program gets: every expansion of bash(1), EXPANSION, in its order.

Braces first, then tilde, parameters, substitutions and arithmetic from left to right, then splitting, then globs. What
is not known stays a part that is not known, so that the known parts beside it still count. Commands in a substitution
are handed to the interpreter, and their output, where it can be computed, takes their place.
"""

from __future__ import annotations

from agentguard.access.model import ANY, NUMBER, STAR, UNKNOWN, Pattern
from agentguard.access.shell import telling
from agentguard.access.shell.limits import MAX_FIELDS
from agentguard.access.shell.pieces import BREAK, QUOTED, RESULT, SEAM, TEXT, TooMuch
from agentguard.access.shell.skip import PLAIN, Skipper, assignment
from agentguard.access.shell.values import A_NUMBER, UNSET, Beneath, Unset, concat, parts_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.model import Value
    from agentguard.access.shell.fields import Piece
    from agentguard.access.shell.flow import Frame
    from agentguard.access.shell.interpret import Machine
    from agentguard.access.shell.state import State
    from agentguard.access.shell.values import Held

_NAME = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")
_SPECIAL_PARAMETERS = frozenset("@*#?-$!0")
_ASSIGNMENTS = ("++", "--", "+=", "-=", "*=", "/=", "%=", "&=", "^=", "|=", "<<=", ">>=")
_STOPS = frozenset("\\'\"$`<>(")


class Reader:
    """Expands the raw words of one piece of shell text. Places are characters of that text, None for nowhere in it."""

    __slots__ = ("beneath", "extra", "frame", "machine", "mixed", "state")

    def __init__(self, machine: Machine, state: State, frame: Frame) -> None:
        self.machine = machine
        self.state = state
        self.frame = frame
        self.extra: frozenset[str] = frozenset()  # options of the glob at hand alone
        self.beneath: Beneath | None = None  # a value of the word at hand that stands for a tree
        self.mixed = False  # double quotes hold `${a[*]…}` beside `${a[@]}`, which bash splits and other shells do not

    def fields(self, raw: str, at: int = 0) -> list[Value]:
        """Return the words that a raw word becomes; `at` is its place in the text. Raises `Unreadable`."""
        if not raw.strip(PLAIN):
            return [raw]
        from agentguard.access.shell.fields import split  # noqa: PLC0415 - plain words need none

        if "{" in raw:
            from agentguard.access.shell import braces  # noqa: PLC0415 - few words have any

            raws = braces.expand(raw)
            if raws != [raw]:
                found: list[Value] = []
                for one in raws:
                    found += self._split(self._pieces(one, None, tilde=True, made=True))
                    if len(found) > MAX_FIELDS:
                        raise TooMuch("its braces stand for too many words")
                return found
        pieces = self._pieces(raw, at, tilde=True)
        if not self.extra:
            self.machine.spend(sum(len(text) for kind, text in pieces if kind == RESULT and isinstance(text, str)))
            values = split(pieces, self.state)
            if self.beneath is not None:
                values = list(map(self._tree, values))
                self.beneath = None
            if len(values) > 1 and self.state.dialect in ("", "sh"):
                self._unsplit(pieces, values)
            return values
        return self._split(pieces)

    def _split(self, pieces: list[Piece]) -> list[Value]:
        from agentguard.access.shell.fields import split  # noqa: PLC0415 - plain words need none

        outer, self.state.options = self.state.options, self.state.options | self.extra
        values = split(pieces, self.state)
        self.state.options, self.extra = outer, frozenset()
        return values

    def _unsplit(self, pieces: list[Piece], values: list[Value]) -> None:
        """Note that zsh does not split a variable, where that makes one path of what bash takes for several words."""
        from agentguard.access.shell.fields import joined  # noqa: PLC0415 - plain words need none

        whole = joined(pieces)
        first = parts_of(whole)[0]
        if (
            not isinstance(first, str)
            or not first.startswith(("/", "./", "../"))
            or any(kind == BREAK for kind, _ in pieces)
        ):
            return
        if not any(str(value).startswith(("/", "./", "../", "-", "~")) for value in values[1:]):
            self.machine.unsplit = True

    def value(self, raw: str, at: int = 0, *, assigned: bool = False) -> Value:
        """Return the one value of a raw word that is neither split nor matched with files: the right side of `=`."""
        if not raw.strip(PLAIN):
            return raw
        from agentguard.access.shell.fields import joined  # noqa: PLC0415 - plain words need none

        value = joined(self._pieces(raw, at, tilde=True, colon=assigned))
        return value if self.beneath is None else self._tree(value)

    def _tree(self, value: Value) -> Value:
        """Return the tree that a whole word stands for, or the word as it is."""
        beneath = self.beneath
        return value if beneath is None or value != concat(beneath.parts) else beneath

    def body(self, raw: str, at: int | None = None) -> Value:
        """Return the value of text in which only `$`, backquotes and backslashes count: a here-document."""
        from agentguard.access.shell.fields import joined  # noqa: PLC0415 - plain words need none

        out: list[Piece] = []
        self.machine.spend(len(raw))
        self._quoted(raw, 0, len(raw), at, out, here=True)
        return joined(out)

    def pieces(self, raw: str) -> list[Piece]:
        """Return the pieces of a raw word that stands inside an expansion."""
        return self._pieces(raw, None, tilde=True)

    # -- pieces

    def _pieces(
        self, raw: str, base: int | None, *, tilde: bool = False, colon: bool = False, made: bool = False
    ) -> list[Piece]:
        skip = Skipper(raw)
        out: list[Piece] = []
        at, size = 0, len(raw)
        self.machine.spend(size)
        if tilde:
            at = self.tilde(raw, 0, out, colon=colon)
        homes = 0 if made else assignment(raw)  # `NAME=~/x:~/y` as an argument, but for one that braces made
        colon = colon or homes > 0
        while at < size:
            char = raw[at]
            if char not in _STOPS:
                start = at
                while at < size and raw[at] not in _STOPS:
                    if raw[at] == ":" and colon and raw[at + 1 : at + 2] == "~":
                        break
                    at += 1
                    if at == homes and raw[at : at + 1] == "~":
                        break
                out.append((TEXT, raw[start:at]))
                if raw[at : at + 1] == ":" and raw[at : at + 2] == ":~":
                    out.append((TEXT, ":"))
                    at = self.tilde(raw, at + 1, out, colon=colon) if colon else at + 1
                elif at == homes and raw[at : at + 1] == "~":
                    at = self.tilde(raw, at, out, colon=True)
            elif char == "\\":
                if raw[at + 1 : at + 2] != "\n":
                    out.append((QUOTED, raw[at + 1 : at + 2] or "\\"))
                at += 2
            elif char == "'":
                end = skip.piece(at)
                out.append((QUOTED, raw[at + 1 : end - 1]))
                at = end
            elif char == '"':
                end = skip.double(at)
                if end == at + 2:
                    out.append((QUOTED, ""))
                self._quoted(raw, at + 1, end - 1, base, out)
                at = end
            elif char == "<" and (end := skip.number_range(at)):
                out.append((TEXT, "+([0-9])"))
                at = end
            elif char in "<>" or (char == "(" and raw[:at] == "="):
                if char == "(":  # zsh: `=(command)`, a file that holds what the command writes
                    out.clear()
                    at, char = at - 1, "<"
                end = skip.substitution(at)
                place = None if base is None else base + at + 2
                out.append((QUOTED, self.machine.process(raw[at + 2 : end - 1], char, self, place)))
                at = end
            elif char == "(":  # of an extended glob; or of an array, which is read elsewhere
                at = self._group(raw, at, skip, out)
            else:
                at = self.expansion(raw, at, skip, base, out, quoted=False)
        if raw[:1] == "~" and ":" in raw.partition("/")[0] and not colon:  # bash makes `HOME:$x` of `~:$x`
            return [(QUOTED, ANY)]
        return out

    def _group(self, raw: str, at: int, skip: Skipper, out: list[Piece]) -> int:
        """Add the parenthesis at `at` of a word. Return the place behind it, or behind what it opens."""
        before = raw[at - 1 : at]
        if before == "=":
            out.append((TEXT, ANY))
            return skip.parentheses(at)
        if (
            self.state.dialect != "bash"
            and (before not in "?+@!" or not before)
            and "extglob" not in self.state.options
        ):
            from agentguard.access.shell import zsh  # noqa: PLC0415 - few words have any

            end = skip.parentheses(at)
            if (options := zsh.flags(raw[at + 1 : end - 1])) is not None:
                self.extra |= options
                if "nocaseglob" in options:  # known in one case at least, and a glob at any rate
                    self._pieces_folded(raw[end:], out)
                    return len(raw)
                return end
            if end == len(raw) and zsh.qualifiers(raw[at + 1 : end - 1]):
                self.extra |= {"dotglob"} if "D" in raw[at:end] else set()
                return end
        bare = before not in tuple("?*+@!") and not any(kind == TEXT and "(" in str(text) for kind, text in out)
        out.append((TEXT, "@(" if bare else "("))
        return at + 1

    def _pieces_folded(self, raw: str, out: list[Piece]) -> None:
        """Add the pieces of what stands behind `(#i)`, with a class for its first letter, so that files are looked for."""
        first = True
        for kind, text in self._pieces(raw, None, made=True):
            if kind != TEXT or not isinstance(text, str):
                out.append((kind, text))
                continue
            small = text.lower()
            place = next((place for place, char in enumerate(small) if char.isalpha()), -1) if first else -1
            if place >= 0:
                small = f"{small[:place]}[{small[place]}{small[place].upper()}]{small[place + 1 :]}"
                first = False
            out.append((kind, small))

    def quoted(self, raw: str, out: list[Piece]) -> None:
        """Add the pieces of the word of an operator between double quotes: its own double quotes only vanish."""
        self._quoted(raw, 0, len(raw), None, out, word=True)

    def _quoted(
        self, raw: str, at: int, end: int, base: int | None, out: list[Piece], *, here: bool = False, word: bool = False
    ) -> None:
        """Add the pieces of what stands between double quotes, or in a here-document."""
        skip = Skipper(raw)
        start = at
        if "*" in raw and "@" in raw and not here:
            mixed = ("[*]" in raw or "${*" in raw) and ("[@]" in raw or "${@" in raw or "$@" in raw)
            self.mixed = self.mixed or mixed
        while at < end:
            char = raw[at]
            if char == "\\":
                follows = raw[at + 1 : at + 2]
                if follows in ("$", "`", "\\", "\n") or (follows == '"' and not here) or (word and follows == "}"):
                    out.append((QUOTED, raw[start:at] + (follows if follows != "\n" else "")))
                    start = at = at + 2
                else:
                    at += 2
            elif char in "$`":
                if start < at:
                    out.append((QUOTED, raw[start:at]))
                start = at = self.expansion(raw, at, skip, base, out, quoted=True)
            elif word and char == '"':
                out.append((QUOTED, raw[start:at]))
                start = at = at + 1
            else:
                at += 1
        if start < end:
            out.append((QUOTED, raw[start:end]))

    def tilde(self, raw: str, at: int, out: list[Piece], *, colon: bool) -> int:
        """Add the home that an unquoted tilde at `at` stands for. Return the place behind the tilde-prefix."""
        if raw[at : at + 1] != "~":
            return at
        end = at + 1
        while end < len(raw) and (raw[end] in _NAME or raw[end] in ".-+"):
            end += 1
        if end < len(raw) and raw[end] != "/" and not (colon and raw[end] == ":"):
            return at  # something quoted or expanded in it: a plain tilde
        user = raw[at + 1 : end]
        world = self.machine.world
        if user in ("", world.user):
            home = self.state.get("HOME") if not user else world.home
            self._held(world.home if isinstance(home, Unset) else home, out, quoted=True)
        elif user in ("+", "-"):
            held = self.state.get("PWD" if user == "+" else "OLDPWD")
            if isinstance(held, Unset):
                return at
            self._held(held, out, quoted=True)
        elif user.lstrip("+-").isdigit() and len(user.lstrip("+-")) in (len(user), len(user) - 1):
            stack = self.state.get("DIRSTACK")
            folders = [self.state.get("PWD"), *(stack if isinstance(stack, list) else [])]
            number = int(user.lstrip("+-"))
            if number >= len(folders):
                return at  # a plain tilde
            self._held(folders[number if user[0] != "-" else -1 - number], out, quoted=True)
        elif user == "root":
            out.append((QUOTED, "/var/root" if world.platform == "darwin" else "/root"))
        elif "~" + user in self.state.variables:  # zsh: `hash -d`
            self._held(self.state.get("~" + user), out, quoted=True)
        elif self.state.dialect != "bash" and (self.state.exact(user) or "")[:1] == "/":  # zsh: a variable will do
            self._held(self.state.get(user), out, quoted=True)
        else:
            out.append((QUOTED, ANY))
        return end

    def expansion(self, raw: str, at: int, skip: Skipper, base: int | None, out: list[Piece], *, quoted: bool) -> int:
        """Add what the `$` or backquote at `at` stands for. Return the place behind it."""
        if raw[at] == "`":
            end = skip.backquote(at)
            inner = raw[at + 1 : end - 1]
            for mark in ("\\\\", "\\`", "\\$") if "\\" in inner else ():
                inner = inner.replace(mark, mark[1])
            self._held(self.machine.substitute(inner, self, None), out, quoted=quoted)
            return end
        follows = raw[at + 1 : at + 2]
        if follows == "{":
            end = skip.parameter(at, quoted=quoted)
            from agentguard.access.shell import parameters  # noqa: PLC0415 - few words have any

            parameters.expand(self, raw[at + 2 : end - 1], out, quoted=quoted)
            return end
        if follows == "(":
            end = skip.arithmetic(at + 1) if raw[at + 2 : at + 3] == "(" else 0
            if end:
                self._number(raw[at + 3 : end - 2], out, quoted=quoted)
                return end
            end = skip.substitution(at)
            place = None if base is None else base + at + 2
            self._held(self.machine.substitute(raw[at + 2 : end - 1], self, place), out, quoted=quoted)
            return end
        if follows == "[":
            end = skip.dollar(at, quoted=quoted)
            self._number(raw[at + 2 : end - 1], out, quoted=quoted)
            return end
        if follows == "'" and not quoted:
            from agentguard.access.shell import ansi  # noqa: PLC0415 - few words have any

            end = skip.dollar(at, quoted=False)
            out.append((QUOTED, ansi.decode(raw[at + 2 : end - 1])))
            return end
        if follows == '"' and not quoted:  # a translated string: as it stands
            return at + 1
        if follows in _SPECIAL_PARAMETERS or follows.isdigit():
            self.parameter(follows, out, quoted=quoted)
            return at + 2
        if not quoted and follows and follows in "=~^" and self.state.dialect != "bash":
            from agentguard.access.shell import zsh  # noqa: PLC0415 - none of bash's

            if end := zsh.marked(self, raw, at, out):
                return end
        end = at + 1
        while end < len(raw) and raw[end] in _NAME:
            end += 1
        if end == at + 1:
            out.append((QUOTED if quoted else TEXT, "$"))
        else:
            name = raw[at + 1 : end]
            held = self.get(name)
            if self.state.dialect != "bash" and (isinstance(held, list) or raw[end : end + 1] in ("[", ":")):
                from agentguard.access.shell import zsh  # noqa: PLC0415 - few words hold arrays or such marks

                behind = zsh.behind(self, (name, held), raw, end, out, quoted=quoted)
                if behind:
                    return behind
            self._held(held, out, quoted=quoted)
        return end

    def get(self, name: str) -> Held:
        """Return what a variable holds that stands in a word."""
        telling.use(self.machine, self.state, name)
        return self.state.get(name)

    def _number(self, raw: str, out: list[Piece], *, quoted: bool) -> None:
        value = self.arithmetic(raw)
        out.append((QUOTED if quoted else RESULT, NUMBER if value is None else str(value)))

    def arithmetic(self, raw: str) -> int | None:
        """Return the value of an arithmetic expression, None where it is not exact. Commands inside it run."""
        text = self.body(raw)
        if not isinstance(text, str):
            if "=" in raw or "++" in raw or "--" in raw:
                assigned_in_arithmetic(raw, self.state)
            return None
        if text.isdecimal() and text.isascii() and (text[0] != "0" or text == "0") and len(text) < 18:
            return int(text)
        from agentguard.access.shell import arith, hidden  # noqa: PLC0415 - few words have any

        hidden.subscripts(self, text)
        return arith.evaluate(text.replace('"', ""), self)

    def element(self, name: str, key: str) -> Held:
        """Return what a variable holds, or the element of it that a raw subscript names ("" for none)."""
        held = self.state.get(name)
        if not key and not isinstance(held, (list, dict)):
            return held
        from agentguard.access.shell import arrays  # noqa: PLC0415 - few variables are arrays

        return arrays.element(self, held, key) if key else arrays.first(held)  # type: ignore[arg-type]  # see above

    def parameter(self, name: str, out: list[Piece], *, quoted: bool) -> None:
        """Add a positional or special parameter."""
        given = self.state.parameters
        kind = QUOTED if quoted else RESULT
        telling.use(self.machine, self.state, telling.PARAMETERS)
        if name in ("@", "*"):
            if given is None:
                out.append((kind, ANY))
            else:
                self.elements(given, out, quoted=quoted, one=name == "*")
        elif name == "#":
            out.append((kind, NUMBER if given is None else str(len(given))))
        elif name == "0":
            self._held(self.state.zero, out, quoted=quoted)
        elif name.isdigit():
            index = int(name) - 1
            held: Held = UNKNOWN if given is None else given[index] if index < len(given) else UNSET
            self._held(held, out, quoted=quoted)
        else:  # $? $$ $! are numbers, $- holds letters
            out.append((kind, STAR if name == "-" else NUMBER))

    def elements(self, values: list[Value], out: list[Piece], *, quoted: bool, one: bool) -> None:
        """Add the elements of a list: one word each, or all in one word (`"$*"`)."""
        from agentguard.access.shell.fields import separators  # noqa: PLC0415 - plain words need none

        blanks = separators(self.state)[:1] if one else " "
        if one and quoted:
            out.append((QUOTED, ""))
        for number, value in enumerate(values):
            if number:
                out.append(((QUOTED if one else BREAK) if quoted else SEAM, blanks))
            if quoted:
                out.append((QUOTED, ""))
            self._held(value, out, quoted=quoted)

    def _held(self, held: Held, out: list[Piece], *, quoted: bool) -> None:
        kind = QUOTED if quoted else RESULT
        if isinstance(held, (list, dict)):
            from agentguard.access.shell import arrays  # noqa: PLC0415 - few variables are arrays

            held = arrays.first(held)
        if isinstance(held, str):
            out.append((kind, held))
        elif isinstance(held, Unset):
            out.append((kind, ""))
        elif isinstance(held, Pattern):
            if isinstance(held, Beneath):
                self.beneath = held
            out.extend((kind, part) for part in held.parts)
        else:  # nothing known; a Choice cannot be seen here but through `${!name}`
            out.append((kind, ANY))

    held = _held


def assigned_in_arithmetic(text: str, state: State) -> None:
    """Forget every variable that an arithmetic expression may assign: what it holds then is a number.

    Where the expression itself is not exact, it may assign any variable that it names.
    """
    exact = "$" not in text and "`" not in text
    name = ""
    for at, char in enumerate(text + " "):
        if char in _NAME:
            name += char
            continue
        if name and not name[0].isdigit():
            behind = text[at:].lstrip()
            before = text[: at - len(name)].rstrip()
            if behind[:1] == "[":
                state.set(name, UNKNOWN)
            elif _assigns(behind) or before[-2:] in ("++", "--"):
                state.set(name, A_NUMBER)
            elif not exact:
                state.set(name, UNKNOWN)
        name = ""


def _assigns(behind: str) -> bool:
    """Return whether the text behind a name assigns it."""
    return behind.startswith(_ASSIGNMENTS) or (behind[:1] == "=" and behind[:2] != "==")
