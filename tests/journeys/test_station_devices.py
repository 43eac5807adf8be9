"""``loket devices`` and ``loket conformance`` against a simulated printer on a real wire."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.journeys.station import Station
from tests.journeys.technician import Technician


@pytest.mark.parametrize("model", ["primacy2", "zenius"])
def test_a_device_is_named_and_checked_by_its_address_alone(tmp_path: Path, model: str) -> None:
    with Technician("--model", model, "--tcp", "127.0.0.1:0", "--cards", "20", "--speed", "100") as bench:
        address, serial = bench.ready["addresses"][0], bench.ready["serial"]
        station = Station(tmp_path / "home")
        assert station.init("--printer", address).code == 0
        (line,) = station.loket("devices", "--json").json
        assert (line["address"], line["serial"], line["state"]) == (address, serial, "ready")
        assert line["simulated"] is True
        checked = station.loket("conformance", address, "--json")
        assert checked.code == 0, checked.out
        results = {each["name"]: each["result"] for each in checked.json}
        assert results["simplex"] == "passed"
        assert "failed" not in results.values()


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("nonsense", "nonsense"),
        ("sbi://127.0.0.1:4501", "no card printer"),
    ],
)
def test_an_address_without_a_printer_is_one_clear_sentence(
    tmp_path: Path, address: str, sentence: str
) -> None:
    done = Station(tmp_path).loket("conformance", address)
    assert (done.code, done.out) == (1, "")
    assert sentence in done.err
    assert done.err.count("\n") == 1


@pytest.mark.parametrize("options", [(), ("--json",)])
@pytest.mark.parametrize("address", ["evolis+tcp://127.0.0.1:1", "evolis+usbip://127.0.0.1:1/1-1"])
def test_a_printer_that_does_not_answer_is_one_clear_sentence(
    tmp_path: Path, address: str, options: tuple[str, ...]
) -> None:
    done = Station(tmp_path).loket("conformance", address, *options)
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith(f"The device at {address} cannot be checked: ")
    assert done.err.count("\n") == 1
