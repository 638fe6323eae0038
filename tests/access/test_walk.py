"""Searching trees: ignore files as git reads them, globs as rg reads them, and budgets."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentguard.access import globs, ignore, limits, walk
from agentguard.access.model import ONE, READ, STAR, TREE, Origin, Row
from agentguard.access.model import Path as Path_
from agentguard.access.world import MemoryDisk, RealDisk

GIT = walk.Manners(frozenset({"git"}), skip=frozenset({".git"}))
GREP = walk.manners(Row(READ, tool="Grep"))


Tree = dict[str, bytes | str | None]


def names(tree: Tree, manners: walk.Manners = walk.EVERYTHING, root: str = "/p", **more) -> list[str]:
    found, complete = walk.search(root, lambda path: True, MemoryDisk(tree), manners, **more)
    assert complete
    return sorted(path.removeprefix("/p/") for path in found)


@pytest.mark.parametrize(
    ("rules", "path", "ignored"),
    [
        (".env", ".env", True),
        (".env", "sub/.env", True),
        (".env", ".env.example", False),
        ("/.env", ".env", True),
        ("/.env", "sub/.env", False),
        ("sub/.env", "sub/.env", True),
        ("sub/.env", "a/sub/.env", False),
        ("**/sub/.env", "a/sub/.env", True),
        ("a/**/z", "a/z", True),
        ("a/**/z", "a/b/c/z", True),
        ("a/**", "a/b/c", True),
        ("*.log", "deep/er/x.log", True),
        ("*.log", ".log", True),
        ("x?z", "xyz", True),
        ("x?z", "x/z", False),
        ("[a-c]x", "bx", True),
        ("[!a-c]x", "bx", False),
        ("[^a-c]x", "dx", True),
        ("[]x]y", "]y", True),
        ("[[:digit:]]x", "7x", True),
        ("[[:digit:]]x", "ax", False),
        ("[\\]]x", "]x", True),
        ("[a", "[a", True),
        ("build/", "build/x.o", True),
        ("build/", "src/build/x.o", True),
        ("build/", "build", False),
        ("*.log\n!keep.log", "keep.log", False),
        ("!keep.log\n*.log", "keep.log", True),
        ("build/\n!build/keep", "build/keep", True),
        ("# .env", ".env", False),
        ("\\#x", "#x", True),
        ("\\!x", "!x", True),
        ("x   ", "x", True),
        ("x\\ ", "x ", True),
        ("x\r", "x", True),
        ("\ufeffx", "x", True),
        ("a*b*c*d", "aXbXcXd", True),
        ("a*b*c*d", "aXbXcX", False),
        ("foo/*", "foo/bar", True),
        ("foo/*", "a/foo/bar", False),
        ("/", "x", False),
        ("***", "x", True),
    ],
)
def test_a_rule_of_gitignore(rules: str, path: str, ignored: bool) -> None:
    """Anchors, folders, stars, brackets, negation, escapes and comments mean what gitignore(5) says."""
    tree = {"/p/.git/HEAD": b"", "/p/.gitignore": rules.encode(), f"/p/{path}": b""}
    assert ignored is (path not in names(tree, GIT))


_rules = st.lists(
    st.builds(
        "{}{}{}{}".format,
        st.sampled_from(["", "", "!", "/"]),
        st.sampled_from(["a", "b", "*", "**", "?", "a*", "[ab]", "[!a]", "*b"]),
        st.sampled_from(["", "", "/a", "/**", "/*", "/**/b", "/b"]),
        st.sampled_from(["", "", "/"]),
    ),
    max_size=4,
)
_files = st.lists(st.lists(st.sampled_from(["a", "b", "ab", ".c"]), min_size=1, max_size=3).map("/".join), max_size=5)


@settings(max_examples=40, deadline=None)
@given(top=_rules, sub=_rules, files=_files)
def test_ignore_files_agree_with_git(top: list[str], sub: list[str], files: list[str]) -> None:
    """What a search that honours .gitignore comes across is what git itself does not ignore."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {"PATH": os.environ["PATH"], "HOME": folder, "GIT_CONFIG_NOSYSTEM": "1"}
        subprocess.run(["git", "init", "-q"], cwd=folder, env=environment, check=True)
        for file in files:
            path = Path(folder, file)
            if not any(parent.is_file() for parent in path.parents) and not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text("")
        Path(folder, ".gitignore").write_text("\n".join(top))
        if Path(folder, "a").is_dir():
            Path(folder, "a", ".gitignore").write_text("\n".join(sub))
        words = ["git", "ls-files", "-z", "--others", "--exclude-standard"]
        listed = subprocess.run(words, cwd=folder, env=environment, check=True, capture_output=True, text=True).stdout
        found, _ = walk.search(folder, lambda path: True, RealDisk(), GIT)
        assert sorted(listed.split("\0")[:-1]) == sorted(os.path.relpath(path, folder) for path in found)


