"""The words of both logs, by version: what a station's journal and an order log may say.

An entry travels as (seq, epoch, at_ms, event, subject, body); here is what each event's body must
hold. A body may hold more: a newer station must not be refused by an older hub. Unknown events are
kept, never dropped; whoever folds them passes over what it does not know.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

VERSION = 1

JOURNAL: dict[str, frozenset[str]] = {
    # the station itself
    "station_started": frozenset({"version", "sqlite", "after"}),
    "printer_state": frozenset({"state", "cause"}),
    # cards were fed or panels laid that no job here knows of; and: a person has looked, and found those
    "counters_moved": frozenset({"known", "now"}),
    "printer_looked": frozenset({"cards", "panels"}),
    # orders, subject: the order
    "order_received": frozenset({"kind", "reason"}),
    "order_refused": frozenset({"word"}),
    "order_returned": frozenset(),
    "order_kept": frozenset({"state"}),
    # one card's life, subject: the job
    "job_queued": frozenset({"order", "kind", "attempt"}),
    "feed_intended": frozenset({"printer", "session", "before"}),
    "staged": frozenset({"blank", "kind", "witness"}),
    "print_intended": frozenset({"blank", "kind", "printer", "session", "before", "panels", "artefact"}),
    "printed": frozenset({"order", "kind", "blank", "by"}),
    "unsure": frozenset({"cause", "blank"}),
    "untouched": frozenset({"blank", "by", "reason"}),
    "spoiled": frozenset({"order", "kind", "blank", "reason", "by"}),
    "lost": frozenset({"order", "kind", "blank", "reason", "by", "second"}),
    "cancelled": frozenset({"order", "reason"}),
    # blanks, subject: the consignment, or the blank
    "blanks_received": frozenset({"kind", "names", "count"}),
    # spoiled outside any job, by a person's word; and what the printer sent away, subject: its name, if a
    # chip told it: that moves no account, since the card still is whatever it was
    "blank_rejected": frozenset({"kind", "reason"}),
    "card_rejected": frozenset({"card_at", "job"}),
}

ORDERS: dict[str, frozenset[str]] = {
    "order": frozenset({"kind", "reason", "requested", "payload_sha256", "payload", "signature"}),
    "order_withdrawn": frozenset(),
}


def missing(words: Mapping[str, frozenset[str]], event: str, body: Mapping[str, Any]) -> frozenset[str]:
    """The fields that ``body`` lacks for ``event``; empty for an event of a later version."""
    return words.get(event, frozenset()) - body.keys()
