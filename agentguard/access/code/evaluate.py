"""What the expressions of Python code may be worth: alternatives, worked out on demand and never by running them."""

from __future__ import annotations

import ast

from agentguard.access.code import held as h
from agentguard.access.code import names as n
from agentguard.access.code.held import ENVIRON, FETCHED, NOTHING, Contents, Items, Many, Named, Place, Table
from agentguard.access.code.library import Bound, Given, Library, Partial
from agentguard.access.code.python_calls import BUILTINS, FETCHES, SAME
from agentguard.access.model import UNKNOWN, Pattern
from agentguard.access.shell.values import concat, parts_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentguard.access.code.held import Alternatives, Held

_MAX_STEPS = 50_000
_MAX_DEPTH = 60
_MAX_NAME = 200  # characters of a name with its dots
_SIGNS = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.FloorDiv: "//", ast.Mod: "%", ast.BitXor: "^", ast.BitOr: "|",
    ast.BitAnd: "&", ast.LShift: "<<", ast.RShift: ">>", ast.Pow: "**",
}  # fmt: skip


class Evaluator(Library):
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
        work = _EXPRESSIONS.get(type(node))
        found = NOTHING if work is None else h.several(getattr(self, work)(node))
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
        if name == "__file__" and self.given.file is not None:
            return (self.given.file,)
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
        if isinstance(value, str):
            return (h.literal(value),)
        if type(value) is int:
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
        if isinstance(base, Named) and base.name.startswith("plumbum."):  # `rm["-rf", "x"]()`
            return (Partial((base,), key.items if isinstance(key, Items) else [(key,)], {}),)
        if isinstance(base, Named) and isinstance(key, str):
            if base.name in ("globals()", "locals()", "vars()"):
                return self.looked_up(key, self.module, 1 << 60, 1 << 60)
            if base.name == "sys.modules":
                return (Named(self.same(key)),)
            if base.name.endswith("__dict__") or base.name == "__builtins__":
                module = base.name.removesuffix("__dict__").rstrip(".")
                return self.library(f"{module or 'builtins'}.{key}")
        if isinstance(base, Named) and base.name.endswith(".config") and isinstance(key, str):  # of Flask
            return (h.variable(key),)
        if isinstance(base, Named) and base.name == "django.conf.settings.DATABASES" and isinstance(key, str):
            return (h.variable(key),) if key.isupper() else (base,)
        if isinstance(base, Named) and "(" in base.name:  # `MongoClient()["name"]` is as good as `.name`
            return self.attribute(base, key if isinstance(key, str) and key.isidentifier() else "item")
        return (FETCHED,) if base is FETCHED else (base,) if isinstance(base, Contents) else NOTHING

    def variable(self, key: Held) -> Held:
        """Return a variable of the environment."""
        if key == "HOME":
            return self.home
        known = self.given.variable(key) if self.given.variable is not None and isinstance(key, str) else None
        return h.variable(key) if known is None else known

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
            if full.startswith("django.conf.settings.") and name != "DATABASES":
                return (h.variable(name),)
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
        if isinstance(base, Contents) and name == "name":
            return (base.path,)
        if base is FETCHED:
            return (FETCHED,)
        if isinstance(base, n.Function):
            return NOTHING
        found: list[Held] = []
        if base is UNKNOWN or isinstance(base, ast.ClassDef):
            found += [one for binding in self.places.attributes.get(name, ()) for one in self.bound(binding)]
            found += self.places.methods.get(name, ())
        return tuple(found) or (Bound(base, name),)

    def _lambda(self, node: ast.Lambda) -> Alternatives:
        return (self.places.functions.get(id(node), UNKNOWN),)

    # -- calls

    def _call(self, node: ast.Call) -> Alternatives:
        args = [self.value(arg) for arg in node.args if not isinstance(arg, ast.Starred)]
        found: list[Held] = []
        for callee in self.value(node.func):
            found += self.returned(callee, args, {k.arg: self.value(k.value) for k in node.keywords if k.arg})
        return h.several(found)


def _ending(held: Held, end: str) -> Held:
    """Return what something is of which a condition says how it ends."""
    value = h.text(held)
    if isinstance(value, str) or (not isinstance(held, (str, Pattern, Place)) and held is not UNKNOWN):
        return held
    parts = parts_of(value)
    if isinstance(parts[-1], str):
        return held
    done = concat([*parts, end])
    return Place(done) if isinstance(held, Place) else done


_EXPRESSIONS: dict[type, Any] = {
    ast.Constant: "_constant", ast.Name: "_name", ast.JoinedStr: "_joined",
    ast.FormattedValue: "_formatted", ast.BinOp: "_operation", ast.BoolOp: "_either",
    ast.IfExp: "_either", ast.UnaryOp: "_minus", ast.NamedExpr: "_inner",
    ast.Await: "_inner", ast.Starred: "_inner", ast.List: "_items", ast.Tuple: "_items",
    ast.Set: "_items", ast.Dict: "_dictionary", ast.ListComp: "_comprehension",
    ast.SetComp: "_comprehension", ast.GeneratorExp: "_comprehension",
    ast.DictComp: "_comprehension", ast.Subscript: "_subscript", ast.Attribute: "_attribute",
    ast.Call: "_call", ast.Lambda: "_lambda",
}  # fmt: skip
