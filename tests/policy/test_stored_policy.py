"""A stored policy says what the compiled one says, of every row, whatever links there are, and reads little of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentguard import jsontext
from agentguard.access import paths
from agentguard.access.model import ANY, EXACT, GLOB, TREE, UNKNOWN, Access, Origin, Path, Pattern, Row
from agentguard.errors import PolicyError
from agentguard.policy import engine, stored, wire
from agentguard.policy.model import Context

HOME, PROJECT = "/home/dev", "/home/dev/project"

# Every shape of pattern that has keys of its own, and some that have none.
PATTERNS = (
    "~/.ssh/**", "~", "~/.keys/*.pem", "{project}/src/**", "{project}", "{tmpdir}/**", "{agentguard}/**", "/", "/**", "/*",
    "/etc/app.conf", "/etc/app/*.d/x", "/data/keys/**", "**/.env", "**/.env.*", "**/secret*", "**/vault/**", "**/v*/**",
    "**/a/b.txt", "**/*.pem", "**/*.tf.json", "**/[xy].key", "*.pem", "**", "~/logs/{hostname}/**", "/srv/TEAM/**", "{home}/n",
)  # fmt: skip
FOLDERS = (
    "/",
    HOME,
    PROJECT,
    "/tmp",
    "/private/tmp",
    "/data/keys",
    "/data",
    "/etc",
    "/etc/app",
    "/srv/team",
    "/opt/agentguard",
)
NAMES = (".ssh/id", ".env", ".env.prod", "src/a.py", "vault/x", "vault", "a/b.txt", "k.pem", ".keys/k.pem", "x.tf.json", "n",
         "x.key", "app.conf", "q.d/x", "secrets.txt", "Secret", "TEAM/y", "keys/id", "logs/laptop/l", "")  # fmt: skip
LINKS = st.dictionaries(
    st.sampled_from(
        [f"{HOME}/.ssh", f"{HOME}/.keys", f"{PROJECT}/src", "/tmp", "/etc/app", "/srv", f"{HOME}/project/vault"]
    ),
    st.sampled_from(["/data/keys", "/data", "/private/tmp", "../keys", f"{HOME}/.ssh"]),
    max_size=3,
)
HOSTS = ("a.team.example", "team.example", "example", "10.1.2.3", "localhost", "x.localhost", "::1", "laptop.corp")
COMMANDS = (("git", "push"), ("git",), ("/usr/bin/psql",), ("./deploy", "all"), ("Rm",), ("tool", "sub*"))

words = {
    "path": st.sampled_from(PATTERNS),
    "host": st.sampled_from(
        ["*.example", "team.example", "*.team.example", "10.0.0.0/8", "loopback", "api*", "a?.x.y", "*"]
    ),
    "command": st.sampled_from(
        ["git push", "git", "psql", "deploy all", "g* push", "/usr/bin/psql", "rm", "tool sub*"]
    ),
    "trait": st.sampled_from(["force", "sends"]),
    "server": st.sampled_from(["hub", "h*"]),
    "package": st.sampled_from(["left-pad", "@x/*"]),
    "variable": st.sampled_from(["PATH", "LD_*"]),
    "tool": st.sampled_from(["Read", "mcp__*"]),
    "certainty": st.sampled_from(["unknown", "possible", "certain"]),
}
conditions = st.fixed_dictionaries(
    {}, optional={key: st.lists(one, min_size=1, max_size=3, unique=True) for key, one in words.items()}
).filter(bool)
rules = st.builds(
    lambda when, no, more: {**when, **({"not": no} if no else {}), **more},
    conditions,
    st.one_of(st.just({}), conditions),
    st.fixed_dictionaries(
        {"effect": st.sampled_from(["allow", "ask", "deny"]), "reason": st.just("r"), "severity": st.just("low")},
        optional={
            "unattended": st.just("ask"),
            "remedy": st.just("m"),
            "tags": st.just(["t"]),
            "mode": st.just("observe"),
        },
    ),
)
texts = st.builds(
    lambda folder, name: paths.absolute(name or ".", folder), st.sampled_from(FOLDERS), st.sampled_from(NAMES)
)
origins = st.builds(
    Origin,
    st.one_of(st.just(()), st.sampled_from(COMMANDS)),
    program=st.sampled_from(["", "/usr/bin/psql", f"{PROJECT}/git"]),
    traits=st.sampled_from([frozenset(), frozenset({"force"}), frozenset({"force", "sends"})]),
)
certainties = st.sampled_from(["certain", "certain", "possible", "unknown"])
partly = st.sampled_from([Pattern((f"{HOME}/", ANY)), Pattern((ANY, ".pem")), UNKNOWN])


@st.composite
def calls(draw, world):
    """Some rows of a world: paths in both spellings, hosts, commands, packages, variables, servers, tools."""
    origin = draw(origins)

    def row():
        kind = draw(st.sampled_from(["path", "path", "path", "host", "word", "none"]))
        certainty = draw(certainties)
        if kind == "path":
            text = draw(texts)
            path = Path(text, paths.resolve(text, world.disk), draw(st.sampled_from([EXACT, EXACT, EXACT, TREE])))
            if draw(st.integers(0, 9)) == 0:
                path = Path(draw(partly), None, draw(st.sampled_from([EXACT, GLOB])))
            return Row(draw(st.sampled_from(["read", "write", "delete"])), certainty, path=path, origin=origin)
        if kind == "host":
            return Row("connect", certainty, host=draw(st.one_of(st.sampled_from(HOSTS), partly)), origin=origin)
        if kind == "word":
            name = draw(st.sampled_from(["package", "variable", "server"]))
            value = draw(st.sampled_from(["left-pad", "@x/y", "PATH", "LD_X", "hub"]))
            return Row(
                "mcp" if name == "server" else "execute", certainty, **{name: value}, tool="mcp__hub__x", origin=origin
            )
        return Row(draw(st.sampled_from(["execute", "use"])), certainty, tool="Read", origin=origin)

    return [row() for _ in range(draw(st.integers(1, 30)))]


@given(st.data())
def test_a_stored_policy_decides_as_the_compiled_one(compiled, make_world, told, data):
    """Whatever is filed under keys is found by every row that it could concern."""
    links = data.draw(LINKS)
    world = make_world(
        links=links, hostname="laptop", platform=data.draw(st.sampled_from(["linux", "linux", "darwin"])),
        files=[f"{HOME}/.bashrc", "/data/keys/id", "/private/tmp/x", f"{PROJECT}/src2/a.py"],
    )  # fmt: skip
    policy = compiled(data.draw(st.lists(rules, min_size=1, max_size=6)))
    access = Access(data.draw(calls(world)), known=True)
    context = Context(user="dev", attended=data.draw(st.booleans()))
    here = engine.decide(engine.load(jsontext.canonical(policy)), access, world, context)
    assert told(engine.decide(engine.load(wire.pack(policy)), access, world, context)) == told(here)


@given(st.lists(rules, max_size=4))
def test_what_is_stored_can_be_read_as_a_whole(compiled, found):
    """The stored form loses nothing."""
    policy = compiled(found)
    assert stored.read(wire.pack(policy)) == policy


def _many(compiled, count):
    return compiled(
        [
            {
                "effect": "deny",
                "action": "write",
                "path": [f"~/.team-{number}/**", f"**/team-{number}.key"],
                "reason": "r",
            }
            for number in range(count)
        ]
    )


def test_few_rules_of_many_are_read(compiled, make_world):
    """A call costs what concerns it, and not what the policy holds."""
    policy = engine.load(wire.pack(_many(compiled, 1000)))
    access = Access(
        [Row("write", path=Path("/home/dev/.team-7/x")), Row("write", path=Path(f"{PROJECT}/src/a.py"))], known=True
    )
    decision = engine.decide(policy, access, make_world(), Context(user="dev"))
    assert ("deny", "rule/7") == (decision.effect, decision.rule)
    assert len(policy.rules._ready) < 10
    assert len(policy.rules) == 1000


def test_ten_thousand_rules_still_decide(compiled, make_world):
    """The one that matters is found."""
    policy = engine.load(wire.pack(_many(compiled, 10_000)))
    access = Access([Row("write", path=Path(f"{PROJECT}/team-9876.key"))], known=True)
    found = engine.decide(policy, access, make_world(), Context(user="dev"))
    assert ("deny", "rule/9876") == (found.effect, found.rule)


def test_a_partly_known_path_may_concern_many_rules(compiled, make_world):
    """All rules about paths are looked at where the path could be any of them."""
    policy = engine.load(wire.pack(_many(compiled, 200)))
    access = Access([Row("write", path=Path(Pattern(("/home/dev/.team-19", ANY))))], known=True)
    found = engine.decide(policy, access, make_world(), Context(user="dev"))
    assert {"rule/19", *(f"rule/{number}" for number in range(190, 200))} == {hit.rule for hit in found.hits}


def test_a_large_policy_is_deflated(compiled):
    """What the hook has to hash is small."""
    data = wire.pack(_many(compiled, 1000))
    assert len(data) < 40_000
    assert stored.read(data) == _many(compiled, 1000)


@pytest.mark.parametrize("place", [25, 200, -1])
def test_a_damaged_stored_policy_is_refused(compiled, place):
    """Signatures keep damage out; what comes here all the same is an error of its own kind and no traceback."""
    data = wire.pack(_many(compiled, 20))
    with pytest.raises(PolicyError):
        stored.read(data[:place])


def test_a_later_client_is_asked_for(compiled):
    """As of a compiled policy."""
    with pytest.raises(PolicyError, match="needs agentguard 99"):
        engine.load(wire.pack({**_many(compiled, 2), "min_client": "99.0.0"}))
    with pytest.raises(PolicyError, match="schema"):
        engine.load(wire.pack({**_many(compiled, 2), "schema": 2}))
