"""Managed settings: exactly what ships, and nothing that others than root could change."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner

from agentguard import config, places
from agentguard.bundle import publish
from agentguard.cli.deploy import deploy
from agentguard.deploy import render, safepath
from agentguard.errors import BundleError, ConfigError, UsageError

GOLDEN = Path(__file__).parent.parent / "golden" / "deploy"
EVERYTHING = {name.replace("-", "_"): True for name in render.CHOICES}


@pytest.fixture(scope="module")
def publisher(tmp_path_factory):
    """Make a publisher with one published bundle."""
    folder = tmp_path_factory.mktemp("publisher")
    policy = folder / "policy"
    (policy / "rules").mkdir(parents=True)
    (policy / "bundle.toml").write_text('schema = 1\nname = "acme"\nmode = "enforce"\n', encoding="utf-8")
    publish.init(str(folder / "made"), "acme", solo=True)
    publish.publish(str(policy), str(folder / "made"))
    return folder / "made"


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("linux-observe", {"stage": "observe"}),
        (
            "linux-enforce-everything",
            {
                "stage": "enforce",
                "python": "/usr/bin/python3.11",
                "stub": "/usr/lib/agentguard/hook.py",
                "sync_url": "https://policy.acme.example/bundle",
                "collector_url": "https://audit.acme.example",
                **EVERYTHING,
            },
        ),
    ],
)
def test_artefacts_are_as_reviewed(tmp_path, name, options):
    """Every byte of every artefact is the reviewed one."""
    written = render.render_linux(str(tmp_path / "out"), **options)
    golden = sorted(path.name for path in (GOLDEN / name).iterdir())
    assert golden == sorted(written)
    for file in golden:
        assert (GOLDEN / name / file).read_text(encoding="utf-8") == (tmp_path / "out" / file).read_text(
            encoding="utf-8"
        )
        assert stat.S_IMODE((tmp_path / "out" / file).stat().st_mode) == 0o644


def test_enforcing_blocks_what_the_hook_cannot_answer():
    """Only tool calls carry onFailure, and only when enforcing."""
    for stage, expected in (("enforce", {"PreToolUse": "block"}), ("observe", {})):
        hooks = render.drop_in(["/p", "-I", "-S", "/s"], stage=stage)["hooks"]
        found = {event: groups[0]["hooks"][0].get("onFailure") for event, groups in hooks.items()}
        assert {event: value for event, value in found.items() if value} == expected


def test_the_configuration_is_one_that_agentguard_reads(tmp_path):
    """What is rendered passes the same check as what is read on the machine."""
    render.render_linux(str(tmp_path), stage="observe", sync_url="https://policy.acme.example")
    found = config.read(str(tmp_path / "agentguard.toml"))
    assert (found["stage"], found["sync_url"]) == ("observe", "https://policy.acme.example")


def test_anchor_and_first_bundle_are_taken_along(tmp_path, publisher):
    """The anchor is copied as it is, and the whole published folder once it has been verified."""
    anchor = publisher / "repo" / "1.root.json"
    written = render.render_linux(str(tmp_path), anchor=str(anchor), bundle=str(publisher))
    assert (tmp_path / "root.json").read_bytes() == anchor.read_bytes()
    for path in (publisher / "repo").rglob("*"):
        if path.is_file():
            assert (tmp_path / "bundle" / path.relative_to(publisher / "repo")).read_bytes() == path.read_bytes()
    assert "bundle/timestamp.json" in written
    assert "sync --from bundle" in (tmp_path / "README.md").read_text(encoding="utf-8")


def test_a_bundle_that_would_not_be_accepted_is_refused(tmp_path, publisher):
    """A bundle of somebody else's, or one without an anchor, is refused, and nothing is written."""
    publish.init(str(tmp_path / "other"), "acme", solo=True)
    anchor = str(tmp_path / "other" / "repo" / "1.root.json")
    with pytest.raises(BundleError):
        render.render_linux(str(tmp_path / "out"), anchor=anchor, bundle=str(publisher))
    with pytest.raises(UsageError, match="without an anchor"):
        render.render_linux(str(tmp_path / "out"), bundle=str(publisher))
    assert not (tmp_path / "out").exists()


def test_an_anchor_that_is_none_is_refused(tmp_path, publisher):
    """Only root metadata is an anchor."""
    with pytest.raises(BundleError):
        render.render_linux(str(tmp_path / "out"), anchor=str(publisher / "repo" / "timestamp.json"))


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("hook.py", "not a plain absolute path"),
        ("/opt/../tmp/hook.py", "not a plain absolute path"),
        ("/opt/agentguard/hook\n.py", "not a plain absolute path"),
        ("/home/ada/hook.py", "ordinary people can write in /home"),
        ("/tmp/hook.py", "ordinary people can write in /tmp"),
    ],
)
def test_unsafe_paths_are_refused_by_name(tmp_path, path, says):
    """A path that people can change must not stand in managed settings, as stub or as interpreter."""
    for name in ("stub", "python"):
        with pytest.raises(ConfigError, match=says):
            render.render_linux(str(tmp_path / "out"), **{name: path})
    render.render_linux(str(tmp_path / "out"), stub=path, allow_unsafe_paths=True)


def test_unsafe_paths_are_refused_by_what_is_there(tmp_path, monkeypatch):
    """Folders that others can write to are found, through links too; what does not exist is judged by its name."""
    monkeypatch.setattr(safepath, "_OPEN", ())
    tmp_path.chmod(0o755)
    (tmp_path / "open").mkdir(mode=0o777)
    (tmp_path / "open").chmod(0o777)
    os.symlink(tmp_path / "open", tmp_path / "link")
    for name in ("open", "link"):
        assert str(tmp_path / "open") in safepath.fault(str(tmp_path / name / "hook.py"))
    assert safepath.fault("/usr/not-there/hook.py") == ""


def test_the_output_may_be_named_from_here(tmp_path, monkeypatch):
    """A folder in the current one is made there."""
    monkeypatch.chdir(tmp_path)
    assert sorted(render.render_linux("out/")) == sorted(os.listdir(tmp_path / "out"))


def test_the_default_paths_are_those_of_the_managed_install(tmp_path):
    """Without options the settings start what `install --system` puts there."""
    render.render_linux(str(tmp_path))
    settings = json.loads((tmp_path / render.DROP_IN).read_bytes())
    entry = settings["hooks"]["PreToolUse"][0]["hooks"][0]
    assert [entry["command"], *entry["args"]] == [
        "/opt/agentguard/bin/python3",
        "-I",
        "-S",
        places.managed("linux").stub,
    ]


def test_the_command_line_lists_what_it_wrote(tmp_path):
    """The names go to stdout, as text and as JSON, and every choice is an option with its price."""
    run = CliRunner().invoke
    out = str(tmp_path / "out")
    assert run(deploy, ["render", "--target", "linux", "--output", out]).stdout.split() == [
        os.path.join(out, name) for name in ("agentguard.toml", "50-agentguard.json", "README.md")
    ]
    value = json.loads(run(deploy, ["render", "--target", "linux", "--output", out, "--json"]).stdout)
    assert value == {"output": out, "files": ["agentguard.toml", "50-agentguard.json", "README.md"]}
    text = "".join(run(deploy, ["render", "--help"]).stdout.split())
    for name, choice in render.CHOICES.items():
        assert f"--{name}Closes{choice.closes}.Price:{choice.price}.".replace(" ", "") in text
