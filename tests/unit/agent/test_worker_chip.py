"""The attempt's tag on the card's chip: written before any ink, and evidence against a card ever after."""

from __future__ import annotations

import json

import pytest

from agent.printing import jobs, tagging
from agent.printing.states import Event, State
from agent.stock import blanks
from drivers.chip import Tag
from drivers.errors import NeedsHands, OutcomeUnknown, Unreachable
from tests.unit.agent.office import ORDER, Office, picture, raise_once
from tests.unit.agent.paper import PANELS, Killed, Paper

JOB, SECOND = f"{ORDER}-1", "20200512-000002"
CHIP_LINES = ("staged", "chip_intended", "chip_written", "print_intended", "printed", "unsure", "untouched")
FOREIGN = Tag(bytes(16), bytes(32))


def tag(order: str = ORDER, attempt: int = 1) -> Tag:
    return tagging.tag_of(f"{order}-{attempt}", picture(order))


def test_the_tag_is_on_the_card_and_in_the_journal_before_any_ink(office: Office, world: Paper) -> None:
    told: dict[str, list[str]] = {}

    def points(name: str) -> None:
        told.setdefault(name, office.events(*CHIP_LINES))

    office.take()
    world.points = points
    office.turns()
    assert told["tag"] == ["staged", "chip_intended"], "the intent is on the disk before the write"
    assert told["sending"] == ["staged", "chip_intended", "chip_written", "print_intended"]
    assert world.output[0].tag == tag()
    ((body,),) = office.journal.rows("SELECT body FROM journal WHERE event = 'chip_written'")
    assert json.loads(body) == {"blank": "040001", "kind": "ktp", "tag": tagging.told(tag())}
    assert tagging.read(json.loads(body)["tag"]) == tag()
    assert office.job(JOB).chip == "written"


def test_a_card_without_the_application_goes_on_without_a_tag(office: Office, world: Paper) -> None:
    world.feeder[0].offers = False
    job = office.take()
    office.turns()
    assert office.job(job).state is State.PRINTED
    assert office.events("chip_intended", "chip_written") == ["chip_intended"]
    assert office.job(job).chip == "intended"


def test_a_card_whose_write_broke_off_is_never_printed_on(office: Office, world: Paper) -> None:
    job = office.take()
    raise_once(world, "tearing", OutcomeUnknown("chip_dead"))
    office.turns()
    assert (office.job(job).state, office.job(job).cause) == (State.UNSURE, "chip_dead")
    assert "print_intended" not in office.events()
    assert [card.uid for card in world.rejected] == ["040001"]


@pytest.mark.parametrize("error", [NeedsHands("chip_dead"), Unreachable("busy")])
def test_a_reader_that_wrote_nothing_is_asked_again(office: Office, world: Paper, error: Exception) -> None:
    job = office.take()
    raise_once(world, "tag", error)
    office.turns()
    assert office.job(job).state is State.PRINTED
    assert world.output[0].tag == tag() and not world.rejected


def test_a_reader_that_never_writes_ends_in_a_person_s_hands(office: Office, world: Paper) -> None:
    job = office.take()

    def points(name: str) -> None:
        if name == "tag":
            raise NeedsHands("chip_dead")

    world.points = points
    office.turns()
    assert (office.job(job).state, office.job(job).cause) == (State.UNSURE, "chip_dead")
    assert not world.output and office.events("chip_intended") == ["chip_intended"] * 4


# -- whose tag is it?


def test_a_blank_that_bears_a_stranger_s_tag_is_set_aside_and_holds_the_lane(
    office: Office, world: Paper
) -> None:
    world.feeder[0].tag = FOREIGN
    job = office.take()
    for _ in range(12):
        world.wait(office.worker.turn())
    assert (office.job(job).state, office.lane.seen.cause) == (State.QUEUED, "chip_other")
    assert [card.uid for card in world.rejected] == ["040001"]
    assert blanks.account(office.journal)["ktp"]["on_hand"] == 3, "set aside, and still ours"
    office.take(SECOND, 3)
    office.turns()
    assert office.job(job).state is State.PRINTED


def test_a_blank_with_a_torn_tag_of_nobody_s_is_strange_too(office: Office, world: Paper) -> None:
    world.feeder[0].torn = True
    office.take()
    for _ in range(12):
        world.wait(office.worker.turn())
    assert office.lane.seen.cause == "chip_other"


