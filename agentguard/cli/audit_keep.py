"""`agentguard audit verify`, `erase` and `schema`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import click

from agentguard.cli.audit import collector_options, receipts_of, token_of
from agentguard.cli.common import QueryCommand, home_option, json_option, out, out_json, place_of_records, say
from agentguard.errors import AuditError, Refused, UsageError

if TYPE_CHECKING:
    from agentguard.audit.receipts import Receipt
    from agentguard.audit.verify import Finding, Report

_RECEIPTS_LIMIT = 64 * 1024 * 1024  # bytes
_FILE = click.Path(exists=True, dir_okay=False)


@click.command()
@click.option(
    "--file", "path", type=_FILE, help="Check the lines of this file instead of the spool: what `export` wrote."
)
@click.option("--sha256", metavar="HEX", default="", help="With --file: what `export` printed, the manifest's SHA-256.")
@click.option("--receipts", type=_FILE, help="The collector's receipts, one a line; with --key.")
@click.option("--key", "keys", multiple=True, metavar="HEX", help="A key that may sign receipts; repeatable.")
@collector_options
@home_option
@json_option
def verify(
    *,
    path: str | None,
    sha256: str,
    receipts: str | None,
    keys: tuple[str, ...],
    collector: str | None,
    token_file: str | None,
    home: str | None,
    as_json: bool,
) -> None:
    """Check that no record was changed, lost or added. Exit 3 if the log does not hold.

    Needs no network: the hashes of the chain and the collector's signed receipts are proof. What is missing is named.
    Every line of --receipts must be a receipt that one of the keys has signed.
    With --collector the collector's chains and alerts are checked too.

    A file that `export` wrote is checked with the manifest and the index beside it: each line that was changed, removed,
    added or put elsewhere is named, and so is what its query left out. Any other file must be a whole log.

    \b
    Examples:
      agentguard audit verify
      agentguard audit verify --file q3.jsonl --sha256 9a0b…
      agentguard audit verify --file all.jsonl --receipts receipts.ndjson --key 3f9c…
      agentguard audit verify --collector https://audit.example --token-file reader.token
    """
    from agentguard.audit import verify as checks  # noqa: PLC0415 - only when the command runs

    if bool(receipts) != bool(keys):
        raise UsageError("--receipts and --key go together", hint="`agentguard collector key` prints the key")
    places = place_of_records(home)
    kept, doubts = _given(receipts, keys) if receipts else ([] if path else receipts_of(places), [])
    if not path and not collector and not os.path.isdir(places.spool(os.getuid())):
        hint = "nothing was recorded by this person here; --home names another install"
        raise AuditError(f"there is no spool in {places.spool(os.getuid())}", hint=hint)
    report = _of_file(path, kept, sha256) if path else checks.verify(places.spool(os.getuid()), kept)
    report.findings += doubts
    value = report.as_json()
    if collector:
        from agentguard.audit import remote  # noqa: PLC0415

        there = remote.compare(collector, token_of(token_file), report)
        value = {**report.as_json(), "collector": there}
    if as_json:
        out_json(value)
    else:
        _print(report, value.get("collector", []))
    if not report.holds:
        raise Refused("the audit log does not hold")
    say(f"the audit log holds: {report.records} records")


def _given(path: str, keys: tuple[str, ...]) -> tuple[list[Receipt], list[Finding]]:
    """Return the receipts in a file; what is none is a finding, for whoever relies on receipts must know that."""
    from agentguard.audit import receipts  # noqa: PLC0415
    from agentguard.audit.verify import Finding  # noqa: PLC0415
    from agentguard.bundle import files  # noqa: PLC0415

    found, refused = receipts.parse(files.read(path, _RECEIPTS_LIMIT), keys)
    doubts = [Finding(f"{path}:{number}: {why}") for number, why in refused]
    if not found and not refused:
        doubts.append(Finding(f"{path} has no receipt"))
    return found, doubts


def _of_file(path: str, receipts: list[Receipt], sha256: str) -> Report:
    from agentguard.audit import lines, proof  # noqa: PLC0415
    from agentguard.audit import verify as checks  # noqa: PLC0415

    if proof.has_manifest(path):
        return proof.check(path, receipts, sha256)
    if sha256:
        raise UsageError(f"no manifest lies beside {path}", hint="leave --sha256 out: then it must be a whole log")
    with open(path, "rb") as file:
        rows = file.read().splitlines()
    if not rows:
        raise AuditError(f"{path} has no record")
    found = []
    for number, raw in enumerate(rows, 1):
        line = lines.parse(raw)
        line.file, line.number = os.path.basename(path), number
        found.append(line)
    return checks.check(found, receipts)


def _print(report: Report, there: list[dict[str, Any]]) -> None:
    for chain in report.chains:
        signed = "" if chain.signed is None else f"; the collector signed for it up to {chain.signed}"
        out(f"chain {chain.chain}: records {chain.first} to {chain.last}{signed}")
    for one in there:
        out(f"collector: chain {one['chain']} of {one['device']}: {one['first']} to {one['last']}")
    for finding in report.findings:
        out(f"{'broken' if finding.broken else 'note'}: {finding}")
    for name in report.aside:
        out(f"note: {name} was set aside")


@click.command(cls=QueryCommand)
@click.argument("query", nargs=-1, required=True, type=click.UNPROCESSED)
@click.option("--reason", required=True, help="Why; it stays in the log, so quote nothing of it.")
@click.option("--yes", is_flag=True, help="Do it. Without, only say how many records it would be.")
@home_option
@json_option
def erase(query: tuple[str, ...], *, reason: str, yes: bool, home: str | None, as_json: bool) -> None:
    """Take the texts of records away for good: paths, commands, reasons. Facts and hashes stay, and the chain verifies.

    Works on this person's spool. A tombstone in the log says which records, who and why; tombstones stay. What was sent
    to a collector is erased there, by whoever runs it: agentguard collector erase.

    \b
    Examples:
      agentguard audit erase id:3f9c0d5e21a7b684 --reason 'a customer name in a path'
      agentguard audit erase 'session:4711 path:/srv/customers/*' --reason 'request 12' --yes
    """
    import time  # noqa: PLC0415 - only when the command runs

    from agentguard import places as accounts  # noqa: PLC0415
    from agentguard.audit import erase as erasing  # noqa: PLC0415
    from agentguard.audit import source  # noqa: PLC0415
    from agentguard.bundle import seal  # noqa: PLC0415

    places = place_of_records(home)
    folder = places.spool(os.getuid())
    found = [
        one for one in source.Spool(folder).every(" ".join(query)) if one.texts and one.body.get("kind") != erasing.KIND
    ]
    device = str(seal.load_active(places, time.time()).local.get("device", ""))
    seqs = [one.body["seq"] for one in found]
    if not seqs:
        raise Refused("no record with texts is found", hint="agentguard audit search finds what is there")
    if yes:
        erasing.erase(folder, seqs, {"device": device, "user": accounts.account()[0]}, reason)
    if as_json:
        out_json({"erased" if yes else "would_erase": [one.body["id"] for one in found]})
    else:
        said = "the texts of {} are erased" if yes else "the texts of {} would be erased; --yes does it"
        say(said.format("1 record" if len(seqs) == 1 else f"{len(seqs)} records"))


@click.command()
def schema() -> None:
    """Print the JSON Schema (draft 2020-12) of a line of the log.

    \b
    Example:
      agentguard audit schema > record.schema.json
    """
    from agentguard.audit import schema as made  # noqa: PLC0415 - only when the command runs

    out(made.document().rstrip("\n"))
