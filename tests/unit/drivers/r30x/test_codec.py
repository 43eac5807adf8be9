"""Packets survive any cut of the stream, any noise around them, and nothing damaged passes for one."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.r30x.codec import (
    Damaged,
    Kind,
    Packet,
    Parser,
    data_packets,
    from_wire,
    pack,
    to_wire,
)

ANYBODY = 0xFFFFFFFF
contents = st.binary(min_size=1, max_size=256)
packets = st.builds(Packet, st.integers(0, ANYBODY), st.sampled_from(Kind), contents)
quiet = st.binary(max_size=20).filter(lambda noise: b"\xef" not in noise)


def wire(packet: Packet) -> bytes:
    return pack(packet.address, packet.kind, packet.content)


def cut(data: bytes, at: list[int]) -> list[bytes]:
    marks = sorted({mark % (len(data) + 1) for mark in at} | {0, len(data)})
    return [data[start:end] for start, end in pairwise(marks)]


def test_the_manuals_own_example_is_made_and_read() -> None:
    made = pack(ANYBODY, Kind.COMMAND, b"\x13\0\0\0\0")
    assert made.hex() == "ef01ffffffff0100071300000000001b"
    assert Parser().feed(bytes.fromhex("ef01ffffffff07000300000a")) == [Packet(ANYBODY, Kind.ACK, b"\0")]


@given(st.lists(packets, max_size=4), st.lists(st.integers(0, 2000), max_size=8), quiet)
def test_any_cut_and_any_noise_between_give_the_same_packets(
    sent: list[Packet], at: list[int], noise: bytes
) -> None:
    parser, found = Parser(), list[Packet | Damaged]()
    for piece in cut(noise + noise.join(wire(packet) for packet in sent) + noise, at):
        found += parser.feed(piece)
    assert found == sent


@given(packets, st.integers(0, 300), st.integers(1, 255))
def test_a_changed_byte_costs_that_packet_and_not_the_next(packet: Packet, at: int, change: int) -> None:
    data = bytearray(wire(packet))
    place = 6 + at % (len(data) - 6)
    data[place] ^= change
    parser = Parser()
    found = parser.feed(bytes(data) + wire(packet))
    while parser.waiting:
        found += parser.give_up()
    assert packet in found


@given(packets, st.integers(0, 300))
def test_a_ready_byte_inside_a_packet_costs_that_packet_and_not_the_next(packet: Packet, at: int) -> None:
    data = wire(packet)
    place = 1 + at % (len(data) - 1)
    parser = Parser()
    found = parser.feed(data[:place] + b"\x55" + data[place:] + wire(packet))
    while parser.waiting:
        found += parser.give_up()
    assert packet in found


def test_a_header_with_an_impossible_length_was_none() -> None:
    true = pack(ANYBODY, Kind.ACK, b"\0")
    assert Parser().feed(b"\xef\x01\xff\xff\xff\xff\x07\xff\xff" + true) == [Packet(ANYBODY, Kind.ACK, b"\0")]
    assert Parser().feed(b"\xef\x01\xff\xff\xff\xff\x09\x00\x03" + true) == [Packet(ANYBODY, Kind.ACK, b"\0")]


def test_what_a_false_header_swallowed_is_found_when_nothing_more_comes() -> None:
    parser, true = Parser(), pack(ANYBODY, Kind.ACK, b"\0")
    assert parser.feed(b"\xef\x01\xff\xff\xff\xff\x02\x00\x80" + true) == []
    assert parser.give_up() == [Damaged(), Packet(ANYBODY, Kind.ACK, b"\0")]
    assert not parser.waiting


def test_half_a_header_that_goes_no_further_is_forgotten() -> None:
    parser = Parser()
    assert parser.feed(b"\x55\xef") == []
    assert (parser.waiting, parser.give_up(), parser.waiting) == (True, [], False)
    assert parser.feed(b"\xef\x01\xff") == []
    parser.clear()
    assert not parser.waiting


@given(st.binary(max_size=1500), st.sampled_from((32, 64, 128, 256)))
def test_data_is_cut_into_packets_of_which_only_the_last_says_so(data: bytes, size: int) -> None:
    found = [found for piece in data_packets(7, data, size) for found in Parser().feed(piece)]
    assert all(isinstance(each, Packet) for each in found)
    whole = [each for each in found if isinstance(each, Packet)]
    assert b"".join(each.content for each in whole) == data
    assert [each.kind for each in whole] == [Kind.DATA] * (len(whole) - 1) + [Kind.LAST]
    assert all(len(each.content) == size for each in whole[:-1])
    assert len(whole) == max(1, -(-len(data) // size))


@given(st.binary(max_size=400).map(lambda data: data + data))
def test_a_picture_keeps_the_upper_half_of_each_pixel_and_its_place(picture: bytes) -> None:
    assert from_wire(to_wire(picture)) == bytes((pixel >> 4) * 17 for pixel in picture)


def test_the_high_nibble_is_the_left_pixel() -> None:
    assert to_wire(b"\xa7\x3f") == b"\xa3"
    assert from_wire(b"\xa3") == b"\xaa\x33"


def test_a_packet_is_full_with_256_bytes() -> None:
    full = Packet(ANYBODY, Kind.DATA, bytes(range(256)))
    assert Parser().feed(wire(full)) == [full]


def test_too_much_for_one_packet_is_refused() -> None:
    with pytest.raises(ValueError, match="257"):
        pack(ANYBODY, Kind.DATA, bytes(257))
