"""What is known to switch a guard off, or to keep the client from starting: one table.

A code's first digit says what kind of mistake it is: 1 the file, 2 what keeps the client from starting or makes it drop all
hooks of the file, 3 what keeps the hook from being asked, 4 what lets a call run when the hook fails, 5 who could change
what the hook does. `measured` facts were seen on client 2.1.330 on Linux; the others are the client's documentation
(code.claude.com: "Managed settings", "Hooks reference", "Settings reference").

Errors switch the guard off, or stop the client. Warnings have a reason that may be good.
"""

from __future__ import annotations

from typing import NamedTuple

ERROR, WARNING = "error", "warning"


class Code(NamedTuple):
    """One kind of finding: what is there, why it matters, and what mends it."""

    level: str
    what: str
    why: str
    mend: str


_REFUSED = "the client does not start under -p, and no setting of the file is in force elsewhere (measured)"
_DROPPED = (
    "the client goes on without any hook of the file, and says so on stderr alone; it does not start under -p if hooks are "
    "all that the file holds (measured)"
)

CODES = {
    "AL101": Code(ERROR, "the file holds no JSON object", _REFUSED, "mend it at this place"),
    "AL102": Code(
        WARNING,
        "the text is not UTF-8 without a byte order mark",
        "client 2.1.330 reads it from a file on Linux (measured); nobody promises that others do",
        "save it as UTF-8 without a byte order mark",
    ),
    "AL103": Code(
        ERROR, "a key stands twice", "only the last one counts, whoever reads the first (measured)", "remove one of them"
    ),
    "AL104": Code(
        ERROR,
        "the property list is none that the client reads settings from",
        "it asks macOS for the preference domain com.anthropic.claudecode alone",
        "put the settings into a payload whose PayloadType is com.anthropic.claudecode",
    ),
    "AL105": Code(
        ERROR,
        "the registry file does not set what the client reads",
        "it reads HKLM\\SOFTWARE\\Policies\\ClaudeCode, value Settings, a REG_SZ with JSON; people can write to HKCU",
        'use [HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\ClaudeCode] and "Settings"="{...}"',
    ),
    "AL106": Code(
        ERROR,
        "the script writes where the client does not read, or what it cannot read",
        "the client reads C:\\Program Files\\ClaudeCode; in a 32-bit host `Program Files` is another folder; Windows "
        "PowerShell's own cmdlets write UTF-16 or a byte order mark",
        "refuse a 32-bit host, name the folder in full, and write by [System.IO.File]::WriteAllText",
    ),
    "AL107": Code(
        ERROR, "no managed settings are found in the file", "nothing would be in force", "check that it is the right file"
    ),
    "AL108": Code(
        WARNING,
        "the name is none that the client reads from a folder of drop-ins",
        "only *.json is read, and no name that begins with a dot",
        "call it NN-name.json",
    ),
    "AL201": Code(
        ERROR, "a hook before tool calls has a type that the client does not know", _DROPPED, 'write "type": "command"'
    ),
    "AL202": Code(ERROR, "onFailure is neither block nor continue", _DROPPED, 'write "onFailure": "block"'),
    "AL203": Code(
        ERROR,
        "a hook before tool calls does not have the form that the client asks for",
        _DROPPED,
        "write it in that form",
    ),
    "AL204": Code(
        ERROR,
        "the versions that may start exclude each other, or exclude every client that knows onFailure",
        "no client starts (measured)",
        "take requiredMaximumVersion away, or set it above requiredMinimumVersion",
    ),
    "AL205": Code(
        WARNING,
        "requiredMaximumVersion stops the client as soon as it updates itself",
        "a person whose client is newer cannot start it (measured)",
        "take it away, or hold the client's updates back as well",
    ),
    "AL206": Code(
        WARNING,
        "forceRemoteSettingsRefresh is set",
        "without the network the client does not start at all",
        "leave it out where people work offline",
    ),
    "AL207": Code(
        WARNING,
        "a program works the settings out (policyHelper)",
        "what it prints is in force, not this file; where it fails, the client may not start",
        "lint what it prints, and let nobody but root change it",
    ),
    "AL301": Code(
        ERROR, "disableAllHooks is set", "in managed settings it switches managed hooks off too (measured)", "take it away"
    ),
    "AL302": Code(
        ERROR,
        "no hook is started before a tool call",
        "nothing is judged, and settings from a higher source switch hooks of lower ones off",
        "add the PreToolUse entry that `agentguard deploy render` writes; in the console, managedSourcesBehavior: merge",
    ),
    "AL303": Code(
        ERROR,
        "the matcher does not match every tool",
        "the hook is not asked about the other tools; a broken expression matches nothing, and nobody is told (measured)",
        'write "matcher": "*"',
    ),
    "AL304": Code(
        ERROR, "the hook runs beside the call (async)", "nobody waits for its answer (measured)", "take async away"
    ),
    "AL305": Code(
        ERROR,
        "the hook has a condition (if)",
        "it is not asked where the condition does not hold (measured)",
        "take it away: the policy decides what matters",
    ),
    "AL306": Code(
        ERROR, "the event is none of the client's", "its hooks are never started (measured)", "write it as the client does"
    ),
    "AL307": Code(
        WARNING,
        "prompts are not judged",
        "a file that a prompt mentions as @path is read without any tool call (measured)",
        "start the hook on UserPromptSubmit and UserPromptExpansion too",
    ),
    "AL308": Code(
        ERROR,
        "the guard is no command",
        "a server that cannot be reached, or a model, says nothing: the call runs",
        "start a command on the machine itself",
    ),
    "AL309": Code(
        WARNING,
        "a key that is nearly one that counts",
        "the client passes unknown keys over in silence (measured)",
        "write the key that was meant",
    ),
    "AL310": Code(
        WARNING,
        "on WSL the settings of Windows come first (wslInheritsWindowsSettings)",
        "a source on Windows without the hook switches the one in /etc/claude-code off",
        "deliver the hook on Windows too, with a path that is right inside WSL",
    ),
    "AL311": Code(
        WARNING,
        "allowManagedHooksOnly is switched off",
        "drop-ins are read in alphabetical order and the last one counts: this undoes an earlier `true`",
        "leave the key out",
    ),
    "AL312": Code(
        WARNING,
        "a hook of another event does not have the form that the client asks for",
        "the client passes this one over, and says so on stderr alone (measured)",
        "write it in that form",
    ),
    "AL401": Code(
        WARNING,
        "a hook that fails lets the call run",
        "a crash, a time-out or a missing file is no answer (measured); right while observing, a hole when enforcing",
        'write "onFailure": "block"',
    ),
    "AL402": Code(
        ERROR,
        "older clients may start, which do not know onFailure",
        "a client before 2.1.295 lets the call run when the hook fails; a version that is none is passed over (measured)",
        'write "requiredMinimumVersion": "2.1.295" or newer',
    ),
    "AL403": Code(
        WARNING,
        "the time limit is none of seconds, or is too short or too long",
        "without one the client waits for 600 seconds; the hook's own watchdog denies after 8",
        'write "timeout": 10',
    ),
    "AL501": Code(
        ERROR,
        "the hook is started through a shell",
        "CLAUDE_CODE_SHELL_PREFIX and PATH say what runs in its place (measured)",
        "write the program as `command` and its arguments as `args`",
    ),
    "AL502": Code(
        ERROR,
        "a path of the hook is one that people could change",
        "who can write there says what is allowed",
        "use an absolute path that only root or administrators can change",
    ),
    "AL503": Code(
        ERROR,
        "Python is started without -I -S",
        "PYTHONPATH, sitecustomize and .pth files load other people's code into the hook (measured)",
        'write "args": ["-I", "-S", ...]',
    ),
    "AL504": Code(
        ERROR,
        "a variable puts other people's code or command into the hook's process",
        "the client hands the variables of `env` to every hook (measured)",
        "blank it; OPENSSL_CONF names the null device",
    ),
    "AL505": Code(
        WARNING,
        "a variable is not blanked",
        "a person's own value of it loads code into the hook (measured for LD_PRELOAD and OPENSSL_CONF)",
        'add it to "env": "" for each, and the null device for OPENSSL_CONF',
    ),
}  # fmt: skip


class Finding(NamedTuple):
    """One finding. `where`: the place among the settings (`hooks.PreToolUse[0].matcher`), "" for the file itself.

    `line` and `column` count from 1, 0 where the file's form has none; `detail` says what stands there.
    """

    code: str
    where: str
    line: int
    column: int
    detail: str

    @property
    def level(self) -> str:
        """ERROR or WARNING."""
        return CODES[self.code].level
