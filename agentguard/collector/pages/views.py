"""What each page shows: from a request to (template, its values, how much was found)."""

from __future__ import annotations

import datetime as dt
import time
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote, urlencode

from starlette.exceptions import HTTPException

from agentguard.audit import export, lines, query, show
from agentguard.audit.outcome import Outcomes
from agentguard.collector import checking, plan, reads
from agentguard.collector.ingest import ALERTS
from agentguard.collector.pages.chart import BUCKETS, chart
from agentguard.collector.store import NEWEST

if TYPE_CHECKING:
    from starlette.requests import Request

    from agentguard.audit.query import Group
    from agentguard.collector.pages.policies import Policies
    from agentguard.collector.store import Hit, Store

_RESULTS = 50
_AROUND = 8  # records of the session before and after
_LATER = 1000  # records of the session after it, that may say how its call ended
_TOP = 5
_COUNTED = ("rule", "user", "device")
_DAYS = 7  # of the histogram where the query names no beginning
MOST_CSV = 10_000  # records of a file; for more there is `agentguard audit export`
EXAMPLES = (
    ("Denied or asked since yesterday", "(verdict:deny OR verdict:ask) since:24h"),
    ("Who read a secret last quarter", "action:read rule:secrets/* since:13w"),
    ("Pushes by force", '"push --force"'),
    ("Who searched here", "kind:read"),
)


class Shown(NamedTuple):
    """A template, its values, and how many records or devices were found, for the record of who read what."""

    template: str
    values: dict[str, Any]
    found: int


class Views:
    """The pages. All methods may raise `QueryError`, `HTTPException`, OSError, sqlite3.Error."""

    def __init__(self, store: Store, policies: Policies) -> None:
        self._store = store
        self._policies = policies

    def search(self, request: Request) -> Shown:
        """Show what a query finds: over time, its most frequent values, and the records, newest first."""
        text = request.query_params.get("q", "")
        parsed = query.parse(text, now=time.time())
        before = _number(request, "before", NEWEST)
        asked = self._store.reach(reads.FRESH_SECONDS)
        page = self._store.search(parsed, _RESULTS, before, asked=asked)
        start, end = _times(parsed)
        counted = self._store.histogram(parsed, start, end, BUCKETS, asked=asked)
        tops = [(field, self._store.top(field, parsed, start, end, _TOP, asked=asked)) for field in _COUNTED]
        lacks = page.lacks | counted.lacks
        for _field, found in tops:
            lacks |= found.lacks
        values = {
            "q": text,
            "rows": [_row(hit) for hit in page.hits],
            "next": search_url(text, page.next) if page.next is not None else "",
            "first": search_url(text) if before != NEWEST else "",
            "chart": chart(counted, lambda since, until: search_url(_within(text, since, until))),
            "span": (_day(start), _day(end)),
            "tops": [
                (field, [(value, count, search_url(_and(text, field, value))) for value, count in found.values])
                for field, found in tops
            ],
            "removed": reads.removed(self._store, parsed),
            "lacks": lacks,
            "csv": "/records.csv?" + urlencode({"q": text}),
            "examples": [(name, example, search_url(example)) for name, example in EXAMPLES],
        }
        return Shown("search.html", values, len(page.hits))

    def record(self, request: Request) -> Shown:
        """Show one record with its rule, its chain and its session."""
        asked = self._store.reach(reads.FRESH_SECONDS)
        same = self._store.records(request.path_params["id"])
        if not same:
            raise reads.not_there(self._store.lacks(asked))
        number = _number(request, "n", 0)
        hit = next((one for one in same if one.number == number), same[0])
        before, after = self._store.around(hit, _AROUND)
        seen = reads.seen(hit)
        body = hit.body
        named = body.get("bundle")
        bundle: dict[str, Any] = {"name": "", "revision": "", "state": "", "digest": ""}
        bundle |= named if isinstance(named, dict) else {}
        rule_id = body.get("would_rule") or body.get("rule") or ""
        values = {
            "row": _row(hit),
            "reason": show.clean((hit.texts or {}).get("reason") or body.get("reason") or ""),
            "bundle": bundle,
            "facts": show.facts(seen),
            "accesses": show.rows(seen),
            "rule_id": rule_id,
            "rule": self._policies.rule(bundle.get("digest"), rule_id),
            "end": Outcomes((*before, hit, *after, *self._later(hit))).end(hit),
            "others": [(one.device, one.received, _url(one)) for one in same if one is not hit],
            "chain": self._chain(hit),
            "session": [(_row(one), one.number == hit.number) for one in (*before, hit, *after)],
            "session_url": search_url(_session(hit)) if body.get("session") else "",
            "line": seen.raw.decode("ascii"),
        }
        return Shown("record.html", values, 1)

    def devices(self, _request: Request) -> Shown:
        """Show every device, the one that was heard of last first."""
        lacks = self._store.lacks(self._store.reach(reads.FRESH_SECONDS))
        found = self._store.devices()
        rows = [{**one, "url": search_url(query.quoted("device", one["device"]))} for one in found]
        return Shown("devices.html", {"devices": rows, "lacks": lacks}, len(found))

    def alerts(self, _request: Request) -> Shown:
        """Show what is wrong with chains, and what retention removed."""
        found = self._store.alerts()
        rows = [
            {
                **one,
                "meaning": ALERTS.get(one["alert"], ""),
                "url": search_url(query.quoted("chain", one["chain"])) if one["chain"] else "",
            }
            for one in found
        ]
        return Shown("alerts.html", {"alerts": rows, "removed": self._store.removed()}, len(found))

    def csv(self, request: Request) -> tuple[bytes, int, str]:
        """Return what a search finds as a CSV file, how many records that is, and the name of the file."""
        text = request.query_params.get("q", "")
        parsed = query.parse(text, now=time.time())
        asked = self._store.reach(reads.FRESH_SECONDS)
        hits: list[Hit] = []
        before = NEWEST
        name = "records"
        while True:
            page = self._store.search(parsed, 1000, before, asked=asked)
            hits += page.hits
            if page.lacks:
                name = "records-incomplete"
            if page.next is None:
                break
            if len(hits) >= MOST_CSV:
                message = (
                    f"more than {MOST_CSV:,} records: narrow the search, or use `agentguard audit export --collector`"
                )
                raise HTTPException(400, message)
            before = page.next
        return b"".join(export.table(map(reads.seen, hits))), len(hits), name + ".csv"

    def _later(self, hit: Hit) -> list[Hit]:
        """Return what later records of its session say of how calls ended."""
        if not hit.body.get("session"):
            return []
        wanted = query.parse(f"{_session(hit)} {Outcomes.QUERY}", now=time.time())
        return self._store.search(wanted, _LATER, after=hit.number).hits

    def _chain(self, hit: Hit) -> list[str]:
        """Return what is wrong with a record's place in its chain, in words; nothing if nothing is."""
        seq = hit.body.get("seq")
        found = [f"this record: {ALERTS.get(hit.flag, hit.flag)}"] if hit.flag else []
        line = lines.parse(hit.line)
        if not hit.flag and isinstance(seq, int):
            before = [lines.parse(one.line) for one in self._store.record_at(line.chain, seq - 1)]
            if not line.texts_hold or not checking.follows(line, before):
                found.append("this record was changed at the collector: it is not what was signed for")
        for one in self._store.alerts():
            if one["chain"] == hit.body.get("chain") and isinstance(seq, int):
                where = f"records {one['first']} to {one['last']} of its chain"
                found.append(f"{where}: {ALERTS.get(one['alert'], one['alert'])} ({one['at']})")
        return found


