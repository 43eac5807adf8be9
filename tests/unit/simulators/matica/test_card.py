"""A card's way through the retransfer printer, motion by motion, as the truth tells it."""

import pytest

from tests.unit.simulators.matica.kit import (
    BAD_COMMAND,
    CARD_POSITION,
    EJECT,
    ENGAGE,
    FLIP,
    LOAD_CHIP,
    LOAD_PRINT,
    NO_CARDS,
    READY,
    REJECT,
    RELEASE,
    RETURN,
    TO_EJECT,
    TO_PRINT,
    Usb,
    ask,
    bench,
    card,
    counters,
    host,
    picture,
    told,
)


def test_a_card_goes_its_way_and_the_truth_tells_every_step() -> None:
    printer = bench()
    say = host(printer)
    total, head, errors = counters(printer)
    say.do(LOAD_CHIP)
    assert (say.at(), printer.chip()) == (2, None)
    say.do(ENGAGE)
    uid = printer.chip()
    assert uid is not None
    say.do(RELEASE)
    assert printer.chip() is None
    say.do(TO_PRINT)
    say.panels("ymck")
    assert told(printer, "panel") == []
    say.do(EJECT)
    assert say.at() is None
    assert counters(printer) == (total + 1, head + 4, errors)
    assert [(line["event"], line["blank"], line["panel"]) for line in printer.truth] == [
        ("power_on", None, None),
        ("fed", uid, None),
        ("chip", uid, None),
        *(("film", None, f"front {letter}") for letter in "ymck"),
        *(("panel", uid, f"front {letter}") for letter in "ymck"),
        ("ejected", uid, None),
    ]
    assert printer.truth[-1]["picture"] == picture(*(f"front {letter}" for letter in "ymck"))
    assert 25_000 <= printer.now_ms() <= 35_000


def test_both_sides_are_laid_one_after_the_other() -> None:
    printer = bench(ribbon="ymckk")
    card(host(printer), "ymck", "k")
    assert printer.truth[-1]["picture"] == picture(*(f"front {p}" for p in "ymck"), "back k")
    assert printer.printer.ribbon.left == 399


def test_a_card_may_be_turned_as_it_is_loaded() -> None:
    printer = bench()
    say = host(printer)
    say.do(LOAD_PRINT | 0x1000)
    say.panels("k")
    say.do(EJECT)
    assert printer.truth[-1]["picture"] == picture("back k")


def test_panels_are_laid_in_one_order_whatever_the_order_they_came_in() -> None:
    printer = bench()
    say = host(printer)
    say.do(LOAD_PRINT)
    say.panels("kcym")
    assert [panel for _, _, panel, _ in told(printer, "film")] == [f"front {p}" for p in "ymck"]


@pytest.mark.parametrize("way_out", [REJECT, LOAD_PRINT])
def test_what_lies_on_the_film_never_reaches_another_card(way_out: int) -> None:
    printer = bench()
    say = host(printer)
    say.do(LOAD_PRINT)
    say.panels("ymck")
    if way_out == REJECT:
        say.do(REJECT, LOAD_PRINT)
    else:
        say.do(TO_EJECT, LOAD_PRINT)
    assert told(printer, "film_wasted")
    say.panels("k")
    say.do(EJECT)
    assert printer.truth[-1]["picture"] == picture("front k")


def test_without_film_init_the_last_frame_is_still_there() -> None:
    printer = bench()
    say = host(printer)
    say.do(LOAD_PRINT)
    say.panels("ymck")
    say.do(TO_EJECT, 0x04020000, EJECT)
    assert printer.truth[-1]["picture"] == picture(*(f"front {p}" for p in "ymck"))


def test_a_bare_film_is_fused_when_nothing_lies_on_it() -> None:
    printer = bench()
    say = host(printer)
    say.do(LOAD_PRINT, RETURN)
    assert say.at() == 0
    say.do(EJECT)
    assert printer.truth[-1]["picture"] is None
    assert printer.printer.film.left == 998


def test_memory_forgets_what_has_been_laid() -> None:
    printer = bench()
    say = host(printer)
    say.do(LOAD_PRINT)
    say.panels("k")
    assert say.say(0x06020008).error == BAD_COMMAND


