"""A queue of jobs and the device behind it as plain values. Pure: time comes in with ``step``.

A device's work on a job is a generator that yields how many simulated ms pass before it goes on; what it does
between two yields happens at one moment. Only one job is worked on at a time. What the queue *says* of a job
(``Job.state``) and what the device *does* are apart on purpose: accidents make them differ.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import Any, Protocol

from simulators.ipp.faults import Faults

PENDING, HELD, PROCESSING, STOPPED, CANCELED, ABORTED, COMPLETED = range(3, 10)
ENDED = frozenset({CANCELED, ABORTED, COMPLETED})
LOOK_AGAIN_MS = 250

Work = Generator[int, None, int]
"""Yields ms to wait; returns the state the job ends in."""
Note = Callable[[dict[str, Any]], None]


@dataclass(slots=True)
class Job:
    """One job as the queue tells it. ``document`` is None until it has come whole."""

    number: int
    name: str
    user: str
    created_ms: int
    state: int = HELD
    reasons: tuple[str, ...] = ("job-incoming",)
    document: bytes | None = None
    begun_ms: int | None = None
    template: dict[str, Any] = field(default_factory=dict)


class Device(Protocol):
    """What prints."""

    def work(self, queue: Queue, job: Job) -> Work:
        """Everything that happens for one job."""
        ...


class Queue:
    """The jobs and the device. ``note`` is told every physical truth before the world goes on."""

    def __init__(self, device: Device, note: Note, faults: Faults, serial: str) -> None:
        self.device, self._note, self.faults, self.serial = device, note, faults, serial
        self.jobs: dict[int, Job] = {}
        self.reasons: set[str] = set()
        self.now_ms = 0
        self.away_until_ms = 0
        self.error_policy = "abort-job"
        self._begun: tuple[Job, Work] | None = None
        self._due_ms = 0
        self._count = 0
        self.watchers: list[Callable[[], None]] = []

    # -- time -----------------------------------------------------------------------------------------------

    def step(self, now_ms: int) -> None:
        """Let everything happen that is due by ``now_ms``."""
        while (due := self.next_ms()) is not None and due <= now_ms:
            self.now_ms = max(self.now_ms, due)
            self._go_on()
        self.now_ms = max(self.now_ms, now_ms)

    def next_ms(self) -> int | None:
        """When something happens next by itself; None if nothing will."""
        if self._begun is not None:
            return self._due_ms
        return self.now_ms if self._next_job() is not None else None

    def _next_job(self) -> Job | None:
        return next((job for job in self.jobs.values() if job.state == PENDING and job.document), None)

    def _go_on(self) -> None:
        if self._begun is None:
            job = self._next_job()
            if job is None:
                return
            self.begin(job)
            self._begun, self._due_ms = (job, self.device.work(self, job)), self.now_ms
        job, work = self._begun
        try:
            self._due_ms += next(work)
        except StopIteration as over:
            self._begun = None
            self.end(job, over.value)

    # -- jobs -----------------------------------------------------------------------------------------------

    def create(self, name: str, user: str, template: dict[str, Any]) -> Job:
        """An empty job, waiting for its document."""
        self._count += 1
        job = Job(self._count, name, user, self.now_ms, template=template)
        self.jobs[job.number] = job
        return job

    def fill(self, job: Job, document: bytes) -> None:
        """The whole document has come."""
        job.document = document
        held = self.faults.take("held", job.number)
        job.state, job.reasons = (HELD, ("job-hold-until-specified",)) if held else (PENDING, ("none",))

    def begin(self, job: Job) -> None:
        """The queue hands the job to the device, for the first time or again."""
        self.mark(job, PROCESSING, "job-printing")
        job.begun_ms = self.now_ms

    def end(self, job: Job, state: int) -> None:
        """The queue's last word on a job; the first one stands."""
        if job.state in ENDED:
            return
        words = {COMPLETED: "job-completed-successfully", ABORTED: "aborted-by-system"}
        job.state, job.reasons = state, (words.get(state, "job-canceled-by-user"),)
        if self.faults.take("forgotten", job.number):
            del self.jobs[job.number]

    def mark(self, job: Job, state: int, reason: str) -> None:
        """The queue says something else of a job that has not ended."""
        if job.state not in ENDED:
            job.state, job.reasons = state, (reason,)

    def resume(self, job: Job) -> None:
        """The device goes on with the job."""
        self.mark(job, PROCESSING, "job-printing")

    def cancel(self, job: Job) -> bool:
        """Whether there was anything to cancel. The device keeps what it has been given."""
        if job.state in ENDED:
            return False
        self.end(job, CANCELED)
        return True

    def release(self) -> None:
        """Somebody lets every held job go."""
        for job in self.jobs.values():
            if job.state == HELD and job.document is not None:
                job.state, job.reasons = PENDING, ("none",)

    # -- what happens ---------------------------------------------------------------------------------------

    def note(self, event: str, **told: Any) -> None:
        """One physical truth, by the contract's names."""
        line = {"blank": None, "panel": None, "picture": None, "tray": "inside"} | told
        self._note({"ms": self.now_ms, "event": event, **line})

    def go_away(self, for_ms: int) -> None:
        """From now on nobody answers for a while."""
        self.away_until_ms = self.now_ms + for_ms

    @property
    def away(self) -> bool:
        """Nobody answers."""
        return self.now_ms < self.away_until_ms

    def hands(self, reason: str, for_ms: int | None) -> Work:
        """Wait under ``reason`` until a hand has taken it away, or ``for_ms`` has passed."""
        self.reasons.add(reason)
        until_ms = None if for_ms is None else self.now_ms + for_ms
        while reason in self.reasons:
            if until_ms is not None and self.now_ms >= until_ms:
                self.reasons.discard(reason)
                break
            yield LOOK_AGAIN_MS
        return COMPLETED
