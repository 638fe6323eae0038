"""Words expand as bash expands them, or to something less exact that covers what bash does."""

import os
import random
import re
import subprocess

import pytest

from agentguard.access import paths
from agentguard.access.model import ANY, UNKNOWN, Pattern
from agentguard.access.shell.flow import Frame
from agentguard.access.shell.interpret import Machine
from agentguard.access.shell.scan import scan
from agentguard.access.shell.state import initial
from agentguard.access.shell.values import Globbed
from agentguard.access.shell.words import Reader
from agentguard.access.world import RealDisk, World

FILES = ("a.py", "b.py", "c.txt", "dir/d.py", "dir/sub/e.txt", ".hidden", "with space")
PRELUDE = "\n".join((  # noqa: FLY002 - a list reads better
    "a='x y'", "b=", "n=5", "p=/usr/lib/name.tar.gz", "s='one  two'", "star='*.py'", "q=\"it's\"", "up=ABC low=def",
    "arr=(one 'two three' four)", "unset gone", "set -- first 'second arg' third", "c=a:b:c", "empty=''", "name=a",
))  # fmt: skip

# Each line is one word (or a few): every form of quoting and every expansion of the manual has some.
WORDS = r"""
plain
'single quoted'
"double quoted"
a\ b
\'
\\
"a\"b"
"a\$b"
'a'"b"c
'it'\''s'
""
''
x''y
$'tab\there'
$'\x41\102\u0043'
$'it\'s'
$'\e[0m'
$"translated"
$a
"$a"
${a}
"${a}"
pre${a}post
"pre${a}post"
$b
"$b"
$b""
x${b}y
$gone
"$gone"
$a$b$n
$s
"$s"
'$a'
\$a
"\$a"
$n$n
${#a}
${#b}
${#arr[@]}
${#gone}
${a:-default}
${b:-default}
${b-default}
${gone:-default}
${gone-default}
"${gone:-two words}"
${gone:-two words}
${gone:-"two words"}
${gone:-$a}
${gone:+alt}
${a:+alt}
${b:+alt}
${b+alt}
x${gone}y
${p#*/}
${p##*/}
${p%.*}
${p%%.*}
${p%/*}
"${p##*/}"
${p#nothing}
${p/usr/opt}
${p//a/A}
${p/#\/usr/X}
${p/%gz/xz}
${p//\//_}
${p/name}
${s// /-}
${p:0:4}
${p:5}
${p: -2}
${p:1:3}
${up,,}
${low^^}
${low^}
${up,}
${low@U}
${up@L}
${!name}
${arr[0]}
${arr[1]}
"${arr[1]}"
${arr[@]}
"${arr[@]}"
"${arr[*]}"
${arr[*]}
${arr[-1]}
"${arr[@]:1}"
"${arr[@]:0:2}"
"x${arr[@]}y"
$1
"$2"
$#
"$@"
$@
"$*"
"x$@y"
"${@:2}"
${1}
${10}
$((1+2))
$((n*2))
$(( n > 3 ? 1 : 0 ))
$((16#ff))
$((0x10))
$((010))
$(( (1+2)*3 ))
$((7/2))
$((-7/2))
$((7%3))
$((1<<4))
$((n))
$(($n+1))
$[1+2]
x$((1))y
$(echo hi)
"$(echo hi)"
$(echo 'a b')
"$(echo 'a b')"
`echo hi`
"`echo hi`"
$(printf 'a\nb')
"$(printf 'a\nb\n\n')"
$(echo $(echo deep))
$(echo "$(echo "quoted deep")")
$(printf '%s' x)y
$(pwd)
$(basename /a/b.c .c)
$(dirname /a/b)
$(echo aGk= | base64 -d)
$(echo olleh | rev)
$(echo abc | tr a-c A-C)
$(seq 1 3)
{a,b}
{a,b}c
x{a,b}y
{a,b}{1,2}
{1..3}
{3..1}
{01..03}
{1..10..3}
{a..e}
{a..e..2}
{a,{b,c}}
{a}
{}
{a,b
a,b}
\{a,b}
'{a,b}'
"{a,b}"
{a,'b c'}
{$n,$a}
x{,.bak}
{,a}
{1..a}
~
~/x
"~"
\~
x~
~+
*.py
*.none
dir/*
*/*.py
?.py
[ab].py
[!a].py
[a-b].py
'*.py'
"*.py"
\*.py
$star
"$star"
*
.*
a[1]
[
]
a]b
[]]
[a
-
--
-x
a=b
a=~
a=~/x
x:~
a=x:~
#
x#y
!
%
@
^
a,b
a;b
'a;b'
$
"$"
a$
$%
a\
b
${a
"${empty:-}"
$'a'"b"'c'$n
"a b"$a'c d'
""$a""
$a"$a"
${c//:/ }
"${c//:/ }"
é
"日本"
"""


