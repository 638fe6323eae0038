"""Clients of the web: curl(1), wget(1), http(1) and their kin. What they read, write and send, and to whom.

An address is read as the program reads it, not as a browser does: curl takes one to three slashes, `{a,b}` and `[1-9]`,
and the host behind the last `@`. Where other programs could read another host in it, that one is possible.
"""

from __future__ import annotations

from agentguard.access import hosts
from agentguard.access.limits import MAX_ADDRESSES
from agentguard.access.model import ANY, CERTAIN, POSSIBLE, READ, STAR, UNKNOWN, WRITE
from agentguard.access.programs import apis, known, net, options, walk
from agentguard.access.shell import telling
from agentguard.access.shell.flow import Feed
from agentguard.access.shell.values import concat, parts_of, plain, unglobbed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.model import Value, Wildcard
    from agentguard.access.programs.options import Line
    from agentguard.access.programs.walk import Work
    from agentguard.access.shell.command import Call

_SENDING = frozenset({"send", "sent", "form", "upload"})
# Schemes whose path is sent as it stands, or which send what they read (curl(1), PROTOCOLS).
_SENDS_BY_SCHEME = ("gopher:", "gophers:", "dict:", "telnet:", "mqtt:", "mqtts:")
# Whoever may write to these sockets rules the machine (docker(1), podman(1)).
_RULING = ("docker.sock", "podman.sock", "containerd.sock", "crio.sock", "docker.raw.sock")


def begin(call: Call, work: Work, traits: set[str], operands: str = "text*") -> None:
    """Make the standard rows with other operands and more traits."""
    work.line.traits |= traits
    work.entry = {**work.entry, "operands": operands}
    walk.standard(call, work)


# -- curl


def curl(call: Call, work: Work) -> None:
    """What is sent, read from files, written, and to where. `--next` starts anew, so each piece is read for itself."""
    lines = [work.line]
    if any(word in ("--next", "-:") for word in call.words):
        lines = [_read(work, words) for words in _pieces(call.words)]
    for line in list(lines):
        for config in line.values("--config"):
            _configured(call, work, line, config)
    traits: set[str] = set()
    for line in lines:
        traits |= _curl_traits(call, line)
    begin(call, work, traits)
    for line in lines:
        _curl_rows(call, line)


def _read(work: Work, words: list[Value]) -> Line:
    return options.read(options.table(work.entry["options"]), words)


def _pieces(words: list[Value]) -> list[list[Value]]:
    found: list[list[Value]] = [[]]
    for word in words:
        if word in ("--next", "-:"):
            found.append([])
        else:
            found[-1].append(word)
    return found


def _configured(call: Call, work: Work, line: Line, config: Value) -> None:
    """`-K FILE`: more options and addresses (curl(1), --config). What is in an unknown one may send anything anywhere."""
    text = known.text(call, config)
    if text is None:
        line.operands.append(UNKNOWN)
        line.traits.add("sends")
        return
    words: list[Value] = []
    for raw in text.splitlines():
        one = raw.strip()
        if not one or one[0] == "#":
            continue
        end = next((at for at, char in enumerate(one) if char in " \t=:" and at), len(one))
        name, value = one[:end], one[end:].lstrip(" \t=:")
        words.append(name if name[0] == "-" else "--" + name)
        if value[:1] == '"':
            words.append(value[1:].partition('"')[0])
        elif value:
            words.append(value)
    more = _read(work, words)
    line.flags += more.flags
    line.kinds.update(more.kinds)
    line.operands += more.operands


