"""Makes words of the shell at random, always the same: every expansion of bash(1), nested and quoted in every way."""

import random

# What is set up before a word, and how many words it gets. Options of globs want globs, and so on: see `Words.word`.
SETUPS = {
    "": 4300,
    "IFS=:": 700,
    "IFS=": 300,
    "IFS=' :'": 500,
    "IFS=', '": 400,
    "unset IFS": 200,
    "IFS=$'\\n'": 250,
    "IFS=x": 150,
    "shopt -s extglob": 1700,
    "shopt -s dotglob": 350,
    "shopt -s nullglob": 350,
    "shopt -s globstar": 350,
    "shopt -s nocaseglob": 300,
    "shopt -s extglob dotglob globstar": 350,
    "GLOBIGNORE='*.py:.hidden'": 350,
    "set -f": 150,
    "set --": 250,
    "pushd dir >/dev/null; pushd sub >/dev/null": 200,
    "arr=() map=() sparse[7]=end; unset 'arr[0]'": 250,
}

SCALARS = ["a", "b", "n", "p", "s", "star", "q", "up", "low", "c", "empty", "name", "nl", "w", "cc", "e", "back",
    "g", "f", "mix",
           "path", "word", "uni", "gone", "1", "2", "4", "9"]  # fmt: skip
LISTS = ["@", "*", "arr[@]", "arr[*]", "sparse[@]", "sparse[*]", "map[@]"]
ELEMENTS = [
    "arr[0]",
    "arr[1]",
    "arr[-1]",
    "arr[n-4]",
    "sparse[2]",
    "sparse[3]",
    "sparse[-1]",
    "map[k]",
    "map[$name]",
    "map[none]",
]
TEXTS = [
    "a",
    "b",
    "x",
    "py",
    "lib",
    ".",
    "/",
    "-",
    ":",
    ",",
    "=",
    "f1",
    "dir",
    "1",
    "%",
    "+",
    "é",
    "name",
    "tar",
    "~",
    "#",
    "^",
    "@",
    "!",
]
GLOBS = ["*", "?", "*.py", "[ab]", "[!a]", "[^a-c]", "[a-f]*", "[[:alpha:]]", "[[:digit:]]*", "[[:upper:]]*", "f[0-9]", "dir/*",
         "*/", ".*", "./*", "**", "**/*", "*/*", "[]a]*", "[a", "*[", "?*", "[[:space:]]", "*[[:space:]]*",
             "[!.]*", "[a-]*", "dir/.*",
         "../*", "*.[pt]*", "[\\*a]*", '["a-b"]*', "dir/*/", "*.none", "Z*", "[[:lower:]].py", "nowhere/*"]  # fmt: skip
EXTENDED = ["?({})", "*({})", "+({})", "@({})", "!({})"]


