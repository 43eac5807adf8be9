"""A printer of paper: cards, counters and time in memory, behind the verbs of drivers.card_printer.

It stands where a whole driver with a printer would, so that the worker's own rules can be tried at
every step in microseconds; the real driver and the real wires have their own tests. ``points`` is told
of each moment at which something could go wrong; what it raises happens there, in mid-motion too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from drivers.address import Address, parse
from drivers.card_printer import Artefact, Care, Identity, Judgement, PrinterStatus, Snapshot, Verdict
from drivers.chip import Tag
from drivers.errors import Cause, NeedsHands, OutcomeUnknown, Unreachable

PANELS = 3
STEP_MS = 2_000
PATIENCE_MS = 300_000
LAPSE_MS, LAPSE_PRINTING_MS = 45_000, 180_000


class Killed(BaseException):
    """The agent's process ends here, as by SIGKILL."""


@dataclass
class Card:
    """A piece of plastic."""

    uid: str
    panels: list[str] = field(default_factory=list)
    chip: bool = True
    offers: bool = True  # our application
    tag: Tag | None = None
    torn: bool = False


class Paper:
    """The world: what physically is. ``points`` is called with the name of each moment."""

    def __init__(self, cards: int = 3, points: Callable[[str], None] = lambda name: None) -> None:
        self.feeder = [Card(f"04{n:04X}") for n in range(1, cards + 1)]
        self.inside: Card | None = None
        self.place = ""
        self.output: list[Card] = []
        self.rejected: list[Card] = []
        self.cards, self.panels = 100, 1000
        self.session, self.reset, self.claim = 0, False, False
        self.lapses_ms = 0
        self.hanging = False  # a job waits for hands and goes on by itself
        self.errors: tuple[Cause, ...] = ()
        self.hands: Cause | None = None  # what the printer waits for
        self.plugged = True
        self.serial, self.model, self.ribbon, self.duplex = "SIMPAPER", "Paper", "ymcko", False
        self.contactless = True
        self.cleaning: Literal["no", "recommended", "due"] = "no"
        self.mute = False  # the counters do not answer
        self.objection = ""  # what only the driver's own rules know of
        self.points = points
        self.now_ms = 0
        self.asked_status = 0
        self.wakes: list[tuple[int, Callable[[], None]]] = []

    def wait(self, ms: int) -> None:
        """Time goes by; a cut job's card stays until the printer gives up."""
        self.now_ms += ms
        if self.now_ms > self.lapses_ms:
            self.session = 0
        due = [wake for wake in self.wakes if wake[0] <= self.now_ms]
        self.wakes = [wake for wake in self.wakes if wake[0] > self.now_ms]
        for _, act in due:
            act()

    def reserve(self, session: int, ms: int) -> None:
        """A reservation stands for a while."""
        self.session, self.lapses_ms = session, self.now_ms + ms

    def later(self, ms: int, act: Callable[[], None]) -> None:
        """A person does something in ``ms``."""
        self.wakes.append((self.now_ms + ms, act))

    def power_cut(self) -> None:
        """Power goes and comes back: memory is lost, cards and counters stay."""
        self.session, self.reset, self.claim, self.errors = 0, True, False, ()

    def feed(self, place: str) -> None:
        self.inside, self.place = self.feeder.pop(0), place
        self.cards += 1

    def give_up(self) -> None:
        """The rest of a job never came."""
        if self.claim:
            self.claim, self.errors = False, ("jam",)

    def out(self, tray: list[Card]) -> None:
        if self.inside is not None:
            tray.append(self.inside)
        self.inside, self.place = None, ""

    def good(self, picture: str) -> list[Card]:
        """Cards in the output tray with every panel of this picture."""
        return [card for card in self.output if card.panels == [picture] * PANELS]