def _curl_traits(call: Call, line: Line) -> set[str]:
    traits = set(line.traits)
    urls = [*line.operands, *line.values("--url")]
    expands = line.has("--variable") and any(flag.startswith("--expand-") for flag, _ in line.flags)
    kinds = {line.kinds.get(flag) for flag, value in line.flags if value is not None}
    method = _method(line)
    secret = any(_is_secret(call, line, flag, value) for flag, value in line.flags if value is not None)
    if not _SENDING.isdisjoint(kinds) or secret or method in apis.CHANGES:
        traits.add("sends")
    traits |= apis.traits(call, urls, method)
    traits |= {"prints-environment"} if method == "GET" and apis.shows(urls) else set()
    for value in urls:
        text = plain(value)
        if text is not None and text.lower().startswith(_SENDS_BY_SCHEME):
            traits.add("sends")
        if net.computed(call, value):
            traits.add("computed-address")
    if expands:  # what is in a variable of curl comes from a file or from the environment
        traits.add("sends")
        if line.has("--expand-url"):
            traits.add("computed-address")
    for value in line.values("--unix-socket"):
        if rules(value):
            traits.add("privileged")
    return traits


def _method(line: Line) -> str:
    """Return the method of the request (curl(1), --request)."""
    if named := plain(line.value("--request") or "") or "":
        return named.upper()
    if line.has("--upload-file"):
        return "PUT"
    sends = any(line.kinds.get(flag) in _SENDING for flag, value in line.flags if value is not None)
    return "HEAD" if line.has("--head") else "GET" if not sends or line.has("--get") else "POST"


def rules(socket: Value) -> bool:
    """Return whether a socket is one by which the machine is ruled."""
    return str(parts_of(socket)[-1]).endswith(_RULING)


def _is_secret(call: Call, line: Line, flag: str, value: Value) -> bool:
    """Return whether a header or its kin sends what only the running command knows, and that is a secret."""
    kind = line.kinds.get(flag)
    value = unglobbed(value)
    if kind == "cookies":
        return bool(call.told) and not isinstance(value, str)
    if kind not in ("header", "user") or isinstance(value, str):
        return kind == "header" and isinstance(value, str) and value[:1] == "@"
    if kind == "user" or call.told:
        return True
    first = parts_of(value)[0]
    name = first.partition(":")[0].replace("-", "_") if isinstance(first, str) else ""
    return telling.secret(name) or name.lower() == "cookie"


def _curl_rows(call: Call, line: Line) -> None:
    for flag, value in line.flags:
        if value is not None:
            _curl_option(call, line, flag, value)
    method = _method(line)
    folder = line.value("--output-dir")
    given = line.values("--url")
    lists = [value for value in given if str(parts_of(value)[0])[:1] == "@"]
    urls = [*line.operands, *(value for value in given if value not in lists)]
    for value in lists:
        urls += _listed(call, without_first(value))
    urls += [_expanded(value) for value in line.values("--expand-url")]
    local = line.has("--unix-socket --abstract-unix-socket")
    for value in urls:
        addresses = [unglobbed(value)] if line.has("--globoff") else _globbed(unglobbed(value))
        for address in addresses:
            if not local:
                _connect(call, address, method)
            if line.has("--remote-name --remote-name-all"):
                _lands(call, address, folder)
    for value in line.values("--output"):
        path = beneath(folder, value)
        if value != "-":
            call.path(WRITE, path, "option --output")
            remember(call, path)


def _curl_option(call: Call, line: Line, flag: str, value: Value) -> None:
    kind = line.kinds.get(flag)
    first = parts_of(value)[0]
    if kind in _SENDING:
        _sent_file(call, flag, value, kind)
    elif kind == "header" and isinstance(first, str) and first[:1] == "@":
        call.path(READ, without_first(value), "a header from a file")
    elif kind == "config" and value != "-":
        call.path(READ, value, f"option {flag}")
    elif kind == "cookies":  # with a `=` it is the cookies themselves
        if not any(isinstance(part, str) and "=" in part for part in parts_of(value)):
            call.path(READ, value, f"option {flag}")
    elif kind == "variable" and isinstance(first, str) and "@" in first and "=" not in first.partition("@")[0]:
        call.path(READ, concat([first.partition("@")[2], *parts_of(value)[1:]]), f"option {flag}")
    elif kind == "written" and isinstance(first, str):
        if first[:1] == "@":
            call.path(READ, without_first(value), f"option {flag}")
        _, mark, rest = first.partition("%output{")
        if mark:
            call.path(WRITE, rest.lstrip(">").partition("}")[0], f"option {flag}")
    elif kind == "resolve":  # [+]HOST:PORT:ADDRESS[,ADDRESS]…
        text = plain(value)
        for address in (text or "").partition(":")[2].partition(":")[2].split(","):
            if address:
                call.connect(address, None, f"option {flag}")
    elif kind == "elsewhere":  # HOST1:PORT1:HOST2:PORT2
        text = plain(value)
        pair = (text or "").partition("]:" if (text or "")[:1] == "[" else ":")[2].partition(":")[2]
        name, _, port = pair.rpartition(":")
        if name.strip("[]"):
            call.connect(name, int(port) if port.isdigit() and len(port) < 6 else None, f"option {flag}")


