"""The simulated Evolis printer behind the USB pipes: messages, back-pressure, power and plug."""

import asyncio

from simulators.evolis.bench import MemoryPrinter
from simulators.usbip.descriptors import evolis
from simulators.usbip.device import UsbPrinter
from simulators.usbip.printer_device import FIFO_BYTES, FacePipes, offer
from simulators.usbip.wire import read_urb
from tests.unit.simulators.usbip.bench import control, reply, submit

PANEL = 82_296


class Cable:
    """A host's cable to a printer in memory."""

    def __init__(self, cards: int = 5) -> None:
        self.memory = MemoryPrinter(cards=cards)
        self.pipes = FacePipes(self.memory.face)
        self.device = UsbPrinter(evolis("primacy2", self.memory.printer.serial), self.pipes)
        self.pipes.watch(self.device.pump)
        self.seqnum = 0
        self.send(submit(0, 0, False, 0, setup=control(0, 9, 1, 0, 0)))

    def send(self, raw: bytes) -> list[tuple[int, int, int, int, bytes]]:
        urb = read_urb(raw[:48])
        urb.data = raw[48:]  # type: ignore[union-attr]
        self.device.submit(urb)  # type: ignore[arg-type]
        return self.answers()

    def answers(self) -> list[tuple[int, int, int, int, bytes]]:
        said = [reply(raw) for raw in self.device.finished]
        self.device.finished.clear()
        return said

    def out(self, data: bytes) -> bool:
        self.seqnum += 1
        return bool(self.send(submit(self.seqnum, 1, False, len(data), data)))

    def into(self) -> bytes | None:
        self.seqnum += 1
        answered = self.send(submit(self.seqnum, 2, True, 4096))
        return answered[0][4] if answered else None

    def wait(self, ms: int) -> list[tuple[int, int, int, int, bytes]]:
        for _ in range(ms // 50):
            self.memory.sleep_ms(50)
            self.pipes.step()
        return self.answers()


def test_a_command_is_answered_with_the_status_behind_it() -> None:
    cable = Cable()
    assert cable.out(b"\x1bRsn\r")
    said = cable.into()
    assert said is not None
    text, _, block = said.partition(b"\0")
    assert text.decode() == cable.memory.printer.serial
    assert len(block) == 22


def test_an_empty_message_asks_for_the_status_alone() -> None:
    cable = Cable()
    assert cable.out(b"")
    said = cable.into()
    assert said is not None
    assert (said[:1], len(said)) == (b"\0", 23)


def test_replies_come_in_the_order_of_their_messages() -> None:
    cable = Cable()
    cable.out(b"\x1bRtp\r")
    cable.out(b"\x1bRsn\r")
    first, second = cable.into(), cable.into()
    assert first is not None and second is not None
    assert first.startswith(b"Evolis Primacy 2\0")
    assert second.startswith(cable.memory.printer.serial.encode() + b"\0")


def test_a_movement_is_answered_when_it_is_done() -> None:
    cable = Cable()
    cable.out(b"\x1bPem;2\r")
    cable.into()
    cable.out(b"\x1bSic\r")
    assert cable.into() is None
    assert [each[4][:3] for each in cable.wait(5_000)] == [b"OK\0"]
    assert cable.memory.chip() is not None


def test_a_full_printer_naks_and_takes_the_rest_as_it_prints() -> None:
    cable = Cable()
    face = b"".join(b"\x1bDb;%c;2;" % letter + bytes(PANEL) + b"\r" for letter in b"ymcko" * 3)
    job = b"\x1bSs\r\x1bSr\r" + face
    assert not cable.out(job), "five bitmaps are held, not fifteen"
    assert len(cable.wait(120_000)) == 1


def test_a_reset_of_the_bus_takes_back_no_whole_command() -> None:
    cable = Cable()
    cable.out(b"\x1bSic\r")
    cable.device.detach()
    cable.wait(5_000)
    assert cable.memory.chip() is not None
    cable.send(submit(0, 0, False, 0, setup=control(0, 9, 1, 0, 0)))
    assert cable.into() is None, "and its reply is never told to who comes after"


def test_a_message_that_was_not_whole_is_gone_with_its_host() -> None:
    cable = Cable()
    cable.out(b"\x1bPem;2\r")
    panels = b"".join(b"\x1bDb;%c;2;" % letter + bytes(PANEL) + b"\r" for letter in b"ymcko" * 2)
    cable.out(b"\x1bSs\r\x1bSr\r" + panels + b"\x1bSe\r")
    before = cable.pipes.room()
    cable.device.detach()
    assert (before, cable.pipes.room()) == (0, FIFO_BYTES)


def test_the_port_status_asks_for_media() -> None:
    assert Cable(cards=5).pipes.port_status() == 0x18
    assert Cable(cards=0).pipes.port_status() == 0x30


def test_there_is_always_room_for_a_packet_in_an_idle_printer() -> None:
    assert Cable().pipes.room() == FIFO_BYTES


def test_a_printer_without_power_is_not_on_the_bus() -> None:
    async def story() -> list[int]:
        memory = MemoryPrinter()
        port = await offer(memory.face, "127.0.0.1", 0)
        counts = []
        for hand in (None, "cut", "on"):
            if hand:
                memory.hand(power=hand)
            host, _, number = port.address.rpartition(":")
            reader, writer = await asyncio.open_connection(host, int(number))
            writer.write(bytes.fromhex("0111 8005 00000000"))
            raw = await asyncio.wait_for(reader.read(), 10)
            writer.close()
            await writer.wait_closed()
            counts.append(int.from_bytes(raw[8:12], "big"))
        await port.close()
        return counts

    assert asyncio.run(story()) == [1, 0, 1]
