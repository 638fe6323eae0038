"""A laptop that people share, one of them hostile: what root's sync is made to do, in a machine of its own.

`main` starts a box; in it agentguard is installed for everybody, a collector listens on loopback, and

- alice works: her hook is the installed one, and after every attack her newest record must be at the collector;
- eve attacks, by real processes with her rights and nothing else, from what she may write: her spool, and names in the
  folder of spools;
- bob's account is in a directory on the network, which is down at times.

That root touched nothing shows in three ways: a canary of root's (content, times, links), every open of what eve can name,
with its user (`opens`), and what root's own files and the collector hold.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from typing import Any

from lying import Lying

from agentguard import child, config, places
from agentguard.audit import lines, spool
from agentguard.bundle import publish
from agentguard.deploy import install
from e2e import box, managed, setup
from e2e.opens import Opens

TESTS = os.path.dirname(box.HERE)
ALICE, EVE, BOB = 20001, 20002, 20003
_PLAIN = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
_DENIED, _ALLOWED = "cat ~/.ssh/id_ed25519", "echo"
_SEGMENT = "seg-0000000000-0000000099.ndjson"
_CANARY = "canary-of-root"

# A directory of accounts that knows bob while /opt/nss/up is there, and never answers while it is not (nss(5)).
_DIRECTORY = r"""
#include <nss.h>
#include <pwd.h>
#include <grp.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>
static int up(void) { return access("/opt/nss/up", F_OK) == 0; }
static enum nss_status bob(struct passwd *p) {
  if (!up()) for (;;) pause();
  p->pw_name = "bob"; p->pw_passwd = "x"; p->pw_uid = p->pw_gid = 20003;
  p->pw_gecos = ""; p->pw_dir = "/home/bob"; p->pw_shell = "/bin/sh";
  return NSS_STATUS_SUCCESS;
}
enum nss_status _nss_away_getpwuid_r(uid_t u, struct passwd *p, char *b, size_t n, int *e) {
  if (u != 20003) { *e = ENOENT; return NSS_STATUS_NOTFOUND; }
  return bob(p);
}
enum nss_status _nss_away_getpwnam_r(const char *m, struct passwd *p, char *b, size_t n, int *e) {
  if (strcmp(m, "bob")) { *e = ENOENT; return NSS_STATUS_NOTFOUND; }
  return bob(p);
}
enum nss_status _nss_away_getgrnam_r(const char *m, struct group *g, char *b, size_t n, int *e) {
  if (!up()) for (;;) pause();
  *e = ENOENT; return NSS_STATUS_NOTFOUND;
}
"""


class NotProved(Exception):  # noqa: N818 - an answer
    """What must hold does not; the text says what."""


def must(holds: object, what: str) -> None:
    """Raise `NotProved` unless it holds."""
    if not holds:
        raise NotProved(what)


class Laptop:
    """The machine in this box, and its collector."""

    def __init__(self, folder: str) -> None:
        self.where = places.managed()
        self.collector = Lying()
        self.spool = self.where.spool(EVE)
        self.elsewhere = os.path.join(folder, "elsewhere")  # a folder of eve's own
        self.canary = os.path.join(self.where.state, "canary")
        self._calls = 0
        publisher = os.path.join(folder, "publisher")
        collector = {"collector_url": self.collector.url, "receipt_keys": [self.collector.public]}
        publish.init(publisher, "acme", solo=True, **collector)
        publish.publish(os.path.join(setup.ROOT, "bundles", "baseline"), publisher)
        self.repository = os.path.join(publisher, "repo")
        os.makedirs(self.where.config, exist_ok=True)
        shutil.copy(os.path.join(self.repository, "1.root.json"), self.where.anchor)
        with open(self.where.settings, "w", encoding="utf-8") as stream:
            stream.write(config.text({"sync_url": self.repository, "device": "laptop"}))
        os.makedirs(self.where.sync, 0o700)
        with open(self.where.enrol_secret, "w", encoding="utf-8") as stream:
            stream.write("sesame")
        with open(self.canary, "w", encoding="utf-8") as stream:
            stream.write(f'{{"b":{{"{_CANARY}"\n' * 100)
        os.chmod(self.canary, 0o600)
        with open("/etc/passwd", "a", encoding="utf-8") as stream:
            stream.writelines(
                f"{name}:x:{uid}:{uid}::/home/{name}:/bin/sh\n" for name, uid in (("alice", ALICE), ("eve", EVE))
            )

    def hook(self, uid: int, command: str, *, event: str = "PreToolUse", seconds: float = 60) -> int:
        """Have somebody's agent ask the installed hook; return its exit code."""
        self._calls += 1
        payload = {
            "session_id": f"s{uid}", "cwd": "/opt", "hook_event_name": event, "tool_name": "Bash",
            "tool_input": {"command": command}, "tool_use_id": f"t{self._calls}", "permission_mode": "default",
        }  # fmt: skip
        argv = install.hook_command(self.where)
        data = json.dumps(payload).encode()
        return subprocess.run(
            argv, input=data, env=_PLAIN, cwd="/", user=uid, group=uid, extra_groups=[], timeout=seconds, check=False,
            capture_output=True,
        ).returncode  # fmt: skip

    def sync(self, **environment: str) -> dict[str, Any]:
        """Run root's sync as the system's service does, but to its end; return its report."""
        argv = [*install.cli_command(self.where), "sync", "--json"]
        done = subprocess.run(
            argv, env={**_PLAIN, **environment}, capture_output=True, text=True, timeout=120, check=False
        )
        must(done.stdout, f"the sync said nothing: {done.stderr}")
        report: dict[str, Any] = json.loads(done.stdout)
        must(done.returncode == 0, f"the sync failed: {report}")
        return report

    def arrived(self, user: str) -> list[str]:
        """Return the commands in the records of a person that the collector has taken, in their order."""
        taken = [line for _path, _token, found in self.collector.taken for line in found]
        return [str((line.texts or {}).get("command")) for line in taken if line.body.get("user") == user]

    def fresh(self) -> None:
        """Give eve a spool with two records of hers, and the rest of her things back."""
        for path in (self.spool, self.elsewhere):
            if os.path.islink(path) or not os.path.isdir(path):
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(path)
            else:
                shutil.rmtree(path)
        os.mkdir(self.elsewhere, 0o755)
        os.chown(self.elsewhere, EVE, EVE)
        for _ in range(2):
            self.hook(EVE, _ALLOWED)

    def canary_facts(self) -> tuple[object, ...]:
        """Return everything about the canary that touching it would change. Its time of access is set back first."""
        facts = os.stat(self.canary)
        with open(self.canary, "rb") as stream:
            digest = hashlib.sha256(stream.read()).hexdigest()
        return digest, facts.st_mtime_ns, facts.st_nlink, facts.st_mode, facts.st_uid, facts.st_size


