"""Which names of Python code are bound to what, and where: a look at its syntax tree before anything is evaluated.

A name may be bound many times. What a use of it sees are the bindings before it, back to one that surely happened;
inside a loop also those later in the loop; and every binding of an enclosing scope. Whether a branch is taken is never
asked, so that code in a function, a branch or a `try` means at least what it means outside.
"""

from __future__ import annotations

import ast

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MAX_NODES = 20_000
# How a binding gets its value: of an expression; an element of it; one part of it, taken apart; what `with` gives; text
# or an element put behind what was there; by a full name; a function; alternatives worked out elsewhere; not known.
VALUE, ELEMENT, PART, PART_OF_ELEMENT, ENTER, ADDED, APPENDED, EXTENDED, NAMED, FUNCTION, GIVEN, UNSEEN = range(12)
_LISTS = {"append": APPENDED, "add": APPENDED, "extend": EXTENDED, "insert": APPENDED, "update": EXTENDED}


class Binding:
    """One way in which a name gets a value. `firm` says that nothing decides whether it happens."""

    __slots__ = ("firm", "how", "order", "value")

    def __init__(self, how: int, value: Any, order: int, *, firm: bool) -> None:
        self.how = how
        self.value = value
        self.order = order
        self.firm = firm


class Scope:
    """A module, a function, a class or a comprehension."""

    __slots__ = ("bindings", "parent", "stars")

    def __init__(self, parent: Scope | None) -> None:
        self.parent = parent
        self.bindings: dict[str, list[Binding]] = {}
        self.stars: list[str] = []  # modules of which everything was imported


class Function:
    """A function of the code: its parameters are bound where it is called."""

    __slots__ = ("args", "node", "returns", "scope", "yields")

    def __init__(self, node: Any, scope: Scope) -> None:
        self.node = node
        self.args: ast.arguments = node.args
        self.scope = scope
        self.returns: list[ast.expr] = [node.body] if isinstance(node, ast.Lambda) else []
        self.yields: list[ast.expr] = []


class Places:
    """What the first look at a tree finds: the place of every name, the nodes to look at, functions and attributes."""

    def __init__(self) -> None:
        self.count = 0
        self.at: dict[int, tuple[Scope, int, int]] = {}  # of a use: scope, order, the end of its outermost loop
        self.functions: dict[int, Function] = {}
        self.attributes: dict[str, list[Binding]] = {}  # `self.NAME = …` and names in classes, whatever the object
        self.methods: dict[str, list[Function]] = {}
        self.classes: dict[int, ast.ClassDef] = {}
        self.filters: dict[int, tuple[str, ...]] = {}  # uses of a name that a condition says ends like this
        self.queue: list[tuple[ast.AST, bool]] = []  # in the order of the source; whether it surely runs in the module
        self.ends: dict[int, int] = {}  # of an outermost loop: the order of its end

    def collect(self, tree: ast.AST, scope: Scope) -> bool:
        """Take a tree into account. Returns whether all of it was looked at."""
        _Walk(self).run(tree, scope)
        return self.count <= MAX_NODES


