"""What the names in a command say of where it acts: on what people use, or on what is made for trying out.

`kubectl --context prod apply`, `helm upgrade -n production`, `ansible-playbook -i inventories/live`: changes there are
a release. Where no option names a cluster, kubectl and helm take the current one of their settings
(kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig).

What is made for tests is there to be thrown away, many times a day: `RAILS_ENV=test rails db:reset`, `dropdb app_test`,
`docker rm -f test-db`, `kubectl --context kind-ci delete`. Such a command destroys no data that anybody misses. It counts
only for what stands on this machine, and where nothing in it says that people use it.
"""

from __future__ import annotations

from agentguard.access.shell.values import plain, unglobbed

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
    return not named and is_used(_current(call, line.value("--kubeconfig")))


def _current(call: Call, settings: Value | None) -> str:
    """Return the current context of the settings, "" where there is none."""
    given = settings or call.variable("KUBECONFIG") or f"{call.world.home}/.kube/config"
    path = call.place(plain(given) or "")
    held = call.world.disk.read(path, _MOST_SETTINGS) if isinstance(path, str) else None
    for row in (held or b"").decode("utf-8", "replace").splitlines():
        if row.startswith("current-context:"):
            return row.partition(":")[2].strip(" \t'\"")
    return ""


# -- what is thrown away

DESTROYS = frozenset({"destroys-data", "destroys-infrastructure"})
_SPARE = frozenset({
    "test", "tests", "testing", "e2e", "ci", "spec", "fixture", "fixtures", "tmp", "temp", "scratch", "throwaway", "kind",
    "minikube", "k3d", "localstack",
})  # fmt: skip
# Tools of frameworks that choose the database by a variable or an option; those that go by DATABASE_URL alone are none.
_FRAMEWORKS = frozenset({
    "rails", "rake", "mix", "artisan", "php", "manage.py", "django-admin", "knex", "sequelize", "sequelize-cli", "doctrine",
    "bundle", "hanami", "phinx", "console",
})  # fmt: skip
_ENVIRONMENTS = (
    "RAILS_ENV", "RACK_ENV", "MIX_ENV", "APP_ENV", "FLASK_ENV", "DJANGO_ENV", "NODE_ENV", "DJANGO_SETTINGS_MODULE",
)  # fmt: skip
_ENVIRONMENT_OPTIONS = ("--env", "-e", "--environment", "--settings")
_DATABASES = frozenset({
    "psql", "dropdb", "mysql", "mariadb", "mysqladmin", "mariadb-admin", "mongosh", "mongo", "mongorestore", "pg_restore",
})  # fmt: skip
_DATABASE_OPTIONS = ("--dbname", "--database", "-d", "-D", "--db")
_HOSTS = ("--host", "-h", "-H")
_HOST_VARIABLES = ("PGHOST", "MYSQL_HOST", "DOCKER_HOST", "DOCKER_CONTEXT")
_CONTAINERS = frozenset({"docker", "podman", "nerdctl", "docker-compose", "podman-compose"})
# Kinds that stand in no namespace.
_EVERYWHERE = frozenset({
    "ns", "namespace", "namespaces", "project", "projects", "no", "node", "nodes", "pv", "persistentvolume",
    "persistentvolumes", "crd", "crds", "customresourcedefinition", "customresourcedefinitions", "clusterrole", "clusterroles",
    "clusterrolebinding", "clusterrolebindings", "storageclass", "storageclasses", "sc",
})  # fmt: skip
_LOOPBACK = ("localhost", "127.0.0.1", "::1", "")
_ELSEWHERE = ("ssh", "mosh", "kubectl", "oc", "aws", "gcloud", "az")  # carriers to other machines


def is_spare(name: str) -> bool:
    """Return whether a name says that what it stands for was made for tests."""
    words = "".join(char if char.isalnum() else " " for char in name.lower()).split()
    return any(word.rstrip("0123456789") in _SPARE for word in words) and _USED.isdisjoint(words)


