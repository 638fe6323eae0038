"""Reading a policy's folder: every file in one run, every mistake with its place, never an exception."""

import os
import tempfile
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentguard.errors import ConfigError
from agentguard.policy import advice, source
from agentguard.policy.compile import compile_source

BUNDLE = 'schema = 1\nname = "b"\n'


def folder(path, files):
    """Write a policy's folder; a text is written as UTF-8."""
    for name, content in {"bundle.toml": BUNDLE, **files}.items():
        target = path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode() if isinstance(content, str) else content)
    return str(path)


def lines(read):
    return [str(finding) for finding in read.findings]


def place(text, *steps, key=False):
    """Return the place of a value in a TOML text."""
    return source.Document("f.toml", source.RULES, tomllib.loads(text), text).place(steps, key=key)


@pytest.mark.parametrize(
    ("text", "steps", "value", "key"),
    [
        ("a = 1", ("a",), (1, 5), (1, 1)),
        ("[t]\n  a = 1", ("t", "a"), (2, 7), (2, 3)),
        ("[t.u]\na = 1", ("t", "u", "a"), (2, 5), (2, 1)),
        ("a = [ 1,\n  2 ]", ("a", 1), (2, 3), (2, 3)),
        ("a = [1, # one\n 2]", ("a", 1), (2, 2), (2, 2)),
        ("a = { b = 1, c = [2] }", ("a", "c", 0), (1, 19), (1, 19)),
        ("not.path = 1", ("not", "path"), (1, 12), (1, 5)),
        ("a.b.c = 1\na.d = 2", ("a", "d"), (2, 7), (2, 3)),
        ('"a b" = 1', ("a b",), (1, 9), (1, 1)),
        ('"\\u00e9" = 1', ("é",), (1, 12), (1, 1)),
        ("'x.y'.z = 1", ("x.y", "z"), (1, 11), (1, 7)),
        ("[[r]]\na = 1\n[[r]]\na = 2", ("r", 1, "a"), (4, 5), (4, 1)),
        ("[[r]]\n[[r.s]]\n[[r.s]]\na = 1", ("r", 0, "s", 1, "a"), (4, 5), (4, 1)),
        ("[[r]]\n[r.t]\na = 1", ("r", 0, "t", "a"), (3, 5), (3, 1)),
        ("[[r]]\nu = [{ p = [1], not.q = [2] }]", ("r", 0, "u", 0, "not", "q", 0), (2, 26), (2, 26)),
        ('a = """\nx""" # c\nb = 1', ("b",), (3, 5), (3, 1)),
        ('"ö" = ["ü", 1]', ("ö", 1), (1, 13), (1, 13)),
        ("a = 1\r\nb = 2", ("b",), (2, 5), (2, 1)),
    ],
)
def test_every_key_and_value_has_its_place(text, steps, value, key):
    """Line and column count from 1, columns in characters, in tables, arrays, inline tables and dotted keys."""
    assert value == place(text, *steps)
    assert key == place(text, *steps, key=True)


def test_what_has_no_place_gets_that_of_what_is_round_it():
    """A finding always points somewhere near."""
    assert (2, 5) == place("[t]\na = 1", "t", "a", "no", "such")
    assert (1, 1) == place("[t]\na = 1", "missing")


_keys = st.sampled_from(["a", "b-c", "d_1", '"e f"', "'g.h'", '"\\u00e9"'])
_scalars = st.sampled_from(["1", "true", '"x"', "'y'", '"""z\nz"""', "1979-05-27", "[]", "{}"])
_values = st.recursive(
    _scalars,
    lambda inner: st.lists(inner, max_size=3).map(lambda items: "[" + ",\n ".join(items) + "]"),
    max_leaves=6,
)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.tuples(_keys, _keys), _values, max_size=6))
def test_a_place_is_where_its_value_begins(pairs):
    """Whatever the layout, the text at the place of a value begins with what was written there."""
    text = "".join(f"{first}.{second} = {value}\n" for (first, second), value in pairs.items())
    document = source.Document("f.toml", source.RULES, tomllib.loads(text), text)
    for (first, second), value in pairs.items():
        line, column = document.place((_plain(first), _plain(second)))
        assert text.split("\n", line - 1)[-1][column - 1 :].startswith(value)


def _plain(key):
    return next(iter(tomllib.loads(f"{key} = 0")))


