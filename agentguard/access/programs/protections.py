"""Settings of cloud resources that take a protection away, open them, change a password, or leave nothing running.

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
    "--retention-in-days", "--reserved-concurrent-executions",
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


# Options by which a resource that is there gets another password, and subcommands that do nothing else.
_PASSWORDS = (
    "--master-user-password", "--admin-password", "--administrator-login-password", "--root-password",
    "--rotate-master-user-password",
)  # fmt: skip
_CHANGES = ("modify", "update", "set", "reset", "patch")
_SETS_PASSWORD = (
    "set-password", "admin-set-user-password", "admin-reset-user-password", "reset-password", "change-password",
)  # fmt: skip
_OPENS = ("--publicly-accessible", "--assign-ip")
_OPEN_TO = ("--public-access", "--public-network-access", "--allow-blob-public-access")
# What stands still afterwards, by client: the subcommand, and one of the nouns before it.
_HALTS = {
    "aws": "stop-instances reboot-instances stop-db-instance stop-db-cluster reboot-db-instance reboot-db-cluster",
    "gcloud": "stop suspend reset", "az": "stop deallocate", "doctl": "power-off shutdown power-cycle reboot",
    "hcloud": "poweroff shutdown reset reboot", "heroku": "ps:stop maintenance:on", "fly": "stop suspend",
    "flyctl": "stop suspend", "linode-cli": "shutdown reboot", "openstack": "stop reboot suspend", "scw": "stop reboot",
}  # fmt: skip
_MACHINES = frozenset({
    "instances", "instance", "instance-groups", "vm", "vmss", "webapp", "functionapp", "aks", "server", "flexible-server",
    "droplet-action", "machine", "machines", "apps", "linodes", "container", "services", "service", "nodes",
})  # fmt: skip
_MOVES_NAMES = frozenset({"update", "set-record", "remove-record", "execute"})


def _halts(name: str, subs: list[str]) -> bool:
    """Return whether subcommands make machines or services stand still: `gcloud compute instances stop`."""
    verbs = _HALTS.get(name, "").split()
    if name in ("aws", "heroku"):
        return any(word in verbs for word in subs[:2])
    return any(word in verbs and not _MACHINES.isdisjoint(subs[:at]) for at, word in enumerate(subs[:5]))


def _opens(option: str, value: str) -> bool:
    """Return whether an option lets everybody in."""
    if option in _WHO:
        return not _EVERYBODY.isdisjoint(one.strip("'\" ").lower() for one in value.split(","))
    return option in _OPENS or (option in _OPEN_TO and value.lower() in ("enabled", "all", "true"))


def traits(name: str, words: list[Value]) -> frozenset[str]:
    """Return what the options of a command line of this program mean for the resources that it is about."""
    found: set[str] = set()
    subs = [plain(word) or "" for word in words]
    subs = subs[: next((at for at, word in enumerate(subs) if word[:1] == "-"), len(subs))]
    changes = any(word.startswith(_CHANGES) for word in subs[:5])
    if _halts(name, subs) or subs[:3] == ["scale", "count", "0"]:
        found.add("destroys-infrastructure")
    if not _MOVES_NAMES.isdisjoint(subs) and not {"record-sets", "record-set", "records"}.isdisjoint(subs):
        found.add("destroys-infrastructure")  # names of a zone lead elsewhere
    if not frozenset(_SETS_PASSWORD).isdisjoint(subs):
        found.add("privileged")
    if name == "az" and subs[:3] == ["sql", "server", "update"] and "-p" in words:
        found.add("privileged")
    if "batch-write-item" in words:  # puts and deletes stand in a file
        found.add("destroys-data")
    if "change-resource-record-sets" in words:  # so do the names of a zone that go or lead elsewhere
        found.add("destroys-infrastructure")
    if any((plain(word) or "").endswith(_POLICIES) for word in words[:3]):
        found.add("publishes")
    for number, word in enumerate(words):
        text = plain(word) or ""
        option, equals, value = text.partition("=")
        if option[:2] != "--":
            head, mark, amount = text.partition("=")
            if (
                mark and amount == "0" and words[0] in ("ps:scale", "scale") and head.isalnum()
            ):  # `heroku ps:scale web=0`
                found.add("destroys-infrastructure")
            continue
        if not equals and number + 1 < len(words):
            value = plain(words[number + 1]) or ""
        unguarded = option in _UNGUARDED or (option.startswith("--no-") and any(guard in option for guard in _GUARDS))
        nothing_left = (option in _COUNTS and value == "0") or (
            option == "--mode" and value.lower() == "complete"
        )  # of az
        suspends = option == "--versioning-configuration" and "Suspended" in value
        if unguarded or nothing_left or suspends:
            found.add("destroys-infrastructure")
        elif _opens(option, value):
            found.add("publishes")
        elif changes and option in _PASSWORDS:
            found.add("privileged")
    return frozenset(found)
