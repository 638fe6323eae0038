"""The command line: one table of commands, each in a file of its own, and the one place where errors end."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from agentguard import __version__
from agentguard.cli.common import LazyGroup, Printed, out_json, out_line, safe_streams, say
from agentguard.errors import COULD_NOT, DONE, INTERRUPTED, AgentguardError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

_COMMANDS = {
    "quickstart": ("agentguard.cli.install", "quickstart", "Set agentguard up for yourself, observing."),
    "report": ("agentguard.cli.report", "report", "What would have been blocked or asked."),
    "enforce": ("agentguard.cli.install", "enforce", "Go from observing to enforcing."),
    "install": ("agentguard.cli.install", "install", "Copy the code to a stable place, and nothing else."),
    "uninstall": ("agentguard.cli.install", "uninstall", "Take a personal install away and restore the settings."),
    "status": ("agentguard.cli.sync", "status", "Which policy is in force here, on one screen."),
    "doctor": ("agentguard.cli.doctor", "doctor", "Is the guard in force here, and if not, what mends it?"),
    "enroll": ("agentguard.cli.sync", "enroll", "Trust an organisation's policy on this laptop."),
    "sync": ("agentguard.cli.sync", "sync", "Fetch the newest bundle and upload records."),
    "policy": ("agentguard.cli.policy", "policy", "Check, test, explain and replay policies."),
    "exception": ("agentguard.cli.exception", "exception", "Ask for, grant and take up exceptions to rules."),
    "programs": ("agentguard.cli.programs", "programs", "Show what agentguard knows about programs."),
    "bundle": ("agentguard.cli.bundle", "bundle", "Make keys, build, publish and verify signed bundles."),
    "audit": ("agentguard.cli.audit", "audit", "Read, search and verify the audit log."),
    "collector": ("agentguard.cli.collector", "collector", "Run the central service that takes records."),
    "deploy": ("agentguard.cli.deploy", "deploy", "Write managed settings for a fleet."),
    "hook-command": ("agentguard.cli.deploy", "hook_command", "Print the argv that the agent's settings start."),
}


@click.group(cls=LazyGroup, lazy=_COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="agentguard")
def cli() -> None:
    """Signed policy and audit for AI coding agents.

    \b
    Examples:
      agentguard quickstart                       try it on your own laptop
      agentguard policy explain --bash 'cat .env' what would happen, and why
      agentguard status                           which policy is in force here
    """


def main() -> None:
    """Run the command line and exit; every error of ours ends here, as text for a person."""
    safe_streams()
    Printed.yes = Printed.lines = False
    try:
        result = cli.main(prog_name="agentguard", standalone_mode=False)
    except AgentguardError as error:
        _as_json(error.code, error.message, error.hint, getattr(error, "findings", ()))
        say(f"agentguard: {error.diagnostics()}")
        sys.exit(error.exit_code)
    except click.ClickException as error:
        _as_json(UsageError.code, error.format_message(), "", ())
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        say("interrupted")
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(COULD_NOT)
    sys.exit(result if isinstance(result, int) else DONE)


def _as_json(code: str, problem: str, hint: str, findings: Iterable[object]) -> None:
    """Print what ended a command as values, for whoever asked for JSON and got none yet, or lines of it."""
    if "--json" not in sys.argv or (Printed.yes and not Printed.lines):
        return
    listed = [one.to_json() for one in findings if hasattr(one, "to_json")]
    show = out_line if Printed.lines else out_json
    show({"ok": False, "code": code, "problem": problem, "hint": hint, "findings": listed})
