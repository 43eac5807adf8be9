"""The table of a job's life: nothing is unreachable, nothing is stuck, nothing moves outside it."""

from __future__ import annotations

import ast
import itertools
import subprocess
import sys
from pathlib import Path

import pytest

from agent.printing.states import (
    FINISHED,
    FIRST,
    IN_MOTION,
    TRANSITIONS,
    Event,
    IllegalMove,
    State,
    mermaid,
    step,
)
from domain import events

ROOT = Path(__file__).parents[3]


def reachable_from(start: State) -> set[State]:
    seen, edge = {start}, [start]
    while edge:
        for after in TRANSITIONS[edge.pop()].values():
            if after not in seen:
                seen.add(after)
                edge.append(after)
    return seen


def test_every_state_is_in_the_table_and_can_be_reached() -> None:
    assert set(TRANSITIONS) == set(State) == reachable_from(FIRST)


@pytest.mark.parametrize("state", sorted(set(State) - FINISHED))
def test_every_unfinished_state_has_a_way_to_an_end(state: State) -> None:
    assert reachable_from(state) & FINISHED


def test_the_ends_are_the_ones_a_person_would_name() -> None:
    ends = {State.HANDED_OVER, State.RETURNED, State.SPOILED, State.LOST, State.CANCELLED}
    assert ends == FINISHED


@pytest.mark.parametrize(("state", "event"), list(itertools.product(State, Event)))
def test_what_the_table_does_not_say_is_illegal(state: State, event: Event) -> None:
    if event in TRANSITIONS[state]:
        assert step(state, event) is TRANSITIONS[state][event]
    else:
        with pytest.raises(IllegalMove, match=f"{state} cannot become {event}"):
            step(state, event)


def test_a_card_in_motion_is_never_simply_forgotten() -> None:
    for state in IN_MOTION:
        assert State.CANCELLED not in TRANSITIONS[state].values()
        assert State.UNSURE in TRANSITIONS[state].values()


def test_a_print_that_was_intended_is_never_armed_again_without_a_doubt_on_disk() -> None:
    assert set(TRANSITIONS[State.PRINTING]) == {Event.PRINTED, Event.UNSURE}


def test_a_good_card_needs_the_intent_first() -> None:
    before = {state for state, arrows in TRANSITIONS.items() if State.PRINTED in arrows.values()}
    assert before == {State.PRINTING, State.UNSURE}


def test_every_arrow_of_version_one_is_a_journal_word() -> None:
    later = {Event.VERIFIED, Event.READY, Event.HANDED_OVER}  # words of a later version of the journal
    assert {str(event) for event in set(Event) - later} <= events.JOURNAL.keys()


def test_the_diagram_has_every_arrow_and_is_what_the_module_prints() -> None:
    drawn = mermaid()
    for state, arrows in TRANSITIONS.items():
        for event, after in arrows.items():
            assert f"    {state} --> {after}: {event}\n" in drawn
    printed = subprocess.run(
        [sys.executable, "-m", "agent.printing.states"],
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    assert printed.stdout == drawn


def test_no_other_file_changes_a_jobs_state() -> None:
    """The words ``UPDATE job`` and ``INSERT INTO job`` stand in agent/printing/jobs.py alone."""
    guilty = set()
    for file in (ROOT / "agent").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                text = " ".join(node.value.split()).upper()
                if any(words in text for words in ("UPDATE JOB ", "INSERT INTO JOB ", "DELETE FROM JOB ")):
                    guilty.add(file.name)
    assert guilty == {"jobs.py"}
