"""How many cards an hour the station makes, against the same printer with a host that needs no time at all.

Virtual time, so the figure is the same on every machine. Both sides print full-colour cards on the simulated
Primacy 2 through the chip station, one after another. The limit feeds, sends and feeds again the very
millisecond the printer is free; ours is the whole agent: reservation, chip, two intents, polls, judgement.
The limit is no guess: it must be what the protocol's table of times adds up to, to the millisecond.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from agent.stock import blanks
from agent.store.migrations import migrate
from simulators.evolis.bench import MemoryPrinter
from simulators.evolis.makes import MAKES
from tests.journeys.killer import Points
from tests.journeys.killer_virtual import START_MS, Station, artefact

CARDS, RIBBON, GOAL = 20, "ymcko", 0.98
HOUR_MS = 3_600_000
FEED = b"\x1bSic\r\0"
PANELS = "ymcko"


def table_ms() -> int:
    """One card by drivers/evolis/PROTOCOL.md, Times: in, to the chip and back, its panels, out."""
    make = MAKES["primacy2"]
    if artefact(RIBBON).panels != len(PANELS):
        raise RuntimeError(f"the card has {artefact(RIBBON).panels} panels, not {len(PANELS)}")
    panels_ms = sum(make.panel_ms(letter) for letter in PANELS)
    return make.feed_ms + 2 * make.station_ms + panels_ms + make.eject_ms


def limit_ms() -> int:
    """Simulated ms for ``CARDS`` cards with zero host time."""
    printer = MemoryPrinter(cards=CARDS, ribbon=RIBBON)
    printer.sleep_ms(10_000)  # it has started up
    began_ms = printer.now_ms()
    for number in range(1, CARDS + 1):
        printer.exchange(FEED)
        printer.exchange(artefact(RIBBON).job)
        while len(printer.hand(look=True)["output"]) < number:
            printer.sleep_ms(1)
        printer.exchange(b"\x1bPcla;0\r\0")
    spent_ms = printer.now_ms() - began_ms
    if spent_ms != CARDS * table_ms():
        raise RuntimeError(f"a card takes {spent_ms / CARDS} ms, but the table says {table_ms()}")
    return spent_ms


def ours_ms(folder: Path) -> int:
    """The same by the agent, from the first card's intent to the last one's verdict."""
    migrate(folder / "template.db")
    printer = MemoryPrinter(cards=CARDS, ribbon=RIBBON)
    station = Station(folder / "journal.db", folder / "template.db", printer, RIBBON)
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
        ours, limit = ours_ms(Path(folder)), limit_ms()
    ratio = round(limit / ours, 4)
    return {
        "name": "print_pace",
        "figure": round(CARDS * HOUR_MS / ours, 1),
        "unit": "cards/h, YMCKO, chip station, virtual time",
        "against": "the simulated cycle, chip station included, with zero host time",
        "against_figure": round(CARDS * HOUR_MS / limit, 1),
        "ratio": ratio,
        "goal": f"ratio >= {GOAL}",
        "holds": ratio >= GOAL,
    }
