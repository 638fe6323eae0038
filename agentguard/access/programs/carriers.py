"""Programs that run other commands. Each gives a row of its own, and the command it carries gives its rows behind it.

The carried command has the carrier in its `via`. Where what is carried cannot be known, an opaque row says so.
"""

from __future__ import annotations

from agentguard.access.model import EXECUTE, READ, UNKNOWN, WRITE
from agentguard.access.programs import filling, index, options, walk
from agentguard.access.shell.skip import assignment
from agentguard.access.shell.values import concat, counted, parts_of, plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentguard.access.model import Value
    from agentguard.access.programs.walk import Work
    from agentguard.access.shell.command import Call
    from agentguard.access.shell.state import State


def _begin(call: Call, work: Work) -> list[Value]:
    """Make the standard rows, those of the operands left out; return the operands."""
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
    return list(work.line.operands)


def _carried(call: Call, work: Work, words: list[Value], label: str, **more: Any) -> None:
    if words:
        work.feed = call.run(words, label, **{"stdin": call.stdin, **more})


# -- other users


def sudo(call: Call, work: Work) -> None:
    """`sudo [NAME=value] COMMAND`, `sudo -s [TEXT]`, `sudo -e FILE`; with -l it only says what may be run."""
    line = work.line
    if line.has("--edit"):
        work.entry = {**work.entry, "operands": "edit*"}
        walk.standard(call, work)
        return
    rest = _begin(call, work)
    if line.has("--list --version --help"):
        return
    while rest and _is_assignment(rest[0]):
        assign(call, rest.pop(0))
    if not line.has("--shell --login"):
        _carried(call, work, rest, call.name)
    elif rest:
        work.feed = call.shell(filling.joined(rest), call.name, stdin=call.stdin)
    else:
        shell_reads(call, work, call.name)


def su(call: Call, work: Work) -> None:
    """`su [-] [USER] -c TEXT`, `su USER SCRIPT`; `runuser -u USER COMMAND`."""
    if not work.line.has("--user") and "stop" in work.entry:  # `runuser USER -c TEXT`, as su takes it
        words = call.words
        work.line = walk.read({key: work.entry[key] for key in ("options", "traits")}, call.name, words).line
    line = work.line
    rest = _begin(call, work)
    text = line.value("--command") or line.value("--session-command")
    if text is not None:
        work.feed = call.shell(text, f"{call.name} -c", stdin=call.stdin)
    elif line.has("--user"):
        _carried(call, work, rest, call.name)
    elif behind := [word for word in rest if word != "-"][1:]:  # what follows the user is for the shell
        _carried(call, work, ["sh", *behind], call.name)
    else:
        shell_reads(call, work, call.name)


def capsh(call: Call, work: Work) -> None:
    """`capsh --print -- -c TEXT`: what follows `--` is for a shell (capsh(1))."""
    words = call.words
    _begin(call, work)
    if "--" in words:
        _carried(call, work, ["bash", *words[words.index("--") + 1 :]], call.name)


# -- shells without a command


def or_shell(call: Call, work: Work) -> None:
    """Without a command a shell starts, and reads standard input."""
    if rest := _begin(call, work):
        _carried(call, work, rest, call.name)
    else:
        shell_reads(call, work, call.name)


def chroot(call: Call, work: Work) -> None:
    """`chroot FOLDER [COMMAND]`. In a container FOLDER is often where this machine is mounted."""
    operands = _begin(call, work)
    place = call.machine.elsewhere
    if not operands[1:]:
        shell_reads(call, work, call.name)
    elif place is not None and isinstance(operands[0], str):
        from agentguard.access.programs import elsewhere  # noqa: PLC0415 - rare

        work.feed = elsewhere.run(call, operands[1:], call.name, place.beneath(operands[0]), "/")
    else:
        _carried(call, work, operands[1:], call.name)


def nsenter(call: Call, work: Work) -> None:
    """`nsenter -t PID -m COMMAND`: a container that sees the machine's processes gets out of itself."""
    line = work.line
    operands = _begin(call, work)
    if call.machine.elsewhere is not None and line.has("--mount --all") and operands:
        from agentguard.access.programs import elsewhere  # noqa: PLC0415 - rare

        work.feed = elsewhere.run(call, operands, call.name, None, "/")
    elif operands:
        _carried(call, work, operands, call.name)
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


# -- the environment


