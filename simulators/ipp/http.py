"""HTTP as a printer serves it: POST, a length or chunks, one request a connection (PROTOCOL.md §1 of IPP).

Whoever asks while nobody is there is hung up on.
"""

from __future__ import annotations

import asyncio
import contextlib

from simulators.cards.pace import World
from simulators.closing import stop_accepting
from simulators.ipp.face import Face
from simulators.ipp.model import Queue

BODY_BYTES_MAX = 64 << 20
HEAD_BYTES_MAX = 64 << 10
PATIENCE_S = 30.0


class HttpWire:
    """Serves one face on one address until closed."""

    def __init__(self, world: World[Queue], face: Face, host: str, port: int) -> None:
        self._world, self._face = world, face
        self.host, self.port = host, port
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()

    async def open(self) -> None:
        """Listen. OSError if the port cannot be had."""
        self._server = await asyncio.start_server(self._serve, self.host, self.port, limit=HEAD_BYTES_MAX)
        self.host, self.port = self._server.sockets[0].getsockname()[:2]

    async def close(self) -> None:
        """Nobody is served any more."""
        if self._server is not None:
            await stop_accepting(self._server)
            for writer in [*self._open]:
                writer.transport.abort()
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            async with asyncio.timeout(PATIENCE_S):
                await self._talk(reader, writer)
        except (OSError, ValueError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError):
            writer.transport.abort()
        finally:
            self._open.discard(writer)
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._world.step()
        if self._face.queue.away:
            writer.transport.abort()
            return
        line, heads = await _head(reader)
        if heads.get("expect", "").lower() == "100-continue":
            writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        body = await _body(reader, heads)
        status, answer = self._answer(line, body)
        if answer is None:
            writer.transport.abort()
            return
        head = f"HTTP/1.1 {status}\r\nContent-Type: application/ipp\r\nContent-Length: {len(answer)}\r\n"
        writer.write(f"{head}Connection: close\r\n\r\n".encode() + answer)
        await writer.drain()

    def _answer(self, line: list[str], body: bytes) -> tuple[str, bytes | None]:
        """The HTTP status and the answer; None: hang up."""
        if len(line) < 2 or line[0] != "POST":
            return "405 Method Not Allowed", b""
        if line[1] != self._face.kind.path:
            return "404 Not Found", b""
        self._world.touch()
        try:
            answer = None if self._face.queue.away else self._face.answer(body)
        except ValueError:
            return "400 Bad Request", b""
        finally:
            self._world.settle()
        return "200 OK", answer


async def _head(reader: asyncio.StreamReader) -> tuple[list[str], dict[str, str]]:
    """The request line's words and the headers by their lower-case names."""
    lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in lines[1:] if ":" in line)
    return lines[0].split(), {name.strip().lower(): value.strip() for name, _, value in pairs}


async def _body(reader: asyncio.StreamReader, heads: dict[str, str]) -> bytes:
    """The whole body. ValueError where it is too long or its length makes no sense."""
    if heads.get("transfer-encoding", "").lower() != "chunked":
        return await reader.readexactly(_length(heads.get("content-length", "0"), 10))
    parts, total = [], 0
    while size := _length((await reader.readuntil(b"\r\n")).split(b";")[0].decode("latin-1"), 16):
        total += size
        if total > BODY_BYTES_MAX:
            raise ValueError("too long a body")
        parts.append(await reader.readexactly(size))
        await reader.readexactly(2)
    await reader.readuntil(b"\r\n")
    return b"".join(parts)


def _length(text: str, base: int) -> int:
    length = int(text.strip(), base)
    if not 0 <= length <= BODY_BYTES_MAX:
        raise ValueError("too long a body")
    return length
