"""Claude Code: what its hook events mean, and the answers that it understands.

Measured on client 2.1.330. What matters here:

- A PreToolUse call is blocked by exit 2, or by valid deny JSON with exit 0. Both together hold on every client version,
  and the model then sees the JSON reason and not the hook's command line.
- Any other exit code, and any stray byte beside the JSON, lets the call run. So there is one line or nothing.
- `allow` would skip the person's own permission prompt, so "no objection" is silence and exit 0.
- UserPromptSubmit and UserPromptExpansion are blocked by top-level `decision: "block"` or exit 2.
- All other events cannot be blocked by us and must never fail the session.
"""

from __future__ import annotations

from agentguard.jsontext import dumps
from agentguard.policy.model import ALLOW, ASK

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

TOOL = "PreToolUse"
PROMPTS = ("UserPromptSubmit", "UserPromptExpansion")
SESSION_START = "SessionStart"

# Events that come to a decision. Every other event is only recorded.
DECIDED = (TOOL, *PROMPTS)

# What the client says of itself in its environment when no person can answer a prompt (measured under `claude -p`).
# This may only tighten: whoever sets such a variable gets denials instead of questions.
_UNATTENDED = {"CLAUDE_CODE_SESSION_ATTENDED": "0", "CLAUDE_CODE_ENTRYPOINT": "sdk-cli"}


class Answer:
    """What the hook gives back to the agent: bytes for the two streams, and the exit code (0 or 2)."""

    __slots__ = ("code", "stderr", "stdout")

    def __init__(self, stdout: bytes = b"", stderr: bytes = b"", code: int = 0) -> None:
        self.stdout = stdout
        self.stderr = stderr
        self.code = code


SILENCE = Answer()


def answer(event: str, effect: str, for_model: str, for_person: str) -> Answer:
    """Return the answer for `event`.

    `effect` is allow, ask or deny. An event that cannot be blocked gets silence whatever the effect, and a prompt that
    the person typed counts as the answer to an ask.
    """
    if effect == ALLOW or event not in DECIDED:
        return SILENCE
    if event in PROMPTS:
        return SILENCE if effect == ASK else _denial({"decision": "block", "reason": for_person}, for_person)
    reply = {
        "hookSpecificOutput": {
            "hookEventName": TOOL,
            "permissionDecision": effect,
            "permissionDecisionReason": for_model,
        },
        "systemMessage": for_person,
    }
    if effect == ASK:
        return Answer(_line(reply))
    return _denial(reply, for_model)


def _denial(reply: Mapping[str, object], text: str) -> Answer:
    return Answer(_line(reply), text.encode("utf-8", "replace") + b"\n", 2)


def _line(reply: Mapping[str, object]) -> bytes:
    return dumps(reply).encode("ascii") + b"\n"


def attended(event: str, permission_mode: str, source: str, environ: Mapping[str, str]) -> bool:
    """Return whether a person could answer an ask.

    `source` is who wrote the prompt ("" where the client does not say). `permission_mode` dontAsk means what it says.
    """
    if permission_mode == "dontAsk" or any(environ.get(name) == value for name, value in _UNATTENDED.items()):
        return False
    return not (event in PROMPTS and source not in ("", "user"))


def version(environ: Mapping[str, str]) -> str:
    """Return the client's version ("2.1.330") from AI_AGENT=claude-code_2-1-330_…, "" where it does not say."""
    name, _, rest = environ.get("AI_AGENT", "").partition("_")
    number = rest.partition("_")[0].replace("-", ".")
    good = name == "claude-code" and number.replace(".", "").isdigit() and len(number) <= 20
    return number if good else ""