@pytest.mark.parametrize("how", ["torn", "whole"])
def test_a_clean_blank_that_our_own_attempt_let_go_of_is_tagged_anew(
    office: Office, world: Paper, how: str
) -> None:
    """The clerk found it clean and put it back: the journal tells whose tag it bears."""
    job = office.take()
    raise_once(world, "tearing" if how == "torn" else "sending", OutcomeUnknown("chip_dead"))
    office.turns()
    assert office.job(job).state is State.UNSURE
    office.settle_by_hand()
    office.journal.write(lambda tx: jobs.move(tx, job, Event.CANCELLED, {"reason": "clerk"}))
    office.take(SECOND, 0)
    office.turns()
    assert (world.output[0].uid, world.output[0].tag) == ("040001", tag(SECOND))


def test_a_tag_that_was_known_on_another_blank_makes_this_one_strange(office: Office, world: Paper) -> None:
    office.take()
    office.turns()
    world.feeder[0].tag = world.output[0].tag  # a chip copied onto another card
    office.take(SECOND, 0)
    for _ in range(12):
        world.wait(office.worker.turn())
    assert office.lane.seen.cause == "chip_other"


# -- after a death


def test_a_stranger_s_tag_is_found_by_the_next_process_too(office: Office, world: Paper) -> None:
    world.feeder[0].tag = FOREIGN
    job = office.take()
    died_at(office, world, "staged")
    office.restart()
    for _ in range(30):
        world.wait(office.worker.turn())
    assert (office.job(job).state, office.lane.seen.cause) == (State.QUEUED, "chip_other")
    assert [card.uid for card in world.rejected] == ["040001"] and "chip_intended" not in office.events()


def died_at(office: Office, world: Paper, point: str) -> None:
    raise_once(world, point, Killed())
    with pytest.raises(Killed):
        office.turns()
    world.points = lambda name: None


@pytest.mark.parametrize("point", ["tag", "tagged"])
def test_a_death_around_the_write_wastes_nothing_and_asks_nobody(
    office: Office, world: Paper, point: str
) -> None:
    job = office.take()
    died_at(office, world, point)
    office.restart()
    office.turns()
    assert office.job(job).state is State.PRINTED and "unsure" not in office.events()
    assert [(card.uid, card.tag) for card in world.output] == [("040001", tag())]


def test_a_death_in_the_middle_of_the_write_leaves_a_card_that_nobody_prints_on(
    office: Office, world: Paper
) -> None:
    job = office.take()
    died_at(office, world, "tearing")
    office.restart()
    office.turns()
    assert (office.job(job).state, office.job(job).cause) == (State.UNSURE, "chip_changed")
    assert [card.uid for card in world.rejected] == ["040001"] and not world.output


def test_a_tag_written_on_a_card_that_was_let_go_of_is_not_looked_for_on_the_next(
    office: Office, world: Paper
) -> None:
    job = office.take()
    raise_once(world, "sending", OutcomeUnknown("link_lost"))
    office.turns()
    office.settle_by_hand()
    assert (office.job(job).state, office.job(job).chip) == (State.QUEUED, None)
    world.feeder.append(world.feeder.pop(0))
    died_at(office, world, "staged")
    office.restart()
    office.turns()
    assert office.job(job).state is State.PRINTED and office.job(job).blank == "040002"


@pytest.mark.parametrize("now", [None, FOREIGN])
def test_a_tag_that_is_no_longer_the_one_we_wrote_makes_the_card_strange(
    office: Office, world: Paper, now: Tag | None
) -> None:
    job = office.take()
    raise_once(world, "print", Unreachable("no_answer"))
    office.worker.turn()
    assert office.job(job).chip == "written" and world.inside is not None
    world.inside.tag = now
    office.turns()
    assert (office.job(job).state, office.job(job).cause) == (State.UNSURE, "chip_changed")
    assert not world.output


def test_a_card_that_is_drawn_anew_is_tagged_anew(office: Office, world: Paper) -> None:
    job = office.take()
    first = office.draw
    raise_once(world, "print", NeedsHands("ribbon_ended"))
    office.worker.turn()
    world.ribbon = "ko"
    office.draw = lambda job: first(job).__class__(b"", PANELS, picture("on another ribbon"))
    office.turns()
    assert office.job(job).state is State.PRINTED
    assert world.output[0].tag == tagging.tag_of(JOB, picture("on another ribbon"))
    assert office.events("chip_written") == ["chip_written"] * 2
