"""Editing a person's settings: what is theirs stays theirs, byte for byte."""

from __future__ import annotations

import json
import os
import stat
import tempfile

import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from agentguard import places
from agentguard.deploy import settings
from agentguard.errors import ConfigError

FOREIGN = {"matcher": "Bash", "hooks": [{"type": "command", "command": "~/bin/notify", "timeout": 3}]}


def argv(where):
    return ["/usr/bin/python3", "-I", "-S", where.stub]


def write(where, data):
    path = settings.path_of(where)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(data if isinstance(data, bytes) else json.dumps(data, indent=2).encode())
    return path


def read(where):
    with open(settings.path_of(where), "rb") as file:
        return file.read()


def test_all_events_start_the_stub_in_exec_form(home):
    """Every event of the table gets one entry: absolute command, arguments apart, every tool, ten seconds."""
    settings.add(home, argv(home), enforce=True)
    hooks = json.loads(read(home))["hooks"]
    entry = {"type": "command", "command": "/usr/bin/python3", "args": ["-I", "-S", home.stub], "timeout": 10}
    assert {
        "PreToolUse": [{"matcher": "*", "hooks": [{**entry, "onFailure": "block"}]}],
        "UserPromptSubmit": [{"matcher": "*", "hooks": [entry]}],
        "UserPromptExpansion": [{"matcher": "*", "hooks": [entry]}],
        "SessionStart": [{"matcher": "*", "hooks": [entry]}],
        "PostToolUse": [{"matcher": "*", "hooks": [{**entry, "async": True}]}],
        "PostToolUseFailure": [{"matcher": "*", "hooks": [{**entry, "async": True}]}],
        "PermissionRequest": [{"matcher": "*", "hooks": [{**entry, "async": True}]}],
        "PermissionDenied": [{"matcher": "*", "hooks": [{**entry, "async": True}]}],
        "ConfigChange": [{"matcher": "*", "hooks": [{**entry, "async": True}]}],
        "SessionEnd": [{"matcher": "*", "hooks": [entry]}],
    } == hooks


def test_observing_never_blocks_on_a_failing_hook(home):
    """Without enforcement no entry carries onFailure."""
    settings.add(home, argv(home), enforce=False)
    assert b"onFailure" not in read(home)


def test_what_the_person_has_stays(home):
    """Unknown keys, their order, the indentation and other hooks stay; ours come after them."""
    before = {"z": 1, "model": "opus", "hooks": {"Stop": [FOREIGN], "PreToolUse": [FOREIGN]}, "ümlaut": "é"}
    path = write(home, json.dumps(before, indent="\t", ensure_ascii=False).encode() + b"\n")
    os.chmod(path, 0o640)
    settings.add(home, argv(home), enforce=False)
    after = json.loads(read(home))
    assert ["z", "model", "hooks", "ümlaut"] == list(after)
    assert ["Stop", "PreToolUse"] == list(after["hooks"])[:2]
    assert FOREIGN == after["hooks"]["PreToolUse"][0]
    assert 2 == len(after["hooks"]["PreToolUse"])
    assert read(home).startswith(b'{\n\t"z": 1,\n')
    assert read(home).endswith(b"}\n")
    assert "ümlaut".encode() in read(home)
    assert 0o640 == stat.S_IMODE(os.stat(path).st_mode)


def test_adding_twice_changes_nothing(home):
    """The second time says that nothing changed, and the way back still leads to the first bytes."""
    write(home, b'{"a": 1}')
    assert settings.add(home, argv(home), enforce=False)
    first = read(home)
    assert not settings.add(home, argv(home), enforce=False)
    assert first == read(home)
    assert settings.RESTORED == settings.remove(home)
    assert b'{"a": 1}' == read(home)


def test_going_to_enforce_replaces_our_entries(home):
    """Adding with another mode replaces our entries and does not add a second set."""
    write(home, b'{"a": 1}')
    settings.add(home, argv(home), enforce=False)
    settings.add(home, argv(home), enforce=True)
    assert "block" == settings.hook_entry(home, "PreToolUse")["onFailure"]
    assert 1 == len(json.loads(read(home))["hooks"]["PreToolUse"])
    settings.remove(home)
    assert b'{"a": 1}' == read(home)


def test_no_file_before_means_no_file_after(home):
    """Where there was neither a file nor a folder, there is none afterwards."""
    settings.add(home, argv(home), enforce=False)
    assert settings.RESTORED == settings.remove(home)
    assert not os.path.lexists(os.path.join(home.home, ".claude"))
    assert settings.ABSENT == settings.remove(home)


