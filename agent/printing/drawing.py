"""From a job to its card, ready to be sent: the sealed part is opened in memory, drawn, and forgotten.

The person's data lives only inside ``draw``: from the opened payload through the pipe to the drawing
process. What comes back holds pictures alone and is kept by the worker until its card is done.
"""

from __future__ import annotations

import json
from typing import Any

from agent.config import Config
from agent.printing.jobs import Job
from agent.printing.lane import Lane
from agent.printing.studio import Studio, StudioTrouble
from agent.printing.undrawn import NotDrawn
from agent.store.sqlite import Reads
from domain.keys import CannotOpen, OpenKey, order_info
from domain.words import RefusedByRule
from drivers.address import parse
from drivers.card_printer import Artefact


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
        printer = self._lane.identity
        if printer is None:
            raise NotDrawn("the printer has not said what it is", "no_answer")
        ribbon = self._config.ribbon or printer.ribbon
        if not ribbon:
            raise NotDrawn("nobody has said which ribbon is in the printer", "no_ribbon")
        family = parse(self._config.printer).family
        try:
            return self._studio.make(
                job.kind,
                self._fields(job.order),
                job.issued_on,
                family,
                printer.model,
                ribbon,
                printer.duplex,
            )
        except StudioTrouble as error:
            raise NotDrawn(str(error), error.cause) from error

    def close(self) -> None:
        """End the drawing process."""
        self._studio.close()

    def _fields(self, order: str) -> dict[str, str]:
        """The order's personal part. Raises RefusedByRule BAD_PAYLOAD."""
        found = self._reads.rows(
            "SELECT sealed FROM payload JOIN order_ ON payload_sha256 = sha256 WHERE id = ?", order
        )
        if not found:
            raise RefusedByRule("BAD_PAYLOAD", order)
        try:
            opened: Any = json.loads(self._key.open(found[0][0], order_info(self._config.name, order)))
        except (CannotOpen, ValueError):
            raise RefusedByRule("BAD_PAYLOAD", order) from None
        if not isinstance(opened, dict) or not all(isinstance(value, str) for value in opened.values()):
            raise RefusedByRule("BAD_PAYLOAD", order)
        return opened
