"""Containers and clusters: docker(1), podman(1), docker compose, kubectl, helm and kin."""

from __future__ import annotations

from agentguard.access.model import LISTEN, READ, TREE, UNKNOWN
from agentguard.access.programs import elsewhere, filling, index, net, walk
from agentguard.access.shell.values import concat, parts_of, plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentguard.access.model import Value
    from agentguard.access.programs.options import Line
    from agentguard.access.programs.walk import Work
    from agentguard.access.shell.command import Call


# What makes a container as good as root on this machine: docker-run(1), capabilities(7).
_CAPABILITIES = frozenset(
    {"all", "sys_admin", "sys_ptrace", "sys_module", "sys_rawio", "dac_read_search", "dac_override"}
)
_SOCKETS = ("docker.sock", "podman.sock", "containerd.sock", "crio.sock")


def runs(call: Call, work: Work) -> None:
    """`docker run IMAGE COMMAND…`: a folder of this machine that is mounted can be read and changed from inside."""
    line = work.line
    mounts: list[tuple[str, Value]] = []
    volumes: list[str] = []
    if _privileged(line):
        line.traits.add("privileged")
    if line.has("--privileged"):
        mounts.append(("/dev", "/dev"))
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
    for value in line.values("--volume"):
        _mounts(call, value, mounts, volumes)
    for value in [*line.values("--mount"), *line.values("--device")]:
        _mount(call, value, mounts, volumes)
    if (named := line.value("--name")) is not None:
        call.state.set(_MADE, [*_own(call), named])
    words = _command(line)
    if words:
        cwd = elsewhere.folder(line.value("--workdir"), mounts)
        if work.command[0].endswith("compose") or "compose" in work.command:
            volumes += _DATA  # the file of the services says what is mounted there
        place = elsewhere.Place(mounts, volumes, lasting=line.has("--volumes-from"))
        work.feed = elsewhere.run(call, words, " ".join(work.command), place, cwd)


# Where images keep what outlives a container: the VOLUME of each on hub.docker.com.
_DATA = (
    "/var/lib/postgresql", "/var/lib/mysql", "/var/lib/mariadb", "/var/lib/mongodb", "/data", "/bitnami", "/var/lib/redis",
    "/var/lib/rabbitmq", "/var/lib/kafka", "/var/lib/clickhouse", "/var/lib/influxdb", "/var/lib/cassandra", "/var/opt/mssql",
    "/usr/share/elasticsearch/data", "/var/lib/neo4j", "/etcd-data", "/vault", "/backup", "/backups",
)  # fmt: skip
_MADE = "__containers"  # the variable that holds the names of containers which this text has made


def _own(call: Call) -> list[Value]:
    held = call.state.get(_MADE)
    return held if isinstance(held, list) else []


# In the name of a container that holds data.
_STORES = (
    "db", "sql", "postgres", "pg", "maria", "mongo", "redis", "elastic", "kafka", "rabbit", "etcd", "minio", "data", "store",
    "vault", "influx", "clickhouse", "cassandra", "neo4j", "prod",
)  # fmt: skip


def removes(call: Call, work: Work) -> None:
    """`docker rm -f $(docker ps -aq)`, `docker rm -v db`: data goes with them; not with one by its name, or made here.

    `docker rm -f NAME` is `docker stop NAME && docker rm NAME`, which everybody does all day; volumes stay. What a database
    has in no volume is lost.
    """
    line = work.line
    own = _own(call)
    names = [(plain(value) or "db").lower() for value in line.operands]
    named = not line.has("-v --volumes --all") and not any(store in name for name in names for store in _STORES)
    if line.operands and (named or all(value in own for value in line.operands)):
        line.traits.discard("destroys-data")
        work.entry = {**work.entry, "traits": ""}
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)


def _privileged(line: Line) -> bool:
    """Return whether options hand the machine to the container."""
    given = [(name, (plain(value) or "").lower()) for name, value in line.flags if value is not None]
    return any(
        (name in ("--pid", "--userns", "--ipc", "--uts", "--cgroupns") and value == "host")
        or (name == "--cap-add" and value.removeprefix("cap_") in _CAPABILITIES)
        or (name == "--security-opt" and "unconfined" in value)
        or (name in ("--volume", "--mount") and any(socket in value for socket in _SOCKETS))
        for name, value in given
    )


def _command(line: Line) -> list[Value]:
    """Return what runs in the container: behind the image, or by the image where that is a program's."""
    entry = line.value("--entrypoint")
    words = line.operands[1:]
    if entry not in (None, ""):
        return [entry, *words]
    image = plain(line.operands[0]) if words else None
    if image is None:
        return words
    first = plain(words[0])
    program = image.rpartition("/")[2].partition("@")[0].partition(":")[0].removesuffix("-cli")
    if first is not None and "/" not in first and index.entry(first) is None and index.entry(program) is not None:
        return [program, *words]  # `hashicorp/terraform destroy`
    return words


