"""Programs that run other commands. Each gives a row of its own, and the command it carries gives its rows behind it.

The carried command has the carrier in its `via`. Where what is carried cannot be known, an opaque row says so.
"""

from __future__ import annotations

from agentguard.access.model import EXECUTE, READ, UNKNOWN, WRITE
from agentguard.access.programs import walk
from agentguard.access.shell.skip import assignment
from agentguard.access.shell.values import concat, parts_of, plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentguard.access.model import Value
    from agentguard.access.programs.walk import Work
    from agentguard.access.shell.command import Call
    from agentguard.access.shell.state import State


def _carried(call: Call, work: Work, words: list[Value], label: str, **more: Any) -> None:
    if words:
        work.feed = call.run(words, label, **{"stdin": call.stdin, **more})


def sudo(call: Call, work: Work) -> None:
    """`sudo [NAME=value] COMMAND`, `sudo -s [TEXT]`, `sudo -e FILE`."""
    line = work.line
    rest = list(line.operands)
    if line.has("--edit"):
        work.entry = {**work.entry, "operands": "edit*"}
        walk.standard(call, work)
        return
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
    while rest and _is_assignment(rest[0]):
        _set(call, rest.pop(0))
    if line.has("--shell --login -s") and rest:
        text = concat(
            [part for number, word in enumerate(rest) for part in ((" ",) if number else ()) + parts_of(word)]
        )
        work.feed = call.shell(text, call.name, stdin=call.stdin)
    elif line.has("--shell --login -s"):
        shell_reads(call, work, call.name)
    else:
        _carried(call, work, rest, call.name)


def su(call: Call, work: Work) -> None:
    """`su [-] [USER] -c TEXT`; `runuser -u USER COMMAND`."""
    if not work.line.has("--user") and "stop" in work.entry:  # `runuser USER -c TEXT`, as su takes it
        words = call.words
        work.line = walk.read({key: work.entry[key] for key in ("options", "traits")}, call.name, words).line
    line = work.line
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
    text = line.value("--command")
    if text is not None:
        work.feed = call.shell(text, f"{call.name} -c", stdin=call.stdin)
    elif line.has("--user"):
        _carried(call, work, line.operands, call.name)
    else:
        shell_reads(call, work, call.name)


def shell_reads(call: Call, work: Work, label: str, *, state: State | None = None) -> None:
    """Run the commands that a shell reads from its standard input."""
    stdin = call.stdin
    if stdin is None:
        return
    if stdin.source is not None and not isinstance(stdin.value, str):
        call.path(EXECUTE, stdin.source, "standard input of a shell")
    elif isinstance(stdin.value, str):
        work.feed = call.shell(stdin.value, label, state=state)
    else:
        call.fetched_or_opaque("what the shell reads from its standard input is not known", fetched=stdin.fetched)


def _is_assignment(word: Value) -> bool:
    first = parts_of(word)[0]
    return isinstance(first, str) and assignment(first) > 0


def _set(call: Call, word: Value) -> None:
    first, *others = parts_of(word)
    name, _, text = str(first).partition("=")
    call.assigned[name] = concat([text, *others])
    call.row(WRITE, variable=name, why="an assignment for the command")
    call.set_variable(name)


def env(call: Call, work: Work) -> None:
    """`env [NAME=value]… [COMMAND]`; alone it lists every variable. `-S` holds more words."""
    line = work.line
    rest = list(line.operands)
    split = line.value("--split-string")
    words = [*(split.split() if isinstance(split, str) else []), *rest]
    carried = list(words)
    while carried and (_is_assignment(carried[0]) or carried[0] == "-"):
        carried.pop(0)
    lists = not carried and split is None and not line.has("--ignore-environment") and call.name == "env"
    work.entry = {**work.entry, "operands": "text*", "traits": "prints-environment" if lists else ""}
    walk.standard(call, work)
    if split is not None and not isinstance(split, str):
        call.opaque("what env -S splits is not known")
    for word in words[: len(words) - len(carried)]:
        if word != "-":
            _set(call, word)
    if carried and carried[0] is UNKNOWN:
        call.opaque("what env runs is not known")
    if isinstance(split, str) and carried and any(mark in split for mark in "'\"\\$"):
        work.feed = call.shell(concat([part for word in words for part in (*parts_of(word), " ")]), "env -S")
        return
    _carried(call, work, carried, call.name)


def watch(call: Call, work: Work) -> None:
    """`watch COMMAND` hands its words to a shell, joined."""
    joined(call, work)


def joined(call: Call, work: Work) -> None:
    """Words that a shell gets, joined by blanks."""
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
    words = work.line.operands
    if words:
        text = concat(
            [part for number, word in enumerate(words) for part in ((" ",) if number else ()) + parts_of(word)]
        )
        work.feed = call.shell(text, " ".join(work.command), stdin=call.stdin)


def keys(call: Call, work: Work) -> None:
    """`tmux send-keys 'TEXT' Enter` types text into another shell."""
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
    for word in work.line.operands:
        text = plain(word)
        if text is None or " " in text:
            call.shell(word, "tmux send-keys")


def command(call: Call, work: Work) -> None:
    """`command -v NAME` only looks; `command NAME` runs it and no function of that name."""
    looks = work.line.has("-v -V")
    work.entry = {**work.entry, "operands": "text*", "traits": "read-only" if looks else ""}
    walk.standard(call, work)
    if not looks:
        functions, call.state.functions = call.state.functions, {}
        _carried(call, work, work.line.operands, call.name, state=call.state)
        call.state.functions = functions or call.state.functions


