"""Rows of real calls have nothing that the table of conditions does not expect on their action.

A rule is filed under the actions in that table, so a row with more than the table says would slip past rules.
"""

import pytest

from agentguard.access import tools
from agentguard.access.model import ToolCall
from agentguard.policy import calls, setting
from agentguard.policy.conditions import CONDITIONS

ON_ROW = (
    "host",
    "port",
    "method",
    "ref",
    "remote",
    "package",
    "variable",
    "server",
    "mcp_tool",
    "sql_verb",
    "path",
    "tool",
)
ON_ORIGIN = {"command": "command", "flags": "flags", "args": "args", "via": "via", "trait": "traits"}

CALLS = [
    "Read .env",
    "Write a",
    "Edit a",
    "NotebookEdit n.ipynb",
    "Glob **/*.py",
    "Grep src",
    "WebFetch https://x.example:8443/a",
    "WebSearch words",
    "Agent explore",
    "Skill deploy",
    "mcp__srv__do",
    "UserPromptSubmit see @a",
    "Bash cat .env > out; rm -rf build; mkdir -p x",
    "Bash git push --force origin main",
    "Bash curl -X POST -d @a https://x.example/y",
    "Bash FOO=1 sudo -u root env BAR=2 npm install left-pad",
    "Bash python3 -m http.server 8000",
    "Bash psql -c 'DROP TABLE users'",
    "Bash export A=1; unset A; printenv A",
    "Bash ssh host.example ls; scp a host.example:b; nc -l 4444",
    "Bash python3 -c 'open(\"a\").read()'",
    "Bash docker run -v /:/host alpine; kubectl delete pod x; pip install requests; pkill -f x",
]
INPUTS = [
    ("mcp__srv__do", {"path": "/etc/x", "url": "https://x.example"}),
    ("ReadMcpResourceTool", {"server": "s", "uri": "file:///etc/passwd"}),
    ("EnterWorktree", {"name": "w"}),
    ("ExitWorktree", {"action": "remove", "discard_changes": True}),
    ("Workflow", {"name": "w", "scriptPath": "/x.js"}),
    ("Read", {"file_path": "/a\0b"}),
    ("WebFetch", {"url": "https://a\0.example"}),
    ("PowerShell", {"command": "ls"}),
    ("Frob", {}),
]


def rows(call: ToolCall):
    return tools.access(call, setting.made_up({".env": "", "a": "", "src/a.py": "", "build/x": ""}, {})).rows


def unexpected(row):
    """Return what a row has although the table does not expect it on rows of its action."""
    has = [name for name in ON_ROW if getattr(row, name) not in (None, "")]
    has += [key for key, name in ON_ORIGIN.items() if getattr(row.origin, name)]
    return [key for key in has if row.action not in CONDITIONS[key][1]]


@pytest.mark.parametrize("line", CALLS)
def test_rows_of_a_call_have_what_the_table_expects(line) -> None:
    """Tools of every kind, and shell texts that give every kind of row."""
    found = rows(calls.of_line(line, setting.PROJECT))
    assert found
    assert [] == [(row, unexpected(row)) for row in found if unexpected(row)]


@pytest.mark.parametrize(("tool", "given"), INPUTS)
def test_rows_of_unusual_tools_have_what_the_table_expects(tool, given) -> None:
    """Also where the input is malformed or the tool is unknown."""
    found = rows(calls.of_tool(tool, given, setting.PROJECT))
    assert found
    assert [] == [(row, unexpected(row)) for row in found if unexpected(row)]
