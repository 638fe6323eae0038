"""Which skills, subagents and commands bring hooks of their own."""

import pytest

from agentguard.access import tools
from agentguard.access.model import ToolCall
from agentguard.access.world import MemoryDisk, World

PROJECT = "/home/dev/project"
SKILL = f"{PROJECT}/.claude/skills/tidy/SKILL.md"
HOOKS = "---\nname: tidy\nhooks:\n  PreToolUse: []\n---\nText\n"
PLAIN = "---\nname: tidy\ndescription: Tidies hooks, and says: no hooks here\n---\nhooks:\n  as an example\n"


def brings(tool, held=None, path=SKILL, **fields):
    """Return whether a write is said to bring hooks. `held`: what the file holds before."""
    world = World(home="/home/dev", project=PROJECT, disk=MemoryDisk({} if held is None else {path: held.encode()}))
    rows = tools.access(ToolCall("PreToolUse", tool, {"file_path": path, **fields}, cwd=PROJECT), world).rows
    return any("configures-hooks" in row.origin.traits for row in rows if row.action == "write")


@pytest.mark.parametrize(
    "head",
    [
        "hooks: {}", "a: 1\nhooks:\n  x: y", '"hooks": {}', "'hooks' : {}", "{name: a, hooks: {}}",
        "&a hooks: {}", "!!str hooks: {}",
        "? hooks\n: {}", '"\\x68ooks": {}', "a: 1\r\nhooks:", "  hooks:",
    ],
)  # fmt: skip
def test_hooks_in_the_head_are_seen(head):
    """However YAML may spell the key."""
    assert brings("Write", content=f"---\n{head}\n---\nText\n")
    assert brings("Write", content=f"\ufeff---\n{head}")


@pytest.mark.parametrize(
    "content",
    [
        PLAIN, "hooks:\n", "# Hooks\n\n---\nhooks: x\n", "---\ndescription: about hooks: none\n---\n",
        "---\nhooksy: 1\nmy-hooks: 2\n---\n",
    ],
)  # fmt: skip
def test_what_only_speaks_of_hooks_is_none(content):
    """Text behind the head, other keys, and values."""
    assert not brings("Write", content=content)


def test_an_edit_counts_by_what_comes_of_it():
    """Pieces that make a key together, a command behind a key that is there, and a file that nobody can read."""
    assert brings("Edit", "---\nhoo: 1\n---\n", old_string="hoo:", new_string="hooks:")
    assert brings("Edit", "---\nhoo: 1\n---\n", old_string="o: 1", new_string="oks: 1")
    assert brings("Edit", HOOKS, old_string="[]", new_string="[x]")
    assert brings("Edit", None, old_string="a", new_string="hooks:\n  x: y")
    edits = [{"old_string": "h:", "new_string": "ho:"}, {"old_string": "ho:", "new_string": "hooks:"}]
    assert brings("MultiEdit", "---\nh: 1\n---\n", edits=edits)
    assert not brings("Edit", PLAIN, old_string="Tidies", new_string="Cleans")
    assert not brings("Edit", HOOKS, old_string="hooks:\n  PreToolUse: []\n", new_string="")


def test_only_what_the_agent_loads_counts():
    """Other Markdown may say what it likes."""
    for path in (f"{PROJECT}/README.md", f"{PROJECT}/docs/skills/x.md", f"{PROJECT}/.claude/plans/x.md"):
        assert not brings("Write", path=path, content=HOOKS)
    for path in ("/home/dev/.claude/agents/a.md", f"{PROJECT}/sub/.claude/commands/b/c.MD"):
        assert brings("Write", path=path, content=HOOKS)
