"""Takes managed settings out of a file, whatever its form: JSON, property list or profile, .reg, PowerShell.

Nothing is executed. What cannot be read, or would not reach the client, becomes a finding; the settings that were found are
checked all the same.
"""

from __future__ import annotations

import codecs
import json
import plistlib
import re
from typing import Any, NamedTuple
from xml.parsers.expat import ExpatError

from agentguard.deploy import targets
from agentguard.deploy.lint.codes import Finding
from agentguard.deploy.lint.places import Path, places, position, spelled

JSON, PLIST, REG, POWERSHELL = "json", "plist", "reg", "powershell"
_ENDINGS = {".json": JSON, ".mobileconfig": PLIST, ".plist": PLIST, ".reg": REG, ".ps1": POWERSHELL}
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_DATA = {"hooks", "env", "permissions", "requiredMinimumVersion", "allowManagedHooksOnly", "managedSourcesBehavior"}

_REG_HEAD = "Windows Registry Editor Version 5.00"
_REG_VALUE = re.compile(r'"(?P<name>(?:[^"\\]|\\.)*)"=(?P<value>.*)', re.DOTALL)
_REG_TEXT = re.compile(r'"((?:[^"\\]|\\.)*)"\s*')
# Comments; here-strings; texts in single quotes, in which '' is a quote; texts in double quotes. Source: about_Quoting_Rules.
_PS_TEXT = re.compile(
    r"""(?P<comment><\#.*?\#>|\#[^\n]*)|@(?P<mark>['"])[ \t]*\r?\n(?P<here>.*?)\r?\n(?P=mark)@"""
    r"""|'(?P<plain>(?:[^']|'')*)'|"(?:[^"`]|`.|"")*["]""",
    re.DOTALL,
)
_PS_WRITES = re.compile(r"(?i)\b(?:Out-File|Set-Content|Add-Content|Tee-Object)\b")
_PS_GUARD = re.compile(r"(?i)Is64BitProcess|ProgramW6432")


# What plistlib raises for bytes that are no property list (a date that is none is an AttributeError, for one).
BAD_PLIST = (
    plistlib.InvalidFileException, ExpatError, ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError,
    RecursionError,
)  # fmt: skip


class Settings(NamedTuple):
    """Settings that were found. `text`: the JSON that they stand in, "" where a form has none; `at`: its first line."""

    value: dict[str, Any]
    text: str = ""
    at: int = 0

    def finding(self, code: str, path: Path, detail: str) -> Finding:
        """Return a finding about the value at `path`."""
        offset = None
        if self.text:
            found = places(self.text)[0]
            offset = next((found[path[:end]] for end in range(len(path), -1, -1) if path[:end] in found), 0)
        line, column = position(self.text, offset) if offset is not None else (0, 0)
        return Finding(code, spelled(path), line + self.at if line else 0, column, detail)


def form_of(name: str, data: bytes) -> str:
    """Return the form of a file, by its name, else by how it begins."""
    for ending, form in _ENDINGS.items():
        if name.lower().endswith(ending):
            return form
    head = data.lstrip(codecs.BOM_UTF8)[:200].lstrip()
    return PLIST if head.startswith((b"<?xml", b"bplist", b"<plist")) else JSON


def read(name: str, data: bytes) -> tuple[str, list[Settings], list[Finding]]:
    """Return the file's form, the settings in it, and what is wrong with the file itself."""
    form = form_of(name, data)
    findings: list[Finding] = []
    found = _READERS[form](data, findings)
    if not found and not findings:
        findings.append(Finding("AL107", "", 0, 0, f"read as {form}"))
    return form, found, findings


def _json(data: bytes, findings: list[Finding]) -> list[Settings]:
    text = _decoded(data, findings)
    if data.startswith(tuple(mark for mark, _encoding in _MARKS)):
        findings.append(Finding("AL102", "", 1, 1, "it begins with a byte order mark"))
    return _parsed(text, findings)


def _parsed(text: str | None, findings: list[Finding], at: int = 0) -> list[Settings]:
    """Return the settings of a JSON text; `at`: how many lines of the file stand before it."""
    if text is None:
        return []
    try:
        value = json.loads(text, parse_constant=_refused)
        twice = places(text)[1]
    except json.JSONDecodeError as error:
        findings.append(Finding("AL101", "", error.lineno + at, error.colno, error.msg[:1].lower() + error.msg[1:]))
        return []
    except (RecursionError, ValueError) as error:
        findings.append(Finding("AL101", "", 1 + at, 1, str(error) or "nested too deeply"))
        return []
    if not isinstance(value, dict):
        findings.append(Finding("AL101", "", 1 + at, 1, "it is no object"))
        return []
    for path, offset in twice:
        line, column = position(text, offset)
        findings.append(Finding("AL103", spelled(path), line + at, column, f'"{path[-1]}" stands twice'))
    return [Settings(value, text, at)]


