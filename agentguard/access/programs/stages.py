"""What the names in a command say of where it acts: on what people use, or on what is made for trying out.

`kubectl --context prod apply`, `helm upgrade -n production`, `ansible-playbook -i inventories/live`: changes there are
a release. Where no option names a cluster, kubectl and helm take the current one of their settings
(kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig).
"""

from __future__ import annotations

from agentguard.access.shell.values import plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from agentguard.access.model import Value
    from agentguard.access.programs.options import Line
    from agentguard.access.shell.command import Call

_USED = frozenset({"prod", "production", "prd", "live"})
# `nonprod`, `pre-prod` and `prod-like` are none; a name that says both is for trying out.
_TRIED = frozenset({"non", "pre", "like", "test", "dev", "local", "staging", "sandbox", "kind", "minikube", "example"})
_MOST_SETTINGS = 64 * 1024  # characters of a kubeconfig in which the current context is looked for


def is_used(name: str) -> bool:
    """Return whether the name of a cluster, a host or a file says that people use what it stands for."""
    words = "".join(char if char.isalnum() else " " for char in name.lower()).split()
    return not _USED.isdisjoint(words) and _TRIED.isdisjoint(words)


def any_used(values: Iterable[Value]) -> bool:
    """Return whether one of some values names what people use."""
    return any(is_used(text) for value in values if (text := plain(value)))


def cluster(call: Call, line: Line, operands: Iterable[Value] = ()) -> bool:
    """Return whether kubectl or helm, as its options and settings stand, acts on a cluster that people use."""
    named = [value for option in ("--context", "--kube-context", "--cluster") for value in line.values(option)]
    if any_used([*named, *line.values("--namespace"), *line.values("--values"), *operands]):
        return True
    return not named and is_used(_current(call, line))


def _current(call: Call, line: Line) -> str:
    """Return the current context of the settings, "" where there is none."""
    given = line.value("--kubeconfig") or call.variable("KUBECONFIG") or f"{call.world.home}/.kube/config"
    path = call.place(plain(given) or "")
    held = call.world.disk.read(path, _MOST_SETTINGS) if isinstance(path, str) else None
    for row in (held or b"").decode("utf-8", "replace").splitlines():
        if row.startswith("current-context:"):
            return row.partition(":")[2].strip(" \t'\"")
    return ""
