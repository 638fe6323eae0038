"""Makefiles, justfiles and Taskfiles: which shell text a target runs, as far as simple reading tells.

GNU make (manual, sections 3 to 6), just (just.systems/man), Task (taskfile.dev). Files that they include are not read,
nor what their functions compute: what is not known becomes a variable of the shell that nothing has set.
"""

from __future__ import annotations

_MAX_LINES = 4_000
_MAX_TARGETS = 64  # targets that one call runs, prerequisites counted
_MAX_DEPTH = 8  # variables inside variables
_UNSEEN = "${__unseen}"
_QUOTE = str.maketrans({"'": "'\\''"})


class Makefile:
    """The rules and variables of a Makefile."""

    def __init__(self, text: str, overrides: dict[str, str]) -> None:
        self.variables = dict(overrides)
        self.rules: dict[str, tuple[list[str], list[str]]] = {}  # prerequisites and recipe lines, by target
        self.default = ""
        self.at_once: list[str] = []  # commands that run while the file is read
        self._fixed = set(overrides)
        self._read(text)

    def _read(self, text: str) -> None:
        targets: list[str] = []
        lines = text.replace("\\\n", "\x1f").split("\n")[:_MAX_LINES]
        defining = False
        for raw in lines:
            if defining:
                defining = raw.strip() != "endef"
                continue
            if raw.startswith("\t") and targets:
                for target in targets:
                    self.rules[target][1].append(raw[1:].replace("\x1f", "\\\n"))
                continue
            line = _uncommented(raw.replace("\x1f", " ")).strip()
            word = line.partition(" ")[0]
            if not line or word in (
                "ifeq",
                "ifneq",
                "ifdef",
                "ifndef",
                "else",
                "endif",
                "include",
                "-include",
                "sinclude",
            ):
                continue
            if word == "define":
                defining = True
                continue
            if self._assigns(line):
                targets = []
                continue
            targets = self._rule(line)

    def _assigns(self, line: str) -> bool:
        line = line.removeprefix("export ").removeprefix("override ").removeprefix("unexport ").strip()
        at = line.find("=")
        if at <= 0:
            return False
        name = line[:at].rstrip(":?+!").strip()
        if not name or any(char in name for char in " :\t") or ":" in line[: at - 1].rstrip(":"):
            return False
        value = line[at + 1 :].strip()
        mark = line[:at].rstrip()[-1:]
        if mark == "!" or "$(shell " in value:
            self.at_once.append(f": $({value})" if mark == "!" else ": " + self.expand(value, {}))
        if name in self._fixed or (mark == "?" and name in self.variables):
            return True
        self.variables[name] = f"{self.variables.get(name, '')} {value}".strip() if mark == "+" else value
        return True

    def _rule(self, line: str) -> list[str]:
        head, colon, rest = line.partition(":")
        if not colon:
            return []
        rest, _, first = rest.lstrip(":").partition(";")
        targets = self.expand(head, {}).split()
        if "=" in rest.split("|")[0] and not rest.strip().startswith("="):  # a variable of this target alone
            self._assigns(rest.strip())
            return []
        wanted = [name for name in self.expand(rest.replace("|", " "), {}).split() if "%" not in name]
        for target in targets:
            known = self.rules.setdefault(target, ([], []))
            known[0].extend(wanted)
            if first.strip():
                known[1].append(first.strip())
            if not self.default and target[:1] != "." and "%" not in target:
                self.default = target
            if target == ".PHONY":
                known[1].clear()
        return targets

    def expand(self, text: str, special: dict[str, str], depth: int = 0) -> str:
        """Return text with its variables filled in."""
        done: list[str] = []
        at = 0
        while at < len(text):
            if text[at] != "$" or at + 1 >= len(text):
                done.append(text[at])
                at += 1
                continue
            mark = text[at + 1]
            if mark == "$":
                done.append("$")
                at += 2
            elif mark in "({":
                end = _closed(text, at + 2, mark)
                done.append(self._value(text[at + 2 : end], special, depth))
                at = end + 1
            else:
                done.append(special.get(mark, self._value(mark, special, depth) if mark.isalpha() else _UNSEEN))
                at += 2
            if sum(map(len, done)) > 64 * 1024:
                return _UNSEEN
        return "".join(done)

    def _value(self, name: str, special: dict[str, str], depth: int) -> str:
        if depth > _MAX_DEPTH:
            return _UNSEEN
        word, _, rest = name.partition(" ")
        if word == "shell":
            return f"$({self.expand(rest, special, depth + 1)})"
        if word in ("wildcard", "strip", "abspath", "realpath", "sort", "firstword", "lastword", "info"):
            return self.expand(rest, special, depth + 1)
        if name in special:
            return special[name]
        if name in self.variables:
            return self.expand(self.variables[name], special, depth + 1)
        if name == "MAKE":
            return "make"
        if name == "CURDIR":
            return "."
        return "${" + name + "}" if name.isidentifier() else _UNSEEN

    def texts(self, targets: list[str]) -> list[tuple[str, str]]:
        """Return (target, shell text) of everything that these targets run, prerequisites first."""
        done: list[tuple[str, str]] = [("", text) for text in self.at_once]
        seen: set[str] = set()

        def build(target: str) -> None:
            if target in seen or target not in self.rules or len(seen) >= _MAX_TARGETS:
                return
            seen.add(target)
            wanted, lines = self.rules[target]
            for one in wanted:
                build(one)
            special = {"@": target, "<": wanted[0] if wanted else "", "^": " ".join(wanted), "+": " ".join(wanted)}
            for line in lines:
                text = self.expand(line.lstrip(" \t"), special).lstrip("@-+ \t")
                if text:
                    done.append((target, text))

        for target in targets or [self.expand(self.variables.get(".DEFAULT_GOAL", self.default), {})]:
            build(target)
        return done