def _is_assignment(word: Value) -> bool:
    first = parts_of(word)[0]
    return isinstance(first, str) and assignment(first) > 0


def assign(call: Call, word: Value) -> None:
    """Set a variable for the command: `NAME=VALUE`. A name alone hands on what is there."""
    first, *others = parts_of(word)
    name, equals, text = str(first).partition("=")
    if not equals:
        return
    if name.startswith("BASH_FUNC_"):  # how bash hands on functions
        call.shell(concat(["f ", text, *others, "; f"]), name)
    call.assigned[name] = concat([text, *others])
    call.row(WRITE, variable=name, why="an assignment for the command")
    call.set_variable(name, call.assigned[name])


def env(call: Call, work: Work) -> None:
    """`env [NAME=value]… [COMMAND]`; alone it lists every variable. `-S` holds more words, options among them."""
    line = work.line
    split = line.value("--split-string")
    if split is not None:
        words = split_string(call, split)
        if words is None:
            _begin(call, work)
            call.opaque("what env -S splits is not known")
            return
        flags, kinds = line.flags, line.kinds
        work.line = line = walk.read({**work.entry, "run": None}, call.name, [*words, *line.operands]).line
        line.flags[:0] = [flag for flag in flags if flag[0] != "--split-string"]
        line.kinds.update(kinds)
    words = list(line.operands)
    carried = list(words)
    while carried and ("=" in str(parts_of(carried[0])[0]) or carried[0] == "-"):
        carried.pop(0)
    lists = (
        not carried
        and not line.has("--ignore-environment --version --help")
        and call.name == "env"
        and "-" not in words
    )
    if lists:
        work.entry = {**work.entry, "traits": "prints-environment"}
    _begin(call, work)
    for word in words[: len(words) - len(carried)]:
        if word != "-":
            assign(call, word)
    if carried and carried[0] is UNKNOWN:
        call.opaque("what env runs is not known")
    if call.name == "cross-env-shell" and carried:
        work.feed = call.shell(filling.joined(carried), call.name, stdin=call.stdin)
    else:
        _carried(call, work, carried, call.name)


_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "_": " ", "v": "\v", "f": "\f"}


def split_string(call: Call | None, value: Value) -> list[Value] | None:
    r"""Return the words of a text as `env -S` and xargs split it: quotes, backslashes, `${NAME}`; None if not known.

    Without a call `$` is an ordinary character. A backslash before a letter stands for a blank sign where env knows it.
    """
    if not isinstance(value, str):
        return None
    words: list[Value] = []
    parts: list[Any] | None = None
    quote = ""
    at = 0
    while at < len(value):
        char = value[at]
        at += 1
        if char == quote:
            quote = ""
        elif not quote and char in "'\"":
            quote = char
            parts = parts or []
        elif not quote and char in " \t\n\r":
            if parts is not None:
                words.append(concat(parts))
            parts = None
        elif char == "\\" and quote != "'" and at < len(value):
            parts = [*(parts or []), _ESCAPED.get(value[at], value[at]) if call is not None else value[at]]
            at += 1
        elif char == "$" and call is not None and quote != "'" and value[at : at + 1] == "{":
            name, _, _ = value[at + 1 :].partition("}")
            at += len(name) + 2
            held = call.variable(name)
            parts = [*(parts or []), *parts_of(UNKNOWN if held is None else held)]
        else:
            parts = [*(parts or []), char]
    if parts is not None:
        words.append(concat(parts))
    return words


# -- one operand before the command


def ranked(call: Call, work: Work) -> None:
    """`chrt [PRIORITY] COMMAND`, `setarch [ARCHITECTURE] [OPTIONS] COMMAND`: whether the first is there, only it tells."""
    rest = _begin(call, work)
    first = plain(rest[0]) if rest else None
    if work.line.has("--pid --max --list"):
        return
    known = None if first is None else index.entry(first)
    if (
        call.name == "setarch"
        and rest[:1] == call.words[:1]
        and (known is None or known.get("run") == "carriers.ranked")
    ):
        rest = options.read(options.table(work.entry["options"]), rest[1:], stop=True).operands
    elif rest and call.name == "chrt" and (first is None or first.isdigit()):
        rest.pop(0)
    _carried(call, work, rest, call.name)


