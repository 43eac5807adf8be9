"""A pad's packets become strokes, wherever the stream begins or is cut; silence ends a signature."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.address import parse
from drivers.errors import NeedsHands, Unreachable
from drivers.signature_pad import Point
from drivers.topaz.codec import Format, Info, Parser, Position, Pressure
from drivers.topaz.models import MODELS
from drivers.topaz.opening import opened
from drivers.topaz.pad import TopazPad

positions = st.builds(
    Position, st.integers(0, 4095), st.integers(0, 4094), near=st.booleans(), down=st.booleans()
)
noise = st.binary(max_size=9).map(lambda data: bytes(byte & 0x3F for byte in data))


def packet(position: Position, form: Format = 0, kind: int = 1) -> bytes:
    if form == 0:
        x, y = position.x, position.y
        status = 0x80 | kind << 2 | position.near << 6 | position.down
        return bytes([status, x & 127, x >> 7, y & 127, y >> 7])
    status = 0x40 | (0x04 if position.near else 0) | position.down
    return bytes([status, position.x & 63, position.x >> 6, position.y & 63, position.y >> 6])


def info(model: int, serial: int) -> bytes:
    low, high = model << 2 | serial >> 16, serial & 0x3FFF
    return bytes([0x80 | 2 << 2, low & 127, low >> 7, high & 127, high >> 7])


@pytest.mark.parametrize("form", [0, 1])
@given(st.lists(positions, max_size=6), st.lists(st.integers(0, 100), max_size=6), noise)
def test_any_cut_and_any_beginning_give_the_same_events(
    form: Format, sent: list[Position], at: list[int], before: bytes
) -> None:
    data = before + b"".join(packet(each, form) for each in sent)
    marks = sorted({0, len(data), *(mark % (len(data) + 1) for mark in at)})
    parser = Parser(form)
    found = [event for start, end in pairwise(marks) for event in parser.feed(data[start:end])]
    assert found == sent


def test_a_lost_byte_costs_one_packet() -> None:
    one, two = Position(100, 200, True, True), Position(101, 201, True, True)
    assert Parser(0).feed(packet(one)[:-1] + packet(two)) == [two]


def test_half_a_packet_is_forgotten_when_told_so() -> None:
    parser, data = Parser(0), packet(Position(100, 200, True, True))
    assert parser.feed(data[:3]) == []
    parser.clear()
    assert parser.feed(data[3:]) == []


def test_pressure_info_and_what_is_none() -> None:
    parser = Parser(0)
    assert parser.feed(b"\x9c\0\0\x7f\x07") == [Pressure(1023)]
    assert parser.feed(b"\x9c\0\0\x7f\x7f") == [Pressure(1023)]  # ten bits; the rest means nothing
    assert parser.feed(info(11, 4711)) == [Info(11, 4711)]
    assert parser.feed(packet(Position(4095, 4095, True, True))) == []
    assert parser.feed(packet(Position(1, 1, True, True), kind=3)) == []
    assert parser.feed(packet(Position(1, 1, True, True), kind=5)) == []


@pytest.mark.parametrize("name", MODELS)
def test_every_models_corners_are_the_corners(name: str) -> None:
    model = MODELS[name]
    assert model.logical(model.left, model.top) == (0, 0)
    assert model.logical(model.right, model.bottom) == (model.width, model.height)
    assert model.logical(0, 0) == (0, 0)
    assert model.logical(4095, 4095) == (model.width, model.height)
    assert model.logical((model.left + model.right) // 2, model.top)[0] in (
        model.width // 2, model.width // 2 + model.width % 2,
    )  # fmt: skip


class Pen:
    """The far end: bytes at their times; waiting moves the time."""

    def __init__(self, *drawn: tuple[int, bytes]) -> None:
        self.drawn, self.now, self.here, self.breaks_at = list(drawn), 0, True, -1
        self.written, self.opened = b"", 0

    def connect(self) -> Pen:
        if not self.here:
            raise ConnectionRefusedError
        self.opened += 1
        return self

    def write(self, data: bytes) -> None:
        self.written += data

    def read(self, size: int, timeout_s: float) -> bytes:
        end = self.now + int(timeout_s * 1000)
        if 0 <= self.breaks_at <= end:
            raise OSError(5, "gone")
        if self.drawn and self.drawn[0][0] <= end:
            at, data = self.drawn.pop(0)
            self.now = max(self.now, at)
            return data
        self.now = end
        return b""

    def close(self) -> None:
        pass

    def now_ms(self) -> int:
        return self.now

    def sleep_ms(self, ms: int) -> None:
        self.now += ms


def pad_of(pen: Pen, model: str = "siglite1x5") -> TopazPad:
    address = parse(f"topaz+memory://desk?model={model}")
    return opened(address, pen, pen.connect)


def stroke(start_ms: int, points: int) -> list[tuple[int, bytes]]:
    drawn = [(start_ms + 10 * at, packet(Position(500 + at, 700 + at, True, True))) for at in range(points)]
    end = start_ms + 10 * points
    return [*drawn, (end, packet(Position(500, 700, True, False)))]


GONE = packet(Position(500, 700, False, False))


def test_two_strokes_are_a_signature_half_a_second_after_the_pen_has_gone() -> None:
    pen = Pen(*stroke(1_000, 5), *stroke(1_400, 3), (1_500, GONE))
    found = pad_of(pen).sign(10)
    assert [len(each) for each in found.strokes] == [5, 3]
    assert found.strokes[0][1] == Point(10, 1, 1, 0)
    assert (found.width, found.height, found.dpi) == (2150, 1400, 410)
    assert 2_000 <= pen.now <= 2_100


def test_a_pad_that_falls_silent_ends_the_signature_too() -> None:
    pen = Pen(*stroke(1_000, 9))
    assert len(pad_of(pen).sign(10).strokes[0]) == 9
    assert 2_590 <= pen.now <= 2_700


def test_a_pen_that_rests_in_the_air_ends_nothing() -> None:
    hover = [(1_100 + 100 * at, packet(Position(900, 900, True, False))) for at in range(50)]
    pen = Pen(*stroke(1_000, 6), *hover, *stroke(6_100, 6), (6_300, GONE))
    assert [len(each) for each in pad_of(pen).sign(10).strokes] == [6, 6]


def test_a_pen_that_comes_back_before_the_half_second_is_over_has_not_gone() -> None:
    back = (1_400, packet(Position(900, 900, True, False)))
    pen = Pen(*stroke(1_000, 6), (1_200, GONE), back, *stroke(2_000, 6), (2_100, GONE))
    assert [len(each) for each in pad_of(pen).sign(10).strokes] == [6, 6]


def test_pressure_is_of_the_points_behind_it() -> None:
    firm = (1_015, b"\x9c\0\0\x7f\x07")
    drawn = sorted([*stroke(1_000, 5), firm, (1_200, GONE)])
    assert [point.pressure for point in pad_of(Pen(*drawn)).sign(10).strokes[0]] == [0, 0, 1023, 1023, 1023]


def test_nobody_signed_is_told_when_the_time_is_over() -> None:
    pen = Pen()
    with pytest.raises(NeedsHands) as caught:
        pad_of(pen).sign(10)
    assert caught.value.cause == "no_signature"
    assert 10_000 <= pen.now <= 10_100


def test_a_touch_is_no_signature() -> None:
    pen = Pen(*stroke(1_000, 2), (1_100, GONE))
    with pytest.raises(NeedsHands):
        pad_of(pen).sign(3)
    assert 3_000 <= pen.now <= 3_100


def test_whoever_signs_at_the_last_moment_may_finish() -> None:
    pen = Pen(*stroke(2_900, 30), (3_300, GONE))
    assert len(pad_of(pen).sign(3).strokes[0]) == 30


def test_nobody_signs_for_more_than_a_minute() -> None:
    pen = Pen(*stroke(1_000, 9_000))
    assert 5_900 < len(pad_of(pen).sign(3).strokes[0]) < 6_100
    assert 61_000 <= pen.now <= 61_200


def test_what_was_scribbled_before_is_not_the_signature() -> None:
    pen = Pen(*[(0, data) for _, data in stroke(0, 20)], *stroke(500, 6), (600, GONE))
    assert [len(each) for each in pad_of(pen).sign(3).strokes] == [6]


def test_what_was_scribbled_before_is_not_the_signature_in_whatever_pieces_it_comes() -> None:
    before = b"".join(data for _, data in stroke(0, 20))
    pen = Pen((0, before[:3]), (0, before[3:]), *stroke(500, 6), (600, GONE))
    assert [len(each) for each in pad_of(pen).sign(3).strokes] == [6]


def test_a_display_is_cleared_before_and_after_and_a_pad_without_is_told_nothing() -> None:
    with_display = Pen(*stroke(500, 6), (600, GONE))
    pad_of(with_display, "siglitelcd1x5").sign(3)
    assert with_display.written == b"\x04\x14\x04"
    without = Pen(*stroke(500, 6), (600, GONE))
    pad_of(without).sign(3)
    assert without.written == b""


def test_a_pulled_cable_is_told_and_the_next_signature_is_taken() -> None:
    pen = Pen(*stroke(1_000, 9))
    pen.breaks_at = 1_050
    pad = pad_of(pen)
    with pytest.raises(Unreachable) as caught:
        pad.sign(10)
    assert caught.value.cause == "unplugged"
    pen.breaks_at, pen.drawn = -1, [*stroke(2_000, 7), (2_200, GONE)]
    assert len(pad.sign(10).strokes[0]) == 7
    assert pen.opened == 2


def test_who_it_is_comes_from_the_address_and_its_serial_from_the_pad() -> None:
    silent, talking = pad_of(Pen()).identify(), pad_of(Pen((100, info(11, 4711)))).identify()
    assert (silent.model, silent.serial) == ("SigLite 1x5", "")
    assert (talking.model, talking.serial) == ("SigLite 1x5", "4711")


def test_status_is_an_answer() -> None:
    pen = Pen()
    assert pad_of(pen).status().state == "ready"
    pen.here = False
    assert (pad_of(pen).status().state, pad_of(pen).status().cause) == ("offline", "refused_connection")


def test_a_model_nobody_knows_is_refused() -> None:
    with pytest.raises(ValueError, match="siglite1x5"):
        pad_of(Pen(), "siglite9x9")
