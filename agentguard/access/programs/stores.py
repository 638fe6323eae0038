"""Stores that are not asked in SQL, and the tools that reset or migrate databases.

redis-cli (redis.io/docs, commands), mongosh (mongodb.com/docs, methods), alembic, rails, Django's manage.py.
"""

from __future__ import annotations

from agentguard.access.model import EXECUTE, READ, UNKNOWN, WRITE
from agentguard.access.programs import net, walk
from agentguard.access.shell.values import parts_of, plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.model import Value
    from agentguard.access.programs.walk import Work
    from agentguard.access.shell.command import Call

_REDIS = {
    "flushall": "destroys-data", "flushdb": "destroys-data", "del": "destroys-data", "unlink": "destroys-data",
    "shutdown": "controls-service",
    "shutdown nosave": "destroys-data", "shutdown now": "destroys-data",
    "config get requirepass": "prints-environment", "config get masterauth": "prints-environment",
    "config set": "controls-service", "config rewrite": "controls-service",
    "debug": "controls-service", "client kill": "controls-service", "failover": "controls-service",
    "replicaof": "sends", "slaveof": "sends", "migrate": "sends", "script flush": "destroys-data",
    "function flush": "destroys-data", "acl setuser": "privileged", "module load": "privileged",
}  # fmt: skip


def _redis(words: list[str]) -> set[str]:
    found = _REDIS.get(" ".join(words[:3])) or _REDIS.get(" ".join(words[:2])) or _REDIS.get(words[0] if words else "")
    return {found} if found else set()


def redis(call: Call, work: Work) -> None:
    """`redis-cli FLUSHALL`, and commands line by line on standard input."""
    line = work.line
    operands = line.operands
    words = [(plain(word) or "").lower() for word in operands]
    line.traits |= _redis(words)
    host = line.value("-h") or line.value("-u")
    others = len(call.told) - any(host is one for one in call.told)  # a secret address tells nobody else
    if host is not None and others > 0 and not all(isinstance(word, str) for word in operands):
        line.traits.add("sends")  # what was read goes to the server
    script = words[1] if words[:1] == ["eval"] and len(words) > 1 else ""
    deletes = any(verb in script for verb in ("flushall", "flushdb", "'del'", '"del"'))
    line.traits |= {"destroys-data"} if deletes else set()
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
    if words[:2] == ["config", "set"] and words[2:3] in (["dir"], ["dbfilename"]):  # the server writes its data there
        for value in operands[3:4]:
            call.path(WRITE, value, "where the server writes")
    if words[:1] in (["replicaof"], ["slaveof"], ["migrate"]) and words[1:2] != ["no"]:
        for value in operands[1:2]:
            call.connect(value, why="where the data goes")
    if words[:2] == ["module", "load"]:
        for value in operands[2:3]:
            call.path(EXECUTE, value, "a module")
    if operands or call.stdin is None:
        return
    for row in call.stdin.lines():
        text = plain(row)
        traits = _redis(text.lower().split()) if text is not None else set()
        if traits:
            call.begin(work.command, call.origin.flags, call.origin.args, call.origin.traits | traits)
            call.row(EXECUTE, why="a command on standard input")


_KEYS_ALONE = "-keys --keys-only --count-only"


def pairs(call: Call, work: Work) -> None:
    """`consul kv get -recurse`, `etcdctl get / --prefix`: everything, or what is called a secret, with its value."""
    line = work.line
    keys = [plain(value) for value in line.operands]
    whole = work.command[-1] == "export" or line.has("-recurse --prefix --from-key")
    words = [word.lower() for key in keys if key for word in key.replace("-", "/").replace("_", "/").split("/")]
    top = all(key is not None and key.strip("/") == "" for key in keys)
    if not line.has(_KEYS_ALONE) and ((whole and top) or not _CALLED.isdisjoint(words)):
        line.traits.add("prints-environment")
    work.entry = {**work.entry, "operands": "text*", "traits": ""}
    walk.standard(call, work)


_CALLED = frozenset(
    {"secret", "secrets", "password", "passwords", "passwd", "token", "tokens", "credentials", "credential"}
)


