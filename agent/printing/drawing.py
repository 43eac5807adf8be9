"""From a job to its card, ready to be sent: the sealed part is opened in memory, drawn, and forgotten.

The person's data lives only inside ``draw``: from the opened payload through the pipe to the drawing
process. What comes back holds pictures alone and is kept by the worker until its card is done. There the
holder's age is looked at once more, by the rules of the card's day of issue.
"""

from __future__ import annotations

from agent import policies
from agent.config import Config
from agent.printing.jobs import Job
from agent.printing.lane import Lane
from agent.printing.studio import TRIAL, Studio, StudioTrouble
from agent.printing.undrawn import NotDrawn
from agent.sealed import fields
from agent.store.sqlite import Reads
from domain.keys import OpenKey
from drivers.address import parse
from drivers.card_printer import Artefact

TRIAL_DAY = "2020-01-01"  # a test card tells no day: always the same bytes


class Drawing:
    """Draws for the printer that stands in the lane; ``key`` opens what the province sealed to us."""

    def __init__(
        self, reads: Reads, config: Config, key: OpenKey, lane: Lane, studio: Studio | None = None
    ) -> None:
        self._reads = reads
        self._config = config
        self._key = key
        self._lane = lane
        self._studio = studio or Studio()

    def draw(self, job: Job) -> Artefact:
        """The card of ``job``. Raises RefusedByRule when it never will be one, NotDrawn when it may later."""
        personal = fields(self._reads, self._key, self._config.name, job.order)
        return self._made(job.kind, personal, job.issued_on)

    def trial(self) -> Artefact:
        """A test card: one side of colour bars, nobody's data. Raises NotDrawn."""
        return self._made(TRIAL, {}, TRIAL_DAY)

    def _made(self, kind: str, personal: dict[str, str], on: str) -> Artefact:
        printer = self._lane.identity
        if printer is None:
            raise NotDrawn("the printer has not said what it is", "no_answer")
        ribbon = self._config.ribbon or printer.ribbon
        if not ribbon:
            raise NotDrawn("nobody has said which ribbon is in the printer", "no_ribbon")
        family, duplex = parse(self._config.printer).family, printer.duplex
        rules = policies.on_day(self._reads, on)
        try:
            return self._studio.make(kind, personal, on, family, printer.model, ribbon, duplex, rules)
        except StudioTrouble as error:
            raise NotDrawn(str(error), error.cause) from error

    def close(self) -> None:
        """End the drawing process."""
        self._studio.close()
