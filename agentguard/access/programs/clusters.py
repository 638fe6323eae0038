"""Clusters: kubectl and helm. kubernetes.io/docs/reference/kubectl, helm.sh/docs/helm."""

from __future__ import annotations

from agentguard.access.model import EXECUTE, POSSIBLE
from agentguard.access.programs import stages, walk
from agentguard.access.shell.values import plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.programs.walk import Work
    from agentguard.access.shell.command import Call


def _tried(work: Work) -> bool:
    """`--dry-run=client` and `--dry-run=server` change nothing, `--dry-run=none` and `=false` are not there."""
    return any(flag == "--dry-run" and value not in ("none", "false") for flag, value in work.line.flags)


def changes(call: Call, work: Work) -> None:
    """What a subcommand means counts only if it is not just tried."""
    if _tried(work):
        work.entry = {**work.entry, "traits": ""}
        work.line.traits.clear()
    elif stages.cluster(call, work.line):
        work.line.traits.add("publishes")
    for name in ("--filename", "--kustomize"):
        if any("://" in (plain(value) or "") for value in work.line.values(name)):  # somebody else has written it down
            work.line.kinds[name] = "from"
            if work.command[-1] in ("apply", "create", "replace"):
                work.line.traits.add("foreign-package")
    walk.standard(call, work)
    if work.command[-1] in ("job", "cronjob", "deployment", "deploy", "create") and "--" in call.words:
        from agentguard.access.programs import containers  # noqa: PLC0415 - few commands name what runs

        containers.carried(call, work)


def scales(call: Call, work: Work) -> None:
    """`--replicas=0` takes a service away."""
    if work.line.value("--replicas") == "0":
        work.line.traits.add("destroys-infrastructure")
    changes(call, work)


# Hosts of charts that everybody installs from.
_CHARTS = (
    ".github.io", ".gitlab.io", ".googleapis.com", ".bitnami.com", ".jetstack.io", ".hashicorp.com", ".elastic.co", ".k8s.io",
    ".datadoghq.com", ".rancher.com", ".rancher.io", ".cilium.io", ".linkerd.io", ".traefik.io", ".nginx.com", ".min.io",
    ".newrelic.com", ".konghq.com", ".crossplane.io", ".goharbor.io", ".longhorn.io", ".helm.sh", ".projectcalico.org",
    ".gitlab.com", ".github.com", ".githubusercontent.com", ".tigera.io", ".sonarqube.org", ".jenkins.io", ".vector.dev",
)  # fmt: skip


def repositories(call: Call, work: Work) -> None:
    """`helm repo add NAME URL`: what is installed from it runs in the cluster, whoever keeps it."""
    from agentguard.access.programs import net  # noqa: PLC0415 - few commands connect

    urls = work.line.operands[1:2]
    hosts = [net.address(value)[0] for value in urls]
    strange = [host for host in hosts if not (isinstance(host, str) and f".{host}".endswith((*_CHARTS, ".localhost")))]
    work.entry = {**work.entry, "operands": "text*"}
    work.line.traits |= {"foreign-package"} if strange else set()
    walk.standard(call, work)
    origin = call.origin
    call.begin(origin.command, origin.flags, origin.args, origin.traits - {"foreign-package"})
    for value in urls:
        walk.act(call, "url", value, "the repository", work)


def charts(call: Call, work: Work) -> None:
    """`helm install NAME CHART`: a folder here, a chart of a repository that was added, or an address."""
    operands = work.line.operands
    chart = plain(operands[-1]) if operands else None
    kinds = ["text"] * len(operands)
    if chart is not None and (chart[:1] in "./~" or "://" in chart or walk.kind_of(call, chart)):
        kinds[-1] = "spec"
    work.entry = {**work.entry, "operands": " ".join(kinds)}
    if (
        work.command[-1] in ("install", "upgrade")
        and not _tried(work)
        and stages.cluster(call, work.line, operands[:1])
    ):
        work.line.traits.add("publishes")
    walk.standard(call, work)


def values(call: Call, work: Work) -> None:
    """`helm get values RELEASE`: what somebody has set, which passwords may be among."""
    walk.standard(call, work)
    origin = call.origin
    call.begin(work.command, origin.flags, origin.args, origin.traits | {"prints-environment"})
    call.row(EXECUTE, POSSIBLE, "passwords may be among them")
