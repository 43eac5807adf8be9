"""A line so slow that a dead agent's job reaches the printer long after the next agent has looked.

The real driver and worker in virtual time; between them and the simulated printer a line that keeps the job's
bytes to itself, as a modem does that nobody can tell to forget. The printer's own truth is the judge.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from agent.printing import tally
from agent.printing.states import State
from agent.stock import blanks
from agent.store.migrations import migrate
from drivers.card_printer import Transport
from simulators.evolis.bench import MemoryPrinter
from tests.journeys.killer import Points
from tests.journeys.killer_virtual import CARDS, ORDER, Killed, Station, Wire

JOB = f"{ORDER}-1"


class SlowLine(Wire):
    """Takes a whole job at once and delivers nothing of it; the agent dies believing that it was sent."""

    def __init__(self, printer: MemoryPrinter, held: list[bytes]) -> None:
        super().__init__(printer)
        self._held = held

    def exchange(self, data: Iterable[bytes | memoryview], timeout_s: float) -> bytes:
        pieces = [bytes(piece) for piece in data]
        if pieces and pieces[0].startswith(b"\x1bPsync;1") and not self._held:
            self._held.append(b"".join(pieces))
            raise Killed
        return super().exchange(pieces, timeout_s)


class Far(Station):
    """A station at the far end of such a line."""

    held: list[bytes]

    def wire(self) -> Transport:
        return SlowLine(self.printer, self.held)

    def good_cards(self) -> int:
        """The order's cards in the output tray."""
        return sum(1 for card in self.look()["output"] if card["panels"] == ["front k"])

    def turn_for(self, ms: int) -> None:
        end = self.printer.now_ms() + ms
        while self.printer.now_ms() < end:
            self.printer.sleep_ms(max(self.worker.turn(), 100))


@pytest.fixture
def station(tmp_path: Path) -> Far:
    """Its agent has died right after the job was sent, and another has taken over."""
    migrate(tmp_path / "template.db")
    far = Far(tmp_path / "journal.db", tmp_path / "template.db", MemoryPrinter(cards=CARDS, ribbon="k"))
    far.held = []
    far.start(Points())
    far.receive()
    far.press()
    with pytest.raises(Killed):
        far.work()
    far.journal.close()
    far.start(Points())
    return far


@pytest.mark.parametrize("settled_first", [True, False])
def test_a_job_that_arrives_late_makes_no_second_good_card(station: Far, settled_first: bool) -> None:
    station.work()
    assert station.job(JOB).state is State.UNSURE, "nobody prints on the card that waits at the station"
    (first,) = station.look()["reject"]
    assert not first["panels"]
    if settled_first:
        station.settle()
    station.printer.exchange(station.held[0])  # the modem wakes up
    station.printer.sleep_ms(60_000)
    assert station.good_cards() == 1
    station.settle()
    station.press()
    station.turn_for(60_000)
    assert station.lane.seen.cause == "claim_stuck", "that job's host will never end it"
    station.printer.hand(power="cut")
    station.turn_for(60_000)
    assert station.good_cards() == 1, "no second card before a person has looked"
    assert station.lane.seen.cause == "cards_unknown"
    (stray,) = station.look()["output"]
    station.journal.write(lambda tx: tally.looked(tx, [stray["blank"]]))
    station.printer.hand(take=stray["blank"])
    station.work()
    assert station.job(JOB).state is State.PRINTED
    account = blanks.account(station.journal)["ktp"]
    assert (account["used"], account["spoiled"], account["unaccounted"]) == (1, 1, [])
    assert station.good_cards() == 1
