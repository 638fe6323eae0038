"""A histogram as what a template draws: bars of stacked verdicts, each a link to its own span of time."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, NamedTuple

from agentguard.collector.store import VERDICTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from agentguard.collector.store import Histogram

WIDTH, HEIGHT = 960, 96  # of the drawing, in its own units
BUCKETS = 60
_LEAST = 1.5  # height of a part that is there at all
_ORDER = ("deny", "ask", "allow", "other")  # from the ground up: what matters is where the eye compares best
_DAY = 86400


class Part(NamedTuple):
    """One verdict of a bar."""

    verdict: str
    y: float
    height: float


class Bar(NamedTuple):
    """One bucket: where it stands, its parts, what it is in words, and the address of its records."""

    x: float
    width: float
    parts: list[Part]
    title: str
    link: str


class Chart(NamedTuple):
    """`marks`: [(x, label), …] beneath; `totals`: {verdict: count}; `most`: the count of the highest bar."""

    bars: list[Bar]
    marks: list[tuple[float, str]]
    totals: dict[str, int]
    most: int
    complete: bool


def chart(found: Histogram, link: Callable[[str, str], str]) -> Chart:
    """Return the drawing. `link` makes an address of two times as the query language writes them."""
    sums = [sum(counts.values()) for _at, counts in found.buckets]
    most = max(sums, default=0)
    width = WIDTH / max(1, len(found.buckets))
    bars = [
        Bar(
            round(number * width, 2),
            round(max(1.0, width - 2), 2),
            _parts(counts, most),
            _title(at, found.step, counts),
            link(_time(at), _time(at + found.step)),
        )
        for number, (at, counts) in enumerate(found.buckets)
        if sums[number]
    ]
    totals = {verdict: sum(counts.get(verdict, 0) for _at, counts in found.buckets) for verdict in VERDICTS}
    every = max(1, len(found.buckets) // 5)
    marks = [
        (round(number * width, 2), _mark(at, found.step))
        for number, (at, _counts) in enumerate(found.buckets)
        if number % every == 0 and number * width < WIDTH * 0.93
    ]
    return Chart(bars, marks, totals, most, found.complete)


def _parts(counts: dict[str, int], most: int) -> list[Part]:
    parts, ground = [], float(HEIGHT)
    for verdict in _ORDER:
        count = counts.get(verdict, 0)
        if count:
            height = min(ground, max(_LEAST, count / most * (HEIGHT - 4)))
            ground -= height
            parts.append(Part(verdict, round(ground, 2), round(height, 2)))
    return parts


def _title(at: int, step: int, counts: dict[str, int]) -> str:
    words = [f"{counts[verdict]} {verdict}" for verdict in _ORDER if counts.get(verdict)]
    return f"{_time(at)} to {_time(at + step)} UTC: {', '.join(words)}"


def _time(at: int) -> str:
    return dt.datetime.fromtimestamp(at, dt.UTC).strftime("%Y-%m-%dT%H:%M")


def _mark(at: int, step: int) -> str:
    return dt.datetime.fromtimestamp(at, dt.UTC).strftime("%d %b" if step * BUCKETS > 3 * _DAY else "%d %b %H:%M")
