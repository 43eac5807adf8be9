"""Three offices and four PCs whose blanks went every way there is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from domain.keys import OpenKey, SigningKey
from hub import ingest
from hub.books import prove as proof
from hub.books import store
from hub.books.announce import forward
from hub.books.store import Load, Word
from hub.database import Database
from hub.home import Keys
from hub.order_log import Writer
from hub.projections import Folder
from tests.unit.hub.stations import NOW_MS, FakeStation, Line, card, consignment

WRITER = Writer(Keys(SigningKey.generate(), OpenKey.generate()), epoch=5, now_ms=NOW_MS)
TWO = Word("P.01", "P.02", "looked")


def counted(count: int, ident: str, kind: str = "ktp") -> Line:
    return "blanks_received", ident, {"kind": kind, "names": None, "count": count}


def sent(ident: str, to: str, *names: str, count: int = 0, kind: str = "ktp") -> Line:
    return "blanks_sent", ident, {
        "kind": kind, "names": list(names) or None, "count": len(names) or count, "to": to,
    }  # fmt: skip


def received(ident: str, *names: str, kind: str = "ktp") -> Line:
    return "blanks_received", ident, {"kind": kind, "names": list(names), "count": len(names)}


def on(event: str, order: str, blank: str, **more: Any) -> Line:
    told = {"order": order, "kind": "ktp", "blank": blank, "reason": "x", "by": "clerk", "shelf": "A1"}
    gate = dict.fromkeys(("channel", "chip", "finger", "old", "exception", "proof"))
    return event, f"{order}-1", {**told, **gate, "cause": "jam", "second": "P.02", **more}


def handed(order: str, blank: str) -> list[Line]:
    return [on(event, order, blank) for event in ("verified", "ready", "handed_over")]


def destroyed(minutes: str, *names: str) -> Line:
    return "blanks_destroyed", minutes, {"kind": "ktp", "names": list(names), "witnesses": ["S.1", "S.2"]}


@dataclass
class Offices:
    """``far`` and ``near`` are offices of one PC each; ``first`` and ``second`` share one cupboard."""

    far: FakeStation
    near: FakeStation
    first: FakeStation
    second: FakeStation

    @property
    def all(self) -> list[FakeStation]:
        return [self.far, self.near, self.first, self.second]

    def send(self, db: Database) -> None:
        for station in self.all:
            if ingest.known(db, station.name).have.seq < len(station.journal):
                station.send(db)
        Folder(db).catch_up()
        forward(db, WRITER)


def join(db: Database) -> Offices:
    names = ("64.11-1", "64.02-1", "64.72-1", "64.72-2")
    return Offices(*(FakeStation(name, epoch=100 + place).join(db) for place, name in enumerate(names)))


def city(db: Database) -> Offices:
    """The same offices, and a store with named blanks and some without a name."""
    offices = join(db)
    store.take_in(db, Load("P-1", "ktp", ("A", "B", "C"), 3), NOW_MS)
    store.take_in(db, Load("P-2", "ktp", None, 30), NOW_MS)
    return offices


def busy(db: Database) -> Offices:
    """A good week: everything is explained, and something is still on its way."""
    offices = join(db)
    store.take_in(db, Load("P-1", "ktp", None, 40), NOW_MS)
    store.take_in(db, Load("P-2", "ktp", ("P001", "P002", "P003"), 3), NOW_MS)
    store.take_in(db, Load("P-3", "kia", None, 9), NOW_MS)
    store.send_out(db, Load("K-1", "ktp", None, 12), "64.11-1", WRITER)
    store.send_out(db, Load("K-2", "ktp", ("P001", "P002"), 2), "64.72-1", WRITER)
    store.send_out(db, Load("K-3", "ktp", None, 5), "64.02-1", WRITER)
    store.send_out(db, Load("K-4", "kia", None, 4), "64.02-1", WRITER)
    _far(offices.far)
    _near(offices.near)
    _city(offices.first, offices.second)
    offices.send(db)
    store.take_in(db, Load("T-9", "ktp", None, 1), NOW_MS)
    Folder(db).catch_up()
    return offices


def _far(station: FakeStation) -> None:
    """By count, by name; used, given out, voided, spoiled and burnt, lost, sent by name and by count."""
    station.write(counted(12, "K-1"), consignment("A001", "A002", "A003", "A004", ident="D-1"))
    station.write(*card("o1", "A001"), *handed("o1", "A001"))
    station.write(*card("o2", "U001"), on("spoiled", "o2", "U001"))
    station.write(*list(card("o3", "A002"))[:-1], on("unsure", "o3", "A002"))
    station.write(("card_voided", "A001", {"kind": "ktp", "why": "data_changed", "job": None}))
    station.write(("card_voided", "X999", {"kind": "ktp", "why": "worn", "job": None}))
    station.write(("blank_rejected", "U002", {"kind": "ktp", "reason": "bent"}))
    station.write(destroyed("BA-1", "A001", "U001", "X999"))
    lost = {"kind": "ktp", "reason": "gone", "by": "P.1", "second": "P.2"}
    station.write(("blank_lost", "A003", lost), ("blank_lost", "BA-2", {**lost, "count": 2}))
    station.write(sent("T-1", "64.02-1", "A004", "U003"), sent("T-2", "64.02-1", count=2))
    station.write(sent("T-9", "province", count=1))


def _near(station: FakeStation) -> None:
    """Receives from the province and the far office, by name and by count; sends what has not come yet."""
    station.write(counted(5, "K-3"), counted(4, "K-4", "kia"), received("T-1", "A004", "U003"))
    station.write(received("T-2", "V001", "V002"), *card("o4", "A004"), on("withheld", "o4", "A004"))
    station.write(on("returned", "o4", "A004"), *card("o5", "N001"), on("lost", "o5", "N001"))
    station.write(sent("T-3", "64.72-2", "V001"))


def _city(first: FakeStation, second: FakeStation) -> None:
    """What one PC received, by name and by count, the other one reads."""
    first.write(counted(2, "K-2"), consignment("C001", "C002", ident="D-2"), counted(3, "D-3"))
    first.write(*card("o6", "P001"))
    second.write(*card("o7", "C001"), *handed("o7", "C001"), *card("o8", "S001"))


def prove(db: Database) -> dict[str, Any]:
    Folder(db).catch_up()
    with db.snapshot():
        return proof.prove(db)
