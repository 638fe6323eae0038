"""The host round `decide`: standard streams, signals, the watchdog, the spool, the exit code.

Promises kept here: it exits 0 or 2 by `os._exit`, whatever happens. The answer is one write of one ASCII line to the
stdout that the agent gave us; file descriptor 1 itself points at stderr from the first line on, so that no stray byte
can stand beside the JSON. The verdict never waits for the clock: the watchdog only ever denies.
"""

from __future__ import annotations

import os
import time

from agentguard import _env  # before everything else of ours: nothing may load OpenSSL earlier
from agentguard.access.payload import INPUT_LIMIT
from agentguard.hook.adapters.claude_code import TOOL, Answer, answer
from agentguard.hook.decide import decide, unrecorded
from agentguard.hook.messages import PERSON_LIMIT, for_error, one_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

WATCHDOG_SECONDS = 8.0  # below the 10 s that the managed settings give us; firing is a defect
_STREAMS = (0, 1, 2)


def run(config: dict[str, object]) -> NoReturn:
    """Judge the call on standard input and exit. `config` is what installation wrote into the stub."""
    started_ns = time.perf_counter_ns()
    out = -1
    code = 2
    try:
        out = _private_stdout()
        _watch(out)
        if config.get("kind") == "managed":
            _env.make_safe(managed=True)
        code = _give(_judge(config, started_ns), out)
    except BaseException as error:  # noqa: BLE001 - SystemExit and KeyboardInterrupt included: nothing may pass
        code = _give(_denied(f"internal error: {type(error).__name__}"), out)
    finally:
        os._exit(code)


def run_here(arguments: list[str]) -> NoReturn:
    """Run as `agentguard hook`: with this machine's own places. Takes no arguments; an unknown one is ignored.

    It is ignored, and not refused, because exit 2 on a usage error would block a whole fleet.
    """
    del arguments
    from agentguard import places  # noqa: PLC0415 - the stub brings its own

    found = places.default()
    run({"kind": found.kind, "code": found.code, "config": found.config, "state": found.state, "home": found.home})


def _judge(config: dict[str, object], started_ns: int) -> Answer:
    from agentguard.hook.state import gather, places_from  # noqa: PLC0415 - an import that fails must end as a denial

    where = places_from(config)
    data = _read_stdin()
    state = gather(where, started_ns)
    from agentguard.audit import redact, spool  # noqa: PLC0415
    from agentguard.hook import kick, session  # noqa: PLC0415

    redactor = redact.Redactor(lambda: spool.device_key(state.spool))  # the key is read only when a secret is found
    outcome = decide(data, state, redactor)
    reply = outcome.answer
    if outcome.start:
        session.begin(state.spool, *outcome.start)
    if outcome.body is not None:
        try:
            spool.append(state.spool, outcome.body, outcome.texts or {})
            if outcome.heartbeat:
                spool.append(state.spool, *outcome.heartbeat)
        except Exception as error:  # noqa: BLE001 - the verdict stands whatever happens to its record
            reply = unrecorded(outcome, type(error).__name__ if not str(error) else one_line(str(error), 80))
        else:
            kick.maybe(where, config, state.active.local, urgent=outcome.effect != "allow")
    return reply


def _read_stdin() -> bytes:
    """Return standard input, at most one byte more than the limit, so that the limit itself can be told from more."""
    chunks: list[bytes] = []
    room = INPUT_LIMIT + 1
    while room > 0 and (chunk := os.read(0, min(room, 1 << 20))):
        chunks.append(chunk)
        room -= len(chunk)
    return b"".join(chunks)


def _private_stdout() -> int:
    """Keep stdout for the answer alone and point descriptor 1 at stderr. Raises OSError if a stream is closed."""
    closed = [stream for stream in _STREAMS if not _is_open(stream)]
    for stream in closed:  # in order, so that the lowest free descriptor is the one that is filled
        os.open(os.devnull, os.O_RDWR)
        if not _is_open(stream):
            break
    out = os.dup(1)
    os.set_inheritable(out, False)
    os.dup2(2, 1)
    if closed:
        _give(_denied("it was started with a closed standard stream"), out)
        os._exit(2)
    return out


def _is_open(fd: int) -> bool:
    try:
        os.fstat(fd)
    except OSError:
        return False
    return True


def _watch(out: int) -> None:
    """Deny when the time is up or somebody tries to end us: a hook that dies lets the call run on older clients."""
    try:
        import _signal as signal  # noqa: PLC0415 - the public module costs an import of enum
    except ImportError:
        import signal  # noqa: PLC0415

    def expired(number: int, _frame: object) -> None:
        os._exit(_give(_denied(f"ended by signal {number}"), out))

    for name in ("SIGALRM", "SIGTERM", "SIGINT", "SIGHUP", "SIGXCPU"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), expired)
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, WATCHDOG_SECONDS)


def _denied(what: str) -> Answer:
    text = for_error(what)
    return answer(TOOL, "deny", text, one_line(text, PERSON_LIMIT))


def _give(reply: Answer, out: int) -> int:
    """Write the answer and return the exit code. An answer that cannot be written whole becomes exit 2."""
    code = reply.code
    if reply.stdout:
        try:
            if out < 0 or os.write(out, reply.stdout) != len(reply.stdout):
                code = 2
        except OSError:
            code = 2
    if reply.stderr:
        try:
            os.write(2, reply.stderr)
        except OSError:
            code = 2
    return code
