"""The day judged from journals, trays and truth: each way it can fail is told."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from simulators.demo.ending import (
    Books,
    Province,
    pictures,
    rules_reached,
    said,
    same,
    sheets,
    summarise,
    unaccounted,
)
from simulators.demo.truth import Story
from simulators.demo.world import world

DAY = world(20, 10)
PANELS = ["front y", "front m", "front c", "front k", "front o"]
PROVINCE = Province(equal=True, missing=0, unaccounted=0, proved=True, following=10)


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


def verdict(stations: list[Station], **told: Any) -> list[str]:
    books = [each.books() for each in stations]
    return summarise(DAY, books, replace(PROVINCE, **told), 1.0)[0].why


def test_a_good_day_holds() -> None:
    summary, tallies = summarise(DAY, [each.books() for each in good_day()], PROVINCE, 1.04)
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
    summary, _ = summarise(replace(DAY), books, PROVINCE, 1.0)
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


@pytest.mark.parametrize(
    ("told", "word"),
    [
        ({"equal": False}, "hub"),
        ({"missing": 1}, "hub"),
        ({"unaccounted": 1}, "unaccounted"),
        ({"proved": False}, "books of blanks"),
        ({"following": 9}, "9 of 10 stations follow"),
        ({"twice": 1}, "twice"),
    ],
)
def test_what_the_province_says_otherwise_is_told(told: dict[str, Any], word: str) -> None:
    assert any(word in sentence for sentence in verdict(good_day(), **told))


def test_cards_on_their_way_to_their_holders_are_printed_ones_and_counted_by_where_they_are() -> None:
    stations = good_day()
    one = next(each for each in stations if each.orders >= 3)
    jobs = [(line["job"], line["detail"]) for line in one.lines if line["event"] == "printed"][:3]
    for number, (job, detail) in enumerate(jobs):
        card = {"order": detail["order"], "kind": "ktp", "blank": detail["blank"], "by": "P.01"}
        one.line("verified", job, **card)
        one.line("ready", job, **card, shelf="A-1")
        if number == 1:
            one.line("handed_over", job, **card, old=[])
        if number == 2:
            one.line("withheld", job, **card, reason="FINGER_MISMATCH")
    summary, tallies = summarise(DAY, [each.books() for each in stations], PROVINCE, 1.0)
    assert summary.why == []
    assert (summary.printed, summary.ready, summary.handed_over, summary.withheld) == (20, 1, 1, 1)
    assert sum(each.printed for each in tallies) == 20


def test_a_card_that_was_cut_in_two_is_no_second_one_and_needs_another() -> None:
    stations = good_day()
    one = stations[0]
    first = next(line for line in one.lines if line["event"] == "printed")
    blank, order = first["detail"]["blank"], first["detail"]["order"]
    one.line("spoiled", first["job"], order=order, kind="ktp", blank=blank, reason="smeared", by="clerk")
    torn = [replace(each.books(), torn=frozenset({blank})) for each in stations]
    summary, _ = summarise(DAY, torn, PROVINCE, 1.0)
    assert (summary.lost, summary.duplicates) == (1, 0)
    one.print(order, attempt=2)
    torn = [replace(each.books(), torn=frozenset({blank})) for each in stations]
    summary, _ = summarise(DAY, torn, PROVINCE, 1.0)
    assert (summary.why, summary.spoiled, summary.lost, summary.duplicates) == ([], 1, 0, 0)
    assert summarise(DAY, [each.books() for each in stations], PROVINCE, 1.0)[0].duplicates == 1


def test_blanks_that_went_to_another_office_are_neither_here_nor_missing() -> None:
    stations = good_day()
    one = stations[0]
    one.line("blanks_received", "c2", kind="ktp", names=None, count=10)
    boxed = replace(one.books(), box=10)
    assert unaccounted(boxed) == 0
    assert unaccounted(one.books()) == 10
    one.line("blanks_sent", "t1", kind="ktp", names=None, count=10, to="64.02-1")
    assert unaccounted(one.books()) == 0
    assert unaccounted(replace(one.books(), box=10)) == 10
    one.line("blanks_sent", "t2", kind="ktp", names=None, count=1, to="province")
    assert summarise(DAY, [each.books() for each in stations], PROVINCE, 1.0)[0].transfers == 1


def test_a_certificate_nobody_finds_and_a_sheet_nobody_tells_of_are_told(tmp_path: Path) -> None:
    stations = good_day()
    stations[0].line("suket_confirmed", "S-1", by="P.01")
    books = [each.books() for each in stations]
    assert any("certificates" in each for each in summarise(DAY, books, PROVINCE, 1.0)[0].why)
    truth = tmp_path / "sheets.jsonl"
    assert sheets(truth) == 0
    truth.write_text('{"event": "power_on"}\n{"event": "sheet"}\n')
    books[0] = replace(books[0], sheets=sheets(truth))
    summary, _ = summarise(DAY, books, PROVINCE, 1.0)
    assert (summary.why, summary.suket) == ([], 1)
    books[1] = replace(books[1], sheets=1)
    assert any("sheets lie there" in each for each in summarise(DAY, books, PROVINCE, 1.0)[0].why)


def test_a_line_is_compared_by_everything_but_the_writing_of_its_time() -> None:
    line = good_day()[0].lines[1]
    assert same([line], [line | {"at": "elsewhere", "hash": "x"}])
    changes: list[dict[str, Any]] = [{"seq": 7}, {"epoch": 1}, {"event": "x"}, {"job": "x"}, {"detail": {}}]
    for change in changes:
        assert said(line) != said(line | change)
    assert not same([line], [])


def test_who_heard_of_the_new_rules_last_is_told() -> None:
    stations = good_day()[:3]
    assert rules_reached(each.books() for each in stations) == ""
    for number, second in enumerate(("10.250", "02.000", "04.000")):
        stations[number].line("policy_applied", "r", **{"from": "2020-05-12"})
        stations[number].lines[-1]["at"] = f"2020-05-12T09:00:{second}+08:00"
    told = rules_reached(each.books() for each in stations)
    assert told == f"the day's new rules reached {stations[0].name} last, 8.2 s after the first"
