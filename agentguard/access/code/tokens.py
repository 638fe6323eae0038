"""Cuts code of other languages into tokens: names, texts, numbers, signs, ends of statements.

A token is (kind, value, place). Comments and regular expressions are left out. A text is a list of parts: what stands
there, and for each piece of code in it a `Hole`. A backquote that runs a command is a token of its own kind.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Token = tuple[str, Any, int]

MAX_TOKENS = 20_000
NAME, TEXT, TICK, NUMBER, SIGN, END = "name", "text", "tick", "number", "sign", "end"

_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_$")
_DIGITS = frozenset("0123456789")
_CLOSING = {"(": ")", "{": "}", "[": "]", "<": ">"}
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "a": "\a", "e": "\x1b", "f": "\f", "v": "\v", "b": "\b"}
# How comments to the end of the line start.
_COMMENTS = {
    "javascript": ("//",), "groovy": ("//",), "php": ("//", "#"), "lua": ("--",), "ruby": ("#",), "perl": ("#",),
    "r": ("#",), "julia": ("#",), "elixir": ("#",), "compiled": ("//",),
}  # fmt: skip
_STARRED = frozenset({"javascript", "groovy", "php", "compiled"})  # /* comments */
_SIGILS = {"perl": "$@%&", "php": "$", "ruby": "@$", "elixir": "@"}
_TICKS = frozenset({"ruby", "perl", "php", "julia"})  # a backquote runs a command
_REGEXES = frozenset({"javascript", "ruby", "perl", "groovy"})
# Behind these stands code in a text that may hold the same quotation mark.
_OPENS = {"ruby": "#{", "elixir": "#{", "compiled": "${", "groovy": "${"}
# Only in C, C++, Go, Rust, Java, C# and Swift, in which a `$` in a text is a `$`; in Kotlin, Dart and Scala it is a hole.
_WITHOUT_HOLES = (
    "#include", "int main(", "package main", "func main(", "exec.Command", "os/exec", "fn main(", "use std::", "std::",
    "Command::new", "import Foundation", "public class ", "public static ", "static void Main", "using System",
)  # fmt: skip
# What stands before a text and says how it is written: R, C++, Rust, Scala, C#.
_PREFIXES = frozenset({"r", "R", "b", "br", "L", "u8", "s", "f", "raw", "c", "$"})
_SIGNS = ("...", "===", "!==", "<<<", "=>", "->", "::", "==", "!=", "<=", ">=", "&&", "||", "++", "+=", ".=", "..", "?.",
          "|>", "<>", ":=", "<-", "//=", "??", "=~", "!~", "**", "<<")  # fmt: skip
_LONG = {char: tuple(sign for sign in _SIGNS if sign[0] == char) for char in {sign[0] for sign in _SIGNS}}
# Names behind which a text or a regular expression may stand, and no division.
_BEFORE_OPERAND = frozenset({
    "return", "typeof", "case", "in", "of", "and", "or", "not", "if", "unless", "while", "until", "when", "split", "grep",
    "print", "puts", "await", "yield", "throw", "new", "delete", "void", "else", "do",
})  # fmt: skip


class Hole:
    """Code in a text, of which the value is put in there.

    `written` is the text as it stands, where another language of the same family would take it for no code at all.
    """

    __slots__ = ("code", "written")

    def __init__(self, code: str, written: str = "") -> None:
        self.code = code
        self.written = written


class _Lexer:
    def __init__(self, text: str, language: str) -> None:
        self.text = text
        self.language = language
        self.at = 0
        self.tokens: list[Token] = []
        self.heredocs: list[tuple[int, str, bool]] = []  # number of the token, end mark, whether it has holes
        self.plain = language == "compiled" and any(mark in text for mark in _WITHOUT_HOLES)

    def run(self) -> list[Token]:
        text, language = self.text, self.language
        comments = _COMMENTS[language]
        while self.at < len(text) and len(self.tokens) <= MAX_TOKENS:
            char = text[self.at]
            if char == "\n":
                self.add(END, "\n", self.at)
                self.at += 1
                if self.heredocs:
                    self.read_heredocs()
            elif char.isspace():
                self.at += 1
            elif text.startswith(comments, self.at) and self.is_comment():
                self.comment()
            elif text.startswith("/*", self.at) and language in _STARRED:
                end = text.find("*/", self.at + 2)
                self.at = len(text) if end < 0 else end + 2
            elif char == "'" and language == "compiled" and self.is_lifetime():
                self.at += 1
            elif char in "'\"" or (char == "`" and language not in ("lua", "r", "elixir")):
                self.quoted(char)
            elif char in _LETTERS or char in _SIGILS.get(language, "") or char > "\x7f":
                self.name()
            elif char in _DIGITS:
                self.number()
            elif self.special():
                continue
            else:
                sign = next((sign for sign in _LONG.get(char, ()) if text.startswith(sign, self.at)), char)
                self.add(END if sign == ";" else SIGN, sign, self.at)
                self.at += len(sign)
        return self.tokens

    def add(self, kind: str, value: Any, place: int) -> None:
        self.tokens.append((kind, value, place))

    def is_comment(self) -> bool:
        """A `#` in Perl's `$#x`, and one of PHP's attributes `#[`, are none."""
        return not (self.language == "php" and self.text.startswith("#[", self.at))

    def comment(self) -> None:
        text = self.text
        if self.language == "lua" and text.startswith("--[[", self.at):
            end = text.find("]]", self.at)
            self.at = len(text) if end < 0 else end + 2
            return
        end = text.find("\n", self.at)
        if self.language == "php" and 0 <= (close := text.find("?>", self.at)) < (len(text) if end < 0 else end):
            end = close
        self.at = len(text) if end < 0 else end

    def operand(self) -> bool:
        """Return whether an operand may stand here: behind a sign, at the start of a statement, behind `return`."""
        if not self.tokens:
            return True
        kind, value, _ = self.tokens[-1]
        if kind == NAME:
            return value in _BEFORE_OPERAND
        return kind == END or (kind == SIGN and value not in (")", "]", "}"))

    def by_side(self) -> bool:
        """Return whether `%w[…]` stands behind the name of a function, with a blank before it and none in it."""
        at = self.at
        return self.text[at - 1 : at] == " " and self.text[at + 2 : at + 3] in _CLOSING

    def quoted(self, mark: str) -> None:
        start = self.at
        if self.language in ("julia", "elixir", "groovy") and self.text.startswith(mark * 3, start):
            end = self.text.find(mark * 3, start + 3)
            body = self.text[start + 3 : end if end >= 0 else len(self.text)]
            self.at = len(self.text) if end < 0 else end + 3
            self.add(TEXT, self.parts(body, holes=mark == '"'), start)
            return
        end = self.closing(start + 1, mark)
        body = self.text[start + 1 : end]
        self.at = end + 1
        tick = mark == "`" and self.language in _TICKS
        holes = mark != "'" or self.language == "elixir"
        raw = mark == "'" and self.language in ("perl", "php", "ruby")
        parts = [body.replace("\\'", "'").replace("\\\\", "\\")] if raw else self.parts(body, holes=holes, mark=mark)
        self.add(TICK if tick else TEXT, parts, start)

    def is_lifetime(self) -> bool:
        """Return whether an apostrophe stands before the name of a lifetime of Rust, `&'a str`."""
        at = self.at + 1
        while at < len(self.text) and (self.text[at] in _LETTERS or self.text[at] in _DIGITS):
            at += 1
        return at > self.at + 1 and self.text[at : at + 1] in (" ", ">", ",", ")", ":", ";")

    def closing(self, at: int, mark: str) -> int:
        """Return where a quoted text ends; code in it may hold the same mark."""
        text = self.text
        while at < len(text) and text[at] != mark:
            if text[at] == "\\":
                at += 2
            elif (mark == "`" and text.startswith("${", at) and self.language == "javascript") or (
                mark == '"' and text.startswith(_OPENS.get(self.language, "\0"), at)
            ):
                at = balanced(text, at + 2) + 1
            else:
                at += 1
        return min(at, len(text))

    def parts(self, body: str, *, holes: bool, mark: str = '"') -> list[Any]:
        """Return the text in parts, escapes undone."""
        done: list[Any] = []
        text: list[str] = []
        at = 0
        language = self.language
        while at < len(body):
            char = body[at]
            if char == "\\" and at + 1 < len(body):
                piece, at = _escape(body, at + 1)
                text.append(piece)
                continue
            hole = _hole(body, at, language, mark) if holes and char in "$#@{" else None
            if hole is not None:
                code, end = hole
                written = body[at:end] if language == "compiled" and char == "$" else ""
                at = end
                if written and self.plain:
                    text.append(written)
                    continue
                done += ["".join(text), Hole(code, written)]
                text = []
                continue
            text.append(char)
            at += 1
        return [*done, "".join(text)]

    def name(self) -> None:
        text, start, language = self.text, self.at, self.language
        at = start
        if text[at] in _SIGILS.get(language, ""):
            sigil = text[at]
            at += 1
            if language == "perl":
                if sigil in "%&" and not self.operand():
                    self.add(SIGN, sigil, start)
                    self.at = at
                    return
                if text.startswith("#", at):
                    at += 1
                if at < len(text) and text[at] == "{" and sigil in "@%$":
                    self.at = at
                    return
                if at < len(text) and text[at] in "_0123456789!@/\\,;&.<>0":
                    at += 1
        while at < len(text) and (text[at] in _LETTERS or text[at] in _DIGITS or text[at] > "\x7f"):
            at += 1
            if language == "r" and at < len(text) and text[at] == ".":
                at += 1
        if (
            language in ("ruby", "elixir", "julia")
            and at < len(text)
            and text[at] in "!?"
            and text[at : at + 2] != "!="
        ):
            at += 1
        name = text[start:at] or text[start]
        self.at = max(at, start + 1)
        if language == "perl" and self.quote_like(name):
            return
        if language == "compiled" and text[self.at : self.at + 2] in ("!(", "![", "!{"):
            self.at += 1  # a macro of Rust is called like any function
        if language in ("r", "compiled") and name in _PREFIXES and text[self.at : self.at + 1] in ("'", '"'):
            return
        self.add(NAME, name, start)

    def quote_like(self, name: str) -> bool:
        """`q(…) qq{…} qx/…/ qw<…>`, and the regular expressions `m s tr y qr`."""
        text = self.text
        if name not in ("q", "qq", "qx", "qw", "m", "qr", "s", "tr", "y") or text.startswith("=>", self.at):
            return False
        at = self.at
        while at < len(text) and text[at] == " ":
            at += 1
        mark = text[at : at + 1]
        if not mark or mark.isalnum() or mark in " \n,;=)" or (mark == "#" and at != self.at):
            return False
        if self.tokens and self.tokens[-1][1] in ("->", "{", "sub") and name in ("s", "y", "q", "m") and mark in "}(":
            return False
        body, end = _delimited(text, at)
        if name in ("s", "tr", "y"):
            if mark in _CLOSING:
                while end < len(text) and text[end].isspace():
                    end += 1
                replacement, end = _delimited(text, end)
            else:
                replacement, end = _delimited(text, end - 1)
            flags = end
            while flags < len(text) and text[flags].isalpha():
                flags += 1
            self.at = flags
            if name == "s" and "e" in text[end:flags]:  # the replacement is code
                self.add(SIGN, "{", at)
                self.tokens += cut(replacement, self.language)
                self.add(SIGN, "}", at)
            return True
        self.at = end
        if name in ("m", "qr"):
            while self.at < len(text) and text[self.at].isalpha():
                self.at += 1
            return True
        if name == "qw":
            self.words(body, at)
        else:
            parts = [body] if name == "q" else self.parts(body, holes=True)
            self.add(TICK if name == "qx" else TEXT, parts, at)
        return True

    def words(self, body: str, place: int) -> None:
        """A list of words."""
        self.add(SIGN, "[" if self.language == "ruby" else "(", place)
        for number, word in enumerate(body.split()):
            if number:
                self.add(SIGN, ",", place)
            self.add(TEXT, [word], place)
        self.add(SIGN, "]" if self.language == "ruby" else ")", place)

    def number(self) -> None:
        text, start = self.text, self.at
        at = start
        while at < len(text) and (
            text[at].isalnum() or text[at] == "_" or (text[at] == "." and text[at + 1 : at + 2].isdigit())
        ):
            at += 1
        word = text[start:at].replace("_", "").lower()
        self.at = at
        try:
            value: Any = int(word, 0) if word[:1] != "0" or not word.isdigit() else int(word, 8)
        except ValueError:
            value = None
        self.add(NUMBER, value, start)

    def special(self) -> bool:
        """What only one language has. Returns whether anything was taken."""
        text, at, language = self.text, self.at, self.language
        char = text[at]
        if language == "lua" and text.startswith("[[", at):
            end = text.find("]]", at)
            self.add(TEXT, [text[at + 2 : end if end >= 0 else len(text)]], at)
            self.at = len(text) if end < 0 else end + 2
            return True
        if language == "ruby" and char == "%" and (self.operand() or self.by_side()) and text[at + 1 : at + 2]:
            kind = text[at + 1]
            mark = at + 2 if kind in "xwWqQiIrs" else at + 1
            if mark < len(text) and not text[mark].isalnum() and not text[mark].isspace() and text[mark] != "=":
                body, self.at = _delimited(text, mark)
                if kind in "wWiI":
                    self.words(body, at)
                elif kind != "r":
                    self.add(TICK if kind == "x" else TEXT, [body] if kind == "q" else self.parts(body, holes=True), at)
                return True
        if language == "ruby" and char == ":" and text[at + 1 : at + 2] in _LETTERS and text[at - 1 : at] != ":":
            self.at += 1
            self.name()
            self.tokens[-1] = (TEXT, [self.tokens[-1][1]], at)
            return True
        if char == "/" and language in _REGEXES and self.operand():
            self.at = _regex_end(text, at)
            if language == "javascript":  # it has methods of its own: `/x/.exec(text)` runs nothing
                self.add(NAME, "RegExp", at)
            else:
                self.add(TEXT, [Hole("")], at)  # a value, and no text
            return True
        if language in ("ruby", "perl", "php") and text.startswith("<<", at) and self.operand() and self.heredoc():
            return True
        if language == "perl" and char == "<" and self.operand():
            end = text.find(">", at)
            if 0 < end - at < 60 and "\n" not in text[at:end]:
                body = text[at + 1 : end]
                self.at = end + 1
                if any(mark in body for mark in "*?/."):
                    self.tokens += [(NAME, "glob", at), (SIGN, "(", at), (TEXT, [body], at), (SIGN, ")", at)]
                else:
                    self.add(NAME, "<>" if body in ("", "<>") else "<FILE>", at)
                return True
        if language == "php" and (text.startswith(("<?php", "<?=", "?>"), at)):
            self.add(END, ";", at)
            self.at += 5 if text.startswith("<?php", at) else 3 if text.startswith("<?=", at) else 2
            return True
        return False

    def heredoc(self) -> bool:
        """`<<~MARK`, `<<"MARK"`, PHP's `<<<MARK`: the text stands in the lines behind this one."""
        text = self.text
        at = self.at + (3 if self.language == "php" else 2)
        while at < len(text) and text[at] in "~- ":
            at += 1
        quote = text[at] if at < len(text) and text[at] in "'\"`" else ""
        end = text.find(quote, at + 1) if quote else at
        if not quote:
            while end < len(text) and (text[end] in _LETTERS or text[end] in _DIGITS):
                end += 1
        mark = text[at + len(quote) : end]
        if not mark or not (mark[0].isupper() or mark[0] == "_" or quote):
            return False
        self.add(TICK if quote == "`" else TEXT, [""], self.at)
        self.heredocs.append((len(self.tokens) - 1, mark, quote != "'"))
        self.at = end + len(quote)
        return True

    def read_heredocs(self) -> None:
        for number, mark, holes in self.heredocs:
            lines: list[str] = []
            while self.at < len(self.text):
                end = self.text.find("\n", self.at)
                end = len(self.text) if end < 0 else end
                line = self.text[self.at : end]
                self.at = end + 1
                if line.strip().rstrip(";,)") == mark:
                    break
                lines.append(line)
            body = "\n".join([*lines, ""])
            kind, _, place = self.tokens[number]
            self.tokens[number] = (kind, self.parts(body, holes=True) if holes else [body], place)
        self.heredocs = []


