"""Consignments on their way: what was announced, what was sent from here, and where the two differ.

Two receipts, one at each end, settle a consignment; the province compares them by its name. A difference
is booked as it was received and told at once: by name where both lists have names, else by number.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from agent.stock import blanks
from agent.store.journal import Tx, body_of
from agent.store.sqlite import Reads
from domain.regions import PROVINCE_HOLDER, split_station
from domain.words import RefusedByRule

_DIFFERING = (
    "SELECT a.id FROM announced a JOIN consignment c ON c.id = a.id WHERE a.kind <> c.kind OR "
    "a.count <> c.count OR (a.names_sha256 IS NOT NULL AND c.names_sha256 IS NOT NULL AND "
    "a.names_sha256 <> c.names_sha256) ORDER BY a.id"
)


def send(
    tx: Tx, consignment: str, kind: str, names: Sequence[str] | None, count: int, to: str, own: str
) -> bool:
    """Book blanks out of stock, on their way ``to`` a station or the province; whether that was new.

    Raises RefusedByRule CONSIGNMENT_CHANGED, UNKNOWN_STATION, NOT_IN_STOCK (too few without a name),
    BLANK_USED and BLANK_UNKNOWN (a name that is not in stock).
    """
    told = (kind, count, blanks.names_hash(names), to)
    known = tx.rows("SELECT kind, count, names_sha256, receiver FROM sent WHERE id = ?", consignment)
    if known:
        if known[0] != told:
            raise RefusedByRule("CONSIGNMENT_CHANGED", consignment)
        return False
    if tx.rows("SELECT 1 FROM consignment WHERE id = ?", consignment):
        raise RefusedByRule("CONSIGNMENT_CHANGED", f"{consignment} was received here.")
    _check_receiver(to, own)
    _check_stock(tx, kind, names, count)
    tx.execute("INSERT INTO sent VALUES (?, ?, ?, ?, ?, ?)", consignment, *told, tx.at_ms)
    blanks.note_pieces(tx, "blanks_sent", consignment, {"kind": kind, "to": to}, names, count)
    return True


def _check_receiver(to: str, own: str) -> None:
    try:
        known = to == PROVINCE_HOLDER or bool(split_station(to))
    except ValueError:
        known = False
    if not known or to == own:
        raise RefusedByRule("UNKNOWN_STATION", to)


def _check_stock(tx: Tx, kind: str, names: Sequence[str] | None, count: int) -> None:
    left = blanks.unnamed(tx, kind)
    if names is None:
        if count > left:
            raise RefusedByRule("NOT_IN_STOCK", f"{left} {kind} blanks have no name.")
        return
    for each in names:
        if blanks.find(tx, each) is None:
            left -= 1
            if left < 0:
                raise RefusedByRule("BLANK_UNKNOWN", each)
        else:
            blanks.check(tx, each, kind)
    if len(set(names)) < len(names):
        raise RefusedByRule("BLANK_USED", "A name stands twice.")


def announce(tx: Tx, consignment: str, body: Mapping[str, Any]) -> None:
    """Keep what the province says is on its way. One of many names comes in pieces; what is said again
    from its first piece on takes the place of what was said before."""
    names = body["names"]
    if names is not None and body.get("piece", 0) > 0:
        before = tx.rows("SELECT names FROM announced WHERE id = ? AND names IS NOT NULL", consignment)
        names = [*(json.loads(before[0][0]) if before else ()), *names]
    whole = names is not None and len(names) == body["count"]
    tx.execute(
        "INSERT OR REPLACE INTO announced VALUES (?, ?, ?, ?, ?, ?, ?)",
        *(consignment, body["kind"], body["count"], None if names is None else json.dumps(names)),
        *(blanks.names_hash(names) if whole else None, body["sender"], tx.at_ms),
    )


def differing(reads: Reads) -> list[str]:
    """The consignments that were received otherwise than they were announced."""
    return [consignment for (consignment,) in reads.rows(_DIFFERING)]


def difference(reads: Reads, consignment: str) -> dict[str, Any] | None:
    """How a received consignment differs from what was announced; None where it does not, or nothing was.

    {announced, received, missing, extra}: the numbers, and the names where both sides told them.
    """
    if consignment not in differing(reads):
        return None
    ((count, names),) = reads.rows("SELECT count, names FROM announced WHERE id = ?", consignment)
    ((received,),) = reads.rows("SELECT count FROM consignment WHERE id = ?", consignment)
    told, held = set(json.loads(names)) if names else None, received_names(reads, consignment)
    both = told is not None and held is not None
    return {
        "announced": count,
        "received": received,
        "missing": sorted((told or set()) - (held or set())) if both else [],
        "extra": sorted((held or set()) - (told or set())) if both else [],
    }


def received_names(reads: Reads, consignment: str) -> set[str] | None:
    """The names of a consignment as it was received here; None where it came by count."""
    found = reads.rows(
        "SELECT body FROM journal WHERE event = 'blanks_received' AND subject = ? ORDER BY seq", consignment
    )
    pieces = [body_of(body)["names"] for (body,) in found]
    return None if None in pieces else {each for piece in pieces for each in piece}
