"""The worker's rules at a printer of paper: one good card for one order, whatever happens."""

from __future__ import annotations

import pytest

from agent.printing.states import State
from agent.stock import blanks
from drivers.errors import Cause, NeedsHands, OutcomeUnknown, Refused, Unreachable
from tests.unit.agent.office import ORDER, Office, picture, raise_once
from tests.unit.agent.paper import Paper

CARD_LINES = ("feed_intended", "staged", "print_intended", "printed", "unsure", "untouched", "spoiled")


def test_one_press_makes_one_card_with_every_intent_before_its_act(office: Office, world: Paper) -> None:
    job = office.take()
    told: dict[str, list[str]] = {}

    def points(name: str) -> None:
        told.setdefault(name, office.events(*CARD_LINES))

    world.points = points
    office.turns()
    assert office.job(job).state is State.PRINTED
    assert told["stage"] == ["feed_intended"]
    assert told["sending"] == ["feed_intended", "staged", "print_intended"]
    assert len(world.good(picture(ORDER))) == 1
    assert blanks.account(office.journal)["ktp"]["used"] == 1


def test_a_printed_job_leaves_the_printer_free_for_others(office: Office, world: Paper) -> None:
    office.take()
    office.turns()
    assert world.session == 0


def test_the_next_card_follows_without_a_pause(office: Office, world: Paper) -> None:
    office.take()
    office.take("20200512-000002", 0)
    office.turns()
    assert len(world.output) == 2
    assert world.now_ms == 2 * 4 * 2_000 + 4_000, "four steps a card, and the rest afterwards"


@pytest.mark.parametrize(
    "hands", ["ribbon_ended", "cover_open", "no_ribbon", "hopper_full", "reject_full", "head_hot"]
)
def test_a_printer_that_needs_hands_is_waited_for_and_then_goes_on(
    office: Office, world: Paper, hands: Cause
) -> None:
    job = office.take()
    world.hands = hands
    world.later(60_000, lambda: setattr(world, "hands", None))
    office.turns(limit=30)
    assert office.job(job).state is State.PRINTED
    assert office.events("feed_intended") == ["feed_intended"], "nothing is begun while hands are needed"
    assert office.events("printer_state") == ["printer_state"] * 2


def test_a_printer_that_must_be_cleaned_prints_nothing_until_it_was(office: Office, world: Paper) -> None:
    job = office.take()
    world.cleaning = "due"
    for _ in range(6):
        world.wait(office.worker.turn())
    assert (office.lane.seen.state, office.lane.seen.cause) == ("needs_hands", "cleaning_needed")
    assert world.cards == 100 and world.session == 0
    world.cleaning = "recommended"
    office.turns()
    assert office.job(job).state is State.PRINTED


def test_a_printer_that_does_not_tell_of_its_cleaning_prints(office: Office, world: Paper) -> None:
    job = office.take()
    raise_once(world, "care", Unreachable("no_answer"))
    office.turns()
    assert office.job(job).state is State.PRINTED


def test_waiting_polls_ever_more_slowly(office: Office, world: Paper) -> None:
    office.take()
    world.plugged = False
    pauses = [office.worker.turn() for _ in range(8)]
    assert pauses == [1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000, 15_000]


def test_what_the_screen_shows_is_what_was_last_seen(office: Office, world: Paper) -> None:
    office.worker.turn()
    assert (office.lane.seen.state, office.lane.seen.serial) == ("ready", "SIMPAPER")
    assert office.lane.seen.simulated
    world.plugged = False
    office.worker.turn()
    assert (office.lane.seen.state, office.lane.seen.cause) == ("offline", "unplugged")


def test_a_restart_does_not_tell_the_printer_s_state_again(office: Office) -> None:
    office.worker.turn()
    office.restart()
    office.worker.turn()
    assert office.events("printer_state") == ["printer_state"]


@pytest.mark.parametrize("error", [Unreachable("no_answer"), NeedsHands("feeder_empty")])
def test_a_feed_that_moved_nothing_is_tried_again_with_the_same_job(
    office: Office, world: Paper, error: Exception
) -> None:
    job = office.take()
    raise_once(world, "stage", error)
    office.turns()
    assert office.job(job).state is State.PRINTED
    assert office.events("untouched") == ["untouched"]


