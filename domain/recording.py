"""The life of a recording at the centre, in the ministry's words, and the next of them that may follow.

A station sees the centre only through lists that are imported now and then, so an answer may skip what
happened in between: what follows is what the table reaches in one move or in several. One that does not
follow is kept and flagged by whoever applies it; the centre may know more than this table.
Source: the statuses that offices and OpenSID name; a clerk calls SENT_FOR_ENROLLMENT "SFE" and
PRINT_READY_RECORD "PRR".
"""

from __future__ import annotations

import re
from enum import StrEnum


class Status(StrEnum):
    """Where a recording is on its way to a card."""

    UNREGISTERED = "UNREGISTERED"
    BIO_CAPTURED = "BIO_CAPTURED"
    PROCESSING = "PROCESSING"
    SENT_FOR_ENROLLMENT = "SENT_FOR_ENROLLMENT"
    RECEIVED_AT_CENTRAL = "RECEIVED_AT_CENTRAL"
    ENROLL_FAILURE_AT_REGIONAL = "ENROLL_FAILURE_AT_REGIONAL"
    ENROLL_FAILURE_AT_CENTRAL = "ENROLL_FAILURE_AT_CENTRAL"
    SEARCH_FAILURE_AT_CENTRAL = "SEARCH_FAILURE_AT_CENTRAL"
    ADJUDICATE_RECORD = "ADJUDICATE_RECORD"
    DUPLICATE_RECORD = "DUPLICATE_RECORD"
    PRINT_READY_RECORD = "PRINT_READY_RECORD"
    SENT_FOR_CARD_PRINTING = "SENT_FOR_CARD_PRINTING"
    CARD_PRINTED = "CARD_PRINTED"
    CARD_SHIPPED = "CARD_SHIPPED"
    CARD_ISSUED = "CARD_ISSUED"


_JUDGED = frozenset(
    {
        Status.ENROLL_FAILURE_AT_CENTRAL,
        Status.SEARCH_FAILURE_AT_CENTRAL,
        Status.ADJUDICATE_RECORD,
        Status.DUPLICATE_RECORD,
        Status.PRINT_READY_RECORD,
    }
)
MOVES: dict[Status, frozenset[Status]] = {
    Status.UNREGISTERED: frozenset({Status.BIO_CAPTURED}),
    Status.BIO_CAPTURED: frozenset({Status.PROCESSING}),
    Status.PROCESSING: frozenset({Status.SENT_FOR_ENROLLMENT, Status.ENROLL_FAILURE_AT_REGIONAL}),
    Status.SENT_FOR_ENROLLMENT: frozenset({Status.RECEIVED_AT_CENTRAL, Status.ENROLL_FAILURE_AT_REGIONAL}),
    Status.RECEIVED_AT_CENTRAL: _JUDGED,
    Status.ENROLL_FAILURE_AT_REGIONAL: frozenset(),  # the person is recorded again, under another name
    Status.ENROLL_FAILURE_AT_CENTRAL: frozenset(),
    Status.SEARCH_FAILURE_AT_CENTRAL: _JUDGED - {Status.SEARCH_FAILURE_AT_CENTRAL},  # it is searched again
    Status.ADJUDICATE_RECORD: frozenset(  # a person at the centre decides
        {Status.ENROLL_FAILURE_AT_CENTRAL, Status.DUPLICATE_RECORD, Status.PRINT_READY_RECORD}
    ),
    Status.DUPLICATE_RECORD: frozenset(),
    Status.PRINT_READY_RECORD: frozenset({Status.SENT_FOR_CARD_PRINTING}),
    Status.SENT_FOR_CARD_PRINTING: frozenset({Status.CARD_PRINTED}),
    Status.CARD_PRINTED: frozenset({Status.CARD_SHIPPED, Status.CARD_ISSUED}),
    Status.CARD_SHIPPED: frozenset({Status.CARD_ISSUED}),
    Status.CARD_ISSUED: frozenset(),
}
COME_AGAIN = frozenset({Status.ENROLL_FAILURE_AT_REGIONAL, Status.ENROLL_FAILURE_AT_CENTRAL})
"""The person has to be recorded once more."""
CLARIFY = frozenset({Status.DUPLICATE_RECORD})
"""Somebody has to find out with the person which earlier recording is theirs; there will be no card."""

_WORD = re.compile(r"[A-Z][A-Z0-9_]{1,39}")


def follows(before: Status, after: Status) -> bool:
    """Whether ``after`` can be told once ``before`` was: one move, or several that nobody told here."""
    seen: set[Status] = set()
    ahead = [*MOVES[before]]
    while ahead:
        status = ahead.pop()
        if status is after:
            return True
        if status not in seen:
            seen.add(status)
            ahead += MOVES[status]
    return False


def odd(before: str | None, after: str) -> bool:
    """Whether an answer of the centre is one to look at: an unknown word, or none that follows."""
    try:
        return not follows(Status(before or Status.UNREGISTERED), Status(after))
    except ValueError:
        return True


def is_word(text: str) -> bool:
    """Whether ``text`` has the form of a status, known here or not."""
    return bool(_WORD.fullmatch(text))
