"""`agentguard bundle publish`, `stage`, `sign` and `refresh`: from a policy to what laptops fetch."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING, Any

import click

from agentguard.cli import passphrase
from agentguard.cli.bundle import mode_option, to_option
from agentguard.cli.common import json_option, out, out_json, say, table
from agentguard.errors import ConfigError, Refused, UsageError, WeakeningError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from agentguard.bundle.publisher import Publisher
    from agentguard.bundle.stage import Stage
    from agentguard.bundle.verify import Chain
    from agentguard.policy.diff import Diff

weakening_option = click.option(
    "--allow-weakening", is_flag=True, help="Go on although the policy might be weaker than the one that is published."
)
key_option = click.option(
    "--key", "names", multiple=True, metavar="NAME", help="Sign with this key only; can be repeated."
)
output_option = click.option(
    "-o", "--output", type=click.Path(dir_okay=False), help="Write a stage for others to sign."
)


class Told:
    """What a command has to say of a policy before anything is signed, kept for its JSON."""

    def __init__(self) -> None:
        self.weakenings: list[dict[str, str]] = []
        self.tests = -1

    def note(self, diff: Diff | None) -> None:
        """Keep what a policy weakens."""
        self.weakenings.extend(one._asdict() for one in (diff.weakenings if diff else ()))

    def show(self, diff: Diff | None) -> None:
        """Tell what a policy changes."""
        from agentguard.policy import difftext  # noqa: PLC0415 - a parser that only authoring needs

        self.note(diff)
        if diff is not None:
            say(difftext.counts(diff))
            for line in difftext.weakenings(diff.weakenings, difftext.SHOWN):
                say(f"  {line}")

    def tested(self, count: int) -> None:
        """Note how many tests have passed."""
        self.tests = count

    def no_tests(self, source: str) -> None:
        """Tell that a policy has no tests, if so."""
        if self.tests == 0:
            say(f"{source} has no tests (tests/*.toml), so nothing shows that it does what it is meant to")


@click.command(name="publish")
@click.argument("sources", metavar="DIR|NAME|STAGE…", nargs=-1, required=True)
@to_option
@mode_option
@weakening_option
@passphrase.passphrase_option
@json_option
def publish_command(
    sources: Sequence[str],
    folder: str,
    mode: str | None,
    allow_weakening: bool,
    passphrase_file: str | None,
    as_json: bool,
) -> None:
    """Compile a policy, run its tests, compare it with what is published, sign it and make it current.

    What might be weaker than what is published now is refused with exit code 3. CHANGES.md in the publisher's folder
    tells what each revision changed. Where the keys are on several machines, `stage` makes a file that is signed by one
    after the other, or copies that are signed apart: publish takes all of them.

    \b
    Examples:
      agentguard bundle publish bundles/baseline --to acme
      agentguard bundle publish bundles/baseline --to acme --mode observe --allow-weakening
      agentguard bundle publish signed-by-ann.stage signed-by-bob.stage --to acme
    """
    from agentguard.bundle import publish, publisher, release, repository, review, stage  # noqa: PLC0415 - tuf only here
    from agentguard.bundle.keyring import Keyring  # noqa: PLC0415

    told = Told()
    publishing = publisher.read(folder)
    secret = passphrase.existing(passphrase_file)
    with _weakenings(as_json):
        if any(stage.is_stage(one) for one in sources):
            staged = stage.many(sources, repository.latest_root(publishing.repo))
            change = review.review(publishing, staged, sources[0], allow_weakening=allow_weakening)
            told.show(change)
            chain = release.put(publishing, staged, Keyring(publishing, secret), change, sources[0])
            publish.first_is_published(publishing)
        elif len(sources) > 1:
            raise UsageError("one policy at a time", hint="several files are for copies of one stage")
        else:
            chain = publish.publish(
                sources[0], folder, mode=mode, passphrase=secret, allow_weakening=allow_weakening,
                show=told.show, tested=told.tested,
            )  # fmt: skip
    told.no_tests(sources[0])
    published(folder, publishing, chain, as_json=as_json, weakenings=told.weakenings)


@click.command(name="stage")
@click.argument("source", metavar="DIR|NAME")
@to_option
@click.option("-o", "--output", required=True, type=click.Path(dir_okay=False), help="Where the stage goes.")
@mode_option
@weakening_option
@json_option
def stage_command(
    source: str, folder: str, output: str, mode: str | None, allow_weakening: bool, as_json: bool
) -> None:
    """Compile a policy, run its tests and write a file for its owners to sign. No key is needed.

    Give the file to each owner in turn, or a copy to each. It holds for 14 days, and as long as nothing else is published.

    \b
    Example:
      agentguard bundle stage policy/ --to acme -o acme-7.stage
    """
    from agentguard.bundle import publish, publisher, stage  # noqa: PLC0415 - tuf only where it is needed

    told = Told()
    publishing = publisher.read(folder)
    with _weakenings(as_json):
        staged, change = publish.prepare(
            source, publishing, mode=mode, allow_weakening=allow_weakening, tested=told.tested
        )
    told.show(change)
    told.no_tests(source)
    stage.save(output, staged)
    staged_as(folder, publishing, staged, output, as_json=as_json, weakenings=told.weakenings)


@click.command()
@click.argument("file", metavar="STAGE", type=click.Path(exists=True, dir_okay=False))
@to_option
@key_option
@click.option("--source", default="", help="Refuse unless this policy's folder gives the very same policy.")
@mode_option
@click.option("--root-sha256", default="", metavar="HEX", help="Refuse unless root 1 in DIR has this SHA-256.")
@click.option("-o", "--output", type=click.Path(dir_okay=False), help="Write the signed stage here, not over STAGE.")
@weakening_option
@passphrase.passphrase_option
@json_option
def sign(
    file: str,
    folder: str,
    names: Sequence[str],
    source: str,
    mode: str | None,
    root_sha256: str,
    output: str | None,
    allow_weakening: bool,
    passphrase_file: str | None,
    as_json: bool,
) -> None:
    """Show what a stage would change and sign it with the keys that are here. Exit 1 if there is nothing to add.

    It is compared with what is published in DIR, so have that folder up to date. All there must be signed from root 1 on, and
    --root-sha256 makes sure that root 1 is the one whose digest you wrote down. What no publish would take is not signed.
    With --source the policy's tests are run, too; without it, the reasons that a stage gives are its sender's word alone.
    `bundle diff DIR STAGE` shows the same and signs nothing.

    \b
    Examples:
      agentguard bundle sign acme-7.stage --to acme
      agentguard bundle sign acme-7.stage --to acme --key policy-2 --source policy/ --root-sha256 9c1f…
    """
    from agentguard.bundle import publisher, repository, review, stage, stagetext  # noqa: PLC0415 - tuf only here
    from agentguard.bundle.keyring import Keyring  # noqa: PLC0415

    told = Told()
    publishing = publisher.read(folder)
    staged = stage.load(file)
    ring = Keyring(publishing, passphrase.existing(passphrase_file), names or None)
    with _weakenings(as_json):
        review.published(publishing, root_sha256.lower())
        change = review.review(publishing, staged, file, allow_weakening=allow_weakening)
    for line in (*stagetext.against(publishing), *stagetext.lines(publishing, staged, ring)):
        say(line)
    if policy := stagetext.policy(staged, change):
        say(policy)
    told.note(change)
    if source:
        _same_policy(publishing, staged, source, mode)
    old = repository.latest_root(publishing.repo)
    signed, done = stage.add(staged, old, ring)
    stage.save(output or file, signed)
    for line in done:
        say(f"signed: {line}")
    staged_as(folder, publishing, signed, output or file, as_json=as_json, weakenings=told.weakenings, done=done)


@click.command()
@to_option
@click.option("--check", is_flag=True, help="Sign nothing; exit 3 if something expires soon.")
@passphrase.passphrase_option
@json_option
def refresh(folder: str, check: bool, passphrase_file: str | None, as_json: bool) -> None:
    """Sign snapshot and timestamp anew: the newest policy is still the newest. For a job that runs every day.

    --check says what expires in less than 30 days (or half its life, if that is less), and with which command it is signed
    anew.

    \b
    Examples:
      agentguard bundle refresh --to acme --passphrase-file online.secret
      agentguard bundle refresh --to acme --check
    """
    from agentguard.bundle import expiry, publisher, release, repository, roots  # noqa: PLC0415 - tuf only here

    publishing = publisher.read(folder)
    if not check:
        release.refresh(publishing, passphrase.existing(passphrase_file))
    now = time.time()
    found = expiry.of(publishing, now)
    soon = [one for one in found if one.soon] if check else []
    root = repository.latest_root(publishing.repo)
    warned = roots.warning(root.version if root else 0, publishing.anchor)
    if as_json:
        rows: list[dict[str, Any]] = [
            {"role": one.role, "version": one.version, "expires": _utc(one.expires), "soon": one.soon, "hint": one.hint}
            for one in found
        ]
        out_json({"ok": not soon, "roles": rows, "warning": warned})
    else:
        lines = [(one.role, str(one.version), _utc(one.expires), f"{one.left:.0f} d") for one in found]
        out(table(("ROLE", "VERSION", "EXPIRES", "LEFT"), lines))
    if warned:
        say(warned)
    if soon:
        raise Refused(
            "; ".join(
                f"{one.role} {'has expired' if one.left <= 0 else f'expires in {one.left:.0f} days'}" for one in soon
            ),
            hint="\n  ".join(dict.fromkeys(one.hint for one in soon)),
            code="expires-soon",
        )


def published(
    folder: str, publishing: Publisher, chain: Chain | None, *, as_json: bool, weakenings: Sequence[dict[str, str]] = ()
) -> None:
    """Say what is current now; `folder` is the publisher's, as it was typed."""
    from agentguard.bundle import release, repository, roots  # noqa: PLC0415 - tuf only where it is needed
    from agentguard.digest import sha256_hex  # noqa: PLC0415

    root = repository.latest_root(publishing.repo)
    version = root.version if root else 0
    first = sha256_hex(repository.root(publishing.repo, publishing.anchor) or b"")
    warned = roots.warning(version, publishing.anchor)
    if as_json:
        named = {"name": chain.name, "revision": chain.revision, "digest": chain.digest} if chain else {}
        trust = {"root": version, "root_sha256": first, "warning": warned}
        out_json({**named, "repo": publishing.repo, "weakenings": list(weakenings), **trust})
    elif chain:
        out(f"{chain.name} {chain.revision}  {chain.digest}")
        say(f"published in {publishing.repo}: serve that folder over https")
    else:
        out(first)
        say(f"the line above is the SHA-256 of root {publishing.anchor}: laptops trust this organisation by it")
        say(f"next: agentguard bundle publish POLICY --to {folder}")
    if not release.exceptions_hold(publishing):
        say("the published exceptions lift nothing now: another key may sign them, and it is not here")
        say(f"where it is: agentguard exception revoke ID --to {folder} (any ID) signs all the others anew")
    if warned:
        say(warned)


