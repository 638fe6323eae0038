"""Programs that search, pick from and change text. Manual pages of section 1; rg(1), ag(1), jq(1), yq, mlr(1)."""

from __future__ import annotations

from agentguard import jsontext
from agentguard.access.model import EXECUTE, READ, TREE, UNKNOWN, WRITE
from agentguard.access.programs import finder, walk
from agentguard.access.shell import telling
from agentguard.access.shell.flow import Feed
from agentguard.access.shell.values import parts_of, plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentguard.access.model import Value
    from agentguard.access.programs.walk import Work
    from agentguard.access.shell.command import Call


_OF_PROCESSES = ("/cmdline", "/comm", "/status", "/environ")  # what /proc says of a process: proc(5)


def search(call: Call, work: Work) -> None:
    """`grep` and its kin: a pattern, then files; folders are searched when recursive, or always (rg, ag, ack)."""
    line = work.line
    always = call.name in ("rg", "ag", "ack", "ack-grep", "sift", "pt", "rga")
    recursive = always or call.name == "rgrep" or line.has("--recursive --dereference-recursive")
    recursive = recursive or line.value("--directories") == "recurse"
    names_only = line.has("--files --type-list") and always
    by_name = call.name in ("ag", "ack", "ack-grep") and line.has("-g -f")
    pattern = "" if line.has("--regexp --file") or names_only or by_name else "text "
    work.entry = {**work.entry, "operands": f"{pattern}text*", "traits": "read-only"}
    walk.standard(call, work)
    files = line.operands[1:] if pattern else line.operands
    listed = bool(call.machine.work.get("processes")) and call.stdin is not None
    listed = listed or any(str(parts_of(value)[-1]).endswith(_OF_PROCESSES) for value in files)
    if listed and not line.has("--invert-match"):
        named = [*line.values("--regexp"), *(line.operands[:1] if pattern else [])]
        call.machine.sought += [text.replace("[", "").replace("]", "") for value in named if (text := plain(value))]
    if names_only or by_name:
        for value in files:
            walk.act(call, "look", value, "operand", work)
        if names_only and not _chosen(work):
            work.feed = Feed(UNKNOWN, items=[finder.shown(call, root) for root in files or ["."]])
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
    named = [flag[2:] for flag, value in work.line.flags if flag[:2] == "--" and value is None and flag[2:] in _TYPES]
    for value in [*work.line.values("--type"), *(named if str(work.command[0]).startswith(("ack", "ag")) else [])]:
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
    names: dict[str, str] = {}
    pending = list(call.words)
    while pending:
        word = pending.pop(0)
        if word in ("--args", "--jsonargs"):
            break
        if isinstance(word, str) and word in two:
            value = pending[1] if len(pending) > 1 else ""
            if two[word] == READ:
                files.append((value, f"option {word}"))
            elif isinstance(value, str) and isinstance(pending[0], str):
                names[pending[0]] = jsontext.dumps(value) if word == "--arg" else value
            pending = pending[2:]
        else:
            words.append(word)
    work.line = walk.read({**work.entry, "run": None}, call.name, words).line
    work.entry = {**work.entry, "operands": "text^--from-file read*", "traits": "read-only"}
    walk.standard(call, work)
    for value, why in files:
        call.path(READ, value, why)
    program = plain(work.line.operands[0]) if work.line.operands else None
    if program and program[:1] == '"' and work.line.has("--null-input") and "\\(" not in program:
        import json  # noqa: PLC0415 - few programs are a text alone

        try:
            text = json.loads(program)
        except ValueError:
            text = None
        if isinstance(text, str):
            work.feed = Feed((text if work.line.has("--raw-output --join-output") else program) + "\n")
    if program and ("=" in program or "del(" in program) and call.machine.captured and len(work.line.operands) == 2:
        _changes(call, work, program, names)
    if not work.line.has("--from-file") and work.line.operands:
        _shows_environment(call, work, plain(work.line.operands[0]) or "")


