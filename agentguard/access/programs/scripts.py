"""What runs the scripts of a package.json by name: npm and its kin.

Running them is a certain `execute`; what their file says they run is read from it (see code.reach).
"""

from __future__ import annotations

from agentguard.access.programs import walk
from agentguard.access.shell.values import plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
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
BY_THEMSELVES = frozenset(_LIFECYCLE["install"])
_BINARIES = frozenset({"yarn", "pnpm", "bun"})  # run programs of dependencies by the names of scripts
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

        coded.read_code(call, "javascript", code, shows=line.has("--print"))
    if call.name == "bun" and words and sub in ("", "run") and walk.looks_like_path(words[0] or ""):
        from agentguard.access.programs import interpreters  # noqa: PLC0415 - bun alone

        interpreters.script(call, rest[0], "javascript", rest[1:])
        return
    if sub in ("run", "run-script"):
        names, rest = ([words[0] or ""] if words else []), rest[1:]
    elif sub == "workspace" and len(words) > 1:
        names, rest = [words[2 if words[1] == "run" and len(words) > 2 else 1] or ""], rest[2:]
    elif _MEANS.get(sub, sub) in _LIFECYCLE:
        what = _MEANS.get(sub, sub)
        if line.has("--ignore-scripts"):
            return
        from_elsewhere(call)
        if what == "install" and (words or line.has("--global")):
            folders = [folder for word in words if (folder := _local(call, word))]
        else:
            folders = _folders(call, work, words)
            folders += [one for folder in folders if what == "install" for one in _declared(call, folder)]
        lifecycle(call, folders, what, work.command[0])
        return
    elif sub == "node" and call.name in _BINARIES:
        names, rest = [sub], call.words[call.words.index(sub) + 1 :]
    elif sub in _SCRIPTS:
        names = [_MEANS.get(sub, sub)]
    elif sub:
        return
    elif words and words[0]:  # `yarn NAME`, `pnpm NAME`, `bun NAME`
        names, rest = [words[0]], rest[1:]
    elif call.name == "yarn" and not words:
        folders = _folders(call, work, words)
        lifecycle(call, [*folders, *(one for folder in folders for one in _declared(call, folder))], "install", "yarn")
        return
    found = False
    for folder in _folders(call, work, words) if names else []:
        for name in names:
            found = run(call, folder, name, rest, " ".join(work.command[:1])) or found
    if names == ["env"] and not found and call.name == "npm":  # npm-run-script(1): a script that is always there
        work.feed = call.run(["env"], "npm run", stdin=call.stdin)
    if names and not found and call.name in _BINARIES and sub not in _SCRIPTS:
        from agentguard.access.programs import packages  # noqa: PLC0415 - most names are scripts

        if packages.published(names[0]) or names[0] == "node":  # of a dependency: `yarn node -e CODE`
            work.feed = call.run([names[0], *rest], " ".join(work.command), stdin=call.stdin)


def from_elsewhere(call: Call) -> None:
    """What runs in a folder that this text has fetched comes from there."""
    if call.machine.made is not None:
        from agentguard.access.programs import specs  # noqa: PLC0415 - few texts fetch folders

        specs.from_elsewhere(call, ".")


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


def _local(call: Call, word: str | None) -> str:
    """Return the folder that `npm install ./x` links, and whose own scripts it runs; "" for every other package."""
    path = (word or "").partition("@file:")[2] or (word or "").removeprefix("file:").removeprefix("link:")
    if not path.startswith((".", "/", "~")):
        return ""
    place = call.place(path.rstrip("/") or "/")
    return place if isinstance(place, str) else ""


def _declared(call: Call, folder: str) -> list[str]:
    """Return the folders of the workspaces that a package declares: an install at its root runs their scripts too."""
    declares = "workspaces" in (_manifest(call, folder) or {})
    return (
        _workspaces(call, folder) if declares or call.world.disk.kind(f"{folder}/pnpm-workspace.yaml") == "file" else []
    )


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
    from agentguard.access.code import reach  # noqa: PLC0415 - where there are workspaces

    path = reach.locate(call, f"{folder}/{name}")
    data = call.world.disk.read(path, 64 * 1024) if path is not None else None
    return _object(data.decode("utf-8", "replace")) if data is not None else None


def _object(text: str) -> dict[str, Any] | None:
    from agentguard.jsontext import JsonError, loads  # noqa: PLC0415 - where there is a manifest

    try:
        found = loads(text.encode())
    except (JsonError, RecursionError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def whole(text: str) -> dict[str, Any]:
    """Return what a manifest holds."""
    return _object(text) or {}


def of(text: str, key: str) -> dict[str, Any]:
    """Return the scripts in the text of a manifest, behind which lines may stand that an editor has put into it."""
    whole = _object(text)
    if whole is None and (end := text.rfind("\n}\n")) >= 0:
        return _with(of(text[: end + 2], key), text[end + 3 :].split("\n"))
    found = (whole or {}).get(key)
    return found if isinstance(found, dict) else {}


def _with(scripts: dict[str, Any], lines: list[str]) -> dict[str, Any]:
    """Return scripts with lines that stand somewhere in their file: `"NAME": "BODY"`, or a part of any body.

    Such parts together are the body of "", for a script of which only that is known that it was put in (see run).
    """
    found = {**scripts, "": ""}
    for line in lines:
        pair = _object("{" + line.strip().strip(",") + "}")
        if pair is None:
            piece = line.strip().strip('",')
            found = {name: f"{body}\n{piece}" if isinstance(body, str) else body for name, body in found.items()}
        else:
            found.update(pair)
    return found


def run(call: Call, folder: str, name: str, rest: list[Value], tool: str) -> bool:
    """Run a script of a package.json, with what runs before and after it. Return whether there is one."""
    there: list[bool] = []

    def act(text: str) -> None:
        scripts = of(text, "scripts")
        there.append(name in scripts)
        for one in (f"pre{name}", name, f"post{name}"):
            body = scripts.get(one, scripts.get("") if one == name else None)
            if body is None and one == "start":
                body = "node server.js" if call.world.disk.kind(f"{folder}/server.js") == "file" else None
            if isinstance(body, str):
                _runs(call, folder, body + (_arguments(rest) if one == name else ""), f"{tool} run {one}")

    _each(call, folder, act)
    return any(there)


def _each(call: Call, folder: str, act: Callable[[str], None]) -> None:
    """Do something with the text of a package.json, where there is one."""
    path = f"{folder}/package.json"
    if call.world.disk.kind(path) or call.contents(path):
        from agentguard.access.code import reach  # noqa: PLC0415 - many folders hold none

        reach.each(call, path, act)


def lifecycle(call: Call, folders: list[str], what: str, tool: str) -> None:
    """Run the scripts of the project's own that belong to an install or a publish."""
    for folder in folders:

        def act(text: str, folder: str = folder) -> None:
            scripts = of(text, "scripts")
            for name in _LIFECYCLE[what]:
                if isinstance(body := scripts.get(name), str):
                    _runs(call, folder, body, f"{tool} run {name}")

        _each(call, folder, act)


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
