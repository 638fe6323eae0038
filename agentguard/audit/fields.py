"""Every field of a record, in one table, from which docs and JSON Schema are made.

`python -m agentguard.audit.fields > docs/records.md`, `python -m agentguard.audit.schema > docs/records.schema.json`.
"""

from __future__ import annotations

from typing import NamedTuple

BODY, TEXTS, ROW, ROW_TEXTS, ORIGIN, ORIGIN_TEXTS = "body", "texts", "row", "row texts", "origin", "origin texts"
KINDS = ("genesis", "decision", "event", "error", "gap", "erasure", "heartbeat")
_ALL = KINDS
_LATER = KINDS[1:]
_HOOK = ("decision", "event", "error", "heartbeat")
_ERASURE = ("erasure",)
_BEAT = ("heartbeat",)
_DECISION = ("decision",)
_JUDGED = ("decision", "error")
_EFFECTS = ("allow", "ask", "deny")


class Field(NamedTuple):
    """One field: its name, the part of a record it stands in, its type, the kinds of record that have it, its meaning.

    `always` is false for a field that is left out where it has nothing to say. `words` are all that it may hold.
    """

    name: str
    part: str
    type: str
    kinds: tuple[str, ...]
    meaning: str
    always: bool = True
    words: tuple[str, ...] = ()


