"""Delegated roles before `scripts/tuf-client`: the order in which they are asked, what they may say, and their names.

A delegation is written "PARENT-CHILD:PATHS", with "=" in place of "-" where it ends the search: "A=C:*.md,*.txt".
Slow, because agentguard's own repositories know one delegation only, that of exceptions.
"""

import datetime as dt
import os
import re
from urllib.parse import quote

import pytest
from liar import now
from tuf.api.metadata import DelegatedRole, Delegations, TargetFile, Targets

pytestmark = pytest.mark.slow
TREE = "targets-A:*.doc,*.md,foo-?.tgz targets-B:releases/*/* B-C:releases/x/* B-D:releases/y/*.zip"
HELD = {
    "targets": ["top"],
    "A": ["README.md", "releases/README.md", "foo-1.tgz", "foo-alpha.tgz"],
    "C": ["releases/x/x_v1"],
    "D": ["releases/y/y_v1.zip", "releases/z/z_v1.zip"],
}


def delegate(repo, delegations, held=None, *, unsigned=(), expired=(), hidden=()):
    """Publish with delegations, and with files by the name of the role that holds them: each file's content is its path.

    Each delegation has a key of its own, by which its child signs; but not those in `unsigned`. `expired` roles have
    expired, and the snapshot does not name those that are `hidden`.
    """
    edges = [re.fullmatch(r"([^-=]+)([-=])([^:]+):?(.*)", text).groups() for text in delegations]
    roles = {
        child: Targets(1, expires=now() + dt.timedelta(days=-1 if child in expired else 9)) for _, _, child, _ in edges
    }

    def signer(parent, child):
        return repo.key(f"edge-{parent}-{child}")

    def fill(name, role):
        for path in (held or {}).get(name, ()):
            target = role.targets[path] = TargetFile.from_data(path, path.encode())
            folder, slash, base = path.rpartition("/")
            repo.files[f"targets/{folder}{slash}{target.hashes['sha256']}.{base}"] = path.encode()
        below = {child: (sign, paths) for parent, sign, child, paths in edges if parent == name}
        if below:
            given = {child: signer(name, child).public_key for child in below}
            role.delegations = Delegations(
                {public.keyid: public for public in given.values()},
                {
                    child: DelegatedRole(child, [given[child].keyid], 1, sign == "=", (paths or "*").split(","))
                    for child, (sign, paths) in below.items()
                },
            )

    beside = {}
    for name, role in roles.items():
        fill(name, role)
        by = [
            signer(parent, child) for parent, _, child, _ in edges if child == name and (parent, child) not in unsigned
        ]
        beside[name] = repo.sign(role, by)
    repo.publish(
        change=lambda targets: fill("targets", targets),
        beside={name: document for name, document in beside.items() if name not in hidden},
    )


@pytest.mark.parametrize(
    ("delegations", "asked"),
    [
        ("targets-A", "A"),
        ("targets-A targets-B", "A B"),
        ("targets-A targets-B B-C", "A B C"),
        ("targets-A targets-B A-C A-D", "A C D B"),
        ("targets-A targets-B A-C C-D", "A C D B"),
        ("targets-A targets-B A=C A-D", "A C"),
        ("targets-A targets-B A=C C-D", "A C D"),
        ("targets-A:*.py targets-B A-C", "B"),
        ("targets-A targets-B A-C:*.py C-D", "A B"),
        ("targets-A targets-B B-C C-D D-B", "A B C D"),
        ("targets-A targets-B B-C A-C", "A C B"),
        ("targets-A targets-B B-C A-C:*.py", "A B C"),
    ],
)
def test_roles_are_asked_depth_first_in_their_order(world, delegations, asked):
    """Each once; as far as one that ends the search, and only where the paths say so."""
    delegate(world.repo, delegations.split())
    world("init")
    assert 1 == world("download", "missing")
    assert [f"1.{name}.json" for name in asked.split()] == world.requests[4:]


@pytest.mark.parametrize(
    ("path", "asked", "found"),
    [
        ("top", "", True),
        ("README.md", "A", True),
        ("foo-1.tgz", "A", True),
        ("releases/x/x_v1", "B C", True),
        ("releases/y/y_v1.zip", "B D", True),
        ("releases/z/z_v1.zip", "B", False),
        ("releases/README.md", "", False),
        ("foo-alpha.tgz", "", False),
        ("README.MD", "", False),
    ],
)
def test_role_may_speak_of_its_paths_alone(world, path, asked, found):
    """All on the way must have been given the path; a star ends at a slash, and case counts."""
    delegate(world.repo, TREE.split(), HELD)
    world("init")
    assert (0 if found else 1) == world("download", path)
    assert [f"1.{name}.json" for name in asked.split()] == world.requests[4 : 4 + len(asked.split())]
    assert ([path.encode()] if found else []) == world.downloaded()


def test_role_is_trusted_by_the_one_who_asks_for_it(world):
    """What one parent's key signed is not good for another parent, though it lies there already."""
    held = {"R": ["a/file", "b/file"]}
    delegations = ["targets-A:a/*", "targets-B:b/*", "A-R:a/*", "B-R:b/*"]
    delegate(world.repo, delegations, held, unsigned=[("B", "R")])
    world("init")
    assert 1 == world("download", "a/file", "b/file")
    assert [b"a/file"] == world.downloaded()


@pytest.mark.parametrize("lie", [{"expired": ["A"]}, {"unsigned": [("targets", "A")]}], ids=str)
def test_bad_role_spoils_its_own_files_alone(world, lie):
    """The rest of the metadata stays good."""
    delegate(world.repo, ["targets-A:a/*"], {"A": ["a/file"]}, **lie)
    world("init")
    assert (0, 1) == (world("refresh"), world("download", "a/file"))
    assert ([], {"root": 1, "timestamp": 2, "snapshot": 2, "targets": 2}) == (world.downloaded(), world.trusted)


def test_role_that_the_snapshot_does_not_name_is_not_asked_for(world):
    """And a role that was named may not be missing from the next snapshot."""
    delegate(world.repo, ["targets-A:a/*"], {"A": ["a/file"]}, hidden=["A"])
    world("init")
    assert (0, 1) == (world("refresh"), world("download", "a/file"))
    assert ["2.root.json", "timestamp.json"] == world.requests
    delegate(world.repo, ["targets-A:a/*"], {"A": ["a/file"]})
    assert 0 == world("download", "a/file")
    world.repo.publish()
    assert 1 == world("refresh")
    assert (4, 3) == (world.trusted["timestamp"], world.trusted["snapshot"])


@pytest.mark.parametrize("role", ["?", "#", "/delegated", "../delegated", "a b"])
def test_role_of_any_name_is_asked_for_and_kept_safely(world, role):
    """The name is quoted, in the request and as a file."""
    delegate(world.repo, [f"targets-{role}:*/*"], {role: ["a/b.txt"]})
    world("init")
    assert 0 == world("download", "a/b.txt")
    assert f"1.{quote(role, '')}.json" in world.requests
    assert ([b"a/b.txt"], 5) == (world.downloaded(), len(world.trusted))
    assert sorted(os.listdir(world.metadata.parent)) == ["initial_root.json", "metadata", "targets"]
