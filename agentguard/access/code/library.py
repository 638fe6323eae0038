"""What functions of Python's library and methods of its values give, as far as that follows from their arguments."""

from __future__ import annotations

import ast

from agentguard.access.code import held as h
from agentguard.access.code import names as n
from agentguard.access.code.held import ENVIRON, FETCHED, NOTHING, Contents, Items, Many, Named, Place, Split, Table
from agentguard.access.code.python_calls import FETCHES
from agentguard.access.model import ANY, STAR, UNKNOWN, Pattern
from agentguard.access.shell.values import concat, parts_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentguard.access.code.held import Alternatives, Held
    from agentguard.access.model import Value

_DECODERS = {
    "base64.b64decode": "base64", "base64.urlsafe_b64decode": "base64", "base64.standard_b64decode": "base64",
    "base64.decodebytes": "base64", "binascii.a2b_base64": "base64", "binascii.unhexlify": "hex",
    "binascii.a2b_hex": "hex", "bytes.fromhex": "hex", "bytearray.fromhex": "hex", "zlib.decompress": "zlib",
    "gzip.decompress": "gzip", "base64.b32decode": "base32", "base64.b16decode": "base16", "base64.a85decode": "ascii85",
    "base64.b85decode": "base85",
}  # fmt: skip
_CODECS = {"rot13": "rot13", "rot_13": "rot13", "hex": "hex", "hex_codec": "hex", "base64": "base64", "zlib": "zlib"}
_TEMPORARY = "tmp.agentguard"  # the name that stands for one which tempfile makes up
# Functions that hand on what they get.
_SAME_VALUE = frozenset({
    "str", "bytes", "bytearray", "os.fspath", "os.fsencode", "os.fsdecode", "os.path.abspath", "os.path.realpath",
    "os.path.normpath", "copy.copy", "copy.deepcopy", "json.dumps", "repr", "list", "tuple", "set", "sorted", "iter",
    "frozenset", "pprint.pformat", "json.loads", "ast.literal_eval", "memoryview", "compile",
    "shlex.quote", "os.path.normcase", "textwrap.dedent", "dict", "io.StringIO", "io.BytesIO", "codecs.encode", "yaml.dump",
    "contextlib.closing", "asyncio.run", "next", "typing.cast", "sys.intern", "collections.OrderedDict", "inspect.cleandoc",
})  # fmt: skip
# Functions whose result tells what they get.
_WRAPS = frozenset({
    "base64.b64encode", "base64.urlsafe_b64encode", "base64.encodebytes", "binascii.hexlify", "urllib.parse.quote",
    "urllib.parse.quote_plus", "urllib.parse.urlencode", "html.escape", "zlib.compress", "gzip.compress", "binascii.b2a_base64",
})  # fmt: skip
_SAME_METHOD = frozenset({
    "encode", "decode", "copy", "readlines", "read", "splitlines", "getvalue", "items", "values", "readline", "text",
    "content", "json", "buffer", "tobytes", "hex", "as_posix", "__enter__", "__str__", "body", "data", "raw",
})  # fmt: skip
_TEXT_METHODS = frozenset({
    "strip", "lstrip", "rstrip", "lower", "upper", "title", "swapcase", "capitalize", "removeprefix", "removesuffix",
    "replace", "casefold", "zfill",
})  # fmt: skip


def _dotted(number: int) -> Held:
    """Return an address as it is written."""
    return ".".join(str(number >> at & 255) for at in (24, 16, 8, 0)) if 0 <= number < 1 << 32 else UNKNOWN


# Libraries that give a variable of the environment or of `.env` by its name.
_GIVES_VARIABLES = (
    "decouple.config", "decouple.AutoConfig()", "environs.Env()", "environs.Env().str", "environ.Env()", "environ.Env().str",
    "starlette.config.Config()",
)  # fmt: skip


