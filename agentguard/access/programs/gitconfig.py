"""Settings of git: those that are commands, those that say where commands are found, aliases, and where a URL leads.

git-config(1) for names and files; git(1) for `-c`, `--config-env`, GIT_CONFIG_COUNT and its kin. Files of configuration
are read by this program, bounded; git is never started. What an earlier command of the same text has set counts.
"""

from __future__ import annotations

from agentguard.access import limits, paths, repo
from agentguard.access.model import UNKNOWN, Pattern
from agentguard.access.programs import index, walk
from agentguard.access.shell.values import concat, parts_of, plain, unglobbed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentguard.access.model import Value, Wildcard
    from agentguard.access.programs.walk import Work
    from agentguard.access.shell.command import Call

# Settings whose value is a command.
_COMMANDS = frozenset({
    "core.alternaterefscommand", "core.askpass", "core.editor", "core.fsmonitor", "core.gitproxy", "core.pager",
    "core.sshcommand", "credential.helper", "diff.external", "gpg.program", "gpg.ssh.defaultkeycommand", "imap.tunnel",
    "instaweb.browser", "instaweb.httpd", "interactive.difffilter", "man.viewer", "sendemail.cccmd",
    "sendemail.headercmd", "sendemail.sendmailcmd", "sendemail.tocmd", "sequence.editor", "uploadpack.packobjectshook",
    "web.browser",
})  # fmt: skip
# The same, `FAMILY.NAME.END`.
_ENDS = {
    "browser": ("cmd", "path"), "credential": ("helper",), "diff": ("command", "textconv"), "difftool": ("cmd", "path"),
    "filter": ("clean", "process", "smudge"), "gpg": ("defaultkeycommand", "program"), "guitool": ("cmd",),
    "man": ("cmd", "path"), "merge": ("driver",), "mergetool": ("cmd", "path"), "remote": ("receivepack", "uploadpack"),
    "submodule": ("update",), "tar": ("command",), "trailer": ("cmd", "command"),
}  # fmt: skip
# Settings that say where git finds commands or more settings.
_PLACES = frozenset({"core.hookspath", "include.path", "init.templatedir", "core.attributesfile", "core.worktree"})
# What people set these to every day: nothing that a stranger could have put there.
_EVERYDAY = frozenset({
    "", "0", "1", "auto", "bat", "cache", "cat", "code", "delta", "diff-so-fancy", "difft", "emacs", "false", "git-lfs",
    "gpg", "gpg2", "helix", "hx", "kdiff3", "less", "libsecret", "manager", "manager-core", "meld", "micro", "more", "nano",
    "nvim", "nvimdiff", "opendiff", "osxkeychain", "ssh", "ssh-keygen", "store", "subl", "true", "vi", "vim", "vimdiff",
    "wincred", "zed",
})  # fmt: skip


def runs(name: str) -> bool:
    """Return whether the value of a setting is a command. `name` is in small letters."""
    family, _, rest = name.partition(".")
    if name in _COMMANDS:
        return True
    if family == "pager" and rest:
        return True
    middle, dot, end = rest.rpartition(".")
    return bool(dot and middle) and end in _ENDS.get(family, ())


def everyday(value: Value) -> bool:
    """Return whether a command is one that people set every day, with options at most."""
    text = plain(value)
    if text is None or any(mark in text for mark in "|&;<>$`\n!"):
        return False
    words = text.split() or [""]
    return words[0] in _EVERYDAY and all(word[:1] == "-" or word in ("lfs", "%f") for word in words[1:])


def lasting(call: Call, name: str | None, value: Value) -> bool:
    """Return whether a setting that stays is one of those that make git run something or go elsewhere later."""
    if name is None:
        return True
    text = plain(value)
    if name.startswith("alias."):
        return text is None or text[:1] == "!"
    if runs(name):
        return not everyday(value)
    if name == "core.hookspath":
        return not _in_project(call, value)
    if name.startswith("url."):
        return text is None or _host(name[4:].rpartition(".")[0]) != _host(text)
    return name in _PLACES or name.startswith(("includeif.", "protocol."))


def _host(url: str) -> str:
    """Return the host in a URL or `user@host:path`."""
    return url.rpartition("://")[2].rpartition("@")[2].replace(":", "/").partition("/")[0].lower()


