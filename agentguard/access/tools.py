"""From a tool call to its rows: one table of the agent's tools, by name.

Names and fields are those of Claude Code (read off and measured on client 2.1.330). Rules:

- Every tool call gives one `use` row, and the rows of what the tool does. A tool that is not in the table gives the
  `use` row alone, and `known` is false.
- The client trims a path, takes `~/` for the home and composes Unicode (NFC) before it opens it. Rows are made for
  the text as it stands and for what the client makes of it.
- Edit and NotebookEdit read as well as write: whether the old text is found, and the answer, tell what is there.
- Glob tells names and never contents, so it reads the folder where it starts, as `ls` does. Grep reads contents: of a
  file, or of everything beneath a folder that its globs choose (see walk.manners).
- A field that is missing or of the wrong type gives a row with the trait `malformed`; it cannot be judged, and the
  client would not run it either.
"""

from __future__ import annotations

from agentguard.access import limits, paths
from agentguard.access.model import (
    CONNECT,
    DELEGATE,
    DELETE,
    EXACT,
    EXECUTE,
    MCP,
    NO_ORIGIN,
    OPAQUE,
    PROMPT,
    READ,
    STAR,
    TREE,
    UNCERTAIN,
    UNKNOWN,
    USE,
    WRITE,
    Access,
    Origin,
    Path,
    Pattern,
    Row,
)
from agentguard.access.payload import PROMPT_EVENTS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeAlias

    from agentguard.access.model import ToolCall
    from agentguard.access.world import World

    Builder: TypeAlias = Callable[..., Access]

_DEFAULT_SUBAGENT = "general-purpose"  # what the client starts where the call names no kind
_WORKTREES = "/.claude/worktrees"  # where the client puts the worktrees that it makes
_LISTS = ("files", "file_paths")  # fields that hold one text or a list of them
_META = frozenset("*?[{\\")


def access(call: ToolCall, world: World) -> Access:
    """Return the rows of a tool call or of a prompt, none for events about neither. Never raises, whatever it holds."""
    if call.event in PROMPT_EVENTS:
        from agentguard.access import mentions  # noqa: PLC0415 - only for prompts

        rows, complete = mentions.rows(call.prompt, call.cwd, world)
        return Access([Row(PROMPT), *rows], complete=complete)
    if not call.tool:
        return Access([])
    builder, *details = _TABLE.get(call.tool) or ((_mcp,) if call.tool.startswith("mcp__") else (None,))
    known = builder is not None or call.tool in _WITHOUT_EFFECT
    built = builder(call, world, *details) if builder else Access([])
    named = _NAMES.get(call.tool, ())
    args = tuple(value for field in named if isinstance(value := call.input.get(field), str))
    use = Row(USE, tool=call.tool, origin=Origin(args=args) if args else NO_ORIGIN)
    return Access([use, *built.rows], complete=built.complete, known=known, work=built.work, files=built.files)


def _texts(call: ToolCall, action: str, fields: tuple[str, ...], *, needed: bool) -> tuple[list[str], list[Row]]:
    """Return the texts in some fields, and a malformed row for each field that holds something else.

    Only the fields of _LISTS may hold several. Where none is there and one is needed, that is a malformed row too.
    """
    texts: list[str] = []
    bad: list[Row] = []
    for field in fields:
        value = call.input.get(field)
        several = value if isinstance(value, list) and field in _LISTS else [] if value is None else [value]
        if len(several) > limits.MAX_INPUT_ROWS or not all(isinstance(text, str) for text in several):
            bad.append(paths.malformed(action, call.tool, f"{field} is not a text"))
        else:
            texts += several
    if needed and not texts and not bad:
        bad.append(paths.malformed(action, call.tool, f"{fields[0]} is missing"))
    return texts, bad


def _spellings(text: str, world: World) -> list[str]:
    """Return a path as it stands, and as the client opens it."""
    found = [text]
    trimmed = text.strip().strip("\ufeff").strip()
    home = trimmed == "~" or trimmed.startswith(("~/", "~\\") if world.platform == "win32" else "~/")
    found.append(world.home + trimmed[1:] if home else trimmed)
    if not text.isascii():
        import unicodedata  # noqa: PLC0415 - a large table, and rarely needed

        found.append(unicodedata.normalize("NFC", found[-1]))
    return [one for one in dict.fromkeys(found) if one]


