"""How the launcher of packages is built (package/launcher.c): statically, and without a warning."""

import os
import subprocess

from _venv import ROOT

SOURCE = os.path.join(ROOT, "package", "launcher.c")
_WARNINGS = ("-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow", "-Wformat=2", "-Werror")


def build(target, repair, **defines):
    """Write the launcher to `target`. `repair`: what a person is told to do; `defines`: of the source, like ROOT.

    Raises subprocess.CalledProcessError, with what the compiler said.
    """
    options = [f"-D{name}={value}" for name, value in {"REPAIR": f'"{repair}"', **defines}.items()]
    argv = ["gcc", "-std=c11", "-O2", "-s", "-static", *_WARNINGS, *options, "-o", target, SOURCE]
    subprocess.run(argv, check=True, capture_output=True, text=True)
