"""What runs the project's own scripts by name: npm and its kin, make, just, task, composer, deno.

Running them is a certain `execute`; what their file says they run is read from it (see code.reach).
"""

from __future__ import annotations

from agentguard.access.code import reach
from agentguard.access.programs import walk
from agentguard.access.shell.values import plain
from agentguard.jsontext import JsonError, loads

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentguard.access.model import Value
    from agentguard.access.programs.walk import Work
    from agentguard.access.shell.command import Call

_PARENTS = 16
_WORKSPACES = 32
# The scripts of the project's own that an install runs (docs.npmjs.com, Scripts, Life Cycle Operation Order).
_LIFECYCLE = {
    "install": ("preinstall", "install", "postinstall", "prepublish", "preprepare", "prepare", "postprepare"),
    "publish": ("prepublishOnly", "prepack", "prepare", "postpack", "publish", "postpublish"),
    "pack": ("prepack", "prepare", "postpack"),
    "version": ("preversion", "version", "postversion"),
}  # fmt: skip
_SCRIPTS = frozenset({"test", "t", "tst", "start", "stop", "restart", "build", "dev", "lint"})
_MEANS = {"t": "test", "tst": "test", "i": "install", "ci": "install", "add": "install", "clean-install": "install"}


def package(call: Call, work: Work) -> None:
    """`npm run NAME -- ARG…`, `npm test`, `yarn NAME`, and the scripts that an install runs by itself."""
    line = work.line
    words = [plain(word) for word in line.operands]
    sub = work.command[1] if len(work.command) > 1 else ""
    walk.standard(call, work)
    names: list[str] = []
    rest = line.operands
    for code in (*line.values("--eval"), *line.values("--print")):
        from agentguard.access.programs import coded  # noqa: PLC0415 - bun alone

        coded.read_code(call, "javascript", code)
    if call.name == "bun" and words and sub in ("", "run") and walk.looks_like_path(words[0] or ""):
        from agentguard.access.programs import interpreters  # noqa: PLC0415 - bun alone

        interpreters.script(call, rest[0], "javascript", rest[1:])
        return
    if sub in ("run", "run-script"):
        names, rest = ([words[0] or ""] if words else []), rest[1:]
    elif sub == "workspace" and len(words) > 1:
        names, rest = [words[2 if words[1] == "run" and len(words) > 2 else 1] or ""], rest[2:]
    elif _MEANS.get(sub, sub) in _LIFECYCLE:
        if line.has("--ignore-scripts") or (_MEANS.get(sub, sub) == "install" and (words or line.has("--global"))):
            return
        lifecycle(call, _folders(call, work, words), _MEANS.get(sub, sub), work.command[0])
        return
    elif sub in _SCRIPTS:
        names = [_MEANS.get(sub, sub)]
    elif sub:
        return
    elif words and words[0]:  # `yarn NAME`, `pnpm NAME`, `bun NAME`
        names, rest = [words[0]], rest[1:]
    elif call.name == "yarn" and not words:
        lifecycle(call, _folders(call, work, words), "install", "yarn")
        return
    for folder in _folders(call, work, words) if names else []:
        for name in names:
            run(call, folder, name, rest, " ".join(work.command[:1]))


def _folders(call: Call, work: Work, words: list[str | None]) -> list[str]:
    """Return the folders whose package.json counts: the nearest one, or the workspaces that are named."""
    if not isinstance(call.cwd, str):
        return []
    folder = call.cwd
    disk = call.world.disk
    for _ in range(_PARENTS):
        if disk.kind(f"{folder}/package.json") in ("file", "link") or folder in ("/", "", call.world.home):
            break
        folder = folder.rpartition("/")[0]
    named = [plain(value) or "" for value in (*work.line.values("--workspace"), *work.line.values("--filter"))]
    if "workspace" in work.command and words:
        named.append(words[0] or "")
    for number, word in enumerate(words):  # behind the name of the script
        if word in ("-w", "--workspace") and number + 1 < len(words):
            named.append(words[number + 1] or "")
        elif word is not None and word.startswith(("--workspace=", "-w=")):
            named.append(word.partition("=")[2])
    everywhere = work.line.has("--workspaces -ws --recursive") or "--workspaces" in words or "-ws" in words
    if not named and not everywhere:
        return [folder]
    found = []
    for place in _workspaces(call, folder):
        own = _manifest(call, place)
        if everywhere or place.rpartition("/")[2] in named or (own or {}).get("name") in named or place in named:
            found.append(place)
    return found


