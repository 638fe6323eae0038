"""What a prompt mentions: files, folders and MCP resources."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agentguard.access import limits, tools
from agentguard.access.model import ToolCall
from agentguard.access.world import MemoryDisk, World

CWD = "/home/dev/project"


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        # what the client reads
        ("explain @terraform.tfvars and @.env please", ["read /home/dev/project/.env"]),
        ("@README.md", ["read /home/dev/project/README.md"]),
        ("see @README.md.", ["read /home/dev/project/README.md"]),
        ("(@README.md)", ["possible read /home/dev/project/README.md"]),
        ("see @README.md, @src/app.py!", ["read /home/dev/project/README.md", "read /home/dev/project/src/app.py"]),
        ("line\n@README.md\n", ["read /home/dev/project/README.md"]),
        ("\u00a0@README.md", ["read /home/dev/project/README.md"]),
        ("\ufeff@README.md", ["read /home/dev/project/README.md"]),
        ("\u8aad\u3093\u3067\u3002@README.md", ["read /home/dev/project/README.md"]),
        ("@README.md#L10-20", ["read /home/dev/project/README.md"]),
        ("@README.md#section", ["read /home/dev/project/README.md"]),
        ("@./README.md", ["read /home/dev/project/README.md"]),
        ("@../project/README.md", ["read /home/dev/project/README.md"]),
        ("@/home/dev/.ssh/id_ed25519", ["read /home/dev/.ssh/id_ed25519"]),
        ("@~/.aws/credentials", ["read /home/dev/.aws/credentials"]),
        ("@docs/key.txt", ["read /home/dev/project/docs/key.txt -> /home/dev/.ssh/id_ed25519"]),
        ('@"src/my file.py" x', ["read /home/dev/project/src/my file.py"]),
        ('@"README.md"', ["read /home/dev/project/README.md"]),
        ("@src/", ["read /home/dev/project/src"]),
        ("@src", ["read /home/dev/project/src"]),
        ("me@README.md @README.md", ["read /home/dev/project/README.md"]),
        ("@README.md @README.md", ["read /home/dev/project/README.md"]),
        # spelled as nothing but a path: counts, whether it is there or not
        ("@/etc/shadow", ["read /etc/shadow"]),
        ("@~/.netrc", ["read /home/dev/.netrc"]),
        ("@./gone.txt", ["read /home/dev/project/gone.txt"]),
        ('@"gone file"', ["read /home/dev/project/gone file"]),
        # no mention
        ("mail me@example.com", []),
        ("install @scope/package", []),
        ("thanks @alice", []),
        ("a @ b", []),
        ("@", []),
        ("@.", []),
        ('@"', []),
        ('@""', []),
        ('@"unclosed', []),
        ('@"reviewer (agent)"', []),
        ("@dev/null @/dev/null", []),
        ("nothing here", []),
        ("", []),
        # such a file exists after all
        ("mail me@README.md", ["possible read /home/dev/project/README.md"]),
        ("`@README.md`", ["possible read /home/dev/project/README.md"]),
        # resources
        ("@github:issue://12", ["possible mcp github"]),
        ("@my-server.x:note", ["possible mcp my-server.x"]),
        ('@"my server:some uri"', ["read /home/dev/project/my server:some uri"]),
        ("@README.md:12", []),
        ("@a:b", []),
        ("@x/y:z", []),
        ("@todo: later", []),
    ],
)
def test_a_prompt_mentions_files_and_resources(world, said, prompt: str, expected: list[str]) -> None:
    """Each file that the client would read is a row; words that name nothing are none."""
    access = tools.access(ToolCall("UserPromptSubmit", prompt=prompt, cwd=CWD), world)
    assert ["prompt", *expected] == said(access.rows)
    assert access.complete


def test_an_expanded_command_mentions_as_well(world, said) -> None:
    """`/demo @.env` is read like any prompt."""
    access = tools.access(ToolCall("UserPromptExpansion", prompt="/demo @.env", cwd=CWD), world)
    assert ["prompt", "read /home/dev/project/.env"] == said(access.rows)


def test_a_file_that_ends_in_punctuation_is_found(worlds, said) -> None:
    """The client cuts the word; another reader may not, so both spellings count."""
    world = worlds({"/p/key!": b"", "/p/key": b""})
    access = tools.access(ToolCall("UserPromptSubmit", prompt="@key!", cwd="/p"), world)
    assert ["prompt", "read /p/key", "possible read /p/key!"] == said(access.rows)


def test_a_malformed_mention_is_malformed(world, said) -> None:
    """A path with a control character that the client would try to open."""
    access = tools.access(ToolCall("UserPromptSubmit", prompt="@/etc/pass\x1bwd", cwd=CWD), world)
    assert ["prompt", "read malformed"] == said(access.rows)


def test_more_mentions_than_are_looked_at_leave_a_doubt(worlds) -> None:
    """Past the limit, the rest is opaque; signs within words are no mentions and leave none."""
    world = worlds({"/p/a": b""})
    many = " ".join(f"@./{number}" for number in range(limits.MAX_MENTIONS + 1))
    access = tools.access(ToolCall("UserPromptSubmit", prompt=many, cwd="/p"), world)
    assert (False, "opaque") == (access.complete, access.rows[-1].certainty)
    mails = "me@example.com " * (limits.MAX_MENTIONS * 3)
    assert tools.access(ToolCall("UserPromptSubmit", prompt=mails, cwd="/p"), world).complete
    signs = "@" * (limits.MAX_MENTION_SIGNS + 1)
    assert not tools.access(ToolCall("UserPromptSubmit", prompt=signs, cwd="/p"), world).complete


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(prompt=st.text() | st.text('@"/.~:#ab \n\x00', max_size=30))
def test_any_prompt_gives_rows(prompt: str) -> None:
    """No text is an exception; the first row is the prompt's."""
    world = World(home="/h", disk=MemoryDisk({"/p/a": b"", "/p/b/a": b""}))
    assert tools.access(ToolCall("UserPromptSubmit", prompt=prompt, cwd="/p"), world).rows[0].action == "prompt"
