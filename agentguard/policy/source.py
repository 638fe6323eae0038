"""A policy's source: a folder with `bundle.toml`, `rules/*.toml` and `tests/*.toml`, read with places for every error.

Values come from tomllib, which decides what is valid; line and column of every key and value come from
tree-sitter-toml, which decides nothing. Every file is read in one run, and what is wrong becomes a finding. A file in
`rules` or `tests` that would be passed over in silence (another ending, a subfolder) is a finding too, and so is a file
of rules or tests that lies beside these folders: a rule that somebody wrote and nobody reads is worse than an error.
README files and names that begin with a dot may be there.

A source's digest is the SHA-256 of what `sha256sum bundle.toml rules/*.toml` prints: one line a file, in the order of
the bytes of their names. It is taken from the very bytes that are parsed.
"""

from __future__ import annotations

import codecs
import os
import re
import stat
import tomllib
from typing import TYPE_CHECKING, Any

from agentguard.digest import sha256_hex
from agentguard.errors import ConfigError
from agentguard.policy.findings import Finding, in_order, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    Steps = tuple[str | int, ...]
    Place = tuple[int, int]

BUNDLE, RULES, TESTS = "bundle", "rules", "tests"
FILE_LIMIT = 1024 * 1024  # bytes of one file
FILES_LIMIT = 2000  # files of one folder

_PARTS = frozenset(
    ("rule", "sets", "scope", "include", "adjust", "case", "matrix")
)  # what makes a file one of a policy
_MISNAMED = {"rule": RULES, "test": TESTS}

_UNPRINTABLE = re.compile(r"[\\\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")  # sha256sum would write these otherwise

_KEY = re.compile(r"""[ \t]*([A-Za-z0-9_."'-]+)[ \t]*=""")


class Document:
    """One file. `file` is its name in findings (`rules/git.toml`), `kind` one of BUNDLE, RULES and TESTS.

    In a pack that another policy includes, `file` begins with the pack's place: `../org/rules/git.toml`.

    `values` is what tomllib read. Steps such as ("rule", 0, "not", "path", 1) name a value inside.
    """

    __slots__ = ("_keys", "_values", "file", "kind", "values")

    def __init__(self, file: str, kind: str, values: dict[str, Any], text: str) -> None:
        self.file = file
        self.kind = kind
        self.values = values
        self._keys, self._values = _places(text)

    def place(self, steps: Steps, *, key: bool = False) -> Place:
        """Return (line, column) of a value, or of its key; of what is round it where it has no place of its own."""
        first, second = (self._keys, self._values) if key else (self._values, self._keys)
        for end in range(len(steps), 0, -1):
            found = first.get(steps[:end]) or second.get(steps[:end])
            if found:
                return found
        return (1, 1)

    def finding(self, steps: Steps, code: str, message: str, suggestion: str = "", *, key: bool = False) -> Finding:
        """Return a finding about a value of this file, or about its key."""
        return Finding(self.file, *self.place(steps, key=key), code, message, suggestion)


class Source:
    """A policy's folder as it was read. `findings` are the files that could not be.

    `label` is what stands before the names of its files in findings, `digest` the digest of its files but the tests.
    """

    __slots__ = ("digest", "documents", "findings", "folder", "label")

    def __init__(
        self,
        folder: str,
        documents: tuple[Document, ...],
        findings: tuple[Finding, ...],
        *,
        label: str = "",
        digest: str = "",
    ) -> None:
        self.folder = folder
        self.documents = documents
        self.findings = findings
        self.label = label
        self.digest = digest

    def of_kind(self, *kinds: str) -> list[Document]:
        """Return the documents of some kinds, in the order of their names."""
        return [document for document in self.documents if document.kind in kinds]


def read(folder: str, label: str = "", *, tests: bool = True) -> Source:
    """Read a policy's folder. Never raises: what cannot be read is a finding.

    `label` is put before the names of files in findings; without `tests` those files are left alone.
    """
    documents: list[Document] = []
    findings: list[Finding] = []
    hashes: list[tuple[str, str]] = []
    for name, kind in _files(folder, label, findings, (RULES, TESTS) if tests else (RULES,)):
        file = label + name
        data = _bytes(os.path.join(folder, name), file, findings)
        if data is None:
            continue
        if kind != TESTS:
            hashes.append((name, sha256_hex(data)))
        document = _document(data, file, kind, findings)
        if document:
            documents.append(document)
    return Source(folder, tuple(documents), in_order(findings), label=label, digest=_digest(hashes))


def read_file(path: str, kind: str, findings: list[Finding]) -> Document | None:
    """Return one TOML file under the name that it was given by; None and a finding if it cannot be read."""
    data = _bytes(path, path, findings)
    return None if data is None else _document(data, path, kind, findings)


