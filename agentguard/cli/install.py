"""agentguard for oneself: quickstart, enforce, install, uninstall."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

import click

from agentguard.cli import passphrase
from agentguard.cli.common import home_option, json_option, out, out_json, places_of, say, table
from agentguard.errors import DONE, NO, ConfigError, UsageError
from agentguard.policy.model import ALLOW, OBSERVE

if TYPE_CHECKING:
    from agentguard.deploy.quickstart import Done
    from agentguard.deploy.selftest import Check

_ENDED = {
    "restored": "settings  as they were before, byte for byte",
    "cleaned": "settings  edited since agentguard was added: its entries are gone, your edits stay",
    "absent": "settings  had nothing of agentguard's",
}


@click.command()
@click.option(
    "--bundle",
    type=click.Choice(["baseline", "observe", "strict"]),
    help="Which of the policies that ship: the one here so far, or baseline.",
)
@home_option
@json_option
@passphrase.passphrase_option
def quickstart(bundle: str | None, home: str | None, as_json: bool, passphrase_file: str | None) -> int:
    """Set agentguard up for yourself, observing: nothing is blocked, everything is recorded.

    \b
    Examples:
      agentguard quickstart
      agentguard quickstart --bundle strict
      agentguard quickstart --passphrase-file FILE

    Makes a signing key, signs the policy in observe mode, copies what the hook needs to a stable place, adds
    the hook to ~/.claude/settings.json (the file from before is kept), and sends three calls through it. It can be
    repeated at any time, also with another bundle. After `agentguard enforce` a repetition enforces; --bundle observe, which
    has the rules of the baseline, goes back to observing.
    """
    from agentguard.deploy.quickstart import quickstart as run  # noqa: PLC0415

    secrets = passphrase.optional(passphrase_file), passphrase.existing(passphrase_file)
    done = run(places_of(home), *secrets, bundle or "")
    return _tell(done, home, as_json=as_json)


@click.command()
@home_option
@json_option
@passphrase.passphrase_option
def enforce(home: str | None, as_json: bool, passphrase_file: str | None) -> int:
    """Go from observing to enforcing: what the policy denies is blocked from now on.

    \b
    Examples:
      agentguard report
      agentguard enforce

    Refused while the hook does not work as it must. With a client of 2.1.295 or newer, a call whose hook crashes, hangs
    or is missing is blocked too.
    """
    from agentguard.deploy.quickstart import enforce as run  # noqa: PLC0415

    done = run(places_of(home), passphrase.existing(passphrase_file))
    return _tell(done, home, as_json=as_json)


@click.command()
@click.option("--user", is_flag=True, help="Take your own install away. Required, so that nothing else is meant.")
@click.option("--purge", is_flag=True, help="Remove the audit records, the policy and the signing key too.")
@home_option
@json_option
def uninstall(user: bool, purge: bool, home: str | None, as_json: bool) -> None:
    """Take a personal install away and restore the agent's settings.

    \b
    Examples:
      agentguard uninstall --user
      agentguard uninstall --user --purge

    The settings go first, then the code. If you have not edited the settings since, they are restored byte for byte.
    """
    from agentguard.deploy.uninstall import uninstall as run  # noqa: PLC0415

    where = places_of(home)
    if not user:
        raise UsageError("say which install is to go", hint="agentguard uninstall --user")
    if where.managed:
        raise ConfigError(
            "this machine is managed: its administrator takes agentguard away",
            hint="agentguard uninstall --user --home ~    # an install of your own from before",
        )
    removed = run(where, purge=purge)
    if as_json:
        out_json({"settings": removed.settings, "kept": removed.kept})
        return
    out(_ENDED[removed.settings])
    out(f"kept      {', '.join(removed.kept)}" if removed.kept else "kept      nothing")
    if not purge and removed.kept:
        say("Records, policy and key are kept; `--purge` removes them too.")
    say("A session of the agent that is still open may hold the old settings: start it again.")


@click.command()
@click.option("--user", is_flag=True, help="For yourself.")
@click.option("--system", is_flag=True, help="For everybody on this machine, as root.")
@home_option
@json_option
def install(user: bool, system: bool, home: str | None, as_json: bool) -> None:
    """Copy the code to a stable place, without touching any settings or policy.

    \b
    Examples:
      agentguard install --user
      sudo agentguard install --system
    """
    from agentguard import places  # noqa: PLC0415
    from agentguard.deploy import install as installing  # noqa: PLC0415

    if user == system or (system and home):
        raise UsageError("say for whom", hint="agentguard install --user, or sudo agentguard install --system")
    where = places.managed() if system else places.personal(home or places.account_home())
    hook = installing.install_system() if system else installing.install_code(where)
    if as_json:
        out_json({"hook": hook, "cli": installing.cli_command(where)})
    else:
        out(f"hook      {shlex.join(hook)}\ncommands  {shlex.join(installing.cli_command(where))}")


def _tell(done: Done, home: str | None, *, as_json: bool) -> int:
    """Print what is set up; return the exit code."""
    if as_json:
        value: dict[str, Any] = {**done._asdict(), "healthy": done.healthy}
        value["checks"] = [check._asdict() for check in done.checks]
        out_json(value)
        return DONE if done.healthy else NO
    observing = done.mode == OBSERVE
    own = f"signed by a key of your own; run quickstart again before {done.expires[:10]}"
    signed = own if done.own else "of the organisation that you are enrolled with"
    out(f"agentguard is set up, {'observing' if observing else 'enforcing'}.\n")
    out(f"policy    {done.policy}, {signed}")
    out(f"settings  {done.settings}{'' if done.settings_changed else ' (unchanged)'}")
    out(f"hook      {shlex.join(done.hook)}\n")
    out("Three calls, sent through the command in your settings:")
    rows = [["ok" if check.ok else "WRONG", check.call, _came_out(check)] for check in done.checks]
    out("\n".join("  " + line for line in table(["", "CALL", "CAME OUT"], rows).splitlines()))
    cli = shlex.join(done.cli) + " {}" + (f" --home {shlex.quote(home)}" if home else "")
    out("\nNext (these work without the folder you have started from):")
    for command, what in (
        ("report", "what would have been blocked or asked"),
        ("enforce", "block it from now on"),
        ("uninstall --user", "take everything back"),
    ):
        if observing or command != "enforce":
            out(f"  {cli.format(command)}\n      {what}")
    for warning in done.warnings:
        say(f"\nwarning: {warning}")
    if done.own and not done.encrypted:
        say(
            "\nThe signing key has no passphrase: a program that runs as you, the agent included, could sign another "
            "policy with it. To choose one: `uninstall --user --purge`, then quickstart on a terminal or with "
            "--passphrase-file."
        )
    if not done.healthy:
        say("\nNot every call came out as it must; `agentguard status` shows more.")
    return DONE if done.healthy else NO


def _came_out(check: Check) -> str:
    if not check.would:
        return f"{check.verdict}, and no record was written"
    rule = f" ({check.rule})" if check.rule else ""
    if check.verdict == ALLOW and check.would != ALLOW:
        return f"not blocked; recorded: would {check.would}{rule}"
    return f"{check.verdict}{rule}" if check.verdict != ALLOW else "passed in silence"