def as_user(uid: int, action: Callable[..., object], *arguments: object) -> None:
    """Do something with a person's rights, in a process of its own."""

    def job() -> Iterator[bytes]:
        action(*arguments)
        yield from ()

    child.run(job, 0, ids=(uid, uid))


@contextlib.contextmanager
def running(uid: int, action: Callable[[], object]) -> Iterator[None]:
    """Have somebody do something without end while the block runs."""
    ready, told = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.setgroups([])
            os.setresgid(uid, uid, uid)
            os.setresuid(uid, uid, uid)
            os.write(told, b".")
            action()
        finally:
            os._exit(1)
    os.read(ready, 1)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(ready)
        os.close(told)


# What eve does to her spool: functions of the laptop, run with her rights.


def symlinked_segment(laptop: Laptop) -> None:
    os.symlink(laptop.canary, os.path.join(laptop.spool, _SEGMENT))


def symlinked_files(laptop: Laptop) -> None:
    for name in (spool.CURRENT, spool.LOCK, "ballast"):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(os.path.join(laptop.spool, name))
        os.symlink(laptop.canary, os.path.join(laptop.spool, name))


def symlinked_receipts(laptop: Laptop) -> None:
    for name in ("upload.json", "collector.token", f"receipts.{EVE}.ndjson", f"refused.{EVE}.ndjson", "status.json"):
        os.symlink(laptop.canary, os.path.join(laptop.spool, name))
        with contextlib.suppress(PermissionError):
            os.symlink(laptop.canary, os.path.join(laptop.where.sync, name))


