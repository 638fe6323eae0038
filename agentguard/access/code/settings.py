"""Commands and paths in files that tools load and that are no code: YAML, INI and TOML, XML, CMake, Terraform, Dockerfiles.

Not a parse of any of these: lines are gone through for the keys and functions of which the value is run, read or
deleted. A text in a container's own service is judged as `docker run` judges it.
"""

from __future__ import annotations

from agentguard.access.model import DELETE, READ, TREE, WRITE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from agentguard.access.shell.command import Call

_MAX_LINES = 5_000
_MAX_FOUND = 200


def read(call: Call, kind: str, text: str) -> None:
    """Make the rows of a file."""
    text = "\n".join(text.split("\n")[:_MAX_LINES])
    _READERS[kind](call, text)


def _shell(call: Call, text: str, what: str) -> None:
    if text.strip():
        call.shell(text.strip(), f"{call.name} {what}", state=call.child([]))


# -- YAML

# Keys of which the value is text for a shell, or the words of a command.
_RUNS = frozenset({
    "entry", "shell", "command", "raw", "cmd", "run", "script", "before_script", "after_script", "ansible.builtin.shell",
    "ansible.builtin.command", "ansible.builtin.raw", "ansible.builtin.script", "local_action", "commands",
})  # fmt: skip
_SOURCES = frozenset({"src", "slurp", "ansible.builtin.slurp"})


def entries(text: str) -> list[tuple[int, str, str]]:
    """Return (depth, key, value) of the lines of YAML; the key is "" for an item of a list. Blocks are one value."""
    found: list[tuple[int, str, str]] = []
    lines = text.split("\n")
    at = 0
    while at < len(lines):
        raw = lines[at]
        at += 1
        line = raw.strip()
        if not line or line[0] == "#":
            continue
        depth = len(raw) - len(raw.lstrip())
        while line.startswith("- "):
            depth += 2
            rest = line[2:].strip()
            line = rest if rest.startswith("- ") or (rest[:1] not in "[{" and _key(rest)[0]) else "\0" + rest
        item = line[:1] == "\0"
        key, value = ("", line[1:]) if item else _key(line)
        if item and value[:1] in ("[", "{") and value:
            found += _flow(value, depth)
            continue
        if value[:1] in ("|", ">"):
            block = []
            while at < len(lines) and (
                not lines[at].strip() or len(lines[at]) - len(lines[at].lstrip()) >= max(depth, 1)
            ):
                block.append(lines[at].strip())
                at += 1
            value = ("\n" if value[:1] == "|" else " ").join(block)
        if key and value[:1] in "[{" and value:
            found.append((depth, key, ""))
            found += _flow(value, depth + 2)
        elif key or item:
            found.append((depth, key, unquoted(value)))
    return found


def _key(line: str) -> tuple[str, str]:
    """Return key and value of `key: value`."""
    mark = line[:1] if line[:1] in ("'", '"') else ""
    end = line.find(mark, 1) + 1 if mark else 0
    at = line.find(":", end)
    if at < 0 or (line[at + 1 : at + 2] not in ("", " ")) or (not mark and " " in line[:at]):
        return "", ""
    return line[:at].strip("'\" "), line[at + 1 :].strip()


def _flow(value: str, depth: int) -> list[tuple[int, str, str]]:
    """Return the entries of `[a, b]` and `{k: v}`."""
    found: list[tuple[int, str, str]] = []
    for piece in _pieces(value[1:]):
        if piece[:1] in ("[", "{"):
            found += _flow(piece, depth + 2)
            continue
        key, rest = _key(piece)
        if key and rest[:1] in ("[", "{"):
            found.append((depth, key, ""))
            found += _flow(rest, depth + 2)
        else:
            found.append((depth, key, unquoted(rest if key else piece)))
    return found[:_MAX_FOUND]


