"""`agentguard bundle`: make keys, build, publish, verify and show signed bundles."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

import click

from agentguard.cli import passphrase
from agentguard.cli.common import home_option, json_option, out, out_json, places_of, say, table
from agentguard.errors import BundleError, Refused, TransportError, WeakeningError

if TYPE_CHECKING:
    from agentguard.policy.diff import Diff

_MODES = click.Choice(["observe", "enforce"])
_mode = click.option("--mode", type=_MODES, help="Override the mode of the policy.")


@click.group()
def bundle() -> None:
    """Make keys, build, publish and verify signed bundles.

    \b
    Examples:
      agentguard bundle init acme --org acme           keys and a first root, for a team
      agentguard bundle publish policy/ --to acme      compile, test, sign, make current
      agentguard bundle verify acme                    what a laptop would say to it
    Serve the folder acme/repo with any web server, over https.
    """


@bundle.command()
@click.argument("folder", type=click.Path())
@click.option("--org", required=True, help="The organisation; every laptop accepts bundles of one only.")
@click.option("--solo", is_flag=True, help="One key for everything, instead of 2 of 3 for root and policy.")
@click.option(
    "--key-type",
    type=click.Choice(["ed25519", "p256"]),
    default="ed25519",
    show_default=True,
    help="Which kind of keys to make.",
)
@passphrase.passphrase_option
@passphrase.no_passphrase_option
@click.option("--collector-url", default="", help="Where laptops send their records.")
@click.option("--receipt-key", "receipt_keys", multiple=True, help="A key that signs the collector's receipts.")
@json_option
def init(
    folder: str,
    org: str,
    solo: bool,
    key_type: str,
    passphrase_file: str | None,
    no_passphrase: bool,
    collector_url: str,
    receipt_keys: tuple[str, ...],
    as_json: bool,
) -> None:
    """Make a publisher's folder: keys, a first root, settings.

    \b
    Examples:
      agentguard bundle init acme --org acme
      agentguard bundle init mine --org me --solo
    """
    from agentguard.bundle import publish, publisher  # noqa: PLC0415 - tuf only where it is needed

    protected = passphrase.new(passphrase_file, none=no_passphrase)()
    digest = publish.init(
        folder,
        org,
        solo=solo,
        key_type=key_type,
        passphrase=protected,
        collector_url=collector_url,
        receipt_keys=receipt_keys,
    )
    made = publisher.read(folder)
    if as_json:
        out_json({"folder": made.folder, "org": org, "root_sha256": digest, "keys": made.key_names()})
        return
    out(digest)
    say(f"made {made.folder} with the keys {', '.join(made.key_names())}")
    say("the line above is the SHA-256 of the root: laptops trust this organisation by it (enroll --root-sha256)")
    say(f"next: agentguard bundle publish POLICY --to {folder}")


@bundle.command()
@click.argument("source", metavar="DIR|NAME")
@click.option("-o", "--output", required=True, type=click.Path(dir_okay=False), help="Where the compiled policy goes.")
@_mode
def build(source: str, output: str, mode: str | None) -> None:
    """Compile a policy folder to one file.

    \b
    Example:
      agentguard bundle build bundles/baseline -o policy.json
    """
    from agentguard.bundle import files, publish  # noqa: PLC0415
    from agentguard.digest import sha256_hex  # noqa: PLC0415

    data = publish.build(source, mode=mode)
    files.replace(os.path.abspath(output), data, 0o644)
    out(sha256_hex(data))
    say(f"wrote {output}, {len(data)} bytes; the line above is its SHA-256")


@bundle.command(name="publish")
@click.argument("source", metavar="DIR|NAME")
@click.option("--to", "folder", required=True, type=click.Path(file_okay=False), help="The publisher's folder.")
@_mode
@click.option("--allow-weakening", is_flag=True, help="Publish although the policy might be weaker than the last one.")
@passphrase.passphrase_option
@json_option
def publish_command(
    source: str, folder: str, mode: str | None, allow_weakening: bool, passphrase_file: str | None, as_json: bool
) -> None:
    """Compile a policy, run its tests, compare it with what is published, sign it and make it current.

    What might be weaker than what is published now is refused with exit code 3. CHANGES.md in the publisher's folder
    tells what each revision changed.

    \b
    Examples:
      agentguard bundle publish bundles/baseline --to acme
      agentguard bundle publish bundles/baseline --to acme --mode observe --allow-weakening
    """
    from agentguard.bundle import publish, publisher  # noqa: PLC0415
    from agentguard.policy import difftext  # noqa: PLC0415

    weaker: list[dict[str, str]] = []
    tests: list[int] = []

    def show(diff: Diff) -> None:
        weaker.extend(one._asdict() for one in diff.weakenings)
        say(difftext.counts(diff))
        for line in difftext.weakenings(diff.weakenings, difftext.SHOWN):
            say(f"  {line}")

    try:
        chain = publish.publish(
            source,
            folder,
            mode=mode,
            passphrase=passphrase.existing(passphrase_file),
            allow_weakening=allow_weakening,
            show=show,
            tested=tests.append,
        )
    except WeakeningError as error:
        if as_json:
            out_json({"code": error.code, "problem": error.message, "weakenings": list(error.weakenings)})
        raise
    if tests == [0]:
        say(f"{source} has no tests (tests/*.toml), so nothing shows that it does what it is meant to")
    repo = publisher.read(folder).repo
    if as_json:
        named = {"name": chain.name, "revision": chain.revision, "digest": chain.digest}
        out_json({**named, "repo": repo, "weakenings": weaker})
        return
    out(f"{chain.name} {chain.revision}  {chain.digest}")
    say(f"published in {repo}: serve that folder over https")


@bundle.command()
@click.argument("target")
@click.option("--root", default="", type=click.Path(dir_okay=False), help="The root to trust (a folder has its own).")
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


@bundle.command()
@click.argument("target", required=False)
@click.option("--root", default="", type=click.Path(dir_okay=False), help="The root to trust (a folder has its own).")
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
    from agentguard.bundle import files, seal  # noqa: PLC0415
    from agentguard.bundle.inspect import describe  # noqa: PLC0415

    places = places_of(home)
    now = time.time()
    active = seal.load_active(places, now)
    if active.chain is None:
        raise Refused(f"no bundle is in force here: {active.problem}", hint="agentguard status says more")
    found = describe(active.chain, files.read(places.anchor, seal.ROOT_LIMIT), now)
    return {"target": places.seal, **found, "state": active.state, "problem": active.problem}


def _headline(found: dict[str, Any]) -> str:
    why = f" ({found['problem']})" if found["problem"] else ""
    return f"{found['name']} {found['revision']} of {found['org']}, {found['state']}{why}\nsha256 {found['digest']}"