class Words:
    """The words of one setup."""

    def __init__(self, setup, seed):
        self.chance = random.Random(f"{seed} {setup}")
        self.globs = 4 if "glob" in setup.lower() else 1
        self.extended = "extglob" in setup

    def pick(self, *choices):
        return self.chance.choice(choices)

    def word(self):
        """Return a word of one to four pieces."""
        pieces = [self.piece() for _ in range(self.pick(1, 1, 1, 2, 2, 3, 4))]
        if self.chance.random() < 0.06:
            pieces.insert(
                0, self.pick("~", "~/", "~+", "~-", "~0", "~1", "~2/", "~-0", "~+1/x", "v=~", "v=~:~/x", "v=x:~+")
            )
        if self.chance.random() < 0.12:
            pieces.insert(self.chance.randrange(len(pieces) + 1), self.braces())
        return "".join(pieces)

    def piece(self, depth=0):
        kinds = [self.text, self.text, self.quoted, self.quoted, self.parameter, self.parameter, self.parameter]
        kinds += [self.glob] * self.globs + [self.arithmetic]
        if depth < 2:
            kinds += [self.command]
        return self.chance.choice(kinds)(depth)

    def text(self, depth=0):
        return self.chance.choice(TEXTS)

    def glob(self, depth=0):
        if self.extended and self.chance.random() < 0.7:
            inner = "|".join(self.pattern(2) for _ in range(self.pick(1, 1, 2, 3)))
            return self.chance.choice(EXTENDED).format(inner.replace("/", "-"))
        return self.chance.choice(GLOBS)

    def quoted(self, depth=0):
        kind = self.chance.randrange(10)
        if kind < 2:
            return "'" + self.pick("a b", "*", "$a", "", "\\", '"', "x", "a:b", "{1,2}") + "'"
        if kind == 2:
            return self.pick("\\ ", "\\$", "\\*", "\\\\", '\\"', "\\'", "\\a", "\\{", "\\:", "\\[")
        if kind == 3:
            return (
                "$'"
                + self.pick("a\\tb", "\\x41", "\\'", "\\n", "\\101", "\\u00e9", "\\\\", "\\e", "x y", "\\cA", "\\q")
                + "'"
            )
        inner = [self.inside(depth) for _ in range(self.pick(0, 1, 1, 1, 2, 3))]
        return '"' + "".join(inner) + '"'

    def inside(self, depth):
        """Return a piece of what stands between double quotes."""
        if self.chance.random() < 0.35:
            return self.pick("a", " ", "*", "x y", "\\$", '\\"', "\\\\", "\\a", "'", ":", "{a,b}", "~", "?")
        if depth < 2 and self.chance.random() < 0.15:
            return self.command(depth, quoted=True)
        return self.pick(self.parameter, self.parameter, self.parameter, self.arithmetic)(depth, quoted=True)

    def parameter(self, depth=0, quoted=False):
        names = self.pick(SCALARS, SCALARS, SCALARS, ELEMENTS, LISTS, LISTS)
        name = self.chance.choice(names)
        kind = self.chance.randrange(24)
        if kind < 5:
            plain = "[" not in name and (len(name) == 1 or name.isalpha())
            return f"${name}" if plain and self.chance.random() < 0.5 else "${" + name + "}"
        if kind < 9:
            operator = self.pick(":-", "-", ":+", "+", ":=", "=")
            if operator[-1] == "=" and (name in LISTS or name.isdigit()):
                operator = ":-"
            return "${" + name + operator + self.operand(depth, quoted) + "}"
        if kind < 14:
            return "${" + name + self.pick("#", "##", "%", "%%") + self.pattern(depth) + "}"
        if kind < 17:
            text = self.pick("", "/", "/X", "/_", "/a b", "/$n", "/'q r'", '/"$a"', "/\\/", "/x/y")
            return "${" + name + self.pick("/", "//", "/#", "/%") + self.pattern(depth) + text + "}"
        if kind < 19:
            first = self.pick("0", "1", " -1", " -2", "n-3", "2", "(1)", "$n-4", "99", " 1 ")
            second = self.pick("", "", ":1", ":2", ":0", ": -1", ":n", ":99")
            if second == ": -1" and name in LISTS:  # an error, which in a substitution is none in the word
                second = ""
            return "${" + name + ":" + first + second + "}"
        if kind == 19:
            return "${" + name + self.pick("^", "^^", ",", ",,") + self.pick("", "", "[a-f]", "a", "?", "$low") + "}"
        if kind == 20:
            return "${" + name + "@" + self.pick("U", "u", "L", "Q", "E", "K", "A", "a", "P", "Q") + "}"
        if kind == 21:
            return "${#" + name + "}"
        if kind == 22:
            return "${!" + self.pick("name", "ref", "arr[@]", "sparse[@]", "sparse[*]", "map[@]", "arr[0]", "name:-x", "ref%o",
                                     "name@Q", "gone[@]", "name//x/y", "n", "#") + "}"  # fmt: skip
        return self.pick(
            "$#", "${#}", "$0", "${##}", "${#@}", "${#*}", "${@:0:1}", "${@:1:2}", "$?", "$*", "$@", "${@: -1}"
        )

    def operand(self, depth, quoted):
        """Return the word behind `:-` and its kin."""
        if depth > 2:
            return self.pick("d", "", "d e")
        choices = [
            self.pick(
                "d", "d e", "", "*.py", "'d  e'", '"d  e"', "a:b", "~", "\\}", "{1,2}", "$s", '"$s"', '"$@"', "$@"
            )
        ]
        choices += [self.parameter(depth + 1, quoted=quoted) for _ in range(self.pick(0, 0, 1))]
        return "".join(choices)

    def pattern(self, depth):
        """Return a pattern behind `#`, `%`, `/` or in a group."""
        parts = [
            self.pick("a", "*", "?", "*/", "/*", ".*", "*.", "[a-m]", "[!/]", "x", "l", "'*'", '"$a"', "$c", "\\*",
                "o", "ne", ":", " ",
                      "[[:alpha:]]", ".", "*.py", ".t*", "b", "f", "hidden", "y")
            for _ in range(self.pick(1, 1, 2, 3))
        ]  # fmt: skip
        text = "".join(parts)
        if self.extended and depth < 4 and self.chance.random() < 0.3:
            text += self.chance.choice(EXTENDED).format(
                self.pattern(depth + 2) + self.pick("", "|" + self.pattern(depth + 2))
            )
        return (
            text.replace(" ", "\\ ") if depth >= 2 else text.replace("/", "\\/") if self.chance.random() < 0.3 else text
        )

    def arithmetic(self, depth=0, quoted=False):
        return ("$[" + self.number(0) + "]") if self.chance.random() < 0.1 else "$((" + self.number(0) + "))"

    def number(self, depth):
        if depth > 2 or self.chance.random() < 0.35:
            return self.pick("0", "1", "7", "n", "$n", "i", "j", "e", "010", "0x1f", "16#ff", "2#101", "36#z",
                "arr[9]", "gone", "${#a}", "-3",
                             "sparse[9]", "64#_", "b", " 12 ")  # fmt: skip
        kind = self.chance.randrange(12)
        one = self.number(depth + 1)
        if kind < 5:
            operator = self.pick(
                "+", "-", "*", "/", "%", "<<", ">>", "<", "<=", "==", "!=", "&", "^", "|", "&&", "||", "**", ",", ">"
            )
            if operator in ("/", "%", "**"):  # an error in a substitution is none in the word
                return one + operator + self.pick("7", "n", "3", "2#101", "$n", "(j)")
            return one + operator + self.pick("", " ") + self.number(depth + 1)
        if kind < 7:
            return self.pick("-", "!", "~", "+", "- ") + f"({one})"
        if kind == 7:
            return f"{one} ? {self.number(depth + 1)} : {self.number(depth + 1)}"
        if kind == 8:
            return "(" + self.pick("i", "j", "new", "sparse[1]") + self.pick("=", "+=", "*=", "|=", "-=") + f"{one})"
        if kind == 9:
            return self.pick("i++", "++i", "j--", "--j", "(i++)+i", "n++ + ++n")
        return f"({one})"

    def command(self, depth=0, quoted=False):
        inner = self.piece(depth + 1)
        if "`" in inner or "\\" in inner or (quoted and '"' in inner) or self.chance.random() < 0.7:
            return self.pick(
                "$(echo {})", "$(echo {})", "$(printf '%s\\n' {})", "$(printf %s {})", "$( echo {} ; )"
            ).replace("{}", inner)
        return f"`echo {inner}`"

    def braces(self, depth=0):
        if self.chance.random() < 0.35:
            return "{" + self.pick("1..3", "3..1", "01..10..4", "a..e..2", "e..a", "-2..2", "1..2..0", "1..10..-3",
                "x..x", "1..a", "7..a",
                                   "0..9..5", "001..3", "a..", "..", "1..3..x") + "}"  # fmt: skip
        parts = []
        for _ in range(self.pick(1, 2, 2, 2, 3)):
            part = self.pick("", self.text(), self.quoted(1), self.parameter(2), "x", "y")
            parts.append(self.braces(depth + 1) if depth < 2 and self.chance.random() < 0.15 else part)
        return "{" + ",".join(parts) + "}"


def generated(seed=20):
    """Return at least 10,000 pairs of a setup and a word."""
    pairs = []
    for setup, count in SETUPS.items():
        words = Words(setup, seed)
        seen = dict.fromkeys(words.word() for _ in range(count * 2))
        # What lies at the root of the machine is not ours to say.
        pairs += [(setup, word) for word in list(seen)[:count] if word[:1] != "/" or not set("*?[") & set(word)]
    return pairs
