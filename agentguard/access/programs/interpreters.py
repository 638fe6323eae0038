"""Interpreters: the file they run, code in options, and code on standard input.

Running a file is a certain `execute`. Code that is handed over in this call is read: shell text and Python in full,
other languages by their literals. Code that cannot be known is opaque.
"""

from __future__ import annotations

from agentguard.access.code.sinks import EVERYWHERE
from agentguard.access.model import EXECUTE, LISTEN, READ, UNKNOWN, WRITE
from agentguard.access.programs import walk
from agentguard.access.programs.carriers import run_file, shell_reads
from agentguard.access.programs.coded import read_code
from agentguard.access.shell.flow import Feed
from agentguard.access.shell.values import concat, parts_of, plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.model import Value
    from agentguard.access.programs.walk import Work
    from agentguard.access.shell.command import Call


def shell(call: Call, work: Work) -> None:
    """`sh -c TEXT NAME ARG…`, `sh FILE ARG…`, `sh` with commands on standard input."""
    line = work.line
    only_reads = (
        line.has("-n") and not line.has("-i -c") and str(plain(line.operands[0]) if line.operands else "")[:1] != "+"
    )
    while line.operands and str(plain(line.operands[0]) or "")[:1] == "+":  # `bash +x -c TEXT`: what `+` switches off
        rest = line.operands[2:] if line.operands[0] in ("+o", "+O") else line.operands[1:]
        again = walk.read({**work.entry, "run": None}, call.name, rest).line
        line.flags += again.flags
        line.kinds.update(again.kinds)
        line.operands = again.operands
    operands = list(line.operands)
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
    for path in [*line.values("--rcfile"), *line.values("--init-file")]:
        for feed in call.contents(path):
            if isinstance(feed.value, str):
                call.shell(feed.value, call.name, state=call.child([]))
            else:
                call.fetched_or_opaque("what the shell starts with is not known", fetched=feed.fetched)
    if line.has("-c --command"):
        if work.entry.get("language") == "fish" and not (operands and _alike(operands[0])):
            call.opaque("the language of fish is not read")
        elif operands:
            zero = operands[1] if len(operands) > 1 else call.name
            child = call.child(operands[2:], zero)
            work.feed = call.shell(operands[0], f"{call.name} -c", stdin=call.stdin, state=child)
    elif operands and only_reads and not line.has("-s"):  # set -n: commands are read and not run
        call.path(READ, operands[0], "a script that is only read")
    elif operands and not line.has("-s") and operands[0] != "-":
        run_file(call, work, operands[0], call.name, state=call.child(operands[1:], operands[0]))
    elif not line.has("--version --help"):
        shell_reads(call, work, call.name, state=call.child(operands))


# What fish reads otherwise than other shells do, at the start of a command (fish-doc, Commands).
_OF_FISH = frozenset({
    "abbr", "alias", "and", "begin", "case", "else", "end", "eval", "for", "function", "functions", "if", "math", "not",
    "or", "set", "source", "status", "string", "switch", "while",
})  # fmt: skip


def _alike(text: Value) -> bool:
    """Return whether fish reads a text as other shells do: one plain command."""
    plainly = isinstance(text, str) and all(char.isalnum() or char in " _-./=:,@+%$~'\"" for char in text)
    return plainly and str(text).split(" ")[0] not in _OF_FISH


def made(call: Call, path: Value) -> Feed:
    """A file that this text made is run by its name: its first line says what reads it (execve(2))."""
    call.begin((call.name,), (), tuple(call.words), frozenset())
    call.path(EXECUTE, path, "the command")
    written = Feed(UNKNOWN)
    for feed in call.contents(path):
        text = feed.value
        if not isinstance(text, str):
            call.fetched_or_opaque("what is in the file that runs is not known", fetched=feed.fetched)
            continue
        first = text.partition("\n")[0]
        program, _, argument = first[2:].strip().partition(" ")
        reader = (argument.split() or [""])[-1] if program.endswith("/env") else program.rpartition("/")[2]
        if first[:2] != "#!" or reader in _SHELLS:
            written = call.shell(
                text, call.name, stdin=call.stdin, state=call.child(call.words, call.program or call.name, reader)
            )
        else:
            arguments = argument.split() if program.endswith("/env") else [argument] if argument else []
            call.run([program, *arguments, path, *call.words], call.name, stdin=call.stdin)
    return written


_SHELLS = frozenset({"sh", "bash", "dash", "zsh", "ksh"})


