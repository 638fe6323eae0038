"""A machine on which whatever the doctor knows can be made wrong: `WRONG` has a function for each finding's name."""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from pathlib import Path

import pytest

from agentguard import places
from agentguard.bundle import seal
from agentguard.deploy import doctor, install, managed, quickstart, settings, stub
from agentguard.deploy.doctor import (
    canary,
    client,
    command,
    live,
    person,
    records,
    trust,
)
from agentguard.deploy.doctor import managed as managed_checks
from agentguard.deploy.doctor.exam import Exam
from agentguard.deploy.doctor.machine import Machine
from agentguard.sync.status import stamp

DAY = 86_400
GOLDEN = Path(__file__).parent / "golden" / "deploy"
ROOT = GOLDEN / "root.json"


def linked_code(where: places.Places) -> list[str]:
    """Install as `install_code` does, but with links to this tree and its packages in place of compiled copies."""
    folder = Path(where.code, "versions", "linked")
    package = folder / "agentguard"
    (package / "__pycache__").mkdir(parents=True)
    (package / "__pycache__" / f"linked.{sys.implementation.cache_tag}.pyc").touch()
    ours = Path(doctor.__file__).parents[2]
    for source in ours.iterdir():
        if source.name != "__pycache__":
            (package / source.name).symlink_to(source)
    for source in Path(pytest.__file__).parents[1].iterdir():
        if source.name != "agentguard":
            (folder / source.name).symlink_to(source)
    Path(where.code, "bin").mkdir()
    os.symlink(os.path.realpath(sys.executable), install.python_of(where))
    record = {"version": "0", "folder": "linked", "previous": ""}
    Path(where.code, "install.json").write_text(json.dumps(record), encoding="ascii")
    Path(where.stub).write_text(stub.hook_text(where, ascii(str(folder)), []), encoding="ascii")
    return install.hook_command(where)


class Lab:
    """A personal install that was made by quickstart, a managed one over the same code, and a system of their own."""

    def __init__(self, base: Path) -> None:
        self.base = base
        (base / "home").mkdir(parents=True)
        self.own = places.personal(str(base / "home"))
        quickstart.quickstart(self.own, lambda: b"", lambda: b"")
        self.kept = [Path(path) for path in (self.own.config, self.own.state, base / "home" / ".claude")]
        self.system = base / "system"
        self.managed = places.Places(places.MANAGED, self.own.code, str(base / "etc"), str(base / "var"), "")
        for number, path in enumerate(self.kept):
            shutil.copytree(path, base / "kept" / str(number))

    def reset(self) -> None:
        """Put everything back that a test may have changed."""
        for number, path in enumerate(self.kept):
            shutil.rmtree(path, ignore_errors=True)
            shutil.copytree(self.base / "kept" / str(number), path)
        for path in (self.system, self.base / "etc", self.base / "var"):
            shutil.rmtree(path, ignore_errors=True)
            path.mkdir()

    def exam(self, *, managed=False, **options) -> Exam:
        where = self.managed if managed else self.own
        options = {"root": str(self.system), "environ": {}, "platform": "linux", **options}
        return Exam(Machine(where, **options))

    def write(self, path: str, value) -> Path:
        """Write a file of the system: bytes, text, or JSON."""
        target = self.system / path.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        data = (
            value
            if isinstance(value, bytes)
            else value.encode()
            if isinstance(value, str)
            else json.dumps(value).encode()
        )
        target.write_bytes(data)
        return target

    def argv(self) -> list[str]:
        return [install.python_of(self.own), "-I", "-S", self.own.stub]

    def rolled_out(self, **changes) -> None:
        value = managed.settings(self.argv(), phase="enforce")
        self.write("/etc/claude-code/managed-settings.d/50-agentguard.json", {**value, **changes})

    def person(self, **changes) -> None:
        path = Path(settings.path_of(self.own))
        path.write_text(json.dumps({**json.loads(path.read_text()), **changes}), encoding="utf-8")

    def entry(self, **changes):
        """Return an exam whose entry starts something else."""
        exam = self.exam()
        entry = {**exam.entry, **changes}
        exam.__dict__["entry"] = {key: value for key, value in entry.items() if value is not None}
        return exam

    def script(self, text: str) -> str:
        path = self.base / "script"
        path.write_text(text, encoding="utf-8")
        path.chmod(0o755)
        return str(path)

    def status(self, **values) -> None:
        folder = Path(self.own.sync)
        folder.mkdir(exist_ok=True)
        (folder / "status.json").write_text(json.dumps({"last_success": stamp(4e9), **values}), encoding="ascii")


def _none(lab):
    return managed_checks.check(lab.exam(managed=True))


def _unreadable(lab):
    lab.write("/etc/claude-code/managed-settings.json", "{")
    return managed_checks.check(lab.exam())


def _shadowed(lab):
    lab.rolled_out()
    exam = lab.exam(managed=True, environ={"CLAUDE_CONFIG_DIR": str(lab.system)})
    lab.write("/remote-settings.json", {"model": "opus"})
    return managed_checks.check(exam)


