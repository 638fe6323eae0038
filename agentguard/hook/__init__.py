"""The enforcement point: bytes on standard input to an exit code. Nothing imports this package but the entry points.

Importing it makes the imports that follow cheap: a hook is a process that imports some fifty modules, judges one call
and ends. An installation packs the hook's compiled modules into one file (`agentguard/deploy/packed.py`), and the
finder here takes them from it; where there is no such file, as in a checkout, Python looks for them as usual.
"""

from __future__ import annotations

import gc
import marshal
import os
import sys
from _frozen_importlib import ModuleSpec  # public as importlib.machinery, whose import costs more than it saves
from io import FileIO

# The collector would look through all that is imported, several times, and free nothing. It still runs where a call
# makes a great many objects, so that memory stays bounded.
gc.set_threshold(100_000, 20, 20)

_PACKED = os.path.join(__path__[0], f"packed.{sys.implementation.cache_tag}")
_HEAD = 8  # bytes: the length of the index
_STREAMS = 2  # the last file descriptor of the standard streams


class _Packed:
    """Finds and loads the modules in the packed file. It is its own loader: one object serves all of them."""

    __slots__ = ("_file", "_folder", "_index", "_start")

    def __init__(self, file: FileIO) -> None:
        length = int.from_bytes(file.read(_HEAD), "little")
        self._file = file
        self._folder = os.path.dirname(os.path.dirname(__path__[0]))
        self._index: dict[str, tuple[int, int, str]] = marshal.loads(file.read(length))  # noqa: S302 - as trusted as a .pyc
        self._start = _HEAD + length

    def find_spec(self, name: str, _path: object = None, _target: object = None) -> ModuleSpec | None:
        found = self._index.get(name)
        if found is None:
            return None
        origin = f"{self._folder}/{found[2]}"
        spec = ModuleSpec(name, self, origin=origin, is_package=origin.endswith("/__init__.py"))  # type: ignore[arg-type]
        spec.has_location = True
        if spec.submodule_search_locations is not None:
            spec.submodule_search_locations.append(origin.removesuffix("/__init__.py"))
        return spec

    def create_module(self, _spec: ModuleSpec) -> None:
        """Leave it to Python."""

    def exec_module(self, module: object) -> None:
        offset, length, _ = self._index[module.__name__]  # type: ignore[attr-defined]
        self._file.seek(self._start + offset)
        exec(marshal.loads(self._file.read(length)), module.__dict__)  # noqa: S102, S302 - as trusted as a .pyc


try:
    _file = FileIO(_PACKED)
except FileNotFoundError:
    pass
else:
    if _file.fileno() > _STREAMS:
        sys.meta_path.insert(0, _Packed(_file))
    else:  # we were started with a closed stream, which must stay to be seen
        _file.close()
