"""One tool call in, one answer and one record out. Reads files through the state's disk, writes nothing.

    bytes → ToolCall → rows → Decision → answer for the agent, record for the spool

Whatever cannot be read or judged is a denial for a tool call, and never one for an event that cannot be blocked.
"""

from __future__ import annotations

import time

from agentguard import __version__
from agentguard.access import repo, tools
from agentguard.access.model import CONNECT, DELETE, EXECUTE, MCP, WRITE
from agentguard.access.payload import INPUT_LIMIT, Malformed, parse
from agentguard.access.world import World
from agentguard.audit import record, redact
from agentguard.bundle.person import Person, person
from agentguard.errors import PolicyError, PublisherError
from agentguard.hook import messages, session
from agentguard.hook.adapters import claude_code as agent
from agentguard.jsontext import JsonError
from agentguard.places import own_folders
from agentguard.policy import engine
from agentguard.policy.model import ALLOW, ASK, DENY, ENFORCE, FALLBACK, INVALID, NONE, OBSERVE, Context, Decision

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentguard.access.model import Access, ToolCall
    from agentguard.bundle.verify import Chain
    from agentguard.hook.state import State
    from agentguard.policy.engine import Policy
    from agentguard.policy.exceptions import Exceptions

# Rows that change something: what a record that cannot be written may hold up.
_CHANGES = (WRITE, DELETE, EXECUTE, CONNECT, MCP)


class Outcome:
    """What one call comes to. `body` and `texts` are the record, `effect` what the agent is told.

    `event` is "" where the input could not be read. `changes` says whether a row changes anything. `on_failure` is the
    effect for such a call when its record cannot be written. `start` is (session, project) for a session's first event,
    and `heartbeat` a second record, of how this device stands.
    """

    __slots__ = ("answer", "body", "changes", "effect", "event", "heartbeat", "on_failure", "start", "texts")

    def __init__(
        self,
        answer: agent.Answer,
        body: dict[str, Any] | None = None,
        texts: dict[str, Any] | None = None,
        *,
        event: str = "",
        effect: str = ALLOW,
        changes: bool = False,
        on_failure: str = ALLOW,
        start: tuple[str, str] | None = None,
        heartbeat: tuple[dict[str, Any], dict[str, Any]] | None = None,
    ) -> None:
        self.answer = answer
        self.body = body
        self.texts = texts
        self.event = event
        self.effect = effect
        self.changes = changes
        self.on_failure = on_failure
        self.start = start
        self.heartbeat = heartbeat


def decide(data: bytes, state: State, redactor: redact.Redactor) -> Outcome:
    """Return what the call in `data` (one JSON object, as the agent wrote it) comes to."""
    if len(data) > INPUT_LIMIT:
        return failure(state, redactor, "its input is over 8 MiB")
    try:
        call = parse(data)
    except Malformed as error:
        return failure(state, redactor, f"its input is not readable: {error}", event=error.event)
    except JsonError as error:
        return failure(state, redactor, f"its input is not readable: {error}")
    call.agent_version = agent.version(state.environ)
    redactor.source = record.command_of(call)
    try:
        if call.event in agent.DECIDED:
            return _decided(call, state, redactor)
        return _observed(call, state, redactor)
    except Exception as error:  # noqa: BLE001 - whatever goes wrong in here must end in a denial, not in a traceback
        return failure(state, redactor, f"internal error: {_place(error)}", call)


def failure(
    state: State, redactor: redact.Redactor, what: str, call: ToolCall | None = None, *, event: str = ""
) -> Outcome:
    """Return the outcome for a call that could not be judged: a denial, where the event can be denied at all.

    `event` is what could be read of it where there is no call. Prompts are blocked by a rule that matches and never by
    an error. Root-owned `stage = "observe"` makes it a record.
    """
    event = call.event if call else event
    text = redactor.text(messages.for_error(what))
    silent = (event and event != agent.TOOL) or state.active.local.get("stage") == OBSERVE
    effect = ALLOW if silent else DENY
    answer = agent.answer(agent.TOOL, effect, text, messages.one_line(text, messages.PERSON_LIMIT))
    principal = _principal(state, _roles_alone(state, redactor))
    body, texts = record.of_error(
        call, what, effect=effect, bundle=state.active.facts(), principal=principal, redactor=redactor
    )
    return Outcome(answer, body, texts, event=event, effect=effect)


