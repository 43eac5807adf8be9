"""Several hands on one database at once: workers, commands and routers of one or more hubs."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from hub import ingest, moves, orders
from hub.database import Database, open_database
from hub.projections import Folder
from tests.unit.hub.lists import record, write
from tests.unit.hub.stations import NOW_MS, TOKEN, FakeStation, card, consignment
from tests.unit.hub.test_orders import WRITER, told
from tests.unit.hub.test_projections import tables

HANDS = 4


def together(url: str, *works: Callable[[Database], None]) -> None:
    """Each work in a thread with a connection of its own, begun at the same moment."""
    begin = threading.Barrier(len(works))
    faults: list[BaseException] = []

    def one(work: Callable[[Database], None]) -> None:
        db = open_database(url)
        try:
            begin.wait(30)
            work(db)
        except BaseException as fault:  # noqa: BLE001 - told to the test's own thread below
            faults.append(fault)
        finally:
            db.close()

    threads = [threading.Thread(target=one, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    if faults:
        raise faults[0]


def journal() -> Iterator[tuple[str, str, dict[str, object]]]:
    yield consignment(*(f"B{n}" for n in range(60)))
    for n in range(60):
        yield from card(f"o{n}", f"B{n}")


def test_any_number_of_workers_with_the_same_batches_keep_each_line_once(db: Database, url: str) -> None:
    station = FakeStation().join(db).write(*journal())

    def work(own: Database) -> None:
        while (have := ingest.known(own, station.name).have.seq) < len(station.journal):
            ingest.take(own, station.name, station.batch(have, 7), NOW_MS)

    together(url, *[work] * HANDS)
    assert ingest.entries(db, station.name, 0, 1000) == station.journal


def test_any_number_of_folders_fold_each_line_once(db: Database, url: str) -> None:
    FakeStation().join(db).write(*journal()).send(db)
    together(url, *[lambda own: (Folder(own).catch_up(), None)[1]] * HANDS)
    kept = tables(db)
    Folder(db).rebuild()
    assert tables(db) == kept
    assert len(kept["card"]) == 60


def test_an_order_moved_while_it_is_handed_out_is_owed_to_one_station(
    db: Database, url: str, tmp_path: Path
) -> None:
    first, second = FakeStation(), FakeStation("64.02-1").join(db)
    ingest.invite(db, first.name, "64.11", TOKEN)
    names = [f"o{n:03}" for n in range(120)]
    orders.bring_in(db, write(tmp_path, *(record(name) for name in names)), WRITER)
    ingest.admit(db, first.name, first.keys())

    def move(own: Database) -> None:
        for name in reversed(names):
            moves.move(own, name, second.name, WRITER)

    together(url, lambda own: (orders.dispatch(own, first.name, WRITER), None)[1], move)
    orders.dispatch_all(db, WRITER)
    at_first, at_second = told(db, first.name), told(db, second.name)
    given = {subject for _, event, subject in at_first if event == "order"}
    asked = {subject for _, event, subject in at_first if event == "order_withdrawn"}
    moved = {subject for _, event, subject in at_second}
    assert given == asked
    assert given.isdisjoint(moved)
    assert given | moved == set(names)
    for lines in (at_first, at_second):
        assert [seq for seq, _, _ in lines] == list(range(1, len(lines) + 1))


def test_any_number_of_routers_move_an_order_once(db: Database, url: str, tmp_path: Path) -> None:
    first, second = FakeStation().join(db), FakeStation("64.02-1").join(db)
    names = [f"o{n}" for n in range(20)]
    orders.bring_in(db, write(tmp_path, *(record(name) for name in names)), WRITER)
    for name in names:
        moves.move(db, name, second.name, WRITER)
        first.write(("order_returned", name, {}))
    first.send(db)
    together(url, *[lambda own: (moves.route(own, WRITER), None)[1]] * HANDS)
    assert sorted(subject for _, _, subject in told(db, second.name)) == sorted(names)
