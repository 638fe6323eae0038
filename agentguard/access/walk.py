"""Bounded looks at the disk: what a shell's pattern expands to, and which files a search of a tree would come across.

Every folder entry looked at is counted. A look that ran out of its budget says so; it never says "there is nothing".
"""

from __future__ import annotations

from agentguard.access import globs, limits
from agentguard.access.paths import resolve

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from agentguard.access.ignore import Layer, Rules
    from agentguard.access.model import Row, Wildcard
    from agentguard.access.world import Disk

_VERSION_CONTROL = frozenset({".git", ".svn", ".hg", ".bzr", ".jj", ".sl"})


class Manners:
    """What a program leaves out when it searches a tree.

    `ignore`: the kinds of ignore files that it honours (see ignore.FILES), `hidden`: whether it looks at names with a
    leading dot, `skip`: folders that it never enters, `globs`: those it was given to choose files by, as rg reads them,
    `keeps`: whether a path relative to the tree is one of those it was given.
    """

    __slots__ = ("globs", "hidden", "ignore", "keeps", "skip")

    def __init__(
        self,
        ignore: frozenset[str] = frozenset(),
        *,
        hidden: bool = True,
        skip: frozenset[str] = frozenset(),
        globs: tuple[str, ...] = (),
        keeps: Callable[[str], bool] | None = None,
    ) -> None:
        self.keeps = keeps
        self.ignore = ignore
        self.hidden = hidden
        self.skip = skip
        self.globs = globs


EVERYTHING = Manners()


def manners(row: Row) -> Manners:
    """Return what the tool or program of a row leaves out, and what it was given of the tree."""
    found = _manners(row)
    keeps = None if row.path is None else row.path.keeps
    if keeps is None:
        return found
    return Manners(found.ignore, hidden=found.hidden, skip=found.skip, globs=found.globs, keeps=keeps)


def _manners(row: Row) -> Manners:
    """Return what the tool or program of a row leaves out.

    The agent's Grep is `rg --hidden` with the folders of version control left out (measured), and its rows say so in
    their flags. git looks at its own ignore files; rg, ag and fd (their manuals) at those and at `.ignore`, and at no
    hidden names unless told so.
    """
    program = row.origin.command[:1]
    given = [str(flag) for flag in row.origin.flags]
    flags = {flag.partition("=")[0] for flag in given}
    globs = tuple(flag[7:] for flag in given if flag[:7] == "--glob=")
    if row.tool == "Grep":
        return Manners(frozenset({"rg", "any", "git"}), skip=_VERSION_CONTROL, globs=globs)
    if program == ("git",) and not flags & {"--no-index", "--no-exclude-standard", "--force"}:
        return Manners(frozenset({"git"}), skip=frozenset({".git"}))
    if program in (("rg",), ("ag",), ("fd",), ("fdfind",)):
        if flags & {"--unrestricted", "-u", "-uu", "-uuu"}:
            return EVERYTHING
        kinds = frozenset({program[0][:2], "any", "git"})
        if flags & {"--no-ignore", "--no-ignore-vcs", "--skip-vcs-ignores"}:
            kinds = frozenset()
        return Manners(kinds, hidden="--hidden" in flags, skip=frozenset({".git"}), globs=globs)
    if program and program[0] in _EXCLUDING:
        left_out = [flag.partition("=")[2] for flag in given if flag.startswith(("--exclude=", "--exclude-dir="))]
        if left_out:
            return Manners(frozenset(), hidden=True, skip=frozenset(), globs=tuple("!" + glob for glob in left_out))
    return EVERYTHING


# Programs whose --exclude and --exclude-dir take a glob of a name anywhere beneath (their manuals).
_EXCLUDING = frozenset({
    "tar", "gtar", "bsdtar", "zip", "rsync", "grep", "egrep", "fgrep", "rgrep", "ggrep", "zgrep", "diff", "gdiff", "du",
})  # fmt: skip


def _chosen(given: tuple[str, ...]) -> tuple[Rules | None, bool]:
    """Return globs as rules, and whether a file that none of them names is left out.

    rg(1): a glob is a line of an ignore file turned round, `!` excludes, the last that matches decides, and it
    overrides ignore files. Globs with a folder in them count from where rg was started, which is not known here: so
    those that choose may match at any depth, and those that exclude are left out. Too many of them choose everything.
    """
    from agentguard.access import ignore  # noqa: PLC0415 - only where there are globs

    lines: list[str] = []
    for glob in given:
        texts = globs.braces(glob.removeprefix("!"))
        if texts is None or len(lines) + len(texts) > limits.MAX_ALTERNATIVES:
            return None, False
        for text in texts:
            floating = "/" not in text.rstrip("/")
            if glob[:1] != "!":
                lines.append(text if floating else "**/" + text.lstrip("/"))
            elif floating:
                lines.append("!" + text)
    return ignore.Rules(lines), any(line[:1] != "!" for line in lines)