def _changes(call: Call, work: Work, program: str, names: dict[str, str]) -> None:
    """`jq '.version = "2"' package.json > new`: what the file holds then, for those who run it."""
    from agentguard.access.programs import jsonedit, outputs  # noqa: PLC0415 - few programs of jq change a file

    if work.line.has("--null-input --slurp --raw-input --from-file --stream --seq --join-output --exit-status"):
        return
    text = outputs.held(call, work.line.operands[1])
    changed = None if text is None else jsonedit.edited(text, program, names)
    if changed is not None:
        work.feed = Feed(UNKNOWN, script=changed)


def _shows_environment(call: Call, work: Work, program: str) -> None:
    """`env` and `$ENV` alone are every variable; with a name behind them only that one (jq manual, $ENV)."""
    for mark in ("$ENV", "env"):
        before, found, behind = program.partition(mark)
        name = behind[1:].partition("|")[0].strip(" )}]") if behind[:1] == "." else ""
        if name and before[-1:] in ("", " ", "(", "|", "[", ":") and telling.key(name) and call.variable(name) is None:
            call.row(READ, variable=name, why="its value is shown")
        if (
            found
            and before[-1:] not in (".", "$", "_", '"')
            and not before[-1:].isalnum()
            and behind[:1] not in (".", "[", "_", "(", '"')
        ):
            if not behind[:1].isalnum():
                call.begin(work.command, call.origin.flags, call.origin.args, frozenset({"prints-environment"}))
                call.row(EXECUTE, why="it shows the environment")
                return


def yq(call: Call, work: Work) -> None:
    """`yq [eval] EXPRESSION FILE…`, `yq -i …`; `load(FILE)` in the expression reads another file."""
    line = work.line
    if line.operands and line.operands[0] in ("e", "eval", "ea", "eval-all"):
        line.operands = line.operands[1:]
    edits = line.has("--inplace --in-place")
    given = line.has("--from-file --expression")
    first = plain(line.operands[0]) if line.operands else None
    alone = len(line.operands) == 1 and first is not None and walk.is_file(call, first)  # `yq FILE` shows all of it
    expression = "" if given or alone else "text "
    work.entry = {
        **work.entry,
        "operands": f"{expression}{'edit' if edits else 'read'}*",
        "traits": "" if edits else "read-only",
    }
    walk.standard(call, work)
    text = plain(line.value("--expression") or (line.operands[0] if expression and line.operands else "")) or ""
    for piece in text.replace("load_str", "load").replace("load_props", "load").split("load(")[1:]:
        name = piece.lstrip().partition(")")[0].strip()
        if name[:1] == '"':
            call.path(READ, name.strip('"'), "load of yq")


def picks(call: Call, work: Work) -> None:
    """Programs that take a selector and files in no fixed order: what looks like a path is read, an address connected to."""
    line = work.line
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
    from agentguard.access.programs import net  # noqa: PLC0415 - rare

    for value in line.operands:
        text = plain(value)
        if text is not None and "://" in text and net.looks_like_address(value):
            net.url(call, value, "operand")
        elif text is None or walk.is_file(call, value) or (walk.looks_like_path(text) and not _is_selector(text)):
            call.path(READ, value, "operand")
    output = line.value("--output")
    if output is not None and walk.looks_like_path(plain(output) or ""):
        call.path(WRITE, output, "option --output")


def _is_selector(text: str) -> bool:
    """Return whether a word is a path into a document (`.a.b[0]`) rather than into the file system."""
    return (
        text[:1] == "."
        and "/" not in text
        and (text[1:2] != "e" or "[" in text)
        and not text.startswith((".env", ".."))
    ) or " " in text


