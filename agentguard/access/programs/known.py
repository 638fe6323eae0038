"""What is known of files that a program takes its orders from: written by this text, handed over, or lying on the disk."""

from __future__ import annotations

from agentguard.access import paths
from agentguard.access.limits import MAX_ORDERS_BYTES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.model import Value
    from agentguard.access.shell.command import Call


def text(call: Call, value: Value) -> str | None:
    """Return the text of a file, of standard input for `-`; None where it is not known or too long."""
    if value in ("-", "/dev/stdin"):
        stdin = call.stdin
        if stdin is None:
            return None
        if isinstance(stdin.value, str):
            return stdin.value
        return text(call, stdin.source) if stdin.source not in (None, "-", "/dev/stdin") else None
    feed = call.written(value)
    if feed is not None:
        return feed.value if isinstance(feed.value, str) else None
    if not isinstance(value, str) or not isinstance(call.cwd, str) or paths.fault(value):
        return None
    world = call.world
    data = world.disk.read(
        paths.resolve(paths.absolute(value, call.cwd, world.platform), world.disk), MAX_ORDERS_BYTES + 1
    )
    if data is None or len(data) > MAX_ORDERS_BYTES:
        return None
    return data.decode("utf-8", "surrogateescape")
