"""Other coding agents: a session that they start may run without these rules."""

from __future__ import annotations

from agentguard.access.model import UNKNOWN, WRITE
from agentguard.access.programs import infra, walk
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


_OF_AWS = frozenset({"app", "env", "svc", "job", "task", "pipeline", "deploy", "secret", "storage", "init"})
# Variables that lead an agent to other settings than the person's own.
_PLACES = {"claude": ("CLAUDE_CONFIG_DIR", "HOME"), "claude-code": ("CLAUDE_CONFIG_DIR", "HOME")}


def starts(call: Call, work: Work) -> None:
    """A session starts, unless the command only shows or sets something."""
    words = [plain(word) or "" for word in call.words]
    first = words[0] if words else ""
    aside = first in _ASIDE or first in _LOOKS_AFTER.get(call.name, ())
    if call.name == "q":  # the name is also that of a program that runs SQL on text files
        text = " ".join(words).lower()
        aside = aside or (first[:1] == "-" and first not in ("--resume", "-v")) or "select " in text
        aside = aside or (call.program != "" and not call.program.endswith("/bin/q"))  # somebody's own program
    if call.name == "copilot" and first in _OF_AWS:  # the name is also that of a client of AWS
        infra.by_verb(call, work)
        return
    work.line.traits |= set() if aside else {"starts-agent"}
    for name in _PLACES.get(call.name, ()):
        value = call.variable(name)
        if value is UNKNOWN and name not in call.assigned:
            continue
        if value not in (None, call.world.home, f"{call.world.home}/.claude"):
            work.line.flags.append(("--config-dir", value))  # the variable says what an option would
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
    _changes(call, words)


# What changes an agent's own settings, and the file that holds them: the tools of other servers, hooks, plugins.
_CHANGES = frozenset(
    {"add", "add-json", "add-from-claude-desktop", "remove", "set", "install", "enable", "disable", "uninstall"}
)
# Settings that decide what an agent may do, and what runs beside it. Plugins bring hooks, and stand among the settings.
_RULING = frozenset({"hooks", "disableAllHooks", "env", "permissions", "apiKeyHelper", "statusLine", "enabledPlugins"})
_SETTINGS = {"claude": ".claude.json", "codex": ".codex/config.toml", "gemini": ".gemini/settings.json"}


def _changes(call: Call, words: list[str]) -> None:
    """`claude mcp add NAME -- COMMAND…`: the command starts with every session from then on."""
    if words[:1] not in (["mcp"], ["config"], ["plugin"], ["extensions"]) or not _CHANGES.intersection(words[1:3]):
        return
    name = _SETTINGS.get(call.name)
    if call.name == "claude" and (
        words[0] == "plugin" or _RULING.intersection(word.partition(".")[0] for word in words)
    ):
        call.path(WRITE, f"{call.world.home}/.claude/settings.json", "the agent's settings")
    if name is not None:
        scope = ".mcp.json" if "project" in words and words[0] == "mcp" else f"{call.world.home}/{name}"
        call.path(WRITE, scope, "the agent's settings")
    if "--" in words:
        call.run(call.words[words.index("--") + 1 :], f"{call.name} mcp")
