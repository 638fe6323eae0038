"""Conditions against rows, three-valued: NO, MAYBE, YES. All work is linear in what is compared; nothing backtracks.

- `KEY` is the best of its values; `not.KEY` is 2 minus that. A condition on something that a row does not have is NO,
  and so is its opposite.
- A rule is the least of its conditions, of 2 minus the best table of its `unless`, and of 1 where the row is only
  possible. Of a path's two spellings a rule that stops takes the worse, an allow rule the better one.
- A doubt never helps: what makes a rule stop something is asked with HITS, what makes it let something through with
  INSIDE, and their opposites with INSIDE and TOUCHES (see pathset). The mere name of a program counts only for stopping
  it, if the program lies where the agent could have put it.
- An identity that is not known never gains: it meets no condition that lets something through, nor the opposite.

What has been worked out for a set is kept: rules share sets, so a row meets each set once.
"""

from __future__ import annotations

from agentguard.access.model import CERTAIN, DELEGATE, POSSIBLE, READ, TREE, UNCERTAIN, UNKNOWN, Path
from agentguard.policy.model import ALLOW, MAYBE, NO, YES
from agentguard.policy.pathset import HITS, INSIDE, TOUCHES, PathSet, Spellings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import Any

    from agentguard.access.model import Row, Value
    from agentguard.access.world import World
    from agentguard.policy.model import Context
    from agentguard.policy.stored import Lines

# How each condition is compared. A test holds this against the table of the language.
ENUM, WORD, COMMAND, HOST, PORT, PATH = "enum", "word", "command", "host", "port", "path"
KINDS = {
    "action": ENUM, "certainty": ENUM, "trait": ENUM,
    "tool": WORD, "roles": WORD, "users": WORD, "devices": WORD, "permission_mode": WORD, "repo": WORD, "branch": WORD,
    "subagent": WORD, "flags": WORD, "args": WORD, "via": WORD, "server": WORD, "mcp_tool": WORD, "method": WORD,
    "ref": WORD, "remote": WORD, "package": WORD, "variable": WORD, "sql_verb": WORD,
    "command": COMMAND, "host": HOST, "port": PORT, "path": PATH,
}  # fmt: skip

# Conditions on what a command is; rows that agree in all of these answer them alike.
_COMMON = frozenset({"action", "certainty", "command", "trait"})
_ALIKE = 4096  # kinds of row of which is kept which rules could match them
_KEPT = 16_384  # resources, and answers about them, that are kept
_TREES = 64  # trees whose files are kept

LACKS = -1  # the row does not have such a thing

# Folders in which an agent can put a program without being asked.
_SCRATCH = (
    "{project}/**", "{tmpdir}/**", "/tmp/**", "/var/tmp/**", "/dev/shm/**",  # noqa: S108 - patterns, no files of ours
    "~/.cache/**", "~/Library/Caches/**", "~/.npm/**", "~/.cargo/registry/**",
)  # fmt: skip


