"""Whatever bash runs, the interpreter has a row for: scripts are run for real, and every command that ran is looked up."""

import os
import random
import re
import subprocess

import pytest

from agentguard.access.model import ANY, OPAQUE, UNKNOWN, Pattern
from agentguard.access.shell.interpret import interpret
from agentguard.access.world import RealDisk, World

# Runs in place of the program `t`: notes the folder and its arguments, and passes its input on.
LOGGER = """#!/bin/sh
IFS=$(printf '\\001')
printf '%s\\002' "$PWD$IFS$*${1+$IFS}" >> "$TRACE"
exit ${STATUS:-0}
"""
FOLDERS = ("one", "one/two", "three")

SCRIPTS = (
    r"""
t a && t b || t c; t d
t a; false && t b; false || t c
cd one && t ./x; t ./y
cd nowhere; t ./x
cd nowhere && t ./x || t ./y
cd one; cd two; t ./x; cd ..; t ./y; cd -; t ./z
(cd one; t ./x); t ./y
{ cd one; t ./x; }; t ./y
cd one | t ./x; t ./y
cd one & wait; t ./x
pushd one >/dev/null; t ./x; popd >/dev/null; t ./y
x=1; t $x; x=2 t $x; t $x
x=1; (x=2; t $x); t $x
x=1; { x=2; }; t $x
x=a; x+=b; t $x
x="a b"; t $x "$x"
set -- p q; t $1 $2 "$@"; shift; t $1
if true; then x=1; else x=2; fi; t $x
if false; then x=1; else x=2; fi; t $x
if false; then t a; elif true; then t b; else t c; fi
[ -d one ] && x=yes || x=no; t $x
test -f none && t a; t b
for i in a b "c d"; do t $i; done; t $i
for i in a b; do for j in 1 2; do t $i$j; done; done
for ((i=0; i<2; i++)); do t loop; done
i=0; while [ $i -lt 3 ]; do t n; i=$((i+1)); done; t $i
i=0; until [ $i -ge 2 ]; do i=$((i+1)); done; t end
x=start; while [ "$x" != stop ]; do t $x; x=stop; done; t $x
x=a; for i in 1 2 3; do t $x; x=b$x; done; t $x
case abc in a*) t one;; *) t two;; esac
case x in a|x) t one;& y) t two;; z) t three;; esac
case z in a) x=1;; *) x=2;; esac; t $x
f() { t in "$1"; }; f arg; f "two words"
f() { local v=inner; t $v; }; v=outer; f; t $v
f() { cd one; }; f; t ./x
f() { return; t never; }; f; t after
f() ( cd one; t ./x ); f; t ./y
function g { t g; }; g
f() { t first; }; f() { t second; }; f
x=$(echo hi); t $x "$(echo a b)" `echo c`
t $(cd one; echo x) ./y
t "$(t inner)"
eval 't one; t two'
eval "t $x" three
x='t dynamic'; $x arg
sh -c 't a "$1"' name arg
bash -c 'cd one && t ./x'; t ./y
echo 't from-pipe' | sh
sh <<'EOF'
t from-here
EOF
x=val; sh <<EOF
t $x
EOF
bash <<< 't here-string'
echo a b | xargs t
printf 'a\nb\n' | xargs -n1 t pre
printf 'a\nb\n' | xargs -I{} t x{}y
echo a b | while read p q; do t $p $q; done
printf '1\n2\n' | while read -r line; do t "$line"; done
read v <<< "some text"; t "$v"
t one > out.txt; t two 2>/dev/null >> out.txt
env A=1 t x; nohup t y 2>/dev/null; command t z
A=1 env t x
timeout 5 t x; nice t y
find one -name two -exec t {} \;
find . -maxdepth 1 -name three -exec t pre {} +
trap 't trapped' EXIT; t first
time t x
! t x; t y
! false && t x
t {a,b}{1,2}
t one/* ./o*
x=(a 'b c'); t "${x[@]}" ${x[1]}; x+=(d); t "${x[@]}"
declare v=1; export w=2; t $v $w; unset v; t "$v" end
readonly r=5; t $r
y=${z:-dflt}; t $y; : ${zz:=assigned}; t $zz
if cd one; then t ./x; fi; t ./y
cd one || t never; t ./x
set -- one two; while [ $# -gt 0 ]; do t "$@"; shift; done
while read x; do t "$x"; done <<< 'a'; t "[$x]"
if cd nowhere; then t ./x; else t ./y; fi; t ./z
until cd one; do t never; done; t ./x
while true; do cd one; break; done; t ./x
for d in one three; do (cd $d && t ./x); done; t ./y
for d in one three; do cd $d; t ./x; cd ..; done
x=one; cd "$x"; t ./y
OLD=$PWD; cd one; t "$OLD/z"; cd "$OLD"; t ./q
t a; exit 0; t b
(exit 1); t a
set -e; true; t a; false; t b
alias ll='t aliased'; t x
source /dev/stdin <<< 't sourced'
echo 't written' > s.sh; sh s.sh; . ./s.sh; bash ./s.sh
cat > s2.sh <<'EOF'
t heredoc-script "$1"
EOF
sh s2.sh arg
exec t replaced
t first; exec t second
echo "t ${PWD##*/}" | bash
bash -c "bash -c 't deep'"
t $'a\tb' "c
d"
if t cond; then t body; fi
t a |& t b
t a <(t inner)
coproc t side
select i in a; do t $i; break; done <<< 1
echo $(( $(t arith; echo 1) + 1 ))
[[ -n $(t intest; echo y) ]] && t yes
x=a[1]; t $x
IFS=:; x=p:q; t $x
while read -r a b; do t "$b"; done <<'EOF'
1 one
2 two
EOF
echo dCBoaWRkZW4= | base64 -d | sh
printf 't %s\n' a b | bash
yes | head -1 | t input
bash -s arg <<< 't "$1"'
t one;
# t comment
t two # t three
"""
    "\n"
)


