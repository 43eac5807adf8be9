"""A WITA day of recording: by which rules, how many people still, who holds a ticket, and days in the field.

Everything is counted in the tables, nothing is stored beside them, so that midnight needs no clean-up. A
ticket is a number of one day and no name; those that wait keep a place of the day's quota each, and so does
the one called last. Whoever did not come when called is served like anybody without a number. At a counter
and in the field people are counted apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from agent import policies
from agent.store.journal import Tx, meta, set_meta
from agent.store.sqlite import Reads
from domain.policy import Policy
from domain.wita import day, day_bounds_ms
from domain.words import RefusedByRule

ONLINE, FORWARD = "online_required", "store_and_forward"
CALLED_LAST = "ticket_called_last"
_IN_FIELD = """EXISTS (SELECT 1 FROM outreach WHERE begun_ms <= ticket.at_ms AND until >= ticket.day
    AND (ended_ms IS NULL OR ended_ms > ticket.at_ms))"""  # where the ticket was given or called


@dataclass(frozen=True, slots=True)
class Outreach:
    """Days in the field. ``until``: the last of them, YYYY-MM-DD."""

    place: str
    until: str


@dataclass(frozen=True, slots=True)
class Day:
    """What holds now. ``quota``: of people; ``taken``: recorded or sitting; ``promised``: to tickets."""

    day: str
    mode: str
    place: str | None
    quota: int
    taken: int
    promised: int


def mode(rules: Policy, *, in_field: bool) -> str:
    """Whether somebody may be recorded without a link, by the rules."""
    if not in_field or rules.outreach_offline == "as_recording_mode":
        return rules.recording_mode
    return FORWARD if rules.outreach_offline == "allowed" else ONLINE


def outreach(reads: Reads, at_ms: int) -> Outreach | None:
    """The days in the field that are open at an instant; they end with their last day by themselves."""
    found = reads.rows(
        "SELECT place, until FROM outreach WHERE ended_ms IS NULL AND until >= ? "
        "ORDER BY begun_ms DESC LIMIT 1",
        day(at_ms),
    )
    return Outreach(*found[0]) if found else None


def today(reads: Reads, at_ms: int) -> Day:
    """The day of an instant, here."""
    rules, field = policies.current(reads, at_ms), outreach(reads, at_ms)
    now = day(at_ms)
    ((taken,),) = reads.rows(
        "SELECT count(*) FROM recording WHERE begun_ms >= ? AND begun_ms < ? AND state <> 'abandoned' "
        "AND (place IS NULL) = ?",
        *(*day_bounds_ms(now), field is None),
    )
    return Day(
        now,
        mode(rules, in_field=field is not None),
        None if field is None else field.place,
        rules.recordings_a_day if field is None else rules.outreach_a_day,
        taken,
        len(_holding(reads, now, in_field=field is not None)),
    )


def begin_check(tx: Tx, at_ms: int, *, ticket: int | None, online: bool) -> Day:
    """The day, if one more person may be recorded now. Raises RefusedByRule LINK_REQUIRED, QUOTA_REACHED
    and UNKNOWN_TICKET."""
    now = today(tx, at_ms)
    if now.mode == ONLINE and not online:
        raise RefusedByRule("LINK_REQUIRED")
    if ticket is not None and not _open(tx, now.day, ticket):
        raise RefusedByRule("UNKNOWN_TICKET")
    promised = 0 if ticket in _holding(tx, now.day, in_field=now.place is not None) else now.promised
    if now.taken + promised >= now.quota:
        raise RefusedByRule("QUOTA_REACHED")
    return now


# -- tickets -------------------------------------------------------------------------------------------------


def name(on: str, number: int) -> str:
    """A ticket as journals name it."""
    return f"{on}/{number}"


def issue(tx: Tx) -> dict[str, Any]:
    """The next number of today. Raises RefusedByRule QUOTA_REACHED."""
    now = today(tx, tx.at_ms)
    ((last, given),) = tx.rows(
        f"SELECT coalesce(max(number), 0), coalesce(sum({_IN_FIELD} = ?), 0) "  # noqa: S608 - our own names
        "FROM ticket WHERE day = ?",
        *(now.place is not None, now.day),
    )
    if given >= now.quota or now.taken + now.promised >= now.quota:
        raise RefusedByRule("QUOTA_REACHED")
    tx.execute("INSERT INTO ticket VALUES (?, ?, 'issued', NULL, ?)", now.day, last + 1, tx.at_ms)
    return _noted(tx, "ticket_issued", now.day, last + 1, "issued")


def call(tx: Tx) -> dict[str, Any]:
    """The lowest number that waits here. Raises RefusedByRule UNKNOWN_TICKET where none does."""
    now = day(tx.at_ms)
    found = tx.rows(
        "SELECT number FROM ticket "  # noqa: S608 - our own names
        f"WHERE day = ? AND state = 'issued' AND {_IN_FIELD} = ? ORDER BY number LIMIT 1",
        *(now, outreach(tx, tx.at_ms) is not None),
    )
    if not found:
        raise RefusedByRule("UNKNOWN_TICKET")
    ((number,),) = found
    tx.execute(
        "UPDATE ticket SET state = 'called', at_ms = ? WHERE day = ? AND number = ?", tx.at_ms, now, number
    )
    set_meta(tx, CALLED_LAST, name(now, number))
    return _noted(tx, "ticket_called", now, number, "called")


def take(tx: Tx, on: str, number: int, recording: str) -> None:
    """The holder of a ticket sits down."""
    tx.execute(
        "UPDATE ticket SET state = 'taken', recording = ?, at_ms = ? WHERE day = ? AND number = ?",
        *(recording, tx.at_ms, on, number),
    )


def tickets(reads: Reads, at_ms: int) -> list[dict[str, Any]]:
    """Today's, in their order: {day, number, state, recording}."""
    rows = reads.rows(
        "SELECT day, number, state, recording FROM ticket WHERE day = ? ORDER BY number", day(at_ms)
    )
    return [dict(zip(("day", "number", "state", "recording"), row, strict=True)) for row in rows]


def _noted(tx: Tx, event: str, on: str, number: int, state: str) -> dict[str, Any]:
    tx.note(event, name(on, number), {"day": on, "number": number})
    return {"day": on, "number": number, "state": state}


def _open(tx: Tx, on: str, number: int) -> bool:
    """Whether a ticket is of today and nobody sat down with it."""
    found = tx.rows("SELECT state FROM ticket WHERE day = ? AND number = ?", on, number)
    return bool(found) and found[0][0] != "taken"


def _holding(reads: Reads, on: str, *, in_field: bool) -> set[int]:
    """The numbers that hold a place at the counter, or in the field: all that wait there, and the one called
    last, until its holder sits down."""
    last = meta(reads, CALLED_LAST)
    rows = reads.rows(
        "SELECT number, state FROM ticket "  # noqa: S608 - our own names
        f"WHERE day = ? AND state <> 'taken' AND {_IN_FIELD} = ?",
        *(on, in_field),
    )
    return {number for number, state in rows if state == "issued" or name(on, number) == last}
