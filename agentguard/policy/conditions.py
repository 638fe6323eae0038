"""The policy language as data: every key, what it may hold, and one line about it. Plain tuples, no imports of weight.

The checker, the compiler and the reference documentation all walk these tables, so a key exists for all of them or for
none. An entry of CONDITIONS names the actions whose rows can have the thing at all: a rule is filed under those, and a
rule whose conditions have no action in common can never match.
"""

from __future__ import annotations

from agentguard.access.model import (
    ACTIONS,
    CERTAIN,
    CONNECT,
    DELEGATE,
    DELETE,
    EXECUTE,
    LISTEN,
    MCP,
    OPAQUE,
    POSSIBLE,
    PROMPT,
    READ,
    UNCERTAIN,
    USE,
    WRITE,
)
from agentguard.policy.model import ALLOW, ASK, ASSURANCES, DENY, ENFORCE, MAX_DAYS, OBSERVE, SCHEMA

# How a value of a condition is compared.
ENUM = "enum"  # one word of a closed list
WORD = "word"  # a text; * is any run of characters, ? is one
COMMAND = "command"  # program and subcommands, word by word, from the front
HOST = "host"  # a host name, an address, a network, or a class of addresses
PORT = "port"  # a number, or two with a dash
PATH = "path"  # an absolute path; * stays within a folder name, ** is any number of folders

KINDS = {
    ENUM: "one of the words listed",
    WORD: "text in which `*` is any run of characters, `?` one and `[abc]` one of these; upper and lower case differ",
    COMMAND: "the program and its subcommands, as far as they are named: `git` is all of git, `git push` only pushes",
    HOST: "`example.org` exactly, `*.example.org` every name beneath it and not itself, an address, a network "
    "(`10.0.0.0/8`), `loopback`, `private` or `link-local`",
    PORT: "a number (`443`) or a range (`8000-8999`)",
    PATH: "an absolute path: starts with `/`, `~`, a variable or `**/`; `*`, `?` and `[abc]` stay within one folder "
    "name, `**` stands for any number of folders; `x/**` is everything beneath x and not x",
}

_COMMANDED = (READ, WRITE, DELETE, EXECUTE, CONNECT, LISTEN)  # rows that a command line can give

# key: (kind, actions whose rows can have it, whether the agent can influence it beside the act itself, meaning).
# In the order in which the compiler writes conditions, cheap ones first.
CONDITIONS: dict[str, tuple[str, tuple[str, ...], bool, str]] = {
    "action": (ENUM, ACTIONS, False, "what the row does"),
    "certainty": (ENUM, ACTIONS, False, "how sure it is that the row happens"),
    "trait": (ENUM, ACTIONS, False, "what the command means, whatever its spelling"),
    "tool": (
        WORD,
        tuple(action for action in ACTIONS if action != PROMPT),
        False,
        "the agent's tool: `Read`, `Bash`, `mcp__*`",
    ),
    "roles": (WORD, ACTIONS, False, "a role that the person holds"),
    "users": (WORD, ACTIONS, False, "the person's account name"),
    "devices": (WORD, ACTIONS, False, "the device's id"),
    "permission_mode": (WORD, ACTIONS, True, "the agent's permission mode: `default`, `plan`, `bypassPermissions`"),
    "repo": (WORD, ACTIONS, True, "the repository of the working directory: `github.com/acme/app`"),
    "branch": (WORD, ACTIONS, True, "the branch that is checked out there; a detached head has none"),
    "subagent": (
        WORD,
        ACTIONS,
        True,
        "the kind of subagent: on `delegate` rows the one that is started, elsewhere the one that asks",
    ),
    "command": (COMMAND, _COMMANDED, False, "the innermost program and its subcommand"),
    "flags": (WORD, _COMMANDED, False, "an option of the command, in its long spelling: `--force`"),
    "args": (WORD, (USE, *_COMMANDED), False, "an operand of the command; on the `use` row of Skill, what is called"),
    "via": (WORD, _COMMANDED, False, "a command that carries this one: `sudo`, `xargs`, `sh -c`"),
    "server": (WORD, (MCP,), False, "the MCP server"),
    "mcp_tool": (WORD, (MCP,), False, "the tool of the MCP server"),
    "port": (PORT, (CONNECT, LISTEN), False, "the port of the host"),
    "host": (HOST, (CONNECT, LISTEN), False, "the host that is connected to, or the address that is listened on"),
    "method": (WORD, (CONNECT,), False, "the method of an HTTP request, in capitals: `POST`"),
    "ref": (WORD, (EXECUTE,), False, "the branch or tag that a git command acts on"),
    "remote": (WORD, (EXECUTE, CONNECT), False, "the git remote: its name or its URL"),
    "package": (WORD, (EXECUTE,), False, "the package that is installed, removed, run or published"),
    "variable": (WORD, (READ, WRITE, DELETE), False, "the environment variable"),
    "sql_verb": (WORD, (EXECUTE,), False, "the verb of an SQL statement, in capitals: `DROP`"),
    "path": (PATH, (READ, WRITE, DELETE, EXECUTE), False, "the file or folder"),
}

