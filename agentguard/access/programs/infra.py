"""Infrastructure as code, clouds and hosting: what creates is recorded, what destroys or publishes is said so."""

from __future__ import annotations

from agentguard.access.model import EXECUTE, POSSIBLE, READ, TREE, UNKNOWN, WRITE
from agentguard.access.programs import folders, net, stages, verbs, walk
from agentguard.access.shell import telling
from agentguard.access.shell.flow import Feed
from agentguard.access.shell.limits import MAX_OPERANDS
from agentguard.access.shell.values import plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.model import Value
    from agentguard.access.programs.walk import Work
    from agentguard.access.shell.command import Call


def applies(call: Call, work: Work) -> None:
    """`terraform apply -destroy` destroys; an apply that nobody confirms may: what a plan replaces is destroyed first.

    That is `-auto-approve`, or a plan that was saved. terraform.io, cli/commands/apply.
    """
    line = work.line
    destroys = line.has("-destroy --destroy") or "destroy" in line.operands
    line.traits |= {"destroys-infrastructure"} if destroys else set()
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
    saved = [value for value in line.operands if plain(value) not in ("apply", "run-all", "--")]
    for value in saved:
        call.path(READ, value, "a saved plan")
    if not destroys and (saved or line.has(_UNASKED) or call.stdin is not None):
        call.begin(work.command, call.origin.flags, call.origin.args, call.origin.traits | {"destroys-infrastructure"})
        call.row(EXECUTE, POSSIBLE, "nobody confirms what it replaces")


_UNASKED = "-auto-approve --auto-approve --yes --non-interactive --terragrunt-non-interactive --skip-preview -y"


def ups(call: Call, work: Work) -> None:
    """`pulumi up --yes`: nobody confirms what it replaces."""
    walk.standard(call, work)
    if work.line.has(_UNASKED) or call.stdin is not None:
        call.begin(work.command, call.origin.flags, call.origin.args, call.origin.traits | {"destroys-infrastructure"})
        call.row(EXECUTE, POSSIBLE, "nobody confirms what it replaces")


def by_verb(call: Call, work: Work) -> None:
    """Clients of clouds and hosting: what the table says of a subcommand, else what its words say.

    `aws ec2 terminate-instances` surely does that; verbs that mean less elsewhere (`remove`, `detach`) are `possible`.
    Words that look like files here may be read.
    """
    traits: frozenset[str] = frozenset()
    sure = False
    if work.entry.get("traits") is None and not work.line.traits:
        subs, traits = verbs.read(call.words, infrastructure=True)
        work.command = (*work.command[:1], *subs) if subs else work.command
        sure = bool(traits) and verbs.plain(subs[-1])
        if call.name == "az" and (names := _shows_keys(call.words, subs)):
            work.command = (*work.command[:1], *names)
            traits, sure = frozenset({"prints-environment"}), True
    elif verbs.tried(call.words):
        work.entry = {**work.entry, "traits": ""}
        work.line.traits.clear()
    work.entry = {**work.entry, "operands": work.entry.get("operands", "text*")}
    settings = frozenset[str]()
    if not verbs.tried(call.words):
        from agentguard.access.programs import protections  # noqa: PLC0415 - few commands are about clouds

        settings = protections.traits(call.name, call.words)
    if sure:
        work.line.traits |= traits
    walk.standard(call, work)
    for value in call.words[:MAX_OPERANDS]:
        text = plain(value) or ""
        name = text.partition("=")[2] if text[:1] == "-" else text
        if name.startswith(("file://", "fileb://")):  # aws-cli, parameters from files
            call.path(READ, name.partition("://")[2], "operand")
            continue
        if ":" in name or not walk.looks_like_path(name):
            continue
        call.path(READ, name, "operand", certainty=POSSIBLE)
    if traits and not sure:
        call.begin(work.command, call.origin.flags, call.origin.args, call.origin.traits | traits)
        call.row(EXECUTE, POSSIBLE, "a word of it says so")
    if not settings <= call.origin.traits:
        call.begin(work.command, call.origin.flags, call.origin.args, (call.origin.traits - {"read-only"}) | settings)
        call.row(EXECUTE, POSSIBLE, "an option of it says so")


