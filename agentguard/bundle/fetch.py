"""Fetching a published bundle: python-tuf's client over https, plain http to this machine, or a folder.

Rules: the anchor is always the start of trust (`bootstrap`); one deadline for everything that is fetched in one go;
every file has a bound; redirects are not followed; plain http is for loopback only. What goes wrong is a
`PublisherError` (what was published is wrong: raise an alarm) or a `TransportError` (try again later).

A source is the URL or the folder of a TUF repository: `N.root.json`, `timestamp.json`, `N.snapshot.json`,
`N.targets.json`, `targets/SHA256.policy.json`.
"""

from __future__ import annotations

import contextlib
import ipaddress
import os
import stat
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import httpx
from tuf.api.exceptions import (
    BadVersionNumberError,
    DownloadError,
    DownloadHTTPError,
    DownloadLengthMismatchError,
    ExpiredMetadataError,
    RepositoryError,
    UnsignedMetadataError,
)
from tuf.api.serialization import DeserializationError
from tuf.ngclient.config import UpdaterConfig
from tuf.ngclient.fetcher import FetcherInterface
from tuf.ngclient.updater import Updater

from agentguard import __version__, plainfile, tls
from agentguard.bundle import exceptions, files, metadata, seal
from agentguard.bundle.deadline import Deadline, within
from agentguard.bundle.verify import MAX_ROOTS, POLICY
from agentguard.errors import (
    BundleError,
    ConfigError,
    ExpiredError,
    PublisherError,
    RollbackError,
    SignatureError,
    TransportError,
    UsageError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

SECONDS = 60.0  # for everything that one sync fetches
_PAUSE = 10.0  # seconds without a byte
_CHUNK = 65_536
_MISSING = 404  # what python-tuf takes as "no newer root"
_NO_ROOT = (403, _MISSING)  # as python-tuf takes them
_ROOTS = 1024  # that are looked through for the one that a person wants to trust
_BASE = "bundle:/"  # stands for the source in the names that python-tuf asks for
_TARGETS = f"{_BASE}targets/"  # and this for its folder of targets


def normal_source(text: str) -> str:
    """Return a source as it is stored: a URL without a slash at its end, or an absolute folder. Raises `UsageError`."""
    if "://" not in text:
        folder = os.path.abspath(text)
        inner = os.path.join(folder, "repo")  # the folder that a publisher works in
        return inner if os.path.isfile(os.path.join(inner, "1.root.json")) else folder
    try:
        url = urlsplit(text)
        host = url.hostname or ""
    except ValueError:
        raise UsageError(f"{text} is not a URL") from None
    if not host or url.query or url.fragment or url.username or url.password:
        raise UsageError(f"{text} is not the plain URL of a folder", hint="write it as https://host/path")
    if url.scheme != "https" and not (url.scheme == "http" and is_loopback(host)):
        raise UsageError(f"{text} is not https", hint="plain http is for this machine only: http://127.0.0.1:PORT")
    return url.geturl().rstrip("/")


def is_loopback(host: str) -> bool:
    """Return whether a host names this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@contextlib.contextmanager
def opened(
    source: str,
    *,
    targets: str = "",
    seconds: float = SECONDS,
    managed: bool = False,
    overlay: dict[str, bytes] | None = None,
) -> Iterator[FetcherInterface]:
    """Give what reads files of a (normal) source; after `seconds` everything in the block is over.

    python-tuf's errors leave the block as ours. `targets`: the URL of the folder of targets where it is not the
    source's own. `managed`: the environment names no proxy. `overlay`: files by name that stand before those of a folder.
    """
    with _errors(), within(seconds) as deadline:
        if "://" not in source:
            yield FolderFetcher(source, overlay or {})
            return
        timeout = httpx.Timeout(_PAUSE)
        headers = {"User-Agent": f"agentguard/{__version__}", "Accept-Encoding": "identity"}
        plain = source.startswith("http://")  # to this machine, whose proxies and certificates are nobody's business
        trust = tls.nobody() if plain else tls.trust()
        with httpx.Client(verify=trust, timeout=timeout, headers=headers, trust_env=not (managed or plain)) as client:
            yield HttpFetcher(client, {_TARGETS: targets or f"{source}/targets", _BASE: source}, deadline)


class HttpFetcher(FetcherInterface):
    """Reads files beneath base URLs, {what stands for it in a name: the base}, within a deadline."""

    def __init__(self, client: httpx.Client, bases: dict[str, str], deadline: Deadline) -> None:
        self._client = client
        self._bases = bases
        self._deadline = deadline

    def _fetch(self, url: str) -> Iterator[bytes]:
        self._deadline.check()
        sign = next(sign for sign in self._bases if url.startswith(sign))
        address = f"{self._bases[sign]}/{url.removeprefix(sign)}"
        try:
            with self._client.stream("GET", address) as response:
                if response.status_code != httpx.codes.OK:
                    raise DownloadHTTPError(f"{address} answered {response.status_code}", response.status_code)
                for chunk in response.iter_raw(_CHUNK):
                    self._deadline.check()
                    yield chunk
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise DownloadError(f"{address}: {str(error) or type(error).__name__}") from error


class FolderFetcher(FetcherInterface):
    """Reads files of a folder. `overlay` holds files by name that stand before those of the folder."""

    def __init__(self, folder: str, overlay: dict[str, bytes]) -> None:
        self._folder = folder
        self._overlay = overlay

    def _fetch(self, url: str) -> Iterator[bytes]:
        name = unquote(url.removeprefix(_BASE))
        if name in self._overlay:
            yield self._overlay[name]
            return
        path = os.path.join(self._folder, *name.split("/"))
        try:
            fd = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
            with os.fdopen(fd, "rb") as file:
                if not stat.S_ISREG(os.fstat(fd).st_mode):
                    raise DownloadError(f"{path} is not a regular file")
                while chunk := file.read(_CHUNK):
                    yield chunk
        except FileNotFoundError:
            raise DownloadHTTPError(f"there is no {path}", _MISSING) from None
        except OSError as error:
            raise DownloadError(f"cannot read {path}: {files.reason(error)}") from error


def roots(fetcher: FetcherInterface) -> Iterator[bytes]:
    """Yield the bytes of `1.root.json`, `2.root.json` and so on, which nobody has verified, as far as there are any."""
    for version in range(1, _ROOTS + 1):
        try:
            yield fetcher.download_bytes(f"{_BASE}{version}.root.json", seal.ROOT_LIMIT)
        except DownloadHTTPError as error:
            if version == 1 or error.status_code not in _NO_ROOT:
                raise
            return


def refreshed(anchor: bytes, fetcher: FetcherInterface, cache: str, target_dir: str) -> Updater:
    """Return python-tuf's client with agentguard's bounds, at the newest metadata.

    It keeps what it verified in the folder `cache`, and targets in `target_dir`; what is still current there is not
    fetched again.
    """
    config = UpdaterConfig(
        max_root_rotations=MAX_ROOTS + 1,  # so that one too many is seen
        root_max_length=seal.ROOT_LIMIT,
        timestamp_max_length=seal.LIMITS["timestamp"],
        snapshot_max_length=seal.LIMITS["snapshot"],
        targets_max_length=seal.LIMITS["targets"],
    )
    files.make_folder(cache, 0o700)
    files.make_folder(target_dir, 0o700)
    _without_pipes(cache)
    client = Updater(
        metadata_dir=cache,
        metadata_base_url=_BASE,
        target_dir=target_dir,
        target_base_url=_TARGETS,
        fetcher=fetcher,
        config=config,
        bootstrap=anchor,
    )
    try:
        client.refresh()
    finally:
        _not_too_many_roots(anchor, cache)
    return client


def _without_pipes(folder: str) -> None:
    """Remove what is neither file nor folder: python-tuf would wait for ever at a pipe that somebody put there."""
    for base, _folders, names in os.walk(folder):
        for name in names:
            path = os.path.join(base, name)
            with contextlib.suppress(FileNotFoundError):
                if not stat.S_ISREG(os.stat(path).st_mode):
                    os.unlink(path)


def target(client: Updater, name: str) -> str:
    """Return the path of a verified target, fetched if it is not there yet."""
    found = client.get_targetinfo(name)
    if found is None:
        raise PublisherError(f"the bundle holds no {name}")
    if found.length > seal.POLICY_LIMIT:
        raise PublisherError(f"{name} is larger than {seal.POLICY_LIMIT} bytes")
    return client.find_cached_target(found) or client.download_target(found)


def pull(anchor: bytes, fetcher: FetcherInterface, cache: str) -> dict[str, bytes]:
    """Return the records of a seal (all but "config") for the newest bundle, verified by python-tuf.

    `cache` is a folder of our own.
    """
    client = refreshed(anchor, fetcher, cache, os.path.join(cache, "targets"))
    records = {"policy": plainfile.read(target(client, POLICY), seal.POLICY_LIMIT, link=True)}
    for role in (metadata.TIMESTAMP, metadata.SNAPSHOT, metadata.TARGETS):
        records[role] = plainfile.read(os.path.join(cache, f"{role}.json"), seal.LIMITS[role], link=True)
    published = _exceptions(client, cache, records)
    if published is not None:
        records[exceptions.ROLE] = published
    first, last = metadata.read(metadata.ROOT, anchor).version, _root_version(cache)
    for version in range(first + 1, last + 1):
        path = os.path.join(cache, "root_history", f"{version}.root.json")
        records[f"root/{version}"] = plainfile.read(path, seal.ROOT_LIMIT, link=True)
    return records


def _exceptions(client: Updater, cache: str, records: dict[str, bytes]) -> bytes | None:
    """Return the published document of exceptions, None where there is none that holds: then there are no exceptions."""
    snapshot = metadata.read(metadata.SNAPSHOT, records[metadata.SNAPSHOT])
    if exceptions.META not in snapshot.signed["meta"]:
        return None
    try:
        client.get_targetinfo(
            exceptions.PATHS[0].replace("*", "all")
        )  # has the delegated role loaded; there is no such file
        return plainfile.read(os.path.join(cache, exceptions.META), seal.EXCEPTIONS_LIMIT, link=True)
    except (RepositoryError, ConfigError):
        return None


@contextlib.contextmanager
def _errors() -> Iterator[None]:
    """Turn python-tuf's errors into ours."""
    try:
        yield
    except UnsignedMetadataError as error:
        raise SignatureError(_words(error)) from error
    except BadVersionNumberError as error:
        raise RollbackError(_words(error)) from error
    except ExpiredMetadataError as error:
        raise ExpiredError(_words(error), hint="ask who publishes it to publish again") from error
    except DownloadLengthMismatchError as error:
        raise PublisherError(_words(error)) from error
    except DeserializationError as error:
        raise PublisherError(
            f"what was answered is no metadata: {error.__cause__ or error}",
            hint="look at the address with a browser: a portal or a proxy may answer in its place",
        ) from error
    except RepositoryError as error:
        raise PublisherError(_words(error)) from error
    except DownloadError as error:
        raise TransportError(_words(error)) from error
    except OSError as error:
        raise BundleError(f"cannot keep what was fetched: {files.reason(error)}") from error
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise PublisherError("the metadata makes no sense") from error


def _not_too_many_roots(anchor: bytes, cache: str) -> None:
    """Raise if more roots follow the anchor than agentguard walks: what is behind them could be a revocation."""
    if _root_version(cache) - metadata.read(metadata.ROOT, anchor).version > MAX_ROOTS:
        raise PublisherError(
            f"more than {MAX_ROOTS} root versions follow the anchor",
            hint="ask who publishes the bundle why, and for a newer anchor",
        )


def _root_version(cache: str) -> int:
    data = plainfile.read(os.path.join(cache, "root.json"), seal.ROOT_LIMIT, link=True)
    return metadata.read(metadata.ROOT, data).version


def _words(error: Exception) -> str:
    text = str(error) or type(error).__name__
    if error.__cause__ is not None and str(error.__cause__) not in text:
        text = f"{text}: {error.__cause__}"
    text = "".join(character if character.isprintable() else "?" for character in text[:500])  # a server chose it
    return text[:1].lower() + text[1:].rstrip(".")
