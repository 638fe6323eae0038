"""Generated repositories: the hook's verifier accepts and refuses what python-tuf accepts and refuses.

A repository is a history of rotations, each with drawn keys, thresholds, expiries and signatures, and one bundle at its
end. Some are honest; in each of the others one thing is wrong, and only one, or it would hide another. Keys are of one
type or of both. What is drawn follows from a number, which a failure tells.
"""

import collections
import datetime as dt
import random
import time

import pytest
from liar import ROLES, Repo, key, now, tuf_accepts

from agentguard.bundle.verify import freshness, verify
from agentguard.errors import BundleError
from agentguard.policy.model import FRESH

PAST, FUTURE = now() - dt.timedelta(days=1), now() + dt.timedelta(days=9)
KINDS = {"ed25519": ("ed25519",), "p256": ("p256",), "both": ("ed25519", "p256")}
POOL = {name: [key(kinds[n % len(kinds)], f"pool-{n}") for n in range(6)] for name, kinds in KINDS.items()}
MANY = 5  # rotations
EXPIRED, FEW, FORGED = "has expired", "is signed by too few", "is signed by one over other bytes"
MISSING = "a root is missing"
FAULTS = (*(f"{role} {what}" for role in ROLES for what in (EXPIRED, FEW, FORGED)), MISSING)
HONEST = ("",) * 7
# What must have come up with this verdict (True: accepted), or the test proves less than it says.
STRANGE = ("threshold above one", "many rotations", "a retired key signs", "a key of another role signs")
SEEN = {
    *((said, good) for said in STRANGE for good in (True, False)),
    ("a root in the middle has expired", True),
    ("", True),
    *((fault, False) for fault in FAULTS),
}


class Forger:
    """Signs with a key, but something else."""

    def __init__(self, signer):
        self.signer, self.public_key = signer, signer.public_key

    def sign(self, payload):
        return self.signer.sign(payload + b" ")


class History:
    """Draws a repository with one of FAULTS, or ""; `said` is what is remarkable about it."""

    def __init__(self, kind, chance, fault):
        self.chance, self.pool, self.fault = chance, POOL[kind], fault
        self.said, self.retired = {fault}, []
        self.repo = Repo("p256" if kind == "p256" else "ed25519")
        least = 2 if fault == MISSING else fault.startswith("root ")
        steps = max(least, chance.choice((0, 1, 2, 3, MANY)))
        faulty = chance.randint(1, steps) if fault.startswith("root ") else 0
        for step in range(1, steps + 1):
            self.rotate(last=step == steps, faulty=step == faulty)
        if steps == MANY:
            self.said.add("many rotations")
        for role in ROLES[1:]:
            self.repo.expires[role] = self.date(role)
        self.repo.publish(**{f"{role}_by": self.signers(role) for role in ROLES[1:]})
        self.records = self.repo.records()
        if fault == MISSING:
            del self.records[f"root/{chance.randint(2, steps)}"]

    def date(self, role):
        return PAST if self.fault == f"{role} {EXPIRED}" else FUTURE

    def rotate(self, *, last, faulty):
        """Give one role other keys and another threshold: the root, where that is faulty. Only the last root's date counts."""
        repo, chance = self.repo, self.chance
        first = chance.randrange(2)  # what is wrong is wrong with the keys before, or with the new ones
        before = self.signers("root", faulty=faulty and first)
        role = "root" if faulty else chance.choice(ROLES)
        self.retired += repo.signers[role]
        repo.signers[role] = chance.sample(self.pool, chance.randint(1, 3))
        repo.thresholds[role] = chance.randint(1, len(repo.signers[role]))
        if repo.thresholds[role] > 1:
            self.said.add("threshold above one")
        repo.expires["root"] = self.date("root") if last else chance.choice((PAST, FUTURE))
        if not last and repo.expires["root"] == PAST:
            self.said.add("a root in the middle has expired")
        repo.rotate(by=[*before, *self.signers("root", faulty=faulty and not first)])

    def signers(self, role, *, faulty=True):
        """Return who signs, as many as must; and with them, perhaps, keys that do not count for this role."""
        having = self.repo.signers[role]
        by = self.chance.sample(having, self.repo.thresholds[role])
        if faulty and self.fault == f"{role} {FEW}":
            by.pop()
        if faulty and self.fault == f"{role} {FORGED}":
            by.append(Forger(by.pop()))
        others = [one for name in ROLES if name != role for one in self.repo.signers[name]]
        for said, keys in (("a retired key signs", self.retired), ("a key of another role signs", others)):
            strange = [one for one in keys if one not in having]
            if strange and self.chance.randrange(2):
                self.said.add(said)
                by.append(self.chance.choice(strange))
        return by


@pytest.mark.parametrize("kind", KINDS)
def test_generated_repositories_are_judged_as_python_tuf_does(kind):
    """Rotations, thresholds, signatures too few, forged and of others' keys, dates, gaps: the same verdict, and both."""
    counts = collections.Counter()
    for seed, fault in enumerate((*HONEST, *FAULTS) * 2):
        history = History(kind, random.Random(seed), fault)
        try:
            good = freshness(verify(history.repo.anchor, history.records), time.time())[0] == FRESH
        except BundleError:
            good = False
        assert good == tuf_accepts(history.repo, history.records), f"seed {seed}: {history.said}"
        counts.update((said, good) for said in history.said)
    assert set() == SEEN - counts.keys(), counts
