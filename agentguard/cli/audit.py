"""`agentguard audit`: read, search and verify the audit log, on this laptop or at a collector."""

from __future__ import annotations

import json
import os
import time
from typing import TYPE_CHECKING, Any

import click

from agentguard.cli.common import home_option, json_option, out, out_json, places_of, say, table
from agentguard.errors import Refused, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from agentguard.audit.show import Seen
    from agentguard.places import Places

_MOST = 1_000_000  # records of one spool
_CONTEXT = {"help_option_names": ["-h", "--help"]}


def _server_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--server URL --token-file FILE`."""
    command = click.option(
        "--token-file", type=click.Path(exists=True, dir_okay=False), help="File with the reader's token."
    )(command)
    return click.option("--server", metavar="URL", help="Ask this collector instead of the local spool.")(command)


@click.group(context_settings=_CONTEXT)
def audit() -> None:
    """Read, search and verify the audit log.

    \b
    Examples:
      agentguard audit tail
      agentguard audit search 'verdict:deny since:24h'
      agentguard audit verify
    """


@audit.command()
@click.option(
    "-n", "--number", type=click.IntRange(1, 100_000), default=20, show_default=True, help="How many records."
)
@click.option("--raw", is_flag=True, help="Print the lines as they stand in the spool: what `policy replay` reads.")
@home_option
@json_option
def tail(number: int, raw: bool, home: str | None, as_json: bool) -> None:
    """Show the newest records of this person's spool.

    \b
    Examples:
      agentguard audit tail
      agentguard audit tail -n 100 --json
      agentguard audit tail -n 1000 --raw > calls.ndjson
    """
    from agentguard.audit import reader  # noqa: PLC0415 - only when a command runs
    from agentguard.audit.show import Seen  # noqa: PLC0415

    lines = reader.newest(places_of(home).spool(os.getuid()), number)
    for line in lines:
        if line.problem:
            say(f"{line.file}:{line.number}: {line.problem}")
    good = [line for line in lines if not line.problem]
    if raw:
        for line in good:
            out(line.raw.decode("ascii"))
    else:
        _print([Seen(line.body, line.texts, line.h) for line in good], as_json=as_json)


@audit.command(context_settings={"ignore_unknown_options": True})
@click.argument("query", nargs=-1, required=True, type=click.UNPROCESSED)
@click.option("--limit", type=click.IntRange(1, 1000), default=100, show_default=True, help="How many records at most.")
@click.option("--raw", is_flag=True, help="Print all that is found, one record a line: what `policy replay` reads.")
@_server_options
@home_option
@json_option
def search(
    query: tuple[str, ...],
    limit: int,
    raw: bool,
    server: str | None,
    token_file: str | None,
    home: str | None,
    as_json: bool,
) -> None:
    """Find records; the newest come first.

    \b
    Examples:
      agentguard audit search verdict:deny since:24h
      agentguard audit search 'rule:secrets/* -user:ci "push --force"'
      agentguard audit search 'path:/etc/*' --server https://audit.example --token-file reader.token
      agentguard audit search since:7d --server https://audit.example --token-file reader.token --raw > week.ndjson

    \b
    Terms, all of which must hold:
      KEY:VALUE   verdict would rule tool user device session path host command repo branch
                  bundle revision state action certainty kind event id and more; * is any text
      KEY:(a OR b)
      since:24h   until:2026-05-01
      "words"     anywhere in the record
      -TERM       not
      a OR b      alternatives, which parentheses set apart: (a OR b) c
    """
    if raw:
        for record in _every(" ".join(query), server, token_file, home):
            out(json.dumps({"b": record.body, "t": record.texts, "h": record.h}))
        return
    found, complete = _find(" ".join(query), limit, server, token_file, home)
    _print(found, as_json=as_json)
    if not complete:
        say(f"there may be more: these are the newest {len(found)}")


@audit.command()
@click.argument("record_id", metavar="ID")
@_server_options
@home_option
@json_option
def show(record_id: str, server: str | None, token_file: str | None, home: str | None, as_json: bool) -> None:
    """Show one record with its rows, its rule and the policy that it was decided under.

    \b
    Example:
      agentguard audit show 3f9c0d5e21a7b684
    """
    from agentguard.audit.show import details  # noqa: PLC0415

    found, _complete = _find(f'id:"{record_id}"', 1, server, token_file, home)
    if not found:
        raise Refused(f"there is no record {record_id}", hint="agentguard audit tail shows the newest ones")
    if as_json:
        out_json(found[0].as_json())
    else:
        out(details(found[0]))


@audit.command()
@_server_options
@home_option
@json_option
def verify(server: str | None, token_file: str | None, home: str | None, as_json: bool) -> None:
    """Check that no record was changed, lost or added. Exit 3 if the log does not hold.

    With --server the collector's chains and alerts are checked too.

    \b
    Examples:
      agentguard audit verify
      agentguard audit verify --server https://audit.example --token-file reader.token
    """
    from agentguard.audit import memory, remote  # noqa: PLC0415
    from agentguard.audit import verify as checks  # noqa: PLC0415

    places = places_of(home)
    report = checks.verify(places.spool(os.getuid()), memory.kept_receipts(places, os.getuid(), _receipt_keys(places)))
    value = report.as_json()
    if server:
        there = remote.compare(server, remote.token_of(_token_file(token_file)), report)
        value = {**report.as_json(), "collector": there}
    if as_json:
        out_json(value)
    else:
        for chain in report.chains:
            out(f"chain {chain.chain}: records {chain.first} to {chain.last}")
        for chain in value.get("collector", []):
            out(f"collector: chain {chain['chain']} of {chain['device']}: {chain['first']} to {chain['last']}")
        for finding in report.findings:
            out(f"{'broken' if finding.broken else 'note'}: {finding}")
        for name in report.aside:
            out(f"note: {name} was set aside")
    if not report.holds:
        raise Refused("the audit log does not hold")
    say(f"the audit log holds: {report.records} records")


def _every(text: str, server: str | None, token_file: str | None, home: str | None) -> Iterable[Seen]:
    """Return all records that a query finds, newest first."""
    if not server:
        return _find(text, _MOST, None, None, home)[0]
    from agentguard.audit import remote  # noqa: PLC0415

    return remote.every(server, remote.token_of(_token_file(token_file)), text)


def _find(
    text: str, limit: int, server: str | None, token_file: str | None, home: str | None
) -> tuple[list[Seen], bool]:
    if server:
        from agentguard.audit import remote  # noqa: PLC0415

        return remote.search(server, remote.token_of(_token_file(token_file)), text, limit)
    from agentguard.audit import search as local  # noqa: PLC0415

    return local.search(places_of(home).spool(os.getuid()), text, limit, time.time())


def _print(records: list[Seen], *, as_json: bool) -> None:
    from agentguard.audit.show import HEADINGS, row  # noqa: PLC0415

    if as_json:
        out_json([record.as_json() for record in records])
    elif records:
        out(table(HEADINGS, [row(record) for record in records]))
    else:
        say("no records")


def _token_file(path: str | None) -> str:
    if not path:
        raise UsageError(
            "--server needs --token-file", hint="at the collector: agentguard collector token create NAME > FILE"
        )
    return path


def _receipt_keys(places: Places) -> list[str]:
    """Return the keys that may sign receipts, from the verified bundle."""
    from agentguard.bundle import seal  # noqa: PLC0415

    keys = (seal.load_active(places, time.time()).custom.get("collector") or {}).get("receipt_keys", [])
    return [str(key) for key in keys]
