"""Destroying a batch: spoiled blanks and void cards into the fire, before witnesses, with minutes.

The minutes' number makes it once: the same number again gives the same minutes, and therefore the same
paper byte for byte. They hold what the paper says, and the hash of the last journal line that booked it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from agent.stock import blanks
from agent.stock.blanks import NAMES_A_LINE_MAX
from agent.store.journal import Tx
from agent.store.sqlite import Reads
from domain import people
from domain.accounts import Place
from domain.policy import KINDS
from domain.words import RefusedByRule

WITNESSES_MIN = 2


def destroy(
    tx: Tx, minutes: str, names: Sequence[str] | None, witnesses: Sequence[str], place: str, by: str | None
) -> dict[str, Any]:
    """Book ``names`` (None: all that lie spoiled or void here) as burnt; the minutes, and whether ``new``.

    Minutes: {number, place, at_ms, by, witnesses, cards: [{name, kind, reason}], hash, new}. Raises
    RefusedByRule WITNESSES_NEEDED, MINUTES_CHANGED, NOT_SPOILED, NOTHING_TO_DESTROY.
    """
    known = tx.rows("SELECT told FROM minutes WHERE id = ?", minutes)
    if known:
        return {**_the_same(minutes, known[0][0], names, witnesses), "new": False}
    if people.count(witnesses) < WITNESSES_MIN:
        raise RefusedByRule("WITNESSES_NEEDED")
    cards = _cards(tx, names)
    for kind in KINDS:
        mine = [each["name"] for each in cards if each["kind"] == kind]
        for start in range(0, len(mine), NAMES_A_LINE_MAX):
            piece = mine[start : start + NAMES_A_LINE_MAX]
            body = {"kind": kind, "names": piece, "witnesses": sorted(set(witnesses)), "place": place}
            blanks.note(tx, "blanks_destroyed", minutes, body)
    told = {
        "number": minutes,
        "place": place,
        "at_ms": tx.at_ms,
        "by": by,
        "witnesses": sorted(set(witnesses)),
        "cards": cards,
        "hash": tx.head.hex(),
    }
    tx.execute("INSERT INTO minutes VALUES (?, ?, ?)", minutes, json.dumps(told), tx.at_ms)
    return {**told, "new": True}


def _the_same(
    number: str, text: str, names: Sequence[str] | None, witnesses: Sequence[str]
) -> dict[str, Any]:
    """Minutes that were written before, if the same is meant."""
    told: dict[str, Any] = json.loads(text) if text.startswith("{") else {}
    burnt = sorted(each["name"] for each in told.get("cards", ()))
    if (names is not None and sorted(names) != burnt) or sorted(set(witnesses)) != told.get("witnesses"):
        raise RefusedByRule("MINUTES_CHANGED", number)
    return told


def waiting(reads: Reads) -> list[tuple[str, str]]:
    """(name, kind) of what lies here to be destroyed."""
    rows = reads.rows("SELECT name, kind FROM blank WHERE place IN ('spoiled', 'void') ORDER BY kind, name")
    return [(name, kind) for name, kind in rows]


def _cards(tx: Tx, names: Sequence[str] | None) -> list[dict[str, str]]:
    chosen = sorted(set(names)) if names is not None else [name for name, _ in waiting(tx)]
    if not chosen:
        raise RefusedByRule("NOTHING_TO_DESTROY")
    reasons, cards = _reasons(tx, set(chosen)), []
    for name in chosen:
        known = blanks.find(tx, name)
        if known is None or known.place not in (Place.SPOILED, Place.VOID):
            raise RefusedByRule("NOT_SPOILED", name)
        cards.append({"name": name, "kind": known.kind, "reason": reasons.get(name, "")})
    return sorted(cards, key=lambda each: (each["kind"], each["name"]))


def _reasons(reads: Reads, names: set[str]) -> dict[str, str]:
    """Why each of ``names`` is bad, as the journal last told it."""
    rows = reads.rows(
        "SELECT coalesce(json_extract(body, '$.blank'), subject), "
        "coalesce(json_extract(body, '$.why'), json_extract(body, '$.reason')) "
        "FROM journal WHERE event IN ('spoiled', 'blank_rejected', 'card_voided') ORDER BY seq"
    )
    return {name: str(reason or "") for name, reason in rows if name in names}
