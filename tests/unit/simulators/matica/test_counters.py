"""Counters that lag, and counters that do not answer."""

import pytest

from tests.unit.simulators.matica.kit import EJECT, LOAD_PRINT, TO_EJECT, ask, bench, counters, host


@pytest.mark.parametrize("lasts", ["for=800", "until=poll", "until=power"])
def test_counters_may_lag(lasts: str) -> None:
    printer = bench(f"counter_lag@card=1,{lasts}")
    say = host(printer)
    before = counters(printer)
    say.do(LOAD_PRINT)
    assert counters(printer) == before
    say.panels("ymck")
    say.do(EJECT)
    after = (before[0] + 1, before[1] + 4, before[2])
    assert counters(printer) == before
    if lasts == "for=800":
        printer.sleep_ms(800)
    elif lasts == "until=power":
        printer.sleep_ms(10_000_000)
        assert counters(printer) == before
        printer.hand(power="cut")
        printer.sleep_ms(20_000)
    assert counters(printer) == after


def test_counters_may_not_answer_until_the_next_card() -> None:
    printer = bench("counter_missing@card=1")
    say = host(printer)
    say.do(LOAD_PRINT, TO_EJECT)
    assert not set(ask(printer)) & {0x10, 0x12, 0x14}
    say.do(LOAD_PRINT)
    assert {0x10, 0x12, 0x14} <= set(ask(printer))