def _pieces(text: str) -> list[str]:
    """Cut at the commas of the outermost brackets."""
    done: list[str] = []
    depth = start = at = 0
    while at < len(text):
        char = text[at]
        if char in "'\"" and not text[start:at].strip():
            end = text.find(char, at + 1)
            at = len(text) if end < 0 else end
        elif char in "[{":
            depth += 1
        elif char in "]}":
            depth -= 1
        if (char == "," and not depth) or depth < 0:
            done.append(text[start:at].strip())
            start = at + 1
            if depth < 0:
                break
        at += 1
    else:
        done.append(text[start:].strip())
    return [one for one in done if one]


def unquoted(value: str) -> str:
    """Return a value without its quotes."""
    value = value.strip()
    if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
        return value[1:-1].replace("''", "'") if value[0] == "'" else value[1:-1].replace('\\"', '"')
    return value.partition(" #")[0].strip()


def _yaml(call: Call, text: str) -> None:
    found = entries(text)
    if call.name in ("docker", "docker-compose", "podman", "podman-compose", "nerdctl"):
        _compose(call, found)
        return
    inside = (-1, "")
    paths: dict[int, str] = {}
    for depth, key, value in found[:_MAX_LINES]:
        if depth <= inside[0]:
            inside = (-1, "")
        if key in _RUNS or (not key and inside[1] in _RUNS):
            if value:
                _shell(call, value, key or inside[1])
            elif key:
                inside = (depth, key)
        elif key in ("path", "dest", "name"):
            paths[depth] = value
        elif key in _SOURCES and value:
            call.path(READ, value, f"{key} of {call.name}")
        elif key == "state" and value == "absent" and paths.get(depth, "")[:1] in ("/", "~", "."):
            call.path(DELETE, paths[depth], f"state of {call.name}", TREE)
        for name in ("lookup('file',", 'lookup("file",', "lookup('pipe',", 'lookup("pipe",'):
            rest = value.partition(name)[2].strip()
            if rest[:1] in ("'", '"'):
                inner = rest[1:].partition(rest[0])[0]
                if "pipe" in name:
                    _shell(call, inner, "lookup")
                else:
                    call.path(READ, inner, f"lookup of {call.name}")


def _compose(call: Call, found: list[tuple[int, str, str]]) -> None:
    """Each service as a `docker run`: what it mounts of this machine, and what it runs there."""
    services: list[tuple[list[str], list[str]]] = []
    level = service = -1
    listing = ""
    for depth, key, value in found:
        if depth == 0:
            level = 0 if key == "services" else -1
            service = -1
            continue
        if level < 0:
            continue
        if service < 0 or depth <= service:
            service = depth
            services.append((["docker", "run"], []))
            continue
        options, words = services[-1]
        if key in ("volumes", "command", "entrypoint", "cap_add"):
            listing = key
            if key in ("command", "entrypoint") and value:
                words += [value] if " " not in value else ["sh", "-c", value]
        elif key == "privileged" and value == "true":
            options.append("--privileged")
        elif key in ("pid", "network_mode", "ipc", "userns_mode") and value == "host":
            options += [f"--{key.partition('_')[0]}", "host"]
        elif key == "source" and listing == "volumes" and value:
            options += ["-v", f"{value}:/mounted"]
        elif key and key not in ("type", "target", "bind", "read_only"):
            listing = ""
        elif not key and listing == "volumes" and ":" in value:
            options += ["-v", value]
        elif not key and listing in ("command", "entrypoint"):
            words.append(value)
    for options, words in services:
        if any(option in ("-v", "--privileged") for option in options):
            call.run([*options, "image", *words], f"{call.name} service")


# -- INI and TOML


def _settings(call: Call, text: str) -> None:
    """`commands` of tox, tasks and scripts of Python's tools, runners of cargo."""
    section = key = ""
    for raw in text.split("\n"):
        line = raw.strip()
        if line[:1] in ("#", ";", ""):
            continue
        if line[:1] == "[" and line[-1:] == "]" and "=" not in line:
            section, key = line.strip("[]"), ""
            continue
        if raw[:1] in (" ", "\t") and key:
            if key.startswith("commands"):
                _shell(call, line.lstrip("-! "), key)
            continue
        name, equals, value = line.partition("=")
        key = name.strip() if equals else ""
        last = section.rpartition(".")[2]
        if key.startswith("commands") and call.name in ("tox", "nox"):
            _shell(call, value.strip().lstrip("-! "), key)
        elif last in ("tasks", "scripts") and section not in ("project.scripts", "tool.poetry.scripts"):
            _shell(call, unquoted(value.strip()), key)