def left(
    call: Call, command: tuple[str, ...], flags: tuple[Value, ...], args: tuple[Value, ...], traits: frozenset[str]
) -> frozenset[str]:
    """Return the traits of a command that are left: it destroys nothing where all it names is there for tests."""
    program = command[0] if command else ""
    given = _Given(call, flags, args)
    if any(carrier.split(" ")[0] in _ELSEWHERE for carrier in call.frame.via):
        return traits
    if program in _FRAMEWORKS:
        spare = _framework(given)
    elif program in _DATABASES:
        spare = _database(given)
    elif program == "sqlite3":
        spare = bool(args) and is_spare_file(call, args[0])
    elif program in _CONTAINERS:
        spare = _container(given)
    elif program in ("kubectl", "k", "oc", "helm"):
        spare = _cluster(given)
    else:
        spare = program == "aws" and given.local("--endpoint-url", "AWS_ENDPOINT_URL")
    return traits - DESTROYS if spare else traits


class _Given:
    """Options and operands of a command, as far as they are exact; None stands for what is not known."""

    def __init__(self, call: Call, flags: tuple[Value, ...], args: tuple[Value, ...]) -> None:
        self.call = call
        self.flags = [plain(unglobbed(flag)) or "" for flag in flags]
        self.args = [plain(unglobbed(arg)) for arg in args]

    def values(self, options: Iterable[str]) -> list[str]:
        """Return the values of some options."""
        pairs = [flag.partition("=") for flag in self.flags]
        return [value for name, _, value in pairs if name in options and value]

    def here(self) -> bool:
        """Return whether everything that names a host names this machine."""
        variables = [self.call.variable(name) for name in _HOST_VARIABLES]
        hosts = [*self.values(_HOSTS), *(plain(value) or "?" for value in variables if value is not None)]
        hosts += [host(arg) for arg in self.args if arg and "://" in arg]
        return all(one in _LOOPBACK for one in hosts)

    def local(self, option: str, variable: str) -> bool:
        """Return whether an address that is given leads to this machine."""
        given = self.values((option,)) or [plain(self.call.variable(variable) or "") or ""]
        return any("://" in value and host(value) in _LOOPBACK for value in given)


def host(url: str) -> str:
    """Return the host of a URL, without user, password and port."""
    place = url.partition("://")[2].partition("/")[0].rpartition("@")[2]
    return place.partition("]")[0].lstrip("[") if place[:1] == "[" else place.partition(":")[0]


def _framework(given: _Given) -> bool:
    said = given.values(_ENVIRONMENT_OPTIONS)
    said += [plain(value) or "" for name in _ENVIRONMENTS if (value := given.call.variable(name)) is not None]
    address = given.call.variable("DATABASE_URL")  # it wins over the settings of the environment
    return bool(said) and all(map(is_spare, said)) and (address is None or given.local("", "DATABASE_URL"))


def _database(given: _Given) -> bool:
    """All names count: the second operand of psql is a person, and the last database that is named is the one."""
    names = ["" if arg is None else arg.partition("?")[0].rpartition("/")[2] for arg in given.args if arg != "drop"]
    names += given.values(_DATABASE_OPTIONS)
    return given.here() and bool(names) and all(map(is_spare, names))


def is_spare_file(call: Call, value: Value) -> bool:
    """Return whether a database in a file was made for tests: in memory, in a temporary folder, or by its name."""
    if value in (":memory:", ""):
        return True
    place = call.place(value)
    if not isinstance(place, str):
        return False
    world = call.world
    return place.startswith(("/tmp/", "/var/tmp/", f"{world.tmpdir}/")) or is_spare(place.rpartition("/")[2])  # noqa: S108


def _container(given: _Given) -> bool:
    if given.values(("--context", "-H", "--host")) or not given.here():
        return False
    project = given.values(("--file", "-f", "--project-name", "-p"))
    names = given.args
    if project:
        return all(map(is_spare, project))
    return bool(names) and all(name is not None and is_spare(name) for name in names)


def _cluster(given: _Given) -> bool:
    contexts = given.values(("--context", "--kube-context")) or [
        _current(given.call, next(iter(given.values(("--kubeconfig",))), None))
    ]
    spaces = given.values(("--namespace",))
    if "--all-namespaces" in given.flags or any(
        (arg or "").partition("/")[0].lower() in _EVERYWHERE for arg in given.args
    ):
        spaces = []
    return all(map(is_spare, contexts)) or (any(map(is_spare, spaces)) and not any(map(is_used, contexts)))
