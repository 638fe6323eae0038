"""`agentguard bundle init`, `key`, `rotate-key`, `revoke-key`, `renew-root` and `team`: who signs."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from agentguard.cli import passphrase
from agentguard.cli.bundle import to_option
from agentguard.cli.bundle_publish import output_option, published, staged_as
from agentguard.cli.common import json_option, out, out_json, say
from agentguard.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from agentguard.bundle.keyring import Keyring
    from agentguard.bundle.publisher import Publisher
    from agentguard.bundle.stage import Stage

_type_option = click.option(
    "--key-type",
    type=click.Choice(["ed25519", "p256"]),
    default="ed25519",
    show_default=True,
    help="Which kind of keys to make.",
)


@click.command()
@click.argument("folder", type=click.Path())
@click.option("--org", required=True, help="The organisation; every laptop accepts bundles of one only.")
@click.option("--solo", is_flag=True, help="One key for everything, instead of 2 of 3 for root and policy.")
@click.option("--keys", "handed", default="", type=click.Path(file_okay=False),
              help="A folder with the .pub files of keys that are elsewhere; the others are made here.")  # fmt: skip
@click.option(
    "--signers", multiple=True, metavar="ROLE=K/N", help="K of N keys for root, policy, online or exceptions."
)
@click.option("--days", multiple=True, metavar="ROLE=N", help="For how long a role's signatures hold.")
@_type_option
@passphrase.passphrase_option
@passphrase.no_passphrase_option
@click.option("--collector-url", default="", help="Where laptops send their records.")
@click.option("--receipt-key", "receipt_keys", multiple=True, help="A key that signs the collector's receipts.")
@json_option
def init(
    folder: str,
    org: str,
    solo: bool,
    handed: str,
    signers: Sequence[str],
    days: Sequence[str],
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
      agentguard bundle init acme --org acme --keys handed-over --signers policy=2/2
      agentguard bundle init mine --org me --solo
    """
    from agentguard.bundle import publish, publisher, stage  # noqa: PLC0415 - tuf only where it is needed

    if solo and (signers or handed):
        raise UsageError("--solo is one key for everything: it goes with neither --signers nor --keys")
    protected = passphrase.new(passphrase_file, none=no_passphrase)()
    digest = publish.init(
        folder,
        org,
        solo=solo,
        key_type=key_type,
        passphrase=protected,
        collector_url=collector_url,
        receipt_keys=receipt_keys,
        handed=handed,
        roles=publisher.numbers(signers, days),
    )
    made = publisher.read(folder)
    if not digest:
        path = os.path.join(folder, publish.FIRST)
        staged_as(folder, made, stage.load(path), path, as_json=as_json)
        return
    if as_json:
        out_json({"folder": made.folder, "org": org, "root_sha256": digest, "keys": made.key_names()})
        return
    out(digest)
    say(f"made {made.folder} with the keys {', '.join(made.key_names())}")
    say("the line above is the SHA-256 of the root: laptops trust this organisation by it (enroll --root-sha256)")
    say(f"next: agentguard bundle publish POLICY --to {folder}")


@click.command()
@click.argument("path", metavar="NAME", type=click.Path(dir_okay=False))
@_type_option
@click.option("--uri", default="", help="Where the key is, if in no file: hsm:, awskms:, gcpkms: or azurekms:.")
@click.option("--public", "pem", default="", type=click.Path(dir_okay=False),
              help="Its public half in PEM, for --uri.")  # fmt: skip
@passphrase.passphrase_option
@passphrase.no_passphrase_option
@json_option
def key(
    path: str, key_type: str, uri: str, pem: str, passphrase_file: str | None, no_passphrase: bool, as_json: bool
) -> None:
    """Make a key: NAME.pem for its owner alone, and NAME.pub to hand over.

    With --uri nothing secret is written: NAME.pub says where the key is. Such keys are ECDSA on P-256.

    \b
    Examples:
      agentguard bundle key policy-4
      agentguard bundle key online --uri awskms:alias/agentguard --public online.pem
    """
    from agentguard.bundle import roots  # noqa: PLC0415 - tuf only where it is needed

    if bool(uri) != bool(pem):
        raise UsageError("--uri and --public go together", hint="--uri says where the key is, --public which it is")
    if uri:
        made = roots.name_key(path, uri, pem)
    else:
        made = roots.make_key(path, key_type, passphrase.new(passphrase_file, none=no_passphrase)())
    if as_json:
        out_json({"key": path, "keyid": made.keyid, "type": made.keytype, "uri": uri})
        return
    out(made.keyid)
    say(f"hand over {path}.pub" if uri else f"keep {path}.pem to yourself and hand over {path}.pub")


