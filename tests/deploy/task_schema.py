"""The part of the Task Scheduler's schema that our task uses, and a reader that holds a document to it.

Source: learn.microsoft.com, [MS-TSCH] 2.5 "XML Task Definition Format" (taskType to execType). `xs:all` is a set of
children in any order, `xs:sequence` a list in this order; a type is a pattern for the text.
"""

import re
from xml.etree import ElementTree as ET

NAMESPACE = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"
BOOLEAN, DURATION, TEXT = "true|false", r"P(\d+D)?(T(\d+H)?(\d+M)?(\d+S)?)?", ".+"
_TRIGGER = ["Enabled", "StartBoundary", "EndBoundary", "Repetition", "ExecutionTimeLimit"]

SEQUENCES = {
    "Triggers": ["BootTrigger", "TimeTrigger"],
    "BootTrigger": [*_TRIGGER, "Delay"],
    "TimeTrigger": [*_TRIGGER, "RandomDelay"],
    "Repetition": ["Interval", "Duration", "StopAtDurationEnd"],
    "Principals": ["Principal"],
    "Actions": ["Exec"],
}
SETS = {
    "Task": {"RegistrationInfo", "Triggers", "Settings", "Data", "Principals", "Actions"},
    "RegistrationInfo": {"URI", "SecurityDescriptor", "Source", "Date", "Author", "Version", "Description"},
    "Principal": {"UserId", "LogonType", "DisplayName", "GroupId", "RunLevel"},
    "Exec": {"Command", "Arguments", "WorkingDirectory"},
    "Settings": {
        "AllowStartOnDemand", "RestartOnFailure", "MultipleInstancesPolicy", "DisallowStartIfOnBatteries",
        "StopIfGoingOnBatteries", "AllowHardTerminate", "StartWhenAvailable", "NetworkProfileName",
        "RunOnlyIfNetworkAvailable", "WakeToRun", "Enabled", "Hidden", "DeleteExpiredTaskAfter", "IdleSettings",
        "NetworkSettings", "ExecutionTimeLimit", "Priority", "RunOnlyIfIdle",
    },
}  # fmt: skip
TEXTS = {
    "Author": TEXT, "Description": TEXT, "Enabled": BOOLEAN, "Delay": DURATION, "RandomDelay": DURATION,
    "StartBoundary": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", "Interval": DURATION, "StopAtDurationEnd": BOOLEAN,
    "UserId": TEXT, "RunLevel": "LeastPrivilege|HighestAvailable",
    "MultipleInstancesPolicy": "Parallel|Queue|IgnoreNew|StopExisting", "DisallowStartIfOnBatteries": BOOLEAN,
    "StopIfGoingOnBatteries": BOOLEAN, "StartWhenAvailable": BOOLEAN, "RunOnlyIfNetworkAvailable": BOOLEAN,
    "Hidden": BOOLEAN, "ExecutionTimeLimit": DURATION, "Priority": r"\d|10", "Command": TEXT, "Arguments": TEXT,
}  # fmt: skip


def check(data: bytes) -> ET.Element:
    """Return the root of a task that is as the schema says; fail with what is not."""
    root = ET.fromstring(data)
    assert f"{NAMESPACE}Task" == root.tag
    assert "1.2" == root.get("version")
    _check(root)
    ids = {principal.get("id") for principal in root.iter(f"{NAMESPACE}Principal")}
    assert root.find(f"{NAMESPACE}Actions").get("Context") in ids
    return root


def _check(element: ET.Element) -> None:
    name = element.tag.removeprefix(NAMESPACE)
    children = [child.tag.removeprefix(NAMESPACE) for child in element]
    assert len(children) == len(set(children)), name
    if name in SEQUENCES:
        assert [one for one in SEQUENCES[name] if one in children] == children, name
    elif name in SETS:
        assert set(children) <= SETS[name], name
    else:
        assert [] == children, name
        assert re.fullmatch(TEXTS[name], element.text or ""), (name, element.text)
    for child in element:
        _check(child)
