"""deploy.toml: what an administrator says once for the whole fleet. One table of keys makes the check and the template.

Paths in the file count from the folder that it lies in. Every mistake of a file is found in one run, with its place
and code; the codes of the TOML itself are those of policies. Choices have a price, so none is made by default.
"""

from __future__ import annotations

import os
import re
import tempfile
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

import tomli_w

from agentguard import config
from agentguard.bundle import fetch, files, metadata, seal
from agentguard.deploy import events, safepath
from agentguard.deploy.choices import CHOICES
from agentguard.deploy.targets import LINUX, MACOS, TARGETS, WINDOWS
from agentguard.errors import AgentguardError, BundleError, DeployFileError
from agentguard.policy import shape
from agentguard.policy.conditions import CHOICE, FLAG, NUMBER, TABLE, TEXT
from agentguard.policy.findings import in_order
from agentguard.policy.source import Document, read_file
from agentguard.sync.bundle import fetch_seal

if TYPE_CHECKING:
    from collections.abc import Callable

    from agentguard.deploy.targets import Target
    from agentguard.policy.findings import Finding

SCHEMA = 1
FILE = "deploy.toml"
# Beside the AG codes of a TOML file (AG001 to AG005 the file, AG101 to AG212 keys and values).
CODES = {
    "AD001": "a path must not stand in managed settings",
    "AD002": "a file or folder that is named is not there or is not what it must be",
    "AD003": "an address is not one that machines may use",
    "AD004": "an identifier is not in reverse domain form",
    "AD005": "paths exclude each other",
    "AD006": "machines would not accept the bundle",
}
_IDENTIFIER = re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_SECRET_LIMIT = 4096  # bytes
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_AGAIN = "mend these places; `agentguard deploy init` writes a file with every key and its meaning"

# key: (type, words of a CHOICE, whether it must be there, meaning), as in policies; then an example for the template.
_Key = tuple[str, tuple[str, ...], bool, str]
KEYS: dict[str, tuple[_Key, Any]] = {
    "schema": ((NUMBER, (), True, "The version of this file's form."), SCHEMA),
    "organisation": ((TEXT, (), True, "Who manages these machines; people see it on macOS profiles."), "Acme"),
    "identifier": (
        (TEXT, (), True, "Your name for this, in reverse domain form; profiles and the LaunchDaemon are called by it."),
        "com.acme.agentguard",
    ),
    "anchor": (
        (TEXT, (), True, "The root.json that the machines are to trust: 1.root.json of the published folder."),
        "publisher/repo/1.root.json",
    ),
    "bundle": (
        (TEXT, (), False, "The published folder, taken along as the first bundle, for machines that start offline."),
        "publisher",
    ),
    "enrol_secret": (
        (TEXT, (), False, "A file with the collector's secret, by which machines enrol; `collector init` made it."),
        "collector/enrol.secret",
    ),
    "events": (
        (CHOICE, tuple(events.RECORDS), False, "What is recorded beside the decisions."),
        events.OUTCOMES,
    ),
}
# Settings of a fleet's agentguard.toml; the stage is the phase, and the rest is a device's own.
FLEET = ("sync_url", "collector_url", "org", "verify", "grace_days", "groups", "device_kind")
_TYPES = {str: TEXT, bool: FLAG, int: NUMBER}
PATHS: dict[str, _Key] = {
    "python": (TEXT, (), False, "The interpreter on those machines."),
    "stub": (TEXT, (), False, "The hook on those machines."),
    "launcher": (TEXT, (), False, "The hook on machines that have agentguard's package, instead of the two above."),
}
_TABLES = ("agentguard", "choices", *TARGETS)


class Plan(NamedTuple):
    """What a deploy.toml says. `anchor`, `bundle` and `enrol_secret` are absolute paths, "" where none is taken along.

    `local` are settings of agentguard.toml, `chosen` keys of CHOICES, `argvs` {target: argv of the hook}.
    """

    organisation: str
    identifier: str
    anchor: str
    bundle: str
    records: str
    local: dict[str, Any]
    chosen: tuple[str, ...]
    argvs: dict[str, list[str]]
    enrol_secret: str = ""


def read(path: str) -> Plan:
    """Return what the file says. Raises DeployFileError with everything that is wrong with it."""
    findings: list[Finding] = []
    document = read_file(path, FILE, findings)
    plan = _plan(document, findings) if document else None
    if plan is None or findings:
        count = f"{len(findings)} mistake{'s' if len(findings) != 1 else ''}"
        raise DeployFileError(f"{path} has {count}", in_order(findings), hint=_AGAIN)
    return plan


