"""What words say about a command whose program has no entry: `fly apps destroy`, `shopctl theme publish`.

Only words that mean the same to every tool that uses them, and only where they stand as a subcommand does. The rows are
`possible`.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.model import Value

_MEANING = {
    "delete": "destroys-infrastructure", "destroy": "destroys-infrastructure", "terminate": "destroys-infrastructure",
    "purge": "destroys-infrastructure", "wipe": "destroys-infrastructure", "nuke": "destroys-infrastructure",
    "drop": "destroys-data", "flushall": "destroys-data", "dropdb": "destroys-data",
    "publish": "publishes", "deploy": "publishes", "promote": "publishes",
}  # fmt: skip
_HARMLESS = frozenset({"--dry-run", "--dryrun", "--help", "-h", "help", "--whatif", "--what-if", "--check", "plan"})
_DEEPEST = 4  # words that may be subcommands


def traits(words: list[Value]) -> frozenset[str]:
    """Return what the subcommands of an unknown program mean."""
    texts = [word for word in words if isinstance(word, str)]
    if not _HARMLESS.isdisjoint(texts):
        return frozenset()
    found: set[str] = set()
    for text in [text for text in texts if text[:1] != "-"][:_DEEPEST]:
        if not text.replace(":", "").replace("-", "").isalpha():
            continue
        for word in text.lower().replace("-", ":").split(":"):  # `apps:destroy`, `delete-bucket`
            if word in _MEANING:
                found.add(_MEANING[word])
    return frozenset(found)
