"""The queue of Windows over a stand-in for the system: the tables, and which call comes when.

No Windows was met. What stands below the seam (ctypes) is only typed, for that platform, by the type check.
"""

from __future__ import annotations

import errno
import sys

import pytest

from drivers.address import parse
from drivers.card_printer import HEIGHT, SIDE_BYTES, WIDTH, Judgement, Verdict
from drivers.errors import Cause, OutcomeUnknown, Refused, Unreachable
from drivers.spool import windows
from drivers.spool.artefact import prepare
from drivers.spool.opening import open_queue
from drivers.spool.printer import SpoolPrinter
from drivers.spool.queue import JobWord
from drivers.spool.windows import JobFacts, PrinterFacts, WindowsQueue

TOP, REST = b"\x01\x02\x03", b"\x09\x08\x07"
CARD = prepare(TOP * WIDTH + REST * (WIDTH * (HEIGHT - 1)), None)
BOTH = prepare(bytes(SIDE_BYTES), bytes(SIDE_BYTES))


class Windows:
    """A spooler that keeps what it was told; a document goes to paper ``looks`` looks after its end."""

    def __init__(self, looks: int = 2, fails: str = "") -> None:
        self.facts = PrinterFacts(0, 0, "HDP5000 Card Printer", "USB001")
        self.told: list[str] = []
        self.pictures: list[bytes] = []
        self.fails = fails
        self._looks = looks
        self._jobs: dict[int, JobFacts] = {}
        self._open = False

    def printer(self, queue: str) -> PrinterFacts:
        self._say("printer")
        return self.facts

    def jobs(self, queue: str) -> tuple[JobFacts, ...]:
        self._say("jobs")
        if self._jobs and not self._open:
            self._looks -= 1
        if self._looks < 0:
            self._jobs.clear()
        return tuple(self._jobs.values())

    def delete(self, queue: str, number: int) -> None:
        self._say("delete")
        self._jobs.pop(number, None)

    def start(self, queue: str, name: str) -> int:
        self._say("start")
        self._open = True
        self._jobs[7] = JobFacts(7, name, 0x0008)
        return 7

    def page(self, bgr: bytes, width: int, height: int) -> None:
        self._say("page")
        assert (width, height, len(bgr)) == (WIDTH, HEIGHT, SIDE_BYTES)
        self.pictures.append(bgr)

    def end(self) -> None:
        self._say("end")
        self._open = False

    def abort(self) -> None:
        if self._open:
            self.told.append("abort")
            self._open = False
            self._jobs.clear()

    def _say(self, word: str) -> None:
        self.told.append(word)
        if word == self.fails:
            raise OSError(errno.EIO, "as Windows would")


class Clock:
    """Virtual."""

    def __init__(self) -> None:
        self._ms = 0

    def now_ms(self) -> int:
        return self._ms

    def sleep_ms(self, ms: int) -> None:
        self._ms += ms


def printer(system: Windows) -> SpoolPrinter:
    address = parse("spool+windows:///HDP5000 Card Printer")
    return SpoolPrinter(WindowsQueue(address.path, system), address, Clock(), lambda: "loket-card-1")


def prints(driver: SpoolPrinter) -> Judgement:
    driver.reserve(777)
    return driver.print_card(CARD, driver.snapshot(), staged=False)


def test_a_card_is_one_document_of_one_page_upside_down_and_blue_first() -> None:
    system = Windows()
    assert prints(printer(system)) == Judgement(Verdict.UNSURE, "spooled")
    assert [word for word in system.told if word not in ("printer", "jobs")] == ["start", "page", "end"]
    (bgr,) = system.pictures
    assert bgr[: 3 * WIDTH] == REST[::-1] * WIDTH
    assert bgr[-3 * WIDTH :] == TOP[::-1] * WIDTH


def test_a_queue_is_who_its_driver_says_and_prints_one_side() -> None:
    found = printer(Windows()).identify()
    assert (found.model, found.serial, found.firmware) == (
        "HDP5000 Card Printer",
        "HDP5000 Card Printer",
        "USB001",
    )
    assert not found.duplex and not found.proves
    with pytest.raises(Refused):
        WindowsQueue("q", Windows()).create("loket-card-1", BOTH)


