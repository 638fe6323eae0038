"""Fetching from a folder and over HTTP, from servers that misbehave in every way."""

import http.server
import os
import signal
import time

import loopback
import pytest

from agentguard.bundle import fetch
from agentguard.bundle.verify import verify
from agentguard.errors import (
    ExpiredError,
    PublisherError,
    RollbackError,
    SignatureError,
    TransportError,
    UsageError,
)


def pull(source, anchor, cache, **more):
    with fetch.opened(str(source), **more) as fetcher:
        return fetch.pull(anchor, fetcher, str(cache))


@pytest.fixture(params=["folder", "http"])
def place(request, tmp_path, serve):
    """Return a function that publishes a repository and says where it is: as a folder, and on a server."""
    folder = tmp_path / "repo"
    url = None

    def publish(repo):
        nonlocal url
        repo.write(folder)
        if request.param == "folder":
            return str(folder)
        url = url or serve(folder)
        return url

    return publish


def test_newest_bundle_is_fetched(repo, place, tmp_path):
    """What is published comes out byte by byte, all roots with it, and the hook's verifier takes it."""
    before = repo.signers["root"]
    repo.signers["root"] = [repo.key("n1"), repo.key("n2")]
    repo.rotate(signed_by=before)
    repo.publish()
    expected = repo.records()
    del expected["config"]
    found = pull(place(repo), repo.anchor, tmp_path / "cache")
    assert expected == found
    assert 2 == verify(repo.anchor, found).revision


def test_newer_bundle_follows_an_older_one(make_repo, place, tmp_path):
    """The cache of the last fetch is good for the next one, with and without news."""
    repo = make_repo()
    for _ in range(3):
        source = place(repo)
        assert repo.records()["timestamp"] == pull(source, repo.anchor, tmp_path / "cache")["timestamp"]
        assert repo.records()["timestamp"] == pull(source, repo.anchor, tmp_path / "cache")["timestamp"]
        repo.rotate()
        repo.publish()


def test_older_timestamp_is_refused(make_repo, place, tmp_path):
    """What was there before and is offered again is a rollback."""
    repo = make_repo()
    old = repo.copy()
    repo.publish()
    pull(place(repo), repo.anchor, tmp_path / "cache")
    with pytest.raises(RollbackError):
        pull(place(old), repo.anchor, tmp_path / "cache")


@pytest.mark.parametrize(
    ("lie", "error"),
    [
        (lambda repo: repo.publish(targets_by=repo.signers["targets"][:1]), SignatureError),
        (lambda repo: repo.publish(timestamp_by=[]), SignatureError),
        (lambda repo: repo.files.update({"timestamp.json": b"{"}), PublisherError),
        (lambda repo: repo.files.update({"timestamp.json": b" " * 20_000}), PublisherError),
        (lambda repo: repo.files.update({"1.targets.json": b"{}"}), PublisherError),
        (lambda repo: repo.files.update({"1.snapshot.json": b" " * 3_000_000}), PublisherError),
        (lambda repo: repo.files.pop("timestamp.json"), TransportError),
        (lambda repo: repo.files.pop("1.snapshot.json"), TransportError),
        (lambda repo: repo.files.pop(next(name for name in repo.files if name.startswith("targets/"))), TransportError),
        (lambda repo: repo.files.update({"2.root.json": b"{}"}), PublisherError),
    ],
)
def test_lies_are_told_from_silence(make_repo, place, tmp_path, lie, error):
    """What was published wrongly is the publisher's fault; what is not there is worth another try."""
    repo = make_repo()
    lie(repo)
    with pytest.raises(error):
        pull(place(repo), repo.anchor, tmp_path / "cache")


def test_a_page_in_the_place_of_metadata_is_told(make_repo, place, tmp_path):
    """A portal answers 200 and HTML to everything: the error says what to look at."""
    repo = make_repo()
    repo.files["2.root.json"] = b"<html>Welcome to the hotel</html>"
    with pytest.raises(PublisherError, match="what was answered is no metadata: ") as caught:
        pull(place(repo), repo.anchor, tmp_path / "cache")
    assert "a portal or a proxy" in caught.value.hint


