"""The CUPS project's own printer takes our documents, and tells us their ends in the words we read."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from drivers.errors import NeedsHands
from drivers.ipp import codec
from drivers.paper_printer import End, PaperPrinter, PaperState
from drivers.registry import open_paper
from tests.conformance.wires import HurriedClock
from tests.journeys.cups_rig import everything, until
from tests.journeys.eve_rig import Eve

pytestmark = pytest.mark.serial

PDF = b"%PDF-1.4\n<< /Type /Page >>\n%%EOF\n"
TYPE = "application/pdf"


@pytest.fixture(scope="module")
def eve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Eve]:
    started = Eve(tmp_path_factory.mktemp("eve"))
    yield started
    started.close()


@pytest.fixture
def printer(eve: Eve) -> PaperPrinter:
    for name in ("says", "exit", "slow"):
        (eve.room / name).unlink(missing_ok=True)
    opened = open_paper(str(eve.address), clock=HurriedClock())
    until(lambda: opened.status().state == "ready")
    return opened


def ended(printer: PaperPrinter, name: str) -> PaperState:
    return printer.watch(printer.print_document(PDF, TYPE, name), 250_000)


def test_a_document_is_printed_once_and_reported(eve: Eve, printer: PaperPrinter) -> None:
    before = len(eve.printed())
    assert TYPE in printer.identify().formats
    assert ended(printer, "one") == PaperState(End.REPORTED)
    assert ended(printer, "one") == PaperState(End.REPORTED)
    assert eve.printed()[before:] == [PDF]


def test_a_document_on_its_way_can_be_seen_and_cancelled(eve: Eve, printer: PaperPrinter) -> None:
    eve.slow(True)
    job = printer.print_document(PDF, TYPE, "two")
    assert printer.watch(job, 0).end is None
    assert printer.status().state == "busy"
    assert printer.find("two") == job
    printer.cancel(job)
    eve.slow(False)
    assert printer.watch(job, 250_000) == PaperState(End.CANCELLED)


def test_a_printer_that_cannot_print_it_says_aborted(eve: Eve, printer: PaperPrinter) -> None:
    eve.fails()
    assert ended(printer, "three") == PaperState(End.ABORTED)


def test_an_empty_tray_is_told_in_the_counter_s_word(eve: Eve, printer: PaperPrinter) -> None:
    eve.says("media-empty-warning")
    eve.slow(True)
    job = printer.print_document(PDF, TYPE, "four")
    until(lambda: printer.watch(job, 0).causes == ("paper_empty",))
    assert (printer.status().state, printer.status().cause) == ("needs_hands", "paper_empty")
    with pytest.raises(NeedsHands):
        printer.print_document(PDF, TYPE, "five")
    eve.slow(False)
    assert printer.watch(job, 250_000).end is End.REPORTED


def test_an_empty_job_left_behind_gives_way(eve: Eve, printer: PaperPrinter) -> None:
    before = len(eve.printed())
    eve.client.create("six")
    assert ended(printer, "six") == PaperState(End.REPORTED)
    assert eve.printed()[before:] == [PDF]


def test_all_that_it_tells_of_itself_is_read_the_collections_too(eve: Eve, printer: PaperPrinter) -> None:
    told = everything(eve.address)
    (group,) = told.of(codec.PRINTER)
    sizes = group.get("media-col-database")
    assert len(group.attributes) > 80 and len(sizes) > 2
    assert all(isinstance(size, tuple) and size for size in sizes)
    unread = [value for each in group.attributes for value in each.values if isinstance(value.content, bytes)]
    assert {value.tag for value in unread} <= {codec.OCTETS, codec.DATE_TIME}
    assert codec.decode(codec.encode(told)) == told
