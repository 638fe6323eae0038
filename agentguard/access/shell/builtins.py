"""What the shell's own commands do to the shell: folder, variables, parameters, functions, aliases.

bash(1), SHELL BUILTIN COMMANDS. Their rows come from the table of programs like those of any other command; here is
only what a later command sees of them.
"""

from __future__ import annotations

from agentguard.access import paths
from agentguard.access.model import UNKNOWN, WRITE, Pattern
from agentguard.access.shell import telling
from agentguard.access.shell.limits import MAX_ALTERNATIVES
from agentguard.access.shell.skip import assignment
from agentguard.access.shell.values import UNSET, Choice, concat, either, parts_of, plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from agentguard.access.model import Value
    from agentguard.access.shell.command import Call
    from agentguard.access.shell.state import State
    from agentguard.access.shell.values import Held


def change(call: Call) -> None:
    """Let one of the shell's own commands change the shell."""
    if any("[" in word and ("$(" in word or "`" in word) for word in call.words if isinstance(word, str)):
        from agentguard.access.shell import hidden  # noqa: PLC0415 - rare
        from agentguard.access.shell.words import Reader  # noqa: PLC0415 - rare

        if call.name in hidden.NAMING:
            hidden.words(Reader(call.machine, call.state, call.frame), call.words)
    _BUILTINS[call.name](call)


def assign(call: Call, state: State, name: str, value: Value, why: str) -> None:
    """Assign a variable for the rest of the text, with its row."""
    state.set(name, value)
    call.row(WRITE, variable=name, why=why)
    call.set_variable(name, value)


def _operands(words: list[Value]) -> list[Value]:
    """Return the words behind the options of a builtin."""
    for number, word in enumerate(words):
        if word == "--":
            return words[number + 1 :]
        if not (isinstance(word, str) and word[:1] in ("-", "+") and len(word) > 1):
            return words[number:]
    return []


def _cd(call: Call) -> None:
    state = call.state
    operands = _operands(call.words)
    target: object = operands[0] if operands else state.get("HOME")
    if target == "-":
        target = state.get("OLDPWD")
    if not isinstance(target, (str, Pattern)):
        target = UNKNOWN
    if target == "":
        return
    listed = call.assigned.get("CDPATH", state.variables.get("CDPATH"))
    if (
        isinstance(listed, str)
        and isinstance(target, str)
        and operands
        and not f"{target}/".startswith(("/", "./", "../"))
    ):
        for folder in listed.split(":"):  # bash(1), cd
            place = call.place(f"{folder or '.'}/{target}")
            if isinstance(place, str) and call.world.disk.kind(paths.resolve(place, call.world.disk)) == "dir":
                target = place
                break
    _enter(call, target)


def _enter(call: Call, target: Value) -> None:
    """Change the folder. Where it is not known that this works, the old one stays possible."""
    state = call.state
    before = state.copy()
    found = _folders(call, target)
    state.move(found[0] if len(found) == 1 else Choice(tuple(found)))
    known = len(found) == 1 and isinstance(found[0], str)
    state.sure = known and call.world.disk.kind(paths.resolve(str(found[0]), call.world.disk)) == "dir"
    if not state.sure:
        state.failed = before


def _folders(call: Call, target: Value) -> list[Value]:
    cwd = call.cwd
    if isinstance(target, str):
        if paths.fault(target):
            return [UNKNOWN]
        if isinstance(cwd, str):
            return [paths.absolute(target, cwd, call.world.platform)]
        return [target if target[:1] == "/" else concat([*parts_of(cwd), "/", target])]
    if target is UNKNOWN:
        return [UNKNOWN]
    texts = [path.text for path in paths.of(target, cwd, call.world)]
    return texts if len(texts) <= MAX_ALTERNATIVES else [UNKNOWN]


def _pushd(call: Call) -> None:
    operands = _operands(call.words)
    target = operands[0] if operands else UNKNOWN
    stack = call.state.get("DIRSTACK")
    call.state.set("DIRSTACK", [call.cwd, *(stack if isinstance(stack, list) else [])])
    _enter(call, target)


