"""A small MCP server over standard input and output: two tools, and a file that notes each call that arrived.

    mcp_server.py CALLS_FILE

Speaks as much of the Model Context Protocol as a client needs to list and call tools: one JSON-RPC 2.0 message a line,
`initialize`, `tools/list`, `tools/call`, `ping`; notifications get no answer.
"""

import json
import sys
from typing import Any

TOOLS = ("marked", "harmless")  # the scenarios' policy denies the first


def _answer(message: dict[str, Any], calls_file: str) -> dict[str, Any]:
    method, given = message["method"], message.get("params") or {}
    if method == "initialize":
        return {
            "protocolVersion": given.get("protocolVersion", "2025-06-18"),
            "capabilities": {"tools": {}},
            "serverInfo": {"name": "marker", "version": "1"},
        }
    if method == "tools/list":
        schema = {"type": "object", "properties": {"note": {"type": "string"}}}
        return {"tools": [{"name": name, "description": f"{name} tool", "inputSchema": schema} for name in TOOLS]}
    if method == "tools/call":
        with open(calls_file, "a", encoding="utf-8") as stream:
            stream.write(given["name"] + "\n")
        return {"content": [{"type": "text", "text": f"{given['name']} ran"}]}
    return {}


def main() -> None:
    """Answer messages until standard input ends."""
    for line in sys.stdin:
        message = json.loads(line)
        if "id" in message:
            reply = {"jsonrpc": "2.0", "id": message["id"], "result": _answer(message, sys.argv[1])}
            sys.stdout.write(json.dumps(reply) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
