"""What Python code would do, as far as its syntax tree says: files, processes, connections, the environment.

Nothing runs. Every expression of the code is looked at wherever it stands, in a function that nothing calls or behind a
condition that never holds; its values are followed through imports, assignments, loops, parameters and attributes (see
names, evaluate). What a function of the library does with its arguments is in a table (see python_calls, sinks). What
cannot be told is unknown, and code that makes other code which is not known is opaque.

The answer is a list of findings (see sinks).
"""

from __future__ import annotations

import ast

from agentguard.access.code import held as h
from agentguard.access.code import names as n
from agentguard.access.code import python_calls as calls
from agentguard.access.code import services
from agentguard.access.code.evaluate import Evaluator
from agentguard.access.code.held import ENVIRON, FETCHED, NOTHING, Contents, Items, Many, Named, Place
from agentguard.access.code.library import Bound, Given, Partial
from agentguard.access.code.sinks import TELLING, Args, Found, is_address
from agentguard.access.model import UNKNOWN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentguard.access.code.held import Alternatives, Held
    from agentguard.access.code.sinks import Finding

_MAX_TEXT = 256 * 1024
_MAX_NESTED = 4  # texts of code inside one another
_PASSES = 2  # over the calls, to bind the parameters of functions that are handed to functions
_LIBRARY = frozenset({"print", "logging"})
_QUIET_WITH_ENVIRONMENT = frozenset({
    "len", "isinstance", "type", "bool", "id", "dict", "str", "repr", "list", "sorted", "set", "tuple", "any", "all", "sum",
    "max", "min", "iter", "enumerate", "zip", "filter", "copy.copy", "copy.deepcopy", "frozenset", "hash", "json.dumps",
    "pprint.pformat", "map", "collections.OrderedDict", "callable", "hasattr", "getattr",
})  # fmt: skip
_PUTTING = frozenset({"update", "setdefault", "append", "insert", "extend", "__setitem__"})
_RUNS = frozenset({"argv", "shell", "command"})


def read(text: str, home: str, given: Given | None = None) -> list[Finding]:
    """Return what the code would do for a person with this home. Never raises."""
    if len(text) > _MAX_TEXT:
        return [("opaque", "the code is too long")]
    reader = _Reader(home, given or Given())
    try:
        reader.run(text)
    except RecursionError:
        reader.found.add("opaque", "the code is nested too deeply")
    return reader.found.finish()


