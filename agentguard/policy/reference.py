"""The reference of the policy language: the words of `reference.md` round the tables of `conditions` and `findings`.

`agentguard policy reference` prints it; the page in `docs` must equal it.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from agentguard.access.model import ACTIONS
from agentguard.policy import conditions, findings
from agentguard.policy.conditions import CHOICE, CONDITIONS, WORDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    Keys = Mapping[str, tuple[str, tuple[str, ...], bool, str]]
    Choices = Mapping[str, tuple[tuple[str, ...], str, str]]

_HOLDS = {
    conditions.TEXT: "text",
    conditions.TEXTS: "text or list of texts",
    conditions.SCRIPT: "text, any number of lines",
    conditions.ID: "name",
    conditions.NUMBER: "number",
    conditions.FLAG: "true or false",
    conditions.TABLE: "table",
    conditions.TABLES: "list of tables",
    conditions.LISTS: "list of lists",
    conditions.FILES: "list or table",
}


def page() -> str:
    """Return the whole reference as Markdown."""
    with open(os.path.join(os.path.dirname(__file__), "reference.md"), encoding="utf-8") as stream:
        text = stream.read()
    for name, part in _parts().items():
        text = text.replace(f"{{{{{name}}}}}", part)
    return text


def _parts() -> dict[str, str]:
    """Return what stands in for each {{name}} of reference.md."""
    return {
        "rule keys": _keys(conditions.RULE_KEYS),
        "conditions": _conditions(),
        "kinds": _list(conditions.KINDS),
        **{key: _list({_code(word): meaning for word, meaning in words.items()}) for key, words in WORDS.items()},
        "variables": _list({_code(f"{{{name}}}"): meaning for name, meaning in conditions.VARIABLES.items()}),
        "placeholders": _codes(f"{{{name}}}" for name in conditions.TEMPLATES),
        "role keys": _keys(conditions.ROLE_KEYS),
        "exception keys": _keys(conditions.EXCEPTION_KEYS),
        "bundle keys": _keys(conditions.BUNDLE_KEYS),
        "include keys": _keys(conditions.INCLUDE_KEYS),
        "adjust keys": _keys(conditions.ADJUST_KEYS),
        "scope keys": _codes(conditions.SCOPE_KEYS),
        "action defaults": _codes(conditions.ACTION_DEFAULTS),
        "defaults": _choices(conditions.DEFAULTS),
        "audit": _choices(conditions.AUDIT),
        "audit fields": _list({_code(key): meaning for key, meaning in conditions.AUDIT_FIELDS.items()}),
        "withheld": _codes(conditions.WITHHELD),
        "case keys": _keys(conditions.CASE_KEYS),
        "as keys": _keys(conditions.AS_KEYS),
        "matrix keys": _keys(conditions.MATRIX_KEYS),
        "codes": _table(("code", "meaning"), findings.CODES.items()),
    }


def _code(text: str) -> str:
    return f"`{text}`"


def _codes(texts: Iterable[str]) -> str:
    return ", ".join(_code(text) for text in texts)


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)


def _list(items: Mapping[str, str]) -> str:
    return "\n".join(f"- {name}: {text}" for name, text in items.items())


def _keys(keys: Keys) -> str:
    rows = []
    for name, (kind, words, needed, meaning) in keys.items():
        rows.append((_code(name), _codes(words) if kind == CHOICE else _HOLDS[kind], "yes" if needed else "", meaning))
    return _table(("key", "holds", "needed", "meaning"), rows)


def _choices(keys: Choices) -> str:
    rows = [(_code(name), _codes(words), _code(value), meaning) for name, (words, value, meaning) in keys.items()]
    return _table(("key", "holds", "if not given", "decides about"), rows)


def _conditions() -> str:
    rows = []
    for key, (kind, actions, influence, meaning) in CONDITIONS.items():
        missing = [action for action in ACTIONS if action not in actions]
        where = "all" if not missing else f"all but {missing[0]}" if len(missing) == 1 else " ".join(actions)
        rows.append((_code(key), kind, where, "yes" if influence else "", meaning))
    return _table(("key", "compared as", "rows", "agent can influence", "meaning"), rows)
