"""What a policy uses, and the first version of agentguard that understands each of these things.

The compiler works out from it which version a policy needs (`min_client`), so a policy that uses nothing new can still be
published to laptops that are not. A laptop with an older version keeps its last good bundle and says which version the new
one needs. Every part of the language stands in the table: a part without a version could not be published safely.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentguard.policy.conditions import VARIABLES
from agentguard.policy.values import VARIABLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# (version, kind of feature, keys or words): what each version was the first to understand. A feature is `KIND KEY`.
_FIRST = (
    ("0.1.0", "policy", "schema min_client name mode defaults audit roles exceptions sets rules by_action"),
    ("0.1.0", "rule", "id effect when unless possible unattended mode sweep rollout cohort enforce_for"),
    ("0.1.0", "rule", "exceptions severity reason remedy tags owner"),
    ("0.1.0", "condition", "action certainty trait tool roles users devices permission_mode repo branch subagent"),
    ("0.1.0", "condition", "command flags args via server mcp_tool port host method ref remote package variable"),
    ("0.1.0", "condition", "sql_verb path"),
    ("0.1.0", "action", "use read write delete execute connect listen mcp delegate prompt"),
    ("0.1.0", "certainty", "certain possible unknown opaque"),
    ("0.1.0", "trait", "computed-address configures-hooks controls-service destroys-data destroys-infrastructure"),
    ("0.1.0", "trait", "discards-work force foreign-package malformed prints-environment privileged publishes"),
    ("0.1.0", "trait", "read-only removes-package runs-fetched-code sends signals skips-checks starts-agent"),
    ("0.1.0", "variable", "project home tmpdir agentguard hostname"),
    ("0.1.0", "default", "effect possible unknown opaque unknown_tool on_stale"),
    ("0.1.0", "audit", "on_failure drop mask"),
)
SINCE = {f"{kind} {key}": version for version, kind, keys in _FIRST for key in keys.split()}
_CLOSED = ("action", "certainty", "trait")  # conditions whose words are features


def used(policy: dict[str, Any]) -> set[str]:
    """Return the features that a compiled policy uses."""
    found = {f"policy {key}" for key in policy if key != "min_client"}
    found.update(f"audit {key}" for key in policy.get("audit", ()))
    found.update(f"default {key}" for key in _defaults(policy["defaults"]))
    sets = policy["sets"]
    for rule in policy["rules"]:
        found.update(f"rule {key}" for key in rule)
        for key, _negated, number in (one for table in (rule["when"], *rule.get("unless", ())) for one in table):
            found.add(f"condition {key}")
            for entry in (sets[number], *(sets[other] for other in sets[number].get("or", ()))):
                words = (*entry["values"], *entry["except"])
                if key in _CLOSED:
                    found.update(f"{key} {word}" for word in words)
                elif key in ("path", "host"):
                    found.update(f"variable {name}" for name in _variables(words))
    return found


def min_client(policy: dict[str, Any]) -> str:
    """Return the first version that understands all of a compiled policy."""
    versions = {SINCE[feature] for feature in used(policy)}
    return max(versions, key=lambda version: [int(part) for part in version.split(".")])


def _defaults(table: dict[str, Any]) -> Iterator[str]:
    for key, value in table.items():
        if not isinstance(value, dict):
            yield key
        else:  # by action, or of a kind of device
            for inner in value.values() if key == "by_action" else (value,):
                yield from _defaults(inner)


def _variables(words: Iterable[str]) -> Iterator[str]:
    for word in words:
        yield from (name for name in VARIABLE.findall(word) if name in VARIABLES)
