"""What {project} is: fixed by the session's first event, with linked worktrees inside, and never the home."""

import json
import subprocess

import pytest


@pytest.fixture
def start(project_only):
    """A function that sends the first event of a session."""

    def send(session, cwd):
        payload = {"session_id": session, "cwd": str(cwd), "hook_event_name": "SessionStart", "source": "startup"}
        assert 0 == project_only.raw(json.dumps(payload).encode()).code

    return send


def test_first_event_of_a_session_is_a_heartbeat_too(project_only, start):
    """What the sync found out about this machine stands in a record of its own, once a session."""
    health = {"source": "file", "doctor": {"healthy": True, "findings": []}, "enforces": True}
    (project_only.state / "health.json").write_text(json.dumps(health))
    start("beats", project_only.home)
    event, beat = project_only.records()[-2:]
    assert ("SessionStart", "heartbeat") == (event["event"], beat["kind"])
    assert health == {name: beat[name] for name in health}
    assert ("beats", event["bundle"]["revision"]) == (beat["session"], beat["bundle"]["revision"])
    (project_only.state / "health.json").unlink()
    start("beats-on", project_only.home)
    assert "doctor" not in project_only.records()[-1]
    write(project_only, "beats-on", project_only.home, project_only.home / "x")
    assert "heartbeat" != project_only.records()[-1]["kind"]


def write(laptop, session, cwd, path):
    arguments = {"file_path": str(path), "content": "x"}
    return laptop.call("Write", arguments, cwd=cwd, session_id=session).decision


def git(*words, cwd):
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *identity, *words], cwd=cwd, check=True, capture_output=True)


def test_project_stays_where_the_session_began(project_only, start):
    """A later working directory does not move the project along."""
    first, other = project_only.home / "first", project_only.home / "other"
    first.mkdir()
    other.mkdir()
    start("stays", first)
    assert "" == write(project_only, "stays", first, first / "a.txt")
    assert "ask" == write(project_only, "stays", other, other / "a.txt")
    start("stays", other)
    assert "ask" == write(project_only, "stays", other, other / "a.txt")


def test_without_a_first_event_the_repository_of_the_call_counts(project_only):
    """The git top level of the call's own folder stands in."""
    top = project_only.home / "unseen"
    (top / "deep").mkdir(parents=True)
    git("init", "-q", ".", cwd=top)
    assert "" == write(project_only, "unseen", top / "deep", top / "a.txt")


def test_home_is_never_the_project(project_only, start):
    """A session that begins in the home has no project, so that not everything is inside it."""
    start("home", project_only.home)
    assert "ask" == write(project_only, "home", project_only.home, project_only.home / "a.txt")


def test_linked_worktree_of_the_same_repository_is_inside(project_only, start):
    """`git worktree add` elsewhere makes another checkout of the same project; another repository is not one."""
    main, linked, stranger = project_only.home / "main", project_only.home / "linked", project_only.home / "stranger"
    for folder in (main, stranger):
        folder.mkdir()
        git("init", "-q", ".", cwd=folder)
        git("commit", "-q", "--allow-empty", "-m", "first", cwd=folder)
    git("worktree", "add", "-q", str(linked), cwd=main)
    start("worktree", main)
    assert "" == write(project_only, "worktree", linked, linked / "a.txt")
    assert "ask" == write(project_only, "worktree", stranger, stranger / "a.txt")
