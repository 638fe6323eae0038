"""The only module that knows how agentguard gets onto a machine: by its own commands, in the order of its own README.

Everything here is done by root inside a box, where /etc, /opt and /var/lib are private.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from functools import partial
from typing import Any

from agentguard import places
from agentguard.deploy import packaged, safepath, targets
from agentguard.policy.model import ENFORCE
from e2e import box, setup
from e2e.lab import Lab
from e2e.scenario import ENFORCING, OBSERVING_BUNDLE, OBSERVING_STAGE

# A folder of packages (scripts/e2e-package): where it is named, they put the program onto machines, and not the checkout.
PACKAGES_VARIABLE = "AGENTGUARD_E2E_PACKAGES"
PACKAGES = os.environ.get(PACKAGES_VARIABLE, "")
FIRST = "first.deb"

SEAL = places.managed().seal
_DROP_INS = targets.TARGETS[targets.LINUX].drop_ins
DROP_IN = os.path.join(_DROP_INS, targets.DROP_IN)

# Where this administrator keeps her command `agentguard`, and an interpreter of her own if the machine has none that
# only root can change (managed settings must not name such a one).
_ADMIN = "/opt/agentguard-admin"
KIT = "/opt/agentguard-rollout"  # where what was rendered stays on the machine, as it does with an MDM
_PYTHON_WITHOUT = shutil.ignore_patterns("site-packages", "test", "idlelib", "ensurepip", "config-*", "tkinter")
_PAGE = os.path.join(setup.ROOT, "docs", "rollout.md")
_COMMAND = """#!{python}
import site
import sys
site.addsitedir({packages!r})
sys.path.insert(0, {checkout!r})
from agentguard._entry import main
main()
"""


def hook_stub() -> str:
    """Return the script that the hook's interpreter is started with on this machine."""
    version = packaged.folder(places.managed())
    return os.path.join(version, "hook.py") if version else places.managed().stub


def _python() -> str:
    """Return the interpreter of the managed install: this process's own if it is root's, else a copy of it."""
    python = os.path.realpath(sys.executable)
    return python if not safepath.fault(python) else os.path.join(_ADMIN, "bin", os.path.basename(python))


def _copy_python(target: str) -> None:
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    os.makedirs(os.path.dirname(target))
    shutil.copy(os.path.realpath(sys.executable), target)
    library = os.path.join("lib", version)
    shutil.copytree(os.path.join(sys.base_prefix, library), os.path.join(_ADMIN, library), ignore=_PYTHON_WITHOUT)


def attempt(*argv: str, cwd: str = "/") -> subprocess.CompletedProcess[str]:
    """Run a command of the administrator's, however it ends."""
    env = {"PATH": f"{_ADMIN}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"}
    return subprocess.run(argv, cwd=cwd, env=env, capture_output=True, text=True, check=False)


def run_command(*argv: str, cwd: str = "/") -> str:
    """Run a command of the administrator's; return what it said. Raises RuntimeError with that if it fails."""
    done = attempt(*argv, cwd=cwd)
    said = done.stdout + done.stderr
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(argv)} ended with {done.returncode}:\n{said}")
    return said


def package(name: str) -> str:
    """Return the path of one of the packages."""
    return os.path.join(PACKAGES, name)


def install_package(_folder: str) -> None:
    """Put agentguard's package on the machine, which brings the administrator's command."""
    run_command("dpkg", "--install", package(FIRST))


def install_program(_folder: str) -> None:
    """Put an interpreter, the administrator's command and agentguard's code on the machine."""
    python = _python()
    if python.startswith(_ADMIN):
        _copy_python(python)
    command = os.path.join(_ADMIN, "agentguard")
    os.makedirs(_ADMIN, exist_ok=True)
    with open(command, "w", encoding="utf-8") as stream:
        stream.write(_COMMAND.format(python=python, packages=sysconfig.get_path("purelib"), checkout=setup.ROOT))
    os.chmod(command, 0o755)
    run_command("agentguard", "install", "--system")


def _documented() -> list[str]:
    """Return the commands of the page on rolling out; root needs no sudo here."""
    with open(_PAGE, encoding="utf-8") as stream:
        block = stream.read().split("```sh\n")[1].split("```")[0]
    return [line.removeprefix("sudo ") for line in block.splitlines()]


def _edit(path: str, repository: str) -> None:
    """Fill deploy.toml in, as an administrator does."""
    with open(path, encoding="utf-8") as stream:
        text = stream.read()
    text = text.replace("https://policy.acme.example/bundle", repository)
    paths = f'launcher = "{packaged.launcher(places.managed())}"' if PACKAGES else f'python = "{_python()}"'
    text = text.replace("# [linux]", f"[linux]\n{paths}")
    with open(path, "w", encoding="utf-8") as stream:
        stream.write(text)


def install_managed(folder: str, *, mode: str = "enforce", stage: str = "enforce") -> None:
    """Publish the scenarios' policy, and do what the page on rolling out says: the first three commands, or all six.

    `folder` is for keys, the published repository and the artefacts. Keys and repository are deleted afterwards, so
    that everything is proved on a machine that cannot reach its publisher. `mode` is the bundle's, `stage` root's.
    """
    publisher = os.path.join(folder, "publisher")
    repository = os.path.join(publisher, "repo")
    run_command("agentguard", "bundle", "init", publisher, "--org", "e2e", "--solo", "--no-passphrase")
    run_command("agentguard", "bundle", "publish", os.path.join(box.HERE, "policy"), "--to", publisher, "--mode", mode)
    for number, command in enumerate(_documented()[: 6 if stage == ENFORCE else 3]):
        run_command("sh", "-e", "-c", command, cwd=folder)
        if number == 0:
            _edit(os.path.join(folder, "deploy.toml"), repository)
    shutil.rmtree(publisher)
    if stage == ENFORCE:
        shutil.copytree(os.path.join(folder, "enforce"), os.path.join(KIT, "enforce"))


# What can be built; each takes a folder of its own. PROGRAM lies under all others, which scenarios can name.
PROGRAM = "program"
INSTALLS: dict[str, Callable[[str], None]] = {
    PROGRAM: install_package if PACKAGES else install_program,
    ENFORCING: install_managed,
    OBSERVING_BUNDLE: partial(install_managed, mode="observe"),
    OBSERVING_STAGE: partial(install_managed, stage="observe"),
}


def change_hook(**changes: Any) -> None:
    """Change the entry of the rendered managed settings that starts the hook before a tool call."""
    with open(DROP_IN, encoding="utf-8") as stream:
        settings = json.load(stream)
    settings["hooks"]["PreToolUse"][0]["hooks"][0].update(changes)
    with open(DROP_IN, "w", encoding="utf-8") as stream:
        json.dump(settings, stream, indent=1)


def write_settings(text: str) -> None:
    """Put a text in the place of the managed settings."""
    os.makedirs(_DROP_INS, exist_ok=True)
    with open(DROP_IN, "w", encoding="utf-8") as stream:
        stream.write(text)


def install_recorder(lab: Lab, **orders: Any) -> None:
    """Let managed settings start the recorder hook, and nothing else, before tool calls; without `onFailure`."""
    entry = {"type": "command", "command": sys.executable, "args": ["-I", "-S", lab.recorder(**orders)], "timeout": 10}
    write_settings(json.dumps({"hooks": {"PreToolUse": [{"matcher": "*", "hooks": [entry]}]}}, indent=1))