def _mounts(call: Call, value: Value, mounts: list[tuple[str, Value]], volumes: list[str]) -> None:
    """`-v SOURCE:TARGET[:ro]`: a source with a slash is a folder here, any other the name of a volume."""
    before: list[Any] = []
    for number, part in enumerate(parts := parts_of(value)):
        name, colon, rest = part.partition(":") if isinstance(part, str) else (part, "", "")
        before.append(name)
        if colon:
            source = concat(before)
            inside, _, how = str(concat([rest, *parts[number + 1 :]])).partition(":")
            break
    else:
        return
    lead = parts_of(source)[0]
    if isinstance(lead, str) and lead[:1] not in ("/", ".", "~"):
        volumes.append(inside)
    else:
        elsewhere.share(call, source, inside, mounts, read_only="ro" in how.split(","))


def _mount(call: Call, value: Value, mounts: list[tuple[str, Value]], volumes: list[str]) -> None:
    """`--mount type=bind,source=X,target=Y[,readonly]`; `--device /dev/x`."""
    text = plain(value)
    if text is None:
        call.path(READ, value, "a mount", TREE)
        return
    if text[:1] == "/":
        _mounts(call, value if ":" in text else f"{text}:{text}", mounts, volumes)
        return
    settings = dict(part.partition("=")[::2] for part in text.split(","))
    source = settings.get("source") or settings.get("src")
    inside = settings.get("target") or settings.get("dst") or settings.get("destination") or ""
    if settings.get("type", "volume") == "bind" and source:
        read_only = any(settings.get(name, "false") in ("", "true", "1") for name in ("readonly", "ro"))
        elsewhere.share(call, source, inside, mounts, read_only=read_only)
    elif settings.get("type", "volume") == "volume":
        volumes.append(inside)


def composed(call: Call, work: Work) -> None:
    """`docker compose --env-file F config` shows the services with the values of F in them."""
    line = work.line
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
    if work.command[-1] == "config" and not line.has("-q --quiet --services --images --volumes --profiles --hash"):
        for value in line.values("--env-file"):
            call.path(READ, value, "the values that are shown")
        chosen = call.machine.behind.split(" ")[0] in ("jq", "yq", "wc") and "env" not in call.machine.behind
        if not line.has("--no-interpolate --env-file") and not chosen and walk.is_file(call, ".env"):
            call.path(READ, ".env", "the values that are shown")


def looks(call: Call, work: Work) -> None:
    """`docker inspect --format '{{.Config.Env}}'` shows the variables of a container."""
    form = plain(work.line.value("--format") or "") or ""
    work.line.traits |= {"prints-environment"} if ".Env" in form or "json .Config" in form else {"read-only"}
    work.entry = {**work.entry, "operands": "text*", "traits": ""}
    walk.standard(call, work)


# Registries that take the tokens of the command lines of clouds and forges, by the ends of their names.
_REGISTRIES = (
    ".amazonaws.com", ".amazonaws.com.cn", ".pkg.dev", "gcr.io", ".azurecr.io", "ghcr.io", "docker.io", "quay.io",
    "registry.gitlab.com", "registry.digitalocean.com", "registry.heroku.com", "registry.fly.io", ".ocir.io", "icr.io",
    ".scw.cloud", "public.ecr.aws",
)  # fmt: skip


def login(call: Call, work: Work) -> None:
    """`docker login [HOST]`: a token that a command gave goes to the registry that it is for, or to a stranger."""
    hosts = work.line.operands[:1]
    given = " " in call.secret or (call.stdin is not None and " " in call.stdin.secret)
    host, _ = net.address(hosts[0]) if hosts else ("docker.io", None)
    strange = not (isinstance(host, str) and host.endswith(_REGISTRIES))
    if given and strange:
        work.line.traits.add("sends")
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
    for one in hosts:
        net.url(call, one, "the registry", scheme="https")


def inside(call: Call, work: Work) -> None:
    """`docker exec CONTAINER COMMAND…`: in a container that goes on living."""
    _inside(call, work, work.line.operands[1:])


def behind(call: Call, work: Work) -> None:
    """`kubectl exec POD -- COMMAND…`, `lxc exec NAME -- COMMAND…`."""
    words = call.words
    _inside(call, work, words[words.index("--") + 1 :] if "--" in words else work.line.operands[1:])


def carried(call: Call, work: Work) -> None:
    """`kubectl create job NAME --image=IMAGE -- COMMAND…`, whose other rows are made already."""
    words = call.words[call.words.index("--") + 1 :]
    if words:
        work.feed = elsewhere.run(call, words, " ".join(work.command), elsewhere.Place([], [], lasting=False), UNKNOWN)


def text_inside(call: Call, work: Work) -> None:
    """`adb shell TEXT…`, `vagrant ssh -c TEXT`: a shell of the other side gets the words, joined by blanks."""
    line = work.line
    given = [value for name, value in line.flags if value is not None and line.kinds.get(name) == "remote-text"]
    words = given or (line.operands if work.entry.get("operands") == "remote-text*" else [])
    _inside(call, work, ["sh", "-c", filling.joined(words)] if words else [])


