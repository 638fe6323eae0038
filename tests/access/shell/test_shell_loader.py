"""The parser is loaded without its packages' own imports, and in the usual way where that fails."""

import subprocess
import sys
from pathlib import Path

import pytest
import tree_sitter

SITE = str(Path(tree_sitter.__file__).parent.parent)
ROOT = str(Path(__file__).parents[3])
START = f"import sys; sys.path[:0] = [{ROOT!r}, {SITE!r}]; before = set(sys.modules)\n"


def fresh(code):
    """Run code in a fresh interpreter as the hook is started; return what it prints."""
    done = subprocess.run([sys.executable, "-I", "-S", "-c", START + code], capture_output=True, text=True, check=False)
    assert "" == done.stderr
    return done.stdout.split()


PARSE = "from agentguard.access.shell.loader import parse; root = parse(b'% | %; %')\n"


def test_only_the_extension_modules_are_loaded():
    """Neither package's `__init__` runs, and re, which the extension itself imports, is the only heavy import."""
    loaded = set(fresh(PARSE + "print(*(set(sys.modules) - before))"))
    assert {"tree_sitter._binding", "tree_sitter_bash._binding"} <= loaded
    assert set() == loaded & {
        "tree_sitter", "tree_sitter_bash", "importlib.resources", "importlib.util", "importlib.machinery", "typing", "pathlib",
        "zipfile", "tempfile", "contextlib", "inspect", "ast", "dataclasses", "warnings", "shutil", "random", "hashlib", "json",
    }  # fmt: skip


def test_the_public_import_still_works_afterwards():
    """The modules stand under their own names, so the packages find them."""
    code = PARSE + (
        "import tree_sitter, tree_sitter_bash\n"
        "parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_bash.language()))\n"
        "print(root.type, parser.parse(b'a').root_node.type, sys.modules['tree_sitter._binding'].Parser is tree_sitter.Parser)"
    )
    assert ["program", "program", "True"] == fresh(code)


@pytest.mark.parametrize("broken", ["_find", "_load"])
def test_the_public_import_is_the_way_out(broken):
    """Where the files are not found or do not load that way, the packages are imported as usual."""
    code = (
        "from agentguard.access.shell import loader\n"
        "def fail(*_): raise ImportError('no')\n"
        f"loader.{broken} = fail\n"
        "print(loader.parse(b'%').type, 'tree_sitter' in sys.modules)"
    )
    assert ["program", "True"] == fresh(code)


@pytest.mark.parametrize("text", ["git status", "cd src && npm test 2>&1 | tail -20", "x=1; cat $x <<'EOF'\nhi\nEOF"])
def test_lists_and_pipelines_need_no_parser(text):
    """Text without compound commands is understood without loading the parser."""
    code = (
        "from agentguard.access.shell.interpret import interpret\n"
        "from agentguard.access.world import MemoryDisk, World\n"
        f"interpret({text!r}, '/', World(home='/h', disk=MemoryDisk({{}})), 'Bash')\n"
        "print(*(set(sys.modules) - before))"
    )
    loaded = set(fresh(code))
    assert set() == loaded & {"tree_sitter._binding", "re", "enum", "json", "ast", "typing", "collections"}
