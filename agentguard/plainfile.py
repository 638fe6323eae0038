"""Reads files of an installation. Whoever may write there may have put a pipe, a device or a link in their place."""

from __future__ import annotations

import os
import stat

from agentguard.errors import ConfigError

_NO_WAIT, _NO_LINK = getattr(os, "O_NONBLOCK", 0), getattr(os, "O_NOFOLLOW", 0)


def read(path: str, limit: int, *, link: bool = False, pipe: bool = False) -> bytes:
    """Return the content of a plain file of at most `limit` bytes, without ever waiting. Raises `ConfigError`.

    `link`: it may be a link to one. `pipe`: it may be anything that can be read, and is waited for.
    """
    more = (0 if pipe else _NO_WAIT) | (0 if link else _NO_LINK)
    try:
        with open(path, "rb", opener=lambda name, flags: os.open(name, flags | more)) as file:
            if not pipe and not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise ConfigError(f"{path} is not a regular file")
            data = file.read(limit + 1)
    except OSError as error:
        raise ConfigError(f"cannot read {path}: {(error.strerror or str(error)).lower()}") from None
    if len(data) > limit:
        raise ConfigError(f"{path} is larger than {limit} bytes")
    return data
