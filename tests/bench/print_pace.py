"""How many cards an hour the station makes, against the same printer with a host that needs no time at all.

Virtual time, so the figure is the same on every machine. Both sides print full-colour cards on the simulated
Primacy 2 through the chip station, one after another. The limit feeds, sends and feeds again the very
millisecond the printer is free; ours is the whole agent: reservation, chip, its intents, polls, judgement.
The limit is no guess: it must be what the protocol's table of times adds up to, to the millisecond.

``with_the_tag`` is the same with a chip that takes ``APDU_MS`` to answer. There the limit's host knows the
chip's application and asks no more than it must: the name, the choice of the application, the write and
one reading of it. Ours asks everything it asks of a card that it has never seen.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from agent.keeping.keeper import Keeper
from agent.keeping.trial import Trial
from agent.printing.worker import Looks
from agent.stock import blanks
from agent.store.migrations import migrate
from simulators.evolis.bench import MemoryPrinter
from simulators.evolis.makes import MAKES
from tests.journeys.killer import Points
from tests.journeys.killer_virtual import SESSION, START_MS, Station, artefact

CARDS, RIBBON, GOAL = 200, "ymcko", 0.98
APDU_MS = 12  # 63 bytes and a command at 106 kbit/s, and the chip's own time to write them
LEAST_APDUS = 4  # the name, the application, the write, what was written
HOUR_MS = 3_600_000
CLOSELY_MS = 100  # how long before its end a card is looked for at every millisecond
FEED = b"\x1bSic\r\0"
PANELS = "ymcko"


def table_ms() -> int:
    """One card by drivers/evolis/PROTOCOL.md, Times: in, to the chip and back, its panels, out."""
    make = MAKES["primacy2"]
    if artefact(RIBBON).panels != len(PANELS):
        raise RuntimeError(f"the card has {artefact(RIBBON).panels} panels, not {len(PANELS)}")
    panels_ms = sum(make.panel_ms(letter) for letter in PANELS)
    return make.feed_ms + 2 * make.station_ms + panels_ms + make.eject_ms


def limit_ms(chip_ms: int = 0) -> int:
    """Simulated ms for ``CARDS`` cards with zero host time; ``chip_ms``: what the chip takes of each."""
    printer = MemoryPrinter(cards=CARDS, ribbon=RIBBON)
    printer.sleep_ms(10_000)  # it has started up
    began_ms = printer.now_ms()
    for number in range(1, CARDS + 1):
        due_ms = printer.now_ms() + table_ms() + chip_ms
        printer.exchange(FEED)
        printer.sleep_ms(chip_ms)
        printer.exchange(artefact(RIBBON).job)
        printer.sleep_ms(max(0, due_ms - CLOSELY_MS - printer.now_ms()))
        while len(printer.hand(look=True)["output"]) < number:
            printer.sleep_ms(1)
        printer.exchange(b"\x1bPcla;0\r\0")
    spent_ms = printer.now_ms() - began_ms
    if spent_ms != CARDS * (table_ms() + chip_ms):
        raise RuntimeError(f"a card takes {spent_ms / CARDS} ms, but the table says {table_ms() + chip_ms}")
    return spent_ms


class Kept(Station):
    """The whole station: its printer is looked after, too."""

    def keeper(self) -> Looks:
        trials = Trial(self.lane, self.journal, SESSION, lambda: artefact(RIBBON))
        return Keeper(
            self.lane, self.journal, self.printer.now_ms, lambda: START_MS + self.printer.now_ms(), trials
        )


def ours_ms(folder: Path, apdu_ms: int = 0) -> int:
    """The same by the agent, from the first card's intent to the last one's verdict."""
    migrate(folder / "template.db")
    printer = MemoryPrinter(cards=CARDS, ribbon=RIBBON)
    station = Kept(folder / f"journal-{apdu_ms}.db", folder / "template.db", printer, RIBBON)
    station.apdu_ms = apdu_ms
    station.start(Points())
    station.journal.write(lambda tx: blanks.receive(tx, "K-1", "ktp", None, CARDS))
    printer.sleep_ms(10_000)
    station.worker.turn()
    for number in range(CARDS):
        station.press(f"20200512-{number:06}")
    began_ms = printer.now_ms()
    station.work()
    return last_printed_ms(station) - began_ms


def last_printed_ms(station: Station) -> int:
    told = [entry.at_ms for entry in station.journal.entries(0, 10_000) if entry.event == "printed"]
    if len(told) != CARDS:
        raise RuntimeError(f"{len(told)} of {CARDS} cards were printed")
    return told[-1] - START_MS


def run() -> dict[str, Any]:
    """One line of the benchmarks."""
    with tempfile.TemporaryDirectory() as folder:
        ours, tagged = ours_ms(Path(folder)), ours_ms(Path(folder), APDU_MS)
    limit, tagged_limit = limit_ms(), limit_ms(LEAST_APDUS * APDU_MS)
    ratio, tagged_ratio = round(limit / ours, 4), round(tagged_limit / tagged, 4)
    return {
        "name": "print_pace",
        "figure": round(CARDS * HOUR_MS / ours, 1),
        "unit": "cards/h, YMCKO, chip station, virtual time",
        "against": "the simulated cycle, chip station included, with zero host time",
        "against_figure": round(CARDS * HOUR_MS / limit, 1),
        "ratio": ratio,
        "goal": f"ratio >= {GOAL}",
        "holds": min(ratio, tagged_ratio) >= GOAL,
        "cards": CARDS,
        "with_the_tag": {
            "chip_ms_an_exchange": APDU_MS,
            "figure": round(CARDS * HOUR_MS / tagged, 1),
            "against_figure": round(CARDS * HOUR_MS / tagged_limit, 1),
            "ratio": tagged_ratio,
        },
    }