def python(call: Call, work: Work) -> None:
    """`python -c TEXT`, `python -m MODULE ARG…`, `python FILE ARG…`, `python` with code on standard input."""
    line = work.line
    operands = list(line.operands)
    words = call.words
    name, value = next(((name, value) for name, value in line.flags if name in ("-c", "-m")), ("", None))
    code, module = (value, None) if name == "-c" else (None, value)
    if code is not None or module is not None:
        # Everything behind -c TEXT or -m MODULE belongs to that.
        at = next(n for n, word in enumerate(words) if word is code or word is module or _bundles(word, code, module))
        operands = words[at + 1 :]
    line.operands = operands
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
    if code is not None:
        work.feed = read_code(call, "python", code, ["-c", *operands])
    elif module is not None:
        from agentguard.access.programs import modules  # noqa: PLC0415 - few commands name one

        modules.run(call, work, module, operands)
    elif operands and operands[0] != "-":
        script(call, operands[0], "python", operands[1:])
        _tool(call, operands)
        if line.has("-i") or plain(call.variable("PYTHONINSPECT") or ""):
            from_stdin(call, work, "python", operands)
    elif not line.has("--version --help -V -h"):
        from_stdin(call, work, "python", operands)


def _bundles(word: Value, code: Value | None, module: Value | None) -> bool:
    """Return whether a word holds the value of -c or -m itself: `-cprint(1)`, `-mpip`."""
    value = code if code is not None else module
    text = plain(word)
    return text is not None and text[:1] == "-" and len(text) > 2 and isinstance(value, str) and text.endswith(value)


def script(call: Call, path: Value, language: str, arguments: list[Value] | None = None) -> None:
    """A file is run by an interpreter; one of another machine is fetched first."""
    text = plain(path)
    if text is not None and text.startswith(("http://", "https://")):
        from agentguard.access.programs import net  # noqa: PLC0415 - rare

        net.url(call, text, "the script")
        call.fetched_or_opaque("the script comes over the network", fetched=True)
        return
    call.path(READ, path, "the script")
    call.path(EXECUTE, path, "the script")
    feeds = call.contents(path)
    for feed in feeds:
        if isinstance(feed.value, str):
            read_code(call, language, feed.value, [path, *(arguments or [])], path)
        elif feed.source is None:
            call.fetched_or_opaque("what is in the script is not known", fetched=feed.fetched)
    if not feeds:
        from agentguard.access.code import reach  # noqa: PLC0415 - few commands run a file

        reach.code(call, path, language)


_TOOLS = frozenset({"manage.py", "setup.py", "artisan", "console", "mvnw", "gradlew"})


def _tool(call: Call, operands: list[Value]) -> None:
    """A script of the project that every project has, and whose arguments are known: `python manage.py flush`."""
    name = (plain(operands[0]) or "").rpartition("/")[2]
    if name in _TOOLS:
        call.run([name, *operands[1:]], call.name, stdin=call.stdin)


def from_stdin(call: Call, work: Work, language: str, arguments: list[Value] | None = None) -> None:
    """An interpreter that gets its code from standard input."""
    stdin = call.stdin
    if stdin is None:
        return
    if isinstance(stdin.value, str):
        read_code(call, language, stdin.value, arguments)
    elif stdin.source is not None:
        script(call, stdin.source, language)
    else:
        call.fetched_or_opaque(f"what {call.name} reads from its standard input is not known", fetched=stdin.fetched)


def other(call: Call, work: Work) -> None:
    """Interpreters of which only literals are read."""
    if len(work.command) > 1 and str(work.entry.get("operands", "")).startswith(("text", "look")):  # `swift build`
        walk.standard(call, work)
        return
    language = str(work.entry["language"])
    line = work.line
    operands = list(line.operands)
    codes = [value for flag, value in line.flags if line.kinds.get(flag) == "code" and value is not None]
    lisp = language == "other" and operands and str(plain(operands[0]) or "")[:1] == "("  # `bb '(shell "ls")'`
    if (work.entry.get("operands") == "code" or lisp) and operands:
        codes.append(operands.pop(0))
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
    for file in (
        line.values("--env-file") if codes or not operands else ()
    ):  # a program of the project loads it for itself
        call.path(READ, file, "the variables that the code sees")
    if language == "applescript" and plain(line.value("-l") or "") == "JavaScript":
        language = "javascript"
    if language == "ruby" and codes == ["httpd"]:  # `ruby -run -e httpd FOLDER -p PORT`, of the library un.rb
        port = next((plain(operands[n + 1]) or "" for n, word in enumerate(operands[:-1]) if word == "-p"), "8080")
        number = int(port) if port.isdigit() and len(port) < 6 else None
        host: Value = next(
            (operands[n + 1] for n, word in enumerate(operands[:-1]) if word in ("-b", "--bind-address")), EVERYWHERE
        )
        call.connect(host, number, "it serves files", action=LISTEN)
        return
    for flag, value in line.flags:  # `node --import https://…`, `--import data:text/javascript,CODE`
        given = str(plain(value) or "") if value is not None and line.kinds.get(flag) == "run" else ""
        if given.startswith(("http:", "https:")):
            script(call, given, language)
        elif given.startswith("data:"):
            read_code(call, language, _data(given))
    if language == "perl":  # `-MNAME ARGUMENTS` is code, and may go on behind it: perlrun(1)
        codes[:0] = [
            concat(["use ", *parts_of(one)]) for one in (*line.values("-M"), *line.values("-m")) if _goes_on(one)
        ]
    if any(str(plain(one)).startswith("dotenv") for one in line.values("--require")):
        codes = [concat(["require('dotenv').config();", *parts_of(one)]) for one in codes]
    for code in codes:
        work.feed = read_code(call, language, code, shows=line.has("--print")) or work.feed
        if language == "applescript" and "login item" in str(code):
            call.path(WRITE, f"{call.world.home}/{_LOGIN_ITEMS}", "what starts at login")
    filters = language in ("perl", "ruby") and codes and line.has("-n -p -i")
    if filters:
        for value in operands:
            call.path(READ, value, "operand")
            if line.has("-i"):
                call.path(WRITE, value, "edited in place")
        if line.has("-i"):
            from agentguard.access.programs import sed  # noqa: PLC0415 - few commands edit in place

            scripts = [plain(code) or "" for code in codes]
            sed.in_place(call, operands, [script.strip().rstrip(";") for script in scripts], only="s")
    elif codes:
        for value in operands:
            walk.guess(call, value, "argument of the code")
    elif language == "php" and line.has("-S"):
        _listens(call, line.value("-S"))
    elif operands and operands[0] != "-":
        script(call, operands[0], language)
        _tool(call, operands)
    elif not line.has("--version --help -v -h --run --file -f --check --test -V -i"):
        from_stdin(call, work, language)


