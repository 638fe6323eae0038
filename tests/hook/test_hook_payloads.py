"""Every real payload of the client, through the real hook process, against a table."""

import json
import tomllib
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from agentguard.audit import schema

HERE = Path(__file__).parent
TABLE = tomllib.loads((HERE / "payloads.toml").read_text())
SCHEMA = Draft202012Validator(schema.schema())
FILES = sorted((HERE / "payloads").glob("*.json"))


def test_every_payload_has_a_row_and_every_row_a_payload():
    """A new payload must say what it comes to."""
    assert sorted(TABLE) == [file.stem for file in FILES]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_payload_comes_to_what_its_row_says(laptop, file):
    """Effect, deciding rule or default, stdout and exit code are as the table says; a record is written that fits."""
    row = TABLE[file.stem]
    session = json.loads(file.read_bytes())["session_id"]
    start = {"session_id": session, "cwd": "/home/dev/project", "hook_event_name": "SessionStart", "source": "startup"}
    laptop.raw(json.dumps(start).encode())  # every real session begins so
    result = laptop.raw(file.read_bytes())
    record = laptop.records()[-1]
    assert (row["exit"], row["stdout"]) == (result.code, result.decision)
    assert file.stem.split(".")[0] == record["event"]
    if row["effect"] != "recorded":
        assert (row["effect"], row["rule"]) == (record["effect"], record["rule"])
    line = json.loads((laptop.spool / "current.ndjson").read_bytes().splitlines()[-1])
    assert [] == [f"{error.json_path}: {error.message}" for error in SCHEMA.iter_errors(line)]