def mlr(call: Call, work: Work) -> None:
    """`mlr [OPTIONS] VERB … then VERB … FILE…` (Miller manual): the files stand at the end."""
    line = work.line
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
    words = call.words
    for number, word in enumerate(words):
        text = plain(word)
        before = plain(words[number - 1]) if number else ""
        if text is None:
            call.path(READ, word, "operand")
            continue
        if text[:1] in ("-", "$") or not walk.looks_like_path(text) or " " in text or before in ("--from", "-s"):
            continue
        if before in ("tee", "split") or (before == "-f" and number < 2):
            call.path(WRITE if before != "-f" else READ, word, f"{before} of mlr")
        else:
            call.path(READ, word, "operand")
            if line.has("-I"):
                call.path(WRITE, word, "operand")
    for word in words:
        text = plain(word) or ""
        if " " not in text:
            continue
        for mark in ("system(", "exec(", "| "):
            _, found, rest = text.partition(mark)
            if found and rest.lstrip()[:1] == '"':
                call.shell(rest.lstrip()[1:].partition('"')[0], "mlr")


def xml(call: Call, work: Work) -> None:
    """`xmllint FILE`, `xmlstarlet ed -L … FILE`, `xsltproc SHEET FILE`: addresses are fetched."""
    line = work.line
    operands = list(line.operands)
    if call.name == "xmlstarlet" and operands:
        operands.pop(0)
    edits = line.has("--inplace -modify") or (call.name == "tidy" and line.has("-m"))
    work.entry = {**work.entry, "operands": "text*", "traits": "" if edits else "read-only"}
    walk.standard(call, work)
    from agentguard.access.programs import net  # noqa: PLC0415 - rare

    for value in operands:
        text = plain(value)
        if text is not None and "://" in text:
            net.url(call, value, "operand")
        else:
            walk.act(call, "edit" if edits else "read", value, "operand", work)


def macros(call: Call, work: Work) -> None:
    """`m4 FILE…`: `include`, `syscmd` and `esyscmd` in it (GNU m4 manual); what comes on standard input is such a program."""
    line = work.line
    work.entry = {**work.entry, "operands": "run*"}
    walk.standard(call, work)
    text = call.stdin.value if call.stdin is not None and not line.operands else ""
    if not isinstance(text, str):
        if call.stdin is not None and call.stdin.source is None:
            call.fetched_or_opaque("what m4 runs is not known", fetched=call.stdin.fetched)
        return
    for mark in ("syscmd(", "include("):
        for piece in text.split(mark)[1:]:
            inner = piece.partition(")")[0].strip("`' ")
            if mark == "include(":
                call.path(READ, inner, "include of m4")
            else:
                call.shell(inner, "m4")


def patch(call: Call, work: Work) -> None:
    """`patch [FILE [PATCH]]`: without FILE the patch names what it changes; where its text is known, those files count."""
    line = work.line
    dry = line.has("--dry-run")
    work.entry = {**work.entry, "operands": "read* " if dry else "edit read"}
    walk.standard(call, work)
    if dry or line.operands:
        return
    from agentguard.access.programs import folders, known  # noqa: PLC0415 - rare

    text = known.text(call, line.value("--input") or "-")
    if text is None:
        folders.pours(call, ".", "what the patch changes")
        return
    strip = plain(line.value("--strip") or "") or ""
    for one in text.splitlines():
        if one.startswith("+++ "):
            name = one[4:].partition("\t")[0].strip()
            if name != "/dev/null":
                levels = int(strip) if strip.isdigit() and len(strip) < 3 else 0
                call.path(WRITE, "/".join(name.split("/")[levels:]) or name, "a file that the patch names")


def spells(call: Call, work: Work) -> None:
    """`aspell -c FILE`, `aspell check FILE`, `hunspell FILE`: each wrong word is shown, and a file may be changed."""
    words = [
        value for value in work.line.operands if plain(value) not in ("check", "list", "soundslike", "munch", "expand")
    ]
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
    for value in words:
        walk.act(call, "edit" if not work.line.has("--list") else "read", value, "operand", work)
