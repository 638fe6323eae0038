"""Statements of SQL: where they begin and end, what each is, and which of them throw data away.

Comments, strings and quoted names are no verbs: `select 'drop table x'` selects. The text that a statement hands on to
be executed (`DO $$ … $$`, `EXPLAIN ANALYZE`, MySQL's `/*! … */`) counts. Sources: PostgreSQL manual 4.1 (lexical
structure), MySQL reference manual 11.1 (string literals) and 11.7 (comments).
"""

from __future__ import annotations

VERBS = frozenset({
    "select", "insert", "update", "delete", "drop", "truncate", "create", "alter", "grant", "revoke", "copy", "merge",
    "replace", "call", "do", "explain", "show", "set", "begin", "commit", "rollback", "with", "vacuum", "analyze", "use",
    "describe", "desc", "pragma", "attach", "detach", "load", "lock", "match", "exec", "execute", "optimize", "refresh",
    "comment", "reindex", "cluster", "values", "table", "start", "savepoint", "kill", "shutdown", "flush", "install",
    "reassign", "undrop", "put", "get", "list", "remove", "import", "export", "backup", "restore", "msck",
})  # fmt: skip

# What can be dropped without loss: it holds no data, or its definition stands in a migration.
_SPARED = frozenset({
    "aggregate", "cast", "constraint", "default", "domain", "event", "function", "identity", "index", "macro", "operator",
    "policy", "prepare", "prepared", "procedure", "rule", "sequence", "synonym", "temporary", "temp", "trigger", "type",
    "view", "connection", "publication", "subscription", "statistics", "not", "check", "foreign", "primary", "key",
    "expression",
})  # fmt: skip
# What executes the text behind it: PL/pgSQL, dblink, T-SQL, EXECUTE IMMEDIATE.
_EXECUTES = frozenset({"execute", "immediate", "exec", "sp_executesql", "dblink_exec", "dblink", "query_to_xml"})
# MySQL's binary logs, from which a server is restored and copied: PURGE BINARY LOGS, RESET MASTER.
_LOGS = (["purge", "binary"], ["purge", "master"], ["reset", "master"], ["reset", "binary"])
_ALWAYS = frozenset({"true", "1", "1 = 1", "1=1", "'' = ''", "''=''", "'1'='1'", "not false", "2>1", "2 > 1"})


def statements(text: str, *, escapes: bool = False) -> list[str]:
    """Return the statements of a text in lower case, without comments, strings emptied, blanks joined.

    `escapes`: a backslash in a string takes away the meaning of what follows it (MySQL; PostgreSQL in `E'…'` only).
    """
    found = [" ".join(part.lower().replace("(", " ( ").replace(")", " ) ").split()) for part in _split(text, escapes)]
    return [part for part in found if part]


def _split(text: str, escapes: bool) -> list[str]:
    done: list[str] = []
    parts: list[str] = []
    at = 0
    size = len(text)
    while at < size:
        char = text[at]
        if text.startswith("--", at):
            end = text.find("\n", at)
            at = size if end < 0 else end
        elif text.startswith("/*", at):
            if text.startswith("/*!", at):  # MySQL executes what stands in it, behind a version
                at += 3
                while at < size and text[at].isdigit():
                    at += 1
                done.append(" ")
                continue
            end = text.find("*/", at)
            at = size if end < 0 else end + 2
            done.append(" ")
        elif text.startswith("*/", at):
            at += 2
            done.append(" ")
        elif char in "'\"`":
            end = _closing(text, at, escapes or (char == "'" and text[at - 1 : at] in ("e", "E") and at > 0))
            if char == "'" and _is_executed("".join(done[-_TAIL:])):
                parts += _split(text[at + 1 : end].replace("''", "'"), escapes)
            done.append("''" if char == "'" else _name(text[at + 1 : end]))
            at = end + 1
        elif char == "$" and (mark := _dollar(text, at)):
            end = text.find(mark, at + len(mark))
            end = size if end < 0 else end
            body = text[at + len(mark) : end]
            if "".join(done).strip().lower().startswith("do"):
                parts += _split(body, escapes)
            done.append("''")
            at = end + len(mark)
        elif char == ";":
            parts.append("".join(done))
            done = []
            at += 1
        else:
            done.append(char)
            at += 1
    parts.append("".join(done))
    return parts


