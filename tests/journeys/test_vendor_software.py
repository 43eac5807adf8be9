"""The maker's own host software drives the simulator: the witness that learnt from the machine itself."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.journeys.technician import Technician, truth
from tests.unit.simulators.evolis.kit import VECTORS

FRONT = "25366386ed14a59db3f792e030daf1981ec141f2b92751d25a17c092e2208ec7"
ROOT = Path(__file__).parents[2]


def loads() -> bool:
    """Whether the package and its library load here; tried in another process, for it may die of it."""
    try:
        tried = subprocess.run(
            [sys.executable, "-c", "import evolis"], capture_output=True, timeout=30, check=False
        )
    except subprocess.TimeoutExpired:
        return False
    return tried.returncode == 0


pytestmark = pytest.mark.skipif(not loads(), reason="evolis-sdk does not load on this machine")


class Vendor:
    """The maker's software, one action at a time."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def do(self, action: str, **told: Any) -> dict[str, Any]:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps({"do": action, **told}) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, "the maker's software died"
        answer: dict[str, Any] = json.loads(line)
        return answer

    def flags(self) -> set[str]:
        """What it knows of the printer, without what the machine has."""
        return {flag for flag in self.do("look")["flags"] if not flag.startswith("CFG_")}


@contextmanager
def vendor(printer: Technician) -> Iterator[Vendor]:
    uri = f"socket://127.0.0.1:{printer.port}?type=evolis"
    with subprocess.Popen(
        [sys.executable, "-m", "tests.journeys.vendor_host", uri],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as process:
        try:
            yield Vendor(process)
        finally:
            process.kill()


@pytest.fixture
def pictures(tmp_path: Path) -> dict[str, str]:
    """The two pictures as the files that software reads."""
    told = {}
    for name in ("front", "black"):
        told[name] = str(tmp_path / f"{name}.bmp")
        with Image.open(VECTORS / f"{name}.png") as picture:
            picture.convert("RGB").save(told[name])
    return told


def options(tmp_path: Path, *faults: str, speed: int = 20) -> list[str]:
    ordered = [word for fault in faults for word in ("--fault", fault)]
    return ["--tcp", "127.0.0.1:0", "--speed", str(speed), "--truth", str(tmp_path / "truth"), *ordered]


def ejected(tmp_path: Path) -> list[str]:
    return [line["picture"] for line in truth(tmp_path / "truth") if line["event"] == "ejected"]


def test_it_knows_the_printer_and_reserves_it(tmp_path: Path) -> None:
    with Technician(*options(tmp_path)) as printer, vendor(printer) as host:
        seen = host.do("look")
        assert seen["model"] == "Evolis Primacy 2"
        assert seen["serial"] == printer.ready["serial"]
        assert seen["firmware"].startswith("SIM")
        assert seen["flip"]
        assert seen["contactless"]
        assert seen["state"] == ["READY", "PRINTER_READY"]
        assert {"INF_RESET", "INF_CARD_FEEDER"} <= set(seen["flags"])
        reserved = host.do("reserve")
        assert reserved["taken"]
        assert reserved["released"]
        assert reserved["session"] > 0
        assert reserved["after"] == 0


def test_it_prints_the_very_card_whose_stream_is_kept_here(tmp_path: Path, pictures: dict[str, str]) -> None:
    with Technician(*options(tmp_path)) as printer, vendor(printer) as host:
        assert host.do("print", front=pictures["front"]) == {"returned": "OK"}
        assert ejected(tmp_path) == [FRONT]
        assert host.do("look")["session"] == 0


def test_it_prints_both_sides(tmp_path: Path, pictures: dict[str, str]) -> None:
    with Technician(*options(tmp_path)) as printer, vendor(printer) as host:
        assert host.do("print", front=pictures["front"], back=pictures["black"]) == {"returned": "OK"}
        (card,) = printer.hand(look=True)["output"]
        assert card["panels"] == [*(f"front {letter}" for letter in "ymcko"), "back k", "back o"]


def test_it_is_told_that_the_ribbon_ended(tmp_path: Path, pictures: dict[str, str]) -> None:
    with Technician(*options(tmp_path, "ribbon_end@card=1,panel=c")) as printer, vendor(printer) as host:
        assert host.do("print", front=pictures["front"]) == {"returned": "PRINT_EMECHANICAL"}
        assert {"ERR_RIBBON_ENDED", "WAR_RIBBON_ENDED", "INF_CARD_PRINT"} <= host.flags()
        assert host.do("look")["state"] == ["ERROR", "ERR_RIBBON_ENDED"]
        assert host.do("print", front=pictures["front"])["returned"] != "OK"
        printer.hand(ribbon="new")
        assert host.do("clear")["returned"]
        assert host.do("place", card="REJECT")["returned"]
        assert host.do("print", front=pictures["front"]) == {"returned": "OK"}
        assert ejected(tmp_path) == [FRONT]


def test_it_is_told_that_the_feeder_failed(tmp_path: Path, pictures: dict[str, str]) -> None:
    with Technician(*options(tmp_path, "feeder_fault@card=1")) as printer, vendor(printer) as host:
        assert host.do("print", front=pictures["front"]) == {"returned": "PRINT_EMECHANICAL"}
        assert host.do("look")["state"] == ["ERROR", "ERR_FEEDER_ERROR"]
        assert host.do("clear")["returned"]
        assert host.do("print", front=pictures["front"]) == {"returned": "OK"}


def test_it_is_told_that_the_cover_is_open(tmp_path: Path, pictures: dict[str, str]) -> None:
    with Technician(*options(tmp_path, "cover_open@card=1,panel=m")) as printer, vendor(printer) as host:
        assert host.do("print", front=pictures["front"]) == {"returned": "PRINT_EMECHANICAL"}
        assert {"ERR_COVER_OPEN", "WAR_COVER_OPEN"} <= host.flags()
        assert host.do("clear")["returned"]
        assert host.do("look")["state"] == ["WARNING", "DEF_COVER_OPEN"]
        assert host.do("print", front=pictures["front"]) == {"returned": "PRINT_NEEDACTION"}
        printer.hand(cover="closed")
        assert host.do("look")["state"] == ["READY", "PRINTER_READY"]


def test_it_sees_an_empty_feeder_before_it_prints(tmp_path: Path, pictures: dict[str, str]) -> None:
    with Technician(*options(tmp_path, "feeder_empty@card=1")) as printer, vendor(printer) as host:
        assert host.do("look")["state"] == ["WARNING", "DEF_FEEDER_EMPTY"]
        assert host.do("print", front=pictures["front"]) == {"returned": "PRINT_NEEDACTION"}
        printer.hand(load=1)
        assert host.do("print", front=pictures["front"]) == {"returned": "OK"}


def test_it_takes_a_card_lost_to_a_power_cut_for_printed(tmp_path: Path, pictures: dict[str, str]) -> None:
    """The trap our own evidence has to avoid: claim gone, no error, so all was well.

    Half a second into the job that software only polls, four times a second, and the printer is back between
    two polls. A poll that falls into the gap is told that nobody is there; then the same is tried again.
    """
    cut = options(tmp_path, "power_cut@card=1,panel=k,for=1", speed=8)
    for _ in range(4):
        with Technician(*cut) as printer, vendor(printer) as host:
            returned = host.do("print", front=pictures["front"])["returned"]
            assert {"INF_RESET", "INF_CARD_PRINT"} <= host.flags()
        if returned != "PRINTER_ENOCOM":
            break
    assert returned == "OK"
    assert ejected(tmp_path) == []


def test_it_moves_a_card_to_the_contactless_station_and_out(tmp_path: Path) -> None:
    with Technician(*options(tmp_path)) as printer, vendor(printer) as host:
        assert host.do("place", card="CONTACTLESS")["returned"]
        assert "INF_CARD_CONTACTLESS" in host.flags()
        assert host.do("place", card="EJECT")["returned"]
        assert len(printer.hand(look=True)["output"]) == 1


def test_a_card_for_another_ribbon_is_refused_before_it_is_fed(
    tmp_path: Path, pictures: dict[str, str]
) -> None:
    with Technician(*options(tmp_path), "--ribbon", "k") as printer, vendor(printer) as host:
        assert host.do("print", front=pictures["front"]) == {"returned": "PRINT_EMECHANICAL"}
        assert {"ERR_BAD_RIBBON", "WAR_UNSUPPORTED_RIBBON", "INF_CARD_FEEDER"} <= host.flags()
        assert printer.hand(look=True)["feeder"] == 100
        printer.hand(ribbon="ymcko")
        assert "WAR_UNSUPPORTED_RIBBON" not in host.flags()
        assert host.do("clear")["returned"]
        assert host.do("print", front=pictures["front"]) == {"returned": "OK"}
        assert ejected(tmp_path) == [FRONT]