def _closed(text: str, at: int, mark: str) -> int:
    close = ")" if mark == "(" else "}"
    depth = 1
    while at < len(text):
        depth += (text[at] == mark) - (text[at] == close)
        if not depth:
            return at
        at += 1
    return len(text)


def _uncommented(line: str) -> str:
    at = line.find("#")
    return line if at < 0 or line[at - 1 : at] == "\\" else line[:at]


def just(text: str, words: list[str]) -> list[tuple[str, str]]:
    """Return (recipe, shell text) of what `just WORDS…` runs; a recipe with `#!` as one text."""
    variables: dict[str, str] = {}
    aliases: dict[str, str] = {}
    recipes: dict[str, tuple[list[str], list[str], list[str]]] = {}  # parameters, dependencies, lines
    order: list[str] = []
    current = ""
    for raw in text.split("\n")[:_MAX_LINES]:
        if raw[:1] in (" ", "\t") and current:
            recipes[current][2].append(raw)
            continue
        line = raw.strip()
        if not line or line[0] in "#[":
            continue
        current = ""
        head, assign, value = line.partition(":=")
        name = head.strip().removeprefix("export ").strip()
        if assign and line.startswith("alias "):
            aliases[name.removeprefix("alias ").strip()] = value.strip()
        elif assign and not line.startswith(("set ", "import ", "mod ")) and name.replace("-", "_").isidentifier():
            variables[name] = _literal(value.strip())
        elif ":" in line and not assign:
            head, _, after = line.partition(":")
            parts = head.lstrip("@").split()
            if parts:
                current = parts[0]
                order.append(current)
                wanted = [word.strip("()") for word in after.split("#")[0].replace("&&", " ").split()]
                recipes[current] = (parts[1:], wanted, [])
    done: list[tuple[str, str]] = []
    seen: set[str] = set()

    def run(name: str, given: list[str]) -> None:
        name = aliases.get(name, name)
        if name in seen or name not in recipes or len(seen) >= _MAX_TARGETS:
            return
        seen.add(name)
        parameters, wanted, lines = recipes[name]
        for one in wanted:
            run(one, [])
        values = dict(variables)
        rest = list(given)
        for parameter in parameters:
            bare, _, default = parameter.lstrip("*+$").partition("=")
            if parameter[0] in "*+":
                values[bare] = " ".join(rest) if rest else _literal(default)
                rest = []
            else:
                values[bare] = rest.pop(0) if rest else _literal(default) if default else _UNSEEN
        body = [_filled(one.strip().lstrip("@-"), values) for one in lines]
        if body and body[0].startswith("#!"):
            done.append((name, "\n".join(body)))
        else:
            done.extend((name, one) for one in body if one)

    words = [word for word in words if "=" not in word]
    run(words[0] if words else order[0] if order else "", words[1:])
    for word in words[1:]:
        if word in recipes and not recipes.get(words[0], ([], [], []))[0]:
            run(word, [])
    return done


def _literal(value: str) -> str:
    """Return the text of a simple value; what is computed is not known, and a command in backquotes runs."""
    if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
        return value[1:-1]
    if len(value) > 1 and value[0] == value[-1] == "`":
        return f"$({value[1:-1]})"
    return _UNSEEN


def _filled(line: str, values: dict[str, str]) -> str:
    """Return a line of a recipe with its `{{name}}` filled in."""
    first, *rest = line.split("{{")
    done = [first]
    for piece in rest:
        name, _, tail = piece.partition("}}")
        done += [values.get(name.strip(), _UNSEEN), tail]
    return "".join(done)


def task(text: str, names: list[str]) -> list[tuple[str, str]]:
    """Return (task, shell text) of what `task NAMES…` runs: the plain forms of a Taskfile's YAML."""
    from agentguard.access.code import settings  # noqa: PLC0415 - few projects have one

    tasks: dict[str, list[tuple[str, str]]] = {}
    inside, current = False, ""
    width = 0
    for depth, key, value in settings.entries("\n".join(text.split("\n")[:_MAX_LINES])):
        if depth == 0:
            inside = key == "tasks"
        elif inside:
            width = width or depth
            if depth <= width:
                current = key
                tasks[current] = [("cmd", value)] if value else []
            elif current:
                tasks[current].append((key, value))
    done: list[tuple[str, str]] = []
    seen: set[str] = set()

    def run(name: str) -> None:
        if name in seen or name not in tasks or len(seen) >= _MAX_TARGETS:
            return
        seen.add(name)
        listing = ""
        for key, value in tasks[name]:
            if key == "task":
                run(value)
            elif key in ("cmd", "sh") and value:
                done.append((name, value))
            elif not key and listing == "deps":
                run(value)
            elif not key and listing in ("cmds", "cmd", "preconditions", "status"):
                done.append((name, value))
            elif key and not value:
                listing = key
            elif key in ("cmds", "deps"):
                listing = ""
                if key == "cmds":
                    done.append((name, value))

    for name in names or ["default"]:
        run(name)
    return done


def _unquoted(value: str) -> str:
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"" else value


def quoted(word: str) -> str:
    """Return a word as a shell takes it back unchanged."""
    return word if word and word.replace("-", "").replace("_", "").replace(".", "").replace("/", "").isalnum() else (
        "'" + word.translate(_QUOTE) + "'"
    )  # fmt: skip
