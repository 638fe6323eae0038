"""What names, methods and calls in other languages mean: their values and their findings (see literals)."""

from __future__ import annotations

from agentguard.access.code import acts, compiled_calls, methods, services
from agentguard.access.code import held as h
from agentguard.access.code import other_calls as calls
from agentguard.access.code.held import ENVIRON, FETCHED, NOTHING, Contents, Items, Many, Named, Place, Table
from agentguard.access.code.sinks import Args, Found, is_address
from agentguard.access.model import UNKNOWN, Pattern
from agentguard.access.shell.values import parts_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from agentguard.access.code.held import Alternatives, Held
    from agentguard.access.code.sinks import Spec
    from agentguard.access.model import Value

_MAX_NESTED = 4
_MAX_NAME = 200  # characters of a name with its dots
_ROOTS = ("globalThis.", "global.", "window.", "self.", "module.", "process.mainModule.", "Kernel.", "Object.", "_G.", "base.",
          "utils.", "CORE.", "main.", "java.nio.file.", "java.lang.", "Bun.$", "java.io.", "std.",
          "::")  # fmt: skip
_MODULES = frozenset(
    {"fs", "child_process", "os", "io", "process", "Kernel", "vm", "File", "IO", "Process", "globalThis"}
)
_TURNS: dict[str, Callable[[str], str]] = {
    "reverse": lambda text: text[::-1], "strrev": lambda text: text[::-1], "string.reverse": lambda text: text[::-1],
    "lc": str.lower, "uc": str.upper, "strtolower": str.lower, "strtoupper": str.upper}  # fmt: skip
_RENAMED = {
    "fs/promises": "fs.promises", "fs-extra": "fs", "graceful-fs": "fs", "node-fetch": "fetch", "socket.http": "http",
    "ssl.https": "https",
}  # fmt: skip
_EXPANDS = frozenset(
    {"File.expand_path", "path.expand", "normalizePath", "Path.expand", "expanduser"}
)  # `~` is the home
PROPERTIES = frozenset({"text", "bytes", "eachLine"})  # of Groovy's File: what stands for a call


_OPEN = frozenset({"database", "services", "mail", "filesystems", "broadcasting", "queue"})  # parts that hold keys


def _opens(name: str) -> bool:
    """Return whether a part of Laravel's configuration is a table with keys in it: `database.connections`."""
    first, *rest = name.split(".")
    if first not in _OPEN:
        return False
    return not rest or (rest[0] == "connections" and len(rest) < 3) or (first == "services" and len(rest) == 1)


