"""A device that has enrolled and lies: what it says of others is kept, told apart, and never passes for theirs."""

import csv
import io
import json

import pytest
import warm

from agentguard.audit.memory import Memory
from agentguard.collector.pages import session

ID = "bee2592c97104606"
CALL = {"id": ID, "session": "a1", "tool_use_id": "t1", "effect": "ask", "event": "PreToolUse"}


@pytest.fixture(scope="module")
def scene(shared):
    """A laptop that asked, and one that sends the same id, an outcome of that call and more of that session."""
    server, device = shared
    device("victim").record(1, **CALL).send()
    liar = device("liar")
    liar.record(1, device="victim", **{**CALL, "effect": "allow"})
    done = {"kind": "event", "event": "PostToolUse", "outcome": "done", "session": "a1", "tool_use_id": "t1"}
    liar.record(1, device="victim", **done)
    assert "claim" in liar.send()["alerts"]
    return server


def run(server, *words):
    """Return what a command says of the collector."""
    done = warm.run("audit", *words, "--collector", server.url, "--token-file", server.token_file)
    assert 0 == done.returncode, done.stderr
    return done.stdout


def page(server, path):
    return server.client.get(path, headers={"cookie": f"{session.COOKIE}={server.reader_token}"}).text


def test_record_of_another_device_is_said_once_with_the_name_it_took(scene):
    """The liar's records are kept under its own name."""
    [alert] = scene.get("/v1/chains")["alerts"]
    assert ("claim", "liar", 0, 2) == tuple(alert[name] for name in ("alert", "device", "first", "last"))
    assert "it says that it is victim, which is enrolled here" == alert["about"]
    assert "claim" in page(scene, "/alerts")
    found = {name: len(scene.get("/v1/search", q=f"device:{name}")["records"]) for name in ("victim", "liar")}
    assert {"victim": 2, "liar": 3} == found
    assert {"liar": 3, "victim": 2} == json.loads(run(scene, "stats", "device:(victim OR liar)", "--json"))["devices"]


def test_show_is_of_the_record_that_came_first_and_tells_of_the_other(scene):
    """The outcome and the session of another device are no part of it."""
    shown = json.loads(run(scene, "show", ID, "--json"))
    assert ("victim", "ask", "unknown") == (shown["device"], shown["body"]["effect"], shown["ended"]["word"])
    assert "says_it_is" not in shown
    assert [[], []] == [shown["before"], shown["after"]]
    assert [("liar", "victim")] == [(one["device"], one["says_it_is"]) for one in shown["others"]]
    text = run(scene, "show", ID)
    assert "device            victim\n" in text
    assert "another record with this id, from liar:\n" in text
    assert "device            liar\n  says it is        victim\n" in text
    answer = scene.get(f"/v1/records/{ID}")
    assert ("victim", ["liar"], [], []) == (
        answer["record"]["device"], [one["device"] for one in answer["others"]], answer["before"], answer["after"],
    )  # fmt: skip


def test_table_names_the_sender(scene):
    """Beside the person, whom anybody can name too; what it claims to be stands with it."""
    table = run(scene, "search", "session:a1 device:(liar OR victim)")
    assert ["device"] == [cell for cell in table.splitlines()[0].split() if cell == "device"]
    assert 2 == table.count("liar, says it is victim")
    assert 1 == sum("victim" in row and "liar" not in row for row in table.splitlines())


def test_page_names_the_sender_and_leads_to_the_other_record(scene):
    """A link to a record is to that record, whoever took its id."""
    first = page(scene, f"/records/{ID}")
    assert "Other records have this id too" in first
    assert "unknown: " in first
    link = first.partition("could have copied. From")[2].partition('href="')[2].partition('"')[0]
    other = page(scene, link)
    assert "<dt>device</dt><dd>liar</dd><dt>says it is</dt><dd>victim</dd>" in other
    assert "· liar</small>" in other


def test_page_says_that_a_denied_call_ran(shared):
    """However many records of its session lie between, and whoever else says so."""
    server, device = shared
    laptop = device("heedless").record(1, **{**CALL, "id": "c" * 16, "effect": "deny"}).record(12, session="a1")
    laptop.send()
    assert "denied: it was stopped" in page(server, f"/records/{'c' * 16}")
    laptop.record(1, kind="event", event="PostToolUse", outcome="done", session="a1", tool_use_id="t1").send()
    assert "ran: it was denied, and yet" in page(server, f"/records/{'c' * 16}")


def test_tables_name_the_sender(scene, tmp_path):
    """In CSV of the page, of a search and of an export."""
    query = "device:(victim OR liar)"
    run(scene, "export", query, "--to", tmp_path / "all.csv", "--format", "csv")
    asked = [page(scene, f"/records.csv?q={query}"), run(scene, "search", query, "--csv")]
    texts = [*asked, (tmp_path / "all.csv").read_text()]
    for text in texts:
        rows = csv.DictReader(io.StringIO(text))
        assert 3 * [("liar", "victim")] + 2 * [("victim", "")] == sorted(
            (row["device"], row["says_it_is"]) for row in rows
        )


def test_honest_devices_claim_nothing(shared):
    """Before a device has an id its records name none; only the collector knows it then."""
    _server, device = shared
    assert {"records": 3} == device("d1").record(2, device="").send()
    assert {"records": 3} == device("d2").record(2).send()


def test_renamed_laptop_is_told_of_until_it_enrols_anew(shared):
    """It sends under its old name; when that is revoked it enrols under the new one, and leaves the chain of the old one."""
    server, device = shared
    laptop = device("old").record(1)
    laptop.send()
    laptop.name = "new"
    assert "claim" == laptop.record(1).send()["alerts"]
    assert "old" == Memory(laptop.places.sync).device()
    server.keys.devices.revoke("old", "2026-05-01T12:00:00.000Z")
    assert "device" == laptop.record(1).send()["alerts"]
    assert {"records": 1} == laptop.record(1).send()  # no alert any more
    chains = [one["chain"] for one in server.get("/v1/chains")["chains"] if one["device"] == "new"]
    assert [line.chain for line in laptop.lines()][-1:] == chains


def test_the_collectors_own_kind_is_refused(shared):
    """Who read what is said by the collector alone; the client sets such a record aside and goes on."""
    server, device = shared
    laptop = device("reader").record(1).record(1, kind="READ", event="/v1/search").record(1)
    assert 1 == laptop.send()["refused"]
    kinds = [one["body"]["kind"] for one in server.get("/v1/search", q="device:reader")["records"]]
    assert ["gap", "decision", "decision", "genesis"] == kinds
    assert {"collector"} == {one["device"] for one in server.get("/v1/search", q="kind:read")["records"]}
