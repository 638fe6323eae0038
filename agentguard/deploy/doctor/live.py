"""The same two calls through the real client, which is driven by a stand-in for the model on loopback.

The client gets an empty home and folder of its own, so nobody's sessions and settings are touched; managed settings reach it
all the same, and of a personal install its settings are copied there. It is told to let both tools run, so what stops a call
is nobody but the hook. Settings from the console cannot be proved in this way: the client skips them with another base URL.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from typing import TYPE_CHECKING

from agentguard.deploy import settings
from agentguard.deploy.doctor import client
from agentguard.deploy.doctor.standin import StandIn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentguard.deploy.doctor.exam import Exam
    from agentguard.deploy.doctor.table import Finding

_SECONDS = 90
_WORD = "agentguard-doctor"
_QUIET = {
    "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
    "DISABLE_AUTOUPDATER": "1",
    "DISABLE_TELEMETRY": "1",
    "ANTHROPIC_API_KEY": "sk-ant-not-a-key",
}


def check(exam: Exam) -> Iterator[Finding]:
    """Drive the client and yield what came out wrong; nothing where there is no client (that is a finding of its own)."""
    found = client.find(exam)
    if found is None:
        return
    if not client.may_start(os.path.realpath(found.path)):
        yield exam.finding("live/client", f"root starts no {found.path}, which people can change: run this as a person")
        return
    own = os.path.join(exam.where.config, "doctor-canary.json")  # one of agentguard's own files, but of no use
    turns = [("Bash", {"command": f"echo {_WORD}"}), ("Write", {"file_path": own, "content": "{}"})]
    with tempfile.TemporaryDirectory(prefix="agentguard-doctor-") as folder, StandIn(turns) as api:
        problem = _run(exam, found.path, folder, api.url)
        passed, denied = api.result(0), api.result(1)
    written = os.path.lexists(own)
    if written:
        os.unlink(own)
    if passed is None or denied is None:
        yield exam.finding(
            "live/client", f"{found.path} did not get as far as two tool calls: {problem or 'no reason'}"
        )
        return
    if passed[0] or _WORD not in passed[1]:
        yield exam.finding("live/blocked", f"Bash: echo {_WORD} came out as {passed[1][:200]!r}")
    if written or not denied[0] or "agentguard/" not in denied[1]:
        yield exam.finding("live/ran", f"Write: {own} was not stopped by agentguard: {denied[1][:200]!r}")


def _run(exam: Exam, program: str, folder: str, url: str) -> str:
    """Start the client; return the end of what it said, if it failed."""
    home, work = os.path.join(folder, "home"), os.path.join(folder, "work")
    os.makedirs(os.path.join(home, ".claude"))
    os.makedirs(work)
    if not exam.where.managed:
        shutil.copyfile(settings.path_of(exam.where), os.path.join(home, ".claude", "settings.json"))
    path = exam.machine.environ.get("PATH", os.defpath)
    env = {"PATH": path, "HOME": home, "LANG": "C.UTF-8", "ANTHROPIC_BASE_URL": url, **_QUIET}
    argv = [program, "-p", "check", "--allowedTools", "Bash,Write"]
    try:
        done = subprocess.run(
            argv, env=env, cwd=work, stdin=subprocess.DEVNULL, capture_output=True, timeout=_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return (done.stderr or done.stdout).decode("utf-8", "replace").strip()[-300:] if done.returncode else ""
