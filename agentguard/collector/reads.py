"""The routes that read, with a reader's token. Every read is recorded (see `access`) before it is answered.

GET /v1/search         ?q=QUERY&limit=N&before=NUMBER -> {"records", "complete", "next", LACKS}
                       newest first; with &after=NUMBER oldest first. With &lines=1 a record is
                       {"number", "received", "device", "flag", "line"}: its exact line instead of what stands in it
GET /v1/records/ID     -> {"record", "before", "after", "others"}: one record, the session before and after it, and records
                       that have the same id and came later
GET /v1/histogram      ?q=QUERY&from=TIME&to=TIME&buckets=N -> {"step", "buckets": [{"at", verdict: count}], "complete",
                       LACKS}
GET /v1/top            ?field=FIELD&q=QUERY&from=TIME&to=TIME&limit=N -> {"values": [{"value", "records"}], "complete", LACKS}
GET /v1/devices        -> {"devices": [...], "behind", "missing"}
GET /v1/chains         -> {"chains": [...], "alerts": [...], "removed": [...]}

LACKS says why an answer may be short, and `complete` is false if one of the first two does: "behind": bytes that came and are
not indexed yet, "missing": [{"day", "verdict", "records"}] of the index that are being made again, "removed": what
retention removed of what is asked for, [{"verdict", "records", "until": day}].

Times are those of the query language: 7d, 2026-05-01. Records take the scope `search`, the rest `fleet` or `search`; counts
for `fleet` are by `COUNTED_BY` alone.
"""

from __future__ import annotations

import datetime as dt
import time
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.routing import Route

from agentguard.audit import query as language
from agentguard.audit.query import Term
from agentguard.audit.record import stamp
from agentguard.audit.show import Seen
from agentguard.collector import plan, web
from agentguard.collector.store import FIELDS, NEWEST, READ
from agentguard.collector.tokens import FLEET, SEARCH

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request
    from starlette.responses import Response

    from agentguard.audit.query import Group, Node
    from agentguard.collector.access import AccessLog
    from agentguard.collector.keys import Keys
    from agentguard.collector.store import Hit, Lacks, Store

_RESULTS, _MOST_RESULTS = 100, 1000
_BUCKETS, _MOST_BUCKETS = 100, 1000
# What a reader who may see no record may count by: facts of which nobody learns what an agent was told or wrote.
COUNTED_BY = (
    "agent", "bundle", "device", "effect", "event", "exception", "happened-since", "happened-until", "kind", "mode", "outcome",
    "revision", "rule", "severity", "since", "state", "tool", "until", "user", "would",
)  # fmt: skip
_AROUND = 20  # records of the session before and after
FRESH_SECONDS = 2.0  # that a read waits for what has just come; after that it is answered from what is there


def routes(keys: Keys, store: Store, access: AccessLog) -> list[Route]:
    """Return the routes."""
    reads = _Reads(store)
    door = web.Door(keys.readers, access)

    def route(path: str, work: Callable[[Request], tuple[dict[str, Any], int]], *scopes: str) -> Route:
        def answered(request: Request) -> dict[str, Any]:
            who = door.enter(request, web.bearer(request), *scopes)
            texts = _texts_asked_for(_query(request)) if who.scope == FLEET else ""
            if texts:
                facts = ", ".join(COUNTED_BY)
                why = f"a token with scope {FLEET} counts by {facts}, and not by {texts}: that takes scope {SEARCH}"
                raise door.refusal(request, who, why)
            value, found = work(request)
            access.read(who.name, request.url.path, request.query_params, found)
            return value

        async def endpoint(request: Request) -> Response:
            try:
                return web.answer(await run_in_threadpool(answered, request))
            except language.QueryError as problem:
                return web.error(400, "bad-query", problem.diagnostics())

        return Route(path, endpoint, methods=["GET"])

    return [
        route("/v1/search", reads.search, SEARCH),
        route("/v1/records/{id}", reads.record, SEARCH),
        route("/v1/histogram", reads.histogram, SEARCH, FLEET),
        route("/v1/top", reads.top, SEARCH, FLEET),
        route("/v1/devices", reads.devices, SEARCH, FLEET),
        route("/v1/chains", reads.chains, SEARCH, FLEET),
    ]


