"""Any history at all: rows, journal and ledger tell one story."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.printing import jobs
from agent.printing.states import TRANSITIONS, Event, IllegalMove
from agent.stock import blanks, burning, consignments, counting, losses
from agent.store import audit
from agent.store.journal import Journal
from domain.ledger import Ledger
from domain.policy import KINDS
from domain.words import RefusedByRule
from hub.books import balance
from hub.books import fold as hub_fold
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
    Event.SENT: {
        "channel": "post",
        "chip": "match",
        "finger": None,
        "old": None,
        "exception": None,
        "second": None,
        "proof": "R-1",
    },
    Event.WITHHELD: {"reason": "finger_mismatch", "by": "P.7"},
    Event.RETURNED: {"reason": "finger_mismatch", "by": "P.7"},
    Event.CHIP_INTENDED: {"tag": "aa"},
    Event.CHIP_WRITTEN: {"tag": "aa"},
}
GOOD = [
    *(Event.FEED_INTENDED, Event.STAGED, Event.PRINT_INTENDED, Event.PRINTED),
    *(Event.VERIFIED, Event.READY, Event.HANDED_OVER),
]
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


def walk(journal: Journal, data: st.DataObject) -> None:
    """One order's card, some way towards its holder."""
    press(journal, data)
    job, name = data.draw(st.sampled_from(jobs.listed(journal))), data.draw(st.sampled_from(NAMES))
    for event in GOOD[: data.draw(st.integers(1, len(GOOD)))]:
        found = jobs.get(journal, job.id)
        if found and event in TRANSITIONS[found.state]:
            body = {**BODIES[event], **({"blank": found.blank or name} if event in _NAMED else {})}
            journal.write(lambda tx, event=event, body=body: jobs.move(tx, job.id, event, body))  # type: ignore[misc]


def some_names(data: st.DataObject) -> list[str]:
    return data.draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=3, unique=True))


def send(journal: Journal, data: st.DataObject) -> None:
    some, n = data.draw(st.none() | st.just(some_names(data))), data.draw(st.integers(1, 3))
    ident = f"T-{''.join(some) if some else n}"
    journal.write(lambda tx: consignments.send(tx, ident, "ktp", some, n, "64.02-1", "64.11-1"))


def write_off(journal: Journal, data: st.DataObject) -> None:
    name, kind = data.draw(st.sampled_from(NAMES)), data.draw(st.sampled_from(["ktp", "ktp", "kia", None]))
    told = ("bent", "P.1", data.draw(st.sampled_from(["P.2", "P.1"])))
    loss = data.draw(st.sampled_from([losses.spoil, losses.lose]))
    journal.write(lambda tx: loss(tx, name, kind, *told))


def lose_count(journal: Journal, data: st.DataObject) -> None:
    n = data.draw(st.integers(1, 2))
    journal.write(lambda tx: losses.lose_count(tx, f"L-{n}", "ktp", n, "gone", "P.1", "P.2"))


def void(journal: Journal, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from([*NAMES, "0499"]))
    kind = data.draw(st.sampled_from(["ktp", "kia", None]))
    journal.write(lambda tx: losses.void(tx, name, kind, "worn", None))


def destroy(journal: Journal, data: st.DataObject) -> None:
    names, number = data.draw(st.none() | st.just(some_names(data))), data.draw(st.integers(1, 3))
    journal.write(lambda tx: burning.destroy(tx, f"BA-{number}", names, ["S.1", "S.2"], "Long Bagun", None))


def take_stock(journal: Journal, data: st.DataObject) -> None:
    names, n = data.draw(st.none() | st.just(some_names(data))), data.draw(st.integers(0, 4))
    journal.write(lambda tx: counting.count(tx, "ktp", len(names) if names else n, names, "P.1", "P.2"))


STEPS = [
    *(receive, count, press, reject, send, write_off, lose_count, void, destroy, take_stock),
    *(move, move, move, walk, walk, walk),
]


@settings(max_examples=60)
@given(data=st.data())
def test_any_history_leaves_rows_journal_and_ledger_telling_one_story(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory, province: Province
) -> None:
    """Goal: job rows equal the journal's replay, the blank table equals the ledger folded from it."""
    journal = open_at(make_home(tmp_path_factory.mktemp("story"), province))
    take(journal, province, *(province.order(f"O-{n}") for n in range(3)))
    for _ in range(data.draw(st.integers(1, 30))):
        try:
            data.draw(st.sampled_from(STEPS))(journal, data)
        except (RefusedByRule, IllegalMove):
            continue
    assert audit.verify(journal) == journal.head()
    check_the_blanks(journal)
    check_the_province_s_books(journal)
    journal.close()


def check_the_blanks(journal: Journal) -> None:
    fold = blanks.fold(journal)
    rows = journal.rows("SELECT name, kind, place FROM blank")
    assert {name: (kind, place) for name, kind, place in rows} == {
        name: (fold.kind(name), fold.place(name)) for name in (*NAMES, "0499") if fold.place(name)
    }
    assert blanks.unnamed(journal, "ktp") == fold.unnamed("ktp")
    odd = journal.rows(
        "SELECT name FROM blank WHERE kind = 'ktp' AND ((received = 0 AND outside = 0) OR contradicted = 1) "
        "ORDER BY name"
    )
    assert [name for (name,) in odd] == fold.unaccounted("ktp")
    for name in NAMES:
        assert blanks.expects(journal, name, "ktp") == fold.expects(name, "ktp")
        assert not blanks.expects(journal, name, "kia")
    for account in fold.accounts().values():
        spent = sum(account[figure] for figure in ("used", "spoiled", "lost", "sent"))
        assert account["opening"] + account["received"] - spent == account["on_hand"]


def check_the_province_s_books(journal: Journal) -> None:
    """The hub's rows of this journal put every blank where the station's table has it."""
    ledger, rows = Ledger("64.11-1"), []
    for line in journal.entries(0, 10_000):
        rows += hub_fold.post(ledger, line.event, line.subject, line.body)
    assert ledger.accounts() == blanks.account(journal)
    made = balance.books(rows)
    for name, place, sound in journal.rows(
        "SELECT name, place, (received = 1 OR outside = 1) AND contradicted = 0 FROM blank"
    ):
        # Boxes on their way are left out: nobody here plays their other end.
        stands = {each.split("/")[-1] for each in +made.names[name] if not each.startswith("transit/")}
        assert not sound or stands == {place} - {"transit"}, name
    assert made.totals["64.11-1/unnamed", "ktp"] == blanks.unnamed(journal, "ktp")
    balance.settle(made)
    told = {name for kind in KINDS for name in ledger.unaccounted(kind)}
    back = {name for each in made.transit.values() for _, name in each.names if each.sent}  # of no other end
    assert set(balance.astray(made)) - back == {name for name in told if name in made.names} - back
