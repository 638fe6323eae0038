"""Manifests of Kubernetes, YAML or JSON, that a command hands over: which of them give a pod its node, or somebody the cluster.

kubernetes.io/docs/concepts/security/pod-security-standards and …/reference/access-authn-authz/rbac. A manifest is not
parsed but read with its blanks and quotes taken out: what is asked is only whether a few fields hold a few values.
"""

from __future__ import annotations

from agentguard.access.shell.limits import MAX_MADE
from agentguard.access.shell.values import parts_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.model import Value
    from agentguard.access.shell.command import Call
    from agentguard.access.shell.flow import Feed


def beneath(call: Call, value: Value) -> list[Feed]:
    """Return what this text has put into a file, or into the files of a folder or of `FOLDER/*.yaml`."""
    found = call.contents(value)
    made = call.machine.made
    place = call.place(value)
    if found or made is None or place is None:
        return found
    text = str(parts_of(place)[0])
    text = text.partition("*")[0].rpartition("/")[0] if "*" in text or not isinstance(place, str) else text
    inside = text.rstrip("/") + "/"
    keys = [key for key in made.places if isinstance(key, str) and key.startswith(inside)][:MAX_MADE]
    return [feed for key in keys if key.endswith((".yaml", ".yml", ".json")) for feed in made.contents(key)]


_RULING = ("hostpid", "hostnetwork", "hostipc", "privileged", "allowprivilegeescalation")

# Folders of a node that give a pod the node, or its other pods.
_OF_NODES = (
    "/etc", "/root", "/home", "/run", "/var/run", "/var/lib/kubelet", "/var/lib/docker", "/proc", "/dev", "/sys",
)  # fmt: skip


def rules(text: str) -> bool:
    """Return whether a manifest gives a pod the rights or the files of its node, or somebody all rights of the cluster."""
    text = text.lower().replace('"', "").replace("'", "").replace(" ", "").replace("\t", "")
    if any(f"{name}:true" in text for name in _RULING):
        return True
    for piece in text.split("hostpath:")[1:]:
        path = piece.lstrip("{\n").removeprefix("path:").split("\n")[0].split(",")[0].rstrip("}]")
        if path == "/" or (path + "/").startswith(tuple(f"{folder}/" for folder in _OF_NODES)):
            return True
    if "roleref:" not in text and "verbs:" not in text:
        return False
    text = "\n".join(line for line in text.split("\n") if line[:1] != "#")
    return any(_binds(one) or _everything(one) for one in text.split("\n---"))


def _binds(text: str) -> bool:
    """Return whether a binding gives somebody the role that may do everything."""
    role = text.partition("roleref:")[2].partition("subjects:")[0]
    return any(f"name:{one}{end}" in role + "\n" for one in _ALL for end in ("\n", ",", "}", "#", "\r"))


_ALL = ("cluster-admin", "system:masters")


def _everything(text: str) -> bool:
    """Return whether one rule of a role takes in every verb and every resource."""
    for key in _FIELDS:
        text = text.replace(f"\n-{key}", f"{{{key}")
    return any(_any(rule, "verbs:") and _any(rule, "resources:") for rule in text.split("{"))


_FIELDS = ("apigroups:", "resources:", "verbs:", "resourcenames:", "nonresourceurls:")


def _any(rule: str, field: str) -> bool:
    """Return whether `*` is among the items of a list, `[a,b]` or a line each."""
    _, found, rest = rule.partition(field)
    rest = rest.lstrip("\n\r")
    if rest[:1] == "[":
        return "*" in rest[1:].partition("]")[0].replace("\n", "").replace("\r", "").split(",")
    items = []
    for line in rest.split("\n") if found else ():
        if line[:1] != "-":
            break
        items.append(line[1:].partition("#")[0].strip())
    return "*" in items