def fifos(laptop: Laptop) -> None:
    for name in (_SEGMENT, spool.LOCK, spool.CURRENT):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(os.path.join(laptop.spool, name))
        os.mkfifo(os.path.join(laptop.spool, name))


def parent_folder_link(laptop: Laptop) -> None:
    moved = os.path.join(laptop.elsewhere, "spool")
    shutil.copytree(laptop.spool, moved)
    shutil.rmtree(laptop.spool)
    os.symlink(moved, laptop.spool)


def hard_links(laptop: Laptop) -> None:
    os.link(os.path.join(laptop.spool, spool.CURRENT), os.path.join(laptop.spool, _SEGMENT))
    with contextlib.suppress(PermissionError):
        os.link(laptop.canary, os.path.join(laptop.spool, "seg-0000000100-0000000199.ndjson"))


def squatted_names(laptop: Laptop) -> None:
    os.mkdir(laptop.where.spool(30001))
    os.mkfifo(laptop.where.spool(30002))
    os.symlink("/root", laptop.where.spool(30003))
    for name in ("kick.0", f"kick.{ALICE}", "now.0", "now.x"):
        with contextlib.suppress(FileExistsError):
            os.symlink(laptop.canary, os.path.join(laptop.where.spools, name))


def sparse_file(laptop: Laptop) -> None:
    with open(os.path.join(laptop.spool, _SEGMENT), "wb") as stream:
        stream.truncate(10 * 1024**3)


def endless_line(laptop: Laptop) -> None:
    with open(os.path.join(laptop.spool, _SEGMENT), "wb") as stream:
        stream.write(b'{"b":{"chain":"' + b"0" * 8_000_000)


def a_thousand_files(laptop: Laptop) -> None:
    for number in range(1000):
        with open(os.path.join(laptop.spool, f"seg-{number:010d}-{number:010d}.ndjson"), "wb") as stream:
            stream.write(b"{}\n" * 1000)


ATTACKS: tuple[Callable[[Laptop], None], ...] = (
    symlinked_segment, symlinked_files, symlinked_receipts, fifos, parent_folder_link, hard_links, squatted_names,
    sparse_file, endless_line, a_thousand_files,
)  # fmt: skip


def held_lock(laptop: Laptop) -> None:
    with open(os.path.join(laptop.spool, spool.LOCK), "rb") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        signal.pause()


def child_that_never_finishes(laptop: Laptop) -> None:
    del laptop
    own = os.getpid()
    while True:  # whatever has eve's rights and is not this process is root's child
        for name in os.listdir("/proc"):
            with contextlib.suppress(OSError):
                if name.isdigit() and int(name) != own and os.stat(f"/proc/{name}").st_uid == EVE:
                    os.kill(int(name), signal.SIGSTOP)


LASTING: tuple[Callable[[Laptop], None], ...] = (held_lock, child_that_never_finishes)


# What is proved.


def nothing_is_reached(
    laptop: Laptop, *attacks: Callable[[Laptop], None], lasting: Callable[[Laptop], None] | None = None
) -> None:
    """After an attack alice's newest record arrives, the sync is well, and root has opened nothing that eve can name."""
    laptop.fresh()
    for attack in attacks:
        as_user(EVE, attack, laptop)
    before = laptop.canary_facts()
    word = f"{_ALLOWED} {time.monotonic_ns()}"
    laptop.hook(ALICE, word)
    watched = [path for path in (laptop.spool, laptop.elsewhere) if os.path.isdir(path)]
    watched += [os.path.realpath(path) for path in watched if os.path.islink(path)]
    with contextlib.ExitStack() as stack:
        if lasting:
            stack.enter_context(running(EVE, lambda: lasting(laptop)))
        opens = stack.enter_context(Opens(laptop.canary, *watched))
        report = laptop.sync()
    must(word in laptop.arrived("alice"), f"alice's record did not arrive: {report}")
    must(not opens.by_others(EVE), f"others than eve opened {opens.by_others(EVE)}")
    must(laptop.canary not in {path for _user, path in opens.found}, "the canary was opened")
    must(before == laptop.canary_facts(), "the canary was touched")
    for folder, _folders, names in os.walk(laptop.where.sync):
        for name in names:
            with open(os.path.join(folder, name), "rb") as stream:
                must(_CANARY.encode() not in stream.read(), f"{name} holds what the canary holds")
    sent = [line.raw for _path, _token, found in laptop.collector.requests for line in found]
    must(not any(_CANARY.encode() in raw for raw in sent), "the collector was sent what the canary holds")
    must(all(not lines.parse(raw).problem for raw in sent), "the collector was sent what is no record")


