"""The next card is drawn while one is printed: at most one ahead, and a wrong guess costs nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Event as Flag
from threading import Thread

import pytest

from agent.printing import jobs
from agent.printing.easel import Easel
from agent.printing.jobs import Job
from agent.printing.states import Event, State
from agent.printing.undrawn import NotDrawn
from domain.words import RefusedByRule
from drivers.card_printer import Artefact
from drivers.errors import Unreachable
from tests.unit.agent.office import ORDER, Office, draw, picture
from tests.unit.agent.paper import PANELS, Paper
from tests.unit.agent.test_worker_pace import ORDERS, three


class Beside:
    """Runs the drawing ahead when the test says so; ``asked``: for which orders a card was drawn."""

    def __init__(self) -> None:
        self.works: list[Callable[[], None]] = []
        self.asked: list[str] = []

    def __call__(self, work: Callable[[], None]) -> None:
        self.works.append(work)

    def run(self) -> None:
        while self.works:
            self.works.pop()()

    def draw(self, job: Job) -> Artefact:
        self.asked.append(job.order)
        return draw(job)


@pytest.fixture
def beside() -> Beside:
    return Beside()


@pytest.fixture
def ahead(tmp_path: Path, blank_journal: Path, world: Paper, beside: Beside) -> Office:
    office = Office(tmp_path / "ahead.db", blank_journal, world, aside=beside)
    office.draw = beside.draw
    three(office)
    return office


def test_the_next_card_is_drawn_once_and_while_the_one_before_is_printed(
    ahead: Office, world: Paper, beside: Beside
) -> None:
    drawn_at: dict[str, int] = {}

    def points(name: str) -> None:
        if name == "panel 1":
            beside.run()
            drawn_at.setdefault(beside.asked[-1], len(world.output))

    world.points = points
    ahead.turns()
    assert beside.asked == ORDERS, "each card once"
    assert drawn_at == {ORDERS[1]: 0, ORDERS[2]: 1}
    assert [card.panels[0] for card in world.output] == [picture(order) for order in ORDERS]


def test_a_card_that_nobody_got_round_to_is_drawn_at_its_turn(
    tmp_path: Path, blank_journal: Path, world: Paper
) -> None:
    """The last guess is asked for while it is still in the making: it is waited for, not drawn twice."""
    asked: list[str] = []
    go = Flag()

    def slow(job: Job) -> Artefact:
        asked.append(job.order)
        if job.order != ORDER:
            assert go.wait(10)
        return draw(job)

    def thread(work: Callable[[], None]) -> None:
        Thread(target=work, daemon=True).start()

    office = Office(tmp_path / "slow.db", blank_journal, world, aside=thread)
    office.draw = slow
    three(office)
    office.worker.turn()
    assert office.job(f"{ORDERS[0]}-1").state is State.PRINTED, "nobody waited for the next one's drawing"
    go.set()
    office.turns()
    assert len(world.output) == 3 and sorted(asked) == ORDERS


@pytest.mark.parametrize("change", ["ribbon", "queue"])
def test_a_wrong_guess_is_thrown_away(ahead: Office, world: Paper, beside: Beside, change: str) -> None:
    def points(name: str) -> None:
        if name == "panel 1":
            beside.run()
        if name == "closed" and len(world.output) == 1:
            if change == "ribbon":
                world.ribbon = "ko"
            else:
                body = {"reason": "clerk"}
                ahead.journal.write(lambda tx: jobs.move(tx, f"{ORDERS[1]}-1", Event.CANCELLED, body))

    world.points = points
    ahead.turns()
    good = ORDERS if change == "ribbon" else [ORDERS[0], ORDERS[2]]
    assert [card.panels for card in world.output] == [[picture(order)] * PANELS for order in good]
    again = [ORDERS[1]] if change == "ribbon" else []
    assert sorted(beside.asked) == sorted([*ORDERS, *again])


def test_a_card_drawn_while_the_ribbon_changed_and_changed_back_is_no_guess_any_more(
    ahead: Office, world: Paper, beside: Beside
) -> None:
    def amid_a_change(job: Job) -> Artefact:
        if job.order == ORDERS[1] and ORDERS[1] not in beside.asked:
            world.ribbon = "ko"
            ahead.lane.ask_again()
        return beside.draw(job)

    def points(name: str) -> None:
        if name == "panel 1":
            beside.run()
            world.ribbon = "ymcko"

    ahead.draw, world.points = amid_a_change, points
    ahead.turns()
    assert beside.asked == [*ORDERS[:2], *ORDERS[1:]] and len(world.output) == 3


@pytest.mark.parametrize("error", [RefusedByRule("BAD_PHOTO"), NotDrawn("nobody draws"), ValueError("a bug")])
def test_what_goes_wrong_ahead_is_met_at_the_card_s_own_turn(
    ahead: Office, world: Paper, beside: Beside, error: Exception
) -> None:
    failing = [error]

    def fails_once(job: Job) -> Artefact:
        if job.order == ORDERS[1] and failing:
            raise failing.pop()
        return draw(job)

    ahead.draw = fails_once
    world.points = lambda name: beside.run() if name == "panel 1" else None
    ahead.turns()
    assert [ahead.job(f"{order}-1").state for order in ORDERS] == [State.PRINTED] * 3
    assert "order_refused" not in ahead.events(), "a guess decides nothing"


def test_no_more_than_one_card_is_ever_held_ahead(ahead: Office, world: Paper, beside: Beside) -> None:
    held: list[int] = []

    def points(name: str) -> None:
        if name == "panel 1":
            beside.run()
        easel: Easel = ahead.worker._easel
        held.append((easel._now is not None) + (easel._next is not None))

    world.points = points
    ahead.turns()
    assert max(held) == 2 and held[-1] == 0, "the running card, one more, and none when all is done"


def test_a_card_that_cannot_begin_yet_has_the_next_one_drawn_once(
    ahead: Office, world: Paper, beside: Beside
) -> None:
    refused = [Unreachable("no_answer") for _ in range(3)]

    def points(name: str) -> None:
        if name == "reserve" and refused:
            raise refused.pop()

    world.points = points
    for _ in range(4):
        world.wait(ahead.worker.turn())
        beside.run()
    assert beside.asked == ORDERS[:2]


def test_what_was_drawn_for_nobody_is_let_go_of(ahead: Office, world: Paper, beside: Beside) -> None:
    def points(name: str) -> None:
        if name == "closed":
            beside.run()
            for order in ORDERS[1:]:
                body = {"reason": "clerk"}
                ahead.journal.write(lambda tx, o=order, b=body: jobs.move(tx, f"{o}-1", Event.CANCELLED, b))  # type: ignore[misc]

    world.points = points
    ahead.turns()
    easel: Easel = ahead.worker._easel
    assert (easel._now, easel._next) == (None, None)


def test_nothing_is_drawn_for_a_card_that_is_not_asked_for(ahead: Office, beside: Beside) -> None:
    for order in ORDERS[1:]:
        body = {"reason": "clerk"}
        ahead.journal.write(lambda tx, o=order, b=body: jobs.move(tx, f"{o}-1", Event.CANCELLED, b))  # type: ignore[misc]
    ahead.turns()
    assert beside.asked == ORDERS[:1] and not beside.works
