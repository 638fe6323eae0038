"""What an author reads when a policy is wrong: one folder with every mistake, and its findings, held as they are."""

import re
from pathlib import Path

import pytest

from agentguard.access import model
from agentguard.policy import conditions, match, suite, template
from agentguard.policy.compile import compile_source
from agentguard.policy.findings import CODES, Finding, in_order, nearest
from agentguard.policy.source import read

BROKEN = ("broken", "broken-layers")
DOUBTFUL = ("doubtful", "watching")
GOLDEN = Path(__file__).parent.parent / "golden" / "policy"
# Codes about the files themselves, which no folder in a repository can show.
OF_FILES = {"AG002", "AG004"}


@pytest.mark.parametrize("name", BROKEN)
def test_every_mistake_is_found_where_it_is(name) -> None:
    """The findings of the broken policies, as `agentguard policy check tests/golden/policy/broken` prints them."""
    found = suite.prepare(str(GOLDEN / name)).findings
    assert (GOLDEN / f"{name}.txt").read_text() == "".join(f"{finding}\n" for finding in found)


def test_every_code_is_shown_by_a_mistake() -> None:
    """A code without an example could mean anything."""
    names = (*BROKEN, *DOUBTFUL)
    shown = {code for name in names for code in re.findall(r"AG\d{3}", (GOLDEN / f"{name}.txt").read_text())}
    assert set(CODES) == shown | OF_FILES


@pytest.mark.parametrize("name", DOUBTFUL)
def test_every_warning_is_found_where_it_is(name) -> None:
    """Policies that hold and of which much does nothing, as `agentguard policy check` prints it."""
    prepared = suite.prepare(str(GOLDEN / name), advise=True)
    assert () == prepared.findings
    assert (GOLDEN / f"{name}.txt").read_text() == "".join(f"{finding}\n" for finding in prepared.warnings)
    assert {"warning"} == {finding.level for finding in prepared.warnings}


def test_a_warning_is_no_error() -> None:
    """It stops nothing from being published, and is looked for only when asked."""
    assert {} != compile_source(read(str(GOLDEN / "doubtful"))).policy
    assert () == suite.prepare(str(GOLDEN / "doubtful")).warnings


def test_an_annotation_is_a_workflow_command() -> None:
    """What ends a command or separates its parts is escaped."""
    finding = Finding("rules/a:b.toml", 2, 3, "AG711", "100 % of\nx", "y")
    told = '::warning file=d/rules/a%3Ab.toml,line=2,col=3,title=AG711::100 %25 of%0Ax (did you mean "y"?)'
    assert told == finding.annotation("d")
    assert finding._replace(code="AG104").annotation("d").startswith("::error ")


def test_sets_that_nest_without_end_are_a_finding(tmp_path) -> None:
    """A chain of sets ends in a finding long before it ends the interpreter."""
    chain = "".join(f's{number} = ["@s{number + 1}"]\n' for number in range(3000))
    rule = '[[rule]]\nid = "a"\neffect = "deny"\npath = ["@s0"]\n'
    (tmp_path / "bundle.toml").write_text(f'schema = 1\nname = "b"\n[sets]\n{chain}s3000 = ["/x"]\n{rule}')
    found = compile_source(read(str(tmp_path))).findings
    assert {"AG303"} == {finding.code for finding in found}


def test_a_policy_with_one_mistake_compiles_to_nothing() -> None:
    """There is no half of a policy."""
    compiled = compile_source(read(str(GOLDEN / "broken")))
    assert {} == compiled.policy
    assert compiled.findings


def test_a_finding_reads_like_a_compilers() -> None:
    """File, line, column, code, message, and what was probably meant."""
    finding = Finding("rules/git.toml", 12, 3, "AG104", 'unknown key "efect"', "effect")
    assert 'rules/git.toml:12:3: AG104 unknown key "efect" (did you mean "effect"?)' == str(finding)
    assert {
        "level": "error",
        "file": "rules/git.toml",
        "line": 12,
        "column": 3,
        "code": "AG104",
        "message": 'unknown key "efect"',
        "suggestion": "effect",
    } == finding.to_json()


def test_findings_come_in_the_order_of_the_files() -> None:
    """By file, line and column, as numbers, and each once."""
    ten, two, other = (Finding(name, line, 1, "AG104", "x") for name, line in (("a", 10), ("a", 2), ("b", 1)))
    assert (two, ten, other) == in_order([other, ten, two, ten])


def test_no_suggestion_is_better_than_a_wild_one() -> None:
    """Only a word that is near is suggested."""
    assert "effect" == nearest("efect", ["effect", "action"])
    assert "" == nearest("colour", ["effect", "action"])


def test_the_tables_name_what_the_rest_of_the_program_knows() -> None:
    """Actions, certainties and traits are those of the rows, and every kind is that of the engine."""
    assert model.ACTIONS == tuple(conditions.WORDS["action"])
    assert model.CERTAINTIES == tuple(conditions.WORDS["certainty"])
    assert model.TRAITS == set(conditions.WORDS["trait"])
    assert {key: entry[0] for key, entry in conditions.CONDITIONS.items()} == match.KINDS
    assert set(conditions.KINDS) == {entry[0] for entry in conditions.CONDITIONS.values()}


@pytest.mark.parametrize("name", conditions.TEMPLATES)
def test_every_placeholder_is_a_condition_and_is_filled_in(name) -> None:
    """A placeholder that stays as it is would reach the person."""
    row = model.Row(conditions.actions_of(name)[0])
    if name == "command":
        row.origin = model.Origin(("git", "push"))
    elif name == "path":
        row.path = model.Path("/x")
    else:
        setattr(row, name, 22 if name == "port" else "x")
    assert "{" not in template.fill(f"{{{name}}}", row)
