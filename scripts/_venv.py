"""Shared by the scripts: find a Python that is new enough, make `.venv` once, and go on inside it.

Written so that any Python 3 can read it: an old one must say one friendly line and not a syntax error.
"""

import glob
import hashlib
import os
import subprocess
import sys

OLDEST = (3, 11)
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
PYTHON = os.path.join(VENV, "bin", "python")
PYCACHE = os.path.join(VENV, "pycache")


def ensure(extras):
    """Go on in `.venv` with agentguard and these extras ("" for none) installed; start the script anew there if need be.

    A script that is asked only what it does says so, and nothing is made for that.
    """
    if sys.argv[1:] in (["-h"], ["--help"]):
        print(sys.modules["__main__"].__doc__.strip())
        sys.exit(0)
    os.environ["PYTHONPYCACHEPREFIX"] = PYCACHE  # nothing is left beside the sources
    sys.dont_write_bytecode = getattr(sys, "pycache_prefix", None) != PYCACHE
    if os.path.realpath(sys.prefix) == os.path.realpath(VENV) and _fresh(extras):
        return
    python = _new_enough()
    if not _fresh(extras):
        _make(python, extras)
    os.execv(PYTHON, [PYTHON, *sys.argv])


def _new_enough():
    names = [sys.executable] if sys.version_info[:2] >= OLDEST else []
    names += ["python3.%d" % minor for minor in range(20, OLDEST[1] - 1, -1)]  # noqa: UP031
    for name in names:
        try:
            found = subprocess.run([name, "-c", "import sys; print(sys.version_info[:2] >= (3, 11))"],
                                   stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)  # fmt: skip
        except OSError:
            continue
        if found.stdout.strip() == b"True":
            return name
    sys.exit("agentguard needs Python 3.11 or newer; this is Python %d.%d (%s)"  # noqa: UP031
             % (sys.version_info[0], sys.version_info[1], sys.executable))  # fmt: skip


def _stamp(extras):
    with open(os.path.join(ROOT, "pyproject.toml"), "rb") as source:
        digest = hashlib.sha256(source.read() + ROOT.encode()).hexdigest()[:12]
    return os.path.join(VENV, "installed-%s-%s" % (digest, extras))  # noqa: UP031


def _fresh(extras):
    """Return whether an installation of this very pyproject.toml, with these extras or more, was finished."""
    prefix = _stamp("")
    wanted = set(filter(None, extras.split(",")))
    stamps = [os.path.join(VENV, name) for name in os.listdir(VENV)] if os.path.exists(PYTHON) else []
    if not glob.glob(os.path.join(VENV, "lib", "python3*", "site-packages", "_editable_impl_agentguard.pth")):
        return False  # somebody installed a copy over it, and edits would go unseen
    return any(stamp.startswith(prefix) and wanted <= set(stamp[len(prefix) :].split(",")) for stamp in stamps)


def _make(python, extras):
    named = "[%s]" % extras if extras else ""  # noqa: UP031
    sys.stderr.write("making .venv with agentguard%s (once) …\n" % named)  # noqa: UP031
    if not os.path.exists(PYTHON):
        subprocess.run([python, "-m", "venv", VENV], check=True)
    pip = [PYTHON, "-m", "pip", "--quiet", "--disable-pip-version-check", "install", "--editable"]
    done = subprocess.run([*pip, ROOT + named], stderr=subprocess.PIPE, check=False)
    if done.returncode != 0:
        sys.stderr.write(done.stderr.decode("utf-8", "replace"))
        sys.exit("could not install agentguard into %s; see above" % VENV)  # noqa: UP031
    with open(_stamp(extras), "w"):
        pass