def _decided(call: ToolCall, state: State, redactor: redact.Redactor) -> Outcome:
    world, repository = _world(call, state)
    access = tools.access(call, world)
    policy = _policy(state)
    redactor.withheld = policy.withheld
    context = _context(call, state, world, repository, redactor=redactor, policy=policy)
    decision = engine.decide(policy, access, world, context)
    bundle = state.active.facts()
    body, texts = record.of_decision(
        call,
        access,
        decision,
        world=world,
        principal=_principal(state, context.roles),
        bundle=bundle,
        latency_us=(time.perf_counter_ns() - state.started_ns) // 1000,
        redactor=redactor,
    )
    answer = agent.SILENCE
    if decision.effect != ALLOW:
        decision.excusable = decision.excusable and _grantable(state)
        answer = agent.answer(
            call.event,
            decision.effect,
            messages.for_model(decision, redactor.text),
            messages.for_person(decision, f"{bundle['name']} r{bundle['revision']}", str(body["id"])),
        )
    watching = OBSERVE in (policy.mode, context.stage)
    on_failure = ALLOW if watching else policy.on_failure
    return Outcome(
        answer,
        body,
        texts,
        event=call.event,
        effect=decision.effect,
        changes=_changes(access, decision),
        on_failure=DENY if on_failure == ASK and not context.attended else on_failure,
    )


def _observed(call: ToolCall, state: State, redactor: redact.Redactor) -> Outcome:
    start = heartbeat = None
    principal, bundle = _principal(state, _roles_alone(state, redactor)), state.active.facts()
    if call.event == agent.SESSION_START:
        if call.session:
            start = (call.session, session.project_of(call.cwd, state.home, state.disk))
        health = state.disk.read(state.places.health, record.HEALTH_LIMIT)
        heartbeat = record.of_heartbeat(
            call, health, version=__version__, principal=principal, bundle=bundle, redactor=redactor
        )
    body, texts = record.of_event(call, bundle=bundle, principal=principal, redactor=redactor)
    return Outcome(agent.SILENCE, body, texts, event=call.event, start=start, heartbeat=heartbeat)


def unrecorded(outcome: Outcome, why: str) -> agent.Answer:
    """Return the answer for a call whose record could not be written: what changes things may be held up."""
    if outcome.effect != ALLOW or not outcome.changes or outcome.on_failure == ALLOW:
        return outcome.answer
    text = messages.one_line(
        f"The audit record of this call could not be written ({why}), so it is not let through unseen "
        "(agentguard/audit). In your own terminal, `agentguard status` shows what is wrong.",
        messages.MODEL_LIMIT,
    )
    return agent.answer(outcome.event, outcome.on_failure, text, messages.one_line(text, messages.PERSON_LIMIT))


def _policy(state: State) -> Policy:
    """Return the policy of the seal; a policy that the engine does not understand makes the seal invalid."""
    active = state.active
    if active.state not in (FALLBACK, INVALID):
        try:
            return engine.load(active.policy)
        except PolicyError as error:
            active.state = INVALID
            active.problem = error.message
    return engine.fallback()


def _world(call: ToolCall, state: State) -> tuple[World, repo.Repo | None]:
    repository = repo.read(call.cwd, state.disk)
    fixed = session.fixed_project(state.spool, call.session, state.disk)
    project = fixed or session.project_of(call.cwd, state.home, state.disk)
    return (
        World(
            home=state.home,
            project=project,
            worktrees=session.worktrees(repository, project, state.disk),
            tmpdir=state.tmpdir,
            hostname=state.hostname,
            user=state.user,
            agentguard=tuple({*state.places.own_folders(), *own_folders(state.home, state.platform)}),
            platform=state.platform,
            branch=repository.branch if repository else "",
            remotes=repository.remotes if repository else None,
            disk=state.disk,
        ),
        repository,
    )


