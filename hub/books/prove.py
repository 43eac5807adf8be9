"""The proof of the books: every blank from the centre to a citizen or the fire, or its name.

Four things are held against each other: the rows kept in ``ledger``; the same rows folded again from the
lines held; the lines' own numbers, without a gap; and the balances of every blank and of every number. A row
or a line that is gone, added or changed names its blank, or the consignment for blanks without a name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from domain.ledger import Ledger, Row
from domain.regions import PROVINCE_HOLDER
from hub import ingest
from hub.books import acts, balance, fold, office
from hub.database import Database

READER = "blanks"


@dataclass(slots=True)
class Reading:
    """The books as they were read. ``ledgers``: by station; ``odd``: rows that differ from the lines."""

    ledgers: dict[str, Ledger] = field(default_factory=dict)
    made: balance.Books = field(default_factory=balance.Books)
    odd: set[fold.Kept] = field(default_factory=set)
    rows: int = 0

    def take(self, holder: str, ledger: Ledger | None, rows: set[fold.Kept] | list[fold.Kept]) -> None:
        """Take in one holder's rows, and its ledger if it is a station."""
        self.rows += len(rows)
        for kept in rows:
            self.made.add(_row(kept))
        if ledger is not None:
            self.ledgers[holder] = ledger


def prove(db: Database) -> dict[str, Any]:
    """What ``loket-hub ledger prove --json`` prints. Bring the projections up to date before.

    {unaccounted: [name or consignment], accounts: {account: {kind: n}}, in_transit, disputed, unannounced,
    shared: [name], altered: [{holder, seq}], missing: {holder: lines}, below: [account], rows}.
    """
    read = Reading()
    for holder, ledger, expected in _holders(db):
        held = set(_held(db, holder))
        read.odd |= held ^ set(expected)
        read.take(holder, ledger, held)
    found, shared = _explain(db, read)
    lines = sorted({(str(kept[0]), int(str(kept[1]))) for kept in read.odd})
    return {
        "unaccounted": sorted(_unaccounted(read, shared)),
        "accounts": balance.accounts(read.made),
        "in_transit": found.in_transit,
        "disputed": found.disputed,
        "unannounced": found.unannounced,
        "shared": shared,
        "altered": [{"holder": holder, "seq": seq} for holder, seq in lines],
        "missing": _missing(db),
        "below": balance.below(read.made),
        "rows": read.rows,
    }


def told_before(db: Database, end_ms: int) -> tuple[dict[str, Ledger], dict[str, set[str]]]:
    """Each station's blanks by what was told before an instant, and what was not accounted for then.

    The second as {name or consignment: the holders in whose accounts it stands}. It is what ``prove`` would
    have named, but for kept rows that were altered: only the lines are read here.
    """
    read = Reading()
    read.take(PROVINCE_HOLDER, None, acts.store(db, before_ms=end_ms)[1])
    for station in ingest.stations(db):
        read.take(station.name, *fold.rows_of(db, station.name, station.have.seq, end_ms))
    return read.ledgers, _unaccounted(read, _explain(db, read)[1])


def holds(found: dict[str, Any]) -> bool:
    """Whether nobody has to look at anything. What is in transit is on its way, and no fault."""
    return not any(found[each] for each in ("unaccounted", "disputed", "altered", "missing", "below"))


def _explain(db: Database, read: Reading) -> tuple[balance.Found, list[str]]:
    """Put in what consignments and siblings explain: the consignments, and the shared names."""
    found = balance.settle(read.made, acts.settled(db))
    return found, balance.share(
        read.made, [each for each in _shares(read.ledgers) if each.name in read.made.names]
    )


def _unaccounted(read: Reading, shared: list[str]) -> dict[str, set[str]]:
    """Whatever is altered, stands wrong, or cannot be explained by a station's own ledger; and with whom."""
    found: dict[str, set[str]] = defaultdict(set)
    explained = set(shared)
    for kept in read.odd:
        found[str(kept[4] if kept[4] is not None else kept[8])].add(str(kept[0]))
    for holder, ledger in read.ledgers.items():
        for kind in ledger.accounts():
            for name in ledger.unaccounted(kind):
                if name not in explained:
                    found[name].add(holder)
    for name in balance.astray(read.made):
        found[name] |= balance.holders(read.made, name)
    return dict(found)


def _holders(db: Database) -> Iterator[tuple[str, Ledger | None, list[fold.Kept]]]:
    """Each holder, its ledger and every row, folded from the lines as far as the books have read them.

    One after another, so that no more than one journal is in memory at once.
    """
    read: dict[str, int] = dict(db.rows("SELECT station, seq FROM reader WHERE name = ?", READER))
    yield PROVINCE_HOLDER, None, acts.store(db, read.get(PROVINCE_HOLDER, 0))[1]
    names = [station.name for station in ingest.stations(db)]
    for name in names:
        yield name, *fold.rows_of(db, name, read.get(name, 0))
    for (name,) in db.rows("SELECT DISTINCT station FROM ledger"):
        if name not in (*names, PROVINCE_HOLDER):
            yield name, None, []


def _held(db: Database, holder: str) -> Iterator[fold.Kept]:
    yield from db.rows(f"SELECT {', '.join(fold.COLUMNS)} FROM ledger WHERE station = ?", holder)  # noqa: S608


def _shares(ledgers: dict[str, Ledger]) -> Iterator[office.Share]:
    for names in office.by_office(ledgers).values():
        yield from office.shares({name: ledgers[name] for name in names})


def _row(kept: Any) -> Row:
    _, _, _, kind, name, count, debit, credit, subject = kept
    return Row(kind, name, count, debit, credit, subject)


def _missing(db: Database) -> dict[str, int]:
    """How many lines of each journal, and acts, are not held without a gap from the first on."""
    short = {each.name: each.have.seq - ingest.contiguous(db, each.name) for each in ingest.stations(db)}
    (count,) = db.one("SELECT count(*) FROM act") or (0,)
    read = db.one("SELECT seq FROM reader WHERE name = ? AND station = ?", READER, PROVINCE_HOLDER) or (0,)
    short[PROVINCE_HOLDER] = max(acts.head(db), int(read[0])) - int(count)  # read once, so it was there
    return {name: lines for name, lines in short.items() if lines}
