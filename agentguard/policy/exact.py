"""Whether a compiled policy is what the compiler writes for its rules and sets, down to its index.

People are shown rules and settings. A hook finds rules by an index, and clients read for which version a policy is: both follow
from the rules, and whoever made a policy by hand could have them say something else, so that a rule is shown and never looked
up. So before a policy is signed, what follows is worked out again and has to be the same. Only zlib's choices may differ.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any

from agentguard.access.model import ACTIONS
from agentguard.errors import PolicyError
from agentguard.policy import features, stored, wire
from agentguard.policy.check import actions_met

if TYPE_CHECKING:
    from collections.abc import Iterator


def checked(data: bytes) -> dict[str, Any]:
    """Return the compiled policy in `data`, as the compiler wrote it or as it is stored. Raises `PolicyError`."""
    try:
        policy = stored.read(data)
        index = by_action(policy["rules"], policy["sets"])
        same = policy == {**policy, "by_action": index, "min_client": features.min_client(policy)}
        if same and data.startswith(stored.MAGIC):
            packed = wire.pack(policy)
            same = packed == data or list(_opened(packed)) == list(_opened(data))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError, zlib.error) as error:
        raise PolicyError(f"the compiled policy cannot be read: {error}", hint=_HINT) from None
    if not same:
        raise PolicyError("the compiled policy is not what the compiler writes for its rules", hint=_HINT)
    return policy


def by_action(rules: list[dict[str, Any]], sets: list[dict[str, Any]]) -> dict[str, list[int]]:
    """Return for each action the numbers of the compiled rules that could match its rows."""
    matched = [
        actions_met((key, bool(negated), _words(sets, number)) for key, negated, number in rule["when"])
        for rule in rules
    ]
    return {action: [number for number, actions in enumerate(matched) if action in actions] for action in ACTIONS}


def _words(sets: list[dict[str, Any]], number: int) -> frozenset[str]:
    """Return the plain words of a compiled set."""
    parts = (sets[number], *(sets[other] for other in sets[number].get("or", ())))
    return frozenset(word for part in parts for word in part["values"] if word not in part["except"])


def _opened(data: bytes) -> Iterator[Any]:
    """Yield the head of a stored policy without what depends on zlib, then each part inflated."""
    head, rest = stored.head_of(data)
    lengths = [head.pop("index"), *head.pop("blocks")]
    yield head
    for length in (*lengths, len(rest) - sum(lengths)):
        part, rest = rest[:length], rest[length:]
        if head["deflated"]:
            inflater = zlib.decompressobj()
            part = inflater.decompress(part, stored.LIMIT)
            yield inflater.eof, inflater.unused_data
        yield part


_HINT = "compile it anew from its source: agentguard bundle stage, or bundle build"