def _popd(call: Call) -> None:
    stack = call.state.get("DIRSTACK")
    if isinstance(stack, list) and stack and not call.words:
        call.state.set("DIRSTACK", stack[1:])
        call.state.move(stack[0])
    else:
        _enter(call, UNKNOWN)


def _declare(call: Call) -> None:
    """`export NAME=value`, `declare`, `local`, `readonly`: each operand is a name, with or without a value."""
    options = "".join(word for word in call.words if isinstance(word, str) and word[:1] == "-")
    keyed, refers = "A" in options, "n" in options
    functions = "f" in options
    for word in _operands(call.words):
        first = parts_of(word)[0]
        if not isinstance(first, str):
            continue
        size = assignment(first)
        _localize(call, (first[:size].rstrip("+=") if size else first).partition("[")[0])
        if not size:
            if call.name == "export" or "x" in options:
                call.state.exported.add(first + "()" if functions else first)
            if keyed and not isinstance(call.state.get(first), dict):
                call.state.set(first, {})
            continue
        adds = first[size - 2] == "+"
        name = first[: size - 2 if adds else size - 1]
        value = concat([first[size:], *parts_of(word)[1:]])
        if adds:
            held = call.state.get(name)
            value = concat([*parts_of(held if isinstance(held, (str, Pattern)) else UNKNOWN), *parts_of(value)])
        held_before = call.state.get(name)
        call.state.references.pop(name, None)
        if refers and isinstance(value, str) and value.isidentifier() and value != name:
            call.state.references[name] = call.state.references.get(value, value)
            call.row(WRITE, variable=name, why=call.name)
            continue
        assign(call, call.state, name, UNKNOWN if refers else value, call.name)
        if call.name == "local" and call.state.locals is None:  # an error in bash, an assignment in zsh
            call.state.set(name, either(held_before, call.state.get(name)))
        if call.name == "export" or "x" in options:
            call.state.exported.add(name)


def _localize(call: Call, name: str) -> None:
    """Keep what a variable held before a function made it its own."""
    kept = call.state.locals
    if kept is not None and call.name in ("local", "declare", "typeset") and name not in kept:
        kept[name] = call.state.get(name)


def _unset(call: Call) -> None:
    for word in call.words:
        if isinstance(word, str):
            call.state.functions.pop(word, None)
            if word.isidentifier():
                call.state.set(word, UNSET)
            elif word[-1:] == "]":
                _unset_element(call, *word[:-1].split("[", 1))


def _unset_element(call: Call, name: str, key: str = "") -> None:
    """`unset 'name[key]'`: the elements behind it keep their places."""
    from agentguard.access.shell import arrays  # noqa: PLC0415 - rare
    from agentguard.access.shell.words import Reader  # noqa: PLC0415 - rare

    held = call.state.get(name)
    elements = dict(arrays.items(held) or {})
    reader = Reader(call.machine, call.state, call.frame)
    place = reader.value(key) if arrays.is_keyed(held) else reader.arithmetic(key)
    if place is None or not isinstance(place, (str, int)) or (isinstance(place, int) and place < 0):
        call.state.set(name, UNKNOWN)
        return
    elements.pop(str(place), None)
    call.state.set(name, elements if arrays.is_keyed(held) else arrays.indexed(elements))


def _set(call: Call) -> None:
    words = call.words
    operands: list[Value] | None = None
    for number, word in enumerate(words):
        if not isinstance(word, str):
            operands = None if number == 0 else operands
            call.state.parameters = None
            return
        if word == "--":
            operands = words[number + 1 :]
            break
        if word[:1] == "-" and len(word) > 1:
            if "e" in word[1:] or (word[-1] == "o" and words[number + 1 : number + 2] == ["errexit"]):
                call.state.errexit = True
            if "f" in word[1:] or (word[-1] == "o" and words[number + 1 : number + 2] == ["noglob"]):
                call.state.options |= {"noglob"}
        elif word[:1] == "+" and len(word) > 1:
            if "e" in word[1:]:
                call.state.errexit = False
            if "f" in word[1:] or (word[-1] == "o" and words[number + 1 : number + 2] == ["noglob"]):
                call.state.options -= {"noglob"}
        elif number and str(words[number - 1])[-1:] == "o" and str(words[number - 1])[:1] in ("-", "+"):
            continue
        else:
            operands = words[number:]
            break
    if operands is not None:
        call.state.parameters = list(operands)