def _document(data: bytes, file: str, kind: str, findings: list[Finding]) -> Document | None:
    text = _text(data, file, findings)
    if text is None:
        return None
    try:
        return Document(file, kind, tomllib.loads(text), text)
    except tomllib.TOMLDecodeError as error:
        findings.append(_syntax(file, text, error))
    except (RecursionError, ValueError) as error:  # nesting; a number of thousands of digits
        what = "nested too deeply" if isinstance(error, RecursionError) else "a number is too long"
        findings.append(Finding(file, 1, 1, "AG001", what))
    return None


def _digest(hashes: list[tuple[str, str]]) -> str:
    """Return the digest of files, given as (name, SHA-256 in hex)."""
    lines = [f"{found}  {name}\n".encode() for name, found in sorted(hashes, key=lambda one: one[0].encode())]
    return f"sha256:{sha256_hex(b''.join(lines))}"


def shipped_names() -> list[str]:
    """Return the names of the bundles that ship with agentguard."""
    root = _shipped()
    return sorted(name for name in os.listdir(root) if os.path.isfile(os.path.join(root, name, "bundle.toml")))


def shipped_bundle(name: str) -> str:
    """Return the folder of a bundle that ships with agentguard. Raises `ConfigError` for a name that none has."""
    names = shipped_names()
    if name not in names:
        near = nearest(name, names)
        hint = f"did you mean {near!r}?" if near else f"shipped bundles: {', '.join(names)}"
        raise ConfigError(f"{name!r} is neither a policy's folder nor a bundle that ships", hint=hint)
    return os.path.join(_shipped(), name)


def located(name: str) -> str:
    """Return the folder that a person means: one that is there, else the bundle of that name that ships."""
    return shipped_bundle(name) if not os.path.isdir(name) and name in shipped_names() else name


def _shipped() -> str:
    """Return the folder of shipped bundles: inside an installed package, beside the package in a checkout."""
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    for root in (os.path.join(package, "bundles"), os.path.join(os.path.dirname(package), "bundles")):
        if os.path.isdir(root):
            return root
    raise ConfigError("the shipped bundles are missing from this installation", hint="install agentguard again")


