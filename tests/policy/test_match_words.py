"""Words, commands and ports."""

from __future__ import annotations

import pytest

from agentguard.access.model import ANY, UNKNOWN, Origin, Pattern, Row
from agentguard.policy.model import MAYBE, NO, YES
from agentguard.policy.pathset import HITS, TOUCHES
from agentguard.policy.wordset import Ports, Words


@pytest.mark.parametrize(
    ("pattern", "words", "others"),
    [
        ("main", ["main"], ["Main", "main2"]),
        ("*", ["", "x/y"], []),
        ("release/*", ["release/1", "release/1/2"], ["release", "releases/1"]),
        ("*-prod", ["db-prod"], ["db-prod2"]),
        ("*guard*", ["agentguard-sync.timer", "guard"], ["gu-ard"]),
        ("v?.*", ["v1.0"], ["v10.0"]),
        ("a*b*c", ["abc", "axbyc"], ["acb"]),
        ("[ab]x", ["ax", "bx"], ["cx"]),
    ],
)
def test_words(pattern, words, others):
    """A star is any run of characters; case counts."""
    found = Words([pattern])
    assert [*words, *others] == [*filter(found.holds, words), *(word for word in others if not found.holds(word))]


def test_partly_known_words():
    """A word that is known in part is a maybe where its known part fits, and certain where a star covers the rest."""
    words = Words(["main", "release/*"])
    parts = [("ma", ANY), ("release/1", ANY), ("topic", ANY), (ANY,)]
    assert [MAYBE, YES, NO, NO] == [words.match(Pattern(some), HITS) for some in parts]
    assert [MAYBE, MAYBE] == [words.match(value, TOUCHES) for value in (Pattern((ANY,)), UNKNOWN)]


@pytest.mark.parametrize(
    ("values", "port", "expected"),
    [(["443"], 443, YES), (["443"], 80, NO), (["80", "8000-8999"], 8080, YES), (["8000-8999"], 9000, NO)],
)
def test_ports(values, port, expected):
    """A port is one number or in a range, both ends counted."""
    assert expected == Ports(values).match(port, HITS)


def _execute(*command, program="", **origin):
    return Row("execute", origin=Origin(command, program=program, **origin))


@pytest.mark.parametrize(
    ("pattern", "command", "effect"),
    [
        ("git", ("git", "push"), "deny"),
        ("git push", ("git", "push"), "deny"),
        ("git push", ("git", "pull"), "allow"),
        ("git push", ("git",), "allow"),
        ("git", ("gitk",), "allow"),
        ("git", ("/usr/bin/git", "push"), "deny"),
        ("/usr/bin/git", ("/usr/bin/git", "push"), "deny"),
        ("/usr/bin/git", ("git", "push"), "allow"),
        ("python*", ("python3",), "deny"),
        ("docker compose *", ("docker", "compose", "down"), "deny"),
        ("docker compose *", ("docker", "compose"), "allow"),
    ],
)
def test_commands(decide, pattern, command, effect):
    """A command is compared word by word from the front, its program by name or by path."""
    assert effect == decide([{"effect": "deny", "command": pattern}], _execute(*command)).effect


def test_a_program_is_known_by_where_it_lies_too(decide):
    """A rule that stops sees through another name for a program."""
    rules = [{"effect": "deny", "command": ["/usr/bin/curl", "wget"]}]
    for row in (_execute("c", program="/usr/bin/curl"), _execute("w", program="/opt/bin/wget")):
        assert "deny" == decide(rules, row).effect


@pytest.mark.parametrize(
    ("command", "program", "effect"),
    [
        ("jq", "", "allow"),
        ("jq", "/usr/bin/jq", "allow"),
        ("/usr/bin/jq", "", "allow"),
        ("jq", "/home/dev/project/bin/jq", "ask"),
        ("./jq", "", "ask"),
        ("bin/jq", "", "ask"),
        ("/tmp/jq", "", "ask"),
        ("jq", "/home/dev/.cache/x/jq", "ask"),
    ],
)
def test_the_name_of_a_program_that_the_agent_could_have_put_there(decide, command, program, effect):
    """In an allow rule a program in the project or a scratch folder is not known by its mere name."""
    rules = [{"effect": "allow", "command": "jq"}]
    assert effect == decide(rules, _execute(command, program=program), defaults={"effect": "ask"}).effect


def test_an_allow_rule_can_name_the_path_of_such_a_program(decide):
    """Where the whole path is named, the place is meant."""
    rules = [{"effect": "allow", "command": "/home/dev/project/bin/jq"}]
    row = _execute("jq", program="/home/dev/project/bin/jq")
    assert "allow" == decide(rules, row, defaults={"effect": "ask"}).effect


def test_what_a_deny_rule_excepts_is_not_known_by_name_there_either(decide):
    """`not.command` and `unless` let something through, so a planted program does not profit from them."""
    row = _execute("ls", program="/tmp/ls")
    for rule in (
        {"effect": "deny", "action": "execute", "not": {"command": "ls"}},
        {"effect": "deny", "action": "execute", "unless": [{"command": "ls"}]},
    ):
        assert ["deny", "allow"] == [decide([rule], one).effect for one in (row, _execute("ls"))]


def test_programs_on_file_systems_that_ignore_case(decide, make_world):
    """On macOS GIT is git."""
    rules = [{"effect": "deny", "command": "git push"}]
    row = _execute("GIT", "push")
    assert ["deny", "allow"] == [
        decide(rules, row, world=make_world(platform=name)).effect for name in ("darwin", "linux")
    ]


def test_any_of_the_words_of_a_command(decide):
    """Flags, operands and carriers match if one of them does, each weighed by itself."""
    row = _execute("rm", flags=("--force",), args=("a", "b.pub"), via=("sudo", "sh -c"))
    for rule in ({"flags": "--force"}, {"args": ["*", "!*.pub"]}, {"args": "*.pub"}, {"via": "sudo"}, {"via": "sh*"}):
        assert "deny" == decide([{"effect": "deny", **rule}], row).effect
    for rule in ({"flags": "--forced"}, {"args": "c"}, {"via": "env"}, {"not": {"args": "b*"}}):
        assert "allow" == decide([{"effect": "deny", **rule}], row).effect


def test_an_unknown_operand_is_no_reason_to_stop(decide):
    """`kill "$pid"` is not stopped for what the variable could hold, and does not profit from it either."""
    row = _execute("kill", args=(UNKNOWN,))
    assert "allow" == decide([{"effect": "deny", "args": "*agentguard*"}], row).effect
    assert "ask" == decide([{"effect": "allow", "not": {"args": "1"}}], row, defaults={"effect": "ask"}).effect
    assert "ask" == decide([{"effect": "deny", "not": {"args": "1"}}], row).effect


def test_refs(decide):
    """A branch is the same with and without refs/heads/; one that is not known may be any."""
    rules = [{"effect": "deny", "command": "git push", "ref": ["main", "release/*"]}]
    origin = Origin(("git", "push"))
    refs = ["main", "refs/heads/main", "release/1", "topic", UNKNOWN]
    assert ["deny", "deny", "deny", "allow", "ask"] == [
        decide(rules, Row("execute", origin=origin, ref=ref)).effect for ref in refs
    ]
