"""Proof on the real Claude Code client: started by scripts/e2e-claude, not by pytest.

runner.py      the command line: which scenarios, one line each, the summary
setup.py       what must be there before anything starts: root, programs, the pinned client
inside.py      what runs as root of a box: builds an install, or proves one scenario
box.py         one scenario's private mount, network and process namespace
managed.py     how agentguard gets onto a machine, by its own commands
lab.py         what a scenario works with: seed files, start the client, look at what happened
terminal.py    a pseudo-terminal with a person at it
mock_api.py    the scripted Messages API
mcp_server.py  a small MCP server
recorder.py    a stand-in hook that crashes, hangs or stays silent on command
records.py     what the audit log says
marks.py       the marked things that the policy of the scenarios denies, and how to see whether they happened
policy/        that policy
scenarios/     what is proved, one file a subject
"""
