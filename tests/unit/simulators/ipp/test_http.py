"""HTTP at the simulated printer: lengths and chunks, nonsense, and nobody there."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from simulators.cards.pace import World
from simulators.ipp.http import HttpWire
from simulators.ipp.model import Queue
from tests.unit.drivers.ipp.bench import Bench

ASK = b"\x02\x00\x00\x0b\x00\x00\x00\x01\x01\x03"  # Get-Printer-Attributes without a word
POST = b"POST /ipp/print HTTP/1.1\r\nHost: x\r\n"


def served(talk: Callable[[Bench, int], Awaitable[None]]) -> None:
    """Run ``talk`` beside a printer on a port of its own."""

    async def run() -> None:
        bench = Bench()
        wire = HttpWire(World(bench.queue, Queue.next_ms, Queue.step, 1.0), bench.face, "127.0.0.1", 0)
        await wire.open()
        try:
            await talk(bench, wire.port)
        finally:
            await wire.close()

    asyncio.run(run())


async def say(port: int, raw: bytes, *, then_close: bool = False) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(raw)
    if then_close:
        writer.write_eof()
    try:
        return await reader.read()
    except ConnectionError:
        return b""
    finally:
        writer.close()


@pytest.mark.parametrize("body", [
    b"Content-Length: 10\r\n\r\n" + ASK,
    b"Transfer-Encoding: chunked\r\n\r\n4\r\n" + ASK[:4] + b"\r\n6;x=y\r\n" + ASK[4:] + b"\r\n0\r\n\r\n",
    b"Expect: 100-continue\r\nContent-Length: 10\r\n\r\n" + ASK,
])  # fmt: skip
def test_a_request_comes_with_its_length_or_in_chunks(body: bytes) -> None:
    async def talk(bench: Bench, port: int) -> None:
        answer = await say(port, POST + body)
        assert answer.startswith(
            (b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n")
        )
        assert b"printer-uuid" in answer

    served(talk)


@pytest.mark.parametrize(("raw", "told"), [
    (b"GET / HTTP/1.1\r\n\r\n", b"405"), (b"\r\n\r\n", b"405"),
    (b"POST /other HTTP/1.1\r\nContent-Length: 0\r\n\r\n", b"404"),
    (POST + b"Content-Length: 3\r\n\r\nabc", b"400"),
])  # fmt: skip
def test_what_is_no_ipp_gets_its_number(raw: bytes, told: bytes) -> None:
    async def talk(bench: Bench, port: int) -> None:
        assert (await say(port, raw)).split()[1] == told

    served(talk)


@pytest.mark.parametrize("raw", [
    POST + b"Content-Length: -1\r\n\r\n", POST + b"Content-Length: x\r\n\r\n", POST + b"A: " + b"x" * 70_000,
    POST + b"Content-Length: 99999999999\r\n\r\n", POST + b"Content-Length: 20\r\n\r\nabc",
    POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
    POST + b"Transfer-Encoding: chunked\r\n\r\nfffffff\r\n",
    b"",
])  # fmt: skip
def test_nonsense_and_what_ends_in_the_middle_is_hung_up_on(raw: bytes) -> None:
    async def talk(bench: Bench, port: int) -> None:
        assert await say(port, raw, then_close=True) == b""

    served(talk)


def test_while_nobody_is_there_everybody_is_hung_up_on() -> None:
    async def talk(bench: Bench, port: int) -> None:
        bench.queue.go_away(1_000_000)
        assert await say(port, POST + b"Content-Length: 10\r\n\r\n" + ASK) == b""

    served(talk)


def test_an_answer_that_is_lost_is_a_connection_that_breaks() -> None:
    async def talk(bench: Bench, port: int) -> None:
        bench.face.answer = lambda raw: None  # type: ignore[method-assign]
        assert await say(port, POST + b"Content-Length: 10\r\n\r\n" + ASK) == b""

    served(talk)
