"""Repositories, read from real folders that git made and from hostile ones that it did not."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentguard.access import limits, repo
from agentguard.access.world import MemoryDisk, RealDisk

_ENVIRONMENT = {
    "PATH": os.environ["PATH"], "HOME": "/nonexistent", "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_SYSTEM": "/dev/null", "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.com",
    "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.com",
}  # fmt: skip


def git(folder: Path, *words: str) -> str:
    done = subprocess.run(["git", *words], cwd=folder, env=_ENVIRONMENT, check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """Return a checkout with one commit, on branch feature/x."""
    top = tmp_path / "main"
    top.mkdir()
    git(top, "init", "-q", "-b", "feature/x")
    (top / "src").mkdir()
    git(top, "commit", "-q", "--allow-empty", "-m", "first")
    return top


def test_a_plain_repository_is_read(made: Path) -> None:
    """From any folder beneath it: its top, branch and remotes."""
    git(made, "remote", "add", "origin", "https://github.com/acme/app.git")
    git(made, "remote", "add", "fork", "git@github.com:me/app.git")
    found = repo.read(str(made / "src"), RealDisk())
    assert found is not None
    assert (str(made), "feature/x", str(made)) == (found.top, found.branch, found.main_top)
    assert {"origin": "https://github.com/acme/app.git", "fork": "git@github.com:me/app.git"} == found.remotes
    assert str(made / ".git") == found.git_dir == found.common_dir


def test_a_detached_head_has_no_branch(made: Path) -> None:
    """Nothing is checked out by name."""
    git(made, "checkout", "-q", "--detach")
    found = repo.read(str(made), RealDisk())
    assert found is not None
    assert found.branch == ""


def test_a_repository_without_a_commit_has_its_branch(tmp_path: Path) -> None:
    """HEAD names a branch before it exists."""
    git(tmp_path, "init", "-q", "-b", "trunk")
    found = repo.read(str(tmp_path), RealDisk())
    assert found is not None
    assert found.branch == "trunk"


def test_a_linked_worktree_knows_its_main_one(made: Path, tmp_path: Path) -> None:
    """It has a top and a branch of its own, and the remotes of the repository."""
    git(made, "remote", "add", "origin", "https://github.com/acme/app.git")
    git(made, "worktree", "add", "-q", "-b", "other", str(tmp_path / "wt"))
    found = repo.read(str(tmp_path / "wt"), RealDisk())
    assert found is not None
    assert (str(tmp_path / "wt"), "other", str(made)) == (found.top, found.branch, found.main_top)
    assert {"origin": "https://github.com/acme/app.git"} == found.remotes


def test_a_folder_cannot_call_itself_a_worktree(made: Path, tmp_path: Path) -> None:
    """A `.git` file alone makes no worktree of a project: the repository must point back."""
    git(made, "worktree", "add", "-q", "-b", "other", str(tmp_path / "wt"))
    claim = tmp_path / "claim"
    claim.mkdir()
    (claim / ".git").write_text((tmp_path / "wt" / ".git").read_text())
    found = repo.read(str(claim), RealDisk())
    assert found is not None
    assert str(claim) == found.main_top


def test_a_detached_worktree_and_a_detached_submodule_have_no_branch(made: Path, tmp_path: Path) -> None:
    """Each has a HEAD of its own."""
    git(made, "worktree", "add", "-q", "--detach", str(tmp_path / "linked"))
    git(made, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(made), "sub")
    git(made / "sub", "checkout", "-q", "--detach")
    for folder, main in ((tmp_path / "linked", made), (made / "sub", made / "sub")):
        found = repo.read(str(folder), RealDisk())
        assert found is not None
        assert (str(folder), "", str(main)) == (found.top, found.branch, found.main_top)


@pytest.mark.parametrize("name", [".git", ".git/HEAD", ".git/config", ".git/commondir"])
@pytest.mark.parametrize("what", ["fifo", "device", "loop", "huge"])
def test_hostile_files_end_the_look_and_not_the_program(made: Path, name: str, what: str) -> None:
    """A pipe nobody writes to, an endless device, a ring of links, a file without end: none is waited for or swallowed."""
    git(made, "remote", "add", "origin", "https://github.com/acme/app.git")
    path = made / name
    if name == ".git":
        path.rename(made / "gone")
    else:
        path.unlink(missing_ok=True)
    if what == "fifo":
        os.mkfifo(path)
    elif what == "device":
        path.symlink_to("/dev/zero")
    elif what == "loop":
        path.symlink_to(path)
    else:
        with path.open("wb") as file:
            file.write(b'[remote "origin"]\nurl = https://example.org/a/b\n')
            file.truncate(1 << 30)
    found = repo.read(str(made / "src"), RealDisk())
    if name in (".git", ".git/HEAD"):
        assert found is None
    else:
        assert found is not None
        expected = {} if name == ".git/config" else {"origin": "https://github.com/acme/app.git"}
        assert ("feature/x", expected) == (found.branch, found.remotes)


def test_includes_are_not_followed(made: Path, tmp_path: Path) -> None:
    """A repository must not choose which files of this machine are read."""
    (tmp_path / "more").write_text('[remote "origin"]\nurl = https://github.com/acme/secret.git\n')
    git(made, "config", "include.path", str(tmp_path / "more"))
    git(made, "config", "includeIf.gitdir:/.path", str(tmp_path / "more"))
    found = repo.read(str(made), RealDisk())
    assert found is not None
    assert {} == found.remotes


def test_a_submodule_is_a_repository_of_its_own(made: Path, tmp_path: Path) -> None:
    """Its git folder lies in that of the outer one; its top is its own."""
    inner = tmp_path / "inner"
    inner.mkdir()
    git(inner, "init", "-q", "-b", "trunk")
    git(inner, "commit", "-q", "--allow-empty", "-m", "first")
    git(made, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(inner), "lib")
    found = repo.read(str(made / "lib"), RealDisk())
    assert found is not None
    assert (str(made / "lib"), "trunk", str(made / "lib")) == (found.top, found.branch, found.main_top)
    assert {"origin": str(inner)} == found.remotes


def test_a_link_to_a_repository_is_followed(made: Path, tmp_path: Path) -> None:
    """A working directory reached by a link lies where the link leads."""
    (tmp_path / "link").symlink_to(made / "src")
    found = repo.read(str(tmp_path / "link"), RealDisk())
    assert found is not None
    assert str(made) == found.top


def test_no_repository_is_none(tmp_path: Path) -> None:
    """A folder outside of every repository; one that does not exist; a `.git` that is nothing."""
    (tmp_path / "x" / ".git").mkdir(parents=True)
    assert repo.read(str(tmp_path / "x"), RealDisk()) is None
    assert repo.read(str(tmp_path / "gone" / "deep"), RealDisk()) is None
    assert repo.read("/", MemoryDisk({})) is None


def test_what_looks_like_a_bare_repository_is_none(made: Path, tmp_path: Path) -> None:
    """Files in a checkout that imitate a git folder do not make one, the repository round them counts."""
    git(made, "clone", "-q", "--bare", ".", str(made / "evil"))
    found = repo.read(str(made / "evil" / "refs"), RealDisk())
    assert found is not None
    assert str(made) == found.top


def _plain(**files: bytes | str | None) -> dict[str, bytes | str | None]:
    tree: dict[str, bytes | str | None] = {
        "/p/.git/HEAD": b"ref: refs/heads/main\n", "/p/.git/objects": None, "/p/.git/refs": None,
    }  # fmt: skip
    return tree | {f"/p/.git/{name}": value for name, value in files.items()}


@pytest.mark.parametrize(
    ("head", "branch"),
    [
        (b"ref: refs/heads/main\n", "main"),
        (b"ref:refs/heads/a/b\n", "a/b"),
        (b"ref: \trefs/heads/main  \n", "main"),
        (b"ref: refs/heads/caf\xc3\xa9\n", "caf\u00e9"),
        (b"ref: refs/heads/.invalid\n", ""),
        (b"ref: refs/bisect/x\n", ""),
        (b"ref: refs/heads/a\x1b[2J\n", ""),
        (b"ref: refs/heads/" + b"a" * 300, ""),
        (b"0" * 40 + b"\n", ""),
        (b"0" * 64 + b"\n", ""),
        ("refs/heads/linked", "linked"),
    ],
)
def test_the_branch_is_what_head_names(head: bytes | str, branch: str) -> None:
    """A symbolic ref, a link of old, a commit; a name that could fool a reader is none."""
    found = repo.read("/p", MemoryDisk(_plain(HEAD=head)))
    assert found is not None
    assert branch == found.branch


@pytest.mark.parametrize("head", [b"", b"hello", b"ref: main\n", b"ref: ../x", b"\0", b"0" * 39, b"a" * 20_000, None])
def test_a_head_that_git_would_not_accept_makes_no_repository(head: bytes | None) -> None:
    """It is not believed, and the folder is none."""
    assert repo.read("/p", MemoryDisk(_plain(HEAD=head))) is None


@pytest.mark.parametrize("pointer", [b"", b"gitdir:", b"gitdir: ", b"nothing", b"gitdir: /gone\n", b"gitdir: a\nb\n"])
def test_a_git_file_that_points_nowhere_makes_no_repository(pointer: bytes) -> None:
    """Nor does it stop the look upward."""
    tree = _plain() | {"/p/sub/.git": pointer}
    found = repo.read("/p/sub", MemoryDisk(tree))
    assert found is not None
    assert found.top == "/p"


@pytest.mark.parametrize(
    ("config", "remotes"),
    [
        (b'[remote "origin"]\n\turl = https://x/a\n', {"origin": "https://x/a"}),
        (b'[remote "origin"] url=https://x/a', {"origin": "https://x/a"}),
        (b'[Remote "Origin"]\n\tURL = a\n', {"Origin": "a"}),
        (b"[remote.Origin]\nurl = a\n", {"origin": "a"}),
        (b'\xef\xbb\xbf[remote "o"]\r\n\turl = a\r\n', {"o": "a"}),
        (b'[remote "a]\\"b"]\nurl = x\n', {'a]"b': "x"}),
        (b'[remote "o"]\nurl = "a b" # comment\n', {"o": "a b"}),
        (b'[remote "o"]\nurl = a#b\n', {"o": "a"}),
        (b'[remote "o"]\nurl = "a#b;c"\n', {"o": "a#b;c"}),
        (b'[remote "o"]\nurl = a\\\n  b\n', {"o": "a  b"}),
        (b'[remote "o"]\nurl = " a "  \n', {"o": " a "}),
        (b'[remote "o"]\nurl = a\\tb\\\\c\\"d\n', {"o": 'a\tb\\c"d'}),
        (b'[remote "o"]\nurl = first\nurl = second\npushurl = third\n', {"o": "first"}),
        (b'[remote "o"]\n\tfetch = x\n[branch "m"]\n\turl = y\n', {}),
        (b"# c\n; c\n\n[core]\n\tbare = false\n\tflag\n", {}),
        (b'[include]\n\tpath = evil\n[remote "o"]\nurl = a\n', {"o": "a"}),
        (b'[url "x"]\ninsteadOf = y\n', {}),
        (b'[remote "o"]\nurl = \n', {}),
        # what git itself refuses
        (b'[remote "o"\nurl = a\n', {}),
        (b'[remote "o"]\nurl = "a\n', {}),
        (b'[remote "o"]\nurl = a\\x\n', {}),
        (b'[remote "o"]\n= a\n', {}),
        (b'[remote "o"]\nurl = a\n1x = 2\n', {}),
        (b"[remote\n", {}),
        # past a limit
        (b'[remote "o"]\nurl = a\n' + b"#" * limits.MAX_GIT_CONFIG_BYTES, {}),
        (b'[remote "o"]\nurl = a\n' + b"\n" * limits.MAX_GIT_CONFIG_LINES, {}),
    ],
)
def test_remotes_come_from_the_configuration(config: bytes, remotes: dict[str, str]) -> None:
    """Quotes, escapes, comments and continued lines are git's; includes are not followed; broken files give nothing."""
    found = repo.read("/p", MemoryDisk(_plain(config=config)))
    assert found is not None
    assert remotes == found.remotes


