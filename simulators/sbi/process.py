"""`loket-sim sbi`: the service as a process. Standard input is the technician's hands (`hands`), a line each.

A SIGKILL forgets the person and the counters; with ``--state`` the keys stay, so that an anchor that was
pinned stays good.
"""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from simulators.cards.process import stop_on_signals
from simulators.saying import answer, tell
from simulators.sbi import hands, keys, model, parts
from simulators.sbi.answers import Pen
from simulators.sbi.desk import FRAME_MS, Clock, Desk, RealClock
from simulators.sbi.faults import Fault, Faults
from simulators.sbi.http import Handler, Server
from simulators.sbi.studio import Studio
from simulators.sbi.subject import Counter, Subject

HOST = "127.0.0.1"
PORTS = range(4501, 4601)
SLOW_START_MS = 5_000
FRAME_MS_MIN = 20


@dataclass(frozen=True, slots=True)
class Setup:
    """What the command line says. ``port`` None: the first free one of PORTS; 0: any."""

    port: int | None
    seed: int
    subject: Subject
    ca: Path | None
    purpose: str
    env: str
    faults: tuple[Fault, ...]
    speed: float
    state: Path | None


def run(setup: Setup) -> None:
    """Serve until told to stop. OSError when no port can be had, ValueError on a bad state."""
    clock = RealClock(setup.speed, lambda: datetime.now(UTC))
    slow = Faults(setup.faults).found("slow_start", {}, 0)
    server = listening(setup.port, let_in=slow is None)
    try:
        _serve_on(server, setup, clock, slow)
    finally:
        server.server_close()


def _serve_on(server: Server, setup: Setup, clock: RealClock, slow: Fault | None) -> None:
    desk = build(setup, server.server_port, clock)
    if setup.ca:
        setup.ca.write_bytes(desk.pen.keys.anchors())
    server.desk = desk
    server.frame_s = max(FRAME_MS_MIN, FRAME_MS / setup.speed) / 1000
    delay_ms = 0 if slow is None else slow.for_ms or SLOW_START_MS
    serving = threading.Timer(delay_ms / 1000 / setup.speed, _serve, (server, slow is not None))
    serving.daemon = True

    async def work() -> None:
        stop = asyncio.Event()
        stop_on_signals(stop)
        serial = desk.service.devices[0].serial
        tell({"ready": True, "addresses": [f"sbi://{HOST}:{server.server_port}"], "serial": serial})
        serving.start()
        threading.Thread(target=_listen_to_hands, args=(desk, setup.state), name="hands", daemon=True).start()
        await stop.wait()

    asyncio.run(work())
    serving.cancel()


def build(setup: Setup, port: int, clock: Clock) -> Desk:
    """The service behind a port, with its keys."""
    devices = parts.devices(setup.seed)
    names = tuple(device.id for device in devices)
    now = clock.wall()
    made = keys.kept(setup.state, names, now) if setup.state else keys.make(names, now)
    service = model.Service(setup.purpose, setup.env, devices, Counter(setup.subject), Faults(setup.faults))
    pen = Pen(service, made, port, os.urandom, Studio(setup.state))
    return Desk(service, pen, clock, threading.Condition())


def listening(port: int | None, *, let_in: bool) -> Server:
    """A server that has its port; nobody is refused any more if ``let_in``. OSError when none is free."""
    wanted = PORTS if port is None else (port,)
    for number in wanted:
        server = Server((HOST, number), Handler, bind_and_activate=False)
        try:
            server.server_bind()
            if let_in:
                server.server_activate()
        except OSError:
            server.server_close()
            if number == wanted[-1]:
                raise
        else:
            return server
    raise OSError("no port is free")


def _serve(server: Server, closed: bool) -> None:
    if closed:
        server.server_activate()
    server.serve_forever(poll_interval=0.2)


def _listen_to_hands(desk: Desk, state: Path | None) -> None:
    """Each line of standard input is answered by one line; its end means that the technician has gone
    home.
    """
    rest = b""
    try:
        while chunk := os.read(sys.stdin.fileno(), 65536):
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                answer(hands.do(desk, line.decode("utf-8", "replace")))
                if state and b"rotate" in line:
                    keys.save(desk.pen.keys, state)
    except (OSError, ValueError, AttributeError):
        return  # no standard input
