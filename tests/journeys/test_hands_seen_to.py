"""Whatever the printer waits for, once somebody has seen to it the station goes on without being told.

The real driver and worker at the simulated printer, in virtual time. Where a card was under way its job is
settled by the clerk; that alone, and the hand at the printer, are all that a person does.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from agent.printing import jobs
from agent.printing.states import State
from agent.store.migrations import migrate
from simulators.evolis.bench import MemoryPrinter
from tests.journeys.killer import Points
from tests.journeys.killer_virtual import Station

ORDERS = [f"20200512-{number:06}" for number in (1, 2, 3)]
CARDS = 6
Hand = Callable[[MemoryPrinter], object]


@pytest.fixture
def template(tmp_path: Path) -> Path:
    migrate(tmp_path / "template.db")
    return tmp_path / "template.db"


def a_station(template: Path, *faults: str) -> Station:
    printer = MemoryPrinter(cards=CARDS, ribbon="k", faults=faults)
    station = Station(template.with_name("journal.db"), template, printer, "k")
    station.start(Points())
    station.receive(CARDS)
    for order in ORDERS:
        station.press(order)
    return station


def turn_for(station: Station, ms: int) -> None:
    end = station.printer.now_ms() + ms
    while station.printer.now_ms() < end:
        station.printer.sleep_ms(max(station.worker.turn(), 100))


def waiting(station: Station) -> list[str]:
    return [job.order for job in jobs.in_state(station.journal, State.QUEUED)]


def nothing(_: MemoryPrinter) -> None:
    return


def empty(tray: str) -> Hand:
    return lambda printer: printer.hand(take=tray)


@pytest.mark.parametrize(
    ("faults", "shown", "hand", "wait_ms"),
    [
        (("hopper_full@card=2",), "hopper_full", empty("output"), 0),
        (("head_hot@card=2,panel=k,for=200000",), "head_hot", nothing, 250_000),
        (("ribbon_end@card=2,panel=k",), "ribbon_ended", lambda printer: printer.hand(ribbon="new"), 0),
        (("cover_open@card=2,at=start",), "cover_open", lambda printer: printer.hand(cover="closed"), 0),
    ],
)
def test_a_printer_that_stopped_under_a_card_goes_on_once_it_is_seen_to(
    template: Path, faults: tuple[str, ...], shown: str, hand: Hand, wait_ms: int
) -> None:
    station = a_station(template, *faults)
    turn_for(station, 90_000)
    assert station.job(f"{ORDERS[1]}-1").state is State.UNSURE
    station.settle()
    turn_for(station, 60_000)
    assert ORDERS[2] in waiting(station), "settled, but nobody has been at the printer"
    assert station.lane.seen.state in ("needs_hands", "error") and station.lane.seen.cause == shown
    assert station.printer.printer.session == 0, "meanwhile it is everybody's"
    hand(station.printer)
    turn_for(station, wait_ms + 60_000)
    assert not waiting(station) and station.job(f"{ORDERS[2]}-1").state is State.PRINTED
    assert station.lane.seen.state == "ready"


def test_a_full_reject_tray_keeps_the_bad_card_inside_until_it_is_emptied(template: Path) -> None:
    station = a_station(template, "jam@card=1", "reject_full@card=1")
    turn_for(station, 90_000)
    assert station.look()["inside"], "there is no room for it"
    station.printer.hand(take="reject")
    turn_for(station, 60_000)
    assert not station.look()["inside"] and station.look()["reject"]
    station.settle()
    turn_for(station, 60_000)
    assert not waiting(station) and len(station.look()["output"]) == 2


def test_an_empty_feeder_waits_between_two_cards_and_asks_for_no_one_s_word(template: Path) -> None:
    station = a_station(template, "feeder_empty@card=2")
    turn_for(station, 90_000)
    assert (waiting(station), station.lane.seen.cause) == (ORDERS[1:], "feeder_empty")
    station.printer.hand(load=0)
    turn_for(station, 90_000)
    assert not waiting(station) and len(station.look()["output"]) == 3
    assert not [line for line in station.journal.entries(0, 999) if line.event == "unsure"]
