"""A whole agent as a process, killed by its own SIGKILL at one named point; or its printer, or both.

It is what ``loket run`` is, with the wire and the journal wrapped to count points, and waits that fit a
simulated printer sixty times as fast as a real one. The order comes in by the inbox and the clerk's press by
the service's own door, so that their commits are points, too; both are idempotent, as a hub and a clerk are.
Without a point nothing is killed; every point passed is written to the list.
"""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from pathlib import Path

from agent import inbox, keys, service
from agent.home import Home
from agent.printing.patience import Pace
from agent.store.journal import Journal
from drivers import registry
from drivers.address import Address
from drivers.card_printer import Transport
from sync.log import Entry
from tests.journeys.killer import PointedJournal, PointedTransport, Points

PACE = Pace(idle=200, poll=50, calm=150, stuck=1_500, silent=4_000, pause_min=50, pause_max=200)
EPOCH_BITS = 63


def kill_myself() -> None:
    """The point was reached: nothing after this line is run."""
    os.kill(os.getpid(), signal.SIGKILL)


def striker(printer: int, *, spare_me: bool) -> Callable[[], None]:
    """What happens at the point. ``printer``: the process that dies first, 0 for none."""

    def strike() -> None:
        if printer:
            os.kill(printer, signal.SIGKILL)
        if not spare_me:
            kill_myself()

    return strike


def main(
    home_path: str,
    order_path: str,
    at: str,
    list_path: str,
    log_path: str,
    printer: int = 0,
    spare_me: bool = False,
) -> None:
    """Be the agent at ``home_path`` until the point ``at`` or a SIGTERM. The log takes both outputs.

    ``printer``: a process that dies at that point, too; ``spare_me``: it alone does.
    """
    with Path(log_path).open("a") as out:
        for stream in (1, 2):
            os.dup2(out.fileno(), stream)
    home, points = Home(Path(home_path)), Points(at, striker(printer, spare_me=spare_me), polls_max=1)
    with home.lock():
        made = service.build(
            home, open_transport=pointed_wire(points), open_journal=pointed_journal(points), pace=PACE
        )
        take(home, made, Path(order_path))
        made.run()
    if list_path:
        Path(list_path).write_text("\n".join(points.order))


def take(home: Home, made: service.Service, order_path: Path) -> None:
    """The order, as the link would hand it over, and the clerk's press."""
    told = json.loads(order_path.read_text())
    entry = Entry(**told)
    hub, station = keys.load(home.keys_path).hub_sign, home.config().name
    made.journal.write(lambda tx: inbox.apply(tx, entry, station=station, hub=hub))
    made.perform("print", {"order": entry.subject})


def pointed_wire(points: Points) -> Callable[[Address], Transport]:
    return lambda address: PointedTransport(registry.open_transport(address), points, address.family)


def pointed_journal(points: Points) -> Callable[[Home, Callable[[], int]], Journal]:
    def opened(home: Home, clock: Callable[[], int]) -> Journal:
        epoch = int.from_bytes(os.urandom(8), "big") >> (64 - EPOCH_BITS)
        journal = PointedJournal(home.journal_path, epoch, clock)
        journal.points = points
        return journal

    return opened
