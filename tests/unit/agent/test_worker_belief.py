"""Which printer and which ribbon the worker believes in, and what it never believes."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from agent.printing import jobs
from agent.printing.jobs import Job
from agent.printing.patience import Pace
from agent.printing.states import Event, State
from agent.store.journal import DiskFull
from drivers.card_printer import Artefact
from drivers.errors import NeedsHands, OutcomeUnknown, Unreachable
from tests.unit.agent.office import ORDER, Office, picture, raise_once
from tests.unit.agent.paper import PANELS, Killed, Paper

SECOND = "20200512-000002"


# -- which printer, which ribbon


def for_machine(office: Office) -> Callable[[Job], Artefact]:
    def drawn(job: Job) -> Artefact:
        who = office.lane.identity
        assert who is not None
        return Artefact(b"", PANELS, picture(f"{job.order} on {who.model} {who.ribbon} {who.duplex}"))

    return drawn


def test_a_ribbon_changed_between_two_cards_is_drawn_for(office: Office, world: Paper) -> None:
    office.draw = for_machine(office)
    office.take()
    office.turns()
    world.ribbon = "ko"  # quicker than the worker looks
    office.take(SECOND, 0)
    office.turns()
    assert world.output[1].panels == [picture(f"{SECOND} on Paper ko False")] * PANELS


@pytest.mark.parametrize(
    ("what", "to", "after"),
    [
        ("ribbon", "ko", "Paper ko False"),
        ("model", "New", "New ymcko False"),
        ("duplex", True, "Paper ymcko True"),
    ],
)
def test_a_machine_changed_while_a_card_waits_is_drawn_for_anew(
    office: Office, world: Paper, what: str, to: object, after: str
) -> None:
    office.draw = for_machine(office)
    office.take()

    def points(name: str) -> None:
        if name == "print" and getattr(world, what) != to:
            setattr(world, what, to)
            raise NeedsHands("ribbon_ended")

    world.points = points
    office.turns()
    assert world.output[0].panels == [picture(f"{ORDER} on {after}")] * PANELS
    rows = office.journal.rows("SELECT body FROM journal WHERE event = 'print_intended' ORDER BY seq")
    told = [json.loads(body)["artefact"] for (body,) in rows]
    assert told == [picture(f"{ORDER} on Paper ymcko False"), picture(f"{ORDER} on {after}")]


def test_a_card_drawn_for_a_job_that_is_gone_is_never_another_s(office: Office, world: Paper) -> None:
    first = office.take()
    raise_once(world, "stage", Unreachable("no_answer"))
    office.worker.turn()
    office.worker.turn()
    assert office.job(first).state is State.QUEUED
    office.journal.write(lambda tx: jobs.move(tx, first, Event.CANCELLED, {"reason": "clerk"}))
    office.take(SECOND, 0)
    office.turns()
    assert world.output[0].panels == [picture(SECOND)] * PANELS


def test_a_printer_is_asked_who_it_is_after_every_trouble(office: Office, world: Paper) -> None:
    office.worker.turn()
    world.hands = "cover_open"
    office.worker.turn()
    world.hands, world.serial, world.ribbon = None, "SIMOTHER", "ko"
    office.worker.turn()
    assert office.lane.serial == "SIMOTHER"
    assert office.lane.identity is not None and office.lane.identity.ribbon == "ko"


def test_another_printer_can_testify_nothing_of_a_job(office: Office, world: Paper) -> None:
    """It shows the very counters that would prove the card, and was never fed it."""
    job = office.take()
    raise_once(world, "closed", Killed())
    with pytest.raises(Killed):
        office.turns()
    world.serial = "SIMOTHER"
    office.restart()
    office.turns()
    assert (office.job(job).state, office.job(job).cause) == (State.UNSURE, "session_lost")


def test_a_printer_swapped_in_one_silence_is_not_taken_for_the_other(office: Office, world: Paper) -> None:
    job = office.take()
    raise_once(world, "closed", OutcomeUnknown("link_lost"))
    office.worker.turn()
    begun = office.job(job)
    world.plugged = False
    office.lane.status()
    world.plugged, world.serial = True, "SIMOTHER"
    seen = office.lane.snapshot(begun)
    assert seen is not None and seen.session is None
    world.plugged = False
    assert office.lane.snapshot(begun) is None
    world.plugged, world.serial = True, "SIMTHIRD"
    office.lane.snapshot(begun)
    assert office.lane.serial == "SIMTHIRD"


# -- what is believed


def test_the_driver_s_own_word_is_taken_over_counters_that_fit(office: Office, world: Paper) -> None:
    job = office.take()

    def points(name: str) -> None:
        if name == "closed":
            world.objection = "hardware"
            raise OutcomeUnknown("link_lost")

    world.points = points
    office.turns()
    assert (office.job(job).state, office.job(job).cause) == (State.UNSURE, "hardware")


@pytest.mark.parametrize("first", ["stage", "print"])
def test_no_byte_was_taken_once_says_nothing_of_the_next_time(
    office: Office, world: Paper, first: str
) -> None:
    """The second time the card comes out, the disk is full before that can be told, and the counters lag."""
    job = office.take()
    raise_once(world, first, Unreachable("no_answer"))
    office.worker.turn()

    def points(name: str) -> None:
        if name == "closed" and len(world.output) == 1:
            world.cards, world.panels = 100, 1000
            world.points = lambda name: None
            raise DiskFull("full")

    world.points = points
    office.turns()
    assert office.job(job).state is State.UNSURE
    assert len(world.output) == 1


def test_a_reservation_that_is_refused_proves_nothing_of_an_earlier_life_s_card(
    office: Office, world: Paper
) -> None:
    job = office.take()
    told: list[str] = []

    def points(name: str) -> None:
        told.append(name)
        if told[-3:] == ["chip", "commit", "committed"]:
            raise Killed

    world.points = office.journal.points = points
    with pytest.raises(Killed):
        office.turns()
    office.restart()
    raise_once(world, "reserve", Unreachable("no_answer"))
    while office.worker.turn() < 1_000:  # until the reservation is refused
        world.wait(500)
    assert office.job(job).state is State.STAGED
    world.out(world.rejected)  # a hand took the card; the counter lags
    world.cards -= 1
    office.turns()
    assert office.job(job).state is State.UNSURE


def test_a_claim_that_went_with_the_power_is_over_on_the_screen_before_the_job_is_settled(
    office: Office, world: Paper
) -> None:
    job = office.take()
    raise_once(world, "panel 1", Killed())
    with pytest.raises(Killed):
        office.turns()
    world.wakes.clear()  # it never gives that job up
    office.restart()
    while world.now_ms < 120_000:
        world.wait(max(office.worker.turn(), 100))
    assert (office.job(job).state, office.lane.seen.cause) == (State.PRINTING, "claim_stuck")
    world.power_cut()
    office.worker.turn()
    assert (office.job(job).state, office.lane.seen.cause) == (State.PRINTING, None)


def test_a_feed_whose_end_nobody_saw_is_not_judged_before_the_printer_has_rested(
    office: Office, world: Paper
) -> None:
    job = office.take()
    raise_once(world, "staged", OutcomeUnknown("link_lost"))
    office.turns()
    assert office.job(job).state is State.PRINTED
    at_ms = dict(office.journal.rows("SELECT event, at_ms FROM journal"))
    rested_ms = at_ms["staged"] - at_ms["feed_intended"]
    assert rested_ms >= Pace().calm, "the blank may still be on its way"
