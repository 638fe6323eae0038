"""Laws of what code in other languages would do, told from its calls."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentguard.access.code import literals
from agentguard.access.code.other_calls import TABLES

LANGUAGES = sorted([*TABLES, "applescript", "tcl"])
SHELL = {
    "javascript": "require('child_process').execSync('cat .env')",
    "ruby": "system('cat .env')",
    "perl": "system('cat .env');",
    "php": "system('cat .env');",
    "lua": "os.execute('cat .env')",
    "r": "system('cat .env')",
    "julia": "run(`cat .env`)",
    "elixir": 'System.shell("cat .env")',
    "groovy": "['sh', '-c', 'cat .env'].execute()",
}
WRAPPINGS = {
    "javascript": ["function f() { %s }", "const f = () => %s", "if (x) { %s } else { y }", "try { %s } catch (e) { }",
                   "class A { m() { %s } }",
                   "[1].forEach(() => { %s })", "(async () => { await %s })()", "x ? %s : 1",
                   "x && %s", "`${%s}`"],
    "ruby": ["def f\n%s\nend", "if x\n%s\nend", "begin\n%s\nrescue\nend", "[1].each { |i| %s }", "f = -> { %s }", "x && %s",
             "[1].each do |i|\n%s\nend", "class A\ndef m\n%s\nend\nend", '"#{%s}"'],
    "perl": ["sub f { %s }", "if (x) { %s }", "eval { %s };", "for (1..2) { %s }", "my $f = sub { %s };", "BEGIN { %s }"],
    "php": ["function f() { %s }", "if ($x) { %s }", "try { %s } catch (E $e) { }", "$f = function () { %s };",
            "foreach ($a as $b) { %s }", "<?php %s ?>"],
    "lua": ["function f() %s end", "if x then %s end", "pcall(function() %s end)", "for i = 1, 2 do %s end",
            "local f = function() %s end"],
    "r": ["f <- function() { %s }", "if (x) %s", "tryCatch(%s)", "for (i in 1:2) { %s }", "sapply(1, function(i) %s)"],
    "julia": ["function f()\n%s\nend", "if x\n%s\nend", "try\n%s\ncatch\nend", "for i in 1:2\n%s\nend",
              "map(i -> %s, x)"],
    "elixir": ["def f do %s end", "if x do %s end", "try do %s rescue _ -> 1 end",
               "fn -> %s end", "Enum.map(x, fn i -> %s end)"],
    "groovy": ["def f() { %s }", "if (x) { %s }", "try { %s } catch (e) { }", "[1].each { %s }", "x = { %s }"],
}  # fmt: skip


@pytest.mark.parametrize(
    ("language", "wrapping"), [(language, wrapping) for language in WRAPPINGS for wrapping in WRAPPINGS[language]]
)
def test_wrapping_loses_nothing(found, language, wrapping):
    """Code in a function, a branch, a loop or a handler means at least what it means outside."""
    code = SHELL[language]
    assert set(found(language, code)) <= set(found(language, wrapping.replace("%s", code)))


@pytest.mark.parametrize("language", sorted(SHELL))
@pytest.mark.parametrize("before", ["x = 1\n", "f(1, 2)\n", "y = [1, 2]\n", "s = 'it'\n", "if (a) { b() }\n"])
def test_what_stands_before_loses_nothing(found, language, before):
    """The same statement behind others means the same."""
    assert set(found(language, SHELL[language])) <= set(found(language, before + SHELL[language]))


PIECES = ["'", '"', "`", "(", ")", "[", "]", "{", "}", "%", "x", "q(", "<<A", "\n", "A\n", "$", "#{", "${", "/", "\\", ".",
          "=", "=>", "->", ":", ",", "eval", "system", "require", "fs", "open", " ", "// ", "#", "--", "[[", "/*", "|>", "do ",
          "end", "s/a/b/e", "qw(a b)", "<F>", "1", "..", "function ", "import {a as b} from ", "const {a} = ",
          "ENV", "%ENV"]  # fmt: skip


@settings(max_examples=500, deadline=None)
@given(st.sampled_from(LANGUAGES), st.one_of(st.text(), st.lists(st.sampled_from(PIECES), max_size=25).map("".join)))
def test_any_text_ends_in_findings(language, code):
    """No code raises."""
    assert isinstance(literals.read(code, language), list)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "code", ["(" * 100_000, "{" * 50_000, "a.b" * 30_000, "f(" * 30_000, "x = x + x\n" * 5_000, "'" * 9_999, "`${" * 5_000,
             '"#{' * 5_000, "<<A\n" * 3_000, "s/" * 5_000]
)  # fmt: skip
def test_code_that_is_too_much_ends(language, code):
    """Depth and length are bounded."""
    assert isinstance(literals.read(code, language), list)
