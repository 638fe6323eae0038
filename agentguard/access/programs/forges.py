"""Command lines of code forges: gh (its manual), glab, hub releases. What others will see `publishes`."""

from __future__ import annotations

from agentguard.access.model import READ, WRITE
from agentguard.access.programs import net, walk
from agentguard.access.shell.values import plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentguard.access.programs.walk import Work
    from agentguard.access.shell.command import Call

_REPO = "-R,--repo=text -q,--jq=text --json=text -t,--template=text -w,--web -L,--limit=text -s,--state=text -l,--label=text -a,--assignee=text "
_BODY = _REPO + "--title=text -b,--body=text -F,--body-file=read -r,--reviewer=text -m,--milestone=text -p,--project=text "
_LOOK: dict[str, Any] = {"options": _REPO, "operands": "text*", "traits": "read-only"}
_SAY: dict[str, Any] = {"options": _BODY, "operands": "text*", "traits": "publishes"}
_TEXT: dict[str, Any] = {"options": _REPO, "operands": "text*"}

_GH: dict[str, Any] = {
    "pr": {"sub": {
        "create": {"options": _BODY.replace("-t,--template=text", "-T,--template=text").replace("--title=text", "-t,--title=text")
                   + " -B,--base=text -H,--head=text -d,--draft -f,--fill --fill-first --recover=text",
                   "operands": "text*", "traits": "publishes"},
        "new": "create",
        "merge": {"options": "-R,--repo=text --admin!skips-checks --auto -b,--body=text -F,--body-file=read -d,--delete-branch -m,--merge "
                  "-r,--rebase -s,--squash -t,--subject=text --match-head-commit=text -A,--author-email=text --disable-auto",
                  "operands": "text*", "traits": "publishes"},
        "close": _SAY, "comment": _SAY, "edit": _SAY, "ready": _SAY, "reopen": _SAY, "review": _SAY, "lock": _SAY, "unlock": _SAY,
        "update-branch": _SAY, "checkout": {"options": "-b=text -R,--repo=text --detach -f,--force --recurse-submodules",
                                            "operands": "text"},
        "co": "checkout",
        "list": _LOOK, "ls": "list", "view": _LOOK, "diff": _LOOK, "status": _LOOK,
        "checks": {"options": _REPO + "--watch -i,--interval=text --required --fail-fast", "operands": "text*", "traits": "read-only"},
    }},
    "issue": {"sub": {
        "create": "new", "new": _SAY, "close": _SAY, "comment": _SAY, "edit": _SAY, "reopen": _SAY, "transfer": _SAY, "pin": _SAY,
        "unpin": _SAY, "lock": _SAY, "unlock": _SAY, "delete": {**_SAY, "traits": "publishes destroys-data"}, "develop": _SAY,
        "list": _LOOK, "ls": "list", "view": _LOOK, "status": _LOOK,
    }},
    "repo": {"sub": {
        "create": {"options": _REPO + "--public --private --internal -d,--description=text --source=read -r,--remote=text --push "
                   "-c,--clone --gitignore=text --license=text", "operands": "text*", "traits": "publishes"},
        "delete": {"options": "--yes --confirm", "operands": "text*", "traits": "destroys-data publishes"},
        "archive": _SAY, "edit": _SAY, "rename": _SAY, "fork": _SAY, "sync": _SAY, "deploy-key": _SAY, "autolink": _SAY,
        "clone": {"options": "-u,--upstream-remote-name=text", "run": "forges.clone"},
        "set-default": _TEXT, "list": _LOOK, "ls": "list", "view": _LOOK,
    }},
    "release": {"sub": {
        "create": {"options": _BODY + "-n,--notes=text -F,--notes-file=read -d,--draft --target=text --generate-notes --prerelease --latest",
                   "operands": "text read*", "traits": "publishes sends"},
        "upload": {"options": "-R,--repo=text --clobber", "operands": "text read*", "traits": "publishes sends"},
        "edit": _SAY, "delete": {**_SAY, "traits": "publishes destroys-data"}, "delete-asset": {**_SAY, "traits": "publishes destroys-data"},
        "download": {"options": "-R,--repo=text -p,--pattern=text -D,--dir=write -O,--output=write -A=text --skip-existing --clobber",
                     "operands": "text*", "fetches": True},
        "list": _LOOK, "view": _LOOK,
    }},
    "gist": {"sub": {
        "create": {"options": "-d,--desc=text -f,--filename=text -p,--public -w", "operands": "read*", "traits": "publishes sends"},
        "edit": {"options": "-a,--add=read -f=text -d=text -r=text", "operands": "text read*", "traits": "publishes sends"},
        "delete": {"operands": "text*", "traits": "publishes destroys-data"}, "clone": {"operands": "text write"},
        "list": _LOOK, "view": {**_LOOK, "fetches": True},
    }},
    "auth": {"sub": {
        "token": {"options": "-h=text -u=text", "traits": "prints-environment"},
        "status": {"options": "-t,--show-token!prints-environment -h=text", "operands": "text*"},
        "login": {"options": "-h=text -s=text -p=text --with-token -w", "operands": "text*"},
        "logout": _TEXT, "refresh": _TEXT, "setup-git": _TEXT, "switch": _TEXT,
    }},
    "secret": {"sub": {"set": {**_SAY, "options": _REPO + "-b,--body=text -e,--env=text -o,--org=text -f,--env-file=read",
                               "traits": "publishes sends"},
                       "delete": {**_SAY, "traits": "publishes destroys-data"}, "list": _LOOK}},
    "variable": {"sub": {"set": _SAY, "delete": _SAY, "list": _LOOK, "get": _LOOK}},
    "workflow": {"sub": {"run": {**_SAY, "options": _REPO + "-r,--ref=text -f,--raw-field=text -F,--field=text"},
                         "enable": _SAY, "disable": _SAY, "list": _LOOK, "view": _LOOK}},
    "run": {"sub": {"cancel": _SAY, "delete": {**_SAY, "traits": "publishes destroys-data"}, "rerun": _SAY,
                    "download": {"options": "-R,--repo=text -D,--dir=write -n=text -p=text", "operands": "text*", "fetches": True},
                    "list": _LOOK, "view": _LOOK, "watch": _LOOK}},
    "api": {
        "options": "-X,--method=text -f,--raw-field=text -F,--field=text -H,--header=text --input=read --paginate -q,--jq=text -t,--template=text "
        "-i,--include --cache=text -p,--preview=text --hostname=host --silent --slurp --verbose",
        "run": "forges.api", "fetches": True,
    },
    "browse": _TEXT, "search": {"operands": "text*", "traits": "read-only"}, "status": _LOOK, "config": _TEXT, "alias": _TEXT,
    "extension": {"sub": {"install": {"operands": "package", "traits": "foreign-package"}, "exec": _TEXT, "list": _LOOK,
                          "remove": _TEXT, "upgrade": _TEXT}},
    "label": {"sub": {"create": _SAY, "delete": _SAY, "edit": _SAY, "clone": _SAY, "list": _LOOK}},
    "project": {"sub": {"list": _LOOK, "view": _LOOK, "item-list": _LOOK, "field-list": _LOOK}, "operands": "text*", "traits": "publishes"},
    "cache": {"sub": {"list": _LOOK, "delete": _SAY}}, "ssh-key": {"sub": {"add": {**_SAY, "operands": "read"}, "delete": _SAY,
                                                                       "list": _LOOK}},
    "codespace": {"sub": {"ssh": {"operands": "text*"}, "delete": {"operands": "text*", "traits": "destroys-data"}, "list": _LOOK}},
    "copilot": {"operands": "text*", "traits": "starts-agent"}, "agent-task": {"operands": "text*", "traits": "starts-agent publishes"},
    "attestation": _TEXT, "ruleset": _LOOK, "completion": _TEXT, "version": _LOOK, "help": _LOOK,
}  # fmt: skip

