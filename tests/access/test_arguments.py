"""What the arguments of an MCP tool name."""

from __future__ import annotations

import pytest

from agentguard.access import arguments, limits
from agentguard.access.model import UNKNOWN

P = "/home/dev/project"


def both(path: str) -> list[str]:
    return [f"possible read {path}", f"possible write {path}"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        # paths, by how they are written
        ({"x": "/etc/shadow"}, both("/etc/shadow")),
        ({"x": ".env"}, both(f"{P}/.env")),
        ({"x": "src/app.py"}, both(f"{P}/src/app.py")),
        ({"x": "app.py"}, both(f"{P}/app.py")),
        ({"x": "../other"}, both("/home/dev/other")),
        ({"x": "~/.ssh/id"}, both(f"{P}/~/.ssh/id") + both("/home/dev/.ssh/id")),
        ({"x": "docs/key.txt"}, both(f"{P}/docs/key.txt -> /home/dev/.ssh/id_ed25519")),
        ({"x": "up/../.env"}, both(f"{P}/.env") + both(f"{P}/.env -> /home/.env")),
        ({"x": "/home/dev/project/src/my file.py"}, both(f"{P}/src/my file.py")),
        ({"x": ["a.py", {"y": ".env"}]}, both(f"{P}/a.py") + both(f"{P}/.env")),
        ([".env"], both(f"{P}/.env")),
        (".env", both(f"{P}/.env")),
        ({"a": ".env", "b": ".env"}, both(f"{P}/.env")),
        ({"x": "/dev/null"}, []),
        # paths, by what the field is called
        ({"path": "README"}, both(f"{P}/README")),
        ({"filePath": "my file"}, both(f"{P}/my file")),
        ({"output_dir": "out"}, both(f"{P}/out")),
        ({"profile": "default"}, []),
        # no paths
        ({"x": "hello"}, []),
        ({"x": "and/or is it"}, []),
        ({"x": "see .env please"}, []),
        ({"x": "/deploy it now"}, []),
        ({"x": "/api/users"}, []),
        ({"path": "/api/users"}, []),
        ({"x": "1.5"}, []),
        ({"x": "v1.2.3"}, []),
        ({"x": "..."}, []),
        ({"x": "dev@example.com"}, []),
        ({"x": "/etc/shadow\nsecond line"}, []),
        ({"x": "a" * 5000 + "/b"}, []),
        ({"x": ""}, []),
        ({"x": "  "}, []),
        ({"x": [1, None, True, 1.5]}, []),
        # URLs
        ({"x": "https://api.example.com/v1"}, ["possible connect api.example.com:443"]),
        ({"x": "http://0xA9FEA9FE/latest"}, ["possible connect 169.254.169.254:80"]),
        ({"x": "https://example.com is the site"}, ["possible connect example.com:443"]),
        ({"x": "postgres://u:p@db.example/app"}, ["possible connect db.example:5432"]),
        ({"url": "example.com/x"}, ["possible connect example.com", *both(f"{P}/example.com/x")]),
        ({"host": "db.example:5432"}, ["possible connect db.example:5432"]),
        ({"url": "local name"}, []),
        ({"x": "https://{tenant}.example.com/"}, ["unknown connect \u2026"]),
        ({"x": "s3://bucket/key"}, ["possible connect bucket"]),
        ({"x": "x:///nothing"}, ["unknown connect \u2026"]),
        ({"x": "file:///etc/shadow"}, both("/etc/shadow")),
        ({"x": "file://localhost/etc/sh%61dow?x#y"}, both("/etc/shadow")),
        ({"x": "file:///etc/100%"}, both("/etc/100%")),
        # malformed
        ({"x": "https://attacker.example\0.github.com/x"}, ["connect malformed"]),
        ({"x": "https://evil.example\\@github.com/"}, ["connect malformed"]),
        ({"x": "/etc/passwd\0.png"}, ["read malformed"]),
        ({"path": "a\x1bb"}, ["read malformed"]),
    ],
)
def test_arguments_name_files_and_hosts(world, said, value: object, expected: list[str]) -> None:
    """By how a text is written, or what its field is called; all only possible, none twice."""
    rows, complete = arguments.rows(value, P, world, "mcp__a__b")
    assert expected == said(rows)
    assert complete
    assert {"mcp__a__b"} >= {row.tool for row in rows}


def test_a_folder_of_this_machine_makes_a_path(worlds, said) -> None:
    """`/api/users` is a path where there is an /api."""
    rows, _ = arguments.rows({"x": "/api/users"}, P, worlds({"/api/x": b""}), "t")
    assert both("/api/users") == said(rows)


def test_a_windows_path_is_one(worlds, said) -> None:
    """With a drive or backslashes."""
    rows, _ = arguments.rows(["C:\\x", "..\\y", "file:///C:/z"], "C:/p", worlds({}, platform="win32"), "t")
    assert both("C:/x") + both("C:/y") + both("C:/z") == said(rows)


def test_too_many_arguments_are_said(call) -> None:
    """Values and rows are counted; past the limits an opaque row stands for the rest."""
    for value in (["x"] * (limits.MAX_INPUT_NODES + 1), [f"{number}.py" for number in range(limits.MAX_INPUT_ROWS)]):
        access = call("mcp__a__b", x=value)
        assert (False, "opaque", "a") == (access.complete, access.rows[-1].certainty, access.rows[-1].server)
    assert call("mcp__a__b", x=["x"] * (limits.MAX_INPUT_NODES - 10)).complete


def test_deep_arguments_are_no_trouble(call) -> None:
    """Nesting costs a step a level."""
    value: object = ".env"
    for _ in range(900):
        value = [value]
    assert ["use", "mcp", "read", "write"] == [row.action for row in call("mcp__a__b", x=value).rows]


def test_a_host_that_cannot_be_read_is_unknown(world) -> None:
    """A template has no known part."""
    (row,), _ = arguments.rows("https://{x}/", P, world, "t")
    assert row.host is UNKNOWN


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"command": "cat .env"}, ("read", "/home/dev/project/.env")),
        ({"cmd": "echo x | tee out.txt"}, ("write", "/home/dev/project/out.txt")),
        ({"command": "cat", "args": [".env"]}, ("read", "/home/dev/project/.env")),
        ({"command": ["rm", "-rf", "a b"]}, ("delete", "/home/dev/project/a b")),
        ({"run": {"shell_command": "cd src && rm x"}}, ("delete", "/home/dev/project/src/x")),
    ],
)
def test_commands_are_read_as_a_shell_reads_them(world, value, expected):
    """What a server may be asked to run is possible, whatever it would be for the agent's own shell."""
    found, complete = arguments.rows(value, P, world, "mcp__x__y")
    assert complete
    assert {"possible"} == {row.certainty for row in found}
    assert expected in [(row.action, str(row.path.text)) for row in found if row.path]


def test_text_that_is_no_command_gives_no_opaque_row(world):
    """A field may be called a command and hold prose."""
    for text in ("don't", "create_issue", "if (", "for each file, do it"):
        found, _ = arguments.rows({"command": text}, P, world, "mcp__x__y")
        assert "opaque" not in [row.certainty for row in found]
