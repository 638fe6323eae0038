"""Clients of databases that take statements: psql(1), mysql(1), sqlite3(1) and kin. What SQL means stands in `sql`.

Statements come as an option, as operands, on standard input or in a file that this text has written; files of the
project are read, and what they hold is not looked at. Clients also run programs and open files by themselves.
"""

from __future__ import annotations

from agentguard.access.model import EXECUTE, POSSIBLE, READ, UNKNOWN, WRITE
from agentguard.access.programs import net, sql, walk
from agentguard.access.shell.flow import Feed
from agentguard.access.shell.values import parts_of, plain, unglobbed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.model import Value
    from agentguard.access.programs.walk import Work
    from agentguard.access.shell.command import Call

_NAMES = (  # by the reference of each: strings with backslashes
    "mysql", "mariadb", "mycli", "bq", "clickhouse-client", "clickhouse", "snowsql", "snow", "spark-sql", "hive",
    "beeline",
)  # fmt: skip
_ESCAPES = frozenset(_NAMES)


_WORDED = frozenset({"mysql", "mariadb", "mycli"})  # their own commands are words: mysql(1), mysql Client Commands
_WORDS = frozenset({"system", "source", "tee", "pager", "edit"})


def _commands(text: str, *, words: bool = False) -> tuple[str, list[str]]:
    r"""Return statements without the client's own commands, and those: lines that start with `\` or a dot.

    Behind `\\` statements go on: psql(1), meta-commands.
    """
    kept: list[str] = []
    own: list[str] = []
    for line in text.split("\n"):
        bare = line.strip()
        if bare[:1] == "\\" or (bare[:1] == "." and bare[1:2].isalpha()):
            command, _, rest = bare.partition("\\\\")
            own.append(command)
            kept.append(rest)
        elif words and (
            first := [piece for piece in bare.split(";") if piece.split()[:1] and piece.split()[0].lower() in _WORDS]
        ):
            own += ["\\" + piece.strip() for piece in first]
            kept.append(";".join(piece for piece in bare.split(";") if piece not in first))
        else:
            kept.append(line)
    return "\n".join(kept), own


def fed(call: Call, work: Work) -> None:
    """`prisma db execute --stdin`, `--file`: statements for a database that lasts."""
    walk.standard(call, work)
    if work.line.has("--stdin") and call.stdin is not None:
        rows(call, [call.stdin.value])
    for value in work.line.values("--file"):
        if (feed := call.written(value)) is not None:
            rows(call, [feed.value])


def asked(call: Call, texts: list[Value]) -> None:
    """Statements as an operand, else on standard input."""
    rows(call, texts or _stdin(call))


def statement(call: Call, value: Value, why: str, work: Work) -> None:
    """Statements that some other program hands to a database."""
    rows(call, [value])


def rows(call: Call, texts: list[Value], *, lasting: bool = True) -> None:
    """Make one execute row for each statement's verb; statements that are not known are opaque.

    `lasting`: what they change outlives the program (a database in memory does not).
    """
    for value in texts:
        text = unglobbed(value)
        if text is UNKNOWN:
            call.opaque("the statements are not known")
            continue
        known = "".join(part if isinstance(part, str) else "unknown_" for part in parts_of(text))
        kept, own = _commands(known, words=call.name in _WORDED)
        for command in own:
            _own(call, command, texts)
        if "\\" in kept:  # `SELECT 1 \g | program`
            for number, piece in enumerate(kept.split("\\")):
                if number and piece[:1] in "!go":
                    _own(call, "\\" + piece, texts)
                if piece.startswith("gexec"):  # what the statement gives is executed
                    rows(call, list(kept.split("'")[1::2]), lasting=lasting)
        _files_in(call, kept)
        words = kept.lower().split()
        moved = any(word in words for word in ("use", "\\c", "\\connect", "attach", "database"))
        moved = moved or ("schema" in words and call.name != "psql")  # elsewhere a schema is a database
        for statement in sql.statements(kept, escapes=call.name in _ESCAPES):
            word = sql.verb(statement)
            bad = lasting and sql.destroys(statement)
            if word not in sql.VERBS and not bad:
                continue
            origin = call.origin
            if bad:
                traits = origin.traits | {"destroys-data"}
                elsewhere = moved or "." in statement  # `DROP DATABASE prod`, `DROP TABLE prod.users`
                call.begin(origin.command, origin.flags, origin.args, traits, spared=not elsewhere)
            call.row(EXECUTE, why="a statement", sql_verb=word.upper())
            call.origin = origin