def without_first(value: Value) -> Value:
    """Return a value without its first character."""
    first, *others = parts_of(value)
    return concat([first[1:] if isinstance(first, str) else first, *others])


def beneath(folder: Value | None, value: Value) -> Value:
    """Return a path in a folder, where one was given."""
    if folder is None or folder == "" or (isinstance(value, str) and value[:1] == "/"):
        return value
    return concat([*parts_of(folder), "/", *parts_of(value)])


def _expanded(value: Value) -> Value:
    """Return a text with `{{NAME:FUNCTION}}` as unknown parts (curl(1), VARIABLES)."""
    text = plain(value)
    if text is None or "{{" not in text:
        return value
    first, *pieces = text.split("{{")
    parts: list[str | Wildcard] = [first]
    for piece in pieces:
        parts += [ANY, piece.partition("}}")[2]]
    return concat(parts)


def _sent_file(call: Call, flag: str, value: Value, kind: str) -> None:
    """`-d @FILE`, `-F name=@FILE`, `-T FILE`, `--data-urlencode name@FILE`."""
    first, *others = parts_of(value)
    if kind == "upload":
        for one in _globbed(unglobbed(value)):
            if one not in ("-", "."):
                call.path(READ, one, f"option {flag}")
        return
    if not isinstance(first, str) or kind == "sent":
        return
    if kind == "form":
        at = first.find("=") + 1
        if first[at : at + 1] in ("@", "<"):
            names = first[at + 1 :].partition(";")[0].strip('"')
            for name in names.split(",") if not others else [names]:
                if name != "-" or others:
                    call.path(READ, concat([name, *others]), f"option {flag}")
        return
    mark = -1
    if first[:1] == "@":
        mark = 0
    elif flag in ("--data-urlencode", "--url-query") and "=" not in first.partition("@")[0]:
        mark = first.find("@")
    if mark >= 0:
        path = concat([first[mark + 1 :], *others])
        if path != "-":
            call.path(READ, path, f"option {flag}")


def _globbed(value: Value) -> list[Value]:
    """Return the addresses that `{a,b}` and `[1-9]` stand for (curl(1), GLOBBING)."""
    if not isinstance(value, str) or not ("{" in value or "[" in value):
        return [value]
    found: list[list[object]] = [[]]
    at = 0
    while at < len(value):
        char = value[at]
        end = value.find("}" if char == "{" else "]", at) if char in "{[" else -1
        inside = value[at + 1 : end] if end > 0 else ""
        choices: list[object] = [char]
        size = 1
        if char == "\\" and value[at + 1 : at + 2] in ("{", "}", "[", "]"):
            choices, size = [value[at + 1]], 2
        elif char == "{" and inside:
            choices, size = list(inside.split(",")), end + 1 - at
        elif char == "[" and "-" in inside and inside.count(":") < 2:
            choices, size = _range(inside), end + 1 - at
        if len(found) * len(choices) > MAX_ADDRESSES:
            choices = [STAR]
        found = [[*lead, choice] for lead in found for choice in choices]
        at += size
    return [concat(parts) for parts in found]  # type: ignore[arg-type]  # texts and wildcards


