"""What scripts/e2e-package installs: packages (two revisions, of an organisation, with an interpreter), and the wheel."""

import os
import shutil
import sys
import tarfile
import tempfile

import _deb
import _lock
from _venv import PYTHON, ROOT

from agentguard.bundle import publish
from agentguard.deploy import events, packaged, render, targets
from agentguard.deploy.plan import Plan
from agentguard.policy.model import ENFORCE

POLICY = os.path.join(ROOT, "tests", "e2e", "policy")
_LEFT_OUT = ("site-packages", "dist-packages", "test", "__pycache__", "idlelib", "tkinter")


def make(folder):
    """Make them all in a folder: first.deb, second.deb, organisation.deb, own-python.deb, and person/, an environment."""
    _wheel(os.path.join(folder, "person"))
    with tempfile.TemporaryDirectory(prefix="agentguard-e2e-package-") as scratch:
        kit = _kit(scratch)
        with _deb.Build() as build:
            for name, revision, taken in (("first", 1, None), ("second", 2, kit), ("organisation", 1, kit)):
                shutil.move(build.package(scratch, revision, taken, level=1), os.path.join(folder, f"{name}.deb"))
            with _deb.Build(_archive(scratch), build) as own:
                shutil.move(own.package(scratch, 3, kit, level=1), os.path.join(folder, "own-python.deb"))


def _wheel(environment):
    """Build the wheel and install it, with what is locked, into an environment of its own."""
    with tempfile.TemporaryDirectory() as folder:
        _deb.run(PYTHON, "-m", "build", "--wheel", "--outdir", folder, ROOT)
        (wheel,) = os.listdir(folder)
        _deb.run(PYTHON, "-m", "venv", environment)
        pip = (os.path.join(environment, "bin", "python"), "-m", "pip", "install", "--quiet")
        _deb.run(*pip, "--require-hashes", "--no-deps", "--only-binary", ":all:", "-r", _lock.LOCK)
        _deb.run(*pip, "--no-deps", os.path.join(folder, wheel))


def _kit(scratch):
    """Publish the scenarios' policy and render for it; its server is one that nobody reaches."""
    publisher = os.path.join(scratch, "publisher")
    publish.init(publisher, "e2e", solo=True)
    publish.publish(POLICY, publisher)
    plan = Plan(
        organisation="e2e",
        identifier="example.e2e.agentguard",
        anchor=os.path.join(publisher, "repo", "1.root.json"),
        bundle=os.path.join(publisher, "repo"),
        records=events.OUTCOMES,
        local={"sync_url": "https://127.0.0.1:9/bundle"},
        chosen=(),
        argvs={targets.LINUX: [packaged.launcher(_deb.WHERE)]},
    )
    kit = os.path.join(scratch, "kit")
    render.render(plan, targets.LINUX, ENFORCE, kit)
    return kit


def _archive(scratch):
    """Pack this process's interpreter as python-build-standalone packs one: python/bin/python3, python/lib/python3.x."""
    name = f"python{sys.version_info.major}.{sys.version_info.minor}"
    path = os.path.join(scratch, "python.tar.gz")

    def wanted(entry):
        return None if os.path.basename(entry.name) in _LEFT_OUT or "/config-" in entry.name else entry

    with tarfile.open(path, "w:gz", compresslevel=1) as archive:
        archive.add(os.path.realpath(sys.executable), f"python/bin/{name}")
        link = tarfile.TarInfo("python/bin/python3")
        link.type, link.linkname = tarfile.SYMTYPE, name
        archive.addfile(link)
        archive.add(os.path.dirname(os.path.realpath(os.__file__)), f"python/lib/{name}", filter=wanted)
    return path