# Words of the conditions of kind ENUM, and what each means.
WORDS: dict[str, dict[str, str]] = {
    "action": {
        USE: "the tool itself is called; every call has this row",
        READ: "a file is read, a folder is listed or searched, or the secret that an environment variable holds is shown",
        WRITE: "a file is made or changed, or an environment variable is set",
        DELETE: "a file or a folder is removed",
        EXECUTE: "a program is run",
        CONNECT: "something is fetched from a host or sent to it",
        LISTEN: "a port is opened for others",
        MCP: "a tool of an MCP server is called",
        DELEGATE: "a subagent is started",
        PROMPT: "the person's prompt is handed to the model",
    },
    "certainty": {
        CERTAIN: "it happens if the call runs",
        POSSIBLE: "part of it is known and fits: a pattern, a partly known text, an unknown program's operand",
        UNCERTAIN: "nothing of its resource is known",
        OPAQUE: "which command or code is handed over cannot be known",
    },
    "trait": {
        "computed-address": "the address is put together when the command runs, so data could leave in it",
        "configures-hooks": "writes a skill, a subagent or a command that brings hooks of its own",
        "controls-service": "starts, stops or changes a service or a timer",
        "destroys-data": "destroys data that git cannot bring back: a database, a volume",
        "destroys-infrastructure": "destroys machines, clusters or cloud resources",
        "discards-work": "throws uncommitted work, stashes or branches away",
        "force": "overrides the program's own safety check",
        "foreign-package": "installs or runs a package from elsewhere than the project's own list",
        "malformed": "holds what no honest call holds: NUL, control characters, a URL with two hosts",
        "prints-environment": "prints the environment, and the tokens in it",
        "privileged": "runs as another user or with more rights",
        "publishes": "others will see the result: a push, a release, a package",
        "read-only": "changes nothing",
        "removes-package": "removes an installed package",
        "runs-fetched-code": "runs code that was just fetched",
        "sends": "hands data of this machine to the other side",
        "signals": "sends a signal to processes",
        "skips-checks": "skips the checks that the repository asks for",
        "starts-agent": "starts another coding agent",
    },
}

# A row has at most one resource. Conditions on two of these groups can therefore never hold together. `subagent` is a
# resource of `delegate` rows, and a fact about the caller on all others, so it stands in no group.
RESOURCES: tuple[tuple[str, ...], ...] = (
    ("path",),
    ("host", "port"),
    ("ref",),
    ("package",),
    ("variable",),
    ("server", "mcp_tool"),
)

VARIABLES = {
    "project": "the git top level (else the folder) in which the session began",
    "home": "the person's home, also written `~`",
    "tmpdir": "the platform's folder for temporary files",
    "agentguard": "the folders of agentguard's own files",
    "hostname": "this machine's name",
}
PATH_VARIABLES = ("project", "home", "tmpdir", "agentguard")  # what a path can start with

