"""The command line: which scenarios, two at a time, one line each, and the summary.

    e2e-claude [--list] [-k NAME]… [--json] [--keep] [--jobs N] [--packages DIR]

The whole run lives in a file system in memory, in a mount and process namespace of its own: when it ends, in whatever
way, its processes and files are gone. `--keep` copies what the client said and did to disk first.
"""

from __future__ import annotations

import argparse
import concurrent.futures
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from e2e import box, managed, setup
from e2e.scenario import NO_INSTALL, Scenario
from e2e.scenarios import chosen_from

TESTS = os.path.dirname(box.HERE)
_BASE = "/var/tmp"  # not /tmp, which is empty in a box
_JOB_SECONDS = 300


@dataclass(frozen=True)
class Result:
    """How one scenario ended: `problem` is empty if it was proved; `seconds` of wall time."""

    scenario: Scenario
    problem: str
    seconds: float


def main(argv: Sequence[str]) -> int:
    """Run the command line; return the exit code: 0 all proved, 1 not all or not ready, 2 usage, 130 interrupted."""
    options = _parse(argv)
    known = chosen_from(options.packages)
    chosen = [one for one in known if not options.k or any(part in one.name for part in options.k)]
    if not chosen:
        sys.stderr.write("e2e-claude: no scenario has such a name; `--list` shows them all\n")
        return 2
    if options.list:
        _say("\n".join(f"{one.name:28} {one.says}" for one in chosen))
        return 0
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # clean up, as after an interrupt
    if options.base:
        return _run(options, chosen)
    try:
        setup.ready()
    except setup.NotReady as error:
        sys.stderr.write("".join(f"e2e-claude: {line}\n" for line in str(error).splitlines()))
        return 1
    base = tempfile.mkdtemp(prefix="agentguard-e2e-", dir=_BASE)
    os.chmod(base, 0o755)
    arguments = [sys.executable, "-m", "e2e.runner", "--base", base, *argv]
    try:
        return subprocess.run(box.command(arguments), env=_environment(options), cwd=TESTS, check=False).returncode
    except KeyboardInterrupt:
        return 130
    finally:
        if options.keep:
            sys.stderr.write(f"kept: {base}\n")
        else:
            shutil.rmtree(base)


def _parse(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/e2e-claude",
        description=f"Prove on the real Claude Code client {setup.VERSION} that agentguard blocks what it denies.",
    )
    parser.add_argument("--list", action="store_true", help="show the scenarios and end")
    parser.add_argument(
        "-k", metavar="NAME", action="append", help="only scenarios with this in their name; repeatable"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document instead of lines")
    parser.add_argument("--keep", action="store_true", help="keep what the client said and did, and say where")
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="scenarios at the same time (default 2)")
    parser.add_argument(
        "--packages", default="", metavar="DIR", help="on machines that have the packages in DIR (scripts/e2e-package)"
    )
    parser.add_argument("--base", help=argparse.SUPPRESS)
    return parser.parse_args(argv)


def _environment(options: argparse.Namespace) -> dict[str, str]:
    """Return the environment of everything in a box: nothing of the caller's but the way to programs."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "LANG": "C.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "1",
        setup.FOLDER_VARIABLE: setup.client_folder(),
        managed.PACKAGES_VARIABLE: os.path.abspath(options.packages) if options.packages else "",
    }


def _run(options: argparse.Namespace, chosen: list[Scenario]) -> int:
    """Run the scenarios, inside the run's own namespace."""
    folder = os.path.join(options.base, "run")
    os.makedirs(folder)
    box.tmpfs(folder, 0o755)
    started = time.monotonic()
    results: list[Result] = []
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        images, problems = _images(folder, {one.install for one in chosen} - {NO_INSTALL})
        for result in pool.map(lambda one: _prove(folder, one, images, problems, keep=options.keep), chosen):
            results.append(result)
            if not options.json:
                _show(result)
    if options.keep:
        _copy_evidence(folder, os.path.join(options.base, "evidence"))
    failed = sum(bool(result.problem) for result in results)
    if options.json:
        _say(json.dumps(_report(results, time.monotonic() - started), indent=2))
    else:
        _say(f"{len(results) - failed} passed, {failed} failed")
    return 1 if failed else 0


def _images(folder: str, wanted: set[str]) -> tuple[dict[str, list[str]], dict[str, str]]:
    """Make the wanted installs on top of one program; return the layers of each, and what went wrong with which."""
    images: dict[str, list[str]] = {NO_INSTALL: []}
    problems: dict[str, str] = {}
    for name in [managed.PROGRAM, *sorted(wanted)] if wanted else []:
        place = os.path.join(folder, f"install-{name}")
        below = images.get(managed.PROGRAM, [])
        problem = "" if managed.PROGRAM in problems else _job(place, {"build": name, "images": below})
        images[name] = [os.path.join(place, "image"), *below]
        if problem:
            sys.stderr.write(f"e2e-claude: the install {name} could not be made:\n{problem}\n")
        if problem or managed.PROGRAM in problems:
            problems[name] = f"the install {name} could not be made; standard error says why"
    return images, problems


def _prove(
    folder: str, scenario: Scenario, images: dict[str, list[str]], problems: dict[str, str], *, keep: bool
) -> Result:
    started = time.monotonic()
    place = os.path.join(folder, scenario.name.replace("/", "-"))
    problem = problems.get(scenario.install, "")
    if not problem:
        problem = _job(place, {"scenario": scenario.name, "images": images[scenario.install]})
        if not keep:
            shutil.rmtree(place)
    return Result(scenario, problem, time.monotonic() - started)


def _job(place: str, job: dict[str, Any]) -> str:
    """Do one job in a box of its own and return its problem, "" if there is none."""
    os.makedirs(place)
    path = os.path.join(place, "job.json")
    with open(path, "w", encoding="utf-8") as stream:
        json.dump({**job, "folder": place}, stream)
    argv = box.command([sys.executable, "-m", "e2e.inside", path])
    try:
        done = subprocess.run(
            argv, cwd=TESTS, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_JOB_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return f"the box did not end within {_JOB_SECONDS} s"
    try:
        with open(os.path.join(place, "result.json"), encoding="utf-8") as stream:
            return str(json.load(stream)["problem"])
    except (OSError, ValueError):
        return f"the box ended with {done.returncode} and no result: {done.stderr[-2000:]}"


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _show(result: Result) -> None:
    mark = "FAIL" if result.problem else "ok"
    _say(f"{mark:4}  {result.scenario.name:28} {result.seconds:5.1f} s  {result.scenario.says}")
    for line in result.problem.rstrip().splitlines():
        _say(f"      {line}")


def _report(results: list[Result], seconds: float) -> dict[str, Any]:
    failed = sum(bool(result.problem) for result in results)
    return {
        "client": setup.VERSION,
        "passed": len(results) - failed,
        "failed": failed,
        "seconds": round(seconds, 1),
        "scenarios": [
            {
                "name": result.scenario.name,
                "says": result.scenario.says,
                "passed": not result.problem,
                "problem": result.problem,
                "seconds": round(result.seconds, 1),
            }
            for result in results
        ],
    }


def _copy_evidence(folder: str, target: str) -> None:
    for name in sorted(os.listdir(folder)):
        evidence = os.path.join(folder, name, "lab", "evidence")
        if os.path.isdir(evidence):
            shutil.copytree(evidence, os.path.join(target, name))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