def _opened(call: ToolCall, world: World, field: str, text: str) -> tuple[list[Path], str]:
    """Return the paths that a tool opens for a text, or why the text is malformed."""
    why = paths.fault(text)
    if why:
        return [], f"{field} is malformed: {why}"
    clean = dict.fromkeys(paths.absolute(one, call.cwd, world.platform) for one in _spellings(text, world))
    return [paths.exact(one, call.cwd, world) for one in clean if not paths.silent(one)], ""


def _files(call: ToolCall, world: World, actions: tuple[str, ...], fields: tuple[str, ...], needed: bool) -> Access:
    """Rows for the files that some fields name: the tool's own field first, then what clients accept for it."""
    texts, rows = _texts(call, actions[-1], fields, needed=needed)
    for text in texts:
        found, why = _opened(call, world, fields[0], text)
        if why:
            rows.append(paths.malformed(actions[-1], call.tool, why, text))
        for path in found:
            origin = (
                _bringing(call, world, path) if WRITE in actions and str(path.text)[-3:].lower() == ".md" else NO_ORIGIN
            )
            rows += [Row(action, tool=call.tool, path=path, origin=origin) for action in actions]
    return Access(rows)


def _bringing(call: ToolCall, world: World, path: Path) -> Origin:
    """Return the origin that says whether what is written brings hooks."""
    from agentguard.access import frontmatter  # noqa: PLC0415 - only for Markdown

    names = {str(path.text), str(path.resolved)}
    if any(map(frontmatter.concerns, names)) and frontmatter.brings_hooks(call.input, str(path.resolved), world):
        return Origin(traits=frozenset({"configures-hooks"}))
    return NO_ORIGIN


def _grep(call: ToolCall, world: World) -> Access:
    roots, rows = _texts(call, READ, ("path", "file_path"), needed=False)
    given, bad = _texts(call, READ, ("glob",), needed=False)
    globs: list[str] = []
    for glob in given:
        for word in glob.split():
            globs += [word] if "{" in word and "}" in word else [part for part in word.split(",") if part]
    origin = Origin(flags=("--hidden", *(f"--glob={glob}" for glob in globs)))
    for root in [root for root in roots if root] or [call.cwd]:
        found, why = _opened(call, world, "path", root)
        if why:
            rows.append(paths.malformed(READ, call.tool, why, root))
        for path in found:
            extent = EXACT if world.disk.kind(str(path.resolved)) == "file" else TREE
            searched = Path(path.text, path.resolved, extent)
            rows.append(Row(READ, tool=call.tool, path=searched, origin=origin, why="searches contents"))
    return Access(rows + bad)


def _glob(call: ToolCall, world: World) -> Access:
    folders, rows = _texts(call, READ, ("path", "file_path"), needed=False)
    patterns, bad = _texts(call, READ, ("pattern",), needed=True)
    from agentguard.access.globs import braces  # noqa: PLC0415 - only here

    for pattern in patterns:
        if why := paths.fault(pattern):
            bad.append(paths.malformed(READ, call.tool, f"pattern is malformed: {why}", pattern))
            continue
        alternatives = braces(pattern)
        if alternatives is None:
            rows.append(Row(READ, UNCERTAIN, tool=call.tool, path=Path(UNKNOWN), why="lists names"))
        for text in alternatives or ():
            names = text.split("/")
            known = 0
            while known < len(names) - 1 and _META.isdisjoint(names[known]):
                known += 1
            start = "/".join(names[:known]) or ("/" if text[:1] == "/" else "")
            for folder in [folder for folder in folders if folder] or [call.cwd]:
                rooted = start[:1] in ("/", "~") or start[1:2] == ":"
                place = start if rooted else f"{folder}/{start}"
                found, why = _opened(call, world, "path", place)
                if why:
                    bad.append(paths.malformed(READ, call.tool, why, place))
                rows += [Row(READ, tool=call.tool, path=path, why="lists names") for path in found]
    return Access(_distinct(rows) + bad)


def _distinct(rows: list[Row]) -> list[Row]:
    return list({(row.action, str(row.path), row.why): row for row in rows}.values())


def _connect(call: ToolCall, field: str, url: str, method: str | None) -> Row:
    from agentguard.access import hosts  # noqa: PLC0415 - file tools need no hosts

    try:
        _, host, port = hosts.parts(url)
    except hosts.BadUrl as bad:
        return paths.malformed(CONNECT, call.tool, f"{field} is malformed: {bad}", url)
    if not host:
        return paths.malformed(CONNECT, call.tool, f"{field} names no host", url)
    return Row(CONNECT, tool=call.tool, host=host, port=port, method=method)


