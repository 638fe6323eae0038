"""What the literals of other languages name."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentguard.access.code import literals


@pytest.mark.parametrize(
    ("language", "code", "expected"),
    [
        ("javascript", "require('fs').readFileSync('.env')", ["guess fs", "guess .env"]),
        ("javascript", "require('child_process').execSync(\"cat .env\")", ["guess child_process", "shell cat .env"]),
        ("javascript", "cp.spawn('rm', ['-rf', 'x'])", ["shell rm -rf x", "guess -rf", "guess x"]),
        ("javascript", "console.log(process.env)", ["environment None"]),
        ("javascript", "console.log(process.env.HOME)", []),
        ("javascript", "eval(x); new Function(y)", [
            "opaque the code runs other code (eval)", "opaque the code runs other code (Function)",
        ]),
        ("javascript", "cp.execSync(x)", ["opaque what the code starts is not known (execSync)"]),
        ("javascript", "// 'x'\n1", []),
        ("javascript", "fetch(`https://h/${x}`)", ["guess https://h/${x}"]),
        ("ruby", "system('cat .env')", ["shell cat .env"]),
        ("ruby", "puts `cat .env`", ["shell cat .env"]),
        ("ruby", "%x(cat .env)", ["shell cat .env"]),
        ("ruby", 'File.read(".env")', ["guess .env"]),
        ("perl", "qx{cat .env}", ["shell cat .env"]),
        ("perl", "print %ENV", ["environment None"]),
        ("php", "echo shell_exec('cat .env');", ["shell cat .env"]),
        ("lua", "os.execute('cat .env')", ["shell cat .env"]),
        ("lua", "print(1)", []),
    ],
)  # fmt: skip
def test_literals_give_findings(language, code, expected):
    """Names of files and addresses, shell text, the environment, and code that makes code."""
    assert expected == [f"{kind} {value}" for kind, value in literals.read(code, language)]


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(["javascript", "ruby", "perl", "php", "lua"]), st.text(alphabet="abc'\"`%xq({[<>]}) \n\\$./-;"))
def test_any_text_ends_in_findings(language, code):
    """No code raises."""
    assert isinstance(literals.read(code, language), list)
