"""Telling of cards that wait: what is to be told now, and the line that says it was.

The files come first and the line after (agent/commands/notices.py): a power cut between the two tells people
again of the same cards, never leaves one untold. The line holds job ids and channels, nothing of a person;
who was reached by which channel is kept beside, so that the ready list can show it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from agent import policies
from agent.asking import Args, once
from agent.config import Config
from agent.counter.ready import Waiting, waiting
from agent.printing import jobs
from agent.store.journal import Journal, Tx
from agent.store.sqlite import Reads
from agent.trouble import Trouble
from domain.notices import Notice, notice
from domain.policy import CHANNELS
from domain.wita import day
from domain.words import RefusedByRule

if TYPE_CHECKING:
    from domain.keys import OpenKey

PHONES = frozenset({"wa", "sms"})
BATCH_MAX = 500  # cards of one batch: its line is some 20 KB, well under what one message carries
_BATCH = re.compile(r"\d{4}-\d\d-\d\d-\d{1,6}")


@dataclass(frozen=True, slots=True)
class Told:
    """One card to be told of: for the public its ``notice``, for the gateway alone its ``phone``."""

    job: str
    notice: Notice
    phone: str | None


@dataclass(frozen=True, slots=True)
class Batch:
    """What is to be told now. ``forgotten``: cards whose personal part is no longer here; ``more``: left for
    the next batch."""

    name: str
    told: tuple[Told, ...]
    forgotten: tuple[str, ...]
    more: int


def untold(reads: Reads, key: OpenKey, station: str, now_ms: int) -> Batch:
    """The ready cards that nobody was told of, the longest waiting first, ``BATCH_MAX`` at most."""
    rules = policies.current(reads, now_ms)
    cards = [card for card in waiting(reads, rules.hand_over, now_ms) if card.announced_ms is None]
    told: list[Told] = []
    forgotten, more = [], 0
    for card in cards:
        if len(told) == BATCH_MAX:
            more += 1
            continue
        made = _told(reads, key, station, card)
        if made is None:
            forgotten.append(card.job)
        else:
            told.append(made)
    name = _next_name(reads, day(now_ms))
    return Batch(name, tuple(told), tuple(forgotten), more)


def _told(reads: Reads, key: OpenKey, station: str, card: Waiting) -> Told | None:
    from agent import sealed  # with the crypto library, which the booking does not need

    try:
        fields = sealed.fields(reads, key, station, card.order)
        return Told(card.job, notice(card.kind, fields, card.comes_in), fields.get("phone") or None)
    except (RefusedByRule, KeyError):
        return None


def _next_name(reads: Reads, today: str) -> str:
    ((count,),) = reads.rows(
        "SELECT count(DISTINCT batch) FROM announcement WHERE batch LIKE ?", f"{today}-%"
    )
    return f"{today}-{count + 1}"


def batch_name(text: str) -> str:
    """``text`` as a batch's name. Raises Trouble."""
    if not _BATCH.fullmatch(text):
        raise Trouble("A batch is named by its day and number, such as 2020-05-12-1.")
    return text


def announced(journal: Journal, _config: Config, args: Args) -> dict[str, Any]:
    """Write down that ``jobs`` were told of by ``channels``, ``without_phone`` of them not by phone.

    Returns {batch, jobs, channels}. Raises RefusedByRule UNKNOWN_JOB, ALREADY_ANNOUNCED, BATCH_KNOWN.
    """
    batch = batch_name(str(args["batch"]))
    names, channels = [str(job) for job in args["jobs"]], [str(word) for word in args["channels"]]
    without = sorted(set(map(str, args.get("without_phone") or ())) & set(names))
    if not names or len(names) > BATCH_MAX or not channels or not set(channels) <= set(CHANNELS):
        raise Trouble(f"A batch tells of 1 to {BATCH_MAX} cards by some of {', '.join(CHANNELS)}.")

    def work(tx: Tx) -> None:
        known = {row[0] for row in tx.rows("SELECT job FROM announcement WHERE batch = ?", batch)}
        if known:
            if known != set(names):
                raise RefusedByRule("BATCH_KNOWN", batch)
            return
        for job in names:
            _book(tx, job, batch, [each for each in channels if each not in PHONES or job not in without])
        tx.note("announced", batch, {"jobs": names, "channels": channels, "without_phone": without})

    once(journal, args, work)
    return {"batch": batch, "jobs": names, "channels": channels}


def _book(tx: Tx, job: str, batch: str, channels: Sequence[str]) -> None:
    if jobs.get(tx, job) is None:
        raise RefusedByRule("UNKNOWN_JOB", job)
    if tx.rows("SELECT 1 FROM announcement WHERE job = ?", job):
        raise RefusedByRule("ALREADY_ANNOUNCED", job)
    tx.execute("INSERT INTO announcement VALUES (?, ?, ?, ?)", job, batch, ",".join(channels), tx.at_ms)
