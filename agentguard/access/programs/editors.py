"""Editors whose command lines hold a language of their own: vim's Ex commands, ed, Emacs Lisp.

Vim reference manual (various.txt, editing.txt, starting.txt), ed(1), GNU Emacs manual (Initial Options) and the Emacs Lisp
reference.
"""

from __future__ import annotations

from agentguard.access.model import DELETE, EXECUTE, READ, TREE, UNKNOWN, WRITE
from agentguard.access.programs import net, walk
from agentguard.access.shell.values import concat, parts_of, unglobbed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.model import Value
    from agentguard.access.programs.walk import Work
    from agentguard.access.shell.command import Call

# -- vim


# Ex commands and their shortest spellings (index.txt); those that take a file, by what they do with it.
_FILES = {
    "w": WRITE, "write": WRITE, "wq": WRITE, "x": WRITE, "xit": WRITE, "exi": WRITE, "exit": WRITE, "sav": WRITE,
    "saveas": WRITE, "up": WRITE, "update": WRITE, "mks": WRITE, "mksession": WRITE, "mkv": WRITE, "mkvimrc": WRITE,
    "mkview": WRITE, "wundo": WRITE, "wu": WRITE, "wv": WRITE, "wviminfo": WRITE, "ha": WRITE, "hardcopy": WRITE,
    "redi": WRITE, "redir": WRITE, "r": READ, "read": READ, "e": READ, "edit": READ, "sp": READ, "split": READ, "vs": READ,
    "vsplit": READ, "tabe": READ, "tabedit": READ, "tabnew": READ, "new": READ, "vne": READ, "vnew": READ, "vie": READ,
    "view": READ, "fin": READ, "find": READ, "diffs": READ, "diffsplit": READ, "rv": READ, "rviminfo": READ,
    "ru": EXECUTE, "runtime": EXECUTE, "so": EXECUTE, "source": EXECUTE, "luaf": EXECUTE, "luafile": EXECUTE,
    "pyf": EXECUTE, "pyfile": EXECUTE, "py3f": EXECUTE, "py3file": EXECUTE, "rubyf": EXECUTE, "rubyfile": EXECUTE,
}  # fmt: skip
_CODE = {
    "py": "python", "python": "python", "py3": "python", "python3": "python", "pyx": "python", "pythonx": "python",
    "lua": "lua", "rub": "ruby", "ruby": "ruby", "pe": "perl", "perl": "perl",
}  # fmt: skip
# Commands that run the command behind them.
_BEFORE = frozenset({
    "sil", "silent", "verb", "verbose", "keepa", "keepalt", "kee", "keepmarks", "keepj", "keepjumps", "keepp", "keeppatterns",
    "lockmarks", "loc", "noa", "noautocmd", "nos", "noswapfile", "unsilent", "uns", "bufdo", "argdo", "windo", "tabdo", "cdo",
    "ldo", "cfdo", "lfdo", "vert", "vertical", "abo", "bo", "botright", "to", "topleft", "tab", "bel", "conf", "confirm",
    "hid", "hide", "sandbox", "san",
})  # fmt: skip
_RANGE = frozenset(" \t:%.,$0123456789+-'<>;*")
_WHOLE = frozenset(
    {"g", "global", "v", "vglobal", "norm", "normal", "au", "autocmd", "com", "command"}
)  # take `|` as theirs


_NO_FILE = ("NONE", "NORC", "DEFAULTS", "")


