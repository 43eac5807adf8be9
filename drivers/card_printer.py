"""What a card printer is to the rest of Loket, whatever its maker. Types only, no I/O.

The worker needs these few verbs and values and nothing of any wire protocol. A driver is one plain
class that has them; there is no base class to inherit from. Every wait goes through a ``Clock``, so
that a simulated printer's hours pass in a test's seconds.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Literal, Protocol

from drivers.address import Address

Piece = bytes | memoryview

PATH = ("hopper", "feeder", "flip", "magnetic", "contactless", "contact", "print", "reject", "eject")
"""Where a sensor can see a card, in the order a card walks; the first two hold blanks that wait."""
INSIDE = frozenset(PATH[2:])
"""The places that mean: a card is in the machine."""

WIDTH, HEIGHT = 1016, 648
"""Dots of one side of a card at 300 dpi, landscape."""
SIDE_BYTES = WIDTH * HEIGHT * 3


class Clock(Protocol):
    """Whole milliseconds that only go forward; in tests ``sleep_ms`` moves them."""

    def now_ms(self) -> int:
        """Milliseconds since some fixed moment."""
        ...

    def sleep_ms(self, ms: int) -> None:
        """Let ``ms`` milliseconds pass."""
        ...


class Transport(Protocol):
    """One wire to one device: something is said, one reply comes back.

    ``exchange`` writes the pieces as they come (a command is one piece, a job many of 64-256 KiB) and
    returns the reply: text, NUL, and the status bytes that followed. No piece at all asks for status only.
    Raises Unreachable while no byte has left, OutcomeUnknown from the first byte on, nothing else.
    """

    def exchange(self, data: Iterable[Piece], timeout_s: float) -> bytes:
        """Say ``data``, return the one reply."""
        ...

    def close(self) -> None:
        """Let go of the wire; doing it twice is harmless."""
        ...


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the printer says it is. ``ribbon`` is None where the printer does not tell.

    ``proves``: it counts and shows its sensors, so that its word may settle a card; one reached through a
    print queue proves nothing but that a job was taken, and every card of it is settled by a scan.
    """

    model: str
    serial: str
    firmware: str
    ribbon: str | None
    duplex: bool
    contactless: bool
    proves: bool = True


