"""Blank cards by name: where one is, whether it may be used, and the one place that books a movement.

The account itself is domain.ledger folded over the journal. The tables ``blank`` and ``unnamed`` hold the
same for quick look-up and are written in the same transactions, through the same postings and the same
rule (domain.accounts.follow), so that the two cannot tell different stories.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from agent.store.journal import Tx, body_of
from agent.store.sqlite import Reads
from domain.accounts import MOVES, Blank, Place, Posting, follow, postings
from domain.ledger import Ledger
from domain.policy import KINDS
from domain.words import RefusedByRule

_COLUMNS = "kind, place, received, outside, contradicted"
NAMES_A_LINE_MAX = 2000  # of one journal line; some 34 KB, well under what one message carries


def names_hash(names: Sequence[str] | None) -> str | None:
    """What two lists of the same names share, in whatever order; None for a consignment by count."""
    return None if names is None else sha256("\n".join(sorted(names)).encode()).hexdigest()


def receive(tx: Tx, consignment: str, kind: str, names: Sequence[str] | None, count: int) -> bool:
    """Book a consignment: ``names`` from its manifest, or None and a ``count``.

    The same consignment with the same content is booked once; returns whether it was new. Raises
    RefusedByRule CONSIGNMENT_CHANGED (other content, or the name of one that was sent from here) and
    BLANK_USED (a name that is here already, or was, or is of the other kind).
    """
    told = (kind, count, names_hash(names))
    known = tx.rows("SELECT kind, count, names_sha256 FROM consignment WHERE id = ?", consignment)
    if known:
        if known[0] != told:
            raise RefusedByRule("CONSIGNMENT_CHANGED", consignment)
        return False
    if tx.rows("SELECT 1 FROM sent WHERE id = ?", consignment):
        raise RefusedByRule("CONSIGNMENT_CHANGED", f"{consignment} was sent from here.")
    _refuse_known(tx, kind, names or ())
    tx.execute("INSERT INTO consignment VALUES (?, ?, ?, ?, ?)", consignment, *told, tx.at_ms)
    note_pieces(tx, "blanks_received", consignment, {"kind": kind}, names, count)
    return True


def note_pieces(
    tx: Tx, event: str, subject: str, body: Mapping[str, Any], names: Sequence[str] | None, count: int
) -> None:
    """Write and book one line of ``count``, or as many lines as ``names`` take."""
    if names is None:
        note(tx, event, subject, {**body, "names": None, "count": count})
    for start in range(0, len(names or ()), NAMES_A_LINE_MAX):
        piece = list((names or ())[start : start + NAMES_A_LINE_MAX])
        note(tx, event, subject, {**body, "names": piece, "count": len(piece)})


def note(tx: Tx, event: str, subject: str, body: Mapping[str, Any]) -> int:
    """Write a journal line and book what it moves; its seq."""
    seq = tx.note(event, subject, body)
    post(tx, event, subject, body)
    return seq


def reject(
    tx: Tx, blank: str, kind: str, reason: str, by: str | None = None, second: str | None = None
) -> None:
    """A blank that belongs to no job went to the reject tray or the bin; by whose word, and who saw it."""
    people = {name: mark for name, mark in (("by", by), ("second", second)) if mark}
    note(tx, "blank_rejected", blank, {"kind": kind, "reason": reason, **people})


def find(reads: Reads, blank: str) -> Blank | None:
    """A blank as the table has it; None for a name never seen here."""
    found = reads.rows(f"SELECT {_COLUMNS} FROM blank WHERE name = ?", blank)  # noqa: S608
    if not found:
        return None
    kind, place, *flags = found[0]
    return Blank(kind, Place(place), *map(bool, flags))


def expects(reads: Reads, blank: str, kind: str) -> bool:
    """Whether a card may be printed on this blank: in stock, or one of those that have no name yet."""
    known = find(reads, blank)
    if known is not None:
        return known.kind == kind and known.received and known.place is Place.STOCK
    return unnamed(reads, kind) > 0


def check(reads: Reads, blank: str, kind: str) -> None:
    """The same as a rule. Raises RefusedByRule BLANK_USED or BLANK_UNKNOWN."""
    if expects(reads, blank, kind):
        return
    known = find(reads, blank)
    used = known is not None and known.kind == kind and (known.received or known.outside)
    raise RefusedByRule("BLANK_USED" if used else "BLANK_UNKNOWN", blank)


def kind_of(reads: Reads, blank: str, told: str | None = None) -> str:
    """A known blank's kind; of another the one ``told``, or the first that has unnamed ones left."""
    known = find(reads, blank)
    if known is not None:
        return known.kind
    return told or next((kind for kind in KINDS if unnamed(reads, kind) > 0), KINDS[0])


