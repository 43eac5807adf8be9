"""What prints: a printer of sheets, and a card printer that can only swallow bytes. Pure; see `model`.

The card printer tells its queue nothing: neither an empty feeder nor a card that came out. What the queue
says of a job is the queue's own idea. What was handed over is printed, whatever becomes of the job.
"""

from __future__ import annotations

import hashlib

from simulators.cards.blank import Card, blank_uid
from simulators.ipp import pdf
from simulators.ipp.faults import Fault
from simulators.ipp.model import ABORTED, COMPLETED, ENDED, LOOK_AGAIN_MS, STOPPED, Job, Queue, Work

SHEET_MS = 4_000
HAND_MS, FEED_MS, SIDE_MS, EJECT_MS = 2_000, 3_000, 10_000, 2_000


class PaperDevice:
    """Prints A4 sheets, and says what it lacks."""

    def work(self, queue: Queue, job: Job) -> Work:
        """Sheet after sheet; see `simulators.ipp.faults.PAPER`."""
        document = job.document or b""
        picture, count = hashlib.sha256(document).hexdigest(), pdf.sheets(document)
        yield from _slow(queue, job)
        if queue.faults.take("aborted", job.number):
            return ABORTED
        for sheet in range(1, count + 1):
            if fault := queue.faults.take("paper_empty", job.number):
                yield from _stopped(queue, job, "media-empty-error", fault)
            yield SHEET_MS
            if fault := queue.faults.take("jam", job.number):
                queue.note("stuck", panel=f"sheet {sheet}")
                yield from _stopped(queue, job, "media-jam-error", fault)
                yield SHEET_MS
            if job.state in ENDED:
                return job.state  # cancelled: the rest of the sheets stay white
            if fault := queue.faults.take("offline", job.number):
                queue.go_away(fault.for_ms or 0)
            queue.note("sheet", panel=f"sheet {sheet}", picture=picture, tray="output")
        return COMPLETED


class CardDevice:
    """Prints a card a job; ``cards`` blanks lie in the feeder."""

    def __init__(self, seed: int, serial: str, cards: int) -> None:
        self._seed, self._serial = seed, serial
        self.cards = cards
        self.fed = 0
        self._starved: int | None = None

    def load(self, count: int) -> None:
        """More blanks into the feeder; whatever it lacked, it lacks no more."""
        self.cards += count
        self._starved = None

    def work(self, queue: Queue, job: Job) -> Work:
        """Hand the bytes over, print the card; see `simulators.ipp.faults.SPOOLER`."""
        take = queue.faults.take
        cards = _cards(job)
        yield from _slow(queue, job)
        yield HAND_MS
        if job.state in ENDED:
            return job.state  # cancelled before the device had it
        if take("aborted", job.number) or not cards:
            return ABORTED
        if take("completed_unprinted", job.number):
            return COMPLETED
        if take("aborted_but_printed", job.number):
            queue.end(job, ABORTED)
        if fault := take("offline", job.number):
            queue.go_away(fault.for_ms or 0)
        restart = take("restart", job.number)
        if restart:
            queue.go_away(restart.for_ms or 0)
        for sides in cards:
            yield from self._print(queue, job, sides)
        if restart:
            yield max(0, queue.away_until_ms - queue.now_ms)
            queue.begin(job)
            yield HAND_MS
            for sides in () if job.state in ENDED else cards:
                yield from self._print(queue, job, sides)
        return COMPLETED

    def _print(self, queue: Queue, job: Job, sides: list[bytes]) -> Work:
        """One card from the feeder to the tray."""
        if fault := queue.faults.take("feeder_empty", job.number):
            self._starved = queue.now_ms + (fault.for_ms or 1 << 40)
        while not self.cards or (self._starved is not None and queue.now_ms < self._starved):
            yield LOOK_AGAIN_MS
        self.cards, self.fed = self.cards - 1, self.fed + 1
        card = Card(blank_uid(self._seed, self._serial, self.fed), self.fed)
        yield FEED_MS
        queue.note("fed", blank=card.uid)
        for face, rgb in zip(("front", "back"), sides, strict=False):
            yield SIDE_MS
            card.lay(face, "rgb", rgb)
            queue.note("panel", blank=card.uid, panel=f"{face} rgb")
        yield EJECT_MS
        queue.note("ejected", blank=card.uid, picture=card.picture(), tray="output")
        return COMPLETED


def _cards(job: Job) -> list[list[bytes]]:
    """The sides of each card; without ``sides`` the second page is a second card, as everywhere."""
    pages = pdf.card_sides(job.document or b"")
    both = job.template.get("sides") == ("two-sided-short-edge",)
    return [pages] if both and pages else [[page] for page in pages]


def _slow(queue: Queue, job: Job) -> Work:
    fault = queue.faults.take("slow", job.number)
    yield (fault.for_ms or 0) if fault else 0
    return COMPLETED


def _stopped(queue: Queue, job: Job, reason: str, fault: Fault) -> Work:
    """Wait for hands; the job says so, unless it has ended meanwhile."""
    queue.mark(job, STOPPED, "printer-stopped")
    yield from queue.hands(reason, fault.for_ms)
    queue.resume(job)
    return COMPLETED