def _goes_on(module: Value) -> bool:
    return any(mark in part for part in parts_of(module) if isinstance(part, str) for mark in ";({")


def _data(address: str) -> Value:
    """Return what a `data:` address holds (RFC 2397); unknown where it is not read."""
    from agentguard.access.code import held  # noqa: PLC0415 - rare

    about, _, body = address.partition(",")
    return held.text(held.decoded(body, "base64") if about.endswith(";base64") else held.unquoted(body))


def console(call: Call, work: Work) -> None:
    """A console of a framework: code in options, as its first operand (of the kind `code`), or on standard input."""
    language = str(work.entry["language"])
    line = work.line
    operands = list(line.operands)
    codes = [value for flag, value in line.flags if line.kinds.get(flag) == "code" and value is not None]
    if work.entry.get("operands") == "code":
        codes += operands[:1]
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
    for code in codes:
        read_code(call, language, code)
    if not codes:
        from_stdin(call, work, language)


def compiler(call: Call, work: Work) -> None:
    """`ghc -e TEXT`, `ghc FILE…`: a text is run, files are compiled."""
    line = work.line
    walk.standard(call, work)
    for flag, value in line.flags:
        if line.kinds.get(flag) == "code" and value is not None:
            read_code(call, str(work.entry["language"]), value)


# Where macOS keeps what starts at login.
_LOGIN_ITEMS = "Library/Application Support/com.apple.backgroundtaskmanagementagent/backgrounditems.btm"


def _listens(call: Call, place: Value | None) -> None:
    text = plain(place) if place is not None else None
    host, _, port = (text or "").rpartition(":")
    call.connect(host or UNKNOWN, int(port) if port.isdigit() and len(port) < 6 else None, "it serves", action=LISTEN)


def _powershell(call: Call) -> bool:
    """Return whether PowerShell is given text: its options may be cut short, in any case (about_Pwsh)."""
    for place, word in enumerate(call.words):
        text = (plain(word) or "").lower().lstrip("-/")
        if (plain(word) or "")[:1] not in ("-", "/"):
            return False
        if text and ("command".startswith(text) or "encodedcommand".startswith(text) or text in ("ec", "enc", "cwa")):
            call.row(EXECUTE, why="the command")
            code = " ".join(str(plain(rest)) for rest in call.words[place + 1 :]).lower()
            gets = any(
                name in code for name in ("irm", "iwr", "invoke-webrequest", "invoke-restmethod", "downloadstring")
            )
            runs = "iex" in code or "invoke-expression" in code
            call.fetched_or_opaque(f"the language of {call.name} is not read", fetched=gets and runs)
            return True
        if any(name.startswith(text) for name in ("executionpolicy", "windowstyle", "version")) or text in (
            "ep",
            "ex",
            "w",
        ):
            return _powershell_behind(call, place + 2)
    return False


def _powershell_behind(call: Call, place: int) -> bool:
    words, call.words = call.words, call.words[place:]
    found = _powershell(call)
    call.words = words
    return found


def unread(call: Call, work: Work) -> None:
    """Languages that are not read: code in the call is opaque, a file is executed."""
    line = work.line
    if call.name in ("pwsh", "powershell"):
        call.begin(work.command, (), tuple(call.words), frozenset())
        if _powershell(call):
            return
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
    if line.has("-Command -c -EncodedCommand"):
        call.opaque(f"the language of {call.name} is not read")
    elif line.operands:
        script(call, line.operands[0], call.name)
    elif not line.flags:
        from_stdin(call, work, call.name)