def test_a_folder_that_is_in_use_stays(home):
    """The settings' folder stays if something else is in it by now."""
    settings.add(home, argv(home), enforce=False)
    other = os.path.join(home.home, ".claude", "history.jsonl")
    with open(other, "w", encoding="ascii"):
        pass
    settings.remove(home)
    assert ["history.jsonl"] == os.listdir(os.path.join(home.home, ".claude"))


def test_a_file_edited_since_loses_only_our_entries(home):
    """After an edit, removing takes our entries alone, from a shared group too."""
    write(home, {"model": "opus", "hooks": {"Stop": []}})
    settings.add(home, argv(home), enforce=True)
    value = json.loads(read(home))
    value["model"] = "sonnet"
    value["hooks"]["PreToolUse"][0]["hooks"].append(FOREIGN["hooks"][0])
    value["hooks"]["PreToolUse"].append("what is this")
    write(home, value)
    assert settings.CLEANED == settings.remove(home)
    left = {
        "model": "sonnet",
        "hooks": {
            "Stop": [],
            "PreToolUse": [{"matcher": "*", "hooks": FOREIGN["hooks"]}, "what is this"],
        },
    }
    assert left == json.loads(read(home))


def test_a_file_laid_out_anew_gets_its_first_bytes_back(home):
    """If another program wrote the same values in another layout, the bytes from before come back."""
    write(home, b'{ "a":1 }')
    settings.add(home, argv(home), enforce=False)
    write(home, json.dumps(json.loads(read(home)), indent=8).encode())
    assert settings.RESTORED == settings.remove(home)
    assert b'{ "a":1 }' == read(home)


def test_adding_after_an_edit_keeps_the_edit(home):
    """A second installation after an edit keeps the edit, and removing gives it back without us."""
    write(home, {"a": 1})
    settings.add(home, argv(home), enforce=False)
    write(home, {**json.loads(read(home)), "b": 2})
    settings.add(home, argv(home), enforce=False)
    settings.remove(home)
    assert {"a": 1, "b": 2} == json.loads(read(home))


def test_entries_removed_by_hand_are_not_missed(home):
    """If the person has put the old file back, removing changes nothing."""
    write(home, b'{"a": 1}')
    settings.add(home, argv(home), enforce=False)
    write(home, b'{"a": 2}')
    assert settings.ABSENT == settings.remove(home)
    assert b'{"a": 2}' == read(home)


def test_without_the_backup_our_entries_still_go(home):
    """A lost backup costs the layout, not the way back."""
    write(home, b'{"a":1,"hooks":{"Stop":[]}}')
    settings.add(home, argv(home), enforce=False)
    os.unlink(settings.backup_of(home))
    assert settings.CLEANED == settings.remove(home)
    assert {"a": 1, "hooks": {"Stop": []}} == json.loads(read(home))


def test_the_backup_is_for_the_person_alone(home):
    """Settings can hold keys, so their copy is readable by their owner only."""
    write(home, b'{"env": {"API_KEY": "x"}}')
    settings.add(home, argv(home), enforce=False)
    assert 0o600 == stat.S_IMODE(os.stat(settings.backup_of(home)).st_mode)


def _link(path):
    os.symlink(path + ".real", path)


def _fifo(path):
    os.mkfifo(path)


def _folder(path):
    os.mkdir(path)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (_link, "is a link"),
        (_fifo, "is not a file"),
        (_folder, "is not a file"),
    ],
)
def test_what_is_no_plain_file_of_ours_is_refused(home, make, says):
    """A link, a FIFO or a folder is refused, and nothing is written anywhere."""
    path = settings.path_of(home)
    os.makedirs(os.path.dirname(path))
    make(path)
    before = os.lstat(path)
    with pytest.raises(ConfigError, match=says):
        settings.add(home, argv(home), enforce=False)
    assert (before.st_ino, before.st_mtime_ns) == (os.lstat(path).st_ino, os.lstat(path).st_mtime_ns)
    assert not os.path.exists(settings.backup_of(home))