FIELDS = (
    # The chain.
    Field("chain", BODY, "32 hex digits", _ALL, "the chain's random id"),
    Field("seq", BODY, "number", _ALL, "the record's number; one more with every record of the spool"),
    Field("prev", BODY, "64 hex digits", _ALL, "hash of the record before, in a file's first record", always=False),
    Field("texts", BODY, "64 hex digits", _ALL, "commitment to the texts"),
    Field("lost", BODY, "number", _LATER, "records that could not be written to this spool so far", always=False),
    Field("torn", BODY, "number", _LATER, "torn pieces that were set aside so far", always=False),
    Field("full", BODY, "number", _LATER, "times the disk was full and the ballast was given back so far", always=False),
    Field("cut", BODY, "true", _LATER, "lists and texts were cut to make the line fit", always=False),
    # What it is.
    Field("id", BODY, "16 hex digits", _ALL, "the record's own id, to quote"),
    Field("kind", BODY, "word", _ALL, "genesis, decision, event, error, gap, erasure or heartbeat"),
    Field("time", BODY, "time", _ALL, "when, by the device's clock (UTC)"),
    Field(
        "redactions", BODY, "numbers by type", (*_HOOK, *_ERASURE), "how many secrets of which type were taken out",
        always=False,
    ),
    # A chain's first record.
    Field("uid", BODY, "number", ("genesis",), "the number of the account whose spool it is: names change, and may be shared"),
    Field("boot", BODY, "text", ("genesis",), "the kernel's id of this boot"),
    Field("reason", BODY, "word", ("genesis",), "why the chain starts", words=("new", "damaged", "fork")),
    Field("previous", BODY, "head", ("genesis",), "chain, seq and hash of the last record known of the chain before"),
    # Records that the collector does not get.
    Field(
        "reason", BODY, "word", ("gap",), "why: they are no longer here, or the collector refuses them and they were set aside",
        words=("gone", "refused"),
    ),
    Field("missing", BODY, "numbers of a chain", ("gap",), "chain, and the first and last number of these records"),
    # Who and where.
    Field("device", BODY, "text", _ALL, "the device's id"),
    Field("hostname", BODY, "text", _HOOK, "the device's name for itself"),
    Field("os", BODY, "text", _HOOK, "the operating system: linux, darwin, win32"),
    Field("user", BODY, "text", _ALL, "who it is: the account, or whom root's configuration names"),
    Field("known", BODY, "word", _HOOK, "how well the person is known", words=("managed", "os", "none")),
    Field("roles", BODY, "list of texts", _HOOK, "the roles that the person holds, on decisions"),
    Field("agent", BODY, "text", _HOOK, "the agent program", always=False),
    Field("agent_version", BODY, "text", _HOOK, "its version, as it says", always=False),
    Field("session", BODY, "text", _HOOK, "the agent's session", always=False),
    Field("subagent", BODY, "text", _HOOK, "kind of the subagent that asks; empty for the main one", always=False),
    Field("subagent_id", BODY, "text", _HOOK, "its id", always=False),
    Field("permission_mode", BODY, "text", _HOOK, "the agent's permission mode", always=False),
    Field("cwd", TEXTS, "text", _HOOK, "the agent's working directory", always=False),
    Field("project", TEXTS, "text", _DECISION, "the session's project folder"),
    Field("repo", TEXTS, "text", _DECISION, "the repository's remote: https://host/path and nothing more"),
    Field("branch", TEXTS, "text", _DECISION, "the branch that is checked out"),
    # What was asked.
    Field("event", BODY, "text", _HOOK, "the hook event", always=False),
    Field("tool", BODY, "text", _HOOK, "the tool", always=False),
    Field("tool_use_id", BODY, "text", _HOOK, "the agent's id of the call; joins request and outcome", always=False),
    Field("tool_known", BODY, "true or false", _DECISION, "whether agentguard has this tool in its tables"),
    Field("command", TEXTS, "text", _DECISION, "the shell text, for tools that run one", always=False),
    Field("rows", BODY, "list of rows", _DECISION, "what the call would do, access by access"),
    Field("rows", TEXTS, "list of row texts", _DECISION, "the texts of the rows, in the same order"),
    Field("rows_complete", BODY, "true or false", _DECISION, "whether all rows are here, and none is cut"),
    Field("origins", BODY, "list of origins", _DECISION, "what the rows come from: commands, or what a tool means"),
    Field("origins", TEXTS, "list of origin texts", _DECISION, "the texts of the origins, in the same order"),
    Field(
        "read_files", BODY, "list of files", _DECISION,
        "`sha256` and `bytes` of each file that was read because the call runs it", always=False,
    ),
    Field("read_files", TEXTS, "list of texts", _DECISION, "the paths of these files, in the same order", always=False),
    Field("work", BODY, "numbers by name", _DECISION, "what working out the rows took: words, nodes …"),
    # Under which policy, and what came of it.
    Field("bundle", BODY, "bundle", _HOOK, "name, revision, digest, age (seconds), state, and how it was verified"),
    Field("bundle_problem", TEXTS, "text", _HOOK, "why the bundle is not fresh", always=False),
    Field("effect", BODY, "word", _JUDGED, "what happened", words=_EFFECTS),
    Field("would", BODY, "word", _JUDGED, "what would have happened if every rule were enforced", words=_EFFECTS),
    Field("mode", BODY, "word", _DECISION, "what the policy was in force to do", words=("enforce", "observe")),
    Field("rule", BODY, "text", _JUDGED, "the rule that decided the effect"),
    Field("would_rule", BODY, "text", _DECISION, "the rule that decided what would have happened"),
    Field("rules", BODY, "list of texts", _JUDGED, "every rule and default that had a say"),
    Field("severity", BODY, "word", _DECISION, "the severity of the rule"),
    Field("exception", BODY, "text", _DECISION, "ids of the exceptions that lifted a rule; empty if none did"),
    Field("without", BODY, "word", _DECISION, "the effect without the exception", always=False, words=_EFFECTS),
    Field("latency_us", BODY, "number", _DECISION, "microseconds from the start of the hook to the decision"),
    Field("reason", TEXTS, "text", _DECISION, "the rule's reason, filled in"),
    Field("remedy", TEXTS, "text", _DECISION, "what to do instead"),
    Field("problem", TEXTS, "text", ("error",), "why the call could not be judged"),
    # What an event says.
    Field(
        "outcome", BODY, "word", ("event",), "what an event says of a tool call; else empty",
        words=("done", "failed", "asked", "refused"),
    ),
    Field("duration_ms", BODY, "number", ("event",), "how long the tool took, as the agent says", always=False),
    Field("facts", TEXTS, "texts by name", ("event",), "what the event says about itself: source, reason, file_path …"),
    # A tombstone.
    Field("erased", BODY, "list of numbers", _ERASURE, "numbers of the records whose texts were erased"),
    Field("of", BODY, "32 hex digits", _ERASURE, "the chain that they are of, where a collector erased them", always=False),
    Field("reason", TEXTS, "text", _ERASURE, "why they were"),
    # How the device stands: at a session's start and after a sync.
    Field("agentguard", BODY, "text", _BEAT, "the version of agentguard"),
    Field("install", BODY, "word", _BEAT, "which kind", always=False, words=("managed", "personal")),
    Field("client", BODY, "text", _BEAT, "the version of the client that the doctor found", always=False),
    Field("source", BODY, "text", _BEAT, "which managed settings win: console, MDM, file or HKCU", always=False),
    Field("enforces", BODY, "true or false", _BEAT, "whether what the policy denies is blocked", always=False),
    Field(
        "doctor", BODY, "health", _BEAT,
        "time, healthy, numbers of errors and warnings, names of findings; or the problem with looking", always=False,
    ),
    # One row.
    Field("action", ROW, "word", _DECISION, "what it does: read, write, delete, execute, connect …"),
    Field(
        "certainty", ROW, "word", _DECISION, "how well it is known, where that is not certain", always=False,
        words=("possible", "unknown", "opaque"),
    ),
    Field("extent", ROW, "word", _DECISION, "of a path, where that is not exact", always=False, words=("glob", "tree")),
    Field("effect", ROW, "word", _DECISION, "the row's own effect", always=False, words=_EFFECTS),
    Field("rules", ROW, "list of texts", _DECISION, "the rules that matched it", always=False),
    Field("origin", ROW, "number", _DECISION, "its place in the list of origins, from 0", always=False),
    Field("hidden", ROW, "list of texts", _DECISION, "values of which something was taken out", always=False),
    Field("tool", ROW, "text", _DECISION, "the tool", always=False),
    Field("port", ROW, "number", _DECISION, "the port", always=False),
    Field("server", ROW, "text", _DECISION, "the MCP server", always=False),
    Field("mcp_tool", ROW, "text", _DECISION, "its tool", always=False),
    Field("subagent", ROW, "text", _DECISION, "the kind of subagent", always=False),
    Field("method", ROW, "text", _DECISION, "the request's method", always=False),
    Field("sql_verb", ROW, "text", _DECISION, "the verb of an SQL statement", always=False),
    Field("path", ROW_TEXTS, "value", _DECISION, "the path, absolute and lexical", always=False),
    Field("resolved", ROW_TEXTS, "value", _DECISION, "the path with links followed, where it differs", always=False),
    Field("host", ROW_TEXTS, "value", _DECISION, "the host", always=False),
    Field("ref", ROW_TEXTS, "value", _DECISION, "the branch or tag", always=False),
    Field("remote", ROW_TEXTS, "value", _DECISION, "the remote", always=False),
    Field("package", ROW_TEXTS, "value", _DECISION, "the package", always=False),
    Field("variable", ROW_TEXTS, "value", _DECISION, "the variable", always=False),
    Field(
        "malformed", ROW_TEXTS, "text", _DECISION, "what stood in the place of a path or URL that cannot be judged, escaped",
        always=False,
    ),
    Field("why", ROW_TEXTS, "text", _DECISION, "how the row came about", always=False),
    # One origin.
    Field("traits", ORIGIN, "list of words", _DECISION, "what the command means", always=False),
    Field("hidden", ORIGIN, "list of texts", _DECISION, "values of which something was taken out", always=False),
    Field("command", ORIGIN_TEXTS, "list of texts", _DECISION, "the program and its subcommands", always=False),
    Field("program", ORIGIN_TEXTS, "text", _DECISION, "the path of the program, where it is known", always=False),
    Field("flags", ORIGIN_TEXTS, "list of values", _DECISION, "its options", always=False),
    Field("args", ORIGIN_TEXTS, "list of values", _DECISION, "its operands", always=False),
    Field("via", ORIGIN_TEXTS, "list of texts", _DECISION, "the carriers round it, from the outside in", always=False),
)  # fmt: skip

