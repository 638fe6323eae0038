"""Programs that read, search, compare and change text. Manual pages of section 1; rg(1), ag(1), jq(1)."""

from __future__ import annotations

from agentguard.access.model import READ, TREE
from agentguard.access.programs import finder, walk
from agentguard.access.shell.values import plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentguard.access.model import Value
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
    chosen = _chosen(work)
    for value in files:
        if value == "-":
            continue
        if not recursive or walk.is_file(call, value):
            call.path(READ, value, "operand")
        elif chosen:
            for glob in chosen:
                for path in finder.beneath(value, glob):
                    call.path(READ, path, "operand, of the files that were chosen")
        else:
            call.path(READ, value, "operand", TREE)


# The names of files of a type, as rg calls types (rg --type-list); those that people ask for.
_TYPES = {
    "c": "*.c *.h", "cpp": "*.cpp *.hpp *.cc *.hh *.cxx *.h", "cs": "*.cs", "css": "*.css *.scss", "go": "*.go",
    "html": "*.html *.htm", "java": "*.java", "js": "*.js *.jsx *.mjs *.cjs *.vue", "json": "*.json", "kotlin": "*.kt *.kts",
    "lua": "*.lua", "markdown": "*.md *.mdx *.markdown", "md": "*.md *.mdx *.markdown", "php": "*.php", "py": "*.py *.pyi",
    "python": "*.py *.pyi", "ruby": "*.rb *.rake *.gemspec", "rust": "*.rs", "sql": "*.sql", "swift": "*.swift",
    "toml": "*.toml", "ts": "*.ts *.tsx *.mts *.cts", "typescript": "*.ts *.tsx *.mts *.cts", "yaml": "*.yml *.yaml",
}  # fmt: skip


def _chosen(work: Work) -> list[Value]:
    """Return the globs of the only files that a search looks at, none where it looks at all."""
    globs: list[Value] = list(work.line.values("--include"))
    for value in work.line.values("--type"):
        text = plain(value)
        if text not in _TYPES:
            return []
        globs += _TYPES[text].split()
    return globs


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
