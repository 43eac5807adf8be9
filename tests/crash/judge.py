"""The physical truth as judge of one life: what the agent believed is compared with what really happened."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from agent.stock import blanks
from domain.ledger import Place
from tests.crash.life import CARDS, ORDERS, Played, Station
from tests.journeys.killer_virtual import START_MS


@dataclass(slots=True)
class Verdicts:
    """Counts over many lives, by what must never happen; ``alone``: lives that needed nobody's hand."""

    cycles: int = 0
    second_cards: int = 0
    lost_orders: int = 0
    unaccounted: int = 0
    contradicted: int = 0
    alone: int = 0
    second_deaths: int = 0

    def add(self, played: Played) -> list[str]:
        """Count one life; what was wrong with it, in sentences."""
        self.cycles += 1
        self.alone += played.settled + played.station.hands == 0
        self.second_deaths += played.second_hit
        station = played.station
        good = good_cards(station)
        spare = len(good) - len(ORDERS)
        contradictions, blanks_wrong = list(contradicted(station, good)), list(unaccounted(station, good))
        self.second_cards += max(0, spare)
        self.lost_orders += max(0, -spare) + len(station.open_orders())
        self.contradicted += len(contradictions)
        self.unaccounted += len(blanks_wrong)
        wrong = [f"{len(good)} good cards for {len(ORDERS)} orders"] if spare else []
        return wrong + contradictions + blanks_wrong


def good_cards(station: Station) -> list[str]:
    """Blanks that were ejected to the output tray with every panel of the job, in order."""
    good = ("ejected", "output", station.artefact.sha256)
    return [
        line["blank"]
        for line in station.printer.truth
        if (line["event"], line["tray"], line["picture"]) == good
    ]


def contradicted(station: Station, good: list[str]) -> Iterator[str]:
    """What the station decided by itself and the truth denies."""
    inked = {
        line["blank"]: line["ms"] for line in reversed(station.printer.truth) if line["event"] == "panel"
    }
    for at_ms, event, job, body in station.journal.rows("SELECT at_ms, event, subject, body FROM journal"):
        told = json.loads(body)
        if event not in ("printed", "untouched") or told["by"] != "evidence":
            continue
        blank = told["blank"]
        if event == "printed" and blank not in good:
            yield f"{job} told printed, but {blank} is no good card"
        if event == "untouched" and inked.get(blank, at_ms) < at_ms - START_MS:
            yield f"{job} told untouched, but {blank} has ink"


def unaccounted(station: Station, good: list[str]) -> Iterator[str]:
    """Every blank has to be in the one account where it physically is."""
    seen = station.printer.hand(look=True)
    trays = [*seen["output"], *seen["reject"], *seen["inside"], *seen["hands"]]
    touched = sorted(c["blank"] for c in trays if (c["panels"] or c.get("half")) and c["blank"] not in good)
    clean = sum(1 for c in trays if not c["panels"] and not c.get("half")) + seen["feeder"]
    ledger = blanks.fold(station.journal)
    account = ledger.account("ktp")
    believed = {
        "unaccounted": account["unaccounted"],
        "used": ledger.names("ktp", Place.CARD),
        "spoiled": ledger.names("ktp", Place.SPOILED),
        "on_hand": account["on_hand"],
    }
    true = {"unaccounted": [], "used": sorted(good), "spoiled": touched, "on_hand": clean}
    for name, value in true.items():
        if believed[name] != value:
            yield f"{name}: believed {believed[name]}, true {value}"
    if clean + len(touched) + len(good) != CARDS:
        yield f"{clean} + {len(touched)} + {len(good)} are not {CARDS} blanks"