def vim(call: Call, work: Work) -> None:
    """`vim FILE`, with commands in `-c`, `+CMD`, `--cmd`, files in `-S`, `-u`, and for `-es` on standard input."""
    line = work.line
    only_reads = line.has("-R") or call.name in ("view", "vimdiff")
    silent = line.has("-e -E") or call.name == "ex"
    line.operands, plus = _parted(line.operands)
    typed = line.operands.pop(0) if line.has("-s") and not silent and line.operands else None  # `-s FILE`: keys
    work.entry = {**work.entry, "operands": "read*" if only_reads else "edit*"}
    commands = [value for flag, value in line.flags if flag in ("-c", "--cmd") and value is not None]
    commands += plus
    walk.standard(call, work)
    if silent and call.stdin is not None and "-" not in line.operands:
        stdin = call.stdin
        if isinstance(stdin.value, str):
            commands += stdin.value.split("\n")
        elif stdin.source is not None:
            call.path(EXECUTE, stdin.source, "commands on standard input")
        else:
            call.fetched_or_opaque("the commands of vim are not known", fetched=stdin.fetched)
    own = [value for value in [*line.values("-u"), *line.values("-U")] if value not in _NO_FILE]
    for path in [*own, *([typed] if typed is not None else [])]:
        call.path(READ, path, "a file of commands")
        call.path(EXECUTE, path, "a file of commands")
    for path in line.values("-l"):
        if (feed := call.written(path)) is not None:
            from agentguard.access.programs import coded  # noqa: PLC0415 - rare

            coded.read_code(call, "lua", feed.value)
    for path in [*line.values("-S"), *own]:
        feed = call.written(path)
        if feed is not None and isinstance(feed.value, str):
            commands += feed.value.split("\n")
    for command in commands:
        text = unglobbed(command)
        if isinstance(text, str):
            _ex(call, text, 0)
        elif text is UNKNOWN or _starts_a_shell(text):
            call.opaque("what vim runs is not known")
        else:
            _ex(call, "".join(part if isinstance(part, str) else "x" for part in parts_of(text)), 0)


def _parted(operands: list[Value]) -> tuple[list[Value], list[Value]]:
    """Return the files of vim's operands, and the commands of `+CMD`."""
    files: list[Value] = []
    commands: list[Value] = []
    for word in operands:
        first, *others = parts_of(word)
        if isinstance(first, str) and first[:1] == "+":
            commands.append(concat([first[1:], *others]))
        else:
            files.append(word)
    return files, commands


def _starts_a_shell(value: Value) -> bool:
    return any(isinstance(part, str) and ("!" in part or "system" in part) for part in parts_of(value))


def _ex(call: Call, text: str, depth: int) -> None:
    """Run one line of Ex commands."""
    at = 0
    while at < len(text) and text[at] in _RANGE:
        at += 2 if text[at] == "'" else 1
    while text[at : at + 1] in ("/", "?"):  # a pattern as an address
        mark = text[at]
        end = at + 1
        while end < len(text) and text[end] != mark:
            end += 2 if text[end] == "\\" else 1
        at = end + 1
        while at < len(text) and text[at] in _RANGE:
            at += 1
    body = text[at:]
    if body[:1] in ("", '"', "#") or depth > 8:
        return
    if body[:1] == "!":
        call.shell(body[1:], "vim")
        return
    end = 0
    while end < len(body) and (body[end].isalpha() or (body[end] == "3" and body[:end] in ("py", "python"))):
        end += 1
    name, rest = body[:end], body[end:]
    if body[:1] == "s" and rest[:1] in ("/", "#", "@", ",", "~", ";"):
        _substitute(call, rest, depth)
        return
    bang = rest[:1] == "!"
    rest = (rest[1:] if bang else rest).lstrip()
    here = rest
    if name not in _WHOLE and not rest.startswith("!"):
        here, _, more = _bar(rest)
        if more:
            _ex(call, more, depth)
    here = here.strip()
    if name in _BEFORE:
        _ex(call, ("!" if bang and here and not here[0].isalpha() else "") + here, depth + 1)
        if bang and name in ("sil", "silent"):
            return
    elif name in ("r", "read", "w", "write") and (here[:1] == "!" or (bang and name in ("r", "read"))):
        call.shell(here.removeprefix("!"), "vim")
    elif name in _FILES:
        _file(call, _FILES[name], here)
    elif name in _CODE:
        from agentguard.access.programs import coded  # noqa: PLC0415 - rare

        coded.read_code(call, _CODE[name], here)
    elif name in ("ter", "term", "terminal", "mak", "make", "gr", "grep", "lmak", "lmake") and here:
        call.shell(here if name[0] == "t" else f"{'make' if 'mak' in name else 'grep'} {here}", "vim")
    elif name in ("g", "global", "v", "vglobal") and here[:1]:
        pieces = here.split(here[0])
        _ex(call, here[0].join(pieces[2:]), depth + 1)
    elif name in ("au", "autocmd", "com", "command"):
        words = here.split(None, 2)
        _ex(
            call,
            words[-1].partition(" ")[2] if name[0] == "c" and len(words) > 2 else words[-1] if words else "",
            depth + 1,
        )
    elif name in ("norm", "normal") and (":" in here or "!" in here):
        _ex(call, here.rpartition(":")[2].replace("\\r", ""), depth + 1)
    elif name in ("exe", "execute"):
        inner = here.strip("\"'") if here[:1] in ("'", '"') and here.count(here[0]) == 2 else None
        if inner is None:
            call.opaque("what vim runs is not known")
        else:
            _ex(call, inner, depth + 1)
    elif name in ("se", "set") and here.startswith(
        ("shell=", "sh=", "makeprg=", "mp=", "grepprg=", "equalprg=", "formatprg=")
    ):
        call.shell(here.partition("=")[2].replace("\\ ", " "), "vim set")
    else:
        _functions(call, here)


