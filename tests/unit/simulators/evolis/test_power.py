"""Power cuts: in the running process, and by SIGKILL at any instant between two files."""

import json
from contextlib import suppress
from pathlib import Path

import pytest

from simulators.cards.truth import Files, recover
from simulators.evolis.bench import MemoryPrinter
from tests.unit.simulators.evolis.kit import (
    AT_PRINT,
    AT_STATION,
    CLAIM,
    RESET,
    ask,
    bench,
    counters,
    job,
    look,
    told,
)
from tests.unit.simulators.witnesses import Cut, Guillotine


def test_after_a_power_cut_the_card_lies_where_it_lay_and_the_job_is_gone() -> None:
    printer = bench("power_cut@card=1,panel=m")
    cards, panels = counters(printer)
    printer.exchange(job())
    printer.sleep_ms(6_000)
    with pytest.raises(ConnectionRefusedError):
        printer.exchange(b"")
    printer.sleep_ms(5_000)
    seen = look(printer)
    assert RESET in seen
    assert AT_PRINT in seen
    assert CLAIM not in seen
    assert (seen.error, seen.session) == (0, 0)
    assert counters(printer) == (cards + 1, panels + 1)
    assert ask(printer, "Rem") == "0;0"
    printer.sleep_ms(600_000)
    assert [event for event, *_ in told(printer, "stuck", "power_on", "ejected")] == [
        "power_on",
        "stuck",
        "power_on",
    ]


@pytest.mark.parametrize("moment", ["fed", "chip", "start", "panel", "eject", "out"])
def test_power_can_go_at_every_moment_and_no_card_is_lost(moment: str) -> None:
    printer = bench(f"power_cut@card=1,at={moment}")
    with suppress(ConnectionError):
        ask(printer, "Sic")
        printer.exchange(job("k"))
        printer.sleep_ms(10_000)
    printer.sleep_ms(20_000)
    assert RESET in look(printer)
    where = printer.hand(look=True)
    assert len(where["inside"]) + len(where["output"]) == 1


def test_a_host_in_the_middle_of_an_exchange_is_cut_off() -> None:
    printer = bench("power_cut@card=1,at=fed")
    with pytest.raises(ConnectionResetError):
        ask(printer, "Sic")


def test_the_wire_pulled_leaves_the_printer_its_memory() -> None:
    printer = bench("unplug@card=1,panel=m")
    printer.exchange(job())
    printer.sleep_ms(6_000)
    with pytest.raises(ConnectionRefusedError):
        printer.exchange(b"")
    printer.sleep_ms(20_000)
    assert RESET not in look(printer)
    assert told(printer, "ejected")


def test_bytes_beyond_the_unplugging_never_arrive() -> None:
    whole = job()
    printer = bench(f"unplug@bytes={30 + len(whole) - 50}")
    printer.face.bytes_in = 30
    with pytest.raises(ConnectionResetError):
        printer.exchange(whole)
    printer.sleep_ms(40_000)
    assert look(printer).error == 0x01000040
    assert not told(printer, "ejected")


def one_card(truth: Path, state: Path, at: int) -> bool:
    """Print one card with the guillotine at write ``at``; whether it fell."""
    files = Guillotine(truth, state, at)
    try:
        printer = MemoryPrinter(cards=3, witness=files)
        printer.exchange(b"\x1bSic\r")
        printer.exchange(job("ko"))
        printer.sleep_ms(60_000)
    except Cut:
        return True
    finally:
        files.close()
    return False


def test_killed_between_any_two_writes_no_card_is_lost_or_told_twice(tmp_path: Path) -> None:
    at, fell = 0, True
    while fell:
        truth, state = tmp_path / f"truth{at}", tmp_path / f"state{at}"
        fell = one_card(truth, state, at)
        kept = recover(truth, state)
        if kept is not None:
            lines = [json.loads(line) for line in truth.read_text().splitlines()]
            fed = [line["blank"] for line in lines if line["event"] == "fed"]
            out = [line["blank"] for line in lines if line["event"] == "ejected"]
            assert fed == [card["blank"] for card in [*kept["output"], *kept["inside"]]]
            assert out == [card["blank"] for card in kept["output"]]
            assert kept["feeder"] == [len(fed) + 1, 3 - len(fed)]
            laid = [line["panel"] for line in lines if line["event"] == "panel"]
            assert laid == [panel for card in [*kept["output"], *kept["inside"]] for panel in card["panels"]]
        at += 1
    assert at > 15


def test_a_line_torn_by_the_kill_is_written_again(tmp_path: Path) -> None:
    truth, state = tmp_path / "truth", tmp_path / "state"
    one_card(truth, state, 7)
    whole = truth.read_bytes()
    last = whole.splitlines(keepends=True)[-1]
    truth.write_bytes(whole[: -len(last) // 2])
    kept = json.loads(state.read_text())
    if kept["truth"]["line"]:
        recover(truth, state)
        assert truth.read_bytes().endswith(kept["truth"]["line"].encode())


def test_a_printer_killed_in_a_panel_comes_back_with_a_spoiled_card_inside(tmp_path: Path) -> None:
    truth, state = tmp_path / "truth", tmp_path / "state"
    files = Files(truth, state)
    first = MemoryPrinter(witness=files)
    first.exchange(job())
    first.sleep_ms(5_000)
    before = counters(first)
    files.close()
    kept = recover(truth, state)
    assert kept is not None
    files = Files(truth, state)
    again = MemoryPrinter.revived(kept, files)
    seen = look(again)
    assert RESET in seen
    assert AT_PRINT in seen
    assert counters(again) == before
    assert again.now_ms() >= kept["now_ms"]
    assert again.hand(look=True)["inside"][0]["half"] == "front m"
    ask(again, "Ser")
    assert json.loads(truth.read_text().splitlines()[-1])["event"] == "rejected"
    files.close()


def test_the_chip_answers_again_after_a_restart(tmp_path: Path) -> None:
    files = Files(None, tmp_path / "state")
    first = MemoryPrinter(witness=files)
    ask(first, "Sic")
    uid = first.chip()
    kept = recover(None, tmp_path / "state")
    assert kept is not None
    again = MemoryPrinter.revived(kept, files)
    assert again.chip() == uid
    assert AT_STATION in look(again)


def test_a_fault_that_struck_does_not_strike_again_after_a_restart(tmp_path: Path) -> None:
    files = Files(None, tmp_path / "state")
    first = MemoryPrinter(witness=files, faults=["jam@card=1,panel=y"])
    first.exchange(job())
    first.sleep_ms(5_000)
    kept = recover(None, tmp_path / "state")
    assert kept is not None
    again = MemoryPrinter.revived(kept, files, faults=["jam@card=1,panel=y", "jam@card=2"])
    assert [fault.text for fault in again.printer.faults.ahead] == ["jam@card=2"]


def test_a_state_that_is_none_of_ours_is_refused(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("[1]")
    with pytest.raises(ValueError, match="not this device's state"):
        recover(None, tmp_path / "state")


def test_a_state_of_another_family_is_refused() -> None:
    from simulators.evolis import memory

    with pytest.raises(ValueError, match="xid580"):
        memory.thaw_parts({"version": 1, "model": "xid580"}, Files(None, None))