def _workspaces(call: Call, folder: str) -> list[str]:
    """Return the folders of a package's workspaces."""
    listed = (_manifest(call, folder) or {}).get("workspaces", ["packages/*", "apps/*"])
    patterns = listed.get("packages", []) if isinstance(listed, dict) else listed
    found: list[str] = []
    for pattern in patterns if isinstance(patterns, list) else []:
        if not isinstance(pattern, str):
            continue
        if pattern.endswith("/*") and "*" not in pattern[:-1]:
            inside = f"{folder}/{pattern[:-2]}"
            found += [f"{inside}/{name}" for name in sorted(call.world.disk.listdir(inside, _WORKSPACES) or [])]
        elif "*" not in pattern:
            found.append(f"{folder}/{pattern}")
    return found[:_WORKSPACES]


def _manifest(call: Call, folder: str, name: str = "package.json") -> dict[str, Any] | None:
    """Return a manifest's content, without a note that it was read; None where it is none."""
    path = reach.locate(call, f"{folder}/{name}")
    data = call.world.disk.read(path, 64 * 1024) if path is not None else None
    return _object(data.decode("utf-8", "replace")) if data is not None else None


def _object(text: str) -> dict[str, Any] | None:
    try:
        found = loads(text.encode())
    except (JsonError, RecursionError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def _scripts(text: str, key: str) -> dict[str, Any]:
    found = (_object(text) or {}).get(key)
    return found if isinstance(found, dict) else {}


def run(call: Call, folder: str, name: str, rest: list[Value], tool: str) -> None:
    """Run a script of a package.json, with what runs before and after it."""

    def act(text: str) -> None:
        scripts = _scripts(text, "scripts")
        for one in (f"pre{name}", name, f"post{name}"):
            body = scripts.get(one)
            if body is None and one == "start":
                body = "node server.js" if call.world.disk.kind(f"{folder}/server.js") == "file" else None
            if isinstance(body, str):
                _runs(call, folder, body + (_arguments(rest) if one == name else ""), f"{tool} run {one}")

    reach.each(call, f"{folder}/package.json", act)


def lifecycle(call: Call, folders: list[str], what: str, tool: str) -> None:
    """Run the scripts of the project's own that belong to an install or a publish."""
    for folder in folders:

        def act(text: str, folder: str = folder) -> None:
            scripts = _scripts(text, "scripts")
            for name in _LIFECYCLE[what]:
                if isinstance(body := scripts.get(name), str):
                    _runs(call, folder, body, f"{tool} run {name}")

        reach.each(call, f"{folder}/package.json", act)


def _arguments(rest: list[Value]) -> str:
    """Return arguments as text for a shell; those that are not known are left out."""
    if not rest:
        return ""
    from agentguard.access.code import recipes  # noqa: PLC0415 - few scripts get arguments

    words = [plain(word) for word in rest]
    return "".join(f" {recipes.quoted(word)}" for word in words if word is not None and word != "--")


def _runs(call: Call, folder: str, text: str, label: str) -> None:
    """Run shell text in a folder, as a program of its own."""
    if label in call.frame.via[-6:]:  # a script that runs itself
        return
    state = call.child([])
    state.move(folder)
    outer, call.cwd = call.cwd, folder
    call.shell(text, label, state=state)
    call.cwd = outer


def _first(call: Call, given: Value | None, names: tuple[str, ...]) -> Value | None:
    """Return the file that a tool reads: the one it is told of, else the first that is there."""
    if given is not None:
        return given
    if not isinstance(call.cwd, str):
        return None
    return next((name for name in names if walk.kind_of(call, name) == "file" or call.contents(name)), None)


def make(call: Call, work: Work) -> None:
    """`make TARGET NAME=value`: the recipes of the targets and of what they need."""
    from agentguard.access.code import recipes  # noqa: PLC0415 - npm needs none of it

    line = work.line
    line.traits |= {"read-only"} if line.has("--just-print --question") else set()
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
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
    for file in files or [_first(call, None, ("GNUmakefile", "makefile", "Makefile"))]:
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
    """`just RECIPE ARG…`."""
    from agentguard.access.code import recipes  # noqa: PLC0415 - npm needs none of it

    line = work.line
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
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
    from agentguard.access.code import recipes  # noqa: PLC0415 - npm needs none of it

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
        scripts = _scripts(text, "scripts")
        todo, seen = list(names), set[str]()
        while todo:
            name = todo.pop(0)
            if name in seen:
                continue
            seen.add(name)
            body = scripts.get(name, [])
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

    def act(text: str) -> None:
        body = _scripts(text, "tasks").get(words[0])
        body = body.get("command") if isinstance(body, dict) else body
        if isinstance(body, str):
            _in_place(call, body, f"deno task {words[0]}")

    for name in ("deno.json", "deno.jsonc"):
        if reach.each(call, name, act):
            return
    run(call, call.cwd, words[0], work.line.operands[1:], "deno")
