"""Why a call is allowed, asked about or denied: every row, how it came about, and the rules that had a say about it.

`explanation` gives plain values (for `--json`, and the shape that the other tools print rows in); `reading` adds how
shell text was parsed and what its words came to; `as_text` lays all of it out for a person. Texts of the call are not
redacted: this runs at the author's own desk. They are still the agent's, so control characters are written as escapes
before they reach a terminal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentguard.access.model import EXACT
from agentguard.policy import why
from agentguard.policy.model import ALLOW, ASK, DENY, MAYBE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from agentguard.access.model import Access, Row, ToolCall
    from agentguard.access.world import World
    from agentguard.policy.engine import Policy
    from agentguard.policy.model import Decision

COLOURS = {ALLOW: "green", ASK: "yellow", DENY: "red"}
_COMMAND_INPUT = ("Bash", "Monitor")  # tools whose spans lie in the input `command`
_BUNDLE = {"bundle": "name", "revision": "revision", "digest": "digest", "state": "state"}  # of a record
_THEN = ("id", "time", "effect", "rule", "would", "would_rule", "exception", "without")  # of a record
_MORE = ("port", "remote", "mcp_tool", "method", "sql_verb")  # parts of a row beside its resource


def explanation(policy: Policy, call: ToolCall, access: Access, decision: Decision) -> dict[str, Any]:
    """Return a decision and everything it rests on as plain values."""
    text = call.input.get("command", "") if call.tool in _COMMAND_INPUT else ""
    rows = []
    for number, row in enumerate(decision.rows or access.rows):
        hits = [
            {"rule": hit.rule, "effect": hit.effect, "certain": hit.match != MAYBE, "counts": hit.counts}
            for hit in decision.hits
            if hit.row == number
        ]
        effect = decision.row_effects[number] if number < len(decision.row_effects) else ""
        rows.append({**row_values(row, text if isinstance(text, str) else ""), "effect": effect, "rules": hits})
    return {
        "bundle": policy.name,
        "mode": policy.mode,
        "tool": _text(call.tool or call.event),
        "effect": decision.effect,
        "rule": decision.rule,
        "would": decision.would,
        "would_rule": decision.would_rule,
        "severity": decision.severity,
        "reason": decision.reason,
        "remedy": decision.remedy,
        "tool_known": access.known,
        "rows_complete": access.complete,
        "rows": rows,
    }


def decided(body: dict[str, Any]) -> dict[str, Any]:
    """Return what was decided when a record was made, and by which policy. Nobody has checked what a record holds."""
    bundle = body.get("bundle")
    found = {name: _text(body.get(name) or "") for name in _THEN}
    facts = bundle if isinstance(bundle, dict) else {}
    return {**found, **{name: _text(facts.get(key) or "") for name, key in _BUNDLE.items()}}


def reading(call: ToolCall, world: World) -> dict[str, Any]:
    """Return how the shell text of a call was read, as plain values; empty for a call without any.

    `parse`: its structure, line by line, or why it cannot be read. `commands`: every command that is come across, with
    its words and the variables set with it.
    """
    text = call.input.get("command", "")
    if call.tool not in _COMMAND_INPUT or not isinstance(text, str):
        return {}
    from agentguard.access.shell import outline  # noqa: PLC0415 - only for shell text

    commands = [
        {
            "words": [_text(word) for word in step.words],
            "variables": {name: _text(value) for name, value in step.assigned.items()},
            "cwd": _text(step.cwd),
            "via": list(step.via),
            "from": _text(text[step.start : step.end]),
        }
        for step in outline.steps(text, call.cwd, world, call.tool)
    ]
    lines = outline.outline(text)
    parse = lines if isinstance(lines, str) else [{**line._asdict(), "text": _text(line.text)} for line in lines]
    return {"parse": parse, "commands": commands}


def programs(access: Access, world: World) -> dict[str, Any]:
    """Return the programs of a call of which nothing is known, as plain values; nothing where there is none."""
    from agentguard.access.programs import catalog  # noqa: PLC0415 - for this alone

    found = catalog.unknown(access.rows, frozenset(catalog.names()), world.project)
    return {"unknown_programs": [_text(name) for name in found]} if found else {}


def printable(text: str) -> str:
    """Return a text with everything escaped that is not for a terminal; line ends stay."""
    return "".join(
        char if char.isprintable() or char == "\n" else char.encode("unicode_escape").decode() for char in text
    )


def row_values(row: Row, text: str = "") -> dict[str, Any]:
    """Return a row as plain values; what it does not have is left out. `text` is what its span lies in."""
    found: dict[str, Any] = {"action": row.action, "certainty": row.certainty}
    kind, value = row.resource()
    if row.path is not None:
        found["path"] = _text(row.path.text)
        if row.path.resolved != row.path.text:
            found["resolved"] = _text(row.path.resolved)
        if row.path.extent != EXACT:
            found["extent"] = row.path.extent
    elif kind:
        found[kind] = _text(value)
    for name in _MORE:
        more = getattr(row, name)
        if more is not None:
            found[name] = more if isinstance(more, int) else _text(more)
    origin = row.origin
    for name in ("command", "flags", "args", "via"):
        values = getattr(origin, name)
        if values:
            found[name] = [_text(value) for value in values]
    if origin.traits:
        found["traits"] = sorted(origin.traits)
    start, end = origin.span
    if text and end > start:
        found["from"] = _text(text[start:end])
    if row.why:
        found["why"] = row.why
    return found


def _text(value: object) -> str:
    """Return a value as text that can be written as UTF-8."""
    return str(value).encode("utf-8", "backslashreplace").decode("utf-8")


def row_text(row: dict[str, Any]) -> str:
    """Return a row in a few words: `read path /home/dev/project/.env`."""
    shown = [row["action"]]
    for kind in ("path", "host", "ref", "package", "variable", "server", "subagent"):
        if kind in row:
            shown.append(kind if kind != "path" else "")
            shown.append(f"{row[kind]}:{row['port']}" if kind == "host" and "port" in row else row[kind])
    if "mcp_tool" in row:
        shown.append(row["mcp_tool"])
    if row["action"] == "execute":
        shown.append(" ".join(row.get("command", ())))
    if "extent" in row:
        shown.append("and all beneath" if row["extent"] == "tree" else "(pattern)")
    if "resolved" in row:
        shown.append(f"-> {row['resolved']}")
    return printable(" ".join(part for part in shown if part))


def as_text(found: dict[str, Any], colour: Callable[..., str]) -> str:
    """Return an explanation for a person. `colour(text, fg=…)` styles a text where that is possible."""
    lines = [_headline(found, colour)]
    if "record" in found:
        lines += _record_lines(found["record"])
    lines += [f"  {name:<7} {found[name]}" for name in ("reason", "remedy") if found[name]]
    if not found["tool_known"]:
        lines.append(f"  agentguard does not know the tool {printable(found['tool'])}")
    if found.get("unknown_programs"):
        names = printable(", ".join(found["unknown_programs"]))
        lines.append(f"  nothing is known about the program {names}: what its words look like decides")
    if not found["rows_complete"]:
        lines.append("  there was too much to work out; what is left counts as opaque")
    lines.append("")
    if "parse" in found:
        lines += [*_parse_lines(found["parse"], colour), "", *_command_lines(found["commands"], colour), ""]
        lines.append(colour("  what it would do", bold=True))
    for row in found["rows"]:
        lines += _row_lines(row, colour)
    if not found["rows"]:
        lines.append("  this call makes no access that a policy could decide on")
    if "asked" in found:
        lines += ["", *why.lines(found["asked"], [row_text(row) for row in found["rows"]], colour)]
    return "\n".join(lines)


def _headline(found: dict[str, Any], colour: Callable[..., str]) -> str:
    effect, rule = found["effect"], found["rule"]
    said = f" by {rule}" if rule else ": nothing stops it" if effect == found["would"] == ALLOW else ""
    head = colour(effect, fg=COLOURS[effect], bold=True) + said
    if found["would"] != effect:
        would = colour(found["would"], fg=COLOURS[found["would"]])
        head += f"; if all were enforced: {would} by {found['would_rule']}"
    return f"{head}  (bundle {found['bundle']}, mode {found['mode']})"


def _record_lines(record: dict[str, Any]) -> list[str]:
    """Return what was decided when the record was made."""
    then = record["effect"] + (f" by {record['rule']}" if record["rule"] else "")
    if record["exception"]:
        then += f" by exception {record['exception']} (without it {record['without']})"
    if record["would"] not in ("", record["effect"]):
        then += f"; if all were enforced: {record['would']} by {record['would_rule']}"
    policy = f"bundle {record['bundle']}, revision {record['revision'] or 'none'}, {record['state']}"
    lines = [f"  then    {printable(then)}  ({printable(policy)}, {printable(record['time'])})"]
    if record["undecidable"]:
        lines.append("  the record has hidden or left out something that a rule asks for, so it may be otherwise")
    return lines


def _parse_lines(parse: Any, colour: Callable[..., str]) -> list[str]:
    lines = [colour("  how it is read", bold=True)]
    if isinstance(parse, str):
        return [*lines, f"    not at all: {printable(parse)}"]
    for line in parse if any(line["text"] for line in parse) else ():
        text = printable(line["text"]).replace("\n", "\\n")
        kind = colour(line["kind"], fg="cyan") if line["kind"] else ""
        lines.append(f"    {'  ' * line['depth']}{' '.join(part for part in (kind, text) if part)}")
    return lines


def _command_lines(commands: Sequence[dict[str, Any]], colour: Callable[..., str]) -> list[str]:
    """Return what each command came to. A word with anything unusual in it is quoted as a shell would need it."""
    lines = [colour("  what its words come to", bold=True)]
    for command in commands:
        variables = [f"{name}={_quoted(value)}" for name, value in command["variables"].items()]
        shown = " ".join([*variables, *map(_quoted, command["words"])])
        carried = f"  ({' > '.join(command['via'])})" if command["via"] else ""
        lines.append("    " + printable(shown).replace("\n", "\\n") + printable(carried))
    return lines if commands else [*lines, "    no command"]


def _quoted(word: str) -> str:
    """Return a word in quotes where it needs them; unknown parts (`…`, `*`) stand as they are."""
    return f"'{word}'" if word == "" or any(char in " \t\n|&;<>()'\"" for char in word) else word


def _row_lines(row: dict[str, Any], colour: Callable[..., str]) -> list[str]:
    effect = row["effect"]
    mark = colour(f"{effect:<5}", fg=COLOURS[effect]) if effect else " " * 5
    lines = [f"  {mark}  {row['certainty']:<8}  {row_text(row)}"]
    about = [printable(row["why"])] if "why" in row else []
    if "from" in row:
        about.append(f"from `{printable(row['from'])}`")
    if "via" in row:
        about.append(f"through {printable(' > '.join(row['via']))}")
    if row["action"] == "execute":
        about += [
            f"{name} {printable(' '.join(map(_quoted, row[name])))}" for name in ("flags", "args") if row.get(name)
        ]
    about += [f"{name} {printable(row[name])}" for name in ("method", "sql_verb", "remote") if name in row]
    if "traits" in row:
        about.append(f"traits {', '.join(row['traits'])}")
    lines += _detail(about)
    for hit in row["rules"]:
        notes = [*([] if hit["certain"] else ["may match"]), *([] if hit["counts"] else ["only observed"])]
        lines.append(f"         - {hit['rule']}: {hit['effect']}{' (' + ', '.join(notes) + ')' if notes else ''}")
    return lines


def _detail(parts: Sequence[str]) -> list[str]:
    return [f"         {'; '.join(parts)}"] if parts else []