def cut(text: str, language: str) -> list[Token]:
    """Return the tokens of some code. Never raises; text that does not end goes to the end."""
    return _Lexer(text, language).run()


def balanced(text: str, at: int) -> int:
    """Return the place of the brace that closes one before `at`."""
    depth = 1
    while at < len(text):
        depth += {"{": 1, "}": -1}.get(text[at], 0)
        if not depth:
            return at
        at += 1
    return len(text)


def _delimited(text: str, at: int) -> tuple[str, int]:
    """Return what stands between delimiters, and the place behind."""
    mark = text[at : at + 1]
    close = _CLOSING.get(mark, mark)
    start = at = at + 1
    depth = 1
    while at < len(text):
        if text[at] == "\\":
            at += 2
            continue
        if text[at] == close:
            depth -= 1
            if not depth:
                return text[start:at], at + 1
        elif text[at] == mark and close != mark:
            depth += 1
        at += 1
    return text[start:], len(text)


def _regex_end(text: str, at: int) -> int:
    """Return the place behind a regular expression and its flags."""
    start = at
    at += 1
    inside = False
    while at < len(text) and text[at] != "\n":
        if text[at] == "\\":
            at += 1
        elif text[at] == "[":
            inside = True
        elif text[at] == "]":
            inside = False
        elif text[at] == "/" and not inside:
            at += 1
            while at < len(text) and text[at].isalpha():
                at += 1
            return at
        at += 1
    return start + 1


