"""The device family's checks against any address, real or simulated."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from agent.commands.common import json_option, say, table

ATTENTION = 3  # exit code


class _Person:
    """The person at the keyboard is the device's hands."""

    def do(self, task: str) -> bool:
        """Ask, and wait for the answer."""
        from drivers.conformance.families import TASKS

        return click.confirm(f"{TASKS[task]} Done, or ready for it?", default=True, err=True)


def _checked(address: str, hands: _Person | None, trust: bytes) -> list[dict[str, str]]:
    """Every check's result. Raises Trouble when there is no device to check."""
    from agent.trouble import Trouble
    from drivers.clock import MonotonicClock
    from drivers.conformance import families
    from drivers.errors import DeviceError

    try:
        return families.check(address, MonotonicClock(), hands, trust)
    except ValueError as error:
        raise Trouble(str(error)) from error
    except DeviceError as error:
        raise Trouble(f"The device at {address} cannot be checked: {error}.") from error


def _keep(address: str, results: list[dict[str, str]], path: Path, trust: bytes) -> None:
    """Write the record of a run. Raises Trouble."""
    import platform
    from datetime import UTC, datetime
    from importlib.metadata import version

    from agent.trouble import Trouble
    from drivers.clock import MonotonicClock
    from drivers.conformance import families, record
    from drivers.errors import DeviceError

    try:
        device = families.describe(address, MonotonicClock(), trust)
    except DeviceError as error:
        device = {"device": f"did not answer at the end: {error}"}
    versions = {
        "loket": version("loket"),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()}",
    }
    at = datetime.now(UTC).isoformat(timespec="seconds")
    made = record.make(address, device, results, families.asks(address), at, versions)
    text = record.as_markdown(made) if path.suffix == ".md" else record.as_json(made)
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Trouble(f"The record cannot be written to {path}: {error.strerror}.") from error


@click.command()
@json_option
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Keep a record of it: a page if FILE ends in .md, else JSON.",
)
@click.option(
    "--hands", is_flag=True, help="You stand beside it: open the cover, pull the cable, when asked."
)
@click.option(
    "--trust",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="PEM file of who vouches for biometric devices.",
)
@click.argument("address")
def conformance(address: str, as_json: bool, out: Path | None, hands: bool, trust: Path | None) -> None:
    """Check a device against what its family promises. Prints a few cards, or tags the one on the reader.

    Exit code 3 if a check failed, 1 if no device answers there. Stop the station first: two programs never
    talk to one printer.

    \b
    Example:
        loket conformance evolis+tcp://127.0.0.1:9100
        loket conformance pcsc://
        loket conformance r30x+serial:///dev/ttyUSB0 --hands
        loket conformance sbi://127.0.0.1 --trust devices.pem --hands
        loket conformance matica+usb://2166 --hands --out xid8600.md
    """
    if out is not None and not out.parent.is_dir():
        raise click.UsageError(f"There is no folder {out.parent} to keep a record in.")
    pem = trust.read_bytes() if trust is not None else b""
    found = _checked(address, _Person() if hands else None, pem)
    if out is not None:
        _keep(address, found, out, pem)
    if as_json:
        say(found)
    else:
        table([dict(each) for each in found], ("result", "name", "detail"))
    if any(each["result"] == "failed" for each in found):
        sys.exit(ATTENTION)