def _shows_keys(words: list[Value], subs: list[str]) -> list[str]:
    """Return the subcommands with which az prints keys that work, else none.

    `… keys list`, `… list-keys`, `… connection-string show`; a vault lists only what they are called.
    """
    names: list[str] = []
    for word in words[words.index(subs[0]) :] if subs and subs[0] in words else ():
        if not isinstance(word, str) or word[:1] == "-":
            break
        names.append(word)
    noun, verb = names[-2:] if len(names) > 1 else ("", "")
    if names[:1] == ["keyvault"]:
        shows = False
    elif noun == "secret":
        shows = verb == "show" or (verb == "list" and "--show-values" in words)
    else:
        shows = verb.startswith(_LISTED) or (noun in _KEYS and verb in _SHOWN)
    return names if shows else []


_SHOWN = frozenset({"list", "show", "renew", "regenerate", "reset", "create"})
_KEYS = frozenset(
    {"key", "keys", "admin-key", "query-key", "api-key", "shared-keys", "credential", "connection-string", "secrets"}
)
_LISTED = (
    "list-keys", "list-key", "list-admin-keys", "list-query-keys", "list-api-keys", "list-connection-string", "get-shared-keys",
    "list-publishing", "list-credentials", "list-secrets", "generate-sas", "get-access-token",
    "retrieve-registration-token", "regenerate-key", "renew-key",
)  # fmt: skip


def bucket(call: Call, work: Work) -> None:
    """Copies between this machine and object stores: `s3://…`, `gs://…`."""
    operands = work.line.operands
    work.entry = {**work.entry, "operands": "text*"}
    last = plain(operands[-1]) if len(operands) > 1 else None
    tried = work.line.has("--dryrun --dry-run")
    if (last is None or "://" in last) and not tried:
        work.line.traits.add("sends")
    mirrors = last is not None and "://" in last and work.command[-1] in ("sync", "rsync") and work.line.has(_MIRRORS)
    empty = mirrors and not tried and _is_empty(call, operands[0])
    if empty:
        work.line.traits.add("destroys-data")
    walk.standard(call, work)
    for number, value in enumerate(operands):
        text = plain(value)
        if value != "-" and (text is None or "://" not in text):
            last_one = number == len(operands) - 1 and number > 0
            whole = TREE if work.line.has("--recursive") or work.command[-1] in ("sync", "rsync") else "exact"
            if not last_one:
                call.path(READ, value, "operand", whole)
            elif whole == TREE:
                folders.pours(call, value, "operand")
            else:
                for source in operands[:-1]:
                    folders.comes(call, value, source, "operand", whole)
        elif text is not None:
            scheme, _, rest = text.partition("://")
            bucket = rest.partition("/")[0]
            place: Value = f"{bucket}.{_STORES[scheme]}" if bucket and scheme in _STORES else UNKNOWN
            own = work.line.value("--endpoint-url") or call.variable("AWS_ENDPOINT_URL")
            if scheme == "s3" and own is not None:  # a store that speaks the same language, often on this machine
                place = net.address(own)[0] or UNKNOWN
            call.connect(place, 443, "the bucket")
    if mirrors and not tried and not empty:
        call.begin(work.command, call.origin.flags, call.origin.args, call.origin.traits | {"destroys-data"})
        call.row(EXECUTE, POSSIBLE, "what the source lacks is deleted")
    if len(operands) > 1 and operands[-1] == "-":
        work.feed = Feed(UNKNOWN, fetched=True)


_MIRRORS = "--delete -d --delete-unmatched-destination-objects"


def _is_empty(call: Call, folder: Value) -> bool:
    """Return whether there is nothing in a folder of this machine, so that a mirror of it is empty, too."""
    place = call.place(folder)
    return isinstance(place, str) and "://" not in str(folder) and not call.world.disk.listdir(place, 1)


# Where buckets are found: docs.aws.amazon.com (virtual-hosted style), cloud.google.com/storage/docs/request-endpoints.
_STORES = {"s3": "s3.amazonaws.com", "gs": "storage.googleapis.com"}


