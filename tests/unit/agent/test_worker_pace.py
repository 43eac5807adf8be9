"""From one card to the next without a wait: the printer stays reserved until there is none."""

from __future__ import annotations

from threading import Event as Flag

import pytest

from drivers.errors import OutcomeUnknown, Unreachable
from tests.unit.agent.office import ORDER, Office, raise_once
from tests.unit.agent.paper import Paper

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
            world.reset = True
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
    assert world.now_ms == 3 * 4 * 2_000 + 4_000, "no card waited for it"
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
