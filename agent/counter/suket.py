"""Temporary certificates (suket): one sheet of paper that stands for a card until the card is there.

Their life is the table below; nothing else changes a certificate's state. From ``suket_sent`` on a sheet may
exist, whatever the printer says afterwards, and it is never sent a second time. What a printer tells is only
*reported*: a person who holds the sheet confirms it, or makes it void. One order never has two
that count: a second sheet needs the first one void, a renewal makes the old one void itself, and an order
that moves to another station takes its certificate along.
Numbers are this program's own and say SPECIMEN; that a certificate has run out is told by its date alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from agent import policies
from agent.store.journal import Tx
from agent.store.sqlite import Reads
from domain import certificates, policy
from domain.wita import day
from domain.words import RefusedByRule

ORDER_OPEN = ("waiting", "taken")  # no card has come out yet
RENEWED = "renewed"  # why the old sheet is void
MOVED = "order_moved"  # why one that nobody printed is void, or one that ended or was renewed elsewhere


class State(StrEnum):
    """Where a certificate is. The words reach disk, screens and the hub."""

    ISSUED = "issued"
    SENT = "sent"
    UNSURE = "unsure"
    REPORTED = "reported"
    CONFIRMED = "confirmed"
    VOID = "void"
    CLOSED = "closed"


class Event(StrEnum):
    """What moves a certificate. Each is a journal event of the same word."""

    SENT = "suket_sent"
    UNSENT = "suket_unsent"
    UNSURE = "suket_unsure"
    REPORTED = "suket_reported"
    CONFIRMED = "suket_confirmed"
    VOID = "suket_void"
    CLOSED = "suket_closed"


_ENDS = {Event.VOID: State.VOID, Event.CLOSED: State.CLOSED}
_SEEN = {Event.REPORTED: State.REPORTED, Event.CONFIRMED: State.CONFIRMED, **_ENDS}

TRANSITIONS: dict[State, dict[Event, State]] = {
    State.ISSUED: {Event.SENT: State.SENT, **_ENDS},  # on disk before the first byte goes to the printer
    State.SENT: {Event.UNSENT: State.ISSUED, Event.UNSURE: State.UNSURE, **_SEEN},
    State.UNSURE: _SEEN,  # the clerk looks into the tray
    State.REPORTED: {Event.CONFIRMED: State.CONFIRMED, **_ENDS},
    State.CONFIRMED: _ENDS,
    State.VOID: {},
    State.CLOSED: {},
}
LIVING = tuple(state for state, arrows in TRANSITIONS.items() if arrows)
NEXT_STEP: dict[State, str] = {
    State.ISSUED: "print",
    State.SENT: "look",
    State.UNSURE: "confirm_or_void",
    State.REPORTED: "confirm_or_void",
}
_COLUMNS = "number, order_id, reason, state, issued_on, valid_until, sha256, renews, printer, cause, at_ms"


@dataclass(frozen=True, slots=True)
class Plan:
    """A certificate that could be issued now; days are WITA, ``valid_until`` the last valid one."""

    number: str
    order: str
    reason: str
    issued_on: str
    valid_until: str
    renews: str | None


@dataclass(frozen=True, slots=True)
class Suket:
    """One certificate. ``sha256``: of the sheet as drawn; ``cause``: why it is unsent, unsure or void."""

    number: str
    order: str
    reason: str
    state: State
    issued_on: str
    valid_until: str
    sha256: str
    renews: str | None
    printer: str | None
    cause: str | None
    at_ms: int

    @property
    def in_hand(self) -> bool:
        """Whether its sheet may be in somebody's hands."""
        return self.state in LIVING and self.state is not State.ISSUED

    @property
    def plan(self) -> Plan:
        """What its sheet is drawn from, beside the order's personal part."""
        return Plan(self.number, self.order, self.reason, self.issued_on, self.valid_until, self.renews)

    def to_json(self, today: str) -> dict[str, Any]:
        """As ``loket suket list --json`` prints it. ``today``: a WITA day."""
        living = self.state in LIVING
        return {
            "number": self.number,
            "order": self.order,
            "reason": self.reason,
            "state": str(self.state),
            "issued_on": self.issued_on,
            "valid_until": self.valid_until,
            "expired": living and self.valid_until < today,
            "renews": self.renews,
            "printer": self.printer,
            "cause": self.cause,
            "next_step": NEXT_STEP.get(self.state),
            "sha256": self.sha256,
        }