def test_somebody_elses_file_is_refused(home, monkeypatch):
    """Root does not edit the settings of a person: the file would change its owner."""
    write(home, b"{}")
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    with pytest.raises(ConfigError, match="belongs to somebody else"):
        settings.add(home, argv(home), enforce=False)
    assert read(home) == b"{}"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b'{"a": 1,}', "is not JSON"),
        (b"// hello\n{}", "is not JSON"),
        (b'{"a": 1, "a": 2}', "the same key twice"),
        (b'{"a": 1e999}', "is not JSON that can be edited"),
        (b"\xff\xfe{}", "not UTF-8"),
        (b"[]", "does not hold a JSON object"),
        (b'{"hooks": []}', "`hooks` is not an object of lists"),
        (b'{"hooks": {"PreToolUse": {}}}', "`hooks` is not an object of lists"),
        (b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "nested too deeply"),
    ],
)
def test_what_cannot_be_edited_is_left_alone(home, text, says):
    """A file that we could not write back faithfully gets a clear error and keeps its bytes."""
    write(home, text)
    with pytest.raises(ConfigError, match=says):
        settings.add(home, argv(home), enforce=False)
    assert text == read(home)
    assert ["settings.json"] == os.listdir(os.path.join(home.home, ".claude"))


@pytest.mark.parametrize("text", [b"", b"\n", b"{}", b'{\r\n    "a": 1\r\n}\r\n', b'{"a": "\\ud800 \xc3\xa9"}'])
def test_unusual_but_fine_files_come_back(home, text):
    """Empty files, Windows line ends and half surrogates survive the round trip."""
    write(home, text)
    settings.add(home, argv(home), enforce=True)
    assert (b"\r\n" in text) == (b"\r\n" in read(home))
    assert settings.RESTORED == settings.remove(home)
    assert text == read(home)


def test_a_switch_that_turns_hooks_off_is_named(home, monkeypatch):
    """A switch against all hooks and a settings folder elsewhere would leave the hook unused, so both are said."""
    monkeypatch.delenv("CLAUDE_CONFIG_DIR", raising=False)
    write(home, {"disableAllHooks": False})
    assert [] == settings.warnings(home)
    write(home, {"disableAllHooks": True})
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", "/elsewhere")
    path = settings.path_of(home)
    assert settings.warnings(home) == [
        f"{path} has `disableAllHooks: true`: the client will start no hook until you remove it",
        f"CLAUDE_CONFIG_DIR is set: the client reads its settings from /elsewhere, not from {path}",
    ]


def test_a_change_by_another_program_in_between_is_not_lost(home, monkeypatch):
    """If the file changes between our reading and our writing, we stop."""
    write(home, b'{"a": 1}')
    save = settings._save_backup

    def meanwhile(*arguments):
        save(*arguments)
        write(home, b'{"a": 2}')

    monkeypatch.setattr(settings, "_save_backup", meanwhile)
    with pytest.raises(ConfigError, match="changed by another program"):
        settings.add(home, argv(home), enforce=False)
    assert b'{"a": 2}' == read(home)


# The shapes that the client knows, and everything else around them.
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
_GROUPS = st.lists(_JSON | st.fixed_dictionaries({"matcher": st.text(), "hooks": st.lists(_JSON)}), max_size=3)
_EVENTS = st.sampled_from(["PreToolUse", "PostToolUse", "Stop", "UserPromptSubmit"]) | st.text()
_SETTINGS = st.tuples(
    st.dictionaries(st.text().filter(lambda key: key != "hooks"), _JSON, max_size=4),
    st.none() | st.dictionaries(_EVENTS, _GROUPS, max_size=3),
).map(lambda pair: {**pair[0], **({} if pair[1] is None else {"hooks": pair[1]})})


@limits(max_examples=50, deadline=None)  # each one goes to the disk several times
@given(value=_SETTINGS, indent=st.sampled_from([None, 1, 2, 4, "\t"]), ascii_only=st.booleans())
def test_add_and_remove_restore_every_byte(value, indent, ascii_only):
    """Law: whatever the settings are, in whatever layout, adding and removing gives the same bytes."""
    try:
        text = json.dumps(value, indent=indent, ensure_ascii=ascii_only).encode()
    except UnicodeEncodeError:
        text = json.dumps(value, indent=indent).encode()
    with tempfile.TemporaryDirectory() as folder:
        where = places.personal(folder)
        write(where, text)
        settings.add(where, argv(where), enforce=True)
        assert settings.hook_entry(where, "PreToolUse") is not None
        assert settings.RESTORED == settings.remove(where)
        assert text == read(where)


@limits(max_examples=50, deadline=None)  # each one goes to the disk several times
@given(value=_SETTINGS)
def test_remove_after_an_edit_is_exact(value):
    """Law: add, edit, remove equals the edit alone, whatever else the settings hold."""
    with tempfile.TemporaryDirectory() as folder:
        where = places.personal(folder)
        write(where, value)
        settings.add(where, argv(where), enforce=False)
        write(where, {**json.loads(read(where)), "edited": True})
        assert settings.CLEANED == settings.remove(where)
        assert {**value, "edited": True} == json.loads(read(where))