_TAIL = 80  # characters in front of a string that say what becomes of it


def _is_executed(before: str) -> bool:
    """Return whether a string is executed: `execute '…'`, `exec('…')`, `prepare s from '…'`."""
    words = before.lower().replace("(", " ( ").split()[-6:]
    return not _EXECUTES.isdisjoint(words) or ("prepare" in words and words[-1] == "from")


def _closing(text: str, at: int, escapes: bool) -> int:
    """Return where a string ends; a quote that stands twice is one in it."""
    quote = text[at]
    end = at + 1
    while end < len(text):
        if escapes and text[end] == "\\":
            end += 2
            continue
        if text[end] == quote:
            if text.startswith(quote, end + 1):
                end += 2
                continue
            return end
        end += 1
    return len(text)


def _name(text: str) -> str:
    """A quoted name is one word, and never a verb."""
    return "".join(char if char.isalnum() else "_" for char in text) + "_" if text else "''"


def _dollar(text: str, at: int) -> str:
    """Return the mark that opens a dollar-quoted string: `$$`, `$body$`."""
    end = text.find("$", at + 1)
    tag = text[at + 1 : end] if 0 < end - at <= 32 else "-"
    return f"${tag}$" if not tag or (tag.replace("_", "").isalnum() and not tag[0].isdigit()) else ""


def verb(statement: str) -> str:
    """Return the first word of a statement that `statements` has made."""
    words = [word for word in statement.split() if word != "("]
    return words[0].lstrip("\\") if words else ""


def destroys(statement: str) -> bool:
    """Return whether a statement throws data away: a table or more than that, or every row of one."""
    words = [word for word in statement.split() if word not in ("(", ")")]
    first = words[0] if words else ""
    if first == "explain":
        return "analyze" in words[1:3] and _inside(words)
    if first in ("with", "begin", "start", "declare", "call", "exec", "execute", "if", "for", "loop", "perform"):
        return _inside(words)
    if first == "alter":
        return _alters(words)
    if first == "merge":
        return "delete" in words
    if words[:2] in _LOGS or words[:2] == ["reset", "slave"]:
        return True
    if first == "match":  # Cypher
        return "delete" in words and "where" not in words and not any(":" in word or "{" in word for word in words)
    return _plainly(words)


def _plainly(words: list[str]) -> bool:
    first = words[0]
    what = next((word for word in words[1:] if word not in ("or", "materialized", "unique", "external")), "")
    if first == "drop":
        return what not in _SPARED and not ("materialized" in words[1:3] and what == "view")
    if first == "truncate":
        return True
    if first == "delete":
        return "match" not in words and _every(words)
    if first == "update":
        return "set" in words and _every(words)
    return False


def _every(words: list[str]) -> bool:
    """Return whether a condition is missing, or always holds."""
    if "where" not in words:
        return True
    condition = " ".join(words[words.index("where") + 1 :])
    return condition in _ALWAYS


def _inside(words: list[str]) -> bool:
    """Return whether a statement stands in another one that destroys: a WITH, a block, EXPLAIN ANALYZE."""
    for place, word in enumerate(words):
        follows = words[place + 1 : place + 2]
        if (word == "delete" and follows == ["from"]) or word in ("drop", "truncate"):
            if word == "drop" and follows and follows[0] in _SPARED:
                continue
            if word == "truncate" and follows and follows[0] not in ("table", "only") and place == 0:
                continue
            if _plainly(words[place:]):
                return True
        if word == "update" and "set" in words[place + 1 : place + 5] and _every(words[place:]):
            return True
    return False


def _alters(words: list[str]) -> bool:
    """`ALTER TABLE t DROP COLUMN c` loses a column; dropping a constraint, a default or an index loses nothing."""
    for place, word in enumerate(words):
        if word in ("drop", "truncate"):
            what = words[place + 1] if place + 1 < len(words) else ""
            if what not in _SPARED:
                return True
    return False