def staged_as(
    folder: str,
    publishing: Publisher,
    staged: Stage,
    path: str,
    *,
    as_json: bool,
    weakenings: Sequence[dict[str, str]] = (),
    done: Sequence[str] = (),
) -> None:
    """Say what a stage that was written still wants; `folder` is the publisher's, as it was typed."""
    from agentguard.bundle import repository, stage  # noqa: PLC0415 - tuf only where it is needed
    from agentguard.bundle.keyring import Keyring  # noqa: PLC0415

    ring = Keyring(publishing, passphrase.existing(None))
    lacking = stage.missing(staged, repository.latest_root(publishing.repo), ring)
    if as_json:
        out_json({"stage": path, "signed": list(done), "missing": lacking, "weakenings": list(weakenings)})
        return
    out(path)
    for line in lacking:
        say(line)
    command = "publish" if not lacking else "sign"
    say(f"next: agentguard bundle {command} {path} --to {folder}")


@contextlib.contextmanager
def _weakenings(as_json: bool) -> Iterator[None]:
    """Print the weakenings of a refusal for whoever asked for JSON."""
    try:
        yield
    except WeakeningError as error:
        if as_json:
            out_json({"code": error.code, "problem": error.message, "weakenings": list(error.weakenings)})
        raise


def _same_policy(publishing: Publisher, staged: Stage, source: str, mode: str | None) -> None:
    """Refuse unless a policy's folder gives the policy that will be current, with the same reasons, and passes its tests."""
    from agentguard.bundle import publish, review  # noqa: PLC0415 - tuf only where it is needed

    policy, side, count = publish.built(source, mode=mode)
    what = "published policy" if staged.policy is None else "policy in the stage"
    if policy != review.policy_of(publishing, staged):
        raise ConfigError(
            f"{source} does not give the {what}",
            hint="agentguard policy diff shows how what is published differs from it; ask who staged it what they compiled",
            code="stage-differs",
        )
    if staged.policy is not None and dict(side.because) != dict(staged.because):
        raise ConfigError(
            f"{source} gives other reasons for what it adjusts than the stage",
            hint="do not sign it; ask who made it what they compiled",
            code="stage-differs",
        )
    say(f"{source} gives the {what}; {count} {'test of it passes' if count == 1 else 'tests of it pass'}")


def _utc(moment: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(moment))
