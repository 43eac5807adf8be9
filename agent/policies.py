"""The rules this station follows: what the province sent, and which of it holds on a day.

``current`` is asked for wherever a rule is applied, each time, so that a rule changes at midnight WITA
without a restart; a policy read once is not read again as long as its text is the same. Whether a policy
holds is looked at where it comes in (agent/inbox.py); nothing here loads the crypto library.
"""

from __future__ import annotations

import json
from functools import lru_cache

from agent.store.journal import Tx, meta, set_meta
from agent.store.sqlite import Reads
from domain.policy import REASONS, Policy, in_force, rank
from domain.policy_form import made
from domain.wita import day
from domain.words import RefusedByRule

RANKED_BY = "ranked_by"
REFUSED = "policies_refused"


def current(reads: Reads, at_ms: int) -> Policy:
    """The policy in force at an instant (Unix ms); the rules of 2020 where the province sent none."""
    return on_day(reads, day(at_ms))


def on_day(reads: Reads, day: str) -> Policy:
    """The policy in force on a WITA day, YYYY-MM-DD."""
    rows = reads.rows("SELECT name, effective, rules FROM policy")
    return in_force((_read(*row) for row in rows), day)


@lru_cache(maxsize=64)
def _read(name: str, effective: str, rules: str) -> Policy:
    return made(name, effective, json.loads(rules))


def keep(tx: Tx, policy: Policy, rules: str) -> None:
    """Follow a policy from its day on, ``rules`` as the province told them; the same again changes nothing.

    Raises RefusedByRule POLICY_CHANGED for other rules under a known name.
    """
    known = tx.rows("SELECT effective, rules FROM policy WHERE name = ?", policy.name)
    if known and known[0] != (policy.effective, rules):
        raise RefusedByRule("POLICY_CHANGED", policy.name)
    if not known:
        tx.execute("INSERT INTO policy VALUES (?, ?, ?, ?)", policy.name, policy.effective, rules, tx.at_ms)
        tx.note("policy_applied", policy.name, {"from": policy.effective})
        _remember(tx, {each: begins for each, begins in _refused(tx).items() if each != policy.name})
        rerank(tx)


def refuse(tx: Tx, name: str, word: str, begins: object) -> None:
    """Write down that a policy was not taken, and why; ``begins``: its day as the province told it.

    One that the province did sign is remembered until it is taken or another has its place.
    """
    tx.note("policy_refused", name, {"word": word})
    if word == "BAD_POLICY" and isinstance(begins, str):
        _remember(tx, {**_refused(tx), name: begins})


def not_followed(reads: Reads, at_ms: int) -> list[str]:
    """The signed policies that this program could not read, and that the one in force does not replace."""
    now = current(reads, at_ms)
    return sorted(
        name for name, begins in _refused(reads).items() if (begins, name) > (now.effective, now.name)
    )


def _refused(reads: Reads) -> dict[str, str]:
    found: dict[str, str] = json.loads(meta(reads, REFUSED, "{}"))
    return found


def _remember(tx: Tx, refused: dict[str, str]) -> None:
    if refused != _refused(tx):
        set_meta(tx, REFUSED, json.dumps(refused))


def rerank(tx: Tx) -> None:
    """Give the waiting orders their places under the policy in force, where another one ranked them."""
    rules = current(tx, tx.at_ms)
    if meta(tx, RANKED_BY) == rules.name:
        return
    for reason in REASONS:
        tx.execute("UPDATE order_ SET rank = ? WHERE reason = ?", rank(rules, reason), reason)
    set_meta(tx, RANKED_BY, rules.name)
