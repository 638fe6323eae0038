"""What the upload remembers between runs, in the sync's own folder, which belongs to whoever runs the sync.

    upload.json              what is acknowledged of each spool, and until when the collector asked to be left alone
    collector.token          this device's token, for which collector it is, and the name under which it enrolled there
    receipts.<uid>.ndjson    the collector's receipts, as they came; at 1 MiB the file becomes `….old`
    refused.<uid>.ndjson     records that the collector did not take, with what it said; likewise

Every file is replaced whole or appended to, and readable by nobody else.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from agentguard import jsontext, plainfile
from agentguard.audit import receipts
from agentguard.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agentguard.audit.lines import Line
    from agentguard.places import Places

_CHAINS_KEPT = 32  # acknowledged chains that are remembered of one spool
_FILE_BYTES = 1024 * 1024
_STATE, _TOKEN = "upload.json", "collector.token"
_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW


class Memory:
    """What is remembered between runs, in the sync's own folder."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        state = _read(self._path(_STATE))
        spools, troubled = state.get("acknowledged"), state.get("troubled")
        self.not_before: float = _number(state.get("not_before"))
        self.troubled: list[int] = troubled if isinstance(troubled, list) else []
        self._acknowledged: dict[str, dict[str, int]] = spools if isinstance(spools, dict) else {}

    def acknowledged(self, uid: int) -> dict[str, int]:
        """Return {chain: last acknowledged number} of one spool."""
        found = self._acknowledged.get(str(uid))
        chains = found.items() if isinstance(found, dict) else ()
        return {chain: last for chain, last in chains if type(last) is int}

    def keep(self, uid: int, receipt: receipts.Receipt) -> None:
        """Keep a receipt, and what it acknowledges."""
        self._append(f"receipts.{uid}.ndjson", receipt.as_json())
        self._acknowledge(uid, receipt.chain, receipt.last)

    def set_aside(self, uid: int, line: Line, why: str) -> None:
        """Keep a record that the collector does not take, and count it as done with."""
        self._append(f"refused.{uid}.ndjson", {"line": line.raw.decode("ascii"), "why": why})
        self._acknowledge(uid, line.chain, line.seq)

    def note_trouble(self, uids: list[int]) -> None:
        """Remember whose spools could not be handed over to the end: they come after the others the next time."""
        if sorted(uids) != sorted(self.troubled):
            self.troubled = uids
            self._save()

    def wait_until(self, moment: float) -> None:
        """Remember until when the collector asked to be left alone."""
        self.not_before = moment
        self._save()

    def token(self, url: str) -> str:
        """Return the token for the collector at `url`, "" where there is none."""
        kept = _read(self._path(_TOKEN))
        token = kept.get("token")
        return token if kept.get("url") == url and isinstance(token, str) else ""

    def device(self) -> str:
        """Return the name under which this device has enrolled, "" where it has not."""
        device = _read(self._path(_TOKEN)).get("device")
        return device if isinstance(device, str) else ""

    def keep_token(self, url: str, token: str, device: str) -> None:
        """Keep a token. It is for this collector only, and stands for this device there."""
        write_json(self._path(_TOKEN), {"url": url, "token": token, "device": device})

    def forget_token(self) -> None:
        """Forget a token that the collector does not take any more."""
        os.unlink(self._path(_TOKEN))

    def _acknowledge(self, uid: int, chain: str, last: int) -> None:
        chains = self.acknowledged(uid)
        last = max(last, chains.pop(chain, -1))
        chains[chain] = last
        self._acknowledged[str(uid)] = dict(list(chains.items())[-_CHAINS_KEPT:])
        self._save()

    def _append(self, name: str, value: dict[str, Any]) -> None:
        """Append one line, and have it on the disk."""
        path = self._path(name)
        try:
            if os.stat(path).st_size > _FILE_BYTES:
                os.replace(path, path + ".old")
        except FileNotFoundError:
            pass
        with open(os.open(path, _NEW_FILE | os.O_APPEND, 0o600), "wb") as file:
            file.write(jsontext.canonical(value) + b"\n")
            file.flush()
            os.fsync(file.fileno())

    def _save(self) -> None:
        state = {"acknowledged": self._acknowledged, "not_before": self.not_before, "troubled": self.troubled}
        write_json(self._path(_STATE), state)

    def _path(self, name: str) -> str:
        return os.path.join(self._folder, name)


def kept_receipts(places: Places, uid: int, keys: Sequence[str]) -> list[receipts.Receipt]:
    """Return the receipts kept for a spool that one of `keys` has signed, oldest first."""
    names = (f"receipts.{uid}.ndjson.old", f"receipts.{uid}.ndjson")
    found: list[receipts.Receipt] = []
    for name in names:
        try:
            found += receipts.parse(plainfile.read(os.path.join(places.sync, name), 2 * _FILE_BYTES), keys)[0]
        except ConfigError:
            continue
    return found


def refused(places: Places) -> list[str]:
    """Return the files of records that the collector did not take, as far as this process may see them."""
    try:
        names = sorted(os.listdir(places.sync))
    except OSError:
        return []
    return [os.path.join(places.sync, name) for name in names if name.startswith("refused.")]


def _number(value: Any) -> Any:
    return value if type(value) in (int, float) else 0


def device_of(folder: str) -> str:
    """Return the id of a device that was given none: the name under which it enrolled, before that the machine's.

    Machines are renamed, some whenever they join another network; to the collector this one stays who it was.
    """
    return Memory(folder).device() or os.uname().nodename


def _read(path: str) -> dict[str, Any]:
    """Return the JSON object in a file of ours, {} where there is none that can be read."""
    try:
        value = jsontext.loads(plainfile.read(path, _FILE_BYTES))
    except (ConfigError, jsontext.JsonError):
        return {}
    return value if isinstance(value, dict) else {}


def write_json(path: str, value: dict[str, Any]) -> None:
    """Replace a file of ours, whole or not at all, readable by nobody else."""
    part = f"{path}.{os.getpid()}"
    with open(os.open(part, _NEW_FILE | os.O_TRUNC, 0o600), "wb") as file:
        file.write(jsontext.canonical(value))
        file.flush()
        os.fsync(file.fileno())
    os.replace(part, path)
