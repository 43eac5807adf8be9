"""The virtual card: its answers, its file, and that it comes and goes with the card at the reader."""

import asyncio

import pytest

from simulators.cards.blank import Card
from simulators.chip import ATR, VirtualCard, answer
from simulators.specimen import AID, FILE_BYTES, Gone, Session

UID = "04A1B2C3D4E5F6"
SELECT = bytes.fromhex("00A4040C07") + AID
READ = bytes.fromhex("00B081003F")
UPDATE = bytes.fromhex("00D681003F")
RECORD = bytes(range(1, FILE_BYTES + 1))


def chip(kind: str = "live") -> Session:
    return Session(Card(UID, 1, chip=kind))


def test_power_and_reset_are_heard_in_silence_and_the_atr_is_told() -> None:
    assert [answer(bytes([control]), chip()) for control in (0, 1, 2)] == [None] * 3
    assert answer(b"\x04", chip()) == ATR


def test_the_uid_is_read_as_readers_do() -> None:
    assert answer(bytes.fromhex("FFCA000000"), chip()) == bytes.fromhex(UID + "9000")


def test_a_file_is_written_and_read_whole_and_in_parts() -> None:
    card = chip()
    assert card.answer(SELECT) == b"\x90\x00"
    assert card.answer(READ) == bytes(FILE_BYTES) + b"\x90\x00"
    assert card.answer(UPDATE + RECORD) == b"\x90\x00"
    assert card.answer(READ) == RECORD + b"\x90\x00"
    assert card.answer(bytes.fromhex("00D6810A02AAAA")) == b"\x90\x00"
    assert card.answer(bytes.fromhex("00B0810904")) == bytes.fromhex("0AAAAA0D9000")


def test_the_file_is_the_card_s_and_no_session_s() -> None:
    card = Card(UID, 1)
    first = Session(card)
    first.answer(SELECT)
    first.answer(UPDATE + RECORD)
    again = Session(Card.from_json(card.to_json()))
    assert again.answer(READ) == b"\x6a\x82", "nothing is selected after power up"
    again.answer(SELECT)
    assert again.answer(READ) == RECORD + b"\x90\x00"


def test_power_off_forgets_what_was_selected() -> None:
    card = chip()
    card.answer(SELECT)
    answer(b"\x00", card)
    assert card.answer(READ) == b"\x6a\x82"


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ("00A4040C07F04C4F4B455402", "6a82"),  # another application
        ("00A4000C023F00", "6a82"),  # another way to select
        ("00B082003F", "6a82"),  # another file
        ("00B0810140", "6b00"),  # beyond its end
        ("00D6810003AABB", "6700"),  # fewer bytes than told
        ("0088000000", "6d00"),
        ("8088000000", "6d00"),
        ("00A4", "6d00"),
    ],
)
def test_what_is_not_ours_is_refused_by_its_word(said: str, word: str) -> None:
    card = chip()
    card.answer(SELECT)
    assert card.answer(bytes.fromhex(said)).hex() == word


def test_a_mute_chip_refuses_all_and_a_plain_one_has_no_application() -> None:
    assert chip("mute").answer(bytes.fromhex("FFCA000000")) == b"\x6f\x00"
    plain = chip("plain")
    assert plain.answer(bytes.fromhex("FFCA000000")).endswith(b"\x90\x00")
    assert plain.answer(SELECT) == b"\x6d\x00"


def test_a_torn_write_leaves_half_and_the_next_one_is_whole() -> None:
    card = chip("torn")
    card.answer(SELECT)
    with pytest.raises(Gone):
        card.answer(UPDATE + RECORD)
    assert card.chip.file == RECORD[:31] + bytes(32)
    assert card.answer(UPDATE + RECORD) == b"\x90\x00"


async def _visit() -> list[object]:
    """A reader that listens, sees a card come, asks it and sees it go."""
    seen: list[object] = []
    gone = asyncio.Event()
    there: list[Card | None] = [Card(UID, 1)]

    async def reader(incoming: asyncio.StreamReader, outgoing: asyncio.StreamWriter) -> None:
        for message in (b"\x01", b"\x04", bytes.fromhex("FFCA000000")):
            outgoing.write(len(message).to_bytes(2, "big") + message)
            if message != b"\x01":
                size = int.from_bytes(await incoming.readexactly(2), "big")
                seen.append(await incoming.readexactly(size))
        there[0] = None
        card.follow()
        seen.append(await incoming.read())
        outgoing.close()
        gone.set()

    server = await asyncio.start_server(reader, "127.0.0.1", 0)
    card = VirtualCard("127.0.0.1", server.sockets[0].getsockname()[1], lambda: there[0], lambda _: None)
    card.follow()
    await asyncio.wait_for(gone.wait(), 5)
    server.close()
    return seen


def test_a_reader_sees_the_card_come_and_go() -> None:
    assert asyncio.run(_visit()) == [ATR, bytes.fromhex(UID + "9000"), b""]


async def _write(kind: str, seen: list[str]) -> bytes:
    """A reader that writes; what came back, with what the card's printer was told meanwhile in ``seen``."""
    back: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    async def reader(incoming: asyncio.StreamReader, outgoing: asyncio.StreamWriter) -> None:
        if not back.done():
            for message in (SELECT, UPDATE + RECORD):
                outgoing.write(len(message).to_bytes(2, "big") + message)
            heard = b""
            while len(heard) < 8 and (part := await incoming.read(64)):
                heard += part
            seen.append("answered")
            back.set_result(heard)
        outgoing.close()

    lying = Card(UID, 1, chip=kind)
    server = await asyncio.start_server(reader, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    card = VirtualCard("127.0.0.1", port, lambda: lying, lambda card: seen.append(card.file[:2].hex()))
    card.follow()
    heard = await asyncio.wait_for(back, 5)
    card.close()
    server.close()
    return heard


def test_a_write_is_told_before_it_is_answered_and_a_tear_too() -> None:
    seen: list[str] = []
    assert asyncio.run(_write("live", seen)) == bytes.fromhex("00029000" * 2)
    assert asyncio.run(_write("torn", seen)) == bytes.fromhex("00029000")
    assert seen == ["0102", "answered", "0102", "answered"]
