"""Certificates under whatever is asked in whatever order: never two that count, and the journal tells all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from agent.counter import suket
from agent.counter.suket import LIVING, TRANSITIONS, Event, State
from agent.store.journal import Journal
from domain.words import SENTENCES, RefusedByRule
from tests.unit.agent.stations import Province, make_home, open_at, take
from tests.unit.agent.test_suket import act, issue, renew, tell

ASKED = ("issue", "renew", "void", "confirm", "sent", "unsent", "unsure", "reported", "close")


@pytest.fixture
def journal(tmp_path: Path, province: Province) -> Iterator[Journal]:
    made = open_at(make_home(tmp_path / "home", province))
    take(made, province, province.order("O-1", reason="data_change"))
    yield made
    made.close()


def test_a_sheet_is_sent_from_one_state_only_and_unsent_by_the_printer_s_word_alone() -> None:
    def leads(event: Event) -> list[State]:
        return [state for state, arrows in TRANSITIONS.items() if event in arrows]

    assert leads(Event.SENT) == [State.ISSUED]
    assert leads(Event.UNSENT) == leads(Event.UNSURE) == [State.SENT]
    assert leads(Event.CONFIRMED) == [State.SENT, State.UNSURE, State.REPORTED]
    assert leads(Event.VOID) == leads(Event.CLOSED) == list(LIVING)
    assert [state for state in State if state not in LIVING] == [State.VOID, State.CLOSED]


@pytest.mark.parametrize("seed", range(30))
def test_whatever_is_asked_in_whatever_order_one_order_never_has_two_that_count(
    journal: Journal, province: Province, seed: int
) -> None:
    dice = Random(seed)
    take(journal, province, province.order("O-2", reason="data_change"))
    for _ in range(60):
        numbers = [each.number for each in suket.listed(journal)] or ["none"]
        asked = dice.choice(ASKED)
        number = dice.choice(numbers)
        try:
            if asked == "issue":
                issue(journal, dice.choice(["O-1", "O-2"]))
            elif asked == "renew":
                renew(journal, number)
            elif asked == "close":
                journal.write(lambda tx: suket.close(tx, dice.choice(["O-1", "O-2"]), "J"))
            elif asked in ("void", "confirm"):
                act(journal, f"suket-{asked}", number=number, reason="jam", by="a", second="b")
            else:
                tell(journal, number, asked, "reported")
        except RefusedByRule as refused:
            assert refused.word in SENTENCES
        counting = [each.order for each in suket.listed(journal) if each.state in LIVING]
        assert len(counting) == len(set(counting)), seed
    replayed = replay(journal)
    assert replayed == {each.number: each.state for each in suket.listed(journal)}, seed


def replay(journal: Journal) -> dict[str, State]:
    """Each certificate's state by the journal's lines alone."""
    found: dict[str, State] = {}
    for line in journal.entries(0, 10_000):
        if line.event == "suket_issued":
            found[line.subject] = State.ISSUED
        elif line.event in set(Event):
            found[line.subject] = TRANSITIONS[found[line.subject]][Event(line.event)]
    return found
