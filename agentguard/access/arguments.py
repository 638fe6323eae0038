"""What the arguments of an MCP tool name: files and hosts that its server may read, write or connect to.

What a server does with its arguments is not known, so every row is `possible`. A text counts as a path or a URL by how
it is written, or by what its field is called (`path`, `url`). Free text does not: it holds blanks and has no root. An
absolute path whose first folder this machine does not have is somebody else's (`/api/users`). The text of a field that is
called a command is read as a shell would read it, with the words of `args` beside it behind it.
"""

from __future__ import annotations

from agentguard.access import hosts, limits, paths
from agentguard.access.model import CONNECT, OPAQUE, POSSIBLE, READ, UNCERTAIN, UNKNOWN, WRITE, Path, Row, possible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentguard.access.world import World

_PATH_FIELDS = (
    "path", "paths", "file", "files", "filename", "filenames", "dir", "directory", "directories", "folder", "folders",
    "cwd", "location", "destination", "source", "target",
)  # fmt: skip
_HOST_FIELDS = ("url", "urls", "uri", "host", "hostname", "endpoint", "domain", "server", "address")
_COMMAND_FIELDS = ("command", "cmd", "commandline", "command_line", "script", "shell")
_WORD_FIELDS = ("args", "arguments", "argv", "params")
_ROOTS = ("/", "~/", "./", "../", "~\\", ".\\", "..\\", "\\\\")

# First folders that mean this machine even where a made-up disk does not have them (hier(7); macOS).
_FIRST = frozenset({
    "Applications", "Library", "System", "Users", "Volumes", "bin", "boot", "dev", "etc", "home", "lib", "media", "mnt",
    "opt", "private", "proc", "root", "run", "sbin", "srv", "sys", "tmp", "usr", "var",
})  # fmt: skip


def rows(arguments: Any, cwd: str, world: World, tool: str) -> tuple[list[Row], bool]:
    """Return the rows that arguments (any JSON value) may give, and whether that is all of them."""
    found: dict[tuple[str, str], Row] = {}
    todo: list[tuple[str, Any]] = [("", arguments)]
    at = 0
    while at < len(todo):
        field, value = todo[at]
        at += 1
        if at > limits.MAX_INPUT_NODES or len(found) > limits.MAX_INPUT_ROWS:
            return list(found.values())[: limits.MAX_INPUT_ROWS], False
        if isinstance(value, dict):
            for row in _of_commands(value, cwd, world, tool):
                found.setdefault((row.action, f"{row.resource()} {row.origin.command} {row.why}"), row)
            todo.extend((str(key), inner) for key, inner in value.items())
        elif isinstance(value, list):
            todo.extend((field, inner) for inner in value)
        elif isinstance(value, str) and value:
            for row in _of_text(field.lower(), value, cwd, world, tool):
                found.setdefault((row.action, f"{row.host or ''} {row.path or ''} {row.why}"), row)
    return list(found.values()), True


def _of_text(field: str, text: str, cwd: str, world: World, tool: str) -> list[Row]:
    word = text.split(None, 1)[0] if not text.isspace() else ""
    scheme = hosts.scheme_of(word)
    if scheme and word[len(scheme) + 1 : len(scheme) + 3] == "//":
        if scheme == "file":
            return _of_file_url(word, cwd, world, tool)
        return [_connect(word, tool)]
    rows = _of_path(field, text, cwd, world, tool)
    if field.endswith(_HOST_FIELDS) and word == text and "." in text:
        found = hosts.url_host(text, "http")
        if found:
            host, port = found
            rows.insert(0, Row(CONNECT, POSSIBLE, tool=tool, host=host, port=port if ":" in text else None))
    return rows


def _of_commands(fields: dict[str, Any], cwd: str, world: World, tool: str) -> list[Row]:
    """Return the rows of the commands that a server may be asked to run."""
    found: list[Row] = []
    for field, value in fields.items():
        words = value if isinstance(value, list) else None
        if not str(field).lower().endswith(_COMMAND_FIELDS) or not (isinstance(value, str) or words):
            continue
        from agentguard.access.shell.interpret import interpret  # noqa: PLC0415 - only where a command is named

        more: list[Any] = next((fields[name] for name in _WORD_FIELDS if isinstance(fields.get(name), list)), [])
        texts = [str(word) for word in (*(words or ()), *more) if isinstance(word, (str, int))]
        quoted = ["'" + text.replace("'", "'\\''") + "'" for text in texts]
        text = " ".join(([value] if isinstance(value, str) else []) + quoted)
        found += [possible(row) for row in interpret(text, cwd, world, tool).rows if row.certainty != OPAQUE]
    return found