def test_deeper_files_decide_first() -> None:
    """A folder's own file overrides that of the folder above, and a program's file that of git."""
    tree = {"/p/.git": None, "/p/.gitignore": b"*.a\n*.b\n", "/p/x/.gitignore": b"!*.a\n", "/p/x/1.a": b"",
            "/p/x/1.b": b"", "/p/.ignore": b"!y.b\n", "/p/y.b": b"", "/p/y.a": b""}  # fmt: skip
    assert {"x/1.a", "y.b"} == {name for name in names(tree, GREP) if name[-2] == "."}


def test_rules_above_the_root_hold() -> None:
    """A search that starts within a repository honours the files above it, up to the repository's top."""
    tree = {"/.gitignore": b"c\n", "/p/.git": None, "/p/.gitignore": b"a\n/x/b\n"}
    tree |= {f"/p/x/{name}": b"" for name in "abc"}
    assert ["x/c"] == names(tree, GIT, "/p/x")


def test_gitignore_counts_only_in_a_repository() -> None:
    """Outside of one it is an ordinary file; `.ignore` counts everywhere."""
    assert [".gitignore", "a"] == names({"/p/.gitignore": b"a\n", "/p/a": b""}, GREP)
    assert [".ignore"] == names({"/p/.ignore": b"a\n", "/p/a": b""}, GREP)


def test_a_repository_within_another_has_its_own_rules() -> None:
    """Its rules end at the top of their repository."""
    tree = {"/p/.git": None, "/p/.gitignore": b"a\n", "/p/in/.git": None, "/p/in/a": b"", "/p/a": b""}
    assert [".gitignore", "in/a"] == names(tree, GIT)


def test_gits_other_ignore_files_count() -> None:
    """`info/exclude` of the repository, and the global file at its default place."""
    tree = {"/p/.git/info/exclude": b"a\n", "/home/dev/.config/git/ignore": b"b\n"}
    tree |= {f"/p/{name}": b"" for name in "abc"}
    assert ["c"] == names(tree, GIT, home="/home/dev")


