"""The ribbon, the sensors a job leaves behind, and what a failed job must not leave behind."""

from typing import Any

import pytest

from simulators.cards.truth import Memory
from simulators.evolis import sensors
from simulators.evolis.bench import MemoryPrinter
from tests.unit.simulators.evolis.kit import CLAIM, ask, bench, closing, job, look, picture, told


@pytest.mark.parametrize(("stream", "used"), [(job("ymcko"), 1), (job("o"), 1), (job("ymcko", "k"), 2)])
def test_each_face_takes_one_length_of_ribbon(stream: bytes, used: int) -> None:
    printer = bench()
    printer.exchange(stream)
    printer.sleep_ms(60_000)
    assert ask(printer, "Rco;l") == str(300 - used)


def test_a_ribbon_that_runs_out_by_itself_ends_between_two_cards() -> None:
    printer = bench()
    printer.printer.ribbon.left = 1
    for _ in range(2):
        printer.exchange(job("k"))
        printer.sleep_ms(20_000)
        closing(printer)
    assert len(told(printer, "ejected")) == 1
    assert look(printer).warning == 0x00080000
    printer.hand(ribbon="new")
    printer.sleep_ms(20_000)
    assert len(told(printer, "ejected")) == 2


def test_a_back_that_finds_no_ribbon_spoils_the_card() -> None:
    printer = bench()
    printer.printer.ribbon.left = 1
    printer.exchange(job("k", "k"))
    printer.sleep_ms(60_000)
    assert look(printer).error == 0x00200000
    assert printer.hand(look=True)["inside"][0]["panels"] == ["front k"]


def test_a_low_ribbon_is_told() -> None:
    printer = bench()
    assert not look(printer).info & 0x00080000
    printer.printer.ribbon.left = 29
    assert look(printer).info & 0x00080000


def test_a_claim_ended_in_the_same_stream_ends_in_spite_of_a_failure() -> None:
    printer = bench("jam@card=1,panel=k")
    printer.exchange(job("ko") + b"\x1bPcla;0\r")
    printer.sleep_ms(20_000)
    assert look(printer).error
    assert CLAIM not in look(printer)


def test_the_next_job_clears_a_latched_error() -> None:
    printer = bench("jam@card=1,panel=k")
    printer.exchange(job("k"))
    closing(printer)
    printer.sleep_ms(10_000)
    ask(printer, "Ser")
    printer.exchange(job("k"))
    printer.sleep_ms(10_000)
    assert look(printer).error == 0
    assert told(printer, "ejected")


def test_after_a_power_cut_all_five_bitmaps_are_free() -> None:
    printer = bench("power_cut@card=1,panel=y,for=1")
    printer.exchange(job())
    printer.sleep_ms(10_000)
    assert printer.printer.bitmaps == 0


def test_a_card_freed_by_hand_leaves_no_jam_behind() -> None:
    printer = bench("jam@card=1,panel=k,hand=yes")
    printer.exchange(job("k"))
    closing(printer)
    printer.sleep_ms(10_000)
    printer.hand(take=printer.hand(look=True)["inside"][0]["blank"])
    printer.exchange(job("k"))
    printer.sleep_ms(10_000)
    assert told(printer, "ejected")


def test_a_reservation_is_renewed_by_its_own_number() -> None:
    printer = bench()
    ask(printer, "Psid;4711;45")
    printer.sleep_ms(44_000)
    ask(printer, "Psid;4711;180")
    printer.sleep_ms(179_000)
    assert look(printer).session == 4711


def test_a_picture_outlives_the_process_and_more_ink_changes_it() -> None:
    first = bench()
    first.exchange(job("ko"))
    first.sleep_ms(20_000)
    again = MemoryPrinter.revived(_frozen(first), Memory())
    assert _frozen(again)["output"][0]["picture"] == picture(["front k", "front o"])
    card = again.printer.output[0]
    card.lay("front", "k", b"black")
    assert card.picture() not in (
        None,
        picture(["front k", "front o", "front k"]),
        picture(["front k", "front o"]),
    )


def _frozen(printer: MemoryPrinter) -> dict[str, Any]:
    from simulators.evolis import memory

    return memory.freeze(printer.printer)


def test_the_hopper_and_the_error_mode_are_told() -> None:
    printer = bench()
    assert not look(printer).info & 0x40800000
    ask(printer, "Sie")
    ask(printer, "Pem;0")
    assert look(printer).info & 0x40800000 == 0x40800000


def test_the_port_status_of_the_usb_class_follows_the_machine() -> None:
    printer = bench("jam@card=1,at=fed")
    assert sensors.port_status(printer.printer) == 0x18
    printer.hand(cover="open")
    assert sensors.port_status(printer.printer) == 0x30
    printer.hand(cover="closed")
    ask(printer, "Sic")
    assert sensors.port_status(printer.printer) == 0x10


def test_of_two_failures_in_one_exchange_the_first_is_told() -> None:
    assert bench().exchange(b"\x1bPem;x\r\x1bQqq\r").startswith(b"ERROR PARAM\0")
