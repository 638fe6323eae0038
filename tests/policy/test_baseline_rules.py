"""Each rule of the shipped baseline on rows made by hand: what it stops, and the nearest thing that it does not."""

from __future__ import annotations

import pytest

from agentguard.access.model import ANY, TREE, UNKNOWN, Origin, Path, Pattern, Row
from agentguard.policy import engine

HOME, PROJECT = "/home/dev", "/home/dev/project"


def _path(action, path, resolved=None, **more):
    return Row(action, path=Path(path, resolved), **more)


def _tree(action, path, **more):
    return Row(action, path=Path(path, extent=TREE), **more)


def _execute(*command, traits=(), flags=(), **more):
    return Row("execute", origin=Origin(command, traits=frozenset(traits), flags=flags), **more)


def _api(path, *traits):
    return Row("execute", origin=Origin(("gh", "api"), traits=frozenset(traits), args=(path,)))


def _connect(host, *traits, certainty="certain"):
    return Row("connect", certainty, host=host, origin=Origin(("curl",), traits=frozenset(traits)))


# Rules that stop a doubt as surely as a certainty.
POSSIBLE = dict.fromkeys(
    (
        "secrets/file",
        "secrets/key-changed",
        "net/cloud-metadata",
        "write/disk",
        "delete/system-or-home",
        "write/startup-file",
    ),
    "deny",
)
PUSH = ("git", "push")
# rule: (effect, rows that it stops, rows that pass)
RULES = {
    "secrets/file": (
        "deny",
        [
            _path("read", f"{HOME}/.ssh/id_rsa"),
            _path("read", f"{PROJECT}/a/.env.production"),
            _path("read", f"{PROJECT}/key.txt", f"{HOME}/.aws/credentials"),
            _tree("read", f"{HOME}/.config"),
            _path("read", "/proc/12/environ"),
            _path("read", f"{PROJECT}/dev.tfvars"),
            _path("read", f"{PROJECT}/.env", origin=Origin(("git", "diff"))),
            _path("read", f"{PROJECT}/.env", origin=Origin(("git", "add"), program="/tmp/git")),
            _path("read", Pattern((ANY, "/.env"))),
        ],
        [
            _path("read", f"{HOME}/.ssh/config"),
            _path("read", f"{PROJECT}/.env.local.example"),
            _path("read", f"{PROJECT}/.venv/lib/python3/site-packages/certifi/x.pem"),
            _path("read", "/usr/lib/ssl/misc.pem"),
            _tree("read", PROJECT),
            _path("read", Pattern((f"{PROJECT}/src/", ANY))),
        ],
    ),
    "secrets/committed": (
        "ask",
        [
            _path("read", f"{PROJECT}/.env", origin=Origin(("git", "add"), flags=("--force",))),
            _path("read", f"{PROJECT}/a.tfstate", origin=Origin(("git", "commit"))),
        ],
        [
            _path("read", f"{PROJECT}/dev.tfvars", origin=Origin(("git", "add"))),
            _tree("read", PROJECT, origin=Origin(("git", "add"))),
        ],
    ),
    "secrets/key-changed": (
        "deny",
        [_path("write", f"{HOME}/.ssh/authorized_keys"), _tree("delete", f"{HOME}/Library/Keychains")],
        [_path("write", f"{PROJECT}/.ssh/readme"), _tree("delete", f"{PROJECT}/dist")],
    ),
    "secrets/project-file-changed": (
        "ask",
        [_path("write", f"{PROJECT}/.env"), _path("delete", f"{PROJECT}/prod.tfvars")],
        [
            _path("write", f"{PROJECT}/.env.sample"),
            _path("write", "/tmp/x/key.pem"),
            _tree("delete", f"{PROJECT}/node_modules"),
        ],
    ),
    "secrets/environment": (
        "deny",
        [_execute("env", traits=["prints-environment"])],
        [_execute("printenv", traits=["read-only"])],
    ),
    "secrets/variable": (
        "deny",
        [Row("read", variable="API_KEY", origin=Origin(("echo",)))],
        [Row("write", variable="API_KEY", origin=Origin(("export",)))],
    ),
    "delete/system-or-home": (
        "deny",
        [_tree("delete", path) for path in ("/", HOME, "/home", "/home/other", "/usr/local", "/etc", "C:/Users/dev")],
        [_tree("delete", f"{PROJECT}/home"), _path("delete", "/tmp/x")],
    ),
    "delete/unknown-target": (
        "ask",
        [Row("delete", "unknown", path=Path(UNKNOWN)), Row("delete", path=Path(UNKNOWN, extent=TREE))],
        [Row("read", "unknown", path=Path(UNKNOWN)), Row("write", "unknown", path=Path(UNKNOWN))],
    ),
    "delete/repository": (
        "deny",
        [_tree("delete", f"{PROJECT}/.git"), _tree("delete", f"{PROJECT}/vendor/x/.git")],
        [_tree("delete", "/tmp/clone/.git"), _path("delete", f"{PROJECT}/.gitignore")],
    ),
    "delete/data-store": (
        "deny",
        [_execute("terraform", "destroy", traits=[trait]) for trait in ("destroys-data", "destroys-infrastructure")],
        [_execute("terraform", "plan")],
    ),
    "machine/stopped": (
        "deny",
        [_execute("reboot"), _execute("systemctl", "poweroff")],
        [_execute("shutdown", traits=["read-only"]), _execute("systemctl", "--user", "restart")],
    ),
    "machine/rights": (
        "deny",
        [_execute("visudo"), _execute("mount"), _execute("ufw", "disable")],
        [_execute("mount", traits=["read-only"]), _execute("ufw", "status")],
    ),
    "machine/starts-later": (
        "deny",
        [_execute("at"), _execute("systemctl", "enable", traits=["controls-service"])],
        [_execute("at", traits=["read-only"]), _execute("systemctl", "status")],
    ),
    "write/system-or-home": (
        "deny",
        [_path("write", "/etc/hosts"), _path("write", "/usr/bin/git"), _tree("write", HOME), _tree("write", "/")],
        [_path("write", f"{PROJECT}/etc/hosts"), _tree("write", f"{PROJECT}/usr"), _path("read", "/etc/hosts"),
         _path("write", "/tmp"), _tree("write", "/tmp")],
    ),
    "write/disk": (
        "deny",
        [_path("write", path) for path in ("/dev/sda", "/dev/nvme0n1", "/dev/disk2", "/dev/disk/by-id/x")],
        [_path("write", f"{PROJECT}/dev/sda"), _path("read", "/dev/sda")],
    ),
    "write/outside-project": (
        "ask",
        [
            _path("write", "/srv/x"),
            _path("write", f"{PROJECT}/out", "/srv/x"),
            _tree("write", "/srv"),
            _path("write", Pattern((ANY, "/x"))),
        ],
        [
            _path("write", f"{PROJECT}/x"),
            _tree("write", f"{PROJECT}/x"),
            _path("write", PROJECT),
            _path("write", "/tmp"),
            _path("write", f"{HOME}/.claude/projects/p/memory/x.md"),
            _path("write", Pattern((f"{PROJECT}/out-", ANY))),
        ],
    ),
    "delete/outside-project": (
        "deny",
        [_tree("delete", PROJECT), _tree("delete", "/mnt/data"), _path("delete", f"{HOME}/x")],
        [_path("delete", f"{PROJECT}/x"), _tree("delete", f"{HOME}/.cache/pip")],
    ),
    "write/startup-file": (
        "deny",
        [
            _path("write", f"{HOME}/.zshrc"),
            _path("delete", f"{HOME}/.config/fish/config.fish"),
            _path("write", f"{PROJECT}/out.log", f"{HOME}/.bashrc"),
            _path("write", f"{PROJECT}/.git/hooks/pre-commit"),
            _path("write", "/etc/cron.daily/x"),
        ],
        [_path("write", f"{PROJECT}/.githooks/x"), _path("read", f"{HOME}/.zshrc"), _tree("delete", f"{PROJECT}/dist")],
    ),
    "write/pipeline": (
        "ask",
        [_path("write", f"{PROJECT}/.github/workflows/x.yml"), _path("delete", f"{PROJECT}/Jenkinsfile")],
        [_path("write", f"{PROJECT}/.github/FUNDING.yml"), _path("read", f"{PROJECT}/Jenkinsfile")],
    ),
    "write/project-startup": (
        "ask",
        [
            _path("write", f"{PROJECT}/.husky/pre-commit"),
            _path("write", f"{PROJECT}/.mcp.json"),
            _path("delete", f"{PROJECT}/app/.npmrc"),
        ],
        [
            _path("write", f"{PROJECT}/.husky/_/husky.sh"),
            _path("read", f"{PROJECT}/.mcp.json"),
            _path("write", f"{PROJECT}/mcp.json"),
        ],
    ),
    "git/discards-work": ("ask", [_execute("git", "clean", traits=["discards-work"])], [_execute("git", "status")]),
    "git/push": ("ask", [_execute(*PUSH, traits=["publishes"], ref="topic")], [_execute("git", "fetch")]),
    "publish/elsewhere": (
        "ask",
        [_execute("npm", "publish", traits=["publishes"]), _execute("gh", "pr", "create", traits=["publishes"])],
        [_execute("npm", "install"), _execute("gh", "pr", "view", traits=["read-only"])],
    ),
    "git/history-lost": (
        "deny",
        [_execute("git", "stash", "clear", traits=["discards-work"]), _execute("git", "gc", traits=["discards-work"])],
        [_execute("git", "gc"), _execute("git", "reflog", traits=["read-only"])],
    ),
    "git/pushed-by-api": (
        "deny",
        [_api("repos/acme/app/git/refs/heads/main", "publishes"), _api("repos/acme/app/merges", "publishes")],
        [_api("repos/acme/app/git/refs/heads/main"), _api("repos/acme/app/pulls")],
    ),
    "machine/session-ended": (
        "deny",
        [_execute("kill", traits=["signals", "discards-work"]), _execute("loginctl", "kill-user", traits=["discards-work"])],
        [_execute("kill", traits=["signals"]), _execute("pkill", traits=["signals"])],
    ),
    "publish/open-to-all": (
        "deny",
        [
            _execute("aws", "ec2", traits=["publishes"], flags=("--cidr=0.0.0.0/0",)),
            _execute("kubectl", "create", traits=["privileged"], flags=("--clusterrole=cluster-admin",)),
            _execute("aws", "s3api", traits=["publishes"], flags=('--policy={"Principal": "*"}',)),
        ],
        [_execute("aws", "ec2", flags=("--cidr=0.0.0.0/0",)), _execute("curl", flags=("--cidr=10.0.0.0/8",))],
    ),
    "publish/release": (
        "deny",
        [_execute("npm", "publish", traits=["publishes"]), _execute("twine", "upload", traits=["publishes"])],
        [_execute("npm", "publish"), _execute("npm", "pack")],
    ),
    "publish/made-public": (
        "deny",
        [_execute("gh", "repo", "edit", traits=["publishes"], flags=("--visibility=public",))],
        [_execute("gh", "repo", "edit", flags=("--visibility=private",))],
    ),
    "git/push-protected": (
        "deny",
        [_execute(*PUSH, ref=ref) for ref in ("main", "refs/heads/main", "release/2", "production")],
        [_execute(*PUSH, ref="mainline"), _execute("git", "fetch", ref="main")],
    ),
    "git/force-push": (
        "deny",
        [
            _execute(*PUSH, traits=["force"], flags=("--force",), ref="topic"),
            _execute(*PUSH, traits=["force"], flags=("--force-with-lease", "--force")),
            _execute(*PUSH, traits=["force"], flags=("--force-with-lease", UNKNOWN)),
        ],
        [
            _execute(*PUSH, traits=["force"], flags=("--force-with-lease",), ref="topic"),
            _execute("rm", traits=["force"], flags=("--force",)),
        ],
    ),
    "git/skipped-checks": ("deny", [_execute("git", "commit", traits=["skips-checks"])], [_execute("git", "commit")]),
    "net/cloud-metadata": (
        "deny",
        [_connect("169.254.169.254"), _connect("fd00:ec2::254"), _connect("metadata.google.internal")],
        [_connect("169.254.1.1"), _connect("example.org")],
    ),
    "net/sends-to-stranger": (
        "ask",
        [_connect(host, "sends") for host in ("evil.example", "github.com.evil.example", "10.0.0.7")],
        [_connect(host, "sends") for host in ("api.github.com", "127.0.0.1", "localhost", "laptop")],
    ),
    "net/tunnel": (
        "deny",
        [_execute("ngrok", traits=["publishes"]), _execute("ssh", traits=["publishes"])],
        [_execute("ssh"), _execute("ngrok", traits=["read-only"])],
    ),
    "net/foreign-source": (
        "deny",
        [_connect("evil.example", "foreign-package")],
        [_connect("github.com", "foreign-package"), _connect("evil.example")],
    ),
    "net/drop-site": (
        "deny",
        [_connect("webhook.site", "sends"), _connect("x.oast.fun", "computed-address"), _connect("0x0.st", "sends")],
        [_connect("webhook.site"), _connect("api.github.com", "sends")],
    ),
    "net/sends-to-address": (
        "deny",
        [_connect("203.0.113.7", "sends"), _connect("2001:db8::7", "sends")],
        [_connect("203.0.113.7"), _connect("127.0.0.1", "sends")],
    ),
    "net/sends-to-unknown": ("ask", [_connect(UNKNOWN, "sends")], [_connect(UNKNOWN)]),
    "net/computed-host": (
        "deny",
        [
            _connect("evil.example", "computed-address"),
            _connect(Pattern((ANY, ".evil.example")), "computed-address"),
            _connect(UNKNOWN, "computed-address"),
        ],
        [_connect("api.github.com", "computed-address"), _connect(Pattern(("api.", ANY)))],
    ),
    "net/serves-files": (
        "ask",
        [Row("listen", host="0.0.0.0", port=8000), Row("listen", host="::", port=8000)],
        [Row("listen", host="127.0.0.1", port=8000), Row("listen", host="::1", port=8000)],
    ),
    "run/fetched-code": ("deny", [_execute("sh", traits=["runs-fetched-code"])], [_execute("npm", "ci"), _execute("pytest")]),
    "run/foreign-package": ("ask", [_execute("npx", traits=["foreign-package"], package="x")], [_execute("npm", "ci")]),
    "agent/unsupervised": (
        "deny",
        [
            _execute("claude", traits=["starts-agent"], flags=("--dangerously-skip-permissions",)),
            _execute("claude", traits=["starts-agent"], flags=("--permission-mode=bypassPermissions",)),
        ],
        [_execute("npm", "init", flags=("--yolo",))],
    ),
    "run/loaded-code": (
        "ask",
        [Row("write", variable="LD_PRELOAD"), Row("write", variable="BASH_ENV")],
        [Row("write", variable="LD_LIBRARY_PATH"), Row("write", variable="PATH")],
    ),
    "run/other-registry": (
        "ask",
        [Row("write", variable="PIP_INDEX_URL"), Row("write", variable="CARGO_REGISTRIES_X_INDEX")],
        [Row("write", variable="PIP_NO_INPUT"), Row("write", variable="GOFLAGS")],
    ),
    "agent/nested": ("ask", [_execute("claude", traits=["starts-agent"])], [Row("delegate", subagent="explore")]),
    "run/privileged": ("ask", [_execute("sudo", traits=["privileged"])], [_execute("ls")]),
}  # fmt: skip


