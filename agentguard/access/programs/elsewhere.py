"""Commands that run in a container: their files are not the files of this machine.

A path beneath a mount is the folder of this machine that is mounted there. Any other path lies in the container alone:
its row is dropped. Two things count all the same, as traits of the command: that it shows a secret which somebody put
into the container (`prints-environment`), and that it deletes a folder of one that goes on living (`destroys-data`).
Connections, packages, branches and traits are what they are.
"""

from __future__ import annotations

from agentguard.access.model import (
    CERTAIN,
    DELETE,
    EXECUTE,
    LISTEN,
    READ,
    TREE,
    UNKNOWN,
    WRITE,
    Origin,
    Path,
    Pattern,
    Row,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.model import Value
    from agentguard.access.shell.command import Call
    from agentguard.access.shell.flow import Feed
    from agentguard.access.world import World

# Where secrets lie in containers: Docker and Kubernetes mount theirs there, the last ones are habits.
_SECRET_FOLDERS = ("/run/secrets/", "/var/run/secrets/", "/root/.ssh/", "/root/.aws/", "/etc/kubernetes/pki/")
_SECRET_FILES = frozenset({"/etc/shadow", "/etc/gshadow", "/root/.netrc", "/root/.git-credentials"})
_SECRET_NAMES = frozenset({".env", "environ", "id_rsa", "id_ed25519", "id_ecdsa", "credentials", ".pgpass", ".netrc"})
# Folders whose content can be made again.
_SCRATCH = ("/tmp/", "/var/tmp/", "/var/cache/", "/dev/shm/")  # noqa: S108 - to compare with


class Place:
    """A container: what of this machine is mounted where, and whether it lives on after the command.

    `mounts`: (folder inside, folder of this machine), the longest ones first. `volumes`: folders inside that outlive
    it.
    """

    __slots__ = ("lasting", "mounts", "volumes")

    def __init__(self, mounts: list[tuple[str, Value]], volumes: list[str], *, lasting: bool) -> None:
        self.mounts = sorted(mounts, key=lambda mount: -len(mount[0]))
        self.volumes = tuple(volume.rstrip("/") + "/" for volume in volumes)
        self.lasting = lasting

    def beneath(self, folder: str) -> Place:
        """Return the place as it is after `chroot FOLDER`."""
        root = folder.rstrip("/")
        inner = [("/" + inside[len(root) :].lstrip("/"), source) for inside, source in self.mounts
                 if (inside + "/").startswith(root + "/")]  # fmt: skip
        whole = _outside(self, folder) if not any(inside == "/" for inside, _ in inner) else None
        volumes = [volume[len(root) :] for volume in self.volumes if volume.startswith(root + "/")]
        return Place([*inner, *([("/", whole)] if whole is not None else [])], volumes, lasting=self.lasting)


def run(call: Call, words: list[Value], label: str, place: Place | None, cwd: Value) -> Feed:
    """Run words as a command that this one carries, in a container (None: on this machine after all)."""
    machine = call.machine
    before = machine.elsewhere, machine.made, machine.world
    machine.elsewhere, machine.made = place, None
    state = call.state.copy()
    state.functions, state.aliases = {}, {}
    state.cwd = cwd
    try:
        return call.run(words, label, stdin=call.stdin, state=state)
    finally:
        machine.elsewhere, machine.made, machine.world = before


def row(place: Place, found: Row, world: World) -> Row | None:
    """Return a row as it counts on this machine, None where it does not."""
    if found.action == LISTEN:
        return None
    if found.variable is not None:  # a secret that somebody put into the container is shown
        return _means(found, "prints-environment") if found.action == READ else None
    path = found.path
    if path is None:
        return found
    outside = _outside(place, path.text)
    if outside is not None:
        return _changed(found, _path(outside, path, world))
    if found.action == EXECUTE:
        return _changed(found, None)
    trait = ""
    if found.action == READ and _is_secret(path.text):
        trait = "prints-environment"
    elif found.action == DELETE and path.extent == TREE and _is_data(place, path.text):
        trait = "destroys-data"
    if not trait:
        return None
    return _means(found, trait)


def _means(found: Row, trait: str) -> Row:
    """Return a row by which a command in a container means something."""
    origin = found.origin
    meant = Origin(
        origin.command, program=origin.program, flags=origin.flags, args=origin.args, via=origin.via,
        traits=origin.traits | {trait}, span=origin.span,
    )  # fmt: skip
    return Row(EXECUTE, CERTAIN, origin=meant, why=f"{found.why}, in a container")


def _changed(found: Row, path: Path | None) -> Row:
    return Row(found.action, found.certainty, origin=found.origin, path=path, why=found.why)


def _path(outside: Value, path: Path, world: World) -> Path:
    from agentguard.access import paths  # noqa: PLC0415 - only beneath a mount

    if isinstance(outside, str):
        return (paths.tree if path.extent == TREE else paths.exact)(outside, "/", world)
    return Path(outside, extent=path.extent)


def _outside(place: Place, text: Value) -> Value | None:
    """Return the path of this machine that a path in the container stands for."""
    from agentguard.access.shell.values import concat, parts_of  # noqa: PLC0415 - only in containers

    first, *others = parts_of(text)
    if not isinstance(first, str):
        return None
    for inside, source in place.mounts:
        root = inside.rstrip("/")
        if first == root or first.startswith(root + "/") or (not root and first[:1] == "/"):
            rest = concat([first[len(root) :], *others])
            if source == "/":
                return rest or "/"
            return concat([*parts_of(source), *parts_of(rest)]) if rest not in ("", "/") else source
    return None


def _is_secret(text: Value) -> bool:
    last = text.parts[-1] if isinstance(text, Pattern) else text
    if not isinstance(last, str):
        first = text.parts[0] if isinstance(text, Pattern) else ""
        return isinstance(first, str) and first.startswith(_SECRET_FOLDERS)
    name = last.rpartition("/")[2]
    whole = last if not isinstance(text, Pattern) else str(text.parts[0])
    return name in _SECRET_NAMES or whole in _SECRET_FILES or whole.startswith(_SECRET_FOLDERS)


def _is_data(place: Place, text: Value) -> bool:
    """Return whether a folder may hold what cannot be made again: one of a volume, or an absolute one, no cache."""
    first = text.parts[0] if isinstance(text, Pattern) else text
    if not isinstance(first, str) or (first + "/").startswith(_SCRATCH):
        return False
    return (first + "/").startswith(place.volumes) or (place.lasting and first[:1] == "/")


def share(call: Call, source: Value, inside: str, mounts: list[tuple[str, Value]], *, read_only: bool) -> None:
    """Note a mount, with its rows. The project's own folder is what such a container works on."""
    from agentguard.access import paths  # noqa: PLC0415 - only for mounts

    if isinstance(source, str) and isinstance(call.cwd, str) and not paths.fault(source):
        path = paths.absolute(source, call.cwd, call.world.platform)
        mounts.append((inside or path, path))
        project = call.world.project
        if project and (path == project or path.startswith(project + "/")):
            call.path(READ, source, "a mount of the project")
            return
    else:
        mounts.append((inside or "/", source))
    call.path(READ, source, "a mount", TREE)
    if not read_only:
        call.path(WRITE, source, "a mount", TREE)


def folder(workdir: Value | None, mounts: list[tuple[str, Value]]) -> Value:
    """Return the folder that a command starts in: the one that is named, else that of the first mount."""
    if isinstance(workdir, str) and workdir[:1] == "/":
        return workdir
    return mounts[0][0] if mounts and workdir is None else UNKNOWN