def expand(root: str, rest: list[list[str | Wildcard]], disk: Disk) -> list[str] | None:
    """Return the names, relative to the folder `root`, that the components `rest` of a shell's pattern match, sorted.

    Components hold text, STAR and ONE. None where the budget is spent.
    """
    found = [""]
    budget = limits.MAX_GLOB_ENTRIES
    for component in rest:
        literal = "".join(part for part in component if isinstance(part, str))
        exact = all(isinstance(part, str) for part in component)
        items = globs.items(component)
        matches: list[str] = []
        for before in found:
            folder = resolve(f"{root}/{before}", disk)
            names = [literal] if exact else disk.listdir(folder, budget + 1) or []
            budget -= len(names)
            if budget < 0:
                return None
            for name in names:
                if exact or (globs.fits(items, name) and (name[:1] != "." or globs.hidden(items))):
                    if exact and not disk.kind(f"{folder.rstrip('/')}/{name}"):
                        continue
                    matches.append(f"{before}/{name}" if before else name)
        found = matches
        if len(found) > limits.MAX_GLOB_MATCHES:
            return None
    return sorted(found)


def search(
    root: str,
    wanted: Callable[[str], bool],
    disk: Disk,
    leaves_out: Manners = EVERYTHING,
    *,
    home: str = "",
    budget: int = limits.MAX_WALK_ENTRIES,
) -> tuple[list[str], bool]:
    """Return the files beneath `root` that are `wanted`, nearest first, and whether all of the tree has been seen.

    At most MAX_WALK_FOUND of them. `wanted` is asked with paths that start with `root`. Who asks more than once keeps
    what `files` gives instead.
    """
    seen, complete = files(root, disk, leaves_out, home=home, budget=budget)
    found: list[str] = []
    for path in seen:
        if wanted(path):
            found.append(path)
            if len(found) >= limits.MAX_WALK_FOUND:
                break
    return found, complete


def files(
    root: str,
    disk: Disk,
    leaves_out: Manners = EVERYTHING,
    *,
    home: str = "",
    budget: int = limits.MAX_WALK_ENTRIES,
) -> tuple[list[str], bool]:
    """Return the files that a search beneath `root` reads, nearest first, and whether these are all of them.

    Links are not followed and count as files. `home` is where git's global ignore file lies. A folder that cannot be
    listed is no gap: the program that searches cannot list it either.
    """
    found, left = _files(root, disk, leaves_out, home, budget)
    return found, left >= 0


def counted(root: str, disk: Disk, leaves_out: Manners, *, home: str) -> tuple[list[str], bool, int]:
    """Return what `files` does, and how many folder entries were looked at for it."""
    found, left = _files(root, disk, leaves_out, home, limits.MAX_WALK_ENTRIES)
    return found, left >= 0, limits.MAX_WALK_ENTRIES - max(left, 0)


def _files(root: str, disk: Disk, leaves_out: Manners, home: str, budget: int) -> tuple[list[str], int]:
    """Return the files as `files` does, and what is left of the budget; below 0 not all of the tree has been seen."""
    root = root.rstrip("/")
    layers: Layer | None = None
    chosen: Rules | None = None
    only = False
    if leaves_out.ignore:
        from agentguard.access import ignore  # noqa: PLC0415 - many programs honour none

        layers = ignore.above(root or "/", leaves_out.ignore, disk, home)
    if leaves_out.globs:
        chosen, only = _chosen(leaves_out.globs)
    found: list[str] = []
    if disk.kind(root or "/") not in ("dir", ""):
        found.append(root)
    folders: list[tuple[str, Layer | None]] = [(root, layers)]
    at = 0
    while at < len(folders):
        folder, layers = folders[at]
        at += 1
        names = disk.listdir(folder or "/", budget + 1)
        if not names:
            continue
        budget -= len(names)
        if budget < 0:
            return found, budget
        if leaves_out.ignore:
            layers = ignore.within(folder, names, layers, leaves_out.ignore, disk)
        for name in sorted(names):
            path = f"{folder}/{name}"
            is_folder = disk.kind(path) == "dir"
            verdict = chosen.verdict(path[len(root) + 1 :].split("/"), is_folder) if chosen is not None else None
            if verdict is False or (is_folder and name in leaves_out.skip):
                continue
            if verdict is None and (
                (only and not is_folder)
                or (name[:1] == "." and not leaves_out.hidden)
                or (layers is not None and ignore.ignored(path, is_folder, layers))
            ):
                continue
            if is_folder:
                folders.append((path, layers))
            elif leaves_out.keeps is None or leaves_out.keeps(path[len(root) + 1 :]):
                found.append(path)
    return found, budget
