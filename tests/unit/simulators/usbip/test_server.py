"""The server over true sockets: raw bytes from the kernel's page, and Debian's own `usbip` where it is
installed."""

import asyncio
import contextlib
import shutil
import subprocess
from collections.abc import AsyncIterator

import pytest

from simulators.usbip.server import Export, serve
from tests.unit.simulators.usbip.bench import Drawer, control, printer, reply, submit, unlink

DEVLIST = bytes.fromhex("0111 8005 00000000")
WAIT_S = 10


def importing(busid: bytes) -> bytes:
    return bytes.fromhex("0111 8003 00000000") + busid.ljust(32, b"\0")


class Host:
    """A host made of bytes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def take(self, count: int) -> bytes:
        return await asyncio.wait_for(self.reader.readexactly(count), WAIT_S)

    async def said(self, data_bytes: int = 0) -> tuple[int, int, int, int, bytes]:
        return reply(await self.take(48 + data_bytes))

    async def ended(self) -> bool:
        with contextlib.suppress(ConnectionError):
            return await asyncio.wait_for(self.reader.read(), WAIT_S) == b""
        return True

    async def configure(self) -> None:
        self.writer.write(submit(1, 0, False, 0, setup=control(0, 9, 1, 0, 0)))
        assert await self.said() == (3, 1, 0, 0, b"")


@contextlib.asynccontextmanager
async def bench(drawer: Drawer) -> AsyncIterator["Bench"]:
    room = Bench(await serve(printer(drawer), "127.0.0.1", 0))
    try:
        yield room
    finally:
        for writer in room.writers:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()
        await room.export.close()


class Bench:
    """The server under test, and every connection a test has opened to it."""

    def __init__(self, export: Export) -> None:
        self.export = export
        self.writers: list[asyncio.StreamWriter] = []

    async def host(self) -> Host:
        name, _, port = self.export.address.rpartition(":")
        reader, writer = await asyncio.open_connection(name, int(port))
        self.writers.append(writer)
        return Host(reader, writer)

    async def imported(self) -> Host:
        one = await self.host()
        one.writer.write(importing(b"1-1"))
        assert await one.take(8) == bytes.fromhex("0111 0003 00000000")
        await one.take(312)
        return one

    async def listed(self) -> int:
        one = await self.host()
        one.writer.write(DEVLIST)
        raw = await asyncio.wait_for(one.reader.read(), WAIT_S)
        assert raw[:8] == bytes.fromhex("0111 0005 00000000")
        return int.from_bytes(raw[8:12], "big")


def test_an_imported_printer_is_hidden_and_belongs_to_one() -> None:
    async def story() -> None:
        async with bench(Drawer()) as room:
            assert await room.listed() == 1
            owner = await room.imported()
            assert await room.listed() == 0
            other = await room.host()
            other.writer.write(importing(b"1-1"))
            assert await other.take(8) == bytes.fromhex("0111 0003 00000002")
            owner.writer.close()
            await owner.writer.wait_closed()
            other = await room.host()
            other.writer.write(importing(b"9-9"))
            assert await other.take(8) == bytes.fromhex("0111 0003 00000004")

    asyncio.run(story())


def test_a_session_of_both_pipes() -> None:
    async def story() -> None:
        drawer = Drawer(capacity=1024)
        async with bench(drawer) as room:
            one = await room.imported()
            await one.configure()
            one.writer.write(submit(2, 2, True, 512))
            one.writer.write(submit(3, 1, False, 3000, b"p" * 3000))
            while len(drawer.taken) < 3000:
                drawer.drink()
                await asyncio.sleep(0)
            assert await one.said() == (3, 3, 0, 3000, b"")
            drawer.say(b"OK\0")
            assert await one.said(3) == (3, 2, 0, 3, b"OK\0")

    asyncio.run(story())


def test_what_finishes_together_is_told_in_order() -> None:
    async def story() -> None:
        drawer = Drawer()
        async with bench(drawer) as room:
            one = await room.imported()
            await one.configure()
            one.writer.write(submit(2, 2, True, 512) + submit(3, 2, True, 512) + submit(4, 1, False, 1, b"a"))
            assert (await one.said())[1] == 4
            drawer.replies += [b"one", b"two"]
            drawer.wake()
            assert [await one.said(3), await one.said(3)] == [(3, 2, 0, 3, b"one"), (3, 3, 0, 3, b"two")]

    asyncio.run(story())


def test_an_unlink_over_the_wire_is_the_last_word() -> None:
    async def story() -> None:
        drawer = Drawer()
        async with bench(drawer) as room:
            one = await room.imported()
            await one.configure()
            one.writer.write(submit(2, 2, True, 512) + unlink(3, 2))
            assert (await one.said())[:3] == (4, 3, -104)
            drawer.say(b"late\0")
            one.writer.write(submit(4, 2, True, 512))
            assert await one.said(5) == (3, 4, 0, 5, b"late\0")

    asyncio.run(story())


def test_pulling_the_plug_ends_the_connection_and_hides_the_printer_until_it_is_back() -> None:
    async def story() -> None:
        drawer = Drawer()
        async with bench(drawer) as room:
            one = await room.imported()
            await one.configure()
            one.writer.write(submit(2, 2, True, 512))
            room.export.unplug()
            assert await one.ended()
            assert await room.listed() == 0
            lost = await room.host()
            lost.writer.write(importing(b"1-1"))
            assert await lost.take(8) == bytes.fromhex("0111 0003 00000004")
            room.export.plug()
            await (await room.imported()).configure()

    asyncio.run(story())


@pytest.mark.parametrize(
    "raw", [b"GET / HTTP/1.1\r\n\r\n", bytes.fromhex("0106 8005 00000000")], ids=["http", "old"]
)
def test_what_is_no_usbip_is_dropped(raw: bytes) -> None:
    async def story() -> None:
        async with bench(Drawer()) as room:
            one = await room.host()
            one.writer.write(raw)
            assert await one.ended()
            assert await room.listed() == 1

    asyncio.run(story())


def test_a_host_that_dies_in_the_middle_frees_the_printer() -> None:
    async def story() -> None:
        drawer = Drawer()
        async with bench(drawer) as room:
            one = await room.imported()
            one.writer.write(submit(2, 1, False, 5000, b"half"))
            await one.writer.drain()
            one.writer.transport.abort()
            for _ in range(1000):
                if drawer.resets:
                    break
                await asyncio.sleep(0)
            assert drawer.resets == [False]
            await room.imported()

    asyncio.run(story())


@pytest.mark.skipif(shutil.which("usbip") is None, reason="Debian's `usbip` tool is not installed")
def test_debians_own_tool_lists_it() -> None:
    async def story() -> str:
        async with bench(Drawer()) as room:
            port = room.export.address.rpartition(":")[2]
            command = ["usbip", "--tcp-port", port, "list", "-r", "127.0.0.1"]
            done = await asyncio.to_thread(
                subprocess.run, command, capture_output=True, text=True, timeout=WAIT_S, check=True
            )
            return done.stdout

    told = asyncio.run(story())
    assert "0f49:0a00" in told
    assert "07/01/02" in told
