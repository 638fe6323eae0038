"""Headless Chromium, driven by the DevTools protocol over its pipe (--remote-debugging-pipe): no port, no library.

What a person does is done: keys are pressed and links are clicked where they stand. Scripts of pages are switched off.
"""

import base64
import json
import os
import shutil
import subprocess
import tempfile
import time

_KEYS = {"Enter": (13, "\r"), "Tab": (9, "")}
SECONDS = 60  # that anything may take


class Browser:
    """One tab. Use it as a context."""

    def __init__(self):
        self._folder = tempfile.mkdtemp(prefix="agentguard-chromium-")
        to_read, self._out = os.pipe()
        self._in, to_write = os.pipe()
        argv = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--remote-debugging-pipe",
                "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
                "--disable-dev-shm-usage", f"--user-data-dir={self._folder}", "about:blank"]  # fmt: skip
        inside = f'exec 3<&{to_read} 4>&{to_write}; exec "$@"'  # the descriptors that the pipe is spoken on
        self._process = subprocess.Popen(
            ["bash", "-c", inside, "bash", *argv], pass_fds=(to_read, to_write), stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(to_read)
        os.close(to_write)
        self._number, self._rest, self._session, self._events = 0, b"", None, []
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self.ask("Page.enable")
        self.ask("Emulation.setScriptExecutionDisabled", value=True)

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        os.close(self._out)
        os.close(self._in)
        self._process.terminate()
        self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    def ask(self, method, **params):
        """Send a command and return its result."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        while True:
            reply = self._next()
            if reply.get("id") == self._number:
                assert "error" not in reply, (method, reply)
                return reply["result"]
            self._events.append(reply)

    def _next(self):
        while b"\0" not in self._rest:
            data = os.read(self._in, 1 << 20)
            assert data, "chromium has ended"
            self._rest += data
        message, _, self._rest = self._rest.partition(b"\0")
        return json.loads(message)

    def loaded(self, action):
        """Do something that leads to another page, and wait until that is there."""
        self._events.clear()
        action()
        end = time.monotonic() + SECONDS
        while not any(event.get("method") == "Page.loadEventFired" for event in self._events):
            assert time.monotonic() < end, "no page came"
            self._events.append(self._next())

    def open(self, url):
        self.loaded(lambda: self.ask("Page.navigate", url=url))

    def size(self, width, height=900, *, dark=False):
        """Have the window of a size, on a machine whose person likes it light or dark."""
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        feature = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.ask("Emulation.setEmulatedMedia", features=[feature])

    def press(self, key):
        code, text = _KEYS[key]
        common = {"key": key, "code": key, "windowsVirtualKeyCode": code}
        self.ask("Input.dispatchKeyEvent", type="keyDown", text=text, **common)
        self.ask("Input.dispatchKeyEvent", type="keyUp", **common)

    def type(self, text):
        self.ask("Input.insertText", text=text)

    @property
    def url(self):
        history = self.ask("Page.getNavigationHistory")
        return history["entries"][history["currentIndex"]]["url"]

    @property
    def width(self):
        """How wide the content is; more than the window means that it scrolls to the side."""
        return self.ask("Page.getLayoutMetrics")["cssContentSize"]["width"]

    def nodes(self):
        """Return what a screen reader is told: [(role, name, focused), …]."""
        found = []
        for node in self.ask("Accessibility.getFullAXTree")["nodes"]:
            properties = {one["name"]: one["value"].get("value") for one in node.get("properties", [])}
            if not node.get("ignored"):
                role, name = (node.get(key, {}).get("value", "") for key in ("role", "name"))
                found.append((role, name, bool(properties.get("focused"))))
        return found

    @property
    def text(self):
        """All text of the page."""
        return "\n".join(name for role, name, _focused in self.nodes() if role == "StaticText")

    @property
    def focus(self):
        """Return (role, name) of what has the focus."""
        return next(
            ((role, name) for role, name, focused in self.nodes() if focused and role != "RootWebArea"), ("", "")
        )

    def tab_to(self, role, name, most=40):
        """Press Tab until something has the focus; its name begins with `name`."""
        for _ in range(most):
            self.press("Tab")
            found = self.focus
            if found[0] == role and found[1].startswith(name):
                return
        raise AssertionError(f"Tab does not reach {role} {name}: {self.focus}")

    def screenshot(self, path):
        data = self.ask("Page.captureScreenshot", format="png", captureBeyondViewport=True)["data"]
        with open(path, "wb") as file:
            file.write(base64.b64decode(data))
