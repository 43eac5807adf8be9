"""A print queue over the paper world: it takes a card's job and proves nothing of what became of it.

Behind the same verbs as a printer that counts. ``Spool`` is what the queue itself keeps when our process
dies: one job at most, which it prints by itself once the printer is there.
"""

from __future__ import annotations

from dataclasses import dataclass

from drivers.address import Address, parse
from drivers.card_printer import Artefact, Care, Identity, Judgement, PrinterStatus, Snapshot, Verdict
from drivers.errors import NeedsHands, OutcomeUnknown, Refused, Unreachable
from tests.unit.agent.paper import Paper

SPOOLED, SURE = Judgement(Verdict.UNSURE, "spooled"), Judgement(Verdict.PRINTED, "evidence")


@dataclass
class Spool:
    """``job``: what stands in the queue. ``lies``: its driver claims proofs, and says it has none."""

    job: Artefact | None = None
    cancelled: int = 0
    lies: bool = False


class PaperQueue:
    """The driver's verbs over a queue. Each agent process has a new one; the spool is the system's."""

    def __init__(self, world: Paper, spool: Spool) -> None:
        self.world, self.spool = world, spool

    @property
    def address(self) -> Address:
        return parse("evolis+memory://paper")

    def care(self) -> Care:
        return Care()

    def _reach(self, point: str) -> None:
        self.world.points(point)
        if not self.world.plugged:
            raise Unreachable("no_answer")

    def identify(self) -> Identity:
        self._reach("identify")
        return Identity("Queue", "QUEUE", "", None, False, self.spool.lies, proves=False)

    def status(self) -> PrinterStatus:
        if not self.world.plugged:
            return PrinterStatus("offline", "no_answer", (), "")
        if self.world.hands:
            return PrinterStatus("needs_hands", self.world.hands, (), "")
        return PrinterStatus("busy" if self.spool.job else "ready", None, (), "")

    def snapshot(self) -> Snapshot:
        self._reach("snapshot")
        count = self.world.cards if self.spool.lies else None
        return Snapshot(count, count, None, False, self.spool.job is not None, (), (), ())

    def reserve(self, session: int) -> None:
        self._reach("reserve")
        if self.spool.job:
            self.finish()
            raise Unreachable("job_cancelled")

    def renew(self, session: int) -> None:
        raise AssertionError("a queue has no reservation to prolong")

    def release(self) -> None:
        self._reach("release")

    def stage(self) -> None:
        raise Refused("unsupported")

    def reject(self) -> None:
        raise Refused("unsupported")

    def finish(self) -> None:
        self._reach("finish")
        self.spool.cancelled += self.spool.job is not None
        self.spool.job = None

    def print_card(self, artefact: Artefact, before: Snapshot, staged: bool) -> Judgement:
        assert not staged
        self._reach("print")
        if self.world.hands:
            raise NeedsHands(self.world.hands)
        self.world.points("sending")
        self.spool.job = artefact
        self.world.points("spooled")
        self.goes_on()
        self.world.points("closed")
        return SURE if self.spool.lies else SPOOLED

    def goes_on(self) -> None:
        """The queue prints what stands in it, whoever is there to see it."""
        artefact, world = self.spool.job, self.world
        if artefact is None:
            return
        if not world.feeder:
            raise OutcomeUnknown("feeder_empty")
        world.feed("print")
        assert world.inside is not None
        for panel in range(artefact.panels):
            world.wait(1_000)
            world.inside.panels.append(artefact.sha256)
            world.points(f"panel {panel}")
        world.out(world.output)
        self.spool.job = None

    def judge(
        self, before: Snapshot, after: Snapshot, panels: int, *, named: bool = False, unsent: bool = False
    ) -> Judgement:
        return SURE if self.spool.lies else SPOOLED

    def close(self) -> None:
        return