def test_a_feed_of_unknown_outcome_goes_on_with_the_card_the_chip_names(office: Office, world: Paper) -> None:
    job = office.take()
    raise_once(world, "staged", OutcomeUnknown("link_lost"))
    office.turns()
    assert office.job(job).state is State.PRINTED
    assert office.job(job).blank == "040001"
    assert "untouched" not in office.events()


def test_a_print_that_sent_nothing_goes_on_with_the_same_blank(office: Office, world: Paper) -> None:
    job = office.take()
    raise_once(world, "print", Unreachable("no_answer"))
    office.turns()
    assert office.job(job).state is State.PRINTED
    assert [card.uid for card in world.output] == ["040001"]
    assert not world.rejected


def test_hands_needed_with_the_card_at_the_station_are_waited_for(office: Office, world: Paper) -> None:
    job = office.take()

    def points(name: str) -> None:
        if name == "print" and world.now_ms < 10_000:
            world.hands = "cover_open"
            world.later(20_000, lambda: setattr(world, "hands", None))

    world.points = points
    office.turns()
    assert office.job(job).state is State.PRINTED
    assert office.events("print_intended") == ["print_intended"] * 2


@pytest.mark.parametrize("point", ["panel 0", "panel 1", "panel 2"])
def test_a_link_lost_in_mid_card_closes_the_lane_and_rejects_the_card(
    office: Office, world: Paper, point: str
) -> None:
    job = office.take()
    raise_once(world, point, OutcomeUnknown("link_lost"))
    office.turns()
    office.take("20200512-000002", 0)
    for _ in range(20):
        world.wait(office.worker.turn())
    assert office.job(job).state is State.UNSURE
    assert not world.output
    assert [card.uid for card in world.rejected] == ["040001"]
    assert office.job("20200512-000002-1").state is State.QUEUED, "the lane is closed"


def test_a_link_lost_after_the_card_came_out_is_settled_by_evidence(office: Office, world: Paper) -> None:
    job = office.take()
    raise_once(world, "closed", OutcomeUnknown("link_lost"))
    office.turns()
    assert office.job(job).state is State.PRINTED
    assert len(world.good(picture(ORDER))) == 1


def test_a_printer_that_restarted_under_the_card_is_never_believed(office: Office, world: Paper) -> None:
    job = office.take()

    def points(name: str) -> None:
        if name == "panel 1":
            world.power_cut()

    world.points = points
    office.turns()
    assert (office.job(job).state, office.job(job).cause) == (State.UNSURE, "printer_reset")
    assert [card.uid for card in world.rejected] == ["040001"]


def test_a_refusal_of_the_job_is_not_repeated_for_ever(office: Office, world: Paper) -> None:
    job = office.take()

    def points(name: str) -> None:
        if name == "sending":
            raise Refused("bad_command")

    world.points = points
    office.turns()
    assert office.job(job).state is State.UNSURE
    assert len(office.events("print_intended")) <= 4


def test_the_counters_that_are_shown_are_the_printer_s_own_from_the_first_look_and_after_each_card(
    office: Office, world: Paper
) -> None:
    office.turns()
    assert (office.lane.seen.cards, office.lane.seen.panels) == (world.cards, world.panels)
    office.take()
    office.turns()
    assert len(world.output) == 1
    assert (office.lane.seen.cards, office.lane.seen.panels) == (world.cards, world.panels)


def test_a_resting_printer_is_asked_for_its_counters_once_and_again_when_it_was_away(
    office: Office, world: Paper
) -> None:
    asked: list[str] = []
    world.points = asked.append
    office.turns()
    office.turns()
    assert asked.count("snapshot") == 1
    world.plugged = False
    office.turns()
    world.plugged = True
    world.cards += 7  # somebody else's printing, while it was away
    office.turns()
    assert (asked.count("snapshot"), office.lane.seen.cards) == (2, world.cards)
