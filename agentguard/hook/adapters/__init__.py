"""One module an agent: its payloads in, its answers out. An adapter knows no rule."""
