"""A policy that might be weaker than the one that is published is refused unless somebody allows it, and written down."""

import json
import os

import pytest
from click.testing import CliRunner

from agentguard.bundle import changes, publish, publisher
from agentguard.cli.bundle import bundle as command
from agentguard.cli.policy import policy as policy_command
from agentguard.errors import ConfigError, PolicyError, WeakeningError
from agentguard.policy import layers

ORG = """
schema = 1
name = "org"
[[rule]]
id = "git/push"
effect = "ask"
command = "git push"
[[rule]]
id = "etc/write"
effect = "deny"
action = "write"
path = ["/etc/**"]
"""
ADJUST = """
[[adjust]]
rule = "git/push"
effect = "allow"
because = "SEC-1412: branches are reviewed in the pull request"
"""


@pytest.fixture
def policy(tmp_path):
    """Give the function that writes a policy which stands on the pack `org`, and returns its folder."""
    (tmp_path / "org").mkdir()
    (tmp_path / "org/bundle.toml").write_text(ORG)

    def write(more="", extra=None):
        folder = tmp_path / "policy"
        pin = f'[[include]]\npack = "../org"\ndigest = "{layers.digest(str(tmp_path / "org"))}"\n'
        for name, text in {"bundle.toml": f'schema = 1\nname = "tiny"\n{pin}{more}', **(extra or {})}.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)
        return str(folder)

    return write


@pytest.fixture
def acme(tmp_path):
    publish.init(str(tmp_path / "acme"), "acme", solo=True)
    return tmp_path / "acme"


def published(acme):
    """Return every file of a publisher's folder."""
    return {path: path.read_bytes() for path in sorted(acme.rglob("*")) if path.is_file()}


def run(*arguments):
    done = CliRunner().invoke(command, ["publish", *map(str, arguments)])
    return done, done.stdout


def test_a_weaker_policy_is_refused_with_its_reasons(acme, policy):
    """Nothing changes; the refusal names each weakening, and what the adjust said for itself."""
    publish.publish(policy(), str(acme))
    before = published(acme)
    with pytest.raises(WeakeningError) as caught:
        publish.publish(policy(ADJUST), str(acme))
    assert (
        "1 weakening against revision 1, so nothing was published:\n"
        "  git/push  effect: ask → allow\n"
        "      because SEC-1412: branches are reviewed in the pull request\n"
        "  review them (agentguard policy diff shows all), then add --allow-weakening"
    ) == caught.value.diagnostics()
    assert 3 == caught.value.exit_code
    assert before == published(acme)


def test_a_stricter_policy_needs_no_word(acme, policy):
    """Only what might be weaker is asked about: an adjust that tightens is not."""
    publish.publish(policy(), str(acme))
    stricter = ADJUST.replace("allow", "deny") + '[[rule]]\nid = "own"\neffect = "deny"\npath = ["/srv/**"]\n'
    assert 2 == publish.publish(policy(stricter), str(acme)).revision
    assert "weakenings" not in (acme / changes.FILE).read_text()


def test_what_is_allowed_is_published_and_written_down(acme, policy):
    """CHANGES.md has an entry a revision, with the weakenings and the reasons."""
    publish.publish(policy(), str(acme))
    told = []
    chain = publish.publish(policy(ADJUST), str(acme), allow_weakening=True, show=told.append)
    assert (2, ["effect"]) == (chain.revision, [one.key for one in told[0].weakenings])
    text = (acme / changes.FILE).read_text()
    first, second = text.split("## ")[1:]
    assert first.startswith("tiny 1, ")
    assert "not compared" in first
    assert second.startswith(f"tiny 2, {chain.custom['issued']}\n\nsha256 {chain.digest}\n")
    assert "    weakenings\n      git/push  effect: ask → allow\n" in second
    assert "because SEC-1412: branches are reviewed in the pull request" in second


def test_each_weakening_is_against_what_is_published_now(acme, policy):
    """Once it is published, the weaker policy is the one to compare with."""
    publish.publish(policy(), str(acme))
    publish.publish(policy(ADJUST), str(acme), allow_weakening=True)
    assert [3, 4] == [publish.publish(policy(text), str(acme)).revision for text in (ADJUST, "")]


def test_to_observe_after_enforcing_is_a_weakening(acme, policy):
    """Also where the command line says so, and not the policy."""
    publish.publish(policy(), str(acme), mode="observe")
    publish.publish(policy(), str(acme))
    with pytest.raises(WeakeningError, match="mode: enforce → observe"):
        publish.publish(policy(), str(acme), mode="observe")


