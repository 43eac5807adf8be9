"""Orders that cannot become a card, and a disk of whose journal the province knows more."""

from __future__ import annotations

import pytest

from agent.printing import jobs
from agent.printing.jobs import Job
from agent.printing.states import Event, State
from agent.printing.undrawn import DRAWS_MAX, NotDrawn
from agent.store import behind
from domain.words import SENTENCES, RefusedByRule
from drivers.card_printer import Artefact
from sync.log import Mark
from tests.unit.agent.office import ORDER, Office, draw, raise_once
from tests.unit.agent.paper import Killed, Paper

OTHER = "20200512-000002"


def order_state(office: Office, order: str = ORDER) -> str:
    return str(office.journal.rows("SELECT state FROM order_ WHERE id = ?", order)[0][0])


def drawing(office: Office, *failing: str, error: Exception) -> list[str]:
    """The drawing fails for these orders; returns the list of what was asked."""
    asked: list[str] = []

    def made(job: Job) -> Artefact:
        asked.append(job.order)
        if job.order in failing:
            raise error
        return draw(job)

    office.draw = made
    return asked


def test_an_order_refused_by_a_rule_is_over_and_the_next_is_printed(office: Office) -> None:
    job = office.take()
    office.take(OTHER, 0)
    drawing(office, ORDER, error=RefusedByRule("BAD_PHOTO"))
    office.turns()
    assert (office.job(job).state, office.job(job).cause) == (State.CANCELLED, "BAD_PHOTO")
    assert (order_state(office), order_state(office, OTHER)) == ("refused", "printed")
    assert office.events("order_refused") == ["order_refused"]
    assert jobs.next_waiting(office.journal, 9) == []


def test_a_blank_that_may_not_be_used_is_no_fault_of_the_order(clerk_office: Office) -> None:
    job = clerk_office.take(blanks_count=0, asked="0499")
    clerk_office.turns()
    assert (clerk_office.job(job).state, clerk_office.job(job).cause) == (State.CANCELLED, "BLANK_UNKNOWN")
    assert order_state(clerk_office) == "waiting"


def test_an_order_that_cannot_be_drawn_is_shown_then_given_up_and_keeps_nobody_waiting(
    office: Office, world: Paper
) -> None:
    office.take()
    office.take(OTHER, 0)
    asked = drawing(office, ORDER, error=NotDrawn("the drawing process ended twice"))
    office.worker.turn()
    assert (office.lane.seen.state, office.lane.seen.cause) == ("needs_hands", "not_drawn")
    office.turns()
    assert asked == [ORDER] * DRAWS_MAX + [OTHER]
    assert (order_state(office), order_state(office, OTHER)) == ("refused", "printed")
    assert office.job(f"{ORDER}-1").cause == "NOT_DRAWN"
    assert "NOT_DRAWN" in SENTENCES
    assert len(world.output) == 1


def test_when_nothing_can_be_drawn_the_machine_is_at_fault_and_no_second_order_suffers(
    office: Office, world: Paper
) -> None:
    office.take()
    office.take(OTHER, 0)
    drawing(office, ORDER, OTHER, error=NotDrawn("the drawing process ended twice"))
    for _ in range(4 * DRAWS_MAX):
        world.wait(office.worker.turn())
    assert (order_state(office), order_state(office, OTHER)) == ("refused", "taken")
    assert office.lane.seen.cause == "not_drawn"
    office.draw = draw
    office.turns()
    assert order_state(office, OTHER) == "printed"


def test_a_card_at_the_station_waits_for_its_drawing_and_the_screen_says_so(
    office: Office, world: Paper
) -> None:
    job = office.take()
    raise_once(world, "chip", Killed())
    with pytest.raises(Killed):
        office.turns()
    office.restart()
    drawing(office, ORDER, error=NotDrawn("the drawing process ended twice"))
    for _ in range(4 * DRAWS_MAX):
        world.wait(office.worker.turn())
    assert (office.job(job).state, office.lane.seen.cause) == (State.STAGED, "not_drawn")
    office.draw = draw
    office.turns()
    assert office.job(job).state is State.PRINTED
    assert len(world.output) == 1


def test_a_ribbon_nobody_knows_is_waited_for_and_no_order_suffers(office: Office, world: Paper) -> None:
    job = office.take()
    drawing(office, ORDER, error=NotDrawn("'w' is none of the ribbons", "ribbon_unsupported"))
    for _ in range(4 * DRAWS_MAX):
        world.wait(office.worker.turn())
    assert office.lane.seen.cause == "ribbon_unsupported"
    assert len(office.events("printer_state")) <= 2, "waiting writes no line"
    assert office.job(job).state is State.QUEUED
    office.draw = draw
    office.turns()
    assert office.job(job).state is State.PRINTED


def test_a_job_cancelled_while_its_card_is_refused_stays_cancelled(office: Office) -> None:
    job = office.take()

    def refused(_: Job) -> Artefact:
        office.journal.write(lambda tx: jobs.move(tx, job, Event.CANCELLED, {"reason": "clerk"}))
        raise RefusedByRule("BAD_PHOTO")

    office.draw = refused
    office.turns()
    assert (office.job(job).state, office.job(job).cause) == (State.CANCELLED, "clerk")
    assert order_state(office) == "waiting", "the clerk was first: the press after this is refused"


def test_on_a_disk_that_lacks_what_the_province_holds_nothing_new_is_begun(
    office: Office, world: Paper
) -> None:
    job = office.take()
    office.journal.write(lambda tx: behind.remember(tx, Mark(99, 5)))
    for _ in range(5):
        world.wait(office.worker.turn())
    assert office.job(job).state is State.QUEUED
    office.restart()
    for _ in range(5):
        world.wait(office.worker.turn())
    assert office.job(job).state is State.QUEUED
    assert not world.output


def test_a_card_that_was_begun_before_the_province_spoke_is_seen_to_its_end(
    office: Office, world: Paper
) -> None:
    job = office.take()
    office.take(OTHER, 0)

    def points(name: str) -> None:
        if name == "panel 1":
            office.journal.write(lambda tx: behind.remember(tx, Mark(99, 5)))

    world.points = points
    office.turns(lambda: office.job(job).state is State.PRINTED)
    assert len(world.output) == 1
    assert office.job(f"{OTHER}-1").state is State.QUEUED
