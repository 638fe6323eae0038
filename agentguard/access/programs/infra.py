"""Infrastructure as code, clouds and hosting: what creates is recorded, what destroys or publishes is said so."""

from __future__ import annotations

from agentguard.access.model import EXECUTE, POSSIBLE, READ, TREE, WRITE
from agentguard.access.programs import verbs, walk
from agentguard.access.shell.values import plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.programs.walk import Work
    from agentguard.access.shell.command import Call


def applies(call: Call, work: Work) -> None:
    """`terraform apply -destroy` and `terragrunt run-all destroy` destroy."""
    destroys = work.line.has("-destroy --destroy") or "destroy" in work.line.operands
    work.line.traits |= {"destroys-infrastructure"} if destroys else set()
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)


def by_verb(call: Call, work: Work) -> None:
    """Clients of clouds, by the words of their subcommands: `aws ec2 terminate-instances`."""
    words = call.words
    work.entry = {**work.entry, "operands": "text*"}
    subs: list[str] = []
    for word in words:
        text = plain(word) or ""
        if not text.replace("-", "").replace(":", "").isalnum() or text[:1] == "-":
            break
        subs.append(text)
    work.command = (*work.command[:1], *subs[:3]) if subs else work.command
    traits = verbs.traits(words)
    walk.standard(call, work)
    if traits:
        call.begin(work.command, call.origin.flags, call.origin.args, traits)
        call.row(EXECUTE, POSSIBLE, "a word of it says so")


def removes(call: Call, work: Work) -> None:
    """`aws s3 rm`, unless it is only tried."""
    work.line.traits |= set() if work.line.has("--dryrun") else {"destroys-data"}
    walk.standard(call, work)


def bucket(call: Call, work: Work) -> None:
    """Copies between this machine and object stores: `s3://…`, `gs://…`."""
    operands = work.line.operands
    work.entry = {**work.entry, "operands": "text*"}
    last = plain(operands[-1]) if len(operands) > 1 else None
    if last is None or "://" in last:
        work.line.traits.add("sends")
    walk.standard(call, work)
    for number, value in enumerate(operands):
        text = plain(value)
        if value != "-" and (text is None or "://" not in text):
            last_one = number == len(operands) - 1 and number > 0
            call.path(
                WRITE if last_one else READ,
                value,
                "operand",
                TREE if work.line.has("--recursive") or work.command[-1] == "sync" else "exact",
            )


def vercel(call: Call, work: Work) -> None:
    """`vercel` alone deploys."""
    words = [plain(word) or "" for word in work.line.operands]
    looks = {
        "dev",
        "ls",
        "list",
        "logs",
        "inspect",
        "whoami",
        "env",
        "link",
        "pull",
        "build",
        "help",
        "login",
        "logout",
        "switch",
    }
    work.line.traits |= set() if words and words[0] in looks else {"publishes"}
    if words[:1] in (["rm"], ["remove"]):
        work.line.traits.add("destroys-infrastructure")
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
