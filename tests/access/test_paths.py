"""Paths: absolute, resolved, partly known, and what Windows makes of them."""

from __future__ import annotations

import os
import tempfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agentguard.access import limits, paths
from agentguard.access.model import ANY, EXACT, GLOB, ONE, STAR, TREE, UNKNOWN, Pattern
from agentguard.access.world import MemoryDisk, RealDisk

CWD = "/home/dev/project"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a", "/home/dev/project/a"),
        ("./a", "/home/dev/project/a"),
        ("a/", "/home/dev/project/a"),
        ("a//b", "/home/dev/project/a/b"),
        ("a/./b", "/home/dev/project/a/b"),
        ("a/../b", "/home/dev/project/b"),
        ("../b", "/home/dev/b"),
        ("../../../../../b", "/b"),
        ("..", "/home/dev"),
        (".", CWD),
        ("", CWD),
        ("/", "/"),
        ("//", "/"),
        ("///etc//passwd", "/etc/passwd"),
        ("/..", "/"),
        ("/../etc", "/etc"),
        ("/a/b/..", "/a"),
        ("/home/dev/project/../../notes.txt", "/home/notes.txt"),
        ("/a/...", "/a/..."),
        ("/a/..b", "/a/..b"),
        ("/a/.b", "/a/.b"),
        ("~/x", "/home/dev/project/~/x"),
        ("~root", "/home/dev/project/~root"),
        ("a b/c", "/home/dev/project/a b/c"),
        ("a\\b", "/home/dev/project/a\\b"),
        ("*.py", "/home/dev/project/*.py"),
        ("C:/x", "/home/dev/project/C:/x"),
    ],
)
def test_a_path_is_made_absolute_and_clean(text: str, expected: str) -> None:
    """`.`, `..` and repeated slashes go; everything else stays as it is written."""
    assert expected == paths.absolute(text, CWD)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a.txt", "C:/Users/dev/a.txt"),
        ("..\\a.txt", "C:/Users/a.txt"),
        ("c:\\Windows\\System32", "C:/Windows/System32"),
        ("d:/x", "D:/x"),
        ("d:x", "D:/x"),
        ("c:x", "C:/Users/dev/x"),
        ("\\x", "C:/x"),
        ("/xy", "C:/xy"),
        ("/c/Users/dev", "C:/Users/dev"),
        ("/c", "C:/"),
        ("/cygdrive/d/x", "D:/x"),
        ("\\\\?\\C:\\secret\\.env", "C:/secret/.env"),
        ("\\\\.\\C:\\secret", "C:/secret"),
        ("\\\\?\\UNC\\server\\share\\x", "//server/share/x"),
        ("\\\\server\\share\\a\\..\\b", "//server/share/b"),
        ("\\\\server\\share\\..\\..\\x", "//server/share/x"),
        (".env.", "C:/Users/dev/.env"),
        (".env ", "C:/Users/dev/.env"),
        (".env. . ", "C:/Users/dev/.env"),
        (".env::$DATA", "C:/Users/dev/.env"),
        (".env:hidden", "C:/Users/dev/.env"),
        ("C:\\..\\..\\x", "C:/x"),
        ("C:\\", "C:/"),
    ],
)
def test_windows_paths_have_one_spelling(text: str, expected: str) -> None:
    """Drives, backslashes, prefixes, streams, and dots and spaces at the end all come to `C:/folder/file`."""
    assert expected == paths.absolute(text, "C:\\Users\\dev", "win32")


def test_a_windows_share_can_be_the_working_directory() -> None:
    """A relative path beneath a share stays on the share."""
    assert paths.absolute("a\\b", "\\\\server\\share\\x", "win32") == "//server/share/x/a/b"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("/a\0b", "it holds a NUL character"),
        ("/a\nb", "it holds a control character"),
        ("/a\x1b[31mb", "it holds a control character"),
        ("/a\x7f", "it holds a control character"),
        ("/a\x85b", "it holds a control character"),
        ("/a\ud800b", "it holds half a surrogate pair"),
        ("", "it is empty"),
        ("/" + "a" * limits.MAX_PATH_BYTES, "it is too long"),
        ("/" + "\u00e9" * (limits.MAX_PATH_BYTES // 2), "it is too long"),
        ("/a b", ""),
        ("/a\u00a0b", ""),
        ("/caf\u00e9/\U0001f600", ""),
        ("/" + "a" * (limits.MAX_PATH_BYTES - 1), ""),
    ],
)
def test_what_can_be_no_path_is_named(text: str, why: str) -> None:
    """NUL, control characters, halves of surrogate pairs and over-long texts are faults; odd names are not."""
    assert why == paths.fault(text)


