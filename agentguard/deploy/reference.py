"""The reference of deploying: every table of it as one page. `agentguard deploy reference` prints it; docs must equal it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentguard import config
from agentguard.deploy import doctor, events, plan, targets
from agentguard.deploy.choices import CHOICES
from agentguard.deploy.doctor import table
from agentguard.deploy.lint.codes import CODES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from agentguard.config import Setting

_COMMANDS = (
    ("agentguard deploy init", "writes a deploy.toml with every key, its meaning and its price"),
    (
        "agentguard deploy render --target T --config deploy.toml --output DIR",
        (
            "writes ready artefacts and a README for `linux`, `macos`, `windows` or `console`; `--phase enforce` needs healthy "
            "machines (`--proof`)"
        ),
    ),
    (
        "agentguard deploy lint FILE",
        "finds what switches a guard off in managed settings: JSON, property list or profile, .reg, PowerShell",
    ),
    ("agentguard deploy reference", "prints this page"),
    (
        "agentguard doctor",
        (
            "says whether the guard is in force on this machine; `--live` asks the real client, `--fix` mends what is safe, "
            "`--json` is for inventories"
        ),
    ),
)
_PAGE = """\
# Deploying: reference

Printed by `agentguard deploy reference`. How to roll out is in [rollout.md](rollout.md).

{commands}

`lint` and `doctor` exit with 3 if they find an error; warnings alone leave it at 0.

## deploy.toml

Paths in the file count from its folder. What is wrong is told with file, line, column and code: {file_codes}, and the AG codes
of [policy-reference.md](policy-reference.md) for keys and types.

{keys}

`[agentguard]` is agentguard's own configuration on every machine: the `agentguard.toml` of the places below.

{settings}

These stand in a machine's own agentguard.toml and not in deploy.toml:

{own_settings}

`[choices]`: each closes a way round the hook, and has a price. None is made unless the file says `true`.

{choices}

`[linux]`, `[macos]` and `[windows]` may name what is started, where it is not that of `agentguard install --system`.

{paths}

## Where things go

{places}

On macOS managed settings may also come by the preference domain `{domain}`, on Windows by the value `{value}` of
`{key}`; both win over the file.

## Which events start the hook

{events}

Only PreToolUse carries `onFailure: "block"`, and only in the phase enforce. Hooks that nobody waits for are `async`. Never
started on {not_ours}: hooks there replace something, watch named files, or come with every piece of text.

## What `deploy lint` finds

The first digit says what kind: 1 the file, 2 the client does not start or drops all hooks of the file, 3 the hook is not
asked, 4 a hook that fails lets the call run, 5 people could change what the hook does. *Measured* means: seen on client 2.1.330
on Linux.

{lint}

## What `doctor --json` prints

{inventory}

## What `doctor` finds

In what mends it, {{cli}} is the installed command line, {{place}} what the finding is about, {{sudo}} stands only on a managed
install; {{install}} is `agentguard install --system` or `--user`, on a machine with the package
`dpkg --install agentguard.deb`; {{clock}}, {{enrol}} and {{timer}} depend on the kind of machine.

{doctor}
"""


def page() -> str:
    """Return the whole page as Markdown."""
    keys = [
        (f"`{name}`", "yes" if needed else "", meaning + (f" One of: {', '.join(words)}." if words else ""))
        for name, ((_kind, words, needed, meaning), _example) in plan.KEYS.items()
    ]
    fleet = plan.fleet_settings()
    own = [one for one in config.SETTINGS if one not in fleet]
    return _PAGE.format(
        commands=_table(("command", "what it does"), [(f"`{line}`", what) for line, what in _COMMANDS]),
        file_codes=", ".join(f"{code} ({meaning})" for code, meaning in plan.CODES.items()),
        keys=_table(("key", "needed", "meaning"), keys),
        settings=_table(("key", "meaning"), map(_setting, fleet)),
        own_settings=_table(("key", "meaning"), map(_setting, own)),
        paths=_table(("key", "meaning"), [(f"`{name}`", meaning) for name, (*_kind, meaning) in plan.PATHS.items()]),
        choices=_table(
            ("key", "closes", "price"), [(f"`{name}`", one.closes, one.price) for name, one in CHOICES.items()]
        ),
        places=_table(
            ("", "managed settings", "drop-ins", "agentguard's code", "its configuration", "its state"),
            [
                (one.title, *(f"`{path}`" for path in (one.settings, one.drop_ins, one.code, one.config, one.state)))
                for one in targets.TARGETS.values()
            ],
        ),
        domain=targets.DOMAIN,
        value=targets.REGISTRY_VALUE,
        key=targets.REGISTRY_KEY,
        events=_table(
            ("`events`", "what is recorded", "events, beside those of the lines above"),
            [(f"`{word}`", what, ", ".join(_events(word))) for word, what in events.RECORDS.items()],
        ),
        not_ours=", ".join(events.NOT_OURS),
        lint=_table(
            ("code", "level", "what", "why it matters", "what mends it"),
            [(name, one.level, one.what, one.why, one.mend) for name, one in CODES.items()],
        ),
        inventory=_table(("field", "what it is"), [(f"`{name}`", what) for name, what in doctor.INVENTORY.items()]),
        doctor=_table(
            ("finding", "level", "why it matters", "what mends it"),
            [(f"`{name}`", one.level, one.why, one.mend) for name, one in table.KNOWN.items() if one.why],
        ),
    )


def _setting(one: Setting) -> tuple[str, str]:
    return f"`{one.name}`", one.doc + (f" One of: {', '.join(filter(None, one.choices))}." if one.choices else "")


def _events(word: str) -> list[str]:
    return [name for name, event in events.EVENTS.items() if event.since == word]


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *([cell.replace("|", "\\|") for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
