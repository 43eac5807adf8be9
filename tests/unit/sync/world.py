"""A station, a hub and the worst line between them, all from one seed.

The dice drops, repeats, swaps and tears messages, crashes either end before or after its commit, puts
either end back to an older backup, prunes what was acknowledged and lies in no backup, and then leaves
the line alone. ``Rules`` swaps single rules of the follower for broken ones.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from sync.log import START, Batch, Entry, Fork, Gap, Mark, Taken, mark_of, on_batch
from sync.talk import Standing, Talk
from sync.wire import Dropped, Message, decode, encode

Judge = Callable[[Mark, Batch, set[int]], Taken | Gap | Fork]


def honest(have: Mark, batch: Batch, known: set[int]) -> Taken | Gap | Fork:
    """The rules as they are."""
    return on_batch(have, batch, known, lambda event, body: None)


@dataclass(frozen=True)
class Rules:
    """What a world is played by."""

    judge: Judge = honest
    epochs: bool = True
    commits_first: bool = True


class Crash(Exception):
    """The power of this end is gone, right here."""


@dataclass
class Disk:
    """What one end keeps when its power goes: the log it writes and the log it follows."""

    own: tuple[Entry, ...] = ()
    base: Mark = START
    acked: Mark = START
    followed: tuple[Entry, ...] = ()
    epochs: frozenset[int] = frozenset()


@dataclass
class End:
    """A station or the hub; it is both logs' side for the conversation."""

    name: str
    world: World
    seeks: bool
    disk: Disk = field(default_factory=Disk)
    backups: list[Disk] = field(default_factory=list)
    epoch: int = 0
    crash_at: str = ""

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        self.epoch = self.world.dice.getrandbits(63) if self.world.rules.epochs else 1
        self.crash_at = ""
        self.talk = Talk(self, self, lambda: self.world.now_ms, seeks=self.seeks)
        self.write()  # every start is noted

    def write(self) -> None:
        seq = self.head().seq + 1
        body = {"by": self.name, "token": self.world.dice.getrandbits(40)}
        line = Entry(seq, self.epoch, self.world.now_ms, "noted", f"{self.name}-{seq}", body)
        self.disk = replace(self.disk, own=(*self.disk.own, line))

    # the log it writes
    def base(self) -> Mark:
        return self.disk.base

    def head(self) -> Mark:
        return mark_of(self.disk.own[-1]) if self.disk.own else self.disk.base

    def read(self, after: int, limit: int) -> tuple[Entry, ...]:
        start = max(0, after - self.disk.base.seq)
        return self.disk.own[start : start + min(limit, 3)]

    def acknowledged(self, mark: Mark) -> None:
        self.disk = replace(self.disk, acked=mark)

    def prune(self, kept_for_backups: int) -> None:
        upto = min(self.disk.acked.seq, kept_for_backups)
        gone = [line for line in self.disk.own if line.seq <= upto]
        if gone:
            self.disk = replace(self.disk, own=self.disk.own[len(gone) :], base=mark_of(gone[-1]))

    # the log it follows
    def have(self) -> Mark:
        return mark_of(self.disk.followed[-1]) if self.disk.followed else START

    def take(self, batch: Batch) -> Taken | Gap | Fork:
        judged = self.world.rules.judge(self.have(), batch, set(self.disk.epochs))
        if not isinstance(judged, Taken):
            return judged
        if not self.world.rules.commits_first and self.crash_at:
            return judged  # answers first; the crash that follows takes the lines with it
        if self.crash_at == "before":
            raise Crash
        epochs = self.disk.epochs | {line.epoch for line in judged.fresh}
        self.disk = replace(self.disk, followed=self.disk.followed + judged.fresh, epochs=epochs)
        if self.crash_at == "after":
            raise Crash
        return judged