# What `reason` and `remedy` can name: the conditions of that name, as they are on the row that decides.
TEMPLATES = (
    "path", "host", "port", "ref", "remote", "package", "variable", "server", "mcp_tool", "subagent", "command", "tool",
)  # fmt: skip

EFFECTS = (ALLOW, ASK, DENY)
MODES = (ENFORCE, OBSERVE)
SEVERITIES = ("low", "medium", "high", "critical")

# What a key of a table holds.
TEXT, TEXTS, NUMBER, CHOICE, ID, FLAG = "text", "texts", "number", "choice", "id", "flag"
TABLE, TABLES, LISTS = "table", "tables", "lists"

# key: (type, words of a CHOICE, whether it must be there, meaning).
RULE_KEYS: dict[str, tuple[str, tuple[str, ...], bool, str]] = {
    "id": (ID, (), True, "names the thing caught, in kebab-case with slashes: `git/force-push`"),
    "effect": (CHOICE, EFFECTS, True, "what happens to a row that matches; the strictest effect of a call wins"),
    "not": (TABLE, (), False, "`not.KEY = [...]`: none of these; false where the row has no KEY at all"),
    "unless": (TABLES, (), False, "tables of conditions, written like the rule's own; any one of them lifts the rule"),
    "possible": (
        CHOICE,
        EFFECTS,
        False,
        "the effect where the rule may match and may not; never stricter than `effect`",
    ),
    "unattended": (CHOICE, (ALLOW, DENY), False, "the effect in place of ask where nobody can answer (deny)"),
    "mode": (CHOICE, MODES, False, "whether the rule is enforced or only recorded (the bundle's mode)"),
    "sweep": (
        CHOICE,
        (ASK,),
        False,
        "ask where a whole folder is read that is too large to look for a floating pattern (`**/.env`); else it passes",
    ),
    "rollout": (NUMBER, (), False, "percent of the devices that enforce the rule, 0 to 100; all others observe it"),
    "cohort": (ID, (), False, "rules of one cohort roll out to the same devices (the rule's id)"),
    "enforce_for": (TEXTS, (), False, "roles whose holders enforce the rule; everybody else observes it"),
    "exceptions": (FLAG, (), False, "whether exceptions may lift the rule (not at severity critical)"),
    "severity": (CHOICE, SEVERITIES, False, "for the people who read the records"),
    "reason": (TEXT, (), False, "one sentence for the model and the person: why"),
    "remedy": (TEXT, (), False, "what to do instead"),
    "tags": (TEXTS, (), False, "names of your own, or of a catalogue (`OWASP-ASI03`)"),
    "owner": (TEXT, (), False, "the team to ask"),
}

# key: (words, value where it is not given, meaning). Keys of [defaults].
DEFAULTS: dict[str, tuple[tuple[str, ...], str, str]] = {
    "effect": (EFFECTS, ALLOW, "a row that no rule decides"),
    "possible": (EFFECTS, ASK, "a row that a deny rule without `possible` may match"),
    "unknown": (EFFECTS, ALLOW, "a row whose resource has no known part"),
    "opaque": (EFFECTS, ASK, "a row of which cannot be known what it runs"),
    "unknown_tool": (EFFECTS, ASK, "the `use` row of a tool that agentguard does not know"),
    "on_stale": (EFFECTS, ASK, "an allowed row that changes something while the policy is out of date"),
}
# Keys of [defaults.ACTION]: for rows of that action in place of the general default.
ACTION_DEFAULTS = ("effect", "possible", "unknown", "opaque", "on_stale")
# Keys of [defaults_for.KIND]: the kinds of device that have defaults of their own.
DEVICE_KINDS = ("ci",)

