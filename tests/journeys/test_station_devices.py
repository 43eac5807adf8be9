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


@pytest.mark.parametrize("name", ["kept.md", "kept.json"])
def test_a_run_is_kept_for_whoever_asks_later(tmp_path: Path, name: str) -> None:
    wanted = ("--make", "matica", "--model", "xid580", "--usbip", "127.0.0.1:0", "--cards", "20")
    with Technician(*wanted, "--speed", "200") as bench:
        address, serial = bench.ready["addresses"][0], bench.ready["serial"]
        done = Station(tmp_path).loket("conformance", address, "--out", str(tmp_path / name))
    assert done.code == 0, done.err
    kept = (tmp_path / name).read_text("utf-8")
    assert serial in kept
    assert all(word in kept for word in ("XID580", "simplex", "power_cut_is_unsure", "needs hands", "sha256"))


def test_a_record_that_could_not_be_kept_is_told_before_a_card_is_printed(tmp_path: Path) -> None:
    nowhere = str(tmp_path / "missing" / "kept.json")
    done = Station(tmp_path).loket("conformance", "evolis+tcp://127.0.0.1:1", "--out", nowhere)
    assert (done.code, done.out) == (2, "")
    assert "There is no folder" in done.err


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("nonsense", "nonsense"),
        ("ipp://127.0.0.1:1/ipp/print", "no card printer"),
        ("sbi://127.0.0.1:4501", "vouches"),
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
