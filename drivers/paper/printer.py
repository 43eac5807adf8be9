"""A printer of paper sheets over IPP. The contract: drivers.paper_printer; drivers/ipp/PROTOCOL.md §3-5.

Looks first, acts once: the document is sent in one place, at the line marked THE WORLD CHANGES HERE, into a
job that has its number already. If the answer to that is lost, the job is asked for by number; it is never
sent again. A name the printer already tells of is not sent at all.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from drivers.address import Address
from drivers.card_printer import Clock, PrinterStatus
from drivers.errors import Cause, DeviceError, NeedsHands, OutcomeUnknown, Refused, Unreachable
from drivers.ipp import codec, words
from drivers.ipp.client import NEEDED, IppClient
from drivers.ipp.codec import attribute
from drivers.ipp.words import INCOMING, JobState, JobTold, PrinterTold
from drivers.paper_printer import End, PaperIdentity, PaperJob, PaperState

POLL_MS = 1_000
ANY_FORMAT = "application/octet-stream"
ONE_COPY = (attribute(codec.INTEGER, "copies", 1),)

_ENDS = {JobState.COMPLETED: End.REPORTED, JobState.CANCELLED: End.CANCELLED, JobState.ABORTED: End.ABORTED}
_WAITS: frozenset[Cause] = frozenset({"hardware", "unsupported"})


class IppPaperPrinter:
    """One printer; not for two threads at once."""

    def __init__(self, client: IppClient, address: Address, clock: Clock) -> None:
        self._client = client
        self._address = address
        self._clock = clock

    @property
    def address(self) -> Address:
        """Where it is."""
        return self._address

    def close(self) -> None:
        """Nothing is held between two requests."""

    def identify(self) -> PaperIdentity:
        """Model, serial (its UUID where it has one) and the formats it takes."""
        told = self._client.printer()
        return PaperIdentity(told.model, told.uuid.removeprefix("urn:uuid:") or told.name, told.formats)

    def status(self) -> PrinterStatus:
        """The state in one word; a printer that does not answer is ``offline``."""
        try:
            return summary(self._client.printer())
        except DeviceError as error:
            return PrinterStatus("offline", error.cause, (), "")

    def find(self, name: str) -> PaperJob | None:
        """Our job of that name."""
        told = self._client.find(name)
        return None if told is None else PaperJob(told.number, name)

    def cancel(self, job: PaperJob) -> None:
        """Have the printer drop it."""
        self._client.cancel(job.number)

    def watch(self, job: PaperJob, wait_ms: int, stop: Callable[[], bool] | None = None) -> PaperState:
        """Look until it ends, the time is over or ``stop`` says so."""
        until_ms = self._clock.now_ms() + wait_ms
        while True:
            state = self._look(job)
            left_ms = until_ms - self._clock.now_ms()
            if state.end is not None or left_ms <= 0 or (stop is not None and stop()):
                return state
            self._clock.sleep_ms(min(POLL_MS, left_ms))

    def print_document(self, data: bytes, mime: str, name: str) -> PaperJob:
        """Hand it over once; see drivers.paper_printer."""
        known = self._client.find(name)
        if known is not None and not self._dropped(known):
            return PaperJob(known.number, name)
        self._refuse_if_blocked(self._client.printer(), mime)
        self._client.validate(name, mime, ONE_COPY)
        job = PaperJob(self._client.create(name, ONE_COPY), name)
        try:
            self._client.send(job.number, name, mime, data)  # THE WORLD CHANGES HERE
        except OutcomeUnknown as lost:
            return self._settle(job, lost)
        except DeviceError:
            self._drop_quietly(job)  # the line could not be had: an empty job is of no use to anybody
            raise
        return job

    # -- inside -------------------------------------------------------------------------------------------

    def _look(self, job: PaperJob) -> PaperState:
        try:
            told = self._client.job(job.number)
            if told is None or told.name not in ("", job.name):
                return PaperState(End.UNKNOWN)  # a number given anew: the printer has forgotten ours
            if told.ended:
                return PaperState(_ENDS[told.state])
            return PaperState(None, self._client.printer().causes)
        except DeviceError as error:
            return PaperState(None, (error.cause,))

    def _settle(self, job: PaperJob, lost: OutcomeUnknown) -> PaperJob:
        """The answer to the document was lost: what does the printer tell of the job?"""
        try:
            told = self._client.job(job.number)
            if told is not None and _unfinished(told):
                self._client.cancel(job.number)  # half a document must not wait for a second half
        except DeviceError:
            raise lost from None
        if told is None or told.name not in ("", job.name):
            raise lost
        return job

    def _dropped(self, known: JobTold) -> bool:
        """Whether ``known`` is an empty job an earlier process left, and is now gone without having begun."""
        if not _unfinished(known) or known.began is not None:
            return False
        self._client.cancel(known.number)
        now = self._client.job(known.number)
        return now is None or (now.state is JobState.CANCELLED and now.began is None)

    def _drop_quietly(self, job: PaperJob) -> None:
        try:
            self._client.cancel(job.number)
        except DeviceError:
            return

    def _refuse_if_blocked(self, told: PrinterTold, mime: str) -> None:
        """NeedsHands, Unreachable or Refused if a document could not be printed now."""
        if not told.operations >= NEEDED:
            raise Refused("unsupported", "the printer cannot make a job and send a document into it")
        if not {mime, ANY_FORMAT} & told.formats:
            raise Refused("unsupported", f"the printer takes no {mime}")
        if not told.accepting:
            raise Unreachable("busy", "the printer takes no jobs")
        if told.state == words.STOPPED or told.causes:
            raise NeedsHands(told.causes[0] if told.causes else "queue_stopped", ", ".join(told.reasons))


def summary(told: PrinterTold) -> PrinterStatus:
    """What a printer or queue told of itself, in one word and a cause."""
    state: Literal["ready", "busy", "needs_hands", "error"] = "ready"
    cause: Cause | None = next(iter(told.causes), None)
    if told.state == words.STOPPED and cause is None:
        cause = "queue_stopped"
    if cause is not None:
        state = "error" if cause in _WAITS else "needs_hands"
    elif not told.accepting or told.state == words.PROCESSING or told.queued:
        state, cause = "busy", "busy"
    return PrinterStatus(state, cause, (), ",".join(told.reasons).encode().hex())


def _unfinished(told: JobTold) -> bool:
    """The job's document has not come, or not whole."""
    return told.state is JobState.HELD or (
        told.state is JobState.PENDING and bool(INCOMING & {*told.reasons})
    )
