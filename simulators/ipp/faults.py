"""Accidents of printers that speak IPP: ``NAME@job=N[,for=MS]``. Jobs count from 1, ms are simulated."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from simulators.ordered import whole

PAPER: dict[str, str] = {
    "paper_empty": "before a sheet of the job the tray is empty, until loaded or for=MS",
    "jam": "the first sheet jams and is lost; printed anew once cleared or after for=MS",
    "aborted": "the printer gives the job up before a sheet has come out",
    "slow": "the job takes for=MS (60000) more",
    "offline": "in the middle of the job nobody answers for=MS (5000); the sheets come out meanwhile",
    "answer_lost": "the document is taken and printed, but the connection drops without an answer",
    "half_document": "the connection drops in the middle of the document; the job waits for the rest",
    "forgotten": "as soon as the job has ended, the printer knows nothing of it",
}
SPOOLER: dict[str, str] = {
    "feeder_empty": "the card printer has no blank and nobody is told; the job waits in the device, "
    "until loaded or for=MS",
    "aborted": "the job is aborted before the device has a byte",
    "aborted_but_printed": "the job is told as aborted, and the card comes out",
    "completed_unprinted": "the job is told as completed, and no card comes out",
    "restart": "the spooler dies while the card is printed; back after for=MS (5000) it begins the job again",
    "held": "the queue holds the job; one who releases it gets a card",
    "slow": "the job takes for=MS (60000) more",
    "offline": "in the middle of the job the spooler does not answer for=MS (5000)",
    "answer_lost": "the document is taken and printed, but the connection drops without an answer",
    "half_document": "the connection drops in the middle of the document; the job waits for the rest",
}
DEFAULT_MS = {"slow": 60_000, "offline": 5_000, "restart": 5_000}


@dataclass(frozen=True, slots=True)
class Fault:
    """One accident of one job; ``for_ms`` None: until a hand ends it."""

    name: str
    job: int
    for_ms: int | None = None


def parse(text: str, known: Iterable[str]) -> Fault:
    """Read ``NAME@job=N[,for=MS]``. ValueError with one sentence that says what is wrong."""
    name, _, rest = text.partition("@")
    if name not in known:
        raise ValueError(f"no such accident: {name!r} ({', '.join(sorted(known))})")
    words = dict(part.partition("=")[::2] for part in rest.split(","))
    job, span = words.pop("job", ""), words.pop("for", None)
    if not job or words:
        raise ValueError(f"{name} is written {name}@job=1 or {name}@job=1,for=5000")
    for_ms = DEFAULT_MS.get(name) if span is None else whole(name, "for", span)
    return Fault(name, whole(name, "job", job), for_ms)


class Faults:
    """The accidents still to come."""

    def __init__(self, faults: Iterable[Fault] = ()) -> None:
        self._coming = list(faults)

    def add(self, fault: Fault) -> None:
        """One more."""
        self._coming.append(fault)

    def take(self, name: str, job: int) -> Fault | None:
        """The accident of that name due at that job, once."""
        for fault in self._coming:
            if (fault.name, fault.job) == (name, job):
                self._coming.remove(fault)
                return fault
        return None
