"""A collector for tests, on loopback: it keeps what it gets, tells the truth until it is made to lie, and stores nothing."""

import gzip
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from agentguard.audit import lines, receipts


class Lying:
    """A collector that keeps what it gets and answers as a test tells it."""

    def __init__(self):
        self.key = Ed25519PrivateKey.generate()
        self.public = self.key.public_key().public_bytes_raw().hex()
        self.requests = []  # (path, token, lines)
        self.taken = []  # those of them that were answered with 200
        self.enrolments = []
        self.enrol_answer = None  # (status, value, headers), in place of a token
        self.answers = []  # functions of the lines, used up one a request; then `answer`
        self.answer = self.honest  # None from such a function drops the connection
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                if self.path == "/v1/enroll":
                    outer.enrolments.append(json.loads(body))
                    reply = outer.enrol_answer or (200, {"token": f"token-{len(outer.enrolments)}"}, {})
                else:
                    found = [lines.parse(raw) for raw in gzip.decompress(body).splitlines()]
                    outer.requests.append((self.path, self.headers["authorization"], found))
                    make = outer.answers.pop(0) if outer.answers else outer.answer
                    reply = make(found)
                    if reply is None:
                        self.close_connection = True
                        return
                    if reply[0] == 200:
                        outer.taken.append(outer.requests[-1])
                status, value, headers = reply
                data = value if isinstance(value, bytes) else json.dumps(value).encode()
                self.send_response_only(status)
                for name, text in {**headers, "content-length": str(len(data))}.items():
                    self.send_header(name, text)
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_arguments):
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def bodies(self):
        """The bodies of the records that were taken, in the order in which they came."""
        return [line.body for _path, _token, found in self.taken for line in found]

    def other_key(self):
        return Ed25519PrivateKey.generate()

    def sign(self, fields, key=None):
        key = key or self.key
        public = key.public_key().public_bytes_raw().hex()
        return {"receipt": fields, "key": public, "signature": key.sign(receipts.message(fields)).hex()}

    def fields(self, found):
        last = found[-1]
        return {
            "chain": last.chain, "first": found[0].seq, "last": last.seq, "head": last.h,
            "received": "2026-05-01T00:00:00.000Z",
        }  # fmt: skip

    def honest(self, found):
        return 200, self.sign(self.fields(found)), {}
