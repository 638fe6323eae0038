"""What a person and a model are told. One line each, bounded, redacted, and free of control characters.

The model is told what was denied and why, what to do instead, and not to try variants: a model that gets only "denied"
tries the next spelling. The person gets one line with the rule, the revision and what to type for an exception.
"""

from __future__ import annotations

from agentguard.policy.model import ASK, BUILTIN_PREFIX, printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from agentguard.policy.model import Decision

MODEL_LIMIT = 400  # characters
PERSON_LIMIT = 160

ERROR_RULE = "agentguard/error"
_STATES = (
    "default:stale",
    "default:fallback",
    "default:invalid",
)  # not what the policy says, but the state that it is in


def one_line(text: str, limit: int) -> str:
    """Return `text` as one printable line of at most `limit` characters."""
    clean = " ".join(printable(text).split())
    return clean if len(clean) <= limit else clean[: limit - 1] + "…"


def for_model(decision: Decision, redact: Callable[[str], str]) -> str:
    """Return what the model reads when a call is denied, or the person when it is asked about."""
    verb = "Your approval is asked for" if decision.effect == ASK else "Denied"
    head = f"{verb} by policy ({decision.rule}): "
    remedy = f" Instead: {_sentence(redact(decision.remedy))}" if decision.remedy else ""
    if decision.effect == ASK:
        tail = ""
    elif remedy:
        tail = " Try no other way to the same result; if that does not help, tell the person."
    else:
        tail = " Do not try to reach the same result another way; tell the person."
    room = MODEL_LIMIT - len(head) - len(tail)
    remedy = one_line(remedy, room // 2)
    reason = one_line(_sentence(redact(decision.reason or "no reason is given.")), room - len(remedy) - 1)
    return one_line(f"{head}{reason} {remedy}{tail}", MODEL_LIMIT)


def for_person(decision: Decision, bundle: str, record_id: str) -> str:
    """Return the line that the person sees. `bundle` names the policy and its revision."""
    verb = "asks about this" if decision.effect == ASK else "blocked this"
    if decision.rule.startswith(BUILTIN_PREFIX):
        way = "nothing lifts this rule"
    elif decision.rule in _STATES:
        way = "`agentguard status` shows why"
    elif decision.rule.startswith("default:"):  # no rule to lift
        way = f"to change that, quote {record_id} to whoever publishes it"
    elif not decision.excusable:
        way = f"no exception lifts it; quote {record_id} to whoever publishes it"
    else:
        way = f"exception: agentguard exception request {record_id}"
    room = PERSON_LIMIT - len(way) - 2
    return one_line(f"agentguard {verb}: {decision.rule} ({bundle})", room) + f"; {way}"


def for_error(what: str) -> str:
    """Return the one sentence for a call that could not be judged."""
    return one_line(
        f"agentguard could not judge this call ({what}), so it is denied ({ERROR_RULE}). "
        "In your own terminal, `agentguard status` shows what is wrong.",
        MODEL_LIMIT,
    )


def _sentence(text: str) -> str:
    text = text.strip()
    return text if text.endswith((".", "!", "?")) else text + "."
