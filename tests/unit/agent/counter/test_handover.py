"""Giving a card out: the table's word, the journal's line, the papers that came in, and once only."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.counter import handover
from agent.printing import tagging
from agent.printing.states import State
from agent.trouble import Trouble
from domain.accounts import Place
from domain.words import RefusedByRule
from tests.unit.agent.counter.shelf import ARTEFACT, EXCUSE, Shelf, place, refused


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


def test_a_name_without_a_look_at_the_tag_says_nothing_of_the_tag(shelf: Shelf) -> None:
    job = shelf.card(tagged=True)
    assert shelf.give(job, tag=None)["state"] == "handed_over"


def test_the_province_s_rules_of_the_day_are_followed(shelf: Shelf) -> None:
    rules = '{"hand_over": {"channels": ["counter"]}}'
    sql = "INSERT INTO policy (name, effective, rules, received_ms) VALUES ('strict', '2020-05-02', ?, 0)"
    shelf.journal.write(lambda tx: tx.execute(sql, rules))
    assert refused(shelf, shelf.card(), channel="post", proof="R-1", finger=None) == "CHANNEL_CLOSED"


def test_a_silent_chip_needs_a_supervisor(shelf: Shelf) -> None:
    job = shelf.card()
    silent = {"read": None, "tag": None, "card": shelf.blank(job), "mute": True}
    assert refused(shelf, job, **silent) == "CHIP_UNREADABLE"
    assert shelf.job(job).state is State.READY
    assert shelf.give(job, **silent, **EXCUSE)["exception"] == "no_reader"
    body = shelf.line("handed_over")
    assert (body["chip"], body["second"], body["excused"]) == ("unreadable", "budi", ["CHIP_UNREADABLE"])
    assert shelf.line("handed_over")["old"] == "none_due", "the exception was not for a paper"


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
    third = shelf.card()
    strange = tagging.told(tagging.tag_of("another-1", ARTEFACT))
    told = {"card": shelf.blank(third), "read": "04DEADBEEF0003", "tag": strange}
    assert refused(shelf, third, **told) == "CHIP_MISMATCH"
    fourth = shelf.card()
    assert refused(shelf, fourth, card=shelf.blank(fourth), read=shelf.blank(other)) == "CHIP_MISMATCH"
    shelf.close()


def test_no_card_no_answer(shelf: Shelf) -> None:
    with pytest.raises(Trouble, match="--card"):
        shelf.give(shelf.card(), read=None, tag=None)