def _shift(call: Call) -> None:
    count = plain(call.words[0]) if call.words else "1"
    given = call.state.parameters
    if given is not None:
        known = count is not None and count.isascii() and count.isdigit() and len(count) < 6
        call.state.parameters = given[int(count or 1) :] if known else None


def _read(call: Call) -> None:
    """`read a b`: the words of the next line of standard input, where that is known; at its end nothing, or the rest."""
    if array := _array_of(call.words):
        line = (call.stdin.lines() or [""])[0] if call.stdin is not None else UNKNOWN
        words = _fields(call, line, 0) if isinstance(line, str) else None
        call.state.set(array, UNKNOWN if words is None else list(words))
        return
    if call.stdin is not None and call.stdin.fetched:
        call.state.fetched |= {word for word in call.words if isinstance(word, str) and word.isidentifier()} | {"REPLY"}
    names = [word for word in _read_names(call.words) if isinstance(word, str) and word.isidentifier()] or ["REPLY"]
    failed = call.state.copy()
    _heard(call, names)
    for number, name in enumerate(names):
        held = _read_word(call, number, len(names))
        call.state.set(name, held)
        failed.set(name, either(held, ""))
    call.state.failed = failed


def _read_word(call: Call, number: int, count: int) -> Held:
    """Return what the variable at a place of `read` gets. A loop around it sees one line after the other."""
    if call.stdin is None:
        return UNKNOWN
    text = call.stdin.value
    if not isinstance(text, str):
        return _one_of(call.stdin.lines()) if count == 1 else UNKNOWN
    lines = [line for line in text.split("\n") if line][: MAX_ALTERNATIVES + 1] or [""]
    values: list[Value] = []
    for line in lines:
        words = _fields(call, line, count)
        values.append(words[number].strip() if number < len(words) else "")
    return _one_of(values)


def _fields(call: Call, line: str, count: int) -> list[str]:
    """Return a line split as `read` does it, into at most so many words; 0 for any number."""
    blanks = call.assigned.get("IFS", call.state.exact("IFS"))
    if blanks == "":
        return [line]
    if not isinstance(blanks, str) or not blanks.strip():
        return line.split(None, count - 1)
    words = [line]
    for char in blanks:
        words = [part for word in words for part in word.split(char)]
    if count and len(words) > count:
        start = line.find(words[count - 1], sum(len(word) + 1 for word in words[: count - 1]))
        words[count - 1 :] = [line[start:]]
    return words


def _array_of(words: list[Value]) -> str:
    """Return the array of `read -a NAME`, "" for none."""
    for number, word in enumerate(words[:-1]):
        if isinstance(word, str) and word[:1] == "-" and word[-1] == "a" and len(word) > 1:
            name = words[number + 1]
            return name if isinstance(name, str) and name.isidentifier() else ""
    return ""


def _mapfile(call: Call) -> None:
    """`mapfile -t NAME`: the lines of standard input become the elements of an array."""
    words = _operands([word for word in call.words if word != "-t"])
    name = words[0] if words and isinstance(words[0], str) and words[0].isidentifier() else "MAPFILE"
    plainly = all(word in ("-t", name) for word in call.words)
    found: list[Value] = call.stdin.lines() if call.stdin is not None and plainly else [UNKNOWN]
    if call.stdin is not None and call.stdin.fetched:
        call.state.fetched |= {name}
    exact = all(isinstance(line, str) for line in found)
    call.state.set(name, list(found) if exact else _one_of(found))
    if not plainly:
        _forget(call)


def _hash(call: Call) -> None:
    """`hash -p PATH NAME`: NAME is that program from now on. `hash -d NAME=FOLDER` of zsh: so is `~NAME`."""
    if call.words[:1] == ["-d"]:
        for named in call.words[1:]:
            short, equals, folder = str(parts_of(named)[0]).partition("=")
            if equals:
                call.state.set("~" + short, concat([folder, *parts_of(named)[1:]]))
    if call.words[:1] == ["-p"] and len(call.words) > 2:
        for name in call.words[2:]:
            if isinstance(name, str):
                call.state.aliases[name] = (call.words[1],)


