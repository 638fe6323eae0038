"""tmux and screen: commands of their own languages that start shells, and text that is typed into them.

tmux(1), COMMANDS: several commands are parted by `;` as a word or at the end of one; each has its own options. A
command's name may be cut short. `#(…)` in a format runs a shell (FORMATS).
"""

from __future__ import annotations

from agentguard.access.programs import options, table, walk
from agentguard.access.shell.values import concat, parts_of, plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.model import Value
    from agentguard.access.programs.options import Line
    from agentguard.access.programs.walk import Work
    from agentguard.access.shell.command import Call

# The commands that do more than to arrange windows, in the notation of the tables.
_COMMANDS = r"""
new-session new
  options  -A -d -D -E -P -X -c=enter -e=variable -f=text -F=format -n=text -s=text -t=text -x=text -y=text
  operands joined
  stop

new-window neww
  options  -a -b -d -k -P -S -c=enter -e=variable -F=format -n=text -t=text
  operands joined
  stop

split-window splitw
  options  -b -d -f -h -I -v -P -Z -c=enter -e=variable -F=format -l=text -p=text -t=text
  operands joined
  stop

respawn-pane respawnp respawn-window respawnw
  options  -k -c=enter -e=variable -t=text
  operands joined
  stop

run-shell run
  options  -b -C -E -c=enter -d=text -t=text
  operands shell
  instead  -C commands
  stop

if-shell if
  options  -b -F -t=text
  operands shell commands commands
  instead  -F text commands commands
  stop

pipe-pane pipep
  options  -I -O -o -t=text
  operands shell
  stop

display-popup popup
  options  -B -C -E -b=text -c=text -d=enter -e=variable -h=text -s=text -S=text -t=text -T=text -w=text -x=text
           -y=text
  operands joined
  stop

send-keys send
  options  -F -H -K -l -M -R -X -c=text -N=text -t=text
  operands keys*
  stop

set-hook
  options  -a -g -p -R -u -w -t=text
  operands text commands
  stop

bind-key bind
  options  -n -r -N=text -T=text
  operands text behind*
  stop

confirm-before confirm
  options  -b -y -c=text -p=text -t=text
  operands behind*
  stop

command-prompt
  options  -1 -b -F -i -k -N -I=text -p=text -t=text -T=text
  operands behind*
  stop

source-file source
  options  -F -n -q -v -t=text
  operands tmuxfile*

set-option set set-window-option setw
  options  -a -F -g -o -p -q -s -u -U -w -t=text
  operands name value
  stop

set-environment setenv
  options  -F -h -g -r -u -t=text
  operands name value
  stop

display-message display
  options  -a -I -N -p -v -c=text -d=text -t=text
  operands format
  stop

load-buffer loadb
  options  -w -b=text -t=text
  operands read

save-buffer saveb
  options  -a -b=text
  operands write

show-environment showenv
  options  -h -g -s -t=text
  operands text
  traits   prints-environment

list-sessions ls list-windows lsw list-panes lsp list-clients lsc list-keys lsk list-commands lscm list-buffers lsb \
  show-options show show-buffer showb show-hooks show-messages showmsgs has-session has info \
  capture-pane capturep
  options  -F=format -f=text -t=text -S=text -E=text -b=text -T=text -a -s -g -p -e -J -N -q
  traits   read-only
"""
_RUNS = frozenset({"default-command", "default-shell", "lock-command", "copy-command", "editor"})  # options of tmux
_KEYS = {"enter": "\n", "kpenter": "\n", "c-m": "\n", "c-j": "\n", "space": " ", "tab": "\t", "bspace": ""}
_NAMED = frozenset({
    "up", "down", "left", "right", "home", "end", "escape", "btab", "dc", "ic", "npage", "pagedown", "pgdn", "ppage",
    "pageup", "pgup",
})  # fmt: skip


def run(call: Call, work: Work) -> None:
    """Make the rows of every command on the line."""
    line = options.read(options.table(work.entry.get("before", _BEFORE)), call.words, stop=True)
    pieces = _pieces(line.operands)
    if not pieces:
        pieces = [[]]
    for number, words in enumerate(pieces):
        _command(call, words, line if not number else None, work)


_BEFORE = "-L=text -S=text -f=tmuxfile -c=shell -T=text -2 -C -D -l -N -u -V -v"


def _pieces(words: list[Value]) -> list[list[Value]]:
    """Return the commands of a line: `;` as a word or at the end of one parts them."""
    found: list[list[Value]] = [[]]
    for word in words:
        last = parts_of(word)[-1]
        if word == ";":
            found.append([])
        elif isinstance(last, str) and last[-1:] == ";" and last[-2:] != "\\;":
            found[-1].append(concat([*parts_of(word)[:-1], last[:-1]]))
            found.append([])
        else:
            found[-1].append(word)
    return [piece for piece in found if piece]


