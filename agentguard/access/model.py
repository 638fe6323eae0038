"""The plain values between the agent's adapter and the policy engine: tool calls in, rows out.

A row is one access that a tool call would make: an action, at most one resource, and where it comes from. `cp a b`
gives three: read a, write b, execute cp. All of these are made once and never changed.

A text value is one of three things:

- `str`: exact;
- `Pattern`: some parts are known (`src/*.py`, `$dir/.env`);
- `UNKNOWN`: nothing is known.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeAlias

    from agentguard.access.world import Disk

    Value: TypeAlias = "str | Pattern | Unknown"

# What a row does.
USE, READ, WRITE, DELETE, EXECUTE = "use", "read", "write", "delete", "execute"
CONNECT, LISTEN, MCP, DELEGATE, PROMPT = "connect", "listen", "mcp", "delegate", "prompt"
ACTIONS = (USE, READ, WRITE, DELETE, EXECUTE, CONNECT, LISTEN, MCP, DELEGATE, PROMPT)

# How sure it is that the row happens, surest first.
CERTAIN, POSSIBLE, UNCERTAIN, OPAQUE = "certain", "possible", "unknown", "opaque"
CERTAINTIES = (CERTAIN, POSSIBLE, UNCERTAIN, OPAQUE)

# How much of the file system a path row covers.
EXACT, GLOB, TREE = "exact", "glob", "tree"

# What a command means. Closed list; the programs table sets them.
TRAITS = frozenset({
    "read-only", "force", "destroys-data", "destroys-infrastructure", "discards-work", "skips-checks", "publishes",
    "sends", "computed-address", "runs-fetched-code", "foreign-package", "prints-environment", "starts-agent",
    "configures-hooks", "privileged", "controls-service", "signals", "removes-package", "malformed",
})  # fmt: skip


class Wildcard:
    """One unknown part of a `Pattern`."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return self.name


ANY = Wildcard("ANY")  # any text, slashes too: an unknown variable
STAR = Wildcard("STAR")  # any text without a slash: the shell's *
ONE = Wildcard("ONE")  # one character that is not a slash: the shell's ? and [...]
NUMBER = Wildcard("NUMBER")  # digits, perhaps with a sign before them: a count, the number of a process


class Pattern:
    """A text of which only parts are known: a tuple of known texts and wildcards, in order."""

    __slots__ = ("parts",)

    def __init__(self, parts: tuple[str | Wildcard, ...]) -> None:
        self.parts = parts

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Pattern) and self.parts == other.parts

    def __hash__(self) -> int:
        return hash(self.parts)

    def names(self, _cwd: str, _disk: Disk) -> list[str] | None:
        """Return the names of files that it stands for, where more is known of it than its parts say; else None."""
        return None

    def __str__(self) -> str:
        """Return the pattern as people write it; an unknown part is `…`."""
        marks = {STAR: "*", ONE: "?", ANY: "…", NUMBER: "#"}
        return "".join(part if isinstance(part, str) else marks[part] for part in self.parts)

    def __repr__(self) -> str:
        return f"Pattern({str(self)!r})"


class Unknown:
    """A value of which nothing is known. There is one: `UNKNOWN`."""

    __slots__ = ()

    def __str__(self) -> str:
        return "…"

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN = Unknown()


class Path:
    """A path resource: absolute, in its two spellings.

    `text` is lexical (no `.` and `..`, no symlink followed), `resolved` has every symlink followed as far as the path
    exists. Both are equal where nothing is a link. `extent`: EXACT (for a pattern: no file has such a name now), GLOB
    (a pattern that could not be expanded) or TREE (the path and everything beneath it). `keeps` tells of a path relative
    to such a folder whether it is meant, None where all are.
    """

    __slots__ = ("extent", "keeps", "resolved", "text")

    def __init__(self, text: Value, resolved: Value | None = None, extent: str = EXACT) -> None:
        self.text = text
        self.resolved = text if resolved is None else resolved
        self.extent = extent
        self.keeps: Callable[[str], bool] | None = None

    def __repr__(self) -> str:
        link = "" if self.resolved == self.text else f" -> {self.resolved}"
        return f"{self.text}{link}{'' if self.extent == EXACT else ' (' + self.extent + ')'}"


class Origin:
    """Where rows come from: one simple command, or none for tools that are no shell. Shared by its rows.

    `command`: the program as it is called and, where its table names subcommands, those: ("git", "push"). Empty for
    tools that are no shell. `program`: the path that the program resolves to where it is known, else "". `flags` are
    the options in the spelling of the table ("--force" for -f), `args` the operands, `via` the carriers round it from
    the outside in ("sudo", "sh -c"), `traits` what it means, `span` the piece of the input it was read from (start,
    end; characters).
    """

    __slots__ = ("args", "command", "flags", "program", "span", "traits", "via")

    def __init__(
        self,
        command: tuple[str, ...] = (),
        *,
        program: str = "",
        flags: tuple[Value, ...] = (),
        args: tuple[Value, ...] = (),
        via: tuple[str, ...] = (),
        traits: frozenset[str] = frozenset(),
        span: tuple[int, int] = (0, 0),
    ) -> None:
        self.command = command
        self.program = program
        self.flags = flags
        self.args = args
        self.via = via
        self.traits = traits
        self.span = span