def squatted_spool_is_given_back(laptop: Laptop) -> None:
    """Somebody whose name eve has taken can record again after the next sync."""
    as_user(EVE, os.mkdir, laptop.where.spool(30009))
    must(laptop.hook(30009, _DENIED) == 2, "the hook of somebody whose spool is taken must still deny")
    laptop.sync()
    must(laptop.hook(30009, _DENIED) == 2, "a denied call must be denied")
    laptop.sync()
    must(_DENIED in laptop.arrived("30009"), "the record did not arrive")


def denial_is_heard_while_a_sync_waits(laptop: Laptop) -> None:
    """The service's own process stays for young records; a denial of that minute is at the collector long before its end."""
    with open(os.path.join(laptop.where.sync, "status.json"), "rb") as stream:
        fetched = json.load(stream)["last_request"]
    laptop.hook(ALICE, _ALLOWED)
    argv = [*install.cli_command(laptop.where), "sync", "--background"]
    word = f"{_DENIED} {time.monotonic_ns()}"
    with subprocess.Popen(argv, env=_PLAIN, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            hold = os.path.join(laptop.where.sync, "next_try")
            _until(lambda: os.stat(hold).st_mtime > time.time() + 10, "the sync does not wait for young records")
            must(laptop.hook(ALICE, word) == 2, "a denied call must be denied")
            _until(lambda: word in laptop.arrived("alice"), "the denial did not arrive")
        finally:
            process.kill()
    with open(os.path.join(laptop.where.sync, "status.json"), "rb") as stream:
        must(json.load(stream)["last_request"] == fetched, "the bundle was fetched before it was due")


def _until(holds: Callable[[], bool], otherwise: str) -> None:
    for _ in range(400):
        if holds():
            return
        time.sleep(0.1)
    raise NotProved(otherwise)


def heartbeat_says_how_the_machine_stands(laptop: Laptop) -> None:
    """Root's sync tells the collector what the doctor finds: here, that nothing starts the hook."""
    laptop.sync()
    beat = [body for body in laptop.collector.bodies() if body["kind"] == "heartbeat"][-1]
    must((beat["install"], beat["bundle"]["state"]) == ("managed", "fresh"), f"the heartbeat says {beat}")
    must("managed/none" in beat["doctor"]["findings"], f"the doctor says {beat['doctor']}")
    laptop.hook(ALICE, "", event="SessionStart")
    laptop.sync()
    last = [body for body in laptop.collector.bodies() if body["kind"] == "heartbeat" and body["user"] == "alice"][-1]
    must("managed/none" in last["doctor"]["findings"], f"alice's first hook says {last}")


def proxies_are_ignored(laptop: Laptop) -> None:
    """Whatever the environment of root's sync names, it goes where the policy says."""
    with socket.create_server(("127.0.0.1", 0)) as trap:
        url = f"http://127.0.0.1:{trap.getsockname()[1]}"
        names = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
        proxies = {spelt: url for name in names for spelt in (name, name.lower())}
        bundles = dict.fromkeys(
            ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"), "/nonexistent"
        )
        word = f"{_ALLOWED} {time.monotonic_ns()}"
        laptop.hook(ALICE, word)
        laptop.sync(**proxies, **bundles)
        must(word in laptop.arrived("alice"), "the record did not arrive")
        trap.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            trap.accept()
            raise NotProved("the proxy was asked")


def nobody_knows_bob(laptop: Laptop) -> None:
    """The directory is down and says so at once: bob's hook and the sync work, and he is known by his number."""
    must(laptop.hook(BOB, _DENIED) == 2, "a denied call must be denied")
    laptop.sync()
    must(_DENIED in laptop.arrived(str(BOB)), "bob's record did not arrive")


def directory_that_hangs(laptop: Laptop) -> None:
    """The directory never answers: who has worked here before works on under the own name, and the sync goes on."""
    folder = "/opt/nss"
    os.makedirs(folder)
    with open(os.path.join(folder, "away.c"), "w", encoding="utf-8") as stream:
        stream.write(_DIRECTORY)
    argv = ["gcc", "-shared", "-fPIC", "-o", f"{folder}/libnss_away.so.2", f"{folder}/away.c"]
    subprocess.run(argv, check=True, capture_output=True)
    with open("/etc/ld.so.conf.d/away.conf", "w", encoding="utf-8") as stream:
        stream.write(folder + "\n")
    subprocess.run(["ldconfig"], check=True)
    with open("/etc/nsswitch.conf", "w", encoding="utf-8") as stream:
        stream.write("passwd: files away\ngroup: files away\nhosts: files\n")
    with open(os.path.join(folder, "up"), "w", encoding="utf-8"):
        pass
    laptop.hook(BOB, _ALLOWED)
    laptop.sync()
    must(laptop.arrived("bob"), "bob was not known while the directory was up")
    os.unlink(os.path.join(folder, "up"))
    must(laptop.hook(BOB, _DENIED, seconds=20) == 2, "a denied call must be denied")
    laptop.sync()
    must(_DENIED in laptop.arrived("bob"), "bob's record did not arrive")


PROOFS: tuple[Callable[[Laptop], None], ...] = (
    squatted_spool_is_given_back, denial_is_heard_while_a_sync_waits, heartbeat_says_how_the_machine_stands,
    proxies_are_ignored, nobody_knows_bob, directory_that_hangs,
)  # fmt: skip


def main(argv: list[str]) -> int:
    """Start a box and prove everything in it; return the exit code."""
    if os.geteuid() != 0:
        sys.stderr.write("e2e-sync: root is missing: it makes private namespaces; run this as root\n")
        return 1
    base = tempfile.mkdtemp(prefix="agentguard-e2e-", dir="/var/tmp")
    os.chmod(base, 0o755)
    try:
        inside = [sys.executable, "-m", "e2e.shared", base, *argv]
        environment = {"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}
        environment["PYTHONPATH"] = os.pathsep.join((TESTS, setup.ROOT))
        return subprocess.run(box.command(inside), env=environment, cwd=TESTS, check=False).returncode
    finally:
        shutil.rmtree(base)


def _inside(folder: str, wanted: list[str]) -> int:
    os.umask(0o022)
    box.tmpfs(folder, 0o755)
    scratch = os.path.join(folder, "scratch")
    os.mkdir(scratch, 0o700)
    box.loopback_up()
    trees = [setup.ROOT, os.path.realpath(sys.prefix), os.path.realpath(sys.base_prefix)]
    box.empty_tmp_but_reach(trees, scratch)
    box.layers(scratch)
    managed.install_program(folder)
    laptop = Laptop(folder)
    laptop.sync()
    proofs: dict[str, Callable[[], None]] = {}
    for attack in ATTACKS:
        proofs[attack.__name__] = lambda attack=attack: nothing_is_reached(laptop, attack)  # type: ignore[misc]
    for lasting in LASTING:
        proofs[lasting.__name__] = lambda lasting=lasting: nothing_is_reached(laptop, lasting=lasting)  # type: ignore[misc]
    for proof in PROOFS:
        proofs[proof.__name__] = lambda proof=proof: proof(laptop)  # type: ignore[misc]
    failed = 0
    for name, prove in proofs.items():
        if wanted and not any(part in name for part in wanted):
            continue
        try:
            prove()
            problem = ""
        except NotProved as error:
            problem = str(error)
        except Exception:  # noqa: BLE001 - a defect of the harness must be told like a failed proof
            problem = traceback.format_exc()
        failed += bool(problem)
        sys.stdout.write(f"{'FAIL' if problem else 'ok':5}{name}{': ' + problem if problem else ''}\n")
        sys.stdout.flush()
    laptop.collector.close()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(_inside(sys.argv[1], sys.argv[2:]))
