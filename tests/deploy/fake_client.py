"""Stands in for the real client: asks the API as it does, and calls tools in the way that `behaviour` beside it says.

`guarded`: Bash runs, Write is stopped by agentguard. `open`: both run. `closed`: neither does. `dead`: it does not start.
"""

import json
import os
import sys
import urllib.request


def main() -> int:
    """Hold the conversation of `claude -p`."""
    with open(os.path.join(os.path.dirname(os.path.realpath(__file__)), "behaviour"), encoding="ascii") as file:
        behaviour = file.read()
    if behaviour == "dead":
        sys.stderr.write("managed settings cannot be parsed")
        return 1
    messages = [{"role": "user", "content": "check"}]
    while True:
        body = {"model": "m", "messages": messages, "tools": [{"name": "Bash"}]}
        url = f"{os.environ['ANTHROPIC_BASE_URL']}/v1/messages?beta=true"
        request = urllib.request.Request(url, json.dumps(body).encode(), {"content-type": "application/json"})
        with urllib.request.urlopen(request) as answer:
            message = json.load(answer)
        messages.append({"role": "assistant", "content": message["content"]})
        (block,) = message["content"]
        if block["type"] != "tool_use":
            return 0
        messages.append({"role": "user", "content": [called(block, behaviour)]})


def called(block: dict, behaviour: str) -> dict:
    """Return the result of a tool call."""
    runs = behaviour == "open" or (behaviour == "guarded" and block["name"] == "Bash")
    text = "Denied by policy (agentguard/own-files)"
    if runs and block["name"] == "Bash":
        text = block["input"]["command"].removeprefix("echo ")
    elif runs:
        text = "written"
        with open(block["input"]["file_path"], "w", encoding="ascii") as file:
            file.write(block["input"]["content"])
    return {"type": "tool_result", "tool_use_id": block["id"], "is_error": not runs, "content": text}


sys.exit(main())
