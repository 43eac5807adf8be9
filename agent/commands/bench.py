"""The device family's checks against any address, real or simulated."""

from __future__ import annotations

import click

from agent.commands.common import json_option


@click.command()
@json_option
@click.argument("address")
def conformance(address: str, as_json: bool) -> None:
    """Check a device against what its family promises.

    \b
    Example:
        loket conformance evolis+tcp://127.0.0.1:9100
    """
    from agent.conformance import check

    check(address, as_json)
