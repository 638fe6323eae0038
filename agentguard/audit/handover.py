"""Hands the records of one spool over: what is sent next, and what an answer makes of it.

Nothing here trusts the other side, on either end. The collector's word counts only with a receipt that a key of the
policy has signed, for exactly what was sent. The spool's lines are checked before they are sent.

- *Missing* (409): the collector wants records from a lower number on. It gets them; what is really gone is admitted, to
  the collector (`gone=1`) and in the spool's own chain by a record of kind `gap`.
- *Fork*: somebody else has written to the same chain. The spool leaves it and starts a new one.
- *Refused* (400, 413, 422): the batch is cut until one record is left that is refused by itself. It is passed over for
  the one after it, and only when the collector has signed for that one is it set aside and admitted. So a wrong address
  or a broken collector, which refuses everything, costs nothing.
- *Not served* (no answer, 401 and 403, 429, 503, whatever comes with Retry-After): it would be so for every spool.
"""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from agentguard.audit import lines, mend, receipts
from agentguard.audit import unsent as queue
from agentguard.errors import NotServedError, SpoolError, UnknownDeviceError, UploadError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from agentguard.audit import wire
    from agentguard.audit.lines import Line
    from agentguard.audit.memory import Memory
    from agentguard.audit.person import Spool, Talk

GONE, REFUSED = "gone", "refused"  # why the collector does not get records
REVOKED = "revoked"  # the collector's word for a device that it does not take back
TURN = 10.0  # seconds after which all spools are looked at again, however much one of them has left

_LEAVES = frozenset({mend.FORK, "device"})  # what the collector notices of a chain that should not go on
_OK, _UNAUTHORIZED, _CONFLICT = 200, 401, 409
_REFUSED = (400, 413, 422)
_NOT_NOW = (_UNAUTHORIZED, 403, 429, 503)
_PASSED_OVER = 8  # records in a row that may be passed over
_WHEN_REVOKED = 3600.0  # seconds until a device that was revoked asks again


class Gap(NamedTuple):
    """Records of a chain that the collector does not get: why, and the first and last number."""

    reason: str
    chain: str
    first: int
    last: int


