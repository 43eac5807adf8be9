"""The USB face: one command at a time, stalls where something failed, and sense that is told once."""

import struct

import pytest

from tests.unit.simulators.matica.kit import (
    BAD_COMMAND,
    CARD_POSITION,
    INK,
    PRINTING,
    READY,
    STARTED,
    Usb,
    bench,
    block,
    picture,
    told,
)

POSITION = bytes((0x34, 0, 0, 0, 0, 0, 0, 0, 8, 0))


def warm(*faults: str) -> Usb:
    usb = Usb(bench(*faults))
    assert usb.look() == STARTED
    assert usb.look() == READY
    return usb


def test_a_card_by_usb() -> None:
    usb = warm()
    assert usb.mechanism(1, 0, 0, 4, 0, 0, 2) == READY
    assert usb.say(bytes((0x32, 4)).ljust(10, b"\0")) == READY
    assert usb.printer.chip() is not None
    assert usb.say(bytes((0x32, 5)).ljust(10, b"\0")) == READY
    assert usb.mechanism(0x0B) == READY
    assert [usb.panel(letter) for letter in "ymck"] == [READY] * 4
    assert usb.mechanism(8, 0x06) == READY
    assert usb.mechanism(0x0A) == READY
    assert usb.panel("k") == READY
    assert usb.mechanism(8, 0x04) == READY
    assert usb.mechanism(9) == READY
    assert usb.printer.truth[-1]["picture"] == picture(*(f"front {p}" for p in "ymck"), "back k")


@pytest.mark.parametrize(("flip", "side"), [(0x04, "front"), (0x06, "back")])
def test_the_flip_bit_of_a_load(flip: int, side: str) -> None:
    usb = warm()
    assert usb.mechanism(1, 0, 0, flip) == READY
    usb.panel("k")
    usb.mechanism(8, 0x04)
    usb.mechanism(0x0D)
    usb.mechanism(0x0B, 0, 0, 0, 0, 0, 5)
    assert usb.printer.truth[-1]["picture"] == picture(f"{side} k")


def test_sense_is_told_once() -> None:
    usb = warm()
    assert usb.command(bytes((0x31, 9)).ljust(10, b"\0"))[0] == 1
    assert usb.sense() == CARD_POSITION
    assert usb.sense() == READY


def test_who_asks_for_sense_first_is_told_of_the_start_up() -> None:
    usb = Usb(bench())
    assert usb.sense() == STARTED
    assert usb.look() == READY


@pytest.mark.parametrize(
    "cdb",
    [
        bytes((0x1A, 0, 0x44, 0, 0x40, 0)),
        bytes((0x99, 0, 0, 0, 64, 0)),
        bytes((0x2C, 0, 0, 0, 0, 0, 0, 0, 8, 0)),
        bytes((0x4D, 0, 0x77, 0, 0, 0, 0, 0, 52, 0)),
    ],
)
def test_a_failed_question_stalls_the_pipe_and_then_says_so(cdb: bytes) -> None:
    usb = warm()
    assert usb.command(cdb, 64) == (1, b"stalled", 64)
    assert usb.sense() == BAD_COMMAND
    assert usb.look() == READY


def test_a_failed_panel_takes_all_its_data() -> None:
    usb = warm()
    cdb = bytes((0x2A, 0, 9, 0, 0)) + struct.pack(">IB", 8, 0)
    assert usb.command(cdb, data=b"x" * 8) == (1, b"", 8)
    assert usb.sense() == BAD_COMMAND
    cdb = bytes((0x2A, 0, 0, 0, 0)) + struct.pack(">IB", 8, 0)
    assert usb.command(cdb, data=b"x" * 9)[0] == 1
    assert usb.printer.printer.planes == {}
    assert usb.say(bytes((0x15, 0, 0, 0, 0x20, 0)), bytes(32)) == BAD_COMMAND


def test_a_host_that_asks_for_more_gets_what_there_is() -> None:
    usb = warm()
    status, data, residue = usb.command(POSITION, 64)
    assert (status, len(data), residue) == (0, 8, 56)


