"""A card's way into and out of any card printer: out of the stack, past the antenna, into a tray.

The order of lines matters: the witness is told the instant the world changes, before anything else happens.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from simulators.cards.blank import Card, blank_uid
from simulators.cards.body import Body
from simulators.cards.faults import Fault


def leave_feeder(printer: Body, to: StrEnum, double: Fault | None, count: Callable[[], None]) -> None:
    """A blank, or two that stick together (the lower one listed first), on its way to ``to``.

    ``count()`` for each that the machine sees.
    """
    seen = double is not None and "seen=yes" in double.words
    printer.chip_under = double is not None and "chip=under" in double.words
    for nth in range(1 if double is None else min(2, printer.feeder.left)):
        number = printer.feeder.draw()
        card = Card(blank_uid(printer.seed, printer.serial, number), number)
        printer.inside.insert(0, card)
        printer.at = to
        if nth == 0 or seen:
            count()
        printer.check_stack()
        printer.note("fed", card)


def present_chip(printer: Body) -> None:
    """The antenna reaches the card's chip from now on, with whatever is wrong with it."""
    card = printer.chip_card()
    for fault in printer.faults.due("antenna", card.number):
        card.chip = fault.name.removeprefix("chip_")
    if card.chip != "dead":
        printer.note("chip", card)
    printer.tell_watchers()


def leave(printer: Body, tray: list[Card], event: str, name: str) -> None:
    """Cards drop one by one; after each, the world on disk is whole."""
    if printer.told is not None:
        printer.deadline("counters", printer.lag_ms)
        printer.lag_over = printer.lag_until == "poll"
    while printer.inside:
        card = printer.inside.pop()
        if not printer.inside:
            printer.at = None
        tray.append(card)
        printer.note(event, card, tray=name)
    printer.tell_watchers()
