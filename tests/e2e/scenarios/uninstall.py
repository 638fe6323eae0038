"""Taking agentguard away as the page says leaves the client working, and what the client says of bad settings is as quoted."""

from __future__ import annotations

import json
import os
import re
from functools import partial

from agentguard import places
from e2e import setup
from e2e.lab import Lab, expect
from e2e.managed import DROP_IN, KIT, run_command, write_settings
from e2e.marks import bash, prepare
from e2e.scenario import NO_INSTALL, Scenario

_DOCS = os.path.join(setup.ROOT, "docs")


def _page(name: str) -> str:
    with open(os.path.join(_DOCS, name), encoding="utf-8") as stream:
        return stream.read()


def _managed() -> list[str]:
    """Return what the page tells an administrator to type to take it away; root needs no sudo here."""
    section = _page("uninstall.md").partition("## A managed machine")[2]
    blocks = re.findall(r"(?s)```sh\n(.*?)```", section)[:2]
    return [line.removeprefix("sudo ") for block in blocks for line in block.splitlines()]


def _taken_away(lab: Lab) -> None:
    prepare(lab)
    lab.run([bash("touch before.txt; cat .env")])
    expect(lab.text("before.txt") is None, "the guard was not there in the first place")
    for line in _managed():
        run_command("sh", "-e", "-c", line, cwd=KIT)
    left = [path for path in (DROP_IN, *places.managed().own_folders()) if os.path.lexists(path)]
    expect(not left, f"{left} is still there")
    run = lab.run([bash("touch after.txt; cat .env")])
    expect(run.exit_code == 0, f"the client ended with {run.exit_code}: {run.stderr[-300:]}")
    expect(lab.text("after.txt") is not None, "a call is still held up")


def _says(lab: Lab, settings: str, words: str) -> None:
    quoted = f"| *{words}*"
    expect(quoted in _page("troubleshooting.md"), f"the page does not quote {words!r}")
    write_settings(settings)
    prepare(lab)
    run = lab.run()
    expect(words in run.stdout + run.stderr, f"the client says {run.stdout + run.stderr!r}")


SCENARIOS = (
    Scenario("uninstall/managed", "the steps of the page take the guard away, and the client works", _taken_away),
    Scenario(
        "uninstall/broken-settings",
        "of settings that are no JSON the client says what the page quotes",
        partial(_says, settings="{", words="Managed settings document could not be parsed as a JSON object"),
        NO_INSTALL,
    ),
    Scenario(
        "uninstall/old-client",
        "of a version that is too old it says what the page quotes",
        partial(
            _says,
            settings=json.dumps({"requiredMinimumVersion": "99.0.0"}),
            words="is older than the minimum version required by your organization",
        ),
        NO_INSTALL,
    ),
)
