"""What becomes of a card that left by courier or post, and of one that was withheld."""

from __future__ import annotations

from typing import Any

import pytest

from agent.counter import handover
from agent.printing import jobs
from agent.trouble import Trouble
from domain.accounts import Place
from domain.words import RefusedByRule
from tests.unit.agent.counter.shelf import EXCUSE, Shelf, place, refused


def test_a_card_by_post_is_ours_until_it_is_delivered(shelf: Shelf) -> None:
    job = shelf.card()
    done = shelf.give(job, channel="post", proof="R-1234", finger=None)
    assert done == {"job": job, "state": "sent", "channel": "post", "exception": None}
    assert shelf.give(job, channel="post", proof="R-1234", finger=None) == done
    assert place(shelf, shelf.blank(job)) is Place.CARD
    delivered = {"job": job, "proof": "R-1234/signed", "by": "ani"}
    for _ in range(2):
        told = handover.delivered(shelf.journal, shelf.config, delivered)
        assert told == {"job": job, "state": "handed_over"}
    body = shelf.line("handed_over")
    assert (body["channel"], body["waybill"], body["proof"]) == ("post", "R-1234", "R-1234/signed")
    assert place(shelf, shelf.blank(job)) is Place.CITIZEN


def test_what_comes_back_lies_on_the_shelf_again(shelf: Shelf) -> None:
    job = shelf.card(shelf="A-1")
    shelf.give(job, channel="courier", proof="W-1", finger=None)
    back = {"job": job, "back": True, "shelf": "B-2", "by": "ani"}
    assert handover.delivered(shelf.journal, shelf.config, back)["state"] == "ready"
    assert shelf.job(job).shelf == "B-2"
    assert shelf.give(job)["channel"] == "counter"


def test_only_a_sent_card_is_delivered(shelf: Shelf) -> None:
    job = shelf.card()
    with pytest.raises(RefusedByRule) as caught:
        handover.delivered(shelf.journal, shelf.config, {"job": job, "proof": "R-1"})
    assert caught.value.word == "NOT_SENT"
    with pytest.raises(Trouble, match="--proof"):
        handover.delivered(shelf.journal, shelf.config, {"job": job})


def test_the_old_card_does_not_come_back_by_post(shelf: Shelf) -> None:
    job = shelf.card(reason="data_change")
    told = {"channel": "courier", "proof": "W-1", "finger": None}
    assert refused(shelf, job, **told, **EXCUSE) == "OLD_CARD_DUE"
    assert shelf.give(job, **told, old=["card:0455"])["state"] == "sent"


# -- withheld ----------------------------------------------------------------------------------------------


def held(shelf: Shelf) -> str:
    job = shelf.card(shelf="A-7")
    assert refused(shelf, job, finger="mismatch") == "FINGER_MISMATCH"
    return job


def settle(shelf: Shelf, job: str, **told: Any) -> str:
    return str(handover.withheld(shelf.journal, shelf.config, {"job": job, **told})["state"])


def test_a_supervisor_who_found_the_cause_puts_it_back(shelf: Shelf) -> None:
    job = held(shelf)
    told = {"supervisor": "budi", "reason": "wrong_finger", "by": "ani"}
    assert settle(shelf, job, **told) == settle(shelf, job, **told) == "ready"
    assert shelf.job(job).shelf == "A-7"
    assert shelf.line("ready")["second"] == "budi"
    assert shelf.give(job)["state"] == "handed_over"


def test_the_clerk_alone_does_not(shelf: Shelf) -> None:
    job = held(shelf)
    with pytest.raises(RefusedByRule) as caught:
        settle(shelf, job, supervisor="ani", reason="wrong_finger", by="ani")
    assert caught.value.word == "SECOND_IS_FIRST"
    for half in ({"supervisor": "budi"}, {"reason": "wrong_finger"}):
        with pytest.raises(Trouble, match="supervisor"):
            settle(shelf, job, by="ani", **half)


def test_what_is_sent_up_is_over_here(shelf: Shelf) -> None:
    job = held(shelf)
    with pytest.raises(Trouble, match="--by"):
        settle(shelf, job, up=True)
    assert settle(shelf, job, up=True, by="ani") == settle(shelf, job, up=True, by="ani") == "returned"
    assert shelf.line("returned")["reason"] == "FINGER_MISMATCH"
    with pytest.raises(RefusedByRule) as caught:
        settle(shelf, job, supervisor="budi", reason="wrong_finger", by="ani")
    assert caught.value.word == "NOT_WITHHELD"
    with pytest.raises(RefusedByRule):
        shelf.journal.write(lambda tx: jobs.queue(tx, shelf.job(job).order))
