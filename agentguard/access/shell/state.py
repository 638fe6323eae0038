"""What a shell knows at one point of a text: folder, variables, functions, aliases, parameters.

A state is copied where a subshell starts and joined where branches meet. A variable that no one assigned here holds
whatever the environment gave it, which is unknown but for a few that the system itself sets.
"""

from __future__ import annotations

from agentguard.access.model import UNKNOWN
from agentguard.access.shell import telling
from agentguard.access.shell.values import UNSET, Choice, either, numbered

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentguard.access.model import Value
    from agentguard.access.shell.flow import Feed
    from agentguard.access.shell.values import Held
    from agentguard.access.world import World

DEFAULT_IFS = " \t\n"
_PERHAPS = Choice((UNKNOWN, UNSET))  # a variable of the environment, which may be set or not
_PERHAPS_EMPTY = Choice((UNKNOWN, ""))  # what a program or the command line has given


class State:
    """One point of a shell's life.

    `cwd` is an absolute path, partly known, unknown, or one of several. `parameters` are `$1 …`, None where they are not
    known. `failed` is the state if the last command failed, None where that is the same; `dead` after `exit` or `return`.
    `inherited` are the functions that another shell sees, `references` the names that stand for another variable
    (`declare -n`), `traps` the texts that run when this shell ends.
    `inputs` and `outputs` are the descriptors that `exec` has opened: what is read from them, and the file they go to.
    `functions` and `aliases` map names to every meaning they may have, `exported` names the variables that programs see,
    `told` those that hold what was read from files or from the environment (see telling).
    """

    __slots__ = (
        "aliases", "choices", "cwd", "dead", "dialect", "errexit", "exported", "failed", "fetched", "functions", "inherited",
        "inputs", "locals", "options", "outputs", "parameters", "references", "sure", "told", "traps", "variables", "zero",
    )  # fmt: skip

    def __init__(self, cwd: Value | Choice, variables: dict[str, Held], parameters: list[Value] | None) -> None:
        self.cwd = cwd
        self.variables = variables
        self.parameters = parameters
        self.functions: dict[str, tuple[Any, ...]] = {}
        self.aliases: dict[str, tuple[Value, ...]] = {}
        self.exported: set[str] = set()
        self.told: dict[str, str] = {}  # variables that tell something, and the secret that each holds
        self.choices: set[str] = set()  # variables that hold a Choice
        self.inherited: dict[str, tuple[Any, ...]] = {}
        self.references: dict[str, str] = {}
        self.fetched: frozenset[str] = frozenset()  # variables that hold what came over the network
        self.traps: tuple[Any, ...] = ()
        self.inputs: dict[str, Feed] = {}
        self.outputs: dict[str, Value] = {}
        self.failed: State | None = None
        self.dead = False
        self.errexit = False
        self.sure = False  # the last `cd` surely worked
        self.dialect = ""  # "bash" or "zsh" where that reads the text, "sh" where it may be dash as well
        self.options: frozenset[str] = frozenset()  # of those that change words: names of shopt and setopt, and noglob
        self.zero: Value = "bash"  # `$0`
        self.locals: dict[str, Held] | None = None  # in a function: what its own variables held before

    def copy(self) -> State:
        """Return a state of the same content that can go its own way."""
        other = State(self.cwd, self.variables.copy(), None if self.parameters is None else self.parameters.copy())
        other.functions = self.functions.copy()
        other.aliases = self.aliases.copy()
        other.exported = self.exported.copy()
        other.told = self.told.copy()
        other.choices = self.choices.copy()
        other.inherited = self.inherited
        other.references = self.references.copy()
        other.traps = self.traps
        other.fetched = self.fetched
        other.inputs = self.inputs.copy()
        other.outputs = self.outputs.copy()
        other.dead = self.dead
        other.errexit = self.errexit
        other.sure = self.sure
        other.dialect = self.dialect
        other.options = self.options
        other.zero = self.zero
        other.locals = None if self.locals is None else self.locals.copy()
        return other

    def become(self, other: State) -> None:
        """Take over the content of another state."""
        for name in State.__slots__:
            setattr(self, name, getattr(other, name))

    def get(self, name: str) -> Held:
        """Return what a variable holds; UNKNOWN for one of the environment's."""
        return self.variables.get(self.references.get(name, name), UNKNOWN)

    def exact(self, name: str) -> str | None:
        """Return the exact text of a variable, None where it has none."""
        held = self.variables.get(self.references.get(name, name))
        return held if isinstance(held, str) else None

    def set(self, name: str, held: Held) -> None:
        """Assign a variable, or the one that a reference stands for."""
        name = self.references.get(name, name)
        self.variables[name] = held
        if isinstance(held, Choice):
            self.choices.add(name)
        else:
            self.choices.discard(name)

    def move(self, cwd: Value | Choice) -> None:
        """Change the folder, as `cd` does it: `PWD` and `OLDPWD` follow."""
        self.set("OLDPWD", self.cwd)
        self.cwd = cwd
        self.set("PWD", cwd)

    def join(self, other: State) -> None:
        """Let another branch meet this one: whatever differs may be either."""
        if other.dead or self.dead:
            if self.dead and not other.dead:
                self.become(other)
            return
        self.cwd = _either_cwd(self.cwd, other.cwd)
        if self.variables != other.variables:
            mine, theirs = self.variables, other.variables
            plain = not self.references and not other.references
            for name in dict.fromkeys((*mine, *theirs)):  # in an order that no hash decides
                if plain and name in mine and mine[name] is theirs.get(name):
                    continue
                if name == "_":
                    self.variables["_"] = UNKNOWN
                else:
                    self.set(name, either(self.get(name), other.get(name)))
        if self.parameters != other.parameters:
            self.parameters = None
        if self.functions != other.functions:
            self.functions = _both(self.functions, other.functions)
        if self.aliases != other.aliases:
            self.aliases = _both(self.aliases, other.aliases)
        self.exported |= other.exported
        self.fetched |= other.fetched
        self.inherited = {**other.inherited, **self.inherited}
        self.references = {**other.references, **self.references}
        self.traps += tuple(trap for trap in other.traps if trap not in self.traps)
        self.inputs = {**other.inputs, **self.inputs}
        self.outputs = {**other.outputs, **self.outputs}
        self.told = {**other.told, **self.told}
        if self.locals is not None and other.locals is not None:
            self.locals = {**other.locals, **self.locals}
        self.errexit = self.errexit and other.errexit
        if self.options != other.options:  # each lets words stand for more files, but for this one
            both = self.options & other.options
            self.options = (self.options | other.options) - ({"noglob"} - both)

    def hide(self) -> None:
        """Forget what a program does not see.

        A variable that was not exported here is not set there, unless the environment had it before.
        """
        for name, held in self.variables.items():
            if name not in self.exported:
                self.set(name, either(held, UNSET))

    def _mentioned(self, name: str, text: str) -> bool:
        """Return whether a text names a variable, itself or through one that stands for it."""
        return _named(name, text) or any(
            target == name and _named(alias, text) for alias, target in self.references.items()
        )

    def alternatives(self, text: str, limit: int) -> list[State] | None:
        """Return one state for each combination of values that the variables in `text` may hold; None for too many.

        The folder is one of them, because every path depends on it. A state without choices stands for itself.
        """
        names = sorted([name for name in self.choices if name in text and self._mentioned(name, text)])
        if "${" in text:
            names += [
                name for name in _defaulted(text) if self.variables.get(name, UNKNOWN) is UNKNOWN and name not in names
            ]
        if not names and not isinstance(self.cwd, Choice):
            return [self]
        states = [self.copy()]
        if isinstance(self.cwd, Choice):
            states = []
            for option in self.cwd.options:
                state = self.copy()
                state.cwd = option  # type: ignore[assignment]  # folders are values
                if self.get("PWD") == self.cwd:
                    state.set("PWD", option)
                states.append(state)
            names = [name for name in names if name != "PWD" or self.get("PWD") != self.cwd]
        for name in names:
            held = self.variables.get(name, _PERHAPS)
            held = _PERHAPS_EMPTY if held is UNKNOWN else held
            options = held.options if isinstance(held, Choice) else (held,)
            if len(states) * len(options) > limit:
                options = tuple(numbered(options))
            if len(states) * len(options) > limit:
                return None
            several = []
            for state in states:
                for option in options:
                    pinned = state.copy()
                    pinned.set(name, option)
                    if held is _PERHAPS and option is UNKNOWN and telling.secret(name):
                        pinned.told[name] = telling.key(name)
                    several.append(pinned)
            states = several
        return states


