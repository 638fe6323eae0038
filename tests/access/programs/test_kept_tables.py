"""What is read from the tables is kept for the next call, so no call may change it."""

import copy

from agentguard.access import tools
from agentguard.access.programs import index, options
from agentguard.policy import calls, setting

TEXTS = (
    "chmod -x a && git -C sub push --force origin +main && tmux new -d 'ls -l'",
    "tar czf a.tgz --exclude=.git . | ssh host 'cat > b'; docker run -v /:/h alpine rm -rf /h",
    "curl -sS -o x https://example.org/x; npm i --save-dev a; pip install -r r.txt; kubectl delete ns x",
)


def test_no_call_changes_what_is_kept():
    """The entries of programs and their options are the same after other calls, and answers too."""
    world = setting.made_up({}, {})

    def read(text):
        rows = tools.access(calls.of_bash(text, setting.PROJECT), world).rows
        return [
            (row.action, row.origin.command, row.origin.flags, sorted(row.origin.traits), str(row.resource()[1]))
            for row in rows
        ]

    first = [read(text) for text in TEXTS]
    entries, tables = copy.deepcopy(index._entries), {spec: list(known) for spec, known in options._tables.items()}
    kept = {name: index.entry(name) for name in entries}
    assert first == [read(text) for text in TEXTS]
    assert entries == index._entries
    assert tables == {spec: list(options._tables[spec]) for spec in tables}
    assert all(index.entry(name) is entry for name, entry in kept.items())
