"""The instructions that no reader's verb needs: each says what it should and hears what comes."""

from __future__ import annotations

import struct
from collections.abc import Callable

import pytest

from drivers.errors import NeedsHands, Refused, Unreachable
from drivers.r30x import codec
from drivers.r30x.codec import Kind, Packet
from drivers.r30x.commands import SMALL
from drivers.r30x.module import Module
from tests.unit.drivers.r30x.scripted import Scripted, line_to

ANYBODY = 0xFFFFFFFF


class Answering(Scripted):
    """Answers every instruction with ``code`` and ``values``, and keeps what it was asked."""

    def __init__(self, code: int = 0, values: bytes = b"", data: bytes = b"") -> None:
        super().__init__()
        self.heard = b""
        self._said = codec.pack(ANYBODY, Kind.ACK, bytes([code]) + values)
        if data:
            self._said += b"".join(codec.data_packets(ANYBODY, data, 128))

    def _take(self, packet: Packet) -> None:
        self.heard = packet.content
        self._out.append((self.now, self._said))


def test_what_is_set_is_said_in_the_modules_numbers() -> None:
    far = Answering()
    module = Module(line_to(far))
    table: tuple[tuple[Callable[[], None], str], ...] = (
        (lambda: module.set_password(5), "1200000005"),
        (lambda: module.set_security(4), "0e0504"),
        (lambda: module.port(True), "1701"),
        (lambda: module.light(1, 2, 3, 4), "3501020304"),
        (lambda: module.lamp(True), "50"),
        (lambda: module.lamp(False), "51"),
        (lambda: module.write_notepad(3, b"note"), "1803" + b"note".hex() + "00" * 28),
        (lambda: module.delete(513, 2), "0c02010002"),
        (lambda: module.load(2, 258), "07020102"),
        (module.empty, "0d"),
        (module.handshake, "40"),
        (module.cancel, "30"),
        (module.restart, "3d"),
    )
    for work, said in table:
        work()
        assert far.heard.hex() == said


def test_what_is_asked_is_heard() -> None:
    assert Module(line_to(Answering(0, b"\1\2\3\4"))).random() == 0x01020304
    assert Module(line_to(Answering(0, b"\1\2"))).count() == 258
    assert Module(line_to(Answering(0, b"n" * 32))).read_notepad(15) == b"n" * 32
    assert Module(line_to(Answering(0, b"1.2".ljust(32, b"\0")))).firmware() == "1.2"
    assert Module(line_to(Answering(0, b"A9".ljust(32, b"\0")))).algorithm() == "A9"
    assert Module(line_to(Answering(0xFC))).firmware() == Module(line_to(Answering(0xFC))).algorithm() == ""
    assert Module(line_to(Answering(0x55))).echo()
    assert not Module(line_to(Answering(0xFE))).echo()
    assert Module(line_to(Answering(0, data=b"i" * 512))).information_page() == b"i" * 512
    assert Module(line_to(Answering(0x07))).take_good_picture() == 0x07


def test_a_sensor_is_well_where_it_says_so_or_cannot_say() -> None:
    assert Module(line_to(Answering(0))).check_sensor()
    assert Module(line_to(Answering(0xFC))).check_sensor()
    assert not Module(line_to(Answering(0x29))).check_sensor()


def test_a_fast_search_is_the_other_instruction() -> None:
    far = Answering(0, struct.pack(">HH", 7, 99))
    found = Module(line_to(far)).search(1, 2, 3, fast=True)
    assert (found.slot, found.score, far.heard.hex()) == (7, 99, "1b0100020003")


def test_a_new_rate_ends_the_line() -> None:
    far = Answering()
    line = line_to(far)
    module = Module(line)
    module.set_baud(115_200)
    assert (far.heard.hex(), line.is_open) == ("0e040c", False)


def test_a_new_packet_size_holds_when_the_module_says_so() -> None:
    far = Scripted()
    far._do_0e = lambda _: far._ack(0)  # type: ignore[attr-defined]
    line = line_to(far)
    module = Module(line)
    module.ready()
    module.set_packet(256)
    assert line.packet_bytes == 128, "this one heeds it after its next power-on"


def test_a_note_that_is_too_long_is_refused_and_errors_have_their_words() -> None:
    with pytest.raises(Refused):
        Module(line_to(Answering())).write_notepad(0, bytes(33))
    with pytest.raises(NeedsHands) as caught:
        Module(line_to(Answering(0x18))).store(1, 1)
    assert caught.value.cause == "hardware"


class Speechless(Scripted):
    """A small module that says nothing to what it does not know; ``dies``: nor to anything afterwards."""

    def __init__(self, *, dies: bool = False) -> None:
        super().__init__()
        self._dies = dies

    def _do_3c(self, _: bytes) -> bytes:
        if self._dies:
            self.mangle = lambda _number, _answer: ()
        return b""


def test_a_module_that_is_silent_about_who_it_is_is_a_small_one() -> None:
    far = Speechless()
    module = Module(line_to(far))
    module.ready()
    assert module.product is SMALL and module.is_open
    far.asked.clear()
    module.ready()
    assert 0x3C not in far.asked, "it was asked once"


def test_a_module_that_is_silent_about_everything_is_not_there() -> None:
    with pytest.raises(Unreachable, match="no_answer"):
        Module(line_to(Speechless(dies=True))).ready()