def search_url(text: str, before: int | None = None) -> str:
    """Return the address of a search."""
    parameters: dict[str, str | int] = {"q": text} if text else {}
    if before is not None:
        parameters["before"] = before
    return "/?" + urlencode(parameters) if parameters else "/"


def _row(hit: Hit) -> dict[str, Any]:
    """Return a record as a row of a table."""
    cells = dict(zip(show.HEADINGS, show.row(reads.seen(hit)), strict=True))
    effect, would = hit.body.get("effect", ""), hit.body.get("would", "")
    verdict = effect if effect in ("deny", "ask", "allow") else ""
    return {
        **cells,
        "verdict": verdict,
        "would": would if would != effect else "",
        "device": _device(hit.device, show.clean(hit.body.get("hostname") or "", 32)),
        "flag": hit.flag,
        "url": _url(hit),
    }


def _url(hit: Hit) -> str:
    """Return the address of a record. Others may have its id, so its number stands there too."""
    return f"/records/{quote(str(hit.body.get('id', '')), safe='', errors='replace')}?n={hit.number}"


def _device(device: str, hostname: str) -> str:
    """Return a device as tables name it: what its token says first, then what it calls itself."""
    name = show.device_name(device)
    return f"{name} ({hostname})" if hostname and hostname != device else name


def _session(hit: Hit) -> str:
    """Return a query for the session of a record: that of its chain."""
    return " ".join(query.quoted(name, str(hit.body.get(name))) for name in ("session", "chain"))


def _number(request: Request, name: str, usual: int) -> int:
    text = request.query_params.get(name, "")
    if not text:
        return usual
    if text.isascii() and text.isdigit() and len(text) < 20:
        return int(text)
    raise HTTPException(400, f"{name} must be a number; it comes from a link")


def _times(parsed: Group) -> tuple[float, float]:
    """Return the span of time of a query in seconds since 1970: its own, else the last week."""
    span = plan.span(parsed)
    end = _seconds(span.until) if span.until != "~" else time.time()
    start = _seconds(span.since) if span.since else (end - _DAYS * 86400) // 3600 * 3600
    return min(start, end), end


def _seconds(moment: str) -> float:
    return dt.datetime.fromisoformat(moment).timestamp()


def _day(seconds: float) -> str:
    return dt.datetime.fromtimestamp(seconds, dt.UTC).strftime("%Y-%m-%d %H:%M")


def _within(text: str, since: str, until: str) -> str:
    return f"{_alone(text)}since:{since} until:{until}"


def _and(text: str, field: str, value: str) -> str:
    return f"{_alone(text)}{query.quoted(field, value)}"


def _alone(text: str) -> str:
    """Return a query so that more terms can follow it."""
    text = text.strip()
    if not text:
        return ""
    return f"({text}) " if " OR " in text else f"{text} "