def test_ignored_folders_are_not_entered() -> None:
    """Nothing in them can be taken back in, and they cost no budget."""
    tree = {"/p/.git": None, "/p/.gitignore": b"node_modules/\n!.env\n"}
    tree |= {f"/p/node_modules/{number}/.env": b"" for number in range(100)}
    assert [".gitignore"] == names(tree, GIT, budget=10)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (("*.py",), ["a.py", "x/b.py"]),
        (("*.{py,md}",), ["a.py", "c.md", "x/b.py"]),
        (("{a,{b,c}}.*",), ["a.py", "c.md", "x/b.py"]),
        (("x/*",), ["x/b.py", "x/x/.d"]),
        (("/a.py",), ["a.py"]),
        (("!*.py",), ["c.md", "x/x/.d"]),
        (("*", "!x"), [".env", "a.py", "c.md"]),
        (("*.py", "!a.*"), ["x/b.py"]),
        ((".env",), [".env"]),
        (("{.env",), []),
        (("*.zzz",), []),
        (("{1,2,3,4,5,6,7,8,9}{1,2,3,4,5,6,7,8,9}",), ["a.py", "c.md", "x/b.py", "x/x/.d"]),
    ],
)  # fmt: skip
def test_globs_choose_files_as_rg_does(given: tuple[str, ...], expected: list[str]) -> None:
    """A chosen file is searched even where it is ignored; `!` leaves out; too many alternatives choose everything."""
    tree = {"/p/.git": None, "/p/.gitignore": b".env\n", "/p/.env": b"", "/p/a.py": b"", "/p/c.md": b"",
            "/p/x/b.py": b"", "/p/x/x/.d": b""}  # fmt: skip
    found = names(tree, walk.Manners(GREP.ignore, skip=GREP.skip, globs=given))
    assert expected == [name for name in found if name != ".gitignore"]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (Row(READ, tool="Grep"), [".a/c", ".env", "b"]),
        (Row(READ, tool="Grep", origin=Origin(flags=("--hidden", "--glob=b"))), ["b"]),
        (Row(READ, tool="Bash", origin=Origin(("rg",))), ["b"]),
        (Row(READ, tool="Bash", origin=Origin(("rg",), flags=("--hidden",))), [".a/c", ".env", "b"]),
        (Row(READ, tool="Bash", origin=Origin(("rg",), flags=("--hidden", "--no-ignore"))), [".a/c", ".env", "b", "i"]),
        (Row(READ, tool="Bash", origin=Origin(("rg",), flags=("-uuu",))), [".a/c", ".env", ".git/x", "b", "i"]),
        (Row(READ, tool="Bash", origin=Origin(("fd",))), ["b"]),
        (Row(READ, tool="Bash", origin=Origin(("git", "grep"))), [".a/c", ".env", "b"]),
        (Row(READ, origin=Origin(("git", "add"), flags=("--force",))), [".a/c", ".env", ".git/x", "b", "i"]),
        (Row(READ, tool="Bash", origin=Origin(("grep",))), [".a/c", ".env", ".git/x", "b", "i"]),
    ],
)
def test_programs_leave_out_what_they_leave_out(row: Row, expected: list[str]) -> None:
    """The agent's Grep, rg, fd and git honour ignore files; grep and cp honour none."""
    tree = {"/p/.git/x": b"", "/p/.gitignore": b"i\n", "/p/.env": b"", "/p/b": b"", "/p/i": b"", "/p/.a/c": b""}
    assert expected == [name for name in names(tree, walk.manners(row)) if name != ".gitignore"]


def test_a_search_asks_about_links_and_does_not_follow_them() -> None:
    """The name of a link counts, what lies behind it is not in the tree."""
    tree = {"/p/.env": "/secret", "/p/dir": "/q", "/q/.env": b""}
    assert [".env", "dir"] == names(tree)


def test_a_search_of_a_file_asks_about_that_file() -> None:
    """The root may be no folder at all."""
    assert (["/p/a"], True) == walk.search("/p/a", lambda path: True, MemoryDisk({"/p/a": b""}))


def test_a_search_of_the_root_folder() -> None:
    """`/` has no name of its own in front."""
    assert (["/a", "/b/c"], True) == walk.search("/", lambda path: True, MemoryDisk({"/a": b"", "/b/c": b""}), GREP)


def test_a_search_says_when_its_budget_is_spent() -> None:
    """What was found until then is given, and that it is not all."""
    disk = MemoryDisk({f"/p/{number:04}/x": b"" for number in range(50)} | {"/p/.env": b""})
    assert (["/p/.env"], False) == walk.search("/p", lambda path: path.endswith(".env"), disk, budget=60)
    assert ([], False) == walk.search("/p", lambda path: path.endswith(".env"), disk, budget=20)
    assert (["/p/.env"], True) == walk.search("/p", lambda path: path.endswith(".env"), disk)


