"""Who uses this device, as far as the account and the local configuration of a seal tell.

Root-owned configuration can name the person and groups; the sync has looked up the account's groups of the operating
system. What an installation says that the person could change proves nothing beyond the account.
"""

from __future__ import annotations

from agentguard.policy.model import MANAGED, NONE, OS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentguard.places import Places


class Person:
    """`user`: the name; `known`: how well, one of ASSURANCES; `groups`: None where nobody has looked them up."""

    __slots__ = ("groups", "known", "user")

    def __init__(self, user: str, known: str, groups: list[str] | None = None) -> None:
        self.user = user
        self.known = known
        self.groups = groups


def person(places: Places, local: dict[str, Any], account: str, known: str) -> Person:
    """Return the person behind an account.

    `local` is the seal's configuration as far as it can be trusted, `known` whether there is such an account: OS or
    NONE.
    """
    if known == NONE:
        return Person(account, NONE)
    members = local.get("members")
    groups = members.get(account) if type(members) is dict else None
    found = Person(account, OS, groups if type(groups) is list else None)
    if places.managed and local:  # nothing but what root wrote has come so far
        found.known = MANAGED
        found.user = str(local.get("user") or account)
        stated = local.get("groups")
        if stated and type(stated) is list:
            found.groups = [*(found.groups or ()), *stated]
    return found
