"""Text that only zsh takes, read into the nodes of `tree` (zshmisc(1), Complex Commands and Alternate Forms).

Where bash's grammar does not take a text and it is not surely bash that reads it, this one is tried: loops over
`(words)`, bodies in braces or without anything round them, `always`, functions without a name, `=(…)`, globs that start
with a parenthesis or hold `<1-9>`, `&!`, `>!`. It walks the text once, without the parser, and gives the same nodes, so
that whatever runs them knows no difference. What it does not understand raises `Unreadable` as well.
"""

from __future__ import annotations

from agentguard.access.shell.limits import MAX_DEPTH
from agentguard.access.shell.pieces import Here, Redirection, Scan, Simple, TooMuch, Unreadable
from agentguard.access.shell.scan import Pass, unquote
from agentguard.access.shell.skip import Skipper, assignment
from agentguard.access.shell.tree import (
    CASE,
    CHAIN,
    COUNT,
    FOR,
    FUNCTION,
    GROUP,
    IF,
    PIPE,
    REDIRECTED,
    SEQUENCE,
    SIMPLE,
    SUBSHELL,
    WHILE,
)  # fmt: skip

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from agentguard.access.shell.tree import Node

# Words that end a list of commands where a command may start.
_CLOSERS = frozenset({"then", "elif", "else", "fi", "do", "done", "esac", "end", "}"})
_COMPOUND = frozenset({"for", "select", "foreach", "while", "until", "repeat", "if", "case", "function"})
# Longest first. `>!` and `>>!` are `>|` and `>>|` (zshmisc(1), Redirection); the second is what bash calls it.
_REDIRECTIONS = (
    ("<<<", "<<<"), ("<<-", "<<-"), ("<<", "<<"), ("<&", "<&"), ("<>", "<>"), ("<", "<"),
    ("&>>|", "&>>"), ("&>>!", "&>>"), (">>&|", "&>>"), (">>&!", "&>>"), ("&>>", "&>>"), (">>&", "&>>"), ("&>|", "&>"),
    ("&>!", "&>"), (">&|", "&>"), (">&!", "&>"), ("&>", "&>"), (">>|", ">>"), (">>!", ">>"), (">>", ">>"), (">|", ">|"),
    (">!", ">|"), (">&", ">&"), (">", ">"),
)  # fmt: skip
_BACKGROUND = ("&!", "&|", "&")
_ENDINGS = (";;", ";&", ";|")


def read(text: str) -> tuple[Scan, Node]:
    """Return what zsh reads in a text: where things lie, and the sequence of commands. Raises `Unreadable`."""
    found = Scan(text)
    reading = Grammar(text, found, ZshSkipper(text), 0)
    root = reading.sequence()
    if reading.at < len(text):
        raise Unreadable("its syntax is not understood")
    return found, root


def end_of_commands(outer: Skipper, at: int) -> int:
    """Return where the commands that start at `at` inside parentheses end: at the `)`, or at the end of the text."""
    text = outer.text
    skip = ZshSkipper(text)
    skip.depth, skip.ends, skip.wasted = outer.depth, outer.ends, outer.wasted
    reading = Grammar(text, Scan(text), skip, at)
    reading.sequence()
    if text[reading.at : reading.at + 1] != ")":
        raise Unreadable("a ( is not closed")
    return reading.at


def words(text: str) -> list[tuple[int, int]]:
    """Return the places of the words of an array."""
    reading = Grammar(text, Scan(text), ZshSkipper(text), 0)
    found = reading.words_until(")")
    if reading.at < len(text):
        raise Unreadable("an array holds more than words")
    return found


