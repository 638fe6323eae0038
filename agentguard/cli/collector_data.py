"""`agentguard collector …` on a data folder: tokens, devices, the index. A server that runs sees what is done here."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

import click

from agentguard.cli.common import json_option, out, out_json, say, table
from agentguard.errors import ConfigError, Refused, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from agentguard.collector.keys import Keys

_CONTEXT = {"help_option_names": ["-h", "--help"]}
_KEPT = {
    "read": "Who read what at this collector.",
    "other": "Events, and what has no verdict.",
    "deny": "Calls that were denied.",
    "ask": "Calls that a person was asked about.",
    "allow": "Calls that were allowed.",
}
_SCOPES = ("admin", "search", "fleet")
FILE = click.Path(exists=True, dir_okay=False)
data_option = click.option(
    "--data", required=True, type=click.Path(file_okay=False, resolve_path=True), help="The collector's data folder."
)


@click.group(context_settings=_CONTEXT)
def token() -> None:
    """Give people tokens to read with, list and revoke them.

    \b
    Examples:
      agentguard collector token create --data /srv/collector alice --scope search > alice.token
      agentguard collector token list --data /srv/collector
      agentguard collector token revoke --data /srv/collector alice
    """


@token.command("create")
@data_option
@click.argument("name")
@click.option("--scope", type=click.Choice(_SCOPES), default="search", show_default=True, help="What it allows.")
def token_create(data: str, name: str, scope: str) -> None:
    """Print a new token; it is kept as its hash, so this is the only time.

    search: records, devices and alerts; fleet: devices, alerts and counts, no records; admin: all, and tokens.

    \b
    Example:
      agentguard collector token create --data /srv/collector alice --scope search > alice.token
    """
    from agentguard.collector.admin import is_name  # noqa: PLC0415 - only when a command runs

    readers = keys_of(data).readers
    if not is_name(name):
        raise UsageError(f"{name!r} is no name for a token", hint="use up to 64 letters, digits, and . - _ @")
    if any(one.name == name and not one.revoked for one in readers.all()):
        hint = f"agentguard collector token revoke --data {data} {name}"
        raise Refused(f"there is a token {name} already", hint=hint)
    out(readers.give(name, scope, _now()))


@token.command("list")
@data_option
@json_option
def token_list(data: str, as_json: bool) -> None:
    """Show who may read.

    \b
    Example:
      agentguard collector token list --data /srv/collector
    """
    tokens = keys_of(data).readers.all()
    if as_json:
        out_json([one._asdict() for one in tokens])
    else:
        out(table(("name", "scope", "since", "revoked"), [tuple(one) for one in tokens]))


@token.command("revoke")
@data_option
@click.argument("name")
def token_revoke(data: str, name: str) -> None:
    """Make a person's token worthless, at once.

    \b
    Example:
      agentguard collector token revoke --data /srv/collector alice
    """
    if not keys_of(data).readers.revoke(name, _now()):
        raise Refused(f"{name} has no token", hint=f"agentguard collector token list --data {data}")
    say(f"revoked the token of {name}")


@click.group(context_settings=_CONTEXT)
def device() -> None:
    """List the devices that send records; revoke one, or let it in again.

    \b
    Examples:
      agentguard collector device list --data /srv/collector
      agentguard collector device revoke --data /srv/collector laptop-7
    """


@device.command("list")
@data_option
@json_option
def device_list(data: str, as_json: bool) -> None:
    """Show every token that a device was given.

    \b
    Example:
      agentguard collector device list --data /srv/collector
    """
    tokens = keys_of(data).devices.all()
    if as_json:
        out_json([{"name": one.name, "at": one.at, "revoked": one.revoked} for one in tokens])
    else:
        out(table(("device", "enrolled", "revoked"), [(one.name, one.at, one.revoked) for one in tokens]))


@device.command("revoke")
@data_option
@click.argument("name")
def device_revoke(data: str, name: str) -> None:
    """Take nothing more from a device, and do not let it enrol under this name.

    \b
    Example:
      agentguard collector device revoke --data /srv/collector laptop-7
    """
    if not keys_of(data).devices.revoke(name, _now()):
        raise Refused(f"{name} has no token", hint=f"agentguard collector device list --data {data}")
    say(f"revoked {name}; whoever knows the enrol secret can still enrol under another name")


@device.command("allow")
@data_option
@click.argument("name")
def device_allow(data: str, name: str) -> None:
    """Let a revoked device enrol again.

    \b
    Example:
      agentguard collector device allow --data /srv/collector laptop-7
    """
    if not keys_of(data).devices.let_in(name, _now()):
        raise Refused(f"{name} is not revoked", hint=f"agentguard collector device list --data {data}")
    say(f"{name} may enrol again")


@click.command("enrol-secret")
@data_option
@click.option("--new", is_flag=True, help="Replace it: devices that are enrolled stay so.")
def enrol_secret(data: str, new: bool) -> None:
    """Print what a new device must say.

    \b
    Examples:
      agentguard collector enrol-secret --data /srv/collector
      agentguard collector enrol-secret --data /srv/collector --new
    """
    keys = keys_of(data)
    out(keys.new_enrol_secret() if new else keys.enrol_secret)


@click.command()
@data_option
@json_option
def reindex(data: str, as_json: bool) -> None:
    """Make the ledger and the index again from the landing log, and check every record in it. The server must not run.

    \b
    Example:
      agentguard collector reindex --data /srv/collector
    """
    from agentguard.collector import rebuild  # noqa: PLC0415

    count, alerts = rebuild.reindex(keys_of(data), time.time())
    if as_json:
        out_json({"records": count, "alerts": alerts})
    else:
        _say_alerts(alerts)
        say(f"indexed {count} records")


@click.command()
@data_option
@json_option
def check(data: str, as_json: bool) -> None:
    """Check every record of the landing log: hashes, texts, missing numbers. Exit 3 if it finds what no alert says yet.

    What it finds becomes an alert. The server must not run.

    \b
    Example:
      agentguard collector check --data /srv/collector
    """
    from agentguard.collector import rebuild  # noqa: PLC0415

    alerts = rebuild.check(keys_of(data), time.time())
    if as_json:
        out_json({"alerts": alerts})
    else:
        _say_alerts(alerts)
    if alerts:
        raise Refused("the landing log is not what was signed for", hint="audit verify --collector lists all alerts")
    say("the landing log is what was signed for, but for what alerts say already")


def _say_alerts(alerts: list[dict[str, Any]]) -> None:
    for one in alerts:
        out(
            f"{one['alert']}: {one['first']} to {one['last']} of chain {one['chain']} of {one['device']}: {one['about']}"
        )


@click.command("accept-loss")
@data_option
@click.option("--yes", is_flag=True, help="Do it. Without, only say what is missing.")
@json_option
def accept_loss(data: str, yes: bool, as_json: bool) -> None:
    """Go on though records that were signed for are gone from the landing log. The server must not run.

    An alert `lost` stays for each chain, with the numbers; the ledger and the index that still know them are put aside.
    Put the files of landing/ back instead if you can.

    \b
    Examples:
      agentguard collector accept-loss --data /srv/collector
      agentguard collector accept-loss --data /srv/collector --yes
    """
    from agentguard.collector import loss  # noqa: PLC0415

    keys = keys_of(data)
    aside = ""
    try:
        found, aside = loss.accept(keys, time.time()) if yes else (loss.find(keys), "")
    except OSError as error:
        raise ConfigError(f"{data} cannot be changed: {error}") from None
    if as_json:
        files = [one._asdict() for one in found.files]
        out_json({"files": files, "records": [one._asdict() for one in found.records], "aside": aside})
    for one in [] if as_json else [*found.files, *found.records]:
        out(str(one))
    if not found.files:
        say("nothing is missing")
    elif yes:
        say(f"went on without them; what knew them is in {aside}")
    else:
        say("nothing was changed; --yes goes on without them")


@click.command(context_settings={"ignore_unknown_options": True})
@data_option
@click.argument("query", nargs=-1, required=True, type=click.UNPROCESSED)
@click.option("--reason", required=True, help="Why; it stays in the log.")
@click.option("--yes", is_flag=True, help="Do it. Without, only say how many records it would be.")
@json_option
def erase(data: str, query: tuple[str, ...], reason: str, yes: bool, as_json: bool) -> None:
    """Take the texts of records away for good: paths, commands, reasons. Facts and hashes stay. The server must not run.

    They go from the landing log, with their salts, and no word of them is found any more. A tombstone in the collector's
    own chain says which records, who and why: kind:erasure finds it.

    \b
    Examples:
      agentguard collector erase --data /srv/collector id:3f9c0d5e21a7b684 --reason 'a customer name in a path'
      agentguard collector erase --data /srv/collector 'device:laptop-7 path:/srv/customers/*' --reason 'request 12' --yes
    """
    from agentguard import places  # noqa: PLC0415
    from agentguard.collector import erasing  # noqa: PLC0415

    found = erasing.erase(keys_of(data), " ".join(query), reason, places.account()[0], really=yes)
    if not found:
        raise Refused("no record with texts is found", hint="agentguard audit search --collector finds what is there")
    if as_json:
        records = [{"chain": one.chain, "seq": one.seq, "device": one.device} for one in found]
        out_json({"erased" if yes else "would_erase": records})
    else:
        said = "the texts of {} are erased" if yes else "the texts of {} would be erased; --yes does it"
        say(said.format("1 record" if len(found) == 1 else f"{len(found)} records"))


def _days_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add an option for the days of each verdict."""
    for name, text in _KEPT.items():
        days = click.IntRange(1, 36_500)
        command = click.option(f"--{name}", type=days, metavar="DAYS", help=text)(command)
    return command