@pytest.mark.parametrize(("fails", "left"), [("start", "start"), ("page", "abort"), ("end", "abort")])
def test_trouble_before_the_document_has_sent_nothing_and_after_it_is_unsure(fails: str, left: str) -> None:
    system = Windows(fails=fails)
    driver = printer(system)
    if fails == "start":
        with pytest.raises(Unreachable):
            prints(driver)
    else:
        assert prints(driver) == Judgement(Verdict.UNSURE, "spooled")
    after = [*system.told[system.told.index(fails) :], ""][1]
    assert left in (fails, after), "what was begun is thrown away at once"
    assert driver.snapshot().claim is False


def test_a_document_that_never_ends_is_deleted() -> None:
    system = Windows(looks=10_000)
    assert prints(printer(system)).verdict is Verdict.UNSURE
    assert "delete" in system.told


def test_a_begun_document_is_thrown_away_when_the_queue_is_let_go() -> None:
    system = Windows()
    queue = WindowsQueue("q", system)
    number = queue.create("loket-card-1", CARD)
    assert queue.job(number) is not None
    queue.close()
    assert system.told[-1] == "abort"
    queue.cancel(number)
    assert "delete" not in system.told, "what is not there is not deleted"


@pytest.mark.parametrize(("status", "attributes", "cause"), [
    (0, 0, None), (0x0001, 0, "queue_stopped"), (0x0008, 0, "jam"), (0x0010, 0, "feeder_empty"),
    (0x0080, 0, "no_answer"), (0x1000, 0, "no_answer"), (0x40_0000, 0, "cover_open"),
    (0x4_0000, 0, "ribbon_ended"), (0x0800, 0, "hopper_full"), (0x0002, 0, "hardware"), (0x0400, 0, None),
    (0, 0x0400, "no_answer"),
    (0x40_0002, 0, "cover_open"), (0x2_0000, 0, None),
])  # fmt: skip
def test_a_printer_s_bits_in_the_counter_s_words(status: int, attributes: int, cause: Cause | None) -> None:
    assert windows.printer_cause(PrinterFacts(status, attributes, "", "")) == cause


@pytest.mark.parametrize(("status", "word"), [
    (0, "waiting"), (0x0008, "waiting"), (0x0010, "printing"), (0x0001, "held"), (0x0080, "ended"),
    (0x1000, "ended"), (0x0002, "waiting"), (0x0091, "ended"), (0x0104, "waiting"),
])  # fmt: skip
def test_a_job_s_bits(status: int, word: JobWord) -> None:
    assert windows.job_state(JobFacts(1, "x", status)) == word


def test_kept_documents_are_refused_because_anybody_could_print_them_again() -> None:
    system = Windows()
    system.facts = PrinterFacts(0, windows.KEEP_PRINTED, "x", "y")
    with pytest.raises(Refused, match="kept"):
        printer(system).reserve(777)


@pytest.mark.parametrize("call", ["printer", "jobs"])
def test_a_spooler_that_does_not_answer_is_unreachable(call: str) -> None:
    system = Windows(fails=call)
    with pytest.raises(Unreachable):
        printer(system).snapshot()
    assert printer(system).status().state == "offline"


def test_an_access_denied_is_refused_and_trouble_in_the_document_is_never_less_than_unknown() -> None:
    denied = OSError(errno.EACCES, "no")
    vars(denied)["winerror"] = windows.ACCESS_DENIED
    assert isinstance(windows._trouble(denied), Refused)
    queue = WindowsQueue("q", Windows(fails="page"))
    queue.create("loket-card-1", CARD)
    with pytest.raises(OutcomeUnknown):
        queue.send(7, "loket-card-1", CARD)


@pytest.mark.skipif(sys.platform == "win32", reason="this is that system")
def test_another_system_has_no_such_queue() -> None:
    with pytest.raises(ValueError, match="another system"):
        open_queue(parse("spool+windows:///X"))
