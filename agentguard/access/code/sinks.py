"""Calls in code, and what each does with its arguments: findings.

A table (see python_calls, other_calls) says of a function what its parameters are, in order: `NAME… | name:kind …`,
`!word` for a trait. A parameter may be given by its place or by its name. The kinds:

    read write edit delete move link    a path; with `-tree`, and everything beneath it
    look                  a path of which only names and sizes are seen
    fill                  a path that is written: with the parameter `text`, with what it holds and `more`, with what a file
                          that is read or moved beside it holds, or with what is not known
    open, mode            a path that is opened, and how ("r", "w+", "<", 1)
    run                   a file that is run
    shell                 text for a shell
    argv                  a program with its arguments, as a list; one text is the program's name alone
    command               the same as arguments: every one from here on
    url                   an address; a body that is given is sent
    upload                an address that something is sent to
    erase                 an address of which the server is asked to delete what it stands for
    method                the request's method; what is not GET or HEAD sends
    place                 an address as (host, port); host, port: as two arguments
    listen                (host, port) that is listened on; listen-host: the host alone
    sql                   a statement
    variable              the name of a variable that is set
    enter                 the folder that later relative paths lie in
    code                  code of the same language
    data                  what is shown or sent: the whole environment counts

A finding is one of

    ("path", (value, action, extent))       ("shell", (value, more))        ("command", ([value, …], more))
    ("connect", (address, port, sends))     ("listen", (host, port))        ("variable", value)
    ("environment", surely)                 ("opaque", why)                 ("fetched", why)
    ("text", (value, content, appends))     what is put into a file
    ("prints", text)                        all that the code shows
    ("run", (value, language))              ("sql", text)                   ("trait", (word, why))
    ("sql at", (file, text)): a statement for a database in a file
    ("guess", value)                        ("look", value)                 ("stray", value)
    ("settings", value): a file of settings that is loaded and shown
    ("secret", name): a variable whose value is shown and is a secret

`sends` is whether something is sent: "DELETE" for a request that asks for that, "GET" for one that asks and tells
what was read or a secret in doing so, "POST" for one that sends such a thing.
`surely` is whether all of the environment goes where others see it: shown by a call that shows, or sent.
`more` is a dict: `stdin` (a value), `source` (the file on standard input), `cwd`.
"""

from __future__ import annotations

from agentguard.access.code.held import (
    ENVIRON,
    FETCHED,
    OPENED,
    OUTPUT,
    Contents,
    Edited,
    Items,
    Many,
    Named,
    Split,
    Table,
    at_home,
    beneath,
    edited,
    everything,
    gives,
    secret,
    text,
)
from agentguard.access.model import ANY, DELETE, EXACT, READ, STAR, TREE, UNKNOWN, WRITE, Pattern
from agentguard.access.shell.values import Beneath, parts_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from agentguard.access.code.held import Alternatives, Held
    from agentguard.access.model import Value

    Finding = tuple[str, Any]
    Spec = list[tuple[str, str]]

_ACTIONS = {
    "read": (READ,), "write": (WRITE,), "fill": (WRITE,), "delete": (DELETE,), "edit": (READ, WRITE), "move": (READ, DELETE),
    "link": (READ,),
}  # fmt: skip
TELLING = ("params", "headers", "cookies", "auth")  # what is read may go out in these as well as in a body
_BODIES = ("data", "json", "files", "content", "body", "multipart", "form")
# Objects that hold nothing else.
_SECRETS = (
    "Rails.application.credentials", "Rails.application.secret", "Rails.configuration.database_configuration",
    "ActiveRecord.Base.connection_db_config", "django.conf.settings.DATABASES",
)  # fmt: skip
_MAX_PRINTS = 100
_MAX_FOUND = 1_000
EVERYWHERE = "0.0.0.0"  # noqa: S104 - what an empty host means to a listener


class Args:
    """The arguments of a call. `more` says that there are others which cannot be seen."""

    __slots__ = ("more", "named", "placed")

    def __init__(self, placed: list[Alternatives], named: dict[str, Alternatives] | None = None) -> None:
        self.placed = placed
        self.named = {} if named is None else named

    def get(self, place: int, name: str = "") -> Alternatives:
        """Return an argument by its place or its name; () where it was not given."""
        if 0 <= place < len(self.placed):
            return self.placed[place]
        return self.named.get(name, ())

    def first(self, place: int, name: str = "") -> Held:
        """Return one alternative of an argument, None where it was not given."""
        found = self.get(place, name)
        return found[0] if found else None


