"""Which module holds the entry of which program. A module is loaded when one of its programs is called."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# Module of the table, and its programs between blanks.
FAMILIES: tuple[tuple[str, str], ...] = (
)  # fmt: skip


def entry(name: str) -> dict[str, Any] | None:
    """Return the entry of a program, None where there is none."""
    if not name or " " in name:
        return None
    wanted = f" {name} "
    for family, names in FAMILIES:
        if wanted in names:
            found: dict[str, Any] | str = module(family)["TABLE"][name]
            while isinstance(found, str):  # another name of the same program
                found = module(family)["TABLE"][found]
            return found
    return None


def module(name: str) -> dict[str, Any]:
    """Return the namespace of a module of this package, loaded on demand and without importlib."""
    return vars(__import__(f"agentguard.access.programs.{name}", fromlist=["TABLE"]))
