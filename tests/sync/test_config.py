"""agentguard's own configuration file."""

import pytest

from agentguard import config
from agentguard.errors import ConfigError


def test_what_is_written_is_read_back(tmp_path):
    """Settings survive their file; what is not named has its default."""
    values = {
        "sync_url": "https://policy.example.com",
        "device": 'a "quoted" \\ name',
        "background": False,
        "grace_days": 3,
    }
    (tmp_path / "agentguard.toml").write_text(config.text(values))
    defaults = {setting.name: setting.default for setting in config.SETTINGS}
    assert {**defaults, **values} == config.read(str(tmp_path / "agentguard.toml"))


def test_every_setting_is_explained_where_it_stands():
    """A person who opens the file sees what each line means."""
    text = config.text({setting.name: setting.default for setting in config.SETTINGS})
    for setting in config.SETTINGS:
        assert f"# {setting.doc}\n{setting.name} = " in text


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("sync_ulr = 'x'", "unknown setting sync_ulr", "did you mean sync_url?"),
        ("zzz = 1", "unknown setting zzz", "known: sync_url"),
        ("sync_url = 7", "sync_url is not a text", ""),
        ("background = 1", "background is not true or false", ""),
        ("grace_days = true", "grace_days is not a whole number", ""),
        ("grace_days = 31", "grace_days must be 0 to 30", ""),
        ("grace_days = -1", "grace_days must be 0 to 30", ""),
        ("stage = 'watch'", "stage is 'watch', allowed are 'enforce', 'observe'", ""),
        ("device_kind = 'phone'", "device_kind is 'phone', allowed are '', 'ci'", ""),
        ("verify = ''", "verify is '', allowed are 'auto', 'always'", ""),
        ("sync_url", "is not TOML", ""),
        ("a = 1\na = 2", "is not TOML", ""),
    ],
)
def test_mistakes_are_named(tmp_path, text, message, hint):
    """Every mistake ends in a sentence that names the file and the setting."""
    path = tmp_path / "agentguard.toml"
    path.write_text(text)
    with pytest.raises(ConfigError) as caught:
        config.read(str(path))
    assert str(path) in caught.value.message
    assert message in caught.value.message
    assert caught.value.hint.startswith(hint)


@pytest.mark.parametrize("data", [b"\xff", b"#" * 70_000])
def test_what_is_no_text_of_a_reasonable_size_is_refused(tmp_path, data):
    """Bytes that are no TOML end in a sentence too."""
    (tmp_path / "agentguard.toml").write_bytes(data)
    with pytest.raises(ConfigError):
        config.read(str(tmp_path / "agentguard.toml"))


def test_missing_file_and_folder_say_what_to_do(tmp_path):
    """Nothing there means not enrolled; a folder in its place is a mistake."""
    with pytest.raises(ConfigError) as caught:
        config.read(str(tmp_path / "agentguard.toml"))
    assert ("not-enrolled", "agentguard enroll URL --root-sha256 HEX") == (caught.value.code, caught.value.hint)
    with pytest.raises(ConfigError, match="is a directory"):
        config.read(str(tmp_path))


def test_wrong_values_are_not_written():
    """What could not be read back is not written."""
    with pytest.raises(ConfigError):
        config.text({"grace_days": 99})
