"""A stock to work on, and what people ask of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from agent.actions import ACTIONS
from agent.config import Config
from agent.printing import jobs
from agent.printing.states import Event
from agent.stock import blanks, notices
from agent.store.journal import Journal
from domain.words import SENTENCES, RefusedByRule
from tests.unit.agent.stations import Clock, Province, events, make_home, open_at, take
from tests.unit.agent.test_jobs_story import BODIES

CONFIG = Config("64.11", 1)
TWO = {"by": "P.1", "second": "P.2"}
DAY_MS = 86_400_000


def filled(home: Path, province: Province, clock: Clock) -> Journal:
    """Three named and five unnamed blanks for identity cards, and one for a child's card."""
    made = open_at(make_home(home, province), clock=clock)
    made.write(lambda tx: blanks.receive(tx, "C-1", "ktp", ["0401", "0402", "0403"], 3))
    made.write(lambda tx: blanks.receive(tx, "C-2", "ktp", None, 5))
    made.write(lambda tx: blanks.receive(tx, "C-3", "kia", ["0801"], 1))
    return made


def act(journal: Journal, action: str, **args: Any) -> dict[str, Any]:
    return ACTIONS[f"blanks-{action}"](journal, CONFIG, {"kind": "ktp", **args})


def word(journal: Journal, action: str, **args: Any) -> str:
    before = events(journal)
    with pytest.raises(RefusedByRule) as refused:
        act(journal, action, **args)
    assert events(journal) == before
    assert refused.value.word in SENTENCES
    return refused.value.word


def figures(journal: Journal, *names: str, kind: str = "ktp") -> tuple[Any, ...]:
    account = blanks.account(journal)[kind]
    return tuple(account[name] for name in names)


def words(journal: Journal) -> list[tuple[str, int]]:
    return [(word, count) for word, _, _, count in notices.notices(journal)]


def printed(journal: Journal, province: Province, *more: Event, blank: str = "0401") -> str:
    """A card of an order, printed on ``blank`` and moved on by ``more``."""
    take(journal, province, province.order("O-1"))
    job = journal.write(lambda tx: jobs.queue(tx, "O-1"))
    for event in (Event.FEED_INTENDED, Event.STAGED, Event.PRINT_INTENDED, Event.PRINTED, *more):
        body = {**BODIES[event], **({} if event is Event.FEED_INTENDED else {"blank": blank})}
        journal.write(lambda tx, event=event, body=body: jobs.move(tx, job, event, body))  # type: ignore[misc]
    return job
