"""Processes, services and users: ps(1), kill(1), systemctl(1), launchctl(1), crontab(1) and kin."""

from __future__ import annotations

from agentguard.access.model import DELETE, EXECUTE, READ, STAR, WRITE, Pattern
from agentguard.access.programs import walk
from agentguard.access.shell.values import concat, parts_of, plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.model import Value
    from agentguard.access.programs.walk import Work
    from agentguard.access.shell.command import Call


def lists(call: Call, work: Work) -> None:
    """`ps e` shows the environment of every process."""
    first = plain(call.words[0]) if call.words else ""
    shows = bool(first and first[0] != "-" and "e" in first and first.isalpha())
    work.line.traits |= {"prints-environment"} if shows else {"read-only"}
    everyone = (first or "").lstrip("-")[:1] in ("a", "e", "A") or "aux" in (first or "")
    everyone = everyone or any(_is_own(call, value) for value in work.line.values("-u") + work.line.values("-U"))
    chosen = work.line.has("-C -p -t") or any(word in ("--ppid", "--pid", "-q") for word in call.words)
    call.machine.work["processes"] = int(everyone and not chosen)
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)


_OWN = "agentguard"
_EVERYTHING = frozenset({"-1", "1", "0"})  # kill(1): -1 is every process, 1 the first one, 0 the caller's own group


def signals(call: Call, work: Work) -> None:
    """`kill -0` and `kill -l` only ask; `kill -9 -1` ends everything of the person, and what is not saved is lost."""
    line = work.line
    words = [plain(word) or "" for word in call.words]
    asks = words[:1] in (["-0"], ["-l"], ["-L"]) or line.value("--signal") == "0" or line.has("--list --version")
    line.traits |= {"read-only"} if asks else {"signals"}
    own = False  # whether agentguard's processes are among those that are signalled, because all are
    if call.name == "kill":
        taken = 2 if words[:1] in (["-s"], ["-n"]) else 1 if words and words[0][:1] == "-" else 0
        everything = not _EVERYTHING.isdisjoint(words[taken:])
        own = "-1" in words[taken:]
    else:
        person = any(plain(value) == call.world.user for value in line.values("--euid") + line.values("-U") if value)
        names = [plain(value) for value in line.operands]
        everything = (person and not names) or any(name in (".", ".*", "", "^") for name in names)
        everything = everything or (call.name == "killall" and person)
        everything = everything or (call.name == "pkill" and line.has("-v") and bool(names))  # all but those
        named = call.name == "killall" and any(name not in (".*", ".", "", "^") for name in names)
        theirs = not names and any(_is_own(call, value) for value in line.values("--euid") + line.values("-U"))
        everything = everything or theirs
        own = everything and not named and not line.has("--parent -g -t")
        searched = call.name in ("pkill", "skill") or line.has("-r --regexp")
        full = line.has("-f --full")
        line.operands += [_OWN for name in names if searched and name and is_own(name, full=full)]
    if call.name == "kill" and any(plain(word) is None for word in call.words):
        sought = call.machine.sought
        line.operands += [*sought, *([_OWN] if any(is_own(name, full=True) for name in sought) else [])]
        everything = everything or (not call.machine.sought and bool(call.machine.work.get("processes")))
        own = own or everything
        everything = everything or _of_starter(call)
    if everything and not asks:
        line.traits.add("discards-work")
        line.operands += [_OWN] if own else []
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)


def _is_own(call: Call, user: Value) -> bool:
    """Return whether the processes of a user are those of this person: by name, or by a number that may be theirs."""
    text = plain(user)
    return text is None or text == call.world.user or (text.isdigit() and text != "0")


def everybody(call: Call, work: Work) -> None:
    """`killall5`, `loginctl terminate-user NAME`, `systemctl --user exit`: agentguard's processes end with all others."""
    users = work.line.operands
    if not users or call.name != "loginctl" or any(_is_own(call, user) for user in users):
        users.append(_OWN)
    walk.standard(call, work)


def stops(call: Call, work: Work) -> None:
    """`systemctl stop UNIT`: all that a person has started runs beneath `user@NUMBER.service` and `user-NUMBER.slice`."""
    names = [str(parts_of(value)[0]) for value in work.line.operands]
    ends = work.command[-1] in ("stop", "kill", "restart", "isolate")
    if ends and any(name.startswith(("user@", "user-", "user.slice")) for name in names):
        work.line.operands.append(_OWN)
    walk.standard(call, work)


def _of_starter(call: Call) -> bool:
    """Return whether the number is that of what has started this shell: the agent, or its runner."""
    text, (start, end) = call.frame.text, call.where
    command = text[start:end] if call.frame.offset in (0, None) else text
    for piece in [*command.split("PPID")[1:], *text.split("=$PPID")[1:], *text.split('="$PPID"')[1:]]:
        if not (piece[:1].isalnum() or piece[:1] == "_"):
            return True
    return False


def is_own(pattern: str, *, full: bool) -> bool:
    """Return whether a pattern (regex(7)) that does not spell the guard's name finds it, or the line that started it."""
    return _OWN not in pattern and any(
        _may_be(one, _OWN)
        or (full and any(_may_be(_tail(one), name) and _may_be(one, f"/usr/bin/python3 -m {name}") for name in _LINES))
        for one in _alternatives(pattern)
    )


