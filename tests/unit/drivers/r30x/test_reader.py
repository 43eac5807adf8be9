"""The reader's answers: a finger is asked for until it is usable, and a no is only a no of full buffers."""

from __future__ import annotations

import struct

import pytest

from drivers.errors import DeviceError, NeedsHands, Refused, Unreachable
from drivers.finger_reader import PICTURE_BYTES, Hit
from drivers.r30x import codec
from drivers.r30x.codec import Kind
from drivers.r30x.reader import R30xReader, fitted
from tests.unit.drivers.r30x.scripted import TEMPLATE, Scripted, reader_of, template_of

PICTURE = bytes([0x11]) * PICTURE_BYTES  # of finger 0x11, as the module keeps it
EMPTY = bytes(TEMPLATE)


def test_the_right_finger_matches_and_nothing_stays_behind() -> None:
    far = Scripted(glass=[1])
    assert reader_of(far).match(template_of(1), 20) == "match"
    assert far.buffers == {1: EMPTY, 2: EMPTY}


def test_the_wrong_finger_is_looked_at_twice_before_it_is_a_mismatch() -> None:
    far = Scripted(glass=[2, 2])
    assert reader_of(far).match(template_of(1), 20) == "mismatch"
    assert (far.glass, far.asked.count(0x03)) == ([], 2)
    assert far.buffers == {1: EMPTY, 2: EMPTY}


def test_a_bad_first_look_costs_nobody_the_card() -> None:
    assert reader_of(Scripted(glass=[2, 1])).match(template_of(1), 20) == "match"


def test_a_finger_that_comes_late_badly_and_dry_is_asked_for_again() -> None:
    glass: list[int | str] = ["02", "02", "03", 0xEE, "02", 1]
    assert reader_of(Scripted(glass=glass)).match(template_of(1), 20) == "match"


def test_nobody_came_in_time_is_unable_and_takes_that_time() -> None:
    far = Scripted()
    assert reader_of(far).match(template_of(1), 20) == "unable"
    assert 20_000 <= far.now - 1_000 <= 22_500
    assert far.buffers == {2: EMPTY, 1: EMPTY}


def test_one_look_that_said_no_before_the_time_was_over_is_a_mismatch() -> None:
    assert reader_of(Scripted(glass=[2])).match(template_of(1), 5) == "mismatch"


def test_a_module_that_lost_its_power_in_the_middle_says_no_such_thing() -> None:
    far = Scripted(glass=[1])

    def cut_before_match(_number: int, answer: bytes) -> list[tuple[int, bytes]]:
        if far.asked[-1] == 0x02:
            far.restart()
        return [(0, answer)]

    far.mangle = cut_before_match
    with pytest.raises(Unreachable) as caught:
        reader_of(far).match(template_of(1), 20)
    assert caught.value.cause == "power_lost"


def test_a_module_that_never_tells_that_it_knows_us_is_believed_all_the_same() -> None:
    far = Scripted(glass=[2, 2])
    far._do_13 = lambda _: far._ack(0)  # type: ignore[assignment,method-assign]
    assert reader_of(far).match(template_of(1), 20) == "mismatch"


def test_a_template_that_arrives_spoilt_is_sent_again_and_a_second_time_told() -> None:
    far = Scripted(glass=[1])
    spoilt = [True]
    taken = far._download_more

    def spoil(packet: codec.Packet) -> None:
        if spoilt[0] and packet.kind is Kind.LAST:
            spoilt[0] = False
            packet = codec.Packet(packet.address, packet.kind, b"x" * len(packet.content))
        taken(packet)

    far._download_more = spoil  # type: ignore[method-assign]
    assert reader_of(far).match(template_of(1), 20) == "match"
    far._download_more = lambda packet: None  # type: ignore[method-assign]
    with pytest.raises(Unreachable) as caught:
        reader_of(far).match(template_of(1), 20)
    assert caught.value.cause == "garbled_reply"