_text = st.text(alphabet="ab./\\ ~*C:\u00e9", max_size=24)


@given(text=_text, cwd=_text, platform=st.sampled_from(["linux", "darwin", "win32"]))
def test_absolute_is_idempotent(text: str, cwd: str, platform: str) -> None:
    """What is absolute and clean stays as it is, against any folder."""
    base = paths.absolute(cwd, "C:/" if platform == "win32" else "/", platform)
    once = paths.absolute(text, base, platform)
    assert once == paths.absolute(once, base, platform)
    assert once == paths.absolute(once, "D:/other" if platform == "win32" else "/other", platform)


@given(text=_text, cwd=_text)
def test_absolute_agrees_with_posix_normpath(text: str, cwd: str) -> None:
    """The lexical spelling is that of `os.path.normpath`, but for the two slashes that POSIX leaves open."""
    joined = os.path.normpath(os.path.join("/" + cwd, text))
    assert "/" + joined.lstrip("/") == paths.absolute(text, "/" + cwd)


# A tree of real folders and links beneath a root: names, and for each a folder (None) or the target of a link.
_names = ["a", "b", "c"]
_targets = st.sampled_from(
    ["a", "b", "..", "../a", "../../b", "./c", "a/b", "ROOT/a", "ROOT/b/../c", "ROOT", "/", "c/..", "d"]
)
_places = st.lists(st.sampled_from(_names), min_size=1, max_size=3).map("/".join)
_trees = st.dictionaries(_places, st.none() | _targets, max_size=8)
_questions = st.lists(st.sampled_from([*_names, "..", ".", "", "d"]), max_size=7).map("/".join)


def _build(root: str, tree: dict[str, str | None]) -> None:
    for place, target in sorted(tree.items()):
        path = os.path.join(root, place)
        if os.path.lexists(path) or not os.path.realpath(os.path.dirname(path)).startswith(root):
            continue
        try:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            if target is None:
                os.mkdir(path)
            else:
                os.symlink(target.replace("ROOT", root), path)
        except OSError:
            continue


class _Counting(RealDisk):
    """The real disk, with a count of the links that were followed."""

    def __init__(self) -> None:
        self.followed = 0

    def readlink(self, path: str) -> str:
        self.followed += 1
        return super().readlink(path)


def _loops(path: str) -> bool:
    """Return whether links lead in a circle, also through folders that do not exist (`x/../x`): realpath then gives up."""
    disk = _Counting()
    paths.resolve(path, disk)
    return disk.followed >= limits.MAX_LINK_HOPS


@settings(max_examples=150, deadline=None)
@given(tree=_trees, question=_questions)
def test_resolve_agrees_with_realpath_on_real_links(tree: dict[str, str | None], question: str) -> None:
    """Every link is followed as far as the path exists, `..` after a link is the parent of where it leads."""
    with tempfile.TemporaryDirectory() as folder:
        root = os.path.realpath(folder)
        _build(root, tree)
        path = f"{root}/{question}"
        if not any(_loops(start) for start in (path, *(f"{root}/{name}" for name in tree))):
            assert os.path.realpath(path) == paths.resolve(path, RealDisk())


def test_links_that_lead_in_a_circle_come_to_an_end() -> None:
    """After as many links as a kernel follows, the rest is appended as it is written."""
    disk = MemoryDisk({"/a/x": "y", "/a/y": "x"})
    assert paths.resolve("/a/x/.env", disk) in ("/a/x/.env", "/a/y/.env")


def test_the_root_of_a_process_is_the_root(worlds) -> None:
    """`/proc/1/root` is a link that only root may read, and leads to `/` all the same."""
    disk = MemoryDisk({"/proc/1/root": "", "/proc/self/root": "/", "/etc/shadow": b""})
    for path in ("/proc/1/root/etc/shadow", "/proc/self/root/etc/shadow", "/proc/77/root/proc/1/root/etc/shadow"):
        assert "/etc/shadow" == paths.resolve(path, disk)
    assert "/proc/root" == paths.resolve("/proc/root", disk)
    assert "/p/root" == paths.resolve("/p/root", disk)


def test_a_link_that_cannot_be_read_stays(worlds) -> None:
    """Its name is all that is known."""
    assert "/a/x/y" == paths.resolve("/a/x/y", MemoryDisk({"/a/x": ""}))


def test_links_that_grow_are_followed_only_so_far() -> None:
    """A link to itself with more behind it cannot make work without end."""
    disk = MemoryDisk({"/a/x": "x/" + "b/" * 500})
    assert paths.resolve("/a/x", disk).startswith("/a/x/b/b")