def parse(table: str) -> dict[str, Spec]:
    """Return the specification of each function in a table."""
    found: dict[str, Spec] = {}
    for line in table.strip("\n").split("\n"):
        names, _, rest = line.partition("|")
        spec: Spec = []
        for word in rest.split():
            name, _, kind = word.partition(":")
            spec.append((name, kind))
        for name in names.split():
            found[name] = spec
    return found


class Found:
    """Collects findings. `folders` are the places that a relative path may start from, "" the working directory."""

    def __init__(self, home: str, *, tilde: bool = False) -> None:
        self.home = home
        self.tilde = tilde  # the language itself fills in `~`
        self.list: list[Finding] = []
        self.folders: list[Value] = [""]
        self.dotenv = False  # the variables hold what `.env` holds
        self.discloses = False  # all of the environment is shown or sent by a call that does so
        self.networked = False  # a connection or a listener of the code's own
        self.opens: list[Value] = []  # files that are open to be written
        self.prints: list[Value] = []  # what the code shows, in order; unknown where that is not sure
        self.assigned: list[Held] = []  # what was put into objects: with that a document is written again

    def add(self, kind: str, value: Any = None) -> None:
        """Add a finding, once."""
        if kind == "listen" or (kind == "connect" and value[1] is not None):
            self.networked = True
        if len(self.list) < _MAX_FOUND and (kind, value) not in self.list[-50:]:
            self.list.append((kind, value))
        elif len(self.list) == _MAX_FOUND:
            self.list.append(("opaque", "the code does too many things"))

    def finish(self) -> list[Finding]:
        """Return all findings. A shell beside a connection that the code itself made does what comes over it."""
        if self.opens:
            self.list = list(self._opened())
        if self.discloses:
            self.list = [one for one in self.list if one[0] != "environment"] + [("environment", True)]
        if self.prints and all(isinstance(one, str) for one in self.prints):
            self.list.append(("prints", "".join(str(one) for one in self.prints)))
        if self.networked and all(kind != "fetched" for kind, _ in self.list):
            for kind, value in self.list:
                words = []
                if kind == "command":
                    words = value[0]
                elif kind == "shell" and isinstance(value[0], str):
                    words = list(value[0].split())
                if words and _is_bare_shell(words):
                    self.add("fetched", "a shell gets what comes over the network")
                    break
        return self.list

    def path(self, action: str, held: Held, extent: str = EXACT) -> None:
        """Add the path that something stands for."""
        for value in self.places(held):
            self.add("path", (value, action, extent))

    def fill(self, held: Held, content: Held, *, appends: bool = False) -> None:
        """Say what is put into a file: a text, or what another file holds (Contents, Edited)."""
        place = held.path if isinstance(held, Contents) else held
        for value in self.places(place):
            if isinstance(value, str) and value.endswith(".json") and isinstance(content, (Contents, Edited)):
                content = self._document(content)
            self.add("text", (value, content, appends))

    def _document(self, held: Contents | Edited) -> Held:
        """Return a document with what was put into it, wherever that was."""
        done: Held = held
        for one in _leaves(self.assigned):
            done = edited(done, None, one) if isinstance(done, (Contents, Edited)) else UNKNOWN
        return done

    def _opened(self) -> Iterator[Finding]:
        """Return all findings: a file that was opened is empty, or nobody knows where nothing is seen to be put into it."""
        texts = [value for kind, value in self.list if kind == "text" and value[1] is not OPENED]
        for kind, value in self.list:
            if kind != "text" or value[1] is not OPENED:
                yield kind, value
                continue
            put = [content for place, content, _ in texts if place == value[0]]
            if not put:
                yield kind, (value[0], UNKNOWN, value[2])
            elif not isinstance(put[0], (Contents, Edited)):
                yield kind, (value[0], "", value[2])

    def shows(self, given: list[Alternatives], gap: str = "", end: str = "", *, surely: bool = True) -> None:
        """Note what a call shows: its arguments, where they are exact."""
        done: list[Value] = []
        self.shown(given)
        for one in given:
            value = text(one[0]) if len(one) == 1 else UNKNOWN
            done += [gap, value] if done else [value]
        exact = surely and all(isinstance(one, str) for one in done) and len(self.prints) < _MAX_PRINTS
        self.prints.append("".join(str(one) for one in done) + end if exact else UNKNOWN)

    def shown(self, given: list[Alternatives]) -> None:
        """Note the secrets among what a call shows, one level deep."""
        for one in (held for alternatives in given for held in alternatives):
            self.discloses = self.discloses or everything(one)
            inner = one.items if isinstance(one, Items) else one.items.values() if isinstance(one, Table) else ((one,),)
            for held in (held for alternatives in inner for held in alternatives):
                if name := secret(held):
                    self.add("secret", name)
                    if self.dotenv:
                        self.add("settings", ".env")
                elif isinstance(held, Named) and held.name.startswith(_SECRETS):
                    self.add("environment")

    def handed(self, args: Args) -> None:
        """An open file is handed to something that may put anything into it."""
        for given in (*args.placed, *args.named.values()):
            for one in given:
                if isinstance(one, Contents) and one.path in self.opens:
                    self.fill(one, UNKNOWN, appends=True)

    def places(self, held: Held) -> list[Value]:
        """Return the paths that something stands for, from wherever it may be looked up."""
        if isinstance(held, (int, Contents)) or held is OUTPUT:  # an open file has been looked at where it was opened
            return []
        value = text(held)
        if self.tilde:
            value = at_home(value, self.home)
        if isinstance(value, Pattern):
            value = _whole(value)
        if isinstance(value, str) and value[:1] == "~":
            return [value]
        return [beneath(folder, value) if folder else value for folder in self.folders]

    def enter(self, held: Held, *, surely: bool) -> None:
        """Change the folder."""
        moved = [beneath(folder, text(held)) if folder else text(held) for folder in self.folders]
        self.folders = moved if surely else [*self.folders, *moved][:4]

    def perform(self, spec: Spec, args: Args) -> None:
        """Add what a call does by its specification."""
        for number, (name, kind) in enumerate(spec):
            if name[:1] == "!":
                self.add("trait", (name[1:], "the code"))
                continue
            if kind == "command":
                words = [given[0] for given in args.placed[number:]]
                self.command([text(word) for word in words], args)
                continue
            if kind == "data":
                if any(ENVIRON in given for given in args.placed):
                    self.add("environment")
                if self.dotenv and any(getattr(one, "of", None) is ENVIRON for given in args.placed for one in given):
                    self.add("settings", ".env")
                continue
            for held in args.get(number, name) or (("~/.netrc",) if kind == "netrc" else ()):
                self._argument(kind, held, number, spec, args)
        if any(kind == "fill" for _, kind in spec):
            self._filled(spec, args)

    def _filled(self, spec: Spec, args: Args) -> None:
        """A function puts the text that it is given into a file, or what another file holds."""
        content: Held = UNKNOWN
        appends = False
        for number, (name, kind) in enumerate(spec):
            given = args.get(number, name)
            if kind in ("text", "more"):
                content, appends = given[0] if len(given) == 1 else UNKNOWN, kind == "more"
            elif kind.partition("-")[0] in ("read", "move", "link") and len(given) == 1:
                content = Contents(text(given[0]))
        for number, (name, kind) in enumerate(spec):
            for held in args.get(number, name) if kind == "fill" else ():
                self.fill(held, content, appends=appends)

    def _argument(self, kind: str, held: Held, number: int, spec: Spec, args: Args) -> None:
        plain, _, tree = kind.partition("-")
        if plain in _ACTIONS:
            for one in self._each(held):
                for action in _ACTIONS[plain]:  # who moves a folder takes it away with all beneath it
                    whole = tree == "tree" or (plain == "move" and action == DELETE)
                    self.path(action, one, TREE if whole else EXACT)
        elif kind == "open":
            self.opened(held, self._mode(spec, args))
        elif kind == "look":
            for value in self.places(held):
                self.add("look", value)
        elif kind == "run":
            self.run(held, "")
        elif kind == "shell":
            self.shell(held, args)
        elif kind == "argv":
            self.argv(held, args)
        elif kind in ("url", "upload", "erase"):
            relative = isinstance(held, str) and held[:1] == "/" and held[:2] != "//"
            if relative or getattr(held, "name", "").endswith("Request()"):  # looked at where it was made
                return
            sends = kind == "upload" or any(name in args.named for name in _BODIES) or self._sends(spec, args)
            given = [(held,)] if everything(held) else _given(number, spec, args)
            self.discloses = self.discloses or any(everything(one) for alternatives in given for one in alternatives)
            tells = any(gives(one) for alternatives in given for one in alternatives)
            method: bool | str = ("POST" if sends else "GET") if tells else sends
            if kind == "erase" or self._deletes(spec, args):
                method = "DELETE"
            self.add("connect", (UNKNOWN if held is FETCHED else text(held), None, method))
        elif kind == "base":
            self.add("connect", (text(held), None, True))
        elif kind == "netrc":
            self.path(READ, held)
        elif kind == "place":
            self.place(held)
        elif kind == "host":
            self.add("connect", (text(held), _port(args.first(number + 1, "port")) or 0, True))
        elif kind == "listen":
            self.listens(held)
        elif kind == "listen-host":
            host = text(held)
            self.add("listen", (EVERYWHERE if host == "" else host, _port(args.first(number + 1, "port"))))
        elif kind == "sql":
            if isinstance(held, str):
                self.add("sql", held)
        elif kind == "variable":
            self.add("variable", text(held))
        elif kind == "enter":
            self.enter(held, surely=False)

    def _each(self, held: Held) -> Alternatives:
        """Return the paths of a list of paths."""
        if isinstance(held, Items):
            return tuple(one for item in held.items for one in item)
        return held.element if isinstance(held, Many) else (held,)

    def _mode(self, spec: Spec, args: Args) -> Alternatives:
        for number, (name, kind) in enumerate(spec):
            if kind == "mode":
                return args.get(number, name)
        return ()

    def _sends(self, spec: Spec, args: Args) -> bool:
        for number, (name, kind) in enumerate(spec):
            if kind == "method":
                given = args.first(number, name)
                return given is not None and not (isinstance(given, str) and given.upper() in _QUIET)
            if kind == "body":
                return bool(args.get(number, name))
        return False

    def _deletes(self, spec: Spec, args: Args) -> bool:
        given = [args.first(number, name) for number, (name, kind) in enumerate(spec) if kind == "method"]
        return any(isinstance(one, str) and one.upper() == "DELETE" for one in given)

    def opened(self, held: Held, modes: Alternatives) -> None:
        """A file is opened: what that reads and writes depends on the mode."""
        for mode in modes or ("r",):
            if not isinstance(mode, str):  # flags of the system, or not known
                reads = not getattr(mode, "name", "").endswith("O_WRONLY")
                writes = mode != 0 and not getattr(mode, "name", "").endswith("O_RDONLY")
            else:
                reads = "r" in mode or mode in ("<", "+<") or mode.startswith("<")
                writes = any(mark in mode for mark in "wax+>c")
            for action, wanted in ((READ, reads), (WRITE, writes)):
                if wanted:
                    self.path(action, held)
            if writes:
                self.opens += self.places(held)
                self.fill(held, OPENED, appends=not isinstance(mode, str) or "a" in mode or ">>" in mode)

    def run(self, held: Held, language: str) -> None:
        """A file is run."""
        if text(held) is UNKNOWN:
            self.add("opaque", "the code runs a file that is not known")
            return
        for value in self.places(held):
            self.add("run", (value, language))

    def more(self, args: Args) -> dict[str, Any]:
        """Return what is handed to a process beside its arguments."""
        more: dict[str, Any] = {}
        given = args.first(-1, "input")
        if given is not None:
            more["stdin"] = text(given)
        stdin = args.first(-1, "stdin")
        if isinstance(stdin, Contents):
            more["source"] = stdin.path
        elif stdin is not None and "stdin" not in more and getattr(stdin, "name", "") != "subprocess.DEVNULL":
            more["stdin"] = UNKNOWN
        folder = args.first(-1, "cwd")
        if folder is not None and getattr(folder, "name", "") != "None":
            more["cwd"] = self.places(folder)[-1] if self.places(folder) else UNKNOWN
        elif self.folders != [""]:
            more["cwd"] = self.folders[-1]
        return more

    def shell(self, held: Held, args: Args | None = None) -> None:
        """A shell gets a text."""
        if held is FETCHED:
            self.add("fetched", "a shell runs what came over the network")
        else:
            self.add("shell", (text(held), self.more(args or Args([]))))

    def command(self, words: list[Value], args: Args | None = None) -> None:
        """A program is started with these words."""
        if words:
            self.add("command", (words, self.more(args or Args([]))))

    def argv(self, held: Held, args: Args) -> None:
        """A program is started, and perhaps through a shell."""
        through = args.get(-1, "shell")
        by_shell = any(getattr(one, "name", "") != "False" and one != 0 for one in through)
        if isinstance(held, Split):
            self.shell(held.text, args)
        elif isinstance(held, Items):
            words = [text(item[0]) if len(item) == 1 else UNKNOWN for item in held.items]
            if by_shell and words:
                self.shell(words[0], args)
            elif words and all(len(item) == 1 for item in held.items):
                self.command(words, args)
            elif words:
                for chosen in _choices(held):
                    self.command(chosen, args)
        elif isinstance(held, str) and not by_shell:
            self.command([held], args)
        else:
            self.shell(held, args)

    def place(self, held: Held) -> None:
        """A connection to (host, port); a text is the path of a socket on this machine."""
        if isinstance(held, Items) and held.items:
            host = held.items[0][0]
            port = _port(held.items[1][0]) if len(held.items) > 1 else None
            self.add("connect", (text(host), port or 0, True))
        elif not isinstance(held, str):
            self.add("connect", (UNKNOWN, 0, True))

    def listens(self, held: Held) -> None:
        """A listener at (host, port)."""
        if isinstance(held, Items) and held.items:
            host = text(held.items[0][0])
            port = _port(held.items[1][0]) if len(held.items) > 1 else None
            self.add("listen", (EVERYWHERE if host == "" else host, port))
        elif not isinstance(held, str):
            self.add("listen", (UNKNOWN, None))


