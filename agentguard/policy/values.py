"""Is a pattern one that can match at all? One check for each kind of matcher.

A pattern that is well-formed and can never match is the quietest way for a rule to fail, so every check here asks for
the one spelling in which rows hold the thing: hosts in lower case and without a port, paths absolute and without `..`,
methods in capitals. Each check returns None, or (code, message, what was probably meant).
"""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING

from agentguard.policy import conditions
from agentguard.policy.findings import nearest

if TYPE_CHECKING:
    Problem = tuple[str, str, str]

TEXT_LIMIT = 1000  # characters of a pattern or a sentence
HOST_CLASSES = ("loopback", "private", "link-local")
VARIABLE = re.compile(r"\{([^{}/]*)\}")

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBERS = re.compile(r"(?:0x[0-9a-f]*|[0-9]+)(?:\.(?:0x[0-9a-f]*|[0-9]+))*")
_CAPITALS = ("method", "sql_verb")
_NOT_COMMANDS = re.compile(r"[|&;<>()$`'\"]")


def problem(key: str, value: str | int) -> Problem | None:
    """Return what is wrong with one value of condition `key`."""
    kind = conditions.kind_of(key)
    if kind == conditions.PORT:
        return _port(value)
    if not isinstance(value, str):
        return "AG102", f'"{key}" takes texts, not numbers', ""
    wrong = plain_text(value)
    if wrong:
        return wrong
    if kind == conditions.ENUM:
        return _word_of(key, value)
    if kind == conditions.PATH:
        return _variables(value, tuple(conditions.VARIABLES)) or _path(value)
    if kind == conditions.HOST:
        return _variables(value, ("hostname",)) or _host(value)
    if kind == conditions.COMMAND:
        return _command(value)
    return _word(key, value)


def plain_text(value: str) -> Problem | None:
    """Return what is wrong with a text of any kind."""
    if not value.strip():
        return "AG205", "an empty text", ""
    if _CONTROL.search(value):
        return "AG212", "a text with control characters", ""
    if len(value) > TEXT_LIMIT:
        return "AG212", f"a text of over {TEXT_LIMIT} characters", ""
    return None


def template(text: str) -> Problem | None:
    """Return what is wrong with the placeholders of a reason or a remedy."""
    for name in VARIABLE.findall(text):
        if name not in conditions.TEMPLATES:
            near = nearest(name, conditions.TEMPLATES)
            return "AG210", f"unknown placeholder {{{name}}}", f"{{{near}}}" if near else ""
    return None


def port_text(value: str | int) -> str:
    """Return a port or a range of ports in the spelling of compiled policies: `443`, `8000-8999`."""
    if _port(value):
        return str(value)
    return "-".join(str(int(part)) for part in str(value).split("-"))


def _word_of(key: str, value: str) -> Problem | None:
    words = conditions.WORDS[key]
    if value in words:
        return None
    near = nearest(value, words)
    said = f'"{value}" is no {key}'
    return "AG201", said if near else f"{said}; there are {', '.join(words)}", near


def _variables(value: str, allowed: tuple[str, ...]) -> Problem | None:
    for name in VARIABLE.findall(value):
        if name in allowed:
            continue
        if name in conditions.VARIABLES:
            return "AG209", f"{{{name}}} means nothing in a pattern of this kind", ""
        near = nearest(name, allowed)
        return "AG209", f"unknown pattern variable {{{name}}}", f"{{{near}}}" if near else ""
    return None


def _port(value: str | int) -> Problem | None:
    low, dash, high = str(value).partition("-")
    ends = (low, high) if dash else (low,)
    if not all(re.fullmatch(r"[0-9]{1,5}", end) and int(end) <= 65535 for end in ends) or (
        dash and int(low) > int(high)
    ):
        return "AG208", f"{value!r} is no port and no range of ports", ""
    return None


def _word(key: str, value: str) -> Problem | None:
    if any(name in conditions.VARIABLES for name in VARIABLE.findall(value)):
        return "AG209", "pattern variables stand in patterns of paths and hosts", ""
    if key == "flags" and value[0] not in "-+/*?":
        return "AG213", f'"{value}" is no option', f"--{value}" if value.isalpha() else ""
    if key in _CAPITALS and value != value.upper():
        return "AG213", f'"{key}" is compared in capitals', value.upper()
    return None


