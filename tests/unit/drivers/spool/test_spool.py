"""A card behind a spooler: handed over once, believed in nothing, and never twice by our hand."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from drivers.address import parse
from drivers.card_printer import SIDE_BYTES, Artefact, Care, Judgement, Snapshot, Verdict
from drivers.errors import DeviceError, NeedsHands, OutcomeUnknown, Refused, Unreachable
from drivers.ipp.words import Operation
from drivers.spool.artefact import prepare
from drivers.spool.ipp_queue import IppQueue
from drivers.spool.printer import SpoolPrinter, new_name
from drivers.spool.queue import QueueJob
from simulators.ipp.faults import SPOOLER
from tests.unit.drivers.ipp.bench import Bench, driver, spooler

CARD = prepare(b"\x80" * SIDE_BYTES, None)
BOTH = prepare(b"\x80" * SIDE_BYTES, b"\x10" * SIDE_BYTES)
SESSION = 777
UNSURE = Judgement(Verdict.UNSURE, "spooled")
HOUR_MS = 3_600_000


def prints(printer: SpoolPrinter, card: Artefact = CARD) -> Judgement:
    printer.reserve(SESSION)
    return printer.print_card(card, printer.snapshot(), staged=False)


def cards(bench: Bench) -> list[str]:
    bench.pass_ms(HOUR_MS)
    return [line["picture"] for line in bench.events("ejected")]


def test_a_queue_says_who_it_is_and_proves_nothing() -> None:
    _, printer = spooler()
    found = printer.identify()
    assert (found.model, found.serial[:3], found.firmware) == ("Loket Simulated Card Printer", "SIM", "-")
    assert (found.proves, found.contactless, found.duplex, found.ribbon) == (False, False, False, "rgb")
    assert printer.care() == Care()
    assert printer.snapshot() == Snapshot(None, None, None, False, False, (), (), ())


def test_a_card_that_came_out_is_unsure_all_the_same() -> None:
    bench, printer = spooler()
    assert prints(printer) == UNSURE
    assert cards(bench) == [CARD.sha256]
    assert bench.line.said.count(Operation.SEND_DOCUMENT) == 1


def test_both_sides_come_on_one_card_where_the_queue_says_it_can_and_on_none_elsewhere() -> None:
    bench, printer = spooler(both_sides=True)
    assert prints(printer, BOTH) == UNSURE
    assert cards(bench) == [BOTH.sha256]
    bench, printer = spooler()
    with pytest.raises(Refused):
        prints(printer, BOTH)
    assert (cards(bench), bench.queue.jobs) == ([], {})


@pytest.mark.parametrize(("fault", "out"), [
    ("aborted", 0), ("aborted_but_printed", 1), ("completed_unprinted", 0), ("held", 0), ("slow", 1),
    ("slow@400000", 0), ("answer_lost", 0), ("half_document", 0), ("restart", 1), ("offline", 1),
    ("feeder_empty@9000", 1),
])  # fmt: skip
def test_whatever_the_spooler_says_the_card_is_unsure_and_no_second_one_comes(fault: str, out: int) -> None:
    name, _, span = fault.partition("@")
    bench, printer = spooler([f"{name}@job=1" + (f",for={span}" if span else "")])
    assert prints(printer) == UNSURE
    assert cards(bench) == [CARD.sha256] * out
    bench.hand({"release": True})
    assert cards(bench) == [CARD.sha256] * out, "what is released later was cancelled long ago"
    assert printer.status().state == "ready"


def test_a_held_job_is_not_waited_for() -> None:
    bench, printer = spooler(["held@job=1"])
    started = bench.queue.now_ms
    assert prints(printer) == UNSURE
    assert bench.queue.now_ms - started < 10_000


def test_a_job_that_is_begun_a_second_time_is_cancelled_though_the_spooler_always_answered() -> None:
    bench, printer = spooler(["restart@job=1,for=1"])
    assert prints(printer) == UNSURE
    assert cards(bench) == [CARD.sha256]


def test_after_a_silence_nobody_trusts_the_job_that_is_still_there() -> None:
    bench, printer = spooler(["offline@job=1"])
    assert prints(printer) == UNSURE
    assert [job.state for job in bench.queue.jobs.values()] == [7]


class Stubborn(IppQueue):
    """A queue whose jobs stay for a while after they were cancelled."""

    def __init__(self, bench: Bench, looks: int) -> None:
        super().__init__(bench.client)
        self.looks = looks

    def active(self) -> tuple[QueueJob, ...]:
        self.looks -= 1
        return (QueueJob(1, True, "printing"),) if self.looks > 0 else ()


def test_a_cancelled_job_is_waited_for_until_it_is_gone_or_the_patience_is() -> None:
    bench, _ = spooler()
    address = parse("spool+ipp://bench/printers/card")
    with pytest.raises(Unreachable) as caught:
        SpoolPrinter(Stubborn(bench, 5), address, bench.clock).reserve(SESSION)
    assert caught.value.cause == "job_cancelled"
    with pytest.raises(Unreachable) as caught:
        SpoolPrinter(Stubborn(bench, 10_000), address, bench.clock).finish()
    assert caught.value.cause == "busy"


def test_a_spooler_that_begins_a_job_again_is_what_makes_a_second_card_without_us() -> None:
    bench, _ = spooler(["restart@job=1"])
    number = bench.client.create("loket-card-x")
    bench.client.send(number, "loket-card-x", "application/pdf", CARD.job)
    assert cards(bench) == [CARD.sha256] * 2


def test_what_an_earlier_process_left_is_cancelled_and_told_before_the_next_card() -> None:
    bench, _ = spooler(["held@job=1"])
    number = bench.client.create("loket-card-left")
    bench.client.send(number, "loket-card-left", "application/pdf", CARD.job)
    printer = driver(bench)
    assert printer.snapshot().claim and printer.status().state == "busy"
    with pytest.raises(Unreachable) as caught:
        printer.reserve(SESSION)
    assert (caught.value.cause, caught.value.detail[:2]) == ("job_cancelled", "1 ")
    assert not printer.snapshot().claim
    assert prints(printer) == UNSURE
    bench.hand({"release": True})
    assert cards(bench) == [CARD.sha256]


def test_recovery_cancels_it_too_and_then_judges_it_unsure() -> None:
    bench, _ = spooler()
    number = bench.client.create("loket-card-left")
    bench.client.send(number, "loket-card-left", "application/pdf", CARD.job)
    printer = driver(bench)
    before = printer.snapshot()
    printer.finish()
    printer.finish()
    after = printer.snapshot()
    assert (before.claim, after.claim) == (True, False)
    assert printer.judge(before, after, 1) == UNSURE
    assert cards(bench) == [], "its bytes had not reached the device yet"


def test_somebody_else_s_job_is_waited_for_and_never_touched() -> None:
    bench, printer = spooler()
    bench.hand({"foreign": "loket-card-but-another-s"})
    for ask in (lambda: printer.reserve(SESSION), lambda: prints_without_reserving(printer)):
        with pytest.raises(Unreachable) as caught:
            ask()
        assert caught.value.cause == "busy"
    assert not printer.snapshot().claim
    printer.finish()
    assert [job.state for job in bench.queue.jobs.values()] == [4]


def prints_without_reserving(printer: SpoolPrinter) -> Judgement:
    return printer.print_card(CARD, printer.snapshot(), staged=False)


@pytest.mark.parametrize("policy", ["retry-job", "retry-current-job", "stop-printer"])
def test_a_queue_that_prints_again_by_itself_is_refused(policy: str) -> None:
    bench, printer = spooler()
    bench.hand({"policy": policy})
    with pytest.raises(Refused, match=policy):
        printer.reserve(SESSION)
    with pytest.raises(Refused, match=policy):
        prints_without_reserving(printer)
    assert bench.queue.jobs == {}


@pytest.mark.parametrize(("reason", "cause", "state"), [
    ("media-empty-error", "feeder_empty", "needs_hands"), ("media-jam-error", "jam", "needs_hands"),
    ("marker-supply-empty-error", "ribbon_ended", "needs_hands"),
    ("paused", "queue_stopped", "needs_hands"),
    ("other-error", "hardware", "error"),
    ("output-area-full", "hopper_full", "needs_hands"),
])  # fmt: skip
def test_a_complaint_is_told_in_a_card_printer_s_words_and_nothing_is_sent(
    reason: str, cause: str, state: str
) -> None:
    bench, printer = spooler()
    bench.queue.reasons.add(reason)
    told = printer.status()
    assert (told.state, told.cause) == (state, cause)
    with pytest.raises(NeedsHands) as caught:
        prints(printer)
    assert caught.value.cause == cause
    assert bench.queue.jobs == {}
    assert printer.snapshot().warnings == (cause,)


def test_a_device_the_queue_cannot_reach_is_offline_and_so_is_a_spooler_that_is_not_there() -> None:
    bench, printer = spooler()
    bench.queue.reasons.add("offline")
    assert printer.status().state == "offline"
    with pytest.raises(Unreachable):
        prints(printer)
    bench.queue.go_away(HOUR_MS)
    assert (printer.status().state, printer.status().cause) == ("offline", "refused_connection")
    with pytest.raises(Unreachable):
        printer.reserve(SESSION)


def test_no_station_no_reject_and_no_card_that_was_staged() -> None:
    bench, printer = spooler()
    for ask in (
        printer.stage,
        printer.reject,
        lambda: printer.print_card(CARD, printer.snapshot(), staged=True),
    ):
        with pytest.raises(Refused) as caught:
            ask()
        assert caught.value.cause == "unsupported"
    printer.renew(SESSION)
    printer.release()
    for session in (0, 2, 65_536):
        with pytest.raises(ValueError, match="session"):
            printer.reserve(session)
    printer.close()
    assert bench.queue.jobs == {}


def test_a_line_that_cannot_be_had_for_the_document_leaves_nothing_behind() -> None:
    # reserve: printer, jobs, jobs; snapshot: two more; then printer, jobs, printer, validate, create, send
    bench, printer = spooler(line={10: "unsaid"})
    with pytest.raises(Unreachable):
        prints(printer)
    assert [job.state for job in bench.queue.jobs.values()] == [7]
    assert cards(bench) == []


def test_a_job_s_name_is_new_each_time_and_nobody_s() -> None:
    assert len({new_name() for _ in range(100)}) == 100
    assert len(new_name()) == len("loket-card-") + 16


snapshots = st.builds(
    Snapshot, *[st.none() | st.integers(0, 9)] * 3, st.booleans(), st.booleans(), *[st.just(())] * 3
)


@given(snapshots, snapshots, st.integers(0, 3), st.booleans(), st.booleans())
def test_no_two_snapshots_ever_prove_a_card(
    before: Snapshot, after: Snapshot, panels: int, named: bool, unsent: bool
) -> None:
    _, printer = spooler()
    judged = printer.judge(before, after, panels, named=named, unsent=unsent)
    assert judged.verdict is not Verdict.PRINTED
    assert (judged.verdict is Verdict.UNTOUCHED) == (unsent and not after.claim)


ACCIDENTS = st.dictionaries(st.integers(0, 40), st.sampled_from(["unsaid", "lost", "garbled"]), max_size=5)
FAULTS = st.lists(st.sampled_from(sorted(SPOOLER)), max_size=2, unique=True)


@settings(max_examples=150)
@given(ACCIDENTS, FAULTS)
@example({10: "lost"}, [])
@example({10: "lost", 11: "lost", 12: "unsaid"}, ["held"])
def test_one_attempt_is_unsure_or_sent_nothing_and_makes_one_card_at_most(
    line: dict[int, str], faults: list[str]
) -> None:
    bench, printer = spooler([f"{name}@job=1" for name in faults], line)
    sent = False
    try:
        assert prints(printer) == UNSURE
        sent = True
    except OutcomeUnknown:
        sent = True
    except DeviceError:
        pass
    out = cards(bench)
    if "restart" not in faults:
        assert len(out) <= 1
    if not sent:
        assert out == []