def _bar(text: str) -> tuple[str, str, str]:
    """Cut a line at the first `|` that parts two commands."""
    quote = ""
    for at, char in enumerate(text):
        if quote:
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char if char in text[at + 1 :] else ""
        elif char == "|" and text[at - 1 : at] != "\\" and text[at + 1 : at + 2] != "|":
            return text[:at], "|", text[at + 1 :]
    return text, "", ""


def _substitute(call: Call, rest: str, depth: int) -> None:
    r"""`:s/pattern/text/flags`; `\=` at the start of the text is an expression."""
    mark = rest[0]
    pieces = rest.split(mark)
    if len(pieces) > 2 and pieces[2].startswith("\\="):
        _functions(call, pieces[2])
    _, bar, more = _bar(mark.join(pieces[3:]))
    if bar:
        _ex(call, more, depth)


def _file(call: Call, action: str, rest: str) -> None:
    words = [word for word in rest.split() if not word.startswith(("++", "+"))]
    name = next((word.lstrip(">") for word in words if word.lstrip(">")), "")
    if not name or name[:1] in ("%", "#", "@"):
        return
    value: Value = call.world.home + name[1:] if name[:2] == "~/" else name
    if "://" in name:  # netrw
        net.url(call, value, "a command of vim")
        if action != EXECUTE:
            return
        call.fetched_or_opaque("the commands that vim fetches are not known", fetched=True)
        return
    if action == EXECUTE:
        call.path(READ, value, "a command of vim")
    call.path(action, value, "a command of vim")
    if action == EXECUTE and (feed := call.written(value)) is not None and isinstance(feed.value, str):
        for line in feed.value.split("\n"):
            _ex(call, line, 1)


_SYSTEM = ("system", "systemlist", "job_start", "jobstart", "term_start", "termopen", "libcall")
_TOUCHES = {"delete": DELETE, "writefile": WRITE, "readfile": READ, "readblob": READ, "mkdir": WRITE, "rename": WRITE}