def test_a_plane_written_again_replaces_the_first() -> None:
    printer = bench()
    usb = Usb(printer)
    usb.look()
    assert usb.mechanism(1, 0, 0, 4) == READY
    printer.printer.planes["k"] = b"another."
    assert usb.panel("k") == READY
    assert usb.mechanism(8, 4) == READY
    assert usb.mechanism(9) == READY
    assert printer.truth[-1]["picture"] == picture("front k")


@pytest.mark.parametrize(
    ("before", "word", "code"),
    [
        ([], TO_PRINT, CARD_POSITION),
        ([], REJECT, CARD_POSITION),
        ([], EJECT, CARD_POSITION),
        ([], ENGAGE, CARD_POSITION),
        ([], RELEASE, READY),
        ([LOAD_PRINT], LOAD_PRINT, CARD_POSITION),
        ([LOAD_PRINT], ENGAGE, CARD_POSITION),
        ([LOAD_CHIP], EJECT, CARD_POSITION),
        ([LOAD_CHIP, ENGAGE], TO_PRINT, CARD_POSITION),
        ([LOAD_CHIP, ENGAGE], REJECT, CARD_POSITION),
        ([LOAD_PRINT], 0x06020008, BAD_COMMAND),
        ([], 0x06020001, BAD_COMMAND),
        ([], 0x06020000, BAD_COMMAND),
        ([], 0x04020004, BAD_COMMAND),
        ([], 0x05020006, BAD_COMMAND),
        ([], 0x08060000, BAD_COMMAND),
        ([], 0x06020010, BAD_COMMAND),
    ],
)
def test_what_makes_no_sense_is_refused_and_moves_nothing(before: list[int], word: int, code: int) -> None:
    printer = bench()
    say = host(printer)
    say.do(*before)
    lines, ms, errors = len(printer.truth), printer.now_ms(), counters(printer)[2]
    assert say.say(word).error == code
    assert code == READY or printer.now_ms() == ms
    assert (len(printer.truth), counters(printer)[2]) == (lines, errors)


def test_an_empty_feeder_is_told_unless_a_card_is_inside() -> None:
    printer = bench(cards=1)
    say = host(printer)
    say.do(LOAD_PRINT)
    assert say.status() == READY
    say.do(TO_EJECT)
    assert say.status() == NO_CARDS
    assert say.say(LOAD_PRINT).error == NO_CARDS
    assert ask(printer)[0x0A] == b"\2"
    printer.hand(load=3)
    assert say.status() == READY
    assert ask(printer)[0x0A] == b"\0"


def test_supplies_run_down_and_are_told() -> None:
    printer = bench()
    say = host(printer)
    before = ask(printer)
    assert (before[0x0B], before[0x0C]) == ((250).to_bytes(2, "big"), (100).to_bytes(2, "big"))
    for _ in range(10):
        card(say)
    after = ask(printer)
    assert (after[0x0B], after[0x0C]) == ((245).to_bytes(2, "big"), (99).to_bytes(2, "big"))
    assert printer.hand(ribbon="new") == {"ribbon": 500}
    assert printer.hand(film=0) == {"film": 0}
    assert say.say(LOAD_PRINT).error == 0x3A100


def test_a_ribbon_without_that_panel_is_refused() -> None:
    printer = bench()
    say = host(printer)
    say.do(LOAD_PRINT)
    assert (
        say.say(0, 0xF0000200, b"\x40\0\0\0" + bytes((0, 0, 0, 12, 0, 0, 0, 8)) + b"uuuuuuuu").error == READY
    )
    assert say.say(0x06020040).error == 0x3B000
    printer.hand(ribbon="ymcku")
    say.do(0x06020040, FLIP, EJECT)
    assert printer.truth[-1]["picture"] == picture("front u")


@pytest.mark.parametrize(("ribbon", "code"), [("none", 0x3B100), ("foreign", 0x3B000)])
def test_a_ribbon_that_is_missing_or_wrong_is_told_as_long_as_it_is(ribbon: str, code: int) -> None:
    printer = bench()
    say = host(printer)
    printer.hand(ribbon=ribbon)
    assert say.status() == code
    assert say.say(LOAD_PRINT).error == code
    assert told(printer, "fed") == []
    printer.hand(ribbon="new")
    assert say.status() == READY
    card(say)
