"""Ann, Bob and a build server: three copies of a publisher's folder, none with the keys of another; and what they publish."""

import shutil

from agentguard.bundle import publish, publisher, release, repository, review, roots, stage
from agentguard.bundle.keyring import Keyring

BUNDLE = 'schema = 1\nname = "tiny"\nmode = "enforce"\n'
RULE = '[[rule]]\nid = "srv/{0}"\neffect = "deny"\npath = ["/srv/{0}/**"]\n'
PASSPHRASES = {"ann": b"ann's own", "bob": b"bob's own", "online": b""}


def write_policy(folder, *names):
    """Write a policy with these rules; return its folder."""
    folder.mkdir(exist_ok=True)
    (folder / "bundle.toml").write_text(BUNDLE + "".join(RULE.format(name) for name in names))
    return str(folder)


class Owners:
    """Ann, Bob and the build server: each has the publisher's folder, and only keys of their own."""

    def __init__(self, folder, key_type="ed25519"):
        self.folder = folder
        for who, names in {"ann": ("root-1", "policy-1"), "bob": ("root-2", "policy-2")}.items():
            (folder / f"{who}-keys").mkdir()
            for name in names:
                roots.make_key(str(folder / f"{who}-keys" / name), key_type, PASSPHRASES[who])
        handed = folder / "handed"
        handed.mkdir()
        for path in [*folder.glob("*-keys/*.pub")]:
            shutil.copy(path, handed)
        two = {role: {"keys": [f"{stem}-1", f"{stem}-2"]} for role, stem in (("root", "root"), ("targets", "policy"))}
        assert "" == publish.init(str(folder / "server"), "acme", handed=str(handed), roles=two, key_type=key_type)
        for who in ("ann", "bob"):
            shutil.copytree(folder / "server", folder / who, ignore=shutil.ignore_patterns("*.pem"))
            for path in (folder / f"{who}-keys").iterdir():
                shutil.copy(path, folder / who / "keys")
        first = str(folder / "server" / publish.FIRST)
        self.publish(self.sign("ann", first), self.sign("bob", first))

    def at(self, who):
        return publisher.read(str(self.folder / who))

    def ring(self, who, only=None):
        return Keyring(self.at(who), lambda: PASSPHRASES.get(who, b""), only)

    def stage(self, who, policy, name="new.stage", **options):
        path = str(self.folder / name)
        stage.save(path, publish.prepare(policy, self.at(who), **options)[0])
        return path

    def change(self, who, make, *names):
        path = str(self.folder / "change.stage")
        stage.save(path, make(self.at(who), self.ring(who), *names))
        return path

    def sign(self, who, path, only=None, *, allow_weakening=False):
        """Sign a copy of a stage as `bundle sign` does; return its path."""
        staged, here = stage.load(path), self.at(who)
        review.review(here, staged, path, allow_weakening=allow_weakening)
        signed, _done = stage.add(staged, repository.latest_root(here.repo), self.ring(who, only))
        copy = f"{path.removesuffix('.stage')}-{who}.stage"
        stage.save(copy, signed)
        return copy

    def publish(self, *paths, allow_weakening=False):
        """Publish on the build server, and bring what is published to the owners."""
        here = self.at("server")
        staged = stage.many(paths, repository.latest_root(here.repo))
        change = review.review(here, staged, paths[0], allow_weakening=allow_weakening)
        chain = release.put(here, staged, self.ring("server"), change, paths[0])
        self.spread()
        return chain

    def first(self, policy):
        """Publish a first revision."""
        path = self.stage("ann", policy, "first.stage")
        return self.publish(self.sign("ann", path), self.sign("bob", path))

    def spread(self):
        for who in ("ann", "bob"):
            for name in ("repo", "publisher.toml", "CHANGES.md", "keys"):
                source, target = self.folder / "server" / name, self.folder / who / name
                if source.is_dir():
                    shutil.copytree(source, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.pem"))
                else:
                    shutil.copy(source, target)

    @classmethod
    def copied(cls, folder, where):
        """Return the owners of a copy of a folder: keys are made once."""
        shutil.copytree(folder, where)
        found = cls.__new__(cls)
        found.folder = where
        return found