class _Reader(Evaluator):
    """Looks at every call of some code and collects what it does."""

    def __init__(self, home: str, given: Given) -> None:
        super().__init__(home, given)
        self.found = Found(home)
        self.trees: list[ast.AST] = []  # kept: names are known by the identity of their nodes
        self.nested = 0
        self.turned = False  # a descriptor was put in the place of another
        self.networked = False
        self.stores: list[Any] = []  # the files of databases that were opened

    def run(self, text: str) -> None:
        """Read some code as a part of this one."""
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError, MemoryError):
            self.found.add("opaque", "the code is no Python that this interpreter understands")
            return
        except RecursionError:
            self.found.add("opaque", "the code is nested too deeply")
            return
        self.trees.append(tree)
        start = len(self.places.queue)
        if not self.places.collect(tree, self.module):
            self.found.add("opaque", "the code is too long")
        queue = self.places.queue[start:]
        for _ in range(_PASSES if self.places.functions else 0):
            for node, _ in queue:
                if isinstance(node, ast.Call):
                    self._binds(node)
            self.memo.clear()
        if h.UNSEEN in text:
            self._guards(tree)
        if ".json" in text:
            self._assigns(tree)
        for node, firm in queue:
            self.look(node, firm=firm)
        if self.steps > 50_000:
            self.found.add("opaque", "the code is too long")

    def _guards(self, tree: ast.Module) -> None:
        """Code of which a part is not known is opaque where that part stands as a statement, or is what is called."""
        for node in ast.walk(tree):
            inner = node.value if isinstance(node, ast.Expr) else node.func if isinstance(node, ast.Call) else None
            while isinstance(inner, ast.Attribute):
                inner = inner.value
            if isinstance(inner, ast.Name) and h.UNSEEN in inner.id:
                self.found.add("opaque", "a part of the code is not known")

    def _assigns(self, tree: ast.Module) -> None:
        """Note what is put into objects: `d["a"] = x`, `d.update(x)`, `d["a"].append(x)`."""
        for node in ast.walk(tree):
            if isinstance(node, (ast.Assign, ast.AugAssign)):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                if any(isinstance(one, (ast.Subscript, ast.Attribute)) for one in targets):
                    self.found.assigned += self.value(node.value)
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _PUTTING:
                for arg in (*node.args, *(keyword.value for keyword in node.keywords)):
                    self.found.assigned += self.value(arg)

    def look(self, node: Any, *, firm: bool) -> None:
        """Take one node."""
        if isinstance(node, ast.Call):
            for callee in self.value(node.func):
                self.call(callee, self._args(node), firm=firm)
        elif isinstance(node, ast.Attribute):
            if node.attr in calls.INNER and isinstance(node.ctx, ast.Load):
                self.found.add("opaque", f"the code reaches into the interpreter ({node.attr})")
        elif not isinstance(node.ctx, ast.Load) and ENVIRON in self.value(node.value):
            self.found.add("variable", h.text(self.one(node.slice)))

    def _args(self, node: ast.Call) -> Args:
        placed: list[Alternatives] = []
        for arg in node.args:
            if isinstance(arg, ast.Starred):
                for one in self.value(arg.value):
                    placed += one.items if isinstance(one, Items) else [h.elements(one)]
                    break
            else:
                placed.append(self.value(arg))
        named: dict[str, Alternatives] = {}
        for keyword in node.keywords:
            value = self.value(keyword.value)
            if keyword.arg is not None:
                named[keyword.arg] = value
            elif isinstance(value[0], h.Table):
                named.update(value[0].items)
        return Args(placed, named)

    # -- parameters

    def _binds(self, node: ast.Call) -> None:
        for callee in self.value(node.func):
            args = self._args(node)
            if isinstance(callee, n.Function):
                self._bind(callee, args)
            elif isinstance(callee, ast.ClassDef):
                for function in self.places.methods.get("__init__", ()):
                    self._bind(function, args, behind=1)
            elif isinstance(callee, Named) and callee.name in calls.APPLIES:
                for function, inner in self._applied(callee.name, args):
                    if isinstance(function, n.Function):
                        self._bind(function, inner)

    def _bind(self, function: n.Function, args: Args, behind: int = 0) -> None:
        """Bind the parameters of a function to the arguments of one call."""
        names = [one.arg for one in (*function.args.posonlyargs, *function.args.args)]
        if names[:1] in (["self"], ["cls"]):
            behind = 1
        defaults = dict(zip(reversed(names), reversed(function.args.defaults), strict=False))
        for one, default in zip(function.args.kwonlyargs, function.args.kw_defaults, strict=False):
            names.append(one.arg)
            if default is not None:
                defaults[one.arg] = default
        for number, name in enumerate(names[behind:]):
            given = args.get(number, name) or args.get(-1, name)
            if not given:
                given = self.value(defaults[name]) if name in defaults else NOTHING
            known = function.scope.bindings.setdefault(name, [])
            if len(known) < h.MAX_ALTERNATIVES * _PASSES:
                known.append(n.Binding(n.GIVEN, given, 0, firm=False))
        if function.args.vararg is not None:
            rest = Items(args.placed[len(function.args.args) - behind :])
            bindings = function.scope.bindings.setdefault(function.args.vararg.arg, [])
            bindings.append(n.Binding(n.GIVEN, (rest,), 0, firm=False))

    def _applied(self, name: str, args: Args) -> list[tuple[Held, Args]]:
        """Return the functions that a function calls, each with what it gets."""
        how = calls.APPLIES[name]
        if how in ("each", "star"):
            over = args.get(1)
            found: list[tuple[Held, Args]] = []
            for function in args.get(0):
                for one in over:
                    items = one.items if isinstance(one, Items) else [h.elements(one)]
                    for item in items[:64]:
                        spread = item[0].items if how == "star" and isinstance(item[0], Items) else [item]
                        found.append((function, Args(spread)))
            return found
        if how == "args":
            function = args.get(-1, "target") or args.get(1 if name.endswith("Timer") else 0, "function")
            inner = args.first(-1, "args") or args.first(2 if name.endswith("Timer") else 1)
            named = args.first(-1, "kwargs")
            placed = inner.items if isinstance(inner, Items) else []
            return [(one, Args(placed, named.items if isinstance(named, h.Table) else {})) for one in function]
        rest = Args(args.placed[1:] if how == "rest" else [], args.named if how == "rest" else {})
        return [(one, rest) for one in args.get(0)]

    # -- calls

    def call(self, callee: Held, args: Args, *, firm: bool = False) -> None:
        """Say what one call does."""
        if isinstance(callee, Partial):
            for function in callee.function:
                self.call(function, Args([*callee.args, *args.placed], {**callee.named, **args.named}), firm=firm)
        elif isinstance(callee, Named):
            self._named(callee.name, args, firm=firm)
        elif isinstance(callee, Bound):
            self._bound(callee, args)
        elif isinstance(callee, n.Function) or callee is FETCHED or callee is UNKNOWN:
            return

    def _named(self, name: str, args: Args, *, firm: bool) -> None:
        if name == "print" and "file" not in args.named:
            gap, end = args.first(-1, "sep"), args.first(-1, "end")
            known = all(one is None or isinstance(one, str) for one in (gap, end))
            self.found.shows(
                args.placed, " " if gap is None else str(gap), "\n" if end is None else str(end), surely=firm and known
            )
        elif name == "sys.stdout.write":
            self.found.shows(args.placed, surely=firm)
        elif name in _SHOW:
            self.found.shown(args.placed)
        if self.found.opens:
            self._prints(name, args)
        spec = calls.CALLS.get(name)
        if spec is not None and spec[0][1] == "enter":
            for one in args.get(0, "path"):
                self.found.enter(one, surely=firm and name == "os.chdir")
        elif spec is not None:
            self.networked = self.networked or any(kind in ("place", "host", "listen") for _, kind in spec)
            if name == "os.kill" and args.first(0) in (-1, 1):
                self.found.command(["kill", "-9", str(args.first(0))])
            if name in _STORES:
                self.stores.append(args.first(0, "database"))
            if self.stores and name.startswith(_OF_STORES):
                for text in args.get(0, "sql"):
                    for store in self.stores if isinstance(text, str) else ():  # whichever it is for
                        self.found.add("sql at", (h.text(store), text))
            elif not (name == "os.kill" and args.first(1) == 0) and not (
                name in _STORES and self.stores[-1] == ":memory:"
            ):
                self._signals(name)
                self.found.perform(spec, args)
            self._fed(spec, args)
        elif name in calls.MAKES_CODE:
            self._code(name, args)
        elif name.startswith(calls.FOREIGN) and name.count("(") + name.count(".") > 1:
            self._foreign(name, args)
        elif name in calls.APPLIES:
            for function, inner in self._applied(name, args):
                if isinstance(function, (Named, Bound)):
                    self.call(function, inner)
        elif name.startswith(("os.exec", "os.spawn", "os.posix_spawn")):
            self._execs(name, args)
        elif name == "__import__":
            for one in args.get(0):
                if not isinstance(one, str):
                    self.found.add("opaque", "the code imports a computed name")
        elif name == "getattr":
            self._looks_up(args)
        elif name == "setattr" or name.startswith("os.dup2"):
            self.turned = self.turned or name == "os.dup2"
        elif name == "http.server.test":
            self.found.add("listen", (h.text(args.first(-1, "bind") or "0.0.0.0"), 8000))  # noqa: S104 - its default
        elif name in ("pickle.load", "pickle.loads"):
            if not any(isinstance(one, (Contents, Named)) for one in args.get(0)):
                self.found.add("opaque", f"the code runs other code ({name})")
        elif name in ("dotenv.load_dotenv", "dotenv.dotenv_values"):
            for one in args.get(0, "dotenv_path") or (".env",):
                self.found.path("read", one)
        elif name in ("fileinput.input", "fileinput.FileInput"):
            for one in args.get(0, "files"):
                self._inputs(one, inplace=bool(args.get(1, "inplace")))
        else:
            self._unlisted(name, args)
        self._shows(name, spec, args)

    def _prints(self, name: str, args: Args) -> None:
        """`print(…, file=f)`; what else gets an open file may put anything into it."""
        file = args.first(-1, "file")
        if name == "json.dump" and isinstance(args.first(1, "fp"), Contents) and len(args.get(0)) == 1:
            given = args.first(0)
            self.found.fill(args.first(1, "fp"), given if isinstance(given, h.Edited) else UNKNOWN)
        elif name != "print":
            if not name.startswith(("re.", "json.load", "ast.", "textwrap.")) and name not in calls.BUILTINS:
                self.found.handed(args)
        elif isinstance(file, Contents):
            gap, end = (args.first(-1, key) for key in ("sep", "end"))
            pieces: list[Alternatives] = []
            for given in args.placed:
                pieces += [(gap if isinstance(gap, str) else " ",), given] if pieces else [given]
            self._puts(file, pieces, end if isinstance(end, str) else "\n")

    def _signals(self, name: str) -> None:
        if name in ("os.kill", "os.killpg", "signal.pthread_kill"):
            self.found.add("trait", ("signals", "the code sends a signal"))

    def _inputs(self, held: Held, *, inplace: bool) -> None:
        for one in held.items if isinstance(held, Items) else [(held,)]:
            for path in one:
                self.found.path("read", path)
                if inplace:
                    self.found.path("write", path)

    def _fed(self, spec: Any, args: Args) -> None:
        """A shell whose input and output are a connection does what comes over it."""
        if any(kind in _RUNS for _, kind in spec) and self.networked:
            stdin = args.first(-1, "stdin")
            if self.turned or (stdin is not None and getattr(stdin, "name", "") not in ("subprocess.DEVNULL", "None")):
                self.found.add("fetched", "a program gets what comes over the network")

    def _code(self, name: str, args: Args) -> None:
        """Code of this text is read like the rest of it, a file is run, everything else is opaque."""
        readable = name in calls.READABLE
        for one in (
            *(args.get(0, "source") or args.get(0, "stmt") or NOTHING),
            *(args.get(1, "setup") if "timeit" in name else ()),
        ):
            if readable and isinstance(one, str) and self.nested < _MAX_NESTED:
                self.nested += 1
                self.run(one.strip() if name == "eval" else one)
                self.nested -= 1
            elif readable and isinstance(one, Contents):
                self.found.run(one.path, "python")
            elif one is FETCHED:
                self.found.add("fetched", f"the code runs what came over the network ({name})")
            elif readable and isinstance(one, Named) and one.name.startswith("ast."):
                continue
            else:
                self.found.add("opaque", f"the code runs other code ({name})")

    def _foreign(self, name: str, args: Args) -> None:
        last = name.rpartition(".")[2]
        if last in ("system", "popen"):
            for one in args.get(0):
                self.found.shell(one)
        elif last not in ("find_library", "string_at", "sizeof", "cdef", "getpid", "getuid", "errno"):
            self.found.add("opaque", "the code calls compiled code")

    def _execs(self, name: str, args: Args) -> None:
        """`os.execvp(file, [name, arg…])`, `os.execl(file, name, arg…)`, `os.spawn…(mode, file, …)`."""
        placed = args.placed[1:] if name.startswith("os.spawn") else args.placed
        if not placed:
            self.found.add("opaque", "the code starts what is not known")
            return
        self._fed([("", "argv")], args)
        listed = placed[1][0] if len(placed) > 1 else None
        for program in placed[0]:
            if isinstance(listed, Items):
                rest = [h.text(item[0]) if len(item) == 1 else UNKNOWN for item in listed.items[1:]]
            elif listed is not None and "l" not in name.rpartition(".")[2].removeprefix("spawn").removeprefix("exec"):
                rest = [UNKNOWN]
            else:
                rest = [h.text(item[0]) if len(item) == 1 else UNKNOWN for item in placed[2:]]
            self.found.command([h.text(program), *rest])

    def _looks_up(self, args: Args) -> None:
        for base in args.get(0):
            if isinstance(base, Named) and any(not isinstance(one, str) for one in args.get(1)):
                self.found.add("opaque", "the code looks up a computed name in a module")

    def _bound(self, bound: Bound, args: Args) -> None:
        of, name = bound.of, bound.attribute
        if isinstance(of, Place):
            self._placed(of, name, args)
            return
        if of is ENVIRON:
            if name in ("__setitem__", "setdefault", "pop", "update") and args.placed:
                self.found.add("variable", h.text(args.first(0)))
            return
        if isinstance(of, (str, Items, h.Table)):
            for given in args.placed:
                if ENVIRON in given and isinstance(of, Items):
                    self.found.add("environment")
            return
        if isinstance(of, Contents) and name in ("write", "writelines"):
            self._puts(of, args.placed[:1])
            if any(ENVIRON in given for given in args.placed):
                self.found.add("environment")
            return
        if (of is UNKNOWN or isinstance(of, Bound)) and services.of(self.found, "?." + name, args):
            return
        if of is not UNKNOWN:
            return
        if name in calls.METHODS and args.placed:
            if name in ("read_text", "read_bytes"):
                return
            if calls.METHODS[name][0][1] == "sql" or isinstance(args.first(0), Items):
                self.found.perform(calls.METHODS[name], args)
        elif name in calls.OF_PATH and name.startswith(("read_", "write_")):
            self._placed(Place(UNKNOWN), name, args)
        self._by_address("?." + name, args)
        if any(ENVIRON in given for given in (*args.placed, *args.named.values())) and "env" not in args.named:
            self.found.add("environment")

    def _puts(self, file: Contents, pieces: list[Alternatives], end: str = "") -> None:
        """Text is written to an open file."""
        done: list[Held] = []
        for given in pieces:
            one = given[0] if len(given) == 1 else UNKNOWN
            if isinstance(one, Items):
                done += [item[0] if len(item) == 1 else UNKNOWN for item in one.items]
            else:
                done.append(one)
        whole = done[0] if len(done) == 1 and not end else h.joined([*done, end])
        self.found.fill(file, whole, appends=not isinstance(whole, (h.Edited, Contents)))

    def _placed(self, place: Place, name: str, args: Args) -> None:
        kind = calls.OF_PATH.get(name)
        if name == "open":
            self.found.opened(place, args.get(0, "mode"))
        elif kind == "look":
            for value in self.found.places(place):
                self.found.add("look", value)
        elif kind is not None:
            self.found.perform([("path", kind)], Args([(place,)]))
            if name in ("rename", "replace", "copy", "move"):
                for one in args.get(0, "target"):
                    self.found.path("write", one)
                    self.found.fill(one, Contents(place.value))
            if name in ("hardlink_to", "link_to"):
                self.found.perform([("target", "edit")], args)
            if name in ("write_text", "write_bytes"):
                given = args.get(0, "data")
                self.found.fill(place, given[0] if len(given) == 1 else UNKNOWN)
            if name in ("write_text", "write_bytes") and any(ENVIRON in given for given in args.placed):
                self.found.add("environment")

    def _unlisted(self, name: str, args: Args) -> None:
        """A function that no table has: what its name and its arguments say by themselves."""
        last = name.rpartition(".")[2]
        if "." in name and name.partition(".")[0] not in _stdlib() and services.of(self.found, name, args):
            return
        if last in ("execute", "executescript", "executemany") and args.placed:
            self.found.perform(calls.METHODS["execute"], args)
        elif last in ("run", "run_server", "serve") and ("host" in args.named or "port" in args.named):
            host = args.first(-1, "host")
            self.found.add("listen", (h.text("127.0.0.1" if host is None else host), None))
        elif not self._by_address(name, args):
            self._guesses(name, args)

    def _by_address(self, name: str, args: Args) -> bool:
        """A method that gets a URL talks to it, whatever it belongs to."""
        last = name.rpartition(".")[2]
        if last not in ("get", "post", "put", "patch", "delete", "head", "request", "urlopen", "urlretrieve", "download",
                        "stream", "open", "navigate", "goto", "connect", "fetch", "send"):  # fmt: skip
            return False
        found = False
        for given in args.placed[:2]:
            for one in given:
                if is_address(h.text(one)):
                    found = True
                    sends: bool | str = last in ("post", "put", "patch", "send") or any(
                        key in args.named for key in ("data", "json")
                    )
                    tells = any(h.gives(other) for key in TELLING for other in args.named.get(key, ()))
                    sends = "DELETE" if last == "delete" else sends or ("GET" if tells else False)
                    self.found.add("connect", (h.text(one), None, sends))
        return found

    def _guesses(self, name: str, args: Args) -> None:
        """A function of a package that is not known may read the files that it is told of."""
        root = name.partition(".")[0]
        if "." not in name or root in calls.BUILTINS or root in _stdlib():
            return
        for given in (*args.placed[:3], *args.named.values()):
            for one in given:
                if isinstance(one, Place) or (isinstance(one, str) and _is_file(one)):
                    self.found.add("guess", h.text(one))

    def _shows(self, name: str, spec: Any, args: Args) -> None:
        """All of the environment goes somewhere: shown, sent or put into a file."""
        if name in _QUIET_WITH_ENVIRONMENT or name.startswith(("os.exec", "os.spawn", "os.posix_spawn", "os.environ")):
            return
        if spec is not None and any(kind in _RUNS for _, kind in spec):
            return
        named = (given for key, given in args.named.items() if key != "env")
        if any(ENVIRON in given or _holds(given) for given in (*args.placed, *named)):
            self.found.discloses = self.found.discloses or name in _SHOW
            self.found.add("environment")


