"""The installations that `scripts/bench` measures, and how one process is measured."""

import hashlib
import json
import os
import resource  # noqa: F401 - os.wait4 needs it after the change of user, when its folder may be out of reach
import shutil
import subprocess
import sys
import time

import _launcher
import _rules

from agentguard import places
from agentguard.deploy import stub

HERE = os.path.dirname(os.path.abspath(__file__))
USER = 12345  # an ordinary user: root never gets the fast path
RULES = (20, 1_000)  # sizes of policies
TOP = "/opt/agentguard-bench"  # on a file system of the namespace's own; every folder above it belongs to root
PYTHON_HOME = "/opt/agentguard-bench-python"
INSIDE = "AGENTGUARD_BENCH_INSIDE"


def enter_namespace():
    """Go on in a private mount namespace with an empty /opt."""
    if os.environ.get(INSIDE):
        return
    if os.getuid() != 0:
        sys.exit("scripts/bench needs root: only root can make a root-owned installation to measure")
    keep = os.path.realpath(sys.base_prefix)
    mounts = f"mount -t tmpfs -o mode=0755 none /opt && mkdir {PYTHON_HOME} && mount --bind {keep} {PYTHON_HOME}"
    script = mounts + ' && exec "$0" "$@"'
    if keep.startswith("/opt/"):
        sys.exit(f"the interpreter's own folder {keep} would vanish; use a Python outside /opt")
    os.environ[INSIDE] = "1"
    os.execvp("unshare", ["unshare", "-m", "--propagation", "private", "sh", "-c", script, sys.executable, *sys.argv])


def measure(start):
    """Run one process; return ((CPU seconds, wall seconds), peak memory in KiB)."""
    argv, stdin, expected = start
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, stdin, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
        (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
    ]
    begin = time.perf_counter()
    pid = os.posix_spawn(argv[0], argv, {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}, file_actions=actions)
    _, status, usage = os.wait4(pid, 0)
    wall = time.perf_counter() - begin
    if os.waitstatus_to_exitcode(status) != expected:
        sys.exit(f"{argv} exited {os.waitstatus_to_exitcode(status)}, not {expected}")
    return (usage.ru_utime + usage.ru_stime, wall), usage.ru_maxrss


