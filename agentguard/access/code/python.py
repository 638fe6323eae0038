"""What Python code would do, as far as its syntax tree says: files, processes, connections, the environment.

Nothing runs. Names are followed through imports and through plain assignments of text; a value is exact, partly known
(an f-string) or unknown, like any word of a shell. What cannot be told is unknown, and code that makes other code
(`eval`, `exec`, `__import__` of computed names, `getattr` with a computed name on a module) is opaque.

The answer is a list of findings, in order:

    ("path", (value, action, extent))       ("shell", value)            ("command", [value, …])
    ("connect", (address, port, sends))     ("listen", host)            ("variable", value)
    ("environment", None)                   ("opaque", why)
"""

from __future__ import annotations

import ast

from agentguard.access.model import ANY, DELETE, EXACT, READ, TREE, UNKNOWN, WRITE
from agentguard.access.shell.values import concat, parts_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentguard.access.model import Value

    Finding = tuple[str, Any]

_MAX_NODES = 20_000
_MAX_TEXT = 256 * 1024

# Functions by their full name: what each of the first arguments is. "tree" reads or deletes all beneath.
_CALLS: dict[str, tuple[str, ...]] = {
    "os.remove": ("delete",), "os.unlink": ("delete",), "os.rmdir": ("delete",), "os.removedirs": ("delete",),
    "shutil.rmtree": ("delete-tree",), "os.rename": ("move", "write"), "os.replace": ("move", "write"),
    "os.renames": ("move", "write"), "shutil.move": ("move", "write"), "shutil.copy": ("read", "write"),
    "shutil.copy2": ("read", "write"), "shutil.copyfile": ("read", "write"), "shutil.copytree": ("read-tree", "write"),
    "shutil.copymode": ("", "write"), "os.link": ("read", "write"), "os.symlink": ("read", "write"),
    "os.mkdir": ("write",), "os.makedirs": ("write",), "os.chmod": ("write",), "os.chown": ("write",),
    "os.truncate": ("write",), "os.utime": ("write",), "os.mkfifo": ("write",), "os.listdir": ("read",),
    "os.scandir": ("read",), "os.walk": ("read",), "os.stat": (), "os.readlink": ("read",), "os.chdir": ("",),
    "linecache.getlines": ("read",), "linecache.getline": ("read",), "fileinput.input": ("read",),
    "shutil.make_archive": ("write", "", "read-tree"), "shutil.unpack_archive": ("read", "write"),
    "shutil.chown": ("write",), "runpy.run_path": ("read",), "sqlite3.connect": ("edit",), "dbm.open": ("edit",),
    "shelve.open": ("edit",), "zipfile.ZipFile": ("edit",), "tarfile.open": ("edit",), "numpy.load": ("read",),
    "pandas.read_csv": ("read",), "pandas.read_json": ("read",), "pandas.read_excel": ("read",), "json.load": (),
    "numpy.loadtxt": ("read",), "ctypes.CDLL": ("read",), "mmap.mmap": (), "tempfile.mkdtemp": (),
}  # fmt: skip
_OPENS = frozenset({"open", "io.open", "codecs.open", "gzip.open", "bz2.open", "lzma.open", "io.FileIO", "os.open"})
_SHELLS = frozenset({
    "os.system", "os.popen", "subprocess.getoutput", "subprocess.getstatusoutput", "asyncio.create_subprocess_shell",
    "commands.getoutput", "pty.spawn_shell",
})  # fmt: skip
_RUNS = frozenset({
    "subprocess.run", "subprocess.call", "subprocess.check_call", "subprocess.check_output", "subprocess.Popen", "pty.spawn",
})  # fmt: skip
_EXECS = ("os.exec", "os.spawn", "os.posix_spawn", "asyncio.create_subprocess_exec")
_MAKES_CODE = frozenset({
    "eval", "exec", "compile", "execfile", "code.interact", "runpy.run_module", "pickle.loads", "pickle.load", "marshal.loads",
    "types.FunctionType", "types.CodeType", "importlib.reload", "ctypes.pythonapi", "dill.loads",
})  # fmt: skip
_FETCHES = {  # the address is the first argument; whether a body goes out
    "urllib.request.urlopen": False, "urllib.request.urlretrieve": False, "urllib.request.Request": False,
    "urllib.urlopen": False, "urllib2.urlopen": False, "requests.get": False, "requests.head": False,
    "requests.options": False, "requests.post": True, "requests.put": True, "requests.patch": True,
    "requests.delete": False, "httpx.get": False, "httpx.head": False, "httpx.post": True, "httpx.put": True,
    "httpx.patch": True, "httpx.delete": False, "httpx.stream": False, "aiohttp.request": False,
    "webbrowser.open": False, "websocket.create_connection": True, "websockets.connect": True,
    "xmlrpc.client.ServerProxy": True,
}  # fmt: skip
_SECOND = frozenset(
    {"requests.request", "httpx.request", "httpx.stream", "aiohttp.request"}
)  # the address comes second
_HOSTS = frozenset({
    "http.client.HTTPConnection", "http.client.HTTPSConnection", "ftplib.FTP", "ftplib.FTP_TLS", "smtplib.SMTP",
    "smtplib.SMTP_SSL", "telnetlib.Telnet", "poplib.POP3", "imaplib.IMAP4", "imaplib.IMAP4_SSL", "paramiko.Transport",
    "socket.gethostbyname", "socket.getaddrinfo", "asyncio.open_connection",
})  # fmt: skip
_ENVIRONMENT = frozenset({"os.environ", "os.environb"})
_PATHS = frozenset({"pathlib.Path", "pathlib.PosixPath", "pathlib.PurePath", "Path"})
_METHODS: dict[str, str] = {  # of a path
    "read_text": "read", "read_bytes": "read", "write_text": "write", "write_bytes": "write", "unlink": "delete",
    "rmdir": "delete", "mkdir": "write", "touch": "write", "chmod": "write", "iterdir": "read", "glob": "read",
    "rglob": "read-tree", "symlink_to": "write", "hardlink_to": "write", "rename": "move", "replace": "move",
}  # fmt: skip
_MODULES = frozenset({"os", "subprocess", "builtins", "shutil", "socket", "sys", "__builtins__", "importlib"})