@dataclass(frozen=True, slots=True)
class Care:
    """What keeps a printer alive, as far as it tells; None is "it did not say".

    ``ribbon_left``, ``film_left``: cards that can still be printed; ``since_cleaning``: cards since it was
    cleaned. ``settings``: what somebody could change at the printer itself, in its own words, so that a
    change is noticed: name and value, sorted by name.
    """

    ribbon_left: int | None = None
    film_left: int | None = None
    since_cleaning: int | None = None
    cleaning: Literal["no", "recommended", "due"] = "no"
    hot: bool = False
    settings: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class PrinterStatus:
    """The printer at this moment, in the counter's words. ``raw`` is hex, for a technician."""

    state: Literal["ready", "busy", "needs_hands", "error", "offline"]
    cause: str | None
    card_at: tuple[str, ...]
    raw: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything a printer can testify to at one moment; None is "it did not say".

    ``cards``: blanks that ever left the feeder. ``panels``: panels ever laid down. ``session``: whose
    reservation stands (0 nobody's). ``reset``: it has started up since errors were last cleared.
    ``claim``: a job is in progress. ``errors``, ``warnings``: words of drivers.errors.Cause.
    """

    cards: int | None
    panels: int | None
    session: int | None
    reset: bool
    claim: bool
    card_at: tuple[str, ...]
    errors: tuple[str, ...]
    warnings: tuple[str, ...]

    def to_json(self) -> dict[str, object]:
        """A plain dict that json.dumps takes and ``from_json`` reads back."""
        return {name: list(v) if isinstance(v, tuple) else v for name, v in asdict(self).items()}

    @classmethod
    def from_json(cls, told: Mapping[str, object]) -> "Snapshot":
        """The snapshot ``to_json`` described; ValueError if the fields are not those."""
        try:
            return cls(
                cards=_count(told["cards"]),
                panels=_count(told["panels"]),
                session=_count(told["session"]),
                reset=_flag(told["reset"]),
                claim=_flag(told["claim"]),
                card_at=_words(told["card_at"]),
                errors=_words(told["errors"]),
                warnings=_words(told["warnings"]),
            )
        except KeyError as missing:
            raise ValueError(f"a snapshot without {missing}.") from missing


class Verdict(StrEnum):
    """What the evidence says about one card."""

    PRINTED = "printed"
    UNTOUCHED = "untouched"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict and the one word that decided it (a Cause where one fits, else evidence's own word)."""

    verdict: Verdict
    reason: str


@dataclass(frozen=True, slots=True)
class Artefact:
    """A card ready to be sent: the job's bytes, its number of panels, the SHA-256 of its panels.

    ``sha256`` is over the panels in printing order, each as ``front`` or ``back``, the panel's letter,
    then its raw data: what the physical truth of a simulated printer calls the card's picture.
    """

    job: bytes
    panels: int
    sha256: str


class CardPrinter(Protocol):
    """The verbs the worker needs. Any of them may raise the four errors of drivers.errors.

    Only ``stage``, ``reject`` and ``print_card`` move a card; none of them ever tries again by itself.
    """

    @property
    def address(self) -> Address:
        """Where it is."""
        ...

    def identify(self) -> Identity:
        """Who it is. Changes nothing."""
        ...

    def status(self) -> PrinterStatus:
        """How it is, in one word and a cause. Changes nothing; ``offline`` instead of Unreachable."""
        ...

    def snapshot(self) -> Snapshot:
        """All it can testify to. Changes nothing; needs no reservation."""
        ...

    def care(self) -> Care:
        """Supplies, cleaning, heat and settings. Changes nothing; needs no reservation."""
        ...

    def reserve(self, session: int) -> None:
        """Make ``session`` (3..65535) ours, and clear latched errors and the reset mark.

        Judge any earlier job from a ``snapshot`` first: this wipes the marks that tell of it.
        Unreachable("busy") while another session stands.
        """
        ...

    def renew(self, session: int) -> None:
        """Prolong the reservation if it still is ``session``'s; clears no mark, moves no card."""
        ...

    def release(self) -> None:
        """Give the reservation back; harmless when it is not ours."""
        ...

    def stage(self) -> None:
        """Have a card lie at the contactless station: the next blank, or the one that lies there already.

        NeedsHands, Unreachable and Refused while nothing has moved (Unreachable("session_lost" or
        "printer_reset"): reserve and take the snapshot anew), OutcomeUnknown after.
        """
        ...

    def reject(self) -> None:
        """Move the card inside to the reject tray; harmless when none is inside."""
        ...

    def print_card(self, artefact: Artefact, before: Snapshot, staged: bool) -> Judgement:
        """Print one card, watch it to the end, and judge it against ``before``.

        ``before``: taken after ``reserve`` and before any card moved. ``staged``: ``stage`` has brought the
        card. Unreachable, NeedsHands and Refused mean that not one byte of the job was sent.
        """
        ...

    def finish(self) -> None:
        """End the claim of a job whose host died, and wait until it is carried out; harmless without one.

        Recovery calls it before its snapshot: a claim stays until somebody ends it. Nothing is printed anew.
        """
        ...

    def judge(
        self, before: Snapshot, after: Snapshot, panels: int, *, named: bool = False, unsent: bool = False
    ) -> Judgement:
        """What two snapshots prove about one card of ``panels`` panels. Pure.

        ``named``: the chip of this very card answers at the contactless station. ``unsent``: this process
        knows that not one byte of the job was ever accepted.
        """
        ...

    def close(self) -> None:
        """Let go of the wire."""
        ...


def _count(value: object) -> int | None:
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    raise ValueError(f"a snapshot's count is {value!r}.")


def _flag(value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise ValueError(f"a snapshot's flag is {value!r}.")


def _words(value: object) -> tuple[str, ...]:
    if isinstance(value, list) and all(isinstance(word, str) for word in value):
        return tuple(value)
    raise ValueError(f"a snapshot's words are {value!r}.")