# Databases in files, and what runs their statements.
_STORES = ("sqlite3.connect", "duckdb.connect")
_OF_STORES = ("sqlite3.connect()", "duckdb.connect()")
_SHOW = frozenset({
    "print", "pprint.pprint", "pprint.pp", "sys.stderr.write", "logging.debug", "logging.info", "logging.warning",
    "logging.error", "rich.print", "sys.exit", "typer.echo", "click.echo",
})  # fmt: skip


def _holds(given: Alternatives) -> bool:
    """Return whether a sequence holds all of the environment."""
    for one in given:
        if isinstance(one, Many) and any(
            inner is ENVIRON or (isinstance(inner, Items) and any(ENVIRON in item for item in inner.items))
            for inner in one.element
        ):
            return True
        if isinstance(one, Items) and any(ENVIRON in item for item in one.items):
            return True
    return False


def _stdlib() -> frozenset[str]:
    import sys  # noqa: PLC0415 - a list of names and nothing to load

    return sys.stdlib_module_names


def _is_file(text: str) -> bool:
    """Return whether a text names a file: it has an extension or lies in a hidden folder, and is no route of a server."""
    if "\n" in text or " " in text or "://" in text or len(text) > 500 or "{" in text:
        return False
    name = text.rpartition("/")[2]
    head, dot, tail = name.rpartition(".")
    return (bool(dot) and (not head or tail.isalnum()) and not tail.isdigit()) or text.startswith(("~/", "./", "../"))
