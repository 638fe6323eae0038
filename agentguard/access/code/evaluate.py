"""What the expressions of Python code may be worth: alternatives, worked out on demand and never by running them."""

from __future__ import annotations

import ast

from agentguard.access.code import held as h
from agentguard.access.code import names as n
from agentguard.access.code.held import ENVIRON, FETCHED, NOTHING, Contents, Items, Many, Named, Place, Split, Table
from agentguard.access.code.python_calls import BUILTINS, FETCHES, SAME
from agentguard.access.model import ANY, STAR, UNKNOWN, Pattern
from agentguard.access.shell.values import concat, parts_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentguard.access.code.held import Alternatives, Held
    from agentguard.access.model import Value

_MAX_STEPS = 50_000
_MAX_DEPTH = 60
_MAX_NAME = 200  # characters of a name with its dots
_SIGNS = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.FloorDiv: "//", ast.Mod: "%", ast.BitXor: "^", ast.BitOr: "|",
    ast.BitAnd: "&", ast.LShift: "<<", ast.RShift: ">>", ast.Pow: "**",
}  # fmt: skip
_DECODERS = {
    "base64.b64decode": "base64", "base64.urlsafe_b64decode": "base64", "base64.standard_b64decode": "base64",
    "base64.decodebytes": "base64", "binascii.a2b_base64": "base64", "binascii.unhexlify": "hex",
    "binascii.a2b_hex": "hex", "bytes.fromhex": "hex", "bytearray.fromhex": "hex", "zlib.decompress": "zlib",
    "gzip.decompress": "gzip", "base64.b32decode": "base32", "base64.b16decode": "base16", "base64.a85decode": "ascii85",
    "base64.b85decode": "base85",
}  # fmt: skip
_CODECS = {"rot13": "rot13", "rot_13": "rot13", "hex": "hex", "hex_codec": "hex", "base64": "base64", "zlib": "zlib"}
# Functions that hand on what they get.
_SAME_VALUE = frozenset({
    "str", "bytes", "bytearray", "os.fspath", "os.fsencode", "os.fsdecode", "os.path.abspath", "os.path.realpath",
    "os.path.normpath", "copy.copy", "copy.deepcopy", "json.dumps", "repr", "list", "tuple", "set", "sorted", "iter",
    "frozenset", "pprint.pformat", "json.loads", "ast.literal_eval", "memoryview", "compile",
    "shlex.quote", "os.path.normcase", "textwrap.dedent", "dict", "io.StringIO", "io.BytesIO", "codecs.encode", "yaml.dump",
    "contextlib.closing", "asyncio.run", "next", "typing.cast", "sys.intern", "collections.OrderedDict", "inspect.cleandoc",
})  # fmt: skip
_SAME_METHOD = frozenset({
    "encode", "decode", "copy", "readlines", "read", "splitlines", "getvalue", "items", "values", "readline", "text",
    "content", "json", "buffer", "tobytes", "hex", "as_posix", "__enter__", "__str__", "body", "data", "raw",
})  # fmt: skip
_TEXT_METHODS = frozenset({
    "strip", "lstrip", "rstrip", "lower", "upper", "title", "swapcase", "capitalize", "removeprefix", "removesuffix",
    "replace", "casefold", "zfill",
})  # fmt: skip


class Bound:
    """A method of something that has no name."""

    __slots__ = ("attribute", "of")

    def __init__(self, of: Held, attribute: str) -> None:
        self.of = of
        self.attribute = attribute


class Given:
    """What the call hands to its code: arguments, standard input and variables."""

    __slots__ = ("argv", "source", "stdin", "variable")

    def __init__(self, argv: list[Value] | None = None, stdin: Value | None = None, source: Value | None = None,
                 variable: Any = None) -> None:  # fmt: skip
        self.argv = argv
        self.stdin = stdin
        self.source = source
        self.variable = variable


