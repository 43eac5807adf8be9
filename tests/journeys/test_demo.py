"""The province day of `make demo`, smaller: the real programs, real kills, and the reconciliation."""

import json
import os
import signal
import subprocess
import sys
import tomllib
from pathlib import Path

import psutil
import pytest

from tests.journeys.sync_rig import until

DEMO = [str(Path(sys.executable).with_name("loket-sim")), "demo"]
DAY_S = 240
STATIONS = 14
KEYS = {
    "offices", "stations", "orders", "printed", "unsure", "spoiled", "duplicates", "lost",
    "blanks_unaccounted", "power_cuts", "outages", "recordings", "hub_equals_offices", "seconds",
    "ready", "handed_over", "withheld", "transfers", "destroyed", "suket", "rules_followed", "ledger_proved",
}  # fmt: skip


@pytest.mark.serial
@pytest.mark.parametrize("broker", [pytest.param("auto", marks=pytest.mark.long), "embedded"])
def test_a_province_day_reconciles_through_power_cuts_and_outages(tmp_path: Path, broker: str) -> None:
    command = [*DEMO, "--orders", "40", "--seed", "5", "--home", str(tmp_path), "--broker-program", broker]
    played = subprocess.run(command, capture_output=True, text=True, timeout=DAY_S, check=False)
    assert played.returncode == 0, played.stderr[-2000:]
    told = json.loads(played.stdout.splitlines()[-1])
    assert set(told) == KEYS
    assert (told["offices"], told["stations"]) == (10, STATIONS)
    assert told["printed"] == told["orders"] == 40
    assert (told["duplicates"], told["lost"], told["blanks_unaccounted"]) == (0, 0, 0)
    assert told["hub_equals_offices"] is True
    assert told["power_cuts"] >= 10
    assert told["outages"] >= 5
    assert told["ready"] + told["handed_over"] + told["withheld"] == 40
    assert (told["withheld"], told["suket"], told["rules_followed"]) == (1, 1, STATIONS)
    assert told["handed_over"] >= STATIONS
    assert told["transfers"] >= 1
    assert told["destroyed"] >= told["spoiled"] >= 1
    assert told["ledger_proved"] is True
    assert {"evolis", "matica", "spool"} <= set(families(tmp_path))
    assert "ASSUMED" in played.stderr
    assert "the books of blanks" in played.stderr
    assert left_running(tmp_path) == []


@pytest.mark.serial
def test_ctrl_c_ends_everything_in_order(tmp_path: Path) -> None:
    command = [*DEMO, "--orders", "40", "--seed", "5", "--home", str(tmp_path), "--keep-running"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as playing:
        assert playing.stdout is not None
        shown = [playing.stdout.readline() for _ in range(STATIONS + 3)]
        assert all("http://127.0.0.1:" in line for line in shown[: STATIONS + 1]), shown
        assert "Ctrl-C" in shown[-1]
        assert len(left_running(tmp_path)) > 2 * STATIONS
        os.kill(playing.pid, signal.SIGINT)
        playing.communicate(timeout=DAY_S)
        assert playing.returncode == 1
    assert left_running(tmp_path) == []


@pytest.mark.serial
@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL has no twin there")
def test_a_day_that_is_killed_takes_its_programs_with_it(tmp_path: Path) -> None:
    command = [*DEMO, "--orders", "40", "--seed", "5", "--home", str(tmp_path), "--keep-running"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as playing:
        assert playing.stdout is not None
        assert "the province" in playing.stdout.readline()
        assert len(left_running(tmp_path)) > 2 * STATIONS
        playing.kill()
    until(lambda: left_running(tmp_path) == [], "they live on without the play")


def families(home: Path) -> list[str]:
    """The families of the printers that the stations drove, by their configurations."""
    told = (tomllib.loads(each.read_text("utf-8"))["printer"] for each in home.glob("*/home/*.toml"))
    return [address.partition("+")[0] for address in told]


def left_running(home: Path) -> list[str]:
    """Programs that still work on this play's home."""
    found = []
    for process in psutil.process_iter(["cmdline", "status"]):
        words = process.info["cmdline"] or []
        if process.info["status"] != psutil.STATUS_ZOMBIE and any(str(home) in word for word in words[2:]):
            found.append(" ".join(words))
    return [each for each in found if " demo " not in each]
