"""One question, one answer, whatever the line adds, loses, delays or garbles; the next call begins anew."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.errors import NeedsHands, Refused, Unreachable
from drivers.r30x import codec, codes
from drivers.r30x.codec import Kind
from drivers.r30x.module import Module
from tests.unit.drivers.r30x.scripted import Mangle, Scripted, line_to, template_of, unharmed

ANYBODY = 0xFFFFFFFF
ACK_OK = codec.pack(ANYBODY, Kind.ACK, b"\0")
BADLY = codec.pack(ANYBODY, Kind.ACK, b"\1")


def module_of(far: Scripted) -> Module:
    module = Module(line_to(far))
    module.ready()
    far.asked.clear()
    return module


def once(number: int, harm: Mangle) -> Mangle:
    return lambda at, answer: harm(at, answer) if at == number else unharmed(at, answer)


def without_one_packet(_number: int, answer: bytes) -> list[tuple[int, bytes]]:
    """All but the second data packet, whole: 128 bytes and what is around them."""
    return [(0, answer[: 12 + 139] + answer[12 + 2 * 139 :])]


SILENT: Mangle = lambda _number, _answer: []  # noqa: E731
HARMS: dict[str, Mangle] = {
    "noise before the header": lambda _, answer: [(0, b"\x00\xff\xef\x12" + answer)],
    "a ready byte before it": lambda _, answer: [(0, b"\x55" + answer)],
    "a ready byte behind it": lambda _, answer: [(0, answer + b"\x55")],
    "a ready byte inside": lambda _, answer: [(0, answer[:8] + b"\x55" + answer[8:])],
    "a bad checksum": lambda _, answer: [(0, answer[:-1] + bytes([answer[-1] ^ 1]))],
    "every byte alone": lambda _, answer: [(at, answer[at : at + 1]) for at in range(len(answer))],
    "the first half only": lambda _, answer: [(0, answer[: len(answer) // 2])],
    "nothing": SILENT,
    "an answer of another module first": lambda _, answer: [
        (0, codec.pack(1, Kind.ACK, b"\x08\x00\x00") + answer)
    ],
    "an answer of another length first": lambda _, answer: [(0, ACK_OK + answer)],
    "data of nobody first": lambda _, answer: [(0, codec.pack(ANYBODY, Kind.LAST, b"abc") + answer)],
    "a header that swallows it": lambda _, answer: [(0, b"\xef\x01\xff\xff\xff\xff\x07\x00\x60" + answer)],
    "too late": lambda _, answer: [(2_100, answer)],
    "much too late": lambda _, answer: [(2_300, answer)],
}


@pytest.mark.parametrize("harm", HARMS)
def test_an_answer_harmed_once_is_the_answer_all_the_same(harm: str) -> None:
    far = Scripted()
    module = module_of(far)
    far.buffers = {1: template_of(1), 2: template_of(2)}
    far.mangle = once(1, HARMS[harm])
    assert module.match().code == codes.NO_MATCH
    assert far.opened == 1


@pytest.mark.parametrize("harm", HARMS)
def test_data_harmed_once_comes_whole_all_the_same(harm: str) -> None:
    far = Scripted()
    module = module_of(far)
    far.buffers = {1: bytes(range(256)) * 2}
    far.mangle = once(1, HARMS[harm])
    assert module.template_up(1) == bytes(range(256)) * 2


@settings(max_examples=60)
@given(st.lists(st.integers(0, 600), max_size=6), st.binary(max_size=12))
def test_data_comes_whole_however_the_stream_is_cut(at: list[int], noise: bytes) -> None:
    far = Scripted()
    module = module_of(far)
    far.buffers = {1: bytes(range(256)) * 2}

    def cut(_number: int, answer: bytes) -> list[tuple[int, bytes]]:
        whole = noise.replace(b"\xef", b"") + answer
        marks = sorted({0, len(whole), *(mark % len(whole) for mark in at)})
        return [(start, whole[start:end]) for start, end in pairwise(marks)]

    far.mangle = cut
    assert module.template_up(1) == bytes(range(256)) * 2


def test_a_late_answer_is_never_taken_for_the_next_questions() -> None:
    far = Scripted()
    module = module_of(far)
    far.glass = ["02", 1, 1]  # the first answer, "no finger", comes when the second question was put
    far.mangle = once(1, lambda _, answer: [(2_000 + 59, answer)])
    assert module.take_picture() == codes.DONE
    assert module.features(1) == codes.DONE
    assert far.asked == [0x01, 0x0F, 0x01, 0x02]


def test_what_came_behind_an_answer_is_not_the_next_questions() -> None:
    far = Scripted(glass=["02", "03"])
    module = module_of(far)
    far.mangle = once(1, lambda _, answer: [(0, answer + ACK_OK)])
    assert (module.take_picture(), module.take_picture()) == (0x02, 0x03)


@pytest.mark.parametrize("first", [codec.pack(ANYBODY, Kind.ACK, b"\x0f"), ACK_OK[:-1] + b"x"])
def test_the_true_answer_may_come_a_little_behind_something_odd(first: bytes) -> None:
    far = Scripted()
    module = module_of(far)
    far.mangle = once(1, lambda _, answer: [(0, first), (250, answer)])
    assert module.match().code == codes.NO_MATCH
    assert far.asked == [0x03]


def test_data_that_lacks_a_whole_packet_is_asked_for_again_and_never_believed() -> None:
    far = Scripted()
    module = module_of(far)
    far.buffers = {1: template_of(1)}
    far.mangle = once(1, without_one_packet)
    assert module.template_up(1) == template_of(1)
    far.mangle = without_one_packet
    with pytest.raises(Unreachable) as caught:
        module.template_up(1)
    assert caught.value.cause == "garbled_reply"


def test_the_last_data_packet_ends_the_waiting() -> None:
    far = Scripted()
    module = module_of(far)
    far.buffers = {1: template_of(1)}
    began = far.now
    module.template_up(1)
    assert far.now - began < 100


def test_parameters_that_cannot_be_are_garble() -> None:
    far = Scripted()
    module = module_of(far)
    said = codec.pack(ANYBODY, Kind.ACK, bytes(13) + b"\x09" + bytes(3))
    far.mangle = lambda _, __: [(0, said)]
    with pytest.raises(Unreachable) as caught:
        module.parameters()
    assert caught.value.cause == "garbled_reply"


def test_a_module_that_stays_silent_is_told_so_and_the_next_call_opens_the_line_again() -> None:
    far = Scripted()
    module = module_of(far)
    far.mangle = SILENT
    began = far.now
    with pytest.raises(Unreachable) as caught:
        module.count()
    assert caught.value.cause == "no_answer"
    assert 4_000 <= far.now - began <= 4_500
    far.mangle = unharmed
    assert module.ready().library == 300
    assert far.opened == 2


def test_garble_without_end_is_told_so() -> None:
    far = Scripted()
    module = module_of(far)
    far.mangle = HARMS["a bad checksum"]
    with pytest.raises(Unreachable) as caught:
        module.match()
    assert caught.value.cause == "garbled_reply"


@pytest.mark.parametrize("how", ["breaks", "gone"])
def test_a_pulled_cable_is_told_and_the_next_call_finds_the_module_again(how: str) -> None:
    far = Scripted()
    module = module_of(far)
    far.breaks, far.here = how == "breaks", how != "gone"
    with pytest.raises(Unreachable) as caught:
        module.match()
    assert caught.value.cause == "unplugged"
    far.here = True
    module.ready()
    assert module.match().code == codes.NO_MATCH


def test_a_cable_pulled_and_put_back_between_two_calls_is_not_even_noticed() -> None:
    far = Scripted()
    module = module_of(far)
    far.restart()
    far.breaks = True
    module.ready()
    assert (module.restarted(), far.opened) == (False, 2)


def test_nobody_there_is_told_as_refused() -> None:
    far = Scripted()
    far.here = False
    with pytest.raises(Unreachable) as caught:
        module_of(far)
    assert caught.value.cause == "refused_connection"


def test_a_question_that_the_module_heard_badly_is_put_once_more() -> None:
    module = Scripted([7])
    module.mangle = lambda number, answer: [(0, BADLY if number == 1 else answer)]
    assert line_to(module).ask("match").code == 8
    assert module.asked == [0x03, 0x03]


def test_a_module_that_never_hears_well_is_told_by_its_code() -> None:
    module = Scripted([7])
    module.mangle = lambda _, answer: [(0, BADLY)]
    assert line_to(module).ask("match").code == 1
    assert module.asked == [0x03, 0x03]


def test_an_error_told_without_the_parameters_is_heard_too() -> None:
    far = Scripted()
    module = module_of(far)
    far.mangle = once(1, lambda _, __: [(0, codec.pack(ANYBODY, Kind.ACK, b"\x08"))])
    assert module.match().code == codes.NO_MATCH
    far.asked.clear()
    far.mangle = once(1, lambda _, __: [(0, codec.pack(ANYBODY, Kind.ACK, b"\xfd"))])
    with pytest.raises(NeedsHands) as caught:
        module.match()
    assert caught.value.cause == "hardware"


def test_the_wrong_password_is_told_so() -> None:
    far = Scripted()
    far.password = 5
    with pytest.raises(Refused) as caught:
        module_of(far)
    assert caught.value.cause == "wrong_password"
    right = Module(line_to(far), password=5)
    assert right.ready().library == 300


def test_the_modules_address_moves_with_its_answer() -> None:
    far = Scripted()
    module = module_of(far)
    module.set_address(0x01020304)
    assert module.parameters().address == 0x01020304


def test_how_long_a_picture_takes_follows_from_the_rate() -> None:
    line = line_to(Scripted())
    assert line.transfer_ms(36_864) == 6_950
    line.packet_bytes = 32
    assert line.transfer_ms(36_864) == 8_600


def test_progress_is_told_by_the_bytes() -> None:
    told = list[tuple[int, int]]()
    far = Scripted()
    module = Module(line_to(far, lambda done, size: told.append((done, size))))
    module.ready()
    module.template_down(2, template_of(1))
    module.template_up(2)
    assert told == [(128, 512), (256, 512), (384, 512), (512, 512)] * 2


def test_after_a_picture_went_down_its_time_on_the_line_is_waited_for() -> None:
    far = Scripted()
    module = module_of(far)
    far.mangle = once(2, lambda _, answer: [(8_000, answer)])  # a slow line delivers the next question late
    module.picture_down(bytes(36_864))
    assert far.asked == [0x0B, 0x0F]


def test_what_another_module_on_the_line_says_is_no_answer() -> None:
    far = Scripted(glass=["02"])
    module = module_of(far)
    far.mangle = once(1, lambda _, answer: [(0, codec.pack(1, Kind.ACK, b"\0") + answer)])
    assert module.take_picture() == 0x02


def test_data_ends_with_its_last_packet_and_more_of_it_than_there_should_be_is_never_cut_to_size() -> None:
    far = Scripted()
    module = module_of(far)
    far.buffers = {1: template_of(1) + bytes(128)}
    with pytest.raises(Unreachable) as caught:
        module.template_up(1)
    assert caught.value.cause == "garbled_reply"


def test_data_that_ends_too_early_is_known_at_once() -> None:
    far = Scripted()
    module = module_of(far)
    far.buffers = {1: bytes(256)}
    begun_ms = far.now
    with pytest.raises(Unreachable):
        module.template_up(1)
    assert far.now - begun_ms < 1_000
