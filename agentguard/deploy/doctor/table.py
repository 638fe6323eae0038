"""What the doctor can find: one table. A finding's name is its family and the thing that is wrong.

`why` says why it matters, `mend` is the next thing to type or do. In a text, {cli} is the installed command line, {sudo} is
`sudo ` on a managed install, {place} is what the finding is about; {install} depends on how agentguard came here, {clock},
{enrol} and {timer} on the kind of machine.
"""

from __future__ import annotations

from typing import NamedTuple

from agentguard.deploy.managed import CLIENT

ERROR, WARNING = "error", "warning"


class Known(NamedTuple):
    """One kind of finding."""

    level: str
    why: str
    mend: str


class Finding(NamedTuple):
    """One finding on this machine. `what` is what was seen, `place` what it is about, `fix` a key of FIXES or ""."""

    name: str
    level: str
    what: str
    why: str
    mend: str
    fix: str = ""


_RENDER = (
    "agentguard deploy render --target {target} --config deploy.toml --output managed, then the steps of its README"
)
_INSTALL = "{install}"

KNOWN = {
    # Managed settings: which source wins, and is the hook in it?
    "managed/none": Known(ERROR, "nothing tells the client to start the hook", _RENDER),
    "managed/unreadable": Known(
        ERROR,
        "nothing of this source is in force, and the client may not start",
        "agentguard deploy lint {place}",
    ),
    "managed/shadowed": Known(
        ERROR,
        "the client takes the highest source alone, so the hook in the other one is never started",
        'put "managedSourcesBehavior": "merge" into {place}, or take the settings there away',
    ),
    "managed/no-hook": Known(ERROR, "tool calls are not judged", _RENDER),
    "managed/other-hook": Known(
        ERROR, "what the settings start is not what is installed here, so an upgrade does not reach it", _RENDER
    ),
    "managed/lint": Known(ERROR, "", ""),  # takes its texts from the lint
    "managed/unsafe": Known(
        ERROR, "who can write there can take the hook away", "{sudo}chown root {place} && {sudo}chmod go-w {place}"
    ),
    "managed/closed": Known(
        ERROR,
        "the client runs as the person, cannot read it, and goes on without the hook (measured)",
        "{sudo}chmod go+rX {place}",
    ),
    "managed/windows-first": Known(
        WARNING,
        "on WSL the settings of Windows come before /etc/claude-code if they say wslInheritsWindowsSettings",
        "deliver the hook on Windows too",
    ),
    # The client.
    "client/missing": Known(WARNING, "no client was found, so its version is not known", "claude --version"),
    "client/silent": Known(
        WARNING, "its version is not known, and with it whether onFailure works", "claude --version"
    ),
    "client/old": Known(
        ERROR, f"a client before {CLIENT} lets a call run when the hook crashes or is missing", "claude update"
    ),
    # What the settings start.
    "command/missing": Known(ERROR, "a hook that is named and not there blocks every call, or none", _INSTALL),
    "command/shell": Known(ERROR, "a shell can be made to start something else", _RENDER),
    "command/shim": Known(
        ERROR,
        "a shim looks for an interpreter in places that people can change, and costs more than the hook",
        _INSTALL,
    ),
    "command/unsafe": Known(
        ERROR,
        "who can write there says what is allowed",
        "{sudo}chown -h root {place} && {sudo}chmod go-w {place}",
    ),
    "command/closed": Known(
        ERROR,
        "the hook runs as the person and cannot be started: every call is blocked, or none",
        "{sudo}chmod go+rX {place}",
    ),
    "command/other-python": Known(ERROR, "the installed code is compiled for another version of Python", _INSTALL),
    "command/not-installed": Known(ERROR, "there is no agentguard in the place where it belongs", _INSTALL),
    # Trust: anchor, seal, state, clock.
    "trust/no-anchor": Known(
        ERROR, "no signed policy can be trusted, so the fallback inside the program decides", "{enrol}"
    ),
    "trust/configuration": Known(ERROR, "the sync does not run with it", "mend {place}, then {sudo}{cli} sync"),
    "trust/unsafe": Known(
        ERROR,
        "who can write there says which policy holds",
        "{sudo}chown root {place} && {sudo}chmod go-w {place}",
    ),
    "trust/closed": Known(
        ERROR,
        "the hook runs as the person and cannot read it, so the built-in policy decides",
        "{sudo}chmod go+rX {place}",
    ),
    "trust/fallback": Known(ERROR, "there is no signed policy here: the built-in one decides", "{sudo}{cli} sync"),
    "trust/invalid": Known(
        ERROR, "calls that change something are denied until a good policy is here", "{sudo}{cli} sync"
    ),
    "trust/stale": Known(
        ERROR, "the policy has expired: what would be allowed is asked about or denied", "{sudo}{cli} sync"
    ),
    "trust/grace": Known(WARNING, "the policy has expired; it holds unchanged for a while", "{sudo}{cli} sync"),
    "trust/damaged-state": Known(WARNING, "part of the state was deleted or put back", "{sudo}{cli} sync"),
    "trust/clock": Known(ERROR, "with a wrong clock nobody knows whether the policy has expired", "{clock}"),
    "trust/not-taken-up": Known(
        WARNING,
        "the configuration was changed after the last sync, and the hook knows only what the sync read",
        "{sudo}{cli} sync",
    ),
    # Records and the sync.
    "records/no-spool": Known(ERROR, "records cannot be written", "{sudo}install -d -m 1733 {place}"),
    "records/mode": Known(
        ERROR, "people cannot write their records, or can read and remove those of others", "{sudo}chmod 1733 {place}"
    ),
    "records/unwritable": Known(ERROR, "records of this person cannot be written", "ls -ld {place}"),
    "records/upload": Known(WARNING, "the collector does not get what happens here", "{sudo}{cli} sync"),
    "records/not-enrolled": Known(
        WARNING,
        "the collector does not know this device and gets nothing of what happens here",
        "{sudo}install -m 600 enrol.secret {place} && {sudo}{cli} sync    # `collector enrol-secret` prints it",
    ),
    "records/refused": Known(
        WARNING, "the collector does not have these records; they are kept here with what it said", "{sudo}tail {place}"
    ),
    "records/waiting": Known(
        WARNING, "the collector has not got them, and they can still be deleted", "{sudo}{cli} sync"
    ),
    "sync/never": Known(WARNING, "nobody has fetched a policy here yet", "{sudo}{cli} sync"),
    "sync/failing": Known(WARNING, "the policy here grows old, and expires in the end", "{sudo}{cli} sync"),
    "sync/old": Known(ERROR, "nothing runs the sync: the policy grows old and records stay here", "{timer}"),
    "sync/no-timer": Known(WARNING, "nothing runs the sync by itself", "{timer}"),
    # What the person's own settings do.
    "person/disabled": Known(ERROR, "disableAllHooks stops the hook of a personal install", "remove it from {place}"),
    "person/unreadable": Known(ERROR, "the client and agentguard read these settings", "mend {place}"),
    "person/no-hook": Known(ERROR, "tool calls are not judged", "{cli} quickstart"),
    "person/elsewhere": Known(
        ERROR, "the client reads its settings from another folder, in which the hook is not", "unset CLAUDE_CONFIG_DIR"
    ),
    "person/ignored": Known(
        ERROR,
        "managed settings of this machine let only managed hooks run, so the personal one is never started",
        "ask whoever manages this machine to deliver agentguard",
    ),
    "person/twice": Known(
        WARNING,
        "each call is judged and recorded twice: by the policy of this machine, and by that of an older install of one's own",
        "{cli} uninstall --user --home {place}    # as that person",
    ),
    "person/rewrites": Known(
        WARNING,
        "a hook on tool calls may rewrite a call after agentguard has approved it",
        "allow-managed-hooks-only = true in deploy.toml, if its price is right",
    ),
    # Calls through the very command in the settings.
    "canary/broken": Known(ERROR, "the client takes such an answer for `go ahead`", "{sudo}{cli} status"),
    "canary/wrong": Known(ERROR, "the hook does not judge as it must", "{sudo}{cli} status"),
    "canary/unrecorded": Known(ERROR, "a decision without a record cannot be shown to anybody", "{sudo}{cli} status"),
    # The same through the real client.
    "live/client": Known(
        ERROR, "the client does not run with these settings, or never asked", "agentguard deploy lint FILE"
    ),
    "live/ran": Known(ERROR, "the client let a call run that must be blocked", "agentguard deploy lint FILE"),
    "live/blocked": Known(ERROR, "the client blocked a call that must pass: people cannot work", "{sudo}{cli} status"),
}
