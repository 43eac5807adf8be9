"""The artefact of the card that is being printed, and of at most one more: the next card's, drawn meanwhile.

The guess is made beside the worker's thread and thrown away when the queue, the printer or its ribbon turns
out to be another; whatever went wrong with it is met again when that card's turn comes. So it can
neither delay the running card nor change what is printed, and the memory it holds is one artefact's.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from agent.printing.jobs import Job
from agent.printing.lane import Lane
from drivers.card_printer import Artefact, Identity

Draw = Callable[[Job], Artefact]
"""Draws a job's card. Raises RefusedByRule when it never will, NotDrawn when it may later."""
Aside = Callable[[Callable[[], None]], None]
"""Runs some work beside the worker's thread, whose end nobody waits for."""
Wanted = tuple[object, ...]


class Easel:
    """Draws each job's card once for the printer and ribbon that are there. ``aside`` None: no guesses."""

    def __init__(self, lane: Lane, draw: Draw, aside: Aside | None = None) -> None:
        self._lane = lane
        self._draw = draw
        self._aside = aside
        self._now: tuple[Wanted, Artefact] | None = None
        self._next: _Guess | None = None

    def artefact(self, job: Job) -> Artefact:
        """The job's card for the printer and ribbon that are there now, kept until the job is over."""
        wanted = _wanted(job, self._lane.ask_again())
        if self._now is not None and self._now[0] == wanted:
            return self._now[1]
        guess = self._next
        drawn = guess.drawn() if guess is not None and guess.wanted == wanted else None
        self._now = None  # never two of them and a third in the making
        self._now = (wanted, drawn or self._draw(job))
        return self._now[1]

    def ahead(self, job: Job | None) -> None:
        """Have ``job``'s card drawn while another is printed; None: nothing is guessed any more."""
        if job is None or self._aside is None:
            self._next = None
            return
        wanted = _wanted(job, self._lane.identity)
        if self._next is None or self._next.wanted != wanted:
            guess = self._next = _Guess(wanted)
            self._aside(lambda: guess.make(lambda: self._guessed(job, wanted)))

    def _guessed(self, job: Job, wanted: Wanted) -> Artefact | None:
        """The card as it was wanted; None when another printer or ribbon came while it was drawn."""
        made = self._draw(job)
        return made if _wanted(job, self._lane.identity) == wanted else None

    def over(self) -> None:
        """The card is done: its artefact is let go of."""
        self._now = None


class _Guess:
    """One card that is drawn ahead."""

    def __init__(self, wanted: Wanted) -> None:
        self.wanted = wanted
        self._made: Artefact | None = None
        self._over = threading.Event()

    def make(self, draw: Callable[[], Artefact | None]) -> None:
        """Draw it; a failure leaves nothing behind, for the card's own turn will meet it."""
        try:
            self._made = draw()
        except Exception:  # noqa: BLE001 - whatever it is, nobody waits for this card yet
            self._made = None
        finally:
            self._over.set()

    def drawn(self) -> Artefact | None:
        """The artefact, None when none came of it; one in the making is waited for, as if drawn here."""
        self._over.wait()
        return self._made


def _wanted(job: Job, who: Identity | None) -> Wanted:
    """What an artefact is drawn for."""
    return (job.id, who.model, who.ribbon, who.duplex) if who is not None else (job.id,)
