"""What the tables say about programs when somebody asks."""

from pathlib import Path

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
    rm = catalog.find("rmdir")
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


def test_traits_that_cases_show_are_listed():
    """What a function gives on some command lines stands in the table as `may`, so that `programs list` finds it.

    `read-only` is left out: any program may be asked for its version.
    """
    missing = set()
    known = {one.command[0]: one for one in catalog.programs()}
    for path in sorted((Path(__file__).parent / "cases").glob("*.txt")):
        for line in path.read_text().splitlines():
            rows = line.partition(" => ")[2]
            for part in rows.split(" | "):
                words, brace, rest = part.partition("{")
                names = words.split("> ")[-1].split()
                if not brace or not names or words.startswith(("?", "opaque")):
                    continue
                program = known.get(names[0])
                if program is not None:
                    given = set(rest.partition("}")[0].split()) - {"read-only"}
                    missing |= {(names[0], trait) for trait in given - program.traits}
    assert set() == missing
