"""The JSON Schema of a record, made from the table of fields: `agentguard audit schema`, docs/records.schema.json.

It describes a line with all that a device may write into it, kind by kind, and refuses fields that are not in the table.
"""

from __future__ import annotations

import json
from typing import Any

from agentguard.audit import fields
from agentguard.audit.fields import BODY, FIELDS, KINDS, ORIGIN, ORIGIN_TEXTS, ROW, ROW_TEXTS, TEXTS

_HEADS = {
    BODY: "facts", TEXTS: "texts", ROW: "row", ROW_TEXTS: "rowTexts", ORIGIN: "origin", ORIGIN_TEXTS: "originTexts",
}  # fmt: skip
_TEXT = {"type": "string"}
_COUNT = {"type": "integer", "minimum": 0}


def _hex(digits: int) -> dict[str, Any]:
    return {"type": "string", "pattern": f"^[0-9a-f]{{{digits}}}$"}


def _list(item: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": item}


def _object(**properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _ref(part: str) -> dict[str, Any]:
    return {"$ref": f"#/$defs/{_HEADS[part]}"}


_VALUE = {"$ref": "#/$defs/value"}
_TYPES: dict[str, dict[str, Any]] = {
    "text": _TEXT,
    "word": _TEXT,
    "number": {"type": "integer"},
    "true": {"const": True},
    "true or false": {"type": "boolean"},
    "time": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$"},
    "16 hex digits": _hex(16),
    "32 hex digits": _hex(32),
    "64 hex digits": _hex(64),
    "value": _VALUE,
    "list of numbers": _list(_COUNT),
    "list of texts": _list(_TEXT),
    "list of words": _list(_TEXT),
    "list of values": _list(_VALUE),
    "list of rows": _list(_ref(ROW)),
    "list of row texts": _list(_ref(ROW_TEXTS)),
    "list of origins": _list(_ref(ORIGIN)),
    "list of origin texts": _list(_ref(ORIGIN_TEXTS)),
    "list of files": _list(_object(sha256=_hex(64), bytes=_COUNT)),
    "numbers by name": {"type": "object", "additionalProperties": _COUNT},
    "numbers by type": {"type": "object", "additionalProperties": _COUNT},
    "texts by name": {"type": "object", "additionalProperties": _TEXT},
    "bundle": _object(
        name=_TEXT, revision=_COUNT, digest=_TEXT, age={"type": "integer"}, state=_TEXT, verified=_TEXT
    ),
    "numbers of a chain": _object(chain=_TEXT, first=_COUNT, last=_COUNT),
    "health": _object(
        time=_TEXT, healthy={"type": "boolean"}, errors=_COUNT, warnings=_COUNT, findings=_list(_TEXT), problem=_TEXT
    ),
    "head": _object(chain=_TEXT, seq=_COUNT, h=_TEXT),
}  # fmt: skip


def schema() -> dict[str, Any]:
    """Return the schema of one line."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "agentguard audit record",
        "description": "One line of a spool. `t` is null and `s` empty where the texts were erased.",
        "type": "object",
        "required": ["b", "t", "s", "h"],
        "additionalProperties": False,
        "properties": {"b": True, "t": True, "s": {"anyOf": [_hex(32), {"const": ""}]}, "h": _hex(64)},
        "oneOf": [
            {
                "title": kind,
                "properties": {
                    "b": _part(BODY, kind),
                    "t": {"anyOf": [{"type": "null"}, _part(TEXTS, kind)]},
                },
            }
            for kind in KINDS
        ],
        "$defs": {
            "value": {
                "description": "exact text, a pattern of known texts and wildcards, or null where nothing is known",
                "anyOf": [
                    _TEXT,
                    {"type": "null"},
                    _list({"anyOf": [_TEXT, {"enum": [0, 1, 2, 3]}]}),
                ],
            },
            **{name: _part(part) for part, name in _HEADS.items() if part not in (BODY, TEXTS)},
        },
    }


def _part(part: str, kind: str = "") -> dict[str, Any]:
    """Return the schema of one part of a record, of one kind where that matters."""
    found = [field for field in FIELDS if field.part == part and (not kind or kind in field.kinds)]
    properties = {field.name: {**_type(field), "description": field.meaning} for field in found}
    if part == BODY:
        properties["kind"] = {"const": kind}
    return {
        "type": "object",
        "required": [field.name for field in found if field.always],
        "additionalProperties": False,
        "properties": properties,
    }


def _type(field: fields.Field) -> dict[str, Any]:
    return {"enum": ["", *field.words]} if field.words else _TYPES[field.type]


def document() -> str:
    """Return docs/records.schema.json."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    print(document(), end="")  # noqa: T201