def test_expired_bundle_is_the_publishers_fault(make_repo, place, tmp_path):
    """Metadata past its date is said as such."""
    repo = make_repo()
    repo.expires["timestamp"] = repo.expires["timestamp"].replace(year=2020)
    repo.publish()
    with pytest.raises(ExpiredError, match=r"timestamp\.json is expired"):
        pull(place(repo), repo.anchor, tmp_path / "cache")


def test_other_anchor_is_refused(make_repo, place, tmp_path):
    """A repository of somebody else does not match the anchor."""
    repo, other = make_repo(), make_repo()
    other.signers["root"] = [other.key("x1"), other.key("x2")]
    other.signers["timestamp"] = other.signers["snapshot"] = [other.key("x3")]
    other.versions["root"] = 0
    other.rotate()
    with pytest.raises(SignatureError):
        pull(place(repo), other.anchor, tmp_path / "cache")


@pytest.mark.parametrize("after", [64, 65])
def test_more_than_64_roots_are_an_alarm(make_repo, tmp_path, after):
    """A chain of roots without end, or a revocation hidden behind one, is not walked in silence."""
    repo = make_repo()
    for _ in range(after):
        repo.rotate()
    if after == 64:
        assert 65 + 4 - 1 == len(pull(repo.write(tmp_path / "repo"), repo.anchor, tmp_path / "cache"))
        return
    for _ in range(2):  # the second time from the cache
        with pytest.raises(PublisherError, match="more than 64 root versions"):
            pull(repo.write(tmp_path / "repo"), repo.anchor, tmp_path / "cache")


def test_revocation_behind_the_cap_is_an_alarm(make_repo, tmp_path):
    """Keys that only a root beyond the cap takes away are not trusted in silence."""
    repo = make_repo()
    for _ in range(70):
        repo.rotate()
    repo.signers["timestamp"] = [repo.key("new")]
    repo.rotate()
    repo.publish()
    with pytest.raises(PublisherError, match="more than 64 root versions"):
        pull(repo.write(tmp_path / "repo"), repo.anchor, tmp_path / "cache")


class Server(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_args):
        pass


def test_server_that_drips_is_left_at_the_deadline(make_repo, serve, tmp_path):
    """A byte now and then keeps nobody waiting longer than the deadline."""

    class Drip(Server):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            try:
                while True:
                    self.wfile.write(b"x")
                    time.sleep(0.05)
            except OSError:
                pass

    with pytest.raises(TransportError, match=r"longer than 0\.5 s"):
        pull(serve(Drip), make_repo().anchor, tmp_path / "cache", seconds=0.5)


def test_headers_that_drip_are_left_at_the_deadline(make_repo, serve, tmp_path):
    """A server that never comes to the point is left as well."""

    class Drip(Server):
        def do_GET(self):
            try:
                self.wfile.write(b"HTTP/1.1 200 OK\r\nx: ")
                while True:
                    self.wfile.write(b"x")
                    time.sleep(0.05)
            except OSError:
                pass

    with pytest.raises(TransportError, match=r"longer than 0\.5 s"):
        pull(serve(Drip), make_repo().anchor, tmp_path / "cache", seconds=0.5)


def test_endless_file_is_cut(make_repo, serve, tmp_path):
    """A file without end is given up at its bound."""

    class Endless(Server):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            try:
                while True:
                    self.wfile.write(b"x" * 65536)
            except OSError:
                pass

    with pytest.raises(PublisherError, match="exceeding"):
        pull(serve(Endless), make_repo().anchor, tmp_path / "cache")


