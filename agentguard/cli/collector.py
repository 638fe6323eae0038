"""`agentguard collector`: run the central service that takes records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from agentguard.cli import collector_data
from agentguard.cli.collector_data import FILE, data_option, keys_of
from agentguard.cli.common import json_option, out, out_json, say
from agentguard.errors import ConfigError, UsageError

if TYPE_CHECKING:
    from agentguard.collector.keys import Keys

_CONTEXT = {"help_option_names": ["-h", "--help"]}


@click.group(context_settings=_CONTEXT)
def collector() -> None:
    """Run the central service that takes records.

    \b
    Examples:
      agentguard collector init --data /srv/collector
      agentguard collector serve --data /srv/collector
    """


@collector.command()
@data_option
@json_option
def init(data: str, as_json: bool) -> None:
    """Make the keys and secrets of a new collector, and print what others need of them.

    \b
    Example:
      agentguard collector init --data /srv/collector
    """
    _print_keys(keys_of(data, make=True), as_json=as_json)


@collector.command()
@data_option
@json_option
def key(data: str, as_json: bool) -> None:
    """Print the key that receipts are checked with, and the secret that enrols a device.

    The key belongs into the signed policy (publisher.toml, collector: receipt_keys).

    \b
    Example:
      agentguard collector key --data /srv/collector
    """
    _print_keys(keys_of(data), as_json=as_json)


@collector.command()
@data_option
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8787, show_default=True, help="Port; 0 takes a free one."
)
@click.option("--bundle-dir", type=click.Path(exists=True, file_okay=False), help="Serve this folder under /bundle/.")
@click.option("--ready-file", type=click.Path(dir_okay=False), help="Write the URL here once it can be used.")
@click.option("--tls-cert", type=FILE, help="Certificate chain in PEM: speak TLS.")
@click.option("--tls-key", type=FILE, help="Its private key in PEM.")
def serve(
    data: str,
    host: str,
    port: int,
    bundle_dir: str | None,
    ready_file: str | None,
    tls_cert: str | None,
    tls_key: str | None,
) -> None:
    """Take records, sign for them and let people search. Ends on Ctrl-C.

    Without a certificate it speaks plain HTTP: put a server that speaks TLS before it. Laptops send to https:// only.

    \b
    Examples:
      agentguard collector serve --data /srv/collector --host 0.0.0.0 --tls-cert cert.pem --tls-key key.pem
      agentguard collector serve --data /srv/collector --bundle-dir /srv/bundle/repo
    """
    try:
        from agentguard.collector.serve import serve as run  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise ConfigError(
            f"the collector needs {error.name}, which is not installed",
            hint="in the checkout: python -m pip install '.[collector]'",
        ) from None
    if bool(tls_cert) != bool(tls_key):
        raise UsageError("--tls-cert and --tls-key belong together")
    keys = keys_of(data, make=True)
    if keys.admin_token:
        say(f"made keys and secrets in {data}; the admin token, which is said only now: {keys.admin_token}")
    run(
        keys,
        host,
        port,
        tls=(tls_cert, tls_key) if tls_cert and tls_key else None,
        bundle_folder=bundle_dir or "",
        ready_file=ready_file or "",
        ready=lambda url: say(f"listening on {url}, receipts are signed with {keys.receipt_key}"),
    )


def _print_keys(keys: Keys, *, as_json: bool) -> None:
    value: dict[str, Any] = {"receipt_key": keys.receipt_key, "enrol_secret": keys.enrol_secret}
    if keys.admin_token:
        value["admin_token"] = keys.admin_token  # this once
    if as_json:
        out_json(value)
    else:
        for name, fact in value.items():
            out(f"{name:18} {fact}")


collector.add_command(collector_data.token)
collector.add_command(collector_data.device)
collector.add_command(collector_data.enrol_secret)
collector.add_command(collector_data.accept_loss)
collector.add_command(collector_data.check)
collector.add_command(collector_data.erase)
collector.add_command(collector_data.reindex)
collector.add_command(collector_data.retention)
collector.add_command(collector_data.retain)
