"""What every command shares: output, `--json`, `--home`, and how errors end.

Data goes to standard output, talk to standard error. Exit codes: 0 done, 1 could not, 2 usage, 3 done and the answer is
no, 130 interrupted. Colour only on a terminal and never with NO_COLOR.
"""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Any

import click

from agentguard import places

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
home_option = click.option(
    "--home",
    type=click.Path(file_okay=False, resolve_path=True),
    help="Act on the personal install beneath this folder instead of on this machine's. The variable HOME does not count.",
)


def places_of(home: str | None) -> places.Places:
    """Return the installation that a command acts on: beneath `--home`, or this machine's."""
    return places.personal(home) if home else places.default()


def place_of_records(home: str | None) -> places.Places:
    """Return the installation that has this person's records: where a package alone guards a machine, that one's too."""
    found, system = places_of(home), places.managed()
    if home or os.path.isdir(found.spool(os.getuid())) or not os.path.isdir(system.spool(os.getuid())):
        return found
    return system


def safe_streams() -> None:
    """Have standard output and error take every text.

    What their encoding has no way to write (half of a character that a device sent, a byte of an argument that was no UTF-8)
    is written as `\\udc80`, which in JSON is what it was. A stream that was closed before the start keeps nothing.
    """
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w"))  # noqa: SIM115 - it stays open as long as the process
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def say(text: str = "") -> None:
    """Tell the person something: standard error."""
    click.echo(text, err=True)


class Printed:
    """Whether this process has printed data, and as lines of JSON.

    An error that ends a command asked for JSON is its data where there is none, and one more of its lines.
    """

    yes = False
    lines = False


def out(text: str) -> None:
    """Print data: standard output."""
    Printed.yes = True
    click.echo(text)


def out_json(value: Any) -> None:
    """Print a value as JSON, indented for people."""
    out(json.dumps(value, indent=2, ensure_ascii=False))


def out_line(value: Any) -> None:
    """Print a value as one line of JSON, beside others."""
    out(json.dumps(value))
    Printed.lines = True


def colour(text: str, **style: Any) -> str:
    """Return `text` styled for a terminal; plain elsewhere and with NO_COLOR."""
    plain = os.environ.get("NO_COLOR") or not sys.stdout.isatty()
    return text if plain else click.style(text, **style)


def many(count: int, noun: str) -> str:
    """Return `1 error`, `2 errors`."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return rows as aligned columns under their headings."""
    lines = [list(headings), *([str(cell) for cell in row] for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(headings))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )


class QueryCommand(click.Command):
    """A command whose arguments are the words of a query, so that `-tool:Bash` is one of them and no seven options."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ignore_unknown_options = True

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse arguments; `-TERM` is written as `NOT TERM`, which no option is."""
        valued = {name for one in self.params if isinstance(one, click.Option) and not one.is_flag for name in one.opts}
        for at, word in enumerate(args):
            negated = len(word) > len("-h") and word[0] == "-" and word[1] != "-"
            if negated and (at == 0 or args[at - 1] not in valued):
                args[at] = f"NOT {word[1:]}"
        return super().parse_args(ctx, args)


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called, so that `agentguard --help` stays quick.

    `lazy` maps a command's name to (module, attribute, one line of help).
    """

    def __init__(self, *args: Any, lazy: dict[str, tuple[str, str, str]] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lazy = lazy or {}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands, in the order of the table."""
        return [*super().list_commands(ctx), *self.lazy]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a command."""
        if cmd_name not in self.lazy:
            return super().get_command(ctx, cmd_name)
        import importlib  # noqa: PLC0415 - only when a command runs

        module, attribute, _help = self.lazy[cmd_name]
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; a name that is nearly right gets a suggestion."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            import difflib  # noqa: PLC0415 - only on a mistake

            near = difflib.get_close_matches(args[0], self.list_commands(ctx), n=1)
            if not near or "Did you mean" in error.message:
                raise
            raise click.UsageError(f"{error.message} Did you mean {near[0]!r}?", ctx) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the list of commands without importing the lazy ones."""
        eager = [
            (name, command.get_short_help_str(80)) for name, command in self.commands.items() if not command.hidden
        ]
        rows = eager + [(name, text) for name, (_module, _attribute, text) in self.lazy.items()]
        if rows:
            with formatter.section("Commands"):
                formatter.write_dl(rows)


def progress(label: str, unit: str = "") -> Callable[[int, int], None]:
    """Return a function of (done, total) that draws a bar on a terminal and does nothing elsewhere.

    `unit`: what is counted; "%" where only the share says something.
    """
    if not sys.stderr.isatty():
        return lambda _done, _total: None

    def draw(done: int, total: int) -> None:
        width = 30
        filled = width * done // max(total, 1)
        end = "\n" if done >= total else ""
        counted = f"{100 * done // max(total, 1)} %" if unit == "%" else f"{done}/{total} {unit}".rstrip()
        click.echo(f"\r{label} [{'#' * filled}{'.' * (width - filled)}] {counted}{end}", nl=False, err=True)

    return draw