class Evaluator:
    """Works out expressions. `places` says where names are bound."""

    def __init__(self, home: str, given: Given) -> None:
        self.home = home
        self.given = given
        self.places = n.Places()
        self.module = n.Scope(None)
        self.memo: dict[int, Alternatives] = {}
        self.active: set[int] = set()
        self.chosen: dict[str, Alternatives] = {}  # names in a comprehension that is gone through
        self.steps = 0
        self.depth = 0
        self.cuts = 0  # evaluations that were given up: what depends on one is not kept

    # -- names

    def value(self, node: Any) -> Alternatives:
        """Return what an expression may be."""
        key = id(node)
        if key in self.memo and not self.chosen:
            return self.memo[key]
        self.steps += 1
        if key in self.active or self.depth > _MAX_DEPTH or self.steps > _MAX_STEPS:
            self.cuts += 1
            return NOTHING
        cuts = self.cuts
        self.active.add(key)
        self.depth += 1
        found = h.several(_EXPRESSIONS[type(node)](self, node)) if type(node) in _EXPRESSIONS else NOTHING
        self.depth -= 1
        self.active.discard(key)
        if not self.chosen and cuts == self.cuts:
            self.memo[key] = found
        return found

    def one(self, node: Any) -> Held:
        """Return what an expression is; unknown where it may be several things."""
        found = self.value(node)
        return found[0] if len(found) == 1 else UNKNOWN

    def _name(self, node: ast.Name) -> Alternatives:
        name = node.id
        if name in self.chosen:
            return self.chosen[name]
        scope, order, loop = self.places.at.get(id(node), (self.module, 1 << 60, 0))
        found = self.looked_up(name, scope, order, self.places.ends.get(loop, order))
        endings = self.places.filters.get(id(node))
        return h.several(_ending(one, end) for one in found for end in endings) if endings else found

    def looked_up(self, name: str, scope: n.Scope | None, order: int, end: int) -> Alternatives:
        """Return what a name may be at a place: see names."""
        found: list[Held] = []
        here = True
        while scope is not None:
            bindings = scope.bindings.get(name, [])
            seen = [one for one in bindings if not here or one.order <= end]
            firm = False
            additions: list[n.Binding] = []
            for binding in reversed(seen):
                if binding.how in (n.ADDED, n.APPENDED, n.EXTENDED):
                    additions.append(binding)
                    continue
                if here and firm and binding.order <= order:
                    break
                found += self.bound(binding)
                firm = firm or (binding.firm and (not here or binding.order <= order))
            for binding in reversed(additions):
                found = [self.added(one, binding) for one in found]
            if firm:
                return h.several(found)
            here = False
            scope = scope.parent
        for star in self.module.stars:
            if name not in BUILTINS:
                found += self.library(f"{star}.{name}")
        if name in BUILTINS:
            found.append(Named(self.same(name)))
        return h.several(found)

    def bound(self, binding: n.Binding) -> Alternatives:
        """Return what a binding gives its name."""
        how, value = binding.how, binding.value
        if how == n.NAMED:
            return self.library(value)
        if how == n.FUNCTION:
            return (value,)
        if how == n.VALUE and isinstance(value, ast.ClassDef):
            return (value,)
        if how == n.GIVEN:
            return value  # type: ignore[no-any-return]
        if how in (n.VALUE, n.ENTER):
            return self.value(value)
        if how == n.ELEMENT:
            return self.looped(value)
        if how in (n.PART, n.PART_OF_ELEMENT):
            return self.part(value)
        return NOTHING

    def part(self, part: Any) -> Alternatives:
        """Return one element of what a tuple of targets is assigned."""
        if isinstance(part.value, n.Part):
            whole = self.part(part.value)
        else:
            whole = self.value(part.value) if part.how == n.PART else self.looped(part.value)
        found: list[Held] = []
        for one in whole:
            if isinstance(one, Items):
                found += one.items[part.number] if part.number < len(one.items) else NOTHING
            elif isinstance(one, Many):
                found += one.element
            else:
                found.append(one if one in (ENVIRON, FETCHED) else UNKNOWN)
        return h.several(found)

    def looped(self, node: Any) -> Alternatives:
        """Return what a loop over an expression gives."""
        found: list[Held] = []
        for one in self.value(node):
            if isinstance(one, n.Function):
                found += [inner for value in one.yields for inner in self.value(value)]
            else:
                found += h.elements(one)
        return h.several(found)

    def added(self, base: Held, binding: n.Binding) -> Held:
        """Return what something is after `+=`, `append` or `extend`."""
        more = self.value(binding.value)
        if binding.how == n.APPENDED:
            return Items([*base.items, more][: h.MAX_ITEMS]) if isinstance(base, Items) else base
        one = more[0] if len(more) == 1 else UNKNOWN
        if binding.how == n.EXTENDED:
            if isinstance(base, Items) and isinstance(one, Items):
                return Items([*base.items, *one.items][: h.MAX_ITEMS])
            return base
        return h.reckoned(base, "+", one)

    def library(self, name: str) -> Alternatives:
        """Return what a full name stands for."""
        module, dot, last = self.same(name).rpartition(".")
        return self.attribute(Named(module), last) if dot else (Named(last),)

    def same(self, name: str) -> str:
        """Return the name under which the tables know something."""
        for start, instead in SAME:
            if name.startswith(start) and name != instead:
                return instead + name[len(start) :]
        return name

    # -- expressions

    def _constant(self, node: ast.Constant) -> Alternatives:
        value = node.value
        if isinstance(value, bytes):
            return (value.decode("utf-8", "surrogateescape"),)
        if isinstance(value, str) or type(value) is int:
            return (value,)
        return (Named(str(value)),) if value is None or value is True or value is False else (UNKNOWN,)

    def _joined(self, node: ast.JoinedStr) -> Alternatives:
        return (h.joined(self.one(piece) for piece in node.values),)

    def _formatted(self, node: ast.FormattedValue) -> Alternatives:
        found = self.value(node.value)
        return found if node.format_spec is None or found == (ENVIRON,) else NOTHING

    def _operation(self, node: ast.BinOp) -> Alternatives:
        left, right = self.value(node.left), self.value(node.right)
        if len(left) * len(right) > h.MAX_ALTERNATIVES:
            return NOTHING
        if isinstance(node.op, ast.Div):
            both = [(a, b) for a in left for b in right if isinstance(a, Place) or isinstance(b, Place)]
            return tuple(Place(h.beneath(h.text(a), h.text(b))) for a, b in both) or NOTHING
        sign = _SIGNS.get(type(node.op), "")
        return tuple(h.reckoned(a, sign, b) for a in left for b in right)

    def _either(self, node: Any) -> Alternatives:
        parts = node.values if isinstance(node, ast.BoolOp) else (node.body, node.orelse)
        return tuple(one for part in parts for one in self.value(part))

    def _minus(self, node: ast.UnaryOp) -> Alternatives:
        value = self.one(node.operand)
        return (-value,) if isinstance(node.op, ast.USub) and isinstance(value, int) else NOTHING

    def _inner(self, node: Any) -> Alternatives:
        return self.value(node.value)

    def _items(self, node: Any) -> Alternatives:
        items: list[Alternatives] = []
        for one in node.elts:
            if isinstance(one, ast.Starred):
                for inner in self.value(one.value):
                    items += inner.items if isinstance(inner, Items) else [h.elements(inner)]
            else:
                items.append(self.value(one))
        return (Items(items[: h.MAX_ITEMS]),)

    def _dictionary(self, node: ast.Dict) -> Alternatives:
        items: dict[str, Alternatives] = {}
        for key, value in zip(node.keys, node.values, strict=True):
            found = self.value(value)
            if ENVIRON in found:
                return (ENVIRON,)
            name = self.one(key) if key is not None else UNKNOWN
            if isinstance(name, (str, int)):
                items[str(name)] = found
        return (Table(items),)

    def _comprehension(self, node: Any) -> Alternatives:
        """Return the elements one by one where the loop is over known ones, else what each of them may be."""
        element = node.value if isinstance(node, ast.DictComp) else node.elt
        over = self.value(node.generators[0].iter)
        target = node.generators[0].target
        if len(node.generators) == 1 and len(over) == 1 and isinstance(target, ast.Name) and len(self.chosen) < 4:
            items = over[0].items if isinstance(over[0], Items) else None
            if isinstance(over[0], str) and len(over[0]) <= h.MAX_ITEMS:
                items = [(char,) for char in over[0]]
            if items is not None and not node.generators[0].ifs:
                before = self.chosen
                done: list[Alternatives] = []
                for item in items:
                    self.chosen = {**before, target.id: item}
                    done.append(self.value(element))
                self.chosen = before
                return (Items(done),)
        found = self.value(element)
        return (ENVIRON,) if ENVIRON in found else (Many(found),)

    def _subscript(self, node: ast.Subscript) -> Alternatives:
        found: list[Held] = []
        index = node.slice
        for base in self.value(node.value):
            if isinstance(index, ast.Slice):
                ends = [self.one(one) if one is not None else None for one in (index.lower, index.upper, index.step)]
                known = all(one is None or isinstance(one, int) for one in ends)
                found.append(h.cut(base, *ends) if known else UNKNOWN)
                continue
            for key in self.value(index):
                found += self.item(base, key)
        return h.several(found)

    def item(self, base: Held, key: Held) -> Alternatives:
        """Return `base[key]`."""
        if isinstance(base, Items):
            if isinstance(key, int):
                return base.items[key] if -len(base.items) <= key < len(base.items) else NOTHING
            return h.elements(base)
        if isinstance(base, Table):
            if isinstance(key, (str, int)):
                return base.items.get(str(key), NOTHING)
            return h.several(one for value in base.items.values() for one in value)
        if isinstance(base, str) and isinstance(key, int):
            return (base[key],) if -len(base) <= key < len(base) else NOTHING
        if isinstance(base, Many):
            return base.element
        if base is ENVIRON:
            return (self.variable(key),)
        if isinstance(base, Named) and isinstance(key, str):
            if base.name in ("globals()", "locals()", "vars()"):
                return self.looked_up(key, self.module, 1 << 60, 1 << 60)
            if base.name == "sys.modules":
                return (Named(self.same(key)),)
            if base.name.endswith("__dict__") or base.name == "__builtins__":
                module = base.name.removesuffix("__dict__").rstrip(".")
                return self.library(f"{module or 'builtins'}.{key}")
        return (FETCHED,) if base is FETCHED else (base,) if isinstance(base, Contents) else NOTHING

    def variable(self, key: Held) -> Held:
        """Return a variable of the environment."""
        if key == "HOME":
            return self.home
        known = self.given.variable(key) if self.given.variable is not None and isinstance(key, str) else None
        return UNKNOWN if known is None else known

    def _attribute(self, node: ast.Attribute) -> Alternatives:
        found: list[Held] = []
        for base in self.value(node.value):
            found += self.attribute(base, node.attr)
        return h.several(found)

    def attribute(self, base: Held, name: str) -> Alternatives:
        """Return `base.name`."""
        if isinstance(base, Named):
            if len(base.name) > _MAX_NAME:
                return NOTHING
            full = self.same(f"{base.name}.{name}")
            if full in ("os.environ", "os.environb"):
                return (ENVIRON,)
            if full.startswith(FETCHES):
                return (FETCHED,)
            if full == "sys.argv" and self.given.argv is not None:
                return (Items([(one,) for one in self.given.argv]),)
            if full in ("os.sep", "os.path.sep", "posixpath.sep"):
                return ("/",)
            if full == "sys.executable":
                return ("python3",)
            own = [one for binding in self.places.attributes.get(name, ()) for one in self.bound(binding)]
            return (Named(full), *own) if own and base.name.endswith("()") else (Named(full),)
        if isinstance(base, Place):
            if name == "parent":
                return (Place(h.parent(base.value)),)
            if name == "name":
                return (h.last_name(base.value),)
            if name in ("stem", "suffix"):
                last = h.last_name(base.value)
                stem, dot, end = last.rpartition(".") if isinstance(last, str) else ("", "", "")
                return (UNKNOWN if not isinstance(last, str) else (stem or last) if name == "stem" else dot + end,)
            if name == "parents":
                return (Many((Place(UNKNOWN),)),)
        if base is FETCHED:
            return (FETCHED,)
        if isinstance(base, n.Function):
            return NOTHING
        found: list[Held] = []
        if base is UNKNOWN or isinstance(base, ast.ClassDef):
            found += [one for binding in self.places.attributes.get(name, ()) for one in self.bound(binding)]
            found += self.places.methods.get(name, ())
        return tuple(found) or (Bound(base, name),)

    # -- calls

    def _call(self, node: ast.Call) -> Alternatives:
        args = [self.value(arg) for arg in node.args if not isinstance(arg, ast.Starred)]
        found: list[Held] = []
        for callee in self.value(node.func):
            found += self.returned(callee, args, {k.arg: self.value(k.value) for k in node.keywords if k.arg})
        return h.several(found)

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
        if name in ("os.getenv", "os.environ.get"):
            return [self.variable(first[0]), *(args[1] if len(args) > 1 else ())]
        if name in ("open", "codecs.open", "gzip.open", "bz2.open", "lzma.open"):
            return [Contents(h.text(one)) for one in first or named.get("file", NOTHING)]
        if name in ("sys.stdin.read", "sys.stdin.readline", "input", "sys.stdin.buffer.read", "sys.stdin.readlines"):
            return [self._stdin(name)]
        if name in ("glob.glob", "glob.iglob"):
            return [Many(tuple(h.globbed(one) if isinstance(one, str) else one for one in first))]
        if name in ("os.listdir", "os.scandir"):
            return [Many((Pattern((STAR,)),))]
        if name == "os.walk":
            root = concat([*parts_of(h.text(first[0])), "/", ANY])
            return [Many((Items([(root,), (Many((Pattern((STAR,)),)),), (Many((Pattern((STAR,)),)),)]),))]
        if name == "shlex.split":
            return [Split(one) if isinstance(one, str) else UNKNOWN for one in first]
        if name == "shlex.join":
            return [h.joined([piece for item in one.items for piece in (*item[:1], " ")]) if isinstance(one, Items)
                    else UNKNOWN for one in first]  # fmt: skip
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
        if name in _SAME_VALUE:
            return list(first) or ([ENVIRON] if any(ENVIRON in one for one in named.values()) else [UNKNOWN])
        if name in ("globals", "locals", "vars"):
            return [Named(f"{name}()")]
        if name.startswith("operator.attrgetter()."):
            return [Named(self.same(f"{one.name}.{name[22:]}")) if isinstance(one, Named) else UNKNOWN for one in first]
        if name == "functools.partial":
            return [Partial(first, args[1:], named)]
        return [Named(f"{name}()")]

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
        if not isinstance(path, str) or "$" not in path:
            return path
        first, *rest = path.split("$")
        done: list[Held] = [first]
        for piece in rest:
            braced = piece.startswith("{")
            name, _, tail = piece[1:].partition("}") if braced else (piece, "", "")
            if not braced:
                size = next((k for k, char in enumerate(piece) if not (char.isalnum() or char == "_")), len(piece))
                name, tail = piece[:size], piece[size:]
            done += [self.variable(name), tail]
        return h.text(h.joined(done))

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
            return (Many((Place(h.beneath(path, Pattern((STAR,)))),)),)
        if name in ("glob", "rglob"):
            made = [h.globbed(("**/" if name == "rglob" else "") + one) for one in args[0] if isinstance(one, str)]
            return (Many(tuple(Place(h.beneath(path, one)) for one in made) or (Place(UNKNOWN),)),)
        if name in ("open", "read_text", "read_bytes"):
            return (Contents(path),)
        return (path,) if name in ("as_posix", "__str__") else (place,) if name == "rename" else NOTHING