class Sets:
    """All sets of a policy, made ready for one world as they are needed."""

    __slots__ = ("_could", "_ready", "_scratch", "_sets", "_spellings", "asked", "first", "seen", "world")

    def __init__(self, sets: Sequence[dict[str, Any]] | Lines, world: World) -> None:
        self.world = world
        self._sets = sets
        self._spellings = Spellings(world)
        self._scratch: PathSet | None = None
        self.seen: dict[
            tuple[object, ...], tuple[list[str], bool, int]
        ] = {}  # trees: their files, if these are all, cost
        self.first: dict[tuple[object, ...], str] = {}  # the first file of a tree that is in some set, "" for none
        self._ready: dict[tuple[int, str], Any] = {}
        self._could: dict[object, dict[int, bool]] = {}
        self.asked: dict[object, Asked] = {}  # the rules that could match rows, by what decides which these are

    def could(self, kind: object) -> dict[int, bool]:
        """Return what has been found out about rows of a kind (see `kind_of`): which rules could match them."""
        found = self._could.get(kind)
        if found is None:
            if len(self._could) >= _ALIKE:
                self._could.clear()
            found = self._could[kind] = {}
        return found

    def keep(self, asked: object, rules: Asked) -> None:
        """Keep which rules could match rows."""
        if len(self.asked) >= _KEPT:
            self.asked.clear()
        self.asked[asked] = rules

    def words(self, number: int) -> frozenset[str]:
        """Return a set as plain words of a closed list."""
        key = (number, ENUM)
        if key not in self._ready:
            found = [word for values, excluded in self._terms(number) for word in values if word not in excluded]
            self._ready[key] = frozenset(found)
        return self._ready[key]  # type: ignore[no-any-return]

    def paths(self, number: int) -> list[PathSet]:
        """Return a set as path patterns; it is the union of these."""
        key = (number, PATH)
        found: list[PathSet] | None = self._ready.get(key)
        if found is None:
            entry = self._sets[number]
            found = [PathSet(entry["values"], entry["except"], self._spellings)] if entry["values"] else []
            for other in entry.get("or", ()):
                found += self.paths(other)
            self._ready[key] = found
        return found

    @property
    def fold(self) -> bool:
        """Whether case does not count in paths."""
        return self._spellings.fold

    def best(self, number: int, kind: str, value: Any, mode: str) -> int:
        """Return NO, MAYBE or YES for a value and a set that is no set of paths: in it, less what is taken out."""
        key = (number, kind)
        if key not in self._ready:
            make = _maker(kind)
            self._ready[key] = [
                (make(plus, self._spellings), make(minus, self._spellings) if minus else None)
                for plus, minus in self._terms(number)
            ]
        best = NO
        for plus, minus in self._ready[key]:
            found = plus.match(value, mode)
            if found and minus is not None:
                found = min(found, 2 - minus.match(value, TOUCHES))
            best = max(best, found)
        return best

    def in_scratch(self, program: str) -> bool:
        """Return whether the agent could have put this program there."""
        if self._scratch is None:
            self._scratch = PathSet(_SCRATCH, (), self._spellings)
        return self._scratch.holds(program)

    def _terms(self, number: int) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
        """Yield (values, values taken out) of a set and of the sets that it is united with."""
        entry = self._sets[number]
        yield entry["values"], entry["except"]
        for other in entry.get("or", ()):
            yield from self._terms(other)


def _maker(kind: str) -> Any:
    """Return what makes a set of a kind; these modules are needed by few calls."""
    if kind == HOST:
        from agentguard.policy.hostset import HostSet  # noqa: PLC0415

        return HostSet
    from agentguard.policy import wordset  # noqa: PLC0415

    return {WORD: wordset.Words, COMMAND: wordset.Commands, PORT: wordset.Ports}[kind]


def _certainty(row: Row) -> tuple[str, bool]:
    """Return how sure a row is, and whether rules that do not name their certainty have a say about it.

    One whose path or host is unknown is unknown. A row whose ref or package is unknown happens all the same.
    """
    path, host = row.path, row.host
    certainty = row.certainty
    if certainty in (CERTAIN, POSSIBLE):
        if host is not UNKNOWN and (path is None or path.text is not UNKNOWN):
            return certainty, True
        certainty = UNCERTAIN
    return certainty, certainty == UNCERTAIN and path is None and host is None and bool(row.resource()[0])


def kind_of(row: Row) -> tuple[object, ...]:
    """Return what decides which rules could match a row, whatever it names; the first of it is its certainty."""
    origin = row.origin
    return (*_certainty(row), row.action, origin.command, origin.program, origin.traits)


def names_of(row: Row) -> tuple[object, ...]:
    """Return what decides, beside the kind of a row, which rules a stored policy looks at (see keys)."""
    path = row.path
    spelled = None if path is None else (path.text, path.resolved, path.extent)
    return row.tool, spelled, row.host, row.server, row.mcp_tool, row.package, row.variable


