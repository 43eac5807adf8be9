"""What an Evolis printer tells of its own keeping, against the simulated one."""

from __future__ import annotations

import pytest

from drivers.address import parse
from drivers.card_printer import Care
from drivers.evolis.printer import EvolisPrinter
from drivers.transports.memory import MemoryTransport
from simulators.evolis.bench import MemoryPrinter
from simulators.evolis.sensors import CLEANING_AFTER


@pytest.fixture
def simulated() -> MemoryPrinter:
    return MemoryPrinter(cards=20)


@pytest.fixture
def printer(simulated: MemoryPrinter) -> EvolisPrinter:
    return EvolisPrinter(MemoryTransport(simulated), parse("evolis+memory://keeping"), simulated)


def test_a_printer_from_its_box_tells_its_ribbon_and_its_settings(printer: EvolisPrinter) -> None:
    told = printer.care()
    assert (told.ribbon_left, told.film_left, told.cleaning, told.hot) == (300, None, "no", False)
    assert dict(told.settings) == {
        "error_mode": "0",
        "firmware": "SIM1000",
        "input_tray": "F",
        "machine": "82782020",
        "output_tray": "D",
        "reject_tray": "D",
    }
    assert list(told.settings) == sorted(told.settings)


def test_what_somebody_changed_shows_and_outlives_the_power(
    simulated: MemoryPrinter, printer: EvolisPrinter
) -> None:
    before = printer.care()
    simulated.exchange(b"\x1bPcim;M\r\0")
    simulated.hand(power="cut")
    simulated.sleep_ms(10_000)
    assert set(printer.care().settings) - set(before.settings) == {("input_tray", "M")}


def test_our_own_error_mode_is_no_change(printer: EvolisPrinter) -> None:
    before = printer.care()
    printer.reserve(4711)
    assert printer.care() == before


def test_cleaning_is_advised_after_so_many_cards_and_no_more_when_it_was_done(
    simulated: MemoryPrinter, printer: EvolisPrinter
) -> None:
    simulated.printer.cards += CLEANING_AFTER
    assert printer.care().cleaning == "recommended"
    simulated.hand(clean=True)
    assert printer.care().cleaning == "no"


def test_what_a_printer_does_not_tell_is_left_out() -> None:
    class Mute:
        """Answers every question with an error, and the poll with a plain status block."""

        def exchange(self, data: object, timeout_s: float) -> bytes:
            asked = b"".join(bytes(piece) for piece in data)  # type: ignore[attr-defined]
            block = bytes.fromhex("00141082782020200000000000000000000000020000")
            return (b"ERROR CDE" if asked else b"") + b"\0" + block

        def close(self) -> None: ...

    printer = EvolisPrinter(Mute(), parse("evolis+memory://mute"), MemoryPrinter())
    assert printer.care() == Care(settings=(("machine", "82782020"),))