def _range(text: str) -> list[object]:
    """Return what `1-9`, `001-100:10` and `a-z` stand for; one unknown part for too many."""
    span, _, step_text = text.partition(":")
    first, _, last = span.partition("-")
    step = int(step_text) if step_text.isdigit() and len(step_text) < 6 and int(step_text) else 1
    if first.isdigit() and last.isdigit() and len(first) < 10 and len(last) < 10:
        numbers = range(int(first), int(last) + 1, step)
        return [str(n).zfill(len(first)) for n in numbers] if len(numbers) <= MAX_ADDRESSES else [STAR]
    if len(first) == len(last) == 1 and first.isalpha() and last.isalpha():
        return [chr(code) for code in range(ord(first), ord(last) + 1, step)] or [STAR]
    return ["[" + text + "]"]


def _connect(call: Call, value: Value, method: str) -> None:
    """Add the rows of an address as curl reads it."""
    seen = "--output=/dev/null" not in call.origin.flags  # only the answer's status is looked at
    if (
        not isinstance(value, str)
        or value[:5].lower() == "file:"
        or (hosts.url_host(value, "http") is not None and not _one_slash(value))
    ):
        net.url(call, value, "operand", method=method, seen=seen)
        return
    for address, certainty in lenient(value):
        net.url(call, address, "operand", certainty, method=method, seen=seen)


def _one_slash(url: str) -> bool:
    """Return whether only one slash follows the scheme, which is enough for curl."""
    scheme, _, rest = url.partition(":")
    return scheme.lower() in hosts.PORTS and rest[:1] == "/" and rest[1:2] != "/"


def lenient(url: str) -> list[tuple[str, str]]:
    """Return how a URL that is not quite one may be read, with the certainty of each: first as curl does."""
    if not url.isprintable() or " " in url:
        return [(url, CERTAIN)]
    scheme = hosts.scheme_of(url)
    rest = url[len(scheme) + 1 :] if scheme else url
    if scheme and rest[:1] != "/":
        return [(url, CERTAIN)]
    rest = rest.lstrip("/")
    lead = (scheme or "http") + "://"
    readings: list[tuple[str, str]] = []
    cut = min((at for at in map(rest.find, "/?#") if at >= 0), default=len(rest))
    authority, behind = rest[:cut], rest[cut:]
    for name, certainty in (
        (authority.rpartition("@")[2], CERTAIN),
        (authority.partition("\\")[0].rpartition("@")[2], POSSIBLE),
        (authority.partition("@")[2].partition("@")[0], POSSIBLE),
        (behind.rpartition("@")[2].partition("/")[0] if behind[:1] in ("#", "?") else "", POSSIBLE),
    ):
        if name and hosts.url_host(lead + name) is not None and all(lead + name != one for one, _ in readings):
            readings.append((lead + name, certainty))
    return readings or [(url, CERTAIN)]


def _listed(call: Call, path: Value) -> list[Value]:
    """Return the addresses in a file, one a line; UNKNOWN for a file that is not known."""
    if path != "-":
        call.path(READ, path, "a list of addresses")
    text = known.text(call, path)
    if text is None:
        if path == "-" and call.stdin is not None:
            return call.stdin.lines()[:MAX_ADDRESSES]
        return [UNKNOWN]
    lines: list[Value] = [line.strip() for line in text.splitlines() if line.strip() and line.lstrip()[0] != "#"]
    return lines if len(lines) <= MAX_ADDRESSES else [*lines[:MAX_ADDRESSES], UNKNOWN]


def _lands(call: Call, value: Value, folder: Value | None = None) -> None:
    """A download under its own name, in the folder at hand."""
    last = parts_of(unglobbed(value))[-1]
    name = last.partition("?")[0].partition("#")[0].rstrip("/").rpartition("/")[2] if isinstance(last, str) else ""
    if value is UNKNOWN:
        return
    path = beneath(folder, name or "index.html")
    call.path(WRITE, path, "the download")
    remember(call, path)


