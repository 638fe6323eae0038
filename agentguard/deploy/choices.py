"""Managed settings that are the administrator's to choose, because each has a price: one table.

The keys are those of `[choices]` in deploy.toml. Nothing is chosen unless somebody has read the price.
"""

from __future__ import annotations

from typing import Any, NamedTuple


class Choice(NamedTuple):
    """What a choice adds to the managed settings, what that closes, and what it costs."""

    settings: dict[str, Any]
    closes: str
    price: str


CHOICES = {
    "allow-managed-hooks-only": Choice(
        {"allowManagedHooksOnly": True},
        "hooks of a person, project, plugin or skill that rewrite a call after agentguard has approved it",
        "people's own hooks and status lines stop working",
    ),
    "disable-skill-shell-execution": Choice(
        {"disableSkillShellExecution": True},
        "shell text inside skills, which runs without any hook being asked",
        "skills that rely on it stop working",
    ),
    "disable-bypass-permissions": Choice(
        {"permissions": {"disableBypassPermissionsMode": "disable"}},
        "sessions without permission prompts",
        "nobody can use --dangerously-skip-permissions, not in a container either",
    ),
    "disable-sideload-flags": Choice(
        {"disableSideloadFlags": True},
        "plugins, agents and MCP servers that are named on the command line",
        "--plugin-dir, --plugin-url, --agents and --mcp-config are refused, for whoever develops plugins too",
    ),
    "blank-ld-library-path": Choice(
        {"env": {"LD_LIBRARY_PATH": ""}},
        "libraries of somebody else's in the hook's process, on Linux",
        "the agent's own commands lose the variable too: toolchains that need it (CUDA, MPI, Nix) break",
    ),
}


def settings(chosen: tuple[str, ...]) -> dict[str, Any]:
    """Return what the choices of these names add, in the table's order."""
    found: dict[str, Any] = {}
    for name, choice in CHOICES.items():
        if name in chosen:
            found.update(choice.settings)
    return found
