"""`agentguard policy`: explain and replay policies, and print the reference of their language."""

from __future__ import annotations

import json
import os
import sys
import time
from typing import TYPE_CHECKING, Any

import click

from agentguard.cli.common import (
    LazyGroup,
    colour,
    home_option,
    json_option,
    out,
    out_json,
    places_of,
    progress,
    say,
    table,
)
from agentguard.errors import PolicyError, Refused, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from agentguard.access.model import ToolCall

_SOURCE_LIMIT = 8 * 1024 * 1024  # bytes of one payload
_bundle_option = click.option(
    "--bundle",
    "bundle",
    default="baseline",
    show_default=True,
    metavar="DIR|NAME",
    help="A policy's folder, or the name of one that ships with agentguard.",
)


_LAZY = {
    "init": ("agentguard.cli.policy_suite", "init", "Begin a policy in a new folder."),
    "check": ("agentguard.cli.policy_suite", "check", "Say what is wrong with a policy, and what does nothing."),
    "test": ("agentguard.cli.policy_suite", "test", "Run the tests of a policy."),
    "matrix": ("agentguard.cli.policy_suite", "matrix", "Show who may do what, as a table."),
    "digest": ("agentguard.cli.policy_layers", "digest", "Print the digest by which an [[include]] pins a pack."),
}


@click.group(cls=LazyGroup, lazy=_LAZY)
def policy() -> None:
    """Write, check, test, explain and replay policies.

    \b
    Examples:
      agentguard policy check bundles/baseline
      agentguard policy explain --bash 'cat .env'
    """


@policy.command()
@click.argument("payload", required=False, metavar="[PAYLOAD.json|-]")
@click.option("--bash", "text", help="Explain this shell text instead of a payload.")
@_bundle_option
@click.option("--active", is_flag=True, help="Use the policy that is in force on this machine.")
@click.option("--cwd", type=click.Path(file_okay=False), help="The working directory of the call.")
@home_option
@json_option
def explain(
    payload: str | None, text: str | None, bundle: str, active: bool, cwd: str | None, home: str | None, as_json: bool
) -> None:
    """Say what happens to one tool call, and why. Nothing is run, and nothing needs to be enrolled.

    \b
    Examples:
      agentguard policy explain --bash 'cat .env'
      agentguard policy explain payload.json --bundle my-policy
      agentguard policy explain --active --bash 'git push'
    """
    from agentguard.policy import engine, setting  # noqa: PLC0415
    from agentguard.policy import explain as explaining  # noqa: PLC0415

    if (payload is None) == (text is None):
        raise UsageError("name a payload's file, or a shell text with --bash", hint="agentguard policy explain --help")
    call = _call(payload, text, cwd)
    loaded = _active(home) if active else engine.load(_compiled(bundle))
    world = setting.this_machine(call.cwd, home)
    access, decision = setting.judge(loaded, call, world)
    found = {**explaining.explanation(loaded, call, access, decision), **explaining.reading(call, world)}
    if as_json:
        out_json(found)
    else:
        out(explaining.as_text(found, colour))


@policy.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@_bundle_option
@click.option("--max-new-denials", type=click.IntRange(0), metavar="N", help="Exit 3 if more calls become denied.")
@click.option("--max-new-asks", type=click.IntRange(0), metavar="N", help="Exit 3 if more calls become questions.")
@click.option("--max-undecidable", type=click.FloatRange(0, 100), metavar="PERCENT", help="Exit 3 beyond this share.")
@click.option("--unknown", is_flag=True, help="List the programs that agentguard knows nothing about, by frequency.")
@click.option("--cwd", type=click.Path(file_okay=False), help="The working directory of lines that name none.")
@home_option
@json_option
@click.pass_context
def replay(
    ctx: click.Context,
    files: tuple[str, ...],
    bundle: str,
    max_new_denials: int | None,
    max_new_asks: int | None,
    max_undecidable: float | None,
    unknown: bool,
    cwd: str | None,
    home: str | None,
    as_json: bool,
) -> None:
    """Say what a policy would change about calls that happened.

    FILE is NDJSON, of hook payloads or audit records; - is standard input. Exit 0 within the limits, 3 beyond one, 1 if
    a line cannot be read.

    \b
    Examples:
      agentguard policy replay calls.ndjson
      agentguard policy replay records.ndjson --bundle my-policy --max-new-denials 0 --json
      agentguard policy replay calls.ndjson --unknown
    """
    from agentguard.audit import rows as recorded  # noqa: PLC0415
    from agentguard.policy import replay as replaying  # noqa: PLC0415
    from agentguard.policy import tally  # noqa: PLC0415

    tools = replaying.Tools(os.path.abspath(cwd or os.getcwd()), home, recorded.rows, recorded.hidden)
    player = replaying.Replay(_compiled(bundle), tools, unknown=unknown)
    summary = tally.Summary()
    for name, line in _lines(files):
        result = player.line(line, name)
        if result is None:
            continue
        summary.add(result)
        if isinstance(result, replaying.Bad):
            say(f"{result.id}: {result.problem}")
        elif as_json:
            out(json.dumps(result.to_json()))
    if unknown and not as_json:
        named = [
            (name, str(count)) for name, count in sorted(summary.unknown.items(), key=lambda one: (-one[1], one[0]))
        ]
        out(table(("program", "calls"), named))
    (say if as_json or unknown else out)(_table(summary))
    beyond = summary.beyond(max_new_denials, max_new_asks, max_undecidable)
    if beyond:
        raise Refused("; ".join(beyond))
    if summary.bad:
        say(f"{_many(summary.bad, 'line')} could not be read")
        ctx.exit(1)


