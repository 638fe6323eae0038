"""Databases: what SQL text would do, and the tools that reset or migrate. psql(1), mysql(1), sqlite3(1), redis-cli."""

from __future__ import annotations

from agentguard.access.model import EXECUTE, READ, UNKNOWN, WRITE
from agentguard.access.programs import net, walk
from agentguard.access.shell.values import plain, unglobbed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.model import Value
    from agentguard.access.programs.walk import Work
    from agentguard.access.shell.command import Call

_VERBS = frozenset({
    "select", "insert", "update", "delete", "drop", "truncate", "create", "alter", "grant", "revoke", "copy", "merge",
    "replace", "call", "do", "explain", "show", "set", "begin", "commit", "rollback", "with", "vacuum", "analyze", "use",
    "describe", "pragma", "attach", "load", "lock",
})  # fmt: skip


def statements(text: str) -> list[str]:
    """Return the statements of SQL text without comments, in lower case, blanks joined."""
    done: list[str] = []
    at = 0
    while at < len(text):
        if text.startswith("--", at):
            end = text.find("\n", at)
            at = len(text) if end < 0 else end
        elif text.startswith("/*", at) and not text.startswith("/*!", at):
            end = text.find("*/", at)
            at = len(text) if end < 0 else end + 2
            done.append(" ")
        elif text[at] in "'\"":
            end = text.find(text[at], at + 1)
            end = len(text) if end < 0 else end
            done.append("'" + " " * 0 + "'")
            at = end + 1
        else:
            done.append(text[at])
            at += 1
    found = [" ".join(part.lower().replace("(", " (").split()) for part in "".join(done).split(";")]
    return [part for part in found if part]


def destroys(statement: str) -> bool:
    """Return whether a statement throws data away: DROP, TRUNCATE, DELETE or UPDATE of every row."""
    words = statement.split()
    if words[0] == "/*!":
        return True
    if words[0] in ("drop", "truncate"):
        return True
    if words[0] in ("delete", "update"):
        return "where" not in words
    if words[0] == "alter":
        return "drop" in words
    return (
        words[0] in ("with", "explain", "do", "call", "begin")
        and any(f" {verb} " in f" {statement} " for verb in ("drop table", "drop database", "truncate", "delete from"))
        and " where " not in statement
    )


def _rows(call: Call, texts: list[Value]) -> None:
    """Make one execute row for each statement's verb; SQL that is not known is opaque."""
    for value in texts:
        text = unglobbed(value)
        if not isinstance(text, str):
            known = " ".join(part for part in getattr(text, "parts", ()) if isinstance(part, str))
            if text is UNKNOWN:
                call.opaque("the statements are not known")
            text = known
        for part in statements(text):
            verb = part.split()[0].lstrip("\\")
            bad = destroys(part)
            if verb not in _VERBS and not bad:
                continue
            origin = call.origin
            if bad:
                call.begin(origin.command, origin.flags, origin.args, origin.traits | {"destroys-data"})
            call.row(EXECUTE, why="a statement", sql_verb=verb)
            call.origin = origin


def _stdin(call: Call) -> list[Value]:
    """Return SQL text from standard input: known, or nothing to say about (a file, a stream)."""
    stdin = call.stdin
    if stdin is None or stdin.source is not None:
        return []
    return [stdin.value]


def sql(call: Call, work: Work) -> None:
    """Clients that take statements as an option or on standard input."""
    line = work.line
    texts = [value for flag, value in line.flags if line.kinds.get(flag) == "sql" and value is not None]
    files = [value for flag, value in line.flags if line.kinds.get(flag) == "sqlfile" and value is not None]
    places = [
        value for flag, value in line.flags if line.kinds.get(flag) == "database" and value is not None
    ] + line.operands
    if "sql" in str(work.entry.get("operands", "")):
        texts += line.operands
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
    for value in files:
        if value != "-":
            call.path(READ, value, "a file of statements")
    for value in places:
        text = plain(value)
        if text is not None and "://" in text:
            net.url(call, text, "the database")
    shells = [(text, value) for value in texts if (text := plain(value)) is not None and "\\!" in text]
    for text, _ in shells:
        call.shell(text.partition("\\!")[2].strip(), f"{call.name} \\!")
    for text_value in texts:
        _files_in(call, plain(text_value) or "")
    if not texts and not files:
        texts = _stdin(call)
    _rows(call, texts)