def test_while_a_motion_moves_no_other_command_is_taken() -> None:
    usb = warm()
    usb.printer.write(block(bytes((0x31, 1)).ljust(10, b"\0"), 9))
    assert usb.printer.pipes.room() == 0
    with pytest.raises(TimeoutError):
        usb.printer.write(block(bytes(6)), timeout_ms=3_900)
    assert usb.printer.read()[4:8] == b"\x09\0\0\0"
    assert usb.printer.now_ms() == 4_000
    assert usb.look() == READY


def test_after_a_reset_a_motion_goes_on_and_a_look_says_so() -> None:
    usb = warm()
    usb.mechanism(1)
    usb.panel("k")
    usb.printer.write(block(bytes((0x31, 8, 4)).ljust(10, b"\0")))
    usb.printer.pipes.reset(soft=True)
    assert usb.look() == PRINTING
    usb.printer.sleep_ms(3_000)
    assert usb.look() == READY
    assert told(usb.printer, "film")


def test_at_once_means_at_once() -> None:
    usb = warm()
    usb.mechanism(1)
    usb.panel("k")
    assert usb.mechanism(8, 0x05) == READY
    assert usb.look() == PRINTING
    assert usb.mechanism(9) == PRINTING
    usb.printer.sleep_ms(3_000)
    assert usb.mechanism(9) == READY


@pytest.mark.parametrize(
    "raw",
    [b"USBC", block(bytes(6))[:30], block(bytes(6)) + b"\0", b"USBX" + block(bytes(6))[4:],
     block(bytes(6))[:13] + b"\1" + block(bytes(6))[14:], block(bytes(7))],
)  # fmt: skip
def test_what_is_no_command_stalls_both_pipes_until_the_host_starts_anew(raw: bytes) -> None:
    usb = warm()
    with pytest.raises(BrokenPipeError):
        usb.printer.write(raw)
    with pytest.raises(BrokenPipeError):
        usb.printer.read()
    with pytest.raises(BrokenPipeError):
        usb.printer.write(block(bytes(6)))
    usb.printer.pipes.reset(soft=True)
    assert usb.look() == READY


def test_a_host_out_of_step_is_told_so_and_has_to_start_anew() -> None:
    usb = warm()
    assert usb.command(POSITION)[0] == 2
    with pytest.raises(BrokenPipeError):
        usb.printer.read()
    usb.printer.pipes.reset(soft=True)
    assert usb.look() == READY


def test_a_reset_in_the_middle_of_a_panel_throws_its_data_away() -> None:
    usb = warm()
    usb.printer.write(block(bytes((0x2A, 0, 0, 0, 0)) + struct.pack(">IB", 8, 0), 7, 8))
    usb.printer.write(b"half")
    usb.printer.pipes.reset(soft=True)
    assert usb.printer.printer.planes == {}
    assert usb.panel("k") == READY
    assert usb.printer.printer.planes == {"k": INK["k"]}
    usb.printer.pipes.reset(soft=False)
    assert usb.printer.printer.planes == {}


def test_a_garbled_status_has_another_tag() -> None:
    usb = warm("reply_garbled@exchange=4")
    usb.printer.write(block(bytes(6), 7))
    assert usb.printer.read()[4:8] != b"\7\0\0\0"
    usb.printer.write(block(bytes(6), 8))
    assert usb.printer.read()[4:8] == b"\x08\0\0\0"


def test_the_cable_pulled_in_a_motion_loses_its_answer_and_not_the_card() -> None:
    usb = warm("unplug@card=1,at=fed")
    usb.printer.write(block(bytes((0x31, 1)).ljust(10, b"\0")))
    with pytest.raises(ConnectionResetError):
        usb.printer.read()
    with pytest.raises(ConnectionRefusedError):
        usb.printer.write(block(bytes(6)))
    usb.printer.sleep_ms(5_000)
    assert usb.look() == READY
    assert usb.command(POSITION, 8)[1] == bytes(8)


def test_missing_counters_make_a_short_answer() -> None:
    usb = warm("counter_missing@card=1")
    ask = bytes((0x4D, 0, 0x78, 0, 0, 0, 0, 0, 0x34, 0))
    assert len(usb.command(ask, 52)[1]) == 52
    usb.mechanism(1)
    status, data, residue = usb.command(ask, 52)
    assert (status, len(data), residue) == (0, 28, 24)
    assert [data[at + 1] for at in range(4, 28, 8)] == [1, 3, 5]