def _given(number: int, spec: Spec, args: Args) -> list[Alternatives]:
    """Return what goes out with a request beside its address: in its body, in headers, in parameters."""
    given = [args.named[name] for name in (*TELLING, *_BODIES) if name in args.named]
    given += [one for place, one in enumerate(args.placed) if place != number and _is_open(place, spec)]
    others = (one for name, one in args.named.items() if name not in TELLING and name not in _BODIES)
    return given + [one for one in others if any(map(secret, one))]


def _is_open(place: int, spec: Spec) -> bool:
    """Return whether nothing else is known of the argument at a place."""
    return place >= len(spec) or spec[place][1] in ("", "body", "fetch")


def _leaves(values: list[Held]) -> Iterator[Held]:
    """Return texts and numbers in values of any depth, as texts; what is neither as it is."""
    todo = values[::-1]
    while todo:
        one = todo.pop()
        if isinstance(one, Table):
            todo += [inner for given in one.items.values() for inner in given]
        elif isinstance(one, Items):
            todo += [inner for given in one.items for inner in given]
        elif isinstance(one, int):
            yield str(one)
        elif getattr(one, "name", "") not in _CONSTANTS:
            yield one


_CONSTANTS = frozenset({"True", "False", "None", "true", "false", "null", "undefined"})
_SHELLS = frozenset(
    {"sh", "bash", "zsh", "dash", "ksh", "ash", "cmd", "cmd.exe", "powershell", "powershell.exe", "pwsh"}
)