def template() -> str:
    """Return a deploy.toml with every key, its meaning and its default or an example."""
    parts = [f"# What `agentguard deploy render --config {FILE}` makes managed settings of, for a whole fleet.\n"]
    for name, ((_kind, _words, needed, meaning), example) in KEYS.items():
        parts.append(_entry(name, example, _choice_text(name, meaning), commented=not needed))
    parts.append("\n\n# agentguard's own configuration on every machine.\n[agentguard]")
    examples = {"sync_url": "https://policy.acme.example/bundle", "collector_url": "https://audit.acme.example"}
    for setting in fleet_settings():
        value = examples.get(setting.name, setting.default)
        parts.append(_entry(setting.name, value, setting.doc, commented=setting.name != "sync_url"))
    parts.append("\n\n# Each of these closes a way round the hook, and has a price.\n[choices]")
    for name, choice in CHOICES.items():
        parts.append(_entry(name, False, f"Closes {choice.closes}.\n# Price: {choice.price}.", commented=False))
    for name, target in TARGETS.items():
        parts.append(f"\n\n# Paths on {target.title}; only root may be able to change what is there.\n# [{name}]")
        parts += [
            _entry(key, getattr(target, key), PATHS[key][3], commented=True).replace("\n\n", "\n", 1).rstrip("\n")
            for key in _paths(target)
        ]
    return "".join(parts).rstrip("\n") + "\n"


def fleet_settings() -> list[config.Setting]:
    """Return the settings of agentguard.toml that a deploy.toml may say, in the order of FLEET."""
    settings = {setting.name: setting for setting in config.SETTINGS}
    return [settings[name] for name in FLEET]


def _choice_text(name: str, meaning: str) -> str:
    if name != "events":
        return meaning
    return meaning + "".join(f"\n#   {word}: {what}" for word, what in events.RECORDS.items())


def _entry(name: str, value: Any, meaning: str, *, commented: bool) -> str:
    said = f"# {meaning}\n" if meaning else ""
    return f"\n\n{said}{'# ' if commented else ''}{tomli_w.dumps({name: value}).rstrip()}"


def _plan(document: Document, findings: list[Finding]) -> Plan | None:
    before = len(findings)
    spec: dict[str, _Key] = {name: key for name, (key, _example) in KEYS.items()}
    spec |= dict.fromkeys(_TABLES, (TABLE, (), False, ""))
    top = _table(document, (), document.values, spec, findings)
    if top.get("schema", SCHEMA) != SCHEMA:
        findings.append(document.finding(("schema",), "AG105", f"schema {top['schema']} is not known, {SCHEMA} is"))
    local = _local(document, top.get("agentguard", {}), findings)
    flags: dict[str, _Key] = dict.fromkeys(CHOICES, (FLAG, (), False, ""))
    chosen = _table(document, ("choices",), top.get("choices", {}), flags, findings)
    argvs = {name: _argv(document, name, top.get(name, {}), findings) for name in TARGETS}
    if "identifier" in top and not _IDENTIFIER.fullmatch(top["identifier"]):
        findings.append(
            document.finding(("identifier",), "AD004", f'"{top["identifier"]}" is not like com.acme.agentguard')
        )
    anchor = _named(document, "anchor", top, _is_anchor, findings)
    bundle = _named(document, "bundle", top, _is_published, findings)
    enrol_secret = _named(document, "enrol_secret", top, _is_secret, findings)
    if bundle and len(findings) == before and (why := _refusal(anchor, bundle, local)):
        findings.append(document.finding(("bundle",), "AD006", f"machines would not accept this bundle: {why}"))
    if len(findings) > before:
        return None
    return Plan(
        organisation=top["organisation"],
        identifier=top["identifier"],
        anchor=anchor,
        bundle=bundle,
        records=top.get("events", events.OUTCOMES),
        local=local,
        chosen=tuple(name for name in CHOICES if chosen.get(name)),
        argvs=argvs,
        enrol_secret=enrol_secret,
    )


def _table(
    document: Document, steps: tuple[str, ...], table: Any, spec: dict[str, _Key], findings: list[Finding]
) -> dict[str, Any]:
    known, wrong = shape.known_keys(document, steps, table, spec)
    findings += wrong
    return shape.checked(document, steps, {name: table[name] for name in known}, spec, findings)


