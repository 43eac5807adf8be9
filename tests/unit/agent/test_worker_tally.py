"""Cards that no job knows of: the lane closes until a person has looked, and only then."""

from __future__ import annotations

import json
from typing import Any

import pytest

from agent.actions import ACTIONS
from agent.config import Config
from agent.printing import jobs, tally
from agent.printing.states import Event, State
from agent.stock import blanks
from agent.trouble import Trouble
from domain.words import RefusedByRule
from drivers.errors import NeedsHands, OutcomeUnknown
from tests.unit.agent.office import ORDER, Office, picture, raise_once
from tests.unit.agent.paper import PANELS, Killed, Paper

SECOND, THIRD = "20200512-000002", "20200512-000003"
CONFIG = Config("64.11", 1, printer="evolis+memory://paper", chip="vpcd://127.0.0.1:1")


def turns(office: Office, count: int = 8) -> None:
    for _ in range(count):
        office.world.wait(max(office.worker.turn(), 100))


def looked(office: Office, *spoiled: str) -> dict[str, Any]:
    return ACTIONS["looked"](office.journal, CONFIG, {"spoiled": list(spoiled)})


def lines(office: Office, event: str) -> list[tuple[str, Any]]:
    rows = office.journal.rows("SELECT subject, body FROM journal WHERE event = ? ORDER BY seq", event)
    return [(subject, json.loads(body)) for subject, body in rows]


def a_card_behind_our_back(world: Paper, panels: int = PANELS, order: str = ORDER) -> None:
    """Somebody prints: on the next blank in the feeder."""
    world.feed("print")
    assert world.inside is not None
    world.inside.panels += [picture(order)] * panels
    world.panels += panels
    world.out(world.output)


def test_cards_that_no_job_knows_of_close_the_lane_until_a_person_has_looked(
    office: Office, world: Paper
) -> None:
    office.take()
    office.turns()
    a_card_behind_our_back(world)
    job = office.take(SECOND, 0)
    turns(office)
    office.restart()
    turns(office)
    assert office.job(job).state is State.QUEUED and len(world.output) == 2
    assert (office.lane.seen.state, office.lane.seen.cause) == ("needs_hands", "cards_unknown")
    told = {"known": {"cards": 101, "panels": 1003}, "now": {"cards": 102, "panels": 1006}}
    assert lines(office, "counters_moved") == [("SIMPAPER", told)], "once, in this life and the next"
    done = looked(office, "040002")
    assert done == {"printer": "SIMPAPER", "cards": 102, "panels": 1006, "spoiled": ["040002"]}
    office.turns()
    assert office.job(job).state is State.PRINTED
    account = blanks.account(office.journal)["ktp"]
    assert (account["used"], account["spoiled"], account["on_hand"], account["unaccounted"]) == (2, 1, 0, [])


def test_what_is_printed_after_the_look_needs_another(office: Office, world: Paper) -> None:
    office.take()
    office.turns()
    a_card_behind_our_back(world)
    job = office.take(SECOND, 3)
    turns(office)
    world.panels += 1
    looked(office)
    turns(office)
    assert office.job(job).state is State.QUEUED
    assert len(lines(office, "counters_moved")) == 2
    looked(office)
    with pytest.raises(Trouble, match="waits"):
        looked(office)
    office.turns()
    assert office.job(job).state is State.PRINTED


def test_a_dead_agent_s_job_that_is_printed_late_is_seen_before_a_second_good_card(
    office: Office, world: Paper
) -> None:
    """Killed right after writing the job, which reaches the printer when the first blank lies rejected."""
    job = office.take()
    raise_once(world, "sending", Killed())
    with pytest.raises(Killed):
        office.turns()
    office.restart()
    office.turns()
    assert office.job(job).state is State.UNSURE
    assert [card.uid for card in world.rejected] == ["040001"], "nobody prints on the card that waited"
    a_card_behind_our_back(world)
    office.settle_by_hand()
    turns(office)
    assert len(world.good(picture(ORDER))) == 1
    assert office.lane.seen.cause == "cards_unknown"


