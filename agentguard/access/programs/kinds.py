"""What a few operands may be (see walk): text in several words, `[ADDRESS:]PORT`, `@PATH`, the address of a service."""

from __future__ import annotations

from agentguard.access.model import LISTEN, READ
from agentguard.access.programs import filling, net
from agentguard.access.shell.values import concat, parts_of, plain, unglobbed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.model import Value
    from agentguard.access.programs.walk import Work
    from agentguard.access.shell.command import Call


def daemon(call: Call, value: Value, why: str, _work: Work) -> None:
    """The address of a service; a socket of this machine is none."""
    first = parts_of(value)[0]
    if not (isinstance(first, str) and first.startswith(("unix:", "fd:", "npipe:"))):
        net.url(call, value, why)


def shell_behind_colon(call: Call, value: Value, _why: str, work: Work) -> None:
    """`bind -x '"KEYS": TEXT'`."""
    text = plain(value)
    command = text.partition(":")[2] if text is not None else unglobbed(value)
    work.feed = call.shell(command, " ".join(work.command), stdin=call.stdin)


def joined(call: Call, value: Value, _why: str, work: Work) -> None:
    """The first operand of kind `joined` starts the words that a shell gets."""
    place = next(number for number, (_, kind) in enumerate(work.kinds) if kind == "joined")
    if work.kinds[place][0] is value:
        text = filling.joined([operand for operand, _ in work.kinds[place:]])
        work.feed = call.shell(text, " ".join(work.command), stdin=call.stdin)


def listen(call: Call, value: Value, why: str, _work: Work) -> None:
    """`[ADDRESS:]PORT`."""
    text = plain(value)
    host, colon, port = (text or "").rpartition(":")
    number = int(port) if port.isascii() and port.isdigit() and len(port) < 6 else None
    anywhere = "0.0.0.0"  # noqa: S104 - what is meant where no address is named
    call.connect(host if colon and host not in ("", "*") else anywhere, number, why, action=LISTEN)


def data(call: Call, value: Value, why: str, _work: Work) -> None:
    """`@PATH`: what is sent comes from that file."""
    first = parts_of(value)[0]
    if isinstance(first, str) and first[:1] == "@":
        call.path(READ, concat([first[1:], *parts_of(value)[1:]]), why)
