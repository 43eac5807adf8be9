"""Any history at all: rows, journal and ledger tell one story."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.printing import jobs
from agent.printing.states import TRANSITIONS, Event, IllegalMove
from agent.stock import blanks
from agent.store import audit
from agent.store.journal import Journal
from domain.words import RefusedByRule
from tests.unit.agent.stations import Province, make_home, open_at, take

FEED = {"printer": "SIM1", "session": 5, "before": {"cards": 1, "panels": 5}}
PRINT = {**FEED, "panels": 5, "artefact": "aa"}
NAMES = [f"04{n:02}" for n in range(5)]
BODIES: dict[Event, dict[str, Any]] = {
    Event.FEED_INTENDED: FEED,
    Event.STAGED: {"witness": "chip"},
    Event.PRINT_INTENDED: PRINT,
    Event.PRINTED: {"by": "clerk"},
    Event.UNSURE: {"cause": "jam"},
    Event.UNTOUCHED: {"by": "clerk", "reason": "seen"},
    Event.SPOILED: {"by": "clerk", "reason": "jam"},
    Event.LOST: {"by": "clerk", "reason": "gone", "second": "P.7"},
    Event.CANCELLED: {"reason": "clerk"},
    Event.VERIFIED: {"by": "clerk"},
    Event.READY: {"shelf": "A1"},
    Event.HANDED_OVER: {
        "channel": "counter",
        "chip": "match",
        "finger": "match",
        "old": None,
        "exception": None,
        "second": None,
        "proof": None,
    },
    Event.WITHHELD: {"reason": "finger_mismatch", "by": "P.7"},
    Event.RETURNED: {"reason": "finger_mismatch", "by": "P.7"},
    Event.CHIP_INTENDED: {"tag": "aa"},
    Event.CHIP_WRITTEN: {"tag": "aa"},
}
_NAMED = {event for event in BODIES if event not in (Event.FEED_INTENDED, Event.CANCELLED)}


@pytest.fixture(scope="module")
def province() -> Province:
    return Province()


def receive(journal: Journal, data: st.DataObject) -> None:
    some = data.draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=3, unique=True))
    journal.write(lambda tx: blanks.receive(tx, "C-" + "".join(some), "ktp", some, len(some)))


def count(journal: Journal, data: st.DataObject) -> None:
    n = data.draw(st.integers(1, 2))
    journal.write(lambda tx: blanks.receive(tx, f"N-{n}", "ktp", None, n))


def press(journal: Journal, data: st.DataObject) -> None:
    order = f"O-{data.draw(st.integers(0, 2))}"
    journal.write(lambda tx: jobs.queue(tx, order))


def reject(journal: Journal, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(NAMES))
    journal.write(lambda tx: blanks.reject(tx, name, "ktp", "dent"))


def move(journal: Journal, data: st.DataObject) -> None:
    if not (found := jobs.listed(journal)):
        return
    job = data.draw(st.sampled_from(found))
    event = data.draw(st.sampled_from(sorted(TRANSITIONS[job.state]) or [Event.PRINTED]))
    body = dict(BODIES[event])
    if event in _NAMED:
        body["blank"] = job.blank or data.draw(st.sampled_from(NAMES))
    journal.write(lambda tx: jobs.move(tx, job.id, event, body))


STEPS = [receive, count, press, reject, move, move, move]


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_any_history_leaves_rows_journal_and_ledger_telling_one_story(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory, province: Province
) -> None:
    """Goal: job rows equal the journal's replay, the blank table equals the ledger folded from it."""
    journal = open_at(make_home(tmp_path_factory.mktemp("story"), province))
    take(journal, province, *(province.order(f"O-{n}") for n in range(3)))
    for _ in range(data.draw(st.integers(1, 25))):
        try:
            data.draw(st.sampled_from(STEPS))(journal, data)
        except (RefusedByRule, IllegalMove):
            continue
    assert audit.verify(journal) == journal.head()
    check_the_blanks(journal)
    journal.close()


def check_the_blanks(journal: Journal) -> None:
    fold = blanks.fold(journal)
    rows = journal.rows("SELECT name, kind, place FROM blank")
    assert {name: (kind, place) for name, kind, place in rows} == {
        name: (fold.kind(name), fold.place(name)) for name in NAMES if fold.place(name)
    }
    assert blanks.unnamed(journal, "ktp") == fold.unnamed("ktp")
    odd = journal.rows("SELECT name FROM blank WHERE received = 0 OR contradicted = 1 ORDER BY name")
    assert [name for (name,) in odd] == fold.unaccounted("ktp")
    for name in NAMES:
        assert blanks.expects(journal, name, "ktp") == fold.expects(name, "ktp")
        assert not blanks.expects(journal, name, "kia")