def _files(folder: str, label: str, findings: list[Finding], kinds: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Yield (name, kind) of every file to read; what is passed over becomes a finding."""
    if not os.path.isfile(os.path.join(folder, "bundle.toml")):
        here = os.path.isdir(folder)
        what = "this is neither a folder nor a bundle that ships"
        if here:
            what = "there is no bundle.toml in this folder, so it is no policy; agentguard policy init begins one"
        elif os.path.isfile(folder):
            what = "this is a file, and a policy is the folder that its bundle.toml is in"
        names = [] if here or os.sep in folder else shipped_names()
        near = nearest(folder, names)
        said = f"{what}; shipped bundles: {', '.join(names)}" if names and not near else what
        findings.append(Finding(folder, 1, 1, "AG002", said, near))
        return
    yield "bundle.toml", BUNDLE
    for name in _beside(folder):
        what = "only bundle.toml, rules/*.toml and tests/*.toml are read"
        findings.append(Finding(f"{label}{name}", 1, 1, "AG005", what, _MISNAMED.get(name, "")))
    for kind in kinds:
        try:
            names = sorted(os.listdir(os.path.join(folder, kind)))
        except FileNotFoundError:
            continue
        except OSError as error:
            findings.append(Finding(label + kind, 1, 1, "AG002", f"cannot be read: {error.strerror}"))
            continue
        if len(names) > FILES_LIMIT:
            findings.append(Finding(label + kind, 1, 1, "AG004", f"over {FILES_LIMIT} files"))
            continue
        for name in names:
            if name.endswith(".toml") and not name.startswith(".") and not _UNPRINTABLE.search(name):
                yield f"{kind}/{name}", kind
            elif not name.startswith(".") and not name.lower().startswith("readme"):
                odd = _UNPRINTABLE.search(name)
                what = "a name with a backslash or control characters" if odd else f"only {kind}/*.toml is read"
                findings.append(Finding(f"{label}{kind}/{ascii(name) if odd else name}", 1, 1, "AG005", what))


def _beside(folder: str) -> Iterator[str]:
    """Yield what lies beside bundle.toml and looks like a part of the policy that would go unread."""
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        if name in _MISNAMED and os.path.isdir(path):
            yield name
        elif name.endswith(".toml") and name != "bundle.toml" and os.path.isfile(path):
            try:
                values = tomllib.loads((_bytes(path, name, []) or b"").decode("utf-8"))
            except (ValueError, RecursionError):
                continue
            if not _PARTS.isdisjoint(values):
                yield name


def _bytes(path: str, file: str, findings: list[Finding]) -> bytes | None:
    """Return what is in a file, or None and a finding."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(fd, "rb") as stream:
            if not stat.S_ISREG(os.fstat(fd).st_mode):
                findings.append(Finding(file, 1, 1, "AG002", "not a file"))
                return None
            data = stream.read(FILE_LIMIT + 1)
    except OSError as error:
        findings.append(Finding(file, 1, 1, "AG002", f"cannot be read: {error.strerror}"))
        return None
    if len(data) > FILE_LIMIT:
        findings.append(Finding(file, 1, 1, "AG004", f"over {FILE_LIMIT} bytes"))
        return None
    return data


def _text(data: bytes, file: str, findings: list[Finding]) -> str | None:
    """Return a file's text, or None and a finding."""
    if data.startswith(codecs.BOM_UTF8):
        what = "a byte order mark (BOM) stands before the text; save the file as UTF-8 without one"
        findings.append(Finding(file, 1, 1, "AG001", what))
        return None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line_start = before.rfind(b"\n") + 1
        column = len(before[line_start:].decode("utf-8")) + 1
        findings.append(Finding(file, before.count(b"\n") + 1, column, "AG003", "not UTF-8"))
        return None


def _syntax(file: str, text: str, error: tomllib.TOMLDecodeError) -> Finding:
    """Return the finding for a syntax error; tomllib says the place at the end of its message."""
    message, _, where = str(error).partition(" (at ")
    found = re.fullmatch(r"line (\d+), column (\d+)\)", where)
    if found:
        line, column = int(found[1]), int(found[2])
    else:  # "end of document"
        line, column = text.count("\n") + 1, len(text) - text.rfind("\n")
    if message == "Cannot overwrite a value" and (again := _again(text, line)):
        return again._replace(file=file)
    if message.startswith("Cannot declare (") and message.endswith(" twice"):
        name = ".".join(re.findall("'([^']*)'", message))
        message = f"the table [{name}] is there twice"
    return Finding(file, line, column, "AG001", message[:1].lower() + message[1:])


def _again(text: str, line: int) -> Finding | None:
    """Return the finding for a key that is there twice; tomllib stops in `line`, behind the second value."""
    keys = [_KEY.match(one) for one in text.split("\n")[:line]]
    named = [found[1] for found in keys if found]
    for number in range(line, 0, -1):
        found = keys[number - 1]
        if found and named.count(found[1]) > 1:
            return Finding("", number, found.start(1) + 1, "AG001", f'the key "{found[1]}" is there twice')
    return None


def _places(text: str) -> tuple[dict[Steps, Place], dict[Steps, Place]]:
    """Return the places of all keys and of all values in a TOML text, each by its steps."""
    import tree_sitter  # noqa: PLC0415 - authoring only, and not cheap
    import tree_sitter_toml  # noqa: PLC0415

    lines = text.encode("utf-8").split(b"\n")
    parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_toml.language()))
    keys: dict[Steps, Place] = {}
    values: dict[Steps, Place] = {}
    arrays: dict[Steps, int] = {}  # arrays of tables: the number of the last one

    def place(node: Node) -> Place:
        row, column = node.start_point
        return row + 1, len(lines[row][:column].decode("utf-8", "replace")) + 1

    def header(node: Node) -> Steps:
        """Enter the parts of a table's name, stepping into the newest table of every array on the way."""
        steps: Steps = ()
        names = list(_names(node))
        for number, (name, part) in enumerate(names):
            steps = (*steps, name)
            keys.setdefault(steps, place(part))
            if number == len(names) - 1 and node.type == "table_array_element":
                arrays[steps] = arrays.get(steps, -1) + 1
            if steps in arrays:
                steps = (*steps, arrays[steps])
        keys.setdefault(steps, place(names[-1][1]))
        return steps

    def pair(node: Node, steps: Steps) -> None:
        for name, part in _names(node):
            steps = (*steps, name)
            keys.setdefault(steps, place(part))
        value(node.named_children[-1], steps)

    def value(node: Node, steps: Steps) -> None:
        values.setdefault(steps, place(node))
        if node.type == "array":
            inside = [child for child in node.named_children if child.type != "comment"]
            for number, child in enumerate(inside):
                value(child, (*steps, number))
        elif node.type == "inline_table":
            for child in node.named_children:
                if child.type == "pair":
                    pair(child, steps)

    for node in parser.parse(text.encode("utf-8")).root_node.named_children:
        if node.type == "pair":
            pair(node, ())
        elif node.type in ("table", "table_array_element"):
            steps = header(node)
            for child in node.named_children:
                if child.type == "pair":
                    pair(child, steps)
    return keys, values


def _names(node: Node) -> Iterator[tuple[str, Node]]:
    """Yield the parts of the dotted key that a pair or a table header begins with, and where each stands."""
    first = node.named_children[0] if node.type not in ("bare_key", "quoted_key", "dotted_key") else node
    if first.type == "dotted_key":
        for child in first.named_children:
            yield from _names(child)
        return
    text = (first.text or b"").decode("utf-8")
    yield next(iter(tomllib.loads(f"{text} = 0"))) if first.type == "quoted_key" else text, first
