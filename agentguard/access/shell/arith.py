"""Arithmetic as the shell does it (bash(1), ARITHMETIC EVALUATION): integers of 64 bits, precedence of C.

Assignments change the variables. What is not exact has no value: then every variable that the expression may assign
is no longer known.
"""

from __future__ import annotations

from agentguard.access.shell.values import UNSET

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from agentguard.access.shell.words import Reader

_DEEPEST = 30  # parentheses, and variables that hold expressions, inside one another
_MOST = 2_000  # tokens of one expression, those of its variables included
_NAME = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")
_LEVELS = (
    ("||",), ("&&",), ("|",), ("^",), ("&",), ("==", "!="), ("<=", ">=", "<", ">"), ("<<", ">>"), ("+", "-"),
    ("*", "/", "%"),
)  # fmt: skip
_ASSIGNMENTS = frozenset({"=", "*=", "/=", "%=", "+=", "-=", "<<=", ">>=", "&=", "^=", "|="})
_LONGEST = (
    "<<=", ">>=", "**", "++", "--", "<<", ">>", "<=", ">=", "==", "!=", "&&", "||", "*=", "/=", "%=", "+=", "-=", "&=",
    "^=", "|=",
)  # fmt: skip
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ@_"


class _NoValueError(Exception):
    """The expression has no exact value."""


def evaluate(text: str, reader: Reader) -> int | None:
    """Return the value of an expression, None where it is not exact. Commands in the text of variables run."""
    run = _Run(reader)
    try:
        return run.value(text)
    except (_NoValueError, ZeroDivisionError, ValueError, OverflowError, RecursionError):
        from agentguard.access.shell.words import assigned_in_arithmetic  # noqa: PLC0415 - rare, and it loads this

        for seen in run.texts:
            if any(mark in seen for mark in ("=", "++", "--")):
                assigned_in_arithmetic(seen, reader.state)
        return None
    finally:
        reader.machine.spend(16 * run.count)  # a step takes as long as so many characters


class _Run:
    """One evaluation. `live` is False in what `&&`, `||` and `?:` pass over."""

    __slots__ = ("at", "count", "depth", "live", "reader", "texts", "tokens")

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.tokens: list[str] = []
        self.at = 0
        self.count = 0
        self.depth = 0
        self.live = True
        self.texts: list[str] = []  # what has been evaluated

    def value(self, text: str) -> int:
        """Return the value of an expression, that of a variable's text included."""
        outer = self.tokens, self.at
        self.texts.append(text)
        self.tokens, self.at = _tokens(text), 0
        self.count += len(self.tokens)
        self.depth += 1
        if self.count > _MOST or self.depth > _DEEPEST:
            raise _NoValueError
        result = self._comma() if self.tokens else 0
        if self.at != len(self.tokens):
            raise _NoValueError
        self.depth -= 1
        self.tokens, self.at = outer
        return result

    def _peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def _take(self) -> str:
        token = self._peek()
        self.at += 1
        return token

    def _comma(self) -> int:
        value = self._assignment()
        while self._peek() == ",":
            self.at += 1
            value = self._assignment()
        return value

    def _assignment(self) -> int:
        name = self._peek()
        operator = self.tokens[self.at + 1] if self.at + 1 < len(self.tokens) else ""
        if operator not in _ASSIGNMENTS or not _is_name(name):
            return self._ternary()
        self.at += 2
        left = self._read(name) if operator != "=" else 0
        right = self._assignment()
        if operator != "=":
            right = _apply(operator[:-1], left, right) if self.live else 0
        self._write(name, right)
        return right

    def _ternary(self) -> int:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise _NoValueError
        condition = self._binary(0)
        if self._peek() == "?":
            self.at += 1
            first = self._passed(self._comma, bool(condition))
            if self._take() != ":":
                raise _NoValueError
            second = self._passed(self._assignment, not condition)
            condition = first if condition else second
        self.depth -= 1
        return condition

    def _passed(self, part: Callable[[], int], live: bool) -> int:
        """Read a part that counts only if `live`."""
        outer = self.live
        self.live = outer and live
        value = part()
        self.live = outer
        return value

    def _binary(self, level: int) -> int:
        if level == len(_LEVELS):
            return self._power()
        left = self._binary(level + 1)
        while (operator := self._peek()) in _LEVELS[level]:
            self.at += 1
            if operator in ("&&", "||"):
                right = self._passed(lambda: self._binary(level + 1), bool(left) == (operator == "&&"))
                left = int(bool(left and right) if operator == "&&" else bool(left or right))
            else:
                right = self._binary(level + 1)
                left = _apply(operator, left, right) if self.live else 0
        return left

    def _power(self) -> int:
        base = self._unary()
        if self._peek() != "**":
            return base
        self.at += 1
        exponent = self._power()
        if exponent < 0:
            raise _NoValueError
        return _wrap(pow(base, exponent, 1 << 64))

    def _unary(self) -> int:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise _NoValueError
        token = self._take()
        if token in ("-", "+", "!", "~"):
            value = self._unary()
            result = _wrap({"-": -value, "+": value, "!": int(not value), "~": ~value}[token])
        elif token in ("++", "--"):
            name = self._take()
            if not _is_name(name):
                raise _NoValueError
            result = _wrap(self._read(name) + (1 if token == "++" else -1))
            self._write(name, result)
        elif token == "(":
            result = self._comma()
            if self._take() != ")":
                raise _NoValueError
        elif token[:1].isdigit():
            result = _number(token)
        elif _is_name(token):
            result = self._read(token)
            if (operator := self._peek()) in ("++", "--"):
                self.at += 1
                self._write(token, _wrap(result + (1 if operator == "++" else -1)))
        else:
            raise _NoValueError
        self.depth -= 1
        return result

    def _read(self, token: str) -> int:
        if not self.live:
            return 0
        name, _, key = token.partition("[")
        held = self.reader.element(name, key[:-1])
        if held is UNSET:
            return 0
        if not isinstance(held, str):
            raise _NoValueError
        if "$" in held or "`" in held:  # the subscript of an array runs what stands in it
            self.reader.body(held)
            raise _NoValueError
        return self.value(held)

    def _write(self, token: str, value: int) -> None:
        if not self.live:
            return
        name, _, key = token.partition("[")
        state = self.reader.state
        if not key and not isinstance(state.get(name), (list, dict)):
            state.set(name, str(value))
            return
        from agentguard.access.shell import arrays  # noqa: PLC0415 - rare

        state.set(name, arrays.with_element(self.reader, state.get(name), key[:-1] or "0", str(value)))


