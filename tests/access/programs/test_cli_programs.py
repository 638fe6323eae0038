"""`agentguard programs`: what goes to which stream, and the exit codes; in real processes."""

import json
import os

import warm

from agentguard.access.programs import catalog


def programs(*args):
    """Run a command and return (exit code, standard output, standard error)."""
    done = warm.run("programs", *args, env={**os.environ, "NO_COLOR": "1"})
    return done.returncode, done.stdout, done.stderr


def test_list_names_every_program():
    """One line each on standard output, how many on standard error."""
    code, out, err = programs("list")
    names = [line.split()[0] for line in out.splitlines()[1:]]
    assert (0, catalog.names(), f"{len(names)} programs\n") == (code, sorted(names), err)


def test_list_by_trait_names_the_commands_that_have_it():
    """Subcommands and options, with what gives the trait."""
    code, out, _ = programs("list", "--trait", "discards-work")
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert 0 == code
    assert "git reset git --hard" in lines
    assert "git stash drop git" in lines
    assert not any(line.startswith("git status") for line in lines)
    code, out, _ = programs("list", "--trait", "discards-work", "--json")
    assert "git" in [one["name"] for one in json.loads(out)]


def test_show_tells_all_about_one_program():
    """Operands, options with a meaning, subcommands."""
    code, out, err = programs("show", "git")
    assert (0, "") == (code, err)
    assert "git push" in out
    assert "-f, --force                  [force]" in out
    code, out, _ = programs("show", "rm", "--json")
    assert ("rm", "delete*") == (json.loads(out)["command"], json.loads(out)["operands"])


def test_mistakes_are_told_with_what_to_do():
    """An unknown program and an unknown trait: exit 2."""
    code, out, err = programs("show", "gitt")
    assert (2, "") == (code, out)
    assert err.startswith(
        "agentguard: the tables have no program 'gitt'\n  did you mean git? a program without an entry"
    )
    code, _, err = programs("list", "--trait", "evil")
    assert (2, True) == (code, 'there is no trait "evil"' in err)