def _in_project(call: Call, value: Value) -> bool:
    text = plain(value)
    project = call.world.project
    if text is None or not isinstance(call.cwd, str) or not project or paths.fault(text):
        return False
    return text != "" and paths.absolute(text, call.cwd, call.world.platform).startswith(project + "/")


def traits(call: Call, name: str, value: Value) -> set[str]:
    """Return what a setting means for the command that has it."""
    text = (plain(value) or "").lower()
    if name == "core.hookspath":
        hooks = _in_project(call, value) and walk.kind_of(call, value) == "dir"
        return set() if hooks else {"skips-checks"}
    if name in ("commit.gpgsign", "tag.gpgsign", "push.gpgsign") and text in ("false", "no", "off", "0"):
        return {"skips-checks"}
    return set()


def act(call: Call, name: str, value: Value) -> None:
    """Run the command that a setting is."""
    if not runs(name):
        if name in ("include.path", "core.attributesfile") or (
            name.startswith("includeif.") and name.endswith(".path")
        ):
            call.path("read", value, f"the setting {name}")
        return
    text = plain(value)
    if text is None and value is not UNKNOWN and not isinstance(parts_of(value)[0], str):
        call.opaque(f"the command in the setting {name} is not known")
        return
    if text is not None and text.lower() in ("", "true", "false", "auto", "0", "1", "yes", "no"):
        return
    if name.startswith("submodule.") and text is not None and text[:1] != "!":
        return  # `checkout`, `rebase`, `merge`, `none`
    first, *others = parts_of(unglobbed(value))
    if name.partition(".")[0] == "credential" and isinstance(first, str) and first[:1] not in ("!", "/"):
        first = "git credential-" + first
    call.shell(concat([first.removeprefix("!") if isinstance(first, str) else first, *others]), f"git -c {name}")


# -- what is set where


def pair(value: Value) -> tuple[str | None, Value]:
    """Return name and value of `NAME=VALUE`; the name None where it is not known, in small letters but for the middle."""
    first, *others = parts_of(unglobbed(value))
    if not isinstance(first, str):
        return None, UNKNOWN
    name, equals, text = first.partition("=")
    if not equals and others:
        return None, UNKNOWN
    return small(name), concat([text if equals else "true", *others])


def small(name: str) -> str:
    """Return a name in small letters, but for the part between the first and the last dot of a URL's."""
    if name.lower().startswith(("url.", "alias.")):
        family, _, rest = name.partition(".")
        middle, dot, end = rest.rpartition(".")
        return f"{family.lower()}.{middle}{dot}{end.lower()}" if dot else name.lower()
    return name.lower()


def given(call: Call, work: Work) -> list[tuple[str | None, Value]]:
    """Return the settings of the command line and of the environment."""
    line = work.line
    found = [
        pair(value) for flag in ("-c", "--config") if line.kinds.get(flag) == "setting" for value in line.values(flag)
    ]
    return [*environment(call, work), *found]


_MAX_GIVEN = 64  # settings in variables


def environment(call: Call, work: Work) -> list[tuple[str | None, Value]]:
    """Return the settings that variables hold: GIT_CONFIG_COUNT and its kin, and those that `--config-env` names."""
    found: list[tuple[str | None, Value]] = []
    for value in work.line.values("--config-env"):
        name, equals, variable = (plain(value) or "").rpartition("=")
        if equals:
            found.append((small(name), UNKNOWN if (text := call.variable(variable)) is None else text))
    held = call.variable("GIT_CONFIG_COUNT")
    count = plain(held) if held is not None else "0"
    if count is None or not count.isdigit():
        return [(None, UNKNOWN)]
    for number in range(min(int(count), _MAX_GIVEN)):
        key = call.variable(f"GIT_CONFIG_KEY_{number}")
        text = call.variable(f"GIT_CONFIG_VALUE_{number}")
        known = plain(key) if key is not None else None
        found.append((None if known is None else small(known), UNKNOWN if text is None else text))
    return found


