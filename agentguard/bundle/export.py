"""A bundle as files that other tools can check: the plain TUF repository, and every signature beside the bytes it is over.

DIR/repo/               root versions, timestamp, snapshot, targets and policy as they were published
DIR/raw/NAME.signed     the bytes that were signed: the canonical JSON of a document's `signed`
DIR/raw/NAME.KEY.sig    a signature over them: 64 bytes for Ed25519, DER for ECDSA
DIR/raw/KEY.pem         the public key
DIR/raw/SHA256SUMS      the files of repo/ that the signed documents name, as `sha256sum -c` reads it
DIR/raw/verify.sh       checks all of it with openssl 3 and sha256sum, and nothing of ours
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from agentguard.bundle import exceptions, files, inspect, metadata, signatures
from agentguard.bundle.metadata import ROOT, SNAPSHOT, TARGETS, TIMESTAMP
from agentguard.bundle.verify import POLICY
from agentguard.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentguard.bundle.metadata import Metadata, Role

_SHOWN = 16  # digits of a key id in the name of a file
_SCRIPT = """\
#!/bin/sh
# Checks every signature of this bundle with openssl 3, and with sha256sum what the signed documents name.
# Whether these keys are to be trusted it cannot say: compare the root's SHA-256 with what its owners say.
set -eu
cd "$(dirname "$0")"
"""


def export(target: str, root: str, folder: str) -> dict[str, Any]:
    """Verify the bundle at `target` and write it into a new folder; return {"folder", "signatures", "files"}.

    Arguments as for `inspect.chain`. Raises `BundleError`, `UsageError`, `ConfigError`.
    """
    if os.path.lexists(folder):
        raise ConfigError(f"{folder} is there already", hint="name a folder that does not exist yet")
    anchor, records, _chain = inspect.pulled(target, root)
    documents = list(_documents(anchor, records))
    repo = _repo(documents, anchor, records)
    raw: dict[str, bytes] = {}
    script = [_SCRIPT]
    count = 0
    for name, document, roles in documents:
        payload = metadata.canonical(document.signed)
        raw[f"{name}.signed"] = payload
        script += [
            f"\necho '{name}: {role.threshold} of {len(role.keys)} must have signed {whose}'" for role, whose in roles
        ]
        for keyid, key in {keyid: key for role, _whose in roles for keyid, key in role.keys.items()}.items():
            if signatures.count(metadata.Role({keyid: key}, 1), payload, document.signatures):
                count += 1
                short = keyid[:_SHOWN]
                raw[f"{short}.pem"] = _pem(key)
                raw[f"{name}.{short}.sig"] = bytes.fromhex(document.signatures[keyid])
                digest = " -digest sha256" if key["keytype"] == "ecdsa" else ""
                script.append(
                    f"openssl pkeyutl -verify -pubin -inkey {short}.pem -rawin{digest} -in {name}.signed "
                    f"-sigfile {name}.{short}.sig"
                )
    script.append("\nsha256sum -c SHA256SUMS\n")
    raw["SHA256SUMS"] = _sums(documents).encode()
    raw["verify.sh"] = "\n".join(script).encode()
    for inner, found in (("repo", repo), ("raw", raw)):
        for name, data in found.items():
            path = os.path.join(folder, inner, *name.split("/"))
            files.make_folder(os.path.dirname(path), 0o755)
            files.replace(path, data, 0o755 if name.endswith(".sh") else 0o644)
    return {"folder": folder, "signatures": count, "files": len(repo)}


def _documents(anchor: bytes, records: dict[str, bytes]) -> Iterator[tuple[str, Metadata, list[tuple[Role, str]]]]:
    """Yield (name without .json, document, roles that must have signed it and in whose words), in the order of trust."""
    root = metadata.read(ROOT, anchor)
    yield f"{root.version}.root", root, [(metadata.role_of(root, ROOT), "as it asks itself")]
    while data := records.get(f"root/{root.version + 1}"):
        before, root = root, metadata.read(ROOT, data)
        whose = [(before, f"as root {before.version} asks"), (root, "as it asks itself")]
        yield f"{root.version}.root", root, [(metadata.role_of(one, ROOT), words) for one, words in whose]
    for role in (TIMESTAMP, SNAPSHOT, TARGETS):
        found = metadata.read(role, records[role])
        name = role if role == TIMESTAMP else f"{found.version}.{role}"
        yield name, found, [(metadata.role_of(root, role), f"as root {root.version} asks")]
    granting = exceptions.delegation(metadata.read(TARGETS, records[TARGETS]))
    if granting and exceptions.ROLE in records:
        found = metadata.read(TARGETS, records[exceptions.ROLE])
        yield f"{found.version}.{exceptions.ROLE}", found, [(granting, "as the policy's owners ask")]


def _repo(documents: list[tuple[str, Metadata, Any]], anchor: bytes, records: dict[str, bytes]) -> dict[str, bytes]:
    """Return the files of the repository by name."""
    (first, _root, _roles), *others = documents
    found = {f"{first}.json": anchor}
    for name, document, _roles in others:
        found[f"{name}.json"] = records[
            f"root/{document.version}" if name.endswith(f".{ROOT}") else name.rpartition(".")[2]
        ]
    digest = next(document for name, document, _ in others if name.endswith(TARGETS)).signed["targets"][POLICY][
        "hashes"
    ]
    return {**found, f"targets/{digest['sha256']}.{POLICY}": records["policy"]}


def _sums(documents: list[tuple[str, Metadata, Any]]) -> str:
    """Return what the signed documents say of other files."""
    lines = []
    for name, document, _roles in documents:
        if name.endswith(TARGETS):
            digest = document.signed["targets"][POLICY]["hashes"]["sha256"]
            lines.append(f"{digest}  ../repo/targets/{digest}.{POLICY}\n")
        elif name.endswith((SNAPSHOT, TIMESTAMP)):
            lines += [
                f"{entry['hashes']['sha256']}  ../repo/{entry['version']}.{of}\n"
                for of, entry in document.signed["meta"].items()
            ]
    return "".join(lines)


def _pem(key: dict[str, Any]) -> bytes:
    public: str = key["keyval"]["public"]
    if key["keytype"] == "ecdsa":
        return public.encode()
    return Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).public_bytes(
        Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
    )
