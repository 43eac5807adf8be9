"""Orders and rules from the province: each line of the order log is applied once, with the cursor.

A line that does not hold (another signer, another station, a changed payload, an unknown word)
becomes a journal line ``order_refused`` or ``policy_refused`` with its word, and the cursor moves on:
poison never blocks what is behind it, and a policy that is refused leaves the one before it in force.
Nothing here opens the sealed part; only its hash is checked.
"""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from typing import Any

from agent import policies, province_clock
from agent.counter import suket
from agent.printing import jobs
from agent.recording import answers
from agent.stock import announced
from agent.store.journal import Tx, set_cursor
from domain import certificates, events, policy
from domain.keys import VerifyKey, canonical, signed
from domain.policy_form import made
from domain.words import RefusedByRule
from sync.log import Entry

CURSOR = "orders_have"
_KEPT = ("taken", "printed", "handed_over", "withheld", "lost")  # it has a card, or may have one


def apply(tx: Tx, entry: Entry, *, station: str, hub: VerifyKey) -> None:
    """Apply one line of this station's order log and move the cursor to it, in ``tx``.

    ``station`` is the name the hub signs for, ``hub`` its public key. A line of an unknown event
    is passed over: a newer hub may say more than this station understands.
    """
    if entry.event == "order":
        try:
            _receive(tx, entry.subject, entry.body, station, hub)
        except RefusedByRule as refused:
            tx.note("order_refused", entry.subject, {"word": refused.word})
    elif entry.event == "order_withdrawn":
        _withdraw(tx, entry.subject)
    elif entry.event == "policy":
        try:
            policies.keep(tx, *_rules(entry.subject, entry.body, station, hub))
        except RefusedByRule as refused:
            policies.refuse(tx, entry.subject, refused.word, entry.body.get("from"))
    elif entry.event == "blanks_announced":
        announced.receive(tx, entry.subject, entry.body, station, hub)
    elif entry.event in answers.EVENTS:
        answers.apply(tx, entry, station, hub)
    province_clock.told(tx, entry.at_ms)
    set_cursor(tx, CURSOR, entry.seq, entry.epoch)


def _receive(tx: Tx, order: str, body: Mapping[str, Any], station: str, hub: VerifyKey) -> None:
    sealed, carried = _checked(order, body, station, hub), _carried(order, body)
    known = tx.rows("SELECT payload_sha256, kind, reason, state FROM order_ WHERE id = ?", order)
    digest = body["payload_sha256"]
    if known and known[0][3] != "returned":
        if known[0][:3] != (digest, body["kind"], body["reason"]):
            raise RefusedByRule("ORDER_CHANGED", order)
        return
    jobs.forget(tx, order)
    tx.execute("INSERT OR IGNORE INTO payload VALUES (?, ?)", digest, sealed)
    kind, reason = body["kind"], body["reason"]
    policies.rerank(tx)  # the others follow the policy that ranks this one, or none would notice it again
    rank = policy.rank(policies.current(tx, tx.at_ms), reason)
    tx.execute(
        "INSERT INTO order_ (id, kind, reason, rank, requested, state, payload_sha256, received_ms) "
        "VALUES (?, ?, ?, ?, ?, 'waiting', ?, ?) ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, "
        "reason = excluded.reason, rank = excluded.rank, requested = excluded.requested, state = 'waiting', "
        "payload_sha256 = excluded.payload_sha256, received_ms = excluded.received_ms",
        *(order, kind, reason, rank, body["requested"], digest, tx.at_ms),
    )
    suket.bring(tx, order, carried)
    more = {"suket": carried["number"]} if carried is not None else {}
    tx.note("order_received", order, {"kind": kind, "reason": reason, **more})


def _checked(order: str, body: Mapping[str, Any], station: str, hub: VerifyKey) -> bytes:
    """The sealed payload of an order that holds in every point. Raises RefusedByRule with the first word."""
    if events.missing(events.ORDERS, "order", body):
        raise RefusedByRule("MISSING_FIELD", order)
    if not all(isinstance(body[name], str) for name in events.ORDERS["order"]):
        raise RefusedByRule("BAD_ORDER", order)
    if not signed(hub, station, order, body):
        raise RefusedByRule("BAD_SIGNATURE", order)
    if body["kind"] not in policy.KINDS:
        raise RefusedByRule("UNKNOWN_KIND", order)
    if body["reason"] not in policy.REASONS:
        raise RefusedByRule("UNKNOWN_REASON", order)
    try:
        date.fromisoformat(body["requested"])
    except ValueError:
        raise RefusedByRule("BAD_DATE", order) from None
    sealed = _unbase64(body["payload"], "BAD_PAYLOAD")
    if sha256(sealed).hexdigest() != body["payload_sha256"]:
        raise RefusedByRule("BAD_PAYLOAD", order)
    return sealed


def _carried(order: str, body: Mapping[str, Any]) -> dict[str, str] | None:
    """The certificate that came along with an order. Raises RefusedByRule BAD_ORDER where it is none."""
    if body.get("suket") is None:
        return None
    try:
        return certificates.read(body["suket"])
    except ValueError:
        raise RefusedByRule("BAD_ORDER", order) from None


def _rules(name: str, body: Mapping[str, Any], station: str, hub: VerifyKey) -> tuple[policy.Policy, str]:
    """A policy that holds in every point, and its rules as told. Raises RefusedByRule."""
    if events.missing(events.ORDERS, "policy", body):
        raise RefusedByRule("MISSING_FIELD", name)
    if not signed(hub, station, name, body):
        raise RefusedByRule("BAD_SIGNATURE", name)
    return made(name, body["from"], body["rules"]), canonical(body["rules"]).decode()


def _unbase64(text: str, word: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise RefusedByRule(word) from None


def _withdraw(tx: Tx, order: str) -> None:
    """Give the order back while it waits, whatever was tried before; else tell how far it is.

    An order that was refused, or never taken, is given back too: it will not be printed here.
    """
    found = tx.rows("SELECT state FROM order_ WHERE id = ?", order)
    if found and found[0][0] in _KEPT:
        last = tx.rows("SELECT state FROM job WHERE order_id = ? ORDER BY attempt DESC LIMIT 1", order)
        tx.note("order_kept", order, {"state": last[0][0] if last else found[0][0]})
        return
    tx.execute("UPDATE order_ SET state = 'returned' WHERE id = ?", order)
    told = suket.carried(tx, order)
    tx.note("order_returned", order, {} if told is None else {"suket": told})
    jobs.forget(tx, order)
