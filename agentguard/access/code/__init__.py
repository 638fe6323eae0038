"""Code that a command hands over to an interpreter."""
