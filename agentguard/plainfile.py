"""Reads files of an installation. Whoever may write there may have put a pipe, a device or a link in their place."""

from __future__ import annotations

import os
import stat

from agentguard.errors import ConfigError

_FLAGS = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0)
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)


def read(path: str, limit: int, *, link: bool = False) -> bytes:
    """Return the content of a plain file of at most `limit` bytes, without ever waiting. Raises `ConfigError`.

    `link`: it may be a link to one.
    """
    try:
        fd = os.open(path, _FLAGS | (0 if link else _NO_LINK))
        with os.fdopen(fd, "rb") as file:
            if not stat.S_ISREG(os.fstat(fd).st_mode):
                raise ConfigError(f"{path} is not a regular file")
            data = file.read(limit + 1)
    except OSError as error:
        raise ConfigError(f"cannot read {path}: {(error.strerror or str(error)).lower()}") from None
    if len(data) > limit:
        raise ConfigError(f"{path} is larger than {limit} bytes")
    return data
