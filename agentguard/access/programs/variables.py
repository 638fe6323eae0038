"""Variables whose text programs run, read as their options, or load: what setting one of them does.

Each line of the table is `NAME… | HOW | SOURCE`; a `*` in a name stands for anything. How a text is taken:

    command         a shell runs it, or a program is started by it
    pipe            the same behind a `|` or a `-`
    words PROGRAM…  the program takes it in front of its own words
    letters PROGRAM the same for make, where the first word may lack its dash
    code LANGUAGE   code; `@FILE` names a file of it
    ex              commands of vi
    pairs           settings of git, each in quotes
    prompt          a shell expands it when it shows the prompt
    start           a file that a shell runs when it starts
    load            files that are loaded into programs
    folders         folders that programs and what they load are looked for in: of those that anybody can write, and that
                    this text has put nothing into, nobody knows what is taken
    proxy           every client connects through it
"""

from __future__ import annotations

from agentguard.access.model import EXECUTE, WRITE
from agentguard.access.shell.values import parts_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from agentguard.access.model import Row, Value
    from agentguard.access.shell.command import Call

_TABLE = r"""
GIT_SSH_COMMAND GIT_SSH GIT_PAGER GIT_EDITOR GIT_SEQUENCE_EDITOR GIT_EXTERNAL_DIFF GIT_ASKPASS GIT_PROXY_COMMAND\
 | command | git(1)
GIT_CONFIG_PARAMETERS | pairs | git-config(1), as `git -c` hands it on
GIT_TEMPLATE_DIR | load | git-init(1)
SSH_ASKPASS SUDO_ASKPASS | command | ssh(1), sudo(8)
SUDO_EDITOR | command | sudo(8), --edit
PAGER MANPAGER EDITOR VISUAL BROWSER | command | environ(7), man(1), xdg-open(1)
MANOPT | words man | man(1)
LESSOPEN LESSCLOSE | pipe | less(1), INPUT PREPROCESSOR
LESSEDIT | command | less(1)
RSYNC_RSH RSYNC_CONNECT_PROG CVS_RSH SVN_SSH | command | rsync(1), cvs(1), svn(1)
HGEDITOR SVN_EDITOR CVSEDITOR GH_EDITOR KUBE_EDITOR PSQL_EDITOR FCEDIT SYSTEMD_EDITOR BUNDLER_EDITOR \
GEM_EDITOR HOMEBREW_EDITOR CHEZMOI_EDITOR LF_EDITOR | command | hg(1), svn(1), gh-environment, kubectl-edit, \
psql(1), bash(1), systemctl(1), bundle-open(1), gem-open, brew(1), chezmoi(1), lf(1)
GH_PAGER AWS_PAGER BAT_PAGER DELTA_PAGER SYSTEMD_PAGER PSQL_PAGER | command | gh-environment, \
aws-cli, bat(1), delta(1), systemctl(1), psql(1)
GH_BROWSER | command | gh-environment
PROMPT_COMMAND | command | bash(1)
PS0 PS1 PS2 PS3 PS4 PROMPT RPROMPT | prompt | bash(1), PROMPTING; zshparam(1)
BASH_ENV ENV | start | bash(1), INVOCATION
LD_PRELOAD LD_AUDIT DYLD_INSERT_LIBRARIES | load | ld.so(8), dyld(1)
PYTHONSTARTUP | load | python(1)
OPENSSL_CONF OPENSSL_MODULES OPENSSL_ENGINES | load | openssl-env(7)
NODE_OPTIONS | words node | node(1)
ERL_FLAGS ERL_AFLAGS ERL_ZFLAGS ELIXIR_ERL_OPTIONS | words erl | erl(1), elixir(1)
PERL5OPT | words perl | perlrun(1)
PERL5DB | code perl | perldebug(1)
LUA_INIT LUA_INIT_* | code lua | lua(1)
VIMINIT EXINIT | ex | vim(1), starting; POSIX ex
MAKEFLAGS GNUMAKEFLAGS MFLAGS | letters make | GNU make, 9.8
MAKEFILES | load | GNU make, 3.4
TAR_OPTIONS | words tar | GNU tar, 3.7
FZF_DEFAULT_COMMAND FZF_CTRL_T_COMMAND FZF_ALT_C_COMMAND | command | fzf(1)
FZF_DEFAULT_OPTS FZF_CTRL_T_OPTS FZF_ALT_C_OPTS FZF_CTRL_R_OPTS | words fzf | fzf(1)
GOFLAGS | words go test | go help environment
CC CXX CPP LD AR FC HOSTCC RUSTC RUSTDOC | command | GNU make, 10.3; Cargo, environment variables
RUSTC_WRAPPER RUSTC_WORKSPACE_WRAPPER CARGO_BUILD_RUSTC CARGO_BUILD_RUSTC_WRAPPER CARGO_BUILD_RUSTC_WORKSPACE_WRAPPER \
CARGO_TARGET_*_RUNNER CARGO_TARGET_*_LINKER | command | Cargo, environment variables
CMAKE_*_COMPILER_LAUNCHER CMAKE_*_LINKER_LAUNCHER | command | cmake-env-variables(7)
PATH PYTHONPATH PERL5LIB PERLLIB RUBYLIB NODE_PATH CLASSPATH LD_LIBRARY_PATH DYLD_LIBRARY_PATH DYLD_FRAMEWORK_PATH \
GIT_EXEC_PATH LUA_PATH LUA_CPATH | folders | environ(7), python(1), perlrun(1), ruby(1), node(1), java(1), ld.so(8), \
dyld(1), git(1), lua(1)
http_proxy https_proxy all_proxy ftp_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY FTP_PROXY | proxy | curl(1), ENVIRONMENT
"""


