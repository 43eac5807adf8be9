"""Blank cards by name: receiving them, and looking up where one is.

The account itself is domain.ledger folded over the journal. The table ``blank`` holds the same
places for quick look-up and is written in the same transactions, through the same postings, so
that the two cannot tell different stories.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from agent.store.journal import Tx
from agent.store.sqlite import Reads
from domain.ledger import Ledger, Place, Posting, postings
from domain.words import RefusedByRule

NAMES_A_LINE_MAX = 2000  # of one journal line; some 34 KB, well under what one message carries
_NAME = re.compile(r"[0-9A-Z][0-9A-Z.-]{3,39}")
_FOLDED = (
    *("blanks_received", "blank_rejected", "staged", "print_intended", "unsure", "untouched"),
    *("printed", "spoiled", "lost"),
)


def name(text: str) -> str:
    """A blank's name as written everywhere: upper case, no blanks or colons. Raises ValueError."""
    plain = re.sub(r"[\s:]", "", text).upper()
    if not _NAME.fullmatch(plain):
        raise ValueError(f"{text.strip()[:40]!r} is no blank's name")
    return plain


def receive(tx: Tx, consignment: str, kind: str, names: Sequence[str] | None, count: int) -> bool:
    """Book a consignment: ``names`` from its manifest, or None and a ``count``.

    The same consignment with the same content is booked once; returns whether it was new. Raises
    RefusedByRule CONSIGNMENT_CHANGED (other content) and BLANK_USED (a name that is known already).
    """
    digest = None if names is None else sha256("\n".join(sorted(names)).encode()).hexdigest()
    told = (kind, count, digest)
    known = tx.rows("SELECT kind, count, names_sha256 FROM consignment WHERE id = ?", consignment)
    if known:
        if known[0] != told:
            raise RefusedByRule("CONSIGNMENT_CHANGED", consignment)
        return False
    tx.execute("INSERT INTO consignment VALUES (?, ?, ?, ?, ?)", consignment, *told, tx.at_ms)
    if names is None:
        _note(tx, consignment, {"kind": kind, "names": None, "count": count})
        return True
    _refuse_known(tx, names)
    for start in range(0, len(names), NAMES_A_LINE_MAX):
        piece = list(names[start : start + NAMES_A_LINE_MAX])
        _note(tx, consignment, {"kind": kind, "names": piece, "count": len(piece)})
    return True


def reject(tx: Tx, blank: str, kind: str, reason: str) -> None:
    """A blank that belongs to no job went to the reject tray or the bin."""
    body = {"kind": kind, "reason": reason}
    tx.note("blank_rejected", blank, body)
    post(tx, "blank_rejected", blank, body)


def expects(reads: Reads, blank: str, kind: str) -> bool:
    """Whether a card may be printed on this blank: in stock, or one of those that have no name yet."""
    found = reads.rows("SELECT kind, place, received FROM blank WHERE name = ?", blank)
    if found:
        return bool(found[0] == (kind, Place.STOCK, 1))
    return unnamed(reads, kind) > 0


def check(reads: Reads, blank: str, kind: str) -> None:
    """The same as a rule. Raises RefusedByRule BLANK_USED or BLANK_UNKNOWN."""
    if expects(reads, blank, kind):
        return
    known = reads.rows("SELECT 1 FROM blank WHERE name = ? AND kind = ? AND received = 1", blank, kind)
    raise RefusedByRule("BLANK_USED" if known else "BLANK_UNKNOWN", blank)


def unnamed(reads: Reads, kind: str) -> int:
    """How many blanks of ``kind`` are on hand without a name."""
    ((count,),) = reads.rows(
        "SELECT (SELECT coalesce(sum(count), 0) FROM consignment WHERE kind = ?1 AND names_sha256 IS NULL) - "
        "(SELECT count(*) FROM blank WHERE kind = ?1 AND by_count = 1)",
        kind,
    )
    return int(count)


def account(reads: Reads) -> dict[str, dict[str, Any]]:
    """The figures of every kind, folded from the journal alone."""
    return fold(reads).accounts()


def fold(reads: Reads) -> Ledger:
    """The ledger of this station."""
    marks = ", ".join("?" * len(_FOLDED))
    sql = f"SELECT event, subject, body FROM journal WHERE event IN ({marks}) ORDER BY seq"  # noqa: S608
    found = reads.rows(sql, *_FOLDED)
    return Ledger().post_all((event, subject, json.loads(body)) for event, subject, body in found)


def post(tx: Tx, event: str, subject: str, body: Mapping[str, Any]) -> None:
    """Write where the blanks are after ``event``, the journal line of which is in ``tx`` already."""
    for posting in postings(event, subject, body):
        if posting.name is None:
            continue  # a counted consignment: its row is its account
        if posting.arrives:
            _arrive(tx, posting, posting.name)
        else:
            _go(tx, posting, posting.name)


def _note(tx: Tx, consignment: str, body: dict[str, Any]) -> None:
    tx.note("blanks_received", consignment, body)
    post(tx, "blanks_received", consignment, body)


def _refuse_known(tx: Tx, names: Sequence[str]) -> None:
    seen: set[str] = set()
    for each in names:
        if each in seen or tx.rows("SELECT 1 FROM blank WHERE name = ? AND received = 1", each):
            raise RefusedByRule("BLANK_USED", each)
        seen.add(each)


def _arrive(tx: Tx, posting: Posting, blank: str) -> None:
    """A name in a manifest. One that was read before its manifest came stays where it is by now."""
    tx.execute(
        "INSERT INTO blank (name, kind, place, received, by_count) VALUES (?, ?, ?, 1, 0) "
        "ON CONFLICT (name) DO UPDATE SET received = 1",
        *(blank, posting.kind, posting.to),
    )


def _go(tx: Tx, posting: Posting, blank: str) -> None:
    found = tx.rows("SELECT place FROM blank WHERE name = ?", blank)
    if not found:
        covered = int(unnamed(tx, str(posting.kind)) > 0)
        tx.execute(
            "INSERT INTO blank (name, kind, place, received, by_count) VALUES (?, ?, ?, ?, ?)",
            *(blank, posting.kind, posting.to, covered, covered),
        )
    elif found[0][0] in (Place.USED, Place.SPOILED, Place.LOST):
        tx.execute("UPDATE blank SET contradicted = 1 WHERE name = ?", blank)
    else:
        tx.execute("UPDATE blank SET place = ? WHERE name = ?", posting.to, blank)