class Meanings:
    """Values of names and calls of one language. `take` and `expression` are the reader's."""

    def __init__(self, language: str, home: str = "~") -> None:
        self.language = language
        self.home = home
        self.found = Found(home, tilde=language == "r")
        self.values: dict[str, Alternatives] = {}
        self.table = calls.calls(language)
        self.count = 0
        self.ternary = 0
        self.nested = 0
        self.curl = ""
        self.braces = 0  # how many blocks are round the code at hand
        self.deleting = False  # something is unlinked

    def take(self, text: str) -> Alternatives:
        """Read some code as a part of this one."""
        raise NotImplementedError

    # -- names

    def module(self, name: str) -> str:
        """Return a module's name as the table has it."""
        name = name.removeprefix("node:")
        return _RENAMED.get(name, name)

    def named(self, name: str) -> Alternatives:
        """Return what a name stands for that nothing was assigned to."""
        for root in _ROOTS:
            if name.startswith(root) and len(name) > len(root):
                name = name[len(root) :]
        if name in calls.ENVIRONMENTS.get(self.language, ()):
            return (ENVIRON,)
        if self.language == "perl" and name in ("unlink", "rmdir"):  # of `$_`: perlfunc
            self.deleting = True
        if name in ("__dirname", "__DIR__", "import.meta.dirname"):
            return (".",)
        if self.language == "javascript" and name == "require":
            return (Named("require"),)
        return (Named(name),)

    def attribute(self, of: Alternatives, name: str) -> Alternatives:
        """Return `of.name`."""
        found: list[Held] = []
        for one in of:
            if isinstance(one, Named) and len(one.name) > _MAX_NAME:
                found.append(UNKNOWN)
            elif isinstance(one, Named) and one.name == "dotenv.config()" and name == "parsed":
                self.found.add("settings", ".env")
                found.append(UNKNOWN)
            elif isinstance(one, Named):
                base = "" if one.name in ("globalThis", "global", "window", "Kernel", "_G", "CORE") else one.name + "."
                found += self.named(base + name)
            elif one is ENVIRON and self.language != "ruby":
                found.append(self.home if name == "HOME" else methods.Bound(ENVIRON, name))
            elif isinstance(one, Table):
                found += one.items.get(name, NOTHING)
            elif one is FETCHED:
                found.append(methods.Bound(FETCHED, name) if name == "then" else FETCHED)
            else:
                found.append(methods.Bound(one, name))
        return h.several(found)

    def item(self, of: Alternatives, key: Alternatives) -> Alternatives:
        """Return `of[key]`."""
        found: list[Held] = []
        for one in of:
            for index in key:
                found += self._item(one, index)
        return h.several(found)

    def _item(self, of: Held, key: Held) -> Alternatives:
        if isinstance(of, Items) and isinstance(key, int):
            return of.items[key] if -len(of.items) <= key < len(of.items) else NOTHING
        if isinstance(of, Table) and isinstance(key, (str, int)):
            return of.items.get(str(key), NOTHING)
        if isinstance(of, str) and isinstance(key, int):
            return (of[key],) if -len(of) <= key < len(of) else NOTHING
        if of is ENVIRON or (isinstance(of, Named) and of.name in ("ENV", "$ENV", "$_ENV", "$_SERVER")):
            if key == "HOME":
                return (self.home,)
            if isinstance(key, str):
                return (h.variable(key),)
            return (ENVIRON,) if not isinstance(key, str) and self.language in ("javascript", "perl") else NOTHING
        if isinstance(of, Named):
            if of.name == "Dir" and self.language == "ruby":
                return (Many((h.globbed(key),)),) if isinstance(key, str) else NOTHING
            if isinstance(key, str):
                return self.attribute((of,), key)
            if of.name.partition(".")[0] in _MODULES and not isinstance(key, int):
                return (Named("?"),)
            return (Named(of.name + "[]"),) if of.name[:1] in ("$", "@") else NOTHING
        return (FETCHED,) if of is FETCHED else NOTHING

    # -- calls

    def call(self, callee: Alternatives, args: Args) -> Alternatives:
        """Say what a call does, and return what it may give."""
        found: list[Held] = []
        for one in callee:
            if isinstance(one, str) and self.language in ("php", "perl") and one:  # `$f = "system"; $f("ls")`
                one = Named(one.lstrip("\\").removeprefix("CORE::").removeprefix("main::"))  # noqa: PLW2901 - a name like any other
            if isinstance(one, Named):
                found += self.function(one.name, args)
            elif isinstance(one, methods.Bound):
                found += methods.call(self, one.of, one.attribute, args)
            elif one in (FETCHED, ENVIRON):  # what is put into a request: `request(…).end(…)`
                self.found.discloses |= one is FETCHED and h.everything(Items(args.placed))
                found.append(one)
        return h.several(found)

    def _spec(self, name: str) -> Spec | None:
        if name in self.table:
            return self.table[name]
        first, dot, rest = name.partition(".")
        while dot:
            if "." + name.rpartition(".")[2] in self.table:
                return self.table["." + name.rpartition(".")[2]]
            first, dot, rest = rest.partition(".")
        del first
        return self.table.get("." + name) if self.language == "javascript" else None

    def function(self, name: str, args: Args) -> Alternatives:
        """Say what a function does, and return what it may give."""
        if name == "?":
            self.found.add("opaque", "the code calls what it looks up by a computed name")
            return NOTHING
        special = self._special(name, args)
        if special is not None:
            return special
        if (end := calls.PRINTS.get(self.language, {}).get(name)) is not None:
            self.found.shows(args.placed, " " if name == "console.log" else "", end, surely=not self.braces)
        elif name in calls.SHOWS:
            self.found.shown(args.placed)
        spec = self._spec(name)
        if name in ("unlink", "rmdir"):
            self.deleting = True
        if spec is not None:
            self.performs(name, spec, args)
        elif "." in name and services.of(self.found, name, args):
            pass
        elif any(ENVIRON in given for given in args.placed) and name not in calls.SAME_VALUE | {"Object.keys", "keys"}:
            self.found.add("environment")
        for given in args.placed:
            for one in given:
                if isinstance(one, Table) and any(ENVIRON in one.items[key] for key in one.items if key != "env"):
                    self.found.add("environment")
        return self._value(name, args, spec)

    def _special(self, name: str, args: Args) -> Alternatives | None:
        """Return the value of a call that the tables cannot say; None for every other."""
        language = self.language
        first = args.first(0)
        if language == "javascript" and name == "assign":  # of Object
            self.found.assigned += [one for given in args.placed[1:] for one in given]
        if name in calls.ENVIRONMENT_CALLS[language] and not args.placed and not args.named:
            return (ENVIRON,)
        if language == "javascript" and name in ("require", "import"):
            if isinstance(first, str):
                if is_address(first):
                    self.found.add("connect", (first, None, False))
                    self.found.add("fetched", "the code runs what came over the network (import)")
                if first.endswith(".json") and first[:1] in (".", "/"):
                    return (h.Edited(first, ()),)
                return (Named(self.module(first)),)
            if first is FETCHED or (isinstance(first, Pattern) and str(parts_of(first)[0]).startswith("data:")):
                self.found.add("fetched", "the code runs what came over the network (import)")
            elif first is not None:
                self.found.add("opaque", "the code loads a module of a computed name")
            return NOTHING
        if language == "lua" and name == "require" and isinstance(first, str):
            return (Named(self.module(first)),)
        if language == "ruby" and name.startswith("ENV.") and name[4:] not in calls.ONE_VARIABLE:
            if name[4:] not in ("to_h", "to_a", "map", "sort", "select", "reject", "dup", "clone", "to_hash"):
                self.found.add("environment")
            return (ENVIRON,)
        if language == "ruby" and (
            name in ("send", "public_send", "method") or name.endswith((".send", ".public_send", ".method"))
        ):
            return self._sent(name, args)
        if language == "ruby" and name.rpartition(".")[2] in ("const_get", "const_missing"):
            return self.named(first) if isinstance(first, str) else NOTHING
        if language == "ruby" and name.endswith(".call"):
            return self.function(name[:-5], args)
        if language == "perl" and name == "open":
            self._perl_open(args)
            return NOTHING
        if language == "ruby" and name in ("open", "Kernel.open", "IO.read", "IO.foreach") and isinstance(first, str):
            if first.startswith("|"):
                self.found.shell(first[1:])
                return NOTHING
            if is_address(first):
                self.found.add("connect", (first, None, False))
                return (FETCHED,)
        if language in ("php", "r") and name in (
            "file_get_contents",
            "fopen",
            "file",
            "copy",
            "source",
            "readLines",
            "url",
        ):
            if first is not None and is_address(h.text(first)):
                if name == "source":
                    self.found.add("fetched", "the code runs what came over the network (source)")
                self.found.add("connect", (h.text(first), None, len(args.placed) > 2))
                return (FETCHED,)
        return None

    def _sent(self, name: str, args: Args) -> Alternatives:
        """`object.send(:name, …)`."""
        base = name.rpartition(".")[0]
        what = args.first(0)
        if not isinstance(what, str):
            self.found.add("opaque", "the code calls what it looks up by a computed name")
            return NOTHING
        target = self.attribute((Named(base),), what) if base else self.named(what)
        return target if name.endswith("method") else self.call(target, Args(args.placed[1:], args.named))

    def _perl_open(self, args: Args) -> None:
        """perlfunc, open: two arguments hold the mode in the text, three have it apart."""
        mode, path = args.first(1), args.get(2)
        if not isinstance(mode, str):
            if mode is not None and isinstance(mode, Pattern) and (lead := parts_of(mode)[0]) and isinstance(lead, str):
                if "|" in lead[:1]:
                    self.found.shell(UNKNOWN)
                else:
                    self.found.opened(h.text(_behind(mode)), (lead.strip() or "<",))
            elif mode is not None:
                self.found.opened(mode, ("<",))
            return
        text = mode.strip()
        if path:
            if text in ("-|", "|-") or text.startswith(("-|", "|-")):
                words = [h.text(one) for given in args.placed[2:] for one in given[:1]]
                self._starts(words)
            else:
                for one in path:
                    if not isinstance(one, (Named, Items)):
                        self.found.opened(one, (text.partition(":")[0],))
        elif text.startswith("|") or text.endswith("|"):
            self.found.shell(text.strip("|").strip())
        else:
            name = text.lstrip("+<>").strip()
            if name[:1] == "&":  # a copy of an open file
                return
            self.found.opened(name, (text[: len(text) - len(text.lstrip("+<>"))] or "<",))

    def _starts(self, words: list[Value]) -> None:
        if len(words) == 1:
            self.found.shell(words[0])
        else:
            self.found.command(words)

    def performs(self, name: str, spec: Spec, args: Args) -> None:
        """Say what a function of the table does."""
        plain = [(param, kind) for param, kind in spec if kind not in acts.KINDS]
        if len(plain) == len(spec):
            self._several(spec, args)
            return
        self.found.perform([(param, kind if kind not in acts.KINDS else "") for param, kind in spec], args)
        for number, (param, kind) in enumerate(spec):
            if kind in acts.KINDS:
                acts.KINDS[kind](self, name, args, number, param)

    def _several(self, spec: Spec, args: Args) -> None:
        """Deleting functions take any number of paths."""
        self.found.perform(spec, args)
        if len(spec) == 1 and spec[0][1].startswith("delete") and self.language in ("perl", "ruby", "r"):
            for given in args.placed[1:]:
                self.found.perform(spec, Args([given]))

    # -- values

    def _value(self, name: str, args: Args, spec: Spec | None) -> Alternatives:
        """Return what a function gives."""
        first = args.get(0)
        one = args.first(0)
        if (
            name in calls.JOINS
            or (self.language == "groovy" and name in ("file", "project.file"))
            or (self.language == "r" and name in ("paste0", "file.path"))
        ):
            return self._path(name, args)
        if name == "c" and self.language == "r":
            return (Items(args.placed[: h.MAX_ITEMS]),)
        if name == "parse" and self.language == "r":
            texts = args.get(-1, "text")
            if texts:
                return tuple(UNKNOWN if isinstance(code, Named) else code for code in texts)
            return tuple(Contents(h.text(path)) for path in first) or NOTHING
        if name in calls.HOMES or (self.language == "compiled" and name in compiled_calls.HOMES):
            return (self.home,)
        if name == "dotenv.config":
            self.found.dotenv = True
            return (Named("dotenv.config()"),)
        if name in calls.HERES:
            return (".",)
        if name in (
            "os.getenv",
            "getenv",
            "Sys.getenv",
            "System.get_env",
            "System.getenv",
            "Deno.env.get",
            "ENV.fetch",
            "env",
        ):
            return (self.home if one == "HOME" else h.variable(one),)
        if self.language == "php" and name == "config" and isinstance(one, str):  # of Laravel
            return (ENVIRON if _opens(one) else h.variable(one.rpartition(".")[2].upper()),)
        if name == "System.getProperty" and one == "user.home":
            return (self.home,)
        if name in ("Buffer.from", "Buffer") and len(args.placed) > 1:
            how = args.first(1)
            return (h.decoded(one, how) if isinstance(one, str) and how in ("base64", "hex") else h.text(one),)
        if name in calls.DECODERS:
            how = calls.DECODERS[name]
            return (h.decoded(one, how) if isinstance(one, str) else one if one is FETCHED else UNKNOWN,)
        if name in calls.CODES:
            numbers = args.placed[1:] if name == "pack" else args.placed
            numbers = one.items if isinstance(one, Items) else numbers
            return (h.chars(Items(numbers)),)
        if name in ("paste0", "paste", "string", "cat"):
            separator = args.first(-1, "sep")
            gap = separator if isinstance(separator, str) else "" if name != "paste" else " "
            pieces = [piece for given in args.placed for piece in (gap, given[0])]
            return (h.joined(pieces[1:]),)
        if name in ("join", "implode") and len(args.placed) > 1:
            return (methods.glued(one, args.placed[1:]),)
        if name in _TURNS and isinstance(one, str):
            return (_TURNS[name](one),)
        if self.language == "compiled":
            if name in compiled_calls.VARIABLES:
                return (self.home if one in ("HOME", "user.home", "USERPROFILE") else h.variable(one),)
            if name in (
                "os.ExpandEnv",
                "shellexpand.full",
                "shellexpand.env",
                "Environment.ExpandEnvironmentVariables",
            ):
                return (h.expanded(h.text(one), lambda name: self.home if name == "HOME" else h.variable(name)),)
            if name in compiled_calls.JOINS and args.placed:
                return self._path("File" if name not in ("filepath.Join", "path.Join") else name, args)
            if name in compiled_calls.LISTS:
                return (Items(args.placed[: h.MAX_ITEMS]),)
            if spec is not None and spec[0][1] == "rust":
                return (Items([first]),)
            if name in ("format", "String.format", "fmt.Sprintf", "format_args", "concat") and isinstance(one, str):
                rest = [given[0] for given in args.placed[1:]]
                return (h.filled(one, rest, {}) if "{" in one else h.formatted(one, rest),)
        if name in ("sprintf", "format", "string.format") and isinstance(one, str):
            return (h.formatted(one, [given[0] for given in args.placed[1:]]),)
        if name in ("decodeURIComponent", "unescape", "URI.decode_www_form_component", "urldecode", "rawurldecode"):
            return (h.unquoted(one) if isinstance(one, str) else UNKNOWN,)
        if name in ("glob", "Dir.glob", "Path.wildcard", "Sys.glob", "Dir"):
            return self._globs(name, first)
        if spec is not None:
            kinds = [kind for _, kind in spec]
            if kinds[0] in ("url", "upload", "request") or "url" in kinds:
                return (FETCHED,)
            if kinds[0] in ("read", "open") and first:
                return tuple(Contents(h.text(given)) for given in first)
            if kinds[0] == "look":
                return (Many(h.LISTED),)
        if name in calls.SAME_VALUE and first:
            return first
        if name in calls.WRAPS and h.gives(one):
            return first
        if name.endswith(".new") and name == "Pathname.new":
            return first
        return (Named(name),) if "." in name or name[:1].isupper() or name in services.MAPPERS else NOTHING

    def _globs(self, name: str, patterns: Alternatives) -> Alternatives:
        """Return what globs find; Perl's takes several in one text and knows `~` (perlfunc, glob; File::Glob)."""
        found: list[Held] = []
        for pattern in patterns:
            if not isinstance(pattern, (str, Pattern)):
                found.append(UNKNOWN)
                continue
            for one in pattern.split() if name == "glob" and isinstance(pattern, str) else [pattern]:
                value = h.at_home(one, self.home) if name in ("glob", "Sys.glob") else one
                found.append(Many((h.globbed(value) if isinstance(value, str) else value,)))
        return tuple(found) or NOTHING

    def _path(self, name: str, args: Args) -> Alternatives:
        done: list[Value] = [""]
        for number, given in enumerate(args.placed):
            if len(done) * len(given) > h.MAX_ALTERNATIVES:
                return NOTHING
            done = [
                (h.text(one) if not number else h.beneath(path, h.text(one))) if name != "paste0" else
                h.text(h.joined((path, one))) for path in done for one in given
            ]  # fmt: skip
        if name in _EXPANDS:
            done = [h.at_home(path, self.home) for path in done]
        if name in ("File.expand_path", "File.absolute_path") and len(args.placed) > 1:
            done = [h.beneath(h.text(args.first(1)), h.text(args.first(0)))]
        if (
            name in ("Pathname.new", "Pathname", "File", "file", "project.file", "java.io.File", "Paths.get", "Path.of")
            and args.placed
        ):
            return tuple(Place(path) for path in done)
        return tuple(done)


def _behind(mode: Pattern) -> Value:
    """Return the path in a mode and path that are one text."""
    first, *rest = mode.parts
    lead = first.lstrip("+<> ") if isinstance(first, str) else first
    return Pattern((lead, *rest)) if lead else Pattern(tuple(rest)) if len(rest) > 1 else UNKNOWN
