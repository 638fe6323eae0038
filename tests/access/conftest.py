"""Worlds for the tests of the access layer: made-up disks, and real folders."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest

from agentguard.access import tools
from agentguard.access.model import Access, Row, ToolCall
from agentguard.access.world import MemoryDisk, RealDisk, World

HOME = "/home/dev"
PROJECT = "/home/dev/project"

TREE: dict[str, bytes | str | None] = {
    "/home/dev/.ssh/id_ed25519": b"key",
    "/home/dev/.aws/credentials": b"key",
    "/home/dev/.bashrc": b"",
    "/home/dev/project/.env": b"A=1",
    "/home/dev/project/.git/HEAD": b"ref: refs/heads/feature/x\n",
    "/home/dev/project/.git/config": b'[remote "origin"]\n\turl = https://github.com/acme/app.git\n',
    "/home/dev/project/.git/objects": None,
    "/home/dev/project/.git/refs": None,
    "/home/dev/project/.gitignore": b".env\nnode_modules/\n",
    "/home/dev/project/README.md": b"",
    "/home/dev/project/docs/key.txt": "/home/dev/.ssh/id_ed25519",
    "/home/dev/project/node_modules/x/.env": b"",
    "/home/dev/project/src/app.py": b"",
    "/home/dev/project/src/my file.py": b"",
    "/home/dev/project/up": "..",
}


def made_up(tree: dict[str, bytes | str | None] | None = None, **fields: Any) -> World:
    """Return a world on a made-up disk."""
    fields = {"home": HOME, "project": PROJECT} | fields
    return World(disk=MemoryDisk(TREE if tree is None else tree), **fields)


def real(home: str | os.PathLike[str], **fields: Any) -> World:
    """Return a world on this machine's disk."""
    return World(home=str(home), disk=RealDisk(), **fields)


@pytest.fixture
def world() -> World:
    return made_up()


@pytest.fixture
def worlds() -> Callable[..., World]:
    return made_up


@pytest.fixture
def on_disk() -> Callable[..., World]:
    return real


@pytest.fixture
def call(world: World) -> Callable[..., Access]:
    """Return a function that gives the access of a tool call in the made-up project."""

    def made(tool: str, *, cwd: str = PROJECT, fields: dict[str, Any] | None = None, **arguments: Any) -> Access:
        return tools.access(ToolCall("PreToolUse", tool, arguments, cwd=cwd, fields=fields), world)

    return made


@pytest.fixture
def said() -> Callable[[list[Row]], list[str]]:
    """Return a function that writes rows, the `use` row left out, as short texts."""

    def written(rows: list[Row]) -> list[str]:
        found = []
        for row in rows:
            if row.action == "use":
                continue
            kind, value = row.resource()
            trait = " malformed" if "malformed" in row.origin.traits else ""
            extent = f" {row.path.extent}" if row.path and row.path.extent != "exact" else ""
            link = f" -> {row.path.resolved}" if row.path and str(row.path.resolved) != str(row.path.text) else ""
            text = row.path.text if row.path else value
            port = f":{row.port}" if row.port is not None else ""
            sure = "" if row.certainty == "certain" else f"{row.certainty} "
            found.append(f"{sure}{row.action}{f' {text}{port}' if kind else ''}{link}{extent}{trait}")
        return found

    return written


EVERYDAY: dict[str, bytes | str | None] = {
    f"/home/dev/project/{name}": b""
    for name in (
        ".env", ".git/HEAD", "README.md", "a.txt", "b.txt", "package.json", "src/app.py", "src/a.py", "tests/test_a.py",
        "docs/index.md", "migrations/001.sql", "dist/app.js", "build/x.o", "scripts/run.sh", "local/package.json",
        ".claude/settings.json",
    )
} | {"/home/dev/.ssh/id_ed25519": b"", "/etc/passwd": b"", "/tmp": None, "/bin/cat": b""}  # fmt: skip


@pytest.fixture
def short() -> Callable[[str], str]:
    """Return a function that writes what shell text would do as one line.

    Parts are separated by ` | `. A command is written with its carriers (`sudo> rm`), its traits in braces and what it
    names; then its other rows. `?` is possible, `~` unknown. Paths are relative to the project, `/**` is a tree.
    """
    from agentguard.access.shell.interpret import interpret  # noqa: PLC0415 - loads the parser

    world = made_up(
        EVERYDAY, user="dev", hostname="box", branch="feature/x", remotes={"origin": "https://github.com/acme/app.git"}
    )

    def path(row: Row) -> str:
        assert row.path is not None
        text = str(row.path.text)
        for folder, name in (("/home/dev/project", ""), ("/home/dev", "~")):
            if text == folder or text.startswith(folder + "/"):
                text = (name + text[len(folder) :]).removeprefix("/") or "."
                break
        return text + ("/**" if row.path.extent == "tree" else "")

    def part(row: Row) -> str:
        sure = {"certain": "", "possible": "?", "unknown": "~", "opaque": "opaque: "}[row.certainty]
        kind, value = row.resource()
        named = "" if not kind else path(row) if kind == "path" else str(value)
        if row.action == "execute":
            traits = "{" + " ".join(sorted(row.origin.traits)) + "}" if row.origin.traits else ""
            what = row.why if row.certainty == "opaque" else " ".join(row.origin.command)
            extra = f"{kind}={named}" if kind else f"sql={row.sql_verb}" if row.sql_verb else ""
            remote = f"@{row.remote}" if row.remote is not None else ""
            text = " ".join(piece for piece in (what, traits, extra + remote) if piece)
            return sure + "".join(f"{carrier}> " for carrier in row.origin.via) + text
        port = f":{row.port}" if row.port is not None else ""
        traits = sorted(row.origin.traits & {"sends", "computed-address", "malformed"})
        more = [row.method or "", "{" + " ".join(traits) + "}" if traits and row.action != "write" else ""]
        return " ".join(piece for piece in (f"{sure}{row.action} {named}{port}", *more) if piece)

    def written(command: str) -> str:
        parts: list[str] = []
        for row in interpret(command, PROJECT, world, "Bash").rows:
            if (text := part(row)) not in parts:
                parts.append(text)
        return " | ".join(parts)

    return written