def _functions(call: Call, text: str) -> None:
    """Functions of vim script that start a shell or touch a file."""
    for name in (*_SYSTEM, *_TOUCHES):
        at = text.find(name + "(")
        while at >= 0:
            strings = _strings(text[at + len(name) :])
            if name in _TOUCHES:
                picked = strings[-1:] if name in ("writefile", "rename") else strings[:1]
                for value in picked:
                    call.path(
                        _TOUCHES[name], call.world.home + value[1:] if value[:2] == "~/" else value, f"{name}() of vim"
                    )
            elif strings and text[at + len(name) + 1 :].lstrip()[:1] in ("'", '"'):
                call.shell(strings[0], "vim")
            elif strings and text[at + len(name) + 1 :].lstrip()[:1] == "[":
                call.run(list(strings), "vim")
            else:
                call.opaque("what vim runs is not known")
            at = text.find(name + "(", at + 1)
    if "environ()" in text:
        origin = call.origin
        call.begin(origin.command, origin.flags, origin.args, origin.traits | {"prints-environment"})
        call.row(EXECUTE, why="it shows the environment")
        call.origin = origin
    if "luaeval(" in text or "py3eval(" in text or "pyeval(" in text or "execute(" in text:
        call.opaque("what vim runs is not known")


def _strings(text: str) -> list[str]:
    """Return the strings in the parentheses at the start of a text."""
    found: list[str] = []
    depth = 0
    at = 0
    while at < len(text):
        char = text[at]
        if char in "'\"":
            end = at + 1
            while end < len(text) and text[end] != char:
                end += 2 if text[end] == "\\" and char == '"' else 1
            found.append(text[at + 1 : end])
            at = end
        elif char in "()":
            depth += 1 if char == "(" else -1
            if not depth:
                break
        at += 1
    return found


# -- ed


def ed(call: Call, work: Work) -> None:
    """`ed FILE` with its commands on standard input."""
    walk.standard(call, work)
    stdin = call.stdin
    if stdin is None:
        return
    text = stdin.value
    if stdin.source is not None and not isinstance(text, str):
        call.path(EXECUTE, stdin.source, "commands on standard input")
        return
    if not isinstance(text, str):
        if text is UNKNOWN:
            call.fetched_or_opaque("the commands of ed are not known", fetched=stdin.fetched)
            return
        text = "".join(part if isinstance(part, str) else "x" for part in parts_of(text))
    typing = False  # lines of text between `a` and `.`
    typed: list[str] = []
    for line in text.split("\n"):
        if typing and line != ".":
            typed.append(line)
        typing = line != "." if typing else _ed_command(call, line.strip())
    if typed:
        from agentguard.access.code import reach  # noqa: PLC0415 - rare

        for value in work.line.operands:
            reach.inserted(call, value, typed)


def _ed_command(call: Call, line: str) -> bool:
    """Run one command of ed. Return whether lines of text follow."""
    at = 0
    while at < len(line) and line[at] in "0123456789.,;$+-'% ":
        at += 2 if line[at] == "'" else 1
    if line[at : at + 1] in ("/", "?"):
        end = line.find(line[at], at + 1)
        at = end + 1 if end > 0 else len(line)
        while at < len(line) and line[at] in "0123456789.,;$+-":
            at += 1
    name, rest = line[at : at + 1], line[at + 1 :].strip()
    if name in ("g", "v") and rest[:1]:
        return _ed_command(call, rest[1:].partition(rest[0])[2])
    if name == "!":
        call.shell(rest, "ed")
    elif name and name in "weErWf" and rest:
        rest = rest.removeprefix("q ").strip() if name in "wW" else rest
        if rest[:1] == "!":
            call.shell(rest[1:], "ed")
        elif rest and rest != "q" and name != "f":
            call.path(WRITE if name in "wW" else READ, rest, "a command of ed")
    return bool(name) and name in "aic" and not rest


# -- Emacs


