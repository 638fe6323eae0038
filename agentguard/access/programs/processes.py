"""Processes, services and users: ps(1), kill(1), systemctl(1), launchctl(1), crontab(1) and kin."""

from __future__ import annotations

from agentguard.access.model import WRITE
from agentguard.access.programs import walk
from agentguard.access.shell.values import plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.programs.walk import Work
    from agentguard.access.shell.command import Call


def lists(call: Call, work: Work) -> None:
    """`ps e` shows the environment of every process."""
    first = plain(call.words[0]) if call.words else ""
    shows = bool(first and first[0] != "-" and "e" in first and first.isalpha())
    work.line.traits |= {"prints-environment"} if shows else {"read-only"}
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)


def signals(call: Call, work: Work) -> None:
    """`kill -0` and `kill -l` only ask."""
    words = [plain(word) or "" for word in call.words]
    asks = words[:1] in (["-0"], ["-l"], ["-L"]) or work.line.value("--signal") == "0"
    work.line.traits |= {"read-only"} if asks else {"signals"}
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)


def service(call: Call, work: Work) -> None:
    """`service NAME status` only looks."""
    words = [plain(word) or "" for word in work.line.operands]
    looks = "status" in words[1:] or work.line.has("--status-all")
    work.line.traits |= {"read-only"} if looks else {"controls-service"}
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)


def crontab(call: Call, work: Work) -> None:
    """`crontab -l` lists; `crontab FILE` and `crontab -` put commands where they run by themselves later."""
    line = work.line
    looks = line.has("--list")
    line.traits |= {"read-only"} if looks else {"controls-service"}
    operands = [value for value in line.operands if value != "-"]
    work.entry = {**work.entry, "operands": "read"}
    walk.standard(call, work)
    if looks or line.has("--remove"):
        return
    user = call.world.user or "root"
    call.path(WRITE, f"/var/spool/cron/crontabs/{user}", "the table of commands")
    if not operands and call.stdin is not None:
        for row in call.stdin.lines():
            if not isinstance(row, str):
                call.opaque("the commands to run later are not known")
            elif row[:1] != "#":
                words = row.split(None, 1 if row[:1] == "@" else 5)
                if len(words) == (2 if row[:1] == "@" else 6):
                    call.shell(words[-1], "crontab")
