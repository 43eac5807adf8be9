"""One printer or queue that speaks IPP, in words and values. Blocking.

Every method but ``send`` may be said again: trouble there is Unreachable, or Refused where the printer has
answered that it never will. ``send`` hands over the document: from its first byte on trouble is
OutcomeUnknown, and what became of the job is then asked by its number. Nothing is ever repeated here.
Source: PROTOCOL.md §1, §3.
"""

from __future__ import annotations

import http
import itertools
from collections.abc import Sequence

from drivers.address import Address
from drivers.errors import DeviceError, OutcomeUnknown, Refused, Unreachable
from drivers.ipp import codec
from drivers.ipp.codec import Attribute, Garbled, Group, Message, attribute
from drivers.ipp.line import ANSWER_BYTES_MAX, Line
from drivers.ipp.words import (
    DONE_END,
    JOB_ATTRIBUTES,
    PRINTER_ATTRIBUTES,
    SERVER_ERRORS,
    JobTold,
    Operation,
    PrinterTold,
    Status,
    read_job,
    read_printer,
)

USER = "loket"
TIMEOUT_S = 15.0
SEND_TIMEOUT_S = 60.0
JOBS_MAX = 200
NAME_BYTES_MAX = 255
NEEDED = frozenset({Operation.CREATE_JOB, Operation.SEND_DOCUMENT, Operation.GET_JOBS, Operation.CANCEL_JOB})


class IppClient:
    """``address``: host, port and path, as the printer is called in every request; ``line`` leads to it."""

    def __init__(
        self,
        address: Address,
        line: Line,
        *,
        timeout_s: float = TIMEOUT_S,
        send_timeout_s: float = SEND_TIMEOUT_S,
    ) -> None:
        self._line = line
        self._timeout_s, self._send_timeout_s = timeout_s, send_timeout_s
        host = f"[{address.host}]" if ":" in address.host else address.host
        self._uri = f"{address.wire}://{host}:{address.port}{address.path}"
        self._numbers = itertools.count(1)

    # -- looking ----------------------------------------------------------------------------------------

    def printer(self) -> PrinterTold:
        """How the printer is, and what it can do."""
        asked = attribute(codec.KEYWORD, "requested-attributes", *PRINTER_ATTRIBUTES)
        answer = self._ask(Operation.GET_PRINTER, [asked])
        for group in answer.of(codec.PRINTER):
            return read_printer(group)
        raise Unreachable("garbled_reply", "a printer that tells nothing of itself")

    def job(self, number: int) -> JobTold | None:
        """One job by its number; None where the printer knows none of it (any more)."""
        asked = attribute(codec.KEYWORD, "requested-attributes", *JOB_ATTRIBUTES)
        answer = self._ask(Operation.GET_JOB, [_job_id(number), self._user(), asked], may_miss=True)
        if answer.code == Status.NOT_FOUND:
            return None
        told = [job for group in answer.of(codec.JOB) if (job := read_job(group)) is not None]
        if not told or told[0].number != number:
            raise Unreachable("garbled_reply", "another job than the one that was asked for")
        return told[0]

    def jobs(self, *, ended: bool, mine: bool) -> tuple[JobTold, ...]:
        """Jobs that wait or are printed, or those that have ended; ``mine``: only what ``USER`` sent."""
        told = [
            attribute(codec.KEYWORD, "which-jobs", "completed" if ended else "not-completed"),
            attribute(codec.INTEGER, "limit", JOBS_MAX),
            attribute(codec.BOOLEAN, "my-jobs", mine),
            attribute(codec.KEYWORD, "requested-attributes", *JOB_ATTRIBUTES),
        ]
        answer = self._ask(Operation.GET_JOBS, [self._user(), *told])
        return tuple(job for group in answer.of(codec.JOB) if (job := read_job(group)) is not None)

    def find(self, name: str) -> JobTold | None:
        """Our own job of that name, the one that still waits first; None if the printer tells of none."""
        for ended in (False, True):
            for job in self.jobs(ended=ended, mine=True):
                if job.name == name:
                    return job
        return None

    def validate(self, name: str, mime: str, template: Sequence[Attribute] = ()) -> None:
        """Whether such a job would be taken; Refused if not."""
        self._ask(Operation.VALIDATE_JOB, [self._user(), _name("job-name", name), _mime(mime)], template)

    # -- doing --------------------------------------------------------------------------------------------

    def create(self, name: str, template: Sequence[Attribute] = ()) -> int:
        """An empty job; its number. Nothing of it can be printed yet."""
        answer = self._ask(Operation.CREATE_JOB, [self._user(), _name("job-name", name)], template)
        for group in answer.of(codec.JOB):
            if (job := read_job(group)) is not None:
                return job.number
        raise Unreachable("garbled_reply", "a job without a number")

    def send(self, number: int, name: str, mime: str, document: bytes) -> None:
        """The one document of job ``number``. OutcomeUnknown from its first byte on."""
        told = [
            _job_id(number),
            self._user(),
            _name("document-name", name),
            _mime(mime),
            attribute(codec.BOOLEAN, "last-document", True),
        ]
        request, body = self._request(Operation.SEND_DOCUMENT, told, (), document)
        status, raw = self._line.exchange(body, self._send_timeout_s)  # THE WORLD CHANGES HERE
        try:
            _check(_read(status, raw, request), may_miss=False)
        except DeviceError as error:
            raise OutcomeUnknown(error.cause, error.detail) from error

    def cancel(self, number: int) -> None:
        """Have the printer drop the job; harmless for one that has ended or is not known."""
        self._ask(Operation.CANCEL_JOB, [_job_id(number), self._user()], may_miss=True)

    # -- inside -------------------------------------------------------------------------------------------

    def _ask(
        self,
        operation: Operation,
        told: Sequence[Attribute],
        template: Sequence[Attribute] = (),
        *,
        may_miss: bool = False,
    ) -> Message:
        request, body = self._request(operation, told, template, b"")
        try:
            status, raw = self._line.exchange(body, self._timeout_s)
        except OutcomeUnknown as error:  # nothing that may not be said twice
            raise Unreachable(error.cause, error.detail) from error
        return _check(_read(status, raw, request), may_miss=may_miss)

    def _request(
        self,
        operation: Operation,
        told: Sequence[Attribute],
        template: Sequence[Attribute],
        document: bytes,
    ) -> tuple[int, bytes]:
        """A request's number and its bytes."""
        number = next(self._numbers)
        groups = [Group(codec.OPERATION, (*self._target(), *told))]
        if template:
            groups.append(Group(codec.JOB, tuple(template)))
        return number, codec.encode(Message(operation, number, tuple(groups), document))

    def _target(self) -> tuple[Attribute, ...]:
        return (
            attribute(codec.CHARSET, "attributes-charset", "utf-8"),
            attribute(codec.LANGUAGE, "attributes-natural-language", "en"),
            attribute(codec.URI, "printer-uri", self._uri),
        )

    def _user(self) -> Attribute:
        return _name("requesting-user-name", USER)


