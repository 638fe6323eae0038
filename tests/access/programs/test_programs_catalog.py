"""What the tables say about programs when somebody asks."""

from agentguard.access.model import EXECUTE, Origin, Row
from agentguard.access.programs import catalog


def test_every_program_of_the_tables_is_there():
    """By family and name, each once."""
    found = [one.command[0] for one in catalog.programs()]
    assert catalog.names() == sorted(found)
    assert len(set(found)) == len(found)
    assert {"git", "rm", "curl", "psql"} <= set(found)


def test_a_program_tells_its_options_operands_and_subcommands():
    """Spellings, what a value is, which trait an option gives, and what lies beneath."""
    git = catalog.find("git")
    assert git is not None
    assert ("git", "git") == (git.command[0], git.family)
    [push] = [sub for sub in git.subcommands if sub.command == ("git", "push")]
    assert {"force", "skips-checks"} <= push.traits
    assert (("-f", "--force"), "", "force") in push.options
    assert "force" in git.traits
    rm = catalog.find("rm")
    assert rm is not None
    assert ("delete*", False, frozenset()) == (rm.operands, rm.carries, rm.traits)
    assert None is catalog.find("no-such-program")


def test_carriers_are_told_from_others():
    """Programs that run other commands or code, by operand, option or function."""
    assert all(catalog.find(name).carries for name in ("sudo", "nice", "xargs", "sh", "python3", "hyperfine", "flock"))
    assert not any(catalog.find(name).carries for name in ("ls", "cp", "curl"))


def test_plain_values_hold_everything():
    """Ready for JSON, subcommands nested."""
    found = catalog.find("sudo").to_json()
    assert ("sudo", "carriers", ["privileged"], True) == tuple(
        found[key] for key in ("command", "family", "traits", "carries")
    )
    assert {"spellings": ["-u", "--user"], "value": "text", "trait": ""} in found["options"]


def test_unknown_programs_are_named_once():
    """Not those of the tables, not the project's own files, not subcommands."""
    rows = [
        Row(EXECUTE, origin=Origin(("frob", "x"))),
        Row(EXECUTE, origin=Origin(("frob",))),
        Row(EXECUTE, origin=Origin(("ls",))),
        Row(EXECUTE, origin=Origin(("run.sh",), program="/p/run.sh")),
        Row(EXECUTE, origin=Origin(("zork",), program="/opt/zork")),
        Row("read", origin=Origin(("other",))),
    ]
    assert ("frob", "zork") == catalog.unknown(rows, frozenset(catalog.names()), "/p")
