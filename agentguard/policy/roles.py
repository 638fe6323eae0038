"""Which roles a person holds: those that the policy defines, the person is a member of, and is known well enough for.

A role names accounts (`users`), groups of the operating system (`groups`), and the least `assurance` with which the
person must be known: `managed` (root's own configuration says who may be told apart here), `os` (the account, on an
installation that the person could change) or `none`. Who is a member and not known well enough, or whose groups nobody
has looked up, may hold the role: that can tighten (`enforce_for`) and never lift anything.
"""

from __future__ import annotations

from agentguard.policy.model import ASSURANCES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any


def held(
    defined: Mapping[str, Mapping[str, Any]], user: str, groups: Iterable[str] | None, known: str
) -> tuple[frozenset[str], frozenset[str]]:
    """Return the roles that a person holds, and those that the person may hold. `groups`: None where nobody knows."""
    yes: set[str] = set()
    perhaps: set[str] = set()
    names = frozenset(groups or ())
    for role, entry in defined.items():
        if (user and user in entry["users"]) or not names.isdisjoint(entry["groups"]):
            (yes if proves(entry, known) else perhaps).add(role)
        elif groups is None and entry["groups"]:
            perhaps.add(role)
    return frozenset(yes), frozenset(perhaps)


def proves(entry: Mapping[str, Any], known: str) -> bool:
    """Return whether a person who is known so well can hold a role."""
    return ASSURANCES[known] >= ASSURANCES[entry["assurance"]]
