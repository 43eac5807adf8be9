"""What may come in as somebody's old card: nothing that is still here, and one card for one other."""

from __future__ import annotations

import pytest

from agent.actions import ACTIONS
from agent.counter.papers import nameless
from agent.printing.states import Event
from agent.stock import blanks
from domain.accounts import Place
from domain.words import RefusedByRule
from tests.unit.agent.counter.shelf import Shelf, place, refused
from tests.unit.agent.counter.test_two_people import certificate

VERIFIED = (Event.VERIFIED, {"by": "ani"})
READY = (Event.READY, {"shelf": "A-1"})
AWAY = {"channel": "post", "chip": "match", "finger": "match", "old": "none_due", "exception": None}
STILL_HERE = {
    "printed": (),
    "verified": (VERIFIED,),
    "ready": (VERIFIED, READY),
    "sent": (VERIFIED, READY, (Event.SENT, {**AWAY, "second": None, "proof": "R-1"})),
    "withheld": (VERIFIED, READY, (Event.WITHHELD, {"reason": "FINGER_MISMATCH", "by": "ani"})),
}


def void(shelf: Shelf, name: str, **told: str) -> bool:
    done = ACTIONS["blanks-void"](shelf.journal, shelf.config, {"card": name, "why": "worn", **told})
    return bool(done["new"])


@pytest.mark.parametrize("state", STILL_HERE)
def test_a_card_that_is_still_here_is_no_old_card_in_whatever_state(shelf: Shelf, state: str) -> None:
    job, other = shelf.printed(), shelf.card(reason="data_change")
    name = shelf.blank(job)
    for event, body in STILL_HERE[state]:
        shelf.move(job, event, blank=name, **body)
    with pytest.raises(RefusedByRule) as caught:
        void(shelf, name)
    assert (caught.value.word, str(shelf.job(job).state)) == ("NOT_A_CARD", state)
    assert refused(shelf, other, old=[f"card:{name}"]) == "NOT_A_CARD"
    assert place(shelf, name) is Place.CARD


def test_a_card_that_was_given_comes_back_and_leaves_nothing_unaccounted(shelf: Shelf) -> None:
    job = shelf.card()
    shelf.give(job)
    assert void(shelf, shelf.blank(job))
    assert blanks.account(shelf.journal)["ktp"]["unaccounted"] == []


@pytest.mark.parametrize("how", ["given", "sent", "told_beforehand", "told_for_its_job"])
def test_one_old_card_is_one_person_s(shelf: Shelf, how: str) -> None:
    first, second = (shelf.card(reason="data_change") for _ in range(2))
    if how.startswith("told"):
        void(shelf, "OLD-77", **({"job": first} if how == "told_for_its_job" else {}))
    far = {"channel": "post", "proof": "R-1", "exception": "far", "supervisor": "budi"}
    shelf.give(first, old=["card:OLD-77"], **(far if how == "sent" else {}))
    with pytest.raises(RefusedByRule) as caught:
        shelf.give(second, old=["card:OLD-77"])
    assert (caught.value.word, caught.value.detail) == ("BLANK_USED", f"OLD-77 came in for {first}.")
    assert str(shelf.job(second).state) == "ready"
    shelf.give(second, old=["card:OLD-78"])
    assert shelf.told("card_voided") == ["card_voided"] * 2


@pytest.mark.parametrize("card", ["card", "card:OLD-77"])
def test_one_that_came_in_for_a_card_that_came_back_counts_for_it_again(shelf: Shelf, card: str) -> None:
    job = shelf.card("O-9", reason="data_change")
    far = {"channel": "post", "proof": "R-1", "exception": "far", "supervisor": "budi"}
    papers = {"old": [card, "suket:S-1"]}
    shelf.give(job, **papers, **far)
    ACTIONS["delivered"](shelf.journal, shelf.config, {"job": job, "back": True, "by": "ani"})
    gone = {"job": job, "outcome": "spoil", "blank": shelf.blank(job), "reason": "bent"}
    ACTIONS["write-off"](shelf.journal, shelf.config, gone)
    shelf.give(shelf.verify(shelf.print("O-9", "0409090909")), **papers)
    assert shelf.told("card_voided", "suket_closed") == ["card_voided", "suket_closed"]


def test_a_certificate_of_this_office_is_told_in_small_letters_too(shelf: Shelf) -> None:
    number = certificate(shelf, "O-9").lower()
    other = shelf.card(reason="suket_prr")
    assert refused(shelf, other, old=[f"suket:{number}"]) == "WRONG_SUKET"
    shelf.give(shelf.verify(shelf.print("O-9", "0409090909")), old=[f"suket:{number}"])


def test_an_old_card_without_a_name_is_one_person_s_too(shelf: Shelf) -> None:
    first, second = (shelf.card(reason="data_change") for _ in range(2))
    shelf.give(first, old=[f"card:{nameless(shelf.job(second).order)}"])
    assert refused(shelf, second, old=["card"]) == "BLANK_USED"


def test_one_certificate_of_another_office_is_one_person_s(shelf: Shelf) -> None:
    first, second = (shelf.card(reason="suket_prr") for _ in range(2))
    shelf.give(first, old=["suket:S-1"])
    for number in ("S-1", "s-1"):
        with pytest.raises(RefusedByRule) as caught:
            shelf.give(second, old=[f"suket:{number}"])
        assert (caught.value.word, caught.value.detail) == ("WRONG_SUKET", f"S-1 came in for {first}.")
    assert shelf.told("suket_closed") == ["suket_closed"]


def test_what_bars_a_paper_is_told_before_a_finger_is_asked_for(shelf: Shelf) -> None:
    first, second = (shelf.card(reason="data_change") for _ in range(2))
    shelf.give(first, old=["card:OLD-77"])
    assert refused(shelf, second, old=["card:OLD-77"], finger=None) == "BLANK_USED"
    assert refused(shelf, second, old=["card:OLD-77"], finger="mismatch") == "FINGER_MISMATCH"
    assert str(shelf.job(second).state) == "withheld"


def test_an_old_card_of_one_kind_is_none_of_the_other(shelf: Shelf) -> None:
    void(shelf, "OLD-77", kind="ktp")
    job = shelf.card(kind="kia", reason="data_change")
    assert (
        refused(shelf, job, read=None, card=shelf.blank(job), finger=None, old=["card:OLD-77"])
        == "NOT_A_CARD"
    )