def chunks():
    """Return the scripts: one a line, but for those with a here-document, which go on to its end."""
    found, lines, end = [], [], ""
    for line in SCRIPTS.strip("\n").split("\n"):
        lines.append(line)
        if end:
            end = "" if line == end else end
        elif "EOF" in line:
            end = "EOF"
        if not end and line.count('"') % 2 == "\n".join(lines[:-1]).count('"') % 2:
            found.append("\n".join(lines))
            lines = []
    return found


def prepared(folder):
    for name in FOLDERS:
        os.makedirs(folder / name, exist_ok=True)
    tools = folder / "tools"
    tools.mkdir()
    (tools / "t").write_text(LOGGER)
    (tools / "t").chmod(0o755)
    return str(folder)


def ran(script, folder, status="0"):
    """Return what bash started: (folder, arguments) of each `t`."""
    trace = os.path.join(folder, "trace")
    environment = {
        "PATH": f"{folder}/tools:{os.environ['PATH']}", "TRACE": trace, "HOME": folder, "LC_ALL": "C.UTF-8", "STATUS": status,
    }  # fmt: skip
    subprocess.run(
        ["bash", "--norc", "--noprofile", "-c", script], cwd=folder, env=environment, capture_output=True, timeout=20,
        stdin=subprocess.DEVNULL, check=False,
    )  # fmt: skip
    if not os.path.exists(trace):
        return []
    with open(trace) as file:
        text = file.read()
    os.remove(trace)
    return [(words[0], words[1:-1]) for entry in text.split("\2")[:-1] if (words := entry.split("\1"))]


def covers(value, text):
    """Return whether a value may be a text; a text of several words may come from one unknown value."""
    if value is UNKNOWN:
        return True
    if isinstance(value, str):
        return value == text
    pattern = "".join(
        re.escape(part) if isinstance(part, str) else "(.|\n)*" if part is ANY else "[^/]*" for part in value.parts
    )
    return re.fullmatch(pattern, text) is not None


