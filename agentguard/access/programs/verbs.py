"""What words say about a command that has no entry of its own: `fly apps destroy`, `shopctl theme publish`.

Command lines with subcommands are built alike: nouns and one verb (`server delete`, `delete server`, `delete-server`,
`servers:delete`, `deleteServer`), options anywhere, then operands. The first verb decides; what stands behind it is an
operand and means nothing (`search delete`, `create drop-box`). Words that also name things (`deploy`, `release`) let a
verb behind them decide (`deploy list`). What a command only tries or explains (`--dry-run`, `--help`) means nothing.

Only words that mean the same to every tool count for a program that nobody knows. Clients of clouds, clusters and
hosting (see infra) use a few more with such a meaning, and have nouns where others have verbs (`gcloud run`).
"""

from __future__ import annotations

from agentguard.access.shell.values import parts_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.model import Value


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# What each verb means; "nothing" ends the search for one.
_MEANINGS = """
destroys-infrastructure: delete destroy terminate nuke teardown undeploy deprovision decommission deregister
  undefine unregister unregistervm
destroys-data: drop dropdb purge wipe flush flushall flushdb truncate erase expunge reset clear prune empty
publishes: publish deploy redeploy promote release rollback upload push submit unpublish
prints-environment: decrypt reveal
read-only: list ls get describe show status version help info view search find cat logs log diff plan validate lint
  check whoami inspect print read access count history tail top explain doctor verify ping preview query
nothing: run exec execute test start create new init add install build generate gen make update set edit put insert
  register enable configure config login logout open serve dev watch import use apply rename format fmt can no pre
  post prepare un clone fetch pull
"""

# What more they mean where infrastructure is handled.
_OF_INFRASTRUCTURE = """
destroys-infrastructure: remove rm del rb detach cancel revoke release-address evict drain uninstall disable
  deactivate leave
controls-service: stop reboot restart shutdown suspend pause kill poweroff failover
nothing: authorize associate modify attach resume
"""

_OPENS = _words("run test start build exec config access query use dev preview history status")  # nouns of clouds, too
_NOUNS = _words("deploy release publish promote push upload log logs plan version info diff drop flush")
_SOFT = _words("reset clear prune empty flush truncate")  # say something only about data
_DATA = _words("""
    db database databases pg postgres mysql mongo redis data schema table tables collection collections keyspace queue
    queues topic topics stream streams bucket buckets volume volumes index indices storage store tenant cluster all
    records everything backup backups
""")
_SPARED = _words("cache caches cached dns log logs temp tmp unused worktree session sessions cookies css")
_SECRET = _words("""
    secret secrets password passwords credential credentials token tokens apikey apikeys kubeconfig accesskey
""")
_KEY_OF = frozenset({"access", "api", "private", "secret", "service", "account", "signing"})
_SHOWS = _words("get show access print view read cat reveal export decrypt")
_MAKES = frozenset({"create", "new", "generate", "rotate", "regenerate"})
_ABOUT_SECRETS = frozenset({"policy", "last", "report", "random", "metadata", "list", "status", "usage", "info"})
_TRIES = _words("""
    --dry-run --dryrun --dry_run --what-if --whatif -WhatIf --help --no-execute --simulate --noop --no-act --validate-only
    --just-print
""")
_TRIES_ALONE = frozenset({"--plan", "--check", "--preview", "-h", "--version"})  # others take a value by that name
_NOT = frozenset({"false", "none", "no", "0"})
_DEEPEST = 4  # words that may be subcommands
_DEEPEST_OF_INFRASTRUCTURE = 6
_ENDINGS = (".sh", ".bash", ".zsh", ".py", ".js", ".mjs", ".ts", ".rb", ".pl", ".php", ".ps1", ".bat", ".cmd")
_PLACES = _words("all prod production staging stage live db database now site app web docs env")