class World:
    """Plays one seed. ``play`` returns None, or one sentence about what went wrong."""

    def __init__(self, seed: int, rules: Rules | None = None, *, as_bytes: bool = False) -> None:
        self.dice = random.Random(seed)
        self.rules = rules or Rules()
        self.now_ms = 1_000
        self.as_bytes = as_bytes
        self.forks = 0
        self.station = End("station", self, seeks=True)
        self.hub = End("hub", self, seeks=False)
        self.lines: dict[str, list[Any]] = {"station": [], "hub": []}  # on their way to that end

    def play(self) -> str | None:
        moves = [self._carry] * 12 + [self._write] * 4 + [self._time, self._connect, self._crash]
        moves += [self._back_up, self._restore, self._prune]
        for _ in range(self.dice.randrange(20, 70)):
            self.dice.choice(moves)()
        return self._calm_down()

    def _ends(self) -> tuple[End, End]:
        pair = (self.station, self.hub)
        return pair if self.dice.random() < 0.5 else (self.hub, self.station)

    def _say(self, end: End, messages: list[Message]) -> None:
        route = "up/s" if end is self.station else "down/s"
        other = "hub" if end is self.station else "station"
        for message in messages:
            packed = encode(message, route, lambda _: bytes(64)) if self.as_bytes else message
            self.lines[other].append(packed)

    def _hear(self, end: End, packed: Any) -> None:
        route = "down/s" if end is self.station else "up/s"
        message = decode(packed, route, lambda s, _: s == bytes(64)) if self.as_bytes else packed
        try:
            self._say(end, end.talk.on_message(message, self.now_ms))
        except Crash:
            end.start()

    def _carry(self) -> None:
        end, _ = self._ends()
        line = self.lines[end.name]
        if not line:
            return
        fate = self.dice.random()
        index = self.dice.randrange(len(line)) if fate < 0.15 else 0
        packed = line[index] if 0.15 <= fate < 0.25 else line.pop(index)
        if 0.25 <= fate < 0.35:
            return  # dropped
        if 0.35 <= fate < 0.38:
            self._tear(end, packed)
            return
        if self.dice.random() < 0.1:
            end.crash_at = self.dice.choice(["before", "after"])
        self._hear(end, packed)
        if end.crash_at:
            end.start()

    def _tear(self, end: End, packed: Any) -> None:
        if self.as_bytes:
            try:
                self._hear(end, packed[: self.dice.randrange(len(packed))])
            except Dropped:
                return
            raise AssertionError("a torn message was understood")

    def _write(self) -> None:
        end, _ = self._ends()
        for _ in range(self.dice.randrange(1, 6)):
            end.write()
        self._say(end, end.talk.due(self.now_ms))

    def _time(self) -> None:
        self.now_ms += self.dice.randrange(1, 120_000)
        for end in self._ends():
            self._say(end, end.talk.due(self.now_ms))

    def _connect(self) -> None:
        end, _ = self._ends()
        self.lines[end.name].clear()  # a clean session: what waited at the broker is gone
        end.talk.apart()
        self._say(end, end.talk.greet(self.now_ms))

    def _crash(self) -> None:
        self._ends()[0].start()

    def _back_up(self) -> None:
        end, _ = self._ends()
        end.backups = [*end.backups[-1:], end.disk]

    def _restore(self) -> None:
        end, _ = self._ends()
        if end.backups and self.dice.random() < 0.5:
            end.disk = self.dice.choice(end.backups)
            end.start()

    def _prune(self) -> None:
        end, other = self._ends()
        kept = [backup.followed[-1].seq if backup.followed else 0 for backup in other.backups]
        end.prune(min(kept, default=end.disk.acked.seq))

    def _calm_down(self) -> str | None:
        for _ in range(12):
            self.lines = {"station": [], "hub": []}
            for end in (self.station, self.hub):
                end.talk.apart()
            self._say(self.station, self.station.talk.greet(self.now_ms))
            for _ in range(500):
                if not (self.lines["hub"] or self.lines["station"]):
                    break
                for end in (self.hub, self.station):
                    if self.lines[end.name]:
                        self._hear(end, self.lines[end.name].pop(0))
            if self.hub.talk.standing is Standing.TALKING and self.station.talk.standing is Standing.TALKING:
                return self._difference(self.station, self.hub) or self._difference(self.hub, self.station)
            if word := self._settle():
                return word
        return "the two ends never came to terms"

    def _settle(self) -> str | None:
        """A person was called. With a real fork the owner goes on from what the follower holds."""
        words = {end.talk.refused for end in (self.station, self.hub)} - {""}
        if words != {"fork"}:
            return f"a person was called for {words}"
        real = False
        for owner, follower in ((self.station, self.hub), (self.hub, self.station)):
            if self._difference(owner, follower, prefix=True):
                real = True
                kept = tuple(line for line in follower.disk.followed if line.seq > owner.disk.base.seq)
                owner.disk = replace(owner.disk, own=kept, acked=START)
                owner.start()
        self.forks += real
        return None

    def _difference(self, owner: End, follower: End, *, prefix: bool = False) -> str | None:
        """One sentence when the follower does not hold the owner's log, in order, once each."""
        followed = follower.disk.followed
        if [line.seq for line in followed] != list(range(1, len(followed) + 1)):
            return f"{follower.name} does not hold each line once and in order"
        held = tuple(line for line in followed if line.seq > owner.disk.base.seq)
        own = owner.disk.own[: len(held)] if prefix else owner.disk.own
        return None if held == own else f"{follower.name} holds another log than {owner.name} wrote"