class Asked:
    """Some rules of a policy, what they ask beside the kind of a row, and what they have answered.

    Rows that agree in all that is asked get the same answer, so a replay gives each answer once. What is found by looking
    through a tree is not kept here: how far that goes depends on what else the call looks through.
    """

    __slots__ = ("_answers", "_asks", "_rules", "numbers")

    def __init__(self, rules: Sequence[dict[str, Any]] | Lines, numbers: list[int], *, keep: bool = True) -> None:
        self._rules = rules
        self.numbers = numbers
        self._answers: dict[object, list[tuple[int, int]]] | None = {} if keep else None
        self._asks: list[tuple[int, str]] | None = None

    def __bool__(self) -> bool:
        return bool(self.numbers)

    def answers(
        self, row: Row, context: Context, sets: Sets, looks: dict[object, int]
    ) -> tuple[Iterable[tuple[int, int]], RowMatch | None]:
        """Return (number, MAYBE or YES) of the rules that match a row, and what found that out now, None for nothing.

        Of a tree that is read, all rules are among them, each asked in its turn.
        """
        path = row.path
        if self._answers is None or (path is not None and path.extent == TREE and row.action == READ):
            match = RowMatch(row, context, sets, looks)
            return ((number, match.rule(self._rules[number])) for number in self.numbers), match
        if self._asks is None:
            keys = {key for number in self.numbers for key in _asked(self._rules[number])}
            self._asks = [ask for key in sorted(keys - _COMMON) for ask in _ASKS[key]]
        of = (row.origin, row, context, path or _NO_PATH)
        asked = tuple([getattr(of[place], name) for place, name in self._asks])
        found = self._answers.get(asked)
        if found is not None:
            return found, None
        match = RowMatch(row, context, sets, looks)
        found = [(number, value) for number in self.numbers if (value := match.rule(self._rules[number]))]
        if len(self._answers) >= _KEPT:
            self._answers.clear()
        self._answers[asked] = found
        return found, match


def _asked(rule: dict[str, Any]) -> Iterator[str]:
    """Yield what the conditions of a rule are about."""
    for conditions in (rule["when"], *rule.get("unless", ())):
        yield from (key for key, _, _ in conditions)


# Where that stands, beside the kind of a row: (what has it, its name).
_ORIGIN, _ROW, _CONTEXT, _PATH = range(4)
_NO_PATH = Path("")
_ASKS = {
    **{key: ((_ORIGIN, key),) for key in ("args", "flags", "via")},
    **{
        key: ((_ROW, key),)
        for key in (
            "tool", "host", "port", "server", "mcp_tool", "method", "ref", "remote", "package", "variable", "sql_verb",
        )
    },
    **{key: ((_CONTEXT, key),) for key in ("permission_mode", "repo", "branch")},
    "path": ((_PATH, "text"), (_PATH, "resolved"), (_PATH, "extent")),
    "subagent": ((_ROW, "subagent"), (_CONTEXT, "subagent")),
    "roles": ((_CONTEXT, "roles"), (_CONTEXT, "user"), (_CONTEXT, "device")),
    "users": ((_CONTEXT, "user"), (_CONTEXT, "device")),
    "devices": ((_CONTEXT, "user"), (_CONTEXT, "device")),
}  # fmt: skip


