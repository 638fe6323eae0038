"""`agentguard audit`: read, search and keep the audit log, on this laptop or at a collector."""

from __future__ import annotations

import functools
import math
import os
import sys
from typing import TYPE_CHECKING, Any

import click

from agentguard.cli.common import (
    LazyGroup,
    QueryCommand,
    home_option,
    json_option,
    out,
    out_json,
    place_of_records,
    say,
    table,
)
from agentguard.errors import Refused, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from agentguard.audit.receipts import Receipt
    from agentguard.audit.show import Seen
    from agentguard.audit.source import Source
    from agentguard.places import Places

_PAGE = 1000  # records that a collector gives at once
_MODULE = "agentguard.cli.audit_keep"
_LAZY = {
    "verify": (_MODULE, "verify", "Check that no record was changed, lost or added."),
    "erase": (_MODULE, "erase", "Take the texts of records away for good; the chain still verifies."),
    "schema": (_MODULE, "schema", "Print the JSON Schema of a record."),
}


@click.group(cls=LazyGroup, lazy=_LAZY, context_settings={"help_option_names": ["-h", "--help"]})
def audit() -> None:
    """Read, search, verify and keep the audit log.

    \b
    Examples:
      agentguard audit tail
      agentguard audit search 'verdict:deny since:24h'
      agentguard audit show 3f9c0d5e21a7b684
      agentguard audit verify
    """


