"""Whoever settles a job gives a mark; the mark changes nothing about which blank may be printed on next."""

from __future__ import annotations

import pytest

from agent.actions import ACTIONS
from agent.asking import person
from agent.config import Config
from agent.printing.states import State
from agent.trouble import Trouble
from drivers.errors import OutcomeUnknown
from tests.unit.agent.office import ORDER, Office, raise_once
from tests.unit.agent.paper import Paper

CONFIG = Config("64.11", 1, printer="evolis+tcp://127.0.0.1:9")


@pytest.mark.parametrize("by", [None, "ani", "evi.dence-2"])
def test_the_next_blank_is_never_printed_under_the_name_of_the_one_a_person_holds(
    clerk_office: Office, world: Paper, by: str | None
) -> None:
    job = clerk_office.take(asked="040001")
    raise_once(world, "panel 0", OutcomeUnknown("link_lost"))
    clerk_office.turns()
    assert clerk_office.job(job).state is State.UNSURE
    held = {"job": job, "outcome": "untouched", "blank": "040001", "by": by}
    laid = [len(card.panels) for card in world.output + world.rejected]
    ACTIONS["resolve"](clerk_office.journal, CONFIG, held)
    assert clerk_office.job(job).asked is None
    clerk_office.turns()
    assert (clerk_office.job(job).state, clerk_office.job(job).cause) == (State.CANCELLED, "BLANK_NEEDED")
    assert [len(card.panels) for card in world.output + world.rejected] == laid
    again = clerk_office.take(ORDER, 0, asked="040002")
    assert clerk_office.job(again).state is State.QUEUED


@pytest.mark.parametrize("mark", ["evidence", "clerk", "Evidence", "c.l.e.r.k"])
def test_the_words_by_which_the_journal_tells_nobody_s_mark_are_nobody_s_mark(mark: str) -> None:
    with pytest.raises(Trouble, match="no staff marks"):
        person({"by": mark}, "by")
