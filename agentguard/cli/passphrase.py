"""Passphrases of signing keys: from a file's first line, or asked on a terminal; never an argument or a variable."""

from __future__ import annotations

import functools
import sys
from typing import TYPE_CHECKING

import click

from agentguard.cli.common import say
from agentguard.errors import ConfigError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

_LIMIT = 4096  # bytes of the line

passphrase_option = click.option(
    "--passphrase-file",
    type=click.Path(exists=True, dir_okay=False),
    help="Take the signing key's passphrase from the first line of this file.",
)


no_passphrase_option = click.option("--no-passphrase", is_flag=True, help="Leave the key files unencrypted.")


def existing(path: str | None) -> Callable[[], bytes]:
    """Return what gives the passphrase of a key that turns out to need one; a person is asked once."""

    @functools.cache
    def ask() -> bytes:
        if path:
            return _from_file(path)
        if not on_terminal():
            raise UsageError(
                "the signing key has a passphrase and there is no terminal to ask on", hint="add --passphrase-file FILE"
            )
        return _hidden("passphrase of the signing key").encode()

    return ask


def new(path: str | None, *, none: bool) -> Callable[[], bytes | None]:
    """Return what gives the passphrase for new keys; None for no passphrase, which somebody must have asked for."""
    if none and path:
        raise UsageError("--no-passphrase and --passphrase-file exclude each other")

    @functools.cache
    def ask() -> bytes | None:
        if none:
            return None
        if path:
            return _from_file(path)
        if not on_terminal():
            raise UsageError(
                "there is no terminal to ask for a passphrase on",
                hint="add --passphrase-file FILE, or --no-passphrase for keys that need no protection",
            )
        asked: str = click.prompt("passphrase for the keys", hide_input=True, confirmation_prompt="once more", err=True)
        return asked.encode()

    return ask


def optional(path: str | None) -> Callable[[], bytes]:
    """Return what gives the passphrase for a new key; b"" for none, and always none where nobody can be asked."""

    def ask() -> bytes:
        if path:
            return _from_file(path)
        if not on_terminal():
            return b""
        while True:
            asked = _hidden("passphrase for your new signing key (Enter for none)")
            if not asked or _hidden("once more") == asked:
                return asked.encode()
            say("the two are not the same")

    return ask


def on_terminal() -> bool:
    """Return whether there is somebody to ask."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def _hidden(question: str) -> str:
    answer: str = click.prompt(question, default="", show_default=False, hide_input=True, err=True)
    return answer


def _from_file(path: str) -> bytes:
    with open(path, "rb") as file:
        line = file.readline(_LIMIT).rstrip(b"\r\n")
    if not line:
        raise ConfigError(f"{path} holds no passphrase in its first line")
    return line
