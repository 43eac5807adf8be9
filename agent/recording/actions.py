"""What is asked of the station that writes the journal, about recordings: each one transaction.

The sitting itself happens in the command's own process; here come its counts, its hash and its flags, never
anything of the person.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from agent.asking import Args, no_nik, once, person, two
from agent.config import Config
from agent.recording import book, days
from agent.recording.book import State
from agent.store import behind
from agent.store.journal import Journal, Tx
from agent.trouble import Trouble
from domain.packet import PACKET_BYTES_MAX, Rechecked
from domain.wita import day
from domain.words import RefusedByRule

OUTREACH_DAYS_MAX = 31
TICKET_MAX = 1_000_000  # of one day: no desk calls that many, and a column holds it
_SHA256 = re.compile(r"[0-9a-f]{64}")
_CAUSE = re.compile(r"[a-z][a-z0-9_]{1,39}")
_PLACE = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_READER = re.compile(r"[\w .:/+?=-]{1,80}")  # a serial number, or the address of one that knows none


def begin(journal: Journal, config: Config, args: Args) -> dict[str, Any]:
    """A sitting begins: {id, mode, place, ticket, begun_ms}. ``link``: its state as whoever asks knows it.

    Raises RefusedByRule LINK_REQUIRED, QUOTA_REACHED, UNKNOWN_TICKET, DISK_LOW, JOURNAL_BEHIND_HUB.
    """
    ticket = None if args.get("ticket") is None else int(args["ticket"])
    if ticket is not None and not 0 < ticket <= TICKET_MAX:
        raise RefusedByRule("UNKNOWN_TICKET")
    if not journal.has_room():
        raise RefusedByRule("DISK_LOW")

    def work(tx: Tx) -> dict[str, Any]:
        behind.check(tx)
        now = days.begin_check(tx, tx.at_ms, ticket=ticket, online=args.get("link") == "online")
        named = None if ticket is None else days.name(now.day, ticket)
        id = book.begin(tx, config.name, mode=now.mode, ticket=named, place=now.place)
        if ticket is not None:
            days.take(tx, now.day, ticket, id)
        return {"id": id, "mode": now.mode, "place": now.place, "ticket": named, "begun_ms": tx.at_ms}

    return once(journal, args, work)


def about(journal: Journal, _config: Config, args: Args) -> dict[str, Any]:
    """The packet of a sitting is about to be written to its file. Raises RefusedByRule RECORDING_STATE."""
    return _packet(journal, args, book.about)


def sealed(journal: Journal, _config: Config, args: Args) -> dict[str, Any]:
    """The packet of a sitting is on the disk. Raises RefusedByRule RECORDING_STATE."""
    return _packet(journal, args, book.sealed)


def abandon(journal: Journal, _config: Config, args: Args) -> dict[str, Any]:
    """A sitting ended without a packet; ``cause``: a word. Raises RefusedByRule RECORDING_STATE."""
    id, cause = str(args["id"]), str(args["cause"])
    if not _CAUSE.fullmatch(cause):
        raise Trouble("A cause is one word of small letters.")

    def work(tx: Tx) -> dict[str, Any]:
        book.abandoned(tx, id, cause)
        return {"id": id, "state": str(State.ABANDONED)}

    return once(journal, args, work)


def _packet(journal: Journal, args: Args, move: Any) -> dict[str, Any]:
    id, sha256, size = str(args["id"]), str(args["sha256"]), args["size"]
    if not _SHA256.fullmatch(sha256) or type(size) is not int or not 0 < size <= 2 * PACKET_BYTES_MAX:
        raise Trouble("The packet's hash or size is none.")
    told = _counts(args)

    def work(tx: Tx) -> dict[str, Any]:
        move(tx, id, sha256, size, told)
        return {"id": id, "sha256": sha256}

    return once(journal, args, work)


def _counts(args: Mapping[str, Any]) -> dict[str, Any]:
    """book.COUNTS among the arguments; whatever else came is not written down."""
    numbers = {name: args.get(name) for name in ("fingers", "irises", "exceptions", "forced")}
    if not all(type(number) is int and 0 <= number <= 100 for number in numbers.values()):
        raise Trouble("The packet's counts are none.")
    return {**numbers, "rechecked": str(Rechecked(args["rechecked"])), "endorsed": args["endorsed"] is True}


# -- tickets, the field, staff -------------------------------------------------------------------------------


def ticket_issue(journal: Journal, _config: Config, args: Args) -> dict[str, Any]:
    """The next number of today: {day, number, state}. Raises RefusedByRule QUOTA_REACHED."""
    return once(journal, args, days.issue)


def ticket_call(journal: Journal, _config: Config, args: Args) -> dict[str, Any]:
    """The lowest number that waits. Raises RefusedByRule UNKNOWN_TICKET."""
    return once(journal, args, days.call)


def outreach_begin(journal: Journal, _config: Config, args: Args) -> dict[str, Any]:
    """Days in the field: ``place`` a word, ``until`` their last day, two people's marks.

    Raises RefusedByRule OUTREACH_OPEN, SECOND_NEEDED, SECOND_IS_FIRST, BAD_DATE, Trouble.
    """
    by, second, place = person(args, "by"), person(args, "second"), no_nik(str(args["place"]))
    if not _PLACE.fullmatch(place):
        raise Trouble("A place is one word of small letters, digits and dashes, such as long-pahangai.")
    if not two(by, second):
        raise RefusedByRule("SECOND_NEEDED")

    def work(tx: Tx) -> dict[str, Any]:
        if days.outreach(tx, tx.at_ms) is not None:
            raise RefusedByRule("OUTREACH_OPEN")
        until = _until(str(args["until"]), day(tx.at_ms))
        tx.execute("INSERT INTO outreach VALUES (?, ?, ?, NULL)", place, until, tx.at_ms)
        tx.note("outreach_begun", place, {"place": place, "until": until, "by": by, "second": second})
        return {"place": place, "until": until}

    return once(journal, args, work)


def outreach_end(journal: Journal, _config: Config, args: Args) -> dict[str, Any]:
    """Back at the counter. Raises RefusedByRule NO_OUTREACH."""
    by = person(args, "by")

    def work(tx: Tx) -> dict[str, Any]:
        there = days.outreach(tx, tx.at_ms)
        if there is None:
            raise RefusedByRule("NO_OUTREACH")
        tx.execute("UPDATE outreach SET ended_ms = ? WHERE ended_ms IS NULL", tx.at_ms)
        tx.note("outreach_ended", there.place, {"by": by})
        return {"place": there.place, "until": there.until}

    return once(journal, args, work)


def _until(text: str, today: str) -> str:
    try:
        last = date.fromisoformat(text)
    except ValueError:
        raise RefusedByRule("BAD_DATE") from None
    first = date.fromisoformat(today)
    if last.isoformat() != text or not first <= last <= first + timedelta(days=OUTREACH_DAYS_MAX):
        raise RefusedByRule("BAD_DATE", f"The last day is today or within {OUTREACH_DAYS_MAX} days.")
    return text


def staff_enrolled(journal: Journal, _config: Config, args: Args) -> dict[str, Any]:
    """A staff member's finger lies in ``slot`` of ``reader`` (its serial number)."""
    staff, reader, slot = _staff(args)

    def work(tx: Tx) -> dict[str, Any]:
        tx.execute(
            "INSERT INTO staff_finger VALUES (?, ?, ?, ?) ON CONFLICT (reader, slot) DO UPDATE "
            "SET staff = excluded.staff, at_ms = excluded.at_ms",
            *(reader, slot, staff, tx.at_ms),
        )
        tx.note("staff_enrolled", staff, {"slot": slot, "reader": reader})
        return {"staff": staff, "slot": slot, "reader": reader}

    return once(journal, args, work)


def staff_forgotten(journal: Journal, _config: Config, args: Args) -> dict[str, Any]:
    """It lies there no more."""
    staff, reader, slot = _staff(args)

    def work(tx: Tx) -> dict[str, Any]:
        if tx.execute("DELETE FROM staff_finger WHERE reader = ? AND slot = ?", reader, slot):
            tx.note("staff_forgotten", staff, {"slot": slot, "reader": reader})
        return {"staff": staff, "slot": slot, "reader": reader}

    return once(journal, args, work)


def _staff(args: Args) -> tuple[str, str, int]:
    staff, reader, slot = person(args, "staff"), str(args["reader"]), args["slot"]
    if staff is None or not _READER.fullmatch(reader) or type(slot) is not int or not 0 <= slot < 1 << 16:
        raise Trouble("A finger in the library is told by a staff mark, a reader and a slot.")
    return staff, reader, slot
