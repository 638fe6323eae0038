"""The tests of a policy: what a case and a matrix mean, the place where they run, and how they end."""

import tomllib

import pytest

from agentguard import jsontext
from agentguard.access import tools
from agentguard.policy import calls, cases, engine, setting, source, suite
from agentguard.policy.compile import compile_source

POLICY = """
schema = 1
name = "acme"

[[rule]]
id = "secrets/file"
effect = "deny"
action = ["read", "write"]
path = ["**/.env"]

[[rule]]
id = "write/outside-project"
effect = "ask"
action = ["write", "delete"]
not.path = ["{project}/**"]

[[rule]]
id = "write/engineers-only"
effect = "deny"
action = "write"
path = ["{project}/**"]
not.roles = ["engineer"]

[roles.engineer]
groups = "eng"

[roles.analyst]
groups = "data"
assurance = "os"
"""


def outcomes(tests, policy=POLICY, mode=None):
    """Return the results of tests given as text."""
    documents = (
        source.Document("bundle.toml", source.BUNDLE, tomllib.loads(policy), policy),
        source.Document("tests/a.toml", source.TESTS, tomllib.loads(tests), tests),
    )
    read = source.Source("x", documents, ())
    compiled = compile_source(read, mode=mode)
    assert () == compiled.findings
    trials, findings = cases.trials(read, compiled.ids, compiled.roles)
    assert () == findings
    return suite.run(engine.load(jsontext.canonical(compiled.policy)), trials)


PLACES = """
schema = 1
name = "places"

[defaults_for.ci]
effect = "deny"

[roles.contractor]
users = ["kim"]
assurance = "os"

[[rule]]
id = "build/deploy"
effect = "ask"
action = "execute"
command = "make"
devices = "build-*"

[[rule]]
id = "kim/push"
effect = "deny"
command = "git push"
users = "kim"

[[rule]]
id = "shop/schema"
effect = "deny"
command = "ls"
repo = "github.com/acme/shop"
unless = [{ roles = ["contractor"] }]
"""


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ('bash = "make deploy"', ("allow", "")),
        ('bash = "make deploy"\nas = { device = "build-7" }', ("ask", "build/deploy")),
        ('bash = "make deploy"\nas = { device = "build-7", device_kind = "ci" }', ("deny", "build/deploy")),
        ('bash = "make"\nas = { device_kind = "ci" }', ("deny", "default:effect")),
        ('bash = "git push"', ("allow", "")),
        ('bash = "git push"\nas = { user = "kim" }', ("deny", "kim/push")),
        ('bash = "git push"\nas = { user = "kim", assurance = "none" }', ("allow", "")),
        ('bash = "ls"', ("allow", "")),
        ('bash = "ls"\nrepo = "github.com/acme/shop"', ("deny", "shop/schema")),
        ('bash = "ls"\nrepo = "github.com/acme/shop"\nas = { user = "kim", assurance = "os" }', ("allow", "")),
        (
            'bash = "ls"\nrepo = "github.com/acme/shop"\nas = { user = "kim", assurance = "none" }',
            ("deny", "shop/schema"),
        ),
    ],
)
def test_a_case_says_where_and_by_whom(more, expected):
    """Device, kind of device, account and repository of a case are those of the call; an account has the roles that name it."""
    (result,) = outcomes(f'[[case]]\nname = "a"\n{more}\nexpect = "allow"\n', policy=PLACES)
    assert expected == (result.got, result.rule)


def test_a_matrix_says_where():
    """In a matrix the columns are the roles, and the rest of `as` holds for all of them."""
    rows = 'roles = ["contractor", "(unknown)"]\nrows = [["Bash: make deploy", "ask", "ask"]]\n'
    assert [True, True] == [
        passed for passed, *_ in ends(f'[[matrix]]\nas = {{ device = "build-7" }}\n{rows}', policy=PLACES)
    ]
    text = f'[[matrix]]\nas = {{ roles = ["contractor"] }}\n{rows}'
    documents = (source.Document("tests/a.toml", source.TESTS, tomllib.loads(text), text),)
    (finding,) = cases.trials(source.Source("x", documents, ()), (), ["contractor"])[1]
    assert ("AG104", 'unknown key "roles"') == (finding.code, finding.message)


def ends(tests, **options):
    return [(result.passed, result.got, result.rule) for result in outcomes(tests, **options)]


CASE = '[[case]]\nname = "n"\ntool = "{}"\ninput = {{ {} }}\nexpect = "{}"\n'
READ = '[[case]]\nname = "n"\ntool = "Read"\ninput = {{ file_path = "{}" }}\nfiles = [".env", "a"]\nexpect = "{}"\n'


