"""Words of a text, as search sees them: the same for one record on a laptop and for millions at a collector.

A word is a run of letters and digits; everything else that is ASCII stands between words. Case does not count. So
`git push --force` has the words git, push and force, and `/etc/passwd` has etc and passwd.
"""

from __future__ import annotations

import re

_WORD = re.compile(r"(?:[0-9a-z]|[^\x00-\x7f])+")


def words(text: str) -> list[str]:
    """Return the words of a text, in lower case, in order."""
    return _WORD.findall(plain(text))


def plain(text: str) -> str:
    """Return a text in lower case that can be written as UTF-8."""
    text = text.lower()
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def holds(wanted: list[str], text: str) -> bool:
    """Whether these words stand in a text, one after another."""
    if wanted[0] not in plain(text):
        return False
    found = words(text)
    count = len(wanted)
    return any(found[at : at + count] == wanted for at in range(len(found) - count + 1))
