"""What remains of a row that was found in a file which is about to run: possible at most, and only what is evidence.

A script of the project is ordinary work until something in it can be seen that a policy would stop on a command line.
So these are left out:

- what is not known, or was a guess already; a path or a host that only the running script knows;
- listening, and variables that are set: what a project serves and how it is configured is its own business;
- a file of the project that is loaded and not shown: `source .env`, `node --env-file .env`, `docker run --env-file`.

An address that is put together at run time is no reason by itself: scripts do that all the time.
"""

from __future__ import annotations

from agentguard.access.code import reach
from agentguard.access.model import (
    CERTAIN,
    CONNECT,
    DELETE,
    EXECUTE,
    LISTEN,
    POSSIBLE,
    READ,
    WRITE,
    Origin,
    Row,
)
from agentguard.access.shell.values import parts_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.world import World

_LOADERS = frozenset({
    "source", ".", "node", "deno", "bun", "tsx", "ts-node", "dotenv", "docker", "docker-compose", "podman", "podman-compose",
    "env-cmd", "python", "python3", "uvicorn", "flask", "godotenv", "dotenvx", "nodemon", "uv", "direnv", "docker compose",
})  # fmt: skip
_STILL = frozenset({"publishes", "destroys-infrastructure"})  # what counts even where a word only suggests it


def row(found: Row, world: World) -> Row | None:
    """Return what a row of a file comes to; None for nothing."""
    if found.certainty not in (CERTAIN, POSSIBLE) or found.action == LISTEN or found.variable is not None:
        return None
    traits = found.origin.traits
    if found.certainty == POSSIBLE and not (found.action == EXECUTE and traits & _STILL):
        return None
    if found.path is not None:
        first = parts_of(found.path.text)[0]
        known = isinstance(first, str)
        if not known and found.action in (WRITE, DELETE):
            return None
        if found.action == READ and _loads(found) and (not known or reach.within(str(first), world)):
            return None
    if found.action == CONNECT and not isinstance(found.host, str):
        return None
    origin = found.origin
    if "computed-address" in traits:
        origin = Origin(
            origin.command, program=origin.program, flags=origin.flags, args=origin.args, via=origin.via,
            traits=traits - {"computed-address"}, span=origin.span,
        )  # fmt: skip
    return Row(
        found.action, POSSIBLE, origin=origin, path=found.path, host=found.host, port=found.port, ref=found.ref,
        remote=found.remote, package=found.package, server=found.server, mcp_tool=found.mcp_tool,
        subagent=found.subagent, method=found.method, sql_verb=found.sql_verb, why=found.why,
    )  # fmt: skip


def _loads(found: Row) -> bool:
    command = found.origin.command
    return bool(command) and (command[0] in _LOADERS or " ".join(command[:2]) in _LOADERS)
