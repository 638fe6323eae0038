"""Programs that read, search, compare and change text. Manual pages of section 1; rg(1), ag(1), jq(1)."""

from __future__ import annotations

from agentguard.access.model import READ, TREE
from agentguard.access.programs import walk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentguard.access.programs.walk import Work
    from agentguard.access.shell.command import Call


def search(call: Call, work: Work) -> None:
    """`grep` and its kin: a pattern, then files; folders are searched when recursive, or always (rg, ag, ack)."""
    line = work.line
    always = call.name in ("rg", "ag", "ack")
    recursive = always or call.name == "rgrep" or line.has("--recursive --dereference-recursive")
    recursive = recursive or line.value("--directories") == "recurse"
    names_only = line.has("--files --type-list") and always
    pattern = "" if line.has("--regexp --file") or names_only or (call.name == "ag" and line.has("-g")) else "text "
    work.entry = {**work.entry, "operands": f"{pattern}text*", "traits": "read-only"}
    walk.standard(call, work)
    files = line.operands[1:] if pattern else line.operands
    if names_only:
        for value in files:
            call.path(READ, value, "operand")
        return
    if not files and recursive and (always is False or call.stdin is None):
        files = ["."]
    for value in files:
        if value != "-":
            tree = recursive and not walk.is_file(call, value)
            call.path(READ, value, "operand", TREE if tree else "exact")


def jq(call: Call, work: Work) -> None:
    """`jq`: some options take two words, so the operands are counted here."""
    two = {"--arg": "text", "--argjson": "text", "--slurpfile": READ, "--rawfile": READ}
    files: list[tuple[Any, str]] = []
    words: list[Any] = []
    pending = list(call.words)
    while pending:
        word = pending.pop(0)
        if word in ("--args", "--jsonargs"):
            break
        if isinstance(word, str) and word in two:
            value = pending[1] if len(pending) > 1 else ""
            if two[word] == READ:
                files.append((value, f"option {word}"))
            pending = pending[2:]
        else:
            words.append(word)
    work.line = walk.read({**work.entry, "run": None}, call.name, words).line
    work.entry = {**work.entry, "operands": "text^--from-file read*", "traits": "read-only"}
    walk.standard(call, work)
    for value, why in files:
        call.path(READ, value, why)