def folder(call: Call, work: Work) -> str:
    """Return the git folder of the repository that a command works in, "" where that is not known."""
    cwd = where(call, work)
    named = plain(work.line.value("--git-dir") or call.variable("GIT_DIR") or "")
    if not isinstance(cwd, str) or named is None:
        return ""
    if named:
        return "" if paths.fault(named) else paths.absolute(named, cwd, call.world.platform)
    found = repo.read(cwd, call.world.disk)
    if found is not None:
        return found.git_dir
    project = call.world.project
    return f"{project}/.git" if project and (cwd + "/").startswith(project + "/") else ""


def where(call: Call, work: Work) -> Value:
    """Return the folder that `-C` leads to."""
    before = call.cwd
    for value in work.line.values("-C") if work.line.kinds.get("-C") == "enter" else ():
        walk.enter(call, value)
    found, call.cwd = call.cwd, before
    return found


def head(call: Call, work: Work) -> Value:
    """Return the branch that is checked out: what this text has checked out, else as the repository says."""
    place = folder(call, work)
    data = call.world.disk.read(f"{place}/HEAD", limits.MAX_GIT_FILE_BYTES) if place else None
    if place and call.machine.made is not None and (feeds := call.machine.made.contents(f"{place}/HEAD")):
        if len(feeds) > 1 or not isinstance(feeds[-1].value, str):
            return UNKNOWN
        data = feeds[-1].value.encode()
    text = (data or b"").decode("utf-8", "replace").strip()
    if text.startswith("ref: refs/heads/"):
        return text.removeprefix("ref: refs/heads/")
    if place and not place.startswith((call.world.project or "/") + "/"):
        return UNKNOWN
    return call.world.branch or UNKNOWN


def settings(call: Call, work: Work) -> list[tuple[str | None, Value]]:
    """Return all settings: of the person, of the repository, of the environment and of the command line."""
    home = call.world.home
    files = [f"{home}/.config/git/config", f"{home}/.gitconfig"]
    place = folder(call, work)
    if place:
        common = (call.world.disk.read(f"{place}/commondir", limits.MAX_GIT_FILE_BYTES) or b"").decode(
            "utf-8", "replace"
        )
        files.append(f"{paths.absolute(common.strip(), place) if common.strip() else place}/config")
    found: list[tuple[str | None, Value]] = []
    for path in files:
        feeds = call.machine.made.contents(path) if call.machine.made is not None else []
        for feed in feeds:
            if isinstance(feed.value, str):
                found += read(feed.value.encode("utf-8", "replace"))
            else:
                found.append((None, UNKNOWN))
        if not feeds:
            found += read(call.world.disk.read(path, limits.MAX_GIT_CONFIG_BYTES) or b"")
    return [*found, *given(call, work)]


def read(data: bytes) -> Iterator[tuple[str, Value]]:
    """Yield the settings in a file of configuration; a line that git would refuse is passed over."""
    section = ""
    todo = iter(data.decode("utf-8", "replace").split("\n")[: limits.MAX_GIT_CONFIG_LINES])
    for line in todo:
        text = line.strip()
        if text[:1] == "[":
            header, _, text = text[1:].partition("]")
            family, _, middle = header.partition(" ")
            middle = middle.strip().strip('"').replace('\\"', '"').replace("\\\\", "\\")
            section = f"{family.strip()}.{middle}" if middle else family.strip()
            text = text.strip()
        if text[:1] in ("", "#", ";"):
            continue
        found = repo.variable(text, todo)
        if found is not None and section:
            yield small(f"{section}.{found[0]}"), found[1]


def remember(call: Call, work: Work, name: str, value: Value, path: Value | None = None) -> None:
    """Note that this text has set something, for later commands of it."""
    from agentguard.access.shell.flow import Feed  # noqa: PLC0415 - few commands set something

    place = folder(call, work)
    if path is None and not place:
        return
    section, _, key = name.rpartition(".")
    family, dot, middle = section.partition(".")
    header = f'[{family} "{middle}"]' if dot else f"[{family}]"
    text = plain(value)
    target = path or f"{place}/config"
    content: Value = UNKNOWN
    if text is not None and isinstance(target, str) and isinstance(call.cwd, str) and not paths.fault(target):
        escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        whole = paths.absolute(target, call.cwd, call.world.platform)
        before = (call.world.disk.read(whole, limits.MAX_GIT_CONFIG_BYTES) or b"").decode("utf-8", "replace")
        content = f'{before}\n{header}\n\t{key} = "{escaped}"\n'
    call.remember(target, Feed(content))


