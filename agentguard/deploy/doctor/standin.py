"""A stand-in for the Messages API on loopback, so that the real client can be driven without a model or an account.

It answers as the API documents its streams: message_start, then start, delta and stop of each block, message_delta,
message_stop. The turns are fixed; which one answers follows from the number of assistant messages so far. Requests that
offer no tools (titles, summaries) get one plain answer.
"""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

_POLL = 0.05  # seconds between two looks at whether to stop
_LIMIT = 32 * 1024 * 1024  # bytes of a request


class StandIn:
    """The server, as a context manager. `turns`: (tool, its input) of one call each; then the model says it is done."""

    def __init__(self, turns: list[tuple[str, dict[str, Any]]]) -> None:
        self._turns = turns
        self._results: dict[str, dict[str, Any]] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(_POLL,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        """The base URL to give to the client."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def result(self, number: int) -> tuple[bool, str] | None:
        """Return (is it an error, text) of what the model was told of a call; None if it was never told."""
        block = self._results.get(f"toolu_{number}")
        return None if block is None else (bool(block.get("is_error")), _text(block.get("content")))

    def answer(self, body: dict[str, Any]) -> dict[str, Any]:
        """Return the model's message for a request."""
        messages = [one for one in body.get("messages") or () if isinstance(one, dict)]
        for message in messages:
            for block in message["content"] if isinstance(message.get("content"), list) else ():
                if isinstance(block, dict) and block.get("type") == "tool_result":
                    self._results[str(block.get("tool_use_id"))] = block
        done = sum(message.get("role") == "assistant" for message in messages)
        calls = bool(body.get("tools")) and done < len(self._turns)
        content: dict[str, Any] = {"type": "text", "text": "done"}
        if calls:
            tool, given = self._turns[done]
            content = {"type": "tool_use", "id": f"toolu_{done}", "name": tool, "input": given}
        return {
            "id": f"msg_{done}",
            "type": "message",
            "role": "assistant",
            "model": body.get("model", "stand-in"),
            "content": [content],
            "stop_reason": "tool_use" if calls else "end_turn",
            "stop_sequence": None,
            "usage": {"input_tokens": 1, "output_tokens": 1},
        }


def _text(content: Any) -> str:
    if isinstance(content, list):
        return "\n".join(str(block.get("text", "")) for block in content if isinstance(block, dict))
    return str(content or "")


def _events(message: dict[str, Any]) -> list[dict[str, Any]]:
    (block,) = message["content"]
    if block["type"] == "tool_use":
        empty = {**block, "input": {}}
        delta = {"type": "input_json_delta", "partial_json": json.dumps(block["input"])}
    else:
        empty = {"type": "text", "text": ""}
        delta = {"type": "text_delta", "text": block["text"]}
    stop = {"stop_reason": message["stop_reason"], "stop_sequence": None}
    return [
        {"type": "message_start", "message": {**message, "content": [], "stop_reason": None}},
        {"type": "content_block_start", "index": 0, "content_block": empty},
        {"type": "content_block_delta", "index": 0, "delta": delta},
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": stop, "usage": {"output_tokens": 1}},
        {"type": "message_stop"},
    ]


def _handler(api: StandIn) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's own word
            """Stay silent."""

        def do_POST(self) -> None:
            length = min(int(self.headers.get("content-length") or 0), _LIMIT)
            try:
                body = json.loads(self.rfile.read(length) or b"{}")
            except ValueError:
                body = {}
            path = self.path.partition("?")[0]
            if path.endswith("/count_tokens"):
                self._send(200, "application/json", json.dumps({"input_tokens": 1}))
            elif not path.endswith("/v1/messages"):
                self._refuse()
            elif body.get("stream"):
                events = _events(api.answer(body))
                text = "".join(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in events)
                self._send(200, "text/event-stream", text)
            else:
                self._send(200, "application/json", json.dumps(api.answer(body)))

        def _refuse(self) -> None:
            error = {"type": "error", "error": {"type": "not_found_error", "message": "this is a stand-in"}}
            self._send(404, "application/json", json.dumps(error))

        do_GET = do_HEAD = _refuse  # noqa: N815 - names that http.server calls

        def _send(self, status: int, kind: str, text: str) -> None:
            data = text.encode()
            self.send_response(status)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(data)

    return Handler
