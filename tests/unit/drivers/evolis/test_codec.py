"""Commands and replies: golden bytes from PROTOCOL.md, then any cut and any noise."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.evolis.codec import (
    Garbled,
    Reply,
    Status,
    command,
    take_counter,
    take_error_mode,
    take_reply,
    take_status,
)

# Written out by hand from PROTOCOL.md §3.
BLOCK = bytes.fromhex("0014 10 82782020 a0000080 00000000 01000000 02 4c4b")
WITH_EXTENSIONS = bytes.fromhex("001e 10 8a782020 20000000 01000000 00000000 02 0000 04 80000100 04 00000007")
SEEN = Status(0x82782020, 0xA0000080, 0, 0x01000000, 0x4C4B)


@pytest.mark.parametrize(("said", "wire"), [
    (("Rtp",), b"\x1bRtp\r"), (("Rco", "p"), b"\x1bRco;p\r"), (("Psid", 32122, 45), b"\x1bPsid;32122;45\r"),
])  # fmt: skip
def test_commands_go_out_as_the_protocol_says(said: tuple[str | int, ...], wire: bytes) -> None:
    name, *parameters = said
    assert command(str(name), *parameters) == wire


def test_a_reply_is_text_nul_and_status() -> None:
    assert take_reply(b"OK\0" + BLOCK) == Reply("OK", SEEN)
    assert take_reply(b"\0" + BLOCK) == Reply("", SEEN)


def test_extensions_are_read_as_far_as_they_are_announced() -> None:
    assert take_status(WITH_EXTENSIONS) == Status(0x8A782020, 0x20000000, 0x01000000, 0, 0, (0x80000100, 7))


@pytest.mark.parametrize("header", [b"\0\0", b"\xff\xff", b"\x12\x34"])
def test_any_header_will_do(header: bytes) -> None:
    assert take_status(header + BLOCK[2:]) == SEEN


@pytest.mark.parametrize("rest", [b"", b"\0", b"\0\0\0"])
def test_up_to_three_bytes_mean_that_status_is_off(rest: bytes) -> None:
    assert take_reply(b"OK\0" + rest) == Reply("OK", None)


@pytest.mark.parametrize("raw", [
    b"", b"OK", b"O\xc3\x28\0", b"O\x07K\0", b"OK\0" + BLOCK[:-1], b"OK\0" + BLOCK + b"\0",
    b"OK\0" + BLOCK[:2] + b"\x11" + BLOCK[3:], b"OK\0" + BLOCK[:19] + b"\x03" + BLOCK[20:],
    b"OK\0" + WITH_EXTENSIONS[:-1], b"OK\0" + WITH_EXTENSIONS[:-5], b"x" * 5000 + b"\0",
    b"OK\0" + WITH_EXTENSIONS[:22] + b"\x05" + WITH_EXTENSIONS[23:],
])  # fmt: skip
def test_what_is_no_reply_is_garbled(raw: bytes) -> None:
    with pytest.raises(Garbled):
        take_reply(raw)


@pytest.mark.parametrize("whole", [b"OK\0" + BLOCK, b"Evolis Primacy 2\0" + WITH_EXTENSIONS])
def test_any_cut_of_a_reply_is_garbled_or_says_that_status_is_off(whole: bytes) -> None:
    """A reply cut short must never pass for one with other bits."""
    after_nul = whole.index(b"\0") + 1
    for cut in range(len(whole)):
        try:
            reply = take_reply(whole[:cut])
        except Garbled:
            continue
        assert after_nul <= cut <= after_nul + 3
        assert reply.status is None


@given(st.binary(max_size=64) | st.binary(max_size=40).map(lambda tail: b"OK\0" + tail))
def test_noise_is_a_reply_or_garbled_and_nothing_else(noise: bytes) -> None:
    try:
        take_reply(noise)
    except Garbled:
        return


@given(st.integers(0, len(BLOCK) * 8 - 1))
def test_a_flipped_bit_shows_or_is_one_of_the_words(bit: int) -> None:
    flipped = bytearray(BLOCK)
    flipped[bit // 8] ^= 0x80 >> bit % 8
    try:
        seen = take_status(bytes(flipped))
    except Garbled:
        return
    assert seen != SEEN or bit < 16


@pytest.mark.parametrize(("text", "value"), [
    ("0", 0), ("1234", 1234), ("", None), ("-1", None), ("12 ", None), ("ERR", None), ("1.5", None),
    ("²", None), ("٣", None), ("9" * 11, None),
])  # fmt: skip
def test_a_counter_is_decimal_or_missing(text: str, value: int | None) -> None:
    assert take_counter(text) == value


@pytest.mark.parametrize(("text", "saved"), [("2;0", 0), ("0;2", 2), ("2", None), ("", None), ("a;b", None)])
def test_the_saved_error_mode_is_the_second_number(text: str, saved: int | None) -> None:
    assert take_error_mode(text) == saved


@pytest.mark.parametrize(("text", "done", "failed"), [
    ("OK", True, False), ("NO CARD", False, True), ("ERROR CDE", False, True), ("ERR COVER", False, True),
    ("1234", False, False), ("OKAY", False, False),
])  # fmt: skip
def test_only_ok_is_done(text: str, done: bool, failed: bool) -> None:
    assert (Reply(text, None).done, Reply(text, None).failed) == (done, failed)
