"""Start-up, power cuts in the running process, and by SIGKILL at any instant between two files."""

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from simulators.cards.truth import Files, recover
from simulators.matica.bench import MemoryPrinter
from tests.unit.simulators.matica.kit import (
    EJECT,
    ENGAGE,
    INITIALISING,
    LOAD_CHIP,
    LOAD_PRINT,
    POWER_LOST,
    READY,
    REJECT,
    STARTED,
    TO_EJECT,
    WARMING,
    Host,
    bench,
    card,
    counters,
    host,
    picture,
    tiny,
    told,
)
from tests.unit.simulators.witnesses import Cut, Guillotine


def test_a_cold_printer_is_not_there_then_initialises_then_warms() -> None:
    printer = bench(cold=True)
    with pytest.raises(ConnectionRefusedError):
        printer.exchange()
    printer.sleep_ms(4_999)
    with pytest.raises(ConnectionRefusedError):
        printer.exchange()
    printer.sleep_ms(1)
    say = Host(printer).connect()
    assert [say.status(), say.status()] == [STARTED, INITIALISING]
    assert say.say(LOAD_PRINT).error == INITIALISING
    printer.sleep_ms(10_000)
    assert say.status() == WARMING
    assert say.say(LOAD_PRINT).error == WARMING
    printer.sleep_ms(119_999)
    say = Host(printer).connect()
    assert say.status() == WARMING
    printer.sleep_ms(1)
    card(say)


def test_how_long_it_warms_can_be_told() -> None:
    printer = bench(cold=True, warming_ms=1_000)
    printer.sleep_ms(16_000)
    assert host(printer).status() == READY


def test_the_start_up_is_told_to_a_motion_which_then_moves_nothing() -> None:
    printer = bench()
    say = Host(printer).connect()
    assert say.say(LOAD_PRINT).error == STARTED
    assert told(printer, "fed") == []
    say.do(LOAD_PRINT)


def test_moving_needs_no_heat() -> None:
    printer = bench()
    host(printer).do(LOAD_PRINT)
    printer.hand(power="cut")
    printer.sleep_ms(25_000)
    say = host(printer)
    assert say.status() == POWER_LOST
    assert say.say(LOAD_PRINT).error == WARMING
    assert say.say(0x05020002).error == POWER_LOST
    say.do(REJECT)
    assert say.status() == WARMING


@pytest.mark.parametrize(
    ("moment", "inside", "laid", "fused"),
    [("at=fed", 1, 0, 0), ("at=chip", 1, 0, 0), ("at=start", 1, 0, 0), ("panel=y", 1, 0, 0),
     ("panel=k", 1, 3, 0), ("at=transfer", 1, 4, 0), ("at=eject", 1, 4, 4), ("at=out", 0, 4, 4)],
)  # fmt: skip
def test_power_can_go_at_every_moment_and_no_card_is_lost(
    moment: str, inside: int, laid: int, fused: int
) -> None:
    printer = bench(f"power_cut@card=1,{moment}")
    total, head, errors = counters(printer)
    with pytest.raises(ConnectionResetError):
        card(host(printer))
    printer.sleep_ms(25_000)
    assert counters(printer) == (total + 1, head + laid, errors + 1)
    seen = printer.hand(look=True)
    assert (len(seen["inside"]), len(seen["output"])) == (inside, 1 - inside)
    assert len(told(printer, "panel")) == fused
    assert len(told(printer, "stuck")) == (moment == "at=transfer")
    assert len(told(printer, "film_wasted")) == (moment in ("panel=y", "panel=k", "at=transfer"))
    assert printer.chip() is None
    assert printer.printer.planes == {}
    say = host(printer)
    assert say.status() == (POWER_LOST if inside else WARMING)
    printer.sleep_ms(600_000)
    assert len(told(printer, "ejected")) == 1 - inside
    say = host(printer)
    if inside:
        say.do(REJECT)
    card(say)
    assert printer.truth[-1]["picture"] == picture(*(f"front {p}" for p in "ymck"))


def test_an_idle_power_cut_with_no_card_inside_leaves_no_mark_but_the_start_up() -> None:
    printer = bench()
    before = counters(printer)
    printer.hand(power="cut")
    printer.sleep_ms(10_000)
    say = Host(printer).connect()
    assert [say.status(), say.status()] == [STARTED, INITIALISING]
    printer.sleep_ms(10_000)
    assert say.status() == WARMING
    assert counters(printer) == before


def test_a_fault_without_a_card_goes_with_the_power() -> None:
    printer = bench("feeder_fault@card=1")
    assert host(printer).say(LOAD_PRINT).error == 0x39000
    printer.hand(power="cut")
    printer.sleep_ms(150_000)
    card(host(printer))


def one_card(truth: Path, state: Path, at: int) -> bool:
    """Print one card with the guillotine at write ``at``; whether it fell."""
    files = Guillotine(truth, state, at)
    try:
        card(host(tiny(MemoryPrinter(cards=3, witness=files))), "k", "k")
    except Cut:
        return True
    finally:
        files.close()
    return False


