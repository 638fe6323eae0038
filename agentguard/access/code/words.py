"""What AppleScript and Tcl would do: languages of words, read line by line; and any other language by its texts alone.

Of a language that has no table, each text is judged by the name before it (`system "…"`, `(shell-command "…")`,
`os:cmd("…")`, `readFile "…"`); a text behind any other name may be a path or an address, if it looks like one.
"""

from __future__ import annotations

from agentguard.access.code.sinks import Found
from agentguard.access.model import UNKNOWN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.code.sinks import Finding
    from agentguard.access.model import Value

_MAX_LINES = 2_000
_BLOCKS = frozenset({"if", "while", "for", "foreach", "proc", "catch", "try", "expect", "else", "elseif", "switch"})
_RUNS_TEXT = ("do shell script", "do script", "write text")  # the last two type into a terminal


def read(text: str, language: str, home: str = "~") -> list[Finding]:
    """Return what the code would do. Never raises."""
    found = Found(home, tilde=True)
    if language == "other":
        _texts(text, found)
        return found.finish()
    lines = text.replace(";", "\n").split("\n") if language == "tcl" else text.split("\n")
    if len(lines) > _MAX_LINES:
        return [("opaque", "the code is too long")]
    for line in lines:
        if language == "applescript":
            _applescript(line.strip(), found)
        else:
            _tcl(line.strip(), found)
    return found.finish()


def _applescript(line: str, found: Found) -> None:
    """`do shell script "…"`, `tell app "Terminal" to do script "…"`, files, code from texts."""
    if line.startswith("--"):
        return
    low = line.lower()
    for words in _RUNS_TEXT:
        at = low.find(words)
        if at >= 0 and (low[at - 1 : at] in ("", " ", "(")):
            found.shell(_text(line[at + len(words) :]))
            if "administrator privileges" in low:
                found.add("trait", ("privileged", "the code asks for the administrator's rights"))
    if low.startswith(("run script ", "load script ")) or " run script " in low:
        value = _text(line[low.find("script ") + 7 :])
        if isinstance(value, str) and "posix file" not in low:
            found.list += read(value, "applescript", found.home)
        else:
            found.add("opaque", "the code runs other code (run script)")
    for words, action in (("read posix file", "read"), ("open for access posix file", "write"), ("read (posix file", "read"),
                          ("read file", "read")):  # fmt: skip
        if words in low:
            found.path(action, _text(line[low.find(words) + len(words) :]))
    if "finder" in low and " delete " in low and "posix file" not in low:
        found.path("delete", _text(low[low.find(" delete ") + 8 :]), "tree")
    if low.startswith("delete posix file") or ("tell app" in low and " delete " in low and "posix file" in low):
        found.path("delete", _text(line[low.find("posix file") + 10 :]))


def _text(rest: str) -> Value:
    """Return the text literal that an argument starts with; unknown where it is put together."""
    rest = rest.strip(" (")
    if rest[:1] != '"':
        return UNKNOWN
    at = 1
    done: list[str] = []
    while at < len(rest) and rest[at] != '"':
        if rest[at] == "\\" and at + 1 < len(rest):
            at += 1
        done.append(rest[at])
        at += 1
    behind = rest[at + 1 :].lstrip(" )")
    return UNKNOWN if behind.startswith("&") else "".join(done)


def _tcl(line: str, found: Found) -> None:
    """`exec rm x`, `open "|cmd"`, `file delete x`, `socket h 80`, `source x`, `eval …`, and those in brackets."""
    if line.startswith("#"):
        return
    if line.partition(" ")[0] in _BLOCKS and "{" in line:
        for piece in line.replace("{", "\n").replace("}", "\n").split("\n")[1:]:
            _tcl(piece.strip(), found)
        return
    nested = line.replace("[", "\0\n").replace("]", "\n")
    for piece in nested.split("\n"):
        words = _words(piece.rstrip("\0"))
        if not words:
            continue
        if piece.endswith("\0"):  # what another command gives
            words.append(UNKNOWN)
        name, rest = words[0], words[1:]
        if name in ("exec", "spawn", "system"):
            rest = [word for word in rest if word not in ("-noecho", "-ignorestderr", "--", "&")]
            if name == "system":
                found.shell(" ".join(map(str, rest)) if all(isinstance(word, str) for word in rest) else UNKNOWN)
            else:
                found.command(rest)
        elif name == "open" and rest:
            first = rest[0]
            if isinstance(first, str) and first[:1] == "|":
                found.shell(first[1:])
            else:
                found.opened(first, (rest[1],) if len(rest) > 1 else ())
        elif name == "file" and len(rest) > 1:
            if rest[0] in ("delete", "mkdir"):
                for word in rest[1:]:
                    if not (isinstance(word, str) and word.startswith("-")):
                        found.path(
                            "write" if rest[0] == "mkdir" else "delete",
                            word,
                            "tree" if rest[0] == "delete" else "exact",
                        )
            elif rest[0] in ("rename", "copy") and len(rest) > 2:
                for action in ("read", "delete") if rest[0] == "rename" else ("read",):
                    found.path(action, rest[-2])
                found.path("write", rest[-1])
        elif name == "socket" and len(rest) > 1 and rest[0] != "-server":
            port = rest[-1]
            found.add("connect", (rest[-2], int(port) if isinstance(port, str) and port.isdigit() else 0, True))
        elif name == "source" and rest:
            found.run(rest[-1], "tcl")
        elif name in ("eval", "uplevel", "subst") and any(word is UNKNOWN for word in rest):
            found.add("opaque", f"the code runs other code ({name})")


