"""The USB machine on scripted answers: a failure is asked for its code once, and nothing is said again."""

import struct
from collections.abc import Iterable

import pytest

from drivers.card_printer import Piece
from drivers.errors import OutcomeUnknown
from drivers.matica.job import Plane
from drivers.matica.machine import Counters, Motion
from drivers.matica.usb_machine import UsbMachine

SENSE = 0x03


class Scripted:
    """Answers each command with the next of ``answers``: data that comes in, or None for a failure."""

    def __init__(self, *answers: bytes | None, wrong_tag: bool = False) -> None:
        self._answers = list(answers)
        self._wrong_tag = wrong_tag
        self.said: list[int] = []
        self.taken = 0
        self.closed = False

    def exchange(self, data: Iterable[Piece], timeout_s: float) -> bytes:
        pieces = [bytes(piece) for piece in data]
        if not pieces:
            self.taken += 1
            return b""
        (tag,) = struct.unpack_from("<I", pieces[0], 4)
        self.said.append(pieces[0][15])
        answer = self._answers.pop(0)
        status = struct.pack("<4sIIB", b"USBS", tag + self._wrong_tag, 0, answer is None)
        return (answer or b"") + status

    def close(self) -> None:
        self.closed = True


def sense(code: int) -> bytes:
    told = bytearray(20)
    told[2], told[12] = code >> 16, code >> 8 & 0xFF
    return bytes(told)


def test_opening_says_nothing() -> None:
    wire = Scripted()
    UsbMachine(wire).open()
    assert (wire.taken, wire.said) == (1, [])


@pytest.mark.parametrize("code", [0x0002D000, 0x0003B200, 0x00062800])
def test_a_failure_is_asked_for_its_code_once(code: int) -> None:
    wire = Scripted(None, sense(code))
    assert UsbMachine(wire).move(Motion("load", 2)) == code
    assert wire.said == [0x31, SENSE]


@pytest.mark.parametrize("told", [None, sense(0)])
def test_a_failure_without_a_code_is_never_taken_for_success(told: bytes | None) -> None:
    wire = Scripted(None, told)
    assert UsbMachine(wire).move(Motion("eject")) == 0x00034400


def test_a_panel_that_is_not_taken_ends_the_upload() -> None:
    wire = Scripted(b"", None, sense(0x00052000))
    planes = [Plane(letter, bytes(8)) for letter in "ymck"]
    assert UsbMachine(wire).upload(planes) == 0x00052000
    assert wire.said == [0x2A, 0x2A, SENSE]


def test_pages_the_machine_refuses_are_simply_not_told() -> None:
    assert UsbMachine(Scripted(None)).counters() == Counters()
    assert UsbMachine(Scripted(None)).settings() == ()
    inquiry = b" " * 16 + b"XID580".ljust(8) + b"SIM00001" + b" " * 26 + b"1.00".ljust(38)
    assert UsbMachine(Scripted(None, inquiry)).about().ink is None


@pytest.mark.parametrize("answer", [None, bytes(7) + b"\x09"])
def test_a_position_that_is_refused_or_makes_no_sense_lets_the_wire_go(answer: bytes | None) -> None:
    wire = Scripted(answer)
    with pytest.raises(OutcomeUnknown, match="garbled_reply"):
        UsbMachine(wire).position()
    assert wire.closed


def test_another_command_s_status_lets_the_wire_go() -> None:
    wire = Scripted(b"", wrong_tag=True)
    with pytest.raises(OutcomeUnknown, match="garbled_reply"):
        UsbMachine(wire).move(Motion("eject"))
    assert wire.closed
    assert wire.said == [0x31]
