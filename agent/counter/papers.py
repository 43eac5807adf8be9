"""The papers that come in when a card goes out: an old card, a temporary certificate, the police's letter.

A card that comes in is void from then on and waits for the fire; a certificate is closed by its card. Both
have names of their own, which are never a NIK, and each comes in for one order only. A certificate that this
office did not give is taken in too: most of those that were out in 2020 were given before any
journal was kept.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from agent.asking import blank, no_nik, paper
from agent.counter import suket
from agent.printing.jobs import Job
from agent.stock import losses
from agent.store.journal import Tx
from agent.store.sqlite import Reads
from agent.trouble import Trouble
from domain.handover import Paper
from domain.words import RefusedByRule

_CAME_IN_FOR = (
    "SELECT coalesce(json_extract(body, '$.job'), subject) FROM journal WHERE (subject = ?1 AND event IN "
    "('card_voided', 'suket_closed') AND json_extract(body, '$.job') IS NOT NULL) OR "
    "(event IN ('sent', 'handed_over') AND instr(body, ?2) > 0)"
)
_WHY = {"data_change": "data_changed", "status_change": "data_changed", "lost": "lost"}  # the order's reason


@dataclass(frozen=True, slots=True)
class Offered:
    """One paper that came in, by its name where it has one."""

    paper: Paper
    name: str | None


def offered(told: Iterable[object]) -> tuple[Offered, ...]:
    """``card:NAME``, ``card``, ``suket:NUMBER``, ``letter`` and ``none`` as papers; a number is told in small
    letters too. Raises Trouble."""
    found = []
    for each in told:
        word, colon, name = str(each).partition(":")
        if word == "none" and not colon:
            continue
        if word == "card":
            found.append(Offered(Paper.CARD, blank(no_nik(name)) if colon else None))
        elif word == "suket" and name:
            found.append(Offered(Paper.SUKET, paper(name, "A certificate").upper()))
        elif word == "letter" and not colon:
            found.append(Offered(Paper.LETTER, None))
        else:
            raise Trouble(
                "What came in is card:NAME, card (where it has no name), suket:NUMBER, letter or none."
            )
    return tuple(found)


def counting(reads: Reads, order: str, papers: Iterable[Offered]) -> frozenset[Paper]:
    """What of ``papers`` counts as come in for ``order``.

    Where a sheet of this order is out, no other certificate stands for it: its holder would keep one that
    reads as valid.
    """
    told = [*papers]
    found = {each.paper for each in told}
    there = suket.living(reads, order)
    if there is not None and there.in_hand and there.number not in [each.name for each in told]:
        found.discard(Paper.SUKET)
    return frozenset(found)


def check(reads: Reads, job: Job, papers: Iterable[Offered]) -> None:
    """Whether what came in for ``job`` came in for no other order. Raises RefusedByRule WRONG_SUKET,
    BLANK_USED (an old card)."""
    for what, name in _with_names(job, papers):
        if what is Paper.SUKET:
            its = reads.rows("SELECT order_id FROM suket WHERE number = ?", name)
            if its and its[0][0] != job.order:
                raise RefusedByRule("WRONG_SUKET", name)
        for other in _came_in_for(reads, what, name):
            if reads.rows("SELECT 1 FROM job WHERE id = ? AND order_id = ?", other, job.order):
                continue  # an attempt before this one
            word = "BLANK_USED" if what is Paper.CARD else "WRONG_SUKET"
            raise RefusedByRule(word, f"{name} came in for {other}.")


def _came_in_for(reads: Reads, what: Paper, name: str) -> list[str]:
    """The jobs for which a paper of this name came in."""
    return [job for (job,) in reads.rows(_CAME_IN_FOR, name, json.dumps(f"{what}:{name}"))]


def named(job: Job, papers: Iterable[Offered]) -> list[str]:
    """``papers`` as the line of the card's going out tells them: each by the name it is booked under."""
    return [f"{what}:{name}" for what, name in _with_names(job, papers)]


def _with_names(job: Job, papers: Iterable[Offered]) -> list[tuple[Paper, str]]:
    """Those that have a name; an old card that has none is given one."""
    given = {Paper.CARD: nameless(job.order)}
    told = [(each.paper, each.name or given.get(each.paper)) for each in papers]
    return [(what, name) for what, name in told if name is not None]


def take_in(tx: Tx, job: Job, papers: Iterable[Offered], reason: str, by: str | None) -> None:
    """Book what came in for ``job``, in ``tx``, after ``check``. ``reason``: the order's.

    Raises RefusedByRule NOT_A_CARD.
    """
    for what, name in _with_names(job, papers):
        if what is Paper.CARD:
            losses.void(tx, name, job.kind, _WHY.get(reason, "worn"), job.id, by)
        else:
            _suket_in(tx, job, name)
    suket.close(tx, job.order, job.id)  # the card is what ends it, whichever paper came for it


def nameless(order: str) -> str:
    """The name given to an old card whose own cannot be read: the same however often it is told."""
    return f"OLD-{sha256(order.encode()).hexdigest()[:12].upper()}"


def _suket_in(tx: Tx, job: Job, number: str) -> None:
    """Write down that a certificate of another office came in, once."""
    ours = tx.rows("SELECT 1 FROM suket WHERE number = ?", number)
    if not ours and not _came_in_for(tx, Paper.SUKET, number):
        tx.note("suket_closed", number, {"job": job.id, "elsewhere": True})
