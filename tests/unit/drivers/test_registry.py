"""The registry: the scheme chooses driver and wire, nothing is touched before it is asked."""

import subprocess
import sys

import pytest

from drivers.clock import MonotonicClock
from drivers.evolis.printer import EvolisPrinter
from drivers.registry import open_chip, open_paper, open_printer, prepare

WHITE = b"\xff" * (1016 * 648 * 3)


@pytest.mark.parametrize("address", [
    "evolis+tcp://192.0.2.1:9100", "evolis+usb://0f49/NOBODY", "evolis+usbip://192.0.2.1:3240/1-1",
])  # fmt: skip
def test_a_printer_is_opened_without_a_word_to_it(address: str) -> None:
    printer = open_printer(address, clock=MonotonicClock())
    assert isinstance(printer, EvolisPrinter)
    assert printer.address.text == address
    printer.close()


def test_a_queue_is_a_printer_and_a_sheet_s_printer_is_none() -> None:
    spooled = open_printer("spool+ipp://192.0.2.1/printers/card", clock=MonotonicClock())
    assert spooled.address.path == "/printers/card"
    spooled.close()
    assert open_paper("ipp://192.0.2.1/ipp/print", clock=MonotonicClock()).address.port == 631
    with pytest.raises(ValueError, match=r"\.$"):
        open_printer("ipp://192.0.2.1/ipp/print", clock=MonotonicClock())


@pytest.mark.parametrize(
    "address", ["vpcd://127.0.0.1:1", "r30x+tcp://192.0.2.1", "evolis+memory://x", "nonsense"]
)
def test_what_is_no_printer_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match=r"\.$"):
        open_printer(address, clock=MonotonicClock())


@pytest.mark.parametrize("address", ["evolis+tcp://192.0.2.1", "pcsc:READER", "nonsense"])
def test_what_is_no_chip_reader_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match=r"\.$"):
        open_chip(address)


def test_a_card_is_prepared_for_a_family_by_name() -> None:
    card = prepare("evolis", "primacy2", "ymcko", WHITE, None, 1)
    assert (card.panels, len(card.sha256)) == (1, 64)
    with pytest.raises(ValueError, match="family"):
        prepare("fargo", "primacy2", "ymcko", WHITE, None, 1)


def test_driving_a_printer_loads_neither_pillow_nor_usb() -> None:
    """The agent's memory is counted; pictures are a child process's business."""
    program = (
        "import sys; from drivers.registry import open_printer; from drivers.clock import MonotonicClock;"
        "open_printer('evolis+tcp://192.0.2.1', clock=MonotonicClock());"
        "sys.exit(any(name in sys.modules for name in ('PIL', 'usb', 'serial')))"
    )
    assert subprocess.run([sys.executable, "-c", program], timeout=60, check=False).returncode == 0


def test_the_clock_only_goes_forward() -> None:
    clock = MonotonicClock()
    before = clock.now_ms()
    clock.sleep_ms(1)
    assert clock.now_ms() >= before
