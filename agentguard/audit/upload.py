"""The upload stage of the sync: hands records to the collector and frees what it has signed for.

Only a receipt that is signed by a key of the policy, and is for exactly what was sent, moves anything forward
(`agentguard.audit.handover`); whatever else happens, every record stays where it is and is sent again. All people's
spools are handed over side by side: what is wrong with one of them is said and holds up no other. The caller holds the
sync's lock, and decides when to try again; what the collector itself asks for (Retry-After) is honoured here.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

from agentguard.audit import person, reader, wire
from agentguard.audit.handover import Sender
from agentguard.audit.memory import Memory, device_of
from agentguard.errors import AuditError, UploadError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agentguard.audit.person import Spool, Talk
    from agentguard.places import Places

RUN_SECONDS = 300.0  # for all requests of one run
_SECRET_BYTES = 4096


def run(
    places: Places,
    settings: dict[str, Any],
    custom: dict[str, Any],
    *,
    now: float | None = None,
    only_due: bool = False,
) -> dict[str, Any]:
    """Run the stage with this device's settings and the signed `custom` part of the bundle; see `send`."""
    collector = custom.get("collector") or {}
    return send(
        places,
        url=settings.get("collector_url") or collector.get("url", ""),
        device=settings.get("device") or device_of(places.sync),
        receipt_keys=collector.get("receipt_keys", ()),
        enrol_secret=_enrol_secret(places),
        now=now,
        only_due=only_due,
    )


def send(
    places: Places,
    *,
    url: str,
    device: str,
    receipt_keys: Sequence[str],
    enrol_secret: str = "",
    now: float | None = None,
    only_due: bool = False,
) -> dict[str, Any]:
    """Send what is unsent to the collector at `url`; `receipt_keys` are Ed25519 public keys in hex.

    `only_due`: nothing of a spool in which nothing is due. Returns {"records": how many were acknowledged} and, where
    there is something to say, "refused" (records that were set aside), "alerts" (what the collector noticed: gap, fork,
    broken), "problems" (why spools could not be handed over), "young" (there are records that are not due yet), "more"
    (the time was over first) and "seconds to wait" (it asked to be left alone). Raises `UploadError` and `SpoolError`
    after having done what could be done, if not one spool could be handed over.
    """
    moment = time.time() if now is None else now
    memory = Memory(places.sync)
    if moment < memory.not_before <= moment + wire.LONGEST_WAIT:  # beyond that, the clock was wrong when it was noted
        return {"records": 0, "seconds to wait": round(memory.not_before - moment)}
    if not receipt_keys:
        raise UploadError("the policy names no key that may sign receipts, so nothing is sent")
    try:
        os.makedirs(places.sync, mode=0o700, exist_ok=True)
        with wire.Collector(url, managed=places.managed, seconds=RUN_SECONDS) as collector:
            sender = Sender(collector, memory, device, receipt_keys, enrol_secret)
            try:
                problems: list[str] = []
                while sender.new_turn():
                    problems = _hand_over(sender, person.spools(places), due_at=moment if only_due else None)
                    if not sender.more:
                        break
            finally:
                if sender.wait:
                    memory.wait_until(moment + sender.wait)
    except OSError as error:
        raise UploadError(f"{places.sync} cannot be used: {error.strerror}") from None
    facts = {
        "refused": sender.refused,
        "alerts": ", ".join(sender.alerts),
        "problems": "; ".join(problems),
        "young": sender.young,
        "more": sender.more,
    }
    return {"records": sender.sent, **{name: value for name, value in facts.items() if value}}


def _enrol_secret(places: Places) -> str:
    """Return what the collector asks of a new device, "" where nobody has said it."""
    try:
        with open(places.enrol_secret, encoding="utf-8", errors="replace") as file:
            return file.read(_SECRET_BYTES).strip()
    except OSError:
        return ""


def _hand_over(sender: Sender, spools: list[Spool], *, due_at: float | None) -> list[str]:
    """Hand all spools over, those that made trouble the last time after the others; return what is wrong with which."""
    memory = sender.memory
    order = sorted(spools, key=lambda spool: spool.uid in memory.troubled)
    troubled: list[int] = []

    def talk(spool: Spool) -> Talk:
        try:
            yield from sender.talk(spool, due_at)
        except AuditError:
            troubled.append(spool.uid)
            raise

    try:
        problems = person.together([(spool, talk(spool)) for spool in order])
    finally:
        memory.note_trouble(troubled)
    if problems and len(problems) == len(spools):
        raise problems[0]
    return [problem.message for problem in problems]


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
