"""Command lines of code forges: gh (its manual), glab, hub releases. What others will see `publishes`."""

from __future__ import annotations

from agentguard.access.model import READ, UNKNOWN
from agentguard.access.programs import folders, net, walk
from agentguard.access.shell.values import concat, parts_of, plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.programs.walk import Work
    from agentguard.access.shell.command import Call


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
    if not graph and any(net.computed(call, operand) for operand in line.operands[:1]) and method != "GET":
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
    call.connect("gitlab.com" if call.name == "glab" else "github.com", 443, "what is cloned")
    text = plain(operands[0]) if operands else None
    if operands:
        name = (text or "").rstrip("/").rpartition("/")[2].removesuffix(".git")
        folders.pours(call, operands[1] if len(operands) > 1 else name or UNKNOWN, "the new folder")


_POST = """
    create new edit close reopen comment merge approve reject add update assign move transition link clone delete remove
    archive fork lock unlock
"""
_POSTS = frozenset(_POST.split())


def by_verb(call: Call, work: Work) -> None:
    """`tea pulls create`, `jira issue move`: what others will see."""
    words = [plain(value) or "" for value in call.words if (plain(value) or "-")[:1] != "-"][:3]
    posts = [word for word in words if word in _POSTS]
    local = words[:1] in (["login"], ["logins"], ["clone"], ["init"], ["config"])
    work.line.traits |= {"publishes"} if posts and not local else set()
    work.line.traits |= {"destroys-data"} if posts[:1] == ["delete"] else set()
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)


def alias(call: Call, work: Work) -> None:
    """`gh alias set NAME '!TEXT'`, with --shell without the mark: text that a shell runs when the name is called."""
    operands = work.line.operands
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
    text = operands[1] if len(operands) > 1 else ""
    if text == "-":
        text = UNKNOWN if call.stdin is None else call.stdin.value
    first, *rest = parts_of(text)
    if isinstance(first, str) and first[:1] == "!":
        call.shell(concat([first[1:], *rest]), f"{call.name} alias")
    elif work.line.has("--shell"):
        call.shell(text, f"{call.name} alias")
