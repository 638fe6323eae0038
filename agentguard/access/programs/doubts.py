"""Command lines that the tables do not settle: what they may mean as well. Every row of these is `possible`.

An option that the table does not know may take the next word as its value. Where that word could be a subcommand, the
script of an interpreter or the command of a carrier, the line is read a second time without it (see options). And of a
subcommand that an entry does not have its words may say what it does (see verbs).
"""

from __future__ import annotations

from agentguard.access.model import EXECUTE, POSSIBLE
from agentguard.access.programs import index, verbs, walk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.programs.table import Entry
    from agentguard.access.programs.walk import Work
    from agentguard.access.shell.command import Call


def settle(call: Call, work: Work, entry: Entry) -> None:
    """Add the rows of what a line may mean as well, by the entry of its program."""
    if work.lost is not None and work.entry.get("run") != "infra.by_verb":  # that one asks the words itself
        _by_words(call, work)
    if work.doubt is not None and work.doubt < len(call.words):
        _again(call, entry, len(call.words) - work.doubt - 1)


# Whose words have a few more verbs.
_INFRASTRUCTURE = frozenset({"clouds", "clusters", "containers", "hosting", "infra", "remotes", "systems"})


def _by_words(call: Call, work: Work) -> None:
    """`docker swarm leave`, `k3d cluster delete`: the entry of the program lacks it."""
    if verbs.tried(call.words) or verbs.names_follow(work.command):
        return
    family = index.family(call.name)
    traits = verbs.traits(work.lost or [], infrastructure=family in _INFRASTRUCTURE) - {"read-only"}
    if traits - ({"publishes"} if family == "clusters" else set()):  # `deploy` is a thing there
        origin = call.origin
        call.begin(work.command, origin.flags, origin.args, origin.traits | traits)
        call.row(EXECUTE, POSSIBLE, "a word of it says so")


def _again(call: Call, entry: Entry, place: int) -> None:
    """Read the line as if the word at `place` were the value of the option in front of it."""
    words = [*call.words[:place], *call.words[place + 1 :]]
    other = walk.read(entry, call.name, words)
    if not _means(entry, other):
        return
    machine = call.machine
    machine.doubted += 1
    call.run([call.program or call.name, *words], "", stdin=call.stdin)
    machine.doubted -= 1


_CODE = frozenset({"code", "run", "script", "shell"})


def _means(entry: Entry, work: Work) -> bool:
    """Return whether the second reading says what is done: a known subcommand, code, a command that is carried."""
    if "sub" in entry:
        return work.lost is None and len(work.command) > 1
    if str(entry.get("run", "")).startswith("interpreters."):
        line = work.line
        return any(line.kinds.get(name) in _CODE or name in ("-c", "-m") for name, _value in line.flags)
    return bool(work.line.operands)
