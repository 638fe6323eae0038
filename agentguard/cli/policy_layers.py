"""`agentguard policy digest` and `policy diff`: what a policy stands on, and what differs between two."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from agentguard.cli.common import json_option, out, out_json, say
from agentguard.errors import NO, UsageError

if TYPE_CHECKING:
    from agentguard.policy.diff import Side


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


@click.command()
@click.argument("old")
@click.argument("new")
@click.option("--root", default="", type=click.Path(dir_okay=False), help="The root to trust for a published bundle.")
@click.option("--exit-code", is_flag=True, help="Exit 3 if there is a weakening.")
@json_option
@click.pass_context
def diff(ctx: click.Context, old: str, new: str, root: str, exit_code: bool, as_json: bool) -> None:
    """Say what differs between two policies, and first of all what might be weaker in NEW.

    OLD and NEW are each a policy's folder, the name of one that ships with agentguard, a publisher's folder or its
    repository (also by URL), or a file that `bundle build` wrote.

    \b
    Examples:
      agentguard policy diff acme my-policy
      agentguard policy diff baseline my-policy --json
      agentguard policy diff https://policy.example.com my-policy --root root.json --exit-code
    """
    from agentguard.policy import diff as comparing  # noqa: PLC0415 - a parser that only authoring needs
    from agentguard.policy import difftext  # noqa: PLC0415

    found = comparing.compare(_side(old, root), _side(new, root))
    if as_json:
        out_json(found.to_json())
    else:
        out(difftext.text(found))
    say(difftext.counts(found))
    if exit_code and found.weakenings:
        ctx.exit(NO)


def _side(target: str, root: str) -> Side:
    """Return the policy that somebody named."""
    from agentguard.bundle import files, inspect, seal  # noqa: PLC0415
    from agentguard.policy import diff as comparing  # noqa: PLC0415
    from agentguard.policy import source  # noqa: PLC0415

    if os.path.isfile(os.path.join(target, "bundle.toml")):
        return comparing.of_source(target)
    if os.path.isdir(target) or "://" in target:
        chain, _root = inspect.chain(target, root)
        return comparing.of_compiled(chain.policy, f"{chain.name} {chain.revision} of {target}")
    if os.path.isfile(target):
        return comparing.of_compiled(files.read(target, seal.POLICY_LIMIT), target)
    if os.sep in target:
        raise UsageError(f"there is no {target}", hint="name a policy's folder, a bundle's repository, or a file")
    return comparing.of_source(source.shipped_bundle(target), target)
