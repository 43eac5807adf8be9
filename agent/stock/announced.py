"""What the province says is on its way here: checked like everything it signs, and kept beside the stock."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from agent.stock import consignments
from agent.store.journal import Tx
from domain import events
from domain.keys import VerifyKey, signed
from domain.manifest import blank_name
from domain.policy import KINDS
from domain.words import RefusedByRule


def receive(tx: Tx, consignment: str, body: Mapping[str, Any], station: str, hub: VerifyKey) -> None:
    """Keep one announcement, or write ``announcement_refused`` with the word for what is wrong with it."""
    try:
        _check(consignment, body, station, hub)
    except RefusedByRule as refused:
        tx.note("announcement_refused", consignment, {"word": refused.word})
        return
    consignments.announce(tx, consignment, body)


def _check(consignment: str, body: Mapping[str, Any], station: str, hub: VerifyKey) -> None:
    if events.missing(events.ORDERS, "blanks_announced", body):
        raise RefusedByRule("MISSING_FIELD", consignment)
    if not signed(hub, station, consignment, body):
        raise RefusedByRule("BAD_SIGNATURE", consignment)
    names, count, piece = body["names"], body["count"], body.get("piece", 0)
    if body["kind"] not in KINDS:
        raise RefusedByRule("UNKNOWN_KIND", consignment)
    numbers = all(type(number) is int for number in (count, piece))
    if not numbers or count < 1 or not isinstance(body["sender"], str) or not _are_names(names):
        raise RefusedByRule("BAD_ORDER", consignment)


def _are_names(names: object) -> bool:
    """Whether ``names`` is None or a list of blanks' names as written everywhere."""
    if names is None:
        return True
    try:
        return isinstance(names, list) and all(blank_name(each) == each for each in names)
    except (TypeError, ValueError):
        return False
