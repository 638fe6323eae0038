"""What tests share that speak over loopback: servers that can be stopped, and a certificate that nobody has signed."""

import contextlib
import datetime as dt
import functools
import http.server
import ipaddress
import ssl
import threading
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


class _Folder(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_args):
        pass


class _Server(http.server.ThreadingHTTPServer):
    def handle_error(self, *_args):
        """Say nothing: clients of these tests hang up whenever they like."""


@contextlib.contextmanager
def servers():
    """Give a function that serves a folder, or a handler class: (its URL, a function that stops it). All stop at the end.

    `certificate`: the file of a certificate with its key, for https.
    """
    stops = []

    def start(what, certificate=None):
        handler = what if isinstance(what, type) else functools.partial(_Folder, directory=str(what))
        server = _Server(("127.0.0.1", 0), handler)
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()

        @functools.cache
        def stop():
            server.shutdown()
            server.server_close()
            thread.join()

        stops.append(stop)
        return f"{'https' if certificate else 'http'}://127.0.0.1:{server.server_port}", stop

    try:
        yield start
    finally:
        for stop in stops:
            stop()


class Certificate(NamedTuple):
    """The paths of a certificate, of its private key, and of a file with both."""

    cert: str
    key: str
    both: str


def certificate(folder):
    """Write a certificate for localhost and 127.0.0.1 that only itself has signed."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now, day = dt.datetime.now(dt.UTC), dt.timedelta(days=1)
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now - day, now + day)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
        .public_bytes(serialization.Encoding.PEM)
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    found = Certificate(*(str(folder / name) for name in ("cert.pem", "key.pem", "both.pem")))
    for path, data in zip(found, (made, private, private + made), strict=True):
        with open(path, "wb") as file:
            file.write(data)
    return found
