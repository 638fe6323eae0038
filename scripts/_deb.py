"""How the Debian package is made: one tree for dpkg-deb, from this checkout, the lock, and the files in package/.

    opt/agentguard/hook        the launcher
    opt/agentguard/package/    version, lib/, bin/python3, hook.py, cli.py, the drop-in; python/ and bundle/ if given
    usr/bin/agentguard  usr/lib/systemd/system/  usr/share/doc/agentguard/  etc/agentguard/

The same checkout gives the same bytes (SOURCE_DATE_EPOCH is the commit's time unless it is set).
"""

import contextlib
import glob
import gzip
import hashlib
import os
import shutil
import subprocess
import tarfile
import tempfile

import _launcher
import _lock
from _venv import OLDEST, PYTHON, ROOT

from agentguard import __version__, places
from agentguard.deploy import closure, managed, packaged, targets
from agentguard.deploy.render import own, systemd
from agentguard.policy.model import ENFORCE

SOURCES = os.path.join(ROOT, "package")
WHERE = places.managed("linux")
UNITS = "usr/lib/systemd/system"
DOC = f"usr/share/doc/{packaged.NAME}"
# What an interpreter of its own goes without: nothing of it is imported, and it is most of the size.
_UNUSED = (
    "test",
    "idlelib",
    "tkinter",
    "turtledemo",
    "ensurepip",
    "lib2to3",
    "site-packages",
    "config-*",
    "pydoc_data",
)
_TAG = "import sys; print('%d.%d' % sys.version_info[:2])"
_FINISH = (
    "import sys; sys.path.insert(0, sys.argv[1] + '/lib'); from agentguard import places; "
    "from agentguard.deploy import packaged; packaged.finish(sys.argv[1], places.managed('linux'), sys.argv[2])"
)


class Failed(Exception):  # noqa: N818 - it says why there is no package
    """The package cannot be made. The text is for the person at the terminal."""


