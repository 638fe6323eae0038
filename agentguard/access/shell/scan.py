"""One pass over shell text: its simple commands, and a skeleton of the same length for the parser.

Words are this module's business (quotes, substitutions, redirections, here-documents, comments), grammar is the
parser's (lists, pipelines, compound commands). In the skeleton each simple command is one run of `%`, redirections of
it included; operators, line ends and reserved words stay where the shell takes them for such; comments and the bodies of
here-documents are gone. So the parser cannot read a quote, a number or a redirection in another way than we do, and
where it finds a command elsewhere the two disagree and the text is not understood.

After bash(1), "SHELL GRAMMAR", "QUOTING", "REDIRECTION". What cannot be read raises `Unreadable`, never less.
"""

from __future__ import annotations

from agentguard.access.shell.limits import MAX_OPERATORS, MAX_TEXT
from agentguard.access.shell.pieces import Here, Redirection, Scan, Simple, TooMuch, Twofold, Unreadable
from agentguard.access.shell.skip import PLAIN, Skipper

_BLANK = " \t"
_REACH = 100  # characters; a longer word is looked at one by one
# Reserved words behind which another command starts.
_OPENERS = frozenset({"if", "then", "elif", "else", "while", "until", "do", "{", "fi", "done", "}"})
_NAMES = frozenset({"for", "select", "function"})
# Longest first: the two lists are tried in this order.
_REDIRECTIONS = ("<<<", "<<-", "<<", "<&", "<>", "<", "&>>", "&>", ">>", ">|", ">&", ">")
_SEPARATORS = (";;&", ";;", ";&", ";", "&&", "&", "||", "|&", "|")


def scan(text: str, *, settled: bool = False) -> Scan:
    """Return the words, redirections and skeleton of `text`. Raises `Unreadable`.

    `settled`: it is bash that reads it, so that `<1-9>` is two redirections and not `Twofold`.
    """
    if len(text) > MAX_TEXT:
        raise TooMuch("the text is too long")
    found = Scan(text)
    one = Pass(text, found, Skipper(text))
    one.settled = settled
    end = one.commands(0, nested=False)
    if end != len(text):
        raise Unreadable("a ) closes nothing")
    return found


def end_of_commands(skip: Skipper, at: int) -> int:
    """Return where the commands that start at `at` inside parentheses end: at the `)`, or at the end of the text."""
    return Pass(skip.text, None, skip).commands(at, nested=True)


