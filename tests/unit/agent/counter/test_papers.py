"""What comes in for a card: old cards for the fire, certificates closed, and no NIK for a number."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from agent.counter import suket
from agent.counter.papers import nameless
from agent.counter.ready import waiting
from agent.printing.states import State
from agent.trouble import Trouble
from domain.accounts import Place
from domain.policy import HandOver
from tests.unit.agent.counter.shelf import EXCUSE, Shelf, place, refused


def test_the_old_card_comes_in_and_is_void(shelf: Shelf) -> None:
    job = shelf.card(reason="data_change")
    assert refused(shelf, job) == "OLD_CARD_DUE"
    shelf.give(job, old=["card:0455AA66"])
    told = {"kind": "ktp", "why": "data_changed", "job": job, "by": "ani"}
    assert shelf.line("card_voided") == told
    assert place(shelf, "0455AA66") is Place.VOID
    assert shelf.line("handed_over")["old"] == "card"


def test_an_old_card_that_cannot_be_read_gets_a_name_of_its_own(shelf: Shelf) -> None:
    job = shelf.card(reason="status_change")
    shelf.give(job, old=["card"])
    assert place(shelf, nameless(shelf.job(job).order)) is Place.VOID


def test_a_card_of_our_own_on_the_shelf_is_no_old_card(shelf: Shelf) -> None:
    job, other = shelf.card(reason="data_change"), shelf.card()
    for name in (shelf.blank(job), shelf.blank(other)):
        assert refused(shelf, job, old=[f"card:{name}"]) == "NOT_A_CARD"
    assert shelf.job(job).state is State.READY


def test_the_police_letter_stands_for_what_is_lost(shelf: Shelf) -> None:
    shelf.give(shelf.card(reason="suket_replacement"), old=["letter"])
    assert shelf.line("handed_over")["old"] == "letter"


def test_a_paper_that_a_supervisor_lets_go_is_told_missing(shelf: Shelf) -> None:
    shelf.give(shelf.card(reason="data_change"), old=["none"], **EXCUSE)
    assert shelf.line("handed_over")["old"] == "missing"


@pytest.fixture
def certified(shelf: Shelf) -> Iterator[tuple[Shelf, str, str]]:
    """A first card whose holder got a certificate from this office meanwhile: (shelf, job, its number)."""
    shelf.order("O-9")
    plan = shelf.journal.write(lambda tx: suket.plan(tx, "64.11-1", "O-9", "marriage", tx.at_ms))
    shelf.journal.write(lambda tx: suket.issue(tx, plan, "00", "ani"))
    for event in (suket.Event.SENT, suket.Event.CONFIRMED):
        shelf.journal.write(
            lambda tx, e=event: suket.move(tx, plan.number, e, {"printer": "p", "by": "ani"})  # type: ignore[misc]
        )
    yield shelf, shelf.verify(shelf.print("O-9", "0409090909")), plan.number


def test_a_certificate_that_was_never_printed_is_in_nobody_s_hand(shelf: Shelf) -> None:
    shelf.order("O-9")
    plan = shelf.journal.write(lambda tx: suket.plan(tx, "64.11-1", "O-9", "marriage", tx.at_ms))
    shelf.journal.write(lambda tx: suket.issue(tx, plan, "00", "ani"))
    job = shelf.verify(shelf.print("O-9", "0409090909"))
    (card,) = waiting(shelf.journal, HandOver(), shelf.clock.at_ms)
    assert card.comes_in == ()
    assert shelf.give(job)["state"] == "handed_over"
    assert suket.get(shelf.journal, plan.number).state is suket.State.CLOSED


def test_one_that_was_never_printed_keeps_no_older_one_from_counting(shelf: Shelf) -> None:
    shelf.order("O-9", reason="suket_prr")
    plan = shelf.journal.write(lambda tx: suket.plan(tx, "64.11-1", "O-9", "marriage", tx.at_ms))
    shelf.journal.write(lambda tx: suket.issue(tx, plan, "00", "ani"))
    job = shelf.verify(shelf.print("O-9", "0409090909"))
    assert refused(shelf, job) == "SUKET_DUE"
    assert shelf.give(job, old=["suket:470/0042/2019"])["state"] == "handed_over"


def test_the_certificate_comes_in_and_is_closed_by_its_card(certified: tuple[Shelf, str, str]) -> None:
    shelf, job, number = certified
    (card,) = waiting(shelf.journal, HandOver(), shelf.clock.at_ms)
    assert card.comes_in == ("suket",)
    assert refused(shelf, job) == "SUKET_DUE"
    shelf.give(job, old=[f"suket:{number}"])
    assert suket.get(shelf.journal, number).state is suket.State.CLOSED
    assert shelf.line("suket_closed")["job"] == job


def test_a_certificate_whose_loss_the_police_wrote_down_is_closed_too(
    certified: tuple[Shelf, str, str],
) -> None:
    shelf, job, number = certified
    shelf.give(job, old=["letter"])
    assert suket.get(shelf.journal, number).state is suket.State.CLOSED


def test_no_other_number_stands_for_the_sheet_that_is_out(certified: tuple[Shelf, str, str]) -> None:
    shelf, job, number = certified
    assert refused(shelf, job, old=["suket:470/0042/2019"]) == "SUKET_DUE"
    assert suket.get(shelf.journal, number).state is suket.State.CONFIRMED
    shelf.give(job, old=["suket:470/0042/2019", f"suket:{number}"])
    assert suket.get(shelf.journal, number).state is suket.State.CLOSED


def test_anothers_certificate_is_refused_and_an_unknown_one_taken_in(
    certified: tuple[Shelf, str, str],
) -> None:
    shelf, _, number = certified
    job = shelf.card(reason="suket_prr")
    assert refused(shelf, job, old=[f"suket:{number}"]) == "WRONG_SUKET"
    shelf.give(job, old=["suket:470/0042/2019"])
    assert shelf.line("suket_closed") == {"job": job, "elsewhere": True}


@pytest.mark.parametrize(
    "told",
    [
        {"proof": "6411014503019001"},
        {"proof": "64.11.01.450301.9001"},
        {"old": ["suket:6411014503019001"]},
        {"old": ["card:6411014503019001"]},
    ],
)
def test_a_nik_is_no_paper_s_number(shelf: Shelf, told: dict[str, Any]) -> None:
    job = shelf.card()
    with pytest.raises(Trouble, match="looks like a NIK") as caught:
        shelf.give(job, **told)
    assert "6411014503019001" not in str(caught.value)


@pytest.mark.parametrize("old", ["suket:", "suket", "card:?", "letter:1", "x", "none:1"])
def test_what_came_in_is_told_in_its_form(shelf: Shelf, old: str) -> None:
    with pytest.raises(Trouble):
        shelf.give(shelf.card(), old=[old])