def _suket(row: tuple[Any, ...]) -> Suket:
    cells: list[Any] = list(row)
    cells[3] = State(cells[3])
    return Suket(*cells)


def get(reads: Reads, number: str) -> Suket:
    """The certificate of this number. Raises RefusedByRule UNKNOWN_SUKET."""
    found = reads.rows(f"SELECT {_COLUMNS} FROM suket WHERE number = ?", number)  # noqa: S608
    if not found:
        raise RefusedByRule("UNKNOWN_SUKET", number)
    return _suket(found[0])


def listed(reads: Reads) -> list[Suket]:
    """Every certificate, the oldest first."""
    return [_suket(row) for row in reads.rows(f"SELECT {_COLUMNS} FROM suket ORDER BY issued_on, number")]  # noqa: S608


def unsettled(reads: Reads) -> int:
    """How many wait for a person's word: their sheet may exist, and nobody said that he holds it."""
    waits = (State.SENT, State.UNSURE, State.REPORTED)
    ((count,),) = reads.rows("SELECT count(*) FROM suket WHERE state IN (?, ?, ?)", *waits)
    return int(count)


def living(reads: Reads, order: str) -> Suket | None:
    """The order's certificate that is neither void nor closed: there is never more than one."""
    marks = ", ".join("?" * len(LIVING))
    sql = f"SELECT {_COLUMNS} FROM suket WHERE order_id = ? AND state IN ({marks})"  # noqa: S608
    found = reads.rows(sql, order, *LIVING)
    return _suket(found[0]) if found else None


def plan(reads: Reads, station: str, order: str, reason: str, at_ms: int) -> Plan:
    """The certificate that may be issued for ``order`` at this instant (Unix ms); nothing is written.

    Raises RefusedByRule UNKNOWN_ORDER, ORDER_CLOSED, SUKET_EXISTS, SUKET_FORBIDDEN.
    """
    _may(reads, order, reason, at_ms)
    if there := living(reads, order):
        raise RefusedByRule("SUKET_EXISTS", there.number)
    return _plan(reads, station, order, reason, None, at_ms)


def plan_renewal(reads: Reads, station: str, number: str, at_ms: int) -> Plan:
    """The certificate that may take the place of ``number``, for the same reason.

    Raises RefusedByRule UNKNOWN_SUKET, SUKET_STATE (it is in nobody's hand), ORDER_CLOSED, SUKET_FORBIDDEN.
    """
    old = get(reads, number)
    if old.state is not State.CONFIRMED:
        raise RefusedByRule("SUKET_STATE", f"This one is {old.state}.")
    _may(reads, old.order, old.reason, at_ms)
    return _plan(reads, station, old.order, old.reason, number, at_ms)


def _may(reads: Reads, order: str, reason: str, at_ms: int) -> None:
    """Whether the rules of the day let this order have a certificate at all. Raises RefusedByRule."""
    found = reads.rows("SELECT kind, reason, state FROM order_ WHERE id = ?", order)
    if not found:
        raise RefusedByRule("UNKNOWN_ORDER", order)
    kind, order_reason, state = found[0]
    if state not in ORDER_OPEN:
        raise RefusedByRule("ORDER_CLOSED", order)
    rules = policies.current(reads, at_ms)
    if kind != "ktp" or not policy.suket_allowed(rules, reason, order_reason):
        raise RefusedByRule("SUKET_FORBIDDEN")


