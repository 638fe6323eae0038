"""Settings of cloud resources that take a protection away, open them to everybody, or leave nothing running.

What sets or updates something means nothing by its name; these options do. AWS CLI, gcloud and az reference pages.
"""

from __future__ import annotations

from agentguard.access.shell.values import plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.model import Value

_UNGUARDED = ("--no-disable-api-termination", "--no-disable-api-stop", "--skip-final-snapshot")
_GUARDS = ("deletion-protection", "delete-protection", "termination-protection", "purge-protection", "versioning")
# Options whose number says how much is left.
_COUNTS = (
    "--desired-count", "--desired-capacity", "--max-size", "--max-capacity", "--replicas", "--num-nodes", "--node-count",
    "--min-instances", "--max-instances", "--size", "--count", "--scale", "--instance-count", "--backup-retention-period",
    "--retention-in-days",
)  # fmt: skip
# Options that name who may come in, and what stands for everybody.
_WHO = (
    "--source-ranges", "--source-address-prefixes", "--source-address-prefix", "--cidr", "--cidr-ip", "--principal",
    "--member", "--members", "--authorized-networks", "--start-ip-address", "--ip-range", "--allow-from", "--acl",
    "--public-access", "--assignee",
)  # fmt: skip
# Subcommands that say who may use a resource.
_POLICIES = ("set-repository-policy", "put-registry-policy", "put-resource-policy", "set-iam-policy", "put-key-policy")
_EVERYBODY = frozenset({
    "0.0.0.0/0", "::/0", "*", "allusers", "allauthenticatedusers", "internet", "any", "0.0.0.0",  # noqa: S104 - to compare
    "public-read", "public-read-write", "blob", "container",
})  # fmt: skip


def traits(words: list[Value]) -> frozenset[str]:
    """Return what the options of a command line mean for the resources that it is about."""
    found: set[str] = set()
    if "batch-write-item" in words:  # puts and deletes stand in a file
        found.add("destroys-data")
    if "change-resource-record-sets" in words:  # so do the names of a zone that go or lead elsewhere
        found.add("destroys-infrastructure")
    if any((plain(word) or "").endswith(_POLICIES) for word in words[:3]):
        found.add("publishes")
    for number, word in enumerate(words):
        text = plain(word) or ""
        name, equals, value = text.partition("=")
        if name[:2] != "--":
            head, mark, amount = text.partition("=")
            if (
                mark and amount == "0" and words[0] in ("ps:scale", "scale") and head.isalnum()
            ):  # `heroku ps:scale web=0`
                found.add("destroys-infrastructure")
            continue
        if not equals and number + 1 < len(words):
            value = plain(words[number + 1]) or ""
        unguarded = name in _UNGUARDED or (name.startswith("--no-") and any(guard in name for guard in _GUARDS))
        nothing_left = (name in _COUNTS and value == "0") or (name == "--mode" and value.lower() == "complete")  # of az
        if unguarded or nothing_left:
            found.add("destroys-infrastructure")
        elif name in _WHO and not _EVERYBODY.isdisjoint(one.strip("'\" ").lower() for one in value.split(",")):
            found.add("publishes")
    return frozenset(found)