def daemontools(call: Call, work: Work) -> None:
    """`chpst -u USER COMMAND`; `setuidgid USER COMMAND`, `setlock FILE COMMAND` have one operand before the command."""
    rest = _begin(call, work)
    if call.name in ("setuidgid", "s6-setuidgid", "envuidgid", "setlock"):
        if call.name == "setlock":
            for value in rest[:1]:
                call.path(WRITE, value, "the lock")
        del rest[:1]
    _carried(call, work, rest, call.name)


def flock(call: Call, work: Work) -> None:
    """`flock FILE COMMAND`, `flock FILE -c TEXT`, `flock DESCRIPTOR`."""
    operands = work.line.operands
    number = plain(operands[0]) if operands else None
    work.entry = {**work.entry, "operands": ("text" if number and number.isdigit() else "write") + " command"}
    walk.standard(call, work)


def daemon(call: Call, work: Work) -> None:
    """`start-stop-daemon --start --exec PROGRAM -- ARGUMENT…`."""
    line = work.line
    rest = _begin(call, work)
    program = line.value("--startas") or line.value("--exec")
    if program is not None and line.has("--start") and not line.has("--test"):
        _carried(call, work, [program, *rest], call.name)


def terminal(call: Call, work: Work) -> None:
    """`xterm -e COMMAND…`, `gnome-terminal -- COMMAND…`, `kitty COMMAND…`: a window in which a command runs."""
    text = work.line.value("--command")
    rest = _begin(call, work)
    if text is None:
        _carried(call, work, rest, call.name)
    elif rest:
        _carried(call, work, [text, *rest], call.name)
    else:
        work.feed = call.shell(text, call.name)


def behind(call: Call, work: Work) -> None:
    """`onchange GLOB -- COMMAND…`: what follows `--` is a command."""
    words = call.words
    _begin(call, work)
    if "--" in words:
        _carried(call, work, words[words.index("--") + 1 :], " ".join(work.command))


# -- the shell's own


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
    _begin(call, work)
    words = call.words[1:] if call.words[:1] == ["--"] else call.words
    if words:
        work.feed = call.shell(filling.joined(words), "eval", stdin=call.stdin, state=call.state)


def source(call: Call, work: Work) -> None:
    """`source FILE`: the text of a file of this text or of a substitution runs; a file of the project is executed."""
    _begin(call, work)
    words = call.words[1:] if call.words[:1] == ["--"] else call.words
    if not words:
        return
    state = call.state
    parameters = state.parameters
    if words[1:]:
        state.parameters = words[1:]
    outer = state.get("BASH_SOURCE")
    state.set("BASH_SOURCE", words[0])
    run_file(call, work, words[0], call.name, state=state)
    state.set("BASH_SOURCE", UNKNOWN if outer is None else outer)
    if words[1:]:
        state.parameters = parameters


def run_file(call: Call, work: Work | None, path: Value, label: str, **more: Any) -> None:
    """Run a file as a shell does: what this text has put into it, else the file as it is."""
    feeds = call.contents(path)
    if isinstance(path, str) and path.startswith(("/dev/tcp/", "/dev/udp/")):  # bash opens a connection
        host, _, port = path[9:].partition("/")
        call.connect(host, int(port) if port.isdigit() and len(port) < 6 else None, "the script")
        call.fetched_or_opaque("the script comes over the network", fetched=True)
        return
    call.path(READ, path, "the script")
    call.path(EXECUTE, path, "the script")
    for feed in feeds:
        if isinstance(feed.value, str):
            call.shell(feed.value, label, **more)
        elif feed.source is not None:  # a descriptor that was opened on a file of the disk
            call.path(EXECUTE, feed.source, "the script")
        else:
            call.fetched_or_opaque("what is in the script is not known", fetched=feed.fetched)
    if not feeds:
        from agentguard.access.code import reach  # noqa: PLC0415 - few commands run a file

        reach.shell(call, path, label, stdin=call.stdin, **more)


def trap(call: Call, work: Work) -> None:
    """`trap TEXT SIGNAL…`: the text runs later."""
    operands = _begin(call, work)
    if len(operands) < 2 or operands[0] in ("-", ""):
        return
    text = counted(operands[0])
    if not isinstance(text, str) or any(word in ("DEBUG", "ERR", "RETURN") for word in operands[1:]):
        call.shell(text, "trap", state=call.state.copy())
    if isinstance(text, str):
        call.state.traps = (*call.state.traps, (text, (*call.frame.via, "trap"), call.where))