def _no_hook(lab):
    lab.write("/etc/claude-code/managed-settings.json", {"model": "opus"})
    return managed_checks.check(lab.exam(managed=True))


def _other_hook(lab):
    value = managed.settings(["/usr/bin/python3", "-I", "-S", "/usr/lib/agentguard/hook.py"], phase="enforce")
    lab.write("/etc/claude-code/managed-settings.json", value)
    return managed_checks.check(lab.exam(managed=True))


def _lint(lab):
    lab.rolled_out(disableAllHooks=True)
    return managed_checks.check(lab.exam(managed=True))


def _unsafe_settings(lab):
    lab.rolled_out()
    return managed_checks.check(lab.exam(managed=True))


def _closed_settings(lab):
    lab.rolled_out()
    (lab.system / "etc/claude-code").chmod(0o700)
    return managed_checks.check(lab.exam(managed=True))


def _closed_command(lab):
    exam = lab.exam(managed=True)
    exam.__dict__["entry"] = {"command": shutil.which("true"), "args": [lab.script("")]}
    os.chmod(lab.base / "script", 0o700)
    return command.check(exam)


def _closed_anchor(lab):
    shutil.copy(lab.own.anchor, lab.managed.anchor)
    os.chmod(lab.managed.anchor, 0o600)
    return trust.check(lab.exam(managed=True))


def _windows_first(lab):
    lab.write("/mnt/c/Program Files/ClaudeCode/managed-settings.json", {})
    return managed_checks.check(lab.exam(managed=True))


def _no_client(lab):
    return client.check(lab.exam())


def _silent_client(lab):
    lab.write("/usr/bin/claude", "#!/bin/sh\n").chmod(0o755)
    return client.check(lab.exam())


def _old_client(lab):
    lab.write("/bin/claude", "").chmod(0o755)
    lab.write("/bin/package.json", {"version": "2.1.294"})
    return client.check(lab.exam(environ={"PATH": str(lab.system / "bin")}))


def _missing(lab):
    return command.check(lab.entry(command="/usr/lib/agentguard/none"))


def _shell(lab):
    return command.check(lab.entry(args=None))


def _shim(lab):
    return command.check(lab.entry(command=lab.script("#!/bin/sh\n")))


def _unsafe_command(lab):
    lab.rolled_out()
    return command.check(lab.exam(managed=True))


def _other_python(lab):
    return command.check(lab.entry(command=shutil.which("true")))


def _not_installed(lab):
    exam = lab.exam()
    exam.where = places.personal(str(lab.base / "nobody"))
    return command.check(exam)


def _no_anchor(lab):
    os.unlink(lab.own.anchor)
    return trust.check(lab.exam())


def _configuration(lab):
    Path(lab.own.settings).write_text("stage = 1\n")
    return trust.check(lab.exam())


def _unsafe_anchor(lab):
    shutil.copy(lab.own.anchor, lab.managed.anchor)
    return trust.check(lab.exam(managed=True))


def _fallback(lab):
    os.unlink(lab.own.seal)
    return trust.check(lab.exam())


def _invalid(lab):
    Path(lab.own.seal).write_bytes(b"agentguard seal 1\n")
    return trust.check(lab.exam())


def _at(lab, days):
    """Examine trust so many days after the policy's earliest expiry."""
    chain = seal.load_active(lab.own, 0).chain
    return trust.check(lab.exam(now=min(chain.expires.values()) + days * DAY))


def _damaged_state(lab):
    os.unlink(lab.own.floor)
    return trust.check(lab.exam())


def _clock(lab):
    return trust.check(lab.exam(now=seal.load_active(lab.own, 0).chain.issued - 2 * DAY))


def _not_taken_up(lab):
    with open(lab.own.settings, "a", encoding="ascii") as file:
        file.write('verify = "always"\n')
    return trust.check(lab.exam())


def _no_spool(lab):
    return records.check(lab.exam(managed=True))


def _mode(lab):
    os.makedirs(lab.managed.spools, 0o755)
    return records.check(lab.exam(managed=True))


def _unwritable(lab):
    shutil.rmtree(lab.own.spool(os.getuid()))
    Path(lab.own.spool(os.getuid())).write_text("")
    return records.check(lab.exam())


def _upload(lab):
    lab.status(upload={"ok": False, "text": "no route"})
    return records.check(lab.exam())


def _not_enrolled(lab):
    lab.status(upload={"ok": False, "code": "unknown-device", "text": "this device is not enrolled"})
    return records.check(lab.exam())


def _refused(lab):
    lab.status()
    Path(lab.own.sync, "refused.1000.ndjson").write_text("{}\n", encoding="ascii")
    return records.check(lab.exam())


def _waiting(lab):
    with open(lab.own.settings, "a", encoding="ascii") as file:
        file.write('collector_url = "https://audit.acme.example"\n')
    return records.check(lab.exam(now=time.time() + 2 * DAY))