class ZshSkipper(Skipper):
    """Finds the ends of words as zsh takes them. `braces` counts the groups that are open."""

    __slots__ = ("braces",)

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.braces = 0

    def word(self, at: int) -> int:
        """Return the end of the word that starts at `at`."""
        text, size = self.text, self.size
        start = at
        opened = 0
        if text.startswith("=(", at):
            at = self.substitution(at)
        while at < size:
            char = text[at]
            if char == "(":
                if self.is_call(at) and at > start:
                    return at
                at = self.parentheses(at)
            elif char in "<>":
                if char == "<" and (end := self.number_range(at)):
                    at = end
                elif text[at + 1 : at + 2] == "(":
                    at = self.substitution(at)
                else:
                    return at
            elif char in " \t\n|&;)":
                return at
            elif char in "\\'\"`$":
                at = self.piece(at)
            elif char == "}" and not opened and self.braces and text[at + 1 : at + 2] in " \t\n|&;)":
                return at if at > start else at + 1
            else:
                opened += (char == "{") - (char == "}" and opened > 0)
                at += 1
        return at

    def is_call(self, at: int) -> bool:
        """Return whether `()` stands at `at`, as behind the name of a function."""
        at += 1
        while self.text[at : at + 1] in (" ", "\t"):
            at += 1
        return self.text[at : at + 1] == ")"


