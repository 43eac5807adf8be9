"""The worker and its blanks: each by name, none wasted, none missing; and what it does when told little."""

from __future__ import annotations

import pytest

from agent.printing.jobs import Job
from agent.printing.states import State
from agent.stock import blanks
from domain.words import RefusedByRule
from drivers.card_printer import Artefact
from drivers.errors import Cause, OutcomeUnknown, Unreachable
from tests.unit.agent.office import Office, raise_once
from tests.unit.agent.paper import Paper


def test_a_dead_chip_asks_for_a_person_and_no_blank_goes_missing(office: Office, world: Paper) -> None:
    world.feeder[0].chip = False
    job = office.take()
    office.turns()
    assert (office.job(job).state, office.job(job).cause) == (State.UNSURE, "chip_dead")
    assert [card.uid for card in world.rejected] == ["040001"]
    assert blanks.account(office.journal)["ktp"]["on_hand"] == 3


@pytest.mark.parametrize("received", [0, 1])
def test_a_card_of_no_account_is_rejected_and_holds_the_lane(
    office: Office, world: Paper, received: int
) -> None:
    """Nothing was received, or the card is used already: feeding on would waste the whole feeder."""
    first = office.take(blanks_count=received)
    if received:
        office.turns()
        world.feeder.insert(0, world.output.pop())  # somebody put a used card back
        world.feeder[0].panels.clear()
        first = office.take("20200512-000002", 0)
    for _ in range(12):
        world.wait(office.worker.turn())
    assert office.job(first).state is State.QUEUED
    assert len(world.rejected) == 1
    assert office.lane.seen.cause == ("blank_used" if received else "blank_unknown")
    account = blanks.account(office.journal)["ktp"]
    assert not account["unaccounted"]
    office.take("20200512-000003", 3)  # a consignment is received: the lane goes on
    office.turns()
    assert office.job(first).state is State.PRINTED


@pytest.mark.parametrize("cause", ["feeder_empty", "cover_open"])
def test_a_lane_that_a_strange_card_holds_opens_when_somebody_has_seen_to_the_blanks(
    office: Office, world: Paper, cause: Cause
) -> None:
    """No other order waits, and none of these blanks is new: nothing else would ever open it."""
    office.take()
    office.turns()
    world.feeder.insert(0, world.output.pop())
    job = office.take("20200512-000002", 0)
    for _ in range(12):
        world.wait(office.worker.turn())
    assert (office.lane.seen.cause, len(world.rejected)) == ("blank_used", 1)
    world.hands = cause
    world.wait(office.worker.turn())
    assert office.lane.seen.cause == cause
    world.hands = None
    office.turns()
    assert office.job(job).state is State.PRINTED


def test_a_stray_card_is_rejected_before_anything_is_fed(office: Office, world: Paper) -> None:
    world.feed("contactless")
    office.take()
    office.turns()
    assert [card.uid for card in world.rejected] == ["040001"]
    assert [card.uid for card in world.output] == ["040002"]


def test_an_error_that_is_over_is_cleared_by_the_next_card(office: Office, world: Paper) -> None:
    world.errors = ("jam",)
    job = office.take()
    office.turns()
    assert office.job(job).state is State.PRINTED


def test_an_error_whose_cause_is_still_there_begins_nothing(office: Office, world: Paper) -> None:
    world.errors, world.hands = ("ribbon_ended",), "ribbon_ended"
    office.take()
    for _ in range(5):
        world.wait(office.worker.turn())
    assert "feed_intended" not in office.events()


def test_somebody_else_s_card_is_left_alone(office: Office, world: Paper) -> None:
    world.feed("print")
    world.reserve(9, 60_000)
    office.take()
    for _ in range(5):
        world.wait(office.worker.turn())
    assert not world.rejected and not world.output
    assert "feed_intended" not in office.events()


def test_a_clerk_s_blank_is_fed_by_the_print_itself(clerk_office: Office, world: Paper) -> None:
    job = clerk_office.take(asked="040001")
    told: list[str] = []
    world.points = told.append
    clerk_office.turns()
    assert clerk_office.job(job).state is State.PRINTED
    assert clerk_office.job(job).blank == "040001"
    assert "stage" not in told


def test_a_clerk_s_blank_that_is_no_longer_free_cancels_the_job(clerk_office: Office) -> None:
    job = clerk_office.take(asked="040001", blanks_count=0)
    clerk_office.turns()
    assert (clerk_office.job(job).state, clerk_office.job(job).cause) == (State.CANCELLED, "BLANK_UNKNOWN")


def test_an_order_whose_sealed_part_does_not_open_moves_no_card(office: Office, world: Paper) -> None:
    def refuse(job: Job) -> Artefact:
        raise RefusedByRule("BAD_PAYLOAD")

    office.draw = refuse
    job = office.take()
    office.turns()
    assert (office.job(job).state, office.job(job).cause) == (State.CANCELLED, "BAD_PAYLOAD")
    assert world.cards == 100


def test_silence_after_an_intent_becomes_unsure_so_that_a_person_may_settle_it(
    office: Office, world: Paper
) -> None:
    job = office.take()

    def points(name: str) -> None:
        if name == "panel 0":
            world.plugged = False
            raise OutcomeUnknown("unplugged")

    world.points = points
    office.turns()
    assert (office.job(job).state, office.job(job).cause) == (State.UNSURE, "unplugged")
    assert world.now_ms >= 60_000


def test_what_was_known_of_one_attempt_is_not_believed_of_the_next(office: Office, world: Paper) -> None:
    """First a feed that surely took nothing; then one that died without a word, with equal counters."""
    job = office.take()
    raise_once(world, "stage", Unreachable("no_answer"))
    assert office.worker.turn() == 0
    office.worker.turn()
    assert office.job(job).state is State.QUEUED
    raise_once(world, "sending", OutcomeUnknown("link_lost"))
    office.worker.turn()
    assert office.job(job).state is State.PRINTING
    world.out(world.rejected)  # a hand took the card; the counter lags
    world.cards -= 1
    office.turns()
    assert office.job(job).state is State.UNSURE
