"""Paths as rows carry them: absolute, in two spellings, of one extent.

- Lexical: joined to the working directory, `.` and `..` and repeated slashes taken out, no link followed.
- Resolved: every link followed as far as the path exists, the rest appended. `..` is taken as the kernel takes it: the
  parent of what stands before it, after links (path_resolution(7)).

A tool that cleans a path before it opens it (the agent's own file tools) hands in `absolute(text, cwd)`; a shell's
command hands in the text itself. A working directory may be partly known or unknown, like any other value.

On Windows paths are written `C:/folder/file` (see winpath). Case and Unicode forms are the matcher's business. What is
malformed (`fault`) must not come here: it becomes a row of `malformed` instead. The one exception are names that the
disk itself gave.
"""

from __future__ import annotations

from agentguard.access import limits
from agentguard.access.model import ANY, EXACT, GLOB, TREE, UNKNOWN, Origin, Path, Pattern, Row, Wildcard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.model import Value
    from agentguard.access.world import Disk, World

    Part = str | Wildcard
    Component = list[Part]

# What gives no row at all: reading or writing these changes and tells nothing.
_SILENT = frozenset({"/dev/null", "/dev/tty", "/dev/stdin", "/dev/stdout", "/dev/stderr"})
_MALFORMED = Origin(traits=frozenset({"malformed"}))
_DATA_VOLUME = "/System/Volumes/Data"  # macOS shows this volume a second time at the root, by firmlinks and not links


def fault(text: str) -> str:
    """Return why `text` can be no path ("it holds a NUL character"), "" where it can.

    Control characters and halves of surrogate pairs are refused, and everything longer than a kernel takes: two
    programs could read it differently, or a person could not see what it names.
    """
    if not text:
        return "it is empty"
    if not text.isprintable():  # cheap; true for most, and false for some that are fine (other spaces, new scripts)
        for char in text:
            if char < " " or "\x7f" <= char <= "\x9f":
                return "it holds a NUL character" if char == "\0" else "it holds a control character"
            if "\ud800" <= char <= "\udfff":
                return "it holds half a surrogate pair"
    if len(text) > limits.MAX_PATH_BYTES // 4 and len(text.encode("utf-8")) > limits.MAX_PATH_BYTES:
        return "it is too long"
    return ""


def malformed(action: str, tool: str, why: str, text: str = "") -> Row:
    """Return the row of an access whose path, host or other input (`text`) cannot be judged. `why` quotes nothing of it."""
    return Row(action, tool=tool, origin=_MALFORMED, why=why, malformed=escaped(text))


def escaped(text: str) -> str:
    """Return a text as a record can hold it: what cannot be printed as Python escapes it, and its end cut off."""
    text = text[: 2 * limits.MAX_PATH_BYTES]
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in text)


def silent(path: Value) -> bool:
    """Return whether a lexical path is one of the streams and null devices that give no row."""
    return isinstance(path, str) and (path in _SILENT or (path.startswith("/dev/fd/") and path[8:].isdigit()))


def absolute(text: str, cwd: str, platform: str = "linux") -> str:
    """Return `text` as an absolute path, lexically clean, against the absolute folder `cwd`.

    `~` is an ordinary character here. `platform` is sys.platform. Idempotent.
    """
    if platform == "win32":
        from agentguard.access import winpath  # noqa: PLC0415 - only there

        return winpath.absolute(text, cwd)
    if text[:1] != "/":
        text = cwd + "/" + text
    if "/." not in text and "//" not in text and text[-1] != "/":
        return text
    done: list[str] = []
    for name in text.split("/"):
        if name == "..":
            if done:
                done.pop()
        elif name not in ("", "."):
            done.append(name)
    return "/" + "/".join(done)


