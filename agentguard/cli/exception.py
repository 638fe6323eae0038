"""`agentguard exception`: ask for, grant, take up, list and take back exceptions to rules."""

from __future__ import annotations

import json
import os
import re
import time
from typing import TYPE_CHECKING

import click

from agentguard.cli import passphrase
from agentguard.cli.common import home_option, json_option, out, out_json, places_of, say, table
from agentguard.errors import Refused, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import BinaryIO, TextIO

_ID = re.compile(r"[0-9a-f]{16}")
_LIMIT = 65_536  # bytes of what is pasted or handed over
_to = click.option("--to", "publisher", metavar="DIR", help="The publisher's folder, as for `bundle publish`.")


@click.group()
def exception() -> None:
    """Ask for, grant, take up and take back exceptions to rules.

    \b
    Examples:
      agentguard exception request 3f9c0d5e21a7b684       what to send to the approver
      agentguard exception grant - --to acme -o e.json    the approver's answer
      agentguard exception install e.json                 in force here until it expires
    """


@exception.command()
@_to
@passphrase.passphrase_option
@passphrase.no_passphrase_option
@json_option
def init(publisher: str | None, passphrase_file: str | None, no_passphrase: bool, as_json: bool) -> None:
    """Give a publisher's folder the key that signs exceptions. `bundle init` makes one; older folders have none.

    Laptops accept what it signs once the policy has been published again.

    \b
    Example:
      agentguard exception init --to acme
    """
    from agentguard.bundle import grants  # noqa: PLC0415 - tuf only where it is needed
    from agentguard.bundle import publisher as publishing  # noqa: PLC0415

    folder = publishing.read(_folder(publisher))
    new = passphrase.new(passphrase_file, none=no_passphrase)
    name = grants.enable(folder, new, passphrase.existing(passphrase_file))
    if as_json:
        out_json({"folder": folder.folder, "key": name})
        return
    out(folder.key(name))
    say(f"next: agentguard bundle publish POLICY --to {publisher}")


@exception.command()
@click.argument("record_id", metavar="ID")
@home_option
@json_option
def request(record_id: str, home: str | None, as_json: bool) -> None:
    """Print what to send to the approver, for the denial with this ID. Works offline.

    \b
    Example:
      agentguard exception request 3f9c0d5e21a7b684
    """
    from agentguard.audit import ask, query, source  # noqa: PLC0415
    from agentguard.sync import granted  # noqa: PLC0415

    where = places_of(home)
    found, _complete = source.Spool(where.spool(os.getuid())).find(query.quoted("id", record_id), 1)
    if not found:
        raise Refused(f"there is no record {record_id}", hint="agentguard audit tail shows the newest ones")
    asked = ask.request(found[0].body, found[0].texts, granted.organisation(where))
    if why := granted.refused(where, asked["rule"]):
        raise Refused(why, hint=f"quote {record_id} to whoever publishes the policy")
    if as_json:
        out_json({**asked, "text": ask.text(asked)})
    else:
        out(ask.text(asked))
        say("send all of it to whoever grants exceptions: agentguard exception grant - --to DIR")


@exception.command()
@click.argument("file", metavar="REQUEST|-", type=click.File("r"))
@_to
@click.option("--days", type=click.IntRange(1), help="For how many days; as many as the policy allows if not given.")
@click.option("--wide", "wide", multiple=True, metavar="KEY", help="Leave this condition out (path, args, repo …).")
@click.option("--ticket", default="", help="Where this was decided.")
@click.option("--approver", default="", help="Who grants it; your account if not given.")
@click.option("--publish", "publishes", is_flag=True, help="Publish it with the bundle.")
@click.option("-o", "--output", type=click.Path(dir_okay=False), help="Write it to a file, to be handed over.")
@passphrase.passphrase_option
@json_option
def grant(
    file: TextIO,
    publisher: str | None,
    days: int | None,
    wide: Sequence[str],
    ticket: str,
    approver: str,
    publishes: bool,
    output: str | None,
    passphrase_file: str | None,
    as_json: bool,
) -> None:
    """Sign an exception for a request, in a file or on standard input (-).

    It lifts the rule for exactly the call that was denied. Each --wide KEY leaves a condition out.

    \b
    Examples:
      agentguard exception grant request.txt --to acme -o e.json
      agentguard exception grant - --to acme --days 2 --ticket SEC-1412 --publish
    """
    from agentguard import places  # noqa: PLC0415
    from agentguard.audit import ask  # noqa: PLC0415
    from agentguard.bundle import files, grants, repository  # noqa: PLC0415 - tuf only where it is needed
    from agentguard.bundle import publisher as publishing  # noqa: PLC0415

    if not publishes and not output:
        raise UsageError("say where the exception goes: -o FILE, to hand it over, or --publish")
    folder = publishing.read(_folder(publisher))
    asked = ask.parse(file.read(_LIMIT))
    chain = repository.check(folder.repo, {}, folder.anchor)
    grants.ready(folder, chain.targets)
    who = approver or places.account_name()
    found = grants.entry(asked, chain, days=days, approver=who, ticket=ticket, wide=wide)
    secret = passphrase.existing(passphrase_file)
    if output:
        files.replace(output, grants.document(folder, found, secret), 0o644)
    if publishes:
        grants.republish(folder, secret, add=[found])
    if as_json:
        out_json(found)
        return
    out("\n".join([*ask.summary(found), f"until    {found['expires']}", f"id       {found['id']}"]))
    if output:
        say(f"hand over {output}: agentguard exception install {os.path.basename(output)}")
    if publishes:
        say("published: laptops take it up with their next sync")