def _escape(body: str, at: int) -> tuple[str, int]:
    """Return what an escape behind its backslash stands for, and the place behind."""
    char = body[at]
    sizes = {"x": 2, "u": 4}
    if char in sizes:
        start, end = at + 1, at + 1 + sizes[char]
        if body[start : start + 1] == "{":
            start, end = start + 1, body.find("}", start)
        digits = body[start:end] if end > 0 else ""
        try:
            return chr(int(digits, 16)), end + (body[end : end + 1] == "}" and body[at + 1] == "{")
        except (ValueError, OverflowError):
            return char, at + 1
    if char in "01234567":
        end = at + 1
        while end < min(at + 3, len(body)) and body[end] in "01234567":
            end += 1
        return chr(int(body[at:end], 8)), end
    return _ESCAPES.get(char, char), at + 1


def _hole(body: str, at: int, language: str, mark: str) -> tuple[str, int] | None:
    """Return the code of a hole in a text and the place behind it; None where there is none."""
    two = body[at : at + 2]
    opens = {"javascript": "${", "ruby": "#{", "elixir": "#{"}.get(language)
    if opens is not None:
        if two == opens and (language != "javascript" or mark == "`"):
            end = balanced(body, at + 2)
            return body[at + 2 : end], end + 1
        return None
    if language == "compiled":
        if two in ("${", "\\("):
            end = balanced(body, at + 2) if two == "${" else body.find(")", at) % (len(body) + 1)
            return body[at + 2 : end], end + 1
        if body[at] == "$" and body[at + 1 : at + 2].isalpha():
            end = at + 1
            while end < len(body) and (body[end].isalnum() or body[end] == "_"):
                end += 1
            return body[at + 1 : end], end
        return None
    if language in ("groovy", "julia", "perl", "php") and two in ("${", "$(", "{$", "@{"):
        end = balanced(body, at + 2) if two != "$(" else body.find(")", at) % (len(body) + 1)
        inner = body[at + 2 : end]
        code = inner if language in ("groovy", "julia") or inner[:1] == "$" else "$" + inner
        return code, end + 1
    if language in ("groovy", "julia", "perl", "php") and body[at] in ("$", "@") and at + 1 < len(body):
        if body[at] == "@" and language != "perl":
            return None
        end = at + 1
        while end < len(body) and (body[end] in _LETTERS or body[end] in _DIGITS) and body[end] != "$":
            end += 1
        if end == at + 1:
            return None
        name = body[at:end] if language in ("perl", "php") else body[at + 1 : end]
        if body[end : end + 1] in ("[", "{") and language in ("perl", "php"):
            close = body.find("]" if body[end] == "[" else "}", end)
            if close > 0:
                return name + body[end : close + 1], close + 1
        return name, end
    return None
