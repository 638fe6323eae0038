"""git commands that show what is in files, now or at any time: `show`, `log -p`, `diff`, `blame`, `format-patch` and others.

Whether a path is on disk now says nothing of what it held before: every path that is named is read. Where no path is
named, only git knows which files have changed, and there is no row. Source: diff-options of git-diff(1) and git-log(1)
for what gives a patch (`-s` takes away all that stands before it), gitrevisions(7) for `rev:path`, which counts from the
top, gitglossary(7) for pathspecs.
"""

from __future__ import annotations

from agentguard.access import globs, limits
from agentguard.access.model import READ, TREE, UNKNOWN
from agentguard.access.programs import walk
from agentguard.access.shell.values import Beneath, Globbed, parts_of, plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.model import Value
    from agentguard.access.programs.walk import Work
    from agentguard.access.shell.command import Call

_PATCH = frozenset({
    "--patch", "--patch-with-stat", "--patch-with-raw", "--unified", "-c", "--cc", "--binary", "--remerge-diff",
})  # fmt: skip
_SUMS_UP = frozenset({
    "--stat", "--name-only", "--name-status", "--shortstat", "--numstat", "--dirstat", "--summary", "--quiet", "--raw",
    "--compact-summary", "--cumulative",
})  # fmt: skip
# What these show where no option says so; the others of the table show a patch.
_NO_PATCH = frozenset({"log", "whatchanged", "reflog", "diff-tree", "diff-index", "diff-files"})
_WHOLE = frozenset({"blame", "annotate", "cat-file", "format-patch", "fast-export"})
_BY_REVISION = "a file of another time"
_NAMED = "what changed in it is shown"


def looks(call: Call, work: Work) -> None:
    """`git show REV:PATH`, `git log -p -- PATH`, `git diff PATH`: the content of a path, from any time."""
    line, name = work.line, work.command[1]
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
    traced = [] if name in _WHOLE else [_traced(value) for value in line.values("-L")]
    if not _shows(work, traced=bool(traced)):
        return
    for value in traced:
        call.path(READ, value, "its lines are traced")
    before, behind = split(call, line.operands)
    specs = list(behind or ())
    for value in before:
        if (path := _of_revision(call, value)) is not None:
            call.path(READ, path, _BY_REVISION, TREE if walk.kind_of(call, path) == "dir" else "exact")
        elif name != "cat-file" and behind is None and _is_pathspec(call, value):
            specs.append(value)
    if name in ("blame", "annotate") and behind is None and not specs:
        specs = [value for value in before if not set("~^@:") & set(plain(value) or "")]
    if name == "cat-file" and line.has("--batch --batch-command"):
        _batch(call)
    pathspecs(call, specs)


def diff(call: Call, work: Work) -> None:
    """`git diff --no-index ONE OTHER` compares any two files or folders; else see `looks`."""
    if not work.line.has("--no-index"):
        looks(call, work)
        return
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
    for value in work.line.operands:
        if value != "--":
            call.path(READ, value, "operand", TREE if walk.kind_of(call, value) == "dir" else "exact")


def _shows(work: Work, *, traced: bool) -> bool:
    """Return whether a command shows more than names and counts."""
    name = work.command[1]
    if name in _WHOLE:
        return True
    if name == "shortlog":
        return False
    patch = sums_up = nothing = False
    for flag, _ in work.line.flags:
        if flag in _PATCH:
            patch, nothing = True, False
        elif flag in _SUMS_UP:
            sums_up = True
        elif flag == "--no-patch":
            patch, nothing = False, True
    return patch or (not (sums_up or nothing) and (traced or name not in _NO_PATCH))


def split(call: Call, operands: list[Value]) -> tuple[list[Value], list[Value] | None]:
    """Return the operands before `--` and those behind it, None where there is no such."""
    if "--" not in call.words:
        return operands, None
    behind = call.words[call.words.index("--") + 1 :]
    before = operands[: len(operands) - len(behind)] if behind else operands
    return [value for value in before if value != "--"], behind


def _traced(value: Value) -> Value:
    """Return the file of `-L 1,9:FILE` and `-L :FUNCTION:FILE`."""
    last = parts_of(value)[-1]
    return last.rpartition(":")[2] if isinstance(last, str) and ":" in last else UNKNOWN


def _of_revision(call: Call, value: Value) -> Value | None:
    """Return the path of `rev:path`, `:path` and `:0:path`; None where the word is no such."""
    text = plain(value)
    if text is None:
        last = parts_of(value)[-1]
        if value is UNKNOWN or isinstance(value, Globbed) or not isinstance(last, str) or ":" not in last:
            return None
        revision, path = "?", last.partition(":")[2]
    else:
        revision, colon, path = text.partition(":")
        if not colon or revision in ("https", "http") or "\n" in path or (not revision and path[:1] in ("", *"/(!^")):
            return None
    if not revision and path[:1] in ("0", "1", "2", "3") and path[1:2] == ":":
        path = path[2:]
    if path[:2] == "./" or path[:3] == "../":
        return path
    return _from_top(call, path)


