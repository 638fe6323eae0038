"""Reading one file of metadata: dates, canonical JSON, shapes."""

import datetime as dt
import functools
import json
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from securesystemslib.formats import encode_canonical

from agentguard.bundle.metadata import ROLES, canonical, epoch, read
from agentguard.bundle.verify import freshness, verify
from agentguard.errors import BundleError, PublisherError
from agentguard.policy.model import FRESH

SCALARS = st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=("Cs",)))
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=("Cs",))), inner)
)


@given(VALUES)
def test_canonical_json_is_securesystemslibs(value):
    """What is signed is encoded as securesystemslib does it, byte by byte."""
    assert encode_canonical(value).encode() == canonical(value)


@pytest.mark.parametrize("value", [1.5, "\ud800", {"a": [0.1]}, 10**5000], ids=lambda value: str(type(value)))
def test_what_canonical_json_cannot_hold_is_an_error(value):
    """A fraction or half a character has no canonical form."""
    with pytest.raises(PublisherError, match="canonical JSON"):
        canonical(value)


def test_deep_nesting_is_an_error():
    """Metadata that nests without end is refused, not a crash."""
    value = []
    for _ in range(5000):
        value = [value]
    with pytest.raises(PublisherError, match="canonical JSON"):
        canonical(value)


@given(st.datetimes(min_value=dt.datetime(1, 1, 1), max_value=dt.datetime(9999, 12, 31)))  # noqa: DTZ001
@example(dt.datetime(2000, 2, 29))  # noqa: DTZ001
@example(dt.datetime(2100, 3, 1))  # noqa: DTZ001
def test_dates_are_the_calendars(when):
    """A date means the same second as the standard library says."""
    when = when.replace(microsecond=0)
    text = when.isoformat() + "Z"
    assert int(when.replace(tzinfo=dt.UTC).timestamp()) == epoch(text, "date")


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-29T00:00:00Z", "2026-00-01T00:00:00Z", "2026-13-01T00:00:00Z", "2026-01-00T00:00:00Z",
        "2026-01-32T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z", "2026-01-01T00:00:60Z",
        "0000-01-01T00:00:00Z", "2026-1-1T0:0:0Z", "2026-01-01 00:00:00Z", "2026-01-01T00:00:00+00:00", "",
        "٢٠٢٦-01-01T00:00:00Z",
        None, 7,
    ],
)  # fmt: skip
def test_what_is_no_date_is_refused(text):
    """Only zero-padded UTC dates that exist are dates."""
    with pytest.raises(PublisherError, match="date"):
        epoch(text, "date")


@given(st.sampled_from(ROLES), st.binary() | VALUES.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_are_metadata_or_an_error(role, data):
    """Nothing that is read as metadata ends in anything but our own error."""
    with pytest.raises(PublisherError):
        read(role, data)


def places(value, path=()):
    """Yield the way to every value in a JSON value."""
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from places(inner, (*path, key))


def put(value, path, new):
    for step in path[:-1]:
        value = value[step]
    value[path[-1]] = new


@functools.cache
def good(make_repo):
    repo = make_repo()
    repo.rotate()
    return repo


def takes(repo):
    """Return whether the hook's verifier takes the present state of a repository, as fresh."""
    try:
        chain = verify(repo.anchor, repo.records())
    except BundleError:
        return False
    return freshness(chain, time.time())[0] == FRESH


@given(st.data())
def test_any_value_in_any_place_is_judged_as_python_tuf_does(make_repo, accepted, data):
    """Whatever stands anywhere in signed metadata: no crash, and what is accepted python-tuf accepts as well."""
    repo = good(make_repo).copy()
    name, role = data.draw(st.sampled_from([("timestamp.json", "timestamp"), ("2.root.json", "root")]))

    def change(signed):
        ways = sorted((way for way in places(signed) if way), key=repr)
        put(signed, data.draw(st.sampled_from(ways)), data.draw(VALUES))

    repo.resign(name, change, repo.signers[role])
    if takes(repo):
        assert accepted(repo)