def test_a_job_that_is_printed_after_a_clerk_called_it_untouched_is_seen_before_a_second_good_card(
    office: Office, world: Paper
) -> None:
    job = office.take()
    raise_once(world, "claimed", OutcomeUnknown("link_lost"))
    office.worker.turn()
    world.plugged = False
    turns(office, 30)
    assert office.job(job).state is State.UNSURE
    body = {"blank": office.job(job).blank, "by": "clerk", "reason": "found"}
    office.journal.write(lambda tx: jobs.move(tx, job, Event.UNTOUCHED, body))
    assert world.inside is not None
    world.inside.panels += [picture(ORDER)] * PANELS
    world.panels += PANELS
    world.out(world.output)
    world.power_cut()
    world.plugged = True
    turns(office)
    assert len(world.good(picture(ORDER))) == 1
    assert office.lane.seen.cause == "cards_unknown"


def test_a_card_fed_behind_our_back_after_a_feed_that_never_began_is_seen(
    office: Office, world: Paper
) -> None:
    job = office.take()
    raise_once(world, "stage", NeedsHands("feeder_empty"))
    turns(office, 2)
    assert office.job(job).state is State.QUEUED
    a_card_behind_our_back(world, panels=0)
    turns(office)
    told = {"known": {"cards": 100, "panels": 1000}, "now": {"cards": 101, "panels": 1000}}
    assert lines(office, "counters_moved") == [("SIMPAPER", told)]


def test_a_look_at_one_printer_does_not_stand_for_a_look_at_another(office: Office, world: Paper) -> None:
    office.take()
    office.turns()
    a_card_behind_our_back(world)
    job = office.take(SECOND, 3)
    turns(office)
    counters = {"cards": 9_000, "panels": 50_000}
    office.journal.write(lambda tx: tx.note("printer_looked", "SIMOTHER", counters))
    assert looked(office)["printer"] == "SIMPAPER"
    office.turns()
    assert office.job(job).state is State.PRINTED


def test_another_printer_and_a_printer_s_first_card_need_no_look(office: Office, world: Paper) -> None:
    world.cards, world.panels = 7_000, 30_000
    office.take()
    office.turns()
    world.serial, world.cards, world.panels = "SIMOTHER", 9_000, 50_000
    job = office.take(SECOND, 0)
    office.turns()
    assert office.job(job).state is State.PRINTED
    world.serial, world.cards, world.panels = "SIMPAPER", 7_001, 30_003
    office.take(THIRD, 0)
    office.turns()
    assert lines(office, "counters_moved") == []


@pytest.mark.parametrize("point", ["stage", "staged", "panel 0", "panel 2", "closed"])
def test_what_a_job_of_ours_did_needs_no_look(office: Office, world: Paper, point: str) -> None:
    job = office.take()
    raise_once(world, point, OutcomeUnknown("link_lost"))
    office.turns()
    if office.job(job).state is State.UNSURE:
        office.settle_by_hand()
    office.take(SECOND, 3)
    office.turns()
    assert lines(office, "counters_moved") == []
    assert jobs.counts(office.journal).get(State.PRINTED, 0) >= 1


@pytest.mark.parametrize(("cards", "panels"), [(2, PANELS), (1, PANELS + 1), (0, PANELS + 1)])
def test_one_card_or_one_panel_more_is_enough(office: Office, world: Paper, cards: int, panels: int) -> None:
    office.take()
    office.turns()
    world.cards, world.panels = 100 + cards, 1_000 + panels
    assert tally.moved(office.journal, "SIMPAPER", office.lane.testify())
    world.cards, world.panels = 101, 1_000 + PANELS
    assert not tally.moved(office.journal, "SIMPAPER", office.lane.testify())


def test_a_feed_alone_explains_no_panel(office: Office, world: Paper) -> None:
    world.feeder[0].chip = False
    office.take()
    office.turns()
    assert not tally.moved(office.journal, "SIMPAPER", office.lane.testify())
    world.panels += 1
    assert tally.moved(office.journal, "SIMPAPER", office.lane.testify())


def test_a_look_that_nobody_waits_for_says_so_and_a_used_blank_is_refused(
    office: Office, world: Paper
) -> None:
    with pytest.raises(Trouble, match="waits"):
        looked(office)
    office.take()
    office.turns()
    for blank in ("040001", "04FFFF"):
        if blank == "04FFFF":
            looked(office, "04AAAA", "04BBBB")  # the last two that have no name yet
        with pytest.raises(RefusedByRule):
            looked(office, blank)
    assert blanks.account(office.journal)["ktp"]["spoiled"] == 2
    assert not blanks.account(office.journal)["ktp"]["unaccounted"]
