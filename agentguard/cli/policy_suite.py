"""`agentguard policy init`, `check`, `test` and `matrix`: policies as their authors write them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from agentguard.cli.common import json_option, many, out, out_json, progress, say, table
from agentguard.errors import ConfigError, Refused, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agentguard.policy.findings import Finding
    from agentguard.policy.suite import Coverage, Prepared, Result

_NAMED = 50  # rules that no test comes across, by name


@click.command()
@click.argument("folder", metavar="DIR")
@click.option("--include", "pack", metavar="NAME|DIR", default="", help="Stand on a bundle that ships, or on a folder.")
@click.option("--from", "origin", metavar="NAME", default="", help="Begin with a copy of a bundle that ships.")
@click.option("--name", default="", help="The policy's name (the folder's).")
@json_option
def init(folder: str, pack: str, origin: str, name: str, as_json: bool) -> None:
    """Begin a policy in the new folder DIR: a few rules with comments, and tests that pass.

    With --include the policy has all rules of a pack, pinned by its digest, and a rule of its own. Nothing is written over.

    \b
    Examples:
      agentguard policy init acme
      agentguard policy init acme --include baseline
      agentguard policy init acme --from roles-example
    """
    from agentguard.policy import starter  # noqa: PLC0415 - only when a command runs

    if pack and origin:
        raise UsageError(
            "--include and --from exclude each other", hint="to stand on a bundle is better than to copy it"
        )
    files = starter.begin(folder, origin, name, pack)
    if as_json:
        out_json({"folder": folder, "files": files})
    else:
        for file in files:
            out(os.path.join(folder, file))
    say(f"next: agentguard policy test {folder}")


@click.command()
@click.argument("folder", metavar="DIR|NAME")
@click.option("--strict", is_flag=True, help="Warnings fail too.")
@click.option("--github", is_flag=True, help="Print findings as GitHub annotations.")
@json_option
@click.pass_context
def check(ctx: click.Context, folder: str, strict: bool, github: bool, as_json: bool) -> None:
    """Say whether the folder DIR is a policy, everything that is wrong with it, and what in it does nothing.

    NAME is a bundle that ships with agentguard.
    Exit 0 if there is no error, 1 if there is one; with --strict also for a warning.

    \b
    Examples:
      agentguard policy check strict
      agentguard policy check my-policy --strict --github
    """
    from agentguard.policy import suite  # noqa: PLC0415 - tree-sitter only where it is needed

    prepared = suite.prepare(folder, advise=True)
    errors, warnings = prepared.findings, prepared.warnings
    if as_json:
        counts = {"rules": prepared.rules, "tests": len(prepared.trials)}
        counts |= {"errors": len(errors), "warnings": len(warnings)}
        ok = not errors and not (strict and warnings)
        out_json({"ok": ok, **counts, "findings": [one.to_json() for one in (*errors, *warnings)]})
    else:
        for finding in (*errors, *warnings):
            out(finding.annotation(folder) if github else str(finding))
    if errors or warnings:
        later = (
            "; what rules do beside each other is looked at once there is no error" if errors and prepared.rules else ""
        )
        say(f"{folder}: {_sums(errors, warnings)}{later}")
    else:
        say(f"{folder}: {many(prepared.rules, 'rule')}, {many(len(prepared.trials), 'test')}, no errors")
    if errors or (strict and warnings):
        ctx.exit(1)


@click.command()
@click.argument("folder", metavar="DIR|NAME")
@click.option("--junit", type=click.Path(dir_okay=False), metavar="FILE", help="Write the results as JUnit XML too.")
@click.option(
    "--min-coverage", type=click.FloatRange(0, 100), metavar="PERCENT", help="Exit 3 if fewer rules are exercised."
)
@json_option
def test(folder: str, junit: str | None, min_coverage: float | None, as_json: bool) -> None:
    """Run the tests of the policy in DIR, or of the bundle NAME that ships, through the same code as the hook.

    Exit 0 if all pass, 3 if one fails or too few rules are exercised, 1 if the policy or a test has errors.

    \b
    Examples:
      agentguard policy test baseline
      agentguard policy test my-policy --junit results.xml --min-coverage 100
    """
    from agentguard.policy import junit as xml  # noqa: PLC0415

    prepared = _prepared(folder, as_json=as_json)
    results, covered = _run(prepared)
    failed = [result for result in results if not result.passed]
    too_few = min_coverage is not None and covered.percent < min_coverage
    if junit:
        _write(junit, xml.document(results, os.path.basename(os.path.abspath(folder))))
    if as_json:
        listed = [result.to_json() for result in results]
        out_json({"ok": not (failed or too_few), "findings": [], "coverage": covered.to_json(), "results": listed})
    else:
        for result in failed:
            out(str(result))
    exercised = f"{covered.rules - len(covered.missing)} of {many(covered.rules, 'rule')} exercised"
    if covered.missing:
        named = ", ".join(covered.missing[:_NAMED])
        more = len(covered.missing) - _NAMED
        say(
            f"{folder}: {exercised}; no test comes across {named}{f' and {more} more (--json has all)' if more > 0 else ''}"
        )
    if failed:
        raise Refused(f"{len(failed)} of {many(len(results), 'test')} of {folder} failed")
    if too_few:
        what = f"the tests of {folder} exercise {covered.percent:.1f} % of its rules, {min_coverage:g} % wanted"
        raise Refused(what, hint="add a [[case]] for each rule that is named above")
    say(f"{folder}: {many(len(results), 'test')} passed, {exercised}")


@click.command()
@click.argument("folder", metavar="DIR|NAME")
@click.option("--html", type=click.Path(dir_okay=False), metavar="FILE", help="Write a page for a review too.")
@json_option
def matrix(folder: str, html: str | None, as_json: bool) -> None:
    """Show who may do what: the matrices among the tests of the policy in DIR (or of one that ships), as they come out.

    Exit 0 if every cell is as expected, 3 if one is not, 1 if the policy or a test has errors.

    \b
    Examples:
      agentguard policy matrix roles-example
      agentguard policy matrix my-policy --html review.html
    """
    from agentguard.policy import matrix as matrices  # noqa: PLC0415

    prepared = _prepared(folder, as_json=as_json)
    prepared = prepared._replace(trials=[trial for trial in prepared.trials if trial.steps[0] == "matrix"])
    if not prepared.trials:
        raise ConfigError(f"the tests of {folder} have no [[matrix]]", hint="agentguard policy reference shows one")
    results, _covered = _run(prepared)
    found = matrices.of_results(results)
    if html:
        _write(html, matrices.as_html(found, os.path.basename(os.path.abspath(folder))))
    wrong = sum(not result.passed for result in results)
    if as_json:
        out_json({"ok": not wrong, "findings": [], "matrices": [one.to_json() for one in found]})
    else:
        out(matrices.as_text(found, table))
    if wrong:
        raise Refused(f"{wrong} of {many(len(results), 'cell')} of {folder} {'is' if wrong == 1 else 'are'} wrong")


def _prepared(folder: str, *, as_json: bool) -> Prepared:
    """Return a policy and its tests without errors; print them and exit with 1 where there are any."""
    from agentguard.policy import suite  # noqa: PLC0415

    prepared = suite.prepare(folder)
    if prepared.findings:
        if as_json:
            out_json({"ok": False, "findings": [finding.to_json() for finding in prepared.findings], "results": []})
        else:
            for finding in prepared.findings:
                out(str(finding))
        say(f"{folder}: {_sums(prepared.findings)}")
        click.get_current_context().exit(1)
    return prepared


def _run(prepared: Prepared) -> tuple[list[Result], Coverage]:
    from agentguard.policy import suite  # noqa: PLC0415

    results = suite.run(prepared.loaded(), prepared.trials, progress("testing", "tests"))
    return results, suite.coverage(prepared, results)


def _write(path: str, text: str) -> None:
    try:
        with open(path, "w", encoding="utf-8") as stream:
            stream.write(text)
    except OSError as error:
        raise ConfigError(
            f"{path} cannot be written: {error.strerror}", hint="name a file in a folder of yours"
        ) from None


def _sums(errors: Iterable[Finding], warnings: Iterable[Finding] = ()) -> str:
    """Return `2 errors and 1 warning in 3 files`."""
    counts = [(len(tuple(errors)), "error"), (len(tuple(warnings)), "warning")]
    said = " and ".join(many(count, noun) for count, noun in counts if count)
    return f"{said} in {many(len({finding.file for finding in (*errors, *warnings)}), 'file')}"
