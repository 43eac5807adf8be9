"""An order is owed to one station: the other never prints it, and a moved one only after it was given back.

Two stations of one office, the province, broker, lines and printers are real programs; lines are cut, and
broker and province killed, while orders move. The printers' truth says what came out where.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.journeys.moving_rig import Office

STRANGER = "UNKNOWN_ORDER"


@pytest.fixture(scope="module", params=[pytest.param("embedded", marks=pytest.mark.long), "mosquitto"])
def office(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with ExitStack() as stack:
        yield Office(request.param, tmp_path_factory.mktemp("office"), stack)


def test_an_order_given_to_one_of_two_offline_stations_is_never_printed_by_the_other(office: Office) -> None:
    one, two = office.one, office.two
    mine, theirs = office.orders(one, 1)[0], office.orders(two, 1)[0]
    one.line.kill()
    two.line.kill()
    assert (one.press(theirs), two.press(mine)) == (STRANGER, STRANGER)
    one.prints(mine)
    two.prints(theirs)
    one.line.start()
    two.line.start()
    office.orders(one, 1)  # whatever lay on the lines has arrived before this
    office.orders(two, 1)
    assert (one.press(theirs), two.press(mine)) == (STRANGER, STRANGER)
    assert (office.came_out(mine), office.came_out(theirs)) == ([one.name], [two.name])
    office.nothing_came_out_twice()


def test_a_moved_order_is_printed_by_the_other_only_after_it_was_given_back(office: Office) -> None:
    one, two = office.one, office.two
    (order,) = office.orders(one, 1)
    one.line.kill()
    assert [office.move(order, two) for _ in range(2)] == ["asked", "asked"]
    office.orders(two, 1)  # the province speaks to the other all the time, and not of this order
    assert two.journal(order) == []
    assert two.press(order) == STRANGER
    two.line.kill()
    office.restart()
    assert two.journal(order) == []
    one.line.start()
    one.tells("order_returned", order)
    assert one.press(order) is not None
    assert two.press(order) == STRANGER  # given back, but two cannot know it yet
    two.line.start()
    two.tells("order_received", order)
    assert one.told_ms("order_returned", order) <= two.told_ms("order_received", order)
    two.prints(order)
    assert one.press(order) is not None
    assert office.came_out(order) == [two.name]
    office.nothing_came_out_twice()


def test_an_order_printed_offline_while_it_is_moved_stays_where_its_card_is(office: Office) -> None:
    one, two = office.one, office.two
    (order,) = office.orders(one, 1)
    one.line.kill()
    assert office.move(order, two) == "asked"
    one.prints(order)
    one.line.start()
    one.tells("order_kept", order)
    one.delivered()
    office.orders(two, 1)
    assert two.journal(order) == []
    assert two.press(order) == STRANGER
    assert office.came_out(order) == [one.name]
    office.nothing_came_out_twice()


def test_an_order_that_was_moved_there_and_back_is_printed_once_where_it_ends(office: Office) -> None:
    one, two = office.one, office.two
    (order,) = office.orders(one, 1)
    assert office.move(order, two) == "asked"
    two.tells("order_received", order)
    two.line.kill()
    assert office.move(order, one) == "asked"
    assert one.press(order) is not None
    two.line.start()
    one.tells("order_received", order)
    assert two.press(order) is not None
    one.prints(order)
    assert one.journal(order) == ["order_received", "order_returned", "order_received"]
    assert office.came_out(order) == [one.name]
    office.nothing_came_out_twice()