def test_a_picture_that_does_not_arrive_is_told_so() -> None:
    far = Scripted()
    far._download_more = lambda packet: None  # type: ignore[method-assign]
    with pytest.raises(Unreachable) as caught:
        reader_of(far).search_picture(PICTURE)
    assert caught.value.cause == "garbled_reply"
    assert far.asked.count(0x0B) == 2


def test_a_template_of_another_make_is_refused_before_anything_is_sent() -> None:
    far = Scripted()
    with pytest.raises(Refused) as caught:
        reader_of(far).match(b"short", 20)
    assert caught.value.cause == "bad_command"
    assert 0x09 not in far.asked


def test_a_picture_is_compared_with_the_finger_on_the_glass() -> None:
    assert reader_of(Scripted(glass=[0x11])).match_picture(PICTURE, 20) == "match"
    assert reader_of(Scripted(glass=[2, 2])).match_picture(PICTURE, 20) == "mismatch"
    assert reader_of(Scripted()).match_picture(PICTURE, 1) == "unable"


def test_a_picture_is_looked_for_among_the_staff() -> None:
    far = Scripted()
    far.library = {7: template_of(0x11)}
    assert reader_of(far).search_picture(PICTURE) == Hit(7, 100)
    far.library = {7: template_of(1)}
    assert reader_of(far).search_picture(PICTURE) is None
    assert (far.glass, far.buffers) == ([], {1: EMPTY, 2: EMPTY})


def test_a_picture_without_features_is_refused_with_its_fault() -> None:
    with pytest.raises(Refused) as caught:
        reader_of(Scripted()).search_picture(bytes([0xEE]) * PICTURE_BYTES)
    assert caught.value.cause == "too_few_features"
    with pytest.raises(Refused):
        reader_of(Scripted()).match_picture(b"no picture", 20)


def test_a_search_that_lost_its_buffers_finds_nobody_innocent() -> None:
    far = Scripted(glass=[1])
    far.library = {7: template_of(1)}

    def cut(_number: int, answer: bytes) -> list[tuple[int, bytes]]:
        if far.asked[-1] == 0x02:
            far.restart()
        return [(0, answer)]

    far.mangle = cut
    with pytest.raises(Unreachable):
        reader_of(far).search(20)


def test_a_finger_is_enrolled_found_replaced_and_erased() -> None:
    far = Scripted(glass=[1, "02", 1])
    reader = reader_of(far)
    reader.enrol(299, 20)
    assert reader.slots() == {299}
    far.glass = [1]
    assert reader.search(20) == Hit(299, 100)
    far.glass = [2]
    assert reader.search(20) is None
    far.glass = [2, "02", 2]
    reader.enrol(299, 20)
    assert far.library == {299: template_of(2)}
    reader.erase(299)
    reader.erase(299)
    assert reader.slots() == frozenset()
    assert far.buffers == {1: EMPTY, 2: EMPTY}


@pytest.mark.parametrize("slot", [-1, 300])
def test_a_slot_that_the_library_has_not_is_refused(slot: int) -> None:
    reader = reader_of(Scripted(glass=[1, "02", 1]))
    with pytest.raises(Refused) as caught:
        reader.enrol(slot, 20)
    assert caught.value.cause == "library_full"
    with pytest.raises(Refused):
        reader.erase(slot)


def test_two_fingers_for_one_are_asked_for_again() -> None:
    far = Scripted(glass=[1, "02", 2, "02", 1, "02", 1])
    assert reader_of(far).template(20) == template_of(1)


def test_two_fingers_until_the_time_is_over_are_told_as_badly_laid() -> None:
    far = Scripted(glass=[1, "02", 2, "02"] * 50)
    with pytest.raises(NeedsHands) as caught:
        reader_of(far).template(0.5)
    assert caught.value.cause == "bad_placement"
    assert far.now < 4_000


def test_a_finger_that_never_leaves_is_taken_twice_all_the_same() -> None:
    far = Scripted(glass=[1] * 60)
    assert reader_of(far).template(20) == template_of(1)


