"""`agentguard policy digest`: what a policy that stands on others needs."""

from __future__ import annotations

import os

import click

from agentguard.cli.common import json_option, out, out_json


@click.command()
@click.argument("pack", metavar="DIR|NAME")
@json_option
def digest(pack: str, as_json: bool) -> None:
    """Print the digest by which an [[include]] pins a pack: a policy's folder, or one that ships with agentguard.

    It is the SHA-256 of what `sha256sum bundle.toml rules/*.toml` prints in that folder, in the C locale.

    \b
    Examples:
      agentguard policy digest baseline
      agentguard policy digest packs/org
    """
    from agentguard.policy import layers, source  # noqa: PLC0415 - a parser that only authoring needs

    found = layers.digest(pack if os.path.isdir(pack) else source.shipped_bundle(pack))
    if as_json:
        out_json({"pack": pack, "digest": found})
    else:
        out(found)