@pytest.mark.parametrize(
    ("path", "expect", "passed"),
    [
        (".env", "deny", True),
        (".env", "stop", True),
        (".env", "ask", False),
        (".env", "allow", False),
        ("a", "allow", True),
        ("a", "stop", False),
    ],
)
def test_a_case_passes_if_the_call_ends_as_expected(path, expect, passed) -> None:
    """`stop` is deny or ask."""
    [(ok, _got, _rule)] = ends(READ.format(path, expect))
    assert passed == ok


@pytest.mark.parametrize(("rule", "passed"), [("secrets/file", True), ("write/outside-project", False)])
def test_a_case_may_say_which_rule_must_ask_for_it(rule, passed) -> None:
    """Another rule with the same effect is not enough."""
    assert [(passed, "deny", "secrets/file")] == ends(READ.format(".env", "deny") + f'rule = "{rule}"\n')


def test_a_rule_of_the_built_in_pack_may_be_named() -> None:
    """It stands in no bundle."""
    text = CASE.format("Write", 'file_path = "~/.claude/settings.json", content = ""', "deny")
    text += 'rule = "agentguard/agent-settings"\n'
    assert [(True, "deny", "agentguard/agent-settings")] == ends(text)


def test_also_makes_a_trial_of_each_entry() -> None:
    """Every entry must end in the same way, and is told apart by its place."""
    results = outcomes(READ.format(".env", "deny") + 'also = ["Edit .env", "Read a"]\n')
    assert [True, True, False] == [result.passed for result in results]
    assert ["Read .env", "Edit .env", "Read a"] == [result.trial.shown for result in results]
    assert [(1, 3), (7, 9), (7, 22)] == [result.trial.document.place(result.trial.steps) for result in results]


def test_a_prompt_is_judged_too() -> None:
    """A file that the person mentions goes to the model."""
    text = '[[case]]\nname = "n"\nevent = "UserPromptSubmit"\nprompt = "see @.env"\nfiles = [".env"]\nexpect = "deny"\n'
    assert [(True, "deny", "secrets/file")] == ends(text)


def test_only_the_files_of_the_case_exist() -> None:
    """A search finds what the case puts there, folders and links included, and nothing else."""
    search = CASE.format("Grep", 'pattern = "x", path = "/home/dev/project"', "stop")
    assert [(False, "allow", "")] == ends(search + 'files = ["a", ".env/"]\n')
    assert [(True, "deny", "secrets/file")] == ends(search + 'files = ["x/.env"]\n')
    link = CASE.format("Write", 'file_path = "out", content = ""', "ask")
    link += 'links = { out = "~/.bashrc" }\nas = { roles = ["engineer"] }\n'
    assert [(True, "ask", "write/outside-project")] == ends(link)


def test_files_may_have_texts() -> None:
    """A list names empty files, a table says what is in them."""
    world = setting.made_up({"a": "text", "~/b": "", "/c/d": "", "e/": ""}, {"l": "a", "m": "~/b"})
    assert b"text" == world.disk.read("/home/dev/project/a", 9)
    assert ["file", "file", "dir"] == [world.disk.kind(path) for path in ("/home/dev/b", "/c/d", "/home/dev/project/e")]
    assert ["a", "/home/dev/b"] == [world.disk.readlink(f"/home/dev/project/{name}") for name in "lm"]


def test_a_set_beside_other_entries_keeps_its_own_exceptions() -> None:
    """From the source through the engine: naming `@keys` takes nothing from the entry beside it."""
    policy = 'schema = 1\nname = "b"\n[sets]\nkeys = ["~/.ssh/**", "!~/.ssh/*.pub"]\n'
    policy += '[[rule]]\nid = "r"\neffect = "deny"\npath = ["@keys", "~/.ssh/a.pub"]\n'
    tests = '[[matrix]]\nroles = "(unknown)"\nrows = [["Read ~/.ssh/id", "deny"], ["Read ~/.ssh/a.pub", "deny"], '
    tests += '["Read ~/.ssh/b.pub", "allow"]]\n'
    assert [True, True, True] == [passed for passed, _got, _rule in ends(tests, policy=policy)]


WRITE = '[[case]]\nname = "n"\ntool = "Write"\ninput = {{ file_path = "a", content = "" }}\n{}expect = "allow"\n'


@pytest.mark.parametrize(
    ("who", "passed"),
    [
        ('as = { roles = ["engineer"] }\n', True),
        ('as = { roles = ["engineer"], assurance = "managed" }\n', True),
        ('as = { roles = ["engineer"], assurance = "none" }\n', False),
        ('as = { roles = ["engineer"], assurance = "os" }\n', False),
        ('as = { roles = "analyst" }\n', False),
        ("", False),
    ],
)
def test_a_role_is_held_only_by_somebody_who_is_known(who, passed) -> None:
    """Somebody who is not known has no role, whatever the list says."""
    assert [passed] == [ok for ok, _got, _rule in ends(WRITE.format(who))]


