"""Where the authoring tools let a call happen: in a made-up project, or on this machine.

The made-up one is the same for everybody: home `/home/dev`, project and working directory `/home/dev/project`, a
checkout of branch `feature/x` from `https://github.com/acme/app.git`. Only the files that a case names exist. Who asks is
known and holds no role, unless something else is said.
"""

from __future__ import annotations

import functools
import os
import sys
from typing import TYPE_CHECKING, NamedTuple

from agentguard import places
from agentguard.access import repo, tools
from agentguard.access.payload import PROMPT_EVENTS
from agentguard.access.world import MemoryDisk, RealDisk, World
from agentguard.policy import engine
from agentguard.policy.model import MANAGED, NONE, OBSERVE, Context
from agentguard.policy.roles import proves

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from agentguard.access.model import Access, ToolCall
    from agentguard.access.world import Disk
    from agentguard.policy.engine import Policy
    from agentguard.policy.model import Decision

HOME, PROJECT = "/home/dev", "/home/dev/project"
BRANCH = "feature/x"
REPO = "github.com/acme/app"
REMOTES = {"origin": f"https://{REPO}.git"}
USER = "dev"
_KEPT = 50_000  # answers of a disk
SCRATCH = "/tmp"  # noqa: S108 - a name in the made-up world


class Who(NamedTuple):
    """Who asks, and from where.

    `roles`: those that the person is a member of; `known`: how well the person is known, one of ASSURANCES. `user` "": the
    account of the world. `device`: the device's id, "" for none. `device_kind`: "" or "ci".
    """

    roles: tuple[str, ...] = ()
    known: str = MANAGED
    user: str = ""
    device: str = ""
    device_kind: str = ""


NOBODY = Who()  # in particular


class Snapshot:
    """A disk as it was when something was first looked at: the calls of a replay look at the same things again and again.

    What is kept is bounded; then looking begins anew.
    """

    def __init__(self, disk: Disk) -> None:
        self._disk = disk
        self._kept: dict[tuple[str | int, ...], object] = {}
        self._kinds: dict[str, str] = {}

    def kind(self, path: str) -> str:
        """Return what is at `path`, as `Disk.kind` says."""
        found = self._kinds.get(path)
        if found is None:
            if len(self._kinds) >= _KEPT:
                self._kinds.clear()
            found = self._kinds[path] = self._disk.kind(path)
        return found

    def readlink(self, path: str) -> str:
        """Return the target of a link."""
        return str(self._look("readlink", path))

    def listdir(self, path: str, limit: int) -> list[str] | None:
        """Return the names in a folder."""
        found = self._look("listdir", path, limit)
        return list(found) if isinstance(found, list) else None

    def read(self, path: str, limit: int) -> bytes | None:
        """Return the first bytes of a regular file."""
        found = self._look("read", path, limit)
        return found if isinstance(found, bytes) else None

    def _look(self, what: str, path: str, *limit: int) -> object:
        asked: tuple[str | int, ...] = (what, path, *limit)
        if asked not in self._kept:
            if len(self._kept) >= _KEPT:
                self._kept.clear()
            self._kept[asked] = getattr(self._disk, what)(path, *limit)
        return self._kept[asked]


@functools.lru_cache(maxsize=256)
def _named(remotes: tuple[tuple[str, str], ...]) -> str:
    return repo.name(dict(remotes))


def repository(world: World) -> str:
    """Return the name of the repository of a world, "" where there is none."""
    return _named(tuple(world.remotes.items()))


def made_up(files: Mapping[str, str], links: Mapping[str, str], branch: str = BRANCH, repository: str = REPO) -> World:
    """Return the made-up world. `files` maps a path to its text, `links` a path to where it leads.

    Paths are relative to the project, or begin with `/` or `~/`; a `/` at the end makes a folder of a file.
    """
    tree: dict[str, bytes | str | None] = {HOME: None, PROJECT: None, SCRATCH: None}
    tree |= {_path(name): None if name.endswith("/") else text.encode() for name, text in files.items()}
    tree |= {_path(name): _path(target) if target.startswith("~") else target for name, target in links.items()}
    return World(
        home=HOME,
        project=PROJECT,
        tmpdir=SCRATCH,
        hostname="laptop",
        user=USER,
        agentguard=places.own_folders(HOME, "linux"),
        branch=branch,
        remotes={"origin": f"https://{repository}.git"} if repository else {},
        disk=MemoryDisk(tree),
    )


def this_machine(cwd: str, home: str | None = None, disk: Disk | None = None) -> World:
    """Return the world of a call in `cwd` on this machine, for the person whose home this is (this one's own)."""
    disk = disk or RealDisk()
    user = os.path.basename(home) if home else places.account_name()
    home = home or places.account_home()
    found = repo.read(cwd, disk)
    project = found.top if found else cwd
    return World(
        home=home,
        project="" if project in ("/", home) else project,
        hostname=os.uname().nodename if hasattr(os, "uname") else "",
        user=user,
        tmpdir=places.scratch(),
        agentguard=places.own_folders(home),
        platform=sys.platform,
        branch=found.branch if found else "",
        remotes=found.remotes if found else None,
        disk=disk,
    )


def context(call: ToolCall, world: World, roles: Iterable[str] = (), who: Who = NOBODY) -> Context:
    """Return what the engine is told beside the rows. `roles` are those that are held.

    The policy is fresh, and a person can answer unless the call or the kind of the device says otherwise.
    """
    by_person = call.event not in PROMPT_EVENTS or call.source in ("", "user")
    return Context(
        roles=frozenset(roles),
        user="" if who.known == NONE else who.user or world.user,
        device=who.device,
        device_kind=who.device_kind,
        repo=repository(world),
        branch=world.branch,
        remote_urls=tuple(world.remotes.values()),
        permission_mode=call.permission_mode,
        subagent=call.subagent,
        attended=by_person and call.permission_mode != "dontAsk" and not who.device_kind,
    )


def judge(policy: Policy, call: ToolCall, world: World, who: Who = NOBODY) -> tuple[Access, Decision]:
    """Return the rows of a call and what a policy decides about them, by the very code that the hook runs."""
    access = tools.access(call, world)
    return access, engine.decide(policy, access, world, told(policy, call, world, who))


def told(policy: Policy, call: ToolCall, world: World, who: Who = NOBODY) -> Context:
    """Return what the engine is told beside the rows, with the roles that the person holds under a policy."""
    usual = {"assurance": MANAGED}
    member_of = {*who.roles, *(role for role, entry in policy.roles.items() if who.user in entry["users"])}
    held = frozenset(role for role in member_of if proves(policy.roles.get(role, usual), who.known))
    found = context(call, world, held, who)
    found.claimed = frozenset(member_of) - held
    return found


def verdict(policy: Policy, decision: Decision) -> tuple[str, str]:
    """Return the effect that a policy is judged by, and its rule: under one that only observes, what it would do."""
    if policy.mode == OBSERVE:
        return decision.would, decision.would_rule
    return decision.effect, decision.rule


def _path(name: str) -> str:
    if name.startswith("~"):
        name = HOME + name[1:]
    return os.path.normpath(os.path.join(PROJECT, name))
