"""A station made of a real journal on the disk, the real worker, and a printer of paper."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from agent.keeping.keeper import Keeper
from agent.keeping.trial import Trial
from agent.printing import jobs
from agent.printing.cycle import Cycle
from agent.printing.easel import Aside
from agent.printing.jobs import Job
from agent.printing.lane import Lane
from agent.printing.patience import Pace
from agent.printing.states import Event, State
from agent.printing.worker import Worker
from agent.stock import blanks
from agent.store.journal import Journal, Tx
from agent.store.migrations import migrate
from domain.words import RefusedByRule
from drivers.card_printer import Artefact, CardPrinter
from tests.unit.agent.paper import PANELS, Card, Paper, PaperChip, PaperPrinter

ORDER = "20200512-000001"
SESSION = 4711
EPOCHS = iter(range(1, 1_000_000))


class PointedJournal(Journal):
    """The journal, telling of each moment before and after a commit."""

    points: Callable[[str], None] = staticmethod(lambda name: None)

    @contextmanager
    def transaction(self) -> Iterator[Tx]:
        with super().transaction() as tx:
            yield tx
            self.points("commit")
        self.points("committed")


def picture(order: str) -> str:
    """The picture of an order's card: one order draws one picture."""
    return sha256(order.encode()).hexdigest()


def draw(job: Job) -> Artefact:
    return Artefact(b"", PANELS, picture(job.order))


def template(folder: Path) -> Path:
    """An empty, migrated journal to copy from."""
    path = folder / "template.db"
    migrate(path)
    return path


def raise_once(world: Paper, point: str, error: BaseException) -> None:
    left = [error]

    def points(name: str) -> None:
        if name == point and left:
            raise left.pop()

    world.points = points


class Office:
    """One station. ``restart`` is a new process on the same disk and the same printer."""

    def __init__(
        self,
        path: Path,
        template: Path,
        world: Paper,
        *,
        chip: bool = True,
        printer: Callable[[Paper], CardPrinter] = PaperPrinter,
        aside: Aside | None = None,
    ) -> None:
        shutil.copy(template, path)
        self._aside = aside
        self._printer = printer
        self.path = path
        self.world = world
        self.chip = chip
        self.draw: Callable[[Job], Artefact] = draw
        self.start()

    def start(self) -> None:
        self.journal = PointedJournal(self.path, next(EPOCHS), lambda: 1_589_241_600_000 + self.world.now_ms)
        self.journal.points = self.world.points
        chip = PaperChip(self.world) if self.chip else None
        self.lane = Lane(self._printer(self.world), chip, self.journal, lambda: self.world.now_ms)
        self.cycle = Cycle(self.lane, self.journal, SESSION)
        self.worker = Worker(
            self.lane,
            self.cycle,
            self.journal,
            lambda job: self.draw(job),
            lambda: self.world.now_ms,
            self.world.wait,
            Pace(),
            self._aside,
            self._keeper(),
        )

    def _keeper(self) -> Keeper:
        """Who looks after the printer; a test card of theirs is one picture like any other."""
        trials = Trial(self.lane, self.journal, SESSION, lambda: Artefact(b"", PANELS, picture("trial")))
        self.keeper = Keeper(self.lane, self.journal, self._now_ms, self._unix_ms, trials)
        return self.keeper

    def _now_ms(self) -> int:
        return self.world.now_ms

    def _unix_ms(self) -> int:
        return 1_589_241_600_000 + self.world.now_ms

    def restart(self) -> None:
        self.journal.points = lambda name: None
        self.journal.close()
        self.start()

    def take(self, order: str = ORDER, blanks_count: int = 3, asked: str | None = None) -> str:
        """An order, a consignment and a press of print. Returns the job."""

        def work(tx: Tx) -> str:
            tx.execute(
                "INSERT OR IGNORE INTO order_ "
                "(id, kind, reason, rank, requested, state, payload_sha256, received_ms) "
                "VALUES (?, 'ktp', 'first_card', 1, '2020-05-12', 'waiting', '', 0)",
                order,
            )
            if blanks_count:
                blanks.receive(tx, f"K-{order}", "ktp", None, blanks_count)
            return jobs.queue(tx, order, asked)

        return self.journal.write(work)

    def turns(self, until: Callable[[], bool] = lambda: False, limit: int = 400) -> None:
        """Turn after turn until nothing is queued or moving, or ``until`` holds."""
        for _ in range(limit):
            pause = self.worker.turn()
            if until() or not jobs.in_state(self.journal, State.QUEUED, State.STAGED, State.PRINTING):
                self._rest()
                return
            self.world.wait(pause)
        raise AssertionError("the station never came to rest")

    def _rest(self) -> None:
        """A few turns more: a closed lane still clears what lies inside."""
        for turn in range(200):
            if turn >= 4 and self.world.inside is None:
                return
            self.world.wait(min(self.worker.turn(), 1_000))

    def job(self, job_id: str) -> Job:
        found = jobs.get(self.journal, job_id)
        assert found is not None
        return found

    def events(self, *words: str) -> list[str]:
        told = [entry.event for entry in self.journal.entries(0, 10_000)]
        return [event for event in told if not words or event in words]

    def settle_by_hand(self) -> None:
        """The clerk looks at the trays and settles what is unsure by the card in hand."""
        for job in jobs.in_state(self.journal, State.UNSURE):
            card, event = self.find(job)
            body = {"blank": card.uid, "by": "clerk", "reason": "found"}
            if event is Event.UNTOUCHED and card in self.world.rejected:
                self.world.rejected.remove(card)
                self.world.feeder.insert(0, card)  # a clean blank goes back to the feeder, as the next one
            self.journal.write(lambda tx, job=job, event=event, body=body: jobs.move(tx, job.id, event, body))  # type: ignore[misc]

    def find(self, job: Job) -> tuple[Card, Event]:
        """The card of an unsure job, and what it shows. A job that named none: any loose clean card."""
        world = self.world
        for card in world.output:
            if card.uid == job.blank or (job.blank is None and picture(job.order) in card.panels):
                return card, Event.PRINTED if len(card.panels) == PANELS else Event.SPOILED
        for card in world.rejected:
            if job.blank in (None, card.uid) and self.stocked(card, job):
                return card, Event.SPOILED if card.panels else Event.UNTOUCHED
        card = next(c for c in world.feeder if job.blank in (None, c.uid))
        return card, Event.UNTOUCHED

    def stocked(self, card: Card, job: Job) -> bool:
        if job.blank == card.uid:
            return True
        try:
            blanks.check(self.journal, card.uid, job.kind)
        except RefusedByRule:
            return False
        return True
