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
    "chip_intended": frozenset({"blank", "kind", "tag"}),
    "chip_written": frozenset({"blank", "kind", "tag"}),
    "print_intended": frozenset({"blank", "kind", "printer", "session", "before", "panels", "artefact"}),
    "printed": frozenset({"order", "kind", "blank", "by"}),
    "unsure": frozenset({"cause", "blank"}),
    "untouched": frozenset({"blank", "by", "reason"}),
    "spoiled": frozenset({"order", "kind", "blank", "reason", "by"}),
    "lost": frozenset({"order", "kind", "blank", "reason", "by", "second"}),
    "cancelled": frozenset({"order", "reason"}),
    "verified": frozenset({"order", "kind", "blank", "by"}),
    "ready": frozenset({"order", "kind", "blank", "shelf"}),
    "withheld": frozenset({"order", "kind", "blank", "reason", "by"}),
    "returned": frozenset({"order", "kind", "blank", "reason", "by"}),
    "handed_over": frozenset(
        {"order", "kind", "blank", "channel", "chip", "finger", "old", "exception", "second", "proof"}
    ),
    # the card left with a courier or by post; ``handed_over`` tells the same again once it was delivered
    "sent": frozenset(
        {"order", "kind", "blank", "channel", "chip", "finger", "old", "exception", "second", "proof"}
    ),
    "announced": frozenset({"jobs", "channels"}),  # subject: the batch
    # a temporary certificate, subject: its number
    "suket_issued": frozenset({"order", "reason", "valid_until", "sha256"}),
    "suket_sent": frozenset({"printer"}),  # written before its first byte: from here on a sheet may exist
    "suket_unsent": frozenset({"cause"}),  # nothing of it was sent, by the printer's own word
    "suket_unsure": frozenset({"cause"}),
    "suket_reported": frozenset({"state"}),
    "suket_confirmed": frozenset({"by"}),
    "suket_void": frozenset({"reason"}),
    "suket_closed": frozenset({"job"}),
    # the printer's keeping, subject: its serial number
    "ribbon_changed": frozenset({"prints"}),
    "printer_cleaned": frozenset({"cards"}),
    "settings_seen": frozenset({"settings"}),
    "settings_drifted": frozenset({"changed"}),
    # rules from the province, subject: the policy's name
    "policy_applied": frozenset({"from"}),
    "policy_refused": frozenset({"word"}),
    # blanks, subject: the consignment, or the blank
    "blanks_received": frozenset({"kind", "names", "count"}),
    # spoiled outside any job, by a person's word; and what the printer sent away, subject: its name, if a
    # chip told it: that moves no account, since the card still is whatever it was
    "blank_rejected": frozenset({"kind", "reason"}),
    "blank_lost": frozenset({"kind", "reason", "by", "second"}),
    "blanks_sent": frozenset({"kind", "names", "count", "to"}),  # subject: the consignment, as at its receipt
    "blanks_counted": frozenset({"kind", "counted", "expected", "missing", "found", "by", "second"}),
    "card_voided": frozenset({"kind", "why", "job"}),  # an old or bad card is in our hands; subject: its name
    "blanks_destroyed": frozenset({"kind", "names", "witnesses"}),  # subject: the number of the minutes
    "announcement_refused": frozenset({"word"}),  # of a consignment that the province told of
    "card_rejected": frozenset({"card_at", "job"}),
    # recording people, subject: the recording; counts and flags, never anything of the person
    "recording_begun": frozenset({"ticket", "mode", "place"}),
    "recording_sealed": frozenset(
        {"sha256", "size", "fingers", "irises", "exceptions", "forced", "rechecked", "endorsed"}
    ),
    "recording_abandoned": frozenset({"cause"}),
    "recording_receipted": frozenset({"sha256"}),
    "recording_refused": frozenset({"sha256", "word"}),
    "recording_purged": frozenset({"sha256"}),
    "recording_status": frozenset({"status"}),
    "recording_answer_refused": frozenset({"word"}),  # what the province said of it does not hold
    "ticket_issued": frozenset({"day", "number"}),  # subject: day/number
    "ticket_called": frozenset({"day", "number"}),
    "outreach_begun": frozenset({"place", "until", "by"}),  # subject: a word for the place
    "outreach_ended": frozenset(),
    "staff_enrolled": frozenset({"slot", "reader"}),  # subject: the staff mark
    "staff_forgotten": frozenset({"slot", "reader"}),
}

ORDERS: dict[str, frozenset[str]] = {
    "order": frozenset({"kind", "reason", "requested", "payload_sha256", "payload", "signature"}),
    "order_withdrawn": frozenset(),
    "policy": frozenset({"from", "rules", "signature"}),
    "blanks_announced": frozenset({"kind", "names", "count", "sender", "signature"}),
    # subject: the recording. Received: opened, checked and stored by the hub, so that here it may go
    "recording_received": frozenset({"sha256", "size", "signature"}),
    "recording_rejected": frozenset({"sha256", "word", "signature"}),
    "recording_status": frozenset({"status", "signature"}),
}


def missing(words: Mapping[str, frozenset[str]], event: str, body: Mapping[str, Any]) -> frozenset[str]:
    """The fields that ``body`` lacks for ``event``; empty for an event of a later version."""
    return words.get(event, frozenset()) - body.keys()
