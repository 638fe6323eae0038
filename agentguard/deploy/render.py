"""Writes what an administrator puts on a fleet: managed settings for the agent, and agentguard's own configuration.

Nothing here touches the machine it runs on: the artefacts are files in a folder, and a README that says what goes where
and in which order. The order matters. The drop-in comes last and goes first, because a hook that is named in managed
settings and is not there blocks every tool call.
"""

from __future__ import annotations

import json
import os
import shlex
import tempfile
from typing import TYPE_CHECKING, Any, NamedTuple

from agentguard import config, places
from agentguard.bundle import fetch, files, metadata, seal
from agentguard.deploy import events, install, safepath
from agentguard.errors import UsageError
from agentguard.policy.model import ENFORCE, OBSERVE
from agentguard.sync import bundle as sync

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentguard.places import Places

DROP_IN = "50-agentguard.json"
DROP_IN_FOLDER = "/etc/claude-code/managed-settings.d"
_BUNDLE = "bundle"  # the folder among the artefacts
CLIENT = "2.1.295"  # the first client that knows onFailure


class Choice(NamedTuple):
    """A managed setting that is the administrator's to choose: what it closes, and what it costs."""

    settings: dict[str, Any]
    closes: str
    price: str


CHOICES = {
    "allow-managed-hooks-only": Choice(
        {"allowManagedHooksOnly": True},
        "hooks of a person, project, plugin or skill that rewrite a call after agentguard has approved it",
        "people's own hooks and status lines stop working",
    ),
    "disable-skill-shell-execution": Choice(
        {"disableSkillShellExecution": True},
        "shell text inside skills, which runs without any hook being asked",
        "skills that rely on it stop working",
    ),
    "disable-bypass-permissions": Choice(
        {"permissions": {"disableBypassPermissionsMode": "disable"}},
        "sessions without permission prompts",
        "nobody can use --dangerously-skip-permissions, not in a container either",
    ),
}

# A variable that is set in managed settings wins over the person's. A blank LD_PRELOAD or LD_AUDIT loads nothing into
# the hook; a blank shell prefix replaces no command; OpenSSL reads its configuration from an empty file.
_ENV = {"CLAUDE_CODE_SHELL_PREFIX": "", "LD_PRELOAD": "", "LD_AUDIT": "", "OPENSSL_CONF": "/dev/null"}


_EFFECT = {
    ENFORCE: "A call is blocked if the policy denies it, and if the hook crashes, hangs or is missing.",
    OBSERVE: "What the policy would deny is recorded and not blocked, except changes to agentguard's own files and to "
    "the\nagent's settings: those are always blocked.",
}
_README = """\
# agentguard on Linux, stage {stage}

As root on each machine, in this order. The managed settings come last: a hook that they name and that is not there yet
blocks every tool call.

```sh
{install}
{own}
{sync}
{status}
install -D -m 644 {name} {drop_in}
```

A timer or a cron entry of root's has to run `{later}` every 15 minutes.

The agent starts this for every tool call:

    {argv}

{effect}
A client older than {client} does not start.

To take it away, in this order:

```sh
rm {drop_in}
rm -r {code}
```

What these settings leave open because closing it has a price (options of `agentguard deploy render`):

{left}
"""


