"""The test card: colour bars on one blank, for a technician's eyes, printed when nothing else waits.

It belongs to no order and no job, so its blank is booked as spoiled *before* the first byte leaves: whatever
happens then, nobody prints on it again. If the end is not seen, the printer's counters tell of a card that no
line explains, the lane closes with ``cards_unknown``, and somebody looks into the trays, as after any stray.
"""

from __future__ import annotations

import json
from collections.abc import Callable

from agent.asking import blank as blank_name
from agent.printing import tally
from agent.printing.intents import not_fit
from agent.printing.lane import CHIP_TIMEOUT_S, Lane, Store
from agent.stock import blanks
from agent.stock.losses import check_second
from agent.store.journal import Tx, meta, set_meta
from agent.store.sqlite import Reads
from domain.words import RefusedByRule
from drivers.card_printer import Artefact, Snapshot, Verdict
from drivers.errors import DeviceError, NeedsHands, OutcomeUnknown, Unreachable

ASKED = "trial_card"
REASON = "test_card"


def ask(tx: Tx, blank: object, *, has_chip: bool, by: str | None = None, second: str | None = None) -> None:
    """Remember that one is wanted, by whose word; ``blank`` names it where no chip does.

    Its blank is one more that is spoiled today, and whoever saw that is here now, not when it is printed.
    Raises RefusedByRule BLANK_NEEDED, BLANK_NOT_ASKED, BLANK_USED, BLANK_UNKNOWN, SECOND_NEEDED,
    SECOND_IS_FIRST; Trouble for no name at all.
    """
    if has_chip and blank is not None:
        raise RefusedByRule("BLANK_NOT_ASKED")
    if not has_chip and blank is None:
        raise RefusedByRule("BLANK_NEEDED")
    name = None if blank is None else blank_name(str(blank))
    if name is not None:
        tally.kind_in_stock(tx, name)
    check_second(tx, "spoiled", by, second, tx.at_ms)
    set_meta(tx, ASKED, json.dumps({"blank": name, "by": by, "second": second}))


def asked(reads: Reads) -> bool:
    """Whether one is wanted."""
    return bool(meta(reads, ASKED))


class Trial:
    """Prints test cards through one lane, reserved under ``session``. ``draw`` gives the picture's job."""

    def __init__(self, lane: Lane, store: Store, session: int, draw: Callable[[], Artefact]) -> None:
        self._lane = lane
        self._store = store
        self._session = session
        self._draw = draw

    def print_one(self) -> str:
        """Print the one that is wanted; the cause why it has to wait, or empty when it is over."""
        artefact = self._draw()
        try:
            self._lane.printer.reserve(self._session)
            return self._printed(artefact, self._lane.testify())
        except (Unreachable, NeedsHands) as error:
            return error.cause
        except DeviceError:
            self._forget()  # something moved: the counters tell, and somebody looks
            self._lane.finish()  # a claim of ours would keep every later job waiting
            return ""
        finally:
            self._release()

    def _printed(self, artefact: Artefact, before: Snapshot) -> str:
        lane = self._lane
        if doubt := not_fit(before, proves=lane.proves):
            return doubt
        if lane.proves and tally.moved(self._store, lane.serial, before):
            self._store.write(lambda tx: tally.note(tx, lane.serial, before))
            return "cards_unknown"
        if lane.proves and tally.known(self._store, lane.serial) is None:
            self._explain(before)  # from here on a card of nobody's shows, at a new printer too
        wish = json.loads(meta(self._store, ASKED))
        name: str | None = wish["blank"]
        staged = name is None
        if name is None:
            name = self._fed()
        if not self._book(name, wish.get("by"), wish.get("second")):
            lane.printer.reject()
            return ""
        judged = lane.printer.print_card(artefact, before, staged)
        if judged.verdict is Verdict.PRINTED:
            self._explain(lane.testify())
        return ""

    def _explain(self, seen: Snapshot) -> None:
        """The counters are as they should be."""
        counters = {"cards": seen.cards, "panels": seen.panels}
        self._store.write(lambda tx: tx.note("printer_looked", self._lane.serial, counters))

    def _fed(self) -> str:
        """The name of the blank that now lies at the station. Raises DeviceError.

        One that tells no name is not tried again: another blank would be wasted each time.
        """
        self._lane.printer.stage()
        if self._lane.chip is None:
            raise OutcomeUnknown("no_chip")
        try:
            return self._lane.chip.uid(CHIP_TIMEOUT_S)
        except DeviceError as error:
            raise OutcomeUnknown(error.cause, error.detail) from error

    def _book(self, name: str, by: str | None, second: str | None) -> bool:
        """Spoil the blank for this; whether it may be used. What was wanted is over either way."""

        def work(tx: Tx) -> bool:
            set_meta(tx, ASKED, "")
            try:
                kind = tally.kind_in_stock(tx, name)
            except RefusedByRule:
                return False
            blanks.reject(tx, name, kind, REASON, by, second)
            return True

        return self._store.write(work)

    def _forget(self) -> None:
        self._store.write(lambda tx: set_meta(tx, ASKED, ""))

    def _release(self) -> None:
        try:
            self._lane.printer.release()
        except DeviceError:
            return  # it lapses by itself
