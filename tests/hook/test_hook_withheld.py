"""A policy that keeps fields out of the log, through the real hook process."""

# ruff: noqa: RUF001 - marks are made of these characters

import json

POLICY = """
schema = 1
name = "tiny"
[audit]
drop = ["hostname", "origin.args", "command"]
mask = ["row.path"]
"""


def test_withheld_fields_are_in_no_record(laptop_with):
    """Neither of a decision nor of an event; the call is judged all the same."""
    laptop = laptop_with(POLICY)
    laptop.call("Bash", {"command": "cat /srv/customer-4711/a"})
    laptop.call("Read", {"file_path": "/srv/customer-4711/a"})
    laptop.call("Bash", {}, event="PostToolUse")
    lines = [json.loads(line) for line in (laptop.spool / "current.ndjson").read_bytes().splitlines()]
    calls = [line for line in lines if line["b"].get("session") and line["b"]["kind"] != "heartbeat"]
    assert ["decision", "decision", "event"] == [line["b"]["kind"] for line in calls]
    assert "customer-4711" not in json.dumps(lines)
    assert {""} == {line["b"]["hostname"] for line in calls}
    of_call = [{row["path"] for row in line["t"]["rows"] if "path" in row} for line in calls[:2]]
    assert of_call[0] & of_call[1]  # the same file by two tools
    assert all(mark.startswith("‹row.path:") for mark in of_call[0] | of_call[1])
    assert calls[1]["b"]["redactions"]["row.path"] >= 1