class Box:
    """A folder with some files, and the same words expanded by us and by bash."""

    def __init__(self, folder):
        self.folder = str(folder)
        for name in FILES:
            path = os.path.join(self.folder, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w"):
                pass
        self.world = World(home=self.folder, project=self.folder, user="me", disk=RealDisk())

    def ours(self, word):
        machine = Machine(self.world, "Bash", 0)
        state = initial(self.folder, self.world)
        machine.run(Frame(PRELUDE, (), 0, (0, 0)), state, None)
        frame = Frame(word, (), 0, (0, len(word)))
        frame.scanned = scan("")
        found = []
        for one in state.alternatives(word, 16):
            for start, end in next(iter(scan("x " + word).commands.values())).words[1:]:
                found += Reader(machine, one, frame).fields(("x " + word)[start:end])
            break
        return found

    def bash(self, words):
        """Return what bash makes of each word; None where it fails."""
        script = PRELUDE + "\n" + "".join(f"printf '%s\\0' - {word}\nprintf '\\1\\0'\n" for word in words)
        done = subprocess.run(
            ["bash", "--norc", "--noprofile", "-c", script], cwd=self.folder, capture_output=True, check=False,
            env={"HOME": self.folder, "LC_ALL": "C.UTF-8", "PATH": os.environ["PATH"]},
        )  # fmt: skip
        if done.returncode or done.stderr:
            return None
        text = done.stdout.decode("utf-8", "surrogateescape")
        return [part.split("\0")[1:-1] for part in text.split("\1\0")[:-1]]


def expanded(values, folder):
    """Return our words with globs matched as the shell does it."""
    found = []
    for value in values:
        if not isinstance(value, Globbed):
            found.append(value)
            continue
        world = World(home=folder, project=folder, disk=RealDisk())
        names = [path.text for path in paths.of(value, folder, world)]
        if all(isinstance(name, str) for name in names):
            found += names
        else:
            found.append(value.literal)
    return found


def agrees(ours, real, folder):
    """Return whether our words cover the real ones: equal, or with unknown parts that fit."""
    if ours == real:
        return True
    if any(isinstance(value, Globbed) for value in ours):
        known = expanded(ours, folder)
        return sorted(map(str, known)) == sorted(
            os.path.normpath(os.path.join(folder, name)) if os.path.lexists(os.path.join(folder, name)) else name
            for name in real
        ) or _covers(ours, real)
    return _covers(ours, real)


def _covers(ours, real):
    if all(isinstance(value, str) for value in ours):
        return False
    pattern = "".join(
        "((.|\n)*\0)?" if value is UNKNOWN else "".join(
            re.escape(part) if isinstance(part, str) else "(.|\n)*" if part is ANY else "[^/]*"
            for part in (value.parts if isinstance(value, Pattern) else (value,))
        ) + "\0"
        for value in ours
    )  # fmt: skip
    return re.fullmatch(pattern, "".join(word + "\0" for word in real)) is not None


def test_words_of_the_table_expand_as_bash_expands_them(tmp_path):
    """Every quoting form and every expansion gives what bash gives, or something less exact that covers it."""
    box = Box(tmp_path)
    words = [
        word
        for word in WORDS.strip("\n").split("\n")
        if word not in ("$(", "`", "${a", "a\\", "a;b", "#", "!", "$((16#ff))")
    ]
    real = box.bash(words)
    assert real is not None
    wrong = {
        word: (ours, there)
        for word, there in zip(words, real, strict=True)
        if not agrees(ours := box.ours(word), there, box.folder)
    }
    assert {} == wrong


PIECES = [
    "a", "b.py", "/", "x y", "$a", '"$a"', "${a}", "$b", '"$b"', "$n", "${gone:-d}", '"${gone:-d e}"', "${p##*/}", "${p%.*}",
    "'q r'", '"s t"', "\\ ", "\\$", "$'\\x41'", "{1,2}", "{x,y z}", "{a,'b c'}", "$((n+1))", "$(echo e)", '"$(echo f g)"',
    "$(echo h i)", "`echo j`", "*", "*.py", "?", "[ab]", "~", "=", ":", "${#a}", "${p/usr/opt}", "${s// /_}", '"${arr[@]}"',
    "${arr[1]}", "$1", '"$@"', "${a:0:1}", "${up,,}", ".", "-", "''", '""', "${b:+z}", "${a:+z}", "$2", "\\*", "dir",
    ",", "}", "%",
]  # fmt: skip


def test_generated_words_expand_as_bash_expands_them(tmp_path):
    """Words put together at random from quotes and expansions agree with bash as well."""
    box = Box(tmp_path)
    chance = random.Random(20)
    words = []
    while len(words) < 600:
        word = "".join(chance.choice(PIECES).replace("x y", "xy") for _ in range(chance.randrange(1, 6)))
        if " z}" not in word and word not in words:
            words.append(word)
    wrong = {}
    for start in range(0, len(words), 100):
        batch = words[start : start + 100]
        real = box.bash(batch)
        if real is None:  # one of them is no word for bash: one by one
            real = [one[0] if (one := box.bash([word])) else None for word in batch]
        for word, there in zip(batch, real, strict=True):
            if there is not None and not agrees(ours := box.ours(word), there, box.folder):
                wrong[word] = (ours, there)
    assert {} == wrong


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("$UNSEEN", [UNKNOWN]),
        ("x/$UNSEEN/.env", [Pattern(("x/", ANY, "/.env"))]),
        ('"$(curl example.com)"', [UNKNOWN]),
        ("${UNSEEN%.*}", [UNKNOWN]),
        ("~nobody-here/x", [Pattern((ANY, "/x"))]),
    ],
)
def test_what_is_not_known_stays_unknown_and_keeps_its_known_parts(tmp_path, word, expected):
    """A variable of the environment and the output of a program are unknown parts, never empty text."""
    assert expected == Box(tmp_path).ours(word)
