"""What a scenario works with, inside its box: seed files, start the client, look at what happened.

    <folder>/home      the home of the client's user, owned by it
    <folder>/work      the project that the client works in, owned by it
    <folder>/calls     where the recorder hook notes its calls
    <folder>/evidence  what is kept for a person: client output, debug log, the model's view

A scenario is a function of one `Lab`. It says what must hold with `expect`, which raises `NotProved`.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from e2e import box
from e2e.mock_api import MockAPI, Script, ToolResult, Turn
from e2e.terminal import Terminal

CLIENT_SECONDS = 60.0  # the longest that one start of the client may take on a busy machine
_SETTLE_SECONDS = 20.0
API_KEY = "sk-ant-e2e-not-a-key-0123456789"


class NotProved(Exception):  # noqa: N818 - the answer of a check, not a fault of the harness
    """What a scenario says does not hold on this client."""


def expect(holds: object, otherwise: str) -> None:
    """Raise `NotProved` with the text `otherwise` unless `holds`."""
    if not holds:
        raise NotProved(otherwise)


@dataclass(frozen=True)
class Run:
    """One start of the client: how it ended, what it printed, and what the model was told."""

    exit_code: int
    stdout: str
    stderr: str
    results: list[ToolResult]
    heard: str
    requests: list[dict[str, Any]]

    def only(self, tool: str) -> ToolResult:
        """Return the result of the one call of `tool` that this conversation has."""
        found = [result for result in self.results if result.tool == tool]
        expect(len(found) == 1, f"{len(found)} results of {tool}, not 1; the client said {self.stdout[-300:]!r}")
        return found[0]


@dataclass
class Lab:
    """One scenario's workplace. Everything in it is made by `open_lab`."""

    folder: str
    client: str
    starts: int = 0

    @property
    def home(self) -> str:
        """The home of the client's user."""
        return os.path.join(self.folder, "home")

    @property
    def work(self) -> str:
        """The project folder."""
        return os.path.join(self.folder, "work")

    @property
    def calls(self) -> str:
        """Where the recorder hook notes its calls."""
        return os.path.join(self.folder, "calls")

    @property
    def evidence(self) -> str:
        """What `--keep` keeps."""
        return os.path.join(self.folder, "evidence")

    # Files

    def seed(self, path: str, content: str | dict[str, Any]) -> str:
        """Write a file of the client's user (JSON if `content` is an object); `path` counts from the project."""
        full = os.path.join(self.work, path)
        folder = os.path.dirname(full)
        missing = []
        while not os.path.isdir(folder):
            missing.append(folder)
            folder = os.path.dirname(folder)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w", encoding="utf-8") as stream:
            stream.write(content if isinstance(content, str) else json.dumps(content, indent=1))
        for made in [full, *missing]:
            os.chown(made, box.UID, box.UID)
        return full

    def settings(self, **settings: Any) -> None:
        """Write the person's own ~/.claude/settings.json."""
        self.seed(os.path.join(self.home, ".claude", "settings.json"), settings)

    def text(self, path: str) -> str | None:
        """Return the text of a file, counted from the project; None where there is none."""
        try:
            with open(os.path.join(self.work, path), encoding="utf-8", errors="replace") as stream:
                return stream.read()
        except FileNotFoundError:
            return None

    # The client

    def _argv(self, *args: str) -> list[str]:
        self.starts += 1
        debug = os.path.join(self.evidence, f"debug-{self.starts}.txt")
        return [self.client, *args, "--debug-file", debug]

    def _environment(self, api: MockAPI, env: Mapping[str, str] | None) -> dict[str, str]:
        return {
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "HOME": self.home,
            "SHELL": "/bin/bash",
            "TERM": "xterm-256color",
            "LANG": "C.UTF-8",
            "ANTHROPIC_BASE_URL": api.url,
            "ANTHROPIC_API_KEY": API_KEY,
            "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
            "DISABLE_AUTOUPDATER": "1",
            "DISABLE_TELEMETRY": "1",
            **(env or {}),
        }

    def run(
        self,
        *turns: Turn,
        prompt: str = "go",
        args: Sequence[str] = (),
        subagents: dict[str, list[Turn]] | None = None,
        env: Mapping[str, str] | None = None,
    ) -> Run:
        """Start `claude -p` with a model that plays `turns`, and wait for its end."""
        with MockAPI(Script(list(turns), subagents or {})) as api:
            process = subprocess.Popen(
                self._argv("-p", prompt, *args),
                env=self._environment(api, env),
                cwd=self.work,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                user=box.UID,
                group=box.UID,
                extra_groups=[],
                start_new_session=True,
            )
            try:
                out, err = process.communicate(timeout=CLIENT_SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.communicate()
                raise NotProved(f"the client did not end within {CLIENT_SECONDS:.0f} s") from None
            self.settle()
            run = Run(process.returncode, out, err, api.results(), api.heard(), api.requests)
        self._keep({"exit_code": run.exit_code, "stdout": out, "stderr": err, "requests": run.requests})
        return run

    @contextlib.contextmanager
    def terminal(
        self, *turns: Turn, prompt: str = "go", args: Sequence[str] = ()
    ) -> Iterator[tuple[Terminal, MockAPI]]:
        """Start the client on a pseudo-terminal, as a person does who has used it in this folder before."""
        self._seed_acquaintance()
        with MockAPI(Script(list(turns))) as api:
            env = self._environment(api, None)
            with Terminal(self._argv(*args, prompt), env=env, cwd=self.work, uid=box.UID) as terminal:
                try:
                    yield terminal, api
                finally:
                    self._keep({"screen": terminal.screen, "requests": api.requests})

    def _seed_acquaintance(self) -> None:
        """Answer the questions that the client asks only once: theme, API key, trust in the folder."""
        self.seed(
            os.path.join(self.home, ".claude.json"),
            {
                "hasCompletedOnboarding": True,
                "theme": "dark",
                "customApiKeyResponses": {"approved": [API_KEY[-20:]], "rejected": []},
                "projects": {self.work: {"hasTrustDialogAccepted": True, "hasCompletedProjectOnboarding": True}},
            },
        )

    def _keep(self, what: dict[str, Any]) -> None:
        with open(os.path.join(self.evidence, f"start-{self.starts}.json"), "w", encoding="utf-8") as stream:
            json.dump(what, stream, indent=1)

    def settle(self) -> None:
        """Wait until what the client has left running in the background (hooks that nobody waits for) has ended."""
        end = time.monotonic() + _SETTLE_SECONDS
        while box.busy():
            expect(
                time.monotonic() < end, f"a process of the client's still runs {_SETTLE_SECONDS:.0f} s after its end"
            )
            time.sleep(0.02)

    # The recorder hook

    def recorder(self, path: str = "", **orders: Any) -> str:
        """Put the recorder hook at `path` (default: beside the project) with these orders; return its path."""
        path = path or os.path.join(self.folder, "recorder.py")
        shutil.copyfile(os.path.join(box.HERE, "recorder.py"), path)
        os.chmod(path, 0o644)
        with open(path + ".json", "w", encoding="utf-8") as stream:
            json.dump({"calls": self.calls, **orders}, stream)
        return path

    def recorded(self) -> list[dict[str, Any]]:
        """Return what the recorder hook was given, in the order of time."""
        return [
            json.loads(self.text(os.path.join(self.calls, name)) or "{}") for name in sorted(os.listdir(self.calls))
        ]


def open_lab(folder: str, client: str) -> Lab:
    """Make the folders of a lab and hand them to the client's user."""
    lab = Lab(folder, client)
    for path in (lab.home, lab.work, lab.calls, lab.evidence):
        os.makedirs(path, mode=0o755)
        os.chown(path, box.UID, box.UID)
    return lab
