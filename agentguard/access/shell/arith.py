"""Arithmetic as the shell does it (bash(1), ARITHMETIC EVALUATION): integers, precedence of C.

Only what is exact: anything else (assignments, unknown variables, other bases than 8, 10 and 16) has no value here.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_DEEPEST = 20
_OPERATORS = (
    ("||",), ("&&",), ("|",), ("^",), ("&",), ("==", "!="), ("<=", ">=", "<", ">"), ("<<", ">>"), ("+", "-"),
    ("*", "/", "%"),
)  # fmt: skip
_LONGEST = ("<<=", ">>=", "<<", ">>", "<=", ">=", "==", "!=", "&&", "||", "**")


class _NoValueError(Exception):
    """The expression has no exact value."""


def evaluate(text: str, variable: Callable[[str], str | None]) -> int | None:
    """Return the value of an expression, None where it is not exact. `variable` gives the text of a variable."""
    try:
        tokens = _tokens(text)
        if not tokens:
            return 0
        value, at = _binary(tokens, 0, 0, variable, 0)
    except (_NoValueError, ZeroDivisionError, ValueError, OverflowError):
        return None
    return _wrap(value) if at == len(tokens) else None


def _wrap(value: int) -> int:
    """Return the value as a signed 64-bit integer."""
    return (value + (1 << 63)) % (1 << 64) - (1 << 63)


def _tokens(text: str) -> list[str]:
    found: list[str] = []
    at = 0
    while at < len(text):
        char = text[at]
        if char.isspace():
            at += 1
            continue
        end = at + 1
        if char.isalnum() or char == "_":
            while end < len(text) and (text[end].isalnum() or text[end] in "_#@"):
                end += 1
        else:
            end = at + next((len(operator) for operator in _LONGEST if text.startswith(operator, at)), 1)
        found.append(text[at:end])
        at = end
        if len(found) > 1000:
            raise _NoValueError
    return found


def _binary(
    tokens: list[str], at: int, level: int, variable: Callable[[str], str | None], depth: int
) -> tuple[int, int]:
    if level == len(_OPERATORS):
        return _unary(tokens, at, variable, depth)
    left, at = _binary(tokens, at, level + 1, variable, depth)
    while at < len(tokens) and tokens[at] in _OPERATORS[level]:
        operator = tokens[at]
        right, at = _binary(tokens, at + 1, level + 1, variable, depth)
        left = _wrap(_apply(operator, left, right))
    return left, at


def _apply(operator: str, left: int, right: int) -> int:
    if operator in ("/", "%"):  # towards zero, as C
        quotient = abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)
        return quotient if operator == "/" else left - quotient * right
    if operator in ("<<", ">>"):
        if not 0 <= right < 64:
            raise _NoValueError
        return left << right if operator == "<<" else left >> right
    return int({
        "+": left + right, "-": left - right, "*": left * right, "|": left | right, "^": left ^ right,
        "&": left & right, "==": left == right, "!=": left != right, "<": left < right, ">": left > right,
        "<=": left <= right, ">=": left >= right, "&&": bool(left and right), "||": bool(left or right),
    }[operator])  # fmt: skip


def _unary(tokens: list[str], at: int, variable: Callable[[str], str | None], depth: int) -> tuple[int, int]:
    if at >= len(tokens) or depth > _DEEPEST:
        raise _NoValueError
    token = tokens[at]
    if token in ("-", "+", "!", "~"):
        value, at = _unary(tokens, at + 1, variable, depth + 1)
        return {"-": -value, "+": value, "!": int(not value), "~": ~value}[token], at
    if token == "(":
        value, at = _binary(tokens, at + 1, 0, variable, depth + 1)
        if tokens[at : at + 1] != [")"]:
            raise _NoValueError
        return value, at + 1
    if token[0].isdigit():
        return _number(token), at + 1
    if token.isidentifier():
        text = variable(token)
        if text is None:
            raise _NoValueError
        return (_number(text.strip()) if text.strip() else 0), at + 1
    raise _NoValueError


def _number(text: str) -> int:
    if text[:2] in ("0x", "0X"):
        return _wrap(int(text, 16))
    if "#" in text or "_" in text or len(text) > 20:
        raise _NoValueError
    if len(text.lstrip("-")) > 1 and text.lstrip("-")[0] == "0":
        return int(text, 8)
    return int(text)