def remember(call: Call, path: Value | None) -> None:
    """Note that a file of this call came over the network."""
    if path is not None and path != "-":
        call.remember(path, Feed(UNKNOWN, fetched=True))


# -- wget


def wget(call: Call, work: Work) -> None:
    """`wget URL` writes a file of the URL's name."""
    line = work.line
    for order in line.values("--execute"):
        _wgetrc(line, order)
    kinds = [line.kinds.get(flag) for flag, value in line.flags if value is not None]
    secret = any(_is_secret(call, line, flag, value) for flag, value in line.flags if value is not None)
    method = (plain(line.value("--method") or "") or "").upper()
    traits: set[str] = set()
    if not method:
        method = "POST" if "sent" in kinds or "upload" in kinds else "HEAD" if line.has("--spider") else "GET"
    if secret or method in apis.CHANGES:
        traits.add("sends")
    traits |= apis.traits(call, line.operands, method)
    traits |= {"prints-environment"} if method == "GET" and apis.shows(line.operands) else set()
    if any(net.computed(call, url) for url in line.operands):
        traits.add("computed-address")
    begin(call, work, traits)
    for flag, value in line.flags:
        if value is not None and line.kinds.get(flag) == "upload":
            call.path(READ, value, f"option {flag}")
    folder = line.value("--directory-prefix")
    urls = list(line.operands)
    for listed in line.values("--input-file"):
        text = plain(listed)
        if text is not None and "://" in text:
            net.url(call, text, "option --input-file", method="GET")
        else:
            urls += _listed(call, listed)
    for value in urls:
        net.url(call, value, "operand", method=method)
        if not line.has("--output-document --spider"):
            _lands(call, value, folder)
    remember(call, line.value("--output-document"))


# Commands of wgetrc that do what these options do (wget manual, Wgetrc Commands).
_ORDERS = {
    "postfile": "--post-file", "bodyfile": "--body-file", "postdata": "--post-data", "bodydata": "--body-data",
    "outputdocument": "--output-document", "dirprefix": "--directory-prefix", "useaskpass": "--use-askpass",
    "input": "--input-file", "header": "--header", "httpproxy": "--proxy", "httpsproxy": "--proxy", "ftpproxy": "--proxy",
    "logfile": "--output-file", "savecookies": "--save-cookies", "loadcookies": "--load-cookies", "method": "--method",
}  # fmt: skip
_ORDER_KINDS = {
    "--post-file": "upload", "--body-file": "upload", "--post-data": "sent", "--body-data": "sent", "--header": "header",
    "--output-document": "write", "--use-askpass": "shell", "--proxy": "url", "--output-file": "write",
    "--save-cookies": "write", "--load-cookies": "read",
}  # fmt: skip


def _wgetrc(line: Line, order: Value) -> None:
    """`-e NAME=VALUE`: a line of wgetrc; case, `-` and `_` in the name do not count."""
    first, *others = parts_of(order)
    if not isinstance(first, str):
        return
    name, _, value = first.partition("=")
    option = _ORDERS.get(name.strip().lower().replace("_", "").replace("-", ""))
    if option is not None:
        line.flags.append((option, concat([value.strip(), *others])))
        line.kinds[option] = _ORDER_KINDS.get(option, "text")


# -- httpie and its kin


