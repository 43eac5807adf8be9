"""The simulated printers by themselves: what is true of them whatever a driver believes."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.ipp import faults, process, wire
from simulators.ipp.devices import CardDevice
from simulators.ipp.face import Kind
from simulators.ipp.model import ABORTED, CANCELED, COMPLETED, HELD, PENDING, PROCESSING
from simulators.ipp.process import PAPER
from tests.unit.drivers.ipp.bench import Bench

PDF = b"<< /Type /Page >> << /Type/Page >> << /Type /Pages >>"
QUEUE = process.spooler("card", both_sides=False)


def ask(bench: Bench, operation: int, document: bytes = b"", /, **told: object) -> wire.Request | None:
    """One request in the printer's own words; its answer read by the same reader."""
    rows = [(_tag(value), name.replace("_", "-"), (value,)) for name, value in told.items()]
    body = struct.pack(">HHI", 0x0200, operation, 5) + b"\x01" + b"".join(wire._row(*row) for row in rows)
    answer = bench.face.answer(body + b"\x03" + document)
    return None if answer is None else wire.read(answer)


def _tag(value: object) -> int:
    return wire.BOOLEAN if isinstance(value, bool) else wire.INTEGER if isinstance(value, int) else wire.NAME


def send(bench: Bench, document: bytes = PDF, user: str = "loket", name: str = "one") -> int:
    made = ask(bench, 0x0005, requesting_user_name=user, job_name=name)
    assert made is not None
    number: int = made.template["job-id"][0]
    ask(bench, 0x0006, document, job_id=number, document_format="application/pdf")
    return number


def test_two_pages_are_two_sheets_and_the_job_goes_through_its_states() -> None:
    bench = Bench()
    number = send(bench)
    assert bench.queue.jobs[number].state == PENDING
    bench.pass_ms(1)
    assert bench.queue.jobs[number].state == PROCESSING
    bench.pass_ms(100_000)
    assert bench.queue.jobs[number].state == COMPLETED
    assert [line["panel"] for line in bench.events("sheet")] == ["sheet 1", "sheet 2"]
    assert len({line["picture"] for line in bench.events("sheet")}) == 1


def test_one_job_at_a_time_in_their_order() -> None:
    bench = Bench()
    first, second = send(bench), send(bench)
    bench.pass_ms(5_000)
    states = [bench.queue.jobs[number].state for number in (first, second)]
    assert states == [PROCESSING, PENDING]
    bench.pass_ms(50_000)
    assert {job.state for job in bench.queue.jobs.values()} == {COMPLETED}


def test_a_cancelled_sheet_stays_white_and_what_has_ended_cannot_be_cancelled() -> None:
    bench = Bench()
    number = send(bench)
    bench.pass_ms(100)
    done = ask(bench, 0x0008, job_id=number)
    again = ask(bench, 0x0008, job_id=number)
    missing = ask(bench, 0x0008, job_id=99)
    assert [each and each.operation for each in (done, again, missing)] == [0, 0x0404, 0x0406]
    bench.pass_ms(100_000)
    assert (bench.queue.jobs[number].state, bench.events("sheet")) == (CANCELED, [])


@pytest.mark.parametrize(("operation", "told", "status"), [
    (0x0002, {}, 0x0501), (0x0004, {"document_format": "image/gif"}, 0x040A), (0x0004, {}, 0),
    (0x0009, {"job_id": 9}, 0x0406), (0x0006, {"job_id": 9}, 0x0406), (0x0006, {"job_id": 1}, 0x040A),
])  # fmt: skip
def test_what_is_not_so_is_refused(operation: int, told: dict[str, object], status: int) -> None:
    bench = Bench()
    ask(bench, 0x0005, job_name="x")
    answer = ask(bench, operation, **told)
    assert answer is not None and answer.operation == status


def test_a_second_document_for_one_job_is_not_possible() -> None:
    bench = Bench()
    number = send(bench)
    answer = ask(bench, 0x0006, PDF, job_id=number, document_format="application/pdf")
    assert answer is not None and answer.operation == 0x0404


def test_a_spooler_hides_the_names_of_others_and_tells_its_policy() -> None:
    bench = Bench(QUEUE, 5)
    send(bench, user="somebody", name="a letter")
    mine, all_told = (
        ask(bench, 0x000A, requesting_user_name="loket", my_jobs=mine) for mine in (True, False)
    )
    assert mine is not None and mine.template == {}
    assert all_told is not None and "job-name" not in all_told.template
    assert all_told.template["job-id"] == (1,)


def test_a_document_that_is_no_card_is_aborted_and_draws_no_blank() -> None:
    bench = Bench(QUEUE, 5)
    number = send(bench, b"%PDF of a letter")
    bench.pass_ms(100_000)
    assert (bench.queue.jobs[number].state, bench.truth) == (ABORTED, [])


def test_hands_answer_with_what_there_is_to_see() -> None:
    bench = Bench(QUEUE, 0)
    number = send(bench)
    seen = bench.hand({"look": True})
    assert seen == {"jobs": [{"job": number, "name": "one", "state": PENDING}], "reasons": []}
    bench.hand({"load": 3})
    assert isinstance(bench.queue.device, CardDevice) and bench.queue.device.cards == 3
    assert bench.hand({"policy": "stop-printer"}) and bench.queue.error_policy == "stop-printer"
    assert bench.hand({"fault": "held@job=2"})["jobs"]
    assert bench.queue.jobs[send(bench)].state == HELD
    for fault in ("held@card=2", "jam@job=1"):
        assert "error" in bench.hand({"fault": fault})
    odds: list[object] = [None, [], {}, {"dance": True}]
    for odd in odds:
        assert "error" in process.hand(bench.queue, odd)


@pytest.mark.parametrize(
    "text", ["", "held", "held@", "held@job=", "held@job=x", "held@job=1,for=x", "held@job=1,a=2"]
)
def test_a_fault_that_makes_no_sense_says_so(text: str) -> None:
    with pytest.raises(ValueError, match=r"held|accident"):
        faults.parse(text, faults.SPOOLER)


def test_every_accident_is_known_by_one_of_the_two_devices() -> None:
    for name in (*faults.PAPER, *faults.SPOOLER):
        known = faults.PAPER if name in faults.PAPER else faults.SPOOLER
        assert faults.parse(f"{name}@job=3,for=7", known) == faults.Fault(name, 3, 7)


@given(st.binary(max_size=120))
def test_noise_is_answered_or_is_no_request(raw: bytes) -> None:
    bench = Bench()
    try:
        answer = bench.face.answer(raw)
    except ValueError:
        return
    assert answer is not None and len(answer) >= 9


def test_what_the_printer_is_shows_in_what_it_tells() -> None:
    for both in (True, False):
        bench = Bench(Kind("M", "/p", both, queue=False), None)
        answer = ask(bench, 0x000B)
        assert answer is not None
    assert PAPER.path == "/ipp/print"
