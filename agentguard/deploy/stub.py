"""The text of the two small scripts that an installation writes beside its code.

`hook.py` is what the agent's settings start, as `PYTHON -I -S hook.py`; `cli.py` is the command line that still works
when the checkout is gone. Everything they need stands in them as absolute literals: no environment variable, no current
folder and no file that is searched for has a say. The interpreter compiles a script on every start, so they are tiny.

`hook.py` never ends in exit 1, which the agent would take for "go ahead": whatever goes wrong before our own code runs
is one sentence on stderr and exit 2.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agentguard.places import Places

_HOOK = """\
# The agent starts this before every tool call. Written by agentguard's installation; an upgrade replaces it.
import os, sys
what = "this Python is not " + {tag}
try:
    if sys.implementation.cache_tag == {tag}:
        sys.path.append({folder})
        from agentguard.hook.main import run
        run({config})
except BaseException as error:
    what = type(error).__name__
try:
    os.write(2, b"agentguard: the hook could not start (" + what.encode() + {sentence})
finally:
    os._exit(2)
"""

_CLI = """\
# agentguard's commands, from the installed copy. Written by agentguard's installation; an upgrade replaces it.
import os, sys
sys.path.append({folder})
try:
    from agentguard._entry import main
except ImportError as error:
    sys.exit(f"agentguard: its installed code is damaged ({{error}})\\n  " + {repair})
main()
"""

REPAIR = "run `agentguard quickstart` or `agentguard install` again from a checkout or a wheel"


def hook_text(places: Places, folder: str, command: list[str], repair: str = REPAIR) -> str:
    """Return the text of `hook.py`, for the kind of Python that this is.

    `folder`: an expression for the folder of the copied packages; `command`: the argv of the command line; `repair`:
    what somebody is told to do when it cannot start.
    """
    config = {
        "kind": places.kind,
        "code": places.code,
        "config": places.config,
        "state": places.state,
        "home": places.home,
        "sync": [] if places.managed else [*command, "sync", "--background", "--home", places.home],
    }
    sentence = f"), so this is blocked. In your own terminal, {repair}.\n"
    return _HOOK.format(
        tag=ascii(sys.implementation.cache_tag),
        folder=folder,
        config=ascii(config),
        sentence=sentence.encode("ascii"),
    )


def cli_text(folder: str, repair: str = REPAIR) -> str:
    """Return the text of `cli.py`; the arguments are those of `hook_text`."""
    return _CLI.format(folder=folder, repair=ascii(repair))