def _files_in(call: Call, text: str) -> None:
    r"""`\copy t FROM 'f'`, `\i f`, `LOAD DATA INFILE 'f'`, `INTO OUTFILE 'f'`, `COPY t TO PROGRAM 'x'`."""
    words = text.replace("'", " ' ").replace('"', " ' ").split()
    lower = [word.lower() for word in words]
    for number, word in enumerate(lower):
        rest = words[number + 1 :]
        name = next((other for other in rest if other != "'"), "")
        if word in ("\\i", "\\ir", "\\include", "infile", ".read", "source"):
            call.path(READ, name, "a file in the statements")
        elif word in ("outfile", "dumpfile", "\\o", ".output", ".once", ".backup", ".save"):
            call.path(WRITE, name, "a file in the statements")
        elif word == "program":
            call.shell(text.partition("'")[2].partition("'")[0] or UNKNOWN, f"{call.name} program")
        elif (
            word in ("from", "to")
            and rest[:1] == ["'"]
            and ("\\copy" in lower or "copy" in lower)
            and name.lower() != "program"
        ):
            call.path(READ if word == "from" else WRITE, name, "a file in the statements")


def sqlite(call: Call, work: Work) -> None:
    """`sqlite3 FILE STATEMENTS`."""
    line = work.line
    read_only = line.has("-readonly")
    texts = [
        value for flag, value in line.flags if line.kinds.get(flag) == "sql" and value is not None
    ] + line.operands[1:]
    files = [value for value in line.operands[:1] if value not in (":memory:", "")]
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
    for value in files:
        call.path(READ, value, "the database")
        if not read_only and texts and not all(_only_looks(plain(text)) for text in texts):
            call.path(WRITE, value, "the database")
    for value in texts:
        text = plain(value) or ""
        _files_in(call, text)
        for piece in text.split("\n"):
            if piece.strip().startswith((".shell ", ".system ")):
                call.shell(piece.strip().partition(" ")[2], "sqlite3 .shell")
    _rows(call, texts or _stdin(call))


def _only_looks(text: str | None) -> bool:
    if text is None:
        return False
    return all(part.split()[0] in ("select", "explain", "pragma") or part[:1] == "." for part in statements(text))


def redis(call: Call, work: Work) -> None:
    """`redis-cli FLUSHALL`."""
    words = [(plain(word) or "").lower() for word in work.line.operands]
    if words[:1] in (["flushall"], ["flushdb"], ["del"], ["unlink"], ["shutdown"]) or words[:2] == ["config", "set"]:
        work.line.traits.add(
            "destroys-data" if words[0] in ("flushall", "flushdb", "del", "unlink") else "controls-service"
        )
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
    text = call.stdin.value if call.stdin is not None and not words else ""
    if isinstance(text, str) and any(
        line.strip().lower().startswith(("flushall", "flushdb")) for line in text.split("\n")
    ):
        call.begin(work.command, call.origin.flags, call.origin.args, frozenset({"destroys-data"}))
        call.row(EXECUTE, why="a command on standard input")


def mongo(call: Call, work: Work) -> None:
    """`mongosh --eval 'db.dropDatabase()'`."""
    line = work.line
    codes = [plain(value) for value in line.values("--eval")]
    words = ("dropDatabase", ".drop(", "deleteMany({})", "remove({})", "dropIndexes", ".dropUser(")
    if any(code is not None and any(word in code.replace(" ", "") for word in words) for code in codes):
        line.traits.add("destroys-data")
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
    for value in line.operands:
        text = plain(value)
        if text is not None and text.endswith(".js"):
            call.path(READ, value, "the script")
            call.path(EXECUTE, value, "the script")
        elif text is not None and "://" in text:
            net.url(call, text, "the database")
    if None in codes:
        call.opaque("the code is not known")


def dump(call: Call, work: Work) -> None:
    """A dump reads a database and changes nothing."""
    walk.standard(call, work)


def downgrade(call: Call, work: Work) -> None:
    """`alembic downgrade base` takes every table away."""
    work.line.traits |= {"destroys-data"} if "base" in work.line.operands else set()
    walk.standard(call, work)


def rake(call: Call, work: Work) -> None:
    """`rails db:drop`, `rails runner TEXT`."""
    words = [plain(word) or "" for word in work.line.operands]
    bad = (
        "db:drop",
        "db:reset",
        "db:purge",
        "db:migrate:reset",
        "db:schema:load",
        "db:truncate_all",
        "db:wipe",
        "migrate:fresh",
        "migrate:reset",
    )
    work.line.traits |= {"destroys-data"} if any(word.startswith(bad) for word in words) else set()
    walk.standard(call, work)
    if words[:1] in (["runner"], ["r"]) and len(words) > 1 and not words[1].endswith(".rb"):
        from agentguard.access.programs import interpreters  # noqa: PLC0415 - rare

        interpreters.read_code(call, "ruby", work.line.operands[1])


def django(call: Call, work: Work) -> None:
    """`manage.py flush`."""
    from agentguard.access.programs import interpreters  # noqa: PLC0415 - rare

    work.line.traits |= interpreters.management([plain(word) or "" for word in work.line.operands])
    walk.standard(call, work)
