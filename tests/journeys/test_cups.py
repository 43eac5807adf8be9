"""A real cupsd under the spool driver: what it says of a job, and what it does after its own death."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from drivers.address import Address
from drivers.card_printer import SIDE_BYTES, Judgement, Verdict
from drivers.conformance.card_printer import NEEDS_NO_PROOF, run
from drivers.errors import NeedsHands, OutcomeUnknown, Refused, Unreachable
from drivers.ipp import codec
from drivers.ipp.client import IppClient
from drivers.ipp.line import HttpLine
from drivers.ipp.words import JobState, Operation
from drivers.paper_printer import End, PaperState
from drivers.registry import open_paper, open_printer
from drivers.spool.artefact import prepare
from drivers.spool.ipp_queue import IppQueue
from drivers.spool.printer import SpoolPrinter
from tests.conformance.ipp_process import IppProcess
from tests.conformance.wires import HurriedClock
from tests.journeys.cups_rig import Cups, everything, until

pytestmark = pytest.mark.serial

CARD = prepare(b"\x33\x66\x99" * (SIDE_BYTES // 3), None)
UNSURE = Judgement(Verdict.UNSURE, "spooled")


@pytest.fixture
def cups(tmp_path: Path) -> Iterator[Cups]:
    made = Cups(tmp_path)
    yield made
    made.close()


def opened(cups: Cups) -> SpoolPrinter:
    printer = open_printer(str(cups.address), clock=HurriedClock())
    assert isinstance(printer, SpoolPrinter)
    return printer


def prints(printer: SpoolPrinter) -> Judgement:
    printer.reserve(777)
    return printer.print_card(CARD, printer.snapshot(), staged=False)


class Attempt(threading.Thread):
    """One card, printed beside the test."""

    def __init__(self, printer: SpoolPrinter) -> None:
        super().__init__()
        self._printer = printer
        self.judged: Judgement | None = None

    def run(self) -> None:
        self.judged = prints(self._printer)


def test_a_card_is_handed_over_once_and_believed_in_nothing(cups: Cups) -> None:
    printer = opened(cups)
    found = printer.identify()
    assert (found.model, found.proves, found.duplex) == ("Local Raw Printer", False, False)
    assert printer.status().state == "ready"
    assert prints(printer) == UNSURE
    assert [document for _, document in cups.handed()] == [CARD.job]
    (job,) = cups.client.jobs(ended=True, mine=True)
    assert (job.state, job.name[:11]) == (JobState.COMPLETED, "loket-card-")
    assert list((cups.room / "spool").glob("d*")) == [], "no copy of the picture stays"


def test_while_a_card_is_handed_over_the_queue_is_busy(cups: Cups) -> None:
    cups.slow(True)
    attempt = Attempt(opened(cups))
    attempt.start()
    until(lambda: len(cups.handed()) == 1)
    other = opened(cups)
    assert other.status().state == "busy"
    assert other.snapshot().claim
    cups.slow(False)
    attempt.join()
    assert attempt.judged == UNSURE
    assert other.status().state == "ready"
    assert len(cups.handed()) == 1


def test_a_backend_that_fails_leaves_the_card_unsure_and_nothing_is_tried_again(cups: Cups) -> None:
    cups.fails()
    assert prints(opened(cups)) == UNSURE
    assert [job.state for job in cups.client.jobs(ended=True, mine=True)] == [JobState.ABORTED]
    assert len(cups.handed()) == 1


def test_what_our_dead_process_left_is_printed_again_by_cupsd_and_cancelled_by_us(cups: Cups) -> None:
    """The case this driver exists for: killed at both ends, and cupsd begins the job from its first byte."""
    cups.slow(True)
    number = cups.client.create("loket-card-of-a-dead-process")
    cups.client.send(number, "loket-card-of-a-dead-process", "application/pdf", CARD.job)
    until(lambda: len(cups.handed()) == 1)
    cups.kill()
    cups.start()
    until(lambda: len(cups.handed()) == 2)
    assert {job for job, _ in cups.handed()} == {number}, "one submission, handed over twice by cupsd"
    with pytest.raises(Unreachable) as told:
        opened(cups).reserve(777)
    assert told.value.cause == "job_cancelled"
    cups.kill()
    cups.start()
    assert opened(cups).status().state == "ready"
    assert len(cups.handed()) == 2, "what was cancelled is not printed at the next start"


def test_a_cupsd_that_dies_under_our_eyes_is_cancelled_when_it_is_back(cups: Cups) -> None:
    cups.slow(True)
    attempt = Attempt(opened(cups))
    attempt.start()
    until(lambda: len(cups.handed()) == 1)
    cups.kill()
    cups.start()
    attempt.join()
    assert attempt.judged == UNSURE
    assert len({job for job, _ in cups.handed()}) == 1, "we have sent it once"
    assert [job.state for job in cups.client.jobs(ended=True, mine=True)] == [JobState.CANCELLED]


def test_with_an_empty_spool_cupsd_prints_nothing_again(cups: Cups) -> None:
    cups.slow(True)
    number = cups.client.create("loket-card-of-a-dead-process")
    cups.client.send(number, "loket-card-of-a-dead-process", "application/pdf", CARD.job)
    until(lambda: len(cups.handed()) == 1)
    cups.kill()
    cups.forget_documents()
    cups.slow(False)
    cups.start()
    assert cups.client.jobs(ended=False, mine=False) == ()
    assert prints(opened(cups)) == UNSURE
    assert len(cups.handed()) == 2, "the first card, and the next order's"


def test_a_queue_that_is_stopped_or_tries_again_gets_nothing(tmp_path: Path) -> None:
    stopped = Cups(tmp_path / "stopped", state="Stopped")
    try:
        printer = opened(stopped)
        assert (printer.status().state, printer.status().cause) == ("needs_hands", "queue_stopped")
        with pytest.raises(NeedsHands):
            prints(printer)
    finally:
        stopped.close()
    stubborn = Cups(tmp_path / "stubborn", policy="retry-job")
    try:
        with pytest.raises(Refused, match="retry-job"):
            prints(opened(stubborn))
        assert stubborn.client.jobs(ended=False, mine=False) == ()
    finally:
        stubborn.close()


class TornLine(HttpLine):
    """A line that is cut in the middle of the document."""

    def __init__(self, address: Address) -> None:
        super().__init__(address)
        self._host = address

    def exchange(self, body: bytes, timeout_s: float) -> tuple[int, bytes]:
        if codec.decode(body).code != Operation.SEND_DOCUMENT:
            return super().exchange(body, timeout_s)
        head = f"POST {self._host.path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/ipp\r\n"
        with socket.create_connection((self._host.host, self._host.port)) as line:
            line.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body[: len(body) // 2])
        raise OutcomeUnknown("link_lost")


def test_half_a_card_waits_for_the_rest_and_is_cancelled(cups: Cups) -> None:
    torn = IppClient(cups.address, TornLine(cups.address))
    printer = SpoolPrinter(IppQueue(torn), cups.address, HurriedClock())
    assert prints(printer) == UNSURE
    assert [job.state for job in cups.client.jobs(ended=True, mine=True)] == [JobState.CANCELLED]
    assert cups.handed() == []


def test_cupsd_s_own_client_prints_a_sheet_on_the_simulated_printer(tmp_path: Path) -> None:
    """Our client, their server, their client, our printer: both ends of ours meet only theirs."""
    pdf = b"%PDF-1.4\n<< /Type /Page >>\n%%EOF\n"
    tray = IppProcess("paper")
    cups = Cups(tmp_path, device=tray.address)
    try:
        printer = open_paper(f"ipp://127.0.0.1:{cups.port}/printers/card", clock=HurriedClock())
        job = printer.print_document(pdf, "application/pdf", "suket-1")
        assert printer.print_document(pdf, "application/pdf", "suket-1") == job
        assert printer.watch(job, 250_000) == PaperState(End.REPORTED)
        assert [line["picture"] for line in tray.truth("sheet")] == [sha256(pdf).hexdigest()]
    finally:
        cups.close()
        tray.close()


def test_a_real_queue_passes_what_needs_no_proof(cups: Cups) -> None:
    results = {each["name"]: each["result"] for each in run(str(cups.address), clock=HurriedClock())}
    assert {name for name, result in results.items() if result == "passed"} == set(NEEDS_NO_PROOF)
    assert set(results.values()) == {"passed", "skipped"}
    assert len(cups.handed()) == 1


def test_all_that_cupsd_tells_of_itself_is_read(cups: Cups) -> None:
    told = everything(cups.address)
    assert len(told.of(codec.PRINTER)[0].attributes) > 50
    assert codec.decode(codec.encode(told)) == told
