"""`agentguard report`: what would have been blocked or asked."""

from __future__ import annotations

import os

import click

from agentguard.cli.common import home_option, json_option, out, out_json, place_of_records, say, table
from agentguard.errors import UsageError

_COUNTS = ["DENY", "ASK"]


@click.command()
@click.option("--since", default="7d", show_default=True, metavar="TIME", help="From when: 12h, 7d, 4w, 2026-05-01.")
@click.option("--until", default="", metavar="TIME", help="Until when (now).")
@click.option("--collector", "url", metavar="URL", help="Ask this collector for the whole fleet's records.")
@click.option("--token-file", type=click.Path(exists=True, dir_okay=False), help="File with the reader's token.")
@home_option
@json_option
def report(since: str, until: str, url: str | None, token_file: str | None, home: str | None, as_json: bool) -> None:
    """Show what would have been blocked or asked, by rule, by person and by repository.

    Looks at this person's own records, or at those of a collector; there the time of arrival counts.

    \b
    Examples:
      agentguard report
      agentguard report --since 24h --json
      agentguard report --collector https://audit.example --token-file reader.token --since 2026-05-01 --until 2d
    """
    from agentguard.deploy import report as reports  # noqa: PLC0415 - only when the command runs

    when = reports.span(since, until)
    asked = None
    if url:
        if not token_file:
            hint = "at the collector: agentguard collector token create NAME > FILE"
            raise UsageError("--collector needs --token-file", hint=hint)
        from agentguard.audit import remote, source  # noqa: PLC0415 - only for a collector

        asked = source.Collector(url, remote.token_of(token_file))
        entries = reports.collected(asked.every(reports.wanted(when)))
    else:
        where = place_of_records(home)
        if not os.path.isdir(where.spool(os.getuid())):
            say(
                f"no call of yours was ever recorded in {where.spools}: agentguard doctor says whether the guard is in force"
            )
        entries = reports.local(where)
    found = reports.report(entries, when)
    for sentence in asked.lacks.sentences() if asked else []:
        say(sentence)
    if as_json:
        out_json(found)
        return
    calls = f"{found['calls']} tool call{'' if found['calls'] == 1 else 's'}"
    time = f"From {found['since']} until {found['until']}" if until else f"Since {found['since']}"
    out(
        f"{time}: {calls}; the policy denies {found['would_deny']} of them "
        f"(really denied: {found['denied']}) and asks about {found['would_ask']} (really asked: {found['asked']})."
    )
    if found["rules"]:
        rows = [
            [
                rule["rule"],
                rule["deny"],
                rule["ask"],
                rule["people"],
                rule["last"][:16].replace("T", " "),
                rule["examples"][0],
            ]
            for rule in found["rules"]
        ]
        out("\n" + table(["RULE", *_COUNTS, "PEOPLE", "LAST (UTC)", "EXAMPLE"], rows))
        for key, listed in (("person", found["people"]), ("repository", found["repositories"])):
            rows = [[one[key], one["deny"], one["ask"]] for one in listed]
            out("\n" + table([key.upper(), *_COUNTS], rows))
    if found["unreadable"]:
        say(f"{found['unreadable']} lines of the audit log cannot be read: run `agentguard audit verify`")
