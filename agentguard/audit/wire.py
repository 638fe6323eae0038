"""The collector's two requests, as a device makes them. One deadline for everything, answers bounded, no redirects.

POST /v1/enroll   {"secret", "device"}             -> {"token"}
POST /v1/records  NDJSON, gzip, Bearer token       -> {"receipt", "key", "signature", "alerts"}
                  ?gone=1: what the collector misses before these records is no longer here
"""

from __future__ import annotations

import contextlib
import gzip
import signal
import threading
import time
from email.utils import mktime_tz, parsedate_tz
from typing import TYPE_CHECKING, Any

import httpx

from agentguard import jsontext, tls
from agentguard.errors import NotServedError, UploadError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Self

_ANSWER_LIMIT = 64 * 1024  # bytes
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_REQUEST_SECONDS = 15.0
LONGEST_WAIT = 86_400.0  # seconds that a collector may ask for


def safe_address(url: str) -> str:
    """Return a collector's address without a slash at its end. Raises `UploadError` if it sends in the clear."""
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, TypeError):
        raise UploadError(f"{url!r} is not the address of a collector") from None
    if parsed.scheme != "https" and not (parsed.scheme == "http" and parsed.host in _LOOPBACK):
        raise UploadError(f"the collector's address must start with https:// ({url!r} does not)")
    return url.rstrip("/")


class Answer:
    """What the collector answered: HTTP status, decoded JSON (None if it is none), seconds that it asks to wait."""

    __slots__ = ("status", "value", "wait")

    def __init__(self, status: int, value: Any, wait: float) -> None:
        self.status = status
        self.value = value
        self.wait = wait

    def get(self, name: str) -> Any:
        """Return a field of the answer, None where there is none."""
        return self.value.get(name) if isinstance(self.value, dict) else None

    def problem(self) -> str:
        """Return in a few words what the collector had to say."""
        message = self.get("message")
        return f"the collector answered {self.status}" + (f": {message[:200]}" if isinstance(message, str) else "")


class Collector:
    """A connection to the collector at `url`. `managed` ignores proxy and certificate variables.

    `seconds` is the time for all requests together.

    Raises `UploadError` for an address that would send records in the clear.
    """

    def __init__(self, url: str, *, managed: bool, seconds: float) -> None:
        self.url = safe_address(url)
        self._deadline = time.monotonic() + seconds
        secure = self.url.startswith("https:")
        self._client = httpx.Client(
            verify=tls.trust() if secure else tls.nobody(),
            trust_env=not managed and secure,  # to this machine there is no proxy
            follow_redirects=False,
            headers={"accept-encoding": "identity"},
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._client.close()

    @property
    def seconds_left(self) -> float:
        """How much of the time for all requests is left."""
        return self._deadline - time.monotonic()

    def enrol(self, secret: str, device: str) -> Answer:
        """Ask for a token for this device. Raises `NotServedError` if no answer comes."""
        body = jsontext.canonical({"secret": secret, "device": device})
        return self._post("/v1/enroll", body, {"content-type": "application/json"})

    def send(self, token: str, lines: list[bytes], *, gone: bool) -> Answer:
        """Send records. Raises `NotServedError` if no answer comes."""
        headers = {
            "authorization": f"Bearer {token}",
            "content-type": "application/x-ndjson",
            "content-encoding": "gzip",
        }
        body = gzip.compress(b"".join(line + b"\n" for line in lines), 6, mtime=0)
        return self._post("/v1/records?gone=1" if gone else "/v1/records", body, headers)

    def _post(self, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        seconds = min(_REQUEST_SECONDS, self.seconds_left)
        if seconds <= 0:
            raise NotServedError("the time for this sync is over")
        try:
            with (
                within(seconds),
                self._client.stream("POST", self.url + path, content=body, headers=headers, timeout=seconds) as reply,
            ):
                data = read(reply, _ANSWER_LIMIT)
                return Answer(reply.status_code, _json(data), _wait(reply.headers))
        except httpx.HTTPError as error:
            raise NotServedError(f"the collector cannot be reached: {str(error) or type(error).__name__}") from None


@contextlib.contextmanager
def within(seconds: float) -> Iterator[None]:
    """Interrupt the block after so many seconds with a `NotServedError`, also when a byte comes every now and then.

    In the main thread, where Python runs signal handlers; elsewhere the client's own timeouts have to do.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def over(_number: int, _frame: object) -> None:
        raise NotServedError(f"the collector took longer than {seconds:.0f} s")

    before = signal.signal(signal.SIGALRM, over)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def read(reply: httpx.Response, limit: int) -> bytes:
    """Return the body of an answer, as it was sent. Raises `UploadError` if it is longer than `limit` bytes."""
    data = bytearray()
    for chunk in reply.iter_raw():
        data += chunk
        if len(data) > limit:
            raise UploadError(f"the collector's answer is longer than {limit} bytes")
    return bytes(data)


def _json(data: bytes) -> Any:
    try:
        return jsontext.loads(data)
    except jsontext.JsonError:
        return None


def _wait(headers: httpx.Headers) -> float:
    """Return the seconds of a Retry-After header (RFC 9110, section 10.2.3), at most a day; 0 where it names none.

    A date counts from the answer's own date, so the clock of this device has no say.
    """
    text = headers.get("retry-after", "")
    if text.isascii() and text.isdigit() and len(text) < 10:
        return min(float(text), LONGEST_WAIT)
    until, now = parsedate_tz(text), parsedate_tz(headers.get("date", ""))
    try:
        return min(max(0.0, mktime_tz(until) - mktime_tz(now)), LONGEST_WAIT) if until and now else 0.0
    except (ValueError, OverflowError):
        return 0.0