class Pass:
    """One walk over commands. `found` is None where only the end is wanted (inside a substitution)."""

    __slots__ = (
        "closed",
        "command",
        "current",
        "expect",
        "found",
        "pattern",
        "pending",
        "settled",
        "skip",
        "skipped",
        "stack",
        "text",
    )

    def __init__(self, text: str, found: Scan | None, skip: Skipper) -> None:
        self.text = text
        self.found = found
        self.skip = skip
        self.stack: list[str] = []  # "(" and "case", as they are open
        self.pending: list[Here] = []  # here-documents whose bodies start at the next line
        self.current: Simple | None = None
        self.skipped = 0  # the end of a word that a reserved word has taken with it
        self.closed = 0  # the end of a compound command that has just been closed
        self.command = True  # a command may start here
        self.pattern = False  # patterns of a case item stand here
        self.settled = False  # nothing is asked about what zsh would read
        self.expect = ""  # which word of `for`, `case` or `function` comes next

    def commands(self, at: int, *, nested: bool) -> int:
        """Walk from `at` to the end of the text, or to the `)` that nothing here opened. Return that place."""
        text, size = self.text, len(self.text)
        while at < size:
            char = text[at]
            if char in _BLANK:
                at += 1
            elif char == "\\" and text[at + 1 : at + 2] == "\n":
                at += 2
            elif char == "#":
                end = text.find("\n", at)
                at = size if end < 0 else end
            elif char == "\n":
                at = self._line_end(at)
            elif char == ")":
                if not self.pattern and self.stack[-1:] != ["("]:
                    if not nested or self.stack:
                        raise Unreadable("a ) closes nothing")
                    if self.pending:
                        raise Unreadable("a here-document is not closed")
                    return at
                self._end_command()
                at = self._close(at)
            elif char == "(":
                at = self._open(at)
            elif char in "<>" and text[at + 1 : at + 2] == "(":
                at = self._word(at)
            elif char in "<>" or text.startswith("&>", at):
                at = self._redirection(at, "")
            elif char in "&|;":
                at = self._separator(at)
            else:
                at = self._word(at)
        if nested:
            raise Unreadable("a ( is not closed")
        self._end_command()
        if self.pending:
            self._line_end(size)
        return at

    def _close(self, at: int) -> int:
        """Take the `)` of a subshell or of the patterns of a case item."""
        self._keep(at, 1)
        if self.pattern:
            self.pattern = False
        else:
            self.stack.pop()
            self.closed = at + 1
        self.command = True
        return at + 1

    def _word(self, at: int) -> int:
        """Take the word at `at`, or the descriptor before a redirection."""
        text = self.text
        end = self.skip.word(at)
        word = text[at:end]
        if text[end : end + 1] in ("<", ">") and text[end + 1 : end + 2] != "(":
            named = word[0] == "{" and word[-1] == "}" and word[1:-1].partition("[")[0].isidentifier()
            if named or (word.isdigit() and word.isascii()):
                return self._redirection(end, word, at)
        if self.expect:
            self._expected(at, end, word)
        elif self.pattern:
            if word == "esac" and self.stack[-1:] == ["case"]:
                self._esac(at, end)
            else:
                self._fill(at, end)
        elif self.current is None and self.command and not self._reserved(at, end, word):
            if word == "[[":
                return self._test(at)
            if self.closed:
                raise Unreadable("a word follows a compound command")
            if word in ("repeat", "foreach") and not self.settled and self._loops(end, word):
                raise Unreadable("a loop of zsh")
            if word[0] == "{" and len(word) > 1 and "," not in word and ".." not in word and not self.settled:
                raise Twofold("a brace opens nothing, or in zsh a group")
            end = self._words(self._simple(at).words, at, end)
            self._extend(end)
        elif self.current is not None:
            if self.current.region:
                raise Unreadable("a word follows a compound command")
            end = self._words(self.current.words, at, end)
            self._extend(end)
        end, self.skipped = max(end, self.skipped), 0
        return end

    def _words(self, words: list[tuple[int, int]], at: int, end: int) -> int:
        """Add a word of a simple command, and the plain ones that follow it. Return the end of the last one."""
        text = self.text
        words.append((at, end))
        while text[end : end + 1] == " ":
            at = end + 1
            stop = text.find(" ", at, at + _REACH)
            if stop <= at or text[at] == "#" or text[at:stop].strip(PLAIN):
                break
            words.append((at, stop))
            end = stop
        return end

    def _loops(self, at: int, word: str) -> bool:
        """Return whether `foreach`, or `repeat` with its count and a body in brackets, starts a loop of zsh."""
        rest = self.text[at : at + 100].split(None, 2)
        if self.text[at : at + 1] == "(":
            return False
        return word == "foreach" or (len(rest) > 1 and rest[1][0] in "{(") or (rest[:1] != [] and rest[0][-1] == ";")

    def _reserved(self, at: int, end: int, word: str) -> bool:
        """Take a reserved word where a command may start; return whether it is one."""
        if word in _OPENERS:
            self._keep(at, end - at)
            self.closed = end if word in ("fi", "done", "}") else 0
        elif word in _NAMES or word == "case":
            self._keep(at, end - at)
            self.expect = {"case": "subject", "function": "function"}.get(word, "name")
            if word == "case":
                self.stack.append("case")
        elif word == "esac":
            self._esac(at, end)
        elif word == "!":  # taken out: the parser misreads `! {`
            if self.found is not None:
                self.found.negated = True
        elif word in ("time", "-p"):  # measures and changes nothing
            pass
        elif word == "coproc":  # runs what follows beside
            self.skipped = self._coproc_name(end)
        else:
            return False
        return True

    def _coproc_name(self, at: int) -> int:
        """Return the end of the name of a coprocess, 0 where there is none: only a compound command has one."""
        while self.text[at : at + 1] in (" ", "\t"):
            at += 1
        end = self.skip.word(at)
        follows = self.text[end : end + 64].lstrip(" \t")
        if not self.text[at:end].isidentifier() or self.text[at:end] in _OPENERS | _NAMES | {"case"}:
            return 0
        opens = follows[:1] == "(" or any(follows.startswith(word) and not follows[len(word) : len(word) + 1].isalnum()
                                          for word in ("{", "[[", "if", "while", "until", "for", "case", "select"))  # fmt: skip
        return end if opens else 0

    def _esac(self, at: int, end: int) -> None:
        if self.stack[-1:] != ["case"]:
            raise Unreadable("an esac closes nothing")
        self.stack.pop()
        self._keep(at, 4)
        self.pattern = False
        self.command = True
        self.closed = end

    def _expected(self, at: int, end: int, word: str) -> None:
        """Take one of the words that belong to `for`, `select`, `case` and `function`."""
        if self.expect == "name":
            if not (word.isidentifier() and word.isascii()):
                raise Unreadable("a loop has no variable")
            self._keep(at, end - at)
            self._know(at, end)
            self.expect = "in"
        elif self.expect == "in":
            if word not in ("in", "do", "{"):
                raise Unreadable("a loop has no in")
            self._keep(at, end - at)
            self.expect = "items" if word == "in" else ""
        elif self.expect == "items":
            self._fill(at, end)
        elif self.expect == "subject":
            self._fill(at, end)
            self.expect = "of"
        elif self.expect == "of":
            if word != "in":
                raise Unreadable("a case has no in")
            self._keep(at, 2)
            self.expect = ""
            self.pattern = True
        else:  # the name of a function; `()` may follow
            self._fill(at, end)
            self.expect = ""

    def _open(self, at: int) -> int:
        """Take a `(`: of a subshell, a function, a case item, or of arithmetic."""
        text = self.text
        if self.expect == "name" and text.startswith("((", at):
            return self._loop_head(at)
        if self.pattern:
            self._keep(at, 1)
            return at + 1
        if self.expect or not self.command:
            raise Unreadable("a ( stands where none may")
        close = at + 1
        while text[close : close + 1] in (" ", "\t"):
            close += 1
        current = self.current
        if text[close : close + 1] == ")":  # `name ()`; `()` alone is an error that the parser reports
            if current is not None:
                if len(current.words) != 1 or current.redirections:
                    raise Unreadable("a ( stands where none may")
                self._fill(*current.words[0])
                self.current = None
            self._keep(at, 1)
            self._keep(close, 1)
            return close + 1
        if current is not None or self.closed:
            raise Unreadable("a ( stands where none may")
        if text[at + 1 : at + 2] == "(" and (end := self.skip.arithmetic(at)):
            simple = self._simple(at)
            simple.region = "arithmetic"
            simple.words = [(at + 2, end - 2)]
            self._extend(end)
            return end
        self.stack.append("(")
        self._keep(at, 1)
        return at + 1

    def _loop_head(self, at: int) -> int:
        """Take `((…;…;…))` after `for`: for the parser a loop over one word."""
        end = self.skip.arithmetic(at)
        if end - at < 7:
            raise Unreadable("a loop has no head")
        rest = end
        while self.text[rest : rest + 1] in (" ", "\t"):
            rest += 1
        stop = end if self.text[rest : rest + 1] == ";" else end - 1
        if self.found is not None:
            self.found.skeleton[at:end] = b"x in " + b"%" * (stop - at - 5) + b";" * (end - stop)
            self._know(at, at + 1)
            self._know(at + 5, stop)
            self.found.loops[at] = end
        self.expect = ""
        return end

    def _test(self, at: int) -> int:
        """Take `[[ … ]]` as one command."""
        text, size = self.text, len(self.text)
        simple = self._simple(at)
        simple.region = "test"
        words = simple.words
        at += 2
        while at < size:
            char = text[at]
            regex = bool(words) and text[words[-1][0] : words[-1][1]] == "=~"
            grouping = not regex and (char == "(" or (char in "&|)<>" and text[at + 1 : at + 2] != "("))
            if grouping or char in " \t\n":
                at += 1
                continue
            end = self._regex(at) if regex else self.skip.word(at)
            if end == at:
                break
            if text[at:end] == "]]":
                self._extend(end)
                return end
            words.append((at, end))
            at = end
        raise Unreadable("a [[ is not closed")

    def _regex(self, at: int) -> int:
        """Return the end of the right side of `=~`, where parentheses and bars stand for themselves."""
        text = self.text
        depth = 0
        while at < len(text):
            char = text[at]
            if char in " \t\n" and not depth:
                return at
            if char in "\\'\"`$":
                at = self.skip.piece(at)
            else:
                depth += (char == "(") - (char == ")")
                at += 1
        return at

    def _redirection(self, at: int, descriptor: str, first: int = -1) -> int:
        """Take the redirection at `at`, of which `descriptor` stands at `first`."""
        text = self.text
        operator = next(op for op in _REDIRECTIONS if text.startswith(op, at))
        start = at + len(operator)
        if operator in (">", ">>", "&>", "&>>") and text[start : start + 1] == "!" and not self.settled:
            raise Twofold("a redirection to a !, or in zsh one that overwrites")
        if operator == "<" and not self.settled and self.skip.number_range(at):
            raise Twofold("redirections, or in zsh a range of numbers")
        while text[start : start + 1] in (" ", "\t") or text.startswith("\\\n", start):
            start += 1 if text[start] != "\\" else 2
        end = self.skip.word(start)
        if start == end:
            raise Unreadable("a redirection has no target")
        here = None
        if operator in ("<<", "<<-"):
            raw = text[start:end]
            here = Here(unquote(raw), any(mark in raw for mark in "'\"\\"), operator == "<<-")
            self.pending.append(here)
        self._count()
        redirection = Redirection(operator, descriptor, start, end, here)
        if self.current is None and self.closed:
            if self.found is not None:
                self.found.redirections.setdefault(self.closed, []).append(redirection)
            return end
        if self.expect or self.pattern:
            raise Unreadable("a redirection stands where none may")
        current = self.current or self._simple(at if first < 0 else first)
        current.redirections.append(redirection)
        self._extend(end)
        return end

    def _separator(self, at: int) -> int:
        self._end_command()
        operator = next(op for op in _SEPARATORS if self.text.startswith(op, at))
        self._keep(at, len(operator), separates=True)
        self.closed = 0
        if operator in (";;", ";&", ";;&"):
            if self.stack[-1:] != ["case"]:
                raise Unreadable("a ;; stands where none may")
            self.pattern = True
        elif self.pattern and operator != "|":
            raise Unreadable("a case has no pattern")
        if self.expect in ("in", "items") and operator == ";":
            self.expect = ""
        self.command = not self.pattern
        return at + len(operator)

    def _line_end(self, at: int) -> int:
        """Take the end of a line, and the bodies of the here-documents that start behind it.

        The parser may read on behind the end of a pipeline (`a | b | c`, then a line with `&&`), but never behind a `;`.
        """
        ends = self.current is not None
        self._end_command()
        self.closed = 0
        if at < len(self.text):
            self._keep(at, 1, separates=True)
            if ends and self.found is not None and self.text[at + 1 : at + 100].lstrip()[:1] not in (";", "&"):
                self.found.skeleton[at] = ord(";")
        if self.expect == "items":
            self.expect = ""
        self.command = not self.pattern
        at += 1
        for here in self.pending:
            here.start = at
            while True:
                end = self.text.find("\n", at)
                line = self.text[at : end if end >= 0 else len(self.text)]
                if (line.lstrip("\t") if here.strip else line) == here.delimiter:
                    here.end = min(at, len(self.text))
                    at = end + 1 if end >= 0 else len(self.text)
                    break
                if end < 0:  # bash warns and takes the rest
                    here.end = at = len(self.text)
                    break
                at = end + 1
        self.pending = []
        return min(at, len(self.text))

    def _simple(self, at: int) -> Simple:
        """Start a simple command at `at`."""
        self.current = Simple(at)
        return self.current

    def _extend(self, end: int) -> None:
        if self.current is not None:
            self.current.end = end

    def _end_command(self) -> None:
        """End the simple command that is open, if there is one."""
        current = self.current
        if current is None:
            return
        self.current = None
        self._count()
        if self.found is not None:
            self.found.skeleton[current.start : current.end] = b"%" * (current.end - current.start)
            self.found.commands[current.start] = current
            self.found.flat.append(current)

    def _keep(self, at: int, length: int, *, separates: bool = False) -> None:
        self._count()
        if self.found is not None:
            kept = self.text[at : at + length]
            self.found.skeleton[at : at + length] = kept.encode("ascii")
            if separates:
                self.found.flat.append(kept)
            else:
                self.found.compound = True

    def _fill(self, at: int, end: int) -> None:
        if self.found is not None:
            self.found.skeleton[at:end] = b"%" * (end - at)
        self._know(at, end)

    def _know(self, at: int, end: int) -> None:
        if self.found is not None:
            self.found.words[at] = end

    def _count(self) -> None:
        if self.found is not None:
            self.found.operators += 1
            if self.found.operators > MAX_OPERATORS:
                raise TooMuch("it holds too many commands and operators")


def unquote(raw: str) -> str:
    """Return the delimiter of a here-document without its quotes (no expansion happens in it)."""
    if not any(mark in raw for mark in "'\"\\"):
        return raw
    done: list[str] = []
    at = 0
    while at < len(raw):
        char = raw[at]
        if char == "\\":
            done.append(raw[at + 1 : at + 2])
            at += 2
        elif char in "'\"":
            end = raw.find(char, at + 1)
            done.append(raw[at + 1 : end])
            at = end + 1
        else:
            done.append(char)
            at += 1
    return "".join(done)
