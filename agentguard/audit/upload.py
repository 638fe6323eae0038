"""The upload stage of the sync: hands records to the collector and frees what it has signed for.

Only a receipt that is signed by a key of the policy, and is for exactly what was sent, moves anything forward; whatever
else happens, every record stays where it is and is sent again. The caller holds the sync's lock, and decides when to
try again; what the collector itself asks for (Retry-After) is honoured here.
"""

from __future__ import annotations

import os
import time
from functools import partial
from typing import TYPE_CHECKING, Any

from agentguard.audit import lines, mend, person, reader, receipts, wire
from agentguard.audit import unsent as queue
from agentguard.audit.memory import Memory
from agentguard.errors import SpoolError, UploadError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from agentguard.places import Places

RUN_SECONDS = 60.0
_WORK_BYTES = queue.BATCH_BYTES + 8 * queue.BATCH_RECORDS
_OK, _UNAUTHORIZED, _CONFLICT = 200, 401, 409


def run(
    places: Places, settings: dict[str, Any], custom: dict[str, Any], *, now: float | None = None
) -> dict[str, Any]:
    """Run the stage with this device's settings and the signed `custom` part of the bundle; see `send`."""
    collector = custom.get("collector") or {}
    return send(
        places,
        url=settings.get("collector_url") or collector.get("url", ""),
        device=settings.get("device") or os.uname().nodename,
        receipt_keys=collector.get("receipt_keys", ()),
        enrol_secret=Memory(places.sync).enrol_secret(),
        now=now,
    )


def send(
    places: Places,
    *,
    url: str,
    device: str,
    receipt_keys: Sequence[str],
    enrol_secret: str = "",
    now: float | None = None,
) -> dict[str, Any]:
    """Send what is unsent to the collector at `url`; `receipt_keys` are Ed25519 public keys in hex.

    Returns {"records": how many were acknowledged} and, where there is something to say, "alerts" (what the collector
    noticed: gap, fork, broken) and "seconds to wait" (it asked to be left alone). Raises `UploadError` and `SpoolError`
    after having done what could be done.
    """
    moment = time.time() if now is None else now
    memory = Memory(places.sync)
    if memory.not_before > moment:
        return {"records": 0, "seconds to wait": round(memory.not_before - moment)}
    if not receipt_keys:
        raise UploadError("the policy names no key that may sign receipts, so nothing is sent")
    try:
        os.makedirs(places.sync, mode=0o700, exist_ok=True)
        with wire.Collector(url, managed=places.managed, seconds=RUN_SECONDS) as collector:
            sender = _Sender(collector, memory, device, receipt_keys, enrol_secret)
            try:
                sender.send_all(person.spools(places))
            finally:
                if sender.wait:
                    memory.wait_until(moment + sender.wait)
    except OSError as error:
        raise UploadError(f"{places.sync} cannot be used: {error.strerror}") from None
    return {"records": sender.sent, **({"alerts": ", ".join(sender.alerts)} if sender.alerts else {})}


def unsent(folder: str) -> int:
    """Return how many records of the spool at `folder` wait for the collector, as far as this process may know.

    Whoever may not read the sync's memory (a person, on a managed install) gets the number of those still here.
    """
    memory = Memory(os.path.join(os.path.dirname(os.path.dirname(folder)), "sync"))
    acknowledged = memory.acknowledged(int(os.path.basename(folder)))
    return sum(line.seq > acknowledged.get(line.chain, -1) for line in reader.read(folder) if not line.problem)


def oldest_unsent(folder: str) -> str:
    """Return the time of the oldest record of the spool at `folder` that has no receipt, "" where all have one."""
    memory = Memory(os.path.join(os.path.dirname(os.path.dirname(folder)), "sync"))
    acknowledged = memory.acknowledged(int(os.path.basename(folder)))
    waiting = (line for line in reader.read(folder) if not line.problem and line.seq > acknowledged.get(line.chain, -1))
    return min((str(line.body.get("time", "")) for line in waiting), default="")