def _table(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    meaning = ""
    for line in text.strip("\n").split("\n"):
        words = line.split()
        if line[:1] != " ":
            meaning = words.pop(0)[:-1]
        found.update(dict.fromkeys(words, meaning))
    return found


_VERBS = _table(_MEANINGS)


def traits(words: list[Value], *, infrastructure: bool = False) -> frozenset[str]:
    """Return what the subcommands of a program mean."""
    return read(words, infrastructure=infrastructure)[1]


def read(words: list[Value], *, infrastructure: bool = False) -> tuple[list[str], frozenset[str]]:
    """Return the subcommands of a program, down to its verb, and what they mean."""
    known = {**_VERBS, **_table(_OF_INFRASTRUCTURE)} if infrastructure else _VERBS
    subs: list[str] = []
    found = ""
    behind = _candidates(words, known, _DEEPEST_OF_INFRASTRUCTURE if infrastructure else _DEEPEST)
    for number, word in enumerate(behind):
        meaning, sure = _meaning(word, known, infrastructure=infrastructure)
        if meaning in ("destroys-infrastructure", "destroys-data"):
            near = behind[max(number - 1, 0) : number] + behind[number + 1 : number + 2]
            if _harmless(word, near, infrastructure=infrastructure):
                meaning, sure = "nothing", True
        if found and not (sure and meaning):  # only a verb that is surely one says more than a noun that may be one
            continue
        if not found:
            subs.append(word)
        found = meaning
        if sure and meaning:
            subs += behind[len(subs) : number + 1]
            break
    if found == "nothing":
        found = ""
    if found not in _STRONG and _secrets(behind[: len(subs) + 1] if found else behind):
        found = "prints-environment"
    if found not in _STRONG and _by_option(words):
        found = "destroys-data"
    if not found or (found != "read-only" and tried(words)):
        return subs, frozenset()
    return subs, frozenset({found})


def names_follow(command: tuple[str, ...]) -> bool:
    """Return whether what stands behind a command is the name of what it makes: `migrate:make drop_users`."""
    return len(command) > 1 and pieces(command[-1])[-1:] in (["add"], ["create"], ["generate"], ["make"], ["new"])


def plain(word: str) -> bool:
    """Return whether a subcommand holds a verb that means the same to every tool."""
    return any(part in _VERBS for part in pieces(word))


def _candidates(words: list[Value], known: dict[str, str], deepest: int) -> list[str]:
    """Return the words that may be subcommands: those before the first operand, values of options left out."""
    found: list[str] = []
    option = False
    for value in words:
        text = "".join(part for part in parts_of(value) if isinstance(part, str))
        if text[:1] == "-":
            option = "=" not in text
            if text == "--":
                break
            continue
        if option and (found or known.get(text, "") not in _STRONG):  # it may be the value of the option
            option = False
            continue
        option = False
        if not _is_word(text):
            break
        found.append(text)
        if len(found) == deepest:
            break
    return found


_STRONG = frozenset({"destroys-infrastructure", "destroys-data", "publishes"})


def _is_word(text: str) -> bool:
    bare = text.replace("-", "").replace(":", "").replace("_", "")
    return bare.isalnum() and bare.isascii() and bare[0].isalpha() and len(text) < 60


def pieces(word: str) -> list[str]:
    """Return the words in a compound one: `delete-bucket`, `apps:destroy`, `deleteMany`."""
    done: list[str] = []
    for part in word.replace("_", "-").replace(":", "-").split("-"):
        start = 0
        for at in range(1, len(part)):
            if part[at].isupper() and part[at - 1].islower():
                done.append(part[start:at].lower())
                start = at
        done.append(part[start:].lower())
    return [piece for piece in done if piece]


def _meaning(word: str, known: dict[str, str], *, infrastructure: bool) -> tuple[str, bool]:
    """Return what a word means, and whether it is surely a verb rather than a noun."""
    parts = pieces(word)
    if len(parts) == 1:
        meaning = known.get(parts[0], "")
        if infrastructure and parts[0] in _OPENS and meaning in ("nothing", "read-only"):
            return ("", False) if meaning == "nothing" else (meaning, False)
        return meaning, parts[0] not in _NOUNS
    if word in known:
        return known[word], True
    if ":" in word:  # nouns stand in front: `pg:backups:delete`, `logs:delete`
        means = [known.get(part, "") for part in parts]
        first = next((meaning for meaning in means if meaning in _STRONG), "")
        if first and (means[0] not in ("read-only", "nothing") or parts[0] in _NOUNS or infrastructure):
            return first, True
        return next((meaning for meaning in means if meaning), ""), True
    for part in (parts[0], parts[1] if parts[0] in ("batch", "bulk", "force", "hard", "mass", "admin") else ""):
        if part in known:
            return known[part], part not in _NOUNS and not (infrastructure and part in _OPENS)
    return (known.get(parts[-1], ""), True) if known.get(parts[-1]) in _STRONG else ("", False)


def _harmless(word: str, near: list[str], *, infrastructure: bool) -> bool:
    """Return whether a verb that destroys is about caches and the like, or needs data to mean anything."""
    parts = pieces(word)
    around = {piece for other in near for piece in pieces(other)} | set(parts[1:]) | set(parts[:-1])
    if _SPARED & around and not _DATA & around and not infrastructure:
        return True
    soft = next((part for part in parts if part in _SOFT), "")
    return bool(soft) and not _DATA & around


# Verbs that an option means by itself, and those that it means of everything or of data: `--nuke`, `--delete-all`.
_ALONE = _words("nuke wipe destroy erase terminate")
_OF_DATA = _words("delete remove drop purge clear flush")


def _by_option(words: list[Value]) -> bool:
    """Return whether an option destroys something by its name."""
    for word in words:
        if word == "--":
            return False
        if isinstance(word, str) and word[:2] == "--" and "=" not in word:
            verb, *rest = pieces(word) or [""]
            if verb in _ALONE and not _SPARED & set(rest):
                return True
            if (
                verb in _OF_DATA
                and rest
                and (_DATA - {"tables", "index"} | {"storage"}) & set(rest)
                and not _SPARED & set(rest)
            ):
                return True
    return False


def _secrets(subs: list[str]) -> bool:
    """Return whether subcommands show a secret, or make one and show it: `secret get`, `create-access-key`."""
    parts = [piece for word in subs for piece in pieces(word)]
    if not _ABOUT_SECRETS.isdisjoint(parts):
        return False
    key = any(part in ("key", "keys") and parts[at - 1] in _KEY_OF for at, part in enumerate(parts) if at)
    shows = any(
        part in _SHOWS and (part != "access" or parts[at + 1 : at + 2] != ["key"]) for at, part in enumerate(parts)
    )
    makes = not _MAKES.isdisjoint(parts) and (key or not {"token", "apikey", "kubeconfig"}.isdisjoint(parts))
    return makes or (shows and (key or not _SECRET.isdisjoint(parts)))


def tried(words: list[Value]) -> bool:
    """Return whether a command only says what it would do, or how it is used."""
    for number, word in enumerate(words):
        text = word if isinstance(word, str) else ""
        if text == "--":
            return False
        name, equals, value = text.partition("=")
        follows = words[number + 1] if number + 1 < len(words) else "-"
        if name in _TRIES:
            said = value if equals else follows
            return not (isinstance(said, str) and said.lower() in _NOT)
        if name in _TRIES_ALONE and not equals and isinstance(follows, str) and follows[:1] == "-":
            return True
    return bool(words) and words[-1] == "help"


def named(name: str) -> frozenset[str]:
    """Return what the name of a script says: `deploy.sh`, `reset-db`, `publish_all.py`."""
    for ending in _ENDINGS:
        name = name.removesuffix(ending)
    if not _is_word(name):
        return frozenset()
    verb, *rest = pieces(name)
    meaning = _VERBS.get(verb, "")
    if meaning not in _STRONG or not _PLACES.issuperset(rest) or verb in ("push", "upload", "submit"):
        return frozenset()
    return frozenset() if verb in _SOFT and _DATA.isdisjoint(rest) else frozenset({meaning})
