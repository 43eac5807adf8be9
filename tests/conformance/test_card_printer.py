"""The conformance checks of card printers, by name, on every wire and every model.

The driver cannot tell which wire it is on, and neither can a check. In memory each check gets a printer of
its own, on virtual time; over TCP and USB/IP the checks follow each other on one printer, as on a bench.
"""

from collections.abc import Iterator

import pytest

from drivers.conformance.bench import TASKS
from drivers.conformance.card_printer import CHECKS, run, run_one
from tests.conformance.technician import ACCIDENTS, HANDS, Technician
from tests.conformance.wires import MemoryWire, ProcessWire

MODELS = ("primacy2", "primacy", "zenius", "xid8600", "xid580", "xid580 on usb")
SKIPPED = {("zenius", "duplex"), ("zenius", "unplug_is_unsure")}
NOT_OF_PROVING_ONES = "what_proves_nothing_claims_nothing"


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("name", CHECKS)
def test_a_printer_in_memory_passes(name: str, model: str) -> None:
    wire = MemoryWire(model)
    result = run_one(name, wire.printer, wire.clock, Technician(wire.tell))
    skipped = (model, name) in SKIPPED or name == NOT_OF_PROVING_ONES
    assert result["result"] == ("skipped" if skipped else "passed"), result


WIRES = [
    ("primacy2", "tcp"),
    ("primacy2", "usbip"),
    ("primacy2", "usblp"),
    ("xid580", "tcp"),
    ("xid8600", "usbip"),
]


@pytest.fixture(scope="module", params=WIRES, ids=" on ".join)
def wire(request: pytest.FixtureRequest) -> Iterator[ProcessWire]:
    model, kind = request.param
    started = ProcessWire(kind, model)
    yield started
    started.close()


@pytest.mark.parametrize("name", CHECKS)
def test_a_printer_on_a_real_wire_passes(name: str, wire: ProcessWire) -> None:
    result = run_one(name, wire.printer, wire.clock, Technician(wire.tell))
    assert result["result"] == ("skipped" if name == NOT_OF_PROVING_ONES else "passed"), result


@pytest.mark.parametrize("model", ["primacy2", "xid580"])
def test_the_kernel_s_driver_has_the_printer_back_when_we_let_it_go(model: str) -> None:
    wire = ProcessWire("usblp", model)
    try:
        assert run_one("simplex", wire.printer, wire.clock, None)["result"] == "passed"
        assert wire.backend is not None
        (busid,) = wire.backend.enumerate_devices()
        assert not wire.backend.is_kernel_driver_active(wire.backend.open_device(busid), 0)
        wire.printer.close()
        assert wire.backend.is_kernel_driver_active(wire.backend.open_device(busid), 0)
        wire.backend.close()
    finally:
        wire.close()


def test_without_hands_the_rest_is_run_and_the_others_are_named(wire: ProcessWire) -> None:
    wire.printer.close()
    results = {each["name"]: each for each in run(wire.address, clock=wire.clock)}
    assert set(results) == set(CHECKS)
    skipped = {name for name, each in results.items() if each["result"] == "skipped"}
    skipped.remove(NOT_OF_PROVING_ONES)
    assert all(results[name]["detail"].startswith("needs hands") for name in skipped)
    assert {
        each["result"] for name, each in results.items() if name not in skipped | {NOT_OF_PROVING_ONES}
    } == {"passed"}
    assert {"simplex", "duplex", "chip_station", "reject"} & skipped == set()
    assert {"cover_open_told", "jam_told", "power_cut_is_unsure"} <= skipped


def test_the_technician_knows_every_task() -> None:
    assert set(ACCIDENTS) | set(HANDS) == set(TASKS)