def _selected(texts: list[Value]) -> Feed:
    """Return what statements show that only select a text; of all others nobody knows it."""
    done: list[str] = []
    for text in texts:
        for part in str(text).split(";") if isinstance(text, str) else [""]:
            pieces = part[part.lower().find("select") :].split("'") if "select" in part.lower() else []
            if len(pieces) == 3 and not pieces[0][6:].strip():
                done.append(pieces[1])
            elif part.strip() and part.strip()[:1] not in ("\\", "."):
                return Feed(UNKNOWN)
    return Feed("\n".join(done) + "\n")


def _own(call: Call, command: str, texts: list[Value]) -> None:
    r"""The client's own commands: `\! TEXT`, `\i FILE`, `\o |TEXT`, `.shell TEXT`, `.read FILE`, `.import FILE TABLE`."""
    name, _, rest = command.partition(" ")
    rest = rest.strip().rstrip(";").strip()
    if name[:2] == "\\!":
        call.shell((name[2:] + " " + rest).strip(), f"{call.name} \\!")
        return
    if name.lower() in (".shell", ".system", "\\system", "\\pager"):
        call.shell(rest, f"{call.name} {name}")
        return
    name = name.lower().rstrip("+")
    first = rest.lstrip("'\"").partition(" ")[0].strip("'\"")
    if rest[:1] == "|":
        call.shell(rest[1:], f"{call.name} {name}", stdin=_selected(texts))
    elif name in _READS and first:
        call.path(READ, first, "a file in the statements")
        if name in _SCRIPTS:
            _script(call, first)
    elif name in _WRITES and first:
        call.path(WRITE, first, "a file in the statements")
    elif name == "\\copy":
        _files_in(call, "copy " + rest)
    elif name == ".load" and first:
        call.path(EXECUTE, first, "an extension")


_SCRIPTS = frozenset({"\\source", "\\i", "\\ir", "\\include", "\\include_relative", ".read", "\\."})
_READS = _SCRIPTS | {".import", ".restore", ".open"}
_WRITES = frozenset(
    {"\\o", "\\out", "\\g", "\\w", "\\write", "\\t", "\\tee", ".output", ".once", ".backup", ".save", ".log"}
)


def _script(call: Call, path: Value) -> None:
    """What this text has put into a file of statements is known."""
    if (feed := call.written(path)) is not None:
        rows(call, [feed.value])


_OPENED = (  # functions that open a file of the server, which may be this machine
    "pg_read_file", "pg_read_binary_file", "pg_ls_dir", "load_file", "readfile", "read_csv", "read_csv_auto", "read_text",
    "read_json", "read_json_auto", "read_parquet", "read_blob", "lo_import", "openrowset", "file",
)  # fmt: skip


def _files_in(call: Call, text: str) -> None:
    """`LOAD DATA INFILE 'f'`, `INTO OUTFILE 'f'`, `COPY t TO 'f'`, `COPY t TO PROGRAM 'x'`, `read_csv('f')`, `FROM 'f'`."""
    words = text.split()
    if words[:1] == ["copy"] and "'" not in text and len(words) > 3 and words[-2:-1] != ["program"]:
        for place, word in enumerate(words[:-1]):  # `\\copy t from FILE` needs no quotes
            if word.lower() in ("from", "to") and words[place + 1].lower() not in (
                "stdin",
                "stdout",
                "pstdin",
                "pstdout",
            ):
                call.path(READ if word.lower() == "from" else WRITE, words[place + 1], "a file in the statements")
    if "'" not in text:
        return
    pieces = text.split("'")
    for number in range(1, len(pieces), 2):
        before = pieces[number - 1].lower().replace("(", " ( ").split()
        name = pieces[number]
        last = before[-1] if before else ""
        if last == "program":
            call.shell(name, f"{call.name} program")
        elif (
            last == ","
            and "edit" in before[:-1] + pieces[max(number - 3, 0)].lower().replace("(", " ( ").split()[-2:-1]
        ):
            call.shell(name, f"{call.name} edit")  # sqlite3's function: edit(VALUE, EDITOR)
        elif last == "xp_cmdshell":
            call.shell(name, f"{call.name} xp_cmdshell")
        elif last in ("infile", "attach", "source"):
            call.path(READ, name, "a file in the statements")
        elif last in ("outfile", "dumpfile") or before[-2:] in (["vacuum", "into"], ["export", "database"]):
            call.path(WRITE, name, "a file in the statements")
        elif last in ("from", "to") and "copy" in before and name.lower() not in ("stdin", "stdout"):
            call.path(READ if last == "from" else WRITE, name, "a file in the statements")
        elif last == "from" and walk.looks_like_path(name):
            call.path(READ, name, "a file in the statements")
        elif last == "(" and before[-2:-1] and before[-2] in _OPENED:
            call.path(READ, name, "a file in the statements", certainty=POSSIBLE)
        elif last == "(" and before[-2:-1] in (["writefile"], ["lo_export"]):
            call.path(WRITE, name, "a file in the statements", certainty=POSSIBLE)


