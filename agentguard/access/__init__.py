"""What a tool call would really do: rows. Knows the agent's tools and the machine, and no policy."""
