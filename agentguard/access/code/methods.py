"""What methods of values in other languages give, and what they do (see meanings): of paths, texts, lists, open files."""

from __future__ import annotations

from agentguard.access.code import compiled_calls, services
from agentguard.access.code import held as h
from agentguard.access.code.held import ENVIRON, FETCHED, NOTHING, Contents, Items, Named, Place
from agentguard.access.code.sinks import Args
from agentguard.access.model import UNKNOWN, Pattern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from agentguard.access.code.held import Alternatives, Held
    from agentguard.access.code.meanings import Meanings

_METHODS: dict[str, Callable[[str], str]] = {
    "toLowerCase": str.lower, "toUpperCase": str.upper, "downcase": str.lower, "upcase": str.upper, "trim": str.strip,
    "strip": str.strip, "chomp": str.rstrip, "swapcase": str.swapcase, "lower": str.lower, "upper": str.upper,
}  # fmt: skip
_REPLACES = frozenset({"replace", "replaceAll", "sub", "gsub", "sub!", "gsub!"})
_PUTS = frozenset({"write", "end", "puts", "print", "printf", "syswrite", "writeSync", "say"})  # of an open file
_SAME = frozenset({  # methods that hand on what they belong to, or its elements
    "each", "map", "forEach", "flat_map", "toString", "to_s", "valueOf", "freeze", "to_a", "encode", "dup", "filter", "select",
    "sort", "reject", "flat", "flatMap", "each_with_index", "uniq", "collect", "toArray", "compact",
})  # fmt: skip
_OF_PATH = {  # methods of a path object of Ruby and Groovy
    "read": "read", "readlines": "read", "binread": "read", "write": "write", "delete": "delete", "unlink": "delete",
    "rmtree": "delete-tree", "mkpath": "write", "mkdir": "write", "text": "read", "getText": "read", "readLines": "read",
    "eachLine": "read", "deleteDir": "delete-tree", "append": "write", "mkdirs": "write", "bytes": "read", "each_line": "read",
    "entries": "look", "children": "look", "listFiles": "look", "slurp": "read", "spew": "write", "remove": "delete",
}  # fmt: skip


class Bound:
    """A method of something that is no name."""

    __slots__ = ("attribute", "of")

    def __init__(self, of: Held, attribute: str) -> None:
        self.of = of
        self.attribute = attribute


def call(code: Meanings, of: Held, name: str, args: Args) -> Alternatives:
    """Return what a method of a value gives, and say what it does."""
    one = args.first(0)
    if of is ENVIRON:
        if name in ("toObject", "entries", "map", "each", "to_s", "to_a", "to_h", "to_json", "inspect", "join"):
            return (ENVIRON,)
        return (code.home if one == "HOME" else h.variable(one),)
    if isinstance(of, Place):
        if (how := _OF_PATH.get(name) or compiled_calls.OF_PATH.get(name)) is not None:
            code.found.perform([("path", how)], Args([(of,)]))
            return (Contents(of.value),)
        if name in ("join", "+", "/", "expand_path") or name in compiled_calls.BENEATH:
            return tuple(Place(h.beneath(of.value, h.text(one))) for one in args.get(0)) or (of,)
        return (of,)
    if code.language == "compiled" and (given := _compiled(code, of, name, args)) is not None:
        return given
    if name == "then" and isinstance(one, Named) and one.name == "eval":
        code.found.add("fetched", "the code runs what came over the network (eval)")
    if isinstance(of, (Contents, h.Edited)) and name in _REPLACES and len(args.placed) > 1:
        return (h.edited(of, one, args.first(1), 1 if name in ("replace", "sub") else -1),)
    if isinstance(of, Contents) and name in _PUTS:
        for given in args.placed:
            code.found.fill(of, given[0] if len(given) == 1 else UNKNOWN, appends=True)
        if name == "puts":
            code.found.fill(of, "\n", appends=True)
    if of is FETCHED or isinstance(of, (Contents, h.Edited)):
        return (of,)
    if name == "execute" and code.language == "groovy" and not args.placed:
        if isinstance(of, Items):
            code.found.argv(of, Args([]))
        elif isinstance(of, str):
            code.found.command(list(of.split()))
        else:
            code.found.shell(of)
        return NOTHING
    if name == "call" and isinstance(of, Named):
        return code.function(of.name, args)
    if name in _SAME:
        return (of,)
    if name == "join":
        return (glued("" if one is None else one, [(of,)]),)
    if name in ("pack", "unpack") and isinstance(of, Items):
        return (h.chars(of),)
    if name == "reverse":
        return (of[::-1] if isinstance(of, str) else Items(of.items[::-1]) if isinstance(of, Items) else UNKNOWN,)
    spec = code.table.get("." + name)
    if spec is not None and not isinstance(of, str):
        code.performs(name, spec, args)
        return (FETCHED,) if spec[0][1] in ("url", "upload") else NOTHING
    if name == "concat":
        return (h.joined([of, *(given[0] for given in args.placed)]),)
    if isinstance(of, str):
        return (_of_text(of, name, [given[0] for given in args.placed]),)
    if name in ("pop", "first", "last", "shift", "at", "sample"):
        return h.elements(of)
    if of is UNKNOWN or isinstance(of, Bound):
        services.of(code.found, "?." + name, args)
    return NOTHING


