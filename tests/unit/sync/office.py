"""A counter's day as log entries: what the journal of a busy station looks like on the wire. Seeded."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from sync.log import START, Batch, Entry, Mark, OwnedLog

EPOCH = 4_611_686_018_427_387_904


def entries(count: int, seed: int = 0, *, epoch: int | None = None) -> list[Entry]:
    """``count`` lines: cards one after the other, now and then a jam, a consignment, a changed state."""
    dice = random.Random(seed)
    epoch = dice.getrandbits(63) if epoch is None else epoch
    at_ms = 1_790_000_000_000 + dice.randrange(10**9)
    lines = _lines(dice)
    day: list[Entry] = []
    for seq in range(1, count + 1):
        gap_ms, event, subject, body = next(lines)
        at_ms += gap_ms
        day.append(Entry(seq, epoch, at_ms, event, subject, body))
    return day


def batch(count: int, seed: int = 0) -> Batch:
    """One batch in the middle of such a day, so that it follows a mark."""
    day = entries(count + 7, seed)
    return Batch(Mark(7, day[6].epoch), tuple(day[7:]))


def _lines(dice: random.Random) -> Iterator[tuple[int, str, str, dict[str, Any]]]:
    yield 0, "station_started", "", {"version": "0.1.0", "sqlite": "3.53.0", "after": "clean"}
    serial, cards, session = "SIM10042", dice.randrange(900, 9000), dice.randrange(3, 65535)
    number = dice.randrange(1000, 90000)
    while True:
        if dice.random() < 0.02:
            names = [f"04{dice.getrandbits(48):012X}" for _ in range(20)]
            consignment = f"C-{dice.randrange(1000, 9999)}"
            yield 3000, "blanks_received", consignment, {"kind": "ktp", "names": names, "count": 20}
        number += 1
        order = f"64.11-{number:06d}"
        yield dice.randrange(500, 900_000), "order_received", order, {"kind": "ktp", "reason": "suket_prr"}
        yield from _card(dice, order, serial, session, cards)
        cards += 1


def _card(
    dice: random.Random, order: str, serial: str, session: int, cards: int
) -> Iterator[tuple[int, str, str, dict[str, Any]]]:
    job, blank = f"{order}-1", f"04{dice.getrandbits(48):012X}"
    before = {"cards": cards, "panels": cards * 4}
    at_printer = {"printer": serial, "session": session, "before": before}
    yield dice.randrange(900, 90_000), "job_queued", job, {"order": order, "kind": "ktp", "attempt": 1}
    yield dice.randrange(4, 60), "feed_intended", job, at_printer
    yield dice.randrange(3000, 3400), "staged", job, {"blank": blank, "kind": "ktp", "witness": "chip"}
    artefact = f"{dice.getrandbits(256):064x}"
    intent = {**at_printer, "blank": blank, "kind": "ktp", "panels": 4, "artefact": artefact}
    yield dice.randrange(700, 1200), "print_intended", job, intent
    if dice.random() < 0.03:
        yield 9000, "printer_state", serial, {"state": "needs_hands", "cause": "jam"}
        yield 20, "unsure", job, {"cause": "jam", "blank": blank}
        settled = {"order": order, "kind": "ktp", "blank": blank, "reason": "jam", "by": "clerk"}
        yield dice.randrange(20_000, 200_000), "spoiled", job, settled
    else:
        told = {"order": order, "kind": "ktp", "blank": blank, "by": "evidence"}
        yield dice.randrange(19_000, 21_000), "printed", job, told


class Log(OwnedLog):
    """A log in memory, on either side."""

    def __init__(self, lines: list[Entry] | None = None, base: Mark = START) -> None:
        self.lines = list(lines or [])
        self._base = base
        self.acked: list[Mark] = []

    def base(self) -> Mark:
        return self._base

    def head(self) -> Mark:
        return Mark(self.lines[-1].seq, self.lines[-1].epoch) if self.lines else self._base

    def read(self, after: int, limit: int) -> list[Entry]:
        start = max(0, after - self._base.seq)
        return self.lines[start : start + limit]

    def acknowledged(self, mark: Mark) -> None:
        self.acked.append(mark)
