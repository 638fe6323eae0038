"""Programs that hand variables to a command: where on their lines that command starts."""

from __future__ import annotations

from agentguard.access.programs import carriers, shown, walk
from agentguard.access.shell.values import plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.programs.walk import Work
    from agentguard.access.shell.command import Call


def profile(call: Call, work: Work) -> None:
    """`saml2aws exec -- COMMAND`, `aws-okta exec PROFILE -- COMMAND`."""
    carriers.behind(call, work)
    if "--" not in call.words and work.line.operands:
        work.feed = call.run(work.line.operands, " ".join(work.command), stdin=call.stdin)


_PRINTS = frozenset({"list", "get"})
_SETS = frozenset({"set", "unset"})


def with_file(call: Call, work: Work) -> None:
    """`sops exec-file FILE TEXT`: in the text `{}` is the path of a file that holds what was deciphered."""
    operands = list(work.line.operands)
    work.entry = {**work.entry, "operands": "read text*"}
    walk.standard(call, work)
    if len(operands) > 1:
        text = plain(operands[1])
        if text is not None and shown.hands_on(text):
            text = text.replace("{}", "/run/secrets/sops")
        work.feed = call.shell(operands[1] if text is None else text, "sops exec-file")


def dotenv(call: Call, work: Work) -> None:
    """`dotenv -e FILE -- COMMAND` (Node, Ruby), `dotenv run -- COMMAND`, `dotenv list` (Python)."""
    line = work.line
    operands = list(line.operands)
    words = call.words
    first = plain(operands[0]) if operands and "--" not in words[:1] else None
    shows = first in _PRINTS or line.has("-p")
    work.entry = {**work.entry, "operands": "text*", "traits": "prints-environment" if shows else ""}
    walk.standard(call, work)
    if shows or first in _SETS:
        return
    if "--" in words:
        carried = words[words.index("--") + 1 :]
    else:
        at = next((number for number, word in enumerate(words) if operands and word is operands[0]), len(words))
        carried = words[at + 1 :] if first == "run" else words[at:]
    if carried:
        work.feed = call.run(carried, call.name, stdin=call.stdin)
