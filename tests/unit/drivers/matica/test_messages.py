"""The Ethernet wire's bytes: golden ones from PROTOCOL.md §3, and readers that survive anything."""

import contextlib
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.matica import messages
from drivers.matica.job import Plane
from drivers.matica.machine import About, Counters, Garbled, Motion


def test_a_command_is_four_words() -> None:
    told = messages.pack(messages.COMMAND, messages.STATUS, 5)
    assert told.hex(" ", 4) == "f0000100 00000002 01020000 00000005"


@pytest.mark.parametrize(("motion", "command"), [
    (Motion("load", 2), 0x04028002), (Motion("load", 0), 0x04028000), (Motion("move", 0), 0x05020000),
    (Motion("move", 4), 0x05020004), (Motion("print", panels="ymc"), 0x06020007),
    (Motion("print", panels="ymck"), 0x0602000F), (Motion("print", panels="k"), 0x06020008),
    (Motion("print", panels="pu"), 0x06020060), (Motion("flip"), 0x07021000),
    (Motion("eject"), 0x07020005), (Motion("engage"), 0x0A021000), (Motion("release"), 0x0A025000),
])  # fmt: skip
def test_each_motion_has_the_number_of_the_paper(motion: Motion, command: int) -> None:
    assert messages.motion(motion) == command


def test_a_panel_is_told_twice_how_long_it_is_and_filled_up() -> None:
    told = b"".join(messages.panel(Plane("k", b"\xff\x00\xff"), 7))
    assert told.hex(" ", 4) == "f0000200 00000006 00000000 00000007 08000000 00000007 00000003 ff00ff00"


def test_the_answer_to_the_greeting_has_its_own_number_and_names_nobody() -> None:
    told = messages.welcome()
    assert told[:16].hex(" ", 4) == "f2000300 00000022 00000000 99999999"
    assert len(told) == 16 + 128
    assert told[24:34].decode("utf-16-le") == "OWNER"
    assert told[84:108].decode("utf-16-le") == "xid.document"


def greeting(code: int = 0xF3000200) -> bytes:
    told = bytearray(88)
    struct.pack_into(">II", told, 0, code, 20)
    told[40:44], told[56:63] = bytes((192, 0, 2, 9)), b"XID8600"
    return bytes(told)


def test_a_greeting_tells_model_and_address() -> None:
    assert messages.take_greeting(greeting()) == ("XID8600", "192.0.2.9")
    for broken in (greeting()[:87], greeting(0xF3000300), b""):
        with pytest.raises(Garbled):
            messages.take_greeting(broken)


def test_replies_are_ours_by_their_sequence_and_in_order() -> None:
    first, second = messages.pack(0xF1000100, 0, 3), messages.pack(0xF1000200, 0x0003B200, 4, bytes(4))
    welcome = messages.pack(0xF3000300, 0, messages.WELCOME_SEQUENCE)
    taken = messages.take_answers(first + welcome + second, range(3, 5))
    assert [(each.word, each.payload) for each in taken] == [(0, b""), (0x0003B200, bytes(4))]
    for raw in (second + first, first, first + second + first, first + second[:-1], b""):
        with pytest.raises(Garbled):
            messages.take_answers(raw, range(3, 5))


@pytest.mark.parametrize(("out", "number", "where"), [(0, 2, "contactless"), (1, 9, None), (0, 0, "print")])
def test_a_position_stands_at_the_end_of_its_answer(out: int, number: int, where: str | None) -> None:
    assert messages.take_position(bytes(18) + bytes((out, number))) == where


@pytest.mark.parametrize("payload", [bytes(19), bytes(19) + b"\x06", b""])
def test_a_position_that_makes_no_sense_is_garbled(payload: bytes) -> None:
    with pytest.raises(Garbled):
        messages.take_position(payload)


def values(*told: tuple[int, bytes]) -> bytes:
    return b"".join(struct.pack(">BH", tag, len(value)) + value for tag, value in told) + bytes(3)


def test_tagged_values_tell_supplies_and_counters() -> None:
    found = messages.take_values(values(
        (0x01, b"SIM00001"), (0x0B, b"\x00\xfa"), (0x0C, b"\x00\x64"), (0x0D, b"\x05"),
        (0x10, bytes((0, 0, 1, 0))), (0x12, bytes((0, 0, 2, 0))), (0x14, b"\x07"),
    ))  # fmt: skip
    assert messages.take_counters(found) == Counters(256, 512, None, None)
    told = messages.take_about(found, "XID8600", "XID8600@192.0.2.9")
    assert told == About("XID8600", "SIM00001", "unknown", 5, 500, 1000)
    nothing = messages.take_about({}, "XID8600", "XID8600@192.0.2.9")
    assert (nothing.serial, nothing.ink, nothing.ribbon_left) == ("XID8600@192.0.2.9", None, None)


@given(st.dictionaries(st.integers(1, 255), st.binary(max_size=40), max_size=8))
def test_tagged_values_come_back_as_they_went(told: dict[int, bytes]) -> None:
    assert messages.take_values(values(*told.items())) == told


@given(st.binary(max_size=200), st.integers(0, 3))
def test_readers_return_or_say_garbled(raw: bytes, count: int) -> None:
    for read in (messages.take, messages.take_greeting, messages.take_position, messages.take_values):
        with contextlib.suppress(Garbled):
            read(raw)
    with contextlib.suppress(Garbled):
        messages.take_answers(raw, range(count))


@given(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1), st.binary(max_size=64), st.data())
def test_a_message_comes_back_whole_or_not_at_all(
    code: int, word: int, payload: bytes, data: st.DataObject
) -> None:
    told = messages.pack(code, word, 1, payload)
    (taken,) = messages.take(told)
    assert (taken.code, taken.word, taken.payload[: len(payload)]) == (code, word, payload)
    cut = data.draw(st.integers(1, len(told) - 1))
    with pytest.raises(Garbled):
        messages.take(told[:cut])