# key: (type, words of a CHOICE, whether it must be there, meaning). Keys of bundle.toml.
BUNDLE_KEYS: dict[str, tuple[str, tuple[str, ...], bool, str]] = {
    "schema": (NUMBER, (str(SCHEMA),), True, "the version of this language"),
    "name": (ID, (), True, "the bundle's name, in kebab-case"),
    "mode": (CHOICE, MODES, False, "whether rules are enforced or only recorded (enforce)"),
    "defaults": (TABLE, (), False, "what happens where no rule decides; `[defaults.ACTION]` for one action"),
    "defaults_for": (TABLE, (), False, "`[defaults_for.ci]`: other defaults on devices of that kind"),
    "audit": (TABLE, (), False, "how the audit log is kept"),
    "sets": (TABLE, (), False, "lists with a name, used as `@name`"),
    "exceptions": (TABLE, (), False, "limits of exceptions"),
    "roles": (TABLE, (), False, "`[roles.NAME]`: who holds a role"),
    "rule": (TABLES, (), False, "the rules; they can stand in `rules/*.toml` as well"),
    "scope": (TABLE, (), False, "conditions on who and where that limit every rule of this folder"),
    "include": (TABLES, (), False, "packs that this policy stands on, each pinned by its digest"),
    "adjust": (TABLES, (), False, "changes to rules of included packs, each with a `because`"),
}
# Keys of [exceptions].
EXCEPTION_KEYS: dict[str, tuple[str, tuple[str, ...], bool, str]] = {
    "max_days": (NUMBER, (), False, f"the most days that one may last; 0 for none at all ({MAX_DAYS})"),
}
# Keys of [roles.NAME].
ROLE_KEYS: dict[str, tuple[str, tuple[str, ...], bool, str]] = {
    "users": (TEXTS, (), False, "account names of its members, exactly"),
    "groups": (TEXTS, (), False, "groups of the operating system whose members are its members"),
    "assurance": (
        CHOICE,
        tuple(reversed(ASSURANCES)),
        False,
        "how well a member must be known to hold the role (managed)",
    ),
}
RULES_FILE_KEYS = ("sets", "rule", "scope")  # a scope in such a file limits the rules of that file

# key: (type, words of a CHOICE, whether it must be there, meaning). Keys of [[include]].
INCLUDE_KEYS: dict[str, tuple[str, tuple[str, ...], bool, str]] = {
    "pack": (TEXT, (), True, "the name of a bundle that ships with agentguard, or a folder: `./packs/org`, `../org`"),
    "digest": (TEXT, (), True, "what was reviewed, as `agentguard policy digest` prints it"),
    "scope": (TABLE, (), False, "conditions on who and where that limit every rule of the pack"),
}
# Keys of [[adjust]]. Those of the rule replace the rule's own; the tables of `unless` are added to its own.
ADJUST_KEYS: dict[str, tuple[str, tuple[str, ...], bool, str]] = {
    "rule": (TEXT, (), True, "the id of the rule"),
    "effect": (CHOICE, EFFECTS, False, "the rule's effect from now on"),
    "possible": (CHOICE, EFFECTS, False, "as in a rule"),
    "mode": (CHOICE, MODES, False, "as in a rule"),
    "rollout": (NUMBER, (), False, "as in a rule"),
    "unless": (TABLES, (), False, "tables of conditions that lift the rule, beside its own"),
    "because": (TEXT, (), True, "why, for those who review and publish: a ticket and a sentence"),
}
# What a scope may ask about: who, on which machine, in which checkout. Every row has these.
SCOPE_KEYS = ("roles", "users", "devices", "repo", "branch")

# key: (words, value where it is not given, meaning). Keys of [audit].
AUDIT: dict[str, tuple[tuple[str, ...], str, str]] = {
    "on_failure": (EFFECTS, ASK, "a call that changes something and whose record cannot be written"),
}
# Lists of fields of a record, and what they do; keys of [audit] too.
AUDIT_FIELDS = {
    "drop": "fields that are not recorded",
    "mask": "fields of which only a mark is recorded, by which equal values can be told on one device",
}
# The fields of a record that a policy may withhold. `row.` and `origin.` are those of every row, of every command.
WITHHELD = (
    "hostname", "user", "agent_version", "cwd", "project", "repo", "branch", "command", "reason", "remedy", "read_files",
    "facts",
    "row.path", "row.host", "row.ref", "row.remote", "row.package", "row.variable", "row.why", "origin.command",
    "origin.program", "origin.flags", "origin.args", "origin.via",
)  # fmt: skip

