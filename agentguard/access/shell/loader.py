"""The parser for shell text: tree-sitter with the bash grammar, without running the packages' own `__init__`.

What the packages do in Python when imported costs as much as everything else on the hook's path, and only their
extension modules are needed. Those are loaded straight from their files and left in `sys.modules` under their own
names. Where that does not work, the public import does the same, slower.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

_parser: Any = None


def parse(source: bytes) -> Any:
    """Return the root node of the syntax tree of `source` (tree_sitter.Node)."""
    global _parser  # noqa: PLW0603 - one parser a process
    if _parser is None:
        core = _extension("tree_sitter")
        grammar = _extension("tree_sitter_bash")
        _parser = core.Parser(core.Language(grammar.language()))
    return _parser.parse(source).root_node


def _extension(package: str) -> ModuleType:
    """Return the module `package._binding`."""
    name = package + "._binding"
    if name in sys.modules:
        return sys.modules[name]
    try:
        return _load(name, _find(package))
    except (ImportError, OSError, AttributeError):
        import importlib  # noqa: PLC0415 - the slow way, and only where the fast one is not to be had

        importlib.import_module(package)
        return importlib.import_module(name)


def _find(package: str) -> str:
    """Return the file of the extension module of `package`: the first on the module path that this interpreter loads."""
    from _imp import extension_suffixes  # noqa: PLC0415

    for folder in sys.path:
        place = os.path.join(folder, package)
        try:
            names = os.listdir(place)
        except OSError:
            continue
        for suffix in extension_suffixes():
            if "_binding" + suffix in names:
                return os.path.join(place, "_binding" + suffix)
    raise ImportError(package)


def _load(name: str, path: str) -> ModuleType:
    """Return the extension module in the file `path`, as importlib does it (importlib._bootstrap_external)."""
    from _frozen_importlib import ModuleSpec  # noqa: PLC0415
    from _frozen_importlib_external import ExtensionFileLoader  # noqa: PLC0415
    from _imp import create_dynamic, exec_dynamic  # noqa: PLC0415

    spec = ModuleSpec(name, ExtensionFileLoader(name, path), origin=path)
    module: ModuleType = create_dynamic(spec)
    sys.modules[name] = module
    exec_dynamic(module)
    return module