def test_windows_links_are_followed() -> None:
    """A link's target may be on another drive, relative, or behind the prefix that switches parsing off."""
    disk = MemoryDisk({"C:/p/a": "\\\\?\\D:\\secret", "C:/p/b": "..\\q", "C:/p/c": "\\q"})
    assert paths.resolve("C:/p/a/x", disk) == "D:/secret/x"
    assert paths.resolve("C:/p/b/x", disk) == "C:/q/x"
    assert paths.resolve("C:/p/c/../x", disk) == "C:/x"
    assert paths.resolve("C:/..", disk) == "C:/"


def test_a_path_has_two_spellings(world) -> None:
    """A link shows in the resolved spelling only."""
    path = paths.exact("docs/key.txt", CWD, world)
    expected = ("/home/dev/project/docs/key.txt", "/home/dev/.ssh/id_ed25519", EXACT)
    assert expected == (path.text, path.resolved, path.extent)


def test_dots_after_a_link_are_the_kernels_in_the_resolved_spelling(worlds) -> None:
    """`link/..` is the parent of where the link leads; lexically it is where the link lies."""
    world = worlds({"/p/link": "/q/deep", "/q/deep": None, "/q/.env": b"", "/p/.env": b""})
    path = paths.exact("link/../.env", "/p", world)
    assert ("/p/.env", "/q/.env") == (path.text, path.resolved)


def test_a_tree_is_a_folder_and_all_beneath(world) -> None:
    """The extent says so; both spellings are the folder's."""
    path = paths.tree("up", CWD, world)
    assert ("/home/dev/project/up", "/home/dev", TREE) == (path.text, path.resolved, path.extent)


def test_the_data_volume_of_macos_has_one_spelling(worlds) -> None:
    """It is shown at the root as well, without a link that could be followed."""
    path = paths.exact("/System/Volumes/Data/Users/dev/.ssh/id", "/", worlds({}, platform="darwin"))
    assert path.resolved == "/Users/dev/.ssh/id"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/dev/null", True), ("/dev/tty", True), ("/dev/stdin", True), ("/dev/stdout", True), ("/dev/stderr", True),
        ("/dev/fd/3", True), ("/dev/fd/3/x", False), ("/dev/fd/", False), ("/dev/sda", False), ("/dev/nulls", False),
        (UNKNOWN, False),
    ],
)  # fmt: skip
def test_null_devices_and_streams_are_silent(path, expected: bool) -> None:
    """They give no row; nothing else does so."""
    assert expected is paths.silent(path)


def _shown(found) -> list[tuple[str, str, str]]:
    return [(str(path.text), str(path.resolved), path.extent) for path in found]


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (("src/", STAR, ".py"), ["/p/src/a.py", "/p/src/b.py"]),
        ((STAR,), ["/p/link", "/p/src"]),
        ((".", STAR), ["/p/.env"]),
        ((".e", ONE, "v"), ["/p/.env"]),
        ((ONE, "rc"), ["/p/src"]),
        (("src/../.e", STAR), ["/p/.env"]),
        ((STAR, "/a.py"), ["/p/link/a.py", "/p/src/a.py"]),
        (("/p/", STAR, "/", STAR, "/deep"), ["/p/link/sub/deep", "/p/src/sub/deep"]),
        (("/p/src",), ["/p/src"]),
    ],
)
def test_a_pattern_is_expanded_on_the_disk(worlds, parts, expected: list[str]) -> None:
    """Each match is exact, in order; a star does not match a leading dot, and folders in between may be links."""
    tree = {"/p/.env": b"", "/p/src/a.py": b"", "/p/src/b.py": b"", "/p/src/sub/deep": b"", "/p/link": "src"}
    found = paths.pattern(Pattern(parts), "/p", worlds(tree))
    assert expected == [path.text for path in found]
    assert {EXACT} == {path.extent for path in found}


def test_matches_of_a_pattern_are_resolved(world) -> None:
    """A match that is a link shows where it leads."""
    assert [("/home/dev/project/docs/key.txt", "/home/dev/.ssh/id_ed25519", EXACT)] == _shown(
        paths.pattern(Pattern(("docs/", STAR, ".txt")), CWD, world)
    )


def test_a_pattern_without_a_match_stays_one(world) -> None:
    """What does not exist yet may exist when the command runs; its extent says that nothing has such a name now."""
    assert [("/home/dev/project/build/*", "/home/dev/project/build/*", EXACT)] == _shown(
        paths.pattern(Pattern(("build/", STAR)), CWD, world)
    )