@click.command()
@data_option
@_days_options
@json_option
def retention(data: str, as_json: bool, **days: int | None) -> None:
    """Show for how many days records are kept, or set it. A server that runs enforces it within the hour.

    \b
    Examples:
      agentguard collector retention --data /srv/collector
      agentguard collector retention --data /srv/collector --allow 14 --deny 730
    """
    from agentguard.collector import retention as kept  # noqa: PLC0415

    keys = keys_of(data)
    found = kept.load(keys) | {name: count for name, count in days.items() if count is not None}
    if any(count is not None for count in days.values()):
        kept.save(keys, found)
    if as_json:
        out_json(found)
    else:
        out(table(("records", "days"), [(name, str(count)) for name, count in found.items()]))


@click.command()
@data_option
@json_option
def retain(data: str, as_json: bool) -> None:
    """Remove what has been kept long enough. The server must not run; it does the same every hour.

    \b
    Example:
      agentguard collector retain --data /srv/collector
    """
    from agentguard.collector import rebuild  # noqa: PLC0415

    removed, files = rebuild.retain(keys_of(data), time.time())
    if as_json:
        out_json({"removed": removed, "landing_files": files})
    else:
        for name, count in removed.items():
            say(f"removed {count} records of kind {name}")
        say(f"deleted {len(files)} files of the landing log")


def keys_of(data: str, *, make: bool = False) -> Keys:
    """Return the keys in a data folder. Raises `ConfigError` if there is none and none is to be made."""
    from agentguard.collector.keys import Keys  # noqa: PLC0415

    if not make and not os.path.isdir(data):
        raise ConfigError(f"there is no collector in {data}", hint=f"agentguard collector init --data {data}")
    return Keys(data)


def _now() -> str:
    from agentguard.audit.record import stamp  # noqa: PLC0415

    return stamp(time.time())
