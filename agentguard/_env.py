"""Makes the environment safe. The first import of every agentguard process, before anything that can load OpenSSL.

OpenSSL reads a configuration file when it starts and loads whatever providers it names into the process. The file comes
from OPENSSL_CONF or, when that is not set, from a path compiled into the library, which in some builds lies in a folder
that an ordinary user may write (Homebrew's prefix). So removing the variable is not enough: it must name an empty file.
See openssl(1ssl), ENVIRONMENT, and config(5ssl).
"""

from __future__ import annotations

import os

_CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR")


def make_safe(*, managed: bool = False) -> None:
    """Remove every OPENSSL_* variable and set OPENSSL_CONF to the null device.

    On a managed install the trust store is the administrator's too, so SSL_CERT_FILE and SSL_CERT_DIR go as well.
    """
    for name in [name for name in os.environ if name.upper().startswith("OPENSSL_")]:
        del os.environ[name]
    os.environ["OPENSSL_CONF"] = os.devnull
    if managed:
        for name in _CERTIFICATES:
            os.environ.pop(name, None)


make_safe()