# What the tests of a policy hold. A case says in one of three ways what is called: `bash`, `tool` with `input`, or
# `event` with `prompt`.
SCRIPT, FILES = "script", "files"  # a text that may have many lines; paths, or a table of paths and their texts
EXPECTED = (DENY, ASK, ALLOW, "stop")
PROMPTS = ("UserPromptSubmit", "UserPromptExpansion")
_PROJECT_KEYS: dict[str, tuple[str, tuple[str, ...], bool, str]] = {
    "files": (
        FILES,
        (),
        False,
        "what exists: a list of paths, or a table of paths and texts; `/` at the end: a folder",
    ),
    "links": (TABLE, (), False, 'symbolic links and where they lead: `links = { "docs/key" = "~/.ssh/id_rsa" }`'),
    "branch": (TEXT, (), False, "the branch that is checked out (feature/x)"),
    "repo": (TEXT, (), False, "the repository that is checked out (github.com/acme/app)"),
    "permission_mode": (TEXT, (), False, "the agent's permission mode"),
}
CASE_KEYS: dict[str, tuple[str, tuple[str, ...], bool, str]] = {
    "name": (TEXT, (), True, "what the case shows, in a few words"),
    "bash": (SCRIPT, (), False, "a shell text for the tool Bash"),
    "tool": (TEXT, (), False, "any tool, with `input`"),
    "input": (TABLE, (), False, "the tool's input, as the agent sends it"),
    "event": (CHOICE, PROMPTS, False, "a prompt of the person, with `prompt`"),
    "prompt": (SCRIPT, (), False, "the text of the prompt"),
    "also": (TEXTS, (), False, "more calls that must end the same: shell texts beside `bash`, else as in a matrix"),
    **_PROJECT_KEYS,
    "as": (TABLE, (), False, "who asks, and from where: see below (somebody without a role, at a device without an id)"),
    "expect": (CHOICE, EXPECTED, True, "the effect; `stop` is deny or ask"),
    "rule": (TEXT, (), False, "a rule that must ask for that effect; beside `stop`, for deny or ask"),
}  # fmt: skip
AS_KEYS: dict[str, tuple[str, tuple[str, ...], bool, str]] = {
    "roles": (TEXTS, (), False, "the roles that the person is a member of"),
    "assurance": (CHOICE, tuple(reversed(ASSURANCES)), False, "how well the person is known; at none no role is held"),
    "user": (TEXT, (), False, "the person's account name (dev); at assurance none there is none"),
    "device": (TEXT, (), False, "the device's id"),
    "device_kind": (CHOICE, DEVICE_KINDS, False, "`ci`: nobody sits before the device, and `[defaults_for.ci]` holds"),
}
# In a matrix the columns say the roles.
AS_MATRIX_KEYS = {key: entry for key, entry in AS_KEYS.items() if key != "roles"}
MATRIX_KEYS: dict[str, tuple[str, tuple[str, ...], bool, str]] = {
    "name": (TEXT, (), False, "what the matrix shows"),
    "roles": (TEXTS, (), True, "one role a column; `(unknown)` is somebody without any"),
    "rows": (LISTS, (), True, 'a call and one expected effect a column: `["Bash: pytest -q", "allow", "deny"]`'),
    "as": (TABLE, (), False, "who asks, and from where, in every column: as in a case, without roles"),
    **_PROJECT_KEYS,
}
TESTS_FILE_KEYS = ("case", "matrix")


def kind_of(key: str) -> str:
    """Return how values of condition `key` are compared."""
    return CONDITIONS[key][0]


def actions_of(key: str) -> tuple[str, ...]:
    """Return the actions whose rows can have what condition `key` looks at."""
    return CONDITIONS[key][1]
