"""A printer that proves nothing: every card past the intent is settled by who holds it, and nobody else."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.printing import jobs, tally
from agent.printing.states import Event, State
from agent.stock import blanks
from domain.accounts import Place
from drivers.errors import Cause, NeedsHands, OutcomeUnknown, Unreachable
from tests.unit.agent.office import ORDER, Office, picture, raise_once
from tests.unit.agent.paper import Killed, Paper
from tests.unit.agent.paper_queue import PaperQueue, Spool
from tests.unit.agent.test_worker_crash import Points

JOB, SECOND = f"{ORDER}-1", "20200512-000002"
BLANK = "040001"


@pytest.fixture
def spool() -> Spool:
    return Spool()


@pytest.fixture
def queue_office(tmp_path: Path, blank_journal: Path, world: Paper, spool: Spool) -> Office:
    return an_office(tmp_path / "journal.db", blank_journal, world, spool)


def an_office(path: Path, blank_journal: Path, world: Paper, spool: Spool) -> Office:
    return Office(path, blank_journal, world, chip=False, printer=lambda seen: PaperQueue(seen, spool))


def turn_for(office: Office, ms: int) -> None:
    end = office.world.now_ms + ms
    while office.world.now_ms < end:
        office.world.wait(max(office.worker.turn(), 100))


def test_a_spooled_card_waits_for_a_scan_and_closes_the_lane(queue_office: Office, world: Paper) -> None:
    job = queue_office.take(asked=BLANK)
    queue_office.turns()
    queue_office.take(SECOND, 0, asked="040002")
    turn_for(queue_office, 60_000)
    assert (queue_office.job(job).state, queue_office.job(job).cause) == (State.UNSURE, "spooled")
    assert queue_office.job(job).blank == BLANK
    assert queue_office.job(f"{SECOND}-1").state is State.QUEUED and len(world.output) == 1
    queue_office.settle_by_hand()
    queue_office.turns()
    assert queue_office.job(job).state is State.PRINTED
    assert [card.uid for card in world.output] == [BLANK, "040002"], "one job at a time"


def test_what_hands_can_mend_is_waited_for_and_nothing_is_unsure_of_it(
    queue_office: Office, world: Paper
) -> None:
    job = queue_office.take(asked=BLANK)

    def points(name: str) -> None:
        if name == "print" and world.now_ms < 1_000:
            world.hands = "hopper_full"
            world.later(30_000, lambda: setattr(world, "hands", None))

    world.points = points
    queue_office.turns()
    assert queue_office.job(job).cause == "spooled" and len(world.output) == 1
    assert queue_office.events("untouched", "unsure") == ["unsure", "untouched", "unsure"]
    assert queue_office.events("print_intended") == ["print_intended"] * 2


@pytest.mark.parametrize("error", [OutcomeUnknown("link_lost"), OutcomeUnknown("job_cancelled")])
def test_the_driver_s_own_word_is_told_where_it_has_one(
    queue_office: Office, world: Paper, error: OutcomeUnknown
) -> None:
    job = queue_office.take(asked=BLANK)
    raise_once(world, "spooled", error)
    queue_office.turns()
    assert (queue_office.job(job).state, queue_office.job(job).cause) == (State.UNSURE, error.cause)


def test_the_words_of_an_earlier_card_are_not_told_of_this_one(queue_office: Office, world: Paper) -> None:
    job = queue_office.take(asked=BLANK)
    raise_once(world, "reserve", Unreachable("busy"))
    queue_office.turns()
    assert queue_office.job(job).cause == "spooled"


def test_whatever_the_driver_says_a_card_that_nothing_proves_is_not_printed(
    queue_office: Office, spool: Spool
) -> None:
    job = queue_office.take(asked=BLANK)
    spool.lies = True
    queue_office.turns()
    assert queue_office.job(job).state is State.UNSURE
    assert queue_office.job(job).before == {"cards": None, "panels": None}


def test_a_job_without_a_named_blank_is_given_back_before_anything_moves(
    queue_office: Office, world: Paper
) -> None:
    job = queue_office.take()
    queue_office.turns()
    assert (queue_office.job(job).state, queue_office.job(job).cause) == (State.CANCELLED, "BLANK_NEEDED")
    assert jobs.next_waiting(queue_office.journal, 9) == [ORDER] and world.cards == 100


def test_a_queue_brings_no_card_to_a_reader_whatever_it_says(
    tmp_path: Path, blank_journal: Path, world: Paper, spool: Spool
) -> None:
    spool.lies = True
    printer = lambda seen: PaperQueue(seen, spool)  # noqa: E731
    office = Office(tmp_path / "chip.db", blank_journal, world, chip=True, printer=printer)
    job = office.take()
    office.turns()
    assert (office.job(job).state, office.job(job).cause) == (State.CANCELLED, "BLANK_NEEDED")


def test_a_printer_without_a_station_asks_for_the_blank_s_name_too(office: Office, world: Paper) -> None:
    world.contactless = False
    job = office.take()
    office.turns()
    assert (office.job(job).state, office.job(job).cause) == (State.CANCELLED, "BLANK_NEEDED")


@pytest.mark.parametrize("hands", ["ribbon_ended", "cover_open"])
def test_a_proving_printer_whose_blank_the_clerk_named_waits_for_hands_too(
    clerk_office: Office, world: Paper, hands: Cause
) -> None:
    """Not a byte was taken and nothing was fed: the job waits again, and the agent goes on."""
    job = clerk_office.take(asked=BLANK)
    raise_once(world, "print", NeedsHands(hands))
    clerk_office.turns()
    assert clerk_office.job(job).state is State.PRINTED
    assert clerk_office.events("unsure", "untouched", "printed") == ["unsure", "untouched", "printed"]


# -- after a death


@pytest.mark.parametrize("point", ["sending", "spooled", "panel 1", "closed"])
def test_past_the_intent_a_restart_means_unsure(
    queue_office: Office, world: Paper, spool: Spool, point: str
) -> None:
    job = queue_office.take(asked=BLANK)
    raise_once(world, point, Killed())
    with pytest.raises(Killed):
        queue_office.turns()
    world.points = lambda name: None
    queue_office.restart()
    queue_office.worker.turn()
    assert (queue_office.job(job).state, queue_office.job(job).cause) == (State.UNSURE, "spooled")
    assert spool.job is None, "before a clerk looks, nothing is left in the queue to come out by surprise"


def test_it_is_unsure_although_the_queue_does_not_answer(queue_office: Office, world: Paper) -> None:
    job = queue_office.take(asked=BLANK)
    raise_once(world, "spooled", Killed())
    with pytest.raises(Killed):
        queue_office.turns()
    world.points, world.plugged = (lambda name: None), False
    queue_office.restart()
    queue_office.worker.turn()
    assert queue_office.job(job).state is State.UNSURE, "waiting could prove nothing"


def test_a_job_left_in_the_queue_is_cancelled_while_the_lane_is_closed(
    queue_office: Office, world: Paper, spool: Spool
) -> None:
    queue_office.take(asked=BLANK)
    raise_once(world, "spooled", OutcomeUnknown("link_lost"))
    raised = []

    def points(name: str) -> None:
        if name == "spooled":
            world.plugged = False
            world.later(20_000, lambda: setattr(world, "plugged", True))
            raised.append(name)
            raise OutcomeUnknown("link_lost")

    world.points = points
    queue_office.turns()
    assert raised and queue_office.job(JOB).state is State.UNSURE
    turn_for(queue_office, 60_000)
    assert (spool.job, spool.cancelled) == (None, 1)


def test_the_counters_of_a_printer_that_has_none_are_no_stranger_s(queue_office: Office) -> None:
    queue_office.take(asked=BLANK)
    queue_office.turns()
    assert tally.known(queue_office.journal, "QUEUE") is None
    queue_office.settle_by_hand()
    queue_office.take(SECOND, 0, asked="040002")
    queue_office.turns()
    assert queue_office.job(f"{SECOND}-1").state is State.UNSURE


def test_killed_at_every_point_one_order_never_becomes_two_good_cards(
    tmp_path: Path, blank_journal: Path
) -> None:
    number, hits = 0, 0
    while number == 0 or hits == number:
        world, spool = Paper(4), Spool()
        office = an_office(tmp_path / f"{number}.db", blank_journal, world, spool)
        office.take(blanks_count=4, asked=BLANK)
        nth = Nth(number + 1)
        world.points = office.journal.points = nth
        try:
            office.turns()
        except Killed:
            hits += 1
            world.points = lambda name: None
            office.restart()
            office.turns()
        world.points = office.journal.points = lambda name: None
        for _ in range(3):
            settle(office)
            office.take(blanks_count=0, asked=next(card.uid for card in world.feeder))
            office.turns()
        whole = [c.uid for c in (*world.output, *world.rejected) if c.panels == [picture(ORDER)] * 3]
        assert len(whole) == 1, nth.seen
        account = blanks.account(office.journal)["ktp"]
        assert not account["unaccounted"], nth.seen
        assert blanks.fold(office.journal).names("ktp", Place.CARD) == whole
        assert "printed" not in [
            line.event for line in office.journal.entries(0, 999) if line.body.get("by") == "evidence"
        ]
        number += 1
    assert number >= 20


class Nth(Points):
    """Kills at its n-th moment."""

    def __init__(self, left: int) -> None:
        super().__init__()
        self.left = left

    def __call__(self, name: str) -> None:
        self.seen[name] += 1
        self.left -= 1
        if self.left == 0:
            raise Killed(name)


def settle(office: Office) -> None:
    """The clerk looks at every tray; a half-printed card is inside the printer and is taken out by hand."""
    world = office.world
    if world.inside is not None:
        world.out(world.rejected)
    for job in jobs.in_state(office.journal, State.UNSURE):
        card = next(c for c in (*world.output, *world.rejected, *world.feeder) if c.uid == job.blank)
        whole = len(card.panels) == 3
        event = Event.PRINTED if whole else Event.SPOILED if card.panels else Event.UNTOUCHED
        if event is Event.UNTOUCHED and card in world.rejected:
            world.rejected.remove(card)
            world.feeder.insert(0, card)
        body = {"blank": card.uid, "by": "clerk", "reason": "seen"}
        office.journal.write(lambda tx, job=job, event=event, body=body: jobs.move(tx, job.id, event, body))  # type: ignore[misc]
