"""Asks a collector what it has: the reader's side of its web interface."""

from __future__ import annotations

import string
from typing import TYPE_CHECKING, Any

import httpx

from agentguard import jsontext
from agentguard.audit import lines
from agentguard.audit.show import Seen
from agentguard.audit.verify import Finding, Report
from agentguard.audit.wire import read, safe_address
from agentguard.errors import AuditError, ConfigError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentguard.audit.source import Lacks

_SECONDS = 60.0
_PAGE = 250  # records of one answer; the longest ones fit the limit
_ANSWER_LIMIT = 64 * 1024 * 1024
_TOKEN_LIMIT = 4096
_TOKEN_LETTERS = string.ascii_letters + string.digits + "-_"
_MEANING = {
    "gap": "are missing",
    "lost": "were signed for, and the collector has lost them",
    "fork": "have been written twice with different content",
    "broken": "do not follow from the record before",
    "device": "came from another device than the chain's",
    "claim": "name another device than the one that sent them",
}


def token_of(path: str) -> str:
    """Return the reader's token in a file. Raises `ConfigError`."""
    try:
        with open(path, "rb") as file:
            token = file.read(_TOKEN_LIMIT).strip().decode("ascii", "replace")
    except OSError as error:
        raise ConfigError(f"the token file {path} cannot be read: {error.strerror}") from None
    if not token or token.strip(_TOKEN_LETTERS):
        hint = "it is one line of letters, digits, - and _, as `agentguard collector token create` prints it"
        raise ConfigError(f"{path} holds no token", hint=hint)
    return token


def search(url: str, token: str, query: str, limit: int, lacks: Lacks) -> tuple[list[Seen], bool]:
    """Return the newest records that a query finds, and whether no older ones are left. Raises `AuditError`.

    `lacks` learns what the answer says of itself.
    """
    with httpx.Client() as client:
        found, number = _search(client, url, token, {"q": query, "limit": str(limit)}, lacks)
    return found, number is None


def every(url: str, token: str, query: str, lacks: Lacks) -> Iterator[Seen]:
    """Yield all records that a query finds, oldest first, page by page. Raises `AuditError`."""
    after = 0
    with httpx.Client() as client:
        while True:
            page = {"q": query, "limit": str(_PAGE), "after": str(after)}
            found, number = _search(client, url, token, page, lacks)
            yield from found
            if number is None:
                return
            if number <= after:
                raise AuditError(
                    f"{url} does not say where to go on", hint="the collector may be older than this client"
                )
            after = number


def _search(
    client: httpx.Client, url: str, token: str, page: dict[str, str], lacks: Lacks
) -> tuple[list[Seen], int | None]:
    """Return the records of a page, and where to go on; None where there is no more."""
    answer = _get(url, "/v1/search", token, {"lines": "1", **page}, client)
    try:
        found = [_seen(one) for one in answer["records"]]
        number = None if answer["next"] is None else int(answer["next"])
        lacks.learn(answer)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise AuditError(f"{url} does not answer like a collector") from None
    return found, number


def _seen(one: dict[str, Any]) -> Seen:
    """Return a record as it was answered. What is shown of it is what stands in its line. Raises ValueError and others."""
    line = lines.parse(one["line"].encode("ascii"))
    received, device, flag = (one[name] for name in ("received", "device", "flag"))
    if line.problem or not all(isinstance(fact, str) for fact in (received, device, flag)):
        raise ValueError(line.problem)
    return Seen(line.body, line.texts, line.h, received, device, flag, line.raw)


def alerts(url: str, token: str, chain: str) -> list[str]:
    """Return in words what the collector found wrong with a chain. Raises `AuditError`."""
    answer = _get(url, "/v1/chains", token, {})
    try:
        return [_alert(alert) for alert in answer["alerts"] if alert["chain"] == chain]
    except (KeyError, TypeError, ValueError):
        raise AuditError(f"{url} does not answer like a collector") from None


def _alert(alert: dict[str, Any]) -> str:
    meaning = _MEANING.get(alert["alert"], str(alert["alert"]))
    again = f" ({alert['times']} times until {alert['latest']})" if alert.get("times", 1) != 1 else ""
    return f"records {int(alert['first'])} to {int(alert['last'])} {meaning}{again}"


def compare(url: str, token: str, report: Report) -> list[dict[str, Any]]:
    """Return the collector's chains; whatever is wrong with them becomes findings of the local `report`.

    Raises `AuditError`.
    """
    answer = _get(url, "/v1/chains", token, {})
    try:
        chains = {str(chain["chain"]): chain for chain in answer["chains"]}
        for alert in answer["alerts"]:
            report.findings.append(Finding(f"collector, chain {alert['chain']} of {alert['device']}: {_alert(alert)}"))
        for local in report.chains:
            there = chains.get(local.chain)
            if there is None:
                report.findings.append(Finding(f"the collector does not know chain {local.chain}", broken=False))
            elif there["last"] > local.last:
                text = f"chain {local.chain} ends at {local.last} here and at {there['last']} at the collector"
                report.findings.append(Finding(text))
            elif there["last"] == local.last and there["h"] != local.h:
                report.findings.append(Finding(f"the collector has another record {local.last} in {local.chain}"))
            elif there["last"] < local.last:
                text = (
                    f"records {there['last'] + 1} to {local.last} of chain {local.chain} are not at the collector yet"
                )
                report.findings.append(Finding(text, broken=False))
    except (KeyError, TypeError, ValueError):
        raise AuditError(f"{url} does not answer like a collector") from None
    return list(chains.values())


def _get(url: str, path: str, token: str, parameters: dict[str, str], client: httpx.Client | None = None) -> Any:
    """Return the answer to a question; `client` is for those who have many, one after another."""
    stream = client.stream if client else httpx.stream
    address = safe_address(url)
    headers = {"authorization": f"Bearer {token}", "accept-encoding": "identity"}
    try:
        with stream("GET", address + path, params=parameters, headers=headers, timeout=_SECONDS) as reply:
            data = read(reply, _ANSWER_LIMIT)
            status = reply.status_code
    except UnicodeEncodeError:
        raise UsageError("what is asked for is not UTF-8") from None
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise AuditError(f"{url} cannot be reached: {str(error) or type(error).__name__}") from None
    try:
        value = jsontext.loads(data)
    except jsontext.JsonError:
        value = None
    if status == 200 and isinstance(value, dict):
        return value
    message = value.get("message") if isinstance(value, dict) else None
    if status == 400 and isinstance(message, str):
        raise UsageError(message)
    raise AuditError(f"{url} answered {status}" + (f": {message}" if isinstance(message, str) else ""))
