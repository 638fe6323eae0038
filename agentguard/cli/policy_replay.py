"""`agentguard policy replay`: what a policy would change about calls that happened."""

from __future__ import annotations

import gc
import os
import sys
from typing import TYPE_CHECKING

import click

from agentguard.audit import show
from agentguard.cli.common import home_option, json_option, out, out_json, out_line, progress, say, table
from agentguard.cli.policy import bundle_option, compiled, holder, reader, role_option
from agentguard.errors import ConfigError, Refused, UsageError
from agentguard.policy.model import OBSERVE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from agentguard.policy.tally import Summary

_GARBAGE = 50_000  # objects more than are gone, before looking for rings of them
_NAMED = 3  # rules beside a kind of change
_LISTED = 20  # persons and repositories


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@bundle_option
@role_option
@click.option("--max-new-denials", type=click.IntRange(0), metavar="N", help="Exit 3 if more calls become denied.")
@click.option("--max-new-asks", type=click.IntRange(0), metavar="N", help="Exit 3 if more calls become questions.")
@click.option("--max-undecidable", type=click.FloatRange(0, 100), metavar="PERCENT", help="Exit 3 beyond this share.")
@click.option("--unknown", is_flag=True, help="List the programs that agentguard knows nothing about, by frequency.")
@click.option("--summary", is_flag=True, help="Print the sums alone; with --json, as JSON.")
@click.option("--cwd", type=click.Path(file_okay=False), help="The working directory of lines that name none.")
@home_option
@json_option
@click.pass_context
def replay(
    ctx: click.Context,
    files: tuple[str, ...],
    bundle: str,
    roles: tuple[str, ...],
    max_new_denials: int | None,
    max_new_asks: int | None,
    max_undecidable: float | None,
    unknown: bool,
    summary: bool,
    cwd: str | None,
    home: str | None,
    as_json: bool,
) -> None:
    """Say what a policy would change about calls that happened.

    FILE is NDJSON, of hook payloads and audit records in any order; - is standard input. Payloads are interpreted again
    on the files of this machine, as of somebody with the roles that --role names; of a record the rows count, and one that
    has hidden what a rule asks for is undecidable.
    Exit 0 within the limits, 3 beyond one, 1 if a line cannot be read.

    \b
    Examples:
      agentguard policy replay calls.ndjson
      agentguard policy replay records.ndjson --bundle my-policy --max-new-denials 0 --json
      agentguard audit tail -n 1000 --raw | agentguard policy replay - --bundle my-policy --summary
      agentguard policy replay calls.ndjson --unknown
    """
    from agentguard.policy import engine, setting, tally  # noqa: PLC0415
    from agentguard.policy import replay as replaying  # noqa: PLC0415

    if cwd and not os.path.isdir(cwd):
        say(f"there is no folder {cwd} on this machine, so no file in it counts")
    data = compiled(bundle)
    who = holder(engine.load(data), roles) if roles else setting.NOBODY
    tools = replaying.Tools(os.path.abspath(cwd or os.getcwd()), home, reader(), who)
    player = replaying.Replay(data, tools, unknown=unknown, rows=as_json and not summary)
    gc.freeze()  # what is loaded now stays, and calls leave little behind
    gc.set_threshold(_GARBAGE)
    found = tally.Summary()
    for name, line in _lines(files):
        result = player.line(line, name)
        if result is None:
            continue
        found.add(result)
        if isinstance(result, replaying.Bad):
            say(f"{result.id}: {result.problem}")
            if as_json and not summary:
                out_line(result._asdict())
        elif as_json and not summary:
            out_line(result.to_json())
    if not found.total and not found.bad:
        what = f"there is no call in {', '.join(files)}, so nothing was tried"
        raise ConfigError(what, hint="a line is a hook payload, or a record of a decision: agentguard audit tail --raw")
    if as_json and summary:
        out_json(found.to_json())
    if unknown and not as_json:
        named = sorted(found.unknown.items(), key=lambda one: (-one[1], one[0]))
        if named:
            out(table(("program", "calls"), [(program, str(count)) for program, count in named]))
        else:
            out("agentguard knows all programs of these calls")
    (say if as_json or unknown else out)(_sums(found))
    if player.policy.mode == OBSERVE:
        say("the policy only observes, so what is new is what it would do")
    beyond = found.beyond(max_new_denials, max_new_asks, max_undecidable)
    if beyond:
        raise Refused(
            "; ".join(beyond), hint="the table above names the rules; agentguard policy replay --json, the calls"
        )
    if found.bad:
        say(f"{found.bad} line{'' if found.bad == 1 else 's'} could not be read")
        ctx.exit(1)


def _lines(files: tuple[str, ...]) -> Iterator[tuple[str, bytes]]:
    """Yield (file:number, line) of every line; draw a bar as long as the files say how long they are."""
    total = sum(os.path.getsize(name) for name in files if name != "-" and os.path.isfile(name))
    draw, done, shown = progress("replaying", "%"), 0, 0
    for name in files:
        try:
            stream: BinaryIO = sys.stdin.buffer if name == "-" else open(name, "rb")  # noqa: SIM115 - closed below
        except OSError as error:
            what = f"{name} cannot be read: {error.strerror}"
            raise UsageError(what, hint="name files of calls, one a line; - is standard input") from None
        with stream:
            for number, line in enumerate(stream, 1):
                yield f"{name}:{number}", line
                done += len(line)
                if total and done * 100 // total > shown:
                    shown = done * 100 // total
                    draw(min(done, total), total)


def _sums(found: Summary) -> str:
    """Return the counts of a replay for a person: what changes, by which rules, for whom and where."""
    counts = found.to_json()
    rows = [("calls", str(counts["calls"]), "")]
    rows += [(effect, str(count), "") for effect, count in counts["effects"].items()]
    for kind, count in counts["changed"].items():
        rules = counts["by_rule"].get(kind, {})
        named = ", ".join(f"{rule or 'default'} {many}" for rule, many in list(rules.items())[:_NAMED])
        rows.append((kind, str(count), named))
    for kind, score in counts["expected"].items():
        rows.append((f"expected {kind}", f"{score['met']} of {score['calls']}", ""))
    parts = [table(("", "count", "rules"), rows)]
    for key, heading in (("by_person", "person"), ("by_repository", "repository")):
        by = counts[key]
        names = sorted({name for names in by.values() for name in names}, key=lambda name: (-_all(by, name), name))
        if names:
            cells = [
                [show.clean(name or "(none)"), *(by.get(kind, {}).get(name, 0) for kind in by)]
                for name in names[:_LISTED]
            ]
            parts.append(table([heading, *by], cells))
        if len(names) > _LISTED:
            parts[-1] += f"\nand {len(names) - _LISTED} more: --summary --json has all"
    return "\n\n".join(parts)


def _all(by: dict[str, dict[str, int]], name: str) -> int:
    return sum(names.get(name, 0) for names in by.values())
