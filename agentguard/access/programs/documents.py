"""Programs that make documents and settings of sources which may draw in other files: TeX, Asciidoctor, PlantUML, Jsonnet.

What stands on the command line or on standard input is looked at here, files that this text has written in code.loaded.
"""

from __future__ import annotations

from agentguard.access.programs import walk
from agentguard.access.shell.values import plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.programs.walk import Work
    from agentguard.access.shell.command import Call


def reads(call: Call, work: Work) -> None:
    """A text of TeX as an operand, `jsonnet -e 'importstr "x"'`, `asciidoctor -` with its text on standard input."""
    walk.standard(call, work)
    given = [call.stdin.value] if call.stdin is not None else []
    for value in (*call.words, *given):
        text = plain(value)
        if text is not None and any(mark in text for mark in " \\:"):
            from agentguard.access.code import settings  # noqa: PLC0415 - where there is such a text

            settings.read(call, "includes", text)