# What stands on the command lines of the guard's own processes.
_LINES = (_OWN, f"{_OWN} hook", f"{_OWN} serve")


def _tail(pattern: str) -> str:
    """Return what a pattern asks for behind its last gap: `guard` of `python.*guard`."""
    return pattern.replace(".+", ".*").rstrip("$").removesuffix(".*").rpartition(".*")[2]


def _alternatives(pattern: str) -> list[str]:
    """Return the patterns that `a|b` and `(a|b)c` stand for, groups that repeat as they are once."""
    found = [pattern]
    for _ in range(_GROUPS):
        made: list[str] = []
        for one in found:
            front, _, behind = one.rpartition("(")  # the innermost group of those that open last
            group, closed, rest = behind.partition(")")
            made += (
                [front + choice + rest.lstrip("?*+") for choice in group.split("|")] if closed and "(" in one else [one]
            )
        found = made[:_CHOICES]
    return [part for one in found for part in one.split("|")][:_CHOICES]


_GROUPS = 3
_CHOICES = 32


def _may_be(pattern: str, name: str) -> bool:
    """Return whether a pattern that is searched for (regex(7)) takes in most of a name, with letters of its own."""
    if sum(char.isalnum() for char in pattern) < len("age"):
        return False
    items: list[tuple[str, bool]] = []  # a character ("" for any), whether it may be repeated or missing
    at = 0
    while at < len(pattern):
        char = pattern[at]
        at += 1
        if char in "*+?" and items:
            items[-1] = (items[-1][0], True)
        elif char == "[" and (end := pattern.find("]", at + 1)) > 0:
            items.append(("", False))
            at = end + 1
        elif char == "\\" and at < len(pattern):
            items.append((pattern[at], False))
            at += 1
        elif char not in "^$":
            items.append(("" if char == "." else char, False))
    reached = {(0, start) for start in range(len(name))}  # (item, place in the name)
    for number, (char, loose) in enumerate(items):
        for item, place in sorted(reached):
            if item == number:
                end = place
                while end < len(name) and (not char or name[end] == char):
                    end += 1
                    reached.add((number + 1, end))
                    if not loose:
                        break
                if loose:
                    reached.add((number + 1, place))
    letters = sum(1 for char, loose in items if char)
    return letters >= len("age") and any(item == len(items) and place >= len(name) - 2 for item, place in reached)


def timed(call: Call, work: Work) -> bool:
    """`systemd-run --on-calendar=hourly COMMAND`: a timer, which lasts until the machine is started again."""
    line = work.line
    if any(flag.startswith("--on-") or flag == "--timer-property" for flag, _ in line.flags):
        call.begin(work.command, (), (), frozenset({"controls-service"}))
        folder = (
            Pattern(("/run/user/", STAR, "/systemd/transient/")) if line.has("--user") else "/run/systemd/transient/"
        )
        name = line.value("--unit") or line.value("-u") or "run"
        call.path(WRITE, concat([*parts_of(folder), *parts_of(name), ".timer"]), "the timer")
    return False


def units(call: Call, work: Work) -> None:
    """`systemctl enable ./x.service`: the file is installed."""
    walk.standard(call, work)
    for value in work.line.operands:
        text = plain(value)
        if text is not None and "/" in text:
            call.path(READ, value, "a unit that is installed")
            call.path(EXECUTE, value, "a unit that is installed")


def edits(call: Call, work: Work) -> None:
    """`systemctl --user edit UNIT` writes beside the unit, with the editor that a variable names."""
    walk.standard(call, work)
    folder = f"{call.world.home}/.config/systemd/user" if work.line.has("--user") else "/etc/systemd/system"
    for value in work.line.operands:
        call.path(WRITE, concat([f"{folder}/", *parts_of(value)]), "the unit")
    for name in ("SYSTEMD_EDITOR", "EDITOR", "VISUAL"):
        editor = call.variable(name)
        if editor is not None:
            call.shell(editor, name)
            break


def service(call: Call, work: Work) -> None:
    """`service NAME status` only looks."""
    words = [plain(word) or "" for word in work.line.operands]
    looks = "status" in words or work.line.has("--status-all")
    work.line.traits |= {"read-only"} if looks else {"controls-service"}
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)


def crontab(call: Call, work: Work) -> None:
    """`crontab -l` lists; `crontab FILE` and `crontab -` put commands where they run by themselves later."""
    line = work.line
    looks = line.has("--list")
    line.traits |= {"read-only"} if looks else {"controls-service"}
    operands = [value for value in line.operands if value != "-"]
    work.entry = {**work.entry, "operands": "read"}
    walk.standard(call, work)
    if looks:
        return
    behind = {name.split()[0] for name in call.frame.via if name}
    user = line.value("--user") or ("root" if behind & {"sudo", "doas", "su", "pkexec"} else call.world.user or "root")
    place = concat(["/var/spool/cron/crontabs/", *parts_of(user)])
    call.path(DELETE if line.has("--remove") else WRITE, place, "the table of commands")
    if line.has("--remove"):
        return
    if not operands and call.stdin is not None:
        for row in call.stdin.lines():
            if not isinstance(row, str):
                call.opaque("the commands to run later are not known")
            elif row[:1] != "#":
                words = row.split(None, 1 if row[:1] == "@" else 5)
                if len(words) == (2 if row[:1] == "@" else 6):
                    call.shell(words[-1], "crontab")
