"""Artefacts for a fleet: deploy.toml, what is rendered from it, and the argv of this machine's hook."""

from __future__ import annotations

import json
import os

import click

from agentguard.cli.common import home_option, json_option, many, out, out_json, places_of, say
from agentguard.errors import Refused
from agentguard.policy.model import ENFORCE, OBSERVE


@click.group()
def deploy() -> None:
    """Write managed settings for a fleet, and check them before they ship.

    \b
    Examples:
      agentguard deploy init
      agentguard deploy render --target linux --config deploy.toml --output managed
    """


@deploy.command()
@click.argument("file", type=click.Path(dir_okay=False), default="deploy.toml")
def init(file: str) -> None:
    """Write a deploy.toml with every key, what it means and what it costs. A file that is there stays as it is.

    \b
    Example:
      agentguard deploy init
    """
    from agentguard.bundle import files  # noqa: PLC0415
    from agentguard.deploy import plan  # noqa: PLC0415
    from agentguard.errors import ConfigError  # noqa: PLC0415

    if os.path.lexists(file):
        raise ConfigError(f"{file} is there already", hint="name another file, or edit that one")
    files.replace(os.path.abspath(file), plan.template().encode(), 0o644)
    out(file)
    say(f"edit it, then: agentguard deploy render --target linux --config {file} --output managed")


@deploy.command()
@click.option(
    "--target",
    type=click.Choice(["linux", "macos", "windows", "console"]),
    required=True,
    help="Which machines these are for.",
)
@click.option(
    "--config", type=click.Path(dir_okay=False), required=True, help="The deploy.toml; `deploy init` writes one."
)
@click.option(
    "--phase", type=click.Choice([OBSERVE, ENFORCE]), default=OBSERVE, show_default=True, help="Record only, or block."
)
@click.option("--output", type=click.Path(file_okay=False), required=True, help="The folder to write to.")
@click.option(
    "--proof",
    type=click.Path(exists=True, dir_okay=False),
    multiple=True,
    help="What `doctor --json` printed on a machine that observes; for enforce. Without: this machine is looked at.",
)
@json_option
def render(target: str, config: str, phase: str, output: str, proof: tuple[str, ...], as_json: bool) -> None:
    """Write ready artefacts for one kind of machine, and a README with the order of steps.

    \b
    Examples:
      agentguard deploy render --target linux --config deploy.toml --output managed
      agentguard deploy render --target macos --config deploy.toml --output mac --phase enforce --proof mac.json

    Managed settings of Claude Code, agentguard's configuration, anchor and first bundle, and what runs the sync. Enforcing
    is refused until the doctor finds machines that observe healthy.
    """
    from agentguard.deploy import plan  # noqa: PLC0415 - not for the argv of the hook
    from agentguard.deploy.render import render as run  # noqa: PLC0415

    said = plan.read(config)
    if phase == ENFORCE:
        from agentguard.deploy import proof as proofs  # noqa: PLC0415

        proofs.require(said, target, proof)
    written = run(said, target, phase, output)
    if as_json:
        out_json({"output": os.path.abspath(output), "files": written})
    else:
        out("\n".join(os.path.join(output, name) for name in written))
        say(f"{os.path.join(output, 'README.md')} says what goes where, and in which order")


@deploy.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@json_option
def lint(file: str, as_json: bool) -> None:
    """Find what switches a guard off, or stops the client from starting. Exit 3 if there is an error.

    \b
    Examples:
      agentguard deploy lint managed-settings.json
      agentguard deploy lint claude-code.mobileconfig --json

    FILE holds managed settings of Claude Code: JSON, a property list or profile, a .reg file, a PowerShell script.
    """
    from agentguard.deploy.lint import lint_file  # noqa: PLC0415
    from agentguard.deploy.lint.codes import CODES, ERROR  # noqa: PLC0415

    form, findings = lint_file(file)
    errors = sum(finding.level == ERROR for finding in findings)
    if as_json:
        known = ("level", "what", "why", "mend")
        found = [{**one._asdict(), **{name: getattr(CODES[one.code], name) for name in known}} for one in findings]
        out_json({"file": file, "form": form, "errors": errors, "findings": found})
    for one in findings if not as_json else ():
        code = CODES[one.code]
        place = ":".join([file, *(str(number) for number in (one.line, one.column) if number)])
        out(f"{place}: {one.code} {one.level}: {code.what} ({', '.join(filter(None, (one.where, one.detail)))})")
        out(f"    why: {code.why}\n    mend: {code.mend}")
    if errors:
        raise Refused(
            f"{file} ({form}): {many(errors, 'error')} and {many(len(findings) - errors, 'warning')}",
            hint="mend the errors, then lint again",
        )
    if not as_json:
        say(f"{file} ({form}): {many(len(findings), 'warning') if findings else 'nothing found'}")


@deploy.command()
def reference() -> None:
    """Print the reference of deploying as Markdown: keys, choices, places, events, and every finding.

    \b
    Example:
      agentguard deploy reference > docs/deploy-reference.md
    """
    from agentguard.deploy import reference as pages  # noqa: PLC0415

    click.echo(pages.page(), nl=False)


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