NO_ORIGIN = Origin()


class Row:
    """One access. At most one resource is set; `why` says in a few words how it came about.

    `malformed` is what the call held in a resource's place where that cannot be judged, for the record only: escaped and cut.
    """

    __slots__ = (
        "action", "certainty", "host", "malformed", "mcp_tool", "method", "origin", "package", "path", "port", "ref", "remote",
        "server", "sql_verb", "subagent", "tool", "variable", "why",
    )  # fmt: skip

    def __init__(
        self,
        action: str,
        certainty: str = CERTAIN,
        *,
        tool: str = "",
        origin: Origin = NO_ORIGIN,
        path: Path | None = None,
        host: Value | None = None,
        port: int | None = None,
        ref: Value | None = None,
        remote: Value | None = None,
        package: Value | None = None,
        variable: Value | None = None,
        server: str | None = None,
        mcp_tool: str | None = None,
        subagent: str | None = None,
        method: str | None = None,
        sql_verb: str | None = None,
        why: str = "",
        malformed: str = "",
    ) -> None:
        self.action = action
        self.certainty = certainty
        self.tool = tool
        self.origin = origin
        self.path = path
        self.host = host
        self.port = port
        self.ref = ref
        self.remote = remote
        self.package = package
        self.variable = variable
        self.server = server
        self.mcp_tool = mcp_tool
        self.subagent = subagent
        self.method = method
        self.sql_verb = sql_verb
        self.why = why
        self.malformed = malformed

    def resource(self) -> tuple[str, Value | Path | None]:
        """Return the kind and the value of the resource; ("", None) where there is none."""
        for kind in RESOURCES:
            value = getattr(self, kind)
            if value is not None:
                return kind, value
        return "", None

    def __repr__(self) -> str:
        kind, value = self.resource()
        parts = [
            self.certainty,
            self.action,
            f"{kind} {value}" if kind else "",
            " ".join(self.origin.command),
            self.why,
        ]
        return f"Row({' · '.join(part for part in parts if part)})"


def possible(row: Row) -> Row:
    """Return a row that is `possible` where the given one is `certain`; any other row as it is."""
    if row.certainty != CERTAIN:
        return row
    other = Row.__new__(Row)
    for name in Row.__slots__:
        setattr(other, name, getattr(row, name))
    other.certainty = POSSIBLE
    return other


RESOURCES = ("path", "host", "ref", "package", "variable", "server", "subagent")


class ToolCall:
    """What the agent asks to do, as the adapter read it. Every text is a claim of the agent's.

    `event` is the hook event, `tool` the tool's name ("" for events without one), `input` the tool's arguments.
    `prompt` is the person's text for prompt events. `source` says who wrote a prompt ("" where the agent does not say).
    `subagent` is the kind of subagent that asks, "" for the main one.
    """

    __slots__ = (
        "agent", "agent_version", "cwd", "event", "fields", "input", "permission_mode", "prompt", "session", "source",
        "subagent", "subagent_id", "tool", "tool_use_id",
    )  # fmt: skip

    def __init__(
        self,
        event: str,
        tool: str = "",
        input: dict[str, Any] | None = None,  # noqa: A002 - the agent's own word for it
        *,
        cwd: str = "/",
        session: str = "",
        tool_use_id: str = "",
        subagent: str = "",
        subagent_id: str = "",
        permission_mode: str = "",
        prompt: str = "",
        source: str = "",
        agent: str = "claude-code",
        agent_version: str = "",
        fields: dict[str, Any] | None = None,
    ) -> None:
        self.event = event
        self.tool = tool
        self.input = {} if input is None else input
        self.cwd = cwd
        self.session = session
        self.tool_use_id = tool_use_id
        self.subagent = subagent
        self.subagent_id = subagent_id
        self.permission_mode = permission_mode
        self.prompt = prompt
        self.source = source
        self.agent = agent
        self.agent_version = agent_version
        self.fields = {} if fields is None else fields


class Access:
    """All that a tool call would do, as far as it can be known.

    `complete` is false when a budget cut the list of rows (an opaque row then stands for the rest). `work` counts what
    was spent (nodes, words, …). `known` is false for a tool that agentguard has no table entry for. `files` are those
    that were read because the call runs them: SHA-256 (hex) and size in bytes by path.
    """

    __slots__ = ("complete", "files", "known", "rows", "work")

    def __init__(
        self, rows: list[Row], *, complete: bool = True, known: bool = True, work: dict[str, int] | None = None,
        files: dict[str, tuple[str, int]] | None = None,
    ) -> None:  # fmt: skip
        self.rows = rows
        self.complete = complete
        self.known = known
        self.work = {} if work is None else work
        self.files = {} if files is None else files
