"""Packets come whole out of any stream, whatever stands between them."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from simulators.r30x.wire import Packet, Stream, build, data_packets
from tests.unit.simulators.r30x.kit import packet

PACKETS = st.lists(
    st.tuples(st.integers(0, 0xFFFFFFFF), st.sampled_from([1, 2, 7, 8]), st.binary(max_size=256)), max_size=4
)
QUIET = st.binary(max_size=6).filter(lambda noise: b"\xef" not in noise)


def heard(raw: bytes, cuts: list[int]) -> list[Packet]:
    stream = Stream()
    got: list[Packet] = []
    edges = [0, *sorted(cut % (len(raw) + 1) for cut in cuts), len(raw)]
    for begin, end in pairwise(edges):
        stream.feed(raw[begin:end], 0)
        got += stream
    return got


@given(PACKETS, st.lists(st.integers(0, 2000), max_size=6), QUIET)
def test_a_stream_gives_its_packets_wherever_it_is_cut_and_whatever_noise_is_between(
    told: list[tuple[int, int, bytes]], cuts: list[int], noise: bytes
) -> None:
    raw = b"".join(noise + build(*each) for each in told)
    assert heard(raw, cuts) == [Packet(*each) for each in told]


def test_a_packet_is_built_as_the_manual_s_example_says() -> None:
    assert build(0xFFFFFFFF, 1, bytes.fromhex("1300000000")).hex() == "ef01ffffffff010007130000000000" + "1b"
    assert build(1, 7, b"\0") == packet(7, b"\0", bytes([0, 0, 0, 1]))


def test_a_wrong_sum_is_told_and_a_length_out_of_range_is_no_packet() -> None:
    spoilt = packet(1, b"\x0f")[:-1] + b"\x99"
    assert [each.sound for each in heard(spoilt, [])] == [False]
    long = b"\xef\x01\xff\xff\xff\xff\x01\x01\x03"
    assert heard(long + packet(1, b"\x0f"), []) == [Packet(0xFFFFFFFF, 1, b"\x0f")]


def test_half_a_packet_is_dropped_after_half_a_second_of_silence() -> None:
    stream = Stream()
    stream.feed(packet(1, bytes(60))[:20], 0)
    stream.feed(packet(1, b"\x1d"), 500)
    assert list(stream) == []
    stream.feed(packet(1, b"\x1d"), 1001)
    assert [each.content for each in stream] == [b"\x1d"]


def test_the_last_data_packet_is_a_full_one_when_it_comes_out_even() -> None:
    kinds = [raw[6] for raw in data_packets(1, bytes(256), 128)]
    assert kinds == [2, 8]
    assert [len(raw) - 11 for raw in data_packets(1, bytes(130), 128)] == [128, 2]