def _context(
    call: ToolCall,
    state: State,
    world: World,
    repository: repo.Repo | None,
    *,
    redactor: redact.Redactor,
    policy: Policy,
) -> Context:
    local = state.active.local
    who = _person(state)
    held, claimed = _roles(who, policy.roles)
    chain = state.active.chain
    granted = None
    if chain is not None and chain.exceptions and state.active.state not in (FALLBACK, INVALID):
        granted = _exceptions(state, who, policy, chain)
    return Context(
        roles=held,
        claimed=claimed,
        exceptions=granted,
        user="" if who.known == NONE else who.user,
        device=str(local.get("device", "")),
        device_kind=str(local.get("device_kind", "")),
        repo=repo.name(repository.remotes) if repository else "",
        branch=world.branch,
        remote_urls=tuple(world.remotes.values()),
        permission_mode=call.permission_mode,
        subagent=call.subagent,
        attended=agent.attended(call.event, call.permission_mode, call.source, state.environ)
        and local.get("device_kind") != "ci",
        state=state.active.state,
        stage=OBSERVE if local.get("stage") == OBSERVE else ENFORCE,
        hide=redactor.quoted,
    )


def _roles(who: Person, defined: dict[str, Any]) -> tuple[frozenset[str], frozenset[str]]:
    """Return the roles that a person holds, and those that the person may hold."""
    if not defined:
        return frozenset(), frozenset()
    from agentguard.policy import roles  # noqa: PLC0415 - only where the policy has any

    return roles.held(defined, who.user, who.groups, who.known)


def _roles_alone(state: State, redactor: redact.Redactor) -> frozenset[str]:
    """Return the roles that the person holds, where rules are not needed; tell the redactor what the log may not hold.

    Never raises.
    """
    if state.active.state in (FALLBACK, INVALID):
        return frozenset()
    try:
        settings = engine.settings_of(state.active.policy)
        redactor.withheld = engine.withheld(settings)
        return _roles(_person(state), settings.get("roles", {}))[0]
    except PolicyError:
        return frozenset()


def _exceptions(state: State, who: Person, policy: Policy, chain: Chain) -> Exceptions | None:
    """Return the signed exceptions that hold for this call."""
    from agentguard.bundle.exceptions import times  # noqa: PLC0415 - only where somebody has granted one
    from agentguard.policy import exceptions  # noqa: PLC0415

    local = state.active.local
    seen = local.get("seen")
    caller = exceptions.Caller(
        who.user,
        who.known,
        str(local.get("device", "")),
        chain.org,
        now=state.now,
        seen=max(chain.issued, seen if type(seen) is int else 0),
    )
    return exceptions.holding(chain.exceptions, caller, times(chain.exceptions), policy.max_days)


def _grantable(state: State) -> bool:
    """Return whether anybody may grant exceptions here: the policy in force names who."""
    active = state.active
    if active.state in (FALLBACK, INVALID):
        return False
    from agentguard.bundle.exceptions import delegation  # noqa: PLC0415 - only where somebody is stopped

    try:
        return active.chain is None or delegation(active.chain.targets) is not None
    except PublisherError:
        return False


def _changes(access: Access, decision: Decision) -> bool:
    return decision.effect == ALLOW and any(row.action in _CHANGES for row in access.rows)


def _person(state: State) -> Person:
    return person(state.places, state.active.local, state.user, state.known)


def _principal(state: State, roles: frozenset[str]) -> dict[str, Any]:
    who = _person(state)
    return {
        "user": who.user,
        "known": who.known,
        "roles": sorted(roles),
        "device": str(state.active.local.get("device", "")),
        "hostname": state.hostname,
        "os": state.platform,
    }


def _place(error: BaseException) -> str:
    """Return where an error of ours happened, without its text (which may quote the input)."""
    trace = error.__traceback__
    place = ""
    while trace is not None:
        code = trace.tb_frame.f_code
        place = f"{code.co_filename.rpartition('agentguard')[2].lstrip('/')}:{trace.tb_lineno}"
        trace = trace.tb_next
    return f"{type(error).__name__} at {place}"