TABLE: dict[str, Any] = {
    "gh": {"options": "-R,--repo=text -v,--version -h,--help", "sub": _GH, "operands": "text*"},
    "glab": {"options": "-R,--repo=text", "sub": {
        "mr": {"sub": {"create": _SAY, "merge": _SAY, "close": _SAY, "note": _SAY, "approve": _SAY, "update": _SAY, "list": _LOOK,
                       "view": _LOOK, "diff": _LOOK, "checkout": _TEXT}},
        "issue": {"sub": {"create": _SAY, "close": _SAY, "note": _SAY, "update": _SAY, "delete": {**_SAY, "traits": "publishes destroys-data"},
                          "list": _LOOK, "view": _LOOK}},
        "release": {"sub": {"create": _SAY, "upload": _SAY, "delete": _SAY, "list": _LOOK, "view": _LOOK}},
        "repo": {"sub": {"create": _SAY, "delete": {**_SAY, "traits": "publishes destroys-data"}, "clone": _TEXT, "view": _LOOK}},
        "ci": {"sub": {"run": _SAY, "retry": _SAY, "view": _LOOK, "list": _LOOK, "status": _LOOK, "trace": _LOOK}},
        "api": {"options": "-X,--method=text -f,--raw-field=text -F,--field=text -H,--header=text --input=read --paginate",
                "run": "forges.api", "fetches": True},
        "variable": {"sub": {"set": _SAY, "delete": _SAY, "list": {**_LOOK, "traits": "prints-environment"}}},
        "auth": _TEXT,
    }, "operands": "text*"},
}  # fmt: skip


def api(call: Call, work: Work) -> None:
    """`gh api PATH`: a POST as soon as there are fields; another method by -X."""
    line = work.line
    method = (plain(line.value("--method") or "") or "").upper()
    fields = line.has("--raw-field --field --input")
    method = method or ("POST" if fields else "GET")
    path = plain(line.operands[0]) if line.operands else ""
    graph = path == "graphql" and "mutation" not in " ".join(str(value) for value in line.values("--raw-field"))
    traits = {"read-only"} if method == "GET" or graph else {"publishes", "sends"}
    if method == "DELETE":
        traits.add("destroys-data")
    if not graph and any(map(net.computed, line.operands[:1])) and method != "GET":
        traits.add("computed-address")
    line.traits |= traits
    work.entry = {**work.entry, "operands": "text*", "traits": ""}
    walk.standard(call, work)
    for value in line.values("--field"):
        text = plain(value)
        if text is not None and "=@" in text:
            call.path(READ, text.partition("=@")[2], "a field from a file")
    host = plain(line.value("--hostname") or "") or ("gitlab.com" if call.name == "glab" else "api.github.com")
    call.connect(host, 443, "the service", method=method)


def clone(call: Call, work: Work) -> None:
    """`gh repo clone OWNER/NAME [FOLDER]`."""
    operands = work.line.operands
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
    call.connect("github.com", 443, "what is cloned")
    text = plain(operands[0]) if operands else None
    if operands:
        name = (text or "").rstrip("/").rpartition("/")[2].removesuffix(".git")
        call.path(WRITE, operands[1] if len(operands) > 1 else name or walk.UNKNOWN, "the new folder")
