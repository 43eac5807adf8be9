"""The operations a printer answers, on the model. Pure; written from drivers/ipp/PROTOCOL.md §3-4."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from simulators.ipp import model, wire
from simulators.ipp.model import ENDED, HELD, STOPPED, Job, Queue
from simulators.ipp.wire import BOOLEAN, ENUM, INTEGER, KEYWORD, MIME, NAME, TEXT, URI, Request, Row

OK, BAD_REQUEST, NOT_POSSIBLE, NOT_FOUND, FORMAT = 0x0000, 0x0400, 0x0404, 0x0406, 0x040A
UNSUPPORTED = 0x0501
FORMATS = ("application/pdf",)
OPERATIONS = (0x0004, 0x0005, 0x0006, 0x0008, 0x0009, 0x000A, 0x000B)

Answer = tuple[int, list[tuple[int, list[Row]]]]


class Dropped(Exception):
    """The connection breaks before the answer."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What the printer says it is. ``queue``: a spooler's, which hides other users' names."""

    model: str
    path: str
    both_sides: bool
    queue: bool


class Face:
    """Answers requests as one printer or one queue."""

    def __init__(self, queue: Queue, kind: Kind) -> None:
        self.queue, self.kind = queue, kind
        self._operations: dict[int, Callable[[Request], Answer]] = {
            0x0004: self._validate,
            0x0005: self._create,
            0x0006: self._send,
            0x0008: self._cancel,
            0x0009: self._job,
            0x000A: self._jobs,
            0x000B: self._printer,
        }

    def answer(self, raw: bytes) -> bytes | None:
        """The answer's bytes; None: the connection drops. ValueError if this is no IPP at all."""
        request = wire.read(raw)
        operation = self._operations.get(request.operation)
        try:
            status, groups = (UNSUPPORTED, []) if operation is None else operation(request)
        except Dropped:
            return None
        return wire.write(request, status, groups)

    # -- operations -------------------------------------------------------------------------------------

    def _validate(self, request: Request) -> Answer:
        return (OK if request.one("document-format") in (None, *FORMATS) else FORMAT), []

    def _create(self, request: Request) -> Answer:
        name, user = str(request.one("job-name") or ""), str(request.one("requesting-user-name") or "")
        job = self.queue.create(name, user, request.template)
        return OK, [(wire.JOB, self._rows(job, user))]

    def _send(self, request: Request) -> Answer:
        job = self._found(request)
        if job is None:
            return NOT_FOUND, []
        if job.state != HELD or job.document is not None:
            return NOT_POSSIBLE, []
        if request.one("document-format") not in FORMATS:
            return FORMAT, []
        if self.queue.faults.take("half_document", job.number):
            raise Dropped
        self.queue.fill(job, request.document)
        if self.queue.faults.take("answer_lost", job.number):
            raise Dropped
        return OK, [(wire.JOB, self._rows(job, job.user))]

    def _cancel(self, request: Request) -> Answer:
        job = self._found(request)
        if job is None:
            return NOT_FOUND, []
        return (OK if self.queue.cancel(job) else NOT_POSSIBLE), []

    def _job(self, request: Request) -> Answer:
        job = self._found(request)
        if job is None:
            return NOT_FOUND, []
        return OK, [(wire.JOB, self._rows(job, str(request.one("requesting-user-name") or "")))]

    def _jobs(self, request: Request) -> Answer:
        user, ended = str(request.one("requesting-user-name") or ""), request.one("which-jobs") == "completed"
        found = [job for job in self.queue.jobs.values() if (job.state in ENDED) == ended]
        if request.one("my-jobs"):
            found = [job for job in found if job.user == user]
        found.sort(key=lambda job: -job.number if ended else job.number)
        limit = request.one("limit") or len(found)
        return OK, [(wire.JOB, self._rows(job, user)) for job in found[:limit]]

    def _printer(self, request: Request) -> Answer:
        return OK, [(wire.PRINTER, self._told())]

    # -- what is told -----------------------------------------------------------------------------------

    def _found(self, request: Request) -> Job | None:
        number: Any = request.one("job-id")
        return self.queue.jobs.get(number)

    def _rows(self, job: Job, user: str) -> list[Row]:
        begun = () if job.begun_ms is None else (1 + job.begun_ms // 1000,)
        rows: list[Row] = [
            (INTEGER, "job-id", (job.number,)),
            (ENUM, "job-state", (job.state,)),
            (KEYWORD, "job-state-reasons", job.reasons),
            (INTEGER, "job-impressions-completed", (0,)),
            (INTEGER, "time-at-processing", begun),
        ]
        if not self.kind.queue or user == job.user:
            rows.append((NAME, "job-name", (job.name,)))
        return rows

    def _told(self) -> list[Row]:
        queue, kind = self.queue, self.kind
        active = [job for job in queue.jobs.values() if job.state not in ENDED]
        working = any(job.state in (model.PROCESSING, STOPPED) for job in active)
        state = 5 if any(reason.endswith("-error") for reason in queue.reasons) else 4 if working else 3
        sides = ("one-sided", "two-sided-short-edge") if kind.both_sides else ("one-sided",)
        rows: list[Row] = [
            (ENUM, "printer-state", (state,)),
            (KEYWORD, "printer-state-reasons", tuple(sorted(queue.reasons)) or ("none",)),
            (BOOLEAN, "printer-is-accepting-jobs", (True,)),
            (INTEGER, "queued-job-count", (len(active),)),
            (TEXT, "printer-make-and-model", (kind.model,)),
            (NAME, "printer-name", (queue.serial,)),
            (URI, "printer-uuid", (f"urn:uuid:{queue.serial}",)),
            (ENUM, "operations-supported", OPERATIONS),
            (MIME, "document-format-supported", FORMATS),
            (KEYWORD, "sides-supported", sides),
            (KEYWORD, "print-scaling-supported", ("auto", "none")),
        ]
        if kind.queue:
            rows.append((NAME, "printer-error-policy", (queue.error_policy,)))
        return rows