class Partial:
    """A function with some of its arguments, as functools.partial makes it."""

    __slots__ = ("args", "function", "named")

    def __init__(self, function: Alternatives, args: list[Alternatives], named: dict[str, Alternatives]) -> None:
        self.function = function
        self.args = args
        self.named = named


def _ending(held: Held, end: str) -> Held:
    """Return what something is of which a condition says how it ends."""
    value = h.text(held)
    if isinstance(value, str) or not isinstance(held, (str, Pattern, Place)) and held is not UNKNOWN:
        return held
    parts = parts_of(value)
    if isinstance(parts[-1], str):
        return held
    done = concat([*parts, end])
    return Place(done) if isinstance(held, Place) else done


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


_EXPRESSIONS: dict[type, Any] = {
    ast.Constant: Evaluator._constant, ast.Name: Evaluator._name, ast.JoinedStr: Evaluator._joined,
    ast.FormattedValue: Evaluator._formatted, ast.BinOp: Evaluator._operation, ast.BoolOp: Evaluator._either,
    ast.IfExp: Evaluator._either, ast.UnaryOp: Evaluator._minus, ast.NamedExpr: Evaluator._inner,
    ast.Await: Evaluator._inner, ast.Starred: Evaluator._inner, ast.List: Evaluator._items, ast.Tuple: Evaluator._items,
    ast.Set: Evaluator._items, ast.Dict: Evaluator._dictionary, ast.ListComp: Evaluator._comprehension,
    ast.SetComp: Evaluator._comprehension, ast.GeneratorExp: Evaluator._comprehension,
    ast.DictComp: Evaluator._comprehension, ast.Subscript: Evaluator._subscript, ast.Attribute: Evaluator._attribute,
    ast.Call: Evaluator._call, ast.Lambda: lambda self, node: (self.places.functions.get(id(node), UNKNOWN),),
}  # fmt: skip
