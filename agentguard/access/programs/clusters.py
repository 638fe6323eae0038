"""Clusters: kubectl and helm. kubernetes.io/docs/reference/kubectl, helm.sh/docs/helm."""

from __future__ import annotations

from agentguard.access.model import EXECUTE, POSSIBLE, STAR, WRITE
from agentguard.access.programs import stages, walk
from agentguard.access.shell.values import concat, parts_of, plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.model import Value
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
    else:
        if stages.cluster(call, work.line):
            work.line.traits.add("publishes")
        if work.command[-1] in ("apply", "create", "replace", "reconcile", "patch"):
            _manifests(call, work)
    for name in ("--filename", "--kustomize"):
        if any("://" in (plain(value) or "") for value in work.line.values(name)):  # somebody else has written it down
            work.line.kinds[name] = "from"
            if work.command[-1] in ("apply", "create", "replace"):
                work.line.traits.add("foreign-package")
    walk.standard(call, work)
    if work.command[-1] in ("job", "cronjob", "deployment", "deploy", "create") and "--" in call.words:
        from agentguard.access.programs import containers  # noqa: PLC0415 - few commands name what runs

        containers.carried(call, work)


def _manifests(call: Call, work: Work) -> None:
    """What this text has written into a manifest, or hands over, may give a pod the whole node, or somebody the cluster."""
    from agentguard.access.programs import manifests  # noqa: PLC0415 - few commands name what runs

    line = work.line
    texts = [plain(value) for value in line.values("--patch")]
    for value in (*line.values("--filename"), *line.values("--kustomize"), *line.values("--patch-file")):
        feeds = [call.stdin] if value == "-" else manifests.beneath(call, value)
        texts += [feed.value for feed in feeds if feed is not None and isinstance(feed.value, str)]
    if any(text is not None and manifests.rules(text) for text in texts):
        line.traits.add("privileged")


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


_SECRETS = frozenset({"secret", "secrets"})
# Fields of a secret that are not what it holds.
_ABOUT = (".name", ".namespace", ".labels", ".creationTimestamp", ".type", ".uid", ".kind")


def _kind(word: str) -> str:
    """Return the kind of `secret/NAME`, `secrets.v1`, `Secret`."""
    return word.partition("/")[0].partition(".")[0].lower()


def _secrets(operands: list[Value]) -> bool:
    """Return whether operands name secrets, even where what stands behind the kind is not known."""
    leads = [lead for lead in (parts_of(value)[0] for value in operands) if isinstance(lead, str)]
    return any(_kind(word) in _SECRETS for lead in leads for word in lead.split(","))


def _shown(form: str) -> bool:
    """Return whether a format shows more of a secret than what it is called."""
    how, equals, text = form.partition("=")
    if how in ("", "name", "wide"):
        return False
    if how == "custom-columns" and equals:
        return any(not column.partition(":")[2].endswith(_ABOUT) for column in text.split(","))
    pieces = [piece.partition("}")[0].strip() for piece in text.split("{")[1:]]
    pieces = [piece for piece in pieces if not piece.startswith(("range ", "end", '"', "'"))]
    return how != "jsonpath" or not pieces or not all(piece.endswith(_ABOUT) for piece in pieces)


def gets(call: Call, work: Work) -> None:
    """`kubectl get secret -o yaml` prints what is in it, `kubectl get --raw PATH` what the server answers.

    `-o name` writes `secret/NAME` a line, which other commands take.
    """
    line = work.line
    form = plain(line.value("--output") or "") or ("" if line.value("--output") is None else "?")
    template = "template" if line.has("--template") else ""
    raw = line.value("--raw")
    asks = raw is not None and any(
        isinstance(part, str) and "secrets" in part.partition("?")[0].split("/") for part in parts_of(raw)
    )
    if asks or (_secrets(line.operands) and _shown(form or template)):
        line.traits.add("prints-environment")
        work.entry = {**work.entry, "traits": ""}
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
    kinds = (plain(line.operands[0]) or "").split(",") if line.operands else []
    if form == "name" and kinds and all(kinds):
        from agentguard.access.programs import filters  # noqa: PLC0415 - few commands list names

        work.feed = filters.several([concat([_kind(kind), "/", STAR]) for kind in kinds])


def extracts(call: Call, work: Work) -> None:
    """`oc extract secret/NAME --to=-` prints what is in it, `--to=FOLDER` writes it there."""
    line = work.line
    line.traits |= {"prints-environment"} if _secrets(line.operands) else set()
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
    folder = line.value("--to")
    if folder != "-":
        call.path(WRITE, "." if folder is None else folder, "where it is put")


def labels(call: Call, work: Work) -> None:
    """`kubectl label ns NAME pod-security.kubernetes.io/enforce=privileged` lets pods rule their machine."""
    words = [plain(value) or "" for value in work.line.operands]
    opens = any(word.startswith(f"{_STANDARD}=privileged") or word == f"{_STANDARD}-" for word in words)
    work.line.traits |= {"privileged"} if opens else set()
    changes(call, work)


_STANDARD = "pod-security.kubernetes.io/enforce"


def edits(call: Call, work: Work) -> None:
    """`kubectl edit secret NAME` hands what is in it to an editor, which may be any program."""
    work.line.traits |= {"prints-environment"} if _secrets(work.line.operands) else set()
    changes(call, work)
