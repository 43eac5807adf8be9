"""A test card that goes wrong: its blank is never used, the lane is cleared, and somebody looks."""

from __future__ import annotations

from typing import Any

import pytest

from agent.keeping import trial
from agent.printing import tally
from agent.printing.states import State
from drivers.errors import OutcomeUnknown
from tests.unit.agent.office import Office, raise_once
from tests.unit.agent.paper import Killed, Paper

SECOND = "20200512-000002"


def turn_for(office: Office, ms: int) -> None:
    """Turns until so much time has passed."""
    end = office.world.now_ms + ms
    while office.world.now_ms < end:
        office.world.wait(max(office.worker.turn(), 100))


def ask(office: Office) -> None:
    office.take()
    office.turns()
    office.journal.write(lambda tx: trial.ask(tx, None, has_chip=True))


def look(office: Office) -> dict[str, Any]:
    return office.journal.write(lambda tx: tally.looked(tx, []))


def test_a_test_card_whose_chip_is_dead_wastes_one_blank_and_is_over(office: Office, world: Paper) -> None:
    ask(office)
    world.feeder[0].chip = False
    turn_for(office, 120_000)
    assert not trial.asked(office.journal) and len(world.feeder) == 1
    job = office.take(SECOND, 0)
    turn_for(office, 60_000)
    assert [card.uid for card in world.rejected] == ["040002"]
    assert office.lane.seen.cause == "cards_unknown" and office.job(job).state is State.QUEUED
    look(office)
    office.turns()
    assert office.job(job).state is State.PRINTED


def test_a_test_card_that_lay_at_the_station_when_the_agent_died_is_sent_away(
    office: Office, world: Paper
) -> None:
    ask(office)
    raise_once(world, "staged", Killed())
    with pytest.raises(Killed):
        turn_for(office, 60_000)
    office.restart()
    turn_for(office, 120_000)
    assert [card.uid for card in world.rejected] == ["040002"]
    assert office.lane.seen.cause == "cards_unknown" and trial.asked(office.journal)
    look(office)
    turn_for(office, 60_000)
    assert not trial.asked(office.journal) and len(world.output) == 2


def test_a_test_card_whose_end_was_not_seen_leaves_no_claim_behind(office: Office, world: Paper) -> None:
    ask(office)
    raise_once(world, "out", OutcomeUnknown("link_lost"))
    turn_for(office, 20_000)
    assert not world.claim and world.session == 0 and not trial.asked(office.journal)
