"""What is handed from command to command while a text runs."""

from __future__ import annotations

from agentguard.access.shell.values import lines

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.model import Value
    from agentguard.access.shell.pieces import Scan
    from agentguard.access.shell.tree import Node


class Spent(Exception):  # noqa: N818 - a verdict, not a fault
    """A budget is spent. The message says which."""


class Enough(Spent):
    """What may be read of files that are about to run is used up: the rest of them is out of scope."""


class Feed:
    """What a command writes or reads: its text as far as known, whether it was fetched, and the file it comes from.

    `source` is the path of that file as it was written, None for text that comes from elsewhere. `items` are the lines
    where more is known of them than the text says. `script` is the whole text of a file of the disk, perhaps changed, for
    those who run what it is put into; it is no value, so that no row shows what a file holds. `told`: it holds what was
    read from files or from the environment; `secret` names the variable whose secret it holds.
    """

    __slots__ = ("fetched", "items", "script", "secret", "source", "told", "value")

    def __init__(
        self,
        value: Value,
        fetched: bool = False,
        source: Value | None = None,
        items: list[Value] | None = None,
        secret: str = "",
        script: str | None = None,
    ) -> None:
        self.value = value
        self.script = script
        self.fetched = fetched
        self.source = source
        self.items = items
        self.told = source is not None
        self.secret = secret

    def lines(self) -> list[Value]:
        """Return the lines of the text, without the empty ones."""
        return lines(self.value) if self.items is None else self.items


class Frame:
    """One piece of shell text that runs: the carriers round it, and where it lies in the input.

    `offset` is the place of its first character in the input, None where it stands there in no form; then `where` is
    the place of the command that hands it over. `file` says that it was read from the disk.
    """

    __slots__ = ("file", "offset", "scanned", "text", "via", "where")

    def __init__(self, text: str, via: tuple[str, ...], offset: int | None, where: tuple[int, int]) -> None:
        self.text = text
        self.via = via
        self.offset = offset
        self.where = where
        self.file = False
        self.scanned: Scan

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Return where a piece of this text lies in the input."""
        return self.where if self.offset is None else (self.offset + start, self.offset + end)


class Function:
    """A function of the shell: its body and the text that it stands in."""

    __slots__ = ("body", "frame")

    def __init__(self, body: Node, frame: Frame) -> None:
        self.body = body
        self.frame = frame
