"""What the connection to the collector goes by: the system's certificates, and on a managed install no variable."""

import os
import socket
import ssl
import threading

import loopback
import pytest
from lying import Lying

from agentguard import _env, child
from agentguard.audit import wire
from agentguard.errors import NotServedError

PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")
BUNDLES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """The path of a certificate for localhost with its key, which nobody has signed but itself."""
    return loopback.certificate(tmp_path_factory.mktemp("tls")).both


@pytest.fixture
def server(certificate):
    """A collector that speaks TLS with that certificate."""
    found = Lying()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    found.server.socket = context.wrap_socket(found.server.socket, server_side=True)
    found.server.handle_error = lambda *_: None  # a client that does not trust it hangs up
    yield found
    found.close()


@pytest.fixture
def trap():
    """A proxy: (its address, a list of what it was asked)."""
    asked = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer():
            try:
                while True:
                    connection, _address = listening.accept()
                    with connection:
                        asked.append(connection.recv(100))
            except OSError:
                return

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}", asked
        listening.shutdown(socket.SHUT_RDWR)
        thread.join()


def enrol(url, environ, *, managed):
    """Ask for a token in a process whose environment is as given; return "" or why it failed."""

    def job():
        os.environ.update(environ)
        _env.make_safe(managed=managed)
        try:
            with wire.Collector(url, managed=managed, seconds=20) as collector:
                yield collector.enrol("sesame", "d1").get("token").encode()
        except NotServedError as error:
            yield error.message.encode()

    return child.run(job, 10_000)[0].decode()


def test_managed_sync_asks_no_proxy(server, trap, certificate):
    """Whatever spelling: who can set a variable for root's service cannot have records pass by himself."""
    url, asked = trap
    address = f"https://localhost:{server.server.server_port}"
    assert "cannot be reached" in enrol(address, dict.fromkeys(PROXIES, url), managed=True)  # for its certificate
    assert [] == asked
    assert "cannot be reached" in enrol(address, dict.fromkeys(PROXIES, url), managed=False)
    assert asked


def test_managed_sync_trusts_the_systems_certificates_only(server, certificate):
    """A person may name a certificate in a variable for a sync of the person's own; root's does not hear of it."""
    address = f"https://localhost:{server.server.server_port}"
    named = dict.fromkeys(BUNDLES, certificate)
    assert "token-1" == enrol(address, {**named, "no_proxy": "*"}, managed=False)
    assert "CERTIFICATE_VERIFY_FAILED" in enrol(address, named, managed=True)
    assert 1 == len(server.enrolments)


@pytest.mark.parametrize("managed", [True, False])
def test_no_variable_takes_what_stays_on_this_machine_elsewhere(trap, managed):
    """Plain http is for loopback, where no proxy has anything to do."""
    url, asked = trap
    collector = Lying()
    assert "token-1" == enrol(collector.url, dict.fromkeys(PROXIES, url), managed=managed)
    assert [] == asked
    collector.close()
