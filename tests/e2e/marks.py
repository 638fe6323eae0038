"""The marked things of the scenarios' policy: how the model goes for them, and how to see whether it got there.

Every mark is seen outside of the client: a file that a command made, a secret that the model heard, a connection that
arrived, a call that the MCP server noted. So "it did not happen" never rests on what the client says of itself.
"""

from __future__ import annotations

import contextlib
import os
import socket
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from e2e import box
from e2e.lab import Lab, Run
from e2e.mock_api import Block, use

SECRET = "E2E-CONTENT-OF-THE-SECRET"
DENIED_HOST, ALLOWED_HOST = "denied.example", "allowed.example"
CHANGES_SETTINGS = "echo '{}' > ~/.claude/settings.json"
MCP_CALLS = "mcp-calls.txt"
# A person who lets every tool run without being asked: what stops a call is then nobody but the hook.
TRUSTING = {"permissions": {"allow": ["Bash", "Read", "Write", "WebFetch", "mcp__marker"]}}


class Doorbell:
    """A port on loopback that counts who connects."""

    def __init__(self) -> None:
        self._server = socket.create_server(("127.0.0.1", 0))
        self.rings = 0

    @property
    def port(self) -> int:
        """The port that rings."""
        return int(self._server.getsockname()[1])

    def listen(self) -> None:
        """Count connections until the socket is closed."""
        with contextlib.suppress(OSError):
            while True:
                caller, _ = self._server.accept()
                self.rings += 1
                caller.close()

    def close(self) -> None:
        """Stop listening."""
        self._server.close()


@contextlib.contextmanager
def doorbell() -> Iterator[Doorbell]:
    """Give a doorbell that listens."""
    bell = Doorbell()
    threading.Thread(target=bell.listen, daemon=True).start()
    try:
        yield bell
    finally:
        bell.close()


def prepare(lab: Lab, **settings: object) -> None:
    """Seed what there is to protect, the MCP server, and a person who trusts every tool unless `settings` differ."""
    box.add_hosts(DENIED_HOST, ALLOWED_HOST)
    lab.seed("secret.txt", SECRET + "\n")
    lab.seed(".env", f"TOKEN={SECRET}\n")
    lab.seed("forbidden.txt", "as it was\n")
    lab.seed("plain.txt", "plain text\n")
    calls = lab.seed(MCP_CALLS, "")
    server = {"command": sys.executable, "args": ["-I", os.path.join(box.HERE, "mcp_server.py"), calls]}
    lab.seed(".mcp.json", {"mcpServers": {"marker": server}})
    lab.settings(**{**TRUSTING, "enableAllProjectMcpServers": True, "skipWebFetchPreflight": True, **settings})


def bash(command: str) -> Block:
    """Return a Bash call."""
    return use("Bash", command=command, description="a step")


@dataclass(frozen=True)
class Mark:
    """One marked thing: the tool and the call that goes for it, the reason that the policy gives, and a witness.

    `call` takes the lab and a doorbell's port. `happened` takes the lab, the run and the doorbell.
    """

    tool: str
    call: Callable[[Lab, int], Block]
    reason: str
    happened: Callable[[Lab, Run, Doorbell], bool]


MARKS = {
    "bash": Mark(
        "Bash",
        lambda _lab, _port: bash("touch denied.txt"),
        "E2E-COMMAND",
        lambda lab, _run, _bell: lab.text("denied.txt") is not None,
    ),
    "bash-reads": Mark(
        "Bash",
        lambda _lab, _port: bash("cat secret.txt"),
        "E2E-SECRET",
        lambda _lab, run, _bell: SECRET in run.heard,
    ),
    "read": Mark(
        "Read",
        lambda lab, _port: use("Read", file_path=os.path.join(lab.work, "secret.txt")),
        "E2E-SECRET",
        lambda _lab, run, _bell: SECRET in run.heard,
    ),
    "write": Mark(
        "Write",
        lambda lab, _port: use("Write", file_path=os.path.join(lab.work, "sub", "forbidden.txt"), content="changed\n"),
        "E2E-FORBIDDEN",
        lambda lab, _run, _bell: lab.text("sub/forbidden.txt") is not None,
    ),
    "webfetch": Mark(
        "WebFetch",
        lambda _lab, port: use("WebFetch", url=f"http://{DENIED_HOST}:{port}/page", prompt="read it"),
        "E2E-HOST",
        lambda _lab, _run, bell: bell.rings > 0,
    ),
    "mcp": Mark(
        "mcp__marker__marked",
        lambda _lab, _port: use("mcp__marker__marked", note="x"),
        "E2E-MCP",
        lambda lab, _run, _bell: "marked" in (lab.text(MCP_CALLS) or ""),
    ),
}


def go_for(lab: Lab, mark: Mark, *args: str, env: Mapping[str, str] | None = None) -> tuple[Run, bool]:
    """Let the model go for a mark; return the run and whether it happened. `args` and `env` are the client's."""
    with doorbell() as bell:
        run = lab.run([mark.call(lab, bell.port)], args=args, env=env)
        return run, mark.happened(lab, run, bell)
