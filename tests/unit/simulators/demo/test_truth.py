"""Reading the physical truth: what moves, what came out, and what that says about the orders."""

import json
from pathlib import Path
from typing import Any

from simulators.demo.truth import Cards, Story, Tail, judge


def line(event: str, blank: str | None = None, **more: Any) -> dict[str, Any]:
    return {"ms": 1, "event": event, "blank": blank, "panel": None, "picture": None, "tray": "inside"} | more


def card(blank: str, picture: str | None, tray: str = "output") -> list[dict[str, Any]]:
    return [
        line("fed", blank),
        line("panel", blank, panel="front y"),
        line("ejected", blank, tray=tray, picture=picture),
    ]


def told(*lines: dict[str, Any]) -> Story:
    story = Story()
    for each in lines:
        story.tell(each)
    return story


def test_a_card_moves_from_feeder_to_tray() -> None:
    assert told(line("power_on")).moving is None
    assert told(line("fed", "A")).moving == "A"
    assert told(line("fed", "A"), line("chip", "A")).moving == "A"
    assert told(*card("A", "p")).moving is None
    assert told(line("fed", "A"), line("rejected", "A", tray="reject")).moving is None


def test_a_card_left_inside_by_a_power_cut_no_longer_moves_but_is_inside() -> None:
    story = told(line("fed", "A"), line("panel", "A"), line("power_on"))
    assert (story.moving, story.inside) == (None, {"A"})
    assert told(line("fed", "A"), line("stuck", "A")).moving is None
    assert told(line("fed", "A"), line("removed", "A")).inside == set()


def test_only_what_lies_in_the_output_tray_is_a_card() -> None:
    story = told(*card("A", "p"), line("fed", "B"), line("rejected", "B", tray="reject", picture="q"))
    assert story.cards == [("A", "p")]


def test_every_order_once_is_a_good_day() -> None:
    assert judge(["p", "q"], [told(*card("A", "p")), told(*card("B", "q"))]) == Cards(2, 0, 0)


def test_a_torn_card_is_no_card() -> None:
    assert judge(["p"], [told(*card("A", "torn"))]) == Cards(0, 0, 1)
    assert judge(["p"], [told(*card("A", "torn"), *card("B", "p"))]) == Cards(1, 0, 0)


def test_a_second_card_is_a_duplicate_whoever_prints_it() -> None:
    assert judge(["p"], [told(*card("A", "p")), told(*card("B", "p"))]) == Cards(1, 1, 0)
    assert judge([], [told(*card("A", "p"), *card("B", "p"))]).duplicates == 1


def test_two_orders_with_one_picture_cannot_both_be_proved() -> None:
    assert judge(["p", "p"], [told(*card("A", "p"))]).duplicates == 1


def test_a_blank_that_came_out_without_ink_is_nothing() -> None:
    assert judge(["p"], [told(*card("A", None), *card("B", None), *card("C", "p"))]) == Cards(1, 0, 0)


def test_the_tail_waits_for_whole_lines(tmp_path: Path) -> None:
    path = tmp_path / "truth.jsonl"
    tail = Tail(path)
    assert tail.look() == 0
    raw = b"".join(json.dumps(each).encode() + b"\n" for each in card("A", "p"))
    path.write_bytes(raw[:-5])
    assert tail.look() == 2
    assert tail.look() == 0
    with path.open("ab") as file:
        file.write(raw[-5:])
    assert tail.look() == 1
    assert tail.story.cards == [("A", "p")]


def test_an_order_counts_once_however_often_its_picture_came_out() -> None:
    story = told(
        *card("A", "p"), *card("B", "q"), *card("C", "p"), *card("D", None), *card("E", "r", "reject")
    )
    assert story.whole == 2


def test_a_card_that_somebody_cut_in_two_is_a_card_no_more() -> None:
    story = told(*card("A", "p"), *card("B", "p"))
    assert judge(["p"], [story], frozenset({"A"})) == Cards(1, 0, 0)
    assert judge(["p"], [story], frozenset({"A", "B"})) == Cards(0, 0, 1)
    assert judge(["p"], [story], frozenset({"C"})) == Cards(1, 1, 0)
