"""The same words expanded by us and by a real bash, in a folder with a few files."""

import os
import shlex
import subprocess

import pytest

from agentguard.access.model import ANY, NUMBER, ONE, STAR, UNKNOWN, Pattern
from agentguard.access.shell.flow import Frame
from agentguard.access.shell.interpret import Machine
from agentguard.access.shell.pieces import Unreadable
from agentguard.access.shell.scan import scan
from agentguard.access.shell.state import initial
from agentguard.access.shell.values import Globbed
from agentguard.access.shell.words import Reader
from agentguard.access.world import RealDisk, World

FILES = (
    "a.py", "b.py", "c.txt", "dir/d.py", "dir/sub/e.txt", "dir/.dot/f.py", ".hidden", "with space", "F1", "f1", "f2", "f10",
    "Z.PY", "x.bak", "[a]", "-n", "a-b_c", "tool.tar.gz",
)  # fmt: skip
PRELUDE = r"""
a='x y' b= n=5 p=/usr/lib/name.tar.gz s='one  two' star='*.py' q="it's" up=ABC low=def c=a:b:c empty= name=a
arr=(one 'two three' four '') sparse=([2]=c [5]='f g') ref='arr[1]' nl=$'l1\nl2\n' w=' lead trail ' cc=:x::y:
i=3 j=10 e='n+1' back='a\b' g='[ab].py' f='f1 f2' mix='a, b ,c,,d' ext=txt path='dir/*' word=ABabAB uni=äöü
declare -gA map=([k]='v 1')
unset gone new sparse[9]
"""
PARAMETERS = "set -- first 'second arg' third ''"


class Box:
    """A folder with some files, and words in it."""

    def __init__(self, folder):
        self.folder = str(folder)
        for name in FILES:
            path = os.path.join(self.folder, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w"):
                pass
        self.world = World(home=self.folder, project=self.folder, user="me", disk=RealDisk())
        self._states = {}

    def state(self, setup):
        """Return the state behind the prelude and a setup of its own."""
        if setup not in self._states:
            state = initial(self.folder, self.world)
            state.dialect = "bash"
            text = f"{PRELUDE}{PARAMETERS}\n{setup}"
            Machine(self.world, "Bash", 0).run(Frame(text, (), 0, (0, 0)), state, None)
            self._states[setup] = state
        return self._states[setup].copy()

    def ours(self, word, setup=""):
        """Return what we make of a word, globs of which all is known as the names that they stand for."""
        text = "x " + word
        machine = Machine(self.world, "Bash", 0)
        frame = Frame(text, (), 0, (0, len(text)))
        frame.scanned = scan(text)
        state = self.state(setup)
        (simple,) = frame.scanned.commands.values()
        reader = Reader(machine, (state.alternatives(word, 16) or [state])[0], frame)
        found = []
        for start, end in simple.words[1:]:
            for value in reader.fields(text[start:end], start):
                found += self._files(value, state)
        return found

    def number(self, text, setup=""):
        """Return the value of an arithmetic expression."""
        frame = Frame(text, (), 0, (0, len(text)))
        frame.scanned = scan("")
        try:
            return Reader(Machine(self.world, "Bash", 0), self.state(setup), frame).arithmetic(text)
        except Unreadable:
            return None

    def _files(self, value, state):
        names = value.names(state.cwd, self.world.disk) if isinstance(value, Globbed) else None
        if names is None:
            return [value]
        return names or ([] if "nullglob" in state.options else [value.literal])

    def bash(self, words, setups=None):
        """Return what bash makes of each word; None where it finds an error in it. One process a setup."""
        groups = {}
        for number, setup in enumerate(setups or [""] * len(words)):
            groups.setdefault(setup, []).append(number)
        found = [None] * len(words)
        for setup, rows in groups.items():
            numbers = rows
            while numbers:  # an error may end the whole of bash: then it goes on behind it
                answers = self._bash([words[number] for number in numbers], setup)
                for number, answer in zip(numbers, answers, strict=False):
                    found[number] = answer
                numbers = numbers[len(answers) + 1 :]
        return found

    def _bash(self, words, setup):
        arrays = setup if "arr=" in setup else ""
        parameters = "" if setup == "set --" else PARAMETERS
        begin = f"BASH_ARGV0=bash\nfresh() {{\n{PRELUDE.strip()}\n{arrays}\n}}\nfresh\n{parameters}\n{setup}\n"
        script = [begin]
        for word in words:
            told = shlex.quote('printf "%s\\0" - ' + word)
            # An error ends the line that it is in, and what was assigned is set again.
            fresh = "fresh\n" if "=" in word or "++" in word or "--" in word else ""
            script.append(f"eval {told} && printf 'well\\0'\n{fresh}printf 'end of row\\0'\n")
        path = os.path.join(os.path.dirname(self.folder), "script")
        with open(path, "w", encoding="utf-8", errors="surrogateescape") as file:
            file.writelines(script)
        done = subprocess.run(
            ["bash", "--norc", "--noprofile", path], cwd=self.folder, check=False, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env={"HOME": self.folder, "LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"},
        )  # fmt: skip
        found = []
        for answer in done.stdout.decode("utf-8", "surrogateescape").split("end of row\0")[:-1]:
            parts = answer.split("\0")
            found.append(parts[1:-2] if parts[:1] == ["-"] and parts[-2:] == ["well", ""] else None)
        return found


def covers(ours, real, setup=""):
    """Return whether real words are ours, or fit those of which we know a part."""
    if all(isinstance(value, str) for value in ours):
        return ours == real
    if "nullglob" in setup:
        return True  # any of them may be no word
    text = "".join(word + "\0" for word in real)
    places = {0}
    for value in ours:
        places = _behind(value, text, places)
    return len(text) in places


def _behind(value, text, places):
    """Return where a value may end in words that each end in a NUL, if it starts at one of some places."""
    if value is UNKNOWN:  # any number of words
        return {
            place
            for place in range(min(places, default=len(text)), len(text) + 1)
            if not place or text[place - 1] == "\0"
        }
    parts = value.parts if isinstance(value, Pattern) else (value,)
    many = any(part is STAR or part is ONE or part is NUMBER for part in parts) or isinstance(value, Globbed)
    found = set()
    while places:
        new = places
        for part in parts:
            if isinstance(part, str):
                new = {place + len(part) for place in new if text.startswith(part, place)}
            elif part is ANY:
                new = set(range(min(new), len(text) + 1)) if new else new
            else:
                new = {end for place in new for end in _name(text, place, part is ONE)}
                if part is NUMBER:
                    new = {end for end in new if text[end - 1 : end].isdigit()}
        places = {place + 1 for place in new if text[place : place + 1] == "\0"} - found
        found |= places
        if not many:
            break
    return found


def _name(text, place, one):
    """Return where some text of a name may end that starts at a place."""
    end = place
    while end < len(text) and text[end] not in "/\0":
        end += 1
    return range(place + 1, min(place + 2, end + 1)) if one else range(place, end + 1)


@pytest.fixture(scope="session")
def box(tmp_path_factory):
    return Box(tmp_path_factory.mktemp("outer") / "box")


@pytest.fixture(scope="session")
def fits():
    return covers
