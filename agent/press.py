"""The printer's side of a running station, put together: its lane, its worker, and whoever looks after it.

Only the service and the tests of whole stations come here; the worker's thread is the service's to start.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any, TypeVar

from agent.config import Config
from agent.keeping.keeper import Keeper
from agent.keeping.trial import Trial
from agent.keys import Keys
from agent.printing.cycle import Cycle
from agent.printing.drawing import Drawing
from agent.printing.lane import Lane
from agent.printing.patience import Pace
from agent.printing.worker import Worker
from agent.store.journal import Journal, Tx
from agent.trouble import Trouble
from drivers import registry
from drivers.address import Address
from drivers.card_printer import Transport
from drivers.chip import ChipReader
from drivers.clock import MonotonicClock
from drivers.errors import DeviceError

T = TypeVar("T")
OpenTransport = Callable[[Address], Transport]


class Told:
    """The journal as the worker writes it: each commit rings for the link."""

    def __init__(self, journal: Journal, ring: Callable[[], None]) -> None:
        self._journal = journal
        self._ring = ring

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """Committed rows."""
        return self._journal.rows(sql, *values)

    def write(self, work: Callable[[Tx], T]) -> T:
        """One transaction, then the bell."""
        done = self._journal.write(work)
        self._ring()
        return done


@dataclass(frozen=True, slots=True)
class Press:
    """One printer, ready to be worked."""

    address: str
    lane: Lane
    worker: Worker
    keeper: Keeper
    drawing: Drawing
    chip: ChipReader | None

    def told(self) -> dict[str, Any]:
        """What only the running station knows of it: ``printer`` and ``devices`` of agent.control.Live."""
        seen, care = self.lane.seen, self.keeper.seen
        device = {
            "address": self.address,
            "kind": "printer",
            "model": seen.model or None,
            "serial": seen.serial or None,
            "state": seen.state,
            "cause": seen.cause,
            "simulated": seen.simulated,
        }
        printer = {
            "state": seen.state,
            "cause": seen.cause,
            "counters": {"cards": seen.cards, "panels": seen.panels},
            "care": asdict(care) if care is not None else None,
        }
        return {"printer": printer, "devices": [device]}

    def close(self) -> None:
        """Let go of the printer, the chip reader and the drawing process."""
        self.drawing.close()
        self.lane.printer.close()
        if self.chip is not None:
            self.chip.close()


def put_together(
    config: Config,
    journal: Journal,
    secret: Keys,
    bells: tuple[Callable[[int], None], Callable[[], None]],
    unix_ms: Callable[[], int],
    open_transport: OpenTransport,
    pace: Pace | None,
) -> Press:
    """The station's printer. ``bells``: how the worker waits (ms), and what rings after each of its commits.

    Raises Trouble with one sentence for an address that is none, or a chip reader that is taken.
    """
    clock, (wait_ms, ring) = MonotonicClock(), bells
    try:
        printer = registry.open_printer(config.printer, clock=clock, open_transport=open_transport)
        chip = registry.open_chip(config.chip) if config.chip else None
    except ValueError as error:
        raise Trouble(str(error)) from error
    except DeviceError as error:
        raise Trouble(f"The chip reader cannot be used: {error}.") from error
    store, session = Told(journal, ring), session_of(secret)
    lane = Lane(printer, chip, store, clock.now_ms)
    drawing = Drawing(store, config, secret.open, lane)
    keeper = Keeper(lane, store, clock.now_ms, unix_ms, Trial(lane, store, session, drawing.trial))
    cycle = Cycle(lane, store, session)
    worker = Worker(lane, cycle, store, drawing.draw, clock.now_ms, wait_ms, pace, beside, keeper)
    return Press(config.printer, lane, worker, keeper, drawing, chip)


def beside(work: Callable[[], None]) -> None:
    """Run ``work`` in a thread of its own, whose end nobody waits for."""
    threading.Thread(target=work, name="easel", daemon=True).start()


def session_of(secret: Keys) -> int:
    """The number this station reserves printers under, 3..65535: the same in each life, and few others'."""
    told = sha256(b"loket-session/1|" + secret.sign.public().text.encode()).digest()
    return 3 + int.from_bytes(told[:4], "big") % 0xFFFD
