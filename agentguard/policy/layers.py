"""The layers of a policy: its own folder and the packs that it includes, each of them pinned by its digest.

- A pack is a bundle that ships with agentguard, by name, or a folder, with a slash in it, as seen from the folder that
  includes it. What it means is settled by `bundle.toml` and `rules/*.toml`; its tests are its own affair.
- A pack whose digest is not the one written down is an error, so nothing changes in a policy unseen. Packs include
  packs, so the digest of one covers all that it stands on.
- A pack that is reached in two ways is there once. Its rules keep their ids, and its sets are those of everybody.
- A scope limits rules: that of an `[[include]]` all that comes with the pack, that of `bundle.toml` the rules of its own
  folder, that of a rules file those of the file. It does not touch defaults, and nothing touches `agentguard/*`.
"""

from __future__ import annotations

import os
import posixpath
import re
from typing import TYPE_CHECKING, Any

from agentguard.errors import PolicyError
from agentguard.policy import shape, source
from agentguard.policy.conditions import INCLUDE_KEYS
from agentguard.policy.findings import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agentguard.policy.findings import Finding
    from agentguard.policy.shape import Condition
    from agentguard.policy.source import Document, Source, Steps

DEPTH_LIMIT = 8  # packs that include packs that include packs …
PACKS_LIMIT = 64  # of one policy

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


class Layer:
    """One folder of a policy. `includes` are the layers that it stands on, `scope` what limits all of its rules."""

    __slots__ = ("includes", "scope", "source")

    def __init__(self, read: Source, scope: tuple[Condition, ...] = ()) -> None:
        self.source = read
        self.scope = scope
        self.includes: list[Layer] = []

    def beneath(self) -> list[Layer]:
        """Return this layer and all that it stands on, directly or not."""
        found: dict[int, Layer] = {}
        todo = [self]
        while todo:
            layer = todo.pop()
            if id(layer) not in found:
                found[id(layer)] = layer
                todo += layer.includes
        return list(found.values())


def digest(folder: str) -> str:
    """Return the digest by which an `[[include]]` pins a folder. Raises `PolicyError` for one that cannot be read."""
    read = source.read(folder, tests=False)
    if read.findings:
        raise PolicyError(f"{folder} cannot be pinned", read.findings, hint=f"agentguard policy check {folder}")
    return read.digest


def gather(read: Source, findings: list[Finding]) -> list[Layer]:
    """Return the layers of a source, those that others stand on first and its own last.

    What is wrong with an include, or with a file of an included pack, is added to `findings`.
    """
    gatherer = _Gatherer(findings)
    gatherer.visit(Layer(read), (os.path.realpath(read.folder),))
    return gatherer.layers


class _Gatherer:
    """Reads packs, each once. `layers` holds those that are complete."""

    def __init__(self, findings: list[Finding]) -> None:
        self.layers: list[Layer] = []
        self._findings = findings
        self._packs: dict[str, tuple[Layer, str]] = {}  # by real folder: the layer, and where it is included

    def visit(self, layer: Layer, trail: tuple[str, ...]) -> None:
        """Complete a layer. `trail` holds the real folders from the policy's own down to this one."""
        for document in layer.source.of_kind(source.BUNDLE):
            for steps, table in shape.tables(document, "include", self._findings):
                included = self._include(layer, document, steps, table, trail)
                if included and included not in layer.includes:
                    layer.includes.append(included)
        self.layers.append(layer)

    def _include(
        self, layer: Layer, document: Document, steps: Steps, table: dict[str, Any], trail: tuple[str, ...]
    ) -> Layer | None:
        findings = self._findings
        findings += shape.known_keys(document, steps, table, INCLUDE_KEYS)[1]
        spec = {key: entry for key, entry in INCLUDE_KEYS.items() if key != "digest"}
        fields = shape.checked(document, steps, table, spec, findings)
        scope = shape.scope(document, (*steps, "scope"), fields["scope"], findings) if "scope" in fields else ()
        scope = (*layer.scope, *scope)
        place = self._place(layer, document, steps, fields["pack"]) if "pack" in fields else None
        if place is None:
            return None
        folder, label = place
        real = os.path.realpath(folder)
        here = f"{document.file}:{document.place(steps)[0]}"
        if real in trail:
            ring = [os.path.basename(one) for one in (*trail[trail.index(real) :], real)]
            self._say(document, steps, "AG603", f"packs include each other: {' > '.join(ring)}")
            return None
        if len(trail) > DEPTH_LIMIT or len(self._packs) >= PACKS_LIMIT:
            what = f"over {DEPTH_LIMIT} packs deep" if len(trail) > DEPTH_LIMIT else f"over {PACKS_LIMIT} packs"
            self._say(document, steps, "AG603", what)
            return None
        if real in self._packs:
            found, where = self._packs[real]
            if _meaning(found.scope) != _meaning(scope):
                self._say(document, steps, "AG604", f"{where} includes this pack with another scope")
        else:
            found = Layer(source.read(folder, label, tests=False), scope)
            findings += found.source.findings
            self._packs[real] = found, here
            self.visit(found, (*trail, real))
        self._pinned(document, steps, table, found.source)
        return found

    def _place(self, layer: Layer, document: Document, steps: Steps, pack: str) -> tuple[str, str] | None:
        """Return the folder of a pack and the label of its files, None for one that is not there."""
        where = (*steps, "pack")
        if "/" in pack:
            folder = os.path.join(layer.source.folder, *pack.split("/")) if pack[0] != "/" else pack
            if os.path.isfile(os.path.join(folder, "bundle.toml")):
                return folder, posixpath.normpath(posixpath.join(layer.source.label, pack)) + "/"
            what = "there is no bundle.toml in" if os.path.isdir(folder) else "there is no folder"
            self._findings.append(document.finding(where, "AG601", f"{what} {pack}"))
            return None
        names = source.shipped_names()
        if pack in names:
            return source.shipped_bundle(pack), f"bundles/{pack}/"
        near = f"./{pack}" if os.path.isdir(os.path.join(layer.source.folder, pack)) else nearest(pack, names)
        self._findings.append(document.finding(where, "AG601", f'no pack "{pack}" ships with agentguard', near))
        return None

    def _pinned(self, document: Document, steps: Steps, table: dict[str, Any], pack: Source) -> None:
        """Add a finding unless an include names the digest that the pack has."""
        said = table.get("digest")
        if said == pack.digest:
            return
        name = table["pack"]
        if said is None:
            what = f'"digest" is missing; read what {name} says, then pin it'
            self._findings.append(document.finding(steps, "AG602", what, pack.digest, key=True))
        elif not isinstance(said, str) or not _DIGEST.fullmatch(said):
            what = "a digest is sha256: and 64 hex digits"
            self._findings.append(document.finding((*steps, "digest"), "AG602", what, pack.digest))
        else:
            what = f"{name} is not what was pinned; pin it anew, and agentguard policy diff PUBLISHED DIR shows what changes"
            self._findings.append(document.finding((*steps, "digest"), "AG602", what, pack.digest))

    def _say(self, document: Document, steps: Steps, code: str, what: str) -> None:
        self._findings.append(document.finding((*steps, "pack"), code, what))


def _meaning(scope: Iterable[Condition]) -> frozenset[tuple[str, bool, frozenset[str | int]]]:
    """Return what a scope says, wherever it stands."""
    return frozenset((one.key, one.negated, frozenset(entry.value for entry in one.entries)) for one in scope)
