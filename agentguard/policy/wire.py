"""The compiled policy as the bytes that are signed and read by the hook: how they are written.

A hook decides one call, and a large policy is mostly about others. So the policy is stored in lines that are read one by
one when they are needed (`policy/stored.py`):

    agentguard policy 1
    HEAD                one JSON object: name, mode, defaults, audit, counts, the lengths of index and blocks in this file
    index               lines: one a bucket (16 times the number of a rule, plus the bits that tell its key), one of rule
                        numbers a kind of key, and the folders that path patterns begin with
    blocks              lines, as many as a block has at most: one JSON object a rule, then one a set
    texts               lines: reason, remedy, owner and tags of each rule; the rules by action, for who reads them all

Index, blocks and texts are each deflated in a large policy: the hook's SHA-256 has to run over what is here, and inflating
is faster than that. A rule is filed under the keys of one of its conditions (`policy/keys.py`).
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any

from agentguard import jsontext
from agentguard.access.model import ACTIONS
from agentguard.policy import keys
from agentguard.policy.form import HEAD_SHARED
from agentguard.policy.hostset import CLASSES, network
from agentguard.policy.keys import COMMAND, HOST, PATH, TRAIT, WORD, WORDS
from agentguard.policy.pathset import folded
from agentguard.policy.stored import BLOCK, MAGIC, TEXTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    Sets = Sequence[dict[str, Any]]

_META = frozenset("*?[]{")
_SMALL = 64 * 1024  # bytes below which inflating costs more than it saves


def pack(policy: dict[str, Any]) -> bytes:
    """Return the bytes of a compiled policy. Equal policies give equal bytes with the same zlib."""
    rules, sets = policy["rules"], policy["sets"]
    filed: dict[str, list[int]] = {}
    kinds: dict[str, list[int]] = {kind: [] for kind in keys.KINDS}
    wide: set[int] = set()
    roots: dict[str, set[str]] = {}
    for number, rule in enumerate(rules):
        found = _file(rule, sets)
        if found is None:
            wide.add(number)
            continue
        kind, names = found
        kinds[kind].append(number)
        for name in names:
            filed.setdefault(name, []).append(number)
            if name.startswith("p:"):
                _note_root(roots, name[2:])
    buckets: list[set[int]] = [set() for _ in range(_prime(2 * len(filed) + 1))]
    for name, numbers in filed.items():
        place, bits = keys.bucket(name, len(buckets))
        buckets[place].update(number << 4 | bits for number in numbers)
    body = [
        *(_line({key: value for key, value in rule.items() if key not in TEXTS}) for rule in rules),
        *map(_line, sets),
    ]
    index = [
        *(_numbers(bucket) for bucket in buckets),
        *(_numbers(kinds[kind]) for kind in keys.KINDS),
        _line({folder: "/".join(sorted(names)) for folder, names in roots.items()}),
    ]
    texts = [_line({key: rule[key] for key in TEXTS if key in rule}) for rule in rules]
    texts.append(_line(policy["by_action"]))
    blocks = [body[start : start + BLOCK] for start in range(0, len(body), BLOCK)]
    parts = ["\n".join(lines).encode("ascii") for lines in (index, *blocks, texts)]
    deflated = sum(map(len, parts)) > _SMALL
    if deflated:
        parts = [zlib.compress(part, 9) for part in parts]
    head = {
        **{key: policy[key] for key in HEAD_SHARED if key in policy},
        "rules": len(rules),
        "sets": len(sets),
        "buckets": len(buckets),
        "wide": {
            action: [number for number in policy["by_action"].get(action, ()) if number in wide] for action in ACTIONS
        },
        "index": len(parts[0]),
        "blocks": list(map(len, parts[1:-1])),
        "deflated": deflated,
    }
    return b"\n".join((MAGIC, jsontext.canonical(head), b"".join(parts)))


def _line(value: Any) -> str:
    return jsontext.canonical(value).decode("ascii")


def _numbers(numbers: Iterable[int]) -> str:
    return ",".join(map(str, sorted(numbers)))


def _file(rule: dict[str, Any], sets: Sets) -> tuple[str, set[str]] | None:
    """Return a kind of key and the keys to file a rule under, of the first condition that has any; None for a wide one."""
    positive = {key: number for key, negated, number in rule["when"] if not negated}
    for condition, kind, of in _CONDITIONS:
        if condition not in positive:
            continue
        if kind == PATH and "certainty" in positive:
            continue  # a path of which nothing is known may be in any set, and these rules hear of it
        found: set[str] = set()
        for value in _values(sets, positive[condition]):
            names = of(condition, value)
            if names is None:
                break
            found |= names
        else:
            return kind, found
    return None


def _values(sets: Sets, number: int) -> list[str]:
    entry = sets[number]
    return [*entry["values"], *(value for other in entry.get("or", ()) for value in _values(sets, other))]


def _of_command(_condition: str, value: str) -> set[str] | None:
    first, *rest = value.split()
    if not _META.isdisjoint(first):
        return None
    second = f" {rest[0]}" if rest and _META.isdisjoint(rest[0]) else ""
    return {f"c:{first.casefold()}{second}"}


def _of_word(condition: str, value: str) -> set[str] | None:
    return {f"w:{condition}:{value}"} if _META.isdisjoint(value) else None


def _of_trait(_condition: str, value: str) -> set[str]:
    return {"t:" + value}


def _of_host(_condition: str, value: str) -> set[str] | None:
    value = value.lower()
    if value in CLASSES or network(value) or "{" in value:
        return None
    tail = value[max(value.rfind(char) for char in "*?]") + 1 :]
    if tail != value:
        if not tail.startswith("."):
            return None
        tail = tail[1:]
    return {"h:" + ".".join(tail.rsplit(".", 2)[-2:])} if tail else None


def _of_path(_condition: str, value: str) -> set[str] | None:
    """Return the keys of a pattern; the table of keys says what they mean."""
    value = folded(value)
    if value.startswith("{home}"):
        value = "~" + value[6:]
    anchor = next((one for one in keys.ANCHORS if value == one or value.startswith(one + "/")), "")
    if anchor or value[:1] == "/" or value[1:2] == ":":
        rest = value[len(anchor) :]
        end = min((at for char in _META if (at := rest.find(char)) >= 0), default=-1)
        fixed = rest if end < 0 else rest[: max(rest.rfind("/", 0, end), 0)]
        return {f"p:{anchor}{fixed}" if anchor or fixed else "p:/"}
    if not value.startswith("**/"):
        return None
    name = value[3:]
    if name.endswith("/**"):
        name = name[:-3].rpartition("/")[2]
        return {"d:" + name} if _META.isdisjoint(name) else None
    name = name.rpartition("/")[2]
    if "{" in name:
        return None
    if _META.isdisjoint(name):
        return {"n:" + name}
    tail = name[max(name.rfind(char) for char in "*?]") + 1 :]
    if "." in tail:
        return {"x:" + tail[tail.rfind(".") :]}
    head = name[: min(at for char in "*?[" if (at := name.find(char)) >= 0)]
    return {"b:" + head[: keys.HEAD]} if len(head) >= keys.HEAD else None


# The condition that says most about a rule comes first.
_CONDITIONS: tuple[tuple[str, str, Callable[[str, str], set[str] | None]], ...] = (
    ("server", WORD, _of_word), ("mcp_tool", WORD, _of_word), ("command", COMMAND, _of_command), ("host", HOST, _of_host),
    ("path", PATH, _of_path), *((key, WORD, _of_word) for key in WORDS if key not in ("server", "mcp_tool")),
    ("trait", TRAIT, _of_trait),
)  # fmt: skip


def _note_root(roots: dict[str, set[str]], fixed: str) -> None:
    """Note the fixed part of a pattern in the table of folders: {"~": {".ssh"}, "~/.ssh": {"config"}}."""
    folder, _, name = fixed.rpartition("/")
    while name:
        roots.setdefault(folder or "/", set()).add(name)
        folder, _, name = folder.rpartition("/")


def _prime(least: int) -> int:
    """Return the least odd prime from a number on: keys spread evenly over as many buckets."""
    number = max(least | 1, 3)
    while any(number % factor == 0 for factor in range(3, int(number**0.5) + 1, 2)):
        number += 2
    return number