# -- XML


def _markup(call: Call, text: str) -> None:
    """`<delete dir="…"/>`, `<exec executable="…"><arg value="…"/>` of Ant; `<Exec Command="…"/>` of MSBuild; Maven's exec."""
    words: list[str] = []
    at = text.find("<")
    count = 0
    while at >= 0 and count < _MAX_LINES:
        count += 1
        end = text.find(">", at)
        if end < 0:
            break
        tag = text[at + 1 : end]
        body = text[end + 1 : text.find("<", end) if text.find("<", end) >= 0 else len(text)].strip()
        at = text.find("<", end)
        name = tag.split(None, 1)[0].strip("/") if tag.split() else ""
        attributes = _attributes(tag)
        low = name.lower()
        if tag[:1] == "/":
            if low in ("exec", "configuration", "java", "apply") and words:
                call.run(list(words), f"{call.name} {low}")
                words = []
        elif low == "exec" and "Command" in attributes:
            _shell(call, attributes["Command"], name)
        elif low in ("exec", "apply"):
            words = [attributes["executable"]] if "executable" in attributes else []
            if tag.endswith("/") and words:
                call.run(list(words), f"{call.name} {low}")
                words = []
        elif low == "executable" and body:
            words = [body]
        elif low in ("arg", "argument") and words:
            if "line" in attributes:
                words += attributes["line"].split()
            else:
                words.append(attributes.get("value", body))
        elif low in ("delete", "removedir"):
            for key in ("dir", "file", "Directories", "Files"):
                if key in attributes:
                    call.path(DELETE, attributes[key], f"<{name}>", TREE)
        elif low in ("loadfile", "copy", "move", "concat", "readlinesfromfile", "loadproperties", "fileset", "scp"):
            for key in ("srcFile", "srcfile", "file", "File", "SourceFiles", "dir"):
                if key in attributes:
                    call.path(READ, attributes[key], f"<{name}>")
            for key in ("tofile", "todir", "DestinationFolder"):
                if key in attributes:
                    call.path(WRITE, attributes[key], f"<{name}>")


def _attributes(tag: str) -> dict[str, str]:
    found: dict[str, str] = {}
    at = 0
    while (equals := tag.find("=", at)) >= 0 and len(found) < 32:
        mark = tag[equals + 1 : equals + 2]
        end = tag.find(mark, equals + 2) if mark in ("'", '"') and mark else -1
        if end < 0:
            break
        value = tag[equals + 2 : end]
        for name, char in (("&amp;", "&"), ("&quot;", '"'), ("&gt;", ">"), ("&lt;", "<"), ("&apos;", "'")):
            value = value.replace(name, char)
        names = tag[at:equals].split()
        found[names[-1] if names else ""] = value
        at = end + 1
    return found


# -- functions and blocks


def _arguments(text: str, name: str) -> list[list[str]]:
    """Return the words in the brackets behind each `name(`."""
    found: list[list[str]] = []
    low = text.lower()
    at = low.find(name + "(")
    while at >= 0 and len(found) < _MAX_FOUND:
        end = _closed(text, at + len(name) + 1)
        found.append(_words(text[at + len(name) + 1 : end]))
        at = low.find(name + "(", end)
    return found


def _closed(text: str, at: int) -> int:
    """Return where the bracket closes that was opened before `at`."""
    depth = 1
    while at < len(text):
        if text[at] == '"':
            at += 1
            while at < len(text) and text[at] != '"':
                at += 2 if text[at] == "\\" else 1
        depth += (text[at : at + 1] in ("(", "[", "{")) - (text[at : at + 1] in (")", "]", "}"))
        if not depth:
            return at
        at += 1
    return len(text)


