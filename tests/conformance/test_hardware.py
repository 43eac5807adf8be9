"""The same checks on a real printer, and the real kernel's own printer driver: for a bench, never for CI.

``LOKET_PRINTER=evolis+usb://0f49/SERIAL pytest -m hardware``. A run prints about ten cards and rejects some.
The checks that need somebody's hands are skipped by name. The kernel's driver is watched through sysfs,
where the kernel itself says what it has bound; that test needs the printer on USB and ``usblp`` loaded.
``LOKET_CHIP=pcsc://`` names a chip reader with a test card on it instead, ``LOKET_READER`` a fingerprint
reader, ``LOKET_PAD`` a signature pad.
"""

import os
import sys
from contextlib import closing
from pathlib import Path

import pytest

from drivers.address import Address, parse
from drivers.clock import MonotonicClock
from drivers.conformance import chip, families
from drivers.conformance.card_printer import CHECKS, run_one
from drivers.registry import open_chip, open_printer

pytestmark = pytest.mark.hardware

BUS = Path("/sys/bus/usb/devices")


@pytest.fixture
def address() -> str:
    told = os.environ.get("LOKET_PRINTER")
    if not told:
        pytest.skip("LOKET_PRINTER names no printer")
    return told


@pytest.mark.parametrize("name", CHECKS)
def test_a_real_printer_passes(name: str, address: str) -> None:
    clock = MonotonicClock()
    printer = open_printer(address, clock=clock)
    try:
        result = run_one(name, printer, clock, None)
    finally:
        printer.close()
    if result["result"] == "skipped":
        pytest.skip(result["detail"])
    assert result["result"] == "passed", result


@pytest.mark.parametrize("name", chip.CHECKS)
def test_a_real_chip_reader_passes(name: str) -> None:
    told = os.environ.get("LOKET_CHIP")
    if not told:
        pytest.skip("LOKET_CHIP names no reader")
    with closing(open_chip(told)) as reader:
        result = chip.run_one(name, reader)
    if result["result"] == "skipped":
        pytest.skip(result["detail"])
    assert result["result"] == "passed", result


@pytest.mark.parametrize("kind", ["READER", "PAD"])
def test_a_real_reader_and_a_real_pad_pass_what_needs_no_hands(kind: str) -> None:
    told = os.environ.get(f"LOKET_{kind}")
    if not told:
        pytest.skip(f"LOKET_{kind} names none")
    results = families.check(told, MonotonicClock())
    assert not [result for result in results if result["result"] == "failed"], results


def bound(address: Address) -> list[str]:
    """The printer's interfaces that usblp has now, by the kernel's own book."""
    found = []
    for device in BUS.iterdir():
        vendor, serial = device / "idVendor", device / "serial"
        if not vendor.exists() or int(vendor.read_text(), 16) != address.vid:
            continue
        if address.serial and (not serial.exists() or serial.read_text().strip() != address.serial):
            continue
        for interface in device.glob(f"{device.name}:*"):
            driver = interface / "driver"
            if driver.exists() and driver.resolve().name == "usblp":
                found.append(interface.name)
    return found


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has usblp")
def test_the_kernel_s_driver_is_sent_away_and_has_the_printer_back(address: str) -> None:
    found = parse(address)
    if found.wire != "usb":
        pytest.skip("the printer is not on USB")
    before = bound(found)
    if not before:
        pytest.skip("usblp has not bound the printer: is it loaded?")
    printer = open_printer(address, clock=MonotonicClock())
    try:
        assert printer.identify().serial
        assert bound(found) == []
    finally:
        printer.close()
    assert bound(found) == before