class _Place:
    """A pathlib path in the code: what is known of its text."""

    __slots__ = ("value",)

    def __init__(self, value: Value) -> None:
        self.value = value


def read(text: str, home: str) -> list[Finding]:
    """Return what the code would do for a person with this home. Never raises."""
    if len(text) > _MAX_TEXT:
        return [("opaque", "the code is too long")]
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return [("opaque", "the code is no Python that this interpreter understands")]
    reader = _Reader(home)
    try:
        for number, node in enumerate(_nodes(tree)):
            if number > _MAX_NODES:
                reader.found.append(("opaque", "the code is too long"))
                break
            reader.look(node)
    except RecursionError:
        reader.found.append(("opaque", "the code is nested too deeply"))
    return reader.found


def _nodes(tree: ast.AST) -> list[ast.AST]:
    """Return all nodes, in the order of the source."""
    done: list[ast.AST] = []
    todo: list[ast.AST] = [tree]
    while todo and len(done) <= _MAX_NODES + 1:
        node = todo.pop()
        done.append(node)
        todo.extend(reversed(list(ast.iter_child_nodes(node))))
    return done


def _plain(held: Value | _Place) -> Value:
    return held.value if isinstance(held, _Place) else held


def _beneath(folder: Value, name: Value) -> Value:
    """Return a path joined as os.path.join does it."""
    if isinstance(name, str) and name[:1] == "/":
        return name
    first, *others = parts_of(folder)
    if folder == "" or (isinstance(folder, str) and folder[-1:] == "/"):
        return concat([*parts_of(folder), *parts_of(name)])
    return concat([first, *others, "/", *parts_of(name)])


def _decoded(text: str, *, hexadecimal: bool) -> Value:
    """Return what `base64.b64decode` or `bytes.fromhex` makes of a text."""
    import binascii  # noqa: PLC0415 - rare

    try:
        data = binascii.unhexlify("".join(text.split())) if hexadecimal else binascii.a2b_base64(text.encode())
    except ValueError:
        return UNKNOWN
    return data.decode("utf-8", "surrogateescape")


