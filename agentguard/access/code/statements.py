"""The tokens at hand, and what binds names: imports, loops, parameters, dictionaries taken apart (see literals)."""

from __future__ import annotations

from agentguard.access.code import held as h
from agentguard.access.code.held import ENVIRON, Named, Table
from agentguard.access.code.meanings import Meanings
from agentguard.access.code.tokens import END, NAME, SIGN, TEXT
from agentguard.access.model import UNKNOWN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentguard.access.code.held import Alternatives, Held
    from agentguard.access.code.sinks import Args
    from agentguard.access.code.tokens import Token

_EACH = frozenset({
    "forEach", "map", "flatMap", "filter", "some", "every", "each", "collect", "select", "reject", "flat_map",
    "each_with_index",
})  # fmt: skip


class Statements(Meanings):
    """What needs no more than the next tokens. Expressions are the reader's."""

    def __init__(self, language: str, home: str = "~") -> None:
        super().__init__(language, home)
        self.tokens: list[Token] = []
        self.at = 0
        self.text = ""

    def operand(self) -> Alternatives:
        """Read one operand."""
        raise NotImplementedError

    def expression(self) -> Alternatives:
        """Read an expression."""
        raise NotImplementedError

    def listed(self, end: str) -> Args:
        """Read arguments or elements down to a closing bracket."""
        raise NotImplementedError

    def literal(self, parts: list[Any]) -> Alternatives:
        """Return what a text is."""
        raise NotImplementedError

    def peek(self, ahead: int = 0) -> tuple[str, Any]:
        """Return kind and value of a token; an end where there is none."""
        at = self.at + ahead
        return self.tokens[at][:2] if at < len(self.tokens) else (END, "")

    def sign(self, *values: str) -> bool:
        """Return whether one of these signs is next."""
        kind, value = self.peek()
        return kind == SIGN and value in values

    def close(self) -> bool:
        """Return whether the next token stands right behind the last one."""
        if self.at >= len(self.tokens):
            return False
        place = self.tokens[self.at][2]
        return place > 0 and not self.text[place - 1 : place].isspace()

    def past_lines(self) -> None:
        """Skip ends of lines, inside brackets."""
        while self.at < len(self.tokens) and self.tokens[self.at][0] == END:
            self.at += 1

    def bind(self, name: str, value: Alternatives) -> None:
        """Note what a variable holds; inside braces it may also hold what it held before."""
        if not name:
            return
        old = self.values.get(name, ())
        self.values[name] = h.several((*value, *old)) if self.braces and old else value

    def imports(self) -> bool:
        """`import fs, {readFile as r} from "fs"`, `import * as fs from "fs"`."""
        end = self.at + 1
        names: list[tuple[str, str]] = []  # local name, what of the module
        while end < len(self.tokens) and end < self.at + 60 and self.tokens[end][:2] != (NAME, "from"):
            kind, value, _ = self.tokens[end]
            if kind == TEXT:
                break
            if kind == NAME and value == "as" and end + 1 < len(self.tokens):
                names[-1:] = [(str(self.tokens[end + 1][1]), names[-1][1] if names else "")]
                end += 1
            elif kind == NAME:
                inside = any(self.tokens[k][:2] == (SIGN, "{") for k in range(self.at, end))
                names.append((value, value if inside else ""))
            elif (kind, value) == (SIGN, "*"):
                names.append(("", ""))
            end += 1
        if end + 1 >= len(self.tokens) or self.tokens[end][:2] != (NAME, "from") or self.tokens[end + 1][0] != TEXT:
            return False
        module = self.literal(self.tokens[end + 1][1])[0]
        for local, what in names:
            full = f"{self.module(str(module))}.{what}" if what else self.module(str(module))
            self.bind(local, self.named(full))
        self.at = end + 2
        return True

    def declares(self) -> bool:
        """`home, _ := f()` of Go, `x: T = …`, `ifstream f(".env")` of C++: the name stands elsewhere. Whether it was one."""
        second, third = self.peek(1), self.peek(2)
        at = 0
        while self.peek(at) in ((NAME, "let"), (NAME, "mut"), (NAME, "val"), (NAME, "var"), (NAME, "const")):
            at += 1
        name = self.peek(at)
        if name[0] == NAME and self.peek(at + 1) == (SIGN, ":") and self.peek(at + 2)[0] == NAME:
            end = at + 3
            while (
                end < at + 8
                and self.peek(end)[0] in (NAME, SIGN)
                and self.peek(end)[1] not in ("=", "(", "{", ",", ")")
            ):
                end += 1
            if self.peek(end) == (SIGN, "="):
                self.at += end + 1
                self.bind(str(name[1]), self.expression())
                return True
        if second == (SIGN, ",") and third[0] == NAME and self.peek(3) in ((SIGN, ":="), (SIGN, "=")):
            first = str(self.peek()[1])
            self.at += 4
            self.bind(first, self.expression())
            return True
        if self.peek()[1] == "std" and second == (SIGN, "::"):
            at = 2
        if self.peek(at)[1] in ("ifstream", "ofstream", "fstream") and self.peek(at + 1)[0] == NAME:
            stream = str(self.peek(at)[1])
            self.at += at + 3
            if self.tokens[self.at - 1][:2] in ((SIGN, "("), (SIGN, "{")):
                self.call((Named("ofstream" if stream == "ofstream" else "ifstream"),), self.listed(")"))
            return True
        return False

    def loops(self) -> bool:
        """`for my $f (LIST)` of Perl, `for _, f in ipairs(LIST)` of Lua. Returns whether it was one."""
        at = 1
        if self.language == "perl":
            while self.peek(at) in ((NAME, "my"), (NAME, "our")):
                at += 1
            kind, name = self.peek(at)
            variable = str(name) if kind == NAME and str(name)[:1] == "$" else "$_"
            at += variable != "$_"
            if self.peek(at) != (SIGN, "("):
                return False
            self.at += at + 1
            listed = self.listed(")")
            found = tuple(one for given in listed.placed for one in given)
            self.bind(variable, self.elements(found))
            return True
        if self.language == "lua":
            names = []
            while self.peek(at)[0] == NAME and self.peek(at) != (NAME, "in"):
                names.append(str(self.peek(at)[1]))
                at += 2 if self.peek(at + 1) == (SIGN, ",") else 1
            if self.peek(at) != (NAME, "in") or not names:
                return False
            self.at += at + 1
            if self.peek()[1] in ("ipairs", "pairs"):
                self.at += 1
            self.bind(names[-1], self.elements(self.operand()))
            return True
        return False

    def elements(self, found: Alternatives) -> Alternatives:
        """Return what a loop over something gives; one text is an element by itself."""
        return h.several(inner for one in found for inner in ((one,) if isinstance(one, str) else self.each(one)))

    def each(self, held: Held) -> Alternatives:
        """Return the elements of something; of a dictionary its values, as most languages loop over them."""
        if isinstance(held, Table):
            return h.several(one for value in held.items.values() for one in value)
        return h.elements(held)

    def takes(self, found: Alternatives) -> None:
        """Bind the parameter of a function that is called for each element: `x => …`, `(x, i) => …`, `{ |x| … }`."""
        first = found[0]
        if getattr(first, "attribute", "") not in _EACH:
            return
        at = 0
        while self.peek(at) in (
            (SIGN, "("),
            (SIGN, "{"),
            (SIGN, "|"),
            (NAME, "do"),
            (NAME, "async"),
            (NAME, "function"),
        ):
            at += 1
        kind, name = self.peek(at)
        if kind == NAME and at and self.peek(at + 1)[0] == SIGN:
            self.bind(str(name), self.elements((getattr(first, "of", UNKNOWN),)))

    def takes_apart(self, keys: list[tuple[str, Alternatives]], value: Alternatives) -> None:
        """`{a, b: c} = x`: each name gets its part of x."""
        for key, local in keys:
            name = local[0].name if local and isinstance(local[0], Named) else key
            if value != (ENVIRON,):
                self.values[name] = self.attribute(value, key)
            elif h.secret(held := h.variable(key)):
                self.values[name] = (held,)