class Grammar(Pass):
    """One walk by recursive descent. `at` is the place reached."""

    __slots__ = ("at", "deep", "skip")
    skip: ZshSkipper

    def __init__(self, text: str, found: Scan, skip: ZshSkipper, at: int) -> None:
        super().__init__(text, found, skip)
        self.at = at
        self.deep = 0

    # -- what stands between commands

    def _blanks(self) -> None:
        text = self.text
        while self.at < len(text):
            if text[self.at] in " \t":
                self.at += 1
            elif text.startswith("\\\n", self.at):
                self.at += 2
            elif text[self.at] == "#" and (self.at == 0 or text[self.at - 1] in " \t\n;&|()"):
                end = text.find("\n", self.at)
                self.at = len(text) if end < 0 else end
            else:
                return

    def _lines(self, marks: str = "\n") -> bool:
        """Go behind blanks, ends of lines, and single semicolons where they are among the marks; tell if any were."""
        before = self.at
        self._blanks()
        found = False
        while (
            (char := self.text[self.at : self.at + 1]) and char in marks and not self.text.startswith(_ENDINGS, self.at)
        ):
            self.at = self._line_end(self.at) if char == "\n" else self.at + 1
            found = True
            self._blanks()
        if self.at == before and self.pending and self.at == len(self.text):
            self._line_end(self.at)
        return found

    def _peek(self) -> str:
        """Return the word that starts here, "" for none."""
        return self.text[self.at : self.skip.word(self.at)] if self.text[self.at : self.at + 1] != "(" else ""

    def _take(self, *words: str) -> bool:
        """Go behind one of some words if it stands here."""
        for word in words:
            if self.text.startswith(word, self.at):
                end = self.at + len(word)
                if word in ("{", ")") or self.skip.word(self.at) == end:
                    self.at = end
                    return True
        return False

    def _need(self, *words: str) -> None:
        if not self._take(*words):
            raise Unreadable(f"a {words[0]} is missing")

    def _word_here(self) -> tuple[int, int]:
        start = self.at
        self.at = self.skip.word(start)
        if self.at == start:
            raise Unreadable("a word is missing")
        self._count()
        return start, self.at

    # -- lists

    def sequence(self) -> Node:
        """Read commands up to what ends a list here, or to where one that is no simple command ends without a mark."""
        self.deep += 1
        if self.deep > MAX_DEPTH:
            raise TooMuch("it is nested too deeply")
        items: list[tuple[Node, bool]] = []
        self._lines("\n;")
        while self.at < len(self.text):
            char = self.text[self.at]
            if char == ")" or self.text.startswith(_ENDINGS, self.at) or self._peek() in _CLOSERS:
                break
            node = self._chain()
            mark = next((mark for mark in _BACKGROUND if self.text.startswith(mark, self.at)), "")
            self.at += len(mark)
            items.append((node, bool(mark)))
            if not self._lines("\n;") and not mark:
                break
        self.deep -= 1
        return SEQUENCE, items

    def _chain(self) -> Node:
        links: list[tuple[str, Node]] = [("", self._pipeline())]
        while self.text.startswith(("&&", "||"), self.at):
            operator = self.text[self.at : self.at + 2]
            self.at += 2
            self._lines()
            links.append((operator, self._pipeline()))
        return links[0][1] if len(links) == 1 else (CHAIN, links)

    def _pipeline(self) -> Node:
        self._blanks()
        while self._take("!", "time", "coproc"):
            if self.found is not None and self.text[self.at - 1] == "!":
                self.found.negated = True
            self._blanks()
        nodes = [self._command()]
        while self.text[self.at : self.at + 1] == "|" and not self.text.startswith("||", self.at):
            self.at += 2 if self.text.startswith("|&", self.at) else 1
            self._lines()
            nodes.append(self._command())
        return nodes[0] if len(nodes) == 1 else (PIPE, nodes)

    # -- commands

    def _command(self) -> Node:
        self._count()
        self.deep += 1
        if self.deep > MAX_DEPTH:
            raise TooMuch("it is nested too deeply")
        start = self.at
        handler: Callable[[], Node] | None = None
        if self.text[start : start + 1] == "(":
            handler = self._parentheses
        elif self.text[start : start + 1] == "{":
            handler = self._braces
        elif self.text.startswith("[[", start) and self.skip.word(start) == start + 2:
            handler = self._test_command
        elif (word := self._peek()) in _COMPOUND:
            handler = self._compound(word)
            self.at += len(word)
        node = self._simple_command() if handler is None else handler()
        self._blanks()
        if handler is not None and self._redirects():
            self.current = holder = Simple(self.at)
            while self._redirects():
                self._redirect()
                self._blanks()
            self.current = None
            node = REDIRECTED, node, holder.redirections
        self.deep -= 1
        return node

    def _compound(self, word: str) -> Callable[[], Node]:
        """Return what reads the command that a reserved word starts."""
        return {
            "for": self._for, "select": self._for, "foreach": self._foreach, "while": self._while, "until": self._until,
            "repeat": self._repeat, "if": self._if, "case": self._case, "function": self._function,
        }[word]  # fmt: skip

    def _simple_command(self) -> Node:
        simple = self._simple(self.at)
        named = False  # a word that is no assignment stands there
        while self.at < len(self.text):
            start = self.at
            if self._redirects():
                self._redirect()
            elif self.text[start] in "\n;|&)":
                break
            elif self.text[start] == "(" and (not named or simple.words[-1][1] == start or self.skip.is_call(start)):
                names = simple.words
                if not names or simple.redirections or not self.skip.is_call(start):
                    raise Unreadable("a ( stands where none may")
                self.current = None
                self.at = self.text.index(")", start) + 1
                return self._functions(names)
            else:
                end = self.skip.word(start)
                word = self.text[start:end]
                if word == "}":
                    break
                named = named or not assignment(word)
                simple.words.append(self._word_here())
            simple.end = self.at
            self._blanks()
            self.current = simple
        self.current = None
        if not simple.words and not simple.redirections:
            raise Unreadable("a command is missing")
        return SIMPLE, simple

    def _functions(self, names: list[tuple[int, int]]) -> Node:
        """Read the body of functions that stand behind their names."""
        self._lines("\n;")
        body = self._command()
        return SEQUENCE, [((FUNCTION, name, body), False) for name in names]

    def _redirects(self) -> bool:
        """Return whether a redirection starts here."""
        text, at = self.text, self.at
        if text.startswith("&>", at):
            return True
        if text[at : at + 1] == "{":
            close = text.find("}", at)
            at = close + 1 if close > 0 and text[at + 1 : close].isidentifier() else at
        else:
            while text[at : at + 1].isdigit():
                at += 1
        return text[at : at + 1] in ("<", ">") and text[at + 1 : at + 2] != "(" and not self.skip.number_range(at)

    def _redirect(self) -> None:
        """Read one redirection into the command at hand."""
        text, first = self.text, self.at
        place = first
        while text[place] not in "<>&":
            place += 1
        written, operator = next(pair for pair in _REDIRECTIONS if text.startswith(pair[0], place))
        self.at = place + len(written)
        self._blanks()
        start, end = self._word_here()
        here = None
        if operator in ("<<", "<<-"):
            raw = text[start:end]
            here = Here(unquote(raw), any(mark in raw for mark in "'\"\\"), operator == "<<-")
            self.pending.append(here)
        if self.current is not None:
            self.current.redirections.append(Redirection(operator, text[first:place], start, end, here))

    def _parentheses(self) -> Node:
        """Read a subshell, arithmetic, or a function without a name."""
        start = self.at
        if self.skip.is_call(start):
            self.at = self.text.index(")", start) + 1
            return self._anonymous()
        if self.text.startswith("((", start) and (end := self.skip.arithmetic(start)):
            self.at = end
            return self._arithmetic_command(start, start + 2, end - 2, end)
        self.at += 1
        inner = self.sequence()
        if self.text[self.at : self.at + 1] != ")":
            raise Unreadable("a ( is not closed")
        self.at += 1
        return SUBSHELL, inner

    def _arithmetic_command(self, start: int, first: int, last: int, end: int) -> Node:
        simple = Simple(start)
        simple.region, simple.words, simple.end = "arithmetic", [(first, last)], end
        return SIMPLE, simple

    def _test_command(self) -> Node:
        self.at = self._test(self.at)
        simple, self.current = self.current, None
        return SIMPLE, simple

    def _braces(self) -> Node:
        """Read a group and what shall always run behind it."""
        group = self._group()
        self._blanks()
        if not self._take("always"):
            return group
        self._lines()
        return SEQUENCE, [(group, False), (self._group(), False)]

    def _group(self) -> Node:
        self._need("{")
        self.skip.braces += 1
        inner = self.sequence()
        self.skip.braces -= 1
        if self.text[self.at : self.at + 1] != "}":
            raise Unreadable("a { is not closed")
        self.at += 1
        return GROUP, inner

    def _anonymous(self) -> Node:
        """Read the body of a function without a name, and the words that it is called with at once.

        It goes by its brace, a name that no command can have.
        """
        self._lines()
        start = self.at
        name = start, start + 1
        body = self._command()
        if body[0] == SIMPLE:
            return body
        self._blanks()
        call = Simple(start)
        call.words, call.end = [name], self.at
        while self.at < len(self.text) and self.text[self.at] not in "\n;|&)<>" and self._peek() not in _CLOSERS:
            call.words.append(self._word_here())
            call.end = self.at
            self._blanks()
        return SEQUENCE, [((FUNCTION, name, body), False), ((SIMPLE, call), False)]

    # -- compound commands

    def _body(self, closer: str = "done") -> Node:
        """Read `do … done`, `{ … }`, or one list without either, of a loop."""
        self._lines("\n;")
        if self._take("do"):
            inner = self.sequence()
            self._need(closer)
            return inner
        if self.text[self.at : self.at + 1] == "{":
            return self._group()[1]  # type: ignore[no-any-return]  # the sequence in it
        return SEQUENCE, [(self._chain(), False)]

    def _for(self) -> Node:
        return self._loop(foreach=False)

    def _foreach(self) -> Node:
        return self._loop(foreach=True)

    def _loop(self, *, foreach: bool) -> Node:
        self._blanks()
        if self.text.startswith("((", self.at) and (end := self.skip.arithmetic(self.at)):
            span = self.at, end
            self.at = end
            return COUNT, span, self._body()
        names: list[str] = []
        while (word := self._peek()).isascii() and word.isalnum() | word.isidentifier() and word not in ("in", "do"):
            names.append(word)
            self.at += len(word)
            self._blanks()
        if not names:
            raise Unreadable("a loop has no variable")
        words: list[tuple[int, int]] | None = None
        self._lines()
        if self._take("in"):
            words = self.words_until("\n;")
        elif self.text[self.at : self.at + 1] == "(":
            self.at += 1
            words = self.words_until(")")
            self._need(")")
        if not foreach:
            return FOR, " ".join(names), words, self._body()
        inner = self.sequence()
        self._need("end")
        return FOR, " ".join(names), words, inner

    def words_until(self, ends: str) -> list[tuple[int, int]]:
        """Read words up to one of some characters."""
        words: list[tuple[int, int]] = []
        self._lines("\n" if ends == ")" else "")
        while self.at < len(self.text) and self.text[self.at] not in ends:
            words.append(self._word_here())
            self._lines("\n" if ends == ")" else "")
        return words

    def _while(self) -> Node:
        return self._until(until=False)

    def _until(self, *, until: bool = True) -> Node:
        condition = self.sequence()
        return WHILE, condition, self._body(), until

    def _repeat(self) -> Node:
        """`repeat COUNT`: a loop whose condition is the count."""
        self._blanks()
        start, end = self._word_here()
        count = self._arithmetic_command(start, start, end, end)
        return WHILE, (SEQUENCE, [(count, False)]), self._body(), False

    def _if(self) -> Node:
        branches: list[tuple[Node, Node]] = []
        otherwise: Node = (SEQUENCE, [])
        spelt = False  # a `then` waits for its `fi`
        while True:
            condition = self.sequence()
            self._blanks()
            if self._take("then"):
                spelt = True
                body = self.sequence()
            elif self.text[self.at : self.at + 1] == "{":
                body = self._group()[1]
            else:
                body = SEQUENCE, [(self._chain(), False)]
            branches.append((condition, body))
            self._blanks()
            if not self._take("elif"):
                break
        if self._take("else"):
            self._lines()
            braced = not spelt and self.text[self.at : self.at + 1] == "{"
            otherwise = self._group()[1] if braced else self.sequence()
        if spelt:
            self._need("fi")
        return IF, branches, otherwise

    def _case(self) -> Node:
        self._blanks()
        subject = self._word_here()
        self._lines()
        braced = not self._take("in")
        if braced:
            self._need("{")
            self.skip.braces += 1
        items: list[tuple[list[tuple[int, int]], Node, bool]] = []
        while True:
            self._lines("\n;")
            if self._take("}" if braced else "esac"):
                break
            patterns = self._patterns()
            body = self.sequence()
            ending = next((mark for mark in _ENDINGS if self.text.startswith(mark, self.at)), "")
            self.at += len(ending)
            items.append((patterns, body, ending in (";&", ";|")))
            if not ending and self._peek() not in ("}", "esac"):
                raise Unreadable("a case is not closed")
        self.skip.braces -= braced
        return CASE, subject, items

    def _patterns(self) -> list[tuple[int, int]]:
        """Read the patterns of a case item, `(a|b)` or `a|b)`, as one word each."""
        text, start = self.text, self.at
        if text[start : start + 1] == "(":
            end = self.skip.parentheses(start)
            if text[end : end + 1] in ("", " ", "\t", "\n", ";"):
                self.at = end
                return [(start + 1, end - 1)]
            self.at = end
        while self.at < len(text) and text[self.at] != ")":
            char = text[self.at]
            if char == "(":
                self.at = self.skip.parentheses(self.at)
            else:
                self.at = self.skip.piece(self.at) if char in "\\'\"`$" else self.at + 1
        if self.at >= len(text):
            raise Unreadable("a case has no pattern")
        self.at += 1
        return [(start, self.at - 1)]

    def _function(self) -> Node:
        self._blanks()
        names: list[tuple[int, int]] = []
        while self.at < len(self.text) and self.text[self.at] not in "({\n;":
            names.append(self._word_here())
            self._blanks()
        if self.text[self.at : self.at + 1] == "(":
            if not self.skip.is_call(self.at):
                raise Unreadable("a ( stands where none may")
            self.at = self.text.index(")", self.at) + 1
        return self._functions(names) if names else self._anonymous()
