"""The virtual card: its answers, and that it comes and goes with the card at the station."""

import asyncio

from simulators.chip import ATR, VirtualCard, answer

UID = "04A1B2C3D4E5F6"


def test_power_and_reset_are_heard_in_silence_and_the_atr_is_told() -> None:
    assert [answer(bytes([control]), UID, mute=False) for control in (0, 1, 2)] == [None] * 3
    assert answer(b"\x04", UID, mute=False) == ATR


def test_the_uid_is_read_as_readers_do() -> None:
    assert answer(bytes.fromhex("FFCA000000"), UID, mute=False) == bytes.fromhex(UID + "9000")


def test_other_commands_are_refused_and_a_mute_chip_refuses_all() -> None:
    assert answer(bytes.fromhex("00A4040000"), UID, mute=False) == b"\x6d\x00"
    assert answer(bytes.fromhex("FFCA000000"), UID, mute=True) == b"\x6f\x00"


async def _visit() -> list[object]:
    """A reader that listens, sees a card come, asks it and sees it go."""
    seen: list[object] = []
    gone = asyncio.Event()
    there: list[tuple[str, bool] | None] = [(UID, False)]

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
    card = VirtualCard("127.0.0.1", server.sockets[0].getsockname()[1], lambda: there[0])
    card.follow()
    await asyncio.wait_for(gone.wait(), 5)
    server.close()
    return seen


def test_a_reader_sees_the_card_come_and_go() -> None:
    assert asyncio.run(_visit()) == [ATR, bytes.fromhex(UID + "9000"), b""]
