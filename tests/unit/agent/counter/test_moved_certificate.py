"""An order that moves takes its certificate along: at no station does it get a second one that counts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from agent.counter import suket
from agent.counter.ready import waiting
from domain import certificates
from domain.policy import HandOver
from domain.wita import DAY_MS
from domain.words import RefusedByRule
from tests.unit.agent.counter.shelf import Shelf, refused
from tests.unit.agent.counter.test_two_people import certificate
from tests.unit.agent.stations import NAME, take

ELSEWHERE = certificates.told("SPECIMEN-64.02-1-2020-00007", "marriage", "2020-05-12", "2020-11-12")


def withdraw(shelf: Shelf, order: str = "O-9") -> Mapping[str, Any]:
    """What this station answers when the province asks for the order."""
    take(shelf.journal, shelf.province, shelf.province.entry("order_withdrawn", order, {}))
    return shelf.line("order_returned")


def arrive(shelf: Shelf, told: Any = ELSEWHERE, order: str = "O-9") -> None:
    take(shelf.journal, shelf.province, shelf.province.order(order, suket=told))


def word_of_another(shelf: Shelf) -> str:
    with pytest.raises(RefusedByRule) as caught:
        suket.plan(shelf.journal, NAME, "O-9", "marriage", shelf.clock())
    return caught.value.word


def states(shelf: Shelf) -> dict[str, str]:
    return {each.number: str(each.state) for each in suket.listed(shelf.journal)}


def test_the_station_that_gives_an_order_back_tells_of_its_certificate(shelf: Shelf) -> None:
    number = certificate(shelf, "O-9")
    there = suket.get(shelf.journal, number)
    told = certificates.told(number, "marriage", there.issued_on, there.valid_until)
    assert withdraw(shelf) == {"suket": told} == {"suket": certificates.read(told)}
    assert states(shelf) == {number: "confirmed"}


def test_one_that_nobody_printed_is_void_and_not_told_of(shelf: Shelf) -> None:
    shelf.order("O-9")
    plan = suket.plan(shelf.journal, NAME, "O-9", "marriage", shelf.clock())
    shelf.journal.write(lambda tx: suket.issue(tx, plan, "ab" * 32, "ani"))
    assert withdraw(shelf) == {}
    assert states(shelf) == {plan.number: "void"}


def test_an_order_without_one_says_nothing(shelf: Shelf) -> None:
    shelf.order("O-9")
    assert withdraw(shelf) == {}
    shelf.order("O-9")
    assert "suket" not in shelf.line("order_received")


def test_the_station_it_comes_to_gives_no_second_one_and_asks_for_it_at_hand_over(shelf: Shelf) -> None:
    arrive(shelf)
    assert shelf.line("order_received")["suket"] == ELSEWHERE["number"]
    assert word_of_another(shelf) == "SUKET_EXISTS"
    job = shelf.verify(shelf.print("O-9", "0409090909"))
    (card,) = waiting(shelf.journal, HandOver(), shelf.clock.at_ms)
    assert card.comes_in == ("suket",)
    assert refused(shelf, job) == "SUKET_DUE"
    shelf.give(job, old=[f"suket:{ELSEWHERE['number']}"])
    assert states(shelf) == {ELSEWHERE["number"]: "closed"}


def test_it_is_renewed_there_as_one_of_its_own(shelf: Shelf) -> None:
    arrive(shelf)
    shelf.clock.at_ms += 200 * DAY_MS
    assert word_of_another(shelf) == "SUKET_EXISTS"
    plan = suket.plan_renewal(shelf.journal, NAME, ELSEWHERE["number"], shelf.clock())
    shelf.journal.write(lambda tx: suket.issue(tx, plan, "ab" * 32, "ani"))
    assert states(shelf) == {ELSEWHERE["number"]: "void", plan.number: "issued"}


def test_it_goes_on_with_its_order_and_comes_back_with_it(shelf: Shelf) -> None:
    arrive(shelf)
    assert withdraw(shelf) == {"suket": ELSEWHERE}
    arrive(shelf)
    arrive(shelf)  # the same line again
    assert states(shelf) == {ELSEWHERE["number"]: "confirmed"}


def test_one_of_this_station_s_own_comes_home_as_it_was(shelf: Shelf) -> None:
    number = certificate(shelf, "O-9")
    before = suket.get(shelf.journal, number)
    arrive(shelf, withdraw(shelf)["suket"])
    assert suket.get(shelf.journal, number) == before


def test_one_that_was_renewed_meanwhile_takes_the_place_of_the_first(shelf: Shelf) -> None:
    number = certificate(shelf, "O-9")
    withdraw(shelf)
    arrive(shelf)
    assert states(shelf) == {number: "void", ELSEWHERE["number"]: "confirmed"}
    assert shelf.line("suket_void") == {"reason": suket.MOVED}


@pytest.mark.parametrize("end", ["void", "closed"])
def test_one_that_ended_elsewhere_has_ended_here_when_its_order_comes_home(tmp_path: Path, end: str) -> None:
    near, far = Shelf(tmp_path / "near"), Shelf(tmp_path / "far")
    number = certificate(near, "O-9")
    told = withdraw(near)["suket"]
    arrive(far, told)
    event = suket.Event.VOID if end == "void" else suket.Event.CLOSED
    far.journal.write(lambda tx: suket.move(tx, number, event, {"reason": "torn", "job": "O-9-1"}))
    back = withdraw(far)
    assert back == {}
    take(near.journal, near.province, near.province.order("O-9", **back))
    assert states(near) == {number: "void"}
    assert near.line("suket_void") == {"reason": suket.MOVED}
    assert suket.plan(near.journal, NAME, "O-9", "marriage", near.clock()).order == "O-9"
    near.give(near.verify(near.print("O-9", "0409090909")))
    near.close()
    far.close()


@pytest.mark.attack
@pytest.mark.parametrize(
    "told", ["x", 7, [], {}, {**ELSEWHERE, "number": ""}, {**ELSEWHERE, "valid_until": "x"}]
)
def test_what_is_no_certificate_makes_no_order(shelf: Shelf, told: Any) -> None:
    arrive(shelf, told)
    assert shelf.line("order_refused") == {"word": "BAD_ORDER"}
    assert states(shelf) == {}