@policy.command()
def reference() -> None:
    """Print the reference of the policy language as Markdown.

    \b
    Example:
      agentguard policy reference > docs/policy-reference.md
    """
    from agentguard.policy import reference as page  # noqa: PLC0415

    click.echo(page.page(), nl=False)


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _compiled(bundle: str) -> bytes:
    """Return the compiled policy of a folder, or of a bundle that ships with agentguard."""
    from agentguard.policy import compile as compiling  # noqa: PLC0415
    from agentguard.policy import source  # noqa: PLC0415

    return compiling.compile_folder(bundle if os.path.isdir(bundle) else source.shipped_bundle(bundle))


def _active(home: str | None) -> Any:
    """Return the policy in force, or what stands in for it; say so where that is not what was published."""
    from agentguard.bundle import seal  # noqa: PLC0415
    from agentguard.policy import engine  # noqa: PLC0415

    found = seal.load_active(places_of(home), time.time())
    if not found.policy:
        say(f"no published policy is in force here ({found.problem or found.state}), so the fallback policy decides")
        return engine.fallback()
    if found.problem:
        say(f"the policy is {found.state}: {found.problem}")
    return engine.load(found.policy)


def _call(payload: str | None, text: str | None, cwd: str | None) -> ToolCall:
    """Return the call to explain."""
    from agentguard.access.payload import Malformed, parse  # noqa: PLC0415
    from agentguard.jsontext import JsonError  # noqa: PLC0415
    from agentguard.policy import calls  # noqa: PLC0415

    if text is not None:
        return calls.of_bash(text, os.path.abspath(cwd or os.getcwd()))
    try:
        with click.open_file(str(payload), "rb") as stream:
            data = stream.read(_SOURCE_LIMIT)
        call = parse(data)
    except OSError as error:
        raise UsageError(f"{payload} cannot be read: {error.strerror}") from None
    except (JsonError, Malformed) as error:
        raise PolicyError(
            f"{payload} is no payload: {error}", hint="a payload is the JSON that a hook is given"
        ) from None
    if cwd:
        call.cwd = os.path.abspath(cwd)
    return call


def _lines(files: tuple[str, ...]) -> Iterator[tuple[str, bytes]]:
    """Yield (file:number, line) of every line; draw a bar as long as the files say how long they are."""
    total = sum(os.path.getsize(name) for name in files if name != "-" and os.path.isfile(name))
    draw, done, shown = progress("replaying"), 0, 0
    for name in files:
        try:
            stream: BinaryIO = sys.stdin.buffer if name == "-" else open(name, "rb")  # noqa: SIM115 - closed below
        except OSError as error:
            raise UsageError(f"{name} cannot be read: {error.strerror}") from None
        with stream:
            for number, line in enumerate(stream, 1):
                yield f"{name}:{number}", line
                done += len(line)
                if total and done * 100 // total > shown:
                    shown = done * 100 // total
                    draw(min(done, total), total)


def _table(summary: Any) -> str:
    """Return the counts of a replay for a person."""
    counts = summary.to_json()
    rows = [("calls", str(counts["calls"]), "")]
    rows += [(effect, str(count), "") for effect, count in counts["effects"].items()]
    for kind, count in counts["changed"].items():
        rules = counts["by_rule"].get(kind, {})
        named = ", ".join(f"{rule or 'default'} {many}" for rule, many in list(rules.items())[:3])
        rows.append((kind, str(count), named))
    for kind, score in counts["expected"].items():
        rows.append((f"expected {kind}", f"{score['met']} of {score['calls']}", ""))
    return table(("", "count", "rules"), rows)