class Build:
    """What every package of this checkout and one interpreter shares, made once in a temporary folder.

    `archive`: of an interpreter to take along. `like`: another build, whose library serves if its interpreter is alike.
    """

    def __init__(self, archive=None, like=None):
        self._archive = archive
        self._like = like
        self._stack = contextlib.ExitStack()

    def __enter__(self):
        missing = [name for name in ("dpkg-deb", "gcc") if not shutil.which(name)]
        if missing:
            raise Failed(f"{' and '.join(missing)} must be there: apt-get install dpkg gcc libc6-dev")
        with contextlib.ExitStack() as stack:
            top = stack.enter_context(tempfile.TemporaryDirectory(prefix="agentguard-deb-"))
            self._base = os.path.join(top, "base")
            kept = os.path.join(self._base, packaged.KEPT)
            self.library = library = os.path.join(kept, packaged.LIBRARY)
            os.makedirs(library)
            python, link = self._interpreter(kept)
            self.minor = run(python, "-I", "-c", _TAG).strip()
            if tuple(map(int, self.minor.split("."))) < OLDEST:
                raise Failed(f"agentguard needs Python 3.11 or newer, and this is {self.minor}: give one with --python")
            self._repair = f"run apt-get install --reinstall {self._depends()} {packaged.NAME}".replace("  ", " ")
            if self._like and self._like.minor == self.minor:
                shutil.copytree(self._like.library, library, dirs_exist_ok=True)
            else:
                _install_lock(python, library)
            for name, source in closure.own().items():
                path = os.path.join(library, name)
                os.makedirs(os.path.dirname(path), exist_ok=True)
                shutil.copyfile(source, path)
            if unmet := _lock.unmet_in(library, self.minor):
                raise Failed(f"the lock does not hold what is asked for: {'; '.join(unmet)}\n  {_lock.AGAIN}")
            os.makedirs(os.path.join(kept, "bin"))
            os.symlink(link, os.path.join(kept, "bin", "python3"))
            run(python, "-I", "-S", "-B", "-c", _FINISH, kept, self._repair)
            _launcher.build(os.path.join(self._base, packaged.LAUNCHER), self._repair)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_error):
        self._stack.close()

    def package(self, folder, revision=1, kit=None, *, level=6):
        """Write the package into a folder and return its path.

        `kit`: a rendered folder that it takes along, or None. `level`: of compression, 0 to 9.
        """
        version = f"{__version__}-{revision}"
        architecture = run("dpkg", "--print-architecture").strip()
        os.makedirs(folder, exist_ok=True)
        target = os.path.join(os.path.abspath(folder), f"{packaged.NAME}_{version}_{architecture}.deb")
        with tempfile.TemporaryDirectory(prefix="agentguard-deb-") as stage:
            code = os.path.join(stage, WHERE.code[1:])
            shutil.copytree(self._base, code, symlinks=True)
            kept = os.path.join(code, packaged.KEPT)
            _write(os.path.join(kept, "version"), version + "\n")
            _write(os.path.join(kept, targets.DROP_IN), _drop_in())
            for name, (text, _what) in systemd.units([packaged.COMMAND], WHERE.state).items():
                _write(os.path.join(stage, UNITS, name), text)
            _copy(os.path.join(ROOT, "LICENSE"), os.path.join(stage, DOC, "copyright"))
            with open(os.path.join(ROOT, "CHANGELOG.md"), "rb") as file:
                _write(os.path.join(stage, DOC, "changelog.gz"), gzip.compress(file.read(), 9, mtime=0))
            os.makedirs(os.path.join(stage, WHERE.config[1:]))
            conffiles = _take_along(kit, stage, kept) if kit else []
            words = {
                "VERSION": version,
                "ARCHITECTURE": architecture,
                "REPAIR": self._repair,
                "DEPENDS": self._depends() or "libc6",
                "SIZE": str(sum(map(os.path.getsize, _files(stage))) // 1024),
                **{key: getattr(systemd, key) for key in ("TIMER", "PATH", "SERVICE")},
            }
            _write(os.path.join(stage, packaged.COMMAND[1:]), _filled("agentguard", words), 0o755)
            _control(stage, words, conffiles)
            _make_plain(stage)
            epoch = os.environ.get("SOURCE_DATE_EPOCH") or _commit_time()
            flags = ("--root-owner-group", "-Zgzip", f"-z{level}", "--build")
            run("dpkg-deb", *flags, stage, target, env={**os.environ, "SOURCE_DATE_EPOCH": epoch})
        return target

    def _depends(self):
        return "" if self._archive else f"python{self.minor}"

    def _interpreter(self, kept):
        """Return the interpreter to build with, and what the link to it says on the machines."""
        if not self._archive:
            python = os.path.realpath("/usr/bin/python3")
            if not os.path.exists(python):
                raise Failed("there is no /usr/bin/python3 that a package could depend on: give one with --python")
            return python, python
        try:
            with tarfile.open(self._archive) as archive:
                archive.extractall(kept, filter="tar")
        except (OSError, tarfile.TarError) as error:
            raise Failed(f"{self._archive} cannot be unpacked: {error}") from None
        python = os.path.join(kept, "python", "bin", "python3")
        if not os.path.exists(python):
            raise Failed(f"{self._archive} has no python/bin/python3: it must be an install_only archive")
        for library in glob.glob(os.path.join(kept, "python", "lib", "python3.*")):
            for pattern in _UNUSED:
                for path in glob.glob(os.path.join(library, pattern)):
                    shutil.rmtree(path)
        shutil.rmtree(os.path.join(kept, "python", "include"), ignore_errors=True)
        mode = ("--invalidation-mode", "unchecked-hash", "-q", "-f")
        run(python, "-I", "-m", "compileall", *mode, "-s", kept, os.path.join(kept, "python", "lib"))
        return python, "../python/bin/python3"


def _install_lock(python, library):
    """Install the locked distributions into a folder, by this environment's pip, for another interpreter."""
    options = ("--require-hashes", "--no-deps", "--only-binary", ":all:", "--no-compile", "--quiet")
    run(PYTHON, "-m", "pip", "--python", python, "install", *options, "--target", library, "-r", _lock.LOCK)
    shutil.rmtree(os.path.join(library, "bin"), ignore_errors=True)  # scripts that name this interpreter
    for path in glob.glob(os.path.join(library, "*.dist-info", "RECORD")):  # without those scripts
        with open(path, encoding="utf-8") as file:
            kept = [line for line in file if not line.startswith("../")]
        _write(path, "".join(sorted(kept)))


def _drop_in():
    """Return the managed settings of a package for everybody: enforcing, without any choice that has a price."""
    return managed.as_json(managed.settings([packaged.launcher(WHERE)], phase=ENFORCE))


def _take_along(kit, stage, kept):
    """Take what is rendered for one organisation along; return the paths that are configuration files."""
    try:
        with open(os.path.join(kit, targets.DROP_IN), "rb") as file:
            drop_in = file.read()
        if f'"{packaged.launcher(WHERE)}"'.encode() not in drop_in:
            raise Failed(f"{kit} was not rendered for a package: set launcher in [linux] of deploy.toml")
        _write(os.path.join(kept, targets.DROP_IN), drop_in)
        names = [name for name in (own.CONFIG, own.ANCHOR, own.SECRET) if os.path.exists(os.path.join(kit, name))]
        for name in {own.CONFIG, own.ANCHOR, *names}:
            _copy(os.path.join(kit, name), os.path.join(stage, WHERE.config[1:], name))
        if os.path.isdir(os.path.join(kit, own.BUNDLE)):
            shutil.copytree(os.path.join(kit, own.BUNDLE), os.path.join(kept, own.BUNDLE))
    except OSError as error:
        raise Failed(f"{kit} is no rendered folder: {error}") from None
    return [os.path.join(WHERE.config, name) for name in names]


def _control(stage, words, conffiles):
    """Write the control files: the maintainer scripts with their words filled in, checksums, configuration files."""
    folder = os.path.join(stage, "DEBIAN")
    sums = [f"{_md5(path)}  {os.path.relpath(path, stage)}\n" for path in _files(stage)]
    for name in ("control", "preinst", "postinst", "prerm", "postrm"):
        _write(os.path.join(folder, name), _filled(name, words), 0o644 if name == "control" else 0o755)
    _write(os.path.join(folder, "md5sums"), "".join(sums))
    _write(os.path.join(folder, "conffiles"), "".join(f"{path}\n" for path in conffiles))


def _filled(name, words):
    """Return a file of package/debian with its words filled in."""
    with open(os.path.join(SOURCES, "debian", name), encoding="utf-8") as file:
        text = file.read()
    for word, value in words.items():
        text = text.replace(f"@{word}@", value)
    return text


def _make_plain(stage):
    """Give everything the modes that it has on machines, whatever the umask is here."""
    for top, folders, files in os.walk(stage):
        for name in folders:
            os.chmod(os.path.join(top, name), 0o755)
        for path in (os.path.join(top, name) for name in files):
            if not os.path.islink(path):
                mode = 0o755 if os.stat(path).st_mode & 0o100 else 0o644
                os.chmod(path, 0o600 if path.endswith(f"/{own.SECRET}") else mode)
    os.chmod(stage, 0o755)


def _files(stage):
    found = []
    for top, _folders, files in os.walk(stage):
        found += [path for path in (os.path.join(top, name) for name in files) if not os.path.islink(path)]
    return sorted(found)


def _md5(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


def _write(path, data, mode=0o644):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(data if isinstance(data, bytes) else data.encode())
    os.chmod(path, mode)


def _copy(source, target, mode=0o644):
    with open(source, "rb") as file:
        _write(target, file.read(), mode)


def _commit_time():
    done = subprocess.run(("git", "-C", ROOT, "log", "-1", "--format=%ct"), capture_output=True, text=True, check=False)
    return done.stdout.strip() or "0"


def run(*argv, env=None):
    """Return what a command printed. Raises Failed with what it said."""
    done = subprocess.run(argv, capture_output=True, text=True, env=env, check=False)
    if done.returncode != 0:
        raise Failed(
            f"{' '.join(argv[:4])} … ended with {done.returncode}:\n{(done.stdout + done.stderr).strip()[-2000:]}"
        )
    return done.stdout
