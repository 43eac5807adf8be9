"""True job streams of the maker's own software, taken whole; one picture hash was found by hand."""

import hashlib

import pytest

from tests.unit.simulators.evolis.kit import bench, closing, counters, look, told, vector

LEVEL_BYTES = {b"2": 82_296, b"256": 658_368, b"128": 576_072}
STREAMS = [
    ("primacy2-ymcko-front", "primacy2", "ymcko", "ymcko", 12_800),
    ("primacy2-kblack-black", "primacy2", "k", "k", 4_700),
    ("zenius-ko-black", "zenius", "ko", "ko", 11_000),
    ("zenius-ymcko-front", "zenius", "ymcko", "ymcko", 26_600),
]


def picture_of(stream: bytes) -> tuple[str, str]:
    """Letters and hash of a simplex stream, cut by searching for the heads, which never lie in these data."""
    letters, ink, at = "", hashlib.sha256(), 0
    while (at := stream.find(b"\x1bDb;", at)) >= 0:
        letter, levels, _ = stream[at + 4 : at + 12].split(b";")[:3]
        start = at + 4 + len(letter) + len(levels) + 2
        at = start + LEVEL_BYTES[levels]
        ink.update(b"front" + letter + stream[start:at])
        letters += letter.decode()
    return letters, ink.hexdigest()


@pytest.mark.parametrize(("name", "model", "ribbon", "letters", "ms"), STREAMS)
def test_a_true_stream_is_taken_whole_and_ejects_one_card(
    name: str, model: str, ribbon: str, letters: str, ms: int
) -> None:
    stream = vector(name)
    found, ink = picture_of(stream)
    assert found == letters
    printer = bench(model=model, ribbon=ribbon)
    before = counters(printer)
    start = printer.now_ms()
    assert printer.exchange(stream).startswith(b"OK\0")
    printer.sleep_ms(ms - 1)
    assert not told(printer, "ejected")
    printer.sleep_ms(1)
    (out,) = [line for line in printer.truth if line["event"] == "ejected"]
    assert (out["picture"], out["tray"], out["ms"] - start) == (ink, "output", ms)
    assert counters(printer) == (before[0] + 1, before[1] + len(letters))
    closing(printer)
    seen = look(printer)
    assert not (seen.error or seen.info & 0x9F000081)


def test_a_card_through_the_chip_station_takes_what_the_table_adds_up_to() -> None:
    printer = bench()
    start = printer.now_ms()
    printer.exchange(b"\x1bSic\r")
    printer.exchange(vector("primacy2-ymcko-front"))
    printer.sleep_ms(60_000)
    (out,) = [line for line in printer.truth if line["event"] == "ejected"]
    assert out["ms"] - start == 2_000 + 2 * 800 + 3 * 2_200 + 2 * 1_500 + 1_200


def test_the_picture_of_the_colour_stream_is_the_one_found_by_hand() -> None:
    assert picture_of(vector("primacy2-ymcko-front"))[1].startswith("25366386ed14a59d")