def test_a_pattern_past_the_budget_stays_one(worlds) -> None:
    """Too many matches, or too many names to look at, are no reason to forget the rest."""
    many = worlds({f"/p/{number}": b"" for number in range(limits.MAX_GLOB_MATCHES + 1)})
    assert [("/p/*", "/p/*", GLOB)] == _shown(paths.pattern(Pattern((STAR,)), "/p", many))
    full = worlds({f"/p/{number}": b"" for number in range(limits.MAX_GLOB_ENTRIES + 1)})
    assert [("/p/1*x", "/p/1*x", GLOB)] == _shown(paths.pattern(Pattern(("1", STAR, "x")), "/p", full))


@pytest.mark.parametrize(
    ("parts", "cwd", "expected"),
    [
        ((ANY, "/.env"), CWD, "…/.env"),
        ((ANY, ".env"), CWD, "….env"),
        (("src/", ANY), CWD, "/home/dev/project/src/…"),
        (("src/", ANY, "/../.env"), CWD, "…/.env"),
        ((STAR, "/../.zzz"), CWD, "/home/dev/project/.zzz"),
        (("./a/../", ANY, "//x/./y"), CWD, "/home/dev/project/…/x/y"),
        (("x", STAR), UNKNOWN, "…/x*"),
        (("x",), UNKNOWN, "…/x"),
        (("x",), Pattern(("/p/", ANY)), "/p/…/x"),
        (("../x",), Pattern(("/p/", ANY)), "…/x"),
        (("/etc/", ANY), UNKNOWN, "/etc/…"),
        (("", ANY, "", "/a"), CWD, "…/a"),
    ],
)
def test_what_is_partly_known_stays_a_pattern(world, parts, cwd, expected: str) -> None:
    """Known parts are cleaned and joined; `..` out of an unknown part leaves nothing known before it."""
    (path,) = paths.pattern(Pattern(parts), cwd, world)
    assert expected == str(path.text)


def test_the_known_root_of_a_pattern_is_resolved(worlds) -> None:
    """`/tmp/$x` is `/private/tmp/$x` where `/tmp` is a link."""
    world = worlds({"/tmp": "/private/tmp", "/private/tmp": None})
    assert [("/tmp/…", "/private/tmp/…", TREE)] == _shown(paths.pattern(Pattern(("/tmp/", ANY)), "/", world, TREE))


def test_any_value_comes_to_paths(world) -> None:
    """Exact text, a pattern, and nothing known; in a known or an unknown folder."""
    assert [("/home/dev/project/a", "/home/dev/project/a", EXACT)] == _shown(paths.of("a", CWD, world))
    assert [("/home/dev/project/a", "/home/dev/project/a", TREE)] == _shown(paths.of("a", CWD, world, TREE))
    assert [("/etc/a", "/etc/a", EXACT)] == _shown(paths.of("/etc/a", UNKNOWN, world))
    assert [("…/a", "…/a", TREE)] == _shown(paths.of("a", UNKNOWN, world, TREE))
    assert [("/home/dev/project/src", "/home/dev/project/src", TREE)] == _shown(
        paths.of(Pattern(("s", STAR)), CWD, world, TREE)
    )
    (path,) = paths.of(UNKNOWN, CWD, world)
    assert path.text is UNKNOWN


def test_patterns_on_windows_keep_their_drive(worlds) -> None:
    """Backslashes in known parts are separators there, and a drive is a root."""
    world = worlds({"C:/p/src/a.py": b""}, platform="win32")
    assert ["C:/p/src/a.py"] == [path.text for path in paths.pattern(Pattern(("src\\", STAR)), "C:/p", world)]
    assert ["D:/x/…"] == [str(path.text) for path in paths.pattern(Pattern(("D:\\x\\", ANY)), "C:/p", world)]


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    parts=st.lists(st.text("ab./", max_size=4) | st.sampled_from([ANY, STAR, ONE]), max_size=6).map(tuple),
    cwd=st.sampled_from([CWD, UNKNOWN, Pattern((ANY, "/x")), "/"]),
    platform=st.sampled_from(["linux", "win32"]),
)
def test_every_pattern_comes_to_a_path(worlds, parts, cwd, platform: str) -> None:
    """Whatever the parts are: at least one path, absolute, floating or not known at all, never an exception."""
    found = paths.pattern(Pattern(parts), cwd, worlds(platform=platform))
    assert found
    for path in found:
        assert path.text is UNKNOWN or isinstance(path.text, Pattern) or path.text[:1] == "/" or path.text[1:3] == ":/"