def _refused(word: str) -> None:
    raise ValueError(f"{word} is no JSON")


def _plist(data: bytes, findings: list[Finding]) -> list[Settings]:
    try:
        value = plistlib.loads(data)
    except BAD_PLIST as error:
        findings.append(Finding("AL104", "", getattr(error, "lineno", 0), 0, f"it is no property list: {error}"))
        return []
    if not isinstance(value, dict):
        findings.append(Finding("AL104", "", 0, 0, "it is no dictionary"))
        return []
    payloads = value.get("PayloadContent")
    if not isinstance(payloads, list):  # the domain's own property list
        return [Settings(value)] if _DATA & set(value) else []
    found, types = [], []
    for payload in payloads:
        kind = payload.get("PayloadType") if isinstance(payload, dict) else None
        types.append(str(kind))
        if kind == targets.DOMAIN:
            found.append(Settings({key: one for key, one in payload.items() if not key.startswith("Payload")}))
        elif kind == "com.apple.ManagedClient.preferences":
            found += _forced(payload)
    if not found:
        findings.append(Finding("AL104", "PayloadContent", 0, 0, f"its payloads are {', '.join(types) or 'none'}"))
    return found


def _forced(payload: dict[str, Any]) -> list[Settings]:
    """Return settings in the older form of preferences: {domain: {"Forced": [{"mcx_preference_settings": …}]}}."""
    domain = payload.get("PayloadContent")
    domain = domain.get(targets.DOMAIN) if isinstance(domain, dict) else None
    forced = domain.get("Forced") if isinstance(domain, dict) else None
    values = [one.get("mcx_preference_settings") for one in forced or () if isinstance(one, dict)]
    return [Settings(value) for value in values if isinstance(value, dict)]


def _reg(data: bytes, findings: list[Finding]) -> list[Settings]:
    text = _decoded(data, findings)
    if text is None:
        return []
    lines = text.splitlines()
    if not lines or lines[0].strip() != _REG_HEAD:
        findings.append(Finding("AL105", "", 1, 1, f"the first line is not `{_REG_HEAD}`"))
    found: list[Settings] = []
    key = ""
    for number, line in enumerate(lines, 1):
        if line.startswith("["):
            key = line.strip().strip("[]")
        match = _REG_VALUE.fullmatch(line.strip())
        if not match or not key.lower().endswith("\\claudecode"):
            continue
        wrong = ""
        if key.lower() != targets.REGISTRY_KEY.lower():
            wrong = f"the key is {key}"
        elif match["name"].lower() != targets.REGISTRY_VALUE.lower():
            wrong = f'the value is called "{match["name"]}"'
        value = _REG_TEXT.fullmatch(match["value"])
        if not value:
            wrong = wrong or f"the value is no text: {match['value'][:20]}"
        if wrong:
            findings.append(Finding("AL105", "", number, 1, wrong))
        if value:
            json_text = re.sub(r"\\(.)", r"\1", value[1])
            found += [Settings(one.value) for one in _parsed(json_text, findings, number - 1)]
    return found


def _powershell(data: bytes, findings: list[Finding]) -> list[Settings]:
    text = _decoded(data, findings)
    if text is None:
        return []
    found: list[Settings] = []
    bare = _PS_TEXT.sub(_without_text, text)
    for match in _PS_TEXT.finditer(text):
        body = match["here"]
        if body is None and match["plain"] is not None:
            body = match["plain"].replace("''", "'")
        if body and body.lstrip().startswith("{") and any(f'"{key}"' in body for key in _DATA):
            first = text.count("\n", 0, match.start("here")) if match["here"] is not None else 0
            found += _parsed(body, findings, first)
    if not found:
        return found
    spoken = _PS_TEXT.sub(lambda match: "" if match["comment"] else match[0], text)
    if "programdata\\claudecode" in spoken.lower():
        findings.append(Finding("AL106", "", 0, 0, "it names C:\\ProgramData\\ClaudeCode, which is no longer read"))
    writes = _PS_WRITES.search(bare)
    if writes:
        line = bare.count("\n", 0, writes.start()) + 1
        findings.append(Finding("AL106", "", line, 1, f"it writes by {writes[0]}"))
    if not _PS_GUARD.search(bare):
        findings.append(Finding("AL106", "", 0, 0, "it does not look whether its host is 64-bit"))
    return found


def _without_text(match: re.Match[str]) -> str:
    """Return nothing of a comment or a text but its line ends, so that lines keep their numbers."""
    return "\n" * match[0].count("\n")


def _decoded(data: bytes, findings: list[Finding]) -> str | None:
    encoding = next((encoding for mark, encoding in _MARKS if data.startswith(mark)), "utf-8")
    try:
        return data.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        findings.append(Finding("AL101", "", 0, 0, f"byte {error.start} is no {encoding}"))
        return None


_READERS = {JSON: _json, PLIST: _plist, REG: _reg, POWERSHELL: _powershell}
