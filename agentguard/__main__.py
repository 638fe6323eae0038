"""`python -m agentguard`."""

from agentguard._entry import main

main()
