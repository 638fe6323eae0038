"""`agentguard bundle`: the group, and what needs no key; the rest stands in files of its own."""

from __future__ import annotations

import os

import click

from agentguard.cli.common import LazyGroup, out, say

_LAZY = {
    "init": ("agentguard.cli.bundle_keys", "init", "Make a publisher's folder: keys, a first root, settings."),
    "key": ("agentguard.cli.bundle_keys", "key", "Make one key, or name one that hardware or a key service holds."),
    "publish": (
        "agentguard.cli.bundle_publish",
        "publish_command",
        "Compile, test, sign a policy and make it current.",
    ),
    "stage": ("agentguard.cli.bundle_publish", "stage_command", "Compile and test a policy for its owners to sign."),
    "sign": ("agentguard.cli.bundle_publish", "sign", "Look at a stage and sign it."),
    "refresh": ("agentguard.cli.bundle_publish", "refresh", "Say anew that the newest is the newest, every day."),
    "rotate-key": ("agentguard.cli.bundle_keys", "rotate_key", "Put another key in the place of one."),
    "add-key": ("agentguard.cli.bundle_keys", "add_key", "Have one more key sign a role."),
    "revoke-key": ("agentguard.cli.bundle_keys", "revoke_key", "Have a key sign nothing any more."),
    "renew-root": ("agentguard.cli.bundle_keys", "renew_root", "Sign the same keys for longer."),
    "team": ("agentguard.cli.bundle_keys", "team", "Go from one key to those of a team."),
    "verify": ("agentguard.cli.bundle_show", "verify", "Say whether a bundle holds, as a laptop would."),
    "show": ("agentguard.cli.bundle_show", "show", "Show keys, thresholds and expiries."),
    "diff": ("agentguard.cli.bundle_show", "diff", "Say what differs between two bundles, trust and policy."),
    "export": ("agentguard.cli.bundle_show", "export", "Write a bundle with raw signatures, for openssl to check."),
}
MODES = click.Choice(["observe", "enforce"])
mode_option = click.option("--mode", type=MODES, help="Override the mode of the policy.")
to_option = click.option(
    "--to", "folder", required=True, type=click.Path(file_okay=False), help="The publisher's folder."
)


@click.group(cls=LazyGroup, lazy=_LAZY)
def bundle() -> None:
    """Make keys, build, publish and verify signed bundles.

    \b
    Examples:
      agentguard bundle init acme --org acme           keys and a first root, for a team
      agentguard bundle publish policy/ --to acme      compile, test, sign, make current
      agentguard bundle verify acme                    what a laptop would say to it
    Serve the folder acme/repo with any web server, over https. docs/trust.md says who holds which key.
    """


@bundle.command()
@click.argument("source", metavar="DIR|NAME")
@click.option("-o", "--output", required=True, type=click.Path(dir_okay=False), help="Where the compiled policy goes.")
@mode_option
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
