"""Which of its rules a policy enforces for this device and this person, where a rule is not enforced for everybody yet.

- `rollout` is the percentage of devices that enforce the rule; all others observe it. A device's place from 0 to 99 is a
  hash of the cohort and its id, so a higher percentage adds devices and takes none away, and rules of one cohort
  reach the same devices. A rule's own id is its cohort unless it names one.
- `enforce_for` are roles whose holders enforce the rule; everybody else observes it. Where a rule has both, either
  suffices.
- A doubt never helps: a device without an id is in every rollout, and who is nobody, or perhaps a holder of the role,
  enforces.
"""

from __future__ import annotations

from agentguard.digest import sha256_hex

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentguard.policy.model import Context

_PLACES = 100


def enforced(rule: dict[str, Any], context: Context) -> bool:
    """Return whether a rule with `rollout` or `enforce_for` is enforced here."""
    if "rollout" in rule and (
        not context.device or place(rule.get("cohort") or rule["id"], context.device) < rule["rollout"]
    ):
        return True
    if "enforce_for" not in rule:
        return False
    return not context.user or not (context.roles | context.claimed).isdisjoint(rule["enforce_for"])


def place(cohort: str, device: str) -> int:
    """Return the place of a device in a cohort: 0 to 99, the same for ever."""
    return int(sha256_hex(f"{cohort}\n{device}".encode("utf-8", "surrogateescape"))[:15], 16) % _PLACES
