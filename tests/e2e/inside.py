"""What runs as root of a box: makes one managed install, or proves one scenario.

    inside.py JOB_FILE

The job is {"folder", "images", "build" or "scenario"}: a folder of its own for this job, the installs that already
exist (layers of `box.LAYERED`, nearest first), and either the install to build or the scenario to prove. The
result goes to <folder>/result.json: {"problem": TEXT}, empty if all is well.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from typing import Any

from e2e import box, managed, setup
from e2e.lab import NotProved, open_lab
from e2e.scenarios import chosen_from


def _furnish(folder: str, images: list[str], *, uppers: str = "") -> None:
    """Make this process's box ready: see the docstring of `box`."""
    scratch = os.path.join(folder, "scratch")
    os.makedirs(scratch, mode=0o700)
    box.loopback_up()
    box.empty_tmp_but_reach(setup.trees(), scratch)
    box.layers(scratch, uppers=uppers, images=images)


def _build(job: dict[str, Any]) -> str:
    folder = job["folder"]
    _furnish(folder, job["images"], uppers=os.path.join(folder, "image"))
    managed.INSTALLS[job["build"]](folder)
    return ""


def _prove(job: dict[str, Any]) -> str:
    scenario = next(one for one in chosen_from(managed.PACKAGES) if one.name == job["scenario"])
    _furnish(job["folder"], job["images"])
    lab = open_lab(os.path.join(job["folder"], "lab"), setup.client_path())
    box.add_user(lab.home)
    try:
        scenario.proof(lab)
    except NotProved as error:
        return str(error)
    return ""


def main() -> None:
    """Do the job; whatever goes wrong becomes its problem."""
    os.umask(0o022)  # whatever the caller's is: the client's user must be able to read what root makes here
    with open(sys.argv[1], encoding="utf-8") as stream:
        job = json.load(stream)
    try:
        problem = _build(job) if "build" in job else _prove(job)
    except Exception:  # noqa: BLE001 - a defect of the harness must be told like a failed proof
        problem = traceback.format_exc()
    with open(os.path.join(job["folder"], "result.json"), "w", encoding="utf-8") as stream:
        json.dump({"problem": problem}, stream)


if __name__ == "__main__":
    main()