def _read(status: int, raw: bytes, number: int) -> Message:
    """The message in an HTTP answer. Refused and Unreachable both mean that nothing was carried out."""
    if status in (401, 403, 404, 405, 426):
        raise Refused("unsupported", f"HTTP status {status}")
    if status != http.HTTPStatus.OK:
        raise Unreachable("no_answer", f"HTTP status {status}")
    if len(raw) > ANSWER_BYTES_MAX:
        raise Unreachable("garbled_reply", "an endless answer")
    try:
        answer = codec.decode(raw)
    except Garbled as error:
        raise Unreachable("garbled_reply", str(error)) from error
    if answer.request != number:
        raise Unreachable("garbled_reply", "an answer to another request")
    return answer


def _check(answer: Message, *, may_miss: bool) -> Message:
    """The answer if the printer did it; else the error its status stands for."""
    code = answer.code
    if code < DONE_END or (may_miss and code in (Status.NOT_FOUND, Status.NOT_POSSIBLE)):
        return answer
    detail = f"IPP status {code:04x}h"
    if code in (Status.NOT_ACCEPTING, Status.BUSY):
        raise Unreachable("busy", detail)
    if code >= SERVER_ERRORS:
        raise Unreachable("no_answer", detail)
    raise Refused("unsupported", detail)


def _job_id(number: int) -> Attribute:
    return attribute(codec.INTEGER, "job-id", number)


def _name(what: str, text: str) -> Attribute:
    if not 0 < len(text.encode()) <= NAME_BYTES_MAX:
        raise ValueError(f"a {what} is 1 to {NAME_BYTES_MAX} bytes.")
    return attribute(codec.NAME, what, text)


def _mime(mime: str) -> Attribute:
    return attribute(codec.MIME, "document-format", mime)