@pytest.fixture(scope="module")
def baseline():
    return engine.fallback()


@pytest.mark.parametrize("rule", RULES)
def test_rule(decide, make_world, baseline, rule):
    """A rule stops what it is for and says why; what only looks like it passes without a word."""
    effect, stopped, passed = RULES[rule]
    for row in stopped:
        decision = decide([], row, policy=baseline, world=make_world())
        hits = {hit.rule: hit for hit in decision.hits}
        assert rule in hits, row
        wanted = effect if hits[rule].match == 2 else POSSIBLE.get(rule, "ask")
        assert wanted == hits[rule].effect, row
        assert hits[rule].reason
        assert hits[rule].remedy
        assert "{" not in hits[rule].reason + hits[rule].remedy
    for row in passed:
        decision = decide([], row, policy=baseline, world=make_world())
        assert rule not in [hit.rule for hit in decision.hits], row
        assert "agentguard" not in decision.rule
        if rule not in ("git/force-push", "git/push-protected"):
            assert ("allow", "") == (decision.effect, decision.rule), row


def test_every_rule_is_in_the_table(baseline):
    """A new rule needs rows here."""
    assert sorted(RULES) == sorted(rule["id"] for rule in baseline.rules)


def test_every_rule_explains_itself(baseline):
    """Reason, remedy and severity are there, and short enough for what the agent and the person are shown."""
    for number, stored in enumerate(baseline.rules):
        rule = {**stored, **baseline.texts(number)}
        assert rule["severity"] in ("low", "medium", "high", "critical"), rule["id"]
        assert 10 < len(rule["reason"]) <= 120, rule["id"]
        assert 10 < len(rule["remedy"]) <= 120, rule["id"]
        assert rule["reason"].endswith("."), rule["id"]


def test_quiet_by_default(decide, baseline):
    """Reading, building, committing and fetching pass; what cannot be known is asked about."""
    rows = [
        _path("read", f"{PROJECT}/src/a.py"),
        _path("read", "/usr/include/stdio.h"),
        _path("write", f"{PROJECT}/src/a.py"),
        _execute("make"),
        _connect("docs.python.org"),
        Row("mcp", server="x", mcp_tool="y"),
        Row("use", tool="Read"),
    ]
    assert ("allow", "") == (decide([], *rows, policy=baseline).effect, decide([], *rows, policy=baseline).rule)
    assert "ask" == decide([], Row("execute", "opaque"), policy=baseline).effect