# Functions of Emacs Lisp by what their strings are: "shell" text, a "program" with its arguments, paths by place.
_LISP = {
    "shell-command": "shell", "shell-command-to-string": "shell", "async-shell-command": "shell", "compile": "shell",
    "call-process-shell-command": "shell", "start-process-shell-command": "shell", "process-lines": "program",
    "call-process": "program", "start-process": "program", "start-file-process": "program", "make-process": "program",
    "call-process-region": "program", "delete-file": DELETE, "delete-directory": DELETE, "move-file-to-trash": DELETE,
    "insert-file-contents": READ, "insert-file-contents-literally": READ, "insert-file": READ, "find-file": READ,
    "find-file-literally": READ, "find-file-noselect": READ, "view-file": READ, "write-region": WRITE,
    "write-file": WRITE, "append-to-file": WRITE, "with-temp-file": WRITE, "make-directory": WRITE, "copy-file": "copy",
    "rename-file": "move", "make-symbolic-link": "copy", "load": EXECUTE, "load-file": EXECUTE, "url-retrieve": "url",
    "url-retrieve-synchronously": "url", "url-insert-file-contents": "url", "url-copy-file": "url", "set-file-modes": WRITE,
}  # fmt: skip


def emacs(call: Call, work: Work) -> None:
    """`emacs --batch --eval EXPRESSION`, `emacs --script FILE`, `emacsclient -e EXPRESSION`."""
    line = work.line
    codes = [value for flag, value in line.flags if line.kinds.get(flag) == "lisp" and value is not None]
    if call.name == "emacsclient" and line.has("--eval"):
        codes += line.operands
        line.operands = []
    line.operands = [word for word in line.operands if not str(parts_of(word)[0]).startswith("+")]
    if line.has("--batch --script"):
        work.entry = {**work.entry, "operands": "read*"}
    walk.standard(call, work)
    whole = " ".join(str(code) for code in codes)
    if "(save-buffer" in whole or "(save-some-buffers" in whole:
        for value in line.operands:
            call.path(WRITE, value, "a buffer that is saved")
    if "(url-insert" in whole or "(url-retrieve" in whole:
        if any("eval" in str(word) for word in [*line.values("--funcall"), whole]):
            call.fetched_or_opaque("emacs runs what it has fetched", fetched=True)
    for path in [*line.values("--load"), *line.values("--script")]:
        if (feed := call.written(path)) is not None:
            codes.append(feed.value)
    for code in codes:
        text = unglobbed(code)
        if isinstance(text, str):
            _lisp(call, text)
        else:
            call.opaque("the code that emacs runs is not known")


def _lisp(call: Call, text: str) -> None:
    if "process-environment" in text:
        origin = call.origin
        call.begin(origin.command, origin.flags, origin.args, origin.traits | {"prints-environment"})
        call.row(EXECUTE, why="it shows the environment")
        call.origin = origin
    at = text.find("(")
    while at >= 0:
        end = at + 1
        while end < len(text) and text[end] not in " \t\n()\"'":
            end += 1
        name = text[at + 1 : end]
        kind = _LISP.get(name)
        if kind is not None:
            _lisp_call(call, name, kind, text[at:])
        elif name in ("eval", "funcall", "apply", "module-load") and name == "eval":
            call.opaque("the code that emacs runs is not known")
        at = text.find("(", end)


def _lisp_call(call: Call, name: str, kind: str, text: str) -> None:
    strings = _strings(text.replace("'", " "))
    values = [call.world.home + value[1:] if value[:2] == "~/" else value for value in strings]
    if not values:
        if kind in ("shell", "program"):
            call.opaque("what emacs runs is not known")
        return
    why = f"{name} of emacs"
    if kind == "shell":
        call.shell(values[-1] if name.startswith("start") else values[0], "emacs")
    elif kind == "program":
        words = values[1:] if name.startswith("start") or (name == "make-process" and len(values) > 1) else values
        if words:
            call.run(list(words), "emacs")
    elif kind == "url":
        net.url(call, values[0], why)
        if len(values) > 1:
            call.path(WRITE, values[1], why)
    elif kind in ("copy", "move"):
        call.path(READ, values[0], why)
        if kind == "move":
            call.path(DELETE, values[0], why, TREE)
        for value in values[1:2]:
            call.path(WRITE, value, why)
    else:
        last = name in ("write-region", "append-to-file")
        value = values[-1] if last else values[0]
        call.path(kind, value, why, TREE if name == "delete-directory" else "exact")
