"""The station's configuration file, ``loket.toml``: which office, which devices, which broker.

A file a technician can read and edit. Unknown names are refused, so that a misspelt one is never
silently without effect. Addresses are checked by the drivers' own parser when they are written.
"""

from __future__ import annotations

import json
import tomllib
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from agent.trouble import Trouble

DEVICES = ("printer", "chip", "reader", "biometrics", "pad", "desk", "paper")
PATHS = ("ca", "cert", "key", "trust")
BROKER_FORM = "mqtt://HOST:PORT or mqtts://HOST:PORT, with a port from 1 to 65535"
PORTS = range(65_536)


@dataclass(frozen=True, slots=True)
class Config:
    """What ``loket init`` asked for. An empty address means: there is no such device here.

    For a broker at mqtts, paths: ``ca`` who signed its certificate, ``cert`` and ``key`` our own. ``trust``:
    the path of a PEM file with the certificates that the makers of biometric devices are trusted by.
    """

    office: str
    station: int
    printer: str = ""
    chip: str = ""
    reader: str = ""
    biometrics: str = ""
    pad: str = ""  # for signatures
    trust: str = ""
    desk: str = ""  # the chip reader on the clerk's desk
    paper: str = ""  # the printer of paper sheets
    broker: str = "mqtt://127.0.0.1:1883"
    ca: str = ""
    cert: str = ""
    key: str = ""
    ribbon: str = ""  # empty: the printer is asked
    web_port: int = 0  # 0: any free one

    @property
    def name(self) -> str:
        """The station's name: office code, dash, number."""
        return f"{self.office}-{self.station}"


def load(path: Path) -> Config:
    """The configuration at ``path``. Raises Trouble with one sentence that names what is wrong."""
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise Trouble(f"There is no station at {path.parent}; `loket init` makes one.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Trouble(f"{path} cannot be read: {error}.") from error
    kinds = {field.name: int if field.name in ("station", "web_port") else str for field in fields(Config)}
    for name, value in told.items():
        if name not in kinds:
            raise Trouble(f"{path} has an unknown setting: {name}.")
        if type(value) is not kinds[name]:
            raise Trouble(f"{path}: {name} must be {'a number' if kinds[name] is int else 'text'}.")
    for name in ("office", "station"):
        if name not in told:
            raise Trouble(f"{path} does not say which {name} this is.")
    if told.get("web_port", 0) not in PORTS:
        raise Trouble(f"{path}: web_port must be a port, 0 to {PORTS[-1]}.")
    if bool(told.get("cert")) != bool(told.get("key")):
        raise Trouble(f"{path}: cert and key go together.")
    return Config(**told)


def to_toml(config: Config) -> str:
    """The file's text: one setting a line."""
    lines = ["# The station's configuration; restart the station after a change.\n"]
    for name, value in asdict(config).items():
        lines.append(f"{name} = {json.dumps(value, ensure_ascii=False)}\n")
    return "".join(lines)
