"""Backslash escapes as `$'…'`, `echo -e` and `printf` read them (bash(1), QUOTING; echo and printf in SHELL BUILTINS)."""

from __future__ import annotations

_SIMPLE = {
    "a": 7, "b": 8, "e": 27, "E": 27, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11, "\\": 92, "'": 39, '"': 34, "?": 63,
}  # fmt: skip
_OCTAL = "01234567"
_HEX = "0123456789abcdefABCDEF"


def decode(text: str, *, zero: bool = False, ends: bool = True) -> str:
    r"""Return `text` with its escapes read. An unknown one stays as it is; a NUL ends the text if it `ends` there.

    `zero`: octal escapes are written `\0nnn` (echo -e, printf %b) beside `\nnn`. Bytes that are no UTF-8 become
    surrogates, as Python writes undecodable file names.
    """
    if "\\" not in text:
        return text
    done = bytearray()
    at, size = 0, len(text)
    while at < size:
        char = text[at]
        if char != "\\" or at + 1 >= size:
            done += char.encode("utf-8", "surrogatepass")
            at += 1
            continue
        mark = text[at + 1]
        at += 2
        if mark in _SIMPLE:
            done.append(_SIMPLE[mark])
        elif mark in _OCTAL:
            width = 4 if zero and mark == "0" else 3
            digits = _digits(text, at - 1, width, _OCTAL)
            at += len(digits) - 1
            done.append(int(digits, 8) & 255)
        elif mark in "xuU":
            digits = _digits(text, at, {"x": 2, "u": 4, "U": 8}[mark], _HEX)
            if not digits:
                done += f"\\{mark}".encode()
                continue
            at += len(digits)
            code = int(digits, 16)
            done += bytes([code]) if mark == "x" else chr(min(code, 0x10FFFF)).encode("utf-8", "surrogatepass")
        elif mark == "c" and at < size:
            done.append(ord(text[at]) & 31)
            at += 1
        else:
            done += f"\\{mark}".encode("utf-8", "surrogatepass")
        if ends and done and done[-1] == 0:
            return done[:-1].decode("utf-8", "surrogateescape")
    return done.decode("utf-8", "surrogateescape")


def _digits(text: str, at: int, width: int, allowed: str) -> str:
    end = at
    while end < len(text) and end - at < width and text[end] in allowed:
        end += 1
    return text[at:end]
