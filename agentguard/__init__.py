"""agentguard: signed, central policy and audit for AI coding agents, enforced at every tool call."""

__version__ = "0.1.0"
