"""The held wire: which holding a motion belongs to."""

import pytest

from drivers.errors import OutcomeUnknown, Unreachable
from drivers.matica.line import Line
from drivers.matica.machine import Motion
from drivers.matica.net_machine import NetMachine
from tests.unit.drivers.matica.paper import Paper

LOAD = Motion("load")


def opened(paper: Paper) -> Line:
    line = Line(NetMachine(paper), paper)
    line.look()
    return line


def test_each_opening_is_another_holding_and_none_is_nought() -> None:
    paper = Paper()
    line = Line(NetMachine(paper), paper)
    assert line.holding == 0
    line.look()
    first = line.holding
    line.close()
    assert line.holding == 0
    line.look()
    assert line.holding not in (0, first)


def test_a_motion_of_another_holding_is_not_said() -> None:
    paper = Paper()
    line = opened(paper)
    first = line.holding
    line.close()
    line.look()
    for holding in (first, 0, line.holding + 1):
        with pytest.raises(Unreachable, match="session_lost"):
            line.act(LOAD, holding)
        with pytest.raises(Unreachable, match="session_lost"):
            line.upload((), holding)
    assert paper.said == []


def test_without_the_wire_a_motion_is_not_said_and_opens_nothing() -> None:
    paper = Paper()
    line = opened(paper)
    holding = line.holding
    line.close()
    with pytest.raises(Unreachable, match="session_lost"):
        line.act(LOAD, holding)
    assert paper.connections == 1


def test_trouble_lets_go_of_the_wire_whether_looking_or_acting() -> None:
    looking = Paper()
    line = opened(looking)
    looking.breaks_at, looking.late = looking.exchanges, True
    with pytest.raises(Unreachable):
        line.look()
    assert (line.holding, looking.held) == (0, False)
    acting = Paper()
    line = opened(acting)
    acting.breaks_at, acting.late = acting.exchanges, True
    with pytest.raises(OutcomeUnknown):
        line.act(LOAD, line.holding)
    assert (line.holding, acting.held) == (0, False)


def test_having_started_up_is_looked_past_but_remembered_until_it_is_settled() -> None:
    paper = Paper(looks=[0x00062800])
    line = Line(NetMachine(paper), paper)
    seen = [line.look(), line.started, line.look(), line.started]
    line.forget()
    assert [*seen, line.started] == [0, True, 0, True, False]
    paper.looks = [0x00062800] * 10
    assert line.look() == 0x00062800
