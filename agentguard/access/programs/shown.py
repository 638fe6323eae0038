"""What is shown of the environment: of all of it, and of a variable that holds a secret.

Where `grep` stands behind the command that lists it (POSIX grep, "Patterns"):
`env | grep PATH` shows one variable and no token. Only whole names that are known to be harmless count: a part of a name
(`^NODE_`) takes tokens in, too (`NODE_AUTH_TOKEN`). What shows names alone is harmless (see nameless).
"""

from __future__ import annotations

from agentguard.access.model import EXECUTE, POSSIBLE, READ
from agentguard.access.programs import nameless, walk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.model import Value
    from agentguard.access.programs.walk import Work
    from agentguard.access.shell.command import Call

# Names that tell how things are set up. grep finds them within other names too, so none may be a part of a secret's.
_HARMLESS = frozenset({
    "PATH", "PYTHON", "PYTHONPATH", "VIRTUAL_ENV", "CONDA_PREFIX", "CONDA_DEFAULT_ENV", "PYENV_ROOT", "JAVA_HOME", "GOPATH",
    "GOROOT", "CARGO_HOME", "RUST_LOG", "RUST_BACKTRACE", "NODE_ENV", "NODE_OPTIONS", "NODE_PATH", "LD_LIBRARY_PATH",
    "DYLD_LIBRARY_PATH", "PKG_CONFIG_PATH", "CUDA_HOME", "CUDA_VISIBLE_DEVICES", "MAVEN_OPTS", "GRADLE_OPTS", "LC_ALL",
    "BASH_VERSION", "ZSH_VERSION", "NVM", "NVM_DIR", "PYTHONUNBUFFERED", "EDITOR", "TMPDIR", "XDG_RUNTIME_DIR", "SHLVL",
})  # fmt: skip
_SEARCHES = ("grep", "egrep", "rg", "ggrep")
_LISTS = ("env", "printenv", "set", "export", "declare", "typeset")


def only_harmless(listing: str, options: list[Value], behind: str) -> bool:
    """Return whether all that a command shows of a listing of the environment is harmless.

    `listing` is the program that lists and `options` its words, line by line and no more; `behind` is the raw text of the
    command that gets the list.
    """
    words = behind.split()
    if listing not in _LISTS or any(word not in ("-p", "-x") for word in options):
        return False
    if nameless.piped(behind):
        return True
    if not words or words[0] not in _SEARCHES:
        return False
    patterns = [word for word in words[1:] if word[:1] != "-"]
    flags = "".join(word[1:] for word in words[1:] if word[:1] == "-")
    if len(patterns) != 1 or not set(flags) <= set("iEwcqoxF"):
        return False
    names = patterns[0].strip("'\"").upper().split("|")
    return all(name.removeprefix("^").removesuffix("=") in _HARMLESS for name in names)


def completions(call: Call, work: Work) -> None:
    """`compgen -e`, `compgen -v`: all names of variables, by which a loop shows their values."""
    line = work.line
    walk.standard(call, work)
    if line.has("-e -v") or line.value("-A") in ("export", "variable"):
        origin = call.origin
        call.begin(work.command, origin.flags, origin.args, origin.traits | {"prints-environment"})
        call.row(EXECUTE, POSSIBLE, "their names lead to what they hold")


def left(call: Call, traits: frozenset[str]) -> frozenset[str]:
    """Return the traits of a command that are left once what is shown of the environment is counted.

    A secret that a command substitution takes, or a command that is known to keep it, is not shown yet.
    """
    if only_harmless(call.name, call.words, call.machine.behind):
        return traits - {"prints-environment"}
    if call.name in _LISTS or not (call.machine.taken or _keeps(call.machine.behind.split())):
        return traits
    gives(call)
    return traits - {"prints-environment"}


def gives(call: Call) -> None:
    """Note that a secret is in what a command writes, which nobody sees yet."""
    call.secret = f"{call.name} output"
    call.machine.told += 1


# Commands that make use of a secret among their words or in the environment, and show nothing of it.
_TAKES = frozenset({
    "curl", "wget", "http", "https", "xh", "docker", "podman", "buildah", "skopeo", "helm", "kubectl", "oc", "psql", "mysql",
    "mysqldump", "pg_dump", "pg_restore", "pg_isready", "redis-cli", "mongosh", "npm", "pnpm", "yarn", "pip", "pip3", "poetry",
    "uv", "twine", "cargo", "aws", "gcloud", "az", "vault", "terraform", "test", "[", "[[", "export", "declare", "local",
    "readonly", "typeset", "read", "true", ":", "unset", "return", "exit",
})  # fmt: skip


def _keeps(words: list[str]) -> bool:
    """Return whether a command keeps the secret that it gets: `docker login --password-stdin`, `kubectl apply -f -`."""
    if "--password-stdin" in words or "--with-token" in words or words[:1] == ["kubeseal"]:
        return True
    verbs = words[1:3]
    return words[:1] in (["kubectl"], ["oc"]) and not {"apply", "create", "replace"}.isdisjoint(verbs)


def used(call: Call) -> None:
    """A secret that a command gave stands among the words of another, or in its environment."""
    if call.name not in _TAKES and call.name not in _WRITES_WORDS:
        call.row(READ, variable=call.secret, why="its value is handed over")


# Commands that write their words, and those that write what they get on standard input, changed or in part.
_WRITES_WORDS = frozenset(
    {"echo", "printf", "print", "printenv", "declare", "typeset", "export", "figlet", "banner", "cowsay"}
)
_DECLARES = ("declare", "typeset", "export")  # they write with `-p` alone
_HANDS_ON = frozenset({
    "cat", "tac", "rev", "base64", "base32", "basenc", "xxd", "od", "hexdump", "hd", "tr", "cut", "head", "tail", "tee", "sed",
    "gsed", "awk", "gawk", "mawk", "fold", "fmt", "nl", "pr", "sort", "uniq", "shuf", "paste", "column", "grep", "egrep",
    "fgrep", "ggrep", "rg", "less", "more", "strings", "iconv", "expand", "unexpand", "dd", "bat", "batcat", "ts",
})  # fmt: skip


def hands_on(text: str) -> bool:
    """Return whether a command, as it was written, shows what it gets."""
    words = text.split()
    return bool(words) and words[0] in _HANDS_ON and not nameless.piped(text)


def seen(call: Call) -> bool:
    """Return whether people and the agent see what a command writes, at once or behind what hands it on."""
    return not call.machine.captured or hands_on(call.machine.behind)


def secret(call: Call, work: Work) -> str:
    """Return the name of the variable whose secret a command writes, and add a row where people and the agent see it."""
    name = ""
    if call.name in _WRITES_WORDS and not work.line.has("-v") and (call.name not in _DECLARES or work.line.has("-p")):
        name = call.secret
    elif call.name in _HANDS_ON and call.stdin is not None and call.stdin.secret:
        start, end = call.where
        text = call.frame.text[start:end] if call.frame.offset in (0, None) else ""
        name = "" if nameless.piped(text) else call.stdin.secret
    if name and not call.machine.captured:
        call.row(READ, variable=name, why="its value is shown")
    return name