def _compiled(code: Meanings, of: Held, name: str, args: Args) -> Alternatives | None:
    """Return what methods of compiled languages give: paths that are joined, the words of a program in Rust."""
    if name in compiled_calls.SAME:
        return (of,)
    if name in compiled_calls.BENEATH and isinstance(of, (str, Pattern)):
        return tuple(h.beneath(of, h.text(one)) for one in args.get(0)) or (of,)
    if isinstance(of, Items):
        if name == "arg":
            return (Items([*of.items, args.get(0) or NOTHING]),)
        if name == "args" and isinstance(more := args.first(0), Items):
            return (Items([*of.items, *more.items]),)
        if name in ("status", "output", "spawn", "exec"):
            code.found.argv(of, Args([]))
            return (h.OUTPUT,)
        if name in ("current_dir", "env", "stdin", "stdout", "stderr", "env_clear", "envs"):
            return (of,)
    return None


def _of_text(text: str, name: str, args: list[Held]) -> Held:
    """Return what a method of a text gives."""
    if name in _METHODS:
        return _METHODS[name](text)
    if name in ("split", "chars"):
        if name == "chars" or not args or args[0] == "":
            return Items([(char,) for char in text][: h.MAX_ITEMS]) if args or name == "chars" else Items([(text,)])
        return Items([(piece,) for piece in text.split(args[0])]) if isinstance(args[0], str) else UNKNOWN
    if name in ("slice", "substring", "substr") and all(isinstance(one, int) for one in args):
        start, end = args[0] if args else 0, args[1] if len(args) > 1 else len(text)
        return text[start : start + end] if name == "substr" and len(args) > 1 else text[start:end]
    if (
        name in ("replace", "replaceAll", "sub", "gsub", "tr")
        and len(args) == 2
        and all(isinstance(one, str) for one in args)
    ):
        return text.replace(args[0], args[1], 1 if name in ("replace", "sub") else -1)
    if name == "repeat" and args and isinstance(args[0], int):
        return h.reckoned(text, "*", args[0])
    if name == "charAt" and args and isinstance(args[0], int):
        return text[args[0] : args[0] + 1]
    if name == "unpack1" and args == ["m"]:
        return h.decoded(text, "base64")
    return UNKNOWN


def glued(separator: Held, rest: list[Alternatives]) -> Held:
    """Return things joined by a text."""
    items = [item for given in rest for item in (given[0].items if isinstance(given[0], Items) else [given])]
    gap = separator if isinstance(separator, str) else ""
    return h.joined(
        [piece for number, item in enumerate(items) for piece in ((gap, item[0]) if number else (item[0],))]
    )
