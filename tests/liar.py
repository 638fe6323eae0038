"""A repository that can lie: real keys, real signatures, made with python-tuf, and every part open to change."""

import copy
import datetime as dt
import functools
import json
from urllib.parse import quote

from securesystemslib.formats import encode_canonical
from securesystemslib.signer import CryptoSigner
from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import Metadata, MetaFile, Role, Root, Snapshot, TargetFile, Targets, Timestamp
from tuf.ngclient._internal.trusted_metadata_set import TrustedMetadataSet
from tuf.ngclient.config import EnvelopeType

from agentguard import jsontext

ROLES = ("root", "timestamp", "snapshot", "targets")
POLICY = jsontext.canonical({"schema": 1, "name": "baseline", "mode": "enforce"})
GENERATE = {"ed25519": CryptoSigner.generate_ed25519, "p256": CryptoSigner.generate_ecdsa}
YEAR = dt.timedelta(days=365)


@functools.cache
def key(kind, name):
    """Return a key by name: made once a test run, because tests only need them to differ."""
    return GENERATE[kind]()


def now():
    return dt.datetime.now(dt.UTC).replace(microsecond=0)


class Repo:
    """A TUF repository in memory. `files` is what a server would serve; change anything and call `publish` again.

    `signers` are by role, `thresholds`, `expires` and `versions` too. `claims` are changes to what one file says of
    another, by name: {"snapshot": {"length": 3}} makes the timestamp lie about the snapshot.
    """

    def __init__(self, kind="ed25519"):
        self.kind = kind
        names = {"root": ("r1", "r2", "r3"), "targets": ("p1", "p2", "p3"), "snapshot": ("o",), "timestamp": ("o",)}
        self.signers = {role: [key(kind, name) for name in names[role]] for role in ROLES}
        self.thresholds = {"root": 2, "targets": 2, "snapshot": 1, "timestamp": 1}
        self.expires = dict.fromkeys(ROLES, now() + YEAR)
        self.versions = dict.fromkeys(ROLES, 0)
        self.policy = POLICY
        self.custom = {
            "org": "acme",
            "bundle": "baseline",
            "grace_days": 14,
            "issued": now().strftime("%Y-%m-%dT%H:%M:%SZ"),
            "collector": {"url": "https://audit.example.com", "receipt_keys": ["k1"]},
        }
        self.claims = {}
        self.root_fields = {"org": "acme"}
        self.files = {}
        self.rotate()
        self.publish()

    def key(self, name):
        """Return a key that no role has yet."""
        return key(self.kind, name)

    def copy(self):
        """Return a repository that starts where this one is."""
        twin = copy.copy(self)
        for name in ("signers", "thresholds", "expires", "versions", "custom", "claims", "root_fields", "files"):
            setattr(twin, name, copy.copy(getattr(self, name)))
        return twin

    def rotate(self, *, signed_by=(), by=None, steps=1):
        """Publish a root with the present signers and thresholds; `signed_by` sign it too, as the roots before must.

        `by` sign it in place of all of them.
        """
        self.versions["root"] += steps
        root = Root(
            self.versions["root"],
            expires=self.expires["root"],
            keys={one.public_key.keyid: one.public_key for role in ROLES for one in self.signers[role]},
            roles={
                role: Role([one.public_key.keyid for one in self.signers[role]], self.thresholds[role])
                for role in ROLES
            },
            unrecognized_fields=dict(self.root_fields),
        )
        signers = [*self.signers["root"], *signed_by] if by is None else by
        self.files[f"{self.versions['root']}.root.json"] = self.sign(root, signers)

    def publish(self, *, targets_by=None, snapshot_by=None, timestamp_by=None, change=None, beside=None):
        """Sign the policy and everything that leads to it; `…_by` are other signers than the role's own.

        `change` gets the targets before they are signed; `beside` are signed documents of delegated roles, by name.
        """
        for role in ("targets", "snapshot", "timestamp"):
            self.versions[role] += 1
        target = TargetFile.from_data("policy.json", self.policy)
        target.unrecognized_fields["custom"] = dict(self.custom)
        self._claim(target, "policy")
        targets = Targets(self.versions["targets"], expires=self.expires["targets"], targets={"policy.json": target})
        if change:
            change(targets)
        data = self.sign(targets, self.signers["targets"] if targets_by is None else targets_by)
        self.files[f"{self.versions['targets']}.targets.json"] = data
        snapshot = Snapshot(
            self.versions["snapshot"],
            expires=self.expires["snapshot"],
            meta={"targets.json": self._meta("targets", data)},
        )
        for name, document in (beside or {}).items():
            version = Metadata.from_bytes(document).signed.version
            snapshot.meta[f"{name}.json"] = MetaFile.from_data(version, document, ["sha256"])
            self.files[f"{version}.{quote(name, '')}.json"] = document
        data = self.sign(snapshot, self.signers["snapshot"] if snapshot_by is None else snapshot_by)
        self.files[f"{self.versions['snapshot']}.snapshot.json"] = data
        timestamp = Timestamp(
            self.versions["timestamp"],
            expires=self.expires["timestamp"],
            snapshot_meta=self._meta("snapshot", data),
        )
        self.files["timestamp.json"] = self.sign(
            timestamp, self.signers["timestamp"] if timestamp_by is None else timestamp_by
        )
        self.files[f"targets/{target.hashes['sha256']}.policy.json"] = self.policy

    def sign(self, signed, signers):
        document = Metadata(signed)
        for signer in signers:
            document.sign(signer, append=True)
        return document.to_bytes()

    def resign(self, name, change, signers):
        """Change the JSON of a file and sign it again; what other files say of it stays as it is."""
        document = json.loads(self.files[name])
        change(document["signed"])
        payload = encode_canonical(document["signed"]).encode()
        document["signatures"] = [signer.sign(payload).to_dict() for signer in signers]
        self.files[name] = json.dumps(document).encode()

    @property
    def anchor(self):
        return self.files["1.root.json"]

    def records(self):
        """Return what a seal of the present state holds."""
        found = {
            "timestamp": self.files["timestamp.json"],
            "snapshot": self.files[f"{self.versions['snapshot']}.snapshot.json"],
            "targets": self.files[f"{self.versions['targets']}.targets.json"],
            "policy": self.policy,
            "config": b"{}",
        }
        for name, data in self.files.items():
            if name.endswith(".root.json") and name != "1.root.json":
                found[f"root/{name.partition('.')[0]}"] = data
        return found

    def write(self, folder):
        """Put the files into a folder."""
        for name, data in self.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        return folder

    def _meta(self, name, data):
        meta = MetaFile.from_data(self.versions[name], data, ["sha256"])
        self._claim(meta, name)
        return meta

    def _claim(self, meta, name):
        for attribute, value in self.claims.get(name, {}).items():
            setattr(meta, attribute, value)


def tuf_accepts(repo, records=None):
    """Return whether python-tuf's own client logic takes the records, in the order of the specification."""
    records = repo.records() if records is None else records
    try:
        trusted = TrustedMetadataSet(repo.anchor, EnvelopeType.METADATA)
        for name in sorted((name for name in records if name.startswith("root/")), key=lambda name: int(name[5:])):
            trusted.update_root(records[name])
        trusted.update_timestamp(records["timestamp"])
        trusted.update_snapshot(records["snapshot"])
        targets = trusted.update_targets(records["targets"])
        if "policy.json" not in targets.targets:
            return False
        targets.targets["policy.json"].verify_length_and_hashes(records["policy"])
    except RepositoryError:
        return False
    return True