def usable(reads: Reads, kind: str) -> int:
    """Blanks of ``kind`` that can still be printed on: in stock, named or not."""
    ((named,),) = reads.rows(
        "SELECT count(*) FROM blank WHERE kind = ? AND received = 1 AND place = 'stock'", kind
    )
    return int(named) + unnamed(reads, kind)


def unnamed(reads: Reads, kind: str) -> int:
    """How many blanks of ``kind`` are on hand without a name."""
    found = reads.rows("SELECT count FROM unnamed WHERE kind = ?", kind)
    return int(found[0][0]) if found else 0


def account(reads: Reads) -> dict[str, dict[str, Any]]:
    """The figures of every kind, folded from the journal alone."""
    return fold(reads).accounts()


def fold(reads: Reads) -> Ledger:
    """The ledger of this station."""
    marks = ", ".join("?" * len(MOVES))
    sql = f"SELECT event, subject, body FROM journal WHERE event IN ({marks}) ORDER BY seq"  # noqa: S608
    found = reads.rows(sql, *MOVES)
    return Ledger().post_all((event, subject, body_of(body)) for event, subject, body in found)


def astray(reads: Reads) -> list[str]:
    """The names, and kinds of unnamed ones, of which the tables say otherwise than the journal folded."""
    ledger, told = fold(reads), dict[str, Blank]()
    for each, kind, place, *flags in reads.rows(f"SELECT name, {_COLUMNS} FROM blank"):  # noqa: S608
        told[each] = Blank(kind, Place(place), *map(bool, flags))
    held = ledger.blanks()
    named = {each for each in (*told, *held) if told.get(each) != held.get(each)}
    return sorted(named) + [kind for kind in KINDS if unnamed(reads, kind) != ledger.unnamed(kind)]


def post(tx: Tx, event: str, subject: str, body: Mapping[str, Any]) -> None:
    """Write where the blanks are after ``event``, the journal line of which is in ``tx`` already."""
    for posting in postings(event, subject, body):
        if posting.name is None:
            arrives = posting.move.to is Place.STOCK
            _add_unnamed(tx, str(posting.kind), posting.count if arrives else -posting.count)
        else:
            _follow(tx, posting.name, posting)


def _follow(tx: Tx, blank: str, posting: Posting) -> None:
    known = find(tx, blank)
    kind = known.kind if known else posting.kind or KINDS[0]
    after, source, _ = follow(known, posting, unnamed(tx, kind))
    if source is Place.UNNAMED:
        _add_unnamed(tx, kind, -1)
    if after != known:
        tx.execute(
            "INSERT INTO blank (name, kind, place, received, outside, contradicted) "
            "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET place = excluded.place, "
            "received = excluded.received, outside = excluded.outside, contradicted = excluded.contradicted",
            *(blank, after.kind, after.place, int(after.received), int(after.outside)),
            int(after.contradicted),
        )


def _add_unnamed(tx: Tx, kind: str, more: int) -> None:
    """So many more blanks without a name, or fewer; never fewer than none."""
    tx.execute(
        "INSERT INTO unnamed VALUES (?1, max(0, ?2)) "
        "ON CONFLICT (kind) DO UPDATE SET count = max(0, count + ?2)",
        *(kind, more),
    )


def _refuse_known(tx: Tx, kind: str, names: Sequence[str]) -> None:
    """Only a name never seen, one read before its manifest came, or one that was sent away may arrive; as
    the kind it is."""
    seen: set[str] = set()
    for each in names:
        known = find(tx, each)
        here = known is not None and (known.received or known.outside) and known.place is not Place.TRANSIT
        if each in seen or here:
            raise RefusedByRule("BLANK_USED", each)
        if known is not None and known.kind != kind:
            raise RefusedByRule("BLANK_USED", f"{each} is a {known.kind} blank.")
        seen.add(each)
