"""Recovery's decisions where the chip bears a tag, and where the printer proves nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent.printing.recovery import Act, Begun, Worn, decide
from agent.printing.states import State
from tests.unit.agent.test_recovery import (
    AGAIN,
    BEFORE,
    CALM,
    CUT,
    FED,
    FEEDING,
    GO_ON,
    NAME,
    NAMED,
    NOTHING,
    OUT,
    PRINTING,
    UNSURE,
    N,
    every_sight,
)

TAGGING, TAGGED = replace(NAMED, chip="intended"), replace(NAMED, chip="written")
SENT_NONE = replace(PRINTING, chip="written")  # this very process knows that nothing was sent
NONE, OUR_TAG, OTHER_TAG, TORN = Worn


@pytest.mark.parametrize(
    ("job", "tag", "cause"),
    [
        (FEEDING, NONE, ""),
        (FEEDING, OTHER_TAG, ""),  # judged where the card gets its name, by the journal
        (NAMED, OTHER_TAG, ""),  # an older attempt's, that was known when it got its name
        (NAMED, TORN, ""),
        (TAGGING, NONE, ""),  # the write had not begun, or the card cannot bear one
        (TAGGING, OUR_TAG, ""),  # it was whole before the death
        (TAGGING, TORN, "chip_changed"),
        (TAGGING, OTHER_TAG, "chip_changed"),
        (TAGGED, OUR_TAG, ""),
        (TAGGED, NONE, "chip_changed"),
        (TAGGED, TORN, "chip_changed"),
        (TAGGED, OTHER_TAG, "chip_changed"),
        (SENT_NONE, OUR_TAG, ""),
        (SENT_NONE, NONE, "chip_changed"),
        (SENT_NONE, OTHER_TAG, "chip_changed"),
    ],
)
def test_what_the_chip_bears_only_ever_speaks_against_a_card(job: Begun, tag: Worn, cause: str) -> None:
    unsent = job is SENT_NONE
    decision = decide(job, FED, NAME, unsent=unsent, tag=tag)
    assert (decision.act, decision.cause) == ((UNSURE, cause) if cause else (GO_ON, "at_the_station"))
    nameless = decide(replace(job, blank=None), FED, None, unsent=unsent, tag=tag)
    assert nameless.act is UNSURE, "a tag is no name"


def test_a_tag_of_ours_makes_nothing_certain_that_was_not() -> None:
    for job, now, uid, unsent in every_sight():
        plain = decide(job, now, uid, unsent=unsent)
        if plain.act is not GO_ON:
            for chip in ("intended", "written"):
                assert decide(replace(job, chip=chip), now, uid, unsent=unsent, tag=OUR_TAG) == plain


@pytest.mark.parametrize(
    ("state", "unsent", "act", "cause"),
    [
        (State.STAGED, False, AGAIN, "nothing_fed"),
        (State.STAGED, True, AGAIN, "nothing_fed"),
        (State.PRINTING, True, AGAIN, "nothing_sent"),
        (State.PRINTING, False, UNSURE, "spooled"),
        (State.UNSURE, False, NOTHING, ""),
        (State.QUEUED, False, NOTHING, ""),
    ],
)
def test_at_a_printer_that_proves_nothing_no_sight_changes_the_decision(
    state: State, unsent: bool, act: Act, cause: str
) -> None:
    blind = replace(BEFORE, cards=None, panels=None, session=None)
    job = Begun(state, NAME, "clerk", None, blind, N, proves=False)
    for now in (OUT, CALM, FED, blind, CUT, replace(OUT, claim=True)):
        decision = decide(job, now, NAME, unsent=unsent)
        assert (decision.act, decision.cause) == (act, cause)
    silent = decide(job, None, None, unsent=unsent)
    assert silent.act is act and silent.cause in (cause, "no_answer")
