"""``loket init``: a station is made once, from the file the province gave it.

The configuration is written last: a home without one is no station yet, and the same command again
finishes what a power cut left half made. Keys that exist are kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from agent import keys
from agent.config import BROKER_FORM, DEVICES, PATHS, Config, to_toml
from agent.home import Home, Reserve
from agent.store.migrations import migrate
from agent.trouble import Trouble
from domain import join as join_file
from domain.regions import OFFICES
from domain.words import RefusedByRule
from drivers import address
from sync import disk


def make_station(
    home: Home, join_path: Path, office: str | None, station: int | None, devices: Mapping[str, str]
) -> Config:
    """Make the station and return its configuration. ``devices``: addresses by name, ``broker``, and the
    paths of its ``ca``, ``cert`` and ``key``, and of ``trust``.

    Raises Trouble (a home that is a station already, a file that is no join file, an address that is
    none, a certificate that is not there) and RefusedByRule UNKNOWN_OFFICE, WRONG_STATION; nothing is
    made then.
    """
    if home.config_path.exists():
        raise Trouble(f"There is a station at {home.root} already; edit {home.config_path} to change it.")
    join = _read(join_path)
    if (office or join.office, station or join.station) != (join.office, join.station):
        raise RefusedByRule("WRONG_STATION", f"The join file is for {join.office}-{join.station}.")
    if join.office not in OFFICES:
        raise RefusedByRule("UNKNOWN_OFFICE", join.office)
    for name in DEVICES:
        _check_address(devices.get(name, ""))
    addresses: dict[str, Any] = {name: devices.get(name, "") for name in DEVICES}
    addresses |= _certificates(devices)
    broker = devices.get("broker") or join.broker
    _check_broker(broker)
    config = Config(join.office, join.station, broker=broker, **addresses)
    _make(home, join, config)
    return config


def _make(home: Home, join: join_file.JoinFile, config: Config) -> None:
    try:
        home.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        migrate(home.journal_path)
        keys.make(home.keys_path, join)
        Reserve(home.reserve_path).keep()
        disk.put(home.config_path, to_toml(config).encode())
    except OSError as error:
        raise Trouble(f"{home.root} cannot be made a station: {error.strerror or error}.") from error


def _read(path: Path) -> join_file.JoinFile:
    try:
        return join_file.read(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise Trouble(f"{path} cannot be read: {error.strerror}.") from error
    except ValueError:
        raise Trouble(f"{path} is no join file; `loket-hub join-code` writes one.") from None


def _certificates(told: Mapping[str, str]) -> dict[str, str]:
    """The paths by name, from the root on: the service starts elsewhere."""
    paths = {name: Path(told[name]).resolve() for name in PATHS if told.get(name)}
    for name, path in paths.items():
        if not path.is_file():
            raise Trouble(f"There is no file {path} for --{name}.")
    if ("cert" in paths) != ("key" in paths):
        raise Trouble("--cert and --key go together.")
    return {name: str(path) for name, path in paths.items()}


def _check_address(text: str) -> None:
    if text:
        try:
            address.parse(text)
        except ValueError as error:
            raise Trouble(str(error)) from None


def _check_broker(url: str) -> None:
    from sync.mqtt import parse_url  # paho comes with it

    try:
        parse_url(url)
    except ValueError:  # its text may repeat a password
        raise Trouble(f"A broker is written {BROKER_FORM}.") from None
