"""Upgrade while hooks run, downgrade, removal, reinstallation, purge: no hook ever ends without its right answer."""

from __future__ import annotations

import contextlib
import json
import os
import threading
from collections.abc import Iterator

from e2e import managed
from e2e.lab import Lab, expect
from e2e.marks import bash, prepare
from e2e.records import decisions, verify
from e2e.scenario import NO_INSTALL, Scenario

from package import machine

_LOOPS = 2  # hooks that run at the same time


@contextlib.contextmanager
def _asked_all_the_time(lab: Lab) -> Iterator[list[str]]:
    """Start hooks one after the other, several at a time; give the list of the answers: "" for each right one."""
    answers: list[str] = []
    done = threading.Event()

    def loop(number: int) -> None:
        while not done.is_set():
            call = (machine.DENIED, machine.ALLOWED)[number % 2]
            number += 1
            answers.append(machine.fault(machine.ask(lab, call), call))

    threads = [threading.Thread(target=loop, args=(number,)) for number in range(_LOOPS)]
    for thread in threads:
        thread.start()
    try:
        yield answers
    finally:
        done.set()
        for thread in threads:
            thread.join()


def _upgrade(lab: Lab) -> None:
    machine.install(machine.ORGANISATION)
    machine.in_force(lab)
    before = machine.current()
    counts = []
    with _asked_all_the_time(lab) as answers:
        for name in (machine.SECOND, machine.OWN_PYTHON):
            machine.install(name)
            counts.append(len(answers))
    wrong = [answer for answer in answers if answer]
    expect(not wrong, f"{len(wrong)} of {len(answers)} hooks did not give the right answer: {wrong[:3]}")
    expect(0 < counts[0] < counts[1], f"hooks did not run all the time: {counts}")
    expect(machine.current() not in ("", before), f"the version in force is {machine.current()!r}")
    there = sorted(name for name in os.listdir(machine.WHERE.code) if name[0].isdigit())
    expect(len(there) == 2 and before not in there, f"of versions there are {there}, and {before} runs no more")
    machine.in_force(lab)
    verify(lab)


def _downgrade(lab: Lab) -> None:
    machine.install(machine.ORGANISATION)
    machine.install(machine.SECOND)
    said = machine.refused("--install", managed.package(machine.ORGANISATION))
    expect("is older" in said, f"it says {said}")
    expect("dpkg --remove agentguard" in said, f"it does not say how to go back: {said}")
    status = managed.run_command("dpkg-query", "--show", "--showformat=${Status} ${Version}", "agentguard")
    expect(status.startswith("install ok installed") and status.endswith("-2"), f"dpkg says {status}")
    machine.in_force(lab)


def _damaged(lab: Lab) -> None:
    """Damage the program, which denies then; install the same package again, and it is whole."""
    machine.install(machine.ORGANISATION)
    folder = os.path.join(machine.WHERE.code, machine.current())
    for path in ("hook.py", "lib/agentguard/hook/main.py", "lib/agentguard/hook/packed.cpython-311"):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(os.path.join(folder, path))
    done = machine.ask(lab, machine.ALLOWED)
    expect(done.returncode == 2, f"a damaged program ended with {done.returncode}")
    machine.install(machine.ORGANISATION)
    machine.in_force(lab)


def _settings_of_others(lab: Lab) -> None:
    """An upgrade keeps a drop-in that was changed; a removal is refused while another file starts the hook."""
    machine.install(machine.ORGANISATION)
    other = os.path.join(os.path.dirname(managed.DROP_IN), "90-ours.json")
    with open(other, "w", encoding="utf-8") as stream:
        json.dump(machine.drop_in(), stream)
    managed.change_hook(timeout=20)
    said = machine.install(machine.SECOND)
    expect("was changed and is kept" in said, f"it says {said}")
    expect(machine.drop_in()["hooks"]["PreToolUse"][0]["hooks"][0]["timeout"] == 20, "the change is gone")
    said = machine.refused("--remove", "agentguard")
    expect(other in said, f"it does not name the file: {said}")
    expect(os.path.exists(managed.DROP_IN), "the settings are gone though the removal was refused")
    machine.in_force(lab)
    os.unlink(other)
    machine.dpkg("--remove", "agentguard")
    expect(not os.path.exists(managed.DROP_IN), "the settings are still there")


def _watch(done: threading.Event, seen: list[tuple[bool, bool]]) -> None:
    """Note whenever settings or program come or go: (settings are there, program is there)."""
    while not done.is_set():
        settings = os.path.exists(managed.DROP_IN)
        program = os.access(machine.LAUNCHER, os.X_OK)
        if not settings or os.path.exists(managed.DROP_IN):  # the settings did not change while we looked
            state = (settings, program)
            if not seen or seen[-1] != state:
                seen.append(state)


@contextlib.contextmanager
def _watched() -> Iterator[list[tuple[bool, bool]]]:
    seen: list[tuple[bool, bool]] = []
    done = threading.Event()
    thread = threading.Thread(target=_watch, args=(done, seen))
    thread.start()
    try:
        yield seen
    finally:
        done.set()
        thread.join()


def _removed(lab: Lab) -> None:
    with _watched() as seen:
        machine.install(machine.ORGANISATION)
        prepare(lab)
        lab.run([bash("touch denied.txt")])
        expect(lab.text("denied.txt") is None, "the denied call happened")
        machine.dpkg("--remove", "agentguard")
    expect((True, False) not in seen, f"settings named a program that was not there: {seen}")
    expect(seen[-1] == (False, False), f"settings or program are still there: {seen}")
    free = lab.run([bash("touch denied.txt")])
    expect(lab.text("denied.txt") is not None, f"the client does not work any more: {free.stdout[-300:]}")
    left = [path for path in (machine.WHERE.code, managed.DROP_IN, "/usr/bin/agentguard") if os.path.lexists(path)]
    expect(not left, f"the removal left {left}")
    expect(os.path.exists(machine.WHERE.anchor), "the removal took the configuration")
    first = len(decisions("Bash"))
    expect(first > 0, "the removal took the records")

    machine.install(machine.ORGANISATION)
    os.unlink(os.path.join(lab.work, "denied.txt"))
    lab.run([bash("touch denied.txt")])
    expect(lab.text("denied.txt") is None, "the denied call happened after reinstalling")
    expect(len(decisions("Bash")) == first + 1, "the records did not go on")
    verify(lab)

    machine.dpkg("--purge", "agentguard")
    units = [f"/usr/lib/systemd/system/agentguard-sync.{kind}" for kind in ("service", "timer", "path")]
    left = [path for path in (*machine.WHERE.own_folders(), managed.DROP_IN, *units) if os.path.lexists(path)]
    expect(not left, f"the purge left {left}")
    lab.run([bash("touch free.txt")])
    expect(lab.text("free.txt") is not None, "the client does not work any more")


SCENARIOS = (
    Scenario(
        "package/upgrade",
        "every hook that runs while packages are installed over each other, Python included, gives its right answer",
        _upgrade,
        NO_INSTALL,
    ),
    Scenario("package/downgrade", "an older package is refused, and the newer one goes on", _downgrade, NO_INSTALL),
    Scenario("package/damaged", "a damaged program denies, and the same package again mends it", _damaged, NO_INSTALL),
    Scenario(
        "package/settings-of-others",
        "settings that were changed are kept; it is not removed while other settings start it",
        _settings_of_others,
        NO_INSTALL,
    ),
    Scenario(
        "package/removed",
        "settings go before the program, the client works on, records stay; again in force; a purge leaves nothing",
        _removed,
        NO_INSTALL,
    ),
)
