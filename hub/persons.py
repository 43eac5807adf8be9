"""Nobody is owed two cards of one kind at a time, however many orders a list names.

Whose an order is, is kept as a keyed digest (hub/order_form.py), which tells no NIK to whoever reads the
database. An order is open until its card was handed over, is lost or lies with the province again, until its
station refused it, or until it was withdrawn (hub/moves.py). Bring the projections up to date before.
"""

from __future__ import annotations

import json
from contextlib import suppress

from domain.keys import CannotOpen
from hub.database import Database
from hub.home import Keys
from hub.order_form import person_of

_ENDED = ("handed_over", "lost", "refused")


def own_info(order: str) -> bytes:
    """What an order's personal part is bound to while it rests here, sealed to the hub itself."""
    return b"loket-hub/order|" + order.encode()


def know(db: Database, order: str, person: bytes) -> None:
    """Remember whose an order is."""
    db.run("INSERT INTO person (id, digest) VALUES (?, ?)", order, person)


def know_all(db: Database, keys: Keys) -> None:
    """The same for the orders of an earlier release, which kept no digest."""
    rows = "SELECT id, kind, sealed FROM order_ WHERE id NOT IN (SELECT id FROM person)"
    with db.transaction():
        for order, kind, sealed in db.rows(rows):
            with suppress(CannotOpen):
                personal = json.loads(keys.open.open(bytes(sealed), own_info(order)))
                know(db, order, person_of(kind, personal["nik"], keys.content))


def open_order(db: Database, person: bytes) -> str | None:
    """An open order of this person for such a card; None where there is none."""
    marks = ", ".join("?" * len(_ENDED))
    row = db.one(
        "SELECT o.id FROM person p JOIN order_ o ON o.id = p.id WHERE p.digest = ? "  # noqa: S608
        "AND NOT EXISTS (SELECT 1 FROM withdrawn w WHERE w.id = o.id) "
        "AND NOT EXISTS (SELECT 1 FROM order_at a WHERE a.station = o.station AND a.id = o.id "
        f"AND a.state IN ({marks})) "
        "AND NOT EXISTS (SELECT 1 FROM job j WHERE j.id = o.id AND j.state = 'returned') "
        "ORDER BY o.id LIMIT 1",
        *(person, *_ENDED),
    )
    return None if row is None else str(row[0])
