"""Whichever of its threads the system gives the signal to, a program of ours ends, and in order."""

from __future__ import annotations

import ctypes
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.journeys.station import Station
from tests.journeys.sync_rig import Hub, until
from tests.journeys.technician import Technician

PATIENCE_S = 60.0
WIRES = {"sbi": ("--port", "0"), "paper": ("--ipp", "127.0.0.1:0")}

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets one thread be told")


def ended(process: subprocess.Popen[str] | subprocess.Popen[bytes]) -> int:
    """Give SIGTERM to the youngest thread that is not the main one; the exit code."""

    def others() -> list[int]:
        return sorted(
            {int(each.name) for each in Path(f"/proc/{process.pid}/task").iterdir()} - {process.pid}
        )

    until(lambda: bool(others()), "there is no other thread")
    ctypes.CDLL(None).tgkill(process.pid, others()[-1], signal.SIGTERM)
    return process.wait(PATIENCE_S)


def test_the_station_ends(tmp_path: Path) -> None:
    station = Station(tmp_path / "home")
    assert station.init().code == 0
    with station.run() as running:
        assert ended(running.process) == 0
    assert not station.home.control_path.exists()


def test_the_province_ends(tmp_path: Path) -> None:
    hub = Hub(tmp_path / "hub", "mqtt://127.0.0.1:9")
    hub.start()
    try:
        assert hub.process is not None and ended(hub.process) == 0
    finally:
        hub.kill()


@pytest.mark.parametrize("device", ["printer", "reader", "pad", "sbi", "paper"])
def test_a_simulated_device_ends(device: str) -> None:
    option, place = WIRES.get(device, ("--tcp", "127.0.0.1:0"))
    with Technician(option, place, command=device) as one:
        assert ended(one.process) == 0