@pytest.mark.parametrize(("glass", "cause"), [
    ([], "nothing_there"), (["03"] * 99, "bad_placement"), ([0xEE] * 99, "too_few_features"),
    ([0xEE] * 4 + ["02"] * 99, "too_few_features"),
])  # fmt: skip
def test_what_was_wrong_with_the_finger_is_told_when_the_time_is_over(
    glass: list[int | str], cause: str
) -> None:
    for work in (R30xReader.template, R30xReader.picture, R30xReader.search):
        with pytest.raises(NeedsHands) as caught:
            work(reader_of(Scripted(glass=list(glass))), 2)
        assert caught.value.cause == cause


def test_a_picture_comes_up_in_eight_bits() -> None:
    far = Scripted(glass=[0x2F])
    assert reader_of(far).picture(20) == b"\x22\xff" * (PICTURE_BYTES // 2)
    assert far.buffers == {1: EMPTY, 2: EMPTY}


def test_a_dead_reader_in_the_middle_is_an_error_and_no_answer() -> None:
    far = Scripted(glass=[1])

    def pull(_number: int, answer: bytes) -> list[tuple[int, bytes]]:
        far.here = far.asked[-1] != 0x01
        return [(0, answer)]

    far.mangle = pull
    with pytest.raises(Unreachable) as caught:
        reader_of(far).match(template_of(1), 20)
    assert caught.value.cause == "unplugged"


NAMED = struct.pack(">16s4s8sBB8sHHHH", b"R503", b"0001", b"SIM00042", 1, 2, b"CAP", 192, 192, 1536, 200)


@pytest.mark.parametrize(("code", "state"), [(0x00, "ready"), (0x29, "error"), (0xFC, "ready")])
def test_a_module_that_can_look_at_its_sensor_is_asked_to(code: int, state: str) -> None:
    far = Scripted()
    far.product = NAMED
    far._do_36 = lambda _: far._ack(code)  # type: ignore[attr-defined]
    now = reader_of(far).status()
    assert (now.state, now.cause) == (state, "sensor_fault" if state == "error" else None)


def test_a_module_with_a_name_tells_it_and_a_small_one_does_not() -> None:
    far = Scripted()
    who = reader_of(far).identify()
    assert (who.model, who.serial, who.firmware, who.library) == ("R30x", "", "", 300)
    far.product = NAMED
    assert (reader_of(far).identify().model, reader_of(far).identify().serial) == ("R503", "SIM00042")


def test_status_is_an_answer_whatever_happens() -> None:
    far = Scripted()
    assert reader_of(far).status().state == "ready"
    far.status |= 1
    assert reader_of(far).status().state == "busy"
    far.password = 9
    assert (reader_of(far).status().state, reader_of(far).status().cause) == ("error", "wrong_password")
    far.here = False
    assert (reader_of(far).status().state, reader_of(far).status().cause) == ("offline", "refused_connection")


def test_close_twice_is_harmless_and_the_next_call_opens_again() -> None:
    far = Scripted(glass=[1])
    reader = reader_of(far)
    reader.close()
    reader.close()
    assert reader.match(template_of(1), 20) == "match"
    reader.close()
    assert reader.status().state == "ready"
    assert far.opened == 2


def test_a_small_sensors_picture_is_framed_with_paper_and_cut_again() -> None:
    small = bytes(range(192)) * 192
    framed = fitted(small, (192, 192), (256, 288))
    assert len(framed) == 256 * 288
    assert framed[:256] == b"\xff" * 256
    assert framed[48 * 256 + 32 : 48 * 256 + 32 + 192] == bytes(range(192))
    assert fitted(framed, (256, 288), (192, 192)) == small


def test_no_error_repeats_a_byte_of_a_template() -> None:
    far = Scripted()
    secret = b"SPECIMEN" * 64
    with pytest.raises(DeviceError) as caught:
        reader_of(far).match(secret[:-1], 1)
    assert "SPECIMEN" not in str(caught.value)
