"""The enforcement point: bytes on standard input to an exit code. Nothing imports this package but the entry points."""
