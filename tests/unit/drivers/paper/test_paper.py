"""Sheets: handed over once whatever is lost, watched to an end that is only the printer's word."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from drivers.card_printer import PrinterStatus
from drivers.errors import DeviceError, NeedsHands, OutcomeUnknown, Refused, Unreachable
from drivers.ipp.words import Operation
from drivers.paper.printer import IppPaperPrinter
from drivers.paper_printer import End, PaperJob, PaperState
from drivers.registry import open_paper
from simulators.ipp import process
from tests.unit.drivers.ipp.bench import ADDRESS, Bench, paper

PDF = b"%PDF-1.4 << /Type /Page >>"
TYPE = "application/pdf"
NAME = "suket-6411-1-00001-1"


def prints(printer: IppPaperPrinter, name: str = NAME) -> PaperJob:
    return printer.print_document(PDF, TYPE, name)


def test_a_sheet_is_reported_and_nothing_more() -> None:
    bench, printer = paper()
    assert printer.identify().formats == {TYPE}
    assert printer.status().state == "ready"
    job = prints(printer)
    assert printer.watch(job, 0) == PaperState(None)
    assert printer.status().state == "busy"
    assert printer.watch(job, 600_000) == PaperState(End.REPORTED)
    assert len(bench.events("sheet")) == 1
    assert printer.status() == PrinterStatus("ready", None, (), b"none".hex())
    printer.close()


def test_a_name_the_printer_knows_is_not_sent_again_before_or_after_its_end() -> None:
    bench, printer = paper()
    job = prints(printer)
    assert prints(printer) == job == printer.find(NAME)
    printer.watch(job, 600_000)
    assert prints(printer) == job
    assert prints(printer, "suket-6411-1-00001-2") != job
    bench.pass_ms(600_000)
    assert len(bench.events("sheet")) == 2


def test_a_lost_answer_is_asked_after_by_number() -> None:
    bench, printer = paper(["answer_lost@job=1"])
    job = prints(printer)
    assert bench.line.said.count(Operation.SEND_DOCUMENT) == 1
    assert printer.watch(job, 600_000) == PaperState(End.REPORTED)
    assert len(bench.events("sheet")) == 1


def test_half_a_document_is_cancelled_so_that_nothing_waits_for_the_rest() -> None:
    bench, printer = paper(["half_document@job=1"])
    job = prints(printer)
    assert printer.watch(job, 0) == PaperState(End.CANCELLED)
    bench.pass_ms(600_000)
    assert bench.events("sheet") == []


def test_when_nobody_can_be_asked_the_outcome_is_unknown_and_the_name_finds_it_later() -> None:
    # find twice, printer, validate, create, then the document and the question after it
    bench, printer = paper(line={5: "lost", 6: "unsaid"})
    with pytest.raises(OutcomeUnknown):
        prints(printer)
    job = printer.find(NAME)
    assert job is not None
    assert printer.watch(job, 600_000) == PaperState(End.REPORTED)
    assert prints(printer) == job
    assert len(bench.events("sheet")) == 1


def test_an_empty_job_of_a_process_that_died_gives_way_to_the_document() -> None:
    bench, printer = paper()
    bench.client.create(NAME)
    job = prints(printer)
    assert printer.watch(job, 600_000) == PaperState(End.REPORTED)
    assert len(bench.events("sheet")) == 1


def test_a_line_that_cannot_be_had_for_the_document_leaves_no_empty_job() -> None:
    bench, printer = paper(line={5: "unsaid"})
    with pytest.raises(Unreachable):
        prints(printer)
    assert [job.state for job in bench.queue.jobs.values()] == [7]
    assert printer.watch(prints(printer, "another"), 600_000) == PaperState(End.REPORTED)


def held(bench: Bench) -> PaperJob:
    """A whole document of ours that somebody holds back."""
    bench.hand({"fault": "held@job=1"})
    number = bench.client.create(NAME)
    bench.client.send(number, NAME, TYPE, PDF)
    return PaperJob(number, NAME)


def test_a_held_document_that_was_begun_once_is_not_sent_again() -> None:
    bench, printer = holding()
    job = held(bench)
    bench.queue.jobs[1].begun_ms = 5
    assert prints(printer) == job
    assert printer.watch(job, 0) == PaperState(None), "and it is left where it stands"
    assert bench.line.said.count(Operation.SEND_DOCUMENT) == 1


def test_a_held_document_that_begins_before_it_is_cancelled_is_not_sent_again() -> None:
    bench, printer = holding()
    job = held(bench)
    bench.line.around = lambda operation: bench.queue.release() if operation == Operation.CANCEL_JOB else None
    assert prints(printer) == job
    assert bench.line.said.count(Operation.SEND_DOCUMENT) == 1


def holding() -> tuple[Bench, IppPaperPrinter]:
    """A spooler's queue in front of a printer of paper; it knows how to hold a job."""
    bench = Bench(process.spooler("paper", both_sides=False), 5)
    return bench, IppPaperPrinter(bench.client, ADDRESS, bench.clock)