class _Walk:
    """Walks a tree in the order of the source, without recursion."""

    def __init__(self, places: Places) -> None:
        self.places = places
        self.function: Function | None = None

    def run(self, tree: ast.AST, scope: Scope) -> None:
        # (node, scope, function, firm, loop, whether this is the second visit, in a class)
        todo: list[tuple[Any, ...]] = [(tree, scope, None, True, None, False, False)]
        places = self.places
        while todo and places.count <= MAX_NODES:
            node, scope, function, firm, loop, leaving, in_class = todo.pop()
            places.count += 1
            if leaving:
                self.leave(node, scope, function, firm, loop, in_class)
                continue
            todo.append((node, scope, function, firm, loop, True, in_class))
            todo.extend(reversed(self.children(node, scope, function, firm, loop, in_class)))

    def children(
        self, node: Any, scope: Scope, function: Function | None, firm: bool, loop: Any, in_class: bool
    ) -> list[tuple[Any, ...]]:
        """Return what stands in a node, in the order in which it runs, with the scope that it stands in."""
        places = self.places
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            inner = Scope(scope)
            made = Function(node, inner)
            places.functions[id(node)] = made
            outside = [*node.args.defaults, *(one for one in node.args.kw_defaults if one)]
            body = [node.body] if isinstance(node, ast.Lambda) else node.body
            if not isinstance(node, ast.Lambda):
                outside += node.decorator_list
                self.bind(scope, node.name, Binding(FUNCTION, made, places.count, firm=firm))
                if in_class:
                    places.methods.setdefault(node.name, []).append(made)
            return [
                *((one, scope, function, firm, loop, False, False) for one in outside),
                *((one, inner, made, True, None, False, False) for one in body),
            ]
        if isinstance(node, ast.ClassDef):
            inner = Scope(scope)
            places.classes[id(node)] = node
            self.bind(scope, node.name, Binding(VALUE, node, places.count, firm=firm))
            return [
                *((one, scope, function, firm, loop, False, False) for one in (*node.bases, *node.decorator_list)),
                *((one, inner, function, True, loop, False, True) for one in node.body),
            ]
        if isinstance(node, (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)):
            inner = Scope(scope)
            parts: list[tuple[Any, ...]] = []
            for number, one in enumerate(node.generators):
                parts.append((one.iter, inner if number else scope, function, False, loop, False, False))
                parts.append((_Target(one), inner, function, True, loop, False, False))
                self.filtered(one.ifs, node)
                parts += [(test, inner, function, False, loop, False, False) for test in one.ifs]
            last = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
            return [*parts, *((one, inner, function, False, loop, False, False) for one in last)]
        if isinstance(node, _Target):
            return []
        if isinstance(node, ast.Assign):
            return [(one, scope, function, firm, loop, False, False) for one in (node.value, *node.targets)]
        if isinstance(node, (ast.AugAssign, ast.AnnAssign, ast.NamedExpr)):
            both = (node.value, node.target) if node.value is not None else (node.target,)
            return [(one, scope, function, firm, loop, False, False) for one in both]
        if isinstance(node, (ast.For, ast.AsyncFor)):
            within = loop or node
            target = _Target(node)
            self.skipped(node.body)
            return [
                (node.iter, scope, function, firm, loop, False, False),
                (target, scope, function, firm, loop, False, False),
                *((one, scope, function, False, within, False, False) for one in (*node.body, *node.orelse)),
            ]
        if isinstance(node, ast.While):
            self.skipped(node.body)
            return [(one, scope, function, False, loop or node, False, False) for one in ast.iter_child_nodes(node)]
        if isinstance(node, ast.If):
            self.filtered([node.test], *node.body)
            return [(one, scope, function, False, loop, False, in_class) for one in ast.iter_child_nodes(node)]
        if isinstance(node, ast.IfExp):
            self.filtered([node.test], node.body)
        if isinstance(node, (ast.Try, ast.TryStar, ast.ExceptHandler, ast.match_case)):
            return [(one, scope, function, False, loop, False, in_class) for one in ast.iter_child_nodes(node)]
        return [(one, scope, function, firm, loop, False, in_class) for one in ast.iter_child_nodes(node)]

    def leave(self, node: Any, scope: Scope, function: Function | None, firm: bool, loop: Any, in_class: bool) -> None:
        """Note what a node means, once everything in it has been seen."""
        places = self.places
        order = places.count
        if isinstance(node, (ast.For, ast.AsyncFor, ast.While)):
            places.ends[id(node)] = order
        if isinstance(node, (ast.Name, ast.Call, ast.Subscript, ast.Attribute)):
            places.at[id(node)] = (scope, order, id(loop) if loop is not None else 0)
        if isinstance(node, (ast.Call, ast.Subscript, ast.Attribute)):
            places.queue.append((node, firm and function is None))
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                self.target(scope, target, VALUE, node.value, firm, in_class)
        elif isinstance(node, (ast.AnnAssign, ast.NamedExpr)):
            if node.value is not None:
                self.target(scope, node.target, VALUE, node.value, firm, in_class)
        elif isinstance(node, ast.AugAssign):
            how = ADDED if isinstance(node.op, ast.Add) and loop is None else UNSEEN
            self.target(scope, node.target, how, node.value, False, in_class)
        elif isinstance(node, _Target):
            self.target(scope, node.target, ELEMENT, node.iter, firm, in_class)
        elif isinstance(node, ast.withitem) and node.optional_vars is not None:
            self.target(scope, node.optional_vars, ENTER, node.context_expr, firm, in_class)
        elif isinstance(node, ast.Import):
            for alias in node.names:
                name = alias.asname or alias.name.partition(".")[0]
                full = alias.name if alias.asname else name
                self.bind(scope, name, Binding(NAMED, full, order, firm=firm))
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                if alias.name == "*":
                    scope.stars.append(str(node.module))
                else:
                    full = f"{node.module}.{alias.name}"
                    self.bind(scope, alias.asname or alias.name, Binding(NAMED, full, order, firm=firm))
        elif isinstance(node, ast.Return):
            if function is not None and node.value is not None:
                function.returns.append(node.value)
        elif isinstance(node, (ast.Yield, ast.YieldFrom)):
            if function is not None and node.value is not None:
                function.yields.append(node.value)
        elif isinstance(node, (ast.Global, ast.Nonlocal)):
            top = scope
            while top.parent is not None:
                top = top.parent
            for name in node.names:  # one list of bindings for both
                scope.bindings[name] = top.bindings.setdefault(name, [])
        elif isinstance(node, (ast.MatchAs, ast.MatchStar)) and node.name:
            self.bind(scope, node.name, Binding(UNSEEN, None, order, firm=False))
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in _LISTS
            and node.args
        ):
            if isinstance(node.func.value, ast.Name):
                how = _LISTS[node.func.attr]
                self.bind(scope, node.func.value.id, Binding(how, node.args[-1], order, firm=False))

    def target(self, scope: Scope, target: Any, how: int, value: Any, firm: bool, in_class: bool) -> None:
        """Bind whatever stands on the left of an assignment."""
        order = self.places.count
        if isinstance(target, ast.Name):
            self.bind(scope, target.id, Binding(how, value, order, firm=firm))
            if in_class:
                self.places.attributes.setdefault(target.id, []).append(Binding(how, value, order, firm=False))
        elif isinstance(target, ast.Attribute):
            self.places.attributes.setdefault(target.attr, []).append(Binding(how, value, order, firm=False))
        elif isinstance(target, ast.Starred):
            self.target(scope, target.value, UNSEEN, None, firm, in_class)
        elif isinstance(target, (ast.Tuple, ast.List)):
            parts = {VALUE: PART, ENTER: PART, ELEMENT: PART_OF_ELEMENT}.get(how, UNSEEN)
            for number, one in enumerate(target.elts):
                if isinstance(one, (ast.Tuple, ast.List)) and parts != UNSEEN:
                    self.target(scope, one, PART, _Part(value, number, parts), firm, in_class)
                else:
                    self.target(scope, one, parts, _Part(value, number, parts), firm, in_class)

    def bind(self, scope: Scope, name: str, binding: Binding) -> None:
        """Add a binding of a name."""
        scope.bindings.setdefault(name, []).append(binding)

    def filtered(self, tests: list[ast.expr], *bodies: ast.AST) -> None:
        """Note that a name ends in one of some texts wherever it stands beneath these nodes."""
        for test in tests:
            for name, suffixes in _endings(test):
                for body in bodies:
                    for inner in ast.walk(body):
                        if isinstance(inner, ast.Name) and inner.id == name:
                            self.places.filters[id(inner)] = suffixes

    def skipped(self, body: list[ast.stmt]) -> None:
        """Note what `if not name.endswith(…): continue` says of the rest of a loop."""
        for number, one in enumerate(body):
            if isinstance(one, ast.If) and isinstance(one.test, ast.UnaryOp) and isinstance(one.test.op, ast.Not):
                if len(one.body) == 1 and isinstance(one.body[0], ast.Continue):
                    self.filtered([one.test.operand], *body[number + 1 :])


