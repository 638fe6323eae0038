"""Requests to interfaces that are known: what a change of theirs means, whoever may be talked to.

A forge, a registry or a store does by a request what its own client does by a subcommand: `DELETE /repos/a/b` of
api.github.com is `gh repo delete`, `POST /gists` publishes. docs.github.com/rest, docs.gitlab.com/api,
developer.atlassian.com (Bitbucket), learn.microsoft.com (Azure DevOps), elastic.co (Delete by query).

What only asks may show secrets: kubernetes.io (Secret API), developer.hashicorp.com (Vault KV, Consul KV),
devcenter.heroku.com (config vars), docs.gitlab.com (CI/CD variables).
"""

from __future__ import annotations

from agentguard.access.programs import net
from agentguard.access.shell.values import parts_of, plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.model import Value
    from agentguard.access.shell.command import Call

CHANGES = frozenset({"POST", "PUT", "PATCH", "DELETE"})

# Hosts that are nothing but such an interface, and those that have one beneath a path. Whose name starts like that of a
# forge has one too, wherever it is.
_INTERFACES = (
    "api.github.com", "uploads.github.com", "api.bitbucket.org", "dev.azure.com", "vssps.dev.azure.com",
    "registry.npmjs.org", "upload.pypi.org", "hub.docker.com", "ghcr.io", "quay.io", "push.fury.io",
)  # fmt: skip
_BENEATH = ("/api/", "/graphql")
_FORGES = ("github.", "gitlab.", "gitea.", "forgejo.", "codeberg.", "bitbucket.", "git.", "crates.", "rubygems.")
# What changes nothing there: a query, text that is rendered, advice on packages.
_ASKS = ("/markdown", "/-/npm/v1/security/", "/search", "/ci/lint", "/rest/api/latest/search", "/_apis/wit/wiql")
# Ports of stores that are spoken to by HTTP: Elasticsearch, CouchDB, Solr, InfluxDB, Qdrant, Consul, etcd, ArangoDB,
# Neo4j; and how the last words of their paths start that take data away.
_STORES = frozenset({9200, 9201, 5984, 8983, 8086, 6333, 8500, 2379, 8529, 7474})
_TAKES = ("delete", "purge", "drop", "truncate", "flush", "remove")


def traits(call: Call, urls: list[Value], method: str) -> set[str]:
    """Return what a request that changes something means for whoever is asked; nothing for one that only asks."""
    found: set[str] = set()
    for value in urls if method in CHANGES else ():
        host, port = net.address(value)
        path = _path(value)
        if port in _STORES:
            takes = any(piece.lstrip("_").startswith(_TAKES) for piece in path.split("/"))
            found |= {"destroys-data"} if method == "DELETE" or takes else set()
        elif isinstance(host, str) and _is_interface(host, path) and not _only_asks(call, path):
            found |= {"publishes", "destroys-data"} if method == "DELETE" else {"publishes"}
    return found


_CLUSTERS = frozenset({8001, 6443, 8443, 16443})  # ports of kubectl proxy and of servers of Kubernetes
_VAULT = 8200


def shows(urls: list[Value]) -> bool:
    """Return whether a request that changes nothing is answered with secrets."""
    return any(_secrets(_path(value), net.address(value)) for value in urls)


def _secrets(path: str, place: tuple[Value | None, int | None]) -> bool:
    host, port = place
    words = path.split("/")
    if "secrets" in words[3:] and "/api/v1/" in path:
        return "namespaces" in words or port in _CLUSTERS
    if path.startswith("/v1/") and (port == _VAULT or (isinstance(host, str) and host.startswith("vault."))):
        return words[2] not in ("sys", "auth")
    if path.startswith("/v1/secret/data/") or path.endswith("/v1/kv/"):
        return True
    if host == "api.heroku.com":
        return path.endswith("/config-vars/")
    return "/api/v4/" in path and "/variables/" in path and isinstance(host, str) and host.startswith("gitlab.")


def _path(value: Value) -> str:
    """Return the path of an address with a slash behind it, as far as it is known."""
    text = "".join(part if isinstance(part, str) else "?" for part in parts_of(value)).partition("#")[0]
    rest = text.partition("://")[2] if "://" in text else text
    return "/" + rest.partition("/")[2].partition("?")[0].rstrip("/") + "/"


def _is_interface(host: str, path: str) -> bool:
    return host in _INTERFACES or (host.startswith(_FORGES) and any(lead in path for lead in _BENEATH))


def _only_asks(call: Call, path: str) -> bool:
    """Return whether a request changes nothing although its method says so: a query of GraphQL that is no mutation."""
    if any(part in path for part in _ASKS):
        return True
    if not path.endswith("/graphql/"):
        return False
    words = [plain(word) for word in call.words]
    return not any(word is None or "mutation" in word or word.startswith(("@", "<")) or "=@" in word for word in words)
