"""A bad link in front of a broker: TCP passed through a modem, a satellite or a boat, by seeded dice.

Three rooms: `PROFILES` (numbers), `Line` and `weather` (pure: when does a chunk arrive, when does the link
fail and how), and `Link` (asyncio, sockets). A TCP proxy cannot show TCP's own retransmissions; everything a
program above TCP can see, it does: slow bytes, silence, resets, and connections whose far end is gone without
a word (half-open).
"""

import asyncio
import contextlib
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import click

from simulators.closing import stop_accepting
from simulators.places import place

CHUNK_BYTES = 1460
HELD_BYTES_MAX = 64 << 10  # what a modem and its operator keep under way in one direction


class Outage(StrEnum):
    """How a link fails."""

    SILENCE = "silence"  # nothing arrives; what was under way arrives afterwards
    CUT = "cut"  # connections are reset, new ones refused
    HALF_OPEN = (
        "half_open"  # the far side is gone; whoever spoke or speaks is told by a reset once it is over
    )
    GHOST = "ghost"  # the far side is gone, and nobody is ever told


@dataclass(frozen=True, slots=True)
class Profile:
    """A link in numbers. `bytes_per_s` 0 is no limit; `calm_ms` and `outage_ms` are means of the dice."""

    bytes_per_s: int
    delay_ms: int
    jitter_ms: int
    calm_ms: int
    outage_ms: int
    kinds: tuple[Outage, ...]


PROFILES = {
    "2g": Profile(2_500, 350, 250, 90_000, 15_000, tuple(Outage)),
    "vsat": Profile(8_000, 300, 60, 240_000, 20_000, (Outage.SILENCE, Outage.SILENCE, Outage.CUT)),
    "boat": Profile(40_000, 60, 30, 60_000, 600_000, (Outage.CUT, Outage.HALF_OPEN, Outage.GHOST)),
    "good": Profile(0, 2, 1, 0, 0, ()),
}


def weather(profile: Profile, seed: int) -> Iterator[tuple[int, Outage, int]]:
    """Endless (calm before it in ms, kind, length in ms); nothing at all for a profile without outages."""
    dice = random.Random(f"weather|{seed}")
    while profile.kinds:
        calm, length = dice.expovariate(1 / profile.calm_ms), dice.expovariate(1 / profile.outage_ms)
        yield max(1, round(calm)), dice.choice(profile.kinds), max(1, round(length))


class Line:
    """One direction of the link, shared by its connections: bytes queue for the rate, then travel, in
    order."""

    def __init__(self, profile: Profile, seed: int, direction: str) -> None:
        self._profile = profile
        self._dice = random.Random(f"{direction}|{seed}")
        self._free_ms = 0.0
        self._last_due_ms = 0.0

    def due_ms(self, now_ms: float, size: int) -> float:
        """When a chunk of `size` bytes handed in now comes out at the other end."""
        rate = self._profile.bytes_per_s
        self._free_ms = max(now_ms, self._free_ms) + (1000 * size / rate if rate else 0)
        travel = self._profile.delay_ms + self._dice.uniform(0, self._profile.jitter_ms)
        self._last_due_ms = max(self._last_due_ms, self._free_ms + travel)
        return self._last_due_ms


@dataclass(slots=True, eq=False)
class _Connection:
    """The near side always is; the far side once the broker answered, until it is `gone` without a word."""

    near: asyncio.StreamWriter
    far: asyncio.StreamWriter | None = None
    gone: Outage | None = None

    def writers(self) -> list[asyncio.StreamWriter]:
        return [self.near] if self.far is None else [self.near, self.far]