def queues(call: Call, work: Work) -> None:
    """`kcat -P -b BROKERS -t TOPIC FILE`, `mosquitto_pub -h HOST -f FILE`: what is handed over goes to the broker."""
    line = work.line
    takes = call.name in ("kcat", "kafkacat") and (line.has("--consumer -Q --list") or not line.has("--producer"))
    line.traits |= set() if takes else {"sends"}
    walk.standard(call, work)
    if call.name.startswith("mosquitto") and (file := line.value("--file")) is not None:
        call.path(READ, file, "option --file")
    for flag, value in line.flags:
        for host in (plain(value) or "").split(",") if value is not None and line.kinds.get(flag) == "brokers" else ():
            call.connect(host.partition(":")[0] or UNKNOWN, net.number(host.partition(":")[2]), "the broker")


_MONGO = (
    "dropDatabase", ".drop(", "deleteMany({})", "deleteMany()", "remove({})", "remove()", "updateMany({},", ".dropUser(",
    "dropAllUsers", "{drop:", "{dropDatabase:", "{dropAllUsers", "dropIndexes(", ".dropCollection(", "drop_database",
    "{deletes:[{q:{}",
)  # fmt: skip


def mongo(call: Call, work: Work) -> None:
    """`mongosh --eval 'db.dropDatabase()'`: code as an option, on standard input, or in a file."""
    line = work.line
    values = list(line.values("--eval"))
    scripts = [value for value in line.operands if (plain(value) or "").endswith((".js", ".mongodb"))]
    scripts += line.values("--file")
    if not values and not scripts and call.stdin is not None and call.stdin.source is None:
        values = [call.stdin.value] if call.stdin.value is not UNKNOWN else []
    for script in scripts:
        feed = call.written(script)
        values += [feed.value] if feed is not None else []
    for value in values:
        code = "".join(part for part in parts_of(value) if isinstance(part, str))
        bare = "".join(code.replace('"', "").replace("'", "").split())
        if any(word in bare for word in _MONGO):
            line.traits.add("destroys-data")
        if "shutdownServer" in bare or "{shutdown:" in bare:
            line.traits.add("controls-service")
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
    for value in line.operands:
        text = plain(value)
        if value in scripts:
            call.path(READ, value, "the script")
            call.path(EXECUTE, value, "the script")
        elif text is not None and "://" in text:
            net.url(call, text, "the database")
    from agentguard.access.programs import coded  # noqa: PLC0415 - a shell of JavaScript with code

    for value in values:
        coded.read_code(call, "javascript", value)


def servers(call: Call, work: Work) -> None:
    """A server of a database that is told to listen for others."""
    walk.standard(call, work)
    for name in ("--bind", "--bind_ip", "--bind-address"):
        host = plain(work.line.value(name) or "")
        if host:
            call.connect(host.replace("*", "0.0.0.0"), None, "it serves", action="listen")  # noqa: S104 - to compare


def downgrade(call: Call, work: Work) -> None:
    """`alembic downgrade base` takes every table away."""
    work.line.traits |= {"destroys-data"} if "base" in work.line.operands else set()
    walk.standard(call, work)


_RAKE = (
    "db:drop", "db:reset", "db:purge", "db:migrate:reset", "db:schema:load", "db:structure:load", "db:truncate_all",
    "db:wipe", "db:setup", "db:seed:replant", "migrate:fresh", "migrate:reset", "migrate:refresh", "queue:flush",
    "doctrine:database:drop", "doctrine:schema:drop", "schema:drop", "db:rollback:all",
)  # fmt: skip