def evaluate(call: Call, work: Work) -> None:
    """`eval TEXT…`: the words joined, run by this shell."""
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
    words = call.words[1:] if call.words[:1] == ["--"] else call.words
    if words:
        text = concat(
            [part for number, word in enumerate(words) for part in ((" ",) if number else ()) + parts_of(word)]
        )
        work.feed = call.shell(text, "eval", stdin=call.stdin, state=call.state)


def source(call: Call, work: Work) -> None:
    """`source FILE`: the text of a file of this text or of a substitution runs; a file of the project is executed."""
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
    words = call.words[1:] if call.words[:1] == ["--"] else call.words
    if not words:
        return
    state = call.state
    parameters = state.parameters
    if words[1:]:
        state.parameters = words[1:]
    run_file(call, work, words[0], call.name, state=state)
    if words[1:]:
        state.parameters = parameters


def run_file(call: Call, work: Work | None, path: Value, label: str, **more: Any) -> None:
    """Run a file as a shell does: what this text has put into it, else the file as it is."""
    feeds = call.contents(path)
    call.path(READ, path, "the script")
    call.path(EXECUTE, path, "the script")
    for feed in feeds:
        if isinstance(feed.value, str):
            call.shell(feed.value, label, **more)
        elif feed.source is not None:  # a descriptor that was opened on a file of the disk
            call.path(EXECUTE, feed.source, "the script")
        else:
            call.fetched_or_opaque("what is in the script is not known", fetched=feed.fetched)


def trap(call: Call, work: Work) -> None:
    """`trap TEXT SIGNAL…`: the text runs later."""
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
    operands = work.line.operands
    if len(operands) < 2 or operands[0] in ("-", ""):
        return
    text = operands[0]
    if not isinstance(text, str) or any(word in ("DEBUG", "ERR", "RETURN") for word in operands[1:]):
        call.shell(text, "trap", state=call.state.copy())
    if isinstance(text, str):
        call.state.traps = (*call.state.traps, (text, (*call.frame.via, "trap"), call.where))


def xargs(call: Call, work: Work) -> None:
    """`xargs COMMAND`: the words of standard input go behind the command, or in place of `-I`'s mark."""
    line = work.line
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
    words: list[Value] = line.operands or ["echo"]
    found = _items(call, whole=line.has("-I --replace --null --delimiter -L"), mark=line.value("--delimiter"))
    mark = line.value("-I") or (line.value("--replace") or "{}" if line.has("--replace") else None)
    if mark is None:
        limit = plain(line.value("--max-args") or line.value("--max-lines") or "") or ""
        size = int(limit) if limit.isascii() and limit.isdigit() and 0 < len(limit) < 5 else 0
        for start in range(0, len(found), size) if size else (0,):
            _carried(call, work, [*words, *(found[start : start + size] if size else found)], call.name, stdin=None)
        return
    for value in found:
        _carried(call, work, walk.replaced(call, words, str(mark), value), call.name, stdin=None)


def _items(call: Call, *, whole: bool, mark: Value | None = None) -> list[Value]:
    """Return what standard input holds, item by item; `mark` is what separates them, if that is no line end."""
    stdin = call.stdin
    if stdin is None:
        return [UNKNOWN]
    if isinstance(stdin.value, str) and stdin.items is None:
        text = stdin.value.replace("\0", "\n")
        if isinstance(mark, str) and mark and mark not in ("\\n", "\\0"):
            text = text.replace({"\\t": "\t"}.get(mark, mark), "\n")
        return list(dict.fromkeys(text.split("\n") if whole else text.split())) if text.strip() else []
    return stdin.lines() or [UNKNOWN]


def parallel(call: Call, work: Work) -> None:
    """`parallel COMMAND ::: ITEM…`: each item in place of `{}`, through a shell."""
    line = work.line
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
    words = line.operands
    marks = [place for place, word in enumerate(words) if isinstance(word, str) and word[:3] in (":::", "::::")]
    end = marks[0] if marks else len(words)
    items = [word for word in words[end:] if word not in (":::", "::::", ":::+")] if marks else _items(call, whole=True)
    template = words[:end]
    for item in items or [UNKNOWN]:
        if not template:
            call.shell(item, call.name)
            continue
        filled = walk.replaced(call, template, "{}", item)
        if filled == template:
            filled = [*template, item]
        if len(template) == 1:
            call.shell(
                filled[0] if len(filled) == 1 else concat([*parts_of(filled[0]), " ", *parts_of(item)]), call.name
            )
        else:
            call.run(filled, call.name)


def script(call: Call, work: Work) -> None:
    """`script -c TEXT FILE` (Linux), `script FILE COMMAND` (macOS)."""
    operands = work.line.operands
    work.entry = {**work.entry, "operands": "write text*"}
    walk.standard(call, work)
    if len(operands) > 1:
        _carried(call, work, operands[1:], call.name)


def debugger(call: Call, work: Work) -> None:
    """Commands of a debugger can start a shell."""
    walk.standard(call, work)
    for flag, value in work.line.flags:
        if flag in ("-ex", "-o") and value is not None:
            text = plain(value)
            if text is None or text.startswith(("python", "call", "print system", "p system")):
                call.opaque("what the debugger runs is not known")
            elif text.startswith(("shell ", "!", "platform shell ")):
                call.shell(text.removeprefix("platform ").removeprefix("shell ").lstrip("!"), call.name)


def later(call: Call, work: Work) -> None:
    """`at TIME`: the commands come from standard input."""
    walk.standard(call, work)
    if not work.line.has("-f -l -d -r"):
        shell_reads(call, work, call.name)
