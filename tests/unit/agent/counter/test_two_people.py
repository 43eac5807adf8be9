"""Where the rules ask for two people: one person with two spellings, or with one mark, is not two."""

from __future__ import annotations

from typing import Any

import pytest

from agent.counter import handover, suket, suket_actions
from agent.printing import came_out
from agent.printing.states import State
from agent.stock import actions as stock
from agent.trouble import Trouble
from domain.words import RefusedByRule
from tests.unit.agent.counter.shelf import NIK, Shelf, refused
from tests.unit.agent.stations import NAME

ONE = [
    ({"by": "ani", "second": "Ani"}, "SECOND_IS_FIRST"),
    ({"by": "ani", "second": "a.ni"}, "SECOND_IS_FIRST"),
    ({"second": "ani"}, "SECOND_NEEDED"),
    ({"by": "ani"}, "SECOND_NEEDED"),
]


def lose(shelf: Shelf, **told: str) -> None:
    job = shelf.card()
    args = {"job": job, "outcome": "lose", "blank": shelf.blank(job), "reason": "gone", **told}
    came_out.write_off(shelf.journal, shelf.config, args)


@pytest.mark.parametrize(("people", "word"), ONE)
def test_above_the_day_s_limit_one_person_loses_no_card(
    shelf: Shelf, people: dict[str, str], word: str
) -> None:
    lose(shelf, by="ani")
    with pytest.raises(RefusedByRule) as caught:
        lose(shelf, **people)
    assert caught.value.word == word
    lose(shelf, by="ani", second="budi")


@pytest.mark.parametrize(("people", "word"), ONE)
def test_a_count_missing_is_told_by_two(shelf: Shelf, people: dict[str, str], word: str) -> None:
    args = {"count": 2, "minutes": "BA-1", "reason": "gone", **people}
    with pytest.raises(RefusedByRule) as caught:
        stock.lose_blanks(shelf.journal, shelf.config, args)
    assert caught.value.word == word


def test_a_fire_has_two_witnesses_not_one_spelt_twice(shelf: Shelf) -> None:
    with pytest.raises(RefusedByRule) as caught:
        stock.destroy_blanks(shelf.journal, shelf.config, {"minutes": "BA-2", "witnesses": ["ani", "Ani."]})
    assert caught.value.word == "WITNESSES_NEEDED"


@pytest.mark.parametrize(("people", "word"), ONE)
def test_a_sheet_somebody_had_in_hand_is_made_void_by_two(
    shelf: Shelf, people: dict[str, str], word: str
) -> None:
    number = certificate(shelf, "O-9")
    with pytest.raises(RefusedByRule) as caught:
        suket_actions.void(shelf.journal, shelf.config, {"number": number, "reason": "torn", **people})
    assert caught.value.word == word
    assert suket.get(shelf.journal, number).state is suket.State.CONFIRMED


def test_a_supervisor_alone_puts_no_withheld_card_back(shelf: Shelf) -> None:
    job = shelf.card()
    refused(shelf, job, finger="mismatch")
    with pytest.raises(Trouble, match="--by"):
        handover.withheld(shelf.journal, shelf.config, {"job": job, "supervisor": "budi", "reason": "found"})
    assert shelf.job(job).state is State.WITHHELD


@pytest.mark.parametrize("mark", ["", ".", NIK, f"x{NIK}"])
def test_nothing_and_a_nik_are_nobody_s_mark(shelf: Shelf, mark: str) -> None:
    job = shelf.card()
    with pytest.raises(Trouble) as caught:
        shelf.give(job, by=mark)
    assert NIK not in str(caught.value)


def test_no_nik_is_a_shelf_on_the_way_there(shelf: Shelf) -> None:
    job = shelf.printed()
    args: dict[str, Any] = {"job": job, "card": shelf.blank(job), "by": "ani"}
    with pytest.raises(Trouble) as caught:
        came_out.verify(shelf.journal, shelf.config, {**args, "shelf": NIK})
    assert NIK not in str(caught.value)
    assert shelf.job(job).state is State.PRINTED


def certificate(shelf: Shelf, order: str) -> str:
    """An order with a sheet that somebody holds; its number."""
    shelf.order(order)
    plan = suket.plan(shelf.journal, NAME, order, "marriage", shelf.clock())
    with shelf.journal.transaction() as tx:
        suket.issue(tx, plan, "ab" * 32, "ani")
        suket.move(tx, plan.number, suket.Event.SENT, {"printer": "file"})
        suket.move(tx, plan.number, suket.Event.CONFIRMED, {"by": "ani"})
    return plan.number