def resolve(path: str, disk: Disk) -> str:
    """Return an absolute path with links followed as far as it exists, at most MAX_LINK_HOPS of them.

    Past a limit, beneath what does not exist and behind a link that cannot be read, the rest is appended lexically.
    `/proc/PID/root` is the root whoever may read it (proc(5)).
    """
    root = ""
    if path[1:2] == ":":  # `C:/…`
        root, path = path[:2], path[2:]
    done = root
    todo = path.split("/")[::-1]
    hops = steps = 0
    while todo:
        name = todo.pop()
        if name in ("", "."):
            continue
        if name == "..":
            done = done.rpartition("/")[0] or root
            continue
        steps += 1
        here = f"{done}/{name}"
        if name == "root" and done[:6] == "/proc/" and done.count("/") == 2:
            done = root
            continue
        if hops < limits.MAX_LINK_HOPS and steps < limits.MAX_PATH_STEPS and disk.kind(here) == "link":
            hops += 1
            target = disk.readlink(here) or here
            if target == here:
                hops = limits.MAX_LINK_HOPS
            if root:
                from agentguard.access import winpath  # noqa: PLC0415 - only there

                root, target = winpath.split_root(winpath.slashes(target), root)
            if target[:1] == "/":
                done = root
            todo.extend(target.split("/")[::-1])
        else:
            done = here
    return done if done != root else root + "/"


def exact(text: str, cwd: str, world: World) -> Path:
    """Return the path that `text` names, as it stands in a command: `..` is the kernel's in the resolved spelling."""
    whole = absolute(text, cwd, world.platform)
    return Path(whole, real(whole if ".." not in text else _raw(text, cwd, world.platform), world))


def tree(text: str, cwd: str, world: World) -> Path:
    """Return the folder that `text` names and everything beneath it."""
    return _path(absolute(text, cwd, world.platform), _raw(text, cwd, world.platform), world, TREE)


def pattern(value: Pattern, cwd: Value, world: World, extent: str = GLOB) -> list[Path]:
    """Return the paths that a pattern with known parts stands for.

    A pattern of STAR and ONE is expanded on the disk, and each match is exact (or a tree, if `extent` is TREE); a
    star does not match a leading dot. Where nothing matches, the budget is spent, or a part is unknown (ANY), the
    answer is one path that is itself a pattern, of which the known folders at its start are resolved. Its extent is
    EXACT where nothing on the disk has such a name: only what is made on the way could.
    """
    known = value.names(cwd, world.disk) if isinstance(cwd, str) else None
    if known:
        return [(tree if extent == TREE else exact)(name, cwd, world) for name in known]  # type: ignore[arg-type]
    root, rest = _components(value, cwd, world.platform)
    if not root:
        tells = any(isinstance(part, str) for component in rest for part in component)
        return [Path(_joined("", rest) if tells else UNKNOWN, extent=extent)]
    final = EXACT if extent == GLOB else extent
    if not rest:  # nothing but known parts after all
        return [_path(root, root, world, final)]
    floor = real(root, world)
    if known is None and not any(ANY in component for component in rest):
        from agentguard.access import walk  # noqa: PLC0415 - only where there is something to expand

        names = walk.expand(floor, rest, world.disk)
        if names:
            return [_path(_beneath(root, name), _beneath(floor, name), world, final) for name in names]
        known = names
    if known is not None:  # nothing there has such a name
        extent = final
    return [Path(_joined(root, rest), _joined(floor, rest), extent)]


def of(value: Value, cwd: Value, world: World, extent: str = EXACT) -> list[Path]:
    """Return the paths of any value: exact text, a pattern, or nothing known. `extent` is EXACT or TREE.

    The certainty of the row is the caller's: a path of UNKNOWN belongs in a row that is `unknown`.
    """
    if isinstance(value, str) and isinstance(cwd, str):
        return [(tree if extent == TREE else exact)(value, cwd, world)]
    if isinstance(value, str):
        value = Pattern((value,))
    if isinstance(value, Pattern):
        return pattern(value, cwd, world, GLOB if extent == EXACT else extent)
    return [Path(value, extent=extent)]


def _path(text: str, raw: str, world: World, extent: str) -> Path:
    return Path(text, real(raw, world), extent)


