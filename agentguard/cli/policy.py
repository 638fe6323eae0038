"""`agentguard policy`: explain one call, and print the reference of the language; the rest stands in files of its own."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from agentguard.cli.common import (
    LazyGroup,
    colour,
    home_option,
    json_option,
    out,
    out_json,
    place_of_records,
    places_of,
    say,
)
from agentguard.errors import NO, PolicyError, Refused, UsageError
from agentguard.policy.model import ALLOW

if TYPE_CHECKING:
    from agentguard.access.model import ToolCall
    from agentguard.policy import recorded
    from agentguard.policy.engine import Policy
    from agentguard.policy.setting import Who

bundle_option = click.option(
    "--bundle",
    "bundle",
    default="baseline",
    show_default=True,
    metavar="DIR|NAME",
    help="A policy's folder, or the name of one that ships with agentguard.",
)
role_option = click.option(
    "--role", "roles", multiple=True, metavar="NAME", help="Of somebody who holds this role; can be repeated."
)

_LAZY = {
    "init": ("agentguard.cli.policy_suite", "init", "Begin a policy in a new folder."),
    "check": ("agentguard.cli.policy_suite", "check", "Say what is wrong with a policy, and what does nothing."),
    "test": ("agentguard.cli.policy_suite", "test", "Run the tests of a policy."),
    "matrix": ("agentguard.cli.policy_suite", "matrix", "Show who may do what, as a table."),
    "replay": ("agentguard.cli.policy_replay", "replay", "Say what a policy would change about calls that happened."),
    "diff": ("agentguard.cli.policy_layers", "diff", "Say what differs between two policies, what is weaker first."),
    "digest": ("agentguard.cli.policy_layers", "digest", "Print the digest by which an [[include]] pins a pack."),
}


@click.group(cls=LazyGroup, lazy=_LAZY)
def policy() -> None:
    """Write, check, test, explain and replay policies.

    \b
    Examples:
      agentguard policy check bundles/baseline
      agentguard policy explain --bash 'cat .env'
    """


@policy.command()
@click.argument("payload", required=False, metavar="[PAYLOAD.json|-]")
@click.option("--bash", "text", help="Explain this shell text instead of a payload.")
@click.option("--record", "record_id", metavar="ID", help="Explain the call in this record of the local audit log.")
@bundle_option
@click.option(
    "--role", "roles", multiple=True, metavar="NAME", help="Of somebody who holds this role; can be repeated."
)
@click.option("--rule", metavar="ID", help="Say for each row why this rule matches it, or does not.")
@click.option("--active", is_flag=True, help="By the policy in force on this machine, for yourself.")
@click.option("--cwd", type=click.Path(file_okay=False), help="The working directory of the call.")
@click.option("--exit-code", is_flag=True, help="Exit 3 unless the call is allowed.")
@home_option
@json_option
@click.pass_context
def explain(
    ctx: click.Context,
    payload: str | None,
    text: str | None,
    record_id: str | None,
    bundle: str,
    roles: tuple[str, ...],
    rule: str | None,
    active: bool,
    cwd: str | None,
    exit_code: bool,
    home: str | None,
    as_json: bool,
) -> None:
    """Say what happens to one tool call, and why. Nothing is run, and nothing needs to be enrolled.

    With --record: which policy decided then, and what the one in force (or --bundle) would decide now about the rows
    that the record holds. The exit code is 0 whatever is decided, unless --exit-code asks for it.

    \b
    Examples:
      agentguard policy explain --bash 'cat .env'
      agentguard policy explain payload.json --bundle my-policy
      agentguard policy explain --bundle my-policy --role analyst --bash 'git push'
      agentguard policy explain --bundle my-policy --rule git/push --bash 'git push origin main'
      agentguard policy explain --active --bash 'git push'
      agentguard policy explain --record 3f9c0d5e21a7b684
    """
    from agentguard.policy import engine, setting, why  # noqa: PLC0415
    from agentguard.policy import explain as explaining  # noqa: PLC0415

    if [payload, text, record_id].count(None) != 2:
        what = "name a payload's file, a shell text with --bash, or a record with --record"
        raise UsageError(what, hint="agentguard policy explain --help")
    named = ctx.get_parameter_source("bundle") is not ParameterSource.DEFAULT
    if rule and record_id:
        raise UsageError("--rule needs the call itself, and a record has only its rows")
    if active and named:
        raise UsageError("--active and --bundle are two policies", hint="leave one of them out")
    if roles and (active or record_id):
        what = "--active is about yourself" if active else "a record says who asked"
        raise UsageError(f"{what}, so it takes no --role", hint="name a policy with --bundle")
    loaded = _active(home) if active or (record_id and not named) else engine.load(compiled(bundle))
    if record_id:
        found = _recorded(record_id, loaded, home)
    else:
        call = _call(payload, text, cwd)
        world = setting.this_machine(call.cwd, home)
        who = _myself(loaded, home) if active else holder(loaded, roles)
        access, decision = setting.judge(loaded, call, world, who)
        found = {**explaining.explanation(loaded, call, access, decision), **explaining.reading(call, world)}
        found |= explaining.programs(access, world)
        if rule:
            told = setting.told(loaded, call, world, who)
            found["asked"] = why.of_rule(loaded, rule, decision.rows or access.rows, world, told)
    if as_json:
        out_json(found)
    else:
        out(explaining.as_text(found, colour))
    if exit_code and found["effect"] != ALLOW:
        ctx.exit(NO)


@policy.command()
def reference() -> None:
    """Print the reference of the policy language as Markdown.

    \b
    Example:
      agentguard policy reference > docs/policy-reference.md
    """
    from agentguard.policy import reference as page  # noqa: PLC0415

    click.echo(page.page(), nl=False)


def compiled(bundle: str) -> bytes:
    """Return the compiled policy of a folder, or of a bundle that ships with agentguard."""
    from agentguard.policy import compile as compiling  # noqa: PLC0415
    from agentguard.policy import source  # noqa: PLC0415

    return compiling.compile_folder(bundle if os.path.isdir(bundle) else source.shipped_bundle(bundle))


def reader() -> recorded.Reader:
    """Return how records hold rows."""
    from agentguard.audit import rows  # noqa: PLC0415
    from agentguard.policy import recorded  # noqa: PLC0415

    return recorded.Reader(rows.rows, rows.hidden)


def holder(loaded: Policy, roles: tuple[str, ...]) -> Who:
    """Return somebody who holds these roles of a policy."""
    from agentguard.policy import setting  # noqa: PLC0415
    from agentguard.policy.findings import nearest  # noqa: PLC0415

    for role in roles:
        if role not in loaded.roles:
            near = nearest(role, loaded.roles)
            there = ", ".join(sorted(loaded.roles)) or "none"
            hint = f"did you mean {near}?" if near else f"it defines {there}"
            raise UsageError(f"bundle {loaded.name} defines no role {role}", hint=hint)
    return setting.Who(roles)


def _recorded(record_id: str, loaded: Policy, home: str | None) -> dict[str, Any]:
    """Return what is said about the call in a record, then and now."""
    from agentguard.audit import query, source  # noqa: PLC0415
    from agentguard.places import account_home  # noqa: PLC0415
    from agentguard.policy import explain as explaining  # noqa: PLC0415
    from agentguard.policy import recorded  # noqa: PLC0415

    found, _complete = source.Spool(place_of_records(home).spool(os.getuid())).find(query.quoted("id", record_id), 1)
    if not found:
        raise Refused(f"there is no record {record_id}", hint="agentguard audit tail shows the newest ones")
    body, texts = found[0].body, found[0].texts
    if body.get("kind") != "decision":
        what = f"record {record_id} is no decision about a call ({body.get('kind')})"
        raise Refused(what, hint=f"agentguard audit show {record_id}")
    judged = recorded.Records(loaded, reader(), home or account_home()).judge(body, texts)
    now = explaining.explanation(loaded, judged.call, judged.access, judged.decision)
    then = explaining.decided(body)
    return {**now, **explaining.reading(judged.call, judged.world), "record": {**then, "undecidable": judged.doubt}}


def _myself(loaded: Policy, home: str | None) -> Who:
    """Return who this person is here, as the hook does."""
    from agentguard import places  # noqa: PLC0415
    from agentguard.bundle import seal  # noqa: PLC0415
    from agentguard.bundle.person import person  # noqa: PLC0415
    from agentguard.policy import roles, setting  # noqa: PLC0415
    from agentguard.policy.model import NONE, OS  # noqa: PLC0415

    where = places_of(home)
    name, known = places.account()
    local = seal.load_active(where, time.time()).local
    who = person(where, local, name, OS if known else NONE)
    held, claimed = roles.held(loaded.roles, who.user, who.groups, who.known)
    device, kind = str(local.get("device", "")), str(local.get("device_kind", ""))
    return setting.Who(tuple(sorted(held | claimed)), who.known, who.user, device, kind)


def _active(home: str | None) -> Any:
    """Return the policy in force, or what stands in for it; say so where that is not what was published."""
    from agentguard.bundle import seal  # noqa: PLC0415
    from agentguard.policy import engine  # noqa: PLC0415

    found = seal.load_active(places_of(home), time.time())
    if not found.policy:
        say(f"no published policy is in force here ({found.problem or found.state}), so the fallback policy decides")
        return engine.fallback()
    if found.problem:
        say(f"the policy is {found.state}: {found.problem}")
    return engine.load(found.policy)


def _call(payload: str | None, text: str | None, cwd: str | None) -> ToolCall:
    """Return the call to explain."""
    from agentguard.access.payload import INPUT_LIMIT, Malformed, parse  # noqa: PLC0415
    from agentguard.jsontext import JsonError  # noqa: PLC0415
    from agentguard.policy import calls  # noqa: PLC0415

    if cwd and not os.path.isdir(cwd):
        say(f"there is no folder {cwd} on this machine, so no file in it counts")
    if text is not None:
        if not text.isascii() and text.encode("utf-8", "ignore").decode() != text:
            raise UsageError("the text of --bash is not UTF-8", hint="a payload in a file can hold any character")
        return calls.of_bash(text, os.path.abspath(cwd or os.getcwd()))
    try:
        with click.open_file(str(payload), "rb") as stream:
            data = stream.read(INPUT_LIMIT + 1)
        if len(data) > INPUT_LIMIT:
            what = f"{payload} is over {INPUT_LIMIT // 1024**2} MiB, and the hook denies a call of that size unread"
            raise PolicyError(what, hint="a smaller payload can be explained")
        call = parse(data)
    except OSError as error:
        what = f"{payload} cannot be read: {error.strerror}"
        raise UsageError(what, hint="name a payload's file, or a shell text with --bash") from None
    except (JsonError, Malformed) as error:
        raise PolicyError(
            f"{payload} is no payload: {error}", hint="a payload is the JSON that a hook is given"
        ) from None
    if cwd:
        call.cwd = os.path.abspath(cwd)
    return call