def _failing(lab):
    lab.status(last_error={"time": "t", "text": "no route", "code": "c"})
    return records.check(lab.exam())


def _never(lab):
    lab.status(last_success=None)
    return records.check(lab.exam())


def _old(lab):
    shutil.copy(lab.own.anchor, lab.managed.anchor)
    shutil.copytree(lab.own.sync, lab.managed.sync)
    return records.check(lab.exam(managed=True, now=4e9))


def _no_timer(lab):
    shutil.copy(lab.own.anchor, lab.managed.anchor)
    return records.check(lab.exam(managed=True))


def _disabled(lab):
    lab.person(disableAllHooks=True)
    return person.check(lab.exam())


def _unreadable_settings(lab):
    Path(settings.path_of(lab.own)).write_text("{")
    return person.check(lab.exam())


def _no_personal_hook(lab):
    lab.person(hooks={})
    return person.check(lab.exam())


def _elsewhere(lab):
    os.environ["CLAUDE_CONFIG_DIR"] = "/nowhere"
    try:
        return list(person.check(lab.exam()))
    finally:
        del os.environ["CLAUDE_CONFIG_DIR"]


def _ignored(lab):
    lab.write("/etc/claude-code/managed-settings.json", {"allowManagedHooksOnly": True})
    return person.check(lab.exam())


def _rewrites(lab):
    hooks = json.loads(Path(settings.path_of(lab.own)).read_text())["hooks"]
    other = {"matcher": "Bash", "hooks": [{"type": "command", "command": "tidy"}]}
    lab.person(hooks={**hooks, "PreToolUse": [*hooks["PreToolUse"], other]})
    return person.check(lab.exam())


def _twice(lab):
    return person.check(
        lab.exam(managed=True, environ={"CLAUDE_CONFIG_DIR": os.path.dirname(settings.path_of(lab.own))})
    )


def _broken(lab):
    return canary.check(lab.entry(command=shutil.which("false")))


def _unrecorded(lab):
    return canary.check(lab.entry(command=shutil.which("true")))


def _wrong(lab):
    script = lab.script('#!/bin/sh\n"$@" >/dev/null 2>&1\nexit 0\n')
    return canary.check(lab.entry(command=script, args=lab.argv()))


def live_findings(lab, behaviour):
    lab.write("/bin/behaviour", behaviour)
    source = (Path(__file__).parent / "deploy" / "fake_client.py").read_text(encoding="utf-8")
    lab.write("/bin/claude", f"#!{sys.executable}\n{source}").chmod(0o755)
    lab.write("/bin/package.json", {"version": "2.1.330"})
    return live.check(lab.exam(environ={"PATH": str(lab.system / "bin")}))


WRONG = {
    "managed/none": _none,
    "managed/unreadable": _unreadable,
    "managed/shadowed": _shadowed,
    "managed/no-hook": _no_hook,
    "managed/other-hook": _other_hook,
    "managed/lint": _lint,
    "managed/unsafe": _unsafe_settings,
    "managed/closed": _closed_settings,
    "command/closed": _closed_command,
    "trust/closed": _closed_anchor,
    "managed/windows-first": _windows_first,
    "client/missing": _no_client,
    "client/silent": _silent_client,
    "client/old": _old_client,
    "command/missing": _missing,
    "command/shell": _shell,
    "command/shim": _shim,
    "command/unsafe": _unsafe_command,
    "command/other-python": _other_python,
    "command/not-installed": _not_installed,
    "trust/no-anchor": _no_anchor,
    "trust/configuration": _configuration,
    "trust/unsafe": _unsafe_anchor,
    "trust/fallback": _fallback,
    "trust/invalid": _invalid,
    "trust/stale": lambda lab: _at(lab, 400),
    "trust/grace": lambda lab: _at(lab, 1),
    "trust/damaged-state": _damaged_state,
    "trust/clock": _clock,
    "trust/not-taken-up": _not_taken_up,
    "records/no-spool": _no_spool,
    "records/mode": _mode,
    "records/unwritable": _unwritable,
    "records/upload": _upload,
    "records/not-enrolled": _not_enrolled,
    "records/refused": _refused,
    "records/waiting": _waiting,
    "sync/never": _never,
    "sync/failing": _failing,
    "sync/old": _old,
    "sync/no-timer": _no_timer,
    "person/disabled": _disabled,
    "person/unreadable": _unreadable_settings,
    "person/no-hook": _no_personal_hook,
    "person/elsewhere": _elsewhere,
    "person/ignored": _ignored,
    "person/twice": _twice,
    "person/rewrites": _rewrites,
    "canary/broken": _broken,
    "canary/unrecorded": _unrecorded,
    "canary/wrong": _wrong,
    "live/client": lambda lab: live_findings(lab, "dead"),
    "live/ran": lambda lab: live_findings(lab, "open"),
    "live/blocked": lambda lab: live_findings(lab, "closed"),
}