def _connect(url: str, tool: str) -> Row:
    why = hosts.fault(url)
    if not why:
        host, port = hosts.url_host(url) or (UNKNOWN, None)
        return Row(CONNECT, POSSIBLE if host is not UNKNOWN else UNCERTAIN, tool=tool, host=host, port=port)
    if "\\" in url or not url.isprintable():
        return paths.malformed(CONNECT, tool, f"a URL in the arguments is malformed: {why}", url)
    return Row(CONNECT, UNCERTAIN, tool=tool, host=UNKNOWN, why="a template, or a URL that no parser takes")


def _of_file_url(url: str, cwd: str, world: World, tool: str) -> list[Row]:
    """Return the rows of `file:///path` and `file://localhost/path` (RFC 8089)."""
    try:
        path = hosts.unescaped(url[7:].partition("?")[0].partition("#")[0])
    except hosts.BadUrl:
        path = url[7:]
    path = path.removeprefix("localhost") if path[:10] == "localhost/" else path
    return _both(path.lstrip("/") if path[2:3] == ":" else path, cwd, world, tool)


def _of_path(field: str, text: str, cwd: str, world: World, tool: str) -> list[Row]:
    if len(text) > limits.MAX_PATH_BYTES or "\n" in text:
        return []
    named = field.endswith(_PATH_FIELDS) and not field.endswith("profile")
    rooted = text.startswith(_ROOTS) or (world.platform == "win32" and text[1:3] in (":\\", ":/"))
    one = not any(char.isspace() for char in text)
    if text[:1] == "/" and not _here(text, world):
        return []
    if named or (rooted and (one or _exists(text, cwd, world))) or (one and _looks_like_a_file(text)):
        return _both(text, cwd, world, tool)
    return []


def _looks_like_a_file(text: str) -> bool:
    """Return whether a word is written as a relative path: a slash, a leading dot, or something like an extension."""
    if "/" in text or (text[:1] == "." and text.strip(".")):
        return True
    name, dot, extension = text.rpartition(".")
    return bool(name and dot) and "@" not in text and 0 < len(extension) <= 8 and extension[0].isalpha()


def _here(path: str, world: World) -> bool:
    first = paths.absolute(path, "/").split("/")[1]
    return first in _FIRST or bool(world.disk.kind("/" + first))


def _exists(text: str, cwd: str, world: World) -> bool:
    if paths.fault(text):
        return True  # a malformed path is judged, not passed over
    return bool(world.disk.kind(paths.resolve(paths.absolute(text, cwd, world.platform), world.disk)))


def _both(text: str, cwd: str, world: World, tool: str) -> list[Row]:
    """Return a read and a write of every spelling of a path that a server may take it for."""
    why = paths.fault(text)
    if why:
        return [paths.malformed(READ, tool, f"a path in the arguments is malformed: {why}", text)]
    found: list[Row] = []
    for path in spellings(text, cwd, world):
        if not paths.silent(path.text):
            found += [Row(action, POSSIBLE, tool=tool, path=path) for action in (READ, WRITE)]
    return found


def spellings(text: str, cwd: str, world: World) -> list[Path]:
    """Return the paths that `text` may mean to a program that is no shell.

    As it stands, cleaned before it is opened or not; and with `~/` as the home, because clients differ in that.
    """
    texts = [text]
    if text == "~" or text.startswith(("~/", "~\\") if world.platform == "win32" else "~/"):
        texts.append(world.home + text[1:])
    found: list[Path] = []
    for one in texts:
        clean = paths.exact(paths.absolute(one, cwd, world.platform), cwd, world)
        found.append(clean)
        kernel = paths.exact(one, cwd, world) if ".." in one else clean
        if kernel.resolved != clean.resolved:
            found.append(kernel)
    return found