def _plan(reads: Reads, station: str, order: str, reason: str, renews: str | None, at_ms: int) -> Plan:
    today = day(at_ms)
    until = policy.suket_until(policies.current(reads, at_ms), date.fromisoformat(today))
    head = f"SPECIMEN-{station}-{today[:4]}-"
    ((count,),) = reads.rows("SELECT count(*) FROM suket WHERE substr(number, 1, ?) = ?", len(head), head)
    return Plan(f"{head}{count + 1:05}", order, reason, today, until.isoformat(), renews)


def issue(tx: Tx, planned: Plan, sha256: str, by: str | None, second: str | None = None) -> None:
    """Write down a certificate whose sheet was drawn; the one it renews is void from then on.

    The caller has made ``planned`` anew in ``tx``, so that nothing changed since it was drawn.
    """
    if planned.renews is not None:
        move(tx, planned.renews, Event.VOID, {"reason": RENEWED, "by": by, "second": second})
    tx.execute(
        "INSERT INTO suket (number, order_id, reason, state, issued_on, valid_until, sha256, renews, at_ms) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        *(planned.number, planned.order, planned.reason, State.ISSUED, planned.issued_on),
        *(planned.valid_until, sha256, planned.renews, tx.at_ms),
    )
    told = {"order": planned.order, "reason": planned.reason, "valid_until": planned.valid_until}
    tx.note("suket_issued", planned.number, {**told, "sha256": sha256, "renews": planned.renews, "by": by})


def move(tx: Tx, number: str, event: Event, body: Mapping[str, Any]) -> State:
    """Move a certificate by ``event``: its row and its journal line, in ``tx``.

    Raises RefusedByRule UNKNOWN_SUKET, SUKET_STATE where the table has no such arrow.
    """
    now = get(tx, number)
    after = TRANSITIONS[now.state].get(event)
    if after is None:
        raise RefusedByRule("SUKET_STATE", f"This one is {now.state}.")
    cause = body.get("cause") or body.get("reason") or body.get("state")
    tx.execute(
        "UPDATE suket SET state = ?, cause = ?, printer = ?, at_ms = ? WHERE number = ?",
        *(after, cause, body.get("printer", now.printer), tx.at_ms, number),
    )
    tx.note(event, number, body)
    return after


def carried(tx: Tx, order: str) -> dict[str, str] | None:
    """``order`` leaves this station: the certificate whose sheet may be out, for the station it goes to.

    One of which nothing was printed is void from now on.
    """
    there = living(tx, order)
    if there is None:
        return None
    if not there.in_hand:
        move(tx, there.number, Event.VOID, {"reason": MOVED})
        return None
    return certificates.told(there.number, there.reason, there.issued_on, there.valid_until)


def bring(tx: Tx, order: str, told: Mapping[str, str] | None) -> None:
    """``order`` came; the certificate that a station gave it, if it is ``told``, counts as one of our own.

    One from before the order went away that does not come back with it has ended elsewhere, and ends here.
    """
    there = living(tx, order)
    if there is not None and (told is None or there.number != told["number"]):
        move(tx, there.number, Event.VOID, {"reason": MOVED})
    if told is None:
        return
    tx.execute(
        "INSERT OR IGNORE INTO suket (number, order_id, reason, state, issued_on, valid_until, sha256, "
        "at_ms) VALUES (?, ?, ?, ?, ?, ?, '', ?)",
        *(told["number"], order, told["reason"], State.CONFIRMED, told["issued_on"], told["valid_until"]),
        tx.at_ms,
    )


def close(tx: Tx, order: str, job: str) -> str | None:
    """The order's card was handed over as ``job``: its certificate counts no more. Gives its number."""
    there = living(tx, order)
    if there is None:
        return None
    move(tx, there.number, Event.CLOSED, {"job": job})
    return there.number
