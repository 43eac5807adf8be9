"""Cutting the byte stream: commands, downloads, tags and noise."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from simulators.evolis.stream import COMMAND_BYTES_MAX, Command, Opening, Stream
from tests.unit.simulators.evolis.kit import job


def cut(raw: bytes, places: Sequence[int] = ()) -> list[Command | Opening]:
    stream, found = Stream(), []
    ends = sorted({min(place, len(raw)) for place in places} | {len(raw)})
    start = 0
    for end in ends:
        stream.feed(raw[start:end])
        found += list(stream)
        start = end
    return found


def test_tags_and_nuls_between_commands_are_skipped() -> None:
    assert cut(b"\0\0<HEADER>\x1bRsn\r\0</HEADER>\n\x1bRfv\r") == [Command("Rsn"), Command("Rfv")]


def test_the_data_of_a_download_is_counted_not_searched() -> None:
    data = b"\x1bSe\r" * 3
    assert cut(b"\x1bDbc;k;2;12;" + data + b"\r\x1bSe\r") == [
        Opening("k"),
        Command("Dbc;k;2;12;", data),
        Command("Se"),
    ]


def test_an_uncompressed_panel_has_the_length_its_depth_gives() -> None:
    for levels, size in ((2, 82_296), (32, 411_480), (64, 493_776), (128, 576_072), (256, 658_368)):
        data = b"1;2;" * (size // 4)  # looks like more parameters
        found = cut(b"\x1bDb;y;%d;" % levels + data + b"\r\x1bSe\r")
        assert found == [Opening("y"), Command(f"Db;y;{levels};", data), Command("Se")]


def test_the_head_of_a_download_is_told_before_its_data_comes() -> None:
    assert cut(b"\x1bDb;k;2;\xff\xff") == [Opening("k")]


def test_partial_downloads_are_counted_too() -> None:
    assert cut(b"\x1bDbp;k;2;5;1;" + bytes(81) + b"\r\x1bRsn\r")[-1] == Command("Rsn")
    assert cut(b"\x1bDbpc;k;2;5;3;\x1b\r\x1b\r\x1bRsn\r")[-1] == Command("Rsn")


def test_a_command_cut_off_by_another_does_not_swallow_it() -> None:
    assert cut(b"\x1bRco;\x1bRsn\r") == [Command("Rco;"), Command("Rsn")]


def test_a_command_without_an_end_is_given_up() -> None:
    found = cut(b"\x1b" + b"P" * 2 * COMMAND_BYTES_MAX + b"\r\x1bRsn\r")
    assert found[-1] == Command("Rsn")


@given(st.lists(st.integers(0, len(job("ymcko", "k"))), max_size=40))
def test_the_cut_does_not_matter(places: list[int]) -> None:
    assert cut(job("ymcko", "k"), places) == cut(job("ymcko", "k"))


@given(st.binary(max_size=600), st.lists(st.integers(0, 600), max_size=9))
def test_noise_is_cut_the_same_way_however_it_comes(raw: bytes, places: list[int]) -> None:
    assert cut(raw, places) == cut(raw)
