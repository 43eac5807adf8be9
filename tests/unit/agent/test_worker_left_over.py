"""A job that was left in a print queue: cancelled before it comes out by surprise, and told."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.printing import jobs
from agent.printing.states import Event
from drivers.card_printer import Artefact
from drivers.errors import Cause
from tests.unit.agent.office import Office, raise_once
from tests.unit.agent.paper import Killed, Paper
from tests.unit.agent.paper_queue import Spool
from tests.unit.agent.test_worker_spooled import BLANK, SECOND, an_office, turn_for


@pytest.fixture
def spool() -> Spool:
    return Spool()


@pytest.fixture
def queue_office(tmp_path: Path, blank_journal: Path, world: Paper, spool: Spool) -> Office:
    return an_office(tmp_path / "journal.db", blank_journal, world, spool)


def causes(office: Office) -> list[str]:
    rows = office.journal.rows(
        "SELECT json_extract(body, '$.cause') FROM journal WHERE event='printer_state'"
    )
    return [cause for (cause,) in rows]


@pytest.mark.parametrize("hands", [None, "queue_stopped"])
def test_a_job_left_in_the_queue_is_cancelled_and_told_when_nothing_else_is_to_be_printed(
    queue_office: Office, world: Paper, spool: Spool, hands: Cause | None
) -> None:
    job = queue_office.take(asked=BLANK)
    raise_once(world, "spooled", Killed())
    with pytest.raises(Killed):
        queue_office.turns()
    world.points, world.plugged = (lambda name: None), False
    queue_office.restart()
    turn_for(queue_office, 30_000)
    body = {"blank": BLANK, "by": "clerk", "reason": "torn"}
    queue_office.journal.write(lambda tx: jobs.move(tx, job, Event.SPOILED, body))
    assert spool.cancelled == 0, "nobody could cancel it yet"
    world.plugged, world.hands = True, hands
    turn_for(queue_office, 30_000)
    assert spool.job is None and (spool.cancelled, world.cards) == (1, 100)
    assert hands is not None or causes(queue_office)[-2:] == ["job_cancelled", None]


def test_a_job_that_a_new_card_finds_in_the_queue_is_told_in_the_journal(
    queue_office: Office, spool: Spool
) -> None:
    queue_office.take(asked=BLANK)
    queue_office.turns()
    queue_office.settle_by_hand()
    queue_office.take(SECOND, 0, asked="040002")
    queue_office.world.points = lambda name: (
        setattr(spool, "job", Artefact(b"", 3, "")) if once(name) else None
    )
    asked = []

    def once(name: str) -> bool:
        asked.append(name)
        return name == "reserve" and asked.count("reserve") == 1

    queue_office.turns()
    assert causes(queue_office).count("job_cancelled") == 1
    assert queue_office.job(f"{SECOND}-1").cause == "spooled"


def test_a_job_that_comes_while_nothing_of_ours_can_be_left_is_another_station_s(
    queue_office: Office, spool: Spool
) -> None:
    turn_for(queue_office, 10_000)
    spool.job = Artefact(b"", 3, "")
    turn_for(queue_office, 60_000)
    assert spool.cancelled == 0