def _home(value: Value, home: str) -> Value:
    """Return a path with its leading `~` filled in."""
    first, *others = parts_of(value)
    if isinstance(first, str) and first[:1] == "~" and first[1:2] in ("", "/"):
        return concat([home + first[1:], *others])
    return value


class _Reader:
    """Collects findings; `names` maps a local name to the full name it was imported as, `values` to its value."""

    def __init__(self, home: str) -> None:
        self.home = home
        self.found: list[Finding] = []
        self.names: dict[str, str] = {}
        self.values: dict[str, Value | _Place] = {}
        self.single: set[int] = set()  # mentions of os.environ that stand for one name of it

    def look(self, node: ast.AST) -> None:
        """Take one node."""
        if isinstance(node, ast.Import):
            for alias in node.names:
                self.names[alias.asname or alias.name.partition(".")[0]] = (
                    alias.name if alias.asname else alias.name.partition(".")[0]
                )
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                self.names[alias.asname or alias.name] = f"{node.module}.{alias.name}"
                if alias.name == "*":
                    for name in ("system", "popen", "environ", "remove", "run", "Popen", "rmtree", "urlopen", "Path"):
                        self.names.setdefault(name, f"{node.module}.{name}")
        elif isinstance(node, (ast.Assign, ast.AnnAssign, ast.NamedExpr)):
            self._assign(node)
        elif isinstance(node, (ast.For, ast.comprehension)):
            self._loop(node)
        elif isinstance(node, ast.Call):
            self._call(node)
        elif isinstance(node, ast.Subscript):
            self.single.add(id(node.value))
            if self.full(node.value) in _ENVIRONMENT and not isinstance(node.ctx, ast.Load):
                self.found.append(("variable", self.value(node.slice)))
        elif isinstance(node, ast.Compare):  # `"NAME" in os.environ`
            self.single.update(id(other) for other in node.comparators)
        elif isinstance(node, (ast.Attribute, ast.Name)):
            if self.full(node) in _ENVIRONMENT and isinstance(node.ctx, ast.Load):
                self._environment(node)

    # -- names and values

    def full(self, node: ast.AST) -> str:
        """Return the dotted name that an expression stands for, imports followed; "" for none."""
        names: list[str] = []
        while isinstance(node, ast.Attribute):
            names.append(node.attr)
            node = node.value
        if isinstance(node, ast.Name):
            names.append(self.names.get(node.id, node.id))
        elif isinstance(node, ast.Call) and self.full(node.func) in ("__import__", "importlib.import_module"):
            module = self.value(node.args[0]) if node.args else UNKNOWN
            if not isinstance(module, str):
                return ""
            names.append(module)
        elif isinstance(node, ast.Call) and self.full(node.func) == "getattr" and len(node.args) > 1:
            name = self.value(node.args[1])
            if not isinstance(name, str):
                return ""
            names += [name, self.full(node.args[0])]
        else:
            return ""
        return ".".join(reversed(names)).removeprefix("builtins.").removeprefix("__builtins__.")

    def value(self, node: ast.AST | None) -> Value:
        """Return what is known of the text of an expression."""
        held = self._held(node)
        return held.value if isinstance(held, _Place) else held

    def _held(self, node: ast.AST | None, depth: int = 0) -> Value | _Place:
        if node is None or depth > 50:
            return UNKNOWN
        if isinstance(node, ast.Constant):
            if isinstance(node.value, bytes):
                return node.value.decode("utf-8", "surrogateescape")
            return node.value if isinstance(node.value, str) else str(node.value)
        if isinstance(node, ast.Name):
            return self.values.get(node.id, UNKNOWN)
        if isinstance(node, ast.JoinedStr):
            return concat([part for piece in node.values for part in parts_of(self._text(piece, depth))])
        if isinstance(node, ast.BinOp):
            left, right = self._held(node.left, depth + 1), self._held(node.right, depth + 1)
            if isinstance(node.op, ast.Add):
                return concat([*parts_of(_plain(left)), *parts_of(_plain(right))])
            if isinstance(node.op, ast.Div) and isinstance(left, _Place):
                return _Place(_beneath(left.value, _plain(right)))
            if isinstance(node.op, ast.Mod) and isinstance(left, str):
                head, mark, tail = left.partition("%")
                return concat([head, ANY, tail[1:]]) if mark else left
            return UNKNOWN
        if isinstance(node, ast.Call):
            return self._returned(node, depth)
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice):
            text, step = self._held(node.value, depth + 1), node.slice.step
            backwards = isinstance(step, ast.UnaryOp) and node.slice.lower is None and node.slice.upper is None
            return text[::-1] if isinstance(text, str) and backwards else UNKNOWN
        if isinstance(node, ast.Attribute):
            inner = self._held(node.value, depth + 1)
            return _Place(UNKNOWN) if isinstance(inner, _Place) and node.attr in ("parent", "parents") else UNKNOWN
        return UNKNOWN

    def _text(self, piece: ast.AST, depth: int) -> Value:
        if isinstance(piece, ast.FormattedValue):
            return _plain(self._held(piece.value, depth + 1)) if piece.format_spec is None else UNKNOWN
        return _plain(self._held(piece, depth + 1))

    def _returned(self, node: ast.Call, depth: int) -> Value | _Place:
        """Return the value of the calls that make paths and texts."""
        name = self.full(node.func)
        args = [_plain(self._held(arg, depth + 1)) for arg in node.args]
        if name in _PATHS or name.endswith(".Path"):
            value: Value = args[0] if args else "."
            for more in args[1:]:
                value = _beneath(value, more)
            return _Place(value)
        if name in ("os.path.join", "posixpath.join") and args:
            value = args[0]
            for more in args[1:]:
                value = _beneath(value, more)
            return value
        if name == "os.path.expanduser" and args:
            return _home(args[0], self.home)
        if name in ("pathlib.Path.home", "Path.home"):
            return _Place(self.home)
        if name in ("str", "os.path.abspath", "os.path.realpath", "os.fspath", "bytes") and args:
            return args[0]
        if name == "os.getcwd" or name.endswith("Path.cwd"):
            return _Place(".") if "Path" in name else "."
        if isinstance(node.func, ast.Attribute):
            base = self._held(node.func.value, depth + 1)
            attribute = node.func.attr
            if isinstance(base, _Place):
                if attribute in ("expanduser", "resolve", "absolute"):
                    return _Place(_home(base.value, self.home))
                if attribute == "joinpath":
                    for more in args:
                        base = _Place(_beneath(base.value, more))
                    return base
            if isinstance(base, str) and attribute == "join" and node.args:
                items = self._items(node.args[0])
                if items is not None:
                    return concat([p for n, item in enumerate(items) for p in ((base,) if n else ()) + parts_of(item)])
            if isinstance(base, str) and attribute in ("strip", "encode", "decode") and not node.args:
                return base
            if isinstance(base, str) and attribute == "replace" and len(args) == 2:
                if isinstance(args[0], str) and isinstance(args[1], str):
                    return base.replace(args[0], args[1])
            if isinstance(base, str) and attribute == "format":
                head, mark, _ = base.partition("{")
                return concat([head, ANY]) if mark else base
        if name.endswith(("b64decode", "fromhex")) and args and isinstance(args[0], str):
            return _decoded(args[0], hexadecimal=name.endswith("fromhex"))
        if name == "chr" and len(args) == 1 and isinstance(args[0], str) and args[0].isdigit() and len(args[0]) < 7:
            return chr(min(int(args[0]), 0x10FFFF))
        return UNKNOWN

    def _items(self, node: ast.AST) -> list[Value] | None:
        """Return the elements of a list or tuple in the code."""
        if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
            return [self.value(item) for item in node.elts]
        return None

    def _assign(self, node: ast.Assign | ast.AnnAssign | ast.NamedExpr) -> None:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        for target in targets:
            if not isinstance(target, ast.Name):
                continue
            full = self.full(node.value) if node.value is not None else ""
            if (full and "." in full) or full in _MAKES_CODE or full in _MODULES:
                self.names[target.id] = full
            held = self._held(node.value)
            known = self.values.get(target.id)
            self.values[target.id] = held if known is None or known == held else UNKNOWN

    def _loop(self, node: ast.For | ast.comprehension) -> None:
        """A loop over known texts: each of them is looked at as if it were the value, as far as one value can be held."""
        if not isinstance(node.target, ast.Name):
            return
        items = self._items(node.iter)
        self.values[node.target.id] = items[0] if items is not None and len(items) == 1 else UNKNOWN
        if items is not None and len(items) > 1:
            for item in items:
                if isinstance(item, str) and ("/" in item or "." in item):
                    self.found.append(("guess", item))

    # -- calls

    def _call(self, node: ast.Call) -> None:
        name = self.full(node.func)
        args = node.args
        if isinstance(node.func, ast.Attribute) and node.func.attr in ("get", "pop", "setdefault"):
            self.single.add(id(node.func.value))
        if any(keyword.arg == "env" for keyword in node.keywords):  # handed on to a process
            self.single.update(id(inner) for k in node.keywords if k.arg == "env" for inner in ast.walk(k.value))
        if not name:
            self._method(node)
            if isinstance(node.func, ast.Call) and self.full(node.func.func) in ("getattr", "__import__"):
                self.found.append(("opaque", "the code calls what it looks up by a computed name"))
            return
        if name in _MAKES_CODE:
            self._code(name, node)
        elif name in _OPENS:
            self._open(node, 0)
        elif name in _SHELLS:
            self.found.append(("shell", self.value(args[0] if args else None)))
        elif name in _RUNS:
            self._run(node)
        elif name.startswith(_EXECS):
            self._execs(name, node)
        elif name in _SECOND and len(args) > 1:
            self.found.append(("connect", (self.value(args[1]), None, True)))
        elif name in _FETCHES:
            self._fetch(name, node)
        elif name in _HOSTS:
            port = self.value(args[1]) if len(args) > 1 else ""
            number = int(port) if isinstance(port, str) and port.isdigit() and len(port) < 6 else None
            self.found.append(("connect", (self.value(args[0] if args else None), number or 0, True)))
        elif name == "socket.create_connection":
            self._socket(args[0] if args else None)
        elif name in ("__import__", "importlib.import_module"):
            if args and not isinstance(self.value(args[0]), str):
                self.found.append(("opaque", "the code imports a computed name"))
        elif name == "getattr" and len(args) > 1 and not isinstance(self.value(args[1]), str):
            if self.full(args[0]).partition(".")[0] in _MODULES:
                self.found.append(("opaque", "the code looks up a computed name in a module"))
        elif name in ("os.putenv", "os.unsetenv") and args:
            self.found.append(("variable", self.value(args[0])))
        elif name in ("http.server.HTTPServer", "socketserver.TCPServer", "http.server.ThreadingHTTPServer"):
            items = self._items(args[0]) if args else None
            self.found.append(("listen", (items[0] or "0.0.0.0") if items else UNKNOWN))  # noqa: S104 - what "" means
        elif name in _CALLS:
            self._paths(_CALLS[name], args)
        else:
            self._method(node)

    def _code(self, name: str, node: ast.Call) -> None:
        """`exec` of a text in the code is read like the rest of it; everything else is opaque."""
        text = self.value(node.args[0]) if node.args and name in ("eval", "exec", "compile") else UNKNOWN
        if isinstance(text, str):
            self.found.extend(read(text, self.home))
        else:
            self.found.append(("opaque", f"the code runs other code ({name})"))

    def _open(self, node: ast.Call, first: int) -> None:
        path = self.value(node.args[first]) if len(node.args) > first else self._keyword(node, "file")
        self._opens(path, node, first + 1)

    def _opens(self, path: Value, node: ast.Call, place: int) -> None:
        mode: Value | None = self.value(node.args[place]) if len(node.args) > place else None
        for keyword in node.keywords:
            if keyword.arg == "mode":
                mode = self.value(keyword.value)
        if mode is None or (isinstance(mode, str) and "r" in mode):
            self.found.append(("path", (path, READ, EXACT)))
        if mode is not None and not (isinstance(mode, str) and mode.strip("rbtU") == ""):
            self.found.append(("path", (path, WRITE, EXACT)))

    def _keyword(self, node: ast.Call, name: str) -> Value:
        return next((self.value(keyword.value) for keyword in node.keywords if keyword.arg == name), UNKNOWN)

    def _run(self, node: ast.Call) -> None:
        first = node.args[0] if node.args else next((k.value for k in node.keywords if k.arg == "args"), None)
        through_shell = any(
            keyword.arg == "shell" and not (isinstance(keyword.value, ast.Constant) and not keyword.value.value)
            for keyword in node.keywords
        )
        items = self._items(first) if first is not None else None
        if items is None and isinstance(first, ast.Call) and isinstance(first.func, ast.Attribute):
            text = self.value(first.func.value)
            if first.func.attr == "split" and isinstance(text, str) and not first.args:
                items = list(text.split())
        if items is None:
            value = self.value(first)
            if isinstance(value, str) and not through_shell:
                self.found.append(("command", [value]))
            else:
                self.found.append(("shell", value))
        elif through_shell and items:
            self.found.append(("shell", items[0]))
        elif items:
            self.found.append(("command", items))

    def _execs(self, name: str, node: ast.Call) -> None:
        """`os.execvp(file, [name, arg…])`, `os.execl(file, name, arg…)`, `os.spawn…(mode, file, …)`."""
        args = list(node.args)
        if name.startswith("os.spawn") and args:
            args = args[1:]
        if not args:
            self.found.append(("opaque", "the code starts what is not known"))
            return
        program = self.value(args[0])
        if name.startswith("asyncio"):
            self.found.append(("command", [self.value(arg) for arg in args]))
            return
        listed = self._items(args[1]) if len(args) > 1 else None
        words = listed[1:] if listed is not None else [self.value(arg) for arg in args[2:]]
        self.found.append(("command", [program, *words]))

    def _fetch(self, name: str, node: ast.Call) -> None:
        keywords = {keyword.arg for keyword in node.keywords}
        sends = _FETCHES[name] or bool(keywords & {"data", "json", "files", "content"})
        if name in ("urllib.request.urlopen", "urllib.request.Request") and len(node.args) > 1:
            sends = True
        url = self.value(node.args[0]) if node.args else self._keyword(node, "url")
        if node.args and isinstance(node.args[0], ast.Call) and self.full(node.args[0].func).endswith("Request"):
            return  # looked at by itself
        self.found.append(("connect", (url, None, sends)))
        if name == "urllib.request.urlretrieve" and len(node.args) > 1:
            self.found.append(("path", (self.value(node.args[1]), WRITE, EXACT)))

    def _socket(self, node: ast.AST | None) -> None:
        items = self._items(node) if node is not None else None
        if items:
            port = items[1] if len(items) > 1 else ""
            number = int(port) if isinstance(port, str) and port.isdigit() and len(port) < 6 else 0
            self.found.append(("connect", (items[0], number, True)))
        else:
            self.found.append(("connect", (UNKNOWN, 0, True)))

    def _paths(self, kinds: tuple[str, ...], args: list[ast.expr]) -> None:
        for kind, arg in zip(kinds, args, strict=False):
            self._path(kind, self.value(arg))

    def _path(self, kind: str, value: Value) -> None:
        extent = TREE if kind.endswith("-tree") else EXACT
        actions = {
            "read": (READ,),
            "write": (WRITE,),
            "delete": (DELETE,),
            "edit": (READ, WRITE),
            "move": (READ, DELETE),
        }
        for action in actions.get(kind.removesuffix("-tree"), ()):
            self.found.append(("path", (value, action, extent)))

    def _method(self, node: ast.Call) -> None:
        """Methods of paths and sockets."""
        if not isinstance(node.func, ast.Attribute):
            return
        attribute = node.func.attr
        base = self._held(node.func.value)
        if isinstance(base, _Place):
            if attribute == "open":
                self._opens(base.value, node, 0)
            elif attribute in _METHODS:
                self._path(_METHODS[attribute], base.value)
                if attribute in ("rename", "replace") and node.args:
                    self._path("write", self.value(node.args[0]))
        elif attribute in ("connect", "connect_ex", "sendto") and node.args and isinstance(node.args[-1], ast.Tuple):
            self._socket(node.args[-1])
        elif attribute == "bind" and node.args and (items := self._items(node.args[0])):
            self.found.append(("listen", items[0] or "0.0.0.0"))  # noqa: S104 - what "" means
        elif attribute in ("read_text", "read_bytes", "write_text", "write_bytes"):
            self._path(_METHODS[attribute], UNKNOWN)

    def _environment(self, node: ast.AST) -> None:
        """All of the environment is used, and not one name of it."""
        if id(node) not in self.single:
            self.found.append(("environment", None))
