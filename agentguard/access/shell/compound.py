"""Compound commands: subshells, groups, branches, loops, functions, and their redirections (bash(1), Compound Commands).

Every branch is run and so is the body of every loop; where branches meet, what differs may be either. What a branch or a
loop that may be passed over does to files is only possible (see made).
"""

from __future__ import annotations

from agentguard.access.model import ANY, UNKNOWN
from agentguard.access.shell import interpret, telling, tree
from agentguard.access.shell.flow import Feed, Function
from agentguard.access.shell.limits import MAX_ALTERNATIVES
from agentguard.access.shell.pieces import Unreadable
from agentguard.access.shell.values import A_NUMBER, concat, is_count, parts_of
from agentguard.access.shell.words import Reader, assigned_in_arithmetic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from agentguard.access.model import Value
    from agentguard.access.shell.flow import Frame
    from agentguard.access.shell.interpret import Machine
    from agentguard.access.shell.pieces import Redirection
    from agentguard.access.shell.state import State
    from agentguard.access.shell.tree import Node


# Functions that zsh calls by itself (zshmisc(1), Hook Functions and Trap Functions).
_HOOKS = frozenset({
    "chpwd", "precmd", "preexec", "periodic", "zshaddhistory", "zshexit", "TRAPEXIT", "TRAPZERR", "TRAPDEBUG", "TRAPINT",
    "TRAPTERM", "TRAPHUP", "TRAPUSR1", "TRAPUSR2", "TRAPALRM", "TRAPCHLD", "TRAPWINCH", "command_not_found_handler",
})  # fmt: skip


def _condition(machine: Machine, node: Node, state: State, stdin: Feed | None, frame: Frame) -> State:
    """Run the condition of a branch or a loop: `state` is then that of success. Return the state of failure."""
    before, last = node[1][:-1], node[1][-1:]
    if before:
        machine.node((tree.SEQUENCE, before), state, stdin, frame)
    for child, _ in last:
        machine.node(child, state, stdin, frame)
    failed, state.failed = state.failed or state.copy(), None
    if frame.scanned.negated:
        state.join(failed.copy())
        failed = state.copy()
    return failed


def _subshell(machine: Machine, node: Node, state: State, stdin: Feed | None, frame: Frame) -> Feed:
    return interpret.apart(machine, node[1], state, stdin, frame)


def _group(machine: Machine, node: Node, state: State, stdin: Feed | None, frame: Frame) -> Feed:
    return machine.node(node[1], state, stdin, frame)


def _redirected(machine: Machine, node: Node, state: State, stdin: Feed | None, frame: Frame) -> Feed:
    """Run a compound command with redirections."""
    from agentguard.access.shell import redirect  # noqa: PLC0415 - few compound commands have any

    states = state.alternatives("".join(frame.text[r.start : r.end] for r in node[2]), MAX_ALTERNATIVES) or [state]
    redirections: list[Redirection] = node[2]
    sinks, machine.sinks = machine.sinks, {}
    for one in states[1:]:
        redirect.redirected(machine, redirections, one, stdin, frame)
    call, done = redirect.redirected(machine, redirections, states[0], stdin, frame)
    inputs, outputs = state.inputs, state.outputs
    state.inputs = {**inputs, **done.inputs}
    state.outputs = {**outputs, **done.outputs}
    if done.silent:
        state.outputs.pop("1", None)
    sinks, machine.sinks = machine.sinks, sinks
    behind, machine.behind = machine.behind, ""
    machine.captured += done.hidden
    feed = machine.node(node[1], state, done.stdin or stdin, frame)
    machine.captured -= done.hidden
    machine.behind = behind
    sinks, machine.sinks = machine.sinks, sinks
    state.inputs, state.outputs = inputs, outputs
    if done.silent:
        call.remember(done.target, feed, append=done.appends)
        feed = Feed("")
    machine.drain(sinks)
    return feed


def _branches(state: State, branches: list[State]) -> None:
    """Let all branches meet in `state`."""
    interpret.meet(branches[0], branches[1:])
    state.become(branches[0])


def _if(machine: Machine, node: Node, state: State, stdin: Feed | None, frame: Frame) -> Feed:
    ends: list[State] = []
    feeds: list[Feed] = []
    rest = state.copy()
    for condition, body in node[1]:
        taken = rest
        rest = _condition(machine, condition, taken, stdin, frame)
        feeds.append(machine.perhaps(body, taken, stdin, frame))
        ends.append(taken)
    feeds.append(machine.perhaps(node[2], rest, stdin, frame))
    ends.append(rest)
    _branches(state, ends)
    return interpret.either(feeds)