class _Part:
    """One element of what a tuple of targets is assigned. `how` is PART or PART_OF_ELEMENT."""

    __slots__ = ("how", "number", "value")

    def __init__(self, value: Any, number: int, how: int) -> None:
        self.value = value
        self.number = number
        self.how = how


class _Target(ast.AST):
    """The target of a loop, bound once what it loops over has been seen."""

    def __init__(self, loop: Any) -> None:
        self.target = loop.target
        self.iter = loop.iter


Part = _Part


def _endings(test: ast.expr) -> list[tuple[str, tuple[str, ...]]]:
    """Return names with the endings that a condition asks of them: `.endswith(…)`, `.suffix == …`."""
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
        return [found for one in test.values for found in _endings(one)]
    if isinstance(test, ast.Call) and isinstance(test.func, ast.Attribute) and test.func.attr == "endswith":
        base, argument = test.func.value, test.args[0] if test.args else None
        while isinstance(base, (ast.Attribute, ast.Call)):  # `p.name.endswith`, `f.lower().endswith`
            base = base.value if isinstance(base, ast.Attribute) else base.func
        if isinstance(base, ast.Name) and (texts := _texts(argument)):
            return [(base.id, texts)]
    if isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.left, ast.Attribute):
        if test.left.attr in ("suffix", "name") and isinstance(test.left.value, ast.Name):
            if isinstance(test.ops[0], (ast.Eq, ast.In)) and (texts := _texts(test.comparators[0])):
                return [(test.left.value.id, texts)]
    return []


def _texts(node: ast.expr | None) -> tuple[str, ...]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return (node.value,)
    if isinstance(node, (ast.Tuple, ast.List, ast.Set)) and len(node.elts) <= 8:
        texts = tuple(one.value for one in node.elts if isinstance(one, ast.Constant) and isinstance(one.value, str))
        return texts if len(texts) == len(node.elts) else ()
    return ()
