"""Where every agentguard process starts: `hook` goes to the hook without click, everything else to the CLI."""

from __future__ import annotations

import sys

from agentguard import _env  # noqa: F401 - first of all: makes the environment safe


def main() -> None:
    """Run the hook or the command line. Does not return."""
    if sys.argv[1:2] == ["hook"]:
        from agentguard.hook.main import run_here  # noqa: PLC0415 - the hook must not pay for the command line

        run_here(sys.argv[2:])
    else:
        from agentguard.cli.main import main as cli  # noqa: PLC0415

        cli()