def _words(text: str) -> list[str]:
    done: list[str] = []
    at = 0
    while at < len(text) and len(done) < _MAX_FOUND:
        if text[at].isspace() or text[at] == ",":
            at += 1
            continue
        if text[at] == '"':
            end = at + 1
            while end < len(text) and text[end] != '"':
                end += 2 if text[end] == "\\" else 1
            done.append(text[at + 1 : end].replace('\\"', '"'))
            at = end + 1
            continue
        end = at
        while end < len(text) and not text[end].isspace() and text[end] != ",":
            end += 1
        done.append(text[at:end])
        at = end
    return done


_CMAKE_KEYS = frozenset({
    "WORKING_DIRECTORY", "RESULT_VARIABLE", "OUTPUT_VARIABLE", "ERROR_VARIABLE", "OUTPUT_QUIET", "ERROR_QUIET", "TIMEOUT",
    "DEPENDS", "COMMENT", "VERBATIM", "BYPRODUCTS", "OUTPUT_STRIP_TRAILING_WHITESPACE", "COMMAND_ERROR_IS_FATAL",
    "COMMAND_ECHO",
    "RESULTS_VARIABLE", "INPUT_FILE", "OUTPUT_FILE", "ERROR_FILE", "MAIN_DEPENDENCY", "POST_BUILD", "PRE_BUILD", "SOURCES",
})  # fmt: skip


def _cmake(call: Call, text: str) -> None:
    """`execute_process(COMMAND …)`, `add_custom_command(… COMMAND …)`, `file(READ …)` (cmake-commands(7))."""
    lines = [line for line in text.split("\n") if not line.lstrip().startswith("#")]
    text = "\n".join(lines).replace("$ENV{HOME}", call.world.home)
    for name in ("execute_process", "add_custom_command", "add_custom_target", "add_test"):
        for words in _arguments(text, name):
            command: list[str] = []
            taking = False
            for word in [*words, "COMMAND"]:
                if word == "COMMAND" or word in _CMAKE_KEYS:
                    if command:
                        call.run(list(command), f"{call.name} {name}")
                    command, taking = [], word == "COMMAND"
                elif taking:
                    command.append(word)
    for words in _arguments(text, "file"):
        action, rest = (words[0].upper(), words[1:]) if words else ("", [])
        if action in ("READ", "STRINGS") and rest:
            call.path(READ, rest[0], "file() of cmake")
        elif action in ("WRITE", "APPEND") and rest:
            call.path(WRITE, rest[0], "file() of cmake")
        elif action in ("REMOVE", "REMOVE_RECURSE"):
            for word in rest:
                call.path(DELETE, word, "file() of cmake", TREE if action == "REMOVE_RECURSE" else "exact")
        elif action in ("COPY", "RENAME", "COPY_FILE") and rest:
            call.path(READ, rest[0], "file() of cmake")
        elif action in ("DOWNLOAD", "UPLOAD") and len(rest) > 1:
            from agentguard.access.programs import net  # noqa: PLC0415 - rare

            net.url(call, rest[action == "UPLOAD"], "file() of cmake")
            if action == "UPLOAD":
                call.path(READ, rest[0], "file() of cmake")


def _terraform(call: Call, text: str) -> None:
    """`program = ["sh", "-c", "…"]` of an external data source, `command = "…"` of local-exec, `file("…")`."""
    functions(call, text)
    for key in ("command", "program"):
        at = text.find(key)
        while at >= 0:
            rest = text[at + len(key) :].lstrip()
            if rest[:1] == "=" and rest[:2] != "==" and not (text[at - 1 : at].isalnum() or text[at - 1 : at] == "_"):
                value = rest[1:].lstrip()
                if value[:1] == "[":
                    words = _words(value[1 : _closed(value, 1)])
                    if words:
                        call.run(list(words), f"{call.name} {key}")
                elif value[:1] == '"':
                    _shell(call, _words(value.split("\n", 1)[0])[0], key)
                elif value[:2] == "<<":
                    mark, _, body = value[2:].lstrip("-~").partition("\n")
                    _shell(call, body.partition("\n" + mark.strip())[0].partition(mark.strip() + "\n")[0], key)
            at = text.find(key, at + 1)