def _is_bare_shell(words: list[Value]) -> bool:
    """Return whether words start a shell that reads its commands from its input."""
    first, *rest = words
    return (
        isinstance(first, str)
        and first.rpartition("/")[2] in _SHELLS
        and (
            (rest[:1] == ["-c"] and rest[1:] == [UNKNOWN])
            or all(
                isinstance(word, str) and (word[:1] == "-" or word[:1] in "<>0123456789&") and word != "-c"
                for word in rest
            )
        )
    )


_QUIET = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


def _whole(value: Pattern) -> Value:
    """Return a folder and everything beneath it, for a path of which nothing else is known."""
    first, *rest = value.parts
    if isinstance(first, str) and first[-1:] == "/" and ANY in rest and all(p in (ANY, STAR, "/") for p in rest):
        return Beneath(first if first == "/" else first[:-1])
    return value


def _choices(held: Items) -> list[list[Value]]:
    """Return the lists that a list of alternatives may be; one with unknown words where they are too many."""
    done: list[list[Value]] = [[]]
    for item in held.items:
        if len(done) * len(item) > 16:
            return [[text(one[0]) if len(one) == 1 else UNKNOWN for one in held.items]]
        done = [[*words, text(one)] for words in done for one in item]
    return done


def _port(held: Held) -> int | None:
    value = text(held) if held is not None else None
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 6 else None


def homely(value: Value, home: str) -> Value:
    """Return a path whose `~` the code itself fills in."""
    return at_home(value, home)


def is_address(value: Value) -> bool:
    """Return whether a text starts as an address does."""
    first = parts_of(value)[0]
    return isinstance(first, str) and first.startswith(("http://", "https://", "ws://", "wss://", "ftp://"))
