"""What the rules and the disk let be: a renewal by one person where they say so, nothing without room."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.counter import suket
from agent.counter.suket import State
from agent.trouble import Trouble
from tests.unit.agent.stations import START_MS, Province, make_home, open_at, take
from tests.unit.agent.test_policies import policy
from tests.unit.agent.test_suket import act, issue, renew, tell


def test_where_the_rules_ask_for_one_person_one_renews(tmp_path: Path) -> None:
    province = Province()
    journal = open_at(make_home(tmp_path / "home", province))
    alone = policy(province, rules={"suket": {"void_needs_second": False}})
    take(journal, province, alone, province.order("O-1", reason="data_change"))
    number = issue(journal)
    tell(journal, number, "sent", "file")
    act(journal, "suket-confirm", number=number)
    newer = renew(journal, number, START_MS, second=None)
    assert [each.state for each in suket.listed(journal)] == [State.VOID, State.ISSUED]
    assert suket.get(journal, newer).renews == number
    journal.close()


def test_nothing_is_issued_where_its_lines_might_not_fit(tmp_path: Path) -> None:
    province = Province()
    journal = open_at(make_home(tmp_path / "home", province), has_room=lambda: False)
    take(journal, province, province.order("O-1", reason="data_change"))
    with pytest.raises(Trouble, match="disk is nearly full"):
        issue(journal)
    assert suket.listed(journal) == []
    journal.close()
