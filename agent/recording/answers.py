"""What the province answers to a recording: the receipt, why there is none, and the centre's word on it.

Each is a line of the order log, signed for this station. One that does not hold becomes a journal line
``recording_answer_refused`` with its word and changes nothing: without a good receipt no packet ever goes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from agent.recording import book
from agent.store.journal import Tx
from domain import events
from domain.keys import VerifyKey, signed
from domain.recording import is_word
from domain.words import RefusedByRule
from sync.log import Entry

RECEIVED, REJECTED, STATUS = "recording_received", "recording_rejected", "recording_status"
EVENTS = frozenset({RECEIVED, REJECTED, STATUS})


def apply(tx: Tx, entry: Entry, station: str, hub: VerifyKey) -> None:
    """Apply one of EVENTS in ``tx``; ``station``: the name the hub signs for. Told again: nothing."""
    try:
        _apply(tx, entry.event, entry.subject, entry.body, station, hub)
    except RefusedByRule as refused:
        tx.note("recording_answer_refused", entry.subject, {"word": refused.word})


def _apply(tx: Tx, event: str, id: str, body: Mapping[str, Any], station: str, hub: VerifyKey) -> None:
    if events.missing(events.ORDERS, event, body):
        raise RefusedByRule("MISSING_FIELD", id)
    if not signed(hub, station, id, body):
        raise RefusedByRule("BAD_SIGNATURE", id)
    known = book.get(tx, id)
    if known is None:
        raise RefusedByRule("UNKNOWN_RECORDING", id)
    if event == STATUS:
        book.status(tx, id, _word(body["status"], id))
        return
    sha = body["sha256"]
    if known.sha256 is None or sha != known.sha256:
        raise RefusedByRule("OTHER_PACKET", id)
    if event == REJECTED:
        book.rejected(tx, id, sha, _word(body["word"], id))
    elif body["size"] == known.size:
        book.receipted(tx, id, sha)
    else:
        raise RefusedByRule("OTHER_PACKET", id)


def _word(told: object, id: str) -> str:
    if not isinstance(told, str) or not is_word(told):
        raise RefusedByRule("BAD_ANSWER", id)
    return told
