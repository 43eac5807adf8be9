"""The day judged from journals, trays and truth: each way it can fail is told."""

from dataclasses import replace
from typing import Any

import pytest

from simulators.demo.ending import Books, pictures, said, same, summarise, unaccounted
from simulators.demo.truth import Story
from simulators.demo.world import world

DAY = world(20, 10)
PANELS = ["front y", "front m", "front c", "front k", "front o"]


class Station:
    """Writes one station's journal and truth as a good day would leave them."""

    def __init__(self, name: str, orders: int) -> None:
        self.name, self.orders = name, orders
        self.lines: list[dict[str, Any]] = []
        self.story = Story()
        self.output: list[dict[str, Any]] = []
        self.reject: list[dict[str, Any]] = []
        self.loaded = orders + 2
        self.line("blanks_received", "c1", kind="ktp", names=None, count=self.loaded)

    def line(self, event: str, job: str, **detail: Any) -> None:
        seq = len(self.lines) + 1
        self.lines.append({"seq": seq, "epoch": 9, "at": "-", "event": event, "job": job, "detail": detail})

    def begin(self, order: str, attempt: int = 1) -> tuple[str, str]:
        job, blank = f"{order}-{attempt}", f"04{self.name}{order}{attempt}"
        self.line("job_queued", job, order=order, kind="ktp", attempt=attempt)
        self.line("staged", job, blank=blank, kind="ktp", witness="chip")
        self.line("print_intended", job, blank=blank, kind="ktp", artefact=f"picture of {order}")
        return job, blank

    def eject(self, blank: str, picture: str) -> None:
        self.story.tell({"event": "fed", "blank": blank, "tray": "inside", "picture": None})
        self.story.tell({"event": "ejected", "blank": blank, "tray": "output", "picture": picture})
        self.output.append({"blank": blank, "panels": PANELS})

    def print(self, order: str, attempt: int = 1) -> None:
        job, blank = self.begin(order, attempt)
        self.eject(blank, f"picture of {order}")
        self.line("printed", job, order=order, kind="ktp", blank=blank, by="evidence")

    def books(self) -> Books:
        left = self.loaded - len(self.output) - len(self.reject)
        look = {"feeder": left, "inside": [], "output": self.output, "reject": self.reject, "hands": []}
        return Books(self.name, self.orders, self.lines, look, self.story, self.loaded, 1, 1)


def good_day() -> list[Station]:
    stations = [Station(name, DAY.orders_of(name)) for name in DAY.stations]
    for station in stations:
        for number in range(station.orders):
            station.print(f"{station.name}/{number}")
    return stations


def verdict(stations: list[Station], equal: bool = True) -> list[str]:
    return summarise(DAY, [each.books() for each in stations], equal, 0, 0, 1.0)[0].why


def test_a_good_day_holds() -> None:
    summary, tallies = summarise(DAY, [each.books() for each in good_day()], True, 0, 0, 1.04)
    assert summary.why == []
    assert (summary.printed, summary.orders, summary.power_cuts, summary.seconds) == (20, 20, 10, 1.0)
    assert sum(each.blanks_on_hand for each in tallies) == 20


def test_a_spoiled_card_and_its_second_try_hold_too() -> None:
    stations = good_day()
    one = stations[0]
    one.orders += 1
    job, blank = one.begin("x")
    one.line("unsure", job, cause="link_lost", blank=blank)
    one.reject.append({"blank": blank, "panels": PANELS[:2]})
    one.line("spoiled", job, order="x", kind="ktp", blank=blank, reason="torn", by="clerk")
    one.print("x", attempt=2)
    books = [each.books() for each in stations]
    summary, _ = summarise(replace(DAY), books, True, 0, 0, 1.0)
    assert (summary.unsure, summary.spoiled, summary.blanks_unaccounted) == (1, 1, 0)
    assert summary.duplicates == 0


def test_a_second_card_of_one_order_is_told() -> None:
    stations = good_day()
    stations[0].eject("04SECOND", f"picture of {stations[0].name}/0")
    assert any("twice" in sentence for sentence in verdict(stations))


def test_a_card_told_but_never_made_is_told() -> None:
    stations = good_day()
    stations[0].story.cards.pop()
    assert any("no card" in sentence for sentence in verdict(stations))


def test_a_card_made_but_never_told_is_told() -> None:
    stations = good_day()
    stations[0].lines.pop()
    said_now = verdict(stations)
    assert any("not settled" in sentence for sentence in said_now)
    assert any(stations[0].name in sentence for sentence in said_now)


@pytest.mark.parametrize("hand", [1, -1])
def test_a_blank_too_many_or_too_few_is_told(hand: int) -> None:
    books = good_day()[0].books()
    assert unaccounted(books) == 0
    assert unaccounted(replace(books, look={**books.look, "feeder": books.look["feeder"] + hand})) == 2


def test_two_pictures_of_one_order_are_told() -> None:
    stations = good_day()
    stations[0].line("print_intended", stations[0].lines[1]["job"], artefact="another")
    assert pictures(stations[0].lines)[f"{stations[0].name}/0"] == {
        f"picture of {stations[0].name}/0",
        "another",
    }
    assert any("twice" in sentence for sentence in verdict(stations))


def test_a_hub_that_holds_something_else_is_told() -> None:
    assert any("hub" in sentence for sentence in verdict(good_day(), equal=False))


def test_a_line_is_compared_by_everything_but_the_writing_of_its_time() -> None:
    line = good_day()[0].lines[1]
    assert same([line], [line | {"at": "elsewhere", "hash": "x"}])
    changes: list[dict[str, Any]] = [{"seq": 7}, {"epoch": 1}, {"event": "x"}, {"job": "x"}, {"detail": {}}]
    for change in changes:
        assert said(line) != said(line | change)
    assert not same([line], [])
