"""Asking for an exception: from the record of a denial to a short text that a person can paste to the approver, and back.

The request names the person, the device and the rule, and describes each row that the rule stopped as exactly as conditions
can. What of a row is not known exactly (a pattern, a value that redaction took) is listed as missing: whoever grants it
has to leave that condition out on purpose. The text carries the request as one word, so it survives a chat.
"""

from __future__ import annotations

import base64
import binascii
import textwrap
import zlib
from typing import TYPE_CHECKING, Any

from agentguard import jsontext
from agentguard.access.model import DELEGATE, EXACT, TREE
from agentguard.audit import rows as recorded
from agentguard.errors import Refused, UsageError
from agentguard.policy.exceptions import escaped
from agentguard.policy.model import ALLOW, BUILTIN_PREFIX, printable

if TYPE_CHECKING:
    from agentguard.access.model import Row

MARK = "AGX1."  # what the word begins with
_LIMIT = 65_536  # bytes of a request
_ROWS = 32
_SINGLE = ("host", "port", "ref", "remote", "package", "variable", "server", "mcp_tool", "tool", "method", "sql_verb")
_TEXTS = ("person", "known", "device", "org", "rule", "repo", "record", "bundle")


def request(body: dict[str, Any], texts: dict[str, Any] | None, org: str) -> dict[str, Any]:
    """Return what to ask for, from the record of a decision. Raises `Refused` where no exception could help."""
    rule = str(body.get("rule") if body.get("effect") != ALLOW else body.get("would_rule"))
    if body.get("kind") != "decision" or not rule or body.get("would") == ALLOW:
        raise Refused("nothing was stopped in this record", hint="agentguard audit tail shows the newest ones")
    if rule.startswith(BUILTIN_PREFIX):
        raise Refused(f"{rule} is part of agentguard, and nothing lifts it")
    if rule.startswith("default:"):
        raise Refused(
            f"no rule stopped this but {rule}, and exceptions are made to rules",
            hint="an allow rule in the policy answers a default",
        )
    if not body.get("device"):
        raise Refused("this device has no id, so no exception could name it", hint="device = … in agentguard.toml")
    rows, hidden = recorded.rows(body, texts), recorded.hidden(body)
    tables: list[list[list[Any]]] = []
    missing: set[str] = set()
    for row, facts, unknown in zip(rows, body["rows"], hidden, strict=True):
        if rule in facts.get("rules", ()):
            table = _table(row, unknown, missing)
            if table not in tables:
                tables.append(table)
    if not tables or len(tables) > _ROWS:
        raise Refused(
            f"the record holds {len(tables)} accesses that {rule} stopped", hint="ask for a change of the policy"
        )
    repo = (texts or {}).get("repo")
    bundle = body.get("bundle", {})
    return {
        "person": str(body.get("user", "")),
        "known": str(body.get("known", "")),
        "device": str(body["device"]),
        "org": org,
        "rule": rule,
        "repo": repo.removeprefix("https://") if isinstance(repo, str) else "",
        "rows": tables,
        "missing": sorted(missing),
        "record": str(body.get("id", "")),
        "bundle": f"{bundle.get('name')} {bundle.get('revision')}",
    }


def text(asked: dict[str, Any]) -> str:
    """Return a request for a person to paste."""
    word = base64.urlsafe_b64encode(zlib.compress(jsontext.canonical(asked), 9)).decode("ascii").rstrip("=")
    return "\n".join([*summary(asked), *textwrap.wrap(MARK + word, 100, break_on_hyphens=False)])


def summary(asked: dict[str, Any]) -> list[str]:
    """Return in a few lines what is asked for or granted."""
    lines = [
        f"rule     {asked['rule']}" + (f" ({asked['bundle']})" if "bundle" in asked else ""),
        f"person   {asked['person']} (known: {asked['known']}) on {asked['device']}",
    ]
    if asked["repo"]:
        lines.append(f"in       {asked['repo']}")
    lines += [f"call     {'; '.join(map(_shown, table))}" for table in asked["rows"]]
    if asked.get("missing"):
        lines.append(f"unknown  {', '.join(asked['missing'])}: can only be granted with --wide")
    if asked.get("wide"):
        lines.append(f"wide     whatever {', '.join(asked['wide'])}")
    return [printable(line) for line in lines]