def test_a_folder_is_read_with_rules_and_tests(tmp_path):
    """Files come in the order of their names, each with its kind."""
    read = source.read(folder(tmp_path, {"rules/b.toml": "", "rules/a.toml": "", "tests/t.toml": ""}))
    assert [] == lines(read)
    assert ["bundle.toml", "rules/a.toml", "rules/b.toml", "tests/t.toml"] == [one.file for one in read.documents]
    assert ["rules/a.toml", "rules/b.toml"] == [one.file for one in read.of_kind(source.RULES)]


def test_every_broken_file_is_named_in_one_run(tmp_path):
    """One mistake does not hide the others."""
    files = {"rules/a.toml": "x = \n", "rules/b.toml": b"y = '\xff'\n", "tests/c.toml": "[[case]\n", "rules/d.toml": ""}
    assert [("rules/a.toml", 1, 5, "AG001"), ("rules/b.toml", 1, 6, "AG003"), ("tests/c.toml", 1, 7, "AG001")] == [
        finding[:4] for finding in source.read(folder(tmp_path, files)).findings
    ]


def test_an_error_at_the_end_of_a_file_points_there(tmp_path):
    """The reader says "end of document"; the finding says where that is."""
    read = source.read(folder(tmp_path, {"rules/a.toml": 'a = 1\nb = ["x",'}))
    assert [(2, 10, "AG001")] == [(one.line, one.column, one.code) for one in read.findings]


@pytest.mark.parametrize("text", ["a = " + "[" * 5000 + "]" * 5000, "a = " + "1" * 5000], ids=["nesting", "digits"])
def test_what_overstrains_the_reader_is_a_finding(tmp_path, text):
    """Deep nesting and endless numbers end in a finding, not in an exception."""
    assert ["AG001"] == [one.code for one in source.read(folder(tmp_path, {"rules/a.toml": text})).findings]


def test_a_file_that_is_too_large_is_not_read(tmp_path):
    """The limit is a finding of its own."""
    read = source.read(folder(tmp_path, {"rules/a.toml": "#" * (source.FILE_LIMIT + 1)}))
    assert ["rules/a.toml:1:1: AG004 over 1048576 bytes"] == lines(read)


def test_too_many_files_are_not_read(tmp_path, monkeypatch):
    """A folder full of files is a mistake too."""
    monkeypatch.setattr(source, "FILES_LIMIT", 1)
    read = source.read(folder(tmp_path, {"rules/a.toml": "", "rules/b.toml": ""}))
    assert ["rules:1:1: AG004 over 1 files"] == lines(read)


def test_what_is_no_file_is_not_opened(tmp_path):
    """A pipe would block for ever."""
    folder(tmp_path, {"rules/a.toml": ""})
    os.mkfifo(tmp_path / "rules" / "pipe.toml")
    (tmp_path / "rules" / "dir.toml").mkdir()
    (tmp_path / "rules" / "gone.toml").symlink_to("nowhere")
    assert [
        "rules/dir.toml:1:1: AG002 cannot be read: Is a directory",
        "rules/gone.toml:1:1: AG002 cannot be read: No such file or directory",
        "rules/pipe.toml:1:1: AG002 not a file",
    ] == lines(source.read(str(tmp_path)))


def test_a_rules_file_that_nobody_would_read_is_a_finding(tmp_path):
    """A rule that was written and is not read is worse than an error."""
    files = {
        "rules/git.tml": "",
        "rules/sub/a.toml": "",
        "rules/README.md": "",
        "rules/.swp": "",
        "tests/a.toml.bak": "",
    }
    assert [
        "rules/git.tml:1:1: AG005 only rules/*.toml is read",
        "rules/sub:1:1: AG005 only rules/*.toml is read",
        "tests/a.toml.bak:1:1: AG005 only tests/*.toml is read",
    ] == lines(source.read(folder(tmp_path, files)))


def test_parts_of_a_policy_beside_its_folders_are_findings(tmp_path):
    """Rules beside bundle.toml, or in a folder that is nearly called so; other tools' files are no concern of a policy."""
    files = {
        "git.toml": '[[rule]]\nid = "a/b"\n',
        "rule/a.toml": "",
        "test/a.toml": "",
        "pyproject.toml": '[project]\nname = "x"\n',
        "broken.toml": "[[rule",
        "docs/a.toml": '[[rule]]\nid = "a/b"\n',
    }
    only = "AG005 only bundle.toml, rules/*.toml and tests/*.toml are read"
    assert [
        f"git.toml:1:1: {only}",
        f'rule:1:1: {only} (did you mean "rules"?)',
        f'test:1:1: {only} (did you mean "tests"?)',
    ] == lines(source.read(folder(tmp_path, files)))