def real(path: str, world: World) -> str:
    """Return an absolute path with its links followed, as `resolve` does on this platform."""
    if path[:2] == "//" and world.platform == "win32":  # a share: its links are the server's business
        return path
    if world.folders is not None and world.platform == "linux" and ".." not in path:
        return _in_folder(path, world, world.folders)
    done = resolve(path, world.disk)
    if world.platform == "darwin" and done.startswith(_DATA_VOLUME + "/"):
        return done[len(_DATA_VOLUME) :]
    return done


def _in_folder(path: str, world: World, folders: dict[str, str]) -> str:
    """Return what `resolve` does, with the folder looked up once for all that lies in it."""
    done = folders.get(path)
    if done is None:
        folder, _, name = path.rpartition("/")
        found = folders.get(folder)
        if found is None:
            found = folders[folder] = resolve(folder or "/", world.disk).rstrip("/")
        here = f"{found}/{name}"
        done = resolve(path, world.disk) if not name or world.disk.kind(here) == "link" else here
        folders[path] = done
    return done


def _raw(text: str, cwd: str, platform: str) -> str:
    """Return `text` joined to `cwd` with its `..` left in, for `resolve`."""
    if platform == "win32" or ".." not in text:  # Windows takes `..` out before it looks at the disk
        return absolute(text, cwd, platform)
    return text if text[:1] == "/" else cwd + "/" + text


def _beneath(root: str, name: str) -> str:
    return root + name if root[-1:] == "/" else root + "/" + name


def _components(value: Pattern, cwd: Value, platform: str) -> tuple[str, list[Component]]:
    """Return the known folders at the start of a pattern, cleaned, and the components behind them.

    The first is "" where not even the root is known, because the pattern starts with an unknown part or `..` climbs out
    of one; then the first component starts with ANY, which stands for everything before it.
    """
    parts: list[Part] = [part for part in value.parts if part != ""]
    if platform == "win32":
        parts = [part.replace("\\", "/") if isinstance(part, str) else part for part in parts]
    if not _rooted(parts, platform):
        before = (cwd,) if isinstance(cwd, str) else cwd.parts if isinstance(cwd, Pattern) else (ANY,)
        parts = [*before, "/", *parts]
    done: list[Component] = []
    for component in _split(parts):
        if component == [".."]:
            if done and ANY in done[-1]:
                done = [[ANY]]
            elif done:
                done.pop()
        elif component not in ([], ["."]):
            done.append(component)
    if done and done[0][0] is ANY:
        return "", done
    known = 0
    while known < len(done) and len(done[known]) == 1 and isinstance(done[known][0], str):
        known += 1
    root = "/".join(str(component[0]) for component in done[:known])
    return absolute(root if root[1:2] == ":" and platform == "win32" else "/" + root, "/", platform), done[known:]


def _rooted(parts: list[Part], platform: str) -> bool:
    """Return whether parts need no working directory before them."""
    first = parts[0] if parts else ""
    if isinstance(first, str):
        return first[:1] == "/" or (platform == "win32" and first[1:3] == ":/")
    return first is ANY


def _split(parts: list[Part]) -> list[Component]:
    """Return the parts cut at slashes; texts that meet within a component are joined."""
    found: list[Component] = [[]]
    for part in parts:
        if not isinstance(part, str):
            found[-1].append(part)
            continue
        for number, text in enumerate(part.split("/")):
            if number:
                found.append([])
            if text and found[-1] and isinstance(last := found[-1][-1], str):
                found[-1][-1] = last + text
            elif text:
                found[-1].append(text)
    return found


def _joined(root: str, rest: list[Component]) -> Pattern:
    """Return a known root ("" for none) and components as one pattern, texts that meet joined."""
    parts: list[Part] = [root.rstrip("/")] if root else []
    for number, component in enumerate(rest):
        for part in ("/", *component) if root or number else component:
            if isinstance(part, str) and parts and isinstance(last := parts[-1], str):
                parts[-1] = last + part
            else:
                parts.append(part)
    return Pattern(tuple(parts))
