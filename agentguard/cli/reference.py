"""The reference of the command line, made from the commands themselves: docs/cli-reference.md must equal it."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

import click

from agentguard.cli.main import cli
from agentguard.errors import EXIT_CODES

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEAD = """\
# Commands

Every command with its options, as `--help` says them too. This page is written by `scripts/generate-packs`.

`--json` prints data as JSON, errors included. `--home DIR` acts on the personal install beneath a folder and on nothing else.
`-h` and `--help` explain a command. NO_COLOR switches colours off. No variable of agentguard's own is read.

| exit code | meaning |
| --- | --- |
{codes}

What each command means by them: [exit-codes.md](exit-codes.md).
"""


def commands(group: click.Command = cli, path: str = "agentguard") -> Iterator[tuple[str, click.Command]]:
    """Yield (`agentguard policy check`, its command) for every command that does something, in the order of the help."""
    if not isinstance(group, click.Group):
        yield path, group
        return
    context = click.Context(group)
    for name in group.list_commands(context):
        found = group.get_command(context, name)
        if found is not None:
            yield from commands(found, f"{path} {name}")


def page() -> str:
    """Return the whole page as Markdown."""
    codes = "\n".join(f"| {code} | {meaning} |" for code, meaning in EXIT_CODES.items())
    return "\n".join([_HEAD.format(codes=codes), *(_section(path, command) for path, command in commands())])


def _section(path: str, command: click.Command) -> str:
    context = click.Context(command, info_name=path)
    usage = " ".join([path, *command.collect_usage_pieces(context)])
    parts = [f"## {path}", f"    {usage}", *_paragraphs(command.help or "")]
    options = [param for param in command.params if isinstance(param, click.Option) and param.name != "help"]
    if options:
        rows = [f"| `{_names(option)}` | {_meaning(option)} |" for option in options]
        parts.append("\n".join(["| option | meaning |", "| --- | --- |", *rows]))
    return "\n\n".join(parts) + "\n"


def _paragraphs(text: str) -> Iterator[str]:
    """Yield the paragraphs of a help text; one behind a form feed mark keeps its lines (click's own rule)."""
    for paragraph in inspect.cleandoc(text).split("\n\n"):
        if paragraph.startswith("\b"):
            title, _, lines = paragraph.removeprefix("\b\n").partition("\n")
            language = "sh" if title.startswith("Example") else "text"
            yield f"{title}\n\n```{language}\n{inspect.cleandoc(lines)}\n```"
        else:
            yield paragraph


def _names(option: click.Option) -> str:
    names = ", ".join(option.opts)
    return names if option.is_flag else f"{names} {option.make_metavar(click.Context(cli))}".replace("|", "\\|")


def _meaning(option: click.Option) -> str:
    said = [option.help or ""]
    if option.required:
        said.append("Required.")
    if option.multiple and "repeated" not in said[0]:
        said.append("Can be repeated.")
    if option.show_default:
        said.append(f"Default: {option.default}.")
    return " ".join(said).replace("|", "\\|")