def test_a_value_reads_as_git_reads_it(made: Path) -> None:
    """The reader of git itself agrees on an awkward file."""
    (made / ".git" / "config").write_text(
        '[core]\n\trepositoryformatversion = 0\n[remote "a\\"b"] ; x\n\turl = "x # y" \\\n z\\t"  " ; end\n'
    )
    found = repo.read(str(made), RealDisk())
    assert found is not None
    assert {'a"b': git(made, "config", 'remote.a"b.url')} == {name: url.strip() for name, url in found.remotes.items()}


@given(config=st.binary(max_size=200) | st.text('[]remotul" =\\#;\n\t', max_size=60).map(str.encode))
def test_any_configuration_gives_remotes(config: bytes) -> None:
    """No bytes end in an exception."""
    found = repo.read("/p", MemoryDisk(_plain(config=config)))
    assert found is not None
    assert all(isinstance(url, str) for url in found.remotes.values())


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://github.com/acme/app.git", "github.com/acme/app"),
        ("https://github.com/acme/app", "github.com/acme/app"),
        ("https://github.com/acme/app/", "github.com/acme/app"),
        ("https://user:s3cret@github.com/acme/app.git", "github.com/acme/app"),
        ("https://ghp_token@GitHub.com/acme/app.git", "github.com/acme/app"),
        ("https://x-access-token:ghs_1@github.com:443/acme/app.git?token=x#y", "github.com/acme/app"),
        ("git@github.com:acme/app.git", "github.com/acme/app"),
        ("github.com:acme/app.git", "github.com/acme/app"),
        ("git@github.com:/acme/app.git", "github.com/acme/app"),
        ("ssh://git@github.com:2222/acme/app.git", "github.com/acme/app"),
        ("git://example.org/a/b/c.git", "example.org/a/b/c"),
        ("https://dev.azure.com/org/project/_git/app", "dev.azure.com/org/project/_git/app"),
        ("https://a:b@c@github.com/acme/app", ""),
        ("https://github.com\\@evil.example/a/b", ""),
        ("https://github.com/acme/us@er", ""),
        ("https://github.com/", ""),
        ("/srv/git/app.git", ""),
        ("../app", ""),
        ("file:///srv/git/app.git", ""),
        ("", ""),
    ],
)
def test_a_repository_has_a_name_without_credentials(url: str, expected: str) -> None:
    """`host/owner/repository`; what cannot be read for sure has none."""
    assert expected == repo.name({"origin": url})


def test_the_origin_gives_the_name() -> None:
    """It goes first; without one, the first remote by name that has a name."""
    assert repo.name({"a": "https://x.example/a/b", "origin": "https://y.example/c/d"}) == "y.example/c/d"
    assert repo.name({"b": "https://x.example/b/b", "a": "https://y.example/a/a"}) == "y.example/a/a"
    assert repo.name({"origin": "/local", "b": "https://x.example/b/b"}) == "x.example/b/b"
    assert repo.name({}) == ""
