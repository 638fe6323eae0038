"""What clients of services do, by the names of their methods: databases, object mappers, clouds, clusters, containers.

Such a client has thousands of methods, and their names say what they do. Methods that mean the same to every library
stand in a table; of a library that is known to talk to a service, the words in the name of a method are verbs as on the
command lines of its tools (see programs.verbs). Sources: redis-py, PyMongo, SQLAlchemy, Django (QuerySet API), Active
Record, Laravel (Eloquent, Schema), Prisma, Mongoose, Knex, Sequelize, boto3 and the other SDKs of AWS (a class a command
in JavaScript), Google Cloud, PyGithub, Octokit, the Kubernetes client, the Docker SDK, GitPython, sh, plumbum.
"""

from __future__ import annotations

from agentguard.access.code import held as h
from agentguard.access.code.held import NOTHING, Items, Named, Table

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.code.sinks import Args, Found
    from agentguard.access.model import Value

# Methods that throw data away, whatever they belong to.
_DESTROY = frozenset({
    "flushall", "flushdb", "flushAll", "flushDb", "flush_all", "drop_all", "drop_database", "dropDatabase", "drop_collection",
    "dropCollection", "drop_table", "drop_tables", "dropTable", "dropTables", "dropAllTables", "dropAllUsers", "dropSchema",
    "drop_schema", "delete_all", "destroy_all", "truncate_table", "truncate_tables", "dropIfExists", "_raw_delete",
    "deleteAllDocuments", "delete_by_query",
})  # fmt: skip
# The end of a name that does, where the last word alone says too little.
_ENDS = (
    ".objects.all().delete", ".objects.delete", ".query.delete", ".query().delete", "Schema.drop",
    ".where().all().delete",
)  # fmt: skip
# Methods that do where nothing narrows them: without an argument, or with an empty one.
_EVERY = frozenset({"delete_many", "deleteMany", "remove_all", "update_many"})
# What stands in a chain that says which rows are meant.
_NARROWS = ("where", "filter", "find", "limit", "exclude", "select", "only")
# Libraries that talk to a service, and whether the verbs are those of infrastructure.
_CLIENTS = {
    "boto3": True, "botocore": True, "aioboto3": True, "aiobotocore": True, "kubernetes": True, "googleapiclient": True,
    "azure": True, "docker": True, "podman": True, "digitalocean": True, "linode_api4": True, "openstack": True,
    "hcloud": True, "libcloud": True, "oci": True, "novaclient": True, "proxmoxer": True, "consul": True, "hvac": True,
    **dict.fromkeys((
        "google", "github", "gitlab", "octokit", "@octokit", "aws-sdk", "@aws-sdk", "@google-cloud", "@azure", "@kubernetes",
        "dockerode", "Aws", "Octokit", "firebase_admin", "firebase-admin", "cloudflare", "heroku3",
    ), True),
    "pymongo": False, "motor": False, "elasticsearch": False, "opensearchpy": False, "influxdb": False,
    "influxdb_client": False, "qdrant_client": False, "pinecone": False, "meilisearch": False, "kafka": False, "pika": False,
}  # fmt: skip
# Object mappers of JavaScript whose functions give what is asked of a table.
MAPPERS = frozenset({"knex", "sequelize"})
_FORGES = frozenset({"octokit", "@octokit"})
# Clients of which only verbs count that mean nothing else: they also cancel streams and remove labels.
_HARD_ALONE = frozenset({
    "google", "github", "gitlab", "octokit", "@octokit", "aws-sdk", "@aws-sdk", "@google-cloud", "@azure", "@kubernetes",
    "dockerode", "Aws", "Octokit", "firebase_admin", "firebase-admin", "cloudflare", "heroku3",
})  # fmt: skip
_HARD = (
    ["delete"], ["destroy"], ["terminate"], ["purge"], ["drop"], ["erase"], ["truncate"], ["stop"], ["reboot"], ["deregister"],
)  # fmt: skip
_OF_ROWS = ("delete", "remove", "find", "update", "replace")
_SAVES = frozenset({"get", "list", "describe", "head", "put", "create"})
# Libraries whose functions are programs.
_PROGRAMS = ("sh.", "plumbum.cmd.", "plumbum.local.", "pbs.")


