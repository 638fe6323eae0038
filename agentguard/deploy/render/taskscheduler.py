"""The sync as a Scheduled Task: at start and every 3 minutes, as SYSTEM, on battery too, one at a time; it does what is due.

UTF-16, as the Task Scheduler exports. Source: learn.microsoft.com, [MS-TSCH] 2.5, "XML Task Definition Format".
"""

from __future__ import annotations

import codecs
from xml.sax.saxutils import escape

NAME = "agentguard sync"
_SYSTEM = "S-1-5-18"

_TASK = """\
<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Author>{author}</Author>
    <Description>Fetches the newest agentguard policy and uploads records.</Description>
  </RegistrationInfo>
  <Triggers>
    <BootTrigger>
      <Enabled>true</Enabled>
      <Delay>PT2M</Delay>
    </BootTrigger>
    <TimeTrigger>
      <Enabled>true</Enabled>
      <StartBoundary>2026-01-01T00:00:00</StartBoundary>
      <Repetition>
        <Interval>PT3M</Interval>
        <StopAtDurationEnd>false</StopAtDurationEnd>
      </Repetition>
    </TimeTrigger>
  </Triggers>
  <Principals>
    <Principal id="Author">
      <UserId>{system}</UserId>
      <RunLevel>HighestAvailable</RunLevel>
    </Principal>
  </Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <StartWhenAvailable>true</StartWhenAvailable>
    <RunOnlyIfNetworkAvailable>false</RunOnlyIfNetworkAvailable>
    <Enabled>true</Enabled>
    <Hidden>false</Hidden>
    <ExecutionTimeLimit>PT15M</ExecutionTimeLimit>
    <Priority>7</Priority>
  </Settings>
  <Actions Context="Author">
    <Exec>
      <Command>{command}</Command>
      <Arguments>{arguments}</Arguments>
    </Exec>
  </Actions>
</Task>
"""


def text(author: str, command: list[str]) -> str:
    """Return the task as text. `command`: argv of the command line on that machine."""
    arguments = " ".join(f'"{word}"' if " " in word else word for word in (*command[1:], "sync", "--background"))
    return _TASK.format(author=escape(author), system=_SYSTEM, command=escape(command[0]), arguments=escape(arguments))


def file(author: str, command: list[str]) -> bytes:
    """Return the task as a file."""
    return codecs.BOM_UTF16_LE + text(author, command).replace("\n", "\r\n").encode("utf-16-le")
