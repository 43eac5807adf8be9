"""The bad link on real sockets, against a broker that only echoes."""

import asyncio
import contextlib
import json
import socket
import sys
from collections.abc import AsyncIterator

import pytest
from click.testing import CliRunner

from simulators.link import PROFILES, Link, Outage, Profile, link
from tests.left_open import nothing_left_open

WAIT_S = 10
STILL = Profile(0, 0, 0, 0, 0, ())


class Far:
    """The broker behind the link: echoes, and tells how many connections it holds."""

    def __init__(self) -> None:
        self.connections = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        with contextlib.suppress(OSError):
            while data := await reader.read(4096):
                writer.write(data)
        self.connections -= 1
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


class Near:
    """A station's side of one connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def echo(self, data: bytes) -> bytes:
        self.writer.write(data)
        return await asyncio.wait_for(self.reader.readexactly(len(data)), WAIT_S)

    async def ended(self) -> bool:
        with contextlib.suppress(ConnectionError):
            return await asyncio.wait_for(self.reader.read(), WAIT_S) == b""
        return True


class Bench:
    """A link in front of the echo, and the connections a test opens to it."""

    def __init__(self, bad: Link, far: Far) -> None:
        self.bad, self.far = bad, far
        self.writers: list[asyncio.StreamWriter] = []

    async def near(self) -> Near:
        host, _, port = self.bad.address.rpartition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        self.writers.append(writer)
        return Near(reader, writer)


@contextlib.asynccontextmanager
async def bench(profile: Profile = STILL, speed: float = 1.0) -> AsyncIterator[Bench]:
    far = Far()
    server = await asyncio.start_server(far.serve, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    bad = Link("127.0.0.1:0", f"{host}:{port}", profile, seed=3, speed=speed)
    await bad.start(weather=False)
    room = Bench(bad, far)
    try:
        yield room
    finally:
        for writer in room.writers:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()
        await bad.close()
        server.close()
        await server.wait_closed()
        while far.connections:
            await asyncio.sleep(0)


def test_a_good_link_changes_nothing() -> None:
    async def story() -> None:
        async with bench() as room:
            one = await room.near()
            data = bytes(range(256)) * 1000
            assert await one.echo(data) == data
            assert room.bad.bytes_through == {"up": len(data), "down": len(data)}

    asyncio.run(story())


def test_a_slow_link_takes_its_time() -> None:
    async def story() -> float:
        async with bench(PROFILES["2g"], speed=100) as room:
            one = await room.near()
            clock = asyncio.get_running_loop()
            began = clock.time()
            await one.echo(b"x" * 5000)
            return (clock.time() - began) * 1000 * 100

    assert asyncio.run(story()) >= 5000 / 2500 * 1000 + 2 * 350


def test_silence_holds_what_was_said_and_lets_it_through_afterwards() -> None:
    async def story() -> None:
        async with bench() as room:
            one = await room.near()
            await one.echo(b"before")
            silence = asyncio.create_task(room.bad.outage(60_000, Outage.SILENCE))
            await asyncio.sleep(0)
            one.writer.write(b"during")
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(one.reader.read(6), 0.05)
            silence.cancel()
            assert await asyncio.wait_for(one.reader.readexactly(6), WAIT_S) == b"during"

    asyncio.run(story())


def test_a_cut_resets_what_was_open_and_refuses_until_it_is_over() -> None:
    async def story() -> None:
        async with bench() as room:
            one = await room.near()
            await one.echo(b"before")
            cut = asyncio.create_task(room.bad.outage(60_000, Outage.CUT))
            assert await one.ended()
            assert await (await room.near()).ended()
            cut.cancel()
            await asyncio.gather(cut, return_exceptions=True)
            assert await (await room.near()).echo(b"after") == b"after"
            assert room.bad.outages == 1

    asyncio.run(story())


def test_a_ghost_is_told_nothing_ever() -> None:
    async def story() -> None:
        async with bench() as room:
            one = await room.near()
            await one.echo(b"before")
            await room.bad.outage(1, Outage.GHOST)
            while room.far.connections:
                await asyncio.sleep(0)
            one.writer.write(b"into nowhere")
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(one.reader.read(), 0.05)
            assert await (await room.near()).echo(b"after") == b"after"

    asyncio.run(story())


def test_a_half_open_connection_is_reset_at_its_next_word_after_the_outage() -> None:
    async def story() -> None:
        async with bench() as room:
            one = await room.near()
            await one.echo(b"before")
            outage = asyncio.create_task(room.bad.outage(60_000, Outage.HALF_OPEN))
            await asyncio.sleep(0)
            one.writer.write(b"into nowhere")
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(one.reader.read(), 0.05)
            outage.cancel()
            await asyncio.gather(outage, return_exceptions=True)
            one.writer.write(b"hello?")
            assert await one.ended()

    asyncio.run(story())


def test_what_was_said_into_a_half_open_connection_brings_its_reset_when_the_line_is_back() -> None:
    """As TCP does it: the bytes are sent again until somebody answers, and a stranger resets."""

    async def story() -> None:
        async with bench() as room:
            one, quiet = await room.near(), await room.near()
            await one.echo(b"before")
            await quiet.echo(b"before")
            outage = asyncio.create_task(room.bad.outage(60_000, Outage.HALF_OPEN))
            await asyncio.sleep(0)
            one.writer.write(b"into nowhere")
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(one.reader.read(), 0.05)
            outage.cancel()
            await asyncio.gather(outage, return_exceptions=True)
            assert await one.ended()
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(quiet.reader.read(), 0.05)

    asyncio.run(story())


def test_a_broker_that_is_not_there_ends_the_connection() -> None:
    async def story() -> bool:
        nobody = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)
        host, port = nobody.sockets[0].getsockname()
        nobody.close()
        await nobody.wait_closed()
        bad = Link("127.0.0.1:0", f"{host}:{port}", STILL)
        await bad.start()
        room = Bench(bad, Far())
        try:
            return await (await room.near()).ended()
        finally:
            room.writers[0].close()
            await bad.close()

    assert asyncio.run(story())


@pytest.mark.parametrize("turns", range(8))
def test_whoever_comes_in_while_the_link_is_closed_is_not_left_open(turns: int) -> None:
    async def story() -> None:
        async with bench() as room:
            host, _, port = room.bad.address.rpartition(":")
            late = [socket.create_connection((host, int(port))) for _ in range(3)]
            for _ in range(turns):
                await asyncio.sleep(0)
        for each in late:
            each.close()

    with nothing_left_open():
        asyncio.run(story())


@pytest.mark.parametrize("address", ["here", ":1883", "127.0.0.1:mqtt", "127.0.0.1:"])
def test_an_address_without_host_or_port_is_wrong_usage(address: str) -> None:
    told = CliRunner().invoke(link, ["--listen", address, "--to", "127.0.0.1:1883"])
    assert told.exit_code == 2
    assert "HOST:PORT" in told.output


def test_the_command_says_where_it_listens_and_carries_bytes() -> None:
    async def story() -> bytes:
        far = Far()
        server = await asyncio.start_server(far.serve, "127.0.0.1", 0)
        to = "{}:{}".format(*server.sockets[0].getsockname())
        code = "from simulators.link import link; link()"
        command = [sys.executable, "-c", code, "--listen", "127.0.0.1:0", "--to", to, "--profile", "good"]
        process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
        assert process.stdout is not None
        ready = json.loads(await asyncio.wait_for(process.stdout.readline(), WAIT_S))
        assert ready["ready"] is True
        host, _, port = ready["address"].rpartition(":")
        near = Near(*await asyncio.open_connection(host, int(port)))
        try:
            return await near.echo(b"through")
        finally:
            near.writer.close()
            process.terminate()
            await process.wait()
            server.close()
            while far.connections:
                await asyncio.sleep(0)

    assert asyncio.run(story()) == b"through"
