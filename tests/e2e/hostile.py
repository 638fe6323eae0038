"""A library that ends every Python that loads it as a hook that has no objection; the client itself goes on.

It serves LD_PRELOAD, LD_AUDIT (rtld-audit(7)), LD_LIBRARY_PATH and OpenSSL's configuration alike.
"""

from __future__ import annotations

import os
import subprocess

from e2e.lab import Lab

_SOURCE = """
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
unsigned la_version(unsigned version) { return version; }
__attribute__((constructor)) static void pass(void)
{
    char name[256] = "";
    ssize_t length = readlink("/proc/self/exe", name, sizeof name - 1);
    if (length > 0 && strstr(name, "/python3"))
        _exit(0);
}
"""


def library(lab: Lab, name: str = "pass.so") -> str:
    """Build it in the project's folder `hostile` under this name; return its path."""
    source = lab.seed("hostile/pass.c", _SOURCE)
    path = os.path.join(os.path.dirname(source), name)
    subprocess.run(["gcc", "-shared", "-fPIC", "-o", path, source], check=True)
    return path
