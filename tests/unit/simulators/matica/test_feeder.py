"""Accidents before the first panel: the stack, two blanks at once, and chips that do not answer."""

import pytest

from tests.unit.simulators.matica.kit import (
    ENGAGE,
    LOAD_CHIP,
    LOAD_PRINT,
    READY,
    bench,
    card,
    counters,
    host,
    picture,
    told,
)

JAM_HOPPER = 0x39000


def test_a_feeder_that_slips_keeps_its_card() -> None:
    printer = bench("feeder_fault@card=1")
    say = host(printer)
    total, _, errors = counters(printer)
    assert say.say(LOAD_PRINT).error == JAM_HOPPER
    assert (say.at(), say.status(), told(printer, "fed")) == (None, JAM_HOPPER, [])
    assert counters(printer)[::2] == (total, errors + 1)
    printer.hand(cover="open")
    printer.hand(cover="closed")
    card(say)


def test_a_stack_that_never_reached_the_rollers_is_told_from_the_start() -> None:
    assert host(bench("feeder_empty@card=1")).status() == 0x2D000


def test_two_blanks_travel_as_one() -> None:
    printer = bench("double_feed@card=1")
    say = host(printer)
    before = counters(printer)
    card(say)
    assert counters(printer) == (before[0] + 1, before[1] + 4, before[2])
    first, second = (line for line in printer.truth if line["event"] == "ejected")
    assert first["picture"] == picture(*(f"front {p}" for p in "ymck"))
    assert second["picture"] is None


def test_two_blanks_may_be_seen() -> None:
    printer = bench("double_feed@card=1,seen=yes")
    say = host(printer)
    total = counters(printer)[0]
    say.do(LOAD_PRINT)
    assert counters(printer)[0] == total + 2


def test_of_two_blanks_the_lower_chip_may_answer() -> None:
    printer = bench("double_feed@card=1,chip=under")
    host(printer).do(LOAD_CHIP, ENGAGE)
    upper, lower = (line["blank"] for line in printer.truth if line["event"] == "fed")
    assert printer.chip() == lower != upper


@pytest.mark.parametrize("kind", ["dead", "mute"])
def test_a_chip_that_does_not_answer(kind: str) -> None:
    printer = bench(f"chip_{kind}@card=1")
    host(printer).do(LOAD_CHIP, ENGAGE)
    assert printer.chip() is None
    assert len(told(printer, "chip")) == (kind == "mute")


def test_the_feeder_runs_empty_before_the_card_and_says_so_at_once() -> None:
    printer = bench("feeder_empty@card=2,for=100000")
    say = host(printer)
    card(say)
    assert say.status() == 0x2D000
    printer.sleep_ms(100_000)
    assert host(printer).status() == READY