def test_a_matrix_is_a_trial_for_each_cell() -> None:
    """One call and one effect a role; (unknown) is somebody without any."""
    text = """
[[matrix]]
name = "who"
roles = ["engineer", "(unknown)"]
files = [".env"]
rows = [
  ["Write src/a.py", "allow", "deny"],
  ["Read .env", "deny", "stop"],
  ["UserPromptSubmit: hello", "allow", "deny"],
]
"""
    results = outcomes(text)
    assert [True, True, True, True, True, False] == [result.passed for result in results]
    assert ["who, engineer", "who, (unknown)"] == [result.trial.name for result in results[:2]]
    assert (9, 40) == results[-1].trial.document.place(results[-1].trial.steps)


def test_under_a_policy_that_observes_what_would_happen_counts() -> None:
    """A policy can be tested before it is enforced."""
    assert [(True, "deny", "secrets/file")] == ends(READ.format(".env", "deny"), mode="observe")


def test_a_result_tells_what_was_expected_and_what_came() -> None:
    """For people and as plain values: the call, its place, the rows and the rules that had a say."""
    [result] = outcomes(READ.format(".env", "allow"))
    assert """\
tests/a.toml:1:3: n
  | Read .env
  expected allow, got deny by secrets/file
    allow  certain   use
    deny   certain   read /home/dev/project/.env  (secrets/file)""" == str(result)
    found = result.to_json()
    assert ("n", "tests/a.toml", 1, 3, "Read .env") == tuple(
        found[key] for key in ("name", "file", "line", "column", "call")
    )
    assert (False, "allow", "", "deny", "secrets/file") == tuple(
        found[key] for key in ("passed", "expected", "expected_rule", "got", "rule")
    )
    assert ["use", "read"] == [row["action"] for row in found["rows"]]


def test_progress_is_told_after_every_trial() -> None:
    """A bar needs both numbers."""
    told = []
    listed = [result.trial for result in outcomes(READ.format("a", "allow") * 2)]
    suite.run(engine.load(jsontext.canonical(_compiled())), listed, lambda done, total: told.append((done, total)))
    assert [(1, 2), (2, 2)] == told


def _compiled():
    document = source.Document("bundle.toml", source.BUNDLE, tomllib.loads(POLICY), POLICY)
    return compile_source(source.Source("x", (document,), ())).policy


@pytest.mark.parametrize(
    ("line", "tool", "given"),
    [
        ("Read src/a.py", "Read", {"file_path": "src/a.py"}),
        ("Read: a b", "Read", {"file_path": "a b"}),
        ("Bash: pytest -q", "Bash", {"command": "pytest -q"}),
        ("Bash ls", "Bash", {"command": "ls"}),
        ("Write x", "Write", {"file_path": "x", "content": "x"}),
        ("WebFetch https://x.example", "WebFetch", {"url": "https://x.example", "prompt": "x"}),
        ("mcp__srv__do", "mcp__srv__do", {}),
    ],
)
def test_one_line_is_a_call(line, tool, given) -> None:
    """A tool and its argument, as they stand in a matrix."""
    call = calls.of_line(line, "/p")
    assert ("PreToolUse", tool, given, "/p") == (call.event, call.tool, call.input, call.cwd)


@pytest.mark.parametrize("line", ["", "Read", "Red x", "mcp__x__y z", "Bash:", "UserPromptSubmit"])
def test_a_line_without_tool_or_argument_is_no_call(line) -> None:
    """Nothing is guessed."""
    assert calls.of_line(line, "/p") is None


def test_a_policy_is_tested_as_a_bundle_stores_it(tmp_path) -> None:
    """Of many rules a row asks only those that could concern it, as in the hook; so many cases on many rules are quick."""
    rules = "".join(f'[[rule]]\nid = "a/r{n}"\neffect = "deny"\ncommand = "tool{n}"\n' for n in range(500))
    (tmp_path / "bundle.toml").write_text(f'schema = 1\nname = "many"\n{rules}')
    policy = suite.prepare(str(tmp_path)).loaded()
    world = setting.made_up({}, {})
    row = next(row for row in tools.access(calls.of_bash("tool7", setting.PROJECT), world).rows if row.origin.command)
    policy.in_world(world)
    assert ["a/r7"] == [policy.rules[number]["id"] for number in policy.candidates(row, whole=False)]