def drop_in(argv: list[str], *, stage: str, choices: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return the managed settings that start `argv` on every event. `choices` are keys of CHOICES."""
    settings: dict[str, Any] = {"requiredMinimumVersion": CLIENT}
    for name, choice in CHOICES.items():  # the table's order, so that the same choices always give the same file
        if name in choices:
            settings.update(choice.settings)
    groups = events.groups(argv, enforce=stage == ENFORCE)
    return {**settings, "env": _ENV, "hooks": {event: [group] for event, group in groups.items()}}


def render_linux(
    output: str,
    *,
    stage: str = OBSERVE,
    python: str | None = None,
    stub: str | None = None,
    anchor: str | None = None,
    bundle: str | None = None,
    sync_url: str = "",
    collector_url: str = "",
    allow_unsafe_paths: bool = False,
    **flags: bool,
) -> list[str]:
    """Write all artefacts for Linux and WSL into the folder `output` and return their names.

    `python` and `stub`: what the agent starts on those machines. `anchor`: the file of the root metadata that they
    trust. `bundle`: a published folder, to be taken along. `flags`: the keys of CHOICES, with `_` for `-`. Raises
    ConfigError for paths that others than root could change, BundleError for a bundle that would not be accepted.
    """
    where = places.managed("linux")
    argv = [python or install.python_of(where), "-I", "-S", stub or where.stub]
    if not allow_unsafe_paths:
        for path in (argv[0], argv[-1]):
            safepath.require(path)
    choices = tuple(name for name in CHOICES if flags.get(name.replace("-", "_")))
    own = {"sync_url": sync_url, "collector_url": collector_url, "stage": stage}
    named = {name: value for name, value in own.items() if value}
    artefacts = {os.path.basename(where.settings): config.text(named).encode()}
    if anchor:
        artefacts[os.path.basename(where.anchor)] = root = _anchor(anchor)
        if bundle:
            artefacts.update(_bundle(root, bundle))
    elif bundle:
        raise UsageError("a bundle cannot be verified without an anchor", hint="add --anchor root.json")
    settings = drop_in(argv, stage=stage, choices=choices)
    artefacts[DROP_IN] = json.dumps(settings, indent=2).encode() + b"\n"
    artefacts["README.md"] = _readme(where, argv, stage, choices, artefacts).encode()
    for name, data in artefacts.items():
        path = os.path.join(os.path.abspath(output), name)
        files.make_folder(os.path.dirname(path), 0o755)
        files.replace(path, data, 0o644)
    return list(artefacts)


def _anchor(path: str) -> bytes:
    data = files.read(path, seal.ROOT_LIMIT)
    metadata.read(metadata.ROOT, data)
    return data


def _bundle(root: bytes, published: str) -> dict[str, bytes]:
    """Return the files of a published folder, after the hook's own verifier has accepted it."""
    source = fetch.normal_source(published)
    defaults = {setting.name: setting.default for setting in config.SETTINGS}
    with tempfile.TemporaryDirectory() as cache:
        sync.fetch_seal(root, source, defaults, cache, managed=True)
    found = {}
    for folder, _folders, names in os.walk(source):
        for name in names:
            path = os.path.join(folder, name)
            found[os.path.join(_BUNDLE, os.path.relpath(path, source))] = files.read(path, seal.LIMIT)
    return found


def _readme(
    where: Places, argv: list[str], stage: str, choices: tuple[str, ...], artefacts: Mapping[str, bytes]
) -> str:
    code = os.path.dirname(argv[-1])
    command = shlex.join([*argv[:-1], os.path.join(code, "cli.py")])
    own = [f"install -D -m 644 {os.path.basename(path)} {path}" for path in (where.settings, where.anchor)]
    if b"sync_url" not in artefacts[os.path.basename(where.settings)]:
        own[0] += "    # write sync_url into it first"
    if os.path.basename(where.anchor) not in artefacts:
        own[1] += "    # not among these files: 1.root.json of the published folder"
    install_it = f"agentguard install --system    # from a checkout or a wheel, to {code}"
    if code != where.code:
        install_it = f"# put agentguard's code where {shlex.join(argv)} starts it"
    first = f" --from {_BUNDLE}" if any(name.startswith(_BUNDLE + os.sep) for name in artefacts) else ""
    left = [
        f"- `--{name}` closes {choice.closes}. Price: {choice.price}."
        for name, choice in CHOICES.items()
        if name not in choices
    ]
    return _README.format(
        stage=stage,
        install=install_it,
        code=code,
        own="\n".join(own),
        sync=f"{command} sync{first}",
        later=f"{command} sync",
        status=f"{command} status",
        name=DROP_IN,
        drop_in=f"{DROP_IN_FOLDER}/{DROP_IN}",
        argv=shlex.join(argv),
        effect=_EFFECT[stage],
        client=CLIENT,
        left="\n".join(left) or "- nothing: every choice was made.",
    )
