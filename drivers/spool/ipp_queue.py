"""A queue that speaks IPP, which is CUPS on every Linux and macOS. Source: PROTOCOL.md §2-4."""

from __future__ import annotations

from drivers.card_printer import Artefact
from drivers.errors import Cause, Refused
from drivers.ipp import codec, words
from drivers.ipp.client import NEEDED, IppClient
from drivers.ipp.codec import Attribute, attribute
from drivers.ipp.words import JobState, JobTold, PrinterTold
from drivers.spool.artefact import MIME
from drivers.spool.queue import PREFIX, JobWord, QueueJob, QueueTold

BOTH_SIDES = "two-sided-short-edge"
CARD_MEDIA = "iso_id-1_53.98x85.6mm"
NO_RETRY = "abort-job"

_CARD_WORDS: dict[Cause, Cause] = {
    "paper_empty": "feeder_empty",
    "paper_jam": "jam",
    "toner_empty": "ribbon_ended",
    "output_full": "hopper_full",
}
_STATES: dict[JobState, JobWord] = {
    JobState.HELD: "held",
    JobState.PROCESSING: "printing",
    JobState.STOPPED: "printing",
    **dict.fromkeys(words.ENDED, "ended"),
}


class IppQueue:
    """drivers.spool.queue.Queue over IPP."""

    def __init__(self, client: IppClient) -> None:
        self._client = client

    def close(self) -> None:
        """Nothing is held between two requests."""

    def look(self) -> QueueTold:
        """How it is."""
        told = self._client.printer()
        return QueueTold(
            model=told.model or told.name,
            serial=told.uuid.removeprefix("urn:uuid:") or told.name,
            firmware=told.firmware or "-",
            both_sides=BOTH_SIDES in told.sides,
            cause=_cause(told),
            again="" if told.error_policy in ("", NO_RETRY) else told.error_policy,
            raw=",".join(told.reasons).encode().hex(),
        )

    def active(self) -> tuple[QueueJob, ...]:
        """Every job that has not ended."""
        return tuple(_job(job) for job in self._client.jobs(ended=False, mine=False) if not job.ended)

    def job(self, number: int) -> QueueJob | None:
        """One job."""
        told = self._client.job(number)
        return None if told is None else _job(told)

    def create(self, name: str, artefact: Artefact) -> int:
        """An empty job; Refused if the queue could not print such a card."""
        told = self._client.printer()
        if not told.operations >= NEEDED:
            raise Refused("unsupported", "the queue cannot make a job and send a document into it")
        template = _template(told, artefact.panels)
        self._client.validate(name, MIME, template)
        return self._client.create(name, template)

    def send(self, number: int, name: str, artefact: Artefact) -> None:
        """The card into the job."""
        self._client.send(number, name, MIME, artefact.job)

    def cancel(self, number: int) -> None:
        """Have it dropped."""
        self._client.cancel(number)


def _template(told: PrinterTold, sides: int) -> list[Attribute]:
    """One copy, nothing scaled, on a card; what the queue does not name is left out."""
    found = [attribute(codec.INTEGER, "copies", 1)]
    if sides > 1:
        found.append(attribute(codec.KEYWORD, "sides", BOTH_SIDES))
    if "none" in told.scalings:
        found.append(attribute(codec.KEYWORD, "print-scaling", "none"))
    if CARD_MEDIA in told.media:
        found.append(attribute(codec.KEYWORD, "media", CARD_MEDIA))
    return found


def _cause(told: PrinterTold) -> Cause | None:
    """Why it could not print now, in a card printer's words."""
    if told.causes:
        return _CARD_WORDS.get(told.causes[0], told.causes[0])
    if told.state == words.STOPPED:
        return "queue_stopped"
    return None if told.accepting else "busy"


def _job(told: JobTold) -> QueueJob:
    return QueueJob(told.number, told.name.startswith(PREFIX), _STATES.get(told.state, "waiting"), told.began)
