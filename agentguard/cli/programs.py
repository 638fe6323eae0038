"""`agentguard programs`: what agentguard knows about the programs that shell text starts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from agentguard.cli.common import colour, json_option, out, out_json, say, table
from agentguard.errors import UsageError

if TYPE_CHECKING:
    from agentguard.access.programs.catalog import Program


@click.group()
def programs() -> None:
    """Show what agentguard knows about programs.

    \b
    Examples:
      agentguard programs list --trait destroys-data
      agentguard programs show git
    """


@programs.command(name="list")
@click.option("--trait", metavar="TRAIT", help="Only programs that may have this trait, with the commands that do.")
@json_option
def list_(trait: str | None, as_json: bool) -> None:
    """List the programs of the tables with what they may mean.

    \b
    Examples:
      agentguard programs list
      agentguard programs list --trait publishes
    """
    from agentguard.access.model import TRAITS  # noqa: PLC0415
    from agentguard.access.programs import catalog  # noqa: PLC0415

    if trait is not None and trait not in TRAITS:
        raise UsageError(f'there is no trait "{trait}"', hint=f"one of: {', '.join(sorted(TRAITS))}")
    found = [one for one in catalog.programs() if trait is None or trait in one.traits]
    if as_json:
        out_json(
            [
                {"name": one.command[0], "family": one.family, "traits": sorted(one.traits), "carries": one.carries}
                for one in found
            ]
        )
        return
    if trait is None:
        rows = [(one.command[0], one.family, ", ".join(sorted(one.traits)) or "-") for one in found]
        out(table(("program", "family", "may be"), rows))
    else:
        rows = [(" ".join(command), one.family, how) for one in found for command, how in _with(one, trait)]
        out(table(("command", "family", "by"), rows))
    say(f"{len(found)} programs")


def _with(program: Program, trait: str) -> list[tuple[tuple[str, ...], str]]:
    """Return the commands of a program that have a trait, deepest first named, and what gives it."""
    below = [pair for sub in program.subcommands for pair in _with(sub, trait)]
    flags = [", ".join(spellings) for spellings, _kind, given in program.options if given == trait]
    found = [(program.command, flag) for flag in flags]
    if trait in program.traits and not below and not flags:
        found.append((program.command, ""))
    return found + below


@programs.command()
@click.argument("name")
@json_option
def show(name: str, as_json: bool) -> None:
    """Show what the program NAME reads, writes, deletes, connects to and runs, and what its options mean.

    \b
    Example:
      agentguard programs show rsync
    """
    from agentguard.access.programs import catalog  # noqa: PLC0415
    from agentguard.policy.findings import nearest  # noqa: PLC0415

    found = catalog.find(name)
    if found is None:
        near = nearest(name, catalog.names(), least=0.75)
        hint = f"did you mean {near}? " if near else ""
        raise UsageError(
            f"the tables have no program {name!r}",
            hint=f"{hint}a program without an entry possibly reads, writes and connects to whatever its operands name",
        )
    if as_json:
        out_json(found.to_json())
    else:
        out("\n".join(_lines(found, 0)))


def _lines(program: Program, depth: int) -> list[str]:
    indent = "  " * depth
    head = colour(" ".join(program.command), bold=True) + (f"  ({program.family})" if not depth else "")
    lines = [indent + head]
    about = [("may be", ", ".join(sorted(program.traits))), ("operands", program.operands)]
    about += [(f"with {option}", kinds) for option, kinds in program.instead.items()]
    if program.carries:
        about.append(("carries", "other commands or code, which are judged as well"))
    lines += [f"{indent}  {name:<10} {text}" for name, text in about if text]
    for spellings, kind, trait in program.options:
        if kind or trait:
            meaning = " ".join(part for part in (kind, f"[{trait}]" if trait else "") if part)
            lines.append(f"{indent}    {', '.join(spellings):<28} {meaning}")
    for sub in program.subcommands:
        lines += _lines(sub, depth + 1)
    return lines
