"""What code in JavaScript, Ruby, Perl, PHP, Lua, R, Julia, Elixir or Groovy would do, told from its calls.

Not a parse: tokens are read from left to right, and wherever something is called its arguments are worked out as far as
they are literal: texts put together, variables that hold them, paths that are joined, lists. What a known function does
with them is in a table (see other_calls, sinks). Everything is looked at, wherever it stands; a text that nothing known
gets is only a text. Code that makes other code which is not known is opaque.

The answer is a list of findings, as sinks describes them.
"""

from __future__ import annotations

from agentguard.access.code import held as h
from agentguard.access.code import tokens as t
from agentguard.access.code.held import ENVIRON, NOTHING, OUTPUT, Items, Named, Place, Table
from agentguard.access.code.meanings import PROPERTIES
from agentguard.access.code.sinks import Args
from agentguard.access.code.statements import Statements
from agentguard.access.code.tokens import END, NAME, NUMBER, SIGN, TEXT, TICK
from agentguard.access.model import UNKNOWN, Pattern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentguard.access.code.held import Alternatives, Held
    from agentguard.access.code.sinks import Finding

_MAX_TEXT = 256 * 1024
_MAX_DEPTH = 60
_JOINS = {"javascript": "+", "ruby": "+", "perl": ".", "php": ".", "lua": "..", "r": "", "julia": "*", "elixir": "<>",
          "groovy": "+", "compiled": "+"}  # fmt: skip
_DOTS = {
    "javascript": (".", "?."), "ruby": (".", "::", "&."), "perl": ("->", "::"), "php": ("->", "::", "\\"),
    "lua": (".", ":"), "r": ("::", "$"), "julia": (".",), "elixir": (".",), "groovy": (".", "?."),
    "compiled": (".", "::", "->", "?.", "!!."),
}  # fmt: skip
# Words that say nothing of what stands behind them.
_SKIPPED = frozenset({
    "const", "let", "var", "my", "our", "local", "return", "await", "new", "async", "export", "default", "static", "public",
    "private", "protected", "final", "yield", "throw", "void", "typeof", "not", "then", "else", "do", "begin", "try", "global",
    "delete", "@",
})  # fmt: skip
_DEFINES = frozenset({"function", "def", "sub", "defp", "fn", "func"})
_STOPS = frozenset({
    "if", "while", "for", "in", "else", "case", "catch", "finally", "instanceof", "foreach", "switch", "elseif", "elsif",
})  # fmt: skip
_MORE_STOPS = {
    "ruby": frozenset({"unless", "until", "and", "or", "do", "then", "end", "rescue", "when", "ensure"}),
    "perl": frozenset({"unless", "until", "and", "or", "x", "eq", "ne", "lt", "gt", "le", "ge", "cmp"}),
    "lua": frozenset({"do", "then", "end", "and", "or", "until", "repeat"}),
    "julia": frozenset({"do", "end", "begin"}), "elixir": frozenset({"do", "end", "and", "or", "when", "rescue"}),
    "php": frozenset({"and", "or", "as"}), "javascript": frozenset({"of"}),
}  # fmt: skip
_BY_SIDE = frozenset({"ruby", "perl", "elixir", "php", "groovy"})  # `puts x` is a call
_JOINING = {
    "ruby": ("and", "or", "in"), "perl": ("and", "or", "x", "eq", "ne"), "lua": ("and", "or"), "javascript": ("of", "in"),
    "php": ("and", "or"), "elixir": ("and", "or"), "julia": ("in",), "r": ("in",), "groovy": ("in",),
    "compiled": ("in",),
}  # fmt: skip
_GETTERS = frozenset({"ruby", "elixir"})  # `x.reverse` is a call
_ASSIGNS = frozenset({"=", ":=", "<-", "||=", "//="})
_MORE = frozenset({"+=", ".="})


