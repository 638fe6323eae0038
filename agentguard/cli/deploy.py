"""Artefacts for a fleet, and the argv of this machine's hook."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import click

from agentguard.cli.common import home_option, json_option, out, out_json, places_of, say
from agentguard.deploy import render as rendering
from agentguard.policy.model import ENFORCE, OBSERVE

if TYPE_CHECKING:
    from collections.abc import Callable


@click.group()
def deploy() -> None:
    """Write managed settings for a fleet.

    \b
    Example:
      agentguard deploy render --target linux --output out --stage observe
    """


def _choices(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add one flag for each choice of the administrator, with its price."""
    for name, choice in reversed(rendering.CHOICES.items()):
        command = click.option(f"--{name}", is_flag=True, help=f"Closes {choice.closes}. Price: {choice.price}.")(
            command
        )
    return command


@deploy.command()
@click.option("--target", type=click.Choice(["linux"]), required=True, help="Which machines these are for.")
@click.option("--output", type=click.Path(file_okay=False), required=True, help="The folder to write to.")
@click.option(
    "--stage", type=click.Choice([OBSERVE, ENFORCE]), default=OBSERVE, show_default=True, help="Record only, or block."
)
@click.option("--python", help="The interpreter on those machines. Default: the one of `agentguard install --system`.")
@click.option("--stub", help="The hook on those machines. Default: the one of `agentguard install --system`.")
@click.option("--anchor", type=click.Path(exists=True, dir_okay=False), help="The root.json that those machines trust.")
@click.option(
    "--bundle",
    type=click.Path(exists=True, file_okay=False),
    help="The published folder, to take the first bundle along: for machines that cannot reach --sync-url at first.",
)
@click.option("--sync-url", default="", help="Where those machines fetch the policy.")
@click.option("--collector-url", default="", help="Where those machines send their records.")
@click.option(
    "--allow-unsafe-paths", is_flag=True, help="Accept paths that others than root can change. For tests only."
)
@_choices
@json_option
def render(target: str, output: str, stage: str, as_json: bool, **options: Any) -> None:
    """Write the managed settings of Claude Code, agentguard's configuration, and a README with the order of steps.

    \b
    Examples:
      agentguard deploy render --target linux --output out --anchor root.json --sync-url https://policy.example
      agentguard deploy render --target linux --output out --stage enforce --allow-managed-hooks-only
    """
    del target  # there is one
    written = rendering.render_linux(output, stage=stage, **options)
    if as_json:
        out_json({"output": os.path.abspath(output), "files": written})
    else:
        out("\n".join(os.path.join(output, name) for name in written))
        say(f"{os.path.join(output, 'README.md')} says what goes where, and in which order")


@click.command("hook-command")
@home_option
@json_option
def hook_command(home: str | None, as_json: bool) -> None:
    """Print the argv of the installed hook, as one line of JSON.

    \b
    Example:
      agentguard hook-command
    """
    from agentguard.deploy import install  # noqa: PLC0415

    del as_json  # it is JSON anyhow
    out(json.dumps(install.hook_command(places_of(home))))