def _command(call: Call, words: list[Value], outer: Line | None, work: Work) -> None:
    name = plain(words[0]) if words else ""
    entry = table.entry(_COMMANDS, name) if name else None
    if name and entry is None:  # a name may be cut short
        longer = {other for other in table.names(_COMMANDS) if other.startswith(name)}
        entry = table.entry(_COMMANDS, min(longer)) if longer and len(name) > 2 else None
    entry = entry or {}
    command = ("tmux", name) if name else ("tmux",)
    line = options.read(options.table(entry.get("options", "-t=text")), words[1:], stop="stop" in entry)
    if outer is not None:
        line.flags[:0] = outer.flags
        line.kinds.update(outer.kinds)
    inner = walk.Work({**entry, "run": None}, command, line)
    walk.standard(call, inner)
    work.feed = inner.feed or work.feed
    if name is None:
        call.opaque("which command tmux runs is not known")
        return
    for flag, value in line.flags:
        if value is not None and (act := _ACTS.get(line.kinds.get(flag, ""))):
            act(call, [value], work)
    for number, (value, kind) in enumerate(inner.kinds):
        if kind in ("keys", "behind"):
            _ACTS[kind](call, [operand for operand, _ in inner.kinds[number:]], work)
            break
        if kind == "value" and plain(inner.kinds[0][0]) in _RUNS:
            call.shell(value, f"tmux {name}")
        elif kind == "value":
            _format(call, [value], work)
        elif act := _ACTS.get(kind):
            act(call, [value], work)


def _format(call: Call, values: list[Value], _work: Work) -> None:
    """Run the shell commands in a format: `#(uptime)`."""
    for value in values:
        text = value if isinstance(value, str) else "".join(part for part in parts_of(value) if isinstance(part, str))
        at = text.find("#(")
        while at >= 0:
            end = text.find(")", at)
            call.shell(text[at + 2 : end if end > 0 else len(text)], "tmux #()")
            at = text.find("#(", at + 2)


def _words_of(call: Call, value: Value) -> list[Value]:
    """Return the words of a command that stands in one word."""
    from agentguard.access.programs.carriers import split_string  # noqa: PLC0415 - only here

    words = split_string(None, value.replace(" ; ", " ';' ") if isinstance(value, str) else value)
    if words is None:
        call.opaque("which command tmux runs is not known")
    return words or []


def _commands(call: Call, values: list[Value], work: Work) -> None:
    for value in values:
        for piece in _pieces(_words_of(call, value)):
            _command(call, piece, None, work)


def _behind(call: Call, values: list[Value], work: Work) -> None:
    """A command behind its own words, or in one word."""
    if len(values) == 1:
        _commands(call, values, work)
        return
    for piece in _pieces(values):
        _command(call, piece, None, work)


def _file(call: Call, values: list[Value], work: Work) -> None:
    """A file of commands: those that this text has put into it."""
    for path in values:
        if path == "-":
            feed = call.stdin
        else:
            call.path("read", path, "a file of commands")
            call.path("execute", path, "a file of commands")
            feed = call.written(path)
        if feed is not None and isinstance(feed.value, str):
            for text in feed.value.split("\n"):
                if text.strip() and text.strip()[0] != "#":
                    _commands(call, [text], work)


def _typed(call: Call, values: list[Value], _work: Work) -> None:
    """Text typed into another shell; `Enter`, `Space` and their kin are keys."""
    done: list[object] = []
    for value in values:
        text = plain(value)
        low = (text or "").lower()
        if low in _KEYS:
            done.append(_KEYS[low])
        elif low in _NAMED or (low[:2] in ("c-", "m-", "s-", "f1") and len(low) < 5):
            done.append("\n")
        else:
            done += parts_of(value)
    typed = concat(done)  # type: ignore[arg-type]  # texts and wildcards
    known = typed if isinstance(typed, str) else ""
    if not isinstance(typed, str) or len(known.strip()) > 1:
        call.shell(typed, f"{call.name} send-keys")


_ACTS = {
    "behind": _behind, "commands": _commands, "format": _format, "keys": _typed, "tmuxfile": _file,
}  # fmt: skip


def screen(call: Call, work: Work) -> None:
    r"""`screen [-dmS NAME] COMMAND`; `screen -X stuff $'TEXT\n'` types it (screen(1), CUSTOMIZATION)."""
    line = work.line
    operands = list(line.operands)
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
    for path in line.values("-c"):
        if (feed := call.written(path)) is not None and isinstance(feed.value, str):
            for text in feed.value.split("\n"):
                _screens(call, _words_of(call, text), work)
    if line.has("-X"):
        _screens(call, operands, work)
    elif operands and (line.has("-m") or not line.has("-Q -r -R -x -d -D")):  # those name a session
        work.feed = call.run(operands, call.name, stdin=call.stdin)


def _screens(call: Call, words: list[Value], work: Work) -> None:
    """Run one command of screen."""
    name = plain(words[0]) if words else ""
    rest = words[1:]
    if name is None:
        call.opaque("which command screen runs is not known")
    elif name == "stuff" and rest:
        text = rest[0].replace("^M", "\n").replace("\\n", "\n") if isinstance(rest[0], str) else rest[0]
        if not isinstance(text, str) or len(text.strip()) > 1:
            call.shell(text, "screen stuff")
    elif name in ("screen", "exec") and rest:
        while rest and str(plain(rest[0]) or "")[:1] in ("-", ".", "!", "|", ":"):
            rest = rest[2:] if plain(rest[0]) in ("-t", "-h", "-T") else rest[1:]
        if rest:
            work.feed = call.run(rest, f"screen {name}")
    elif name in ("readbuf", "source") and rest:
        call.path("read", rest[0], f"screen {name}")
    elif name in ("writebuf", "hardcopy", "logfile") and rest:
        call.path("write", rest[-1], f"screen {name}")
    elif name in ("eval", "at") and rest:
        for word in rest:
            _screens(call, _words_of(call, word), work)
    elif name in ("bind", "bindkey") and len(rest) > 1:
        _screens(call, rest[1:], work)
