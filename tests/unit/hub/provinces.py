"""A province in the middle of a day: something good, something slow, something wrong."""

from __future__ import annotations

from pathlib import Path

from domain.keys import OpenKey, SigningKey
from domain.regions import OFFICES
from hub import ingest, orders
from hub.database import Database
from hub.home import Keys
from hub.order_log import Writer
from hub.projections import Folder
from sync.log import Mark
from tests.unit.hub.lists import record, write
from tests.unit.hub.stations import MINUTE_MS, NOW_MS, TOKEN, FakeStation, card, consignment

NOON_MS = NOW_MS + 12 * 60 * MINUTE_MS
WRITER = Writer(Keys(SigningKey.generate(), OpenKey.generate()), epoch=5, now_ms=NOW_MS)


def busy(db: Database, folder: Path) -> list[FakeStation]:
    """Nine regencies of ten; ``64.07`` has no station."""
    stations = []
    for place, office in enumerate(OFFICES):
        if office == "64.07":
            continue
        for number in (1, 2) if office in ("64.71", "64.72") else (1,):
            station = FakeStation(f"{office}-{number}", epoch=100 + place).join(db)
            station.now_ms = NOW_MS + 8 * 60 * MINUTE_MS
            names = [f"04{place}{number}{n:04}" for n in range(30 + 17 * place)]
            station.write(consignment(*names))
            rows = [
                record(f"{office}-{number}-{n}", office=office, station=str(number), requested="2020-05-04")
                for n in range(8 + place)
            ]
            orders.bring_in(db, write(folder, *rows), WRITER)
            for n in range(3 + place * number):
                station.write(*card(f"{office}-{number}-{n}", names[n]))
            stations.append(station)
    trouble(stations)
    for minutes, station in enumerate(stations):
        ingest.take(db, station.name, station.batch(0, 500), NOON_MS - minutes * 3 * MINUTE_MS)
    far = next(station for station in stations if station.name == "64.11-1")
    ingest.greet(db, far.name, Mark(len(far.journal) + 214, far.epoch), NOON_MS - 29 * 60 * MINUTE_MS)
    ingest.invite(db, "64.74-2", "64.74", TOKEN)
    Folder(db).catch_up()
    return stations


def trouble(stations: list[FakeStation]) -> None:
    """An unsure card, a printer without ribbon, and a blank that nobody received."""
    named = {station.name: station for station in stations}
    unsure = {"cause": "jam", "blank": "04110029"}
    named["64.02-1"].write(*list(card("64.02-1-7", "04110029"))[:-1], ("unsure", "64.02-1-7-1", unsure))
    named["64.08-1"].write(("printer_state", "SIM1", {"state": "needs_hands", "cause": "ribbon_ended"}))
    named["64.71-2"].write(*card("64.71-2-13", "04STRAY"))