_READING = ("file", "filebase64", "templatefile", "filesha256", "filemd5", "fileset", "file.read")


def functions(call: Call, text: str) -> None:
    """`file("…")` and its kin of Terraform and Packer read a file of this machine (developer.hashicorp.com, Functions)."""
    for name in _READING:
        for words in _arguments(text, name):
            if words and words[0] and "$" not in words[0]:
                call.path(READ, words[0].replace("~/", call.world.home + "/", 1), f"{name}() of {call.name}")


def _dockerfile(call: Call, text: str) -> None:
    """`COPY` and `ADD` hand files of this machine to the image; what runs there runs there."""
    for raw in text.replace("\\\n", " ").split("\n"):
        words = raw.split()
        if words[:1] and words[0].upper() in ("COPY", "ADD") and not any(word.startswith("--from") for word in words):
            given = [word.strip('[],"') for word in words[1:] if not word.startswith("--")]
            for word in given[:-1]:
                call.begin((words[0].upper(),), (), (), frozenset())
                if "*" not in word and word not in (".", "./") and "$" not in word and "://" not in word:
                    call.path(READ, word, f"{words[0]} of the image")


def _runs(call: Call, text: str) -> None:
    """`session.run("rm", "x")` of nox, `c.run("rm x")` of invoke and fabric."""
    for words in _arguments(text.replace(", external=True", "").replace("'", '"'), ".run"):
        words = [word for word in words if "=" not in word.partition('"')[0]]  # noqa: PLW2901 - without options
        if len(words) == 1 and " " in words[0]:
            _shell(call, words[0], "run")
        elif words:
            call.run(list(words), f"{call.name} run")


def _strings(call: Call, text: str) -> None:
    """Every text is a command, as in the settings of lint-staged."""
    from agentguard.access.code import tokens  # noqa: PLC0415 - rare

    for kind, value, _ in tokens.cut(text, "javascript"):
        if kind == tokens.TEXT and all(isinstance(part, str) for part in value) and " " in "".join(value).strip():
            _shell(call, "".join(value), "lint-staged")


# What draws another file into a document, and what stands behind its name ("" for the end of the line): the manuals of TeX,
# Asciidoctor, Python-Markdown's snippets, mdBook, Sphinx, PlantUML, Jsonnet, Nix, Typst and the preprocessor of C.
_INCLUDES = (
    ("\\input{", "}"), ("\\include{", "}"), ("\\verbatiminput{", "}"), ("\\lstinputlisting{", "}"),
    ("\\VerbatimInput{", "}"), ("\\openin", ""), ("include::", "["), ("--8<--", ""), ("{{#include", "}"), ("{% include", "%"),
    (".. include::", ""), (".. literalinclude::", ""), ("!include", ""), ("!includesub", ""), ("importstr", ";"),
    ("importbin", ";"), ("builtins.readFile", ";"), ("readFile", ";"), ("#include", ""), ("#read(", ")"), ("\\input ", ""),
)  # fmt: skip


def _includes(call: Call, text: str) -> None:
    """Files that a document draws in, and commands that TeX runs by `write18` and a pipe behind `input`."""
    for line in text.split("\n"):
        for start, end in _INCLUDES:
            for piece in line.split(start)[1:]:
                name = piece.partition(end)[0] if end else piece
                name = name.strip()
                if name[:1] == "|":
                    _shell(call, name[1:].strip('"'), "input")
                elif name[:1] in ("'", '"'):
                    call.path(READ, name[1:].partition(name[0])[0], "what the document draws in")
                elif name and name[:1] not in "<(={" and "://" not in name:
                    call.path(READ, name.split()[0].rstrip(")}],;"), "what the document draws in")
        for piece in line.split("\\write18{")[1:]:
            _shell(call, piece.partition("}")[0], "write18")


_READERS: dict[str, Callable[[Call, str], None]] = {
    "yaml": _yaml, "settings": _settings, "markup": _markup, "cmake": _cmake, "terraform": _terraform,
    "dockerfile": _dockerfile, "runs": _runs, "strings": _strings, "includes": _includes,
}  # fmt: skip