def _ztcp(call: Call) -> None:
    """`ztcp` of zsh/net/tcp leaves the descriptor of a connection in REPLY."""
    call.state.set("REPLY", UNKNOWN)
    call.state.fetched |= {"REPLY"}


def _one_of(values: Sequence[Value]) -> Held:
    """Return what a variable holds that may be any of some values."""
    options = tuple(dict.fromkeys(values))
    if not options or len(options) > MAX_ALTERNATIVES:
        return UNKNOWN
    return options[0] if len(options) == 1 else Choice(options)


def _read_names(words: list[Value]) -> list[Value]:
    """Return the operands of `read`; some of its options take a word."""
    rest = list(words)
    while rest and isinstance(word := rest[0], str) and word[:1] == "-" and len(word) > 1:
        rest = rest[2:] if word[-1] in "adinNptu" else rest[1:]
        if word[-1] == "a":
            return []
    return rest


def _heard(call: Call, names: Sequence[Value]) -> None:
    """Variables that are filled from standard input hold what that tells."""
    for name in names:
        if isinstance(name, str):
            telling.mark(
                call.state, name, bool(call.stdin and call.stdin.told), call.stdin.secret if call.stdin else ""
            )


def _forget(call: Call) -> None:
    """Commands that fill variables with what is not known."""
    _heard(call, call.words)
    for word in call.words:
        if isinstance(word, str) and word.isidentifier():
            call.state.set(word, UNKNOWN)


def _printf(call: Call) -> None:
    if call.words[:1] == ["-v"] and len(call.words) > 1 and isinstance(name := call.words[1], str):
        from agentguard.access.programs import outputs  # noqa: PLC0415 - rare

        call.state.set(name, outputs.printf(call.words[2:]))
        telling.mark(call.state, name, bool(call.told), call.secret)


def _let(call: Call) -> None:
    from agentguard.access.shell.words import Reader, assigned_in_arithmetic  # noqa: PLC0415 - rare

    for word in call.words:
        if isinstance(word, str):
            Reader(call.machine, call.state, call.frame).arithmetic(word)
        else:
            assigned_in_arithmetic(str(word), call.state)


def _alias(call: Call) -> None:
    """`alias NAME=TEXT`; in zsh `-g` for a word anywhere, and `-s` for what opens files of an extension."""
    kind = " g" if "-g" in call.words else " s" if "-s" in call.words else ""
    for word in call.words:
        name, equals, first = str(parts_of(word)[0]).partition("=")
        if equals:
            call.state.aliases[kind + name] = (concat([first, *parts_of(word)[1:]]),)


def _unalias(call: Call) -> None:
    for word in call.words:
        call.state.aliases.pop(str(word), None)


def _shopt(call: Call) -> None:
    names = frozenset(word for word in call.words if isinstance(word, str) and word[:1] != "-")
    if "-s" in call.words:
        call.state.options |= names
    elif "-u" in call.words:
        call.state.options -= names


def _setopt(call: Call) -> None:
    """`setopt` and `unsetopt` of zsh: names without case and underscores."""
    names = {str(word).lower().replace("_", "") for word in call.words}
    names = {"dotglob" if name == "globdots" else name for name in names}
    if call.name == "setopt":
        call.state.options |= names
    else:
        call.state.options -= names


def _exit(call: Call) -> None:
    """`exit`; a `return` outside of a function is only an error."""
    call.state.dead = call.name == "exit" or call.state.locals is not None
    if call.name == "exit":
        call.machine.leave(call.state)


_BUILTINS: dict[str, Callable[[Call], None]] = {
    "cd": _cd, "chdir": _cd, "pushd": _pushd, "popd": _popd,
    "export": _declare, "declare": _declare, "typeset": _declare, "local": _declare, "readonly": _declare,
    "unset": _unset, "set": _set, "shift": _shift, "read": _read, "mapfile": _mapfile, "readarray": _mapfile,
    "getopts": _forget, "printf": _printf, "let": _let, "alias": _alias, "unalias": _unalias, "shopt": _shopt,
    "setopt": _setopt, "unsetopt": _setopt,
    "exit": _exit, "return": _exit, "wait": _forget, "hash": _hash, "ztcp": _ztcp,
}  # fmt: skip
