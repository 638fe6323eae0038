"""`agentguard enroll`, `sync` and `status`: trust an organisation, fetch its newest bundle, see what is in force."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, TextIO

import click

from agentguard.cli.common import colour, home_option, json_option, out, out_json, places_of, say
from agentguard.errors import COULD_NOT, AgentguardError, Refused

if TYPE_CHECKING:
    from agentguard.places import Places

_STATES = {"fresh": "green", "grace": "yellow"}


@click.command()
@click.argument("source")
@click.option("--root-sha256", required=True, help="The SHA-256 of the first root, as its publisher says it.")
@click.option("--from", "first", default="", help="A folder that carries the first bundle, if SOURCE is out of reach.")
@click.option("--collector", "collector_url", default="", help="Send records here instead of where the bundle says.")
@click.option("--enrol-secret", default="", help="What the collector asks of a new device (others can see it in `ps`).")
@click.option("--enrol-secret-file", type=click.File(), help="The same, from the first line of a file.")
@click.option("--replace", is_flag=True, help="Trust another root than the one that is trusted here now.")
@home_option
@json_option
def enroll(
    source: str,
    root_sha256: str,
    first: str,
    collector_url: str,
    enrol_secret: str,
    enrol_secret_file: TextIO | None,
    replace: bool,
    home: str | None,
    as_json: bool,
) -> None:
    """Trust the organisation that publishes at SOURCE, and fetch its policy.

    \b
    Examples:
      agentguard enroll https://policy.example.com --root-sha256 9f86d0…
      agentguard enroll acme/repo --root-sha256 9f86d0…
    """
    from agentguard.sync import enroll as enrolling  # noqa: PLC0415 - tuf only where it is needed

    places = places_of(home)
    if not replace:
        enrolling.same_root(places, root_sha256)
    if enrol_secret_file:
        enrol_secret = enrol_secret_file.readline().strip()
    found = enrolling.enroll(
        places, source, root_sha256, first=first, collector_url=collector_url, enrol_secret=enrol_secret
    )
    if as_json:
        out_json(found)
        return
    out(f"{found['name']} {found['revision']} of {found['org']} is in force")
    say(f"fetched from {found['source']}; this device is {found['device']}")


@click.command()
@click.option(
    "--background", is_flag=True, help="Do only what is due, wait for what soon will be, and give way to another sync."
)
@click.option("--from", "source", default="", help="Fetch the bundle from this folder or URL this once.")
@home_option
@json_option
def sync(background: bool, source: str, home: str | None, as_json: bool) -> None:
    """Fetch the newest bundle and upload records. Exit 1 if a part of it failed; the last good bundle stays.

    \b
    Examples:
      agentguard sync
      agentguard sync --from /media/stick/repo
    """
    from agentguard.sync import stages, watch  # noqa: PLC0415

    places = places_of(home)
    waits = background and not source
    report = watch.run(places, look=_look) if waits else stages.run(places, source=source, look=_look)
    if as_json:
        out_json(report)
    else:
        _say_report(report)
    if not report["ok"]:
        raise click.exceptions.Exit(COULD_NOT)


@click.command()
@home_option
@json_option
def status(home: str | None, as_json: bool) -> None:
    """Which policy is in force here, on one screen. Exit 3 if it is neither fresh nor in its days of grace.

    \b
    Example:
      agentguard status
    """
    from agentguard.sync.facts import GOOD, facts  # noqa: PLC0415

    places = places_of(home)
    found = facts(places, time.time())
    found["audit"] = _audit(places)
    found["hook"] = _hook(places)
    if as_json:
        out_json(found)
    else:
        out(_screen(found, places))
    state = found["policy"]["state"]
    if state not in GOOD:
        raise Refused(
            f"the policy in force is {'the fallback policy' if 'digest' not in found['policy'] else state}: "
            f"{found['policy']['problem']}",
            hint="agentguard sync" if found["trust"]["enrolled"] else "agentguard enroll URL --root-sha256 HEX",
        )


def _look(places: Places) -> dict[str, Any]:
    from agentguard.deploy import doctor  # noqa: PLC0415 - in a process of its own, and only for a heartbeat

    return doctor.health(places)


def _say_report(report: dict[str, Any]) -> None:
    if report["busy"]:
        say("another sync is running")
        return
    bundle, upload = report["bundle"], report["upload"]
    if bundle and bundle["ok"]:
        out(f"bundle: {bundle['name']} {bundle['revision']} {'activated' if bundle['changed'] else 'is the newest'}")
    if upload and upload["ok"]:
        facts = ", ".join(f"{value} {name}" for name, value in upload.items() if name != "ok")
        out(f"upload: {facts or 'nothing to do'}")
    for name, part in (("bundle", bundle), ("upload", upload)):
        if part and not part["ok"]:
            say(f"{name}: {part['text']} ({part['code']})" + (f"\n  {part['hint']}" if part["hint"] else ""))


def _screen(found: dict[str, dict[str, Any]], places: Places) -> str:
    policy, person, trust, last, audit, hook = (
        found[name] for name in ("policy", "person", "trust", "sync", "audit", "hook")
    )
    name = f"{policy['name']} {policy['revision']} ({policy['mode']})" if "revision" in policy else "fallback"
    state = colour(policy["state"], fg=_STATES.get(policy["state"], "red"))
    error = last.get("last_error")
    groups = {
        "policy": [
            ("in force", name),
            ("state", state + (f": {policy['problem']}" if policy["problem"] else "")),
            ("digest", policy.get("digest", "")),
            ("signed", f"{_duration(policy['age'])} ago" if "age" in policy else ""),
            ("expires", policy.get("expires", "")),
        ],
        "person": _person_rows(person),
        "trust": [
            (
                "organisation",
                trust["org"] or ("" if trust["enrolled"] else f"not enrolled: there is no {places.anchor}"),
            ),
            ("source", trust["source"]),
            ("anchor", f"sha256 {trust['anchor_sha256']}" if "anchor_sha256" in trust else ""),
            ("install", trust["kind"]),
            ("verified by", trust["verified"]),
            ("problem", trust["problem"] if trust["enrolled"] else ""),
        ],
        "sync": [
            ("last asked", last.get("last_request", "" if last["readable"] else "only root can see it")),
            ("last good", last.get("last_success", "")),
            ("last new", last.get("last_activation", "")),
            ("error", f"{error['text']} ({error['code']}, {error['time']})" if error else ""),
        ],
        "audit": [("not uploaded", audit["text"]), ("collector", last["collector"])],
        "hook": [("command", hook["text"]), ("started", hook["started"] if hook["command"] else "")],
    }
    lines = []
    for title, rows in groups.items():
        shown = [(label, value) for label, value in rows if value]
        if shown:
            lines += [colour(title, bold=True), *(f"  {label.ljust(13)} {value}" for label, value in shown)]
    return "\n".join(lines)


def _person_rows(person: dict[str, Any]) -> list[tuple[str, str]]:
    """Return what a policy with roles makes of the person; nothing under one without."""
    held, claimed = (", ".join(person[name]) for name in ("roles", "roles_not_proved"))
    if not held and not claimed:
        return []
    unproved = f"{claimed} (known as {person['known']}" + ("" if person["groups"] else ", no groups known") + ")"
    return [("user", person["user"]), ("roles", held), ("not proved", unproved if claimed else "")]


def _audit(places: Places) -> dict[str, Any]:
    """Return how many records of this person wait for the collector."""
    import os  # noqa: PLC0415 - for this person's number only

    from agentguard.audit import upload  # noqa: PLC0415

    try:
        count = upload.unsent(places.spool(os.getuid()))
    except AgentguardError as error:
        return {"unsent": None, "text": error.message}
    return {"unsent": count, "text": f"{count} records"}


def _hook(places: Places) -> dict[str, Any]:
    from agentguard.deploy import install, settings  # noqa: PLC0415

    try:
        command = install.hook_command(places)
    except AgentguardError as error:
        return {"command": None, "text": error.message, "started": "no"}
    if places.managed:
        return {"command": command, "text": " ".join(command), "started": "as the managed settings say"}
    try:
        entry = settings.hook_entry(places, "PreToolUse")
        started = "yes" if entry else f"no: {settings.path_of(places)} does not name it (agentguard quickstart)"
    except AgentguardError as error:
        started = f"no: {error.message}"
    return {"command": command, "text": " ".join(command), "started": started}


def _duration(seconds: int) -> str:
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