def httpie(call: Call, work: Work) -> None:
    """`http [METHOD] URL [ITEM…]` (httpie.io, Request items): only data, files and secret headers are sent."""
    line = work.line
    operands = list(line.operands)
    method = ""
    if len(operands) > 1 and (text := plain(operands[0])) and text.isalpha() and text.isupper():
        method = text
        operands.pop(0)
    items = [_item(value) for value in operands[1:]]
    sends = any(kind == "data" for kind, _ in items) or line.has("--raw") or method in apis.CHANGES
    secret = any(
        kind == "header" and not isinstance(unglobbed(value), str) and (call.told or telling.secret(_lead(value)))
        for (kind, _), value in zip(items, operands[1:], strict=True)
    )
    secret = secret or any(not isinstance(unglobbed(value), str) for value in line.values("--auth"))
    traits = {"sends"} if sends or secret or (call.stdin is not None and not line.has("--ignore-stdin")) else set[str]()
    if operands and net.computed(call, operands[0]):
        traits.add("computed-address")
    traits |= apis.traits(call, operands[:1], method or ("POST" if sends else "GET"))
    traits |= {"prints-environment"} if method in ("", "GET") and not sends and apis.shows(operands[:1]) else set()
    begin(call, work, traits)
    for _, path in items:
        if path is not None:
            call.path(READ, path, "an item")
    if operands:
        value = operands[0]
        if isinstance(value, str) and value[:1] == ":":
            value = (
                "localhost" + value.removeprefix(":") if value[1:2] == "/" or len(value) == 1 else "localhost" + value
            )
        scheme = "https" if call.name in ("https", "xhs") else "http"
        net.url(call, value, "operand", scheme=scheme, method=method or ("POST" if sends else "GET"))
        if line.has("--download") and not line.has("--output"):
            _lands(call, value)
    for path in line.values("--output"):
        remember(call, path)


def _lead(value: Value) -> str:
    return str(parts_of(value)[0]).partition(":")[0].replace("-", "_")


def _item(value: Value) -> tuple[str, Value | None]:
    """Return what an item is ("data", "header", "query") and the file that it reads."""
    first, *others = parts_of(value)
    if not isinstance(first, str):
        return "data", None
    marks = [
        (at, -len(mark), mark)
        for mark in (":=@", "=@", ":=", "==", "=", "@", ":@", ":")
        if (at := first.find(mark)) >= 0
    ]
    if not marks:
        return "data", None
    at, _, mark = min(marks)
    path = concat([first[at + len(mark) :], *others]) if mark[-1] == "@" else None
    return ("header" if mark in (":", ":@") else "query" if mark == "==" else "data"), path


def downloads(call: Call, work: Work) -> None:
    """`aria2c URL…`: files of the names in the URLs, unless `--out` says another one; `-i` holds more URLs."""
    line = work.line
    begin(call, work, {"computed-address"} if any(net.computed(call, url) for url in line.operands) else set())
    urls = list(line.operands)
    for listed in line.values("--input-file"):
        urls += _listed(call, listed)
    folder = line.value("--dir")
    for value in urls:
        net.url(call, value, "operand")
        if not line.has("--out"):
            _lands(call, value, folder)
    if (out := line.value("--out")) is not None:
        path = beneath(folder, out)
        call.path(WRITE, path, "option --out")
        remember(call, path)


def downloads_here(call: Call, work: Work) -> None:
    """`lwp-download URL [PATH]`: a file of the name in the URL, unless a path is given."""
    walk.standard(call, work)
    if len(work.line.operands) == 1:
        _lands(call, work.line.operands[0], None)


def requests(call: Call, work: Work) -> None:
    """`hurl FILE`: the requests stand in a file (hurl.dev, Hurl File)."""
    begin(call, work, set(), "read*")
    for value in work.line.operands or ["-"]:
        text = known.text(call, value)
        if text is None:
            call.connect(UNKNOWN, None, "the requests in the file")
            continue
        for line in text.splitlines()[:MAX_ADDRESSES]:
            method, _, url = line.strip().partition(" ")
            if method.isalpha() and method.isupper() and "://" in url and "{{" not in url.partition("/")[0]:
                net.url(call, url.strip(), "a request", method=method)


def browses(call: Call, work: Work) -> None:
    """`lynx -dump ADDRESS`: a file here, where there is one of that name or the name says so."""
    begin(call, work, {"computed-address"} if any(net.computed(call, value) for value in work.line.operands) else set())
    for value in work.line.operands:
        text = plain(value)
        local = text is not None and "://" not in text and (walk.is_file(call, value) or text[:1] in (".", "/", "~"))
        if local:
            call.path(READ, value, "operand")
        else:
            net.url(call, value, "operand")
            work.feed = Feed(UNKNOWN, fetched=True)