def parse(given: str) -> dict[str, Any]:
    """Return the request in a pasted text. Raises `UsageError`."""
    _, mark, rest = "".join(given.split()).partition(MARK)
    if not mark:
        raise UsageError(
            f"there is no request in this: it holds no word that begins with {MARK.removesuffix('.')}",
            hint="whoever was denied prints it with `agentguard exception request ID`",
        )
    word = rest.rstrip("=")
    try:
        inflater = zlib.decompressobj()
        data = inflater.decompress(base64.urlsafe_b64decode(word + "=" * (-len(word) % 4)), _LIMIT)
        asked = jsontext.loads(data)
    except (binascii.Error, ValueError, zlib.error):  # JsonError is a ValueError
        asked = None
    if (
        not isinstance(asked, dict)
        or set(asked) != {*_TEXTS, "rows", "missing"}
        or not all(isinstance(asked[key], str) for key in _TEXTS)
        or not isinstance(asked["missing"], list)
        or not all(isinstance(key, str) for key in asked["missing"])
        or not _tables(asked["rows"])
    ):
        raise UsageError("the request is damaged", hint="paste all of what `agentguard exception request` printed")
    return asked


def _tables(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(table, list)
        and all(
            isinstance(one, list) and len(one) == 4 and isinstance(one[0], str) and all(map(_listed, one[2:]))
            for one in table
        )
        for table in value
    )


def _listed(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _table(row: Row, hidden: frozenset[str], missing: set[str]) -> list[list[Any]]:
    """Return the conditions that this row meets and hardly another one does; what is not known goes to `missing`."""
    found: list[list[Any]] = [["action", 0, [row.action], []]]

    def exactly(key: str, values: list[Any]) -> None:
        if key in hidden or not all(isinstance(value, str) for value in values):
            missing.add(key)
        else:
            found.append([key, 0, values, []])

    if row.path is not None:
        spellings = list(dict.fromkeys([row.path.text, row.path.resolved]))
        known = [escaped(value) for value in spellings if isinstance(value, str) and not set(value) & set("{}")]
        whole = len(known) == len(spellings) and row.path.extent in (EXACT, TREE)
        if row.path.extent == TREE:
            known += [f"{value.rstrip('/')}/**" for value in known]
        exactly("path", known if whole else [None])
    for key in _SINGLE:
        value = getattr(row, key)
        if value not in (None, ""):
            exactly(key, [value if key == "host" else escaped(value) if isinstance(value, str) else _number(value)])
    if row.action == DELEGATE and row.subagent:
        exactly("subagent", [escaped(str(row.subagent))])
    origin = row.origin
    if origin.command:
        exactly("command", [" ".join(origin.command)])
        for key in ("flags", "args", "via"):
            _all_of(key, list(getattr(origin, key)), hidden, missing, found)
    return found


def _number(value: Any) -> str | None:
    return str(value) if isinstance(value, int) else None


def _all_of(key: str, values: list[Any], hidden: frozenset[str], missing: set[str], found: list[list[Any]]) -> None:
    """Add conditions that all of these words are there, and no others."""
    if key in hidden or not all(isinstance(value, str) for value in values):
        missing.add(key)
        return
    words = [escaped(value) for value in dict.fromkeys(values)]
    if "" in words:
        missing.add(key)
        return
    found += [[key, 0, [word], []] for word in words]
    found.append([key, 1, ["*"], words])


def _shown(condition: list[Any]) -> str:
    key, negated, values, taken_out = condition
    if negated:
        return f"no other {key}" if taken_out else f"no {key}"
    return f"{key} {' or '.join(values)}"
