"""The words of IPP that Loket uses, as tables, and what they mean to the counter. Pure: PROTOCOL.md §3-4."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from drivers.errors import Cause
from drivers.ipp.codec import Content, Group


class Operation(IntEnum):
    """What a printer can be asked."""

    VALIDATE_JOB = 0x0004
    CREATE_JOB = 0x0005
    SEND_DOCUMENT = 0x0006
    CANCEL_JOB = 0x0008
    GET_JOB = 0x0009
    GET_JOBS = 0x000A
    GET_PRINTER = 0x000B


class Status(IntEnum):
    """The answers that are told apart; the rest goes by its first byte."""

    FORBIDDEN = 0x0401
    NOT_AUTHENTICATED = 0x0402
    NOT_AUTHORIZED = 0x0403
    NOT_POSSIBLE = 0x0404
    NOT_FOUND = 0x0406
    UNAVAILABLE = 0x0502
    NOT_ACCEPTING = 0x0506
    BUSY = 0x0507


DONE_END = 0x0100
SERVER_ERRORS = 0x0500


class JobState(IntEnum):
    """Where a job stands; 0 where the printer told none we know."""

    UNTOLD = 0
    PENDING = 3
    HELD = 4
    PROCESSING = 5
    STOPPED = 6
    CANCELLED = 7
    ABORTED = 8
    COMPLETED = 9


ENDED = frozenset({JobState.CANCELLED, JobState.ABORTED, JobState.COMPLETED})
INCOMING = frozenset({"job-incoming", "job-data-insufficient"})
"""Reasons of a job whose document has not come whole."""

IDLE, PROCESSING, STOPPED = 3, 4, 5

_REASONS: dict[str, Cause] = {
    **dict.fromkeys(("media-empty", "media-needed", "input-tray-missing"), "paper_empty"),
    "media-jam": "paper_jam",
    **dict.fromkeys(("toner-empty", "marker-supply-empty", "developer-empty"), "toner_empty"),
    **dict.fromkeys(("cover-open", "door-open", "interlock-open"), "cover_open"),
    **dict.fromkeys(("output-area-full", "output-tray-missing"), "output_full"),
    **dict.fromkeys(("marker-waste-full", "fuser-over-temp", "opc-life-over", "other"), "hardware"),
    **dict.fromkeys(("offline", "connecting-to-device", "timed-out", "shutdown"), "no_answer"),
    **dict.fromkeys(("paused", "moving-to-paused", "stopped-partly"), "queue_stopped"),
}
_ALWAYS = frozenset({"media-empty", "media-needed", "media-jam"})
_SEVERITIES = ("error", "warning", "report")


@dataclass(frozen=True, slots=True)
class PrinterTold:
    """What Get-Printer-Attributes told. ``state``: 3 idle, 4 processing, 5 stopped, 0 untold."""

    state: int
    causes: tuple[Cause, ...]
    reasons: tuple[str, ...]
    accepting: bool
    queued: int
    model: str
    name: str
    uuid: str
    firmware: str
    operations: frozenset[int]
    formats: frozenset[str]
    sides: frozenset[str]
    scalings: frozenset[str]
    media: frozenset[str]
    error_policy: str


@dataclass(frozen=True, slots=True)
class JobTold:
    """What was told of a job. ``name``: empty where it is hidden; ``began``: when it was begun, its clock."""

    number: int
    name: str
    state: JobState
    reasons: tuple[str, ...]
    began: int | None

    @property
    def ended(self) -> bool:
        """It will not go on."""
        return self.state in ENDED


PRINTER_ATTRIBUTES = (
    "printer-state", "printer-state-reasons", "printer-is-accepting-jobs", "queued-job-count",
    "printer-make-and-model", "printer-name", "printer-uuid", "printer-firmware-string-version",
    "operations-supported", "document-format-supported", "sides-supported", "print-scaling-supported",
    "media-supported", "printer-error-policy",
)  # fmt: skip
JOB_ATTRIBUTES = ("job-id", "job-name", "job-state", "job-state-reasons", "time-at-processing")


def causes(reasons: tuple[str, ...]) -> tuple[Cause, ...]:
    """What the reasons mean at the counter, each word once; low supplies mean nothing here."""
    found: dict[Cause, None] = {}
    for reason in reasons:
        stem, severity = _severity(reason)
        if severity in ("warning", "report") and stem not in _ALWAYS:
            continue
        word = _REASONS.get(stem) or ("hardware" if severity == "error" else None)
        if word is not None:
            found[word] = None
    return tuple(found)


def _severity(reason: str) -> tuple[str, str]:
    stem, _, last = reason.rpartition("-")
    return (stem, last) if last in _SEVERITIES else (reason, "")


def read_printer(group: Group) -> PrinterTold:
    """A printer's group of attributes, whatever of them is there."""
    reasons = _texts(group, "printer-state-reasons")
    accepting = group.get("printer-is-accepting-jobs")
    return PrinterTold(
        state=_number(group, "printer-state") or 0,
        causes=causes(reasons),
        reasons=reasons,
        accepting=accepting != (False,),
        queued=_number(group, "queued-job-count") or 0,
        model=_text(group, "printer-make-and-model"),
        name=_text(group, "printer-name"),
        uuid=_text(group, "printer-uuid"),
        firmware=_text(group, "printer-firmware-string-version"),
        operations=frozenset(n for n in group.get("operations-supported") if isinstance(n, int)),
        formats=frozenset(_texts(group, "document-format-supported")),
        sides=frozenset(_texts(group, "sides-supported")),
        scalings=frozenset(_texts(group, "print-scaling-supported")),
        media=frozenset(_texts(group, "media-supported")),
        error_policy=_text(group, "printer-error-policy"),
    )


def read_job(group: Group) -> JobTold | None:
    """A job's group of attributes; None where it has no number."""
    number = _number(group, "job-id")
    if number is None:
        return None
    state = _number(group, "job-state")
    known = JobState(state) if state in set(JobState) else JobState.UNTOLD
    reasons = _texts(group, "job-state-reasons")
    return JobTold(number, _text(group, "job-name"), known, reasons, _number(group, "time-at-processing"))


def _texts(group: Group, name: str) -> tuple[str, ...]:
    return tuple(content for content in group.get(name) if isinstance(content, str))


def _text(group: Group, name: str) -> str:
    return next(iter(_texts(group, name)), "")


def _number(group: Group, name: str) -> int | None:
    told: Content = next(iter(group.get(name)), None)
    return told if isinstance(told, int) and not isinstance(told, bool) else None