def test_a_compiled_policy_is_compared_too(acme, policy):
    """Who signs what somebody else has built is told the same."""
    publish.publish(policy(), str(acme))
    with pytest.raises(WeakeningError, match="git/push"):
        publish.release(publisher.read(str(acme)), publish.build(policy(ADJUST)))


@pytest.mark.parametrize("data", [b"", b"agentguard policy 1\n{}", b'{"schema": 99}'])
def test_what_cannot_be_compared_is_not_replaced_unasked(acme, policy, data):
    """A published policy that is damaged, or of another version, could be anything."""
    publish.publish(policy(), str(acme))
    [path] = (acme / "repo/targets").iterdir()
    path.write_bytes(data)
    with pytest.raises(WeakeningError, match="cannot be compared"):
        publish.publish(policy(), str(acme))
    path.write_bytes(b"")
    assert 2 == publish.publish(policy(), str(acme), allow_weakening=True).revision


def test_allowing_a_weakening_allows_nothing_else(acme, policy):
    """A policy with an error, a pack that is not the one pinned, or a failing test of its own is never published."""
    case = '[[case]]\nname = "x"\nbash = "git push"\nexpect = "deny"\n'
    for folder in (
        policy('[[adjust]]\nrule = "git/psuh"\neffect = "allow"\nbecause = "x"\n'),
        policy(ADJUST.replace("because", "becuase")),
        policy('[[include]]\npack = "baseline"\ndigest = "sha256:0"\n'),
        policy("", {"tests/a.toml": case}),
    ):
        with pytest.raises(PolicyError):
            publish.publish(folder, str(acme), allow_weakening=True)
    assert ["1.root.json"] == os.listdir(acme / "repo")
    assert not (acme / changes.FILE).exists()


def test_a_publish_that_cannot_be_noted_says_that_it_happened(acme, policy):
    """The list of changes is no link to somewhere else."""
    (acme / changes.FILE).symlink_to(acme / "elsewhere")
    with pytest.raises(ConfigError, match="tiny 1 is published, but cannot be noted"):
        publish.publish(policy(), str(acme))
    assert not (acme / "elsewhere").exists()


def test_the_command_tells_what_it_allows_and_refuses(acme, policy):
    """Refused: exit 3 with the weakenings as JSON. Allowed: the same beside name and revision."""
    assert 0 == run(policy(), "--to", acme)[0].exit_code
    refused, out = run(policy(ADJUST), "--to", acme, "--json")
    assert isinstance(refused.exception, WeakeningError)
    expected = {
        "rule": "git/push",
        "key": "effect",
        "what": "ask → allow",
        "because": "SEC-1412: branches are reviewed in the pull request",
    }
    assert ("weakening", [expected]) == (json.loads(out)["code"], json.loads(out)["weakenings"])
    done, out = run(policy(ADJUST), "--to", acme, "--json", "--allow-weakening")
    assert (0, 2, [expected]) == (done.exit_code, json.loads(out)["revision"], json.loads(out)["weakenings"])
    assert "git/push  effect: ask → allow" in done.stderr


def test_a_published_bundle_can_be_compared_before(acme, policy):
    """`policy diff` takes the publisher's folder, or its repository."""
    publish.publish(policy(), str(acme))
    for target in (acme, acme / "repo"):
        done = CliRunner().invoke(policy_command, ["diff", str(target), policy(ADJUST), "--json"])
        shown = json.loads(done.stdout)
        assert [("git/push", "effect")] == [(one["rule"], one["key"]) for one in shown["weakenings"]]
        assert f"tiny 1 of {target}" == shown["old"]


def test_of_many_weakenings_some_are_told_and_the_others_counted(acme, policy):
    """A screen that nobody reads to its end hides the one that matters; JSON has all."""
    many = "".join(
        f'[[rule]]\nid = "many/n{number}"\neffect = "deny"\npath = "/srv/{number}"\n' for number in range(30)
    )
    assert 0 == run(policy(many), "--to", acme)[0].exit_code
    refused, _ = run(policy(), "--to", acme)
    assert refused.exception.message.endswith("\n  and 10 more: agentguard policy diff shows all")
    assert (30, 22) == (len(refused.exception.weakenings), len(refused.exception.message.splitlines()))
    done, out = run(policy(), "--to", acme, "--allow-weakening", "--json")
    assert (30, True) == (len(json.loads(out)["weakenings"]), "  and 10 more: " in done.stderr)
    assert "has no tests" in done.stderr
    tests = {"tests/a.toml": '[[case]]\nname = "x"\nbash = "ls"\nexpect = "allow"\n'}
    assert "has no tests" not in run(policy(extra=tests), "--to", acme)[0].stderr
