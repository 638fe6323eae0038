"""Strict JSON in and compact ASCII JSON out, without the price of the json package on the hook's path.

`import json` pulls in re and enum, which costs as much again as starting the interpreter. Its C accelerator does all
the work, so this module drives that directly, and falls back to the public package where the accelerator is missing or
takes other arguments.

Strict means: bytes must be UTF-8 (no BOM), duplicate keys, NaN and Infinity are refused, nesting is bounded by the
interpreter's own recursion limit, and every refusal is a `JsonError`.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


class JsonError(ValueError):
    """The text is not JSON that agentguard accepts. The message never quotes the text."""


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise JsonError("an object has the same key twice")
    return found


def _constant(_name: str) -> Any:
    raise JsonError("NaN and Infinity are not JSON")


def _refuse(value: object) -> Any:
    raise TypeError(f"a {type(value).__name__} cannot be written as JSON")


_SPACE = " \t\n\r"

try:
    import _json

    class _Context:
        """What `_json.make_scanner` reads from its argument (CPython Lib/json/decoder.py, JSONDecoder)."""

        strict = True
        object_hook = None
        object_pairs_hook = staticmethod(_pairs)
        parse_float = float
        parse_int = int
        parse_constant = staticmethod(_constant)
        memo: dict[str, str] = {}  # noqa: RUF012 - the scanner clears it after each call

    _scan: Callable[[str, int], tuple[Any, int]] = _json.make_scanner(_Context())  # type: ignore[arg-type]
    _chunks: Callable[[Any, int], tuple[str, ...]] = _json.make_encoder(
        None, _refuse, _json.encode_basestring_ascii, None, ":", ",", False, False, False
    )
    _sorted_chunks: Callable[[Any, int], tuple[str, ...]] = _json.make_encoder(
        None, _refuse, _json.encode_basestring_ascii, None, ":", ",", True, False, False
    )

    def _parse(text: str) -> Any:
        start = len(text) - len(text.lstrip(_SPACE))
        value, end = _scan(text, start)
        if text[end:].strip(_SPACE):
            raise JsonError(f"something follows the JSON value at character {end}")
        return value

    def _write(value: Any, *, in_order: bool) -> str:
        return "".join((_sorted_chunks if in_order else _chunks)(value, 0))

    if _parse('{"a":[1,"\\u00e9"]}') != {"a": [1, "\u00e9"]} or _write({"a": 1.5}, in_order=True) != '{"a":1.5}':
        raise ImportError  # noqa: TRY301 - an accelerator that behaves otherwise is no accelerator
except (ImportError, AttributeError, TypeError):  # an interpreter without the accelerator
    import json

    def _parse(text: str) -> Any:
        return json.loads(text, object_pairs_hook=_pairs, parse_constant=_constant)

    def _write(value: Any, *, in_order: bool) -> str:
        return json.dumps(value, sort_keys=in_order, separators=(",", ":"), allow_nan=False)


def loads(data: bytes) -> Any:
    """Return the value of the JSON text `data`. Raises `JsonError`, never anything else."""
    try:
        return _parse(data.decode("utf-8"))
    except JsonError:
        raise
    except StopIteration:
        raise JsonError("a JSON value is missing or cut off") from None
    except UnicodeDecodeError as error:
        raise JsonError(f"byte {error.start} is not UTF-8") from None
    except RecursionError:
        raise JsonError("nested too deeply") from None
    except SystemError:  # CPython 3.11: the scanner wants to raise json.JSONDecodeError and does not find it loaded
        raise JsonError("the text is not JSON") from None
    except ValueError as error:  # json.JSONDecodeError puts the place into its message, and no part of the text
        raise JsonError(str(error)) from None


def dumps(value: Any) -> str:
    """Return `value` as one line of compact ASCII JSON, keys in insertion order."""
    return _write(value, in_order=False)


def canonical(value: Any) -> bytes:
    """Return `value` as compact ASCII JSON with sorted keys: the same value always gives the same bytes."""
    return _write(value, in_order=True).encode("ascii")
