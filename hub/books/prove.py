"""The proof of the books: every blank from the centre to a citizen or the fire, or its name.

Four things are held against each other: the rows kept in ``ledger``; the same rows folded again from the
lines held; the lines' own numbers, without a gap; and the balances of every blank and of every number. A row
or a line that is gone, added or changed names its blank, or the consignment for blanks without a name.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from domain.ledger import Ledger, Row
from domain.regions import PROVINCE_HOLDER
from hub import ingest
from hub.books import acts, balance, fold, office
from hub.database import Database

READER = "blanks"


def prove(db: Database) -> dict[str, Any]:
    """What ``loket-hub ledger prove --json`` prints. Bring the projections up to date before.

    {unaccounted: [name or consignment], accounts: {account: {kind: n}}, in_transit, disputed, unannounced,
    shared: [name], altered: [{holder, seq}], missing: {holder: lines}, below: [account], rows}.
    """
    ledgers, made, rows = dict[str, Ledger](), balance.Books(), 0
    odd: set[fold.Kept] = set()
    for holder, ledger, expected in _holders(db):
        held = set(_held(db, holder))
        odd |= held ^ set(expected)
        rows += len(held)
        for kept in held:
            made.add(_row(kept))
        if ledger is not None:
            ledgers[holder] = ledger
    found = balance.settle(made, acts.settled(db))
    shared = balance.share(made, [each for each in _shares(ledgers) if each.name in made.names])
    beyond = {name for ledger in ledgers.values() for name in _beyond(ledger, shared)}
    told = {str(kept[4] if kept[4] is not None else kept[8]) for kept in odd}
    lines = sorted({(str(kept[0]), int(str(kept[1]))) for kept in odd})
    return {
        "unaccounted": sorted(told | beyond | set(balance.astray(made))),
        "accounts": balance.accounts(made),
        "in_transit": found.in_transit,
        "disputed": found.disputed,
        "unannounced": found.unannounced,
        "shared": shared,
        "altered": [{"holder": holder, "seq": seq} for holder, seq in lines],
        "missing": _missing(db),
        "below": balance.below(made),
        "rows": rows,
    }


def holds(found: dict[str, Any]) -> bool:
    """Whether nobody has to look at anything. What is in transit is on its way, and no fault."""
    return not any(found[each] for each in ("unaccounted", "disputed", "altered", "missing", "below"))


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


def _beyond(ledger: Ledger, shared: list[str]) -> list[str]:
    """What a station's own ledger cannot explain, and its office cannot either."""
    return [name for kind in ledger.accounts() for name in ledger.unaccounted(kind) if name not in shared]


def _missing(db: Database) -> dict[str, int]:
    """How many lines of each journal, and acts, are not held without a gap from the first on."""
    from hub.reports import contiguous

    short = {each.name: each.have.seq - contiguous(db, each.name) for each in ingest.stations(db)}
    count, last = db.one("SELECT count(*), max(number) FROM act") or (0, 0)
    short[PROVINCE_HOLDER] = int(last or 0) - int(count)
    return {name: lines for name, lines in short.items() if lines}
