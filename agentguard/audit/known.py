"""docs/secret-shapes.md: the tables of `agentguard.audit.shapes`, written for whoever asks what redaction knows.

After a change of a table, run scripts/generate-packs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentguard.audit import shapes

if TYPE_CHECKING:
    from collections.abc import Iterable

_INTRODUCTION = """\
# Which secrets redaction knows

Secrets are taken out of a record before it is hashed or written, and out of what the person and the model are told. They are
found by their shape. **A secret of a shape that is not listed here stays**: a password that is an argument of a program of
your own, a token without a prefix, text that was encoded or split before. Keep secrets out of commands; where that cannot be,
a policy [masks or drops](policy-reference.md#audit) whole fields (`command`, `origin.args`, `row.path`).

A secret that was found once in a call is hidden wherever else it stands in its record: in an option's normal form, in a path
that a variable became, in a reason. From six characters on anywhere; a shorter one as a word or a value by itself, and not as
a part of a path or a name; one of one or two characters after `=`, `:`, `@` and `%`. A password that is a key word itself
(`PASSWORD=secret`) stays. Of one call 128 secrets are looked for so, and a text that is full of them is hidden whole; of one
text 64 KiB are read, the rest is cut off.

A value that names where it comes from (`$TOKEN`, `$(pass show x)`, `os.environ["TOKEN"]`) is no secret, and neither are words
such as `true`, `none` and `ALL`.

This page is made from the tables in `agentguard/audit/shapes.py`.
"""
_HOW = {
    shapes.ATTACHED: "{option}SECRET",
    shapes.NEXT: "{option} SECRET",
    shapes.LAST: "{option} … SECRET",
    shapes.NAMED: "NAME SECRET",
}


_TOKENS = """\
## Tokens by what they start with

What starts so, with as many characters after it as the number says, or more. The token must start a word; an escape (`\\n`), a
percent triplet (`%3D`) and a one-letter option (`-t`) end the word before.
"""
_NAMES = """\
## Names whose value is a secret

`NAME=value`, `name: value`, `--name value`, `<name>value`, in any case, where the name ends with one of these; digits may
follow.
"""
_OPTIONS = """\
## Options of commands

Also as the last of several: `curl -sSfu alice:SECRET`.
"""
_OTHERS = (
    ("private-key", "`-----BEGIN … PRIVATE KEY-----` to its end, and what follows `Private-Lines:` in a PuTTY key"),
    ("url-password", "`scheme://user:SECRET@host`"),
    ("authorization", "`Authorization: SCHEME SECRET`, and twenty characters or more after `Bearer`"),
    ("cookie", "the whole line after `Cookie:`"),
)


def document() -> str:
    """Return docs/secret-shapes.md."""
    ends = [
        (kind, _word(word) + ("" if not alone else " (not inside a word)")) for kind, word, alone in shapes.ASSIGNMENTS
    ]
    tokens = [(row[0], f"{_word(row[1] + '…')} ({row[3]})") for row in shapes.TOKENS]
    tokens += [(row[0], f"{_word('…' + row[3] + '…')} ({row[2]} before, {row[5]} after)") for row in shapes.INFIXES]
    fed = [(kind, _word(command) + (f" (behind `{mark}`)" if mark else "")) for kind, command, mark in shapes.FED]
    parts = [
        _INTRODUCTION,
        _table(_TOKENS, "token", tokens),
        _table(
            "## Addresses that are a secret from there on",
            "after",
            [(row[0], f"{_word(row[1])} ({row[3]})") for row in shapes.ADDRESSES],
        ),
        _table(_NAMES, "name ends with", ends),
        _table("## Words before a quoted secret", "word", [(kind, _word(word)) for kind, word in shapes.QUOTED]),
        _table(_OPTIONS, "command", [(row[0], _option(*row[1:])) for row in shapes.OPTIONS]),
        _table("## Commands that are told a secret by echo, printf or `<<<`", "command", fed),
        _table("## And", "what", _OTHERS),
    ]
    return "\n".join(parts)


def _option(command: str, option: str, how: str) -> str:
    form = _HOW.get(how, "{option} …" + how + "SECRET").format(option=option)
    return _word(f"{command.replace(' ', ' … ')} {form}" if how != shapes.NAMED else f"{command} … {form}")


def _word(text: str) -> str:
    return f"`{text}`"


def _table(text: str, heading: str, rows: Iterable[tuple[str, str]]) -> str:
    """Return a text and a table under it, with one line a type."""
    kinds: dict[str, list[str]] = {}
    for kind, shape in rows:
        kinds.setdefault(kind, []).append(shape)
    lines = [f"| {' · '.join(found)} | `{kind}` |" for kind, found in kinds.items()]
    return "\n".join([text.rstrip(), "", f"| {heading} | recorded as |", "|---|---|", *lines, ""])
