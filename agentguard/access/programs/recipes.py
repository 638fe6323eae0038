"""What runs recipes of the project by name: make, just, task, composer, deno.

Running them is a certain `execute`; what their file says they run is read from it (see code.reach).
"""

from __future__ import annotations

from agentguard.access.code import reach, recipes
from agentguard.access.programs import scripts, walk
from agentguard.access.shell.values import plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentguard.access.model import Value
    from agentguard.access.programs.walk import Work
    from agentguard.access.shell.command import Call


def _first(call: Call, given: Value | None, names: tuple[str, ...]) -> Value | None:
    """Return the file that a tool reads: the one it is told of, else the first that is there."""
    if given is not None:
        return given
    if not isinstance(call.cwd, str):
        return None
    made = (name for name in names if call.contents(name))  # what this text has written first: it is what it is about
    return next(made, None) or next((name for name in names if walk.kind_of(call, name) == "file"), None)


def make(call: Call, work: Work) -> None:
    """`make TARGET NAME=value`: the recipes of the targets and of what they need."""
    line = work.line
    line.traits |= {"read-only"} if line.has("--just-print --question") else set()
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
    scripts.from_elsewhere(call)
    overrides: dict[str, str] = {}
    targets: list[str] = []
    for value in line.operands:
        text = plain(value)
        if text is None:
            continue
        name, sign, rest = text.partition("=")
        name = name.rstrip(":?+")
        if not sign:
            targets.append(text)
        elif name in ("SHELL", "CC", "CXX", "LD", "MAKE"):
            call.shell(rest, f"make {name}")
        else:
            overrides[name] = rest
    label = call.name

    def act(text: str) -> None:
        makefile = recipes.Makefile(text, overrides)
        if makefile.variables.get("SHELL", "sh").rpartition("/")[2].split(" ")[0] not in (
            "sh",
            "bash",
            "zsh",
            "dash",
            "ksh",
            "ash",
        ):
            return
        for target, body in makefile.texts(targets) if not line.has("--just-print --question") else []:
            _in_place(call, body, f"{label} {target}".strip())

    for code in line.values("--eval"):
        if isinstance(code, str):
            act(code)
        else:
            call.opaque("what make evaluates is not known")
    files: list[Value | None] = [*line.values("--file")]
    for file in (
        [] if line.has("--version --help") else files or [_first(call, None, ("GNUmakefile", "makefile", "Makefile"))]
    ):
        if file == "-":
            _from_stdin(call, act)
        elif file is not None:
            reach.each(call, file, act)


def _from_stdin(call: Call, act: Any) -> None:
    stdin = call.stdin
    if stdin is None:
        return
    if isinstance(stdin.value, str):
        act(stdin.value)
    elif stdin.source is not None:
        reach.each(call, stdin.source, act)
    else:
        call.fetched_or_opaque("what is on standard input is not known", fetched=stdin.fetched)


def _in_place(call: Call, body: str, label: str) -> None:
    """Run a recipe's text in the folder at hand; its first line may say which language it is in."""
    if label in call.frame.via[-6:]:
        return
    first, _, _ = body.partition("\n")
    if first.startswith("#!") and not first.rstrip().endswith(("sh", "sh -e")):
        language = (
            "python" if "python" in first else "javascript" if "node" in first else "ruby" if "ruby" in first else ""
        )
        if language and call.machine.reading:
            reach.program(call, language, body)
        elif language:
            from agentguard.access.programs import coded  # noqa: PLC0415 - rare

            coded.read_code(call, language, body)
        return
    state = call.child([])
    call.shell(body, label, state=state)


def just(call: Call, work: Work) -> None:
    """`just RECIPE ARG…`; `just --command COMMAND ARG…` takes the rest of the line."""
    at = next((place for place, word in enumerate(call.words) if word in ("-c", "--command")), len(call.words))
    if at < len(call.words):
        work.line = walk.read({**work.entry, "run": None}, call.name, call.words[:at]).line
    line = work.line
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
    if rest := call.words[at + 1 :]:
        work.feed = call.run(rest, "just --command", stdin=call.stdin)
        return
    if line.has("--list --dry-run --summary --show --evaluate --dump --choose --fmt"):
        return
    words = [plain(word) or "" for word in line.operands]
    file = _first(call, line.value("--justfile"), ("justfile", "Justfile", ".justfile"))

    def act(text: str) -> None:
        for name, body in recipes.just(text, words):
            _in_place(call, body, f"just {name}")

    if file == "-":
        _from_stdin(call, act)
    elif file is not None:
        reach.each(call, file, act)


def task(call: Call, work: Work) -> None:
    """`task NAME…` of a Taskfile."""
    line = work.line
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
    if line.has("--list --list-all --dry --summary"):
        return
    words = [plain(word) or "" for word in line.operands]
    file = _first(call, line.value("--taskfile"), ("Taskfile.yml", "taskfile.yml", "Taskfile.yaml", "taskfile.yaml"))

    def act(text: str) -> None:
        for name, body in recipes.task(text, [word for word in words if "=" not in word]):
            _in_place(call, body, f"task {name}")

    if file is not None:
        reach.each(call, file, act)


def composer(call: Call, work: Work) -> None:
    """`composer run NAME`, and the scripts that `composer install` runs by itself (getcomposer.org, scripts)."""
    line = work.line
    sub = work.command[1] if len(work.command) > 1 else ""
    walk.standard(call, work)
    words = [plain(word) or "" for word in line.operands]
    names = words[:1] if sub in ("run", "run-script") else []
    if sub in ("install", "update"):
        names = [f"pre-{sub}-cmd", "pre-autoload-dump", "post-autoload-dump", f"post-{sub}-cmd"]
    if line.has("--no-scripts"):
        return

    def act(text: str) -> None:
        named = scripts.of(text, "scripts")
        todo, seen = list(names), set[str]()
        while todo:
            name = todo.pop(0)
            if name in seen:
                continue
            seen.add(name)
            body = named.get(name, [])
            for one in body if isinstance(body, list) else [body]:
                if isinstance(one, str) and one.startswith("@") and one.partition(" ")[0] not in ("@php", "@composer"):
                    todo.append(one[1:].partition(" ")[0])
                elif isinstance(one, str) and "::" not in one:
                    _in_place(call, one.removeprefix("@"), f"composer run {name}")

    reach.each(call, "composer.json", act)


def deno(call: Call, work: Work) -> None:
    """`deno task NAME` of a deno.json, or of a package.json."""
    walk.standard(call, work)
    words = [plain(word) or "" for word in work.line.operands]
    if not words or not isinstance(call.cwd, str):
        return
    if work.line.has("--eval"):
        _in_place(call, " ".join(words), "deno task --eval")
        return

    def act(text: str) -> None:
        body = scripts.of(text, "tasks").get(words[0])
        body = body.get("command") if isinstance(body, dict) else body
        if isinstance(body, str):
            _in_place(call, body, f"deno task {words[0]}")

    for name in ("deno.json", "deno.jsonc"):
        if reach.each(call, name, act):
            return
    scripts.run(call, call.cwd, words[0], work.line.operands[1:], "deno")
