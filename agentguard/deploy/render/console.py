"""Settings for the organisation's console (server-managed settings), which reach people without any MDM.

They are the weakest way to deliver a guard, and the page says so. Their one good use beside the other ways is a single
key: one setting saved in the console switches off all hooks that file or MDM have delivered, unless the console says that
sources are to be merged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentguard.deploy import managed, targets
from agentguard.deploy.plan import console_argv
from agentguard.deploy.render.kit import Artefact, Kit

if TYPE_CHECKING:
    from agentguard.deploy.plan import Plan

_MERGE = {"managedSourcesBehavior": "merge"}
_WARNINGS = """\
**Approval.** Hooks from the console are shown to each person for approval. Who does not approve them has no guard.

**Shadowing.** Of several managed sources the highest wins alone: console, then MDM, then files. Any key that is saved in
the console switches off hooks that file or MDM have delivered. `console-merge.json` is against that; keep its key in
whatever else the console holds.

**Not everywhere.** The client skips console settings with a custom base URL, Bedrock or Vertex, and before its first
successful fetch.

**One text for all.** The same paths must be there on every machine of the organisation. Windows has other ones, so a
person on Windows could run no tool at all while the phase is enforce."""


def kit(plan: Plan, phase: str) -> Kit:
    """Return the texts for the console. Raises DeployFileError where kinds of machines need different ones."""
    argv = console_argv(plan)
    null = targets.TARGETS[targets.LINUX].null
    value = managed.settings(argv, phase=phase, chosen=plan.chosen, records=plan.records, null=null)
    merge, full = "console-merge.json", "console-settings.json"
    place = "claude.ai, Admin Settings, Claude Code, Managed settings"
    return Kit(
        title="the console of claude.ai",
        artefacts=(
            Artefact(
                merge, managed.as_json(_MERGE), "beside settings that file or MDM deliver: keeps them in force", place
            ),
            Artefact(
                full, managed.as_json({**_MERGE, **value}), "where there is neither: starts the hook itself", place
            ),
        ),
        language="text",
        install=(
            "1. Bring agentguard itself onto the machines: render the kits for linux and macos, without their settings.",
            f"2. Paste {merge} (or, with neither file nor MDM, {full}) into {place}.",
            "3. On one machine: start the agent, approve, and run `agentguard doctor`.",
        ),
        remove=("1. Take the text out of the console again, and wait for an hour: clients ask once an hour.",),
        argv=argv,
        before="The console only carries settings. agentguard must be on every machine before they are saved.",
        warnings=(_WARNINGS,),
    )
