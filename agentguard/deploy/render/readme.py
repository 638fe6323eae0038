"""The page that goes with the artefacts: what each is, the steps in their order, what is left open and why."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from agentguard.deploy import managed
from agentguard.deploy.choices import CHOICES
from agentguard.policy.model import ENFORCE, OBSERVE

if TYPE_CHECKING:
    from agentguard.deploy.plan import Plan
    from agentguard.deploy.render.kit import Kit

_EFFECT = {
    ENFORCE: "A call is blocked if the policy denies it, and if the hook crashes, hangs or is missing.",
    OBSERVE: "What the policy would deny is recorded and not blocked, except changes to agentguard's own files and to "
    "the\nagent's settings: those are always blocked.",
}
_PAGE = """\
# agentguard for {organisation}: {title}, phase {phase}

{before}
The managed settings come last: a hook that they name and that is not there yet blocks every tool call.

```{language}
{install}
```

{files}

The agent starts this for every tool call:

    {argv}

{effect}
A client older than {client} does not start.
{warnings}
## To take it away

In this order: the settings first.

```{language}
{remove}
```

## What is left open

Closing it has a price; each is a key of `[choices]` in deploy.toml.

{left}
"""


def text(kit: Kit, plan: Plan, phase: str) -> str:
    """Return README.md for a kit."""
    left = [
        f"- `{name}` closes {choice.closes}. Price: {choice.price}."
        for name, choice in CHOICES.items()
        if name not in (*plan.chosen, *kit.closed)
    ]
    rows = [
        f"| `{artefact.name}` | {artefact.what} | {artefact.place and f'`{artefact.place}`'} |"
        for artefact in kit.artefacts
        if "/" not in artefact.name
    ]
    if plan.bundle and any("/" in artefact.name for artefact in kit.artefacts):
        rows.append("| `bundle/` | the first bundle, verified | |")
    return _PAGE.format(
        organisation=plan.organisation,
        title=kit.title,
        phase=phase,
        before=kit.before,
        language=kit.language,
        install="\n".join(kit.install),
        files="\n".join(["| file | what it is | where it goes |", "|---|---|---|", *rows]),
        argv=shlex.join(kit.argv),
        effect=_EFFECT[phase],
        client=managed.CLIENT,
        warnings="".join(f"\n{warning}\n" for warning in kit.warnings),
        remove="\n".join(kit.remove),
        left="\n".join(left) or "- nothing: every choice was made.",
    )
