"""What a printer refuses was never sent: nothing is unsure of it, and a clerk is told why nothing prints."""

from __future__ import annotations

import pytest

from agent.printing.states import State
from drivers.errors import Refused
from tests.unit.agent.office import Office, raise_once
from tests.unit.agent.paper import Paper
from tests.unit.agent.test_worker_waiting import causes, turn_for


@pytest.mark.parametrize("point", ["stage", "print"])
def test_what_the_printer_refuses_was_never_sent(office: Office, world: Paper, point: str) -> None:
    job = office.take()
    raise_once(world, point, Refused("unsupported"))
    office.turns()
    assert office.job(job).state is State.PRINTED
    assert [card.uid for card in world.output] == ["040001"] and not world.rejected


def test_a_printer_that_refuses_every_card_is_told_on_the_screen(office: Office, world: Paper) -> None:
    job = office.take()

    def points(name: str) -> None:
        if name == "stage":
            raise Refused("unsupported")

    world.points = points
    turn_for(office, 60_000)
    assert (office.lane.seen.state, office.lane.seen.cause) == ("needs_hands", "unsupported")
    assert office.job(job).state is State.QUEUED and world.session == 0
    world.points = lambda name: None
    office.turns()
    assert office.job(job).state is State.PRINTED and office.lane.seen.cause is None
    told_before = len(causes(office))
    office.take("20200512-000002", 0)
    raise_once(world, "stage", Refused("unsupported"))
    office.turns()
    assert len(causes(office)) == told_before, "once is no trouble yet"