def _is_name(token: str) -> bool:
    return token[:1] in _NAME and not token[:1].isdigit() and token != ""


def _wrap(value: int) -> int:
    """Return the value as a signed 64-bit integer."""
    return (value + (1 << 63)) % (1 << 64) - (1 << 63)


def _tokens(text: str) -> list[str]:
    found: list[str] = []
    at = 0
    while at < len(text):
        char = text[at]
        if char in " \t\n\r":
            at += 1
            continue
        end = at + 1
        if char in _NAME:
            more = "#@" if char.isdigit() else ""
            while end < len(text) and (text[end] in _NAME or text[end] in more):
                end += 1
            if text[end : end + 1] == "[" and not char.isdigit():
                end = _subscript(text, end)
        else:
            end = at + next((len(operator) for operator in _LONGEST if text.startswith(operator, at)), 1)
        found.append(text[at:end])
        at = end
        if len(found) > _MOST:
            raise _NoValueError
    return found


def _subscript(text: str, at: int) -> int:
    depth = 0
    while at < len(text):
        depth += (text[at] == "[") - (text[at] == "]")
        at += 1
        if not depth:
            return at
    raise _NoValueError


def _apply(operator: str, left: int, right: int) -> int:
    if operator in ("/", "%"):  # towards zero, as C
        quotient = abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)
        return _wrap(quotient if operator == "/" else left - quotient * right)
    if operator in ("<<", ">>"):
        if not 0 <= right < 64:
            raise _NoValueError
        return _wrap(left << right if operator == "<<" else left >> right)
    return _wrap(int({
        "+": left + right, "-": left - right, "*": left * right, "|": left | right, "^": left ^ right,
        "&": left & right, "==": left == right, "!=": left != right, "<": left < right, ">": left > right,
        "<=": left <= right, ">=": left >= right,
    }[operator]))  # fmt: skip


def _number(text: str) -> int:
    if len(text) > 70 or not text.isascii():
        raise _NoValueError
    if "#" in text:
        given, _, digits = text.partition("#")
        base = int(given)
        if not 2 <= base <= 64 or not digits:
            raise _NoValueError
        value = 0
        for digit in digits.lower() if base <= 36 else digits:
            place = _DIGITS.index(digit)
            if place >= base:
                raise _NoValueError
            value = value * base + place
        return _wrap(value)
    if "_" in text:
        raise _NoValueError
    if text[:2] in ("0x", "0X"):
        return _wrap(int(text[2:] or "0", 16))
    return _wrap(int(text, 8) if len(text) > 1 and text[0] == "0" else int(text))
