"""What is wrong with a policy source: findings, each with its place and a stable code, in the order of the files.

A code's first digit says what kind of mistake it is: 0 the files, 1 keys and types, 2 values, 3 sets, 4 what a rule
means, 5 the policy's own tests, 6 layers, 7 what a rule is worth. Those of kind 7 are warnings: the policy holds, and part
of it does nothing, or not what its author expects. All others are errors. A code keeps its meaning for ever.
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

CODES = {
    "AG001": "a file is not TOML",
    "AG002": "a file or the folder cannot be read",
    "AG003": "a file is not UTF-8",
    "AG004": "a file is too large, or there are too many",
    "AG005": "a file lies where no policy file is read",
    "AG101": "a key that must be there is missing",
    "AG102": "a value has the wrong type",
    "AG104": "unknown key",
    "AG105": "the schema version is not known",
    "AG201": "a word is not one of those allowed",
    "AG202": "an id or a name has the wrong form",
    "AG203": "ids beneath `agentguard/` belong to the built-in pack",
    "AG204": "an id is used twice",
    "AG205": "a list or a text is empty",
    "AG206": "a path pattern can never match",
    "AG207": "a host pattern can never match",
    "AG208": "a port is not a number from 0 to 65535 or a range of them",
    "AG209": "a pattern variable is unknown, or means nothing there",
    "AG210": "a placeholder of `reason` or `remedy` is unknown",
    "AG211": "`!` and `@` stand where they mean nothing",
    "AG212": "a text holds control characters or is too long",
    "AG213": "a pattern can never match what it is compared with",
    "AG214": "a number is out of range",
    "AG301": "unknown set",
    "AG302": "a set has no plain entry",
    "AG303": "a set contains itself, or sets nest too deeply",
    "AG304": "a set is defined twice",
    "AG305": "a set with `!` entries is itself excluded",
    "AG401": "no access can meet all conditions of a rule",
    "AG402": "a rule lists an action whose rows can never match it",
    "AG403": "`possible` is stricter than `effect`",
    "AG404": "a key means nothing in an allow rule",
    "AG405": "a rule, a scope or a table of `unless` has no condition",
    "AG406": "a table of `unless` can never lift its rule",
    "AG407": "a placeholder names something that the rows of its rule never have",
    "AG408": "a key means nothing beside, or without, another one",
    "AG409": "a rule names a role that is not defined",
    "AG501": "a case does not say what is called, or says it twice, or leaves out what its tool needs",
    "AG502": "a case names a rule that is not there",
    "AG503": "a row of a matrix does not fit its roles",
    "AG504": "a call of a matrix cannot be read",
    "AG505": "a matrix does not say what happens to `(unknown)`, somebody without any role",
    "AG506": "a test names a role that is not defined",
    "AG601": "an included pack is not there",
    "AG602": "the digest of an included pack is missing, or is another one",
    "AG603": "packs include each other, nest too deeply, or are too many",
    "AG604": "a pack is included twice with different scopes",
    "AG605": "an adjust names a rule that is neither here nor in an included pack",
    "AG606": "a key of a rule is adjusted twice",
    "AG607": "an adjust changes nothing",
    "AG701": "a set is not used",
    "AG702": "two rules have the same conditions and the same effect",
    "AG703": "another rule stops everything that a rule matches, and no less strictly",
    "AG704": "an allow rule lets through what the defaults let through anyway",
    "AG705": "nothing that is known can meet a condition and its `not`",
    "AG706": "a table of `unless` lifts its rule wherever the rule matches for certain",
    "AG707": "a set takes out everything that it holds",
    "AG708": "a remedy names a command that this policy denies",
    "AG709": "a deny or ask rule for those who hold a role: losing one's identity lifts it",
    "AG710": "something relaxes where the agent can influence it: in `unless`, in a `not`, or in an allow rule",
    "AG711": "ask at high or critical severity: ask is not enforcement",
    "AG712": "`command` names a word that is no subcommand, so no command is called that",
    "AG713": "`flags` names an option in a spelling that is never compared, without the value that it takes, or misspelt",
    "AG714": "a tool does not exist, and one that does is nearly called so",
    "AG715": "a server, a tool of one, a branch or a variable is written with what is not part of its name",
    "AG716": "a permission mode that the agent does not have",
    "AG717": "`rollout` or `enforce_for` in a rule that only observes, because the bundle does",
}

ERROR, WARNING = "error", "warning"
_SWAPPED = 4  # letters of a word from which on another order of them is a slip


class Finding(NamedTuple):
    """One mistake. `line` and `column` count from 1 (characters); `suggestion` is what was probably meant, or ""."""

    file: str
    line: int
    column: int
    code: str
    message: str
    suggestion: str = ""

    @property
    def level(self) -> str:
        """ERROR or WARNING."""
        return WARNING if self.code.startswith("AG7") else ERROR

    def __str__(self) -> str:
        """Return `rules/git.toml:12:3: AG104 unknown key "efect" (did you mean "effect"?)`."""
        level = f"{WARNING}: " if self.level == WARNING else ""
        return f"{self.file}:{self.line}:{self.column}: {self.code} {level}{self.text()}"

    def text(self) -> str:
        """Return the message and what was probably meant."""
        return self.message + (f' (did you mean "{self.suggestion}"?)' if self.suggestion else "")

    def to_json(self) -> dict[str, Any]:
        """Return the finding as plain values."""
        return {"level": self.level, **self._asdict()}

    def annotation(self, folder: str) -> str:
        """Return the workflow command by which GitHub shows the finding at its line. `folder` is the policy's.

        Source: docs.github.com, "Workflow commands for GitHub Actions", setting an error message.
        """
        file = _escaped(f"{folder}/{self.file}", {":": "%3A", ",": "%2C"})
        where = f"file={file},line={self.line},col={self.column},title={self.code}"
        return f"::{self.level} {where}::{_escaped(self.text(), {})}"


def _escaped(text: str, more: dict[str, str]) -> str:
    """Return a text as a workflow command holds it."""
    for char, code in {"%": "%25", "\r": "%0D", "\n": "%0A", **more}.items():
        text = text.replace(char, code)
    return text


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings by file, line, column and code, each once."""
    return tuple(sorted(set(findings)))


def nearest(word: str, words: Iterable[str], least: float = 0.6) -> str:
    """Return the word that was probably meant, "" where none is as near as `least` (0 to 1) or has its letters swapped."""
    listed = list(words)
    near = difflib.get_close_matches(word, listed, n=1, cutoff=least)
    near = near or [one for one in listed if len(one) >= _SWAPPED and sorted(one) == sorted(word)]
    return near[0] if near else ""