def _again(state: State, turn: Callable[[State], Any]) -> None:
    """Run the turn of a loop as often as it takes: what one turn may change, the next one sees.

    A variable that still changes in the second turn is unknown from then on; one that counts is some number.
    """
    before = state.copy()
    turn(state)
    changed = [
        name for name, held in state.variables.items() if before.variables.get(name, UNKNOWN) != held and name != "_"
    ]
    if changed or state.cwd != before.cwd or state.parameters != before.parameters:
        state.join(before.copy())
        second = state.copy()
        turn(second)
        for name in changed:
            if second.get(name) != state.get(name):
                counts = is_count(second.get(name)) and is_count(state.get(name))
                second.set(name, A_NUMBER if counts else UNKNOWN)
                state.set(name, A_NUMBER if counts else UNKNOWN)
        if second.cwd != state.cwd:
            second.move(UNKNOWN)
            turn(second)
        state.join(second)
    state.join(before)


def _while(machine: Machine, node: Node, state: State, stdin: Feed | None, frame: Frame) -> Feed:
    """Run `while` and `until`: the body sees the condition hold (or fail), what follows may see either."""
    fetched = False
    ends: list[State] = []

    def turn(one: State) -> None:
        nonlocal fetched
        failed = _condition(machine, node[1], one, stdin, frame)
        ends.append(failed.copy())
        if node[3]:  # until
            one.join(failed)
        fetched = machine.perhaps(node[2], one, stdin, frame).fetched or fetched

    lines = stdin.lines() if stdin is not None and node[1][1][-1:] and not node[3] else []
    whole = stdin
    if MAX_ALTERNATIVES < len(lines) <= _MOST_LINES and whole is not None:  # as many at a time as a variable may hold
        for at in range(0, len(lines), MAX_ALTERNATIVES):
            some = lines[at : at + MAX_ALTERNATIVES]
            stdin = Feed(concat([part for line in some for part in (*parts_of(line), "\n")]), whole.fetched)
            stdin.items, stdin.secret = None if whole.items is None else some, whole.secret
            stdin.told = whole.told
            _again(state, turn)
    else:
        _again(state, turn)
    interpret.meet(state, ends)
    return Feed(UNKNOWN, fetched or (whole is not None and whole.fetched))


_MOST_LINES = 400  # of what a loop reads that are handed to it as they are


def _for(machine: Machine, node: Node, state: State, stdin: Feed | None, frame: Frame) -> Feed:
    """Run the body once for each value; where the values are not exact, once for all that match."""
    _, name, words, body = node
    values: list[Value] = []
    machine.fetched, machine.secret = False, ""
    told = machine.told
    if words is None:
        values = [UNKNOWN] if state.parameters is None else list(state.parameters)
    else:
        text = " ".join(frame.text[start:end] for start, end in words)
        for one in state.alternatives(text, MAX_ALTERNATIVES) or [state]:
            reader = Reader(machine, one, frame)
            for start, end in words:
                try:
                    values += reader.fields(frame.text[start:end], start)
                    if machine.unsplit:  # zsh takes other words
                        other = Reader(machine, one.copy(), frame)
                        other.state.dialect, machine.unsplit = "zsh", False
                        values += other.fields(frame.text[start:end], start)
                except Unreadable as reason:
                    machine.unreadable(frame, frame.place(start, end), reason)
                    values.append(UNKNOWN)
    if machine.fetched:
        state.fetched |= {name}
    machine.count("words", len(values))
    telling.mark(state, name, machine.told > told, machine.secret)
    feeds: list[Feed] = [Feed("")]
    if " " in name:  # zsh: as many words at a time as it has variables
        return _several(machine, (name.split(), values), body, state, stdin, frame)
    for value in dict.fromkeys(values):
        if isinstance(value, str):
            _bind(state, name, value)
            feeds.append(machine.node(body, state, stdin, frame))
        else:

            def turn(one: State, value: Value = value) -> None:
                _bind(one, name, value)
                feeds.append(machine.perhaps(body, one, stdin, frame))

            _again(state, turn)
        state.dead = False
    return (
        interpret.together(feeds)
        if all(isinstance(value, str) for value in values)
        else interpret.either([*feeds, Feed(UNKNOWN)])
    )


