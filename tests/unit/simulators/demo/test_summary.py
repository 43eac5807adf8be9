"""The reconciliation says exactly what does not hold."""

from dataclasses import replace

import pytest

from simulators.demo.summary import Summary, Tally, faults, proof, table
from simulators.demo.world import world

GOOD = Summary(10, 10, 120, 120, 9, 4, 0, 0, 0, 12, 8, 0, True, 88.0, rules_followed=10)


def test_a_good_day_has_nothing_to_say() -> None:
    assert faults(GOOD, 0, []) == []
    assert "why" not in GOOD.to_json()
    assert list(GOOD.to_json()) == [
        "offices", "stations", "orders", "printed", "unsure", "spoiled", "duplicates", "lost",
        "blanks_unaccounted", "power_cuts", "outages", "recordings", "hub_equals_offices", "seconds",
        "ready", "handed_over", "withheld", "transfers", "destroyed", "suket", "rules_followed",
        "ledger_proved",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"printed": 119}, "119 of 120"),
        ({"duplicates": 1}, "twice"),
        ({"lost": 2}, "no card"),
        ({"blanks_unaccounted": 1}, "unaccounted"),
        ({"hub_equals_offices": False}, "journals"),
        ({"ledger_proved": False}, "books"),
        ({"rules_followed": 9}, "9 of 10"),
    ],
)
def test_each_thing_that_does_not_hold_is_said(change: dict[str, int], said: str) -> None:
    (sentence,) = faults(replace(GOOD, **change), 0, [])  # type: ignore[arg-type]
    assert said in sentence


def test_open_jobs_and_idle_offices_are_said_too() -> None:
    assert len(faults(GOOD, 1, ["64.11"])) == 2


def test_the_table_marks_what_was_assumed() -> None:
    day = world(120, 12)
    tallies = [Tally(name, day.orders_of(name), printed=day.orders_of(name)) for name in day.stations]
    lines = table(day, tallies)
    assert len(lines) == 13
    assert [line for line in lines if "2,505*" in line or "2,504*" in line] == [lines[1], lines[3], lines[10]]
    assert lines[-1].startswith("* ASSUMED")
    kukar = lines[2].split()
    assert kukar[0:3] == ["64.02", "Kutai", "Kartanegara"]
    assert kukar[4] == kukar[5], "three stations, one line"


def test_the_books_are_told_by_where_the_blanks_are() -> None:
    accounts = {
        "centre": {"ktp": -100}, "citizen": {"ktp": 3}, "fire": {"ktp": 2}, "province/unnamed": {"ktp": 60},
        "64.11-1/stock": {"ktp": 4}, "64.11-1/unnamed": {"ktp": 20}, "64.11-1/card": {"ktp": 6},
        "transit/K-1/64.11-1": {"ktp": 5},
    }  # fmt: skip
    assert proof({"accounts": accounts}) == (
        "the books of blanks: 100 from the centre = 84 blank + 2 burnt + 6 cards at the offices + "
        "3 handed over less old cards taken in + 5 transit"
    )
