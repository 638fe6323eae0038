"""Records and the sync: that everybody can write, records arrive, the policy is fetched, and something runs the sync."""

from __future__ import annotations

import os
import plistlib
import stat
import subprocess
from typing import TYPE_CHECKING, Any

from agentguard import config
from agentguard.audit import memory, upload
from agentguard.deploy import targets
from agentguard.deploy.doctor.exam import SYSTEMD
from agentguard.deploy.lint.formats import BAD_PLIST
from agentguard.deploy.render import systemd, taskscheduler
from agentguard.errors import AgentguardError, UnknownDeviceError
from agentguard.sync import status

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentguard.deploy.doctor.exam import Exam
    from agentguard.deploy.doctor.table import Finding

_MODE = 0o1733
_OLD = 7 * 86_400  # seconds without a sync; a laptop may be off for some days
_WAITING = 86_400  # seconds that a record may wait for the collector
_UNITS = ("etc/systemd/system", "lib/systemd/system", "usr/lib/systemd/system")
_WANTS = "etc/systemd/system/timers.target.wants"
_DAEMONS = "/Library/LaunchDaemons"


def check(exam: Exam) -> Iterator[Finding]:
    """Yield what is wrong with records and the sync."""
    if exam.machine.platform != "win32":
        yield from _spool(exam)
    if not os.path.lexists(exam.where.anchor):
        return
    if os.access(exam.where.sync, os.R_OK | os.X_OK) or not os.path.lexists(exam.where.sync):
        yield from _sync(exam, status.read(exam.where))
        yield from _waiting(exam)
    if exam.where.managed and (why := _TIMERS[exam.machine.target](exam)):
        yield exam.finding("sync/no-timer", why, fix="timer" if exam.machine.target == targets.LINUX else "")


def _spool(exam: Exam) -> Iterator[Finding]:
    spools = exam.where.spools
    if exam.where.managed:
        try:
            facts = os.lstat(spools)
        except OSError:
            yield exam.finding("records/no-spool", f"there is no {spools}", place=spools, fix="spool")
            return
        if not stat.S_ISDIR(facts.st_mode) or facts.st_uid != 0:
            yield exam.finding("records/no-spool", f"{spools} is no folder of root's", place=spools)
        elif stat.S_IMODE(facts.st_mode) != _MODE:
            what = f"{spools} has mode {stat.S_IMODE(facts.st_mode):o}, not {_MODE:o}"
            yield exam.finding("records/mode", what, place=spools, fix="spool")
    own = exam.where.spool(os.getuid())
    if os.path.lexists(own) and not (os.path.isdir(own) and os.access(own, os.R_OK | os.W_OK | os.X_OK)):
        yield exam.finding("records/unwritable", f"{own} cannot be written to", place=own)


def _waiting(exam: Exam) -> Iterator[Finding]:
    """Yield a finding if this person's records wait for a collector that was named; nobody else's spool is opened."""
    try:
        named = config.read(exam.where.settings)["collector_url"] or exam.active.custom.get("collector", {}).get("url")
        oldest = (
            upload.oldest_unsent(exam.where.spool(os.getuid())) if named and exam.machine.platform != "win32" else ""
        )
    except AgentguardError:
        return
    if oldest and oldest[:19] < status.stamp(exam.machine.now - _WAITING)[:19]:
        yield exam.finding("records/waiting", f"records wait for {named} since {oldest}", fix="sync")


def _sync(exam: Exam, known: dict[str, Any]) -> Iterator[Finding]:
    upload, error, last = known.get("upload"), known.get("last_error"), known.get("last_success")
    if isinstance(upload, dict) and upload.get("code") == UnknownDeviceError.code:
        yield exam.finding("records/not-enrolled", upload.get("text", ""), place=exam.where.enrol_secret)
    elif isinstance(upload, dict) and upload.get("ok") is False:
        yield exam.finding("records/upload", f"the last upload failed: {upload.get('text', '')}", fix="sync")
    elif isinstance(upload, dict) and upload.get("problems"):
        yield exam.finding("records/upload", f"not all spools were handed over: {upload['problems']}", fix="sync")
    for place in memory.refused(exam.where):
        yield exam.finding("records/refused", f"records were set aside in {place}", place=place)
    if isinstance(error, dict):
        yield exam.finding("sync/failing", f"since {error.get('time', '')}: {error.get('text', '')}", fix="sync")
    if not isinstance(last, str):
        yield exam.finding("sync/never", "no sync has succeeded here", fix="sync")
    elif exam.where.managed and last < status.stamp(exam.machine.now - _OLD):
        yield exam.finding("sync/old", f"the last sync that succeeded was at {last}", fix="sync")


def _systemd(exam: Exam) -> str:
    def there(*parts: str) -> bool:
        return os.path.lexists(exam.machine.path("/" + "/".join(parts)))

    if not os.path.isdir(exam.machine.path(SYSTEMD)):
        return "there is no systemd here: something else of root's must run the sync"
    if not any(there(folder, systemd.TIMER) for folder in _UNITS):
        return f"there is no unit {systemd.TIMER}"
    return "" if there(_WANTS, systemd.TIMER) else f"{systemd.TIMER} is not enabled"


def _launchd(exam: Exam) -> str:
    folder = exam.machine.path(_DAEMONS)
    try:
        names = os.listdir(folder)
    except OSError:
        names = []
    script = os.path.join(exam.where.code, "cli.py")
    for name in names:
        try:
            with open(os.path.join(folder, name), "rb") as file:
                words = plistlib.load(file).get("ProgramArguments", [])
        except (OSError, *BAD_PLIST):
            continue
        if script in words and "sync" in words:
            return ""
    return f"no daemon in {_DAEMONS} runs {script} sync"


def _task(exam: Exam) -> str:
    del exam
    try:
        done = subprocess.run(["schtasks.exe", "/Query", "/TN", taskscheduler.NAME], capture_output=True, check=False)
    except OSError as error:
        return f"schtasks.exe does not start: {error}"
    return "" if done.returncode == 0 else f"there is no Scheduled Task `{taskscheduler.NAME}`"


_TIMERS = {targets.LINUX: _systemd, targets.MACOS: _launchd, targets.WINDOWS: _task}
