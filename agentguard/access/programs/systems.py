"""Package managers whose first option is the verb: rpm(8), pacman(8); and managers of versions that run commands."""

from __future__ import annotations

from agentguard.access.programs import specs, walk
from agentguard.access.shell.values import plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.programs.walk import Work
    from agentguard.access.shell.command import Call


def rpm(call: Call, work: Work) -> None:
    """`rpm -i FILE`, `rpm -e NAME`, `rpm -q NAME`."""
    line = work.line
    if line.has("--erase"):
        kind = "package*"
        line.traits |= set() if line.has("--test") else {"removes-package"}
    else:
        kind = "spec*" if line.has("--install --upgrade --freshen") else "text*"
    work.entry = {**work.entry, "operands": kind}
    walk.standard(call, work)


def pacman(call: Call, work: Work) -> None:
    """`pacman -S NAME`, `pacman -Rns NAME`, `pacman -U FILE`, `pacman -Ss WORD`."""
    line = work.line
    if line.has("--remove"):
        kind = "package*"
        line.traits.add("removes-package")
    elif line.has("--upgrade"):
        kind = "spec*"
    else:
        kind = "package*" if line.has("--sync") and not line.has("--search --info --list") else "text*"
    work.entry = {**work.entry, "operands": kind}
    walk.standard(call, work)


def flatpak(call: Call, work: Work) -> None:
    """`flatpak install REMOTE NAME` and `snap install NAME` take from a store; an address or a file is no store."""
    for value in work.line.operands:
        text = plain(value) or ""
        if "://" in text or (call.name == "flatpak" and text.endswith((".flatpakref", ".flatpak"))):
            work.line.traits.add("foreign-package")
    walk.standard(call, work)


def plugin(call: Call, work: Work) -> None:
    """`asdf plugin add NAME [URL]`: a plugin is a program of somebody; without an address it is a known one."""
    if any(specs.foreign(call, value) for value in work.line.operands[1:]):
        work.line.traits.add("foreign-package")
    walk.standard(call, work)


def versioned(call: Call, work: Work) -> None:
    """`pyenv exec COMMAND`, `nvm exec VERSION COMMAND`, `mise x -- COMMAND`."""
    operands = list(work.line.operands)
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
    if "--" in call.words:
        operands = call.words[call.words.index("--") + 1 :]
    elif call.name in ("nvm", "n", "fnm") and operands:
        del operands[:1]
    if operands:
        work.feed = call.run(operands, " ".join(work.command), stdin=call.stdin)
