"""What may come in as somebody's old card: nothing that is still here, and one card for one other."""

from __future__ import annotations

import pytest

from agent.actions import ACTIONS
from agent.printing.states import Event
from agent.stock import blanks
from domain.accounts import Place
from domain.words import RefusedByRule
from tests.unit.agent.counter.shelf import Shelf, place, refused

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
