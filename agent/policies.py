"""The rules this station follows: what the province sent, and which of it holds on a day.

``current`` is asked for wherever a rule is applied, each time, so that a rule changes at midnight WITA
without a restart; a policy read once is not read again as long as its text is the same. A policy that does
not hold (another signer, a rule this program does not know) is journalled as refused and the one
before it stays in force: the province sees in that line which station does not follow.
"""

from __future__ import annotations

import binascii
import json
from base64 import b64decode
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from agent.store.journal import Tx, meta, set_meta
from agent.store.sqlite import Reads
from domain import events
from domain.keys import VerifyKey, canonical, order_bytes
from domain.policy import REASONS, Policy, in_force, rank
from domain.policy_form import made
from domain.wita import day
from domain.words import RefusedByRule

RANKED_BY = "ranked_by"


def current(reads: Reads, at_ms: int) -> Policy:
    """The policy in force at an instant (Unix ms); the rules of 2020 where the province sent none."""
    return on_day(reads, day(at_ms))


def on_day(reads: Reads, day: str) -> Policy:
    """The policy in force on a WITA day, YYYY-MM-DD."""
    rows = reads.rows("SELECT name, effective, rules FROM policy WHERE effective <= ?", day)
    return in_force((_read(*row) for row in rows), day)


@lru_cache(maxsize=64)
def _read(name: str, effective: str, rules: str) -> Policy:
    return made(name, effective, json.loads(rules))


def receive(tx: Tx, name: str, body: Mapping[str, Any], station: str, hub: VerifyKey) -> None:
    """Keep a policy of the order log, or say in the journal why not. The same again changes nothing."""
    try:
        effective, rules = _checked(name, body, station, hub)
        known = tx.rows("SELECT effective, rules FROM policy WHERE name = ?", name)
        if known and known[0] != (effective, rules):
            raise RefusedByRule("POLICY_CHANGED", name)
    except RefusedByRule as refused:
        tx.note("policy_refused", name, {"word": refused.word})
        return
    if not known:
        tx.execute("INSERT INTO policy VALUES (?, ?, ?, ?)", name, effective, rules, tx.at_ms)
        tx.note("policy_applied", name, {"from": effective})
        rerank(tx)


def _checked(name: str, body: Mapping[str, Any], station: str, hub: VerifyKey) -> tuple[str, str]:
    """Day and rules of a policy that holds in every point. Raises RefusedByRule with the first word."""
    if events.missing(events.ORDERS, "policy", body):
        raise RefusedByRule("MISSING_FIELD", name)
    try:
        signature = b64decode(body["signature"], validate=True)
    except (binascii.Error, ValueError, TypeError):
        raise RefusedByRule("BAD_SIGNATURE", name) from None
    if not hub.verify(signature, order_bytes(station, name, dict(body))):
        raise RefusedByRule("BAD_SIGNATURE", name)
    made(name, body["from"], body["rules"])
    return body["from"], canonical(body["rules"]).decode()


def rerank(tx: Tx) -> None:
    """Give the waiting orders their places under the policy in force, where another one ranked them."""
    rules = current(tx, tx.at_ms)
    if meta(tx, RANKED_BY) == rules.name:
        return
    for reason in REASONS:
        tx.execute("UPDATE order_ SET rank = ? WHERE reason = ?", rank(rules, reason), reason)
    set_meta(tx, RANKED_BY, rules.name)
