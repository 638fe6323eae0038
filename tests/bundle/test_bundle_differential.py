"""Generated repositories: the hook's verifier accepts and refuses what python-tuf accepts and refuses.

A repository is a history of rotations, each with drawn keys, thresholds, expiries and signatures, and one bundle at its
end. A third of them are honest; in the others anything that is drawn may be wrong. Keys are of one type or of both. What
is drawn follows from a number, which a failure tells.
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
# What must have come up with each type of keys and this verdict (True: accepted), or the test proves less than it says.
SEEN = {
    *(
        (said, good)
        for said in ("threshold above one", "many rotations", "a retired key signs")
        for good in (True, False)
    ),
    ("a root in the middle has expired", True),
    ("a root is missing", False),
    *((f"{role} {fault}", False) for role in ROLES for fault in ("has expired", "signed by too few")),
}


class History:
    """Draws a repository; `said` is what is remarkable about it."""

    def __init__(self, kind, chance):
        self.chance, self.pool = chance, POOL[kind]
        self.said, self.retired = set(), []
        self.lies = chance.randrange(3) > 0
        self.repo = Repo("p256" if kind == "p256" else "ed25519")
        steps = chance.choice((0, 1, 2, 3, MANY))
        for step in range(1, steps + 1):
            self.rotate(last=step == steps)
        if steps == MANY:
            self.said.add("many rotations")
        for role in ROLES[1:]:
            self.repo.expires[role] = self.date(role)
        self.repo.publish(**{f"{role}_by": self.signers(role) for role in ROLES[1:]})
        self.records = self.repo.records()
        if steps > 1 and self.wrong():
            del self.records[f"root/{chance.randint(2, steps)}"]
            self.said.add("a root is missing")

    def wrong(self):
        """Return whether the next thing is wrong."""
        return self.lies and self.chance.randrange(6) == 0

    def date(self, role):
        if self.wrong():
            self.said.add(f"{role} has expired")
            return PAST
        return FUTURE

    def rotate(self, *, last):
        """Give one role other keys and another threshold. Only the last root's date counts."""
        repo, chance = self.repo, self.chance
        before, role = self.signers("root"), chance.choice(ROLES)
        self.retired += repo.signers[role]
        repo.signers[role] = chance.sample(self.pool, chance.randint(1, 3))
        repo.thresholds[role] = chance.randint(1, len(repo.signers[role]))
        if repo.thresholds[role] > 1:
            self.said.add("threshold above one")
        repo.expires["root"] = self.date("root") if last else chance.choice((PAST, FUTURE))
        if not last and repo.expires["root"] == PAST:
            self.said.add("a root in the middle has expired")
        repo.rotate(by=[*before, *self.signers("root")])

    def signers(self, role):
        """Return who signs: as many as must, or too few; and with them, perhaps, somebody whose time is over."""
        having = self.repo.signers[role]
        by = self.chance.sample(having, self.repo.thresholds[role])
        if self.wrong():
            self.said.add(f"{role} signed by too few")
            by.pop()
        over = [one for one in self.retired if one not in having]
        if over and self.chance.randrange(2):
            self.said.add("a retired key signs")
            by.append(self.chance.choice(over))
        return by


@pytest.mark.parametrize("kind", KINDS)
def test_generated_repositories_are_judged_as_python_tuf_does(kind):
    """Rotations, thresholds, signatures too few and of retired keys, dates, gaps: the same verdict, and both come up."""
    counts = collections.Counter()
    for seed in range(40):
        history = History(kind, random.Random(seed))
        try:
            good = freshness(verify(history.repo.anchor, history.records), time.time())[0] == FRESH
        except BundleError:
            good = False
        assert good == tuf_accepts(history.repo, history.records), f"seed {seed}: {history.said}"
        counts.update((said, good) for said in history.said)
    assert set() == SEEN - counts.keys(), counts
