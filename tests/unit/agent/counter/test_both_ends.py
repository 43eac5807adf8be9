"""The station and the province call an order's state by the same word, whatever its card's way was."""

from __future__ import annotations

from agent.printing.jobs import _ORDER_AFTER
from agent.printing.states import TRANSITIONS, Event, State
from domain import events
from hub.projections import JOB_STATE, ORDER_STATE


def test_each_step_means_the_same_order_at_both_ends() -> None:
    for state, arrows in TRANSITIONS.items():
        for event, after in arrows.items():
            assert ORDER_STATE.get(event) == _ORDER_AFTER.get(after), f"{state} --{event}--> {after}"


def test_each_step_means_the_same_job_at_both_ends() -> None:
    for arrows in TRANSITIONS.values():
        for event, after in arrows.items():
            if event not in (Event.CHIP_INTENDED, Event.CHIP_WRITTEN):  # they leave it where it is
                assert JOB_STATE[event] == after


def test_what_the_card_s_way_tells_has_its_fields() -> None:
    told = events.JOURNAL["handed_over"]
    assert events.JOURNAL["sent"] == told, "a delivery tells again what the sending told"
    assert {State.SENT, State.WITHHELD} <= set(TRANSITIONS)
