r"""Paths of Windows, in the one spelling that rows carry: `C:/folder/file`, or `//server/share/file`.

Windows knows many names for one file. Taken out here: backslashes, `\\?\` and `\\.\`, the drive in lower case, the
`/c/…` and `/cygdrive/c/…` of the POSIX shells there, dots and spaces at the end of a name, and `:stream` behind a
file (`.env::$DATA` is `.env`). Short names (PROGRA~1) are not: only the disk knows them.
See "Naming Files, Paths, and Namespaces" in the Win32 reference.
"""

from __future__ import annotations

_DEVICE = ("//?/", "//./")


def slashes(text: str) -> str:
    """Return `text` with forward slashes, and without the prefixes that switch parsing off."""
    text = text.replace("\\", "/")
    if text[:4] in _DEVICE:
        text = text[4:]
        if text[:4].upper() == "UNC/":
            return "//" + text[4:]
    return text


def split_root(text: str, root: str) -> tuple[str, str]:
    """Return the drive of `text` ("C:"; else `root`) and the rest, which starts with a slash where it is absolute."""
    if text[1:2] == ":" and text[:1].isalpha():
        return text[0].upper() + ":", text[2:]
    return root, text


def absolute(text: str, cwd: str) -> str:
    """Return `text` as an absolute path, lexically clean, against the absolute folder `cwd`. Idempotent."""
    text, cwd = slashes(_drive(text)), slashes(_drive(cwd))
    home, folder = split_root(cwd, "C:")
    if text[:2] == "//":
        share = [name for name in text.split("/") if name]
        return "//" + "/".join(_clean(share, len(share[:2])))
    root, rest = split_root(text, home)
    if rest[:1] != "/":
        if folder[:2] == "//" and text == rest:
            return absolute(f"{cwd}/{rest}", cwd)
        rest = f"{folder if root == home else ''}/{rest}"
    return f"{root}/{'/'.join(_clean(rest.split('/'), 0))}"


def _drive(text: str) -> str:
    """Return the spellings of the POSIX shells, `/c/x` and `/cygdrive/c/x`, with a drive, everything else as it is."""
    rest = text[9:] if text[:10].lower() == "/cygdrive/" else text
    if rest[:1] == "/" and rest[1:2].isalpha() and rest[1:2].isascii() and rest[2:3] in ("", "/"):
        return f"{rest[1].upper()}:{rest[2:] or '/'}"
    return text


def _clean(names: list[str], fixed: int) -> list[str]:
    """Return names without `.`, `..` and what Windows ignores; the first `fixed` are never climbed out of."""
    done: list[str] = []
    for name in names:
        if name == "..":
            if len(done) > fixed:
                done.pop()
            continue
        plain = name.partition(":")[0].rstrip(". ")
        if plain:
            done.append(plain)
    return done