def _read(text: str) -> tuple[dict[str, str], list[tuple[str, str, str]]]:
    """Return how each name is taken, and (beginning, end, how) of names with a `*`."""
    names: dict[str, str] = {}
    some: list[tuple[str, str, str]] = []
    for line in text.strip("\n").replace("\\\n", "").split("\n"):
        listed, how, _source = line.split(" | ")
        for name in listed.split():
            start, star, end = name.partition("*")
            if star:
                some.append((start, end, how))
            else:
                names[name] = how
    return names, some


NAMES, _SOME = _read(_TABLE)


def how(name: str) -> str:
    """Return how the text of a variable is taken, "" for one that is only data."""
    found = NAMES.get(name, "")
    if not found and "_" in name:
        size = len(name)
        found = next((kind for start, end, kind in _SOME
                      if size > len(start) + len(end) and name.startswith(start) and name.endswith(end)), "")  # fmt: skip
    return found


def is_command(name: str) -> bool:
    """Return whether a shell runs the text of a variable."""
    return how(name) in ("command", "pipe")


def set_to(call: Call, name: str, value: Value) -> None:
    """Make the rows of what comes of a variable that is set."""
    kind, _, rest = how(name).partition(" ")
    if kind == "folders" and not isinstance(value, str):  # `PATH=FOLDER:$PATH`
        _folders(call, name, value, rest)
    elif kind and isinstance(value, str) and value.strip():
        _KINDS[kind](call, name, value, rest)


def _command(call: Call, name: str, value: str, rest: str) -> None:
    call.shell(value, name)


def _pipe(call: Call, name: str, value: str, rest: str) -> None:
    call.shell(value.lstrip("|-"), name)


def _words(call: Call, name: str, value: str, rest: str) -> None:
    """The program is called with these words and no others: what it then does by itself is not said twice."""
    from agentguard.access.programs.carriers import split_string  # noqa: PLC0415 - rare

    words = split_string(None, value.replace("file:///", "/"))  # node's --import takes addresses of files
    if not words:
        return
    rows = call.machine.rows
    before = len(rows)
    call.run([*rest.split(), *words, "--version"], name)
    if call.frame.file or call.machine.reading:
        return
    for row in rows[before:]:
        text = row.path.text if row.action == EXECUTE and row.path is not None else None
        if isinstance(text, str) and text.startswith(_OPEN) and not _known(call, name, text, rows[:before]):
            call.opaque(f"{name} names {text}, where anybody may have put what is loaded")
            return


