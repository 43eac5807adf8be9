"""Counting the stock: two people count blind, and only then does the program say what it expected.

A count is one journal line, whatever it found; it moves no account. A difference stays somebody's matter
until a later count of the kind fits, or until what was missing has been booked lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from agent.stock import blanks
from agent.store.journal import Tx, body_of
from agent.store.sqlite import Reads
from domain.accounts import Place


def count(tx: Tx, kind: str, counted: int, names: Sequence[str] | None, by: str, second: str) -> None:
    """Write what two people counted of ``kind``, by number or by ``names``, beside what is expected.

    In stock is what can be counted: named or not; a blank inside a job or an unsure one is not.
    """
    body = compare(tx, kind, counted, names)
    tx.note("blanks_counted", kind, {**body, "by": by, "second": second})


def compare(reads: Reads, kind: str, counted: int, names: Sequence[str] | None) -> dict[str, Any]:
    """A count against the books: {kind, counted, expected, missing, found}.

    ``missing`` and ``found`` are lists of names for a count by name (``missing_unnamed`` then says how many
    of those without a name were not there), else numbers.
    """
    stock, left = in_stock(reads, kind), blanks.unnamed(reads, kind)
    told: dict[str, Any] = {"kind": kind, "counted": counted, "expected": len(stock) + left}
    if names is None:
        more = counted - told["expected"]
        return {**told, "missing": max(0, -more), "found": max(0, more)}
    held = set(names)
    strange = sorted(held - stock)
    fresh = [each for each in strange if blanks.find(reads, each) is None][:left]
    return {
        **told,
        "missing": sorted(stock - held),
        "found": sorted(set(strange) - set(fresh)),
        "missing_unnamed": left - len(fresh),
    }


def in_stock(reads: Reads, kind: str) -> set[str]:
    """The named blanks that lie in stock."""
    found = reads.rows("SELECT name FROM blank WHERE kind = ? AND received = 1 AND place = 'stock'", kind)
    return {name for (name,) in found}


def last(reads: Reads, kind: str) -> tuple[int, dict[str, Any]] | None:
    """The last count of ``kind``: its journal line's seq and what it says."""
    found = reads.rows(
        "SELECT seq, body FROM journal WHERE event = 'blanks_counted' AND subject = ? "
        "ORDER BY seq DESC LIMIT 1",
        kind,
    )
    return (found[0][0], body_of(found[0][1])) if found else None


def differs(reads: Reads, kind: str) -> int:
    """How many blanks the last count of ``kind`` still leaves open: missing ones not booked lost since, and
    found ones; 0 when it fits, or none was counted."""
    counted = last(reads, kind)
    if counted is None:
        return 0
    seq, body = counted
    found, missing = body["found"], body["missing"]
    if isinstance(missing, list):
        still = sum(_still_in_stock(reads, name) for name in missing)
        short = int(body.get("missing_unnamed", 0)) - _lost_since(reads, seq, kind, Place.UNNAMED)
        return still + max(0, short) + len(found)
    lost = _lost_since(reads, seq, kind, Place.UNNAMED, Place.STOCK)
    return max(0, int(missing) - lost) + int(found)


def _still_in_stock(reads: Reads, name: str) -> bool:
    known = blanks.find(reads, name)
    return known is not None and known.place is Place.STOCK


def _lost_since(reads: Reads, seq: int, kind: str, *out_of: Place) -> int:
    """How many of ``kind`` were booked lost ``out_of`` these places after a line.

    Where a line does not tell: by its name out of the stock, by a number out of those without one.
    """
    marks = ", ".join("?" * len(out_of))
    ((lost,),) = reads.rows(
        "SELECT coalesce(sum(coalesce(json_extract(body, '$.count'), 1)), 0) FROM journal WHERE seq > ? "  # noqa: S608
        f"AND event = 'blank_lost' AND json_extract(body, '$.kind') = ? "
        "AND coalesce(json_extract(body, '$.out_of'), iif(json_extract(body, '$.count') IS NULL, 'stock', "
        f"'unnamed')) IN ({marks})",
        *(seq, kind, *map(str, out_of)),
    )
    return int(lost)
