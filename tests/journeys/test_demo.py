"""The province day of `make demo`, smaller: the real programs, real kills, and the reconciliation."""

import json
import os
import signal
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.journeys.sync_rig import until

DEMO = [str(Path(sys.executable).with_name("loket-sim")), "demo"]
DAY_S = 240
STATIONS = 14
PEOPLE = 4  # one of each case
LOKET, HUB = (str(Path(sys.executable).with_name(name)) for name in ("loket", "loket-hub"))
KEYS = {
    "offices", "stations", "orders", "printed", "unsure", "spoiled", "duplicates", "lost",
    "blanks_unaccounted", "power_cuts", "outages", "recordings", "hub_equals_offices", "seconds",
    "ready", "handed_over", "withheld", "transfers", "destroyed", "suket", "rules_followed", "ledger_proved",
}  # fmt: skip


@pytest.mark.serial
@pytest.mark.parametrize("broker", [pytest.param("auto", marks=pytest.mark.long), "embedded"])
def test_a_province_day_reconciles_through_power_cuts_and_outages(tmp_path: Path, broker: str) -> None:
    sized = ("--orders", "40", "--seed", "5", "--recordings", str(PEOPLE))
    command = [*DEMO, *sized, "--home", str(tmp_path), "--broker-program", broker]
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
    assert told["recordings"] == PEOPLE
    people_were_recorded(tmp_path)
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


def people_were_recorded(home: Path) -> None:
    """Each once, the one without a finger and the one without a line too; every clerk's finger is known."""
    kept = answer(HUB, "recordings", "list", "--home", str(home / "hub"))
    assert len({row["recording"] for row in kept}) == len({row["sha256"] for row in kept}) == PEOPLE
    assert {row["status"] for row in kept} == {"PRINT_READY_RECORD", "ADJUDICATE_RECORD"}
    rooms = {row["station"] for row in kept}
    assert len(rooms) == 2
    lines = [line for name in rooms for line in journal(home / name / "home")]
    done = [line["detail"] for line in lines if line["event"] == "recording_sealed"]
    assert sorted(told["exceptions"] for told in done) == [0, 0, 0, 1]
    assert {told["rechecked"] for told in done} == {"match"}
    begun = [line["detail"]["mode"] for line in lines if line["event"] == "recording_begun"]
    assert (len(begun), "store_and_forward" in begun) == (PEOPLE, True)
    assert [line["event"] for line in lines].count("recording_receipted") == PEOPLE
    assert [line["event"] for line in lines].count("staff_enrolled") == len(rooms)
    fingers = [line["detail"]["finger"] for line in lines if line["event"] == "handed_over"]
    assert set(fingers) == {"match"}
    for name in rooms:
        shown = answer(LOKET, "recordings", "--home", str(home / name / "home"))
        assert {row["state"] for row in shown} == {"receipted"}
        assert {row["status"] for row in shown} <= {"PRINT_READY_RECORD", "ADJUDICATE_RECORD"}


def answer(*words: str) -> Any:
    """The JSON document of one of the programs."""
    return json.loads(subprocess.run([*words, "--json"], capture_output=True, text=True, check=True).stdout)


def journal(home: Path) -> list[Any]:
    """Every line of a station's journal."""
    words = [LOKET, "journal", "--json", "--home", str(home)]
    told = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    return [json.loads(line) for line in told.splitlines()]


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