def test_a_folder_without_bundle_toml_is_no_policy(tmp_path):
    """Neither an empty folder nor a file nor nothing at all ends in an exception."""
    (tmp_path / "file").write_text("")
    for name, what in (
        ("", "there is no bundle.toml in this folder, so it is no policy; agentguard policy init begins one"),
        ("file", "this is a file, and a policy is the folder that its bundle.toml is in"),
        ("gone", "this is neither a folder nor a bundle that ships"),
    ):
        assert [f"{tmp_path / name}:1:1: AG002 {what}"] == lines(source.read(str(tmp_path / name)))


def test_an_unknown_shipped_bundle_gets_a_suggestion(tmp_path, monkeypatch):
    """The names are those of the folders that ship."""
    folder(tmp_path / "baseline", {})
    monkeypatch.setattr(source, "_shipped", lambda: str(tmp_path))
    assert ["baseline"] == source.shipped_names()
    assert str(tmp_path / "baseline") == source.shipped_bundle("baseline")
    with pytest.raises(ConfigError) as caught:
        source.shipped_bundle("baselin")
    assert "did you mean 'baseline'?" == caught.value.hint


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=120))
def test_any_bytes_in_a_rules_file_end_in_findings(data):
    """Whatever a file holds, reading and compiling end in findings and never in an exception."""
    with tempfile.TemporaryDirectory() as name:
        compiled = compile_source(source.read(folder(Path(name), {"rules/a.toml": data})))
        assert bool(compiled.policy) != bool(compiled.findings)


_toml_value = st.sampled_from(
    ['""', '"x"', '"@x"', '"!x"', "1", "-1", "true", "[]", '["a"]', "[1]", "[[]]", "{}", '{ not = "x" }', "1.5"]
)


@settings(max_examples=150, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(
            [
                "id",
                "effect",
                "action",
                "path",
                "host",
                "port",
                "command",
                "flags",
                "tool",
                "variable",
                "not",
                "not.path",
                "unless",
                "possible",
                "tags",
                "reason",
                "trait",
                "mode",
                "x",
            ]
        ),
        _toml_value,
        max_size=6,
    )
)
def test_any_type_under_any_key_ends_in_findings(keys):
    """A value of any type under any key of a rule ends in a policy or in findings."""
    if "not" in keys:
        keys.pop("not.path", None)
    text = "[[rule]]\n" + "".join(f"{key} = {value}\n" for key, value in keys.items())
    document = source.Document("rules/a.toml", source.RULES, tomllib.loads(text), text)
    bundle = source.Document("bundle.toml", source.BUNDLE, tomllib.loads(BUNDLE), BUNDLE)
    read = source.Source("x", (bundle, document), ())
    compiled = compile_source(read)
    assert bool(compiled.policy) != bool(compiled.findings)
    if compiled.findings:  # warnings are looked for all the same
        assert "error" not in {one.level for one in advice.warnings(read, compiled)}


BOM = "a byte order mark (BOM) stands before the text; save the file as UTF-8 without one"


@pytest.mark.parametrize(
    ("data", "place", "message"),
    [
        (
            b"\xef\xbb\xbfschema = 1\n",
            (1, 1),
            "a byte order mark (BOM) stands before the text; save the file as UTF-8 without one",
        ),
        (b'[[rule]]\nid = "a"\n  path = [\n  "x",\n]\nid = "b"\n', (6, 1), 'the key "id" is there twice'),
        (b'[[rule]]\npath = ["x"]\npath = [\n  "x",\n]\n', (3, 1), 'the key "path" is there twice'),
        (b"[a.b]\n[c]\n[a.b]\n", (3, 5), "the table [a.b] is there twice"),
    ],
)
def test_what_is_twice_or_unseen_is_named(tmp_path, data, place, message):
    """A BOM is invisible, and of a key that is there twice its name says more than the end of its value."""
    (tmp_path / "bundle.toml").write_bytes(data)
    (finding,) = source.read(str(tmp_path)).findings
    assert ("AG001", message, place) == (finding.code, finding.message, (finding.line, finding.column))


def test_a_policy_that_is_nowhere_names_those_that_ship():
    """As other commands do."""
    (finding,) = source.read("nosuch").findings
    assert "shipped bundles: baseline, " in finding.message
    assert "baseline" == source.read("basline").findings[0].suggestion
