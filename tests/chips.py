"""A chip reader over a simulated printer in memory: the driver's own conversation with the simulated card."""

from collections.abc import Callable
from typing import TypeVar

from drivers.chip import Tag, specimen
from drivers.errors import NeedsHands
from simulators.cards import chips
from simulators.cards.blank import Card
from simulators.specimen import Session

T = TypeVar("T")


class _Card:
    """The card as a channel."""

    def __init__(self, printer: chips.Machine, card: Card) -> None:
        self._printer, self._card, self._session = printer, card, Session(card)

    def transmit(self, apdu: bytes) -> bytes:
        heard = chips.say(self._printer, self._session, self._card, apdu)
        if heard is None:
            raise ConnectionError("the card has left the field")
        return heard


class MemoryChip:
    """Reads and tags the card at the station of ``printer``, or on its desk; time stands still meanwhile."""

    def __init__(self, printer: chips.Machine, *, desk: bool = False) -> None:
        self._printer = printer
        self._reached = chips.on_desk if desk else chips.at_station

    def uid(self, timeout_s: float) -> str:
        return self._ask(specimen.uid)

    def read_tag(self, uid: str, timeout_s: float) -> Tag | None:
        return self._ask(lambda card: specimen.read(card, uid))

    def write_tag(self, uid: str, tag: Tag, timeout_s: float) -> bool:
        return self._ask(lambda card: specimen.write(card, uid, tag))

    def close(self) -> None:
        return

    def _ask(self, question: Callable[[specimen.Channel], T]) -> T:
        card = self._reached(self._printer)
        if card is None:
            raise NeedsHands("no_chip")
        try:
            return question(_Card(self._printer, card))
        except ConnectionError as error:
            raise NeedsHands("chip_dead") from error