@exception.command()
@click.argument("file", metavar="FILE", type=click.File("rb"))
@home_option
@json_option
def install(file: BinaryIO, home: str | None, as_json: bool) -> None:
    """Take up an exception that was handed over. It holds here, offline too, until it expires.

    \b
    Example:
      agentguard exception install e.json
    """
    from agentguard.sync import granted  # noqa: PLC0415

    found = granted.install(places_of(home), file.read(_LIMIT))
    if as_json:
        out_json(found)
        return
    for entry in found:
        out(f"{entry['id']} lifts {entry['rule']} until {entry['expires']}")


@exception.command("list")
@_to
@home_option
@json_option
def list_(publisher: str | None, home: str | None, as_json: bool) -> None:
    """Show the exceptions that are here, or with --to those that are published.

    Of one that does not hold here, the state says why.

    \b
    Examples:
      agentguard exception list
      agentguard exception list --to acme
    """
    from agentguard.sync import granted  # noqa: PLC0415

    if publisher:
        from agentguard.bundle import grants  # noqa: PLC0415
        from agentguard.bundle import publisher as publishing  # noqa: PLC0415

        document = grants.published(publishing.read(publisher))
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        found = [
            {**entry, "problem": "expired" if entry["expires"] <= now else ""}
            for entry in (document.entries if document else ())
        ]
    else:
        found = granted.listed(places_of(home))
    if as_json:
        out_json(found)
        return
    rows = [
        [entry["id"], entry["rule"], entry["person"], entry["device"], entry["expires"], entry["problem"] or "holds"]
        for entry in found
    ]
    if rows:
        out(table(["id", "rule", "person", "device", "expires", "state"], rows))
    say(f"{len(rows)} exception{'' if len(rows) == 1 else 's'}")


@exception.command()
@click.argument("identifier", metavar="ID")
@_to
@passphrase.passphrase_option
@home_option
@json_option
def revoke(
    identifier: str, publisher: str | None, passphrase_file: str | None, home: str | None, as_json: bool
) -> None:
    """Take an exception back: everywhere with --to, else here.

    With --to it counts no more from the next sync of each laptop on, also where it was handed over as a file. Without, the
    file that was installed here is let go of.

    \b
    Examples:
      agentguard exception revoke 5b1d5f0e3b0b4f7e --to acme
      agentguard exception revoke 5b1d5f0e3b0b4f7e
    """
    if publisher:
        from agentguard.bundle import grants  # noqa: PLC0415
        from agentguard.bundle import publisher as publishing  # noqa: PLC0415

        if not _ID.fullmatch(identifier):
            what = f"{identifier} is no id of an exception: 16 digits and letters from a to f"
            raise UsageError(what, hint=f"agentguard exception list --to {publisher}; or what grant printed")
        folder = publishing.read(publisher)
        before = grants.published(folder)
        known = before is not None and any(entry["id"] == identifier for entry in before.entries)
        grants.republish(folder, passphrase.existing(passphrase_file), revoke=[identifier])
        if not known:
            say(f"{identifier} is not among those that are published: right if it was handed over as a file")
        said = f"{identifier} is taken back: laptops follow with their next sync"
    else:
        from agentguard.sync import granted  # noqa: PLC0415

        if not granted.remove(places_of(home), identifier):
            raise Refused(
                f"no exception {identifier} was handed over here", hint="agentguard exception list; or --to DIR"
            )
        said = f"{identifier} no longer holds here"
    if as_json:
        out(json.dumps({"id": identifier, "revoked": True}))
    else:
        say(said)


def _folder(publisher: str | None) -> str:
    if not publisher:
        raise UsageError("name the publisher's folder with --to DIR", hint="`agentguard bundle init` made it")
    return publisher