class Installations:
    """Every variant as {name: (argv, file for stdin, expected exit code)}; gone with the namespace."""

    def __enter__(self):
        inside = os.path.relpath(os.path.realpath(sys.executable), os.path.realpath(sys.base_prefix))
        python = os.path.join(PYTHON_HOME, inside)
        os.makedirs(TOP)
        baseline = os.path.join(os.path.dirname(HERE), "bundles", "baseline")
        personal = self._personal("ed25519", "ed25519", baseline)
        other = self._personal("p256", "p256", baseline)
        managed = self._managed(personal, "managed")
        sized = {}
        for count in RULES:
            _rules.write(os.path.join(TOP, f"rules-{count}"), count)
            sized[count] = self._managed(
                self._personal(f"rules-{count}", "ed25519", os.path.join(TOP, f"rules-{count}")), f"managed-{count}"
            )
        project = os.path.join(TOP, "project")
        os.makedirs(project)
        read = self._payload("read", project, "Read", {"file_path": f"{project}/src/app.py"})
        bash = self._payload("bash", project, "Bash", {"command": "git status && npm test 2>&1 | tail -20"})
        outcome = self._payload("outcome", project, "Read", {"file_path": f"{project}/src/app.py"}, event="PostToolUse")
        long = {
            f"{program} of 2,000 files": self._payload(
                program.replace(" ", "-"),
                project,
                "Bash",
                {"command": f"{program} {' '.join(map('file{}.txt'.format, range(2000)))}"},
            )
            for program in ("rm", "git add")
        }
        launcher = self._launcher(python)
        for home in (personal, other):
            _give_to_user(home.home)
        _give_to_user(project)
        os.setgroups([])
        os.setgid(USER)
        os.setuid(USER)
        variants = {"bare": ([python, "-I", "-S", "-c", "pass"], os.devnull, 0)}
        variants["launcher, nothing else"] = ([launcher], os.devnull, 0)
        for label, where in (("root-owned", managed), ("verified", personal), ("verified P-256", other)):
            argv = [python, "-I", "-S", where.stub]
            variants[f"read, {label}"] = (argv, read, 0)
            variants[f"bash, {label}"] = (argv, bash, 0)
            self._check(argv, read, where, label)
        argv = [python, "-I", "-S", managed.stub]
        variants |= {
            f"{name}, root-owned": (argv, payload, 0) for name, payload in ({"outcome": outcome} | long).items()
        }
        for count, where in sized.items():
            argv = [python, "-I", "-S", where.stub]
            variants |= {f"read, {count:,} rules": (argv, read, 0), f"bash, {count:,} rules": (argv, bash, 0)}
            self._check(argv, read, where, "root-owned")
        return variants

    def __exit__(self, *_error):
        """Nothing to do: the file system goes with the namespace."""

    def _agentguard(self, *words):
        argv = [sys.executable, "-m", "agentguard", *words]
        done = subprocess.run(argv, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            sys.exit(f"agentguard {' '.join(words)}\n{done.stdout}{done.stderr}")

    def _personal(self, name, key_type, bundle):
        """Enrol a person beneath a folder of their own, with a policy signed by this kind of key."""
        publisher, home = os.path.join(TOP, f"publisher-{name}"), os.path.join(TOP, f"home-{name}")
        os.makedirs(home)
        made = ("--solo", "--org", "acme", "--no-passphrase", "--key-type", key_type)
        self._agentguard("bundle", "init", publisher, *made)
        self._agentguard("bundle", "publish", bundle, "--to", publisher)
        with open(os.path.join(publisher, "repo", "1.root.json"), "rb") as root:
            digest = hashlib.sha256(root.read()).hexdigest()
        self._agentguard("enroll", os.path.join(publisher, "repo"), "--root-sha256", digest, "--home", home)
        self._agentguard("install", "--user", "--home", home)
        return places.personal(home)

    def _managed(self, source, folder):
        """Lay the same bundle out as MDM would: everything root's, one spool folder that anybody may write into."""
        target = places.Places(
            places.MANAGED, *(os.path.join(TOP, folder, part) for part in ("code", "config", "state"))
        )
        shutil.copytree(source.code, target.code)
        shutil.copytree(source.config, target.config)
        os.makedirs(target.state)
        for path in (source.seal, source.floor):
            shutil.copy(path, target.state)
        os.mkdir(target.spools)
        os.chmod(target.spools, 0o1733)
        version = os.path.join(target.code, "versions", os.listdir(os.path.join(target.code, "versions"))[0])
        with open(target.stub, "w", encoding="ascii") as file:
            file.write(stub.hook_text(target, ascii(version), []))
        for top in (target.code, target.config, target.state):
            for path, folders, files in os.walk(top):
                for name in [path, *(os.path.join(path, one) for one in folders + files)]:
                    if name != target.spools:
                        os.chmod(name, 0o755 if os.path.isdir(name) else 0o644)
        return target

    def _launcher(self, python):
        """Build the launcher of a package, over a version whose hook does nothing: compare it with the bare start."""
        top = os.path.join(TOP, "package")
        os.makedirs(os.path.join(top, "v1", "bin"))
        os.symlink(python, os.path.join(top, "v1", "bin", "python3"))
        os.symlink("v1", os.path.join(top, "current"))
        with open(os.path.join(top, "v1", "hook.py"), "w", encoding="ascii") as file:
            file.write("pass\n")
        _launcher.build(os.path.join(top, "hook"), "repair", ROOT=f'"{top}"')
        return os.path.join(top, "hook")

    def _payload(self, name, cwd, tool, arguments, event="PreToolUse"):
        path = os.path.join(TOP, f"{name}.json")
        call = {"session_id": "bench", "cwd": cwd, "permission_mode": "default", "hook_event_name": event}
        with open(path, "w", encoding="utf-8") as file:
            json.dump({**call, "tool_name": tool, "tool_input": arguments, "tool_use_id": "t"}, file)
        return path

    def _check(self, argv, stdin, where, label):
        """Make sure that what is measured is what its name says."""
        with open(stdin, "rb") as file:
            subprocess.run(argv, stdin=file, check=True, env={"PATH": "/usr/bin:/bin"})
        spool = where.spool(USER)
        with open(os.path.join(spool, "current.ndjson"), "rb") as file:
            bundle = json.loads(file.read().splitlines()[-1])["b"]["bundle"]
        wanted = "root-owned" if label == "root-owned" else "signature"
        if (bundle["verified"], bundle["state"]) != (wanted, "fresh"):
            sys.exit(f"{label}: the record says {bundle}")


def _give_to_user(top):
    for path, folders, files in os.walk(top):
        for name in [path, *(os.path.join(path, one) for one in folders + files)]:
            os.chown(name, USER, USER, follow_symlinks=False)
