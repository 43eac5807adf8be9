"""Whose chip a reader reaches: the card at the printer's station, and the one laid on the desk's reader.

A chip's file is the card's own: it goes with it to a tray, into somebody's hands and onto the desk, and
outlives the power as the card does.
"""

from __future__ import annotations

from typing import Protocol

from simulators.cards.blank import Card
from simulators.specimen import Gone, Session


class Machine(Protocol):
    """What is asked of a printer."""

    @property
    def inside(self) -> list[Card]:
        """The cards in the path."""

    @property
    def hands(self) -> list[Card]:
        """The cards somebody has taken."""

    def chip_there(self) -> tuple[str, bool] | None:
        """The UID of the living chip in the antenna's field, and whether it is mute."""

    def note(self, event: str, card: Card | None = None, *, tray: str = "inside") -> None:
        """A physical change."""


def at_station(printer: Machine) -> Card | None:
    """The card whose chip the printer's own antenna reaches."""
    there = printer.chip_there()
    return next((card for card in printer.inside if there and card.uid == there[0]), None)


def on_desk(printer: Machine) -> Card | None:
    """The card on the desk's reader; None: none lies there whose chip is alive."""
    return next((card for card in printer.hands if card.on_desk and card.chip != "dead"), None)


def wrote(printer: Machine, card: Card) -> None:
    """The card's file has changed: told before the chip says so."""
    printer.note("chip", card, tray="desk" if card.on_desk else "inside")


def say(printer: Machine, session: Session, card: Card, apdu: bytes) -> bytes | None:
    """One APDU to a card in memory, as a reader would; None: it has left the field."""
    before = card.file
    try:
        return session.answer(apdu)
    except Gone:
        return None
    finally:
        if card.file != before:
            wrote(printer, card)
