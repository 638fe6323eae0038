"""What is shown of the environment where `grep` stands behind the command that lists it (POSIX grep, "Patterns").

`env | grep PATH` shows one variable and no token. Only literal patterns of which every name is known to be harmless count.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.model import Value
    from agentguard.access.shell.command import Call

# The beginnings of names of variables that tell how things are set up, and never hold a secret.
_HARMLESS = (
    "PATH", "HOME", "USER", "LOGNAME", "PWD", "OLDPWD", "SHELL", "TERM", "COLORTERM", "LANG", "LC_", "LC", "TZ",
    "EDITOR", "VISUAL", "PAGER", "DISPLAY", "XDG", "TMPDIR", "HOSTNAME", "PYTHON", "VIRTUAL_ENV", "CONDA_PREFIX",
    "CONDA_DEFAULT_ENV", "PYENV", "JAVA", "JDK", "GOPATH", "GOROOT", "GOOS", "GOARCH", "GO111MODULE", "GOFLAGS",
    "CARGO_HOME", "CARGO_TARGET", "RUSTUP", "RUST_", "RUSTFLAGS", "NODE_ENV", "NODE_OPTIONS", "NODE_PATH",
    "NODE_VERSION", "NVM", "FNM", "VOLTA", "DENO_DIR", "BUN_INSTALL", "LD_LIBRARY_PATH", "DYLD", "CUDA", "NVIDIA",
    "OMP", "MKL", "ROS_", "ANDROID", "FLUTTER", "DOTNET_ROOT", "GEM_HOME", "RBENV", "RUBY", "MAVEN_OPTS",
    "GRADLE_OPTS", "CMAKE", "CC", "CXX", "CFLAGS", "CXXFLAGS", "LDFLAGS", "PKG_CONFIG", "MAKEFLAGS", "DEBUG",
    "LOG_LEVEL", "PORT", "KUBECONFIG", "DOCKER_HOST", "COMPOSE_", "WSL", "SHLVL", "HISTSIZE", "BASH_VERSION",
    "ZSH_VERSION",
)  # fmt: skip
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
    if not words or words[0] not in _SEARCHES:
        return False
    patterns = [word for word in words[1:] if word[:1] != "-"]
    flags = "".join(word[1:] for word in words[1:] if word[:1] == "-")
    if len(patterns) != 1 or not set(flags) <= set("iEwcqoxF"):
        return False
    names = "".join(char if char.isalnum() or char == "_" else " " for char in patterns[0]).upper().split()
    return bool(names) and all(name.startswith(_HARMLESS) for name in names)


def left(call: Call, traits: frozenset[str]) -> frozenset[str]:
    """Return the traits of a command that are left once what is shown of the environment is counted."""
    harmless = only_harmless(call.name, call.words, call.machine.behind)
    return traits - {"prints-environment"} if harmless else traits
