"""What repository a folder lies in, read from its `.git` without starting git.

Starting git in a folder that somebody else filled would run what its configuration names. So the few files that matter
are read here: bounded, without following includes, and believed only as far as git itself would
(gitrepository-layout(5), git-config(1)). A folder that merely looks like a bare repository is none: it could be part of
a hostile checkout.

A linked worktree counts as part of its main repository only when both point at each other; otherwise any folder could
call itself part of a project.
"""

from __future__ import annotations

from agentguard.access import hosts, limits
from agentguard.access.paths import absolute, resolve

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentguard.access.world import Disk


class Repo:
    """One working tree.

    `top`: its folder; `git_dir`: its own git folder; `common_dir`: the one it shares with its linked worktrees;
    `main_top`: the main working tree's folder (`top` itself where this is the main one, a submodule, or where the main
    one is bare). `branch`: what is checked out, "" when detached. `remotes`: URLs by remote name, as they are written.
    """

    __slots__ = ("branch", "common_dir", "git_dir", "main_top", "remotes", "top")

    def __init__(
        self, top: str, *, git_dir: str, common_dir: str, branch: str, remotes: dict[str, str], main_top: str
    ) -> None:
        self.top = top
        self.git_dir = git_dir
        self.common_dir = common_dir
        self.branch = branch
        self.remotes = remotes
        self.main_top = main_top


def read(cwd: str, disk: Disk) -> Repo | None:
    """Return the repository whose working tree `cwd` lies in, None where it lies in none. Never raises.

    Looks upward from the folder as it is spelled, then from where its links lead.
    """
    spelled = _absolute(cwd, "/")
    for start in dict.fromkeys((spelled, resolve(spelled, disk))):
        folder = start.rstrip("/")
        for _ in range(limits.MAX_PARENTS):
            found = _at(folder or "/", disk)
            if found is not None:
                return found
            if "/" not in folder:
                break
            folder = folder.rpartition("/")[0]
    return None


def name(remotes: dict[str, str]) -> str:
    """Return `host/owner/repository` of the remote `origin` (else of the first by name), "" where there is none.

    User names, passwords, ports, queries and `.git` are left out: what is recorded must never hold a credential.
    """
    for remote in ("origin", *sorted(remotes)):
        found = _place(remotes.get(remote, ""))
        if found:
            return found
    return ""


def _place(url: str) -> str:
    if "://" in url:
        try:
            host = hosts.parts(url)[1]
        except hosts.BadUrl:
            return ""
        path = url.partition("://")[2].partition("#")[0].partition("?")[0].partition("/")[2]
    else:
        host, path = hosts.scp_like(url) or ("", "")
    path = path.strip("/").removesuffix(".git").strip("/")
    if not host or not path or not path.isprintable() or len(path) > limits.MAX_NAME_CHARS or "@" in path:
        return ""
    return f"{host}/{path}"


def _absolute(text: str, base: str) -> str:
    """Return `text` absolute and clean; which system it is about, the folder says: a drive is none of POSIX."""
    start = text if base == "/" else base
    return absolute(text, base, "win32" if start[1:2] == ":" else "linux")


def _at(top: str, disk: Disk) -> Repo | None:
    """Return the repository whose working tree starts at `top`."""
    entry = f"{top.rstrip('/')}/.git"
    where = resolve(entry, disk)
    kind = disk.kind(where)
    git_dir = where if kind == "dir" else _pointer(where, "gitdir: ", top, disk) if kind == "file" else ""
    if not git_dir:
        return None
    head = _head(git_dir, disk)
    common_dir = _pointer(f"{git_dir}/commondir", "", git_dir, disk) or git_dir
    if head is None or not all(
        disk.kind(resolve(f"{common_dir}/{part}", disk)) == "dir" for part in ("objects", "refs")
    ):
        return None
    main_top = top
    if common_dir != git_dir and common_dir.endswith("/.git"):
        back = _pointer(f"{git_dir}/gitdir", "", git_dir, disk)
        if resolve(back, disk) == where and git_dir.startswith(f"{common_dir}/worktrees/"):
            main_top = common_dir.removesuffix("/.git") or "/"
    config = disk.read(f"{common_dir}/config", limits.MAX_GIT_CONFIG_BYTES + 1) or b""
    return Repo(top, git_dir=git_dir, common_dir=common_dir, branch=head, remotes=_remotes(config), main_top=main_top)


def _text(path: str, disk: Disk) -> str:
    """Return a small file as text, "" where there is none or it is no such file."""
    data = disk.read(path, limits.MAX_GIT_FILE_BYTES + 1)
    if not data or len(data) > limits.MAX_GIT_FILE_BYTES or b"\0" in data:
        return ""
    return data.decode("utf-8", "surrogateescape")


