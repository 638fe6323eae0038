"""Laws of carriers, one more time: every carrier of the tables, in the shape that its cases are written in.

A line of `programs/cases` that holds `cat .env` and says that something carries it is a template: any other command in
its place gives that command's rows, as certain as alone. A carrier that runs its command on another machine, where paths
mean other files, keeps what is executed. A test counts that no carrier of the tables is without a template.
"""

import functools
from pathlib import Path

import pytest

from agentguard.access.programs import catalog, index, table

from .test_shell_carriers import CARRIERS, looked_at

CASES = Path(__file__).parents[1] / "programs" / "cases"
HELD = "cat .env"
# With options that a carrier must not take for its own, and no sign that a template could have a meaning for.
COMMANDS = ("rm -rf src", "git push --force origin main", "npm publish", "kill -9 1")


def templates():
    """Return what carries `cat .env` in the cases: {name in rows: the command lines}."""
    found = {}
    for path in sorted(CASES.glob("*.txt")):
        for line in path.read_text().splitlines():
            command, _, rows = line.partition(" => ")
            for part in rows.split(" | ") if HELD in command else ():
                *carriers, carried = part.split("> ")
                if carriers and carried.startswith("cat"):
                    found.setdefault(carriers[-1].lstrip("?~"), []).append(command)
    return {name: sorted(set(commands), key=len) for name, commands in found.items()}


TEMPLATES = templates()


@functools.cache
def cached(text):
    return looked_at(text)


def kept(template):
    """Return whether `cat .env` loses nothing in a template, so that paths in it are paths of this machine."""
    now = cached(template)[0]
    return all(now.get(fact, 9) <= rank for fact, rank in cached(HELD)[0].items())


def put(template, text):
    """Return a template with another command in the place of `cat .env`."""
    return template.replace(f"/bin/{HELD}", text).replace(HELD, text)


def lost(template, text):
    """Return what a command has lost in a template that was written for `cat .env`."""
    here = kept(template)
    facts, effect, traits = cached(text)
    now, effect_now, traits_now = looked_at(put(template, text))
    missing = [fact for fact, rank in facts.items() if (here or fact[0] == "execute") and now.get(fact, 9) > rank]
    missing += traits - traits_now
    return [*missing, "verdict"] if here and effect_now < effect else missing


@pytest.mark.parametrize("carrier", TEMPLATES)
def test_no_carrier_of_the_cases_hides_anything(carrier):
    """Whatever command stands in the place of `cat .env`: its rows and traits are there, and the verdict never falls."""
    template = next(filter(kept, TEMPLATES[carrier]), TEMPLATES[carrier][0])
    wrong = [(put(template, text), one) for text in COMMANDS for one in lost(template, text)]
    assert not wrong, "\n".join(map(str, wrong))


def synonyms():
    """Return the names that share an entry of the tables with each program."""
    found = {}
    for family in index.families():
        for paragraph in index.module(f"tables.{family}")["TABLE"].strip("\n").split("\n\n"):
            names = set(table.names(paragraph))
            found.update(dict.fromkeys(names, names))
    return found


def every():
    """Yield every program and subcommand of the tables."""
    waiting = list(catalog.programs())
    while waiting:
        yield (program := waiting.pop())
        waiting += program.subcommands


def carries(program):
    """Return whether an operand or an option is a command or shell text, or a function of its own may run one."""
    specs = [program.operands, *program.instead.values(), *(kind for _, kind, _ in program.options)]
    kinds = {kind.partition("^")[0].rstrip("*") for spec in specs for kind in spec.split()}
    function = str((index.entry(program.command[0]) or {}).get("run", "")).partition(".")[0]
    own = function in catalog._CARRIERS and len(program.command) == 1
    return own or bool(kinds & {"command", "joined", "shell", "shell-behind-colon"})


def test_no_carrier_of_the_tables_is_without_a_template():
    """Each entry whose operands or options are commands, and each with a function that carries them, is tried."""
    lines = [*CARRIERS, *(line for lines in TEMPLATES.values() for line in lines)]
    # Text for PowerShell is opaque, and ssh-import-id runs nothing that is given to it.
    exempt = {"interpreters: powershell", "interpreters: pwsh", "network: ssh-import-id"}
    tried = [{word.strip("'").rpartition("/")[2] for word in line.split()} for line in lines]
    same = synonyms()
    missing = {
        f"{program.family}: {' '.join(program.command)}"
        for program in every()
        if carries(program)
        and not any(set(program.command[1:]) - {"*"} <= words and words & same[program.command[0]] for words in tried)
    }
    assert exempt <= missing
    missing -= exempt
    assert not missing, "\n".join(sorted(missing))