class RowMatch:
    """Matches rules against one row. `certainty` is that of the row; one whose path or host is unknown is unknown.

    `looks` is what the rows of one call share: which trees have been looked at, and what is left of the budget for that.
    """

    __slots__ = (
        "_context", "_cut", "_known", "_looks", "_row", "_sets", "_spellings", "_sweeps", "certainty", "found", "sure",
    )  # fmt: skip

    def __init__(self, row: Row, context: Context, sets: Sets, looks: dict[object, int] | None = None) -> None:
        self._looks = {} if looks is None else looks
        self._row = row
        self._context = context
        self._sets = sets
        self._known: dict[tuple[str, int, str, int], int] = {}
        self._cut: set[str] = set()  # trees of which not all could be looked at
        self._sweeps = False  # whether what was not looked at counts
        self.found: dict[int, str] = {}  # number of a set: the path in a tree that was found to be in it
        path = row.path
        self._spellings = (0,) if path is None or path.text == path.resolved else (0, 1)
        self.certainty, self.sure = _certainty(row)

    def could(self, rule: dict[str, Any]) -> bool:
        """Return whether a rule could match some row of this kind (see `kind_of`)."""
        return self._alive(rule, [one for one in rule["when"] if one[0] in _COMMON])

    def alive(self, rule: dict[str, Any]) -> bool:
        """Return whether a rule could match the row if its path were another one.

        The rows of one command differ in nothing but their paths, so this is asked once for all of them.
        """
        return self._alive(rule, [one for one in rule["when"] if KINDS[one[0]] != PATH])

    def _alive(self, rule: dict[str, Any], conditions: list[Any]) -> bool:
        if not self.sure and not any(key == "certainty" and not negated for key, negated, _ in rule["when"]):
            return False
        return bool(self._least(conditions, 0, rule["effect"] != ALLOW))

    def rule(self, rule: dict[str, Any]) -> int:
        """Return NO, MAYBE or YES for a rule of a compiled policy."""
        when = rule["when"]
        if not self.sure and not any(key == "certainty" and not negated for key, negated, _ in when):
            return NO
        stops = rule["effect"] != ALLOW
        found = [self._spelled(when, rule.get("unless", ()), spelling, stops) for spelling in self._spellings]
        match = max(found) if stops else min(found)
        return min(match, MAYBE) if self.certainty == POSSIBLE else match

    def swept(self, rule: dict[str, Any]) -> bool:
        """Return whether a rule that does not match might, in the part of a tree that there was no budget to look at."""
        if not self._cut:
            return False
        self._sweeps = True
        self._known.clear()
        found = self.rule(rule)
        self._known.clear()
        self._sweeps = False
        return found != NO

    def world(self) -> World:
        """Return the world that the sets were made ready for."""
        return self._sets.world

    def less(self, rule: dict[str, Any], other: RowMatch, tables: Sequence[Any]) -> int:
        """Return what `rule` says of a deny or ask rule with more tables of `unless`, which `other` matches."""
        found = NO
        for spelling in self._spellings:
            match = self._spelled(rule["when"], rule.get("unless", ()), spelling, True)
            lifted = max(other._least(table, spelling, False) for table in tables)
            found = max(found, min(match, 2 - lifted))
        return min(found, MAYBE) if self.certainty == POSSIBLE else found

    def _spelled(self, when: Any, unless: Any, spelling: int, stops: bool) -> int:
        match = self._least(when, spelling, stops)
        if match and unless:
            lifted = max(self._least(table, spelling, not stops) for table in unless)
            match = min(match, 2 - lifted)
        return match

    def _least(self, conditions: Any, spelling: int, stops: bool) -> int:
        """Return the least of conditions that all must hold. `stops`: whether that makes the effect stricter."""
        least = YES
        for key, negated, number in conditions:
            mode = INSIDE if stops == bool(negated) else HITS if stops else TOUCHES
            asked = (key, number, mode, spelling)
            found = self._known.get(asked)
            if found is None:
                found = self._known[asked] = self._value(key, number, mode, spelling)
            if found == LACKS:
                return NO
            least = min(least, 2 - found if negated else found)
            if not least:
                return NO
        return least

    def _value(self, key: str, number: int, mode: str, spelling: int) -> int:
        """Return how one condition's set meets the row: NO, MAYBE, YES or LACKS."""
        row, sets, kind = self._row, self._sets, KINDS[key]
        if kind == PATH:
            return self._path(number, mode, spelling)
        if kind == ENUM:
            words = sets.words(number)
            if key == "trait":
                return NO if words.isdisjoint(row.origin.traits) else YES
            return YES if (row.action if key == "action" else self.certainty) in words else NO
        if kind == COMMAND:
            return self._command(number, mode)
        if key in ("flags", "args", "via"):
            return self._best_of(getattr(row.origin, key), number, mode) if row.origin.command else LACKS
        if key in ("roles", "users", "devices"):
            return self._identity(key, number, mode)
        value = row.port if kind == PORT else self._text(key)
        return LACKS if value in (None, "") else sets.best(number, kind, value, mode)

    def _best_of(self, values: Iterable[Value], number: int, mode: str) -> int:
        """Return the best answer for several words. One of which nothing is known is no reason to stop anything."""
        best = NO
        for value in values:
            if value is not UNKNOWN or mode != HITS:
                best = max(best, self._sets.best(number, WORD, value, mode))
        return best

    def _text(self, key: str) -> Value | None:
        """Return the one text that a condition is about."""
        if key in ("permission_mode", "repo", "branch") or (key == "subagent" and self._row.action != DELEGATE):
            return getattr(self._context, key)  # type: ignore[no-any-return]
        value = getattr(self._row, key)
        if key == "ref" and isinstance(value, str):
            value = value.removeprefix("refs/heads/")
        return value  # type: ignore[no-any-return]

    def _path(self, number: int, mode: str, spelling: int) -> int:
        path = self._row.path
        if path is None:
            return LACKS
        value = path.resolved if spelling else path.text

        # Names that may be anywhere in a tree: to read the tree tells what they hold; to write or delete it does not.
        def search(root: str, holds: Callable[[str], bool]) -> bool:
            looked = self._tree(root)
            if looked is None:  # so many trees are read that this one was not looked at
                return mode == HITS
            tree, files, complete = looked
            asked = (tree, holds)
            found = self._sets.first.get(asked)
            if found is None:
                found = self._sets.first[asked] = next(filter(holds, files), "")
            self.found[number] = found
            return bool(found) or (self._sweeps and mode == HITS and not complete)

        look = search if path.extent == TREE and self._row.action == READ else None
        return max(one.match(value, path.extent, mode, look) for one in self._sets.paths(number))

    def _tree(self, root: str) -> tuple[tuple[object, ...], list[str], bool] | None:
        """Return a tree's key, the files that reading it comes across, and whether all; one look serves all sets.

        None where the trees of this call hold so much that there is no budget left for this one.
        """
        from agentguard.access import limits, walk  # noqa: PLC0415 - only where a whole tree is read

        sets = self._sets
        manners = walk.manners(self._row)
        tree = (root, manners.ignore, manners.hidden, manners.skip, manners.globs, manners.keeps)
        left = self._looks.setdefault("left", limits.MAX_CALL_ENTRIES)
        if self._looks.get(tree, left) <= 0:
            self._looks[tree] = 0
            return None
        if id(sets) not in self._looks:  # the first look of this call: only now may others go
            self._looks[id(sets)] = 1
            if len(sets.seen) >= _TREES:
                sets.seen.clear()
                sets.first.clear()
        if tree not in sets.seen:
            sets.seen[tree] = walk.counted(root, sets.world.disk, manners, home=sets.world.home)
        found, complete, cost = sets.seen[tree]
        if tree not in self._looks:
            self._looks[tree] = 1
            self._looks["left"] = left - cost
        if not complete:
            self._cut.add(root)
        return tree, found, complete

    def _command(self, number: int, mode: str) -> int:
        origin = self._row.origin
        if not origin.command:
            return LACKS
        by_name = mode != INSIDE or not self._placed()
        return self._sets.best(number, COMMAND, (origin.command, origin.program, by_name), mode)

    def _placed(self) -> bool:
        """Return whether the agent could have put the program there, so that its name tells nothing."""
        origin = self._row.origin
        program = origin.program or origin.command[0]
        if "/" not in program:
            return False  # found along the search path, nobody knows where
        absolute = program[0] == "/" or program[1:2] == ":"
        return not absolute or self._sets.in_scratch(program)

    def _identity(self, key: str, number: int, mode: str) -> int:
        context = self._context
        if key == "roles":
            if context.roles:
                return self._best_of(sorted(context.roles), number, mode)
            who = ""
            known = bool(context.user)
        else:
            who = context.user if key == "users" else context.device
            known = bool(who)
        if who:
            return self._sets.best(number, WORD, who, mode)
        # Nobody is in no set, so a restriction on not being in one holds. To let something through, one must be known.
        return NO if known or mode != TOUCHES else LACKS