class Link:
    """The proxy. Counts `outages` and the bytes that came through; `speed` makes its time run faster."""

    def __init__(self, listen: str, to: str, profile: Profile, seed: int = 0, speed: float = 1.0) -> None:
        self._listen, self._to = place(listen), place(to)
        self._profile, self._seed, self.speed = profile, seed, speed
        self._lines = {way: Line(profile, seed, way) for way in ("up", "down")}
        self._open: dict[asyncio.Task[None], _Connection] = {}
        self._server: asyncio.Server | None = None
        self._weather: asyncio.Task[None] | None = None
        self._clear = asyncio.Event()
        self._clear.set()
        self._cut = False
        self.outages = 0
        self.bytes_through = {"up": 0, "down": 0}
        self.address = ""

    async def start(self, weather: bool = True) -> None:
        """Listens; with `weather` the profile's own outages come by the dice, else only those asked for."""
        self._server = await asyncio.start_server(self._serve, *self._listen)
        host, port = self._server.sockets[0].getsockname()[:2]
        self.address = f"{host}:{port}"
        if weather and self._profile.kinds:
            self._weather = asyncio.create_task(self._suffer())

    async def outage(self, for_ms: int, kind: Outage = Outage.CUT) -> None:
        """One outage, from now, for this long (link time); returns when it is over."""
        self.outages += 1
        self._clear.clear()
        self._cut = kind is Outage.CUT
        for connection in self._open.values():
            self._break(connection, kind)
        try:
            await asyncio.sleep(for_ms / 1000 / self.speed)
        finally:
            self._cut = False
            self._clear.set()

    @staticmethod
    def _break(connection: _Connection, kind: Outage) -> None:
        if kind is Outage.CUT:
            for writer in connection.writers():
                writer.transport.abort()
        elif kind is not Outage.SILENCE and connection.far is not None:
            connection.gone = kind
            connection.far.transport.abort()

    async def close(self) -> None:
        """Stops listening and resets every connection."""
        if self._server:
            await stop_accepting(self._server)
        if self._weather:
            self._weather.cancel()
        tasks = list(self._open)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, *([self._weather] if self._weather else []), return_exceptions=True)
        if self._server:
            self._server.close()
            await self._server.wait_closed()

    async def _suffer(self) -> None:
        for calm_ms, kind, for_ms in weather(self._profile, self._seed):
            await asyncio.sleep(calm_ms / 1000 / self.speed)
            await self.outage(for_ms, kind)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None, "a connection is served by a task"  # noqa: S101
        connection = self._open[task] = _Connection(writer)
        try:
            if not self._cut:
                await self._join(reader, connection)
        except OSError:
            pass  # no broker behind the link, or a connection that ended: the near side sees it end
        except asyncio.CancelledError:
            pass  # the link is being closed, and this task has nobody else who waits for it
        finally:
            del self._open[task]
            for each in connection.writers():
                each.transport.abort()
                with contextlib.suppress(OSError):
                    await each.wait_closed()

    async def _join(self, reader: asyncio.StreamReader, connection: _Connection) -> None:
        """Both directions until both have ended; a half-open connection lasts as long as the near side lets
        it."""
        await self._clear.wait()
        far_reader, connection.far = await asyncio.open_connection(*self._to)
        down = asyncio.create_task(self._carry(far_reader, connection.near, connection, "down"))
        try:
            await self._carry(reader, connection.far, connection, "up")
            if connection.gone is None:
                await down
        finally:
            down.cancel()
            await asyncio.gather(down, return_exceptions=True)

    async def _carry(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, connection: _Connection, way: str
    ) -> None:
        """One direction: reads as it may, writes as it is due; passes the reader's end on, unless it is a
        ghost's."""
        under_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(HELD_BYTES_MAX // CHUNK_BYTES)
        arriving = asyncio.create_task(self._arrive(under_way, writer, connection, way))
        try:
            while chunk := await reader.read(CHUNK_BYTES):
                if connection.gone is Outage.HALF_OPEN and self._clear.is_set():
                    raise ConnectionResetError  # the far machine does not know this connection any more
                await under_way.put((self._lines[way].due_ms(self._now_ms(), len(chunk)), chunk))
            await under_way.join()
            if connection.gone is None and not writer.transport.is_closing():
                writer.write_eof()
        finally:
            arriving.cancel()
            await asyncio.gather(arriving, return_exceptions=True)

    async def _arrive(
        self,
        under_way: asyncio.Queue[tuple[float, bytes]],
        writer: asyncio.StreamWriter,
        connection: _Connection,
        way: str,
    ) -> None:
        while True:
            due_ms, chunk = await under_way.get()
            await asyncio.sleep(max(0.0, due_ms - self._now_ms()) / 1000 / self.speed)
            await self._clear.wait()
            if writer.transport.is_closing():  # it goes nowhere, as behind a modem that has lost its peer
                if connection.gone is Outage.HALF_OPEN:  # TCP says it again, and a stranger answers
                    connection.near.transport.abort()
            else:
                self.bytes_through[way] += len(chunk)
                with contextlib.suppress(OSError):
                    writer.write(chunk)
                    await writer.drain()
            under_way.task_done()

    def _now_ms(self) -> float:
        return asyncio.get_running_loop().time() * 1000 * self.speed


async def _run(link: Link) -> None:
    await link.start()
    click.echo(json.dumps({"ready": True, "address": link.address}))
    try:
        await asyncio.Event().wait()
    finally:
        await link.close()


@click.command()
@click.option("--listen", required=True, help="HOST:PORT the station connects to; port 0 takes a free one.")
@click.option("--to", required=True, help="HOST:PORT of the broker.")
@click.option("--profile", type=click.Choice(sorted(PROFILES)), default="2g", show_default=True)
@click.option(
    "--seed", type=int, default=0, show_default=True, help="The same seed fails at the same moments."
)
def link(listen: str, to: str, profile: str, seed: int) -> None:
    """A bad link in front of a broker.

    Example: loket-sim link --listen 127.0.0.1:1884 --to 127.0.0.1:1883 --profile 2g
    """
    try:
        bad = Link(listen, to, PROFILES[profile], seed)
    except ValueError as wrong:
        raise click.UsageError(str(wrong)) from wrong
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_run(bad))
