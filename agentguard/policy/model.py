"""The values of a policy decision: what the engine is told beside the rows, and what it answers.

Effects, from lax to strict: ALLOW, ASK, DENY. A match is 0 no, 1 maybe, 2 yes.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from agentguard.access.model import Row
    from agentguard.policy.exceptions import Exceptions

ALLOW, ASK, DENY = "allow", "ask", "deny"
STRICTNESS = {ALLOW: 0, ASK: 1, DENY: 2}
ENFORCE, OBSERVE = "enforce", "observe"

NO, MAYBE, YES = 0, 1, 2

# How well a person is known: by root's own configuration, by the account alone, not at all.
MANAGED, OS, NONE = "managed", "os", "none"
ASSURANCES = {NONE: 0, OS: 1, MANAGED: 2}

# How good the policy at hand still is. Staleness only tightens.
FRESH, GRACE, STALE = "fresh", "grace", "stale"
FALLBACK = "fallback"  # no seal at all: the fallback policy
INVALID = "invalid"  # a seal that does not verify: the fallback policy, and what changes things is denied

BUILTIN_PREFIX = "agentguard/"
CRITICAL = "critical"
MAX_DAYS = 7  # that an exception may last where a policy does not say
SCHEMA = 1  # of compiled policies; a client keeps its last good bundle when it meets a newer one


# Characters that nobody sees and that Python counts as printable: fillers, and selectors in which text can be hidden.
_INVISIBLE = (
    (0x34F, 0x34F), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x2800, 0x2800), (0x3164, 0x3164),
    (0xFE00, 0xFE0F), (0xFFA0, 0xFFA0), (0xE0100, 0xE01EF),
)  # fmt: skip


def printable(text: str) -> str:
    """Return a text with a space for every character that is not seen: controls, line ends, bidi marks, zero width."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(char if char.isprintable() and not _invisible(ord(char)) else " " for char in text)


def _invisible(code: int) -> bool:
    return code >= _INVISIBLE[0][0] and any(first <= code <= last for first, last in _INVISIBLE)


def may_have(rule: dict[str, Any]) -> bool:
    """Return whether a rule lets exceptions lift it."""
    return bool(rule.get("exceptions", rule.get("severity") != CRITICAL))


def stricter(one: str, other: str) -> str:
    """Return the stricter of two effects."""
    return one if STRICTNESS[one] >= STRICTNESS[other] else other


class Context:
    """What the engine is told about the call beside its rows.

    `roles` are those that the person holds, `claimed` those that the person may hold and has not proved to: they can only
    tighten. `attended` is false where nobody could answer an ask. `state` is one of FRESH … INVALID. `stage` is ENFORCE or
    root-owned OBSERVE. `device_kind` is "" or root-owned "ci". `exceptions` are the signed ones that hold, None where
    none does. `hide` takes secrets out of what a reason quotes; it sees a value before that is cut, because half a secret
    is not recognised.
    """

    __slots__ = (
        "attended", "branch", "claimed", "device", "device_kind", "exceptions", "hide", "permission_mode", "remote_urls",
        "repo", "roles", "stage", "state", "subagent", "user",
    )  # fmt: skip

    def __init__(
        self,
        *,
        roles: frozenset[str] = frozenset(),
        claimed: frozenset[str] = frozenset(),
        user: str = "",
        device: str = "",
        device_kind: str = "",
        repo: str = "",
        branch: str = "",
        remote_urls: tuple[str, ...] = (),
        permission_mode: str = "",
        subagent: str = "",
        attended: bool = True,
        state: str = FRESH,
        stage: str = ENFORCE,
        exceptions: Exceptions | None = None,
        hide: Callable[[str], str] = str,
    ) -> None:
        self.roles = roles
        self.claimed = claimed
        self.user = user
        self.device = device
        self.device_kind = device_kind
        self.repo = repo
        self.branch = branch
        self.remote_urls = remote_urls
        self.permission_mode = permission_mode
        self.subagent = subagent
        self.attended = attended
        self.state = state
        self.stage = stage
        self.exceptions = exceptions
        self.hide = hide


class Hit:
    """One rule (or default) that had a say about one row.

    `rule` is a rule's id or `default:NAME`. `effect` is what it asks for on this row, after `possible`. `counts` is
    false where mode, rollout or stage keep it out of the call's effect (it still counts in `would`). `unattended` is
    what an ask becomes where nobody can answer. `excusable`: whether an exception may lift the rule.
    """

    __slots__ = (
        "_say", "counts", "effect", "exception", "excusable", "match", "row", "rule", "severity", "unattended",
    )  # fmt: skip

    def __init__(
        self, rule: str, effect: str, row: int, *, match: int = YES, counts: bool = True, severity: str = "",
        unattended: str = DENY, say: Callable[[], tuple[str, str]] | None = None,
    ) -> None:  # fmt: skip
        self.rule = rule
        self.effect = effect
        self.row = row
        self.match = match
        self.counts = counts
        self.severity = severity
        self.unattended = unattended
        self.exception = ""
        self.excusable = True
        self._say = say

    @property
    def reason(self) -> str:
        """Why the rule stops this, filled in; worked out when somebody asks."""
        return self._say()[0] if self._say else ""

    @property
    def remedy(self) -> str:
        """What to do instead, filled in."""
        return self._say()[1] if self._say else ""

    def lifted(self, exception: str, *, attended: bool) -> Hit:
        """Return what this would have been without an exception: the same, with the exception's id."""
        effect = self.unattended if self.effect == ASK and not attended else self.effect
        found = Hit(self.rule, effect, self.row, match=self.match, counts=self.counts, severity=self.severity)
        found.exception = exception
        return found


class Decision:
    """The engine's answer. `effect` is what happens; `would`, what would happen if every rule were enforced.

    `rule` decides `effect` ("" when nothing but a silent default did), `would_rule` decides `would`. `reason`,
    `remedy` (filled in; redacted later, at the edge) and `severity` are those of `rule` where the call is stopped, else
    of `would_rule`. `hits` holds every rule that matched, in the order of rows, and `row_effects` the effect of each
    row, in that order too. `excusable`: whether an exception may lift `rule`. `exception` names those that lifted a rule,
    and `without` is the effect that would have been without them.
    """

    __slots__ = (
        "effect",
        "exception",
        "excusable",
        "hits",
        "mode",
        "reason",
        "remedy",
        "row_effects",
        "rows",
        "rule",
        "severity",
        "without",
        "would",
        "would_rule",
    )

    def __init__(
        self,
        effect: str,
        would: str,
        *,
        rule: str = "",
        would_rule: str = "",
        reason: str = "",
        remedy: str = "",
        severity: str = "",
        mode: str = ENFORCE,
        hits: tuple[Hit, ...] = (),
        rows: tuple[Row, ...] = (),
        row_effects: tuple[str, ...] = (),
        exception: str = "",
        without: str = "",
        excusable: bool = True,
    ) -> None:
        self.effect = effect
        self.excusable = excusable
        self.would = would
        self.rule = rule
        self.would_rule = would_rule
        self.reason = reason
        self.remedy = remedy
        self.severity = severity
        self.mode = mode
        self.hits = hits
        self.rows = rows
        self.row_effects = row_effects
        self.exception = exception
        self.without = without or effect
