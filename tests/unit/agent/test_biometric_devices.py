"""`loket devices` and a service of biometric devices: one line a device, or why there is none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from agent.config import Config, to_toml
from agent.devices import configured, listed
from agent.home import Home
from agent.trouble import Trouble
from drivers.clock import unix_ms
from drivers.sbi.messages import moment
from tests.unit.drivers.sbi import papers
from tests.unit.drivers.sbi.bench import IRIS, SLAP, Script
from tests.unit.drivers.sbi.service import serving

YEARS = timedelta(days=20_000)
MAKER = papers.paper("SPECIMEN MAKER", ca=True, begins=papers.NOW - YEARS, ends=papers.NOW + YEARS)
DEVICE = papers.paper("SPECIMEN ONE", MAKER, begins=papers.NOW - YEARS, ends=papers.NOW + YEARS)


@pytest.fixture
def service() -> Iterator[tuple[Script, str]]:
    now = moment(unix_ms())
    script = Script(*(replace(made, signer=DEVICE, when=now) for made in (SLAP, IRIS)))
    with serving(script) as port:
        yield script, f"sbi://127.0.0.1:{port}"


def home(folder: Path, address: str, pem: bytes | None = MAKER.pem) -> Home:
    trust = folder / "devices.pem"
    if pem is not None:
        trust.write_bytes(pem)
    config = Config("64.11", 1, biometrics=address, trust=str(trust) if pem != b"" else "")
    made = Home(folder)
    made.config_path.write_text(to_toml(config), encoding="utf-8")
    return made


def told(lines: list[dict[str, Any]]) -> list[tuple[str | None, ...]]:
    return [(line["kind"], line["model"], line["serial"], line["state"], line["cause"]) for line in lines]


READY = [
    ("biometrics", "Finger: SPECIMEN Finger One", "SIM-2", "ready", None),
    ("biometrics", "Iris: SPECIMEN Iris One", "SIM-5", "ready", None),
]


def test_every_device_of_the_service_has_a_line(tmp_path: Path, service: tuple[Script, str]) -> None:
    lines = configured(home(tmp_path, service[1]))
    assert told(lines) == READY
    assert all(line["simulated"] and line["address"] == service[1] for line in lines)


def test_a_running_station_does_not_hold_them(tmp_path: Path, service: tuple[Script, str]) -> None:
    assert told(listed(home(tmp_path, service[1]), {"devices": []})) == READY


def test_a_service_that_is_not_there_is_offline(tmp_path: Path) -> None:
    with serving(Script()) as port:
        pass
    lines = configured(home(tmp_path, f"sbi://127.0.0.1:{port}"))
    assert told(lines) == [("biometrics", None, None, "offline", "refused_connection")]


def test_devices_of_somebody_else_are_an_error(tmp_path: Path, service: tuple[Script, str]) -> None:
    lines = configured(home(tmp_path, service[1], papers.country().pem))
    assert told(lines) == [("biometrics", None, None, "error", "untrusted")]


def test_nobody_is_trusted_where_nobody_vouches(tmp_path: Path, service: tuple[Script, str]) -> None:
    lines = configured(home(tmp_path, service[1], b""))
    assert told(lines) == [("biometrics", None, None, "error", "untrusted")]
    assert service[0].asked == []


@pytest.mark.parametrize(
    ("pem", "sentence"), [(None, "cannot be read"), (b"nothing", "holds no certificate")]
)
def test_a_file_of_trust_that_is_none_is_told(
    tmp_path: Path, service: tuple[Script, str], pem: bytes | None, sentence: str
) -> None:
    with pytest.raises(Trouble, match=sentence):
        configured(home(tmp_path, service[1], pem))
