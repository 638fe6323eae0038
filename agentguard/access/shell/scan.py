"""One pass over shell text: where its words and redirections lie, and a skeleton of the same length for the parser.

Words are this module's business (quotes, substitutions, here-documents, comments), grammar is the parser's (lists,
pipelines, compound commands). In the skeleton each word is a run of `%`, only reserved words where the shell takes them
for such, operators and line ends stay; bodies of here-documents, comments and quotes are gone. So the parser cannot
read a quote, a number or a here-document in another way than we do, and where it cuts words elsewhere the two disagree
and the text is not understood.

After bash(1), "SHELL GRAMMAR", "QUOTING", "REDIRECTION". What cannot be read raises `Unreadable`, never less.
"""

from __future__ import annotations

from agentguard.access.shell.limits import MAX_NESTING, MAX_OPERATORS, MAX_TEXT

_BLANK = " \t"
_ENDS_WORD = frozenset(" \t\n|&;()<>")
_STOPS = frozenset(" \t\n|&;()<>\\'\"$`")
_EXTGLOB = frozenset("?*+@!")
# Reserved words behind which another command starts.
_OPENERS = frozenset({"if", "then", "elif", "else", "while", "until", "do", "{", "fi", "done", "}"})
_NAMES = frozenset({"for", "select", "function"})
# Longest first: the two lists are tried in this order.
_REDIRECTIONS = ("<<<", "<<-", "<<", "<&", "<>", "<", "&>>", "&>", ">>", ">|", ">&", ">")
_SEPARATORS = (";;&", ";;", ";&", ";", "&&", "&", "||", "|&", "|")


class Unreadable(Exception):  # noqa: N818 - a verdict about text from outside
    """The text cannot be read, or not within the limits. The message says why."""


class Here:
    """A here-document: where its body lies, whether its delimiter was quoted (no expansion), and `<<-`."""

    __slots__ = ("delimiter", "end", "quoted", "start", "strip")

    def __init__(self, delimiter: str, quoted: bool, strip: bool) -> None:
        self.delimiter = delimiter
        self.quoted = quoted
        self.strip = strip
        self.start = self.end = 0


class Redirection:
    """One redirection: its operator, the descriptor before it as written ("" for none), its here-document."""

    __slots__ = ("descriptor", "here", "operator")

    def __init__(self, operator: str, descriptor: str, here: Here | None = None) -> None:
        self.operator = operator
        self.descriptor = descriptor
        self.here = here


class Region:
    """A `[[ … ]]`, `(( … ))` or the head of `for ((…))`: one word in the skeleton; `words` are those within `[[`."""

    __slots__ = ("end", "kind", "words")

    def __init__(self, kind: str, end: int, words: list[tuple[int, int]]) -> None:
        self.kind = kind
        self.end = end
        self.words = words


class Scan:
    """What one pass found. All places are characters of `text`.

    `words` maps the start of each word to its end. `redirections` and `regions` are keyed by the place of the operator in
    the skeleton and of the first character. `negated`: a `!` was taken out, so success and failure may be swapped.
    """

    __slots__ = ("negated", "operators", "redirections", "regions", "skeleton", "text", "words")

    def __init__(self, text: str) -> None:
        self.text = text
        self.skeleton = bytearray(b" " * len(text))
        self.words: dict[int, int] = {}
        self.redirections: dict[int, Redirection] = {}
        self.regions: dict[int, Region] = {}
        self.operators = 0
        self.negated = False


def scan(text: str) -> Scan:
    """Return the words, redirections and skeleton of `text`. Raises `Unreadable`."""
    if len(text) > MAX_TEXT:
        raise Unreadable("the text is too long")
    found = Scan(text)
    end = _Pass(text, found, Skipper(text)).commands(0, nested=False)
    if end != len(text):
        raise Unreadable("a ) closes nothing")
    return found