def checked_out(call: Call, work: Work, branch: Value) -> None:
    """Note that this text has checked out a branch."""
    from agentguard.access.shell.flow import Feed  # noqa: PLC0415 - few commands check something out

    place = folder(call, work)
    if place:
        known = plain(branch)
        call.remember(f"{place}/HEAD", Feed(UNKNOWN if known is None else f"ref: refs/heads/{known}\n"))


def has_branch(call: Call, work: Work, name: str) -> bool:
    """Return whether there is a branch of that name."""
    place = folder(call, work)
    if not place or paths.fault(name):
        return False
    if call.world.disk.kind(f"{place}/refs/heads/{name}"):
        return True
    packed = call.world.disk.read(f"{place}/packed-refs", limits.MAX_GIT_CONFIG_BYTES) or b""
    return f" refs/heads/{name}\n".encode("utf-8", "replace") in packed


def rewritten(found: list[tuple[str | None, Value]], url: Value, *, pushes: bool) -> Value:
    """Return the URL that git really uses: `url.BASE.insteadOf=PREFIX`, the longest prefix that fits."""
    first, *others = parts_of(url)
    if not isinstance(first, str):
        return url
    best = ""
    done: Value = url
    for name, value in found:
        if name is None or not name.startswith("url."):
            continue
        base, _, kind = name[4:].rpartition(".")
        prefix = plain(value)
        if kind not in ("insteadof", *(("pushinsteadof",) if pushes else ())) or prefix is None or not base:
            continue
        if first.startswith(prefix) and len(prefix) >= len(best):
            best = prefix
            done = concat([base + first[len(prefix) :], *others])
    return done


# Subcommands that need no look at the aliases: git runs none that hides one of its own commands.
_OWN = frozenset({
    "add", "blame", "branch", "checkout", "cherry-pick", "clean", "clone", "commit", "config", "diff", "fetch", "grep",
    "init", "log", "ls-files", "merge", "mv", "pull", "push", "rebase", "remote", "reset", "restore", "revert",
    "rev-parse", "rm", "show", "stash", "status", "switch", "tag", "worktree",
})  # fmt: skip


def expanded(call: Call, work: Work) -> bool:
    """Run an alias. Return whether the subcommand was one."""
    if len(work.command) < 2 or work.command[1] in _OWN:
        return False
    wanted = f"alias.{work.command[1]}".lower()
    meaning: Value | None = None
    for name, value in settings(call, work):
        if name is not None and name.lower() == wanted:
            meaning = value
    if meaning is None or work.command[1] in (index.entry("git") or {})["sub"]:
        return False
    words = call.words
    at = len(words) - len(work.line.operands) - 1
    at = next((number for number, word in enumerate(words) if plain(word) == work.command[1]), at)
    walk.begin(call, work, frozenset(traits_of(call, work)))
    label = f"git {work.command[1]}"
    text = plain(meaning)
    if text is None:
        call.opaque("what the alias means is not known")
    elif text[:1] == "!":
        child = call.child(list(words[at + 1 :]), "git")
        work.feed = call.shell(text[1:] + ' "$@"', label, stdin=call.stdin, state=child)
    else:
        from agentguard.access.programs.carriers import split_string  # noqa: PLC0415 - few aliases

        meant = split_string(None, text) or []
        work.feed = call.run([call.name, *words[:at], *meant, *words[at + 1 :]], label, stdin=call.stdin)
    return True


def traits_of(call: Call, work: Work) -> set[str]:
    """Return what the settings on the command line and in the environment mean."""
    found: set[str] = set()
    for name, value in given(call, work):
        if name is not None:
            found |= traits(call, name, value)
    return found


def star(text: str) -> Value:
    """Return a name with `*` in it as a value."""
    from agentguard.access.model import STAR  # noqa: PLC0415 - few names have one

    done: list[str | Wildcard] = []
    for number, piece in enumerate(text.split("*")):
        done += [STAR, piece] if number else [piece]
    return Pattern(tuple(part for part in done if part != ""))