def rest(call: Call, work: Work) -> None:
    """`az rest --method delete`: any request to the cloud's interface."""
    method = (plain(work.line.value("--method") or "get") or "").lower()
    work.line.traits |= {"read-only"} if method in ("get", "head") else {"publishes"}
    work.line.traits |= {"destroys-infrastructure"} if method in ("delete", "") else set()
    walk.standard(call, work)


def vercel(call: Call, work: Work) -> None:
    """`vercel` alone deploys, and so does `vercel FOLDER`; other words are subcommands."""
    line = work.line
    words = [plain(word) or "" for word in line.operands]
    first = words[0] if words else "deploy"
    subs, traits = verbs.read(line.operands, infrastructure=True)
    if first not in _VERCEL:
        subs, traits = [], frozenset({"publishes"})
    elif first == "alias" and words[1:2] not in (["ls"], ["list"]):
        traits = frozenset({"publishes"})
    line.traits |= set() if line.has("--help --version -h -v") else traits
    work.command = (*work.command[:1], *subs)
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
    if words[:2] == ["env", "pull"]:
        call.path(WRITE, words[2] if len(words) > len(["env", "pull"]) else ".env.local", "the variables")


_VERCEL = frozenset({
    "alias", "bisect", "blob", "build", "certs", "dev", "dns", "domains", "env", "git", "help", "init", "inspect",
    "integration", "link", "list", "login", "logout", "logs", "ls", "project", "projects", "promote", "pull", "redeploy",
    "remove", "rm", "rollback", "secrets", "switch", "target", "teams", "telemetry", "whoami",
})  # fmt: skip


_UNDOES = frozenset({
    "absent", "teardown", "destroy", "delete", "remove", "uninstall", "purge", "decommission", "deprovision", "terminate",
    "wipe", "nuke",
})  # fmt: skip


def plays(call: Call, work: Work) -> None:
    """`ansible-playbook -e state=absent -t teardown`: the values and tags say that it takes something away."""
    line = work.line
    given = [plain(value) or "" for value in [*line.values("--extra-vars"), *line.values("--tags")]]
    words = {word.strip("\"'{}:") for text in given for word in text.replace("=", " ").replace(",", " ").split()}
    if not line.has("--check --syntax-check --list-tasks --list-hosts"):
        if not words.isdisjoint(_UNDOES):
            line.traits.add("destroys-infrastructure")
        if stages.any_used([*line.values("--inventory"), *line.values("--limit"), *line.operands, *given]):
            line.traits.add("publishes")
    walk.standard(call, work)


def invokes(call: Call, work: Work) -> None:
    """`aws lambda invoke --payload fileb://PATH TARGET`."""
    walk.standard(call, work)
    text = plain(work.line.value("--payload") or "") or ""
    if text.startswith(("file://", "fileb://")):
        call.path(READ, text.partition("://")[2], "option --payload")


def tells(call: Call, work: Work) -> None:
    """`terraform output -raw db_password`: the names of outputs say which of them are secret."""
    if any(telling.secret(plain(value) or "") for value in work.line.operands):
        work.line.traits.add("prints-environment")
    walk.standard(call, work)


def shows(call: Call, work: Work) -> None:
    """`terraform show FILE`: a state holds secrets in clear text; a saved plan marks them."""
    states = [value for value in work.line.operands if (plain(value) or "").endswith((".tfstate", ".backup"))]
    work.entry = {**work.entry, "operands": "text*"}
    if states or not work.line.operands:
        work.line.traits |= {"prints-environment"} if work.line.has("-json") or states else set()
    walk.standard(call, work)
    for value in work.line.operands:
        call.path(READ, value, "what is shown")


def console(call: Call, work: Work) -> None:
    """`terraform console` evaluates what it reads on standard input: `file(".env")` reads."""
    walk.standard(call, work)
    text = call.stdin.value if call.stdin is not None else ""
    if isinstance(text, str):
        for piece in text.split('file("')[1:] + text.split('filebase64("')[1:]:
            call.path(READ, piece.partition('"')[0], "the expression")
