"""Records as people read them. What an agent wrote must not write to the terminal, so everything passes `clean`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from agentguard.audit import lines

if TYPE_CHECKING:
    from collections.abc import Sequence

HEADINGS = ("time", "user", "effect", "tool", "rule", "what", "id")
_WIDTH = 72  # characters of the last words of a table's row
_LONG = 2000  # characters of one fact on its own
_DEVICE = 40  # characters of a device's name in a table
_NO_TEXTS = "(erased)"
_SAYS = "says it is"  # the device, where that is not the one that sent the record
_OURS = ("device", _SAYS, "chain", "hash", "received", "flag")  # that an event's own facts must not pass for

# What `details` prints of the body, and of the texts, in this order.
_BODY = (
    "id", "kind", "time", "device", _SAYS, "hostname", "user", "known", "roles", "agent", "agent_version", "session",
    "subagent", "event", "tool", "tool_use_id", "permission_mode", "outcome", "effect", "would", "mode", "rule",
    "would_rule", "severity", "exception", "without", "reason", "latency_us", "rows_complete", "redactions", "lost", "torn",
    "full",
)  # fmt: skip
_RESOURCES = ("path", "host", "ref", "package", "variable", "malformed")
_TEXTS = ("cwd", "project", "repo", "branch", "command", "query", "reason", "remedy", "problem", "bundle_problem")


class Seen(NamedTuple):
    """A record as a reader gets it, with its exact line (`raw`); from a collector with `received`, `device` and `flag`.

    `device` is the one whose token the record came with: what the record itself says of its device, anybody can write.
    """

    body: dict[str, Any]
    texts: dict[str, Any] | None
    h: str = ""
    received: str = ""
    device: str = ""
    flag: str = ""
    raw: bytes = b""

    def known(self) -> dict[str, str]:
        """Return what the collector knows of the record; nothing where it came from a spool."""
        return {name: getattr(self, name) for name in ("received", "device", "flag") if getattr(self, name)}

    def as_json(self) -> dict[str, Any]:
        """Return the record as plain values."""
        other = {"says_it_is": self.says()} if self.says() else {}
        return {**self.known(), **other, "h": self.h, "body": self.body, "texts": self.texts}

    def sender(self) -> str:
        """Return the device that sent the record; in a spool, where there is one only, what it calls itself."""
        return self.device or str(self.body.get("device", ""))

    def says(self) -> str:
        """Return what a record calls its device where that is not the one that sent it, else ""."""
        named = str(self.body.get("device") or "")
        return named if self.device and named != self.device else ""


class Row(NamedTuple):
    """One row of a decision as people read it; "" is what it does not have."""

    effect: str
    action: str
    certainty: str
    resource: str
    command: str
    rules: str


def clean(value: Any, width: int = _LONG) -> str:
    """Return a value as one printable line of at most `width` characters."""
    text = " ".join("".join(char if char.isprintable() else " " for char in str(value)).split())
    return text if len(text) <= width else text[: width - 1] + "…"


def row(record: Seen) -> list[str]:
    """Return a record as a row under `HEADINGS`."""
    body = record.body
    effect, would = body.get("effect", ""), body.get("would", "")
    return [
        clean(body.get("time", ""), 24),
        clean(body.get("user", ""), 20),
        clean(effect if effect == would else f"{effect} (would {would})", 24) if effect else "",
        clean(body.get("tool") or body.get("event") or body.get("kind", ""), 24),
        clean(body.get("would_rule") or body.get("rule") or _lifted(body), 32),
        clean(what(record), _WIDTH),
        clean(body.get("id", ""), 16),
    ]


def table(records: Sequence[Seen]) -> tuple[Sequence[str], list[list[str]]]:
    """Return headings and rows; with records of a collector, the device that sent each."""
    rows = [row(record) for record in records]
    if not any(record.device for record in records):
        return HEADINGS, rows
    at = HEADINGS.index("user") + 1
    for cells, record in zip(rows, records, strict=True):
        said = f", says it is {device_name(record.says())}" if record.says() else ""
        cells.insert(at, device_name(record.sender()) + said)
    return (*HEADINGS[:at], "device", *HEADINGS[at:]), rows


def device_name(device: str) -> str:
    """Return a device as tables name it: of an id by chance its start."""
    return f"{device[:8]}…" if lines.is_hex(device, 32) else clean(device, _DEVICE)


def _lifted(body: dict[str, Any]) -> str:
    """Return which exception let a call through."""
    return f"exception {body['exception']}" if body.get("exception") else ""


def what(record: Seen) -> str:
    """Return in a few words what a record is about: the command, else the first thing that its rows name."""
    texts = record.texts
    if texts is None:
        return _NO_TEXTS
    if isinstance(texts.get("command"), str):
        return str(texts["command"])
    rows = texts.get("rows")
    for one in rows if isinstance(rows, list) else ():
        if isinstance(one, dict):
            for kind in _RESOURCES:
                if kind in one:
                    return value(one[kind])
    facts = texts.get("facts")
    facts = facts if isinstance(facts, dict) else {}
    if isinstance(texts.get("query"), str):  # what somebody asked of the collector
        asked = [texts["query"], *(f"{name}={fact}" for name, fact in facts.items())]
        return " ".join([*(word + ":" for word in [record.body.get("outcome")] if word), *filter(None, asked)])
    said = " ".join(map(str, facts.values()))
    return str(texts.get("problem") or record.body.get("outcome") or said or record.body.get("reason", ""))


def value(recorded: Any) -> str:
    """Return a recorded value as people write it: unknown parts of a pattern are …."""
    if recorded is None:
        return "…"
    if isinstance(recorded, list):
        return "".join(part if isinstance(part, str) else {1: "*", 2: "?"}.get(part, "…") for part in recorded)
    return str(recorded)


def facts(record: Seen) -> list[tuple[str, str]]:
    """Return everything that is worth reading of one record but its rows: (name, value), in one order."""
    body, texts = record.body, record.texts or {}
    said = {**body, "device": record.sender(), _SAYS: record.says()}
    found: list[tuple[str, Any]] = [(name, said[name]) for name in _BODY if said.get(name) not in (None, "", [], {})]
    bundle = body.get("bundle")
    if isinstance(bundle, dict):
        found.append(("bundle", f"{bundle.get('name')} {bundle.get('revision')} ({bundle.get('state')})"))
        found.append(("digest", bundle.get("digest", "")))
    found += [(name, texts[name]) for name in _TEXTS if texts.get(name)]
    event = texts.get("facts")
    told = event.items() if isinstance(event, dict) else ()
    found += [(f"({name})" if name in _OURS else name, fact) for name, fact in told]
    found += [("chain", f"{body.get('chain')} {body.get('seq')}"), ("hash", record.h)]
    found += [(name, getattr(record, name)) for name in ("received", "flag") if getattr(record, name)]
    if record.texts is None:
        found.append(("texts", _NO_TEXTS))
    return [(clean(name, 16), clean(fact)) for name, fact in found if fact != ""]


def details(record: Seen) -> str:
    """Return everything that is worth reading of one record, one fact a line."""
    lines = [f"{name:16}  {fact}" for name, fact in facts(record)]
    for number, one in enumerate(rows(record)):
        lines.append(f"{'row ' + str(number):16}  " + clean(" · ".join(part for part in one if part)))
    return "\n".join(lines)


def rows(record: Seen) -> list[Row]:
    """Return the rows of a decision as people read them."""
    body, texts = record.body, record.texts or {}
    listed = body.get("rows")
    found = []
    for number in range(len(listed) if isinstance(listed, list) else 0):
        fact, words = _at(listed, number), _at(texts.get("rows"), number)
        origin = _at(texts.get("origins"), fact.get("origin"))
        resource = [value(words[kind]) for kind in _RESOURCES if kind in words]
        resource += [str(fact[kind]) for kind in ("server", "mcp_tool", "subagent", "tool") if kind in fact]
        command, rules = origin.get("command", []), fact.get("rules", [])
        parts = (
            fact.get("effect", ""),
            fact.get("action", ""),
            fact.get("certainty", "certain"),
            " · ".join(resource),
            " ".join(map(value, command)) if isinstance(command, list) else "",
            ", ".join(map(str, rules)) if isinstance(rules, list) else "",
        )
        found.append(Row(*(clean(part) for part in parts)))
    return found


def _at(values: Any, number: Any) -> dict[str, Any]:
    """Return an object of a list, {} where there is none: a device may have sent anything."""
    if isinstance(values, list) and type(number) is int and 0 <= number < len(values):
        found = values[number]
        return found if isinstance(found, dict) else {}
    return {}
