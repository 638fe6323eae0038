"""What a policy keeps out of the log: dropped fields are not there, masked ones are marks; secrets are as always."""

# ruff: noqa: RUF001 - marks are made of these characters

import json

import pytest

from agentguard.access.model import ToolCall
from agentguard.audit import fields, record, rows, withhold
from agentguard.audit.redact import Redactor
from agentguard.policy.conditions import WITHHELD

PRINCIPAL = {"user": "alice", "known": "os", "roles": [], "device": "d", "hostname": "laptop", "os": "linux"}
BODY = {
    "hostname": "laptop", "user": "alice", "effect": "deny",
    "rows": [{"action": "read", "origin": 0}, {"action": "connect", "hidden": ["path"]}], "origins": [{}],
}  # fmt: skip
TEXTS = {
    "branch": "main", "command": "cat /srv/a",
    "rows": [{"path": "/srv/a", "resolved": "/data/a"}, {"host": ["api.", 0]}],
    "origins": [{"command": ["cat"], "args": ["/srv/a", None]}],
}  # fmt: skip


def withheld(**names):
    redactor = Redactor(b"k" * 32)
    redactor.withheld = {name.replace("_", "."): mask for name, mask in names.items()}
    before = json.dumps([BODY, TEXTS])
    body, texts = withhold.apply(BODY, TEXTS, redactor)
    assert before == json.dumps([BODY, TEXTS])
    return body, texts, redactor.found


def test_dropped_fields_are_not_there():
    """Both spellings of a path; the row says what is hidden, so that no policy is replayed on it."""
    body, texts, found = withheld(row_path=False, branch=False, hostname=False)
    assert [{}, {"host": ["api.", 0]}] == texts["rows"]
    assert [["path", "resolved"], ["path"]] == [row["hidden"] for row in body["rows"]]
    assert ("", "", "alice") == (texts["branch"], body["hostname"], body["user"])
    assert {"row.path": 2, "branch": 1, "hostname": 1} == found
    assert [frozenset({"path"}), frozenset({"path"})] == rows.hidden(body)


def test_masked_fields_are_marks_that_tell_equal_values():
    """A pattern is masked as a whole, lists one by one; what is not known stays not known."""
    body, texts, _found = withheld(row_path=True, row_host=True, origin_args=True, user=True)
    assert texts["rows"][0]["path"].startswith("‹row.path:")
    assert texts["rows"][0]["path"] != texts["rows"][0]["resolved"]
    assert all(part.startswith("‹row.host:") for part in texts["rows"][1]["host"])
    assert texts["origins"][0]["args"][0].startswith("‹origin.args:")
    assert body["user"].startswith("‹user:")
    assert body["user"] == withheld(user=True)[0]["user"]
    assert ["args"] == body["origins"][0]["hidden"]
    assert "alice" not in json.dumps([body, texts])


@pytest.mark.parametrize(("mask", "left"), [(False, {}), (True, {"reason": "‹facts:", "file_path": "‹facts:"})])
def test_what_an_event_says_of_itself_is_withheld(mask, left):
    """A refusal quotes the command, and a change of settings names a file."""
    redactor = Redactor(b"k" * 32)
    redactor.withheld = {"facts": mask}
    call = ToolCall("PermissionDenied", fields={"reason": "no: cat /srv/x", "file_path": "/srv/x"})
    _body, texts = record.of_event(call, principal=PRINCIPAL, bundle={}, redactor=redactor)
    assert left == {name: value[: len("‹facts:")] for name, value in texts["facts"].items()}
    assert "/srv" not in json.dumps(texts)


def test_nothing_named_is_nothing_changed():
    """The usual case, which the hook does not even come to."""
    assert (BODY, TEXTS, {}) == withheld()


@pytest.mark.parametrize("name", WITHHELD)
def test_every_name_is_a_field_of_a_record(name):
    """And one that can be withheld: no fact that chains or judges."""
    outer, _, inner = name.rpartition(".")
    parts = {"row": (fields.ROW_TEXTS,), "origin": (fields.ORIGIN_TEXTS,)}.get(outer, (fields.BODY, fields.TEXTS))
    found = [
        one for one in fields.FIELDS if one.name == inner and one.part in parts and {"decision", "event"} & {*one.kinds}
    ]
    assert found
    assert [] == [field.name for field in found if field.words]


def test_every_text_of_a_row_can_be_withheld():
    """Whatever a call names; two go with `row.path`."""
    texts = {f"row.{field.name}" for field in fields.FIELDS if field.part == fields.ROW_TEXTS}
    texts |= {f"origin.{field.name}" for field in fields.FIELDS if field.part == fields.ORIGIN_TEXTS}
    assert texts - {"row.resolved", "row.malformed"} <= set(WITHHELD)
