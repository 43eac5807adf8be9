"""Blanks that will never be a card: spoiled outside any job, lost, and old cards that came back.

Each takes a reason of the house, and above the policy's limit of a day a second person who saw it. A card
of a job that went wrong is booked through its job; here are the blanks of no job.
"""

from __future__ import annotations

from agent import policies
from agent.asking import two
from agent.stock import blanks
from agent.store.journal import Tx
from agent.store.sqlite import Reads
from domain import policy
from domain.accounts import Place
from domain.wita import day, day_bounds_ms
from domain.words import RefusedByRule

_CARDS = (Place.CITIZEN, Place.TRANSIT)  # given out; or sent on as a blank, and printed somewhere else
WHY = ("factory", "data_changed", "worn", "lost")  # the four reasons a card is void
_TOLD_BY = {"spoiled": ("spoiled", "blank_rejected"), "lost": ("lost", "blank_lost")}


def today(reads: Reads, loss: str, at_ms: int) -> int:
    """How many blanks were written off as ``spoiled`` or ``lost`` on the WITA day of an instant."""
    first_ms, _ = day_bounds_ms(day(at_ms))
    ((count,),) = reads.rows(
        "SELECT coalesce(sum(coalesce(json_extract(body, '$.count'), 1)), 0) FROM journal "
        "WHERE at_ms >= ? AND event IN (?, ?)",
        *(first_ms, *_TOLD_BY[loss]),
    )
    return int(count)


def check_second(reads: Reads, loss: str, by: str | None, second: str | None, at_ms: int) -> None:
    """Whether one more such loss today needs a second person. Raises RefusedByRule SECOND_NEEDED,
    SECOND_IS_FIRST."""
    seen_by_two = two(by, second)
    rules = policies.current(reads, at_ms)
    if not seen_by_two and policy.second_person(rules, loss, today(reads, loss, at_ms)):
        raise RefusedByRule("SECOND_NEEDED")


def spoil(tx: Tx, blank: str, kind: str | None, reason: str, by: str | None, second: str | None) -> bool:
    """A blank of no job is bad: from stock, or a lost one that was found. Whether it was new.

    Raises RefusedByRule BLANK_USED, BLANK_UNKNOWN, SECOND_NEEDED, SECOND_IS_FIRST.
    """
    known = blanks.find(tx, blank)
    if known is not None and known.place is Place.SPOILED:
        return False
    its = blanks.kind_of(tx, blank, kind)
    if known is None or known.place is not Place.LOST:
        blanks.check(tx, blank, its)
    check_second(tx, "spoiled", by, second, tx.at_ms)
    blanks.reject(tx, blank, its, reason, by, second)
    return True


def lose(tx: Tx, blank: str, kind: str | None, reason: str, by: str | None, second: str | None) -> bool:
    """A blank of no job, a spoiled blank or an old card cannot be found. Whether it was new.

    Raises RefusedByRule BLANK_USED, BLANK_UNKNOWN, SECOND_NEEDED, SECOND_IS_FIRST.
    """
    known = blanks.find(tx, blank)
    if known is not None and known.place is Place.LOST:
        return False
    its = blanks.kind_of(tx, blank, kind)
    if known is None or known.place not in (Place.SPOILED, Place.VOID):
        blanks.check(tx, blank, its)
    check_second(tx, "lost", by, second, tx.at_ms)
    out_of = str(known.place if known else Place.UNNAMED)
    body = {"kind": its, "reason": reason, "by": by, "second": second, "out_of": out_of}
    blanks.note(tx, "blank_lost", blank, body)
    return True


def lose_count(tx: Tx, minutes: str, kind: str, count: int, reason: str, by: str | None, second: str) -> bool:
    """``count`` blanks without a name are missing, as the report ``minutes`` says. Whether it was new.

    Raises RefusedByRule MINUTES_CHANGED, NOT_IN_STOCK, SECOND_NEEDED, SECOND_IS_FIRST.
    """
    told = f"lost {count} {kind}"
    known = tx.rows("SELECT told FROM minutes WHERE id = ?", minutes)
    if known:
        if known[0][0] != told:
            raise RefusedByRule("MINUTES_CHANGED", minutes)
        return False
    if not two(by, second):
        raise RefusedByRule("SECOND_NEEDED", "Both tell their marks.")
    left = blanks.unnamed(tx, kind)
    if count > left:
        raise RefusedByRule("NOT_IN_STOCK", f"{left} {kind} blanks have no name; name the others.")
    out_of = str(Place.UNNAMED)
    body = {"kind": kind, "reason": reason, "by": by, "second": second, "count": count, "out_of": out_of}
    tx.execute("INSERT INTO minutes VALUES (?, ?, ?)", minutes, told, tx.at_ms)
    blanks.note(tx, "blank_lost", minutes, body)
    return True


def void(tx: Tx, card: str, kind: str | None, why: str, job: str | None, by: str | None = None) -> bool:
    """An old or bad card came into our hands and will be destroyed. Whether it was new.

    One of no job here comes from a citizen, whoever printed it. Raises RefusedByRule NOT_A_CARD for a blank
    that never was given out, and for a card that is still here: its job has a way of its own for it.
    """
    known = blanks.find(tx, card)
    if known is not None and (known.place not in (*_CARDS, Place.VOID) or kind not in (None, known.kind)):
        raise RefusedByRule("NOT_A_CARD", card)
    if known is not None and known.place is Place.VOID:
        return False
    its = known.kind if known else kind or policy.KINDS[0]
    blanks.note(tx, "card_voided", card, {"kind": its, "why": why, "job": job, **({"by": by} if by else {})})
    return True