def _letters(call: Call, name: str, value: str, rest: str) -> None:
    """Make also fills in what stands in it: `$(shell …)` (GNU make, 9.8)."""
    if "$(" in value or "${" in value:
        call.run([rest, f"--eval={value}", "--version"], name)
        return
    first = value.split(maxsplit=1)[0]
    _words(call, name, value if first[:1] == "-" or "=" in first else "-" + value.lstrip(), rest)


def _code(call: Call, name: str, value: str, rest: str) -> None:
    from agentguard.access.programs import coded, interpreters  # noqa: PLC0415 - rare

    if value[:1] == "@":
        interpreters.script(call, value[1:], rest)
    else:
        coded.read_code(call, rest, value)


def _ex(call: Call, name: str, value: str, rest: str) -> None:
    call.run(["vim", "-c", value], name)


def _pairs(call: Call, name: str, value: str, rest: str) -> None:
    from agentguard.access.programs.carriers import split_string  # noqa: PLC0415 - rare

    settings = split_string(None, value) or []
    call.run(["git", *(word for one in settings for word in ("-c", one)), "log"], name)


def _prompt(call: Call, name: str, value: str, rest: str) -> None:
    from agentguard.access.shell import hidden  # noqa: PLC0415 - rare
    from agentguard.access.shell.words import Reader  # noqa: PLC0415 - rare

    hidden.prompt(Reader(call.machine, call.state.copy(), call.frame), value)


def _start(call: Call, name: str, value: str, rest: str) -> None:
    from agentguard.access.shell import hidden  # noqa: PLC0415 - rare

    hidden.starts(call, name, value)


def _proxy(call: Call, name: str, value: str, rest: str) -> None:
    from agentguard.access.programs import net  # noqa: PLC0415 - rare

    net.url(call, value, "what it connects to, connects by this proxy")


_OPEN = ("/tmp/", "/var/tmp/", "/dev/shm/", "/private/tmp/")  # noqa: S108 - to compare with


def _folders(call: Call, name: str, value: Value, rest: str) -> None:
    if call.frame.file or call.machine.reading:  # a script of the project says where its own parts lie
        return
    whole = ""
    for part in parts_of(value):
        whole += part if isinstance(part, str) else "\0"
    for folder in whole.split(":"):
        bare = folder.rstrip("/") + "/"
        if (
            bare.startswith(_OPEN)
            and "\0" not in bare
            and bare not in _OPEN
            and not _known(call, name, bare, call.machine.rows)
        ):
            call.opaque(f"{name} names {bare[:-1]}, where anybody may have put what is loaded")
            return


def _known(call: Call, name: str, folder: str, rows: list[Row]) -> bool:
    """Return whether this text has put something into a folder, or an environment of Python lies there.

    A command that is told of it may have done so (`corepack enable --install-directory FOLDER`), but for one that only reads.
    """
    top = "/".join(folder.split("/")[: 4 if folder.startswith(("/var/", "/private/", "/dev/")) else 3])
    for row in rows:
        told = () if "read-only" in row.origin.traits else (*row.origin.flags, *row.origin.args)
        if any(isinstance(one, str) and top in one and f"{name}=" not in one for one in told):
            return True
        text = row.path.text if row.path is not None and row.action == WRITE else None
        if isinstance(text, str) and (folder.startswith(text.rstrip("/") + "/") or text.startswith(folder)):
            return True
    root = folder.rstrip("/").rpartition("/")[0]
    return bool(call.world.disk.kind(f"{root}/pyvenv.cfg"))


_KINDS: dict[str, Callable[[Call, str, str, str], None]] = {
    "command": _command, "pipe": _pipe, "words": _words, "letters": _letters, "code": _code, "ex": _ex, "pairs": _pairs,
    "folders": _folders, "prompt": _prompt, "start": _start, "load": _start, "proxy": _proxy,
}  # fmt: skip