def _stdin(call: Call) -> list[Value]:
    """Return statements on standard input; what comes out of a file or another program is as good as that."""
    stdin = call.stdin
    if stdin is None:
        return []
    if stdin.source is not None:
        feed = call.written(stdin.source)
        return [] if feed is None else [feed.value]
    if stdin.fetched:
        call.fetched_or_opaque("the statements are not known", fetched=True)
        return []
    return [] if stdin.value is UNKNOWN else [stdin.value]


def statements(call: Call, work: Work) -> None:
    """Clients that take statements as an option, as operands of the kind `sql`, or on standard input."""
    line = work.line
    texts = _of_kind(work, "sql")
    files = _of_kind(work, "sqlfile")
    spec = str(work.entry.get("operands", "")).split()
    if spec[-1:] == ["sql*"]:
        texts += line.operands[len(spec) - 1 :]
    places = _of_kind(work, "database") + line.operands[: len(spec) - 1 if spec[-1:] == ["sql*"] else None]
    work.entry = {**work.entry, "operands": "text*"}
    if any(_hands_over((plain(text) or "").lower()) for text in texts):
        line.traits.add("sends")
    walk.standard(call, work)
    for value in files:
        if value != "-":
            call.path(READ, value, "a file of statements")
            _script(call, value)
    for value in places:
        _place(call, value)
    rows(call, texts if texts or any(value != "-" for value in files) else _stdin(call))


def _hands_over(text: str) -> bool:
    r"""Return whether statements send a file of this machine: `\copy t from F`, `LOAD DATA LOCAL INFILE F`."""
    return ("\\copy" in text and " from " in text) or "local infile" in text


def _of_kind(work: Work, kind: str) -> list[Value]:
    line = work.line
    return [value for flag, value in line.flags if line.kinds.get(flag) == kind and value is not None]


def _place(call: Call, value: Value) -> None:
    """A database by its address: `postgres://host/name`, `host=HOST dbname=NAME`."""
    text = plain(value)
    if text is not None and "://" in text:
        net.url(call, text.removeprefix("jdbc:"), "the database")
    elif text is not None and "host=" in text:
        call.connect(text.partition("host=")[2].partition(" ")[0], why="the database")


def sqlite(call: Call, work: Work) -> None:
    """`sqlite3 FILE STATEMENTS`."""
    line = work.line
    read_only = line.has("-readonly")
    texts = _of_kind(work, "sql") + line.operands[1:]
    texts = texts or _stdin(call)
    files = [value for value in line.operands[:1] if value not in (":memory:", "")]
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
    for value in files:
        call.path(READ, value, "the database")
        if not read_only and texts and not all(_only_looks(plain(text)) for text in texts):
            call.path(WRITE, value, "the database")
    rows(call, texts, lasting=bool(files))


def _only_looks(text: str | None) -> bool:
    if text is None:
        return False
    kept, own = _commands(text)
    looks = all(not command.startswith((".import", ".restore", ".read")) for command in own)
    return looks and all(sql.verb(part) in ("select", "explain", "pragma", "with") for part in sql.statements(kept))


def cql(call: Call, work: Work) -> None:
    """`cqlsh HOST -e STATEMENTS`."""
    hosts, work.line.operands = work.line.operands[:1], []
    statements(call, work)
    for host in hosts:
        call.connect(host, why="the database")
