"""`agentguard bundle verify`, `show`, `diff` and `export`: looking at bundles, without any key."""

from __future__ import annotations

import time
from typing import Any

import click

from agentguard import plainfile
from agentguard.cli import passphrase
from agentguard.cli.common import home_option, json_option, out, out_json, places_of, say, table
from agentguard.errors import BundleError, Refused, TransportError

root_option = click.option(
    "--root", default="", type=click.Path(dir_okay=False), help="The root to trust (a folder has its own)."
)


@click.command()
@click.argument("target")
@root_option
@json_option
def verify(target: str, root: str, as_json: bool) -> None:
    """Verify a bundle: a publisher's folder, a URL or a seal. Exit 3 if it does not hold.

    \b
    Examples:
      agentguard bundle verify acme
      agentguard bundle verify https://policy.example.com --root root.json
    """
    from agentguard.bundle.inspect import inspect  # noqa: PLC0415
    from agentguard.policy.model import STALE  # noqa: PLC0415

    try:
        found = inspect(target, root)
    except TransportError:
        raise
    except BundleError as error:
        if as_json:
            out_json({"target": target, "ok": False, "code": error.code, "problem": error.message})
        raise Refused(f"{target} does not verify: {error.message}", hint=error.hint, code=error.code) from None
    good = found["state"] != STALE
    if as_json:
        out_json({"ok": good, **found})
    else:
        out(_headline(found))
    if not good:
        raise Refused(f"{target} is signed well and too old: {found['problem']}")


@click.command()
@click.argument("target", required=False)
@root_option
@home_option
@json_option
def show(target: str | None, root: str, home: str | None, as_json: bool) -> None:
    """Show a bundle with its keys, thresholds and expiries; without a name, the one in force here.

    \b
    Examples:
      agentguard bundle show acme
      agentguard bundle show
    """
    found = _in_force(home) if target is None else _inspected(target, root)
    if as_json:
        out_json(found)
        return
    out(_headline(found))
    custom = found["custom"]
    out(f"issued {custom['issued']}, {custom['grace_days']} days of grace, {found['bytes']} bytes")
    out(f"anchor sha256 {found['anchor_sha256']}")
    collector = custom.get("collector") or {}
    out(f"collector {collector.get('url') or '(none)'}")
    out("")
    rows = [
        (
            role["role"],
            str(role["version"]),
            f"{role['threshold']} of {len(role['keys'])}",
            role["expires"],
            _keys(role),
        )
        for role in found["roles"]
    ]
    granting = found["exceptions"]
    if granting:
        signers = f"{granting['threshold']} of {len(granting['keys'])}"
        rows.append(("exceptions", f"{granting['granted']} hold", signers, "", _keys(granting)))
    out(table(("ROLE", "VERSION", "SIGNERS", "EXPIRES", "KEYS"), rows))


def _keys(role: dict[str, Any]) -> str:
    return " ".join(f"{key['type']}:{key['keyid'][:12]}" for key in role["keys"])


def _inspected(target: str, root: str) -> dict[str, Any]:
    from agentguard.bundle.inspect import inspect  # noqa: PLC0415

    return inspect(target, root)


def _in_force(home: str | None) -> dict[str, Any]:
    from agentguard.bundle import seal  # noqa: PLC0415
    from agentguard.bundle.inspect import describe  # noqa: PLC0415

    places = places_of(home)
    now = time.time()
    active = seal.load_active(places, now)
    if active.chain is None:
        raise Refused(f"no bundle is in force here: {active.problem}", hint="agentguard status says more")
    found = describe(active.chain, plainfile.read(places.anchor, seal.ROOT_LIMIT), now)
    return {"target": places.seal, **found, "state": active.state, "problem": active.problem}


def _headline(found: dict[str, Any]) -> str:
    why = f" ({found['problem']})" if found["problem"] else ""
    return f"{found['name']} {found['revision']} of {found['org']}, {found['state']}{why}\nsha256 {found['digest']}"


@click.command()
@click.argument("old")
@click.argument("new")
@root_option
@json_option
def diff(old: str, new: str, root: str, as_json: bool) -> None:
    """Say what differs between two bundles: who signs what, until when, for whom, and then the policy.

    OLD and NEW are each a publisher's folder or its repository (also by URL), or a seal. NEW can be a stage that is to be
    published in OLD.

    \b
    Examples:
      agentguard bundle diff acme https://policy.example.com --root root.json
      agentguard bundle diff acme acme-7.stage
    """
    from agentguard.bundle import inspect, keyring, publisher, review, stage, stagetext  # noqa: PLC0415 - tuf only here
    from agentguard.policy import diff as comparing  # noqa: PLC0415 - a parser that only authoring needs
    from agentguard.policy import difftext  # noqa: PLC0415

    if stage.is_stage(new):
        publishing = publisher.read(old)
        staged = stage.load(new)
        policy = review.review(publishing, staged, new, allow_weakening=True)
        text = stagetext.policy(staged, policy)
        trust = [*stagetext.against(publishing)]
        trust += stagetext.lines(publishing, staged, keyring.Keyring(publishing, passphrase.existing(None)))
    else:
        before, anchor = inspect.chain(old, root)
        after, other = inspect.chain(new, root)
        now = time.time()
        trust = inspect.differences(inspect.describe(before, anchor, now), inspect.describe(after, other, now))
        policy = comparing.compare(
            comparing.of_compiled(before.policy, f"{before.name} {before.revision} of {old}"),
            comparing.of_compiled(after.policy, f"{after.name} {after.revision} of {new}"),
        )
        text = f"policy: {difftext.text(policy)}" if policy.same else difftext.text(policy)
    if as_json:
        out_json({"trust": trust, "policy": policy.to_json() if policy else None})
        return
    for line in trust or ["trust: no difference"]:
        out(line)
    if text:
        out("")
        out(text)


@click.command()
@click.argument("target")
@click.option("-o", "--output", required=True, type=click.Path(file_okay=False), help="A folder that is not there yet.")
@root_option
@json_option
def export(target: str, output: str, root: str, as_json: bool) -> None:
    """Verify a bundle and write it with each signature beside the bytes it is over, for openssl to check.

    TARGET is a publisher's folder, a repository (also by URL) or a seal. The folder gets repo/, a plain TUF repository, and
    raw/ with a verify.sh that needs openssl 3 and sha256sum, and nothing of agentguard's.

    \b
    Examples:
      agentguard bundle export acme -o evidence
      sh evidence/raw/verify.sh
    """
    from agentguard.bundle import export as exporting  # noqa: PLC0415 - tuf only where it is needed

    found = exporting.export(target, root, output)
    if as_json:
        out_json(found)
        return
    out(output)
    say(f"{found['signatures']} signatures over {found['files']} files; check them: sh {output}/raw/verify.sh")