def _fetch(call: ToolCall, _world: World) -> Access:
    urls, rows = _texts(call, CONNECT, ("url",), needed=True)
    return Access(rows + [_connect(call, "url", url, "GET") for url in urls])


def _shell(call: ToolCall, world: World) -> Access:
    command = call.input.get("command")
    if not isinstance(command, str):
        return Access([paths.malformed(EXECUTE, call.tool, "command is not a text")])
    if "\0" in command:
        return Access([paths.malformed(EXECUTE, call.tool, "command holds a NUL character")])
    try:
        command.encode()
    except UnicodeEncodeError:
        return Access([paths.malformed(EXECUTE, call.tool, "command holds half a surrogate pair")])
    from agentguard.access.shell.interpret import interpret  # noqa: PLC0415 - loads the parser

    return interpret(command, call.cwd, world, call.tool)


def _monitor(call: ToolCall, world: World) -> Access:
    """Monitor watches the output of a command, or a web socket."""
    socket = call.input.get("ws")
    if socket is None:
        return _shell(call, world)
    rows = [] if call.input.get("command") is None else list(_shell(call, world).rows)
    url = socket.get("url") if isinstance(socket, dict) else None
    if not isinstance(url, str):
        return Access([*rows, paths.malformed(CONNECT, call.tool, "ws.url is not a text")])
    return Access([*rows, _connect(call, "ws.url", url, None)])


def _powershell(call: ToolCall, _world: World) -> Access:
    if not isinstance(call.input.get("command"), str):
        return Access([paths.malformed(EXECUTE, call.tool, "command is not a text")])
    return Access([Row(EXECUTE, OPAQUE, tool=call.tool, why="PowerShell is not read")])


def _agent(call: ToolCall, _world: World) -> Access:
    kind = call.input.get("subagent_type")
    if kind is not None and not isinstance(kind, str):
        return Access([paths.malformed(DELEGATE, call.tool, "subagent_type is not a text")])
    return Access([Row(DELEGATE, tool=call.tool, subagent=kind or _DEFAULT_SUBAGENT)])


def _delegates(call: ToolCall, world: World, fields: tuple[str, ...]) -> Access:
    """Rows of a tool that starts agents of kinds that its input does not name, and that may run a script of a file."""
    rows = _files(call, world, (READ,), fields, False).rows if fields else []
    return Access([Row(DELEGATE, tool=call.tool), *rows])


def _resource(call: ToolCall, _world: World, needed: bool) -> Access:
    """Rows of a tool that reads resources of an MCP server."""
    servers, rows = _texts(call, MCP, ("server",), needed=needed)
    return Access(rows + [Row(MCP, tool=call.tool, server=server) for server in servers])


def _worktrees(call: ToolCall, world: World) -> str:
    """Return the folder in which the client keeps the worktrees of the repository that the session is in."""
    from agentguard.access import repo  # noqa: PLC0415 - only here

    found = repo.read(call.cwd, world.disk)
    return (found.main_top if found else world.project or call.cwd).rstrip("/") + _WORKTREES


def _enter_worktree(call: ToolCall, world: World) -> Access:
    """Entering by `name` makes a worktree; by `path` it changes to one that is there."""
    if call.input.get("path") is not None:
        return _files(call, world, (READ,), ("path",), True)
    names, rows = _texts(call, WRITE, ("name",), needed=False)
    home = _worktrees(call, world)
    for name in names:
        why = paths.fault(name)
        if why:
            rows.append(paths.malformed(WRITE, call.tool, f"name is malformed: {why}", name))
        else:
            rows.append(Row(WRITE, tool=call.tool, path=paths.tree(f"{home}/{name}", call.cwd, world)))
    if not names and not rows:  # the client makes a name up
        path = Path(Pattern((home + "/", STAR)), Pattern((paths.resolve(home, world.disk) + "/", STAR)), TREE)
        rows.append(Row(WRITE, tool=call.tool, path=path))
    return Access(rows)


