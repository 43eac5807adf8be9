"""From one card to the next without a wait: the printer stays reserved, the next card is drawn meanwhile."""

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
from drivers.errors import OutcomeUnknown, Unreachable
from tests.unit.agent.office import ORDER, Office, draw, picture, raise_once
from tests.unit.agent.paper import PANELS, Paper

ORDERS = [ORDER, "20200512-000002", "20200512-000003"]


def three(office: Office) -> None:
    for number, order in enumerate(ORDERS):
        office.take(order, 0 if number else 3)


def said(world: Paper) -> list[str]:
    """What the printer is asked, from here on."""
    names: list[str] = []
    world.points = names.append
    return names


# -- the reservation


def test_the_printer_is_reserved_once_and_given_back_when_the_queue_is_empty(
    office: Office, world: Paper
) -> None:
    three(office)
    names = said(world)
    office.turns()
    assert len(world.output) == 3
    assert [names.count(word) for word in ("reserve", "release")] == [1, 1]
    assert world.session == 0


def test_the_printer_is_given_back_before_a_wait_for_hands(office: Office, world: Paper) -> None:
    three(office)

    def points(name: str) -> None:
        if name == "closed" and len(world.output) == 1:
            world.hands = "hopper_full"

    world.points = points
    for _ in range(4):
        office.worker.turn()
    assert (len(world.output), world.session) == (1, 0)
    world.hands = None
    office.turns()
    assert len(world.output) == 3


def test_the_printer_is_given_back_after_the_clerk_s_card_is_cleared_away(
    office: Office, world: Paper
) -> None:
    three(office)
    raise_once(world, "panel 1", OutcomeUnknown("link_lost"))
    while not world.rejected:
        world.wait(min(office.worker.turn(), 1_000))
    assert world.session != 0
    office.worker.turn()
    assert world.session == 0


def test_the_printer_is_given_back_when_the_station_stops(office: Office, world: Paper) -> None:
    three(office)
    stop = Flag()
    world.points = lambda name: stop.set() if name == "closed" else None
    office.worker.run(stop)
    assert (len(world.output), world.session) == (1, 0)


def test_a_card_that_waits_for_hands_keeps_the_printer_when_the_station_stops(
    office: Office, world: Paper
) -> None:
    three(office)
    raise_once(world, "print", Unreachable("no_answer"))
    office.worker.turn()
    stop = Flag()
    stop.set()
    office.worker.run(stop)
    assert world.session != 0, "what is begun is still ours at the next start"


@pytest.mark.parametrize("accident", ["lapses", "restarts", "errs"])
def test_a_kept_reservation_that_no_longer_serves_is_taken_anew(
    office: Office, world: Paper, accident: str
) -> None:
    three(office)

    def strike() -> None:
        if accident == "lapses":
            world.session = 0
        elif accident == "restarts":
            world.power_cut()
        else:
            world.errors = ("jam",)

    names: list[str] = []

    def points(name: str) -> None:
        names.append(name)
        if name == "renew" and len(world.output) == 1:
            strike()

    world.points = points
    office.turns()
    assert len(world.output) == 3 and names.count("reserve") == 2
    assert "unsure" not in office.events()


def test_a_printer_that_somebody_else_took_meanwhile_is_waited_for(office: Office, world: Paper) -> None:
    three(office)

    def points(name: str) -> None:
        if name == "renew" and len(world.output) == 1:
            world.reserve(9, 20_000)

    world.points = points
    office.turns()
    assert len(world.output) == 3 and "unsure" not in office.events()
    assert world.now_ms > 20_000


# -- the drawing


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


def test_nothing_is_drawn_for_a_card_that_is_not_asked_for(ahead: Office, beside: Beside) -> None:
    for order in ORDERS[1:]:
        body = {"reason": "clerk"}
        ahead.journal.write(lambda tx, o=order, b=body: jobs.move(tx, f"{o}-1", Event.CANCELLED, b))  # type: ignore[misc]
    ahead.turns()
    assert beside.asked == ORDERS[:1] and not beside.works