def test_a_number_that_is_another_s_now_is_no_job_of_ours() -> None:
    bench, printer = paper(["answer_lost@job=1"])

    def numbered_anew(operation: int) -> None:
        if operation == Operation.GET_JOB:
            bench.queue.jobs[1].name = "another's"

    bench.line.around = numbered_anew
    with pytest.raises(OutcomeUnknown):
        prints(printer)
    assert printer.watch(PaperJob(1, NAME), 0) == PaperState(End.UNKNOWN)


@pytest.mark.parametrize(("fault", "cause"), [("paper_empty", "paper_empty"), ("jam", "paper_jam")])
def test_what_a_printer_lacks_is_told_while_it_waits_and_it_goes_on_by_itself(fault: str, cause: str) -> None:
    bench, printer = paper([f"{fault}@job=1"])
    job = prints(printer)
    assert printer.watch(job, 20_000) == PaperState(None, (cause,))  # type: ignore[arg-type]
    told = printer.status()
    assert (told.state, told.cause) == ("needs_hands", cause)
    with pytest.raises(NeedsHands) as caught:
        prints(printer, "another")
    assert caught.value.cause == cause
    bench.hand({"load": 100} if fault == "paper_empty" else {"clear": True})
    assert printer.watch(job, 600_000) == PaperState(End.REPORTED)
    assert len(bench.events("sheet")) == 1


@pytest.mark.parametrize(("fault", "end", "sheets"), [
    ("aborted@job=1", End.ABORTED, 0), ("forgotten@job=1", End.UNKNOWN, 1), ("slow@job=1", End.REPORTED, 1),
])  # fmt: skip
def test_every_end_is_the_printer_s_word(fault: str, end: End, sheets: int) -> None:
    bench, printer = paper([fault])
    assert printer.watch(prints(printer), 600_000) == PaperState(end)
    assert len(bench.events("sheet")) == sheets


def test_a_printer_that_goes_away_in_the_middle_is_waited_for() -> None:
    bench, printer = paper(["offline@job=1,for=30000"])
    job = prints(printer)
    bench.pass_ms(5_000)
    assert printer.watch(job, 0) == PaperState(None, ("refused_connection",))
    assert printer.status().state == "offline"
    with pytest.raises(Unreachable):
        prints(printer, "another")
    assert printer.watch(job, 600_000) == PaperState(End.REPORTED)
    assert len(bench.events("sheet")) == 1


def test_a_cancelled_job_says_so_and_watching_stops_when_it_is_told_to() -> None:
    _, printer = paper()
    job = prints(printer)
    assert printer.watch(job, 600_000, lambda: True) == PaperState(None)
    printer.cancel(job)
    assert printer.watch(job, 600_000) == PaperState(End.CANCELLED)
    printer.cancel(job)


def test_what_a_printer_cannot_take_is_refused_before_anything_is_made() -> None:
    bench, printer = paper()
    with pytest.raises(Refused):
        printer.print_document(PDF, "image/gif", NAME)
    assert bench.queue.jobs == {}


def test_only_ipp_addresses_are_printers_of_paper() -> None:
    bench, _ = paper()
    for address in ("evolis+tcp://x", "spool+ipp://x/y", "nonsense"):
        with pytest.raises(ValueError, match=r"\.$"):
            open_paper(address, clock=bench.clock)
    opened = open_paper("ipps://printer.example/ipp/print", clock=bench.clock)
    assert (opened.address.port, opened.address.path) == (631, "/ipp/print")


FAULTS = ["", "answer_lost@job=1", "half_document@job=1", "offline@job=1", "aborted@job=1", "forgotten@job=1"]


@settings(max_examples=150)
@given(
    st.dictionaries(st.integers(0, 20), st.sampled_from(["unsaid", "lost", "garbled"]), max_size=4),
    st.sampled_from(FAULTS),
    st.integers(1, 4),
)
@example({4: "lost"}, "", 2)
@example({5: "lost", 6: "lost"}, "", 3)
def test_whatever_the_line_loses_one_name_prints_one_document(
    line: dict[int, str], fault: str, tries: int
) -> None:
    """As long as the printer remembers: who tries again under one name never gets a second sheet."""
    bench, printer = paper([fault] if fault else [], line)
    assert printed_once(bench, printer, tries) <= (2 if fault.startswith("forgotten") else 1)


def printed_once(bench: Bench, printer: IppPaperPrinter, tries: int) -> int:
    for _ in range(tries):
        try:
            printer.watch(prints(printer), 600_000)
        except DeviceError:
            bench.pass_ms(60_000)
    bench.pass_ms(600_000)
    return len(bench.events("sheet"))
