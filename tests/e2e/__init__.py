"""Proof on the real Claude Code client: started by scripts/e2e-claude, not by pytest.

runner.py      the command line: which scenarios, one line each, the summary
setup.py       what must be there before anything starts: root, unshare, npm, the pinned client
image.py       what all scenarios share: the bundle, published by the real publisher, and the managed installs
managed.py     the only module that knows how agentguard is installed
box.py         one scenario's private mount, network and process namespace
lab.py         what a scenario works with: start the client, look at files and records
mock_api.py    the scripted Messages API
terminal.py    a pseudo-terminal with a person at it
mcp_server.py  a small MCP server    recorder.py  a stand-in hook that crashes, hangs or stays silent on command
scenarios/     what is proved, one file a subject; policy/ the bundle that they use
"""
