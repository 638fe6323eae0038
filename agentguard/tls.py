"""Whom this machine trusts on the network: what its administrator has put into the system's store of certificates."""

from __future__ import annotations

import ssl

import certifi


def trust() -> ssl.SSLContext:
    """Return the system's certificates; certifi's where the interpreter knows none."""
    context = ssl.create_default_context()
    paths = ssl.get_default_verify_paths()
    if not context.cert_store_stats()["x509_ca"] and not (paths.cafile or paths.capath):
        context.load_verify_locations(certifi.where())
    return context


def nobody() -> ssl.SSLContext:
    """Return a context that trusts no server at all, for plain connections to this machine."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