def parameters(call: Call, work: Work) -> None:
    """`aws ssm send-command --parameters 'commands=["TEXT"]'`: shorthand, or JSON, as the AWS CLI takes it."""
    given = "".join(part if isinstance(part, str) else "?" for part in parts_of(work.line.value("--parameters") or ""))
    lead = given.lstrip("{ \n").removeprefix('"').partition('"')[0].partition("=")[0].strip()
    text = (
        given.partition(":" if given.lstrip()[:1] == "{" else "=")[2].strip() if lead in ("commands", "command") else ""
    )
    pieces = [text.strip("]}[ ")]
    if text[:1] == "[":
        pieces = text[1:].rpartition("]")[0].replace('\\"', "\0").split('"')[1::2] or pieces
    lines = "\n".join(piece.replace("\0", '"') for piece in pieces)
    _inside(call, work, ["sh", "-c", lines] if lines else [])


def words_inside(call: Call, work: Work) -> None:
    """`lima COMMAND…`: every operand belongs to the command."""
    _inside(call, work, work.line.operands)


def kubectl(call: Call, work: Work) -> None:
    """`minikube kubectl -- ARGUMENT…`."""
    rest = work.line.operands
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
    if rest:
        work.feed = call.run(["kubectl", *rest], "minikube", stdin=call.stdin)


def second_inside(call: Call, work: Work) -> None:
    """`fly machine exec ID TEXT`."""
    _inside(call, work, ["sh", "-c", work.line.operands[1]] if work.line.operands[1:] else [])


def second_words(call: Call, work: Work) -> None:
    """`limactl shell NAME COMMAND…`."""
    rest = work.line.operands[1:]
    _inside(call, work, rest[1:] if rest[:1] == ["--"] else rest)


def nspawn(call: Call, work: Work) -> None:
    """`systemd-nspawn -D FOLDER COMMAND…`, `machinectl shell NAME PROGRAM…`."""
    line = work.line
    rest = line.operands
    looks = False
    if call.name == "machinectl":
        looks = not rest or rest[0] in ("list", "list-images", "status", "show", "image-status", "show-image")
        rest = rest[2:] if rest[:1] == ["shell"] else []
    line.traits.add("read-only" if looks else "privileged")
    folder = line.value("--directory")
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
    if rest:
        mounts: list[tuple[str, Value]] = [] if folder is None else [("/", folder)]
        work.feed = elsewhere.run(call, rest, call.name, elsewhere.Place(mounts, [], lasting=True), "/")


def flatpak(call: Call, work: Work) -> None:
    """`flatpak run --command=sh APP ARGUMENT…`: in a sandbox that often sees the home."""
    command = work.line.value("--command")
    rest = work.line.operands[1:]
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
    if command is not None:
        work.feed = call.run([command, *rest], "flatpak run", stdin=call.stdin)


def _inside(call: Call, work: Work, words: list[Value], *, lasting: bool = True) -> None:
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
    if words:
        cwd = elsewhere.folder(work.line.value("--workdir"), [])
        place = elsewhere.Place([], [], lasting=lasting)
        work.feed = elsewhere.run(call, words, " ".join(work.command), place, cwd)


def copies(call: Call, work: Work) -> None:
    """`docker cp SOURCE TARGET`: one side is `container:path`."""
    operands = work.line.operands
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
    for number, value in enumerate(operands[:2]):
        text = plain(value)
        inner = text is not None and text[:1] not in ("/", ".") and ":" in text  # `namespace/pod:path` too
        if value != "-" and not inner and net.split(value) is None:
            if number:
                from agentguard.access.programs import folders  # noqa: PLC0415 - few commands copy

                folders.comes(
                    call, value, operands[0], "operand", spilt=call.name not in ("docker", "podman", "nerdctl")
                )
            else:
                call.path(READ, value, "operand", "exact" if walk.is_file(call, value) else TREE)


def kube_run(call: Call, work: Work) -> None:
    """`kubectl run NAME --image=IMAGE -- COMMAND`, `kubectl debug POD -- COMMAND`; a node's debugger has its files."""
    words = call.words
    named = plain(work.line.operands[0]) if work.line.operands else None
    if work.command[-1] == "debug" and (named or "").startswith("node/"):
        work.line.traits.add("privileged")
    from agentguard.access.programs import manifests  # noqa: PLC0415 - few commands start something in a cluster

    given = plain(work.line.value("--overrides") or "") or ""
    if manifests.rules(given) or '"hostpath"' in given.lower():
        work.line.traits.add("privileged")
    carried = words[words.index("--") + 1 :] if "--" in words else []
    _inside(call, work, carried, lasting=work.command[-1] == "debug")


def forwards(call: Call, work: Work) -> None:
    """`kubectl port-forward WHAT LOCAL:REMOTE`, `kubectl proxy`: listen on this machine alone, unless told otherwise."""
    line = work.line
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
    ports = [plain(value) or "" for value in line.operands[1:]] if work.command[-1] == "port-forward" else []
    ports = ports or [plain(line.value("--port") or "") or "8001"]
    for address in (plain(line.value("--address") or "") or "localhost").split(","):
        for port in ports:
            number = port.partition(":")[0]
            known = number.isascii() and number.isdigit() and len(number) < 6
            call.connect(address, int(number) if known else None, "it listens", action=LISTEN)