def read(text: str, language: str, home: str = "~", *, shows: bool = False) -> list[Finding]:
    """Return what the code would do. `shows`: the value of its last statement is shown, too. Never raises."""
    if language in ("applescript", "tcl", "other"):
        from agentguard.access.code import words  # noqa: PLC0415 - rare

        return words.read(text, language, home)
    if len(text) > _MAX_TEXT:
        return [("opaque", "the code is too long")]
    scanner = Scanner(language, home)
    try:
        value = scanner.take(text)
        if shows:
            scanner.found.shows([value], end="\n")
    except RecursionError:
        scanner.found.add("opaque", "the code is nested too deeply")
    return scanner.found.finish()


class Scanner(Statements):
    """Reads tokens and hands every call to what it means."""

    def __init__(self, language: str, home: str = "~") -> None:
        super().__init__(language, home)
        self.depth = 0
        self.assigned = False  # the last expression put its value somewhere
        self.target = ""  # the name that an assignment would be to
        self.member = ""  # the last name behind a dot
        self.keys: list[tuple[str, Alternatives]] = []  # of the last braces
        self.stops = _STOPS | _MORE_STOPS.get(language, frozenset())

    def take(self, text: str) -> Alternatives:
        """Read some code as a part of this one; return the value of its last statement."""
        before = self.tokens, self.at, self.text, self.braces
        self.tokens, self.at, self.text, self.braces = t.cut(text, self.language), 0, text, 0
        self.count += len(self.tokens)
        if self.count > t.MAX_TOKENS:
            self.found.add("opaque", "the code is too long")
            self.tokens = self.tokens[: t.MAX_TOKENS]
        value = NOTHING
        if self.depth > _MAX_DEPTH:
            self.found.add("opaque", "the code is nested too deeply")
            self.tokens = []
        while self.at < len(self.tokens):
            start = self.at
            found = self.statement()
            value = found if found is not None else value
            if self.at == start:
                self.at += 1
        self.tokens, self.at, self.text, self.braces = before
        return value

    # -- tokens

    # -- statements

    def statement(self) -> Alternatives | None:
        """Read one statement, or one sign that ends or parts them."""
        kind, value = self.peek()
        if kind == END:
            self.at += 1
            return None
        if kind == NAME and value == "import" and self.language == "javascript" and self.imports():
            return None
        if kind == NAME and self.language == "compiled" and self.declares():
            return None
        if kind == NAME and value in ("for", "foreach") and self.loops():
            return None
        if kind == NAME and value in _DEFINES:
            self.at += 2 if self.peek(1)[0] == NAME and self.peek(2) == (SIGN, "(") else 1
            return None
        if kind == SIGN and value == "{":
            return self.braced()
        if kind == SIGN and value in (")", "]", "}", ","):
            self.at += 1
            return None
        self.assigned = False
        if kind == NAME and h.UNSEEN in value:
            self.found.add("opaque", "a part of the code is not known")
        found = self.expression()
        if ENVIRON in found and self.peek()[0] == END and not self.assigned:  # what `node -p` prints
            self.found.add("environment")
        return found

    # -- expressions

    def expression(self) -> Alternatives:
        """Read an expression down to what cannot go on with it."""
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            self.depth -= 1
            self.at += 1
            self.found.add("opaque", "the code is nested too deeply")
            return NOTHING
        left = self.operand()
        while True:
            kind, value = self.peek()
            if kind == NAME and value in _JOINING.get(self.language, ()):
                target = self.target
                self.at += 1
                right = self.operand()
                if value in ("of", "in") and right != (ENVIRON,):
                    self.bind(target, self.elements(right))
                continue
            if kind == NAME and value == "as" and self.language == "php" and self.peek(1)[0] == NAME:
                arrow = self.peek(2) == (SIGN, "=>") and self.peek(3)[0] == NAME
                self.bind(self.peek(3 if arrow else 1)[1], self.elements(left))
                self.at += 4 if arrow else 2
                continue
            if (
                kind != SIGN
                or value in (")", "]", "}", ",", "{", ":")
                or (value == "=>" and self.language != "javascript")
            ):
                if value == ":" and self.ternary:
                    self.at += 1
                    left = h.several((*left, *self.operand()))
                    self.ternary -= 1
                    continue
                break
            if value in ("(", "["):  # behind `for`, `if` and the like
                left = self.operand()
                continue
            target = self.target
            self.at += 1
            if value == "|>" and self.language in ("elixir", "r", "julia"):
                left = self.piped(left)
            elif value in _ASSIGNS:
                keys, self.keys = self.keys, []
                left = self.expression()
                self.assigned = True
                if target == "{":
                    self.takes_apart(keys, left)
                else:
                    self.bind(target, left)
                    self.found.assigned += left if not target else ()
                    if not target and self.language == "compiled":
                        self.arguments(left)
            elif value in _MORE:
                left = self.joined(left, self.expression())
                self.bind(target, left)
            elif value == "=>":
                left = self.braced() if self.sign("{") else self.expression()
            elif value == _JOINS[self.language]:
                left = self.joined(left, self.operand())
            elif value == "?":
                self.ternary += 1
                left = self.operand()
            elif value in ("||", "??", "//"):
                left = h.several((*left, *self.operand()))
            elif value == "&&":
                left = self.operand()
            elif value in ("!", "...", "<<") and (self.peek()[0] == END or self.sign(")")):
                break
            else:
                right = self.operand()
                left = (h.reckoned(left[0], value, right[0]),) if len(left) == len(right) == 1 else NOTHING
        self.depth -= 1
        return left

    def joined(self, left: Alternatives, right: Alternatives) -> Alternatives:
        """Return two texts put together."""
        if len(left) * len(right) > h.MAX_ALTERNATIVES:
            return NOTHING
        return h.several(h.reckoned(a, "+", b) if isinstance(a, h.Edited) or (isinstance(a, int) and isinstance(b, int))
                         else h.joined((a, b))
                         for a in left for b in right)  # fmt: skip

    def operand(self) -> Alternatives:
        """Read one operand with everything that is done to it by dots, calls and indexes."""
        self.target = ""
        hides = False  # only whether there is something is asked
        kind, value = self.peek()
        while (kind == NAME and value in _SKIPPED and not (value == "do" and self.peek(1)[0] == TEXT)) or (
            kind == SIGN and value in ("!", "-", "+", "&", "*", "...", "\\", "~")
        ):
            hides = hides or value in ("!", "typeof")
            self.at += 1
            kind, value = self.peek()
            if kind == NAME and value == "function":
                self.at += 1
                return NOTHING
        found: Alternatives
        if kind == SIGN and value == "[" and self.typed():
            found = (Items(self.listed("}").placed[: h.MAX_ITEMS]),)
        elif kind == SIGN and value in ("(", "[", "{"):
            found = self.bracketed(value)
        elif kind == TEXT:
            self.at += 1
            found = self.literal(value)
            while self.peek()[0] == TEXT and self.language in ("ruby", "julia") and not self.sign(","):
                found = self.joined(found, self.literal(self.peek()[1]))
                self.at += 1
        elif kind == TICK:
            self.at += 1
            for one in self.literal(value):
                self.found.shell(one)
            found = (OUTPUT,)
        elif kind == NUMBER:
            self.at += 1
            found = (value,) if value is not None else NOTHING
        elif kind == NAME and value == "&" and self.peek(1) == (SIGN, "{"):  # `&{"name"}(…)` of Perl
            self.at += 2
            inner = self.listed("}").placed
            found = inner[0] if inner else NOTHING
        elif kind == NAME:
            self.at += 1
            value = value.removeprefix("&") if value.startswith("&$") else value
            self.target = value
            found = self.values.get(value) or self.named(value)
            if value == "<>" and self.language == "perl":
                for one in self.elements(self.values.get("@ARGV", ())):
                    self.found.path("read", one)
            if value in self.stops or value in _DEFINES:
                return NOTHING
        else:
            if kind == SIGN and value not in (")", "]", "}", ","):
                self.at += 1
            return NOTHING
        found = self.postfix(found)
        return NOTHING if hides and h.secret(found[0]) else found

    def typed(self) -> bool:
        """Skip what stands before the elements of `[]string{…}` and `new[] {…}`. Returns whether it was one."""
        at = 2
        while self.peek(at)[0] == NAME or self.peek(at) in ((SIGN, "."), (SIGN, "*")):
            at += 1
        found = self.language == "compiled" and self.peek(1) == (SIGN, "]") and self.peek(at) == (SIGN, "{")
        self.at += at + 1 if found else 0
        return found

    def bracketed(self, mark: str) -> Alternatives:
        """Read what stands in brackets."""
        if mark == "{":
            found = self.braced()
            self.target = "{"
            return found
        self.at += 1
        args = self.listed(")" if mark == "(" else "]")
        if self.sign("=>", "->") and self.language in ("javascript", "groovy", "julia"):
            return NOTHING  # the parameters of a function
        if mark == "(" and len(args.placed) == 1 and not args.named:
            return args.placed[0]
        self.target = ""
        return (Items(args.placed[: h.MAX_ITEMS]),) if args.placed or not args.named else (Table(args.named),)

    def braced(self) -> Alternatives:
        """Read a block or a dictionary: both at once, as nothing tells them apart."""
        self.at += 1
        self.braces += 1
        items: dict[str, Alternatives] = {}
        keys: list[tuple[str, Alternatives]] = []
        last: Alternatives = (Table({}),) if self.sign("}") else NOTHING
        parts: list[Alternatives] = []
        commas = 0
        while self.at < len(self.tokens) and not self.sign("}"):
            start = self.at
            kind, value = self.peek()
            commas += (kind, value) == (SIGN, ",")
            if kind == SIGN and value == "..." and self.peek(1)[0] == NAME:
                self.at += 1
                if ENVIRON in self.operand():
                    last = (ENVIRON,)
                    items["..."] = (ENVIRON,)
                continue
            key = str(self.literal(value)[0]) if kind == TEXT else str(value) if kind in (NAME, NUMBER) else ""
            if key and self.peek(1) in ((SIGN, ":"), (SIGN, "=>")):
                self.at += 2
                self.past_lines()
                items[key] = self.expression()
                keys.append((key, items[key]))
            elif kind == NAME and self.peek(1) in ((SIGN, ","), (SIGN, "}")) and self.language != "compiled":
                self.at += 1
                items[key] = self.values.get(key) or self.named(key)
                keys.append((key, ()))
            else:
                found = self.statement()
                last = last if found is None else found
                if found is not None:
                    parts.append(found)
            if self.at == start:
                self.at += 1
        self.at += 1
        self.braces -= 1
        self.keys = keys
        if "..." in items and items["..."] == (ENVIRON,):
            return (ENVIRON,)
        if parts and not items and (self.language == "lua" or (commas and self.language == "compiled")):
            return (Items(parts[: h.MAX_ITEMS]),)
        return (Table(items),) if items else last

    def listed(self, end: str) -> Args:
        """Read arguments or elements down to a closing bracket ("" for the end of the line)."""
        placed: list[Alternatives] = []
        named: dict[str, Alternatives] = {}
        while self.at < len(self.tokens):
            if end:
                self.past_lines()
            kind, value = self.peek()
            if kind == SIGN and value in (")", "]", "}"):
                self.at += value == end
                break
            if not end and (
                kind == END or (kind == NAME and value in self.stops) or (kind == SIGN and value in ("{", "|>"))
            ):
                break
            start = self.at
            if kind == SIGN and value == ",":
                self.at += 1
                if not end:
                    self.past_lines()
                continue
            key = str(self.literal(value)[0]) if kind == TEXT else value if kind == NAME else ""
            marks = ("=>", ":", "=") if self.language in ("r", "julia", "php") else ("=>", ":")
            if key and self.peek(1) in [(SIGN, mark) for mark in marks] and self.named_here():
                self.at += 2
                self.past_lines()
                named[key] = self.expression()
            elif end and kind == NAME and self.language == "javascript" and self.peek(1) == (SIGN, "=>"):
                self.at += 2
                placed.append(self.braced() if self.sign("{") else self.expression())
            else:
                placed.append(self.expression())
            if self.at == start:
                self.at += 1
        if self.language == "ruby":
            placed = [(ENVIRON,) if isinstance(one[0], Named) and one[0].name == "ENV" else one for one in placed]
        return Args(placed, named)

    def named_here(self) -> bool:
        """Return whether `name =>` or `name:` gives an argument a name, and is no arrow function."""
        return not (self.language == "javascript" and self.peek(1) == (SIGN, "=>"))

    def postfix(self, found: Alternatives) -> Alternatives:
        """Read `.name`, `(…)`, `[…]`, and arguments without brackets."""
        dots = _DOTS[self.language]
        called = False
        getter = False
        while True:
            kind, value = self.peek()
            if (kind, value) in ((SIGN, "("), (SIGN, "{"), (NAME, "do")):
                self.takes(found)
            if (
                kind == END
                and value == "\n"
                and self.peek(1)[0] == SIGN
                and self.peek(1)[1] in dots
                and self.peek(2)[0] == NAME
            ):
                self.at += 1  # a chain that goes on in the next line
                continue
            if kind == SIGN and value in dots and self.is_dot(value):
                if getter:
                    found = self.call(found, Args([]))
                self.at += 1
                kind, name = self.peek()
                if kind == SIGN and name in ("(", "[", "{"):
                    continue
                self.at += 1
                plain = str(name) if kind in (NAME, NUMBER) else ""
                if kind == TEXT:
                    plain = str(self.literal(name)[0])
                if (kind, name) == (SIGN, "!") and self.language == "compiled":
                    self.starts(found)
                self.member = plain
                found = self.attribute(found, plain)
                self.target = ""
                called, getter = False, self.language in _GETTERS or (self.language == "groovy" and plain in PROPERTIES)
            elif kind == SIGN and value == "(" and (self.close() or self.language not in _BY_SIDE or not called):
                self.at += 1
                args = self.listed(")")
                found = self.call(found, args)
                called, getter = True, False
                self.target = ""
            elif kind == SIGN and value == "[" and self.close():
                if getter:
                    found, getter = self.call(found, Args([])), False
                self.at += 1
                index = self.listed("]")
                if self.language == "compiled" and not index.placed and self.sign("{"):  # `new String[] {"sh", "-c"}`
                    self.at += 1
                    found = (Items(self.listed("}").placed[: h.MAX_ITEMS]),)
                    continue
                found = self.item(found, index.placed[0] if index.placed else NOTHING)
                self.target = self.target if self.language == "compiled" and not index.placed else ""
            elif kind == SIGN and value == "{" and self.close() and self.language == "perl":
                self.at += 1
                found = self.item(found, self.perl_key())
                self.target = ""
            elif kind == TEXT and self.takes_text(found, called=called):
                self.at += 1
                found = self.call(found, Args([self.literal(value)]))
                called, getter = True, False
                self.target = ""
            elif not called and self.language in _BY_SIDE and self.by_side(found):
                if self.sign("{"):  # `exec {$program} @words`
                    self.braced()
                args = self.listed("")
                found = self.call(found, args)
                called, getter = True, False
                self.target = ""
            else:
                break
        return self.call(found, Args([])) if getter else found

    def starts(self, of: Alternatives) -> None:
        """`Seq("sh", "-c", …).!` and `"ls -l".!` of Scala."""
        for one in of:
            if isinstance(one, Items):
                self.found.argv(one, Args([]))
            elif isinstance(one, (str, Pattern)):
                self.found.command(list(one.split()) if isinstance(one, str) else [one])

    def arguments(self, given: Alternatives) -> None:
        """`task.arguments = ["-c", …]` of Swift, `info.Arguments = "-c …"` of C#: what stands there is for a shell."""
        for one in given if self.member in ("arguments", "Arguments") else ():
            if isinstance(one, Items) and one.items and one.items[0][0] in ("-c", "-lc"):
                self.found.argv(Items([("sh",), *one.items]), Args([]))
            elif isinstance(one, str) and one.startswith("-c "):
                self.found.shell("sh " + one)

    def is_dot(self, value: str) -> bool:
        r"""Lua's `:`, PHP's `\\` and R's `$` are dots only where a name stands behind them."""
        if value in (":", "\\"):
            return self.peek(1)[0] == NAME and (value == "\\" or self.peek(2) == (SIGN, "(") or self.peek(2)[0] == TEXT)
        return True

    def takes_text(self, found: Alternatives, *, called: bool) -> bool:
        """Lua's `f"x"` and JavaScript's tagged templates."""
        if self.language == "lua":
            return isinstance(found[0], Named) or found == NOTHING
        return self.language == "javascript" and not called and self.close() and isinstance(found[0], Named)

    def by_side(self, found: Alternatives) -> bool:
        """Return whether arguments stand behind a function without brackets."""
        first = found[0]
        if not isinstance(first, (Named, Place)) and not hasattr(first, "attribute"):
            return False
        if isinstance(first, Named) and first.name[:1] in ("$", "@", "%", "&"):
            return False
        kind, value = self.peek()
        if kind == NAME:
            return value not in self.stops and not self.close()
        if kind in (TEXT, TICK, NUMBER):
            return self.language != "groovy" or not self.close()
        if kind == SIGN and value == "{" and self.language == "perl":
            return isinstance(first, Named) and first.name in ("exec", "system")
        if kind == SIGN and value in ("[", "-", ":", "*", "\\") and not self.close():
            return self.language in ("ruby", "perl") and self.peek(1)[0] in (TEXT, NAME, TICK, NUMBER)
        return False

    def perl_key(self) -> Alternatives:
        """Read the key in `$x{key}`."""
        kind, value = self.peek()
        if kind == NAME and self.peek(1) == (SIGN, "}") and value[:1] not in ("$", "@", "%"):
            self.at += 2
            return (value,)
        args = self.listed("}")
        return args.placed[0] if args.placed else NOTHING

    def piped(self, left: Alternatives) -> Alternatives:
        """`x |> f(y)` is `f(x, y)`."""
        kind, value = self.peek()
        found = self.named(str(value)) if kind == NAME else NOTHING
        self.at += 1
        while self.sign(*_DOTS[self.language]):
            self.at += 1
            found = self.attribute(found, str(self.peek()[1]))
            self.at += 1
        args = Args([])
        if self.sign("("):
            self.at += 1
            args = self.listed(")")
        return self.call(found, Args([left, *args.placed], args.named))

    def literal(self, parts: list[Any]) -> Alternatives:
        """Return what a text is, the code in it worked out."""
        if len(parts) == 1 and isinstance(parts[0], str):
            return (h.literal(parts[0]),)
        done: list[Held] = []
        plain: list[Held] = []  # the same in a language that has no holes
        for part in parts:
            if isinstance(part, str):
                done.append(h.literal(part))
                plain.append(done[-1])
            else:
                self.depth += 1
                value = self.take(part.code) if part.code else NOTHING
                self.depth -= 1
                done.append(value[0] if len(value) == 1 else UNKNOWN)
                bare = part.written and (done[-1] is UNKNOWN or isinstance(done[-1], Named))
                plain.append(h.literal(part.written) if bare else done[-1])
        return h.several((h.joined(done), h.joined(plain)))