@pytest.mark.parametrize("status", [301, 302, 307, 500, 503])
def test_other_answers_are_worth_another_try(make_repo, serve, tmp_path, status):
    """Redirects are not followed, errors are not taken for news."""

    class Answer(Server):
        def do_GET(self):
            self.send_response(status)
            self.send_header("Location", "http://example.invalid/")
            self.end_headers()

    with pytest.raises(TransportError, match=f"answered {status}"):
        pull(serve(Answer), make_repo().anchor, tmp_path / "cache")


def test_nobody_there_is_worth_another_try(make_repo, tmp_path):
    """A refused connection is a transport error, and a folder that is not there too."""
    with pytest.raises(TransportError) as caught:
        pull("http://127.0.0.1:1", make_repo().anchor, tmp_path / "cache")
    assert 1 == str(caught.value).count("Errno")
    with pytest.raises(TransportError):
        pull(tmp_path / "nothing", make_repo().anchor, tmp_path / "cache")


def test_fifo_in_a_folder_keeps_nobody_waiting(make_repo, tmp_path):
    """What is no regular file is not read."""
    repo = make_repo()
    folder = repo.write(tmp_path / "repo")
    os.unlink(folder / "timestamp.json")
    os.mkfifo(folder / "timestamp.json")
    with pytest.raises(TransportError, match="not a regular file"):
        pull(folder, repo.anchor, tmp_path / "cache")


def test_proxy_of_the_environment_is_not_used_for_this_machine(make_repo, place, tmp_path, monkeypatch):
    """Loopback goes straight there."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    repo = make_repo()
    assert repo.policy == pull(place(repo), repo.anchor, tmp_path / "cache")["policy"]


@pytest.fixture
def certificate(tmp_path):
    """Give a certificate for this machine that nobody knows, with its key, in one file."""
    return loopback.certificate(tmp_path).both


def test_server_must_show_a_certificate_that_the_system_knows(make_repo, serve, tmp_path, certificate, monkeypatch):
    """A stranger's certificate is refused; one that the person has added to the trust store is taken."""
    repo = make_repo()
    url = serve(repo.write(tmp_path / "repo"), certificate)
    with pytest.raises(TransportError, match="certificate verify failed"):
        pull(url, repo.anchor, tmp_path / "cache")
    monkeypatch.setenv("SSL_CERT_FILE", certificate)
    assert repo.policy == pull(url, repo.anchor, tmp_path / "cache")["policy"]


def test_timer_is_given_back(make_repo, place, tmp_path):
    """Nothing goes off after a fetch."""
    repo = make_repo()
    pull(place(repo), repo.anchor, tmp_path / "cache")
    assert (0.0, 0.0) == signal.getitimer(signal.ITIMER_REAL)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://policy.example.com/", "https://policy.example.com"),
        ("HTTPS://policy.example.com/a/b", "https://policy.example.com/a/b"),
        ("http://127.0.0.1:8000/", "http://127.0.0.1:8000"),
        ("http://localhost/x", "http://localhost/x"),
        ("http://[::1]:80", "http://[::1]:80"),
        ("/srv/repo/", "/srv/repo"),
    ],
)
def test_source_has_one_spelling(text, expected):
    """URLs end without a slash, folders are absolute."""
    assert expected == fetch.normal_source(text)


@pytest.mark.parametrize(
    "text",
    [
        "http://policy.example.com", "http://127.0.0.1.example.com", "http://0.0.0.0", "ftp://127.0.0.1", "file:///x",
        "https://", "https://user:secret@policy.example.com", "https://policy.example.com/?a=1", "https://[", "https://x#y",
    ],
)  # fmt: skip
def test_source_that_is_not_safe_is_refused(text):
    """Plain http is for this machine; a URL holds no secret and no query."""
    with pytest.raises(UsageError):
        fetch.normal_source(text)


def test_publishers_folder_stands_for_its_repository(make_repo, tmp_path):
    """Whoever names the folder that a publisher works in means what is published there."""
    make_repo().write(tmp_path / "acme" / "repo")
    assert str(tmp_path / "acme" / "repo") == fetch.normal_source(str(tmp_path / "acme"))
