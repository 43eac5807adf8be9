"""The worker while it waits: the clerk is told why, and nothing lapses."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from agent.printing import jobs
from agent.printing.intents import not_fit
from agent.printing.jobs import Job
from agent.printing.states import Event, State
from agent.stock import blanks
from drivers.card_printer import Artefact, Snapshot
from drivers.errors import OutcomeUnknown, Unreachable
from tests.unit.agent.office import Office, draw, raise_once
from tests.unit.agent.paper import Killed, Paper


def turn_for(office: Office, ms: int) -> None:
    """Turns until so much time has passed."""
    end = office.world.now_ms + ms
    while office.world.now_ms < end:
        office.world.wait(max(office.worker.turn(), 100))


def told(office: Office, event: str) -> list[tuple[str, dict[str, object]]]:
    rows = office.journal.rows("SELECT subject, body FROM journal WHERE event = ? ORDER BY seq", event)
    return [(subject, json.loads(body)) for subject, body in rows]


def causes(office: Office) -> list[object]:
    return [body["cause"] for _, body in told(office, "printer_state")]


# -- ready, and nothing prints


def reserved_by_another(world: Paper) -> None:
    world.reserve(9, 60_000)
    world.later(60_001, lambda: None)


def counters_that_do_not_answer(world: Paper) -> None:
    world.mute = True
    world.later(60_000, lambda: setattr(world, "mute", False))


@pytest.mark.parametrize(
    ("trouble", "cause"), [(reserved_by_another, "busy"), (counters_that_do_not_answer, "counter_missing")]
)
def test_a_ready_printer_that_prints_nothing_says_why_and_goes_on_by_itself(
    office: Office, world: Paper, trouble: Callable[[Paper], None], cause: str
) -> None:
    job = office.take()
    trouble(world)
    office.worker.turn()
    assert office.lane.seen.state == "ready", "once may pass by itself"
    turn_for(office, 40_000)
    assert (office.lane.seen.state, office.lane.seen.cause) == ("needs_hands", cause)
    assert "feed_intended" not in office.events()
    office.turns()
    assert office.job(job).state is State.PRINTED
    assert causes(office) == [None, cause, None], "told once, not at every look"
    assert office.lane.seen.state == "ready"


def test_the_printer_s_own_trouble_is_shown_before_what_holds_the_lane(office: Office, world: Paper) -> None:
    office.take()
    world.mute = True
    turn_for(office, 10_000)
    world.hands = "cover_open"
    turn_for(office, 20_000)
    assert office.lane.seen.cause == "cover_open"
    world.hands = None
    turn_for(office, 20_000)
    assert office.lane.seen.cause == "counter_missing"


def test_a_queue_that_is_emptied_holds_nothing(office: Office, world: Paper) -> None:
    job = office.take()
    world.mute = True
    turn_for(office, 10_000)
    office.journal.write(lambda tx: jobs.move(tx, job, Event.CANCELLED, {"reason": "clerk"}))
    office.worker.turn()
    assert office.lane.seen.state == "ready"


def test_once_before_each_card_is_no_reason_to_call_anybody(office: Office, world: Paper) -> None:
    office.take("20200512-000001")
    office.take("20200512-000002")
    refused: set[int] = set()

    def points(name: str) -> None:
        if name == "renew" and world.output:
            world.session = 0  # what was kept from card to card has lapsed
        if name == "reserve" and len(world.output) not in refused:
            refused.add(len(world.output))
            raise Unreachable("no_answer")

    world.points = points
    office.turns()
    assert (causes(office), refused) == ([None], {0, 1})


def test_while_a_card_is_printed_nothing_is_shown_to_hold_the_lane(office: Office, world: Paper) -> None:
    office.take()
    counters_that_do_not_answer(world)
    turn_for(office, 20_000)
    assert office.lane.seen.cause == "counter_missing"
    shown: list[str | None] = []
    refused = [Unreachable("no_answer") for _ in range(5)]

    def points(name: str) -> None:
        if name == "print" and not shown:
            shown.append(office.lane.seen.cause)
            raise Unreachable("no_answer")
        if name == "reserve" and shown and refused:
            raise refused.pop()
        if name == "sending":
            shown.append(office.lane.seen.cause)

    world.points = points
    office.turns()
    assert shown == [None, None] and not refused
    assert causes(office) == [None, "counter_missing", None, "no_answer", None]


def test_a_lane_that_an_unsure_job_closes_shows_no_stuck_claim_that_is_over(
    office: Office, world: Paper
) -> None:
    job = office.take()
    raise_once(world, "panel 1", OutcomeUnknown("link_lost"))
    office.turns()
    assert office.job(job).state is State.UNSURE
    world.claim, world.errors = True, ()
    turn_for(office, 120_000)
    assert office.lane.seen.cause == "claim_stuck"
    world.power_cut()
    turn_for(office, 20_000)
    assert office.lane.seen.state == "ready"


def test_somebody_else_s_card_that_never_leaves_is_told(office: Office, world: Paper) -> None:
    world.feed("print")
    world.reserve(9, 600_000)
    office.take()
    turn_for(office, 30_000)
    assert office.lane.seen.state == "ready", "others may print, too"
    turn_for(office, 60_000)
    assert office.lane.seen.cause == "busy"


def errors_stay(world: Paper) -> None:
    world.errors = ("jam",)


def another_claims(world: Paper) -> None:
    world.claim = True


def a_card_appears(world: Paper) -> None:
    world.feed("print")


def it_restarts(world: Paper) -> None:
    world.reset = True


@pytest.mark.parametrize(
    "accident", [errors_stay, another_claims, a_card_appears, it_restarts, counters_that_do_not_answer]
)
def test_nothing_is_fed_where_the_reservation_shows_a_printer_that_doesnot_fit(
    office: Office, world: Paper, accident: Callable[[Paper], None]
) -> None:
    office.take()
    told = []

    def points(name: str) -> None:
        told.append(name)
        if name == "reserved":
            accident(world)

    world.points = points
    office.worker.turn()
    assert "reserved" in told and "stage" not in told
    assert "feed_intended" not in office.events()


def test_a_claim_that_never_clears_is_told_as_such_and_ends_with_the_printer_s_power(
    office: Office, world: Paper
) -> None:
    job = office.take()
    world.claim = True
    turn_for(office, 120_000)
    assert (office.lane.seen.state, office.lane.seen.cause) == ("needs_hands", "claim_stuck")
    world.power_cut()
    office.turns()
    assert office.job(job).state is State.PRINTED


@pytest.mark.parametrize(
    ("now", "word"),
    [
        ({"cards": None}, "counter_missing"),
        ({"panels": None}, "counter_missing"),
        ({"reset": True}, "printer_reset"),
        ({"errors": ("jam",)}, "jam"),
        ({"card_at": ("print",)}, "card_inside"),
        ({"claim": True}, "claim_stuck"),
        ({"warnings": ("feeder_empty",), "card_at": ("hopper",)}, ""),
    ],
)
def test_a_snapshot_that_proves_nothing_later_begins_nothing(now: dict[str, Any], word: str) -> None:
    fit = Snapshot(10, 50, 4711, False, False, (), (), ())
    assert not_fit(replace(fit, **now)) == word


# -- a card that waits


def test_a_named_card_waits_as_long_as_a_new_ribbon_takes(office: Office, world: Paper) -> None:
    """Far longer than a reservation stands by itself."""
    job = office.take()

    def points(name: str) -> None:
        if name == "print" and world.now_ms < 10_000:
            world.hands = "ribbon_ended"
            world.later(600_000, lambda: setattr(world, "hands", None))

    world.points = points
    office.turns()
    assert office.job(job).state is State.PRINTED
    assert [card.uid for card in world.output] == ["040001"] and not world.rejected
    assert world.now_ms > 600_000


def test_a_reservation_that_did_lapse_is_not_taken_back(office: Office, world: Paper) -> None:
    job = office.take()
    raise_once(world, "print", Killed())
    with pytest.raises(Killed):
        office.turns()
    world.wait(50_000)  # nobody was there to renew it
    office.restart()
    office.turns()
    assert (office.job(job).state, office.job(job).cause) == (State.UNSURE, "session_lost")


# -- the clerk is quicker


def test_a_job_cancelled_while_its_card_is_drawn_begins_nothing(office: Office, world: Paper) -> None:
    def cancel_meanwhile(job: Job) -> Artefact:
        office.draw = draw
        body = {"reason": "clerk"}
        office.journal.write(lambda tx: jobs.move(tx, job.id, Event.CANCELLED, body))
        return draw(job)

    office.draw = cancel_meanwhile
    job = office.take()
    office.turns()
    assert office.job(job).state is State.CANCELLED
    assert (world.session, world.cards) == (0, 100), "let go of, and nothing fed"
    again = office.take(blanks_count=0)
    office.turns()
    assert again != job and office.job(again).state is State.PRINTED


# -- what is sent away


def test_a_stray_card_leaves_its_name_and_moves_no_account(office: Office, world: Paper) -> None:
    world.feed("contactless")
    office.take()
    office.turns()
    assert told(office, "card_rejected") == [("040001", {"card_at": ["contactless"], "job": None})]
    account = blanks.account(office.journal)["ktp"]
    assert (account["on_hand"], account["used"], account["unaccounted"]) == (2, 1, [])


def test_a_card_that_no_chip_names_is_told_without_a_name(office: Office, world: Paper) -> None:
    job = office.take()
    raise_once(world, "panel 1", OutcomeUnknown("link_lost"))
    office.turns()
    assert told(office, "card_rejected") == [("", {"card_at": ["print"], "job": job})]
