"""The day's limit of spoiled blanks holds for every way by which one is spoiled outside a job."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agent.actions import ACTIONS
from agent.config import Config
from agent.keeping import trial
from agent.stock import blanks
from agent.store.journal import Journal
from agent.trouble import Trouble
from domain.words import RefusedByRule
from tests.unit.agent.office import Office
from tests.unit.agent.paper import Paper
from tests.unit.agent.stations import Clock, Province, events
from tests.unit.agent.stock import TWO, filled

CONFIG = Config("64.11", 1, chip="vpcd://127.0.0.1:1")
ONE_SECOND_TOO_MANY = [
    ({}, "SECOND_NEEDED"),
    ({"by": "P.1"}, "SECOND_NEEDED"),
    ({"second": "P.2"}, "SECOND_NEEDED"),
    ({"by": "P.1", "second": "p1"}, "SECOND_IS_FIRST"),
]
SPOILED = [f"05{n:02}" for n in range(1, 6)]


@pytest.fixture
def journal(tmp_path: Path, clock: Clock, province: Province) -> Iterator[Journal]:
    made = filled(tmp_path / "home", province, clock)
    made.write(lambda tx: tx.note("printer_state", "SIM1", {"state": "idle", "cause": None}))
    yield made
    made.close()


def looked(journal: Journal, *spoiled: str, **people: str) -> dict[str, Any]:
    return ACTIONS["looked"](journal, CONFIG, {"spoiled": list(spoiled), **people})


def spoiled(journal: Journal) -> int:
    return int(blanks.account(journal)["ktp"]["spoiled"])


def test_a_look_spoils_as_many_a_day_as_anything_else_and_no_more_without_a_second(journal: Journal) -> None:
    before = events(journal)
    with pytest.raises(RefusedByRule) as caught:
        looked(journal, *SPOILED, "0402")
    assert caught.value.word == "SECOND_NEEDED"
    assert events(journal) == before, "none of them"
    looked(journal, *SPOILED)
    assert spoiled(journal) == 5


@pytest.mark.parametrize(("people", "word"), ONE_SECOND_TOO_MANY)
def test_above_the_limit_a_look_and_a_test_card_need_two(
    journal: Journal, people: dict[str, str], word: str
) -> None:
    looked(journal, *SPOILED)
    for action, args in (("looked", {"spoiled": ["0401"]}), ("printer-test", {})):
        with pytest.raises(RefusedByRule) as caught:
            ACTIONS[action](journal, CONFIG, {**args, **people})
        assert caught.value.word == word
    assert spoiled(journal) == 5 and not trial.asked(journal)
    assert ACTIONS["printer-test"](journal, CONFIG, TWO)["asked"]
    looked(journal, "0401", **TWO)
    line = journal.entries(journal.head() - 1, 1)[0]
    assert line.body == {"kind": "ktp", "reason": "stray", **TWO}


@pytest.mark.parametrize("action", ["looked", "printer-test"])
def test_a_nik_is_nobody_s_mark_there(journal: Journal, action: str) -> None:
    with pytest.raises(Trouble) as caught:
        ACTIONS[action](journal, CONFIG, {"spoiled": ["0401"], "by": "6411015205029001"})
    assert "6411015205029001" not in str(caught.value)


def test_whoever_asked_for_a_test_card_stands_in_its_line(office: Office, world: Paper) -> None:
    office.take()
    office.turns()
    office.journal.write(lambda tx: trial.ask(tx, None, has_chip=True, **TWO))
    office.turns()
    office.turns()
    rows = office.journal.rows("SELECT body FROM journal WHERE event = 'blank_rejected'")
    assert [json.loads(body) for (body,) in rows] == [{"kind": "ktp", "reason": "test_card", **TWO}]