class _Sender:
    """Sends spools, one request at a time. `wait`: for how many seconds the collector asked to be left alone."""

    def __init__(
        self, collector: wire.Collector, memory: Memory, device: str, keys: Sequence[str], enrol_secret: str
    ) -> None:
        self.collector = collector
        self.memory = memory
        self.device = device
        self.keys = keys
        self.enrol_secret = enrol_secret
        self.enrolled_now = False
        self.sent = 0
        self.alerts: list[str] = []
        self.wait = 0.0

    def send_all(self, spools: list[tuple[int, str]]) -> None:
        """Send every spool. One person's broken spool does not hold up the others; it is raised at the end."""
        problem: SpoolError | None = None
        for uid, folder in spools:
            try:
                self._send_spool(uid, folder)
            except SpoolError as error:
                problem = error
        if problem:
            raise problem

    def _send_spool(self, uid: int, folder: str) -> None:
        """Send one spool, until it is empty or the time is over. Raises `UploadError` and `SpoolError`."""
        acknowledged = self.memory.acknowledged(uid)
        gone = False  # whether what the collector misses before the next records is no longer here
        looked_for = None
        while self.collector.seconds_left > 0:
            batch = _batch(uid, folder, acknowledged)
            if not batch:
                return
            answer = self.collector.send(self._token(), [line.raw for line in batch], gone=gone)
            if answer.status == _OK:
                self._accept(answer, batch, uid, folder)
                acknowledged = self.memory.acknowledged(uid)
                gone = False
            elif answer.status == _CONFLICT and not gone:
                wanted = _missing(answer, batch, uid, folder)
                gone = wanted is None or wanted == looked_for
                looked_for = wanted
                if wanted is not None and not gone:
                    acknowledged = {**acknowledged, batch[0].chain: wanted - 1}
            elif answer.status == _UNAUTHORIZED and not self.enrolled_now:
                self.memory.forget_token()
            else:
                self.wait = answer.wait
                raise UploadError(answer.problem())

    def _accept(self, answer: wire.Answer, batch: list[lines.Line], uid: int, folder: str) -> None:
        """Keep the receipt, free what it covers, and leave a chain that somebody else has written to as well."""
        first, last = batch[0], batch[-1]
        hashes = {line.seq: line.h for line in batch}
        receipt = receipts.check_for(answer.value, self.keys, first.chain, first.seq, hashes)
        self.memory.keep(uid, receipt)
        self.sent += receipt.last - receipt.first + 1
        _work(uid, queue.free, folder, self.memory.acknowledged(uid))
        alerts = answer.get("alerts")
        told = [alert[:200] for alert in alerts if isinstance(alert, str)] if isinstance(alerts, list) else []
        self.alerts += [alert for alert in told if alert not in self.alerts]
        if mend.FORK in told:
            user = last.body.get("user")
            who = {"device": self.device, "user": user if isinstance(user, str) else ""}
            _work(uid, queue.leave_chain, folder, last.chain, mend.FORK, **who)

    def _token(self) -> str:
        token = self.memory.token(self.collector.url)
        if not token:
            if not self.enrol_secret:
                raise UploadError(
                    "this device is not enrolled with the collector",
                    hint="agentguard enroll … --enrol-secret SECRET; `agentguard collector key` prints it",
                )
            token = self.collector.enrol(self.enrol_secret, self.device)
            self.enrolled_now = True
            self.memory.keep_token(self.collector.url, token)
        return token


def _batch(uid: int, folder: str, acknowledged: dict[str, int]) -> list[lines.Line]:
    raw = _work(uid, queue.batch_bytes, folder, acknowledged)
    return [line for line in map(lines.parse, raw) if not line.problem]


def _missing(answer: wire.Answer, batch: list[lines.Line], uid: int, folder: str) -> int | None:
    """Return the number from which the collector must be sent this chain (again); None if that is no longer here."""
    expected = answer.get("expected")
    if type(expected) is not int and expected is not None:
        raise UploadError(answer.problem())
    found = _work(uid, queue.has, folder, batch[0].chain, expected)
    wanted = int(found[0]) if found and found[0].isdigit() else batch[0].seq
    return wanted if wanted < batch[0].seq else None


def _work(uid: int, job: Callable[..., Iterable[bytes]], *arguments: object, **named: object) -> list[bytes]:
    return person.work(uid, partial(job, *arguments, **named), _WORK_BYTES)