def fits(args, words):
    """Return whether the arguments of a row cover the words of a command that ran."""
    if not args:
        return not words
    first, rest = args[0], args[1:]
    if isinstance(first, str):
        return bool(words) and words[0] == first and fits(rest, words[1:])
    most = len(words) if first is UNKNOWN or isinstance(first, Pattern) else 1
    return any(
        all(covers(first, word) for word in words[:taken]) and fits(rest, words[taken:])
        for taken in range(0 if first is UNKNOWN else 1, most + 1)
    )


def missed(script, folder, status="0"):
    """Return the commands that ran and that no row speaks of; none if something is opaque."""
    world = World(home=folder, project=folder, user="me", disk=RealDisk())
    rows = interpret(script, folder, world, "Bash").rows
    if any(row.certainty == OPAQUE for row in rows):
        return []
    known = [list(row.origin.args) for row in rows if row.origin.command == ("t",) and row.action == "execute"]
    read = [
        row.path.text for row in rows if row.path is not None and row.action == "read" and row.origin.command == ("t",)
    ]
    unknown_read = any(row.certainty == "unknown" for row in rows)
    lost = []
    for cwd, words in ran(script, folder, status):
        if not any(fits(args, words) for args in known):
            lost.append((cwd, words))
        for word in words:
            place = os.path.normpath(os.path.join(cwd, word))
            if word.startswith("./") and not unknown_read and not any(covers(path, place) for path in read):
                lost.append((cwd, word))
    return lost


@pytest.mark.parametrize("script", chunks())
def test_every_command_that_bash_runs_has_its_row(tmp_path, script):
    """Whether commands succeed or fail, each one that bash starts is among the rows, in its folder, with its words."""
    folder = prepared(tmp_path)
    assert [] == missed(script, folder) + missed(script, folder, status="1")


@pytest.mark.parametrize("script", ["t a; t b", "cd one && t ./x", "for i in a b; do t $i; done", "f() { t in; }; f"])
def test_understood_scripts_hold_nothing_opaque(tmp_path, script):
    """The comparison above means something only where nothing is opaque."""
    folder = prepared(tmp_path)
    world = World(home=folder, project=folder, user="me", disk=RealDisk())
    rows = interpret(script, folder, world, "Bash").rows
    assert [] == [row for row in rows if row.certainty == OPAQUE]
    assert ran(script, folder) != []


ATOMS = [
    "t A", "t ./A", "x=A", "cd one", "cd ..", "cd three && t ./A", "true", "false", "t $x", 't "$x" A', "t $y", "y=$x",
    "x=$x-A", "return", ": > f", "unset x", "t A > f", "read x <<< A", "t $(echo A)", 'set -- A B; t "$@"', "f", "f A",
    "eval t A", "export x=A", "local y=A", "test -d one",
]  # fmt: skip
SHAPES = [
    "{a}; {b}", "{a} && {b}", "{a} || {b}", "({a}; {b})", "{{ {a}; {b}; }}", "if {a}; then {b}; else {c}; fi",
    "for i in 1 2; do {a}; {b}; done",
    "while {a}; do {b}; break; done", "f() {{ {a}; }}; {b}", "case $x in A) {a};; *) {b};; esac", "{a} | {b}",
    "! {a}; {b}", "{a} & wait; {b}",
    "{a}\n{b}", "{{ {a}; }} > f; {b}", "sh -c '{q}'; {b}", "until {a}; do {b}; break; done", "{a} && {b} || {c}",
    "x=$({a}); {b}",
]  # fmt: skip


def generated(chance, depth):
    if depth == 0:
        return chance.choice(ATOMS).replace("A", chance.choice("pqr"))
    parts = {name: generated(chance, depth - chance.randrange(1, 3) if depth > 1 else 0) for name in "abc"}
    parts["q"] = generated(chance, 0).replace("'", "")
    return chance.choice(SHAPES).format(**parts)


def test_generated_scripts_run_nothing_without_a_row(tmp_path):
    """Scripts put together at random from lists, branches, loops, functions and subshells are covered as well."""
    folder = prepared(tmp_path)
    chance = random.Random(7)
    wrong = {}
    for _ in range(150):
        script = "f() { t first; }; " + generated(chance, 3)
        lost = missed(script, folder)
        if lost:
            wrong[script] = lost
    assert {} == wrong
