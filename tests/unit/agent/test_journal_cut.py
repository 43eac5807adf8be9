"""A power cut at every line: what was acknowledged is there, and no half of anything."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.home import Home
from agent.printing import jobs
from agent.printing.states import Event
from agent.stock import blanks
from agent.store import audit
from agent.store.journal import Journal, note_start
from tests.unit.agent.stations import Province, events, make_home, open_at, take

CARD = {"printer": "SIM1", "session": 5, "before": {"cards": 1, "panels": 5}}


def a_day(journal: Journal, acknowledged: list[int]) -> None:
    """A consignment, three orders, one card printed, one unsure, one cancelled."""
    province = Province()

    def done() -> None:
        acknowledged.append(journal.head())

    journal.write(lambda tx: note_start(tx, "0.1"))
    done()
    journal.write(lambda tx: blanks.receive(tx, "C-1", "ktp", ["0401", "0402"], 2))
    done()
    for order in ("O-1", "O-2", "O-3"):
        take(journal, province, province.order(order))
        done()
    for order in ("O-1", "O-2", "O-3"):
        journal.write(lambda tx, order=order: jobs.queue(tx, order))  # type: ignore[misc]
        done()
    for job, event, body in (
        ("O-1-1", Event.FEED_INTENDED, CARD),
        ("O-1-1", Event.STAGED, {"blank": "0401", "witness": "chip"}),
        ("O-1-1", Event.PRINT_INTENDED, {"blank": "0401", "panels": 5, "artefact": "aa", **CARD}),
        ("O-1-1", Event.PRINTED, {"blank": "0401", "by": "evidence"}),
        ("O-2-1", Event.FEED_INTENDED, CARD),
        ("O-2-1", Event.UNSURE, {"cause": "no_chip", "blank": None}),
        ("O-3-1", Event.CANCELLED, {"reason": "clerk"}),
    ):
        journal.write(lambda tx, j=job, e=event, b=body: jobs.move(tx, j, e, b))  # type: ignore[misc]
        done()


def copy(home: Home, to: Path) -> Home:
    """What a power cut would leave: the files as they are now, without the shared memory."""
    to.mkdir(parents=True)
    for name in ("journal.db", "journal.db-wal"):
        if (home.root / name).exists():
            shutil.copy(home.root / name, to / name)
    return Home(to)


def check_after_a_cut(home: Home, at_least: int, whole: list[tuple[str, str]]) -> None:
    journal = open_at(home, epoch=99)
    told = events(journal)
    assert len(told) >= at_least, "a line that was acknowledged is gone"
    assert told == whole[: len(told)]
    assert audit.verify(journal) == len(told)
    fold = blanks.fold(journal)
    for name, place in journal.rows("SELECT name, place FROM blank"):
        assert fold.place(name) == place
    journal.write(lambda tx: tx.note("order_refused", "after", {"word": "BAD_NIK"}))
    assert audit.verify(journal) == len(told) + 1
    journal.close()


def test_a_cut_at_every_statement_leaves_what_was_acknowledged_and_no_half_of_anything(
    tmp_path: Path,
) -> None:
    home = make_home(tmp_path / "home")
    journal = open_at(home)
    acknowledged = [0]
    cuts: list[tuple[Home, int]] = []

    def cut(_statement: str) -> None:
        cuts.append((copy(home, tmp_path / f"cut{len(cuts)}"), acknowledged[-1]))

    journal._db.set_trace_callback(cut)
    a_day(journal, acknowledged)
    journal._db.set_trace_callback(None)
    whole = events(journal)
    journal.close()
    assert len(cuts) >= 100
    for left, at_least in cuts:
        check_after_a_cut(left, at_least, whole)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_log_torn_anywhere_opens_at_the_last_whole_commit(
    data: st.DataObject,
    tmp_path_factory: pytest.TempPathFactory,
    torn: tuple[Home, list[tuple[int, int]], list],  # type: ignore[type-arg]
) -> None:
    home, sizes, whole = torn
    length = data.draw(st.integers(0, sizes[-1][0]))
    left = copy(home, tmp_path_factory.mktemp("torn") / "home")
    with (left.root / "journal.db-wal").open("r+b") as wal:
        wal.truncate(length)
        if data.draw(st.booleans()):  # a block that was allocated and never written
            wal.seek(0, 2)
            wal.write(data.draw(st.binary(max_size=600)))
    at_least = max((head for size, head in sizes if size <= length), default=0)
    check_after_a_cut(left, at_least, whole)


@pytest.fixture(scope="module")
def torn(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Home, list[tuple[int, int]], list[tuple[str, str]]]:
    """A home cut before any checkpoint, and how long the log was when each head was acknowledged."""
    home = make_home(tmp_path_factory.mktemp("torn") / "home")
    journal = open_at(home)
    sizes: list[tuple[int, int]] = []

    class Sizes(list[int]):
        def append(self, head: int) -> None:
            sizes.append(((home.root / "journal.db-wal").stat().st_size, head))

    a_day(journal, Sizes())
    left = copy(home, tmp_path_factory.mktemp("torn") / "cut")
    whole = events(journal)
    journal.close()
    return left, sizes, whole
