"""A PowerShell script that does the whole of it on a Windows machine, for Intune and its like, which push one script.

It refuses a 32-bit host, where `Program Files` is another folder that the agent never reads. Files are written as UTF-8
without a byte order mark: JSON with one is no JSON to the agent. What it writes stands in it as single-quoted
here-strings, in which PowerShell replaces nothing. Folders of ours are closed to ordinary people before anything is put
there, because anybody may make files in ProgramData. Managed settings come last.

The script is ASCII, so its own encoding does not matter. Source: learn.microsoft.com, "about_Quoting_Rules", "icacls".
"""

from __future__ import annotations

from agentguard.errors import ConfigError

_SCRIPT = """\
# {title}
# Run as SYSTEM or as an administrator, in 64-bit PowerShell. Safe to run again.
# Intune: "Run this script using the logged on credentials": No; "Run script in 64 bit PowerShell Host": Yes.
$ErrorActionPreference = 'Stop'
Set-StrictMode -Version Latest
if (-not [Environment]::Is64BitProcess) {{ throw 'run this in 64-bit PowerShell' }}

function Close-Folder([string] $Path) {{
    # SYSTEM and administrators may change it, everybody may read it
    New-Item -ItemType Directory -Force -Path $Path | Out-Null
    $rights = '*S-1-5-18:(OI)(CI)F', '*S-1-5-32-544:(OI)(CI)F', '*S-1-5-32-545:(OI)(CI)RX'
    & icacls.exe $Path /inheritance:r /grant:r $rights | Out-Null
    if ($LASTEXITCODE -ne 0) {{ throw "icacls could not close $Path" }}
}}

function Write-Whole([string] $Path, [string] $Text) {{
    # beside, then in place: nobody reads half of it. This script may have been given CRLF; the file is to have LF.
    $new = "$Path.new"
    $lines = $Text.Replace("`r`n", "`n")
    [System.IO.File]::WriteAllText($new, $lines, (New-Object System.Text.UTF8Encoding($false)))
    if (Test-Path -LiteralPath $Path) {{ [System.IO.File]::Replace($new, $Path, [NullString]::Value) }}
    else {{ [System.IO.File]::Move($new, $Path) }}
}}

{steps}"""


def script(title: str, steps: list[str]) -> bytes:
    """Return the script. `steps` come from `closed`, `written`, `task` and `run`. Raises ConfigError if it is not ASCII."""
    text = _SCRIPT.format(title=title.replace("\n", " "), steps="\n".join(steps)).replace("\n", "\r\n")
    try:
        return text.encode("ascii")
    except UnicodeEncodeError:
        raise ConfigError(
            "a PowerShell script is rendered from ASCII alone: a setting holds other characters"
        ) from None


def closed(path: str) -> str:
    """Return the step that makes a folder that ordinary people cannot write to."""
    return f"Close-Folder {quoted(path)}\n"


def written(path: str, text: str) -> str:
    """Return the step that writes a file."""
    return f"Write-Whole {quoted(path)} {here(text)}\n"


def private(path: str) -> str:
    """Return the step that keeps ordinary people from reading a file."""
    grant = "'*S-1-5-18:F' '*S-1-5-32-544:F'"
    fail = f"if ($LASTEXITCODE -ne 0) {{ throw {quoted(f'icacls could not close {path}')} }}\n"
    return f"& icacls.exe {quoted(path)} /inheritance:r /grant:r {grant} | Out-Null\n{fail}"


def task(name: str, xml: str) -> str:
    """Return the step that registers a Scheduled Task."""
    return f"Register-ScheduledTask -Force -TaskName {quoted(name)} -Xml {here(xml)} | Out-Null\n"


def run(argv: list[str], *, beside: str = "", tried: bool = False) -> str:
    """Return the step that runs a program and stops where it fails.

    `beside`: a folder beside the script, which the last word stands for; where it is not there, the program runs without
    its last two words. What is `tried` may fail.
    """
    words = [quoted(word) for word in argv]
    check = "" if tried else f"if ($LASTEXITCODE -ne 0) {{ throw {quoted(f'{argv[-1]} failed')} }}\n"
    if not beside:
        return f"& {' '.join(words)}\n{check}"
    folder = f"$folder = Join-Path $PSScriptRoot {quoted(beside)}\n"
    with_it, without = " ".join([*words[:-1], "$folder"]), " ".join(words[:-2])
    return f"{folder}if (Test-Path -LiteralPath $folder) {{ & {with_it} }} else {{ & {without} }}\n{check}"


def quoted(text: str) -> str:
    """Return a text as a single-quoted string: only `'` means something in it."""
    return "'" + text.replace("'", "''") + "'"


def here(text: str) -> str:
    """Return a text as a here-string, in which no line may begin with its end. Raises ConfigError."""
    if any(line.startswith("'@") for line in text.split("\n")):
        raise ConfigError("a text with a line that begins with '@ cannot stand in a PowerShell script")
    return f"@'\n{text}\n'@"