class Skipper:
    """Finds the ends of quotes, expansions and words in one text. `ends` remembers those of `((`: 0 for none."""

    __slots__ = ("depth", "ends", "size", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.size = len(text)
        self.depth = 0
        self.ends: dict[int, int] = {}

    def word(self, at: int) -> int:
        """Return the end of the word that starts at `at`."""
        text, size = self.text, self.size
        start = at
        while at < size:
            char = text[at]
            if char not in _STOPS:
                at += 1
            elif char in _ENDS_WORD:
                if char == "(" and at > start and (end := self._attached(start, at)):
                    at = end
                elif char in "<>" and text[at + 1 : at + 2] == "(":
                    at = self.substitution(at)
                else:
                    return at
            else:
                at = self.piece(at)
        return at

    def piece(self, at: int) -> int:
        """Return the end of the quote, escape or expansion that starts at `at`."""
        char = self.text[at]
        if char == "\\":
            return min(at + 2, self.size)
        if char == "'":
            return self._find("'", at + 1)
        if char == '"':
            return self.double(at)
        if char == "`":
            return self.backquote(at)
        return self.dollar(at, quoted=False)

    def double(self, at: int) -> int:
        """Return the end of the double-quoted string that opens at `at`."""
        text = self.text
        at += 1
        while at < self.size:
            char = text[at]
            if char == '"':
                return at + 1
            if char == "\\":
                at += 2
            elif char == "$":
                at = self.dollar(at, quoted=True)
            elif char == "`":
                at = self.backquote(at)
            else:
                at += 1
        raise Unreadable("a double quote is not closed")

    def backquote(self, at: int) -> int:
        """Return the end of the backquoted command that opens at `at`."""
        at += 1
        while at < self.size:
            char = self.text[at]
            if char == "`":
                return at + 1
            at += 2 if char == "\\" else 1
        raise Unreadable("a backquote is not closed")

    def dollar(self, at: int, *, quoted: bool) -> int:
        """Return the end of what the `$` at `at` starts; of the `$` alone where it starts nothing that brackets."""
        follows = self.text[at + 1 : at + 2]
        if follows == "{":
            return self.parameter(at, quoted=quoted)
        if follows == "(":
            return (self.text[at + 2 : at + 3] == "(" and self.arithmetic(at + 1)) or self.substitution(at)
        if follows == "[":
            return self._bracket(at + 1)
        if follows == "'" and not quoted:
            end = at + 2
            while end < self.size:
                if self.text[end] == "'":
                    return end + 1
                end += 2 if self.text[end] == "\\" else 1
            raise Unreadable("a quote is not closed")
        return at + 1

    def parameter(self, at: int, *, quoted: bool) -> int:
        """Return the end of the `${…}` that opens at `at`."""
        self._enter()
        text = self.text
        at += 2
        while at < self.size:
            char = text[at]
            if char == "}":
                self.depth -= 1
                return at + 1
            if char in "\\\"`$" or (char == "'" and not quoted):
                at = self.dollar(at, quoted=quoted) if char == "$" else self.piece(at)
            else:
                at += 1
        raise Unreadable("a ${ is not closed")

    def arithmetic(self, at: int) -> int:
        """Return the end of the `((…))` that opens at `at`, 0 where it turns out to be two parentheses."""
        if at not in self.ends:
            self.ends[at] = self._arithmetic(at)
        return self.ends[at]

    def _arithmetic(self, at: int) -> int:
        self._enter()
        text = self.text
        at += 2
        depth = 0
        while at < self.size:
            char = text[at]
            if char == ")":
                if not depth:
                    self.depth -= 1
                    return at + 2 if text[at + 1 : at + 2] == ")" else 0
                depth -= 1
                at += 1
            elif char in "\\'\"`$":
                at = self.piece(at)
            else:
                depth += char == "("
                at += 1
        self.depth -= 1
        return 0

    def substitution(self, at: int) -> int:
        """Return the end of the `$(…)`, `<(…)` or `>(…)` that opens at `at`."""
        self._enter()
        end = _Pass(self.text, None, self).commands(at + 2, nested=True)
        self.depth -= 1
        if end >= self.size:
            raise Unreadable("a ( is not closed")
        return end + 1

    def parentheses(self, at: int) -> int:
        """Return the end of the parentheses that open at `at`, quotes inside them heeded."""
        depth = 0
        while at < self.size:
            char = self.text[at]
            if char in "\\'\"`$":
                at = self.piece(at)
                continue
            depth += (char == "(") - (char == ")")
            at += 1
            if not depth:
                return at
        raise Unreadable("a ( is not closed")

    def _attached(self, start: int, at: int) -> int:
        """Return the end of the parentheses at `at` if they belong to the word from `start`: arrays, extended globs."""
        if self.text[at - 1] == "=" and assignment(self.text[start:at]):
            return self.parentheses(at)
        if self.text[at - 1] in _EXTGLOB and self.text[at - 2 : at - 1] != "\\":
            return self.parentheses(at)
        return 0

    def _bracket(self, at: int) -> int:
        depth = 0
        while at < self.size:
            char = self.text[at]
            if char in "\\'\"`$":
                at = self.piece(at)
                continue
            depth += (char == "[") - (char == "]")
            at += 1
            if not depth:
                return at
        raise Unreadable("a $[ is not closed")

    def _find(self, mark: str, at: int) -> int:
        end = self.text.find(mark, at)
        if end < 0:
            raise Unreadable("a quote is not closed")
        return end + 1

    def _enter(self) -> None:
        self.depth += 1
        if self.depth > MAX_NESTING:
            raise Unreadable("it is nested too deeply")


def assignment(word: str) -> int:
    """Return the length of `NAME=`, `NAME+=` or `NAME[…]=` at the start of a raw word, 0 where there is none."""
    at = 0
    size = len(word)
    while at < size and (word[at] == "_" or (word[at].isascii() and word[at].isalnum())):
        at += 1
    if not at or word[0].isdigit():
        return 0
    if word[at : at + 1] == "[":
        end = word.find("]", at)
        if end < 0 or "=" in word[at:end]:
            return 0
        at = end + 1
    if word[at : at + 1] == "=":
        return at + 1
    return at + 2 if word[at : at + 2] == "+=" else 0


class _Pass:
    """One walk over commands. `found` is None where only the end is wanted (inside a substitution)."""

    __slots__ = ("command", "expect", "found", "pattern", "pending", "skip", "stack", "text")

    def __init__(self, text: str, found: Scan | None, skip: Skipper) -> None:
        self.text = text
        self.found = found
        self.skip = skip
        self.stack: list[str] = []  # "(" and "case", as they are open
        self.pending: list[Here] = []  # here-documents whose bodies start at the next line
        self.command = True  # a command may start here
        self.pattern = False  # patterns of a case item stand here
        self.expect = ""  # which word of `for`, `case` or `function` comes next

    def commands(self, at: int, *, nested: bool) -> int:
        """Walk from `at` to the end of the text, or to the `)` that nothing here opened. Return that place."""
        text, size = self.text, len(self.text)
        after_name = False  # a first word came just before: `(` makes it a function
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
                after_name = False
            elif char == ")":
                if not self.pattern and not (self.stack and self.stack[-1] == "("):
                    if not nested or self.stack:
                        raise Unreadable("a ) closes nothing")
                    if self.pending:
                        raise Unreadable("a here-document is not closed")
                    return at
                if not self.pattern:
                    self.stack.pop()
                self._keep(at, 1)
                self.pattern, self.command, after_name = False, True, False
                at += 1
            elif char == "(":
                at = self._open(at, after_name=after_name)
                after_name = False
            elif char in "<>" and text[at + 1 : at + 2] == "(":
                at, after_name = self._word(at), False
            elif char in "<>" or text.startswith("&>", at):
                at = self._redirection(at, "")
            elif char in "&|;":
                at = self._separator(at)
                after_name = False
            else:
                after_name = self.command and not self.expect
                at = self._word(at)
        if nested:
            raise Unreadable("a ( is not closed")
        if self.pending:
            self._line_end(size)
        return at

    def _word(self, at: int) -> int:
        """Take the word at `at`, or the descriptor before a redirection."""
        text = self.text
        end = self.skip.word(at)
        word = text[at:end]
        if text[end : end + 1] in ("<", ">") and text[end + 1 : end + 2] != "(":
            if word.isdigit() and word.isascii():
                return self._redirection(end, word)
            if word[0] == "{" and word[-1] == "}" and word[1:-1].isidentifier():
                return self._redirection(end, word)
        if self.expect:
            self._expected(at, end, word)
        elif self.pattern:
            if word == "esac" and self.stack[-1:] == ["case"]:
                self.stack.pop()
                self.pattern = False
                self.command = True
                self._keep(at, 4)
            else:
                self._fill(at, end)
        elif self.command:
            return self._first(at, end, word)
        else:
            self._fill(at, end)
        return end

    def _first(self, at: int, end: int, word: str) -> int:
        """Take a word where a command may start."""
        if word in _OPENERS:
            self._keep(at, end - at)
        elif word in _NAMES or word == "case":
            self._keep(at, end - at)
            self.expect = {"case": "subject", "function": "function"}.get(word, "name")
            if word == "case":
                self.stack.append("case")
        elif word == "esac":
            if self.stack[-1:] != ["case"]:
                raise Unreadable("an esac closes nothing")
            self.stack.pop()
            self._keep(at, 4)
        elif word == "!":  # taken out: the parser misreads `! {`
            if self.found is not None:
                self.found.negated = True
        elif word == "time":  # measures and changes nothing; its option is -p
            rest = end
            while self.text[rest : rest + 1] in (" ", "\t"):
                rest += 1
            if self.text[rest : self.skip.word(rest)] == "-p":
                return rest + 2
        elif word == "coproc":  # runs what follows beside
            pass
        elif word == "[[":
            return self._test(at)
        else:
            self._fill(at, end)
            self.command = False
        return end

    def _expected(self, at: int, end: int, word: str) -> None:
        """Take one of the words that belong to `for`, `select`, `case` and `function`."""
        if self.expect == "name":
            if not (word.isidentifier() and word.isascii()):
                raise Unreadable("a loop has no variable")
            self._keep(at, end - at, word=True)
            self.expect = "in"
        elif self.expect == "in":
            if word not in ("in", "do", "{"):
                raise Unreadable("a loop has no in")
            self._keep(at, end - at)
            self.expect = ""
            self.command = word != "in"
        elif self.expect == "subject":
            self._fill(at, end)
            self.expect = "of"
        elif self.expect == "of":
            if word != "in":
                raise Unreadable("a case has no in")
            self._keep(at, 2)
            self.expect = ""
            self.pattern = True
            self.command = False
        else:  # the name of a function; `()` may follow
            self._fill(at, end)
            self.expect = ""
            self.command = True

    def _open(self, at: int, *, after_name: bool) -> int:
        text = self.text
        if self.expect == "name" and text.startswith("((", at):
            return self._loop_head(at)
        if self.pattern:
            self._keep(at, 1)
            return at + 1
        if not after_name and not self.command:
            raise Unreadable("a ( stands where none may")
        close = at + 1
        while text[close : close + 1] in (" ", "\t"):
            close += 1
        if text[close : close + 1] == ")":  # `name ()`; `()` alone is an error that the parser reports
            self._keep(at, 1)
            self._keep(close, 1)
            self.command = True
            return close + 1
        if after_name:
            raise Unreadable("a ( stands where none may")
        if text[at + 1 : at + 2] == "(" and (end := self.skip.arithmetic(at)):
            self._region("arithmetic", at, end, [])
            self.command = False
            return end
        self.stack.append("(")
        self._keep(at, 1)
        return at + 1

    def _loop_head(self, at: int) -> int:
        """Take `((…;…;…))` after `for`: for the parser a loop over one word."""
        end = self.skip.arithmetic(at)
        if end - at < 7:
            raise Unreadable("a loop has no head")
        self._region("loop", at, end, [])
        if self.found is not None:
            self.found.skeleton[at:end] = b"x in " + b"%" * (end - at - 6) + b";"
            rest = end
            while self.text[rest : rest + 1] in (" ", "\t"):
                rest += 1
            if self.text[rest : rest + 1] == ";":
                self.found.skeleton[end - 1] = ord("%")
            self.found.words[at] = at + 1
            self.found.words[at + 5] = end if self.found.skeleton[end - 1] == ord("%") else end - 1
        self.expect = ""
        self.command = True
        return end

    def _test(self, at: int) -> int:
        """Take `[[ … ]]` as one word."""
        text, size = self.text, len(self.text)
        start = at
        at += 2
        words: list[tuple[int, int]] = []
        while at < size:
            char = text[at]
            if char in " \t\n":
                at += 1
            elif char in "&|()<>" and text[at + 1 : at + 2] != "(":
                at += 1
            elif char == "(":
                at += 1
            else:
                regex = bool(words) and text[words[-1][0] : words[-1][1]] == "=~"
                end = self._regex(at) if regex else self.skip.word(at)
                if end == at:
                    break
                if text[at:end] == "]]":
                    self._region("test", start, end, words)
                    self.command = False
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

    def _redirection(self, at: int, descriptor: str) -> int:
        operator = next(op for op in _REDIRECTIONS if self.text.startswith(op, at))
        end = at + len(operator)
        here = None
        if operator in ("<<", "<<-"):
            while self.text[end : end + 1] in (" ", "\t"):
                end += 1
            start, end = end, self.skip.word(end)
            if start == end:
                raise Unreadable("a here-document has no delimiter")
            raw = self.text[start:end]
            here = Here(unquote(raw), any(mark in raw for mark in "'\"\\"), operator == "<<-")
            self.pending.append(here)
            self._fill(start, end)
        mark = at + (operator[0] == "&")
        self._count()
        if self.found is not None:
            self.found.skeleton[mark] = ord("<" if operator[0] == "<" else ">")
            self.found.redirections[mark] = Redirection(operator, descriptor, here)
        if here is None:
            while self.text[end : end + 1] in (" ", "\t") or self.text.startswith("\\\n", end):
                end += 1 if self.text[end] != "\\" else 2
            start, end = end, self.skip.word(end)
            if start == end:
                raise Unreadable("a redirection has no target")
            self._fill(start, end)
        return end

    def _separator(self, at: int) -> int:
        operator = next(op for op in _SEPARATORS if self.text.startswith(op, at))
        self._keep(at, len(operator))
        if operator in (";;", ";&", ";;&"):
            if self.stack[-1:] != ["case"]:
                raise Unreadable("a ;; stands where none may")
            self.pattern = True
        elif self.pattern and operator != "|":
            raise Unreadable("a case has no pattern")
        if self.expect == "in" and operator == ";":
            self.expect = ""
        self.command = not self.pattern
        return at + len(operator)

    def _line_end(self, at: int) -> int:
        """Take the end of a line, and the bodies of the here-documents that start behind it."""
        if at < len(self.text):
            self._keep(at, 1)
        if self.expect != "in":
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

    def _region(self, kind: str, at: int, end: int, words: list[tuple[int, int]]) -> None:
        self._fill(at, end)
        if self.found is not None:
            self.found.regions[at] = Region(kind, end, words)

    def _keep(self, at: int, length: int, *, word: bool = False) -> None:
        self._count()
        if self.found is not None:
            self.found.skeleton[at : at + length] = self.text[at : at + length].encode("ascii")
            if word:
                self.found.words[at] = at + length

    def _fill(self, at: int, end: int) -> None:
        if self.found is not None:
            self.found.skeleton[at:end] = b"%" * (end - at)
            self.found.words[at] = end

    def _count(self) -> None:
        if self.found is not None:
            self.found.operators += 1
            if self.found.operators > MAX_OPERATORS:
                raise Unreadable("it holds too many operators")


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