def rake(call: Call, work: Work) -> None:
    """`rails db:drop`, `artisan migrate:fresh`, `rails runner TEXT`."""
    operands = list(work.line.operands)
    words = [plain(word) or "" for word in operands]
    work.line.traits |= {"destroys-data"} if any(word.startswith(_RAKE) for word in words) else set()
    work.line.traits |= {"publishes"} if words[:1] in (["release"], ["gem:push"], ["release:rubygem_push"]) else set()
    work.line.traits |= (
        {"prints-environment"} if words[:1] in (["credentials:show"], ["encrypted:show"], ["config:show"]) else set()
    )
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
    _serves(call, call.words)
    code = work.line.value("--execute")
    language = "php" if work.command[0] in ("artisan", "console", "symfony") else "ruby"
    if words[:1] in (["runner"], ["r"]) and len(words) > 1:
        if words[1].endswith(".rb"):
            call.path(READ, operands[1], "what runs")
            call.path(EXECUTE, operands[1], "what runs")
        else:
            code = operands[1]
    if code is not None:
        from agentguard.access.programs import coded  # noqa: PLC0415 - rare

        coded.read_code(call, language, code)
    elif words[:1] and words[0] in _CONSOLES:
        from agentguard.access.programs import interpreters  # noqa: PLC0415 - rare

        interpreters.from_stdin(call, work, language)
    elif words[:1] and words[0] in _STATEMENTS:
        from agentguard.access.programs import databases  # noqa: PLC0415 - rare

        databases.asked(call, operands[1:2])


_CONSOLES = frozenset({"console", "c", "sandbox", "tinker", "shell"})  # of rails, artisan and their kin
_STATEMENTS = frozenset({"dbconsole", "db", "dbal:run-sql", "doctrine:query:sql", "doctrine:query:dql"})


def _serves(call: Call, words: list[Value]) -> None:
    """`rails server -b ADDRESS -p PORT`, `artisan serve --host=ADDRESS`: on this machine alone unless told otherwise."""
    if not words or words[0] not in ("server", "s", "serve"):
        return
    for number, word in enumerate(words):
        name, _, value = (plain(word) or "").partition("=")
        if name in ("-b", "--binding", "--host"):
            host = value or (words[number + 1] if number + 1 < len(words) else "")
            call.connect(host, None, "it serves", action="listen")


def django(call: Call, work: Work) -> None:
    """`manage.py flush`, `manage.py shell -c TEXT`, `manage.py runserver ADDRESS`."""
    line = work.line
    words = [plain(word) or "" for word in line.operands]
    destroys = words[:1] in (
        ["flush"],
        ["reset_db"],
        ["reset_schema"],
        ["drop_test_database"],
        ["sqlclear"],
        ["sqlflush"],
    )
    destroys = destroys or (words[:1] == ["migrate"] and "zero" in words)
    line.traits |= {"destroys-data"} if destroys else set()
    line.traits |= {"prints-environment"} if words[:1] == ["diffsettings"] else set()
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
    code = line.value("--command")
    if words[:1] in (["shell"], ["shell_plus"]):
        from agentguard.access.programs import coded, interpreters  # noqa: PLC0415 - rare

        if code is not None:
            coded.read_code(call, "python", code)
        else:
            interpreters.from_stdin(call, work, "python")
    elif words[:1] == ["dbshell"] and call.stdin is not None:
        from agentguard.access.programs import databases  # noqa: PLC0415 - rare

        databases.rows(call, [] if call.stdin.value is UNKNOWN else [call.stdin.value])
    elif words[:1] == ["runserver"]:
        host = words[1].rpartition(":")[0] if len(words) > 1 else ""
        call.connect(host or "127.0.0.1", None, "it serves", action="listen")
    for value in line.operands[1:]:
        if words[0] == "loaddata" and walk.looks_like_path(plain(value) or ""):
            call.path(READ, value, "operand")


def driver(call: Call, work: Work) -> None:
    """`goose DRIVER ADDRESS reset`."""
    words = [plain(word) or "" for word in work.line.operands]
    work.line.traits |= {"destroys-data"} if {"drop", "reset", "down-to"} & set(words[2:3]) else set()
    walk.standard(call, work)


def topics(call: Call, work: Work) -> None:
    """`kafka-topics.sh --delete`, `kafka-consumer-groups.sh --reset-offsets --execute`."""
    line = work.line
    resets = line.has("--execute") and line.has("--reset-offsets")
    line.traits |= {"destroys-data"} if line.has("--delete") or resets else set()
    line.traits |= {"read-only"} if line.has("--list --describe") else set()
    walk.standard(call, work)
