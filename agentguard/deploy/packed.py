"""All compiled modules of the hook in one file, so that a hook's start reads one file instead of a hundred.

    8 bytes             the length of the index, little endian
    index               marshal: {module: (offset behind the index, length, path of its source in the copy)}
    code                marshal, one module after the other

Python finds and checks each module in a folder by system calls and much interpreted code: about a twelfth of a hook's
instructions, counted by callgrind on Python 3.11. The name of the file carries the interpreter's cache tag, as that of a
compiled file does, so another version of Python does not read it. `agentguard/hook/__init__.py` reads it.
"""

from __future__ import annotations

import compileall
import marshal
import os
import py_compile
import sys

# Packages and modules that a hook may import; a test compares them with what hooks import.
_PARTS = (
    "_env", "access", "audit", "bundle", "config", "digest", "errors", "hook", "jsontext", "places", "policy",
)  # fmt: skip
_PYC_HEAD = 16  # bytes before the code in a compiled file (PEP 552)


def compile_tree(folder: str, final: str) -> None:
    """Compile everything in a copy of the packages, which will lie at `final`, and write the packed file.

    Compiled files are not checked against their sources (PEP 552, unchecked hash): the copy never changes.
    """
    elsewhere, sys.pycache_prefix = sys.pycache_prefix, None  # the hook looks beside the sources, whatever is set here
    try:
        compileall.compile_dir(
            folder,
            quiet=2,  # some packages ship files for other versions of Python
            stripdir=folder,
            prependdir=final,
            invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
        )
        pack(folder)
    finally:
        sys.pycache_prefix = elsewhere


def pack(folder: str) -> None:
    """Write the packed file into a copy of the packages that has been compiled."""
    index: dict[str, tuple[int, int, str]] = {}
    blocks: list[bytes] = []
    offset = 0
    for name, path in sorted(_modules(folder)):
        compiled = os.path.join(folder, os.path.dirname(path), "__pycache__", _compiled_name(path))
        try:
            with open(compiled, "rb") as file:
                block = file.read()[_PYC_HEAD:]
        except FileNotFoundError:
            continue  # it does not compile, which Python says when it is imported
        index[name] = (offset, len(block), path)
        blocks.append(block)
        offset += len(block)
    head = marshal.dumps(index)
    target = os.path.join(folder, "agentguard", "hook", f"packed.{sys.implementation.cache_tag}")
    with open(target, "wb") as file:
        file.write(b"".join((len(head).to_bytes(8, "little"), head, *blocks)))


def _modules(folder: str) -> list[tuple[str, str]]:
    """Return (module, path beneath `folder`) of the modules to pack."""
    found = []
    for top, _folders, files in os.walk(os.path.join(folder, "agentguard")):
        for file in files:
            path = os.path.relpath(os.path.join(top, file), folder).replace(os.sep, "/")
            name = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
            if file.endswith(".py") and name != "agentguard.hook" and name.partition(".")[2].split(".")[0] in _PARTS:
                found.append((name, path))
    return found


def _compiled_name(path: str) -> str:
    return f"{os.path.basename(path).removesuffix('.py')}.{sys.implementation.cache_tag}.pyc"
