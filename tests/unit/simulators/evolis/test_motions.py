"""The table of motions, row by row, and what each leaves in the sensors and counters."""

import pytest

from tests.unit.simulators.evolis.kit import (
    AT_EJECT,
    AT_PRINT,
    AT_STATION,
    ask,
    bench,
    closing,
    counters,
    job,
    look,
    told,
)


def test_a_blank_goes_to_the_station_and_is_counted_once() -> None:
    printer = bench()
    cards, panels = counters(printer)
    start = printer.now_ms()
    assert ask(printer, "Sic") == "OK"
    assert printer.now_ms() - start == 2800
    assert AT_STATION in look(printer)
    assert counters(printer) == (cards + 1, panels)
    assert ask(printer, "Sic") == "OK"
    assert counters(printer) == (cards + 1, panels)
    assert [line["event"] for line in printer.truth] == ["power_on", "fed", "chip"]


def test_a_card_elsewhere_inside_is_in_the_way() -> None:
    printer = bench()
    assert ask(printer, "Si") == "OK"
    assert AT_PRINT in look(printer)
    assert ask(printer, "Sic") == "ERR CARD"


def test_an_empty_feeder_moves_nothing() -> None:
    printer = bench(cards=0)
    before = counters(printer)
    assert ask(printer, "Sic") == "NO CARD"
    assert look(printer).warning == 0x01000000
    assert counters(printer) == before
    printer.hand(load=1)
    assert look(printer).warning == 0
    assert ask(printer, "Sic") == "OK"


@pytest.mark.parametrize(
    ("hand", "word", "warning"),
    [
        ({"cover": "open"}, "ERR COVER", 0x00020000),
        ({"ribbon": "none"}, "ERR RIBBON", 0x00010000),
    ],
)
def test_a_warning_refuses_a_lone_motion(hand: dict[str, str], word: str, warning: int) -> None:
    printer = bench()
    printer.hand(**hand)
    assert ask(printer, "Sic") == word
    assert look(printer).warning == warning
    assert not told(printer, "fed")


def test_the_card_at_the_station_is_the_one_that_is_printed() -> None:
    printer = bench()
    ask(printer, "Sic")
    blank = printer.chip()
    cards, panels = counters(printer)
    printer.exchange(job())
    printer.sleep_ms(20_000)
    assert printer.chip() is None
    assert told(printer, "ejected") == [("ejected", blank, None, "output")]
    assert counters(printer) == (cards, panels + 5)


def test_a_card_left_at_the_print_position_is_never_printed_on() -> None:
    printer = bench()
    ask(printer, "Si")
    assert printer.exchange(job()).startswith(b"ERR MECHANICAL\0")
    assert look(printer).error == 0x01000000
    printer.sleep_ms(60_000)
    assert not told(printer, "panel", "ejected")


def test_reject_is_the_way_out_even_with_an_error_latched() -> None:
    printer = bench("jam@card=1,panel=m")
    printer.exchange(job())
    printer.sleep_ms(30_000)
    assert look(printer).error == 0x01000000
    assert ask(printer, "Sic") == "ERR MECHANICAL"
    assert ask(printer, "Ser") == "OK"
    assert look(printer).error == 0x01000000
    assert ask(printer, "Scs") == "OK"
    assert look(printer).error == 0
    assert ask(printer, "Ser") == "NO CARD"
    assert printer.hand(look=True)["reject"][0]["panels"] == ["front y"]
    assert printer.hand(look=True)["reject"][0]["half"] == "front m"


def test_reject_waits_for_the_cover() -> None:
    printer = bench()
    ask(printer, "Sic")
    printer.hand(cover="open")
    assert ask(printer, "Ser") == "ERR COVER"
    printer.hand(cover="closed")
    assert ask(printer, "Ser") == "OK"


def test_a_full_hopper_holds_the_card_at_the_exit() -> None:
    printer = bench("hopper_full@card=1")
    printer.exchange(job())
    closing(printer)
    printer.sleep_ms(30_000)
    seen = look(printer)
    assert AT_EJECT in seen
    assert (seen.error, seen.warning) == (0x00100000, 0x00100000)
    printer.hand(take="output")
    ask(printer, "Scs")
    assert ask(printer, "Sce") == "OK"
    assert told(printer, "ejected")


def test_feed_and_eject_in_one_go() -> None:
    printer = bench()
    assert ask(printer, "Sie") == "OK"
    assert [line["event"] for line in printer.truth[1:]] == ["fed", "ejected"]
    assert printer.truth[-1]["picture"] is None


def test_turning_needs_a_flip_station() -> None:
    printer = bench(model="zenius")
    assert printer.exchange(job("k", "k")).startswith(b"OK\0")
    printer.sleep_ms(60_000)
    assert look(printer).error == 0x10000000
