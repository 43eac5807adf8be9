"""The rules this station follows: what the province sent, and which of it holds on a day.

``current`` is asked for wherever a rule is applied, each time, so that a rule changes at midnight WITA
without a restart; a policy read once is not read again as long as its text is the same.
"""

from __future__ import annotations

import json
from functools import lru_cache

from agent.store.sqlite import Reads
from domain.policy import Policy, in_force
from domain.policy_form import made
from domain.wita import day


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
