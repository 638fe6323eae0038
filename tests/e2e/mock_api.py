"""A scripted stand-in for the Messages API, on loopback.

A script is a list of turns, and a turn is a list of content blocks that `say` and `use` make. Which turn answers a
request follows from the number of assistant messages that the request already carries, so a client that asks twice
gets the same answer twice. A subagent has a conversation of its own, told by a word in its first message. Requests that
offer no tools (titles, summaries, classifiers) are not part of the conversation and get one plain answer.

Streaming as the Messages API documents it: message_start, then start, delta and stop of each block, message_delta,
message_stop.
"""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

Block = dict[str, Any]
Turn = list[Block]


def say(text: str) -> Block:
    """Return a block in which the model says `text`."""
    return {"type": "text", "text": text}


def use(tool: str, **given: Any) -> Block:
    """Return a block in which the model calls `tool` with `given` as its input."""
    return {"type": "tool_use", "name": tool, "input": given}


@dataclass
class Script:
    """What the model does. `subagents` maps a word in a subagent's task to that subagent's own turns."""

    turns: list[Turn]
    subagents: dict[str, list[Turn]] = field(default_factory=dict)
    plain: str = "ok"


@dataclass(frozen=True)
class ToolResult:
    """One tool call and what the model was told came of it."""

    tool: str
    given: dict[str, Any]
    is_error: bool
    text: str


def _text_of(content: Any) -> str:
    """Return the text in a message's or a tool result's content."""
    if isinstance(content, list):
        return "\n".join(str(block.get("text", "")) for block in content if isinstance(block, dict))
    return str(content or "")


class MockAPI:
    """The server. Use as a context manager; `requests` holds the body of every conversation request, in order."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.requests: list[dict[str, Any]] = []
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        """The base URL to give to the client."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def answer(self, body: dict[str, Any]) -> dict[str, Any]:
        """Return the model's message for one request."""
        with self._lock:
            self.requests.append(body)
            number = len(self.requests)
        content = [
            {**block, "id": f"toolu_{number:04}_{place}"} if block["type"] == "tool_use" else block
            for place, block in enumerate(self._turn(body))
        ]
        calls = any(block["type"] == "tool_use" for block in content)
        return {
            "id": f"msg_{number:04}",
            "type": "message",
            "role": "assistant",
            "model": body.get("model", "mock"),
            "content": content,
            "stop_reason": "tool_use" if calls else "end_turn",
            "stop_sequence": None,
            "usage": {"input_tokens": 100, "output_tokens": 10},
        }

    def _turn(self, body: dict[str, Any]) -> Turn:
        messages = body.get("messages") or [{"role": "user", "content": ""}]
        if not body.get("tools"):
            return [say(self.script.plain)]
        task = _text_of(messages[0]["content"])
        turns = next((turns for word, turns in self.script.subagents.items() if word in task), self.script.turns)
        done = sum(message["role"] == "assistant" for message in messages)
        return turns[done] if done < len(turns) else [say("done")]

    def results(self) -> list[ToolResult]:
        """Return every tool result that the model was given, each once, in the order of the requests."""
        calls: dict[str, Block] = {}
        found: dict[str, ToolResult] = {}
        for body in list(self.requests):
            for message in body.get("messages") or []:
                for block in message["content"] if isinstance(message["content"], list) else []:
                    if block["type"] == "tool_use":
                        calls[block["id"]] = block
                    elif block["type"] == "tool_result":
                        call = calls[block["tool_use_id"]]
                        text = _text_of(block.get("content"))
                        result = ToolResult(call["name"], call["input"], bool(block.get("is_error")), text)
                        found.setdefault(block["tool_use_id"], result)
        return list(found.values())

    def heard(self) -> str:
        """Return everything that the model was ever sent, as one JSON text, to search in."""
        return json.dumps(self.requests, ensure_ascii=False)


def _events(message: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the server-sent events that stream `message`."""
    events: list[dict[str, Any]] = [
        {"type": "message_start", "message": {**message, "content": [], "stop_reason": None}}
    ]
    for index, block in enumerate(message["content"]):
        if block["type"] == "tool_use":
            empty: Block = {**block, "input": {}}
            delta = {"type": "input_json_delta", "partial_json": json.dumps(block["input"])}
        else:
            empty = {"type": "text", "text": ""}
            delta = {"type": "text_delta", "text": block["text"]}
        events += [
            {"type": "content_block_start", "index": index, "content_block": empty},
            {"type": "content_block_delta", "index": index, "delta": delta},
            {"type": "content_block_stop", "index": index},
        ]
    stop = {"stop_reason": message["stop_reason"], "stop_sequence": None}
    events.append({"type": "message_delta", "delta": stop, "usage": {"output_tokens": 10}})
    events.append({"type": "message_stop"})
    return events


def _handler(api: MockAPI) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's own word
            """Stay silent: the runner's output is the report."""

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers.get("content-length") or 0)) or b"{}")
            path = self.path.partition("?")[0]
            if path.endswith("/count_tokens"):
                self._send(200, "application/json", json.dumps({"input_tokens": 100}))
            elif not path.endswith("/v1/messages"):
                self._refuse()
            elif body.get("stream"):
                events = _events(api.answer(body))
                text = "".join(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in events)
                self._send(200, "text/event-stream", text)
            else:
                self._send(200, "application/json", json.dumps(api.answer(body)))

        def _refuse(self) -> None:
            error = {"type": "error", "error": {"type": "not_found_error", "message": "not in this script"}}
            self._send(404, "application/json", json.dumps(error))

        do_GET = do_HEAD = do_PUT = do_DELETE = _refuse  # noqa: N815 - names that http.server calls

        def _send(self, status: int, kind: str, text: str) -> None:
            data = text.encode()
            self.send_response(status)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(data)

    return Handler