def _exit_worktree(call: ToolCall, world: World) -> Access:
    """Leaving with `remove` deletes the worktree that the session is in."""
    action = call.input.get("action")
    if not isinstance(action, str):
        return Access([paths.malformed(DELETE, call.tool, "action is not a text")])
    if action == "keep":
        return Access([])
    before, here, behind = call.cwd.partition(_WORKTREES + "/")
    origin = Origin(traits=frozenset({"discards-work"})) if call.input.get("discard_changes") is True else NO_ORIGIN
    if here:
        path = paths.tree(f"{before}{here}{behind.partition('/')[0]}", call.cwd, world)
    else:
        home = _worktrees(call, world)
        path = Path(Pattern((home + "/", STAR)), Pattern((paths.resolve(home, world.disk) + "/", STAR)), TREE)
    return Access([Row(DELETE, tool=call.tool, path=path, origin=origin)])


def _mcp(call: ToolCall, world: World) -> Access:
    """Rows of `mcp__SERVER__TOOL`. Where the client names the server apart, that says where its name ends."""
    from agentguard.access import arguments  # noqa: PLC0415 - only here

    rest = call.tool.removeprefix("mcp__")
    server, _, tool = rest.partition("__")
    claim: Any = call.fields.get("mcp_server")
    name = claim.get("name") if isinstance(claim, dict) else None
    if isinstance(name, str) and name:
        plain = "".join(char if char.isascii() and (char.isalnum() or char in "_-") else "_" for char in name)
        if rest.startswith(plain + "__"):
            server, tool = plain, rest[len(plain) + 2 :]
    rows, complete = arguments.rows(call.input, call.cwd, world, call.tool)
    rows.insert(0, Row(MCP, tool=call.tool, server=server, mcp_tool=tool))
    if not complete:
        rows.append(Row(MCP, OPAQUE, tool=call.tool, server=server, mcp_tool=tool, why="too many arguments to look at"))
    return Access(rows, complete=complete)


# What each tool does: the builder of its rows, and what that needs to know.
_TABLE: dict[str, tuple[Any, ...]] = {
    "Read": (_files, (READ,), ("file_path", "path"), True),
    "Write": (_files, (WRITE,), ("file_path", "path"), True),
    "Edit": (_files, (READ, WRITE), ("file_path", "path"), True),
    "MultiEdit": (_files, (READ, WRITE), ("file_path", "path"), True),
    "NotebookEdit": (_files, (READ, WRITE), ("notebook_path", "file_path", "path"), True),
    "NotebookRead": (_files, (READ,), ("notebook_path", "file_path", "path"), True),
    "LS": (_files, (READ,), ("path",), False),
    "LSP": (_files, (READ,), ("filePath", "file_path"), True),
    "SendUserFile": (_files, (READ,), ("files",), True),
    "SendFile": (_files, (READ,), ("files",), True),
    "Artifact": (_files, (READ,), ("file_path", "file_paths"), False),
    "Glob": (_glob,),
    "Grep": (_grep,),
    "Bash": (_shell,),
    "Monitor": (_monitor,),
    "PowerShell": (_powershell,),
    "WebFetch": (_fetch,),
    "Agent": (_agent,),
    "Task": (_agent,),
    "Workflow": (_delegates, ("scriptPath",)),
    "RemoteTrigger": (_delegates, ()),
    "ReadMcpResourceTool": (_resource, True),
    "ReadMcpResourceDirTool": (_resource, True),
    "ListMcpResourcesTool": (_resource, False),
    "EnterWorktree": (_enter_worktree,),
    "ExitWorktree": (_exit_worktree,),
}

# Tools that touch no file, host or process by themselves. What they lead to comes as a tool call of its own.
_WITHOUT_EFFECT = frozenset({
    "AgentOutput", "AgentOutputTool", "AskUserQuestion", "BashOutput", "BashOutputTool", "Brief", "CronCreate",
    "CronDelete", "CronList", "EndConversation", "EnterPlanMode", "ExitPlanMode", "KillBash", "KillShell", "ListAgents",
    "ListPeers", "ProposeGoal", "PushNotification", "ReadNotifications", "ReportFindings", "ScheduleWakeup",
    "SendMessage", "SendUserMessage", "SetGoal", "Skill", "SlashCommand", "StructuredOutput", "SubagentHandback",
    "TaskCreate", "TaskGet", "TaskList", "TaskOutput", "TaskStop", "TaskUpdate", "TodoRead", "TodoWrite", "ToolSearch",
    "WaitForMcpServers", "WebSearch",
})  # fmt: skip

TOOLS = frozenset(_TABLE) | _WITHOUT_EFFECT  # those that agentguard knows, beside tools of MCP servers

# Fields that say which of a tool's many things is used: operands of the `use` row.
_NAMES = {"Skill": ("skill", "args"), "SlashCommand": ("command",), "Workflow": ("name",)}