def _words(piece: str) -> list[Value]:
    """Return the words of a command: bare, in quotes or in braces; one with a variable in it is not known."""
    done: list[Value] = []
    at = 0
    while at < len(piece):
        char = piece[at]
        if char.isspace():
            at += 1
            continue
        close = {'"': '"', "{": "}"}.get(char, "")
        end = piece.find(close, at + 1) if close else at
        if not close:
            while end < len(piece) and not piece[end].isspace():
                end += 1
        end = len(piece) if end < 0 else end
        word = piece[at + 1 : end] if close else piece[at:end]
        done.append(UNKNOWN if "$" in word and close != "}" else word)
        at = end + bool(close)
    return done


_STARTS = frozenset({
    "system", "exec", "shell", "popen", "spawn", "sh", "cmd", "callcommand", "readprocess", "createprocess", "shell-command",
    "shell-command-to-string", "execshellcmd", "execcmd", "execcmdex",
    "execprocess", "startprocess", "staticexec", "gorge",
    "call-process", "start-process", "run-program", "run-shell-command", "process", "system*",
    "sh/exec", "shellout", "execute", "command", "invoke-shell", "executeandreturnstandardoutput", "launch", "proc", "start",
    "run_command",
})  # fmt: skip
_READS = frozenset({
    "readfile", "slurp", "readtext", "readstring", "read_file", "fromfile", "readalllines", "readlines", "fileread",
    "open-input-file", "file->string", "insert-file-contents", "find-file-noselect", "contentsoffile", "readalltext",
    "call-with-input-file", "read-file-into-string", "readfilesync", "contentsof", "open-file", "with-open-file",
})  # fmt: skip
_WRITES = frozenset({
    "writefile", "spit", "writetext", "writestring", "write_file", "appendfile", "write-region", "open-output-file",
    "display-to-file", "writealltext",
})  # fmt: skip
_DELETES = frozenset({
    "removefile", "delete-file", "delete-directory", "removedirectoryrecursive", "removeitem", "del_dir_r", "delete",
    "delete-tree", "removepathforcibly", "deleterecursively", "rm", "rmdir", "unlink", "delete-directory/files",
})  # fmt: skip
_MAX_TEXTS = 500


def _texts(code: str, found: Found) -> None:
    """Judge each text by the name before it."""
    at = count = 0
    while at < len(code) and count < _MAX_TEXTS:
        if code[at] not in "\"'":
            at += 1
            continue
        mark = code[at]
        end = at + 1
        while end < len(code) and code[end] != mark:
            end += 2 if code[end] == "\\" else 1
        if mark == "'" and (end >= len(code) or "\n" in code[at:end] or code[at + 1 : at + 2] in "(:"):
            at += 1  # a quotation mark of Lisp, an apostrophe
            continue
        count += 1
        text = code[at + 1 : end].replace("\\" + mark, mark)
        names = _before(code, at)
        behind = code[end + 1 : end + 4].lstrip(" )")
        if names & _STARTS or (behind.lstrip(".")[:1] == "!" and behind[:2] != "!="):  # Scala's `"ls".!`
            more = _following(code, end + 1)
            if more and " " not in text:
                found.command([text, *more])
            else:
                found.shell(text)
        elif names & _READS:
            found.path("read", text)
        elif names & _WRITES:
            found.path("write", text)
        elif names & _DELETES:
            found.path("delete", text, "tree")
        elif "://" in text or (("/" in text or text[:1] == ".") and " " not in text and "\n" not in text):
            found.add("stray", text)
        at = end + 1
    if not count and any(name in code for name in ("System.Process", "os:cmd", "sys.process")):
        found.add("opaque", "what the code starts is not known")


def _before(code: str, at: int) -> set[str]:
    """Return the names in front of a text: the last one, and its parts."""
    end = at
    while end and code[end - 1] in " (\t:,[#$":
        end -= 1
    start = end
    while start and (code[start - 1].isalnum() or code[start - 1] in "-_.:/*>!?"):
        start -= 1
    name = code[start:end].lower().rstrip("!?")
    return {name, name.rpartition(".")[2], name.rpartition(":")[2], name.rpartition("/")[2]} - {""}


def _following(code: str, at: int) -> list[Value]:
    """Return the texts that stand behind another one in the same brackets."""
    done: list[Value] = []
    while at < len(code) and code[at] not in ")]\n;":
        if code[at] in "\"'":
            end = code.find(code[at], at + 1)
            if end < 0:
                break
            done.append(code[at + 1 : end])
            at = end
        at += 1
    return done