class Sender:
    """What the talks of one run share. `wait`: for how many seconds the collector asked to be left alone.

    `sent`, `refused`: records. `young`: a spool has records that are not due yet. `more`: a turn was over first.
    """

    def __init__(
        self, collector: wire.Collector, memory: Memory, device: str, keys: Sequence[str], enrol_secret: str
    ) -> None:
        self.collector = collector
        self.memory = memory
        self.device = device
        self.keys = keys
        self.enrol_secret = enrol_secret
        self.enrolled_now = False
        self.sent = self.refused = 0
        self.alerts: list[str] = []
        self.wait = 0.0
        self.young = self.more = False
        self._turn_ends = 0.0

    def new_turn(self) -> bool:
        """Begin a turn, if there is time for one; return whether there was."""
        left = self.collector.seconds_left
        if left <= 0:
            return False
        self.more = False
        self._turn_ends = time.monotonic() + min(TURN, left)
        return True

    def talk(self, spool: Spool, due_at: float | None = None) -> Talk:
        """Hand one spool over until it is empty or its turn is over; with `due_at` (now) only if something is due.

        Raises `SpoolError`, and `UploadError`, of which `NotServedError` is not about this spool.
        """
        acknowledged = self.memory.acknowledged(spool.uid)
        if due_at is not None:
            state = yield partial(queue.due, spool.folder, acknowledged, due_at)
            self.young = self.young or state == [queue.SOON]
            if state != [queue.NOW]:
                return
        most = queue.BATCH_RECORDS
        gaps: list[Gap] = []  # before the next records, and admitted as soon as these are taken
        passed_over: list[Line] = []
        looked_for, why = None, ""
        while True:
            batch = _checked((yield partial(queue.batch_bytes, spool.folder, acknowledged)), acknowledged)[:most]
            if not batch and not passed_over:
                return
            if not batch:
                raise UploadError(f"record {passed_over[0].seq}, the newest of its spool, is not taken: {why}")
            first, last = batch[0], batch[-1]
            answer = self.collector.send(self._token(), [line.raw for line in batch], gone=bool(gaps))
            if answer.status == _OK:
                leaves = self._accept(answer, batch, spool.uid, passed_over, why)
                acknowledged = self.memory.acknowledged(spool.uid)
                yield partial(queue.free, spool.folder, acknowledged)
                user = last.body.get("user")
                who = {"device": self.device, "user": user if isinstance(user, str) else ""}
                for gap in gaps:
                    missing = {"chain": gap.chain, "first": gap.first, "last": gap.last}
                    yield partial(queue.admit, spool.folder, gap.reason, missing, **who)
                if leaves:
                    yield partial(queue.leave_chain, spool.folder, last.chain, mend.FORK, **who)
                most = min(2 * most, queue.BATCH_RECORDS)
                gaps, passed_over = [], []
                if time.monotonic() >= self._turn_ends:
                    self.more = True
                    return
            elif answer.status == _CONFLICT and not gaps:
                expected = answer.get("expected")
                if type(expected) is not int and expected is not None:
                    raise UploadError(answer.problem())
                wanted = _number((yield partial(queue.has, spool.folder, first.chain, expected)), first.seq)
                if wanted in {first.seq, looked_for}:
                    gaps = [Gap(GONE, first.chain, expected or 0, first.seq - 1)]
                else:
                    acknowledged = {**acknowledged, first.chain: wanted - 1}
                looked_for = wanted
            elif answer.status in _REFUSED and len(batch) > 1:
                most = _before(answer.get("line"), len(batch))
            elif answer.status in _REFUSED and len(passed_over) < _PASSED_OVER:
                why = answer.problem()
                passed_over.append(first)
                gaps = [*gaps, Gap(REFUSED, first.chain, first.seq, first.seq)]
                acknowledged = {**acknowledged, first.chain: first.seq}
                most = queue.BATCH_RECORDS
            elif answer.status == _UNAUTHORIZED and answer.get("error") != REVOKED and not self.enrolled_now:
                self.memory.forget_token()
            else:
                raise self._failed(answer)

    def _accept(self, answer: wire.Answer, batch: list[Line], uid: int, passed_over: list[Line], why: str) -> bool:
        """Keep the receipt, what it proves to be refused, and what the collector noticed.

        Returns whether the chain is one to leave: it forked, or another device began it (it had another name then).

        Raises `UploadError`, and nothing is kept then.
        """
        first = batch[0]
        receipt = receipts.check_for(
            answer.value, self.keys, first.chain, first.seq, {line.seq: line.h for line in batch}
        )
        for line in passed_over:
            self.memory.set_aside(uid, line, why)
        self.memory.keep(uid, receipt)
        self.refused += len(passed_over)
        self.sent += receipt.last - receipt.first + 1
        alerts = answer.get("alerts")
        told = [alert[:200] for alert in alerts if isinstance(alert, str)] if isinstance(alerts, list) else []
        self.alerts += [alert for alert in told if alert not in self.alerts]
        return not _LEAVES.isdisjoint(told)

    def _failed(self, answer: wire.Answer) -> UploadError:
        """Return the error for an answer with which nothing can be done."""
        self.wait = max(self.wait, answer.wait)
        if answer.get("error") == REVOKED:
            self.wait = max(self.wait, _WHEN_REVOKED)
            hint = "ask whoever runs the collector why; records are kept here meanwhile"
            return NotServedError("the collector has revoked this device", hint=hint)
        if answer.wait or answer.status in _NOT_NOW:
            return NotServedError(answer.problem())
        return UploadError(answer.problem())

    def _token(self) -> str:
        token = self.memory.token(self.collector.url)
        if not token:
            if not self.enrol_secret:
                raise UnknownDeviceError(
                    "this device is not enrolled with the collector",
                    hint="put what `agentguard collector enrol-secret` prints into enrol.secret beside agentguard.toml",
                )
            answer = self.collector.enrol(self.enrol_secret, self.device)
            token = answer.get("token")
            if answer.status != _OK or not isinstance(token, str) or not token:
                problem = self._failed(answer)
                raise NotServedError(f"this device could not be enrolled: {problem.message}", hint=problem.hint)
            self.enrolled_now = True
            self.memory.keep_token(self.collector.url, token, self.device)
        return token


def _checked(raw: Iterable[bytes], acknowledged: dict[str, int]) -> list[Line]:
    """Return the records of a batch that a person's child handed over. Raises `SpoolError` if it is none."""
    found: list[Line] = []
    for one in raw:
        line = lines.parse(one)
        follows = not found or (line.chain == found[-1].chain and line.seq == found[-1].seq + 1)
        if line.problem or b"\n" in one or not follows or line.seq <= acknowledged.get(line.chain, -1):
            raise SpoolError("what was handed over from a spool is no batch of records")
        found.append(line)
    if len(found) > queue.BATCH_RECORDS or sum(len(line.raw) + 1 for line in found) > queue.BATCH_BYTES:
        raise SpoolError("what was handed over from a spool is more than one request's worth")
    return found


def _number(found: list[bytes], otherwise: int) -> int:
    """Return the number from which the collector can be sent a chain again, if that is before `otherwise`."""
    number = int(found[0]) if found and found[0].isdigit() and len(found[0]) < 20 else otherwise
    return min(number, otherwise)


def _before(line: Any, count: int) -> int:
    """Return how many records to send of those that were refused: those before the one at fault, or half of them."""
    return max(1, line - 1) if type(line) is int and 1 <= line <= count else count // 2
