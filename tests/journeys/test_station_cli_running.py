"""Commands beside a running station, its orderly end and its sudden one."""

from __future__ import annotations

import json
import signal
import sys
from pathlib import Path

import pytest

from tests.journeys.station import Station


@pytest.fixture
def station(tmp_path: Path) -> Station:
    made = Station(tmp_path / "home")
    assert made.init("--chip", "vpcd://127.0.0.1:0").code == 0
    return made


def test_a_running_station_takes_commands_tells_its_state_and_stops_in_order(station: Station) -> None:
    station.orders("O-1")
    with station.run() as running:
        assert set(running.ready) >= {"ready", "web"}
        assert station.loket("print", "--order", "O-1", "--json").json["state"] == "queued"
        refused = station.loket("print", "--order", "O-9", "--json")
        assert (refused.code, refused.json["refused"]) == (4, "UNKNOWN_ORDER")
        assert station.loket("cancel", "O-1-1", "--json").json["state"] == "cancelled"
        assert station.loket("status", "--json").json["link"]["state"] != "stopped"
        (chip,) = station.loket("devices", "--json").json
        assert (chip["kind"], chip["state"]) == ("chip", "in_use")
        second = station.loket("run")
        assert (second.code, second.out) == (1, "")
        assert "only one may write" in second.err
        assert running.stop() == 0
    assert station.loket("status", "--json").json["link"]["state"] == "stopped"
    assert not station.home.control_path.exists()
    started = [
        line for line in station.loket("journal", "--json").out.splitlines() if "station_started" in line
    ]
    assert [json.loads(line)["detail"]["after"] for line in started] == ["first"]
    with station.run() as running:
        running.stop()
    started = [
        line for line in station.loket("journal", "--json").out.splitlines() if "station_started" in line
    ]
    assert json.loads(started[-1])["detail"]["after"] == "clean"
    assert station.loket("audit", "verify").code == 0


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is not Windows's")
def test_killed_at_any_moment_the_station_starts_again_and_says_so(station: Station) -> None:
    station.orders(*(f"O-{n}" for n in range(6)))
    for n in range(3):
        with station.run() as running:
            assert station.loket("print", "--order", f"O-{n}", "--json").code == 0
            running.process.send_signal(signal.SIGKILL)
            running.process.wait(timeout=10)
        assert station.loket("print", "--order", f"O-{n + 3}", "--json").code == 0  # the lock died with it
    lines = [json.loads(line) for line in station.loket("journal", "--json").out.splitlines()]
    assert [x["detail"]["after"] for x in lines if x["event"] == "station_started"] == [
        "first",
        "unclean",
        "unclean",
    ]
    assert [x["job"] for x in lines if x["event"] == "job_queued"] == [
        "O-0-1",
        "O-3-1",
        "O-1-1",
        "O-4-1",
        "O-2-1",
        "O-5-1",
    ]
    assert station.loket("audit", "verify").out == f"OK {len(lines)}\n"