def _pointer(path: str, prefix: str, base: str, disk: Disk) -> str:
    """Return the path that a file of git's holds behind `prefix`, absolute against `base`; "" where there is none."""
    text = _text(path, disk)
    target = text.removeprefix(prefix).rstrip("\r\n") if text.startswith(prefix) else ""
    return _absolute(target, base) if target and "\n" not in target else ""


def _head(git_dir: str, disk: Disk) -> str | None:
    """Return the branch that HEAD names, "" where it is detached; None where there is no HEAD that git would accept."""
    path = f"{git_dir}/HEAD"
    if disk.kind(path) == "link":  # how git wrote it long ago
        ref = disk.readlink(path)
    else:
        text = _text(path, disk).rstrip("\r\n")
        if not text.startswith("ref:"):
            return "" if len(text) in (40, 64) and not set(text) - set("0123456789abcdef") else None
        ref = text[4:].strip(" \t")
    if not ref.startswith("refs/"):
        return None
    branch = ref.removeprefix("refs/heads/")
    if branch in (ref, ".invalid"):  # no branch; or branches are kept in tables and HEAD does not tell (reftable)
        return ""
    return branch if branch.isprintable() and len(branch) <= limits.MAX_BRANCH_CHARS else ""


def _remotes(data: bytes) -> dict[str, str]:
    """Return the URL of each remote in a git configuration, none where git would refuse the file or it is too long.

    Where a remote has several URLs, the first is the one that git fetches from.
    """
    if len(data) > limits.MAX_GIT_CONFIG_BYTES:
        return {}
    remotes: dict[str, str] = {}
    section = ""
    lines = data.decode("utf-8", "surrogateescape").removeprefix("\ufeff").split("\n")
    if len(lines) > limits.MAX_GIT_CONFIG_LINES:
        return {}
    todo = iter(lines)
    for line in todo:
        text = line.rstrip("\r").lstrip(" \t")
        if text[:1] == "[":
            header = _section(text)
            if header is None:
                return {}
            section, text = header
            text = text.lstrip(" \t")
        if text[:1] in ("", "#", ";"):
            continue
        value = variable(text, todo)
        if value is None:
            return {}
        key, content = value
        if section and key == "url" and content:
            remotes.setdefault(section, content)
    return remotes


def _section(text: str) -> tuple[str, str] | None:
    """Return the remote that a section header names ("" for none) and what follows; None where it is broken."""
    close = at = text.find("]")
    quote = text.find('"')
    if 0 <= quote < close:
        known: list[str] = []
        at = quote + 1
        while at < len(text) and text[at] != '"':
            at += text[at] == "\\"
            known.append(text[at : at + 1])
            at += 1
        if text[at : at + 2] != '"]':
            return None
        family = text[1:quote].rstrip(" \t").lower()
        return ("".join(known) if family == "remote" else ""), text[at + 2 :]
    if close < 0:
        return None
    family, dot, remote = text[1:close].partition(".")  # `[remote.origin]`, deprecated and still read
    return (remote.lower() if dot and family.lower() == "remote" else ""), text[close + 1 :]


_SPECIAL = frozenset('\\"#;')  # what makes a value other than it stands there
_ESCAPES = {"n": "\n", "t": "\t", "b": "\b", '"': '"', "\\": "\\"}


def variable(text: str, more: Iterator[str]) -> tuple[str, str] | None:
    """Return key and value of a variable, whose value may go on in `more` lines; None where git would refuse it."""
    key, equals, rest = text.partition("=")
    key = key.rstrip(" \t").lower()
    if not equals:
        key = key.partition("#")[0].partition(";")[0].rstrip(" \t")
    if not key.isascii() or not key[:1].isalpha() or not key.replace("-", "").isalnum():
        return None
    if _SPECIAL.isdisjoint(rest):
        return key, rest.strip(" \t").rstrip(" \t\r")
    found: list[str] = []
    quoted = False
    kept = 0  # blanks at the end of a value count only within quotes
    rest = rest.lstrip(" \t")
    at = 0
    while at < len(rest):
        char = rest[at]
        at += 1
        if char == "\\":
            if at >= len(rest) or rest[at:] == "\r":
                rest, at = next(more, ""), 0
                continue
            if rest[at] not in _ESCAPES:
                return None
            found.append(_ESCAPES[rest[at]])
            at += 1
            kept = len(found)
        elif char == '"':
            quoted = not quoted
            kept = max(kept, len(found))
        elif char in "#;" and not quoted:
            break
        else:
            found.append(char)
            if quoted or char not in " \t\r":
                kept = len(found)
    return None if quoted else (key, "".join(found[:kept]))