class PaperPrinter:
    """The driver's verbs over the paper world. Each agent process has a new one."""

    def __init__(self, world: Paper) -> None:
        self.world = world
        self._session = 0

    @property
    def address(self) -> Address:
        return parse("evolis+memory://paper")

    def care(self) -> Care:
        self.world.points("care")
        return Care(cleaning=self.world.cleaning)

    def _reach(self, point: str) -> None:
        self.world.points(point)
        if not self.world.plugged:
            raise Unreachable("unplugged")

    def identify(self) -> Identity:
        self._reach("identify")
        world = self.world
        return Identity(world.model, world.serial, "1", world.ribbon, world.duplex, world.contactless)

    def status(self) -> PrinterStatus:
        self.world.asked_status += 1
        if not self.world.plugged:
            return PrinterStatus("offline", "unplugged", (), "")
        cause = self.world.hands or (self.world.errors[0] if self.world.errors else None)
        if cause is None and not self.world.feeder:
            cause = "feeder_empty"
        at = (self.world.place,) if self.world.inside else ()
        if self.world.claim:
            return PrinterStatus("busy", None, at, "")
        return PrinterStatus("needs_hands" if cause else "ready", cause, at, "")

    def snapshot(self) -> Snapshot:
        self._reach("snapshot")
        world = self.world
        at = (world.place,) if world.inside else ()
        waits = (world.hands,) if world.hands else ()
        cards, panels = (None, None) if world.mute else (world.cards, world.panels)
        return Snapshot(cards, panels, world.session, world.reset, world.claim, at, world.errors, waits)

    def reserve(self, session: int) -> None:
        self._reach("reserve")
        if self.world.session not in (0, session):
            raise Unreachable("busy")
        self._session = session
        self.world.reserve(session, LAPSE_MS)
        self.world.reset, self.world.errors = False, ()
        self.world.points("reserved")

    def renew(self, session: int) -> None:
        self._reach("renew")
        if self.world.session == session:
            self._session = session
            self.world.reserve(session, LAPSE_PRINTING_MS if self.world.claim else LAPSE_MS)

    def release(self) -> None:
        self._reach("release")
        if self.world.session == self._session:
            self.world.session = 0

    def stage(self) -> None:
        self._reach("stage")
        if self.world.hands or not self.world.feeder:
            raise NeedsHands(self.world.hands or "feeder_empty")
        self.world.feed("contactless")
        self.world.wait(STEP_MS)
        self.world.points("staged")

    def reject(self) -> None:
        self._reach("reject")
        if self.world.claim and not self.world.errors:
            raise Unreachable("busy")
        self.world.claim = False
        self.world.out(self.world.rejected)
        self.world.points("rejected")

    def finish(self) -> None:
        self._reach("finish")
        for _ in range(100):
            if self.world.claim and not self.world.inside and not self.world.hanging:
                self.world.claim = False
            if self._session:
                self.world.reserve(self._session, LAPSE_PRINTING_MS)
            if not self.world.claim:
                return
            self.world.wait(1_000)

    def print_card(self, artefact: Artefact, before: Snapshot, staged: bool) -> Judgement:
        self._reach("print")
        if self.world.hands:
            raise NeedsHands(self.world.hands)
        self.world.reserve(self._session, LAPSE_PRINTING_MS)
        self.world.points("sending")
        self.world.claim = True
        try:
            self.world.points("claimed")
            for _ in range(PATIENCE_MS // 60_000 if self.world.hanging else 0):
                self.world.wait(60_000)
                self.renew(before.session or 0)
            if self.world.hanging:
                return self.judge(before, self.snapshot(), artefact.panels)
            self._card(artefact)
        except BaseException:
            self.world.later(30_000, self.world.give_up)
            raise
        self.world.out(self.world.output)
        self.world.points("out")
        self.world.claim = False
        self.world.points("closed")
        return self.judge(before, self.snapshot(), artefact.panels)

    def _card(self, artefact: Artefact) -> None:
        """A stream that is cut leaves the card where it is, until the printer gives the job up."""
        world = self.world
        if world.inside is None:
            world.feed("print")
        world.place = "print"
        for panel in range(artefact.panels):
            world.wait(STEP_MS)
            world.points(f"panel {panel}")
            if world.inside is None or world.reset:
                raise OutcomeUnknown("printer_reset")
            world.inside.panels.append(artefact.sha256)
            world.panels += 1

    def judge(
        self, before: Snapshot, after: Snapshot, panels: int, *, named: bool = False, unsent: bool = False
    ) -> Judgement:
        assert before.cards is not None and before.panels is not None
        exact = (after.cards, after.panels) == (before.cards + 1, before.panels + panels)
        calm = not (after.reset or after.claim or after.errors or after.card_at)
        if self.world.objection:
            return Judgement(Verdict.UNSURE, self.world.objection)
        if exact and calm and after.session == before.session:
            return Judgement(Verdict.PRINTED, "evidence")
        return Judgement(Verdict.UNSURE, "counter_mismatch")

    def close(self) -> None:
        return


class PaperChip:
    """Reads the card at the paper printer's station."""

    def __init__(self, world: Paper) -> None:
        self.world = world

    def uid(self, timeout_s: float) -> str:
        self.world.points("chip")
        card = self.world.inside
        if card is None or self.world.place != "contactless":
            raise NeedsHands("no_chip")
        if not card.chip:
            raise NeedsHands("chip_dead")
        return card.uid

    def read_tag(self, uid: str, timeout_s: float) -> Tag | None:
        card = self._named(uid)
        if card.torn:
            raise OutcomeUnknown("chip_changed")
        return card.tag

    def write_tag(self, uid: str, tag: Tag, timeout_s: float) -> bool:
        """``tearing`` is the moment at which half of it is on the card."""
        self.world.points("tag")
        card = self._named(uid)
        if not card.offers or (card.tag == tag and not card.torn):
            return card.offers
        card.torn = True
        self.world.points("tearing")
        card.tag, card.torn = tag, False
        self.world.points("tagged")
        return True

    def _named(self, uid: str) -> Card:
        card = self.world.inside
        if card is None or self.world.place != "contactless":
            raise NeedsHands("no_chip")
        if card.uid != uid:
            raise NeedsHands("chip_changed")
        return card

    def close(self) -> None:
        return