@click.command(name="rotate-key")
@click.argument("names", metavar="OLD NEW…", nargs=-1, required=True)
@to_option
@output_option
@_type_option
@passphrase.passphrase_option
@passphrase.no_passphrase_option
@json_option
def rotate_key(
    names: Sequence[str],
    folder: str,
    output: str | None,
    key_type: str,
    passphrase_file: str | None,
    no_passphrase: bool,
    as_json: bool,
) -> None:
    """Put the key NEW in the place of OLD, wherever that signs. Laptops need nothing: they follow by themselves.

    NEW is the name of a key whose .pub lies in DIR/keys; else it is made there. Several pairs make one new root. Without -o
    all signatures must come from keys that are here.

    \b
    Examples:
      agentguard bundle rotate-key policy-1 policy-4 --to acme -o rotation.stage
      agentguard bundle rotate-key online online-2 policy-1 policy-4 --to acme -o rotation.stage
    """
    from agentguard.bundle import roots  # noqa: PLC0415 - tuf only where it is needed

    if len(names) % 2:
        raise UsageError("name pairs of keys: each old one with the one that takes its place")

    def make(publishing: Publisher, ring: Keyring) -> Stage:
        _make_missing(publishing, ring, names[1::2], key_type, passphrase.new(passphrase_file, none=no_passphrase))
        return roots.rotate(publishing, ring, list(zip(names[::2], names[1::2], strict=True)))

    _change(folder, output, passphrase_file, make, as_json=as_json)


@click.command(name="add-key")
@click.argument("name")
@to_option
@click.option("--role", required=True, help="What it signs: root, policy, online or exceptions.")
@output_option
@_type_option
@passphrase.passphrase_option
@passphrase.no_passphrase_option
@json_option
def add_key(
    name: str,
    folder: str,
    role: str,
    output: str | None,
    key_type: str,
    passphrase_file: str | None,
    no_passphrase: bool,
    as_json: bool,
) -> None:
    """Have one more key sign a role. How many of them must sign stays as it is.

    \b
    Example:
      agentguard bundle add-key policy-4 --role policy --to acme -o addition.stage
    """
    from agentguard.bundle import publisher, roots  # noqa: PLC0415 - tuf only where it is needed

    roles = publisher.roles_of(role, "--role")

    def make(publishing: Publisher, ring: Keyring) -> Stage:
        _make_missing(publishing, ring, [name], key_type, passphrase.new(passphrase_file, none=no_passphrase))
        return roots.add(publishing, ring, name, roles)

    _change(folder, output, passphrase_file, make, as_json=as_json)


@click.command(name="revoke-key")
@click.argument("name")
@to_option
@output_option
@passphrase.passphrase_option
@json_option
def revoke_key(name: str, folder: str, output: str | None, passphrase_file: str | None, as_json: bool) -> None:
    """Have a key sign nothing any more. As many as the threshold must remain; `rotate-key` puts another in its place.

    \b
    Example:
      agentguard bundle revoke-key policy-1 --to acme -o revocation.stage
    """
    from agentguard.bundle import roots  # noqa: PLC0415 - tuf only where it is needed

    _change(
        folder, output, passphrase_file, lambda publishing, ring: roots.revoke(publishing, ring, name), as_json=as_json
    )


@click.command(name="renew-root")
@to_option
@output_option
@passphrase.passphrase_option
@json_option
def renew_root(folder: str, output: str | None, passphrase_file: str | None, as_json: bool) -> None:
    """Sign a root of the same keys that expires later.

    \b
    Example:
      agentguard bundle renew-root --to acme -o renewal.stage
    """
    from agentguard.bundle import roots  # noqa: PLC0415 - tuf only where it is needed

    _change(folder, output, passphrase_file, roots.renew, as_json=as_json)


@click.command()
@to_option
@output_option
@_type_option
@passphrase.passphrase_option
@passphrase.no_passphrase_option
@json_option
def team(
    folder: str, output: str | None, key_type: str, passphrase_file: str | None, no_passphrase: bool, as_json: bool
) -> None:
    """Go from the one key of a solo publisher to those of a team, by one new root. Laptops follow by themselves.

    Keys whose .pub lies in DIR/keys already (root-1 … policy-3, online, exceptions) are taken; the others are made there.

    \b
    Example:
      agentguard bundle team --to mine
    """
    from agentguard.bundle import roots  # noqa: PLC0415 - tuf only where it is needed

    def make(publishing: Publisher, ring: Keyring) -> Stage:
        secret = passphrase.new(passphrase_file, none=no_passphrase)
        _make_missing(publishing, ring, roots.team_names(), key_type, secret)
        return roots.team(publishing, ring)

    _change(folder, output, passphrase_file, make, as_json=as_json)


def _make_missing(
    publishing: Publisher, ring: Keyring, names: Sequence[str], key_type: str, secret: Callable[[], bytes | None]
) -> None:
    """Make those of these keys that nobody has handed over."""
    from agentguard.bundle import roots  # noqa: PLC0415 - tuf only where it is needed

    for name in names:
        if name not in ring.known():
            roots.make_key(os.path.join(publishing.keys, name), key_type, secret())


def _change(
    folder: str,
    output: str | None,
    passphrase_file: str | None,
    make: Callable[[Publisher, Keyring], Stage],
    *,
    as_json: bool,
) -> None:
    """Stage a change of keys in a file, or sign and publish it."""
    from agentguard.bundle import publisher, release, stage, stagetext  # noqa: PLC0415 - tuf only where it is needed
    from agentguard.bundle.keyring import Keyring  # noqa: PLC0415

    publishing = publisher.read(folder)
    ring = Keyring(publishing, passphrase.existing(passphrase_file))
    staged = make(publishing, ring)
    for line in stagetext.lines(publishing, staged, ring):
        say(line)
    if output:
        stage.save(output, staged)
        staged_as(folder, publishing, staged, output, as_json=as_json)
        return
    published(folder, publishing, release.sign_and_put(publishing, staged, ring), as_json=as_json)