class Bound:
    """A method of something that has no name."""

    __slots__ = ("attribute", "of")

    def __init__(self, of: Held, attribute: str) -> None:
        self.of = of
        self.attribute = attribute


class Given:
    """What the call hands to its code: arguments, standard input and variables."""

    __slots__ = ("argv", "file", "source", "stdin", "tmpdir", "variable")

    def __init__(
        self, argv: list[Value] | None = None, stdin: Value | None = None, source: Value | None = None,
        variable: Any = None, file: Value | None = None, tmpdir: str = "/tmp",  # noqa: S108 - the platform's default
    ) -> None:  # fmt: skip
        self.argv = argv
        self.stdin = stdin
        self.source = source
        self.variable = variable
        self.file = file
        self.tmpdir = tmpdir


class Partial:
    """A function with some of its arguments, as functools.partial makes it."""

    __slots__ = ("args", "function", "named")

    def __init__(self, function: Alternatives, args: list[Alternatives], named: dict[str, Alternatives]) -> None:
        self.function = function
        self.args = args
        self.named = named


class Library:
    """Values of calls. What it needs of names and expressions is the evaluator's (see evaluate)."""

    home: str
    given: Given

    def value(self, node: Any) -> Alternatives:
        """Return what an expression may be."""
        raise NotImplementedError

    def attribute(self, base: Held, name: str) -> Alternatives:
        """Return `base.name`."""
        raise NotImplementedError

    def item(self, base: Held, key: Held) -> Alternatives:
        """Return `base[key]`."""
        raise NotImplementedError

    def variable(self, key: Held) -> Held:
        """Return a variable of the environment."""
        raise NotImplementedError

    def same(self, name: str) -> str:
        """Return the name under which the tables know something."""
        raise NotImplementedError

    def returned(self, callee: Held, args: list[Alternatives], named: dict[str, Alternatives]) -> Alternatives:
        """Return what a call may give."""
        if isinstance(callee, n.Function):
            if callee.yields:
                return (callee,)
            return tuple(one for value in callee.returns for one in self.value(value)) or NOTHING
        if isinstance(callee, ast.ClassDef):
            return NOTHING
        if isinstance(callee, Bound):
            return self._method(callee, args, named)
        if not isinstance(callee, Named):
            return (callee,) if callee in (FETCHED, ENVIRON) else NOTHING
        name = callee.name
        first = args[0] if args else NOTHING
        if name == "__import__":
            return tuple(Named(self.same(one)) for one in first if isinstance(one, str)) or NOTHING
        if name == "getattr" and len(args) > 1:
            found = [
                one for base in first for key in args[1] if isinstance(key, str) for one in self.attribute(base, key)
            ]
            return h.several(found)
        if name == "vars" and first != NOTHING and isinstance(first[0], Named):
            return (Named(f"{first[0].name}.__dict__"),)
        if name in _DECODERS or name == "codecs.decode":
            how = _DECODERS.get(name) or _CODECS.get(str(args[1][0]).replace("-", "_") if len(args) > 1 else "", "")
            return tuple(h.decoded(one, how) if isinstance(one, str) else _origin(one) for one in first)
        if f"{name}(".startswith(FETCHES):
            return (FETCHED,)
        return tuple(self._known(name, args, named, first))

    def _known(
        self, name: str, args: list[Alternatives], named: dict[str, Alternatives], first: Alternatives
    ) -> list[Held]:
        """Return what a function of the library gives."""
        if name.startswith("pathlib.Path"):
            if name == "pathlib.Path.home":
                return [Place(self.home)]
            if name == "pathlib.Path.cwd":
                return [Place(".")]
            if name == "pathlib.Path":
                return [Place(path) for path in self._paths(args or [(".",)])]
        if name in ("os.path.join", "os.path.expanduser", "os.path.expandvars", "os.path.dirname", "os.path.basename"):
            paths = self._paths(args)
            if name.endswith("expanduser"):
                return [h.at_home(path, self.home) for path in paths]
            if name.endswith("expandvars"):
                return [self._expanded(path) for path in paths]
            if name.endswith("dirname"):
                return [h.parent(path) for path in paths]
            return [h.last_name(path) for path in paths] if name.endswith("basename") else list(paths)
        if name in ("os.getcwd", "os.getcwdb"):
            return ["."]
        if name in ("os.getenv", "os.environ.get", *_GIVES_VARIABLES):
            return [self.variable(first[0]), *(args[1] if len(args) > 1 else ())]
        if name in ("open", "codecs.open", "gzip.open", "bz2.open", "lzma.open"):
            return [Contents(h.text(one)) for one in first or named.get("file", NOTHING)]
        if name in ("sys.stdin.read", "sys.stdin.readline", "input", "sys.stdin.buffer.read", "sys.stdin.readlines"):
            return [self._stdin(name)]
        if name.startswith("tempfile."):
            return self._temporary(name)
        if name in ("glob.glob", "glob.iglob"):
            return [Many(tuple(h.globbed(one) if isinstance(one, str) else one for one in first))]
        if name in ("os.listdir", "os.scandir"):
            return [Many(h.LISTED)]
        if name == "os.walk":
            root = concat([*parts_of(h.text(first[0])), "/", ANY])
            return [Many((Items([(root,), (Many((Pattern((STAR,)),)),), (Many((Pattern((STAR,)),)),)]),))]
        if name == "shlex.split":
            return [Split(one) if isinstance(one, str) else UNKNOWN for one in first]
        if name == "shlex.join":
            return [h.joined([piece for item in one.items for piece in (*item[:1], " ")]) if isinstance(one, Items)
                    else UNKNOWN for one in first]  # fmt: skip
        if name in ("ipaddress.ip_address", "ipaddress.IPv4Address"):
            return [_dotted(one) if isinstance(one, int) else one for one in first]
        if name == "chr":
            return [chr(one) if isinstance(one, int) and 0 <= one < 0x110000 else UNKNOWN for one in first]
        if name == "ord":
            return [ord(one) if isinstance(one, str) and len(one) == 1 else UNKNOWN for one in first]
        if name == "int":
            base = args[1][0] if len(args) > 1 else 10
            return [_number(one, base) for one in first]
        if name == "range":
            ends = [one[0] for one in args]
            if all(isinstance(one, int) for one in ends) and 0 < len(ends) < 4 and 0 not in ends[2:]:
                return [Items([(number,) for number in range(*ends)[: h.MAX_ITEMS]])]
            return [Many(NOTHING)]
        if name == "map" and len(args) == 2:
            return [self._mapped(args[0], one) for one in args[1]]
        if name in ("enumerate", "zip"):
            return [Many((Items([NOTHING, h.elements(one)]) if name == "enumerate" else
                          Items([h.elements(inner[0]) for inner in args]),)) for one in first]  # fmt: skip
        if name == "reversed":
            return [Items(one.items[::-1]) if isinstance(one, Items) else
                    one[::-1] if isinstance(one, str) else one for one in first]  # fmt: skip
        if name in ("bytes", "bytearray") and isinstance(first[0], Items):
            return [h.chars(first[0])]
        if name == "operator.attrgetter" and isinstance(first[0], str):
            return [Named("operator.attrgetter()." + first[0])]
        if name in ("list", "sorted", "tuple", "set") and first[0] is ENVIRON:
            return [UNKNOWN]  # names alone
        if name in _WRAPS:
            return [one if h.gives(one) else UNKNOWN for one in first]
        if name in _SAME_VALUE:
            return list(first) or ([ENVIRON] if any(ENVIRON in one for one in named.values()) else [UNKNOWN])
        if name in ("globals", "locals", "vars"):
            return [Named(f"{name}()")]
        if name.startswith("operator.attrgetter()."):
            return [Named(self.same(f"{one.name}.{name[22:]}")) if isinstance(one, Named) else UNKNOWN for one in first]
        if name in ("re.sub", "re.subn") and len(args) > 2:
            return [
                h.edited(one, None, args[1][0]) if isinstance(one, (Contents, h.Edited)) else UNKNOWN for one in args[2]
            ]
        if name in ("json.load", "yaml.safe_load", "toml.load"):
            return [h.Edited(one.path, ()) if isinstance(one, Contents) else UNKNOWN for one in first]
        if name == "functools.partial":
            return [Partial(first, args[1:], named)]
        return [Named(f"{name}()")]

    def _temporary(self, name: str) -> list[Held]:
        """Return the paths that tempfile makes up: any name in the folder of temporary files."""
        place = f"{self.given.tmpdir}/{_TEMPORARY}"
        if name in ("tempfile.gettempdir", "tempfile.tempdir"):
            return [self.given.tmpdir]
        if name == "tempfile.mkstemp":
            return [Items([(UNKNOWN,), (place,)])]
        return [
            place if name in ("tempfile.mkdtemp", "tempfile.mktemp", "tempfile.TemporaryDirectory") else Contents(place)
        ]

    def _mapped(self, function: Alternatives, over: Held) -> Held:
        if isinstance(over, Items):
            return Items([self.returned(function[0], [item], {}) for item in over.items])
        return Many(self.returned(function[0], [h.elements(over)], {}))

    def _paths(self, args: list[Alternatives]) -> list[Value]:
        """Return paths put together from their parts."""
        done: list[Value] = [""]
        for number, arg in enumerate(args):
            if len(done) * len(arg) > h.MAX_ALTERNATIVES:
                return [UNKNOWN]
            done = [h.text(one) if not number else h.beneath(path, h.text(one)) for path in done for one in arg]
        return done

    def _expanded(self, path: Value) -> Value:
        """Return a path with its `$NAME` filled in, as os.path.expandvars does it."""
        return h.expanded(path, self.variable)

    def _stdin(self, name: str) -> Held:
        value = self.given.stdin
        if value is None or not isinstance(value, str):
            return Contents(self.given.source) if self.given.source is not None else UNKNOWN if value is None else value
        return value.partition("\n")[0] if name in ("input", "sys.stdin.readline") else value

    def _method(self, bound: Bound, args: list[Alternatives], named: dict[str, Alternatives]) -> Alternatives:
        of, name = bound.of, bound.attribute
        plain = [one[0] if len(one) == 1 else UNKNOWN for one in args]
        if isinstance(of, Place):
            return self._of_path(of, name, args)
        if of is ENVIRON:
            if name in ("get", "pop", "setdefault", "__getitem__"):
                return (self.variable(plain[0] if plain else UNKNOWN), *(args[1] if len(args) > 1 else ()))
            if name == "keys":
                return NOTHING
            if name == "items":
                return (Many((Items([NOTHING, (ENVIRON,)]),)),)
            return (Many((ENVIRON,)),) if name == "values" else (ENVIRON,)
        if isinstance(of, Table) and name in ("get", "pop", "__getitem__") and args:
            return tuple(one for key in args[0] for one in self.item(of, key))
        if isinstance(of, Table) and name in ("items", "values"):
            if name == "values":
                return (Items(list(of.items.values())),)
            return (Items([(Items([(key,), value]),) for key, value in of.items.items()]),)
        if name == "join" and isinstance(of, str) and args:
            return tuple(_glued(of, one) for one in args[0])
        if isinstance(of, str):
            return (self._of_text(of, name, plain, named),)
        if isinstance(of, Items) and name in ("pop", "copy"):
            return (of,) if name == "copy" else h.elements(of)
        if isinstance(of, (Contents, h.Edited)) and name == "replace" and len(args) > 1:
            return (h.edited(of, *plain[:3]),)
        if isinstance(of, h.Edited):
            return (of,) if name in _SAME_METHOD else (UNKNOWN,)
        if isinstance(of, Pattern) and name in _TEXT_METHODS | {"format", "split"}:
            return (UNKNOWN,)
        return (of,) if name in _SAME_METHOD or of is FETCHED else (UNKNOWN,)

    def _of_text(self, text: str, name: str, args: list[Held], named: dict[str, Alternatives]) -> Held:
        if name in _TEXT_METHODS and all(isinstance(one, (str, int)) for one in args):
            try:
                done = getattr(text, name)(*args) if name != "zfill" or int(args[0]) < 99 else text
            except (TypeError, ValueError):
                return UNKNOWN
            return done if len(done) < 1 << 16 else UNKNOWN
        if name in ("split", "rsplit") and all(isinstance(one, (str, int)) for one in args) and "" not in args:
            try:
                return Items([(one,) for one in text.split(*args)][: h.MAX_ITEMS])
            except TypeError:
                return UNKNOWN
        if name == "splitlines":
            return Items([(one,) for one in text.splitlines()][: h.MAX_ITEMS])
        if name == "format":
            return h.filled(text, args, {key: one[0] for key, one in named.items()})
        if name == "decode" and args and isinstance(args[0], str) and args[0] in _CODECS:
            return h.decoded(text, _CODECS[args[0]])
        return text if name in _SAME_METHOD else UNKNOWN

    def _of_path(self, place: Place, name: str, args: list[Alternatives]) -> Alternatives:
        path = place.value
        if name in ("expanduser", "resolve", "absolute"):
            return (Place(h.at_home(path, self.home) if name == "expanduser" else path),)
        if name == "joinpath":
            return tuple(Place(one) for one in self._paths([(path,), *args]))
        if name in ("with_name", "with_suffix"):
            base = h.parent(path)
            if name == "with_name":
                return tuple(Place(h.beneath(base, h.text(one))) for one in args[0]) if args else NOTHING
            stem = path.rpartition(".")[0] or path if isinstance(path, str) else UNKNOWN
            return tuple(Place(h.text(h.joined((stem, one)))) for one in args[0]) if args else NOTHING
        if name == "iterdir":
            return (Many(tuple(Place(h.beneath(path, one)) for one in h.LISTED)),)
        if name in ("glob", "rglob"):
            start = "**/" if name == "rglob" else ""
            texts = [one for one in (args[0] if args else ()) if isinstance(one, str)]
            texts += [
                "." + one for one in texts if one.startswith("*") and name == "glob"
            ]  # hidden ones are found, too
            made = [h.globbed(start + one) for one in texts]
            return (Many(tuple(Place(h.beneath(path, one)) for one in made) or (Place(UNKNOWN),)),)
        if name in ("open", "read_text", "read_bytes"):
            return (Contents(path),)
        return (path,) if name in ("as_posix", "__str__") else (place,) if name == "rename" else NOTHING


def _origin(held: Held) -> Held:
    return held if held is FETCHED or isinstance(held, Contents) else UNKNOWN


def _glued(separator: str, held: Held) -> Held:
    if isinstance(held, Items):
        pieces: list[Held] = []
        for number, item in enumerate(held.items):
            pieces += [separator, *item[:1]] if number else item[:1]
            if len(item) > 1:
                return UNKNOWN
        return h.joined(pieces)
    if isinstance(held, str):
        return separator.join(held)
    if isinstance(held, Many):
        return ENVIRON if ENVIRON in held.element else FETCHED if FETCHED in held.element else UNKNOWN
    return held if held in (ENVIRON, FETCHED) else UNKNOWN


def _number(held: Held, base: Held) -> Held:
    if isinstance(held, int):
        return held
    try:
        return int(held, base) if isinstance(held, str) and isinstance(base, int) and len(held) < 40 else UNKNOWN
    except ValueError:
        return UNKNOWN
