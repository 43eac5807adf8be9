"""What a clerk decides with the trays in view."""

from typing import Any

import pytest

from simulators.demo.clerk import Settle, Take, judge

PANELS = ("front y", "front m", "front c", "front k", "front o")


def card(blank: str, panels: int = 0, half: str | None = None) -> dict[str, Any]:
    return {"blank": blank, "panels": list(PANELS[:panels])} | ({"half": half} if half else {})


def look(**places: list[dict[str, Any]]) -> dict[str, Any]:
    return {"feeder": 3, "inside": [], "output": [], "reject": [], "hands": []} | places


def job(blank: str | None = "A") -> dict[str, Any]:
    return {"id": "o-1", "order": "o", "state": "unsure", "blank": blank}


@pytest.mark.parametrize("place", ["output", "reject", "hands"])
@pytest.mark.parametrize(
    ("lies", "word"),
    [
        (card("A", 3), "--spoiled"),
        (card("A", 4, half="o"), "--spoiled"),
        (card("A", 0, half="y"), "--spoiled"),
    ],
)
def test_a_torn_card_is_spoiled_wherever_it_lies(place: str, lies: dict[str, Any], word: str) -> None:
    assert judge(job(), look(**{place: [lies]}), PANELS, frozenset()) == Settle("o-1", word, "A", "cacat")


def test_only_a_whole_card_in_the_output_tray_came_out() -> None:
    whole = card("A", 5)
    assert judge(job(), look(output=[whole]), PANELS, frozenset()) == Settle("o-1", "--came-out", "A", "utuh")
    assert judge(job(), look(reject=[whole]), PANELS, frozenset()) == Settle("o-1", "--spoiled", "A", "cacat")


@pytest.mark.parametrize("place", ["reject", "hands"])
def test_a_card_without_ink_is_untouched(place: str) -> None:
    act = judge(job(), look(**{place: [card("A")]}), PANELS, frozenset())
    assert act == Settle("o-1", "--untouched", "A", "bersih")


def test_a_card_inside_is_taken_out_first() -> None:
    assert judge(job(), look(inside=[card("A", 2)]), PANELS, frozenset()) == Take("A")


def test_a_job_without_a_named_blank_is_about_the_card_nobody_has_settled() -> None:
    lying = look(output=[card("B", 5)], reject=[card("C", 1), card("A")])
    act = judge(job(blank=None), lying, PANELS, frozenset({"B", "C"}))
    assert act == Settle("o-1", "--untouched", "A", "bersih")


def test_somebody_elses_card_is_never_taken_for_the_jobs() -> None:
    assert judge(job(), look(output=[card("B", 5)], inside=[card("C")]), PANELS, frozenset()) is None


def test_a_card_that_is_nowhere_is_looked_for_again() -> None:
    assert judge(job(), look(), PANELS, frozenset()) is None
    assert judge(job(blank=None), look(), PANELS, frozenset()) is None


def test_a_blank_still_in_the_feeder_of_a_queue_that_has_ended_is_untouched() -> None:
    stacked = look() | {"stack": ["A"]}
    assert judge(job(), stacked, PANELS, frozenset()) == Settle("o-1", "--untouched", "A", "bersih")
    assert judge(job("B"), stacked, PANELS, frozenset()) is None
    assert judge(job(None), stacked, PANELS, frozenset()) is None
    out = look(output=[card("A", 5)]) | {"stack": ["A"]}
    assert judge(job(), out, PANELS, frozenset()) == Settle("o-1", "--came-out", "A", "utuh")
