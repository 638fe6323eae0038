"""Is a host in a set of host patterns? Names, `*.example.org`, addresses, networks, and classes of addresses.

`*.x` is one or more labels and x, and not x itself. Rows bring hosts in their one normal spelling (access.hosts). An
address is compared as a number, so the policy may spell it as it likes. A name is never looked up: only `localhost` and
what is beneath it is known to be this machine (RFC 6761, section 6.3).
"""

from __future__ import annotations

from agentguard.access.model import Pattern
from agentguard.policy.globs import Glob, symbols
from agentguard.policy.model import MAYBE, NO, YES
from agentguard.policy.pathset import HITS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from agentguard.access.model import Value
    from agentguard.policy.pathset import Spellings

    Network = tuple[int, int, int]  # bits of the family (32 or 128), first address, last address

# Classes of addresses (IANA special-purpose address registries; RFC 1122, 1918, 3927, 4193, 4291).
CLASSES = {
    "loopback": ("localhost", "*.localhost", "127.0.0.0/8", "::1"),
    "private": ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"),
    "link-local": ("169.254.0.0/16", "fe80::/10"),
}
_ADDRESS = frozenset("0123456789abcdef.:")


class HostSet:
    """Host patterns, made ready for one world."""

    __slots__ = ("_glob", "_names", "_networks", "_suffixes", "_texts")

    def __init__(self, values: Iterable[str], spellings: Spellings) -> None:
        texts = [
            text.lower() for value in values for one in CLASSES.get(value, (value,)) for text in spellings.filled(one)
        ]
        networks = [(text, network(text)) for text in texts]
        self._networks = [found for _, found in networks if found]
        names = [text for text, found in networks if not found]
        self._names = frozenset(names)
        self._suffixes = tuple(name[1:] for name in names if name[:2] == "*.")
        self._texts = ["?" + name if name[:2] == "*." else name for name in texts]
        self._glob: Glob | None = None

    def match(self, value: Value, mode: str) -> int:
        """Return NO, MAYBE or YES for a host that may be known in part, or not at all."""
        if isinstance(value, str):
            if value in self._names or (value.endswith(self._suffixes) and value[:1] != "."):
                return YES
            here = network(value) if self._networks else None
            return YES if here and any(_inside(here, other) for other in self._networks) else NO
        if not isinstance(value, Pattern):
            return MAYBE
        if not self._texts:
            return NO
        if self._glob is None:
            self._glob = Glob(self._texts[0], "", *self._texts[1:])
        text = symbols(value, sep="")
        if self._glob.covers(text):
            return YES
        if self._glob.meets(text) >= (YES if mode == HITS else MAYBE):
            return MAYBE
        return MAYBE if any(_may_be_inside(value, other) for other in self._networks) else NO


def network(text: str) -> Network | None:
    """Return the addresses that an address or a network in CIDR notation stands for; None for anything else."""
    address, slash, prefix = text.partition("/")
    numbers = _ipv4(address) if "." in address and ":" not in address else _ipv6(address) if ":" in address else None
    if numbers is None:
        return None
    bits, first = numbers
    if slash and not (prefix.isdecimal() and int(prefix) <= bits):
        return None
    free = bits - int(prefix) if slash else 0
    first = first >> free << free
    last = first + (1 << free) - 1
    if bits == 128 and first >> 32 == last >> 32 == 0xFFFF:  # stands for IPv4 addresses (RFC 4291, section 2.5.5.2)
        return 32, first & 0xFFFFFFFF, last & 0xFFFFFFFF
    return bits, first, last


def _ipv4(text: str) -> tuple[int, int] | None:
    parts = text.split(".")
    if len(parts) != 4:
        return None
    value = 0
    for part in parts:
        if not (part.isascii() and part.isdecimal() and int(part) < 256):
            return None
        value = value << 8 | int(part)
    return 32, value


def _ipv6(text: str) -> tuple[int, int] | None:
    before, double, behind = text.partition("::")
    head = before.split(":") if before else []
    tail = behind.split(":") if behind else []
    if tail and "." in tail[-1]:  # the last 32 bits as an IPv4 address
        last = _ipv4(tail[-1])
        if last is None:
            return None
        tail[-1:] = [f"{last[1] >> 16:x}", f"{last[1] & 0xFFFF:x}"]
    missing = 8 - len(head) - len(tail)
    if missing < 0 or bool(double) != (missing > 0):
        return None
    value = 0
    for part in (*head, *["0"] * missing, *tail):
        if not 0 < len(part) <= 4 or not _ADDRESS.issuperset(part) or "." in part:
            return None
        value = value << 16 | int(part, 16)
    return 128, value


def _inside(here: Network, other: Network) -> bool:
    return here[0] == other[0] and other[1] <= here[1] and here[2] <= other[2]


def _may_be_inside(value: Pattern, other: Network) -> bool:
    """Return whether a partly known host could be an address in a network: its first numbers are known and fit."""
    if not all(_ADDRESS.issuperset(part) for part in value.parts if isinstance(part, str)):
        return False
    start = value.parts[0]
    if not isinstance(start, str) or other[0] != 32:
        return isinstance(start, str) and ":" in start
    numbers = start.split(".")[:-1]  # the last may go on
    low = network(".".join([*numbers, *["0"] * (4 - len(numbers))]))
    high = network(".".join([*numbers, *["255"] * (4 - len(numbers))]))
    return bool(low and high and low[1] <= other[2] and other[1] <= high[1])