def _from_top(call: Call, path: str) -> str:
    """Return a path that counts from the top of the working tree as one that counts from the folder at hand."""
    project, cwd = call.world.project, call.cwd
    below = bool(project) and isinstance(cwd, str) and cwd.startswith(f"{project}/")
    return f"{project}/{path}" if below else path


def _is_pathspec(call: Call, value: Value) -> bool:
    """Return whether git reads a word without `--` as a path: it is there, or has wildcards; a revision may be no file."""
    text = plain(value)
    if isinstance(value, Globbed):
        return True
    if text is None:  # `"$folder/.env"`, but not `"$base...$topic"`
        known = [part for part in parts_of(value) if isinstance(part, str)]
        return bool(known) and parts_of(value)[-1] is known[-1] and "/" in known[-1] and ".." not in "".join(known)
    if text[:2] == ":/":  # before all else a commit with that text
        return bool(walk.kind_of(call, _magic(call, text)[0]))
    return text[:1] == ":" or bool(set("*?[") & set(text)) or bool(walk.kind_of(call, value))


def pathspecs(call: Call, values: list[Value]) -> None:
    """Make the read rows of pathspecs: a folder is all beneath it; a name that is not on disk may have been one."""
    chosen: list[Value] = []
    left_out: list[str] = []
    for value in values:
        path, excludes = _magic(call, value)
        if excludes:
            left_out += [path] if isinstance(path, str) else []
        else:
            chosen.append(path)
    if left_out and not chosen:
        chosen = ["."]
    for value in chosen:
        text = plain(value)
        if text is None or isinstance(value, Globbed):
            call.path(READ, value, _NAMED)
        elif set("*?[") & set(text) and not walk.kind_of(call, text):
            _matching(call, text, left_out)
        elif walk.is_file(call, text) or _was_file(call, text):
            call.path(READ, text, _NAMED)
        else:
            call.path(READ, _beneath(text, left_out) if left_out else text, _NAMED, TREE)


def _was_file(call: Call, text: str) -> bool:
    """Return whether a path that is not on disk has the name of a file: one with an ending, or a hidden one."""
    name = text.rpartition("/")[2]
    return "." in name and name not in (".", "..") and not walk.kind_of(call, text)


def _magic(call: Call, value: Value) -> tuple[Value, bool]:
    """Return the path of a pathspec, and whether it leaves that path out: `:/x` is from the top, `:!x` all but x."""
    text = plain(value)
    if text is None or text[:1] != ":" or isinstance(value, Globbed):
        return value, False
    if text[:2] == ":(":
        words, _, path = text[2:].partition(")")
        top, excludes = "top" in words.split(","), "exclude" in words.split(",")
    else:
        path = text.lstrip(":/!^")
        short = text[: len(text) - len(path)]
        top, excludes = "/" in short, "!" in short or "^" in short
    return (_from_top(call, path) if top else path) or ".", excludes


def _matching(call: Call, text: str, left_out: list[str]) -> None:
    """Make the rows of a pathspec with wildcards (slashes match, too): what is there, and hidden names that it spells."""
    from agentguard.access.programs import finder  # noqa: PLC0415 - few pathspecs have wildcards

    first = min(text.find(char) for char in "*?[" if char in text)
    root = text[:first].rpartition("/")[0] or ("/" if text[:1] == "/" else ".")
    call.path(READ, _beneath(root, left_out, text), _NAMED)
    last = text.rpartition("/")[2]
    if last[:1] == ".":
        call.path(READ, finder.glob(text, slashes=True), _NAMED)
    elif last.strip("*?"):  # `*env`: that git ignores a file now does not say that it was never committed
        place = call.place(root)
        names = call.world.disk.listdir(place, limits.MAX_GLOB_ENTRIES) if isinstance(place, str) else None
        for name in sorted(names or ()):
            if name[:1] == "." and _matches(text, name if root == "." else f"{root.rstrip('/')}/{name}"):
                call.path(READ, f"{root}/{name}", _NAMED)


def _beneath(root: str, left_out: list[str], chosen: str | None = None) -> Beneath:
    """Return what pathspecs choose beneath a folder."""
    lead = "" if root in (".", "./") else root.rstrip("/") + "/"

    def keeps(path: str) -> bool:
        name = lead + path
        return (chosen is None or _matches(chosen, name)) and not any(_matches(text, name) for text in left_out)

    return Beneath(root, keeps)


def _matches(text: str, name: str) -> bool:
    text, name = text.removeprefix("./").rstrip("/"), name.removeprefix("./")
    return text == "." or name.startswith(text + "/") or globs.fits(globs.component(text), name)


def _batch(call: Call) -> None:
    """Make the rows of `git cat-file --batch`: an object a line (with --batch-command behind `contents`)."""
    text = call.stdin.value if call.stdin is not None else ""
    for line in text.split("\n") if isinstance(text, str) else ():
        if (path := _of_revision(call, line.removeprefix("contents ").partition(" ")[0])) is not None:
            call.path(READ, path, _BY_REVISION)


def named(call: Call, work: Work) -> None:
    """Make the read rows of the paths that a command names."""
    before, behind = split(call, work.line.operands)
    pathspecs(call, behind if behind is not None else [value for value in before if _is_pathspec(call, value)])