def _bind(state: State, name: str, value: Value) -> None:
    """Give the variable of a loop its value; in zsh it may be `$1`."""
    if not name.isdigit() or name == "0":
        state.set(name, value)
    elif state.parameters is not None:
        place = int(name[:4])
        state.parameters += [""] * (place - len(state.parameters))
        state.parameters[place - 1] = value


def _several(
    machine: Machine, given: tuple[list[str], list[Value]], body: Node, state: State, stdin: Feed | None, frame: Frame
) -> Feed:
    """Run the body of a loop with several variables; where one word may stand for many, each may hold any of them."""
    names, values = given
    exact = all(isinstance(value, str) for value in values)
    feeds: list[Feed] = [Feed("")]
    turns = [values[at : at + len(names)] for at in range(0, len(values), len(names))]
    for turn in turns if exact else [[value] * len(names) for value in dict.fromkeys(values)]:
        for place, name in enumerate(names):
            _bind(state, name, turn[place] if place < len(turn) else "")
        feeds.append(machine.node(body, state, stdin, frame) if exact else machine.perhaps(body, state, stdin, frame))
        state.dead = False
    return interpret.together(feeds) if exact else Feed(UNKNOWN, any(feed.fetched for feed in feeds))


def _count(machine: Machine, node: Node, state: State, stdin: Feed | None, frame: Frame) -> Feed:
    (start, end), body = node[1], node[2]
    text = Reader(machine, state, frame).body(frame.text[start + 2 : end - 2], start + 2)
    assigned_in_arithmetic(text if isinstance(text, str) else frame.text[start:end], state)
    feeds: list[Feed] = []
    _again(state, lambda one: feeds.append(machine.perhaps(body, one, stdin, frame)))
    return Feed(UNKNOWN, any(feed.fetched for feed in feeds))


def _case(machine: Machine, node: Node, state: State, stdin: Feed | None, frame: Frame) -> Feed:
    """Run the body of every item."""
    _, subject, items = node
    reader = Reader(machine, state, frame)
    for start, end in [subject, *(pattern for patterns, _, _ in items for pattern in patterns)]:
        try:
            reader.value(frame.text[start:end], start)
        except Unreadable as reason:
            machine.unreadable(frame, frame.place(start, end), reason)
    ends = [state.copy()]
    feeds: list[Feed] = [Feed("")]
    fallen: State | None = None
    for patterns, body, falls in items:
        taken = state.copy()
        _narrow(machine, taken, frame, subject, patterns)
        if fallen is not None:
            taken.join(fallen)
        feeds.append(machine.perhaps(body, taken, stdin, frame))
        fallen = taken if falls else None
        ends.append(taken)
    _branches(state, ends)
    return interpret.either(feeds)


def _narrow(machine: Machine, state: State, frame: Frame, subject: tuple[int, int], patterns: Any) -> None:
    """`case $f in .env*)`: in that branch a variable of which nothing is known holds what the pattern says."""
    start, end = subject
    name = frame.text[start:end].strip('"').removeprefix("$").strip("{}")
    if not name.isidentifier() or "$" not in frame.text[start:end] or len(patterns) != 1:
        return
    if state.variables.get(name) is not UNKNOWN:
        return
    start, end = patterns[0]
    raw = frame.text[start:end]
    if raw[:1] in ("*", "?", "[", "-", "") or any(char in raw for char in "$`\\'\"(|"):
        return
    parts = [part for piece in raw.split("*") for part in (ANY, piece)][1:]
    if not any(char in raw for char in "?["):
        state.set(name, concat(parts))


def _function(machine: Machine, node: Node, state: State, _stdin: Feed | None, frame: Frame) -> Feed:
    _, (start, end), body = node
    name = frame.text[start:end]
    state.functions[name] = (Function(body, frame),)
    if name in _HOOKS and state.dialect != "bash":
        machine.perhaps(body, state.copy(), None, frame)
    return Feed("")


HANDLERS: dict[str, Callable[[Machine, Node, State, Feed | None, Frame], Feed]] = {
    tree.SUBSHELL: _subshell,
    tree.GROUP: _group,
    tree.REDIRECTED: _redirected,
    tree.IF: _if,
    tree.WHILE: _while,
    tree.FOR: _for,
    tree.COUNT: _count,
    tree.CASE: _case,
    tree.FUNCTION: _function,
}
