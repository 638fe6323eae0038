"""What coding agents are publicly reported to have done, and more shapes of each act, under the shipped baseline.

One file a topic. A scenario names what happened, who reported it (`seen`), how each of its calls must end (`expect`:
deny, ask, allow, or stop for deny or ask), and the calls: `bash` as they were reported, `calls` of any tool, `mcp`, and
`more`, other shapes of the same act. `links` are symbolic links that the project then has.
"""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from agentguard.access.model import ToolCall
from agentguard.policy import calls, engine, setting

SCENARIOS = [
    (path.stem, scenario)
    for path in sorted(Path(__file__).parent.glob("*.toml"))
    for scenario in tomllib.loads(path.read_text(encoding="utf-8"))["scenario"]
]


def spelled(scenario):
    """Yield (text, call) of each call of a scenario."""
    more = scenario.get("more", [])
    for text in [*scenario.get("bash", []), *(more if "bash" in scenario else [])]:
        yield text, calls.of_bash(text, setting.PROJECT)
    for text in [*scenario.get("calls", []), *(more if "bash" not in scenario else [])]:
        call = calls.of_line(text, setting.PROJECT)
        assert call is not None, text
        yield text, call
    for one in scenario.get("mcp", []):
        yield (
            f"{one['tool']} {json.dumps(one['input'])}",
            ToolCall("PreToolUse", one["tool"], one["input"], cwd=setting.PROJECT),
        )


CASES = [
    pytest.param(scenario, text, call, id=f"{topic}: {scenario['name']}: {text}")
    for topic, scenario in SCENARIOS
    for text, call in spelled(scenario)
]


@pytest.fixture(scope="module")
def baseline():
    return engine.fallback()


@pytest.mark.parametrize(("scenario", "text", "call"), CASES)
def test_call_ends_as_it_must(laptop, baseline, scenario, text, call):
    """Every shape of an act ends like the act; everyday work ends in silence."""
    access, decision = setting.judge(baseline, call, laptop(scenario.get("links", {})))
    got, rule = setting.verdict(baseline, decision)
    expected = scenario["expect"]
    assert got in (("deny", "ask") if expected == "stop" else (expected,)), f"{got} by {rule}: {access.rows}"


def test_every_scenario_has_more_shapes_than_were_reported():
    """At least three of the project's own for each act, and twenty for everyday work."""
    few = [
        scenario["name"] for _, scenario in SCENARIOS
        if "seen" in scenario and len(scenario.get("more", [])) < (20 if scenario["name"] == "every day" else 3)
    ]  # fmt: skip
    assert [] == few
    [quiet] = [scenario for topic, scenario in SCENARIOS if topic == "quiet"]
    assert len(quiet["more"]) >= 20


def test_the_laptop_has_what_the_calls_speak_of(laptop):
    """Files, branch and remote are really there."""
    world = laptop({"docs/key.txt": "/home/dev/.ssh/id_ed25519"})
    assert (setting.PROJECT, setting.BRANCH, setting.REMOTES) == (world.project, world.branch, world.remotes)
    assert ["file", "link", "dir", ""] == [
        world.disk.kind(f"{setting.PROJECT}/{name}") for name in (".env", "docs/key.txt", ".git", "nothing")
    ]
