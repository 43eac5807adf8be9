"""What a check has at hand: the printer, a clock, and perhaps a person's hands.

A check tells ``Hands`` what to do in words of TASKS; a person is shown the sentence, a simulator does it.
Hands that cannot do a task say so, and the check is skipped by name, never passed.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from drivers.card_printer import HEIGHT, WIDTH, Artefact, CardPrinter, Clock, Judgement, Snapshot, Verdict
from drivers.errors import DeviceError, Unreachable
from drivers.registry import prepare

SESSION, OTHER_SESSION = 0x4C4B, 0x4C4C
STAMP_S = 1_700_000_000
BACK_WAIT_MS = 400_000
"""How long a printer may take to come back after its cable or its power did, to warm, to drop a torn job."""
STEP_MS = 500

TASKS: dict[str, str] = {
    "load_blanks": "Put at least five blank cards into the feeder.",
    "empty_feeder": "Take every card out of the feeder.",
    "open_cover": "Open the printer's cover.",
    "close_cover": "Close the printer's cover.",
    "end_ribbon_in_next_card": "Put in a ribbon that ends within the next card.",
    "new_ribbon": "Put in a fresh ribbon, and close the cover.",
    "jam_next_card": "Hold the next card back while it is printed.",
    "free_jam": "Free the jammed card's way, and close the cover; leave the card inside.",
    "unplug_in_next_card": "Pull the data cable while the next card is being sent, and put it back.",
    "cut_power_in_next_card": "Switch the printer off while the next card is printed, and on again.",
}


class Hands(Protocol):
    """Whoever stands beside the printer."""

    def do(self, task: str) -> bool:
        """Do ``task``, a word of TASKS, now or at the moment it names; False if that cannot be done here."""
        ...


class Failed(Exception):
    """The printer, or its driver, does not do what the check asks."""


class Skipped(Exception):
    """The check cannot be run here; the text says what it lacks."""


@dataclass(frozen=True, slots=True)
class Bench:
    """The printer under test. ``ribbon``: the one in the machine. ``proves``: its word may settle a card."""

    printer: CardPrinter
    clock: Clock
    hands: Hands | None
    model: str
    ribbon: str
    proves: bool

    def hand(self, task: str) -> None:
        """Have ``task`` done, or Skipped."""
        ask(self.hands, TASKS, task)

    def artefact(self, *, duplex: bool = False) -> Artefact:
        """A test card: colour bars, black and white, nobody's data."""
        front = test_picture()
        back = front if duplex else None
        return prepare(self.printer.address.family, self.model, self.ribbon, front, back, STAMP_S)

    @contextmanager
    def reserved(self) -> Iterator[Snapshot]:
        """The reservation, and the snapshot taken under it before any card moves."""
        self.printer.reserve(SESSION)
        try:
            yield self.printer.snapshot()
        finally:
            self.settle()

    def settle(self) -> None:
        """Leave the printer as a next check may find it: claim ended, path empty, nobody's."""
        self.wait_until_back()
        self.printer.finish()
        self.printer.reserve(SESSION)
        if self.proves:  # what proves nothing has no reject tray that it could command
            self.printer.reject()
        self.printer.release()

    def wait_until_back(self) -> None:
        """Wait while the printer is gone or busy; Failed if it does not come back."""
        started = self.clock.now_ms()
        while self.printer.status().state in ("offline", "busy"):
            if self.clock.now_ms() - started > BACK_WAIT_MS:
                raise Failed("the printer did not come back")
            try:
                self.printer.finish()
            except Unreachable:
                self.clock.sleep_ms(STEP_MS)
            self.clock.sleep_ms(STEP_MS)


def ask(hands: Hands | None, tasks: Mapping[str, str], task: str) -> None:
    """Have ``task`` done, a word of ``tasks``; Skipped where nobody can."""
    if hands is None or not hands.do(task):
        raise Skipped(f"needs hands: {tasks[task]}")


def judged(check: str, run: Callable[[], str]) -> dict[str, str]:
    """What came of a check: {name, result, detail}; result is passed, failed or skipped."""
    try:
        detail = run()
    except Skipped as why:
        return {"name": check, "result": "skipped", "detail": str(why)}
    except (Failed, DeviceError) as error:
        return {"name": check, "result": "failed", "detail": str(error)}
    return {"name": check, "result": "passed", "detail": detail}


def expect(held: bool, otherwise: str) -> None:
    """Failed with ``otherwise`` unless it held."""
    if not held:
        raise Failed(otherwise)


def expect_printed(judgement: Judgement) -> None:
    """Failed unless the card came out with all its panels."""
    expect(judgement.verdict is Verdict.PRINTED, f"judged {judgement.verdict}: {judgement.reason}")


@contextmanager
def expect_error(kind: type[DeviceError], cause: str) -> Iterator[None]:
    """Failed unless the block raises that error with that cause."""
    try:
        yield
    except kind as error:
        expect(error.cause == cause, f"told {error.cause}, not {cause}")
    else:
        raise Failed(f"no {kind.__name__}({cause})")


def test_picture() -> bytes:
    """RGB of one side, landscape: eight upright bars, the first white, the last black."""
    bars = (
        (255,) * 3,
        (255, 255, 0),
        (0, 255, 255),
        (0, 255, 0),
        (255, 0, 255),
        (255, 0, 0),
        (0, 0, 255),
        (0,) * 3,
    )
    line = b"".join(bytes(bar) * (WIDTH // len(bars)) for bar in bars)
    return line * HEIGHT
