"""What it takes for a follower to hold a log exactly as its owner wrote it. No I/O, no clock.

One side owns a log and sends batches; the other follows and answers, after its own commit, how far
it has got. A place in a log is a ``Mark``: a number *and* the epoch (one random number per start of
the writer) of the entry that bears it. Two logs that agree on one mark agree on everything before it,
because only one writer ever writes in an epoch; so a restored or cloned disk, which writes other
entries under numbers already used, is always told: it shows as a mark that does not agree.
The rules and their reasons: sync/PROTOCOL.md.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

BATCH_ENTRIES_MAX = 500
BATCH_WEIGHT_GOAL = (
    32 * 1024
)  # bytes a batch may weigh on the wire, by estimate, unless one entry alone is more
ENTRY_WEIGHT_MAX = 512 * 1024  # 64 kbit/s carries this in about a minute: within twice the keepalive
WINDOW = 4  # batches on their way before an answer is waited for
PATIENCE_MS = 45_000  # for an answer: a full window of batches leaves a 64 kbit/s line in 16 s
PATIENCE_MAX_MS = 300_000
WITHHELD = "withheld"  # stands in for an entry that no message can carry; body: {event, cause}

Check = Callable[[str, dict[str, Any]], str | None]
"""(event, body) -> None, or the word for what is wrong with them."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a log. ``seq`` counts from 1 without a gap and never restarts; ``at_ms`` is unix time."""

    seq: int
    epoch: int
    at_ms: int
    event: str
    subject: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in a log: right after entry ``seq``, which was written in ``epoch``."""

    seq: int
    epoch: int


START = Mark(0, 0)


@dataclass(frozen=True, slots=True)
class Batch:
    """Consecutive entries, and the mark they follow."""

    after: Mark
    entries: tuple[Entry, ...]

    @property
    def last(self) -> Mark:
        """The mark after the whole batch."""
        return mark_of(self.entries[-1]) if self.entries else self.after


@dataclass(frozen=True, slots=True)
class Taken:
    """Store ``fresh``, set ``aside`` apart with its word, and stand at ``have``: in one transaction."""

    fresh: tuple[Entry, ...]
    aside: tuple[tuple[Entry, str], ...]
    have: Mark


@dataclass(frozen=True, slots=True)
class Gap:
    """Entries between ``have`` and the batch are missing: nothing is applied, the owner is told ``have``."""

    have: Mark


@dataclass(frozen=True, slots=True)
class Fork:
    """The owner writes another history under numbers the follower holds: nothing is applied, people look."""

    have: Mark


class OwnedLog(Protocol):
    """The side that writes. ``base`` is the mark before the oldest entry it still holds."""

    def base(self) -> Mark:
        """The mark before the oldest entry still held; START while nothing was pruned."""

    def head(self) -> Mark:
        """The mark after the last entry."""

    def read(self, after: int, limit: int) -> Sequence[Entry]:
        """At most ``limit`` entries above ``after``, in order."""

    def acknowledged(self, mark: Mark) -> None:
        """The follower holds everything up to ``mark``, and said so."""


class FollowedLog(Protocol):
    """The side that follows. ``take`` applies ``on_batch`` and stores what it says in one transaction."""

    def have(self) -> Mark:
        """The mark after the last entry held."""

    def take(self, batch: Batch) -> Taken | Gap | Fork:
        """``on_batch``, stored."""


def mark_of(entry: Entry) -> Mark:
    """The mark right after ``entry``."""
    return Mark(entry.seq, entry.epoch)


def on_batch(have: Mark, batch: Batch, known_epochs: Container[int], check: Check) -> Taken | Gap | Fork:
    """What a follower standing at ``have`` does with a batch. ``known_epochs``: of the entries it holds.

    New entries are taken, old ones ignored; a gap or a fork applies nothing.
    """
    if batch.after.seq > have.seq:
        return Gap(have)
    if batch.after.seq == have.seq and batch.after.epoch != have.epoch:
        return Fork(have)
    for entry in batch.entries:
        if entry.seq < have.seq and entry.epoch not in known_epochs:
            return Fork(have)
        if entry.seq == have.seq and entry.epoch != have.epoch:
            return Fork(have)
    fresh: list[Entry] = []
    aside: list[tuple[Entry, str]] = []
    for entry in batch.entries:
        if entry.seq <= have.seq:
            continue
        if word := check(entry.event, dict(entry.body)):
            aside.append((entry, word))
        else:
            fresh.append(entry)
    return Taken(tuple(fresh), tuple(aside), batch.last if batch.last.seq > have.seq else have)


def next_batch(log: OwnedLog, after: int) -> Batch | None:
    """The entries after ``after``, as many as a message should carry; None when there are none."""
    entries = tuple(log.read(after, BATCH_ENTRIES_MAX))
    epoch = epoch_at(log, after)
    if not entries or epoch is None:
        return None
    weight = 0
    chosen: list[Entry] = []
    for entry in entries:
        if entry.seq != after + 1 + len(chosen):
            raise ValueError(f"the log has no entry {after + 1 + len(chosen)}, yet it has {entry.seq}")
        carried, bytes_estimated = _carried(entry)
        weight += bytes_estimated
        if chosen and weight > BATCH_WEIGHT_GOAL:
            break
        chosen.append(carried)
    return Batch(Mark(after, epoch), tuple(chosen))


def epoch_at(log: OwnedLog, seq: int) -> int | None:
    """The epoch of entry ``seq``, or None when the log does not hold it."""
    base = log.base()
    if seq <= base.seq:
        return base.epoch if seq == base.seq else None
    found = log.read(seq - 1, 1)
    return found[0].epoch if found and found[0].seq == seq else None


def _carried(entry: Entry) -> tuple[Entry, int]:
    """The entry, or what stands in for it when no message can carry it; and its weight in bytes, roughly.

    Short bodies share most of their text with their neighbours and shrink well; long ones are sealed.
    """
    cause = "too_large"
    try:
        length = len(json.dumps(entry.body, allow_nan=False))
    except (TypeError, ValueError, RecursionError):
        length, cause = ENTRY_WEIGHT_MAX + 1, "not_json"
    if length <= ENTRY_WEIGHT_MAX:
        return entry, length if length > 1024 else 24 + length // 4
    stand_in = {"event": entry.event[:64], "cause": cause}
    return Entry(entry.seq, entry.epoch, entry.at_ms, WITHHELD, entry.subject[:64], stand_in), 64


class Sender:
    """What of our log is on its way to one follower. Memory only: a greeting tells it all again."""

    def __init__(self, log: OwnedLog, window: int = WINDOW) -> None:
        self._log = log
        self._window = window
        self._ends: deque[int] = deque()  # the last number of each batch on its way
        self._rewound_to: int | None = None
        self.acked: Mark | None = None  # None: the follower has not said yet, so nothing is sent
        self._sent = 0

    @property
    def waiting(self) -> bool:
        """Whether an answer is owed to us."""
        return bool(self._ends)

    def forget(self) -> None:
        """The link was lost, or the other side is silent: nothing is on its way any more."""
        self._ends.clear()
        self.acked = None
        self._rewound_to = None

    def on_have(self, mark: Mark, *, rewind: bool) -> str | None:
        """Where the follower stands. ``rewind``: it says so because it misses something, or in greeting.

        None, or the word why nothing more can be sent: ``fork`` (it holds another history) or ``pruned``
        (it needs entries we no longer hold).
        """
        if mark.seq < self._log.base().seq:
            return "pruned"
        if epoch_at(self._log, mark.seq) != mark.epoch:
            return "fork"
        if self.acked is None or mark.seq > self.acked.seq or rewind:
            moved = self.acked is None or mark.seq != self.acked.seq
            if rewind and (moved or self._rewound_to != mark.seq):
                # Once per place: a lost batch makes each later one of the window answer the same gap.
                self._ends.clear()
                self._sent = mark.seq
                self._rewound_to = mark.seq
            self.acked = mark
            self._log.acknowledged(mark)
        while self._ends and self._ends[0] <= self.acked.seq:
            self._ends.popleft()
        self._sent = max(self._sent, self.acked.seq)
        return None

    def next(self) -> list[Batch]:
        """The batches that may leave now: as far as the window allows."""
        batches: list[Batch] = []
        while self.acked is not None and len(self._ends) < self._window:
            batch = next_batch(self._log, self._sent)
            if batch is None:
                break
            self._sent = batch.last.seq
            self._ends.append(self._sent)
            batches.append(batch)
        return batches
