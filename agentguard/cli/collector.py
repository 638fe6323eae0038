"""`agentguard collector`: run the central service that takes records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from agentguard.cli.common import json_option, out, out_json, say
from agentguard.errors import ConfigError

if TYPE_CHECKING:
    from agentguard.collector.keys import Keys

_CONTEXT = {"help_option_names": ["-h", "--help"]}
_data_option = click.option(
    "--data", required=True, type=click.Path(file_okay=False, resolve_path=True), help="The collector's data folder."
)


@click.group(context_settings=_CONTEXT)
def collector() -> None:
    """Run the central service that takes records.

    \b
    Examples:
      agentguard collector init --data /srv/collector
      agentguard collector serve --data /srv/collector
    """


@collector.command()
@_data_option
@json_option
def init(data: str, as_json: bool) -> None:
    """Make the keys and secrets of a new collector, and print what others need of them.

    \b
    Example:
      agentguard collector init --data /srv/collector
    """
    _print_keys(_keys(data), as_json=as_json)


@collector.command()
@_data_option
@json_option
def key(data: str, as_json: bool) -> None:
    """Print the key that receipts are checked with, and the secret that enrols a device.

    The key belongs into the signed policy (publisher.toml, collector: receipt_keys).

    \b
    Example:
      agentguard collector key --data /srv/collector
    """
    import os  # noqa: PLC0415

    if not os.path.isdir(data):
        raise ConfigError(f"there is no collector in {data}", hint=f"agentguard collector init --data {data}")
    _print_keys(_keys(data), as_json=as_json)


@collector.command()
@_data_option
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8787, show_default=True, help="Port; 0 takes a free one."
)
@click.option("--bundle-dir", type=click.Path(exists=True, file_okay=False), help="Serve this folder under /bundle/.")
@click.option("--ready-file", type=click.Path(dir_okay=False), help="Write the URL here once it can be used.")
def serve(data: str, host: str, port: int, bundle_dir: str | None, ready_file: str | None) -> None:
    """Take records, sign for them and let people search. Ends on Ctrl-C.

    It speaks plain HTTP: put a server that speaks TLS before it. Laptops send records to https:// only.

    \b
    Examples:
      agentguard collector serve --data /srv/collector
      agentguard collector serve --data /srv/collector --bundle-dir /srv/bundle/repo
    """
    try:
        from agentguard.collector.serve import serve as run  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise ConfigError(
            f"the collector needs {error.name}, which is not installed",
            hint="in the checkout: python -m pip install '.[collector]'",
        ) from None
    keys = _keys(data)
    if keys.made:
        say(f"made keys and secrets in {data}: enrol.secret for devices, reader.token for searching")
    run(
        keys,
        host,
        port,
        bundle_folder=bundle_dir or "",
        ready_file=ready_file or "",
        ready=lambda url: say(f"listening on {url}, receipts are signed with {keys.receipt_key}"),
    )


def _keys(data: str) -> Keys:
    from agentguard.collector.keys import Keys  # noqa: PLC0415

    return Keys(data)


def _print_keys(keys: Keys, *, as_json: bool) -> None:
    from agentguard.collector.keys import READER_TOKEN  # noqa: PLC0415

    value: dict[str, Any] = {
        "receipt_key": keys.receipt_key,
        "enrol_secret": keys.enrol_secret,
        "reader_token_file": keys.path(READER_TOKEN),
    }
    if as_json:
        out_json(value)
    else:
        for name, fact in value.items():
            out(f"{name:18} {fact}")
