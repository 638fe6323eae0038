"""Consoles that take a line of another language: dc, Terraform's console, nu and its kin; scripts that npm is given.

Sources: dc(1), developer.hashicorp.com (terraform console), nushell.sh, xon.sh, elv.sh, docs.npmjs.com (npm pkg).
"""

from __future__ import annotations

from agentguard.access.model import WRITE
from agentguard.access.programs import walk
from agentguard.access.shell.flow import Feed
from agentguard.access.shell.values import plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentguard.access.programs.walk import Work
    from agentguard.access.shell.command import Call


def _texts(call: Call, given: list[Any]) -> list[str]:
    """Return what a console reads: its options, else its standard input."""
    if not given and call.stdin is not None:
        given = [call.stdin.value]
    return [text for value in given if (text := plain(value)) is not None]


def dc(call: Call, work: Work) -> None:
    """`dc -e '!cat x'`: a line behind `!` is run by a shell."""
    given = [*work.line.values("--expression")]
    walk.standard(call, work)
    for text in _texts(call, given):
        for line in text.split("\n"):
            _, mark, command = line.partition("!")
            if mark and command[:1] not in ("<", ">", "="):
                call.shell(command.strip(), "dc !")


def functions(call: Call, work: Work) -> None:
    """`terraform console <<< 'file("x")'`."""
    walk.standard(call, work)
    for text in _texts(call, []):
        from agentguard.access.code import settings  # noqa: PLC0415 - where there is such a text

        settings.functions(call, text)


def likeness(call: Call, work: Work) -> None:
    """Shells of another grammar (`nu -c`, `xonsh -c`, `elvish -c`): their plain commands look as everywhere."""
    from agentguard.access.code import reach  # noqa: PLC0415 - rare
    from agentguard.access.programs import interpreters  # noqa: PLC0415 - rare

    codes = _texts(call, [*work.line.values("--commands"), *work.line.values("-c"), *work.line.values("--execute")])
    interpreters.other(call, work)
    for text in codes:

        def act(text: str) -> None:
            state = call.child([])
            state.aliases.update(_LIKE.get(call.name, {}))
            call.shell(text, f"{call.name} -c", state=state)

        reach.inside(call, act, text)


# Commands of such a shell that others have under another name (nushell.sh, Coming from Bash).
_LIKE = {"nu": {"open": ("cat",), "fetch": ("curl",), "mkdir": ("mkdir -p",)}}


def scripts(call: Call, work: Work) -> None:
    """`npm pkg set scripts.NAME=TEXT`, `npm set-script NAME TEXT`: what a later `npm run` finds in package.json."""
    words = [plain(word) for word in work.line.operands]
    walk.standard(call, work)
    given: dict[str, str] = {}
    if "set-script" in work.command:
        if len(words) > 1 and words[0] and words[1]:
            given[words[0]] = words[1]
    else:
        for word in words:
            name, equals, value = (word or "").partition("=")
            if equals and name.startswith("scripts."):
                given[name[8:].strip("'\"[]")] = value
    if not given:
        return
    from agentguard.access.code import reach  # noqa: PLC0415 - rare
    from agentguard.access.programs import scripts as manifests  # noqa: PLC0415 - rare
    from agentguard.jsontext import dumps  # noqa: PLC0415 - rare

    feeds = call.contents("package.json")
    before = feeds[0].value if feeds else reach.read(call, "package.json")
    whole = manifests.whole(before) if isinstance(before, str) else {}
    named = whole.get("scripts")
    whole["scripts"] = {**(named if isinstance(named, dict) else {}), **given}
    call.path(WRITE, "package.json", "scripts are put into it")
    call.remember("package.json", Feed(dumps(whole)))
    for name in given.keys() & manifests.BY_THEMSELVES:  # they run with whatever is installed next
        call.shell(given[name], f"npm run {name}", state=call.child([]))