def test_a_search_stops_when_it_has_enough() -> None:
    """One match would do; a few are kept as evidence."""
    disk = MemoryDisk({f"/p/{number}": b"" for number in range(100)})
    found, complete = walk.search("/p", lambda path: True, disk)
    assert (limits.MAX_WALK_FOUND, True) == (len(found), complete)


def test_a_folder_that_is_not_there_holds_nothing() -> None:
    """Nor does one that cannot be listed: the program that searches cannot either."""
    assert ([], True) == walk.search("/gone", lambda path: True, MemoryDisk({}))


@pytest.mark.parametrize(
    ("parts", "name", "expected"),
    [
        (("a", STAR), "a", True), (("a", STAR), "ab", True), ((STAR, "b"), "aab", True), ((STAR, "b"), "aba", False),
        ((STAR, "a", STAR, "a", STAR), "xaya", True), ((STAR, "a", STAR, "a", STAR), "xay", False), ((ONE,), "", False),
        ((ONE, ONE), "ab", True), ((STAR, STAR), "", True), ((), "", True), ((), "a", False),
    ],
)  # fmt: skip
def test_a_name_fits_a_pattern_or_not(parts, name: str, expected: bool) -> None:
    """A star is any text, also none; a question mark is one character."""
    assert expected is globs.fits(globs.items(parts), name)


@given(text=st.text("ab*?[]!\\-:", max_size=12), name=st.text("ab*", max_size=6))
def test_any_rule_can_be_read_and_tried(text: str, name: str) -> None:
    """No text is an exception, and what is read of it says yes or no."""
    rule = ignore.read_rule(text)
    assert rule is None or rule.matches([name], True) in (True, False)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a", ["a"]), ("{a,b}", ["a", "b"]), ("x{a,b}y", ["xay", "xby"]), ("{a,b}{c,d}", ["ac", "ad", "bc", "bd"]),
        ("{a,{b,c}}", ["a", "b", "c"]), ("{a}", ["a"]), ("{,a}", ["", "a"]), ("\\{a,b}", ["\\{a,b}"]), ("{a", ["{a"]),
        ("a}", ["a}"]), ("{a,b", ["{a,b"]), ("{}", [""]),
        ("{a,b}" * 10, None), ("{" * 3000 + "}" * 3000, None), ("a" * 5000, None), ("{" * 300 + "}" * 300, None),
    ],
)  # fmt: skip
def test_braces_are_alternatives(text: str, expected: list[str] | None) -> None:
    """Nested and in a row; too many are None."""
    assert expected == globs.braces(text)


@pytest.mark.parametrize(
    ("command", "flags", "found"),
    [
        (("tar",), (), [".env", "a.py", "sub/.env"]),
        (("tar",), ("--exclude=.env",), ["a.py"]),
        (("tar",), ("--exclude=./.env",), [".env", "a.py", "sub/.env"]),
        (("grep",), ("--exclude-dir=sub",), [".env", "a.py"]),
        (("cat",), ("--exclude=.env",), [".env", "a.py", "sub/.env"]),
    ],
)
def test_what_a_program_is_told_to_leave_out_is_left_out(
    command: tuple[str, ...], flags: tuple[str, ...], found: list[str]
) -> None:
    """A glob of a name counts anywhere beneath; one with a folder in it does not count."""
    row = Row(READ, origin=Origin(command, flags=flags))
    assert found == names({"/p/.env": b"", "/p/a.py": b"", "/p/sub/.env": b""}, walk.manners(row))


def test_a_tree_keeps_the_files_that_were_asked_for():
    """What `find` lets through is all that a row of its tree reads."""
    path = Path_("/p", extent=TREE)
    path.keeps = lambda name: name.endswith(".py")
    assert ["a.py", "s/b.py"] == names(
        {"/p/a.py": b"", "/p/s/b.py": b"", "/p/.env": b""}, walk.manners(Row(READ, path=path))
    )
