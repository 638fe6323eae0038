"""Containers and clusters: docker(1), podman(1), docker compose, kubectl, helm and kin."""

from __future__ import annotations

from agentguard.access.model import READ, TREE, WRITE
from agentguard.access.programs import net, walk
from agentguard.access.shell.values import concat, parts_of, plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.model import Value
    from agentguard.access.programs.walk import Work
    from agentguard.access.shell.command import Call


def runs(call: Call, work: Work) -> None:
    """`docker run IMAGE COMMAND…`: a folder of this machine that is mounted can be read and changed from inside."""
    line = work.line
    operands = line.operands
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
    for value in line.values("--volume"):
        _mounts(call, value)
    for value in line.values("--mount"):
        _mount(call, value)
    entry = line.value("--entrypoint")
    words = ([entry] if entry not in (None, "") else []) + operands[1:]
    if words:
        state = call.state.copy()
        state.functions, state.aliases = {}, {}
        work.feed = call.run(
            [word for word in words if word is not None], " ".join(work.command), stdin=call.stdin, state=state
        )


def _mounts(call: Call, value: Value) -> None:
    """`-v SOURCE:TARGET[:ro]`: a source with a slash is a folder here, any other the name of a volume."""
    first, *others = parts_of(value)
    if not isinstance(first, str):
        source: Value = concat(
            [first, *(part.partition(":")[0] if isinstance(part, str) else part for part in others[:1])]
        )
        call.path(READ, source, "a mount", TREE)
        return
    text = plain(value)
    if text is None:
        head, colon, _ = first.partition(":")
        source = head if colon else concat([first, *(p.partition(":")[0] if isinstance(p, str) else p for p in others)])
        _shared(call, source, read_only=False)
        return
    source_text, _, rest = text.partition(":")
    if source_text[:1] in ("/", ".", "~"):
        _shared(call, source_text, read_only=rest.endswith((":ro", ",ro", ":ro,z", ":ro,Z")))


def _mount(call: Call, value: Value) -> None:
    text = plain(value)
    if text is None:
        call.path(READ, value, "a mount", TREE)
        return
    settings = dict(part.partition("=")[::2] for part in text.split(","))
    source = settings.get("source") or settings.get("src")
    if settings.get("type", "bind") == "bind" and source:
        _shared(call, source, read_only="readonly" in settings or "ro" in settings)


def _shared(call: Call, source: Value, *, read_only: bool) -> None:
    """The project's own folder is what such a container works on; every other folder counts with all beneath it."""
    from agentguard.access import paths  # noqa: PLC0415 - only for mounts

    project = call.world.project
    if isinstance(source, str) and isinstance(call.cwd, str) and project and not paths.fault(source):
        path = paths.absolute(source, call.cwd, call.world.platform)
        if path == project or path.startswith(project + "/"):
            call.path(READ, source, "a mount of the project")
            return
    call.path(READ, source, "a mount", TREE)
    if not read_only:
        call.path(WRITE, source, "a mount", TREE)


def copies(call: Call, work: Work) -> None:
    """`docker cp SOURCE TARGET`: one side is `container:path`."""
    operands = work.line.operands
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
    for number, value in enumerate(operands[:2]):
        if value != "-" and net.split(value) is None:
            call.path(
                WRITE if number else READ,
                value,
                "operand",
                TREE if not walk.is_file(call, value) and not number else "exact",
            )


def _dry(work: Work) -> bool:
    return any(flag == "--dry-run" and value != "none" for flag, value in work.line.flags)


def deletes(call: Call, work: Work) -> None:
    """`kubectl delete`, unless it is only tried."""
    work.line.traits |= set() if _dry(work) else {"destroys-infrastructure"}
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)


def kube_exec(call: Call, work: Work) -> None:
    """`kubectl exec POD -- COMMAND`."""
    words = call.words
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
    carried = words[words.index("--") + 1 :] if "--" in words else work.line.operands[1:]
    if carried:
        work.feed = call.run(carried, "kubectl exec", stdin=call.stdin)


def kube_run(call: Call, work: Work) -> None:
    """`kubectl run NAME --image=IMAGE -- COMMAND`."""
    words = call.words
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
    if "--" in words and (carried := words[words.index("--") + 1 :]):
        work.feed = call.run(carried, "kubectl run", stdin=call.stdin)


def kube_get(call: Call, work: Work) -> None:
    """`kubectl get secret -o yaml` prints what is in it."""
    line = work.line
    kinds = [plain(value) or "" for value in line.operands]
    secret = any(
        kind.partition("/")[0].partition(".")[0] in ("secret", "secrets") for name in kinds for kind in name.split(",")
    )
    shows = line.value("--output") not in (None, "name", "wide")
    if secret and shows:
        line.traits.add("prints-environment")
        work.entry = {**work.entry, "traits": ""}
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