def collector_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--collector URL --token-file FILE`."""
    command = click.option(
        "--token-file", type=click.Path(exists=True, dir_okay=False), help="File with the reader's token."
    )(command)
    return click.option("--collector", metavar="URL", help="Ask this collector instead of the local spool.")(command)


def _reads(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say where records are read from; the command gets that as `source`."""

    @functools.wraps(command)
    def run(*, collector: str | None, token_file: str | None, home: str | None, **rest: Any) -> Any:
        return command(source=_source(collector, token_file, home), **rest)

    return collector_options(home_option(run))


def _source(collector: str | None, token_file: str | None, home: str | None) -> Source:
    from agentguard.audit import source  # noqa: PLC0415 - only when a command runs

    if collector:
        return source.Collector(collector, token_of(token_file))
    places = place_of_records(home)
    return source.Spool(places.spool(os.getuid()), functools.partial(receipts_of, places))


@audit.command()
@click.option(
    "-n", "--number", type=click.IntRange(1, 100_000), default=20, show_default=True, help="How many records."
)
@click.option(
    "--raw", is_flag=True, help="Print one record a line, as it stands in the spool: what `policy replay` reads."
)
@click.option(
    "--outgoing", is_flag=True, help="Print exactly the bytes that will leave this laptop next, and nothing else."
)
@collector_options
@home_option
@json_option
def tail(
    *,
    number: int,
    raw: bool,
    outgoing: bool,
    collector: str | None,
    token_file: str | None,
    home: str | None,
    as_json: bool,
) -> None:
    """Show the newest records, the newest last.

    `--outgoing` prints every record that the collector has not signed for, byte for byte as the upload sends it (there
    it is compressed on the way).

    \b
    Examples:
      agentguard audit tail
      agentguard audit tail -n 100 --json
      agentguard audit tail -n 1000 --raw > calls.ndjson
      agentguard audit tail --outgoing
    """
    if outgoing:
        if collector:
            raise UsageError("--outgoing is about this laptop", hint="leave --collector out")
        _outgoing(place_of_records(home))
        return
    if collector:
        source = _source(collector, token_file, home)
        found = source.find("", min(number, _PAGE))[0][::-1]
        _say_lacks(source)
    else:
        found = _newest(place_of_records(home), number)
    if raw:
        for record in found:
            out(record.raw.decode("ascii"))
    else:
        _print(found, as_json=as_json)


def _newest(places: Places, number: int) -> list[Seen]:
    """Return the newest records of the spool; say which lines are none."""
    from agentguard.audit import reader  # noqa: PLC0415
    from agentguard.audit.show import Seen  # noqa: PLC0415

    lines = reader.newest(places.spool(os.getuid()), number)
    for line in lines:
        if line.problem:
            say(f"{line.file}:{line.number}: {line.problem}")
    return [Seen(line.body, line.texts, line.h, raw=line.raw) for line in lines if not line.problem]


def _outgoing(places: Places) -> None:
    from agentguard.audit import unsent  # noqa: PLC0415
    from agentguard.audit.memory import Memory  # noqa: PLC0415

    acknowledged = Memory(places.sync).acknowledged(os.getuid())
    for line in unsent.waiting(places.spool(os.getuid()), acknowledged, math.inf):
        out(line.raw.decode("ascii"))


@audit.command(cls=QueryCommand)
@click.argument("query", nargs=-1, required=True, type=click.UNPROCESSED)
@click.option("--limit", type=click.IntRange(1, 1000), default=100, show_default=True, help="How many records at most.")
@click.option("--raw", is_flag=True, help="Print all that is found, one record a line: what `policy replay` reads.")
@click.option("--csv", "as_csv", is_flag=True, help="Print a CSV that no spreadsheet takes for formulas.")
@_reads
@json_option
def search(query: tuple[str, ...], *, limit: int, raw: bool, as_csv: bool, source: Source, as_json: bool) -> None:
    """Find records; the newest come first.

    \b
    Examples:
      agentguard audit search verdict:deny since:24h
      agentguard audit search 'rule:secrets/* -user:ci "push --force"'
      agentguard audit search 'path:"/etc/*" (tool:Bash OR tool:Write)' --csv
      agentguard audit search 'path:/etc/*' --collector https://audit.example --token-file reader.token

    \b
    Terms, all of which must hold:
      KEY:VALUE   verdict would rule tool user device session path host command repo branch
                  bundle revision state action certainty kind event id and more; * is any text
      KEY:(a OR b)
      since:24h   until:2026-05-01   happened-since:2026-05-01 (by the device's clock)
      "words"     anywhere in the record
      -TERM       not
      a OR b      alternatives, which parentheses set apart: (a OR b) c
    """
    text = " ".join(query)
    if raw:
        for record in source.every(text):
            out(record.raw.decode("ascii"))
        _say_lacks(source)
        return
    found, complete = source.find(text, limit)
    if as_csv:
        from agentguard.audit import export as files  # noqa: PLC0415

        for piece in files.table(found):
            sys.stdout.write(piece.decode())
    else:
        _print(found, as_json=as_json)
    if not complete:
        say(f"there may be more: these are the newest {len(found)}")
    _say_lacks(source)


@audit.command()
@click.argument("record_id", metavar="ID")
@click.option(
    "--around",
    type=click.IntRange(0, 1000),
    default=5,
    show_default=True,
    help="Records of its session before and after.",
)
@_reads
@json_option
def show(record_id: str, *, around: int, source: Source, as_json: bool) -> None:
    """Show one record whole: its rows, rule and policy, how the call ended, its chain, its session before and after.

    \b
    Examples:
      agentguard audit show 3f9c0d5e21a7b684
      agentguard audit show 3f9c0d5e21a7b684 --around 20 --json
    """
    from agentguard.audit import whole  # noqa: PLC0415
    from agentguard.audit.show import details  # noqa: PLC0415

    found = whole.whole(source, record_id, around)
    _say_lacks(source)
    if not found:
        raise Refused(f"there is no record {record_id}", hint="agentguard audit tail shows the newest ones")
    if as_json:
        out_json(found.as_json())
    else:
        out("\n".join([details(found.record), *whole.text(found)]))


@audit.command(cls=QueryCommand)
@click.argument("query", nargs=-1, type=click.UNPROCESSED)
@_reads
@json_option
def stats(query: tuple[str, ...], *, source: Source, as_json: bool) -> None:
    """Count records: by verdict, rule, tool, person and day, and how asks and denials ended.

    A denial that ended as "ran" was not stopped: the client says that the call is done. Its id is printed last.

    \b
    Examples:
      agentguard audit stats
      agentguard audit stats verdict:deny since:92d
      agentguard audit stats since:7d would:deny --json
    """
    from agentguard.audit import stats as counting  # noqa: PLC0415

    found = counting.stats(source, " ".join(query))
    _say_lacks(source)
    if as_json:
        out_json({**found, **source.lacks.as_json()})
        return
    period = f", from {found['from']} until {found['until']}" if found["records"] else ""
    out(f"{found['records']} record{'' if found['records'] == 1 else 's'}{period}")
    for name, counts in found.items():
        if isinstance(counts, dict) and counts:
            out("\n" + table([name.upper(), ""], [[key, str(count)] for key, count in counts.items()]))
    if found["ran"]:
        out("\n" + table(["DENIED, AND YET IT RAN"], [[record] for record in found["ran"]]))


@audit.command(cls=QueryCommand)
@click.argument("query", nargs=-1, type=click.UNPROCESSED)
@click.option(
    "--to", "path", required=True, type=click.Path(dir_okay=False), metavar="FILE", help="A file that is not there yet."
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["jsonl", "csv"]),
    default="jsonl",
    show_default=True,
    help="Whole records, or a table.",
)
@_reads
@json_option
def export(query: tuple[str, ...], *, path: str, form: str, source: Source, as_json: bool) -> None:
    """Write all records that are found to a file, and a manifest of counts and digests beside it.

    JSON lines are exactly those that the devices wrote, so that `audit verify --file` can check them anywhere. Keep the
    SHA-256 that this prints apart from the files: it is the manifest's, and stands for every byte of the export.

    \b
    Examples:
      agentguard audit export --to all.jsonl
      agentguard audit export 'verdict:deny since:90d' --to denials.csv --format csv
      agentguard audit export since:90d --to q3.jsonl --collector https://audit.example --token-file reader.token
    """
    from agentguard.audit import export as files  # noqa: PLC0415

    try:
        manifest = files.write(path, form, source, " ".join(query))
    except OSError as error:
        raise UsageError(f"{error.filename or path} cannot be written: {error.strerror}") from None
    _say_lacks(source)
    if as_json:
        out_json(manifest)
    else:
        say(f"{manifest['records']} records in {path}; SHA-256 of its manifest: {manifest['manifest']['sha256']}")


def _say_lacks(source: Source) -> None:
    """Say why what was found may not be all."""
    for sentence in source.lacks.sentences():
        say(sentence)


def _print(records: list[Seen], *, as_json: bool) -> None:
    from agentguard.audit import show as showing  # noqa: PLC0415

    if as_json:
        out_json([record.as_json() for record in records])
    elif records:
        out(table(*showing.table(records)))
    else:
        say("no records")


def token_of(path: str | None) -> str:
    """Return the reader's token in the file of `--token-file`. Raises `UsageError` and `ConfigError`."""
    from agentguard.audit import remote  # noqa: PLC0415

    if not path:
        hint = "at the collector: agentguard collector token create NAME > FILE"
        raise UsageError("--collector needs --token-file", hint=hint)
    return remote.token_of(path)


def receipts_of(places: Places) -> list[Receipt]:
    """Return the receipts that are kept for this person's spool, signed by a key of the verified bundle."""
    import time  # noqa: PLC0415

    from agentguard.audit import memory  # noqa: PLC0415
    from agentguard.bundle import seal  # noqa: PLC0415

    keys = (seal.load_active(places, time.time()).custom.get("collector") or {}).get("receipt_keys", [])
    return memory.kept_receipts(places, os.getuid(), [str(key) for key in keys])