def of(found: Found, name: str, args: Args) -> bool:
    """Say what a method of a client does. Returns whether that was known."""
    parts = [part.removesuffix("()").removesuffix("[]") for part in name.split(".")]
    last = parts[-1]
    if name.startswith(_PROGRAMS) and len(parts) in (2, 3) and last not in ("Command", "local", "cmd"):
        found.command([last.rstrip("_").replace("_", "-"), *(h.text(given[0]) for given in args.placed)], args)
        return True
    if parts[0] == "git" and "git" in parts[1:-1]:  # `git.Repo(".").git.push("--force")`
        found.command(["git", last.replace("_", "-"), *(h.text(given[0]) for given in args.placed)])
        return True
    if parts[0] == "git" and last == "push":  # of a remote
        forced = "force" in args.named
        found.command(["git", "push", *(["--force"] if forced else []), *(h.text(given[0]) for given in args.placed)])
        return True
    narrowed = any(part in _NARROWS for part in parts[:-1])
    if last == "drop" and parts[0] == "db":  # `db.users.drop()` of mongosh
        found.add("trait", ("destroys-data", "the code"))
        return True
    library = parts[0].partition("/")[0]
    if last == "request" and library in _FORGES and str(args.first(0)).startswith("DELETE "):
        found.add("trait", ("destroys-infrastructure", "the code"))
        return True
    if (library in MAPPERS or "sequelize" in parts) and last in ("drop", "del", "delete", "truncate") and not narrowed:
        found.add("trait", ("destroys-data", "the code"))  # `knex("users").del()`, `new Sequelize(…).drop()`
        return True
    if _empties(last, args):
        found.add("trait", ("destroys-data", "the code"))
        return True
    if last == "truncate" and not args.placed and parts[0][:1].isupper() and (len(parts) == 2 or parts[0] == "DB"):
        found.add("trait", ("destroys-data", "the code"))  # `User::truncate()` of Eloquent; a file's is not called so
        return True
    if (last in _DESTROY and not narrowed) or name.endswith(_ENDS) or (last in _EVERY and _every(args)):
        found.add("trait", ("destroys-data", "the code"))
        return True
    infrastructure = _CLIENTS.get(library)
    if library == "google":
        infrastructure = True if parts[1:2] == ["cloud"] else None
    if (
        infrastructure is False and last.startswith(_OF_ROWS) and "indices" not in parts
    ):  # some of the data, by a condition
        return False
    if infrastructure is not None and last not in _SAVES:
        from agentguard.access.programs import verbs  # noqa: PLC0415 - few texts of code use such a client

        near: list[Value] = [part for part in parts[-1 if library in _HARD_ALONE else -2 :] if part.isidentifier()]
        traits = verbs.traits(near, infrastructure=infrastructure)
        traits = traits or verbs.traits([last.replace("_", "-")], infrastructure=infrastructure)
        if library in _HARD_ALONE and verbs.pieces(last)[:1] not in _HARD:
            traits &= {"prints-environment"}
        for trait in sorted(traits - {"read-only"}):
            found.add("trait", (trait if infrastructure else trait.replace("infrastructure", "data"), "the code"))
        return bool(traits)
    return False


def _empties(last: str, args: Args) -> bool:
    """`sync({force: true})` makes all tables anew, `destroy({truncate: true})` and `destroy({where: {}})` empty one."""
    first = args.first(0)
    if not isinstance(first, Table) or last not in ("sync", "destroy", "synchronize"):
        return False
    if last == "destroy":
        where = first.items.get("where", NOTHING)[0]
        return "truncate" in first.items or (isinstance(where, Table) and not where.items)
    forced = first.items.get("force", ())
    return bool(forced) and getattr(forced[0], "name", "true") != "false"


def _every(args: Args) -> bool:
    """Return whether nothing says which ones are meant."""
    first = args.first(0)
    if isinstance(first, Table) and list(first.items) == ["where"]:  # of Prisma
        first = first.items["where"][0]
    return (first is None and not args.named) or (isinstance(first, Table) and not first.items and not args.named) or (
        isinstance(first, Items) and not first.items
    )  # fmt: skip


def named(held: object) -> bool:
    """Return whether something is a program of a library whose functions are programs: `plumbum.cmd.rm["-rf"]`."""
    return isinstance(held, Named) and held.name.startswith(_PROGRAMS)
