"""Giving a card out: the table's word, the journal's line, the papers that came in, and once only."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agent.counter import handover, suket
from agent.counter.papers import nameless
from agent.printing import tagging
from agent.printing.states import State
from agent.stock import blanks
from agent.trouble import Trouble
from domain.accounts import Place
from domain.words import RefusedByRule
from tests.unit.agent.counter.shelf import ARTEFACT, Shelf

EXCUSE = {"exception": "no_reader", "supervisor": "budi"}


def refused(shelf: Shelf, job: str, **told: Any) -> str:
    with pytest.raises(RefusedByRule) as caught:
        shelf.give(job, **told)
    return caught.value.word


def place(shelf: Shelf, name: str) -> Place | None:
    found = blanks.find(shelf.journal, name)
    return found.place if found else None


def test_a_card_is_given_and_the_journal_tells_how(shelf: Shelf) -> None:
    job = shelf.card()
    done = shelf.give(job)
    assert done == {"job": job, "state": "handed_over", "channel": "counter", "exception": None}
    body = shelf.line("handed_over")
    told = ("chip", "finger", "old", "channel", "exception", "second", "proof", "by")
    assert [body[name] for name in told] == [
        *("match", "match", "none_due", "counter", None, None, None, "ani")
    ]
    assert place(shelf, shelf.blank(job)) is Place.CITIZEN
    assert shelf.journal.rows("SELECT state FROM order_") == [("handed_over",)]


def test_given_twice_it_is_given_once_and_answered_twice(shelf: Shelf) -> None:
    job = shelf.card(reason="data_change")
    first = shelf.give(job, old=["card:OLD-77"])
    head = shelf.journal.head()
    assert shelf.give(job, old=["card:OLD-77"]) == first
    assert shelf.give(job, finger=None, read=None, card=shelf.blank(job)) == first
    assert shelf.journal.head() == head
    assert refused(shelf, job, card="04FFFFFFFFFF", read=None) == "WRONG_BLANK"


@pytest.mark.parametrize("told", [{"finger": "mismatch"}, {"read": "04DEADBEEF0001"}])
def test_what_is_anothers_is_withheld_in_the_journal_and_refused_with_the_same_word_again(
    shelf: Shelf, told: dict[str, str]
) -> None:
    job = shelf.card()
    word = refused(shelf, job, **told)
    assert word in ("FINGER_MISMATCH", "CHIP_MISMATCH")
    assert shelf.job(job).state is State.WITHHELD
    assert shelf.line("withheld")["reason"] == word
    assert refused(shelf, job, **told) == refused(shelf, job, **EXCUSE) == word
    assert shelf.told("withheld", "handed_over") == ["withheld"]


def test_the_same_request_asked_again_is_refused_again_and_withheld_once(shelf: Shelf) -> None:
    job = shelf.card()
    for _ in range(2):
        assert refused(shelf, job, finger="mismatch", request="r1") == "FINGER_MISMATCH"
    assert shelf.told("withheld") == ["withheld"]


def test_the_wrong_card_from_the_shelf_changes_nothing(shelf: Shelf) -> None:
    job, other = shelf.card(), shelf.card()
    head = shelf.journal.head()
    assert refused(shelf, job, read=shelf.blank(other), finger="mismatch") == "WRONG_BLANK"
    assert refused(shelf, job, card=shelf.blank(other), read=None) == "WRONG_BLANK"
    assert shelf.journal.head() == head


def test_a_card_that_bears_our_printed_name_and_anothers_chip_is_withheld(shelf: Shelf) -> None:
    job, other = shelf.card(), shelf.card()
    assert refused(shelf, job, card=shelf.blank(job), read=shelf.blank(other)) == "CHIP_MISMATCH"
    assert shelf.job(job).state is State.WITHHELD


@pytest.mark.parametrize("tag", ["torn", "", "other"])
def test_a_card_whose_chip_lost_or_changed_its_tag_is_withheld(shelf: Shelf, tag: str) -> None:
    job = shelf.card(tagged=True)
    told = tagging.told(tagging.tag_of("another-1", ARTEFACT)) if tag == "other" else tag
    assert refused(shelf, job, tag=told) == "CHIP_MISMATCH"


def test_a_card_that_bears_its_own_tag_is_given(shelf: Shelf) -> None:
    job = shelf.card(tagged=True)
    assert shelf.give(job, tag=tagging.told(tagging.tag_of(job, ARTEFACT)))["state"] == "handed_over"


def test_a_silent_chip_needs_a_supervisor(shelf: Shelf) -> None:
    job = shelf.card()
    silent = {"read": None, "tag": None, "card": shelf.blank(job), "mute": True}
    assert refused(shelf, job, **silent) == "CHIP_UNREADABLE"
    assert shelf.job(job).state is State.READY
    assert shelf.give(job, **silent, **EXCUSE)["exception"] == "no_reader"
    body = shelf.line("handed_over")
    assert (body["chip"], body["second"], body["excused"]) == ("unreadable", "budi", ["CHIP_UNREADABLE"])


def test_nobody_supervises_himself(shelf: Shelf) -> None:
    job = shelf.card()
    assert refused(shelf, job, finger="unable", exception="no_finger", supervisor="Ani") == "SECOND_IS_FIRST"
    with pytest.raises(Trouble, match="--by"):
        shelf.give(job, finger="unable", by=None, **EXCUSE)
    for half in ({"exception": "no_finger"}, {"supervisor": "budi"}):
        with pytest.raises(Trouble, match="supervisor's mark"):
            shelf.give(job, finger="unable", **half)
    assert shelf.job(job).state is State.READY


def test_an_exception_nobody_needed_is_not_written_down(shelf: Shelf) -> None:
    shelf.give(shelf.card(), **EXCUSE)
    body = shelf.line("handed_over")
    assert (body["exception"], body["second"], body["excused"]) == (None, None, [])


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
    assert place(shelf, nameless(job)) is Place.VOID


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


def test_the_certificate_comes_in_and_is_closed_by_its_card(certified: tuple[Shelf, str, str]) -> None:
    shelf, job, number = certified
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
    [{"proof": "6411014503019001"}, {"old": ["suket:6411014503019001"]}, {"old": ["card:6411014503019001"]}],
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


def test_only_what_lies_on_the_shelf_is_given(shelf: Shelf) -> None:
    assert refused(shelf, shelf.printed()) == "NOT_READY"
    with pytest.raises(RefusedByRule, match="no such job"):
        handover.hand_over(shelf.journal, shelf.config, {"job": "O-99-1", "card": "0401"})


def test_a_childs_card_has_neither_chip_nor_finger(shelf: Shelf) -> None:
    job = shelf.card(kind="kia")
    told = {"read": None, "tag": None, "card": shelf.blank(job)}
    assert refused(shelf, job, **told) == "FINGER_ON_KIA"
    shelf.give(job, **told, finger=None)
    assert shelf.line("handed_over")["chip"] == "no_chip"


def test_a_relative_needs_a_paper_a_word_for_who_it_is_and_a_supervisor(shelf: Shelf) -> None:
    job = shelf.card()
    family = {"channel": "family", "finger": None}
    with pytest.raises(Trouble, match="--receiver"):
        shelf.give(job, **family, proof="SK-1")
    assert refused(shelf, job, **family, receiver="child") == "PROOF_NEEDED"
    assert refused(shelf, job, **family, receiver="child", proof="SK-1") == "FAMILY_COLLECTS"
    shelf.give(job, **family, receiver="child", proof="SK-1", **EXCUSE)
    body = shelf.line("handed_over")
    assert (body["receiver"], body["proof"], body["finger"]) == ("child", "SK-1", "not_asked")


def test_without_a_reader_of_fingers_somebody_answers_for_it(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, chip="vpcd://127.0.0.1:1")
    job = shelf.card()
    assert refused(shelf, job, finger=None) == "NO_FINGER_READER"
    shelf.give(job, finger=None, **EXCUSE)
    assert shelf.line("handed_over")["finger"] == "no_reader"
    shelf.close()


def test_where_blanks_are_named_by_their_print_a_strange_chip_name_tells_nothing(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, reader="zfm+tcp://127.0.0.1:1")
    job, other = shelf.card(), shelf.card()
    assert refused(shelf, job, read="04DEADBEEF0001") == "BLANK_NEEDED"
    assert refused(shelf, job, read=shelf.blank(other)) == "WRONG_BLANK"
    shelf.give(job, read="04DEADBEEF0001", card=shelf.blank(job))
    assert shelf.line("handed_over")["chip"] == "not_read"
    tagged = shelf.card(tagged=True)
    shelf.give(tagged, read="04DEADBEEF0002", tag=tagging.told(tagging.tag_of(tagged, ARTEFACT)))
    assert shelf.line("handed_over")["chip"] == "match"
    shelf.close()


def test_no_card_no_answer(shelf: Shelf) -> None:
    with pytest.raises(Trouble, match="--card"):
        shelf.give(shelf.card(), read=None, tag=None)