_INTRODUCTION = """\
# Audit records

One line of JSON a record, ASCII, at most 64 KiB:

    {"b":{body},"t":{texts},"s":"salt","h":"hash"}

    hash        = SHA-256("agentguard record 1\\n" || hash of the record before || exact bytes of b)
    b["texts"]  = SHA-256(salt || exact bytes of t)

Hashes are written as 64 hex digits and hashed as that text; the salt is 32 hex digits, hashed as text too. Before a
chain's first record stand 64 zeros. The body holds facts and stays for ever. The texts hold what a person or an agent
wrote or named; secrets are taken out of them before anything is hashed or written, and they can be erased later (`t`
becomes `null` and `s` empty) without breaking the chain.

A *value* is a text (exact), a list (a pattern: known texts, and 0 for any text, 1 for any text without a slash, 2 for
one character) or `null` (nothing is known of it). A secret that was taken out reads `‹type:1a2b3c4d›`; equal digits
mean equal secrets on that device. Secrets that could be guessed read `‹type›`.

Never recorded: what a tool returned, what a file contains, what a person prompted, the environment.

A record of a call says what was *requested*. Whether it ran is said by a later record with the same `tool_use_id`:
`agentguard audit show ID` joins the two. An `erasure` is a tombstone: it names the records whose texts were taken away.

`agentguard audit schema` prints the same as JSON Schema ([records.schema.json](records.schema.json)). Both are made from
the table in `agentguard/audit/fields.py`.
"""  # noqa: RUF001
_HEADINGS = {
    BODY: "Body",
    TEXTS: "Texts",
    ROW: "A row, in the body",
    ROW_TEXTS: "A row, in the texts",
    ORIGIN: "An origin, in the body",
    ORIGIN_TEXTS: "An origin, in the texts",
}


def document() -> str:
    """Return docs/records.md."""
    parts = [_INTRODUCTION]
    for part, heading in _HEADINGS.items():
        parts.append(f"## {heading}\n\n| field | type | in | meaning |\n|---|---|---|---|")
        for field in FIELDS:
            if field.part == part:
                kinds = "all" if field.kinds == _ALL else ", ".join(field.kinds)
                usual = "" if field.always else " (left out where there is none)"
                words = f": {', '.join(field.words)}" if field.words else ""
                parts.append(f"| `{field.name}` | {field.type} | {kinds} | {field.meaning}{words}{usual} |")
        parts.append("")
    return "\n".join(parts)


if __name__ == "__main__":
    print(document(), end="")  # noqa: T201