def _command(value: str) -> Problem | None:
    words = value.split()
    options = [word for word in words if word.startswith("-")]
    if options:
        rest = " ".join(word for word in words if not word.startswith("-"))
        return "AG213", f'"{options[0]}" is an option: it belongs in "flags"', rest
    if _NOT_COMMANDS.search(value):
        return "AG213", "a command is a program and its subcommands, no piece of shell", ""
    if value != " ".join(words):
        return "AG213", "the words of a command stand one space apart", " ".join(words)
    return None


def _path(value: str) -> Problem | None:
    if "\\" in value:
        return "AG206", "path patterns are written with /", value.replace("\\", "/")
    parts = value.split("/")
    first = parts[0]
    variable = VARIABLE.fullmatch(first)
    if variable:
        anchored = variable[1] in conditions.PATH_VARIABLES
    else:
        anchored = first in ("", "~", "**") or bool(re.fullmatch(r"[A-Za-z]:", first))
    if not anchored:
        if first.startswith("~"):
            return "AG206", "`~` is the home of the person at this machine and of no other", ""
        if first.startswith("$"):
            home = first in ("$HOME", "${HOME}")
            return "AG206", "a path pattern knows no variables of a shell", "/".join(["~", *parts[1:]]) if home else ""
        return "AG206", "a path pattern starts with /, ~, {project} or **/", "**/" + value.removeprefix("./")
    inside = parts[1:]
    if value == "/" or (value.endswith(":/") and inside == [""]):
        return None
    if inside and not inside[-1]:
        return "AG206", "a path does not end with /", f"{value.rstrip('/')}/**"
    if "" in inside:
        return "AG206", "a path has one / between two names", re.sub("/+", "/", value)
    if "." in inside or ".." in inside:
        return "AG206", "paths are compared without . and ..", ""
    if any("**" in part and part != "**" for part in parts):
        return "AG206", "** stands alone between two /", re.sub(r"\*\*+", "*", value)
    return None


def _host(value: str) -> Problem | None:
    if value in HOST_CLASSES:
        return None
    if "://" in value:
        return "AG207", "a host has no scheme", re.split(r"[/:?#]", value.partition("://")[2])[0]
    if "/" in value:
        return _network(value)
    bare = value.strip("[]")
    if ":" in bare:
        return _address(value, bare)
    if value != value.lower() or value.endswith("."):
        return "AG207", "hosts are compared in lower case and without a dot at the end", value.lower().rstrip(".")
    if not value.isascii():
        return "AG207", "hosts are compared in their ASCII spelling", _ascii(value)
    if _NUMBERS.fullmatch(value):
        return _address(value, value)
    labels = VARIABLE.sub("x", value).split(".")
    if labels[0] == "*" and len(labels) > 1:
        labels = labels[1:]
    if "*" in value and any("*" in label for label in labels):
        return "AG207", "`*.` at the front is the only wildcard of a host", ""
    if not all(_LABEL.fullmatch(label) for label in labels):
        return "AG207", f'"{value}" is no host', ""
    return None


def _ascii(value: str) -> str:
    star = "*." if value.startswith("*.") else ""
    try:
        return star + value.removeprefix(star).encode("idna").decode("ascii")
    except UnicodeError:
        return ""


def _network(value: str) -> Problem | None:
    try:
        network = ipaddress.ip_network(value, strict=False)
    except ValueError:
        return "AG207", f'"{value}" is no network', ""
    if str(network) != value:
        return "AG207", "a network is written by its first address", str(network)
    return None


def _address(value: str, bare: str) -> Problem | None:
    try:
        address = str(ipaddress.ip_address(bare))
    except ValueError:
        host, _, port = bare.rpartition(":")
        if host and port.isdigit():
            return "AG207", 'a port belongs in "port"', host.strip("[]")
        return "AG207", f'"{value}" is no address', ""
    return None if address == value else ("AG207", "addresses are compared in their shortest spelling", address)
