"""A machine that gets the package: what is in force then, without network and without anything else too."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess

from e2e import box, managed, setup
from e2e.lab import Lab, expect
from e2e.marks import MARKS, bash, prepare
from e2e.mock_api import use
from e2e.records import decisions, verify
from e2e.scenario import NO_INSTALL, Scenario
from e2e.scenarios import personal

from package import machine

_KEY = "E2E-NOT-A-PRIVATE-KEY"
_EXPOSURE = "30"  # tenths; systemd calls up to 3.9 fine


def _alone(lab: Lab) -> None:
    """Install nothing but the package: the hook is in force under the policy that is inside the program."""
    machine.install(machine.FIRST)
    prepare(lab)
    key = lab.seed(os.path.join(lab.home, ".ssh", "id_ed25519"), _KEY)
    plain = os.path.join(lab.work, "plain.txt")
    run = lab.run([use("Read", file_path=key)], [use("Read", file_path=plain)])
    denied, passed = run.results
    expect(_KEY not in run.heard, "the model was given a private key")
    expect("policy" in denied.text, f"no reason was given: {denied.text[:300]!r}")
    expect("plain text" in passed.text, f"a harmless call was held up: {passed.text[:300]!r}")
    expect([one["effect"] for one in decisions("Read")] == ["deny", "allow"], "the records do not say deny and allow")
    verify(lab)


def _organisation(lab: Lab) -> None:
    """Install a package with policy and settings of an organisation; its server is never reached."""
    machine.install(machine.ORGANISATION)
    prepare(lab)
    done = managed.attempt("agentguard", "sync")
    expect(done.returncode == 1, f"a sync without its server ended with {done.returncode}")
    run = lab.run([bash("touch denied.txt")], [bash("touch fine.txt")])
    expect(lab.text("denied.txt") is None, "the denied call happened")
    expect(MARKS["bash"].reason in run.results[0].text, f"the model was not told why: {run.results[0].text[:300]!r}")
    expect(lab.text("fine.txt") is not None, "the allowed call did not happen")
    bundle = decisions("Bash")[0]["bundle"]
    found = (bundle["name"], bundle["state"], bundle["verified"])
    expect(found == ("marked", "fresh", "root-owned"), f"the policy in force was {found}")
    report = json.loads(managed.attempt("agentguard", "doctor", "--json").stdout)
    expect(report["healthy"], f"the doctor finds {report['findings']}")


def _for_everybody(lab: Lab) -> None:
    """Install under root's closed umask: everything is root's, nobody else can change it, everybody can read it."""
    managed.run_command("sh", "-e", "-c", f"umask 077; dpkg --install {managed.package(machine.ORGANISATION)}")
    wrong = []
    for top in (machine.WHERE.code, machine.WHERE.config, managed.DROP_IN):
        for path, folders, files in os.walk(top):
            for name in (path, *(os.path.join(path, one) for one in (*folders, *files))):
                facts = os.lstat(name)
                open_to_all = 0o555 if stat.S_ISDIR(facts.st_mode) else 0o444
                bad = facts.st_mode & 0o022 or facts.st_mode & open_to_all != open_to_all
                if facts.st_uid or facts.st_gid or facts.st_mode & 0o6000 or (bad and not os.path.islink(name)):
                    wrong.append(f"{name} {facts.st_mode:o}")
    expect(not wrong, f"others could change it or cannot read it: {wrong[:5]}")
    spools = os.lstat(machine.WHERE.spools)
    expect(stat.S_IMODE(spools.st_mode) == 0o1733, f"the folder of spools has mode {spools.st_mode:o}")
    said = managed.run_command("dpkg", "--verify", "agentguard")
    expect(not said, f"dpkg finds files that are not as they were packed: {said}")
    machine.in_force(lab)
    expect(decisions("Bash")[0]["effect"] == "deny", "the record does not say deny")


def _units(lab: Lab) -> None:
    """Let systemd judge the units that the package has installed."""
    machine.install(machine.FIRST)
    units = [f"agentguard-sync.{kind}" for kind in ("service", "timer", "path")]
    said = managed.run_command("systemd-analyze", "verify", "--man=no", *units)
    expect("agentguard" not in said, f"systemd finds {said}")
    managed.run_command("systemd-analyze", "security", "--offline=yes", f"--threshold={_EXPOSURE}", units[0])
    for unit in units[1:]:
        done = managed.attempt("systemctl", "is-enabled", unit)
        expect(done.stdout.strip() == "enabled", f"{unit} is {done.stdout.strip() or done.stderr.strip()}")
    del lab


def _command(lab: Lab) -> None:
    """Use the command of the package as an ordinary person; it does not go over an installation of the other kind."""
    os.makedirs(machine.WHERE.code, exist_ok=True)
    record = os.path.join(machine.WHERE.code, "install.json")
    with open(record, "x", encoding="ascii"):
        said = machine.refused("--install", managed.package(machine.ORGANISATION))
    expect("was made by `agentguard install --system`" in said, f"it says {said}")
    expect(not os.path.lexists(managed.DROP_IN), "it left managed settings")
    os.unlink(record)
    machine.install(machine.ORGANISATION)
    argv = ["agentguard", "status", "--json"]
    env = {"PATH": "/usr/bin:/bin", "HOME": lab.home}
    person = {"user": box.UID, "group": box.UID, "extra_groups": []}
    done = subprocess.run(argv, env=env, cwd=lab.work, capture_output=True, text=True, check=False, **person)
    expect(done.returncode == 0, f"it ended with {done.returncode}: {done.stderr}")
    expect('"marked"' in done.stdout, f"it says {done.stdout[:600]}")
    said = managed.attempt("agentguard", "install", "--system")
    expect("by a package" in said.stderr, f"an installation over the package was not refused: {said.stderr}")


def _page(lab: Lab) -> None:
    """Type what the page on packages says to type on a machine, in its order."""
    with open(os.path.join(setup.ROOT, "docs", "packages.md"), encoding="utf-8") as stream:
        blocks = stream.read().split("```sh\n")[1:]
    lines = [line for block in blocks for line in block.split("```")[0].splitlines()]
    shutil.copy(managed.package(machine.ORGANISATION), os.path.join(lab.folder, "agentguard.deb"))
    typed = [line.removeprefix("sudo ") for line in lines if line.startswith("sudo ")]
    for line in typed:
        managed.run_command("sh", "-e", "-c", line, cwd=lab.folder)
        if line.startswith("dpkg --install"):
            machine.in_force(lab)
    expect(typed[-1] == "dpkg --purge agentguard", f"the page ends with {typed[-1]}")
    expect(not os.path.lexists(machine.WHERE.state), "the purge left the state")


def _wheel(lab: Lab) -> None:
    """Let one person install for herself, from a wheel in an environment that is hers."""
    personal.quickstart(lab, [managed.package(machine.PERSON)])


SCENARIOS = (
    Scenario(
        "package/alone", "the package alone, never online, blocks a call and lets another pass", _alone, NO_INSTALL
    ),
    Scenario(
        "package/server-down",
        "with a first bundle its policy is in force on a machine whose server cannot be reached, and the doctor is content",
        _organisation,
        NO_INSTALL,
    ),
    Scenario(
        "package/for-everybody",
        "under umask 077 all is root's, readable, and as it was packed",
        _for_everybody,
        NO_INSTALL,
    ),
    Scenario("package/units", "systemd takes the units, finds them hardened, and they are enabled", _units, NO_INSTALL),
    Scenario(
        "package/page", "what the page on packages says to type on a machine works, in its order", _page, NO_INSTALL
    ),
    Scenario(
        "package/wheel",
        "a person who installed the wheel observes, enforces and takes it away again",
        _wheel,
        NO_INSTALL,
    ),
    Scenario("package/command", "anybody can use its command; nothing is installed over it", _command, NO_INSTALL),
)