class _Reads:
    """What each route does: (answer, how much was found)."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def search(self, request: Request) -> tuple[dict[str, Any], int]:
        query = _query(request)
        limit = _number(request, "limit", _RESULTS, 1, _MOST_RESULTS)
        before = _number(request, "before", NEWEST, 0, NEWEST)
        after = _number(request, "after", 0, 0, NEWEST) if "after" in request.query_params else None
        form = as_line if _number(request, "lines", 0, 0, 1) else as_json
        asked = self._store.reach(FRESH_SECONDS)
        page = self._store.search(query, limit, before, after=after, asked=asked)
        value = {"records": [form(hit) for hit in page.hits], "complete": page.complete, "next": page.next}
        return {**value, **self._lacks(page.lacks, query)}, len(page.hits)

    def _lacks(self, lacks: Lacks, query: Group) -> dict[str, Any]:
        return {**lacks._asdict(), "removed": removed(self._store, query)}

    def record(self, request: Request) -> tuple[dict[str, Any], int]:
        asked = self._store.reach(FRESH_SECONDS)
        same = self._store.records(request.path_params["id"])
        if not same:
            raise not_there(self._store.lacks(asked))
        hit, *others = same
        before, after = self._store.around(hit, _AROUND)
        lists = {"before": before, "after": after, "others": others}
        return {"record": as_json(hit), **{name: [as_json(one) for one in hits] for name, hits in lists.items()}}, 1

    def histogram(self, request: Request) -> tuple[dict[str, Any], int]:
        start, end = _times(request)
        buckets = _number(request, "buckets", _BUCKETS, 1, _MOST_BUCKETS)
        query = _query(request)
        asked = self._store.reach(FRESH_SECONDS)
        found = self._store.histogram(query, start, end, buckets, asked=asked)
        rows = [{"at": stamp(at), **counts} for at, counts in found.buckets]
        value = {"step": found.step, "buckets": rows, "complete": found.complete}
        return {**value, **self._lacks(found.lacks, query)}, len(rows)

    def top(self, request: Request) -> tuple[dict[str, Any], int]:
        field = request.query_params.get("field", "")
        if field not in FIELDS:
            raise HTTPException(400, f"field must be one of {', '.join(FIELDS)}")
        limit = _number(request, "limit", 10, 1, _MOST_RESULTS)
        query = _query(request)
        asked = self._store.reach(FRESH_SECONDS)
        found = self._store.top(field, query, *_times(request), limit, asked=asked)
        rows = [{"value": value, "records": count} for value, count in found.values]
        return {"values": rows, "complete": found.complete, **self._lacks(found.lacks, query)}, len(rows)

    def devices(self, _request: Request) -> tuple[dict[str, Any], int]:
        lacks = self._store.lacks(self._store.reach(FRESH_SECONDS))
        found = self._store.devices()
        return {"devices": found, **lacks._asdict()}, len(found)

    def chains(self, _request: Request) -> tuple[dict[str, Any], int]:
        chains = self._store.chains()
        return {"chains": chains, "alerts": self._store.alerts(), "removed": self._store.removed()}, len(chains)


def not_there(lacks: Lacks) -> HTTPException:
    """Return the error for a record that was not found: that there is none can be said only if nothing is lacking."""
    if lacks:
        return HTTPException(503, "not found; but not all records can be found now: ask again", {"retry-after": "60"})
    return HTTPException(404, "there is no record with this id")


def as_json(hit: Hit) -> dict[str, Any]:
    """Return a record as it is answered."""
    return {"number": hit.number, **seen(hit).as_json(), "flag": hit.flag}


def seen(hit: Hit) -> Seen:
    """Return a record as readers see it."""
    return Seen(hit.body, hit.texts, hit.h, hit.received, hit.device, hit.flag, hit.line)


def as_line(hit: Hit) -> dict[str, Any]:
    """Return a record as it is answered to whoever wants to check it: byte for byte as the device wrote it."""
    known = {"number": hit.number, "received": hit.received, "device": hit.device, "flag": hit.flag}
    return {**known, "line": hit.line.decode("ascii")}


def removed(store: Store, query: Group) -> list[dict[str, Any]]:
    """Return what retention removed of what a query asks for: by verdict, how many records, and up to which day."""
    span = plan.span(query)
    found: dict[str, dict[str, Any]] = {}
    for one in store.removed():  # the newest day comes first
        verdict = one["verdict"]
        asked_for = not plan.plan(query, verdict).none and (verdict != READ or plan.asks_for_reads(query))
        if one["records"] and asked_for and plan.Span(one["day"], one["day"] + "~").meets(span):
            entry = found.setdefault(verdict, {"verdict": verdict, "until": one["day"], "records": 0})
            entry["records"] += one["records"]
    return list(found.values())


def _texts_asked_for(query: Node) -> str:
    """Return what of a query is not of `COUNTED_BY`, in words; "" if nothing is."""
    if isinstance(query, Term):
        return "" if query.key in COUNTED_BY else query.key or "words"
    return next((texts for part in query.parts if (texts := _texts_asked_for(part))), "")


def _query(request: Request) -> Group:
    return language.parse(request.query_params.get("q", ""), now=time.time())


def _number(request: Request, name: str, usual: int, least: int, most: int) -> int:
    text = request.query_params.get(name, str(usual))
    if text.isascii() and text.isdigit() and len(text) < 20 and least <= int(text) <= most:
        return int(text)
    raise HTTPException(400, f"{name} must be a number from {least} to {most}")


def _times(request: Request) -> tuple[float, float]:
    """Return the seconds since 1970 of `from` (7d) and `to` (now)."""
    now = time.time()
    start = _moment(request.query_params.get("from", "7d"), now)
    return start, _moment(request.query_params["to"], now) if "to" in request.query_params else now


def _moment(text: str, now: float) -> float:
    return dt.datetime.fromisoformat(language.moment(text, now=now)).timestamp()
