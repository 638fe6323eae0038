"""`agentguard doctor` says whether the guard is in force on this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from agentguard.cli.common import colour, home_option, json_option, many, out, out_json, say
from agentguard.errors import DONE, NO

if TYPE_CHECKING:
    from agentguard.deploy.doctor import Report


@click.command()
@click.option("--live", is_flag=True, help="Send two calls through the real client as well, where it is there.")
@click.option(
    "--fix", is_flag=True, help="Mend what is safe to mend: the spool's mode, a sync, the timer, one's own settings."
)
@home_option
@json_option
def doctor(live: bool, fix: bool, home: str | None, as_json: bool) -> int:
    """Say whether the guard is in force on this machine, and if not, what mends it. Exit 3 if it is not.

    \b
    Examples:
      agentguard doctor
      agentguard doctor --live
      agentguard doctor --json     for an inventory, or as --proof for `deploy render --phase enforce`

    Looks at managed settings and which of them win, the client, the hook's command, anchor, policy and clock, records
    and the sync, and people's own hooks; then sends a call that must pass and one that must be denied through the very
    command in the settings.
    """
    from agentguard.deploy import doctor as doctors  # noqa: PLC0415 - only when the command runs
    from agentguard.deploy.doctor import fix as fixes  # noqa: PLC0415
    from agentguard.deploy.doctor.machine import Machine, installation  # noqa: PLC0415

    where = installation(home)
    report = doctors.examine(Machine(where), through_client=live and not fix)
    if fix:
        for line in fixes.mend(report.exam, report.findings):
            say(line)
        report = doctors.examine(Machine(where), through_client=live)
    if as_json:
        out_json(report.to_json())
    else:
        out(_screen(report))
    return DONE if report.healthy else NO


def _screen(report: Report) -> str:
    facts = report.facts
    policy, client = facts["policy"], facts["client"]
    lines = [
        (
            "install",
            facts["install"] + ((", enforcing" if facts["enforces"] else ", observing") if facts["hook"] else ""),
        ),
        ("client", f"{client['version'] or 'unknown version'}, {client['path']}" if client else "none found"),
        *((f"settings of {name}", _winner(one)) for name, one in facts["settings"].items()),
        ("hook", " ".join(facts["hook"]) or "not in the settings"),
        ("policy", f"{policy['name']} {policy['revision']}, {policy['state']}" if policy["name"] else policy["state"]),
    ]
    width = max(len(label) for label, _value in lines)
    text = [f"{label.ljust(width)}  {value}" for label, value in lines]
    for one in report.findings:
        mark = colour(one.level, fg="red" if one.level == "error" else "yellow", bold=True)
        text += ["", f"{mark} {one.name}: {one.what}", f"  why   {one.why}", f"  mend  {one.mend}"]
    count = {level: sum(one.level == level for one in report.findings) for level in ("error", "warning")}
    end = "healthy" if report.healthy else f"unhealthy: {many(count['error'], 'error')}"
    if count["warning"]:
        end += f", {many(count['warning'], 'warning')}"
    return "\n".join([*text, "", colour(end, fg="green" if report.healthy else "red", bold=True)])


def _winner(one: dict[str, object] | None) -> str:
    if one is None:
        return "no managed settings"
    return f"{one['source']}, {one['place']}" + (", merged with the others" if one["merged"] else "")