_PLAIN = "-\\%./,"  # what stands before a letter that names no variable outside of arithmetic: `-n`, `\\n`, `%s`
_CALCULATES = ("((", "[", "let ", "${", "expr ")


def _named(name: str, text: str) -> bool:
    """Return whether a text names a variable, and not only a word or a letter that is spelled alike."""
    calculates = any(mark in text for mark in _CALCULATES)
    at = text.find(name)
    while at >= 0:
        end = at + len(name)
        before, behind = text[at - 1 : at], text[end : end + 1]
        if not (before == "_" or before.isalnum() or behind == "_" or behind.isalnum()) and (
            calculates or not before or before not in _PLAIN
        ):
            return True
        at = text.find(name, at + 1)
    return False


def _defaulted(text: str) -> list[str]:
    """Return the variables of which `text` asks whether they are set: `${NAME:-x}`, `${NAME+x}` and the like."""
    found: list[str] = []
    for piece in text.split("${")[1:]:
        size = 0
        while size < len(piece) and (piece[size] == "_" or piece[size].isalnum()):
            size += 1
        name = piece[:size]
        if name.isidentifier() and piece[size : size + 2].lstrip(":")[:1] in ("-", "=", "+") and name not in found:
            found.append(name)
    return found


def _both(one: dict[str, tuple[Any, ...]], other: dict[str, tuple[Any, ...]]) -> dict[str, tuple[Any, ...]]:
    """Return names with every meaning that either branch gave them."""
    met = one.copy()
    for name, meanings in other.items():
        known = met.get(name, ())
        met[name] = known + tuple(meaning for meaning in meanings if meaning not in known)
    return met


def _either_cwd(one: Value | Choice, other: Value | Choice) -> Value | Choice:
    both = either(one, other)
    return both if not isinstance(both, list) and both is not UNSET else UNKNOWN  # type: ignore[return-value]


def initial(cwd: str, world: World) -> State:
    """Return the state in which an agent's shell starts."""
    variables: dict[str, Held] = {
        "PWD": cwd,
        "IFS": DEFAULT_IFS,
        "HOME": world.home,
        "SHELL": "/bin/sh",  # some shell, so one that is read as any of them
    }
    if world.user:
        variables["USER"] = variables["LOGNAME"] = world.user
    if world.hostname:
        variables["HOSTNAME"] = world.hostname
    variables["TMPDIR"] = world.tmpdir
    state = State(cwd, variables, [])
    state.exported = set(variables)
    state.choices = {name for name, held in variables.items() if isinstance(held, Choice)}
    return state
