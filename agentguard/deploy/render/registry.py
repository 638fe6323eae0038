r"""A registry file: the agent's managed settings as one line of JSON in the value that it reads.

UTF-16 with a byte order mark and CRLF, as regedit exports. In a value `\` and `"` are escaped.

Source: learn.microsoft.com, "How to add, modify, or delete registry subkeys and values by using a .reg file".
"""

from __future__ import annotations

import codecs
import json
from typing import Any

from agentguard.deploy import targets

HEAD = "Windows Registry Editor Version 5.00"


def file(value: dict[str, Any]) -> bytes:
    """Return the .reg file that carries settings."""
    text = json.dumps(value, separators=(",", ":")).replace("\\", "\\\\").replace('"', '\\"')
    lines = (HEAD, "", f"[{targets.REGISTRY_KEY}]", f'"{targets.REGISTRY_VALUE}"="{text}"', "", "")
    return codecs.BOM_UTF16_LE + "\r\n".join(lines).encode("utf-16-le")