def _local(document: Document, table: dict[str, Any], findings: list[Finding]) -> dict[str, Any]:
    """Return the settings of agentguard.toml that the file says."""
    settings = {setting.name: setting for setting in fleet_settings()}
    spec: dict[str, _Key] = {}
    for name, setting in settings.items():
        kind = CHOICE if setting.choices else _TYPES.get(type(setting.default), "")
        if kind:
            spec[name] = (kind, setting.choices, False, "")
    others = {name: value for name, value in table.items() if name in settings and name not in spec}
    said = (
        _table(document, ("agentguard",), {k: v for k, v in table.items() if k not in others}, spec, findings) | others
    )
    for name in others | {"grace_days": 0}:
        if name in said:
            try:
                config.checked({name: said[name]}, "agentguard")
            except AgentguardError as error:
                what = error.message.removeprefix("agentguard: ")
                findings.append(document.finding(("agentguard", name), "AG102", what))
    for name in ("sync_url", "collector_url"):
        address = said.get(name, "")
        if address and (why := _address_fault(address, folder=name == "sync_url")):
            findings.append(document.finding(("agentguard", name), "AD003", why))
    return said


def _address_fault(address: str, *, folder: bool) -> str:
    """Return why machines may not use an address; a bundle may lie in a folder too."""
    if folder and address.startswith("/"):
        return ""
    try:
        parts = urlsplit(address)
    except ValueError as error:
        return f"{address} is no address: {error}"
    if parts.hostname and (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)):
        return ""
    return f"{address} is not an https address" + (", and no absolute folder" if folder else "")


def _argv(document: Document, name: str, table: dict[str, Any], findings: list[Finding]) -> list[str]:
    """Return what the agent starts on a kind of machine."""
    target = TARGETS[name]
    said = _table(document, (name,), table, _paths(target), findings)
    for key, path in said.items():
        why = safepath.windows_fault(path) if name == WINDOWS else safepath.fault(path)
        if why:
            findings.append(document.finding((name, key), "AD001", f"{path} must not stand in managed settings: {why}"))
    if "launcher" not in said:
        return [said.get("python", target.python), "-I", "-S", said.get("stub", target.stub)]
    if len(said) > 1:
        findings.append(document.finding((name, "launcher"), "AD005", "launcher stands instead of python and stub"))
    return [said["launcher"]]


def _paths(target: Target) -> dict[str, _Key]:
    """Return the keys of paths that a kind of machine has."""
    return {key: spec for key, spec in PATHS.items() if getattr(target, key)}


def _named(
    document: Document, key: str, top: dict[str, Any], check: Callable[[str], None], findings: list[Finding]
) -> str:
    """Return the absolute path that a key names, "" where it names none."""
    if key not in top:
        return ""
    path = os.path.join(os.path.dirname(os.path.abspath(document.file)), top[key])
    try:
        check(path)
    except AgentguardError as error:
        findings.append(document.finding((key,), "AD002", error.message, ""))
    return path


def _is_anchor(path: str) -> None:
    metadata.read(metadata.ROOT, files.read(path, seal.ROOT_LIMIT))


def _is_published(path: str) -> None:
    for repo in (path, os.path.join(path, "repo")):
        if os.path.isfile(os.path.join(repo, "timestamp.json")):
            return
    raise DeployFileError(f"{path} is not a published folder: it has no timestamp.json")


def _refusal(anchor: str, bundle: str, local: dict[str, Any]) -> str:
    """Return why the hook's own verifier, with this anchor and these settings, refuses a published folder; "" if not."""
    settings = {setting.name: setting.default for setting in config.SETTINGS} | local
    root = files.read(anchor, seal.ROOT_LIMIT)
    try:
        with tempfile.TemporaryDirectory() as cache:
            fetch_seal(root, fetch.normal_source(bundle), settings, cache, managed=True)
    except BundleError as error:
        return error.message
    return ""


def _is_secret(path: str) -> None:
    if not re.fullmatch(rb"[!-~]+\s*", files.read(path, _SECRET_LIMIT)):
        raise DeployFileError(f"{path} does not hold one secret, and nothing else")


def console_argv(plan: Plan) -> list[str]:
    """Return what settings for machines of every kind start. Raises DeployFileError where kinds differ."""
    if plan.argvs[LINUX] != plan.argvs[MACOS]:
        raise DeployFileError(
            "console settings are the same for every machine, and [linux] and [macos] name different paths",
            hint="give both the same python and stub, or deliver by file and MDM",
        )
    return plan.argvs[LINUX]
