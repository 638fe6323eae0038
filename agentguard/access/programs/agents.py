"""Other coding agents: a session that they start may run without these rules."""

from __future__ import annotations

from agentguard.access.programs import walk
from agentguard.access.shell.values import plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.programs.walk import Work
    from agentguard.access.shell.command import Call

_ASIDE = frozenset({
    "--version", "-v", "-V", "--help", "-h", "version", "help", "doctor", "update", "upgrade", "login", "logout",
    "completion", "auth", "whoami", "features",
})  # fmt: skip


# Subcommands that only look after an agent's own files.
_LOOKS_AFTER = {
    "claude": frozenset({"config", "install", "setup-token", "migrate-installer", "plugin", "mcp", "agents"})
}


def starts(call: Call, work: Work) -> None:
    """A session starts, unless the command only shows or sets something."""
    words = [plain(word) or "" for word in call.words]
    first = words[0] if words else ""
    aside = first in _ASIDE or first in _LOOKS_AFTER.get(call.name, ())
    if call.name == "q":  # the name is also that of a program that runs SQL on text files
        text = " ".join(words).lower()
        aside = aside or (first[:1] == "-" and first not in ("--resume", "-v")) or "select " in text
    work.line.traits |= set() if aside else {"starts-agent"}
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