def test_killed_between_any_two_writes_no_card_is_lost_or_told_twice(tmp_path: Path) -> None:
    at, fell, errors = 0, True, set()
    while fell:
        truth, state = tmp_path / f"truth{at}", tmp_path / f"state{at}"
        fell = one_card(truth, state, at)
        kept = recover(truth, state)
        if kept is not None:
            errors.add(kept["counters"][4])
            lines = [json.loads(line) for line in truth.read_text().splitlines()]
            fed = [line["blank"] for line in lines if line["event"] == "fed"]
            out = [line["blank"] for line in lines if line["event"] == "ejected"]
            assert fed == [each["blank"] for each in [*kept["output"], *kept["inside"]]]
            assert out == [each["blank"] for each in kept["output"]]
            laid = [line["panel"] for line in lines if line["event"] == "panel"]
            assert laid == [panel for each in [*kept["output"], *kept["inside"]] for panel in each["panels"]]
            comes_back(kept, truth, state)
        at += 1
    assert at > 30
    assert len(errors) == 2


def comes_back(kept: dict[str, Any], truth: Path, state: Path) -> None:
    """The same blanks are still somewhere, and the next card is a whole one."""
    files = Files(truth, state)
    again = tiny(MemoryPrinter.revived(kept, files))
    again.sleep_ms(200_000)
    say = host(again)
    with suppress(AssertionError):
        say.do(REJECT)
    card(say)
    files.close()
    lines = [json.loads(line) for line in truth.read_text().splitlines()]
    assert lines[-1]["picture"] == picture(*(f"front {p}" for p in "ymck"))
    ways = [line["blank"] for line in lines if line["event"] in ("ejected", "rejected")]
    assert len(ways) == len(set(ways)) == len([line for line in lines if line["event"] == "fed"])


def test_a_printer_killed_in_a_transfer_comes_back_with_a_spoiled_card_and_says_so(tmp_path: Path) -> None:
    truth, state = tmp_path / "truth", tmp_path / "state"
    files = Files(truth, state)
    first = tiny(MemoryPrinter(witness=files))
    say = host(first)
    say.do(LOAD_PRINT)
    say.panels("ymck")
    before = counters(first)
    with pytest.raises(TimeoutError):
        say.say(EJECT, timeout_ms=2_000)
    files.close()
    kept = recover(truth, state)
    assert kept is not None
    files = Files(truth, state)
    again = tiny(MemoryPrinter.revived(kept, files))
    again.sleep_ms(15_000)
    assert counters(again) == (before[0], before[1], before[2] + 1)
    assert again.hand(look=True)["inside"][0]["half"] == "front film"
    assert host(again).status() == POWER_LOST
    assert again.printer.film.left == 999
    lines = [json.loads(line) for line in truth.read_text().splitlines()]
    assert [line["event"] for line in lines[-3:]] == ["stuck", "film_wasted", "power_on"]
    files.close()


def test_a_printer_killed_as_a_motion_begins_says_that_it_was_broken_off(tmp_path: Path) -> None:
    files = Files(None, tmp_path / "state")
    first = tiny(MemoryPrinter(witness=files))
    errors = counters(first)[2]
    with pytest.raises(TimeoutError):
        host(first).say(LOAD_PRINT, timeout_ms=1)
    kept = recover(None, tmp_path / "state")
    assert kept is not None
    assert kept["counters"][4] == errors + 1
    first.sleep_ms(4_000)
    kept = recover(None, tmp_path / "state")
    assert kept is not None
    assert kept["counters"][4] == errors
    files.close()


def test_the_chip_is_not_engaged_after_a_restart(tmp_path: Path) -> None:
    files = Files(None, tmp_path / "state")
    first = tiny(MemoryPrinter(witness=files))
    host(first).do(LOAD_CHIP, ENGAGE)
    assert first.chip()
    kept = recover(None, tmp_path / "state")
    assert kept is not None
    again = MemoryPrinter.revived(kept, files)
    assert again.chip() is None
    again.sleep_ms(5_000)
    assert host(again).at() == 2
    files.close()


def test_a_fault_that_struck_does_not_strike_again_after_a_restart(tmp_path: Path) -> None:
    files = Files(None, tmp_path / "state")
    first = tiny(MemoryPrinter(witness=files, faults=["jam@card=1,at=fed"]))
    assert host(first).say(LOAD_PRINT).error == 0x39000
    kept = recover(None, tmp_path / "state")
    assert kept is not None
    again = MemoryPrinter.revived(kept, files, faults=["jam@card=1,at=fed", "jam@card=2"])
    assert [fault.text for fault in again.printer.faults.ahead] == ["jam@card=2"]
    files.close()


def test_a_state_of_another_family_is_refused(tmp_path: Path) -> None:
    from simulators.matica import memory

    with pytest.raises(ValueError, match="this family"):
        memory.thaw_parts({"version": 1, "model": "primacy2"}, Files(None, None))


def test_a_card_out_before_the_cut_stays_out() -> None:
    printer = bench()
    host(printer).do(LOAD_PRINT, TO_EJECT)
    printer.hand(power="cut")
    assert printer.hand(power="on") == {"power": "on"}
    printer.sleep_ms(15_000)
    assert host(printer).status() == WARMING
    assert len(printer.hand(look=True)["output"]) == 1
